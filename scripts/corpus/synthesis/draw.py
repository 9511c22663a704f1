"""Chance that depends on the seed and the row's number alone: not on hash seeds, file order or what was drawn before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

WHOLE_NUMBERS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 24, 25, 30, 32, 40, 45, 50, 60, 64, 75, 80, 90, 100, 120, 150,
                 200, 250, 300, 400, 500, 600, 750, 800, 1000, 1200, 1500, 2000)


class Draw:
    """A stream of choices for one row."""

    def __init__(self, seed: int, index: int | str) -> None:
        # A string seeds through SHA-512, the same on every machine.
        self._random = random.Random(f"blueprint/{seed}/{index}")
        self._used: set[str] = set()

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._random.random() * len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        return self._random.sample(list(items), min(count, len(items)))

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def integer(self, low: int, high: int) -> int:
        """low..high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def fresh(self, items: Sequence[str]) -> str:
        """An item that this row has not used yet; names must not collide within a graph."""
        free = [item for item in items if item not in self._used]
        choice = self.pick(free or items)
        self._used.add(choice)
        return choice

    def whole(self, low: int = 1, high: int = 2000) -> int:
        """A whole number as people write them: half the time a round one, half the time any."""
        round_ones = [number for number in WHOLE_NUMBERS if low <= number <= high]
        return self.pick(round_ones) if round_ones and self.chance(0.6) else self.integer(low, high)

    def real(self, low: float, high: float, digits: int = 1) -> float:
        """A number with at most `digits` decimals; whole ones come often, as they do in games."""
        value = round(low + self._random.random() * (high - low), digits)
        return float(round(value)) if self.chance(0.4) and low <= round(value) <= high else value
