"""Where the nodes of a graph stand: execution runs left to right, pure feeders lie left of and below their consumers.

The exec tree is cut into chains: a node, the first node it executes, the first of that, ... A chain lies on one
straight wire. The other branches of its nodes are chains below it, the rightmost first, so that wires nest and do not
cross. Pure nodes belong to the first exec node they feed and hang below the wire on its left. Everything that execution
connects is one component; components are stacked. Time grows with nodes plus wires.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Sequence

from utils.clipboard.writing.layout_flow import Box, Edge, Flow
from utils.clipboard.writing.layout_frames import FRAME_PADDING, FRAME_TITLE, GRID, Group, Rect, Skyline, enclose, snap_up

EXEC_GAP = 5 * GRID
DATA_GAP = 3 * GRID
ROW_GAP = 2 * GRID
COMPONENT_GAP = 6 * GRID
# Room kept free under an exec wire, so that no feeder lies on it.
WIRE_ROOM = 2 * GRID


@dataclass(frozen=True)
class Arrangement:
    nodes: dict[str, Rect]
    frames: list[Rect]


def arrange(boxes: dict[str, Box], edges: Sequence[Edge], groups: Sequence[Group] = ()) -> Arrangement:
    """Rectangles of the nodes, and a frame for each group. The order of boxes and edges decides among equals."""
    plan = _Plan(boxes, edges, groups)
    plan.place_columns()
    plan.place_rows()
    moved, frames = enclose(plan.rects(), groups, plan.flow.components_as_sets())
    return Arrangement({node: rect.moved(moved[node]) for node, rect in plan.rects().items()}, frames)


def _membership(boxes: Iterable[str], groups: Sequence[Group]) -> dict[str, frozenset[int]]:
    """The groups that each node is in, by number."""
    found: dict[str, set[int]] = {node: set() for node in boxes}
    for number, group in enumerate(groups):
        for node in group.nodes:
            found[node].add(number)
    return {node: frozenset(numbers) for node, numbers in found.items()}


class _Plan:
    def __init__(self, boxes: dict[str, Box], edges: Sequence[Edge], groups: Sequence[Group]) -> None:
        self.boxes = boxes
        self.groups = _membership(boxes, groups)
        self.group_sizes = [len(group.nodes) for group in groups]
        self.flow = Flow(boxes, edges)
        self.left_limit: dict[str, int] = {}
        self.x: dict[str, int] = {}
        self.y: dict[str, int] = {}

    def rects(self) -> dict[str, Rect]:
        return {node: self._rect(node, self.y[node]) for node in self.boxes}

    def _rect(self, node: str, y: int) -> Rect:
        return Rect(self.x[node], y, self.boxes[node].width, self.boxes[node].height)

    # Columns

    def place_columns(self) -> None:
        """Each node as far left as its wires allow, then pure nodes as far right as their consumers allow."""
        for anchor in self.flow.order:
            limit = self._limit_feeders(anchor)
            for node in self.flow.sources_first(anchor):
                self._push_right(node, limit)
            self._push_right(anchor)
        for anchor in self.flow.order[::-1]:
            for node in reversed(list(self.flow.sources_first(anchor))):
                self._pull_right(node)

    def _limit_feeders(self, anchor: str) -> int:
        """How far left its feeders may hang: to where the chain enters the frames that the anchor is in."""
        edge = self.flow.tree.get(anchor)
        if edge is None:
            limit = 0
        elif self.groups[edge.source] == self.groups[anchor]:
            limit = self.left_limit[edge.source]
        else:
            limit = self.x[edge.source] + self._step(edge)
        self.left_limit[anchor] = limit
        return limit

    def _push_right(self, node: str, limit: int = 0) -> None:
        self.x[node] = max((self.x[edge.source] + self._step(edge) for edge in self.flow.into[node]
                            if edge.source in self.x and self.flow.leads_forward(edge)), default=limit)
        self.x[node] = max(self.x[node], limit)

    def _pull_right(self, node: str) -> None:
        limits = [self.x[edge.target] - self._step(edge) for edge in self.flow.out[node]]
        self.x[node] = min((limit for limit in limits if limit >= self.x[node]), default=self.x[node])

    def _step(self, edge: Edge) -> int:
        """From the left side of a wire's source to that of its target: frames need room between nodes that they part."""
        frames = len(self.groups[edge.source] ^ self.groups[edge.target])
        gap = max(EXEC_GAP if edge.is_exec else DATA_GAP, GRID + frames * FRAME_PADDING)
        return snap_up(self.boxes[edge.source].width + gap)

    # Rows

    def place_rows(self) -> None:
        top = 0
        for roots in self._components_by_group():
            skyline = Skyline(top)
            heads = roots[::-1]
            while heads:
                chain = self._hang(list(self.flow.chain(heads.pop())))
                top = max(top, self._drop(chain, skyline))
                heads.extend(branch for node in chain for branch in self.flow.branches(node)[::-1])
            top = snap_up(top + COMPONENT_GAP)

    def _components_by_group(self) -> list[list[str]]:
        """Components in order, but those of one group together, so that its frame need not reach over others."""
        found = [(roots, self._groups_of_component(roots)) for roots in self.flow.components()]
        first: dict[int, int] = {}
        for place, (_, groups) in enumerate(found):
            for group in groups:
                first.setdefault(group, place)
        keys = [[*(first[group] for group in groups), place] for place, (_, groups) in enumerate(found)]
        return [found[place][0] for place in sorted(range(len(found)), key=keys.__getitem__)]

    def _groups_of_component(self, roots: list[str]) -> list[int]:
        """All groups with a node of it, the largest first."""
        touched = {group for node in self.flow.members(roots[0]) for group in self.groups[node]}
        return sorted(touched, key=lambda group: (-self.group_sizes[group], group))

    def _hang(self, nodes: list[str]) -> dict[str, int]:
        """The chain's nodes on their wire and their feeders below it: y of each, from the top of the first node."""
        y = {nodes[0]: 0}
        skyline = Skyline()
        for node in nodes[1:]:
            edge = self.flow.tree[node]
            y[node] = y[edge.source] + pin_drop(edge)
            wire = self.x[edge.source] + self.boxes[edge.source].width
            skyline.cover(wire, self.x[node] - wire, y[edge.source] + edge.source_height + WIRE_ROOM - ROW_GAP)
        for node in nodes:
            skyline.cover(self.x[node], self.boxes[node].width, y[node] + self.boxes[node].height)
        for node in nodes:
            for feeder in self.flow.owned[node]:
                y[feeder] = self._below(feeder, y, skyline)
        return y

    def _below(self, feeder: str, y: dict[str, int], skyline: Skyline) -> int:
        box = self.boxes[feeder]
        edge = next(edge for edge in self.flow.out[feeder] if edge.target in y)
        level = y[edge.target] + max(0, -pin_drop(edge))
        top = max(level, snap_up(skyline.lowest(self.x[feeder], box.width) + ROW_GAP + box.above))
        skyline.cover(self.x[feeder], box.width, top + box.height)
        return top

    def _drop(self, chain: dict[str, int], skyline: Skyline) -> int:
        """Put a chain under all that is there already, level with the wire that leads to it if it can; its lowest y."""
        head = next(iter(chain))
        edge = self.flow.tree.get(head) or next((edge for edge in self.flow.into[head] if edge.source in self.y), None)
        base = self.y[edge.source] + pin_drop(edge) if edge else 0
        blocked = max(skyline.lowest(self.x[node], self.boxes[node].width) + self._room_above(node) - y
                      for node, y in chain.items())
        base = max(base, snap_up(blocked))
        for node, y in chain.items():
            self.y[node] = base + y
            skyline.cover(self.x[node], self.boxes[node].width, base + y + self.boxes[node].height)
        return max(self.y[node] + self.boxes[node].height for node in chain)

    def _room_above(self, node: str) -> int:
        frames = len(self.groups[node]) * (FRAME_TITLE + FRAME_PADDING) if self.flow.is_anchor(node) else 0
        return ROW_GAP + self.boxes[node].above + frames


def pin_drop(edge: Edge) -> int:
    """How far below its source's top the target's top lies when the wire is level, to the nearest step of the grid."""
    return round((edge.source_height - edge.target_height) / GRID) * GRID
