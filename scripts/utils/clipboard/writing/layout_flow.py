"""What comes before what in a graph: exec order, the tree of chains, and which pure node belongs to which exec node."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Callable, Iterable, Iterator, Sequence


@dataclass(frozen=True)
class Box:
    """A node's outline in pixels. `above` is the room for a comment bubble over it."""

    width: int
    height: int
    is_exec: bool = False
    above: int = 0


@dataclass(frozen=True)
class Edge:
    """A wire; the heights are those of its pins below the top of their nodes."""

    source: str
    target: str
    is_exec: bool
    source_height: int = 0
    target_height: int = 0


class Flow:
    """Anchors are the exec nodes and the pure nodes that nothing reads; all other nodes hang on an anchor.

    order   anchors so that an exec wire leads forward unless it closes a loop
    tree    for an anchor, the exec wire that reaches it first
    owned   for an anchor, the pure nodes that feed it and no earlier one, a consumer before its feeders
    out, into   wires of a node inside its component (all that execution connects)
    """

    def __init__(self, boxes: dict[str, Box], edges: Sequence[Edge]) -> None:
        edges = [edge for edge in edges if edge.source != edge.target]
        self._nodes = list(boxes)
        self._exec_nodes = ({node for node, box in boxes.items() if box.is_exec}
                            | {end for edge in edges if edge.is_exec for end in (edge.source, edge.target)})
        self._connect(edges)
        self.order = self._exec_order()
        self.owned: dict[str, list[str]] = defaultdict(list)
        owner = self._own_feeders()
        self._rank = {node: index for index, node in enumerate(self.order)}
        self.tree = self._exec_tree()
        self._component = self._components(owner)
        self._members: dict[str, list[str]] = defaultdict(list)
        for node, component in self._component.items():
            self._members[component].append(node)
        self._connect([edge for edge in edges if self._component[edge.source] == self._component[edge.target]])

    def is_anchor(self, node: str) -> bool:
        return node in self._rank

    def leads_forward(self, edge: Edge) -> bool:
        return not edge.is_exec or self._rank[edge.source] < self._rank[edge.target]

    def components(self) -> list[list[str]]:
        """The anchors that no exec wire leads to, by component, in order."""
        roots: dict[str, list[str]] = defaultdict(list)
        for node in self.order:
            if node not in self.tree:
                roots[self._component[node]].append(node)
        return list(roots.values())

    def components_as_sets(self) -> list[frozenset[str]]:
        return [frozenset(members) for members in self._members.values()]

    def members(self, node: str) -> list[str]:
        """All nodes of its component."""
        return self._members[self._component[node]]

    def chain(self, head: str) -> Iterator[str]:
        node: str | None = head
        while node is not None:
            yield node
            node = next(iter(self._children(node)), None)

    def branches(self, node: str) -> list[str]:
        return self._children(node)[1:]

    def sources_first(self, anchor: str) -> Iterator[str]:
        """The feeders of one anchor in an order in which data flows forward."""
        inside = set(self.owned[anchor])
        seen: set[str] = set()
        for start in self.owned[anchor]:
            yield from _depth_first(start, lambda node: [edge.source for edge in self._feeders(node)
                                                         if edge.source in inside], seen)

    def _connect(self, edges: Sequence[Edge]) -> None:
        self.out: dict[str, list[Edge]] = defaultdict(list)
        self.into: dict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            self.out[edge.source].append(edge)
            self.into[edge.target].append(edge)

    def _exec_order(self) -> list[str]:
        """Exec nodes, then the pure ones that nothing reads: a feeder shall rather hang on what is executed."""
        anchors = [node for node in self._nodes if node in self._exec_nodes or not self.out[node]]
        roots = [node for node in anchors if not any(edge.is_exec for edge in self.into[node])]
        seen: set[str] = set()
        finished: list[str] = []
        for root in roots[::-1] + anchors:
            finished.extend(_depth_first(root, self._executed_last_first, seen))
        order = finished[::-1]
        return [node for node in order if node in self._exec_nodes] + [node for node in order if node not in self._exec_nodes]

    def _executed_last_first(self, node: str) -> list[str]:
        return [edge.target for edge in self.out[node] if edge.is_exec][::-1]

    def _exec_tree(self) -> dict[str, Edge]:
        tree: dict[str, Edge] = {}
        for node in self.order:
            for edge in self.out[node]:
                if edge.is_exec and self.leads_forward(edge):
                    tree.setdefault(edge.target, edge)
        return tree

    def _children(self, node: str) -> list[str]:
        return [edge.target for edge in self.out[node] if self.tree.get(edge.target) is edge]

    def _own_feeders(self) -> dict[str, str]:
        """Pure nodes that only feed each other in a circle get an anchor too: the first of them."""
        owner = {node: node for node in self.order}
        for node in self.order:
            self._claim_feeders(node, owner)
        for node in self._nodes:
            if node not in owner:
                owner[node] = node
                self.order.append(node)
                self._claim_feeders(node, owner)
        return owner

    def _claim_feeders(self, anchor: str, owner: dict[str, str]) -> None:
        stack = self._feeders(anchor)[::-1]
        while stack:
            node = stack.pop().source
            if node not in owner:
                owner[node] = anchor
                self.owned[anchor].append(node)
                stack.extend(self._feeders(node)[::-1])

    def _feeders(self, node: str) -> list[Edge]:
        return [edge for edge in self.into[node] if not edge.is_exec and edge.source not in self._exec_nodes]

    def _components(self, owner: dict[str, str]) -> dict[str, str]:
        """A node of each node's component, the same for all of them (union-find).

        Exec wires connect, and so do the data wires that lead to pure nodes which nothing reads.
        """
        leader = {node: node for node in self.order}

        def find(node: str) -> str:
            while leader[node] != node:
                leader[node] = node = leader[leader[node]]
            return node

        for edges in self.into.values():
            for edge in edges:
                if edge.is_exec or owner[edge.target] not in self._exec_nodes:
                    leader[find(owner[edge.source])] = find(owner[edge.target])
        return {node: find(anchor) for node, anchor in owner.items()}


def _depth_first(start: str, following: Callable[[str], Iterable[str]], seen: set[str]) -> Iterator[str]:
    """All unseen nodes that can be reached from `start`, each after those it leads to."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, iter(following(start)))]
    while stack:
        node, remaining = stack[-1]
        child = next((child for child in remaining if child not in seen), None)
        if child is None:
            yield node
            stack.pop()
        else:
            seen.add(child)
            stack.append((child, iter(following(child))))
