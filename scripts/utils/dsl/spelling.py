"""A document in the catalogue's words: node types, pins, types and values each in their one spelling.

Left out is what says nothing: values that are the default, values on wired pins, notes of types on wires, wires that
come twice. Ids and order stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, lru_cache

from utils.blueprint_patterns import Catalogue, PinTypes, load_catalogue, resolve_wildcards
from utils.catalogue.node_shapes import ShapeMemory, graph_scopes
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Pin, Shape
from utils.dsl.ast import Blueprint, Graph, Node, Param, Params, PinRef, TypeRef, Value, Variable, Wire, Word
from utils.dsl.idle import without_idle_shapes, without_idle_types
from utils.dsl.lexer import Cursor, DslError
from utils.dsl.types import PinType
from utils.dsl.values import Literals
from utils.dsl.writer import is_word, write_type

# Properties that make a node what it is, in the order in which they are written.
IDENTITY_ORDER = {key: rank for rank, key in enumerate(
    "Variable Name Component Event Dispatcher Function Interface Class Struct Enum Action Axis Key Ctrl Alt Shift Cmd Graph "
    "Proxy Template Type ValueType IndexType Local Validated Pure Static Const Replicates Reliable CallInEditor Params Results "
    "Inputs Outputs Options Cases StartIndex Default CaseSensitive Format Arguments Members Shown Exposed Tracks Properties "
    "Pins".split())}
LAST = len(IDENTITY_ORDER)
COMMON = ("Split", "Enabled", "Open", "NodeComment")  # on any node, written last
STATES = ("Disabled", "DevelopmentOnly")  # what Enabled says of a node
NAMED_TYPES = frozenset({"Type", "ValueType", "IndexType"})
NAMED_CLASSES = {"Class": "class", "Interface": "class", "Proxy": "class", "Struct": "struct", "Enum": "enum"}
WORDS = frozenset({"Replicates", "Enabled"})
VERBATIM = frozenset({"Properties", "Pins", "Format"})
TRUE_BY_DEFAULT = frozenset({"Default", "ByRef", "ConsumeInput"})
GRAPH_NAMES = {"eventgraph": "EventGraph", "constructionscript": "ConstructionScript"}


class Speller:
    """Spelling under one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.memory = ShapeMemory(catalogue)
        self.literals = Literals(_Types(catalogue))
        self.type_ref = lru_cache(maxsize=None)(self._type_ref)

    def spell(self, blueprint: Blueprint) -> Blueprint:
        return self.spell_with_shapes(blueprint)[0]

    def spell_with_shapes(self, blueprint: Blueprint) -> tuple[Blueprint, list[dict[str, Shape]]]:
        """The document, and for each graph the shapes of its nodes by id."""
        scopes = graph_scopes(blueprint)
        spelled = [self._graph(graph, scope) for graph, scope in zip(blueprint.graphs, scopes)]
        document = replace(blueprint, parent=self._class(blueprint.parent), graphs=tuple(graph for graph, _ in spelled),
                           variables=tuple(map(self._variable, blueprint.variables)))
        return document, [shapes for _, shapes in spelled]

    def _class(self, name: str) -> str:
        return self.catalogue.class_name(name)

    def _type_ref(self, ref: TypeRef) -> TypeRef:
        if not ref.args and ref.name.lower() in ("array", "set", "map"):
            return TypeRef(ref.name.capitalize())
        return self.catalogue.type_ref(self.catalogue.resolve_type(ref))

    def _variable(self, variable: Variable) -> Variable:
        kind = self.catalogue.resolve_type(variable.type)
        return Variable(variable.name, self.type_ref(variable.type), self._default(variable.default, kind),
                        tuple((key, self._plain_property(key, value)) for key, value in variable.properties if value is not False),
                        variable.line)

    def _default(self, value: Value | None, kind: PinType) -> Value | None:
        if value is None:
            return None
        value = self.literals.spell(value, kind)
        return None if self.literals.is_zero(value, kind) else value

    def _plain_property(self, key: str, value: Value) -> Value:
        if isinstance(value, Params):
            return Params(tuple(map(self._param, value.items)))
        return Word(value) if key in WORDS and isinstance(value, str) and is_word(value) else value

    def _param(self, param: Param) -> Param:
        kind = self.catalogue.resolve_type(param.type)
        return Param(param.name, self.type_ref(param.type), self._default(param.default, kind))

    def _graph(self, graph: Graph, scope: Scope) -> tuple[Graph, dict[str, Shape]]:
        named = [with_declared_name(node, scope) for node in graph.nodes]
        shapes = self.memory.shapes(named, scope)
        wires = self._wires(graph.wires, shapes)
        wired = {wire.target for wire in wires}
        types = _WildcardTypes(Graph(graph.name, tuple(named), wires), shapes)
        nodes = tuple(_Spelled(self, node, shapes[node.id], scope, wired, types).node() for node in named)
        properties = tuple((key, self._plain_property(key, value)) for key, value in graph.properties if value is not False)
        spelled = Graph(GRAPH_NAMES.get(graph.name.lower(), graph.name), nodes, wires, tuple(map(self._variable, graph.variables)),
                        graph.comments, properties, graph.line)
        return without_idle_types(spelled, shapes, scope, self.memory)

    @staticmethod
    def _wires(wires: tuple[Wire, ...], shapes: dict[str, Shape]) -> tuple[Wire, ...]:
        unique: dict[tuple[PinRef, PinRef], Wire] = {}
        for wire in wires:
            source, target = _pin_ref(wire.source, shapes, False), _pin_ref(wire.target, shapes, True)
            if (source, target) not in unique:
                unique[source, target] = Wire(source, target, wire.is_exec, None, wire.line)
        return tuple(unique.values())


