"""How fast is shared-prefix training against stock TRL, TRL with packing, and row by row without padding?

All train the same rows of the same model with the same loss, in one process, each after the memory of the one before is
freed. Figures are of the fastest of --rounds passes. Where other work shares the machine, seconds on the clock mislead: the
table also has answer tokens per second of processor time, which other work hardly changes.

Reads    the embedded base model (with --quick a tiny model made on the spot; on CUDA random weights of 8B shape in NF4)
Writes   nothing; a table on stdout, with --json one JSON object instead
Usage    python benchmarks/training_throughput.py [--rows 32] [--baseline-rows 8] [--json]
         python benchmarks/training_throughput.py --embedded --prompt-characters 108 --rows 64
         python benchmarks/training_throughput.py --quick
Exit     0 measured, 1 the losses of two ways differ
"""

import argparse
import gc
import json
import math
import sys

from measuring import (LORA_R, PROMPT_CHARACTERS, QUICK_PROMPT_CHARACTERS, PeakMemory, add_common_options, as_worker, device_text, encoded_rows,
                       is_8b, is_worker, load_for_training, now, since)

PEAK_FLOPS_BF16 = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40": 181e12, "4090": 165e12, "3090": 71e12}
"""Dense bfloat16 peaks as the maker states them, by a part of the device's name."""
LARGEST_DIFFERENCE = {"cpu": 1e-4, "cuda": 5e-3}
"""Of a loss, relative; on a GPU the products are bfloat16 or TF32."""
MEMORY_LIMIT_FRAC = 0.5
"""Of the memory free at the start: a batch that is estimated to need more is not tried."""


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=32, help="rows of one optimiser step (default 32)")
    parser.add_argument("--baseline-rows", type=int, default=None, metavar="N",
                        help="rows on which ways whose cost is per row are timed (default: all of them)")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--embedded", action="store_true", help="the embedded model on a GPU too")
    parser.add_argument("--prompt-characters", type=int, default=PROMPT_CHARACTERS, help=f"length of the system prompt (default {PROMPT_CHARACTERS})")
    add_common_options(parser)
    return parser


def step_timer():
    """A callback with the seconds of the last optimiser step, without Trainer's own start and end."""
    from transformers import TrainerCallback

    class StepTimer(TrainerCallback):
        def on_step_begin(self, *_, **__):
            self.started = now()

        def on_pre_optimizer_step(self, *_, **__):
            self.seconds = since(self.started)

    return StepTimer()


def trl_step(model, tokenizer, rows, batch: int, is_checkpointed: bool, packing: bool = False):
    """One optimiser step of stock TRL over the rows; returns a function that runs it and gives the loss."""
    import tempfile

    import torch
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl import SFTConfig, SFTTrainer

    from model.base_model import quiet_libraries

    is_cuda = torch.cuda.is_available()
    longest = max(map(len, rows))
    columns = {"input_ids": [list(r.input_ids) for r in rows], "completion_mask": [[0] * len(r.prompt_ids) + [1] * len(r.answer_ids) for r in rows]}
    config = SFTConfig(
        output_dir=tempfile.mkdtemp(prefix="trl-"), per_device_train_batch_size=batch, max_steps=1, learning_rate=1e-9, max_grad_norm=1e9,
        gradient_accumulation_steps=1 if packing else math.ceil(len(rows) / batch), gradient_checkpointing=is_checkpointed,
        bf16=is_cuda, use_cpu=not is_cuda, max_length=2 * longest if packing else None, packing=packing, completion_only_loss=True, report_to="none", disable_tqdm=True,
        logging_steps=1, save_strategy="no", dataloader_pin_memory=False)
    trainer = SFTTrainer(model=model, args=config, processing_class=tokenizer, train_dataset=Dataset.from_dict(columns))
    if packing:
        trainer.args.gradient_accumulation_steps = trainer.accelerator.gradient_accumulation_steps = len(trainer.train_dataset)
    trainer.remove_callback(PrinterCallback)
    timer = step_timer()
    trainer.add_callback(timer)
    quiet_libraries()

    def run() -> tuple[float, tuple[float, float]]:
        return trainer.train().training_loss, timer.seconds

    return run


