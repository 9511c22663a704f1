"""Attention of answers to a prompt they share: every token sees the whole prefix and its own row up to itself.

Registered with transformers as an attention implementation, so that the model's own code, peft and checkpointing stay
as they are; what to attend to travels beside the hidden states as the keyword `sharing`.

Shapes: P prefix tokens, T tokens of all answers in one flat row, H query heads, K key heads, G = H / K, D head width.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface

IMPLEMENTATION = "shared_prefix"
MOST_COPIED_TOKENS = 256
"""A prefix up to that long is copied for every row on a GPU: keys and values of a thousand tokens would be most of a step's."""
FLEX_BLOCK_TOKENS = 128
CAUSAL_FROM_BOTTOM_RIGHT = 2
"""Of the memory-efficient kernel's masks: the last query of a row sees all its keys."""
_flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
_efficient_attention = torch.ops.aten._efficient_attention_forward
_flash_backward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward


@dataclass
class RecordPrefix:
    """Plain causal attention that keeps the keys and values of every layer, each (1, K, P, D)."""

    keys: dict[int, torch.Tensor] = field(default_factory=dict)
    values: dict[int, torch.Tensor] = field(default_factory=dict)

    def attend(self, layer: int, query, key, value, scale: float):
        # Under checkpointing the layer runs again in the backward pass; the first tensors are those in the graph.
        self.keys.setdefault(layer, key)
        self.values.setdefault(layer, value)
        return scaled_dot_product_attention(query, key, value, is_causal=True, scale=scale, enable_gqa=True)


@dataclass
class ContinuePrefix:
    """Answers in one flat row behind a recorded prefix; `lengths` are the tokens of each, in order, together T."""

    keys: dict[int, torch.Tensor]
    values: dict[int, torch.Tensor]
    lengths: tuple[int, ...]
    masks: "BlockMasks"

    def attend(self, layer: int, query, key, value, scale: float):
        return attend_to_prefix(query, key, value, self.keys[layer], self.values[layer], self.lengths, scale, self.masks)


@dataclass
class FlatRow:
    """Prefix and answers in one row: the form that needs nothing kept between forward passes (FSDP, one micro-batch a step)."""

    prefix_tokens: int
    lengths: tuple[int, ...]
    masks: "BlockMasks"

    def attend(self, layer: int, query, key, value, scale: float):
        cut = self.prefix_tokens
        (prefix_q, own_q), (prefix_k, own_k), (prefix_v, own_v) = (t.split([cut, t.shape[2] - cut], dim=2) for t in (query, key, value))
        own = attend_to_prefix(own_q, own_k, own_v, prefix_k, prefix_v, self.lengths, scale, self.masks)
        if not cut:
            return own
        return torch.cat([scaled_dot_product_attention(prefix_q, prefix_k, prefix_v, is_causal=True, scale=scale, enable_gqa=True), own], dim=2)


Sharing = RecordPrefix | ContinuePrefix | FlatRow


def _attention(module, query, key, value, attention_mask=None, scaling=None, sharing: Sharing | None = None, **_):
    """transformers' attention signature: (1, H, T, D) in, (1, T, H, D) out."""
    if sharing is None:
        raise RuntimeError("shared-prefix attention is active but this forward pass does not say what is shared")
    output = sharing.attend(module.layer_idx, query, key, value, scaling or query.shape[-1] ** -0.5)
    return output.transpose(1, 2).contiguous(), None


AttentionInterface.register(IMPLEMENTATION, _attention)


@contextmanager
def shared_prefix_attention(model: Any) -> Iterator[None]:
    """Let the model attend through this module; must also cover the backward pass, which recomputes under checkpointing."""
    config = model.config
    before = config._attn_implementation
    config._attn_implementation = IMPLEMENTATION
    try:
        yield
    finally:
        config._attn_implementation = before


