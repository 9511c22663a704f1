"""Types of pins as the engine knows them, apart from how they are written in the DSL (TypeRef) or in clipboard text."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Kinds with an object behind them (its short name or full path is PinType.name).
NAMED_KINDS = frozenset({"struct", "enum", "object", "class", "softobject", "softclass", "interface", "delegate", "mcdelegate"})
PLAIN_KINDS = frozenset({"exec", "bool", "byte", "int", "int64", "float", "string", "name", "text", "wildcard", "fieldpath"})


@dataclass(frozen=True)
class PinType:
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
        return replace(self, container="", value=None)
