"""Numbers and commands in messages."""

import pytest

from pipeline.paths import Paths
from pipeline.wording import counted, speak_of, with_project


@pytest.fixture
def in_project(paths):
    speak_of(paths)
    yield f"--project '{paths.root}'"
    speak_of(Paths())


def test_one_is_no_plural():
    assert [counted(number, "row") for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


def test_every_command_names_the_project_once(in_project):
    said = with_project("run: python scripts/04_train_blueprint_lora.py --resume, or bash run_pipeline.sh --full")
    assert said == f"run: python scripts/04_train_blueprint_lora.py {in_project} --resume, or bash run_pipeline.sh {in_project} --full"
    assert with_project(said) == said


def test_the_default_project_needs_no_name():
    assert with_project("python scripts/15_stop_signal.py resume") == "python scripts/15_stop_signal.py resume"
