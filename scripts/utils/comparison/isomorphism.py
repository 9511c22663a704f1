"""Equality of labelled graphs up to renaming of nodes: partition refinement, and individualisation where it leaves ties.

A graph is a list of node labels and a list of edges (source, label, target) over node numbers. Refinement splits classes
of nodes by how many edges of each label lead into a class (McKay and Piperno, "Practical graph isomorphism, II", 2014).
Every choice in it depends on labels and classes only, never on node numbers, so that equal graphs are refined alike.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

Edge = tuple[int, Hashable, int]


@dataclass
class LabelledGraph:
    """`labels` and edge labels must be strings or nested tuples of strings, so that they sort and have a stable repr."""

    labels: list[Hashable]
    edges: list[Edge]


class Partition:
    """Nodes in classes: `class_of` by node, `members` by class."""

    def __init__(self, labels: Sequence[Hashable], incident: list[list[tuple[int, int]]]) -> None:
        ranks = {label: rank for rank, label in enumerate(sorted(set(labels)))}
        self.incident = incident
        self.class_of = [ranks[label] for label in labels]
        self.members: list[set[int]] = [set() for _ in ranks]
        for node, number in enumerate(self.class_of):
            self.members[number].add(node)

    def copy(self) -> Partition:
        other = Partition.__new__(Partition)
        other.incident, other.class_of = self.incident, self.class_of.copy()
        other.members = [members.copy() for members in self.members]
        return other

    def refine(self, splitters: Iterable[int]) -> None:
        """Split until every node of a class has the same edges into every class."""
        queue = deque(splitters)
        queued = set(queue)
        while queue and len(self.members) < len(self.class_of):
            splitter = queue.popleft()
            queued.discard(splitter)
            for number, groups in sorted(self._groups(splitter).items()):
                for fresh in self._split(number, groups, queued):
                    queue.append(fresh)
                    queued.add(fresh)

    def _groups(self, splitter: int) -> dict[int, dict[tuple[int, ...], list[int]]]:
        """Class -> edges into the splitter -> nodes of the class that have just these edges."""
        touched: dict[int, list[int]] = {}
        for member in self.members[splitter]:
            for label, neighbour in self.incident[member]:
                touched.setdefault(neighbour, []).append(label)
        groups: dict[int, dict[tuple[int, ...], list[int]]] = {}
        for node, labels in touched.items():
            labels.sort()
            groups.setdefault(self.class_of[node], {}).setdefault(tuple(labels), []).append(node)
        return groups

    def _split(self, number: int, groups: dict[tuple[int, ...], list[int]], queued: set[int]) -> list[int]:
        """Break a class up; the numbers of classes that have to be looked at again. The largest part needs not."""
        members = self.members[number]
        rest = len(members) - sum(map(len, groups.values()))
        if len(members) == 1 or (rest == 0 and len(groups) == 1):
            return []
        parts = [groups[labels] for labels in sorted(groups)]
        if rest == 0:
            parts.remove(max(parts, key=len))  # keeps the class's number
        fresh = [self._new_class(part, members) for part in parts]
        if number in queued:
            return fresh
        changed = [*fresh, number]
        changed.remove(max(changed, key=lambda one: len(self.members[one])))
        return changed

    def _new_class(self, part: list[int], old: set[int]) -> int:
        number = len(self.members)
        self.members.append(set(part))
        old.difference_update(part)
        for node in part:
            self.class_of[node] = number
        return number

    def individualise(self, nodes: list[int]) -> None:
        """Give the nodes a class of their own and refine."""
        self.refine([self._new_class(nodes, self.members[self.class_of[nodes[0]]])])


def _incident(graph: LabelledGraph, numbers: dict[Hashable, int]) -> list[list[tuple[int, int]]]:
    """For every node its neighbours with the number of the edge's label: even outwards, odd inwards."""
    incident: list[list[tuple[int, int]]] = [[] for _ in graph.labels]
    for source, label, target in graph.edges:
        number = 2 * numbers[label]
        incident[target].append((number, source))
        incident[source].append((number + 1, target))
    return incident


def _label_numbers(edges: Iterable[Edge]) -> dict[Hashable, int]:
    return {label: number for number, label in enumerate(sorted({label for _, label, _ in edges}))}


def are_isomorphic(a: LabelledGraph, b: LabelledGraph) -> bool:
    return isomorphism(a, b) is not None


