"""A graph laid out on its page and written object by object."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from utils.blueprint_patterns import Catalogue, Scope
from utils.clipboard.writing.comments import COMMENT_CLASS, Remark, remarks_of
from utils.clipboard.writing.events import USER_PINS, user_defined_pin
from utils.clipboard.writing.facts import Facts
from utils.clipboard.writing.graph import WrittenGraph, WrittenNode, build_graph, guid
from utils.clipboard.writing.layout import Arrangement, Edge, arrange
from utils.clipboard.writing.layout_frames import Rect
from utils.clipboard.writing.nodes import node_properties
from utils.clipboard.writing.pins import pin_line
from utils.clipboard.writing.titles import node_outline
from utils.clipboard.writing.types import BLUEPRINT_CLASS, References, one_line, own_asset, path_name, quote, reference, references_of
from utils.dsl.ast import Blueprint, Graph

INDENT = "   "
# The dark grey of the engine's own templates, in which boxes inside boxes stay legible.
COMMENT_COLOR = "CommentColor=(R=0.150000,G=0.150000,B=0.150000,A=0.500000)"
# The Blueprint of a level lies inside the level.
LEVEL_SCRIPT = "LevelScriptActor"


@dataclass(frozen=True)
class Page:
    """One graph with everything that its text needs."""

    graph: WrittenGraph
    remarks: list[Remark]
    arrangement: Arrangement
    references: References

    @property
    def bottom(self) -> int:
        return max((rect.bottom for rect in [*self.arrangement.nodes.values(), *self.arrangement.frames]), default=0)

    def text(self, top: int) -> str:
        """All objects, moved down by `top`."""
        lines = [line for written in self.graph.nodes.values() for line in self._node(written, top)]
        frames = iter(self.arrangement.frames)
        for remark in self.remarks:
            rect = next(frames) if remark.nodes else self.arrangement.nodes[remark.name]
            lines += self._comment(remark, rect.moved(top))
        return "".join(f"{line}\n" for line in lines)

    def _node(self, written: WrittenNode, top: int) -> list[str]:
        facts = Facts(written, self.graph, self.references, self.graph.catalogue.data)
        rect = self.arrangement.nodes[written.node.id].moved(top)
        body = [*node_properties(facts), *position(rect), *state(facts), f"NodeGuid={written.guid}",
                *(pin_line(pin, written.name, self.references) for pin in written.pins), *custom_lines(facts)]
        return self._object(written.class_path, written.name, [*nested_objects(facts), *body])

    def _comment(self, remark: Remark, rect: Rect) -> list[str]:
        depth = [f"CommentDepth={remark.depth}"] if remark.depth < -1 else []
        body = [COMMENT_COLOR, *depth, *position(rect), f"NodeWidth={rect.width}", f"NodeHeight={rect.height}", f"NodeComment={quote(remark.text)}",
                f"NodeGuid={guid(self.graph.blueprint.name, self.graph.graph.name, remark.name)}"]
        return self._object(COMMENT_CLASS, remark.name, body)

    def _object(self, class_path: str, name: str, body: list[str]) -> list[str]:
        """The path tells a reader the Blueprint and the graph; pasting does not need it."""
        blueprint = self.graph.blueprint
        level = f"PersistentLevel.{path_name(blueprint.name)}." if blueprint.parent == LEVEL_SCRIPT else ""
        place = f"{own_asset(blueprint.name)}:{level}{path_name(self.graph.graph.name)}.{name}"
        head = f'Begin Object Class={class_path} Name="{name}" ExportPath={reference(class_path, place)}'
        return [head, *(INDENT + line for line in body), "End Object"]


def build_page(blueprint: Blueprint, graph: Graph, scope: Scope, catalogue: Catalogue, names: Counter[str]) -> Page:
    """`names` counts the objects of each class that the text already has; `scope` is that of the graph."""
    written = build_graph(blueprint, graph, scope, catalogue, names)
    remarks = remarks_of(graph, names)
    references = references_of(catalogue.data, written.own_class, written.generated_class or BLUEPRINT_CLASS)
    return Page(written, remarks, place(written, remarks), references)


def place(page: WrittenGraph, remarks: list[Remark]) -> Arrangement:
    outlines = {node_id: node_outline(written) for node_id, written in page.nodes.items()}
    boxes = {remark.name: remark.box for remark in remarks if not remark.nodes}
    boxes |= {node_id: drawn.box for node_id, drawn in outlines.items()}
    edges = [Edge(wire.source.node, wire.target.node, wire.is_exec, outlines[wire.source.node].heights.get(source.id, 0),
                  outlines[wire.target.node].heights.get(target.id, 0)) for wire, source, target in page.wires]
    edges.sort(key=lambda edge: edge.source_height)
    return arrange(boxes, edges, [remark.group for remark in remarks if remark.nodes])


def position(rect: Rect) -> list[str]:
    """Zero is the default, which the editor leaves out."""
    return [f"{key}={value}" for key, value in (("NodePosX", rect.x), ("NodePosY", rect.y)) if value]


def state(facts: Facts) -> list[str]:
    """What any node may have: folded pins, enabled state, comment bubble."""
    lines = []
    if any(pin.pin.is_advanced for pin in facts.written.pins):
        lines.append(f"AdvancedPinDisplay={'Shown' if facts.written.shows_advanced else 'Hidden'}")
    if facts.written.state:
        lines.append(f"EnabledState={facts.written.state}")
        lines += ["bUserSetEnabledState=True"] if facts.get("Enabled") is not None else []
    if comment := facts.text("NodeComment"):
        lines += ["bCommentBubblePinned=True", "bCommentBubbleVisible=True", f"NodeComment={quote(comment)}"]
    return lines


def custom_lines(facts: Facts) -> list[str]:
    """Parameters that the user made, or what the generic form keeps."""
    if facts.is_generic:
        return [one_line(f"CustomProperties {line}") for line in facts.strings("Custom")]
    sides = USER_PINS.get(facts.written.class_name, {})
    return [user_defined_pin(facts, param, direction) for key, direction in sides.items() for param in facts.params(key)]


def nested_objects(facts: Facts) -> list[str]:
    """Objects inside the node as they were read, indented anew; each that is begun is ended, and no other."""
    lines: list[str] = []
    depth = 0
    for line in facts.text("Objects").splitlines() if facts.is_generic else []:
        if line.startswith("End Object"):
            if depth == 0:
                continue
            depth -= 1
        lines.append(INDENT * depth + line)
        depth += line.startswith("Begin Object")
    return lines + [INDENT * level + "End Object" for level in reversed(range(depth))]
