"""The one form in which a document is written: order of nodes and wires, ids, spelling of pins, order of properties.

Two documents that differ only in these come out equal, except for the order of what the order of execution leaves open
(events, leftovers), which stays as it stands in the document.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from utils.dsl_aliases import apply_aliases
from utils.dsl_ast import Blueprint, Comment, Graph, Node, Param, Params, PinRef, Struct, Value, Variable, Wire, Word
from utils.dsl_writer import LARGEST_FLOAT, is_word

DIGITS = re.compile(r"(\d+)")
UNNAMED = "Unnamed"


def canonicalise(blueprint: Blueprint) -> Blueprint:
    blueprint = apply_aliases(blueprint)
    return replace(blueprint, name=blueprint.name or UNNAMED, comments=_comments(blueprint.comments, {}),
                   variables=tuple(map(_plain_variable, blueprint.variables)),
                   graphs=tuple(map(order_graph, blueprint.graphs)))


def _plain_variable(variable: Variable) -> Variable:
    default = None if variable.default is None else plain_value(variable.default)
    return replace(variable, default=default, properties=_plain_properties(variable.properties))


def _plain_properties(properties: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
    return tuple((key, plain_value(value)) for key, value in properties)


def plain_value(value: Value) -> Value:
    """The value that its text means: `()` has no kind, a word with a space is a string, no number is infinite."""
    match value:
        case float():
            return value if math.isfinite(value) else math.copysign(LARGEST_FLOAT, value) if math.isinf(value) else 0.0
        case Word():
            return value if is_word(value.text) else value.text
        case Struct():
            return Struct(_plain_properties(value.fields)) if value.fields else ()
        case Params():
            return Params(tuple(map(_plain_param, value.items))) if value.items else ()
        case tuple():
            return tuple(map(plain_value, value))
    return value


def _plain_param(param: Param) -> Param:
    return param if param.default is None else replace(param, default=plain_value(param.default))


def order_graph(graph: Graph) -> Graph:
    order = execution_order(graph)
    ids = {node_id: f"n{index}" for index, node_id in enumerate(order, 1)}
    by_id = {node.id: node for node in graph.nodes}
    nodes = tuple(replace(by_id[node_id], id=ids[node_id], properties=_plain_properties(by_id[node_id].properties))
                  for node_id in order)
    return replace(graph, nodes=nodes, wires=_ordered_wires(graph.wires, ids, order), comments=_comments(graph.comments, ids),
                   variables=tuple(map(_plain_variable, graph.variables)), properties=_plain_properties(graph.properties))


def natural_key(name: str) -> tuple:
    """`Then_10` after `Then_9`."""
    return tuple((int(part), "") if part.isdecimal() and len(part) < 10 else (-1, part) for part in DIGITS.split(name))


def execution_order(graph: Graph) -> list[str]:
    """Ids of the nodes: events first, along their exec outputs, what an exec node reads right before it."""
    return _Walk(graph).order()


class _Walk:
    """Depth first over exec outputs, without recursion: chains can be as long as a document."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.followers: dict[str, list[Wire]] = {}
        self.feeders: dict[str, list[Wire]] = {}
        self.on_exec: set[str] = set()
        self.has_exec_input: set[str] = set()
        for wire in graph.wires:
            self._add(wire)
        self.done: dict[str, None] = {}

    def _add(self, wire: Wire) -> None:
        if wire.is_exec:
            self.followers.setdefault(wire.source.node, []).append(wire)
            self.on_exec.update((wire.source.node, wire.target.node))
            self.has_exec_input.add(wire.target.node)
        else:
            self.feeders.setdefault(wire.target.node, []).append(wire)

    def order(self) -> list[str]:
        ids = [node.id for node in self.graph.nodes]
        events = [node.id for node in self.graph.nodes if is_root(node)]
        self.roots = set(events)
        starts = [node_id for node_id in ids if node_id in self.on_exec and node_id not in self.has_exec_input]
        for root in (*events, *starts, *(node_id for node_id in ids if node_id in self.on_exec)):
            self._follow(root)
        for node_id in ids:
            self.done[node_id] = None
        return list(self.done)

    def _follow(self, root: str) -> None:
        stack = [root]
        while stack:
            node_id = stack.pop()
            if node_id in self.done:
                continue
            self._feed(node_id)
            self.done[node_id] = None
            wires = sorted(self.followers.get(node_id, ()), key=lambda wire: natural_key(wire.source.pin))
            stack += [wire.target.node for wire in reversed(wires)]

    def _feed(self, node_id: str) -> None:
        """Everything pure that the node reads, directly or through others, sources before their readers."""
        stack = [(node_id, iter(self._sources(node_id)))]
        entered = {node_id}
        while stack:
            reader, sources = stack[-1]
            source = next((item for item in sources if item not in self.done and item not in entered), None)
            if source is not None:
                entered.add(source)
                stack.append((source, iter(self._sources(source))))
                continue
            stack.pop()
            if reader != node_id:
                self.done[reader] = None

    def _sources(self, node_id: str) -> list[str]:
        wires = sorted(self.feeders.get(node_id, ()), key=lambda wire: natural_key(wire.target.pin))
        sources = (wire.source.node for wire in wires)
        return [source for source in sources if source not in self.on_exec and source not in self.roots]


def is_root(node: Node) -> bool:
    return node.type.startswith("Event_") or node.type == "FunctionEntry"


def _ordered_wires(wires: tuple[Wire, ...], ids: dict[str, str], order: list[str]) -> tuple[Wire, ...]:
    place = {node_id: index for index, node_id in enumerate(order)}

    def key(wire: Wire) -> tuple:
        near, far = (wire.source, wire.target) if wire.is_exec else (wire.target, wire.source)
        return not wire.is_exec, place[near.node], natural_key(near.pin)

    unique = dict.fromkeys(Wire(_renamed_pin(wire.source, ids), _renamed_pin(wire.target, ids), wire.is_exec, line=wire.line)
                           for wire in sorted(wires, key=key))
    return tuple(unique)


def _renamed_pin(pin: PinRef, ids: dict[str, str]) -> PinRef:
    return PinRef(ids[pin.node], pin.pin)


def _comments(comments: tuple[Comment, ...], ids: dict[str, str]) -> tuple[Comment, ...]:
    """Boxes in the order of their first node, then remarks without nodes."""
    def number(node_id: str) -> int:
        return int(node_id[1:])

    boxes = [Comment(comment.text.rstrip(), tuple(sorted({ids[node] for node in comment.nodes if node in ids}, key=number)))
             for comment in comments]
    return tuple(sorted(boxes, key=lambda box: number(box.nodes[0]) if box.nodes else len(ids) + 1))
