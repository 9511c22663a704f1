"""What a constrained answer has said so far, line by line, and how it is made whole when it must end.

Documents never change: each line gives the next one. Lines are read back with the language's own lexer, so that what is
kept is what was written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from model.constraint_completion import completed_text
from model.constraint_parts import Parts, Way
from model.constraint_promises import Promise, is_call_by_name, is_open_call, read_promises, with_promised_pins
from model.constraint_wires import Wiring
from utils.blueprint_patterns import Catalogue, Shape
from utils.catalogue.node_shapes import ShapeMemory
from utils.catalogue.scope import EVENT_GRAPHS, Scope
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Variable, Wire
from utils.dsl.lexer import Cursor
from utils.dsl.types import PinType

VAR, NODE, EXEC, DATA = range(4)
CALLERS = frozenset({"Call", "CreateEvent"})
DECLARING = frozenset({"Event_Custom", "FunctionEntry", "FunctionResult"})


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
    """`grammar(draft)` gives the statements that may follow."""

    catalogue: Catalogue
    memory: ShapeMemory
    grammar: Callable[[Draft], object] = field(repr=False)
    lines: tuple[str, ...] = ()
    name: str = ""
    parent: str = ""
    variables: tuple[Variable, ...] = ()
    closed: tuple[Graph, ...] = ()
    closed_shapes: tuple[dict[str, Shape], ...] = field(default=(), repr=False)
    graph: GraphDraft | None = None
    wiring_before: Wiring | None = field(default=None, repr=False)

    def statements(self) -> list:
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
        if before is not None and not self.open_calls:
            return before.followed_by(self.graph.wires[-1])
        shapes = dict(self.graph.shapes)
        for node_id, name in self.open_calls.items():
            shapes[node_id] = with_promised_pins(shapes[node_id], self.promises[name])
        run = {end.node for wire in self.graph.wires if wire.is_exec for end in (wire.source, wire.target)}
        parts = Parts(self.catalogue, self.scope, self.graph.name, {node.id: node for node in self.graph.nodes}, shapes,
                      frozenset(self.open_calls.keys() - run))
        return Wiring(parts, self.graph.wires, self._hint(shapes))

    def _hint(self, shapes: dict[str, Shape]) -> list[Way] | None:
        """What would have paid the debts one line before, by the pins that the nodes have now."""
        before = self.wiring_before
        ways = before.hint_after(self.graph.wires[-1]) if before else None
        found = [((a, shapes[a].pin(out.name, False)), (b, shapes[b].pin(into.name, True))) for (a, out), (b, into) in ways or ()]
        return found if all(out and into for (_, out), (_, into) in found) else None

    @cached_property
    def open_calls(self) -> dict[str, str]:
        """Calls in the current graph of what is not declared yet: node id -> lower-case name."""
        return {node.id: str(node.get("Function")).lower() for node in self.graph.nodes if is_open_call(node, self.scope)}

    @cached_property
    def promises(self) -> dict[str, Promise]:
        """What is promised of functions that are still to be declared, the one being written among them."""
        wanted = {name.lower() for name in self.missing_functions}
        if self.graph is not None and not self.graph.is_event_graph:
            wanted.add(self.graph.name.lower())
        if not wanted:
            return {}
        return read_promises(self.graphs_with_shapes, frozenset(wanted), lambda call: self.memory.shape(call, self.scope), self.agrees)

    @property
    def graphs_with_shapes(self) -> list[tuple[Graph, dict[str, Shape]]]:
        """All graphs, the one being written last, with the shapes that their nodes had when they were written."""
        graphs = list(zip(self.closed, self.closed_shapes))
        return [*graphs, (self.graph.graph(), dict(self.graph.shapes))] if self.graph else graphs

    def shapes_now(self, graph: Graph, shapes: dict[str, Shape]) -> dict[str, Shape]:
        """The shapes of a graph's nodes by what is declared and promised of the functions that they call."""
        now = dict(shapes)
        for node in graph.nodes:
            if is_call_by_name(node):
                name = str(node.get("Function")).lower()
                now[node.id] = with_promised_pins(shapes[node.id], self.promises[name]) if name in self.promises else self.memory.shape(node, self.scope)
        return now

    def agrees(self, source: PinType, target: PinType) -> bool:
        """Whether a value of one type may feed an input of another."""
        return self.catalogue.types_agree(source, target, self.scope) is not None

    def promised(self, name: str) -> Promise:
        return self.promises.get(name.lower(), Promise(name))

    @property
    def owes_result(self) -> bool:
        """Whether the function being written has no FunctionResult yet and calls of it read results."""
        return bool(self.promised(self.graph.name).outputs) and not any(node.type == "FunctionResult" for node in self.graph.nodes)

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
        called = {str(node.get("Function")).lower(): str(node.get("Function")) for graph in self.blueprint.graphs for node in graph.nodes
                  if is_open_call(node, self.scope)}
        return tuple(called.values())

    @cached_property
    def seen_events(self) -> frozenset[tuple]:
        """Events of the engine that the graph has already, by class, member and component."""
        if self.graph is None:
            return frozenset()
        return frozenset(key for node in self.graph.nodes if (key := unique_key(node, dict(self.graph.shapes)[node.id])))

    # The end

    @property
    def is_graph_complete(self) -> bool:
        if self.graph is None or not self.graph.nodes or self.owes_result:
            return False
        # Without wires nothing runs but events, and an event needs nothing.
        return not self.graph.wires or self.wiring.is_complete

    @property
    def is_complete(self) -> bool:
        return self.is_graph_complete and not self.missing_functions

    def completed_text(self) -> str:
        """The lines so far and what a valid document needs beyond them."""
        return completed_text(self)

    # Lines

    def with_line(self, line: str) -> Draft:
        """The document after a line, which must be one that the grammar gave."""
        keyword, _, rest = line.partition(" ")
        after = {"BLUEPRINT:": self._named, "PARENT:": self._parented, "VAR": self._with_variable, "GRAPH:": self._with_graph,
                 "NODE": self._with_node, "EXEC": self._with_wire, "DATA": self._with_wire}[keyword](rest, line)
        whole = replace(after, lines=(*self.lines, line))
        if "scope" in after.__dict__:
            whole.__dict__["scope"] = after.__dict__["scope"]
        return whole

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
        if self.graph is None:
            return replace(self, graph=graph)
        return replace(self, closed=(*self.closed, self.graph.graph()), closed_shapes=(*self.closed_shapes, dict(self.graph.shapes)),
                       graph=graph, wiring_before=None)

    def _with_node(self, rest: str, _: str) -> Draft:
        node = read_node(rest)
        nodes = (*self.graph.nodes, node)
        after = self._with_same_scope(replace(self, graph=replace(self.graph, nodes=nodes, rank=NODE), wiring_before=None), node)
        shapes = (*self.graph.shapes, (node.id, self.memory.shape(node, after.scope)))
        if node.type == "Event_Custom":
            # Calls of it that stand before it have their parameters only now.
            shapes = tuple((one.id, self.memory.shape(one, after.scope) if one.type in CALLERS else shape) for one, (_, shape) in zip(nodes, shapes))
        return self._with_same_scope(replace(after, graph=replace(after.graph, shapes=shapes)), node)

    def _with_same_scope(self, after: Draft, node: Node | None = None) -> Draft:
        """Hand on what a line leaves as it is: most lines declare nothing."""
        if node is None or node.type not in DECLARING:
            after.__dict__["scope"] = self.scope
        return after

    def _with_wire(self, rest: str, line: str) -> Draft:
        wire = read_wire(rest, line.startswith("EXEC"))
        graph = replace(self.graph, wires=(*self.graph.wires, wire), rank=EXEC if wire.is_exec else DATA)
        return self._with_same_scope(replace(self, graph=graph, wiring_before=self.wiring))


def unique_key(node: Node, shape: Shape) -> tuple | None:
    """What a graph may have only once: an event of the engine, or of one component."""
    if shape.role != "event" or not shape.member[1]:
        return None
    return shape.member[0], shape.member[1].lower(), str(node.get("Component")).lower()


@lru_cache(maxsize=4096)
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
