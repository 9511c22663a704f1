"""The decoding loop: rows that come and go give the answers of rows alone; a fault of the constraint stays where it is."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from training_world import tiny_model, tiny_tokenizer

from corpus.lessons import Prompt
from model import decode_attention
from model.decode import Decoder, Request
from model.decode_attention import KeyValues, PrefixStep, RowsStep
from model.decode_engine import LeanLlama, PackedLinear, PlainLinear, TransformersEngine, can_pack, engine_for
from model.decode_run import Run
from model.decode_types import Statistics
from model.exam import FAULT_ERROR, exam_line

QUESTIONS = ["Print", "Open the door when the player comes near.", "7 lamps", "Destroy it", "Play a sound at the location of the chest."]


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


@dataclass(frozen=True)
class BreaksAfter:
    """A matcher that allows every token until it fails, as a constraint with a fault would."""

    tokens: int | None

    def advance(self, token: int):
        if self.tokens == 0:
            raise AttributeError("a pin that is not there")
        return BreaksAfter(None if self.tokens is None else self.tokens - 1)

    def forced(self):
        return [], self

    def completed_text(self) -> str:
        return "cut"


class BreaksInOne:
    """Fails in the second answer that is begun, after five tokens."""

    def __init__(self) -> None:
        self.begun = 0

    def start(self) -> BreaksAfter:
        self.begun += 1
        return BreaksAfter(5 if self.begun == 2 else None)


def decoder(tokenizer, **settings) -> Decoder:
    return Decoder(tiny_model(), tokenizer, "Answer with a Blueprint graph.", **settings)


def requests() -> list[Request]:
    return [Request(question, budget_tokens=24) for question in QUESTIONS]


@pytest.mark.parametrize("rows", [2, 8])
def test_answers_in_a_batch_are_those_of_questions_asked_alone(tokenizer, rows):
    alone = [decoder(tokenizer).generate([request])[0].text for request in requests()]
    assert [answer.text for answer in decoder(tokenizer, rows=rows).generate(requests())] == alone


def test_a_fault_of_the_constraint_ends_its_own_answer_only(tokenizer):
    answers = decoder(tokenizer, rows=3, constraint=BreaksInOne()).generate(requests())
    faults = [answer for answer in answers if answer.fault]
    assert len(answers) == len(QUESTIONS) and len(faults) == 1
    assert (faults[0].stop_reason, faults[0].fault, faults[0].tokens) == ("fault", "AttributeError: a pin that is not there", 5)
    assert faults[0].text == "cut" and faults[0].raw not in ("", "cut")
    free = decoder(tokenizer, rows=3).generate(requests())
    assert [a.tokens for a in answers if not a.fault] == [b.tokens for a, b in zip(answers, free) if not a.fault]


class LeadsNowhere(BreaksAfter):
    """A state after which no token may come, as a constraint with a gap in its proof would have."""

    def advance(self, token: int):
        return None if self.tokens == 0 else LeadsNowhere(self.tokens - 1)

    def allowed(self):
        return np.zeros(512, dtype=bool)


def test_an_answer_that_the_constraint_cannot_complete_ends_as_a_fault(tokenizer, monkeypatch):
    def broken(self) -> str:
        raise KeyError("Target")

    monkeypatch.setattr(BreaksAfter, "completed_text", broken)
    constraint = SimpleNamespace(start=lambda: BreaksAfter(None))
    found = decoder(tokenizer, constraint=constraint).generate([Request("Print", budget_tokens=4)])[0]
    assert (found.stop_reason, found.fault, found.text) == ("fault", "KeyError: 'Target'", found.raw)


def test_an_answer_that_nothing_may_follow_ends_as_a_fault_and_not_unconstrained(tokenizer):
    class Constraint:
        def start(self) -> LeadsNowhere:
            return LeadsNowhere(3)

    answer, = decoder(tokenizer, constraint=Constraint()).generate(requests()[:1])
    assert (answer.stop_reason, answer.text, answer.tokens) == ("fault", "cut", 3)


def test_a_fault_is_written_down_as_ours_and_not_as_a_wrong_answer(tokenizer):
    answers = decoder(tokenizer, constraint=BreaksInOne()).generate(requests())
    line = exam_line(Prompt("p", "Print", "BLUEPRINT: BP_New\nGRAPH: EventGraph\n"), next(a for a in answers if a.fault))
    assert line["status"] == "error" and line["error"].startswith(FAULT_ERROR) and not line["valid"]


CHUNKS = [[5, 6, 7], [8], [9, 10], [11, 12, 13, 14]]


def states_of_chunks(engine, model) -> torch.Tensor:
    """A prefix of three tokens, then two steps of four rows: hidden states of the second."""
    cache = KeyValues(model.config.num_hidden_layers, rows=len(CHUNKS))
    with torch.inference_mode():
        engine.states(torch.tensor([1, 2, 3]), torch.arange(3), PrefixStep(cache))
        for starts, chunks in (([0] * len(CHUNKS), CHUNKS), ([len(chunk) for chunk in CHUNKS], [chunk[::-1] for chunk in CHUNKS])):
            step = RowsStep(cache, 0, starts, chunks, 3, "cpu")
            states = engine.states(step.ids, step.positions, step)
    return states


def states_row_by_row(model) -> torch.Tensor:
    with torch.inference_mode():
        rows = [model.model(torch.tensor([[1, 2, 3, *chunk, *chunk[::-1]]])).last_hidden_state[0, -len(chunk):] for chunk in CHUNKS]
    return torch.cat(rows)


@pytest.mark.parametrize("own", ["_OwnByRow", "_OwnPadded"])
def test_rows_behind_a_shared_prefix_compute_what_each_computes_alone(own, monkeypatch):
    monkeypatch.setattr(decode_attention, "_OwnByRow", getattr(decode_attention, own))
    model = tiny_model()
    torch.testing.assert_close(states_of_chunks(TransformersEngine(model), model), states_row_by_row(model), rtol=1e-4, atol=1e-5)


def test_lean_layers_compute_what_those_of_transformers_compute():
    model = tiny_model()
    lean, expected = LeanLlama(model, PlainLinear), states_row_by_row(model)
    states = states_of_chunks(lean, model)
    torch.testing.assert_close(states, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(lean.logits(states), model.lm_head(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(not can_pack(tiny_model()), reason="this processor has no fbgemm")
def test_packed_layers_differ_from_float32_by_the_rounding_of_their_weights_only():
    model = tiny_model()
    for parameter in model.parameters():
        parameter.data = parameter.data.half().float()
    packed, expected = LeanLlama(model, PackedLinear), states_row_by_row(model)
    states = states_of_chunks(packed, model)
    torch.testing.assert_close(states, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(packed.logits(states), model.lm_head(expected), rtol=1e-4, atol=1e-5)


def test_a_model_that_is_not_plain_float32_llama_keeps_the_layers_of_transformers():
    model = tiny_model()
    model.lm_head = torch.nn.Sequential(model.lm_head)
    assert isinstance(engine_for(model), TransformersEngine) and not can_pack(tiny_model().half())


def test_sampling_under_a_constraint_draws_legal_tokens_by_their_shares():
    legal, shares = [3, 7, 9], torch.tensor([0.5, 0.3, 0.2])

    class Picky:
        def advance(self, token):
            return self if token in legal else None

        def allowed(self):
            return np.isin(np.arange(10), legal)

    logits = torch.full((10,), 2.0)  # most is illegal
    logits[legal] = shares.log()
    row = SimpleNamespace(request=Request("", temperature=1.0), sampler=torch.Generator().manual_seed(5), matcher=Picky())
    run = SimpleNamespace(statistics=Statistics())
    drawn = [Run._choice(run, row, logits.clone(), 0)[0] for _ in range(4000)]
    counts = torch.bincount(torch.tensor(drawn), minlength=10)
    assert int(counts[legal].sum()) == 4000
    assert torch.allclose(counts[legal] / 4000, shares, atol=4 * 0.5 / 4000 ** 0.5)
    assert 0 < run.statistics.masks < 4000, "both ways to a legal token are tried"
