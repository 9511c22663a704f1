"""Single steps of a program: what is stored, printed or done with a formula, and the steps of `actions` as they are."""

from __future__ import annotations

from collections.abc import Callable

from corpus.synthesis import arguments as kinds
from corpus.synthesis.actions import ACTIONS, Action
from corpus.synthesis.arguments import Kind
from corpus.synthesis.compose import add_steps
from corpus.synthesis.formulas import OPERATIONS, Said, condition, formula
from corpus.synthesis.phrase import Clause
from corpus.synthesis.scene import Scene

Maker = Callable[[Scene], Clause]
DEPTHS = (0, 1, 1, 1, 2, 2, 3)


def draw_act(scene: Scene, is_deep: bool) -> Clause:
    """One step on the flow; with `is_deep` it often computes something."""
    if scene.functions and scene.draw.chance(0.4):
        return use(scene)
    if not is_deep or scene.draw.chance(0.42):
        return add_steps(scene, 1, 1, may_end=False)[0]
    return scene.draw.pick(MAKERS)(scene)


def store(scene: Scene) -> Clause:
    """Set a variable to a formula."""
    kind = scene.draw.pick(("Float", "Float", "Int", "Int", "Vector", "Vector", "Rotator", "String"))
    name = scene.variable_of(kind, 0.6)
    with scene.avoiding(name):
        value = formula(scene, kind, scene.draw.pick(DEPTHS[1:]))
    target = scene.mention(name, kinds.type_noun(kind))
    scene.set(name, value.value)
    return Clause(scene.draw.pick(("set {v} to {f}", "set {v} to {f}", "store {f} in {v}", "assign {f} to {v}", "put {f} into {v}", "make {v} {f}", "let {v} be {f}", "save {f} in {v}", "update {v} to {f}"))
                  .format(v=target, f=value.text), scene.draw.pick((f"{target} = {value.text}", f"{target} = {value.text}", f"set {target} = {value.text}", f"{target} := {value.text}")))


CHANGES = (("Add", "{v} += {f:1}", "{v} = {n} + {f:2}", ("add {f} to {v}", "increase {v} by {f}", "raise {v} by {f}", "count {v} up by {f}", "add {f} to {v}", "give {f} more to {v}")),
           ("Subtract", "{v} -= {f:1}", "{v} = {n} - {f:2}", ("subtract {f} from {v}", "decrease {v} by {f}", "reduce {v} by {f}", "lower {v} by {f}", "take {f} off {v}", "remove {f} from {v}", "count {v} down by {f}")),
           ("Multiply", "{v} *= {f:1}", "{v} = {n} * {f:3}", ("multiply {v} by {f}", "scale {v} by {f}")))


def change(scene: Scene) -> Clause:
    """Add to a variable, take from it or scale it; within limits at times."""
    kind = scene.draw.pick(("Float", "Int", "Int"))
    name = scene.variable_of(kind, 0.6)
    node, short, long, texts = scene.draw.pick(CHANGES[:2] * 3 + CHANGES[2:])
    with scene.avoiding(name):
        value = Said(*(kinds.real(0.5, 60) if kind == "Float" else kinds.whole(1, 40)).literal(scene.draw)) if scene.draw.chance(0.45) else formula(scene, kind, scene.draw.pick((0, 1, 1, 2)))
    target = scene.mention(name, kinds.type_noun(kind))
    result = scene.pure(node, A=scene.get(name), B=value.value)["ReturnValue"]
    text, terse = scene.draw.pick(texts).format(v=target, f=f"{value:1}"), scene.draw.pick((short, long)).format(v=target, n=name, f=value)
    if scene.draw.chance(0.3):
        limit = scene.draw.pick((10, 50, 100, 150, 200, 500, scene.draw.integer(20, 999)))
        high = float(limit) if kind == "Float" else limit
        f = "F" if kind == "Float" else ""
        limiting, inputs, words = scene.draw.pick(((f"{f}Min", {"B": high}, ("but to at most {}", "with a maximum of {}", "never above {}")), (f"{f}Max", {"B": type(high)(0)}, ("but not below 0", "never below 0", "down to at least 0")),
                                                   (f"{f}Clamp", {"Min": type(high)(0), "Max": high}, ("clamped between 0 and {}", "clamped to 0..{}", "kept between 0 and {}"))))
        result = scene.pure(limiting, **{"Value" if "Clamp" in limiting else "A": result}, **inputs)["ReturnValue"]
        said = scene.draw.pick(words).format(limit)
        text, terse = f"{text}, {said}", f"{terse}, {said}"
    scene.set(name, result)
    return Clause(text, terse)


