"""One node of the text to one node of the DSL: the first form that says all of it, else the generic form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from utils import k2_read_calls, k2_read_events, k2_read_flow, k2_read_members
from utils.catalogue_data import DEV
from utils.clipboard_pins import Pin
from utils.clipboard_text import ClipboardObject
from utils.dsl_ast import Node, Value, Word
from utils.k2_read_generic import generic_draft
from utils.k2_read_values import is_said_by_default, pin_value
from utils.k2_reading import Reading
from utils.k2_source import Draft, Reader, Source
from utils.shape import COMMON_PROPERTIES, Shape
from utils.shape import Pin as ShapePin


READERS: dict[str, Reader] = {**k2_read_events.READERS, **k2_read_calls.READERS, **k2_read_members.READERS, **k2_read_flow.READERS}
STATES = {"Disabled": Word("Disabled"), "DevelopmentOnly": Word("DevelopmentOnly")}


@dataclass(frozen=True)
class ReadNode:
    """A translated node and the DSL names of its pins."""

    node: Node
    shape: Shape
    names: dict[Pin, str]


class NodeReader:
    """Reads the nodes of one graph under one scope."""

    def __init__(self, reading: Reading, open_pins: frozenset[Pin]) -> None:
        self.reading = reading
        self.open_pins = open_pins
        self._indexes: dict[int, tuple[Shape, dict]] = {}

    def read(self, found: ClipboardObject, node_id: str) -> ReadNode:
        source = Source(found, self.reading)
        wanted = self._wanted(source)
        for draft in self._drafts(source):
            if read := self._fitted(source, draft, node_id, wanted):
                return read
        return self._generic(source, node_id, wanted)

    def _wanted(self, source: Source) -> dict[Pin, Value | None]:
        """Pins that carry something, a wire or the user's value, before any catalogue is asked."""
        linked, types = self.reading.linked, self.reading.types
        found: dict[Pin, Value | None] = {}
        for pin in source.pins:
            if pin in linked or pin.sub_pins:
                found[pin] = None
            elif (value := pin_value(pin, types)) is not None:
                found[pin] = value
        return found

    def _drafts(self, source: Source) -> Iterator[Draft]:
        yield from READERS.get(source.kind, k2_read_flow.read_by_name)(source)

    def _fitted(self, source: Source, draft: Draft, node_id: str, wanted: dict[Pin, Value | None]) -> ReadNode | None:
        node = self._with_split(Node(node_id, draft.type, draft.properties), source)
        shape = self.reading.catalogue.shape(node, self.reading.scope)
        if not self._means(shape, source, draft):
            return None
        pins = self._match(shape, source.pins)
        if any(pin not in pins and not (value is not None and self._is_untouched(pin)) for pin, value in wanted.items()):
            return None
        return self._finished(source, node, shape, pins, wanted)

    def _means(self, shape: Shape, source: Source, draft: Draft) -> bool:
        """Whether the form makes a node of the same class and member, and nothing about it is amiss."""
        if not shape.is_known or shape.problems or shape.node_class.rpartition(".")[2] != source.kind:
            return False
        owner, name = draft.member
        return (not name or shape.member[1].lower() == name.lower()) and (not owner or shape.member[0].lower() == owner.lower())

    def _with_split(self, node: Node, source: Source) -> Node:
        split = tuple(pin.name for pin in source.pins if pin.sub_pins)
        return Node(node.id, node.type, (*node.properties, ("Split", split))) if split else node

    def _match(self, shape: Shape, pins: list[Pin]) -> dict[Pin, ShapePin]:
        """Pins of the text to pins of the shape: by name, side and kind; of several alike the first to the first."""
        index = self._index(shape)
        taken: dict[tuple, int] = {}
        found: dict[Pin, ShapePin] = {}
        for pin in pins:
            key = pin.name.lower(), not pin.is_output, pin.raw_type.category == "exec"
            place = taken[key] = taken.get(key, -1) + 1
            if place < len(index.get(key, ())):
                found[pin] = index[key][place]
        return found

    def _index(self, shape: Shape) -> dict[tuple, list[ShapePin]]:
        if id(shape) not in self._indexes:
            index: dict[tuple, list[ShapePin]] = {}
            for pin in shape.pins:
                index.setdefault((pin.internal.lower(), pin.is_input, pin.is_exec), []).append(pin)
            self._indexes[id(shape)] = shape, index
        return self._indexes[id(shape)][1]

    def _generic(self, source: Source, node_id: str, wanted: dict[Pin, Value | None]) -> ReadNode:
        draft = generic_draft(source, frozenset(wanted))
        node = Node(node_id, draft.type, draft.properties)
        shape = self.reading.catalogue.shape(node, self.reading.scope)
        return self._finished(source, node, shape, self._match(shape, source.pins), wanted)

    def _finished(self, source: Source, node: Node, shape: Shape, pins: dict[Pin, ShapePin],
                  wanted: dict[Pin, Value | None]) -> ReadNode | None:
        """With the literals, open ends and remarks; None where a literal has no name of its own."""
        properties = dict(node.properties)
        for pin, value in self._literals(source, pins, wanted).items():
            if pins[pin].name in properties or pins[pin].name in COMMON_PROPERTIES:
                return None
            properties[pins[pin].name] = value
        if is_open := tuple(pins[pin].name for pin in source.pins if pin in self.open_pins and pin in pins and pins[pin].is_required):
            properties["Open"] = is_open
        properties.update(self._remarks(source))
        return ReadNode(Node(node.id, node.type, tuple(properties.items())), shape, {pin: found.name for pin, found in pins.items()})

    def _literals(self, source: Source, pins: dict[Pin, ShapePin], wanted: dict[Pin, Value | None]) -> dict[Pin, Value]:
        return {pin: value for pin, value in wanted.items()
                if value is not None and pin in pins and not is_said_by_default(value, pin, pins[pin], self.reading.types)}

    def _is_untouched(self, pin: Pin) -> bool:
        """A pin that this version's function has no more is not missed while nobody gave it a value."""
        return pin.default == pin.autogenerated and not pin.default_object and not pin.default_text

    @staticmethod
    def _remarks(source: Source) -> dict[str, Value]:
        remarks: dict[str, Value] = {}
        if comment := source.text("NodeComment"):
            remarks["NodeComment"] = comment
        if (state := STATES.get(source.get("EnabledState"))) and not (state.text == "DevelopmentOnly" and _is_development(source)):
            remarks["Enabled"] = state
        return remarks


def _is_development(source: Source) -> bool:
    """Print String and the like are for development only by themselves."""
    member = source.member("FunctionReference")
    function = source.reading.catalogue_function(member.parent, member.name)
    return function is not None and bool(function.flags & DEV)
