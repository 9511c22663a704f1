"""Several answers to a question: where they begin, what they are worth, and which is taken."""

import math
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from training_world import tiny_model, tiny_tokenizer

from model import decode_search
from model.choosing import best_first, judged, unsaid
from model.decode import Decoder, Request
from model.decode_search import Search
from model.decode_types import Answer, Doubt
from model.suggestions import answer_all

LETTERS = 3
LENGTH = 4


@dataclass(frozen=True)
class Letters:
    """Lets one of a few tokens come, so many times, then the end of the turn."""

    legal: tuple[int, ...]
    end: int
    left: int = LENGTH
    end_comes_too: bool = False

    def start(self):
        return self

    def advance(self, token: int):
        if token not in self._may:
            return None
        return replace(self, left=self.left - 1)

    @property
    def _may(self) -> tuple[int, ...]:
        return (*(self.legal if self.left else ()), *((self.end,) if self.end_comes_too or not self.left else ()))

    def allowed(self) -> np.ndarray:
        return np.isin(np.arange(512), self._may)

    def completed_text(self) -> str:
        return "cut"

    def forced(self):
        return ([self.end], self) if not self.left else ([], self)


@pytest.fixture(scope="module")
def decoder():
    tokenizer = tiny_tokenizer()
    legal = tuple(tokenizer(letter, add_special_tokens=False).input_ids[0] for letter in "abc")
    return Decoder(tiny_model(), tokenizer, "Answer with a Blueprint graph.", constraint=Letters(legal, tokenizer.eos_token_id), draft=False)


def all_candidates(decoder, monkeypatch, count: int) -> list[Answer]:
    seen: list[Answer] = []

    def keep(instruction, answers):
        seen[:] = answers
        return judged(instruction, answers)

    monkeypatch.setattr(decode_search, "judged", keep)
    decoder.generate([Request("Print", candidates=count)])
    return seen


def likelihood(decoder, text: str) -> float:
    """Of the letters, from one pass over the whole text."""
    prompt = list(decoder.encode(Request("Print")))
    letters = [decoder.tokenizer(letter, add_special_tokens=False).input_ids[0] for letter in text]
    with torch.no_grad():
        logprobs = decoder.model(torch.tensor([prompt + letters])).logits[0].log_softmax(-1)
    return sum(float(logprobs[len(prompt) - 1 + place, token]) for place, token in enumerate(letters))


def test_each_candidate_is_another_text_with_its_own_likelihood(decoder, monkeypatch):
    found = all_candidates(decoder, monkeypatch, 5)
    assert 2 < len(found) <= 5 and len({answer.text for answer in found}) == len(found)
    for answer in found:
        assert len(answer.text) == LENGTH and answer.logprob == pytest.approx(likelihood(decoder, answer.text), abs=1e-2)


def test_an_answer_that_nearly_ended_where_it_went_on_is_tried_with_its_end(decoder, monkeypatch):
    monkeypatch.setattr(decoder, "constraint", replace(decoder.constraint, legal=decoder.constraint.legal[:1], end_comes_too=True))
    assert [(answer.text, answer.stop_reason) for answer in all_candidates(decoder, monkeypatch, 2)] == [("a" * LENGTH, "end"), ("", "end")]


def test_the_first_candidate_is_the_greedy_answer_and_the_best_is_taken(decoder, monkeypatch):
    found = all_candidates(decoder, monkeypatch, 5)
    assert found[0].text == decoder.generate(["Print"])[0].text
    best = decoder.generate([Request("Print", candidates=5)])[0]
    assert best.logprob == max(answer.logprob for answer in found)


def test_questions_of_one_run_do_not_mix(decoder):
    alone = [decoder.generate([Request(text, candidates=3)])[0].text for text in ("Print", "Open the door", "7 lamps")]
    together = decoder.generate([Request(text, candidates=3) for text in ("Print", "Open the door", "7 lamps")])
    assert [answer.index for answer in together] == [0, 1, 2] and [answer.text for answer in together] == alone


def answer(text: str, logprob: float = -1.0, stop_reason: str = "end", doubts: tuple[Doubt, ...] = ()) -> Answer:
    return Answer(0, text, stop_reason, 1, 0, 1.0, logprob, doubts=doubts)


