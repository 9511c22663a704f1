"""Exchanged phrases mean the same, and nothing but phrases is exchanged."""

import re
from pathlib import Path

import pytest

from corpus.lessons import lesson_files, load_lesson
from corpus.synthesis.draw import Draw
from corpus.synthesis.rewording import ASIDES, KEYS, OPENINGS, WISHES, rephrase, reword

LESSONS = Path(__file__).resolve().parents[1] / "lessons"


def ways(text):
    return {reword(text, Draw(1, index)) for index in range(60)}


def test_an_opening_takes_the_other_forms_of_its_event_and_no_others():
    said = {text.split(",")[0] for text in ways("On BeginPlay print the integer Score.")}
    assert said - {"On BeginPlay print the integer Score."} == set(OPENINGS[0])


def test_a_key_stays_the_key():
    said = ways("When F is pressed, destroy this actor.")
    assert len(said) == len(KEYS)
    assert all(" F " in text.replace(",", " ") for text in said)


@pytest.mark.parametrize("text", [
    "When an actor overlaps this one and that actor is the player pawn, destroy it.",
    "When the game starts and the boolean bReady is true, jump.",
    "When F is released, jump.",
    'Print the word "On BeginPlay" when it lands.',
])
def test_a_longer_clause_and_a_quoted_text_are_left_alone(text):
    assert ways(text) == {text}


def test_names_numbers_and_texts_are_never_touched():
    for file in lesson_files(LESSONS):
        for number, prompt in enumerate(load_lesson(file).prompts):
            told = reword(prompt.instruction, Draw(2, number))
            for kind in (r'"[^"]*"', r"\b\d+(?:\.\d+)?\b", r"\b[A-Za-z]+_\w+\b", r"\bb[A-Z]\w+\b"):
                assert re.findall(kind, told) == re.findall(kind, prompt.instruction), told


def test_other_phrases_leave_names_numbers_and_texts_where_they_are():
    for file in lesson_files(LESSONS):
        for number, prompt in enumerate(load_lesson(file).prompts):
            told = rephrase(prompt.instruction, Draw(3, number))
            for kind in (r'"[^"]*"', r"\b[A-Za-z]+_\w+\b", r"\bb[A-Z]\w+\b"):
                assert re.findall(kind, told) == re.findall(kind, prompt.instruction), told


def test_a_phrase_takes_the_others_of_its_group_and_what_is_around_it_stays():
    said = {rephrase("If Heat is greater than 5, then print \"a -> b, then c\".", Draw(1, index)) for index in range(400)}
    bare = {text for text in said if not text.startswith(WISHES) and not text.endswith(ASIDES)}
    assert {re.fullmatch(r'If Heat( .+ )5(, .+)print "a -> b, then c"\.?', text).groups() for text in bare} >= {(" exceeds ", ", then "), (" is above ", ", next ")}
    assert len(bare) < len(said)
