"""What the properties of a NODE line may say: one rule a property, and literals on the pins by their type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from model.constraint_document import DECLARING, Draft, unique_key
from model.constraint_lexemes import IDENTIFIER, NAME_STRING, PATH, PLAIN_STRING, PROJECT_NAME, QUOTED_IDENTIFIER, SPACED_NAME, choice_of
from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS, Names
from model.constraint_places import Either, InLexeme, Place
from model.constraint_promises import CALL_WORDS, keeping_types
from model.constraint_values import OPERAND_STRUCTS, Follow, Values, literally, one_of
from utils.blueprint_patterns import Pin, Shape
from utils.catalogue.scope import EVENT_GRAPHS, is_dispatcher
from utils.catalogue.shapes_objects import SPAWNED
from utils.catalogue.split_pins import parts_of
from utils.dsl.ast import Node, Value, Word
from utils.dsl.lexer import unescape
from utils.dsl.types import PinType
from utils.dsl.writer import quote, write_value

COUNTS = tuple(str(number) for number in range(1, 33))
MODIFIERS = ("Ctrl", "Alt", "Shift", "Cmd")
NAMING_A_CLASS = frozenset({"VariableGet", "VariableSet", "Call", "Event_Component", "BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent",
                            "CallDispatcher"})
GIVING_DEFAULTS = frozenset({"Event_Custom", "FunctionEntry", "Call", "CallInterface", "AsyncAction"})
"""Nodes whose parameters may have a value of their own."""
OF_A_FUNCTION = frozenset({"FunctionEntry", "FunctionResult"})
HOLDING_ANYTHING = frozenset({"MakeArray", "MakeSet", "Select"})
SUBSYSTEMS = {"GetSubsystem": "Subsystem", "GetSubsystemFromPC": "LocalPlayerSubsystem", "GetEngineSubsystem": "EngineSubsystem"}


class NodeValues:
    def __init__(self, names: Names, values: Values) -> None:
        self.names, self.values = names, values
        self.catalogue = names.catalogue

    def place(self, draft: Draft, node: Node, shape: Shape, key: str, makes_the_node: bool, follow: Follow) -> Place:
        """The value of a property; `makes_the_node` tells one of its form from the literal of a pin that is called the same."""
        rule = VALUE_RULES.get(key) if makes_the_node else None
        if node.type == "AsyncAction" and key == "Outputs":
            return self.values.exec_params(follow)
        if rule:
            return rule(self, draft, node, shape, follow)
        pin = shape.pin(key, True)
        if pin.type.kind != "wildcard":
            return self.values.literal(pin.type, follow)
        before = [node.get(one.name) for one in shape.data_inputs if one.type.kind == "wildcard" and one.name not in shape.identity]
        given, is_counting = [one for one in before if one is not None], node.type in self.catalogue.operators.overloads
        return self.values.operand(given, follow, self._operand_structs(node), may_be_word=not is_counting)

    def _operand_structs(self, node: Node) -> tuple[str, ...]:
        if node.type in HOLDING_ANYTHING:
            return OPERAND_STRUCTS
        overloads = self.catalogue.operators.overloads.get(node.type, ())
        return tuple(name for name in OPERAND_STRUCTS if any(one.right == PinType("struct", name) for one in overloads))

    def new_parameter(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        """`Amount=25` on a call of a function that is declared later; what is promised of the parameter already holds."""
        slots = draft.promised(str(node.get("Function"))).inputs

        def value(name: str) -> Place:
            slot = slots.get(name.lower())
            before = [*slot.literals, *map(_sample, slot.sources)] if slot else []
            return literally("=", lambda: self.values.operand(before, lambda text: follow(f"{name}={text}")))

        taken = {key.lower() for key, _ in node.properties} | CALL_WORDS | RESERVED | {key.lower() for key in shape.identity}
        is_free = lambda text: text.lower() not in taken and all(map(_has_sample, slots[text.lower()].sources if text.lower() in slots else ()))  # noqa: E731
        return InLexeme(IDENTIFIER, value, is_free)

    # Split pins

    def splittable(self, node: Node, shape: Shape) -> tuple[str, ...]:
        """Struct pins that parts may take the place of, by their names in the engine; a part may be one again."""
        return tuple(pin.internal for pin in shape.pins if pin.type.kind == "struct" and not pin.type.container and self._may_split(node, pin))

    def _may_split(self, node: Node, pin: Pin) -> bool:
        is_left = not pin.is_hidden and node.get(pin.name) is None
        return is_left and not (pin.is_by_ref and not pin.is_const) and bool(parts_of(pin.type.name, pin.is_input, self.catalogue.data))

    def _split(self, draft: Draft, node: Node, shape: Shape, follow: Follow, done: tuple[str, ...] = ()) -> Place:
        def after(text: str) -> Place:
            now = (*done, unescape(text[1:-1]))
            whole = replace(node, properties=(*node.properties, ("Split", now)))
            after_split = draft.memory.shape(whole, draft.scope)
            ends = (")", ", ") if self.splittable(node, after_split) else (")",)
            listed = f"({', '.join(map(quote, now))})"
            return one_of(ends, lambda end: follow(listed) if end == ")" else self._split(draft, node, after_split, follow, now))

        item = one_of(tuple(map(quote, self.splittable(node, shape))), after)
        return item if done else literally("(", lambda: item)

    # Rules by property

    def _callable(self, draft: Draft) -> tuple[str, ...]:
        """Events and functions of the document that can be called by name."""
        return tuple(sorted(signature.name for name, signature in draft.scope.functions.items() if name not in EVENT_GRAPHS))

    def _function(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        known = self._callable(draft)
        if node.type in ("CallParent", "CallInterface", "AsyncAction"):
            return InLexeme(NAME_STRING, follow)
        if node.type == "CreateEvent":
            return _any_name(follow)
        # A function that is called before it is declared is declared later: the end of the answer waits for it.
        taken = {name.lower() for name in known} | EVENT_GRAPHS
        later = InLexeme(QUOTED_IDENTIFIER, follow, lambda text: text[1:-1].lower() not in taken | RESERVED)
        spaced = InLexeme(SPACED_NAME, follow, lambda text: text[1:-1].lower() not in taken)
        return Either(*([InLexeme(choice_of(tuple(map(quote, known))), follow)] if known else []), later, spaced)

    def _variable(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        """Variables of the document, of its parent class, and of other classes, which then must be named."""
        own = tuple(quote(one.name) for one in (*draft.variables, *draft.graph.variables) if not is_dispatcher(one.type))
        known = (InLexeme(choice, follow) for choice in (self.names.inherited_choice(draft.parent), self.names.property_choice))
        taken = {name[1:-1].lower() for name in own} | RESERVED
        foreign = InLexeme(QUOTED_IDENTIFIER, follow, lambda text: text[1:-1].lower() not in taken)
        return Either(*([InLexeme(choice_of(own), follow)] if own else []), *known, foreign)

    def _dispatcher(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        own = [one.name for one in draft.variables if is_dispatcher(one.type)]
        names = dict.fromkeys((*own, *self.names.dispatchers_of(draft.parent), *self.names.dispatcher_owners))
        return Either(InLexeme(choice_of(tuple(map(quote, names))), follow), _any_name(follow, lambda text: text[1:-1].lower() not in RESERVED))

    def _component(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        return InLexeme(PLAIN_STRING, follow)

    def _component_class(self, draft: Draft, node: Node) -> str:
        name = str(node.get("Component"))
        declared = draft.scope.variables.get(name.lower())
        kind = self.catalogue.resolve_type(declared.type) if declared else self.names.inherited(draft.parent).get(name, PinType(""))
        return kind.name if self.names.dispatchers_of(kind.name) else ""

    def _event(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        if node.type == "Event_Override":
            return InLexeme(PLAIN_STRING, follow, lambda text: ("", text[1:-1].lower(), "none") not in draft.seen_events)
        events = self.names.dispatchers_of(self._component_class(draft, node)) or tuple(self.names.dispatcher_owners)
        component = str(node.get("Component")).lower()
        seen = {key[1] for key in draft.seen_events if key[2] == component}
        left = tuple(quote(name) for name in events if name.lower() not in seen)
        known = [InLexeme(choice_of(left), follow)] if left else []
        if left and self._component_class(draft, node):
            return known[0]
        return Either(*known, _any_name(follow, lambda text: text[1:-1].lower() not in seen | RESERVED))

    def _owners(self, node: Node, shape: Shape) -> tuple[str, ...]:
        name = node.get("Dispatcher") or node.get("Event") or node.get("Variable")
        if node.type in ("VariableGet", "VariableSet"):
            return self.names.property_owners.get(str(name), ())
        return self.names.dispatcher_owners.get(str(name), ())

    def _class(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        if node.type in NAMING_A_CLASS:
            owners = self._owners(node, shape)
            return Either(*([InLexeme(choice_of(owners), follow)] if owners else []), *self._project_classes(follow))
        if node.type in OF_A_FUNCTION:
            return InLexeme(choice_of((write_value(dict(draft.graph.properties)["Class"]),)), follow)
        if node.type == "AsyncAction":
            return Either(*self._project_classes(follow))
        if node.type.startswith("CastTo") and node.type != "CastToClass":
            return self._path("classes", follow)
        if node.type == "CastToClass":
            return InLexeme(self.names.classes_only, follow)
        if node.type in SUBSYSTEMS:
            return self.values.class_name(SUBSYSTEMS[node.type], follow)
        return self.values.class_name("ActorComponent" if node.type == "AddComponent" else "Object", follow)

    def _project_classes(self, follow: Follow) -> tuple[Place, Place]:
        return InLexeme(PROJECT_NAME, follow, self.names.is_project_class), self._path("classes", follow)

    def _path(self, section: str, follow: Follow) -> Place:
        """The path, in quotes, of what the catalogue does not know."""
        return InLexeme(PATH, follow, lambda text: self.catalogue.data.path(section, text[1:-1]) is None)

    def _interface(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        def is_right(text: str) -> bool:
            is_interface = text in self.names.interfaces or not self.catalogue.knows_class(text) and text.lower() not in RESERVED
            return is_interface and not self._is_seen(draft, node, ("Class", Word(text)))

        def is_right_path(text: str) -> bool:
            return not self.catalogue.knows_class(text[1:-1]) and not self._is_seen(draft, node, ("Class", text[1:-1]))

        return Either(InLexeme(IDENTIFIER, follow, is_right), InLexeme(PATH, follow, is_right_path))

    def _is_seen(self, draft: Draft, node: Node, more: tuple[str, Value]) -> bool:
        """Whether one property more makes of the node an event that the graph has already."""
        if node.type != "Event_Override":
            return False
        whole = replace(node, properties=(*node.properties, more))
        return unique_key(whole, draft.memory.shape(whole, draft.scope)) in draft.seen_events

    def _name(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        taken = draft.declared_functions | draft.graph_names | EVENT_GRAPHS
        if node.type == "Timeline":
            return InLexeme(NAME_STRING, follow)
        return InLexeme(PLAIN_STRING, follow, lambda text: text[1:-1].lower() not in taken)

    def types_for(self, node: Node) -> tuple[str, ...]:
        """Types that an operator has a function for; any plain one elsewhere."""
        names = (*PLAIN_TYPES, *SIMPLE_STRUCTS)
        if node.type not in self.catalogue.operators.overloads:
            return names
        kinds = {name: PinType(name.lower()) if name in PLAIN_TYPES else PinType("struct", name) for name in names}
        return tuple(name for name, kind in kinds.items() if any(
            one.left == one.right == kind for one in self.catalogue.operators.overloads[node.type]))

    def _type(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        return InLexeme(choice_of(self.types_for(node)), follow)


def promised_parameters(draft: Draft, node: Node) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Parameters that calls of what this node declares have used already, with the types that fit them."""
    if node.type == "Event_Custom":
        slots = draft.promised(str(node.get("Name"))).inputs
    elif node.type == "FunctionEntry" or node.type == "FunctionResult" and draft.owes_result:
        promise = draft.promised(draft.graph.name)
        slots = promise.inputs if node.type == "FunctionEntry" else promise.outputs
    else:
        return {}
    return {key: (slot.name, keeping_types(slot, draft.catalogue, draft.scope)) for key, slot in slots.items()}


