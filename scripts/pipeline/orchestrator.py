"""The nightly job: the steps of a mode one after the other, each as a child, skipped when nothing changed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from error_handler import RETRY_POLICIES, ErrorCategory, RetryPolicy
from pipeline.attempts import Attempts
from pipeline.child import ChildResult, Terminated
from pipeline.config import PipelineConfig
from pipeline.decisions import Decider
from pipeline.exit_codes import ExitCode
from pipeline.freshness import success_of
from pipeline.hashes import FileHashes, combined
from pipeline.live import now_utc, set_idle, update_live_state
from pipeline.lock import RunLock, hold_lock
from pipeline.paths import SCRIPTS, Paths
from pipeline.state import (ResumeState, RunRecord, StepRecord, clear_resume_state, load_state, save_resume_state,
                            save_state)
from pipeline.steps import STEPS, Step, StepContext, steps_of, training_data
from pipeline.stop import consume_stop
from pipeline_logger import PipelineLogger, eta_text

KEPT_RUN_FOLDERS = 30
REDRAW_LIMIT_S = 60.0
LIVE_LOG_BYTES = 5 * 2**20


@dataclass(frozen=True)
class RunOptions:
    mode: str = "full"
    force: bool = False
    """Run every step, also those whose inputs are unchanged."""
    resume: bool = False
    """Take up a run that did not come to its end."""
    next_cycle: bool = False
    """Train on correction lessons that no training has seen."""
    finished: frozenset[str] = frozenset()
    """Steps that the run taken up has done; not repeated even with `force`."""


class StopRequested(Exception):
    """The work ends here because someone asked for it."""


def run_pipeline(paths: Paths, config: PipelineConfig, options: RunOptions, steps: Sequence[Step] = STEPS,
                 policies: Mapping[str, RetryPolicy] = RETRY_POLICIES) -> tuple[ExitCode, RunRecord]:
    """Run a mode to its end; a UserError when another run holds the project."""
    run_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    with hold_lock(paths, run_id, options.mode) as lock, _ended_by_sigterm():
        state = load_state(paths)
        record = RunRecord(run_id, options.mode, options.force, now_utc(), next_cycle=options.next_cycle)
        run = Run(StepContext(paths, config, state, options.next_cycle), options, record, PipelineLogger(paths, run_id), lock)
        return run.execute(steps_of(options.mode, steps), policies), record


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM (a service manager, a shutdown) ends the child too and leaves a state to resume from."""
    def terminate(*_) -> None:
        raise Terminated

    previous = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


