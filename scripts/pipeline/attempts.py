"""Doing one step until it succeeds or trying again is pointless."""

import time
from collections.abc import Mapping
from dataclasses import asdict

from error_handler import ErrorCategory, RetryPolicy
from pipeline.child import ChildResult, WatchLimits, run_script
from pipeline.live import now_utc, read_live_state, update_live_state
from pipeline.lock import RunLock
from pipeline.outcome import ErrorReport
from pipeline.steps import Step, StepContext
from pipeline.stop import is_stop_requested
from pipeline_logger import PipelineLogger, duration_text

WAIT_POLL_S = 0.2


class Attempts:
    """Runs steps as children with the limits and retries of their category."""

    def __init__(self, logger: PipelineLogger, lock: RunLock, policies: Mapping[str, RetryPolicy]):
        self.logger, self.lock, self.policies = logger, lock, policies
        self.records = logger.paths.run_records / logger.run_id

    def perform(self, step: Step, context: StepContext, resume: bool) -> ChildResult:
        """The result of the last attempt; `resume` lets a step that can take up an earlier, unfinished attempt."""
        policy, failures, last = self.policies[step.category], 0, None
        while True:
            result = self._attempt(step, context, policy, resume or failures > 0, failures + 1)
            if result.error is None:
                return result
            failures += 1
            pointless = result.error.deterministic or _is_the_same_again(last, result.error)
            wait_s = policy.wait_before_retry_s(failures, result.error.category, pointless)
            self._note_error(step, result.error, failures, wait_s)
            if wait_s is None or not self._wait(wait_s):
                return result
            last = result.error

    def _attempt(self, step: Step, context: StepContext, policy: RetryPolicy, resume: bool, number: int) -> ChildResult:
        arguments = [str(a) for a in step.arguments(context)] + (["--resume"] if resume and step.can_resume else [])
        update_live_state(context.paths, step=step.number, step_text=step.text, script=step.script, retry_info=None,
                          progress_done=0, progress_total=0, progress_text="")
        self.logger.write_heartbeat()
        record = self.records / (step.name if number == 1 else f"{step.name}.attempt{number}")
        return run_script(step.script, arguments, self.logger, watch_limits(step, policy, context), record,
                          step.findings_ok, self.lock.child_started)

    def _note_error(self, step: Step, error: ErrorReport, failures: int, wait_s: float | None) -> None:
        info = {"step": step.name, "attempt": failures, "time": now_utc(), **asdict(error)}
        retry = None if wait_s is None else {"step": step.name, "attempt": failures + 1, "wait_s": wait_s, "category": error.category}
        further = "not tried again" if wait_s is None else f"trying again in {duration_text(wait_s)}"
        self.logger.line(f"{step.name}: {error.category}: {error.problem} - {further}")
        history = [*read_live_state(self.logger.paths).error_history, info]
        update_live_state(self.logger.paths, error_info=info, retry_info=retry, error_history=history)

    def _wait(self, wait_s: float) -> bool:
        """Sleep before the next attempt; False when a stop was asked for meanwhile."""
        ends_s = time.monotonic() + wait_s
        while time.monotonic() < ends_s:
            if is_stop_requested(self.logger.paths):
                return False
            self.logger.write_heartbeat()
            time.sleep(min(WAIT_POLL_S, wait_s))
        return True


def _is_the_same_again(last: ErrorReport | None, error: ErrorReport) -> bool:
    """A failure of no known kind that comes back word for word does not depend on luck."""
    return error.category is ErrorCategory.UNKNOWN and last is not None and last.problem == error.problem


def watch_limits(step: Step, policy: RetryPolicy, context: StepContext) -> WatchLimits:
    """Training, evaluation and exam give signs of life and are watched for them; the short steps have a limit in all."""
    watch = context.config.stall_detection
    kill_s = {"training": watch.stall_kill_seconds_training, "eval": watch.stall_kill_seconds, "exam": watch.stall_kill_seconds}
    in_all = not policy.limit_is_without_progress
    return WatchLimits(total_s=policy.limit_s if in_all else None, without_progress_s=None if in_all else policy.limit_s,
                       stall_warn_s=watch.stall_warn_seconds, stall_kill_s=kill_s.get(step.category))
