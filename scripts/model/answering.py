"""A decoder for a chosen model, as 07, 09 and 12 all need it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from model.adapters import Choice, Loaded, choose_model, load_choice
from model.decode_types import DEFAULT_TIMEOUT_S
from pipeline.config import load_config
from pipeline.door import positive
from pipeline.paths import Paths

EXAM_TOKENS = 768
"""No answer of the curriculum has more than 614 tokens of the embedded model. What is longer than that repeats itself."""


def add_model_options(options: argparse.ArgumentParser, budget_tokens: int = EXAM_TOKENS, candidates: int = 1) -> None:
    options.add_argument("--model", "--adapter", dest="model", type=Path, metavar="DIR",
                         help="adapter or model folder (default: the newest version by number)")
    options.add_argument("--base", action="store_true", help="the base model without an adapter: the zero line")
    options.add_argument("--unconstrained", action="store_true", help="let the model write what it likes, for comparison")
    options.add_argument("--budget", type=positive, default=budget_tokens, metavar="TOKENS",
                         help=f"longest answer (default: {budget_tokens})")
    options.add_argument("--candidates", "--samples", type=positive, default=candidates, metavar="N",
                         help=f"answers of which the best is taken, without knowing the right one (default: {candidates}; 1 is greedy)")
    options.add_argument("--rows", type=positive, metavar="N", help="prompts decoded together (default: 40 on a CPU, 64 on a GPU)")
    options.add_argument("--timeout", type=seconds, default=DEFAULT_TIMEOUT_S, metavar="SECONDS", help=f"limit per prompt (default: {DEFAULT_TIMEOUT_S:.0f})")


def seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("more than 0")
    return value


def chosen_model(args: argparse.Namespace) -> Choice:
    return choose_model(args.project, args.model, args.base)


def load_chosen(choice: Choice, paths: Paths) -> Loaded:
    return load_choice(choice, load_config(paths), paths)


def make_decoder(loaded: Loaded, args: argparse.Namespace, **more: Any) -> Any:
    """A Decoder under the constraint of the language, unless --unconstrained."""
    from model.decode import Decoder

    constraint = None if args.unconstrained else language_constraint(loaded.tokenizer)
    return Decoder(loaded.model, loaded.tokenizer, loaded.system_prompt, constraint=constraint, rows=args.rows,
                   timeout_s=args.timeout, **more)


def language_constraint(tokenizer: Any) -> Any:
    from model.constraint import LanguageConstraint
    from utils.blueprint_patterns import load_catalogue

    return LanguageConstraint(tokenizer, load_catalogue())


