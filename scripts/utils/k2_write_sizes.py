"""How large the editor draws a node: estimated from its title, its visible pins and their literals.

The constants are fitted to the viewer's drawing of a thousand real nodes, at full size; the layout keeps gaps that
absorb the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from utils.k2_write_pins import WrittenPin
from utils.k2_write_types import EngineType, read_engine_type
from utils.k2_write_values import bare
from utils.layout_flow import Box

LETTER = 7.3
TITLE_MARGIN = 62
PIN_MARGIN = 32
MIDDLE = 28
SMALLEST_WIDTH = 100
ROW, ROW_SPACE, FOOT = 25, 6, 10
BUBBLE = 60
ADVANCED_ARROW = 20
# Top of the first row of pins: under a title, under title and subtitle, without any.
HEADER, SUBTITLE, NO_HEADER = 29, 17, 10
TITLE_PIN = "OutputDelegate"
LONGEST_SHOWN = 40
# Width and row height of the field in which the editor shows an unconnected input's value.
NUMBER_FIELDS = {"Vector": 3, "Rotator": 3, "Vector2D": 2, "Vector4": 4, "Vector3f": 3}
DROPDOWN_KINDS = ("enum", "class", "object", "softobject", "softclass", "interface")
TEXT_KINDS = ("string", "name", "text")


@dataclass(frozen=True)
class Outline:
    """A node's box and the heights of its pins (by pin id), all from its top left corner."""

    box: Box
    heights: dict[str, int]


@dataclass(frozen=True)
class Title:
    """Empty text for nodes drawn without a title bar."""

    text: str
    has_subtitle: bool = False
    can_add_pins: bool = False


def outline(title: Title, pins: Sequence[WrittenPin], shows_advanced: bool, has_bubble: bool) -> Outline:
    """`title` also says whether the node has a row for adding pins."""
    is_exec = any(pin.pin.is_exec for pin in pins)
    in_title = [pin for pin in pins if is_exec and pin.pin.internal == TITLE_PIN]
    visible = [pin for pin in pins if is_visible(pin, shows_advanced) and pin not in in_title]
    top = NO_HEADER + (HEADER - NO_HEADER) * bool(title.text) + SUBTITLE * title.has_subtitle
    heights = {pin.id: HEADER // 2 for pin in in_title}
    inputs, outputs = ([pin for pin in visible if pin.pin.is_input is side] for side in (True, False))
    bottom = max(_stack(inputs, top, heights), _stack(outputs, top, heights), top + ROW) + title.can_add_pins * (ROW + ROW_SPACE)
    width = max(TITLE_MARGIN + len(title.text) * LETTER if title.text else 0,
                max(map(pin_width, inputs), default=0) + MIDDLE + max(map(pin_width, outputs), default=0), SMALLEST_WIDTH)
    arrow = ADVANCED_ARROW if any(pin.pin.is_advanced for pin in pins) else 0
    return Outline(Box(round(width), bottom + FOOT + arrow, is_exec, BUBBLE if has_bubble else 0), heights)


def is_visible(pin: WrittenPin, shows_advanced: bool) -> bool:
    is_folded = pin.pin.is_advanced and not shows_advanced and not pin.links
    return not pin.is_hidden and not is_folded


def _stack(pins: Sequence[WrittenPin], top: int, heights: dict[str, int]) -> int:
    """Note the middle of each pin's row; the bottom of the last one."""
    for pin in pins:
        height = field_size(pin)[1]
        heights[pin.id] = top + height // 2
        top += height + ROW_SPACE
    return top - ROW_SPACE


def pin_width(pin: WrittenPin) -> float:
    is_plain = pin.pin.is_exec and pin.pin.name in ("Execute", "Then")
    return PIN_MARGIN + (0 if is_plain else len(pin.pin.name) * LETTER) + field_size(pin)[0]


def field_size(pin: WrittenPin) -> tuple[float, int]:
    """Width and height of the row's field for a literal; the plain row where there is none."""
    kind = read_engine_type(pin.ue_type)
    if not pin.pin.is_input or pin.links or pin.pin.is_exec or kind.container or pin.pin.internal == "self":
        return 0, ROW
    shown = min(len(bare(pin.user)) if pin.user is not None else 4, LONGEST_SHOWN) * LETTER
    if kind.kind == "struct":
        count = NUMBER_FIELDS.get(kind.name, 0)
        return (44 * count, ROW + 20) if count else (0, ROW)
    return _scalar_field(kind, shown)


def _scalar_field(kind: EngineType, shown: float) -> tuple[float, int]:
    if kind.kind in DROPDOWN_KINDS:
        return 50 + shown, ROW + 26 if kind.kind == "enum" else ROW
    if kind.kind in TEXT_KINDS:
        return 20 + shown, ROW + 8
    return (24, ROW) if kind.kind == "bool" else (20 + shown, ROW)
