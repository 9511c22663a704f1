"""The tests of the evaluation are worth asking: right, complete, said in words, and never trained on."""

import json
import random

import pytest
from corpus.evaluation_tests import TIERS, chosen_tests, load_tests
from corpus.leak_guard import load_leak_guard
from corpus.lessons import lesson_files, load_lesson
from corpus.rows import Row
from error_handler import UserError
from pipeline.paths import REPOSITORY, Paths
from typed_graphs import shuffled
from utils.blueprint_patterns import load_catalogue
from utils.dsl_parser import parse, render
from utils.graph_compare import graph_key
from utils.interpreter import CONTROL, LISTENING, WITHOUT_END, Machine, listens
from utils.interpreting.traces import HANDLES, traces, unasked

TESTS = load_tests(Paths())
CATALOGUE = load_catalogue()
every_test = pytest.mark.parametrize("test", TESTS, ids=lambda test: test.id)


def expected(test):
    return parse(test.prompt.expected_dsl)


def test_each_tier_has_at_least_twelve_tests():
    assert min(sum(test.tier == tier for test in TESTS) for tier in TIERS) >= 12


def test_no_two_tests_ask_the_same():
    assert len({test.prompt.instruction.lower() for test in TESTS}) == len({graph_key(expected(test)) for test in TESTS}) == len(TESTS)


def test_no_expected_graph_is_one_of_the_lessons():
    prompts = [prompt for file in lesson_files(REPOSITORY / "lessons") for prompt in load_lesson(file).prompts]
    taught = {graph_key(parse(text)) for prompt in prompts for text in (prompt.expected_dsl, *prompt.alternatives)}
    assert [test.id for test in TESTS if any(graph_key(parse(text)) in taught for text in (test.prompt.expected_dsl, *test.prompt.alternatives))] == []


@every_test
def test_the_expected_graph_does_something_and_comes_to_an_end(test):
    for trace in traces(expected(test), CATALOGUE, test.events, test.world):
        assert trace and WITHOUT_END not in trace


@every_test
def test_every_message_of_the_expected_graph_is_printed(test):
    printed = {line.partition("print ")[2] for trace in traces(expected(test), CATALOGUE, test.events, test.world) for line in trace}
    nodes = [node for graph in expected(test).graphs for node in graph.nodes if node.type == "PrintString"]
    assert {node.get("InString") for node in nodes} - {None} <= printed


@every_test
def test_every_event_of_the_expected_graph_happens(test):
    assert unasked(test.events, expected(test)) == []


@every_test
def test_whatever_happens_is_heard_with_parameters_that_the_event_has(test):
    machine = Machine(expected(test), CATALOGUE)
    for stimulus in (one for one in test.events if "event" in one):
        heard = [(frame, node) for frame in machine.frames.values() for node in frame.graph.nodes if listens(node, stimulus)]
        assert heard, stimulus
        frame, node = heard[0]
        pins = {pin.name for pin in frame.shapes[node.id].data_outputs}
        assert {key for key in stimulus if key not in CONTROL and key not in LISTENING} <= pins
        assert stimulus.get("pin", "Then") in {pin.name for pin in frame.shapes[node.id].exec_outputs}


@every_test
def test_the_instruction_names_what_an_answer_has_to_name(test):
    """Variables whose writes count, and custom events that the test fires."""
    names = [one.name for one in expected(test).variables if one.type.name not in HANDLES]
    names += [stimulus["Name"] for stimulus in test.events if stimulus.get("event") == "Event_Custom"]
    assert [name for name in names if name not in test.prompt.instruction] == []


@pytest.fixture(scope="module")
def guard():
    return load_leak_guard([REPOSITORY / "evaluation"])


@every_test
def test_the_leak_guard_knows_the_question_and_the_graph(test, guard):
    disguised = render(shuffled(expected(test), random.Random(1)))
    assert "the question of" in guard.leak(Row(test.prompt.instruction.upper(), "BLUEPRINT: X"))
    assert "the answer of" in guard.leak(Row("something else", disguised))


def test_a_quick_look_takes_six_tests_of_all_tiers_and_the_same_for_the_same_seed():
    quick = chosen_tests(TESTS, is_quick=True, seed=1)
    assert len(quick) == 6 and {test.tier for test in quick} == set(TIERS)
    assert quick == chosen_tests(TESTS, is_quick=True, seed=1) != chosen_tests(TESTS, is_quick=True, seed=2)
    assert {test.tier for test in chosen_tests(TESTS, tier=3)} == {3}


@pytest.mark.parametrize(("change", "message"), [
    ({"tier": 7}, "tier is 7"), ({"events": []}, "no events"), ({"expected_dsl": "GRAPH"}, "expected_dsl"),
])
def test_a_broken_test_of_a_project_is_refused_by_name(tmp_path, change, message):
    prompt = json.loads((REPOSITORY / "evaluation" / "tier_1.json").read_text(encoding="utf-8"))["prompts"][0] | change
    (tmp_path / "evaluation").mkdir()
    lesson = {"schema_version": 1, "lesson_id": "own", "lesson_name": "Own", "prompts": [prompt]}
    (tmp_path / "evaluation" / "own.json").write_text(json.dumps(lesson), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        load_tests(Paths(tmp_path))
