"""Does sharing the prompt ever cost? A step with the prompt shared against the same step without, at prompts of many lengths.

Both compute the same loss of the same rows, by turns; figures are the fastest of --rounds turns by processor time, so that other
work on the machine counts little. Where the gate of `model/training_data.py` would not share, both are the same computation, and
the ratio only shows the noise.

Reads    the embedded base model (with --quick a tiny model made on the spot)
Writes   nothing; a table on stdout, with --json one JSON object instead
Usage    python benchmarks/training_prompt_lengths.py [--rows 4] [--rounds 3] [--json]
         python benchmarks/training_prompt_lengths.py --quick
Exit     0 measured, 1 the losses differ
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from measuring import add_common_options, as_worker, device_text, encoded_rows, is_worker, load_for_training, now, since

CHARACTERS = (20, 60, 120, 250, 500, 1000, 2000, 4000, 5700)
QUICK_CHARACTERS = (20, 120, 1000)
MICRO_BATCH_TOKENS = 2048
LARGEST_DIFFERENCE = 1e-4


@dataclass(frozen=True)
class Measured:
    """A prompt length: answer tokens a second of processor time with and without sharing."""

    characters: int
    prompt_tokens: int
    is_shared_by_gate: bool
    shared_rate: float
    unshared_rate: float
    loss_difference: float

    @property
    def ratio(self) -> float:
        return self.shared_rate / self.unshared_rate if self.is_shared_by_gate else 1.0


def measure(model: Any, rows: list[Any], characters: int, rounds: int) -> Measured:
    from model.encode import EncodedDataset
    from model.shared_prefix import SharedPrefixLoss
    from model.training_data import TrainingData, gated_prefix, shared_prefix

    prefix = shared_prefix(rows)
    nothing = EncodedDataset([], 0, 0)
    data = TrainingData(EncodedDataset(rows, 0, max(map(len, rows))), nothing, prefix)
    is_shared = bool(gated_prefix(data, len(rows), 0.0))
    seconds: dict[bool, float] = {}
    losses: dict[bool, float] = {}
    for turn in range(rounds):
        for shared in (True, False) if turn % 2 else (False, True):
            loss = SharedPrefixLoss(model, prefix if shared else (), MICRO_BATCH_TOKENS)
            model.zero_grad()
            started = now()
            losses[shared] = loss.forward_backward(rows)
            seconds[shared] = min(since(started)[1], seconds.get(shared, float("inf")))
    answer_tokens = sum(len(row.answer_ids) for row in rows)
    return Measured(characters, len(prefix), is_shared, answer_tokens / seconds[True], answer_tokens / seconds[False],
                    abs(losses[True] / losses[False] - 1))


def table(found: dict[str, Any]) -> str:
    lines = [f"{found['device']}: steps of {found['rows']} rows, {found['rounds']} rounds", "",
             f"{'characters':>10}{'tokens':>8}{'gate':>12}{'shared':>9}{'unshared':>10}{'ratio':>7}   answer tokens per processor second"]
    for one in found["results"]:
        gate = "shares" if one["is_shared_by_gate"] else "does not"
        lines.append(f"{one['characters']:10}{one['prompt_tokens']:8}{gate:>12}{one['shared_rate']:9.1f}{one['unshared_rate']:10.1f}{one['ratio']:7.2f}")
    return "\n".join([*lines, "", f"least ratio of what the gate lets through: {found['least_ratio']:.2f}"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4, help="rows of a step: the fewer, the less there is to gain (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of both at each length (default 3)")
    add_common_options(parser)
    args = parser.parse_args()
    if not is_worker():
        return as_worker()
    model, tokenizer = load_for_training(args.quick)
    results = [measure(model, encoded_rows(tokenizer, args.rows, characters), characters, args.rounds)
               for characters in (QUICK_CHARACTERS if args.quick else CHARACTERS)]
    found = {"device": device_text(), "quick": args.quick, "rows": args.rows, "rounds": args.rounds,
             "results": [asdict(one) | {"ratio": one.ratio} for one in results], "least_ratio": min(one.ratio for one in results)}
    print(json.dumps(found, indent=2) if args.json else table(found))
    return 0 if max(one.loss_difference for one in results) < LARGEST_DIFFERENCE else 1


if __name__ == "__main__":
    sys.exit(main())
