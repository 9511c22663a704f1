"""Types of pins as the engine knows them, apart from how they are written in the DSL (TypeRef) or in clipboard text."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

# Kinds with an object behind them (its short name or full path is PinType.name).
NAMED_KINDS = frozenset({"struct", "enum", "object", "class", "softobject", "softclass", "interface", "delegate", "mcdelegate"})
PLAIN_KINDS = frozenset({"exec", "bool", "byte", "int", "int64", "float", "string", "name", "text", "wildcard", "fieldpath"})


class PinType(NamedTuple):
    """One pin type.

    kind       one of PLAIN_KINDS or NAMED_KINDS; `float` stands for the engine's `real`, whatever its precision
    name       short name of the struct, enum or class ("Vector"), or a full path for a project's own
    container  "" | "array" | "set" | "map"
    value      type of a map's values
    """

    kind: str
    name: str = ""
    container: str = ""
    value: PinType | None = None

    @property
    def is_exec(self) -> bool:
        return self.kind == "exec"

    @property
    def element(self) -> PinType:
        return self._replace(container="", value=None)


@lru_cache(maxsize=None)
def parse_engine_type(text: str) -> PinType:
    """The catalogue's spelling, `array<struct:Vector>` or `real:double`, as a PinType."""
    if text.endswith(">"):
        container, inner = text[:-1].split("<", 1)
        first, _, second = inner.partition(",")
        return parse_engine_type(first)._replace(container=container, value=parse_engine_type(second) if second else None)
    kind, _, name = text.partition(":")
    return PinType("float" if kind == "real" else kind, "" if kind == "real" else name)


def engine_type(pin_type: PinType) -> str:
    """The reverse. Precision is not kept: a Float is a double, as the editor makes them since 5.0."""
    if pin_type.container:
        inner = engine_type(pin_type.element)
        value = f",{engine_type(pin_type.value)}" if pin_type.value else ""
        return f"{pin_type.container}<{inner}{value}>"
    kind = "real:double" if pin_type.kind == "float" else pin_type.kind
    return f"{kind}:{pin_type.name}" if pin_type.name else kind
