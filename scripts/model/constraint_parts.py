"""The nodes of a graph and what they need, which stays the same while its wires are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from utils.blueprint_patterns import Catalogue, resolve_wildcards
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Pin, Shape
from utils.catalogue.wildcards import PinTypes, is_wild
from utils.dsl.ast import Graph, Node, PinRef, Wire, Word

Ends = tuple[str, Pin]
Way = tuple[Ends, Ends]


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

    def ends_of(self, wire: Wire) -> Way | None:
        """None for a wire to a parameter or result that nobody has named yet: it takes the type of its wire."""
        source = self.shapes[wire.source.node].pin(wire.source.pin, False)
        target = self.shapes[wire.target.node].pin(wire.target.pin, True)
        return ((wire.source.node, source), (wire.target.node, target)) if source and target else None

    def has_literal(self, node_id: str, pin: Pin) -> bool:
        return pin.name not in self.shapes[node_id].identity and self.nodes[node_id].get(pin.name) is not None

    @cached_property
    def needy(self) -> dict[str, list[Pin]]:
        """By node: inputs that must be filled once it runs, and wildcards that something must decide."""
        found = {}
        for node_id, shape in self.shapes.items():
            pins = [pin for pin in shape.pins if pin.is_required and pin.is_input and not self.is_filled(node_id, pin) or self.must_be_decided(shape, pin)]
            if pins:
                found[node_id] = pins
        return found

    def is_filled(self, node_id: str, pin: Pin) -> bool:
        if not self.has_literal(node_id, pin) or pin.is_by_ref and not pin.is_const and pin.type.kind != "struct":
            return False
        value = self.nodes[node_id].get(pin.name)
        return value != "" and not (isinstance(value, Word) and value.text.lower() == "none")

    @staticmethod
    def must_be_decided(shape: Shape, pin: Pin) -> bool:
        return pin.type.kind == "wildcard" and not pin.is_hidden and shape.type not in ("FormatText", "Event_EnhancedInput")


def wire_of(source: Ends, target: Ends) -> Wire:
    return Wire(PinRef(source[0], source[1].name), PinRef(target[0], target[1].name), source[1].is_exec)


def edges_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    edges: dict[str, list[str]] = {}
    for start, end in pairs:
        edges.setdefault(start, []).append(end)
    return edges


def closure_of(starts: Iterable[str], edges: Mapping[str, list[str]]) -> set[str]:
    found = set(starts)
    stack = list(found)
    while stack:
        for node in edges.get(stack.pop(), ()):
            if node not in found:
                found.add(node)
                stack.append(node)
    return found
