"""NODE lines: which node types a graph may have, and which properties each of them, and in which order.

Properties come in the canonical order: those that make the node what it is, then the literals of its inputs in the order
of its pins, then the pins that are split. So every literal is written when the node's pins are known.
"""

from __future__ import annotations

from model.constraint_document import DECLARING, Draft, read_node, unique_key
from model.constraint_keeping import promised_parameters
from model.constraint_lexemes import PROJECT_NAME, choice_of
from model.constraint_names import Names
from model.constraint_node_values import MODIFIERS, NodeValues
from model.constraint_places import Either, InLexeme, Place
from model.constraint_promises import is_open_call
from model.constraint_references import OF_A_FUNCTION
from model.constraint_values import Follow, Values, literally
from utils.blueprint_patterns import Shape
from utils.catalogue.shapes_objects import SPAWNED
from utils.dsl.ast import Node, Value, Word
from utils.dsl.spelling import IDENTITY_ORDER
from utils.dsl.writer import write_name

TYPE_ENDS = b" \n"
# Properties that make a node what it is; those behind the bar may be left out.
FORMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "VariableGet": (("Variable",), ("Class", "Type", "Validated")), "VariableSet": (("Variable",), ("Class", "Type")),
    "Event_Custom": (("Name",), ("Replicates", "Reliable", "Params")), "Event_Override": (("Event",), ("Interface_Class", "Params")),
    "Event_Component": (("Component", "Event"), ("Class", "Params")),
    "Event_EnhancedInput": (("Action",), ("ValueType",)), "Event_InputAction": (("Action",), ()), "Event_InputAxis": (("Axis",), ()),
    **{name: (("Key",), MODIFIERS) for name in ("Event_InputKey", "Event_DebugKey")},
    **{name: (("Key",), ()) for name in ("Event_InputAxisKey", "Event_InputVectorAxis", "GetInputAxisKeyValue")},
    "GetInputAxisValue": (("InputAxisName",), ()),
    **{name: ((), ("Class", "Params")) for name in OF_A_FUNCTION},
    **{name: ((), ("Exposed",)) for name in SPAWNED},
    "Call": (("Function",), ("Class", "Pure", "Static", "Params", "Results")),
    "AsyncAction": (("Function", "Class"), ("Params", "Results", "Outputs")),
    "CallParent": (("Function",), ()), "CallInterface": (("Function", "Interface"), ("Params", "Results")),
    "Sequence": ((), ("Outputs",)), "MultiGate": ((), ("Outputs",)), "DoOnceMultiInput": ((), ("Inputs",)),
    "SwitchInt": ((), ("Cases", "StartIndex", "Default")), "SwitchString": ((), ("Names", "Default", "CaseSensitive")),
    "SwitchName": ((), ("Names", "Default")), "SwitchEnum": (("Enum",), ("Names", "Default")),
    "Select": ((), ("Enum", "Type", "IndexType", "Options")), "MakeArray": ((), ("Type", "Inputs")), "MakeSet": ((), ("Type", "Inputs")),
    "MakeMap": ((), ("Type", "ValueType", "Inputs")), "Ease": ((), ("Type",)),
    "Timeline": (("Name",), ("Tracks",)),
    **{name: (("Enum",), ()) for name in ("ForEachElementInEnum", "EnumLiteral", "CastByteToEnum", "GetNumEnumEntries")},
    **{name: ((), ("Enum",)) for name in ("EnumEquality", "EnumInequality", "GetEnumeratorName", "GetEnumeratorNameAsString")},
    **{name: (("Struct",), ("Members",)) for name in ("MakeStruct", "BreakStruct", "SetFieldsInStruct")}, "GetDataTableRow": ((), ("Struct",)),
    **{name: (("Dispatcher",), ("Class", "Params")) for name in ("BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent", "CallDispatcher")},
    "CreateEvent": (("Function",), ()), "GetSubsystem": (("Class",), ()), "GetSubsystemFromPC": (("Class",), ()),
    "GetEngineSubsystem": (("Class",), ()), "AddComponent": (("Template",), ("Class",)), "GetClassDefaults": ((), ()),
    "CastToClass": (("Class",), ("Pure",)),
    **{name: ((), ("Type", "Inputs")) for name in ("Add", "Subtract", "Multiply", "Divide")},
    **{name: ((), ("Type",)) for name in ("Less", "Greater", "LessEqual", "GreaterEqual", "EqualEqual", "NotEqual")},
}
NEW_PARAMETER = "*"
SPELLED = {"Names": "Cases", "Interface_Class": "Class"}


