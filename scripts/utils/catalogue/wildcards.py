"""Types of wildcard pins, from the wires around them.

Pins of one group share their element type: the array and the element of a loop, the options and the result of a
Select. A type travels along wires from pins that know theirs; where several could decide, containers go before single
values (an array of actors takes a pawn, not the other way round), inputs before outputs, wires before literals.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Set
from itertools import count

from utils.catalogue.operators import BOOL, FLOAT, INT, OperatorTable, Overload
from utils.catalogue.shape import Pin, Shape
from utils.catalogue.types import CLASS_LIKE, TypeRules
from utils.dsl.ast import Graph, Value
from utils.dsl.types import PinType

WILDCARD = PinType("wildcard")
# Lower is stronger.
CONTAINER_IN, CONTAINER_OUT, VALUE_IN, VALUE_OUT, LITERAL = range(5)


def is_wild(kind: PinType) -> bool:
    return kind.kind == "wildcard" or (kind.value is not None and kind.value.kind == "wildcard")


class PinTypes:
    """What every pin of a graph carries, once its wires are considered."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str], PinType] = {}
        self.narrowed: dict[tuple[str, str], PinType] = {}  # outputs typed by what is wired to a class pin
        self.operators: dict[str, Overload] = {}
        self.operands: dict[tuple[str, str], PinType] = {}

    def of(self, node_id: str, pin: Pin) -> PinType:
        """The pin's type; still a wildcard where nothing decides it."""
        if not is_wild(pin.type):
            return self.narrowed.get((node_id, pin.name), pin.type) if pin.typed_by else pin.type
        if pin.group in ("Operand", "Result"):
            return self.operands.get((node_id, pin.name), pin.type)
        if pin.type.container == "map":
            key, value = (self.groups.get((node_id, group), WILDCARD) for group in ("K", "V"))
            return key._replace(container="map", value=value)
        bound = self.groups.get((node_id, group_of(pin)))
        if bound is None:
            return pin.type
        return bound._replace(container=pin.type.container) if pin.type.container else bound

    def replaced_near(self, nodes: Set[str], found: PinTypes) -> PinTypes:
        """These types, but for the pins of `nodes` those of `found`."""
        after = PinTypes()
        for name in ("groups", "narrowed", "operands"):
            kept = {key: kind for key, kind in getattr(self, name).items() if key[0] not in nodes}
            setattr(after, name, kept | getattr(found, name))
        after.operators = {node_id: one for node_id, one in self.operators.items() if node_id not in nodes} | found.operators
        return after


def group_of(pin: Pin) -> str:
    return pin.group or f"pin {pin.name}"


