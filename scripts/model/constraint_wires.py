"""Which wires a graph may still take, so that it can always be finished as a valid one.

What runs (is reached from an event along EXEC wires, or feeds what runs) must have its required inputs filled and its
types decided. A wire is legal when it is so by itself and what then runs can still be filled by further wires; the wires
that would fill it are the witness, and they are what completes an answer that is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from model.constraint_parts import Ends, Parts, Way, closure_of, edges_of, wire_of
from model.constraint_typing import Typing
from model.constraint_witness import WITNESS_TRIES, pay
from utils.catalogue.wildcards import is_wild
from utils.dsl.ast import PinRef, Wire
from utils.dsl.types import PinType


class Wiring:
    """A graph's wires so far. Immutable: `with_wire` gives the next one.

    `hint` are wires that paid all debts one line before. They are tried first, so that a search that gives up early never
    loses what was known: the first wire of a witness is always legal, and after it the rest is a witness again.
    """

    def __init__(self, parts: Parts, wires: tuple[Wire, ...] = (), hint: list[Way] | None = None, typing: Typing | None = None) -> None:
        self.parts, self.wires, self.hint = parts, wires, hint
        self.data_wires = [wire for wire in wires if not wire.is_exec]
        self.typing = typing or Typing(parts, self.data_wires)
        self.used_outputs = {(wire.source.node, wire.source.pin) for wire in wires if wire.is_exec}
        self.wired_inputs = {(wire.target.node, wire.target.pin) for wire in self.data_wires}
        self._exec_witness: dict[str, list[Way] | None] = {}
        self.fresh_results: dict[str, list[Ends]] = {}
        self.last_targets: dict[tuple[str, str], Ends] = {}
        """Where an output could go when that was last asked, here or before the last wires: most likely it still can."""

    def with_wire(self, source: Ends, target: Ends) -> Wiring:
        return self.followed_by(wire_of(source, target))

    def followed_by(self, wire: Wire) -> Wiring:
        after = Wiring(self.parts, (*self.wires, wire), self.hint_after(wire), self.typing.followed_by(wire))
        after.last_targets = self.last_targets
        if after.typing is self.typing and (known := self.__dict__.get("witness")) is not None:
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
        retyped = frozenset() if self.typing is before.typing else self.typing.retyped
        if wire.is_exec or any(node_id in retyped for way in known for node_id, _ in way):
            return
        if known and {source, target} <= self.parts.pure and _closes_a_cycle(source, target, known, before.feeders):
            return
        running = before.reached | closure_of((one for (one, _), _ in known), before.feeders)
        fresh = closure_of([source], before.feeders) - running if target in running else set()
        kept = _without_input(known, wire)
        # A way that decides the type of what it leads from is not made good by another wire to its end.
        if before.debts(fresh) or any(is_wild(before.typing.of(way[0])) for way in known if way not in kept):
            return
        if not self.debts(retyped & (running | fresh)):
            self.__dict__["witness"] = kept

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

    def debts(self, reached: set[str] | None = None) -> list[Ends]:
        """What is still missing among the nodes that run."""
        needy = self.parts.needy
        return [(node_id, pin) for node_id in (self.reached if reached is None else reached) if node_id in needy
                for pin in needy[node_id] if self._is_open((node_id, pin))]

    def _is_open(self, end: Ends) -> bool:
        node_id, pin = end
        if pin.is_required and pin.is_input and (node_id, pin.name) not in self.wired_inputs and not self.parts.is_filled(node_id, pin):
            return True
        return self.parts.must_be_decided(self.parts.shapes[node_id], pin) and self.typing.of(end).kind == "wildcard"

    @cached_property
    def witness(self) -> list[Way] | None:
        """Data wires that pay all debts, or None."""
        return self.hint if self.hint and self._is_paid_by(self.hint) else pay(self, [WITNESS_TRIES])

    def _is_paid_by(self, ways: list[Way]) -> bool:
        wiring = self
        for source, target in ways:
            if not wiring.fits(source, wiring.typing.of(source), target):
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
            if known is not None and self.has_room(source, known) and self.is_legal(source, self.typing.of(source), known):
                yield source
            elif target := next(self.data_targets(source), None):
                self.last_targets[key] = target
                yield source

    def data_targets(self, source: Ends) -> Iterator[Ends]:
        kind = self.typing.of(source)
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
        return not self._holds_itself(source, kind, target) and self.fits(source, kind, target) and self.leaves_no_debt(source, target)

    def _holds_itself(self, source: Ends, kind: PinType, target: Ends) -> bool:
        """Whether a container of no type yet would get an element of what it feeds; loops may do that to each other."""
        return bool(target[1].type.container) and is_wild(kind) and not source[1].type.container and target[0] in closure_of([source[0]], self.feeders)

    def fits(self, source: Ends, kind: PinType, target: Ends) -> bool:
        """The wire is right by itself: types agree, nothing reads itself, no other wire or value becomes wrong."""
        if source[0] == target[0] or self.closes_a_cycle(source[0], target[0]):
            return False
        return self.typing.stays_right(source, kind, target)

    def closes_a_cycle(self, source: str, target: str) -> bool:
        pure = self.parts.pure
        if source not in pure or target not in pure:
            return False
        edges = {node: [one for one in found if one in pure] for node, found in self.feeders.items() if node in pure}
        return target in closure_of([source], edges)

    def leaves_no_debt(self, source: Ends, target: Ends) -> bool:
        """What runs after this wire can still be filled."""
        if not self.typing.keeps_types(source, target):
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
        if after.typing is not self.typing and self.witness is not None:
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
