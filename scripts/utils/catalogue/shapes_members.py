"""Members of objects and structs: variables, dispatchers, Make and Break, casts."""

from __future__ import annotations

from utils.catalogue.data import Param, short_name
from utils.catalogue.display import display_string
from utils.catalogue.node_context import Context, missing, unknown_node
from utils.catalogue.shape import EXEC_IN, EXEC_OUT, PinDraft, Problem, ShapeDraft, data_in, data_out, exec_out
from utils.catalogue.types import SELF
from utils.dsl.types import PinType, engine_type

GRAPH = "/Script/BlueprintGraph.K2Node_"
VARIABLE_KEYS = frozenset({"Variable", "Class", "Type", "Local", "Validated"})
DELEGATE_NODES = {"BindEvent": "AddDelegate", "UnbindEvent": "RemoveDelegate", "UnbindAllEvents": "ClearDelegate",
                  "AssignEvent": "AssignDelegate", "CallDispatcher": "CallDelegate"}
STRUCT_KEYS = frozenset({"Struct", "Members", "Shown"})


def variable_shape(context: Context) -> ShapeDraft:
    name, owner = context.text("Variable"), context.text("Class")
    is_set = context.node.type == "VariableSet"
    kind, problem = variable_type(context, name, owner)
    member = (context.data.class_path(owner) or owner, name) if owner else ("", name)
    pins = _set_pins(name, kind) if is_set else _get_pins(context, name, kind)
    pins = [pin._replace(group="T") if pin.type == "wildcard" else pin for pin in pins]
    if not _is_local(context, name):
        is_target_missing = bool(owner) and not context.self_is(owner)
        target = context.self_pin(member[0], is_hidden=not owner, is_required=is_target_missing)
        pins.append(target)
    is_pure = not is_set and context.flag("Validated") is not True
    return ShapeDraft(context.node.type, GRAPH + context.node.type, "variable", tuple(pins), member, is_pure=is_pure,
                      identity=VARIABLE_KEYS, problems=(problem,) if problem else ())


def _set_pins(name: str, kind: str) -> list[PinDraft]:
    return [EXEC_IN, EXEC_OUT, data_in(name, kind, label=_pin_name(name)), data_out("Output_Get", kind, label="Output")]


def _get_pins(context: Context, name: str, kind: str) -> list[PinDraft]:
    value = data_out(name, kind, label=_pin_name(name))
    if context.flag("Validated") is not True:
        return [value]
    return [EXEC_IN, exec_out("then", label="IsValid"), exec_out("else", label="IsNotValid"), value]


def _pin_name(name: str) -> str:
    return "".join(name.split()) or "Value"


def _is_local(context: Context, name: str) -> bool:
    return context.flag("Local") is True or (not context.text("Class") and name.lower() in context.scope.local_variables)


def variable_type(context: Context, name: str, owner: str) -> tuple[str, Problem | None]:
    """From `Type=`, the document's declarations, or the properties of the class in question."""
    if (given := context.node.get("Type")) is not None:
        return context.engine_type_of(given), None
    declared = context.scope.local_variables.get(name.lower()) or context.scope.variables.get(name.lower())
    if declared and not owner:
        return context.engine_type(declared.type), None
    path = context.data.class_path(owner) if owner else context.parent_path
    found = context.data.property(path, name) if path else None
    if found:
        return found.type, None
    if not name:
        return "wildcard", missing("missing-variable", context.node.type, "Variable", '"Health"')
    if path is None:
        return "wildcard", None  # a class outside the catalogue may have any variable
    where = f"{owner} has no variable" if owner else "there is no variable"
    remedy = "Name a variable of that class, or give its Type=." if owner else f"Add 'VAR {name}: <type>' to the document."
    return "wildcard", Problem("unknown-variable", f"{where} '{name}'", remedy)


