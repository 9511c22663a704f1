"""The places an answer can be at: inside a lexeme, at the end of a line, at the start of the next one.

Places never change; what follows a byte is another place, so that guesses can be tried and dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from model.constraint_lexemes import END, Lexeme, TrieNode, choice_of

NEWLINE = ord("\n")


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
    refused text in quotes cannot be closed. `deciding` are the names, in lower case, on which it depends what may follow
    before the next value or line begins: all other texts are followed alike (None: no two are). `ahead` are the bytes with
    which what follows may begin, where that is known without following every text.
    """

    __slots__ = ("_after", "_follow", "accepts", "ahead", "deciding", "lexeme", "state", "text")

    def __init__(self, lexeme: Lexeme, follow: Callable[[str], Place], accepts: Callable[[str], bool] | None = None,
                 state: Any = None, text: bytes = b"", ahead: bytes | None = None, deciding: Container[str] | None = None) -> None:
        self.lexeme, self._follow, self.accepts, self.text, self.ahead, self.deciding = lexeme, follow, accepts, text, ahead, deciding
        self.state = lexeme.start() if state is None else state
        self._after: Place | None = None

    def step(self, byte: int) -> Place | None:
        state = self.lexeme.step(self.state, byte)
        if state is not None:
            if state == END and self.accepts is not None and not self.accepts(_decoded(self.text + bytes((byte,)))):
                return None
            return self._at(state, self.text + bytes((byte,)))
        return self.after.step(byte) if self.may_be_over else None

    def run(self, text: bytes, at: int) -> tuple[Place | None, int]:
        """The same as steps, without a place for each byte: as far as `text` stays in the lexeme, then what comes after it."""
        state, end = self.state, at
        while end < len(text) and (following := self.lexeme.step(state, text[end])) is not None:
            state, end = following, end + 1
        place = self if end == at else self._at(state, self.text + text[at:end])
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
        return bytes(path), self._at(node, self.text + path) if path else self

    def _at(self, state: Any, text: bytes) -> InLexeme:
        return InLexeme(self.lexeme, self._follow, self.accepts, state, text, self.ahead, self.deciding)

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

    def decides_more(self, path: bytes) -> bool:
        if not self.deciding:
            return self.deciding is None
        return _decoded(self.text + path).strip('"').lower() in self.deciding

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
        if len(self.text) < self.lexeme.longest or is_refused:
            return self
        return self._at(self.lexeme.limited(self.state), self.text)


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
            # What follows is worked out once, for the mask and for the step.
            follow = cache(lambda _: statement.follow())
            self._places[byte] = InLexeme(choice_of((statement.keyword,)), follow) if is_possible else None
        return self._places[byte]

    def places(self) -> list[Place]:
        return [self._place(byte) for byte in self.next_bytes()]


def run(place: Place | None, text: bytes) -> tuple[Place | None, AtLineStart | None]:
    """The place after a text, None where it may not stand; and the last start of a line that was passed."""
    last_start, at = None, 0
    while place is not None and at < len(text):
        place, at = place.run(text, at) if isinstance(place, InLexeme) else (place.step(text[at]), at + 1)
        if isinstance(place, AtLineStart):
            last_start = place
    return place, last_start
