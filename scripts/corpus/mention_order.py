"""What is not graded about an answer's order, foreseeable: variables, events and functions stand as the instruction first mentions them.

Events that have no name of their own are found by the words that people have for them. Where one is not found, the order of
the graph stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from utils.dsl.ast import Blueprint, Graph, Node

EVENT_WORDS = {
    "Event_BeginPlay": r"begin ?play|(?:game|play|level|match|round|everything|it) (?:starts|begins)|(?:start|beginning) of (?:the )?(?:game|play|level)|at the (?:very )?(?:start|beginning)|game start|on spawn",
    "Event_Tick": r"\btick|(?:every|each) (?:single )?frame|\bframes?\b",
    "Event_ActorBeginOverlap": r"overlap|(?:steps?|walks?|comes?|runs?) (?:in|on)|enters?\b|touch", "Event_ActorEndOverlap": r"end(?:s|ing)?(?: of)?(?: the)? overlap|overlap(?:ping)?(?: \w+){0,4} (?:ends|stops|is over)|(?:stops?|no longer) overlap|ActorEndOverlap|leaves?\b|walks? out",
    "Event_AnyDamage": r"damage", "Event_PointDamage": r"point ?damage", "Event_RadialDamage": r"radial ?damage", "Event_Hit": r"\bhits?\b", "Event_Construct": r"construct",
    "Event_Destroyed": r"\bdestroyed", "Event_EndPlay": r"end ?play|removed|play ends", "Event_Possessed": r"possess", "Event_OnLanded": r"\bland", "Event_OnJumped": r"\bjump",
}
NAMING_KEYS = ("Name", "Key", "Action", "Component", "Event")
# A name behind these is only called or bound; the event itself is told of where it stands without them.
CALLING = re.compile(r"\b(?:call\w*|trigger\w*|bind\w*|bound|fire\w*|run\w*|start\w*|timer|every|delegate)\b[^.;\n]{0,40}$", re.IGNORECASE)


def in_order_of_mention(blueprint: Blueprint, instruction: str) -> Blueprint:
    """The document with its variables, events and functions in the order of the text; what the text does not name comes last, as it was."""
    def place(name: str) -> int:
        found = next(mentions(instruction, name), None)
        return len(instruction) if found is None else found

    def told(graph: Graph) -> int:
        return -1 if graph.name in ("EventGraph", "ConstructionScript") else place(graph.name)

    variables = sorted(blueprint.variables, key=lambda variable: place(variable.name))
    graphs = sorted((_events_in_order(graph, instruction) for graph in blueprint.graphs), key=told)
    return replace(blueprint, variables=tuple(variables), graphs=tuple(graphs))


def mentions(text: str, name: str) -> Iterator[int]:
    """Where a name stands as a word of its own. Names are new in every row, so a pattern each would cost more than the search."""
    start = text.find(name) if name else -1
    while start >= 0:
        end = start + len(name)
        if not _goes_on(text, start - 1) and not _goes_on(text, end):
            yield start
        start = text.find(name, start + 1)


def _goes_on(text: str, place: int) -> bool:
    letter = text[place:place + 1] if place >= 0 else ""
    return letter.isalnum() or letter == "_"


def _events_in_order(graph: Graph, instruction: str) -> Graph:
    """Only the order of events counts: the canonical form puts all else behind them."""
    events = [node for node in graph.nodes if node.type.startswith("Event_")]
    if len(events) < 2:
        return graph
    places = {node.id: _place(node, instruction) for node in events}
    if None in places.values():
        return graph
    others = [node for node in graph.nodes if node.id not in places]
    return replace(graph, nodes=(*sorted(events, key=lambda node: places[node.id]), *others))


def _place(event: Node, instruction: str) -> int | None:
    if event.type in EVENT_WORDS:
        found = re.search(EVENT_WORDS[event.type], instruction, re.IGNORECASE)
        return found.start() if found else None
    name = next((str(event.get(key)) for key in NAMING_KEYS if event.get(key) is not None), "")
    places = list(mentions(instruction, name)) or list(mentions(instruction.lower(), spoken_key(name)) if len(name) > 1 else ())
    return next((place for place in places if not CALLING.search(instruction[max(0, place - 60):place])), places[0] if places else None)


def spoken_key(name: str) -> str:
    """LeftMouseButton -> "left mouse button"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
