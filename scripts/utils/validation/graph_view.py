"""One graph with all that the catalogue knows about it: shapes, pins behind the ends of wires, types, reachability."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from utils.blueprint_patterns import Catalogue, PinTypes, resolve_wildcards
from utils.catalogue.scope import EVENT_GRAPHS, Scope
from utils.catalogue.shape import Pin, Shape
from utils.dsl.ast import Graph, Node, PinRef, Wire
from utils.dsl.types import PinType

SCRIPT_GRAPHS = EVENT_GRAPHS - {"eventgraph"}


@dataclass(frozen=True)
class Joint:
    """A wire with the pins at its ends; None where the node has no such pin."""

    wire: Wire
    source: Pin | None
    target: Pin | None


class GraphView:
    def __init__(self, graph: Graph, scope: Scope, shapes: dict[str, Shape], catalogue: Catalogue) -> None:
        self.graph, self.scope, self.shapes, self.catalogue = graph, scope, shapes, catalogue
        self.nodes = {node.id: node for node in graph.nodes}
        self.joints = [Joint(wire, shapes[wire.source.node].pin(wire.source.pin, False), shapes[wire.target.node].pin(wire.target.pin, True))
                       for wire in graph.wires]
        self.wired_inputs = {(joint.wire.target.node, joint.target.name) for joint in self.joints if joint.target}

    @property
    def is_event_graph(self) -> bool:
        return self.graph.name.lower() == "eventgraph"

    @property
    def is_construction_script(self) -> bool:
        return self.graph.name.lower() in SCRIPT_GRAPHS

    @cached_property
    def is_function(self) -> bool:
        return not self.is_event_graph and any(shape.role in ("entry", "result") for shape in self.shapes.values())

    @cached_property
    def types(self) -> PinTypes:
        return resolve_wildcards(self.graph, self.shapes)

    def type_of(self, node_id: str, pin: Pin) -> PinType:
        if pin.type.kind != "wildcard" and not pin.typed_by and not pin.type.container:
            return pin.type
        return self.types.of(node_id, pin)

    def is_wired(self, node: Node, pin: Pin) -> bool:
        return (node.id, pin.name) in self.wired_inputs

    def literal(self, node: Node, pin: Pin) -> object:
        """The value that the document gives an input, whatever the spelling of its name; None without one."""
        value = node.get(pin.name)
        if value is not None:
            return value
        identity = self.shapes[node.id].identity
        return next((value for key, value in node.properties if key not in identity and self.shapes[node.id].pin(key, True) is pin), None)

    @cached_property
    def joints_of(self) -> dict[str, list[Joint]]:
        """Wires by the nodes at their ends."""
        found: dict[str, list[Joint]] = {node_id: [] for node_id in self.nodes}
        for joint in self.joints:
            found[joint.wire.source.node].append(joint)
            found[joint.wire.target.node].append(joint)
        return found

    @cached_property
    def reached(self) -> set[str]:
        """Nodes that run once an event fires, and pure nodes that these read. Without any start, as in a copied part
        of a graph, nothing is known to run."""
        followers: dict[str, list[str]] = {}
        feeders: dict[str, list[str]] = {}
        for wire in self.graph.wires:
            if wire.is_exec:
                followers.setdefault(wire.source.node, []).append(wire.target.node)
            else:
                feeders.setdefault(wire.target.node, []).append(wire.source.node)
        starts = [node_id for node_id, shape in self.shapes.items() if shape.is_event]
        run = _closure(starts, followers)
        return _closure(list(run), feeders)


def _closure(starts: list[str], edges: dict[str, list[str]]) -> set[str]:
    found = set(starts)
    stack = list(starts)
    while stack:
        for node_id in edges.get(stack.pop(), ()):
            if node_id not in found:
                found.add(node_id)
                stack.append(node_id)
    return found


def pin_key(ref: PinRef, pin: Pin | None) -> tuple[str, str]:
    """One key for all spellings of a pin."""
    return ref.node, pin.name if pin else ref.pin
