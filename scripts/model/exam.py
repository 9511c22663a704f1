"""The exam: a model answers lessons, and every answer is graded as a graph and written down as it comes.

All lessons of a call share one model load, one copy of the system prompt and one batch, so that no lesson ends with a
half-empty batch. A line a prompt goes to `results/exams/exam_<lesson>_<time>.jsonl`; the same exam started again goes
on in the file that an interruption left unfinished.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.lessons import Lesson, Prompt, lesson_files, load_lesson
from error_handler import UserError
from model.adapters import Choice, model_hash, read_system_prompt
from model.batching import evenly_spaced
from model.decode import Answer, Decoder, Request
from pipeline.config import load_config
from pipeline.paths import Paths
from pipeline.store import append_jsonl, read_jsonl, sha256_file
from pipeline_logger import RUN_ID_VARIABLE
from report.scoring import score_answer

TIMEOUT_TEXT = "[TIMEOUT]"
FAULT_ERROR = "the constraint failed"
"""Our mistake, not the model's: such a line says so, and the exam ends with a finding."""
TIME_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class ExamLesson:
    """A lesson as it is asked: the prompts chosen, and where it came from."""

    lesson: Lesson
    file: Path
    is_hold_out: bool
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class ExamSettings:
    """What, beside the lesson, decides the answers; an unfinished exam is continued only under the same."""

    version: int
    model_label: str
    model_hash: str
    system_prompt: str
    is_constrained: bool
    budget_tokens: int
    candidates: int = 1

    @property
    def _search(self) -> tuple[str, ...]:
        """Nothing for greedy answers, so that keys of before stay."""
        return (f"{self.candidates} candidates",) if self.candidates > 1 else ()

    def key(self, lesson: ExamLesson) -> str:
        return self.key_of(sha256_file(lesson.file), [prompt.id for prompt in lesson.prompts])

    def key_of(self, *asked: Any) -> str:
        parts = (self.model_label, self.model_hash, self.system_prompt, self.is_constrained, self.budget_tokens, *self._search, *asked)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def settings_for(choice: Choice, paths: Paths, is_constrained: bool, budget_tokens: int, candidates: int = 1) -> ExamSettings:
    weights = model_hash(choice, load_config(paths), paths)
    return ExamSettings(choice.version, choice.label, weights, read_system_prompt(choice, paths), is_constrained, budget_tokens, candidates)


def exam_lessons(named: Iterable[str], paths: Paths, limit: int | None = None,
                 on_refused: Callable[[UserError], None] | None = None) -> list[ExamLesson]:
    """Lessons of files, folders and the word `holdout`; `limit` prompts at most of each, evenly spread, hold-outs whole."""
    files = [file for name in named for file in lesson_files(_place(name, paths))]
    lessons = []
    for file in dict.fromkeys(files):
        try:
            lessons.append(_exam_lesson(file, paths, limit))
        except UserError as error:
            if on_refused is None:
                raise
            on_refused(error)
    return lessons


def _place(name: str, paths: Paths) -> Path:
    if name == "holdout":
        return paths.holdout
    return Path(name) if Path(name).exists() else paths.root / name


def _exam_lesson(file: Path, paths: Paths, limit: int | None) -> ExamLesson:
    lesson = load_lesson(file)
    is_hold_out = file.resolve().parent.name == paths.holdout.name
    return ExamLesson(lesson, file, is_hold_out, evenly_spaced(lesson.prompts, None if is_hold_out else limit))


def newest_record(files: Iterable[Path], key_name: str, key: str) -> tuple[Path, list[dict[str, Any]]] | None:
    """The newest of these files whose lines were written under the key, with its lines."""
    for file in sorted(files, reverse=True):
        lines = list(read_jsonl(file))
        if lines and lines[0].get(key_name) == key:
            return file, lines
    return None


def new_record(folder: Path, stem: str) -> Path:
    """`<stem>_<time>.jsonl`, numbered where two fall into one second."""
    stem = f"{stem}_{datetime.now(UTC).strftime(TIME_FORMAT)}"
    names = (folder / f"{stem}{suffix}.jsonl" for suffix in ("", *(f"_{n}" for n in range(2, 1000))))
    return next(path for path in names if not path.exists())


