"""Values at run time, and what pure nodes make of them.

Numbers, texts, booleans and records (vectors, rotators, ...) are computed. What only a running game knows (a location, a
random number, a spawned actor) stays a term: the function's name and its arguments, equal to another term that says the
same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from utils.dsl_ast import Struct, Value, Word
from utils.dsl_types import PinType


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


@dataclass(frozen=True)
class Term:
    """Something that only a running game can work out."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()


MEMBERS = {"Vector": ("X", "Y", "Z"), "Rotator": ("Pitch", "Yaw", "Roll"), "Vector2D": ("X", "Y"), "LinearColor": ("R", "G", "B", "A")}
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
    return float(value) if kind and kind.kind == "float" and isinstance(value, int) and not isinstance(value, bool) else value


def zero(kind: PinType | None) -> Any:
    if kind is None:
        return None
    if kind.container:
        return []
    if kind.kind == "struct" and kind.name in MEMBERS:
        return Record(tuple((name, 0.0) for name in MEMBERS[kind.name]))
    return ZEROS.get(kind.kind)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def text_of(value: Any) -> str:
    """How a trace and a conversion to text write a value."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6g}" if value != int(value) else f"{value:.1f}" if math.isfinite(value) else "inf"
        case None:
            return "None"
        case Thing():
            return value.label
        case Record():
            return "(" + ", ".join(f"{key}={text_of(item)}" for key, item in value.fields) + ")"
        case Term():
            return f"{value.name}(" + ", ".join(f"{key}={text_of(item)}" for key, item in value.arguments) + ")"
        case list():
            return "[" + ", ".join(map(text_of, value)) + "]"
        case _:
            return str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _arithmetic(name: str, apply: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def compute(left: Any, right: Any) -> Any:
        if _is_number(left) and _is_number(right):
            return apply(left, right)
        if isinstance(left, Record) and isinstance(right, Record):
            return Record(tuple((key, compute(item, right.get(key))) for key, item in left.fields))
        if isinstance(left, Record) and _is_number(right):
            return Record(tuple((key, compute(item, right)) for key, item in left.fields))
        if isinstance(right, Record) and _is_number(left):
            return compute(right, left)
        return Term(name, (("A", left), ("B", right)))
    return compute


def _divide(left: float, right: float) -> float:
    """Division by zero gives zero, as the engine's nodes do."""
    if right == 0:
        return 0 if isinstance(left, int) else 0.0
    return int(left / right) if isinstance(left, int) and isinstance(right, int) else left / right


