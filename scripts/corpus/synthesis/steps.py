"""Steps that take more than one node, or choose between several. Importing this module registers them in `actions`."""

from __future__ import annotations

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.actions import ACTOR_LIKE, F, step_of
from corpus.synthesis.phrase import Clause
from corpus.synthesis.scene import Scene


@step_of("spawn")
def spawn_at_self(scene: Scene) -> Clause:
    if scene.document.parent not in ACTOR_LIKE:
        return spawn_at_place(scene)
    name = scene.draw.pick(words.CLASSES)
    place = scene.pure("GetTransform")["ReturnValue"]
    node = scene.step("SpawnActorFromClass", Class=name, SpawnTransform=place)
    scene.offer(f"the spawned {name}", "Actor", node["ReturnValue"])
    return Clause(scene.draw.pick((f"spawn a {name} at its own transform", f"spawn {name} where this actor is", f"spawn an actor of class {name} at this actor's transform")))


@step_of("ui")
def show_widget(scene: Scene) -> Clause:
    name = scene.draw.fresh(words.WIDGETS)
    node = scene.step("CreateWidget", Class=name)
    scene.step("AddToViewport", Target=node["ReturnValue"])
    return Clause(scene.draw.pick((f"show the widget {name}", f"create the widget {name} and add it to the viewport", f"put {name} on the screen")))


PRINTABLE = {"Float": "float", "Int": "integer", "Bool": "boolean", "Vector": "vector", "Rotator": "rotator", "String": "string"}


@step_of("print")
def print_value(scene: Scene) -> Clause:
    """A number, flag or place goes into the text pin as it is: the editor converts it."""
    kind = scene.draw.pick(("Int", "Int", "Float", "Float", "Bool", "String", "Vector", "Rotator"))
    offered = scene.offered(*PRINTABLE)
    if offered and scene.draw.chance(0.5):
        source = scene.draw.pick(offered)
        value, text = source.pin, source.text
    elif scene.draw.chance(0.25):
        value, text = kinds.wired_value(scene, kind)
    else:
        name = scene.variable_of(kind)
        value, text = scene.get(name), scene.mention(name, PRINTABLE[kind])
    scene.step("PrintString", InString=value)
    return Clause(scene.draw.pick(("print {}", "print {}", "show {}", "print {} to the screen", "print the value of {}")).format(text))


@step_of("print")
def print_name(scene: Scene) -> Clause:
    value, text = kinds.other_actor(scene)
    scene.step("PrintString", InString=scene.pure("GetDisplayName", Object=value)["ReturnValue"])
    return Clause(scene.draw.pick((f"print the display name of {text}", f"show the display name of {text}")))


@step_of("print")
def print_joined(scene: Scene) -> Clause:
    """A label in front of a text."""
    name = scene.variable_of("String")
    label = kinds.message_text(scene.draw) + scene.draw.pick((" ", ", ", ": "))
    scene.step("PrintString", InString=scene.pure("Concat_StrStr", A=label, B=scene.get(name))["ReturnValue"])
    text = scene.mention(name, "string")
    return Clause(scene.draw.pick((f'print "{label}" followed by {text}', f'print "{label}" with {text} appended')))


@step_of("state")
def set_flag(scene: Scene) -> Clause:
    name = scene.variable_of("Bool")
    value = scene.draw.chance(0.6)
    scene.set(name, value)
    word = "true" if value else "false"
    return Clause(scene.draw.pick((f"set the boolean {name} to {word}", f"set the boolean {name} to {word}", f"set {name} (boolean) to {word}", f"set the bool {name} to {word}", f"set {name} to {word}")))


@step_of("state")
def toggle_flag(scene: Scene) -> Clause:
    name = scene.variable_of("Bool")
    scene.set(name, scene.pure("Not_PreBool", A=scene.get(name))["ReturnValue"])
    return Clause(scene.draw.pick((f"toggle {name}", f"toggle the boolean {name}", f"flip the boolean {name}", f"set the boolean {name} to not {name}")))


