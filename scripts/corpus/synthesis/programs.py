"""Whole programs: several events and functions that share variables, call one another and steer one another's nodes.

Bodies are acts and forks within forks; what is computed are formulas of several operations. The tree is told in one of the
`manners`. Rows of `compose` say single things in many ways; these say many things at once.
"""

from __future__ import annotations

import re

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.builder import GraphBuilder, params
from corpus.synthesis.compose import TooLong
from corpus.synthesis.draw import Draw
from corpus.synthesis.formulas import Said, condition, formula
from corpus.synthesis.manners import MANNERS
from corpus.synthesis.phrase import Clause
from corpus.synthesis.program_forks import Program, body_of
from corpus.synthesis.scene import OwnFunction, Scene
from corpus.synthesis.telling import Act, Fork, Section, Told, section_text
from corpus.synthesis.triggers import TRIGGERS, Trigger

MAX_NODES = 30
EVENT_FAMILIES = ("start",) * 3 + ("tick",) * 2 + ("input",) * 5 + ("overlap",) * 3 + ("damage", "hit", "component", "custom", "custom", "end", "clicked", "network")


def program(scene: Scene) -> tuple[str, str]:
    """Build a program on the scene and give (pattern, text); TooLong when it grew beyond what an answer may hold."""
    draw = scene.draw
    made = Program(scene, draw.pick(MANNERS))
    function = _function(made) if draw.chance(0.2) else None
    sections = [function] if function else []
    for _ in range(draw.pick((1, 1, 2, 2, 2, 3, 3))):
        sections.append(_event(made, may_call=len(made.called) < 2))
    made.called += [(name, "", "") for name in scene.called_events]
    scene.called_events.clear()
    for called in made.called:
        sections.append(_custom_event(made, *called))
    if scene.called_events or sum(len(graph.nodes) for graph in scene.document.graphs) > MAX_NODES:
        raise TooLong("program")
    texts = [section_text(draw, made.manner, section) for section in sections]
    between = "\n" if any("\n" in text for text in texts) or draw.chance(0.15) else " "
    forks = sorted({one.kind for section in sections for one in section.body if isinstance(one, Fork)})
    return f"program:{made.manner.name}:{len(sections)}:{'+'.join(forks)}", preamble(scene) + between.join(texts)


def preamble(scene: Scene) -> str:
    """What people say before they come to the point; it asks for nothing."""
    thing = f"{scene.draw.pick(words.ADJECTIVES).lower()} {scene.draw.pick(words.THINGS).lower()}"
    return scene.draw.pick(("",) * 14 + (f"A {thing}. ", f"I want a {thing}. ", f"This is for the {thing} in my game. ", f"I'm building a {thing}. ", f"Logic of the {thing}: ", f"How do I make a {thing}? ", f"{thing.capitalize()}: "))


# -- sections

def _event(made: Program, may_call: bool) -> Section:
    scene = made.scene
    trigger = _start(scene)
    body = body_of(made, 0)
    if may_call and scene.flow is not None and scene.draw.chance(0.3):
        body.append(_call(made))
    elif made.controls and scene.flow is not None and scene.draw.chance(0.75):
        body.append(_steer(made))
    return Section(body, trigger)


def _start(scene: Scene) -> Trigger:
    """A trigger whose event the document does not have yet, and whose class it can have."""
    scene.graph = scene.document.events
    scene.values.clear()
    known, parent, variables = {node.type for node in scene.graph.nodes}, scene.document.parent, dict(scene.document.variables)
    while True:
        trigger = scene.draw.pick(TRIGGERS[scene.draw.pick(EVENT_FAMILIES)])(scene)
        node = scene.graph.nodes[-1]
        if (not known or scene.document.parent == parent) and (node.properties or node.type not in known) and (parent != "UserWidget" or node.properties):
            return trigger
        scene.graph.nodes.pop()
        scene.values.clear()
        scene.document.parent, scene.document.variables = parent, dict(variables)


