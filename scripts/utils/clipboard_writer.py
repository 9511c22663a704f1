"""A Blueprint of the DSL as text that the Unreal editor pastes.

    write_clipboard(blueprint)   all graphs in one text, one below the other; each object's path tells its graph
    write_graphs(blueprint)      a text for each graph by its name: what a person pastes, graph by graph

The same document gives the same text, byte for byte. The editor never pastes FunctionEntry: for a function graph, make
the function first and paste the rest into it.
"""

from __future__ import annotations

from collections import Counter

from utils.blueprint_patterns import load_catalogue
from utils.catalogue.node_shapes import graph_scopes
from utils.clipboard.writing.layout_frames import snap_up
from utils.clipboard.writing.page import build_page
from utils.dsl.ast import Blueprint

GRAPH_GAP = 400


def write_clipboard(blueprint: Blueprint) -> str:
    texts: list[str] = []
    names: Counter[str] = Counter()
    top = 0
    for graph, scope in zip(blueprint.graphs, graph_scopes(blueprint)):
        page = build_page(blueprint, graph, scope, load_catalogue(), names)
        texts.append(page.text(top))
        top += snap_up(page.bottom + GRAPH_GAP)
    return "".join(texts)


def write_graphs(blueprint: Blueprint) -> dict[str, str]:
    return {graph.name: build_page(blueprint, graph, scope, load_catalogue(), Counter()).text(0)
            for graph, scope in zip(blueprint.graphs, graph_scopes(blueprint))}
