"""Variables, events and functions stand in the order of the text."""

from corpus.mention_order import in_order_of_mention
from utils.dsl_parser import parse, render

TEXT = """BLUEPRINT: BP_New
PARENT: Actor
VAR Fuel: Float
VAR Heat: Float
GRAPH: EventGraph
NODE n1: Event_InputKey [Key="V"]
NODE n2: VariableSet [Variable="Fuel", Fuel=1.0]
NODE n3: Event_Tick
NODE n4: VariableSet [Variable="Heat", Heat=2.0]
NODE n5: Event_Custom [Name="Cool"]
NODE n6: DestroyActor
EXEC n1.Pressed -> n2.Execute
EXEC n3.Then -> n4.Execute
EXEC n5.Then -> n6.Execute
"""


def events(instruction: str) -> list[str]:
    told = parse(render(in_order_of_mention(parse(TEXT), instruction)))
    return [str(node.get("Name") or node.get("Key") or node.type) for node in told.graphs[0].nodes if node.type.startswith("Event_")]


def test_events_follow_the_text():
    assert events("Every frame set Heat to 2. V sets Fuel to 1. Cool destroys this actor.") == ["Event_Tick", "V", "Cool"]
    assert events("Cool destroys this actor. On V set Fuel to 1. On tick Heat is 2.") == ["Cool", "V", "Event_Tick"]


def test_an_event_stands_where_it_is_told_of_and_not_where_it_is_called():
    assert events("V calls Cool and sets Fuel to 1. On tick set Heat to 2. Cool destroys this actor.") == ["V", "Event_Tick", "Cool"]


def test_a_text_that_does_not_name_an_event_leaves_the_order():
    assert events("Cool destroys this actor; V sets Fuel to 1.") == ["V", "Event_Tick", "Cool"]


def test_variables_follow_the_text_and_unnamed_ones_come_last():
    told = in_order_of_mention(parse(TEXT), "On tick set Heat to 2; V and Cool do the rest.")
    assert [variable.name for variable in told.variables] == ["Heat", "Fuel"]
