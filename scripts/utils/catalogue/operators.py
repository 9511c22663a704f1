"""Promotable operators: which function of the engine `Add`, `Less` and the like stand for, by what is wired to them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from utils.catalogue.data import CatalogueData
from utils.catalogue.types import TypeRules
from utils.dsl.types import PinType, parse_engine_type

FLOAT, INT, BOOL = PinType("float"), PinType("int"), PinType("bool")
NUMBERS = ("byte", "int", "int64", "float")  # each promotes to those behind it
NO_WAY = 100


class Overload(NamedTuple):
    owner: str
    function: str
    left: PinType
    right: PinType
    result: PinType


class OperatorTable:
    def __init__(self, data: CatalogueData, types: TypeRules) -> None:
        self.types = types
        self.overloads = {name: [Overload(owner, function, *map(parse_engine_type, kinds)) for owner, function, *kinds in rows]
                          for name, rows in data.raw["operators"].items()}
        self.find = lru_cache(maxsize=4096)(self._find)
        self.takes = lru_cache(maxsize=4096)(self._takes)

    def _find(self, name: str, left: PinType | None, right: PinType | None) -> Overload | None:
        """The cheapest overload for what is known of the two sides; equal sides win where one is not known."""
        best, best_cost = None, NO_WAY
        for overload in self.overloads.get(name, ()):
            cost = self._cost(left, overload.left) + self._cost(right, overload.right)
            cost += 1 if (left is None or right is None) and overload.left != overload.right else 0
            if cost < best_cost:
                best, best_cost = overload, cost
        return best

    def _takes(self, name: str, kind: PinType, side: int) -> bool:
        """Whether any overload has a left (0) or right (1) side that this may feed."""
        return any(self._cost(kind, overload[2 + side]) < NO_WAY for overload in self.overloads.get(name, ()))

    def _cost(self, source: PinType | None, target: PinType) -> int:
        if source is None or source == target:
            return 0
        if source.kind in NUMBERS and target.kind in NUMBERS and not source.container:
            steps = NUMBERS.index(target.kind) - NUMBERS.index(source.kind)
            return 2 * steps if steps > 0 else NO_WAY
        agreement = self.types.agree(source, target)
        if agreement is None or agreement.kind == "conversion" and target.kind in ("string", "text", "name", "bool"):
            return NO_WAY
        return {"same": 0, "subclass": 2, "unknown": 3, "promotion": 3, "conversion": 20}[agreement.kind]
