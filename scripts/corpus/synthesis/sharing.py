"""A value computed twice in the same way is one node, as the curriculum has it: equal pure nodes become one."""

from __future__ import annotations

from dataclasses import replace

from utils.dsl.ast import Blueprint, Graph, PinRef, Wire


def share(blueprint: Blueprint) -> Blueprint:
    return replace(blueprint, graphs=tuple(_shared(graph) for graph in blueprint.graphs))


def _shared(graph: Graph) -> Graph:
    """Until nothing changes: two nodes that read the same become one, and then those that read these."""
    while True:
        executed = {end.node for wire in graph.wires if wire.is_exec for end in (wire.source, wire.target)}
        inputs: dict[str, list[tuple]] = {}
        for wire in graph.wires:
            if not wire.is_exec:
                inputs.setdefault(wire.target.node, []).append((wire.target.pin, wire.source))
        first: dict[tuple, str] = {}
        same: dict[str, str] = {}
        for node in graph.nodes:
            if node.id in executed or node.type.startswith("Event_") or "Random" in node.type:
                continue
            key = (node.type, frozenset(node.properties), frozenset(inputs.get(node.id, ())))
            if first.setdefault(key, node.id) != node.id:
                same[node.id] = first[key]
        if not same:
            return graph
        nodes = tuple(node for node in graph.nodes if node.id not in same)
        wires = dict.fromkeys(_moved(wire, same) for wire in graph.wires if wire.target.node not in same)
        graph = replace(graph, nodes=nodes, wires=tuple(wires))


def _moved(wire: Wire, same: dict[str, str]) -> Wire:
    return replace(wire, source=PinRef(same.get(wire.source.node, wire.source.node), wire.source.pin))
