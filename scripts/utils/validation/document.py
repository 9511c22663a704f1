"""Rules about the document as a whole: its parent, its variables, names that several things claim."""

from __future__ import annotations

from utils.blueprint_patterns import Catalogue
from utils.catalogue.scope import is_dispatcher
from utils.dsl.ast import Blueprint, Graph, Variable
from utils.dsl.spelling import Speller
from utils.dsl.writer import write_value
from utils.validation.report import Report, nearest


def check_document(blueprint: Blueprint, speller: Speller, report: Report) -> None:
    catalogue = speller.catalogue
    if not catalogue.knows_class(blueprint.parent):
        report.note("unknown-parent", 0, f"PARENT {blueprint.parent} is not in the catalogue; what it inherits is not checked",
                    _parent_remedy(blueprint.parent, catalogue))
    _check_variables(blueprint.variables, speller, report)
    for graph in blueprint.graphs:
        _check_variables(graph.variables, speller, report)
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
        _check_default(variable, speller, report)


def _check_default(variable: Variable, speller: Speller, report: Report) -> None:
    kind = speller.catalogue.resolve_type(variable.type)
    if kind.kind == "exec":
        report.error("wrong-type", variable.line, f"variable '{variable.name}' cannot be of type Exec", "Give it a data type.")
    if variable.default is None or is_dispatcher(variable.type):
        return
    wanted = speller.literals.misfit(speller.literals.spell(variable.default, kind), kind)
    if wanted:
        report.error("wrong-value", variable.line, f"variable '{variable.name}': {write_value(variable.default)[:60]} does not fit its type",
                     f"Give it {wanted}.")


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


def _is_function(graph: Graph) -> bool:
    return any(node.type == "FunctionEntry" for node in graph.nodes)
