"""What a text tells about its Blueprint beyond the nodes: name, parent class, variables, dispatchers, local variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from utils.clipboard_graphs import Sheet
from utils.clipboard_pins import Pin
from utils.clipboard_text import ClipboardObject
from utils.clipboard_values import Member, members, read_member, read_reference, text_source, unquote
from utils.dsl_ast import Param, Params, TypeRef, Value, Variable
from utils.dsl_types import PinType
from utils.k2_read_calls import DELEGATE_NODES
from utils.k2_read_values import literal
from utils.k2_reading import Reading, user_pin_type

DEFAULT_NAME, DEFAULT_PARENT = "Blueprint", "Actor"
DISPATCHER = TypeRef("Dispatcher")
# Classes of generated classes, and what a Blueprint of that kind is at the least.
GENERATED = {"WidgetBlueprintGeneratedClass": "UserWidget", "AnimBlueprintGeneratedClass": "AnimInstance", "BlueprintGeneratedClass": ""}
INTERFACE_NAME = re.compile(r"\.(?:BPI|BI|I)_|interface\w*$", re.IGNORECASE)
LEVEL_MARK, LEVEL_PARENT = ":PersistentLevel.", "LevelScriptActor"
VARIABLE_NODES = ("K2Node_VariableGet", "K2Node_VariableSet")
# EPropertyFlags of a Blueprint's variable.
EDIT, DISABLE_EDIT_ON_INSTANCE, NET, EXPOSE_ON_SPAWN, REP_NOTIFY = 1, 1 << 16, 1 << 5, 1 << 48, 1 << 32


@dataclass
class Declarations:
    name: str = DEFAULT_NAME
    parent: str = DEFAULT_PARENT
    variables: dict[str, Variable] = field(default_factory=dict)
    """By lower-case name."""


def read_declarations(objects: list[ClipboardObject], sheets: list[Sheet], name: str, reading: Reading) -> Declarations:
    nodes = [node for sheet in sheets for node in sheet.nodes]
    found = Declarations(_blueprint_name(sheets, nodes) or name or DEFAULT_NAME)
    found.parent = _asset_parent(objects, reading) or _inferred_parent(sheets, nodes, reading)
    for variable in (*_asset_variables(objects, reading), *_used_variables(nodes, found.parent, reading)):
        found.variables.setdefault(variable.name.lower(), variable)
    return found


def _blueprint_name(sheets: list[Sheet], nodes: list[ClipboardObject]) -> str:
    """From the path of the asset, else from the class that own variables say they are in."""
    path = next((sheet.asset for sheet in sheets if sheet.asset), "") or next((path for _, path in _own_classes(nodes)), "")
    return path.rpartition(".")[2].removesuffix("_C").removeprefix("SKEL_")


def _own_classes(nodes: list[ClipboardObject]) -> Iterator[tuple[str, str]]:
    """(type of the generated class, its path) wherever a node says what the Blueprint itself is."""
    for node in nodes:
        if node.class_name in VARIABLE_NODES and read_member(node.get("VariableReference")).is_self:
            target = next((pin.raw_type.object for pin in node.pins if pin.name == "self"), None)
            kind = target.type.rpartition(".")[2] if target else ""
            if kind in GENERATED:
                yield kind, target.path


# -- parent class

def _asset_parent(objects: list[ClipboardObject], reading: Reading) -> str:
    path = next((path for found in objects if (path := read_reference(found.get("ParentClass")).path)), "")
    return reading.types.known_name("classes", path)


def _inferred_parent(sheets: list[Sheet], nodes: list[ClipboardObject], reading: Reading) -> str:
    """The most derived of all classes that some node needs self to be; a project's own class goes before the engine's."""
    own = list(_own_classes(nodes))
    needed = [GENERATED[kind] for kind, _ in own if GENERATED[kind]]
    if any(LEVEL_MARK in node.export_path for sheet in sheets for node in sheet.nodes[:1]):
        needed.append(LEVEL_PARENT)
    needed += [path for node in nodes for path in _classes_of_self(node, reading)]
    needed += [path for sheet in sheets for path in _classes_wanted_of_self(sheet, reading)]
    itself = {path.rpartition(".")[2] for _, path in own} | {sheet.asset.rpartition(".")[2] + "_C" for sheet in sheets}
    return _most_derived([path for path in dict.fromkeys(needed) if path.rpartition(".")[2] not in itself], reading)


def _most_derived(needed: list[str], reading: Reading) -> str:
    if project := next((path for path in needed if not reading.data.class_path(path)), None):
        return project
    best = ""
    for path in filter(None, map(reading.data.class_path, needed)):
        if not best or reading.data.is_a(path, best):
            best = path
    is_useful = best and not reading.data.is_interface(best) and best != "/Script/CoreUObject.Object"
    return reading.types.known_name("classes", best) if is_useful else DEFAULT_PARENT


def _classes_of_self(node: ClipboardObject, reading: Reading) -> Iterator[str]:
    """Paths of classes that the Blueprint must be for this node to stand in it."""
    kind = node.class_name
    if kind == "K2Node_Event" and node.get("bOverrideFunction") == "True":
        yield from _class_of_event(read_member(node.get("EventReference")), reading)
    elif kind == "K2Node_CallFunction":
        yield from _class_of_own_call(node, reading)
    elif kind in ("K2Node_CallParentFunction", "K2Node_FunctionEntry"):
        yield from _class_of_event(read_member(node.get("FunctionReference")), reading)


def _classes_wanted_of_self(sheet: Sheet, reading: Reading) -> Iterator[str]:
    """Classes of the inputs that a Self node is wired to; an interface says nothing of the parent."""
    for link in sheet.links:
        path = link.target_pin.raw_type.object.path if link.source.class_name == "K2Node_Self" else ""
        known = reading.data.class_path(path) if path else None
        if path and not (known and reading.data.is_interface(known)):
            yield path


def _class_of_event(member: Member, reading: Reading) -> Iterator[str]:
    """Of a project's own class only its name tells whether it is an interface."""
    known = reading.data.class_path(member.parent)
    is_interface = reading.data.is_interface(known) if known else INTERFACE_NAME.search(member.parent) is not None
    if member.parent and not is_interface:
        yield member.parent


