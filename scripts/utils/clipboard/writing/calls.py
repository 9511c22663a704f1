"""Properties of calls: functions, operators, parent and interface calls, async actions."""

from __future__ import annotations

from collections.abc import Callable

from utils.catalogue.data import CONST
from utils.catalogue.operators import FLOAT
from utils.clipboard.writing.facts import Facts, flag_line, line, text_line
from utils.clipboard.writing.types import bare_name, quote


def call(facts: Facts) -> list[str]:
    """Purity under its name before and since UE 5.5; an engine passes over the name that it does not know."""
    known = facts.function
    is_const = facts.flag("Const") or known is not None and bool(known.flags & CONST)
    return [*flag_line("bIsPureFunc", facts.written.shape.is_pure), *flag_line("bDefaultsToPureFunc", facts.written.shape.is_pure),
            *flag_line("bIsConstFunc", is_const), function_reference(facts, *facts.member)]


def function_reference(facts: Facts, owner: str, name: str) -> str:
    """On self, as the editor writes it, where nothing is wired to the target and self is a thing of that class."""
    if not owner or is_on_self(facts, owner):
        return line("FunctionReference", f"(MemberName={quote(name or facts.written.node.type)},bSelfContext=True)")
    return line("FunctionReference", f"(MemberParent={facts.references.class_reference(owner)},MemberName={quote(name)})")


def is_on_self(facts: Facts, owner: str) -> bool:
    target = next((pin for pin in facts.pins(is_input=True) if pin.pin.internal == "self"), None)
    is_open = target is not None and not target.links and target.user is None
    parent, catalogue = facts.page.scope.parent, facts.page.catalogue
    return is_open and not facts.written.shape.is_static and (catalogue.is_a(parent, owner) or not catalogue.knows_class(parent))


def commutative(facts: Facts) -> list[str]:
    return [*additional_inputs(facts), *call(facts)]


def additional_inputs(facts: Facts) -> list[str]:
    count = facts.count("Inputs", 2) - 2
    return flag_line("NumAdditionalInputs", count > 0, str(count))


def operator(facts: Facts) -> list[str]:
    """The overload is the one that the node names, else that for the resolved types; while they are open, any will do."""
    name = facts.written.shape.type
    found = facts.page.types.operators.get(facts.written.node.id) or facts.page.catalogue.operators.find(name, FLOAT, FLOAT)
    member = facts.member if facts.member[1] else (found.owner, found.function) if found else None
    return [*text_line("OperationName", name), *additional_inputs(facts), "bIsPureFunc=True", "bDefaultsToPureFunc=True",
            *([function_reference(facts, *member)] if member else [])]


def call_parent(facts: Facts) -> list[str]:
    """The reference names the class that declares the function, not the parent that inherits it."""
    owner, name = facts.member
    path = facts.references.class_path(owner or facts.page.scope.parent)
    declared = (facts.data.function(path, name) or facts.data.event(path, name)) if path in facts.data.raw["classes"] else None
    parent = facts.references.class_reference(declared.owner if declared else path)
    return [*flag_line("bIsPureFunc", facts.written.shape.is_pure),
            line("FunctionReference", f"(MemberParent={parent},MemberName={quote(name)})")]


def message(facts: Facts) -> list[str]:
    pure = facts.written.shape.is_pure
    return [*flag_line("bIsPureFunc", pure), *flag_line("bDefaultsToPureFunc", pure), "bIsInterfaceCall=True",
            function_reference(facts, *facts.member)]


def async_action(facts: Facts) -> list[str]:
    owner, name = facts.member
    known = facts.data.async_actions.get((owner, name))
    proxy = known.proxy if known else facts.text("Proxy") or owner
    return [*text_line("ProxyFactoryFunctionName", name), line("ProxyFactoryClass", facts.references.class_reference(owner)),
            line("ProxyClass", facts.references.class_reference(proxy))]


def inherited_call(facts: Facts) -> list[str]:
    """A node over one function of the Blueprint's own class."""
    template = [line("TemplateType", facts.references.class_reference(facts.text("Class")))] if facts.text("Class") else []
    return [*template, line("FunctionReference", f"(MemberName={quote(facts.member[1])},bSelfContext=True)")]


def axis_value(facts: Facts) -> list[str]:
    is_key = facts.written.class_name == "K2Node_GetInputAxisKeyValue"
    name = facts.text("Key" if is_key else "InputAxisName") or facts.text("Axis")
    own = [line("InputAxisKey", bare_name(name))] if is_key else text_line("InputAxisName", name)
    return [*own, "bIsPureFunc=True", "bDefaultsToPureFunc=True", "bIsConstFunc=True", *inherited_call(facts)]


CALL_RULES: dict[str, Callable[[Facts], list[str]]] = {
    "K2Node_CallFunction": call, "K2Node_CallArrayFunction": call, "K2Node_CallDataTableFunction": call,
    "K2Node_CallMaterialParameterCollectionFunction": call,
    "K2Node_CommutativeAssociativeBinaryOperator": commutative, "K2Node_PromotableOperator": operator,
    "K2Node_CallParentFunction": call_parent, "K2Node_Message": message,
    "K2Node_AsyncAction": async_action, "K2Node_LatentAbilityCall": async_action, "K2Node_LatentGameplayTaskCall": async_action,
    "K2Node_AddComponent": inherited_call, "K2Node_GetInputAxisValue": axis_value, "K2Node_GetInputAxisKeyValue": axis_value,
}
