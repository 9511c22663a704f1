"""The evaluation's score rewards what a graph does, and nothing that only looks like it."""

import random
from statistics import fmean

import pytest
from corpus.evaluation_tests import load_tests
from pipeline.paths import Paths
from report.evaluation_score import PASS_THRESHOLD, evaluate_answer
from tricks import union
from typed_graphs import shuffled
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate_text

TESTS = {test.id: test for test in load_tests(Paths())}
TRICK_LIMIT = 10.0  # percent of the possible score that an answer without understanding may earn

FLAG = """\
VAR Gold: Int
VAR bTaken: Bool
GRAPH: EventGraph
NODE a: Event_ActorBeginOverlap
NODE f: VariableGet [Variable="bTaken"]
NODE b: Branch
NODE t: VariableSet [Variable="bTaken", bTaken=true]
NODE g: VariableGet [Variable="Gold"]
NODE s: Add [B=100]
NODE v: VariableSet [Variable="Gold"]
NODE p: PrintString [InString="Treasure!"]
EXEC a.Then -> b.Execute
EXEC b.False -> t.Execute
EXEC t.Then -> v.Execute
EXEC v.Then -> p.Execute
DATA f.bTaken -> b.Condition
DATA g.Gold -> s.A
DATA s.ReturnValue -> v.Gold
"""
UNROLLED = """\
GRAPH: EventGraph
NODE a: Event_BeginPlay
NODE p1: PrintString [InString="Round 1"]
NODE p2: PrintString [InString="Round 2"]
NODE p3: PrintString [InString="Round 3"]
NODE p4: PrintString [InString="Round 4"]
NODE p5: PrintString [InString="Round 5"]
NODE e: PrintString [InString="Fight over"]
EXEC a.Then -> p1.Execute
EXEC p1.Then -> p2.Execute
EXEC p2.Then -> p3.Execute
EXEC p3.Then -> p4.Execute
EXEC p4.Then -> p5.Execute
EXEC p5.Then -> e.Execute
"""
BRANCHED = """\
VAR bIsNight: Bool = true
GRAPH: EventGraph
NODE a: Event_BeginPlay
NODE g: VariableGet [Variable="bIsNight"]
NODE n: Not_PreBool
NODE b: Branch
NODE p: PrintString [InString="Good morning"]
NODE q: PrintString [InString="Good night"]
EXEC a.Then -> b.Execute
EXEC b.True -> p.Execute
EXEC b.False -> q.Execute
DATA g.bIsNight -> n.A
DATA n.ReturnValue -> b.Condition
"""
DELAYS = """\
VAR Fuse: Int = 5
GRAPH: EventGraph
NODE a: Event_BeginPlay
NODE c: Call [Function="Beep"]
NODE e: Event_Custom [Name="Beep"]
NODE w: Delay [Duration=1.0]
NODE p: PrintString [InString="Beep"]
NODE g: VariableGet [Variable="Fuse"]
NODE m: Subtract [B=1]
NODE v: VariableSet [Variable="Fuse"]
NODE x: Greater [B=0]
NODE b: Branch
NODE r: Call [Function="Beep"]
NODE q: PrintString [InString="Boom"]
NODE d: DestroyActor
EXEC a.Then -> c.Execute
EXEC e.Then -> w.Execute
EXEC w.Completed -> p.Execute
EXEC p.Then -> v.Execute
EXEC v.Then -> b.Execute
EXEC b.True -> r.Execute
EXEC b.False -> q.Execute
EXEC q.Then -> d.Execute
DATA g.Fuse -> m.A
DATA m.ReturnValue -> v.Fuse
DATA v.Output -> x.A
DATA x.ReturnValue -> b.Condition
"""
NO_FUNCTION = """\
VAR Phase: Int
GRAPH: EventGraph
NODE a: Event_BeginPlay
NODE c: Call [Function="ShowPhase"]
NODE o: Self
NODE t: SetTimerByFunctionName [FunctionName="NextPhase", Time=2.0, Looping=true]
NODE e: Event_Custom [Name="NextPhase"]
NODE g: VariableGet [Variable="Phase"]
NODE x: GreaterEqual [B=2]
NODE b: Branch
NODE z: VariableSet [Variable="Phase"]
NODE i: Add [B=1]
NODE v: VariableSet [Variable="Phase"]
NODE d: Call [Function="ShowPhase"]
NODE f: Event_Custom [Name="ShowPhase"]
NODE h: VariableGet [Variable="Phase"]
NODE k: Select [Options=3]
NODE p: PrintString
NODE s1: MakeLiteralString [Value="Red"]
NODE s2: MakeLiteralString [Value="Green"]
NODE s3: MakeLiteralString [Value="Yellow"]
EXEC a.Then -> c.Execute
EXEC c.Then -> t.Execute
EXEC e.Then -> b.Execute
EXEC b.True -> z.Execute
EXEC b.False -> v.Execute
EXEC z.Then -> d.Execute
EXEC v.Then -> d.Execute
EXEC f.Then -> p.Execute
DATA o.Self -> t.Object
DATA g.Phase -> x.A
DATA x.ReturnValue -> b.Condition
DATA g.Phase -> i.A
DATA i.ReturnValue -> v.Phase
DATA h.Phase -> k.Index
DATA s1.ReturnValue -> k.Option_0
DATA s2.ReturnValue -> k.Option_1
DATA s3.ReturnValue -> k.Option_2
DATA k.ReturnValue -> p.InString
"""
OTHER_WAYS = {"t2_02_rounds": UNROLLED, "t2_04_treasure": FLAG, "t2_13_greeting": BRANCHED, "t3_01_bomb": DELAYS, "t4_10_traffic_light": NO_FUNCTION}


