"""Everything that starts an execution: events of the parent class, custom events, input, components, function entries."""

from __future__ import annotations

from utils.catalogue.data import Event, short_name
from utils.catalogue.names import event_name
from utils.catalogue.node_context import Context, missing, signature_outputs, unknown_node
from utils.catalogue.shape import EXEC_IN, EXEC_OUT, PinDraft, Problem, ShapeDraft, data_out, exec_out

GRAPH = "/Script/BlueprintGraph.K2Node_"
INPUT = "/Script/InputBlueprintNodes.K2Node_"
DELEGATE_OUT = data_out("OutputDelegate", "delegate")
EVENT_PINS = (DELEGATE_OUT, EXEC_OUT)
KEY_FLAGS = frozenset({"Key", "Ctrl", "Alt", "Shift", "Cmd", "ConsumeInput", "ExecuteWhenPaused", "OverrideParentBinding"})
DEFAULT_PARENT = "/Script/Engine.Actor"


def catalogue_event_shape(context: Context, owner: str | None = None) -> ShapeDraft:
    """An event of the parent class; `Class=` names another owner where the parent does not decide."""
    name = context.node.type
    given = context.data.class_path(context.text("Class")) if context.text("Class") else None
    event = context.events.find(name, given or context.parent_path)
    candidates = context.events.by_name.get(name.lower(), [])
    if event is None and not candidates:
        return unknown_node(context, "unknown-event", f"no class of the catalogue has an event '{name.removeprefix('Event_')}'",
                            "Use Event_Custom for an event of your own, or Event_Override for one of an interface.")
    found = event or _likeliest(candidates)
    draft = event_draft(found)
    if event is None and context.parent_path is not None:
        return draft.with_problem("foreign-event", f"'{name}' is an event of {short_name(found.owner)}, not of {context.scope.parent}",
                                  f"Use an event of {context.scope.parent}, or set PARENT to a {short_name(found.owner)}.")
    return draft


def _likeliest(candidates: list[Event]) -> Event:
    """Of a project's own parent class nothing is known: the event of Actor, else the first."""
    return next((event for event in candidates if event.owner == DEFAULT_PARENT), candidates[0])


def event_draft(event: Event) -> ShapeDraft:
    pins = (*EVENT_PINS, *signature_outputs(event.parameters))
    return ShapeDraft(event_name(event), GRAPH + "Event", "event", pins, (event.owner, event.name), identity=frozenset({"Class"}))


def override_shape(context: Context) -> ShapeDraft:
    name = context.text("Event")
    pins = (*EVENT_PINS, *context.outputs(context.params("Params")))
    problems = () if name else (missing("missing-event", "Event_Override", "Event", '"OnUse"'),)
    return ShapeDraft("Event_Override", GRAPH + "Event", "event", pins, (context.class_path(), name),
                      identity=frozenset({"Event", "Class", "Params"}), problems=problems)


def custom_shape(context: Context) -> ShapeDraft:
    pins = (*EVENT_PINS, *context.outputs(context.params("Params")))
    problems = () if context.text("Name") else (missing("missing-name", "Event_Custom", "Name", '"OnHeal"'),)
    return ShapeDraft("Event_Custom", GRAPH + "CustomEvent", "event", pins, ("", context.text("Name")),
                      identity=frozenset({"Name", "Params", "Replicates", "Reliable", "CallInEditor"}), problems=problems)


def component_shape(context: Context) -> ShapeDraft:
    """A dispatcher of a component of this Blueprint; its class is known from the component's variable or from `Class=`."""
    name, component = context.text("Event"), context.text("Component")
    owner = context.text("Class") or _component_class(context, component)
    path = context.data.class_path(owner) if owner else None
    dispatcher = context.data.property(path, name) if path else None
    params = context.outputs(context.params("Params"))
    if not params and dispatcher is not None:
        params = signature_outputs(context.data.delegate_params(dispatcher))
    problems = [missing(f"missing-{key.lower()}", "Event_Component", key, example)
                for key, example in (("Component", '"Box"'), ("Event", '"OnComponentBeginOverlap"')) if not context.text(key)]
    owner_path = dispatcher.owner if dispatcher else path or owner
    member = (owner_path, dispatcher.name if dispatcher else name)
    return ShapeDraft("Event_Component", GRAPH + "ComponentBoundEvent", "event", (*EVENT_PINS, *params), member,
                      identity=frozenset({"Component", "Event", "Class", "Params"}), problems=tuple(problems))


def _component_class(context: Context, component: str) -> str:
    if variable := context.scope.variables.get(component.lower()):
        return context.types.resolve(variable.type).name
    parent = context.parent_path
    found = context.data.property(parent, component) if parent else None
    return found.type.partition(":")[2] if found else ""


def key_shape(context: Context) -> ShapeDraft:
    pins = (exec_out("Pressed"), exec_out("Released"), data_out("Key", "struct:Key"))
    return ShapeDraft("Event_InputKey", GRAPH + "InputKey", "event", pins, identity=KEY_FLAGS, problems=_needs(context, "Key", '"F"'))


