"""One export there and back, held against readers that share nothing with ours: what the round-trip report and its test count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from plain_reader import PlainGraph, plain_graph, plain_links
from utils.blueprint_patterns import Scope, load_catalogue
from utils.clipboard_reader import Translation, read_clipboard
from utils.clipboard_writer import write_clipboard
from utils.dsl.ast import Blueprint
from utils.dsl_parser import parse, render
from utils.graph_compare import graphs_equal


@dataclass
class RoundTrip:
    """Numbers of one export, and everything that was lost or invented, in words. `written` is the text that pastes."""

    nodes: int = 0
    wires: int = 0
    values: int = 0
    variables: int = 0
    generic_nodes: int = 0
    is_damaged: bool = False
    written: str = ""
    losses: list[str] = field(default_factory=list)


def round_trip(text: str, name: str) -> RoundTrip:
    """Export -> DSL -> document -> clipboard text; a damaged export is held against its document, not its text."""
    translation = read_clipboard(text, name)
    assert translation.blueprint is not None, translation.findings[0]
    document = parse(render(translation.blueprint))
    source, written_text = plain_graph(text), write_clipboard(document)
    result = RoundTrip(*_counts(source), written=written_text)
    result.is_damaged = any(finding.severity != "note" for finding in translation.findings)
    result.generic_nodes = sum(node.type == "K2Node" for graph in document.graphs for node in graph.nodes)
    if render(document) != render(translation.blueprint):
        result.losses.append("the document's text is not its fixed point")
    if not result.is_damaged:
        result.losses += _differences("DSL", source_links(text), document_links(translation))
        result.losses += compare(source, plain_graph(written_text))
    if not graphs_equal(read_clipboard(written_text, name).blueprint, document):
        result.losses.append("our own reader finds another graph in the written text")
    return result


def _counts(source: PlainGraph) -> tuple[int, int, int, int]:
    return sum(source.nodes.values()), sum(source.wires.values()), sum(source.user_values.values()), len(source.variables)


def compare(source: PlainGraph, written: PlainGraph) -> list[str]:
    """Nodes by class and member, wires by the pins they join, the user's values, names of variables."""
    losses = _differences("node", source.nodes, written.nodes) + _differences("wire", source.wires, written.wires)
    losses += [f"value lost: {value}" for value in source.user_values - written.values]
    return losses + [f"variable lost: {name}" for name in source.variables - written.variables]


def _differences(what: str, expected: Counter, found: Counter) -> list[str]:
    return [f"{what} lost: {one}" for one in expected - found] + [f"{what} invented: {one}" for one in found - expected]


def source_links(text: str) -> Counter:
    """(node, pin, node, pin) by the names in the text, reroutes collapsed."""
    return Counter(plain_links(text))


def document_links(translation: Translation) -> Counter:
    """The same of the document, whose node ids and pin names lead back to the text through the catalogue."""
    blueprint: Blueprint = translation.blueprint
    found: Counter = Counter()
    for graph in blueprint.graphs:
        scope = Scope.of(blueprint, graph)
        shapes = {node.id: load_catalogue().shape(node, scope) for node in graph.nodes}
        for wire in graph.wires:
            ends = []
            for end, is_input in ((wire.source, False), (wire.target, True)):
                internal = shapes[end.node].pin(end.pin, is_input).internal.lower()
                ends += [translation.sources[graph.name, end.node].name, "" if internal == "none" else internal]
            found[tuple(ends)] += 1
    return found