@step_of("state")
def set_number(scene: Scene) -> Clause:
    is_real = scene.draw.chance(0.5)
    name = scene.variable_of("Float" if is_real else "Int")
    with scene.avoiding(name):
        value, text = (F(0, 200, wired=0.1) if is_real else kinds.whole(0, 200, wired=0.1)).argument(scene)
    scene.set(name, value)
    noun = "float" if is_real else "integer"
    return Clause(scene.draw.pick((f"set the {noun} {name} to {text}", f"set {name} ({noun}) to {text}", f"set the {noun} variable {name} to {text}")))


@step_of("arithmetic")
def change_number(scene: Scene) -> Clause:
    """Add to, take from, multiply or divide a variable."""
    is_real = scene.draw.chance(0.5)
    name = scene.variable_of("Float" if is_real else "Int")
    with scene.avoiding(name):
        value, text = (F(0.5, 50, wired=0.15) if is_real else kinds.whole(1, 50, wired=0.1)).argument(scene)
    node, wordings = scene.draw.pick((
        ("Add", ("add {v} to the {t} {n}", "add {v} to the {t} {n}", "add {v} to {n} ({t})", "increase the {t} {n} by {v}", "raise the {t} {n} by {v}")),
        ("Add", ("add {v} to the {t} {n}", "increase {n} ({t}) by {v}")),
        ("Subtract", ("subtract {v} from the {t} {n}", "subtract {v} from the {t} {n}", "take {v} from {n} ({t})", "decrease the {t} {n} by {v}", "reduce the {t} {n} by {v}", "lower the {t} {n} by {v}")),
        ("Multiply", ("multiply the {t} {n} by {v}", "scale the {t} {n} by {v}")),
        ("Divide", ("divide the {t} {n} by {v}",))))
    result = scene.pure(node, A=scene.get(name), B=value)["ReturnValue"]
    scene.set(name, result)
    return Clause(scene.draw.pick(wordings).format(v=text, n=name, t="float" if is_real else "integer"))


@step_of("arithmetic")
def change_within_limits(scene: Scene) -> Clause:
    is_real = scene.draw.chance(0.6)
    kind, noun, clamp = ("Float", "float", "FClamp") if is_real else ("Int", "integer", "Clamp")
    name = scene.variable_of(kind)
    with scene.avoiding(name):
        value, text = (F(0.5, 50, wired=0.1) if is_real else kinds.whole(1, 50, wired=0.1)).argument(scene)
    top = scene.draw.pick((10, 50, 100, 150, 200, 500, scene.draw.integer(60, 999)))
    is_up = scene.draw.chance(0.5)
    changed = scene.pure("Add" if is_up else "Subtract", A=scene.get(name), B=value)["ReturnValue"]
    low, high = (0.0, float(top)) if is_real else (0, top)
    scene.set(name, scene.pure(clamp, Value=changed, Min=low, Max=high)["ReturnValue"])
    verb = f"add {text} to the {noun} {name}" if is_up else f"subtract {text} from the {noun} {name}"
    return Clause(verb + scene.draw.pick((f" clamped between 0 and {top}", f", keeping it between 0 and {top}", f" and clamp it to 0..{top}")))


@step_of("event")
def call_event(scene: Scene) -> Clause:
    """Call a custom event, which must stand in the document: `generator` adds it with a body of its own."""
    name = scene.draw.fresh(words.EVENT_NAMES)
    scene.called_events.append(name)
    scene.step("Call", {"Function": name})
    return Clause(scene.draw.pick((f"call the custom event {name}", f"trigger the custom event {name}", f"call {name}")))


@step_of("array")
def add_to_array(scene: Scene) -> Clause:
    if scene.offered("Actor") and scene.draw.chance(0.7):
        name, (value, text) = scene.variable_of("Array<Actor>"), kinds.other_actor(scene)
        noun = "actor array"
    else:
        name, (value, text) = scene.variable_of("Array<String>"), kinds.message(wired=0).argument(scene)
        noun = "string array"
    scene.step("Array_Add", TargetArray=scene.get(name), NewItem=value)
    return Clause(scene.draw.pick((f"add {text} to the {noun} {name}", f"append {text} to the {noun} {name}")))


@step_of("array")
def clear_array(scene: Scene) -> Clause:
    name = scene.variable_of("Array<Actor>")
    scene.step("Array_Clear", TargetArray=scene.get(name))
    return Clause(scene.draw.pick((f"clear the actor array {name}", f"empty the actor array {name}")))


