"""The properties that make a node what it is: its reference, and what it rebuilds its own pins from."""

from __future__ import annotations

from collections.abc import Callable

from utils.catalogue.display import display_string
from utils.catalogue.pin_names import plain_name
from utils.clipboard.writing.calls import CALL_RULES
from utils.clipboard.writing.events import EVENT_RULES
from utils.clipboard.writing.facts import Facts, flag_line, indexed, line, text_line
from utils.clipboard.writing.types import one_line, own_asset, quote, read_engine_type, reference
from utils.clipboard.writing.values import bare
from utils.dsl.ast import Struct

GRAPH_ASSET = "/Script/Engine.EdGraph"
BLUEPRINT_ASSET = "/Script/Engine.Blueprint"


def node_properties(facts: Facts) -> list[str]:
    """Lines `Key=value` in the editor's order; a class without a rule has nothing of its own."""
    rule = generic if facts.written.shape.role == "generic" else RULES.get(facts.written.class_name)
    return rule(facts) if rule else []


# Variables, casts, macros

def variable(facts: Facts) -> list[str]:
    owner, name = facts.member
    head = flag_line("CurrentVariation", facts.flag("Validated"), "ValidatedObject")
    if facts.page.is_local(name) or facts.flag("Local"):
        scope = quote(facts.page.graph.name)
        return [*head, line("VariableReference", f"(MemberScope={scope},MemberName={quote(name)},MemberGuid={facts.page.variable_guid(name)})")]
    if not facts.text("Class"):
        return [*head, line("VariableReference", f"(MemberName={quote(name)},bSelfContext=True)")]
    member = f"(MemberParent={facts.references.class_reference(owner or facts.text('Class'))},MemberName={quote(name)})"
    return [*head, line("VariableReference", member), "SelfContextInfo=NotSelfContext"]


def cast(facts: Facts) -> list[str]:
    return [*flag_line("bIsPureCast", facts.written.shape.is_pure), line("TargetType", facts.references.class_reference(facts.member[0]))]


def macro(facts: Facts) -> list[str]:
    """Of the engine's libraries, of another asset by path, or of this Blueprint by name."""
    asset, name = facts.member
    if not asset:
        own = own_asset(facts.page.blueprint.name)
        asset, _, name = name.rpartition(":") if ":" in name else (own, "", name)
    graph_guid = facts.data.raw["macros"].get(name, {}).get("graph_guid", "")
    graph, blueprint = reference(GRAPH_ASSET, f"{asset}:{name}"), reference(BLUEPRINT_ASSET, asset)
    known_guid = f",GraphGuid={graph_guid}" if graph_guid else ""
    return [line("MacroGraphReference", f"(MacroGraph={graph},GraphBlueprint={blueprint}{known_guid})"), *resolved_wildcard(facts)]


def resolved_wildcard(facts: Facts) -> list[str]:
    """The type of the first wildcard pin of the macro that the graph gives a type to."""
    kind = next((pin.ue_type for pin in facts.written.pins if pin.pin.type.kind == "wildcard" and "wildcard" not in pin.ue_type), "")
    return [line("ResolvedWildcardType", facts.references.type_struct(kind))] if kind else []


# Flow and containers

def switch(facts: Facts) -> list[str]:
    cases = [pin.pin.internal for pin in facts.pins(is_input=False, is_exec=True) if pin.pin.internal != "Default"]
    has_default = any(pin.pin.internal == "Default" for pin in facts.pins(is_input=False, is_exec=True))
    kind = facts.written.class_name
    if kind == "K2Node_SwitchEnum":
        return [*flag_line("bHasDefaultPin", has_default), *enum(facts), *indexed("EnumEntries", [quote(case) for case in cases])]
    found = flag_line("bHasDefaultPin", not has_default, "False")
    if kind == "K2Node_SwitchInteger":
        return [*flag_line("StartIndex", facts.count("StartIndex", 0) != 0, str(facts.count("StartIndex", 0))), *found]
    if kind.endswith("SwitchGameplayTag"):
        return [*indexed("PinTags", [f'(TagName={quote(case)})' for case in cases]), *indexed("PinNames", [quote(case) for case in cases]), *found]
    return [*indexed("PinNames", [quote(case) for case in cases]), *flag_line("bIsCaseSensitive", facts.flag("CaseSensitive")), *found]


def enum(facts: Facts) -> list[str]:
    """The enum of the property, or that of the first enum pin."""
    name = facts.text("Enum") or next((kind.name for pin in facts.written.pins
                                       if (kind := read_engine_type(pin.ue_type)).kind == "enum"), "")
    return [line("Enum", facts.references.object_reference("enums", name))] if name else []


def select(facts: Facts) -> list[str]:
    index = facts.pin_type("Index", True)
    options = [pin for pin in facts.pins(is_input=True) if pin.pin.internal != "Index"]
    entries = [quote(pin.pin.internal) for pin in options] if index.startswith("enum:") else []
    kind = [line("IndexPinType", facts.references.type_struct(index))] if index not in ("", "wildcard") else []
    return [*flag_line("NumOptionPins", len(options) != 2, str(len(options))), *kind,
            *(enum(facts) if entries else []), *indexed("EnumEntries", entries)]


