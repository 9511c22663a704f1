"""Whole programs: formulas mean what they say, forks are told with all their arms, and events of one document steer each other."""

import re
from collections import Counter

import pytest

from corpus.sharing import share_values
from corpus.synthesis.compose import TooLong
from corpus.synthesis.draw import Draw
from corpus.synthesis.formulas import OPERATIONS, condition, formula
from corpus.synthesis.generator import make_program
from corpus.synthesis.manners import ARROWS, CODE, MANNERS, PROSE, STEPS
from corpus.synthesis.phrase import Clause
from corpus.synthesis.scene import Scene
from corpus.synthesis.telling import Act, Fork, Section, body_text, section_text
from corpus.synthesis.triggers import Trigger
from utils.dsl.ast import PinRef
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate

TYPE = "(?:float|Float|decimal number|real number|integer|int|Int|whole number)"
ARITHMETIC = {"Add": lambda a, b: a + b, "Subtract": lambda a, b: a - b, "Multiply": lambda a, b: a * b, "Divide": lambda a, b: a / b,
              "FMax": max, "Max": max, "FMin": min, "Min": min}


@pytest.fixture(scope="module")
def programs():
    found = []
    for index in range(1500):
        try:
            found.append(make_program(4, index))
        except TooLong:
            continue
    return found


def value_of(scene: Scene, pin, variables):
    """What a node gives, from the graph alone."""
    if not isinstance(pin, PinRef):
        return pin
    node = next(one for one in scene.graph.nodes if one.id == pin.node)
    if node.type == "VariableGet":
        return variables[node.get("Variable")]
    wired = {wire.target.pin: wire.source for wire in scene.graph.wires if wire.target.node == node.id}
    return ARITHMETIC[node.type](*(value_of(scene, wired.get(name, node.get(name)), variables) for name in "AB"))


def test_the_words_of_a_formula_compute_what_its_nodes_compute():
    """Of formulas told in symbols, Python reads the words and the test follows the wires."""
    checked = 0
    for index in range(6000):
        scene = Scene(Draw(8, index))
        said = formula(scene, scene.draw.pick(("Float", "Int")), 3)
        names = {name: 2.5 + 1.75 * place for place, name in enumerate(scene.document.variables)}
        text = re.sub(rf" \((?:an? )?{TYPE}(?: variable)?(?:(?:,| =)[^()]*)?\)| \((?:default \d+|\d+ at first)\)|: {TYPE}(?: = \d+)?", "", said.text)
        text = re.sub(rf"\b(?:the|my|{TYPE}|variable) ", "", text)
        for words, symbol in ((" plus ", " + "), (" minus ", " - "), (" times ", " * "), (" multiplied by ", " * "), (" divided by ", " / ")):
            text = text.replace(words, symbol)
        if not {node.type for node in scene.graph.nodes} <= {*ARITHMETIC, "VariableGet"} or not re.fullmatch(r"(?:[\w.]+|[-+*/(), ]|max|min)*", text) or re.search(r"\w \w|,(?! [\w(])", text):
            continue
        expected = value_of(scene, said.value, names)
        assert eval(text, {"__builtins__": {}}, names | {"max": max, "min": min}) == pytest.approx(expected), said.text
        checked += 1
    assert checked > 400


def test_every_formula_and_question_is_valid_where_its_type_is_asked_for():
    for kind in (*OPERATIONS, "Bool"):
        for index in range(120):
            scene = Scene(Draw(9, f"{kind}/{index}"))
            scene.flow = scene.graph.node("Event_BeginPlay")["Then"]
            said = condition(scene, 2) if kind == "Bool" else formula(scene, kind, 3)
            scene.set(scene.document.variable("Outcome", kind), said.value)
            assert not [finding for finding in validate(scene.document.blueprint()) if finding.code != "unchecked-node"], said.text


def test_a_program_is_valid_canonical_and_says_its_names(programs):
    assert len(programs) > 500
    refused = [finding.code for _, _, blueprint in programs for finding in validate(blueprint) if finding.code != "unchecked-node"]
    # A name that the parent class has already; such rows are left out.
    assert set(refused) <= {"name-taken"} and len(refused) < len(programs) / 50, Counter(refused)
    for pattern, instruction, blueprint in programs:
        assert render(parse(render(blueprint))) == render(blueprint)
        assert all(variable.name in instruction for variable in blueprint.variables), instruction
        assert all(str(node.get("Name")) in instruction for graph in blueprint.graphs for node in graph.nodes if node.type == "Event_Custom"), instruction


def test_programs_branch_loop_and_steer_one_another(programs):
    forks = Counter(kind for pattern, _, _ in programs for kind in pattern.split(":")[3].split("+"))
    assert {"branch", "cast", "each", "once", "gate", "flip", "sequence", "switch", "don", "valid", "multi", "times", "range", "class", "authority"} <= set(forks)
    steered = [blueprint for _, _, blueprint in programs if any(wire.target.pin in ("Open", "Close", "Reset", "Toggle") for graph in blueprint.graphs for wire in graph.wires if wire.is_exec)]
    own = [blueprint for _, _, blueprint in programs if any(node.type == "Call" and node.get("Class") is None for graph in blueprint.graphs for node in graph.nodes)]
    assert len(steered) > 10 and len(own) > 60
    assert {pattern.split(":")[1] for pattern, _, _ in programs} == {manner.name for manner in MANNERS}


def test_equal_values_of_one_graph_are_one_node(programs):
    for _, instruction, blueprint in programs:
        assert share_values(blueprint) == blueprint
        for graph in blueprint.graphs:
            read = [node.get("Variable") for node in graph.nodes if node.type == "VariableGet" and len(node.properties) == 1]
            assert len(read) == len(set(read)), instruction


def test_a_manner_tells_what_belongs_to_what():
    inner = Fork("branch", {"c": "X"}, {"then": [Act(Clause("jump"))], "else": [Act(Clause("wait"))]})
    outer = [Act(Clause("begin")), Fork("branch", {"c": "Y"}, {"then": [inner], "else": [Act(Clause("end"))]})]
    for manner, inside in ((ARROWS, r"\[.*X.*jump.*wait\]"), (CODE, r"\{ .*X.*jump.*wait.* \}"), (STEPS, r"\(.*X.*jump.*wait\)")):
        for index in range(20):
            assert re.search(inside + r".*end", body_text(Draw(1, index), manner, outer))
    assert not PROSE.nests
    told = section_text(Draw(1, 3), STEPS, Section(outer, Trigger("when it starts", "Start")))
    assert [told.index(word) for word in ("egin", "Y", "X", "jump", "wait", "end")] == sorted(told.index(word) for word in ("egin", "Y", "X", "jump", "wait", "end"))
