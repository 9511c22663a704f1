"""Two rows told as one: what a document does on this event and what it does on that one, in one Blueprint.

Lessons have a few hundred graphs; two of them together, or one with a composition, have some hundred thousand.
"""

from __future__ import annotations

from dataclasses import replace

from corpus.synthesis.draw import Draw
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Wire

JOINTS = ("", "", "", "Also: ", "And: ", "Another thing: ", "Besides that: ")
# Nodes whose names are the author's: two of one name would be one thing.
NAMED = {"Event_Custom": "Name", "Timeline": "Name", "Event_Override": "Event"}


def join(first: tuple[str, Blueprint], second: tuple[str, Blueprint], draw: Draw) -> tuple[str, Blueprint] | None:
    """(instruction, graph) of both, or None where they could not stand in one Blueprint without touching each other."""
    if second[1].name != "BP_New":
        first, second = second, first
    (said, one), (also, other) = first, second
    if other.name != "BP_New" or one.parent != other.parent or _share_a_name(one, other) or _share_an_event(one, other):
        return None
    variables = one.variables + tuple(variable for variable in other.variables if variable not in one.variables)
    if len({variable.name.lower() for variable in variables}) < len(variables):
        return None
    graphs = {graph.name: graph for graph in one.graphs}
    for graph in other.graphs:
        graphs[graph.name] = _together(graphs[graph.name], graph) if graph.name in graphs else graph
    return f"{said} {draw.pick(JOINTS)}{also}", replace(one, variables=variables, graphs=tuple(graphs.values()))


def _share_a_name(one: Blueprint, other: Blueprint) -> bool:
    return not _names(one).isdisjoint(_names(other))


def _names(blueprint: Blueprint) -> set[str]:
    """Names of events, timelines and functions, and those that another Blueprint of the text is called by."""
    found = {graph.name.lower() for graph in blueprint.graphs if graph.name != "EventGraph"}
    for graph in blueprint.graphs:
        found |= {str(node.get(NAMED[node.type])).lower() for node in graph.nodes if node.type in NAMED}
        found |= {str(node.get("Function")).lower() for node in graph.nodes if node.type == "Call"}
    return found


def _share_an_event(one: Blueprint, other: Blueprint) -> bool:
    return not _events(one).isdisjoint(_events(other))


def _events(blueprint: Blueprint) -> set[tuple]:
    return {(node.type, *sorted(map(str, node.properties))) for graph in blueprint.graphs for node in graph.nodes if node.type.startswith("Event_")}


def _together(one: Graph, other: Graph) -> Graph:
    """Both graphs side by side; what is read in both, a variable or the player's pawn, is read once, as the curriculum has it."""
    known = {(node.type, node.properties): node.id for node in one.nodes if _is_read(node, one)}
    ids = {node.id: f"{node.id}b" for node in other.nodes}
    shared = {node.id: known[node.type, node.properties] for node in other.nodes if _is_read(node, other) and (node.type, node.properties) in known}
    ids |= shared
    nodes = one.nodes + tuple(replace(node, id=ids[node.id]) for node in other.nodes if node.id not in shared)
    wires = tuple(Wire(PinRef(ids[wire.source.node], wire.source.pin), PinRef(ids[wire.target.node], wire.target.pin), wire.is_exec, wire.type) for wire in other.wires)
    return replace(one, nodes=nodes, wires=one.wires + wires)


def _is_read(node: Node, graph: Graph) -> bool:
    """A node without inputs that gives the same whenever it is asked."""
    return (node.type == "VariableGet" or node.type.startswith("GetPlayer")) and not any(wire.target.node == node.id for wire in graph.wires)
