"""What a running pipeline shows of itself: live state, heartbeat, and how long steps usually take."""

import json
import os
import statistics
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from pipeline.paths import Paths
from pipeline.store import read_json, write_json, write_text

LIVE_SCHEMA = 1
KEPT_DURATIONS = 10
LOG_TAIL_BYTES = 64 * 1024
"""What the live page shows of the log: over an hour of progress lines, one in 5 s."""


def now_utc() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class LiveState:
    """The one picture of the running work that pages and `15 status` read; orchestrator and child both update it."""

    schema_version: int = LIVE_SCHEMA
    status: str = "idle"
    run_id: str = ""
    pid: int = 0
    mode: str = ""
    started_at: str = ""
    updated_at: str = ""
    step: str = ""
    """Number of the running step, such as "4.3"."""
    step_text: str = ""
    script: str = ""
    progress_done: float = 0
    progress_total: float = 0
    progress_text: str = ""
    eta_s: float | None = None
    """Of the running step."""
    run_eta_s: float | None = None
    error_info: dict[str, Any] | None = None
    retry_info: dict[str, Any] | None = None
    error_history: list[dict[str, Any]] = field(default_factory=list)


IDLE = {"schema_version": LIVE_SCHEMA, "status": "idle"}


def read_live_state(paths: Paths) -> LiveState:
    if not paths.live_state.exists():
        return LiveState()
    obj = read_json(paths.live_state, newest_schema=LIVE_SCHEMA)
    return LiveState(**{f.name: obj[f.name] for f in fields(LiveState) if f.name in obj})


def update_live_state(paths: Paths, **changes: Any) -> LiveState:
    """Change some facts and keep the others; only the process whose turn it is writes, so no lock is needed."""
    state = replace(read_live_state(paths), **changes, updated_at=now_utc())
    _write(paths, asdict(state), durable=False)
    return state


def set_idle(paths: Paths) -> None:
    _write(paths, IDLE, durable=True)


def _write(paths: Paths, state: dict[str, Any], durable: bool) -> None:
    """The state as JSON for programs, and with the log's tail as a script: a page from disk cannot fetch JSON."""
    write_json(paths.live_state, state, durable)
    shown = json.dumps({"state": state, "log": _log_tail(paths)}, ensure_ascii=False)
    write_text(paths.live_script, f"onLiveState({shown});\n", durable=False)


def _log_tail(paths: Paths) -> list[str]:
    if not paths.live_log.exists():
        return []
    with open(paths.live_log, "rb") as log:
        start = max(0, log.seek(0, os.SEEK_END) - LOG_TAIL_BYTES)
        log.seek(start)
        lines = log.read().decode("utf-8", errors="replace").splitlines()
    # The cut falls anywhere in the first line.
    return lines[1:] if start else lines


@dataclass(frozen=True)
class Heartbeat:
    run_id: str
    pid: int
    time: str
    schema_version: int = LIVE_SCHEMA


def write_heartbeat_file(paths: Paths, run_id: str) -> None:
    write_json(paths.heartbeat, Heartbeat(run_id, os.getpid(), now_utc()), durable=False)


def read_heartbeat(paths: Paths) -> tuple[Heartbeat, float] | None:
    """The last heartbeat and its age in seconds."""
    if not paths.heartbeat.exists():
        return None
    obj = read_json(paths.heartbeat, newest_schema=LIVE_SCHEMA)
    beat = Heartbeat(**{f.name: obj[f.name] for f in fields(Heartbeat) if f.name in obj})
    return beat, (datetime.now(UTC) - datetime.fromisoformat(beat.time)).total_seconds()


class StepTimings:
    """The last ten durations of every step, the source of ETAs."""

    def __init__(self, paths: Paths):
        self.file = paths.step_timings

    def _read(self) -> dict[str, list[float]]:
        return read_json(self.file, newest_schema=LIVE_SCHEMA)["steps"] if self.file.exists() else {}

    def record(self, step: str, duration_s: float) -> None:
        steps = self._read()
        steps[step] = [*steps.get(step, []), round(duration_s, 2)][-KEPT_DURATIONS:]
        write_json(self.file, {"schema_version": LIVE_SCHEMA, "steps": steps})

    def eta_s(self, step: str) -> float | None:
        """The median of the last ten durations: one interrupted or cold run does not bend it."""
        durations = self._read().get(step)
        return statistics.median(durations) if durations else None
