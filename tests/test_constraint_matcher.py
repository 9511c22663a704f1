"""From automata over bytes to tokens: the mask is exactly what can be advanced over, and forced text is what must come."""

import random
from dataclasses import dataclass

import numpy as np
import pytest

from model.constraint_lexemes import FLOAT, IDENTIFIER, INT, NAME_STRING, STRING, choice_of
from model.constraint_matcher import TextMatcher
from model.constraint_places import AtLineEnd, AtLineStart, InLexeme, Statement
from model.token_trie import Vocabulary

END = 0
PIECES = ["SET ", "SET", "S", "E", "T", " ", "n", "1", "2", "12", "= ", "=", '"', '"\n', '" ', "a", "b", "ab", "a\"", '\\"', "\\", "\n", "\n\n",
          "\nS", ".", "5", "-", "-1", "0", "00", "x", "_", "speed", "sp", "eed", "\u00e9", "\u2028", "ED", "END", "N", "D", "e", "d", "p", "s", "on",
          'b"\n', 'b"=']


def make_vocabulary() -> Vocabulary:
    spelled = [None, *(piece.encode() for piece in PIECES), *(bytes([byte]) for byte in range(256))]
    longest_first = sorted(range(1, len(spelled)), key=lambda token: -len(spelled[token]))

    def encode(text: str) -> list[int]:
        rest, tokens = text.encode(), []
        while rest:
            token = next(token for token in longest_first if rest.startswith(spelled[token]))
            tokens.append(token)
            rest = rest[len(spelled[token]):]
        return tokens

    return Vocabulary(spelled, encode)


@dataclass(frozen=True)
class Settings:
    """A toy document: `SET speed=1.5` lines, then `END`."""

    lines: tuple[str, ...] = ()
    is_complete: bool = False

    def statements(self):
        return [Statement("SET ", lambda: InLexeme(IDENTIFIER, self._equals)), Statement("END", lambda: self._end("END"))]

    def _equals(self, name: str):
        return InLexeme(choice_of(("=",)), lambda _: self._value(name))

    def _value(self, name: str):
        if name == "x":
            return InLexeme(NAME_STRING, lambda value: self._equals("n") if value == '"Ab"' else self._end(f"SET x={value}"), deciding=("ab",))
        lexeme = {"s": STRING, "n": INT, "x": NAME_STRING}.get(name[0], FLOAT)
        return InLexeme(lexeme, lambda value: self._end(f"SET {name}={value}"))

    def _end(self, line: str):
        return AtLineEnd(lambda: Settings((*self.lines, line), is_complete=line == "END"))

    def completed_text(self) -> str:
        return "\n".join([*self.lines, "END"] if not self.is_complete else self.lines)


class _Start:
    document = Settings()


def start(vocabulary: Vocabulary) -> TextMatcher:
    return TextMatcher(vocabulary, END, Settings(), AtLineStart(_Start()))


@pytest.mark.parametrize("seed", range(20))
def test_the_mask_is_exactly_the_tokens_that_can_be_advanced_over(seed):
    vocabulary, chance = make_vocabulary(), random.Random(seed)
    matcher = start(vocabulary)
    for _ in range(60):
        mask = np.flatnonzero(matcher.allowed()).tolist()
        assert mask == [token for token in range(len(vocabulary)) if matcher.advance(token) is not None]
        assert mask
        token = chance.choice(mask)
        matcher = matcher.advance(token)
        if token == END:
            break


@pytest.mark.parametrize("seed", range(20))
def test_forced_tokens_are_the_only_text_that_can_come(seed):
    vocabulary, chance = make_vocabulary(), random.Random(seed)
    matcher = start(vocabulary)
    for _ in range(60):
        forced, after = matcher.forced()
        text = b"".join(vocabulary.token_bytes[token] or b"" for token in forced)
        for token in np.flatnonzero(matcher.allowed()).tolist() if forced else ():
            spelled = vocabulary.token_bytes[token]
            assert text.startswith(spelled) or spelled.startswith(text)
        choices = np.flatnonzero(after.allowed()).tolist()
        token = chance.choice(choices)
        matcher = after.advance(token)
        if token == END:
            break


def test_a_forced_token_is_held_back_when_a_longer_one_may_cover_it():
    vocabulary = make_vocabulary()
    after_set = start(vocabulary).advance(PIECES.index("SET ") + 1).advance(PIECES.index("speed") + 1)
    equals = after_set.advance(PIECES.index("=") + 1)
    assert equals.forced()[0] == [], 'the quote may be the start of the token `"\\n`'


def test_a_name_that_decides_what_follows_is_told_from_those_that_do_not():
    vocabulary = make_vocabulary()
    quoted = start(vocabulary)
    for text in ("SET ", "x", "=", '"'):
        quoted = quoted.advance(PIECES.index(text) + 1)
    equals, newline = PIECES.index('b"=') + 1, PIECES.index('b"\n') + 1
    for text, may in (("A", [True, False]), ("a", [False, True]), ("e", [False, True])):
        matcher = quoted.advance(len(PIECES) + 1 + ord(text))
        assert matcher.allowed()[[equals, newline]].tolist() == may


def test_line_separators_that_would_cut_a_statement_are_never_allowed_in_a_string():
    vocabulary = make_vocabulary()
    matcher = start(vocabulary)
    for text in ("SET ", "s", "=", '"', "a"):
        matcher = matcher.advance(PIECES.index(text) + 1)
    assert matcher.advance(PIECES.index("\u00e9") + 1) is not None
    assert matcher.advance(PIECES.index("\u2028") + 1) is None
    for byte in "\u2028".encode()[:2]:
        matcher = matcher.advance(len(PIECES) + 1 + byte)
    assert matcher.advance(len(PIECES) + 1 + 0xA8) is None


def test_text_that_grows_too_long_may_only_be_closed():
    vocabulary = make_vocabulary()
    matcher = start(vocabulary)
    for text in ("SET ", "s", "=", '"', *["ab"] * 130):
        matcher = matcher.advance(PIECES.index(text) + 1) or matcher
    spelled = {vocabulary.token_bytes[token][:1] for token in np.flatnonzero(matcher.allowed()).tolist()}
    assert spelled == {b'"'}


def test_a_cut_answer_ends_at_its_last_whole_line():
    vocabulary = make_vocabulary()
    matcher = start(vocabulary)
    for text in ("SET ", "n", "=", "12", "\n", "SET ", "sp"):
        matcher = matcher.advance(PIECES.index(text) + 1)
    assert matcher.completed_text() == "SET n=12\nEND"
