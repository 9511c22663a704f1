"""What a text tells about its Blueprint beyond the nodes: name, parent class, variables, dispatchers, local variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from utils.clipboard.graphs import Sheet
from utils.clipboard.pins import Pin
from utils.clipboard.reading.asset_variables import DISPATCHER, asset_variables, described_variable
from utils.clipboard.reading.calls import DELEGATE_NODES
from utils.clipboard.reading.parent import DEFAULT_PARENT, VARIABLE_NODES, NodesByKind, own_classes, parent_class
from utils.clipboard.reading.reading import Reading
from utils.clipboard.text import ClipboardObject
from utils.clipboard.values import members, read_member, read_reference
from utils.dsl.ast import Param, Params, TypeRef, Value, Variable
from utils.dsl.types import PinType

DEFAULT_NAME = "Blueprint"


@dataclass
class Declarations:
    name: str = DEFAULT_NAME
    parent: str = DEFAULT_PARENT
    variables: dict[str, Variable] = field(default_factory=dict)
    """By lower-case name."""


def read_declarations(objects: list[ClipboardObject], sheets: list[Sheet], name: str, reading: Reading) -> Declarations:
    nodes: NodesByKind = {}
    for sheet in sheets:
        for node in sheet.nodes:
            nodes.setdefault(node.class_name, []).append(node)
    found = Declarations(_blueprint_name(sheets, nodes) or name or DEFAULT_NAME, parent_class(objects, sheets, nodes, reading))
    for variable in (*asset_variables(objects, reading), *_used_variables(nodes, found.parent, reading)):
        found.variables.setdefault(variable.name.lower(), variable)
    return found


def _blueprint_name(sheets: list[Sheet], nodes: NodesByKind) -> str:
    """From the path of the asset, else from the class that own variables say they are in."""
    path = next((sheet.asset for sheet in sheets if sheet.asset), "") or next((target.path for target in own_classes(nodes)), "")
    return path.rpartition(".")[2].removesuffix("_C").removeprefix("SKEL_")


def _used_variables(nodes: NodesByKind, parent: str, reading: Reading) -> Iterator[Variable]:
    """Own variables that a node uses, less those that the parent class has."""
    path = reading.data.class_path(parent)
    for variable in (*_variables(nodes, reading), *_dispatchers(nodes, reading), *_components(nodes, reading)):
        if not (path and reading.data.property(path, variable.name)):
            yield variable


def _variables(nodes: NodesByKind, reading: Reading) -> Iterator[Variable]:
    components = {node.text("ComponentPropertyName").lower() for node in nodes.get("K2Node_ComponentBoundEvent", ())}
    for node in (node for kind in VARIABLE_NODES for node in nodes.get(kind, ())):
        member = read_member(node.get("VariableReference"))
        is_others = not member.is_self and (member.parent or node.get("SelfContextInfo") == "NotSelfContext")
        pin = None if member.scope or is_others else value_pin(node, member.name)
        if pin is not None and member.name:
            properties: tuple[tuple[str, Value], ...] = (("Component", True),) if member.name.lower() in components else ()
            yield Variable(member.name, reading.types.type_ref(pin.raw_type), None, properties)


def value_pin(node: ClipboardObject, name: str) -> Pin | None:
    is_get = node.class_name == "K2Node_VariableGet"
    wanted = name.lower()
    return next((pin for pin in node.pins if pin.name.lower() == wanted and pin.is_output == is_get), None)


def _dispatchers(nodes: NodesByKind, reading: Reading) -> Iterator[Variable]:
    """With the parameters that some call of the dispatcher has."""
    callers = {read_member(node.get("DelegateReference")).name: node for node in nodes.get("K2Node_CallDelegate", ())}
    for node in (node for kind in DELEGATE_NODES for node in nodes.get(kind, ())):
        member = read_member(node.get("DelegateReference"))
        if member.name and (member.is_self or not member.parent):
            pins = callers[member.name].pins if member.name in callers else ()
            items = tuple(Param(pin.name, reading.types.type_ref(pin.raw_type)) for pin in pins if _is_parameter(pin))
            yield Variable(member.name, DISPATCHER, None, (("Params", Params(items)),) if items else ())


def _is_parameter(pin: Pin) -> bool:
    return not pin.is_output and pin.name != "self" and not pin.is_exec and not pin.parent_pin


def _components(nodes: NodesByKind, reading: Reading) -> Iterator[Variable]:
    """Components that only an event of theirs mentions."""
    for node in nodes.get("K2Node_ComponentBoundEvent", ()):
        owner = reading.types.known_name("classes", read_reference(node.get("DelegateOwnerClass")).path)
        if name := node.text("ComponentPropertyName"):
            kind: TypeRef = reading.catalogue.type_ref(PinType("object", owner))
            yield Variable(name, kind, None, (("Component", True),))


def local_variables(sheet: Sheet, reading: Reading) -> tuple[Variable, ...]:
    """Those that the function's entry lists, then those that only a node mentions."""
    found: dict[str, Variable] = {}
    for node in sheet.nodes:
        if node.class_name == "K2Node_FunctionEntry":
            listed = (one for raw in node.elements("LocalVariables") for one in described_variable(members(raw), reading))
            found.update((one.name.lower(), Variable(one.name, one.type, one.default)) for one in listed)
    for node in sheet.nodes:
        member = read_member(node.get("VariableReference")) if node.class_name in VARIABLE_NODES else None
        if member and member.scope and (pin := value_pin(node, member.name)):
            found.setdefault(member.name.lower(), Variable(member.name, reading.types.type_ref(pin.raw_type)))
    return tuple(found.values())
