"""The decoding loop of one call: rows that wait, rows that run, rows that are done; a constraint between model and text."""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from model.decode_attention import RowsStep
from model.decode_search import Search
from model.decode_types import Answer, Doubt, Matcher, Request

if TYPE_CHECKING:
    from model.decode import Decoder

MAX_DRAFT_TOKENS = 10
PREFILL_TOKENS = 1024
DOUBTED = math.log(0.95)
"""What the model is less sure of than that has an alternative worth trying."""
MAX_REFUSALS = 4
"""Second, third, ... choices of the model that are tried before a mask is made: at a vocabulary of 128k a try takes 26 us and the search
for the next largest, a mask 130 us on average and milliseconds at places never seen."""


@dataclass
class Row:
    """A running answer: `pending` are the tokens the model has not seen yet, `stored` how many it has."""

    index: int
    request: Request
    pending: list[int]
    matcher: Matcher | None
    output: list[int] = field(default_factory=list)
    stored: int = 0
    forced: int = 0
    seconds: float = 0.0
    logprob: float = 0.0
    least_logprob: float = -math.inf
    doubts: list[Doubt] = field(default_factory=list)
    stop_reason: str = ""
    fault: str = ""
    draft_text: int = 0
    sampler: torch.Generator | None = None


class Run:
    """One call of `generate`: rows waiting, rows running (the first rows of the cache, in order), rows done."""

    def __init__(self, decoder: Decoder, requests: list[Request], prompts: list[tuple[int, ...]], on_tokens: Callable[[int, list[int]], None] | None,
                 without: frozenset[int] = frozenset()) -> None:
        self.decoder, self.on_tokens = decoder, on_tokens
        self.statistics = decoder.statistics
        self.rows: list[Row] = []
        self.spent_s: Counter[int] = Counter()  # of each question, all its candidates together
        started = time.perf_counter()
        self.prompts = prompts
        self.search = Search(requests)
        self.is_scored = decoder.scores or any(request.candidates > 1 for request in requests)
        with torch.inference_mode():
            self.cache, self.shared = decoder.cache_for(prompts) if prompts else (None, 0)
        # Longest question first: it tends to have the longest answer, which would else run alone at the end.
        order = sorted(set(range(len(requests))) - without, key=lambda i: (-len(prompts[i]), i))
        self.waiting = deque(self._row(i, requests[i]) for i in order)
        self._count_time(started)

    def _row(self, index: int, request: Request) -> Row:
        matcher = self.decoder.constraint.start() if self.decoder.constraint else None
        for token in request.start if matcher else ():
            matcher = matcher.advance(token)
        row = Row(index, request, [*self.prompts[index][self.shared:], *request.start], matcher, list(request.start), logprob=request.start_logprob,
                  least_logprob=self.search.least_logprob(index, request.start_logprob))
        row.draft_text = self.decoder.drafts.open_text(row.pending)
        if self._is_ended(row):  # what was nearly chosen was to end there
            row.stop_reason = "end"
        if request.temperature > 0:
            row.sampler = torch.Generator().manual_seed(request.seed * 1_000_003 + index)
        return row

    @property
    def is_unfinished(self) -> bool:
        return bool(self.rows or self.waiting)

    def step(self) -> list[Answer]:
        """One forward pass: of new rows' questions while there is room, else of one or more tokens of all running rows."""
        started = time.perf_counter()
        room = self.decoder.row_limit - len(self.rows)
        if self.waiting and room:
            rows, first = self._admit(room), len(self.rows)
            self.rows += rows
            self._forward(rows, first, [])
            self.statistics.prefill_s += time.perf_counter() - started
        else:
            rows = self.rows
            self._forward(rows, 0, self._guesses())
        self._count_time(started, rows)
        return self._collect()

    def _admit(self, room: int) -> list[Row]:
        admitted, tokens = [], 0
        while self.waiting and len(admitted) < room and (not admitted or tokens + len(self.waiting[0].pending) <= PREFILL_TOKENS):
            row = self.waiting.popleft()
            self._guarded(row, self._force)
            tokens += len(row.pending)
            admitted.append(row)
        return admitted

    def _guesses(self) -> list[list[int]]:
        spare = self.decoder.draft_limit - sum(len(row.pending) for row in self.rows)
        each = min(MAX_DRAFT_TOKENS, spare // len(self.rows))
        return [self.decoder.drafts.guess(row.draft_text, each) for row in self.rows] if each > 0 else []

    def _forward(self, rows: list[Row], first: int, drafts: list[list[int]]) -> None:
        """Run pending and guessed tokens, then choose what follows."""
        drafts = drafts or [[]] * len(rows)
        chunks = [row.pending + draft for row, draft in zip(rows, drafts)]
        step = RowsStep(self.cache, first, [row.stored for row in rows], chunks, self.shared, self.decoder.device)
        states = self.decoder.engine.states(step.ids, step.positions, step)
        wanted = [place for last, draft in zip(step.last, drafts) for place in range(last - len(draft), last + 1)]
        logits = self.decoder.engine.logits(states[wanted])
        self.statistics.model_steps += 1
        self._choose(rows, drafts, logits)

    def _choose(self, rows: list[Row], drafts: list[list[int]], logits: Tensor) -> None:
        best = logits.argmax(-1).tolist()
        peaks = logits.logsumexp(-1).tolist() if self.is_scored else None
        place = 0
        for row, draft in zip(rows, drafts):
            row.stored += len(row.pending)
            row.pending = []
            if not row.stop_reason:
                self._guarded(row, self._accept, draft, logits[place:], best[place:], peaks[place:] if peaks else None)
            place += len(draft) + 1

    @staticmethod
    def _guarded(row: Row, work: Callable[..., None], *more: Any) -> None:
        """A fault of the constraint ends the answer in which it shows, and is told as such: hundreds of others go on."""
        try:
            work(row, *more)
        except Exception as error:
            if row.matcher is None:
                raise
            row.stop_reason, row.fault = "fault", f"{type(error).__name__}: {error}"

    def _accept(self, row: Row, draft: list[int], logits: Tensor, best: list[int], peaks: list[float] | None) -> None:
        """Choose after the last known token, and again after each guessed token that turns out to be the choice."""
        self.statistics.guessed_tokens += len(draft)
        for depth in range(len(draft) + 1):
            token, matcher = self._choice(row, logits[depth], best[depth])
            if row.matcher is not None and matcher is None:
                raise RuntimeError("the constraint lets nothing follow")
            if peaks:
                self._score(row, token, logits[depth], peaks[depth])
            self._append(row, token, matcher)
            # Forced tokens that agree with the guess are in the cache already.
            guessed = draft[depth:depth + 1] == [token]
            if row.stop_reason or not guessed:
                break
            row.stored += 1
            self.statistics.guessed_right += 1
            row.pending = row.pending[1:]
            if row.pending:
                break

    def _choice(self, row: Row, logits: Tensor, best: int) -> tuple[int, Matcher | None]:
        """The model's choice among what may come, and the state after it. Takes refused tokens out of `logits`.

        The model's own choices are tried in their order before a mask of the whole vocabulary is made: mostly the first is right.
        Sampling rejects the same way, which is exact: p(x) + (1 - Z) p(x) / Z = p(x) / Z for a legal x, Z their sum.
        """
        token = best if row.sampler is None else _best(logits, row)
        if row.matcher is None:
            return token, None
        started = time.perf_counter()
        after = row.matcher.advance(token)
        for _ in range(MAX_REFUSALS):
            if after is not None:
                break
            logits[token] = -torch.inf
            token = _best(logits, row)
            after = row.matcher.advance(token)
        if after is None:
            allowed = torch.from_numpy(row.matcher.allowed()).to(logits.device)
            token = _best(torch.where(allowed, logits[:len(allowed)], -torch.inf), row)
            after = row.matcher.advance(token)
            self.statistics.masks += 1
        self.statistics.constraint_s += time.perf_counter() - started
        return token, after

    def _score(self, row: Row, token: int, logits: Tensor, peak: float) -> None:
        """Add up the probability of what was chosen; where there are to be several candidates, note what was nearly chosen instead.

        Then takes the chosen out of `logits`.
        """
        chosen = float(logits[token]) - peak
        if chosen < DOUBTED and row.request.candidates > 1 and row.sampler is None:
            logits[token] = -torch.inf
            other, after = self._choice(row, logits, int(logits.argmax()))
            if row.matcher is None or after is not None:
                found = float(logits[other]) - peak
                row.doubts.append(Doubt((*row.output, other), row.logprob + found, chosen - found))
        row.logprob += chosen
        if row.logprob < row.least_logprob:
            row.stop_reason = "unlikely"

    def _append(self, row: Row, token: int, matcher: Matcher | None) -> None:
        self._take(row, token)
        row.matcher = matcher
        self.statistics.chosen_tokens += 1
        if not row.stop_reason:
            self._force(row)
        if not row.stop_reason and len(row.output) >= row.request.budget_tokens:
            row.stop_reason = "budget"

    def _take(self, row: Row, token: int) -> None:
        row.output.append(token)
        row.pending.append(token)
        self.decoder.drafts.extend(row.draft_text, [token])
        if self._is_ended(row):
            row.stop_reason = "end"
        elif self.on_tokens and not row.request.start:
            self.on_tokens(row.index, [token])

    def _is_ended(self, row: Row) -> bool:
        return row.output[-len(self.decoder.end_ids):] == self.decoder.end_ids

    def _force(self, row: Row) -> None:
        """Append what the constraint leaves no choice about."""
        if row.matcher is None:
            return
        started = time.perf_counter()
        tokens, row.matcher = row.matcher.forced()
        for token in tokens:
            self._take(row, token)
        row.forced += len(tokens)
        self.statistics.forced_tokens += len(tokens)
        self.statistics.constraint_s += time.perf_counter() - started

    def _count_time(self, started: float, rows: Sequence[Row] = ()) -> None:
        spent = time.perf_counter() - started
        self.statistics.total_s += spent
        for row in rows:
            row.seconds += spent / len(rows)
            self.spent_s[row.index] += spent / len(rows)
            if not row.stop_reason and self.spent_s[row.index] > self.decoder.timeout_s:
                row.stop_reason = "timeout"

    def _collect(self) -> list[Answer]:
        """Take finished rows out; the last running row moves into each gap."""
        finished = []
        for place in reversed(range(len(self.rows))):
            row = self.rows[place]
            if row.stop_reason:
                last = self.rows.pop()
                if last is not row:
                    self.cache.move_row(len(self.rows), place, last.stored)
                    self.rows[place] = last
                finished += self._settled(self._answer(row))
        return finished

    def _settled(self, answer: Answer) -> list[Answer]:
        """The answer itself, or the best of its question once no other is left to try."""
        finished = deque([answer])
        while finished:
            for row in [self._row(answer.index, request) for request in self.search.take(finished.popleft())]:
                if row.stop_reason:
                    finished.append(self._answer(row))
                else:
                    self.waiting.append(row)
        best = self.search.settled(answer.index)
        return [best] if best else []

    def _answer(self, row: Row) -> Answer:
        end = len(self.decoder.end_ids) if row.stop_reason == "end" else 0
        raw = text = self.decoder.text_of(row.output[:len(row.output) - end])
        if row.matcher is not None and row.stop_reason != "end":
            text = _completed(row, raw)
        logprob = row.logprob if self.is_scored else None
        given_up = Doubt(tuple(row.output), row.logprob, 0.0) if row.stop_reason == "unlikely" else None
        return Answer(row.index, text, row.stop_reason, len(row.output), row.forced, row.seconds, logprob, row.fault, tuple(row.doubts), given_up, raw)


def _completed(row: Row, raw: str) -> str:
    """What has been written, cut and made whole; as it is, and a fault, where the constraint cannot do that."""
    try:
        return row.matcher.completed_text()
    except Exception as error:
        row.stop_reason, row.fault = "fault", row.fault or f"{type(error).__name__}: {error}"
        return raw


def _best(logits: Tensor, row: Row) -> int:
    return int(logits.argmax()) if row.sampler is None else _sample(logits, row.request.temperature, row.sampler)


def _sample(logits: Tensor, temperature: float, generator: torch.Generator) -> int:
    return int(torch.multinomial(torch.softmax(logits.cpu() / temperature, -1), 1, generator=generator))
