"""The best pairing of the nodes of two documents that are not equal, so that a mistake can be named where it is.

Three pairings of nodes of equal type are tried: the most similar first (by values and, in rounds, by how well their
neighbours pair), the first with the first in the order of the documents, and the longest common run of types. From each,
swaps climb to more agreeing wires and values, and the best is kept. What is left over is paired across types where it
stands in the same place (Event_Tick where Event_BeginPlay was expected).
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher

from utils.comparison.model import Model, ModelNode

ROUNDS = 4
NEIGHBOUR_SHARE = 0.5
LARGEST_CLIMB = 40  # nodes of one type that swaps are tried on; the number of swaps grows with the square

Port = tuple[bool, str, str]  # is output, own pin, the other end's pin


class Matching:
    """`pairs`: place in the actual document by place in the expected one."""

    def __init__(self, expected: Model, actual: Model) -> None:
        self.expected, self.actual = expected.nodes, actual.nodes
        self.ports = (_ports(expected), _ports(actual))
        self.pairs: dict[int, int] = {}
        self.taken: dict[int, int] = {}
        starts = (lambda: self._take_best(self._similarity()), self._take_in_order, self._take_common_run)
        self._begin(max((self._climbed(start) for start in starts), key=self._value))
        self._pair_across_types()

    def _climbed(self, start: Callable[[], None]) -> dict[int, int]:
        self._begin({})
        start()
        self._climb()
        return self.pairs

    def _begin(self, pairs: dict[int, int]) -> None:
        self.pairs, self.taken = pairs, {other: one for one, other in pairs.items()}

    def _value(self, pairs: dict[int, int]) -> float:
        self.pairs = pairs
        return sum(self.agreement(one, other) for one, other in pairs.items())

    def _take_in_order(self) -> None:
        free: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, node in reversed(list(enumerate(self.actual))):
            free[node.graph, node.type].append(place)
        for place, node in enumerate(self.expected):
            if free[node.graph, node.type]:
                self._take(place, free[node.graph, node.type].pop())

    def _take_common_run(self) -> None:
        """Longest common subsequence of types: a node too many or too few shifts the rest of a chain."""
        kinds = [[(node.graph, node.type) for node in nodes] for nodes in (self.expected, self.actual)]
        for one, other, size in SequenceMatcher(None, *kinds, autojunk=False).get_matching_blocks():
            for step in range(size):
                self._take(one + step, other + step)

    def _take(self, one: int, other: int) -> None:
        self.pairs[one], self.taken[other] = other, one

    def _similarity(self) -> dict[tuple[int, int], float]:
        by_type: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, node in enumerate(self.actual):
            by_type[node.graph, node.type].append(place)
        base = {(one, other): 1 + shared_values(node, self.actual[other])
                for one, node in enumerate(self.expected) for other in by_type[node.graph, node.type]}
        similarity = base
        for _ in range(ROUNDS):
            similarity = {pair: value + NEIGHBOUR_SHARE * self._neighbours(*pair, similarity) for pair, value in base.items()}
        return similarity

    def _neighbours(self, one: int, other: int, similarity: dict[tuple[int, int], float]) -> float:
        """Mean similarity of the best partners at equal ports."""
        mine, theirs = self.ports[0][one], self.ports[1][other]
        total = sum(max(similarity.get((neighbour, candidate), 0.0) for candidate in theirs[port])
                    for port, neighbours in mine.items() if port in theirs for neighbour in neighbours)
        return total / max(1, sum(map(len, mine.values())), sum(map(len, theirs.values())))

    def _take_best(self, similarity: dict[tuple[int, int], float]) -> None:
        raised = dict(similarity)
        heap = [(-value, one, other) for (one, other), value in similarity.items()]
        heapq.heapify(heap)
        while heap:
            value, one, other = heapq.heappop(heap)
            if one in self.pairs or other in self.taken or -value < raised[one, other]:
                continue
            self._take(one, other)
            for pair in self._joined(one, other):
                if pair in raised:
                    raised[pair] += 1
                    heapq.heappush(heap, (-raised[pair], *pair))

    def _joined(self, one: int, other: int) -> list[tuple[int, int]]:
        mine, theirs = self.ports[0][one], self.ports[1][other]
        return [(neighbour, candidate) for port, neighbours in mine.items() for neighbour in neighbours
                for candidate in theirs.get(port, ())]

    def agreement(self, one: int, other: int | None) -> float:
        """Wires that the pair has in common under the present pairing, and values."""
        if other is None:
            return 0.0
        theirs = self.ports[1][other]
        wires = sum(self.pairs.get(neighbour) in theirs.get(port, ())
                    for port, neighbours in self.ports[0][one].items() for neighbour in neighbours)
        return wires + shared_values(self.expected[one], self.actual[other])

    def _climb(self) -> None:
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, node in enumerate(self.expected):
            groups[node.graph, node.type].append(place)
        rivals = [group for key, group in groups.items() if len(group) <= LARGEST_CLIMB]
        free = {key: [place for place, node in enumerate(self.actual) if (node.graph, node.type) == key] for key in groups}
        for _ in range(3):
            swapped = [self._swap(one, rival) for group in rivals for one in group for rival in group if one < rival]
            moved = [self._move(one, other) for key, group in groups.items() if len(group) <= LARGEST_CLIMB
                     for one in group for other in free[key] if other not in self.taken]
            if not any(swapped) and not any(moved):
                return

    def _swap(self, one: int, rival: int) -> bool:
        return self._try({one: self.pairs.get(rival), rival: self.pairs.get(one)})

    def _move(self, one: int, other: int) -> bool:
        return other not in self.taken and self._try({one: other})

    def _try(self, change: dict[int, int | None]) -> bool:
        """Make the change if more agrees with it than before."""
        before = {one: self.pairs.get(one) for one in change}
        value = sum(self.agreement(one, other) for one, other in before.items())
        self._set(change)
        if sum(self.agreement(one, other) for one, other in change.items()) > value + 1e-9:
            return True
        self._set(before)
        return False

    def _set(self, change: dict[int, int | None]) -> None:
        for one in change:
            self.taken.pop(self.pairs.pop(one, -1), None)
        for one, other in change.items():
            if other is not None:
                self._take(one, other)

    def _pair_across_types(self) -> None:
        """Nodes without a partner that stand in the same place, the ones with most agreeing wires first."""
        while True:
            left = [place for place in range(len(self.expected)) if place not in self.pairs]
            free = [place for place in range(len(self.actual)) if place not in self.taken]
            options = [(self._standing(one, other), -one, -other) for one in left for other in free
                       if self.expected[one].graph == self.actual[other].graph]
            best = max(options, default=(0.0, 0, 0))
            if best[0] <= 0:
                return
            self._take(-best[1], -best[2])

    def _standing(self, one: int, other: int) -> float:
        is_event = (self.expected[one].type.startswith("Event_"), self.actual[other].type.startswith("Event_"))
        if is_event[0] != is_event[1]:
            return 0.0
        wires = sum(self.pairs.get(neighbour) in self.ports[1][other].get(port, ())
                    for port, neighbours in self.ports[0][one].items() for neighbour in neighbours)
        return wires + 0.5 * is_event[0]


def _ports(model: Model) -> list[dict[Port, list[int]]]:
    ports: list[dict[Port, list[int]]] = [defaultdict(list) for _ in model.nodes]
    for wire in model.wires:
        ports[wire.source][True, wire.output, wire.input].append(wire.target)
        ports[wire.target][False, wire.input, wire.output].append(wire.source)
    return [dict(one) for one in ports]


def shared_values(one: ModelNode, other: ModelNode) -> float:
    """Share of equal values: 1 when all are equal, or there are none."""
    if one.properties == other.properties:
        return 1.0
    common = sum((Counter(one.properties) & Counter(other.properties)).values())
    return common / max(len(one.properties), len(other.properties))
