"""Nodes over a class or an asset: spawning, components, subsystems, data tables, montages, loading."""

from __future__ import annotations

from utils.catalogue.node_context import Context, missing
from utils.catalogue.shape import EXEC_IN, EXEC_OUT, PinDraft, Problem, ShapeDraft, data_in, data_out, exec_out
from utils.dsl.ast import Value, Word

GRAPH = "/Script/BlueprintGraph.K2Node_"
SPAWN_KEYS = frozenset({"Exposed"})
HANDLING = "enum:ESpawnActorCollisionHandlingMethod"
SUBSYSTEMS = {"GetSubsystem": "Subsystem", "GetSubsystemFromPC": "LocalPlayerSubsystem", "GetEngineSubsystem": "EngineSubsystem",
              "GetEditorSubsystem": "EditorSubsystem"}
# What a node of this kind spawns at the least; its class pin takes that class and its subclasses.
SPAWNED = {"SpawnActorFromClass": "Actor", "ConstructObject": "Object", "CreateWidget": "UserWidget",
           "AddComponentByClass": "ActorComponent"}


def spawn_shape(context: Context) -> ShapeDraft:
    """Without a class the compiler refuses the node; pins exposed on spawn come from the class or from `Exposed`."""
    base = SPAWNED[context.node.type]
    class_pin = data_in("Class", f"class:{base}", is_required=True)
    result = data_out("ReturnValue", f"object:{base}", typed_by="Class")
    pins = [EXEC_IN, EXEC_OUT, *SPAWN_PINS[context.node.type](class_pin, result), *exposed_pins(context)]
    return ShapeDraft(context.node.type, SPAWN_CLASSES[context.node.type], "spawn", tuple(pins), identity=SPAWN_KEYS)


def _spawn_actor_pins(class_pin: PinDraft, result: PinDraft) -> list[PinDraft]:
    return [class_pin, result, data_in("SpawnTransform", "struct:Transform", is_required=True),
            data_in("CollisionHandlingOverride", HANDLING, "Undefined"),
            data_in("TransformScaleMethod", "enum:ESpawnActorScaleMethod", "MultiplyWithRoot", is_advanced=True),
            data_in("Owner", "object:Actor", is_advanced=True)]


def _create_widget_pins(class_pin: PinDraft, result: PinDraft) -> list[PinDraft]:
    return [class_pin, result, data_in("OwningPlayer", "object:PlayerController")]


def _construct_object_pins(class_pin: PinDraft, result: PinDraft) -> list[PinDraft]:
    return [class_pin, result, data_in("Outer", "object:Object", is_required=True)]


def _add_component_pins(class_pin: PinDraft, result: PinDraft) -> list[PinDraft]:
    return [ACTOR_TARGET, class_pin, *COMPONENT_PINS, result]


ACTOR_TARGET = data_in("self", "object:Actor")
COMPONENT_PINS = (data_in("bManualAttachment", "bool", "false"),
                  data_in("RelativeTransform", "struct:Transform", is_by_ref=True, is_const=True),
                  data_in("bDeferredFinish", "bool", "false", is_hidden=True))
SPAWN_PINS = {"SpawnActorFromClass": _spawn_actor_pins, "ConstructObject": _construct_object_pins, "CreateWidget": _create_widget_pins,
              "AddComponentByClass": _add_component_pins}
SPAWN_CLASSES = {"SpawnActorFromClass": GRAPH + "SpawnActorFromClass", "ConstructObject": GRAPH + "GenericCreateObject",
                 "CreateWidget": "/Script/UMGEditor.K2Node_CreateWidget", "AddComponentByClass": GRAPH + "AddComponentByClass"}


def exposed_pins(context: Context) -> list[PinDraft]:
    """Properties exposed on spawn of the class (of Actor where nothing is known), then those the node lists."""
    listed = context.inputs(context.params("Exposed"))
    named = {pin.internal.lower() for pin in listed}
    path = context.data.class_path(context.text("Class") or SPAWNED.get(context.node.type, "")) or \
        context.data.class_path(SPAWNED.get(context.node.type, "Object"))
    known = [data_in(found.name, found.type) for owner in context.data.ancestors(path) for found in context.data.properties(owner)
             if found.is_exposed_on_spawn and found.name.lower() not in named]
    return listed + known


