"""What runs the model in a decoding step: transformers' own layers, or the same layers with less around them and, on a CPU, half the bytes.

A step of a few dozen tokens on a CPU is bound by reading the weights. Packed for fbgemm as float16 they are half as many
bytes, and the packing saves the library's reordering of them at every product: 2.2 times at 40 tokens, 3.5 at 8, in
`benchmarks/exam_throughput.py`. Sums stay in float32; weights lose what lies behind their eleventh bit, as they do in
every model file that ships as float16.

On a GPU a step of a small model is bound by launching kernels: there the same lean layers keep their weights as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import rms_norm, silu

from model.decode_attention import PrefixStep, RowsStep, shared_prefix_attention
from model.lean_layers import rotate

Step = PrefixStep | RowsStep
PACKING = "fbgemm"
"""The engine of torch.backends.quantized that packs float16 weights; processors without it use transformers' layers."""


class Engine(Protocol):
    """Shapes: T tokens of one flat sequence, C hidden width, V vocabulary."""

    def states(self, ids: Tensor, positions: Tensor, step: Step) -> Tensor:
        """Hidden states (T, C) of token ids (T,) at positions (T,)."""

    def logits(self, states: Tensor) -> Tensor:
        """(T, C) -> (T, V), float32."""


def engine_for(model: Any) -> Engine:
    """Lean wherever it can be, and packed on a CPU."""
    if is_plain_llama(model, "cuda"):
        return LeanLlama(model, PlainLinear)
    return LeanLlama(model, PackedLinear) if can_pack(model) else TransformersEngine(model)


class TransformersEngine:
    """Any model that takes an attention interface, on any device, quantised or with an adapter apart."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def states(self, ids: Tensor, positions: Tensor, step: Step) -> Tensor:
        # Only around a step: the caller may use the model between two answers.
        with shared_prefix_attention(self.model):
            found = self.model.model(input_ids=ids[None], position_ids=positions[None], use_cache=False, step=step)
        return found.last_hidden_state[0]

    def logits(self, states: Tensor) -> Tensor:
        return self.model.lm_head(states).float()


def can_pack(model: Any) -> bool:
    """True for plain Llama layers in float32 on a CPU that fbgemm knows."""
    return (is_plain_llama(model, "cpu") and all(parameter.dtype == torch.float32 for parameter in model.parameters())
            and PACKING in torch.backends.quantized.supported_engines)


def is_plain_llama(model: Any, device: str) -> bool:
    """True for Llama layers of unquantised projections without an adapter apart, all on a device of this kind."""
    from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRMSNorm

    layers = getattr(getattr(model, "model", None), "layers", ())
    linear = [module for layer in layers for module in _projections(layer)] if _are(layers, LlamaDecoderLayer) else []
    return (bool(linear) and _are([*linear, model.lm_head], torch.nn.Linear) and all(module.bias is None for module in linear)
            and all(parameter.device.type == device for parameter in model.parameters())
            and _are([model.model.norm], LlamaRMSNorm) and model.config.hidden_act == "silu")


def _are(modules: Any, kind: type) -> bool:
    return len(modules) > 0 and all(type(module) is kind for module in modules)


def _projections(layer: Any) -> list[Any]:
    attention, mlp = layer.self_attn, layer.mlp
    return [attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj, mlp.gate_proj, mlp.up_proj, mlp.down_proj]


class PackedLinear:
    """One product for several projections of the same input; weights (sum of outs, in) in float16."""

    def __init__(self, *linears: Any) -> None:
        weight = torch.cat([linear.weight.detach() for linear in linears])
        self.packed = torch.ops.quantized.linear_prepack_fp16(weight, None)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.ops.quantized.linear_dynamic_fp16(x, self.packed)


class PlainLinear:
    """The same with the weights' own type."""

    def __init__(self, *linears: Any) -> None:
        weights = [linear.weight.detach() for linear in linears]
        self.weight = torch.cat(weights) if len(weights) > 1 else weights[0]

    def __call__(self, x: Tensor) -> Tensor:
        return torch.nn.functional.linear(x, self.weight)


Product = PackedLinear | PlainLinear


@dataclass(frozen=True)
class _Layer:
    before: Tensor
    qkv: Product
    output: Product
    after: Tensor
    gate_up: Product
    down: Product

    @classmethod
    def of(cls, layer: Any, product: type[Product]) -> _Layer:
        query, key, value, output, gate, up, down = _projections(layer)
        return cls(layer.input_layernorm.weight, product(query, key, value), product(output),
                   layer.post_attention_layernorm.weight, product(gate, up), product(down))


class LeanLlama:
    """Llama without the library's per-layer work, projections made once into `product`s. Answers, but cannot be trained."""

    def __init__(self, model: Any, product: type[Product]) -> None:
        config = model.config
        self.model = model
        self.layers = [_Layer.of(layer, product) for layer in model.model.layers]
        self.head = product(model.lm_head)
        self.heads, self.key_heads = config.num_attention_heads, config.num_key_value_heads
        self.width = model.model.layers[0].self_attn.head_dim
        self.scale = model.model.layers[0].self_attn.scaling
        self.eps = config.rms_norm_eps

    def states(self, ids: Tensor, positions: Tensor, step: Step) -> Tensor:
        x = self.model.get_input_embeddings()(ids)
        cos, sin = (part[0, :, None, :self.width // 2] for part in self.model.model.rotary_emb(x, positions[None]))
        for number, layer in enumerate(self.layers):
            x = x + layer.output(self._attended(number, layer.qkv(self._norm(x, layer.before)), cos, sin, step))
            gate, up = layer.gate_up(self._norm(x, layer.after)).chunk(2, dim=-1)
            x += layer.down(silu(gate).mul_(up))
        return self._norm(x, self.model.model.norm.weight)

    def logits(self, states: Tensor) -> Tensor:
        return self.head(states).float()

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return rms_norm(x, weight.shape, weight, self.eps)

    def _attended(self, number: int, joint: Tensor, cos: Tensor, sin: Tensor, step: Step) -> Tensor:
        joint = joint.view(len(joint), -1, self.width)
        rotate(joint[:, :self.heads + self.key_heads], cos, sin)
        query, key, value = joint.transpose(0, 1)[None].split([self.heads, self.key_heads, self.key_heads], dim=1)
        return step.attend(number, query, key, value, self.scale)[0].transpose(0, 1).flatten(1)
