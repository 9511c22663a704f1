"""What the rules of nodes.py ask about the node they write."""

from __future__ import annotations

from dataclasses import dataclass

from utils.catalogue.data import CatalogueData, Function
from utils.catalogue.scope import params
from utils.clipboard.writing.graph import WrittenGraph, WrittenNode, guid
from utils.clipboard.writing.pins import WrittenPin
from utils.clipboard.writing.types import References, quote
from utils.clipboard.writing.values import bare
from utils.dsl.ast import Param, TypeRef, Value, Word


@dataclass(frozen=True)
class Facts:
    """One node with its graph; `lines` of properties are written `Key=value`."""

    written: WrittenNode
    page: WrittenGraph
    references: References
    data: CatalogueData

    @property
    def member(self) -> tuple[str, str]:
        return self.written.shape.member

    def get(self, key: str) -> Value | None:
        return self.written.node.get(key)

    def text(self, key: str) -> str:
        value = self.get(key)
        return value.text if isinstance(value, Word) else value if isinstance(value, str) else ""

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.get(key)
        return value if isinstance(value, bool) else default

    def count(self, key: str, default: int) -> int:
        value = self.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    @property
    def function(self) -> Function | None:
        """The catalogue's record of the function that the node calls."""
        owner, name = self.member
        return self.data.function(owner, name) if self.written.shape.role == "function" and owner in self.data.raw["classes"] else None

    @property
    def is_generic(self) -> bool:
        return self.written.shape.role == "generic"

    def strings(self, key: str) -> list[str]:
        value = self.get(key)
        return [bare(item) for item in value] if isinstance(value, tuple) else []

    def params(self, key: str) -> tuple[Param, ...]:
        return params(self.written.node.properties, key)

    def pins(self, *, is_input: bool | None = None, is_exec: bool | None = None) -> list[WrittenPin]:
        return [pin for pin in self.written.pins
                if is_input in (None, pin.pin.is_input) and is_exec in (None, pin.pin.is_exec)]

    def pin_type(self, internal: str, is_input: bool) -> str:
        """The resolved type of a pin in the catalogue's spelling, "" without such a pin."""
        return next((pin.ue_type for pin in self.written.pins
                     if pin.pin.internal == internal and pin.pin.is_input == is_input), "")

    def engine_type(self, ref: TypeRef) -> str:
        return self.page.engine_type(ref)

    def guid(self, *parts: str) -> str:
        return guid(self.written.guid, *parts)


def line(key: str, value: str) -> str:
    return f"{key}={value}"


def text_line(key: str, text: str) -> list[str]:
    return [line(key, quote(text))] if text else []


def flag_line(key: str, is_set: bool, value: str = "True") -> list[str]:
    return [line(key, value)] if is_set else []


def indexed(key: str, values: list[str]) -> list[str]:
    return [line(f"{key}({index})", value) for index, value in enumerate(values)]
