"""Values at run time: what a Blueprint can work out by itself, and terms for what only a running game knows.

Numbers, texts, booleans and records (vectors, rotators, ...) are computed. A location, a random number or the length of a
list that the game gives stays a term: the function's name and its arguments, equal to another term that says the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from utils.dsl.ast import Struct, Value, Word
from utils.dsl.types import PinType

MAX_TEXT = 2_000
MAX_WEIGHT = 300
"""Characters of a text, and names and values in a term: `X = X + X` in a loop must not fill the memory."""


class RunAway(Exception):
    """The graph does not come to an end, or makes values without bound."""


@dataclass(frozen=True)
class Record:
    """A struct's value."""

    fields: tuple[tuple[str, Any], ...]

    def get(self, name: str) -> Any:
        return dict(self.fields).get(name)


@dataclass(frozen=True)
class Thing:
    """An object of the game: its class, and a name by which a trace tells it from others."""

    class_name: str
    label: str


SELF = Thing("Self", "Self")
"""The actor, widget or component that the Blueprint describes."""


@dataclass(frozen=True)
class Term:
    """Something that only a running game can work out."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    weight: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", 1 + sum(weight(value) for _, value in self.arguments))
        if self.weight > MAX_WEIGHT:
            raise RunAway

    def get(self, name: str) -> Any:
        return dict(self.arguments).get(name)


def weight(value: Any) -> int:
    if isinstance(value, Term):
        return value.weight
    if isinstance(value, Record):
        return sum(weight(item) for _, item in value.fields)
    return sum(map(weight, value)) if isinstance(value, (list, tuple)) else 1


def open_value(name: str, **arguments: Any) -> Term:
    """A term; lists in it are frozen, so that it can be compared and remembered."""
    return Term(name, tuple((key, frozen(value)) for key, value in arguments.items()))


def frozen(value: Any) -> Any:
    return tuple(map(frozen, value)) if isinstance(value, (list, tuple)) else value


def copied(value: Any) -> Any:
    """Arrays are values: whoever sets a variable to one has a copy of its own."""
    return list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value


MEMBERS = {"Vector": ("X", "Y", "Z"), "Rotator": ("Pitch", "Yaw", "Roll"), "Vector2D": ("X", "Y"), "LinearColor": ("R", "G", "B", "A")}
OBJECTS = ("object", "interface", "class")
ZEROS = {"bool": False, "int": 0, "int64": 0, "byte": 0, "float": 0.0, "string": "", "name": "None", "text": ""}


def from_literal(value: Value | None, kind: PinType | None = None) -> Any:
    """A literal of the DSL as a run-time value; None is the zero of its type."""
    if value is None:
        return zero(kind)
    if isinstance(value, Struct):
        return Record(tuple((key, _number(from_literal(item))) for key, item in value.fields))
    if isinstance(value, Word):
        return None if value.text == "None" else value.text
    if isinstance(value, tuple):
        return [from_literal(item, kind.element if kind else None) for item in value]
    return _number(value) if kind and kind.kind == "float" and not kind.container else value


def zero(kind: PinType | None) -> Any:
    if kind is None:
        return None
    if kind.container:
        return {} if kind.container == "map" else []
    if kind.kind == "struct" and kind.name in MEMBERS:
        return Record(tuple((name, 0.0) for name in MEMBERS[kind.name]))
    return ZEROS.get(kind.kind)


def given_value(given: Any, kind: PinType) -> Any:
    """A value of a test file: plain, a list, a record as an object, a thing as "Class:Name". Run-time values stay as they are."""
    if isinstance(given, list):
        return [given_value(item, kind.element) for item in given]
    if isinstance(given, dict) and kind.kind == "struct" and not kind.container:
        return Record(tuple((key, float(value)) for key, value in given.items()))
    if isinstance(given, str) and kind.kind in OBJECTS:
        return Thing(given.partition(":")[0], given.rpartition(":")[2])
    return _number(given) if kind.kind == "float" else given


def converted(value: Any, kind: PinType) -> Any:
    """What the editor's conversion makes of a value that comes over a wire from a pin of another type."""
    if value is None or kind.container:
        return value
    if kind.kind in ("string", "text", "name") and not isinstance(value, str):
        return text_of(value)
    return _number(value) if kind.kind == "float" else value


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text_of(value: Any) -> str:
    """How a trace and a conversion to text write a value."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.1f}" if math.isfinite(value) and value == int(value) else f"{value:.6g}"
        case None:
            return "None"
        case Thing():
            return value.label
        case Record():
            return "(" + ", ".join(f"{key}={text_of(item)}" for key, item in value.fields) + ")"
        case Term():
            return f"{value.name}(" + ", ".join(f"{key}={text_of(item)}" for key, item in value.arguments) + ")"
        case list() | tuple():
            return "[" + ", ".join(map(text_of, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{text_of(key)}: {text_of(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)
