"""Processor time of a piece of work, for tests that hold a limit."""

import gc
import time
from collections.abc import Callable


class CpuTime:
    """`with CpuTime() as spent: ...; assert spent.seconds < 1`.

    Processor time, so that a busy machine is no failure; without the garbage collector, as in `timeit`: a collection looks
    through all that the test process ever loaded, which takes a second once torch is among it.
    """

    seconds: float

    def __enter__(self) -> "CpuTime":
        gc.disable()
        self._start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self._start
        gc.enable()


def least_seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """Processor time of the fastest of some rounds of `work`: what the ratio of two sizes is taken of."""
    times = []
    for _ in range(rounds):
        with CpuTime() as spent:
            work()
        times.append(spent.seconds)
    return min(times)
