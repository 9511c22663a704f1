"""Clipboard text of the Blueprint editor to a DSL document.

    translation = read_clipboard(text)
    translation.blueprint      None where the text is no Blueprint graph
    translation.findings       damage with its line, links that lead out of the copy, why a text was refused

Nothing is dropped: a node that no typed form can say becomes a `K2Node` with its class, properties and pins.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from utils.blueprint_patterns import Catalogue, Scope, load_catalogue
from utils.clipboard.comments import read_comments
from utils.clipboard.family import BLUEPRINT, family_of, no_nodes, refusal
from utils.clipboard.graphs import CONSTRUCTION_SCRIPT, Sheet, read_sheets
from utils.clipboard.pins import Pin
from utils.clipboard.reading.declarations import Declarations, local_variables, read_declarations
from utils.clipboard.reading.nodes import NodeReader, ReadNode
from utils.clipboard.reading.reading import Reading
from utils.clipboard.text import ClipboardObject, read_objects
from utils.clipboard.values import read_member
from utils.dsl.ast import Blueprint, Graph, PinRef, Value, Wire, Word
from utils.findings import Finding

# Nodes that others refer to by name: read first, so that calls find them in scope.
DECLARING = frozenset({"K2Node_CustomEvent", "K2Node_FunctionEntry", "K2Node_FunctionResult", "K2Node_Tunnel"})
# EFunctionFlags of a function graph.
CONST, PURE, PROTECTED, PRIVATE, STATIC = 0x40000000, 0x10000000, 0x80000, 0x40000, 0x2000


@dataclass(frozen=True)
class Translation:
    """`sources` tells for each node id of each graph which object of the text it came from."""

    blueprint: Blueprint | None
    findings: tuple[Finding, ...]
    family: str
    sources: dict[tuple[str, str], ClipboardObject] = field(default_factory=dict, compare=False)


def read_clipboard(text: str, name: str = "", catalogue: Catalogue | None = None) -> Translation:
    """`name` is the Blueprint's where the text does not tell it."""
    read = read_objects(text)
    family = family_of(read.objects)
    findings = list(read.findings)
    if family != BLUEPRINT or not read.objects:
        return Translation(None, (refusal(family, read.objects), *findings), family)
    sheets = [sheet for sheet in read_sheets(read.objects, findings) if sheet.nodes or sheet.comments]
    if not sheets:
        return Translation(None, (no_nodes(), *findings), family)
    blueprint, sources = _Translator(catalogue or load_catalogue(), read.objects, sheets, name).blueprint()
    return Translation(blueprint, tuple(findings), family, sources)


class _Translator:
    def __init__(self, catalogue: Catalogue, objects: list[ClipboardObject], sheets: list[Sheet], name: str) -> None:
        self.sheets = sheets
        self.reading = Reading(catalogue)
        self.declared: Declarations = read_declarations(objects, sheets, name, self.reading)
        self.names = _unique_names([sheet.name for sheet in sheets])
        self.locals = [local_variables(sheet, self.reading) for sheet in sheets]
        self.ids = [{id(node): f"n{number}" for number, node in enumerate(sheet.nodes, 1)} for sheet in sheets]

    def blueprint(self) -> tuple[Blueprint, dict[tuple[str, str], ClipboardObject]]:
        declared = Scope.of(self._document(tuple(map(self._declaring_graph, range(len(self.sheets))))))
        graphs = tuple(self._graph(index, declared) for index in range(len(self.sheets)))
        sources = {(self.names[index], self.ids[index][id(node)]): node
                   for index, sheet in enumerate(self.sheets) for node in sheet.nodes}
        return self._document(graphs), sources

    def _document(self, graphs: tuple[Graph, ...]) -> Blueprint:
        return Blueprint(self.declared.name, self.declared.parent, tuple(self.declared.variables.values()), graphs)

    def _bare(self, index: int) -> Graph:
        sheet = self.sheets[index]
        return Graph(self.names[index], (), (), self.locals[index], (), self._properties(sheet))

    def _declaring_graph(self, index: int) -> Graph:
        """The graph with only what other nodes refer to."""
        bare = self._bare(index)
        nodes = [node for node in self.sheets[index].nodes if node.class_name in DECLARING]
        if not nodes:
            return bare
        read = self._read_nodes(nodes, index, Scope.of(self._document((bare,)), bare))
        return replace(bare, nodes=tuple(one.node for one in read.values()))

    def _graph(self, index: int, declared: Scope) -> Graph:
        sheet, bare = self.sheets[index], self._bare(index)
        own = {variable.name.lower(): variable for variable in bare.variables}
        read = self._read_nodes(sheet.nodes, index, replace(declared, graph=bare.name, local_variables=own))
        return replace(bare, nodes=tuple(one.node for one in read.values()), wires=self._wires(sheet, read), comments=self._comments(index))

    def _read_nodes(self, nodes: list[ClipboardObject], index: int, scope: Scope) -> dict[int, ReadNode]:
        self.reading.scope = scope
        self.reading.linked = {pin for link in self.sheets[index].links for pin in (link.source_pin, link.target_pin)}
        open_pins = {pin for node in nodes for pin in node.pins if pin.is_linked and pin not in self.reading.linked}
        reader = NodeReader(self.reading, open_pins)
        return {id(node): reader.read(node, self.ids[index][id(node)]) for node in nodes}

    def _wires(self, sheet: Sheet, read: dict[int, ReadNode]) -> tuple[Wire, ...]:
        wires: dict[tuple[PinRef, PinRef], Wire] = {}
        for link in sheet.links:
            source, target = self._end(read[id(link.source)], link.source_pin), self._end(read[id(link.target)], link.target_pin)
            is_exec = link.source_pin.is_exec
            wires.setdefault((source, target), Wire(source, target, is_exec))
        return tuple(wires.values())

    @staticmethod
    def _end(read: ReadNode, pin: Pin) -> PinRef:
        return PinRef(read.node.id, read.names[pin])

    def _comments(self, index: int):
        sheet = self.sheets[index]
        return read_comments(sheet.comments, sheet.nodes, self.ids[index])

    def _properties(self, sheet: Sheet) -> tuple[tuple[str, Value], ...]:
        """Flags of a function, from its entry."""
        entry = next((node for node in sheet.nodes if node.class_name == "K2Node_FunctionEntry"), None)
        if entry is None:
            return ()
        flags = entry.number("ExtraFlags")
        said: dict[str, Value] = {word: True for word, bit in (("Pure", PURE), ("Const", CONST), ("Static", STATIC)) if flags & bit}
        if access := next((word for word, bit in (("Private", PRIVATE), ("Protected", PROTECTED)) if flags & bit), None):
            said["Access"] = Word(access)
        parent = "" if sheet.name == CONSTRUCTION_SCRIPT else read_member(entry.get("FunctionReference")).parent
        owner = self.reading.types.named("classes", parent)
        return (*said.items(), *((("Class", owner),) if owner else ()))


def _unique_names(names: list[str]) -> list[str]:
    """Two copies in one file may both be of an EventGraph."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    found = []
    for name in names:
        candidate, number = name, last.get(name, 1)
        while candidate.lower() in taken:
            number += 1
            candidate = f"{name}_{number}"
        last[name] = number
        taken.add(candidate.lower())
        found.append(candidate)
    return found
