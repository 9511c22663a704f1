"""Take repeated rows out of a training file, or merge all of a project's rows into its training set.

Dropped are exact duplicates, second answers to one instruction, near-duplicate instructions of one graph structure, and
graphs of one structure above a cap; paraphrases of a graph that stays are kept. With --merge the rows of 02, 05, 03, 13
are merged, guarded against the hold-out and the evaluation, and split by graph structure into train and validation.

Reads    <in.jsonl>; with --merge cleaned-data/rows/*.jsonl, lessons/holdout, evaluation
Writes   --output FILE; with --merge datasets/train.jsonl, validation.jsonl, provenance.jsonl, merge_report.json
Usage    python scripts/20_deduplicate_dataset.py rows.jsonl --output clean.jsonl
         python scripts/20_deduplicate_dataset.py --merge
Exit     0 done, 1 a row would leak the hold-out or a file is broken, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, positive, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.paths import REPOSITORY


def main(args: argparse.Namespace) -> ExitCode:
    if not args.merge and args.input is None:
        parser().error("give a .jsonl file of training rows, or --merge")
    return merge_project(args) if args.merge else deduplicate_file(args)


def deduplicate_file(args: argparse.Namespace) -> ExitCode:
    from corpus.dedup import KEPT, collect_keys, counts, decide
    from corpus.rows import read_rows, training_line
    from pipeline.store import replace_when_complete

    if not args.input.is_file():
        raise UserError(f"{args.input}: no such file.", "give a .jsonl file of training rows, or --merge.")
    verdict = decide(collect_keys(track(read_rows(args.input), "reading")), args.cap)
    output = args.output or args.input.with_name(f"{args.input.stem}.dedup.jsonl")
    with replace_when_complete(output) as file:
        for index, row in enumerate(track(read_rows(args.input), "writing", total=len(verdict))):
            if verdict[index] == KEPT:
                file.write(training_line(row))
    print(f"{(verdict == KEPT).sum()} of {len(verdict)} rows kept in {output}")
    print_counts(counts(verdict))
    return ExitCode.OK


def merge_project(args: argparse.Namespace) -> ExitCode:
    from corpus.leak_guard import load_leak_guard
    from corpus.merge import merge
    from pipeline.store import write_json
    from pipeline_logger import get_logger

    paths = args.project
    files = [paths.manual_rows, paths.lesson_rows, paths.export_rows, paths.synthetic_rows]
    guard = load_leak_guard([paths.holdout, paths.root / "evaluation", REPOSITORY / "evaluation"])
    with get_logger(step_prefix="1").step("1.5", "Merge, guard, deduplicate and split the rows"):
        report = merge(files, guard, paths.train_file, paths.validation_file, paths.provenance_file, cap=args.cap,
                       progress=lambda rows: track(rows, "reading rows"))
    write_json(paths.datasets / "merge_report.json", report)
    print(f"{report.train} training and {report.validation} validation rows of {report.read}")
    for source, tally in report.by_source.items():
        print(f"  {source:<10} read {tally['read']:>7}  train {tally['train']:>7}  validation {tally['validation']:>6}")
    print_counts(report.dropped)
    return ExitCode.OK


def print_counts(dropped: dict[str, int]) -> None:
    for reason, count in dropped.items():
        if count:
            print(f"  dropped {count:>7}  {reason}")


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("input", type=Path, nargs="?", metavar="in.jsonl", help="rows to deduplicate")
    options.add_argument("--output", type=Path, metavar="FILE", help="where the kept rows go (default: <in>.dedup.jsonl)")
    options.add_argument("--merge", action="store_true", help="merge all rows of the project into its training set")
    options.add_argument("--cap", type=positive, default=40, metavar="N", help="distinct graphs kept of one structure (default: 40)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
