"""Patterns that shape a whole document: functions, timers with their event, timelines, dispatchers, two events that share state."""

from __future__ import annotations

from collections.abc import Callable

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.blocks import BLOCKS
from corpus.synthesis.builder import GraphBuilder, params
from corpus.synthesis.compose import TooLong, add_steps, compose_part
from corpus.synthesis.frames import say
from corpus.synthesis.phrase import COMPARED, ORDERING, chained, number_text, sentence
from corpus.synthesis.scene import Scene
from corpus.synthesis.triggers import TRIGGERS, Trigger, key_text
from utils.dsl.ast import PinRef

Document = Callable[[Scene], str]
DOCUMENTS: dict[str, Document] = {}


def document(make: Document) -> Document:
    DOCUMENTS[make.__name__] = make
    return make


def _steps(scene: Scene, fewest: int = 1, most: int = 2) -> str:
    before = len(scene.called_events)
    text = chained(scene.draw, [clause.text for clause in add_steps(scene, fewest, most)])
    if len(scene.called_events) > before:
        raise TooLong(scene.called_events[-1])
    return text


def _start(scene: Scene, *families: str) -> Trigger:
    return scene.draw.pick(TRIGGERS[scene.draw.pick(families)])(scene)


@document
def timer_by_event(scene: Scene) -> str:
    start = _start(scene, "start", "overlap", "input")
    name, seconds, is_looping = scene.draw.fresh(words.EVENT_NAMES), scene.draw.real(0.1, 30), scene.draw.chance(0.75)
    event = scene.graph.node("Event_Custom", {"Name": name})
    timer = scene.step("SetTimerByEvent", Delegate=event["OutputDelegate"], Time=seconds, bLooping=is_looping)
    kept = ""
    if scene.draw.chance(0.3):
        handle = scene.new_variable("TimerHandle")
        scene.set(handle, timer["ReturnValue"])
        kept = f" and store the handle in the TimerHandle variable {handle}"
    scene.flow = event["Then"]
    scene.values.clear()
    body = _steps(scene)
    often = f"every {number_text(seconds)} seconds" if is_looping else f"once after {number_text(seconds)} seconds"
    return sentence(f"{start.when}, set a timer by event that calls the custom event {name} {often}{kept}") + " " + sentence(
        scene.draw.pick((f"{name} should {body}", f"in {name}, {body}", f"the event {name}: {body}")))


@document
def two_events(scene: Scene) -> str:
    return _events(scene, 2)


@document
def three_events(scene: Scene) -> str:
    return _events(scene, 3)


def _events(scene: Scene, count: int) -> str:
    """Events of different kinds in one graph; what one of them gives is not known to the next."""
    texts = []
    for family in scene.draw.sample(sorted(TRIGGERS), count):
        parent = scene.document.parent
        known = [node.type for node in scene.graph.nodes]
        scene.values.clear()
        part = compose_part(scene, family, scene.draw.pick(("steps",) * 12 + tuple(sorted(BLOCKS))))
        if (texts and parent != scene.document.parent) or scene.document.parent == "UserWidget" or scene.called_events or any(kind in known for kind in _event_types(scene, len(known))):
            raise TooLong(family)
        texts.append(say(scene.draw, part))
    return " ".join(texts)


def _event_types(scene: Scene, since: int) -> list[str]:
    return [node.type for node in scene.graph.nodes[since:] if node.type.startswith("Event_") and not node.properties]


@document
def overlap_pair(scene: Scene) -> str:
    """Enter and leave do opposite things."""
    name = scene.variable_of("Bool")
    begin = scene.graph.node("Event_ActorBeginOverlap")
    scene.flow = begin["Then"]
    scene.set(name, True)
    extra = scene.draw.chance(0.5)
    more = " and then " + _steps(scene, 1, 1) if extra and scene.flow else ""
    end = scene.graph.node("Event_ActorEndOverlap")
    scene.flow = end["Then"]
    scene.set(name, False)
    also = " and then " + _steps(scene, 1, 1) if scene.draw.chance(0.4) else ""
    return sentence(scene.draw.pick((f"when an actor begins to overlap, set the boolean {name} to true{more}", f"on begin overlap set the boolean {name} to true{more}"))) + " " + sentence(
        scene.draw.pick((f"when the overlap ends, set {name} to false{also}", f"on end overlap set {name} back to false{also}")))


