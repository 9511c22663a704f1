"""From failures to lessons: what the newest exam got wrong, and new prompts aimed at it.

Only exams on lessons count. What a model gets wrong on the hold-out or the evaluation decides nothing here: a lesson
aimed at those would make them worthless as a measure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.fingerprint import NODE_TYPE
from corpus.leak_guard import LeakGuard
from corpus.rows import Row
from corpus.synthesis.compose import TooLong
from corpus.synthesis.generator import make_row, recipes
from utils.dsl_parser import render
from utils.dsl_validator import validate

PROMPTS_PER_WEAKNESS = 6
MAX_PROMPTS = 60
MAX_DRAWS = 20_000
"""A weakness that this many draws do not reach is beyond the generators; it is named as such."""


@dataclass
class Weakness:
    """One node type that answers miss or use wrongly, with the prompts that showed it."""

    node_type: str
    kind: str
    prompt_ids: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        verb = {"missing": "was left out", "misused": "was there, but wired or set wrongly"}[self.kind]
        return f"{self.node_type} {verb} in {len(self.prompt_ids)} answers"


def weaknesses(lines: Iterable[dict[str, Any]]) -> list[Weakness]:
    """Failures grouped by node type, the most frequent first. `lines` are exam lines; hold-outs are passed over."""
    found: dict[tuple[str, str], Weakness] = {}
    for line in lines:
        if line.get("hold_out") or line.get("graph_equal") or line.get("status") != "ok":
            continue
        for kind, node_type in _faults(line["expected"], line["actual_dsl"]):
            found.setdefault((kind, node_type), Weakness(node_type, kind)).prompt_ids.append(line["prompt_id"])
    return sorted(found.values(), key=lambda one: (-len(one.prompt_ids), one.node_type))


def _faults(expected: str, actual: str) -> Iterator[tuple[str, str]]:
    """Node types that are missing; if none is, those that the answer has, since something about them is wrong."""
    wanted, given = Counter(NODE_TYPE.findall(expected)), Counter(NODE_TYPE.findall(actual))
    missing = wanted - given
    for node_type in missing or wanted:
        yield ("missing" if missing else "misused"), node_type


@dataclass
class Correction:
    """A lesson in the making, and the weaknesses that no generator could aim at."""

    prompts: list[dict[str, Any]] = field(default_factory=list)
    out_of_reach: list[Weakness] = field(default_factory=list)


def aim(found: list[Weakness], guard: LeakGuard, seed: int, lesson_id: str) -> Correction:
    """New prompts with right answers for each weakness, in turn, none of them guarded."""
    most = [weakness for weakness in found if weakness.node_type not in ("Event_BeginPlay", "PrintString")] or found
    targets = {weakness.node_type: weakness for weakness in reversed(most[:MAX_PROMPTS // PROMPTS_PER_WEAKNESS])}
    taken: Counter[str] = Counter()
    correction = Correction()
    for instruction, output, pattern in _draws(seed):
        wanted = _least_served(output, targets, taken)
        if wanted is None or guard.leak(Row(instruction, output)):
            continue
        taken[wanted] += 1
        correction.prompts.append({"id": f"{lesson_id}_p{len(correction.prompts) + 1:02}", "category": pattern, "instruction": instruction,
                                   "expected_dsl": output, "tags": [wanted, targets[wanted].kind]})
        if len(correction.prompts) >= MAX_PROMPTS or all(taken[one] >= PROMPTS_PER_WEAKNESS for one in targets):
            break
    correction.out_of_reach = [weakness for node_type, weakness in targets.items() if not taken[node_type]]
    return correction


def _least_served(output: str, targets: dict[str, Weakness], taken: Counter[str]) -> str | None:
    """The target in this graph that has the fewest prompts so far and still needs some."""
    open_targets = [kind for kind in set(NODE_TYPE.findall(output)) & targets.keys() if taken[kind] < PROMPTS_PER_WEAKNESS]
    return min(open_targets, key=lambda kind: (taken[kind], kind), default=None)


def _draws(seed: int) -> Iterator[tuple[str, str, str]]:
    table, seen = recipes(), set()
    for index in range(1, MAX_DRAWS):
        try:
            pattern, instruction, blueprint = make_row(seed, index, table)
        except TooLong:
            continue
        if instruction not in seen and not any(finding.is_error for finding in validate(blueprint)):
            seen.add(instruction)
            yield instruction, render(blueprint), pattern
