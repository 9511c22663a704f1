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
UNLIKELY = -30.0
"""Natural logarithm: an answer less likely than that has been led to where nothing fits of what may come. It is given up for others."""
WORST_REST = -12.0
"""Natural logarithm: the rest of an answer counts as no worse for those that leave it before."""


class Search:
    """The answers of each question of a run, until the last of them is there."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = requests
        self._found: dict[int, list[Answer]] = defaultdict(list)
        self._running: Counter[int] = Counter(range(len(requests)))
        self._untried: dict[int, list[tuple[float, Doubt]]] = defaultdict(list)
        self._best: dict[int, Judged] = {}
        self._given_up: dict[int, Doubt | None] = {}

    def take(self, answer: Answer) -> list[Request]:
        """Keep a finished answer; what is to be tried next where it was the last of its wave."""
        index = answer.index
        if index not in self._found:
            self._given_up[index] = answer.given_up
        self._found[index].append(answer)
        self._running[index] -= 1
        self._untried[index] += [(_promise(answer, doubt), doubt) for doubt in answer.doubts if doubt.lost < MAX_LOST]
        if self.requests[index].candidates == 1 or self._running[index]:
            return []
        self._best[index] = judged(self.requests[index].instruction, self._found[index])[0]
        if answer.stop_reason == "timeout":
            return []
        further = self._wave(index) or self._last_resort(index)
        self._running[index] += len(further)
        return [replace(self.requests[index], start=doubt.start, start_logprob=doubt.logprob) for doubt in further]

    def _wave(self, index: int) -> list[Doubt]:
        """Half of the candidates that are left, those that promise most."""
        left = max(0, self.requests[index].candidates - len(self._found[index]))
        bound = self._bound(index)
        promising = sorted((one for one in self._untried[index] if one[1].logprob > bound), key=lambda one: -one[0])
        wave, self._untried[index] = promising[:(left + 1) // 2], promising[(left + 1) // 2:]
        return [doubt for _, doubt in wave]

    def _last_resort(self, index: int) -> list[Doubt]:
        """Where all were given up, the first is gone on with, once."""
        given_up = self._given_up.pop(index, None)
        return [given_up] if given_up and not any(answer.stop_reason in ("end", "budget") for answer in self._found[index]) else []

    def least_logprob(self, index: int, start_logprob: float) -> float:
        """Below it an answer that begins so likely is given up; not again one that is gone on with after all."""
        if self.requests[index].candidates == 1:
            return -math.inf
        return max(self._bound(index), UNLIKELY if start_logprob > UNLIKELY else -math.inf)

    def _bound(self, index: int) -> float:
        """Natural logarithm of the likelihood that a text has to exceed; a flaw may be mended by an answer that is less likely."""
        best = self._best.get(index)
        return math.log(best.likelihood) if best and best.is_flawless and best.likelihood else -math.inf

    def settled(self, index: int) -> Answer | None:
        """The best answer to a question once all are there; its seconds are those of all."""
        if self._running[index]:
            return None
        found = self._found.pop(index)
        self._untried.pop(index, None)
        best = self._best.pop(index).answer if index in self._best else found[0]
        return replace(best, seconds=sum(answer.seconds for answer in found))


def _promise(answer: Answer, doubt: Doubt) -> float:
    """How likely an answer is expected to be that leaves this one at a doubt: most that comes after is alike, unless it was bad."""
    rest = answer.logprob - doubt.logprob - doubt.lost
    return doubt.logprob + max(rest, WORST_REST)
