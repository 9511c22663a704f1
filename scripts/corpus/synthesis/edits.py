"""A second instruction that changes an answer: "now make it loop 5 times". The answer before is the row's input.

Each kind of change takes a finished document and gives what to say and the document after it, or None where it does not apply.
What stays, stays as it was: the order of variables, names, values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.compose import TooLong, add_steps
from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import chained, number_text, quoted, sentence
from corpus.synthesis.renaming import STRUCTURAL_KEYS, WRITTEN, authored_names, other_number, renamed
from corpus.synthesis.scene import Scene
from corpus.synthesis.triggers import TRIGGERS
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Wire
from utils.dsl_parser import DslError, parse, render

Change = tuple[str, Blueprint]
Edit = Callable[[Blueprint, Draw], "Change | None"]
EDITS: dict[str, Edit] = {}


def edit(make: Edit) -> Edit:
    EDITS[make.__name__] = make
    return make


# -- values and names

# Pins whose value is plain data that anybody might want changed, and numbers that count or point instead.
TEXT_PINS = ("InString", "InText")
COUNTING = (*STRUCTURAL_KEYS, "UserIndex", "ElementIndex")


@edit
def another_text(before: Blueprint, draw: Draw) -> Change | None:
    found = _only_values(before, lambda key, value: key in TEXT_PINS and isinstance(value, str) and value)
    if not found:
        return None
    old = draw.pick(found)
    new = kinds.message_text(draw)
    after = _with_value(before, old, new)
    a, b = quoted(draw, str(old)), quoted(draw, new)
    return draw.pick((f"change the text {a} to {b}", f"replace {a} by {b}", f"it should say {b} instead of {a}", f"use the text {b} instead of {a}", f"{a} should be {b}")), after


@edit
def another_number(before: Blueprint, draw: Draw) -> Change | None:
    found = _only_values(before, lambda key, value: key not in COUNTING and type(value) in (int, float) and value not in (0, 1, -1))
    if not found:
        return None
    old = draw.pick(found)
    text = other_number(number_text(old), draw)
    new = float(text) if isinstance(old, float) else round(float(text))
    a, b = number_text(old), number_text(new)
    if a == b:
        return None
    return draw.pick((f"change {a} to {b}", f"make it {b} instead of {a}", f"use {b} instead of {a}", f"the {a} should be {b}", f"replace the value {a} by {b}")), _with_value(before, old, new)


def _only_values(blueprint: Blueprint, fits: Callable[[str, object], object]) -> list:
    """Literals that stand once in the document, so that their value alone says which is meant."""
    every = [(key, value) for graph in blueprint.graphs for node in graph.nodes for key, value in node.properties]
    said = [_as_said(value) for _, value in every] + [_as_said(variable.default) for variable in blueprint.variables]
    return [value for key, value in every if fits(key, value) and said.count(_as_said(value)) == 1]


def _as_said(value: object) -> object:
    """2 and 2.0 are the same in words."""
    return number_text(value) if type(value) in (int, float) else value


def _with_value(blueprint: Blueprint, old: object, new: object) -> Blueprint:
    def changed(node: Node) -> Node:
        return replace(node, properties=tuple((key, new if type(value) is type(old) and value == old else value) for key, value in node.properties))

    return replace(blueprint, graphs=tuple(replace(graph, nodes=tuple(map(changed, graph.nodes))) for graph in blueprint.graphs))


NOUNS = {"VAR": ("variable",), "Event_Custom": ("custom event", "event"), "GRAPH": ("function",)}


@edit
def another_name(before: Blueprint, draw: Draw) -> Change | None:
    text = render(before)
    taken = set(re.findall(r"\w+", text))
    names = {name: [choice for choice in choices if choice not in taken] for name, choices in authored_names(text).items()}
    names = {name: choices for name, choices in names.items() if choices and _noun(text, name)}
    if not names:
        return None
    old = draw.pick(sorted(names))
    new = draw.pick(names[old])
    try:
        after = parse(WRITTEN.sub(lambda found: renamed(found[0], {old: new}), text))
    except DslError:
        return None
    noun = draw.pick(NOUNS[_noun(text, old)])
    return draw.pick((f"rename the {noun} {old} to {new}", f"call the {noun} {new} instead of {old}", f"rename {old} to {new}", f"the {noun} {old} should be called {new}")), after


def _noun(text: str, name: str) -> str:
    """What in the document bears this name; "" for what no user would rename in a word."""
    for kind, pattern in (("VAR", rf"^VAR {re.escape(name)}: "), ("Event_Custom", rf'Event_Custom \[Name="{re.escape(name)}"'), ("GRAPH", rf"^GRAPH: {re.escape(name)}$")):
        if re.search(pattern, text, re.MULTILINE):
            return kind
    return ""


# -- steps

def _start(blueprint: Blueprint) -> tuple[Node, Wire] | None:
    """The event of a document that has but one, and the wire to its first step."""
    if len(blueprint.graphs) != 1 or blueprint.graphs[0].name != "EventGraph":
        return None
    graph = blueprint.graphs[0]
    events = [node for node in graph.nodes if node.type.startswith("Event_")]
    first = [wire for wire in graph.wires if wire.is_exec and events and wire.source.node == events[0].id]
    return (events[0], first[0]) if len(events) == 1 and len(first) == 1 else None


def _end(graph: Graph, start: Wire) -> PinRef | None:
    """The output that a chain of plain steps ends in."""
    outgoing: dict[str, list[Wire]] = {}
    for wire in graph.wires:
        if wire.is_exec:
            outgoing.setdefault(wire.source.node, []).append(wire)
    wire = start
    while len(outgoing.get(wire.target.node, ())) == 1 and outgoing[wire.target.node][0].source.pin == "Then":
        wire = outgoing[wire.target.node][0]
    plain = not outgoing.get(wire.target.node) and wire.target.pin == "Execute"
    node = graph.node(wire.target.node)
    return PinRef(node.id, "Then") if plain and node.type not in ENDING and not node.type.startswith("CastTo") else None


ENDING = {"DestroyActor", "OpenLevel", "QuitGame", "Branch", "Sequence", "ForLoop", "ForEachLoop", "WhileLoop", "DoOnce", "FlipFlop", "MultiGate", "Gate", "Delay",
          "RetriggerableDelay", "Timeline", "SwitchInt", "SwitchString", "SwitchName", "SwitchEnum", "SwitchHasAuthority", "IsValidBranch", "LoadStreamLevel", "UnloadStreamLevel"}


@edit
def one_more_step(before: Blueprint, draw: Draw) -> Change | None:
    start = _start(before)
    end = _end(before.graphs[0], start[1]) if start else None
    if end is None:
        return None
    scene = Scene.over(draw, before)
    scene.flow = end
    said = chained(draw, [clause.text for clause in add_steps(scene, 1, draw.pick((1, 1, 2)))])
    if scene.called_events:
        raise TooLong(said)
    return draw.pick((f"then also {said}", f"at the end, {said}", f"after that, {said}", f"also {said} at the end", f"add one more thing at the end: {said}", f"now also {said} afterwards")), scene.document.blueprint()


def _insert(before: Blueprint, draw: Draw, kind: str, then: str, properties: dict | None = None, **inputs: object) -> Scene | None:
    """A node between the event and its first step."""
    start = _start(before)
    if start is None:
        return None
    _, first = start
    scene = Scene.over(draw, before)
    scene.graph.wires.remove(first)
    scene.flow = first.source
    node = scene.step(kind, properties, then, **{pin: value(scene) if callable(value) else value for pin, value in inputs.items()})
    scene.graph.exec(node[then], first.target)
    return scene


def _said(draw: Draw, scene: Scene | None, *texts: str) -> Change | None:
    return (draw.pick(texts), scene.document.blueprint()) if scene else None


@edit
def wait_first(before: Blueprint, draw: Draw) -> Change | None:
    seconds = draw.real(0.2, 20)
    text = number_text(seconds)
    return _said(draw, _insert(before, draw, "Delay", "Completed", Duration=seconds), f"wait {text} seconds first", f"add a delay of {text} seconds at the start", f"before anything else wait {text} seconds",
                 f"it should start {text} seconds later: put a delay at the start", f"delay all of it by {text} seconds")


@edit
def only_once(before: Blueprint, draw: Draw) -> Change | None:
    return _said(draw, _insert(before, draw, "DoOnce", "Completed"), "do it only once", "make it happen only the first time", "only the first time, please", "put a DoOnce in front", "this should be done only once")


@edit
def in_a_loop(before: Blueprint, draw: Draw) -> Change | None:
    count = draw.whole(2, 50)
    return _said(draw, _insert(before, draw, "ForLoop", "LoopBody", FirstIndex=0, LastIndex=count - 1), f"now make it loop {count} times", f"do all of it {count} times", f"repeat it {count} times with a ForLoop",
                 f"put it into a loop that runs {count} times", f"make it happen {count} times")


@edit
def only_if(before: Blueprint, draw: Draw) -> Change | None:
    taken = {variable.name for variable in before.variables}
    name = draw.pick([name for name in words.FLAGS if name not in taken])

    def flag(scene: Scene) -> PinRef:
        return scene.get(scene.document.variable(name, "Bool"))

    return _said(draw, _insert(before, draw, "Branch", "True", Condition=flag), f"do it only if the boolean {name} is true", f"but only when the boolean {name} is true", f"check first whether the boolean {name} is true",
                 f"add a condition: only if {name} (boolean) is true", f"it should only happen while the boolean {name} is true")


@edit
def print_first(before: Blueprint, draw: Draw) -> Change | None:
    text = kinds.message_text(draw)
    shown = quoted(draw, text)
    return _said(draw, _insert(before, draw, "PrintString", "Then", InString=text), f"print {shown} first", f"before that, print {shown}", f"start by printing {shown}", f"show {shown} before everything else")


REMOVABLE = {"PrintString": "InString", "Delay": "Duration"}
"""Steps by the pin whose value says which one is meant."""


@edit
def without_a_step(before: Blueprint, draw: Draw) -> Change | None:
    """A print or a delay that nothing is wired into goes; what came after it follows what came before."""
    found = [(graph, node) for graph in before.graphs for node in graph.nodes if node.type in REMOVABLE and node.get(REMOVABLE[node.type]) is not None]
    if not found or sum(len(graph.nodes) for graph in before.graphs) < 3:
        return None
    graph, node = draw.pick(found)
    entering = [wire for wire in graph.wires if wire.target.node == node.id]
    leaving = [wire for wire in graph.wires if wire.source.node == node.id]
    value = node.get(REMOVABLE[node.type])
    if not all(wire.is_exec for wire in entering) or len(leaving) > 1 or sum(other.type == node.type and value in dict(other.properties).values() for one in before.graphs for other in one.nodes) > 1:
        return None
    is_last_step = not leaving and any(graph.node(wire.source.node).type.startswith(("Event_", "FunctionEntry")) for wire in entering)
    if is_last_step or node.type == "PrintString" and not isinstance(value, str):
        return None
    kept = tuple(wire for wire in graph.wires if node.id not in (wire.source.node, wire.target.node))
    joined = tuple(Wire(wire.source, leaving[0].target, True) for wire in entering) if leaving else ()
    after = replace(graph, nodes=tuple(one for one in graph.nodes if one.id != node.id), wires=kept + joined)
    said = (f"print of {quoted(draw, value)}" if node.type == "PrintString" else f"delay of {number_text(value)} seconds")
    return draw.pick((f"remove the {said}", f"leave out the {said}", f"without the {said}, please", f"take the {said} out", f"the {said} is not needed, remove it")), replace(
        before, graphs=tuple(after if one is graph else one for one in before.graphs))


@edit
def another_trigger(before: Blueprint, draw: Draw) -> Change | None:
    start = _start(before)
    if start is None:
        return None
    event, first = start
    graph = before.graphs[0]
    if sum(wire.source.node == event.id for wire in graph.wires) > 1 or event.type in ("Event_Custom", "Event_Component", "Event_Override"):
        return None
    scratch = Scene(draw)
    trigger = draw.pick(TRIGGERS[draw.pick(("start", "tick", "overlap", "input", "damage", "hit", "custom"))])(scratch)
    new = scratch.graph.nodes[0]
    is_plain = len(scratch.graph.nodes) == 1 and not scratch.document.variables and scratch.document.parent == "Actor" and new.get("Params") is None
    if not is_plain or (new.type, new.properties) == (event.type, event.properties):
        return None
    wires = tuple(replace(wire, source=PinRef(event.id, scratch.flow.pin)) if wire is first else wire for wire in graph.wires)
    nodes = tuple(replace(new, id=event.id) if node is event else node for node in graph.nodes)
    return draw.pick((f"do it {trigger.when} instead", f"make it happen {trigger.when} instead", f"it should start {trigger.when} instead", f"instead, do that {trigger.when}")), replace(
        before, graphs=(replace(graph, nodes=nodes, wires=wires),))


POLITE = ("{}", "{}", "{}", "Now {}", "Please {}", "Change it: {}", "Can you change it so: {}")


def change(before: Blueprint, draw: Draw) -> tuple[str, str, Blueprint] | None:
    """(kind, instruction, document after) of one change, or None where no kind applies."""
    for name in draw.sample(sorted(EDITS), len(EDITS)):
        if made := EDITS[name](before, draw):
            return name, _asked(made[0], draw), made[1]
    return None


def _asked(said: str, draw: Draw) -> str:
    frame = draw.pick(POLITE) if not said.startswith(("now", "then", "also", "but", "it ", "without", "only", "instead", "the ")) else "{}"
    return sentence(frame.format(said))
