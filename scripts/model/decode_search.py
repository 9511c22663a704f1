"""More than one answer to a question: behind the greedy one, those that begin where the model nearly chose otherwise.

Greedy decoding cannot take back a choice that later turns out unlikely. Beams would decode several texts of every question
from the start, most of them alike; these share all that the model was sure of, and a question without doubts costs nothing.
The answers come in waves, each half of what is left: what a wave finds to be likelier than the greedy answer has doubts of its own.
The search ends where nothing is left that could be likelier than a flawless answer that was found: no text is likelier than its beginning.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from model.choosing import Judged, judged
from model.decode_types import Answer, Doubt, Request

MAX_LOST = 4.0
"""Natural logarithm: what was that much less likely than what the greedy answer chose is not tried."""


class Search:
    """The answers of each question of a run, until the last of them is there."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = requests
        self._found: dict[int, list[Answer]] = defaultdict(list)
        self._running: Counter[int] = Counter(range(len(requests)))
        self._untried: dict[int, list[tuple[float, Doubt]]] = defaultdict(list)

    def take(self, answer: Answer) -> list[Request]:
        """Keep a finished answer; what is to be tried next where it was the last of its wave."""
        index = answer.index
        self._found[index].append(answer)
        self._running[index] -= 1
        if answer.is_whole:
            # All that comes before a doubt and most that comes after is alike.
            self._untried[index] += [(answer.logprob - doubt.lost, doubt) for doubt in answer.doubts if doubt.lost < MAX_LOST]
        further = [] if self._running[index] else self._wave(index)
        self._running[index] += len(further)
        return further

    def _wave(self, index: int) -> list[Request]:
        """Half of the candidates that are left, those that promise most; none behind an answer that did not come to its end."""
        request, found = self.requests[index], self._found[index]
        left = request.candidates - len(found)
        if left <= 0 or not found[0].is_whole:
            return []
        bound = _bound(judged(request.instruction, found)[0])
        promising = sorted((one for one in self._untried[index] if one[1].logprob > bound), key=lambda one: -one[0])
        wave, self._untried[index] = promising[:(left + 1) // 2], promising[(left + 1) // 2:]
        return [replace(request, start=doubt.start, start_logprob=doubt.logprob) for _, doubt in wave]

    def settled(self, index: int) -> Answer | None:
        """The best answer to a question once all are there; its seconds are those of all."""
        if self._running[index]:
            return None
        found = self._found.pop(index)
        self._untried.pop(index, None)
        best = judged(self.requests[index].instruction, found)[0].answer if len(found) > 1 else found[0]
        return replace(best, seconds=sum(answer.seconds for answer in found))


def _bound(best: Judged) -> float:
    """Natural logarithm of the likelihood that a beginning has to exceed to be worth going on with; a flaw may be mended by an answer that is less likely."""
    return math.log(best.likelihood) if best.is_flawless and best.likelihood else -math.inf