@step_of("array")
def remove_from_array(scene: Scene) -> Clause:
    name, (value, text) = scene.variable_of("Array<Actor>"), kinds.other_actor(scene)
    scene.step("Array_RemoveItem", TargetArray=scene.get(name), Item=value)
    return Clause(scene.draw.pick((f"remove {text} from the actor array {name}", f"take {text} out of the actor array {name}")))


@step_of("array")
def shuffle_array(scene: Scene) -> Clause:
    kind, noun = scene.draw.pick((("Array<Int>", "Int array"), ("Array<String>", "string array"), ("Array<Vector>", "Vector array")))
    name = scene.variable_of(kind)
    node, texts = scene.draw.pick((("Array_Shuffle", ("shuffle the {n} {v}",)), ("Array_Reverse", ("reverse the {n} {v}",)), ("Array_Clear", ("clear the {n} {v}", "empty the {n} {v}"))))
    scene.step(node, TargetArray=scene.get(name))
    return Clause(scene.draw.pick(texts).format(n=noun, v=name))


@step_of("array")
def resize_array(scene: Scene) -> Clause:
    name, size = scene.variable_of("Array<Float>"), scene.draw.integer(1, 50)
    scene.step("Array_Resize", TargetArray=scene.get(name), Size=size)
    return Clause(f"resize the Float array {name} to {size} elements")


@step_of("state")
def set_value(scene: Scene) -> Clause:
    """Store a vector, rotator, string or actor."""
    kind, maker = scene.draw.pick((("Vector", kinds.vector(1000, wired=0.7)), ("Rotator", kinds.rotator(wired=0.6)), ("String", kinds.message(wired=0.3)),
                                   ("Actor", kinds.actor(allow_self=False)), ("Name", kinds.one_of(words.TAGS, "Name"))))
    name = scene.variable_of(kind)
    with scene.avoiding(name):
        value, text = maker.argument(scene)
    scene.set(name, value)
    return Clause(scene.draw.pick((f"set the {kinds.type_noun(kind)} {name} to {text}", f"store {text} in the {kinds.type_noun(kind)} {name}")))


@step_of("increment")
def increment(scene: Scene) -> Clause:
    name = scene.variable_of("Int")
    node, texts = scene.draw.pick((("IncrementInt", ("increment the integer {v} with ++", "use ++ on the integer {v}")), ("DecrementInt", ("decrement the integer {v} with --", "use -- on the integer {v}"))))
    scene.step(node, Value=scene.get(name))
    return Clause(scene.draw.pick(texts).format(v=name))


@step_of("timer")
def handle_timer(scene: Scene) -> Clause:
    name = scene.variable_of("TimerHandle")
    scene.step("ClearTimerHandle", Handle=scene.get(name))
    return Clause(scene.draw.pick((f"clear the timer in the TimerHandle variable {name}", f"stop the timer of the TimerHandle variable {name}")))


@step_of("spawn")
def spawn_at_place(scene: Scene) -> Clause:
    """At a location: the transform has to be made."""
    name = scene.draw.pick(words.CLASSES)
    place, text = kinds.wired_value(scene, "Vector")
    transform = scene.pure("MakeTransform", Location=place)["ReturnValue"]
    node = scene.step("SpawnActorFromClass", Class=name, SpawnTransform=transform)
    scene.offer(f"the spawned {name}", "Actor", node["ReturnValue"])
    return Clause(scene.draw.pick((f"spawn a {name} at {text}", f"spawn an actor of class {name} at {text}")))


@step_of("trace")
def line_trace(scene: Scene) -> Clause:
    start, start_text = kinds.wired_value(scene, "Vector")
    end, end_text = kinds.vector(2000).argument(scene)
    node = scene.step("LineTraceSingle", Start=start, End=end)
    name = scene.variable_of("Bool")
    scene.set(name, node["ReturnValue"])
    return Clause(f"trace a line from {start_text} to {end_text} and store whether it hit in the boolean {name}")


@step_of("timing")
def wait(scene: Scene) -> Clause:
    value, text = F(0.1, 20, wired=0.1).argument(scene)
    scene.step("Delay", then="Completed", Duration=value)
    return Clause(scene.draw.pick((f"wait {text} seconds", f"delay for {text} seconds", f"pause for {text} seconds")))
