"""What the pins of a graph carry by the wires so far, and which further wire leaves all of that right.

Most wires decide no type. Those that may concern the nodes at their ends and all that share types with these: only they are
resolved again for each wire that is tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from functools import cached_property

from model.constraint_parts import Ends, Parts, Way, closure_of, edges_of, wire_of
from utils.blueprint_patterns import resolve_wildcards
from utils.catalogue.shape import Pin
from utils.catalogue.wildcards import PinTypes, is_type_link, is_wild, types_another
from utils.dsl.ast import Graph, Wire
from utils.dsl.spelling import speller
from utils.dsl.types import PinType


class Typing:
    """Immutable: `followed_by` gives the next one. Asks nothing of cycles, nor whether what runs has all that it needs."""

    def __init__(self, parts: Parts, data_wires: Iterable[Wire]) -> None:
        self.parts, self.data_wires = parts, list(data_wires)
        self.retyped: frozenset[str] | None = None
        """Nodes whose types the last wire may have decided; None where nothing is known of the wires before it."""
        self._before: PinTypes | None = None
        self._verdicts: dict[tuple, bool] = {}

    def followed_by(self, wire: Wire) -> Typing:
        """The same where the wire can decide no type."""
        if wire.is_exec or wire.source.node not in self.parts.typeable and wire.target.node not in self.parts.typeable:
            return self
        after = Typing(self.parts, (*self.data_wires, wire))
        after.__dict__["_links"] = [*self._links, wire] if self._is_link(wire) else self._links
        after.retyped = retyped = self._sharing_with({wire.source.node, wire.target.node})
        after._before = self.types
        after._verdicts = {key: is_right for key, is_right in self._verdicts.items() if key[1] not in retyped and key[3] not in retyped}
        return after

    def of(self, end: Ends) -> PinType:
        node_id, pin = end
        if pin.type.kind != "wildcard" and not pin.typed_by and not pin.type.container:
            return pin.type
        return self.types.of(node_id, pin)

    @cached_property
    def types(self) -> PinTypes:
        if not self.data_wires or not self.parts.typeable:
            return self.parts.types_unwired
        if self._before is None:
            return resolve_wildcards(Graph(self.parts.name, tuple(self.parts.nodes.values()), tuple(self.data_wires)), self.parts.shapes)
        return self._before.replaced_near(self.retyped, self._types_within(self.retyped))

    def _types_within(self, nodes: Set[str]) -> PinTypes:
        """Types of nodes that share them with no others; of those wired to them only what they are by themselves counts."""
        wires = [wire for wire in self.data_wires if wire.source.node in nodes or wire.target.node in nodes]
        ends = {*nodes, *(wire.source.node for wire in wires), *(wire.target.node for wire in wires)}
        known = {node_id: node for node_id, node in self.parts.nodes.items() if node_id in ends}
        graph = Graph(self.parts.name, tuple(known.values()), tuple(wires))
        return resolve_wildcards(graph, {node_id: self.parts.shapes[node_id] for node_id in known}, nodes)

    # Which nodes share types

    @cached_property
    def _links(self) -> list[Wire]:
        """Wires along which a type may travel that other wires decide."""
        return [wire for wire in self.data_wires if self._is_link(wire)]

    def _is_link(self, wire: Wire) -> bool:
        if wire.source.node not in self.parts.typeable or wire.target.node not in self.parts.typeable:
            return False
        ends = self.parts.ends_of(wire)
        return ends is not None and is_type_link(ends[0][1], self.parts.shapes[wire.target.node], ends[1][1])

    def _sharing_with(self, nodes: Set[str]) -> frozenset[str]:
        """Nodes whose types may change with those of these."""
        pairs = [(link.source.node, link.target.node) for link in self._links]
        return frozenset(closure_of(nodes & self.parts.typeable, edges_of([*pairs, *((b, a) for a, b in pairs)])))

    # One wire more

    def stays_right(self, source: Ends, kind: PinType, target: Ends) -> bool:
        """Whether a wire from an output that carries `kind` agrees with its input, and no other wire or value becomes wrong."""
        # Which of several wires decides a wildcard depends on the nodes they come from, not on their types alone.
        key = (kind, target[0], target[1].name, source[0] if is_wild(target[1].type) or not self._is_settled(source) else "")
        if key not in self._verdicts:
            self._verdicts[key] = self._stays_right(source, kind, target)
        return self._verdicts[key]

    def _stays_right(self, source: Ends, kind: PinType, target: Ends) -> bool:
        if self.keeps_types(source, target):
            return self._agrees(kind, self.of(target), target[1])
        if not (self._may_come_to_agree(source, target) if is_wild(kind) else self._may_decide(kind, target)):
            return False
        return self.followed_by(wire_of(source, target)).is_consistent(target[0])

    def keeps_types(self, source: Ends, target: Ends) -> bool:
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
        containers = {one.name for one in shape.data_inputs if is_wild(one.type) and one.type.container}
        return any(wire.target.node == node_id and wire.target.pin in containers for wire in self.data_wires)

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

    # All wires together

    def is_consistent(self, *changed: str) -> bool:
        """All wires still agree and all values still fit, after something changed the types of some nodes.

        What the last wire has not retyped was right before it.
        """
        if not all(self._agrees(self.of(source), self.of(target), target[1]) for source, target in self._known_ends(self.retyped)):
            return False
        if any(self._lacks_function(node_id) for node_id in changed):
            return False
        return all(self._values_fit(node_id) for node_id in (self.parts.nodes if self.retyped is None else self.retyped))

    def _agrees(self, source: PinType, target: PinType, pin: Pin) -> bool:
        agreement = self.parts.catalogue.types_agree(source, target, self.parts.scope)
        return agreement is not None and not (pin.is_by_ref and not pin.is_const and agreement.kind == "conversion")

    def _lacks_function(self, node_id: str) -> bool:
        """Whether an operator has operands that none of its functions takes."""
        shape = self.parts.shapes[node_id]
        is_operator = shape.role == "operator" and shape.type in self.parts.catalogue.operators.overloads
        return is_operator and node_id not in self.types.operators and self._has_known_operand(node_id)

    def _has_known_operand(self, node_id: str) -> bool:
        return any(not is_wild(self.of(source)) for source, target in self._known_ends({node_id}) if target[0] == node_id)

    def _known_ends(self, nodes: Set[str] | None = None) -> Iterator[Way]:
        """Of the wires, or of those at some nodes."""
        for wire in self.data_wires:
            if nodes is None or wire.source.node in nodes or wire.target.node in nodes:
                if ends := self.parts.ends_of(wire):
                    yield ends

    def _values_fit(self, node_id: str) -> bool:
        literals = speller().literals
        for pin in self.parts.shapes[node_id].data_inputs:
            if pin.type.kind == "wildcard" and self.parts.has_literal(node_id, pin):
                kind = self.of((node_id, pin))
                if literals.misfit(literals.spell(self.parts.nodes[node_id].get(pin.name), kind), kind):
                    return False
        return True
