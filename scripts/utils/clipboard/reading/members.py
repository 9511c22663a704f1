"""Readers of variables, structs, casts and of nodes that make an object of a class."""

from __future__ import annotations

from collections.abc import Iterator

from utils.catalogue.shapes_members import class_display
from utils.clipboard.reading.source import Draft, Source, draft
from utils.dsl.ast import Word
from utils.dsl.ast import Param, Params

STRUCT_NODES = {"K2Node_MakeStruct": "MakeStruct", "K2Node_BreakStruct": "BreakStruct", "K2Node_SetFieldsInStruct": "SetFieldsInStruct"}


def read_variable(source: Source) -> Iterator[Draft]:
    member = source.member("VariableReference")
    kind = source.kind.removeprefix("K2Node_")
    if source.text("CurrentVariation") not in ("", "Pure", "ValidatedObject"):
        return
    is_validated = True if source.text("CurrentVariation") == "ValidatedObject" else None
    value = source.pin(member.name, is_output=kind == "VariableGet")
    owner = None if member.is_self else source.named("classes", member.parent)
    if owner is None and source.text("SelfContextInfo") == "NotSelfContext":
        owner = Word("Object")  # another object's, whose class the text has lost
    is_local = True if member.scope else None
    meaning = "", member.name
    if owner is None or value is None or source.reading.knows_variable(member):
        yield draft(kind, meaning, Variable=member.name, Class=owner, Validated=is_validated)
    yield draft(kind, meaning, Variable=member.name, Class=owner, Validated=is_validated, Local=is_local, Type=source.type_value(value))


def read_struct_node(source: Source) -> Iterator[Draft]:
    """All members, some of a known struct, or a struct that nobody here knows with the members that have pins."""
    kind = STRUCT_NODES[source.kind]
    struct = source.named("structs", source.path("StructType"))
    is_break = kind == "BreakStruct"
    own = {source.path("StructType").rpartition(".")[2].lower(), "structref", "structout"}
    shown = [pin for pin in source.data_pins(is_output=is_break, leaving_out=()) if pin.name.lower() not in own]
    members = source.reading.data.members(source.path("StructType"))
    if members is not None and {member.name.lower() for member in members} == {pin.name.lower() for pin in shown}:
        yield draft(kind, Struct=struct)
    if members is not None:
        yield draft(kind, Struct=struct, Shown=tuple(pin.name for pin in shown))
    yield draft(kind, Struct=struct, Members=Params(tuple(Param(pin.name, source.type_ref(pin)) for pin in shown)))


def read_cast(source: Source) -> Iterator[Draft]:
    path = source.path("TargetType")
    name = source.types.known_name("classes", path)
    target = None if name != path else path
    is_pure = True if source.is_pure else None
    if source.kind == "K2Node_ClassDynamicCast":
        yield draft("CastToClass", Class=source.named("classes", path), Pure=is_pure)
    else:
        yield draft(f"CastTo{class_display(name)}", Class=target, Pure=is_pure)


def read_spawn(source: Source) -> Iterator[Draft]:
    """Pins beyond the node's own are variables that the class exposes on spawn."""
    kind = source.reading.name_of_class(source.kind)
    pin = source.pin("Class", is_output=False)
    yield draft(kind, Class=source.reading.engine.value(pin) if pin and not source.is_linked([pin]) else None)
    standard = source.reading.engine.standard_pins(kind)
    exposed = [pin for pin in source.data_pins(is_output=False) if pin.name.lower() not in standard]
    yield draft(kind, Exposed=source.params(exposed))


def read_self(source: Source) -> Iterator[Draft]:
    yield draft("Self")


READERS = {
    "K2Node_VariableGet": read_variable, "K2Node_VariableSet": read_variable,
    **dict.fromkeys(STRUCT_NODES, read_struct_node),
    "K2Node_DynamicCast": read_cast, "K2Node_ClassDynamicCast": read_cast, "K2Node_Self": read_self,
    **dict.fromkeys(("K2Node_SpawnActorFromClass", "K2Node_CreateWidget", "K2Node_GenericCreateObject", "K2Node_AddComponentByClass",
                     "K2Node_ConstructObjectFromClass"), read_spawn),
}
