"""The search for wires that fill all inputs of what runs: the proof that a graph can still be finished."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from model.constraint_parts import Way, closure_of
from utils.catalogue.shape import Pin
from utils.catalogue.wildcards import is_wild

if TYPE_CHECKING:
    from model.constraint_wires import Wiring

WITNESS_TRIES = 60
MAX_WITNESS_WIRES = 24


def pay(wiring: Wiring, tries: list[int], reached: set[str] | None = None, depth: int = 0) -> list[Way] | None:
    """Depth first: fill the first debt with each source that fits, simplest first, then the rest."""
    running = wiring.reached if reached is None else reached
    debts = wiring.debts(running)
    if not debts:
        return []
    if depth >= MAX_WITNESS_WIRES:
        return None
    node_id, pin = min(debts, key=lambda debt: (not debt[1].type.container, debt[1].type.kind == "wildcard", debt[0], debt[1].name))
    for source, target in _ways(wiring, node_id, pin, running):
        tries[0] -= 1
        if tries[0] < 0:
            return None
        after = wiring.with_wire(source, target)
        rest = pay(after, tries, running | closure_of([source[0]], after.feeders), depth + 1)
        if rest is not None:
            return [(source, target), *rest]
    return None


def _ways(wiring: Wiring, node_id: str, pin: Pin, running: set[str]) -> Iterator[Way]:
    """Wires that fill an input, or decide an open wildcard through any input of its node."""
    is_input_debt = pin.is_input and (node_id, pin.name) not in wiring.wired_inputs and not wiring.parts.has_literal(node_id, pin)
    shape = wiring.parts.shapes[node_id]
    targets = [pin] if is_input_debt and (pin.is_required or not pin.group) else [
        one for one in shape.data_inputs if is_wild(one.type) and not one.is_hidden and _shares(one, pin)
        and (node_id, one.name) not in wiring.wired_inputs and not wiring.parts.has_literal(node_id, one)]
    return _first_kind(_ways_known(wiring, node_id, targets, running), _ways_round(wiring, targets), _ways_open(wiring, node_id, targets),
                       _ways_on(wiring, node_id, pin))


def _first_kind(*kinds: Iterator[Way]) -> Iterator[Way]:
    """All of the first that has any; each is worked out only when the one before it led nowhere."""
    for kind in kinds:
        for first in kind:
            return chain((first,), kind)
    return iter(())


def _ways_known(wiring: Wiring, node_id: str, targets: list[Pin], running: set[str]) -> Iterator[Way]:
    """Wires from outputs that have a type, of nodes that run before others, of those that need nothing before the rest."""
    needy = wiring.parts.needy
    for source in sorted(wiring.parts.data_outputs, key=lambda source: 0 if source[0] in running else 1 + (source[0] in needy)):
        kind = wiring.typing.of(source)
        if not is_wild(kind):
            yield from ((source, (node_id, target)) for target in targets if wiring.fits(source, kind, (node_id, target)))


def _ways_round(wiring: Wiring, targets: list[Pin]) -> Iterator[Way]:
    """First wires of a way through a node whose output has no type yet: an array into the node that gives one of its items."""
    if not targets or any(is_wild(target.type) for target in targets):
        return
    parts = wiring.parts
    for node_id, out in parts.data_outputs:
        if not (out.group and is_wild(wiring.typing.of((node_id, out)))):
            continue
        for owner, pin in parts.data_inputs:
            if owner == node_id and pin.group == out.group and is_wild(pin.type) and (node_id, pin.name) not in wiring.wired_inputs:
                for source in parts.data_outputs:
                    kind = wiring.typing.of(source)
                    if not is_wild(kind) and wiring.fits(source, kind, (node_id, pin)):
                        yield source, (node_id, pin)


def _ways_open(wiring: Wiring, node_id: str, targets: list[Pin]) -> Iterator[Way]:
    """Wires from outputs that have no type yet and take that of the input."""
    for source in wiring.parts.data_outputs:
        kind = wiring.typing.of(source)
        if is_wild(kind):
            yield from ((source, (node_id, target)) for target in targets if wiring.fits(source, kind, (node_id, target)))


def _ways_on(wiring: Wiring, node_id: str, pin: Pin) -> Iterator[Way]:
    """Wires to an input that says the type, from an output that has none yet: an open one itself, or one that shares its type with an input that is wired."""
    outputs = [pin]
    if pin.is_input:
        is_wired = (node_id, pin.name) in wiring.wired_inputs
        outputs = [out for out in wiring.parts.shapes[node_id].data_outputs if is_wired and is_wild(out.type) and _shares(out, pin)]
    for out in outputs:
        kind = wiring.typing.of((node_id, out))
        for target in wiring.parts.data_inputs:
            if (target[0], target[1].name) not in wiring.wired_inputs and not is_wild(wiring.typing.of(target)) and wiring.fits((node_id, out), kind, target):
                yield (node_id, out), target


def _shares(pin: Pin, open_pin: Pin) -> bool:
    """Whether filling `pin` says something of `open_pin`: one group, or operands and result of an operator, or a map's halves."""
    groups = {pin.group, open_pin.group}
    return len(groups) == 1 or groups <= {"Operand", "Result"} or any("," in group for group in groups)
