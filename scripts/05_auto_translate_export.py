"""Translate exports of the Unreal editor into DSL documents.

An export is what Ctrl+C in a Blueprint graph puts on the clipboard, saved as .txt, or a whole asset exported as .t3d.
Contents that are translated already are known by their hash and left alone. A file that is no Blueprint graph is refused;
one that has lost a part (cut off in the middle, say) is translated so far, but gives no training rows: copy its nodes again.

With --training, every event or function of the undamaged documents is also told in words and becomes training rows.

Reads    an export or a folder of them
Writes   cleaned-data/parsed-blueprints/*.dsl, with --training cleaned-data/rows/exports.jsonl and
         results/export_rows_report.json (damaged documents and graphs that gave no row, by reason)
Usage    python scripts/05_auto_translate_export.py raw-data/clipboard-exports [--training] [--output DIR]
Exit     0 all translated, 1 at least one file was refused or damaged, 64 bad usage
"""

import argparse
from collections import Counter
from pathlib import Path

from pipeline.door import build_parser, report_finding, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.paths import Paths
from pipeline.wording import counted

MAX_ROWS = 30
DAMAGED = "damaged, so it gives no training rows"


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.translate import export_files, translate_files
    from pipeline_logger import get_logger

    path = args.path or args.project.raw_exports
    output = args.output or args.project.parsed_blueprints
    files = export_files(path)
    root = path if path.is_dir() else path.parent
    logger = get_logger(step_prefix="1")
    with logger.step("1.2", f"Translate {counted(len(files), 'export')}"):
        outcomes = []
        translated = translate_files(files, root, output)  # forks before the progress bar has its thread
        for outcome in track(translated, "translating", total=len(files)):
            outcomes.append(outcome)
            logger.progress(len(outcomes), len(files))
            if outcome.record.problem and outcome.status != "duplicate":
                told = f"{DAMAGED}: {outcome.record.problem}" if outcome.status == "damaged" else outcome.record.problem
                report_finding(f"{outcome.file}: {told}", outcome.record.fix)
    print(table(outcomes))
    print(f"written to {output}")
    if args.training:
        write_training_rows(args.project, output)
    return ExitCode.FAILED if any(outcome.record.problem for outcome in outcomes) else ExitCode.OK


def write_training_rows(paths: Paths, documents: Path) -> None:
    from corpus.export_rows import export_rows
    from corpus.rows import write_rows
    from corpus.translate import damaged_documents
    from pipeline.store import write_json

    file = paths.export_rows
    damaged = damaged_documents(documents)
    found = export_rows(document for document in sorted(documents.rglob("*.dsl")) if document not in damaged)
    write_rows(file, found.rows)
    write_json(paths.results / "export_rows_report.json", {"schema_version": 1, "rows": len(found.rows), "damaged_documents": len(damaged),
                                                            "dropped": dict(found.dropped)})
    print(f"{counted(len(found.rows), 'training row')} written to {file}")
    for reason, count in found.dropped.most_common():
        print(f"  no row from {counted(count, 'graph')}: {reason}")
    if damaged:
        print(f"  no row from {counted(len(damaged), 'damaged export')}: copy the nodes from the editor again")


def table(outcomes: list) -> str:
    """A row a file while they fit on a screen, then the totals by what became of them."""
    rows = [(outcome.file.name, outcome.status, outcome.record) for outcome in outcomes] if len(outcomes) <= MAX_ROWS else []
    width = max([len(name) for name, _, _ in rows] + [14])
    lines = [f"{'export':{width}}  {'status':10}  {'graph':10}  {'nodes':>6}  {'exact':>6}  {'wires':>6}"]
    lines += [f"{name:{width}}  {status:10}  {one.family:10}  {one.nodes:6}  {one.generic_nodes:6}  {one.wires:6}" for name, status, one in rows]
    for (status, family), number in sorted(Counter((one.status, one.record.family) for one in outcomes).items()):
        records = [one.record for one in outcomes if (one.status, one.record.family) == (status, family)]
        sums = [sum(getattr(record, key) for record in records) for key in ("nodes", "generic_nodes", "wires")]
        lines.append(f"{counted(number, 'file'):{width}}  {status:10}  {family:10}  " + "  ".join(f"{value:6}" for value in sums))
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("path", type=Path, nargs="?", metavar="export.txt|folder", help="what to translate (default: raw-data/clipboard-exports)")
    options.add_argument("--output", type=Path, metavar="DIR", help="where the documents go (default: cleaned-data/parsed-blueprints)")
    options.add_argument("--training", action="store_true", help="also make training rows of the documents")
    return options


if __name__ == "__main__":
    run_door(main, parser())
