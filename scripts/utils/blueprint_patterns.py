"""The node catalogue: what every node of a document is, which pins it has and which types agree.

    catalogue = load_catalogue()
    shape = catalogue.shape(node, Scope.of(blueprint, graph))

docs/node-forms.md tells how each kind of node is written; the catalogue/shapes_*.py modules make the pins of each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from functools import lru_cache

from utils.catalogue.data import CatalogueData, Event, Function
from utils.catalogue.names import EventTable, NameTable, event_name
from utils.catalogue.node_context import Context
from utils.catalogue.operators import OperatorTable
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Pin, Problem, Shape, build_shape
from utils.catalogue.shape_rules import RULE_NAMES, RULES, SHAPING, draft_shape
from utils.catalogue.types import Agreement, TypeRules
from utils.catalogue.wildcards import PinTypes, WildcardSolver
from utils.dsl.ast import Graph, Node, TypeRef
from utils.dsl.types import PinType, parse_engine_type

__all__ = ["RULES", "Agreement", "Catalogue", "Pin", "PinTypes", "Problem", "Scope", "Shape", "load_catalogue", "resolve_wildcards"]


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    return Catalogue(CatalogueData.load())


def resolve_wildcards(graph: Graph, shapes: Mapping[str, Shape], within: Set[str] | None = None) -> PinTypes:
    """Types of all pins of a graph, or of some nodes that no wire links to the types of others; `shapes` by node id."""
    catalogue = load_catalogue()
    return WildcardSolver(graph, shapes, catalogue.types, catalogue.operators, within).solve()


class Catalogue:
    """All questions about nodes and types of the engine."""

    def __init__(self, data: CatalogueData) -> None:
        self.data = data
        self.types = TypeRules(data)
        self.events = EventTable(data)
        self.operators = OperatorTable(data, self.types)
        self.function_names = NameTable(data, frozenset(RULE_NAMES))
        self.resolve_type: Callable[[TypeRef], PinType] = self.types.resolve
        self.type_ref: Callable[[PinType], TypeRef] = self.types.type_ref
        self.type_path: Callable[[PinType], str] = self.types.path
        self._shaping = SHAPING.union(class_pin for _, _, class_pin, _ in data.raw["dynamic_outputs"])
        self._plain_shapes: dict[tuple[str, str] | None, Shape] = {}

    # -- nodes

    def shape(self, node: Node, scope: Scope) -> Shape:
        """What the node is in its document; never raises."""
        key = (node.type, scope.parent) if self._depends_on_name_only(node, scope) else None
        if key in self._plain_shapes:
            return self._plain_shapes[key]
        shape = build_shape(draft_shape(Context(node, scope, self.data, self.types, self.function_names, self.events)))
        if key:
            self._plain_shapes[key] = shape
        return shape

    def _depends_on_name_only(self, node: Node, scope: Scope) -> bool:
        """Functions and events whose properties are mere literals: most nodes, so their shapes are kept."""
        if node.type in RULES or node.type.startswith("CastTo") or any(key in self._shaping for key, _ in node.properties):
            return False
        return node.type.startswith("Event_") or len(self.function_names.find(node.type, self.data.class_path(scope.parent))) == 1

    # -- names, for those who read and write clipboard text

    def function_type(self, class_name: str | None, function: str, parent: str = "") -> str | None:
        """The node type of an engine function by its class (None: the Blueprint's own, so PARENT's); None when unknown."""
        path = self.data.class_path(class_name or parent)
        found = self.data.function(path, function) if path else None
        return self.function_names.of_function(found.owner, found.name) if found else None

    def event_type(self, class_name: str, event: str) -> str | None:
        path = self.data.class_path(class_name)
        found = self.data.event(path, event) if path else None
        return event_name(found) if found and found.results is None else None

    def function(self, class_name: str, name: str) -> Function | None:
        path = self.data.class_path(class_name)
        return self.data.function(path, name) if path else None

    def event(self, class_name: str, name: str) -> Event | None:
        path = self.data.class_path(class_name)
        return self.data.event(path, name) if path else None

    def names(self, parent: str = "Actor") -> Iterator[str]:
        """Node types that a document of that parent may use: forms, functions, and the parent's events."""
        yield from RULES
        path = self.data.class_path(parent)
        for events in self.events.by_name.values():
            for event in events:
                if path and self.data.is_a(path, event.owner):
                    yield event_name(event)
        yield from self.function_names

    # -- types

    def types_agree(self, source: PinType, target: PinType, scope: Scope | None = None) -> Agreement | None:
        return self.types.agree(source, target, scope.parent if scope else "")

    def is_a(self, class_name: str, base_name: str) -> bool:
        """Whether the class is the other or inherits from it; False when the catalogue does not know one of them."""
        path, base = self.data.class_path(class_name), self.data.class_path(base_name)
        return bool(path and base and self.data.is_a(path, base))

    def knows_class(self, name: str) -> bool:
        return self.data.class_path(name) is not None

    def enumerators(self, enum: str) -> tuple[str, ...] | None:
        return self.data.enumerators(enum)

    def members(self, struct: str) -> dict[str, PinType] | None:
        found = self.data.members(struct)
        return None if found is None else {member.name: parse_engine_type(member.type) for member in found}

    def class_name(self, path: str) -> str:
        """The catalogue's short name of a class; of a project's own the path or the plain name."""
        return self.types.known_name("classes", path)
