"""Literals by the type of their pin: the one way to write each, whether it is the default anyway, whether it fits.

What does not fit its type is left as it stands; the validator says so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from utils.dsl.ast import Struct, Value, Word
from utils.dsl.types import PinType
from utils.dsl.writer import LARGEST_FLOAT, is_word, write_float

INTEGERS = {"byte": (0, 255), "int": (-2**31, 2**31 - 1), "int64": (-2**63, 2**63 - 1)}
TEXTS = frozenset({"string", "name", "text"})
REFERENCES = frozenset({"object", "class", "softobject", "softclass", "interface"})
CLASSES = frozenset({"class", "softclass"})
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
NOTHING = frozenset({"none", ""})
# Structs of numbers: every member is written, missing ones are zero. The engine takes a colour without A as opaque.
NUMERIC_STRUCTS = frozenset({"Vector", "Vector2D", "Vector4", "Rotator", "LinearColor", "Quat", "IntPoint", "IntVector", "Color",
                             "Vector3f", "Vector2f"})
OPAQUE = {"LinearColor": 1.0, "Color": 255}


class Types(Protocol):
    """What the catalogue has to tell about types."""

    def members(self, struct: str) -> tuple[tuple[str, PinType], ...] | None: ...

    def enumerators(self, enum: str) -> tuple[str, ...] | None: ...

    def class_name(self, name: str) -> str: ...

    def class_fits(self, name: str, base: str) -> bool: ...


class Literals:
    """Literals under one catalogue."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.zero = lru_cache(maxsize=None)(self._zero)

    def spell(self, value: Value, kind: PinType) -> Value:
        """The canonical way to write a value of this type; idempotent."""
        if kind.container:
            return self._container(value, kind)
        if kind.kind == "bool":
            return self._bool(value)
        if kind.kind in INTEGERS:
            return self._enumerator(value, kind) if isinstance(value, Word) else _integer(value)
        if kind.kind == "float":
            return _float(value)
        if kind.kind in TEXTS:
            return _text(value)
        if kind.kind == "enum":
            return self._enumerator(value, kind)
        if kind.kind in REFERENCES:
            return self._reference(value, kind)
        return self._struct(value, kind) if kind.kind == "struct" else value

    def _container(self, value: Value, kind: PinType) -> Value:
        if not isinstance(value, tuple) or kind.container == "map":
            return value
        return tuple(self.spell(item, kind.element) for item in value)

    @staticmethod
    def _bool(value: Value) -> Value:
        text = value.lower() if isinstance(value, str) else ""
        return text == "true" if text in ("true", "false") else value

    def _enumerator(self, value: Value, kind: PinType) -> Value:
        text = value.text if isinstance(value, Word) else value
        if not isinstance(text, str):
            return value
        text = text.rpartition("::")[2]
        known = {name.lower(): name for name in self.types.enumerators(kind.name) or ()}
        text = known.get(text.lower(), text)
        return Word(text) if is_word(text) else text

    def _reference(self, value: Value, kind: PinType) -> Value:
        text = value.text if isinstance(value, Word) else value
        if not isinstance(text, str):
            return value
        if text.lower() in NOTHING:
            return Word("None")
        if kind.kind not in CLASSES:
            return text
        name = self.types.class_name(text)
        return Word(name) if is_word(name) else name

    def _struct(self, value: Value, kind: PinType) -> Value:
        members = self.types.members(kind.name)
        if not members:
            return Word(value) if kind.name == "Key" and isinstance(value, str) and is_word(value) else value
        if isinstance(value, tuple) and len(value) == len(members) and kind.name in NUMERIC_STRUCTS:
            value = Struct(tuple((name, item) for (name, _), item in zip(members, value)))
        if value == ():
            value = Struct(())
        return self._members(value, kind.name, members) if isinstance(value, Struct) else value

    def _members(self, value: Struct, name: str, members: tuple[tuple[str, PinType], ...]) -> Value:
        """Members by the struct's own names and order; those it does not have stay behind them. Where one is given twice, all stay."""
        given = {key.lower(): (key, item) for key, item in value.fields}
        if len(given) < len(value.fields):
            return value
        fields = []
        for member, kind in members:
            if member.lower() in given:
                fields.append((member, self.spell(given.pop(member.lower())[1], kind)))
            elif name in NUMERIC_STRUCTS:
                fields.append((member, OPAQUE.get(name, self.zero(kind)) if member == "A" else self.zero(kind)))
        return Struct((*fields, *given.values())) if fields or given else ()

    def _zero(self, kind: PinType) -> Value:
        """What a pin of this type holds when nobody set it."""
        if kind.container:
            return ()
        if kind.kind in REFERENCES:
            return Word("None")
        if kind.kind == "enum":
            first = (self.types.enumerators(kind.name) or ("None",))[0]
            return Word(first) if is_word(first) else first
        if kind.kind == "struct":
            return Word("None") if kind.name == "Key" else ()
        return {"bool": False, "float": 0.0, "string": "", "text": "", "name": "None"}.get(kind.kind, 0)

    def is_zero(self, value: Value, kind: PinType) -> bool:
        if kind.kind == "name" and not kind.container:
            return isinstance(value, str) and value.lower() in NOTHING
        if isinstance(value, Struct) and kind.name in NUMERIC_STRUCTS:
            return all(_same(item, 0.0) or _same(item, 0) for _, item in value.fields)
        return _same(value, self.zero(kind))

    def is_default(self, value: Value, kind: PinType, default: Value | None) -> bool:
        """Whether leaving the value out says the same. `default` None: the type's zero."""
        return self.is_zero(value, kind) if default is None else _same(value, self.spell(default, kind))

    def misfit(self, value: Value, kind: PinType) -> str:
        """What is wrong with a value, canonically spelled, on a pin of this type; "" when nothing is."""
        if kind.kind in ("wildcard", "delegate", "mcdelegate", "fieldpath", ""):
            return ""
        if kind.container:
            return self._container_misfit(value, kind)
        if kind.kind == "bool":
            return "" if isinstance(value, bool) else "true or false"
        if kind.kind in INTEGERS:
            return self._integer_misfit(value, kind)
        if kind.kind == "float":
            return "" if isinstance(value, float) else "a number"
        if kind.kind in TEXTS:
            return "" if isinstance(value, str) or _is_localised(value, kind) else "a quoted string"
        if kind.kind == "enum":
            return self._enum_misfit(value, kind)
        if kind.kind in REFERENCES:
            return self._reference_misfit(value, kind)
        return self._struct_misfit(value, kind)

    def _container_misfit(self, value: Value, kind: PinType) -> str:
        if not isinstance(value, tuple):
            return "" if isinstance(value, (str, Struct, Word)) else "a list in parentheses"
        wrong = (self.misfit(item, kind.element) for item in value) if kind.container != "map" else ()
        return next((f"{text} in every element" for text in wrong if text), "")

    @staticmethod
    def _integer_misfit(value: Value, kind: PinType) -> str:
        if kind.kind == "byte" and isinstance(value, Word):
            return ""
        if isinstance(value, bool) or not isinstance(value, int):
            return "a whole number"
        low, high = INTEGERS[kind.kind]
        return "" if low <= value <= high else f"a whole number from {low} to {high}"

    def _enum_misfit(self, value: Value, kind: PinType) -> str:
        text = value.text if isinstance(value, Word) else value
        if not isinstance(text, str):
            return "" if isinstance(value, int) and not isinstance(value, bool) else "an enumerator"
        known = self.types.enumerators(kind.name)
        if known is None or text in known or text.lower() in NOTHING:
            return ""
        return "one of " + ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")

    def _reference_misfit(self, value: Value, kind: PinType) -> str:
        if not isinstance(value, (str, Word)):
            return "a name or a path in quotes"
        name = value.text if isinstance(value, Word) else value
        fits = kind.kind not in CLASSES or name.lower() in NOTHING or self.types.class_fits(name, kind.name)
        return "" if fits else f"a class that is a {kind.name}"

    def _struct_misfit(self, value: Value, kind: PinType) -> str:
        if not isinstance(value, Struct):
            fits = value == () or isinstance(value, (str, Word)) and kind.name not in NUMERIC_STRUCTS
            return "" if fits else f"a {kind.name} such as {self._example(kind)}"
        if len({key.lower() for key, _ in value.fields}) < len(value.fields):
            return "each member once"
        members = self.types.members(kind.name)
        if not members or kind.name not in NUMERIC_STRUCTS:
            return ""
        kinds = dict(members)
        wrong = any(key not in kinds or self.misfit(item, kinds[key]) for key, item in value.fields)
        return f"a {kind.name} such as {self._example(kind)}" if wrong else ""

    def _example(self, kind: PinType) -> str:
        members = self.types.members(kind.name) or ()
        return "(" + ",".join(f"{name}=1" for name, _ in members) + ")"


def _same(value: Value, other: Value) -> bool:
    """Equality that tells true from 1 and 1 from 1.0."""
    return type(value) is type(other) and value == other


def _integer(value: Value) -> Value:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and NUMBER.fullmatch(value) and float(value).is_integer():
        return int(float(value)) if "." in value or "e" in value.lower() else int(value)
    return value


def _float(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return float(value) if abs(value) <= LARGEST_FLOAT else float(write_float(float("inf") * (1 if value > 0 else -1)))
    if isinstance(value, float):
        return value + 0.0  # -0.0 is 0.0
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return _float(float(value)) if abs(float(value)) != float("inf") else value
    return value


def _text(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return value.text if isinstance(value, Word) else value


def _is_localised(value: Value, kind: PinType) -> bool:
    return kind.kind == "text" and isinstance(value, (Struct, tuple))