def delegate_shape(context: Context) -> ShapeDraft:
    """Bind, unbind, assign, call: the dispatcher of this Blueprint or of another object."""
    node = context.node.type
    name, owner = context.text("Dispatcher"), context.text("Class")
    signature, problem, declaring = _dispatcher_signature(context, name, owner)
    declaring = declaring or (context.class_path() if owner else "")
    is_target_missing = bool(owner) and not context.self_is(owner)
    pins = [EXEC_IN, EXEC_OUT, context.self_pin(declaring, is_hidden=False, is_required=is_target_missing)]
    if node == "CallDispatcher":
        pins += signature
    elif node != "UnbindAllEvents":
        pins.append(data_in("Delegate", "delegate", label="Event", is_by_ref=True, is_const=True, is_required=True))
    return ShapeDraft(node, GRAPH + DELEGATE_NODES[node], "delegate", tuple(pins), (declaring, name),
                      identity=frozenset({"Dispatcher", "Class", "Params"}), problems=(problem,) if problem else ())


def _dispatcher_signature(context: Context, name: str, owner: str) -> tuple[list[PinDraft], Problem | None, str]:
    """Parameters as inputs, what is wrong, and the class that declares the dispatcher ("" for this Blueprint's own)."""
    if not name:
        return [], missing("missing-dispatcher", context.node.type, "Dispatcher", '"OnDied"'), ""
    if context.says("Params"):
        return context.inputs(context.params("Params")), None, ""
    if not owner and name.lower() in context.scope.dispatchers:
        return context.inputs(context.scope.dispatchers[name.lower()]), None, ""
    path = context.data.class_path(owner) if owner else context.parent_path
    found = context.data.property(path, name) if path else None
    if found and found.is_dispatcher:
        return [data_in(one.name, one.type) for one in context.data.delegate_params(found)], None, found.owner
    if path is None:
        return [], None, ""
    remedy = f"Declare it: VAR {name}: Dispatcher, or name the class that has it with Class=."
    return [], Problem("unknown-dispatcher", f"{owner or 'this Blueprint'} has no dispatcher '{name}'", remedy), ""


def create_event_shape(context: Context) -> ShapeDraft:
    """A delegate to a function or custom event of the object; an unwired object is self."""
    pins = (data_in("self", "object:Object", label="Object"), data_out("OutputDelegate", "delegate", label="Event"))
    problems = () if context.text("Function") else (missing("missing-function", "CreateEvent", "Function", '"OnDied"'),)
    return ShapeDraft("CreateEvent", GRAPH + "CreateDelegate", "delegate", pins, ("", context.text("Function")), is_pure=True,
                      identity=frozenset({"Function"}), problems=problems)


def make_struct_shape(context: Context) -> ShapeDraft:
    struct, problems = _struct(context)
    members = [data_in(member.name, member.type) for member in shown_members(context)]
    pins = (data_out(struct_pin(struct), f"struct:{struct}"), *members)
    return ShapeDraft("MakeStruct", GRAPH + "MakeStruct", "make", pins, is_pure=True, identity=STRUCT_KEYS, problems=problems)


def break_struct_shape(context: Context) -> ShapeDraft:
    struct, problems = _struct(context)
    source = data_in(struct_pin(struct), f"struct:{struct}", is_by_ref=True, is_const=True, is_required=True)
    members = [data_out(member.name, member.type) for member in shown_members(context)]
    return ShapeDraft("BreakStruct", GRAPH + "BreakStruct", "make", (source, *members), is_pure=True, identity=STRUCT_KEYS,
                      problems=problems)


def set_fields_shape(context: Context) -> ShapeDraft:
    struct, problems = _struct(context)
    members = [data_in(member.name, member.type) for member in shown_members(context)]
    pins = (EXEC_IN, EXEC_OUT, data_in("StructRef", f"struct:{struct}", is_by_ref=True, is_required=True),
            data_out("StructOut", f"struct:{struct}"), *members)
    return ShapeDraft("SetFieldsInStruct", GRAPH + "SetFieldsInStruct", "make", pins, identity=STRUCT_KEYS, problems=problems)


