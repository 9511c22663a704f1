"""The same work on many items, spread over the cores where the system can fork."""

import gc
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


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
    return _in_order(work, items, [_fork(work, items[turn::jobs]) for turn in range(1, jobs)])


def _fork(work: Callable[[Item], Result], items: Sequence[Item]) -> tuple[int, BinaryIO]:
    """A helper that works ahead as far as the pipe holds its results: its process id, and the pipe's end."""
    reading, writing = os.pipe()
    process_id = os.fork()
    if process_id:
        os.close(writing)
        return process_id, os.fdopen(reading, "rb")
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            for item in items:
                pickle.dump(work(item), pipe)
                pipe.flush()
        status = 0
    finally:
        os._exit(status)  # no clean-up of what belongs to the parent


def _in_order(work: Callable[[Item], Result], items: Sequence[Item], helpers: list[tuple[int, BinaryIO]]) -> Iterator[Result]:
    turns = [None, *(pipe for _, pipe in helpers)]
    try:
        for index, item in enumerate(items):
            pipe = turns[index % len(turns)]
            if pipe is not None:
                try:
                    result = pickle.load(pipe)
                except (EOFError, pickle.UnpicklingError):
                    turns[index % len(turns)] = pipe = None
            yield work(item) if pipe is None else result
    finally:
        for _, pipe in helpers:
            pipe.close()
        for process_id, _ in helpers:  # only now: a helper holds the ends of the pipes that were made before it
            os.waitpid(process_id, 0)
