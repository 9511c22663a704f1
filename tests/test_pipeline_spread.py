"""Work spread over forked helpers: the same results in the same order, whatever becomes of a helper."""

import os
import signal
import time

import pytest

from pipeline.spread import MAX_AHEAD, _Turns, core_count, spread

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork: everything is done in one process")


@pytest.mark.parametrize("jobs", [1, 2, 3, 50, None])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40])
def test_results_come_in_the_order_of_the_items(jobs, count):
    assert list(spread(lambda item: item * item, range(count), jobs)) == [item * item for item in range(count)]


def test_large_results_do_not_block():
    assert [len(result) for result in spread(lambda item: "x" * item, [10, 3_000_000, 20, 3_000_000], 2)] == [10, 3_000_000, 20, 3_000_000]


@needs_fork
def test_the_helpers_do_their_share():
    def work(_: int) -> int:
        time.sleep(0.05)
        return os.getpid()

    assert {result == os.getpid() for result in spread(work, range(10), 2)} == {True, False}


@needs_fork
def test_what_a_helper_dies_of_is_done_here():
    own = os.getpid()

    def work(item: int) -> int:
        time.sleep(0.02)
        if os.getpid() != own and item > 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(spread(work, range(8), 2)) == list(range(8))


@needs_fork
def test_a_slow_helper_holds_up_one_item_only():
    own, done_here = os.getpid(), []

    def work(item: int) -> int:
        if os.getpid() != own:
            time.sleep(0.5)
        else:
            time.sleep(0.005)
            done_here.append(item)
        return item

    assert list(spread(work, range(20), 2)) == list(range(20))
    assert len(done_here) >= 19


@needs_fork
def test_the_caller_keeps_a_bounded_number_of_results():
    own, done_here = os.getpid(), []

    def work(item: int) -> int:
        if os.getpid() != own:
            time.sleep(1)
        else:
            time.sleep(0.001)
            done_here.append(item)
        return item

    results = spread(work, range(500), 2)
    for item in range(200):
        assert next(results) == item
        assert len(done_here) <= item + 1 + MAX_AHEAD
    results.close()


@needs_fork
def test_no_two_processes_get_the_same_turn():
    turns, (reading, writing) = _Turns(), os.pipe()
    child = os.fork()
    taken = [turns.take() for _ in range(2_000)]
    if child == 0:
        os.write(writing, b"".join(turn.to_bytes(8, "big") for turn in taken))
        os._exit(0)
    os.waitpid(child, 0)
    found = os.read(reading, 16_000)
    theirs = [int.from_bytes(found[at:at + 8], "big") for at in range(0, len(found), 8)]
    assert sorted(taken + theirs) == list(range(4_000))


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
