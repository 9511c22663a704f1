"""Graphs are compared as graphs: names of ids, order and spelling do not matter, everything else does."""

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from cpu_time import CpuTime
from mutations import MUTATIONS, mutate
from typed_graphs import random_document, shuffled
from utils.comparison.isomorphism import LabelledGraph, are_isomorphic, fingerprint, isomorphism
from utils.comparison.matching import Matching, shared_values
from utils.comparison.model import model
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Wire
from utils.dsl_parser import parse, render
from utils.graph_compare import compare, graph_key, graphs_equal, shape_key

SEEDS = range(60)


def document(*lines: str, head: str = "") -> Blueprint:
    return parse("BLUEPRINT: BP_Test\n" + head + "GRAPH: EventGraph\n" + "\n".join(lines) + "\n")


# -- isomorphism

GRAPHS = st.integers(1, 6).flatmap(lambda size: st.tuples(
    st.lists(st.sampled_from("ab"), min_size=size, max_size=size),
    st.lists(st.tuples(st.integers(0, size - 1), st.sampled_from("xy"), st.integers(0, size - 1)), max_size=9)))


def renamed(graph: LabelledGraph, order: list[int]) -> LabelledGraph:
    labels = [None] * len(order)
    for old, new in enumerate(order):
        labels[new] = graph.labels[old]
    return LabelledGraph(labels, [(order[source], label, order[target]) for source, label, target in graph.edges][::-1])


@settings(max_examples=300, deadline=None)
@given(GRAPHS, st.randoms())
def test_a_graph_is_isomorphic_to_itself_under_other_numbers_and_has_the_same_fingerprint(made, rng):
    graph = LabelledGraph(*made)
    other = renamed(graph, rng.sample(range(len(graph.labels)), len(graph.labels)))
    mapping = isomorphism(graph, other)
    assert mapping is not None
    assert [other.labels[place] for place in mapping] == graph.labels
    assert sorted((mapping[s], label, mapping[t]) for s, label, t in graph.edges) == sorted(other.edges)
    assert fingerprint(graph) == fingerprint(other)


@settings(max_examples=300, deadline=None)
@given(GRAPHS, GRAPHS)
def test_two_graphs_are_isomorphic_exactly_when_some_renaming_makes_them_equal(first, second):
    a, b = LabelledGraph(*first), LabelledGraph(*second)
    equal = len(a.labels) == len(b.labels) and any(
        renamed(a, list(order)).labels == b.labels and sorted(renamed(a, list(order)).edges) == sorted(b.edges)
        for order in permutations(range(len(a.labels))))
    assert are_isomorphic(a, b) == equal
    assert not equal or fingerprint(a) == fingerprint(b)


def rook() -> LabelledGraph:
    cells = [(row, column) for row in range(4) for column in range(4)]
    return undirected(16, [(a, b) for a in range(16) for b in range(16) if a < b and (cells[a][0] == cells[b][0] or cells[a][1] == cells[b][1])])


def shrikhande() -> LabelledGraph:
    steps = {(0, 1), (1, 0), (1, 1), (0, 3), (3, 0), (3, 3)}
    cells = [(row, column) for row in range(4) for column in range(4)]
    return undirected(16, [(a, b) for a in range(16) for b in range(16) if a < b
                           and ((cells[a][0] - cells[b][0]) % 4, (cells[a][1] - cells[b][1]) % 4) in steps])


def undirected(size: int, pairs: list) -> LabelledGraph:
    return LabelledGraph(["n"] * size, [edge for a, b in pairs for edge in ((a, "e", b), (b, "e", a))])


def test_graphs_that_refinement_cannot_tell_apart_are_told_apart_by_search():
    """Both are strongly regular with the same parameters: every refinement of them looks the same."""
    assert not are_isomorphic(rook(), shrikhande())
    for graph in (rook(), shrikhande()):
        assert are_isomorphic(graph, renamed(graph, random.Random(3).sample(range(16), 16)))


