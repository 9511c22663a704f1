"""One prompt, the same tokens: what the model is fed in training, inference, exam and evaluation, watched at its embedding."""

import json

import pytest

torch = pytest.importorskip("torch")

from peft import LoraConfig, get_peft_model
from training_world import system_prompt, tiny_model, tiny_tokenizer

from corpus.evaluation_tests import EvaluationTest
from corpus.lessons import Prompt
from corpus.rows import read_rows
from model.adapters import Choice
from model.decode import Decoder
from model.evaluate import Asked, EvaluationRun, ask
from model.exam import ExamFile, ExamSettings, exam_lessons, run_exam
from model.lora import TARGETS
from model.shared_prefix import SharedPrefixLoss
from model.suggestions import answer_all, suggest
from model.training_data import encode_data, read_data

HELLO = 'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Hello"]\nEXEC n1.Then -> n2.Execute\n'
ASKED = "When the game starts, print \"Hello\" – twice, é."


@pytest.fixture
def project(paths):
    """A project whose one training row and one lesson ask the same."""
    paths.datasets.mkdir(parents=True)
    paths.lessons.mkdir(parents=True)
    paths.train_file.write_text(json.dumps({"instruction": ASKED, "input": "", "output": HELLO}) + "\n", encoding="utf-8")
    paths.system_prompt.write_text(system_prompt(600), encoding="utf-8")
    prompt = {"id": "x_01", "instruction": ASKED, "expected_dsl": HELLO}
    lesson = {"schema_version": 1, "lesson_id": "x", "lesson_name": "X", "prompts": [prompt]}
    (paths.lessons / "lesson_x.json").write_text(json.dumps(lesson), encoding="utf-8")
    return paths


@pytest.fixture
def trained(project):
    """(prompt ids, all ids) of the row as training has it."""
    row = encode_data(tiny_tokenizer(), read_data(project), 4096).train.rows[0]
    return list(row.prompt_ids), list(row.input_ids)


class Watched:
    """A tiny model that remembers every token id it is fed, in order."""

    def __init__(self):
        self.model, self.fed = tiny_model(), []
        self.model.get_input_embeddings().register_forward_hook(lambda _, inputs, __: self.fed.extend(inputs[0].flatten().tolist()))

    def decoder(self, project):
        return Decoder(self.model, tiny_tokenizer(), project.system_prompt.read_text(encoding="utf-8"), draft=False)


def test_training_feeds_the_prompt_and_the_answer(project, trained):
    watched = Watched()
    data = encode_data(tiny_tokenizer(), read_data(project), 4096)
    adapted = get_peft_model(watched.model, LoraConfig(r=2, target_modules=list(TARGETS), task_type="CAUSAL_LM"))
    SharedPrefixLoss(adapted, data.prefix_ids, max_tokens=10**6).forward_backward(data.train.rows)
    # The last token has nothing to foretell, so it may be left out.
    assert watched.fed in (trained[1], trained[1][:-1])


@pytest.mark.parametrize("ask", [lambda decoder: suggest(decoder, ASKED, budget_tokens=1), lambda decoder: answer_all(decoder, [ASKED], budget_tokens=1)])
def test_inference_feeds_the_prompt_of_training(project, trained, ask):
    watched = Watched()
    ask(watched.decoder(project))
    assert watched.fed[:len(trained[0])] == trained[0]


def test_an_exam_feeds_the_prompt_of_training(project, trained):
    watched = Watched()
    decoder = watched.decoder(project)
    settings = ExamSettings(1, "tiny", "", decoder.system_prompt, False, 1)
    files = [ExamFile(lesson, settings, project) for lesson in exam_lessons([str(project.lessons)], project)]
    assert len(list(run_exam(decoder, files, 1, lambda: False))) == 1
    assert watched.fed[:len(trained[0])] == trained[0]


def test_an_evaluation_feeds_the_prompt_of_training(project, trained):
    watched = Watched()
    decoder = watched.decoder(project)
    test = EvaluationTest(1, "X", Prompt("x_01", ASKED, HELLO), ({"event": "Event_BeginPlay"},))
    run = EvaluationRun(Choice(None, 1, "tiny"), Asked((test,), None, False, 0), ExamSettings(1, "tiny", "", decoder.system_prompt, False, 1), project)
    assert list(ask(run, decoder, lambda: False)) == [test]
    assert watched.fed[:len(trained[0])] == trained[0]


def test_what_is_compared_is_the_row_of_the_data_set(project, trained):
    row = next(read_rows(project.train_file))
    text = tiny_tokenizer().decode(trained[0])
    assert row.instruction in text and project.system_prompt.read_text(encoding="utf-8") in text
