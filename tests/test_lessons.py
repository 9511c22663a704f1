"""Lessons: what is refused, what rows they give, and that the curriculum is what it should be."""

import json
import re
from pathlib import Path

import pytest

from corpus.lessons import lesson_files, lesson_rows, load_lesson
from error_handler import UserError
from utils.clipboard_writer import write_clipboard
from utils.dsl_parser import parse, render
from utils.graph_compare import graphs_equal

LESSONS = Path(__file__).resolve().parents[1] / "lessons"
HELLO = 'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Hello"]\nEXEC n1.Then -> n2.Execute\n'
TWO_VARIABLES = ('BLUEPRINT: BP_New\nPARENT: Actor\nVAR Health: Float\nVAR Speed: Float\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableGet [Variable="Health"]\n'
                 'NODE n3: VariableSet [Variable="Speed"]\nEXEC n1.Then -> n3.Execute\nDATA n2.Health -> n3.Speed\n')


@pytest.fixture(scope="module")
def curriculum():
    return [load_lesson(file) for file in lesson_files(LESSONS)]


@pytest.fixture
def write(tmp_path):
    def lesson(**prompt):
        file = tmp_path / "lesson_x.json"
        entry = {"id": "x_01", "category": "basics", "instruction": "Print Hello when the game starts.", "expected_dsl": HELLO} | prompt
        file.write_text(json.dumps({"schema_version": 1, "lesson_id": "x", "lesson_name": "X", "prompts": [entry]}), encoding="utf-8")
        return file
    return lesson


def test_there_are_lessons_enough_and_each_has_prompts_enough(curriculum):
    assert len(curriculum) >= 20
    assert all(len(lesson.prompts) >= 10 for lesson in curriculum)


def test_no_instruction_of_the_curriculum_stands_twice(curriculum):
    texts = [text for lesson in curriculum for prompt in lesson.prompts for text in (prompt.instruction, *prompt.paraphrases)]
    assert len(texts) == len(set(texts))


def test_every_answer_becomes_clipboard_text(curriculum):
    for lesson in curriculum:
        for prompt in lesson.prompts:
            assert write_clipboard(parse(prompt.expected_dsl)).startswith("Begin Object"), prompt.id


def test_names_of_variables_stand_in_every_wording(curriculum):
    missing = [(prompt.id, variable.name, text) for lesson in curriculum for prompt in lesson.prompts
               for variable in parse(prompt.expected_dsl).variables
               for text in (prompt.instruction, *prompt.paraphrases) if not re.search(rf"\b{variable.name}\b", text)]
    assert not missing


def test_a_wrong_answer_is_refused_by_prompt_and_finding(write):
    with pytest.raises(UserError, match=r"x_01.*expected_dsl.*line 6") as refused:
        load_lesson(write(expected_dsl=HELLO.replace("n2.Execute", "n2.Enter")))
    assert refused.value.fix


def test_a_wrong_alternative_is_refused_too(write):
    with pytest.raises(UserError, match="alternatives 1"):
        load_lesson(write(alternatives=["nonsense"]))


def test_an_old_lesson_without_optional_fields_is_read(write):
    assert load_lesson(write()).prompts[0].paraphrases == ()


def test_a_row_for_each_wording_with_its_variables_as_it_mentions_them(write):
    lesson = load_lesson(write(expected_dsl=TWO_VARIABLES, instruction="Copy Health to Speed at the start.", paraphrases=["Set Speed to Health on BeginPlay."]))
    first, second = (row.output for row in lesson_rows(lesson, "lesson_x.json"))
    assert re.findall(r"^VAR (\w+)", first, re.MULTILINE) == ["Health", "Speed"]
    assert re.findall(r"^VAR (\w+)", second, re.MULTILINE) == ["Speed", "Health"]
    assert graphs_equal(parse(first), parse(second)) and render(parse(second)) == second
