"""What the rules of the validator have in common: collecting findings, and naming what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from utils.dsl.ast import Node
from utils.findings import Finding, Severity

LISTED = 12  # pins named in a remedy
LOOKED_UP = 5  # misspelled names of a document for which the nearest is sought


class Report:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._looked_up = 0

    def error(self, code: str, line: int, message: str, remedy: str, node: str = "") -> None:
        self.findings.append(Finding(code, Severity.ERROR, line, message, remedy, node))

    def warning(self, code: str, line: int, message: str, remedy: str, node: str = "") -> None:
        self.findings.append(Finding(code, Severity.WARNING, line, message, remedy, node))

    def note(self, code: str, line: int, message: str, remedy: str = "", node: str = "") -> None:
        self.findings.append(Finding(code, Severity.NOTE, line, message, remedy, node))

    def may_look_up(self) -> bool:
        """Whether one more name of the document may be compared with those of the catalogue, which takes a while."""
        self._looked_up += 1
        return self._looked_up <= LOOKED_UP


def say(node: Node) -> str:
    """`n4 (Branch)`."""
    return f"{node.id} ({node.type})"


def listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:LISTED]) + (", ..." if len(names) > LISTED else "") if names else "none"


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant; "" when none is near."""
    return _nearest(name.lower(), tuple(names))


@lru_cache(maxsize=1024)
def _nearest(name: str, names: tuple[str, ...]) -> str:
    by_lower = {one.lower(): one for one in names}
    found = get_close_matches(name[:60], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""
