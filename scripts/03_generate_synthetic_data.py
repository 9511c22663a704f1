"""Make synthetic training rows: graphs composed over the node catalogue, whole programs, and lessons told again with other names and values.

The same seed and lessons give the same rows on every machine. Every row has passed the typed validator. Without lessons all
rows are compositions; a lesson that cannot be read is passed over (13 says what is wrong with it).

Reads    the node catalogue, lessons/*.json (never lessons/holdout)
Writes   cleaned-data/rows/synthetic.jsonl, or --output FILE
Usage    python scripts/03_generate_synthetic_data.py --count 5000 [--seed 1] [--output FILE]
Exit     0 written, 64 bad usage
"""

import argparse
from pathlib import Path

from pipeline.door import build_parser, positive, run_door, track
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.rows import write_rows
    from corpus.synthesis.figures import measure
    from corpus.synthesis.generator import generate
    from pipeline.config import load_config
    from pipeline_logger import get_logger

    count = args.count if args.count is not None else load_config(args.project).synthetic.synthetic_count
    with get_logger(step_prefix="1").step("1.3", f"Generate {count} synthetic rows"):
        rows = list(track(generate(count, args.seed, stories(args.project.lessons)), "generating", total=count))
        output = args.output or args.project.synthetic_rows
        write_rows(output, rows)
    print(f"{measure(rows)}\nwritten to {output}")
    return ExitCode.OK


def stories(folder: Path) -> list:
    """The lessons' prompts. Not those of corrections: they are synthetic themselves, and wait for the cycle that takes them up."""
    from corpus.lessons import lesson_files, load_lesson
    from corpus.synthesis.retold import tales
    from error_handler import UserError

    lessons = []
    for file in lesson_files(folder) if folder.is_dir() else []:
        try:
            lessons.append((file.name, load_lesson(file)))
        except UserError:
            continue
    return tales((name, lesson) for name, lesson in lessons if not lesson.lesson_id.startswith("correction"))


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("--count", type=positive, metavar="N", help="rows to make (default: synthetic.synthetic_count of the config)")
    options.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives other rows (default: 1)")
    options.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: cleaned-data/rows/synthetic.jsonl)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
