"""From automata over bytes to tokens: where an answer stands, which tokens may come, which must.

Every way to spell a text in tokens is accepted, not only the tokenizer's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from model.constraint_masks import token_mask
from model.constraint_places import AtLineEnd, AtLineStart, Document, Either, InLexeme, Place, run
from model.token_trie import TokenNode, Vocabulary

KEEP_ENDING_BYTES = 12


class TextMatcher:
    """The state of one constrained answer. See model.decode.Matcher for what the decoder asks of it."""

    __slots__ = ("document", "end_id", "place", "vocabulary")

    def __init__(self, vocabulary: Vocabulary, end_id: int, document: Document, place: Place | None) -> None:
        self.vocabulary, self.end_id, self.document, self.place = vocabulary, end_id, document, place

    def advance(self, token: int) -> TextMatcher | None:
        if token == self.end_id:
            return TextMatcher(self.vocabulary, self.end_id, self.document, None) if self.place.can_end else None
        spelled = self.vocabulary.token_bytes[token]
        return self._after(spelled) if spelled else None

    def _after(self, text: bytes) -> TextMatcher | None:
        place, last_start = run(self.place, text)
        return self._at(place, last_start) if place is not None else None

    def _at(self, place: Place, last_start: AtLineStart | None) -> TextMatcher:
        if isinstance(place, (InLexeme, Either)):
            place = place.limited()
        return TextMatcher(self.vocabulary, self.end_id, last_start.document if last_start else self.document, place)

    def allowed(self) -> np.ndarray:
        return token_mask(self.place, self.vocabulary, self.end_id)

    def forced(self) -> tuple[list[int], TextMatcher]:
        """Bytes without an alternative, cut into tokens as the tokenizer cuts them.

        The last tokens are held back as long as the text that follows could have merged with them.
        """
        text, place, last_start = _forced_text(self.place)
        if place.can_end and not any(True for _ in place.next_bytes()):
            return [*_tokens(self.vocabulary, text), self.end_id], TextMatcher(self.vocabulary, self.end_id, self.document, None)
        if not text:
            return [], self
        tokens = _tokens(self.vocabulary, text)
        kept = _without_open_ending(tokens, place, self.vocabulary)
        if tokens and len(kept) == len(tokens):
            return kept, self._at(place, last_start)
        spelled = b"".join(self.vocabulary.token_bytes[token] for token in kept)
        return kept, self._after(spelled) if kept else self

    def completed_text(self) -> str:
        if self.place is not None and self.place.can_end:
            place = self.place
            while not isinstance(place, AtLineEnd):
                place = place.after if isinstance(place, InLexeme) else next(one for one in place.places if one.can_end)
            return place.document.completed_text()
        return self.document.completed_text()


def _forced_text(place: Place) -> tuple[bytes, Place, AtLineStart | None]:
    """Also the place there, and the last start of a line that was passed."""
    text, last_start = bytearray(), None
    while not place.can_end:
        path, place = place.run_forced() if isinstance(place, InLexeme) else (b"", place)
        text += path
        byte = _only_byte(place) if not path else None
        if not path and byte is None:
            break
        if byte is not None:
            text.append(byte)
            place = place.step(byte)
        last_start = place if isinstance(place, AtLineStart) else last_start
    return bytes(text), place, last_start


def _only_byte(place: Place) -> int | None:
    found = None
    for byte in place.next_bytes():
        if found is not None and byte != found:
            return None
        found = byte
    return found


@lru_cache(maxsize=20_000)
def _cut(encode: Callable[[str], list[int]], text: bytes) -> tuple[int, ...]:
    return tuple(encode(text.decode()))


def _tokens(vocabulary: Vocabulary, text: bytes) -> list[int]:
    """The tokenizer's own tokens of a forced text; none when it would not give back the very same bytes."""
    try:
        tokens = _cut(vocabulary.encode, text) if text else ()
    except UnicodeDecodeError:
        return []
    spelled = [vocabulary.token_bytes[token] for token in tokens]
    return list(tokens) if None not in spelled and b"".join(spelled) == text else []


def _without_open_ending(tokens: list[int], place: Place, vocabulary: Vocabulary) -> list[int]:
    following = set(place.next_bytes())
    keep, ending = len(tokens), b""
    for index in range(len(tokens) - 1, -1, -1):
        ending = vocabulary.token_bytes[tokens[index]] + ending
        if len(ending) > KEEP_ENDING_BYTES:
            break
        node = _descend(vocabulary.root, ending)
        if node is not None and not following.isdisjoint(node.children):
            keep = index
    return tokens[:keep]


def _descend(node: TokenNode, text: bytes) -> TokenNode | None:
    for byte in text:
        node = node.children.get(byte)
        if node is None:
            return None
    return node