def _class_of_own_call(node: ClipboardObject, reading: Reading) -> Iterator[str]:
    """A function called on self without a class: an inherited one when its target pin has a class of the engine."""
    member = read_member(node.get("FunctionReference"))
    if not member.is_self or member.parent:
        return
    target = next((pin.raw_type for pin in node.pins if pin.name == "self" and not pin.is_output), None)
    if target and target.sub_category != "self" and target.object.path.startswith("/Script/"):
        function = reading.catalogue_function(target.object.path, member.name)
        yield function.owner if function else target.object.path


# -- variables

def _used_variables(nodes: list[ClipboardObject], parent: str, reading: Reading) -> Iterator[Variable]:
    """Own variables that a node uses, less those that the parent class has."""
    path = reading.data.class_path(parent)
    for variable in _mentioned_variables(nodes, reading):
        if not (path and reading.data.property(path, variable.name)):
            yield variable


def _mentioned_variables(nodes: list[ClipboardObject], reading: Reading) -> Iterator[Variable]:
    components: dict[str, TypeRef] = {}
    names_of_components = {node.text("ComponentPropertyName").lower() for node in nodes}
    for node in nodes:
        kind = node.class_name
        if kind in VARIABLE_NODES:
            yield from _variable(node, names_of_components, reading)
        elif kind in DELEGATE_NODES:
            yield from _dispatcher(node, nodes, reading)
        elif kind == "K2Node_ComponentBoundEvent":
            owner = reading.types.known_name("classes", read_reference(node.get("DelegateOwnerClass")).path)
            components.setdefault(node.text("ComponentPropertyName"), reading.catalogue.type_ref(PinType("object", owner)))
    for name, kind in components.items():
        if name:
            yield Variable(name, kind, None, (("Component", True),))


