"""What is too long to be asked is told, all of it, before the model computes anything; whoever asks."""

import json

import pytest

torch = pytest.importorskip("torch")

from training_world import tiny_model, tiny_tokenizer

from error_handler import UserError
from model.decode import Decoder, Request
from model.decode_limits import MAX_REQUEST_TOKENS
from model.exam import ExamFile, ExamSettings, exam_lessons, run_exam
from model.interactive import converse

LONG = "Print Hello and then open the door. " * 3000
DOCUMENT = "BLUEPRINT: B\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n"


class Counted:
    """A decoder of a tiny model, and how often that was run."""

    def __init__(self) -> None:
        model = tiny_model()
        self.decoder, self.runs = Decoder(model, tiny_tokenizer(), "Answer with a Blueprint graph.", draft=False), 0
        model.get_input_embeddings().register_forward_hook(self._count)

    def _count(self, *_) -> None:
        self.runs += 1

    def refusal(self, *requests: Request) -> str:
        with pytest.raises(UserError) as refused:
            self.decoder.generate(requests)
        assert not self.runs
        return str(refused.value)


@pytest.fixture
def counted():
    return Counted()


def test_an_overlong_prompt_is_refused_with_its_tokens_and_the_limit(counted):
    tokens = len(counted.decoder.encode(Request(LONG))) - len(counted.decoder.encode(Request("")))
    assert counted.refusal(Request(LONG)) == f"the prompt has {tokens:,} tokens, {MAX_REQUEST_TOKENS:,} are allowed.\n  Fix: shorten it."


def test_a_document_that_is_changed_counts(counted):
    assert counted.refusal(Request("Print Hello", DOCUMENT * 500)).startswith("the prompt with the document that it changes has ")


def test_every_overlong_prompt_of_a_batch_is_named(counted):
    told = counted.refusal(Request("Print"), Request(LONG), Request("Print"), Request(LONG)).splitlines()
    assert [line[:30] for line in told[::2]] == ["prompt 2 (Print Hello and then", "prompt 4 (Print Hello and then"] and len(told) == 4


def test_an_answer_that_the_context_has_no_room_for_is_refused(counted):
    told = counted.refusal(Request("Print Hello", budget_tokens=5000))
    assert "0 are allowed beside an answer of 5,000" in told and "--budget" in told


def test_up_to_the_limit_it_is_asked(counted):
    words = "7 " * MAX_REQUEST_TOKENS
    while len(counted.decoder.encode(Request(words))) - len(counted.decoder.encode(Request(""))) > MAX_REQUEST_TOKENS:
        words = words[:-2]
    assert counted.decoder.generate([Request(words, budget_tokens=1)])[0].stop_reason == "budget"
    counted.runs = 0
    counted.refusal(Request(words + "7 7 7"))


def test_a_conversation_goes_on_after_an_overlong_line(counted, capsys):
    shown = []
    converse(counted.decoder, iter([LONG, "Print", "quit"]), lambda found: shown.append(found.instruction), None, 4)
    assert shown == ["Print"] and "are allowed.\n  Fix: " in capsys.readouterr().err


def test_an_exam_goes_on_without_the_overlong_prompt_and_names_it(counted, paths):
    paths.lessons.mkdir(parents=True)
    prompts = [{"id": f"x_{number}", "instruction": text, "expected_dsl": DOCUMENT} for number, text in enumerate(("Print Hello", LONG))]
    lesson = {"schema_version": 1, "lesson_id": "x", "lesson_name": "X", "prompts": prompts}
    (paths.lessons / "lesson_x.json").write_text(json.dumps(lesson), encoding="utf-8")
    files = [ExamFile(one, ExamSettings(1, "tiny", "", "", False, 4), paths) for one in exam_lessons([str(paths.lessons)], paths)]
    lines = {line["prompt_id"]: line for _, line in run_exam(counted.decoder, files, 4, lambda: False)}
    assert lines["x_0"]["status"] == "ok" and (lines["x_1"]["status"], lines["x_1"]["score"]) == ("error", 0.0)
    assert lines["x_1"]["error"].startswith("prompt 2 (Print Hello and then") and "2,048 are allowed" in lines["x_1"]["error"]


def test_one_prompt_takes_the_memory_of_one_row(counted):
    counted.decoder.generate([Request("Print", budget_tokens=2)])
    assert {rows.shape[1] for rows in counted.decoder.cache_for([])[0].rows} == {1}
    counted.decoder.generate([Request("Print", budget_tokens=2)] * 3)
    assert {rows.shape[1] for rows in counted.decoder.cache_for([])[0].rows} == {3}
