"""From config, data and measurements to the plan of one training: new, or the one that is taken up again."""

import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from error_handler import UserError
from model.base_model import default_dtype, device_kind, named_dtype, portable_base, wanted_base
from model.batching import early_rows, step_indices
from model.checkpoints import newest_good_checkpoint
from model.encode import EncodedRow
from model.estimates import (GIB, MAX_MICRO_BATCH_TOKENS, USABLE_MEMORY_FRAC, ModelShape, available_memory, check_disk, memory_need,
                             micro_batch_tokens)
from model.lora import dropout_of, is_same_base, rank_of, start_folder, start_name, trained_quantization
from model.pace import Pace, computed_tokens
from model.plan import PLAN_FILE, TrainingPlan, budget_minutes, default_learning_rate, rows_per_step, total_steps
from model.preflight import QUANTIZATIONS, Candidate, candidates, fastest_that_fits, fits
from model.processes import is_fsdp
from model.training_data import RawData, TrainingData, gated_prefix
from pipeline.config import PipelineConfig
from pipeline.paths import MODEL_PREFIX, Paths


@dataclass
class Decisions:
    """The plan, where it writes, and the checkpoint it goes on from (None for a new run)."""

    plan: TrainingPlan
    folder: Path
    prefix_ids: tuple[int, ...]
    facts: dict[str, Any]
    pace: Pace
    checkpoint: Path | None = None
    start: Path | None = None
    """The adapter to begin with: an earlier one, or the checkpoint of the run that is taken up; None for a fresh one."""
    row_count: int = 0

    def first_steps(self, rows: Sequence[EncodedRow], count: int) -> list[list[int]]:
        return list(islice(step_indices(len(rows), self.plan.rows_per_step, self.plan.seed, 0, early_rows(rows)), count))

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


@dataclass(frozen=True)
class Unfinished:
    """A training that can be taken up: its folder, its plan and its newest good checkpoint."""

    folder: Path
    plan: TrainingPlan
    checkpoint: Path


def decide(config: PipelineConfig, paths: Paths, request: Any, raw: RawData, data: TrainingData, base: str, failed_attempts: int,
           unfinished: Unfinished | None = None) -> Decisions:
    """Take up the unfinished run where there is one, else plan a new one."""
    if unfinished:
        return _resumed(config, unfinished, data, base)
    return _new(config, paths, request, raw, data, base, failed_attempts)


def unfinished_version(paths: Paths) -> int | None:
    """The newest version that has a plan and no `final/`, if it is newer than every finished one."""
    newest = max(all_versions(paths), default=0)
    folder = paths.model_folder(newest)
    return newest if (folder / PLAN_FILE).is_file() and not (folder / "final").is_dir() else None


def all_versions(paths: Paths) -> list[int]:
    names = (re.fullmatch(re.escape(MODEL_PREFIX) + r"(\d+)", folder.name) for folder in paths.models.glob(MODEL_PREFIX + "*"))
    return sorted(int(name[1]) for name in names if name)


def find_unfinished(config: PipelineConfig, paths: Paths, request: Any, raw: RawData) -> Unfinished | None:
    """What --resume takes up; says why where it is nothing. What the config or the data say now wins over a run begun otherwise."""
    version = unfinished_version(paths) if request.output is None else 0
    folder = request.output or (paths.model_folder(version) if version else None)
    if folder is None or not (folder / PLAN_FILE).is_file():
        print("Nothing to resume; starting a new training.", file=sys.stderr)
        return None
    plan = TrainingPlan.load(folder)
    other = _begun_otherwise(config, plan, raw)
    if other:
        print(f"{folder.name} was begun {other}; starting a new training.", file=sys.stderr)
        return None
    checkpoint = newest_good_checkpoint(folder, _tell_damaged)
    if checkpoint is None:
        print(f"{folder.name} has no good checkpoint; its training starts again.", file=sys.stderr)
        return None
    print(f"{folder.name} goes on behind {checkpoint.name} with its own settings and length ({plan.total_steps} steps).", file=sys.stderr)
    return Unfinished(folder, plan, checkpoint)


def _begun_otherwise(config: PipelineConfig, plan: TrainingPlan, raw: RawData) -> str:
    if plan.data_hash != raw.data_hash:
        return "on other rows"
    if not is_same_base(plan.base, wanted_base(config)):
        return f"on {plan.base}, and the base model is {wanted_base(config)} now"
    named = {"training.learning_rate": (config.training.learning_rate, plan.learning_rate), "training.seed": (config.training.seed, plan.seed),
             "lora.lora_r": (config.lora.lora_r, plan.lora_r)}
    return ", ".join(f"with {key} {was:g}, which is {now:g} now" for key, (now, was) in named.items() if config.is_explicit(key) and now != was)


