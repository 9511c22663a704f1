"""07 for people: what stands on the screen, what a conversation remembers, what is said of an answer that did not come to its end."""

import importlib.util
import json
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from error_handler import UserError
from model.decode_types import Answer
from model.fitting_parent import fitting_parent
from model.interactive import AGAIN_SAMPLES, HELP, converse
from model.suggestions import suggest
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate_text

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


def shown(door, capsys, found: Answer, streamed: str = "", **given) -> tuple[str, str]:
    door._show(suggest(Scripted(found), "Print Hello"), args(**given), streamed)
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_a_streamed_answer_is_not_printed_again(door, capsys):
    assert shown(door, capsys, answer(HELLO), HELLO.rstrip()) == ("\n", "")
    assert shown(door, capsys, answer(HELLO)) == (HELLO, "")


def test_what_was_completed_after_it_was_streamed_is_printed_whole(door, capsys):
    cut = HELLO + "EXEC n1."
    out, err = shown(door, capsys, answer(HELLO, raw=cut, stop_reason="budget"), cut)
    assert out.endswith("Completed, in canonical form:\n\n" + HELLO) and "64 tokens; --budget allows more" in err and "completed" in err


def test_a_better_candidate_than_the_one_that_was_streamed_is_printed_after_it(door, capsys):
    out, err = shown(door, capsys, answer(BYE), HELLO.rstrip())
    assert out == "\n\nBetter than that:\n\n" + BYE and not err


def test_the_screen_shows_text_as_it_comes_and_keeps_what_a_question_was_answered(door, capsys):
    screen = door.Screen()
    screen("NODE "), screen("n1")
    assert capsys.readouterr().out == "NODE n1" and screen.taken() == "NODE n1" and screen.taken() == ""


@pytest.mark.parametrize("facts, told", [({"stop_reason": "timeout"}, "after 300 s; --timeout allows more"),
                                         ({"stop_reason": "unlikely"}, "lost its way"),
                                         ({"stop_reason": "fault", "fault": "KeyError: 'x'"}, "a fault of this program")])
def test_every_answer_that_did_not_come_to_its_end_is_told(door, capsys, facts, told):
    out, err = shown(door, capsys, answer(HELLO, **facts))
    assert out == HELLO and told in err


def test_without_the_constraint_nobody_says_that_it_was_completed(door, capsys):
    _, err = shown(door, capsys, answer(HELLO, stop_reason="budget"), unconstrained=True)
    assert "cut at 64 tokens" in err and "completed" not in err


def test_again_asks_for_the_change_of_the_same_document_and_is_shown():
    decoder = Scripted(answer(HELLO), answer(LOOPED), *[answer(BYE)] * AGAIN_SAMPLES)
    seen = []
    converse(decoder, iter(["Print Hello", "+ now make it loop", "again", ""]), lambda found: seen.append(found.dsl), None, 64)
    assert seen == [HELLO, LOOPED, BYE]
    assert [(one.instruction, one.input) for one in decoder.asked[2]] == [("now make it loop", HELLO)] * AGAIN_SAMPLES


@pytest.mark.parametrize("given", [["--batch", "prompts.txt"], ["--interactive"]])
def test_a_document_to_change_needs_one_prompt(door, given):
    with pytest.raises(UserError, match="--change"):
        door.main(door.parser().parse_args([*given, "--change", "door.dsl"]))


WORDS = ["Print Hello", "Print Bye"]


