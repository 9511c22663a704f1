"""How parts of an instruction are put into words, always along with the part of the graph that they describe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.synthesis.draw import Draw

# Comparisons by their nodes, each way to say one unmistakable wherever it stands between two values.
COMPARED = {"Greater": ("is greater than", "is above", "is more than", "exceeds", "is higher than", "is bigger than"),
            "Less": ("is less than", "is below", "is under", "is lower than", "is smaller than"),
            "GreaterEqual": ("is at least", "is greater than or equal to", "is not less than"),
            "LessEqual": ("is at most", "is less than or equal to", "is not greater than", "is not more than"),
            "EqualEqual": ("equals", "is equal to"), "NotEqual": ("is not equal to", "differs from")}
SIGNS = {"Greater": ">", "Less": "<", "GreaterEqual": ">=", "LessEqual": "<=", "EqualEqual": "==", "NotEqual": "!="}
COMPARING = tuple(COMPARED)
ORDERING = COMPARING[:4]
"""Those that real numbers are compared with."""
IRREGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes"}


@dataclass(frozen=True)
class Clause:
    """What a part of the graph does, as an imperative: "print 'Hello'". `short` is its terse form."""

    text: str
    short: str = ""

    @property
    def terse(self) -> str:
        return self.short or self.text

    @property
    def third_person(self) -> str:
        """"print x and set y" -> "prints x"; only the first verb is turned, so clauses start with their one verb."""
        verb, _, rest = self.text.partition(" ")
        return f"{third_person(verb)} {rest}".rstrip()

    @property
    def gerund(self) -> str:
        verb, _, rest = self.text.partition(" ")
        return f"{gerund(verb)} {rest}".rstrip()


def third_person(verb: str) -> str:
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if re.search(r"(s|x|z|ch|sh|o)$", verb):
        return verb + "es"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    return verb + "s"


# Verbs of our clauses whose last consonant doubles.
DOUBLING = {"set", "get", "put", "stop", "cut", "run", "log", "spin", "plan", "drop", "swap", "clear-cut", "let", "begin", "flip", "bind", "unbind", "snap", "tag"} - {"bind", "unbind"}


def gerund(verb: str) -> str:
    if verb in DOUBLING:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith("ee") and verb != "be":
        return verb[:-1] + "ing"
    return verb + "ing"


def listed(items: Sequence[str], last: str = " and ", comma: str = ", ") -> str:
    """"a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return comma.join(items[:-1]) + last + items[-1]


def chained(draw: Draw, clauses: Sequence[str]) -> str:
    """Steps whose order counts: "a, then b, then c"; every joint says so."""
    if len(clauses) == 1:
        return clauses[0]
    joint = draw.pick((", then ", " and then ", ", after that "))
    middle = ", then "
    return middle.join(clauses[:-1]) + joint + clauses[-1]


def sentence(text: str) -> str:
    """First letter large (but for a name: bIsOpen), one full stop."""
    text = text.strip()
    if not re.match(r"b[A-Z]", text):
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def quoted(draw: Draw, text: str) -> str:
    """A message as people quote it: mostly as the lessons do."""
    return draw.pick(('"{}"',) * 8 + ("'{}'", "“{}”")).format(text)


def article(noun: str) -> str:
    return "an" if noun[:1] in "aeiouAEIO" else "a"


def number_text(value: int | float) -> str:
    """2.0 as people write it: "2"; 0.5 stays."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def spoken(name: str) -> str:
    """SetActorHiddenInGame -> "set actor hidden in game"; bIsOpen -> "is open"."""
    name = re.sub(r"^b(?=[A-Z])", "", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower()