MATH = (("Add", "the sum of {a} and {b}", "{a} plus {b}"), ("Subtract", "{a} minus {b}", "the difference of {a} and {b} ({a} minus {b})"),
        ("Multiply", "{a} multiplied by {b}", "the product of {a} and {b}"), ("Divide", "{a} divided by {b}", "the quotient {a} / {b}"))
PARAMETER_PAIRS = (("Base", "Bonus"), ("Damage", "Armor"), ("Price", "Amount"), ("Current", "Maximum"), ("Value", "Factor"), ("Distance", "Speed"), ("A", "B"),
                   ("Score", "Multiplier"), ("Strength", "Weight"), ("Min", "Max"), ("Level", "Rate"))


def _function(scene: Scene, kind: str, result: str, result_name: str) -> tuple[GraphBuilder, object, tuple[str, str], str]:
    name = scene.draw.fresh(words.FUNCTION_NAMES)
    pair = scene.draw.pick(PARAMETER_PAIRS)
    graph = GraphBuilder(name)
    scene.document.graphs.append(graph)
    scene.graph = graph
    entry = graph.node("FunctionEntry", {"Params": params(**{pair[0]: kind, pair[1]: kind})})
    scene.flow = entry["Then"]
    return graph, entry, pair, name


def _give_back(scene: Scene, result_name: str, kind: str, value: PinRef) -> None:
    scene.step("FunctionResult", {"Params": params(**{result_name: kind})}, then=None, **{result_name: value})


@document
def function_of_two_numbers(scene: Scene) -> str:
    kind = scene.draw.pick(("Float", "Float", "Int"))
    _, entry, (a, b), name = _function(scene, kind, kind, "Result")
    node, *wordings = scene.draw.pick(MATH)
    value = scene.pure(node, A=entry[a], B=entry[b])["ReturnValue"]
    said = scene.draw.pick(wordings).format(a=a, b=b)
    if scene.draw.chance(0.45):
        value, said = _refined(scene, kind, value, said)
    result = scene.draw.pick(("Result", "Total", "Output", "Final"))
    _give_back(scene, result, kind, value)
    noun = {"Float": "float", "Int": "integer"}[kind]
    return scene.draw.pick((f"Write a function {name} with the {noun} inputs {a} and {b} that returns {said} as {result}.",
                            f"Create a function {name}({a}: {kind}, {b}: {kind}) that returns {result}: {kind}, which is {said}.",
                            f"Function {name}: takes two {noun}s, {a} and {b}; its {noun} output {result} is {said}."))


def _refined(scene: Scene, kind: str, value: PinRef, said: str) -> tuple[PinRef, str]:
    if kind == "Int":
        extra = scene.draw.whole(1, 50)
        return scene.pure("Add", A=value, B=extra)["ReturnValue"], f"{said}, plus {extra}"
    low, high = 0.0, float(scene.draw.pick((1, 10, 50, 100, 200, 500)))
    return scene.pure("FClamp", Value=value, Min=low, Max=high)["ReturnValue"], f"{said}, clamped between 0 and {number_text(high)}"


@document
def function_that_tests(scene: Scene) -> str:
    kind = scene.draw.pick(("Float", "Int"))
    _, entry, (a, b), name = _function(scene, kind, "Bool", "Result")
    node = scene.draw.pick(ORDERING)
    value = scene.pure(node, A=entry[a], B=entry[b])["ReturnValue"]
    result = scene.draw.pick(("Result", "bIsTrue", "bPassed", "bEnough"))
    _give_back(scene, result, "Bool", value)
    noun = {"Float": "float", "Int": "integer"}[kind]
    said = f"{a} {scene.draw.pick(COMPARED[node])} {b}"
    return scene.draw.pick((f"Write a function {name} with the {noun} inputs {a} and {b} that returns a boolean {result} telling whether {said}.",
                            f"Create a function {name}({a}: {kind}, {b}: {kind}) returning {result}: Bool, true if {said}.",
                            f"Function {name}: from the {noun}s {a} and {b}, output the boolean {result}, which is true when {said}."))


