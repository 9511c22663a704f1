"""The laws of the language: text to tree and back, errors with their place, no crash on anything."""


import pytest
from cpu_time import CpuTime
from dsl_strategies import GOOD, HUGE, documents, hostile_texts
from hypothesis import HealthCheck, given, settings
from utils.dsl.ast import Blueprint, Comment, Graph, Node
from utils.dsl.canonical import canonicalise
from utils.dsl_parser import DslError, parse, parse_lenient, render

many = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@many
@given(documents())
def test_parsing_what_was_rendered_gives_the_same_document(document):
    canonical = canonicalise(document)
    assert parse(render(canonical)) == canonical


@many
@given(documents())
def test_rendering_is_a_fixed_point(document):
    text = render(document)
    assert render(parse(text)) == text


@many
@given(documents())
def test_the_canonical_form_of_a_canonical_document_is_itself(document):
    canonical = canonicalise(document)
    assert canonicalise(canonical) == canonical


def survive(text: str) -> None:
    """Parse in less than a second per 100 kB; only DslError may come out, else the laws hold for what does."""
    with CpuTime() as spent:
        document, errors = parse_lenient(text)
    assert spent.seconds < 1.0 + len(text) / 100_000
    assert all(error.line >= 1 and error.column >= 1 for error in errors)
    if errors:
        with pytest.raises(DslError):
            parse(text)
    else:
        assert parse(render(document)) == canonicalise(document)


def test_1500_damaged_texts_end_in_a_document_or_a_dsl_error():
    for text in hostile_texts(1_500, 1):
        survive(text)


@pytest.mark.slow
def test_10000_damaged_texts_end_in_a_document_or_a_dsl_error():
    for text in hostile_texts(10_000, 2):
        survive(text)


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_text_costs_less_than_a_second_per_100_kb(name):
    survive(HUGE[name])


