"""Comment boxes: which nodes each encloses, how deep it lies, its object."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from utils.clipboard.writing.layout_flow import Box
from utils.clipboard.writing.layout_frames import Group, title_height
from utils.dsl.ast import Graph

COMMENT_CLASS = "/Script/UnrealEd.EdGraphNode_Comment"
OBJECT_NAME = "EdGraphNode_Comment"
REMARK_WIDTH = 400
REMARK_SPACE = 60
"""Empty height below the text of a remark that encloses nothing."""


@dataclass(frozen=True)
class Remark:
    """A comment of the DSL as an object of the text. `depth` is -1 for an innermost box, less for those around it."""

    text: str
    nodes: frozenset[str]
    name: str
    depth: int

    @property
    def group(self) -> Group:
        return Group(self.nodes, self.text)

    @property
    def box(self) -> Box:
        """Of a remark without nodes, which stands alone."""
        return Box(REMARK_WIDTH, title_height(self.text, REMARK_WIDTH) + REMARK_SPACE)


def remarks_of(graph: Graph, names: Counter[str]) -> list[Remark]:
    known = {node.id for node in graph.nodes}
    groups = [frozenset(known.intersection(comment.nodes)) for comment in graph.comments]
    remarks = []
    for comment, group in zip(graph.comments, groups):
        inside = sum(other < group for other in groups if other)
        remarks.append(Remark(comment.text, group, f"{OBJECT_NAME}_{names[OBJECT_NAME]}", -1 - inside))
        names[OBJECT_NAME] += 1
    return remarks

