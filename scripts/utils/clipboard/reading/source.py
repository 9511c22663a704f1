"""One node of the text as the readers of node classes look at it, and what they make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from utils.clipboard.pins import Pin
from utils.clipboard.reading.values import own_default
from utils.clipboard.text import ClipboardObject
from utils.clipboard.values import Member, read_member, read_reference, unquote
from utils.dsl.ast import Param, Params, TypeRef, Value, Word

if TYPE_CHECKING:
    from utils.clipboard.reading.reading import Reading

EVENT_DELEGATE = "outputdelegate"
Properties = tuple[tuple[str, Value], ...]


class Draft(NamedTuple):
    """A node form that may fit: its type, the properties that make it what it is, the member it has to mean.

    `member` is (class path, name); an empty part is not compared.
    """

    type: str
    properties: Properties = ()
    member: tuple[str, str] = ("", "")


Reader = Callable[["Source"], Iterator[Draft]]


def draft(kind: str, member: tuple[str, str] = ("", ""), **properties: Value | None) -> Draft:
    """What is None is not said."""
    return Draft(kind, tuple((key, value) for key, value in properties.items() if value is not None), member)


class Source:
    """A K2 node with the text it comes from."""

    def __init__(self, found: ClipboardObject, reading: Reading) -> None:
        self.found, self.reading = found, reading
        self.kind = found.class_name
        self.types, self.catalogue = reading.types, reading.catalogue

    @property
    def pins(self) -> list[Pin]:
        return self.found.pins

    def get(self, key: str) -> str:
        return self.found.get(key)

    def text(self, key: str) -> str:
        return self.found.text(key)

    def flag(self, key: str) -> bool:
        return self.found.get(key) == "True"

    def path(self, key: str) -> str:
        """Path of the object that a property refers to."""
        return read_reference(self.found.get(key)).path

    def member(self, key: str) -> Member:
        return read_member(self.found.get(key))

    def named(self, section: str, path: str) -> Value | None:
        return self.types.named(section, path)

    @cached_property
    def is_pure(self) -> bool:
        return not any(pin.is_exec for pin in self.pins)

    def pin(self, name: str, is_output: bool | None = None) -> Pin | None:
        wanted = name.lower()
        return next((pin for pin in self.pins
                     if pin.name.lower() == wanted and (is_output is None or pin.is_output == is_output)), None)

    def data_pins(self, *, is_output: bool, leaving_out: Iterable[str] = ("self", EVENT_DELEGATE)) -> list[Pin]:
        """Data pins of one side as the user sees them: a split pin counts, its parts and hidden pins do not."""
        return [pin for pin in self.pins if pin.is_output == is_output and not pin.parent_pin
                and (not pin.is_hidden or pin.is_split) and not pin.is_exec and pin.name.lower() not in leaving_out]

    def exec_pins(self, *, is_output: bool) -> list[Pin]:
        return [pin for pin in self.pins if pin.is_output == is_output and pin.is_exec]

    def type_ref(self, pin: Pin) -> TypeRef:
        return self.types.type_ref(pin.raw_type)

    def type_value(self, pin: Pin | None) -> Value | None:
        """A type as the value of a property: a bare word where the syntax has one for it."""
        if pin is None or self.types.pin_type(pin.raw_type).kind == "wildcard":
            return None
        ref = self.type_ref(pin)
        return str(ref) if ref.args or not ref.name.isidentifier() else Word(ref.name)

    def params(self, pins: Iterable[Pin]) -> Params:
        """Pins as user-made parameters, with the defaults that the user gave them."""
        return Params(tuple(Param(pin.name, self.type_ref(pin), self._default(pin)) for pin in pins))

    def _default(self, pin: Pin) -> Value | None:
        """Of a parameter that the user made, as the user gave it; of another's function, as the editor knows it."""
        raw = self._user_defaults.get(pin.name)
        if raw is not None:
            return self.reading.engine.literal(unquote(raw), pin)
        return None if pin.is_output else own_default(pin, self.types)

    @cached_property
    def _user_defaults(self) -> dict[str, str]:
        return self.reading.user_defaults(self.found)

    def is_linked(self, pins: Iterable[Pin]) -> bool:
        return any(pin in self.reading.linked for pin in pins)
