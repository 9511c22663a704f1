"""What a reader or the validator has to say about one place of a text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`ERROR` makes a document unusable; a `NOTE` says what a partial copy leaves open."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`line` counts from 1, 0 is the document as a whole; `node` is the id or object name it is about, if any."""

    code: str
    severity: Severity
    line: int
    message: str
    remedy: str = ""
    node: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        remedy = f"\n  Fix: {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"
