"""One part of a row: a trigger, steps, and at most one block of control flow at the end."""

from __future__ import annotations

from corpus.synthesis import steps, idioms, named_calls  # noqa: F401 - they fill the tables of steps, triggers and blocks
from corpus.synthesis.actions import Step, steps_by_family
from corpus.synthesis.blocks import BLOCKS
from corpus.synthesis.frames import Part
from corpus.synthesis.phrase import Clause
from corpus.synthesis.scene import Scene
from corpus.synthesis.triggers import TRIGGERS

STEPS = steps_by_family()
# What games do most comes up most; a family without a weight counts once.
WEIGHTS = {"print": 18, "movement": 5, "actor": 5, "state": 7, "arithmetic": 7, "spawn": 3, "audio": 3, "ui": 4, "damage": 2, "array": 2, "event": 3,
           "physics": 2, "component": 3, "timing": 2, "timer": 2, "other": 3, "named": 10}
# Families whose steps may stand in the middle of a row.
STEP_FAMILIES = tuple(family for family in sorted(STEPS) if family != "end" for _ in range(WEIGHTS.get(family, 1)))


class TooLong(Exception):
    """A row that grew beyond what fits; the next number takes its place."""


def compose_part(scene: Scene, trigger: str, block: str) -> Part:
    start = scene.draw.pick(TRIGGERS[trigger])(scene)
    count = scene.draw.pick((1, 1, 1, 1, 2, 2, 2, 3, 3, 4)) if block == "steps" else scene.draw.pick((0, 0, 0, 1, 1, 2))
    clauses = add_steps(scene, count, count, may_end=block == "steps") if count else []
    text = scene.draw.pick(BLOCKS[block])(scene, add_steps) if block != "steps" and scene.flow else ""
    return Part(start, clauses, text)


def add_steps(scene: Scene, fewest: int, most: int, may_end: bool = True) -> list[Clause]:
    """Between `fewest` and `most` steps on the flow; an ending one only last."""
    count = scene.draw.integer(fewest, most)
    clauses: list[Clause] = []
    for number in range(count):
        clauses.append(_draw_step(scene, is_last=may_end and number == count - 1)(scene))
        if scene.flow is None:
            break
    return clauses


def _draw_step(scene: Scene, is_last: bool) -> Step:
    families = STEP_FAMILIES + (("end",) * 3 if is_last else ())
    while True:
        step = scene.draw.pick(STEPS[scene.draw.pick(families)])
        action = getattr(step, "__self__", None)
        if action is None or (action.fits(scene) and (is_last or not action.ends)):
            return step
