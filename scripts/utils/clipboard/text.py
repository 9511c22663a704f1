"""Any graph text of the Unreal editor as generic objects: clipboard copies of all dialects and whole-asset exports.

    Begin Object Class=/Script/BlueprintGraph.K2Node_Event Name="K2Node_Event_0" ExportPath="..."
       EventReference=(...)
       CustomProperties Pin (PinId=...,PinName="then",...)
    End Object

Sub-objects are written twice, declared with their class and then defined by name; both end in one object. Of damaged
text everything readable is kept, and each damage is a finding with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from utils.clipboard.pins import Pin, legacy_pin, read_pin
from utils.clipboard.quotes import CHANGED, with_plain_quotes
from utils.clipboard.values import ANY_STRING, has_open_string, read_reference, unquote
from utils.findings import Finding, Severity

HEADER_VALUE = re.compile(r"""\s(Class|Name|ExportPath|Archetype)=("(?:[^"\\]|\\.)*+"|[^\s"']*+'"?[^'"]*+"?'|\S++)""")
PLAIN_HEADER = re.compile(r"""Begin Object Class=([^\s"']++) Name="([^"\\]*+)"(?: ExportPath=("[^"\\]*+"|[^\s"']*+'"[^"\\]*+"'))?+""")
LOST_BEGIN = re.compile(r"Begin Object\s+(?:Class|Name)=")
INDEX = re.compile(r"\([0-9]{1,5}\)")
MAX_DEPTH = 32  # real text nests 5 deep: blueprint, graph, composite node, graph, node
MAX_FINDINGS = 100


class ClipboardObject:
    """One object: a node, a graph, a Blueprint, a material expression.

    properties  key to raw value, `PinNames(0)` with its index
    custom      `CustomProperties` lines other than pins
    raw_lines   of an object inside another: its lines as they stand
    """

    __slots__ = ("name", "class_path", "class_name", "export_path", "line", "parent", "properties", "pins", "custom", "raw_lines", "children")

    def __init__(self, name: str, class_path: str, export_path: str, line: int, parent: ClipboardObject | None) -> None:
        self.name, self.export_path, self.line, self.parent = name, export_path, line, parent
        self.is_of(class_path)
        self.properties: dict[str, str] = {}
        self.pins: list[Pin] = []
        self.custom: list[str] = []
        self.raw_lines: list[str] = []
        self.children: dict[str, ClipboardObject] = {}

    def is_of(self, class_path: str) -> None:
        """`class_name` is `K2Node_Event` of `/Script/BlueprintGraph.K2Node_Event`."""
        self.class_path, self.class_name = class_path, class_path.rpartition(".")[2]

    def get(self, key: str) -> str:
        return self.properties.get(key, "")

    def text(self, key: str) -> str:
        """A property's value without quotes."""
        return unquote(self.properties.get(key, ""))

    def number(self, key: str, default: int = 0) -> int:
        """A whole number; UE writes positions as integers, other tools as floats."""
        try:
            return int(float(self.properties.get(key, default)))
        except (ValueError, OverflowError):
            return default

    def elements(self, key: str) -> list[str]:
        """Raw values of `Key(0)=`, `Key(1)=`, ... by index; an index that is left out (a default element) is ''."""
        prefix = f"{key}("
        found = {int(name[len(prefix):-1]): value for name, value in self.properties.items()
                 if name.startswith(prefix) and INDEX.fullmatch(name, len(prefix) - 1)}
        return [found.get(index, "") for index in range(min(max(found, default=-1), 4 * len(found) + 64) + 1)]

    def __repr__(self) -> str:
        return f"ClipboardObject({self.class_name} {self.name!r})"


@dataclass
class ClipboardText:
    """The top-level objects of a text in order, and what was wrong with it."""

    objects: list[ClipboardObject] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_objects(text: str) -> ClipboardText:
    read = _Reader().read(lines_of(text.rstrip()))
    changed = next((found for found in read.objects if found.name.startswith(CHANGED)), None)
    return read if changed is None else _read_changed(text, changed)


def _read_changed(text: str, changed: ClipboardObject) -> ClipboardText:
    """The whole text once more with the quotes that the editor wrote."""
    read = _Reader().read(with_plain_quotes(lines_of(text.rstrip()), changed.name))
    how = "escaped as in a web page" if changed.name.startswith("&") else "typographic ones"
    found = Finding("changed-quotes", Severity.WARNING, changed.line, f"The quotes are {how}; they were read as plain ones.",
                    "copy the nodes from the editor straight into a plain text file.")
    return ClipboardText(read.objects, [found, *read.findings])


