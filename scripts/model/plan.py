"""All that is decided before a training starts: what the config says, and what it leaves to the hardware and the data."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model.pace import Pace
from pipeline.config import PipelineConfig
from pipeline.store import read_json, write_json

PLAN_FILE = "training_plan.json"
PLAN_SCHEMA = 1
ROWS_PER_STEP = 16
"""Default rows of an optimiser step: enough to share the prompt well, few enough for a training of minutes to have steps."""
CPU_BUDGET_MINUTES = 13.0
"""On a CPU without epochs in the config: the nightly run has 30 minutes for everything."""
PLANNED_FRAC = 0.9
"""Of the time budget: a training that is cut off ends at a high learning rate, and steps were 6 % slower than those timed ahead."""
VALIDATION_FRAC = 0.08
"""Of the time budget for one validation at most; fewer of its rows are computed where all would take longer."""
MAX_EPOCHS_IN_BUDGET = 4.0
DEFAULT_EPOCHS = 3.0
CONTINUED_RATE_FRAC = 0.1
"""Of the rate of a fresh adapter: one that has learned already first loses by more. On the embedded model a night of nine steps at half the rate
took 7 of 33 hold-outs back, three steps at a tenth none (results/README.md)."""


@dataclass(frozen=True)
class TrainingPlan:
    """Resolved settings of one training; saved beside its checkpoints, so that a resumed run is the same run."""

    version: int
    base: str
    """Portable name: a hub name, or a folder below the installation."""
    start_from: str
    data_hash: str
    seed: int
    quantization: str
    is_checkpointed: bool
    prefix_tokens: int
    """0: the prompt is not shared, by its gate."""
    micro_batch_tokens: int
    micro_batch_rows: int | None
    rows_per_step: int
    total_steps: int
    epochs: float
    warmup_steps: float
    learning_rate: float
    max_seq_length: int
    lora_r: int
    max_minutes: float | None
    is_flat: bool = False
    dtype: str | None = None
    """Of unquantised weights and of computation; None in plans of before it was kept: the default."""
    seconds_per_step: float | None = None
    expected_s: float | None = None
    """Of the whole training with its validations, by the steps timed ahead."""
    validation_rows: int | None = None
    """So many of the validation rows are computed, evenly taken; None: all, and in plans of before there was a limit."""
    schema_version: int = PLAN_SCHEMA

    def save(self, folder: Path) -> None:
        write_json(folder / PLAN_FILE, asdict(self))

    @classmethod
    def load(cls, folder: Path) -> "TrainingPlan":
        return cls(**read_json(folder / PLAN_FILE, newest_schema=PLAN_SCHEMA))


def rows_per_step(config: PipelineConfig) -> int:
    """batch_size times gradient_accumulation_steps when the config names either, else our default."""
    batch, accumulation = config.training.batch_size, config.training.gradient_accumulation_steps
    if batch is None and accumulation is None:
        return ROWS_PER_STEP
    return (batch or max(1, ROWS_PER_STEP // (accumulation or 1))) * (accumulation or max(1, ROWS_PER_STEP // (batch or 1)))


def default_learning_rate(width: int, is_continued: bool) -> float:
    """2e-4 at width 4096, as in the QLoRA paper's table for 7B and 13B, more for a narrower base.

    The exponent meets that table's 1e-4 for 65B (width 8192) and what was measured on the embedded model (benchmarks/README.md).
    """
    rate = 2e-4 * (4096 / width) ** 0.8
    return rate * CONTINUED_RATE_FRAC if is_continued else rate


def has_explicit_length(config: PipelineConfig) -> bool:
    return config.training.epochs is not None or config.training.max_steps is not None


def budget_minutes(config: PipelineConfig, asked: float | None, device: str) -> float | None:
    """Minutes of training: asked for, or the default of a CPU whose config names neither epochs nor steps."""
    if asked is not None:
        return asked
    return CPU_BUDGET_MINUTES if device == "cpu" and not has_explicit_length(config) else None


def total_steps(config: PipelineConfig, row_count: int, per_step: int, minutes: float | None, pace: Pace | None = None) -> int:
    """Optimiser steps: the least of what epochs, max_steps and the time budget at this pace allow, at least one."""
    steps_per_epoch = math.ceil(row_count / per_step)
    epochs = config.training.epochs or (MAX_EPOCHS_IN_BUDGET if minutes else DEFAULT_EPOCHS)
    limits = [math.ceil(epochs * steps_per_epoch)]
    if config.training.max_steps:
        limits = [config.training.max_steps] if config.training.epochs is None else [*limits, config.training.max_steps]
    if minutes and pace:
        limits.append(pace.steps_within(minutes * 60 * PLANNED_FRAC))
    return max(1, min(limits))


def plan_lines(plan: TrainingPlan, facts: dict[str, Any]) -> list[str]:
    """The plan as people read it."""
    shared = f"{plan.prefix_tokens} tokens of prompt computed once per step" if plan.prefix_tokens else "prompt not shared"
    length = f"{plan.total_steps} steps of {plan.rows_per_step} rows ({plan.epochs:.2f} epochs)"
    budget = f", at most {plan.max_minutes:.1f} minutes" if plan.max_minutes else ""
    expected = f", about {plan.expected_s / 60:.1f} minutes with validations" if plan.expected_s else ""
    return [f"Model       blueprint-lora-v{plan.version} on {plan.base}, start from {plan.start_from}",
            f"Rows        {facts['rows']} for training, {facts['validation']} for validation, {facts['dropped']} dropped as too long "
            f"(longest {facts['longest']} tokens, limit {plan.max_seq_length})",
            f"Steps       {length}{expected}{budget}; {shared}; micro-batches of {plan.micro_batch_tokens} tokens",
            f"Weights     {plan.quantization if plan.quantization != 'none' else 'not quantised'}, rank {plan.lora_r}, "
            f"checkpointing {'on' if plan.is_checkpointed else 'off'}, learning rate {plan.learning_rate:g}, seed {plan.seed}",
            f"Memory      about {facts['memory_gib']:.1f} GiB, disk about {facts['disk_gib']:.2f} GiB"]