class WildcardSolver:
    """One graph's pass: pops the strongest known fact, binds the group it decides, follows that group's wires.

    `within` asks for some nodes only: those that share types with no others in the graph (`is_type_link`), which are there as neighbours.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape], types: TypeRules, operators: OperatorTable, within: Set[str] | None = None) -> None:
        self.shapes, self.types, self.operators, self.within = shapes, types, operators, within
        self.nodes = {node.id: node for node in graph.nodes}
        self.found = PinTypes()
        self.wires: dict[str, list[tuple[Pin, str, Pin, bool]]] = {}
        self.facts: list[tuple[int, int, str, Pin, PinType]] = []
        self.order = count()
        self._connect(graph)

    def _connect(self, graph: Graph) -> None:
        """For each node: (own pin, other node, other pin, whether the own pin is the source), data wires only."""
        for wire in graph.wires:
            source_shape, target_shape = self.shapes.get(wire.source.node), self.shapes.get(wire.target.node)
            source = source_shape and source_shape.pin(wire.source.pin, False)
            target = target_shape and target_shape.pin(wire.target.pin, True)
            if source and target and not source.is_exec and not target.is_exec:
                self.wires.setdefault(wire.source.node, []).append((source, wire.target.node, target, True))
                self.wires.setdefault(wire.target.node, []).append((target, wire.source.node, source, False))

    def solve(self) -> PinTypes:
        for node_id in self.nodes:
            self._announce(node_id)
            self._add_literals(node_id)
        self._drain()
        for node_id, shape in self.shapes.items():
            if shape.role == "operator" and node_id not in self.found.operators and self._is_asked(node_id):
                self._settle_operator(node_id, shape, is_last=True)
                self._drain()
        return self.found

    def _is_asked(self, node_id: str) -> bool:
        return self.within is None or node_id in self.within

    def _drain(self) -> None:
        while self.facts:
            _, _, node_id, pin, kind = heapq.heappop(self.facts)
            self._learn(node_id, pin, kind)

    def _announce(self, node_id: str, only_wild: bool = False) -> None:
        """Tells the wired neighbours of a node what its pins carry, as far as that is known."""
        for pin, other_id, other, is_source in self.wires.get(node_id, ()):
            if only_wild and not is_wild(pin.type) and not pin.typed_by:
                continue
            if not (is_wild(other.type) or (is_source and types_another(self.shapes[other_id], other))):
                continue
            if is_source and pin.typed_by and self._is_pending(node_id, pin):
                continue
            kind = self.found.of(node_id, pin)
            if not is_wild(kind):
                self._push(_strength(other), other_id, other, kind)

    def _push(self, strength: int, node_id: str, pin: Pin, kind: PinType) -> None:
        if not self._is_asked(node_id):
            return
        heapq.heappush(self.facts, (strength, next(self.order), node_id, pin, kind))

    def _is_pending(self, node_id: str, pin: Pin) -> bool:
        """Whether a wired class pin will still say what this output is."""
        is_wired = any(own.is_input and own.internal == pin.typed_by for own, *_ in self.wires[node_id])
        return is_wired and (node_id, pin.name) not in self.found.narrowed

    def _add_literals(self, node_id: str) -> None:
        shape, node = self.shapes.get(node_id), self.nodes[node_id]
        for key, value in node.properties if shape else ():
            pin = shape.pin(key, True)
            if pin and is_wild(pin.type) and pin.group not in ("Operand", "Result") and key not in shape.identity:
                if kind := literal_type(value):
                    self._push(LITERAL, node_id, pin, kind)

    def _learn(self, node_id: str, pin: Pin, kind: PinType) -> None:
        shape = self.shapes[node_id]
        if pin.group in ("Operand", "Result"):
            return self._learn_operand(node_id, shape, pin, kind)
        for out in shape.data_outputs:
            if out.typed_by == pin.internal and kind.kind in CLASS_LIKE and kind.name:
                self.found.narrowed[node_id, out.name] = out.type._replace(name=kind.name)
        if is_wild(pin.type) and not self._bind(node_id, pin, kind):
            return
        self._announce(node_id, only_wild=True)

    def _bind(self, node_id: str, pin: Pin, kind: PinType) -> bool:
        """Whether something new was learnt."""
        groups = self.found.groups
        if pin.type.container == "map":
            if kind.container != "map" or kind.value is None:
                return False
            is_new = (node_id, "K") not in groups
            groups.setdefault((node_id, "K"), kind.element)
            groups.setdefault((node_id, "V"), kind.value)
            return is_new
        if pin.type.container and kind.container != pin.type.container:
            return False
        key = (node_id, group_of(pin))
        if key in groups:
            return False
        groups[key] = kind.element if pin.type.container else kind
        return True

    def _learn_operand(self, node_id: str, shape: Shape, pin: Pin, kind: PinType) -> None:
        known = self.found.operands
        if node_id in self.found.operators or (node_id, pin.name) in known:
            return
        known[node_id, pin.name] = kind
        wired = {own.name for own, _, other, is_source in self.wires.get(node_id, ()) if own.group == "Operand"}
        if all((node_id, name) in known for name in wired):
            self._settle_operator(node_id, shape, is_last=not wired)

    def _settle_operator(self, node_id: str, shape: Shape, *, is_last: bool) -> None:
        """Chooses the overload once all wired operands are known, or at the end with what is known then."""
        operands = [pin for pin in shape.data_inputs if pin.group == "Operand"]
        if len(operands) < 2 or shape.type not in self.operators.overloads:
            return
        kinds = [self._operand_type(node_id, pin) for pin in operands]
        if not any(kinds):
            result = next((self.found.operands.get((node_id, pin.name)) for pin in shape.data_outputs), None)
            kinds = [result, result, *kinds[2:]] if result and is_last else kinds
        if any(kinds):
            self._fold(node_id, shape, operands, kinds)

    def _operand_type(self, node_id: str, pin: Pin) -> PinType | None:
        if known := self.found.operands.get((node_id, pin.name)):
            return known
        if not is_wild(pin.type):
            return pin.type
        value = self.nodes[node_id].get(pin.name)
        # A number beside a struct scales it; beside another number it takes that one's type.
        return FLOAT if isinstance(value, (int, float)) and not isinstance(value, bool) and self._has_struct(node_id) else None

    def _has_struct(self, node_id: str) -> bool:
        return any(kind.kind == "struct" for (owner, _), kind in self.found.operands.items() if owner == node_id)

    def _fold(self, node_id: str, shape: Shape, operands: list[Pin], kinds: list[PinType | None]) -> None:
        """A op B, then the result with C and so on, as the editor expands an operator with more than two inputs."""
        first = self.operators.find(shape.type, kinds[0], kinds[1])
        if first is None:
            return
        self.found.operators[node_id] = first
        self.found.operands[node_id, operands[0].name] = first.left
        self.found.operands[node_id, operands[1].name] = first.right
        result = first.result
        for pin, kind in zip(operands[2:], kinds[2:]):
            step = self.operators.find(shape.type, result, kind)
            self.found.operands[node_id, pin.name] = step.right if step else result
            result = step.result if step else result
        for pin in shape.data_outputs:
            self.found.operands[node_id, pin.name] = result
        self._announce(node_id, only_wild=True)


def types_another(shape: Shape, pin: Pin) -> bool:
    """Whether what is wired to this class pin says what an output of the node is."""
    return any(out.typed_by == pin.internal for out in shape.data_outputs)


def is_type_link(source: Pin, shape: Shape, target: Pin) -> bool:
    """Whether a type that other wires decide may travel along a wire, from `source` to an input of a node of this shape or back."""
    return (is_wild(source.type) or source.typed_by != "") and (is_wild(target.type) or types_another(shape, target))


def _strength(pin: Pin) -> int:
    if pin.type.container:
        return CONTAINER_IN if pin.is_input else CONTAINER_OUT
    return VALUE_IN if pin.is_input else VALUE_OUT


def literal_type(value: Value) -> PinType | None:
    """What a literal says of its type; structs and names could be many."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return FLOAT
    return PinType("string") if isinstance(value, str) else None
