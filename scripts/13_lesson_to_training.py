"""Turn lessons into training rows: one for each prompt and each of its paraphrases.

Reads    lessons' .json files, or all lessons of a folder (not its subfolders: the hold-out stays out)
Writes   cleaned-data/rows/lessons.jsonl
Usage    python scripts/13_lesson_to_training.py lessons [--output FILE]
Exit     0 all lessons read, 1 a lesson was refused (the others are written), 64 bad usage
"""

import argparse
from pathlib import Path

from pipeline.door import build_parser, report_finding, run_door
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.lessons import lesson_files, lesson_rows, load_lesson
    from corpus.rows import write_rows
    from error_handler import UserError
    from pipeline_logger import get_logger

    rows, refused = [], 0
    logger = get_logger(step_prefix="8")
    with logger.step("8.1", "Load lessons and turn them into rows"):
        for file in (file for path in args.paths or [args.project.lessons] for file in lesson_files(path)):
            try:
                rows += lesson_rows(load_lesson(file), file.name)
            except UserError as error:
                refused += 1
                for one in getattr(error, "errors", [error]):
                    report_finding(one.problem, one.fix)
        output = args.output or args.project.lesson_rows
        write_rows(output, rows)
    print(f"{len(rows)} rows written to {output}" + (f"; {refused} lessons refused" if refused else ""))
    return ExitCode.FAILED if refused else ExitCode.OK


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("paths", type=Path, nargs="*", help="lesson files or folders (default: the project's lessons)")
    options.add_argument("--output", type=Path, metavar="FILE", help="rows file to write (default: cleaned-data/rows/lessons.jsonl)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