def grade(name: str, answer: str):
    test = TESTS[name]
    return evaluate_answer(test.prompt.expected_dsl, test.prompt.alternatives, answer, test.events, test.world)


def document(body: str) -> str:
    text = f"BLUEPRINT: BP_Other\nPARENT: Actor\n{body}"
    assert [finding.message for finding in validate_text(text)[1] if finding.is_error] == []
    return text


@pytest.mark.parametrize("name", TESTS)
def test_the_expected_graph_scores_100_under_other_ids_and_in_another_order(name):
    score = grade(name, render(shuffled(parse(TESTS[name].prompt.expected_dsl), random.Random(name))))
    assert (score.total, score.meaning, score.is_passed) == (100.0, 1.0, True)


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_a_graph_that_does_the_right_thing_another_way_passes(name):
    score = grade(name, document(OTHER_WAYS[name]))
    assert not score.form.is_equal and score.meaning == 1.0
    assert PASS_THRESHOLD <= score.total < 100.0


@pytest.mark.parametrize(("name", "right", "wrong"), [
    ("t2_01_critical", "n3.True -> n4.Execute\nEXEC n3.False -> n5", "n3.True -> n5.Execute\nEXEC n3.False -> n4"),  # exits swapped
    ("t1_01_loading", "Duration=2.0", "Duration=20.0"),                                                           # too late
    ("t2_11_every_third", "B=3", "B=2"),
    ("t2_08_heal", "FMin", "FMax"),
])
def test_a_graph_that_only_looks_right_fails(name, right, wrong):
    answer = TESTS[name].prompt.expected_dsl.replace(right, wrong)
    score = grade(name, answer)
    assert answer != TESTS[name].prompt.expected_dsl and not score.is_passed
    assert score.form.nodes_f1 >= 0.8  # it does look right


def test_what_would_not_compile_does_nothing():
    broken = TESTS["t1_01_loading"].prompt.expected_dsl.replace("n3.Completed", "n3.Done")
    score = grade("t1_01_loading", broken)
    assert score.meaning == 0.0 and 0.0 < score.total < 8.75


# -- tricks

EXPECTED = [test.prompt.expected_dsl for test in TESTS.values()]
RECITAL = "\n".join(test.prompt.instruction for test in TESTS.values())
HELLO = 'BLUEPRINT: A\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Hello"]\nEXEC n1.Then -> n2.Execute\n'


def mean_score(answer: str, but: str = "") -> float:
    return fmean(grade(name, answer).total for name in TESTS if name != but)


@pytest.mark.parametrize("answer", ["", "\n", RECITAL, "BLUEPRINT: A\nGRAPH: EventGraph\n", HELLO, HELLO + HELLO, HELLO.replace("Hello", "Loading...")],
                         ids=["empty", "blank", "recital", "no nodes", "hello", "hello twice", "one right print"])
def test_boilerplate_earns_next_to_nothing(answer):
    assert mean_score(answer) < TRICK_LIMIT


def test_the_union_of_all_answers_earns_next_to_nothing():
    everything = render(union([parse(text) for text in EXPECTED]))
    assert fmean(grade(name, everything).total for name in list(TESTS)[::4]) < TRICK_LIMIT


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_the_union_of_one_answer_an_event_is_valid_and_earns_next_to_nothing(tier):
    """The worst honest-looking trick: a graph that compiles and listens to everything."""
    chosen, heard = [], set()
    for text in (test.prompt.expected_dsl for test in TESTS.values() if test.tier == tier):
        events = {repr((node.type, node.properties)) for graph in parse(text).graphs for node in graph.nodes if node.type.startswith("Event_")}
        if not events & heard and "PARENT: Actor" in text and text.count("GRAPH:") == 1:
            heard |= events
            chosen.append(parse(text))
    answer = render(union(chosen))
    assert len(chosen) > 2 and not any(finding.is_error for finding in validate_text(answer)[1])
    assert mean_score(answer) < TRICK_LIMIT


@pytest.mark.parametrize("name", list(TESTS)[::11])
def test_no_answer_to_one_test_earns_much_in_the_others(name):
    assert mean_score(TESTS[name].prompt.expected_dsl, but=name) < TRICK_LIMIT


@pytest.mark.parametrize("name", ["t1_01_loading", "t2_11_every_third", "t4_01_apply_healing"])
def test_repeating_the_right_answer_scores_less_than_giving_it(name):
    once = TESTS[name].prompt.expected_dsl
    assert grade(name, once + once).total < PASS_THRESHOLD
    assert grade(name, render(union([parse(once), parse(once)]))).total < PASS_THRESHOLD
