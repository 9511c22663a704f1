"""LoRA layers that compute with W + s B A, merged once per optimiser step, instead of two paths per token.

The same function and the same gradients, with a third less LoRA arithmetic and no full-size sums: forward is one
matrix product; backward needs x A^T, which is cheap to make again. Only for float32 weights: a quantised base has no W to add to, and a sum in
bfloat16 would round most of a small s B A away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.functional import linear


class MergedLinear(torch.autograd.Function):
    """y = x (W + s B A)^T with x (..., in), A (r, in), B (out, r); gradients for x, A and B, none for W."""

    @staticmethod
    def forward(ctx, x, merged, bias, a, b, scaling):
        ctx.save_for_backward(x, merged, a, b)
        ctx.scaling = scaling
        return linear(x, merged, bias)

    @staticmethod
    def backward(ctx, grad):
        x, merged, a, b = ctx.saved_tensors
        grad_x = grad @ merged if ctx.needs_input_grad[0] else None
        x, grad = x.flatten(0, -2), grad.flatten(0, -2)
        grad_b = (grad.t() @ (x @ a.t())).mul_(ctx.scaling)
        grad_a = ((grad @ b).t() @ x).mul_(ctx.scaling)
        return grad_x, None, None, grad_a, grad_b, None


def lora_layers(model: Any) -> list[Any]:
    from peft.tuners.lora import LoraLayer

    return [module for module in model.modules() if isinstance(module, LoraLayer)]


def can_merge(model: Any) -> bool:
    """True when every LoRA layer is a plain float32 linear layer with one adapter, without dropout or a variant (DoRA ...)."""
    from peft.tuners.lora import Linear

    return all(type(layer) is Linear and _is_plain(layer) for layer in lora_layers(model))


def _is_plain(layer: Any) -> bool:
    name, *others = layer.active_adapters
    return (not others and not layer.merged and layer.base_layer.weight.dtype == torch.float32
            and not layer.use_dora.get(name, False) and not layer.lora_variant.get(name)
            and getattr(layer.lora_dropout[name], "p", 0.0) == 0.0 and not layer.lora_bias.get(name, False))


@contextmanager
def merged_lora(model: Any) -> Iterator[None]:
    """Use merged weights inside the block; the adapter must not change within it. Costs one copy of the adapted weights."""
    layers = lora_layers(model)
    for layer in layers:
        layer.forward = _merged_forward(layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _merged_forward(layer: Any):
    name = layer.active_adapters[0]
    a, b, scaling = layer.lora_A[name].weight, layer.lora_B[name].weight, layer.scaling[name]
    base = layer.base_layer
    with torch.no_grad():
        merged = torch.addmm(base.weight, b.to(base.weight.dtype), a.to(base.weight.dtype), alpha=scaling)

    def forward(x):
        return MergedLinear.apply(x, merged, base.bias, a, b, scaling)

    return forward
