"""Readers of flow of execution, macros, containers, enums and everything else that the catalogue knows as a node."""

from __future__ import annotations

from collections.abc import Iterator

from utils.clipboard.reading.generic import LEFT_OUT
from utils.clipboard.reading.source import Draft, Source, draft
from utils.clipboard.values import members, read_reference, split_values, unquote
from utils.dsl.ast import Value

SWITCHES = {"K2Node_SwitchInteger": "SwitchInt", "K2Node_SwitchString": "SwitchString", "K2Node_SwitchName": "SwitchName",
            "GameplayTagsK2Node_SwitchGameplayTag": "SwitchGameplayTag"}
# All that `read_by_name` makes something of; a node that says more is kept exactly.
UNDERSTOOD = frozenset({"CustomClass", "TargetType", "ComponentClass", "Enum", "InputAxisKey", "InputActionName", "InputAxisName", "InputAction",
                        "FunctionReference", "bIsPureFunc", "bDefaultsToPureFunc", "bIsConstFunc", *LEFT_OUT})
CONTAINERS = {"K2Node_MakeArray": "MakeArray", "K2Node_MakeSet": "MakeSet", "K2Node_MakeMap": "MakeMap"}


def read_branch(source: Source) -> Iterator[Draft]:
    yield draft("Branch")


def read_sequence(source: Source) -> Iterator[Draft]:
    yield draft("Sequence", Outputs=_unless(len(source.exec_pins(is_output=True)), 2))


def read_multi_gate(source: Source) -> Iterator[Draft]:
    yield draft("MultiGate", Outputs=_unless(len(source.exec_pins(is_output=True)), 2))


def read_do_once_multi(source: Source) -> Iterator[Draft]:
    yield draft("DoOnceMultiInput", Inputs=_unless(len(source.exec_pins(is_output=True)), 2))


def _unless(value: int, default: int) -> Value | None:
    return None if value == default else value


def read_switch(source: Source) -> Iterator[Draft]:
    """Cases are counted where the editor numbers them, else named."""
    kind = SWITCHES[source.kind]
    cases = [pin.name for pin in source.exec_pins(is_output=True) if pin.name.lower() != "default"]
    default = None if source.pin("Default", is_output=True) else False
    start = source.found.number("StartIndex")
    sensitive = True if source.flag("bIsCaseSensitive") else None
    if kind == "SwitchInt":
        yield draft(kind, Cases=len(cases), StartIndex=start or None, Default=default)
    elif cases == [f"Case_{number}" for number in range(len(cases))]:
        yield draft(kind, Cases=len(cases), CaseSensitive=sensitive, Default=default)
    yield draft(kind, Cases=tuple(cases), CaseSensitive=sensitive, Default=default)


def read_switch_enum(source: Source) -> Iterator[Draft]:
    enum = source.named("enums", source.path("Enum"))
    cases = [pin.name or "None" for pin in source.exec_pins(is_output=True) if pin.name.lower() != "default"]
    default = True if source.pin("Default", is_output=True) else None
    known = source.reading.data.enumerators(source.path("Enum")) or ()
    if tuple(cases) == known:
        yield draft("SwitchEnum", Enum=enum, Default=default)
    yield draft("SwitchEnum", Enum=enum, Cases=tuple(cases), Default=default)


def read_select(source: Source) -> Iterator[Draft]:
    options = [pin for pin in source.data_pins(is_output=False) if pin.name.lower() != "index"]
    index = source.pin("Index", is_output=False)
    enum = source.path("Enum")
    kind = None if source.is_linked([*options, *source.data_pins(is_output=True)]) else source.type_value(source.pin("ReturnValue", True))
    index_type = None if enum or (index and source.is_linked([index])) else source.type_value(index)
    names = tuple(pin.name for pin in options)
    if names == tuple(f"Option {number}" for number in range(len(names))):
        yield draft("Select", Options=_unless(len(names), 2), IndexType=index_type, Type=kind)
    if enum and names == source.reading.data.enumerators(enum):
        yield draft("Select", Enum=source.named("enums", enum), Type=kind)
    yield draft("Select", Enum=source.named("enums", enum), Options=names, IndexType=index_type, Type=kind)


