"""One way to write each document: names, pins, types, values, order; and every spelling that people use leads there."""

import random

import pytest
from cpu_time import CpuTime
from typed_graphs import random_document, shuffled
from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.aliases import CHOICES, INPUT_ALIASES, NODE_ALIASES, TYPE_ALIASES
from utils.dsl.ast import Node, TypeRef
from utils.dsl.canonical import canonicalise
from utils.dsl_parser import parse, render


def text(*lines: str, head: str = "") -> str:
    return "BLUEPRINT: B\n" + head + "GRAPH: EventGraph\n" + "\n".join(lines) + "\n"


def canonical(*lines: str, head: str = "") -> list[str]:
    """The lines of the graph as they are written."""
    return render(parse(text(*lines, head=head))).splitlines()[3 + head.count("\n"):]


def shape(kind: str):
    return load_catalogue().shape(Node("n", kind), Scope())


# -- laws

@pytest.mark.parametrize("seed", range(40))
def test_a_document_of_the_catalogue_survives_text_and_spelling(seed):
    made = random_document(random.Random(seed))
    written = canonicalise(made)
    assert parse(render(made)) == written
    assert canonicalise(written) == written
    assert render(written) == render(made)


@pytest.mark.parametrize("seed", range(40))
def test_order_and_ids_of_a_graph_with_one_event_do_not_depend_on_how_it_was_written(seed):
    made = random_document(random.Random(seed))
    events = [node for node in made.graphs[0].nodes if node.type.startswith("Event_")]
    if len(events) == 1:
        assert canonicalise(made).graphs[0].nodes == canonicalise(shuffled(made, random.Random(seed))).graphs[0].nodes


def test_a_document_of_thirty_nodes_takes_about_a_millisecond():
    made = [one for seed in range(200) if 25 <= len((one := random_document(random.Random(seed))).graphs[0].nodes) <= 35]
    for one in made:
        canonicalise(one)
    with CpuTime() as spent:
        for one in made:
            canonicalise(one)
    assert spent.seconds / len(made) < 0.003


# -- aliases

def test_every_alias_leads_to_a_canonical_name_and_is_none_itself():
    targets = set(NODE_ALIASES.values()) | {choose(pins, is_float) for choose in CHOICES.values() for is_float in (True, False)
                                           for pins in (set(), {"Min", "Max"}, {"Location"}, {"Execute"})}
    for target in targets:
        assert shape(target).is_known and shape(target).type == target
    for alias in NODE_ALIASES:
        assert not shape(alias).is_known, f"{alias} is a node of the catalogue"


def test_every_alias_of_a_pin_or_property_leads_to_one_and_hides_none():
    for kind, names in INPUT_ALIASES.items():
        for alias, name in names.items():
            assert name in shape(kind).identity or shape(kind).pin(name, True), (kind, name)
            assert not shape(kind).pin(alias, True), (kind, alias)


def test_every_alias_of_a_type_is_a_type():
    for alias, name in TYPE_ALIASES.items():
        assert load_catalogue().resolve_type(TypeRef(name)).kind != "object" or name in ("Object", "Actor", "Pawn", "Character", "Widget"), alias


# -- spelling

def test_types_have_one_name_and_notes_on_wires_are_left_out():
    head = "VAR a: float\nVAR b: Boolean\nVAR c: Array<ObjectRef>\nVAR d: Map<string,Integer>\nVAR e: Array\nVAR f: CharacterRef\n"
    written = render(parse(text("NODE n1: Event_Tick", "NODE n2: PrintString", "DATA n1.DeltaSeconds -> n2.InString [Float]", head=head)))
    assert [line.split(": ")[1] for line in written.splitlines() if line.startswith("VAR")] == [
        "Float", "Bool", "Array<Object>", "Map<String,Int>", "Array", "Character"]
    assert "[Float]" not in written


def test_numbers_follow_the_type_of_their_pin():
    assert canonical("NODE n1: Delay [Duration=3]") == ["NODE n1: Delay [Duration=3.0]"]
    assert canonical("NODE n1: ForLoop [LastIndex=5.0]") == ["NODE n1: ForLoop [LastIndex=5]"]
    assert canonical("NODE n1: SetActorLocation [NewLocation=(z=5,X=1)]") == ["NODE n1: SetActorLocation [NewLocation=(X=1.0,Y=0.0,Z=5.0)]"]
    assert canonical("NODE n1: SetActorLocation [NewLocation=(1,2,3)]") == ["NODE n1: SetActorLocation [NewLocation=(X=1.0,Y=2.0,Z=3.0)]"]
    assert "VAR H: Float = 100.0" in render(parse(text("NODE n1: Branch", head="VAR H: Float = 100\n")))
    head = "VAR H: Float\n"
    assert "NODE n2: Less [B=3.0]" in canonical('NODE n1: VariableGet [Variable="H"]', "NODE n2: Less [B=3]", "DATA n1.H -> n2.A", head=head)


