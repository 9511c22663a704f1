"""A graph as an outline: what happens in which order, as a tree of steps. All manners of telling start here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from utils.blueprint_patterns import Pin, Scope, Shape, load_catalogue
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Value


@dataclass
class Step:
    """One executing node. `ways` are its exec outputs that lead on, each with what follows there."""

    node: Node
    shape: Shape
    number: int
    entered_by: str = "Execute"
    ways: list[Way] = field(default_factory=list)


@dataclass
class Way:
    """An exec output and the first step behind it, or the number of a step that was told before."""

    pin: Pin
    first: Step | None
    goes_back_to: int = 0
    entered_by: str = "Execute"


@dataclass(frozen=True)
class Outline:
    """`starts` are events first, then other steps that nothing leads to; `loose` are pure nodes that nothing reads."""

    starts: tuple[Step, ...]
    loose: tuple[Node, ...]


class GraphView:
    """A graph with quick ways to what is wired where."""

    def __init__(self, blueprint: Blueprint, graph: Graph) -> None:
        self.blueprint, self.graph = blueprint, graph
        scope = Scope.of(blueprint, graph)
        self.nodes = {node.id: node for node in graph.nodes}
        self.shapes = {node.id: load_catalogue().shape(node, scope) for node in graph.nodes}
        self.source_of: dict[tuple[str, str], PinRef] = {}
        self.target_of: dict[tuple[str, str], PinRef] = {}
        for wire in graph.wires:
            if wire.is_exec:
                self.target_of[wire.source.node, self._name(wire.source, False)] = wire.target
            else:
                self.source_of[wire.target.node, self._name(wire.target, True)] = wire.source

    def _name(self, pin: PinRef, is_input: bool) -> str:
        known = self.shapes[pin.node].pin(pin.pin, is_input)
        return known.name if known else pin.pin

    def source(self, node: Node, pin: Pin) -> PinRef | None:
        return self.source_of.get((node.id, pin.name))

    def literal(self, node: Node, pin: Pin) -> Value | None:
        return node.get(pin.name)

    def inputs(self, node: Node) -> Iterator[tuple[Pin, PinRef | None, Value | None]]:
        """Data inputs that are wired or have a value of their own."""
        for pin in self.shapes[node.id].data_inputs:
            source, literal = self.source(node, pin), self.literal(node, pin)
            if source is not None or literal is not None:
                yield pin, source, literal

    def runs(self, node: Node) -> bool:
        """Whether execution passes through the node, by its pins or, where they are unknown, by its wires."""
        shape = self.shapes[node.id]
        return bool(shape.exec_inputs or shape.exec_outputs) or any(
            wire.is_exec and node.id in (wire.source.node, wire.target.node) for wire in self.graph.wires)


def outline(view: GraphView) -> Outline:
    """Walk the exec wires from every start; a step that two ways reach is told once and referred to by its number."""
    numbers: dict[str, int] = {}
    entered = {wire.target.node for wire in view.graph.wires if wire.is_exec}
    heads = [node for node in view.graph.nodes if view.runs(node) and (view.shapes[node.id].is_event or node.id not in entered)]
    heads.sort(key=lambda node: not view.shapes[node.id].is_event)
    starts = [_tell(view, node, numbers) for node in heads]
    # What is left runs in a circle that nothing enters.
    starts += [_tell(view, node, numbers) for node in view.graph.nodes if view.runs(node) and node.id not in numbers]
    return Outline(tuple(starts), tuple(_loose(view)))


def _tell(view: GraphView, head: Node, numbers: dict[str, int]) -> Step:
    """The steps behind one start, without recursion: real chains are longer than Python's stack."""
    root = _step(view, head, numbers)
    open_steps = [root]
    while open_steps:
        step = open_steps.pop()
        fresh: list[Step] = []
        for pin in step.shape.exec_outputs:
            target = view.target_of.get((step.node.id, pin.name))
            if target is None:
                continue
            if target.node in numbers:
                step.ways.append(Way(pin, None, numbers[target.node], target.pin))
            else:
                fresh.append(_step(view, view.nodes[target.node], numbers, target.pin))
                step.ways.append(Way(pin, fresh[-1], entered_by=target.pin))
        open_steps += reversed(fresh)
    return root


def _step(view: GraphView, node: Node, numbers: dict[str, int], entered_by: str = "Execute") -> Step:
    numbers[node.id] = len(numbers) + 1
    return Step(node, view.shapes[node.id], numbers[node.id], entered_by)


def _loose(view: GraphView) -> Iterator[Node]:
    read = {wire.source.node for wire in view.graph.wires if not wire.is_exec}
    return (node for node in view.graph.nodes if not view.runs(node) and node.id not in read)
