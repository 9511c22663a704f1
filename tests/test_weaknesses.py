"""What exams got wrong is named by node type, by pin and by pattern."""

import pytest
from corpus.graph_use import graph_use
from corpus.synthesis.compose import TooLong
from corpus.synthesis.generator import make_row, recipes
from corpus.weaknesses import Kind, weaknesses
from exam_lines import BRANCH, exam_line, without
from utils.dsl_parser import render

OTHER_CONDITION = BRANCH.replace('Variable="bIsOpen"', 'Variable="bIsLocked"').replace("n2.bIsOpen", "n2.bIsLocked")
SET_SPEED = ('BLUEPRINT: BP_New\nPARENT: Actor\nVAR Speed: Float\nVAR Size: Float\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableGet [Variable="Size"]\n'
             'NODE n3: VariableSet [Variable="Speed"]\nEXEC n1.Then -> n3.Execute\nDATA n2.Size -> n3.Speed\n')


def names(*lines: dict) -> dict[str, str]:
    return {weakness.name: str(weakness.kind) for weakness in weaknesses(lines)}


def test_a_node_that_was_left_out_is_named():
    assert names(exam_line("p", BRANCH, without(BRANCH, "n4"))) == {"Delay": "missing"}


@pytest.mark.parametrize(("actual", "pin"), [
    (BRANCH.replace("Duration=2.0", "Duration=9.0"), "Delay.Duration"),
    (without(BRANCH, "n2.bIsOpen"), "Branch.Condition"),
    (without(BRANCH, "n3.False"), "Branch.False"),
    (OTHER_CONDITION, "VariableGet.Variable"),
    (BRANCH.replace("n3.True -> n4", "n3.True -> n6").replace("n3.False -> n5", "n3.False -> n4").replace("-> n6", "-> n5"), "Branch.True"),
])
def test_a_wrong_wire_or_value_is_named_by_its_pin(actual, pin):
    assert names(exam_line("p", BRANCH, actual)).get(pin) == "pin"


def test_a_pin_that_the_user_named_is_one_with_those_of_other_names():
    assert names(exam_line("p", SET_SPEED, without(SET_SPEED, "DATA"))) == {"VariableSet.*": "pin"}
    assert "VariableSet.*" in graph_use(SET_SPEED.replace("Speed", "Height")).pins


def test_a_cast_is_one_with_casts_to_other_classes():
    cast = "BLUEPRINT: A\nGRAPH: EventGraph\nNODE n1: Event_Hit\nNODE n2: CastToBP_Hero\nEXEC n1.Then -> n2.Execute\nDATA n1.Other -> n2.Object\n"
    assert names(exam_line("p", cast, without(cast, "n2"))) == {"CastTo": "missing"}


def test_what_is_merely_too_much_blames_no_pin_that_a_right_answer_does_not_use():
    line = exam_line("p", BRANCH, BRANCH.replace("DestroyActor", "DestroyActor\nNODE n6: Event_Tick"))
    assert set(names(line).values()) == {"misused"}


def test_the_wrong_answers_of_a_hold_out_and_prompts_not_answered_show_nothing():
    wrong = without(BRANCH, "n4")
    assert names(exam_line("a", BRANCH, wrong, hold_out=True), exam_line("b", BRANCH, wrong, status="timeout_skipped"),
                 exam_line("c", BRANCH, wrong, status="error"), exam_line("d", BRANCH, BRANCH)) == {}


def test_the_most_frequent_comes_first_and_its_reason_says_how_often():
    lines = [exam_line(f"p{i}", BRANCH, without(BRANCH, "n4")) for i in range(3)] + [exam_line("q", BRANCH, without(BRANCH, "n5"))]
    found = weaknesses(lines)
    assert [weakness.reason for weakness in found] == ["Delay was left out in 3 answers", "DestroyActor was left out in 1 answer"]
    assert found[0].prompt_ids == ("p0", "p1", "p2")


# -- patterns

def exam(wrong: dict[str, int], asked: int = 6) -> list[dict]:
    """As many prompts of each category, of which so many are wrong; those of `branch` expect a Branch."""
    def line(category: str, number: int) -> dict:
        expected = BRANCH if category == "branch" else SET_SPEED
        return exam_line(f"{category}_{number}", expected, without(expected, "n3") if number < wrong[category] else expected, category=category)

    return [line(category, number) for category in wrong for number in range(asked)]


def patterns(lines: list[dict]) -> list:
    return [weakness for weakness in weaknesses(lines) if weakness.kind is Kind.PATTERN]


def test_a_category_far_worse_than_the_others_is_a_weakness_marked_by_what_only_it_has():
    [found] = patterns(exam({"branch": 6, "values": 1, "events": 0, "arrays": 1}))
    assert found.name == "branch" and len(found.prompt_ids) == 6
    assert found.marks == {"Branch", "Delay", "DestroyActor"}
    assert found.is_exercised_by(graph_use(BRANCH), "tick+steps") and not found.is_exercised_by(graph_use(SET_SPEED), "tick+steps")


@pytest.mark.parametrize("wrong", [6, 3, 0])
def test_no_category_stands_out_where_all_are_alike(wrong):
    assert patterns(exam(dict.fromkeys(("branch", "values", "events"), wrong))) == []


def test_a_category_asked_for_twice_cannot_stand_out():
    assert patterns(exam({"branch": 2, "values": 0, "events": 0}, asked=2)) == []


def test_prompts_without_a_category_are_grouped_by_their_lesson():
    lines = [line | {"category": "", "lesson_id": line["category"]} for line in exam({"branch": 6, "values": 0, "events": 0})]
    assert [found.name for found in patterns(lines)] == ["branch"]


# -- on graphs of the generators

def test_whatever_line_a_drawn_graph_lacks_what_is_named_is_asked_for_by_its_prompt():
    table, tried = recipes(), 0
    for index in range(1, 60):
        try:
            expected = render(make_row(11, index, table)[2])
        except TooLong:
            continue
        lines = [line for line in expected.splitlines() if line.startswith(("EXEC", "DATA"))]
        lacking = exam_line("p", expected, without(expected, lines[index % len(lines)]))
        found = weaknesses([lacking])
        assert [weakness.kind for weakness in found] == [Kind.PIN], expected
        assert found[0].is_asked_by(graph_use(expected), "")
        tried += 1
    assert tried > 40
