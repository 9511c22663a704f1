"""Values for input pins: a literal, a variable, what an event gave, or a small expression, each with its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import number_text, quoted
from corpus.synthesis.scene import Scene
from corpus.synthesis import vocabulary as words
from utils.dsl.ast import PinRef, Struct, Value, Word

Literal = tuple[Value, str]
Argument = tuple[Value | PinRef | None, str]
"""What goes on the pin (None: leave it, it means this Blueprint itself) and how the text calls it."""


@dataclass(frozen=True)
class Kind:
    """What a pin takes: its DSL type and how literals for it are drawn.

    wired  chance that the value comes from the graph and not from a literal (1.0: it must)
    """

    type: str
    literal: Callable[[Draw], Literal] | None = None
    wired: float = 0.25
    is_named: bool = True
    """Whether variables of this type may stand in."""

    def argument(self, scene: Scene) -> Argument:
        if self.literal and not scene.draw.chance(self.wired):
            return self.literal(scene.draw)
        return wired_value(scene, self.type) if self.is_named else self.literal(scene.draw)


def wired_value(scene: Scene, kind: str) -> Argument:
    """A value of this type from the graph: what stands ready, an expression, or a variable."""
    from corpus.synthesis.expressions import expression

    offered = scene.offered(kind)
    if offered and scene.draw.chance(0.6):
        source = scene.draw.pick(offered)
        return source.pin, source.text
    if scene.draw.chance(0.04 if scene.depth else 0.3) and (made := expression(scene, kind)):
        return made
    variable = scene.variable_of(kind, reuse=0.25)
    return scene.get(variable), scene.mention(variable, type_noun(kind))


NOUNS = {"Float": "float", "Int": "integer", "Bool": "boolean", "String": "string", "Name": "name", "Vector": "vector", "Rotator": "rotator", "Actor": "actor",
         "Text": "text", "Transform": "transform"}


def type_noun(kind: str) -> str:
    """The type in an instruction: it must be there, since it is in the answer."""
    if kind.startswith("Array<"):
        return f"{type_noun(kind[6:-1])} array"
    return NOUNS.get(kind, kind)


def real(low: float, high: float, digits: int = 1, wired: float = 0.25) -> Kind:
    def literal(draw: Draw) -> Literal:
        value = draw.real(low, high, digits)
        return value, number_text(value)

    return Kind("Float", literal, wired)


def whole(low: int, high: int, wired: float = 0.25) -> Kind:
    def literal(draw: Draw) -> Literal:
        value = draw.whole(low, high)
        return value, str(value)

    return Kind("Int", literal, wired)


def one_of(items: Sequence[str], kind: str = "String", wired: float = 0.0, is_quoted: bool = False) -> Kind:
    def literal(draw: Draw) -> Literal:
        value = draw.pick(items)
        return value, quoted(draw, value) if is_quoted else value

    return Kind(kind, literal, wired, is_named=wired > 0)


def enumerator(*choices: tuple[str, str]) -> Kind:
    """choices: (enumerator, words for it)."""
    def literal(draw: Draw) -> Literal:
        name, text = draw.pick(choices)
        return Word(name), text

    return Kind("Enum", literal, 0.0, is_named=False)


def vector(scale: float, wired: float = 0.3) -> Kind:
    def literal(draw: Draw) -> Literal:
        parts = [component(draw, scale) for _ in "XYZ"]
        if not any(parts):
            parts[2] = float(draw.whole(1, max(1, int(scale))))
        return Struct(tuple(zip("XYZ", parts))), vector_text(draw, parts)

    return Kind("Vector", literal, wired)


def component(draw: Draw, scale: float) -> float:
    if draw.chance(0.45):
        return 0.0
    value = draw.whole(1, int(scale)) if scale >= 10 else draw.real(0.1, scale)
    return float(-value if draw.chance(0.2) else value)


def vector_text(draw: Draw, parts: Sequence[float]) -> str:
    x, y, z = map(number_text, parts)
    return draw.pick((f"({x}, {y}, {z})", f"X={x} Y={y} Z={z}", f"X {x}, Y {y}, Z {z}", f"({x}, {y}, {z})"))


def rotator(wired: float = 0.25) -> Kind:
    def literal(draw: Draw) -> Literal:
        axis = draw.pick(("Pitch", "Yaw", "Yaw", "Yaw", "Roll"))
        value = float(draw.pick((15, 30, 45, 60, 90, 120, 135, 180, 270, -45, -90, 5, 10, 20, draw.integer(1, 359))))
        parts = tuple((name, value if name == axis else 0.0) for name in ("Pitch", "Yaw", "Roll"))
        return Struct(parts), draw.pick((f"{number_text(value)} degrees of {axis.lower()}", f"a {axis.lower()} of {number_text(value)}",
                                         f"{axis.lower()} {number_text(value)}"))

    return Kind("Rotator", literal, wired)


def message(wired: float = 0.12) -> Kind:
    """What is printed or shown."""
    def literal(draw: Draw) -> Literal:
        text = message_text(draw)
        return text, quoted(draw, text)

    return Kind("String", literal, wired)


def message_text(draw: Draw) -> str:
    """A listed message or a composed one. There are hundreds of thousands: what stands in quotes is to be copied, not known."""
    if draw.chance(0.25):
        return draw.pick(words.MESSAGES)
    if draw.chance(0.3):
        return f"{draw.pick(words.SUBJECTS)} {draw.pick(words.STATES)}"
    text = draw.pick(words.PHRASES).format(t=draw.pick(words.THINGS), s=draw.pick(words.STATES), a=draw.pick(words.ADJECTIVES), n=draw.integer(2, 99))
    return text[:1].upper() + text[1:] if draw.chance(0.9) else text.lower()


def actor(allow_self: bool = True) -> Kind:
    return ActorKind("Actor", None, 1.0, True) if allow_self else OtherActorKind("Actor", None, 1.0, True)


class ActorKind(Kind):
    """An actor to act on: this one, one from the trigger, the player's pawn, or one kept in a variable."""

    def argument(self, scene: Scene) -> Argument:
        if scene.document.parent in ACTOR_PARENTS and scene.draw.chance(0.5):
            return None, scene.draw.pick(("itself", "this actor", "the actor itself", "self"))
        return other_actor(scene)