def add_component_shape(context: Context) -> ShapeDraft:
    """Adds a component from a template of this Blueprint: `Template=` names it, `Class=` its class."""
    kind = context.class_name() or "ActorComponent"
    pins = (EXEC_IN, EXEC_OUT, ACTOR_TARGET,
            data_in("TemplateName", "name", is_hidden=True, value=context.text("Template")), COMPONENT_PINS[0], COMPONENT_PINS[1],
            data_in("ComponentTemplateContext", "object:Object", is_hidden=True), COMPONENT_PINS[2],
            data_out("ReturnValue", f"object:{kind}"), *context.inputs(context.params("Exposed")))
    return ShapeDraft("AddComponent", GRAPH + "AddComponent", "spawn", pins, ("/Script/Engine.Actor", "AddComponent"),
                      identity=frozenset({"Template", "Class", "Exposed"}))


def subsystem_shape(context: Context) -> ShapeDraft:
    """The class is a property of the node, not a pin."""
    node = context.node.type
    kind = context.class_name()
    controller = [data_in("PlayerController", "object:PlayerController")] if node == "GetSubsystemFromPC" else []
    problems: tuple[Problem, ...] = () if kind else (missing("missing-class", node, "Class", "EnhancedInputLocalPlayerSubsystem"),)
    pins = (*controller, data_out("ReturnValue", f"object:{kind or SUBSYSTEMS[node]}"))
    return ShapeDraft(node, GRAPH + node, "function", pins, is_pure=True, identity=frozenset({"Class"}), problems=problems)


def data_table_row_shape(context: Context) -> ShapeDraft:
    """`Struct=` is the row's type; without it the wire at the row decides."""
    struct = context.named("structs", "Struct")
    row = data_out("ReturnValue", f"struct:{struct}" if struct else "wildcard", label="OutRow", group="Row")
    pins = (EXEC_IN, exec_out("then", label="RowFound"), exec_out("RowNotFound"), data_in("DataTable", "object:DataTable"),
            data_in("RowName", "name", "None"), row)
    return ShapeDraft("GetDataTableRow", GRAPH + "GetDataTableRow", "flow", pins, identity=frozenset({"Struct"}))


def class_defaults_shape(context: Context) -> ShapeDraft:
    """Properties of a class as outputs: those of a catalogue class, or those that `Outputs` lists."""
    path = context.data.class_path(context.text("Class"))
    outputs = context.outputs(context.params("Outputs"))
    if not outputs and path:
        outputs = [data_out(found.name, found.type) for owner in context.data.ancestors(path)
                   for found in context.data.properties(owner) if not found.is_dispatcher]
    pins = (data_in("Class", "class:Object"), *outputs)
    return ShapeDraft("GetClassDefaults", GRAPH + "GetClassDefaults", "variable", pins, is_pure=True, identity=frozenset({"Outputs"}))


def play_montage_shape(context: Context) -> ShapeDraft:
    events = ("OnCompleted", "OnBlendOut", "OnInterrupted", "OnNotifyBegin", "OnNotifyEnd")
    pins = (EXEC_IN, EXEC_OUT, *map(exec_out, events), data_out("NotifyName", "name"),
            data_in("InSkeletalMeshComponent", "object:SkeletalMeshComponent"), data_in("MontageToPlay", "object:AnimMontage"),
            data_in("PlayRate", "real:float", "1.000000"), data_in("StartingPosition", "real:float", "0.000000"),
            data_in("StartingSection", "name", "None"), data_in("bShouldStopAllMontages", "bool", "true"))
    return ShapeDraft("PlayMontage", "/Script/AnimGraph.K2Node_PlayMontage", "async", pins, is_latent=True)


def ai_move_to_shape(context: Context) -> ShapeDraft:
    pins = (EXEC_IN, EXEC_OUT, exec_out("OnSuccess"), exec_out("OnFail"), data_out("MovementResult", "enum:EPathFollowingResult"),
            data_in("WorldContextObject", "object:Object", is_hidden=True), data_in("Pawn", "object:Pawn"),
            data_in("Destination", "struct:Vector"), data_in("TargetActor", "object:Actor"),
            data_in("AcceptanceRadius", "real:float", "5.000000"), data_in("bStopOnOverlap", "bool", "false"))
    return ShapeDraft("AIMoveTo", "/Script/AIGraph.K2Node_AIMoveTo", "async", pins, is_latent=True)


