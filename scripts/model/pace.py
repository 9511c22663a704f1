"""How long a training takes: seconds a token by its last steps, and what validations and saving add to them.

Rows differ in length by ten times and a machine has other work, so that a single step says little.
"""

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from model.encode import EncodedRow

WINDOW_STEPS = 10
"""Of the running mean: enough that one long step does not decide, few enough to follow a machine that gets other work."""
JUST_VALIDATED_FRAC = 0.1
"""Of eval_steps: a training that ends so soon after a validation is judged by it and does not make another."""
FORWARD_FRAC = 0.42
"""Time of a validation over that of training on as many tokens, until one is timed; measured on the embedded model."""
TIMED_STEPS = 3
TIMED_FRAC = 0.05
"""Of the time budget: no further step is timed ahead once that much is spent on it."""


def computed_tokens(rows: Sequence[EncodedRow], prefix_tokens: int) -> int:
    """Tokens that go through the model for rows behind one copy of their prefix."""
    return prefix_tokens + sum(len(row) - prefix_tokens for row in rows)


class Pace:
    """Seconds of steps, validations and saving of one training; None where nothing was timed yet.

    `step_tokens` are the computed tokens of an optimiser step on average, `validation_tokens` those of a whole validation (0 for none).
    """

    def __init__(self, step_tokens: float, validation_tokens: int, eval_steps: int, save_steps: int):
        self.step_tokens, self.validation_tokens, self.eval_steps, self.save_steps = step_tokens, validation_tokens, eval_steps, save_steps
        self._steps: deque[tuple[int, float]] = deque(maxlen=WINDOW_STEPS)
        self._validation_s: float | None = None
        self.saving_s = 0.0

    def add_step(self, tokens: int, seconds: float) -> None:
        self._steps.append((tokens, seconds))

    def add_validation(self, seconds: float, tokens: int | None = None) -> None:
        """Of the whole validation, or of `tokens` of it."""
        self._validation_s = seconds * self.validation_tokens / (tokens or self.validation_tokens)

    def limit_validation(self, tokens: int) -> None:
        """From now on a whole validation has these many tokens."""
        if self._validation_s is not None:
            self._validation_s *= tokens / self.validation_tokens
        self.validation_tokens = tokens

    def add_saving(self, seconds: float) -> None:
        self.saving_s = seconds

    @property
    def step_s(self) -> float | None:
        """An optimiser step of usual length, by the mean over the last steps."""
        if not self._steps:
            return None
        return self.step_tokens * sum(seconds for _, seconds in self._steps) / sum(tokens for tokens, _ in self._steps)

    @property
    def longest_step_s(self) -> float:
        return max((seconds for _, seconds in self._steps), default=0.0)

    @property
    def validation_s(self) -> float:
        if self._validation_s is not None or not self.step_s:
            return self._validation_s or 0.0
        return FORWARD_FRAC * self.step_s * self.validation_tokens / self.step_tokens

    def is_validated(self, step: int, validated_step: int) -> bool:
        """Whether a validation at `validated_step` (0 for none) stands for the weights after `step`."""
        return 0 < validated_step and step - validated_step <= JUST_VALIDATED_FRAC * self.eval_steps

    def remaining_s(self, done: int, total: int) -> float | None:
        """From behind step `done` (and its validation) to the end, validations and saving included."""
        if self.step_s is None:
            return None
        last = total // self.eval_steps * self.eval_steps
        validations = total // self.eval_steps - done // self.eval_steps + (done < total and not self.is_validated(total, last))
        savings = total // self.save_steps - done // self.save_steps + (done < total)
        return (total - done) * self.step_s + validations * self.validation_s + savings * self.saving_s

    def steps_within(self, seconds: float, done: int = 0) -> int:
        """The number of steps, of which `done` are made, whose rest fits with its validations; at least one more. Needs a timed step."""
        most = done + max(1, int(seconds / self.step_s))
        fitting = bisect_right(range(done + 1, most + 1), seconds, key=lambda steps: self.remaining_s(done, steps))
        return done + max(1, fitting)

    def one_more_s(self, step: int, validated_step: int) -> float:
        """What a training behind `step` takes if it ends after the next one, by the slowest of the last steps."""
        validation_s = 0.0 if self.is_validated(step + 1, validated_step) else self.validation_s
        return self.longest_step_s + validation_s + self.saving_s


def time_ahead(pace: Pace, loss: Any, steps: Sequence[Sequence[EncodedRow]], validation: Sequence[EncodedRow], limit_s: float) -> None:
    """Time real steps, until `limit_s` are spent, and a part of the validation; the weights stay as they are."""
    prefix_tokens, spent_s = len(loss.prefix_ids), 0.0
    for rows in steps:
        seconds = _seconds(lambda: loss.forward_backward(rows))
        loss.model.zero_grad()
        pace.add_step(computed_tokens(rows, prefix_tokens), seconds)
        spent_s += seconds
        if spent_s >= limit_s:
            break
    if validation:
        pace.add_validation(_seconds(lambda: loss.mean_loss(validation)), computed_tokens(validation, prefix_tokens))


def _seconds(compute: Callable[[], Any]) -> float:
    from model.base_model import wait_for_device

    started_s = time.perf_counter()
    compute()
    wait_for_device()
    return time.perf_counter() - started_s
