"""What a constrained answer has said so far, line by line, and how it is made whole when it must end.

Documents never change: each line gives the next one. Lines are read back with the language's own lexer, so that what is
kept is what was written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from model.constraint_wires import Parts, Wiring
from utils.blueprint_patterns import Catalogue, Shape
from utils.dsl_ast import Blueprint, Graph, Node, PinRef, Variable, Wire
from utils.dsl_lexer import Cursor
from utils.dsl_writer import write_name, write_wire
from utils.node_shapes import ShapeMemory
from utils.scope import EVENT_GRAPHS, Scope

VAR, NODE, EXEC, DATA = range(4)
DEFAULT_NAME = "BP_Blueprint"
CALLERS = frozenset({"Call", "CreateEvent"})


@dataclass(frozen=True)
class GraphDraft:
    """The graph being written. `rank` is the kind of statement it has come to."""

    name: str
    properties: tuple = ()
    variables: tuple[Variable, ...] = ()
    nodes: tuple[Node, ...] = ()
    shapes: tuple[tuple[str, Shape], ...] = ()
    wires: tuple[Wire, ...] = ()
    rank: int = VAR

    @property
    def is_event_graph(self) -> bool:
        return self.name.lower() == "eventgraph"

    def graph(self) -> Graph:
        return Graph(self.name, self.nodes, self.wires, self.variables, (), self.properties)


@dataclass(frozen=True)
class Draft:
    """`grammar(draft)` gives the place where the next line starts."""

    catalogue: Catalogue
    memory: ShapeMemory
    grammar: Callable[[Draft], object] = field(repr=False)
    lines: tuple[str, ...] = ()
    name: str = ""
    parent: str = ""
    variables: tuple[Variable, ...] = ()
    closed: tuple[Graph, ...] = ()
    graph: GraphDraft | None = None
    wiring_before: Wiring | None = field(default=None, repr=False)

    def first_place(self) -> object:
        return self.grammar(self)

    @property
    def blueprint(self) -> Blueprint:
        graphs = (*self.closed, self.graph.graph()) if self.graph else self.closed
        return Blueprint(self.name, self.parent or "Actor", self.variables, graphs)

    @cached_property
    def scope(self) -> Scope:
        whole = Scope.of(self.blueprint)
        if self.graph is None:
            return whole
        return replace(whole, graph=self.graph.name, local_variables={one.name.lower(): one for one in self.graph.variables})

    @cached_property
    def wiring(self) -> Wiring:
        """The current graph's wires; what is known of its nodes is shared by all lines that draw wires."""
        assert self.graph is not None
        before = self.wiring_before
        if before is not None and before.parts.nodes.keys() == {node.id for node in self.graph.nodes}:
            return Wiring(before.parts, self.graph.wires)
        parts = Parts(self.catalogue, self.scope, self.graph.name, {node.id: node for node in self.graph.nodes}, dict(self.graph.shapes))
        return Wiring(parts, self.graph.wires)

    # Names that the document uses up or asks for

    @cached_property
    def declared_functions(self) -> frozenset[str]:
        return frozenset(self.scope.functions)

    @cached_property
    def graph_names(self) -> frozenset[str]:
        names = [one.name.lower() for one in self.blueprint.graphs]
        return frozenset(names) | EVENT_GRAPHS if any(name in EVENT_GRAPHS - {"eventgraph"} for name in names) else frozenset(names)

    @cached_property
    def missing_functions(self) -> tuple[str, ...]:
        """Functions that are called by name and not declared yet."""
        called = [str(node.get("Function")) for graph in self.blueprint.graphs for node in graph.nodes
                  if node.type == "Call" and node.get("Class") is None and node.get("Params") is None]
        return tuple(name for name in dict.fromkeys(called) if name.lower() not in self.scope.functions)

    @cached_property
    def seen_events(self) -> frozenset[tuple]:
        """Events of the engine that the graph has already, by class, member and component."""
        if self.graph is None:
            return frozenset()
        return frozenset(key for node in self.graph.nodes if (key := unique_key(node, dict(self.graph.shapes)[node.id])))

    # The end

    @property
    def is_graph_complete(self) -> bool:
        return self.graph is not None and bool(self.graph.nodes) and self.wiring.is_complete

    @property
    def is_complete(self) -> bool:
        return self.is_graph_complete and not self.missing_functions

    def completed_text(self) -> str:
        """The lines so far and what a valid document needs beyond them."""
        lines = list(self.lines)
        if not self.name:
            lines.append(f"BLUEPRINT: {DEFAULT_NAME}")
        if not self.parent:
            lines.append("PARENT: Actor")
        if self.graph is None:
            lines.append("GRAPH: EventGraph")
        if self.graph is None or not self.graph.nodes:
            is_function = self.graph is not None and not self.graph.is_event_graph
            lines.append("NODE n1: FunctionEntry" if is_function else "NODE n1: Event_BeginPlay" if self._has_begin_play else "NODE n1: Event_Custom [Name=\"Start\"]")
        elif self.wiring.witness:
            lines += [write_wire(Wire(PinRef(a, out.name), PinRef(b, into.name), False)) for (a, out), (b, into) in self.wiring.witness]
        for name in self.missing_functions:
            lines += [f"GRAPH: {write_name(name)}", "NODE n1: FunctionEntry"]
        return "\n".join(lines)

    @property
    def _has_begin_play(self) -> bool:
        return self.catalogue.event(self.parent or "Actor", "ReceiveBeginPlay") is not None

    # Lines

    def with_line(self, line: str) -> Draft:
        """The document after a line, which must be one that the grammar gave."""
        keyword, _, rest = line.partition(" ")
        after = {"BLUEPRINT:": self._named, "PARENT:": self._parented, "VAR": self._with_variable, "GRAPH:": self._with_graph,
                 "NODE": self._with_node, "EXEC": self._with_wire, "DATA": self._with_wire}[keyword](rest, line)
        return replace(after, lines=(*self.lines, line))

    def _named(self, rest: str, _: str) -> Draft:
        return replace(self, name=rest)

    def _parented(self, rest: str, _: str) -> Draft:
        return replace(self, parent=rest)

    def _with_variable(self, rest: str, _: str) -> Draft:
        variable = read_variable(rest)
        if self.graph is None:
            return replace(self, variables=(*self.variables, variable))
        return replace(self, graph=replace(self.graph, variables=(*self.graph.variables, variable)))

    def _with_graph(self, rest: str, _: str) -> Draft:
        cursor = Cursor(rest, 0)
        graph = GraphDraft(cursor.name("a name"), cursor.properties())
        closed = (*self.closed, self.graph.graph()) if self.graph else self.closed
        return replace(self, closed=closed, graph=graph, wiring_before=None)

    def _with_node(self, rest: str, _: str) -> Draft:
        node = read_node(rest)
        nodes = (*self.graph.nodes, node)
        after = replace(self, graph=replace(self.graph, nodes=nodes, rank=NODE), wiring_before=None)
        shapes = (*self.graph.shapes, (node.id, self.memory.shape(node, after.scope)))
        if node.type == "Event_Custom":
            # Calls of it that stand before it have their parameters only now.
            shapes = tuple((one.id, self.memory.shape(one, after.scope) if one.type in CALLERS else shape) for one, (_, shape) in zip(nodes, shapes))
        return replace(after, graph=replace(after.graph, shapes=shapes))

    def _with_wire(self, rest: str, line: str) -> Draft:
        wire = read_wire(rest, line.startswith("EXEC"))
        graph = replace(self.graph, wires=(*self.graph.wires, wire), rank=EXEC if wire.is_exec else DATA)
        return replace(self, graph=graph, wiring_before=self.wiring)