def isomorphism(a: LabelledGraph, b: LabelledGraph) -> list[int] | None:
    """A renaming of nodes (node of `b` by node of `a`) under which the graphs are equal, or None."""
    if Counter(a.labels) != Counter(b.labels) or Counter(e[1] for e in a.edges) != Counter(e[1] for e in b.edges):
        return None
    size = len(a.labels)
    both = LabelledGraph(a.labels + b.labels, a.edges + [(s + size, label, t + size) for s, label, t in b.edges])
    start = Partition(both.labels, _incident(both, _label_numbers(both.edges)))
    start.refine(range(len(start.members)))
    found = _search(start, size)
    return found and _mapping(found, size)


def _search(start: Partition, size: int) -> Partition | None:
    if not _is_balanced(start, size):
        return None
    greedy = _decide_at_random(start.copy(), size)
    return greedy if _is_balanced(greedy, size) else _backtrack(start, size)


def _decide_at_random(partition: Partition, size: int) -> Partition:
    """Pair off any two nodes of a class: right wherever ties come from symmetry, which in Blueprints is nearly always."""
    number = 0
    while number < len(partition.members):
        members = partition.members[number]
        if len(members) <= 2:
            number += 1
            continue
        partition.individualise([min(members), min((node for node in members if node >= size), default=max(members))])
    return partition


def _backtrack(start: Partition, size: int) -> Partition | None:
    """Depth first over pairs of nodes that refinement cannot tell apart; a dead end takes the next partner."""
    stack = [_branches(start, size)]
    while stack:
        partition = next(stack[-1], None)
        if partition is None:
            stack.pop()
        elif all(len(members) == 2 for members in partition.members):
            return partition
        else:
            stack.append(_branches(partition, size))
    return None


def _branches(partition: Partition, size: int) -> Iterator[Partition]:
    """One refined copy for every partner that one undecided node of `a` may have."""
    cell = min((members for members in partition.members if len(members) > 2), key=len)
    first = min(cell)
    for partner in sorted(node for node in cell if node >= size):
        branch = partition.copy()
        branch.individualise([first, partner])
        if _is_balanced(branch, size):
            yield branch


def _is_balanced(partition: Partition, size: int) -> bool:
    return all(2 * sum(node < size for node in members) == len(members) for members in partition.members)


def _mapping(partition: Partition, size: int) -> list[int]:
    mapping = [0] * size
    for members in partition.members:
        first, second = sorted(members)
        mapping[first] = second - size
    return mapping


def fingerprint(graph: LabelledGraph) -> str:
    """32 hex digits, the same for isomorphic graphs.

    Different graphs get different ones unless two of their connected parts have symmetries that are left even after a
    node is singled out, and the parts look alike then; whoever needs certainty asks `are_isomorphic` about equals.
    """
    parts = sorted(_certificate(part) for part in components(graph))
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def components(graph: LabelledGraph) -> list[LabelledGraph]:
    """Connected parts; many small ones are far cheaper to name than one with many symmetries."""
    neighbours: list[list[int]] = [[] for _ in graph.labels]
    for source, _, target in graph.edges:
        neighbours[source].append(target)
        neighbours[target].append(source)
    part_of, place, parts = [-1] * len(neighbours), [0] * len(neighbours), []
    for start in range(len(neighbours)):
        if part_of[start] < 0:
            parts.append(_collect(start, neighbours, part_of, place, len(parts)))
    graphs = [LabelledGraph([graph.labels[node] for node in part], []) for part in parts]
    for source, label, target in graph.edges:
        graphs[part_of[source]].edges.append((place[source], label, place[target]))
    return graphs


def _collect(start: int, neighbours: list[list[int]], part_of: list[int], place: list[int], number: int) -> list[int]:
    part, part_of[start] = [start], number
    for node in part:  # grows while it is walked
        for other in neighbours[node]:
            if part_of[other] < 0:
                part_of[other], place[other] = number, len(part)
                part.append(other)
    return part


def _certificate(graph: LabelledGraph) -> str:
    partition = Partition(graph.labels, _incident(graph, _label_numbers(graph.edges)))
    partition.refine(range(len(partition.members)))
    if len(partition.members) == len(graph.labels):
        return _text(graph, partition)
    cell = min((members for members in partition.members if len(members) > 1), key=len)
    return "|".join(sorted(_text(graph, _singled_out(partition, node)) for node in cell))


def _singled_out(partition: Partition, node: int) -> Partition:
    branch = partition.copy()
    branch.individualise([node])
    return branch


def _text(graph: LabelledGraph, partition: Partition) -> str:
    """The graph with classes in place of nodes: all of it, when every node has a class of its own."""
    classes = partition.class_of
    nodes = sorted((number, repr(label)) for number, label in zip(classes, graph.labels))
    edges = sorted((classes[source], repr(label), classes[target]) for source, label, target in graph.edges)
    return f"{nodes}{edges}"
