"""Rules about the document as a whole: its parent, its variables, names that several things claim."""

from __future__ import annotations

import re
from functools import lru_cache

from utils.blueprint_patterns import Catalogue, load_catalogue
from utils.catalogue.scope import EVENT_GRAPHS, is_dispatcher
from utils.dsl.ast import Blueprint, Graph, Params, Value, Variable
from utils.dsl.spelling import Speller
from utils.validation.report import Report, listed, nearest
from utils.validation.types import check_default, check_params, check_type

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# Properties of declarations; docs/node-forms.md says what they mean.
VARIABLE_KEYS = ("Category", "Component", "ExposeOnSpawn", "InstanceEditable", "RepNotify", "Replicated", "Tooltip")
DISPATCHER_KEYS = ("Params", "Category", "Tooltip")
GRAPH_KEYS = ("Access", "Category", "Class", "Const", "Pure", "Static", "Tooltip")


def check_document(blueprint: Blueprint, speller: Speller, report: Report) -> None:
    catalogue = speller.catalogue
    if CONTROL.search(blueprint.name):
        report.error("bad-name", blueprint.line, f"the name {blueprint.name[:60]!r} holds a character that cannot be seen", "Take it out of the name.")
    if not catalogue.knows_class(blueprint.parent):
        report.note("unknown-parent", blueprint.parent_line, f"PARENT {blueprint.parent} is not in the catalogue; what it inherits is not checked",
                    _parent_remedy(blueprint.parent, catalogue))
    _check_variables(blueprint.variables, speller, report)
    for graph in blueprint.graphs:
        _check_variables(graph.variables, speller, report)
        _check_keys(f"graph '{graph.name}'", graph.properties, GRAPH_KEYS, graph.line, speller, report)
    _check_names(blueprint, report)


def _parent_remedy(parent: str, catalogue: Catalogue) -> str:
    meant = nearest(parent, ("Actor", "Pawn", "Character", "PlayerController", "ActorComponent", "SceneComponent", "GameModeBase",
                             "UserWidget", "AIController", "GameInstance", "AnimInstance", "Object"))
    return f"Did you mean {meant}?" if meant else ""


def _check_variables(variables: tuple[Variable, ...], speller: Speller, report: Report) -> None:
    seen: dict[str, str] = {}
    for variable in variables:
        name = variable.name.lower()
        if name in seen:
            report.error("duplicate-variable", variable.line, f"variable '{variable.name}' is declared already, as '{seen[name]}'",
                         "Names compare without letter case: rename one of them.")
        seen[name] = variable.name
        what = f"variable '{variable.name}'"
        check_type(variable.type, variable.line, what, report)
        _check_default(variable, speller, report)
        _check_keys(what, variable.properties, DISPATCHER_KEYS if is_dispatcher(variable.type) else VARIABLE_KEYS, variable.line, speller, report)


def _check_keys(what: str, properties: tuple[tuple[str, Value], ...], known: tuple[str, ...], line: int, speller: Speller, report: Report) -> None:
    """A property that nothing reads is a slip, and what it was to say is lost."""
    for key, value in properties:
        if key not in known:
            hint = f"Did you mean {meant}? " if report.may_look_up() and (meant := nearest(key, known)) else ""
            report.warning("unknown-property", line, f"{what}: a property '{key[:60]}' means nothing", f"{hint}It may say: {listed(known)}.")
        elif isinstance(value, Params):
            check_params(value, line, what, speller, report)


def _check_default(variable: Variable, speller: Speller, report: Report) -> None:
    kind = speller.catalogue.resolve_type(variable.type)
    if kind.kind == "exec":
        report.error("wrong-type", variable.line, f"variable '{variable.name}' cannot be of type Exec", "Give it a data type.")
    if variable.default is None:
        return
    if is_dispatcher(variable.type):
        report.error("wrong-value", variable.line, f"variable '{variable.name}': a dispatcher has no value", "Leave the value out.")
        return
    check_default(variable.default, variable.type, variable.line, f"variable '{variable.name}'", speller, report)


def _check_names(blueprint: Blueprint, report: Report) -> None:
    """Custom events and function graphs share one set of names, in any letter case."""
    seen: dict[str, str] = {}
    for graph in blueprint.graphs:
        names = [(graph.name, graph.line)] if _is_function(graph) else []
        names += [(str(node.get("Name")), node.line) for node in graph.nodes
                  if node.type == "Event_Custom" and isinstance(node.get("Name"), str)]
        for name, line in names:
            if name.lower() in seen:
                report.error("duplicate-name", line, f"'{name}' is the name of another event or function already", "Rename one of them.")
            seen[name.lower()] = name
    _check_taken(blueprint, seen.keys() | {graph.name.lower() for graph in blueprint.graphs} - EVENT_GRAPHS, report)


def _check_taken(blueprint: Blueprint, taken: set[str], report: Report) -> None:
    """The editor takes a name once, whatever it names, and none that the parent class has."""
    for variable in blueprint.variables:
        name = variable.name.lower()
        if name in taken:
            report.warning("name-taken", variable.line, f"variable '{variable.name}' has the name of a graph or event of this document",
                           "Rename one of them: the editor takes each name once.")
        elif name in _inherited(blueprint.parent):
            report.warning("name-taken", variable.line, f"{blueprint.parent} has a variable '{variable.name}' already",
                           "Leave this VAR out to use the inherited one, or rename it.")


@lru_cache(maxsize=256)
def _inherited(parent: str) -> frozenset[str]:
    """Variables of a class and of those it inherits from, in lower case."""
    data = load_catalogue().data
    path = data.class_path(parent)
    return frozenset(found.name.lower() for owner in data.ancestors(path) for found in data.properties(owner)) if path else frozenset()


def _is_function(graph: Graph) -> bool:
    return any(node.type == "FunctionEntry" for node in graph.nodes)
