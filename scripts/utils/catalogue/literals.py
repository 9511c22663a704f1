"""Values on pins: the editor's text for a literal as a value of the DSL."""

from __future__ import annotations

import re

from utils.clipboard.values import pairs, split_values, unquote
from utils.dsl.ast import Struct, Value, Word
from utils.dsl.types import PinType

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
WORD = re.compile(r"[^\W\d]\w*")
# Structs that the editor writes as bare numbers, with their members in that order.
TUPLE_STRUCTS = {"Vector": ("X", "Y", "Z"), "Rotator": ("Pitch", "Yaw", "Roll"), "Vector3f": ("X", "Y", "Z")}
OBJECT_KINDS = frozenset({"object", "class", "softobject", "softclass", "interface"})
INTEGER_KINDS = frozenset({"int", "int64", "byte"})


def read_literal(text: str, kind: PinType) -> Value | None:
    """None where the text says nothing beyond the type's zero. Text that does not fit its type stays a string."""
    if kind.container:
        return _nested(text) if text else None
    if kind.kind == "bool":
        return text.lower() == "true"
    if kind.kind in INTEGER_KINDS and NUMBER.fullmatch(text):
        return int(float(text))
    if kind.kind == "float" and NUMBER.fullmatch(text):
        return float(text)
    if kind.kind == "struct":
        return _struct(text, kind.name)
    if kind.kind in OBJECT_KINDS:
        return text if text and text != "None" else None
    if kind.kind in ("enum", "byte") and WORD.fullmatch(text):
        return Word(text)
    return text


def _struct(text: str, name: str) -> Value | None:
    if not text:
        return None
    if text.startswith("("):
        return _nested(text)
    parts = split_values(text)
    members = TUPLE_STRUCTS.get(name, ())
    if len(parts) == len(members) and all(map(NUMBER.fullmatch, parts)):
        return Struct(tuple(zip(members, map(float, parts))))
    return Word(text) if WORD.fullmatch(text) else text


def _nested(text: str) -> Value:
    """`(X=1.0,Y=(A="b"))`: structs where members are named, else lists."""
    if not text.startswith("("):
        return _scalar(text)
    if members := pairs(text):
        return Struct(tuple((key, _nested(value)) for key, value in members))
    return tuple(map(_nested, split_values(text)))


def _scalar(text: str) -> Value:
    if text.startswith('"'):
        return unquote(text)
    if NUMBER.fullmatch(text):
        return float(text) if "." in text or "e" in text.lower() else int(text)
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return Word(text) if WORD.fullmatch(text) else text