def debug_key_shape(context: Context) -> ShapeDraft:
    pins = (exec_out("Pressed"), exec_out("Released"), data_out("Key", "struct:Key"),
            data_out("ActionValue", "struct:InputActionValue"))
    return ShapeDraft("Event_DebugKey", INPUT + "InputDebugKey", "event", pins, identity=KEY_FLAGS, problems=_needs(context, "Key", '"F"'))


def action_shape(context: Context) -> ShapeDraft:
    pins = (exec_out("Pressed"), exec_out("Released"), data_out("Key", "struct:Key"))
    return ShapeDraft("Event_InputAction", GRAPH + "InputAction", "event", pins,
                      identity=frozenset({"Action", "ConsumeInput", "ExecuteWhenPaused", "OverrideParentBinding"}),
                      problems=_needs(context, "Action", '"Jump"'))


def axis_shape(context: Context) -> ShapeDraft:
    """Legacy axis mapping, or the axis of a key."""
    is_key = context.node.type == "Event_InputAxisKey"
    node_class = GRAPH + ("InputAxisKeyEvent" if is_key else "InputAxisEvent")
    key = "Key" if is_key else "Axis"
    pins = (*EVENT_PINS, data_out("AxisValue", "real:float"))
    return ShapeDraft(context.node.type, node_class, "event", pins, identity=frozenset({key, *KEY_FLAGS}),
                      problems=_needs(context, key, '"MouseX"' if is_key else '"MoveForward"'))


def vector_axis_shape(context: Context) -> ShapeDraft:
    pins = (*EVENT_PINS, data_out("AxisValue", "struct:Vector"))
    return ShapeDraft("Event_InputVectorAxis", GRAPH + "InputVectorAxisEvent", "event", pins, identity=KEY_FLAGS,
                      problems=_needs(context, "Key", '"Tilt"'))


def touch_shape(context: Context) -> ShapeDraft:
    pins = (exec_out("Pressed"), exec_out("Released"), exec_out("Moved"), data_out("Location", "struct:Vector"),
            data_out("FingerIndex", "enum:ETouchIndex"))
    return ShapeDraft("Event_InputTouch", GRAPH + "InputTouch", "event", pins, identity=KEY_FLAGS - {"Key"})


def enhanced_input_shape(context: Context) -> ShapeDraft:
    """The type of the value is set in the asset of the action: `ValueType=` says it, or what is wired to it."""
    kind = context.node.get("ValueType")
    value = data_out("ActionValue", context.engine_type_of(kind) if kind is not None else "wildcard", group="ActionValue")
    seconds = [data_out(name, "real:double", is_advanced=True) for name in ("ElapsedSeconds", "TriggeredSeconds")]
    triggers = [exec_out(name, is_advanced=name != "Triggered") for name in ("Triggered", "Started", "Ongoing", "Canceled", "Completed")]
    pins = (*triggers, value, *seconds, data_out("InputAction", "object:InputAction", is_advanced=True))
    return ShapeDraft("Event_EnhancedInput", INPUT + "EnhancedInputAction", "event", pins, identity=frozenset({"Action", "ValueType"}),
                      problems=_needs(context, "Action", '"IA_Jump"'))


def _needs(context: Context, key: str, example: str) -> tuple[Problem, ...]:
    return () if context.text(key) else (missing(f"missing-{key.lower()}", context.node.type, key, example),)


def entry_shape(context: Context) -> ShapeDraft:
    """Parameters as listed; an override of a function of the parent class has that function's."""
    pins = [EXEC_OUT, *_entry_params(context)]
    return ShapeDraft("FunctionEntry", GRAPH + "FunctionEntry", "entry", tuple(pins), ("", context.scope.graph),
                      identity=frozenset({"Params", "Class"}))


def _entry_params(context: Context) -> list[PinDraft]:
    if context.says("Params"):
        return context.outputs(context.params("Params"))
    event = _overridden(context)
    return signature_outputs(event.parameters) if event else []


def result_shape(context: Context) -> ShapeDraft:
    results = context.inputs(context.params("Params"))
    event = None if context.says("Params") else _overridden(context)
    if event:
        results = [pin._replace(is_input=True) for pin in signature_outputs(event.results or ())]
    return ShapeDraft("FunctionResult", GRAPH + "FunctionResult", "result", (EXEC_IN, *results), ("", context.scope.graph),
                      identity=frozenset({"Params", "Class"}))


def _overridden(context: Context) -> Event | None:
    path = context.data.class_path(context.text("Class")) if context.text("Class") else context.parent_path
    return context.data.event(path, context.scope.graph) if path else None


RULES = {
    "Event_Override": override_shape, "Event_Custom": custom_shape, "Event_Component": component_shape,
    "Event_InputKey": key_shape, "Event_DebugKey": debug_key_shape, "Event_InputAction": action_shape, "Event_InputAxis": axis_shape,
    "Event_InputAxisKey": axis_shape, "Event_InputVectorAxis": vector_axis_shape, "Event_InputTouch": touch_shape,
    "Event_EnhancedInput": enhanced_input_shape, "FunctionEntry": entry_shape, "FunctionResult": result_shape,
}
