"""Bodies of a program: acts, and at their end a fork whose arms are bodies again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.blocks import ELEMENTS
from corpus.synthesis.draw import Draw
from corpus.synthesis.formulas import condition
from corpus.synthesis.manners import Manner
from corpus.synthesis.program_acts import draw_act
from corpus.synthesis.scene import Scene, Source
from corpus.synthesis.telling import Act, Fork, Told
from utils.dsl.ast import PinRef


@dataclass
class Program:
    """A document in the making.

    controls  inputs of nodes that other events may steer, with the words for it: "open the gate"
    called    own custom events that were called and still need a body: (name, parameter or "", its type)
    """

    scene: Scene
    manner: Manner
    controls: list[tuple[PinRef, tuple[str, ...]]] = field(default_factory=list)
    called: list[tuple[str, str, str]] = field(default_factory=list)


def class_name(draw: Draw) -> str:
    return draw.pick(words.CLASSES) if draw.chance(0.3) else f"BP_{draw.pick(words.THINGS)}"


def body_of(made: Program, depth: int, most: int = 3, may_fork: bool = True) -> list[Told]:
    """Acts, at the end perhaps a fork. The flow is None after a fork or an act that ends."""
    scene = made.scene
    is_forked = may_fork and depth < 3 and scene.draw.chance((0.62, 0.4, 0.25)[depth])
    count = scene.draw.integer(0 if is_forked else 1, min(most, 3 - depth) if is_forked else most if depth == 0 else min(most, 2))
    body: list[Told] = [Act(draw_act(scene, is_deep=True)) for _ in range(count)]
    if is_forked:
        body.append(scene.draw.pick(FORK_TABLE)(made, depth))
    return body


def _arm(made: Program, flow: PinRef, depth: int, may_fork: bool) -> list[Told]:
    """A body on another flow; what it offers is not known outside."""
    known = list(made.scene.values)
    made.scene.flow = flow
    body = body_of(made, depth + 1, 2, may_fork)
    made.scene.values[:] = known
    return body


def _arms(made: Program, depth: int, **flows: PinRef) -> dict[str, list[Told]]:
    """Bodies for the arms of a fork; any may fork again where the manner tells by its form what belongs to what."""
    arms = {}
    for index, (name, flow) in enumerate(flows.items()):
        arms[name] = _arm(made, flow, depth, made.manner.nests or index == len(flows) - 1)
    made.scene.flow = None
    return arms


Maker = Callable[[Program, int], Fork]
FORKS: dict[str, tuple[Maker, int]] = {}


def fork(weight: int) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        FORKS[make.__name__] = (make, weight)
        return make

    return register


@fork(22)
def branch(made: Program, depth: int) -> Fork:
    asked = condition(made.scene, made.scene.draw.pick((0, 1, 1, 2)))
    node = made.scene.step("Branch", then=None, Condition=asked.value)
    arms = made.scene.draw.pick((("then",), ("then", "else"), ("then", "else"), ("then",), ("else",) if depth else ("then", "else")))
    return Fork("branch", {"c": asked.text}, _arms(made, depth, **{arm: node["True" if arm == "then" else "False"] for arm in arms}))


@fork(4)
def once(made: Program, depth: int) -> Fork:
    node = made.scene.step("DoOnce", then=None)
    made.controls.append((node["Reset"], ("reset the DoOnce", "reset that DoOnce")))
    return Fork("once", {}, _arms(made, depth, body=node["Completed"]))


@fork(4)
def gate(made: Program, depth: int) -> Fork:
    is_closed = made.scene.draw.chance(0.5)
    node = made.scene.step("Gate", {"StartClosed": True} if is_closed else None, then=None, enter="Enter")
    toggle, opening, closing = (node["Toggle"], ("toggle the gate",)), (node["Open"], ("open the gate", "open the Gate")), (node["Close"], ("close the gate", "close the Gate"))
    # The last one is what another event does first.
    made.controls += [toggle, closing, opening] if is_closed else [toggle, opening, closing]
    closed = made.scene.draw.pick((" that starts closed", " (starts closed)", ", closed at the start")) if is_closed else ""
    return Fork("gate", {"closed": closed}, _arms(made, depth, body=node["Exit"]))


@fork(3)
def don(made: Program, depth: int) -> Fork:
    count = made.scene.draw.whole(2, 20)
    node = made.scene.step("DoN", then=None, enter="Enter", N=count)
    made.controls.append((node["Reset"], ("reset the DoN", "reset the Do N")))
    made.scene.offer("the counter of the DoN", "Int", node["Counter"])
    return Fork("don", {"n": str(count)}, _arms(made, depth, body=node["Exit"]))


@fork(4)
def flip(made: Program, depth: int) -> Fork:
    node = made.scene.step("FlipFlop", then=None)
    return Fork("flip", {}, _arms(made, depth, a=node["A"], b=node["B"]))


@fork(5)
def sequence(made: Program, depth: int) -> Fork:
    count = made.scene.draw.pick((2, 2, 2, 3))
    node = made.scene.step("Sequence", {"Outputs": count} if count > 2 else None, then=None)
    return Fork("sequence", {}, _arms(made, depth, **{f"Then_{index}": node[f"Then_{index}"] for index in range(count)}))


@fork(3)
def multi(made: Program, depth: int) -> Fork:
    count = made.scene.draw.pick((2, 3))
    node = made.scene.step("MultiGate", {"Outputs": count}, then=None)
    return Fork("multi", {"n": str(count)}, _arms(made, depth, **{f"Out_{index}": node[f"Out_{index}"] for index in range(count)}))


@fork(5)
def switch(made: Program, depth: int) -> Fork:
    name = made.scene.variable_of("Int")
    node = made.scene.step("SwitchInt", {"Cases": (count := made.scene.draw.pick((2, 3, 3)))}, then=None, Selection=made.scene.get(name))
    arms = {f"Case_{index}": node[f"Case_{index}"] for index in range(count)}
    told = _arms(made, depth, **arms)
    return Fork("switch", {"x": made.scene.mention(name, "integer")}, {key.removeprefix("Case_"): body for key, body in told.items()})


def _loop(made: Program, depth: int, kind: str, slots: dict[str, str], node: object, *offers: Source) -> Fork:
    has_end = made.scene.draw.chance(0.35) and (made.manner.nests or depth == 0)
    known = list(made.scene.values)
    made.scene.values += offers
    body = _arm(made, node["LoopBody"], depth, made.manner.nests or not has_end)
    made.scene.values[:] = known
    arms = {"body": body} | ({"done": _arm(made, node["Completed"], depth, True)} if has_end else {})
    made.scene.flow = None
    return Fork(kind, slots, arms)


@fork(4)
def times(made: Program, depth: int) -> Fork:
    count = made.scene.draw.whole(2, 50)
    node = made.scene.step("ForLoop", then=None, FirstIndex=0, LastIndex=count - 1)
    return _loop(made, depth, "times", {"n": str(count)}, node, Source("the loop index", "Int", node["Index"]))


@fork(3)
def counted(made: Program, depth: int) -> Fork:
    low = made.scene.draw.integer(0, 5)
    high = low + made.scene.draw.integer(2, 30)
    node = made.scene.step("ForLoop", then=None, FirstIndex=low, LastIndex=high)
    return _loop(made, depth, "range", {"low": str(low), "high": str(high)}, node, Source("the index", "Int", node["Index"]))


@fork(6)
def each(made: Program, depth: int) -> Fork:
    kind = made.scene.draw.pick(tuple(ELEMENTS))
    name = made.scene.variable_of(kind)
    array = made.scene.mention(name, kinds.type_noun(kind))
    node = made.scene.step("ForEachLoop", then=None, Array=made.scene.get(name))
    element, _ = ELEMENTS[kind]
    return _loop(made, depth, "each", {"array": array}, node, *[Source("the element", element, node["ArrayElement"])] * 3, Source("the array index", "Int", node["ArrayIndex"]))


@fork(4)
def of_class(made: Program, depth: int) -> Fork:
    name = class_name(made.scene.draw)
    found = made.scene.step("GetAllActorsOfClass", ActorClass=name)
    node = made.scene.step("ForEachLoop", then=None, Array=found["OutActors"])
    return _loop(made, depth, "class", {"name": name}, node, *[Source("the found actor", "Actor", node["ArrayElement"])] * 3)


@fork(7)
def cast(made: Program, depth: int) -> Fork:
    scene = made.scene
    offered = scene.offered("Actor")
    pin, text = (offered[-1].pin, offered[-1].text) if offered and scene.draw.chance(0.75) else (scene.shared("GetPlayerPawn")["ReturnValue"], "the player pawn")
    target = scene.draw.pick(("Character", "Pawn")) if scene.draw.chance(0.2) else class_name(scene.draw)
    node = scene.step(f"CastTo{target}", then=None, Object=pin)
    scene.values += [Source(f"the {target}", "Actor", node[f"As{target}"])] * 2
    arms = {"then": node["Then"]} | ({"else": node["CastFailed"]} if scene.draw.chance(0.45) else {})
    return Fork("cast", {"x": text, "name": target}, _arms(made, depth, **arms))


@fork(4)
def valid(made: Program, depth: int) -> Fork:
    name = made.scene.variable_of("Actor")
    text = made.scene.mention(name, "actor")
    node = made.scene.step("IsValidBranch", then=None, InputObject=made.scene.get(name))
    arms = {"then": node["IsValid"]} | ({"else": node["IsNotValid"]} if made.scene.draw.chance(0.5) else {})
    return Fork("valid", {"x": text}, _arms(made, depth, **arms))


@fork(2)
def authority(made: Program, depth: int) -> Fork:
    node = made.scene.step("SwitchHasAuthority", then=None)
    arms = {"then": node["Authority"]} | ({"else": node["Remote"]} if made.scene.draw.chance(0.4) else {})
    return Fork("authority", {}, _arms(made, depth, **arms))


FORK_TABLE = [make for make, weight in FORKS.values() for _ in range(weight)]
