"""Readers of calls: functions, parent and interface calls, operators, async actions, dispatchers."""

from __future__ import annotations

from collections.abc import Iterator

from utils.catalogue.operators import FLOAT
from utils.clipboard.reading.source import Draft, Source, draft
from utils.clipboard.values import Member
from utils.dsl.ast import Value, Word

OPERATORS = frozenset({"Add", "Subtract", "Multiply", "Divide", "Less", "Greater", "LessEqual", "GreaterEqual", "EqualEqual", "NotEqual"})
DELEGATE_NODES = {"K2Node_AddDelegate": "BindEvent", "K2Node_RemoveDelegate": "UnbindEvent", "K2Node_ClearDelegate": "UnbindAllEvents",
                  "K2Node_AssignDelegate": "AssignEvent", "K2Node_CallDelegate": "CallDispatcher"}


def read_call(source: Source) -> Iterator[Draft]:
    """A function of the catalogue by its name, one of this Blueprint by Call, any other by Call with its signature."""
    member = source.member("FunctionReference")
    yield from _catalogue_call(source, member)
    meaning = member.parent, member.name
    if not member.parent and source.reading.defines_function(member.name):
        yield draft("Call", meaning, Function=member.name)
    owner = member.parent or source.reading.native_owner(source)
    yield draft("Call", (owner, member.name), Function=member.name, Class=source.named("classes", owner), Pure=source.is_pure or None,
                Static=_is_static(source) or None, **_signature(source, is_described=owner != ""))


def _catalogue_call(source: Source, member: Member) -> Iterator[Draft]:
    function = source.reading.catalogue_function(member.parent or source.reading.native_owner(source), member.name)
    if function is None:
        return
    kind = source.catalogue.function_names.of_function(function.owner, function.name)
    meaning = function.owner, function.name
    inputs = _input_count(source)
    yield draft(kind, meaning, Inputs=inputs)
    yield draft(kind, meaning, Inputs=inputs, Pure=source.is_pure)


def _input_count(source: Source) -> Value | None:
    """Of an operator with pins added by the user."""
    if source.kind != "K2Node_CommutativeAssociativeBinaryOperator":
        return None
    count = sum(len(pin.name) == 1 for pin in source.data_pins(is_output=False))
    return count if count > 2 else None


def _signature(source: Source, is_described: bool = False) -> dict[str, Value | None]:
    """Parameters and results. That a function has neither is said by an empty list, unless its class describes it already."""
    params, results = (source.params(source.data_pins(is_output=is_output)) for is_output in (False, True))
    is_empty = not params.items and not results.items and not is_described
    return {"Params": params if params.items or is_empty else None, "Results": results if results.items else None}


def _is_static(source: Source) -> bool:
    """The target of a static function is hidden and is the library's default object."""
    target = source.pin("self", is_output=False)
    return target is not None and target.is_hidden and bool(target.default_object)


def read_parent_call(source: Source) -> Iterator[Draft]:
    member = source.member("FunctionReference")
    owner = source.named("classes", member.parent)
    meaning = "", member.name
    if source.reading.knows_signature(member):
        yield draft("CallParent", meaning, Function=member.name)
        yield draft("CallParent", meaning, Function=member.name, Class=owner)
    yield draft("CallParent", meaning, Function=member.name, Class=owner, Pure=source.is_pure or None, **_signature(source, is_described=True))


def read_message(source: Source) -> Iterator[Draft]:
    """Of an interface outside the catalogue all parameters are said, wired or not: nobody else knows them."""
    member = source.member("FunctionReference")
    interface = source.named("classes", member.parent)
    meaning = "", member.name
    if source.reading.knows_signature(member):
        yield draft("CallInterface", meaning, Function=member.name, Interface=interface)
    yield draft("CallInterface", meaning, Function=member.name, Interface=interface, Pure=source.is_pure or None, **_signature(source, is_described=True))


def read_operator(source: Source) -> Iterator[Draft]:
    """A promotable operator is called by what it does; older texts say that only by the function behind it."""
    name = source.text("OperationName") or source.member("FunctionReference").name.partition("_")[0]
    operands = source.data_pins(is_output=False)
    if name in OPERATORS:
        count = len(operands) if len(operands) > 2 else None
        kind = None if source.is_linked(operands) else source.type_value(operands[0] if operands else None)
        yield draft(name, Inputs=count, Type=kind, Function=_unexpected_overload(source, name))
    yield from _catalogue_call(source, source.member("FunctionReference"))


def _unexpected_overload(source: Source, operator: str) -> Value | None:
    """The editor keeps the function of earlier wires in some nodes; where the types ask for another, the node says so."""
    named = source.member("FunctionReference").name
    kinds = [source.types.pin_type(pin.raw_type) if pin else None for pin in map(source.pin, "AB")]
    known = [FLOAT if kind is None or kind.kind == "wildcard" else kind for kind in kinds]
    expected = source.catalogue.operators.find(operator, *known)
    return Word(named) if named and (expected is None or expected.function.lower() != named.lower()) else None


def read_async(source: Source) -> Iterator[Draft]:
    name, owner = source.text("ProxyFactoryFunctionName"), source.path("ProxyFactoryClass")
    meaning = owner, name
    if function := source.reading.catalogue_function(owner, name):
        yield draft(source.catalogue.function_names.of_function(function.owner, function.name), (function.owner, function.name))
    proxy = source.path("ProxyClass")
    outputs = [pin for pin in source.exec_pins(is_output=True) if pin.name.lower() != "then"]
    yield draft("AsyncAction", meaning, Class=source.named("classes", owner), Function=name,
                Proxy=source.named("classes", proxy) if proxy != owner else None, Outputs=source.params(outputs) if outputs else None, **_signature(source, is_described=True))


def read_delegate(source: Source) -> Iterator[Draft]:
    kind = DELEGATE_NODES[source.kind]
    member = source.member("DelegateReference")
    owner = source.named("classes", member.parent)
    meaning = "", member.name
    if kind != "CallDispatcher" or not member.parent or source.reading.dispatcher(member.parent, member.name):
        yield draft(kind, meaning, Dispatcher=member.name, Class=owner)
    if kind == "CallDispatcher":
        yield draft(kind, meaning, Dispatcher=member.name, Class=owner, Params=source.params(source.data_pins(is_output=False)))


def read_create_delegate(source: Source) -> Iterator[Draft]:
    yield draft("CreateEvent", Function=source.text("SelectedFunctionName") or None)


READERS = {
    **dict.fromkeys(("K2Node_CallFunction", "K2Node_CallArrayFunction", "K2Node_CommutativeAssociativeBinaryOperator",
                     "K2Node_CallFunctionOnMember", "K2Node_CallMaterialParameterCollectionFunction",
                     "K2Node_CallDataTableFunction"), read_call),
    "K2Node_CallParentFunction": read_parent_call, "K2Node_Message": read_message, "K2Node_PromotableOperator": read_operator,
    "K2Node_AsyncAction": read_async, "K2Node_LatentGameplayTaskCall": read_async, "K2Node_LatentAbilityCall": read_async,
    **dict.fromkeys(DELEGATE_NODES, read_delegate), "K2Node_CreateDelegate": read_create_delegate,
}
