"""What a training needs of memory and disk, estimated before it starts from the shape of the model."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from error_handler import UserError
from model.checkpoints import KEPT_CHECKPOINTS

GIB = 2**30
WEIGHT_BYTES = {"none": None, "nf4": 0.56, "int8": 1.05}
"""Bytes per quantised weight, with its scales; `none` follows the dtype."""
USABLE_MEMORY_FRAC = {"cpu": 0.6, "cuda": 0.9}
"""Of what is free at the start; the rest is for the allocator's waste and, on a CPU, for the machine's other work."""
MIN_MICRO_BATCH_TOKENS = 256
MAX_MICRO_BATCH_TOKENS = {"cpu": 2048, "cuda": 32768}
"""More than this was not faster: matrix products are already at full speed. On a GPU a whole step of the embedded model, which would
else wait for the launches of its small kernels."""
RUNTIME_BYTES = 0.8 * GIB
"""Python, torch and the libraries."""


@dataclass(frozen=True)
class ModelShape:
    """The sizes that memory depends on."""

    hidden: int
    intermediate: int
    layers: int
    vocabulary: int
    projection_weights: int
    """Weights of all adapted projections, which are what quantisation shrinks."""
    other_weights: int
    lora_in_out: int
    """Sum over adapted projections of inputs plus outputs; times the rank, the parameters of the adapter."""

    @classmethod
    def of(cls, config: Any) -> "ModelShape":
        c = config
        width = getattr(c, "head_dim", None) or c.hidden_size // c.num_attention_heads
        heads, keys = c.num_attention_heads * width, c.num_key_value_heads * width
        projections = [(c.hidden_size, heads), (c.hidden_size, keys), (c.hidden_size, keys), (heads, c.hidden_size),
                       *[(c.hidden_size, c.intermediate_size)] * 3]
        layers = c.num_hidden_layers
        embeddings = c.vocab_size * c.hidden_size * (1 if c.tie_word_embeddings else 2)
        return cls(c.hidden_size, c.intermediate_size, layers, c.vocab_size, layers * sum(i * o for i, o in projections),
                   embeddings, layers * sum(i + o for i, o in projections))


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes: what is there whatever the batch, and what each token of a micro-batch (and of the prefix) adds."""

    fixed: float
    per_token: float

    def total(self, tokens: int) -> float:
        return self.fixed + self.per_token * tokens

    def tokens_within(self, available: float) -> int:
        return int((available - self.fixed) / self.per_token)


def memory_need(shape: ModelShape, quantization: str, dtype_bytes: int, lora_r: int, is_checkpointed: bool) -> MemoryNeed:
    """Weights, adapter with gradients and optimiser state, merged copy, loss chunk; activations per token.

    Adapter and gradients are float32; the optimiser's two moments are float32 on a CPU and 8-bit beside half-precision weights.
    """
    weight = WEIGHT_BYTES[quantization] or dtype_bytes
    is_lean = quantization == "none" and dtype_bytes == 4
    merged = shape.projection_weights * dtype_bytes if is_lean else 0
    adapter = shape.lora_in_out * lora_r * (8 + (8 if dtype_bytes == 4 else 2))
    loss_chunk = 3 * 512 * shape.vocabulary * 4
    fixed = RUNTIME_BYTES + shape.projection_weights * weight + shape.other_weights * dtype_bytes + merged + adapter + loss_chunk
    # Saved for the backward pass per token and layer, in vectors as wide as the model and as the MLP: 10 and 4 by the library's
    # layers, 5 and 2 by ours (lean_layers).
    full = ((5 if is_lean else 10) * shape.hidden + (2 if is_lean else 4) * shape.intermediate) * dtype_bytes
    if dtype_bytes < 4:
        # The adapter's float32 copy of the input of each projection.
        full += (6 * shape.hidden + shape.intermediate) * 4
    per_token = shape.layers * shape.hidden * dtype_bytes + 2 * full if is_checkpointed else shape.layers * full
    return MemoryNeed(fixed, per_token)


def available_memory() -> float:
    """Bytes free for this process: of the GPU when there is one, else of the machine."""
    import psutil
    import torch

    if torch.cuda.is_available():
        return torch.cuda.mem_get_info()[0]
    return psutil.virtual_memory().available


def micro_batch_tokens(need: MemoryNeed, prefix_tokens: int, available: float, device: str) -> int:
    """Tokens a micro-batch may have behind a prefix of `prefix_tokens`; refuses with numbers when not even a small one fits."""
    fits = need.tokens_within(available * USABLE_MEMORY_FRAC[device]) - prefix_tokens
    if fits < MIN_MICRO_BATCH_TOKENS:
        least = need.total(prefix_tokens + MIN_MICRO_BATCH_TOKENS) / USABLE_MEMORY_FRAC[device]
        raise UserError(f"Training needs about {least / GIB:.1f} GiB of free memory with these settings, {available / GIB:.1f} GiB are free.",
                        "close other programs, set quantization.use_4bit to true, or choose a smaller model.base_model.")
    return min(fits, MAX_MICRO_BATCH_TOKENS[device])


def check_disk(folder: Path, shape: ModelShape, lora_r: int) -> float:
    """Bytes that checkpoints (adapter and two optimiser moments each) and the final adapter take; refuses when they do not fit."""
    adapter = shape.lora_in_out * lora_r * 4
    needed = adapter * (3 * (KEPT_CHECKPOINTS + 1) + 2)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UserError(f"Training needs about {needed / GIB:.2f} GiB on the disk of {folder}, {free / GIB:.2f} GiB are free.",
                        "free space (python scripts/16_backup.py --cleanup drops old backups) or lower lora.lora_r.")
    return needed
