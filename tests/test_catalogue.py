"""The catalogue as data: it loads fast, its names are one for one, common names mean what people think."""

import json
import subprocess
import sys

import pytest
from cpu_time import least_seconds
from utils.blueprint_patterns import RULES, Catalogue, Scope, load_catalogue
from utils.catalogue.common_nodes import COMMON_NODES, EVENTS, FUNCTIONS, MACROS, NODES
from utils.catalogue.data import DATA_FILE, CatalogueData, short_name
from utils.catalogue.data_file import Section, read_sections
from utils.dsl.ast import Node

CATALOGUE = load_catalogue()
NOT_A_PARENT_WE_KNOW = Scope(parent="/Game/BP_Unknown.BP_Unknown_C")


def shape(kind: str, parent: str = "Actor", **properties):
    return CATALOGUE.shape(Node("n1", kind, tuple(properties.items())), Scope(parent=parent))


def all_function_names():
    names = CATALOGUE.function_names
    return [(names.of_function(*function), function) for function in names.functions()]


def test_it_loads_and_shapes_a_first_node_in_under_0_3_seconds():
    assert least_seconds(lambda: Catalogue(CatalogueData.load()).shape(Node("n1", "PrintString"), Scope())) < 0.3


def test_importing_it_pulls_in_nothing_heavy(script_environment):
    code = "import sys, utils.blueprint_patterns; print(sorted({'torch', 'numpy', 'rich', 'pipeline'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_function_has_one_name_and_every_name_one_function():
    pairs = all_function_names()
    assert len(pairs) > 7000
    assert len({name for name, _ in pairs}) == len(pairs)
    assert [name for name, function in pairs if CATALOGUE.function_names.find(name, None) != [function]] == []


def test_every_function_has_a_shape_whose_pins_answer_to_dsl_and_internal_name():
    for name, function in all_function_names():
        found = CATALOGUE.shape(Node("n1", name), NOT_A_PARENT_WE_KNOW)
        assert found.is_known and not found.problems and found.type == name and found.member == tuple(function), name
        for side in (True, False):
            names = [pin.name.lower() for pin in found.pins if pin.is_input is side]
            assert len(names) == len(set(names)), name
        for pin in found.pins:
            assert found.pin(pin.name, pin.is_input) is pin, (name, pin.name)
            assert found.pin(pin.internal.upper(), pin.is_input).internal == pin.internal, (name, pin.internal)


def test_names_are_read_in_any_letter_case_and_with_the_engines_prefix_left_out():
    assert shape("setactorlocation").type == "SetActorLocation"
    assert shape("SETACTORLOCATION").member == ("/Script/Engine.Actor", "K2_SetActorLocation")
    assert shape("bRaNcH").type == "Branch"
    assert shape("event_beginplay").type == "Event_BeginPlay"


def test_at_least_120_common_nodes_mean_what_the_table_says():
    assert len(COMMON_NODES) >= 120


@pytest.mark.parametrize("kind, meaning", COMMON_NODES.items())
def test_a_common_node_is_what_the_table_says(kind, meaning):
    parent = meaning.split(".")[0] if kind in EVENTS else "Actor"
    found = shape(kind, parent)
    assert found.is_known and found.type == kind
    if kind in FUNCTIONS or kind in EVENTS:
        assert f"{short_name(found.member[0])}.{found.member[1]}" == meaning
    elif kind in MACROS:
        assert f"{short_name(found.member[0])}:{found.member[1]}" == meaning
    else:
        assert kind in NODES and short_name(found.node_class) == meaning


def test_a_name_of_several_classes_is_written_with_its_class_and_read_by_what_the_parent_is():
    assert shape("SetVisibility", "UserWidget").type == "Widget.SetVisibility"
    assert shape("SetVisibility", "Actor").type == "SceneComponent.SetVisibility"
    assert shape("GetControlRotation", "Character").type == "Pawn.GetControlRotation"
    assert shape("GetControlRotation", "PlayerController").type == "Controller.GetControlRotation"


def test_a_property_that_only_one_candidate_has_decides_an_ambiguous_name():
    assert shape("SetVisibility", "UserWidget", NewVisibility=True).type == "Widget.SetVisibility", "the parent comes first"
    assert shape("SetVisibility", "GameInstance", InVisibility="Hidden").type == "Widget.SetVisibility"
    assert shape("SetVisibility", "GameInstance", NewVisibility=True).type == "SceneComponent.SetVisibility"


def test_an_ambiguous_name_that_nothing_decides_is_refused_with_the_names_to_choose_from():
    found = shape("GetControlRotation", "Actor")
    assert not found.is_known and found.pins == ()
    assert found.problems[0].code == "ambiguous-node"
    assert "Controller.GetControlRotation" in found.problems[0].remedy and "Pawn.GetControlRotation" in found.problems[0].remedy


def test_a_function_may_be_named_by_a_class_that_inherits_it():
    assert shape("Character.GetActorLocation").type == "GetActorLocation"
    assert shape("Character.AddToViewport").problems[0].code == "unknown-node"


def test_an_unknown_node_has_no_pins_and_a_remedy():
    found = shape("DoMagic")
    assert not found.is_known and found.pins == () and found.problems[0].code == "unknown-node" and found.problems[0].remedy


