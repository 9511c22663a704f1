"""Cross-entropy from hidden states without ever holding all logits.

With a vocabulary of 49,152 the logits of 6,000 answer tokens would take 1.2 GB in float32, and their gradient as much.
"""

import torch
from torch.nn.functional import cross_entropy, log_softmax

CHUNK_TOKENS = 512


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Sum of -log p(target) over (N, C) hidden states; the gradient is made chunk by chunk in the same pass (frozen head)."""

    @staticmethod
    def forward(ctx, hidden, weight, targets):
        gradient = torch.empty_like(hidden)
        total = hidden.new_zeros((), dtype=torch.float32)
        for chunk in _chunks(len(hidden)):
            # torch's log_softmax and nothing more exact: on a CPU it loses the tail of peaked float32 distributions (its
            # gradient is 1e-4 from float64), and training here has to be the training of everyone else.
            log_p = log_softmax(torch.mm(hidden[chunk], weight.t()).float(), dim=-1)
            picked = targets[chunk, None]
            total -= log_p.gather(1, picked).sum()
            probabilities = log_p.exp_()
            probabilities.scatter_add_(1, picked, probabilities.new_full(picked.shape, -1.0))
            gradient[chunk] = torch.mm(probabilities.to(weight.dtype), weight)
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx, grad):
        (gradient,) = ctx.saved_tensors
        return gradient * grad, None, None


def _chunks(tokens: int) -> list[slice]:
    return [slice(start, start + CHUNK_TOKENS) for start in range(0, tokens, CHUNK_TOKENS)]


def summed_cross_entropy(hidden: torch.Tensor, head: torch.nn.Module, targets: torch.Tensor) -> torch.Tensor:
    """Sum of the cross-entropies of hidden states (N, C) against targets (N,); divide by the tokens of the whole step."""
    if head.weight.requires_grad or getattr(head, "bias", None) is not None:
        raise ValueError("the chunked loss is for a frozen output head without bias")
    if torch.is_grad_enabled():
        return _ChunkedCrossEntropy.apply(hidden, head.weight, targets)
    sums = [cross_entropy(head(hidden[c]).float(), targets[c], reduction="sum") for c in _chunks(len(hidden))]
    return torch.stack(sums).sum()
