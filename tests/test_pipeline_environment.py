"""The environment: made once, installed again only when requirements.txt or Python changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.environment import (EnvironmentProblem, ensure_environment, install, is_installed, marker_of, python_of, requirements_hash,
                                  works)
from pipeline.paths import REPOSITORY


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Path:
    """An installation whose requirements name no package, with an environment made for it."""
    root = tmp_path_factory.mktemp("with space") / "installation"
    root.mkdir()
    (root / "requirements.txt").write_text("# nothing\n")
    ensure_environment(root)
    return root


def test_the_first_start_makes_an_environment_that_works(installation):
    assert works(python_of(installation / "venv"))
    assert not works(installation / "no such python")


def test_a_second_start_installs_nothing(installation, capfd):
    before = marker_of(installation / "venv").stat().st_mtime_ns
    assert ensure_environment(installation) == python_of(installation / "venv")
    assert marker_of(installation / "venv").stat().st_mtime_ns == before
    assert capfd.readouterr().err == ""


def test_changed_requirements_and_another_python_install_again(tmp_path):
    requirements, python = tmp_path / "requirements.txt", Path(sys.executable)
    requirements.write_text("rich==15.0.0\n")
    wanted = requirements_hash(requirements, python)
    assert not is_installed(tmp_path, wanted)
    marker_of(tmp_path).write_text(wanted)
    assert is_installed(tmp_path, requirements_hash(requirements, python))
    requirements.write_text("rich==15.0.1\n")
    assert not is_installed(tmp_path, requirements_hash(requirements, python))


def test_a_failed_installation_is_said_and_tried_again_next_time(installation, capfd):
    requirements = installation / "impossible.txt"
    requirements.write_text("./no-such-folder\n")
    with pytest.raises(EnvironmentProblem, match="pip could not install"):
        install(python_of(installation / "venv"), requirements)


def shell(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    command = ["bash", str(REPOSITORY / "run_pipeline.sh"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=60)


needs_bash = pytest.mark.skipif(os.name == "nt", reason="run_pipeline.ps1 is the way on Windows")


@needs_bash
def test_run_pipeline_without_a_mode_shows_its_usage():
    ended = shell()
    assert ended.returncode == 64 and "--full" in ended.stderr


@needs_bash
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_of_run_pipeline_is_its_own_and_names_that_of_the_orchestrator(option):
    ended = shell(option)
    assert (ended.returncode, ended.stderr) == (0, "") and "--test" in ended.stdout
    assert "11_pipeline_orchestrator.py --help" in ended.stdout


@needs_bash
def test_no_python_that_is_new_enough_is_said_in_one_line(tmp_path):
    copy = tmp_path / "run_pipeline.sh"
    copy.write_bytes((REPOSITORY / "run_pipeline.sh").read_bytes())
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "dirname", "sed"):
        (tools / tool).symlink_to(next(folder for folder in map(Path, ("/bin", "/usr/bin")) if (folder / tool).exists()) / tool)
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    ended = subprocess.run(["bash", copy, "--full"], capture_output=True, text=True, env={"PATH": str(tools)}, timeout=20)
    assert ended.returncode == 1 and ended.stderr.startswith("No Python 3.11 or newer was found.\n  Fix:")
