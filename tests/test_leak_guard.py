"""The hold-out and the evaluation stay unseen."""

import json

import datasets
import pytest

from corpus.leak_guard import load_leak_guard
from corpus.merge import merge
from corpus.rows import Provenance, Row, write_rows
from error_handler import UserError

ANSWER = """\
BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: PrintString [InString="{text}"]
NODE n3: Delay [Duration=2.0]
EXEC n1.Then -> n2.Execute
EXEC n2.Then -> n3.Execute
"""
# The same graph: other ids, other order, another name.
DISGUISED = """\
BLUEPRINT: BP_Other
GRAPH: EventGraph
NODE a: Delay [Duration=2]
NODE b: PrintString [InString="Secret"]
NODE c: Event_BeginPlay
EXEC c.Then -> b.Execute
EXEC b.Then -> a.Execute
"""


@pytest.fixture
def guard(tmp_path):
    holdout = tmp_path / "holdout"
    holdout.mkdir()
    prompt = {"id": "h1", "instruction": "Say Secret, then wait.", "expected_dsl": ANSWER.format(text="Secret")}
    (holdout / "one.json").write_text(json.dumps({"prompts": [prompt]}), encoding="utf-8")
    return load_leak_guard([holdout, tmp_path / "no such folder"])


def test_a_guarded_question_is_a_leak_whatever_its_case(guard):
    assert "question of one.json h1" in guard.leak(Row("say secret then WAIT", ANSWER.format(text="Other")))


def test_a_graph_equal_to_a_guarded_answer_is_a_leak_under_other_ids_and_order(guard):
    assert "answer of one.json h1" in guard.leak(Row("something else", DISGUISED))


def test_a_graph_with_another_value_is_none(guard):
    assert guard.leak(Row("something else", ANSWER.format(text="Public"))) is None


def run_merge(tmp_path, guard, rows):
    file = tmp_path / "rows.jsonl"
    write_rows(file, rows)
    return merge([file], guard, tmp_path / "train.jsonl", tmp_path / "validation.jsonl", tmp_path / "provenance.jsonl")


def test_the_merge_fails_when_a_persons_row_leaks(tmp_path, guard):
    with pytest.raises(UserError, match="would no longer measure"):
        run_merge(tmp_path, guard, [Row("innocent", DISGUISED, "", Provenance("lesson", "lesson_01.json", "p1"))])


def test_the_merge_drops_and_counts_a_machine_made_row_that_leaks(tmp_path, guard):
    rows = [Row("innocent", DISGUISED, "", Provenance("synthetic")), Row("fine", ANSWER.format(text="Fine"), "", Provenance("synthetic"))]
    report = run_merge(tmp_path, guard, rows)
    assert (report.read, report.train + report.validation, report.dropped["leak"]) == (2, 1, 1)
    assert "Secret" not in (tmp_path / "train.jsonl").read_text(encoding="utf-8")


def test_the_merge_drops_and_counts_what_the_validator_refuses(tmp_path, guard):
    good, wrong = ANSWER.format(text="Fine"), ANSWER.format(text="Fine").replace("n2.Execute", "n2.Enter")
    report = run_merge(tmp_path, guard, [Row("a", good), Row("b", wrong), Row("c", "x"), Row(" ", good)])
    assert (report.read, report.train + report.validation, report.dropped["refused by the validator"]) == (4, 1, 3)


def test_every_row_that_stays_has_its_provenance_and_loads_as_a_dataset(tmp_path, guard):
    rows = [Row(f"Print {i}.", ANSWER.format(text=str(i)), "", Provenance("synthetic", pattern="p", seed=i)) for i in range(5)]
    report = run_merge(tmp_path, guard, rows)
    lines = [json.loads(line) for line in (tmp_path / "provenance.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == report.train + report.validation == 5
    assert {(line["split"], line["line"]) for line in lines} >= {("train", 1), ("train", report.train)}
    train = datasets.load_dataset("json", data_files=str(tmp_path / "train.jsonl"), split="train", cache_dir=str(tmp_path / "cache"))
    assert train.column_names == ["instruction", "input", "output"]
    assert sorted(train["instruction"])[0] == "Print 0." and len(train) == report.train
