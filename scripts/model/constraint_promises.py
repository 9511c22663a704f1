"""Functions that are called before they are declared: what their calls say of them, and which declaration keeps it.

An answer writes the event graph first and the functions that it calls behind it. Each value and wire on a call of a
function that is not there yet is a promise about a parameter or result; the declaration that follows must keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS
from utils.blueprint_patterns import Catalogue, Pin, resolve_wildcards
from utils.catalogue.data import short_name
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Shape
from utils.catalogue.wildcards import is_wild, literal_type
from utils.dsl.ast import Graph, Node, PinRef, TypeRef, Value, Wire
from utils.dsl.spelling import speller
from utils.dsl.types import PinType, engine_type

CALL_WORDS = frozenset({"execute", "then", "self", "target"})
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


def read_promises(graphs: Iterable[tuple[Graph, dict[str, Shape]]], wanted: frozenset[str], declared: Callable[[Node], Shape]) -> dict[str, Promise]:
    """Promises by lower-case name, of the functions `wanted`, from graphs with the shapes their nodes had when written.

    `declared(call)` is the shape that a call has by what has been declared since.
    """
    promises: dict[str, Promise] = {}
    for graph, shapes in graphs:
        calls = {node.id: node for node in graph.nodes if is_call_by_name(node)}
        promising = {node_id: _read_values(node, promises) for node_id, node in calls.items() if _function_of(node) in wanted}
        if promising:
            now = shapes | {node_id: declared(node) for node_id, node in calls.items() if node_id not in promising}
            _read_wires(graph, now, promising)
    return promises


def is_call_by_name(node: Node) -> bool:
    """A call that says no more of its function than its name."""
    return node.type == "Call" and all(node.get(key) is None for key in ("Class", "Params", "Results"))


def _function_of(node: Node) -> str:
    return str(node.get("Function")).lower()


def _read_values(call: Node, promises: dict[str, Promise]) -> Promise:
    promise = promises.setdefault(_function_of(call), Promise(str(call.get("Function"))))
    for key, value in call.properties:
        if key != "Function":
            slot = promise.inputs.setdefault(key.lower(), Slot(key, literal_type(value) or PinType("string")))
            slot.literals.append(value)
    return promise


def _read_wires(graph: Graph, shapes: dict[str, Shape], promises: dict[str, Promise]) -> None:
    """`promises` by the id of the call. A slot has the type that its first wire had when it was drawn."""
    for node_id in {end.node for wire in graph.wires if wire.is_exec for end in (wire.source, wire.target)} & promises.keys():
        promises[node_id].is_run = True
    ends = [(number, end) for number, wire in enumerate(graph.wires) if not wire.is_exec for end in _ends_on_calls(wire, promises)]
    for number, end in ends:
        if end.name.lower() not in end.slots:
            before = replace(graph, wires=graph.wires[:number])
            end.slots[end.name.lower()] = Slot(end.name, end.type_in(before, _with_promises(shapes, promises)))
    known = _with_promises(shapes, promises)
    for _, end in ends:
        slot = end.slots[end.name.lower()]
        (slot.targets if end.is_result else slot.sources).append(end.type_in(graph, known))
        slot.is_exact |= is_wild(end.other_pin(known).type)


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
    """The type of a result that is to feed this input: an operand that is open goes by the values of the others."""
    if not is_wild(kind) or pin.group != "Operand":
        return kind
    values = [node.get(one.name) for one in shape.data_inputs if one.group == "Operand" and one.name not in shape.identity]
    return next(filter(None, map(literal_type, values)), kind)


def type_text(kind: PinType, catalogue: Catalogue) -> str | None:
    """The type as a document writes it; None for what no parameter can be."""
    if kind.kind in UNNAMEABLE or (kind.value and kind.value.kind in UNNAMEABLE) or kind.name == "self":
        return None
    text = str(catalogue.type_ref(kind))
    return text if all(part.isalnum() or part in "_<>," for part in text) else None


def keeping_types(slot: Slot, catalogue: Catalogue, scope: Scope) -> tuple[str, ...]:
    """Types by which a declaration keeps what is promised of a parameter or result: the one promised, and plain ones."""
    own = type_text(slot.type, catalogue)
    if slot.is_exact and own:
        return (own,)
    found = [name for name in (*PLAIN_TYPES, *SIMPLE_STRUCTS, *_base_classes(slot.type, catalogue)) if _keeps(slot, catalogue.resolve_type(TypeRef(name)), catalogue, scope)]
    return tuple(dict.fromkeys((*([own] if own else ()), *found)))


def _base_classes(kind: PinType, catalogue: Catalogue) -> Iterator[str]:
    """Where a pawn is passed, the parameter may be any actor."""
    path = catalogue.data.class_path(kind.name) if kind.kind == "object" and not kind.container else None
    for ancestor in catalogue.data.ancestors(path)[1:] if path else ():
        if text := type_text(kind._replace(name=short_name(ancestor)), catalogue):
            yield text


def _keeps(slot: Slot, kind: PinType, catalogue: Catalogue, scope: Scope) -> bool:
    literals = speller().literals
    return (all(catalogue.types_agree(source, kind, scope) for source in slot.sources)
            and all(catalogue.types_agree(kind, target, scope) for target in slot.targets)
            and not any(literals.misfit(literals.spell(value, kind), kind) for value in slot.literals))
