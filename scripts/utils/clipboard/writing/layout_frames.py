"""Rectangles on the page: the skyline that things are stacked under, and the frames around groups of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, NamedTuple, Sequence

# The editor's grid: a paste snaps every corner to it, so all positions are multiples. Skylines are kept per cell.
GRID = 16
FRAME_PADDING = 2 * GRID
# A comment box's title stands above the padding: one line of text, and what each further line adds.
FRAME_TITLE = 3 * GRID
TITLE_LINE = 26
TITLE_LETTER = 10
# Rectangles may come this close before one of them moves down.
CLEARANCE = GRID // 2


def snap_up(pixels: int) -> int:
    return -(-pixels // GRID) * GRID


class Rect(NamedTuple):
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def moved(self, down: int) -> Rect:
        return self._replace(y=self.y + down)

    def overlaps(self, other: Rect) -> bool:
        return (self.x < other.right and other.x < self.right
                and self.y < other.bottom and other.y < self.bottom)

    def contains(self, other: Rect) -> bool:
        return (self.x <= other.x and other.right <= self.right
                and self.y <= other.y and other.bottom <= self.bottom)


class Skyline:
    """The lowest occupied y over each column of the grid; y grows downwards."""

    def __init__(self, start: int = -(10 ** 9)) -> None:
        self._start = start
        self._offset = 0
        self._cells: list[int] = []

    def lowest(self, x: int, width: int) -> int:
        first, last = self._columns(x, width)
        return max(self._cells[first:last])

    def cover(self, x: int, width: int, bottom: int) -> None:
        first, last = self._columns(x, width)
        self._cells[first:last] = [max(cell, bottom) for cell in self._cells[first:last]]

    def _columns(self, x: int, width: int) -> tuple[int, int]:
        """Cells [first, last) under x..x+width, made where they are not there yet."""
        first, last = x // GRID + self._offset, -(-(x + max(width, 1)) // GRID) + self._offset
        if first < 0:
            grow = max(-first, len(self._cells))
            self._cells[:0] = [self._start] * grow
            self._offset += grow
            first, last = first + grow, last + grow
        if last > len(self._cells):
            self._cells.extend([self._start] * (max(last, 2 * len(self._cells)) - len(self._cells)))
        return first, last


class Group(NamedTuple):
    """Nodes that a frame encloses, and the frame's title."""

    nodes: frozenset[str]
    title: str = ""


@dataclass
class _Block:
    """A node, or a frame with all that it holds; it moves as one."""

    rect: Rect
    nodes: list[str]
    frames: list[int]


def bounds(rects: Iterable[Rect]) -> Rect:
    rects = list(rects)
    x, y = min(rect.x for rect in rects), min(rect.y for rect in rects)
    return Rect(x, y, max(rect.right for rect in rects) - x, max(rect.bottom for rect in rects) - y)


def title_height(title: str, width: int) -> int:
    """The editor breaks a title at the width of its box."""
    per_line = max(1, (width - 20) // TITLE_LETTER)
    lines = sum(max(1, -(-len(line) // per_line)) for line in title.splitlines() or [""])
    return FRAME_TITLE + (lines - 1) * TITLE_LINE


def frame_around(rects: Iterable[Rect], title: str) -> Rect:
    inner = bounds(rects)
    width = inner.width + 2 * FRAME_PADDING
    above = snap_up(FRAME_PADDING + title_height(title, width))
    return Rect(inner.x - FRAME_PADDING, inner.y - above, width, inner.height + above + FRAME_PADDING)


def enclose(rects: dict[str, Rect], groups: Sequence[Group],
            units: Sequence[frozenset[str]] = ()) -> tuple[dict[str, int], list[Rect]]:
    """How far each node moves down so that every frame holds its nodes and no other, and the frames (groups have nodes).

    Exact for groups that are nested or disjoint. Where two groups share some of their nodes, the smaller is kept
    together and the larger is drawn around its own nodes wherever they are. The nodes of a unit move together as far as
    the groups let them.
    """
    home = {node: _Block(rect, [node], []) for node, rect in rects.items()}
    moved: dict[str, int] = dict.fromkeys(rects, 0)
    frames: dict[int, Rect] = {}
    sets = [group.nodes for group in groups] + [unit for unit in units if _is_nested(unit, groups)]
    for index in sorted(range(len(sets)), key=lambda index: len(sets[index])):
        members = _distinct(home[node] for node in sets[index])
        if {node for block in members for node in block.nodes} != sets[index]:
            continue
        _stack(members, moved, frames)
        whole = _merge(members)
        if index < len(groups):
            frames[index] = whole.rect = frame_around([whole.rect], groups[index].title)
            whole.frames.append(index)
        home.update(dict.fromkeys(whole.nodes, whole))
    _stack(_distinct(home.values()), moved, frames)
    for index, group in enumerate(groups):
        if index not in frames:
            frames[index] = frame_around((rects[node].moved(moved[node]) for node in group.nodes), group.title)
    return moved, [frames[index] for index in range(len(groups))]


def _is_nested(unit: frozenset[str], groups: Sequence[Group]) -> bool:
    return all(unit <= group.nodes or group.nodes <= unit or unit.isdisjoint(group.nodes) for group in groups)


def _merge(blocks: list[_Block]) -> _Block:
    return _Block(bounds(block.rect for block in blocks), [node for block in blocks for node in block.nodes],
                  [frame for block in blocks for frame in block.frames])


def _distinct(blocks: Iterable[_Block]) -> list[_Block]:
    return list({id(block): block for block in blocks}.values())


def _stack(blocks: list[_Block], moved: dict[str, int], frames: dict[int, Rect]) -> None:
    """Move blocks down, in reading order, until none overlaps another."""
    skyline = Skyline()
    for block in sorted(blocks, key=lambda block: (block.rect.y, block.rect.x)):
        down = max(0, snap_up(skyline.lowest(block.rect.x, block.rect.width) + CLEARANCE - block.rect.y))
        if down:
            block.rect = block.rect.moved(down)
            for node in block.nodes:
                moved[node] += down
            for frame in block.frames:
                frames[frame] = frames[frame].moved(down)
        skyline.cover(block.rect.x, block.rect.width, block.rect.bottom)
