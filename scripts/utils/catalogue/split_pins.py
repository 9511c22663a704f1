"""Split struct pins: the parts that take the place of a Vector, Transform or other struct pin."""

from __future__ import annotations

from utils.catalogue.data import CatalogueData, Param
from utils.catalogue.pin_names import plain_name
from utils.catalogue.shape import PinDraft

# Parts of structs whose Make and Break functions the editor goes by, where they differ from the members.
OWN_PARTS = {
    "Transform": (Param("Location", "struct:Vector"), Param("Rotation", "struct:Rotator"), Param("Scale", "struct:Vector", "1, 1, 1")),
    "Rotator": (Param("Roll", "real:float"), Param("Pitch", "real:float"), Param("Yaw", "real:float")),
}


def split_pins(pins: tuple[PinDraft, ...], names: frozenset[str], data: CatalogueData) -> tuple[PinDraft, ...]:
    """Each named pin hidden, its parts behind it. `names` are in lower case: internal, DSL or plain spellings."""
    result: list[PinDraft] = []
    for pin in pins:
        parts = _parts(pin, data) if is_named(pin, names) else ()
        if parts:
            result.append(pin._replace(is_hidden=True, is_required=False))
            result += split_pins(parts, names, data)
        else:
            result.append(pin)
    return tuple(result)


def is_named(pin: PinDraft, names: frozenset[str]) -> bool:
    return not names.isdisjoint({pin.internal.lower(), pin.label.lower(), plain_name(pin.internal).lower()} - {""})


def _parts(pin: PinDraft, data: CatalogueData) -> tuple[PinDraft, ...]:
    kind, _, struct = pin.type.partition(":")
    if kind != "struct":
        return ()
    return tuple(_part(pin, part) for part in parts_of(struct, pin.is_input, data))


def _part(pin: PinDraft, part: Param) -> PinDraft:
    """`SpawnTransform_Location`; where the pin has a label, the part's begins with that."""
    label = f"{pin.label}_{plain_name(part.name)}" if pin.label else ""
    return PinDraft(f"{pin.internal}_{part.name}", part.type, pin.is_input, part.default, label=label, is_advanced=pin.is_advanced)


def parts_of(struct: str, is_input: bool, data: CatalogueData) -> tuple[Param, ...]:
    """What the struct is split into: the parameters of its Make or Break function, else its members."""
    if struct in OWN_PARTS:
        return OWN_PARTS[struct]
    native = data.raw["native_make_break"].get(struct, {})
    if (pair := native.get("make" if is_input else "break")) and (function := data.function(*pair)):
        return function.inputs if is_input else function.outputs
    return data.members(struct) or ()
