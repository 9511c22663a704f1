"""From failures to lessons: new prompts with right answers, aimed at what the newest exam got wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from corpus.graph_use import GraphUse, use_of
from corpus.leak_guard import LeakGuard
from corpus.lessons import SCHEMA_VERSION, Lesson
from corpus.rows import Row
from corpus.synthesis.compose import TooLong
from corpus.synthesis.generator import make_row, recipes
from corpus.weakness_records import AIMED_AT, OUT_OF_REACH, as_entry
from corpus.weaknesses import Weakness
from utils.dsl.ast import Blueprint
from utils.dsl_parser import render
from utils.dsl_validator import validate

PROMPTS_PER_WEAKNESS = 6
MAX_PROMPTS = 60
MAX_DRAWS = 12_000
"""A weakness that this many draws do not reach is beyond the generators; it is named as such."""


@dataclass(frozen=True)
class Drawn:
    """A prompt of the generators; it is spelled out and checked only when a weakness wants it, as that costs most."""

    pattern: str
    instruction: str
    blueprint: Blueprint

    @cached_property
    def use(self) -> GraphUse:
        return use_of(self.blueprint)

    @cached_property
    def output(self) -> str:
        return render(self.blueprint)

    def is_fit(self, guard: LeakGuard) -> bool:
        is_valid = not any(finding.is_error for finding in validate(self.blueprint))
        return is_valid and not guard.leak(Row(self.instruction, self.output))


@dataclass
class Correction:
    """A lesson in the making: `aimed_at` got prompts, `out_of_reach` had their turn too, but no generator makes them."""

    prompts: list[dict[str, Any]] = field(default_factory=list)
    aimed_at: list[Weakness] = field(default_factory=list)
    out_of_reach: list[Weakness] = field(default_factory=list)

    def as_lesson(self, version: int) -> dict[str, Any]:
        reasons = "; ".join(weakness.reason for weakness in self.aimed_at)
        return {"schema_version": SCHEMA_VERSION, "lesson_id": f"correction_v{version}", "lesson_name": f"Corrections after version {version}",
                "description": f"Aimed at: {reasons}.", "created": datetime.now(UTC).date().isoformat(),
                AIMED_AT: [as_entry(weakness) for weakness in self.aimed_at],
                OUT_OF_REACH: [as_entry(weakness) for weakness in self.out_of_reach], "prompts": self.prompts}


def aim(found: list[Weakness], guard: LeakGuard, seed: int, lesson_id: str) -> Correction:
    """New prompts for the first of the weaknesses, in turn, none of them guarded."""
    wanted = [weakness for weakness in found if not weakness.is_everywhere] or found
    targets = wanted[:MAX_PROMPTS // PROMPTS_PER_WEAKNESS]
    taken: Counter[tuple[str, str]] = Counter()
    correction = Correction()
    for drawn in _draws(seed):
        weakness = _least_served(drawn, targets, taken)
        if weakness is None or not drawn.is_fit(guard):
            continue
        taken[weakness.key] += 1
        correction.prompts.append(_prompt(drawn, weakness, f"{lesson_id}_p{len(correction.prompts) + 1:02}"))
        if all(taken[target.key] >= PROMPTS_PER_WEAKNESS for target in targets):
            break
    correction.aimed_at = [target for target in targets if taken[target.key]]
    correction.out_of_reach = [target for target in targets if not taken[target.key]]
    return correction


def _least_served(drawn: Drawn, targets: list[Weakness], taken: Counter[tuple[str, str]]) -> Weakness | None:
    """The target that this graph exercises and that has the fewest prompts so far, if it still needs some."""
    open_targets = [target for target in targets
                    if taken[target.key] < PROMPTS_PER_WEAKNESS and target.is_exercised_by(drawn.use, drawn.pattern)]
    return min(open_targets, key=lambda target: taken[target.key], default=None)


def _prompt(drawn: Drawn, weakness: Weakness, prompt_id: str) -> dict[str, Any]:
    return {"id": prompt_id, "category": drawn.pattern, "instruction": drawn.instruction, "expected_dsl": drawn.output,
            "description": weakness.reason, "tags": [weakness.name, weakness.kind]}


def _draws(seed: int) -> Iterator[Drawn]:
    table, seen = recipes(), set()
    for index in range(1, MAX_DRAWS):
        try:
            drawn = Drawn(*make_row(seed, index, table))
        except TooLong:
            continue
        if drawn.instruction not in seen:
            seen.add(drawn.instruction)
            yield drawn


def leaks(lesson: Lesson, guard: LeakGuard) -> Iterator[str]:
    """For each prompt that repeats a guarded one, in any of its wordings and answers: which, and what it repeats."""
    for prompt in lesson.prompts:
        rows = (Row(wording, answer) for wording in (prompt.instruction, *prompt.paraphrases) for answer in (prompt.expected_dsl, *prompt.alternatives))
        repeated = next(filter(None, map(guard.leak, rows)), None)
        if repeated:
            yield f"prompt {prompt.id} repeats {repeated}"
