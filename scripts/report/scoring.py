"""The score of an answer: one definition for exams, evaluation and correction lessons.

    score = 100                                   where the answer's graph equals the expected one, or an alternative
    score = 100 * F1(nodes) * F1(wires) * F1(values)   below that, after the best matching of nodes; the best of the
                                                  expected answer and its alternatives counts
    half of that                                  where the validator or the parser finds an error in the answer
    score = 0                                     where there is no document at all

Nodes are right by type, wires by both ends, values by pin; variables, the parent class and function names count as values. A
product, because a graph with the right nodes and no right wire is worth nothing: what every answer has in common (an
event, a print) earns next to nothing by itself, and saying more than was asked for lowers each factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from utils.dsl.ast import Blueprint
from utils.dsl_parser import parse
from utils.dsl_validator import validate_text
from utils.findings import Finding
from utils.graph_compare import Comparison, Mistake, compare

EQUAL = 100.0
INVALID_FACTOR = 0.5


@dataclass(frozen=True)
class Score:
    """`total` is 0..100. F1 and mistakes are those against the expected answer or alternative that comes nearest."""

    total: float
    is_equal: bool
    is_valid: bool
    nodes_f1: float
    wires_f1: float
    properties_f1: float
    findings: tuple[Finding, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def score_answer(expected_dsl: str, alternatives: Iterable[str], actual_text: str) -> Score:
    """Grade one answer. The expected answers must parse; the answer may be any text."""
    actual, findings = validate_text(actual_text)
    if actual is None:
        return Score(0.0, False, False, 0.0, 0.0, 0.0, tuple(findings))
    wanted = [parse(text) for text in (expected_dsl, *alternatives)]
    return score_blueprint(wanted, actual, findings)


def score_blueprint(wanted: list[Blueprint], actual: Blueprint, findings: list[Finding]) -> Score:
    is_valid = not any(finding.is_error for finding in findings)
    best = max((compare(one, actual) for one in wanted), key=lambda found: (found.is_equal, product(found)))
    is_equal = best.is_equal and is_valid
    total = EQUAL if is_equal else EQUAL * product(best) * (1.0 if is_valid else INVALID_FACTOR)
    return Score(total, is_equal, is_valid, best.nodes.f1, best.wires.f1, best.properties.f1, tuple(findings), best.mistakes)


def product(found: Comparison) -> float:
    return found.nodes.f1 * found.wires.f1 * found.properties.f1