def measured(name: str, run, answer_tokens: int, rounds: int) -> dict:
    """Seconds of the fastest round, loss of the first, peak memory over all; `run` gives the loss and both its seconds."""
    with PeakMemory() as memory:
        found = [run() for _ in range(rounds)]
    clock_s, processor_s = (min(seconds[i] for _, seconds in found) for i in (0, 1))
    return {"way": name, "answer_tokens_per_s": answer_tokens / clock_s, "answer_tokens_per_processor_s": answer_tokens / processor_s,
            "seconds": clock_s, "loss": found[0][0], "peak_memory_gib": memory.gib}


def release(model) -> None:
    """TRL leaves its fused head and checkpointing on the model; take both off again."""
    base = model.get_base_model()
    base.__dict__.pop("forward", None)
    base.activation_checkpointing_disable() if hasattr(base, "activation_checkpointing_disable") else base.gradient_checkpointing_disable()
    base.config.use_cache = False
    model.zero_grad()
    gc.collect()


TRIED = {"cpu": ((1, False), (2, False), (4, False), (2, True), (4, True)),
         "8B": ((1, False), (2, False), (4, False), (4, True), (8, True)),
         "cuda": ((4, False), (16, False), (32, False), (64, False))}
"""Batch sizes, with and without checkpointing, of which stock TRL gets the one with which it is fastest."""


def best_trl(model, tokenizer, rows, args) -> tuple[int, bool]:
    """Batch size and checkpointing with which stock TRL is fastest in the memory there is, on a few rows."""
    import torch

    from model.estimates import GIB, available_memory

    is_cuda = torch.cuda.is_available()
    tried = TRIED["8B" if is_8b(args.quick, args.embedded) else "cuda" if is_cuda else "cpu"]
    sample, found = rows[:max(batch for batch, _ in tried)], {}
    per_token_gib = 1e-4 if args.quick else 2e-3 if args.embedded and is_cuda else 5e-3
    for batch, is_checkpointed in tried:
        tokens = batch * max(map(len, sample)) * (0.15 if is_checkpointed else 1)
        if found and (batch > len(sample) or tokens * per_token_gib > MEMORY_LIMIT_FRAC * available_memory() / GIB):
            continue
        try:
            found[batch, is_checkpointed] = measured("", trl_step(model, tokenizer, sample, batch, is_checkpointed), 1, 2 if is_cuda else 1)["seconds"]
        except torch.OutOfMemoryError:
            print(f"TRL with batch {batch} does not fit", file=sys.stderr)
        release(model)
    return min(found, key=found.get)


def compare(args: argparse.Namespace) -> dict:
    from model.self_check import row_by_row
    from model.shared_prefix import SharedPrefixLoss
    from model.training_data import shared_prefix

    model, tokenizer = load_for_training(args.quick, args.embedded)
    rows = encoded_rows(tokenizer, args.rows, QUICK_PROMPT_CHARACTERS if args.quick else args.prompt_characters)
    few = rows[:args.baseline_rows or len(rows)]
    tokens = lambda some: sum(len(row.answer_ids) for row in some)
    prefix = shared_prefix(rows)
    batch, is_checkpointed = best_trl(model, tokenizer, few, args)
    results = [measured(f"TRL, batch {batch}{', checkpointing' if is_checkpointed else ''}",
                        trl_step(model, tokenizer, few, batch, is_checkpointed), tokens(few), args.rounds)]
    release(model)
    results.append(measured("TRL with packing", trl_step(model, tokenizer, few, 1, is_checkpointed, packing=True), tokens(few), args.rounds))
    release(model)

    def zeroed(compute):
        def run() -> tuple[float, tuple[float, float]]:
            model.zero_grad()
            started = now()
            return compute(), since(started)
        return run

    results.append(measured("row by row", zeroed(lambda: row_by_row(model, few)), tokens(few), args.rounds))
    ours = SharedPrefixLoss(model, prefix, micro_batch(model, prefix))
    same_rows_loss = zeroed(lambda: ours.forward_backward(few))()[0]
    results.append(measured("shared prefix", zeroed(lambda: ours.forward_backward(rows)), tokens(rows), args.rounds))
    return summary(args, results, rows, few, prefix, same_rows_loss)


def micro_batch(model, prefix) -> int:
    """Tokens, as a training would have them."""
    import torch

    from model.effective_settings import quantization_of
    from model.estimates import ModelShape, available_memory, memory_need, micro_batch_tokens

    if not torch.cuda.is_available():
        return 2048
    torch.cuda.empty_cache()
    base = model.get_base_model()
    need = memory_need(ModelShape.of(base.config), quantization_of(base), base.dtype.itemsize, LORA_R, False)
    return micro_batch_tokens(need, len(prefix), available_memory(), "cuda")


