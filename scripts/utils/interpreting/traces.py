"""Do two graphs mean the same? Both are run on the same events, in several games, and their traces compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from statistics import fmean
from typing import Any

from utils.blueprint_patterns import Catalogue
from utils.dsl.ast import Blueprint, Node
from utils.interpreter import HORIZON_S, LISTENING, Machine, listens
from utils.interpreting.values import from_literal, text_of

Decider = Callable[[str], bool]
Trace = list[str]


HANDLES = frozenset({"TimerHandle"})
"""Types of variables that only hold on to something."""


def _by_hash(seed: int) -> Decider:
    return lambda condition: bool(hashlib.blake2b(f"{seed} {condition}".encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] & 1)


GAMES: tuple[Decider, ...] = (lambda _: True, lambda _: False, *map(_by_hash, range(6)))
"""How open conditions turn out: all hold, none does, then mixtures. The same condition turns out the same in both graphs;
two different ones agree in all games once in 64."""


def meaning(expected: Blueprint, actual: Blueprint, catalogue: Catalogue, stimuli: Sequence[Mapping[str, Any]],
            world: Mapping[str, Any] | None = None, horizon_s: float = HORIZON_S) -> float:
    """How alike two graphs act, 0 to 1: the mean likeness of their traces over the games.

    Writes count of the variables that the expected graph declares; others are how an answer goes about it. What an
    answer does on events that nobody asked for counts as well.
    """
    watched = {one.name.lower() for one in expected.variables if one.type.name not in HANDLES}
    fed = [*stimuli, {"wait": horizon_s}, *unasked(stimuli, expected, actual)]
    runs = zip(*(traces(one, catalogue, fed, world, horizon_s, watched) for one in (expected, actual)))
    return fmean(similarity(*pair) for pair in runs)


def traces(blueprint: Blueprint, catalogue: Catalogue, stimuli: Sequence[Mapping[str, Any]], world: Mapping[str, Any] | None = None,
           horizon_s: float = HORIZON_S, watched: Collection[str] | None = None) -> list[Trace]:
    """What a Blueprint does on these events, once a game; where nothing is open, one game tells all."""
    runs: list[Trace] = []
    for decide in GAMES:
        was_asked: list[str] = []
        runs.append(Machine(blueprint, catalogue, world, _listening(decide, was_asked), watched).run(stimuli, horizon_s))
        if not was_asked:
            return runs * len(GAMES)
    return runs


def _listening(decide: Decider, was_asked: list[str]) -> Decider:
    def listen(condition: str) -> bool:
        was_asked.append(condition)
        return decide(condition)
    return listen


def unasked(stimuli: Sequence[Mapping[str, Any]], *blueprints: Blueprint) -> list[dict[str, Any]]:
    """Each event of these graphs that no stimulus fires, by exit; custom events are the graph's own affair."""
    starts = {_signature(node, wire.source.pin) for one in blueprints for graph in one.graphs for wire in graph.wires if wire.is_exec
              for node in graph.nodes if node.id == wire.source.node and is_outer_event(node)
              and not any(fires(stimulus, node, wire.source.pin) for stimulus in stimuli)}
    return [dict(signature) for signature in sorted(starts)]


def is_outer_event(node: Node) -> bool:
    return node.type.startswith("Event_") and node.type != "Event_Custom"


def fires(stimulus: Mapping[str, Any], node: Node, pin: str) -> bool:
    return listens(node, stimulus) and stimulus.get("pin", "Then") == pin


def _signature(node: Node, pin: str) -> tuple[tuple[str, str], ...]:
    named = ((key, text_of(from_literal(node.get(key)))) for key in LISTENING if node.get(key) is not None)
    return ("event", node.type), ("pin", pin), *named


def similarity(expected: Trace, actual: Trace) -> float:
    """Share of two traces that they have in common and in the same order, 0 to 1 (Dice over the longest common subsequence)."""
    if not expected and not actual:
        return 1.0
    row = [0] * (len(actual) + 1)
    for line in expected:
        previous = 0
        for index, other in enumerate(actual, 1):
            previous, row[index] = row[index], previous + 1 if line == other else max(row[index], row[index - 1])
    return 2 * row[-1] / (len(expected) + len(actual))
