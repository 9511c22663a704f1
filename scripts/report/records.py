"""What is measured in a project: training runs, exams, evaluations, row counts. `report.reading` reads them from disk."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.weaknesses import Weakness
from error_handler import UserError
from pipeline.state import PipelineState

BASE_LABEL = "base"
"""What exams call the model without an adapter."""


@dataclass(frozen=True)
class LogLine:
    """One line of a training log: a logging step carries `loss`, a validation carries `validation_loss`."""

    step: int
    epoch: float = 0.0
    total_steps: int | None = None
    loss: float | None = None
    learning_rate: float | None = None
    grad_norm: float | None = None
    validation_loss: float | None = None
    answer_tokens_per_s: float | None = None
    memory_gib: float | None = None


@dataclass(frozen=True)
class TrainingRun:
    version: int
    config: dict[str, Any]
    """training_config.json as it stands."""
    log: list[LogLine] = field(default_factory=list)

    @cached_property
    def steps(self) -> list[LogLine]:
        return [line for line in self.log if line.loss is not None]

    @cached_property
    def validations(self) -> list[LogLine]:
        return [line for line in self.log if line.validation_loss is not None]

    def part(self, name: str) -> dict[str, Any]:
        """A section of training_config.json: `rows`, `result`, `effective`, ...; empty when it is not there."""
        value = self.config.get(name)
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class ExamAnswer:
    prompt_id: str
    category: str = ""
    instruction: str = ""
    expected: str = ""
    raw_text: str = ""
    actual_dsl: str = ""
    stop_reason: str = ""
    status: str = "ok"
    valid: bool = False
    graph_equal: bool = False
    score: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    nodes_f1: float | None = None
    wires_f1: float | None = None
    properties_f1: float | None = None
    findings: list[Any] = field(default_factory=list)
    mistakes: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Exam:
    """One lesson answered by one version; version 0 is the base model without an adapter."""

    version: int
    lesson_id: str
    hold_out: bool
    file: Path
    answers: list[ExamAnswer]
    model: str = ""
    is_usual: bool = True

    @property
    def counts(self) -> bool:
        """Whether its figures are those of the version: asked the usual way, and version 0 is the bare base model."""
        return self.is_usual and (self.version > 0 or self.model in {"", BASE_LABEL})


@dataclass(frozen=True)
class Evaluation:
    version: int
    file: Path
    quick: bool
    score: dict[str, float]
    pass_rate: dict[str, float]
    tiers: dict[str, dict[str, float]]
    tests: list[dict[str, Any]]
    model: str = ""
    is_usual: bool = True
    tier: int | None = None
    """The one that was asked, where it was not all."""

    @property
    def counts(self) -> bool:
        """Whether its figures are those of the version, as with an exam; a single tier is not the evaluation."""
        return self.tier is None and self.is_usual and (self.version > 0 or self.model in {"", BASE_LABEL})


@dataclass(frozen=True)
class RowCounts:
    """Rows of the data set as it stands now."""

    train: int
    validation: int
    by_source: dict[str, int] = field(default_factory=dict)
    """Training rows by source; empty when the data set was not made by the merge."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Rows that the merge left out, by reason."""


@dataclass
class Records:
    trainings: dict[int, TrainingRun]
    exams: list[Exam]
    """One of each version and lesson, by version: the one with the most answers, among equals the newest."""
    evaluations: list[Evaluation]
    """In the order they were made."""
    rows: RowCounts | None
    state: PipelineState
    problems: list[UserError]
    """Files that could not be read; they are left as they are."""
    corrections: dict[int, list[Weakness]] = field(default_factory=dict)
    """What each correction lesson aimed at, by the version whose exam it answers."""

    def exams_of(self, version: int) -> list[Exam]:
        return [exam for exam in self.exams if exam.version == version]

    def evaluation_of(self, version: int) -> Evaluation | None:
        """The newest; a full one goes before a quick one."""
        own = [evaluation for evaluation in self.evaluations if evaluation.version == version and evaluation.counts]
        return max(own, key=lambda e: (not e.quick, e.file.name), default=None)

    def versions(self) -> list[int]:
        return sorted({*self.trainings, *(e.version for e in self.exams), *(e.version for e in self.evaluations)})

    def newest_version(self) -> int | None:
        return max(self.versions(), default=None)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def finite(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if is_number(value)]
