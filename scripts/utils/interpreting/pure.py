"""Pure nodes that need more than the values of their inputs: choices, items of lists and maps, formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from utils.dsl.ast import Node
from utils.interpreting.values import SELF, open_value, text_of

if TYPE_CHECKING:
    from utils.interpreter import Machine
    from utils.interpreting.frame import Frame


def output_name(node: Node, pin_name: str) -> str:
    """How a term names an output of a node."""
    return node.type if pin_name == "ReturnValue" else f"{node.type}.{pin_name}"


def _select(machine: Machine, frame: Frame, node: Node, values: list[Any], _: str) -> Any:
    """The option that Index names; of two options with a boolean index the first is the one for false."""
    index = machine.read(frame, node.id, "Index")
    options = [(pin.name, value) for pin, value in machine.inputs_of(frame, node) if pin.name != "Index"]
    if isinstance(index, str):
        named = index.rpartition("::")[2].lower()
        return next((value for name, value in options if name.lower() == named), None)
    if isinstance(index, (int, bool)):
        return options[int(index)][1] if 0 <= int(index) < len(options) else None
    return open_value("Select", Index=index, Options=[value for _, value in options])


def _item(machine: Machine, frame: Frame, node: Node, values: list[Any], _: str) -> Any:
    items, index = values[0], values[1]
    if isinstance(items, list) and isinstance(index, int):
        return items[index] if 0 <= index < len(items) else None
    return open_value("Item", Of=items, At=index)


def _found(machine: Machine, frame: Frame, node: Node, values: list[Any], pin_name: str) -> Any:
    items, key = values[0], text_of(values[1])
    if not isinstance(items, dict):
        return open_value(output_name(node, pin_name), Of=items, Key=key)
    return key in items if pin_name == "ReturnValue" else items.get(key)


def _formatted(machine: Machine, frame: Frame, node: Node, values: list[Any], _: str) -> str:
    """Format Text puts its arguments where the format names them."""
    text = text_of(machine.read(frame, node.id, "Format"))
    for pin, value in machine.inputs_of(frame, node):
        text = text.replace("{" + pin.internal + "}", text_of(value)) if pin.name != "Format" else text
    return text


def _self(machine: Machine, frame: Frame, node: Node, values: list[Any], _: str) -> Any:
    return SELF


PURE = {"MakeArray": lambda machine, frame, node, values, _: values, "Select": _select, "GetArrayItem": _item, "Array_Get": _item, "Self": _self,
        "Map_Find": _found, "FormatText": _formatted}
