"""Other words for the same: openings and verbs that docs/curriculum.md takes for one and the same node.

Only whole phrases are exchanged, where nothing else can be meant: an opening at the start of a sentence, a verb before
what it acts on. Names, numbers and texts are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus.synthesis.draw import Draw

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


def _exchange(text: str, pattern: str, other: Callable[[re.Match], str], draw: Draw, chance: float) -> str:
    return re.sub(pattern, lambda found: other(found) if draw.chance(chance) else found[0], text)
