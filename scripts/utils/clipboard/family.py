"""Which kind of graph a text was copied from, by the classes of its objects."""

from __future__ import annotations

import re
from typing import NamedTuple

from utils.clipboard.text import ClipboardObject
from utils.findings import Finding, Severity

BLUEPRINT = "blueprint"
UNKNOWN = "unknown"
BLUEPRINT_CLASS = r"(?:^|\.)(?:EdGraphNode_Comment|EdGraph|\w*Blueprint)$"


class Family(NamedTuple):
    """A kind of graph that has no Blueprint in it: how its classes are recognised and what a person calls it."""

    name: str
    title: str
    classes: str


FAMILIES = (
    Family("material", "a material graph", r"MaterialGraph|MaterialExpression|Engine\.Material"),
    Family("niagara", "a Niagara graph", r"Niagara"),
    Family("pcg", "a PCG graph", r"/PCG|\bPCG\w*Node|^/Script/PCG"),
    Family("controlrig", "a Control Rig graph", r"RigVM|ControlRig"),
    Family("umg-widgets", "a widget tree of the designer", r"/Script/UMG\.|WidgetSlotPair"),
    Family("animation", "an animation graph", r"AnimGraphNode_|AnimState(?:Node|Entry|Conduit|Transition)|AnimationGraph"),
    Family("behavior-tree", "a behaviour tree", r"BehaviorTree|BTTask|BTDecorator|EnvironmentQuery"),
    Family("metasound", "a MetaSound graph", r"Meta[Ss]ound"),
    Family("sound", "a sound graph", r"SoundCue|SoundSubmix|SoundNode|SoundClass"),
    Family("level-actors", "actors of a level", r"/Script/Engine\.(?:\w*Actor|Level|World|\w+Light|Brush)$"),
    Family("components", "components of an actor", r"Component$"),
)
TITLES = {family.name: family.title for family in FAMILIES}


def family_of(objects: list[ClipboardObject]) -> str:
    """The family of a copy; one K2 node is enough for a Blueprint, and comment boxes alone are one too."""
    paths = list(dict.fromkeys(found.class_path for found in objects))
    if any("K2Node" in path for path in paths):
        return BLUEPRINT
    for family in FAMILIES:
        if any(re.search(family.classes, path) for path in paths):
            return family.name
    return BLUEPRINT if any(re.search(BLUEPRINT_CLASS, path) for path in paths) else UNKNOWN


def no_nodes() -> Finding:
    return Finding("no-graph", Severity.ERROR, 0, "There is no node of a Blueprint graph in this text.",
                   "in the Blueprint editor select the nodes, press Ctrl+C and paste them here.")


def refusal(family: str, objects: list[ClipboardObject]) -> Finding:
    """Why a text that is no Blueprint graph is not translated."""
    if not objects:
        return no_nodes()
    if family == UNKNOWN:
        return Finding("unknown-graph", Severity.ERROR, objects[0].line,
                       f"This is no Blueprint graph: it holds '{objects[0].class_path or objects[0].name}'.",
                       "copy nodes of a Blueprint's event graph, function or macro.")
    return Finding("other-graph", Severity.ERROR, objects[0].line, f"This is {TITLES[family]} ({family}), not a Blueprint graph.",
                   "copy nodes of a Blueprint's event graph, function or macro.")
