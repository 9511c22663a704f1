"""From what was asked for to an exit code: which run to do, doing it, and the table at its end."""

import sys
from dataclasses import dataclass

from error_handler import UserError
from pipeline.config import load_config
from pipeline.exit_codes import ExitCode
from pipeline.lock import running
from pipeline.orchestrator import RunOptions, run_pipeline
from pipeline.paths import Paths
from pipeline.run_report import run_table, waiting_corrections
from pipeline.state import RunRecord, load_state
from pipeline.stop import consume_stop
from pipeline.wording import with_project


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    mode: str | None = None
    force: bool = False
    next_cycle: bool = False
    resume: bool = False
    """Take up the last run where it ended; with a mode, start a new one when there is none."""
    recover: bool = False
    """Take up the last run only if it was cut off."""
    synthetic_count: int | None = None


def run_session(paths: Paths, asked: Asked) -> ExitCode:
    config = load_config(paths, {"synthetic.synthetic_count": asked.synthetic_count})
    options = choose_run(paths, asked)
    if options is None:
        return ExitCode.OK
    if options.mode == "eval-only" and paths.newest_model() is None:
        raise UserError(f"No trained model in {paths.models}.", "train one first: --full or --train-only.")
    code, run = run_pipeline(paths, config, options)
    print(with_project(run_table(run, waiting_corrections(paths, config))))
    return code


def choose_run(paths: Paths, asked: Asked) -> RunOptions | None:
    """The run to do; None, with a line that says so, when there is nothing to take up."""
    if asked.resume or asked.recover:
        last = load_state(paths).last_run
        obstacle = _why_not_take_up(paths, last, asked)
        if last and obstacle is None:
            return _taken_up(paths, last, asked)
        print(obstacle)
        if asked.mode is None:
            return None
    return RunOptions(asked.mode or "full", asked.force, next_cycle=asked.next_cycle)


def _why_not_take_up(paths: Paths, last: RunRecord | None, asked: Asked) -> str | None:
    if record := running(paths):
        return f"A run is working already (pid {record.owner.pid})."
    if last is None or not last.is_unfinished:
        return "Nothing to take up: " + ("there was no run yet." if last is None else "the last run came to its end.")
    if asked.mode not in (None, last.mode):
        return f"Nothing to take up: the last run was --{last.mode}."
    if asked.recover and last.status not in {"running", "cut off"}:
        return f"Nothing to recover: the last run {last.status} (--resume takes it up)."
    return None


def _taken_up(paths: Paths, last: RunRecord, asked: Asked) -> RunOptions:
    if asked.resume:
        consume_stop(paths)
    print(f"Taking up run {last.run_id} (--{last.mode}, {last.status}).", file=sys.stderr)
    return RunOptions(last.mode, last.force or asked.force, resume=True, next_cycle=last.next_cycle or asked.next_cycle,
                      finished=frozenset(last.finished_steps()))
