"""Render the system prompt: the DSL's format and rules, and the nodes that the training rows use most.

Reads    datasets/train.jsonl (which nodes the curriculum uses), the node catalogue
Writes   datasets/system_prompt.txt
Usage    python scripts/08_generate_system_prompt.py [--output FILE] [--budget CHARACTERS]
Exit     0 written, 1 no training rows or a budget below the smallest prompt, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.rows import read_rows
    from corpus.system_prompt import SMALLEST_CHARACTERS, count_usage, render_system_prompt
    from model.lora import prompt_characters
    from pipeline.config import load_config
    from pipeline.store import write_text
    from pipeline_logger import get_logger
    from utils.blueprint_patterns import load_catalogue

    paths = args.project
    config = load_config(paths)
    wanted = args.budget if args.budget is not None else config.model.system_prompt_characters
    if wanted is not None and wanted < SMALLEST_CHARACTERS:
        named = "--budget" if args.budget is not None else "model.system_prompt_characters"
        raise UserError(f"{named} {wanted}: the smallest prompt has {SMALLEST_CHARACTERS} characters.", f"give {SMALLEST_CHARACTERS} or more.")
    if not paths.train_file.is_file():
        raise UserError(f"{paths.train_file}: no training rows.", "run scripts/20_deduplicate_dataset.py --merge first.")
    with get_logger(step_prefix="2").step("2.3", "Render the system prompt"):
        usage = count_usage(row.output for row in read_rows(paths.train_file))
        if not usage.nodes:
            raise UserError(f"{paths.train_file}: holds no rows.", "run scripts/20_deduplicate_dataset.py --merge again.")
        prompt = render_system_prompt(load_catalogue(), usage, wanted or prompt_characters(config, paths))
        output = args.output or paths.system_prompt
        write_text(output, prompt.text)
    listed = (f"{len(prompt.listed)} of {len(usage.nodes)} node types: {prompt.coverage_frac:.1%} of the curriculum's nodes covered" if prompt.listed
              else "the task alone, without node types")
    print(f"{len(prompt.text)} characters, {listed}; written to {output}")
    return ExitCode.OK


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: datasets/system_prompt.txt)")
    options.add_argument("--budget", type=int, metavar="CHARACTERS",
                         help="length of the prompt (default: as configured, else as the adapter that training starts from has it, else 5700)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
