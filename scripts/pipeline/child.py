"""The one way to start a child process: a script of ours, watched, its output shown and kept, its outcome read."""

import codecs
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

from error_handler import ErrorCategory
from pipeline.door import terminal_columns
from pipeline.exit_codes import ExitCode
from pipeline.monitor import SubprocessMonitor, WatchLimits, end_tree
from pipeline.outcome import OUTCOME_VARIABLE, ErrorReport, Finding, read_outcome
from pipeline.paths import SCRIPTS
from pipeline_logger import PROJECT_VARIABLE, RUN_ID_VARIABLE, PipelineLogger

__all__ = ["ChildResult", "SubprocessMonitor", "WatchLimits", "run_script"]

INTERRUPT_GRACE_S = 10.0
PUMP_JOIN_S = 5.0
WIPE_LINE = b"\x1b[K"


class Terminated(KeyboardInterrupt):
    """This process was asked to end (SIGTERM); unlike Ctrl-C the child has not heard of it."""


@dataclass(frozen=True)
class ChildResult:
    code: int
    """As the operating system says; negative for a signal."""
    duration_s: float
    error: ErrorReport | None = None
    """Why the work was not done; None for success, a stop, and an end with findings only."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_stopped(self) -> bool:
        return self.code == ExitCode.STOPPED

    @property
    def is_ok(self) -> bool:
        return self.error is None and not self.is_stopped


def run_script(script: str | Path, arguments: Sequence[str], logger: PipelineLogger, limits: WatchLimits, record: Path,
               findings_ok: bool = False, on_start: Callable[[int], None] = lambda pid: None) -> ChildResult:
    """Run `scripts/<script>` to its end under `limits`.

    `record` is the path without suffix under which its output (.log) and outcome (.jsonl) are kept. With `findings_ok`
    an end with ExitCode.FAILED but without an exception means that the work was done and some inputs were bad.
    `on_start` hears the child's pid.
    """
    record.parent.mkdir(parents=True, exist_ok=True)
    outcome_file = record.with_name(record.name + ".jsonl")
    outcome_file.unlink(missing_ok=True)
    started_s = time.monotonic()
    with open(record.with_name(record.name + ".log"), "ab") as log:
        process = _start(script, arguments, logger, outcome_file)
        on_start(process.pid)
        output = _Output(process, log)
        ended_because = _watch(process, SubprocessMonitor(process, logger.paths, limits, logger.line, output.last_byte_s))
        output.finish()
    error, findings = _judge(process.returncode, ended_because, outcome_file, findings_ok)
    return ChildResult(process.returncode, time.monotonic() - started_s, error, findings)


def _start(script: str | Path, arguments: Sequence[str], logger: PipelineLogger, outcome_file: Path) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments), "--project", str(logger.paths.root)]
    return subprocess.Popen(command, env=_environment(logger, outcome_file), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _environment(logger: PipelineLogger, outcome_file: Path) -> dict[str, str]:
    columns = terminal_columns()
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", RUN_ID_VARIABLE: logger.run_id,
            PROJECT_VARIABLE: str(logger.paths.root), OUTCOME_VARIABLE: str(outcome_file),
            "PIPELINE_TERMINAL_COLUMNS": str(columns or "")}


def _watch(process: subprocess.Popen, monitor: SubprocessMonitor) -> str | None:
    try:
        return monitor.wait()
    except KeyboardInterrupt as interrupt:
        try:
            process.wait(0 if isinstance(interrupt, Terminated) else INTERRUPT_GRACE_S)
        except subprocess.TimeoutExpired:
            end_tree(process.pid)
            process.wait()
        raise


class _Output:
    """Passes a child's output on as it comes, progress bars and all, and keeps its lines in the log."""

    def __init__(self, process: subprocess.Popen, log: BinaryIO):
        self._log, self._lock, self._last_byte_s = log, threading.Lock(), 0.0
        streams = ((process.stdout, sys.stdout), (process.stderr, sys.stderr))
        self._threads = [threading.Thread(target=self._pump, args=pair, daemon=True) for pair in streams]
        for thread in self._threads:
            thread.start()

    def last_byte_s(self) -> float:
        """Monotonic time of the last output."""
        return self._last_byte_s

    def finish(self) -> None:
        """Wait for the rest; not for ever, since a surviving grandchild may hold the pipe open."""
        for thread in self._threads:
            thread.join(PUMP_JOIN_S)

    def _pump(self, source: BinaryIO, target: TextIO) -> None:
        line, decoder = b"", codecs.getincrementaldecoder("utf-8")("replace")
        while chunk := os.read(source.fileno(), 65536):
            self._last_byte_s = time.monotonic()
            target.write(decoder.decode(chunk))
            target.flush()
            *lines, line = (line + chunk).split(b"\n")
            self._keep(lines)
        self._keep([line] if line else [])

    def _keep(self, lines: list[bytes]) -> None:
        """Of a line that a progress bar wrote again and again, the last version."""
        with self._lock:
            self._log.writelines(line.rstrip(b"\r").rpartition(b"\r")[2].removeprefix(WIPE_LINE) + b"\n" for line in lines)
            self._log.flush()


def _judge(code: int, ended_because: str | None, outcome_file: Path, findings_ok: bool) -> tuple[ErrorReport | None, list[Finding]]:
    outcome = read_outcome(outcome_file)
    if ended_because:
        return ErrorReport(ErrorCategory.TIMEOUT, f"ended by the watch: {ended_because}"), outcome.findings
    if code in (ExitCode.OK, ExitCode.STOPPED):
        return None, outcome.findings
    if outcome.error:
        return outcome.error, outcome.findings
    if code == ExitCode.USAGE:
        return ErrorReport(ErrorCategory.UNKNOWN, "the script did not understand its arguments", deterministic=True), outcome.findings
    if outcome.exit_code is None:
        return ErrorReport(_category_of_crash(code), _crash_text(code)), outcome.findings
    if findings_ok:
        return None, outcome.findings or [Finding("some inputs were bad", f"see {outcome_file.with_suffix('.log')}")]
    return ErrorReport(ErrorCategory.UNKNOWN, f"ended with exit code {code}", deterministic=True), outcome.findings


def _crash_text(code: int) -> str:
    if code == -9:
        return "killed by the system (signal 9), most often for want of memory"
    return f"crashed (signal {-code})" if code < 0 else f"crashed with exit code {code}"


def _category_of_crash(code: int) -> ErrorCategory:
    return ErrorCategory.CUDA_OOM if code == -9 else ErrorCategory.UNKNOWN
