"""What a node may refer to: the parent class and everything the document declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from utils.dsl.ast import Blueprint, Graph, Node, Param, Params, TypeRef, Variable

EVENT_GRAPHS = frozenset({"eventgraph", "constructionscript", "userconstructionscript"})


@dataclass(frozen=True)
class Signature:
    """Parameters and results of a function or custom event of the document."""

    name: str
    inputs: tuple[Param, ...] = ()
    outputs: tuple[Param, ...] = ()
    is_pure: bool = False
    is_event: bool = False


@dataclass(frozen=True)
class Scope:
    """Names compare without letter case, as the engine's do: the keys are in lower case."""

    name: str = ""
    parent: str = "Actor"
    graph: str = "EventGraph"
    variables: Mapping[str, Variable] = field(default_factory=dict)
    local_variables: Mapping[str, Variable] = field(default_factory=dict)
    functions: Mapping[str, Signature] = field(default_factory=dict)
    macros: Mapping[str, Signature] = field(default_factory=dict)
    dispatchers: Mapping[str, tuple[Param, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, blueprint: Blueprint, graph: Graph | None = None) -> Scope:
        functions: dict[str, Signature] = {}
        for one in blueprint.graphs:
            functions.update((signature.name.lower(), signature) for signature in signatures(one))
        return cls(blueprint.name, blueprint.parent, graph.name if graph else "EventGraph",
                   _by_name(blueprint.variables), _by_name(graph.variables if graph else ()), functions,
                   {one.name.lower(): _tunnels(one) for one in blueprint.graphs if _is_macro(one)},
                   {one.name.lower(): params(one.properties, "Params") for one in blueprint.variables if is_dispatcher(one.type)})


def signatures(graph: Graph) -> list[Signature]:
    """The function that a graph is, and the custom events in it."""
    found = [Signature(str(node.get("Name")), params(node.properties, "Params"), is_event=True)
             for node in graph.nodes if node.type == "Event_Custom" and node.get("Name") is not None]
    if graph.name.lower() not in EVENT_GRAPHS and not _is_macro(graph):
        found.append(_function(graph))
    return found


def _function(graph: Graph) -> Signature:
    is_pure = dict(graph.properties).get("Pure") is True
    return Signature(graph.name, _params_of(graph, "FunctionEntry"), _params_of(graph, "FunctionResult"), is_pure)


def _params_of(graph: Graph, kind: str) -> tuple[Param, ...]:
    entry = next((node for node in graph.nodes if node.type == kind), None)
    return params(entry.properties, "Params") if entry else ()


def _is_macro(graph: Graph) -> bool:
    return any(node.type == "Tunnel" for node in graph.nodes) and not any(node.type == "FunctionEntry" for node in graph.nodes)


def _tunnels(graph: Graph) -> Signature:
    """A macro's inputs are the outputs of its first tunnel, its outputs the inputs of the second."""
    tunnels: list[Node] = [node for node in graph.nodes if node.type == "Tunnel"]
    inputs = [param for node in tunnels for param in params(node.properties, "Outputs")]
    outputs = [param for node in tunnels for param in params(node.properties, "Inputs")]
    return Signature(graph.name, tuple(inputs), tuple(outputs))


def params(properties: tuple, key: str) -> tuple[Param, ...]:
    """The parameters that a property lists. `()` is read as an empty list of values and is no parameter either."""
    value = dict(properties).get(key)
    return value.items if isinstance(value, Params) else ()


def is_dispatcher(kind: TypeRef) -> bool:
    return kind.name.lower() == "dispatcher"


def _by_name(variables: tuple[Variable, ...]) -> dict[str, Variable]:
    return {variable.name.lower(): variable for variable in variables}
