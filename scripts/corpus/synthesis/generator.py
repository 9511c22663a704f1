"""Rows by composition (triggers, steps, control flow), as whole programs, by telling lessons again, by joining two of these, and by changing them.

Every row depends on the seed and its number alone. A row whose instruction was made before, or whose graph the typed
validator refuses, gives its place to the next number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.mention_order import in_order_of_mention
from corpus.rows import Provenance, Row
from corpus.sharing import share_values
from corpus.synthesis import documents, functions  # noqa: F401  the functions add themselves to the documents
from corpus.synthesis import vocabulary as words
from corpus.synthesis.blocks import BLOCKS
from corpus.synthesis.compose import TooLong, add_steps, compose_part
from corpus.synthesis.draw import Draw
from corpus.synthesis.edits import change
from corpus.synthesis.frames import Part, opening, say
from corpus.synthesis.joined import join
from corpus.synthesis.phrase import Clause, number_text, sentence
from corpus.synthesis.programs import program
from corpus.synthesis.retold import Tale, retell
from corpus.synthesis.scene import Scene
from corpus.synthesis.triggers import TRIGGERS, Trigger
from utils.dsl.ast import Blueprint
from utils.dsl_parser import render
from utils.dsl_validator import validate
from utils.findings import Severity

MAX_PATTERN_FRAC = 0.05


@dataclass(frozen=True)
class Recipe:
    """What a row is made of: a family of triggers and one of blocks, or a document maker. `weight` is its share."""

    name: str
    make: Callable[[Scene], str]
    weight: int = 1


# How often the lessons' prompts start and go on so; the rest counts once.
TRIGGER_WEIGHTS = {"start": 8, "input": 10, "overlap": 6, "custom": 5, "tick": 4, "damage": 4, "hit": 2, "component": 2, "clicked": 2, "widget": 2, "network": 2}
BLOCK_WEIGHTS = {"steps": 44, "guard": 5, "timing": 3, "foreach": 2, "cast": 2, "loop": 2}
DOCUMENT_WEIGHT = 16


def recipes() -> list[Recipe]:
    """All patterns of composition, each as often as its weight says."""
    composed = [Recipe(f"{trigger}+{block}", _composer(trigger, block), TRIGGER_WEIGHTS.get(trigger, 1) * BLOCK_WEIGHTS.get(block, 1))
                for trigger in sorted(TRIGGERS) for block in ("steps", *sorted(BLOCKS))]
    whole = [Recipe(name, make, DOCUMENT_WEIGHT) for name, make in sorted(documents.DOCUMENTS.items())]
    return [recipe for recipe in composed + whole for _ in range(recipe.weight)]


def _composer(trigger: str, block: str) -> Callable[[Scene], str]:
    def make(scene: Scene) -> str:
        part = compose_part(scene, trigger, block)
        return say(scene.draw, part) + _called_events(scene)

    return make


def _called_events(scene: Scene) -> str:
    """Bodies of the custom events that were called; what they do is said after the main part."""
    said = ""
    while scene.called_events:
        name = scene.called_events.pop(0)
        scene.flow = scene.graph.node("Event_Custom", {"Name": name})["Then"]
        scene.values.clear()
        clauses = _steps_without_calls(scene)
        said += " " + say(scene.draw, Part(Trigger(f"when {name} is called", f"the custom event {name}"), clauses))
    return said


def _steps_without_calls(scene: Scene) -> list[Clause]:
    waiting = list(scene.called_events)
    clauses = add_steps(scene, 1, 2)
    for name in scene.called_events[len(waiting):]:
        # A called event calls another: that one gets a body too, unless the chain grows long.
        if len(scene.called_events) > 2:
            raise TooLong(name)
    return clauses


def start_values(scene: Scene) -> str:
    """Some numeric variables get a start value, said in a sentence."""
    said = ""
    for name, variable in list(scene.document.variables.items()):
        kind = str(variable.type)
        if variable.default is None and kind in ("Float", "Int") and scene.draw.chance(0.22):
            value = float(scene.draw.whole(1, 500)) if kind == "Float" else scene.draw.whole(1, 100)
            scene.document.variables[name] = type(variable)(name, variable.type, value, variable.properties)
            said += " " + scene.draw.pick((f"{name} starts at {number_text(value)}.", f"The default of {name} is {number_text(value)}.", f"{name} begins with {number_text(value)}."))
    return said


def make_row(seed: int, index: int | str, table: list[Recipe]) -> tuple[str, str, Blueprint]:
    """(pattern, instruction, graph) of one number; raises TooLong for a number that gives no row."""
    draw = Draw(seed, index)
    recipe = draw.pick(table)
    scene = Scene(draw)
    if draw.chance(0.15):
        scene.document.name = draw.pick(words.BLUEPRINT_NAMES)
    return recipe.name, *_finished(scene, recipe.make(scene) + start_values(scene))


def make_program(seed: int, index: int | str) -> tuple[str, str, Blueprint]:
    """The same for a whole program; its pattern is how it is told and which forks it has."""
    draw = Draw(seed, index)
    scene = Scene(draw)
    if draw.chance(0.2):
        scene.document.name = draw.pick(words.BLUEPRINT_NAMES) if draw.chance(0.4) else f"BP_{draw.pick(words.THINGS)}"
    if draw.chance(0.1):
        scene.document.parent = draw.pick(("Character", "Pawn", "Character"))
    pattern, text = program(scene)
    return pattern, *_finished(scene, text)


def _finished(scene: Scene, text: str) -> tuple[str, Blueprint]:
    instruction = sentence(opening(scene.draw, scene.document.name, scene.document.parent) + text)
    return instruction, in_order_of_mention(share_values(scene.document.blueprint()), instruction)


# Of 24 rows so many are lessons told again, compositions, programs, two of these in one Blueprint, and changes of a finished answer.
SHARES = {"retold": 8, "composed": 4, "program": 5, "joined": 5, "changed": 2}
TRIES = 4
"""For a row of a kind that often comes to nothing, so that its share is what `SHARES` says."""
MAX_JOINED_CHARACTERS = 2_000
"""About 600 tokens; the longest answer of a lesson has 614."""


def generate(count: int, seed: int, stories: Sequence[Tale] = ()) -> Iterator[Row]:
    """Exactly `count` rows, all valid, no instruction twice, no pattern above 5 % of them; with stories, a good part of them retold."""
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    maker = RowMaker(seed, recipes(), stories)
    per_pattern: Counter[str] = Counter()
    most = max(1, int(count * MAX_PATTERN_FRAC))
    seen: set[str] = set()
    index = 0
    while len(seen) < count:
        index += 1
        row = maker.row(index, kinds[index * 7 % len(kinds)])
        if row is None or row.instruction + row.input in seen or per_pattern[row.provenance.pattern] >= most:
            continue
        seen.add(row.instruction + row.input)
        per_pattern[row.provenance.pattern] += 1
        yield row


@dataclass(frozen=True)
class Told:
    """A part of a row: pattern, instruction and graph; the prompt that it retells, if it does."""

    pattern: str
    instruction: str
    blueprint: Blueprint
    tale: Tale | None = None


@dataclass(frozen=True)
class RowMaker:
    """Rows of one seed by their numbers, each None where a number gives none."""

    seed: int
    table: list[Recipe]
    stories: Sequence[Tale]

    def row(self, index: int, kind: str) -> Row | None:
        if kind == "joined":
            return self._joined(index)
        if kind == "changed":
            return self._changed(index)
        make = {"retold": self._retold if self.stories else self._composed, "program": self._program}.get(kind, self._composed)
        told = make(index)
        return told and self._checked(told.instruction, told.blueprint, told)

    def _composed(self, index: int | str) -> Told | None:
        try:
            return Told(*make_row(self.seed, index, self.table))
        except TooLong:
            return None

    def _program(self, index: int | str) -> Told | None:
        """Of several tries, as most programs grow too long."""
        for attempt in range(TRIES):
            try:
                return Told(*make_program(self.seed, f"{index}/{attempt}"))
            except TooLong:
                continue
        return None

    def _retold(self, index: int | str) -> Told | None:
        draw = Draw(self.seed, index)
        tale = draw.pick(self.stories)
        made = retell(tale, draw)
        return Told(tale.prompt_id, *made, tale) if made else None

    def _either(self, index: int | str) -> Told | None:
        draw = Draw(self.seed, f"{index}/kind")
        if self.stories and draw.chance(0.5):
            return self._retold(index)
        return self._program(index) if draw.chance(0.25) else self._composed(index)

    def _joined(self, index: int) -> Row | None:
        return next(filter(None, (self._join(f"{index}/{attempt}") for attempt in range(TRIES))), None)

    def _join(self, index: str) -> Row | None:
        first, second = self._either(f"{index}/1"), self._either(f"{index}/2")
        if not (first and second):
            return None
        made = join((first.instruction, first.blueprint), (second.instruction, second.blueprint), Draw(self.seed, index))
        if made is None or len(render(made[1])) > MAX_JOINED_CHARACTERS:
            return None
        instruction, blueprint = made[0], share_values(made[1])
        both = Told(f"{first.pattern}|{second.pattern}", instruction, in_order_of_mention(blueprint, instruction), first.tale or second.tale)
        return self._checked(instruction, both.blueprint, both)

    def _changed(self, index: int) -> Row | None:
        before = self._either(index)
        draw = Draw(self.seed, f"{index}/change")
        try:
            made = change(before.blueprint, draw) if before else None
        except TooLong:
            return None
        if made is None:
            return None
        kind, instruction, after = made[0], made[1], share_values(made[2])
        text = render(before.blueprint)
        return None if render(after) == text else self._checked(instruction, after, replace(before, pattern=f"change:{kind}|{before.pattern}"), text)

    def _checked(self, instruction: str, blueprint: Blueprint, told: Told, before: str = "") -> Row | None:
        if any(finding.severity is not Severity.NOTE for finding in validate(blueprint)):
            return None
        file, prompt_id = (told.tale.file, told.tale.prompt_id) if told.tale else ("", told.pattern)
        return Row(instruction, render(blueprint), before, Provenance("synthetic", file, prompt_id, told.pattern, self.seed))
