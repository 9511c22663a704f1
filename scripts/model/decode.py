"""Many answers at once from one model: shared prompt, rows that come and go, a constraint between model and text.

The loop is our own because transformers' `generate` costs 1.5 to 1.75 times as much, cannot share the keys and values of
the system prompt between rows, cannot replace a finished row, and cannot append tokens that need no model.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from model.decode_attention import KeyValues, PrefixStep, RowsStep
from model.decode_draft import NgramDraft
from model.decode_engine import engine_for
from model.encode import common_prefix_tokens, encode_prompt, end_of_turn_ids

BATCH_ROWS = {"cpu": 40, "cuda": 64}
"""Rows decoded together. From 40 tokens a step on, two CPU cores are at the limit of their arithmetic."""
DRAFT_TOKENS_PER_STEP = {"cpu": 40, "cuda": 128}
"""Guessed tokens are checked only while a step stays this small: there a token more costs little. On two cores 40 prompts took
87 s with 12, 80 with 24, 74 with 40, 82 with 64."""
MAX_DRAFT_TOKENS = 10
PREFILL_TOKENS = 1024
DEFAULT_BUDGET_TOKENS = 1024
DEFAULT_TIMEOUT_S = 300.0


class Matcher(Protocol):
    """Where a constrained answer stands. Never changes: what follows a token is another matcher."""

    def advance(self, token: int) -> Matcher | None:
        """The state after a token, or None when the token may not come here."""

    def allowed(self) -> Sequence[int]:
        """All tokens that may come here, never empty before the end."""

    def forced(self) -> tuple[list[int], Matcher]:
        """Tokens that must come whatever the model thinks, and the state after them."""

    def completed_text(self) -> str:
        """The answer cut at its last line end and made whole."""


class Constraint(Protocol):
    def start(self) -> Matcher:
        """The state before the first token of an answer."""


@dataclass(frozen=True)
class Request:
    """One question. `context` opens the answer of a continued conversation; `seed` counts only when sampling."""

    instruction: str
    input: str = ""
    budget_tokens: int = DEFAULT_BUDGET_TOKENS
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    stop_reason     "end" | "budget" (cut at the token budget) | "timeout" | "fault" (of the constraint, not of the model)
    fault           what the constraint failed with
    seconds         its share of the time of every step it took part in
    mean_logprob    of the tokens the model chose; None unless scores were asked for
    """

    index: int
    text: str
    stop_reason: str
    tokens: int
    forced_tokens: int
    seconds: float
    mean_logprob: float | None = None
    fault: str = ""

    @property
    def is_cut(self) -> bool:
        return self.stop_reason == "budget"


@dataclass
class Statistics:
    """What a generation cost; times in seconds of the wall clock."""

    model_steps: int = 0
    chosen_tokens: int = 0
    forced_tokens: int = 0
    guessed_tokens: int = 0
    guessed_right: int = 0
    total_s: float = 0.0
    prefill_s: float = 0.0
    constraint_s: float = 0.0

    @property
    def forced_frac(self) -> float:
        return self.forced_tokens / max(1, self.forced_tokens + self.chosen_tokens)


@dataclass
class _Row:
    """A running answer: `pending` are the tokens the model has not seen yet, `stored` how many it has."""

    index: int
    request: Request
    pending: list[int]
    matcher: Matcher | None
    output: list[int] = field(default_factory=list)
    stored: int = 0
    forced: int = 0
    seconds: float = 0.0
    logprobs: list[float] = field(default_factory=list)
    stop_reason: str = ""
    fault: str = ""
    draft_text: int = 0
    sampler: torch.Generator | None = None


