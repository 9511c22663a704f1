"""The table of steps against the doors it calls and the files it names."""

import argparse
import importlib.util
from types import ModuleType

import pytest

from error_handler import RETRY_POLICIES
from pipeline.config import PipelineConfig, Synthetic
from pipeline.door import build_parser
from pipeline.freshness import success_of
from pipeline.hashes import FileHashes
from pipeline.paths import SCRIPTS, Paths
from pipeline.state import PipelineState
from pipeline.steps import MODES, STEPS, Step, StepContext, steps_of


@pytest.fixture
def context(paths: Paths) -> StepContext:
    """A project with lessons, an export and two versions."""
    for name in ("lessons/lesson_01.json", "lessons/correction_v1.json", "lessons/holdout/holdout_01.json", "raw-data/clipboard-exports/a.txt",
                 "models/blueprint-lora-v9/final/adapter_model.safetensors", "models/blueprint-lora-v10/final/adapter_model.safetensors"):
        (paths.root / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.root / name).write_text("{}")
    return StepContext(paths, PipelineConfig(synthetic=Synthetic(7)), PipelineState())


def parser_of(script: str) -> argparse.ArgumentParser:
    """The door's own parser; a door without options of its own has only the common one."""
    module = door(script)
    return module.parser() if hasattr(module, "parser") else build_parser(module.__doc__)


def door(script: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("door", SCRIPTS / script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("step", [step for step in STEPS if (SCRIPTS / step.script).exists()], ids=lambda step: step.name)
def test_every_door_understands_the_command_line_of_its_step(step: Step, context):
    context.paths.parsed_blueprints.mkdir(parents=True, exist_ok=True)
    for file in (context.paths.train_file, context.paths.validation_file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    arguments = [str(argument) for argument in step.arguments(context)]
    parsed = parser_of(step.script).parse_args([*arguments, *(["--resume"] if step.can_resume else []), "--project", str(context.paths.root)])
    assert parsed.project == context.paths


def test_every_step_is_known_to_the_policies_and_comes_after_what_it_needs():
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names)
    for step in STEPS:
        assert step.category in RETRY_POLICIES
        assert all(names.index(needed) < names.index(step.name) for needed in step.needs)
        assert not step.accompanies or step.accompanies in names


def test_modes_divide_the_full_run():
    assert {step.name for mode in MODES for step in steps_of(mode)} == {step.name for step in steps_of("full")} == {step.name for step in STEPS}
    assert "train" not in {step.name for step in steps_of("data-only")} | {step.name for step in steps_of("eval-only")}
    assert "merge" not in {step.name for step in steps_of("train-only")}


def test_the_newest_model_is_the_highest_number(context):
    assert context.newest_adapter().parent.name == "blueprint-lora-v10"


def test_corrections_of_the_last_exam_wait_for_the_next_cycle(context):
    lessons = next(step for step in STEPS if step.name == "lessons")
    first = {file.name for file in context.lesson_files()}
    assert first == {"lesson_01.json", "correction_v1.json"}, "what lay there before the first run is simply a lesson"
    hashes = FileHashes(context.paths)
    context.state.steps["lessons"] = success_of(lessons, context, hashes, "run", [], hashes.of_all(lessons.reads(context)))
    (context.paths.lessons / "correction_v2.json").write_text("{}")
    assert {file.name for file in context.lesson_files()} == first
    assert [file.name for file in context.waiting_corrections()] == ["correction_v2.json"]
    adopting = StepContext(context.paths, context.config, context.state, next_cycle=True)
    assert "correction_v2.json" in {file.name for file in adopting.lesson_files()}
