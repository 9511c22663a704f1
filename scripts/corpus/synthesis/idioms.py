"""Ways of saying and building that come up in every project: other Blueprints, interfaces, widgets, the player, the network.

Importing this module registers its triggers, steps, blocks and conditions beside the tables of `actions` and `triggers`.
"""

from __future__ import annotations

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.actions import step_of
from corpus.synthesis.blocks import Steps, block, goes_on, scoped
from corpus.synthesis.builder import params
from corpus.synthesis.conditions import Condition, condition
from corpus.synthesis.phrase import COMPARED, Clause, number_text
from corpus.synthesis.scene import Scene
from corpus.synthesis.triggers import Trigger, _begin, trigger
from utils.dsl.ast import PinRef, Word

PARAMETERS = (("Amount", "Float"), ("Count", "Int"), ("Value", "Float"), ("Points", "Int"), ("Strength", "Float"), ("Level", "Int"))


# -- triggers

@trigger("clicked")
def button_clicked(scene: Scene) -> Trigger:
    scene.document.parent = "UserWidget"
    name = scene.new_variable("Button")
    _begin(scene, "Event_Component", Component=name, Event="OnClicked")
    return Trigger(scene.draw.pick((f"when the Button {name} is clicked", f"on clicking the Button {name}", f"when somebody clicks the Button {name}", f"on OnClicked of the Button {name}")),
                   f"OnClicked of {name} (Button)")


@trigger("interface")
def interface_event(scene: Scene) -> Trigger:
    name, interface = scene.draw.fresh(words.EVENT_NAMES), f"BPI_{scene.draw.pick(words.THINGS)}"
    _begin(scene, "Event_Override", Event=name, Class=Word(interface))
    return Trigger(scene.draw.pick((f"on the interface event {name} of {interface}", f"when the interface event {name} of {interface} comes", f"on {interface}'s interface event {name}")),
                   f"interface event {name} ({interface})")


REPLICATED = {"Server": ("runs on the server", "Run on Server"), "Client": ("runs on the owning client", "Run on owning Client"), "Multicast": ("is multicast", "Multicast")}


@trigger("network")
def replicated_event(scene: Scene) -> Trigger:
    where, (said, terse) = scene.draw.pick(tuple(REPLICATED.items()))
    name = f"{where}{scene.draw.fresh(words.EVENT_NAMES)}"
    is_reliable = scene.draw.chance(0.7)
    _begin(scene, "Event_Custom", Name=name, Replicates=Word(where), **({"Reliable": True} if is_reliable else {}))
    how = "reliable" if is_reliable else "unreliable"
    return Trigger(f"when the {how} custom event {name}, which {said}, is called", f"custom event {name} ({terse}, {how})")


@trigger("axis")
def axis(scene: Scene) -> Trigger:
    name = scene.draw.pick(("MoveForward", "MoveRight", "Turn", "LookUp", "Throttle", "Steer", "Zoom", "Lean", "Strafe", "Roll"))
    node = _begin(scene, "Event_InputAxis", Axis=name)
    scene.offer("the axis value", "Float", node["AxisValue"])
    return Trigger(scene.draw.pick((f"on the legacy input axis {name}", f"when the legacy axis {name} comes in")), f"legacy axis {name}")


@trigger("input")
def key_with_control(scene: Scene) -> Trigger:
    key, modifier = scene.draw.fresh(words.LETTER_KEYS), scene.draw.pick(("Ctrl", "Alt", "Shift"))
    _begin(scene, "Event_InputKey", "Pressed", **{"Key": key, modifier: True})
    return Trigger(scene.draw.pick((f"when {modifier}+{key} is pressed", f"on {modifier}+{key}", f"on pressing {modifier}+{key}")), f"{modifier}+{key}")


# -- other Blueprints

def _other_blueprint(scene: Scene) -> tuple[str, PinRef, str]:
    """(class, the object, words): a variable of a project's class."""
    name = scene.draw.pick(words.CLASSES)
    variable = scene.document.variable(scene.draw.fresh(words.REFERENCES), name)
    return name, scene.get(variable), scene.mention(variable, name)