def summary(args, results, rows, few, prefix, same_rows_loss: float) -> dict:
    import torch

    ours, row_rate, trl_rate = results[-1], results[2]["answer_tokens_per_s"], results[0]["answer_tokens_per_s"]
    epoch_tokens = sum(len(row.answer_ids) for row in rows)
    add_utilisation(results, rows, len(prefix), 8.0e9 if is_8b(args.quick, args.embedded) else 1.345e8)
    by_processor = [result["answer_tokens_per_processor_s"] for result in results]
    for result in results:
        result["seconds_per_epoch"] = epoch_tokens / result["answer_tokens_per_s"]
        result["times_trl"] = result["answer_tokens_per_s"] / trl_rate
    return {"device": device_text(), "quick": args.quick, "rows": len(rows), "baseline_rows": len(few), "prefix_tokens": len(prefix),
            "answer_tokens": epoch_tokens, "results": results, "times_trl": ours["answer_tokens_per_s"] / trl_rate,
            "times_row_by_row": ours["answer_tokens_per_s"] / row_rate, "processor_times_trl": by_processor[-1] / by_processor[0],
            "processor_times_row_by_row": by_processor[-1] / by_processor[2],
            "largest_difference": LARGEST_DIFFERENCE["cuda" if torch.cuda.is_available() and not args.quick else "cpu"],
            "loss_difference": abs(same_rows_loss - results[2]["loss"]) / abs(results[2]["loss"])}


def add_utilisation(results: list[dict], rows, prefix_tokens: int, weights: float) -> None:
    """Model FLOP utilisation on CUDA: 4 FLOP a weight and token (frozen weights need no gradient of their own) over the peak.

    By the work of plain row-by-row training, so that work saved counts: it may exceed 1. For the shared prefix also by the work
    that is done: the prefix once, and of each row what is its own.
    """
    import torch

    name = torch.cuda.get_device_name(0) if torch.cuda.is_available() else ""
    peak = next((flops for part, flops in PEAK_FLOPS_BF16.items() if part in name), None)
    if peak is None:
        return
    flops_per_answer_token = 4 * weights * sum(map(len, rows)) / sum(len(row.answer_ids) for row in rows)
    for result in results:
        result["model_flop_utilisation"] = result["answer_tokens_per_s"] * flops_per_answer_token / peak
    whole = sum(map(len, rows))
    results[-1]["flop_utilisation_of_work_done"] = results[-1]["model_flop_utilisation"] * (whole - prefix_tokens * (len(rows) - 1)) / whole


def table(found: dict) -> str:
    lines = [f"{found['device']}: {found['rows']} rows, prompt of {found['prefix_tokens']} tokens, {found['answer_tokens']} answer tokens "
             f"(ways that cost per row timed on {found['baseline_rows']} rows)", "",
             f"{'':32}{'answer tokens/s':>16}{'per processor s':>17}{'s per epoch':>13}{'peak GiB':>10}{'x TRL':>8}{'loss':>10}"]
    lines += [f"{r['way']:32}{r['answer_tokens_per_s']:16.1f}{r['answer_tokens_per_processor_s']:17.1f}{r['seconds_per_epoch']:13.1f}{r['peak_memory_gib']:10.1f}{r['times_trl']:8.2f}{r['loss']:10.5f}"
              for r in found["results"]]
    if "model_flop_utilisation" in found["results"][0]:
        done = found["results"][-1]["flop_utilisation_of_work_done"]
        lines += ["", "model FLOP utilisation: " + ", ".join(f"{r['way']} {r['model_flop_utilisation']:.1%}" for r in found["results"]) + f"; {done:.1%} of the work it does"]
    lines += ["", f"shared prefix: {found['times_trl']:.2f} times stock TRL, {found['times_row_by_row']:.2f} times row by row "
              f"(by processor time {found['processor_times_trl']:.2f} and {found['processor_times_row_by_row']:.2f}); loss of the same rows {found['loss_difference']:.1e} from row by row"]
    return "\n".join(lines)


def main() -> int:
    args = parser().parse_args()
    if not is_worker():
        return as_worker()
    if args.quick:
        args.rows, args.rounds = min(args.rows, 8), 1
    found = compare(args)
    print(json.dumps(found, indent=2) if args.json else table(found))
    return 0 if found["loss_difference"] < found["largest_difference"] else 1


if __name__ == "__main__":
    sys.exit(main())
