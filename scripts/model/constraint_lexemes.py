"""The small automata of which a line is made: a choice among texts, quoted strings, names and numbers, all over bytes.

A lexeme has states; `step(state, byte)` gives the next one or None, `is_accepting(state)` says whether the lexeme may be
over here. What the vocabulary allows inside a lexeme depends on nothing but its state, so it is computed once and kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np

from model.token_trie import TokenNode

END = -1
"""State after which a lexeme of characters is over."""
LONGEST_TEXT_BYTES = 240
LONGEST_NAME_BYTES = 64
"""A text or name longer than this may only be closed; the longest in lessons and exports have under 100 and 40. A model that has
lost its way would else write one word until its budget ends."""
LONGEST_STEM_BYTES = 6
"""Of the letters before the underscore in a name as projects give them: BP_Door, BPI_Use, WBP_Menu, BTTask_Wait."""
DEAD = -1
"""In dense tables: no way on."""


class Lexeme(Protocol):
    longest: int

    def start(self) -> Hashable: ...
    def step(self, state: Any, byte: int) -> Any: ...
    def is_accepting(self, state: Any) -> bool: ...
    def next_bytes(self, state: Any) -> Iterable[int]: ...
    def limited(self, state: Any) -> Any:
        """The state that leads to the end as soon as it can, by the bytes `closing`: for text that grows too long."""


class TrieNode:
    """One place in a choice. `text` is the whole text that ends here, or None. Children are made when first asked for."""

    __slots__ = ("_children", "_depth", "_high", "_low", "_texts", "inside", "text")

    def __init__(self, texts: list[bytes], low: int, high: int, depth: int) -> None:
        self._texts, self._high, self._depth = texts, high, depth
        is_whole = low < high and len(texts[low]) == depth
        self.text = texts[low].decode() if is_whole else None
        self._low = low + is_whole
        self._children: dict[int, TrieNode] | None = None
        self.inside: dict[TokenNode, Any] = {}

    @property
    def children(self) -> dict[int, TrieNode]:
        if self._children is None:
            self._children = {byte: TrieNode(self._texts, low, high, self._depth + 1) for byte, low, high in self._split()}
        return self._children

    def _split(self) -> Iterator[tuple[int, int, int]]:
        low, depth = self._low, self._depth
        while low < self._high:
            byte = self._texts[low][depth]
            high = bisect_right(self._texts, byte, low, self._high, key=lambda text: text[depth])
            yield byte, low, high
            low = high


class Choice:
    """One of some texts."""

    closing, longest = b"", LONGEST_TEXT_BYTES

    def __init__(self, texts: Iterable[str]) -> None:
        spelled = sorted({text.encode() for text in texts})
        self.root = TrieNode(spelled, 0, len(spelled), 0)

    def start(self) -> TrieNode:
        return self.root

    def step(self, state: TrieNode, byte: int) -> TrieNode | None:
        return state.children.get(byte)

    def is_accepting(self, state: TrieNode) -> bool:
        return state.text is not None

    def next_bytes(self, state: TrieNode) -> Iterable[int]:
        return state.children

    def limited(self, state: TrieNode) -> TrieNode:
        return state


@lru_cache(maxsize=20_000)
def choice_of(texts: tuple[str, ...]) -> Choice:
    """Lines repeat the same few choices, and a choice keeps what the vocabulary allows in it."""
    return Choice(texts)


@dataclass(frozen=True)
class Dense:
    """A table for many texts at once: `number` of each state, `steps` (states, 256) with DEAD for no way, `accepting` (states,)."""

    number: dict[int, int]
    steps: np.ndarray
    accepting: np.ndarray


class Table:
    """An automaton written as a table: state -> {byte: next state}. `limit`: state -> the one that leads on to the end."""

    def __init__(self, table: dict[int, dict[int, int]], accepting: set[int], limit: dict[int, int] | None = None, closing: bytes = b"",
                 longest: int = LONGEST_TEXT_BYTES) -> None:
        self._table, self._accepting, self._limit, self.closing, self.longest = table, accepting, limit or {}, closing, longest
        self.inside: dict[int, dict[TokenNode, Any]] = {}
        """What the vocabulary allows from a state on, kept by constraint_masks."""
        self._start = 0

    def start(self) -> int:
        return self._start

    def naming(self, state: int) -> Table:
        """The same automaton for a name, from another state; what is known of its states is shared."""
        other = copy(self)
        other._start, other.longest = state, LONGEST_NAME_BYTES
        return other

    def step(self, state: int, byte: int) -> int | None:
        return self._table.get(state, {}).get(byte)

    def is_accepting(self, state: int) -> bool:
        return state in self._accepting

    def next_bytes(self, state: int) -> Iterable[int]:
        return self._table.get(state, ())

    def limited(self, state: int) -> int:
        return self._limit.get(state, state)

    @cached_property
    def dense(self) -> Dense:
        states = sorted({*self._table, *self._accepting, END, *(after for row in self._table.values() for after in row.values())})
        number = {state: n for n, state in enumerate(states)}
        steps = np.full((len(states), 256), DEAD, dtype=np.int16)
        for state, row in self._table.items():
            for byte, after in row.items():
                steps[number[state], byte] = number[after]
        return Dense(number, steps, np.array([state in self._accepting for state in states]))


BODY, FILLED = 1, 5
_ESCAPE, _CLOSE = 2, 3
_PRINTABLE = [byte for byte in range(0x20, 0x7F) if chr(byte) not in '"\\']
LOWERS = b"abcdefghijklmnopqrstuvwxyz"
LETTERS = [*LOWERS, *LOWERS.upper(), ord("_")]
DIGITS = list(b"0123456789")


def _utf8(first: int) -> dict[int, dict[int, int]]:
    """States `first`.. of the well-formed bytes of a character beyond ASCII, back to BODY; without line ends and controls."""
    tail, two, three, e0, e2, e2_80, ed, f0, f4, c2 = range(first, first + 10)
    continuation = range(0x80, 0xC0)
    table = {
        BODY: {0xC2: c2, **dict.fromkeys(range(0xC3, 0xE0), tail), 0xE0: e0, 0xE1: two, 0xE2: e2,
               **dict.fromkeys(range(0xE3, 0xED), two), 0xED: ed, 0xEE: two, 0xEF: two,
               0xF0: f0, **dict.fromkeys(range(0xF1, 0xF4), three), 0xF4: f4},
        tail: dict.fromkeys(continuation, BODY),
        two: dict.fromkeys(continuation, tail),
        three: dict.fromkeys(continuation, two),
        c2: dict.fromkeys(range(0xA0, 0xC0), BODY),
        e0: dict.fromkeys(range(0xA0, 0xC0), tail),
        e2: {**dict.fromkeys(continuation, tail), 0x80: e2_80},
        e2_80: {byte: BODY for byte in continuation if byte not in (0xA8, 0xA9)},
        ed: dict.fromkeys(range(0x80, 0xA0), tail),
        f0: dict.fromkeys(range(0x90, 0xC0), two),
        f4: dict.fromkeys(range(0x80, 0x90), two),
    }
    return table


def _string(is_plain: bool = False) -> Table:
    """A quoted string, the value of a pin; from state FILLED on, one that is not empty and names something."""
    table = _utf8(10)
    table[BODY] |= {**dict.fromkeys(_PRINTABLE, BODY), ord("\\"): _ESCAPE, ord('"'): END}
    # A name of nothing, or one that begins with a space, names nothing.
    filled = {byte: state for byte, state in table[BODY].items() if byte not in b'" '}
    table |= {0: {ord('"'): BODY}, FILLED: {ord('"'): 4}, 4: filled, _ESCAPE: dict.fromkeys(b'\\"nt', BODY), _CLOSE: {ord('"'): END}}
    if is_plain:
        del table[_ESCAPE], table[BODY][ord("\\")], table[4][ord("\\")]
    return Table(table, {END}, {BODY: _CLOSE}, b'"')


def _path() -> Table:
    """A quoted path of the project's content: `"/Game/BP_Door.BP_Door_C"`."""
    body = dict.fromkeys([*LETTERS, *DIGITS, *b"./-:"], BODY)
    return Table({0: {ord('"'): 2}, 2: {ord("/"): 3}, 3: dict.fromkeys(LETTERS, BODY), BODY: body | {ord('"'): END}, 4: {ord('"'): END}}, {END}, {BODY: 4}, b'"')


