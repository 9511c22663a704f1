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
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

NAME = "shared_prefix_decoding"
GROWTH_TOKENS = 128
"""Row buffers grow by this many tokens, so that copying them stays rare."""


class KeyValues:
    """Keys and values of a model run: the prefix once, and a buffer of up to `rows` rows for what follows it.

    The buffer has the rows that are used, since one prompt of 2,048 tokens would take 4 GB in 40 of them.

    Shapes (H key-value heads, D head width, P prefix tokens, R rows, L tokens of capacity):
        prefix  per layer  (2, H, P, D)
        rows    per layer  (2, R, H, L, D)
    """

    def __init__(self, layers: int, rows: int) -> None:
        self.prefix: list[Tensor | None] = [None] * layers
        self.rows: list[Tensor | None] = [None] * layers
        self.row_limit, self.row_count = rows, 0
        self.capacity = 0

    def reserve(self, rows: int, tokens: int) -> None:
        """Make room for so many rows of `tokens` tokens."""
        if rows <= self.row_count and tokens <= self.capacity:
            return
        self.capacity = max(self.capacity, -(-tokens // GROWTH_TOKENS) * GROWTH_TOKENS)
        if rows > self.row_count:
            self.row_count = min(self.row_limit, max(rows, 2 * self.row_count))
        for layer, old in enumerate(self.rows):
            self.rows[layer] = self._buffer(layer)
            if old is not None:
                self.rows[layer][:, :old.shape[1], :, :old.shape[3]] = old

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
        ends = [start + n for start, n in zip(starts, lengths)]
        row = [row for row, n in enumerate(lengths) for _ in range(n)]
        place = [start + column for start, n in zip(starts, lengths) for column in range(n)]
        self.row, self.place = torch.tensor([row, place], device=device)
        self.ids = torch.tensor([token for chunk in chunks for token in chunk], device=device)
        self.positions = self.place + shared
        self.last = [total - 1 for total in accumulate(lengths)]
        cache.reserve(self.span.stop, max(ends))
        self.own = (_OwnByRow if self.ids.device.type == "cpu" else _OwnPadded)(ends, lengths, self.row, self.place)

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
        """Shapes: query (1, Hq, T, D), key and value (1, H, T, D), result as query."""
        rows = self.cache.rows[layer][:, self.span]
        rows[0, self.row, :, self.place] = key[0].transpose(0, 1)
        rows[1, self.row, :, self.place] = value[0].transpose(0, 1)
        grouped = query[0].unflatten(0, (key.shape[1], -1))
        own, own_weight = self.own.attend(grouped, *rows, scale)
        if self.shared:
            prefix = self.cache.prefix[layer][:, None, :, :self.shared]
            common, weight = _attend(grouped.flatten(1, 2)[None], *prefix, scale)
            share = torch.sigmoid(own_weight - weight.view(own_weight.shape)).to(own.dtype)
            own = torch.lerp(common.view(own.shape), own, share.unsqueeze(-1))
        return own.flatten(0, 1).unsqueeze(0)


class _OwnByRow:
    """Attention among each row's own tokens, for a CPU: nothing computed for padding but keys that shorter rows lack.

    The last new tokens of all rows together (mostly they have one each), then for each row those before its last.
    """

    def __init__(self, ends: list[int], lengths: list[int], row: Tensor, place: Tensor) -> None:
        self.longest = max(ends)
        self.last = torch.tensor(lengths).cumsum(0) - 1
        unseen = torch.arange(self.longest) >= torch.tensor(ends)[:, None]
        self.mask = _masked(unseen)[:, None, None]
        firsts = (self.last + 1 - torch.tensor(lengths)).tolist()
        self.before = [(number, slice(first, first + n - 1), end - 1) for number, (first, n, end) in enumerate(zip(firsts, lengths, ends)) if n > 1]
        self._causal: list[Tensor] = []

    def _causal_masks(self, group: int) -> list[Tensor]:
        """For each chunk of `before`, the same in all layers: (1, 1, G Q, L)."""
        if not self._causal:
            sizes = [(span.stop - span.start, end) for _, span, end in self.before]
            self._causal = [_masked(torch.ones(n, end, dtype=torch.bool).triu(end - n + 1)).repeat(1, 1, group, 1) for n, end in sizes]
        return self._causal

    def attend(self, query: Tensor, keys: Tensor, values: Tensor, scale: float) -> tuple[Tensor, Tensor]:
        """Shapes: query (H, G, T, D), keys and values (R, H, L, D); result as query, and its weight (H, G, T)."""
        last = query[:, :, self.last].permute(2, 0, 1, 3)
        found, found_weight = _attend(last, keys[:, :, :self.longest], values[:, :, :self.longest], scale, self.mask)
        if not self.before:
            return found.permute(1, 2, 0, 3), found_weight.permute(1, 2, 0)
        result, weight = torch.empty_like(query), query.new_empty(query.shape[:3])
        result[:, :, self.last], weight[:, :, self.last] = found.permute(1, 2, 0, 3), found_weight.permute(1, 2, 0)
        for (number, span, end), mask in zip(self.before, self._causal_masks(query.shape[1])):
            part = query[:, :, span]
            found, found_weight = _attend(part.flatten(1, 2)[None], keys[number:number + 1, :, :end], values[number:number + 1, :, :end], scale, mask)
            result[:, :, span], weight[:, :, span] = found.view(part.shape), found_weight.view(part.shape[:3])
        return result, weight


class _OwnPadded:
    """The same for a GPU, where few large operations are cheaper than many exact ones: chunks padded to the longest."""

    def __init__(self, ends: list[int], lengths: list[int], row: Tensor, place: Tensor) -> None:
        self.row, self.width, self.longest = row, max(lengths), max(ends)
        starts = torch.tensor([end - n for end, n in zip(ends, lengths)], device=row.device)
        self.column = place - starts[row]
        last_seen = starts[:, None] + torch.arange(self.width, device=row.device)
        unseen = torch.arange(self.longest, device=row.device) > last_seen[:, :, None]
        self.mask = _masked(unseen)[:, None]

    def attend(self, query: Tensor, keys: Tensor, values: Tensor, scale: float) -> tuple[Tensor, Tensor]:
        heads, group, _, size = query.shape
        padded = query.new_zeros(len(keys), heads, group, self.width, size)
        padded[self.row, :, :, self.column] = query.permute(2, 0, 1, 3)
        mask = self.mask.repeat(1, 1, group, 1)
        result, weight = _attend(padded.flatten(2, 3), keys[:, :, :self.longest], values[:, :, :self.longest], scale, mask)
        result, weight = result.view(padded.shape), weight.view(padded.shape[:4])
        return result[self.row, :, :, self.column].permute(1, 2, 0, 3), weight[self.row, :, :, self.column].permute(1, 2, 0)


def _masked(unseen: Tensor) -> Tensor:
    """What is added to scores: -inf where a key is not to be seen."""
    return torch.zeros(unseen.shape, device=unseen.device).masked_fill_(unseen, float("-inf"))


def _attend(query: Tensor, keys: Tensor, values: Tensor, scale: float, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Softmax attention and the log-sum-exp of its scores (float32), by which parts can be joined.

    Shapes: query (B, H, Q, D), keys and values (B, H, L, D), mask (B or 1, 1, Q or 1, L); result as query, weight (B, H, Q).
    """
    if query.device.type == "cpu" and query.dtype == torch.float32:
        return torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(query, keys, values, 0.0, False, attn_mask=mask, scale=scale)
    scores = torch.matmul(query, keys.transpose(-1, -2)).float().mul_(scale)
    if mask is not None:
        scores += mask
    peak = scores.amax(-1, keepdim=True)
    scores.sub_(peak).exp_()
    total = scores.sum(-1, keepdim=True)
    return torch.matmul(scores.to(values.dtype), values) / total.to(values.dtype), (peak + total.log()).squeeze(-1)


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