class _Spelled:
    """One node on its way: properties sorted into identity, literals, and the rest."""

    def __init__(self, speller: Speller, node: Node, shape: Shape, scope: Scope, wired: set[PinRef], types: _WildcardTypes) -> None:
        self.speller, self.original, self.shape, self.scope, self.wired, self.types = speller, node, shape, scope, wired, types
        self.place = {pin.name: index for index, pin in enumerate(shape.pins)}
        self.identity = {key.lower(): key for key in shape.identity}

    def node(self) -> Node:
        original = self.original
        if not original.properties:
            kind = self.shape.type
            return original if kind == original.type else Node(original.id, kind, (), original.line)
        found: dict[str, tuple[tuple, Value]] = {}
        for key, value in original.properties:
            entry = self._property(key, value)
            if entry and entry[1] not in found:
                found[entry[1]] = (entry[0], entry[2])
        properties = tuple((key, value) for key, (_, value) in sorted(found.items(), key=lambda item: item[1][0]))
        spelled = Node(original.id, self.shape.type, properties, original.line)
        return without_idle_shapes(spelled, self.shape, self.scope, self.speller.memory)

    def _property(self, key: str, value: Value) -> tuple[tuple, str, Value] | None:
        """Place, key and value; None for what says nothing."""
        if name := self.identity.get(key.lower()):
            value = self._identity_value(name, value)
            is_idle = value is (name in TRUE_BY_DEFAULT) and isinstance(value, bool)
            return None if is_idle else ((0, IDENTITY_ORDER.get(name, LAST), name), name, value)
        if is_common(key, value, self.shape):
            return (3, COMMON.index(key), key), key, self.speller._plain_property(key, value)
        pin = self.shape.pin(key, True)
        if pin is None or pin.is_exec:
            return (2, 0, key), key, value
        return self._literal(pin, value)

    def _literal(self, pin: Pin, value: Value) -> tuple[tuple, str, Value] | None:
        if PinRef(self.original.id, pin.name) in self.wired:
            return None
        is_wild = pin.type.kind == "wildcard"
        kind = self.types.of(self.original.id, pin) if is_wild else pin.type
        value = self.speller.literals.spell(value, kind)
        is_default = kind.kind != "wildcard" and self.speller.literals.is_default(value, kind, pin.default)
        if is_default and (not is_wild or self.types.is_known_without_zeros(self.original.id, pin)):
            return None
        return (1, self.place[pin.name], pin.name), pin.name, value

    def _identity_value(self, key: str, value: Value) -> Value:
        if key in VERBATIM:
            return value
        if key in NAMED_TYPES:
            return self._type_value(value)
        if key in NAMED_CLASSES and isinstance(value, (str, Word)):
            return self._named(NAMED_CLASSES[key], value.text if isinstance(value, Word) else value)
        if isinstance(value, tuple):
            return tuple(item.text if isinstance(item, Word) else item for item in value)
        if isinstance(value, Word) and key not in WORDS:
            value = value.text
        return self.speller._plain_property(key, value)

    def _named(self, kind: str, text: str) -> Value:
        section = {"class": "classes", "struct": "structs", "enum": "enums"}[kind]
        name = self.speller.catalogue.types.known_name(section, text)
        return Word(name) if is_word(name) else name

    def _type_value(self, value: Value) -> Value:
        """`Type=Float`, or in quotes what is no plain word: `Type="Array<Float>"`."""
        if not isinstance(value, (str, Word)):
            return value
        cursor = Cursor(value.text if isinstance(value, Word) else value, 0)
        try:
            ref = cursor.type_ref()
            cursor.expect_end()
        except DslError:
            return value
        text = write_type(self.speller.type_ref(ref))
        return Word(text) if is_word(text) else text