class NodeLines:
    def __init__(self, names: Names, values: Values) -> None:
        self.names, self.values = names, values
        self.rules = NodeValues(names, values)

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
        lacks = self._lacks(draft, node, shape)
        if not self._keys(draft, node, shape, lacks):
            return end(line)
        heads = (" [",) if lacks else ("", " [")
        return InLexeme(choice_of(heads), lambda text: self._property(draft, line + " [", end) if text else end(line))

    def _read(self, draft: Draft, line: str) -> tuple[Node, Shape]:
        text = line.removeprefix("NODE ").rstrip(" ,").removesuffix("[").rstrip()
        node = read_node(text + "]" if " [" in text and not text.endswith("]") else text)
        return node, draft.memory.shape(node, draft.scope)

    def _property(self, draft: Draft, line: str, end: Follow) -> Place:
        node, shape = self._read(draft, line)
        keys = {f"{SPELLED.get(key, write_name(key))}=": key for key in self._keys(draft, node, shape, self._lacks(draft, node, shape))}
        is_open = keys.pop(f"{NEW_PARAMETER}=", None)
        named = InLexeme(choice_of(tuple(keys)), lambda text: self.rules.place(
            draft, node, shape, keys[text], self._is_of_form(node, shape, keys[text]),
            lambda value: self._after_value(draft, line + text + value, end)))
        if not is_open:
            return named
        fresh = self.rules.new_parameter(draft, node, shape, lambda text: self._after_value(draft, line + text, end))
        return Either(named, fresh) if keys else fresh

    def _after_value(self, draft: Draft, line: str, end: Follow) -> Place:
        node, shape = self._read(draft, line)
        lacks = self._lacks(draft, node, shape)
        ends = (() if lacks else ("]",)) + ((", ",) if self._keys(draft, node, shape, lacks) else ())
        return InLexeme(choice_of(ends), lambda text: end(line + "]") if text == "]" else self._property(draft, line + ", ", end))

    # Keys

    def _lacks(self, draft: Draft, node: Node, shape: Shape) -> bool:
        """Whether the node is not yet something the graph can have."""
        required, _ = self._form(node)
        problems = [one for one in shape.problems if one.code != "unknown-function"]
        if _is_half_described(node) or any(node.get(SPELLED.get(key, key)) is None for key in required) or problems or self._owes_params(draft, node):
            return True
        return unique_key(node, shape) in draft.seen_events

    def _owes_params(self, draft: Draft, node: Node) -> bool:
        return node.type in DECLARING and node.get("Params") is None and bool(promised_parameters(draft, node))

    def _form(self, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if node.type.startswith("CastTo") and node.type != "CastToClass":
            return (), ("Class", "Pure") if self.names.is_project_class(node.type.removeprefix("CastTo")) else ("Pure",)
        return FORMS.get(node.type, ((), ()))

    def _is_of_form(self, node: Node, shape: Shape, key: str) -> bool:
        required, optional = self._form(node)
        return key in (*required, *optional, "Split") or key == "Inputs" and key in shape.identity

    def _keys(self, draft: Draft, node: Node, shape: Shape, lacks: bool) -> list[str]:
        """Properties that may come next: the next required one, else any in canonical order behind the last."""
        required, optional = self._form(node)
        if not optional and node.type not in FORMS and "Inputs" in shape.identity:
            optional = ("Inputs",)
        if missing := next((key for key in required if node.get(key) is None), None):
            return [missing]
        last = node.properties[-1][0] if node.properties else None
        if last == "Split":
            return []
        pins = [pin.name for pin in shape.data_inputs]
        place = pins.index(last) if last in pins and last not in shape.identity else -1
        keys = [key for key in optional if self._may_say(draft, node, shape, key)] if place < 0 else []
        if last in shape.identity:
            keys = [key for key in keys if _rank(key) > _rank(last) and node.get(SPELLED.get(key, key)) is None]
        if node.type == "Call" and is_open_call(node, draft.scope) and not _is_half_described(node):
            return [*keys, NEW_PARAMETER]
        if lacks:
            return keys or [key for key in optional if node.get(SPELLED.get(key, key)) is None]
        literals = [pin.name for pin in shape.data_inputs[place + 1:] if not pin.is_hidden and self._takes_literal(shape, pin)]
        return [*keys, *literals, *(["Split"] if self.rules.splittable(node, shape) else [])]

    @staticmethod
    def _may_describe(draft: Draft, node: Node, key: str) -> bool:
        """What the document declares says by itself how it is called; other functions of this Blueprint have no class to name."""
        if node.get("Class") is not None:
            return True
        return key != "Static" and str(node.get("Function")).lower() not in draft.scope.functions

    def _names_a_project_class(self, node: Node) -> bool:
        """By its name, or by a path in quotes."""
        return self._is_of_project(node.get("Class"))

    def _is_of_project(self, value: Value | None) -> bool:
        return isinstance(value, str) or isinstance(value, Word) and self.names.is_project_class(value.text)

    def _takes_literal(self, shape: Shape, pin) -> bool:
        if pin.internal == "self" or pin.name in shape.identity:
            return False
        if pin.type.kind == "wildcard":
            return not pin.type.container and (pin.is_const or not pin.is_by_ref) and not pin.is_required
        if pin.is_by_ref and not pin.is_const:
            return False
        return self.values.has_literal(pin.type) and pin.type.kind != "interface"

    def _may_say(self, draft: Draft, node: Node, shape: Shape, key: str) -> bool:
        if node.type == "Call":
            return self._may_describe(draft, node, key)
        if key == "Class" and node.type in OF_A_FUNCTION:
            return "Class" in dict(draft.graph.properties)
        if node.type == "Event_Component" and key == "Params":
            return str(node.get("Event")) not in self.names.dispatcher_owners
        if key == "Members" or node.type == "SwitchEnum" and key == "Names":
            return self._is_of_project(node.get("Struct") or node.get("Enum"))
        if node.type in ("VariableGet", "VariableSet") and key == "Type":
            return node.get("Class") is not None and (self._names_a_project_class(node) or str(node.get("Variable")) not in self.names.property_owners)
        if shape.role == "delegate" and key == "Params":
            return self._names_a_project_class(node)
        if node.type == "Select":
            return not (key in ("IndexType", "Options") and node.get("Enum") is not None)
        if node.type == "Event_EnhancedInput" or key != "Type":
            return True
        return bool(self.rules.types_for(node))


def _is_half_described(node: Node) -> bool:
    """A call that says no more of its function than that it is pure."""
    return node.type == "Call" and node.get("Pure") is not None and all(node.get(key) is None for key in ("Class", "Params", "Results"))


def _rank(key: str) -> int:
    return IDENTITY_ORDER.get(SPELLED.get(key, key), len(IDENTITY_ORDER))