def _resumed(config: PipelineConfig, unfinished: Unfinished, data: TrainingData, base: str) -> Decisions:
    plan = unfinished.plan
    prefix = data.prefix_ids if plan.prefix_tokens else ()
    model_config = _model_config(base)
    dtype = named_dtype(plan.dtype) or default_dtype(model_config, plan.quantization)
    needs = _needs(ModelShape.of(model_config), plan.quantization, dtype, plan.is_checkpointed, plan.lora_r, len(prefix), unfinished.folder, plan.micro_batch_tokens)
    return Decisions(plan, unfinished.folder, prefix, _facts(plan, data, needs), _pace(config, data, prefix, plan.rows_per_step),
                     unfinished.checkpoint, unfinished.checkpoint, len(data.train.rows))


def _tell_damaged(folder: Path, problem: str) -> None:
    print(f"CORRUPT_CHECKPOINT: {folder.name} is not used: {problem}. The one before is tried.", file=sys.stderr)


def _model_config(base: str) -> Any:
    from transformers import AutoConfig

    return AutoConfig.from_pretrained(base)


def _needs(shape: ModelShape, quantization: str, dtype: Any, is_checkpointed: bool, rank: int, prefix_tokens: int, folder: Path,
           most_tokens: int) -> dict[str, float]:
    """What a training needs, in GiB, and the tokens of a micro-batch, at most those given; refuses what is not there, with numbers."""
    need = memory_need(shape, quantization, dtype.itemsize, rank, is_checkpointed)
    tokens = min(most_tokens, micro_batch_tokens(need, prefix_tokens, available_memory(), device_kind()))
    return {"memory_gib": need.total(tokens + prefix_tokens) / GIB, "disk_gib": check_disk(folder, shape, rank) / GIB, "micro_batch_tokens": tokens}


def _new(config: PipelineConfig, paths: Paths, request: Any, raw: RawData, data: TrainingData, base: str, failed_attempts: int) -> Decisions:
    model_config = _model_config(base)
    shape, device = ModelShape.of(model_config), device_kind()
    start = start_folder(config, paths, base)
    rank = rank_of(start) if start and not config.is_explicit("lora.lora_r") else config.lora.lora_r
    prefix = gated_prefix(data, rows_per_step(config), dropout_of(start) if start else config.lora.lora_dropout, request.is_shared)
    usable = available_memory() * USABLE_MEMORY_FRAC[device]
    measured = _measured(config, model_config, paths)
    sizes = shape, dtype_of(config, model_config).itemsize, rank, len(prefix), usable
    chosen = fastest_that_fits(known_weights(measured, start, *sizes) or measured, *sizes)
    version = max(all_versions(paths), default=0) + 1
    folder = request.output or paths.model_folder(version)
    folder.parent.mkdir(parents=True, exist_ok=True)
    dtype = dtype_of(config, model_config, chosen.quantization)
    needs = _needs(shape, chosen.quantization, dtype, chosen.is_checkpointed, rank, len(prefix), folder.parent, MAX_MICRO_BATCH_TOKENS[device] >> failed_attempts)
    training = config.training
    plan = TrainingPlan(
        version=version, base=portable_base(base), start_from=start_name(start), data_hash=raw.data_hash, seed=training.seed,
        quantization=chosen.quantization, is_checkpointed=chosen.is_checkpointed, prefix_tokens=len(prefix), micro_batch_tokens=needs["micro_batch_tokens"],
        micro_batch_rows=training.batch_size, rows_per_step=rows_per_step(config), total_steps=1, epochs=0.0, warmup_steps=training.warmup_steps,
        learning_rate=training.learning_rate or default_learning_rate(model_config.hidden_size, start is not None), max_seq_length=config.model.max_seq_length, lora_r=rank,
        max_minutes=budget_minutes(config, request.max_minutes, device), is_flat=is_fsdp(),
        dtype=str(dtype).removeprefix("torch."))
    pace = _pace(config, data, prefix, plan.rows_per_step)
    return Decisions(plan, folder, prefix, _facts(plan, data, needs), pace, None, start, len(data.train.rows))


def dtype_of(config: PipelineConfig, model_config: Any, quantization: str = "none") -> Any:
    """What the config names, else the default for such a base."""
    return named_dtype(config.model.dtype) or default_dtype(model_config, quantization)


def known_weights(measured: list[Candidate], start: Path | None, *sizes: Any) -> list[Candidate]:
    """The candidates with the weights that the earlier adapter has learned to correct: over others it would begin worse. None where they do not fit."""
    return [one for one in measured if start and one.quantization == trained_quantization(start) and fits(one, *sizes)]


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
    found = candidates(model_config, paths, wanted, named_dtype(config.model.dtype))
    if not found:
        raise UserError(f"quantization: {wanted[0]} does not run on this machine (bitsandbytes has no kernel for it).",
                        "set quantization.use_4bit and use_8bit to false, or leave both out.")
    return found


def _facts(plan: TrainingPlan, data: TrainingData, needs: dict[str, float]) -> dict[str, Any]:
    return {"rows": len(data.train.rows), "validation": len(data.validation.rows), "longest": data.train.longest_tokens,
            "dropped": data.train.dropped_too_long + data.validation.dropped_too_long, **needs}
