"""Build a graph by saying what is wired to what; ids, order and spelling are left to the canonical form."""

from __future__ import annotations

from dataclasses import dataclass, field

from utils.dsl.ast import Blueprint, Graph, Node, Params, PinRef, TypeRef, Value, Variable, Wire

Properties = dict[str, Value]


@dataclass(frozen=True)
class Handle:
    """A node of the graph being built; `handle["ReturnValue"]` is one of its pins."""

    id: str
    type: str

    def __getitem__(self, pin: str) -> PinRef:
        return PinRef(self.id, pin)


@dataclass
class GraphBuilder:
    """One GRAPH section."""

    name: str = "EventGraph"
    nodes: list[Node] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    is_pure: bool = False

    def node(self, kind: str, /, properties: Properties | None = None, **inputs: Value | PinRef) -> Handle:
        """Add a node; an input given as a PinRef is wired, any other value is its literal."""
        handle = Handle(f"n{len(self.nodes) + 1}", kind)
        literals = {name: value for name, value in inputs.items() if not isinstance(value, PinRef)}
        self.nodes.append(Node(handle.id, kind, tuple(((properties or {}) | literals).items())))
        for name, value in inputs.items():
            if isinstance(value, PinRef):
                self.data(value, handle[name])
        return handle

    def exec(self, source: PinRef, target: PinRef) -> None:
        self.wires.append(Wire(source, target, is_exec=True))

    def data(self, source: PinRef, target: PinRef) -> None:
        self.wires.append(Wire(source, target, is_exec=False))

    def graph(self) -> Graph:
        return Graph(self.name, tuple(self.nodes), tuple(self.wires), tuple(self.variables.values()), properties=(("Pure", True),) if self.is_pure else ())


@dataclass
class DocumentBuilder:
    """A whole document: its variables and graphs."""

    name: str = "BP_New"
    parent: str = "Actor"
    variables: dict[str, Variable] = field(default_factory=dict)
    graphs: list[GraphBuilder] = field(default_factory=lambda: [GraphBuilder()])

    @property
    def events(self) -> GraphBuilder:
        return self.graphs[0]

    def variable(self, name: str, kind: str | TypeRef, default: Value | None = None, **properties: Value) -> str:
        reference = kind if isinstance(kind, TypeRef) else type_ref(kind)
        self.variables.setdefault(name, Variable(name, reference, default, tuple(properties.items())))
        return name

    def blueprint(self) -> Blueprint:
        graphs = [graph.graph() for graph in self.graphs]
        return Blueprint(self.name, self.parent, tuple(self.variables.values()), tuple(graph for graph in graphs if graph.nodes))


def type_ref(text: str) -> TypeRef:
    """A type from its text: "Array<Actor>"."""
    from utils.dsl.lexer import Cursor

    return Cursor(text, 0).type_ref()


def params(**kinds: str) -> Params:
    from utils.dsl.ast import Param

    return Params(tuple(Param(name, type_ref(kind)) for name, kind in kinds.items()))
