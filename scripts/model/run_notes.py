"""What callbacks learn of a run on the way."""

from dataclasses import dataclass
from typing import Any


@dataclass
class RunNotes:
    """What callbacks learn of a run, for training_config.json."""

    status: str = "complete"
    stop_reason: str = ""
    first_loss: float | None = None
    last_loss: float | None = None
    best_validation_loss: float | None = None
    best_step: int | None = None

    def end(self, control: Any, status: str, reason: str) -> None:
        if not self.stop_reason:
            self.status, self.stop_reason = status, reason
        control.should_training_stop = True
