"""Documents with a function of their own that is called, a RepNotify variable, or an event that runs on the server."""

from __future__ import annotations

from corpus.synthesis import vocabulary as words
from corpus.synthesis.arguments import type_noun
from corpus.synthesis.builder import GraphBuilder, params
from corpus.synthesis.documents import MATH, _start, _steps, document
from corpus.synthesis.phrase import COMPARED, ORDERING, number_text, sentence
from corpus.synthesis.scene import Scene
from utils.dsl.ast import PinRef, Word


def _in_function(scene: Scene, name: str, **parameters: str) -> dict[str, PinRef]:
    """Go on inside a new function graph; its parameters as pins."""
    scene.graph = GraphBuilder(name)
    scene.document.graphs.append(scene.graph)
    entry = scene.graph.node("FunctionEntry", {"Params": params(**parameters)} if parameters else None)
    scene.flow = entry["Then"]
    scene.values.clear()
    return {parameter: entry[parameter] for parameter in parameters}


@document
def function_called(scene: Scene) -> str:
    """A function that only does something."""
    start = _start(scene, "start", "input", "overlap")
    name = scene.draw.fresh(words.ACTION_FUNCTIONS)
    scene.step("Call", {"Function": name})
    _in_function(scene, name)
    body = _steps(scene, 1, 2)
    return scene.draw.pick((f"{sentence(f'{start.when}, call the function {name}')} {name} should {body}.", f"{sentence(f'a function {name} should {body}')} {sentence(f'{start.when}, call {name}')}",
                            f"Function {name}: {body}. {sentence(f'{start.when}, call it')}"))


@document
def function_with_value(scene: Scene) -> str:
    """A function with one parameter that changes a variable; called with a number."""
    start = _start(scene, "start", "input", "overlap")
    kind = scene.draw.pick(("Float", "Int"))
    name, parameter = scene.draw.fresh(words.ACTION_FUNCTIONS), scene.draw.pick(words.PARAMETER_NAMES[kind])
    value = scene.draw.real(1, 100) if kind == "Float" else scene.draw.whole(1, 100)
    scene.step("Call", {"Function": name}, **{parameter: value})
    inside = _in_function(scene, name, **{parameter: kind})
    variable = scene.variable_of(kind)
    if variable == parameter:
        variable = scene.document.variable(f"Total{parameter}", kind)
    node, verb = scene.draw.pick((("Add", "adds {p} to {v}"), ("Subtract", "subtracts {p} from {v}")))
    scene.set(variable, scene.pure(node, A=scene.get(variable), B=inside[parameter])["ReturnValue"])
    noun = type_noun(kind)
    does = verb.format(p=parameter, v=scene.mention(variable, noun))
    return scene.draw.pick((f"A function {name} with {'an' if kind == 'Int' else 'a'} {noun} input {parameter} {does}. {sentence(f'{start.when}, call {name} with {number_text(value)}')}",
                            f"Function {name}({parameter}: {noun}) {does}. {sentence(f'{start.terse}: call {name} with {number_text(value)}')}"))


@document
def result_printed(scene: Scene) -> str:
    start = _start(scene, "start", "input")
    kind = scene.draw.pick(("Float", "Int"))
    a, b = scene.draw.sample(words.PARAMETER_NAMES[kind], 2)
    name, result = scene.draw.fresh(words.FUNCTION_NAMES), scene.draw.pick(("Result", "Total", "Sum", "Output", "Final"))
    first, second = (scene.draw.whole(1, 50) for _ in "ab")
    values = {a: float(first) if kind == "Float" else first, b: float(second) if kind == "Float" else second}
    if a == b or result in (a, b):
        b, values = f"{b}B", {a: values[a], f"{b}B": list(values.values())[-1]}
    called = scene.step("Call", {"Function": name}, **values)
    scene.step("PrintString", InString=called[result])
    inside = _in_function(scene, name, **{a: kind, b: kind})
    node, *wordings = scene.draw.pick(MATH)
    given = scene.pure(node, A=inside[a], B=inside[b])["ReturnValue"]
    scene.step("FunctionResult", {"Params": params(**{result: kind})}, then=None, **{result: given})
    noun, said = type_noun(kind), scene.draw.pick(wordings).format(a=a, b=b)
    return (f"A function {name} takes the {noun}s {a} and {b} and returns the {noun} {result}: {said}. "
            + sentence(f"{start.when}, call {name} with {number_text(values[a])} and {number_text(values[b])} and print {result}"))


