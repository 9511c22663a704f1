"""Control flow around steps: guards, loops, timing. A block stands last in a row, so that no wording leaves open what belongs to it."""

from __future__ import annotations

from collections.abc import Callable

from corpus.synthesis import arguments as kinds
from corpus.synthesis.conditions import draw_condition
from corpus.synthesis.phrase import Clause, chained, listed
from corpus.synthesis.scene import Scene, Source

Steps = Callable[..., list[Clause]]
"""(scene, fewest, most, may_end) -> clauses of steps added to the flow; with `may_end` false it goes on after them."""


Block = Callable[[Scene, Steps], str]
BLOCKS: dict[str, list[Block]] = {}


def block(family: str) -> Callable[[Block], Block]:
    def register(make: Block) -> Block:
        BLOCKS.setdefault(family, []).append(make)
        return make

    return register


def inner(scene: Scene, steps: Steps, fewest: int = 1, most: int = 1) -> str:
    """Some steps on the present flow, as one text."""
    return chained(scene.draw, [clause.text for clause in steps(scene, fewest, most)])


def scoped(scene: Scene, flow: object, steps: Steps, fewest: int = 1, most: int = 1, is_last: bool = False) -> str:
    """Steps on another flow; what they offer is not known outside. Said last, they may end in a block of their own."""
    known = list(scene.values)
    scene.flow = flow
    text = (tail if is_last else inner)(scene, steps, fewest, most)
    scene.values[:] = known
    return text


MAX_NESTING = 2
NESTED_FRAC = 0.25
# Blocks whose words leave open no question within another one: none with an "otherwise", and none that goes on after itself.
NESTABLE = ("branch", "unless", "do_once", "repeat", "count_up", "for_each", "for_all_of_class", "after_delay", "cast_actor", "with_authority")


def tail(scene: Scene, steps: Steps, fewest: int = 1, most: int = 1) -> str:
    """Steps after which nothing more is said of the block around them, so that they may end in another block."""
    if scene.nesting >= MAX_NESTING or not scene.draw.chance(NESTED_FRAC):
        return inner(scene, steps, fewest, most)
    scene.nesting += 1
    before = [clause.text for clause in steps(scene, 1, 1, may_end=False)] if scene.draw.chance(0.3) else []
    makers = [make for family in sorted(BLOCKS) for make in BLOCKS[family] if make.__name__ in NESTABLE]
    text = chained(scene.draw, [*before, scene.draw.pick(makers)(scene, steps)])
    scene.nesting -= 1
    return text


def goes_on(scene: Scene, probability: float) -> bool:
    """Whether a block says what follows it; never within another block, where it could be taken for the outer one's."""
    return scene.draw.chance(probability) and scene.nesting == 0


@block("guard")
def branch(scene: Scene, steps: Steps) -> str:
    asked = draw_condition(scene)
    node = scene.step("Branch", then=None, Condition=asked.pin)
    then = scoped(scene, node["True"], steps, 1, scene.draw.pick((1, 1, 2)), is_last=True)
    return scene.draw.pick((f"if {asked.text}, {then}", f"only if {asked.text}, {then}", f"check whether {asked.text}; if so, {then}"))


@block("guard")
def branch_else(scene: Scene, steps: Steps) -> str:
    asked = draw_condition(scene)
    node = scene.step("Branch", then=None, Condition=asked.pin)
    then, otherwise = scoped(scene, node["True"], steps, 1, scene.draw.pick((1, 1, 2))), scoped(scene, node["False"], steps, is_last=True)
    return scene.draw.pick((f"if {asked.text}, {then}; otherwise {otherwise}", f"if {asked.text}, {then}, else {otherwise}",
                            f"check whether {asked.text}: if so, {then}; if not, {otherwise}"))


@block("guard")
def unless(scene: Scene, steps: Steps) -> str:
    asked = draw_condition(scene, may_join=False)
    node = scene.step("Branch", then=None, Condition=asked.pin)
    text = scoped(scene, node["False"], steps, is_last=True)
    return scene.draw.pick((f"check whether {asked.text}, and only if not, {text}", f"branch on whether {asked.text}; on false, {text}"))


@block("guard")
def nested_branch(scene: Scene, steps: Steps) -> str:
    first, second = draw_condition(scene, False), draw_condition(scene, False)
    outer = scene.step("Branch", then=None, Condition=first.pin)
    scene.flow = outer["True"]
    within = scene.step("Branch", then=None, Condition=second.pin)
    a, b = scoped(scene, within["True"], steps, 1, 1), scoped(scene, within["False"], steps, 1, 1)
    c = scoped(scene, outer["False"], steps, 1, 1)
    return f"if {first.text}, check further: if {second.text}, {a}, and if not, {b}. If the first check fails, {c}"