def attend_to_prefix(query, key, value, prefix_key, prefix_value, lengths, scale, masks: "BlockMasks"):
    """Each of `lengths` consecutive tokens sees all P prefix tokens and its own part causally; (1, H, T, D)."""
    if masks.kernel == "cpu":
        return _PrefixFlash.apply(query, key, value, prefix_key, prefix_value, lengths, scale)
    if masks.kernel == "varlen":
        return masks.varlen.attend(query, key, value, prefix_key, prefix_value, scale)
    key, value = torch.cat([prefix_key, key], dim=2), torch.cat([prefix_value, value], dim=2)
    if masks.kernel == "flex":
        return _flex(query, key, value, masks.flex, scale)
    return scaled_dot_product_attention(query, key, value, attn_mask=masks.dense, scale=scale, enable_gqa=True)


class BlockMasks:
    """The block mask of one flat row, made once for all layers, in the form its kernel wants.

    cpu: flash kernels on the unmasked parts, no mask at all. On CUDA varlen: each row behind a copy of the prefix's keys, for a
    short one. flex: FlexAttention, which skips the masked blocks (needs Triton). sdpa: a dense (T, P + T) mask, for everything else.
    """

    def __init__(self, prefix_tokens: int, lengths: tuple[int, ...], device: torch.device, kernel: str | None = None):
        self.kernel = kernel or default_kernel(device, prefix_tokens)
        if self.kernel == "varlen":
            self.varlen = _Varlen(prefix_tokens, lengths, device)
        elif self.kernel != "cpu":
            segment = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths)).to(device)
            if self.kernel == "flex":
                self.flex = _flex_mask(prefix_tokens, segment)
            else:
                self.dense = _dense_mask(prefix_tokens, segment)


def default_kernel(device: torch.device, prefix_tokens: int) -> str:
    from importlib.util import find_spec

    if device.type == "cpu":
        return "cpu"
    if device.type != "cuda":
        return "sdpa"
    return "flex" if prefix_tokens > MOST_COPIED_TOKENS and find_spec("triton") else "varlen"


def _dense_mask(prefix_tokens: int, segment: torch.Tensor) -> torch.Tensor:
    own = (segment[:, None] == segment[None, :]).tril_()
    return torch.cat([own.new_ones(len(segment), prefix_tokens), own], dim=1)


class _Varlen:
    """Rows of different length end to end, each with its own keys behind a copy of the prefix's, by the memory-efficient kernel.

    No mask is made and nothing compiled; float32 and half precision. Shapes: R rows, T query tokens, R P + T keys.
    """

    def __init__(self, prefix_tokens: int, lengths: tuple[int, ...], device: torch.device):
        ends = list(accumulate(lengths, initial=0))
        firsts = [end + number * prefix_tokens for number, end in enumerate(ends)]
        self.prefix_tokens, self.row_count, self.tokens = prefix_tokens, len(lengths), ends[-1]
        self.prefix_places = torch.tensor([place for first in firsts[:-1] for place in range(first, first + prefix_tokens)], device=device, dtype=torch.long)
        self.own_places = torch.tensor([place for first, last in zip(firsts, firsts[1:]) for place in range(first + prefix_tokens, last)], device=device)
        self.queries = torch.tensor(ends, dtype=torch.int32, device=device)
        self.keys = torch.tensor(firsts, dtype=torch.int32, device=device)
        self.longest = max(lengths)

    def attend(self, query, key, value, prefix_key, prefix_value, scale: float):
        group = query.shape[1] // key.shape[1]
        output, *_ = _efficient_attention(
            query.transpose(1, 2), _Spread.apply(prefix_key, key, self, group), _Spread.apply(prefix_value, value, self, group), None,
            self.queries, self.keys, self.longest, self.longest + self.prefix_tokens, 0.0, CAUSAL_FROM_BOTTOM_RIGHT, True, scale=scale)
        return output.transpose(1, 2)


