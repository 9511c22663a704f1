"""Which rule makes the pins of a node, and what every node may say on top of it.

Forms of their own (Branch, VariableGet, Call, ...) come first, then casts and events by their prefix; every other name
is a function of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from utils.catalogue import shapes_calls, shapes_events, shapes_flow, shapes_generic, shapes_members, shapes_objects
from utils.catalogue.data import Function
from utils.catalogue.names import FunctionName, rank
from utils.catalogue.node_context import MAX_PINS, Context, unknown_node
from utils.catalogue.pin_names import display_name
from utils.catalogue.shape import COMMON_PROPERTIES, PinDraft, Problem, ShapeDraft
from utils.catalogue.split_pins import is_named, parts_of, split_pins
from utils.dsl.ast import Params
from utils.dsl.types import parse_engine_type

RULES: dict[str, Callable[[Context], ShapeDraft]] = {
    **shapes_flow.RULES, **shapes_events.RULES, **shapes_members.RULES, **shapes_objects.RULES, **shapes_generic.RULES,
    **dict.fromkeys(shapes_calls.OPERATORS, shapes_calls.operator_shape),
    "Call": shapes_calls.call_shape, "CallParent": shapes_calls.call_parent_shape, "CallInterface": shapes_calls.call_interface_shape,
    "AsyncAction": shapes_calls.described_async_shape,
}
RULE_NAMES = {name.lower(): name for name in RULES}
# Properties that change the pins of a function or event, besides the literals of class pins.
SHAPING = frozenset({"Split", "Open", "Pure", "Inputs", "Class"})
COUNTS = frozenset({"Inputs", "Outputs", "Options", "Cases"})


def draft_shape(context: Context) -> ShapeDraft:
    return _with_common_properties(context, _rule_of(context.node.type)(context))


def _rule_of(name: str) -> Callable[[Context], ShapeDraft]:
    lower = name.lower()
    if lower in RULE_NAMES:
        canonical = RULE_NAMES[lower]
        if canonical == name:
            return RULES[name]
        return lambda context: RULES[canonical](replace(context, node=replace(context.node, type=canonical)))
    if lower.startswith("castto"):
        return shapes_members.cast_shape
    return shapes_events.catalogue_event_shape if lower.startswith("event_") else _function_shape


def _function_shape(context: Context) -> ShapeDraft:
    """A function by its name, which several classes may have."""
    name = context.node.type
    found = context.names.find(name, context.parent_path)
    if len(found) > 1:
        found = _narrowed(context, found)
    if len(found) == 1:
        return _call_shape(context, context.function(found[0]))
    if found:
        names = ", ".join(sorted(context.names.of_function(*one) for one in found)[:5])
        return unknown_node(context, "ambiguous-node", f"several classes have a function '{name}'", f"Write one of {names}.")
    return unknown_node(context, "unknown-node", f"there is no node '{name}'",
                        "Use a node of the catalogue, or Call for a function of your own.")


def _call_shape(context: Context, function: Function) -> ShapeDraft:
    name = context.names.of_function(function.owner, function.name)
    is_async = (function.owner, function.name) in context.data.async_actions
    return (shapes_calls.async_shape if is_async else shapes_calls.function_shape)(context, function, name)


def _narrowed(context: Context, found: list[FunctionName]) -> list[FunctionName]:
    """Candidates with a pin for every literal, of those the ones of the best known class, of those a component's."""
    keys = {key.lower() for key, _ in context.node.properties if key not in COMMON_PROPERTIES and key != "Pure"}
    fitting = [one for one in found if keys <= _input_spellings(context.function(one))] or found
    best = min(rank(one.owner) for one in fitting)
    known = [one for one in fitting if rank(one.owner) == best]
    component = context.data.class_path("ActorComponent")
    parts = [one for one in known if component and context.data.is_a(one.owner, component)]
    return parts if len(parts) == 1 else known


def _input_spellings(function: Function) -> set[str]:
    return {spelling.lower() for param in function.inputs for spelling in (param.name, display_name(param.name, param.type))}


def _with_common_properties(context: Context, draft: ShapeDraft) -> ShapeDraft:
    """Split pins, wires that lead out of the copied part, the class of a class pin."""
    pins = tuple(_typed_by_class(context, pin) for pin in draft.pins)
    problems = _bad_counts(context, draft)
    if (split := context.strings("Split")) and draft.role != "generic":
        pins = split_pins(pins, frozenset(name.lower() for name in split), context.data)
        if draft.role != "unknown" and not draft.problems:
            problems += filter(None, (_bad_split(context, name, pins) for name in split))
    if open_pins := {name.lower() for name in context.strings("Open")}:
        pins = tuple(pin._replace(is_required=False) if _spellings(pin) & open_pins else pin for pin in pins)
    return draft if pins == draft.pins and not problems else draft._replace(pins=pins, problems=(*draft.problems, *problems))


def _bad_split(context: Context, name: str, pins: tuple[PinDraft, ...]) -> Problem | None:
    """A split of no pin, or of a pin that has no parts. A struct outside the catalogue, or one that a wire decides, may have some."""
    found = [parse_engine_type(pin.type) for pin in pins if is_named(pin, frozenset({name.lower()})) or name.lower() in _spellings(pin)]
    if any(not kind.container and kind.kind in ("struct", "wildcard") for kind in found):
        return None
    what = f"Split={name}: the pin is no struct" if found else f"Split={name}: there is no such pin"
    usable = [pin.internal for pin in pins if pin.type.startswith("struct:") and parts_of(pin.type.partition(":")[2], pin.is_input, context.data)]
    remedy = f"Split one of {', '.join(usable[:8])}, or leave Split out." if usable else "Leave Split out: the node has no struct pin."
    return Problem("wrong-split", what, remedy)


def _typed_by_class(context: Context, pin: PinDraft) -> PinDraft:
    class_name = context.class_name(pin.typed_by) if pin.typed_by else ""
    if not class_name:
        return pin
    kind = parse_engine_type(pin.type)
    text = f"{kind.kind}:{class_name}"
    return pin._replace(type=f"{kind.container}<{text}>" if kind.container else text)


def _spellings(pin: PinDraft) -> set[str]:
    shown = "Target" if pin.internal == "self" else display_name(pin.internal, pin.type)
    return {pin.internal.lower(), pin.label.lower(), shown.lower()} - {""}


def _bad_counts(context: Context, draft: ShapeDraft) -> list[Problem]:
    """Numbers of pins that no node can have."""
    found = []
    for key in sorted(COUNTS & draft.identity):
        value = context.node.get(key)
        is_list = isinstance(value, (tuple, Params)) or value is None
        least = 0 if key == "Cases" else 1  # a switch may have its default alone
        if not is_list and (not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_PINS):
            message = f"{key}= of {context.node.type} is no number of pins"
            found.append(Problem("bad-count", message, f"Write a number from {least} to {MAX_PINS}."))
    return found