@block("once")
def do_once(scene: Scene, steps: Steps) -> str:
    node = scene.step("DoOnce", then="Completed")
    text = scoped(scene, node["Completed"], steps, 1, scene.draw.pick((1, 1, 2)), is_last=True)
    return scene.draw.pick((f"only the first time, {text}", f"do this only once: {text}", f"use a DoOnce to {text}"))


@block("once")
def flip_flop(scene: Scene, steps: Steps) -> str:
    node = scene.step("FlipFlop", then=None)
    a, b = scoped(scene, node["A"], steps, 1, 1), scoped(scene, node["B"], steps, 1, 1)
    return scene.draw.pick((f"alternate with a FlipFlop: first {a}, the next time {b}", f"flip-flop between two things: on A {a}, on B {b}"))


@block("sequence")
def sequence(scene: Scene, steps: Steps) -> str:
    count = scene.draw.pick((2, 2, 3, 4))
    node = scene.step("Sequence", {"Outputs": count} if count > 2 else None, then=None)
    parts = [scoped(scene, node[f"Then_{index}"], steps, 1, 1) for index in range(count)]
    return scene.draw.pick(("run a sequence: {}", "use a Sequence with " + str(count) + " outputs: {}")).format("; ".join(f"{i}. {part}" for i, part in enumerate(parts, 1)))


@block("sequence")
def multi_gate(scene: Scene, steps: Steps) -> str:
    count = scene.draw.pick((2, 3))
    node = scene.step("MultiGate", {"Outputs": count}, then=None)
    parts = [scoped(scene, node[f"Out_{index}"], steps, 1, 1) for index in range(count)]
    return f"use a MultiGate with {count} outputs that in turn " + listed([f"({i}) {part}" for i, part in enumerate(parts, 1)])


@block("loop")
def repeat(scene: Scene, steps: Steps) -> str:
    count = scene.draw.whole(2, 50)
    node = scene.step("ForLoop", then=None, FirstIndex=0, LastIndex=count - 1)
    scene.offer("the loop index", "Int", node["Index"])
    return _loop_text(scene, steps, node, scene.draw.pick((f"{count} times", f"repeat {count} times")), " with a ForLoop")


@block("loop")
def count_up(scene: Scene, steps: Steps) -> str:
    low = scene.draw.integer(0, 5)
    high = low + scene.draw.integer(2, 30)
    node = scene.step("ForLoop", then=None, FirstIndex=low, LastIndex=high)
    scene.offer("the loop index", "Int", node["Index"])
    return _loop_text(scene, steps, node, f"loop from {low} to {high}", "")


def _loop_text(scene: Scene, steps: Steps, node: object, head: str, hint: str) -> str:
    goes = goes_on(scene, 0.4)
    body = scoped(scene, node["LoopBody"], steps, 1, scene.draw.pick((1, 1, 2)), is_last=not goes)
    joint = ": each time " if head.startswith(("loop", "repeat")) else f"{hint}: "
    text = f"{head}{joint}{body}"
    if goes:
        after = scoped(scene, node["Completed"], steps, 1, 1)
        text += scene.draw.pick((f". When the loop has completed, {after}", f". After the loop, {after}"))
    return text


ELEMENTS = {"Array<Actor>": ("Actor", "the current actor"), "Array<Int>": ("Int", "the current number"), "Array<Float>": ("Float", "the current value"),
            "Array<String>": ("String", "the current string"), "Array<Vector>": ("Vector", "the current position")}


@block("foreach")
def for_each(scene: Scene, steps: Steps) -> str:
    kind = scene.draw.pick(tuple(ELEMENTS))
    name = scene.variable_of(kind)
    node = scene.step("ForEachLoop", then=None, Array=scene.get(name))
    element, text = ELEMENTS[kind]
    known = list(scene.values)
    scene.values[:] = [Source(text, element, node["ArrayElement"]), Source("the array index", "Int", node["ArrayIndex"])] * 2 + known
    scene.flow, goes = node["LoopBody"], goes_on(scene, 0.4)
    body = (inner if goes else tail)(scene, steps, 1, scene.draw.pick((1, 1, 2)))
    scene.values[:] = known
    noun = kinds.type_noun(kind)
    said = scene.draw.pick((f"for each element of the {noun} {name}, {body}", f"loop over the {noun} {name} and for each element {body}", f"go through the {noun} {name}: for every element {body}"))
    if goes:
        said += f". When all are done, {scoped(scene, node['Completed'], steps, 1, 1)}"
    return said


