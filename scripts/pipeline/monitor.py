"""Watching a child process: signs of life, limits, and the end of its whole process tree."""

import contextlib
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from error_handler import UserError
from pipeline.live import read_live_state
from pipeline.paths import Paths
from pipeline_logger import duration_text

POLL_S = 0.1
PROGRESS_POLL_S = 2.0
TERMINATE_GRACE_S = 5.0


@dataclass(frozen=True)
class WatchLimits:
    """How long a child may run, be silent, or stand still; None means for ever."""

    total_s: float | None = None
    without_progress_s: float | None = None
    """Counts from the last change of the step or its progress, however lively the heartbeat."""
    stall_warn_s: float | None = 300.0
    stall_kill_s: float | None = None
    """Counts from the last sign of life: heartbeat, live state or output."""


class SubprocessMonitor:
    """Waits for a child, warns when it falls silent, and ends its process tree when a limit is passed."""

    def __init__(self, process: subprocess.Popen, paths: Paths, limits: WatchLimits, warn: Callable[[str], None] = print,
                 last_output_s: Callable[[], float] = lambda: 0.0):
        self.process, self.paths, self.limits, self.warn = process, paths, limits, warn
        self.last_output_s = last_output_s
        self._started_s = self._last_sign_s = self._last_progress_s = time.monotonic()
        self._signs, self._progress = self._read_signs(), self._read_progress()
        self._progress_read_s = self._started_s
        self._has_warned = False

    def wait(self) -> str | None:
        """Return None when the child ended by itself, else why its tree was ended."""
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(POLL_S)
                return None
            reason = self._passed_limit()
            if reason:
                end_tree(self.process.pid)
                self.process.wait()
                return reason

    def _passed_limit(self) -> str | None:
        now_s, limits = time.monotonic(), self.limits
        self._look(now_s)
        silent_s = now_s - self._last_sign_s
        if limits.stall_kill_s is not None and silent_s > limits.stall_kill_s:
            return f"no sign of life for {duration_text(silent_s)}"
        if limits.total_s is not None and now_s - self._started_s > limits.total_s:
            return f"still running after its limit of {duration_text(limits.total_s)}"
        if limits.without_progress_s is not None and now_s - self._last_progress_s > limits.without_progress_s:
            return f"no progress for {duration_text(now_s - self._last_progress_s)}"
        self._warn_when_silent(silent_s)
        return None

    def _look(self, now_s: float) -> None:
        signs = self._read_signs()
        if signs != self._signs:
            self._signs, self._last_sign_s, self._has_warned = signs, now_s, False
        self._last_sign_s = max(self._last_sign_s, self.last_output_s())
        if now_s - self._progress_read_s >= PROGRESS_POLL_S:
            self._progress_read_s, progress = now_s, self._read_progress()
            if progress != self._progress:
                self._progress, self._last_progress_s = progress, now_s

    def _warn_when_silent(self, silent_s: float) -> None:
        if self.limits.stall_warn_s is None or self._has_warned or silent_s <= self.limits.stall_warn_s:
            return
        self._has_warned = True
        kill_s = self.limits.stall_kill_s
        self.warn(f"WARNING: no sign of life for {duration_text(silent_s)}"
                  + (f"; the step will be ended at {duration_text(kill_s)}" if kill_s is not None else ""))

    def _read_signs(self) -> tuple[int, ...]:
        """Changes are looked for, not ages: a clock that jumps must not end a step."""
        return tuple(_modified_ns(file) for file in (self.paths.heartbeat, self.paths.live_state))

    def _read_progress(self) -> object:
        try:
            state = read_live_state(self.paths)
        except (UserError, OSError):
            return None
        return state.step, state.progress_done


def _modified_ns(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def end_tree(pid: int) -> None:
    """End a process and all its descendants: asked first, killed after five seconds."""
    try:
        root = psutil.Process(pid)
        # The root comes first, so that it starts no replacements for the children that end.
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=TERMINATE_GRACE_S)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=TERMINATE_GRACE_S)