def _struct(context: Context) -> tuple[str, tuple[Problem, ...]]:
    struct = context.named("structs", "Struct")
    if not struct:
        return struct, (missing("missing-struct", context.node.type, "Struct", "HitResult"),)
    if context.data.members(struct) is not None or context.says("Members") or "/" in struct:
        return struct, ()
    remedy = f'Give its path and members: Struct="/Game/{struct}.{struct}", Members=(Count: Int).'
    return struct, (Problem("unknown-struct", f"the catalogue has no struct '{struct}'", remedy),)


def struct_pin(struct: str) -> str:
    """The pin is named after the struct, which may be a path."""
    return short_name(struct) or "Struct"


def shown_members(context: Context) -> list[Param]:
    """Members that have a pin: those listed in `Shown`, else all; in the order of the struct."""
    known = context.data.members(context.text("Struct")) or ()
    given = tuple(Param(item.name, context.engine_type(item.type)) for item in context.params("Members"))
    shown = {name.lower() for name in context.strings("Shown")}
    return [member for member in (given or known) if not shown or member.name.lower() in shown]


def cast_shape(context: Context) -> ShapeDraft:
    """CastToX, or CastToClass for a class reference. `Class=` gives the path of a project's own class."""
    is_class = context.node.type == "CastToClass"
    spelled = "" if is_class else context.node.type.removeprefix("CastTo")
    target = context.class_name() or context.types.known_name("classes", spelled)
    if not target:
        return unknown_node(context, "missing-class", f"{context.node.type} does not say to which class",
                            "Write CastToCharacter, or add Class=.")
    known = context.data.class_path(target)
    kind = PinType("class" if is_class else "interface" if known and context.data.is_interface(known) else "object", target)
    source = data_in("Class", "class:Object", is_required=True) if is_class else data_in("Object", "object:Object", is_required=True)
    result = data_out("As" + display_string(class_display(target)), engine_type(kind), label=f"As{class_display(target)}")
    is_pure = context.flag("Pure") is True
    execs = [] if is_pure else [EXEC_IN, EXEC_OUT, exec_out("CastFailed")]
    pins = (*execs, source, result, data_out("bSuccess", "bool", is_hidden=not is_pure))
    node_class = GRAPH + ("ClassDynamicCast" if is_class else "DynamicCast")
    canonical = "CastToClass" if is_class else f"CastTo{class_display(target)}"
    draft = ShapeDraft(canonical, node_class, "cast", pins, (known or target, ""), is_pure=is_pure, identity=frozenset({"Class", "Pure"}))
    if known is None and not context.text("Class") and not is_project_name(spelled):
        return draft._replace(problems=(Problem("unknown-class", f"the catalogue has no class '{target}'",
                                                f'Give its path: Class="/Game/{target}.{target}_C".'),))
    return draft


def is_project_name(name: str) -> bool:
    """Whether a class that the catalogue lacks may be a Blueprint of the project: by convention those have a prefix (BP_Door)."""
    return "/" in name or "_" in name


def class_display(name: str) -> str:
    """`/Game/BP_Door.BP_Door_C` is BP_Door."""
    return short_name(name).removesuffix("_C") if "/" in name else name


def self_shape(context: Context) -> ShapeDraft:
    return ShapeDraft("Self", GRAPH + "Self", "variable", (data_out("self", f"object:{SELF}", label="Self"),), is_pure=True)


RULES = {
    "VariableGet": variable_shape, "VariableSet": variable_shape, **dict.fromkeys(DELEGATE_NODES, delegate_shape),
    "CreateEvent": create_event_shape, "MakeStruct": make_struct_shape, "BreakStruct": break_struct_shape,
    "SetFieldsInStruct": set_fields_shape, "Self": self_shape, "CastToClass": cast_shape,
}
