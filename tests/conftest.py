"""What several rooms' tests share: a scratch project, the real exports."""

import os
from pathlib import Path

import pytest

from pipeline.paths import SCRIPTS, Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """An empty project."""
    root = tmp_path / "project with space"
    root.mkdir()
    return Paths(root)


@pytest.fixture(scope="session")
def exports_folder() -> Path:
    """The folder of real exports; they are other people's work and not part of the repository."""
    folder = os.environ.get("BLUEPRINT_EXPORTS")
    if not folder:
        pytest.skip("BLUEPRINT_EXPORTS does not name a folder with real exports")
    return Path(folder)


@pytest.fixture
def script_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets scripts of the tests, run as processes, import the rooms; and keeps a surrounding run's variables away."""
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS))
    for name in ("PIPELINE_RUN_ID", "PIPELINE_PROJECT", "PIPELINE_OUTCOME_FILE"):
        monkeypatch.delenv(name, raising=False)
