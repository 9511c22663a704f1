"""Say what exports hold: nodes, pins, events, variables, coverage by the catalogue, complexity.

Reads    an export (.txt copied from the editor) or a folder of them
Writes   results/export_analysis.json
Usage    python scripts/01_analyze_blueprint_clipboard.py raw-data/clipboard-exports
Exit     0 analysed, 1 nothing could be read, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, report_finding, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.wording import counted


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.analysis import analyse, table
    from corpus.translate import export_files, translate_file
    from pipeline.store import write_json
    from pipeline_logger import get_logger

    files = export_files(args.path or args.project.raw_exports)
    readable, refused = [], 0
    with get_logger(step_prefix="1").step("1.1", f"Analyse {counted(len(files), 'export')}"):
        for file in track(files, "reading exports"):
            translation = translate_file(file)
            if translation.blueprint is not None:
                readable.append((file, translation.blueprint))
            else:
                refused += 1
                finding = translation.findings[0]
                report_finding(f"{file}: {finding.message}", finding.remedy)
        analysis = analyse(readable)
        write_json(args.project.export_analysis, analysis)
    if not readable:
        raise UserError(f"{args.path or args.project.raw_exports}: no Blueprint export could be read.",
                        "copy nodes in the editor (Ctrl+C), paste them into a .txt file, and give that file or its folder.")
    print(table(analysis))
    print(f"{counted(refused, 'file')} refused; written to {args.project.export_analysis}")
    return ExitCode.FAILED if refused else ExitCode.OK


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("path", type=Path, nargs="?", metavar="export.txt|folder", help="what to analyse (default: raw-data/clipboard-exports)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
