"""Which wires a graph may still take, so that it can always be finished as a valid one.

What runs (is reached from an event along EXEC wires, or feeds what runs) must have its required inputs filled and its
types decided. A wire is legal when it is so by itself and what then runs can still be filled by further wires; the wires
that would fill it are the witness, and they are what completes an answer that is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cached_property

from model.constraint_parts import Ends, Parts, Way, closure_of, edges_of
from model.constraint_witness import WITNESS_TRIES, pay
from utils.catalogue.shape import Pin
from utils.catalogue.wildcards import PinTypes, is_wild, types_another
from utils.dsl.ast import PinRef, Wire
from utils.dsl.spelling import speller
from utils.dsl.types import PinType


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
        self.fresh_results: dict[str, list[Ends]] = {}
        self.last_targets: dict[tuple[str, str], Ends] = {}
        """Where an output could go when that was last asked, here or before the last wires: most likely it still can."""
        self.retyped: frozenset[str] | None = None
        """Nodes whose types the last wire may have decided; None where nothing is known of the wires before it."""

    def with_wire(self, source: Ends, target: Ends) -> Wiring:
        return self.followed_by(Wire(PinRef(source[0], source[1].name), PinRef(target[0], target[1].name), source[1].is_exec))

    def followed_by(self, wire: Wire) -> Wiring:
        after = Wiring(self.parts, (*self.wires, wire), self.hint_after(wire))
        after.__dict__["type_links"] = [*self.type_links, wire] if self.parts.links_types(wire) else self.type_links
        if wire.is_exec or not self._changes_types(wire):
            after.__dict__["types"] = self.types
            after._type_legal = self._type_legal
        else:
            after.retyped = self._nodes_that_share_types(wire)
            after._types_before = self.types
            after._type_legal = {key: is_legal for key, is_legal in self._type_legal.items() if key[1] not in after.retyped and key[3] not in after.retyped}
        after.last_targets = self.last_targets
        if after.retyped is None and (known := self.__dict__.get("witness")) is not None:
            after._keep_witness(self, known)
        return after

    def hint_after(self, wire: Wire) -> list[Way] | None:
        """What is known to pay the debts once this wire is drawn, if nothing else changes."""
        known = self.__dict__.get("witness", self.hint)
        if wire.is_exec:
            return self._exec_witness.get(wire.target.node) or known
        return known and _without_input(known, wire)

    def _keep_witness(self, before: Wiring, known: list[Way]) -> None:
        """What paid the debts before the last wire pays them after it too, where that adds no debt, closes no cycle and types no node that they touch."""
        wire = self.wires[-1]
        source, target = wire.source.node, wire.target.node
        retyped = self.retyped or frozenset()
        if wire.is_exec or any(node_id in retyped for way in known for node_id, _ in way):
            return
        if known and {source, target} <= self.parts.pure and _closes_a_cycle(source, target, known, before.feeders):
            return
        running = before.reached | closure_of((one for (one, _), _ in known), before.feeders)
        fresh = closure_of([source], before.feeders) - running if target in running else set()
        kept = _without_input(known, wire)
        # A way that decides the type of what it leads from is not made good by another wire to its end.
        if before.debts(fresh) or any(is_wild(before.type_of(way[0])) for way in known if way not in kept):
            return
        if not self.debts(retyped & (running | fresh)):
            self.__dict__["witness"] = kept

    def _changes_types(self, wire: Wire) -> bool:
        return wire.source.node in self.parts.typeable or wire.target.node in self.parts.typeable

    # What runs

    @cached_property
    def followers(self) -> dict[str, list[str]]:
        return edges_of((wire.source.node, wire.target.node) for wire in self.wires if wire.is_exec)

    @cached_property
    def feeders(self) -> dict[str, list[str]]:
        return edges_of((wire.target.node, wire.source.node) for wire in self.data_wires)

    @cached_property
    def reached(self) -> set[str]:
        return closure_of(closure_of(self.parts.starts, self.followers), self.feeders)

    @cached_property
    def types(self) -> PinTypes:
        if not self.data_wires or not self.parts.typeable:
            return self.parts.types_unwired
        if self.retyped is None:
            return self.parts.types_with(self.wires)
        return self._types_before.replaced_near(self.retyped, self.parts.types_within(self.retyped, self.data_wires))

    @cached_property
    def type_links(self) -> list[Wire]:
        return [wire for wire in self.data_wires if self.parts.links_types(wire)]

    def _nodes_that_share_types(self, wire: Wire) -> frozenset[str]:
        """Nodes whose types one more wire may decide."""
        pairs = [(link.source.node, link.target.node) for link in self.type_links]
        return frozenset(closure_of({wire.source.node, wire.target.node} & self.parts.typeable, edges_of([*pairs, *((b, a) for a, b in pairs)])))

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
        if pin.is_required and pin.is_input and (node_id, pin.name) not in self.wired_inputs and not self.parts.is_filled(node_id, pin):
            return True
        return self.parts.must_be_decided(self.parts.shapes[node_id], pin) and self.type_of(end).kind == "wildcard"

    @cached_property
    def witness(self) -> list[Way] | None:
        """Data wires that pay all debts, or None."""
        return self.hint if self.hint and self._is_paid_by(self.hint) else pay(self, [WITNESS_TRIES])

    def _is_paid_by(self, ways: list[Way]) -> bool:
        wiring = self
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
        reached = self.reached | closure_of(closure_of([target], self.followers), self.feeders)
        if not self.debts(reached - self.reached) and not self.debts():
            return []
        return pay(self, [WITNESS_TRIES], reached)

    # DATA wires

    def data_sources(self) -> Iterator[Ends]:
        for source in self.parts.data_outputs:
            key = source[0], source[1].name
            known = self.last_targets.get(key)
            if known is not None and self.has_room(source, known) and self.is_legal(source, self.type_of(source), known):
                yield source
            elif target := next(self.data_targets(source), None):
                self.last_targets[key] = target
                yield source

    def data_targets(self, source: Ends) -> Iterator[Ends]:
        kind = self.type_of(source)
        for target in self.parts.data_inputs:
            if self.has_room(source, target) and self.is_legal(source, kind, target):
                yield target

    def has_room(self, source: Ends, target: Ends) -> bool:
        """One wire may lead to an input; to one that takes many, each only once."""
        if (target[0], target[1].name) not in self.wired_inputs:
            return True
        ends = PinRef(source[0], source[1].name), PinRef(target[0], target[1].name)
        return self.parts.shapes[target[0]].takes_many(target[1]) and all((wire.source, wire.target) != ends for wire in self.data_wires)

    def is_legal(self, source: Ends, kind: PinType, target: Ends) -> bool:
        return self.fits(source, kind, target) and self.leaves_no_debt(source, target)

    def fits(self, source: Ends, kind: PinType, target: Ends) -> bool:
        """The wire is right by itself: types agree, nothing reads itself, no other wire or value becomes wrong."""
        if source[0] == target[0] or self.closes_a_cycle(source[0], target[0]):
            return False
        # Which of several wires decides a wildcard depends on the nodes they come from, not on their types alone.
        key = (kind, target[0], target[1].name, source[0] if is_wild(target[1].type) or not self._is_settled(source) else "")
        if key not in self._type_legal:
            self._type_legal[key] = self._types_stay_right(source, kind, target)
        return self._type_legal[key]

    def _types_stay_right(self, source: Ends, kind: PinType, target: Ends) -> bool:
        if self._keeps_types(source, target):
            return self._agrees(kind, self.type_of(target), target[1])
        if not (self._may_come_to_agree(source, target) if is_wild(kind) else self._may_decide(kind, target)):
            return False
        return self.with_wire(source, target).is_consistent(target[0])

    def _keeps_types(self, source: Ends, target: Ends) -> bool:
        """Whether this wire leaves the types of all pins as they are."""
        return not is_wild(target[1].type) and self._is_settled(source) and not types_another(self.parts.shapes[target[0]], target[1])

    def _is_settled(self, source: Ends) -> bool:
        """Whether a further wire from this output cannot change what it carries."""
        node_id, pin = source
        if not is_wild(pin.type):
            return True
        shape = self.parts.shapes[node_id]
        if shape.role == "operator":
            return node_id in self.types.operators and self._has_known_operand(node_id)
        return any(is_wild(one.type) and one.type.container and (node_id, one.name) in self.wired_inputs for one in shape.data_inputs)

    def _agrees(self, source: PinType, target: PinType, pin: Pin) -> bool:
        agreement = self.parts.catalogue.types_agree(source, target, self.parts.scope)
        return agreement is not None and not (pin.is_by_ref and not pin.is_const and agreement.kind == "conversion")

    def _may_come_to_agree(self, source: Ends, target: Ends) -> bool:
        """Whether an operator that has no types yet has a function whose result this input takes."""
        overloads = self.parts.catalogue.operators.overloads.get(self.parts.shapes[source[0]].type)
        return overloads is None or is_wild(target[1].type) or any(self._agrees(one.result, target[1].type, target[1]) for one in overloads)

    def _may_decide(self, kind: PinType, target: Ends) -> bool:
        """Whether an input that takes its type from its wire may take this one, whatever else is wired."""
        shape = self.parts.shapes[target[0]]
        if target[1].type.container and not self._agrees(kind, target[1].type, target[1]):
            return False
        if target[1].group != "Operand" or shape.type not in self.parts.catalogue.operators.overloads:
            return True
        sides = [pin.name for pin in shape.data_inputs if pin.group == "Operand"][:2]
        return len(sides) < 2 or target[1].name not in sides or self.parts.catalogue.operators.takes(shape.type, kind, sides.index(target[1].name))

    def is_consistent(self, *changed: str) -> bool:
        """All wires still agree and all values still fit, after something changed the types of some nodes.

        What the last wire has not retyped was right before it.
        """
        if not all(self._agrees(self.type_of(source), self.type_of(target), target[1]) for source, target in self._known_ends(self.retyped)):
            return False
        if any(self._lacks_function(node_id) for node_id in changed):
            return False
        return all(self._values_fit(node_id) for node_id in (self.parts.nodes if self.retyped is None else self.retyped))

    def _lacks_function(self, node_id: str) -> bool:
        """Whether an operator has operands that none of its functions takes."""
        shape = self.parts.shapes[node_id]
        is_operator = shape.role == "operator" and shape.type in self.parts.catalogue.operators.overloads
        return is_operator and node_id not in self.types.operators and self._has_known_operand(node_id)

    def _has_known_operand(self, node_id: str) -> bool:
        return any(not is_wild(self.type_of(source)) for source, target in self._known_ends({node_id}) if target[0] == node_id)

    def _known_ends(self, nodes: Set[str] | None = None) -> Iterator[Way]:
        """Of the data wires, or of those at some nodes."""
        for wire in self.data_wires:
            if nodes is None or wire.source.node in nodes or wire.target.node in nodes:
                if ends := self.parts.ends_of(wire):
                    yield ends

    def _values_fit(self, node_id: str) -> bool:
        literals = speller().literals
        for pin in self.parts.shapes[node_id].data_inputs:
            if pin.type.kind == "wildcard" and self.parts.has_literal(node_id, pin):
                kind = self.type_of((node_id, pin))
                if literals.misfit(literals.spell(self.parts.nodes[node_id].get(pin.name), kind), kind):
                    return False
        return True

    def closes_a_cycle(self, source: str, target: str) -> bool:
        pure = self.parts.pure
        if source not in pure or target not in pure:
            return False
        edges = {node: [one for one in found if one in pure] for node, found in self.feeders.items() if node in pure}
        return target in closure_of([source], edges)

    def leaves_no_debt(self, source: Ends, target: Ends) -> bool:
        """What runs after this wire can still be filled."""
        if not self._keeps_types(source, target):
            return self._can_still_pay(source, target)
        if target[0] not in self.reached:
            return not self.debts() or self._can_still_pay(source, target)
        fresh = closure_of([source[0]], self.feeders) - self.reached
        if not self.debts() and not self.debts(fresh):
            return True
        return self._can_still_pay(source, target)

    def _can_still_pay(self, source: Ends, target: Ends) -> bool:
        """A search only where this wiring's own witness, made once for all its candidates, is of no use."""
        if self.witness and self.witness[0] == (source, target):
            return True
        after = self.with_wire(source, target)
        if after.retyped is not None and self.witness is not None:
            after._keep_witness(self, self.witness)
        return after.witness is not None


def _closes_a_cycle(source: str, target: str, ways: list[Way], feeders: dict[str, list[str]]) -> bool:
    """Whether a wire would, once these ways are drawn."""
    drawn = edges_of([(into, out) for (out, _), (into, _) in ways])
    for node_id, found in feeders.items():
        drawn.setdefault(node_id, []).extend(found)
    return target in closure_of([source], drawn)


def _without_input(ways: list[Way], wire: Wire) -> list[Way]:
    """The ways but for one to the input that this wire has filled."""
    return [way for way in ways if (way[1][0], way[1][1].name) != (wire.target.node, wire.target.pin)]
