"""Comment boxes: what they say and, by geometry, which nodes they hold."""

from __future__ import annotations

from bisect import bisect_left

from utils.clipboard.text import ClipboardObject
from utils.dsl.ast import Comment

# The editor's size of a box that says nothing about its size.
DEFAULT_WIDTH, DEFAULT_HEIGHT = 400, 100


def read_comments(boxes: list[ClipboardObject], nodes: list[ClipboardObject], ids: dict[str, str]) -> tuple[Comment, ...]:
    """The text gives no sizes of nodes: a node is in a box when its corner is. `ids` are node ids by line of the text."""
    places = sorted((node.number("NodePosX"), node.number("NodePosY"), index) for index, node in enumerate(nodes))
    return tuple(Comment(box.text("NodeComment"), _inside(box, places, nodes, ids)) for box in boxes)


def _inside(box: ClipboardObject, places: list[tuple[int, int, int]], nodes: list[ClipboardObject], ids: dict) -> tuple[str, ...]:
    left, top = box.number("NodePosX"), box.number("NodePosY")
    right, bottom = left + box.number("NodeWidth", DEFAULT_WIDTH), top + box.number("NodeHeight", DEFAULT_HEIGHT)
    first, last = bisect_left(places, (left,)), bisect_left(places, (right,))  # a large text has thousands of boxes and nodes
    held = sorted(index for _, y, index in places[first:last] if top <= y < bottom)
    return tuple(ids[id(nodes[index])] for index in held)
