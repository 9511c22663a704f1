"""Run a Blueprint on simulated events and write down what it does, so that two graphs can be compared by their effect.

A trace is a list of lines: prints, calls into the game, writes of variables, each with its time once time has passed. A
graph that does the right thing another way has the same trace. What only a running game knows stays a term (see
interpreter_values); a branch on such a term takes `decision`, so that running twice shows both sides.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from utils.blueprint_patterns import Catalogue, Pin, Scope, Shape
from utils.dsl_ast import Blueprint, Graph, Node, Wire
from utils.interpreter_values import Record, Term, Thing, from_literal, text_of, zero

MAX_STEPS = 5_000
MAX_LINES = 400
HORIZON_S = 10.0
SELF = Thing("Self", "Self")


class RunAway(Exception):
    """The graph does not come to an end."""


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
    returned: bool = False


class Machine:
    """A Blueprint in a game that is not there. `world` gives results of functions by node type; else they stay terms."""

    def __init__(self, blueprint: Blueprint, catalogue: Catalogue, world: Mapping[str, Any] | None = None, decision: bool = True) -> None:
        self.blueprint, self.catalogue, self.decision = blueprint, catalogue, decision
        self.world = dict(world or {})
        self.trace: list[str] = []
        self.now_s, self.steps = 0.0, 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order, self._spawned = count(), count(1)
        self.timers: dict[Any, int] = {}
        self.bound: dict[str, list[tuple[Frame, str]]] = {}
        self.variables = {one.name.lower(): from_literal(one.default, self._type(one.type)) for one in blueprint.variables}
        self.variable_names = {one.name.lower(): one.name for one in blueprint.variables}
        self.frames = {graph.name.lower(): self._frame(graph) for graph in blueprint.graphs}

    def _type(self, ref: Any) -> Any:
        return self.catalogue.resolve_type(ref)

    def _frame(self, graph: Graph) -> Frame:
        scope = Scope.of(self.blueprint, graph)
        return Frame(graph, {node.id: self.catalogue.shape(node, scope) for node in graph.nodes},
                     {(wire.target.node, wire.target.pin): wire for wire in graph.wires if not wire.is_exec},
                     {(wire.source.node, wire.source.pin): wire for wire in graph.wires if wire.is_exec},
                     {node.id: node for node in graph.nodes},
                     locals={one.name.lower(): from_literal(one.default, self._type(one.type)) for one in graph.variables})

    # What happens in the game

    def run(self, stimuli: Sequence[Mapping[str, Any]], horizon_s: float = HORIZON_S) -> list[str]:
        """Feed the events one after the other, then let timers run for `horizon_s`; the trace."""
        try:
            for stimulus in stimuli:
                self._feed(stimulus)
            self._pass_time(horizon_s)
        except RunAway:
            self.trace.append("... without end")
        return self.trace

    def _feed(self, stimulus: Mapping[str, Any]) -> None:
        if "wait" in stimulus:
            return self._pass_time(float(stimulus["wait"]))
        for _ in range(int(stimulus.get("times", 1))):
            for frame, node in self._listeners(stimulus):
                self.fire(frame, node.id, stimulus, str(stimulus.get("pin", "")))
        return None

    def _listeners(self, stimulus: Mapping[str, Any]) -> list[tuple[Frame, Node]]:
        """Event nodes of that type whose own properties agree with what the stimulus says."""
        named = {key: value for key, value in stimulus.items() if key in ("Name", "Key", "Action", "Axis", "Component", "Event")}
        return [(frame, node) for frame in self.frames.values() for node in frame.graph.nodes if node.type == stimulus["event"]
                and all(text_of(from_literal(node.get(key))).lower() == str(value).lower() for key, value in named.items())]

    def _pass_time(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self._queue and self._queue[0][0] <= end_s + 1e-9:
            self.now_s, _, action = heapq.heappop(self._queue)
            action()
        self.now_s = end_s

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (self.now_s + max(0.0, seconds), next(self._order), action))

    def note(self, line: str) -> None:
        self.trace.append(f"@{self.now_s:g}s {line}" if self.now_s > 1e-9 else line)
        if len(self.trace) > MAX_LINES:
            raise RunAway

    def thing(self, class_name: str) -> Thing:
        return Thing(class_name, f"{class_name}_{next(self._spawned)}")

    # Execution

    def fire(self, frame: Frame, node_id: str, values: Mapping[str, Any], pin: str = "") -> None:
        """Start an event node with the values of its parameters."""
        shape = frame.shapes[node_id]
        for output in shape.data_outputs:
            given = values.get(output.name)
            frame.outputs[node_id, output.name] = _value_of(given, output)
        exec_names = [output.name for output in shape.exec_outputs]
        start = pin if pin in exec_names else exec_names[0] if exec_names else ""
        self.follow(frame, node_id, start)

    def follow(self, frame: Frame, node_id: str, pin: str) -> None:
        """Run along the exec wire that leaves a pin, as far as it goes."""
        from utils.interpreter_nodes import execute

        wire = frame.targets.get((node_id, pin))
        while wire is not None and not frame.returned:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise RunAway
            target = wire.target
            leaving = execute(self, frame, frame.nodes[target.node], target.pin)
            wire = frame.targets.get((target.node, leaving)) if leaving else None

    def call_graph(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run a function of this document to its results; None when there is none of that name."""
        frame = self.frames.get(name.lower())
        entry = next((node for node in frame.graph.nodes if node.type == "FunctionEntry"), None) if frame else None
        if entry is None:
            return None
        fresh = self._frame(frame.graph)
        self.fire(fresh, entry.id, arguments)
        result = next((node for node in fresh.graph.nodes if node.type == "FunctionResult"), None)
        return {pin.name: self.read(fresh, result.id, pin.name) for pin in fresh.shapes[result.id].data_inputs} if result else {}

    def call_event(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Run every custom event of that name; whether there is one."""
        found = [(frame, node) for frame in self.frames.values() for node in frame.graph.nodes
                 if node.type == "Event_Custom" and str(node.get("Name")).lower() == name.lower()]
        for frame, node in found:
            self.fire(frame, node.id, arguments)
        return bool(found)

    def call_by_name(self, name: str) -> None:
        if not self.call_event(name, {}):
            self.call_graph(name, {})

    # Data

    def read(self, frame: Frame, node_id: str, pin_name: str) -> Any:
        """The value on an input: of its wire, its literal, or its default."""
        shape = frame.shapes[node_id]
        pin = shape.pin(pin_name, is_input=True)
        wire = frame.sources.get((node_id, pin.name if pin else pin_name))
        if wire is not None:
            return self.read_output(frame, wire.source.node, wire.source.pin)
        literal = frame.nodes[node_id].get(pin.name) if pin else None
        if literal is not None:
            return from_literal(literal, pin.type)
        if pin is None:
            return None
        if pin.internal == "self":
            return SELF
        return from_literal(pin.default, pin.type)

    def read_output(self, frame: Frame, node_id: str, pin_name: str) -> Any:
        from utils.interpreter_nodes import evaluate

        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RunAway
        if (node_id, pin_name) in frame.outputs:
            return frame.outputs[node_id, pin_name]
        shape = frame.shapes[node_id]
        if shape.is_event or shape.exec_inputs:
            pin = shape.pin(pin_name, is_input=False)
            return zero(pin.type) if pin else None
        return evaluate(self, frame, frame.nodes[node_id], pin_name)

    def is_true(self, value: Any) -> bool:
        return self.decision if isinstance(value, Term) else bool(value)

    def variable_scope(self, frame: Frame, name: str) -> dict[str, Any]:
        return frame.locals if name.lower() in frame.locals else self.variables

    def inputs_of(self, frame: Frame, node: Node) -> list[tuple[Pin, Any]]:
        """Every visible data input but the target, with its value."""
        shape = frame.shapes[node.id]
        return [(pin, self.read(frame, node.id, pin.name)) for pin in shape.data_inputs if pin.internal != "self" and not pin.is_hidden]

    def described_call(self, frame: Frame, node: Node) -> str:
        """`SetActorLocation(NewLocation=(...))` with the arguments that differ from their defaults; Target unless self."""
        shape = frame.shapes[node.id]
        said = [f"{pin.name}={text_of(value)}" for pin, value in self.inputs_of(frame, node)
                if value != from_literal(pin.default, pin.type)]
        if shape.pin("Target", True) and (target := self.read(frame, node.id, "Target")) != SELF:
            said.insert(0, f"Target={text_of(target)}")
        return f"{shape.type}({', '.join(said)})"


def _value_of(given: Any, pin: Pin) -> Any:
    """A value of a stimulus: plain, a record as an object, a thing as "Class:Name"."""
    if given is None:
        return Term(pin.name) if pin.type.kind in ("object", "interface", "class", "struct") else zero(pin.type)
    if isinstance(given, dict):
        return Record(tuple((key, float(value)) for key, value in given.items()))
    if isinstance(given, str) and pin.type.kind in ("object", "interface"):
        class_name, _, label = given.partition(":")
        return Thing(class_name, label or class_name)
    return float(given) if pin.type.kind == "float" and isinstance(given, int) else given


def trace_of(blueprint: Blueprint, catalogue: Catalogue, stimuli: Sequence[Mapping[str, Any]],
             world: Mapping[str, Any] | None = None, horizon_s: float = HORIZON_S) -> list[str]:
    """What a Blueprint does on these events; where something stays open, once with it true and once with it false."""
    when_true = Machine(blueprint, catalogue, world, True).run(stimuli, horizon_s)
    when_false = Machine(blueprint, catalogue, world, False).run(stimuli, horizon_s)
    return when_true if when_true == when_false else [*when_true, "or else:", *when_false]


def similarity(expected: Sequence[str], actual: Sequence[str]) -> float:
    """Share of two traces that they have in common and in the same order, 0 to 1 (Dice over the longest common subsequence)."""
    if not expected and not actual:
        return 1.0
    row = [0] * (len(actual) + 1)
    for line in expected:
        previous = 0
        for index, other in enumerate(actual, 1):
            previous, row[index] = row[index], previous + 1 if line == other else max(row[index], row[index - 1])
    return 2 * row[-1] / (len(expected) + len(actual))


