"""The typed validator: what a document says, checked against the node catalogue.

    validate(blueprint)    findings of a parsed document, in the order of its lines
    validate_text(text)    the document as far as it can be read, and all findings, those of the syntax included

A document is valid when no finding is an error. Notes say what cannot be checked (nodes outside the catalogue) and what
a partial copy of a graph leaves open; warnings name what is legal and probably not meant.
"""

from __future__ import annotations

from utils.catalogue.node_shapes import graph_scopes
from utils.catalogue.scope import Scope
from utils.dsl.ast import Blueprint, Graph
from utils.dsl.spelling import Speller, speller
from utils.dsl_parser import DslError, parse_lenient
from utils.findings import Finding, Severity
from utils.validation.document import check_document
from utils.validation.flow import check_flow
from utils.validation.graph_view import GraphView
from utils.validation.nodes import check_nodes
from utils.validation.report import Report
from utils.validation.wires import check_wires

__all__ = ["Finding", "is_valid", "validate", "validate_text"]


def validate(blueprint: Blueprint) -> list[Finding]:
    report = Report()
    tools = speller()
    check_document(blueprint, tools, report)
    for graph, scope in zip(blueprint.graphs, graph_scopes(blueprint)):
        _check_graph(graph, scope, tools, report)
    return sorted(report.findings, key=lambda finding: finding.line)


def _check_graph(graph: Graph, scope: Scope, tools: Speller, report: Report) -> None:
    view = GraphView(graph, scope, tools.memory.shapes(graph.nodes, scope), tools.catalogue)
    check_nodes(view, tools, report)
    check_wires(view, report)
    check_flow(view, report)


def validate_text(text: str) -> tuple[Blueprint | None, list[Finding]]:
    """The document is None where not even its first lines could be read."""
    blueprint, errors = parse_lenient(text)
    findings = [_syntax_finding(error) for error in errors]
    if not blueprint.graphs:
        return None, findings
    return blueprint, sorted([*findings, *validate(blueprint)], key=lambda finding: finding.line)


def _syntax_finding(error: DslError) -> Finding:
    return Finding("syntax", Severity.ERROR, error.line, f"column {error.column}: expected {error.expected}, found {error.found}",
                   f"Write {error.expected} there.")


def is_valid(text: str) -> bool:
    return not any(finding.is_error for finding in validate_text(text)[1])