def test_values_of_texts_enums_and_classes_have_one_form():
    assert canonical("NODE n1: PrintString [InString=5]") == ['NODE n1: PrintString [InString="5"]']
    assert canonical("NODE n1: PrintString [InString=Hi]") == ['NODE n1: PrintString [InString="Hi"]']
    assert canonical('NODE n1: SpawnActorFromClass [Class="/Script/Engine.Pawn"]') == ["NODE n1: SpawnActorFromClass [Class=Pawn]"]
    assert canonical("NODE n1: SpawnActorFromClass [Class=pawn, CollisionHandlingOverride=ESpawnActorCollisionHandlingMethod::alwaysspawn]") == [
        "NODE n1: SpawnActorFromClass [Class=Pawn, CollisionHandlingOverride=AlwaysSpawn]"]


def test_what_is_the_default_is_left_out():
    assert canonical('NODE n1: PrintString [InString="Hello", PrintToScreen=true, Duration=2]') == ["NODE n1: PrintString"]
    assert canonical("NODE n1: Branch [Condition=true]") == ["NODE n1: Branch"]
    assert canonical("NODE n1: Sequence [Outputs=2]") == ["NODE n1: Sequence"]
    assert canonical("NODE n1: Sequence [Outputs=3]") == ["NODE n1: Sequence [Outputs=3]"]
    assert canonical("NODE n1: SetActorLocation [NewLocation=(X=0,Y=0,Z=0)]") == ["NODE n1: SetActorLocation"]
    assert "VAR H: Float\n" in render(parse(text("NODE n1: Branch", head="VAR H: Float = 0.0\n")))


def test_a_zero_that_decides_a_type_stays():
    assert canonical("NODE n1: Less [A=0]") == ["NODE n1: Less [A=0]"]
    assert "NODE n2: Less" in canonical('NODE n1: VariableGet [Variable="H"]', "NODE n2: Less [B=0.0]", "DATA n1.H -> n2.A", head="VAR H: Float\n")


def test_a_value_on_a_wired_pin_is_left_out():
    assert canonical("NODE n1: Event_Tick", "NODE n2: Delay [Duration=5.0]", "EXEC n1.Then -> n2.Execute", "DATA n1.DeltaSeconds -> n2.Duration")[1] == "NODE n2: Delay"


def test_properties_stand_in_one_order_identity_first_then_pins():
    line = 'NODE n1: VariableSet [Health=5, NodeComment="x", Variable="health"]'
    assert canonical(line, head="VAR Health: Float\n") == ['NODE n1: VariableSet [Variable="Health", Health=5.0, NodeComment="x"]']
    assert canonical('NODE n1: PrintString [Duration=9.0, PrintToLog=false, InString="a"]') == [
        'NODE n1: PrintString [InString="a", PrintToLog=false, Duration=9.0]']


def test_pins_are_spelled_as_the_editor_shows_them():
    assert canonical("NODE a: Event_BeginPlay", "NODE b: Sequence", "NODE c: DestroyActor", "NODE d: GetPlayerPawn", "EXEC a.then -> b.execute",
                     "EXEC b.then_1 -> c.execute", "DATA d.returnvalue -> c.self")[4:] == [
        "EXEC n1.Then -> n2.Execute", "EXEC n2.Then_1 -> n4.Execute", "DATA n3.ReturnValue -> n4.Target"]


def test_references_take_the_letters_of_their_declaration():
    assert canonical('NODE a: VariableGet [Variable="HEALTH"]', "NODE b: Delay", "DATA a.health -> b.Duration", head="VAR Health: Float\n") == [
        'NODE n1: VariableGet [Variable="Health"]', "NODE n2: Delay", "DATA n1.Health -> n2.Duration"]


# -- order

def test_events_come_first_then_each_chain_with_its_feeders_right_before_their_reader():
    assert canonical("NODE a: PrintString", "NODE b: Event_Tick", "NODE c: GetPlayerPawn", "NODE d: Event_BeginPlay", "NODE e: DestroyActor",
                     "NODE f: Sequence", "NODE g: Delay", "EXEC d.Then -> f.Execute", "EXEC f.Then_1 -> e.Execute", "EXEC f.Then_0 -> g.Execute",
                     "EXEC b.Then -> a.Execute", "DATA c.ReturnValue -> e.Target") == [
        "NODE n1: Event_Tick", "NODE n2: PrintString", "NODE n3: Event_BeginPlay", "NODE n4: Sequence", "NODE n5: Delay", "NODE n6: GetPlayerPawn",
        "NODE n7: DestroyActor", "EXEC n1.Then -> n2.Execute", "EXEC n3.Then -> n4.Execute", "EXEC n4.Then_0 -> n5.Execute",
        "EXEC n4.Then_1 -> n7.Execute", "DATA n6.ReturnValue -> n7.Target"]


def test_what_nothing_reaches_stays_at_the_end_in_its_order():
    assert canonical("NODE a: Self", "NODE b: GetPlayerPawn", "NODE c: Event_Tick")[1:] == ["NODE n2: Self", "NODE n3: GetPlayerPawn"]


def test_the_same_wire_in_two_spellings_is_one_wire():
    assert canonical("NODE a: Event_Tick", "NODE b: Delay", "EXEC a.Then -> b.Execute", "EXEC a.then -> b.execute")[2:] == ["EXEC n1.Then -> n2.Execute"]
