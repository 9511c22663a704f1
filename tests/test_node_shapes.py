"""Remembered shapes are the shapes that the catalogue gives."""

import random

import pytest
from typed_graphs import random_document
from utils.blueprint_patterns import Scope, load_catalogue
from utils.catalogue.node_shapes import COUNTED, COUNTED_KEYS, ShapeMemory, graph_scopes
from utils.dsl.ast import Blueprint, Node, Word
from utils.dsl_parser import parse

MEMORY = ShapeMemory(load_catalogue())


def assert_remembered(document: Blueprint) -> None:
    for graph, scope in zip(document.graphs, graph_scopes(document)):
        exact = Scope.of(document, graph)
        for node in graph.nodes:
            for _ in range(2):
                assert MEMORY.shape(node, scope) == load_catalogue().shape(node, exact), node


@pytest.mark.parametrize("seed", range(30))
def test_shapes_of_random_documents_are_the_catalogues(seed):
    assert_remembered(random_document(random.Random(seed)))


def test_shapes_of_real_exports_are_the_catalogues(exports_folder):
    from utils.clipboard_reader import read_clipboard

    for path in sorted(exports_folder.glob("*.txt"))[::3]:
        document = read_clipboard(path.read_bytes().decode("utf-8", errors="replace")).blueprint
        if document:
            assert_remembered(document)


@pytest.mark.parametrize("kind", sorted(COUNTED))
def test_literals_of_nodes_with_counted_pins_change_no_pin(kind):
    bare = load_catalogue().shape(Node("n", kind), Scope())
    assert bare.identity <= COUNTED_KEYS
    for pin in bare.data_inputs:
        for value in (5, "x", Word("Pawn"), True):
            assert load_catalogue().shape(Node("n", kind, ((pin.name, value),)), Scope()) == bare


def test_one_name_declared_differently_in_two_documents_has_two_shapes():
    text = 'BLUEPRINT: B\nVAR Health: {}\nGRAPH: EventGraph\nNODE n1: VariableGet [Variable="Health"]\n'
    for kind in ("Float", "Actor", "Float"):
        assert_remembered(parse(text.format(kind)))
    function = 'BLUEPRINT: B\nGRAPH: EventGraph\nNODE n1: Call [Function="F"]\nGRAPH: F\nNODE n1: FunctionEntry [Params=(A: {})]\n'
    for kind in ("Float", "Actor", "Float"):
        assert_remembered(parse(function.format(kind)))


def test_true_and_one_are_different_values():
    assert_remembered(parse("BLUEPRINT: B\nGRAPH: EventGraph\nNODE n1: Sequence [Outputs=1]\nNODE n2: Sequence [Outputs=true]\n"))