def read_container(source: Source) -> Iterator[Draft]:
    kind = CONTAINERS[source.kind]
    inputs = source.data_pins(is_output=False)
    is_typed = source.is_linked([*inputs, *source.data_pins(is_output=True)])
    if kind == "MakeMap":
        element, value = (None, None) if is_typed or len(inputs) < 2 else map(source.type_value, inputs[:2])
        yield draft(kind, Inputs=_unless(len(inputs) // 2, 1), Type=element, ValueType=value)
    else:
        yield draft(kind, Inputs=_unless(len(inputs), 1), Type=None if is_typed or not inputs else source.type_value(inputs[0]))


def read_array_item(source: Source) -> Iterator[Draft]:
    yield draft("GetArrayItem", ByRef=False if source.get("bReturnByRefDesired") == "False" else None)


def read_format_text(source: Source) -> Iterator[Draft]:
    """The placeholders of the format make the arguments, unless the format comes over a wire."""
    arguments = tuple(pin.name for pin in source.data_pins(is_output=False) if pin.name != "Format")
    pattern = source.pin("Format", is_output=False)
    yield draft("FormatText", Format=source.reading.engine.value(pattern) if pattern else None)
    yield draft("FormatText", Arguments=arguments)


def read_timeline(source: Source) -> Iterator[Draft]:
    tracks = source.params(pin for pin in source.data_pins(is_output=True) if pin.name != "Direction")
    yield draft("Timeline", Name=source.text("TimelineName") or None, Tracks=tracks if tracks.items else None)


def read_macro(source: Source) -> Iterator[Draft]:
    """A standard macro by its name, any other by the path of its graph and all its pins."""
    graph = read_reference(members(source.get("MacroGraphReference")).get("MacroGraph", "")).path
    if kind := source.reading.standard_macro(graph):
        yield draft(kind, Type=None)
    inputs = [pin for pin in source.pins if not pin.is_output and not pin.parent_pin and (not pin.is_hidden or pin.is_split)]
    outputs = [pin for pin in source.pins if pin.is_output and not pin.parent_pin and (not pin.is_hidden or pin.is_split)]
    yield draft("Macro", Graph=graph or None, Inputs=source.params(inputs), Outputs=source.params(outputs))


def read_enum_node(source: Source) -> Iterator[Draft]:
    """Nodes over an enum: named by a property, or by the type of the pin that has it."""
    enum = source.path("Enum") or next((pin.raw_type.object.path for pin in source.pins if pin.raw_type.category == "byte"), "")
    kind = source.kind.removeprefix("K2Node_")
    if source.is_linked(source.data_pins(is_output=False)) and not source.path("Enum"):
        yield draft(kind)
    yield draft(kind, Enum=source.named("enums", enum))


def read_by_name(source: Source) -> Iterator[Draft]:
    """Any other node class of the catalogue, by its name, with the class or enum that its properties name."""
    if source.found.children or not UNDERSTOOD.issuperset(source.found.properties):
        return
    kind = source.reading.name_of_class(source.kind)
    target = next((path for key in ("CustomClass", "TargetType", "ComponentClass") if (path := source.path(key))), "")
    enum = source.path("Enum")
    yield draft(kind, Class=source.named("classes", target), Enum=source.named("enums", enum))
    key = source.text("InputAxisKey") or source.text("InputActionName") or source.text("InputAxisName")
    action = source.path("InputAction")
    yield draft(kind, Class=source.named("classes", target), Enum=source.named("enums", enum), Key=key or None, Action=action or None)


def read_tunnel(source: Source) -> Iterator[Draft]:
    """An end of a macro graph. One of a collapsed graph points to the node it is in, which no other form says."""
    if source.get("OutputSourceNode") or source.get("InputSinkNode"):
        return
    yield draft("Tunnel", Inputs=source.params(pin for pin in source.pins if not pin.is_output) or None,
                Outputs=source.params(pin for pin in source.pins if pin.is_output) or None)


def pin_names(source: Source) -> list[str]:
    return [unquote(value) for value in source.found.elements("PinNames")] or [unquote(value) for value in split_values(source.get("PinNames"))]


READERS = {
    "K2Node_IfThenElse": read_branch, "K2Node_ExecutionSequence": read_sequence, "K2Node_MultiGate": read_multi_gate,
    "K2Node_DoOnceMultiInput": read_do_once_multi, **dict.fromkeys(SWITCHES, read_switch), "K2Node_SwitchEnum": read_switch_enum,
    "K2Node_Select": read_select, **dict.fromkeys(CONTAINERS, read_container), "K2Node_GetArrayItem": read_array_item,
    "K2Node_FormatText": read_format_text, "K2Node_Timeline": read_timeline, "K2Node_MacroInstance": read_macro,
    "K2Node_Tunnel": read_tunnel,
    **dict.fromkeys(("K2Node_EnumLiteral", "K2Node_CastByteToEnum", "K2Node_GetNumEnumEntries", "K2Node_EnumEquality",
                     "K2Node_EnumInequality", "K2Node_GetEnumeratorName", "K2Node_GetEnumeratorNameAsString",
                     "K2Node_ForEachElementInEnum"), read_enum_node),
}