@document
def function_of_state(scene: Scene) -> str:
    """A function without inputs that tells about variables; pure ones are asked for as such."""
    name, result, is_pure = scene.draw.fresh(words.FUNCTION_NAMES), scene.draw.pick(("Result", "bResult", "bOk", "Answer")), scene.draw.chance(0.5)
    kind = scene.draw.pick(("Float", "Int"))
    limit = scene.draw.whole(1, 200)
    scene.graph = GraphBuilder(name, is_pure=is_pure)
    scene.document.graphs.append(scene.graph)
    scene.flow = scene.graph.node("FunctionEntry")["Then"]
    variable = scene.variable_of(kind)
    node = scene.draw.pick(ORDERING)
    asked = scene.pure(node, A=scene.get(variable), B=float(limit) if kind == "Float" else limit)["ReturnValue"]
    scene.step("FunctionResult", {"Params": params(**{result: "Bool"})}, then=None, **{result: asked})
    said = f"{scene.mention(variable, type_noun(kind))} {scene.draw.pick(COMPARED[node])} {limit}"
    pure = "pure " if is_pure else ""
    return scene.draw.pick((f"A {pure}function {name} returns the boolean {result}: whether {said}.", f"Make a {pure}function {name} with a boolean result {result}, true when {said}.",
                            f"{'Pure f' if is_pure else 'F'}unction {name} -> {result} (boolean): {said}."))


@document
def server_event(scene: Scene) -> str:
    """Something asks the server to do it."""
    start = _start(scene, "input", "overlap")
    name = f"Server{scene.draw.fresh(words.EVENT_NAMES)}"
    scene.step("Call", {"Function": name})
    event = scene.graph.node("Event_Custom", {"Name": name, "Replicates": Word("Server"), "Reliable": True})
    scene.flow = event["Then"]
    scene.values.clear()
    body = _steps(scene, 1, 1)
    return scene.draw.pick((f"{sentence(f'{start.when}, call {name}')} {name} is a reliable custom event that runs on the server: {body}.",
                            f"{sentence(f'{start.terse}: call {name}')} Custom event {name} (Run on Server, reliable): {body}."))


@document
def rep_notify(scene: Scene) -> str:
    kind = scene.draw.pick(("Bool", "Int", "Float"))
    name = scene.variable_of(kind)
    variable = scene.document.variables[name]
    scene.document.variables[name] = type(variable)(name, variable.type, None, (("RepNotify", True),))
    _in_function(scene, f"OnRep_{name}")
    body = _steps(scene, 1, 1)
    noun = type_noun(kind)
    return scene.draw.pick((f"The {noun} {name} uses RepNotify; in its function OnRep_{name}, {body}.", f"A RepNotify {noun} {name}: OnRep_{name} should {body}.",
                            f"{name} ({noun}, RepNotify). Function OnRep_{name}: {body}."))


@document
def reset_once(scene: Scene) -> str:
    """A DoOnce that another event resets."""
    start = _start(scene, "input")
    node = scene.step("DoOnce", then="Completed")
    body = _steps(scene, 1, 1)
    scene.values.clear()
    again = _start(scene, "overlap", "custom")
    scene.graph.exec(scene.flow, node["Reset"])
    return f"{sentence(f'{start.when}, {body}, but only once (DoOnce)')} {sentence(f'{again.when}, reset the DoOnce')}"
