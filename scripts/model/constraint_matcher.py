"""From automata over bytes to tokens: where an answer stands, which tokens may come, which must.

A place is inside a lexeme, at the end of a line, or at the start of the next one. Places never change; what follows a
byte is another place, so that guesses can be tried and dropped. Every way to spell a text in tokens is accepted, not
only the tokenizer's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from model.constraint_lexemes import END, Lexeme, TrieNode, choice_of, inside
from model.token_trie import TokenNode, Vocabulary

NEWLINE = ord("\n")
LONGEST_FREE_BYTES = 240
"""A string or name longer than this may only be closed; the longest in the lessons' answers has under 100."""
KEEP_ENDING_BYTES = 12
FEW_TOKENS = 10_000
FEW_BELOW = 48
"""Below fewer tokens than this a walk costs less than keeping its result."""


@dataclass(frozen=True)
class Statement:
    """A kind of line that may come. Its first letter tells it from the others; whether it may is asked only when needed."""

    keyword: str
    follow: Callable[[], Place]
    is_possible: Callable[[], bool] = lambda: True


class Document(Protocol):
    """What has been written so far, line by line."""

    def statements(self) -> list[Statement]:
        """The kinds of line that may come next, those that are cheap to decide first; at least one is possible."""

    @property
    def is_complete(self) -> bool:
        """May the answer end here?"""

    def completed_text(self) -> str: ...


class Place(Protocol):
    def step(self, byte: int) -> Place | None: ...
    def next_bytes(self) -> Iterable[int]: ...
    @property
    def can_end(self) -> bool: ...


class InLexeme:
    """`follow(text)` gives the place after the lexeme, once its text is known; `accepts(text)` may refuse a text.

    What is refused must be the beginning of something that is not: a name that is taken, but never the only choice. A
    refused text in quotes cannot be closed.
    """

    __slots__ = ("_after", "_follow", "accepts", "lexeme", "state", "text")

    def __init__(self, lexeme: Lexeme, follow: Callable[[str], Place], accepts: Callable[[str], bool] | None = None,
                 state: Any = None, text: bytes = b"") -> None:
        self.lexeme, self._follow, self.accepts, self.text = lexeme, follow, accepts, text
        self.state = lexeme.start() if state is None else state
        self._after: Place | None = None

    def step(self, byte: int) -> Place | None:
        state = self.lexeme.step(self.state, byte)
        if state is not None:
            if state == END and self.accepts is not None and not self.accepts(_decoded(self.text + bytes((byte,)))):
                return None
            return InLexeme(self.lexeme, self._follow, self.accepts, state, self.text + bytes((byte,)))
        return self.after.step(byte) if self.may_be_over else None

    def run(self, text: bytes, at: int) -> tuple[Place | None, int]:
        """The same as steps, without a place for each byte: as far as `text` stays in the lexeme, then what comes after it."""
        state, end = self.state, at
        while end < len(text) and (following := self.lexeme.step(state, text[end])) is not None:
            state, end = following, end + 1
        place = self if end == at else InLexeme(self.lexeme, self._follow, self.accepts, state, self.text + text[at:end])
        if state == END and not place.may_be_over:
            return None, end
        if end == len(text):
            return place, end
        return (place.after if place.may_be_over else None), end

    def run_forced(self) -> tuple[bytes, Place]:
        """As far as a choice leaves nothing to choose."""
        node, path = self.state, bytearray()
        while isinstance(node, TrieNode) and node.text is None and len(node.children) == 1:
            ((byte, node),) = node.children.items()
            path.append(byte)
        return bytes(path), InLexeme(self.lexeme, self._follow, self.accepts, node, self.text + path) if path else self

    def ending(self, byte: int) -> tuple | None:
        """What the lexeme says, if it is over before this byte: alternatives that say the same need not both be followed."""
        return (self._follow, self.text) if self.lexeme.step(self.state, byte) is None else None

    @property
    def may_be_over(self) -> bool:
        return self.lexeme.is_accepting(self.state) and (self.accepts is None or self.accepts(_decoded(self.text)))

    @property
    def after(self) -> Place:
        """What comes if the lexeme is over here."""
        if self._after is None:
            self._after = self._follow(_decoded(self.text))
        return self._after

    def accepts_more(self, path: bytes) -> bool:
        return self.accepts is None or self.accepts(_decoded(self.text + path))

    def after_more(self, path: bytes) -> Place | None:
        return self._follow(_decoded(self.text + path)) if self.accepts_more(path) else None

    def next_bytes(self) -> Iterable[int]:
        inner = self.lexeme.next_bytes(self.state)
        if self.accepts is not None:
            inner = (byte for byte in inner if self.lexeme.step(self.state, byte) != END or self.accepts_more(bytes((byte,))))
        return {*inner, *self.after.next_bytes()} if self.may_be_over else inner

    @property
    def can_end(self) -> bool:
        return self.may_be_over and self.after.can_end

    def limited(self) -> Place:
        """The same place, with nothing but the end of its free text ahead when that has grown too long."""
        is_refused = self.accepts is not None and not self.accepts(_decoded(self.text + self.lexeme.closing))
        if len(self.text) < LONGEST_FREE_BYTES or is_refused:
            return self
        return InLexeme(self.lexeme, self._follow, self.accepts, self.lexeme.limited(self.state), self.text)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", errors="replace")


def _ending(place: Place, byte: int) -> tuple | None:
    return place.ending(byte) if isinstance(place, InLexeme) else None


