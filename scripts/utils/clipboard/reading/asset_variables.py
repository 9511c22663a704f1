"""Variables that a whole exported asset, or the entry of a function, lists with all that the editor knows of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from utils.clipboard.graphs import is_graph_node
from utils.clipboard.reading.reading import Reading, user_pin_type
from utils.clipboard.reading.values import literal
from utils.clipboard.text import ClipboardObject
from utils.clipboard.values import members, text_source, unquote
from utils.dsl.ast import Param, Params, TypeRef, Value, Variable

DISPATCHER = TypeRef("Dispatcher")
# EPropertyFlags of a Blueprint's variable.
EDIT, DISABLE_EDIT_ON_INSTANCE, NET, EXPOSE_ON_SPAWN, REP_NOTIFY = 1, 1 << 16, 1 << 5, 1 << 48, 1 << 32


def asset_variables(objects: list[ClipboardObject], reading: Reading) -> Iterator[Variable]:
    """`NewVariables(n)=(VarName=..,VarType=(..),..)` of a whole exported Blueprint."""
    for found in (one for one in objects if not is_graph_node(one)):
        for raw in found.elements("NewVariables"):
            for variable in described_variable(members(raw), reading):
                graph = found.children.get(variable.name) if variable.type == DISPATCHER else None
                yield _with_signature(variable, graph, reading) if graph else variable


def _with_signature(variable: Variable, graph: ClipboardObject, reading: Reading) -> Variable:
    """Of a dispatcher: the parameters that the entry of its signature graph has."""
    entry = next((node for node in graph.children.values() if node.class_name == "K2Node_FunctionEntry"), None)
    pins = [pin for pin in entry.pins if pin.is_output and not pin.is_exec and not pin.parent_pin] if entry else []
    items = tuple(Param(pin.name, reading.types.type_ref(pin.raw_type)) for pin in pins)
    return replace(variable, properties=(("Params", Params(items)),)) if items else variable


def described_variable(values: dict[str, str], reading: Reading) -> Iterator[Variable]:
    name = unquote(values.get("VarName", ""))
    raw = user_pin_type(values.get("VarType", ""))
    if not name:
        return
    if raw.category == "mcdelegate":
        yield Variable(name, DISPATCHER)
        return
    default = values.get("DefaultValue")
    kind = reading.types.pin_type(raw)
    value = literal(unquote(default), kind, reading.types) if default else None
    yield Variable(name, reading.types.type_ref(raw), value, _variable_properties(values))


def _variable_properties(values: dict[str, str]) -> tuple[tuple[str, Value], ...]:
    flags = int(text) if (text := values.get("PropertyFlags", "0")).isdecimal() else 0
    category = text_source(values.get("Category", ""))
    is_notified = flags & REP_NOTIFY or unquote(values.get("RepNotifyFunc", "None")) not in ("", "None")
    said: dict[str, Value] = {}
    if flags & NET:
        said["RepNotify" if is_notified else "Replicated"] = True
    if flags & EDIT and not flags & DISABLE_EDIT_ON_INSTANCE:
        said["InstanceEditable"] = True
    if flags & EXPOSE_ON_SPAWN:
        said["ExposeOnSpawn"] = True
    if category and category != "Default":
        said["Category"] = category
    return tuple(said.items())
