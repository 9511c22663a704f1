"""Lessons told again: other names and values in both places, nothing else changed."""

import re
from pathlib import Path

import pytest

from corpus.fingerprint import node_types
from corpus.lessons import Lesson, Prompt, lesson_files, load_lesson
from corpus.synthesis.draw import Draw
from corpus.synthesis.generator import generate
from corpus.synthesis.retold import QUOTED, Tale, retell, tales
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate_text

LESSONS = Path(__file__).resolve().parents[1] / "lessons"


def retold(tale, draw):
    made = retell(tale, draw)
    return made and (made[0], render(made[1]))


@pytest.fixture(scope="module")
def stories():
    return tales((file.name, load_lesson(file)) for file in lesson_files(LESSONS))


@pytest.fixture(scope="module")
def pairs(stories):
    told = ((one, retold(one, Draw(3, number))) for number, one in enumerate(stories))
    return [(one, *again) for one, again in told if again]


def tale(instruction, answer):
    lesson = Lesson("l", "l", (Prompt("p", instruction, render(parse(answer))),))
    return tales([("l.json", lesson)])[0]


HEAL = tale('When F is pressed, add 25 to the float Health, wait 2 seconds and print "Better".',
            'BLUEPRINT: BP_New\nPARENT: Actor\nVAR Health: Float\nGRAPH: EventGraph\nNODE n1: Event_InputKey [Key="F"]\nNODE n2: VariableGet [Variable="Health"]\n'
            'NODE n3: Add [B=25.0]\nNODE n4: VariableSet [Variable="Health"]\nNODE n5: Delay [Duration=2.0]\nNODE n6: PrintString [InString="Better"]\n'
            'EXEC n1.Pressed -> n4.Execute\nEXEC n4.Then -> n5.Execute\nEXEC n5.Completed -> n6.Execute\nDATA n2.Health -> n3.A\nDATA n3.ReturnValue -> n4.Health\n')


def test_most_prompts_of_the_curriculum_can_be_told_again(stories, pairs):
    assert len(pairs) > 0.8 * len(stories)


def test_a_retelling_is_canonical_valid_and_made_of_as_many_nodes(pairs):
    for told, _, answer in pairs:
        blueprint, findings = validate_text(answer)
        assert not [finding for finding in findings if finding.is_error]
        assert render(blueprint) == answer
        assert len(node_types(answer)) == len(node_types(told.answer))


def test_every_new_text_of_the_instruction_stands_in_the_answer(pairs):
    for told, instruction, answer in pairs:
        old = {quote for wording in told.wordings for quote in re.findall(QUOTED, wording)}
        for quote in set(re.findall(QUOTED, instruction)) - old:
            assert f"={quote}" in answer, (instruction, answer)


def test_names_texts_and_numbers_change_in_both_places():
    changed = [retold(HEAL, Draw(1, index)) for index in range(20)]
    for instruction, answer in filter(None, changed):
        variable = re.search(r"VAR (\w+): Float", answer)[1]
        key, text = re.search(r'Key="(\w)"', answer)[1], re.search(r'InString="(.*)"', answer)[1]
        amount, seconds = re.search(r"B=(\S+?)\.?0?\]", answer)[1], re.search(r"Duration=(\S+?)\.?0?\]", answer)[1]
        assert re.search(rf"\b{key}\b.* add {re.escape(amount)} to .*\b{variable}\b.* {re.escape(seconds)} seconds and .*\"{re.escape(text)}\"", instruction), instruction
    assert len({one for one in changed if one}) > 15


def test_a_number_said_in_words_too_stays():
    twice = tale("When F is pressed, double the float Speed: multiply it by 2.",
                 'BLUEPRINT: BP_New\nPARENT: Actor\nVAR Speed: Float\nGRAPH: EventGraph\nNODE n1: Event_InputKey [Key="F"]\nNODE n2: VariableGet [Variable="Speed"]\n'
                 'NODE n3: Multiply [B=2.0]\nNODE n4: VariableSet [Variable="Speed"]\nEXEC n1.Pressed -> n4.Execute\nDATA n2.Speed -> n3.A\nDATA n3.ReturnValue -> n4.Speed\n')
    assert all("[B=2.0]" in one[1] for one in (retold(twice, Draw(1, index)) for index in range(20)) if one)


def test_a_name_that_is_also_a_word_of_the_sentence_stays():
    door = tale('When F is pressed, call the custom event Open. It opens the door: Open prints "Open now".',
                'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_InputKey [Key="F"]\nNODE n2: Call [Function="Open"]\nNODE n3: Event_Custom [Name="Open"]\n'
                'NODE n4: PrintString [InString="Open now"]\nEXEC n1.Pressed -> n2.Execute\nEXEC n3.Then -> n4.Execute\n')
    assert all('Name="Open"' in one[1] for one in (retold(door, Draw(1, index)) for index in range(20)) if one)


def test_a_prompt_without_anything_to_change_gives_nothing():
    assert retell(Tale("l.json", "p", ("Quit the game when it is hit.",), "BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_Hit\nNODE n2: QuitGame\nEXEC n1.Then -> n2.Execute\n"), Draw(1, 1)) is None


def test_with_stories_a_good_part_of_the_rows_is_retold_and_names_its_prompt(stories):
    rows = list(generate(300, 2, stories))
    told = [row for row in rows if row.provenance.file]
    assert 100 < len(told) < 200
    assert {row.provenance.prompt_id for row in told} <= {one.prompt_id for one in stories}


def test_the_order_of_lessons_does_not_matter():
    lessons = [(file.name, load_lesson(file)) for file in lesson_files(LESSONS)[:4]]
    assert tales(lessons) == tales(reversed(lessons))
