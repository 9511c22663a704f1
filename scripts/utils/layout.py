"""Where the nodes of a graph stand: execution runs left to right, pure feeders lie left of and below their consumers.

The exec tree is cut into chains: a node, the first node it executes, the first of that, ... A chain lies on one
straight wire. The other branches of its nodes are chains below it, the rightmost first, so that wires nest and do not
cross. Pure nodes belong to the first exec node they feed and hang below the wire on its left. Everything that execution
connects is one component; components are stacked. Time grows with nodes plus wires.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Sequence

from utils.layout_flow import Box, Edge, Flow
from utils.layout_frames import FRAME_PADDING, FRAME_TITLE, GRID, Group, Rect, Skyline, enclose

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
    plan = _Plan(boxes, edges, _nesting(boxes, groups))
    plan.place_columns()
    plan.place_rows()
    moved, frames = enclose(plan.rects(), groups)
    return Arrangement({node: rect.moved(moved[node]) for node, rect in plan.rects().items()}, frames)


def _nesting(boxes: Iterable[str], groups: Sequence[Group]) -> dict[str, int]:
    depth = dict.fromkeys(boxes, 0)
    for group in groups:
        for node in group.nodes:
            depth[node] += 1
    return depth


class _Plan:
    def __init__(self, boxes: dict[str, Box], edges: Sequence[Edge], depth: dict[str, int]) -> None:
        self.boxes, self.depth = boxes, depth
        self.flow = Flow(boxes, edges)
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
            for node in self.flow.sources_first(anchor):
                self._push_right(node)
            self._push_right(anchor)
        for anchor in self.flow.order[::-1]:
            for node in reversed(list(self.flow.sources_first(anchor))):
                self._pull_right(node)

    def _push_right(self, node: str) -> None:
        self.x[node] = max((self.x[edge.source] + self._step(edge) for edge in self.flow.into[node]
                            if edge.source in self.x and self.flow.leads_forward(edge)), default=0)

    def _pull_right(self, node: str) -> None:
        limits = [self.x[edge.target] - self._step(edge) for edge in self.flow.out[node]]
        self.x[node] = min((limit for limit in limits if limit >= self.x[node]), default=self.x[node])

    def _step(self, edge: Edge) -> int:
        """From the left side of a wire's source to that of its target: frames need room between nodes that they part."""
        frames = self.depth[edge.source] + self.depth[edge.target]
        gap = max(EXEC_GAP if edge.is_exec else DATA_GAP, GRID + frames * FRAME_PADDING)
        return -(-(self.boxes[edge.source].width + gap) // GRID) * GRID

    # Rows

    def place_rows(self) -> None:
        top = 0
        for roots in self.flow.components():
            skyline = Skyline(top)
            heads = roots[::-1]
            while heads:
                chain = self._hang(list(self.flow.chain(heads.pop())))
                top = max(top, self._drop(chain, skyline))
                heads.extend(branch for node in chain for branch in self.flow.branches(node)[::-1])
            top += COMPONENT_GAP

    def _hang(self, nodes: list[str]) -> dict[str, int]:
        """The chain's nodes on their wire and their feeders below it: y of each, from the top of the first node."""
        y = {nodes[0]: 0}
        skyline = Skyline()
        for node in nodes[1:]:
            edge = self.flow.tree[node]
            y[node] = y[edge.source] + edge.source_height - edge.target_height
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
        level = y[edge.target] + max(0, edge.target_height - edge.source_height)
        top = max(level, skyline.lowest(self.x[feeder], box.width) + ROW_GAP + box.above)
        skyline.cover(self.x[feeder], box.width, top + box.height)
        return top

    def _drop(self, chain: dict[str, int], skyline: Skyline) -> int:
        """Put a chain under all that is there already, level with the wire that leads to it if it can; its lowest y."""
        head = next(iter(chain))
        edge = self.flow.tree.get(head)
        base = self.y[edge.source] + edge.source_height - edge.target_height if edge else 0
        blocked = max(skyline.lowest(self.x[node], self.boxes[node].width) + self._room_above(node) - y
                      for node, y in chain.items())
        base = base if base >= blocked else -(-blocked // GRID) * GRID
        for node, y in chain.items():
            self.y[node] = base + y
            skyline.cover(self.x[node], self.boxes[node].width, base + y + self.boxes[node].height)
        return max(self.y[node] + self.boxes[node].height for node in chain)

    def _room_above(self, node: str) -> int:
        frames = self.depth[node] * (FRAME_TITLE + FRAME_PADDING) if self.flow.is_anchor(node) else 0
        return ROW_GAP + self.boxes[node].above + frames
