"""The catalogue against real exports: what the editor wrote is what a shape says.

Only nodes that the catalogue alone explains: functions, events, standard macros and nodes without properties. The test
reads references itself, so that nothing of the translation to the DSL is between the export and the shape.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from utils.blueprint_patterns import Scope, Shape, load_catalogue
from utils.catalogue.shapes_generic import MACROS
from utils.clipboard.text import ClipboardObject, read_objects
from utils.dsl.ast import Node, Word

CATALOGUE = load_catalogue()
UNKNOWN_PARENT = Scope(parent="/Game/BP_Unknown.BP_Unknown_C")
MEMBER_NAME = re.compile(r'MemberName="([^"]+)"')
MEMBER_PARENT = re.compile(r"MemberParent=[^,]*?(/Script/[\w.]+)[\"']*[,)]")
MACRO = re.compile(r"Macros:(\w[\w ]*)")
CALLS = {"K2Node_CallFunction", "K2Node_CallArrayFunction", "K2Node_CommutativeAssociativeBinaryOperator"}
PLAIN = {"K2Node_IfThenElse": "Branch", "K2Node_InputKey": "Event_InputKey", "K2Node_InputTouch": "Event_InputTouch",
         "K2Node_InputDebugKey": "Event_DebugKey", "K2Node_GetArrayItem": "GetArrayItem", "K2Node_PlayMontage": "PlayMontage",
         "K2Node_CreateDelegate": "CreateEvent", "K2Node_Self": "Self", "K2Node_Select": "Select",
         "K2Node_GetDataTableRow": "GetDataTableRow",
         "K2Node_InputAxisKeyEvent": "Event_InputAxisKey", "K2Node_GetInputAxisKeyValue": "GetInputAxisKeyValue",
         "K2Node_EnumEquality": "EnumEquality"}
# Pins that later engines added; an older export lacks them.
ADDED_LATER = {("PrintString", "Key"), ("SetTimerByEvent", "bMaxOncePerFrame"), ("SetTimerByFunctionName", "bMaxOncePerFrame"),
               ("BreakHitResult", "BoneName")}

INVENTED = {"spark_input.txt"}  # somebody's test text, with a pin that no engine has


def node_of(exported: ClipboardObject) -> Node | None:
    """The node as a document would say it, as far as its pins go."""
    kind = _type_of(exported)
    if kind is None:
        return None
    split = tuple(Word(pin.name) for pin in exported.pins if any(part.parent_pin == pin.id for part in exported.pins))
    properties = [("Split", split)] if split else []
    if extra := exported.text("NumAdditionalInputs"):
        properties.append(("Inputs", 2 + int(extra)))
    if kind.startswith("Event_"):
        properties.append(("Class", next(iter(MEMBER_PARENT.findall(exported.get("EventReference"))), "")))
    return Node("n1", kind, tuple(properties))


def _type_of(exported: ClipboardObject) -> str | None:
    if exported.class_name in CALLS:
        name, owner = _member(exported.get("FunctionReference"))
        return CATALOGUE.function_type(owner, name) if owner else None
    if exported.class_name == "K2Node_Event":
        name, owner = _member(exported.get("EventReference"))
        return CATALOGUE.event_type(owner, name) if owner else None
    if exported.class_name == "K2Node_MacroInstance":
        found = MACRO.search(exported.get("MacroGraphReference"))
        return next((kind for kind, name in MACROS.items() if found and name == found[1]), None)
    return PLAIN.get(exported.class_name)


def _member(reference: str) -> tuple[str, str]:
    name, owner = MEMBER_NAME.search(reference), MEMBER_PARENT.search(reference)
    return (name[1] if name else ""), (owner[1] if owner else "")


@pytest.fixture(scope="module")
def pairs(exports_folder: Path) -> list[tuple[str, ClipboardObject, Shape]]:
    return list(_pairs(exports_folder))


def _pairs(folder: Path) -> Iterator[tuple[str, ClipboardObject, Shape]]:
    for path in sorted(path for path in folder.glob("*.txt") if path.name not in INVENTED):
        for exported in read_objects(path.read_text(encoding="utf-8", errors="replace")).objects:
            if node := node_of(exported):
                yield f"{path.name} {exported.name}", exported, CATALOGUE.shape(node, UNKNOWN_PARENT)


def test_enough_nodes_are_compared_to_mean_something(pairs):
    assert len(pairs) > 500 and len({shape.type for _, _, shape in pairs}) > 150


def test_every_shape_has_exactly_the_pins_of_the_export(pairs):
    differences = []
    for where, exported, shape in pairs:
        written = Counter((pin.name.lower(), pin.is_output) for pin in exported.pins)
        made = Counter((pin.internal.lower(), not pin.is_input) for pin in shape.pins)
        lacking = {(name, out) for name, out in made - written if not _is_newer(shape.type, name)}
        if lacking or written - made:
            differences.append((where, shape.type, lacking, written - made))
    assert differences == []


def _is_newer(kind: str, pin: str) -> bool:
    return any(kind == owner and pin == name.lower() for owner, name in ADDED_LATER)


def test_pins_come_in_the_engines_order(pairs):
    wrong = []
    for where, exported, shape in pairs:
        names = {(pin.name.lower(), pin.is_output) for pin in exported.pins}
        made = [key for pin in shape.pins if (key := (pin.internal.lower(), not pin.is_input)) in names]
        if made != [(pin.name.lower(), pin.is_output) for pin in exported.pins]:
            wrong.append((where, shape.type))
    assert wrong == []


def test_hidden_pins_are_hidden_and_pure_nodes_pure(pairs):
    wrong = []
    for where, exported, shape in pairs:
        for pin in exported.pins:
            found = shape.pin(pin.name, not pin.is_output)
            if found and found.is_hidden != pin.is_hidden and pin.name != "self":
                wrong.append((where, shape.type, pin.name))
        has_exec = any(pin.raw_type.category == "exec" for pin in exported.pins)
        if has_exec == shape.is_pure:
            wrong.append((where, shape.type, "purity"))
    assert wrong == []


CATEGORIES = {"float": "real", "enum": "byte", "mcdelegate": "delegate"}


def test_categories_and_containers_are_the_exports_except_where_wires_decide(pairs):
    wrong = []
    for where, exported, shape in pairs:
        for pin in exported.pins:
            found = shape.pin(pin.name, not pin.is_output)
            if found is None or "wildcard" in found.ue_type or pin.raw_type.category in ("", "wildcard"):
                continue
            category = pin.raw_type.category.replace("float", "real")
            if CATEGORIES.get(found.type.kind, found.type.kind) != category or found.type.container != pin.raw_type.container.lower():
                wrong.append((where, shape.type, pin.name, category, found.ue_type))
    assert wrong == []
