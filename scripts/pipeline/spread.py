"""The same work on many items, spread over the cores where the system can fork."""

import gc
import os
import pickle
import select
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
NUMBER_BYTES = 8
MAX_READ_BYTES = 1 << 20
MAX_AHEAD = 64  # results that the caller's process keeps while an earlier one is still in work


def core_count() -> int:
    """Cores that this process may use; 1 where a second process would have to start from nothing (Windows)."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[Item], Result], items: Sequence[Item], jobs: int | None = None) -> Iterator[Result]:
    """`work` of each item, in their order. What it returns must pickle; what a helper fails at is done here.

    Every process takes the next item when it is free, so a slow core or a large item holds up nobody else. Call it while the
    process has one thread: a fork takes no others along, but the locks they hold. The helpers are forked by the call, not by
    the first result.
    """
    jobs = min(jobs or core_count(), len(items))
    gc.freeze()  # or every collection in a helper would copy the memory that it shares
    turns = _Turns()
    return _in_order(work, items, turns, [_Helper(work, items, turns) for _ in range(1, jobs)])


class _Turns:
    """Counts 0, 1, 2, ... for all processes that are forked with it, and none of them gets a number twice.

    The count is the position in an open file, which a forked process shares; moving it by one is a single step for the system,
    so there is no lock that a process could die with.
    """

    def __init__(self) -> None:
        self._file = os.open(__file__, os.O_RDONLY)

    def take(self) -> int:
        return os.lseek(self._file, 1, os.SEEK_CUR) - 1

    def close(self) -> None:
        os.close(self._file)


class _HelperGone(Exception):
    pass


class _Helper:
    """A forked process that works ahead as far as the pipe holds its results, each with its item's number and its length before it.

    multiprocessing's connections do the same; importing them takes 30 ms, a tenth of reading all exports. Nothing but our own helper
    writes to the pipe, so what comes of it may be unpickled.
    """

    def __init__(self, work: Callable[[Item], Result], items: Sequence[Item], turns: _Turns) -> None:
        self.pipe, writing = os.pipe()
        self.process_id = os.fork()
        if self.process_id:
            os.close(writing)
            return
        status = 1
        try:
            os.close(self.pipe)
            with os.fdopen(writing, "wb") as pipe:
                while (index := turns.take()) < len(items):
                    result = pickle.dumps(work(items[index]))
                    pipe.write(index.to_bytes(NUMBER_BYTES, "big") + len(result).to_bytes(NUMBER_BYTES, "big") + result)
                    pipe.flush()
            status = 0
        finally:
            os._exit(status)  # no clean-up of what belongs to the parent

    def result(self) -> tuple[int, Result]:
        """Number of an item and its result; waits for it. _HelperGone when the process ended before that was whole."""
        index, size = (int.from_bytes(self._read(NUMBER_BYTES), "big") for _ in range(2))
        return index, pickle.loads(self._read(size))

    def _read(self, size: int) -> bytearray:
        found = bytearray()
        while len(found) < size:
            part = os.read(self.pipe, min(size - len(found), MAX_READ_BYTES))
            if not part:
                raise _HelperGone
            found += part
        return found

    def wait(self) -> None:
        os.waitpid(self.process_id, 0)


def _in_order(work: Callable[[Item], Result], items: Sequence[Item], turns: _Turns, helpers: list[_Helper]) -> Iterator[Result]:
    done: dict[int, Result] = {}
    at_work = list(helpers)
    try:
        for index in range(len(items)):
            while index not in done:
                own = turns.take() if len(done) < MAX_AHEAD else len(items)
                is_free = own >= len(items)
                if not is_free:
                    done[own] = work(items[own])
                if at_work:
                    _collect(at_work, done, is_waiting=is_free)
                elif is_free:
                    done[index] = work(items[index])  # a helper took it and is gone
            yield done.pop(index)
    finally:
        turns.close()
        for helper in helpers:
            os.close(helper.pipe)
        for helper in helpers:  # only now: a helper holds the ends of the pipes that were made before it
            helper.wait()


def _collect(helpers: list[_Helper], done: dict[int, object], is_waiting: bool) -> None:
    """A result of each helper that has one, after waiting for the first if asked to. Helpers that have ended leave the list."""
    ready, _, _ = select.select([helper.pipe for helper in helpers], [], [], None if is_waiting else 0)
    for helper in [one for one in helpers if one.pipe in ready]:
        try:
            index, result = helper.result()
        except _HelperGone:
            helpers.remove(helper)
        else:
            done[index] = result
