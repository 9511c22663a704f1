"""Show the state of the project in the terminal: versions with exam figures, data, health, last run.

Reads    models/*/training_config.json, results/, logs/, datasets/merge_report.json, health_report.json, .pipeline_state.json;
         with --watch logs/pipeline_live_state.json
Usage    python scripts/10_training_dashboard.py
         python scripts/10_training_dashboard.py --watch      follow the running pipeline; Ctrl-C ends it
Exit     0 shown, 1 a file could not be read (the rest is shown), 64 bad usage
"""

import argparse

from pipeline.door import build_parser, report_finding, run_door
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from report.summary import make_console

    console = make_console()
    if args.watch:
        from report.watch import watch

        watch(args.project, console)
        return ExitCode.OK
    return show_summary(args, console)


def show_summary(args: argparse.Namespace, console) -> ExitCode:
    from pipeline_logger import get_logger
    from report.overview import overview
    from report.summary import summary

    with get_logger(step_prefix="5").step("5.2", "Summary"):
        seen = overview(args.project)
    console.print(summary(seen.records, seen.cycles, seen.health))
    for problem in seen.records.problems:
        report_finding(problem.problem, problem.fix)
    return ExitCode.FAILED if seen.records.problems else ExitCode.OK


def parser() -> argparse.ArgumentParser:
    parser = build_parser(__doc__)
    parser.add_argument("--watch", action="store_true", help="follow the running pipeline")
    return parser


if __name__ == "__main__":
    run_door(main, parser())
