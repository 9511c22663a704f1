"""Guessing the next tokens from what was written before: the model then checks several tokens in one forward pass.

Answers of this language repeat themselves and each other, so the continuation of the same few tokens in earlier text is
a good guess. A wrong guess costs a little time and never changes the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

NGRAM_TOKENS = (4, 3, 2)
"""Longest match first: it is right more often."""


class NgramDraft:
    """Texts seen in this session, and where each run of a few tokens was continued last."""

    def __init__(self) -> None:
        self._texts: list[list[int]] = []
        self._places: dict[tuple[int, ...], tuple[int, int]] = {}

    def open_text(self, tokens: Sequence[int] = ()) -> int:
        """Start a text and return its number."""
        self._texts.append([])
        self.extend(len(self._texts) - 1, tokens)
        return len(self._texts) - 1

    def extend(self, text: int, tokens: Sequence[int]) -> None:
        written = self._texts[text]
        for token in tokens:
            for n in NGRAM_TOKENS:
                if len(written) >= n:
                    self._places[tuple(written[-n:])] = (text, len(written))
            written.append(token)

    def guess(self, text: int, limit: int) -> list[int]:
        """Up to `limit` tokens that may follow the end of the text."""
        written = self._texts[text]
        for n in NGRAM_TOKENS:
            place = self._places.get(tuple(written[-n:]))
            if place and limit > 0:
                earlier, start = place
                return self._texts[earlier][start:start + limit]
        return []
