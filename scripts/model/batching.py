"""Which rows go together: optimiser steps in random order, micro-batches by token budget, samples that are evenly spaced."""

import random
from collections import deque
from collections.abc import Iterator, Sequence, Set
from typing import TypeVar

from model.encode import EncodedRow

T = TypeVar("T")


EARLY_FRAC = 0.25
"""Of the rows of a step: 60 corrections are through in 15 steps of 16 rows, of the 26 that a CPU has a night."""


def micro_batches(rows: Sequence[EncodedRow], prefix_tokens: int, max_tokens: int, max_rows: int | None = None) -> list[list[EncodedRow]]:
    """Split the rows of one step into as few groups as fit `max_tokens` (prefix not counted) and `max_rows`, evenly filled.

    Rows lie end to end, so nothing is padded; evenness matters because memory follows the largest group.
    """
    sizes = {id(row): len(row) - prefix_tokens - 1 for row in rows}
    groups = max(1, -(-sum(sizes.values()) // max_tokens), -(-len(rows) // (max_rows or len(rows) or 1)))
    while True:
        filled = _spread(rows, sizes, groups)
        if groups >= len(rows) or all(_fits(group, sizes, max_tokens, max_rows) for group in filled):
            return [group for group in filled if group]
        groups += 1


def _fits(group: list[EncodedRow], sizes: dict[int, int], max_tokens: int, max_rows: int | None) -> bool:
    return sum(sizes[id(row)] for row in group) <= max_tokens and (max_rows is None or len(group) <= max_rows)


def _spread(rows: Sequence[EncodedRow], sizes: dict[int, int], groups: int) -> list[list[EncodedRow]]:
    """Longest first into the emptiest group."""
    filled: list[list[EncodedRow]] = [[] for _ in range(groups)]
    loads = [0] * groups
    for row in sorted(rows, key=lambda r: -sizes[id(r)]):
        least = loads.index(min(loads))
        filled[least].append(row)
        loads[least] += sizes[id(row)]
    return filled


def step_indices(row_count: int, rows_per_step: int, seed: int, epoch: int, early: Set[int] = frozenset()) -> Iterator[list[int]]:
    """Row numbers of each optimiser step of an epoch: a fixed shuffle by seed and epoch, every row once.

    The `early` rows stand in the first steps, at most EARLY_FRAC of each: among others, so that nothing is forgotten for them.
    """
    order = list(range(row_count))
    random.Random(f"{seed}/{epoch}").shuffle(order)
    if early:
        order = _with_early(order, early, rows_per_step)
    for start in range(0, row_count, rows_per_step):
        yield order[start:start + rows_per_step]


def early_rows(rows: Sequence[EncodedRow]) -> frozenset[int]:
    return frozenset(number for number, row in enumerate(rows) if row.is_early)


def _with_early(order: list[int], early: Set[int], rows_per_step: int) -> list[int]:
    first, others = deque(row for row in order if row in early), deque(row for row in order if row not in early)
    each, merged = max(1, int(EARLY_FRAC * rows_per_step)), []
    while first and others:
        merged += [first.popleft() for _ in range(min(each, len(first)))]
        merged += [others.popleft() for _ in range(min(rows_per_step - len(merged) % rows_per_step, len(others)))]
    return [*merged, *first, *others]


def evenly_spaced(items: Sequence[T], limit: int | None) -> tuple[T, ...]:
    """At most `limit` of the items, so that no part of them is left out; None: all."""
    if limit is None or limit >= len(items):
        return tuple(items)
    return tuple(items[i * len(items) // limit] for i in range(limit))
