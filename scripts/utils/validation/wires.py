"""Rules about wires: both pins exist, have the right direction and kind, and carry types that agree; how many may meet."""

from __future__ import annotations

from collections import defaultdict

from utils.catalogue.shape import Pin
from utils.dsl.ast import Node, PinRef, Wire
from utils.dsl.types import PinType
from utils.dsl.writer import write_pin, write_type
from utils.validation.graph_view import GraphView, Joint, pin_key
from utils.validation.hints import pin_hint
from utils.validation.report import Report, listed, say


def check_wires(view: GraphView, report: Report) -> None:
    for joint in view.joints:
        _check_ends(joint, view, report)
        if joint.wire.source.node == joint.wire.target.node:
            report.error("same-node", joint.wire.line, f"{_text(joint.wire)}: both ends are on the same node",
                         "Put a variable or another node in between.", joint.wire.source.node)
        elif joint.source and joint.target and _check_kind(joint, report) and not joint.wire.is_exec:
            _check_types(joint, view, report)
    _check_counts(view, report)


def _text(wire: Wire) -> str:
    return f"{write_pin(wire.source)} -> {write_pin(wire.target)}"


def _check_ends(joint: Joint, view: GraphView, report: Report) -> None:
    for ref, pin, is_input in ((joint.wire.source, joint.source, False), (joint.wire.target, joint.target, True)):
        node, shape = view.nodes[ref.node], view.shapes[ref.node]
        if pin is None and shape.role != "unknown":
            _refuse_pin(joint.wire, ref, node, is_input, view, report)
        elif pin and pin.is_hidden and pin.internal == "self":
            report.error("hidden-pin", joint.wire.line, f"{say(node)} is called without a target, so nothing can lead to {ref.pin}",
                         "Remove the wire.", node.id)


def _refuse_pin(wire: Wire, ref: PinRef, node: Node, is_input: bool, view: GraphView, report: Report) -> None:
    shape = view.shapes[node.id]
    side, other = ("input", "output") if is_input else ("output", "input")
    if shape.pin(ref.pin, not is_input):
        report.error("wrong-direction", wire.line, f"{say(node)}: '{ref.pin}' is an {other}, and the wire uses it as an {side}",
                     "Turn the wire round, or use another pin.", node.id)
        return
    if wire.is_exec and shape.is_pure and ref.pin.lower() in ("execute", "exec", "then"):
        report.error("pure-exec", wire.line, f"{say(node)} is pure: it has no exec pins, and runs when a node reads its output",
                     "Lead the exec wire past it.", node.id)
        return
    pins = [pin.name for pin in shape.pins if pin.is_input == is_input and not pin.is_hidden and pin.is_exec == wire.is_exec
            and pin.internal != "OutputDelegate"]
    hint = pin_hint(ref.pin, node, shape, is_input, pins, view.catalogue.data)
    kind = "exec" if wire.is_exec else "data"
    report.error("unknown-pin", wire.line, f"{say(node)} has no {side} '{ref.pin}'", f"{hint}Its {kind} {side}s: {listed(pins)}.", node.id)


def _check_kind(joint: Joint, report: Report) -> bool:
    """EXEC joins exec pins, DATA joins data pins."""
    wire = joint.wire
    kinds = {joint.source.is_exec, joint.target.is_exec}
    if kinds == {wire.is_exec}:
        return True
    if len(kinds) == 2:
        message, remedy = "joins an exec pin and a data pin", "Join exec with exec, and data with data."
    else:
        right = "EXEC" if joint.source.is_exec else "DATA"
        message, remedy = f"is no {'EXEC' if wire.is_exec else 'DATA'} wire", f"Write {right} {_text(wire)}."
    report.error("exec-data", wire.line, f"{_text(wire)} {message}", remedy, wire.target.node)
    return False


def _check_types(joint: Joint, view: GraphView, report: Report) -> None:
    wire = joint.wire
    source, target = view.type_of(wire.source.node, joint.source), view.type_of(wire.target.node, joint.target)
    agreement = view.catalogue.types_agree(source, target, view.scope)
    is_reference = joint.target.is_by_ref and not joint.target.is_const
    if agreement is None or (is_reference and agreement.kind == "conversion"):
        code = "wrong-container" if source.container != target.container else "type-mismatch"
        report.error(code, wire.line, f"{_text(wire)}: {_name(view, source)} does not fit {_name(view, target)}",
                     _type_remedy(view, source, target), wire.target.node)
    if wire.type is not None:
        _check_note(wire, source, target, view, report)


def _name(view: GraphView, kind: PinType) -> str:
    return write_type(view.catalogue.type_ref(kind))


def _type_remedy(view: GraphView, source: PinType, target: PinType) -> str:
    if source.container == "array" and not target.container:
        return "Take one element first: GetArrayItem, or a ForEachLoop."
    if target.container and not source.container:
        return f"Collect the values first: Make{target.container.capitalize()}."
    if {source.kind, target.kind} == {"object"} and view.catalogue.is_a(target.name, source.name):
        return f"Cast it first: CastTo{target.name}."
    return f"Wire a {_name(view, target)}, or convert it first."


def _check_note(wire: Wire, source: PinType, target: PinType, view: GraphView, report: Report) -> None:
    """The type noted on a wire only has to be near: `[Object]` for any object, `[Array]` for any array."""
    noted = view.catalogue.resolve_type(wire.type)
    agree = view.catalogue.types_agree
    fits = any(agree(noted, one, view.scope) or agree(one, noted, view.scope) for one in (source, target))
    if not fits and noted.kind != "wildcard" and "wildcard" not in (source.kind, target.kind):
        report.warning("wrong-note", wire.line, f"{_text(wire)} is noted as {write_type(wire.type)} and carries {_name(view, source)}",
                       "Leave the note out, or correct it.", wire.target.node)


def _check_counts(view: GraphView, report: Report) -> None:
    """An exec output leads to one node, a data input has one source. Anything may lead into an exec input."""
    exec_outputs: dict[tuple[str, str], list[Wire]] = defaultdict(list)
    data_inputs: dict[tuple[str, str], list[Wire]] = defaultdict(list)
    for joint in view.joints:
        if joint.wire.is_exec:
            exec_outputs[pin_key(joint.wire.source, joint.source)].append(joint.wire)
        elif joint.target is None or not view.shapes[joint.wire.target.node].takes_many(joint.target):
            data_inputs[pin_key(joint.wire.target, joint.target)].append(joint.wire)
    for wires in exec_outputs.values():
        for wire in wires[1:]:
            report.error("exec-fan-out", wire.line, f"{write_pin(wire.source)} leads to several nodes",
                         "Put a Sequence behind it.", wire.source.node)
    for wires in data_inputs.values():
        for wire in wires[1:]:
            report.error("two-sources", wire.line, f"{write_pin(wire.target)} has several sources",
                         "Keep one wire to this input.", wire.target.node)


def required_message(node: Node, pin: Pin) -> tuple[str, str, str]:
    """Code, message and remedy for an input that must not be left empty."""
    if pin.internal == "self":
        return ("missing-target", f"{say(node)}: Target is empty, and this Blueprint is not a {pin.type.name}",
                f"Wire a {pin.type.name} to {pin.name}.")
    return "missing-input", f"{say(node)}: {pin.name} is empty", f"Wire {pin.name}, or give it a value where it takes one."
