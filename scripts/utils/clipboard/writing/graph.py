"""One graph as nodes with pins and links: what the clipboard text is made of."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field

from utils.blueprint_patterns import Catalogue, PinTypes, resolve_wildcards
from utils.catalogue.data import DEV
from utils.catalogue.scope import Scope
from utils.catalogue.shape import COMMON_PROPERTIES, Pin, Shape
from utils.clipboard.writing.pins import WrittenPin
from utils.clipboard.writing.types import GENERATED_CLASSES, own_asset
from utils.dsl.ast import Blueprint, Graph, Node, TypeRef, Value, Wire
from utils.dsl.types import PinType, engine_type, parse_engine_type

NOT_IN_CLASSES = re.compile(r"[^\w./-]")
STATES = {"disabled": "Disabled", "developmentonly": "DevelopmentOnly"}
EXEC_NAMES = {"Execute": "execute", "Then": "then"}
UNKNOWN_CLASS = "/Script/BlueprintGraph.K2Node_CallFunction"


@dataclass
class WrittenNode:
    """A node of the text. `name` is that of the object, unique in the text; `state` its EnabledState, "" for the usual one."""

    node: Node
    shape: Shape
    name: str
    guid: str
    state: str = ""
    pins: list[WrittenPin] = field(default_factory=list)

    @property
    def class_path(self) -> str:
        return NOT_IN_CLASSES.sub("_", self.shape.node_class) or UNKNOWN_CLASS

    @property
    def class_name(self) -> str:
        return self.class_path.rpartition(".")[2]

    @property
    def shows_advanced(self) -> bool:
        """Folded pins are shown where one of them says something."""
        return any(pin.pin.is_advanced and (pin.user is not None or pin.links) for pin in self.pins)

    def pin(self, name: str, is_input: bool) -> WrittenPin | None:
        """By DSL name first, by the engine's name otherwise."""
        found = self.shape.pin(name, is_input)
        wanted = found.name if found else name
        return next((pin for pin in self.pins if pin.pin.is_input == is_input and pin.pin.name == wanted), None)


@dataclass
class WrittenGraph:
    blueprint: Blueprint
    graph: Graph
    scope: Scope
    nodes: dict[str, WrittenNode]
    wires: list[tuple[Wire, WrittenPin, WrittenPin]]
    types: PinTypes
    catalogue: Catalogue

    def engine_type(self, ref: TypeRef) -> str:
        return engine_type(self.catalogue.resolve_type(ref))

    @property
    def generated_class(self) -> str:
        """The kind of class that a Blueprint of this parent makes; "" for the usual one."""
        return next((kind for base, kind in GENERATED_CLASSES.items() if self.catalogue.is_a(self.scope.parent, base)), "")

    @property
    def own_class(self) -> str:
        return f"{own_asset(self.blueprint.name)}_C"

    def is_local(self, variable: str) -> bool:
        return variable.lower() in self.scope.local_variables

    def variable_guid(self, variable: str) -> str:
        """A local variable is found by this, from its declaration and from the nodes that use it."""
        return guid(self.blueprint.name, self.graph.name, "variable", variable.lower())


def guid(*parts: str) -> str:
    """The same for the same parts, in every run: 32 upper-case hex digits."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest().upper()


def build_graph(blueprint: Blueprint, graph: Graph, scope: Scope, catalogue: Catalogue, names: Counter[str]) -> WrittenGraph:
    """`names` counts the objects of each class that the text already has. `scope` is given, since gathering it looks at all graphs."""
    shapes = {node.id: catalogue.shape(node, scope) for node in graph.nodes}
    types = resolve_wildcards(graph, shapes)
    nodes = {node.id: _node(node, shapes[node.id], types, names, guid(blueprint.name, graph.name, node.id))
             for node in graph.nodes}
    for written in nodes.values():
        written.state = _state(written, catalogue)
    wires = [_connect(wire, nodes) for wire in graph.wires]
    written = WrittenGraph(blueprint, graph, scope, nodes, wires, types, catalogue)
    _name_own_class(written)
    return written


def _name_own_class(page: WrittenGraph) -> None:
    """The hidden target of own variables names the class where it is of a special kind: the text tells its kind nowhere else."""
    if page.generated_class:
        for written in page.nodes.values():
            for pin in written.pins:
                if written.shape.role == "variable" and pin.is_hidden and pin.ue_type == "object:self":
                    pin.ue_type = f"object:{page.own_class}"


def _state(written: WrittenNode, catalogue: Catalogue) -> str:
    """What the node says, else that of its function: PrintString and its like are for development only."""
    given = written.node.get("Enabled")
    if given is not None:
        return STATES.get(str(getattr(given, "text", given)).lower(), "")
    function = catalogue.function(*written.shape.member) if written.shape.role == "function" and all(written.shape.member) else None
    return "DevelopmentOnly" if function and function.flags & DEV else ""


def _node(node: Node, shape: Shape, types: PinTypes, names: Counter[str], node_guid: str) -> WrittenNode:
    written = WrittenNode(node, shape, "", node_guid)
    written.name = f"{written.class_name}_{names[written.class_name]}"
    names[written.class_name] += 1
    for pin in shape.pins:
        _add_pin(written, _shown_target(shape, pin), _resolved(pin, types.of(node.id, pin)))
    _add_literals(written)
    _split(written)
    return written


def _shown_target(shape: Shape, pin: Pin) -> Pin:
    """The DSL spares a call of the document's own function its target; the editor shows it: self, or another of the class."""
    is_own_call = shape.role == "function" and shape.type == "Call" and not shape.member[0] and not shape.is_static
    return pin._replace(is_hidden=False) if is_own_call and pin.internal == "self" else pin


