"""Run the pipeline: exports and lessons in, a trained and examined adapter out.

A step whose inputs, settings and code are unchanged is skipped with the reason; training is skipped while the data
hash and the settings are those of the newest model. A failed step stops only what depends on it.

Reads    pipeline_config.json, .pipeline_state.json, STOP_SIGNAL and what the steps read
Writes   .pipeline_state.json, logs/ and what the steps write
Usage    python scripts/11_pipeline_orchestrator.py --full
         python scripts/11_pipeline_orchestrator.py --full --force        every step, changed or not
         python scripts/11_pipeline_orchestrator.py --full --next-cycle   train on the last exam's corrections too
         python scripts/11_pipeline_orchestrator.py --resume              take up a run that failed or was stopped
         python scripts/11_pipeline_orchestrator.py --recover             take up a run that was cut off, else do nothing
Exit     0 all done, 1 a step failed, 3 stopped on request, 64 bad usage
"""

import argparse

from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from pipeline.session import Asked, run_session
    from report.page_files import write_pages

    if not (args.project.dashboard / "live.html").exists():
        # It is to follow the very first run; step dashboard renews the pages.
        write_pages(args.project)
    return run_session(args.project, Asked(args.mode, args.force, args.next_cycle, args.resume, args.recover, args.synthetic_count))


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    modes = options.add_mutually_exclusive_group()
    for mode, text in {"full": "data, training, evaluation, exam and reports", "data-only": "only make the training data",
                       "train-only": "only train on the data there is", "eval-only": "only evaluate the newest model"}.items():
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, help=text)
    options.add_argument("--resume", action="store_true", help="take up the last run where it ended")
    options.add_argument("--recover", action="store_true", help="the same, but only when the last run was cut off")
    options.add_argument("--force", action="store_true", help="run steps also when nothing changed (alone: --full --force)")
    options.add_argument("--next-cycle", action="store_true", help="train on correction lessons that no training has seen")
    options.add_argument("--synthetic-count", type=int, metavar="N", help="rows to synthesise (default: from the config)")
    return options


def checked(options: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Refuse a command line that asks for nothing."""
    asked = options.parse_args()
    if not (asked.mode or asked.resume or asked.recover or asked.force):
        options.error("say what to run: --full, --data-only, --train-only, --eval-only, --resume or --recover")
    return options


if __name__ == "__main__":
    run_door(main, checked(parser()))
