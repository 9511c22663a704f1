"""Which wires a graph may still take, so that it can always be finished as a valid one.

What runs (is reached from an event along EXEC wires, or feeds what runs) must have its required inputs filled and its
types decided. A wire is legal when it is so by itself and what then runs can still be filled by further wires; the wires
that would fill it are the witness, and they are what completes an answer that is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from model.constraint_promises import type_text
from utils.blueprint_patterns import Catalogue, resolve_wildcards
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Pin, Shape
from utils.catalogue.wildcards import PinTypes, is_wild
from utils.dsl.ast import Graph, Node, PinRef, Wire, Word
from utils.dsl.spelling import speller
from utils.dsl.types import PinType

Ends = tuple[str, Pin]
Way = tuple[Ends, Ends]
WITNESS_TRIES = 60
MAX_WITNESS_WIRES = 24


@dataclass(frozen=True)
class Parts:
    """What does not change while the wires of a graph are drawn."""

    catalogue: Catalogue
    scope: Scope
    name: str
    nodes: Mapping[str, Node]
    shapes: Mapping[str, Shape]
    maybe_pure: frozenset[str] = frozenset()
    """Calls of functions that may yet be declared pure."""

    @cached_property
    def exec_outputs(self) -> list[Ends]:
        return [(node_id, pin) for node_id, shape in self.shapes.items() for pin in shape.exec_outputs if not pin.is_hidden]

    @cached_property
    def exec_inputs(self) -> list[Ends]:
        return [(node_id, pin) for node_id, shape in self.shapes.items() for pin in shape.exec_inputs if not pin.is_hidden]

    @cached_property
    def data_outputs(self) -> list[Ends]:
        return [(node_id, pin) for node_id, shape in self.shapes.items() for pin in shape.data_outputs if not pin.is_hidden]

    @cached_property
    def data_inputs(self) -> list[Ends]:
        """Inputs that a wire may lead to: one with a value in brackets has what it needs."""
        return [(node_id, pin) for node_id, shape in self.shapes.items() for pin in shape.data_inputs
                if not pin.is_hidden and not self.has_literal(node_id, pin)]

    @cached_property
    def starts(self) -> list[str]:
        return [node_id for node_id, shape in self.shapes.items() if shape.is_event]

    @cached_property
    def pure(self) -> frozenset[str]:
        return frozenset(node_id for node_id, shape in self.shapes.items()
                         if node_id in self.maybe_pure or not shape.exec_inputs and not shape.exec_outputs)

    @cached_property
    def typeable(self) -> frozenset[str]:
        """Nodes with a pin whose type wires decide."""
        return frozenset(node_id for node_id, shape in self.shapes.items() if any(is_wild(pin.type) or pin.typed_by for pin in shape.pins))

    @cached_property
    def types_unwired(self) -> PinTypes:
        if not self.typeable:
            return PinTypes()
        return resolve_wildcards(Graph(self.name, tuple(self.nodes.values())), self.shapes)

    def has_literal(self, node_id: str, pin: Pin) -> bool:
        return pin.name not in self.shapes[node_id].identity and self.nodes[node_id].get(pin.name) is not None

    @cached_property
    def needy(self) -> dict[str, list[Pin]]:
        """By node: inputs that must be filled once it runs, and wildcards that something must decide."""
        found = {}
        for node_id, shape in self.shapes.items():
            pins = [pin for pin in shape.pins if pin.is_required and pin.is_input and not self._is_filled(node_id, pin) or self._must_be_decided(shape, pin)]
            if pins:
                found[node_id] = pins
        return found

    def _is_filled(self, node_id: str, pin: Pin) -> bool:
        if not self.has_literal(node_id, pin) or pin.is_by_ref and not pin.is_const and pin.type.kind != "struct":
            return False
        value = self.nodes[node_id].get(pin.name)
        return value != "" and not (isinstance(value, Word) and value.text.lower() == "none")

    @staticmethod
    def _must_be_decided(shape: Shape, pin: Pin) -> bool:
        return pin.type.kind == "wildcard" and not pin.is_hidden and shape.type not in ("FormatText", "Event_EnhancedInput")


class Wiring:
    """A graph's wires so far. Immutable: `with_wire` gives the next one.

    `hint` are wires that paid all debts one line before. They are tried first, so that a search that gives up early never
    loses what was known: the first wire of a witness is always legal, and after it the rest is a witness again.
    """

    def __init__(self, parts: Parts, wires: tuple[Wire, ...] = (), hint: list[Way] | None = None) -> None:
        self.parts, self.wires, self.hint = parts, wires, hint
        self.data_wires = [wire for wire in wires if not wire.is_exec]
        self.used_outputs = {(wire.source.node, wire.source.pin) for wire in wires if wire.is_exec}
        self.wired_inputs = {(wire.target.node, wire.target.pin) for wire in self.data_wires}
        self._exec_witness: dict[str, list[Way] | None] = {}
        self._type_legal: dict[tuple, bool] = {}

    def with_wire(self, source: Ends, target: Ends) -> Wiring:
        return self.followed_by(Wire(PinRef(source[0], source[1].name), PinRef(target[0], target[1].name), source[1].is_exec))

    def followed_by(self, wire: Wire) -> Wiring:
        after = Wiring(self.parts, (*self.wires, wire), self.hint_after(wire))
        if wire.is_exec or not self._changes_types(wire):
            after.__dict__["types"] = self.types
            after._type_legal = self._type_legal
        kept = self._kept_witness(wire, self.__dict__.get("witness"))
        if kept is not None:
            after.__dict__["witness"] = kept
        return after

    def hint_after(self, wire: Wire) -> list[Way] | None:
        """What is known to pay the debts once this wire is drawn, if nothing else changes."""
        known = self.__dict__.get("witness", self.hint)
        if wire.is_exec:
            return self._exec_witness.get(wire.target.node) or known
        return known and [way for way in known if (way[1][0], way[1][1].name) != (wire.target.node, wire.target.pin)]

    def _kept_witness(self, wire: Wire, known: list[Way] | None) -> list[Way] | None:
        """What pays the debts before this wire pays them after it too, where it changes no types, closes no cycle and adds no debt."""
        source, target = wire.source.node, wire.target.node
        if known is None or wire.is_exec or self._changes_types(wire) or {source, target} <= self.parts.pure:
            return None
        fresh = _closure([source], self.feeders) - self.reached if target in self.reached else set()
        if self.debts(fresh):
            return None
        return [way for way in known if (way[1][0], way[1][1].name) != (target, wire.target.pin)]

    def _changes_types(self, wire: Wire) -> bool:
        return wire.source.node in self.parts.typeable or wire.target.node in self.parts.typeable

    # What runs

    @cached_property
    def followers(self) -> dict[str, list[str]]:
        return _edges((wire.source.node, wire.target.node) for wire in self.wires if wire.is_exec)

    @cached_property
    def feeders(self) -> dict[str, list[str]]:
        return _edges((wire.target.node, wire.source.node) for wire in self.data_wires)

    @cached_property
    def reached(self) -> set[str]:
        return _closure(_closure(self.parts.starts, self.followers), self.feeders)

    @cached_property
    def types(self) -> PinTypes:
        if not self.data_wires or not self.parts.typeable:
            return self.parts.types_unwired
        return resolve_wildcards(Graph(self.parts.name, tuple(self.parts.nodes.values()), self.wires), self.parts.shapes)

    def type_of(self, end: Ends) -> PinType:
        node_id, pin = end
        if pin.type.kind != "wildcard" and not pin.typed_by and not pin.type.container:
            return pin.type
        return self.types.of(node_id, pin)

    def debts(self, reached: set[str] | None = None) -> list[Ends]:
        """What is still missing among the nodes that run."""
        needy = self.parts.needy
        return [(node_id, pin) for node_id in (self.reached if reached is None else reached) if node_id in needy
                for pin in needy[node_id] if self._is_open((node_id, pin))]

    def _is_open(self, end: Ends) -> bool:
        node_id, pin = end
        if pin.is_required and pin.is_input and (node_id, pin.name) not in self.wired_inputs and not self.parts._is_filled(node_id, pin):
            return True
        return self.parts._must_be_decided(self.parts.shapes[node_id], pin) and self.type_of(end).kind == "wildcard"

    @cached_property
    def witness(self) -> list[Way] | None:
        """Data wires that pay all debts, or None."""
        return self.hint if self.hint and self._is_paid_by(self.hint) else _pay(self, [WITNESS_TRIES])

    def _is_paid_by(self, ways: list[Way]) -> bool:
        wiring = Wiring(self.parts, self.wires)
        for source, target in ways:
            if not wiring.fits(source, wiring.type_of(source), target):
                return False
            wiring = wiring.with_wire(source, target)
        return not wiring.debts()

    @property
    def is_complete(self) -> bool:
        return not self.debts()

    # EXEC wires

    def exec_sources(self) -> Iterator[Ends]:
        for source in self.parts.exec_outputs:
            if (source[0], source[1].name) not in self.used_outputs and next(self.exec_targets(source), None):
                yield source

    def exec_targets(self, source: Ends) -> Iterator[Ends]:
        for target in self.parts.exec_inputs:
            if target[0] != source[0] and self._may_run(source[0], target[0]):
                yield target

    def _may_run(self, source: str, target: str) -> bool:
        """Can what runs through this wire be filled? Where the source does not run yet, that is asked later."""
        if source not in self.reached or target in self.reached:
            return True
        if target not in self._exec_witness:
            self._exec_witness[target] = self._witness_running(target)
        return self._exec_witness[target] is not None

    def _witness_running(self, target: str) -> list[Way] | None:
        """Data wires that pay all debts when this node runs too."""
        reached = self.reached | _closure(_closure([target], self.followers), self.feeders)
        if not self.debts(reached - self.reached) and not self.debts():
            return []
        return _pay(self, [WITNESS_TRIES], reached)

    # DATA wires

    def data_sources(self) -> Iterator[Ends]:
        for source in self.parts.data_outputs:
            if next(self.data_targets(source), None):
                yield source

    def data_targets(self, source: Ends) -> Iterator[Ends]:
        kind = self.type_of(source)
        for target in self.parts.data_inputs:
            if (target[0], target[1].name) not in self.wired_inputs and self.is_legal(source, kind, target):
                yield target

    # Parameters and results of functions that are declared later

    def fresh_results(self, node_id: str) -> list[Ends]:
        """Inputs that a result of this call may feed, whatever it will be called."""
        return [target for target in self.data_inputs_left if not is_wild(target[1].type) and not self._types_another(target)
                and type_text(self.type_of(target), self.parts.catalogue)
                and self.is_legal((node_id, _unnamed(self.type_of(target))), self.type_of(target), target)]

    def takes_fresh(self, source: Ends, node_id: str) -> bool:
        """Whether a call may take this output on a parameter, whatever that will be called."""
        kind = self.type_of(source)
        if is_wild(kind) or not type_text(kind, self.parts.catalogue) or source[0] == node_id or self._closes_a_cycle(source[0], node_id):
            return False
        return self._leaves_no_debt(source, (node_id, _unnamed(kind)))

    @property
    def data_inputs_left(self) -> list[Ends]:
        return [end for end in self.parts.data_inputs if (end[0], end[1].name) not in self.wired_inputs]

    def is_legal(self, source: Ends, kind: PinType, target: Ends) -> bool:
        return self.fits(source, kind, target) and self._leaves_no_debt(source, target)

    def fits(self, source: Ends, kind: PinType, target: Ends) -> bool:
        """The wire is right by itself: types agree, nothing reads itself, no other wire or value becomes wrong."""
        if source[0] == target[0] or self._closes_a_cycle(source[0], target[0]):
            return False
        # Which of several wires decides a wildcard depends on the nodes they come from, not on their types alone.
        key = (kind, target[0], target[1].name, source[0] if is_wild(target[1].type) or not self._is_settled(source) else "")
        if key not in self._type_legal:
            self._type_legal[key] = self._types_stay_right(source, kind, target)
        return self._type_legal[key]

    def _types_stay_right(self, source: Ends, kind: PinType, target: Ends) -> bool:
        node_id, pin = target
        is_plain = not is_wild(pin.type) and self._is_settled(source) and not self._types_another(target)
        if is_plain:
            return self._agrees(kind, self.type_of(target), pin)
        after = self.with_wire(source, target)
        return after.is_consistent(node_id)

    def _is_settled(self, source: Ends) -> bool:
        """Whether a further wire from this output cannot change what it carries."""
        node_id, pin = source
        if not is_wild(pin.type):
            return True
        shape = self.parts.shapes[node_id]
        if shape.role == "operator":
            return node_id in self.types.operators and self._has_known_operand(node_id)
        return any(is_wild(one.type) and one.type.container and (node_id, one.name) in self.wired_inputs for one in shape.data_inputs)

    def _types_another(self, target: Ends) -> bool:
        return any(out.typed_by == target[1].internal for out in self.parts.shapes[target[0]].data_outputs)

    def _agrees(self, source: PinType, target: PinType, pin: Pin) -> bool:
        agreement = self.parts.catalogue.types_agree(source, target, self.parts.scope)
        return agreement is not None and not (pin.is_by_ref and not pin.is_const and agreement.kind == "conversion")

    def is_consistent(self, changed: str) -> bool:
        """All wires still agree and all values still fit, after something changed the types of a node."""
        if not all(self._agrees(self.type_of(source), self.type_of(target), target[1]) for source, target in self._known_ends()):
            return False
        shape = self.parts.shapes[changed]
        is_operator = shape.role == "operator" and shape.type in self.parts.catalogue.operators.overloads
        if is_operator and changed not in self.types.operators and self._has_known_operand(changed):
            return False
        return all(self._values_fit(node_id) for node_id in self.parts.nodes)

    def _has_known_operand(self, node_id: str) -> bool:
        return any(not is_wild(self.type_of(source)) for source, target in self._known_ends() if target[0] == node_id)

    def _known_ends(self) -> Iterator[Way]:
        """Of the data wires, but for those to a parameter or result that nobody has named yet: it takes the type of its wire."""
        for wire in self.data_wires:
            source = self.parts.shapes[wire.source.node].pin(wire.source.pin, False)
            target = self.parts.shapes[wire.target.node].pin(wire.target.pin, True)
            if source and target:
                yield (wire.source.node, source), (wire.target.node, target)

    def _values_fit(self, node_id: str) -> bool:
        literals = speller().literals
        for pin in self.parts.shapes[node_id].data_inputs:
            if pin.type.kind == "wildcard" and self.parts.has_literal(node_id, pin):
                kind = self.type_of((node_id, pin))
                if literals.misfit(literals.spell(self.parts.nodes[node_id].get(pin.name), kind), kind):
                    return False
        return True

    def _closes_a_cycle(self, source: str, target: str) -> bool:
        pure = self.parts.pure
        if source not in pure or target not in pure:
            return False
        edges = {node: [one for one in found if one in pure] for node, found in self.feeders.items() if node in pure}
        return target in _closure([source], edges)

    def _leaves_no_debt(self, source: Ends, target: Ends) -> bool:
        """What runs after this wire can still be filled."""
        if target[0] not in self.reached:
            return not self.debts() or self._can_still_pay(source, target)
        fresh = _closure([source[0]], self.feeders) - self.reached
        if not self.debts() and not self.debts(fresh):
            return True
        return self._can_still_pay(source, target)

    def _can_still_pay(self, source: Ends, target: Ends) -> bool:
        """A search only where this wiring's own witness, made once for all its candidates, is of no use."""
        if self.witness and self.witness[0] == (source, target):
            return True
        after = self.with_wire(source, target)
        if (kept := self._kept_witness(after.wires[-1], self.witness)) is not None:
            after.__dict__["witness"] = kept
        return after.witness is not None


