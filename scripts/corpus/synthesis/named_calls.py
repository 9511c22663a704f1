"""Steps and values over the breadth of the catalogue: functions of the classes that games use, asked for by their names.

The tables of `actions` and `expressions` know some 250 functions by the words that people have for them. These here have
their own names, as they are written ("SetLinearDamping") or spoken ("the linear damping"), so that a model learns to find a
node by its name instead of learning so many by heart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.actions import step_of
from corpus.synthesis.arguments import Argument, Kind, Literal
from corpus.synthesis.conditions import Condition, condition
from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import Clause, listed, spoken
from corpus.synthesis.scene import Scene
from utils.blueprint_patterns import Scope, load_catalogue
from utils.catalogue.data import short_name
from utils.catalogue.shape import Pin, Shape
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Value

TARGETS = ("Actor", "Pawn", "Character", "SceneComponent", "PrimitiveComponent", "StaticMeshComponent", "SkeletalMeshComponent", "CharacterMovementComponent",
           "ProjectileMovementComponent", "SpringArmComponent", "AudioComponent", "PointLightComponent", "SpotLightComponent", "LightComponent", "CameraComponent",
           "BoxComponent", "SphereComponent", "CapsuleComponent", "SplineComponent", "NiagaraComponent", "TextRenderComponent", "WidgetComponent", "DecalComponent",
           "PlayerController", "Controller", "AIController", "GameModeBase", "GameStateBase", "PlayerState", "PlayerCameraManager", "BlackboardComponent",
           "UserWidget", "Widget", "TextBlock", "ProgressBar", "Slider", "CheckBox", "Image", "Button", "ScrollBox", "WidgetSwitcher", "MediaPlayer",
           "PhysicsConstraintComponent", "RotatingMovementComponent", "FloatingPawnMovement", "StaticMeshActor", "ExponentialHeightFogComponent")
LIBRARIES = ("GameplayStatics", "KismetSystemLibrary", "KismetMathLibrary", "KismetStringLibrary")
LIBRARY_FRAC = 0.25
MAX_INPUTS = 4
# Nodes of other forms (operators, struct makers, conversions), and what only the engine's own code calls.
OTHER_FORMS = ("Make", "Break", "Conv", "Equal", "NotEqual", "Receive", "Debug", "Dump", "Print", "Select")
# Verbs that a function's spoken name may begin a clause with; others are called by their names.
VERBS = {"set", "add", "remove", "clear", "reset", "stop", "start", "play", "pause", "activate", "deactivate", "enable", "disable", "update", "toggle", "move", "attach",
         "detach", "launch", "open", "close", "show", "hide", "spawn", "apply", "rotate", "force", "wake", "put", "snap", "teleport", "consume"}


def _flag(draw: Draw) -> Literal:
    value = draw.chance(0.7)
    return value, str(value).lower()


VALUES: dict[str, Kind] = {
    "Float": kinds.real(0, 100, wired=0.15), "Int": kinds.whole(0, 100, wired=0.15), "Bool": Kind("Bool", _flag, 0.1),
    "Vector": kinds.vector(1000, wired=0.2), "Rotator": kinds.rotator(wired=0.2), "String": kinds.message(), "Name": kinds.one_of(words.TAGS),
    "Actor": kinds.actor(allow_self=False), "LinearColor": kinds.colour(), "Text": kinds.message(wired=0)}
RESULTS = ("Float", "Int", "Bool", "Vector", "Rotator", "String")


class Call(NamedTuple):
    """What goes on the pins; words for the target ("" for none), and for each value by the word for its pin."""

    inputs: dict[str, Value | PinRef]
    on: str
    said: dict[str, str]

    @property
    def tail(self) -> str:
        """"with width 4 and height 70", after a blank; "" for no values."""
        return f" with {listed([f'{pin} {value}' for pin, value in self.said.items()])}" if self.said else ""


@dataclass(frozen=True)
class Called:
    """A function that a row can call: its node type, the class to call it on ("" for a library), what it takes and gives."""

    node: str
    target: str
    inputs: tuple[tuple[str, Kind], ...]
    result: str
    is_step: bool

    @property
    def name(self) -> str:
        return self.node.rpartition(".")[2]

    def call(self, scene: Scene) -> Call:
        taken, on = {}, ""
        if self.target:
            taken["Target"], on = kinds.actor().argument(scene) if self.target == "Actor" else kinds.component_of(self.target).argument(scene)
        said = {}
        is_exact = scene.draw.chance(0.5)
        for pin, kind in self.inputs:
            taken[pin], said[pin if is_exact else spoken(pin)] = kind.argument(scene)
        return Call({pin: value for pin, value in taken.items() if value is not None}, on, said)


@lru_cache(maxsize=1)
def table() -> dict[str, list[Called]]:
    """Class or library -> its functions, those that a row can say and wire."""
    catalogue = load_catalogue()
    scope = Scope.of(Blueprint("BP_New"), Graph("EventGraph"))
    found: dict[str, list[Called]] = {}
    for function in catalogue.function_names.functions():
        owner = short_name(function.owner)
        if owner not in TARGETS and owner not in LIBRARIES or "_" in function.name.removeprefix("K2_") or function.name.removeprefix("K2_").startswith(OTHER_FORMS):
            continue
        node = catalogue.function_names.of_function(*function)
        one = _callable(owner, node, catalogue.shape(Node("n1", node), scope))
        if one:
            found.setdefault(owner, []).append(one)
    return {owner: sorted(found[owner], key=lambda one: one.node) for owner in sorted(found)}


def _callable(owner: str, node: str, shape: Shape) -> Called | None:
    inputs = [pin for pin in shape.data_inputs if not pin.is_hidden and pin.name != "Target"]
    outputs = [pin for pin in shape.data_outputs if not pin.is_hidden]
    exits = [pin.name for pin in shape.exec_outputs]
    told = [(pin.name, _kind(pin)) for pin in inputs if not pin.is_advanced]
    is_sayable = len(told) <= MAX_INPUTS and all(kind for _, kind in told) and not any(pin.is_by_ref and not pin.is_const for pin in inputs)
    if not is_sayable or exits not in ([], ["Then"]):
        return None
    result = str(load_catalogue().type_ref(outputs[0].type)) if len(outputs) == 1 and outputs[0].name == "ReturnValue" else ""
    if not exits and result not in RESULTS:
        return None
    return Called(node, owner if owner in TARGETS else "", tuple(told), result, bool(exits))


def _kind(pin: Pin) -> Kind | None:
    if pin.type.container:
        return None
    if pin.type.kind == "enum":
        names = [name for name in load_catalogue().data.enumerators(pin.type.name) or () if not name.upper().endswith("_MAX")]
        return kinds.enumerator(*((name, name) for name in names)) if names else None
    name = str(load_catalogue().type_ref(pin.type))
    if name in VALUES:
        return VALUES[name]
    return kinds.component_of(name) if name in words.VARIABLE_NAMES and pin.type.kind == "object" else None


def _draw(scene: Scene, *, is_step: bool, result: str = "") -> Called | None:
    owners = tuple(table())
    for _ in range(12):
        owner = scene.draw.pick(LIBRARIES if scene.draw.chance(LIBRARY_FRAC) else owners)
        one = scene.draw.pick(table()[owner])
        if one.is_step == is_step and (not result or one.result == result):
            return one
    return None


@step_of("named")
def named_step(scene: Scene) -> Clause:
    one = None
    while one is None:
        one = _draw(scene, is_step=True)
    call = one.call(scene)
    scene.step(one.node, **call.inputs)
    verb, _, rest = spoken(one.name).partition(" ")
    if verb == "set" and rest and len(call.said) == 1 and call.on and scene.draw.chance(0.7):
        value, = call.said.values()
        return Clause(f"set the {rest} of {call.on} to {value}")
    name = one.name if scene.draw.chance(0.6) or verb not in VERBS else f"{verb} {rest}".strip()
    head = f"call {name}" if name == one.name else name
    return Clause(head + (f" on {call.on}" if call.on else "") + call.tail)


def named_value(scene: Scene, kind: str) -> Argument | None:
    """What a function without execution gives, in words, or None where none was drawn."""
    one = _draw(scene, is_step=False, result=kind)
    if one is None:
        return None
    scene.depth += 1
    call = one.call(scene)
    scene.depth -= 1
    node = scene.pure(one.node, **call.inputs)
    verb, _, rest = spoken(one.name).partition(" ")
    head = f"the {rest}" if verb == "get" and rest and scene.draw.chance(0.6) else f"the result of {one.name}"
    return node["ReturnValue"], head + (f" of {call.on}" if call.on else "") + call.tail


@condition
def named_condition(scene: Scene) -> Condition | None:
    made = named_value(scene, "Bool")
    return Condition(made[0], f"{made[1]} is true") if made else None