class OtherActorKind(Kind):
    """An actor other than this one."""

    def argument(self, scene: Scene) -> Argument:
        return other_actor(scene)


ACTOR_PARENTS = ("Actor", "Pawn", "Character")


def other_actor(scene: Scene) -> Argument:
    offered = scene.offered("Actor")
    if offered and scene.draw.chance(0.65):
        source = scene.draw.pick(offered)
        return source.pin, source.text
    if scene.draw.chance(0.4):
        return scene.shared("GetPlayerPawn")["ReturnValue"], scene.draw.pick(("the player pawn", "the player", "the player's pawn"))
    variable = scene.variable_of("Actor")
    return scene.get(variable), scene.mention(variable, "actor")


def component_of(kind: str) -> Kind:
    """A component, kept in a variable of its type."""
    return ComponentKind(kind, None, 1.0, True)


class ComponentKind(Kind):
    def argument(self, scene: Scene) -> Argument:
        variable = scene.variable_of(self.type, reuse=0.7)
        return scene.get(variable), scene.mention(variable, type_noun(self.type))


BOOL = Kind("Bool", lambda draw: (True, "true"), 0.5)


COLOURS = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0), "yellow": (1.0, 1.0, 0.0), "cyan": (0.0, 1.0, 1.0),
           "magenta": (1.0, 0.0, 1.0), "orange": (1.0, 0.5, 0.0), "white": (1.0, 1.0, 1.0), "black": (0.0, 0.0, 0.0)}


def colour() -> Kind:
    """A colour by name, its linear value in parentheses, since both can be meant."""
    def literal(draw: Draw) -> Literal:
        name = draw.pick(tuple(COLOURS))
        red, green, blue = COLOURS[name]
        return Struct((("R", red), ("G", green), ("B", blue), ("A", 1.0))), f"{name} (R={number_text(red)}, G={number_text(green)}, B={number_text(blue)})"

    return Kind("LinearColor", literal, 0.0, is_named=False)


class FlagKind(Kind):
    """A boolean variable as a question: "bIsOpen is true"."""

    def argument(self, scene: Scene) -> Argument:
        name = scene.variable_of("Bool")
        return scene.get(name), f"the boolean {name} is true"


FLAG = FlagKind("Bool", None, 1.0)


@dataclass(frozen=True)
class NodeKind(Kind):
    """The output of a node that needs no inputs and no words of its own."""

    node: str = ""

    def argument(self, scene: Scene) -> Argument:
        return scene.shared(self.node)["ReturnValue"], ""


def from_node(node: str) -> Kind:
    return NodeKind("Float", None, 1.0, True, node)
