"""Rules about whole graphs: inputs that must not be empty, types that nothing decides, cycles, nodes that never run."""

from __future__ import annotations

from utils.catalogue.shape import Pin, Shape
from utils.dsl.ast import Node, Word
from utils.validation.graph_view import GraphView, Joint
from utils.validation.report import Report, say
from utils.validation.wires import required_message


def check_flow(view: GraphView, report: Report) -> None:
    for node in view.graph.nodes:
        shape = view.shapes[node.id]
        if shape.role != "unknown":
            _check_required(node, shape, view, report)
            _check_determined(node, shape, view, report)
            _check_run(node, shape, view, report)
    _check_cycles(view, report)


def _check_required(node: Node, shape: Shape, view: GraphView, report: Report) -> None:
    """The compiler looks at what runs only; elsewhere an empty input is a remark."""
    for pin in shape.data_inputs:
        if pin.is_required and not view.is_wired(node, pin) and not _has_value(node, pin, view):
            say_it = report.error if node.id in view.reached else report.note
            code, message, remedy = required_message(node, pin)
            say_it(code, node.line, message, remedy, node.id)


def _has_value(node: Node, pin: Pin, view: GraphView) -> bool:
    if pin.is_by_ref and not pin.is_const and pin.type.kind != "struct":
        return False
    value = view.literal(node, pin)
    is_nothing = isinstance(value, Word) and value.text.lower() == "none" or value == ""
    return value is not None and not is_nothing


def _check_determined(node: Node, shape: Shape, view: GraphView, report: Report) -> None:
    is_open = any(pin.type.kind == "wildcard" and not pin.is_hidden for pin in shape.pins)
    if not is_open or shape.is_event or shape.problems or node.id not in view.reached:
        return
    open_pins = [pin for pin in shape.pins if pin.type.kind == "wildcard" and not pin.is_hidden
                 and view.type_of(node.id, pin).kind == "wildcard"]
    # An argument of Format Text that nobody gives is empty text; a group left open is refused.
    if open_pins and shape.type != "FormatText" and not _touches_the_unknown(node, view):
        report.error("undetermined-type", node.line, f"{say(node)}: nothing decides the type of {open_pins[0].name}",
                     f"Wire {open_pins[0].name}, or give the type of the node with Type=.", node.id)


def _touches_the_unknown(node: Node, view: GraphView) -> bool:
    """Wires to nodes or pins that nobody here knows leave types open that the editor knows."""
    return node.get("Open") is not None or any(_is_vague(joint, view) for joint in view.joints_of[node.id])


def _is_vague(joint: Joint, view: GraphView) -> bool:
    if joint.source is None or joint.target is None:
        return True
    return not all(view.shapes[end.node].is_known for end in (joint.wire.source, joint.wire.target))


def _check_run(node: Node, shape: Shape, view: GraphView, report: Report) -> None:
    if shape.exec_inputs and node.id not in view.reached:
        report.note("never-runs", node.line, f"no event leads to {say(node)}", "Wire it to an event, or remove it.", node.id)
    elif shape.data_outputs and _is_pure(node.id, view) and not _is_read(node, view):
        report.note("never-read", node.line, f"nothing reads {say(node)}", "Wire its output to an input, or remove it.", node.id)


def _is_read(node: Node, view: GraphView) -> bool:
    """Also by a node outside of what was copied."""
    return node.get("Open") is not None or any(joint.wire.source.node == node.id for joint in view.joints_of[node.id])


def _check_cycles(view: GraphView, report: Report) -> None:
    """A pure node that reads itself, through others that are pure, has no first value."""
    edges: dict[str, list[str]] = {}
    for wire in view.graph.wires:
        if not wire.is_exec and _is_pure(wire.source.node, view) and _is_pure(wire.target.node, view):
            edges.setdefault(wire.target.node, []).append(wire.source.node)
    if (cycle := _find_cycle(edges)) is not None:
        node = view.nodes[cycle]
        report.error("data-cycle", node.line, f"{say(node)} reads its own output through pure nodes",
                     "Keep the value in a variable: set it once, read it the next time.", node.id)


def _is_pure(node_id: str, view: GraphView) -> bool:
    shape = view.shapes[node_id]
    return not shape.exec_inputs and not shape.exec_outputs and shape.role not in ("unknown", "generic", "tunnel")


def _find_cycle(edges: dict[str, list[str]]) -> str | None:
    """A node on a cycle; depth first without recursion."""
    done: set[str] = set()
    for start in edges:
        path: set[str] = set()
        stack = [(start, iter(edges[start]))] if start not in done else []
        path.add(start)
        while stack:
            node_id, sources = stack[-1]
            source = next(sources, None)
            if source is None:
                stack.pop()
                path.discard(node_id)
                done.add(node_id)
            elif source in path:
                return source
            elif source not in done and source in edges:
                path.add(source)
                stack.append((source, iter(edges[source])))
    return None