def _number(is_float: bool, is_signed: bool, digits: int) -> Table:
    """As `render` writes them: no leading zeros, no sign on nothing; floats with a fraction, or whole."""
    table: dict[int, dict[int, int]] = {0: {byte: 2 for byte in DIGITS[1:]} | {ord("0"): 1}}
    if is_signed:
        table[0] |= {ord("-"): 90}
        table[90] = {byte: 2 for byte in DIGITS[1:]} | ({ord("0"): 1} if is_float else {})
    # State 2 is after the first digit that is not nought, and each further one counts on.
    last = digits + 1
    for count in range(2, last + 1):
        table[count] = dict.fromkeys(DIGITS, count + 1) if count < last else {}
    accepting = {1, *range(2, last + 1)}
    if is_float:
        for state in (1, *range(2, last + 1)):
            table.setdefault(state, {})[ord(".")] = 50
        for state in range(50, 56):
            table[state] = dict.fromkeys(DIGITS, state + 1)
        accepting |= set(range(51, 57))
    return Table(table, accepting)


def _spaced_name() -> Table:
    """A quoted name of several words, `"App Open"`: one word is written without quotes."""
    first, space, close, only_space = 3, 4, 6, 7
    word = [*LETTERS, *DIGITS]
    table = {0: {ord('"'): 2}, 2: dict.fromkeys(LETTERS, first), first: dict.fromkeys(word, first) | {ord(" "): space}, only_space: {ord(" "): space},
             space: dict.fromkeys(word, BODY), BODY: dict.fromkeys(word, BODY) | {ord(" "): space, ord('"'): END}, close: {ord('"'): END}}
    return Table(table, {END}, {BODY: close, first: only_space}, b'"', LONGEST_NAME_BYTES)


