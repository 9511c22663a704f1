"""Attention for decoding many answers behind one copy of the prompt that they share.

The keys and values of the shared prefix are kept once for all rows, and every row keeps only its own part. A step runs
the tokens of all rows as one flat sequence, so that no linear layer ever sees padding; only the attention among a row's
own tokens is padded, to the longest chunk of the step. Attention over prefix and own part are computed apart and joined
by their log-sum-exp, which is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

NAME = "shared_prefix_decoding"
GROWTH_TOKENS = 128
"""Row buffers grow by this many tokens, so that copying them stays rare."""


class KeyValues:
    """Keys and values of a model run: the prefix once, and a buffer of `rows` rows for what follows it.

    Shapes (H key-value heads, D head width, P prefix tokens, R rows, L tokens of capacity):
        prefix  per layer  (2, H, P, D)
        rows    per layer  (2, R, H, L, D)
    """

    def __init__(self, layers: int, rows: int) -> None:
        self.prefix: list[Tensor | None] = [None] * layers
        self.rows: list[Tensor | None] = [None] * layers
        self.row_count = rows
        self.capacity = 0

    def reserve(self, tokens: int) -> None:
        """Make room for rows of `tokens` tokens."""
        if tokens <= self.capacity:
            return
        self.capacity = -(-tokens // GROWTH_TOKENS) * GROWTH_TOKENS
        for layer, old in enumerate(self.rows):
            self.rows[layer] = self._buffer(layer)
            if old is not None:
                self.rows[layer][..., :old.shape[3], :] = old

    def _buffer(self, layer: int) -> Tensor:
        _, heads, _, width = self.prefix[layer].shape
        return self.prefix[layer].new_zeros(2, self.row_count, heads, self.capacity, width)

    def move_row(self, source: int, target: int, tokens: int) -> None:
        """Put a running row into the place of a finished one: running rows stay the first ones of the buffer."""
        for buffer in self.rows:
            buffer[:, target, :, :tokens] = buffer[:, source, :, :tokens]


@dataclass(frozen=True)
class PrefixStep:
    """Run the prefix itself and keep its keys and values."""

    cache: KeyValues

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
        self.cache.prefix[layer] = torch.stack((key[0], value[0]))
        return torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scale, enable_gqa=True)


class RowsStep:
    """Run a chunk of new tokens for each of some neighbouring rows, `first_row` the first of them.

    `starts[i]` tokens of row i are in its buffer already; `chunks[i]` are its new token ids; `shared` leading tokens of
    the prefix are those that the rows continue.
    """

    def __init__(self, cache: KeyValues, first_row: int, starts: Sequence[int], chunks: Sequence[Sequence[int]],
                 shared: int, device: Any) -> None:
        self.cache, self.shared = cache, shared
        self.span = slice(first_row, first_row + len(chunks))
        lengths = [len(chunk) for chunk in chunks]
        self.width, self.longest = max(lengths), max(start + n for start, n in zip(starts, lengths))
        flat = [(row, column, starts[row] + column) for row, n in enumerate(lengths) for column in range(n)]
        self.row, self.column, self.place = torch.tensor(flat, device=device).unbind(1)
        self.ids = torch.tensor([[token for chunk in chunks for token in chunk]], device=device)
        self.positions = (self.place + shared).unsqueeze(0)
        self.last = (torch.tensor(lengths, device=device).cumsum(0) - 1).tolist()
        self.mask = self._causal_mask(torch.tensor(starts, device=device))
        cache.reserve(self.longest)

    def _causal_mask(self, starts: Tensor) -> Tensor:
        """(R, 1, 1, C, L): may column c of a row see place l of its own part."""
        last_seen = starts[:, None] + torch.arange(self.width, device=starts.device)
        seen = torch.arange(self.longest, device=starts.device) <= last_seen[:, :, None]
        return seen[:, None, None]

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
        """Shapes: query (1, Hq, T, D), key and value (1, H, T, D), result as query."""
        heads = key.shape[1]
        rows = self.cache.rows[layer][:, self.span]
        rows[0, self.row, :, self.place] = key[0].transpose(0, 1)
        rows[1, self.row, :, self.place] = value[0].transpose(0, 1)
        grouped = query[0].unflatten(0, (heads, -1))
        own, own_weight = self._attend_own(grouped, *rows[..., :self.longest, :], scale)
        if not self.shared:
            return own.flatten(0, 1).unsqueeze(0)
        prefix = self.cache.prefix[layer][:, :, :self.shared]
        common, common_weight = _attend(grouped.flatten(1, 2), *prefix, scale)
        share = torch.sigmoid(own_weight - common_weight.view_as(own_weight)).to(own.dtype)
        common = common.view_as(own)
        return torch.lerp(common, own, share).flatten(0, 1).unsqueeze(0)

    def _attend_own(self, query: Tensor, keys: Tensor, values: Tensor, scale: float) -> tuple[Tensor, Tensor]:
        """Attention among each row's own tokens. Shapes: query (H, G, T, D), keys and values (R, H, L, D)."""
        heads, group, _, size = query.shape
        padded = query.new_zeros(len(keys), heads, group, self.width, size)
        padded[self.row, :, :, self.column] = query.permute(2, 0, 1, 3)
        result, weight = _attend(padded.flatten(2, 3), keys, values, scale, self.mask)
        unpad = (self.row, slice(None), slice(None), self.column)
        shape = (len(keys), heads, group, self.width, -1)
        return result.view(shape)[unpad].permute(1, 2, 0, 3), weight.view(shape)[unpad].permute(1, 2, 0, 3)


def _attend(query: Tensor, keys: Tensor, values: Tensor, scale: float, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Softmax attention and the log-sum-exp of its scores (float32), by which parts can be joined."""
    scores = torch.matmul(query, keys.transpose(-1, -2)).float().mul_(scale)
    if mask is not None:
        grouped = scores.unflatten(2, (-1, mask.shape[-2]))
        grouped.masked_fill_(~mask, float("-inf"))
    peak = scores.amax(-1, keepdim=True)
    scores.sub_(peak).exp_()
    total = scores.sum(-1, keepdim=True)
    return torch.matmul(scores.to(values.dtype), values) / total.to(values.dtype), peak + total.log()


def _attention(module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, scaling: float,
               step: PrefixStep | RowsStep, **_: Any) -> tuple[Tensor, None]:
    """transformers' attention interface: (1, Hq, T, D) in, (1, T, Hq, D) out."""
    result = step.attend(module.layer_idx, query, key, value, scaling)
    return result.transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, _attention)


@contextmanager
def shared_prefix_attention(model: Any) -> Iterator[None]:
    """Let the model attend through PrefixStep and RowsStep while this lasts."""
    usual = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(usual)


def run_step(model: Any, ids: Tensor, positions: Tensor, step: PrefixStep | RowsStep) -> Tensor:
    """Hidden states (T, width) of a flat sequence of token ids (1, T)."""
    states = model.model(input_ids=ids, position_ids=positions, use_cache=False, step=step)
    return states.last_hidden_state[0]
