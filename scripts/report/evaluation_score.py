"""The score of an answer in the evaluation: what the graph does counts more than how it is drawn.

    100                                      where the graph equals the expected one, or an alternative
    70 + 30 * form                           where it does the same on every event of the test
    70 * (0.75 * meaning + 0.25 * form)      below that: passed is only what does the right thing
    8.75 * form                              where parser or validator find an error: what would not compile does nothing
    0                                        where there is no document at all

Form is the exam's product of node types, wires and values as F1 (report.scoring). Meaning is the likeness of the traces, 0
to 1, when both graphs are run on the test's events (utils.interpreting.traces). The best of the expected answer and its
alternatives counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from report.scoring import EQUAL, Score, score_blueprint
from utils.blueprint_patterns import Catalogue, load_catalogue
from utils.dsl_parser import parse
from utils.dsl_validator import validate_text
from utils.interpreting.traces import meaning

PASS_THRESHOLD = 70.0
MEANING_SHARE = 0.75


@dataclass(frozen=True)
class EvaluationScore:
    """`total` is 0..100, the parts are 0..1; `form` holds nodes, wires, values, findings and mistakes."""

    total: float
    meaning: float
    form: Score | None

    @property
    def is_passed(self) -> bool:
        return self.total >= PASS_THRESHOLD


NOTHING = EvaluationScore(0.0, 0.0, None)


def evaluate_answer(expected_dsl: str, alternatives: Sequence[str], actual_text: str, events: Sequence[Mapping[str, Any]],
                    world: Mapping[str, Any] | None = None) -> EvaluationScore:
    """Grade one answer. The expected answers must parse; the answer may be any text."""
    actual, findings = validate_text(actual_text)
    if actual is None:
        return NOTHING
    wanted = [parse(text) for text in (expected_dsl, *alternatives)]
    form = score_blueprint(wanted, actual, findings)
    if form.is_equal:
        return EvaluationScore(EQUAL, 1.0, form)
    likeness = max(meaning(one, actual, _catalogue(), events, world) for one in wanted) if form.is_valid else 0.0
    return EvaluationScore(_total(likeness, form.total / EQUAL), likeness, form)


def _total(likeness: float, form: float) -> float:
    if likeness == 1.0:
        return PASS_THRESHOLD + (EQUAL - PASS_THRESHOLD) * form
    return PASS_THRESHOLD * (MEANING_SHARE * likeness + (1 - MEANING_SHARE) * form)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()
