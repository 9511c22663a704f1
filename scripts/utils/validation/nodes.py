"""Rules about single nodes: what they are, what their properties say, whether they may stand in their graph."""

from __future__ import annotations

from utils.blueprint_patterns import Catalogue
from utils.catalogue.keys import KEYS, key_meant
from utils.catalogue.shape import Pin, Shape
from utils.dsl.ast import Node, Params, Value, Word
from utils.dsl.spelling import STATES, Speller, is_common
from utils.dsl.writer import write_value
from utils.validation.graph_view import GraphView
from utils.validation.hints import node_hint, property_hint
from utils.validation.report import Report, listed, nearest, say
from utils.validation.types import check_params

UNCHECKED = "unknown, structure checked only"
# Described by the document itself; the catalogue cannot confirm them.
DESCRIBED = frozenset({"Call", "CallParent", "CallInterface", "AsyncAction", "Macro", "K2Node", "Composite", "Tunnel"})
MISNAMED = frozenset({"unknown-node", "unknown-event"})
SUGGESTIONS = 5  # unknown names of a document that are looked up; the table has 7,000 names


def check_nodes(view: GraphView, speller: Speller, report: Report) -> None:
    for node in view.graph.nodes:
        shape = view.shapes[node.id]
        _check_kind(node, shape, view, report)
        if shape.role != "unknown":
            _check_properties(node, shape, view, speller, report)
            _check_given_once(node, shape, report)
            _check_place(node, shape, view, report)
    _check_uniqueness(view, report)


def _check_kind(node: Node, shape: Shape, view: GraphView, report: Report) -> None:
    for problem in shape.problems:
        remedy = problem.remedy
        if problem.code in MISNAMED and sum(one.code in MISNAMED for one in report.findings) < SUGGESTIONS:
            remedy = node_hint(node.type, view.scope.parent, view.catalogue) + remedy
        report.error(problem.code, node.line, f"{node.id}: {problem.message}", remedy, node.id)
    if not shape.problems and (not shape.is_known or _is_described(node, shape, view.catalogue)):
        report.note("unchecked-node", node.line, f"{say(node)} is {UNCHECKED}", node=node.id)


def _check_key(node: Node, value: Value, report: Report) -> None:
    if isinstance(value, str) and value not in KEYS:
        meant = key_meant(value) or nearest(value, KEYS)
        report.warning("unknown-key", node.line, f"{say(node)}: the engine has no key called {value}",
                       (f"Did you mean {meant}? " if meant else "") + "A key of a plug-in may stay.", node.id)


def _is_described(node: Node, shape: Shape, catalogue: Catalogue) -> bool:
    owner = shape.member[0]
    return node.type in DESCRIBED and bool(owner) and not catalogue.knows_class(owner)


def _check_properties(node: Node, shape: Shape, view: GraphView, speller: Speller, report: Report) -> None:
    identity = {key.lower() for key in shape.identity}
    for key, value in node.properties:
        if key == "Key" and "key" in identity:
            _check_key(node, value, report)
        if key.lower() in identity:
            if shape.role != "generic" and not isinstance(value, str):
                _check_list(node, key, value, speller, report)
            continue
        if is_common(key, value, shape):
            _check_common(node, key, value, report)
            continue
        pin = shape.pin(key, True)
        if pin is None or pin.is_exec:
            _refuse_property(node, key, pin, view, report)
        elif view.is_wired(node, pin):
            report.warning("idle-value", node.line, f"{say(node)}: the value of {pin.name} is never used, since a wire leads to the pin",
                           f"Remove {key} from the node, or the wire.", node.id)
        else:
            _check_value(node, pin, value, view, speller, report)


def _check_list(node: Node, key: str, value: Value, speller: Speller, report: Report) -> None:
    """Parameters, tracks and cases are pins: each has a name of its own. The generic form repeats what the editor wrote."""
    if isinstance(value, Params):
        check_params(value, node.line, f"{say(node)}, {key}", speller, report, node.id)
    elif key.lower() == "cases" and isinstance(value, tuple):
        names = [str(getattr(item, "text", item)).lower() for item in value]
        for name in sorted({name for name in names if names.count(name) > 1}):
            report.error("duplicate-case", node.line, f"{say(node)}: the case '{name[:60]}' stands twice",
                         "Cases compare without letter case: give each once.", node.id)


