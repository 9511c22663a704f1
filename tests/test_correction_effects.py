"""The history shows what a correction did to the weaknesses it aimed at."""

import pytest
from exam_lines import BRANCH, exam_line, without
from pipeline.paths import Paths
from pipeline.store import read_json, write_json, write_jsonl
from report.check import record_history
from report.reading import gather

TICK = "BLUEPRINT: A\nGRAPH: EventGraph\nNODE n1: Event_Tick\nNODE n2: Delay [Duration=2.0]\nEXEC n1.Then -> n2.Execute\n"
AIMED_AT = [("missing", "Delay"), ("pin", "Branch.Condition"), ("pattern", "loops"), ("missing", "ForLoop")]


def write_exam(paths: Paths, version: int, rights: dict[str, bool], lesson: str = "lesson_01", hold_out: bool = False) -> None:
    """Prompts whose name starts with `tick` expect TICK, the others BRANCH; those named `loops` are of that category."""
    def line(name: str, is_right: bool) -> dict:
        expected = TICK if name.startswith("tick") else BRANCH
        return exam_line(name, expected, expected if is_right else without(expected, "n2"), version=version, lesson_id=lesson, hold_out=hold_out,
                         category=name.rstrip("0123456789"))

    write_jsonl(paths.exams / f"exam_{lesson}_v{version}.jsonl", [line(*item) for item in rights.items()])


def effects(paths: Paths, version: int) -> dict[str, tuple]:
    record_history(paths, gather(paths))
    cycle = next(cycle for cycle in read_json(paths.training_history)["cycles"] if cycle["version"] == version)
    return {entry["name"]: (entry["before"], entry["after"], entry["n"]) for entry in cycle["corrections"]}


@pytest.fixture
def project(paths: Paths) -> Paths:
    """Version 1 got half of everything right; its correction aimed at four things, one of which no exam asked for."""
    entries = [{"kind": kind, "name": name} for kind, name in AIMED_AT]
    write_json(paths.lessons / "correction_v1.json", {"schema_version": 1, "weaknesses": entries, "out_of_reach": [{"kind": "missing", "name": "Gate"}]})
    write_exam(paths, 1, {"tick1": True, "tick2": False, "loops1": False, "loops2": False, "loops3": True, "branch1": False})
    return paths


def test_the_share_of_right_answers_before_and_after_for_each_weakness(project):
    write_exam(project, 2, {"tick1": True, "tick2": True, "loops1": True, "loops2": True, "loops3": True, "branch1": False})
    assert effects(project, 2) == {"Delay": (2 / 6, 5 / 6, 6), "Branch.Condition": (1 / 4, 3 / 4, 4), "loops": (1 / 3, 1.0, 3), "ForLoop": (None, None, 0)}


def test_nothing_is_said_of_a_weakness_that_the_next_exam_did_not_ask_for(project):
    write_exam(project, 2, {"tick1": True, "tick2": False})
    assert effects(project, 2) == {"Delay": (1 / 2, 1 / 2, 2), "Branch.Condition": (1 / 4, None, 0), "loops": (1 / 3, None, 0), "ForLoop": (None, None, 0)}


def test_neither_hold_outs_nor_the_prompts_of_the_correction_itself_pass_for_progress(project):
    write_exam(project, 2, {"tick1": False, "tick2": False})
    before = effects(project, 2)
    write_exam(project, 2, {"tick1": True}, "holdout_01", hold_out=True)
    write_exam(project, 1, {"tick1": False}, "holdout_01", hold_out=True)
    write_exam(project, 2, {"tick1": True, "tick2": True}, "correction_v1")
    assert effects(project, 2) == before and before["Delay"] == (1 / 2, 0.0, 2)


def test_only_the_correction_of_the_version_before_counts(project):
    for version in (2, 3):
        write_exam(project, version, {"tick1": True})
    assert effects(project, 1) == {} and effects(project, 2) and effects(project, 3) == {}


def test_what_was_recorded_stays_when_the_exams_are_gone(project):
    write_exam(project, 2, {"tick1": True, "tick2": True})
    before = effects(project, 2)
    for file in project.exams.glob("*.jsonl"):
        file.unlink()
    assert effects(project, 2) == before and before


def test_a_broken_correction_lesson_is_named_and_the_rest_is_recorded(project):
    write_exam(project, 2, {"tick1": True})
    (project.lessons / "correction_v1.json").write_text('{"weaknesses": 5}', encoding="utf-8")
    assert effects(project, 2) == {}
    assert any("correction_v1.json" in problem.problem for problem in gather(project).problems)