def _project_name() -> Table:
    """A name as projects give them to their own classes, `BP_Door`: a capital, an underscore, more."""
    stem, underscore = 10, 3
    last = stem + LONGEST_STEM_BYTES - 1
    word = [byte for byte in (*LETTERS, *DIGITS) if byte != ord("_")]
    table = {0: dict.fromkeys(LOWERS.upper(), stem), last: {ord("_"): underscore},
             **{state: dict.fromkeys(word, state + 1) | {ord("_"): underscore} for state in range(stem, last)},
             underscore: dict.fromkeys([*word, ord("_")], BODY), BODY: dict.fromkeys([*word, ord("_")], BODY)}
    return Table(table, {BODY, END}, {BODY: END}, longest=LONGEST_NAME_BYTES)


IDENTIFIER = Table({0: dict.fromkeys(LETTERS, BODY), BODY: dict.fromkeys([*LETTERS, *DIGITS], BODY)}, {BODY, END}, {BODY: END}, longest=LONGEST_NAME_BYTES)
VARIABLE_NAME = Table({0: dict.fromkeys(LETTERS, BODY), BODY: dict.fromkeys([*LETTERS, *DIGITS], BODY) | {ord("?"): END}}, {BODY, END}, {BODY: END},
                      longest=LONGEST_NAME_BYTES)
PROJECT_NAME = _project_name()
SPACED_NAME = _spaced_name()
BARE_PATH = Table({0: {ord("/"): 2}, 2: dict.fromkeys(LETTERS, BODY), BODY: dict.fromkeys([*LETTERS, *DIGITS, *b"./-:"], BODY)}, {BODY, END}, {BODY: END})
QUOTED_IDENTIFIER = Table({0: {ord('"'): 2}, 2: dict.fromkeys(LETTERS, BODY), BODY: dict.fromkeys([*LETTERS, *DIGITS], BODY) | {ord('"'): END},
                            4: {ord('"'): END}}, {END}, {BODY: 4}, b'"', LONGEST_NAME_BYTES)
STRING = _string()
NAME_STRING = STRING.naming(FILLED)
PLAIN_STRING = _string(is_plain=True).naming(FILLED)
PATH = _path()
INT = _number(is_float=False, is_signed=True, digits=9)
INT64 = _number(is_float=False, is_signed=True, digits=18)
FLOAT = _number(is_float=True, is_signed=True, digits=12)