def _variable(node: ClipboardObject, components: set[str], reading: Reading) -> Iterator[Variable]:
    member = read_member(node.get("VariableReference"))
    is_others = not member.is_self and (member.parent or node.get("SelfContextInfo") == "NotSelfContext")
    if member.scope or is_others or not member.name:
        return
    pin = value_pin(node, member.name)
    if pin is not None:
        properties: tuple[tuple[str, Value], ...] = (("Component", True),) if member.name.lower() in components else ()
        yield Variable(member.name, reading.types.type_ref(pin.raw_type), None, properties)


def value_pin(node: ClipboardObject, name: str) -> Pin | None:
    is_get = node.class_name == "K2Node_VariableGet"
    wanted = name.lower()
    return next((pin for pin in node.pins if pin.name.lower() == wanted and pin.is_output == is_get), None)


def _dispatcher(node: ClipboardObject, nodes: list[ClipboardObject], reading: Reading) -> Iterator[Variable]:
    member = read_member(node.get("DelegateReference"))
    if member.parent and not member.is_self or not member.name:
        return
    caller = next((one for one in nodes if one.class_name == "K2Node_CallDelegate"
                   and read_member(one.get("DelegateReference")).name == member.name), None)
    properties: tuple[tuple[str, Value], ...] = ()
    if caller and (items := tuple(Param(pin.name, reading.types.type_ref(pin.raw_type)) for pin in caller.pins if _is_parameter(pin))):
        properties = (("Params", Params(items)),)
    yield Variable(member.name, DISPATCHER, None, properties)


def _is_parameter(pin: Pin) -> bool:
    return not pin.is_output and pin.name != "self" and not pin.is_exec and not pin.parent_pin


def _asset_variables(objects: list[ClipboardObject], reading: Reading) -> Iterator[Variable]:
    """`NewVariables(n)=(VarName=..,VarType=(..),..)` of a whole exported Blueprint."""
    for found in objects:
        for raw in found.elements("NewVariables"):
            for variable in _described_variable(members(raw), reading):
                graph = found.children.get(variable.name) if variable.type == DISPATCHER else None
                yield _with_signature(variable, graph, reading) if graph else variable


def _with_signature(variable: Variable, graph: ClipboardObject, reading: Reading) -> Variable:
    """Of a dispatcher: the parameters that the entry of its signature graph has."""
    entry = next((node for node in graph.children.values() if node.class_name == "K2Node_FunctionEntry"), None)
    pins = [pin for pin in entry.pins if pin.is_output and not pin.is_exec and not pin.parent_pin] if entry else []
    items = tuple(Param(pin.name, reading.types.type_ref(pin.raw_type)) for pin in pins)
    return replace(variable, properties=(("Params", Params(items)),)) if items else variable


def _described_variable(values: dict[str, str], reading: Reading) -> Iterator[Variable]:
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


def local_variables(sheet: Sheet, reading: Reading) -> tuple[Variable, ...]:
    """Those that the function's entry lists, then those that only a node mentions."""
    found: dict[str, Variable] = {}
    entries = [node for node in sheet.nodes if node.class_name == "K2Node_FunctionEntry"]
    for raw in (raw for entry in entries for raw in entry.elements("LocalVariables")):
        for variable in _described_variable(members(raw), reading):
            found.setdefault(variable.name.lower(), Variable(variable.name, variable.type, variable.default))
    for node in sheet.nodes:
        member = read_member(node.get("VariableReference")) if node.class_name in VARIABLE_NODES else Member("")
        pin = value_pin(node, member.name) if member.scope else None
        if pin is not None:
            found.setdefault(member.name.lower(), Variable(member.name, reading.types.type_ref(pin.raw_type)))
    return tuple(found.values())
