"""Properties of the nodes that start an execution, and of function entries and results."""

from __future__ import annotations

from utils.catalogue.scope import EVENT_GRAPHS
from utils.clipboard.writing.facts import Facts, flag_line, indexed, line, text_line
from utils.clipboard.writing.types import bare_name, quote, read_engine_type, reference
from utils.clipboard.writing.values import bare, pin_text
from utils.dsl.ast import Param, Variable

PACKAGE = "/Script/CoreUObject.Package"
# Flags of functions and events as the engine numbers them.
NET, RELIABLE, MULTICAST, SERVER, CLIENT = 0x40, 0x80, 0x4000, 0x200000, 0x1000000
PUBLIC, PRIVATE, PROTECTED, PURE, CONST = 0x20000, 0x40000, 0x80000, 0x10000000, 0x40000000
STATIC, CALLABLE = 0x2000, 0xC000000
REPLICATION = {"multicast": MULTICAST, "server": SERVER, "client": CLIENT}
FUNCTION_FLAGS = {"Pure": PURE, "Const": CONST, "Static": STATIC}
ACCESS = {"private": PRIVATE, "protected": PROTECTED}
KEY_FLAGS = {"Ctrl": "bControl", "Alt": "bAlt", "Shift": "bShift", "Cmd": "bCommand"}
# Input settings with their defaults in the editor.
INPUT_SETTINGS = {"ConsumeInput": ("bConsumeInput", True), "ExecuteWhenPaused": ("bExecuteWhenPaused", False),
                  "OverrideParentBinding": ("bOverrideParentBinding", True)}
LOCAL_VARIABLE_FLAGS = 2053


def event(facts: Facts) -> list[str]:
    owner, name = facts.member
    parent = f"MemberParent={facts.references.class_reference(owner)}," if owner else ""
    return [line("EventReference", f"({parent}MemberName={quote(name)})"), "bOverrideFunction=True"]


def custom_event(facts: Facts) -> list[str]:
    """FunctionFlags only where the event is replicated."""
    kind = REPLICATION.get(facts.text("Replicates").lower(), 0)
    flags = NET | kind | (RELIABLE if facts.flag("Reliable") else 0)
    return [*text_line("CustomFunctionName", facts.text("Name") or facts.written.name), *flag_line("FunctionFlags", kind > 0, str(flags)),
            *flag_line("bCallInEditor", facts.flag("CallInEditor"))]


def component_event(facts: Facts) -> list[str]:
    owner, name = facts.member
    component = facts.text("Component")
    dispatcher = facts.data.property(owner, name) if owner in facts.data.raw["classes"] else None
    signature = read_engine_type(dispatcher.type).name if dispatcher else ""
    function = f"BndEvt__{facts.page.blueprint.name}_{component}_{facts.written.name}_{signature or name}__DelegateSignature"
    member = facts.references.signature(signature) if signature else "()"
    known = [line("EventReference", member)] if member != "()" else []
    return [*text_line("DelegatePropertyName", name), line("DelegateOwnerClass", facts.references.class_reference(owner)),
            *text_line("ComponentPropertyName", component), *known, "bInternalEvent=True", *text_line("CustomFunctionName", function)]


def key_event(facts: Facts) -> list[str]:
    flags = [line(name, "True") for key, name in KEY_FLAGS.items() if facts.flag(key)]
    return [line("InputKey", bare_name(facts.text("Key"))), *input_settings(facts), *flags]


def input_settings(facts: Facts) -> list[str]:
    return [line(name, str(facts.flag(key))) for key, (name, default) in INPUT_SETTINGS.items()
            if facts.flag(key, default) != default]


def action_event(facts: Facts) -> list[str]:
    return [*text_line("InputActionName", facts.text("Action")), *input_settings(facts)]


def axis_event(facts: Facts) -> list[str]:
    kind, node = facts.written.class_name, facts.written.name
    axis = facts.text("Axis") or facts.text("Key")
    own = text_line("InputAxisName", axis) if kind == "K2Node_InputAxisEvent" else [line("AxisKey", bare_name(facts.text("Key")))]
    prefix = "InpAxisEvt" if kind == "K2Node_InputAxisEvent" else "InpAxisKeyEvt"
    member = f"(MemberParent={reference(PACKAGE, '/Script/Engine')})"
    return [*own, *input_settings(facts), line("EventReference", member), *text_line("CustomFunctionName", f"{prefix}_{axis}_{node}")]


