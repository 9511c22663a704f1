"""Lessons told again with other names, texts, numbers and openings, so that a model learns what to copy and what stays.

A lesson's instruction states every name and literal of its answer word for word. Both are changed in the same places,
and only there; what is said in another form (a doubled value, "three outputs", a name that is also an ordinary word of the
sentence) is left alone. A retelling counts only if the validator accepts it and its graph has kept its structure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.lessons import Lesson
from corpus.mention_order import in_order_of_mention, mentions
from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import number_text
from corpus.synthesis.renaming import LITERAL_NUMBER, QUOTED, STRUCTURAL_KEYS, WRITTEN, authored_names, other_number, renamed
from corpus.synthesis.rewording import rephrase, reword
from utils.dsl.ast import Blueprint
from utils.dsl_parser import render
from utils.dsl_validator import validate_text
from utils.findings import Finding

NUMBER = r"(?<![\w.)-])-?\d+(?:\.\d+)?(?![\w%]|\.\d)"
SAID = re.compile(rf"{QUOTED}|{NUMBER}|\w+")
STRUCTURAL = re.compile(rf"\b(?:{'|'.join(STRUCTURAL_KEYS)})=-?\d+")
# Numbers that are also said in words: changing the figure would make the words untrue.
COUNTED_IN_WORDS = re.compile(r"\b(?:doubl|halv|half|twice|tripl|thrice|quarter|revers|percent|second[s]? later)", re.IGNORECASE)


@dataclass(frozen=True)
class Tale:
    """One prompt of a lesson with all its wordings."""

    file: str
    prompt_id: str
    wordings: tuple[str, ...]
    answer: str


def tales(lessons: Iterable[tuple[str, Lesson]]) -> list[Tale]:
    """Prompts of lessons given with their file names, in an order of their own."""
    found = [Tale(file, prompt.id, (prompt.instruction, *prompt.paraphrases), prompt.expected_dsl)
             for file, lesson in lessons for prompt in lesson.prompts]
    return sorted(found, key=lambda tale: (tale.file, tale.prompt_id))


def retell(tale: Tale, draw: Draw) -> tuple[str, Blueprint] | None:
    """(instruction, graph) with other names and literals, or None when this draw gave nothing that holds."""
    said = draw.pick(tale.wordings)
    names = _new_names(said, tale.answer, draw)
    texts = _new_texts(said, tale.answer, draw)
    numbers = _new_numbers(said, tale.answer, draw)
    if not (names or texts or numbers):
        return None
    instruction = SAID.sub(lambda found: renamed(found[0], names, texts, numbers), said)
    written = numbers | {_written(text): _written(new) for text, new in numbers.items()}
    answer = WRITTEN.sub(lambda found: renamed(found[0], names, texts, written), tale.answer)
    return _checked(rephrase(reword(instruction, draw), draw), answer, tale.answer)


def _checked(instruction: str, answer: str, original: str) -> tuple[str, Blueprint] | None:
    """A name changed on a pin of the engine gives a finding more; a literal that became the default would leave the answer."""
    blueprint, findings = validate_text(answer)
    if blueprint is None or _codes(findings) != _codes_of(original):
        return None
    ordered = in_order_of_mention(blueprint, instruction)
    output = render(ordered)
    is_whole = output.count("\n") == answer.count("\n") and output.count("=") == answer.count("=")
    return (instruction, ordered) if is_whole else None


@lru_cache(maxsize=2048)
def _codes_of(answer: str) -> tuple[str, ...]:
    return _codes(validate_text(answer)[1])


def _codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(sorted(finding.code for finding in findings))


# -- names

def _new_names(said: str, answer: str, draw: Draw) -> dict[str, str]:
    plain = re.sub(QUOTED, " ", said)
    taken = set(re.findall(r"\w+", said + " " + answer))
    lower = {word.rstrip("s") for word in re.findall(r"\b[a-z]+\b", plain)}
    names: dict[str, str] = {}
    for name, choices in authored_names(answer).items():
        stem = re.sub(r"^(?:[A-Z]+_|b(?=[A-Z]))", "", name).lower().rstrip("s")
        if next(mentions(plain, name), None) is None or stem in lower:
            continue
        free = [choice for choice in choices if choice not in taken]
        if free and draw.chance(0.9):
            names[name] = draw.pick(free)
            taken.add(names[name])
    return names


# -- texts

def _new_texts(said: str, answer: str, draw: Draw) -> dict[str, str]:
    """Quoted texts that stand in both; one that fills in values ("{Score}") or names a case is left."""
    found: dict[str, str] = {}
    names = authored_names(answer)
    for text in dict.fromkeys(re.findall(r'"((?:[^"\\]|\\.)*)"', said)):
        if f'="{text}"' in answer and text not in names and "{" not in text and not re.search(rf"\.{re.escape(text)}\b", answer):
            tail = re.search(r"[,:;.!?\s]*$", text)[0]
            found[text] = (kinds.message_text(draw) if re.search(r"[A-Z ]", text) else draw.pick(words.STATES)) + tail
    return found if len(set(found.values())) == len(found) else {}


# -- numbers

def _new_numbers(said: str, answer: str, draw: Draw) -> dict[str, str]:
    """Other figures in the same order of size; none for a number that the text or the graph uses for something else too."""
    if COUNTED_IN_WORDS.search(said):
        return {}
    wanted = _changeable(said, answer)
    ranked = sorted(_known_numbers(answer) | {float(text) for text in wanted})
    for _ in range(8):
        drawn = {text: other_number(text, draw) for text in wanted if draw.chance(0.85)}
        values = [float(drawn.get(number_text(number), number)) for number in ranked]
        if all(a < b for a, b in zip(values, values[1:])):
            return drawn
    return {}


def _changeable(said: str, answer: str) -> list[str]:
    plain = re.sub(QUOTED, " ", said)
    spoken = Counter(re.findall(NUMBER, plain))
    written = Counter(number_text(float(text)) for text in re.findall(LITERAL_NUMBER, STRUCTURAL.sub("", answer)))
    return [text for text in sorted(spoken) if text not in ("0", "-1") and spoken[text] <= written[text] and not _counts(text, plain)]


def _counts(text: str, plain: str) -> bool:
    """Whether the number tells how many or which one: "5 times", "3 outputs", "1. print", "1 second" (which has no plural)."""
    number = re.escape(text)
    return bool(re.search(rf"(?<![\w.]){number}(?: (?:times|outputs|cases|elements)\b|[.)] |-)", plain)
                or text == "1" and re.search(r"\b1[ -](?:second|minute|unit)\b", plain))


def _known_numbers(answer: str) -> set[float]:
    return {float(text) for text in re.findall(LITERAL_NUMBER, answer)}


def _written(text: str) -> str:
    """A real number as the DSL writes it."""
    return text if "." in text else f"{text}.0"