def container(facts: Facts) -> list[str]:
    count = facts.count("Inputs", 1)
    return flag_line("NumInputs", count != 1, str(count))


def format_text(facts: Facts) -> list[str]:
    return indexed("PinNames", [quote(pin.pin.internal) for pin in facts.pins(is_input=True) if pin.pin.internal != "Format"])


def timeline(facts: Facts) -> list[str]:
    return [*text_line("TimelineName", facts.text("Name")), line("TimelineGuid", facts.guid("timeline")), "bCanRenameNode=True"]


# Structs

def struct(facts: Facts) -> list[str]:
    """All members, with those that the node shows marked: of a member that is not named the editor makes a pin."""
    name = facts.text("Struct")
    members = [param.name for param in facts.params("Members")] or [param.name for param in facts.data.members(name) or ()]
    return ["bMadeAfterOverridePinRemoval=True", *shown_properties(facts, members),
            line("StructType", facts.references.object_reference("structs", name))]


def shown_properties(facts: Facts, names: list[str]) -> list[str]:
    pins = {pin.pin.internal for pin in facts.written.pins}
    return indexed("ShowPinForProperties", [
        f"(PropertyName={quote(name)},PropertyFriendlyName={quote(display_string(plain_name(name)))}"
        f"{',bShowPin=True' if name in pins else ''},bCanToggleVisibility=True)" for name in names])


# Delegates and what is known by class

def delegate(facts: Facts) -> list[str]:
    owner, name = facts.member
    if not facts.text("Class"):
        return [line("DelegateReference", f"(MemberName={quote(name)},bSelfContext=True)")]
    return [line("DelegateReference", f"(MemberParent={facts.references.class_reference(owner)},MemberName={quote(name)})")]


def create_delegate(facts: Facts) -> list[str]:
    return text_line("SelectedFunctionName", facts.text("Function"))


def temporary(facts: Facts) -> list[str]:
    kind = facts.pin_type("Variable", False)
    return [line("VariableType", facts.references.type_struct(kind)), *flag_line("bIsPersistent", facts.flag("Persistent"))]


def math_expression(facts: Facts) -> list[str]:
    return text_line("Expression", facts.text("Expression"))


def class_defaults(facts: Facts) -> list[str]:
    return shown_properties(facts, [pin.pin.internal for pin in facts.pins(is_input=False)])


def tunnel(facts: Facts) -> list[str]:
    return [*flag_line("bCanHaveInputs", bool(facts.params("Inputs"))), *flag_line("bCanHaveOutputs", bool(facts.params("Outputs")))]


def subsystem(facts: Facts) -> list[str]:
    return [line("CustomClass", facts.references.class_reference(facts.text("Class")))] if facts.text("Class") else []


def generic(facts: Facts) -> list[str]:
    """The exact form: every property line as it was read."""
    properties = facts.get("Properties")
    return [one_line(line(key, bare(value))) for key, value in properties.fields] if isinstance(properties, Struct) else []


RULES: dict[str, Callable[[Facts], list[str]]] = {
    **EVENT_RULES, **CALL_RULES,
    "K2Node_VariableGet": variable, "K2Node_VariableSet": variable,
    "K2Node_DynamicCast": cast, "K2Node_ClassDynamicCast": cast, "K2Node_MacroInstance": macro,
    "K2Node_SwitchInteger": switch, "K2Node_SwitchString": switch, "K2Node_SwitchName": switch, "K2Node_SwitchEnum": switch,
    "GameplayTagsK2Node_SwitchGameplayTag": switch, "K2Node_Select": select,
    "K2Node_MakeArray": container, "K2Node_MakeSet": container, "K2Node_MakeMap": container,
    "K2Node_FormatText": format_text, "K2Node_Timeline": timeline,
    "K2Node_EnumLiteral": enum, "K2Node_CastByteToEnum": enum, "K2Node_ForEachElementInEnum": enum, "K2Node_GetNumEnumEntries": enum,
    "K2Node_MakeStruct": struct, "K2Node_BreakStruct": struct, "K2Node_SetFieldsInStruct": struct,
    "K2Node_AddDelegate": delegate, "K2Node_RemoveDelegate": delegate, "K2Node_ClearDelegate": delegate,
    **dict.fromkeys(("K2Node_GetSubsystem", "K2Node_GetSubsystemFromPC", "K2Node_GetEngineSubsystem", "K2Node_GetEditorSubsystem"), subsystem),
    "K2Node_TemporaryVariable": temporary, "K2Node_MathExpression": math_expression, "K2Node_GetClassDefaults": class_defaults,
    "K2Node_Tunnel": tunnel,
    "K2Node_AssignDelegate": delegate, "K2Node_CallDelegate": delegate, "K2Node_CreateDelegate": create_delegate,
}
