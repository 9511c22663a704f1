"""Llama layers written out by hand for training a LoRA adapter on frozen float weights.

Three gains over the library's modules, with the same gradients: query, key and value (gate and up) are one matrix product;
norms and activations are made again in the backward pass instead of kept (half the memory); no weight gradient, mask or
temporary is made that nobody needs. Weights are merged with the adapter once per optimiser step, as in `merged_lora`.

Shapes: T tokens, C hidden width, r rank; projections are stored (out, in).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

import torch
from torch.nn.functional import silu

from model.merged_lora import MergedLinear


@dataclass
class FusedLora:
    """Several projections of the same input as one: merged weight (sum of outs, in), and each adapter's A (r, in) and B (out, r)."""

    weight: torch.Tensor
    outs: list[int]
    scalings: list[float]

    @classmethod
    def of(cls, layers: list[Any]) -> tuple["FusedLora", list[torch.Tensor]]:
        names = [layer.active_adapters[0] for layer in layers]
        pairs = [(layer.lora_A[name].weight, layer.lora_B[name].weight) for layer, name in zip(layers, names)]
        scalings = [layer.scaling[name] for layer, name in zip(layers, names)]
        with torch.no_grad():
            merged = [torch.addmm(layer.base_layer.weight, b, a, alpha=s) for layer, (a, b), s in zip(layers, pairs, scalings)]
        weight = torch.cat(merged) if len(merged) > 1 else merged[0]
        return cls(weight, [b.shape[0] for _, b in pairs], scalings), [tensor for pair in pairs for tensor in pair]

    def adapter_gradients(self, x: torch.Tensor, grad: torch.Tensor, adapters: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
        """Gradients of every A and B from inputs (T, in) and gradients of the outputs (T, sum of outs)."""
        a_all = torch.cat(adapters[0::2])
        inner = (x @ a_all.t()).split([a.shape[0] for a in adapters[0::2]], dim=1)
        parts = grad.split(self.outs, dim=1)
        outer = torch.cat([part @ b for part, b in zip(parts, adapters[1::2])], dim=1)
        grad_a = (outer.t() @ x).split([a.shape[0] for a in adapters[0::2]])
        found = []
        for a, part, low, scaling in zip(grad_a, parts, inner, self.scalings):
            found += [a * scaling, (part.t() @ low).mul_(scaling)]
        return found


def _kernels(x: torch.Tensor) -> Any:
    """The module with the same elementwise functions in one pass each, where they are for."""
    return _one_pass_kernels() if x.is_cuda and _has_triton() else sys.modules[__name__]


@cache
def _has_triton() -> bool:
    return find_spec("triton") is not None


def _one_pass_kernels() -> Any:
    from model import lean_kernels

    return lean_kernels


def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(T, C) -> normed (T, C) and 1 / root mean square (T, 1)"""
    rstd = x.pow(2).mean(-1, keepdim=True).add_(eps).rsqrt_()
    return normed_again(x, weight, rstd), rstd


def normed_again(x: torch.Tensor, weight: torch.Tensor, rstd: torch.Tensor) -> torch.Tensor:
    return (x * rstd).mul_(weight)


def norm_backward(grad: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, rstd: torch.Tensor) -> torch.Tensor:
    """Gradient of the norm with respect to x (T, C); overwrites `grad`."""
    grad.mul_(weight)
    along = (grad * x).mean(-1, keepdim=True)
    return grad.mul_(rstd).addcmul_(x, along * rstd**3, value=-1)


def swiglu(joint: torch.Tensor) -> torch.Tensor:
    """Gate and up side by side (T, 2 I) -> silu(gate) up (T, I)"""
    gate, up = joint.chunk(2, dim=1)
    return silu(gate).mul_(up)


def swiglu_backward(joint: torch.Tensor, grad_inner: torch.Tensor) -> torch.Tensor:
    """Gradient (T, 2 I) of gate and up from that of silu(gate) up; overwrites `grad_inner`."""
    gate, up = joint.chunk(2, dim=1)
    sigmoid = torch.sigmoid(gate)
    activated = sigmoid * gate
    grad_joint = torch.empty_like(joint)
    grad_gate, grad_up = grad_joint.chunk(2, dim=1)
    torch.mul(grad_inner, activated, out=grad_up)
    # d silu(g) / dg = s + a (1 - s) for s = sigmoid(g), a = g s.
    slope = sigmoid.neg().add_(1).mul_(activated).add_(sigmoid)
    torch.mul(grad_inner.mul_(up), slope, out=grad_gate)
    return grad_joint


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, direction: int = 1) -> None:
    """Turn heads (T, H, D) in place by their positions; direction -1 turns back, which is also the backward pass."""
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    turned = first * sin
    first.mul_(cos).addcmul_(second, sin, value=-direction)
    second.mul_(cos).add_(turned, alpha=direction)


class _NormedQKV(torch.autograd.Function):
    """Norm, the three projections and rotary positions: (T, C) -> query (T, H, D), key and value (T, K, D)."""

    @staticmethod
    def forward(ctx, x, norm_weight, eps, cos, sin, fused, width, *adapters):
        kernels = _kernels(x)
        normed, rstd = kernels.rms_norm(x, norm_weight, eps)
        joint = (normed @ fused.weight.t()).view(len(x), -1, width)
        heads = [out // width for out in fused.outs]
        kernels.rotate(joint[:, :heads[0] + heads[1]], cos, sin)
        ctx.save_for_backward(x, norm_weight, rstd, cos, sin, *adapters)
        ctx.fused, ctx.heads = fused, heads
        return joint.split(heads, dim=1)

    @staticmethod
    def backward(ctx, *grads):
        x, norm_weight, rstd, cos, sin, *adapters = ctx.saved_tensors
        kernels = _kernels(x)
        grad = torch.cat(grads, dim=1)
        kernels.rotate(grad[:, :ctx.heads[0] + ctx.heads[1]], cos, sin, -1)
        grad = grad.flatten(1)
        grad_adapters = ctx.fused.adapter_gradients(kernels.normed_again(x, norm_weight, rstd), grad, tuple(adapters))
        grad_x = kernels.norm_backward(grad @ ctx.fused.weight, x, norm_weight, rstd) if ctx.needs_input_grad[0] else None
        return grad_x, None, None, None, None, None, None, *grad_adapters


class _NormedMLP(torch.autograd.Function):
    """Norm, gate, up, SwiGLU and down: (T, C) -> (T, C); keeps gate and up only."""

    @staticmethod
    def forward(ctx, x, norm_weight, eps, gate_up, down, *adapters):
        kernels = _kernels(x)
        normed, rstd = kernels.rms_norm(x, norm_weight, eps)
        joint = normed @ gate_up.weight.t()
        ctx.save_for_backward(x, norm_weight, rstd, joint, *adapters)
        ctx.gate_up, ctx.down = gate_up, down
        return kernels.swiglu(joint) @ down.weight.t()

    @staticmethod
    def backward(ctx, grad):
        x, norm_weight, rstd, joint, *adapters = ctx.saved_tensors
        kernels = _kernels(x)
        inner = kernels.swiglu(joint)
        grad_down = ctx.down.adapter_gradients(inner, grad, tuple(adapters[4:]))
        grad_joint = kernels.swiglu_backward(joint, torch.mm(grad, ctx.down.weight, out=inner))
        grad_gate_up = ctx.gate_up.adapter_gradients(kernels.normed_again(x, norm_weight, rstd), grad_joint, tuple(adapters[:4]))
        grad_x = kernels.norm_backward(grad_joint @ ctx.gate_up.weight, x, norm_weight, rstd)
        return grad_x, None, None, None, None, *grad_gate_up, *grad_down


def can_be_lean(model: Any) -> bool:
    """True for plain Llama layers whose seven projections all carry a mergeable adapter."""
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer

    from model.lora import TARGETS
    from model.merged_lora import can_merge, lora_layers

    decoder = model.get_base_model().model if hasattr(model, "get_base_model") else None
    layers = getattr(decoder, "layers", [])
    return (len(layers) > 0 and all(type(layer) is LlamaDecoderLayer for layer in layers) and can_merge(model)
            and len(lora_layers(model)) == len(TARGETS) * len(layers) and decoder.config.hidden_act == "silu"
            and all(module.base_layer.bias is None and module.base_layer.weight.dtype == torch.float32 for module in lora_layers(model)))


@contextmanager
def lean_layers(model: Any) -> Iterator[None]:
    """Compute with hand-written layers inside the block; the adapter must not change within it."""
    layers = model.get_base_model().model.layers
    for layer in layers:
        layer.forward = _checkpointed_like(layer, _lean_forward(layer))
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _checkpointed_like(layer: Any, forward: Any):
    """The library checkpoints within the `forward` of the layer's class, whose place ours takes."""
    if not layer.gradient_checkpointing:
        return forward
    return lambda hidden_states, **keywords: layer._gradient_checkpointing_func(partial(forward, **keywords), hidden_states)


def _lean_forward(layer: Any):
    attention, mlp, width = layer.self_attn, layer.mlp, layer.self_attn.head_dim
    qkv, qkv_adapters = FusedLora.of([attention.q_proj, attention.k_proj, attention.v_proj])
    output, (output_a, output_b) = FusedLora.of([attention.o_proj])
    gate_up, gate_up_adapters = FusedLora.of([mlp.gate_proj, mlp.up_proj])
    down, down_adapters = FusedLora.of([mlp.down_proj])
    before, after = layer.input_layernorm, layer.post_attention_layernorm

    def forward(hidden_states, position_embeddings=None, sharing=None, **_):
        x = hidden_states[0]
        cos, sin = (part[0, :, None, :width // 2] for part in position_embeddings)
        query, key, value = (t.transpose(0, 1)[None] for t in _NormedQKV.apply(
            x, before.weight, before.variance_epsilon, cos, sin, qkv, width, *qkv_adapters))
        attended = sharing.attend(attention.layer_idx, query, key, value, attention.scaling)
        attended = attended[0].transpose(0, 1).flatten(1)
        x = x + MergedLinear.apply(attended, output.weight, None, output_a, output_b, output.scalings[0])
        x = x + _NormedMLP.apply(x, after.weight, after.variance_epsilon, gate_up, down, *gate_up_adapters, *down_adapters)
        return x[None]

    return forward