def test_one_ring_of_six_is_not_two_rings_of_three():
    one = LabelledGraph(["n"] * 6, [(index, "x", (index + 1) % 6) for index in range(6)])
    two = LabelledGraph(["n"] * 6, [(index, "x", index // 3 * 3 + (index + 1) % 3) for index in range(6)])
    assert not are_isomorphic(one, two)
    assert fingerprint(one) != fingerprint(two)


# -- equality of documents

@pytest.mark.parametrize("seed", SEEDS)
def test_other_ids_order_and_a_new_name_change_nothing(seed):
    made = random_document(random.Random(seed))
    other = shuffled(made, random.Random(seed))
    assert graphs_equal(made, other)
    assert graph_key(made) == graph_key(other)
    assert shape_key(made) == shape_key(other)
    assert graphs_equal(made, parse(render(other)))
    assert compare(made, other).mistakes == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_any_mistake_makes_a_document_unequal(seed):
    made = random_document(random.Random(seed))
    for mutation in MUTATIONS:
        mutant = mutate(made, mutation, random.Random(seed))
        if mutant:
            assert not graphs_equal(made, mutant.document), mutant.what
            assert graph_key(made) != graph_key(mutant.document), mutant.what
            assert compare(made, mutant.document).mistakes, mutant.what


def test_spelling_default_values_and_remarks_do_not_matter():
    one = document("NODE n1: Event_BeginPlay", 'NODE n2: PrintString [InString="Hi", Duration=2.0]', "NODE n3: Delay [Duration=1]",
                   "EXEC n1.Then -> n2.Execute", "EXEC n2.Then -> n3.Execute")
    other = document("# says hi", "NODE a: Event_BeginPlay", 'NODE b: PrintString [InString="Hi"]', "NODE c: Delay [Duration=1.0]",
                     "EXEC a.then -> b.execute", "EXEC b.then -> c.execute")
    assert graphs_equal(one, other) and graph_key(one) == graph_key(other)


def operation(kind: str, wires: dict[str, str], **values: float) -> Blueprint:
    """One operator over variables X and Y: `wires` names the variable at each operand."""
    text = " [" + ", ".join(f"{key}={value}" for key, value in values.items()) + "]" if values else ""
    return document('NODE n1: VariableGet [Variable="X"]', 'NODE n2: VariableGet [Variable="Y"]', f"NODE n3: {kind}{text}",
                    *(f"DATA {'n1' if variable == 'X' else 'n2'}.{variable} -> n3.{operand}" for operand, variable in wires.items()),
                    head="VAR X: Float\nVAR Y: Float\n")


@pytest.mark.parametrize(("kind", "may_swap"), [("Add", True), ("Multiply", True), ("EqualEqual", True), ("NotEqual", True), ("FMax", True),
                                                 ("Add_DoubleDouble", True), ("Subtract", False), ("Divide", False), ("Less", False)])
def test_operands_swap_only_where_order_means_nothing(kind, may_swap):
    assert graphs_equal(operation(kind, {"A": "X", "B": "Y"}), operation(kind, {"A": "Y", "B": "X"})) == may_swap
    assert graphs_equal(operation(kind, {"A": "X"}, B=5.0), operation(kind, {"B": "X"}, A=5.0)) == may_swap
    assert not graphs_equal(operation(kind, {"A": "X"}, B=5.0), operation(kind, {"A": "X"}, B=6.0))


def test_a_default_that_is_not_zero_counts_when_operands_swap():
    """B of Add_DoubleDouble is 1 where nothing is said, A is 0."""
    assert not graphs_equal(operation("Add_DoubleDouble", {"A": "X"}), operation("Add_DoubleDouble", {"B": "X"}))
    assert graphs_equal(operation("Add_DoubleDouble", {"A": "X"}), operation("Add_DoubleDouble", {"B": "X"}, A=1.0))


def test_and_swaps_too_and_a_swap_reaches_whole_expressions():
    def both(first: str, second: str) -> Blueprint:
        return document("NODE n1: Event_Tick", "NODE n2: Branch", "NODE n3: BooleanAND", "NODE n4: Less [B=1.0]", "NODE n5: Greater [B=2.0]",
                        "EXEC n1.Then -> n2.Execute", "DATA n3.ReturnValue -> n2.Condition", f"DATA {first}.ReturnValue -> n3.A",
                        f"DATA {second}.ReturnValue -> n3.B", "DATA n1.DeltaSeconds -> n4.A", "DATA n1.DeltaSeconds -> n5.A")
    assert graphs_equal(both("n4", "n5"), both("n5", "n4"))
    assert graph_key(both("n4", "n5")) == graph_key(both("n5", "n4"))


@pytest.mark.parametrize("change", [
    lambda text: text.replace("PARENT: Pawn", "PARENT: Actor"),
    lambda text: text.replace("VAR A: Float = 2.0", "VAR A: Float = 3.0"),
    lambda text: text.replace("VAR A: Float = 2.0", "VAR A: Int = 2"),
    lambda text: text.replace("VAR B: Int", "VAR C: Int"),
    lambda text: text.replace("GRAPH: Jump", "GRAPH: Leap"),
    lambda text: text.replace("[Pure=true]", ""),
    lambda text: text.replace('"Hi"', '"Ho"'),
    lambda text: text.replace("Event_BeginPlay", "Event_EndPlay"),
    lambda text: text.replace("Then_1", "Then_0").replace("Then_0 -> n3", "Then_1 -> n3"),
])
def test_parent_variables_graphs_values_and_wires_count(change):
    text = ('BLUEPRINT: B\nPARENT: Pawn\nVAR A: Float = 2.0\nVAR B: Int\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: Sequence\n'
            'NODE n3: PrintString [InString="Hi"]\nNODE n4: PrintString [InString="There"]\nEXEC n1.Then -> n2.Execute\n'
            'EXEC n2.Then_0 -> n3.Execute\nEXEC n2.Then_1 -> n4.Execute\nGRAPH: Jump [Pure=true]\nNODE n1: FunctionEntry\n')
    assert not graphs_equal(parse(text), parse(change(text)))
    assert graph_key(parse(text)) != graph_key(parse(change(text)))


def test_the_order_of_variables_and_graphs_does_not_matter():
    head = "BLUEPRINT: B\n"
    one = parse(head + "VAR A: Int\nVAR C: Bool\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nGRAPH: F\nNODE n1: FunctionEntry\n")
    other = parse(head + "VAR C: Bool\nVAR A: Int\nGRAPH: F\nNODE n1: FunctionEntry\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n")
    assert graphs_equal(one, other) and graph_key(one) == graph_key(other)


def test_the_shape_forgets_names_and_literals_and_nothing_else():
    def spoken(variable: str, text: str, event: str) -> Blueprint:
        return document(f"NODE n1: {event}", f'NODE n2: PrintString [InString="{text}"]', f'NODE n3: VariableSet [Variable="{variable}"]',
                        f'NODE n4: VariableGet [Variable="{variable}"]', "EXEC n1.Then -> n2.Execute", "EXEC n2.Then -> n3.Execute",
                        f"DATA n4.{variable} -> n3.{variable}", head=f"VAR {variable}: Int\n")
    assert shape_key(spoken("Health", "Hi", "Event_BeginPlay")) == shape_key(spoken("Ammo", "Ho", "Event_BeginPlay"))
    assert shape_key(spoken("Health", "Hi", "Event_BeginPlay")) != shape_key(spoken("Health", "Hi", "Event_Tick"))


# -- speed

def chain(links: int, copies: int) -> Blueprint:
    """Equal chains of equal nodes, as symmetric as documents get."""
    nodes, wires = [], []
    for copy in range(copies):
        nodes.append(Node(f"e{copy}", "Event_Custom", (("Name", "Same"),)))
        nodes += [Node(f"n{copy}_{index}", "Delay", (("Duration", 1.0),)) for index in range(links)]
        ends = [f"e{copy}", *(f"n{copy}_{index}" for index in range(links))]
        wires += [Wire(PinRef(a, "Then" if a.startswith("e") else "Completed"), PinRef(b, "Execute"), True) for a, b in zip(ends, ends[1:])]
    return Blueprint("B", "Actor", (), (Graph("EventGraph", tuple(nodes), tuple(wires)),))


def shared_reads(readers: int) -> Blueprint:
    """One getter read by many equal nodes that nothing else tells apart."""
    nodes = [Node("g", "GetActorLocation"), *(Node(f"n{index}", "VSize") for index in range(readers))]
    wires = [Wire(PinRef("g", "ReturnValue"), PinRef(f"n{index}", "A"), False) for index in range(readers)]
    return Blueprint("B", "Actor", (), (Graph("EventGraph", tuple(nodes), tuple(wires)),))


@pytest.mark.parametrize("made", [chain(299, 1), chain(4, 60), chain(0, 300), shared_reads(299), chain(1, 150)],
                         ids=["one chain", "60 chains", "300 alone", "one read by 299", "150 pairs"])
def test_300_nodes_are_compared_in_under_a_tenth_of_a_second(made):
    other = shuffled(made, random.Random(1))
    a, b = model(made), model(other)
    with CpuTime() as spent:
        assert are_isomorphic(a.labelled(), b.labelled())
    assert spent.seconds < 0.1
    assert graphs_equal(made, other) and graph_key(made) == graph_key(other)


# -- what is wrong, and where

EXPECTED = ("NODE n1: Event_BeginPlay", "NODE n2: Delay [Duration=2.0]", 'NODE n3: PrintString [InString="Hi"]',
            "EXEC n1.Then -> n2.Execute", "EXEC n2.Completed -> n3.Execute")


def mistakes(*lines: str) -> list[tuple[str, str]]:
    found = compare(document(*EXPECTED), document(*lines))
    return [(one.kind, one.actual or one.expected) for one in found.mistakes]


def test_each_mistake_is_named_where_it_is():
    event, delay, say, first, second = EXPECTED
    assert mistakes(event, delay, 'NODE n3: PrintString [InString="Ho"]', first, second) == [("wrong value", "n3")]
    assert mistakes(event, delay, "NODE n3: PrintString", first, second) == [("missing value", "n3")]
    assert mistakes(event, "NODE n2: Delay [Duration=2.0]", 'NODE n3: PrintString [InString="Hi", Duration=9.0]', first, second) == [("extra value", "n3")]
    assert mistakes("NODE n1: Event_Tick", delay, say, first, second) == [("wrong event", "n1")]
    assert mistakes(event, delay, first) == [("missing node", "n3")]
    assert mistakes(*EXPECTED[:3], "NODE n4: PrintText", first, second) == [("extra node", "n4")]
    assert mistakes(event, delay, say, first) == [("missing wire", "n3")]
    assert mistakes(event, delay, say, "EXEC n1.Then -> n3.Execute") == [("wrong wire", "n2"), ("missing wire", "n3")]
    assert mistakes(event, 'NODE n2: RetriggerableDelay [Duration=2.0]', say, first, second) == [("wrong node", "n2")]


def test_precision_and_recall_count_what_was_said_and_what_was_asked_for():
    found = compare(document(*EXPECTED), document(*EXPECTED[:2], EXPECTED[3]))
    assert (found.nodes.precision, found.nodes.recall) == (1.0, 2 / 3)
    assert found.wires.f1 == 2 / 3
    assert found.properties.recall == 1 / 2
    assert not found.is_equal


def objective(matching: Matching, pairs: dict[int, int], expected, actual) -> float:
    matching.pairs = pairs
    return sum(matching.agreement(one, other) for one, other in pairs.items())


def best_by_trying_all(expected, actual) -> float:
    """The largest agreement over all pairings of nodes of equal type."""
    matching = Matching(expected, actual)
    types = {(node.graph, node.type) for node in expected.nodes}
    pairings = [{}]
    for key in types:
        ours = [place for place, node in enumerate(expected.nodes) if (node.graph, node.type) == key]
        theirs = [place for place, node in enumerate(actual.nodes) if (node.graph, node.type) == key]
        theirs += [None] * len(ours)
        options = {tuple(order) for order in permutations(theirs, len(ours))}
        pairings = [pairing | {a: b for a, b in zip(ours, order) if b is not None} for pairing in pairings for order in options]
    return max(objective(matching, pairing, expected, actual) for pairing in pairings)


def test_the_matching_agrees_with_trying_all_pairings():
    rng, tried, best = random.Random(5), 0, 0
    while tried < 60:
        made = random_document(rng, size=2)
        mutant = mutate(made, rng.choice(MUTATIONS), rng)
        if not mutant or len(made.graphs[0].nodes) > 9:
            continue
        other = shuffled(mutant.document, rng)
        expected, actual = model(made), model(other)
        matching = Matching(expected, actual)
        same = {a: b for a, b in matching.pairs.items() if expected.nodes[a].type == actual.nodes[b].type}
        tried += 1
        best += objective(matching, same, expected, actual) >= best_by_trying_all(expected, actual) - 1e-9
    assert best >= 59


def repeated(length: int, rng: random.Random) -> Blueprint:
    """A chain of few types and values: the hardest to match, since so much of it is alike."""
    nodes = [Node("e", "Event_BeginPlay")]
    nodes += [Node(f"n{index}", rng.choice(["PrintString", "PrintString", "Delay"]), (("Duration", rng.choice([1.5, 2.5, 3.5])),)) for index in range(length)]
    wires = [Wire(PinRef(a.id, "Completed" if a.type == "Delay" else "Then"), PinRef(b.id, "Execute"), True) for a, b in zip(nodes, nodes[1:])]
    return Blueprint("B", "Actor", (), (Graph("EventGraph", tuple(nodes), tuple(wires)),))


def test_the_matching_of_repetitive_chains_is_nearly_always_the_best():
    rng, best = random.Random(1), 0
    for _ in range(150):
        expected, actual = model(repeated(rng.randint(3, 6), rng)), model(repeated(rng.randint(3, 6), rng))
        matching = Matching(expected, actual)
        same = {a: b for a, b in matching.pairs.items() if expected.nodes[a].type == actual.nodes[b].type}
        best += objective(matching, same, expected, actual) >= best_by_trying_all(expected, actual) - 1e-9
    assert best >= 0.96 * 150


def test_values_are_shared_in_part():
    a = Node("a", "PrintString", (("InString", "x"), ("Duration", 5.0)))
    one, other = (model(Blueprint("B", graphs=(Graph("EventGraph", (node,)),))).nodes[0]
                  for node in (a, replace(a, properties=(("InString", "x"), ("Duration", 6.0)))))
    assert shared_values(one, other) == 0.5
