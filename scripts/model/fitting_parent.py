"""A parent class for an answer whose nodes ask for another one than it began with.

People rarely say what their Blueprint derives from: "When F is pressed, jump." The answer begins with `PARENT: Actor`, and then nothing
may lead to `Jump`, which needs a Character. What the validator says of such nodes tells which parent to try instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from utils.blueprint_patterns import load_catalogue
from utils.catalogue.node_shapes import graph_scopes
from utils.dsl.ast import Blueprint
from utils.dsl.spelling import speller
from utils.dsl_parser import DslError, parse
from utils.findings import Finding

DEFAULT_PARENT = "Actor"
PARENTS = (DEFAULT_PARENT, "UserWidget", "AnimInstance", "GameInstance")
"""What a Blueprint derives from: one of these or a class below. A component, say, is wired to Target instead."""


def fitting_parent(text: str, findings: Iterable[Finding]) -> str:
    """The class that all nodes with an empty Target need, "" where none is missing or no Blueprint has that parent.

    `findings` are the validator's of this text.
    """
    open_nodes = {finding.node for finding in findings if finding.code == "missing-target"}
    if not open_nodes:
        return ""
    try:
        blueprint = parse(text)
    except DslError:
        return ""
    if blueprint.parent != DEFAULT_PARENT:
        return ""
    catalogue, wanted = load_catalogue(), ""
    for name in _wanted_classes(blueprint, open_nodes):
        if not any(catalogue.is_a(name, parent) for parent in PARENTS):
            return ""
        if not wanted or catalogue.is_a(name, wanted):
            wanted = name
        elif not catalogue.is_a(wanted, name):
            return ""
    return wanted


def _wanted_classes(blueprint: Blueprint, open_nodes: set[str]) -> list[str]:
    found = []
    for graph, scope in zip(blueprint.graphs, graph_scopes(blueprint)):
        shapes = speller().memory.shapes(graph.nodes, scope)
        targets = [pin for node_id in open_nodes & shapes.keys() for pin in shapes[node_id].data_inputs if pin.internal == "self" and pin.is_required]
        found += [pin.type.name for pin in targets]
    return found


def beginning(text: str, parent: str) -> str:
    """The first lines of a document, up to and with its parent, that being another."""
    name = next((line for line in text.splitlines() if line.startswith("BLUEPRINT:")), "BLUEPRINT: BP_New")
    return f"{name}\nPARENT: {parent}\n"
