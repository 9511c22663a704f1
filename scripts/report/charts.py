"""What the charts of the pages draw: columns of numbers, few enough to load at once, without losing a peak."""

from collections.abc import Sequence
from typing import Any

from report.mastery import Mastery, mastered
from report.records import LogLine, TrainingRun, is_number

MAX_POINTS = 1200
"""Two a pixel of the widest chart."""
SHOWN_VERSIONS = 4


def training_columns(run: TrainingRun) -> dict[str, list[float | None]]:
    """Columns over ascending steps for one chart each of loss and learning rate; a step without the value has None."""
    loss = {line.step: line for line in thinned(run.steps, MAX_POINTS)}
    validation = {line.step: line.validation_loss for line in run.validations}
    steps = sorted({*loss, *validation})
    return {
        "steps": steps,
        "loss": [_number(loss[step].loss) if step in loss else None for step in steps],
        "learning_rate": [_number(loss[step].learning_rate) if step in loss else None for step in steps],
        "validation_loss": [_number(validation.get(step)) for step in steps],
    }


def thinned(lines: Sequence[LogLine], limit: int) -> list[LogLine]:
    """At most `limit` of the lines: of every stretch the lowest and the highest loss, so that no spike disappears."""
    if len(lines) <= limit:
        return list(lines)
    stretch = -(-2 * len(lines) // limit)
    kept: dict[int, LogLine] = {}
    for start in range(0, len(lines), stretch):
        part = [line for line in lines[start:start + stretch] if is_number(line.loss)]
        if part:
            for line in (min(part, key=lambda line: line.loss), max(part, key=lambda line: line.loss)):
                kept[line.step] = line
    return [kept[step] for step in sorted(kept)]


def _number(value: float | None) -> float | None:
    return value if is_number(value) else None


def mastery_table(known: dict[int, Mastery]) -> dict[str, Any]:
    """Found and expected nodes by type in the newest versions, and in the base model when it was examined."""
    newest = sorted(known, reverse=True)[:SHOWN_VERSIONS]
    versions = newest if 0 in newest or 0 not in known else [*newest, 0]
    names = list(dict.fromkeys(node for version in versions for node in known[version]))
    nodes = [{"name": node, "by_version": {v: [known[v][node].found, known[v][node].expected] for v in versions if node in known[v]}}
             for node in names]
    return {"versions": versions, "nodes": nodes, "mastered": len(mastered(known[versions[0]])) if versions else 0}