@pytest.mark.parametrize(("text", "line", "column", "expected"), [
    ("", 1, 1, "BLUEPRINT"),
    ("BLUEPRINT: B", 2, 1, "GRAPH"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch junk", 3, 17, "end of the line"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch\nNODE n1: Branch", 4, 6, "only once"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch\nEXEC n1.True -> n9.Execute", 4, 17, "declared node"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch\nDATA true -> n1.Condition", 4, 6, "literal"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch\nDATA 5.0 -> n1.Condition", 4, 6, "literal"),
    ('BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch\nDATA "x" -> n1.Condition', 4, 6, "literal"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: Branch [Condition=true", 3, 32, "']'"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=1, A=2]", 3, 13, "only once"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=\"b]", 3, 15, "closing quote"),
    ("BLUEPRINT: B\nGRAPH: G\nEXEC n1.Then", 3, 6, "declared node"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: X\nEXEC n1.T -> n1.E\nNODE n2: X", 5, 1, "order"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: X\nEXEC n1.T -> n1.E\nEXEC n1.T -> n1.E", 5, 1, "only once"),
    ("BLUEPRINT: B\nhello\nGRAPH: G", 2, 1, "NODE"),
    ("BLUEPRINT: B\nBLUEPRINT: C\nGRAPH: G", 2, 1, "only once"),
    ("BLUEPRINT: B\nPARENT: Actor\nPARENT: Pawn\nGRAPH: G", 3, 1, "at most once"),
    ("BLUEPRINT: B\nVAR a: Int\nVAR a: Int\nGRAPH: G", 3, 1, "only once"),
    ("BLUEPRINT: B\nGRAPH: G\nGRAPH: G", 3, 1, "only once"),
    ("BLUEPRINT: B\nGRAPH: eventgraph\nGRAPH: EventGraph", 3, 1, "only once"),
    ("NODE n1: X\nGRAPH: EVENTGRAPH", 1, 1, "BLUEPRINT"),
    ("BLUEPRINT: BP_X PARENT: Pawn\nGRAPH: G", 1, 17, "PARENT: begins a line of its own"),
    ("BLUEPRINT: BP X VAR Hp: Int\nGRAPH: G", 1, 17, "end of the line"),
    ('BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A="\\ud800"]', 3, 15, "whole characters"),
    ('BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A="\\ude00\\ud83d"]', 3, 15, "whole characters"),
    ('BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A="\ud800"]', 3, 16, "whole characters"),
    ("BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=1e999]", 3, 15, "at most 1.797e308"),
    ("BLUEPRINT: B\nVAR a: Vector = (X=-1e999,Y=0,Z=0)\nGRAPH: G", 2, 20, "at most 1.797e308"),
    (f"BLUEPRINT: B\nVAR a: Int = {'9' * 400}\nGRAPH: G", 2, 14, "at most 1.797e308"),
    ("NODE n1: X", 1, 1, "BLUEPRINT"),
    ("BLUEPRINT:\nGRAPH: G", 1, 11, "name of the Blueprint"),
    ("BLUEPRINT: B\nVAR a: Array<Int\nGRAPH: G", 2, 17, "'>'"),
])
def test_an_error_says_where_and_what_was_expected(text, line, column, expected):
    with pytest.raises(DslError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert expected in caught.value.expected


def test_lenient_parsing_keeps_what_can_be_read_and_names_every_error():
    document, errors = parse_lenient("BLUEPRINT: B\nGRAPH: G\nNODE n1: Event_BeginPlay\nrubbish\nNODE n2: Branch\nEXEC n1.Then -> n7.Execute\n"
                                     "EXEC n1.Then -> n2.Execute\n")
    assert [error.line for error in errors] == [4, 6]
    assert len(document.graphs[0].nodes) == 2 and len(document.graphs[0].wires) == 1


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", "\n\n"),
    lambda text: text.replace("\n", "  \n"),
    lambda text: "\n".join("    " + line for line in text.splitlines()),
    lambda text: text.replace(" -> ", "->"),
])
def test_blank_lines_line_ends_indents_and_a_byte_order_mark_change_nothing(change):
    assert parse(change(GOOD)) == parse(GOOD)


def test_a_comment_belongs_to_the_node_that_follows_or_to_those_it_names():
    document = parse("BLUEPRINT: B\nGRAPH: G\n# one\nNODE n1: X\n# box {n1 n2}\nNODE n2: X\n# free\n")
    assert [(comment.text, comment.nodes) for comment in document.graphs[0].comments] == [
        ("one", ("n1",)), ("box", ("n1", "n2")), ("free", ())]


def test_two_escapes_of_a_surrogate_pair_are_one_character():
    written = parse('BLUEPRINT: B\nGRAPH: G\nNODE n1: PrintString [InString="\\ud83d\\ude00 \\u00e9"]\n')
    assert written.graphs[0].nodes[0].get("InString") == "\U0001f600 é"
    render(written).encode("utf-8")


@pytest.mark.parametrize("half", ["\ud800", "\udfff"])
def test_what_is_rendered_can_be_read_and_saved_even_of_text_that_no_file_can_hold(half):
    made = Blueprint(f"B{half}", graphs=(Graph(half, (Node("n1", "X", ((half, half),)),), (), (), (Comment(half),)),))
    text = render(made)
    text.encode("utf-8")
    assert render(parse(text)) == text


def test_a_comment_may_hold_an_escape_that_is_no_character():
    assert parse("BLUEPRINT: B\nGRAPH: G\n# \\ud800\n").graphs[0].comments[0].text == "\ufffd"


def test_a_name_that_looks_like_a_second_statement_is_written_in_quotes():
    made = Blueprint("BP_X PARENT: Pawn", graphs=(Graph("G"),))
    assert render(made).startswith('BLUEPRINT: "BP_X PARENT: Pawn"\n')
    assert parse(render(made)).name == made.name


def test_lines_of_the_head_are_kept_for_findings():
    document = parse("# remark\nBLUEPRINT: B\n\nPARENT: Pawn\nGRAPH: G\n")
    assert (document.line, document.parent_line) == (2, 4)