def _unnamed(kind: PinType) -> Pin:
    return Pin("?", "?", True, kind, None, "")


def _edges(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    edges: dict[str, list[str]] = {}
    for start, end in pairs:
        edges.setdefault(start, []).append(end)
    return edges


def _closure(starts: Iterable[str], edges: Mapping[str, list[str]]) -> set[str]:
    found = set(starts)
    stack = list(found)
    while stack:
        for node in edges.get(stack.pop(), ()):
            if node not in found:
                found.add(node)
                stack.append(node)
    return found


def _pay(wiring: Wiring, tries: list[int], reached: set[str] | None = None, depth: int = 0) -> list[Way] | None:
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
        rest = _pay(after, tries, running | _closure([source[0]], after.feeders), depth + 1)
        if rest is not None:
            return [(source, target), *rest]
    return None


def _ways(wiring: Wiring, node_id: str, pin: Pin, running: set[str]) -> list[Way]:
    """Wires that fill an input, or decide an open wildcard through any input of its node."""
    is_input_debt = pin.is_input and (node_id, pin.name) not in wiring.wired_inputs and not wiring.parts.has_literal(node_id, pin)
    shape = wiring.parts.shapes[node_id]
    targets = [pin] if is_input_debt and (pin.is_required or not pin.group) else [
        one for one in shape.data_inputs if is_wild(one.type) and not one.is_hidden and _shares(one, pin)
        and (node_id, one.name) not in wiring.wired_inputs and not wiring.parts.has_literal(node_id, one)]
    ways = []
    for source in wiring.parts.data_outputs:
        kind = wiring.type_of(source)
        if not is_wild(kind):
            needs = 0 if source[0] in running else 1 + (source[0] in wiring.parts.needy)
            ways += [(needs, source, (node_id, target)) for target in targets if wiring.fits(source, kind, (node_id, target))]
    ways.sort(key=lambda way: way[0])
    return [(source, target) for _, source, target in ways]


def _shares(pin: Pin, open_pin: Pin) -> bool:
    """Whether filling `pin` says something of `open_pin`: one group, or operands and result of an operator, or a map's halves."""
    groups = {pin.group, open_pin.group}
    return len(groups) == 1 or groups <= {"Operand", "Result"} or any("," in group for group in groups)