def _check_given_once(node: Node, shape: Shape, report: Report) -> None:
    """Two spellings of one property: nobody can tell which value is meant, and only one would be written."""
    if len(node.properties) < 2:
        return
    identity = {key.lower() for key in shape.identity}
    seen: dict[tuple, str] = {}
    for key, value in node.properties:
        is_own = key.lower() in identity
        pin = None if is_own or is_common(key, value, shape) else shape.pin(key, True)
        meant = (is_own, key.lower() if is_own else pin.name if pin else key)
        if meant in seen:
            report.error("given-twice", node.line, f"{say(node)}: {key} is given twice" + (f", also as {seen[meant]}" if seen[meant] != key else ""),
                         "Keep one of the two values.", node.id)
        seen[meant] = key


def _check_common(node: Node, key: str, value: Value, report: Report) -> None:
    text = value.text if isinstance(value, Word) else value
    if key == "Enabled" and text not in STATES:
        report.error("wrong-value", node.line, f"{say(node)}: Enabled={write_value(value)[:60]} is no state of a node",
                     "Give Enabled Disabled or DevelopmentOnly, or leave it out.", node.id)


def _refuse_property(node: Node, key: str, pin: Pin | None, view: GraphView, report: Report) -> None:
    shape = view.shapes[node.id]
    if pin is not None:
        report.error("value-on-exec", node.line, f"{say(node)}: {key} is an exec pin and takes no value", f"Remove {key}.", node.id)
        return
    if shape.pin(key, False):
        report.error("value-on-output", node.line, f"{say(node)}: {key} is an output and takes no value", f"Remove {key}.", node.id)
        return
    usable = [pin.name for pin in shape.data_inputs if not pin.is_hidden] + sorted(shape.identity)
    report.error("unknown-property", node.line, f"{say(node)} has no property or input '{key}'",
                 f"{property_hint(key, shape, usable, view.catalogue.data)}It has: {listed(usable)}.", node.id)


def _check_value(node: Node, pin: Pin, value: Value, view: GraphView, speller: Speller, report: Report) -> None:
    kind = view.type_of(node.id, pin)
    wanted = speller.literals.misfit(speller.literals.spell(value, kind), kind)
    if wanted:
        report.error("wrong-value", node.line, f"{say(node)}: {pin.name}={write_value(value)[:60]} does not fit its type",
                     f"Give {pin.name} {wanted}.", node.id)


def _check_place(node: Node, shape: Shape, view: GraphView, report: Report) -> None:
    """Events run in the event graph, function entries and results in functions, waiting nodes nowhere but in event graphs."""
    if shape.role == "event" and (view.is_function or view.is_construction_script):
        report.error("event-in-function", node.line, f"{say(node)} is an event, and the graph {view.graph.name} is no event graph",
                     "Move the event to GRAPH: EventGraph.", node.id)
    if shape.role in ("entry", "result") and view.is_event_graph:
        report.error("entry-in-event-graph", node.line, f"{say(node)} belongs to a function, and this is the event graph",
                     "Put it into the graph of its function: GRAPH: <function name>.", node.id)
    if shape.is_latent and (view.is_function or view.is_construction_script):
        report.error("latent-in-function", node.line, f"{say(node)} waits, and a function or construction script cannot wait",
                     "Move it to the event graph, for example into an Event_Custom that the function calls.", node.id)


def _check_uniqueness(view: GraphView, report: Report) -> None:
    """An event of the parent class has one node in a Blueprint, a function one entry."""
    seen: dict[tuple, Node] = {}
    for node in view.graph.nodes:
        key = _unique_key(node, view.shapes[node.id])
        if key is None:
            continue
        if first := seen.get(key):
            report.error("duplicate-event", node.line, f"{say(node)} stands a second time; {first.id} is the same event already",
                         f"Start both chains from {first.id}, through a Sequence.", node.id)
        seen.setdefault(key, node)


def _unique_key(node: Node, shape: Shape) -> tuple | None:
    if shape.role == "entry":
        return ("entry",)
    if shape.role != "event" or not shape.member[1]:
        return None
    component = node.get("Component")
    return shape.member[0], shape.member[1].lower(), str(getattr(component, "text", component)).lower()
