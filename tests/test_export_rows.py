"""Rows from exports: every piece told in three manners, all of it, and no two graphs in the same words."""

import os
from pathlib import Path

import pytest

from corpus.description.manners import describe
from corpus.export_rows import MANNERS, export_rows, fit_pieces
from corpus.sharing import share_values
from utils.clipboard_reader import read_clipboard
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate

EXPORTS = os.environ.get("BLUEPRINT_EXPORTS")
TWICE_READ = """BLUEPRINT: BP_New
PARENT: Actor
VAR Health: Float
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="Health"]
NODE n3: Add [B=1.0]
NODE n4: VariableSet [Variable="Health"]
NODE n5: VariableGet [Variable="Health"]
NODE n6: PrintString
EXEC n1.Then -> n4.Execute
EXEC n4.Then -> n6.Execute
DATA n2.Health -> n3.A
DATA n3.ReturnValue -> n4.Health
DATA n5.Health -> n6.InString
"""


def test_a_variable_that_is_read_twice_becomes_one_node():
    shared = render(share_values(parse(TWICE_READ)))
    assert shared.count("VariableGet") == 1
    assert "DATA n2.Health -> n5.InString" in shared


def test_nodes_behind_merged_ones_are_merged_too():
    chain = TWICE_READ.replace("NODE n6: PrintString\n", "NODE n6: PrintString\nNODE n7: Add [B=1.0]\n").replace("DATA n5.Health -> n6.InString", "DATA n5.Health -> n7.A\nDATA n7.ReturnValue -> n6.InString")
    assert render(share_values(parse(chain))).count(": Add") == 1


def test_two_random_numbers_stay_two():
    random = ("BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: RandomFloat\nNODE n3: PrintString\nNODE n4: RandomFloat\nNODE n5: PrintString\n"
              "EXEC n1.Then -> n3.Execute\nEXEC n3.Then -> n5.Execute\nDATA n2.ReturnValue -> n3.InString\nDATA n4.ReturnValue -> n5.InString\n")
    assert render(share_values(parse(random))).count("RandomFloat") == 2


def test_two_executing_nodes_of_a_kind_stay_two():
    twice = "BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: Jump\nNODE n3: Jump\nEXEC n1.Then -> n2.Execute\nEXEC n2.Then -> n3.Execute\n".replace("Actor", "Character")
    assert render(share_values(parse(twice))).count(": Jump") == 2


def test_a_message_is_told_word_for_word():
    greeter = parse('BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Say \\"hi\\""]\nEXEC n1.Then -> n2.Execute\n')
    assert all('"Say \\"hi\\""' in text for text in describe(greeter, greeter.graphs[0]))


@pytest.fixture(scope="module")
def translated(tmp_path_factory):
    if not EXPORTS:
        pytest.skip("BLUEPRINT_EXPORTS is not set")
    folder = tmp_path_factory.mktemp("dsl")
    for file in sorted(Path(EXPORTS).rglob("*.txt")):
        found = read_clipboard(file.read_text(encoding="utf-8-sig", errors="replace"), file.stem)
        if found.blueprint:
            (folder / f"{file.stem}.dsl").write_text(render(found.blueprint), encoding="utf-8")
    return sorted(folder.glob("*.dsl"))


def test_no_two_graphs_of_the_collection_get_the_same_text_in_any_manner(translated):
    graphs_of: dict[tuple[str, str], set[str]] = {}
    pieces = [piece for file in translated for _, piece in fit_pieces(file)]
    for piece in pieces:
        for manner, text in zip(MANNERS, describe(piece, piece.graphs[0])):
            graphs_of.setdefault((manner, text), set()).add(render(piece))
    assert len(pieces) > 100
    assert not [text for text, graphs in graphs_of.items() if len(graphs) > 1]


def test_every_row_of_the_collection_is_valid_and_canonical(translated):
    rows = export_rows(translated).rows
    assert len(rows) > 300
    for row in rows:
        assert render(parse(row.output)) == row.output
        assert not [finding for finding in validate(parse(row.output)) if finding.is_error]
