"""The same work on many items, spread over the cores where the system can fork."""

import gc
import os
import pickle
import select
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
LENGTH_BYTES = 8
MAX_READ_BYTES = 1 << 20
MAX_AHEAD = 64  # results of its own share that the caller's process keeps while it waits for a helper


def core_count() -> int:
    """Cores that this process may use; 1 where a second process would have to start from nothing (Windows)."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[Item], Result], items: Sequence[Item], jobs: int | None = None) -> Iterator[Result]:
    """`work` of each item, in their order. What it returns must pickle; what a helper fails at is done here.

    Call it while the process has one thread: a fork takes no others along, but the locks they hold. The helpers are
    forked by the call, not by the first result.
    """
    jobs = min(jobs or core_count(), len(items))
    gc.freeze()  # or every collection in a helper would copy the memory that it shares
    return _in_order(work, items, [_Helper(work, items[turn::jobs]) for turn in range(1, jobs)])


class _HelperGone(Exception):
    pass


class _Helper:
    """A forked process that works ahead as far as the pipe holds its results, each with its length before it.

    multiprocessing's connections do the same; importing them takes 30 ms, a tenth of reading all exports. Nothing but our own helper
    writes to the pipe, so what comes of it may be unpickled.
    """

    def __init__(self, work: Callable[[Item], Result], items: Sequence[Item]) -> None:
        self.pipe, writing = os.pipe()
        self.process_id = os.fork()
        if self.process_id:
            os.close(writing)
            return
        status = 1
        try:
            os.close(self.pipe)
            with os.fdopen(writing, "wb") as pipe:
                for item in items:
                    result = pickle.dumps(work(item))
                    pipe.write(len(result).to_bytes(LENGTH_BYTES, "big") + result)
                    pipe.flush()
            status = 0
        finally:
            os._exit(status)  # no clean-up of what belongs to the parent

    @property
    def has_result(self) -> bool:
        """Whether `result` need not wait: something has come, or nothing will."""
        return bool(select.select([self.pipe], [], [], 0)[0])

    def result(self) -> Result:
        """The next result; _HelperGone when it ended before that was whole."""
        return pickle.loads(self._read(int.from_bytes(self._read(LENGTH_BYTES), "big")))

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


def _in_order(work: Callable[[Item], Result], items: Sequence[Item], helpers: list[_Helper]) -> Iterator[Result]:
    turns: list[_Helper | None] = [None, *helpers]
    own, begun, done = items[::len(turns)], 0, deque()
    try:
        for index, item in enumerate(items):
            turn = index % len(turns)
            if turn == 0:
                if not done:
                    done.append(work(item))
                    begun += 1
                yield done.popleft()
                continue
            # Where the helper is behind, this process goes on with its own share.
            while (helper := turns[turn]) and not helper.has_result and begun < len(own) and len(done) < MAX_AHEAD:
                done.append(work(own[begun]))
                begun += 1
            try:
                result = helper.result() if helper else work(item)
            except _HelperGone:
                turns[turn], result = None, work(item)
            yield result
    finally:
        for helper in helpers:
            os.close(helper.pipe)
        for helper in helpers:  # only now: a helper holds the ends of the pipes that were made before it
            helper.wait()
