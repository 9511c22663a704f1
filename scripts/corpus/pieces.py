"""Whole graphs into examples that stand alone: one event or function each, where the whole is too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.ast import Blueprint, Graph, Node, Wire
from utils.dsl_parser import render

DEFAULT_MAX_CHARACTERS = 2_400  # about 800 tokens of an answer


def pieces(blueprint: Blueprint, max_characters: int = DEFAULT_MAX_CHARACTERS) -> Iterator[Blueprint]:
    """The document itself if it is short and has one graph, else its graphs, else the parts of a graph that execution connects.

    Every piece declares the variables it uses and no others. Remarks are left out: they are not part of the behaviour.
    """
    for graph in blueprint.graphs:
        whole = _document(blueprint, replace(graph, comments=()))
        if len(render(whole)) <= max_characters:
            yield whole
        else:
            yield from (_document(blueprint, part) for part in _parts(blueprint, graph))


def _document(blueprint: Blueprint, graph: Graph) -> Blueprint:
    used = {str(node.get(key)).lower() for node in graph.nodes for key in ("Variable", "Component", "Dispatcher") if node.get(key) is not None}
    variables = tuple(variable for variable in blueprint.variables if variable.name.lower() in used)
    local = tuple(variable for variable in graph.variables if variable.name.lower() in used)
    return Blueprint("BP_New", blueprint.parent, variables, (replace(graph, variables=local),))


def _parts(blueprint: Blueprint, graph: Graph) -> Iterator[Graph]:
    """One part for each group of nodes that exec wires connect, with the pure nodes that feed it.

    What a part gets from an execution outside of it would be lost, so such groups stay together.
    """
    scope = Scope.of(blueprint, graph)
    runs = {node.id for node in graph.nodes if _runs(node, graph, scope)}
    group = _Groups(runs)
    feeders = _feeders(graph, runs)
    for wire in graph.wires:
        if wire.is_exec:
            group.join(wire.source.node, wire.target.node)
    for head in runs:
        for node in feeders(head):
            if node in runs:
                group.join(head, node)
    for members in group.all():
        keep = set(members)
        for member in members:
            keep |= feeders(member)
        yield _cut(graph, keep)


def _runs(node: Node, graph: Graph, scope: Scope) -> bool:
    shape = load_catalogue().shape(node, scope)
    return bool(shape.exec_inputs or shape.exec_outputs) or any(wire.is_exec and node.id in (wire.source.node, wire.target.node) for wire in graph.wires)


def _feeders(graph: Graph, runs: set[str]):
    """A function: node -> all nodes whose data reach it through pure nodes, the executing ones at the ends included."""
    sources: dict[str, list[str]] = {}
    for wire in graph.wires:
        if not wire.is_exec:
            sources.setdefault(wire.target.node, []).append(wire.source.node)

    def feeders(node: str) -> set[str]:
        found: set[str] = set()
        waiting = list(sources.get(node, ()))
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += [] if one in runs else sources.get(one, ())
        return found

    return feeders


def _cut(graph: Graph, keep: set[str]) -> Graph:
    def inside(wire: Wire) -> bool:
        return wire.source.node in keep and wire.target.node in keep

    return replace(graph, nodes=tuple(node for node in graph.nodes if node.id in keep), wires=tuple(filter(inside, graph.wires)), comments=())


class _Groups:
    """Disjoint sets of nodes."""

    def __init__(self, nodes: set[str]) -> None:
        self._parent = {node: node for node in nodes}

    def root(self, node: str) -> str:
        while self._parent[node] != node:
            self._parent[node] = node = self._parent[self._parent[node]]
        return node

    def join(self, one: str, other: str) -> None:
        self._parent[self.root(one)] = self.root(other)

    def all(self) -> list[list[str]]:
        found: dict[str, list[str]] = {}
        for node in sorted(self._parent):
            found.setdefault(self.root(node), []).append(node)
        return list(found.values())
