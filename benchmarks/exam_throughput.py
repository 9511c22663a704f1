"""How fast are exams here against `model.generate`, one prompt at a time and batched?

All ways answer the same prompts of the lessons, greedily, with the same budget of tokens and the same system prompt, in one
process and with one model. Loading is not counted; the system prompt's own computation is, in every way. A model that never
learned the language writes junk to the end of its budget unless it is constrained, so tokens per second are the fairer figure
for it, and prompts per minute for a trained one. Where other work shares the machine the clock misleads: the ratio is of
processor time on a CPU, and both are printed.

Reads    the embedded base model or --adapter (with --quick a tiny model made on the spot), lessons
Writes   nothing; a table on stdout, with --json one JSON object instead
Usage    python benchmarks/exam_throughput.py [--prompts 40] [--baseline-prompts 40] [--budget 200] [--json]
         python benchmarks/exam_throughput.py --adapter DIR --system-prompt FILE
         python benchmarks/exam_throughput.py --quick
Exit     0 measured, 1 an answer under the constraint was not valid
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from measuring import PROMPT_CHARACTERS, ROOT, add_common_options, as_worker, is_worker, load_base, now, since


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=40)
    parser.add_argument("--baseline-prompts", type=int, metavar="N",
                        help="prompts on which `generate` is timed, batched at least one batch (default: all)")
    parser.add_argument("--batch", type=int, default=8, help="rows of batched `generate` (default 8)")
    parser.add_argument("--budget", type=int, default=200, metavar="TOKENS", help="tokens of an answer at most (default 200)")
    parser.add_argument("--adapter", type=Path, metavar="DIR", help="adapter to load (default: the embedded base without one)")
    parser.add_argument("--system-prompt", type=Path, metavar="FILE", help="the adapter's (default: words of the project's length)")
    add_common_options(parser)
    return parser


@dataclass(frozen=True)
class World:
    """What all ways share."""

    model: Any
    tokenizer: Any
    system_prompt: str
    prompts: list[str]
    budget: int
    batch: int


@dataclass
class Figures:
    """Of one way. `seconds` on the clock, `processor_s` of all threads."""

    way: str
    prompts: int
    tokens: int
    seconds: float
    processor_s: float
    valid_frac: float
    forced_frac: float = 0.0
    constraint_frac: float = 0.0

    @property
    def rate_s(self) -> float:
        """The seconds that ratios are made of."""
        import torch

        return self.seconds if torch.cuda.is_available() else self.processor_s


def load(args: argparse.Namespace) -> World:
    from training_world import system_prompt

    model, tokenizer = load_base(args.quick)
    if args.adapter and not args.quick:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, args.adapter).merge_and_unload()
    words = args.system_prompt.read_text(encoding="utf-8") if args.system_prompt else system_prompt(600 if args.quick else PROMPT_CHARACTERS)
    return World(model.eval(), tokenizer, words, instructions(args.prompts), args.budget, args.batch)


def instructions(count: int) -> list[str]:
    """From lessons in turn, so that short and long answers mix."""
    from corpus.lessons import lesson_files, load_lesson

    lessons = [load_lesson(file).prompts for file in lesson_files(ROOT / "lessons")]
    longest = max(map(len, lessons))
    return [one[i].instruction for i in range(longest) for one in lessons if i < len(one)][:count]


# The ways


def generate(world: World, batch: int) -> tuple[list[str], int]:
    """`model.generate`, `batch` prompts at a time: texts, and tokens written before and with the end of the turn."""
    import torch

    from model.encode import encode_prompt, end_of_turn_ids

    end = end_of_turn_ids(world.tokenizer)[0]
    prompts = [encode_prompt(world.tokenizer, world.system_prompt, one) for one in world.prompts]
    texts, tokens = [], 0
    for start in range(0, len(prompts), batch):
        rows = prompts[start:start + batch]
        width = max(map(len, rows))
        ids = torch.tensor([[end] * (width - len(row)) + list(row) for row in rows], device=world.model.device)
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows], device=world.model.device)
        with torch.inference_mode():
            found = world.model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=world.budget, do_sample=False, eos_token_id=end, pad_token_id=end)
        for row in found[:, width:].tolist():
            written = row[:row.index(end)] if end in row else row
            tokens += len(written) + (end in row)
            texts.append(world.tokenizer.decode(written))
    return texts, tokens


def decode(world: World, constraint: Any) -> tuple[list[str], int, Any]:
    from model.decode import Decoder, Request

    decoder = Decoder(world.model, world.tokenizer, world.system_prompt, constraint=constraint, timeout_s=1e9)
    answers = decoder.generate([Request(one, budget_tokens=world.budget) for one in world.prompts])
    return [one.text for one in answers], sum(one.tokens for one in answers), decoder.statistics


def measured(way: str, run: Callable[[], tuple]) -> Figures:
    from utils.dsl_validator import is_valid

    started = now()
    texts, tokens, *more = run()
    clock, processor = since(started)
    found = Figures(way, len(texts), tokens, clock, processor, sum(map(is_valid, texts)) / len(texts))
    for statistics in more:
        found.forced_frac, found.constraint_frac = statistics.forced_frac, statistics.constraint_s / statistics.total_s
    return found


def measure(world: World, baseline_prompts: int) -> list[Figures]:
    from dataclasses import replace

    from model.constraint import LanguageConstraint
    from utils.blueprint_patterns import load_catalogue

    constraint = LanguageConstraint(world.tokenizer, load_catalogue())
    few = replace(world, prompts=world.prompts[:baseline_prompts])
    batches = replace(world, prompts=world.prompts[:max(baseline_prompts, world.batch)])
    return [measured("generate, one by one", lambda: generate(few, 1)), measured(f"generate, batches of {world.batch}", lambda: generate(batches, world.batch)),
            measured("ours, unconstrained", lambda: decode(world, None)), measured("ours", lambda: decode(world, constraint))]


# Results


def report(figures: list[Figures]) -> dict:
    usual = figures[0]
    return {"schema_version": 1, "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "ways": [asdict(one) | {"prompts_per_minute": 60 * one.prompts / one.seconds, "tokens_per_s": one.tokens / one.seconds,
                                    "tokens_per_processor_s": one.tokens / one.processor_s,
                                    "prompts_ratio": (one.prompts / one.rate_s) / (usual.prompts / usual.rate_s),
                                    "tokens_ratio": (one.tokens / one.rate_s) / (usual.tokens / usual.rate_s)} for one in figures]}


def table(found: dict) -> str:
    lines = [f"{'way':26}{'prompts/min':>12}{'tokens/s':>10}{'per CPU s':>11}{'x prompts':>11}{'x tokens':>10}{'valid':>8}{'forced':>8}{'constraint':>12}"]
    for one in found["ways"]:
        lines.append(f"{one['way']:26}{one['prompts_per_minute']:12.1f}{one['tokens_per_s']:10.1f}{one['tokens_per_processor_s']:11.1f}{one['prompts_ratio']:11.1f}"
                     f"{one['tokens_ratio']:10.1f}{one['valid_frac']:8.0%}{one['forced_frac']:8.0%}{one['constraint_frac']:12.1%}")
    return "\n".join(lines)


def main() -> int:
    args = parser().parse_args()
    if not is_worker():
        return as_worker()
    if args.quick:
        args.prompts, args.budget = min(args.prompts, 6), min(args.budget, 120)
    figures = measure(load(args), args.baseline_prompts or args.prompts)
    found = report(figures)
    print(json.dumps(found) if args.json else table(found))
    return 0 if figures[-1].valid_frac == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
