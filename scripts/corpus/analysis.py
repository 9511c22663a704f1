"""What a collection of graphs holds: nodes, pins, events, variables, how much of it the catalogue knows, how complex it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.ast import Blueprint, Graph

MOST_SHOWN = 15


@dataclass
class FileFigures:
    """One export. `longest_chain_nodes` is the longest way along exec wires that visits no node twice (a breadth-first depth)."""

    file: str
    graphs: int
    nodes: int
    wires: int
    known_nodes: int
    branches: int
    longest_chain_nodes: int


@dataclass
class Analysis:
    """Saved as results/export_analysis.json."""

    schema_version: int = 1
    files: list[FileFigures] = field(default_factory=list)
    node_types: Counter[str] = field(default_factory=Counter)
    pins: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    variables: Counter[str] = field(default_factory=Counter)
    variable_types: Counter[str] = field(default_factory=Counter)
    unknown_nodes: Counter[str] = field(default_factory=Counter)

    @property
    def coverage_frac(self) -> float:
        """Share of all nodes that the catalogue knows."""
        total = self.node_types.total()
        return 1 - self.unknown_nodes.total() / total if total else 0.0


def analyse(blueprints: Iterable[tuple[Path, Blueprint]]) -> Analysis:
    analysis = Analysis()
    for file, blueprint in blueprints:
        analysis.files.append(_file_figures(file, blueprint, analysis))
        for variable in blueprint.variables:
            analysis.variables[variable.name] += 1
            analysis.variable_types[str(variable.type)] += 1
    return analysis


def _file_figures(file: Path, blueprint: Blueprint, analysis: Analysis) -> FileFigures:
    known = branches = 0
    for graph in blueprint.graphs:
        scope = Scope.of(blueprint, graph)
        for node in graph.nodes:
            shape = load_catalogue().shape(node, scope)
            analysis.node_types[node.type] += 1
            analysis.pins.update(pin.name for pin in shape.pins if not pin.is_hidden)
            known += shape.is_known
            branches += len(shape.exec_outputs) > 1
            if shape.is_event:
                analysis.events[str(node.get("Name") or node.get("Event") or node.type)] += 1
            if not shape.is_known:
                analysis.unknown_nodes[str(node.get("Function") or node.get("Class") or node.type)] += 1
    return FileFigures(file.name, len(blueprint.graphs), sum(len(graph.nodes) for graph in blueprint.graphs),
                       sum(len(graph.wires) for graph in blueprint.graphs), known, branches,
                       max(map(longest_chain, blueprint.graphs), default=0))


def longest_chain(graph: Graph) -> int:
    """Nodes on the deepest level of a breadth-first walk along exec wires from nodes that none leads to."""
    targets: dict[str, list[str]] = {}
    for wire in graph.wires:
        if wire.is_exec:
            targets.setdefault(wire.source.node, []).append(wire.target.node)
    entered = {target for found in targets.values() for target in found}
    level, seen, depth = [node for node in targets if node not in entered], set(), 0
    while level:
        depth += 1
        seen.update(level)
        level = [target for node in level for target in targets.get(node, ()) if target not in seen]
        level = list(dict.fromkeys(level))
    return depth


def table(analysis: Analysis) -> str:
    """The figures that fit a screen."""
    nodes = [figures.nodes for figures in analysis.files]
    lines = [f"{len(analysis.files)} Blueprint exports, {sum(nodes)} nodes, {sum(f.wires for f in analysis.files)} wires, "
             f"{len(analysis.node_types)} node types, {analysis.coverage_frac:.1%} of nodes known to the catalogue",
             f"largest: {max(nodes, default=0)} nodes; longest chain: {max((f.longest_chain_nodes for f in analysis.files), default=0)} nodes"]
    for title, counter in (("node types", analysis.node_types), ("events", analysis.events), ("variable types", analysis.variable_types),
                           ("unknown to the catalogue", analysis.unknown_nodes)):
        shown = ", ".join(f"{name} {count}" for name, count in counter.most_common(MOST_SHOWN))
        lines.append(f"{title}: {shown or 'none'}")
    return "\n".join(lines)
