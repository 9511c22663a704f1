"""Kinds of errors, what is worth another try, and what out of memory reduces."""

import errno
import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from error_handler import (RETRY_POLICIES, ErrorCategory, PromptTimeout, UserError, categorise, cuda_oom_retry, is_deterministic,
                           per_prompt_timeout, reduced_for_memory)


def allocation_error() -> RuntimeError:
    """The real error of torch's CPU allocator."""
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**60, dtype=torch.float32)
    return raised.value


@pytest.mark.parametrize(("error", "category", "deterministic"), [
    (OSError(errno.ENOSPC, "No space left on device"), ErrorCategory.DISK_FULL, False),
    (torch.cuda.OutOfMemoryError("CUDA out of memory."), ErrorCategory.CUDA_OOM, False),
    (MemoryError(), ErrorCategory.CUDA_OOM, False),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), ErrorCategory.ENCODING, True),
    (ConnectionResetError("reset"), ErrorCategory.NETWORK, False),
    (OSError("HTTPSConnectionPool: Max retries exceeded"), ErrorCategory.NETWORK, False),
    (TimeoutError(), ErrorCategory.TIMEOUT, False),
    (PromptTimeout(), ErrorCategory.TIMEOUT, False),
    (UserError("a", "b"), ErrorCategory.UNKNOWN, True),
    (KeyError("x"), ErrorCategory.UNKNOWN, True),
    (RuntimeError("something"), ErrorCategory.UNKNOWN, False),
], ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value))
def test_errors_have_their_category_and_only_mistakes_are_deterministic(error, category, deterministic):
    assert categorise(error) is category and is_deterministic(error) is deterministic


def test_the_cpu_allocators_error_counts_as_out_of_memory():
    assert categorise(allocation_error()) is ErrorCategory.CUDA_OOM


def test_a_damaged_safetensors_file_counts_as_corrupt_checkpoint(tmp_path):
    from safetensors.torch import load_file

    (tmp_path / "model.safetensors").write_bytes(b"damaged" * 10)
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the library's own class is private
        load_file(tmp_path / "model.safetensors")
    assert categorise(raised.value) is ErrorCategory.CORRUPT_CHECKPOINT


@given(st.sampled_from(sorted(RETRY_POLICIES)), st.integers(1, 9), st.sampled_from(ErrorCategory), st.booleans())
def test_a_full_disk_and_a_deterministic_error_are_never_retried_and_nothing_is_for_ever(category, failures, error, deterministic):
    policy = RETRY_POLICIES[category]
    wait_s = policy.wait_before_retry_s(failures, error, deterministic)
    if deterministic or error is ErrorCategory.DISK_FULL or failures > len(policy.waits_s):
        assert wait_s is None
    else:
        assert wait_s == policy.waits_s[failures - 1]


@given(st.integers(512, 65536), st.integers(1, 512))
def test_reducing_never_goes_under_the_floors_and_ends(length, rank):
    smaller = reduced_for_memory(length, rank)
    if smaller is not None:
        assert smaller[0] >= 512 and smaller[1] >= min(16, rank) and smaller[0] * smaller[1] < length * rank


def test_out_of_memory_is_tried_smaller_twice_and_told():
    tried, told = [], []

    def attempt(length: int, rank: int) -> str:
        tried.append((length, rank))
        if length > 1024:
            torch.empty(2**60)
        return "trained"

    assert cuda_oom_retry(attempt, 4096, 32, lambda *now: told.append(now)) == "trained"
    assert tried == [(4096, 32), (2048, 32), (1024, 32)] and told == [(2048, 32), (1024, 32)]


def test_out_of_memory_at_the_floor_and_other_errors_are_passed_on():
    with pytest.raises(RuntimeError, match="allocate"):
        cuda_oom_retry(lambda *_: torch.empty(2**60), 512, 16)
    with pytest.raises(ZeroDivisionError):
        cuda_oom_retry(lambda *_: 1 // 0, 4096, 32)


def test_a_prompt_that_takes_too_long_is_ended_between_tokens():
    with per_prompt_timeout(limit_s=0.05) as deadline:
        deadline.check()
        time.sleep(0.06)
        with pytest.raises(PromptTimeout):
            deadline.check()
