"""What can go wrong, what kind it is, and how often it is worth trying again."""

import contextlib
import errno
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


class UserError(Exception):
    """Something the user can mend: the problem with its value, and one imperative remedy. Shown without traceback."""

    def __init__(self, problem: str, fix: str):
        super().__init__(problem, fix)
        self.problem = problem
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.problem}\n  Fix: {self.fix}"


class UserErrors(UserError):
    """Several problems found in one look, shown together so that nobody mends them one run at a time."""

    def __init__(self, errors: list[UserError]):
        super().__init__(errors[0].problem, errors[0].fix)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class PromptTimeout(Exception):
    """One prompt used up its time; the prompt is skipped, not the script."""


class ErrorCategory(StrEnum):
    TIMEOUT = "TIMEOUT"
    CUDA_OOM = "CUDA_OOM"
    DISK_FULL = "DISK_FULL"
    NETWORK = "NETWORK"
    CORRUPT_CHECKPOINT = "CORRUPT_CHECKPOINT"
    ENCODING = "ENCODING"
    UNKNOWN = "UNKNOWN"


DISK_FULL_ERRNOS = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
DISK_FULL_WINDOWS = {39, 112}
OUT_OF_MEMORY_SIGNS = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory")
CORRUPT_CHECKPOINT_SIGNS = ("safetensorerror", "invalidheaderdeserialization", "metadataincompletebuffer", "corrupt checkpoint")
NETWORK_SIGNS = ("connection reset", "connection refused", "connection aborted", "temporary failure in name resolution",
                 "name or service not known", "max retries exceeded", "read timed out", "network is unreachable",
                 "503 server error", "502 bad gateway")


def is_disk_full(error: BaseException) -> bool:
    if not isinstance(error, OSError):
        return "no space left on device" in str(error).lower()
    return error.errno in DISK_FULL_ERRNOS or getattr(error, "winerror", None) in DISK_FULL_WINDOWS


def is_out_of_memory(error: BaseException) -> bool:
    """True for torch.cuda.OutOfMemoryError, the CPU allocator's RuntimeError and MemoryError; torch is not imported for it."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in OUT_OF_MEMORY_SIGNS)


def _is_network(error: BaseException) -> bool:
    text = f"{type(error).__name__}: {error}".lower()
    return isinstance(error, ConnectionError) or any(sign in text for sign in NETWORK_SIGNS)


def _is_corrupt_checkpoint(error: BaseException) -> bool:
    text = f"{type(error).__name__}: {error}".lower()
    return any(sign in text for sign in CORRUPT_CHECKPOINT_SIGNS)


def categorise(error: BaseException) -> ErrorCategory:
    """The kind of an error, by type first and by its text where libraries raise plain RuntimeErrors."""
    tests: list[tuple[ErrorCategory, Callable[[BaseException], bool]]] = [
        (ErrorCategory.DISK_FULL, is_disk_full),
        (ErrorCategory.CUDA_OOM, is_out_of_memory),
        (ErrorCategory.ENCODING, lambda e: isinstance(e, UnicodeError)),
        (ErrorCategory.CORRUPT_CHECKPOINT, _is_corrupt_checkpoint),
        (ErrorCategory.NETWORK, _is_network),
        (ErrorCategory.TIMEOUT, lambda e: isinstance(e, TimeoutError | PromptTimeout)),
    ]
    return next((category for category, holds in tests if holds(error)), ErrorCategory.UNKNOWN)


def is_deterministic(error: BaseException) -> bool:
    """True when another try with the same input must fail again: a mistake of the user, the data or the program."""
    programming = (TypeError, ValueError, LookupError, AttributeError, NameError, ImportError, AssertionError, SyntaxError,
                   NotImplementedError, FileNotFoundError, NotADirectoryError, IsADirectoryError)
    return isinstance(error, UserError) or (categorise(error) in {ErrorCategory.UNKNOWN, ErrorCategory.ENCODING}
                                            and isinstance(error, programming))


@dataclass(frozen=True)
class RetryPolicy:
    """How often a step may be tried again, and for how long it may run."""

    waits_s: tuple[float, ...]
    """Pause before each further attempt; as many retries as pauses."""
    limit_s: float
    limit_is_without_progress: bool = False
    """The limit counts from the last progress, not from the start of the step."""

    def wait_before_retry_s(self, failures: int, category: ErrorCategory, deterministic: bool) -> float | None:
        """Seconds to wait before the next attempt, or None when there must be none."""
        if deterministic or category is ErrorCategory.DISK_FULL or failures > len(self.waits_s):
            return None
        return self.waits_s[failures - 1]


MINUTE_S = 60.0
HOUR_S = 3600.0
RETRY_POLICIES = {
    "data": RetryPolicy((10, 30), 10 * MINUTE_S),
    "validate": RetryPolicy((5,), 5 * MINUTE_S),
    "training": RetryPolicy((60, 120), 4 * HOUR_S, limit_is_without_progress=True),
    "eval": RetryPolicy((30,), 4 * HOUR_S),
    "exam": RetryPolicy((30,), 4 * HOUR_S),
    "utility": RetryPolicy((10,), 10 * MINUTE_S),
}


@dataclass
class Deadline:
    """Time left for one prompt; asked between tokens, since neither Windows nor C code can interrupt a thread."""

    limit_s: float
    started_s: float

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self.started_s > self.limit_s

    def check(self) -> None:
        if self.is_over:
            raise PromptTimeout(f"Generation timed out after {self.limit_s:.0f} s")


@contextlib.contextmanager
def per_prompt_timeout(limit_s: float = 300.0) -> Iterator[Deadline]:
    """Give one prompt `limit_s` seconds: call `deadline.check()` between tokens; it raises PromptTimeout when they are over."""
    yield Deadline(limit_s, time.monotonic())


MIN_SEQ_LENGTH_TOKENS = 512
MIN_LORA_R = 16
MAX_OOM_RETRIES = 2


def reduced_for_memory(max_seq_length: int, lora_r: int, least_lora_r: int = MIN_LORA_R) -> tuple[int, int] | None:
    """The next smaller setting: half the sequence length, then half the rank; None when both are at their floor."""
    if max_seq_length // 2 >= MIN_SEQ_LENGTH_TOKENS:
        return max_seq_length // 2, lora_r
    if lora_r // 2 >= least_lora_r:
        return max_seq_length, lora_r // 2
    return None


def free_memory() -> None:
    gc.collect()
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def cuda_oom_retry(attempt: Callable[[int, int], T], max_seq_length: int, lora_r: int,
                   on_reduced: Callable[[int, int], None] = lambda *_: None, least_lora_r: int = MIN_LORA_R) -> T:
    """Run `attempt(max_seq_length, lora_r)`; out of memory: free, reduce, tell `on_reduced`, at most two more times.

    `attempt` must build everything anew, so that nothing of the failed attempt stays referenced.
    """
    for _ in range(MAX_OOM_RETRIES):
        try:
            return attempt(max_seq_length, lora_r)
        except (RuntimeError, MemoryError) as error:
            smaller = reduced_for_memory(max_seq_length, lora_r, least_lora_r)
            if not is_out_of_memory(error) or smaller is None:
                raise
        # Outside the handler: inside it the traceback would keep the failed attempt's tensors alive.
        free_memory()
        max_seq_length, lora_r = smaller
        on_reduced(max_seq_length, lora_r)
    return attempt(max_seq_length, lora_r)
