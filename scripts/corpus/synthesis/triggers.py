"""What starts an execution: the event node, what it gives, and how people say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.synthesis import vocabulary as words
from corpus.synthesis.builder import params
from corpus.synthesis.scene import Scene


@dataclass(frozen=True)
class Trigger:
    """`when` is a clause ("when the game starts"), `terse` a label ("BeginPlay")."""

    when: str
    terse: str


Start = Callable[[Scene], Trigger]
TRIGGERS: dict[str, list[Start]] = {}


def trigger(family: str) -> Callable[[Start], Start]:
    def register(start: Start) -> Start:
        TRIGGERS.setdefault(family, []).append(start)
        return start

    return register


def _begin(scene: Scene, kind: str, then: str = "Then", **properties: object) -> object:
    node = scene.graph.node(kind, properties)
    scene.flow = node[then]
    return node


def _simple(family: str, kind: str, terse: str, whens: tuple[str, ...], outputs: tuple[tuple[str, str, str], ...] = (), parent: str | None = None) -> None:
    """outputs: (pin, DSL type, words)."""
    def start(scene: Scene) -> Trigger:
        if parent:
            scene.document.parent = parent
        node = _begin(scene, kind)
        for pin, type_name, text in outputs:
            scene.offer(text, type_name, node[pin])
        return Trigger(scene.draw.pick(whens), terse)

    TRIGGERS.setdefault(family, []).append(start)


_simple("start", "Event_BeginPlay", "BeginPlay", ("when the game starts", "when the game starts", "on BeginPlay", "on BeginPlay", "at the start of the game", "as soon as play begins", "when play begins", "at game start", "as soon as the level begins", "right at the start"))
_simple("end", "Event_EndPlay", "EndPlay", ("when it is removed from the game", "on EndPlay", "when play ends for this actor"))
_simple("end", "Event_Destroyed", "Destroyed", ("when this actor is destroyed", "on Destroyed", "as it gets destroyed"))
_simple("tick", "Event_Tick", "Tick", ("every frame", "every tick", "on Tick", "each tick", "each frame", "on every tick"), (("DeltaSeconds", "Float", "the delta seconds"),))
_simple("overlap", "Event_ActorBeginOverlap", "ActorBeginOverlap", ("when another actor overlaps this one", "when an actor overlaps this one", "on begin overlap", "on begin overlap", "when something overlaps this actor", "on ActorBeginOverlap", "as soon as an actor overlaps it", "whenever something touches it (begin overlap)"), (("OtherActor", "Actor", "the other actor"),))
_simple("overlap", "Event_ActorEndOverlap", "ActorEndOverlap", ("when an actor stops overlapping this one", "on end overlap", "on ActorEndOverlap", "when the overlap with another actor ends"), (("OtherActor", "Actor", "the other actor"),))
_simple("damage", "Event_AnyDamage", "AnyDamage", ("when it takes damage", "on AnyDamage", "on any damage", "whenever this actor takes any damage", "when this actor is damaged"), (("Damage", "Float", "the damage"), ("DamageCauser", "Actor", "the damage causer")))
_simple("damage", "Event_PointDamage", "PointDamage", ("when it takes point damage", "on PointDamage"), (("Damage", "Float", "the damage"), ("DamageCauser", "Actor", "the damage causer"), ("HitLocation", "Vector", "the hit location")))
_simple("hit", "Event_Hit", "Hit", ("when it is hit", "on Hit", "when this actor is hit", "when this actor hits something"), (("Other", "Actor", "the other actor"), ("HitLocation", "Vector", "the hit location"), ("HitNormal", "Vector", "the hit normal")))
_simple("pawn", "Event_Possessed", "Possessed", ("when this pawn is possessed", "on Possessed"), parent="Pawn")
_simple("pawn", "Event_OnLanded", "OnLanded", ("when the character lands", "on landed"), parent="Character")
_simple("pawn", "Event_OnJumped", "OnJumped", ("when the character jumps", "on jumped"), parent="Character")
_simple("cursor", "Event_ActorBeginCursorOver", "ActorBeginCursorOver", ("when the mouse cursor moves over this actor", "on ActorBeginCursorOver"))
_simple("cursor", "Event_ActorEndCursorOver", "ActorEndCursorOver", ("when the mouse cursor leaves this actor", "on ActorEndCursorOver"))
_simple("cursor", "Event_ActorOnClicked", "ActorOnClicked", ("when this actor is clicked", "on ActorOnClicked"))
_simple("widget", "Event_Construct", "Construct", ("when the widget is constructed", "on Construct"), parent="UserWidget")


def key_text(key: str) -> str:
    return words.KEY_TEXTS.get(key) or (f"the {key} key" if len(key) > 1 else key)


@trigger("input")
def key(scene: Scene) -> Trigger:
    name = scene.draw.fresh(words.KEYS)
    pin = "Pressed" if scene.draw.chance(0.75) else "Released"
    _begin(scene, "Event_InputKey", pin, Key=name)
    return Trigger(scene.draw.pick((f"when {key_text(name)} is {pin.lower()}", f"when the {name} key is {pin.lower()}", f"on {name} {pin.lower()}", f"on {'pressing' if pin == 'Pressed' else 'releasing'} {name}",
                                    f"as soon as {key_text(name)} is {pin.lower()}")), f"{name} {pin}")


@trigger("input")
def legacy_action(scene: Scene) -> Trigger:
    name = scene.draw.fresh(words.LEGACY_ACTIONS)
    pin = "Pressed" if scene.draw.chance(0.75) else "Released"
    _begin(scene, "Event_InputAction", pin, Action=name)
    return Trigger(scene.draw.pick((f"when the input action {name} is {pin.lower()}", f"on input action {name} {pin.lower()}")), f"InputAction {name} {pin}")


@trigger("input")
def enhanced_action(scene: Scene) -> Trigger:
    name = "IA_" + scene.draw.fresh(words.LEGACY_ACTIONS)
    pin = scene.draw.pick(("Triggered", "Triggered", "Started", "Completed", "Canceled"))
    _begin(scene, "Event_EnhancedInput", pin, Action=name)
    said = {"Triggered": "is triggered", "Started": "starts", "Completed": "completes", "Canceled": "is canceled"}[pin]
    return Trigger(scene.draw.pick((f"when {name} {said}", f"when the enhanced input action {name} {said}", f"as {name} {said}")), f"{name} {pin}")


@trigger("custom")
def custom_event(scene: Scene) -> Trigger:
    name = scene.draw.fresh(words.EVENT_NAMES)
    _begin(scene, "Event_Custom", Name=name)
    return Trigger(scene.draw.pick((f"when the custom event {name} is called", f"in a custom event {name}", f"on the custom event {name}")), f"custom event {name}")


@trigger("custom")
def custom_event_with_parameter(scene: Scene) -> Trigger:
    name = scene.draw.fresh(words.EVENT_NAMES)
    parameter, kind = scene.draw.pick((("Amount", "Float"), ("Count", "Int"), ("Value", "Float"), ("Text", "String"), ("Who", "Actor"), ("Instigator", "Actor"), ("Points", "Int"), ("Place", "Vector"), ("Delta", "Float")))
    node = scene.graph.node("Event_Custom", {"Name": name, "Params": params(**{parameter: kind})})
    scene.flow = node["Then"]
    scene.offer(f"{parameter}", kind, node[parameter])
    noun = {"Float": "float", "Int": "integer", "String": "string", "Actor": "actor", "Vector": "vector"}[kind]
    return Trigger(scene.draw.pick((f"when the custom event {name} with the {noun} parameter {parameter} is called", f"in a custom event {name} ({parameter}: {kind})",
                                    f"on the custom event {name} that takes the {noun} {parameter}")), f"custom event {name}({parameter}: {kind})")


@trigger("component")
def component_overlap(scene: Scene) -> Trigger:
    kind = scene.draw.pick(("BoxComponent", "SphereComponent"))
    name = scene.new_variable(kind)
    is_begin = scene.draw.chance(0.7)
    event = "OnComponentBeginOverlap" if is_begin else "OnComponentEndOverlap"
    node = _begin(scene, "Event_Component", Component=name, Event=event)
    scene.offer("the other actor", "Actor", node["OtherActor"])
    verb = "begins to overlap" if is_begin else "stops overlapping"
    return Trigger(scene.draw.pick((f"when an actor {verb} the {kind} {name}", f"when something {verb} the {kind} {name}", f"on {event} of the {kind} {name}")), f"{event} ({kind} {name})")


@trigger("component")
def component_hit(scene: Scene) -> Trigger:
    name = scene.new_variable("StaticMeshComponent")
    node = _begin(scene, "Event_Component", Component=name, Event="OnComponentHit")
    scene.offer("the other actor", "Actor", node["OtherActor"])
    return Trigger(scene.draw.pick((f"when the StaticMeshComponent {name} hits something", f"on OnComponentHit of the StaticMeshComponent {name}")), f"OnComponentHit (StaticMeshComponent {name})")


# Within a family, what lessons use more comes up more.
TRIGGERS["input"] += [key] * 4 + [enhanced_action]
TRIGGERS["overlap"].append(TRIGGERS["overlap"][0])
TRIGGERS["damage"] += [TRIGGERS["damage"][0]] * 2


