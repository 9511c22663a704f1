"""Numbered steps with ETA, progress lines, live state and heartbeat, for everything that runs under the orchestrator.

A script asks `get_logger(step_prefix="3")` and uses it alike whether it runs alone (then the logger is silent) or as a
child of a run (PIPELINE_RUN_ID is set).
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.door import terminal_columns
from pipeline.live import StepTimings, now_utc, update_live_state, write_heartbeat_file
from pipeline.paths import Paths

RUN_ID_VARIABLE = "PIPELINE_RUN_ID"
PROJECT_VARIABLE = "PIPELINE_PROJECT"
PROGRESS_INTERVAL_S = 5.0
HEARTBEAT_INTERVAL_S = 1.0


def duration_text(seconds: float) -> str:
    """0.4s, 12s, 4m 15s, 2h 03m."""
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest}s"
    return f"{minutes}m {rest:02d}s" if minutes < 60 else f"{minutes // 60}h {minutes % 60:02d}m"


def eta_text(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    return f"{seconds:.0f}s" if seconds < 60 else f"{seconds / 60:.1f}m" if seconds < 3600 else f"{seconds / 3600:.1f}h"


class PipelineLogger:
    """Writes the lines of a run to stderr and logs/pipeline_live.log, and keeps live state and heartbeat."""

    def __init__(self, paths: Paths, run_id: str, step_prefix: str = ""):
        self.paths = paths
        self.run_id = run_id
        self.step_number = step_prefix
        self.timings = StepTimings(paths)
        self._step_started_s = time.monotonic()
        self._last_progress_s = -PROGRESS_INTERVAL_S
        self._last_heartbeat_s = -HEARTBEAT_INTERVAL_S

    def line(self, text: str) -> None:
        """One line with the time of day, on stderr and in the live log."""
        stamped = f"[{datetime.now():%H:%M:%S}] {text}"
        # The first part wipes a progress bar that stands on the terminal's line.
        print(("\r\x1b[K" if terminal_columns() else "") + stamped, file=sys.stderr, flush=True)
        self.paths.live_log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.paths.live_log, "a", encoding="utf-8", newline="\n") as log:
            log.write(stamped + "\n")

    @contextlib.contextmanager
    def step(self, number: str, text: str) -> Iterator["PipelineLogger"]:
        """Announce a step, time it, and say how it ended; its duration feeds the next run's ETA only when it succeeded."""
        self._begin(number, text)
        try:
            yield self
        except BaseException as error:
            self._fail(number, text, error)
            raise
        duration_s = time.monotonic() - self._step_started_s
        self.timings.record(number, duration_s)
        self.line(f"[STEP {number}] COMPLETE: {text} ({duration_text(duration_s)})")
        self.write_heartbeat()

    def _begin(self, number: str, text: str) -> None:
        eta_s = self.timings.eta_s(number)
        self.step_number, self._step_started_s = number, time.monotonic()
        self._last_progress_s = -PROGRESS_INTERVAL_S
        self.line(f"[STEP {number}] STARTING: {text} | ETA: {eta_text(eta_s)}")
        update_live_state(self.paths, status="running", step=number, step_text=text, eta_s=eta_s,
                          progress_done=0, progress_total=0, progress_text="")
        self.write_heartbeat()

    def _fail(self, number: str, text: str, error: BaseException) -> None:
        problem = (str(error).splitlines() or [type(error).__name__])[0]
        self.line(f"[STEP {number}] FAILED: {text} ({duration_text(time.monotonic() - self._step_started_s)}): {problem}")
        update_live_state(self.paths, error_info={"step": number, "problem": problem, "time": now_utc()})

    def progress(self, done: float, total: float, text: str = "", remaining_s: float | None = None) -> None:
        """Call as often as you like: the heartbeat is kept, a line comes at most every 5 s and at the end.

        `remaining_s` is for who knows it better than the share that is done.
        """
        self.write_heartbeat()
        now_s = time.monotonic()
        if done < total and now_s - self._last_progress_s < PROGRESS_INTERVAL_S:
            return
        self._last_progress_s = now_s
        percent = 100 * done / total if total else 0
        self.line(f"  [{self.step_number}] {done:g}/{total:g} ({percent:.0f}%)" + (f" - {text}" if text else ""))
        if remaining_s is None and done:
            remaining_s = (now_s - self._step_started_s) / done * (total - done)
        update_live_state(self.paths, progress_done=done, progress_total=total, progress_text=text, eta_s=remaining_s)

    def write_heartbeat(self) -> None:
        """Say that this process lives; cheap enough for every training step and every token batch."""
        if time.monotonic() - self._last_heartbeat_s >= HEARTBEAT_INTERVAL_S:
            self._last_heartbeat_s = time.monotonic()
            write_heartbeat_file(self.paths, self.run_id)


class _NoOpLogger:
    """The silent logger of a script that runs alone."""

    def line(self, text: str) -> None:
        pass

    @contextlib.contextmanager
    def step(self, number: str, text: str) -> Iterator["_NoOpLogger"]:
        yield self

    def progress(self, done: float, total: float, text: str = "", remaining_s: float | None = None) -> None:
        pass

    def write_heartbeat(self) -> None:
        pass


def get_logger(step_prefix: str = "") -> PipelineLogger | _NoOpLogger:
    """The logger of this process; `step_prefix` is the phase shown on progress lines before the first step opens."""
    run_id = os.environ.get(RUN_ID_VARIABLE)
    if not run_id:
        return _NoOpLogger()
    project = os.environ.get(PROJECT_VARIABLE)
    return PipelineLogger(Paths(Path(project)) if project else Paths(), run_id, step_prefix)


_process_logger: PipelineLogger | _NoOpLogger | None = None


def write_heartbeat() -> None:
    """The heartbeat of this process, for code that has no logger at hand."""
    global _process_logger
    _process_logger = _process_logger or get_logger()
    _process_logger.write_heartbeat()
