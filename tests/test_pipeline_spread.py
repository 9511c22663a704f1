"""Work spread over forked helpers: the same results in the same order, whatever becomes of a helper."""

import os
import signal
import time

import pytest

from pipeline.spread import core_count, spread

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork: everything is done in one process")


@pytest.mark.parametrize("jobs", [1, 2, 3, 50, None])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40])
def test_results_come_in_the_order_of_the_items(jobs, count):
    assert list(spread(lambda item: item * item, range(count), jobs)) == [item * item for item in range(count)]


def test_large_results_do_not_block():
    assert [len(result) for result in spread(lambda item: "x" * item, [10, 3_000_000, 20, 3_000_000], 2)] == [10, 3_000_000, 20, 3_000_000]


@needs_fork
def test_the_helpers_do_their_share():
    own = os.getpid()
    assert {result == own for result in spread(lambda _: os.getpid(), range(6), 2)} == {True, False}


@needs_fork
def test_what_a_helper_dies_of_is_done_here():
    own = os.getpid()

    def work(item: int) -> int:
        if os.getpid() != own and item > 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(spread(work, range(8), 2)) == list(range(8))


@needs_fork
def test_who_waits_for_a_helper_goes_on_with_the_own_share():
    own, done_here = os.getpid(), []

    def work(item: int) -> int:
        if os.getpid() != own:
            time.sleep(0.5 if item == 1 else 0)
        else:
            done_here.append(item)
        return item

    results = spread(work, range(20), 2)
    assert [next(results), next(results)] == [0, 1]
    assert done_here == list(range(0, 20, 2))
    assert list(results) == list(range(2, 20))


def test_an_error_of_the_work_is_raised_here():
    def work(item: int) -> int:
        if item == 3:
            raise ValueError("three")
        return item

    with pytest.raises(ValueError, match="three"):
        list(spread(work, range(6), 2))


@needs_fork
def test_no_helper_is_left_when_the_results_are_not_wanted_any_more():
    results = spread(lambda item: "x" * 1_000_000, range(20), 3)
    next(results)
    results.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_there_is_at_least_one_core():
    assert core_count() >= 1
