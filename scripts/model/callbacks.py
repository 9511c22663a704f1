"""What happens beside the training: progress and log, heartbeat, stop signal, guards, sealed checkpoints.

What keeps it within its time is in `timing_callbacks.py`.
"""

import math
import statistics
from collections import deque
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from model.checkpoints import write_manifest
from model.pace import Pace
from model.processes import agreed
from model.run_notes import RunNotes
from model.timing_callbacks import TimeBudget
from pipeline.live import now_utc
from pipeline.paths import Paths
from pipeline.stop import is_stop_requested
from pipeline.store import append_jsonl, read_jsonl
from pipeline_logger import eta_text, write_heartbeat

EXPLODED_RATIO = 50.0
"""A gradient norm this many times the recent median; several in a row mean divergence, one is an odd row."""
EXPLODED_STEPS = 3
RISING_EVALUATIONS = 3
MEDIAN_WINDOW_STEPS = 20


class Heartbeat(TrainerCallback):
    """A sign of life wherever Trainer passes."""

    def _beat(self, *_: Any, **__: Any) -> None:
        write_heartbeat()

    on_train_begin = on_step_begin = on_step_end = on_log = on_evaluate = on_save = _beat


class ProgressLog(TrainerCallback):
    """A line of training_log.jsonl and of the pipeline's progress at each logging step and each validation."""

    def __init__(self, file: Path, logger: Any, run_id: str, notes: RunNotes, shown: Any, pace: Pace, budget: TimeBudget | None):
        self.file, self.logger, self.run_id, self.notes, self.shown, self.pace, self.budget = file, logger, run_id, notes, shown, pace, budget
        self.trainer: Any = None
        self._seen_tokens, self._seen_seconds = 0, 0.0

    def on_train_begin(self, args, state, control, **_):
        """A run that is taken up began with the loss of its first step."""
        if state.global_step and self.file.is_file():
            self.notes.first_loss = next((line["loss"] for line in read_jsonl(self.file) if "loss" in line), None)

    def on_train_end(self, args, state, control, **_):
        self.shown.end()

    def on_log(self, args, state, control, logs=None, **_):
        common = {"time": now_utc(), "run_id": self.run_id, "step": state.global_step}
        epoch = round(state.epoch or 0.0, 4)
        if "eval_loss" in (logs or {}):
            append_jsonl(self.file, [common | {"epoch": epoch, "validation_loss": logs["eval_loss"]}])
            self.shown.line(f"step {state.global_step}: validation loss {logs['eval_loss']:.4f}")
        elif "loss" in (logs or {}):
            self._log_step(state, control, logs, common | {"total_steps": state.max_steps, "epoch": epoch})

    def _log_step(self, state, control, logs, line):
        loss, rate = self.trainer.last_loss_mean(), self._tokens_per_s()
        self.notes.first_loss = loss if self.notes.first_loss is None else self.notes.first_loss
        self.notes.last_loss = loss
        append_jsonl(self.file, [line | {"loss": loss, "learning_rate": logs.get("learning_rate"), "grad_norm": logs.get("grad_norm"),
                                         "answer_tokens_per_s": rate, "memory_gib": round(memory_gib(), 3)}])
        text = f"loss={loss:.4f} {rate:.0f} answer tokens/s"
        eta_s = self._eta_s(state, control)
        self.logger.progress(state.global_step, state.max_steps, text, eta_s)
        self.shown.progress(state.global_step, state.max_steps, f"{text} ETA {eta_text(eta_s)}")

    def _tokens_per_s(self) -> float:
        tokens, seconds = self.trainer.answer_tokens, self.trainer.step_seconds
        rate = (tokens - self._seen_tokens) / max(seconds - self._seen_seconds, 1e-9)
        self._seen_tokens, self._seen_seconds = tokens, seconds
        return round(rate, 2)

    def _eta_s(self, state, control) -> float | None:
        """By the pace so far, and never behind the end of the time budget."""
        remaining_s = self.pace.remaining_s(state.global_step, state.max_steps)
        if remaining_s is None:
            return None
        remaining_s += self.pace.validation_s if control.should_evaluate else 0.0
        return min(remaining_s, max(0.0, self.budget.left_s())) if self.budget else remaining_s


def memory_gib() -> float:
    """GPU memory of this process at its peak, or its resident memory now."""
    import psutil
    import torch

    return (torch.cuda.max_memory_allocated() if torch.cuda.is_available() else psutil.Process().memory_info().rss) / 2**30


class StopSignal(TrainerCallback):
    """Looks at STOP_SIGNAL at each logging step; ends the training behind a resumable checkpoint."""

    def __init__(self, paths: Paths, notes: RunNotes):
        self.paths, self.notes = paths, notes

    def on_log(self, args, state, control, logs=None, **_):
        if "loss" in (logs or {}) and agreed(is_stop_requested(self.paths)) and state.global_step < state.max_steps:
            self.notes.end(control, "stopped", "stop signal")
            control.should_save = True


class Guards(TrainerCallback):
    """Ends a training that diverges or overfits, and keeps the adapter with the best validation loss in `best/`."""

    def __init__(self, best_folder: Path, notes: RunNotes):
        self.best_folder, self.notes = best_folder, notes
        self._norms: deque[float] = deque(maxlen=MEDIAN_WINDOW_STEPS)
        self._exploded = self._rising = 0

    def on_log(self, args, state, control, logs=None, **_):
        norm = (logs or {}).get("grad_norm")
        if norm is None:
            return
        typical = statistics.median(self._norms) if len(self._norms) >= EXPLODED_STEPS else None
        self._exploded = self._exploded + 1 if typical and norm > EXPLODED_RATIO * typical else 0
        self._norms.append(float(norm))
        if self._exploded >= EXPLODED_STEPS:
            self.notes.end(control, "stopped_early", f"exploding gradient: norm {norm:.3g}, usually {typical:.3g}")

    def on_train_begin(self, args, state, control, **_):
        """A run that is taken up knows its earlier validations; `best/` holds the adapter of the best of them."""
        for line in state.log_history:
            if "eval_loss" in line:
                self._is_best(line["eval_loss"], line["step"])
            elif line.get("grad_norm") is not None:
                self._norms.append(float(line["grad_norm"]))

    def _is_best(self, loss: float, step: int) -> bool:
        best = self.notes.best_validation_loss
        if best is not None and loss >= best:
            self._rising += 1
            return False
        self._rising, self.notes.best_validation_loss, self.notes.best_step = 0, loss, step
        return True

    def on_evaluate(self, args, state, control, metrics=None, model=None, **_):
        loss = (metrics or {}).get("eval_loss", math.nan)
        if not math.isfinite(loss):
            self.notes.end(control, "stopped_early", f"validation loss is {loss}")
        elif self._is_best(loss, state.global_step) and state.is_world_process_zero:
            model.save_pretrained(self.best_folder)
        if self._rising >= RISING_EVALUATIONS:
            self.notes.end(control, "stopped_early", f"validation loss rose for {self._rising} evaluations (best {self.notes.best_validation_loss:.4f} at step {self.notes.best_step})")


class SealCheckpoints(TrainerCallback):
    """Writes the manifest that makes a checkpoint count, after everything else of it."""

    def on_save(self, args, state, control, **_):
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if state.is_world_process_zero and folder.is_dir():
            write_manifest(folder)