def lines_of(text: str) -> list[str]:
    """Lines as the editor means them: a string may hold form feeds or U+2028, at which str.splitlines would cut."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def read_header(line: str) -> tuple[str, str, str]:
    """Class path, name and raw export path of a `Begin Object` line, each empty where it is not given."""
    if plain := PLAIN_HEADER.fullmatch(line):
        return plain[1], plain[2], plain[3] or ""
    header = dict(HEADER_VALUE.findall(line))
    return unquote(header.get("Class", "")), unquote(header.get("Name", "")), header.get("ExportPath", "")


class _Reader:
    def __init__(self) -> None:
        self.objects: list[ClipboardObject] = []
        self.findings: list[Finding] = []
        self.current: ClipboardObject | None = None
        self.depth = 0
        self.too_deep = 0
        self.stray_line = -1

    def read(self, lines: list[str]) -> ClipboardText:
        number = 0
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if line.startswith("CustomProperties "):
                self._custom(line, number)
            elif line.startswith("Begin Object"):
                self._begin(line, number)
            elif line == "End Object":
                self._end(number)
            elif line:
                self._property(line, number)
        self._finish(number)
        return ClipboardText(self.objects, self.findings)

    def _find(self, code: str, line: int, message: str, remedy: str, severity: Severity = Severity.WARNING) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code, severity, line, message, remedy))
        elif len(self.findings) == MAX_FINDINGS:
            self.findings.append(Finding("more-damage", severity, line, "More damage follows and is not listed.",
                                         "copy the nodes from the editor again."))

    def _begin(self, line: str, number: int) -> None:
        if self.depth >= MAX_DEPTH:
            if not self.too_deep:
                self._find("too-deep", number, f"Objects nest more than {MAX_DEPTH} deep; the deeper ones are left out.",
                           "check that this text comes from the editor.")
            self.too_deep += 1
            return
        class_path, name, export_path = read_header(line)
        self._close_forgotten(class_path, number)
        self._open(name or f"Unnamed_{number}", class_path, export_path, number)

    def _close_forgotten(self, class_path: str, number: int) -> None:
        """A node never holds a node directly: where one starts inside another, an `End Object` was lost."""
        if self.current is not None and is_node_class(self.current.class_path) and is_node_class(class_path):
            self._find("missing-end", number, f"'{self.current.name}' has no 'End Object' before the next node begins.",
                       "copy the nodes from the editor again; the node was read as far as it goes.")
            self.current, self.depth = self.current.parent, self.depth - 1

    def _open(self, name: str, class_path: str, export_path: str, number: int) -> None:
        parent, declared = self.current, None
        if parent is not None:
            declared = parent.children.get(name)
        opened = declared or ClipboardObject(name, class_path or read_reference(export_path).type, export_path, number, parent)
        if declared is None and not opened.class_path:
            self._find("no-class", number, f"'{name}' is defined, but no class was declared for it.",
                       "copy the nodes from the editor again.")
        if class_path and not opened.class_path:
            opened.is_of(class_path)
        opened.export_path = opened.export_path or export_path
        if parent is None:
            self.objects.append(opened)
        else:
            parent.children[name] = opened
        self.current, self.depth = opened, self.depth + 1

    def _end(self, number: int) -> None:
        if self.too_deep:
            self.too_deep -= 1
        elif self.current is None:
            self._find("stray-end", number, "'End Object' without a 'Begin Object' before it.",
                       "copy the nodes from the editor again.")
        else:
            self.current, self.depth = self.current.parent, self.depth - 1

    def _custom(self, line: str, number: int) -> None:
        if self.current is None or self.too_deep:
            self._stray(number)
        elif line.startswith("CustomProperties Pin"):
            pin = read_pin(line, number)
            self.current.pins.append(pin)
            if pin.is_cut_off or not pin.id:
                self._find("damaged-pin", number, f"The pin '{pin.name or '?'}' of '{self.current.name}' is cut off, has an open string or no PinId.",
                           "copy the node from the editor again.")
        else:
            self.current.custom.append(line[len("CustomProperties "):])
        if self.depth > 1 and self.current is not None:
            self.current.raw_lines.append(line)

    def _property(self, line: str, number: int) -> None:
        if "Begin Object" in line and self._has_lost_begin(line, number):
            return
        if self.current is None or self.too_deep or "=" not in line:
            self._stray(number)
        else:
            key, _, value = line.partition("=")
            self.current.properties[key.rstrip().replace('"', "")] = value.lstrip()
            if value.count('"') & 1 and has_open_string(value):
                self._find("open-string", number, f"A string in '{key}' of '{self.current.name}' is not closed.",
                           "copy the node from the editor again; the string was read as far as it goes.")
            if self.depth > 1:
                self.current.raw_lines.append(line)

    def _has_lost_begin(self, line: str, number: int) -> bool:
        """A second copy pasted into the middle of a line: read on with the object that begins there."""
        bare = ANY_STRING.sub(lambda found: "_" * len(found[0]) if found[1] else found[0], line)
        lost = LOST_BEGIN.search(bare)
        if not lost:
            return False
        self._find("text-in-line", number, "An object begins in the middle of a line: another copy was pasted into this one.",
                   "paste each copy into a file of its own; the node that was cut here is read as far as it goes.")
        self.current, self.depth, self.too_deep = None, 0, 0
        self._begin(line[lost.start():], number)
        return True

    def _stray(self, number: int) -> None:
        """One finding for a run of lines that belong to nothing."""
        if number != self.stray_line + 1:
            self._find("stray-text", number, "Text that is no part of an object is left out.",
                       "keep only what the editor copied, from the first 'Begin Object' to the last 'End Object'.")
        self.stray_line = number

    def _finish(self, number: int) -> None:
        if self.current is not None:
            self._find("cut-off", number, f"The text ends inside '{self.current.name}'.",
                       "copy the nodes from the editor again; the node was read as far as it goes.")
        for found in self.objects:
            _adopt_legacy_pins(found)


def is_node_class(class_path: str) -> bool:
    name = class_path.rsplit(".", 1)[-1]
    return name.startswith(("K2Node_", "EdGraphNode_Comment", "GameplayTagsK2Node_", "MaterialGraphNode"))


def _adopt_legacy_pins(found: ClipboardObject) -> None:
    """`EdGraphPin` sub-objects (UE 4.14 and before) become pins of their node; depth is limited by the reader."""
    for name, child in list(found.children.items()):
        if child.class_name == "EdGraphPin":
            found.pins.append(legacy_pin(name, child.properties, child.line))
            del found.children[name]
        else:
            _adopt_legacy_pins(child)
