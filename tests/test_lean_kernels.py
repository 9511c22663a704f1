"""The one-pass kernels for a GPU compute what torch's own operations do; without a GPU in Triton's interpreter, where Triton is installed."""

import os
import sys

import pytest
import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
if DEVICE == "cpu":
    if "triton" in sys.modules:
        pytest.skip("Triton was loaded without its interpreter", allow_module_level=True)
    os.environ["TRITON_INTERPRET"] = "1"
pytest.importorskip("triton")

from model import lean_kernels, lean_layers  # noqa: E402  (the interpreter is chosen when kernels are defined)

TOKENS, WIDTH, INNER, HEADS, HEAD = 7, 72, 1100, 5, 24


@pytest.fixture
def tensor():
    generator = torch.Generator().manual_seed(3)
    return lambda *shape: torch.randn(*shape, generator=generator).to(DEVICE)


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_the_norm_forth_again_and_back(tensor):
    x, weight, grad = tensor(TOKENS, WIDTH), tensor(WIDTH), tensor(TOKENS, WIDTH)
    for found, expected in zip(lean_kernels.rms_norm(x, weight, 1e-5), lean_layers.rms_norm(x, weight, 1e-5)):
        close(found, expected)
    rstd = lean_layers.rms_norm(x, weight, 1e-5)[1]
    close(lean_kernels.normed_again(x, weight, rstd), lean_layers.normed_again(x, weight, rstd))
    close(lean_kernels.norm_backward(grad.clone(), x, weight, rstd), lean_layers.norm_backward(grad.clone(), x, weight, rstd))


def test_the_mlp_forth_and_back(tensor):
    joint, grad = tensor(TOKENS, 2 * INNER), tensor(TOKENS, INNER)
    close(lean_kernels.swiglu(joint), lean_layers.swiglu(joint))
    close(lean_kernels.swiglu_backward(joint, grad.clone()), lean_layers.swiglu_backward(joint, grad.clone()))


@pytest.mark.parametrize("direction", [1, -1])
def test_positions_turn_the_first_heads_in_place_and_leave_the_others(tensor, direction):
    found, cos, sin = tensor(TOKENS, HEADS + 2, HEAD), tensor(TOKENS, HEAD)[:, None, :HEAD // 2], tensor(TOKENS, HEAD)[:, None, :HEAD // 2]
    expected = found.clone()
    lean_kernels.rotate(found[:, :HEADS], cos, sin, direction)
    lean_layers.rotate(expected[:, :HEADS], cos, sin, direction)
    close(found, expected)
