"""Corrections: prompts aimed at weaknesses, none guarded, each weakness in its turn; and lessons of other authors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.corrections import PROMPTS_PER_WEAKNESS, aim, leaks
from corpus.graph_use import graph_use
from corpus.leak_guard import LeakGuard, load_leak_guard
from corpus.lessons import load_lesson
from corpus.rows import Row
from corpus.weakness_records import in_turn, recorded
from corpus.weaknesses import Kind, Weakness, weaknesses
from exam_lines import BRANCH, exam_line, without
from pipeline.paths import REPOSITORY, SCRIPTS
from pipeline.steps import STEPS, StepContext
from pipeline.store import read_json, read_jsonl, write_json, write_jsonl

NOBODYS = Weakness(Kind.MISSING, "NoSuchNode", ("p",))
DELAY = Weakness(Kind.MISSING, "Delay", ("a", "b"))
CONDITION = Weakness(Kind.PIN, "Branch.Condition", ("a",))
DURATION = Weakness(Kind.PIN, "Delay.Duration", ("a",))
LOOPS = Weakness(Kind.PATTERN, "loops", ("a",), frozenset({"ForEachLoop"}))


@pytest.fixture(scope="module")
def correction():
    return aim([DELAY, CONDITION, DURATION, LOOPS], LeakGuard([]), 1, "correction_v1")


def test_every_graph_exercises_the_weakness_that_its_description_gives_as_the_reason(correction):
    by_reason = {weakness.reason: weakness for weakness in correction.aimed_at}
    for prompt in correction.prompts:
        assert by_reason[prompt["description"]].is_exercised_by(graph_use(prompt["expected_dsl"]), prompt["category"]), prompt


def test_a_prompt_aimed_at_a_pin_wires_or_sets_that_pin(correction):
    texts = [prompt["expected_dsl"] for prompt in correction.prompts if "Delay.Duration" in prompt["tags"]]
    assert len(texts) == PROMPTS_PER_WEAKNESS
    assert all("Duration=" in text or ".Duration" in text for text in texts)


def test_all_weaknesses_get_as_many_prompts(correction):
    assert len(correction.prompts) == 4 * PROMPTS_PER_WEAKNESS and correction.out_of_reach == []


def test_what_no_generator_makes_is_out_of_reach_and_the_description_leaves_it_out(monkeypatch):
    monkeypatch.setattr("corpus.corrections.MAX_DRAWS", 600)
    lesson = aim([NOBODYS, DELAY], LeakGuard([]), 1, "correction_v1").as_lesson(1)
    assert [entry["name"] for entry in lesson["out_of_reach"]] == ["NoSuchNode"]
    assert lesson["description"] == "Aimed at: Delay was left out in 2 answers."


def test_what_is_in_nearly_every_graph_gets_no_prompts_of_its_own(monkeypatch):
    monkeypatch.setattr("corpus.corrections.MAX_DRAWS", 600)
    found = [Weakness(Kind.MISSING, "Event_BeginPlay"), Weakness(Kind.PIN, "PrintString.InString"), DELAY]
    assert aim(found, LeakGuard([]), 1, "x").aimed_at == [DELAY]


def test_what_was_guarded_is_drawn_no_more(correction):
    first = correction.prompts[0]
    guard = LeakGuard([("secret", first["instruction"], [first["expected_dsl"]])])
    again = aim([DELAY, CONDITION, DURATION, LOOPS], guard, 1, "correction_v1")
    assert first["instruction"] not in {prompt["instruction"] for prompt in again.prompts}


def test_the_weaknesses_of_the_newest_earlier_lesson_come_last(tmp_path):
    for version, names in {2: ["A"], 9: ["A"], 10: ["B"], 11: ["C"]}.items():
        write_json(tmp_path / f"correction_v{version}.json", {"weaknesses": [{"kind": "missing", "name": name} for name in names]})
    found = [Weakness(Kind.MISSING, name) for name in "BCA"]
    assert "".join(one.name for one in in_turn(found, tmp_path, 11)) == "CAB"
    assert "".join(one.name for one in in_turn(found, tmp_path, 2)) == "BCA"


# -- 22 as a door

@pytest.fixture
def run(paths, script_environment):
    def start(*arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, str(SCRIPTS / "22_write_correction_lessons.py"), *map(str, arguments), "--project", str(paths.root)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return done
    return start


LOST = ("Delay", "Branch", "ForEachLoop", "ForLoop", "Sequence", "DoOnce", "FlipFlop", "SpawnActorFromClass", "DestroyActor", "SetActorLocation", "CreateWidget", "Multiply")
"""Node types that the model of these tests never writes; two more than a lesson has room for."""


def answer(paths, version: int) -> list[dict]:
    """An exam in which whatever asks for one of LOST is answered without it."""
    (paths.model_folder(version) / "final").mkdir(parents=True)
    lines = []
    for lesson in map(load_lesson, sorted(paths.lessons.glob("lesson_*.json"))):
        for prompt in lesson.prompts:
            lost = [line.split(":")[0].split()[1] for line in prompt.expected_dsl.splitlines() if line.startswith("NODE") and line.split(": ")[1].split(" ")[0] in LOST]
            actual = without(prompt.expected_dsl, *(f" {node}{end}" for node in lost for end in ".:"))
            lines.append(exam_line(prompt.id, prompt.expected_dsl, actual, lesson_id=lesson.lesson_id, category=prompt.category, version=version))
    write_jsonl(paths.exams / f"exam_all_v{version}.jsonl", lines)
    return lines


@pytest.fixture
def project(paths):
    """Some lessons and the hold-outs of the repository, and the exam of version 1, which a hold-out was part of too."""
    for name in ("lesson_03", "lesson_04", "lesson_05", "lesson_06"):
        write_json(paths.lessons / f"{name}.json", read_json(REPOSITORY / "lessons" / f"{name}.json"))
    for file in (REPOSITORY / "lessons" / "holdout").glob("*.json"):
        write_json(paths.holdout / file.name, read_json(file))
    answer(paths, 1)
    secret = exam_line("secret", BRANCH.replace("Delay", "RetriggerableDelay"), without(BRANCH, "n4"), hold_out=True, lesson_id="holdout_01")
    write_jsonl(paths.exams / "exam_holdout_01.jsonl", [secret])
    return paths


def test_22_writes_a_lesson_that_is_valid_leaks_nothing_and_next_time_gives_others_their_turn(project, run):
    first = project.lessons / "correction_v1.json"
    done = run()
    assert done.returncode == 0, done.stderr
    lesson = load_lesson(first)
    assert lesson.lesson_id == "correction_v1" and 20 <= len(lesson.prompts) <= 60
    guard = load_leak_guard([project.lessons, project.holdout, REPOSITORY / "evaluation"], without=[first])
    assert not any(guard.leak(Row(prompt.instruction, prompt.expected_dsl)) for prompt in lesson.prompts)
    assert all(prompt.description in lesson.description for prompt in lesson.prompts)
    entries = [entry for key in ("weaknesses", "out_of_reach") for entry in read_json(first)[key]]
    assert not any("secret" in entry["prompt_ids"] for entry in entries), "a hold-out steered the lesson"

    found = weaknesses(answer(project, 2))
    assert run().returncode == 0
    had_turn = [one.key for key in ("weaknesses", "out_of_reach") for one in recorded(first, key)]
    second = recorded(project.lessons / "correction_v2.json") + recorded(project.lessons / "correction_v2.json", "out_of_reach")
    waited = [one.key for one in found if one.key not in had_turn and not one.is_everywhere][:10]
    assert len(had_turn) == 10 and waited and set(waited) <= {one.key for one in second}
    seen = {prompt.instruction for prompt in lesson.prompts}
    assert not seen & {prompt.instruction for prompt in load_lesson(project.lessons / "correction_v2.json").prompts}


def test_22_hands_out_what_was_wrong(project, run, tmp_path):
    file = tmp_path / "failures.json"
    assert run("--failures", file).returncode == 0
    told = read_json(file)
    wrong = [line["prompt_id"] for line in read_jsonl(project.exams / "exam_all_v1.jsonl") if not line["graph_equal"]]
    assert [failure["prompt_id"] for failure in told["failures"]] == wrong
    assert set(told["failures"][0]) == {"lesson_id", "prompt_id", "category", "instruction", "expected", "actual_dsl", "findings", "mistakes"}
    assert all(set(entry) == {"kind", "name", "reason", "prompt_ids"} for entry in told["weaknesses"])
    assert not list(project.lessons.glob("correction_*")), "a teacher writes the lesson"


def given(file: Path, weak: object = (), **prompt) -> Path:
    entry = {"id": "t_01", "instruction": "Wait 1.5 seconds on a hit.", "expected_dsl": BRANCH.replace("2.0", "1.5")} | prompt
    write_json(file, {"schema_version": 1, "lesson_id": "teacher", "lesson_name": "By a teacher", "weaknesses": weak, "prompts": [entry]})
    return file


def prompt_of(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))["prompts"][0]


@pytest.mark.parametrize("guarded", ["lessons/lesson_03.json", "lessons/holdout/holdout_01.json", "evaluation/tier_1.json"])
@pytest.mark.parametrize("key", ["instruction", "paraphrases", "expected_dsl", "alternatives"])
def test_a_given_lesson_that_repeats_a_guarded_prompt_is_told_by_name(tmp_path, guarded, key):
    secret = prompt_of(REPOSITORY / guarded)
    text = secret["instruction" if key in ("instruction", "paraphrases") else "expected_dsl"]
    lesson = load_lesson(given(tmp_path / "teacher.json", **{key: [text] if key in ("paraphrases", "alternatives") else text}))
    write_json(tmp_path / "guarded" / Path(guarded).name, {"prompts": [secret]})
    [told] = leaks(lesson, load_leak_guard([tmp_path / "guarded"]))
    assert told.startswith("prompt t_01 repeats the ") and told.endswith(f"of {Path(guarded).name} {secret['id']}")


def test_22_refuses_a_given_lesson_that_leaks_in_one_line_and_writes_nothing(project, run, tmp_path):
    file = given(tmp_path / "teacher.json", instruction=prompt_of(REPOSITORY / "lessons/holdout/holdout_01.json")["instruction"].upper())
    done = run("--accept", file)
    assert done.returncode == 1 and not list(project.lessons.glob("correction_*"))
    problem, fix = done.stderr.strip().splitlines()
    assert "teacher.json: prompt t_01 repeats the question of holdout_01.json " in problem and fix.startswith("  Fix: ")


def test_22_takes_in_a_given_lesson_again_and_from_the_folder_of_lessons(project, run):
    file = given(project.lessons / "teacher.json", [{"kind": "pin", "name": "Delay.Duration"}])
    assert [run("--accept", file).returncode for _ in range(2)] == [0, 0]
    taken = project.lessons / "correction_v1.json"
    assert load_lesson(taken).lesson_id == "correction_v1" and recorded(taken) == [Weakness(Kind.PIN, "Delay.Duration")]


@pytest.mark.parametrize("weak", [5, [5], [{"name": "Delay"}], [{"kind": "colour", "name": "red"}]])
def test_weaknesses_of_another_form_are_refused(tmp_path, weak):
    with pytest.raises(Exception, match="not a list of weaknesses"):
        recorded(given(tmp_path / "teacher.json", weak))


def test_the_step_of_the_pipeline_does_not_read_evaluations(paths):
    step = next(step for step in STEPS if step.name == "corrections")
    assert list(step.reads(StepContext(paths, None, None))) == [paths.exams]
