"""What exams got wrong, grouped by node type, by pin or property, and by the pattern of the prompt.

Only exams on lessons count. What a model gets wrong on the hold-out or the evaluation decides nothing here: a lesson
aimed at those would make them worthless as a measure.

Wording is no group of its own. An exam asks every prompt in one wording, its paraphrases never, and no two prompts of
the lessons expect the same graph: no exam line can show that the words were the trouble and not the graph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Any

from corpus.graph_use import GraphUse, graph_use

Line = dict[str, Any]
"""A line of an exam, see docs/interfaces.md."""

EVERYWHERE = frozenset({"Event_BeginPlay", "PrintString"})
"""In so many graphs that they mark no pattern, and need no prompts of their own."""
MIN_ASKED = 3
"""A pattern asked for less often cannot stand out from the average."""
MIN_DEVIATIONS = 2.0
MARK_SHARE = 0.5
"""A node type marks a pattern when it is in this share of its graphs, and at least twice as often there as elsewhere."""


class Kind(StrEnum):
    MISSING = "missing"
    """A node type that was left out."""
    MISUSED = "misused"
    """A node type of an answer that is wrong in no nameable place."""
    PIN = "pin"
    """A pin or property that was wired or set wrongly."""
    PATTERN = "pattern"
    """A category of prompts (a lesson, where prompts have none) that goes wrong well above the average."""


VERBS = {Kind.MISSING: "was left out", Kind.MISUSED: "was there, but used wrongly", Kind.PIN: "was wired or set wrongly",
         Kind.PATTERN: "prompts went wrong well above the average,"}


@dataclass(frozen=True)
class Weakness:
    """One thing that answers get wrong, with the prompts that showed it. `name`: "Delay", "Branch.Condition", "timer"."""

    kind: Kind
    name: str
    prompt_ids: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    """Of a pattern: the node types that its graphs have in common and others do not."""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name

    @property
    def reason(self) -> str:
        answers = "answer" if len(self.prompt_ids) == 1 else "answers"
        return f"{self.name} {VERBS[self.kind]} in {len(self.prompt_ids)} {answers}"

    @property
    def is_everywhere(self) -> bool:
        return self.kind is not Kind.PATTERN and self.name.partition(".")[0] in EVERYWHERE

    def is_asked_by(self, use: GraphUse, pattern: str) -> bool:
        """Whether a prompt of this pattern that expects this graph asks for what is weak."""
        if self.kind is Kind.PATTERN:
            return self.name == pattern
        return self.name in (use.pins if self.kind is Kind.PIN else use.types)

    def is_exercised_by(self, use: GraphUse, pattern: str) -> bool:
        """Whether a drawn graph exercises it: generators have patterns of their own, so the marks of ours speak for it."""
        return self.is_asked_by(use, pattern) or bool(self.marks) and self.marks <= use.types.keys()


def counts(line: Line) -> bool:
    """Whether an exam line may show a weakness: a lesson's prompt that was answered."""
    return line.get("status") == "ok" and not line.get("hold_out")


def pattern_of(category: str, lesson_id: str) -> str:
    return category or lesson_id


def _pattern_of(line: Line) -> str:
    return pattern_of(line.get("category", ""), line["lesson_id"])


def weaknesses(lines: Iterable[Line]) -> list[Weakness]:
    """Failures in groups, the largest first; lines that do not count are passed over."""
    counted = [line for line in lines if counts(line)]
    prompts: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for line in counted:
        for fault in [] if line["graph_equal"] else _faults(line):
            prompts[fault].append(line["prompt_id"])
    found = [Weakness(kind, name, tuple(ids)) for (kind, name), ids in prompts.items()] + _patterns(counted)
    return sorted(found, key=lambda one: (-len(one.prompt_ids), one.name, one.kind))


# -- nodes and pins

def _faults(line: Line) -> list[tuple[Kind, str]]:
    """Node types left out and pins that are wrong; where neither can be named, all node types that should be there."""
    wanted, given = graph_use(line["expected"]), graph_use(line["actual_dsl"])
    missing = [(Kind.MISSING, name) for name in wanted.types - given.types]
    pins = [(Kind.PIN, name) for name in dict.fromkeys(_wrong_pins(line.get("mistakes", ()), wanted))]
    return missing + pins or [(Kind.MISUSED, name) for name in wanted.types]


def _wrong_pins(mistakes: Iterable[Line], wanted: GraphUse) -> Iterator[str]:
    """Pins of the expected graph that mistakes name. What is merely too much is left: graphs with that pin would teach it."""
    for mistake in mistakes:
        what = mistake["what"].partition(" where ")[2] if mistake["kind"] == "wrong wire" else mistake["what"]
        named = [place for place in wanted.places if f"{what} ".startswith(f"{place} ")]
        if named:
            yield wanted.places[max(named, key=len)]


# -- patterns

def _patterns(counted: list[Line]) -> list[Weakness]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in counted:
        groups[_pattern_of(line)].append(line)
    rate = len(_wrong(counted)) / max(len(counted), 1)
    return [_pattern(name, group, counted) for name, group in groups.items() if _stands_out(group, rate)]


def _stands_out(group: list[Line], rate: float) -> bool:
    """Whether more are wrong than chance explains: by two standard deviations of as many answers at the average rate."""
    asked = len(group)
    surplus = len(_wrong(group)) - asked * rate
    return asked >= MIN_ASKED and surplus > MIN_DEVIATIONS * sqrt(asked * rate * (1 - rate))


def _pattern(name: str, group: list[Line], counted: list[Line]) -> Weakness:
    wrong = _wrong(group)
    others = [line for line in counted if _pattern_of(line) != name]
    return Weakness(Kind.PATTERN, name, tuple(line["prompt_id"] for line in wrong), _marks(wrong, others))


def _marks(wrong: list[Line], others: list[Line]) -> frozenset[str]:
    inside, outside = _shares(wrong), _shares(others)
    return frozenset(name for name, share in inside.items()
                     if name not in EVERYWHERE and share >= MARK_SHARE and outside.get(name, 0.0) <= share / 2)


def _shares(lines: list[Line]) -> dict[str, float]:
    """In which share of the expected graphs each node type is."""
    graphs = Counter(name for line in lines for name in graph_use(line["expected"]).types)
    return {name: count / len(lines) for name, count in graphs.items()}


def _wrong(lines: list[Line]) -> list[Line]:
    return [line for line in lines if not line["graph_equal"]]
