"""Exam results as figures that carry n and a 95 % interval."""

from collections.abc import Iterable
from dataclasses import dataclass

from report.records import Exam, ExamAnswer
from report.statistics import mean_ci, wilson


@dataclass(frozen=True)
class Figure:
    """A mean or rate in percent with its 95 % interval."""

    mean: float
    n: int
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.0f} % ({self.low:.0f}-{self.high:.0f}) n={self.n}"


@dataclass(frozen=True)
class ExamFigures:
    score: Figure
    graph_equal: Figure
    valid: Figure


def exam_figures(exams: Iterable[Exam]) -> ExamFigures | None:
    return figures_of([answer for exam in exams for answer in exam.answers])


def figures_of(answers: list[ExamAnswer]) -> ExamFigures | None:
    if not answers:
        return None
    return ExamFigures(
        score=_mean([answer.score for answer in answers]),
        graph_equal=_rate([answer.graph_equal for answer in answers]),
        valid=_rate([answer.valid for answer in answers]),
    )


def rate_of_equal_graphs(exams: Iterable[Exam]) -> Figure | None:
    figures = exam_figures(exams)
    return figures.graph_equal if figures else None


def figures_by_category(exams: Iterable[Exam]) -> dict[str, ExamFigures]:
    groups: dict[str, list[ExamAnswer]] = {}
    for exam in exams:
        for answer in exam.answers:
            groups.setdefault(answer.category or "no category", []).append(answer)
    return {name: figures for name, group in sorted(groups.items()) if (figures := figures_of(group))}


def _mean(values: list[float]) -> Figure:
    estimate = mean_ci(values)
    return Figure(estimate.mean, estimate.n, estimate.low, estimate.high)


def _rate(hits: list[bool]) -> Figure:
    estimate = wilson(sum(hits), len(hits))
    return Figure(100 * estimate.mean, estimate.n, 100 * estimate.low, 100 * estimate.high)
