"""What a health check says: a level, one sentence, the numbers behind it, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    INFO = "INFO"
    SUGGESTION = "SUGGESTION"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Dimension(StrEnum):
    EPOCHS = "epoch efficiency"
    OVERFITTING = "overfitting"
    LEARNING_RATE = "learning rate"
    DATASET = "dataset quality"
    MASTERY = "node mastery velocity"
    RESOURCES = "resource usage"


@dataclass(frozen=True)
class Finding:
    dimension: Dimension
    level: Level
    code: str
    """Stable name: the same alert in two attempts of a run is the same code."""
    message: str
    remedy: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


Findings = Iterator[Finding]


def not_measured(dimension: Dimension, what: str, how: str) -> Finding:
    return Finding(dimension, Level.INFO, "not_measured", f"not measured yet: {what}.", how)


def rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