@step_of("other")
def call_other(scene: Scene) -> Clause:
    name, target, text = _other_blueprint(scene)
    event = scene.draw.pick(words.EVENT_NAMES)
    scene.step("Call", {"Function": event, "Class": Word(name)}, Target=target)
    return Clause(scene.draw.pick((f"call the event {event} of {text}", f"call {event} on {text}", f"trigger the event {event} of {text}")))


@step_of("other")
def call_other_with_value(scene: Scene) -> Clause:
    name, target, text = _other_blueprint(scene)
    event, (parameter, kind) = scene.draw.pick(words.EVENT_NAMES), scene.draw.pick(PARAMETERS)
    value, said = (kinds.real(1, 100, wired=0.15) if kind == "Float" else kinds.whole(1, 100, wired=0.15)).argument(scene)
    scene.step("Call", {"Function": event, "Class": Word(name), "Params": params(**{parameter: kind})}, Target=target, **{parameter: value})
    return Clause(f"call the event {event} ({kinds.type_noun(kind)} parameter {parameter}) of {text} with {said}")


@step_of("other")
def send_message(scene: Scene) -> Clause:
    target, text = kinds.other_actor(scene)
    message, interface = scene.draw.pick(words.EVENT_NAMES), f"BPI_{scene.draw.pick(words.THINGS)}"
    scene.step("CallInterface", {"Function": message, "Interface": Word(interface)}, Target=target)
    return Clause(scene.draw.pick((f"send the interface message {message} of {interface} to {text}", f"call the interface message {message} of {interface} on {text}")))


@block("cast")
def cast_to_own_class(scene: Scene, steps: Steps) -> str:
    """Cast what is there to a class of the project and use it."""
    offered = scene.offered("Actor")
    pin, text = (offered[-1].pin, offered[-1].text) if offered else (scene.shared("GetPlayerPawn")["ReturnValue"], "the player pawn")
    name, event = scene.draw.pick(words.CLASSES), scene.draw.pick(words.EVENT_NAMES)
    node = scene.step(f"CastTo{name}", then=None, Object=pin)
    scene.flow = node["Then"]
    scene.step("Call", {"Function": event, "Class": Word(name)}, Target=node[f"As{name}"])
    return scene.draw.pick((f"cast {text} to {name} and call its event {event}", f"cast {text} to {name}; on success call the event {event} of it"))


# -- network and validity

@block("network")
def with_authority(scene: Scene, steps: Steps) -> str:
    node = scene.step("SwitchHasAuthority", then=None)
    has_remote = goes_on(scene, 0.3)
    body = scoped(scene, node["Authority"], steps, is_last=not has_remote)
    if has_remote:
        return f"use Switch Has Authority: with authority {body}, on remote {scoped(scene, node['Remote'], steps)}"
    return scene.draw.pick((f"only with authority (Switch Has Authority), {body}", f"with authority (Switch Has Authority) {body}", f"switch on authority and, with authority, {body}"))


@condition
def near_player(scene: Scene) -> Condition | None:
    if scene.document.parent not in kinds.ACTOR_PARENTS:
        return None
    node = scene.draw.pick(("Less", "Greater"))
    limit = float(scene.draw.whole(50, 3000))
    distance = scene.pure("GetDistanceTo", OtherActor=scene.shared("GetPlayerPawn")["ReturnValue"])["ReturnValue"]
    pin = scene.pure(node, A=distance, B=limit)["ReturnValue"]
    return Condition(pin, f"the distance to the player pawn {scene.draw.pick(COMPARED[node])} {number_text(limit)}")


# -- widgets

@step_of("ui")
def set_label(scene: Scene) -> Clause:
    """A text block shows a text, or a number as it is."""
    block_name = scene.variable_of("TextBlock", reuse=0.7)
    target, text = scene.get(block_name), scene.mention(block_name, "TextBlock")
    if scene.draw.chance(0.5):
        shown = kinds.message_text(scene.draw)
        scene.step("SetText", Target=target, InText=shown)
        return Clause(f'set the text of {text} to "{shown}"')
    kind = scene.draw.pick(("Int", "Float"))
    name = scene.variable_of(kind)
    scene.step("SetText", Target=target, InText=scene.get(name))
    return Clause(f"set the text of {text} to {scene.mention(name, kinds.type_noun(kind))}")


