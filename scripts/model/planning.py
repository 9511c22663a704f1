"""From config, data and measurements to the plan of one training: new, or the one that is taken up again."""

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from error_handler import UserError
from model.base_model import default_dtype, portable_base
from model.batching import step_indices
from model.checkpoints import newest_good_checkpoint
from model.estimates import GIB, ModelShape, available_memory, check_disk, memory_need, micro_batch_tokens
from model.lora import rank_of, start_folder, start_name
from model.pace import Pace, computed_tokens
from model.plan import PLAN_FILE, TrainingPlan, budget_minutes, default_learning_rate, rows_per_step, total_steps
from model.preflight import QUANTIZATIONS, candidates, fastest_that_fits
from model.training_data import RawData, TrainingData, gated_prefix
from pipeline.config import PipelineConfig
from pipeline.paths import MODEL_PREFIX, Paths


@dataclass
class Decisions:
    """The plan, where it writes, and the checkpoint it continues from (None for a new run)."""

    plan: TrainingPlan
    folder: Path
    prefix_ids: tuple[int, ...]
    facts: dict[str, Any]
    pace: Pace
    checkpoint: Path | None = None
    start: Path | None = None
    """The adapter that a new training continues from; None for a fresh one."""
    row_count: int = 0

    def first_steps(self, row_count: int, count: int) -> list[list[int]]:
        return list(islice(step_indices(row_count, self.plan.rows_per_step, self.plan.seed, 0), count))

    def set_length(self, config: PipelineConfig, request: Any, time_ahead: Callable[[], None]) -> None:
        """Fill in the number of steps of a new run; the pace is only timed for a time budget or a dry run."""
        if self.checkpoint:
            return
        minutes = self.plan.max_minutes
        if minutes or request.dry_run:
            time_ahead()
        steps = total_steps(config, self.row_count, self.plan.rows_per_step, minutes, self.pace)
        epochs = steps / math.ceil(self.row_count / self.plan.rows_per_step)
        warmup = config.training.warmup_steps
        if not config.is_explicit("training.warmup_steps"):
            warmup = min(warmup, max(1, steps // 10))
        self.plan = replace(self.plan, total_steps=steps, epochs=round(epochs, 4), warmup_steps=warmup,
                            seconds_per_step=self.pace.step_s, expected_s=self.pace.remaining_s(0, steps))


def decide(config: PipelineConfig, paths: Paths, request: Any, raw: RawData, data: TrainingData, base: str, failed_attempts: int) -> Decisions:
    """Take up the unfinished run when asked to, else plan a new one."""
    resumed = _resumed(config, paths, request, raw, data) if request.resume and not failed_attempts else None
    return resumed or _new(config, paths, request, raw, data, base, failed_attempts)


def unfinished_version(paths: Paths) -> int | None:
    """The newest version that has a plan and no `final/`, if it is newer than every finished one."""
    newest = max(all_versions(paths), default=0)
    folder = paths.model_folder(newest)
    return newest if (folder / PLAN_FILE).is_file() and not (folder / "final").is_dir() else None


def all_versions(paths: Paths) -> list[int]:
    names = (re.fullmatch(re.escape(MODEL_PREFIX) + r"(\d+)", folder.name) for folder in paths.models.glob(MODEL_PREFIX + "*"))
    return sorted(int(name[1]) for name in names if name)


def _resumed(config: PipelineConfig, paths: Paths, request: Any, raw: RawData, data: TrainingData) -> Decisions | None:
    version = unfinished_version(paths) if request.output is None else 0
    folder = request.output or (paths.model_folder(version) if version else None)
    if folder is None or not (folder / PLAN_FILE).is_file():
        print("Nothing to resume; starting a new training.", file=sys.stderr)
        return None
    plan = TrainingPlan.load(folder)
    if plan.data_hash != raw.data_hash:
        print(f"{folder.name} was begun on other rows; starting a new training.", file=sys.stderr)
        return None
    checkpoint = newest_good_checkpoint(folder, _tell_damaged)
    if checkpoint is None:
        print(f"{folder.name} has no good checkpoint; its training starts again.", file=sys.stderr)
    prefix = data.prefix_ids if plan.prefix_tokens else ()
    if not checkpoint:
        return None
    pace = _pace(config, data, prefix, plan.rows_per_step)
    return Decisions(plan, folder, prefix, _facts(plan, data, {"memory_gib": 0.0, "disk_gib": 0.0}), pace, checkpoint, row_count=len(data.train.rows))


def _tell_damaged(folder: Path, problem: str) -> None:
    print(f"CORRUPT_CHECKPOINT: {folder.name} is not used: {problem}. The one before is tried.", file=sys.stderr)


def _new(config: PipelineConfig, paths: Paths, request: Any, raw: RawData, data: TrainingData, base: str, failed_attempts: int) -> Decisions:
    import torch
    from transformers import AutoConfig

    model_config = AutoConfig.from_pretrained(base)
    if not getattr(model_config, "head_dim", None):
        model_config.head_dim = model_config.hidden_size // model_config.num_attention_heads
    start = start_folder(config, paths, base)
    rank = rank_of(start) if start and not config.is_explicit("lora.lora_r") else config.lora.lora_r
    shape, dtype_bytes = ModelShape.of(model_config), default_dtype().itemsize
    prefix = gated_prefix(data, rows_per_step(config), config.lora.lora_dropout, request.is_shared)
    available, device = available_memory(), "cuda" if torch.cuda.is_available() else "cpu"
    chosen = fastest_that_fits(_measured(config, model_config, paths), shape, dtype_bytes, rank, len(prefix), available)
    need = memory_need(shape, chosen.quantization, dtype_bytes, rank, chosen.is_checkpointed)
    tokens = max(256, micro_batch_tokens(need, len(prefix), available, device) >> failed_attempts)
    version = max(all_versions(paths), default=0) + 1
    folder = request.output or paths.model_folder(version)
    paths.models.mkdir(parents=True, exist_ok=True)
    needs = {"memory_gib": need.total(tokens + len(prefix)) / GIB, "disk_gib": check_disk(paths.models, shape, rank) / GIB}
    training = config.training
    plan = TrainingPlan(
        version=version, base=portable_base(base), start_from=start_name(start), data_hash=raw.data_hash, seed=training.seed,
        quantization=chosen.quantization, is_checkpointed=chosen.is_checkpointed, prefix_tokens=len(prefix), micro_batch_tokens=tokens,
        micro_batch_rows=training.batch_size, rows_per_step=rows_per_step(config), total_steps=1, epochs=0.0, warmup_steps=training.warmup_steps,
        learning_rate=training.learning_rate or default_learning_rate(model_config.hidden_size, start is not None), max_seq_length=config.model.max_seq_length, lora_r=rank,
        max_minutes=budget_minutes(config, request.max_minutes, device), is_flat=_is_fsdp())
    pace = _pace(config, data, prefix, plan.rows_per_step)
    return Decisions(plan, folder, prefix, _facts(plan, data, needs), pace, None, start, len(data.train.rows))


def _pace(config: PipelineConfig, data: TrainingData, prefix: tuple[int, ...], per_step: int) -> Pace:
    rows, validation = data.train.rows, data.validation.rows
    own = computed_tokens(rows, len(prefix)) - len(prefix)
    step_tokens = len(prefix) + own / math.ceil(len(rows) / per_step)
    return Pace(step_tokens, computed_tokens(validation, len(prefix)) if validation else 0, config.training.eval_steps, config.training.save_steps)


def _measured(config: PipelineConfig, model_config: Any, paths: Paths) -> list[Any]:
    """Candidates among what the config leaves open: use_4bit, use_8bit true name one, both false none at all."""
    asked = config.quantization
    if asked.use_4bit or asked.use_8bit:
        wanted: tuple[str, ...] = ("nf4",) if asked.use_4bit else ("int8",)
    else:
        wanted = tuple(q for q in QUANTIZATIONS if not (q == "nf4" and asked.use_4bit is False) and not (q == "int8" and asked.use_8bit is False))
    found = candidates(model_config, paths, wanted)
    if not found:
        raise UserError(f"quantization: {wanted[0]} does not run on this machine (bitsandbytes has no kernel for it).",
                        "set quantization.use_4bit and use_8bit to false, or leave both out.")
    return found


def _is_fsdp() -> bool:
    import os

    return os.environ.get("ACCELERATE_USE_FSDP", "").lower() in ("1", "true")


def _facts(plan: TrainingPlan, data: TrainingData, needs: dict[str, float]) -> dict[str, Any]:
    return {"rows": len(data.train.rows), "validation": len(data.validation.rows), "longest": data.train.longest_tokens,
            "dropped": data.train.dropped_too_long + data.validation.dropped_too_long, **needs}
