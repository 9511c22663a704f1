"""Shapes of the nodes of a document, remembered between documents: most nodes of a corpus are alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from utils.blueprint_patterns import Catalogue
from utils.catalogue.scope import Scope
from utils.catalogue.shape import Shape
from utils.dsl.ast import Blueprint, Node, Word

LARGEST = 20_000  # shapes; about 4 kB each
# Nodes whose shape depends on more of the document than its parent class and the one declaration they name.
WHOLE_SCOPE = frozenset({"Event_Component", "Macro", "BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent", "CallDispatcher",
                         "CallParent", "CallInterface"})
# Nodes with as many pins as they say, and whose literals change none of them: one shape for all literals.
COUNTED = frozenset({"MakeArray", "MakeSet", "MakeMap", "Select", "Add", "Subtract", "Multiply", "Divide", "BooleanAND", "BooleanOR",
                     "Concat_StrStr", "SwitchInt", "SwitchString", "SwitchName", "Sequence", "MultiGate"})
COUNTED_KEYS = frozenset({"Inputs", "Outputs", "Options", "Cases", "StartIndex", "Default", "Type", "ValueType", "IndexType", "Enum",
                          "Function", "CaseSensitive", "Pure", "Split", "Open"})
OF_THE_GRAPH = frozenset({"FunctionEntry", "FunctionResult"})


class ShapeMemory:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.known: dict[Hashable, Shape] = {}

    def shapes(self, nodes: Iterable[Node], scope: Scope) -> dict[str, Shape]:
        return {node.id: self.shape(node, scope) for node in nodes}

    def shape(self, node: Node, scope: Scope) -> Shape:
        if node.type in WHOLE_SCOPE:
            return self.catalogue.shape(node, scope)
        properties = node.properties
        if properties and node.type in COUNTED:
            properties = tuple(item for item in properties if item[0] in COUNTED_KEYS)
        # The classes of the values tell true from 1, which are equal in Python.
        key = (node.type, scope.parent, properties, *[value.__class__ for _, value in properties], _declared(node, scope))
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= LARGEST:
                self.known.clear()
            found = self.known[key] = self.catalogue.shape(node, scope)
        return found


def _declared(node: Node, scope: Scope) -> Hashable:
    """What the document says about the name that a node refers to."""
    if node.type in OF_THE_GRAPH:
        return scope.graph
    if node.type in ("VariableGet", "VariableSet"):
        name = _lower(node.get("Variable"))
        local = scope.local_variables.get(name)
        return local is not None, local or scope.variables.get(name)
    return scope.functions.get(_lower(node.get("Function"))) if node.type == "Call" else None


def _lower(value: object) -> str:
    return (value.text if isinstance(value, Word) else value).lower() if isinstance(value, (Word, str)) else ""


def graph_scopes(blueprint: Blueprint) -> list[Scope]:
    """One scope a graph; what the whole document declares is gathered once."""
    whole = Scope.of(blueprint)
    return [replace(whole, graph=graph.name, local_variables={one.name.lower(): one for one in graph.variables})
            for graph in blueprint.graphs]
