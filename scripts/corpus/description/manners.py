"""Three manners of telling a graph: what a designer asks for, step by step, and terse. Each tells all of it and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.description.outline import GraphView, Outline, Step, Way, outline
from corpus.description.values import Values, literal_text
from corpus.synthesis.phrase import spoken
from utils.dsl.ast import Blueprint, Graph, Node, Variable
from utils.dsl.writer import write_value

EVENT_TEXTS = {"Event_BeginPlay": "when the game starts", "Event_Tick": "every frame", "Event_EndPlay": "when it is removed from the game",
               "Event_ActorBeginOverlap": "when another actor begins to overlap", "Event_ActorEndOverlap": "when another actor stops overlapping",
               "Event_Hit": "when it is hit", "Event_AnyDamage": "when it takes damage", "Event_Destroyed": "when it is destroyed"}


def describe(blueprint: Blueprint, graph: Graph) -> tuple[str, str, str]:
    """(as a designer asks, step by step, terse)."""
    teller = _Teller(blueprint, graph)
    return teller.request(), teller.steps(), teller.terse()


class _Teller:
    def __init__(self, blueprint: Blueprint, graph: Graph) -> None:
        self._blueprint, self._graph = blueprint, graph
        self._view = GraphView(blueprint, graph)
        self._values = Values(self._view)
        self._outline: Outline = outline(self._view)
        self._referred = {way.goes_back_to for step in self._walk() for way in step.ways if way.goes_back_to}

    def _walk(self) -> Iterator[Step]:
        waiting = list(self._outline.starts)
        while waiting:
            step = waiting.pop()
            yield step
            waiting += [way.first for way in step.ways if way.first]

    # What a designer asks for: sentences.

    def request(self) -> str:
        parts = [self._sentences(start) for start in self._outline.starts]
        parts += [f"Have {self._values.name(node)}({self._values.arguments(node)}) ready." for node in self._outline.loose]
        return " ".join([*self._opening(), *parts, *self._declarations()])

    def _sentences(self, start: Step) -> str:
        if start.shape.is_event or start.shape.exec_outputs and not start.shape.exec_inputs:
            told = [self._ways(way, first=True, single=len(start.ways) == 1) for way in start.ways]
            return f"{_capital(self._event(start))}{''.join(told) or ': do nothing yet'}." .replace("..", ".")
        return f"{_capital(self._act(start))}{self._onward(start)}."

    def _ways(self, way: Way, first: bool, single: bool) -> str:
        label = "" if single and way.pin.name in ("Then", "Pressed", "Triggered") else f" on {way.pin.name}"
        if label == "" and way.pin.name != "Then":
            label = f" ({way.pin.name})"
        return f"{label}, {self._chain(way)}"

    def _chain(self, way: Way) -> str:
        """The steps behind one exec output, to the end or to a step told before."""
        if way.first is None:
            return f"go on at step {way.goes_back_to}"
        said, step = [], way.first
        while True:
            said.append(self._act(step))
            follow = [way for way in step.ways if way.pin.name in ("Then", "Completed")] if len(step.ways) == 1 else []
            if not follow or follow[0].first is None:
                return ", then ".join(said) + self._onward(step)
            step = follow[0].first

    def _onward(self, step: Step) -> str:
        """What hangs on the outputs of a step that does not simply go on."""
        return "".join(f"; {self._label(way)}: {self._chain(way)}" for way in step.ways)

    def _label(self, way: Way) -> str:
        return {"True": "if so", "False": "if not", "LoopBody": "in each pass", "Completed": "when completed", "CastFailed": "if the cast fails",
                "Then": "then"}.get(way.pin.name, f"on {way.pin.name}")

    def _act(self, step: Step) -> str:
        mark = f"(step {step.number}) " if step.number in self._referred else ""
        entry = "" if step.entered_by.lower() in ("execute", "exec", "then", "") else f" through its input {step.entered_by}"
        return f"{mark}{self._deed(step.node)}{entry}"

    def _deed(self, node: Node) -> str:
        """An imperative for one node."""
        arguments = self._values.arguments(node)
        match node.type:
            case "Branch":
                return f"check whether {self._pin(node, 'Condition')}"
            case "VariableSet":
                return f"set {node.get('Variable')} to {self._pin(node, str(node.get('Variable')))}{self._rest(node)}"
            case "PrintString":
                return f"print {self._pin(node, 'InString')}{self._rest(node, 'InString')}"
            case "Delay":
                return f"wait {self._pin(node, 'Duration')} seconds"
            case _:
                words = spoken(self._values.name(node)) if node.type in ("Jump", "Crouch") else f"call {self._values.name(node)}"
                return f"{words} with {arguments}" if arguments else words

    def _pin(self, node: Node, name: str) -> str:
        pin = self._view.shapes[node.id].pin(name, True)
        return self._values.of_pin(node, pin) if pin else "its value"

    def _rest(self, node: Node, told: str = "") -> str:
        """Inputs beyond the one that the sentence names."""
        told = told or str(node.get("Variable"))
        left = [f"{pin.name}: {self._values.of_pin(node, pin)}" for pin, _, _ in self._view.inputs(node) if pin.name.lower() != told.replace(" ", "").lower()]
        return f" ({', '.join(left)})" if left else ""

    def _event(self, start: Step) -> str:
        return EVENT_TEXTS.get(start.node.type) or _event_by_name(start.node) or f"on {self._values.name(start.node)}"

    # Step by step: a numbered list.

    def steps(self) -> str:
        lines = [*self._opening()]
        for start in self._outline.starts:
            lines += self._numbered(start)
        lines += [f"Pure: {self._values.name(node)}({self._values.arguments(node)})" for node in self._outline.loose]
        return "\n".join([*lines, *self._declarations()])

    def _numbered(self, start: Step) -> Iterator[str]:
        waiting = [(start, "")]
        while waiting:
            step, come_from = waiting.pop()
            deed = self._event(step) if step.shape.is_event else self._deed(step.node)
            entry = "" if step.entered_by.lower() in ("execute", "exec", "then", "") else f" [{step.entered_by}]"
            yield f"{step.number}. {come_from}{_capital(deed)}{entry}{self._jumps(step)}."
            many = len(step.ways) > 1
            waiting += [(way.first, f"{way.pin.name} of {step.number}: " if many or way.pin.name not in ("Then", "Completed") else "")
                        for way in reversed(step.ways) if way.first]

    @staticmethod
    def _jumps(step: Step) -> str:
        return "".join(f"; {way.pin.name} leads to step {way.goes_back_to}" for way in step.ways if way.first is None)

    # Terse: arrows.

    def terse(self) -> str:
        told = [self._arrows(start) for start in self._outline.starts]
        told += [f"{self._values.name(node)}({self._values.arguments(node)})" for node in self._outline.loose]
        return " ".join([*self._opening(), "; ".join(told), *self._declarations()])

    def _arrows(self, start: Step) -> str:
        pieces, step = [], start
        while True:
            mark = f"#{step.number} " if step.number in self._referred else ""
            entry = "" if step.entered_by.lower() in ("execute", "exec", "then", "") else f".{step.entered_by}"
            arguments = self._values.arguments(step.node)
            pieces.append(f"{mark}{self._values.name(step.node)}{entry}" + (f"({arguments})" if arguments else ""))
            if len(step.ways) != 1 or step.ways[0].first is None:
                break
            if step.ways[0].pin.name not in ("Then", "Completed"):
                pieces[-1] += f".{step.ways[0].pin.name}"
            step = step.ways[0].first
        ways = [f"{way.pin.name}: {self._arrows(way.first) if way.first else f'#{way.goes_back_to}'}" for way in step.ways]
        return " -> ".join(pieces) + (f" [{' | '.join(ways)}]" if ways else "")

    # What every manner has to say besides.

    def _opening(self) -> list[str]:
        said = [] if self._blueprint.parent == "Actor" else [f"Parent class: {self._blueprint.parent}."]
        if self._graph.name.lower() != "eventgraph":
            said.append(f"Graph: {self._graph.name}.")
        return said

    def _declarations(self) -> list[str]:
        variables = [*self._blueprint.variables, *self._graph.variables]
        return ["Variables: " + ", ".join(map(_declaration, variables)) + "."] if variables else []


def _event_by_name(node: Node) -> str:
    """Events that people call by their name, if nothing else is set on them."""
    match node.type, dict(node.properties):
        case "Event_Custom", {"Name": name, "Params": params, **rest} if not rest:
            return f"when the custom event {name} {write_value(params)} is called"
        case "Event_Custom", {"Name": name, **rest} if not rest:
            return f"when the custom event {name} is called"
        case "Event_Component", {"Component": component, "Event": event, **rest} if not rest:
            return f"on {event} of {component}"
        case "Event_InputKey", {"Key": key, **rest} if not rest:
            return f"on the key {key}"
        case "Event_EnhancedInput" | "Event_InputAction", {"Action": action, **rest} if not rest:
            return f"on the {'enhanced ' if node.type == 'Event_EnhancedInput' else ''}input action {action}"
    return ""


def _declaration(variable: Variable) -> str:
    start = f" = {literal_text(variable.default)}" if variable.default is not None else ""
    return f"{variable.name} ({variable.type}{start})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