def _any_name(follow: Follow, accepts: Callable[[str], bool] | None = None) -> Place:
    """A quoted name of one word or of several."""
    return Either(InLexeme(QUOTED_IDENTIFIER, follow, accepts), InLexeme(SPACED_NAME, follow, accepts))


def _choice(*texts: str):
    return lambda self, draft, node, shape, follow: InLexeme(choice_of(texts), follow)


def _text(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return InLexeme(NAME_STRING, follow)


def _of_kind(section: str, known: str):
    """Something that the catalogue has, or the path of what only the project has."""
    return lambda self, draft, node, shape, follow: Either(InLexeme(choice_of(getattr(self.names, known)), follow), self._path(section, follow))


def _params(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    params = self.values.params(follow, promised_parameters(draft, node), with_defaults=node.type in GIVING_DEFAULTS)
    # Of a function that nobody declares, a call may say that it takes nothing.
    return Either(literally("()", lambda: follow("()")), params) if node.type == "Call" else params


def _exposed(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return self.values.params(follow, with_defaults=True, taken=frozenset(pin.name.lower() for pin in shape.pins))


def _results(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return self.values.params(follow)


def _strings(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return self.values.strings(follow, taken=frozenset({"default", "selection", "execute", "then"}))


def _has_sample(kind: PinType) -> bool:
    return not kind.container and kind.kind in SAMPLES


def _sample(kind: PinType) -> Value:
    return SAMPLES[kind.kind]


RESERVED = frozenset({"none", "true", "false"})
SAMPLES: dict[str, Value] = {"bool": True, "int": 1, "float": 1.0, "string": "", "name": "", "text": ""}
VALUE_RULES = {
    "Function": NodeValues._function, "Variable": NodeValues._variable, "Dispatcher": NodeValues._dispatcher, "Class": NodeValues._class,
    "Interface_Class": NodeValues._interface, "Interface": NodeValues._interface, "Component": NodeValues._component, "Event": NodeValues._event,
    "Name": NodeValues._name, "Type": NodeValues._type, "ValueType": NodeValues._type, "IndexType": _choice("Bool", "Byte", "Int"),
    "Action": _text, "Axis": _text, "Key": _text, "InputAxisName": _text, "Template": _text,
    "Split": NodeValues._split, "Params": _params, **dict.fromkeys(("Results", "Tracks", "Members"), _results), "Exposed": _exposed, "Names": _strings,
    "Replicates": _choice("Server", "Client", "Multicast"), "Default": _choice("false", "true"), "StartIndex": _choice(*map(str, range(10))),
    **dict.fromkeys(("Reliable", "Pure", "Static", "Validated", "CaseSensitive", *MODIFIERS), _choice("true")),
    **dict.fromkeys(("Outputs", "Inputs", "Options", "Cases"), _choice(*COUNTS)),
    "Struct": _of_kind("structs", "structs"), "Enum": _of_kind("enums", "enums"),
}