class ExamFile:
    """The record of one lesson: what an interrupted exam has answered already, and where the rest goes."""

    def __init__(self, lesson: ExamLesson, settings: ExamSettings, paths: Paths) -> None:
        self.lesson, self.settings = lesson, settings
        self.key = settings.key(lesson)
        wanted = {prompt.id for prompt in lesson.prompts}
        self.path, self.lines = self._unfinished(paths, wanted) or (new_record(paths.exams, f"exam_{lesson.lesson.lesson_id}"), [])
        done = {line["prompt_id"] for line in self.lines}
        self.open_prompts = [prompt for prompt in lesson.prompts if prompt.id not in done]

    def _unfinished(self, paths: Paths, wanted: set[str]) -> tuple[Path, list[dict]] | None:
        found = newest_record(paths.exams.glob(f"exam_{self.lesson.lesson.lesson_id}_*.jsonl"), "exam_key", self.key)
        return found if found and wanted - {line["prompt_id"] for line in found[1]} else None

    def write(self, prompt: Prompt, answer: Answer) -> dict[str, Any]:
        line = self._head() | exam_line(prompt, answer)
        append_jsonl(self.path, [line])
        self.lines.append(line)
        return line

    def _head(self) -> dict[str, Any]:
        return {"schema_version": 1, "version": self.settings.version, "model": self.settings.model_label,
                "exam_key": self.key, "run_id": os.environ.get(RUN_ID_VARIABLE, ""), "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "lesson_id": self.lesson.lesson.lesson_id, "hold_out": self.lesson.is_hold_out,
                "constrained": self.settings.is_constrained, "candidates": self.settings.candidates}


def exam_line(prompt: Prompt, answer: Answer) -> dict[str, Any]:
    """Everything worth keeping about one answer, the raw text and the reason it stopped among it."""
    line = {"prompt_id": prompt.id, "category": prompt.category, "instruction": prompt.instruction,
            "expected": prompt.expected_dsl, "raw_text": answer.raw, "stop_reason": answer.stop_reason,
            "tokens": answer.tokens, "forced_tokens": answer.forced_tokens, "seconds": round(answer.seconds, 3)}
    nothing = {"valid": False, "graph_equal": False, "score": 0.0, "nodes_f1": 0.0, "wires_f1": 0.0, "properties_f1": 0.0, "findings": [], "mistakes": []}
    if answer.stop_reason == "timeout":
        return line | {"actual_dsl": TIMEOUT_TEXT, "status": "timeout_skipped"} | nothing
    if answer.fault:
        return line | {"actual_dsl": answer.text, "status": "error", "error": error_text(answer.stop_reason, answer.fault)} | nothing
    return line | {"actual_dsl": answer.text, "status": "ok"} | grades(prompt, answer.text)


def error_text(stop_reason: str, fault: str) -> str:
    """What kept the model from answering."""
    return fault if stop_reason == "refused" else f"{FAULT_ERROR}: {fault}"


def grades(prompt: Prompt, text: str) -> dict[str, Any]:
    score = score_answer(prompt.expected_dsl, prompt.alternatives, text)
    return {"valid": score.is_valid, "graph_equal": score.is_equal, "score": round(score.total, 2),
            "nodes_f1": round(score.nodes_f1, 4), "wires_f1": round(score.wires_f1, 4), "properties_f1": round(score.properties_f1, 4),
            "findings": [{"code": one.code, "line": one.line, "message": one.message, "node": one.node} for one in score.findings],
            "mistakes": [{"kind": str(one.kind), "what": one.what, "graph": one.graph, "expected": one.expected, "actual": one.actual} for one in score.mistakes]}


def run_exam(decoder: Decoder, files: list[ExamFile], budget_tokens: int, should_stop: Callable[[], bool],
             ) -> Iterator[tuple[ExamFile, dict[str, Any]]]:
    """Ask every open prompt of all lessons in one batch; yields each line after it has been written."""
    open_prompts = [(file, prompt) for file in files for prompt in file.open_prompts]
    requests = [Request(prompt.instruction, budget_tokens=budget_tokens, candidates=file.settings.candidates) for file, prompt in open_prompts]
    for answer in decoder.stream(requests, should_stop, skips_overlong=True):
        file, prompt = open_prompts[answer.index]
        yield file, file.write(prompt, answer)
