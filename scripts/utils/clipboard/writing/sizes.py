"""How large the editor draws a node: estimated from its title, its visible pins and their literals.

The constants are fitted to the viewer's drawing of a thousand real nodes, at full size; the layout keeps gaps that
absorb the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from utils.clipboard.writing.layout_flow import Box
from utils.clipboard.writing.pins import WrittenPin
from utils.clipboard.writing.types import EngineType, read_engine_type
from utils.clipboard.writing.values import bare

LETTER, SMALL_LETTER = 7.3, 5.8
TITLE_MARGIN = 62
PIN_MARGIN = 32
MIDDLE = 28
SMALLEST_WIDTH = 100
ROW, ROW_SPACE, FOOT = 25, 6, 10
# The default of a switch is drawn below its cases, wherever it stands among the pins.
LAST_PIN = "Default"
BUBBLE = 60
ADVANCED_ARROW = 20
# Top of the first row of pins: under a title, what a subtitle adds, under the small title of a Set node, without any.
HEADER, SUBTITLE, SMALL_HEADER, NO_HEADER = 29, 17, 15, 10
BANNER = 24
OPERANDS = ("Operand", "Result")
"""Groups of pins that are drawn without their names."""
TITLE_PIN = "OutputDelegate"
LONGEST_SHOWN, LONGEST_NAME = 40, 100
# Width and row height of the field in which the editor shows an unconnected input's value.
NUMBER_FIELDS = {"Vector": 3, "Rotator": 3, "Vector2D": 2, "Vector4": 4, "Vector3f": 3}
DROPDOWN_KINDS = ("enum", "class", "object", "softobject", "softclass", "interface")
ENUM_FIELD = 130
# A literal text wider than this is drawn on two lines.
WRAPPED_TEXT = 110
TEXT_KINDS = ("string", "name", "text")


def letters(text: str) -> int:
    """A name of a thousand letters shall not push the page apart."""
    return min(len(text), LONGEST_NAME)


@dataclass(frozen=True)
class Outline:
    """A node's box and the heights of its pins (by pin id), all from its top left corner."""

    box: Box
    heights: dict[str, int]


@dataclass(frozen=True)
class Title:
    """What stands above the pins. `top` is where the first row of pins begins; `foot` is a banner below them."""

    text: str
    subtitle: str = ""
    top: int = HEADER
    can_add_pins: bool = False
    foot: int = FOOT

    @property
    def width(self) -> float:
        return TITLE_MARGIN + max(letters(self.text) * LETTER, letters(self.subtitle) * SMALL_LETTER) if self.text else 0


def outline(title: Title, pins: Sequence[WrittenPin], shows_advanced: bool, has_bubble: bool) -> Outline:
    is_exec = any(pin.pin.is_exec for pin in pins)
    in_title = [pin for pin in pins if is_exec and pin.pin.internal == TITLE_PIN]
    visible = [pin for pin in pins if is_visible(pin, shows_advanced) and pin not in in_title]
    inputs, outputs = ([pin for pin in visible if pin.pin.is_input is side] for side in (True, False))
    outputs.sort(key=lambda pin: pin.pin.is_exec and pin.pin.name == LAST_PIN)
    top = title.top + (SUBTITLE if title.subtitle else 0)
    heights = {pin.id: HEADER // 2 for pin in in_title}
    bottom = max(_stack(inputs, top, heights), _stack(outputs, top, heights) + title.can_add_pins * (ROW + ROW_SPACE), top + ROW)
    rows_width = max(map(pin_width, inputs), default=0) + MIDDLE + max(map(pin_width, outputs), default=0)
    arrow = ADVANCED_ARROW if any(pin.pin.is_advanced for pin in pins) else 0
    box = Box(round(max(title.width, rows_width, SMALLEST_WIDTH)), bottom + title.foot + arrow, is_exec, BUBBLE if has_bubble else 0)
    return Outline(box, heights)


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
    is_plain = pin.pin.is_exec and pin.pin.name in ("Execute", "Then") or pin.pin.group in OPERANDS
    return PIN_MARGIN + (0 if is_plain else letters(pin.pin.name) * LETTER) + field_size(pin)[0]


def field_size(pin: WrittenPin) -> tuple[float, int]:
    """Width and height of the row's field for a literal; the plain row where there is none."""
    kind = read_engine_type(pin.ue_type)
    if not pin.pin.is_input or pin.links or pin.pin.is_exec or kind.container or pin.pin.internal == "self":
        return 0, ROW
    text = "None" if pin.user is None else bare(pin.user)
    shown = min(len(text.rpartition("." if "/" in text else "\0")[2]), LONGEST_SHOWN) * LETTER
    if kind.kind == "struct":
        count = NUMBER_FIELDS.get(kind.name, 0)
        return (44 * count, ROW + 20) if count else (0, ROW)
    return _scalar_field(kind, shown)


def _scalar_field(kind: EngineType, shown: float) -> tuple[float, int]:
    if kind.kind in DROPDOWN_KINDS:
        return (ENUM_FIELD, ROW + 26) if kind.kind == "enum" else (50 + shown, ROW)
    if kind.kind in TEXT_KINDS:
        return 20 + shown, ROW + (20 if shown > WRAPPED_TEXT else 2)
    return (24, ROW) if kind.kind == "bool" else (20 + shown, ROW)
