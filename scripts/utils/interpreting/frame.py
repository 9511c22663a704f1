"""One run of a graph: where its wires lead, and what its nodes and local variables hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from utils.blueprint_patterns import Catalogue, Scope, Shape
from utils.catalogue.node_shapes import ShapeMemory
from utils.dsl.ast import Blueprint, Graph, Node, Wire
from utils.interpreting.effects import EFFECTS
from utils.interpreting.values import copied, from_literal, zero


@dataclass
class Frame:
    """One run of a graph: its nodes, what they put out, its local variables."""

    graph: Graph
    shapes: dict[str, Shape]
    sources: dict[tuple[str, str], Wire]
    targets: dict[tuple[str, str], Wire]
    nodes: dict[str, Node]
    outputs: dict[tuple[str, str], Any] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    """What DoOnce, FlipFlop and their kind remember, by node."""
    results: dict[str, Any] | None = None
    """What the function returned with, once it has."""
    start: dict[str, Any] = field(default_factory=dict)
    """Local variables as they are at each call."""


def first_frame(blueprint: Blueprint, graph: Graph, catalogue: Catalogue) -> Frame:
    shapes = _memory(catalogue).shapes(graph.nodes, Scope.of(blueprint, graph))
    start = {one.name.lower(): from_literal(one.default, catalogue.resolve_type(one.type)) for one in graph.variables}
    frame = Frame(graph, shapes, {(wire.target.node, wire.target.pin): wire for wire in graph.wires if not wire.is_exec},
                  {(wire.source.node, wire.source.pin): wire for wire in graph.wires if wire.is_exec},
                  {node.id: node for node in graph.nodes}, start=start)
    return fresh_frame(frame)


def fresh_frame(frame: Frame) -> Frame:
    """A new run of the same graph: every call of a function has outputs and local variables of its own."""
    own = {name: copied(value) for name, value in frame.start.items()}
    return Frame(frame.graph, frame.shapes, frame.sources, frame.targets, frame.nodes, locals=own, start=frame.start)


@cache
def _memory(catalogue: Catalogue) -> ShapeMemory:
    return ShapeMemory(catalogue)


def written_names(graph: Graph) -> set[str]:
    """Variables, in lower case, that the graph sets, or whose array or map it changes."""
    nodes = {node.id: node for node in graph.nodes}
    changed = [nodes[wire.source.node] for wire in graph.wires if nodes[wire.target.node].type in EFFECTS]
    setters = [node for node in graph.nodes if node.type == "VariableSet"]
    return {str(node.get("Variable")).lower() for node in (*changed, *setters)}


def zero_results(frame: Frame) -> dict[str, Any]:
    """What a function gives that ends before a return node."""
    result = next((node for node in frame.graph.nodes if node.type == "FunctionResult"), None)
    return {pin.name: zero(pin.type) for pin in frame.shapes[result.id].data_inputs} if result else {}
