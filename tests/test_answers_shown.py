"""07 for people: what stands on the screen, what a conversation remembers, what is said of an answer that did not come to its end."""

import importlib.util
from argparse import Namespace
from pathlib import Path

import pytest
from error_handler import UserError
from model.decode_types import Answer
from model.interactive import AGAIN_SAMPLES, converse
from model.suggestions import suggest
from utils.dsl_parser import parse, render

DOOR = Path(__file__).resolve().parents[1] / "scripts" / "07_inference.py"
HELLO = render(parse('BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Hello!"]\n'
                     'EXEC n1.Then -> n2.Execute\n'))
BYE = HELLO.replace("Hello!", "Bye")
LOOPED = HELLO.replace("Hello!", "Looped")


def answer(text: str, **facts) -> Answer:
    return Answer(**{"index": 0, "text": text, "stop_reason": "end", "tokens": 1, "forced_tokens": 0, "seconds": 1.0, "raw": text.rstrip()} | facts)


class Scripted:
    """A decoder that answers from a list and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked = list(answers), []

    def generate(self, requests, on_tokens=None):
        self.asked.append(requests)
        return [self.answers.pop(0) for _ in requests]

    def text_of(self, ids):
        return ""


@pytest.fixture(scope="module")
def door():
    spec = importlib.util.spec_from_file_location("inference_door", DOOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def args(**given) -> Namespace:
    return Namespace(**{"format": "dsl", "output": None, "copy": False, "budget": 64, "timeout": 300.0, "unconstrained": False} | given)


def shown(door, capsys, found: Answer, is_streamed: bool, **given) -> tuple[str, str]:
    door._show(suggest(Scripted(found), "Print Hello"), args(**given), is_streamed)
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_a_streamed_answer_is_not_printed_again(door, capsys):
    assert shown(door, capsys, answer(HELLO), is_streamed=True) == ("\n", "")
    assert shown(door, capsys, answer(HELLO), is_streamed=False) == (HELLO, "")


def test_what_was_completed_after_it_was_streamed_is_printed_whole(door, capsys):
    out, err = shown(door, capsys, answer(HELLO, raw=HELLO + "EXEC n1.", stop_reason="budget"), is_streamed=True)
    assert out.endswith(HELLO) and "64 tokens; --budget allows more" in err and "completed" in err


@pytest.mark.parametrize("facts, told", [({"stop_reason": "timeout"}, "after 300 s; --timeout allows more"),
                                         ({"stop_reason": "fault", "fault": "KeyError: 'x'"}, "a fault of this program")])
def test_every_answer_that_did_not_come_to_its_end_is_told(door, capsys, facts, told):
    out, err = shown(door, capsys, answer(HELLO, **facts), is_streamed=False)
    assert out == HELLO and told in err


def test_without_the_constraint_nobody_says_that_it_was_completed(door, capsys):
    _, err = shown(door, capsys, answer(HELLO, stop_reason="budget"), is_streamed=False, unconstrained=True)
    assert "cut at 64 tokens" in err and "completed" not in err


def test_again_asks_for_the_change_of_the_same_document_and_is_shown():
    decoder = Scripted(answer(HELLO), answer(LOOPED), *[answer(BYE)] * AGAIN_SAMPLES)
    seen = []
    converse(decoder, iter(["Print Hello", "+ now make it loop", "again", ""]), lambda found, is_streamed: seen.append((found.dsl, is_streamed)),
             lambda text: None, 64)
    assert seen == [(HELLO, True), (LOOPED, True), (BYE, False)]
    assert [(one.instruction, one.input) for one in decoder.asked[2]] == [("now make it loop", HELLO)] * AGAIN_SAMPLES


@pytest.mark.parametrize("given", [["--batch", "prompts.txt"], ["--interactive"]])
def test_a_document_to_change_needs_one_prompt(door, given):
    with pytest.raises(UserError, match="--change"):
        door.main(door.parser().parse_args([*given, "--change", "door.dsl"]))
