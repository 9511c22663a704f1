"""Does the rank limit an adapter? Write it again with fewer dimensions, each change of a weight cut to its largest singular values.

An adapter that answers as well with half of its dimensions had dimensions to spare; one that loses at once uses them all.
The cut is the best one there is by the sum of squares (Eckart-Young), so the share that it keeps is printed along with it.

Reads    an adapter folder
Writes   the same folder with a smaller adapter, for 12 to examine
Usage    python benchmarks/adapter_rank.py --rank 16 --output /tmp/rank16 [--adapter models/embedded-adapter]
         python scripts/12_run_exam.py --model /tmp/rank16 --lesson holdout --no-pages
Exit     0 written, 2 bad usage
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from model.lora import cut_to_rank  # noqa: E402


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, default=REPOSITORY / "models" / "embedded-adapter", help="adapter folder (default: the one that ships)")
    parser.add_argument("--rank", type=int, required=True, help="dimensions to keep")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    return parser


def main() -> int:
    args = parser().parse_args()
    config = json.loads((args.adapter / "adapter_config.json").read_text(encoding="utf-8"))
    if not 0 < args.rank <= config["r"]:
        parser().error(f"--rank: 1 to {config['r']}, the adapter's own")
    weights = load_file(args.adapter / "adapter_model.safetensors")
    kept = []
    for name in [name for name in weights if ".lora_A." in name]:
        other = name.replace(".lora_A.", ".lora_B.")
        weights[name], weights[other], values = cut_to_rank(weights[name], weights[other], args.rank)
        kept.append(float(values[:args.rank].square().sum() / values.square().sum()))
    shutil.copytree(args.adapter, args.output, dirs_exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, args.output / "adapter_model.safetensors", metadata={"format": "pt"})
    config |= {"lora_alpha": config["lora_alpha"] * args.rank / config["r"], "r": args.rank}  # alpha / r, the factor, stays
    (args.output / "adapter_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    print(f"rank {args.rank} of {len(kept)} layers keeps {sum(kept) / len(kept):.1%} of the squares (least {min(kept):.1%}); written to {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
