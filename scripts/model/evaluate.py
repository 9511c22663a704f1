"""The evaluation: a model answers the tests of four tiers, and every answer is scored by form and by what it does.

Answers are written down as they come (`evaluation_v<N>_<time>.jsonl`, a line a test), so that an evaluation started
again goes on where it stopped. Scores are made from them when all are there: `.json` of the same name, and a page. Whoever
has the model loaded may ask (an exam does, `12 --evaluation`); what is answered and not yet scored is scored without a model.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.evaluation_tests import EvaluationTest, chosen_tests, load_tests, tests_hash
from model.adapters import Choice
from model.decode import Answer, Decoder, Request
from model.exam import ExamSettings, error_text, new_record, newest_record
from pipeline.config import load_config
from pipeline.paths import Paths
from pipeline.store import append_jsonl
from pipeline_logger import RUN_ID_VARIABLE, get_logger
from report.evaluation_score import NOTHING, EvaluationScore, evaluate_answer

TIMEOUT_ERROR = "Generation timed out"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Asked:
    """What is asked, and how it was chosen."""

    tests: tuple[EvaluationTest, ...]
    tier: int | None
    is_quick: bool
    seed: int


def asked_of(paths: Paths, tier: int | None = None, is_quick: bool = False, seed: int | None = None) -> Asked:
    """The tests of the project, else of the program; the seed, which draws the quick ones, is the training's where none is given."""
    seed = seed if seed is not None else load_config(paths).training.seed
    return Asked(tuple(chosen_tests(load_tests(paths), tier, is_quick, seed)), tier, is_quick, seed)


class EvaluationRun:
    """One model before the tests: what it has answered already, and where the rest goes."""

    def __init__(self, choice: Choice, asked: Asked, settings: ExamSettings, paths: Paths, keeps_finished: bool = False) -> None:
        """keeps_finished: take the answers of an evaluation of the same model to the same tests, instead of asking again."""
        self.choice, self.asked, self.settings = choice, asked, settings
        self.key = settings.key_of(tests_hash(asked.tests))
        found = newest_record(paths.evaluations.glob(f"evaluation_v{settings.version}_*.jsonl"), "evaluation_key", self.key)
        if found and (keeps_finished or len(found[1]) < len(asked.tests) or not found[0].with_suffix(".json").exists()):
            self.path, self.lines = found
        else:
            self.path, self.lines = new_record(paths.evaluations, f"evaluation_v{settings.version}"), []

    @property
    def open_tests(self) -> list[EvaluationTest]:
        done = {line["id"] for line in self.lines}
        return [test for test in self.asked.tests if test.id not in done]

    @property
    def result_file(self) -> Path:
        return self.path.with_suffix(".json")

    def write(self, test: EvaluationTest, answer: Answer) -> None:
        line = {"schema_version": SCHEMA_VERSION, "evaluation_key": self.key, "id": test.id, "text": answer.text, "stop_reason": answer.stop_reason,
                "tokens": answer.tokens, "forced_tokens": answer.forced_tokens, "seconds": round(answer.seconds, 3)}
        line |= {"fault": answer.fault} if answer.fault else {}
        append_jsonl(self.path, [line])
        self.lines.append(line)


def ask(run: EvaluationRun, decoder: Decoder, should_stop: Callable[[], bool]) -> Iterator[EvaluationTest]:
    """Ask every open test in one batch; yields each test after its answer has been written."""
    tests = run.open_tests
    requests = [Request(test.prompt.instruction, budget_tokens=run.settings.budget_tokens, candidates=run.settings.candidates) for test in tests]
    for answer in decoder.stream(requests, should_stop, skips_overlong=True):
        run.write(tests[answer.index], answer)
        yield tests[answer.index]


def ask_as_step(run: EvaluationRun, decoder: Decoder, should_stop: Callable[[], bool], track: Callable[..., Iterator[EvaluationTest]]) -> None:
    """The same as a step of the log, for whoever has the model loaded: 09, or an exam on its way. `track` shows the progress."""
    logger, total = get_logger(step_prefix="7"), len(run.open_tests)
    with logger.step("7.2", f"Ask {total} tests"):
        for done, _ in enumerate(track(ask(run, decoder, should_stop), "Evaluation", total), 1):
            logger.progress(done, total)


def free_memory() -> None:
    """Two models are compared one after the other, also where only one fits."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def score_run(run: EvaluationRun) -> Iterator[dict[str, Any]]:
    """A line a test, in the order of the tests."""
    lines = {line["id"]: line for line in run.lines}
    for test in run.asked.tests:
        yield scored_line(test, lines[test.id])


def scored_line(test: EvaluationTest, line: dict[str, Any]) -> dict[str, Any]:
    failure = _failure(line)
    prompt = test.prompt
    score = NOTHING if failure else evaluate_answer(prompt.expected_dsl, prompt.alternatives, line["text"], test.events, test.world)
    return {"id": test.id, "tier": test.tier, "title": test.title, "instruction": prompt.instruction, "expected": prompt.expected_dsl,
            "actual": line["text"], "score": round(score.total, 2), "passed": score.is_passed, "seconds": line["seconds"],
            "error": failure or _error(score), "stop_reason": line["stop_reason"], "tokens": line["tokens"],
            "meaning": round(score.meaning, 4)} | _parts(score)


def _failure(line: dict[str, Any]) -> str:
    """What kept the model from answering, "" when nothing did."""
    if line["stop_reason"] == "timeout":
        return TIMEOUT_ERROR
    return error_text(line["stop_reason"], line["fault"]) if line.get("fault") else ""


def _parts(score: EvaluationScore) -> dict[str, Any]:
    if score.form is None:
        return {"valid": False, "graph_equal": False, "nodes_f1": 0.0, "wires_f1": 0.0, "properties_f1": 0.0, "mistakes": []}
    form = score.form
    return {"valid": form.is_valid, "graph_equal": form.is_equal, "nodes_f1": round(form.nodes_f1, 4), "wires_f1": round(form.wires_f1, 4),
            "properties_f1": round(form.properties_f1, 4), "mistakes": [{"kind": str(one.kind), "what": one.what} for one in form.mistakes]}


def _error(score: EvaluationScore) -> str:
    """The first thing that would keep the answer from compiling; empty when nothing does."""
    if score.form is None:
        return "No document in the answer"
    return next((f"{one.code}, line {one.line}: {one.message}" for one in score.form.findings if one.is_error), "")


def run_head(run: EvaluationRun) -> dict[str, Any]:
    asked, settings = run.asked, run.settings
    return {"schema_version": SCHEMA_VERSION, "version": settings.version, "model": settings.model_label, "run_id": os.environ.get(RUN_ID_VARIABLE, ""),
            "seed": asked.seed, "quick": asked.is_quick, "tier": asked.tier, "constrained": settings.is_constrained, "candidates": settings.candidates,
            "budget_tokens": settings.budget_tokens, "evaluation_key": run.key}
