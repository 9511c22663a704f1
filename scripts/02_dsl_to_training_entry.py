"""Add a hand-written graph with its instructions to the training rows.

The graph is checked first: a row with an error would teach the error.

Reads    a .dsl file
Writes   cleaned-data/rows/manual.jsonl (one row an instruction; a row that is already there is not added twice)
Usage    python scripts/02_dsl_to_training_entry.py --dsl door.dsl --instruction "Open the door when the player comes near."
Exit     0 added or already there, 1 the graph has errors, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError, UserErrors
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode
from pipeline.wording import counted

SHOWN_ERRORS = 5


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.rows import Provenance, Row, read_rows, write_rows

    file = args.project.manual_rows
    output = canonical_graph(args.dsl)
    rows = list(read_rows(file)) if file.exists() else []
    known = {(row.instruction, row.output) for row in rows}
    new = [Row(text, output, "", Provenance("manual", args.dsl.name)) for text in args.instruction if (text, output) not in known]
    write_rows(file, rows + new)
    print(f"{counted(len(new), 'row')} added to {file}, {len(rows) + len(new)} in all")
    return ExitCode.OK


def canonical_graph(file: Path) -> str:
    from utils.dsl_parser import render
    from utils.dsl_validator import validate_text

    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: not UTF-8 text.", "give a .dsl file, saved as UTF-8.") from error
    blueprint, findings = validate_text(text)
    errors = [finding for finding in findings if finding.is_error]
    if errors or blueprint is None:
        raise told(file, errors)
    return render(blueprint)


def told(file: Path, errors: list) -> UserErrors:
    """The first errors of a document, each with its line and remedy, and how many more there are."""
    shown = [UserError(f"{file}: {error.code}, line {error.line}: {error.message}", error.remedy) for error in errors[:SHOWN_ERRORS]]
    if hidden := len(errors) - len(shown):
        shown.append(UserError(f"{file}: and {counted(hidden, 'more error')}.", f"python scripts/06_validate_dsl.py {file} shows them all."))
    return UserErrors(shown)


def words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an instruction needs words")
    return text.strip()


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("--dsl", type=Path, required=True, metavar="FILE", help="the graph")
    options.add_argument("--instruction", required=True, type=words, action="append", metavar="TEXT",
                         help="what a person would ask for; give it several times for several wordings")
    return options


if __name__ == "__main__":
    run_door(main, parser())
