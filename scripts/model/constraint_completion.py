"""How an answer is made whole when it must end: the wires, nodes and functions that a valid document needs beyond its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.constraint_promises import Promise, type_text
from utils.dsl.ast import PinRef, Wire
from utils.dsl.writer import write_name, write_wire

if TYPE_CHECKING:
    from model.constraint_document import Draft

DEFAULT_NAME = "BP_Blueprint"


def completed_text(draft: Draft) -> str:
    """The lines so far and what a valid document needs beyond them."""
    lines = list(draft.lines)
    if not draft.name:
        lines.append(f"BLUEPRINT: {DEFAULT_NAME}")
    if not draft.parent:
        lines.append("PARENT: Actor")
    if draft.graph is None:
        lines.append("GRAPH: EventGraph")
    lines += _missing_nodes(draft)
    if draft.graph is not None and draft.graph.nodes and draft.wiring.witness:
        lines += [write_wire(Wire(PinRef(a, out.name), PinRef(b, into.name), False)) for (a, out), (b, into) in draft.wiring.witness]
    for name in draft.missing_functions:
        lines += [f"GRAPH: {write_name(name)}", *_entry(draft, draft.promised(name), 1), *_result(draft, draft.promised(name), 2)]
    return "\n".join(lines)


def _missing_nodes(draft: Draft) -> list[str]:
    """A first node where the graph has none, the result where a function owes one."""
    is_function = draft.graph is not None and not draft.graph.is_event_graph
    count = len(draft.graph.nodes) if draft.graph else 0
    first = []
    if not count:
        start = "Event_BeginPlay" if _has_begin_play(draft) else 'Event_Custom [Name="Start"]'
        first = _entry(draft, draft.promised(draft.graph.name), 1) if is_function else [f"NODE n1: {start}"]
    owed = _result(draft, draft.promised(draft.graph.name), max(count, 1) + 1) if is_function and draft.owes_result else []
    return first + owed


def _entry(draft: Draft, promise: Promise, number: int) -> list[str]:
    return [f"NODE n{number}: FunctionEntry{_params(draft, promise.inputs)}"]


def _result(draft: Draft, promise: Promise, number: int) -> list[str]:
    return [f"NODE n{number}: FunctionResult{_params(draft, promise.outputs)}"] if promise.outputs else []


def _params(draft: Draft, slots: dict) -> str:
    items = ", ".join(f"{slot.name}: {type_text(slot.type, draft.catalogue)}" for slot in slots.values())
    return f" [Params=({items})]" if items else ""


def _has_begin_play(draft: Draft) -> bool:
    return draft.catalogue.event(draft.parent or "Actor", "ReceiveBeginPlay") is not None
