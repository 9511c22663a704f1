"""Many answers at once from one model: shared prompt, rows that come and go, a constraint between model and text.

The loop is our own because transformers' `generate` costs 1.5 to 1.75 times as much, cannot share the keys and values of
the system prompt between rows, cannot replace a finished row, and cannot append tokens that need no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch

from error_handler import UserErrors
from model.decode_attention import KeyValues, PrefixStep
from model.decode_draft import NgramDraft
from model.decode_engine import engine_for
from model.decode_limits import overlong
from model.decode_run import Run
from model.decode_types import DEFAULT_TIMEOUT_S, Answer, Constraint, Request, Statistics
from model.encode import common_prefix_tokens, encode_prompt, end_of_turn_ids

__all__ = ["Answer", "Decoder", "Request", "Statistics"]

BATCH_ROWS = {"cpu": 40, "cuda": 64}
"""Rows decoded together. From 40 tokens a step on, two CPU cores are at the limit of their arithmetic."""
DRAFT_TOKENS_PER_STEP = {"cpu": 40, "cuda": 128}
"""Guessed tokens are checked only while a step stays this small: there a token more costs little. On two cores 40 prompts took
87 s with 12, 80 with 24, 74 with 40, 82 with 64."""


class Decoder:
    """A model with a system prompt whose keys and values are computed once, at the first question."""

    def __init__(self, model: Any, tokenizer: Any, system_prompt: str, *, constraint: Constraint | None = None,
                 rows: int | None = None, timeout_s: float = DEFAULT_TIMEOUT_S, draft: bool = True, scores: bool = False) -> None:
        self.model, self.tokenizer, self.system_prompt = model.eval(), tokenizer, system_prompt
        self.constraint, self.timeout_s, self.scores = constraint, timeout_s, scores
        self.engine = engine_for(self.model)
        self.device = model.get_input_embeddings().weight.device
        self.row_limit = rows or BATCH_ROWS[self.device.type]
        self.draft_limit = DRAFT_TOKENS_PER_STEP[self.device.type] if draft else 0
        self.end_ids = list(end_of_turn_ids(tokenizer))
        self.statistics = Statistics()
        self.drafts = NgramDraft()
        self._prefix_ids: tuple[int, ...] = ()
        self._cache: KeyValues | None = None

    def generate(self, requests: Iterable[Request | str], should_stop: Callable[[], bool] = lambda: False,
                 on_tokens: Callable[[int, list[int]], None] | None = None) -> list[Answer]:
        """Answers in the order of the requests; those that a stop left unfinished are missing."""
        return sorted(self.stream(requests, should_stop, on_tokens), key=lambda answer: answer.index)

    def stream(self, requests: Iterable[Request | str], should_stop: Callable[[], bool] = lambda: False,
               on_tokens: Callable[[int, list[int]], None] | None = None, *, skips_overlong: bool = False) -> Iterator[Answer]:
        """Each answer as soon as it is finished. `should_stop` and `on_tokens(index, new ids)` are called between tokens.

        UserErrors where a prompt is too long, before anything is computed; with `skips_overlong` its answer is "refused" instead.
        """
        asked = [Request(request) if isinstance(request, str) else request for request in requests]
        prompts = [self.encode(request) for request in asked]
        errors = overlong(asked, prompts, len(self.encode(Request(""))), self.model.config.max_position_embeddings)
        if errors and not skips_overlong:
            raise UserErrors(list(errors.values()))
        yield from (Answer(index, "", "refused", 0, 0, 0.0, fault=error.problem) for index, error in errors.items())
        run = Run(self, asked, prompts, on_tokens, frozenset(errors))
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