def batch(door, capsys, tmp_path, *answers: Answer, **given) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a batch of the prompts above."""
    decoder = Scripted(*(answer(one.text, raw=one.raw, index=index) for index, one in enumerate(answers)))
    code = door._answer_batch(decoder, WORDS, args(**{"batch": tmp_path / "two.txt", "candidates": 1} | given))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_documents_of_a_batch_stand_under_their_number_and_prompt(door, capsys, tmp_path):
    _, out, _ = batch(door, capsys, tmp_path, answer(HELLO), answer(BYE))
    assert out == f"# 1: Print Hello\n{HELLO}\n# 2: Print Bye\n{BYE}"
    assert "\n".join(render(parse(one)) for one in (out[:out.index("\n# 2")], out[out.index("# 2"):])) == out


def test_json_of_a_batch_is_a_line_an_answer_on_stdout_as_in_a_file(door, capsys, tmp_path):
    _, out, _ = batch(door, capsys, tmp_path, answer(HELLO), answer(BYE), format="json")
    for form in ("json", "dsl"):
        batch(door, capsys, tmp_path, answer(HELLO), answer(BYE), format=form, output=tmp_path / form)
        assert (tmp_path / form).read_text(encoding="utf-8") == out
    assert [json.loads(line)["dsl"] for line in out.splitlines()] == [HELLO, BYE]


def test_html_of_a_batch_is_one_page(door, capsys, tmp_path):
    page = tmp_path / "answers.html"
    assert batch(door, capsys, tmp_path, answer(HELLO), answer(BYE), format="html", output=page)[1] == ""
    text = page.read_text(encoding="utf-8")
    assert text.count("<figure>") == 2 and "1. Print Hello" in text and "2. Print Bye" in text


def test_clipboard_texts_of_a_batch_are_files_named_by_number(door, capsys, tmp_path):
    folder = tmp_path / "pasteable"
    _, _, err = batch(door, capsys, tmp_path, answer(HELLO), answer(BYE), format="clipboard", output=folder)
    assert sorted(file.name for file in folder.iterdir()) == ["001.txt", "002.txt"] and "2 answers written" in err
    assert "Bye" in (folder / "002.txt").read_text(encoding="utf-8")


def test_what_is_wrong_with_an_answer_of_a_batch_is_said_with_its_number(door, capsys, tmp_path):
    folder = tmp_path / "pasteable"
    code, _, err = batch(door, capsys, tmp_path, answer(HELLO), answer("no graph"), format="clipboard", output=folder)
    lines = err.splitlines()
    assert code == 1 and all(line.startswith(("answer 2: ", "  Fix: ")) for line in lines[:-1]) and lines[-1].startswith("1 answer written")
    assert [file.name for file in folder.iterdir()] == ["001.txt"]


def conversation(*lines: str, answers: int = 1) -> list[str]:
    seen = []
    converse(Scripted(*[answer(HELLO)] * answers), iter(lines), lambda found: seen.append(found.instruction), None, 64)
    return seen


@pytest.mark.parametrize("end", ["quit", "exit", ""])
def test_words_that_end_a_conversation(end):
    assert conversation("Print Hello", end, "Print Bye") == ["Print Hello"]


def test_help_is_shown_in_a_conversation(capsys):
    assert conversation("help", "Print Hello") == ["Print Hello"] and HELP in capsys.readouterr().err


@pytest.mark.parametrize("line, told", [("again", "no answer yet"), ("+", "'+' alone")])
def test_a_line_that_asks_for_nothing_is_told_and_the_conversation_goes_on(capsys, line, told):
    assert conversation(line, "Print Hello") == ["Print Hello"]
    assert told in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="the program is a script of a Unix shell")
def test_a_copied_answer_is_told(door, capsys, monkeypatch):
    monkeypatch.setattr("pyperclip.determine_clipboard", lambda: (lambda text: None, None))
    assert "is on the clipboard" in shown(door, capsys, answer(HELLO), is_streamed=False, copy=True)[1]


JUMP = """BLUEPRINT: BP_New
PARENT: {}
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: Jump
"""
RUNS = "EXEC n1.Then -> n2.Execute\n"


class Asked(Scripted):
    """Its tokens are the characters of a text."""

    @staticmethod
    def tokenizer(text: str, **_) -> dict:
        return {"input_ids": list(map(ord, text))}


def test_an_answer_whose_nodes_need_another_parent_is_asked_again_with_it():
    decoder = Asked(answer(JUMP.format("Actor")), answer(JUMP.format("Character") + RUNS))
    found = suggest(decoder, "Jump at the start.", candidates=4)
    assert (found.parent, found.findings) == ("Character", ()) and parse(found.dsl).parent == "Character"
    [again] = decoder.asked[1]
    assert "".join(map(chr, again.start)) == "BLUEPRINT: BP_New\nPARENT: Character\n" and again.candidates == 1


def test_the_first_answer_stays_where_the_other_parent_makes_it_no_better():
    found = suggest(Asked(answer(JUMP.format("Actor")), answer(JUMP.format("Character") + "NODE n3: Crouch\n")), "Jump at the start.")
    assert found.parent == "" and parse(found.dsl).parent == "Actor"


@pytest.mark.parametrize("nodes, parent", [
    (("Jump", "GetController"), "Character"), (("Jump", "SetViewTargetWithBlend"), ""), (("SetStaticMesh",), ""), (("AddToViewport",), "UserWidget"), (("PrintString",), "")])
def test_a_parent_fits_that_all_nodes_with_an_empty_target_are_content_with(nodes, parent):
    lines = [f"NODE n{number}: {kind}" for number, kind in enumerate(nodes, 2)]
    assert parent_for("\n".join(["BLUEPRINT: B", "PARENT: Actor", "GRAPH: EventGraph", "NODE n1: Event_BeginPlay", *lines])) == parent


def test_a_parent_that_was_said_is_kept():
    assert parent_for(JUMP.format("Pawn")) == ""


def parent_for(text: str) -> str:
    return fitting_parent(text, validate_text(text)[1])
