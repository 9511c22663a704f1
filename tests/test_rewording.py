"""Exchanged phrases mean the same, and nothing but phrases is exchanged."""

import re
from collections import Counter
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
            for kind in (r"\b[A-Za-z]+_\w+\b", r"\bb[A-Z]\w+\b"):
                assert sorted(re.findall(kind, told)) == sorted(re.findall(kind, prompt.instruction)), told
            texts, were = Counter(re.findall(r'"[^"]*"', told)), Counter(re.findall(r'"[^"]*"', prompt.instruction))
            bare = [text.strip('"') for text in (were - texts).elements()]
            assert not texts - were and all(re.fullmatch("[A-Z][a-z]+", word) and re.search(rf"\b{word}\b", told) for word in bare), told


def test_one_thing_that_happens_at_one_event_is_turned_round_at_times():
    assert {"Destroy this actor when E is pressed.", "When E is pressed, destroy this actor."} <= all_told("When E is pressed, destroy this actor.")
    for text in ("When E is pressed, wait 2 seconds, then jump.", "When another actor overlaps this one, destroy it.",
                 "When E is pressed and bReady is true, jump.", "When E is pressed, jump. When F is pressed, crouch."):
        assert not [told for told in all_told(text) if re.match("Wait|Destroy|Jump", told)], text


def test_a_message_of_one_word_loses_its_quotes_at_times_but_never_where_the_word_names_something():
    assert "When the game starts, print Hello." in all_told('When the game starts, print "Hello".')
    for text in ('When the game starts, print "Health" and the variable Health.', 'When the game starts, print "Hello world".'):
        assert all('"H' in told for told in all_told(text)), text


def all_told(text: str) -> set[str]:
    return {rephrase(text, Draw(4, index)) for index in range(200)}


def test_a_phrase_takes_the_others_of_its_group_and_what_is_around_it_stays():
    said = {rephrase("If Heat is greater than 5, then print \"a -> b, then c\".", Draw(1, index)) for index in range(400)}
    bare = {text for text in said if not text.startswith(WISHES) and not text.endswith(ASIDES)}
    assert {re.fullmatch(r'If Heat( .+ )5(, .+)print "a -> b, then c"\.?', text).groups() for text in bare} >= {(" exceeds ", ", then "), (" is above ", ", next ")}
    assert len(bare) < len(said)
