"""NODE lines: which node types a graph may have, and which properties with which values each of them.

Properties come in the canonical order: those that make the node what it is, then the literals of its inputs in the order
of its pins. So every literal is written when the node's pins are known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from model.constraint_document import Draft, read_node, unique_key
from model.constraint_lexemes import IDENTIFIER, NAME_STRING, PATH, PLAIN_STRING, PROJECT_NAME, QUOTED_IDENTIFIER, SPACED_NAME, choice_of
from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS, Names
from model.constraint_places import Either, InLexeme, Place
from model.constraint_promises import CALL_WORDS, is_open_call, keeping_types
from model.constraint_values import OPERAND_STRUCTS, Values, literally
from utils.blueprint_patterns import Shape
from utils.catalogue.scope import EVENT_GRAPHS, is_dispatcher
from utils.dsl.ast import Node, Value, Word
from utils.dsl.spelling import IDENTITY_ORDER
from utils.dsl.types import PinType
from utils.dsl.writer import quote, write_name

Follow = Callable[[str], Place]
TYPE_ENDS = b" \n"
COUNTS = tuple(str(number) for number in range(1, 33))
MODIFIERS = ("Ctrl", "Alt", "Shift", "Cmd")
# Properties that make a node what it is; those behind the bar may be left out.
FORMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "VariableGet": (("Variable",), ("Class", "Type", "Validated")), "VariableSet": (("Variable",), ("Class", "Type")),
    "Event_Custom": (("Name",), ("Replicates", "Reliable", "Params")), "Event_Override": (("Event",), ("Interface_Class", "Params")),
    "Event_Component": (("Component", "Event"), ("Class",)),
    "Event_EnhancedInput": (("Action",), ("ValueType",)), "Event_InputAction": (("Action",), ()), "Event_InputAxis": (("Axis",), ()),
    **{name: (("Key",), MODIFIERS) for name in ("Event_InputKey", "Event_DebugKey")},
    **{name: (("Key",), ()) for name in ("Event_InputAxisKey", "Event_InputVectorAxis", "GetInputAxisKeyValue")},
    "GetInputAxisValue": (("InputAxisName",), ()),
    "FunctionEntry": ((), ("Params",)), "FunctionResult": ((), ("Params",)),
    "Call": (("Function",), ("Class", "Pure", "Static", "Params", "Results")),
    "AsyncAction": (("Function", "Class"), ("Params", "Results", "Outputs")),
    "CallParent": (("Function",), ()), "CallInterface": (("Function", "Interface"), ("Params", "Results")),
    "Sequence": ((), ("Outputs",)), "MultiGate": ((), ("Outputs",)), "DoOnceMultiInput": ((), ("Inputs",)),
    "SwitchInt": ((), ("Cases", "StartIndex", "Default")), "SwitchString": ((), ("Names", "Default", "CaseSensitive")),
    "SwitchName": ((), ("Names", "Default")), "SwitchEnum": (("Enum",), ("Default",)),
    "Select": ((), ("Enum", "Type", "IndexType", "Options")), "MakeArray": ((), ("Type", "Inputs")), "MakeSet": ((), ("Type", "Inputs")),
    "MakeMap": ((), ("Type", "ValueType", "Inputs")), "Ease": ((), ("Type",)),
    "Timeline": (("Name",), ("Tracks",)),
    **{name: (("Enum",), ()) for name in ("ForEachElementInEnum", "EnumLiteral", "CastByteToEnum", "GetNumEnumEntries")},
    **{name: ((), ("Enum",)) for name in ("EnumEquality", "EnumInequality", "GetEnumeratorName", "GetEnumeratorNameAsString")},
    **{name: (("Struct",), ()) for name in ("MakeStruct", "BreakStruct", "SetFieldsInStruct")}, "GetDataTableRow": ((), ("Struct",)),
    **{name: (("Dispatcher",), ("Class", "Params")) for name in ("BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent", "CallDispatcher")},
    "CreateEvent": (("Function",), ()), "GetSubsystem": (("Class",), ()), "GetSubsystemFromPC": (("Class",), ()),
    "GetEngineSubsystem": (("Class",), ()), "AddComponent": (("Template",), ("Class",)), "GetClassDefaults": ((), ()),
    "CastToClass": (("Class",), ("Pure",)),
    **{name: ((), ("Type", "Inputs")) for name in ("Add", "Subtract", "Multiply", "Divide")},
    **{name: ((), ("Type",)) for name in ("Less", "Greater", "LessEqual", "GreaterEqual", "EqualEqual", "NotEqual")},
}
DECLARING = frozenset({"Event_Custom", "FunctionEntry", "FunctionResult"})
NAMING_A_CLASS = frozenset({"VariableGet", "VariableSet", "Call", "Event_Component", "BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent",
                            "CallDispatcher"})
SPELLED = {"Names": "Cases", "Interface_Class": "Class"}
SUBSYSTEMS = {"GetSubsystem": "Subsystem", "GetSubsystemFromPC": "LocalPlayerSubsystem", "GetEngineSubsystem": "EngineSubsystem"}


class NodeLines:
    def __init__(self, names: Names, values: Values) -> None:
        self.names, self.values = names, values
        self.catalogue = names.catalogue

    def node(self, draft: Draft, node_id: str, end: Follow) -> Place:
        graph = draft.graph
        is_function = not graph.is_event_graph
        follow = lambda kind: self._after_type(draft, f"NODE {node_id}: {kind}", end)  # noqa: E731
        types = InLexeme(self.names.node_types(is_function, not graph.nodes), follow, ahead=TYPE_ENDS)
        if is_function and not graph.nodes:
            return types
        project_cast = literally("CastTo", lambda: InLexeme(PROJECT_NAME, lambda name: follow(f"CastTo{name}"), self.names.is_project_class))
        events = () if is_function else self._open_events(draft)
        return Either(types, project_cast, *([InLexeme(choice_of(events), follow)] if events else []))

    def _open_events(self, draft: Draft) -> tuple[str, ...]:
        taken = {node.type for node in draft.graph.nodes}
        return tuple(name for name in self.names.events(draft.parent) if name not in taken)

    def _after_type(self, draft: Draft, line: str, end: Follow) -> Place:
        node, shape = self._read(draft, line)
        if not self._keys(draft, node, shape):
            return end(line)
        heads = (" [",) if self._lacks(draft, node, shape) else ("", " [")
        return InLexeme(choice_of(heads), lambda text: self._property(draft, line + " [", end) if text else end(line))

    def _read(self, draft: Draft, line: str) -> tuple[Node, Shape]:
        text = line.removeprefix("NODE ").rstrip(" ,").removesuffix("[").rstrip()
        node = read_node(text + "]" if " [" in text and not text.endswith("]") else text)
        return node, draft.memory.shape(node, draft.scope)

    def _property(self, draft: Draft, line: str, end: Follow) -> Place:
        node, shape = self._read(draft, line)
        keys = {f"{SPELLED.get(key, write_name(key))}=": key for key in self._keys(draft, node, shape)}
        is_open = keys.pop(f"{NEW_PARAMETER}=", None)
        named = InLexeme(choice_of(tuple(keys)), lambda text: self._value(
            draft, node, shape, keys[text], lambda value: self._after_value(draft, line + text + value, end)))
        if not is_open:
            return named
        fresh = self._new_parameter(draft, node, shape, lambda text: self._after_value(draft, line + text, end))
        return Either(named, fresh) if keys else fresh

    def _new_parameter(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        """`Amount=25` on a call of a function that is declared later; what is promised of the parameter already holds."""
        slots = draft.promised(str(node.get("Function"))).inputs

        def value(name: str) -> Place:
            slot = slots.get(name.lower())
            before = [*slot.literals, *map(_sample, slot.sources)] if slot else []
            return literally("=", lambda: self.values.operand(before, lambda text: follow(f"{name}={text}")))

        taken = {key.lower() for key, _ in node.properties} | CALL_WORDS | RESERVED | {key.lower() for key in shape.identity}
        is_free = lambda text: text.lower() not in taken and all(map(_has_sample, slots[text.lower()].sources if text.lower() in slots else ()))  # noqa: E731
        return InLexeme(IDENTIFIER, value, is_free)

    def _after_value(self, draft: Draft, line: str, end: Follow) -> Place:
        node, shape = self._read(draft, line)
        ends = (() if self._lacks(draft, node, shape) else ("]",)) + ((", ",) if self._keys(draft, node, shape) else ())
        return InLexeme(choice_of(ends), lambda text: end(line + "]") if text == "]" else self._property(draft, line + ", ", end))

    # Keys

    def _lacks(self, draft: Draft, node: Node, shape: Shape) -> bool:
        """Whether the node is not yet something the graph can have."""
        required, _ = self._form(node)
        problems = [one for one in shape.problems if one.code != "unknown-function"]
        if any(node.get(SPELLED.get(key, key)) is None for key in required) or problems or self._owes_params(draft, node):
            return True
        return unique_key(node, shape) in draft.seen_events

    def _promised(self, draft: Draft, node: Node) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Parameters that calls of what this node declares have used already, with the types that fit them."""
        if node.type == "Event_Custom":
            slots = draft.promised(str(node.get("Name"))).inputs
        elif node.type == "FunctionEntry" or node.type == "FunctionResult" and draft.owes_result:
            promise = draft.promised(draft.graph.name)
            slots = promise.inputs if node.type == "FunctionEntry" else promise.outputs
        else:
            return {}
        return {key: (slot.name, keeping_types(slot, self.catalogue, draft.scope)) for key, slot in slots.items()}

    def _owes_params(self, draft: Draft, node: Node) -> bool:
        return node.type in DECLARING and node.get("Params") is None and bool(self._promised(draft, node))

    def _form(self, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if node.type.startswith("CastTo") and node.type != "CastToClass":
            return (), ("Pure",)
        return FORMS.get(node.type, ((), ()))

    def _keys(self, draft: Draft, node: Node, shape: Shape) -> list[str]:
        """Properties that may come next: the next required one, else any in canonical order behind the last."""
        required, optional = self._form(node)
        if not optional and node.type not in FORMS and "Inputs" in shape.identity:
            optional = ("Inputs",)
        if missing := next((key for key in required if node.get(key) is None), None):
            return [missing]
        last = node.properties[-1][0] if node.properties else None
        pins = [pin.name for pin in shape.data_inputs]
        place = pins.index(last) if last in pins and last not in shape.identity else -1
        keys = [key for key in optional if self._may_say(draft, node, shape, key)] if place < 0 else []
        if last in shape.identity:
            keys = [key for key in keys if _rank(key) > _rank(last) and node.get(SPELLED.get(key, key)) is None]
        if node.type == "Call" and is_open_call(node, draft.scope):
            return [*keys, NEW_PARAMETER]
        if self._lacks(draft, node, shape):
            return keys or [key for key in optional if node.get(SPELLED.get(key, key)) is None]
        return keys + [pin.name for pin in shape.data_inputs[place + 1:] if not pin.is_hidden and self._takes_literal(shape, pin)]

    def _takes_literal(self, shape: Shape, pin) -> bool:
        if pin.internal == "self" or pin.name in shape.identity:
            return False
        if pin.type.kind == "wildcard":
            return not pin.type.container and (pin.is_const or not pin.is_by_ref) and not pin.is_required
        if pin.is_by_ref and not pin.is_const:
            return False
        return self.values.has_literal(pin.type) and pin.type.kind != "interface"

    def _may_say(self, draft: Draft, node: Node, shape: Shape, key: str) -> bool:
        if key == "Class" and node.type in NAMING_A_CLASS:
            return bool(shape.problems) or node.type not in ("VariableGet", "VariableSet", "Call")
        if node.type in ("VariableGet", "VariableSet") and key == "Type" or shape.role == "delegate" and key == "Params":
            return node.get("Class") is not None and self.names.is_project_class(str(getattr(node.get("Class"), "text", "")))
        if node.type == "Call" and key != "Class":
            return node.get("Class") is not None
        if node.type == "Select":
            return not (key in ("IndexType", "Options") and node.get("Enum") is not None)
        if node.type == "Event_EnhancedInput" or key != "Type":
            return True
        return bool(self._types_for(node))

    # Values

    def _value(self, draft: Draft, node: Node, shape: Shape, key: str, follow: Follow) -> Place:
        rule = VALUE_RULES.get(key) if key in (*self._form(node)[0], *self._form(node)[1], "Inputs") else None
        if node.type == "AsyncAction" and key == "Outputs":
            return self.values.exec_params(follow)
        if rule:
            return rule(self, draft, node, shape, follow)
        pin = shape.pin(key, True)
        if pin.type.kind != "wildcard":
            return self.values.literal(pin.type, follow)
        before = [node.get(one.name) for one in shape.data_inputs if one.type.kind == "wildcard" and one.name not in shape.identity]
        return self.values.operand([one for one in before if one is not None], follow, self._operand_structs(node))

    def _operand_structs(self, node: Node) -> tuple[str, ...]:
        overloads = self.catalogue.operators.overloads.get(node.type, ())
        return tuple(name for name in OPERAND_STRUCTS if any(one.right == PinType("struct", name) for one in overloads))

    def _callable(self, draft: Draft) -> tuple[str, ...]:
        """Events and functions of the document that can be called by name."""
        return tuple(sorted(signature.name for name, signature in draft.scope.functions.items() if name not in EVENT_GRAPHS))

    def _function(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        known = self._callable(draft)
        if node.type in ("CallParent", "CallInterface", "AsyncAction"):
            return InLexeme(NAME_STRING, follow)
        if node.type == "CreateEvent":
            return InLexeme(QUOTED_IDENTIFIER, follow)
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
        return Either(InLexeme(choice_of(tuple(map(quote, names))), follow), InLexeme(QUOTED_IDENTIFIER, follow, lambda text: text[1:-1].lower() not in RESERVED))

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
        if left:
            return InLexeme(choice_of(left), follow)
        return InLexeme(QUOTED_IDENTIFIER, follow, lambda text: text[1:-1].lower() not in seen | RESERVED)

    def _owners(self, node: Node, shape: Shape) -> tuple[str, ...]:
        name = node.get("Dispatcher") or node.get("Event") or node.get("Variable")
        if node.type in ("VariableGet", "VariableSet"):
            return self.names.property_owners.get(str(name), ())
        return self.names.dispatcher_owners.get(str(name), ())

    def _class(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        if node.type in NAMING_A_CLASS:
            owners = self._owners(node, shape)
            project = InLexeme(PROJECT_NAME, follow, self.names.is_project_class)
            known = [InLexeme(choice_of(owners), follow)] if owners else []
            return Either(*known, project, *([InLexeme(PATH, follow)] if node.type == "Call" else []))
        if node.type == "AsyncAction":
            return Either(InLexeme(PROJECT_NAME, follow, self.names.is_project_class), InLexeme(PATH, follow))
        if node.type == "CastToClass":
            return InLexeme(self.names.classes_only, follow)
        if node.type in SUBSYSTEMS:
            return self.values.class_name(SUBSYSTEMS[node.type], follow)
        return self.values.class_name("ActorComponent" if node.type == "AddComponent" else "Object", follow)

    def _interface(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        def is_right(text: str) -> bool:
            is_interface = text in self.names.interfaces or not self.catalogue.knows_class(text) and text.lower() not in RESERVED
            return is_interface and not self._is_seen(draft, node, ("Class", Word(text)))

        return InLexeme(IDENTIFIER, follow, is_right)

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

    def _types_for(self, node: Node) -> tuple[str, ...]:
        """Types that an operator has a function for; any plain one elsewhere."""
        names = (*PLAIN_TYPES, *SIMPLE_STRUCTS)
        if node.type not in self.catalogue.operators.overloads:
            return names
        kinds = {name: PinType(name.lower()) if name in PLAIN_TYPES else PinType("struct", name) for name in names}
        return tuple(name for name, kind in kinds.items() if any(
            one.left == one.right == kind for one in self.catalogue.operators.overloads[node.type]))

    def _type(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        return InLexeme(choice_of(self._types_for(node)), follow)


def _rank(key: str) -> int:
    return IDENTITY_ORDER.get(SPELLED.get(key, key), len(IDENTITY_ORDER))


def _choice(*texts: str):
    return lambda self, draft, node, shape, follow: InLexeme(choice_of(texts), follow)


def _text(self: NodeLines, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return InLexeme(NAME_STRING, follow)


def _params(self: NodeLines, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return self.values.params(follow, self._promised(draft, node))


def _strings(self: NodeLines, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
    return self.values.strings(follow, taken=frozenset({"default", "selection", "execute", "then"}))


def _has_sample(kind: PinType) -> bool:
    return not kind.container and kind.kind in SAMPLES


def _sample(kind: PinType) -> Value:
    return SAMPLES[kind.kind]


NEW_PARAMETER = "*"
RESERVED = frozenset({"none", "true", "false"})
SAMPLES: dict[str, Value] = {"bool": True, "int": 1, "float": 1.0, "string": "", "name": "", "text": ""}
VALUE_RULES = {
    "Function": NodeLines._function, "Variable": NodeLines._variable, "Dispatcher": NodeLines._dispatcher, "Class": NodeLines._class,
    "Interface_Class": NodeLines._interface, "Interface": NodeLines._interface, "Component": NodeLines._component, "Event": NodeLines._event,
    "Name": NodeLines._name, "Type": NodeLines._type, "ValueType": NodeLines._type, "IndexType": _choice("Bool", "Byte", "Int"),
    "Action": _text, "Axis": _text, "Key": _text, "InputAxisName": _text, "Template": _text,
    "Params": _params, "Results": _params, "Tracks": lambda self, draft, node, shape, follow: self.values.params(follow), "Names": _strings,
    "Replicates": _choice("Server", "Client", "Multicast"), "Default": _choice("false", "true"), "StartIndex": _choice(*map(str, range(10))),
    **dict.fromkeys(("Reliable", "Pure", "Static", "Validated", "CaseSensitive", *MODIFIERS), _choice("true")),
    **dict.fromkeys(("Outputs", "Inputs", "Options", "Cases"), _choice(*COUNTS)),
    "Struct": lambda self, draft, node, shape, follow: InLexeme(choice_of(self.names.structs), follow),
    "Enum": lambda self, draft, node, shape, follow: InLexeme(choice_of(self.names.enums), follow),
}
