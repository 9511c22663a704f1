"""Random answers under the constraint, chosen by what they say and not by tokens, so that rare forms are reached often.

A walk goes byte by byte through the places of the constraint. Where texts are to choose from it takes one of them whole,
each as likely as any other, or one of few forms; names and strings it keeps short. Every document has its own leanings
(how many nodes, how many wires, how often functions, which properties), so that some grow long and others stay odd and small.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from model.constraint_lexemes import TrieNode
from model.constraint_node_keys import FORMS
from model.constraint_places import AtLineStart, Either, InLexeme, Place
from utils.catalogue.common_nodes import COMMON_NODES

NEWLINE = ord("\n")
MAX_BYTES = 6000
FAMILIAR = (*FORMS, *COMMON_NODES)
SAYINGS = (b"Split=", b"Members=", b"Cases=", b"Exposed=", b"Params=", b"Results=", b"Pure=", b"Class=", b" = ")


@dataclass
class Walk:
    """One random answer: its text, and the place it came to."""

    chance: random.Random
    place: Place
    text: bytearray = field(default_factory=bytearray)
    planned: bytes = b""
    owed: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keenness = {b"V": self.chance.choice((0.1, 1, 4)), b"N": self.chance.choice((2, 10, 30)), b"E": self.chance.choice((0.3, 1, 5)),
                         b"D": self.chance.choice((0.3, 1, 5)), b"G": self.chance.choice((0.02, 0.1, 0.5))}
        self.end_chance = self.chance.choice((0.01, 0.03, 0.2))
        self.familiar = self.chance.choice((0.2, 0.6, 0.95))
        forms = map(str.encode, self.chance.sample(list(FORMS), 5))
        self.favourites = frozenset((*self.chance.sample(SAYINGS, 3), *forms))

    def run(self) -> Walk:
        while not (self.place.can_end and self._wants_end()):
            self.step()
            assert len(self.text) < 10 * MAX_BYTES, f"no way to an end: {self.text[:2 * MAX_BYTES].decode()}"
        return self

    def follow(self, text: str) -> Walk:
        """Write this text, as far as the constraint lets it be written."""
        for byte in text.encode():
            after = self.place.step(byte)
            if after is None:
                break
            self.place = after
            self.text.append(byte)
        return self

    def _wants_end(self) -> bool:
        at_end = NEWLINE in self.place.next_bytes()
        return len(self.text) > MAX_BYTES or at_end and self.chance.random() < self.end_chance

    def step(self) -> None:
        byte = self._next_byte()
        self.place = self.place.step(byte)
        self.text.append(byte)

    def _next_byte(self) -> int:
        if self.planned:
            byte, self.planned = self.planned[0], self.planned[1:]
            return byte
        if isinstance(self.place, AtLineStart):
            self.owed = [name.encode() for name in self.place.document.missing_functions if name.isidentifier()]
            return self._statement(list(self.place.next_bytes()))
        return self._in_line(self.place)

    def _statement(self, letters: list[int]) -> int:
        weights = [self.keenness.get(bytes([letter]), 1.0) for letter in letters]
        if b"GRAPH" not in self.text:
            weights = [max(weight, 1.0) if letter == ord("G") else weight for letter, weight in zip(letters, weights)]
        if letters == [ord("N")]:
            # A function that owes a result takes nothing else until it has one.
            self.favourites |= {b"FunctionResult"}
        # A document that has grown long finishes what it has: wires, in the end nothing.
        if len(self.text) > MAX_BYTES // 2:
            weights = [1.0 if letter in b"ED" or letter == ord("G") and self.owed else 0.01 for letter in letters]
        return self.chance.choices(letters, weights)[0]

    def _in_line(self, place: Place) -> int:
        if isinstance(place, Either):
            possible = [one for one in place.places if any(True for _ in one.next_bytes())]
            return self._in_line(self.chance.choice([*possible, *possible[:1]]))
        if isinstance(place, InLexeme) and isinstance(place.state, TrieNode):
            return self._planned_text(place)
        if isinstance(place, InLexeme) and not place.text and (said_before := self._said_before(place)):
            self.planned = said_before[1:]
            return said_before[0]
        letters = sorted(place.next_bytes())
        over = sorted(place.after.next_bytes()) if isinstance(place, InLexeme) and place.may_be_over else []
        closing = [34] if 34 in letters and len(place.text) > 1 else []
        if (over or closing) and self.chance.random() < 0.4:
            letters = over or closing
        return self.chance.choice(letters)

    def _said_before(self, place: InLexeme) -> bytes | None:
        """A name that the document has already, in half of the places where any name may stand: names that meet are the hard cases."""
        is_of_graph = self.text.endswith(b"GRAPH: ")
        if self.chance.random() < 0.5 and not (is_of_graph and self.owed):
            return None
        # Functions that were called are declared at last, or the answer could not end.
        word = self.chance.choice(self.owed if is_of_graph and self.owed else re.findall(rb"[A-Za-z_]\w*", self.text)[-50:])
        word = b'"' + word + b'"' if ord('"') in place.next_bytes() else word
        after: Place | None = place
        for byte in word:
            after = after.step(byte) if after else None
        return word if after and (after.can_end or any(True for _ in after.next_bytes())) else None

    def _planned_text(self, place: InLexeme) -> int:
        """One of the texts of a choice, as a whole."""
        node = place.state
        texts = node._texts[node._low:node._high]
        if place.may_be_over and (not texts or self.chance.random() < 0.5):
            return self._in_line(place.after)
        usual = [text for text in texts if text.decode() in FAMILIAR] if len(texts) > 100 else []
        favoured = [text for text in texts if text in self.favourites]
        wanted = next((some for some in (favoured, usual) if some and self.chance.random() < self.familiar), texts)
        text = self.chance.choice(wanted)
        self.planned = text[node._depth + 1:]
        return text[node._depth]


def walk(constraint: Any, seed: int) -> Walk:
    return Walk(random.Random(seed), constraint.start().place).run()