def _custom_event(made: Program, name: str, parameter: str, kind: str) -> Section:
    scene = made.scene
    scene.graph = scene.document.events
    scene.values.clear()
    node = scene.graph.node("Event_Custom", {"Name": name} | ({"Params": params(**{parameter: kind})} if parameter else {}))
    scene.flow = node["Then"]
    noun = kinds.type_noun(kind) if parameter else ""
    if parameter:
        scene.offer(parameter, kind, node[parameter])
        scene.offer(parameter, kind, node[parameter])
    when = scene.draw.pick((f"when {name} is called", f"in {name}", f"the custom event {name}", f"on {name}") if not parameter else
                           (f"in the custom event {name}, which has the {noun} parameter {parameter}", f"when {name} is called with its {noun} {parameter}", f"on {name} ({parameter}: {noun})"))
    return Section(body_of(made, 1), Trigger(when, f"custom event {name}" + (f"({parameter}: {noun})" if parameter else "")))


def _function(made: Program) -> Section:
    """A function with parameters and a result, which events can use from then on."""
    scene, draw = made.scene, made.scene.draw
    kind = draw.pick(("Float", "Float", "Int", "Int", "Vector", "Bool"))
    name, is_pure = draw.fresh(words.FUNCTION_NAMES) if draw.chance(0.5) else f"{draw.pick(words.QUESTIONS)}{draw.pick(words.THINGS)}", draw.chance(0.35)
    inputs = "Float" if kind == "Bool" else kind
    parameters = draw.sample(words.PARAMETER_NAMES[inputs], draw.pick((1, 2, 2)))
    result = draw.pick(("Result", "Total", "Output", "Final", "Answer"))
    scene.graph = GraphBuilder(name, is_pure=is_pure)
    scene.document.graphs.append(scene.graph)
    entry = scene.graph.node("FunctionEntry", {"Params": params(**dict.fromkeys(parameters, inputs))})
    scene.flow = entry["Then"]
    for parameter in parameters * 3:
        scene.offer(parameter, inputs, entry[parameter])
    given = condition(scene, 1) if kind == "Bool" else formula(scene, kind, draw.pick((1, 2, 2, 3)))
    scene.step("FunctionResult", {"Params": params(**{result: kind})}, then=None, **{result: given.value})
    if not all(re.search(rf"\b{parameter}\b", given.text) for parameter in parameters):
        raise TooLong(name)
    scene.functions.append(OwnFunction(name, tuple((parameter, inputs) for parameter in parameters), (result, kind), is_pure))
    noun, pure = kinds.type_noun(inputs), "pure " if is_pure else ""
    listed = " and ".join(parameters)
    typed = ", ".join(f"{parameter}: {noun}" for parameter in parameters)
    title = draw.pick((f"{pure}function {name}({typed}) -> {result}: {kinds.type_noun(kind)}", f"a {pure}function {name} takes the {noun}{'s' if len(parameters) > 1 else ''} {listed} and returns the {kinds.type_noun(kind)} {result}"))
    told = draw.pick((f"return {given.text}", f"{result} is {given.text}", f"return {given.text} as {result}"))
    return Section([Act(Clause(told))], title=title)


def _call(made: Program) -> Told:
    """Call an own custom event, with a value if it has a parameter."""
    scene, draw = made.scene, made.scene.draw
    name = event_name(draw)
    if draw.chance(0.5):
        made.called.append((name, "", ""))
        scene.step("Call", {"Function": name})
        return Act(Clause(draw.pick((f"call the custom event {name}", f"call {name}", f"trigger {name}")), f"call {name}"))
    kind = draw.pick(("Float", "Int", "Int"))
    parameter = draw.pick(words.PARAMETER_NAMES[kind])
    value = Said(*(kinds.real(1, 100) if kind == "Float" else kinds.whole(1, 100)).literal(draw)) if draw.chance(0.5) else formula(scene, kind, draw.pick((0, 1)))
    made.called.append((name, parameter, kind))
    scene.step("Call", {"Function": name}, **{parameter: value.value})
    return Act(Clause(draw.pick((f"call the custom event {name} with {value.text}", f"call {name} with {value.text} as {parameter}", f"call {name} with {parameter} = {value.text}")), f"{name}({value.text})"))


def _steer(made: Program) -> Told:
    pin, texts = made.controls.pop()
    made.scene.graph.exec(made.scene.flow, pin)
    made.scene.flow = None
    return Act(Clause(made.scene.draw.pick(texts)))


def event_name(draw: Draw) -> str:
    return draw.fresh(words.EVENT_NAMES) if draw.chance(0.4) else draw.fresh([verb + draw.pick(words.THINGS) for verb in words.DEEDS])
