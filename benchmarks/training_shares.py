"""What does each single gain of our training bring? One is switched off at a time while the others stay on.

All variants compute the same loss of the same rows, by turns, so that noise hits all alike; figures are of the fastest of --rounds
turns. A whole optimiser step has --rows rows. What costs the same for every token is measured on a quarter of it, behind a quarter of
the prompt, in one micro-batch; what depends on the length of the prompt or on the number of micro-batches on the whole step, once;
without a shared prompt, where each row costs the same, a single row is timed. On a machine with other work the ratio by processor
time is the one to read.

Reads    the embedded base model (with --quick a tiny model made on the spot; on CUDA random weights of 8B shape in NF4)
Writes   nothing; a table on stdout, with --json one JSON object instead
Usage    python benchmarks/training_shares.py [--rows 16] [--rounds 2] [--only compiled spread] [--json]
         python benchmarks/training_shares.py --quick
Exit     0 measured, 1 the losses of two variants differ
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

from measuring import (PROMPT_CHARACTERS, QUICK_PROMPT_CHARACTERS, PeakMemory, add_common_options, as_worker, device_text, encoded_rows,
                       is_worker, load_for_training, now, since)

MICRO_BATCH_TOKENS = 2048
QUARTER = 4
WHOLE = "all on"
LARGEST_DIFFERENCE = 1e-4
"""Of a loss, relative: with quantised weights and bfloat16 the order of sums shows."""


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=16, help="rows of a whole optimiser step (default 16)")
    parser.add_argument("--rounds", type=int, default=2, help="turns of the variants on a quarter of a step (default 2)")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="variants with one of these words in their name, and what they are compared with (default: all)")
    add_common_options(parser)
    return parser


@dataclass(frozen=True)
class Work:
    """Rows and the prompt they share."""

    name: str
    rows: list[Any]

    @property
    def answer_tokens(self) -> int:
        return sum(len(row.answer_ids) for row in self.rows)


@dataclass
class Variant:
    """Our training with one gain off: by an option of the loss, or by what `switched_off` puts in place around it."""

    name: str
    work: Work
    options: dict[str, Any] = field(default_factory=dict)
    switched_off: Callable[[Any], AbstractContextManager[Any]] = lambda _: nullcontext()
    is_shared: bool = True
    seconds: list[tuple[float, float]] = field(default_factory=list)
    """On the clock and of processor time, a pair for each turn."""
    loss: float = 0.0
    peak_gib: float = 0.0

    def run(self, model: Any) -> None:
        import torch

        with self.switched_off(model), PeakMemory() as memory:
            model.zero_grad()
            started = now()
            self.loss = self.compute(model, self.work.rows)
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            self.seconds.append(since(started))
        self.peak_gib = max(self.peak_gib, memory.gib)

    def compute(self, model: Any, rows: list[Any]) -> float:
        from model.shared_prefix import SharedPrefixLoss
        from model.training_data import shared_prefix

        prefix = shared_prefix(self.work.rows) if self.is_shared else ()
        return SharedPrefixLoss(model, prefix, MICRO_BATCH_TOKENS, **self.options).forward_backward(rows)

    @property
    def rate(self) -> float:
        """Answer tokens a second on the clock."""
        return self.work.answer_tokens / min(clock_s for clock_s, _ in self.seconds)

    @property
    def processor_rate(self) -> float:
        return self.work.answer_tokens / min(processor_s for _, processor_s in self.seconds)


# The gains, each switched off


@contextmanager
def checkpointed(model: Any) -> Iterator[None]:
    """Layers computed again in the backward pass, as other trainers do by default."""
    from model.preflight import enable_checkpointing

    enable_checkpointing(model)
    try:
        yield
    finally:
        model.get_base_model().activation_checkpointing_disable()


def loss_at_once(_: Any) -> AbstractContextManager[Any]:
    """All logits of a micro-batch are held, and their gradient."""
    import torch

    def summed(hidden: Any, head: Any, targets: Any) -> Any:
        return torch.nn.functional.cross_entropy(head(hidden).float(), targets, reduction="sum")

    return patch("model.shared_prefix.summed_cross_entropy", summed)


@contextmanager
def logits_everywhere(model: Any) -> Iterator[None]:
    """Logits of prompts too, with a loss and its gradient that are then not used."""
    import torch

    from model.chunked_loss import summed_cross_entropy
    from model.prefix_attention import RecordPrefix
    from model.shared_prefix import SharedPrefixLoss

    causal_lm = model.get_base_model()
    waste = lambda hidden: summed_cross_entropy(hidden, causal_lm.get_output_embeddings(), hidden.new_zeros(len(hidden), dtype=torch.long))
    of_answers = SharedPrefixLoss._hidden

    def of_prefix(_module: Any, _arguments: Any, keywords: dict[str, Any], output: Any) -> None:
        if isinstance(keywords["sharing"], RecordPrefix):
            waste(output.last_hidden_state[0])

    def of_rows(loss: Any, packed: Any, prefix: Any) -> Any:
        hidden = of_answers(loss, packed, prefix)
        is_unused = torch.ones(hidden.shape[1], dtype=torch.bool, device=hidden.device)
        is_unused[packed.predicting] = False
        waste(hidden[0, is_unused])
        return hidden

    hook = causal_lm.model.register_forward_hook(of_prefix, with_kwargs=True)
    with patch.object(SharedPrefixLoss, "_hidden", of_rows):
        try:
            yield
        finally:
            hook.remove()


def padded(_: Any) -> AbstractContextManager[Any]:
    """Rows of a micro-batch filled up to its longest, as a batch of other trainers; what is filled in comes last and changes no loss."""
    import torch

    from model.shared_prefix import PackedRows, pack_behind_prefix

    def pack(rows: list[Any], prefix_tokens: int, device: Any) -> PackedRows:
        packed = pack_behind_prefix(rows, prefix_tokens, device)
        longest, count = max(packed.lengths), len(rows)
        places = torch.cat([i * longest + torch.arange(length, device=device) for i, length in enumerate(packed.lengths)])
        input_ids = torch.zeros(count * longest, dtype=torch.long, device=device)
        input_ids[places] = packed.input_ids[0]
        position_ids = prefix_tokens + torch.arange(longest, device=device).repeat(count)
        return PackedRows(input_ids[None], position_ids[None], places[packed.predicting], packed.targets, (longest,) * count)

    return patch("model.shared_prefix.pack_behind_prefix", pack)


def one_long_query(_: Any) -> AbstractContextManager[Any]:
    """Attention to the prompt is not cut to spread evenly over threads."""
    return patch("model.prefix_attention._Folded._splits", lambda _: 1)


@contextmanager
def compiled(_: Any) -> Iterator[None]:
    """Norms, activations and rotations by kernels that torch makes of them, one pass each."""
    names = ("rms_norm", "normed_again", "norm_backward", "swiglu", "swiglu_backward", "rotate")
    with patch.multiple("model.lean_layers", **{name: compiled_function(name) for name in names}):
        yield


@cache
def compiled_function(name: str) -> Callable[..., Any]:
    """Kept over the turns: the first one pays for the compiler."""
    import torch

    from model import lean_layers

    return torch.compile(getattr(lean_layers, name), dynamic=True)


def usual_row(work: Work) -> Any:
    """The one whose answer is closest to the mean length."""
    return min(work.rows, key=lambda row: abs(len(row.answer_ids) - work.answer_tokens / len(work.rows)))


def variants(model: Any, step: Work, quarter: Work) -> list[Variant]:
    """For each kind of work the whole first; only gains that are on for this model and machine."""
    import torch

    from model.lean_layers import can_be_lean
    from model.merged_lora import can_merge

    row = Work("row", [usual_row(step)])
    found = [Variant(WHOLE, step), Variant("prompt computed for every row", row, is_shared=False),
             Variant("prompt computed for every micro-batch", step, {"flat": True}), Variant(WHOLE, quarter)]
    if can_be_lean(model):
        found.append(Variant("library's layers, merged weights", quarter, {"lean": False}))
    if can_merge(model):
        found.append(Variant("library's layers, two paths of LoRA", quarter, {"merge": False, "lean": False}))
    found += [Variant("a micro-batch for every row", quarter, {"max_rows": 1}),
              Variant("rows padded to the longest", quarter, switched_off=padded),
              Variant("loss from all logits at once", quarter, switched_off=loss_at_once),
              Variant("logits of prompts too", quarter, switched_off=logits_everywhere),
              Variant("checkpointing on", quarter, switched_off=checkpointed),
              Variant("attention by a dense mask", quarter, {"kernel": "sdpa"})]
    if not torch.cuda.is_available():
        if can_be_lean(model) and shutil.which("g++"):
            found.append(Variant("layers compiled by torch", quarter, switched_off=compiled))
        if torch.get_num_threads() > 1:
            found += [Variant("attention to the prompt not spread", work, switched_off=one_long_query) for work in (quarter, step)]
    return found


# Measuring


def compare(args: argparse.Namespace) -> dict[str, Any]:
    model, tokenizer = load_for_training(args.quick)
    characters = QUICK_PROMPT_CHARACTERS if args.quick else PROMPT_CHARACTERS
    step = Work("step", encoded_rows(tokenizer, args.rows, characters))
    quarter = Work("quarter", encoded_rows(tokenizer, max(1, args.rows // QUARTER), characters // QUARTER))
    found = [one for one in variants(model, step, quarter) if not args.only or one.name == WHOLE or any(word in one.name for word in args.only)]
    Variant(WHOLE, Work("row", [usual_row(step)])).run(model)  # the first pass of a process pays for what later ones have
    for turn in range(args.rounds):
        for variant in found:
            if turn == 0 or variant.work is quarter:
                variant.run(model)
    return summary(args, model, found)


def summary(args: argparse.Namespace, model: Any, found: list[Variant]) -> dict[str, Any]:
    """With the loss of each variant against that of the whole on the same rows."""
    wholes = {variant.work.name: variant for variant in found if variant.name == WHOLE}
    step = wholes["step"]
    row = Variant(WHOLE, Work("row", [usual_row(step.work)]))
    losses = {name: whole.loss for name, whole in wholes.items()} | {"row": row.compute(model, row.work.rows)}
    results = []
    for variant in found:
        whole = wholes.get(variant.work.name, step)
        results.append({"variant": variant.name, "work": variant.work.name, "answer_tokens_per_s": variant.rate,
                        "answer_tokens_per_processor_s": variant.processor_rate, "times_whole": variant.rate / whole.rate,
                        "processor_times_whole": variant.processor_rate / whole.processor_rate, "peak_memory_gib": variant.peak_gib,
                        "loss": variant.loss, "loss_difference": abs(variant.loss / losses[variant.work.name] - 1)})
    return {"device": device_text(), "quick": args.quick, "rows": args.rows, "rounds": args.rounds, "results": results,
            "largest_loss_difference": max(result["loss_difference"] for result in results)}


def table(found: dict[str, Any]) -> str:
    lines = [f"{found['device']}: a step of {found['rows']} rows; a quarter of it in {found['rounds']} rounds", "",
             f"{'off':38}{'measured on':>12}{'answer tokens/s':>17}{'per processor s':>17}{'x whole':>9}{'by processor':>14}"
             f"{'peak GiB':>10}"]
    for one in found["results"]:
        lines.append(f"{one['variant']:38}{one['work']:>12}{one['answer_tokens_per_s']:17.1f}{one['answer_tokens_per_processor_s']:17.1f}"
                     f"{one['times_whole']:9.2f}{one['processor_times_whole']:14.2f}{one['peak_memory_gib']:10.1f}")
    return "\n".join([*lines, "", f"losses of the same rows at most {found['largest_loss_difference']:.1e} apart"])


def main() -> int:
    args = parser().parse_args()
    if not is_worker():
        return as_worker()
    if args.quick:
        args.rows = min(args.rows, 8)
    found = compare(args)
    print(json.dumps(found, indent=2) if args.json else table(found))
    return 0 if found["largest_loss_difference"] < LARGEST_DIFFERENCE else 1


if __name__ == "__main__":
    sys.exit(main())