class Decoder:
    """A model with a system prompt whose keys and values are computed once, at the first question."""

    def __init__(self, model: Any, tokenizer: Any, system_prompt: str, *, constraint: Constraint | None = None,
                 rows: int | None = None, timeout_s: float = DEFAULT_TIMEOUT_S, draft: bool = True, scores: bool = False, is_packed: bool | None = None) -> None:
        self.model, self.tokenizer, self.system_prompt = model.eval(), tokenizer, system_prompt
        self.constraint, self.timeout_s, self.scores = constraint, timeout_s, scores
        self.engine = engine_for(self.model, is_packed)
        self.device = model.get_input_embeddings().weight.device
        self.row_limit = rows or BATCH_ROWS[self.device.type]
        self.draft_limit = DRAFT_TOKENS_PER_STEP[self.device.type] if draft else 0
        self.end_ids = list(end_of_turn_ids(tokenizer))
        self.statistics = Statistics()
        self._drafts = NgramDraft()
        self._prefix_ids: tuple[int, ...] = ()
        self._cache: KeyValues | None = None

    def generate(self, requests: Iterable[Request | str], should_stop: Callable[[], bool] = lambda: False,
                 on_tokens: Callable[[int, list[int]], None] | None = None) -> list[Answer]:
        """Answers in the order of the requests; those that a stop left unfinished are missing."""
        return sorted(self.stream(requests, should_stop, on_tokens), key=lambda answer: answer.index)

    def stream(self, requests: Iterable[Request | str], should_stop: Callable[[], bool] = lambda: False,
               on_tokens: Callable[[int, list[int]], None] | None = None) -> Iterator[Answer]:
        """Each answer as soon as it is finished. `should_stop` and `on_tokens(index, new ids)` are called between tokens."""
        run = _Run(self, [Request(r) if isinstance(r, str) else r for r in requests], on_tokens)
        while run.is_unfinished and not should_stop():
            with torch.inference_mode():
                finished = run.step()
            yield from finished

    def encode(self, request: Request) -> tuple[int, ...]:
        return encode_prompt(self.tokenizer, self.system_prompt, request.instruction, request.input)

    def cache_for(self, prompts: Sequence[Sequence[int]]) -> tuple[KeyValues, int]:
        """The cache with the shared prefix in it, and how many of its tokens these prompts share."""
        if self._cache is None:
            probes = [self.encode(Request(text)) for text in ("Print", "7 doors")]
            self._prefix_ids = probes[0][:common_prefix_tokens(probes)]
            self._cache = KeyValues(self.model.config.num_hidden_layers, self.row_limit)
            self._run_prefix()
        return self._cache, common_prefix_tokens([(*self._prefix_ids, -1), *prompts])

    def _run_prefix(self) -> None:
        ids = torch.tensor(self._prefix_ids, device=self.device)
        self.engine.states(ids, torch.arange(len(self._prefix_ids), device=self.device), PrefixStep(self._cache))

    def text_of(self, ids: Sequence[int]) -> str:
        return self.tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)


