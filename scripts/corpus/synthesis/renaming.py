"""Names and numbers of a document that its author chose, and what else they could have been.

Works on the text of a document, where a name stands the same in declarations, properties and pins.
"""

from __future__ import annotations

import re

from corpus.synthesis import vocabulary as words
from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import number_text
from utils.blueprint_patterns import load_catalogue

QUOTED = r'"(?:[^"\\]|\\.)*"'
LITERAL_NUMBER = r"(?:(?<==)|(?<== ))-?\d+(?:\.\d+)?(?=[,\])\n]|$)"
WRITTEN = re.compile(rf"{QUOTED}|{LITERAL_NUMBER}|[A-Za-z_]\w*")
COMPOUND = re.compile(r"(CastTo|As|OnRep_)(?=[A-Z]|b[A-Z])")
ASSET = re.compile(r"\b(?:BP|WBP|BPI|IA|S|NS|SM|M|MI|AM|BT|BB|IMC|BTTask|BTService)_[A-Za-z]\w*")
AMBIGUOUS_KEYS = set("ABIXYZ")
# What makes the shape of a node, or a loop's end that is counted and not said.
STRUCTURAL_KEYS = ("Outputs", "Cases", "LastIndex", "FirstIndex", "Index")


def renamed(token: str, names: dict[str, str], texts: dict[str, str] | None = None, numbers: dict[str, str] | None = None) -> str:
    """A word, quoted text or number of a document under its new name."""
    texts, numbers = texts or {}, numbers or {}
    if token.startswith('"'):
        inside = token[1:-1]
        return f'"{texts.get(inside) or names.get(inside, inside)}"'
    if token in numbers:
        return numbers[token]
    if (head := COMPOUND.match(token)) and token not in names:
        return head[0] + names.get(token[head.end():], token[head.end():])
    return names.get(token, token)


def authored_names(answer: str) -> dict[str, tuple[str, ...]]:
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


def other_number(text: str, draw: Draw) -> str:
    """Another figure of the same order of size and the same spelling."""
    value = float(text)
    size, sign = abs(value), "-" if value < 0 else ""
    if size < 1:
        return f"{sign}{draw.pick((0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9))}"
    low, high = max(1, int(size / 3)), max(9, int(size * 3))
    if "." in text:
        return sign + number_text(draw.real(low, high))
    return sign + str(draw.whole(low, high))
