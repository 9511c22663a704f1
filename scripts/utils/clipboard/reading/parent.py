"""The parent class of a Blueprint, which no copy of nodes tells: the class that its nodes need self to be."""

from __future__ import annotations

from collections.abc import Iterator

from utils.clipboard.graphs import Sheet
from utils.clipboard.reading.reading import Reading
from utils.clipboard.text import ClipboardObject
from utils.clipboard.values import Reference, read_member, read_reference

DEFAULT_PARENT = "Actor"
# Classes of generated classes, and what a Blueprint of that kind is at the least.
GENERATED = {"WidgetBlueprintGeneratedClass": "UserWidget", "AnimBlueprintGeneratedClass": "AnimInstance", "BlueprintGeneratedClass": ""}
INTERFACE_PREFIXES = ("bpi_", "bi_", "i_")
LEVEL_MARK, LEVEL_PARENT = ":PersistentLevel.", "LevelScriptActor"
VARIABLE_NODES = ("K2Node_VariableGet", "K2Node_VariableSet")

NodesByKind = dict[str, list[ClipboardObject]]


def parent_class(objects: list[ClipboardObject], sheets: list[Sheet], nodes: NodesByKind, reading: Reading) -> str:
    """As a whole asset says it, else inferred."""
    path = next((path for found in objects if (path := read_reference(found.get("ParentClass")).path)), "")
    return reading.types.known_name("classes", path) or _inferred_parent(sheets, nodes, reading)


def own_classes(nodes: NodesByKind) -> list[Reference]:
    """The generated class of the Blueprint itself, wherever a variable of its own says it."""
    found = [next((pin.raw_type.object for pin in node.pins if pin.name == "self"), None) for kind in VARIABLE_NODES
             for node in nodes.get(kind, ()) if read_member(node.get("VariableReference")).is_self]
    return [target for target in dict.fromkeys(found) if target and _kind_of_class(target) in GENERATED]


def _kind_of_class(target: Reference) -> str:
    return target.type.rpartition(".")[2]


def _inferred_parent(sheets: list[Sheet], nodes: NodesByKind, reading: Reading) -> str:
    """The most derived of all classes that some node needs self to be; a project's own class goes before the engine's."""
    own = own_classes(nodes)
    needed = [GENERATED[_kind_of_class(target)] for target in own]
    if any(LEVEL_MARK in node.export_path for sheet in sheets for node in sheet.nodes[:1]):
        needed.append(LEVEL_PARENT)
    needed += [*_classes_of_events(nodes, reading), *_classes_of_own_calls(nodes, reading)]
    needed += [path for sheet in sheets for path in _classes_wanted_of_self(sheet, reading)] if "K2Node_Self" in nodes else []
    itself = {target.path.rpartition(".")[2] for target in own} | {sheet.asset.rpartition(".")[2] + "_C" for sheet in sheets}
    return _most_derived([path for path in dict.fromkeys(needed) if path and path.rpartition(".")[2] not in itself], reading)


def _most_derived(needed: list[str], reading: Reading) -> str:
    if project := next((path for path in needed if not reading.data.class_path(path)), None):
        return project
    best = ""
    for path in filter(None, map(reading.data.class_path, needed)):
        if not best or reading.data.is_a(path, best):
            best = path
    is_useful = best and not reading.data.is_interface(best) and best != "/Script/CoreUObject.Object"
    return reading.types.known_name("classes", best) if is_useful else DEFAULT_PARENT


def _classes_of_events(nodes: NodesByKind, reading: Reading) -> Iterator[str]:
    """Classes whose events and functions are overridden or called as the parent's."""
    for kind, key in (("K2Node_Event", "EventReference"), ("K2Node_CallParentFunction", "FunctionReference"),
                      ("K2Node_FunctionEntry", "FunctionReference")):
        for node in nodes.get(kind, ()):
            path = read_member(node.get(key)).parent
            if path and not _is_interface(path, reading):
                yield path


def _is_interface(path: str, reading: Reading) -> bool:
    """Of a project's own class only its name tells."""
    known = reading.data.class_path(path)
    name = path.rpartition(".")[2].lower()
    return reading.data.is_interface(known) if known else name.startswith(INTERFACE_PREFIXES) or "interface" in name


def _classes_of_own_calls(nodes: NodesByKind, reading: Reading) -> Iterator[str]:
    """A function called on self without a class is an inherited one when its target pin has a class of the engine."""
    for node in nodes.get("K2Node_CallFunction", ()):
        member = read_member(node.get("FunctionReference"))
        target = next((pin.raw_type for pin in node.pins if pin.name == "self" and not pin.is_output), None) if member.is_self else None
        if target and target.sub_category != "self" and target.object.path.startswith("/Script/"):
            function = reading.catalogue_function(target.object.path, member.name)
            yield function.owner if function else target.object.path


def _classes_wanted_of_self(sheet: Sheet, reading: Reading) -> Iterator[str]:
    """Classes of the inputs that a Self node is wired to; an interface says nothing of the parent."""
    for link in sheet.links:
        path = link.target_pin.raw_type.object.path if link.source.class_name == "K2Node_Self" else ""
        if path and not _is_interface(path, reading):
            yield path
