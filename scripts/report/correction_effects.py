"""What a correction lesson did: right answers to what it aimed at, before and after the training that could learn from it."""

from collections.abc import Iterable
from typing import Any

from corpus.graph_use import graph_use
from corpus.weaknesses import Weakness, pattern_of
from report.records import Exam, ExamAnswer, Records

Answers = dict[tuple[str, str], ExamAnswer]
"""By lesson and prompt."""


def correction_effects(version: int, records: Records) -> list[dict[str, Any]]:
    """An entry for each weakness that the lesson after the version before aimed at; none until both versions have exams.

    Only prompts that both versions answered are compared, so that the prompts of the correction itself, which the version
    before was never asked, cannot pass for progress.
    """
    before, after = (_answers(records.exams_of(one)) for one in (version - 1, version))
    return [_effect(weakness, before, after) for weakness in records.corrections.get(version - 1, ()) if before and after]


def _answers(exams: Iterable[Exam]) -> Answers:
    return {(exam.lesson_id, answer.prompt_id): answer for exam in exams if not exam.hold_out for answer in exam.answers if answer.status == "ok"}


def _effect(weakness: Weakness, before: Answers, after: Answers) -> dict[str, Any]:
    asked = [key for key, answer in before.items() if weakness.is_asked_by(graph_use(answer.expected), pattern_of(answer.category, key[0]))]
    both = [key for key in asked if key in after]
    return {"kind": weakness.kind, "name": weakness.name, "n": len(both),
            "before": _share_right([before[key] for key in both or asked]), "after": _share_right([after[key] for key in both])}


def _share_right(answers: list[ExamAnswer]) -> float | None:
    return sum(answer.graph_equal for answer in answers) / len(answers) if answers else None
