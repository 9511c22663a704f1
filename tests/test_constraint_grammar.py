"""The constraint against a grammar of the same lines in another engine: llguidance knows nothing of our automata.

The grammar has the surface only (which statements in which order, brackets, quotes, names, types); what it refuses can be no
document, so nothing that the constraint allows may be refused by it, byte by byte.
"""

import random
from pathlib import Path

import pytest
from constraint_walks import Walk
from llguidance import LLMatcher, LLTokenizer
from training_world import tiny_tokenizer

from corpus.lessons import lesson_files, load_lesson
from model.constraint import LanguageConstraint
from utils.blueprint_patterns import load_catalogue

LESSONS = Path(__file__).parents[1] / "lessons"
GRAMMAR = r"""
start: "BLUEPRINT: " WORD "\nPARENT: " WORD ("\n" variable)* ("\n" graph)+
variable: "VAR " name ": " type (" = " value)? properties?
graph: "GRAPH: " name properties? ("\n" variable)* ("\n" node)* ("\n" exec)* ("\n" data)*
node: "NODE " ID ": " WORD ("." WORD)* properties?
exec: "EXEC " pin " -> " pin
data: "DATA " pin " -> " pin
pin: ID "." name
properties: " [" property (", " property)* "]"
property: name "=" value
value: STRING | NUMBER | WORD | PATH | "(" (field (/, ?/ field)*)? ")"
field: name "=" value | name ": " type (" = " value)? | value
type: WORD ("<" (type (/, ?/ type)* | PATH) ">")?
name: NAME | STRING
ID: /n[1-9][0-9]*/
WORD: /[A-Za-z_][A-Za-z0-9_]*/
NAME: /[^\s"'()\[\]{}=,:.<>\-]+/
PATH: /\/[A-Za-z_][A-Za-z0-9_.\/:\-]*/
NUMBER: /-?[0-9]+(\.[0-9]+)?/
STRING: /"([^"\\\n]|\\.)*"/
"""


@pytest.fixture(scope="module")
def grammar():
    """A fresh matcher over single bytes."""
    tokenizer = LLTokenizer("byte")
    return lambda: LLMatcher(tokenizer, LLMatcher.grammar_from_lark(GRAMMAR))


@pytest.fixture(scope="module")
def constraint():
    return LanguageConstraint(tiny_tokenizer(), load_catalogue())


def refused_at(matcher, text: bytes) -> bytes | None:
    """None when the grammar takes all of it as a whole document, else what it took."""
    taken = matcher.try_consume_tokens(list(text))
    return None if taken == len(text) and matcher.is_accepting() else text[:taken]


def test_every_answer_of_the_lessons_is_a_document_of_the_grammar(grammar):
    for file in lesson_files(LESSONS):
        for prompt in load_lesson(file).prompts:
            assert refused_at(grammar(), prompt.expected_dsl.rstrip("\n").encode()) is None, prompt.expected_dsl


def test_the_grammar_refuses_what_is_no_document(grammar):
    text = b'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Delay [Duration=1.0]\nEXEC n1.Then -> n1.Execute'
    assert refused_at(grammar(), text) is None
    for wrong in (text.replace(b"]", b""), text.replace(b"n1.Then ->", b"n1 ->"), text.replace(b"EXEC", b"NODE"), text[:-8], text + b"\n\nx"):
        assert refused_at(grammar(), wrong) is not None


def test_what_the_constraint_allows_next_the_grammar_allows_too(constraint, grammar):
    for seed in range(25):
        going, matcher = Walk(random.Random(seed), constraint.start().place), grammar()
        while not (going.place.can_end and going._wants_end()):
            if going.chance.random() < 0.2:
                allowed = {byte for byte in going.place.next_bytes() if byte < 0x80}
                mask = matcher.compute_bitmask()
                refused = [chr(byte) for byte in allowed if not mask[byte // 8] >> byte % 8 & 1]
                assert not refused, (refused, going.text[-120:].decode(errors="replace"))
            going.step()
            assert matcher.consume_token(going.text[-1]), going.text[-120:].decode(errors="replace")
        assert matcher.is_accepting(), going.text[-120:].decode()