@document
def timeline_move(scene: Scene) -> str:
    start = _start(scene, "start", "overlap", "input", "custom")
    name, track = scene.draw.pick((("DoorTimeline", "Alpha"), ("LiftTimeline", "Height"), ("FadeTimeline", "Opacity"), ("SpinTimeline", "Angle"), ("GlowTimeline", "Glow"), ("MoveTimeline", "Progress")))
    enter = scene.draw.pick(("PlayFromStart", "Play"))
    node = scene.step("Timeline", {"Name": name, "Tracks": params(**{track: "Float"})}, enter=enter, then="Update")
    value = node[track]
    known, scene.values = scene.values, []
    if scene.draw.chance(0.5):
        target = scene.variable_of("SceneComponent")
        a, b = (kinds.vector(300, wired=0).argument(scene) for _ in range(2))
        moved = scene.pure("VLerp", A=a[0], B=b[0], Alpha=value)["ReturnValue"]
        scene.step("SetRelativeLocation", Target=scene.get(target), NewLocation=moved)
        said = f"set the relative location of the SceneComponent variable {target} to the interpolation (VLerp) from {a[1]} to {b[1]} by {track}"
    else:
        low, high = scene.draw.real(0, 10), scene.draw.real(20, 500)
        light = scene.variable_of("PointLightComponent")
        mixed = scene.pure("Lerp", A=low, B=high, Alpha=value)["ReturnValue"]
        scene.step("SetIntensity", Target=scene.get(light), NewIntensity=mixed)
        said = f"set the intensity of the PointLightComponent variable {light} to the Lerp from {number_text(low)} to {number_text(high)} by {track}"
    text = sentence(f"{start.when}, {'play' if enter == 'Play' else 'play from start'} the timeline {name} with the float track {track}") + " " + sentence(f"on update, {said}")
    if scene.draw.chance(0.4):
        scene.flow, scene.values = node["Finished"], known
        text += " " + sentence(f"when it has finished, {_steps(scene, 1, 1)}")
    return text


@document
def dispatcher(scene: Scene) -> str:
    name = scene.draw.pick(("OnOpened", "OnDied", "OnScored", "OnActivated", "OnFinished", "OnCollected", "OnAlarm", "OnUnlocked", "OnEmptied"))
    scene.document.variable(name, "Dispatcher")
    start = _start(scene, "start", "overlap", "input", "hit", "damage")
    before = _steps(scene, 1, 1) + ", then " if scene.draw.chance(0.5) else ""
    scene.step("CallDispatcher", {"Dispatcher": name})
    return sentence(f"{start.when}, {before}call the event dispatcher {name}") + f" The Blueprint has an event dispatcher {name}."


@document
def bound_dispatcher(scene: Scene) -> str:
    name = scene.draw.pick(("OnOpened", "OnDied", "OnScored", "OnActivated", "OnFinished", "OnCollected", "OnAlarm", "OnUnlocked", "OnEmptied"))
    event = scene.draw.fresh(words.EVENT_NAMES)
    scene.document.variable(name, "Dispatcher")
    start = _start(scene, "start")
    custom = scene.graph.node("Event_Custom", {"Name": event})
    scene.step("BindEvent", {"Dispatcher": name}, Delegate=custom["OutputDelegate"])
    scene.flow = custom["Then"]
    scene.values.clear()
    body = _steps(scene)
    return sentence(f"{start.when}, bind the custom event {event} to the event dispatcher {name} of this Blueprint") + " " + sentence(f"{event} should {body}")


@document
def print_on_key_pair(scene: Scene) -> str:
    """Pressed and released of one key."""
    name = scene.draw.fresh(words.KEYS)
    node = scene.graph.node("Event_InputKey", {"Key": name})
    scene.flow = node["Pressed"]
    down = _steps(scene, 1, 2)
    scene.flow = node["Released"]
    up = _steps(scene, 1, 2)
    return sentence(f"when {key_text(name)} is pressed, {down}") + " " + sentence(scene.draw.pick((f"when it is released, {up}", f"on release, {up}")))


@document
def counted_goal(scene: Scene) -> str:
    """Count something, and do something when there is enough."""
    start = _start(scene, "overlap", "input", "custom", "hit")
    name, goal = scene.variable_of("Int"), scene.draw.whole(2, 50)
    step = scene.draw.pick((1, 1, 1, 2, 5, 10))
    scene.set(name, scene.pure("Add", A=scene.get(name), B=step)["ReturnValue"])
    asked = scene.pure("GreaterEqual", A=scene.get(name), B=goal)["ReturnValue"]
    node = scene.step("Branch", then=None, Condition=asked)
    scene.flow = node["True"]
    body = _steps(scene, 1, 2)
    said = scene.draw.pick((f"add {step} to the integer {name}", f"increase the integer {name} by {step}"))
    return sentence(f"{start.when}, {said}, then check whether {name} is at least {goal}") + " " + sentence(scene.draw.pick((f"if so, {body}", f"if it is, {body}")))
