"""Before every real training: is the shared-prefix loss the loss of plain row-by-row training?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from error_handler import UserError
from model.encode import EncodedRow
from model.shared_prefix import SharedPrefixLoss

TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 5e-2, torch.float16: 5e-2}
"""Relative difference of all gradients together; a wrong mask or position gives 0.1 and more. Tests hold float32 to 1e-5."""
CHECKED_ROWS = 2


@dataclass(frozen=True)
class SelfCheck:
    """How far both computations lie apart, relative to row by row."""

    loss_error: float
    gradient_error: float
    tolerance: float

    @property
    def is_passed(self) -> bool:
        return self.loss_error <= self.tolerance and self.gradient_error <= self.tolerance


def row_by_row(model: Any, rows: Sequence[EncodedRow]) -> float:
    """Plain training, one row at a time through the model as its library has it; the mean loss per answer token."""
    answer_tokens = sum(len(row.answer_ids) for row in rows)
    total = 0.0
    for row in rows:
        device = next(model.parameters()).device
        answer = torch.tensor(row.answer_ids, device=device)
        keep = torch.arange(len(row.prompt_ids) - 1, len(row) - 1, device=device)
        logits = model(input_ids=torch.tensor([row.input_ids], device=device), use_cache=False, logits_to_keep=keep).logits[0]
        loss = cross_entropy(logits.float(), answer, reduction="sum") / answer_tokens
        loss.backward()
        total += loss.item()
    return total


def compare_with_row_by_row(model: Any, loss: SharedPrefixLoss, rows: Sequence[EncodedRow]) -> SelfCheck:
    """Loss and LoRA gradients of both computations on the same rows; leaves no gradients behind.

    A fresh adapter has B = 0, where every gradient of A is zero: B is moved a little for the comparison.
    """
    from model.trainer import dropout_off

    dropout_off(model)
    with _moved_adapter(model), _exact_products():
        shared_loss, shared = _gradients(model, lambda: loss.forward_backward(rows))
        plain_loss, plain = _gradients(model, lambda: row_by_row(model, rows))
    scale = max(abs(plain_loss), 1e-9)
    error = (shared - plain).norm() / plain.norm().clamp_min(1e-12)
    return SelfCheck(abs(shared_loss - plain_loss) / scale, error.item(), tolerance_of(model))


def tolerance_of(model: Any) -> float:
    """That of the coarsest type the model computes in.

    Quantised layers have a type of computation of their own, while peft keeps head and norms beside them in float32. LLM.int8
    rounds activations by the outliers of the whole batch, and on a GPU in float16.
    """
    found = {parameter.dtype for parameter in model.parameters() if parameter.is_floating_point()}
    for module in model.modules():
        if getattr(module, "compute_dtype", None) is not None:  # bitsandbytes' Linear4bit
            found.add(module.compute_dtype)
        elif type(module).__name__ == "Linear8bitLt" and module.weight.device.type == "cuda":
            found.add(torch.float16)
    return max(TOLERANCE.get(dtype, max(TOLERANCE.values())) for dtype in found)


def check_or_refuse(model: Any, loss: SharedPrefixLoss, rows: Sequence[EncodedRow]) -> SelfCheck:
    """Run the comparison on the two shortest rows; a difference ends the run before it has trained anything."""
    sample = sorted(rows, key=len)[:CHECKED_ROWS]
    check = compare_with_row_by_row(model, loss, sample)
    if not check.is_passed:
        raise UserError(f"Shared-prefix training differs from row-by-row training: loss by {check.loss_error:.1e}, gradients by "
                        f"{check.gradient_error:.1e} (allowed {check.tolerance:.0e}).",
                        "check that the pinned versions of torch, transformers and peft are installed (requirements.txt); "
                        "python scripts/04_train_blueprint_lora.py --no-shared-prefix trains row by row meanwhile.")
    return check


def _gradients(model: Any, compute: Any) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    loss = compute()
    gradients = torch.cat([p.grad.detach().float().flatten().cpu() for p in model.parameters() if p.requires_grad and p.grad is not None])
    model.zero_grad()
    return loss, gradients


@contextmanager
def _exact_products() -> Iterator[None]:
    """Without TF32, whose rounding would hide a small mistake."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


class _moved_adapter:
    """Small fixed values added to every B while inside, taken off exactly by restoring copies."""

    def __init__(self, model: Any):
        self.weights = [p for name, p in model.named_parameters() if p.requires_grad and "lora_B" in name]

    @torch.no_grad()
    def __enter__(self) -> None:
        generator = torch.Generator().manual_seed(0)
        self.copies = [weight.detach().clone() for weight in self.weights]
        for weight in self.weights:
            weight += torch.empty(weight.shape).normal_(0, 0.01, generator=generator).to(weight)

    @torch.no_grad()
    def __exit__(self, *_: Any) -> None:
        for weight, copy in zip(self.weights, self.copies):
            weight.copy_(copy)
