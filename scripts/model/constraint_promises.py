"""Functions that are called before they are declared: what their calls say of them, and which declaration keeps it.

An answer writes the event graph first and the functions that it calls behind it. Each value and wire on a call of a
function that is not there yet is a promise about a parameter or result; the declaration that follows must keep it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS
from utils.blueprint_patterns import Catalogue, Pin
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Shape
from utils.catalogue.wildcards import literal_type
from utils.dsl.ast import Graph, Node, TypeRef, Value
from utils.dsl.spelling import speller
from utils.dsl.types import PinType, engine_type

CALL_WORDS = frozenset({"execute", "then", "self", "target"})
UNNAMEABLE = frozenset({"wildcard", "delegate", "mcdelegate", "exec", "fieldpath"})


@dataclass
class Slot:
    """A parameter or result by the name that calls use. `type` keeps every promise; others may too."""

    name: str
    type: PinType
    sources: list[PinType] = field(default_factory=list)
    targets: list[PinType] = field(default_factory=list)
    literals: list[Value] = field(default_factory=list)


@dataclass
class Promise:
    """What the calls of one function say of it."""

    name: str
    inputs: dict[str, Slot] = field(default_factory=dict)
    outputs: dict[str, Slot] = field(default_factory=dict)
    is_run: bool = False


def is_open_call(node: Node, scope: Scope) -> bool:
    """A call by name alone, of something that the document has not declared."""
    named = node.get("Class") is not None or node.get("Params") is not None or node.get("Results") is not None
    return node.type == "Call" and not named and str(node.get("Function")).lower() not in scope.functions


def read_promises(graphs: Iterable[tuple[Graph, dict[str, Shape]]], wanted: frozenset[str], scope: Scope, catalogue: Catalogue) -> dict[str, Promise]:
    """Promises by lower-case name, of the functions `wanted`, from graphs with the shapes their nodes had when written."""
    promises: dict[str, Promise] = {}
    for graph, shapes in graphs:
        calls = {node.id: node for node in graph.nodes if node.type == "Call" and str(node.get("Function")).lower() in wanted}
        for node in calls.values():
            promise = promises.setdefault(str(node.get("Function")).lower(), Promise(str(node.get("Function"))))
            for key, value in node.properties:
                if key != "Function":
                    slot = promise.inputs.setdefault(key.lower(), Slot(key, literal_type(value) or PinType("string")))
                    slot.literals.append(value)
        _read_wires(graph, shapes, calls, promises)
    return promises


def _read_wires(graph: Graph, shapes: dict[str, Shape], calls: dict[str, Node], promises: dict[str, Promise]) -> None:
    from utils.blueprint_patterns import resolve_wildcards

    types = resolve_wildcards(graph, shapes) if calls else None
    for wire in graph.wires if calls else ():
        ends = wire.source.node in calls, wire.target.node in calls
        if wire.is_exec:
            for end, is_call in zip((wire.source, wire.target), ends):
                if is_call:
                    promises[str(calls[end.node].get("Function")).lower()].is_run = True
        elif ends[0]:
            pin = shapes[wire.target.node].pin(wire.target.pin, True)
            kind = types.of(wire.target.node, pin)
            slots = promises[str(calls[wire.source.node].get("Function")).lower()].outputs
            slots.setdefault(wire.source.pin.lower(), Slot(wire.source.pin, kind)).targets.append(kind)
        elif ends[1]:
            pin = shapes[wire.source.node].pin(wire.source.pin, False)
            kind = types.of(wire.source.node, pin)
            slots = promises[str(calls[wire.target.node].get("Function")).lower()].inputs
            slots.setdefault(wire.target.pin.lower(), Slot(wire.target.pin, kind)).sources.append(kind)


def with_promised_pins(shape: Shape, promise: Promise) -> Shape:
    """The call's shape with the pins that calls of it use already."""
    pins = [Pin(slot.name, slot.name, is_input, slot.type, None, engine_type(slot.type))
            for is_input, slots in ((True, promise.inputs), (False, promise.outputs)) for slot in slots.values()]
    return replace(shape, pins=(*shape.pins, *pins))


def type_text(kind: PinType, catalogue: Catalogue) -> str | None:
    """The type as a document writes it; None for what no parameter can be."""
    if kind.kind in UNNAMEABLE or (kind.value and kind.value.kind in UNNAMEABLE) or kind.name == "self":
        return None
    text = str(catalogue.type_ref(kind))
    return text if all(part.isalnum() or part in "_<>," for part in text) else None


def keeping_types(slot: Slot, catalogue: Catalogue, scope: Scope) -> tuple[str, ...]:
    """Types by which a declaration keeps what is promised of a parameter or result: the one promised, and plain ones."""
    own = type_text(slot.type, catalogue)
    found = [name for name in (*PLAIN_TYPES, *SIMPLE_STRUCTS) if _keeps(slot, catalogue.resolve_type(TypeRef(name)), catalogue, scope)]
    return tuple(dict.fromkeys((*([own] if own else ()), *found)))


def _keeps(slot: Slot, kind: PinType, catalogue: Catalogue, scope: Scope) -> bool:
    literals = speller().literals
    return (all(catalogue.types_agree(source, kind, scope) for source in slot.sources)
            and all(catalogue.types_agree(kind, target, scope) for target in slot.targets)
            and not any(literals.misfit(literals.spell(value, kind), kind) for value in slot.literals))
