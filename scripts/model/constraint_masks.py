"""Which tokens of a vocabulary may come at a place.

Inside one lexeme that depends on nothing but the lexeme's state, so it is computed once and kept: for all tokens together
where the lexeme is a table, along two tries where it is a choice. What is left to do at each place are the tokens in which
the lexeme ends and something else begins; they are few once the bytes are known with which something else can begin, and
behind names that decide nothing of what follows they are found for all names at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from model.constraint_lexemes import DEAD, END, Lexeme, Table, TrieNode
from model.constraint_places import AtLineStart, Either, InLexeme, Place
from model.token_trie import TokenNode, TokenTrie, Vocabulary

FEW_BELOW = 48
"""Below fewer tokens than this a walk costs less than keeping its result."""
MANY_TOKENS = 4_000
"""From so many on a mask of the whole vocabulary is kept: joining two masks costs less than marking each token."""


class Inside:
    """What the vocabulary allows from one state of a lexeme on.

    open      tokens that stay within the lexeme (or end exactly where it may end)
    all       these and those of the closings
    closings  tokens that end where it must end, with their bytes: a text that is refused must not be closed
    endings   bytes with which the lexeme may be over, and what tokens say behind them
    """

    def __init__(self, size: int, open_ids: np.ndarray, closings: list[tuple[bytes, int]], endings: dict[bytes, TokenNode]) -> None:
        closing_ids = [token for _, token in closings]
        self.open = Tokens(size, open_ids)
        self.all = Tokens(size, np.concatenate([open_ids, closing_ids]).astype(np.int64)) if closing_ids else self.open
        self.closings, self.endings = closings, endings
        self._joined: dict[tuple[bytes, ...], TokenNode] = {}

    @cached_property
    def texts_before(self) -> dict[int, list[bytes]]:
        """The endings behind which tokens go on with a byte."""
        found = defaultdict(list)
        for text, below in self.endings.items():
            for byte in below.children:
                found[byte].append(text)
        return found

    def joined(self, texts: tuple[bytes, ...]) -> TokenNode:
        """What tokens say behind some of the endings, as if they were one."""
        if texts not in self._joined:
            nodes = [self.endings[text] for text in texts]
            self._joined[texts] = TokenTrie((entry for node in nodes for entry in node.entries), nodes[0].trie.size).root
        return self._joined[texts]


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
        mask[[token for text, token in known.closings if place.accepts_more(text)]] = True
    if place.may_be_over:
        _mark(place.after, node, mask)
    if known.endings:
        _mark_endings(place, known, mask)


def _mark_endings(place: InLexeme, known: Inside, mask: np.ndarray) -> None:
    """Tokens that end the lexeme and begin what comes after it; where texts decide nothing, once for all of them."""
    texts = _texts_ahead(place, known)
    alike = tuple(text for text in texts if not place.decides_more(text) and place.accepts_more(text))
    if alike:
        _mark(place.after_more(alike[0]), known.joined(alike), mask)
    for text in texts:
        after = place.after_more(text) if place.decides_more(text) else None
        if after is not None:
            _mark(after, known.endings[text], mask)


def _texts_ahead(place: InLexeme, known: Inside) -> Iterable[bytes]:
    """The endings behind which tokens go on with a byte with which what follows begins."""
    ahead = _bytes_ahead(place, known) if place.ahead is None and isinstance(place.lexeme, Table) else place.ahead
    if ahead is None:
        return known.endings
    return dict.fromkeys(text for byte in ahead for text in known.texts_before.get(byte, ()))


def _bytes_ahead(place: InLexeme, known: Inside) -> Iterable[int]:
    """Behind a name or number one text tells it for all, best one that decides nothing."""
    if place.may_be_over:
        return place.after.next_bytes()
    sample = next(filter(place.accepts_more, sorted(known.endings, key=place.decides_more)), None)
    return place.after_more(sample).next_bytes() if sample else ()


def inside(lexeme: Lexeme, state: Any, start: TokenNode) -> Inside:
    """For tokens below `start`, the root or where a token stands that has begun before; computed once."""
    kept = state.inside if isinstance(state, TrieNode) else lexeme.inside.setdefault(state, {})
    found = kept.get(start)
    if found is None:
        found = kept[start] = _inside_table(lexeme, state, start) if isinstance(lexeme, Table) else _inside_choice(lexeme, state, start)
    return found


def _inside_table(lexeme: Table, state: int, start: TokenNode) -> Inside:
    """All tokens below `start` step through the table together, byte by byte."""
    trie, dense = start.trie, lexeme.dense
    low, high, depth = start.span
    rows = np.arange(low, high)
    states = np.full(len(rows), dense.number[state])
    closed, opened, endings = [], [], defaultdict(list)
    for at in range(depth, trie.longest + 1):
        is_over = trie.lengths[rows] == at
        is_closed = states == dense.number[END]
        opened.append(rows[is_over & ~is_closed])
        closed += rows[is_over & is_closed].tolist()
        rows, states = rows[~is_over], states[~is_over]
        if not len(rows):
            break
        following = dense.steps[states, trie.spelled[rows, at]]
        is_stuck = following == DEAD
        for row in rows[is_stuck & dense.accepting[states]].tolist() if at > depth else ():
            text, token = trie.entries[row]
            endings[text[depth:at]].append((text[at:], token))
        rows, states = rows[~is_stuck], following[~is_stuck]
    closings = [(trie.entries[row][0][depth:], trie.entries[row][1]) for row in closed]
    return Inside(trie.size, trie.ids[np.concatenate(opened)], closings, {text: TokenTrie(rests, trie.size).root for text, rests in endings.items()})


def _inside_choice(lexeme: Lexeme, state: TrieNode, start: TokenNode) -> Inside:
    ids: list[int] = []
    endings: dict[bytes, TokenNode] = {}
    for node, after, path in _walk(lexeme, state, start, b""):
        ids += node.tokens
        if lexeme.is_accepting(after) and any(lexeme.step(after, byte) is None for byte in node.children):
            endings[path] = node
    return Inside(start.trie.size, np.array(ids, dtype=np.int64), [], endings)


def _walk(lexeme: Lexeme, state: Any, node: TokenNode, path: bytes) -> Iterator[tuple[TokenNode, Any, bytes]]:
    children = node.children
    for byte in lexeme.next_bytes(state):
        child = children.get(byte)
        if child is not None:
            after = lexeme.step(state, byte)
            yield child, after, path + bytes([byte])
            yield from _walk(lexeme, after, child, path + bytes([byte]))
