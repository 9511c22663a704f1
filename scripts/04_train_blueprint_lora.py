"""Train a LoRA adapter on the rows of the project.

Reads    datasets/train.jsonl, datasets/validation.jsonl, datasets/system_prompt.txt, pipeline_config.json
Writes   models/blueprint-lora-vN/final (adapter), training_config.json beside it, checkpoints while it runs,
         logs/training_log.jsonl
Usage    python scripts/04_train_blueprint_lora.py
         python scripts/04_train_blueprint_lora.py --epochs 3 --lr 1e-4
         python scripts/04_train_blueprint_lora.py --resume
         python scripts/04_train_blueprint_lora.py --dry-run
         python scripts/04_train_blueprint_lora.py --prepare-base
Exit     0 trained, 1 failed, 3 stopped on request (continue with --resume), 64 bad usage
"""

import argparse

from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode


def parser() -> argparse.ArgumentParser:
    parser = build_parser(__doc__)
    parser.add_argument("--prepare-base", action="store_true", help="only fetch and convert the embedded base model")
    return parser


def main(args: argparse.Namespace) -> ExitCode:
    from model.embedded_base import ensure_embedded_base

    print(ensure_embedded_base(args.project))
    return ExitCode.OK


if __name__ == "__main__":
    run_door(main, parser())
