"""Wires to parameters and results of functions that are declared later, which nothing has named yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from model.constraint_parts import Ends, wire_of
from model.constraint_promises import Agrees, Slot, type_text, wanted_type
from model.constraint_wires import Wiring
from utils.catalogue.shape import Pin
from utils.catalogue.wildcards import is_wild, types_another
from utils.dsl.types import PinType


def fresh_results(wiring: Wiring, node_id: str) -> list[Ends]:
    """Inputs that a result of this call may feed, whatever it will be called."""
    if node_id not in wiring.fresh_results:
        wiring.fresh_results[node_id] = list(_fed_by(wiring, node_id))
    return wiring.fresh_results[node_id]


def _fed_by(wiring: Wiring, node_id: str) -> Iterator[Ends]:
    known: dict[PinType, Wiring] = {}
    for target in wiring.parts.data_inputs:
        is_open = is_wild(target[1].type)
        kind = wanted_type(wiring.parts.nodes[target[0]], wiring.parts.shapes[target[0]], target[1], wiring.typing.of(target))
        if is_wild(kind) or types_another(wiring.parts.shapes[target[0]], target[1]) or not type_text(kind, wiring.parts.catalogue):
            continue
        source = node_id, _unnamed(kind, is_input=False)
        if is_open and kind not in known:
            # What it feeds takes its type from it: all must still be right with it.
            known[kind] = _with_pin(wiring, source)
        if wiring.has_room(source, target) and (known[kind] if is_open else wiring).is_legal(source, kind, target):
            yield target


def narrowed_results(wiring: Wiring, source: Ends, slot: Slot, calls: Iterable[str], agrees: Agrees) -> Iterator[Ends]:
    """Inputs that a result of a function, which `calls` call, may feed if it is taken for something narrower than what it has fed so far tells."""
    if slot.is_exact:
        return
    known: dict[PinType, Wiring] = {}
    for target in wiring.parts.data_inputs:
        kind = wiring.typing.of(target)
        if is_wild(target[1].type) or not type_text(kind, wiring.parts.catalogue) or agrees(slot.type, kind) or not slot.may_be(kind, agrees):
            continue
        narrow = source[0], source[1]._replace(type=kind)
        if kind not in known:
            known[kind] = _with_pins(wiring, calls, narrow[1])
        if wiring.has_room(source, target) and known[kind].is_legal(narrow, kind, target):
            yield target


def takes_fresh(wiring: Wiring, source: Ends, node_id: str) -> bool:
    """Whether a call may take this output on a parameter, whatever that will be called."""
    kind = wiring.typing.of(source)
    if is_wild(kind) or not type_text(kind, wiring.parts.catalogue) or source[0] == node_id or wiring.closes_a_cycle(source[0], node_id):
        return False
    fresh = node_id, _unnamed(kind, is_input=True)
    # A parameter that reads a wildcard decides its type from then on.
    stays_right = not is_wild(source[1].type) or _with_pin(wiring, fresh).typing.followed_by(wire_of(source, fresh)).is_consistent(source[0])
    return stays_right and wiring.leaves_no_debt(source, fresh)


def _with_pin(wiring: Wiring, end: Ends) -> Wiring:
    """The same wires where this pin is one of its node's."""
    node_id, pin = end
    shape = wiring.parts.shapes[node_id]
    shapes = {**wiring.parts.shapes, node_id: replace(shape, pins=(*shape.pins, pin))}
    return Wiring(replace(wiring.parts, shapes=shapes), wiring.wires, wiring.witness)


def _with_pins(wiring: Wiring, calls: Iterable[str], pin: Pin) -> Wiring:
    """The same wires where this pin of the calls has another type."""
    shapes = dict(wiring.parts.shapes)
    for call in calls:
        shapes[call] = replace(shapes[call], pins=tuple(pin if (one.name, one.is_input) == (pin.name, False) else one for one in shapes[call].pins))
    return Wiring(replace(wiring.parts, shapes=shapes), wiring.wires)


def _unnamed(kind: PinType, is_input: bool) -> Pin:
    return Pin("?", "?", is_input, kind, None, "")
