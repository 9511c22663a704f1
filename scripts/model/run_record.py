"""training_config.json: what was asked for, what was done, how it ended."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.callbacks import memory_gib
from model.effective_settings import versions
from model.plan import TrainingPlan
from model.run_notes import RunNotes
from model.training_data import RawData, TrainingData
from pipeline.config import PipelineConfig
from pipeline.live import now_utc
from pipeline.paths import Paths
from pipeline.store import read_json, write_json
from pipeline_logger import RUN_ID_VARIABLE

SCHEMA = 1
FILE = "training_config.json"


def device_name() -> str:
    import platform

    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    return f"CPU, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}, {platform.machine()}"


@dataclass
class RunRecord:
    """Collects the facts of one training; `save` writes them beside the adapter, at the start and at the end."""

    folder: Path
    config: PipelineConfig
    plan: TrainingPlan
    is_writing: bool = True
    """False in all but one process of a distributed run."""
    facts: dict[str, Any] = field(default_factory=dict)

    def begin(self, raw: RawData, data: TrainingData, paths: Paths, reductions: list[dict[str, Any]]) -> None:
        earlier = read_json(self.folder / FILE) if (self.folder / FILE).exists() else {}
        self.facts = {
            "schema_version": SCHEMA, "version": self.plan.version, "run_id": os.environ.get(RUN_ID_VARIABLE, "alone"),
            "status": "failed", "stop_reason": "cut off before its end", "started": earlier.get("started", now_utc()), "finished": None,
            "duration_s": earlier.get("duration_s") or 0.0, "base_model": self.plan.base, "start_from": self.plan.start_from,
            "data_hash": raw.data_hash, "seed": self.plan.seed, "device": device_name(), "requested": self.config.as_dict(), "effective": {},
            "reductions": reductions, "versions": versions(), "result": {},
            "rows": {"train": len(data.train.rows), "validation": len(data.validation.rows),
                     "dropped_too_long": data.train.dropped_too_long + data.validation.dropped_too_long} | _by_source(paths)}
        self.save()

    def end(self, notes: RunNotes, trainer: Any, duration_s: float) -> None:
        state = trainer.state
        self.facts |= {"status": notes.status, "stop_reason": notes.stop_reason, "finished": now_utc(),
                       "duration_s": round(self.facts["duration_s"] + duration_s, 1)}
        if self.facts["effective"]:  # the length may have followed the pace
            self.facts["effective"]["training"] |= {"max_steps": state.max_steps, "epochs": self.plan.epochs}
        self.facts["result"] = {
            "steps": state.global_step, "total_steps": state.max_steps, "epochs": round(state.epoch or 0.0, 4),
            "first_loss": notes.first_loss, "final_loss": notes.last_loss, "best_validation_loss": notes.best_validation_loss,
            "best_step": notes.best_step, "answer_tokens_per_s": round(trainer.answer_tokens / max(trainer.step_seconds, 1e-9), 2),
            "peak_memory_gib": round(peak_memory_gib(), 2), "shared_prefix": self.plan.prefix_tokens > 0}
        self.save()

    def save(self) -> None:
        if not self.is_writing:
            return
        write_json(self.folder / FILE, {key: value for key, value in self.facts.items() if value is not None})


def peak_memory_gib() -> float:
    """The most this process has held: GPU memory, else resident memory."""
    import torch

    if torch.cuda.is_available():
        return memory_gib()
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**30
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20


def _by_source(paths: Paths) -> dict[str, Any]:
    report = paths.datasets / "merge_report.json"
    return {"by_source": read_json(report).get("by_source", {})} if report.is_file() else {}
