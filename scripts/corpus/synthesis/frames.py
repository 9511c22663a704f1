"""Whole instructions around a trigger and what it does, in several manners of speaking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import Clause, chained, listed, sentence
from corpus.synthesis.triggers import Trigger


@dataclass(frozen=True)
class Part:
    """One event of a document: its trigger, the steps that follow at once, and the block they end in ("" for none)."""

    trigger: Trigger
    clauses: Sequence[Clause]
    block: str = ""

    @property
    def texts(self) -> list[str]:
        return [clause.text for clause in self.clauses] + ([self.block] if self.block else [])

    @property
    def turned(self) -> list[str]:
        """The steps as what it does: "prints x"."""
        return [clause.third_person for clause in self.clauses]

    def doing(self, draw: Draw) -> str:
        return chained(draw, self.texts)


Frame = Callable[[Draw, Part], str]
ANY_FRAMES: tuple[Frame, ...] = (
    lambda draw, part: f"{part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.terse}: {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.terse} -> {' -> '.join(part.texts)}",
    lambda draw, part: steps_list(draw, part),
)
# These turn or move the verbs of plain steps, which would leave open what belongs into a block.
PLAIN_FRAMES: tuple[Frame, ...] = (
    lambda draw, part: f"{listed(part.texts, ' and then ')} {part.trigger.when}",
    lambda draw, part: f"{listed(part.texts, ' and then ')} {part.trigger.when}",
    lambda draw, part: f"{part.trigger.when}, it {listed(part.turned, ' and then ')}",
    lambda draw, part: f"{part.trigger.terse} {listed(part.turned, ' and then ')}",
    lambda draw, part: f"{part.trigger.when} it should {chained(draw, part.texts)}",
    lambda draw, part: f"make it {chained(draw, part.texts)} {part.trigger.when}",
    lambda draw, part: f"I want it to {chained(draw, part.texts)} {part.trigger.when}",
)


def steps_list(draw: Draw, part: Part) -> str:
    if len(part.texts) < 2:
        return f"{part.trigger.when}, {part.doing(draw)}"
    marks = draw.pick(("{}) ", "{}. ", "({}) "))
    return f"{part.trigger.when}: " + " ".join(marks.format(i) + sentence(text) for i, text in enumerate(part.texts, 1))


def say(draw: Draw, part: Part) -> str:
    frames = ANY_FRAMES if part.block or draw.chance(0.5) else PLAIN_FRAMES
    return sentence(draw.pick(frames)(draw, part))


PARENT_WORDS = {"Character": ("In a Character Blueprint", "For a Character", "Character", "In a Character"), "Pawn": ("In a Pawn Blueprint", "For a Pawn", "Pawn"),
                "UserWidget": ("In a widget", "UserWidget", "In a UserWidget", "In a widget Blueprint"), "PlayerController": ("In a PlayerController", "PlayerController"),
                "GameModeBase": ("In a GameModeBase", "GameModeBase"), "AIController": ("In an AIController", "AIController"), "ActorComponent": ("In an ActorComponent",)}


def opening(draw: Draw, name: str, parent: str) -> str:
    """What has to be said about the Blueprint itself, as a sentence of its own; "" when there is nothing."""
    named = "" if name == "BP_New" else draw.pick((f"{name}: ", f"In {name}: ", f"Blueprint {name}. ", f"Make a Blueprint {name}. "))
    if parent in PARENT_WORDS:
        return f"{named}{draw.pick(PARENT_WORDS[parent])}: "
    return named
