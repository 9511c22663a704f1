"""The elementwise work of lean layers on a GPU, each part in one pass over memory instead of up to nine.

In float32 the embedded model's training is bound by reading and writing what lies between its matrix products. Triton comes with
torch wherever it runs on CUDA under Linux; elsewhere lean layers compute the same with torch's own operations.

Shapes: T tokens, C hidden width, I width of the MLP, H heads, D head width. Tensors are float32, their last dimension contiguous.
"""

import torch
import triton
import triton.language as tl

MLP_BLOCK = 1024


def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(T, C) -> normed (T, C) and 1 / root mean square (T, 1)"""
    normed, rstd = torch.empty_like(x), x.new_empty(len(x), 1)
    _rms_norm[(len(x),)](x, weight, normed, rstd, x.shape[1], eps, triton.next_power_of_2(x.shape[1]), True)
    return normed, rstd


def normed_again(x: torch.Tensor, weight: torch.Tensor, rstd: torch.Tensor) -> torch.Tensor:
    normed = torch.empty_like(x)
    _rms_norm[(len(x),)](x, weight, normed, rstd, x.shape[1], 0.0, triton.next_power_of_2(x.shape[1]), False)
    return normed


@triton.jit
def _rms_norm(x_at, weight_at, normed_at, rstd_at, width, eps, block: tl.constexpr, is_first: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, block)
    inside = column < width
    x = tl.load(x_at + row * width + column, mask=inside, other=0.0)
    if is_first:
        rstd = 1.0 / tl.sqrt(tl.sum(x * x, axis=0) / width + eps)
        tl.store(rstd_at + row, rstd)
    else:
        rstd = tl.load(rstd_at + row)
    tl.store(normed_at + row * width + column, x * rstd * tl.load(weight_at + column, mask=inside, other=0.0), mask=inside)


def norm_backward(grad: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, rstd: torch.Tensor) -> torch.Tensor:
    """Gradient of the norm with respect to x (T, C); overwrites `grad`."""
    _norm_backward[(len(x),)](grad, x, weight, rstd, x.shape[1], triton.next_power_of_2(x.shape[1]))
    return grad


@triton.jit
def _norm_backward(grad_at, x_at, weight_at, rstd_at, width, block: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.arange(0, block)
    inside = column < width
    x = tl.load(x_at + row * width + column, mask=inside, other=0.0)
    grad = tl.load(grad_at + row * width + column, mask=inside, other=0.0) * tl.load(weight_at + column, mask=inside, other=0.0)
    rstd = tl.load(rstd_at + row)
    along = tl.sum(grad * x, axis=0) / width
    tl.store(grad_at + row * width + column, grad * rstd - x * (along * rstd * rstd * rstd), mask=inside)


def swiglu(joint: torch.Tensor) -> torch.Tensor:
    """Gate and up side by side (T, 2 I) -> silu(gate) up (T, I)"""
    width = joint.shape[1] // 2
    inner = joint.new_empty(len(joint), width)
    _swiglu[(len(joint), triton.cdiv(width, MLP_BLOCK))](joint, inner, width, MLP_BLOCK)
    return inner


@triton.jit
def _swiglu(joint_at, inner_at, width, block: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * block + tl.arange(0, block)
    inside = column < width
    gate = tl.load(joint_at + row * 2 * width + column, mask=inside, other=0.0)
    up = tl.load(joint_at + row * 2 * width + width + column, mask=inside, other=0.0)
    tl.store(inner_at + row * width + column, gate * tl.sigmoid(gate) * up, mask=inside)


def swiglu_backward(joint: torch.Tensor, grad_inner: torch.Tensor) -> torch.Tensor:
    """Gradient (T, 2 I) of gate and up from that of silu(gate) up."""
    width = joint.shape[1] // 2
    grad_joint = torch.empty_like(joint)
    _swiglu_backward[(len(joint), triton.cdiv(width, MLP_BLOCK))](joint, grad_inner, grad_joint, width, MLP_BLOCK)
    return grad_joint


@triton.jit
def _swiglu_backward(joint_at, grad_inner_at, grad_joint_at, width, block: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * block + tl.arange(0, block)
    inside = column < width
    gate = tl.load(joint_at + row * 2 * width + column, mask=inside, other=0.0)
    up = tl.load(joint_at + row * 2 * width + width + column, mask=inside, other=0.0)
    grad = tl.load(grad_inner_at + row * width + column, mask=inside, other=0.0)
    sigmoid = tl.sigmoid(gate)
    activated = gate * sigmoid
    tl.store(grad_joint_at + row * 2 * width + column, grad * up * (sigmoid + activated * (1.0 - sigmoid)), mask=inside)
    tl.store(grad_joint_at + row * 2 * width + width + column, grad * activated, mask=inside)


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, direction: int = 1) -> None:
    """Turn heads (T, H, D) in place by their positions, cos and sin (T, 1, D / 2); direction -1 turns back."""
    tokens, heads, width = x.shape
    half = width // 2
    _rotate[(tokens,)](x, cos, sin, x.stride(0), x.stride(1), cos.stride(0), heads, half, float(direction),
                       triton.next_power_of_2(heads), triton.next_power_of_2(half))


@triton.jit
def _rotate(x_at, cos_at, sin_at, token_stride, head_stride, turn_stride, heads, half, direction, head_block: tl.constexpr, half_block: tl.constexpr):
    token = tl.program_id(0).to(tl.int64)
    head, column = tl.arange(0, head_block), tl.arange(0, half_block)
    inside = (head[:, None] < heads) & (column[None, :] < half)
    cos = tl.load(cos_at + token * turn_stride + column, mask=column < half, other=0.0)[None, :]
    sin = tl.load(sin_at + token * turn_stride + column, mask=column < half, other=0.0)[None, :] * direction
    place = x_at + token * token_stride + head[:, None] * head_stride + column[None, :]
    first, second = tl.load(place, mask=inside, other=0.0), tl.load(place + half, mask=inside, other=0.0)
    tl.store(place, first * cos - second * sin, mask=inside)
    tl.store(place + half, second * cos + first * sin, mask=inside)
