"""Rows made of two others, and rows that change a finished answer: nothing is lost, nothing else is touched."""

from pathlib import Path

import pytest

from corpus.lessons import lesson_files, load_lesson
from corpus.synthesis.draw import Draw
from corpus.synthesis.edits import EDITS, change
from corpus.synthesis.generator import generate
from corpus.synthesis.joined import join
from corpus.synthesis.retold import tales
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate
from utils.graph_compare import graphs_equal

LESSONS = Path(__file__).resolve().parents[1] / "lessons"
HEAD = "BLUEPRINT: BP_New\nPARENT: Actor\n"
HEAL = HEAD + ('VAR Health: Float\nGRAPH: EventGraph\nNODE n1: Event_InputKey [Key="F"]\nNODE n2: VariableGet [Variable="Health"]\nNODE n3: Add [B=25.0]\n'
               'NODE n4: VariableSet [Variable="Health"]\nEXEC n1.Pressed -> n4.Execute\nDATA n2.Health -> n3.A\nDATA n3.ReturnValue -> n4.Health\n')
SHOW = HEAD + ('VAR Health: Float\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableGet [Variable="Health"]\nNODE n3: PrintString\nEXEC n1.Then -> n3.Execute\n'
               'DATA n2.Health -> n3.InString\n')
GREET = HEAD + ('GRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Howdy"]\nNODE n3: Delay [Duration=2.5]\nNODE n4: PrintString [InString="Bye"]\n'
                'EXEC n1.Then -> n2.Execute\nEXEC n2.Then -> n3.Execute\nEXEC n3.Completed -> n4.Execute\n')


def joined(one, other, index=1):
    return join(("One.", parse(one)), ("Two.", parse(other)), Draw(1, index))


def made(kind, text, index=1):
    return EDITS[kind](parse(text), Draw(1, index))


def after(kind, text, index=1):
    said, blueprint = made(kind, text, index)
    assert not [finding for finding in validate(blueprint) if finding.is_error]
    return said, render(blueprint)


@pytest.fixture(scope="module")
def rows():
    stories = tales((file.name, load_lesson(file)) for file in lesson_files(LESSONS))
    return list(generate(1500, 3, stories))


# -- joined

def test_two_documents_stand_side_by_side_and_read_a_shared_variable_once():
    instruction, blueprint = joined(HEAL, SHOW)
    assert instruction.startswith("One. ") and instruction.endswith("Two.")
    text = render(blueprint)
    assert text.count("VAR Health: Float") == text.count('VariableGet [Variable="Health"]') == 1
    assert text.count("EXEC") == 2 and text.count("DATA") == 3
    assert not [finding for finding in validate(blueprint) if finding.is_error]


@pytest.mark.parametrize("other", [
    HEAL.replace("B=25.0", "B=5.0"), SHOW.replace("PARENT: Actor", "PARENT: Pawn"), SHOW.replace("VAR Health: Float", "VAR Health: Int"),
    SHOW.replace("VAR Health: Float", "VAR Health: Float = 3.0")], ids=["the same event", "another parent", "another type", "another start value"])
def test_what_would_touch_is_not_joined(other):
    assert joined(HEAL, other) is None


def test_the_name_of_the_blueprint_is_said_first():
    instruction, blueprint = joined(HEAL, SHOW.replace("BP_New", "BP_Door"))
    assert blueprint.name == "BP_Door" and instruction.startswith("Two. ")


def test_joined_rows_hold_both_graphs_whole(rows):
    found = [row for row in rows if "|" in row.provenance.pattern and not row.provenance.pattern.startswith("change:")]
    assert len(found) > 100
    assert all(row.output.count(": Event_") + row.output.count(": FunctionEntry") >= 2 for row in found)


# -- changed

def test_every_kind_of_change_is_made(rows):
    kinds = {row.provenance.pattern.split("|")[0].removeprefix("change:") for row in rows if row.provenance.pattern.startswith("change:")}
    assert kinds == set(EDITS)


def test_changed_rows_have_a_valid_canonical_input_and_another_output(rows):
    for row in rows:
        assert bool(row.input) == row.provenance.pattern.startswith("change:")
        if row.input:
            assert render(parse(row.input)) == row.input
            assert not graphs_equal(parse(row.input), parse(row.output)), row


def test_a_text_and_a_number_change_alone():
    said, text = after("another_text", GREET)
    new = next(line for line in text.splitlines() if "InString" in line and line not in GREET).partition('InString="')[2].removesuffix('"]')
    assert new in said and text in (GREET.replace("Howdy", new), GREET.replace("Bye", new))
    said, text = after("another_number", GREET)
    assert text != GREET
    seconds = text.partition("Duration=")[2].partition("]")[0]
    assert "2.5" in said and seconds.removesuffix(".0") in said and text == GREET.replace("2.5", seconds)


def test_a_value_that_stands_twice_is_not_changed():
    assert made("another_text", GREET.replace("Bye", "Howdy")) is None


def test_a_name_changes_wherever_it_stands():
    said, text = after("another_name", HEAL)
    new = text.partition("VAR ")[2].partition(":")[0]
    assert new != "Health" and new in said and text == HEAL.replace("Health", new)


def test_the_loop_stands_between_event_and_first_step():
    said, text = after("in_a_loop", GREET)
    count = int(text.partition("LastIndex=")[2].partition("]")[0]) + 1
    assert str(count) in said
    assert "EXEC n1.Then -> n2.Execute\nEXEC n2.LoopBody -> n3.Execute\n" in text


@pytest.mark.parametrize(("kind", "line"), [("wait_first", "n2: Delay [Duration="), ("only_once", "n2: DoOnce"), ("print_first", "n2: PrintString [InString="), ("only_if", "n3: Branch")])
def test_a_node_is_put_in_front_and_the_rest_follows(kind, line):
    said, text = after(kind, GREET)
    assert f"NODE {line}" in text
    assert text.count("EXEC") == GREET.count("EXEC") + 1 and text.count("NODE") > GREET.count("NODE")


def test_a_step_is_taken_out_and_the_chain_closed():
    for index in range(1, 12):
        said, text = after("without_a_step", GREET, index)
        gone = next(word for word in ("Howdy", "2.5", "Bye") if word in said)
        assert gone not in text and text.count("EXEC") == 2 and text.count("NODE") == 3


def test_a_step_comes_at_the_end():
    said, text = after("one_more_step", HEAL)
    assert "EXEC n4.Then -> " in text or "EXEC n5.Then -> " in text
    assert text.count("EXEC") > HEAL.count("EXEC")


def test_another_event_starts_the_same():
    said, text = after("another_trigger", GREET, 2)
    assert "Event_BeginPlay" not in text and text.partition("NODE n2")[2].replace(".Pressed", "").count("EXEC") == 3
    assert said.endswith("instead") or said.startswith("instead")


def test_a_change_is_a_sentence():
    for index in range(40):
        kind, said, _ = change(parse(GREET), Draw(5, index))
        assert not said[0].islower() and said.endswith(".") and kind in EDITS
