"""What keeps a training within its time: the pace is kept, its length follows it, and the budget ends it at last."""

import time
from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback

from model.pace import Pace
from model.plan import PLANNED_FRAC
from model.processes import agreed
from model.run_notes import RunNotes

FOLLOWED_AFTER_STEPS = 3
FOLLOWED_FRAC = 0.15
"""Of the planned steps: a training whose pace allows that many more or fewer is planned anew."""


class KeepPace(TrainerCallback):
    """Times each step, validation and saving; stands behind the callbacks whose work is to be counted."""

    def __init__(self, pace: Pace):
        self.pace = pace
        self.trainer: Any = None
        self._seen_tokens, self._seen_s = 0, 0.0

    def _seconds(self) -> float:
        """Since it was last asked."""
        before_s, self._seen_s = self._seen_s, time.monotonic()
        return self._seen_s - before_s

    def on_step_begin(self, args, state, control, **_):
        self._seen_tokens, self._seen_s = self.trainer.computed_tokens, time.monotonic()

    def on_step_end(self, args, state, control, **_):
        self.pace.add_step(self.trainer.computed_tokens - self._seen_tokens, self._seconds())

    def on_evaluate(self, args, state, control, **_):
        self.pace.add_validation(self._seconds())

    def on_save(self, args, state, control, **_):
        self.pace.add_saving(self._seconds())


class TimeBudget(TrainerCallback):
    """Ends the training before its time is over, so that the last validation is within it; what is trained by then is the result."""

    def __init__(self, limit_s: float, notes: RunNotes, pace: Pace):
        self.limit_s, self.notes, self.pace, self._started_s = limit_s, notes, pace, 0.0

    def on_train_begin(self, args, state, control, **_):
        self._started_s = time.monotonic()

    def left_s(self) -> float:
        return self.limit_s - (time.monotonic() - self._started_s)

    def on_step_end(self, args, state, control, **_):
        step = state.global_step
        if agreed(step < state.max_steps and self._needed_s(state, control) > self.left_s()):
            self.notes.end(control, "complete", f"time budget of {self.limit_s / 60:.1f} minutes leaves no time for step {step + 1}")

    def _needed_s(self, state, control) -> float:
        """For what is due behind this step, then another step and all that follows the last one."""
        validated_step = state.global_step if control.should_evaluate else last_validated_step(state)
        due_s = self.pace.validation_s * control.should_evaluate + self.pace.saving_s * control.should_save
        return due_s + self.pace.one_more_s(state.global_step, validated_step)


class FollowPace(TrainerCallback):
    """Makes a training within a time budget longer or shorter when its steps turn out faster or slower than those timed ahead.

    Its learning rate then falls over the new number of steps, as it would have from the start; one that is only cut off ends
    at a high rate. `on_change` is told the new number.
    """

    def __init__(self, pace: Pace, budget: TimeBudget, on_change: Callable[[int], None]):
        self.pace, self.budget, self.on_change = pace, budget, on_change
        self.trainer: Any = None

    def on_step_end(self, args, state, control, **_):
        step = state.global_step
        if not FOLLOWED_AFTER_STEPS <= step < state.max_steps:
            return
        steps = min(self.pace.steps_within(PLANNED_FRAC * self.budget.left_s(), step), self.trainer.most_steps)
        if abs(steps - state.max_steps) > FOLLOWED_FRAC * state.max_steps:
            self.trainer.set_max_steps(steps)
            self.on_change(steps)


def last_validated_step(state: Any) -> int:
    """0 when there was no validation yet; `state` is Trainer's."""
    return max((line["step"] for line in state.log_history if "eval_loss" in line), default=0)


class NoSecondValidation(TrainerCallback):
    """Takes back the validation that Trainer makes at its last step whatever was validated just before."""

    def __init__(self, pace: Pace):
        self.pace = pace

    def on_step_end(self, args, state, control, **_):
        if state.global_step >= state.max_steps and self.pace.is_validated(state.global_step, last_validated_step(state)):
            control.should_evaluate = False
