"""Which tokens of a vocabulary may come at a place.

Inside one lexeme that depends on nothing but the lexeme's state, so it is computed once and kept: for all tokens together
where the lexeme is a table, along two tries where it is a choice. What is left to do at each place are the tokens in which
the lexeme ends and something else begins; they are few once the bytes are known with which something else can begin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from model.constraint_lexemes import DEAD, END, Lexeme, Table, TrieNode
from model.constraint_places import AtLineStart, Either, InLexeme, Place, run
from model.token_trie import TokenNode, Vocabulary

FEW_BELOW = 48
"""Below fewer tokens than this a walk costs less than keeping its result."""
MANY_TOKENS = 4_000
"""From so many on a mask of the whole vocabulary is kept: joining two masks costs less than marking each token."""
Crossing = tuple[bytes, int, bytes]
"""Bytes of the lexeme, the token, and its bytes behind the one with which something else begins."""


class Inside:
    """What the vocabulary allows from one state of a lexeme on.

    open       tokens that stay within the lexeme (or end exactly where it may end)
    all        these and those of the closings
    closings   tokens that end where it must end, with their bytes: a text that is refused must not be closed
    crossings  of a table: tokens in the middle of which the lexeme may be over, by the byte that comes then
    endings    of a choice: where tokens go on behind one of its texts
    """

    def __init__(self, size: int, open_ids: np.ndarray, closings: list[tuple[bytes, list[int]]] = (),
                 crossings: dict[int, list[Crossing]] | None = None, endings: list[tuple[bytes, TokenNode]] = ()) -> None:
        closing_ids = [token for _, tokens in closings for token in tokens]
        self.open = Tokens(size, open_ids)
        self.all = Tokens(size, np.concatenate([open_ids, closing_ids]).astype(np.int64)) if closing_ids else self.open
        self.closings, self.crossings, self.endings = closings, crossings or {}, endings

    @cached_property
    def crossings_by_rest(self) -> dict[int, dict[bytes, np.ndarray]]:
        """Tokens of the crossings by the byte that comes then and the bytes behind it, whatever stands before."""
        found: dict[int, dict[bytes, list[int]]] = {}
        for byte, ways in self.crossings.items():
            for _, token, rest in ways:
                found.setdefault(byte, {}).setdefault(rest, []).append(token)
        return {byte: {rest: np.array(tokens) for rest, tokens in rests.items()} for byte, rests in found.items()}

    @cached_property
    def a_crossing(self) -> bytes | None:
        """The bytes of some text with which the lexeme is over."""
        return next((path for ways in self.crossings.values() for path, *_ in ways), None)


class Tokens:
    """A set of tokens of a vocabulary of `size`."""

    __slots__ = ("_ids", "_mask")

    def __init__(self, size: int, ids: np.ndarray) -> None:
        self._ids, self._mask = ids, None
        if len(ids) > MANY_TOKENS:
            self._mask = np.zeros(size, dtype=bool)
            self._mask[ids] = True

    def mark(self, mask: np.ndarray) -> None:
        if self._mask is None:
            mask[self._ids] = True
        else:
            mask |= self._mask


def token_mask(place: Place, vocabulary: Vocabulary, end_id: int) -> np.ndarray:
    """(tokens of the vocabulary,) of bool: which may come."""
    mask = np.zeros(len(vocabulary), dtype=bool)
    mask[end_id] = place.can_end
    _mark(place, vocabulary.root, mask)
    return mask


def _mark(place: Place, node: TokenNode, mask: np.ndarray) -> None:
    """Tokens below `node` that may be written from `place` on."""
    if not node.size:
        return
    if isinstance(place, AtLineStart):
        if not any(65 <= byte <= 90 for byte in node.children):
            return
        place = Either(*place.places())
    if isinstance(place, Either):
        for one in place.places:
            _mark(one, node, mask)
        return
    if isinstance(place, InLexeme) and node.size > FEW_BELOW:
        _mark_lexeme(place, node, mask)
        return
    for byte in place.next_bytes():
        child = node.children.get(byte)
        following = place.step(byte) if child is not None else None
        if following is not None:
            mask[child.tokens] = True
            _mark(following, child, mask)


def _mark_lexeme(place: InLexeme, node: TokenNode, mask: np.ndarray) -> None:
    known = inside(place.lexeme, place.state, node)
    (known.all if place.accepts is None else known.open).mark(mask)
    if place.accepts is not None:
        for path, tokens in known.closings:
            if place.accepts_more(path):
                mask[tokens] = True
    if place.may_be_over:
        _mark(place.after, node, mask)
    if known.crossings:
        (_mark_free_crossings if place.lexeme.is_free and place.accepts is None else _mark_crossings)(place, known, mask)
    for path, below in known.endings:
        if place.ahead is None or any(byte in below.children for byte in place.ahead):
            after = place.after_more(path)
            if after is not None:
                _mark(after, below, mask)


def _mark_crossings(place: InLexeme, known: Inside, mask: np.ndarray) -> None:
    """Tokens that end a name or number and begin what comes after it."""
    after: dict[bytes, Place | None] = {}
    for byte in _bytes_ahead(place, known):
        for path, token, rest in known.crossings.get(byte, ()):
            if path not in after:
                after[path] = place.after_more(path)
            following = after[path].step(byte) if after[path] else None
            if following is not None and run(following, rest)[0] is not None:
                mask[token] = True


def _mark_free_crossings(place: InLexeme, known: Inside, mask: np.ndarray) -> None:
    """The same for a text that decides nothing: what may follow one may follow all."""
    after = place.after_more(known.a_crossing)
    for byte in after.next_bytes():
        following = after.step(byte) if byte in known.crossings_by_rest else None
        for rest, tokens in known.crossings_by_rest[byte].items() if following is not None else ():
            if run(following, rest)[0] is not None:
                mask[tokens] = True


def _bytes_ahead(place: InLexeme, known: Inside) -> set[int]:
    """With which bytes what follows a free text begins: the text itself never decides that, so any that is right will do."""
    paths = (path for ways in known.crossings.values() for path, *_ in ways)
    sample = place.after if place.may_be_over else next(filter(None, map(place.after_more, paths)), None)
    return set(sample.next_bytes()) if sample else set()


def inside(lexeme: Lexeme, state: Any, start: TokenNode) -> Inside:
    """For tokens below `start`, the root or where a token stands that has begun before; computed once."""
    kept = state.inside if isinstance(state, TrieNode) else lexeme.inside.setdefault(state, {})
    found = kept.get(start)
    if found is None:
        found = kept[start] = _inside_table(lexeme, state, start) if isinstance(lexeme, Table) else _inside_choice(lexeme, state, start)
    return found


def _inside_table(lexeme: Table, state: int, start: TokenNode) -> Inside:
    """All tokens below `start` step through the table together, byte by byte."""
    vocabulary, dense = start.vocabulary, lexeme.dense
    low, high, depth = start.span
    rows = np.arange(low, high)
    states = np.full(len(rows), dense.number[state])
    closed, opened, crossings = [], [], defaultdict(list)
    for at in range(depth, vocabulary.longest + 1):
        is_over = vocabulary.lengths[rows] == at
        is_closed = states == dense.number[END]
        opened.append(rows[is_over & ~is_closed])
        closed += rows[is_over & is_closed].tolist()
        rows, states = rows[~is_over], states[~is_over]
        if not len(rows):
            break
        following = dense.steps[states, vocabulary.spelled[rows, at]]
        is_stuck = following == DEAD
        for row in rows[is_stuck & dense.accepting[states]].tolist() if at > depth else ():
            text, token = vocabulary.entries[row]
            crossings[text[at]].append((text[depth:at], token, text[at + 1:]))
        rows, states = rows[~is_stuck], following[~is_stuck]
    closings = [(vocabulary.entries[row][0][depth:], [vocabulary.entries[row][1]]) for row in closed]
    return Inside(len(vocabulary), vocabulary.ids[np.concatenate(opened)], closings, dict(crossings))


def _inside_choice(lexeme: Lexeme, state: TrieNode, start: TokenNode) -> Inside:
    ids: list[int] = []
    endings: list[tuple[bytes, TokenNode]] = []
    for node, after, path in _walk(lexeme, state, start, b""):
        ids += node.tokens
        if lexeme.is_accepting(after) and any(lexeme.step(after, byte) is None for byte in node.children):
            endings.append((path, node))
    return Inside(len(start.vocabulary), np.array(ids, dtype=np.int64), endings=endings)


def _walk(lexeme: Lexeme, state: Any, node: TokenNode, path: bytes) -> Iterator[tuple[TokenNode, Any, bytes]]:
    children = node.children
    for byte in lexeme.next_bytes(state):
        child = children.get(byte)
        if child is not None:
            after = lexeme.step(state, byte)
            yield child, after, path + bytes([byte])
            yield from _walk(lexeme, after, child, path + bytes([byte]))
