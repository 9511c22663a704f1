"""The state of one row while patterns compose it: graph, flow of execution, values at hand, and names in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from corpus.synthesis.builder import DocumentBuilder, GraphBuilder, Handle, Properties
from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import article
from corpus.synthesis.vocabulary import ADJECTIVES, THINGS, VARIABLE_NAMES
from utils.dsl.ast import Blueprint, PinRef, Value


OTHER_NOUNS = {"float": ("float", "Float", "decimal number", "real number"), "integer": ("int", "Int", "whole number", "int"), "boolean": ("bool", "Bool", "flag", "bool"),
               "string": ("String", "string", "text string"), "vector": ("Vector", "vector", "position vector"), "rotator": ("Rotator",), "actor": ("Actor", "actor reference")}


@dataclass(frozen=True)
class Source:
    """A value that stands ready: what people call it, its DSL type, where it comes from."""

    text: str
    type: str
    pin: PinRef


@dataclass(frozen=True)
class OwnFunction:
    """A function graph of the document: parameters and result as (name, DSL type)."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    result: tuple[str, str]
    is_pure: bool


@dataclass
class Scene:
    """One document under construction.

    flow      the exec output that the next step hangs on; None when execution has ended
    values    what the trigger and earlier steps give, most recent last
    """

    draw: Draw
    document: DocumentBuilder = field(default_factory=DocumentBuilder)
    graph: GraphBuilder = None
    flow: PinRef | None = None
    values: list[Source] = field(default_factory=list)
    declared: list[tuple[str, str]] = field(default_factory=list)
    """(variable, text of its declaration) where the instruction has to say more than the name."""
    called_events: list[str] = field(default_factory=list)
    functions: list[OwnFunction] = field(default_factory=list)
    """Functions that the document has so far, for later steps to use."""
    depth: int = 0
    """How many expressions are open: one within another is hard to say and hard to read."""
    nesting: int = 0
    """How many blocks are open around the one being said."""
    _avoided: str = ""
    _mentioned: set[str] = field(default_factory=set)
    _getters: dict[tuple[str, str], Handle] = field(default_factory=dict)
    _shared: dict[tuple[str, str], Handle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.graph = self.graph or self.document.events

    @classmethod
    def over(cls, draw: Draw, blueprint: Blueprint) -> Scene:
        """A scene that goes on with a finished document of one graph: what it reads already is not read again."""
        graph = blueprint.graphs[0]
        builder = GraphBuilder(graph.name, list(graph.nodes), list(graph.wires))
        document = DocumentBuilder(blueprint.name, blueprint.parent, {variable.name: variable for variable in blueprint.variables}, [builder])
        scene = cls(draw, document)
        fed = {wire.target.node for wire in graph.wires}
        for node in graph.nodes:
            if node.type == "VariableGet" and len(node.properties) == 1:
                scene._getters[graph.name, str(node.get("Variable"))] = Handle(node.id, node.type)
            elif node.type.startswith("GetPlayer") and not node.properties and node.id not in fed:
                scene._shared[graph.name, f"{node.type}[]"] = Handle(node.id, node.type)
        return scene

    def step(self, kind: str, /, properties: Properties | None = None, then: str | None = "Then", enter: str = "Execute",
             **inputs: Value | PinRef) -> Handle:
        """Add a node that executes next; the flow goes on at its output `then`."""
        node = self.graph.node(kind, properties, **inputs)
        if self.flow is not None:
            self.graph.exec(self.flow, node[enter])
        self.flow = node[then] if then else None
        return node

    def pure(self, kind: str, /, properties: Properties | None = None, **inputs: Value | PinRef) -> Handle:
        return self.graph.node(kind, properties, **inputs)

    def shared(self, kind: str, /, **inputs: Value) -> Handle:
        """A pure node that a graph needs once however often it is used: GetPlayerPawn."""
        key = (self.graph.name, f"{kind}{sorted(inputs.items())}")
        if key not in self._shared:
            self._shared[key] = self.graph.node(kind, **inputs)
        return self._shared[key]

    def get(self, variable: str) -> PinRef:
        """The value of a declared variable; read once per graph."""
        key = (self.graph.name, variable)
        if key not in self._getters:
            self._getters[key] = self.graph.node("VariableGet", {"Variable": variable})
        return self._getters[key][variable]

    def set(self, variable: str, value: Value | PinRef) -> Handle:
        """Step that stores a value. Another read afterwards needs a node of its own only in people's minds, not in the editor."""
        return self.step("VariableSet", {"Variable": variable}, **{variable: value})

    def new_variable(self, kind: str, default: Value | None = None) -> str:
        """Declare a variable of this type under a name that fits it."""
        name = self.draw.fresh(VARIABLE_NAMES[kind])
        if self.draw.chance(0.4):
            head, owner = ("b", name[1:]) if re.match("b[A-Z]", name) else ("", name)
            name = head + self.draw.pick(THINGS if self.draw.chance(0.7) else ADJECTIVES) + owner
        return self.document.variable(name, kind, default)

    def variable_of(self, kind: str, reuse: float = 0.5) -> str:
        """A variable of this type: one that the row already has, or a new one."""
        known = [name for name, variable in self.document.variables.items() if str(variable.type) == kind and name != self._avoided]
        return self.draw.pick(known) if known and self.draw.chance(reuse) else self.new_variable(kind)

    @contextmanager
    def avoiding(self, name: str) -> Iterator[None]:
        """No value is taken from this variable meanwhile: nobody sets a variable to itself."""
        self._avoided = name
        yield
        self._avoided = ""

    def mention(self, name: str, noun: str) -> str:
        """A variable in the text: with its type at first, by its name alone when the row has named it before."""
        if name in self._mentioned and self.draw.chance(0.85):
            return name
        self._mentioned.add(name)
        noun = self.draw.pick(OTHER_NOUNS[noun]) if noun in OTHER_NOUNS and self.draw.chance(0.4) else noun
        variable = self.document.variables.get(name)
        if variable and variable.default is None and str(variable.type) in ("Float", "Int") and self.draw.chance(0.07):
            start = self.draw.whole(2, 500)
            self.document.variables[name] = replace(variable, default=float(start) if str(variable.type) == "Float" else start)
            return self.draw.pick((f"{name} ({noun}, default {start})", f"{name} ({noun}, starts at {start})", f"{name} ({noun}, start value {start})", f"{name} ({noun} = {start})", f"the {noun} {name} (default {start})",
                                   f"the {noun} {name} ({start} at first)", f"{name}: {noun} = {start}"))
        return self.draw.pick((f"the {noun} {name}", f"the {noun} {name}", f"the {noun} {name}", f"{name} ({noun})", f"{name} ({noun})", f"the {noun} variable {name}", f"my {noun} {name}", f"{noun} {name}", f"{name}: {noun}", f"{name} ({article(noun)} {noun} variable)"))

    def offer(self, text: str, kind: str, pin: PinRef) -> None:
        self.values.append(Source(text, kind, pin))

    def offered(self, *kinds: str) -> list[Source]:
        return [source for source in self.values if source.type in kinds]