def load_asset_shape(context: Context) -> ShapeDraft:
    is_class = context.node.type == "AsyncLoadClassAsset"
    source = data_in("AssetClass", "softclass:Object") if is_class else data_in("Asset", "softobject:Object")
    result = data_out("Class", "class:Object", typed_by="AssetClass") if is_class else data_out("Object", "object:Object", typed_by="Asset")
    node_class = GRAPH + ("LoadAssetClass" if is_class else "LoadAsset")
    return ShapeDraft(context.node.type, node_class, "async", (EXEC_IN, EXEC_OUT, exec_out("Completed"), source, result), is_latent=True)


def convert_asset_shape(context: Context) -> ShapeDraft:
    pins = (data_in("Asset", "softobject:Object"), data_out("Object", "object:Object", typed_by="Asset"))
    return ShapeDraft("ConvertAsset", GRAPH + "ConvertAsset", "cast", pins, is_pure=True)


def axis_value_shape(context: Context) -> ShapeDraft:
    """The axis or key is a property of the node and a hidden pin."""
    is_key = context.node.type == "GetInputAxisKeyValue"
    pin, kind, key = ("InputAxisKey", "struct:Key", "Key") if is_key else ("InputAxisName", "name", "InputAxisName")
    value = context.text(key) or context.text("Axis")
    hidden = data_in(pin, kind, is_hidden=True, is_const=is_key, value=_key_value(value, is_key))
    pins = (ACTOR_TARGET._replace(is_hidden=True), hidden, data_out("ReturnValue", "real:float"))
    problems: tuple[Problem, ...] = () if value else (missing("missing-key", context.node.type, key, '"MoveForward"'),)
    return ShapeDraft(context.node.type, GRAPH + context.node.type, "function", pins, ("/Script/Engine.Actor", context.node.type),
                      is_pure=True, identity=frozenset({key, "Axis"}), problems=problems)


def _key_value(value: str, is_key: bool) -> Value | None:
    return (Word(value) if is_key else value) if value else None


def ease_shape(context: Context) -> ShapeDraft:
    kind = context.engine_type_of(context.node.get("Type")) if context.node.get("Type") is not None else "wildcard"
    pins = (data_in("Function", "enum:EEasingFunc", "Linear"), data_in("Alpha", "real:float"), data_in("A", kind, group="T"),
            data_in("B", kind, group="T"), data_out("Result", kind, group="T"))
    return ShapeDraft("Ease", GRAPH + "EaseFunction", "operator", pins, is_pure=True, identity=frozenset({"Type"}))


def to_text_shape(context: Context) -> ShapeDraft:
    pins = (data_in("Value", "wildcard", group="T"), data_out("ReturnValue", "text"))
    return ShapeDraft("GenericToText", GRAPH + "GenericToText", "function", pins, is_pure=True)


def set_by_ref_shape(context: Context) -> ShapeDraft:
    target = data_in("Target", "wildcard", group="T", is_by_ref=True, is_required=True)
    pins = (EXEC_IN, EXEC_OUT, target, data_in("Value", "wildcard", group="T"), data_out("Value", "wildcard", group="T"))
    return ShapeDraft("VariableSetRef", GRAPH + "VariableSetRef", "variable", pins)


def temporary_shape(context: Context) -> ShapeDraft:
    kind = context.engine_type_of(context.node.get("Type")) if context.node.get("Type") is not None else "wildcard"
    return ShapeDraft("TemporaryVariable", GRAPH + "TemporaryVariable", "variable", (data_out("Variable", kind),), is_pure=True,
                      identity=frozenset({"Type", "Persistent"}))


def reroute_shape(context: Context) -> ShapeDraft:
    pins = (data_in("InputPin", "wildcard", group="T"), data_out("OutputPin", "wildcard", group="T"))
    return ShapeDraft("Reroute", GRAPH + "Knot", "flow", pins, is_pure=True)


RULES = {
    **dict.fromkeys(SPAWNED, spawn_shape), "AddComponent": add_component_shape, **dict.fromkeys(SUBSYSTEMS, subsystem_shape),
    "GetDataTableRow": data_table_row_shape, "GetClassDefaults": class_defaults_shape, "PlayMontage": play_montage_shape,
    "AIMoveTo": ai_move_to_shape, "AsyncLoadAsset": load_asset_shape, "AsyncLoadClassAsset": load_asset_shape,
    "ConvertAsset": convert_asset_shape, "GetInputAxisValue": axis_value_shape, "GetInputAxisKeyValue": axis_value_shape,
    "Ease": ease_shape, "GenericToText": to_text_shape, "VariableSetRef": set_by_ref_shape, "TemporaryVariable": temporary_shape,
    "Reroute": reroute_shape,
}
