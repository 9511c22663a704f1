"""More than one answer to a question: behind the greedy one, those that begin where the model nearly chose otherwise.

Greedy decoding cannot take back a choice that later turns out unlikely. Beams would decode several texts of every question
from the start, most of them alike; these share all that the model was sure of, and a question without doubts costs nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from model.choosing import best_first
from model.decode_types import Answer, Request

MAX_LOST = 4.0
"""Natural logarithm: what is that much less likely than the greedy answer before it goes on is not tried."""


class Search:
    """The answers of each question of a run, until the last of them is there."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = requests
        self._found: dict[int, list[Answer]] = defaultdict(list)
        self._running: Counter[int] = Counter(range(len(requests)))

    def take(self, answer: Answer) -> list[Request]:
        """Keep a finished answer; what is to be tried because of it."""
        further = [] if self._found[answer.index] else self._alternatives(answer)
        self._found[answer.index].append(answer)
        self._running[answer.index] += len(further) - 1
        return further

    def _alternatives(self, answer: Answer) -> list[Request]:
        """The likeliest of what the greedy answer nearly became."""
        request = self.requests[answer.index]
        if request.candidates == 1 or not answer.is_whole:
            return []
        likeliest = sorted(answer.doubts, key=lambda doubt: -doubt.logprob)[:request.candidates - 1]
        return [replace(request, start=doubt.start, start_logprob=doubt.logprob) for doubt in likeliest if doubt.logprob > answer.logprob - MAX_LOST]

    def settled(self, index: int) -> Answer | None:
        """The best answer to a question once all are there; its seconds are those of all."""
        if self._running[index]:
            return None
        found = self._found.pop(index)
        best = best_first(self.requests[index].instruction, found)[0] if len(found) > 1 else found[0]
        return replace(best, seconds=sum(answer.seconds for answer in found))
