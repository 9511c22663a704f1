"""Synthetic rows: right, varied, and the same on every machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.synthesis.compose import TooLong
from corpus.synthesis.figures import measure
from corpus.synthesis.generator import MAX_PATTERN_FRAC, generate, make_row, recipes
from utils.dsl.ast import Word
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate_text

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "03_generate_synthetic_data.py"


@pytest.fixture(scope="module")
def rows():
    return list(generate(1500, seed=5))


def test_exactly_as_many_rows_as_asked_for(rows):
    assert len(rows) == 1500


def test_every_graph_is_canonical_and_has_nothing_to_mend(rows):
    for row in rows:
        blueprint, findings = validate_text(row.output)
        # Calls into other Blueprints of a project can only be noted as unchecked.
        assert {finding.code for finding in findings} <= {"unchecked-node"}, (row.instruction, findings)
        assert render(blueprint) == row.output


def test_variety_is_what_it_has_to_be(rows):
    figures = measure(rows)
    assert figures.repeated_instructions == 0
    assert figures.distinct_graphs > 0.9 * len(rows)
    assert figures.node_types >= 400
    assert figures.largest_pattern_frac <= MAX_PATTERN_FRAC
    assert len(recipes()) > 100


def literals(row):
    """Every text and number that the answer holds, but for what control flow makes of them."""
    derived = {"LastIndex", "FirstIndex", "Outputs", "Cases", "ElementIndex", "UserIndex"}
    for graph in parse(row.output).graphs:
        for node in graph.nodes:
            for key, value in node.properties:
                if isinstance(value, Word):
                    continue
                if isinstance(value, str) or isinstance(value, (int, float)) and not isinstance(value, bool) and key not in derived and value not in (0, 1):
                    yield value
        yield from (variable.name for variable in graph.variables)
    yield from (variable.name for variable in parse(row.output).variables)


def test_every_name_and_number_of_the_answer_stands_in_the_instruction(rows):
    spelled = {"SpaceBar": "space bar", "LeftShift": "left shift", "LeftMouseButton": "left mouse button", "RightMouseButton": "right mouse button",
               "One": "1", "Two": "2", "Three": "3", "Four": "4", "Up": "up", "Down": "down", "DamageType": "",
               "OnComponentHit": "hits something", "OnClicked": "lick", "OnComponentBeginOverlap": "overlap", "OnComponentEndOverlap": "overlap"}
    missing = []
    for row in rows:
        for value in literals(row):
            text = spelled.get(value, value) if isinstance(value, str) else str(int(value)) if float(value).is_integer() else repr(value)
            if str(text) not in row.instruction + row.input and str(value) not in row.instruction + row.input:
                missing.append((value, row.instruction))
    assert not missing, missing[:5]


def wording(instruction, output):
    """The instruction without names, numbers and texts: what is left are the words of the grammar."""
    names = {name for name in re.findall(r"[A-Za-z_]\w*", output) if re.match(r"b?[A-Z]", name)}
    plain = re.sub(r"\"[^\"]*\"|“[^”]*”|'[^']*'|-?\d+(?:\.\d+)?", "#", instruction)
    return " ".join("#" if word in names else word.lower() for word in re.findall(r"[A-Za-z_]\w*|#", plain))


def test_every_pattern_is_said_in_at_least_eight_ways():
    said = {}
    for recipe in {recipe.name: recipe for recipe in recipes()}.values():
        said[recipe.name] = {wording(text, output) for text, output in drawn(recipe, 24)}
    assert len(said) > 200
    assert {name: len(ways) for name, ways in said.items() if len(ways) < 8} == {}


def drawn(recipe, count):
    """Some (instruction, DSL) of one pattern."""
    found, index = [], 0
    while len(found) < count:
        index += 1
        try:
            _, instruction, blueprint = make_row(11, index, [recipe])
        except TooLong:
            continue
        found.append((instruction, render(blueprint)))
    return found


def test_a_seed_gives_the_same_rows_under_another_hash_seed(tmp_path):
    texts = []
    for hash_seed in ("1", "77"):
        file = tmp_path / f"{hash_seed}.jsonl"
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, str(SCRIPT), "--count", "60", "--seed", "9", "--output", str(file), "--project", str(tmp_path)],
                       check=True, env=environment, stdout=subprocess.DEVNULL)
        texts.append(file.read_bytes())
    assert texts[0] == texts[1]


def test_another_seed_gives_other_rows(rows):
    assert {(row.instruction, row.input) for row in generate(50, seed=6)}.isdisjoint({(row.instruction, row.input) for row in rows})
