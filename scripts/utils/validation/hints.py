"""What was probably meant by a pin or property that a node does not have: the first sentence of a remedy."""

from __future__ import annotations

from collections.abc import Iterable

from utils.catalogue.data import CatalogueData, Param
from utils.catalogue.pin_names import plain_name
from utils.catalogue.shape import Pin, Shape
from utils.catalogue.split_pins import parts_of
from utils.dsl.ast import Node
from utils.dsl.values import NUMERIC_STRUCTS
from utils.dsl.writer import write_name
from utils.validation.report import nearest

# Nodes whose pins of one side (True: inputs) are the parameters that the user declares on them.
DECLARING = {"Event_Custom": False, "FunctionEntry": False, "FunctionResult": True}
LEAST_PART = 4  # letters; a shorter part has to be the whole name, or Index would be an X


def pin_hint(name: str, node: Node, shape: Shape, is_input: bool, usable: Iterable[str], data: CatalogueData) -> str:
    """`usable` are the names of the pins that would do."""
    if DECLARING.get(node.type) is is_input:
        return f"Declare it on the node: Params=({write_name(name)}: Float), with its type. "
    if found := _whole(name, shape, is_input, data):
        pin, part = found
        return f'It is a part of {pin.name}: add Split=("{pin.name}") to the node, then the pin is {pin.name}_{plain_name(part.name)}. '
    return _nearest_hint(name, usable)


def property_hint(name: str, shape: Shape, usable: Iterable[str], data: CatalogueData) -> str:
    found = _whole(name, shape, True, data)
    if found and found[0].type.name in NUMERIC_STRUCTS:
        members = ",".join(f"{member.name}=0" for member in data.members(found[0].type.name) or ())
        return f"It is a part of {found[0].name}: write {found[0].name}=({members}). "
    return _nearest_hint(name, usable)


def _nearest_hint(name: str, usable: Iterable[str]) -> str:
    meant = nearest(name, usable)
    return f"Did you mean {meant}? " if meant else ""


def _whole(name: str, shape: Shape, is_input: bool, data: CatalogueData) -> tuple[Pin, Param] | None:
    """The struct pin of which the name says a part: X of Impulse, SpawnLocation of SpawnTransform."""
    for pin in shape.pins:
        if pin.is_input == is_input and not pin.is_hidden and pin.type.kind == "struct" and not pin.type.container:
            for part in parts_of(pin.type.name, is_input, data):
                if _is_part(name.lower(), part.name.lower()):
                    return pin, part
    return None


def _is_part(name: str, part: str) -> bool:
    return name == part or (len(part) >= LEAST_PART and name.endswith(part))