class _Spread(torch.autograd.Function):
    """Keys or values of the prefix (1, K, P, D) and of the rows (1, K, T, D) -> those of each row in turn, for every head, (1, R P + T, H, D).

    By hand, because the backward pass of indexing sorts the places in every layer.
    """

    @staticmethod
    def forward(ctx, prefix, own, rows, group):
        ctx.rows, ctx.group = rows, group
        joint = own.new_empty(rows.row_count * rows.prefix_tokens + rows.tokens, own.shape[1], group, own.shape[3])
        joint[rows.own_places] = own[0].transpose(0, 1).unsqueeze(2).expand(-1, -1, group, -1)
        joint[rows.prefix_places] = prefix[0].transpose(0, 1).repeat(rows.row_count, 1, 1).unsqueeze(2).expand(-1, -1, group, -1)
        return joint.flatten(1, 2)[None]

    @staticmethod
    def backward(ctx, grad):
        rows = ctx.rows
        grad = grad[0].unflatten(1, (-1, ctx.group)).sum(2)
        own, prefix = grad[rows.own_places], grad[rows.prefix_places].unflatten(0, (rows.row_count, rows.prefix_tokens)).sum(0)
        return prefix.transpose(0, 1)[None], own.transpose(0, 1)[None], None, None


def _flex_mask(prefix_tokens: int, segment: torch.Tensor):
    """For queries and keys filled up to whole blocks: with other lengths FlexAttention would compile anew, and skip its fast kernels."""
    from torch.nn.attention.flex_attention import create_block_mask

    tokens = _whole_blocks(len(segment))
    keys = _whole_blocks(prefix_tokens + tokens)
    of_query = pad(segment, (0, tokens - len(segment)), value=-1)
    of_key = pad(of_query, (prefix_tokens, keys - prefix_tokens - tokens), value=-2)

    def sees(_batch, _head, query, key):
        return (key < prefix_tokens) | ((key - prefix_tokens <= query) & (of_key[key] == of_query[query]))

    return create_block_mask(sees, None, None, tokens, keys, device=segment.device)


