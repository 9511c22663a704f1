"""Check Blueprint DSL files or training rows against the node catalogue.

Every finding has a code, a line and a remedy. Errors make a document invalid; warnings and notes do not.

Reads    a .dsl file, a .jsonl of training rows (field `output`), or a folder of both
Writes   results/validation_report.json (counts by code, every invalid document); with --fix the files themselves,
         each original beside as .bak
Usage    python scripts/06_validate_dsl.py cleaned-data/parsed-blueprints
         python scripts/06_validate_dsl.py door.dsl --fix
Exit     0 all valid, 1 at least one error, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, report_finding, run_door, track
from pipeline.exit_codes import ExitCode

SHOWN_ERRORS = 20


def main(args: argparse.Namespace) -> ExitCode:
    from pipeline.store import write_json
    from pipeline_logger import get_logger
    from report.validation import documents, mend, table, validate_documents

    if args.fix:
        for file in mend(args.path):
            print(f"rewritten: {file} (original: {file.name}.bak)")
    with get_logger(step_prefix="2").step("2.1", f"Validate {args.path}"):
        unreadable: list[UserError] = []
        report = validate_documents(track(documents(args.path, unreadable.append), "validating"))
    file = args.report or args.project.validation_report
    write_json(file, report)
    print(table(report))
    show_errors(report)
    for error in unreadable:
        report_finding(error.problem, error.fix)
    print(f"report: {file}")
    return ExitCode.OK if report.valid == report.documents and not unreadable else ExitCode.FAILED


def show_errors(report) -> None:
    for document in report.invalid[:SHOWN_ERRORS]:
        first = document["errors"][0]
        report_finding(f"{document['document']}, line {first['line']}: {first['message']}", first["remedy"])
    hidden = report.documents - report.valid - SHOWN_ERRORS
    if hidden > 0:
        print(f"... and {hidden} more invalid documents")


def existing(text: str) -> Path:
    path = Path(text)
    if not path.is_dir() and not (path.is_file() and path.suffix in (".dsl", ".jsonl")):
        raise argparse.ArgumentTypeError(f"no folder and no .dsl or .jsonl file: {text}")
    return path


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("path", type=existing, metavar="FILE|FOLDER", help="what to check")
    options.add_argument("--report", type=Path, metavar="FILE", help="where the report goes (default: results/validation_report.json)")
    options.add_argument("--fix", action="store_true", help="first write the files in canonical spelling and order, keeping .bak")
    return options


if __name__ == "__main__":
    run_door(main, parser())
