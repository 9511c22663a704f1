"""Write the pages dashboard/index.html, live.html and exam.html; open them from disk in any browser.

Reads    models/*/training_config.json and training_log.jsonl, results/, logs/training_history.json, datasets/merge_report.json,
         health_report.json, .pipeline_state.json
Writes   dashboard/
Usage    python scripts/14_update_dashboard.py
Exit     0 written, 1 a file could not be read (the pages are written and name it), 64 bad usage
"""

import argparse

from pipeline.door import build_parser, report_finding, run_door
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from pipeline_logger import get_logger
    from report.dashboard import page_data, write_data
    from report.overview import overview
    from report.page_files import write_pages

    logger = get_logger(step_prefix="9")
    with logger.step("9.1", "Collect what was measured"):
        seen = overview(args.project)
    with logger.step("9.2", "Draw charts"):
        data = page_data(seen)
    with logger.step("9.3", "Build pages"):
        write_pages(args.project)
    with logger.step("9.4", "Write data"):
        write_data(args.project, seen, data)
    print(f"dashboard: {(args.project.dashboard / 'index.html').as_uri()}")
    for problem in seen.records.problems:
        report_finding(problem.problem, problem.fix)
    return ExitCode.FAILED if seen.records.problems else ExitCode.OK


if __name__ == "__main__":
    run_door(main, build_parser(__doc__))