def _whole_blocks(tokens: int) -> int:
    return -(-tokens // FLEX_BLOCK_TOKENS) * FLEX_BLOCK_TOKENS


def _flex(query, key, value, mask, scale: float):
    """What is filled up sees the prefix or itself, and nobody sees it."""
    tokens, (queries, keys) = query.shape[2], mask.seq_lengths
    query, key, value = (pad(t, (0, 0, 0, whole - t.shape[2])) for t, whole in ((query, queries), (key, keys), (value, keys)))
    return _compiled_flex()(query, key, value, block_mask=mask, scale=scale, enable_gqa=True)[:, :, :tokens]


def _compiled_flex():
    from torch.nn.attention.flex_attention import flex_attention

    if not hasattr(_compiled_flex, "kernel"):
        _compiled_flex.kernel = torch.compile(flex_attention, dynamic=True)
    return _compiled_flex.kernel


class _PrefixFlash(torch.autograd.Function):
    """Exact attention in two parts, each dense enough for a flash kernel, joined by their log-sum-exp.

    Part one is the prefix: no mask, so all T tokens of all G heads of a group are one long query and the keys of the
    prefix are read in place, not expanded. Part two is each row's own tokens, plainly causal. For the backward pass the
    flash kernels take the joint output and log-sum-exp: then their probabilities are the joint ones, and the gradients exact.
    """

    @staticmethod
    def forward(ctx, query, key, value, prefix_key, prefix_value, lengths, scale):
        parts = _Folded(query, prefix_key, lengths)
        output, lse = parts.empty_like_query()
        for rows in parts.segments:
            own = _flash(parts.grouped(query, rows), parts.spread(key, rows), parts.spread(value, rows), 0.0, True, scale=scale)
            output[:, :, rows], lse[:, :, rows] = own[0], own[1]
        if prefix_key.shape[2]:
            folded = _flash(parts.fold(query), *parts.repeat(prefix_key, prefix_value), 0.0, False, scale=scale)
            output, lse = _join(output, lse, parts.unfold(folded[0]), parts.unfold(folded[1]))
        # In the order (T, H, D) the next projection reads it without a copy, and both keep the same memory for the backward pass.
        output = output.permute(2, 0, 1, 3).contiguous().permute(1, 2, 0, 3)
        ctx.save_for_backward(query, key, value, prefix_key, prefix_value, output, lse)
        ctx.parts, ctx.scale = parts, scale
        return output.flatten(0, 1)[None]

    @staticmethod
    def backward(ctx, grad):
        query, key, value, prefix_key, prefix_value, output, lse = ctx.saved_tensors
        parts, scale = ctx.parts, ctx.scale
        grads = [torch.empty_like(t, memory_format=torch.contiguous_format) for t in (query, key, value)]
        grad = grad[0].unflatten(0, output.shape[:2])
        for rows in parts.segments:
            own = _flash_backward(grad[:, :, rows], parts.grouped(query, rows), parts.spread(key, rows), parts.spread(value, rows),
                                  output[:, :, rows], lse[:, :, rows], 0.0, True, scale=scale)
            parts.grouped(grads[0], rows).copy_(own[0])
            grads[1][0, :, rows], grads[2][0, :, rows] = own[1].sum(1), own[2].sum(1)
        if not prefix_key.shape[2]:
            return *grads, None, None, None, None
        folded = _flash_backward(parts.fold(grad), parts.fold(query), *parts.repeat(prefix_key, prefix_value),
                                 parts.fold(output), parts.fold(lse), 0.0, False, scale=scale)
        grads[0] += parts.unfold(folded[0]).reshape(query.shape)
        return *grads, folded[1].sum(0, keepdim=True), folded[2].sum(0, keepdim=True), None, None


class _Folded:
    """Views that bring queries (1, H, T, D) and keys (1, K, T, D) to what the flash kernels want, without copies of keys."""

    def __init__(self, query: torch.Tensor, prefix_key: torch.Tensor, lengths: tuple[int, ...]):
        self.query = query
        self.key_heads = prefix_key.shape[1]
        self.group = query.shape[1] // self.key_heads
        self.tokens, self.width = query.shape[2:]
        ends = torch.tensor((0, *lengths)).cumsum(0).tolist()
        self.segments = [slice(a, b) for a, b in zip(ends, ends[1:])]
        self.splits = self._splits()

    def _splits(self) -> int:
        """Parts to cut the long query in, so that key heads times parts spread evenly over threads (3 heads on 2 threads: 1.3 times faster)."""
        threads = torch.get_num_threads()
        return next((n for n in range(1, threads + 1) if self.key_heads * n % threads == 0 and self.group * self.tokens % n == 0), 1)

    def empty_like_query(self) -> tuple[torch.Tensor, torch.Tensor]:
        shape = (self.key_heads, self.group, self.tokens)
        return self.query.new_empty(*shape, self.width), self.query.new_empty(shape)

    def grouped(self, query: torch.Tensor, rows: slice) -> torch.Tensor:
        """(1, H, T, D) -> (K, G, L, D)"""
        return query[0, :, rows].unflatten(0, (self.key_heads, self.group))

    def spread(self, key: torch.Tensor, rows: slice) -> torch.Tensor:
        """(1, K, T, D) -> (K, G, L, D), the G heads of a group reading the same memory"""
        return key[0, :, None, rows].expand(-1, self.group, -1, -1)

    def fold(self, tensor: torch.Tensor) -> torch.Tensor:
        """(1, H, T, D) or (K, G, T[, D]) -> (n, K, G T / n[, D])"""
        width = tensor.shape[-1:] if tensor.shape[-1] == self.width and tensor.dim() == 4 else ()
        return tensor.reshape(self.key_heads, self.splits, -1, *width).transpose(0, 1)

    def unfold(self, tensor: torch.Tensor) -> torch.Tensor:
        """(n, K, G T / n[, D]) -> (K, G, T[, D])"""
        return tensor.transpose(0, 1).reshape(self.key_heads, self.group, self.tokens, *tensor.shape[3:])

    def repeat(self, *keys: torch.Tensor) -> list[torch.Tensor]:
        return [key.expand(self.splits, -1, -1, -1) for key in keys]


def _join(output, lse, other_output, other_lse):
    joint = torch.logaddexp(lse, other_lse)
    output.mul_((lse - joint).exp_().unsqueeze(-1)).addcmul_(other_output, (other_lse - joint).exp_().unsqueeze(-1))
    return output, joint
