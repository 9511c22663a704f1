"""Spelling of pins: the engine's internal name to the name in the DSL, one for one on each side of a node.

A pin is called what the editor shows, without spaces. The editor drops the `b` of booleans; it also splits words at
capitals, which spaces left out undo. Letter case stays the engine's, except that `then_0` is `Then_0`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from utils.catalogue.shape import PinDraft

BOOL_PREFIX = re.compile(r"b(?=[A-Z])")
SPACE_BEFORE_NUMBER = re.compile(r"\s+(?=\d)")
ARRAY_INPUT = re.compile(r"\[(\d+)\]")
USER_MEMBER = re.compile(r"_\d+_[0-9A-F]{32}$")  # members of user-made structs carry an index and a GUID
UNNAMED_EXEC_INPUTS = frozenset({"execute", "exec", "", "none"})
UNNAMED_EXEC_OUTPUTS = frozenset({"then", ""})
SEQUENCE_OUTPUT = re.compile(r"then(_\d+)")


def plain_name(internal: str) -> str:
    """`Array Element` is ArrayElement, `Out 0` is Out_0, `[0]` is Item_0, `Icon_12_600F...` is Icon."""
    if found := ARRAY_INPUT.fullmatch(internal):
        return f"Item_{found[1]}"
    name = USER_MEMBER.sub("", internal.strip())
    return "".join(SPACE_BEFORE_NUMBER.sub("_", name).split())


@lru_cache(maxsize=16384)  # the same few hundred names come again and again
def display_name(internal: str, kind: str) -> str:
    name = plain_name(internal)
    return BOOL_PREFIX.sub("", name, count=1) if kind == "bool" else name


def name_pins(pins: Sequence[PinDraft], reserved: frozenset[str] = frozenset()) -> list[str]:
    """One name a pin, unique among the inputs and among the outputs; the hidden ones choose last.

    An input with the name of a property (`reserved`) takes a `_` behind it, so that its literal has a name of its own.
    """
    exec_inputs = sum(pin.is_input and pin.type == "exec" for pin in pins)
    self_name = "Self" if any(pin.is_input and pin.internal.lower() == "target" for pin in pins) else "Target"
    taken: dict[bool, set[str]] = {True: set(), False: set()}
    names = [""] * len(pins)
    for index in sorted(range(len(pins)), key=lambda index: pins[index].is_hidden):
        pin = pins[index]
        wanted = self_name if _is_shown_self(pin) else _wanted_name(pin, exec_inputs)
        has_literal = pin.is_input and pin.type != "exec"
        names[index] = _unique(wanted + "_" if has_literal and wanted in reserved else wanted, taken[pin.is_input])
    return names


def _is_shown_self(pin: PinDraft) -> bool:
    return pin.is_input and pin.internal == "self" and not pin.is_hidden and not pin.label


def _wanted_name(pin: PinDraft, exec_inputs: int) -> str:
    if pin.label:
        return pin.label
    bare = pin.internal.strip().lower()
    if pin.type == "exec":
        if pin.is_input and (exec_inputs == 1 or bare in UNNAMED_EXEC_INPUTS):
            return "Execute"
        if not pin.is_input and bare in UNNAMED_EXEC_OUTPUTS:
            return "Then"
        if found := SEQUENCE_OUTPUT.fullmatch(bare):
            return "Then" + found[1]
    return display_name(pin.internal, pin.type) or "Unnamed"


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate.lower() in taken:
        candidate, number = f"{name}_{number}", number + 1
    taken.add(candidate.lower())
    return candidate