class Run:
    """One run of the pipeline while it holds the lock."""

    def __init__(self, context: StepContext, options: RunOptions, record: RunRecord, logger: PipelineLogger, lock: RunLock):
        self.context, self.paths, self.state = context, context.paths, context.state
        self.options, self.record, self.logger, self.lock = options, record, logger, lock
        self.hashes = FileHashes(self.paths)

    def execute(self, steps: list[Step], policies: Mapping[str, RetryPolicy]) -> ExitCode:
        self._begin(len(steps))
        try:
            self._run_all(steps, Attempts(self.logger, self.lock, policies))
        except (StopRequested, KeyboardInterrupt) as stop:
            return self._finish("stopped", ExitCode.STOPPED, str(stop) or "interrupted")
        except BaseException as error:
            self._finish("failed", ExitCode.FAILED, str(error))
            raise
        failed = next((step for step in self.record.steps if step.status == "failed"), None)
        if failed:
            return self._finish("failed", ExitCode.FAILED, f"{failed.category}: {failed.reason}", failed.name)
        return self._finish("complete", ExitCode.OK)

    def _begin(self, step_count: int) -> None:
        for run in self.state.runs:
            run.status = "cut off" if run.status == "running" else run.status
        if self.lock.cut_off:
            self.logger.line(f"Run {self.lock.cut_off.run_id} was cut off; its lock is released.")
        drop_old_records(self.paths)
        self.state.runs.append(self.record)
        save_state(self.paths, self.state)
        update_live_state(self.paths, status="running", run_id=self.record.run_id, pid=os.getpid(), mode=self.record.mode,
                          started_at=self.record.started_at, error_info=None, retry_info=None, error_history=[])
        self.logger.line(f"Run {self.record.run_id}: --{self.record.mode}, {step_count} steps")

    def _run_all(self, steps: list[Step], attempts: Attempts) -> None:
        decider = Decider(steps, self.record, self.hashes, self.options.force, self.options.finished)
        for index, step in enumerate(steps):
            if consume_stop(self.paths):
                raise StopRequested(f"stop signal before step '{step.name}'")
            if step.is_optional and not (SCRIPTS / step.script).exists():
                continue
            verdict = decider.decide(step, self.context)
            record = verdict if isinstance(verdict, StepRecord) else self._perform(step, verdict, steps[index:], attempts)
            self._note(step, record)
            if record.category == ErrorCategory.DISK_FULL:
                self.record.steps += [StepRecord(later.name, "blocked", reason="the disk is full") for later in steps[index + 1:]]
                return

    def _perform(self, step: Step, reason: str, remaining: list[Step], attempts: Attempts) -> StepRecord:
        self._announce(step, reason, remaining)
        context = replace(self.context, started_at_s=time.time())
        reads = self.hashes.of_all(step.reads(context))
        result = attempts.perform(step, context, self.options.resume)
        if result.is_ok:
            self.logger.timings.record(step.name, result.duration_s)
            success = success_of(step, context, self.hashes, self.record.run_id, result.findings, reads)
            self.state.steps[step.name] = success
        return _record_of(step, result, reason)

    def _announce(self, step: Step, reason: str, remaining: list[Step]) -> None:
        etas_s = [self.logger.timings.eta_s(later.name) for later in remaining]
        run_eta_s = sum(eta_s for eta_s in etas_s if eta_s is not None)
        update_live_state(self.paths, eta_s=etas_s[0], run_eta_s=run_eta_s)
        known = f" | ETA: {eta_text(etas_s[0])} | ETA of the run: {eta_text(run_eta_s)}" if etas_s[0] is not None else ""
        self.logger.line(f"== {step.script}: {step.text} ({reason}){known}")

    def _note(self, step: Step, record: StepRecord) -> None:
        """Keep what is known after a step; the success of the step is recorded here, after all it wrote."""
        if record.status != "done":
            self.logger.line(f"-- {step.script}: {step.text}: {record.status}: {record.reason}")
        self.record.steps.append(record)
        data = self.hashes.of_all(training_data(self.context))
        self.state.data_hash = combined(data) if data else None
        newest = self.paths.newest_model()
        self.state.model_version = newest[0] if newest else None
        if step.name == "train" and record.status == "done":
            self.state.trained_data_hash = self.state.data_hash
        save_state(self.paths, self.state)
        self.hashes.save()
        if record.status == "stopped":
            consume_stop(self.paths)
            raise StopRequested(f"stopped in step '{step.name}'")

    def _finish(self, status: str, code: ExitCode, problem: str = "", step: str = "") -> ExitCode:
        self.record.status, self.record.exit_code, self.record.finished_at = status, code, now_utc()
        save_state(self.paths, self.state)
        if status == "complete":
            clear_resume_state(self.paths)
        else:
            save_resume_state(self.paths, ResumeState(self.record.run_id, self.record.mode, status, step, problem,
                                                      "python scripts/11_pipeline_orchestrator.py --resume", now_utc()))
        self.logger.line(f"Run {self.record.run_id}: {status}" + (f": {problem}" if problem else ""))
        set_idle(self.paths)
        self._redraw_pages()
        return code

    def _redraw_pages(self) -> None:
        """The last step drew them while the run was still going; how it ended they can say only now."""
        if any(step.name == "dashboard" and step.status == "done" for step in self.record.steps):
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run([sys.executable, SCRIPTS / "14_update_dashboard.py", "--project", self.paths.root], capture_output=True,
                               timeout=REDRAW_LIMIT_S, check=False)


def drop_old_records(paths: Paths) -> None:
    """Keep the output of the last runs, and the live log from growing for ever."""
    folders = sorted(paths.run_records.iterdir()) if paths.run_records.is_dir() else []
    for folder in folders[:-KEPT_RUN_FOLDERS]:
        shutil.rmtree(folder, ignore_errors=True)
    if paths.live_log.exists() and paths.live_log.stat().st_size > LIVE_LOG_BYTES:
        os.replace(paths.live_log, paths.live_log.with_suffix(".old.log"))


def _record_of(step: Step, result: ChildResult, reason: str) -> StepRecord:
    if result.is_ok:
        return StepRecord(step.name, "done", result.duration_s, reason, findings=[asdict(f) for f in result.findings])
    if result.error is None:
        return StepRecord(step.name, "stopped", result.duration_s, "on request")
    fix = f" Fix: {result.error.fix}" if result.error.fix else ""
    return StepRecord(step.name, "failed", result.duration_s, result.error.problem + fix, result.error.category)
