"""One node for one value: people copy getters about, lessons write each once, and no text can tell which of the two is meant."""

from __future__ import annotations

from dataclasses import replace

from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.ast import Blueprint, Graph, Node, PinRef

# Asked twice, they answer differently.
FICKLE = ("Random", "NewGuid", "Now", "UtcNow", "GetGameTime", "GetRealTime")


def share_values(blueprint: Blueprint) -> Blueprint:
    """The document with equal pure nodes (type, properties, inputs) of each graph made one; what it does stays the same."""
    return replace(blueprint, graphs=tuple(_shared(graph, Scope.of(blueprint, graph)) for graph in blueprint.graphs))


def _shared(graph: Graph, scope: Scope) -> Graph:
    while twins := _twins(graph, scope):
        graph = _merged(graph, twins)
    return graph


def _twins(graph: Graph, scope: Scope) -> dict[str, str]:
    """Node -> the first node that is the same. Nodes behind merged ones become equal only then, so callers ask again."""
    sources: dict[str, list[tuple[str, str, str]]] = {}
    for wire in graph.wires:
        sources.setdefault(wire.target.node, []).append((wire.target.pin, wire.source.node, wire.source.pin))
    first: dict[tuple, str] = {}
    found = {}
    for node in graph.nodes:
        if _is_pure(node, graph, scope):
            key = (node.type, frozenset(map(repr, node.properties)), frozenset(sources.get(node.id, ())))
            if first.setdefault(key, node.id) != node.id:
                found[node.id] = first[key]
    return found


def _is_pure(node: Node, graph: Graph, scope: Scope) -> bool:
    if node.type.startswith(FICKLE) or any(wire.is_exec and node.id in (wire.source.node, wire.target.node) for wire in graph.wires):
        return False
    shape = load_catalogue().shape(node, scope)
    return not (shape.exec_inputs or shape.exec_outputs or shape.is_event) and bool(shape.data_outputs)


def _merged(graph: Graph, twins: dict[str, str]) -> Graph:
    def kept(pin: PinRef) -> PinRef:
        return replace(pin, node=twins.get(pin.node, pin.node))

    wires = dict.fromkeys(replace(wire, source=kept(wire.source)) for wire in graph.wires if wire.target.node not in twins)
    return replace(graph, nodes=tuple(node for node in graph.nodes if node.id not in twins), wires=tuple(wires))
