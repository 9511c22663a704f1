"""One run at a time in a project, and no lock that outlives its owner.

The operating system drops the lock when its owner dies, however it died. Beside it lies a record of who holds it; a
record found by the next owner tells that a run was cut off, and names the child that may still be running.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from error_handler import UserError
from pipeline.live import now_utc
from pipeline.monitor import end_tree
from pipeline.paths import Paths
from pipeline.store import read_json, write_json

LOCK_SCHEMA = 1
SAME_START_S = 2.0
"""Start times are computed from the time of boot, which wobbles by a second when the clock is set."""
LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Changes with every start of the machine, so that a pid of before it means nothing; elsewhere start times must do."""
    return LINUX_BOOT_ID.read_text(encoding="ascii").strip() if LINUX_BOOT_ID.exists() else ""


@dataclass(frozen=True)
class ProcessMark:
    """A process that cannot be confused with a later one of the same number."""

    pid: int
    started_at_s: float
    boot: str

    @classmethod
    def of(cls, pid: int) -> "ProcessMark":
        """Raises psutil.NoSuchProcess."""
        return cls(pid, psutil.Process(pid).create_time(), boot_id())

    def is_alive(self) -> bool:
        try:
            now = ProcessMark.of(self.pid)
        except psutil.NoSuchProcess:
            return False
        return now.boot == self.boot and abs(now.started_at_s - self.started_at_s) < SAME_START_S


@dataclass(frozen=True)
class LockRecord:
    run_id: str
    mode: str
    since: str
    owner: ProcessMark
    child: ProcessMark | None = None
    schema_version: int = LOCK_SCHEMA


def read_record(paths: Paths) -> LockRecord | None:
    if not paths.lock_record.exists():
        return None
    obj = read_json(paths.lock_record, newest_schema=LOCK_SCHEMA)
    marks = {name: ProcessMark(**obj[name]) if obj.get(name) else None for name in ("owner", "child")}
    return LockRecord(**{f.name: obj[f.name] for f in fields(LockRecord) if f.name in obj} | marks)


def running(paths: Paths) -> LockRecord | None:
    """Who runs in this project now, or None."""
    record = read_record(paths)
    return record if record and record.owner.is_alive() else None


class RunLock:
    """The lock while it is held; remembers the running child, for whoever comes after a kill."""

    def __init__(self, paths: Paths, record: LockRecord, cut_off: LockRecord | None):
        self.paths, self.record = paths, record
        self.cut_off = cut_off
        """The run that ended without giving the lock back, if there was one."""
        self._write()

    def child_started(self, pid: int) -> None:
        # A child that ended at once leaves nothing to clear up.
        with contextlib.suppress(psutil.NoSuchProcess):
            self.record = replace(self.record, child=ProcessMark.of(pid))
            self._write()

    def _write(self) -> None:
        write_json(self.paths.lock_record, asdict(self.record))


@contextlib.contextmanager
def hold_lock(paths: Paths, run_id: str, mode: str) -> Iterator[RunLock]:
    """Hold the project's lock; a UserError of one line when another run holds it."""
    paths.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock_file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise _held_by_another(paths) from None
    try:
        cut_off = _heal(paths)
        yield RunLock(paths, LockRecord(run_id, mode, now_utc(), ProcessMark.of(os.getpid())), cut_off)
    finally:
        paths.lock_record.unlink(missing_ok=True)
        lock.release()


def _held_by_another(paths: Paths) -> UserError:
    record = read_record(paths)
    who = f" (pid {record.owner.pid}, --{record.mode}, since {_local_time(record.since)})" if record else ""
    return UserError(f"Another run is working in {paths.root}{who}.",
                     "wait for it, or ask it to stop: python scripts/15_stop_signal.py stop")


def _local_time(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone():%H:%M}"


def _heal(paths: Paths) -> LockRecord | None:
    """Clear up after a run that was cut off: its child would go on writing what this run is about to write."""
    record = read_record(paths)
    if record and record.child and record.child.is_alive():
        end_tree(record.child.pid)
    return record