def unique_key(node: Node, shape: Shape) -> tuple | None:
    """What a graph may have only once: an event of the engine, or of one component."""
    if shape.role != "event" or not shape.member[1]:
        return None
    return shape.member[0], shape.member[1].lower(), str(node.get("Component")).lower()


def read_node(text: str) -> Node:
    """`n2: PrintString [InString="Hello"]`, as far as it is written: an open bracket counts as closed."""
    cursor = Cursor(text, 0)
    node_id = cursor.identifier("an id")
    cursor.expect(":")
    kind = cursor.name("a node type")
    while cursor.text.startswith(".", cursor.position):
        cursor.position += 1
        kind += "." + cursor.name("the rest of a node type")
    return Node(node_id, kind, cursor.properties())


def read_variable(text: str) -> Variable:
    cursor = Cursor(text, 0)
    name = cursor.name("a name")
    cursor.expect(":")
    kind = cursor.type_ref()
    default = cursor.value() if cursor.take("=") else None
    return Variable(name, kind, default, cursor.properties())


def read_wire(text: str, is_exec: bool) -> Wire:
    cursor = Cursor(text, 0)
    source = _read_pin(cursor)
    cursor.expect("->")
    return Wire(source, _read_pin(cursor), is_exec)


def _read_pin(cursor: Cursor) -> PinRef:
    cursor.skip_space()
    node_id = cursor.identifier("an id")
    cursor.expect(".")
    return PinRef(node_id, cursor.name("a pin"))