def flag(scene: Scene) -> Clause:
    """Store a question in a boolean, or turn it over."""
    name = scene.variable_of("Bool", 0.6)
    target = scene.mention(name, "boolean")
    if scene.draw.chance(0.3):
        scene.set(name, scene.pure("Not_PreBool", A=scene.get(name))["ReturnValue"])
        return Clause(scene.draw.pick((f"toggle {target}", f"flip {target}", f"invert {target}")), f"{target} = not {name}")
    if scene.draw.chance(0.6):
        value = scene.draw.chance(0.5)
        word = "true" if value else "false"
        scene.set(name, value)
        return Clause(scene.draw.pick((f"set {target} to {word}", f"set {target} {word}", f"make {target} {word}")), f"{target} = {word}")
    with scene.avoiding(name):
        asked = condition(scene, 1)
    scene.set(name, asked.value)
    return Clause(scene.draw.pick((f"set {target} to whether {asked.text}", f"store in {target} whether {asked.text}", f"make {target} true if {asked.text} and false if not")), f"{target} = ({asked.text})")


def say(scene: Scene) -> Clause:
    value = formula(scene, scene.draw.pick(("String", "String", "String", "Float", "Int", "Vector")), scene.draw.pick((1, 1, 2)))
    scene.step("PrintString", InString=value.value)
    return Clause(scene.draw.pick(("print {}", "print {}", "show {}", "print {} on the screen", "log {}", "output {}", "display {}")).format(value.text), f"print {value.text}")


# Actions that take a number, a place or a text, which may be computed.
COMPUTED = [(action, pin) for action in ACTIONS for pin, kind in action.inputs.items()
            if isinstance(kind, Kind) and kind.type in OPERATIONS and kind.is_named and kind.wired > 0 and not action.ends]


def act(scene: Scene) -> Clause:
    """An action with a formula on one of its inputs."""
    while True:
        action, pin = scene.draw.pick(COMPUTED)
        if action.fits(scene) and (action.node != "PrintString" or scene.draw.chance(0.2)):
            return _perform(scene, action, pin)


def _perform(scene: Scene, action: Action, computed: str) -> Clause:
    slots: dict[str, str] = {}
    inputs = {}
    for pin, kind in action.inputs.items():
        if pin == computed:
            made = formula(scene, kind.type, scene.draw.pick(DEPTHS[1:]))
            value, slots[pin] = made.value, made.text if all(text.endswith(f"{{{pin}}}") for text in action.texts) else f"{made:1}"
        else:
            value, slots[pin] = kind.argument(scene) if isinstance(kind, Kind) else (kind, str(kind))
        if value is not None:
            inputs[pin] = value
    scene.step(action.node, then=action.then, **inputs)
    return Clause(scene.draw.pick(action.texts).format(**slots))


def use(scene: Scene) -> Clause:
    """Call a function of the document and print or store its result."""
    function = scene.draw.pick(scene.functions)
    given = {name: _value(scene, kind) for name, kind in function.parameters}
    result, kind = function.result
    inputs = {name: one.value for name, one in given.items()}
    called = (scene.pure if function.is_pure else scene.step)("Call", {"Function": function.name}, **inputs)
    in_words = f"{function.name} with {' and '.join(scene.draw.pick((f'{name} {one}', f'{one} for {name}', f'{one}')) for name, one in given.items())}"
    as_code = f"{function.name}({', '.join(one.text for one in given.values())})"
    if scene.draw.chance(0.5):
        scene.step("PrintString", InString=called[result])
        return Clause(scene.draw.pick((f"call {in_words} and print {result}", f"print the {result} of {in_words}", f"print what {in_words} gives as {result}")), f"print {result} of {as_code}")
    name = scene.new_variable(kind)
    target = scene.mention(name, kinds.type_noun(kind))
    scene.set(name, called[result])
    return Clause(scene.draw.pick((f"call {in_words} and store {result} in {target}", f"set {target} to the {result} of {in_words}")), f"{target} = {as_code}")


def _value(scene: Scene, kind: str) -> Said:
    if kind in ("Float", "Int") and scene.draw.chance(0.6):
        return Said(*(kinds.real(1, 100) if kind == "Float" else kinds.whole(1, 100)).literal(scene.draw))
    return formula(scene, kind, scene.draw.pick((0, 0, 1)))


MAKERS: tuple[Maker, ...] = (store,) * 4 + (change,) * 5 + (flag,) * 3 + (say,) * 3 + (act,) * 6
