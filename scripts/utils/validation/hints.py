"""What was probably meant by a node that there is not, or by a pin or property that a node does not have: the first sentence of a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from utils.blueprint_patterns import Catalogue, load_catalogue
from utils.catalogue.common_nodes import COMMON_NODES
from utils.catalogue.data import CatalogueData, Param
from utils.catalogue.names import event_name
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
EVENT = "Event_"
# Names that people use, by what they write for them: BeginPlay, EventTick.
COMMON_BY_LOWER = {name.lower(): name for name in COMMON_NODES} | {name.removeprefix(EVENT).lower(): name for name in COMMON_NODES}
SPOKEN = {"if": "Branch", "cast": "CastToX (X is the class)", "customevent": "Event_Custom", "set": "VariableSet", "get": "VariableGet"}
LEAST_LIKENESS = 0.72  # of a name that people use; below it any name of the catalogue that begins alike may be nearer


def node_hint(name: str, parent: str, catalogue: Catalogue) -> str:
    bare = name.lower().removeprefix("event").lstrip("_")
    meant = _event(bare, parent, catalogue) or _common(bare)
    if not meant:
        meant = nearest(name, (one for one in _names(parent, name[:2].lower()) if one.lower() != name.lower()))
    return f"Did you mean {meant}? " if meant else ""


def _event(bare: str, parent: str, catalogue: Catalogue) -> str:
    """An event of the parent, written without Event_ or by the engine's own name."""
    owner = catalogue.data.class_path(parent)
    found = catalogue.events.find(EVENT + bare, owner) or (catalogue.data.event(owner, bare) if owner else None)
    return event_name(found) if found and found.results is None else ""


def _common(bare: str) -> str:
    if bare in SPOKEN:
        return SPOKEN[bare]
    beginning = [one for one in COMMON_BY_LOWER if one.startswith(bare) and one != bare] if len(bare) >= LEAST_PART else []
    containing = [one for one in COMMON_BY_LOWER if bare in one] if len(bare) >= LEAST_PART else []
    found = beginning or get_close_matches(bare[:60], COMMON_BY_LOWER, n=1, cutoff=LEAST_LIKENESS) or containing
    return COMMON_BY_LOWER[found[0]] if found else ""


@lru_cache(maxsize=256)
def _names(parent: str, start: str) -> tuple[str, ...]:
    """Names of nodes that begin alike: all 7,000 would take a twentieth of a second to compare with."""
    return tuple(dict.fromkeys(name for name in load_catalogue().names(parent) if name.lower().startswith(start)))


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