class _Run:
    """One call of `generate`: rows waiting, rows running (the first rows of the cache, in order), rows done."""

    def __init__(self, decoder: Decoder, requests: list[Request], on_tokens: Callable[[int, list[int]], None] | None) -> None:
        self.decoder, self.on_tokens = decoder, on_tokens
        self.statistics = decoder.statistics
        self.rows: list[_Row] = []
        started = time.perf_counter()
        prompts = [decoder.encode(request) for request in requests]
        with torch.inference_mode():
            self.cache, self.shared = decoder.cache_for(prompts) if prompts else (None, 0)
        # Longest question first: it tends to have the longest answer, which would else run alone at the end.
        order = sorted(range(len(requests)), key=lambda i: -len(prompts[i]))
        self.waiting = deque(self._row(i, requests[i], prompts[i]) for i in order)
        self._count_time(started)

    def _row(self, index: int, request: Request, prompt: tuple[int, ...]) -> _Row:
        matcher = self.decoder.constraint.start() if self.decoder.constraint else None
        row = _Row(index, request, list(prompt[self.shared:]), matcher)
        row.draft_text = self.decoder._drafts.open_text(row.pending)
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
            self._forward(rows, 0, self._drafts())
        self._count_time(started, rows)
        return self._collect()

    def _admit(self, room: int) -> list[_Row]:
        admitted, tokens = [], 0
        while self.waiting and len(admitted) < room and (not admitted or tokens + len(self.waiting[0].pending) <= PREFILL_TOKENS):
            row = self.waiting.popleft()
            self._guarded(row, self._force)
            tokens += len(row.pending)
            admitted.append(row)
        return admitted

    def _drafts(self) -> list[list[int]]:
        spare = self.decoder.draft_limit - sum(len(row.pending) for row in self.rows)
        each = min(MAX_DRAFT_TOKENS, spare // len(self.rows))
        return [self.decoder._drafts.guess(row.draft_text, each) for row in self.rows] if each > 0 else []

    def _forward(self, rows: list[_Row], first: int, drafts: list[list[int]]) -> None:
        """Run pending and guessed tokens, then choose what follows."""
        drafts = drafts or [[]] * len(rows)
        chunks = [row.pending + draft for row, draft in zip(rows, drafts)]
        step = RowsStep(self.cache, first, [row.stored for row in rows], chunks, self.shared, self.decoder.device)
        states = self.decoder.engine.states(step.ids, step.positions, step)
        wanted = [place for last, draft in zip(step.last, drafts) for place in range(last - len(draft), last + 1)]
        logits = self.decoder.engine.logits(states[wanted])
        self.statistics.model_steps += 1
        self._choose(rows, drafts, logits)

    def _choose(self, rows: list[_Row], drafts: list[list[int]], logits: Tensor) -> None:
        best = logits.argmax(-1).tolist()
        peaks = logits.logsumexp(-1).tolist() if self.decoder.scores else None
        place = 0
        for row, draft in zip(rows, drafts):
            row.stored += len(row.pending)
            row.pending = []
            if not row.stop_reason:
                self._guarded(row, self._accept, draft, logits[place:], best[place:], peaks[place:] if peaks else None)
            place += len(draft) + 1

    @staticmethod
    def _guarded(row: _Row, work: Callable[..., None], *more: Any) -> None:
        """A fault of the constraint ends the answer in which it shows, and is told as such: hundreds of others go on."""
        try:
            work(row, *more)
        except Exception as error:
            if row.matcher is None:
                raise
            row.stop_reason, row.fault = "fault", f"{type(error).__name__}: {error}"

    def _accept(self, row: _Row, draft: list[int], logits: Tensor, best: list[int], peaks: list[float] | None) -> None:
        """Choose after the last known token, and again after each guessed token that turns out to be the choice."""
        self.statistics.guessed_tokens += len(draft)
        for depth in range(len(draft) + 1):
            token, matcher = self._choice(row, logits[depth], best[depth])
            if peaks:
                row.logprobs.append(float(logits[depth, token]) - peaks[depth])
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

    def _choice(self, row: _Row, logits: Tensor, best: int) -> tuple[int, Matcher | None]:
        """The model's choice among what may come, and the state after it. Its first choice is tried before a mask is made: mostly it is right.

        Sampling rejects the same way, which is exact: p(x) + (1 - Z) p(x) / Z = p(x) / Z for a legal x, Z their sum.
        """
        token = best if row.sampler is None else _sample(logits, row.request.temperature, row.sampler)
        if row.matcher is None:
            return token, None
        started = time.perf_counter()
        after = row.matcher.advance(token)
        if after is None:
            allowed = torch.as_tensor(row.matcher.allowed(), device=logits.device)
            legal = logits[allowed]
            chosen = legal.argmax() if row.sampler is None else _sample(legal, row.request.temperature, row.sampler)
            token = int(allowed[chosen])
            after = row.matcher.advance(token)
        self.statistics.constraint_s += time.perf_counter() - started
        return token, after

    def _append(self, row: _Row, token: int, matcher: Matcher | None) -> None:
        self._take(row, token)
        row.matcher = matcher
        self.statistics.chosen_tokens += 1
        if not row.stop_reason:
            self._force(row)
        if not row.stop_reason and len(row.output) >= row.request.budget_tokens:
            row.stop_reason = "budget"

    def _take(self, row: _Row, token: int) -> None:
        row.output.append(token)
        row.pending.append(token)
        self.decoder._drafts.extend(row.draft_text, [token])
        if row.output[-len(self.decoder.end_ids):] == self.decoder.end_ids:
            row.stop_reason = "end"
        elif self.on_tokens:
            self.on_tokens(row.index, [token])

    def _force(self, row: _Row) -> None:
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

    def _count_time(self, started: float, rows: Sequence[_Row] = ()) -> None:
        spent = time.perf_counter() - started
        self.statistics.total_s += spent
        for row in rows:
            row.seconds += spent / len(rows)
            if not row.stop_reason and row.seconds > self.decoder.timeout_s:
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
                finished.append(self._answer(row))
        return finished

    def _answer(self, row: _Row) -> Answer:
        end = len(self.decoder.end_ids) if row.stop_reason == "end" else 0
        text = self.decoder.text_of(row.output[:len(row.output) - end])
        if row.matcher is not None and row.stop_reason in ("budget", "timeout"):
            text = row.matcher.completed_text()
        mean = sum(row.logprobs) / len(row.logprobs) if row.logprobs else None
        return Answer(row.index, text, row.stop_reason, len(row.output), row.forced, row.seconds, mean, row.fault)


def _sample(logits: Tensor, temperature: float, generator: torch.Generator) -> int:
    return int(torch.multinomial(torch.softmax(logits.cpu() / temperature, -1), 1, generator=generator))