def test_only_the_nearest_doubts_of_a_whole_answer_are_tried():
    doubts = tuple(Doubt((place,), -9.0 + place, float(place)) for place in range(1, 9))
    assert [r.start for r in Search([Request("x", candidates=5)]).take(answer("a", doubts=doubts))] == [(1,), (2,)]
    assert [r.start for r in Search([Request("x", candidates=19)]).take(answer("a", doubts=doubts))] == [(1,), (2,), (3,)]
    assert Search([Request("x", candidates=9)]).take(answer("a", stop_reason="timeout", doubts=doubts)) == []
    assert Search([Request("x")]).take(answer("a", doubts=doubts)) == []


def test_a_likelier_answer_has_its_own_doubts_tried_before_those_that_are_left():
    search = Search([Request("x", candidates=5)])
    assert len(search.take(answer("a", -8.0, doubts=tuple(Doubt((place,), -9.0, place / 10) for place in range(1, 5))))) == 2
    assert search.take(answer("b", -3.0, doubts=(Doubt((1, 5), -4.0, 0.5),))) == []  # the wave is not over
    assert [r.start for r in search.take(answer("c", -9.0))] == [(1, 5)]
    assert [r.start for r in search.take(answer("d", -9.0))] == [(3,)]
    assert search.take(answer("e", -9.0, doubts=(Doubt((7,), -1.0, 0.1),))) == [] and search.settled(0).text == "b"


def test_of_an_answer_that_was_led_astray_the_places_before_that_are_tried_first():
    astray = answer("a", -80.0, "budget", doubts=(Doubt((1,), -4.0, 2.0), Doubt((2,), -5.0, 1.0), Doubt((3,), -40.0, 0.1)))
    assert [r.start for r in Search([Request("x", candidates=3)]).take(astray)] == [(1,)]
    assert [r.start for r in Search([Request("x", candidates=9)]).take(astray)] == [(1,), (2,), (3,)]


def given_up(start: int, logprob: float = -31.0) -> Answer:
    return replace(answer("", logprob, "unlikely"), given_up=Doubt((start,), logprob, 0.0))


def test_where_all_answers_were_given_up_the_first_is_gone_on_with_once():
    search = Search([Request("x", candidates=3)])
    assert [r.start for r in search.take(replace(given_up(9), doubts=(Doubt((1,), -4.0, 2.0),)))] == [(1,)]
    assert [(r.start, r.start_logprob) for r in search.take(given_up(8))] == [((9,), -31.0)]
    assert search.least_logprob(0, -31.0) == -math.inf
    assert search.take(answer("", -90.0, "fault")) == [] and search.settled(0) is not None


def test_nothing_is_given_up_of_a_single_answer_nor_before_it_is_very_unlikely():
    assert Search([Request("x")]).least_logprob(0, 0.0) == -math.inf
    search = Search([Request("Print", candidates=5)])
    assert search.least_logprob(0, 0.0) == decode_search.UNLIKELY
    search.take(answer(HELLO, -0.5, doubts=(Doubt((1,), -0.4, 0.1),)))
    assert search.least_logprob(0, -0.4) == pytest.approx(-0.5)


def test_an_answer_that_was_given_up_comes_to_its_end_where_there_is_no_other(decoder, monkeypatch):
    whole = decoder.generate([Request("Print", candidates=2)])[0]
    monkeypatch.setattr(decode_search, "UNLIKELY", whole.logprob / 2)
    monkeypatch.setattr(decode_search, "MAX_LOST", 0.0)
    again = decoder.generate([Request("Print", candidates=2)])[0]
    assert (again.text, again.stop_reason) == (decoder.generate(["Print"])[0].text, "end")


def test_a_question_is_settled_by_its_last_answer():
    search = Search([Request("Print 12", candidates=2)])
    assert len(search.take(answer("a", doubts=(Doubt((1,), -1.5, 0.5),)))) == 1 and search.settled(0) is None
    assert search.take(answer("12", logprob=-2.0, doubts=(Doubt((2,), -0.1, 0.1),))) == []
    settled = search.settled(0)
    assert settled.text == "12" and settled.seconds == 2.0


GRAPH = 'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: {}\nNODE n2: {}\nEXEC {} -> {}\n'
HELLO = GRAPH.format("Event_BeginPlay", 'PrintString [InString="Hello"]', "n1.Then", "n2.Execute")
OTHER_WAY_ROUND = GRAPH.format('PrintString [InString="Hello"]', "Event_BeginPlay", "n2.Then", "n1.Execute")
BYE = HELLO.replace("Hello", "Bye")


