"""Functions that are called before they are declared: what their calls say of them, and which declaration keeps it.

An answer writes the event graph first and the functions that it calls behind it. Each value and wire on a call of a
function that is not there yet is a promise about a parameter or result; the declaration that follows must keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from utils.blueprint_patterns import Catalogue, Pin, resolve_wildcards
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Shape
from utils.catalogue.wildcards import is_wild, literal_type
from utils.dsl.ast import Graph, Node, PinRef, Value, Wire
from utils.dsl.types import PinType, engine_type

CALL_WORDS = frozenset({"execute", "then", "self", "target"})
Agrees = Callable[[PinType, PinType], object]
UNNAMEABLE = frozenset({"wildcard", "delegate", "mcdelegate", "exec", "fieldpath"})


@dataclass
class Slot:
    """A parameter or result by the name that calls use. `type` keeps every promise; others may too, unless wildcards take theirs from it."""

    name: str
    type: PinType
    sources: list[PinType] = field(default_factory=list)
    targets: list[PinType] = field(default_factory=list)
    literals: list[Value] = field(default_factory=list)
    is_exact: bool = False
    fed: list[PinType] = field(default_factory=list)
    """What a result has fed, wire by wire, as it was when each was drawn."""

    def may_be(self, kind: PinType, agrees: Agrees) -> bool:
        """Whether a result of this type feeds all that it has fed so far."""
        return all(agrees(kind, one) for one in self.fed)

    def feed(self, kind: PinType, agrees: Agrees, is_open: bool) -> None:
        """One wire more, which may say that the result is narrower than those before it did, unless it leads to a wildcard."""
        if not is_open and not agrees(self.type, kind) and self.may_be(kind, agrees):
            self.type = kind
        self.fed.append(kind)


@dataclass
class Promise:
    """What the calls of one function say of it."""

    name: str
    inputs: dict[str, Slot] = field(default_factory=dict)
    outputs: dict[str, Slot] = field(default_factory=dict)
    is_run: bool = False


def is_open_call(node: Node, scope: Scope) -> bool:
    """A call by name alone, of something that the document has not declared."""
    return is_call_by_name(node) and _function_of(node) not in scope.functions


def read_promises(graphs: Iterable[tuple[Graph, dict[str, Shape]]], wanted: frozenset[str], declared: Callable[[Node], Shape],
                  agrees: Agrees) -> dict[str, Promise]:
    """Promises by lower-case name, of the functions `wanted`, from graphs with the shapes their nodes had when written.

    `declared(call)` is the shape that a call has by what has been declared since; `agrees(a, b)` whether an `a` may feed a `b`.
    """
    promises: dict[str, Promise] = {}
    for graph, shapes in graphs:
        calls = {node.id: node for node in graph.nodes if is_call_by_name(node)}
        promising = {node_id: _read_values(node, promises) for node_id, node in calls.items() if _function_of(node) in wanted}
        if promising:
            now = shapes | {node_id: declared(node) for node_id, node in calls.items() if node_id not in promising}
            _read_wires(graph, now, promising, agrees)
    return promises


def is_call_by_name(node: Node) -> bool:
    """A call that says no more of its function than its name."""
    return node.type == "Call" and all(node.get(key) is None for key in ("Class", "Params", "Results"))


def calls_of(graph: Graph, name: str) -> list[str]:
    """Ids of the nodes that call a function by its name alone."""
    return [node.id for node in graph.nodes if is_call_by_name(node) and _function_of(node) == name.lower()]


def _function_of(node: Node) -> str:
    return str(node.get("Function")).lower()


def _read_values(call: Node, promises: dict[str, Promise]) -> Promise:
    promise = promises.setdefault(_function_of(call), Promise(str(call.get("Function"))))
    for key, value in call.properties:
        if key != "Function":
            slot = promise.inputs.setdefault(key.lower(), Slot(key, literal_type(value) or PinType("string")))
            slot.literals.append(value)
    return promise


def _read_wires(graph: Graph, shapes: dict[str, Shape], promises: dict[str, Promise], agrees: Agrees) -> None:
    """`promises` by the id of the call. A slot has the type that its first wire had when it was drawn; a later one may narrow a result."""
    for node_id in {end.node for wire in graph.wires if wire.is_exec for end in (wire.source, wire.target)} & promises.keys():
        promises[node_id].is_run = True
    ends = [(number, end) for number, wire in enumerate(graph.wires) if not wire.is_exec for end in _ends_on_calls(wire, promises)]
    for number, end in ends:
        known = _with_promises(shapes, promises)
        pin, slot = end.other_pin(known), end.slots.get(end.name.lower())
        if pin is None:
            continue  # a parameter that this wire names for the first time: it takes whatever comes
        if slot is None or end.is_result and not slot.is_exact:
            kind = end.type_in(replace(graph, wires=graph.wires[:number]), known)
            slot = end.slots.setdefault(end.name.lower(), Slot(end.name, kind))
            if end.is_result:
                slot.feed(kind, agrees, is_open=is_wild(pin.type))
        slot.is_exact |= is_wild(pin.type)
    known = _with_promises(shapes, promises)
    for _, end in ends:
        slot = end.slots[end.name.lower()]
        (slot.targets if end.is_result else slot.sources).append(end.type_in(graph, known))


class _End(NamedTuple):
    """The end of a wire on a call: the slots there, the name of its own, and the other end, which a result leads to."""

    slots: dict[str, Slot]
    name: str
    other: PinRef
    is_result: bool

    def other_pin(self, shapes: dict[str, Shape]) -> Pin:
        return shapes[self.other.node].pin(self.other.pin, self.is_result)

    def type_in(self, graph: Graph, shapes: dict[str, Shape]) -> PinType:
        pin = self.other_pin(shapes)
        kind = resolve_wildcards(graph, shapes).of(self.other.node, pin) if is_wild(pin.type) or pin.typed_by else pin.type
        if not self.is_result:
            return kind
        return wanted_type(next(node for node in graph.nodes if node.id == self.other.node), shapes[self.other.node], pin, kind)


def _ends_on_calls(wire: Wire, promises: dict[str, Promise]) -> Iterator[_End]:
    if wire.source.node in promises:
        yield _End(promises[wire.source.node].outputs, wire.source.pin, wire.target, is_result=True)
    if wire.target.node in promises:
        yield _End(promises[wire.target.node].inputs, wire.target.pin, wire.source, is_result=False)


def _with_promises(shapes: dict[str, Shape], promises: dict[str, Promise]) -> dict[str, Shape]:
    return shapes | {node_id: with_promised_pins(shapes[node_id], promise) for node_id, promise in promises.items()}


def with_promised_pins(shape: Shape, promise: Promise) -> Shape:
    """The call's shape with the pins that calls of it use already."""
    pins = [Pin(slot.name, slot.name, is_input, slot.type, None, engine_type(slot.type))
            for is_input, slots in ((True, promise.inputs), (False, promise.outputs)) for slot in slots.values()]
    return replace(shape, pins=(*shape.pins, *pins))


def wanted_type(node: Node, shape: Shape, pin: Pin, kind: PinType) -> PinType:
    """The type of a result that is to feed this input: an operand that is open goes by the values of the others.

    Without any it counts as a whole number, as does what a format takes, until the declaration says what it is: most
    inputs take one, as it is or converted.
    """
    if not is_wild(kind) or pin.group != "Operand" and shape.type != "FormatText":
        return kind
    values = [node.get(one.name) for one in shape.data_inputs if one.group == "Operand" and one.name not in shape.identity]
    return next(filter(None, map(literal_type, values)), PinType("int"))


def type_text(kind: PinType, catalogue: Catalogue) -> str | None:
    """The type as a document writes it; None for what no parameter can be."""
    if kind.kind in UNNAMEABLE or (kind.value and kind.value.kind in UNNAMEABLE) or kind.name == "self":
        return None
    text = str(catalogue.type_ref(kind))
    return text if all(part.isalnum() or part in "_<>," for part in text) else None
