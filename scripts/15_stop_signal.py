"""Ask the running work to stop, take it up again, or look at it.

stop    training saves a checkpoint, an exam keeps its answers, the pipeline ends between two steps
resume  take the stop signal back and take up the last run where it ended
status  what runs, its heartbeat, the newest model, the last run

Reads    .pipeline_state.json, logs/pipeline_live_state.json, logs/pipeline_heartbeat
Writes   STOP_SIGNAL
Usage    python scripts/15_stop_signal.py stop|resume|status
Exit     0 done, with resume the exit code of the run; 64 bad usage
"""

import argparse

from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode

REQUESTED = """\
Stop requested. The running step ends at its next safe place; nothing done so far is lost.
To go on later: python scripts/15_stop_signal.py resume"""
NOTHING_RUNS = """\
No run of the pipeline is working. Stop requested all the same: a script that was started by itself ends at its next safe
place; if there is none, the next run ends at once.
To take it back: delete {file}, or python scripts/15_stop_signal.py resume, which also takes up an unfinished run."""

def main(args: argparse.Namespace) -> ExitCode:
    return {"stop": stop, "resume": resume, "status": status}[args.action](args)


def stop(args: argparse.Namespace) -> ExitCode:
    from pipeline.lock import running
    from pipeline.stop import request_stop
    from pipeline.wording import with_project

    is_working = running(args.project) is not None
    request_stop(args.project)
    print(with_project(REQUESTED if is_working else NOTHING_RUNS.format(file=args.project.stop_file)))
    return ExitCode.OK


def resume(args: argparse.Namespace) -> ExitCode:
    from pipeline.session import Asked, run_session
    from pipeline.stop import consume_stop

    if consume_stop(args.project):
        print("The stop signal is taken back.")
    return run_session(args.project, Asked(resume=True))


def status(args: argparse.Namespace) -> ExitCode:
    from pipeline.run_report import status_text

    print(status_text(args.project))
    return ExitCode.OK


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("action", choices=["stop", "resume", "status"])
    return options


if __name__ == "__main__":
    run_door(main, parser())
