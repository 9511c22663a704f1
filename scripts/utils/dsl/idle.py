"""Properties of a node that say only what the rest of the document says anyway: the canonical form leaves them out.

`Outputs=2` on a Sequence, the class of a component that is declared, the type of an operator whose wires decide it.
What is left out never depends on the order of the nodes.
"""

from __future__ import annotations

from dataclasses import replace

from utils.blueprint_patterns import PinTypes, resolve_wildcards
from utils.catalogue.node_shapes import ShapeMemory
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Shape
from utils.dsl.ast import Graph, Node

COUNTS = frozenset({"Inputs", "Outputs", "Options", "Cases", "StartIndex"})
# The class of a component that is declared; a signature where it makes no pins.
OTHER_KEYS = {"Event_Component": frozenset({"Class"}),
              **dict.fromkeys(("BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent"), frozenset({"Params"}))}
TYPES = frozenset({"Type", "ValueType"})


def without_idle_shapes(node: Node, shape: Shape, scope: Scope, memory: ShapeMemory) -> Node:
    """Without each count, class or signature that leaves the shape as it is."""
    others = OTHER_KEYS.get(node.type, ())
    for key, value in node.properties:
        if key in shape.identity and (key in others or key in COUNTS and isinstance(value, int)):
            shorter = without(node, {key})
            found = memory.shape(shorter, scope)
            if (found.pins, found.member, found.problems) == (shape.pins, shape.member, shape.problems):
                node = shorter
    return node


def without_idle_types(graph: Graph, shapes: dict[str, Shape], scope: Scope, memory: ShapeMemory) -> tuple[Graph, dict[str, Shape]]:
    """Without each type that the wires and literals give a node when no node says its type."""
    bare = {node.id: without(node, keys) for node in graph.nodes if (keys := _said_types(node, shapes[node.id]))}
    if not bare:
        return graph, shapes
    bare_shapes = {**shapes, **memory.shapes(bare.values(), scope)}
    bare_graph = replace(graph, nodes=tuple(bare.get(node.id, node) for node in graph.nodes))
    said, decided = resolve_wildcards(graph, shapes), resolve_wildcards(bare_graph, bare_shapes)
    idle = {node_id for node_id in bare if _facts(node_id, shapes, said) == _facts(node_id, bare_shapes, decided)}
    nodes = tuple(bare[node.id] if node.id in idle else node for node in graph.nodes)
    return replace(graph, nodes=nodes), {**shapes, **{node_id: bare_shapes[node_id] for node_id in idle}}


def _said_types(node: Node, shape: Shape) -> frozenset[str]:
    """A struct may have a member called Type: then the key is the literal of a pin."""
    return frozenset(key for key, _ in node.properties if key in TYPES and key in shape.identity)


def without(node: Node, keys: frozenset[str] | set[str]) -> Node:
    return replace(node, properties=tuple(item for item in node.properties if item[0] not in keys))


def _facts(node_id: str, shapes: dict[str, Shape], types: PinTypes) -> tuple:
    """All that a type could decide: the pins with their types, the overload, whether anything is wrong."""
    shape = shapes[node_id]
    pins = [(pin.name, pin.internal, pin.is_input, types.of(node_id, pin)) for pin in shape.pins]
    return pins, types.operators.get(node_id), shape.problems, shape.is_known
