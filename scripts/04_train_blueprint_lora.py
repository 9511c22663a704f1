"""Train a LoRA adapter on the rows of the project.

Reads    datasets/train.jsonl, datasets/validation.jsonl, datasets/system_prompt.txt, pipeline_config.json
Writes   models/blueprint-lora-vN/final (adapter, tokenizer, system prompt, model card), training_config.json and
         training_log.jsonl beside it, checkpoint-K while it runs
Usage    python scripts/04_train_blueprint_lora.py
         python scripts/04_train_blueprint_lora.py --epochs 3 --lr 1e-4 --seed 7
         python scripts/04_train_blueprint_lora.py --max-minutes 10
         python scripts/04_train_blueprint_lora.py --resume
         python scripts/04_train_blueprint_lora.py --dry-run
         python scripts/04_train_blueprint_lora.py --prepare-base
Exit     0 trained, 1 failed, 3 stopped on request (continue with --resume), 64 bad usage

On a CPU a training without epochs or steps in the config takes 13 minutes at most; the plan it prints says so.
On several GPUs: accelerate launch --config_file scripts/model/accelerate_fsdp.yaml scripts/04_train_blueprint_lora.py
"""

import argparse
from pathlib import Path

from pipeline.config import load_config
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode


def parser() -> argparse.ArgumentParser:
    parser = build_parser(__doc__)
    parser.add_argument("--data", type=Path, metavar="FILE", help="rows to train on (default: datasets/train.jsonl)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="model folder (default: the next models/blueprint-lora-vN)")
    parser.add_argument("--resume", action="store_true", help="continue the unfinished training from its newest good checkpoint")
    length = parser.add_argument_group("length and settings (over pipeline_config.json)")
    length.add_argument("--epochs", type=float, help="passes over the rows")
    length.add_argument("--max-steps", type=int, metavar="N", help="optimiser steps at most")
    length.add_argument("--max-minutes", type=float, metavar="M", help="time budget, last validation included; steps and learning rate are planned to fit it")
    length.add_argument("--lr", type=float, help="peak learning rate")
    length.add_argument("--seed", type=int)
    length.add_argument("--no-shared-prefix", action="store_true", help="compute the system prompt again for every row")
    parser.add_argument("--dry-run", action="store_true", help="tokenise, measure, estimate and print the plan, train nothing")
    parser.add_argument("--prepare-base", action="store_true", help="only fetch and convert the embedded base model, if it is to be used")
    return parser


def main(args: argparse.Namespace) -> ExitCode:
    overrides = {"training.epochs": args.epochs, "training.max_steps": args.max_steps, "training.learning_rate": args.lr,
                 "training.seed": args.seed}
    config = load_config(args.project, overrides)
    if args.prepare_base:
        return prepare_base(config, args)
    from model.train import Request, train

    return train(config, args.project, Request(args.data, args.output, args.resume, args.dry_run, args.max_minutes, not args.no_shared_prefix))


def prepare_base(config, args: argparse.Namespace) -> ExitCode:
    """Only the embedded model is fetched ahead; a hub model downloads when it is first loaded."""
    from model.base_model import resolve_base

    print(resolve_base(config, args.project))
    return ExitCode.OK


if __name__ == "__main__":
    run_door(main, parser())
