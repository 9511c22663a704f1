"""What is not graded about an answer's order, foreseeable: variables, events and functions stand as the instruction first mentions them.

Events that have no name of their own are found by the words that people have for them. Where one is not found, the order of
the graph stays.
"""

from __future__ import annotations

import re
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
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", instruction)
        return found.start() if found else len(instruction)

    def told(graph: Graph) -> int:
        return -1 if graph.name in ("EventGraph", "ConstructionScript") else place(graph.name)

    variables = sorted(blueprint.variables, key=lambda variable: place(variable.name))
    graphs = sorted((_events_in_order(graph, instruction) for graph in blueprint.graphs), key=told)
    return replace(blueprint, variables=tuple(variables), graphs=tuple(graphs))


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
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ?", name)
    places = [found.start() for found in re.finditer(rf"(?<!\w){spaced}(?!\w)", instruction, re.IGNORECASE if len(name) > 1 else 0)] if name.isidentifier() else []
    return next((place for place in places if not CALLING.search(instruction[:place])), places[0] if places else None)