class Either:
    """Several places at once: what may come is what may come in any of them."""

    __slots__ = ("places",)

    def __init__(self, *places: Place) -> None:
        self.places = places

    def step(self, byte: int) -> Place | None:
        left, seen = [], set()
        if byte == NEWLINE:
            # One line makes one document, however it was read.
            return next((after for place in self.places if (after := place.step(byte)) is not None), None)
        for place in self.places:
            after = place.step(byte)
            if after is not None and (ending := _ending(place, byte)) not in seen:
                left.append(after)
                seen |= {ending} - {None}
        return left[0] if len(left) == 1 else Either(*left) if left else None


    def next_bytes(self) -> Iterable[int]:
        return {byte for place in self.places for byte in place.next_bytes()}

    @property
    def can_end(self) -> bool:
        return any(place.can_end for place in self.places)

    def limited(self) -> Place:
        return Either(*(place.limited() if isinstance(place, InLexeme) else place for place in self.places))


class AtLineEnd:
    """A whole statement has been written; `commit()` is the document with it, asked for only when needed."""

    __slots__ = ("_commit", "_document")

    def __init__(self, commit: Callable[[], Document]) -> None:
        self._commit, self._document = commit, None

    @property
    def document(self) -> Document:
        if self._document is None:
            self._document = self._commit()
        return self._document

    def step(self, byte: int) -> Place | None:
        return AtLineStart(self) if byte == NEWLINE else None

    def next_bytes(self) -> Iterable[int]:
        return (NEWLINE,)

    @property
    def can_end(self) -> bool:
        return self.document.is_complete


class AtLineStart:
    """After a line end; what may come is worked out only when a byte is asked for."""

    __slots__ = ("_places", "_previous", "_statements")
    can_end = False

    def __init__(self, previous: AtLineEnd) -> None:
        self._previous = previous
        self._statements: dict[int, Statement] | None = None
        self._places: dict[int, Place | None] = {}

    @property
    def document(self) -> Document:
        return self._previous.document

    def step(self, byte: int) -> Place | None:
        place = self._place(byte) if 65 <= byte <= 90 else None
        return place.step(byte) if place else None

    def next_bytes(self) -> Iterator[int]:
        """Lazily: who looks for a second possibility does not pay for the third."""
        return (byte for byte in self._by_letter() if self._place(byte) is not None)

    def _by_letter(self) -> dict[int, Statement]:
        if self._statements is None:
            self._statements = {ord(one.keyword[0]): one for one in self.document.statements()}
        return self._statements

    def _place(self, byte: int) -> Place | None:
        if byte not in self._places:
            statement = self._by_letter().get(byte)
            is_possible = statement is not None and statement.is_possible()
            self._places[byte] = InLexeme(choice_of((statement.keyword,)), lambda _: statement.follow()) if is_possible else None
        return self._places[byte]

    def places(self) -> list[Place]:
        return [self._place(byte) for byte in self.next_bytes()]


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
        place, last_start, at = self.place, None, 0
        while place is not None and at < len(text):
            place, at = place.run(text, at) if isinstance(place, InLexeme) else (place.step(text[at]), at + 1)
            if isinstance(place, AtLineStart):
                last_start = place
        return self._at(place, last_start) if place is not None else None

    def _at(self, place: Place, last_start: AtLineStart | None) -> TextMatcher:
        if isinstance(place, (InLexeme, Either)):
            place = place.limited()
        return TextMatcher(self.vocabulary, self.end_id, last_start.document if last_start else self.document, place)

    def allowed(self) -> np.ndarray:
        return allowed_tokens(self.place, self.vocabulary, self.end_id)

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


def allowed_tokens(place: Place, vocabulary: Vocabulary, end_id: int) -> np.ndarray:
    parts: list[np.ndarray] = []
    extra: list[int] = [end_id] if place.can_end else []
    _collect(place, vocabulary.root, vocabulary, parts, extra)
    found = np.concatenate([*parts, np.array(extra, dtype=np.int64)])
    # Alternatives may allow the same token; where free text is one of them they never do.
    return np.unique(found) if len(found) < FEW_TOKENS else found


def _collect(place: Place, node: TokenNode, vocabulary: Vocabulary, parts: list[np.ndarray], extra: list[int]) -> None:
    """Tokens below `node` that may be written from `place` on."""
    if not node.size:
        return
    if isinstance(place, AtLineStart):
        if not any(65 <= byte <= 90 for byte in node.children):
            return
        place = Either(*place.places())
    if isinstance(place, Either):
        for one in place.places:
            _collect(one, node, vocabulary, parts, extra)
        return
    if isinstance(place, InLexeme) and node.size > FEW_BELOW:
        known = inside(place.lexeme, place.state, node)
        parts.append(known.ids if place.accepts is None else known.open_ids)
        if place.accepts is not None:
            for path, tokens in known.closings:
                extra += tokens if place.accepts_more(path) else []
        if place.may_be_over:
            _collect(place.after, node, vocabulary, parts, extra)
        for below, path in known.crossings:
            after = place.after_more(path)
            if after is not None:
                _collect(after, below, vocabulary, parts, extra)
        return
    for byte in place.next_bytes():
        child = node.children.get(byte)
        following = place.step(byte) if child is not None else None
        if following is not None:
            extra += child.tokens
            _collect(following, child, vocabulary, parts, extra)


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