@block("foreach")
def for_all_of_class(scene: Scene, steps: Steps) -> str:
    from corpus.synthesis import vocabulary as words

    name = scene.draw.pick(words.CLASSES)
    found = scene.step("GetAllActorsOfClass", ActorClass=name)
    node = scene.step("ForEachLoop", then=None, Array=found["OutActors"])
    known = list(scene.values)
    scene.values[:] = [Source("the found actor", "Actor", node["ArrayElement"])] * 2 + known
    scene.flow = node["LoopBody"]
    body = tail(scene, steps, 1, scene.draw.pick((1, 1, 2)))
    scene.values[:] = known
    return scene.draw.pick((f"get all actors of class {name} and for each of them {body}", f"for every {name} in the level (all actors of class {name}), {body}"))


@block("while")
def while_loop(scene: Scene, steps: Steps) -> str:
    name = scene.variable_of("Int")
    limit = scene.draw.whole(2, 100)
    asked = scene.pure("Less", A=scene.get(name), B=limit)["ReturnValue"]
    node = scene.step("WhileLoop", then=None, Condition=asked)
    scene.flow = node["LoopBody"]
    body = inner(scene, steps, 1, 1)
    changed = scene.pure("Add", A=scene.get(name), B=1)["ReturnValue"]
    scene.set(name, changed)
    return f"while the integer {name} is less than {limit}, {body}, then add 1 to {name}"


@block("timing")
def after_delay(scene: Scene, steps: Steps) -> str:
    value, text = kinds.real(0.1, 30, wired=0.15).argument(scene)
    scene.step("Delay", then="Completed", Duration=value)
    body = tail(scene, steps, 1, scene.draw.pick((1, 1, 2)))
    return scene.draw.pick((f"wait {text} seconds, then {body}", f"after a delay of {text} seconds, {body}", f"delay {text} seconds and then {body}"))


@block("timing")
def retriggerable(scene: Scene, steps: Steps) -> str:
    value, text = kinds.real(0.5, 20, wired=0).argument(scene)
    scene.step("RetriggerableDelay", then="Completed", Duration=value)
    return f"start a retriggerable delay of {text} seconds and when it completes, {inner(scene, steps, 1, 2)}"


@block("cast")
def cast_actor(scene: Scene, steps: Steps) -> str:
    offered = scene.offered("Actor")
    if offered and scene.draw.chance(0.7):
        source = scene.draw.pick(offered)
        pin, text = source.pin, source.text
    else:
        pin, text = scene.shared("GetPlayerPawn")["ReturnValue"], "the player pawn"
    target = scene.draw.pick(("Character", "Pawn", "Character"))
    node = scene.step(f"CastTo{target}", then=None, Object=pin)
    known = list(scene.values)
    scene.offer(f"the cast {target}", target, node[f"As{target}"])
    scene.values += [Source("the cast result", "Actor", node[f"As{target}"])] * 2
    scene.flow, may_fail = node["Then"], goes_on(scene, 0.3)
    body = (inner if may_fail else tail)(scene, steps, 1, scene.draw.pick((1, 1, 2)))
    scene.values[:] = known
    said = scene.draw.pick((f"cast {text} to {target} and, if it succeeds, {body}", f"cast {text} to {target}, then {body}"))
    if may_fail:
        said += f"; if the cast fails, {scoped(scene, node['CastFailed'], steps, 1, 1)}"
    return said


@block("switch")
def switch_int(scene: Scene, steps: Steps) -> str:
    name = scene.variable_of("Int")
    count = scene.draw.pick((2, 3, 3, 4))
    node = scene.step("SwitchInt", {"Cases": count}, then=None, Selection=scene.get(name))
    parts = [f"{index}: {scoped(scene, node[f'Case_{index}'], steps, 1, 1)}" for index in range(count)]
    return scene.draw.pick((f"switch on the integer {name}: {{}}", f"depending on the integer {name} (switch on int): {{}}")).format("; ".join(parts))


@block("switch")
def switch_string(scene: Scene, steps: Steps) -> str:
    from corpus.synthesis import vocabulary as words

    name = scene.variable_of("String")
    cases = scene.draw.sample(words.STATES, scene.draw.pick((2, 3)))
    node = scene.step("SwitchString", {"Cases": tuple(cases)}, then=None, Selection=scene.get(name))
    parts = [f"'{case}': {scoped(scene, node[case], steps, 1, 1)}" for case in cases]
    return f"switch on the string {name}: " + "; ".join(parts)


@block("gate")
def gate(scene: Scene, steps: Steps) -> str:
    node = scene.step("Gate", enter="Enter", then="Exit")
    text = scoped(scene, node["Exit"], steps, 1, 2)
    return scene.draw.pick((f"pass through a Gate and, while it is open, {text}", f"enter a gate whose exit lets you {text}"))