def test_what_lacks_a_text_that_was_asked_for_comes_last_however_likely():
    assert [a.text for a in best_first('Print "Hello"', [answer(BYE, -0.1), answer(HELLO, -3.0)])] == [HELLO, BYE]


def test_an_answer_with_nodes_that_do_nothing_comes_last_however_likely():
    idle, unwired = HELLO.replace("EXEC", "NODE n3: GetActorLocation\nEXEC"), HELLO.replace("EXEC", "NODE n3: Jump\nEXEC").replace("Actor", "Character")
    assert [a.text for a in best_first("Print it", [answer(idle, -0.1), answer(unwired, -0.2), answer(HELLO, -3.0)])] == [HELLO, idle, unwired]


@pytest.mark.parametrize("text, is_searched", [(HELLO, False), (HELLO.replace("EXEC", "NODE n3: GetActorLocation\nEXEC"), True)])
def test_no_beginning_is_gone_on_with_that_is_less_likely_than_a_flawless_answer(text, is_searched):
    unlikelier = (Doubt((1,), -0.9, 0.1), Doubt((2,), -0.8, 0.2))
    assert bool(Search([Request("Print", candidates=5)]).take(answer(text, -0.5, doubts=unlikelier))) is is_searched
    assert [r.start for r in Search([Request("Print", candidates=5)]).take(answer(HELLO, -0.85, doubts=unlikelier))] == [(2,)]


def test_what_the_instruction_spells_out_and_a_flawless_answer_would_have_is_searched_for():
    unlikelier = (Doubt((1,), -0.9, 0.1),)
    assert len(Search([Request('Print "Bye"', candidates=5)]).take(answer(HELLO, -0.5, doubts=unlikelier))) == 1
    assert Search([Request('Print "Hello"', candidates=5)]).take(answer(HELLO, -0.5, doubts=unlikelier)) == []


def test_a_graph_is_as_likely_as_its_texts_together():
    likelier = [answer(BYE, math.log(0.4)), answer(HELLO, math.log(0.3)), answer(OTHER_WAY_ROUND, math.log(0.2))]
    assert best_first("Print it", likelier)[0].text == HELLO


def test_a_text_that_was_drawn_twice_is_no_likelier_for_it():
    assert best_first("Print it", [answer(BYE, math.log(0.2)), answer(BYE, math.log(0.2)), answer(HELLO, math.log(0.3))])[0].text == HELLO


def test_the_time_of_a_question_is_that_of_all_its_candidates(decoder, monkeypatch):
    monkeypatch.setattr(decoder, "timeout_s", 1e-9)
    found = decoder.generate([Request("Print", candidates=5)])[0]
    assert found.stop_reason == "timeout"


def test_findings_speak_of_the_text_that_is_shown():
    never_run = 'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: PrintString [InString="Hello"]\nNODE n2: Event_BeginPlay\n'
    found = answer_all(SimpleNamespace(generate=lambda _: [answer(never_run)]), ["Print"])[0]
    place = next(one for one in found.findings if one.code == "never-runs")
    assert found.dsl.splitlines()[place.line - 1].startswith(f"NODE {place.node}: PrintString")


def test_valid_and_whole_answers_come_first():
    broken = HELLO.replace("n2.Execute", "n2.Nothing")
    assert [a.text for a in best_first("Print", [answer(broken, -0.1), answer(BYE, -0.2, "budget"), answer(HELLO, -9.0)])] == [HELLO, BYE, broken]


@pytest.mark.parametrize("instruction, text, missing", [
    ('Print "Game over" after 2.5 seconds', 'InString="Game over" Duration=2.5', []),
    ('Print "Game over" after 2.5 seconds', 'InString="Game" Duration=3.0', ["Game over", "2.5"]),
    ("37 times, move by -90", "LastIndex=36 X=90.0", []),
    ("Set bIsOpen of TargetActor 3 times", "Variable=TargetActor", ["bIsOpen"]),
    ("1. Open 2. close", "", []),
    ("wait 12 s", "Duration=120.0", ["12"])])
def test_what_is_spelled_out_must_be_said(instruction, text, missing):
    assert sorted(unsaid(instruction, text)) == sorted(missing)