def _compare(name: str, apply: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def compute(left: Any, right: Any) -> Any:
        return apply(left, right) if _is_number(left) and _is_number(right) else Term(name, (("A", left), ("B", right)))
    return compute


def _equal(left: Any, right: Any) -> Any:
    is_open = isinstance(left, Term) or isinstance(right, Term)
    return Term("Equal", (("A", left), ("B", right))) if is_open and left != right else left == right


def negated(value: Any) -> Any:
    return not value if isinstance(value, bool) else Term("Not", (("A", value),))


ARITHMETIC = {"Add": _arithmetic("Add", lambda a, b: a + b), "Subtract": _arithmetic("Subtract", lambda a, b: a - b),
              "Multiply": _arithmetic("Multiply", lambda a, b: a * b), "Divide": _arithmetic("Divide", _divide)}
COMPARISONS = {"Less": _compare("Less", lambda a, b: a < b), "Greater": _compare("Less", lambda a, b: a > b),
               "LessEqual": _compare("LessEqual", lambda a, b: a <= b), "GreaterEqual": _compare("LessEqual", lambda a, b: a >= b),
               "EqualEqual": _equal, "NotEqual": lambda a, b: negated(_equal(a, b))}
# A comparison that stays open is written one way round, so that A > B and B < A are the same term.
SWAPPED = frozenset({"Greater", "GreaterEqual"})


def operate(name: str, values: list[Any]) -> Any:
    """A promotable operator over its inputs, from left to right."""
    if name in SWAPPED and not all(map(_is_number, values)):
        return COMPARISONS[name](values[1], values[0])
    table = ARITHMETIC if name in ARITHMETIC else COMPARISONS
    result = values[0]
    for value in values[1:]:
        result = table[name](result, value)
    return result


def clamp(value: Any, low: Any, high: Any) -> Any:
    if all(map(_is_number, (value, low, high))):
        return max(low, min(high, value))
    return Term("Clamp", (("Value", value), ("Min", low), ("Max", high)))


def _numeric(name: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    """Computed for numbers, else a term."""
    return lambda *values: compute(*values) if all(map(_is_number, values)) else Term(
        name, tuple((f"{number}", value) for number, value in enumerate(values)))


def _logic(name: str, decided_by: bool) -> Callable[..., Any]:
    def compute(*values: Any) -> Any:
        if decided_by in values:
            return decided_by
        is_open = [value for value in values if not isinstance(value, bool)]
        return Term(name, tuple((f"{number}", value) for number, value in enumerate(is_open))) if is_open else not decided_by
    return compute


# Name of the function -> what it makes of its inputs in their order. Typed operators are found by their prefix.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "BooleanAND": _logic("And", False), "BooleanOR": _logic("Or", True), "Not_PreBool": negated,
    "BooleanXOR": lambda a, b: a != b, "BooleanNAND": lambda a, b: negated(_logic("And", False)(a, b)),
    "Concat_StrStr": lambda *texts: "".join(map(text_of, texts)),
    "Abs": _numeric("Abs", abs), "Abs_Int": _numeric("Abs", abs), "Sqrt": _numeric("Sqrt", lambda a: math.sqrt(max(a, 0.0))),
    "Clamp": clamp, "FClamp": clamp, "ClampAxis": clamp,
    "Max": _numeric("Max", max), "FMax": _numeric("Max", max), "Min": _numeric("Min", min), "FMin": _numeric("Min", min),
    "Round": _numeric("Round", lambda a: math.floor(a + 0.5)), "FFloor": _numeric("Floor", math.floor),
    "FCeil": _numeric("Ceil", math.ceil), "FTrunc": _numeric("Trunc", math.trunc),
    "Percent_IntInt": _numeric("Mod", lambda a, b: int(math.fmod(a, b)) if b else 0),
    "Percent_FloatFloat": _numeric("Mod", lambda a, b: math.fmod(a, b) if b else 0.0),
    "Lerp": _numeric("Lerp", lambda a, b, alpha: a + (b - a) * alpha),
    "MakeVector": lambda x, y, z: Record((("X", x), ("Y", y), ("Z", z))),
    "MakeRotator": lambda roll, pitch, yaw: Record((("Pitch", pitch), ("Yaw", yaw), ("Roll", roll))),
    "MakeVector2D": lambda x, y: Record((("X", x), ("Y", y))),
    "MakeColor": lambda r, g, b, a: Record((("R", r), ("G", g), ("B", b), ("A", a))),
    "IsValid": lambda thing: thing is not None, "IsEmpty": lambda text: text == "",
    "Array_Length": lambda items: len(items) if isinstance(items, list) else Term("Length", (("Of", items),)),
    "Array_LastIndex": lambda items: len(items) - 1 if isinstance(items, list) else Term("LastIndex", (("Of", items),)),
    "Array_Contains": lambda items, item: item in items, "Array_IsEmpty": lambda items: not items,
    "Array_IsNotEmpty": lambda items: bool(items), "Array_Find": lambda items, item: items.index(item) if item in items else -1,
    "SelectFloat": lambda a, b, pick: a if pick else b, "SelectInt": lambda a, b, pick: a if pick else b,
    "SelectString": lambda a, b, pick: a if pick else b, "Len": lambda text: len(text), "ToUpper": lambda text: text.upper(),
    "ToLower": lambda text: text.lower(), "Contains": lambda text, part, *_: part in text,
    "VSize": _numeric("VSize", abs),
}
TYPED_OPERATORS = tuple({**ARITHMETIC, **COMPARISONS})


def call_pure(function: str, values: list[Any]) -> Any | None:
    """The result of a pure function, or None where this table does not know it."""
    if function in FUNCTIONS:
        return FUNCTIONS[function](*values)
    head = function.partition("_")[0]
    if head in TYPED_OPERATORS and "_" in function:
        return operate(head, values[:2])
    if function.startswith("Conv_") and "To" in function:
        return _convert(function.rpartition("To")[2], values[0] if values else None)
    return None


def _convert(target: str, value: Any) -> Any:
    match target:
        case "String" | "Text" | "Name":
            return text_of(value)
        case "Int" | "Int64" | "Byte" if _is_number(value) or isinstance(value, bool):
            return int(value)
        case "Double" | "Float" if _is_number(value) or isinstance(value, bool):
            return float(value)
        case "Bool" if _is_number(value):
            return value != 0
    return Term(f"To{target}", (("Value", value),))