def enhanced_input(facts: Facts) -> list[str]:
    return [line("InputAction", reference("/Script/EnhancedInput.InputAction", facts.text("Action")))]


def function_entry(facts: Facts) -> list[str]:
    """A function of this Blueprint, an override of one of a class (`Class=` of the graph), or the construction script."""
    flags = function_flags(facts)
    return [*indexed("LocalVariables", [local_variable(facts, one) for one in facts.page.graph.variables]),
            *flag_line("ExtraFlags", flags > 0, str(flags)), *flag_line("bEnforceConstCorrectness", is_construction(facts), "False"),
            function_member(facts), *editable(facts)]


def function_result(facts: Facts) -> list[str]:
    return [function_member(facts), *editable(facts)]


def is_construction(facts: Facts) -> bool:
    return facts.page.graph.name.lower() in EVENT_GRAPHS


def function_owner(facts: Facts) -> str:
    """The class whose function this graph overrides, "" for a function of its own."""
    given = bare(dict(facts.page.graph.properties).get("Class", "")) or facts.text("Class")
    return given or ("Actor" if is_construction(facts) else "")


def function_flags(facts: Facts) -> int:
    """An override has access and the like from what it overrides."""
    properties = dict(facts.page.graph.properties)
    own = 0 if function_owner(facts) else CALLABLE | ACCESS.get(bare(properties.get("Access", "")).lower(), PUBLIC)
    return own | sum(bit for key, bit in FUNCTION_FLAGS.items() if properties.get(key) is True)


def function_member(facts: Facts) -> str:
    owner, name = function_owner(facts), facts.page.graph.name
    parent = f"MemberParent={facts.references.class_reference(owner)}," if owner else ""
    return line("FunctionReference", f"({parent}MemberName={quote('UserConstructionScript' if is_construction(facts) else name)})")


def editable(facts: Facts) -> list[str]:
    return flag_line("bIsEditable", bool(facts.params("Params")))


def local_variable(facts: Facts, variable: Variable) -> str:
    kind = facts.page.engine_type(variable.type)
    parts = [f"VarName={quote(variable.name)}", f"VarGuid={facts.page.variable_guid(variable.name)}",
             f"VarType={facts.references.type_struct(kind)}", f"FriendlyName={quote(variable.name)}",
             'Category=NSLOCTEXT("KismetSchema", "Default", "Default")', f"PropertyFlags={LOCAL_VARIABLE_FLAGS}"]
    if variable.default is not None:
        parts.append(f"DefaultValue={quote(pin_text(variable.default, read_engine_type(kind), facts.references))}")
    return "(" + ",".join(parts) + ")"


def user_defined_pin(facts: Facts, param: Param, direction: str) -> str:
    """One for each parameter that the user made, besides its pin. Events take containers by reference only."""
    kind = facts.page.engine_type(param.type)
    flags = ("bIsReference", "bIsConst") if kind.endswith(">") and facts.written.class_name == "K2Node_CustomEvent" else ()
    default = "" if param.default is None else (
        f",PinDefaultValue={quote(pin_text(param.default, read_engine_type(kind), facts.references))}")
    return (f"CustomProperties UserDefinedPin (PinName={quote(param.name)},PinType={facts.references.type_struct(kind, flags)},"
            f"DesiredPinDirection={direction}{default})")


# Node classes whose parameters are made by the user: the properties that list them, and the side that their pins are on.
USER_PINS = {"K2Node_CustomEvent": {"Params": "EGPD_Output"}, "K2Node_FunctionEntry": {"Params": "EGPD_Output"},
             "K2Node_FunctionResult": {"Params": "EGPD_Input"}, "K2Node_Tunnel": {"Inputs": "EGPD_Input", "Outputs": "EGPD_Output"}}
EVENT_RULES = {
    "K2Node_Event": event, "K2Node_CustomEvent": custom_event, "K2Node_ComponentBoundEvent": component_event,
    "K2Node_InputKey": key_event, "K2Node_InputDebugKey": key_event, "K2Node_InputAction": action_event,
    "K2Node_InputTouch": input_settings, "K2Node_InputAxisEvent": axis_event, "K2Node_InputAxisKeyEvent": axis_event,
    "K2Node_InputVectorAxisEvent": axis_event, "K2Node_EnhancedInputAction": enhanced_input,
    "K2Node_FunctionEntry": function_entry, "K2Node_FunctionResult": function_result,
}
