"""Wildcards and operators: what travels along the wires."""

import pytest
from cpu_time import least_seconds
from utils.blueprint_patterns import Scope, load_catalogue, resolve_wildcards
from utils.dsl.ast import Graph, Node, PinRef, Wire
from utils.dsl_parser import parse

CATALOGUE = load_catalogue()
HEAD = """BLUEPRINT: B
PARENT: Actor
VAR Speed: Float
VAR Count: Int
VAR Place: Vector
VAR Pawns: Array<Pawn>
VAR Actors: Array<Actor>
VAR Prices: Map<Name,Int>
VAR Kind: Class<Character>
VAR Mode: EEndPlayReason
GRAPH: EventGraph
"""
GETS = {name: f'NODE {name.lower()}: VariableGet [Variable="{name}"]\n'
        for name in ("Speed", "Count", "Place", "Pawns", "Actors", "Prices", "Kind", "Mode")}


def solve(nodes: str, wires: str):
    """Types by "node.pin" (an output's first where both sides have the name), and functions of operators by node."""
    used = "".join(line for name, line in GETS.items() if f"{name.lower()}." in wires)
    document = parse(HEAD + used + nodes + wires)
    graph = document.graphs[0]
    scope = Scope.of(document, graph)
    shapes = {node.id: CATALOGUE.shape(node, scope) for node in graph.nodes}
    types = resolve_wildcards(graph, shapes)
    found = {f"{node_id}.{pin.name}": str(CATALOGUE.type_ref(types.of(node_id, pin)))
             for node_id, shape in shapes.items() for pin in sorted(shape.pins, key=lambda pin: not pin.is_input)}
    return found, {node_id: overload.function for node_id, overload in types.operators.items()}


def test_the_element_of_a_loop_is_that_of_its_array():
    types, _ = solve("NODE n1: ForEachLoop\n", "DATA pawns.Pawns -> n1.Array\n")
    assert types["n1.Array"] == "Array<Pawn>" and types["n1.ArrayElement"] == "Pawn" and types["n1.ArrayIndex"] == "Int"


def test_a_type_travels_through_several_nodes():
    types, _ = solve("NODE n1: ForEachLoop\nNODE n2: MakeArray\nNODE n3: ReverseForEachLoop\nNODE n4: Select\n",
                     "DATA pawns.Pawns -> n1.Array\nDATA n1.ArrayElement -> n2.Item_0\nDATA n2.Array -> n3.Array\nDATA n3.ArrayElement -> n4.Option_1\n")
    assert types["n4.ReturnValue"] == types["n4.Option_0"] == "Pawn"


def test_a_type_comes_back_from_where_an_output_goes():
    types, _ = solve("NODE n1: MakeArray\nNODE n2: VariableSet [Variable=\"Actors\"]\n", "DATA n1.Array -> n2.Actors\n")
    assert types["n1.Item_0"] == "Actor"


def test_the_container_decides_and_not_what_is_put_into_it():
    types, _ = solve("NODE n1: Array_Add\nNODE n2: GetPlayerPawn\n", "DATA n2.ReturnValue -> n1.NewItem\nDATA actors.Actors -> n1.TargetArray\n")
    assert types["n1.TargetArray"] == "Array<Actor>" and types["n1.NewItem"] == "Actor"


def test_maps_have_a_type_for_keys_and_one_for_values():
    types, _ = solve("NODE n1: Map_Find\nNODE n2: Map_Keys\n", "DATA prices.Prices -> n1.TargetMap\nDATA prices.Prices -> n2.TargetMap\n")
    assert types["n1.TargetMap"] == "Map<Name,Int>" and types["n1.Key"] == "Name" and types["n1.Value"] == "Int" and types["n2.Keys"] == "Array<Name>"


def test_a_map_is_made_of_its_first_key_and_value():
    types, _ = solve("NODE n1: MakeMap [Inputs=2]\n", "DATA speed.Speed -> n1.Key_0\nDATA place.Place -> n1.Value_1\n")
    assert types["n1.Map"] == "Map<Float,Vector>"


def test_a_select_may_choose_between_arrays():
    types, _ = solve("NODE n1: Select\n", "DATA pawns.Pawns -> n1.Option_0\nDATA count.Count -> n1.Index\n")
    assert types["n1.ReturnValue"] == "Array<Pawn>" and types["n1.Index"] == "Int"


def test_a_wired_class_types_what_is_spawned():
    types, _ = solve("NODE n1: SpawnActorFromClass\nNODE n2: ForEachLoop\nNODE n3: GetAllActorsOfClass\n",
                     "DATA kind.Kind -> n1.Class\nDATA kind.Kind -> n3.ActorClass\nDATA n3.OutActors -> n2.Array\n")
    assert types["n1.ReturnValue"] == "Character" and types["n3.OutActors"] == "Array<Character>" and types["n2.ArrayElement"] == "Character"


