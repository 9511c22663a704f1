"""The loss of many rows behind one prompt, with the prompt computed once per optimiser step.

The keys and values of the shared prompt depend on nothing but the weights, so within an optimiser step they serve every
micro-batch, collect the gradients of all, and are back-propagated once. The result is that of row-by-row training.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from model.batching import micro_batches
from model.chunked_loss import summed_cross_entropy
from model.encode import EncodedRow
from model.lean_layers import can_be_lean, lean_layers
from model.merged_lora import can_merge, merged_lora
from model.prefix_attention import BlockMasks, ContinuePrefix, FlatRow, RecordPrefix, shared_prefix_attention


@dataclass(frozen=True)
class PackedRows:
    """Rows behind one copy of their prefix, without padding.

    Shapes, in tokens (P prefix, S_i rest of prompt i, A_i answer i, L_i = S_i + A_i - 1, T = sum L_i):
        input_ids     (1, T)        rest of the prompt and the answer but its last token, row after row
        position_ids  (1, T)        every row continues at P, as if it stood alone
        predicting    (sum A_i,)    places in the flat row whose hidden state predicts an answer token
        targets       (sum A_i,)    those answer tokens
        lengths       L_i
    """

    input_ids: torch.Tensor
    position_ids: torch.Tensor
    predicting: torch.Tensor
    targets: torch.Tensor
    lengths: tuple[int, ...]


def pack_behind_prefix(rows: Sequence[EncodedRow], prefix_tokens: int, device: torch.device) -> PackedRows:
    inputs, positions, predicting, targets, start = [], [], [], [], 0
    for row in rows:
        own = row.input_ids[prefix_tokens:-1]
        inputs += own
        positions += range(prefix_tokens, prefix_tokens + len(own))
        predicting += range(start + len(own) - len(row.answer_ids), start + len(own))
        targets += row.answer_ids
        start += len(own)
    lengths = tuple(len(row) - prefix_tokens - 1 for row in rows)
    as_tensor = lambda values: torch.tensor(values, dtype=torch.long, device=device)
    return PackedRows(as_tensor(inputs)[None], as_tensor(positions)[None], as_tensor(predicting), as_tensor(targets), lengths)


class SharedPrefixLoss:
    """Computes loss and gradients of one optimiser step; `prefix_tokens=0` packs rows without sharing anything.

    `max_tokens` and `max_rows` bound a micro-batch (memory); `flat` recomputes the prefix in each micro-batch's own row,
    for models whose forward and backward must alternate (FSDP).
    """

    is_sharded = False
    """True when each process has its shard of the gradients, averaged over the processes (FSDP)."""

    def __init__(self, model: Any, prefix_ids: Sequence[int], max_tokens: int, *, max_rows: int | None = None, flat: bool = False,
                 kernel: str | None = None, merge: bool | None = None, lean: bool | None = None):
        self.model, self.prefix_ids, self.max_tokens, self.max_rows = model, tuple(prefix_ids), max_tokens, max_rows
        self.flat, self.kernel = flat, kernel
        causal_lm = model.get_base_model() if hasattr(model, "get_base_model") else model
        self.decoder, self.head, self.causal_lm = causal_lm.model, causal_lm.get_output_embeddings(), causal_lm
        self.device = self.head.weight.device
        self.merge = can_merge(model) if merge is None else merge
        self.is_lean = self.merge and can_be_lean(model) if lean is None else lean

    def forward_backward(self, rows: Sequence[EncodedRow], answer_tokens: int | None = None) -> float:
        """Add the gradients of the loss per answer token to the parameters and return that loss.

        `answer_tokens` are those of the whole optimiser step when `rows` are one process's share of it.
        """
        answer_tokens = answer_tokens or sum(len(row.answer_ids) for row in rows)
        with shared_prefix_attention(self.causal_lm), self._fast_layers():
            prefix = self._record()
            shared = _detached(prefix)
            losses = []
            for batch in self._micro_batches(rows):
                loss = self._summed_loss(batch, shared)
                (loss / answer_tokens).backward()
                losses.append(loss.detach())
            _backward_through_prefix(prefix, shared)
        # Only here does the program wait for a GPU, which has work to do meanwhile.
        return sum(loss.item() for loss in losses) / answer_tokens

    @torch.no_grad()
    def mean_loss(self, rows: Sequence[EncodedRow], after_batch: Callable[[], None] = lambda: None) -> float:
        """Mean loss per answer token, without gradients (validation); `after_batch` is called as it goes on."""
        losses = []
        with shared_prefix_attention(self.causal_lm), self._fast_layers():
            prefix = self._record()
            for batch in self._micro_batches(rows):
                losses.append(self._summed_loss(batch, prefix))
                after_batch()
        return sum(loss.item() for loss in losses) / sum(len(row.answer_ids) for row in rows)

    def _fast_layers(self) -> AbstractContextManager[None]:
        """The library's layers, or our faster ones of the same function where the model allows; merged anew for each step."""
        if not self.merge:
            return nullcontext()
        return lean_layers(self.model) if self.is_lean else merged_lora(self.model)

    def _micro_batches(self, rows: Sequence[EncodedRow]) -> list[list[EncodedRow]]:
        return micro_batches(rows, len(self.prefix_ids), self.max_tokens, self.max_rows)

    def _record(self) -> RecordPrefix:
        prefix = RecordPrefix()
        if self.prefix_ids and not self.flat:
            ids = torch.tensor([self.prefix_ids], device=self.device)
            self.decoder(input_ids=ids, use_cache=False, sharing=prefix)
        return prefix

    def _summed_loss(self, rows: Sequence[EncodedRow], prefix: RecordPrefix) -> torch.Tensor:
        packed = pack_behind_prefix(rows, len(self.prefix_ids), self.device)
        hidden = self._flat_hidden(packed) if self.flat or not self.prefix_ids else self._hidden(packed, prefix)
        return summed_cross_entropy(hidden[0, packed.predicting], self.head, packed.targets)

    def _hidden(self, packed: PackedRows, prefix: RecordPrefix) -> torch.Tensor:
        sharing = ContinuePrefix(prefix.keys, prefix.values, packed.lengths, self._masks(packed))
        return self._decode(packed.input_ids, packed.position_ids, sharing)

    def _flat_hidden(self, packed: PackedRows) -> torch.Tensor:
        prefix = torch.tensor([self.prefix_ids], dtype=torch.long, device=self.device)
        input_ids = torch.cat([prefix, packed.input_ids], dim=1)
        position_ids = torch.cat([torch.arange(prefix.shape[1], device=self.device)[None], packed.position_ids], dim=1)
        sharing = FlatRow(prefix.shape[1], packed.lengths, self._masks(packed))
        return self._decode(input_ids, position_ids, sharing)[:, prefix.shape[1]:]

    def _masks(self, packed: PackedRows) -> BlockMasks:
        return BlockMasks(len(self.prefix_ids), packed.lengths, self.device, self.kernel)

    def _decode(self, input_ids, position_ids, sharing) -> torch.Tensor:
        return self.decoder(input_ids=input_ids, position_ids=position_ids, use_cache=False, sharing=sharing).last_hidden_state


def _detached(prefix: RecordPrefix) -> RecordPrefix:
    """The same keys and values as leaves: each micro-batch's backward stops here and adds its gradient."""
    cut = lambda tensors: {layer: tensor.detach().requires_grad_() for layer, tensor in tensors.items()}
    return RecordPrefix(cut(prefix.keys), cut(prefix.values))


def _backward_through_prefix(prefix: RecordPrefix, shared: RecordPrefix) -> None:
    pairs = [(made[layer], leaf[layer].grad) for made, leaf in ((prefix.keys, shared.keys), (prefix.values, shared.values)) for layer in made]
    pairs = [(tensor, grad) for tensor, grad in pairs if tensor.requires_grad]
    if pairs:
        torch.autograd.backward(*zip(*pairs))
