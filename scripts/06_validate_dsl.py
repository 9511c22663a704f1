"""Check Blueprint DSL files or training rows against the node catalogue.

Every finding has a code, a line and a remedy. Errors make a document invalid; warnings and notes do not.

Reads    a .dsl file, a .jsonl of training rows (field `output`), or a folder of both
Writes   results/validation_report.json (counts by code, every invalid document); with --fix the files themselves,
         each original beside as .bak
Usage    python scripts/06_validate_dsl.py cleaned-data/parsed-blueprints
         python scripts/06_validate_dsl.py door.dsl --fix
Exit     0 all valid, 1 at least one error or nothing to check, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, report_finding, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.wording import counted

SHOWN_ERRORS = 20


def main(args: argparse.Namespace) -> ExitCode:
    from pipeline.store import write_json
    from pipeline_logger import get_logger
    from report.validation import documents, mend, table, validate_documents

    refuse_what_is_no_document(args.path)
    if args.fix:
        for file in mend(args.path):
            print(f"rewritten: {file} (original: {file.name}.bak)")
    with get_logger(step_prefix="2").step("2.1", f"Validate {args.path}"):
        unreadable: list[UserError] = []
        report = validate_documents(track(documents(args.path, unreadable.append), "validating"))
    if not report.documents and not unreadable:
        raise UserError(f"{args.path}: no document to check.", "give a .dsl or .jsonl file with documents, or a folder that holds some.")
    file = args.report or args.project.validation_report
    write_json(file, report)
    print(table(report))
    show_errors(report)
    for error in unreadable:
        report_finding(error.problem, error.fix)
    print(f"report: {file}")
    return ExitCode.OK if report.valid == report.documents and not unreadable else ExitCode.FAILED


def show_errors(report) -> None:
    """The first error of each document; of a single document every error, since its author is about to mend it."""
    each = None if report.documents == 1 else 1
    shown = [(document["document"], error) for document in report.invalid for error in document["errors"][:each]]
    for place, error in shown[:SHOWN_ERRORS]:
        report_finding(f"{place}, line {error['line']}: {error['message']}", error["remedy"])
    hidden = (len(shown) if report.documents == 1 else report.documents - report.valid) - SHOWN_ERRORS
    if hidden > 0:
        print(f"... and {counted(hidden, 'more error' if report.documents == 1 else 'more invalid document')}")


def refuse_what_is_no_document(path: Path) -> None:
    from report.validation import is_document

    if not path.exists():
        raise UserError(f"{path}: no such file or folder.", "check that it is there, or give another path.")
    if not path.is_dir() and not is_document(path):
        raise UserError(f"{path}: neither a folder nor a .dsl or .jsonl file.", "give a .dsl or .jsonl file, or a folder that holds some.")


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("path", type=Path, metavar="FILE|FOLDER", help="what to check")
    options.add_argument("--report", type=Path, metavar="FILE", help="where the report goes (default: results/validation_report.json)")
    options.add_argument("--fix", action="store_true", help="first write the files in canonical spelling and order, keeping .bak")
    return options


if __name__ == "__main__":
    run_door(main, parser())
