"""The tests of the evaluation: prompts in four tiers, each with the events on which its answer is run.

The files lie in `evaluation/` of the project, else of the program, in the form of lessons; so the leak guard keeps their
questions and graphs out of the training data. A prompt has beside a lesson's fields: tier (1..4), title, events (what
happens in the simulated game, in order) and, if it likes, world (what functions of the game return). Events:

    {"event": "Event_AnyDamage", "Damage": 20}             an event node, by type and what it listens to; parameters
    {"event": "Event_InputKey", "Key": "F", "pin": "Pressed", "times": 3, "every": 0.5}     three times, half a second apart
    {"event": "Event_Custom", "Name": "Heal", "Amount": 5}     {"call": "Heal", "Amount": 5}  an event or function by name
    {"wait": 2.0}                {"set": "Luck", "to": 4}         {"broadcast": "OnDied", "Who": "Pawn:Orc"}
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.lessons import Prompt, load_lesson
from error_handler import UserError
from pipeline.paths import REPOSITORY, Paths
from pipeline.store import read_json

TIERS = (1, 2, 3, 4)
QUICK_TESTS = 6


@dataclass(frozen=True)
class EvaluationTest:
    tier: int
    title: str
    prompt: Prompt
    events: tuple[dict[str, Any], ...]
    world: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.prompt.id


def load_tests(paths: Paths) -> list[EvaluationTest]:
    """All tests, by tier; a broken one is refused by name."""
    folder = paths.evaluation_tests
    files = sorted(folder.glob("*.json"))
    tests = sorted((test for file in files for test in _load_file(file)), key=lambda test: (test.tier, test.id))
    if not tests:
        raise UserError(f"{folder}: no evaluation tests (*.json).", f"restore the folder, or copy {REPOSITORY / 'evaluation'} there.")
    _check_ids(tests, folder)
    return tests


def _load_file(file: Path) -> list[EvaluationTest]:
    lesson = load_lesson(file)
    return [_test(prompt, entry, f"{file}: {prompt.id}") for prompt, entry in zip(lesson.prompts, read_json(file)["prompts"])]


def _test(prompt: Prompt, entry: dict[str, Any], place: str) -> EvaluationTest:
    if entry.get("tier") not in TIERS:
        raise UserError(f"{place}: tier is {entry.get('tier')!r}.", "give one of 1, 2, 3, 4.")
    events = entry.get("events")
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise UserError(f"{place}: no events.", 'say what happens, such as "events": [{"event": "Event_BeginPlay"}].')
    return EvaluationTest(entry["tier"], entry.get("title", prompt.id), prompt, tuple(events), entry.get("world", {}))


def _check_ids(tests: Sequence[EvaluationTest], folder: Path) -> None:
    ids = [test.id for test in tests]
    repeated = next((name for name in ids if ids.count(name) > 1), None)
    if repeated is not None:
        raise UserError(f"{folder}: test id '{repeated}' stands twice.", "give each test an id of its own.")


def chosen_tests(tests: Sequence[EvaluationTest], tier: int | None = None, is_quick: bool = False, seed: int = 0) -> list[EvaluationTest]:
    """The tests of one tier, or all; a quick look draws six, tier by tier in turn, the same for the same seed."""
    kept = [test for test in tests if tier in (None, test.tier)]
    if not is_quick:
        return kept
    rng = random.Random(seed)
    by_tier = [rng.sample(group, len(group)) for group in _grouped(kept)]
    in_turn = [group[place] for place in range(QUICK_TESTS) for group in by_tier if place < len(group)]
    return sorted(in_turn[:QUICK_TESTS], key=lambda test: (test.tier, test.id))


def _grouped(tests: Iterable[EvaluationTest]) -> list[list[EvaluationTest]]:
    tests = list(tests)
    return [group for tier in TIERS if (group := [test for test in tests if test.tier == tier])]


def tests_hash(tests: Iterable[EvaluationTest]) -> str:
    """Of what is asked: an evaluation is continued, or compared, only over the same questions."""
    return hashlib.sha256(repr([(test.id, test.prompt.instruction) for test in tests]).encode()).hexdigest()[:16]
