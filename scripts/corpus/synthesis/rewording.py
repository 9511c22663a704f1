"""Other words for the same: openings and verbs that docs/curriculum.md takes for one and the same node.

Only whole phrases are exchanged, where nothing else can be meant: an opening at the start of a sentence, a verb before
what it acts on. Names, numbers and texts are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import COMPARED, SIGNS
from corpus.synthesis.renaming import QUOTED

# Phrases of one group mean the same event.
OPENINGS: tuple[tuple[str, ...], ...] = (
    ("When the game starts", "On BeginPlay", "When play begins", "At the start of the game", "As soon as play begins", "At game start"),
    ("Every frame", "Every tick", "On Tick", "Each frame", "Each tick", "On every tick"),
    ("When another actor overlaps this one", "When an actor overlaps this one", "On begin overlap", "When something overlaps this actor", "When another actor overlaps",
     "On ActorBeginOverlap"),
    ("When an actor stops overlapping this one", "On end overlap", "When an actor stops overlapping", "On ActorEndOverlap"),
    ("When it takes damage", "On any damage", "On AnyDamage", "When this actor takes damage"),
    ("When it is hit", "On Hit", "When this actor is hit"),
    ("When this actor is destroyed", "On Destroyed", "When it is destroyed"),
    ("On Construct", "When the widget is constructed"),
)
KEYS = ("When {} is pressed", "On {} pressed", "When the {} key is pressed", "On pressing {}", "As soon as {} is pressed")
PARENTS = (("In a widget", "In a UserWidget", "In a widget Blueprint"), ("In a Character", "In a Character Blueprint", "For a Character"),
           ("In an AIController", "For an AIController"), ("In a PlayerController", "For a PlayerController"))
# (what stands in the text, what may stand there instead)
VERBS = ((r"\b(?:print|show|log)(?= \")", ("print", "print", "show", "show the message", "show the text", "print the message", "log")),
         (r"\bwait(?= [\d.]+ seconds)", ("wait", "delay", "pause for")), (r"\bspawn a(?= BP_)", ("spawn a", "spawn an actor of class")))
# Phrases of one group say the same wherever they stand.
PHRASES: tuple[tuple[str, ...], ...] = (
    *((*(f" {words} " for words in COMPARED[node]), f" {SIGNS[node]} ") for node in ("GreaterEqual", "LessEqual", "Greater", "Less", "EqualEqual", "NotEqual")),
    (", otherwise ", ", else ", "; otherwise ", "; if not, "),
    (", then ", ", and then ", ", after that ", ", next "),
    (" -> ", " → ", " => "),
    ("the player pawn", "the player's pawn", "the pawn of the player"),
    ("destroy this actor", "destroy itself", "destroy self", "destroy the actor itself"),
    (" multiplied by ", " times ", " * "), (" divided by ", " / "), (" plus ", " + "), (" minus ", " - "),
    ("for each of them ", "for each one ", "for every one of them "),
    ("when the loop is completed", "when the loop has finished", "after the loop", "once the loop is completed"),
)
TYPES = {"float": ("float", "Float"), "integer": ("int", "integer", "Int"), "int": ("integer", "int", "Int"), "boolean": ("bool", "boolean", "Bool"), "bool": ("boolean", "bool", "Bool"),
         "string": ("string", "String"), "vector": ("vector", "Vector"), "rotator": ("rotator", "Rotator")}
TYPED_NAME = rf"\bthe ({'|'.join(TYPES)}) ((?:[A-Z]|b[A-Z])\w*)(?=[\s,.;:)])"
TYPE_BEHIND = rf"(?<=\w) \(({'|'.join(TYPES)})\)"
LIST_MARK = r"(?m)^(\d+)([.)]) "
ASIDES = ("Thanks!", "That's all.", "Nothing else.", "Thank you.", "That is the whole idea.", "Please keep it simple.")
WISHES = ("I need this: ", "Please build this: ", "Can you make this? ", "Task: ", "My idea: ", "Blueprint wanted: ", "Here is what I need. ", "Hi, I need the following. ")
ONE_WORD = r'\b([Pp]rint|[Ss]how|[Ll]og) "([A-Z][a-z]+)"(?=[ ,.]|$)'
# An opening that goes on ("and that actor is ...") is part of a longer clause.
AFTER = r"(?:,|(?= (?!and|or|of|with|the|while|if|has)[a-z]))"


def reword(text: str, draw: Draw) -> str:
    """The instruction with some of its phrases exchanged."""
    for group in OPENINGS:
        text = _exchange(text, rf"(?:^|(?<=[.:] ))(?:{'|'.join(map(re.escape, group))}){AFTER}", lambda _: f"{draw.pick(group)},", draw, 0.6)
    text = _exchange(text, rf"(?:^|(?<=[.:] ))(?:When|On) (?:the )?([A-Z]|Tab|Escape)(?: key)?(?: is)? pressed{AFTER}", lambda found: f"{draw.pick(KEYS).format(found[1])},", draw, 0.6)
    for group in PARENTS:
        text = _exchange(text, rf"^(?:{'|'.join(sorted(group, key=len, reverse=True))})(?=,)", lambda _: draw.pick(group), draw, 0.6)
    for pattern, choices in VERBS:
        text = _exchange(text, pattern, lambda _: draw.pick(choices), draw, 0.4)
    return text


def rephrase(text: str, draw: Draw) -> str:
    """The instruction with comparisons, joints and types said in other ways, at times turned round, and with a word before or after it."""
    return _dressed(_unquoted(_turned(_outside_quotes(text, lambda part: _phrased(part, draw)), draw), draw), draw)


def _phrased(text: str, draw: Draw) -> str:
    for group in PHRASES:
        text = _exchange(text, "|".join(map(re.escape, sorted(group, key=len, reverse=True))), lambda _: draw.pick(group), draw, 0.2)
    text = _exchange(text, TYPED_NAME, lambda found: _typed(found[1], found[2], draw), draw, 0.3)
    return _exchange(text, TYPE_BEHIND, lambda found: f" ({draw.pick(TYPES[found[1]])})", draw, 0.3)


def _typed(noun: str, name: str, draw: Draw) -> str:
    noun = draw.pick(TYPES[noun])
    return draw.pick((f"the {noun} {name}", f"{name} ({noun})", f"the {noun} variable {name}", f"my {noun} {name}"))


def _turned(text: str, draw: Draw) -> str:
    """Where one thing is to happen: what happens before when it does ("Print Hello when the game starts")."""
    found = re.fullmatch(r'((?:When|As soon as|Once|Every|Each|On|At) [^,.:;"\n]+), ([a-z][^,.:;\n]*?)\.?', text)
    if not found or re.search(r"\b(?:and|or|if|that)\b", found[1]) or re.search(r"\b(?:then|it|its|them|that|otherwise)\b", found[2]) or not draw.chance(0.4):
        return text
    when, what = found[1], found[2]
    return f"{what[0].upper()}{what[1:]} {when[0].lower()}{when[1:]}."


def _unquoted(text: str, draw: Draw) -> str:
    """A message of one word without its quotes, as people in a hurry write it; not where that word also names something."""
    return _exchange(text, ONE_WORD, lambda found: f"{found[1]} {found[2]}" if len(re.findall(rf"\b{found[2]}\b", text)) == 1 else found[0], draw, 0.15)


def _dressed(text: str, draw: Draw) -> str:
    """List marks of another kind, a word before or after, a missing full stop: what people do and nobody asks for."""
    if draw.chance(0.3):
        mark = draw.pick(("{}. ", "{}) ", "({}) ", "- "))
        text = re.sub(LIST_MARK, lambda found: mark.format(found[1]), text) if not re.search(r"\b[Ss]teps? \d|\b(?:after|from|of|in|and|or) \d[ ,.:;]", text) else text
    if draw.chance(0.05):
        return draw.pick(WISHES) + text
    if draw.chance(0.04):
        return f"{text} {draw.pick(ASIDES)}"
    return text.rstrip(".") if draw.chance(0.04) else text


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if index % 2 else change(part) for index, part in enumerate(re.split(f"({QUOTED})", text)))


def _exchange(text: str, pattern: str, other: Callable[[re.Match], str], draw: Draw, chance: float) -> str:
    return re.sub(pattern, lambda found: other(found) if draw.chance(chance) else found[0], text)
