"""The generic form: everything that the editor needs to make a node again, as the text has it."""

from __future__ import annotations

from utils.clipboard.reading.source import Draft, Source
from utils.clipboard.text import ClipboardObject
from utils.dsl.ast import Param, Params, Struct, TypeRef, Value

# Place, identity, compiler messages and what the form says by properties of its own.
LEFT_OUT = frozenset({"NodePosX", "NodePosY", "NodeWidth", "NodeHeight", "NodeGuid", "ErrorType", "ErrorMsg", "bHasCompilerMessage",
                      "AdvancedPinDisplay", "NodeComment", "bCommentBubbleVisible", "bCommentBubblePinned",
                      "bCommentBubbleVisible_InDetailsPanel", "bCommentBubbleMakeVisible", "EnabledState", "bUserSetEnabledState"})


def generic_draft(source: Source, valued: frozenset) -> Draft:
    """`valued` are the pins with a wire or a value; a hidden pin that has neither makes itself again."""
    found = source.found
    kept = [pin for pin in source.pins if not pin.is_hidden or pin.is_split or pin in valued]
    properties: list[tuple[str, Value]] = [("Class", found.class_path)]
    lines = tuple((key, value) for key, value in found.properties.items() if key not in LEFT_OUT and not key.startswith("Pins("))
    if lines:
        properties.append(("Properties", Struct(lines)))
    for key, is_output in (("Inputs", False), ("Outputs", True)):
        if pins := tuple(Param(pin.name, _type(source, pin)) for pin in kept if pin.is_output == is_output):
            properties.append((key, Params(pins)))
    if split := tuple(pin.name for pin in kept if pin.is_split):
        properties.append(("Split", split))
    if found.custom:
        properties.append(("Custom", tuple(found.custom)))
    if found.children:
        properties.append(("Objects", nested_text(found)))
    return Draft("K2Node", tuple(properties))


def _type(source: Source, pin) -> TypeRef:
    return TypeRef("Delegate") if pin.raw_type.category == "delegate" else source.type_ref(pin)


def nested_text(found: ClipboardObject) -> str:
    """The objects inside a node in the editor's two passes: declared first, then defined."""
    return "\n".join(line for child in found.children.values() for line in (*_declaration(child), *_definition(child)))


def _declaration(found: ClipboardObject) -> list[str]:
    inner = [line for child in found.children.values() for line in _declaration(child)]
    return [f'Begin Object Class={found.class_path} Name="{found.name}"', *inner, "End Object"]


def _definition(found: ClipboardObject) -> list[str]:
    inner = [line for child in found.children.values() for line in _definition(child)]
    return [f'Begin Object Name="{found.name}"', *inner, *found.raw_lines, "End Object"]
