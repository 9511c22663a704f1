"""The node catalogue: what every node of a document is, which pins it has and which types agree.

    catalogue = load_catalogue()
    shape = catalogue.shape(node, Scope.of(blueprint, graph))

docs/node-forms.md tells how each kind of node is written; the shapes_*.py modules make the pins of each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from utils import shapes_calls, shapes_events, shapes_flow, shapes_generic, shapes_members, shapes_objects
from utils.catalogue_data import CatalogueData, Event, Function, short_name
from utils.catalogue_names import EventTable, FunctionName, NameTable, event_name, rank
from utils.catalogue_types import Agreement, TypeRules
from utils.dsl_ast import Graph, Node, Params, TypeRef
from utils.dsl_types import PinType, parse_engine_type
from utils.node_context import MAX_PINS, Context, unknown_node
from utils.operators import OperatorTable
from utils.scope import Scope
from utils.shape import Pin, PinDraft, Problem, Shape, ShapeDraft, build_shape
from utils.split_pins import split_pins
from utils.wildcards import PinTypes, WildcardSolver

__all__ = ["Agreement", "Catalogue", "Pin", "PinTypes", "Problem", "Scope", "Shape", "load_catalogue", "resolve_wildcards"]

RULES: dict[str, Callable[[Context], ShapeDraft]] = {
    **shapes_flow.RULES, **shapes_events.RULES, **shapes_members.RULES, **shapes_objects.RULES, **shapes_generic.RULES,
    **dict.fromkeys(shapes_calls.OPERATORS, shapes_calls.operator_shape),
    "Call": shapes_calls.call_shape, "CallParent": shapes_calls.call_parent_shape, "CallInterface": shapes_calls.call_interface_shape,
    "AsyncAction": shapes_calls.described_async_shape,
}
RULE_NAMES = {name.lower(): name for name in RULES}
# Properties that change the pins of a function or event, besides the literals of class pins.
SHAPING = frozenset({"Split", "Open", "Pure", "Inputs", "Class"})
COUNTS = frozenset({"Inputs", "Outputs", "Options", "Cases"})


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    return Catalogue(CatalogueData.load())


def resolve_wildcards(graph: Graph, shapes: Mapping[str, Shape]) -> PinTypes:
    """Types of all pins of a graph; `shapes` by node id."""
    catalogue = load_catalogue()
    return WildcardSolver(graph, shapes, catalogue.types, catalogue.operators).solve()


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
        context = Context(node, scope, self.data, self.types, self.function_names, self.events)
        shape = build_shape(self._finish(context, self._draft(context)))
        if key:
            self._plain_shapes[key] = shape
        return shape

    def _depends_on_name_only(self, node: Node, scope: Scope) -> bool:
        """Functions and events whose properties are mere literals: most nodes, so their shapes are kept."""
        if node.type in RULES or node.type.startswith("CastTo") or any(key in self._shaping for key, _ in node.properties):
            return False
        return node.type.startswith("Event_") or len(self.function_names.find(node.type, self.data.class_path(scope.parent))) == 1

    def _draft(self, context: Context) -> ShapeDraft:
        name = context.node.type
        rule = RULES.get(name) or RULES.get(RULE_NAMES.get(name.lower(), ""))
        if rule:
            canonical = RULE_NAMES[name.lower()]
            return rule(context if canonical == name else replace(context, node=replace(context.node, type=canonical)))
        if name.lower().startswith("castto"):
            return shapes_members.cast_shape(context)
        if name.lower().startswith("event_"):
            return shapes_events.catalogue_event_shape(context)
        return self._function_draft(context)

    def _function_draft(self, context: Context) -> ShapeDraft:
        found = self.function_names.find(context.node.type, context.parent_path)
        if len(found) > 1:
            found = self._narrowed(context, found)
        if len(found) == 1:
            return self._call_draft(context, self._function(found[0]))
        if found:
            names = ", ".join(sorted(self.function_names.of_function(*one) for one in found)[:5])
            return unknown_node(context, "ambiguous-node", f"several classes have a function '{context.node.type}'", f"Write one of {names}.")
        return unknown_node(context, "unknown-node", f"there is no node '{context.node.type}'",
                            "Use a node of the catalogue, or Call for a function of your own.")

    def _function(self, name: FunctionName) -> Function:
        found = self.data.function(name.owner, name.name)
        assert found is not None  # the name comes from the table of functions
        return found

    def _call_draft(self, context: Context, function: Function) -> ShapeDraft:
        name = self.function_names.of_function(function.owner, function.name)
        if (function.owner, function.name) in self.data.async_actions:
            return shapes_calls.async_shape(context, function, name)
        return shapes_calls.function_shape(context, function, name)

    def _narrowed(self, context: Context, found: list[FunctionName]) -> list[FunctionName]:
        """Candidates that have a pin for every property, then those of the best known class, components before widgets
        in a Blueprint that is no widget."""
        keys = {key.lower() for key, _ in context.node.properties} - {"split", "nodecomment", "enabled", "open", "pure"}
        fitting = [one for one in found if keys <= _pin_spellings(self._function(one))] or found
        best = min(rank(one.owner) for one in fitting)
        known = [one for one in fitting if rank(one.owner) == best]
        component = self.data.class_path("ActorComponent")
        parts = [one for one in known if self.data.is_a(one.owner, component)]
        return parts if len(known) > 1 and len(parts) == 1 else known

    def _finish(self, context: Context, draft: ShapeDraft) -> ShapeDraft:
        """Applies what every node may say: split pins, wires that lead out of the copied part, the class of a class pin."""
        pins = tuple(self._typed_by_class(context, pin) for pin in draft.pins)
        if (split := context.strings("Split")) and draft.role != "generic":
            pins = split_pins(pins, frozenset(name.lower() for name in split), self.data)
        if open_pins := {name.lower() for name in context.strings("Open")}:
            pins = tuple(replace(pin, is_required=False) if _names(pin) & open_pins else pin for pin in pins)
        return replace(draft, pins=pins, problems=(*draft.problems, *_bad_counts(context, draft)))

    def _typed_by_class(self, context: Context, pin: PinDraft) -> PinDraft:
        class_name = context.class_name(pin.typed_by) if pin.typed_by else ""
        if not class_name:
            return pin
        kind = parse_engine_type(pin.type)
        text = f"{kind.kind}:{class_name}"
        return replace(pin, type=f"{kind.container}<{text}>" if kind.container else text)

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
        """The catalogue's short name of a class given by path; the path itself where it is a project's own."""
        known = self.data.class_path(path)
        return short_name(known) if known else path



def _bad_counts(context: Context, draft: ShapeDraft) -> list[Problem]:
    """Numbers of pins that no node can have."""
    found = []
    for key in sorted(COUNTS & draft.identity):
        value = context.node.get(key)
        is_list = isinstance(value, (tuple, Params)) or value is None
        if not is_list and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_PINS):
            found.append(Problem("bad-count", f"{key}= of {context.node.type} is no number of pins", f"Write a number from 1 to {MAX_PINS}."))
    return found


def _pin_spellings(function: Function) -> set[str]:
    spellings: set[str] = set()
    for param in function.inputs:
        spellings |= {param.name.lower(), param.name.lower().removeprefix("b")}
    return spellings


def _names(pin: PinDraft) -> set[str]:
    shape = build_shape(ShapeDraft("", "", "", (pin,)))
    return {pin.internal.lower(), shape.pins[0].name.lower()}
