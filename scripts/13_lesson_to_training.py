"""Turn lessons into training rows: one for each prompt and each of its paraphrases.

Reads    lessons' .json files, or all lessons of a folder (not its subfolders: the hold-out stays out)
Writes   cleaned-data/rows/lessons.jsonl: the rows of the named lessons replace all that was there; left as it is when lessons
         were refused and no row came out
Usage    python scripts/13_lesson_to_training.py lessons [--output FILE]
Exit     0 all lessons read, 1 a lesson was refused (the others are written), 64 bad usage
"""

import argparse
import sys
from pathlib import Path

from pipeline.door import build_parser, report_finding, run_door
from pipeline.exit_codes import ExitCode
from pipeline.wording import counted


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.lessons import lesson_files
    from corpus.rows import write_rows
    from pipeline_logger import get_logger

    output = args.output or args.project.lesson_rows
    logger = get_logger(step_prefix="8")
    with logger.step("8.1", "Load lessons and turn them into rows"):
        rows, refused = read_lessons([file for path in args.paths or [args.project.lessons] for file in lesson_files(path)])
        is_written = bool(rows) or not refused
        if is_written:
            write_rows(output, rows)
    said = f"{counted(len(rows), 'row')} written to {output}" if is_written else f"No row came out: {output} is left as it is"
    print(said + (f"; {counted(refused, 'lesson')} refused" if refused else ""))
    return ExitCode.FAILED if refused else ExitCode.OK


def read_lessons(files: list[Path]) -> tuple[list, int]:
    """Rows of all lessons that are right; the others are reported and counted."""
    from corpus.lessons import lesson_rows, load_lesson
    from error_handler import UserError

    rows, refused = [], 0
    for file in files:
        try:
            lesson = load_lesson(file)
        except UserError as error:
            refused += 1
            for one in getattr(error, "errors", [error]):
                report_finding(one.problem, one.fix)
            continue
        for warning in lesson.unknown_keys:
            print(f"WARNING: {warning}", file=sys.stderr)
        rows += lesson_rows(lesson, file.name)
    return rows, refused


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("paths", type=Path, nargs="*", help="lesson files or folders (default: the project's lessons)")
    options.add_argument("--output", type=Path, metavar="FILE", help="rows file to write (default: cleaned-data/rows/lessons.jsonl)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
