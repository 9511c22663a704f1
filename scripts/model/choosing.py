"""Which of several answers to one question is best, judged without knowing the right one."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from model.decode_types import Answer
from utils.dsl_parser import DslError, parse
from utils.dsl_validator import validate_text
from utils.graph_compare import graph_key

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
NAME = re.compile(r"\b\w*[a-z0-9][A-Z]\w*\b")
LOOSE_ENDS = frozenset({"never-runs", "never-read"})
"""Findings about nodes that do nothing: none of the lessons' answers has one, of 119 wrong candidates for 30 hard prompts 36 do."""
COUNTED_TO = 5
"""Numbers up to this one may be defaults, or count what is enumerated, and need not stand in an answer."""


def unsaid(instruction: str, text: str) -> list[str]:
    """What the instruction spells out and the answer lacks: quoted texts, names with capitals inside, numbers.

    Of the right answers of 7,575 training rows 13 lacked any of it. A number may be there as the one before it ("37 times" ends
    with index 36) or with the other sign ("lower by 10").
    """
    words = QUOTED.sub(" ", instruction)
    numbers = {float(number) for number in NUMBER.findall(text)}
    spelled = [*(quoted.strip() for quoted in QUOTED.findall(instruction)), *NAME.findall(words)]
    amounts = [amount for amount in NUMBER.findall(words) if float(amount) > COUNTED_TO or float(amount) % 1]
    missing = [word for word in spelled if word and word not in text]
    return missing + [amount for amount in amounts if not numbers & {float(amount), float(amount) - 1, -float(amount)}]


@dataclass(frozen=True)
class Judged:
    """An answer among others to the same question; `likelihood` is that of its graph, by all the texts found that say it: the order of lines is no part of it."""

    answer: Answer
    errors: int
    flaws: int
    """What is spelled out and missing, and nodes that do nothing."""
    likelihood: float

    @property
    def is_flawless(self) -> bool:
        return not self.errors and self.answer.is_whole and not self.flaws


def judged(instruction: str, answers: Sequence[Answer]) -> list[Judged]:
    """Best first: valid answers before others, whole before cut, then those with fewest flaws, then the likeliest. Of equals the first stays first."""
    keys = [_graph(answer.text) for answer in answers]
    likelihood: dict[str, float] = defaultdict(float)
    for (key, _), logprob in {(key, answer.text): answer.logprob for key, answer in zip(keys, answers)}.items():
        likelihood[key] += math.exp(logprob or 0.0)
    found = [_judge(instruction, answer, likelihood[key]) for key, answer in zip(keys, answers)]
    return sorted(found, key=lambda one: (one.errors, not one.answer.is_whole, one.flaws, -one.likelihood))


def best_first(instruction: str, answers: Sequence[Answer]) -> list[Answer]:
    return [one.answer for one in judged(instruction, answers)]


def _judge(instruction: str, answer: Answer, likelihood: float) -> Judged:
    findings = validate_text(answer.text)[1]
    errors, loose = sum(finding.is_error for finding in findings), sum(finding.code in LOOSE_ENDS for finding in findings)
    return Judged(answer, errors, len(unsaid(instruction, answer.text)) + loose, likelihood)


def _graph(text: str) -> str:
    try:
        return graph_key(parse(text))
    except DslError:
        return text