def test_a_literal_decides_where_no_wire_does():
    types, _ = solve('NODE n1: MakeArray [Item_0="a"]\nNODE n2: MakeArray [Item_0=1.5]\n', "")
    assert types["n1.Array"] == "Array<String>" and types["n2.Array"] == "Array<Float>"


def test_a_stated_type_decides_where_no_wire_does():
    types, _ = solve("NODE n1: MakeArray [Type=Vector]\nNODE n2: Add [Type=Int]\n", "")
    assert types["n1.Array"] == "Array<Vector>" and types["n2.ReturnValue"] == "Int"


def test_what_nothing_decides_stays_a_wildcard():
    types, _ = solve("NODE n1: ForEachLoop\nNODE n2: Add\n", "")
    assert types["n1.Array"] == "Array<Wildcard>" and types["n1.ArrayElement"] == "Wildcard" and types["n2.ReturnValue"] == "Wildcard"


@pytest.mark.parametrize("node, wires, function, types", [
    ("Add", "DATA speed.Speed -> n1.A\nDATA count.Count -> n1.B\n", "Add_DoubleDouble", "Float Float Float"),
    ("Add", "DATA count.Count -> n1.A\n", "Add_IntInt", "Int Int Int"),
    ("Add [B=2]", "DATA speed.Speed -> n1.A\n", "Add_DoubleDouble", "Float Float Float"),
    ("Multiply", "DATA place.Place -> n1.A\nDATA speed.Speed -> n1.B\n", "Multiply_VectorFloat", "Vector Float Vector"),
    ("Multiply [B=2.0]", "DATA place.Place -> n1.A\n", "Multiply_VectorFloat", "Vector Float Vector"),
    ("Subtract", "DATA place.Place -> n1.A\n", "Subtract_VectorVector", "Vector Vector Vector"),
    ("Less [B=0.0]", "DATA speed.Speed -> n1.A\n", "Less_DoubleDouble", "Float Float Bool"),
    ("EqualEqual", "DATA mode.Mode -> n1.A\n", "EqualEqual_ByteByte", "Byte Byte Bool"),
    ("EqualEqual", "DATA kind.Kind -> n1.B\n", "EqualEqual_ClassClass", "Class Class Bool"),
])
def test_an_operator_is_the_function_that_its_wires_ask_for(node, wires, function, types):
    found, functions = solve(f"NODE n1: {node}\n", wires)
    assert functions["n1"] == function
    assert [found[f"n1.{pin}"] for pin in ("A", "B", "ReturnValue")] == types.split()


def test_an_operator_knows_its_type_from_its_result_when_its_inputs_are_bare():
    found, _ = solve('NODE n1: Add [A=1.0]\nNODE n2: VariableSet [Variable="Speed"]\n', "DATA n1.ReturnValue -> n2.Speed\n")
    assert found["n1.A"] == found["n1.B"] == "Float"


def test_operators_in_a_chain_and_with_more_inputs_resolve_from_left_to_right():
    found, functions = solve("NODE n1: Multiply\nNODE n2: Add [Inputs=3]\n",
                             "DATA place.Place -> n1.A\nDATA speed.Speed -> n1.B\nDATA n1.ReturnValue -> n2.A\nDATA place.Place -> n2.C\n")
    assert functions == {"n1": "Multiply_VectorFloat", "n2": "Add_VectorVector"} and found["n2.C"] == found["n2.ReturnValue"] == "Vector"


def test_a_circle_of_wildcards_comes_to_an_end():
    types, _ = solve("NODE n1: Select\nNODE n2: Select\nNODE n3: Add\n",
                     "DATA n1.ReturnValue -> n2.Option_0\nDATA n2.ReturnValue -> n1.Option_0\nDATA n3.ReturnValue -> n3.A\n")
    assert types["n1.ReturnValue"] == "Wildcard"


def test_time_grows_in_line_with_the_graph():
    """A chain of 4,000 wildcard nodes takes about twice the time of one of 2,000, and seconds at most."""
    small, large = (_chain_seconds(length) for length in (2000, 4000))
    assert large < 4 * small + 0.1 and large < 5


def _chain_seconds(length: int) -> float:
    nodes = [Node("n0", "GetPlayerPawn")] + [Node(f"n{index}", "Select") for index in range(1, length)]
    wires = [Wire(PinRef(f"n{index}", "ReturnValue"), PinRef(f"n{index + 1}", "Option_0"), False) for index in range(length - 1)]
    graph = Graph("EventGraph", tuple(nodes), tuple(wires))
    shapes = {node.id: CATALOGUE.shape(node, Scope()) for node in nodes}
    types = resolve_wildcards(graph, shapes)
    assert str(CATALOGUE.type_ref(types.of(f"n{length - 1}", shapes["n1"].pin("ReturnValue")))) == "Pawn"
    return least_seconds(lambda: resolve_wildcards(graph, shapes))
