"""What pure functions and operators make of their inputs; where an input is open, the result is a term.

Terms that mean the same are written the same: `A > B` is `B < A`, `A <= B` is `not B < A`, operands whose order does not
matter are sorted. So a graph may ask either way round and has the same trace.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from utils.interpreting.values import MAX_TEXT, Record, RunAway, Term, Thing, frozen, is_number, open_value, text_of

BITS = 64
Function = Callable[..., Any]


def fitted(value: Any) -> Any:
    """Integers run over as the engine's do; texts and lists that grow without end stop the run."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value + 2 ** (BITS - 1)) % 2**BITS - 2 ** (BITS - 1)
    if isinstance(value, (str, list)) and len(value) > MAX_TEXT:
        raise RunAway
    return value


def _arithmetic(name: str, apply: Function, is_commutative: bool = False) -> Function:
    def compute(left: Any, right: Any) -> Any:
        if is_number(left) and is_number(right):
            return fitted(apply(left, right))
        if isinstance(left, Record) and (is_number(right) or isinstance(right, Record)):
            return Record(tuple((key, compute(item, right.get(key) if isinstance(right, Record) else right)) for key, item in left.fields))
        if isinstance(right, Record) and is_number(left):
            return Record(tuple((key, compute(left, item)) for key, item in right.fields))
        return _pair(name, left, right, is_commutative)
    return compute


def _pair(name: str, left: Any, right: Any, is_commutative: bool) -> Term:
    if is_commutative and text_of(right) < text_of(left):
        left, right = right, left
    return open_value(name, A=left, B=right)


def _divide(left: float, right: float) -> float:
    """Division by zero gives zero, as the engine's nodes do."""
    if right == 0:
        return 0 if isinstance(left, int) else 0.0
    return math.trunc(left / right) if isinstance(left, int) and isinstance(right, int) else left / right


def less(left: Any, right: Any) -> Any:
    return left < right if is_number(left) and is_number(right) else open_value("Less", A=left, B=right)


def equal(left: Any, right: Any) -> Any:
    is_open = isinstance(left, Term) or isinstance(right, Term)
    return _pair("Equal", left, right, True) if is_open and left != right else left == right


def negated(value: Any) -> Any:
    if isinstance(value, Term):
        return value.get("Of") if value.name == "Not" else open_value("Not", Of=value)
    return not value


OPERATORS: dict[str, Function] = {
    "Add": _arithmetic("Add", lambda a, b: a + b, True), "Subtract": _arithmetic("Subtract", lambda a, b: a - b),
    "Multiply": _arithmetic("Multiply", lambda a, b: a * b, True), "Divide": _arithmetic("Divide", _divide),
    "Less": less, "Greater": lambda a, b: less(b, a), "LessEqual": lambda a, b: negated(less(b, a)),
    "GreaterEqual": lambda a, b: negated(less(a, b)), "EqualEqual": equal, "NotEqual": lambda a, b: negated(equal(a, b)),
}


def operate(name: str, values: list[Any]) -> Any:
    """A promotable operator over its inputs, from left to right. An input that nobody set is the zero of the others' type."""
    zero = next((zero_like(value) for value in values if value is not None), None)
    values = [zero if value is None else value for value in values]
    result = values[0] if values else None
    for value in values[1:]:
        result = OPERATORS[name](result, value)
    return result


def zero_like(value: Any) -> Any:
    if isinstance(value, Record):
        return Record(tuple((key, zero_like(item)) for key, item in value.fields))
    return type(value)() if isinstance(value, (bool, int, float, str)) else None


def _numeric(name: str, compute: Function) -> Function:
    """Computed for numbers, else a term."""
    def run(*values: Any) -> Any:
        if all(map(is_number, values)):
            return fitted(compute(*values))
        return Term(name, tuple((f"{number}", frozen(value)) for number, value in enumerate(values)))
    return run


def _logic(name: str, decided_by: bool) -> Function:
    def compute(*values: Any) -> Any:
        if decided_by in [value for value in values if isinstance(value, bool)]:
            return decided_by
        still_open = sorted((value for value in values if isinstance(value, Term)), key=text_of)
        if len(still_open) < 2:
            return still_open[0] if still_open else not decided_by
        return Term(name, tuple((f"{number}", value) for number, value in enumerate(still_open)))
    return compute


both, either = _logic("And", False), _logic("Or", True)


def _differs(left: Any, right: Any) -> Any:
    return either(both(left, negated(right)), both(negated(left), right))


def _is_valid(thing: Any) -> Any:
    return open_value("IsValid", Object=thing) if isinstance(thing, Term) else thing is not None


def _wrapped(value: float, low: float, high: float) -> float:
    return low + (value - low) % (high - low) if high > low else value


def _mapped(value: float, in_low: float, in_high: float, out_low: float, out_high: float) -> float:
    share = (value - in_low) / (in_high - in_low) if in_high != in_low else 0.0
    return out_low + (out_high - out_low) * max(0.0, min(1.0, share))