def _add_pin(written: WrittenNode, pin: Pin, ue_type: str) -> WrittenPin:
    """Two pins of one side may share a name, so their place takes part in the id."""
    pin_id = guid(written.guid, "in" if pin.is_input else "out", pin.internal, str(len(written.pins)))
    user = written.node.get(pin.name) if pin.is_input else None
    is_library = written.shape.is_static and pin.internal == "self"
    written.pins.append(WrittenPin(pin, pin_id, ue_type, user, library=written.shape.member[0] if is_library else ""))
    return written.pins[-1]


def _resolved(pin: Pin, kind: PinType) -> str:
    """The catalogue's own spelling, which knows a real's precision, unless the graph says what a wildcard is.

    A hidden wildcard (the tolerance of == for what has none) has no type at all in the editor's text.
    """
    if pin.is_hidden and kind.kind == "wildcard":
        return "none"
    return pin.ue_type if kind == pin.type else engine_type(kind)


def _add_literals(written: WrittenNode) -> None:
    """Of a node that nobody knows, every property may be a literal; the editor shows such pins as errors and loses none."""
    if written.shape.is_known:
        return
    for key, value in written.node.properties:
        if key not in COMMON_PROPERTIES | written.shape.identity and written.pin(key, True) is None:
            kind = _type_of(value)
            _add_pin(written, Pin(key, key, True, parse_engine_type(kind), None, kind), kind)


def _type_of(value: Value) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "real:double"
        case _:
            return "string"


def _split(written: WrittenNode) -> None:
    """Parts of split struct pins are pins of their own, named `<whole>_<member>`; the longest whole that fits is theirs."""
    wholes = [pin for pin in written.pins if _is_split(written, pin)]
    for part in written.pins:
        fitting = [whole for whole in wholes if whole is not part and whole.pin.is_input == part.pin.is_input
                   and part.pin.internal.startswith(whole.pin.internal + "_")]
        if fitting:
            part.whole = max(fitting, key=lambda whole: len(whole.pin.internal))
            part.whole.parts.append(part)


def _is_split(written: WrittenNode, pin: WrittenPin) -> bool:
    split = written.node.get("Split")
    names = {str(getattr(name, "text", name)).lower() for name in split} if isinstance(split, tuple) else set()
    return pin.pin.name.lower() in names or pin.pin.internal.lower() in names


def _connect(wire: Wire, nodes: dict[str, WrittenNode]) -> tuple[Wire, WrittenPin, WrittenPin]:
    source, target = nodes[wire.source.node], nodes[wire.target.node]
    start = source.pin(wire.source.pin, False) or _missing_pin(source, wire.source.pin, False, wire)
    end = target.pin(wire.target.pin, True) or _missing_pin(target, wire.target.pin, True, wire)
    start.links.append((target.name, end.id))
    end.links.append((source.name, start.id))
    return wire, start, end


def _missing_pin(written: WrittenNode, name: str, is_input: bool, wire: Wire) -> WrittenPin:
    """A pin that the catalogue does not know, so that the wire is not lost."""
    kind = PinType("exec" if wire.is_exec else "wildcard")
    pin = Pin(name, EXEC_NAMES.get(name, name) if wire.is_exec else name, is_input, kind, None, kind.kind)
    return _add_pin(written, pin, kind.kind)
