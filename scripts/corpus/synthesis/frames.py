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

    def doing(self, draw: Draw) -> str:
        texts = [clause.text for clause in self.clauses] + ([self.block] if self.block else [])
        return chained(draw, texts)


Frame = Callable[[Draw, Part], str]
ANY_FRAMES: tuple[Frame, ...] = (
    lambda draw, part: f"{part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.terse}: {part.doing(draw)}",
    lambda draw, part: f"I want the following: {part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"make it so that {part.trigger.when} the Blueprint does this: {part.doing(draw)}",
    lambda draw, part: f"build a graph for this: {part.trigger.when}, {part.doing(draw)}",
    lambda draw, part: f"{part.trigger.when} please {part.doing(draw)}",
    lambda draw, part: f"set up {part.trigger.terse} to {part.doing(draw)}",
    lambda draw, part: steps_list(draw, part),
)
# These turn or move the verbs of plain steps, which would leave open what belongs into a block.
PLAIN_FRAMES: tuple[Frame, ...] = (
    lambda draw, part: f"{listed([clause.text for clause in part.clauses], ' and then ')} {part.trigger.when}",
    lambda draw, part: f"a Blueprint that {listed([clause.third_person for clause in part.clauses], ' and then ')} {part.trigger.when}",
    lambda draw, part: f"{part.trigger.terse} -> " + " -> ".join(clause.text for clause in part.clauses),
    lambda draw, part: f"it should {chained(draw, [clause.text for clause in part.clauses])} {part.trigger.when}",
    lambda draw, part: f"{part.trigger.when}, it {listed([clause.third_person for clause in part.clauses], ' and then ')}",
)


def steps_list(draw: Draw, part: Part) -> str:
    texts = [clause.text for clause in part.clauses] + ([part.block] if part.block else [])
    marks = draw.pick(("{}) ", "{}. ", "({}) "))
    return f"{part.trigger.when}: " + " ".join(marks.format(i) + sentence(text) for i, text in enumerate(texts, 1))


def say(draw: Draw, part: Part) -> str:
    frames = ANY_FRAMES if part.block or draw.chance(0.5) else PLAIN_FRAMES
    return sentence(draw.pick(frames)(draw, part))


PARENT_WORDS = {"Character": ("In a Character Blueprint", "For a Character"), "Pawn": ("In a Pawn Blueprint", "For a Pawn"),
                "UserWidget": ("In a widget Blueprint (UserWidget)", "For a UserWidget"), "PlayerController": ("In a PlayerController Blueprint",),
                "GameModeBase": ("In a GameModeBase Blueprint",), "AIController": ("In an AIController Blueprint",), "ActorComponent": ("In an ActorComponent",)}


def opening(draw: Draw, name: str, parent: str) -> str:
    """What has to be said about the Blueprint itself, as a sentence of its own; "" when there is nothing."""
    named = "" if name == "BP_New" else draw.pick((f"Blueprint name: {name}. ", f"This is {name}. ", f"Make {name}. ", f"Create a Blueprint named {name}. "))
    if parent in PARENT_WORDS:
        return f"{named}{draw.pick(PARENT_WORDS[parent])}: "
    return named
