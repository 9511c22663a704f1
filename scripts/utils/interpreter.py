"""Run a Blueprint on simulated events and write down what it does, so that two graphs can be compared by their effect.

A trace is a list of lines: prints, calls into the game, writes of variables, each with its time once time has passed. A
graph that does the right thing another way has the same trace. Functions that only ask (`GetActorLocation`) leave no
line. What only a running game knows stays a term (see interpreting/values.py); a branch on such a term is decided by
`decide`, so that several runs show its sides.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from typing import Any

from utils.blueprint_patterns import Catalogue, Pin
from utils.dsl.ast import Blueprint, Node
from utils.interpreting.frame import Frame, first_frame, fresh_frame, written_names, zero_results
from utils.interpreting.nodes import evaluate, execute
from utils.interpreting.values import OBJECTS, SELF, RunAway, Term, Thing, converted, from_literal, given_value, text_of, zero

MAX_STEPS = 5_000
MAX_LINES = 400
HORIZON_S = 10.0
WITHOUT_END = "... without end"
CONTROL = ("event", "call", "broadcast", "set", "to", "wait", "times", "every", "pin")
LISTENING = ("Name", "Key", "Action", "Axis", "Component", "Event")
"""Properties by which an event node says what it listens to."""


class Machine:
    """A Blueprint in a game that is not there.

    world    what functions return, by node type or `Type.Pin`; others stay terms
    decide   whether an open condition holds, by its text
    watched  variables, in lower case, whose writes belong into the trace (None: all)
    """

    def __init__(self, blueprint: Blueprint, catalogue: Catalogue, world: Mapping[str, Any] | None = None,
                 decide: Callable[[str], bool] = lambda _: True, watched: Collection[str] | None = None) -> None:
        self.blueprint, self.catalogue, self.decide, self.watched = blueprint, catalogue, decide, watched
        self.world = dict(world or {})
        self.trace: list[str] = []
        self.now_s, self.steps = 0.0, 0
        self.is_destroyed, self.is_ticking = False, True
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self.order, self._spawned = count(1), count(1)
        self.timers: dict[str, int] = {}
        """The turn in which the timer of an event or function was set last; a tick of another turn is stale."""
        self.bound: dict[str, list[Any]] = {}
        """What is bound to each dispatcher, in lower case."""
        self.variable_names = {one.name.lower(): one.name for one in blueprint.variables}
        self.variables = {one.name.lower(): from_literal(one.default, self._type(one.type)) for one in blueprint.variables}
        self.written = {name for graph in blueprint.graphs for name in written_names(graph)}
        self.frames = {graph.name.lower(): first_frame(blueprint, graph, catalogue) for graph in blueprint.graphs}

    def _type(self, ref: Any) -> Any:
        return self.catalogue.resolve_type(ref)

    # What happens in the game

    def run(self, stimuli: Sequence[Mapping[str, Any]], horizon_s: float = HORIZON_S) -> list[str]:
        """Feed the events one after the other, then let timers run for `horizon_s`; the trace."""
        try:
            for stimulus in stimuli:
                self._feed(stimulus)
            self._pass_time(horizon_s)
        except (RunAway, RecursionError):
            self.trace.append(WITHOUT_END)
        return self.trace

    def _feed(self, stimulus: Mapping[str, Any]) -> None:
        """{"event": type, ...} | {"call": name, ...} | {"broadcast": dispatcher, ...} | {"wait": seconds}; `times`, `every` seconds apart."""
        values = {key: value for key, value in stimulus.items() if key not in LISTENING and key not in CONTROL}
        for _ in range(int(stimulus.get("times", 1))):
            if self.is_destroyed:
                return
            if "set" in stimulus:
                self._set_from_outside(stimulus["set"], stimulus["to"])
            elif "call" in stimulus:
                self.call_by_name(stimulus["call"], values)
            elif "broadcast" in stimulus:
                self.broadcast(stimulus["broadcast"], list(values.values()))
            elif stimulus.get("event") != "Event_Tick" or self.is_ticking:
                for frame, node in self._listeners(stimulus):
                    self.fire(frame, node.id, values, stimulus.get("pin", ""))
            self._pass_time(float(stimulus.get("every", stimulus.get("wait", 0.0))))

    def _set_from_outside(self, name: str, value: Any) -> None:
        """As another Blueprint or the editor would; where there is no such variable, nothing happens."""
        declared = next((one for one in self.blueprint.variables if one.name.lower() == name.lower()), None)
        if declared:
            self.variables[name.lower()] = given_value(value, self._type(declared.type))

    def _listeners(self, stimulus: Mapping[str, Any]) -> list[tuple[Frame, Node]]:
        return [(frame, node) for frame in self.frames.values() for node in frame.graph.nodes if listens(node, stimulus)]

    def _pass_time(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self._queue and self._queue[0][0] <= end_s + 1e-9:
            self.now_s, _, action = heapq.heappop(self._queue)
            self.count_step()
            if not self.is_destroyed:  # its delays and timers end with an actor
                action()
        self.now_s = end_s

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (self.now_s + max(0.0, seconds), next(self.order), action))

    def note(self, line: str) -> None:
        self.trace.append(f"@{self.now_s:.6g}s {line}" if self.now_s > 1e-9 else line)
        if len(self.trace) > MAX_LINES:
            raise RunAway

    def note_write(self, name: str, value: Any) -> None:
        """The line of a variable that has changed."""
        if self.watched is None or name.lower() in self.watched:
            self.note(f"set {self.variable_names.get(name.lower(), name)} = {text_of(value)}")

    def count_step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RunAway

    def thing(self, class_name: str) -> Thing:
        return Thing(class_name, f"{class_name}_{next(self._spawned)}")

    # Execution

    def fire(self, frame: Frame, node_id: str, values: Mapping[str, Any], pin: str = "") -> None:
        """Start an event node with the values of its parameters."""
        shape = frame.shapes[node_id]
        for output in shape.data_outputs:
            if output.type.kind != "delegate":
                frame.outputs[node_id, output.name] = _parameter(values, output)
        names = [output.name for output in shape.exec_outputs]
        if not pin or pin in names:
            self.follow(frame, node_id, pin or next(iter(names), ""))

    def follow(self, frame: Frame, node_id: str, pin: str) -> None:
        """Run along the exec wire that leaves a pin, as far as it goes."""
        wire = frame.targets.get((node_id, pin))
        while wire is not None and frame.results is None:
            self.count_step()
            target = wire.target
            leaving = execute(self, frame, frame.nodes[target.node], target.pin)
            wire = frame.targets.get((target.node, leaving)) if leaving else None

    def call_graph(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """Run a function of this document to its results; None when there is none of that name."""
        called = self.frames.get(name.lower())
        entry = next((node for node in called.graph.nodes if node.type == "FunctionEntry"), None) if called else None
        if entry is None:
            return None
        frame = fresh_frame(called)
        self.fire(frame, entry.id, arguments)
        return frame.results if frame.results is not None else zero_results(frame)

    def call_event(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Run every custom event of that name; whether there is one."""
        found = self.custom_events(name)
        for frame, node in found:
            self.fire(frame, node.id, arguments)
        return bool(found)

    def custom_events(self, name: str) -> list[tuple[Frame, Node]]:
        return self._listeners({"event": "Event_Custom", "Name": name})

    def call_by_name(self, name: str, arguments: Mapping[str, Any]) -> None:
        if not self.call_event(name, arguments):
            self.call_graph(name, arguments)

    def broadcast(self, dispatcher: str, values: Sequence[Any]) -> None:
        """Call everything that is bound; parameters go by their place, since the bound event names its own."""
        for name in list(self.bound.get(dispatcher.lower(), [])):
            for frame, node in self.custom_events(str(name)):
                pins = [pin.name for pin in frame.shapes[node.id].data_outputs if pin.type.kind != "delegate"]
                self.fire(frame, node.id, dict(zip(pins, values)))
            self.call_graph(str(name), {})

    # Data

    def read(self, frame: Frame, node_id: str, pin_name: str) -> Any:
        """The value on an input: of its wire, its literal, or its default."""
        pin = frame.shapes[node_id].pin(pin_name, is_input=True)
        wire = frame.sources.get((node_id, pin.name if pin else pin_name))
        if wire is not None:
            value = self.read_output(frame, wire.source.node, wire.source.pin)
            return converted(value, pin.type) if pin else value
        literal = frame.nodes[node_id].get(pin.name) if pin else None
        if literal is not None:
            return from_literal(literal, pin.type)
        if pin is None:
            return None
        return SELF if pin.internal == "self" else from_literal(pin.default, pin.type)

    def read_output(self, frame: Frame, node_id: str, pin_name: str) -> Any:
        self.count_step()
        if (node_id, pin_name) in frame.outputs:
            return frame.outputs[node_id, pin_name]
        shape, node = frame.shapes[node_id], frame.nodes[node_id]
        pin = shape.pin(pin_name, is_input=False)
        if pin and pin.type.kind == "delegate":
            return text_of(from_literal(node.get("Name") or node.get("Function")))
        if shape.is_event or shape.exec_inputs:
            return zero(pin.type) if pin else None
        return evaluate(self, frame, node, pin_name)

    def is_true(self, value: Any) -> bool:
        """What a branch makes of it. An open condition is decided part by part, so that `not A` is the other side of `A`."""
        if not isinstance(value, Term):
            return bool(value)
        parts = [part for _, part in value.arguments]
        if value.name == "Not":
            return not self.is_true(parts[0])
        if value.name in ("And", "Or"):
            return (all if value.name == "And" else any)(map(self.is_true, parts))
        return self.decide(text_of(value))

    def variable_scope(self, frame: Frame, name: str) -> dict[str, Any]:
        return frame.locals if name.lower() in frame.locals else self.variables

    def inputs_of(self, frame: Frame, node: Node) -> list[tuple[Pin, Any]]:
        """Every visible data input but the target, with its value."""
        shape = frame.shapes[node.id]
        return [(pin, self.read(frame, node.id, pin.name)) for pin in shape.data_inputs if pin.internal != "self" and not pin.is_hidden]

    def target_of(self, frame: Frame, node: Node) -> Any:
        """The object that a call is about; SELF where it is this Blueprint's own, or none."""
        pin = next((pin for pin in frame.shapes[node.id].data_inputs if pin.internal == "self" and not pin.is_hidden), None)
        return self.read(frame, node.id, pin.name) if pin else SELF


def listens(node: Node, stimulus: Mapping[str, Any]) -> bool:
    """Whether an event node is of that type and listens to what the stimulus names."""
    named = ((key, value) for key, value in stimulus.items() if key in LISTENING)
    return node.type == stimulus.get("event") and all(
        text_of(from_literal(node.get(key))).lower() == str(value).lower() for key, value in named)


def _parameter(values: Mapping[str, Any], pin: Pin) -> Any:
    """What the stimulus or caller says; an object or struct that nobody named stays open, everything else is zero."""
    given = next((value for key, value in values.items() if key.lower() == pin.name.lower()), None)
    if given is not None:
        return given_value(given, pin.type)
    return Term(pin.name) if pin.type.kind in (*OBJECTS, "struct") and not pin.type.container else zero(pin.type)
