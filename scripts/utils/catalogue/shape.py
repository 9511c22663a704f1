"""What a node is: its pins, and the engine's class and member behind it.

A rule of the catalogue drafts pins by the engine's names (PinDraft); `build_shape` gives each its spelling in the DSL.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from utils.catalogue.literals import read_literal
from utils.catalogue.pin_names import name_pins, plain_name
from utils.dsl.ast import Value
from utils.dsl.types import PinType, parse_engine_type


# Properties that any node may carry; never literals of pins. Enabled is one when its value is Disabled or DevelopmentOnly: an
# input of that name keeps it, since many functions have one.
COMMON_PROPERTIES = frozenset({"Split", "NodeComment", "Enabled", "Open"})
RESERVED = COMMON_PROPERTIES - {"Enabled"}


class PinDraft(NamedTuple):
    """A pin as the engine names and types it.

    default   as the engine writes it; `value` the same, for what a document declares
    label     its spelling in the DSL, where that does not follow from the engine's name
    group     inputs and outputs of one group share their wildcard's element type
    typed_by  internal name of the class pin whose class is this pin's type
    """

    internal: str
    type: str
    is_input: bool
    default: str | None = None
    value: Value | None = None
    label: str = ""
    group: str = ""
    typed_by: str = ""
    is_hidden: bool = False
    is_advanced: bool = False
    is_by_ref: bool = False
    is_const: bool = False
    is_required: bool = False


class Pin(NamedTuple):
    """A pin under its DSL name; see docs/node-forms.md. `default` None means the type's zero."""

    name: str
    internal: str
    is_input: bool
    type: PinType
    default: Value | None
    ue_type: str
    is_hidden: bool = False
    is_advanced: bool = False
    is_by_ref: bool = False
    is_const: bool = False
    is_required: bool = False
    group: str = ""
    typed_by: str = ""

    @property
    def is_exec(self) -> bool:
        return self.type.kind == "exec"


class Problem(NamedTuple):
    """A missing or wrong property of the kind that makes a node what it is."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Shape:
    """A node's pins in the engine's order, and what it is to the engine; see docs/node-forms.md."""

    type: str
    node_class: str = ""
    role: str = "generic"
    pins: tuple[Pin, ...] = ()
    member: tuple[str, str] = ("", "")
    is_known: bool = True
    is_pure: bool = False
    is_latent: bool = False
    is_static: bool = False
    identity: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def is_event(self) -> bool:
        return self.role in ("event", "entry")

    def takes_many(self, pin: Pin) -> bool:
        """Whether several wires may lead to an input: to the target of a call that returns nothing, which is then made on each."""
        is_plain = not self.is_pure and not self.is_latent and not self.data_outputs
        return pin.internal == "self" and is_plain and self.role in ("function", "delegate")

    def pin(self, name: str, is_input: bool | None = None) -> Pin | None:
        """By DSL spelling, internal name or the spelling without `b`, in any letter case; DSL spelling first."""
        if is_input is None:
            return self._by_name[True].get(name.lower()) or self._by_name[False].get(name.lower())
        return self._by_name[is_input].get(name.lower())

    @cached_property
    def _by_name(self) -> dict[bool, dict[str, Pin]]:
        index: dict[bool, dict[str, Pin]] = {True: {}, False: {}}
        for key in (lambda pin: pin.name, lambda pin: pin.internal, lambda pin: plain_name(pin.internal)):
            for pin in self.pins:
                index[pin.is_input].setdefault(key(pin).lower(), pin)
        return index

    @cached_property
    def exec_inputs(self) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins if pin.is_input and pin.is_exec)

    @cached_property
    def exec_outputs(self) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins if not pin.is_input and pin.is_exec)

    @cached_property
    def data_inputs(self) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins if pin.is_input and not pin.is_exec)

    @cached_property
    def data_outputs(self) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins if not pin.is_input and not pin.is_exec)


class ShapeDraft(NamedTuple):
    """What a rule says about a node, before its pins have names. `pins` None: the node is not known."""

    type: str
    node_class: str
    role: str
    pins: tuple[PinDraft, ...] = ()
    member: tuple[str, str] = ("", "")
    is_known: bool = True
    is_pure: bool = False
    is_latent: bool = False
    is_static: bool = False
    identity: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    def with_problem(self, code: str, message: str, remedy: str) -> ShapeDraft:
        return self._replace(problems=(*self.problems, Problem(code, message, remedy)))


def build_shape(draft: ShapeDraft) -> Shape:
    names = name_pins(draft.pins, draft.identity | RESERVED)
    pins = tuple(_pin(pin, name) for pin, name in zip(draft.pins, names))
    return Shape(draft.type, draft.node_class, draft.role, pins, draft.member, draft.is_known, draft.is_pure,
                 draft.is_latent, draft.is_static, draft.identity, draft.problems)


@lru_cache(maxsize=16384)
def _pin(draft: PinDraft, name: str) -> Pin:
    pin_type = parse_engine_type(draft.type)
    default = draft.value if draft.default is None else read_literal(draft.default, pin_type)
    return Pin(name, draft.internal, draft.is_input, pin_type, default, draft.type, draft.is_hidden, draft.is_advanced,
               draft.is_by_ref, draft.is_const, draft.is_required, draft.group, draft.typed_by)


EXEC_IN = PinDraft("execute", "exec", True)
EXEC_OUT = PinDraft("then", "exec", False)


def data_in(internal: str, kind: str, default: str | None = None, **extra) -> PinDraft:
    return PinDraft(internal, kind, True, default, **extra)


def data_out(internal: str, kind: str, **extra) -> PinDraft:
    return PinDraft(internal, kind, False, **extra)


def exec_in(internal: str, **extra) -> PinDraft:
    return PinDraft(internal, "exec", True, **extra)


def exec_out(internal: str, **extra) -> PinDraft:
    return PinDraft(internal, "exec", False, **extra)
