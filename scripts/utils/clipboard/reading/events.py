"""Readers of what starts an execution: events, input, function entries and results."""

from __future__ import annotations

from collections.abc import Iterator

from utils.catalogue.names import event_name
from utils.clipboard.graphs import CONSTRUCTION_SCRIPT
from utils.clipboard.reading.source import Draft, Source, draft
from utils.dsl.ast import Value, Word

# EFunctionFlags of a custom event.
NET, RELIABLE, MULTICAST, SERVER, CLIENT = 0x40, 0x80, 0x4000, 0x200000, 0x1000000
MODIFIERS = (("Ctrl", "bControl"), ("Alt", "bAlt"), ("Shift", "bShift"), ("Cmd", "bCommand"))
SWITCHED_OFF = (("ConsumeInput", "bConsumeInput"),)
SWITCHED_ON = (("ExecuteWhenPaused", "bExecuteWhenPaused"),)


def read_event(source: Source) -> Iterator[Draft]:
    """An event of the catalogue, plainly where PARENT decides whose it is; else an override with its parameters."""
    member = source.member("EventReference")
    owner = source.named("classes", member.parent)
    if event := source.reading.catalogue_event(member.parent, member.name):
        meaning = event.owner, event.name
        yield draft(event_name(event), meaning)
        yield draft(event_name(event), meaning, Class=owner)
    parameters = source.data_pins(is_output=True)
    yield draft("Event_Override", ("", member.name), Event=member.name, Class=owner,
                Params=source.params(parameters) if parameters else None)


def read_custom_event(source: Source) -> Iterator[Draft]:
    flags = source.found.number("FunctionFlags")
    parameters = source.data_pins(is_output=True)
    kind = next((word for bit, word in ((SERVER, "Server"), (CLIENT, "Client"), (MULTICAST, "Multicast")) if flags & bit), None)
    name = source.text("CustomFunctionName")
    yield draft("Event_Custom", ("", name), Name=name, Params=source.params(parameters) if parameters else None,
                Replicates=Word(kind) if kind and flags & NET else None, Reliable=True if flags & RELIABLE else None,
                CallInEditor=True if source.flag("bCallInEditor") else None)


def read_component_event(source: Source) -> Iterator[Draft]:
    name, component = source.text("DelegatePropertyName"), source.text("ComponentPropertyName")
    path = source.path("DelegateOwnerClass")
    owner, parameters, meaning = source.named("classes", path), source.data_pins(is_output=True), ("", name)
    if not parameters or source.reading.dispatcher(path, name):
        yield draft("Event_Component", meaning, Component=component, Event=name)
        yield draft("Event_Component", meaning, Component=component, Event=name, Class=owner)
    yield draft("Event_Component", meaning, Component=component, Event=name, Class=owner, Params=source.params(parameters))


def read_enhanced_input(source: Source) -> Iterator[Draft]:
    action = source.path("InputAction")
    value = source.pin("ActionValue", is_output=True)
    value_type = source.type_value(value)
    yield draft("Event_EnhancedInput", Action=action, ValueType=None if value_type == Word("Bool") else value_type)


def read_input_action(source: Source) -> Iterator[Draft]:
    yield draft("Event_InputAction", Action=source.text("InputActionName"), **_input_flags(source))


def read_input_axis(source: Source) -> Iterator[Draft]:
    yield draft("Event_InputAxis", Axis=source.text("InputAxisName"), **_input_flags(source))


def read_input_key(source: Source) -> Iterator[Draft]:
    kind = "Event_DebugKey" if source.kind == "K2Node_InputDebugKey" else "Event_InputKey"
    yield draft(kind, Key=_key(source, "InputKey"), **_input_flags(source))


def read_axis_key(source: Source) -> Iterator[Draft]:
    kind = "Event_InputVectorAxis" if source.kind == "K2Node_InputVectorAxisEvent" else "Event_InputAxisKey"
    yield draft(kind, Key=_key(source, "AxisKey"), **_input_flags(source))


def read_input_touch(source: Source) -> Iterator[Draft]:
    yield draft("Event_InputTouch", **_input_flags(source))


def _key(source: Source, name: str) -> Value | None:
    """A key's name stands alone, or in a struct."""
    return source.text(name).removeprefix("(KeyName=").removesuffix(")").strip('"') or None


def _input_flags(source: Source) -> dict[str, Value | None]:
    flags: dict[str, Value | None] = {word: True for word, key in (*MODIFIERS, *SWITCHED_ON) if source.flag(key)}
    flags.update((word, False) for word, key in SWITCHED_OFF if source.get(key) == "False")
    return flags


def read_entry(source: Source) -> Iterator[Draft]:
    """Parameters as listed; those of an override come from the function it overrides, where the catalogue has it."""
    yield from _entry_or_result(source, "FunctionEntry", is_output=True)


def read_result(source: Source) -> Iterator[Draft]:
    yield from _entry_or_result(source, "FunctionResult", is_output=False)


def _entry_or_result(source: Source, kind: str, *, is_output: bool) -> Iterator[Draft]:
    pins = source.data_pins(is_output=is_output, leaving_out=())
    is_construction = source.reading.scope.graph == CONSTRUCTION_SCRIPT
    owner = None if is_construction else source.named("classes", source.member("FunctionReference").parent)
    if owner or not pins:
        yield draft(kind, Class=owner)
    yield draft(kind, Class=owner, Params=source.params(pins))


READERS = {
    "K2Node_Event": read_event, "K2Node_CustomEvent": read_custom_event, "K2Node_ComponentBoundEvent": read_component_event,
    "K2Node_EnhancedInputAction": read_enhanced_input, "K2Node_InputAction": read_input_action,
    "K2Node_InputAxisEvent": read_input_axis, "K2Node_InputKey": read_input_key, "K2Node_InputDebugKey": read_input_key,
    "K2Node_InputAxisKeyEvent": read_axis_key, "K2Node_InputVectorAxisEvent": read_axis_key, "K2Node_InputTouch": read_input_touch,
    "K2Node_FunctionEntry": read_entry, "K2Node_FunctionResult": read_result,
}