@step_of("ui")
def fill_bar(scene: Scene) -> Clause:
    bar, part, whole = scene.variable_of("ProgressBar", reuse=0.7), scene.variable_of("Float"), scene.variable_of("Float", reuse=0.0)
    share = scene.pure("Divide", A=scene.get(part), B=scene.get(whole))["ReturnValue"]
    scene.step("SetPercent", Target=scene.get(bar), InPercent=share)
    return Clause(f"set the percent of {scene.mention(bar, 'ProgressBar')} to {scene.mention(part, 'float')} divided by {scene.mention(whole, 'float')}")


@step_of("ui")
def close_widget(scene: Scene) -> Clause:
    if scene.document.parent != "UserWidget":
        return fill_bar(scene)
    scene.step("RemoveFromParent")
    return Clause(scene.draw.pick(("remove this widget from its parent", "remove itself from its parent")))


# -- motion

@step_of("movement")
def spin_by_time(scene: Scene) -> Clause:
    """So many degrees a second."""
    offered = [source for source in scene.offered("Float") if source.text == "the delta seconds"]
    if not offered or scene.document.parent not in kinds.ACTOR_PARENTS:
        return face_player(scene)
    axis_name, speed = scene.draw.pick(("Yaw", "Yaw", "Pitch", "Roll")), float(scene.draw.whole(5, 360))
    turned = scene.pure("Multiply", A=offered[0].pin, B=speed)["ReturnValue"]
    scene.step("AddActorLocalRotation", DeltaRotation=scene.pure("MakeRotator", **{axis_name: turned})["ReturnValue"])
    return Clause(scene.draw.pick((f"rotate this actor locally by a {axis_name.lower()} of {number_text(speed)} times the delta seconds",
                                   f"add a local rotation with the {axis_name.lower()} delta seconds times {number_text(speed)}")))


@step_of("movement")
def face_player(scene: Scene) -> Clause:
    if scene.document.parent not in kinds.ACTOR_PARENTS:
        return move_to_place(scene)
    start = scene.pure("GetActorLocation")["ReturnValue"]
    end = scene.pure("GetActorLocation", Target=scene.shared("GetPlayerPawn")["ReturnValue"])["ReturnValue"]
    scene.step("SetActorRotation", NewRotation=scene.pure("FindLookAtRotation", Start=start, Target=end)["ReturnValue"])
    return Clause("set this actor's rotation to the look-at rotation from its own location to the location of the player pawn")


@step_of("movement")
def move_to_place(scene: Scene) -> Clause:
    target, text = kinds.other_actor(scene)
    name = scene.variable_of("Vector")
    scene.step("SetActorLocation", Target=target, NewLocation=scene.get(name))
    place = scene.mention(name, "vector")
    return Clause(scene.draw.pick((f"move {text} to {place}", f"set the location of {text} to {place}")))


@step_of("state")
def remember_place(scene: Scene) -> Clause:
    if scene.document.parent not in kinds.ACTOR_PARENTS:
        return move_to_place(scene)
    name = scene.variable_of("Vector")
    scene.set(name, scene.pure("GetActorLocation")["ReturnValue"])
    noun = scene.mention(name, "vector")
    return Clause(scene.draw.pick((f"store this actor's location in {noun}", f"store its own location in {noun}", f"set {noun} to this actor's location")))


@step_of("state")
def roll_number(scene: Scene) -> Clause:
    name, low = scene.variable_of("Int"), scene.draw.integer(0, 10)
    high = low + scene.draw.integer(2, 50)
    scene.set(name, scene.pure("RandomIntegerInRange", Min=low, Max=high)["ReturnValue"])
    return Clause(f"set {scene.mention(name, 'integer')} to a random integer between {low} and {high}")
