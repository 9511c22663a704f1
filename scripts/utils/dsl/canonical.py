"""The one form in which a document is written: order of nodes and wires, ids, spelling of pins, order of properties.

Two documents that differ only in these come out equal, except for the order of what the order of execution leaves open
(events, leftovers), which stays as it stands in the document.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from utils.catalogue.shape import Shape
from utils.dsl.aliases import apply_aliases
from utils.dsl.ast import Blueprint, Comment, Graph, Node, Param, Params, PinRef, Struct, Value, Variable, Wire, Word
from utils.dsl.spelling import speller
from utils.dsl.writer import LARGEST_FLOAT, is_word

DIGITS = re.compile(r"(\d+)")
UNNAMED = "Unnamed"


def canonicalise(blueprint: Blueprint) -> Blueprint:
    spelled, shapes = speller().spell_with_shapes(plain(apply_aliases(blueprint)))
    graphs = tuple(order_graph(graph, found) for graph, found in zip(spelled.graphs, shapes))
    return replace(spelled, name=spelled.name or UNNAMED, comments=_comments(spelled.comments, {}), graphs=graphs)


def plain(blueprint: Blueprint) -> Blueprint:
    """Every value as its text would be read again."""
    return replace(blueprint, variables=tuple(map(_plain_variable, blueprint.variables)),
                   graphs=tuple(map(_plain_graph, blueprint.graphs)))


def _plain_graph(graph: Graph) -> Graph:
    nodes = tuple(Node(node.id, node.type, _plain_properties(node.properties), node.line) if node.properties else node for node in graph.nodes)
    return replace(graph, nodes=nodes, variables=tuple(map(_plain_variable, graph.variables)),
                   properties=_plain_properties(graph.properties))


def _plain_variable(variable: Variable) -> Variable:
    default = None if variable.default is None else plain_value(variable.default)
    return Variable(variable.name, variable.type, default, _plain_properties(variable.properties), variable.line)


def _plain_properties(properties: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
    return tuple((key, plain_value(value)) for key, value in properties)


def plain_value(value: Value) -> Value:
    """The value that its text means: `()` has no kind, a word with a space is a string, no number is infinite."""
    match value:
        case int():
            return value if abs(value) <= LARGEST_FLOAT else int(math.copysign(LARGEST_FLOAT, value))
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


def order_graph(graph: Graph, shapes: dict[str, Shape]) -> Graph:
    """Nodes in the order of execution, numbered n1, n2 ...; wires in the order of nodes and pins."""
    ranks = {(node_id, pin.is_input, pin.name): index for node_id, shape in shapes.items() for index, pin in enumerate(shape.pins)}
    walk = _Walk(graph, shapes, ranks)
    ids = {node_id: f"n{index}" for index, node_id in enumerate(walk.order(), 1)}
    by_id = {node.id: node for node in graph.nodes}
    nodes = tuple(Node(new, by_id[old].type, by_id[old].properties, by_id[old].line) for old, new in ids.items())
    return replace(graph, nodes=nodes, wires=walk.wires(ids), comments=_comments(graph.comments, ids))


def natural_key(name: str) -> tuple:
    """`Then_10` after `Then_9`."""
    return tuple((int(part), "") if part.isdecimal() and len(part) < 10 else (-1, part) for part in DIGITS.split(name))


class _Walk:
    """Depth first over exec outputs, events first; what an exec node reads comes right before it.

    Without recursion: chains can be as long as a document. Wires that share a pin keep their order in the document.
    """

    def __init__(self, graph: Graph, shapes: dict[str, Shape], ranks: dict[tuple[str, bool, str], int]) -> None:
        self.graph, self.ranks = graph, ranks
        self.ids = [node.id for node in graph.nodes]
        self.events = [node_id for node_id in self.ids if shapes[node_id].is_event]
        self.followers: dict[str, list[Wire]] = {}
        self.feeders: dict[str, list[Wire]] = {}
        self.reached = {wire.target.node for wire in graph.wires if wire.is_exec}
        self.on_exec = self.reached | {wire.source.node for wire in graph.wires if wire.is_exec}
        self.is_stop = self.on_exec.union(self.events)
        for wire in graph.wires:
            side, end = (self.followers, wire.source) if wire.is_exec else (self.feeders, wire.target)
            side.setdefault(end.node, []).append(wire)
        for wires in self.followers.values():
            wires.sort(key=lambda wire: self.rank(wire.source, False))
        for wires in self.feeders.values():
            wires.sort(key=lambda wire: self.rank(wire.target, True))
        self.done: dict[str, None] = {}

    def rank(self, pin: PinRef, is_input: bool) -> tuple:
        """Place of a pin on its node; pins that the catalogue does not know come last, by name."""
        place = self.ranks.get((pin.node, is_input, pin.pin))
        return (1, natural_key(pin.pin)) if place is None else (0, place)

    def order(self) -> list[str]:
        on_exec = [node_id for node_id in self.ids if node_id in self.on_exec]
        for root in (*self.events, *(node_id for node_id in on_exec if node_id not in self.reached), *on_exec):
            self._follow(root)
        self.done.update(dict.fromkeys(self.ids))
        return list(self.done)

    def _follow(self, root: str) -> None:
        stack = [root]
        while stack:
            node_id = stack.pop()
            if node_id in self.done:
                continue
            if node_id in self.feeders:
                self._feed(node_id)
            self.done[node_id] = None
            stack += [wire.target.node for wire in reversed(self.followers.get(node_id, ()))]

    def _feed(self, node_id: str) -> None:
        """Everything pure that the node reads, directly or through others, sources before their readers."""
        stack = [(node_id, iter(self.feeders[node_id]))]
        entered = {node_id}
        while stack:
            reader, wires = stack[-1]
            source = next((wire.source.node for wire in wires if self._is_fresh(wire.source.node, entered)), None)
            if source is not None:
                entered.add(source)
                stack.append((source, iter(self.feeders.get(source, ()))))
                continue
            stack.pop()
            if reader != node_id:
                self.done[reader] = None

    def _is_fresh(self, node_id: str, entered: set[str]) -> bool:
        return node_id not in self.done and node_id not in entered and node_id not in self.is_stop

    def wires(self, ids: dict[str, str]) -> tuple[Wire, ...]:
        """EXEC by source, then DATA by target."""
        ordered = [wire for old in ids for wire in self.followers.get(old, ())]
        ordered += [wire for old in ids for wire in self.feeders.get(old, ())]
        return tuple(Wire(PinRef(ids[wire.source.node], wire.source.pin), PinRef(ids[wire.target.node], wire.target.pin),
                          wire.is_exec, None, wire.line) for wire in ordered)


def _comments(comments: tuple[Comment, ...], ids: dict[str, str]) -> tuple[Comment, ...]:
    """Boxes in the order of their first node, then remarks without nodes."""
    def number(node_id: str) -> int:
        return int(node_id[1:])

    boxes = [Comment(comment.text.rstrip(), tuple(sorted({ids[node] for node in comment.nodes if node in ids}, key=number)))
             for comment in comments]
    return tuple(sorted(boxes, key=lambda box: number(box.nodes[0]) if box.nodes else len(ids) + 1))
