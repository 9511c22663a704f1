"""Check the health of a training: epochs, overfitting, learning rate, data, node mastery, resources.

Alerts of one run are kept whatever a later attempt of it finds. Their levels never change the exit code.

Reads    models/*/training_config.json and training_log.jsonl, results/, datasets/merge_report.json, .pipeline_state.json
Writes   health_report.json, logs/training_history.json
Usage    python scripts/19_training_health_monitor.py
         python scripts/19_training_health_monitor.py --version v3
Exit     0 checked, 1 a file could not be read (the rest is checked), 64 bad usage
"""

import argparse
import re

from pipeline.door import build_parser, report_finding, run_door
from pipeline.exit_codes import ExitCode


def version_number(text: str) -> int:
    name = re.fullmatch(r"v?(\d+)", text)
    if not name:
        raise argparse.ArgumentTypeError(f"not a version: {text} (write v3)")
    return int(name[1])


def main(args: argparse.Namespace) -> ExitCode:
    from pipeline_logger import get_logger
    from report.check import check_health, record_history
    from report.reading import gather
    from report.summary import health_text, make_console

    logger = get_logger(step_prefix="5")
    records = gather(args.project)
    with logger.step("5.3", "Check health"):
        health = check_health(args.project, records, args.version)
    with logger.step("5.5", "Record training history"):
        record_history(args.project, records)
    make_console().print(health_text(health, with_notes=True))
    for problem in records.problems:
        report_finding(problem.problem, problem.fix)
    return ExitCode.FAILED if records.problems else ExitCode.OK


def parser() -> argparse.ArgumentParser:
    parser = build_parser(__doc__)
    parser.add_argument("--version", type=version_number, metavar="vN", help="the version to check (default: the newest)")
    return parser


if __name__ == "__main__":
    run_door(main, parser())