def _on_list(name: str, compute: Function) -> Function:
    return lambda items, *more: compute(items, *more) if isinstance(items, (list, dict)) else open_value(
        name, **{"Of": items} | {str(number): value for number, value in enumerate(more)})


def _picked(a: Any, b: Any, pick: Any) -> Any:
    return open_value("Pick", If=pick, Then=a, Else=b) if isinstance(pick, Term) else a if pick else b


_clamp = _numeric("Clamp", lambda value, low, high: max(low, min(high, value)))
_largest, _smallest = _numeric("Max", max), _numeric("Min", min)
_modulo = _numeric("Mod", lambda a, b: type(a)(math.fmod(a, b)) if b else type(a)(0))

# Name of the function -> what it makes of its inputs in their order. Typed operators are found by their prefix.
FUNCTIONS: dict[str, Function] = {
    "BooleanAND": both, "BooleanOR": either, "Not_PreBool": negated, "BooleanXOR": _differs,
    "BooleanNAND": lambda *values: negated(both(*values)), "BooleanNOR": lambda *values: negated(either(*values)),
    "NotEqual_BoolBool": _differs, "IsValid": _is_valid,
    "Concat_StrStr": lambda *texts: fitted("".join(map(text_of, texts))), "Len": lambda text: len(text), "IsEmpty": lambda text: text == "",
    "ToUpper": lambda text: text.upper(), "ToLower": lambda text: text.lower(),
    "Contains": lambda text, part, *_: part.lower() in text.lower(),
    "Abs": _numeric("Abs", abs), "Abs_Int": _numeric("Abs", abs), "Sqrt": _numeric("Sqrt", lambda a: math.sqrt(max(a, 0.0))),
    "Clamp": _clamp, "FClamp": _clamp, "Max": _largest, "FMax": _largest, "Min": _smallest, "FMin": _smallest,
    "Round": _numeric("Round", lambda a: math.floor(a + 0.5)), "FFloor": _numeric("Floor", math.floor),
    "FCeil": _numeric("Ceil", math.ceil), "FTrunc": _numeric("Trunc", math.trunc),
    "Percent_IntInt": _modulo, "Percent_FloatFloat": _modulo, "Wrap": _numeric("Wrap", _wrapped),
    "Lerp": _numeric("Lerp", lambda a, b, alpha: a + (b - a) * alpha), "MapRangeClamped": _numeric("MapRangeClamped", _mapped),
    "MakeVector": lambda x, y, z: Record((("X", x), ("Y", y), ("Z", z))),
    "MakeRotator": lambda roll, pitch, yaw: Record((("Pitch", pitch), ("Yaw", yaw), ("Roll", roll))),
    "MakeVector2D": lambda x, y: Record((("X", x), ("Y", y))),
    "MakeColor": lambda r, g, b, a: Record((("R", r), ("G", g), ("B", b), ("A", a))),
    "VSize": lambda vector: math.hypot(*(value for _, value in vector.fields)),
    "Array_Length": _on_list("Length", len), "Array_LastIndex": _on_list("LastIndex", lambda items: len(items) - 1),
    "Array_Contains": _on_list("Contains", lambda items, item: item in items), "Array_IsEmpty": _on_list("IsEmpty", lambda items: not items),
    "Array_IsNotEmpty": _on_list("IsNotEmpty", bool), "Map_Length": _on_list("Length", len),
    "Array_Find": _on_list("Find", lambda items, item: items.index(item) if item in items else -1),
    "Map_Contains": _on_list("Contains", lambda items, key: key in items),
    **dict.fromkeys((f"MakeLiteral{kind}" for kind in ("Bool", "Int", "Double", "String", "Name", "Text")), lambda value: value),
    **dict.fromkeys(("SelectFloat", "SelectInt", "SelectString", "SelectVector", "SelectObject"), _picked),
}


def call_pure(function: str, values: list[Any]) -> Any | None:
    """The result of a pure function; None where this table does not know it, or cannot work with these values."""
    try:
        return _call_pure(function, values)
    except (TypeError, ValueError, AttributeError, ArithmeticError):  # a value of another kind, such as an open text
        return None


def _call_pure(function: str, values: list[Any]) -> Any | None:
    if function in FUNCTIONS:
        return FUNCTIONS[function](*values)
    head = function.partition("_")[0]
    if head in OPERATORS and "_" in function:
        return operate(head, values[:2])
    if function.startswith("Conv_") and "To" in function:
        return _convert(function.rpartition("To")[2], values[0] if values else None)
    return None


def _convert(target: str, value: Any) -> Any:
    match target:
        case "String" | "Text" | "Name":
            return text_of(value)
        case "Int" | "Int64" | "Byte" if is_number(value) or isinstance(value, bool):
            return int(value)
        case "Double" | "Float" if is_number(value) or isinstance(value, bool):
            return float(value)
        case "Bool" if is_number(value):
            return value != 0
        case "Object" | "Class" if isinstance(value, Thing):
            return value
    return open_value(f"To{target}", Value=value)