def test_names_that_functions_macros_and_node_classes_share_are_settled_once():
    assert shape("IsValid").role == "function" and shape("IsValidBranch").role == "macro"
    assert shape("AIMoveTo").node_class == "/Script/AIGraph.K2Node_AIMoveTo"
    assert shape("AITask_MoveTo.AIMoveTo").member == ("/Script/AIModule.AITask_MoveTo", "AIMoveTo")
    reserved = {name.lower() for name in RULES}
    assert [name for name, _ in all_function_names() if name.lower() in reserved] == []


def test_events_are_those_of_the_parent_class_and_of_what_it_inherits():
    assert shape("Event_Tick", "UserWidget").member == ("/Script/UMG.UserWidget", "Tick")
    assert shape("Event_Tick", "Character").member == ("/Script/Engine.Actor", "ReceiveTick")
    assert shape("Event_OnLanded", "Actor").problems[0].code == "foreign-event"
    assert shape("Event_OnLanded", "/Game/BP_Own.BP_Own_C").problems == (), "of a project's own parent nothing is known"
    assert shape("Event_OnLanded", "Actor", Class="Character").problems == ()
    assert shape("Event_Nothing").problems[0].code == "unknown-event"


def test_every_event_has_one_name_in_its_class():
    seen = set()
    for events in CATALOGUE.events.by_name.values():
        for event in events:
            name = CATALOGUE.event_type(event.owner, event.name)
            assert (event.owner, name) not in seen
            seen.add((event.owner, name))
            assert CATALOGUE.events.find(name, event.owner) == event
    assert len(seen) > 200


def test_classes_know_their_ancestors_structs_their_members_enums_their_values():
    assert CATALOGUE.is_a("Character", "Actor") and not CATALOGUE.is_a("Actor", "Character")
    assert CATALOGUE.is_a("CharacterMovementComponent", "NavMovementInterface")
    assert not CATALOGUE.is_a("BP_Door", "Actor") and not CATALOGUE.knows_class("BP_Door")
    assert list(CATALOGUE.members("Vector")) == ["X", "Y", "Z"] and CATALOGUE.members("S_Own") is None
    assert "Hidden" in CATALOGUE.enumerators("ESlateVisibility") and CATALOGUE.enumerators("E_Own") is None


def test_no_chain_of_parents_runs_in_a_circle():
    for path in CATALOGUE.data.raw["classes"]:
        assert CATALOGUE.data.ancestors(path)[0] == path


def test_every_node_class_of_the_data_has_a_form_with_its_fixed_pins():
    """The data lists node classes apart from the rules that shape them; the two must tell the same."""
    forms = {}
    for kind in (*RULES, "CastToActor", "PrintString", "Array_Add", "BooleanAND", "Event_BeginPlay"):
        found = shape(kind, Key="F", Class="Pawn")
        forms.setdefault(found.node_class, found)
    forms["/Script/BlueprintGraph.K2Node_PromotableOperator"] = shape("EqualEqual")
    without_form = {"K2Node_ActorBoundEvent", "EdGraphNode_Comment"}  # the generic form, and comment lines
    for name, row in CATALOGUE.data.raw["nodes"].items():
        if name in without_form:
            continue
        pins = {(pin.internal, pin.is_input) for pin in forms[row["class"]].pins}
        wanted = {(pin[0], side) for key, side in (("in", True), ("out", False)) for pin in row[key]}
        # The comparer depends on CaseSensitive; the class of a subsystem and the world of a widget are properties of the node.
        assert {pin for pin, _ in wanted - pins} <= {"NotEqual_StrStr", "Class", "WorldContextObject"}, name


def test_the_names_for_a_parent_hold_its_events_and_all_functions_and_forms():
    names = set(CATALOGUE.names("UserWidget"))
    assert {"Branch", "Event_Construct", "PrintString", "Widget.SetVisibility", "ForEachLoop"} <= names
    assert "Event_BeginPlay" not in names


def test_engine_names_lead_back_to_node_types():
    assert CATALOGUE.function_type("/Script/Engine.Actor", "K2_DestroyActor") == "DestroyActor"
    assert CATALOGUE.function_type("/Script/Engine.Character", "K2_DestroyActor") == "DestroyActor"
    assert CATALOGUE.function_type(None, "K2_DestroyActor", parent="Pawn") == "DestroyActor"
    assert CATALOGUE.function_type("/Game/BP.BP_C", "Own") is None
    assert CATALOGUE.event_type("/Script/Engine.Actor", "ReceiveBeginPlay") == "Event_BeginPlay"
    assert CATALOGUE.event_type("/Script/UMG.UserWidget", "OnKeyDown") is None, "with a result it is a function"


def test_records_parsed_one_by_one_are_those_of_the_whole_file():
    text = DATA_FILE.read_text(encoding="utf-8")
    sections, whole = read_sections(text), json.loads(text)
    assert list(sections) == list(whole)
    assert all((dict(section) if isinstance(section, Section) else section) == whole[name] for name, section in sections.items())
    assert list(sections["functions"].function_names()) == [(owner, row[0]) for owner, rows in whole["functions"].items() for row in rows]
