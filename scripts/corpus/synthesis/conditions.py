"""What a Branch or a loop asks: a boolean pin and the words for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.phrase import COMPARED, COMPARING, ORDERING, number_text
from corpus.synthesis.scene import Scene
from utils.dsl.ast import PinRef


@dataclass(frozen=True)
class Condition:
    """`text` follows "if"."""

    pin: PinRef
    text: str


Ask = Callable[[Scene], "Condition | None"]
CONDITIONS: list[Ask] = []


def condition(ask: Ask) -> Ask:
    CONDITIONS.append(ask)
    return ask


def draw_condition(scene: Scene, may_join: bool = True) -> Condition:
    if may_join and scene.draw.chance(0.18):
        return _joined(scene)
    while True:
        made = scene.draw.pick(CONDITIONS)(scene)
        if made:
            return made


def _joined(scene: Scene) -> Condition:
    first, second = draw_condition(scene, False), draw_condition(scene, False)
    node, word = scene.draw.pick((("BooleanAND", "and"), ("BooleanOR", "or")))
    both = "both " if word == "and" and scene.draw.chance(0.3) else ""
    return Condition(scene.pure(node, A=first.pin, B=second.pin)["ReturnValue"], f"{both}{first.text} {word} {second.text}")


@condition
def number_compared(scene: Scene) -> Condition:
    is_real = scene.draw.chance(0.5)
    pin, text = kinds.wired_value(scene, "Float" if is_real else "Int")
    value, words_for = (kinds.real(0, 200, wired=0) if is_real else kinds.whole(0, 100, wired=0)).argument(scene)
    node = scene.draw.pick(ORDERING if is_real else COMPARING)
    return Condition(scene.pure(node, A=pin, B=value)["ReturnValue"], f"{text} {scene.draw.pick(COMPARED[node])} {words_for}")


@condition
def flag(scene: Scene) -> Condition:
    name = scene.variable_of("Bool")
    return Condition(scene.get(name), scene.draw.pick((f"{name} is true", f"the boolean {name} is true", f"the flag {name} is set")))


@condition
def flag_is_false(scene: Scene) -> Condition:
    name = scene.variable_of("Bool")
    pin = scene.pure("Not_PreBool", A=scene.get(name))["ReturnValue"]
    return Condition(pin, scene.draw.pick((f"{name} is not true", f"the boolean {name} is not true", f"not {name}")))


@condition
def has_tag(scene: Scene) -> Condition:
    pin, text = kinds.other_actor(scene)
    tag = scene.draw.pick(words.TAGS)
    node = scene.pure("ActorHasTag", Target=pin, Tag=tag)
    return Condition(node["ReturnValue"], scene.draw.pick((f"{text} has the tag {tag}", f"{text} is tagged {tag}", f"{text} has the actor tag {tag}")))


@condition
def is_player(scene: Scene) -> Condition | None:
    offered = scene.offered("Actor")
    if not offered:
        return None
    source = scene.draw.pick(offered)
    node = scene.pure("EqualEqual", A=source.pin, B=scene.shared("GetPlayerPawn")["ReturnValue"])
    return Condition(node["ReturnValue"], scene.draw.pick((f"{source.text} is the player pawn", f"{source.text} is the player's pawn", f"{source.text} is the player")))


@condition
def is_valid(scene: Scene) -> Condition:
    name = scene.variable_of("Actor")
    node = scene.pure("IsValid", Object=scene.get(name))
    return Condition(node["ReturnValue"], scene.draw.pick((f"the actor variable {name} is valid", f"{name} (actor variable) is valid")))


@condition
def by_chance(scene: Scene) -> Condition:
    value = scene.draw.pick((0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9))
    node = scene.pure("RandomBoolWithWeight", Weight=value)
    return Condition(node["ReturnValue"], f"a random boolean with weight {number_text(value)} is true")


@condition
def array_contains(scene: Scene) -> Condition:
    name = scene.variable_of("Array<String>")
    text, shown = kinds.message(wired=0).argument(scene)
    node = scene.pure("Array_Contains", TargetArray=scene.get(name), ItemToFind=text)
    return Condition(node["ReturnValue"], scene.draw.pick((f"the string array {name} contains {shown}", f"{shown} is in the string array {name}")))