def is_common(key: str, value: Value, shape: Shape) -> bool:
    """Whether a property is one that any node may carry. `Enabled=true` is the value of a pin where a node has one so named."""
    if key != "Enabled" or shape.pin(key, True) is None:
        return key in COMMON
    return (value.text if isinstance(value, Word) else value) in STATES


def with_declared_name(node: Node, scope: Scope) -> Node:
    """A reference in the letters of its declaration: names compare without case, and pins are named after them."""
    key = {"VariableGet": "Variable", "VariableSet": "Variable", "Call": "Function", "CreateEvent": "Function"}.get(node.type)
    name = node.get(key) if key else None
    name = name.text if isinstance(name, Word) else name
    if not isinstance(name, str) or node.get("Class") is not None:
        return node
    declared = (scope.functions.get(name.lower()) if key == "Function" else
                scope.local_variables.get(name.lower()) or scope.variables.get(name.lower()))
    if declared is None or declared.name == node.get(key):
        return node
    return replace(node, properties=tuple((one, declared.name if one == key else value) for one, value in node.properties))


class _Types:
    """What Literals asks the catalogue, with types of members as PinType."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.members = lru_cache(maxsize=None)(self._members)
        self.enumerators = lru_cache(maxsize=None)(catalogue.enumerators)

    def _members(self, struct: str) -> tuple[tuple[str, PinType], ...] | None:
        members = self.catalogue.members(struct)
        return None if members is None else tuple(members.items())

    def class_name(self, name: str) -> str:
        return self.catalogue.class_name(name)

    def class_fits(self, name: str, base: str) -> bool:
        """Whether a class may stand where one that is a `base` is wanted; of a class outside the catalogue nobody here can tell."""
        is_known = self.catalogue.knows_class(name) and self.catalogue.knows_class(base)
        return not is_known or bool(self.catalogue.types.class_agrees(name, base))


def _pin_ref(ref: PinRef, shapes: dict[str, Shape], is_input: bool) -> PinRef:
    pin = shapes[ref.node].pin(ref.pin, is_input)
    return ref if pin is None or pin.name == ref.pin else PinRef(ref.node, pin.name)


class _WildcardTypes:
    """Types of the wildcard pins of a graph, worked out when the first literal on one asks."""

    def __init__(self, graph: Graph, shapes: dict[str, Shape]) -> None:
        self.graph, self.shapes = graph, shapes

    @cached_property
    def _all(self) -> PinTypes:
        return resolve_wildcards(self.graph, self.shapes)

    @cached_property
    def _without_zeros(self) -> PinTypes:
        nodes = tuple(replace(node, properties=tuple(item for item in node.properties if not self._is_wild_zero(node, *item)))
                      for node in self.graph.nodes)
        return resolve_wildcards(replace(self.graph, nodes=nodes), self.shapes)

    def _is_wild_zero(self, node: Node, key: str, value: Value) -> bool:
        shape = self.shapes[node.id]
        pin = None if value or key in shape.identity else shape.pin(key, True)
        return pin is not None and pin.type.kind == "wildcard"

    def of(self, node_id: str, pin: Pin) -> PinType:
        return self._all.of(node_id, pin)

    def is_known_without_zeros(self, node_id: str, pin: Pin) -> bool:
        """Whether a zero left out leaves the pin the type that it has with it."""
        return self._without_zeros.of(node_id, pin) == self.of(node_id, pin)


@lru_cache(maxsize=1)
def speller() -> Speller:
    return Speller(load_catalogue())
