"""What the properties of a NODE line may say: one rule a property, and literals on the pins by their type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from model.constraint_document import Draft
from model.constraint_keeping import promised_parameters
from model.constraint_lexemes import IDENTIFIER, NAME_STRING, PROJECT_NAME, choice_of
from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS, Names
from model.constraint_places import Either, InLexeme, Place
from model.constraint_promises import CALL_WORDS
from model.constraint_references import RESERVED, References
from model.constraint_values import OPERAND_STRUCTS, Follow, Values, literally, one_of
from utils.blueprint_patterns import Pin, Shape
from utils.catalogue.keys import KEYS
from utils.catalogue.split_pins import parts_of
from utils.dsl.ast import Node, Value
from utils.dsl.lexer import unescape
from utils.dsl.types import PinType
from utils.dsl.writer import quote

COUNTS = tuple(str(number) for number in range(1, 33))
MODIFIERS = ("Ctrl", "Alt", "Shift", "Cmd")
GIVING_DEFAULTS = frozenset({"Event_Custom", "FunctionEntry", "Call", "CallInterface", "AsyncAction"})
"""Nodes whose parameters may have a value of their own."""
HOLDING_ANYTHING = frozenset({"MakeArray", "MakeSet", "Select"})


OF_A_KNOWN_ENUM = frozenset({"ForEachElementInEnum", "EnumLiteral", "CastByteToEnum", "GetNumEnumEntries"})
"""Nodes that cannot say the enumerators of an enumeration that the catalogue does not have."""
MEMBERS = frozenset({"VariableGet", "VariableSet"})
"""Of another Blueprint's variable the document says the type, which may be any."""


class NodeValues:
    def __init__(self, names: Names, values: Values) -> None:
        self.names, self.values, self.references = names, values, References(names, values)
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
        before = [node.get(one.name) for one in shape.data_inputs if one.type.kind == "wildcard" and one.group == pin.group and one.name not in shape.identity]
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

    # Types

    def types_for(self, node: Node) -> tuple[str, ...]:
        """Types that an operator has a function for; any plain one elsewhere."""
        names = (*PLAIN_TYPES, *SIMPLE_STRUCTS)
        if node.type not in self.catalogue.operators.overloads:
            return names
        kinds = {name: PinType(name.lower()) if name in PLAIN_TYPES else PinType("struct", name) for name in names}
        return tuple(name for name, kind in kinds.items() if any(
            one.left == one.right == kind for one in self.catalogue.operators.overloads[node.type]))

    def _type(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        if node.type in MEMBERS:
            return self.values.quoted_type(follow)
        return InLexeme(choice_of(self.types_for(node)), follow)


def _choice(*texts: str):
    return lambda self, draft, node, shape, follow: InLexeme(choice_of(texts), follow)


def _reference(rule: Callable[..., Place]):
    return lambda self, draft, node, shape, follow: rule(self.references, draft, node, shape, follow)


def _text(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return InLexeme(NAME_STRING, follow, deciding=())


def _of_kind(section: str, known: str):
    """Something that the catalogue has, or the name or path of what only the project has."""
    def place(self: NodeValues, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        named = () if node.type in OF_A_KNOWN_ENUM else (InLexeme(PROJECT_NAME, follow, self.names.is_project_class),)
        return Either(InLexeme(choice_of(getattr(self.names, known)), follow), self.references.path(section, follow), *named)

    return place


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


SAMPLES: dict[str, Value] = {"bool": True, "int": 1, "float": 1.0, "string": "", "name": "", "text": ""}
VALUE_RULES = {
    **{key: _reference(rule) for key, rule in {
        "Function": References.function, "Variable": References.variable, "Dispatcher": References.dispatcher, "Class": References.class_,
        "Interface_Class": References.interface, "Interface": References.interface, "Component": References.component, "Event": References.event,
        "Name": References.name}.items()},
    "Type": NodeValues._type, "ValueType": NodeValues._type, "IndexType": _choice("Bool", "Byte", "Int"),
    "Action": _text, "Axis": _text, "Key": _choice(*map(quote, KEYS)), "InputAxisName": _text, "Template": _text,
    "Split": NodeValues._split, "Params": _params, **dict.fromkeys(("Results", "Tracks", "Members"), _results), "Exposed": _exposed, "Names": _strings,
    "Replicates": _choice("Server", "Client", "Multicast"), "Default": _choice("false", "true"), "StartIndex": _choice(*map(str, range(10))),
    **dict.fromkeys(("Reliable", "Pure", "Static", "Validated", "CaseSensitive", *MODIFIERS), _choice("true")),
    **dict.fromkeys(("Outputs", "Inputs", "Options", "Cases"), _choice(*COUNTS)),
    "Struct": _of_kind("structs", "structs"), "Enum": _of_kind("enums", "enums"),
}
