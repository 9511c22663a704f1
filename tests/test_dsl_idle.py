"""What a node need not say is left out, and what it must say stays."""

import random

import pytest
from typed_graphs import shuffled
from utils.dsl_parser import parse, render
from utils.graph_compare import graphs_equal


def lines(*statements: str, head: str = "") -> list[str]:
    """The graph's lines as they are written."""
    return render(document(*statements, head=head)).splitlines()[3 + head.count("\n"):]


def document(*statements: str, head: str = ""):
    return parse("BLUEPRINT: B\n" + head + "GRAPH: EventGraph\n" + "\n".join(statements) + "\n")


SPEED = 'NODE a: VariableGet [Variable="Speed"]'


@pytest.mark.parametrize("said, written", [
    ("Sequence [Outputs=2]", "Sequence"), ("Sequence [Outputs=3]", "Sequence [Outputs=3]"),
    ("Less [Type=Float, A=2]", "Less [Type=Float, A=2.0]"), ("Less [Type=Float]", "Less [Type=Float]"),
    ("Less [Type=Float, A=0.0]", "Less [Type=Float]"), ("Less [Type=Int64, A=2]", "Less [Type=Int64, A=2]"),
    ('MakeArray [Type=String, Item_0="a"]', 'MakeArray [Item_0="a"]'), ('MakeArray [Type=Name, Item_0="a"]', 'MakeArray [Type=Name, Item_0="a"]'),
    ('MakeStruct [Struct="/Game/S.S", Members=(Type: Int), Type=3]',) * 2,
])
def test_a_count_or_type_is_left_out_where_the_rest_of_the_node_says_it(said, written):
    assert lines(f"NODE n1: {said}") == [f"NODE n1: {written}"]


def test_a_type_is_left_out_where_a_wire_says_it_and_stays_where_the_wire_says_another():
    wired = ("NODE n2: Less [Type={}]", "DATA a.Speed -> n2.A")
    assert lines(SPEED, wired[0].format("Float"), wired[1], head="VAR Speed: Float\n")[1] == "NODE n2: Less"
    assert lines(SPEED, wired[0].format("Float"), wired[1], head="VAR Speed: Int\n")[1] == "NODE n2: Less [Type=Float]"


def test_two_types_that_only_decide_each_other_both_stay():
    chain = ("NODE n1: Add [Type=Float]", "NODE n2: Multiply [Type=Float]", "DATA n1.ReturnValue -> n2.A")
    written = document(*chain)
    assert render(written).count("Type=Float") == 2
    assert all(graphs_equal(written, shuffled(written, random.Random(seed))) for seed in range(6))


def test_the_class_of_a_declared_component_is_left_out_and_that_of_another_stays():
    node = 'NODE n1: Event_Component [Component="Box", Event="OnComponentBeginOverlap", Class=BoxComponent]'
    assert "Class" not in lines(node, head="VAR Box: BoxComponent\n")[0]
    assert lines(node) == [node]


def test_a_signature_is_left_out_where_it_makes_no_pins():
    for kind, is_left_out in (("BindEvent", True), ("CallDispatcher", False)):
        line = lines(f'NODE n1: {kind} [Dispatcher="OnHit", Class=BP_Hero, Params=(Health: Float)]')[0]
        assert ("Params" not in line) == is_left_out


@pytest.mark.parametrize("said", ["Outputs=2", "Outputs=false", "Outputs=1"])
def test_a_count_that_says_nothing_gives_way_to_the_pins_that_are_used(said):
    assert lines(f"NODE n1: Sequence [{said}]", "NODE n2: Delay", "EXEC n1.Then_2 -> n2.Execute")[0] == "NODE n1: Sequence [Outputs=3]"
    assert lines("NODE n1: SwitchString [Cases=false]", "NODE n2: Delay", "EXEC n1.Case_A -> n2.Execute")[0] == 'NODE n1: SwitchString [Cases=("A")]'
