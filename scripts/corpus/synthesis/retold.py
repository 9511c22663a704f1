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

from corpus.lessons import Lesson
from corpus.mention_order import in_order_of_mention
from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import number_text
from corpus.synthesis.rewording import reword
from utils.blueprint_patterns import load_catalogue
from utils.dsl_parser import render
from utils.dsl_validator import validate_text
from utils.findings import Finding

QUOTED = r'"(?:[^"\\]|\\.)*"'
NUMBER = r"(?<![\w.)-])-?\d+(?:\.\d+)?(?![\w%]|\.\d)"
SAID = re.compile(rf"{QUOTED}|{NUMBER}|\w+")
LITERAL_NUMBER = r"(?:(?<==)|(?<== ))-?\d+(?:\.\d+)?(?=[,\])\n]|$)"
WRITTEN = re.compile(rf"{QUOTED}|{LITERAL_NUMBER}|[A-Za-z_]\w*")
COMPOUND = re.compile(r"(CastTo|As|OnRep_)(?=[A-Z]|b[A-Z])")
ASSET = re.compile(r"\b(?:BP|WBP|BPI|IA|S|NS|SM|M|MI|AM|BT|BB|IMC|BTTask|BTService)_[A-Za-z]\w*")
# What makes the shape of a node, or a loop's end that is counted and not said.
STRUCTURAL = re.compile(r"\b(?:Outputs|Cases|LastIndex|FirstIndex|Index)=-?\d+")
# Numbers that are also said in words: changing the figure would make the words untrue.
COUNTED_IN_WORDS = re.compile(r"\b(?:doubl|halv|half|twice|tripl|thrice|quarter|revers|percent|second[s]? later)", re.IGNORECASE)
AMBIGUOUS_KEYS = set("ABIXYZ")


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


def retell(tale: Tale, draw: Draw) -> tuple[str, str] | None:
    """(instruction, answer) with other names and literals, or None when this draw gave nothing that holds."""
    said = draw.pick(tale.wordings)
    names = _new_names(said, tale.answer, draw)
    texts = _new_texts(said, tale.answer, draw)
    numbers = _new_numbers(said, tale.answer, draw)
    if not (names or texts or numbers):
        return None
    instruction = SAID.sub(lambda found: _changed(found[0], names, texts, numbers), said)
    written = numbers | {_written(text): _written(new) for text, new in numbers.items()}
    answer = WRITTEN.sub(lambda found: _changed(found[0], names, texts, written), tale.answer)
    return _checked(reword(instruction, draw), answer, tale.answer)


def _checked(instruction: str, answer: str, original: str) -> tuple[str, str] | None:
    """A name changed on a pin of the engine gives a finding more; a literal that became the default would leave the answer."""
    blueprint, findings = validate_text(answer)
    if blueprint is None or _codes(findings) != _codes(validate_text(original)[1]):
        return None
    output = render(in_order_of_mention(blueprint, instruction))
    is_whole = output.count("\n") == answer.count("\n") and output.count("=") == answer.count("=")
    return (instruction, output) if is_whole else None


def _codes(findings: Iterable[Finding]) -> list[str]:
    return sorted(finding.code for finding in findings)


def _changed(token: str, names: dict[str, str], texts: dict[str, str], numbers: dict[str, str]) -> str:
    if token.startswith('"'):
        inside = token[1:-1]
        return f'"{texts.get(inside) or names.get(inside, inside)}"'
    if token in numbers:
        return numbers[token]
    if (head := COMPOUND.match(token)) and token not in names:
        return head[0] + names.get(token[head.end():], token[head.end():])
    return names.get(token, token)


# -- names

def _new_names(said: str, answer: str, draw: Draw) -> dict[str, str]:
    plain = re.sub(QUOTED, " ", said)
    taken = set(re.findall(r"\w+", said + " " + answer))
    lower = {word.rstrip("s") for word in re.findall(r"\b[a-z]+\b", plain)}
    names: dict[str, str] = {}
    for name, choices in _names(answer).items():
        stem = re.sub(r"^(?:[A-Z]+_|b(?=[A-Z]))", "", name).lower().rstrip("s")
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) or stem in lower:
            continue
        free = [choice for choice in choices if choice not in taken]
        if free and draw.chance(0.9):
            names[name] = draw.pick(free)
            taken.add(names[name])
    return names


def _names(answer: str) -> dict[str, tuple[str, ...]]:
    """Names that the answer's author chose, with what else such a thing may be called."""
    found: dict[str, tuple[str, ...]] = {name: _assets(name) for name in ASSET.findall(answer) if not load_catalogue().knows_class(name)}
    for name, kind in re.findall(r"^VAR (\w+): ([^=\[\n]+)", answer, re.MULTILINE):
        found.setdefault(name, words.VARIABLE_NAMES.get(kind.strip(), words.THINGS if kind.strip() != "Dispatcher" else words.DISPATCHERS))
    for name in re.findall(r'Event_Custom \[Name="(\w+)"', answer) + re.findall(r'Function="(\w+)", Class="?BP_', answer):
        found.setdefault(name, words.EVENT_NAMES)
    for name in re.findall(r"^GRAPH: (\w+)", answer, re.MULTILINE):
        if name not in ("EventGraph", "ConstructionScript") and not name.startswith("OnRep_"):
            found.setdefault(name, words.FUNCTION_NAMES)
    for name, kind in re.findall(r"[(,] ?(\w+): (\w+)", "".join(re.findall(r"(?:Params|Tracks)=\([^)]*\)", answer))):
        found.setdefault(name, words.PARAMETER_NAMES.get(kind, words.THINGS))
    for pattern, choices in ((r'Timeline \[Name="(\w+)"', words.TIMELINES), (r'Tag="(\w+)"', words.TAGS), (r'LevelName="(\w+)"', words.LEVELS),
                             (r'FunctionName="(\w+)"', words.EVENT_NAMES), (r'InputAction \[Action="(\w+)"', words.ACTION_STEMS)):
        for name in re.findall(pattern, answer):
            found.setdefault(name, choices)
    for key in re.findall(r'Key="([A-Z])"', answer):
        if key not in AMBIGUOUS_KEYS:
            found.setdefault(key, words.LETTER_KEYS)
    return found


def _assets(name: str) -> tuple[str, ...]:
    prefix = name[:name.index("_") + 1]
    stems = words.ACTION_STEMS if prefix == "IA_" else words.THINGS
    return tuple(prefix + stem for stem in stems)


# -- texts

def _new_texts(said: str, answer: str, draw: Draw) -> dict[str, str]:
    """Quoted texts that stand in both; one that fills in values ("{Score}") or names a case is left."""
    found: dict[str, str] = {}
    names = _names(answer)
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
        drawn = {text: _other_number(text, draw) for text in wanted if draw.chance(0.85)}
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


def _other_number(text: str, draw: Draw) -> str:
    value = float(text)
    size, sign = abs(value), "-" if value < 0 else ""
    if size < 1:
        return f"{sign}{draw.pick((0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9))}"
    low, high = max(1, int(size / 3)), max(9, int(size * 3))
    if "." in text:
        return sign + number_text(draw.real(low, high))
    return sign + str(draw.whole(low, high))


def _written(text: str) -> str:
    """A real number as the DSL writes it."""
    return text if "." in text else f"{text}.0"
