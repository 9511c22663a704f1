"""Projects on disk as the report room finds them: files in the forms of docs/interfaces.md, with figures drawn by seed.

The ground floor's own writers make what is theirs (state, live state); the files of training, exam and evaluation are
written field by field, so that a change of form there breaks a test here.
"""

import math
import random
from pathlib import Path

from pipeline.live import update_live_state
from pipeline.paths import Paths
from pipeline.state import PipelineState, RunRecord, StepRecord, save_state
from pipeline.store import write_json, write_jsonl

START = "2026-01-0{day}T02:00:00+00:00"
GREETING = """BLUEPRINT: BP_Greeter
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: {kind} [{text}]
EXEC n1.Then -> n2.Execute
"""
RIGHT = GREETING.format(kind="PrintString", text='InString="Hello"')
WRONG = GREETING.format(kind="Delay", text="Duration=2.0")


def training_config(version: int, **changes) -> dict:
    return {
        "schema_version": 1, "version": version, "run_id": f"run-{version}", "status": "complete", "stop_reason": "",
        "started": START.format(day=version), "finished": START.format(day=version).replace("02:00", "02:21"), "duration_s": 1260.5,
        "base_model": "SmolLM2-135M-Instruct", "start_from": "base", "data_hash": f"{version:02d}" * 32, "seed": 42, "device": "cpu",
        "requested": {}, "effective": {"training": {"max_grad_norm": 1.0, "warmup_steps": 5, "epochs": 3}},
        "reductions": [], "rows": {"train": 900, "validation": 47, "dropped_too_long": 0}, "versions": {"torch": "2.13.0"},
        "result": {"steps": 120, "total_steps": 120, "epochs": 3, "first_loss": 1.4, "final_loss": 0.21, "best_validation_loss": 0.4,
                   "best_step": 120, "answer_tokens_per_s": 180.0, "peak_memory_gib": 3.1, "shared_prefix": True},
    } | changes


def training_log(steps: int = 120, epochs: int = 3, floor: float = 0.2, seed: int = 0, validation_rise: float = 0.0) -> list[dict]:
    """A loss that falls to `floor`; the validation loss ends `validation_rise` (a fraction) above its best."""
    draw = random.Random(seed)
    lines = []
    for step in range(1, steps + 1):
        at = {"time": START.format(day=1), "run_id": "run-1", "step": step, "epoch": epochs * step / steps}
        loss = floor + 1.2 * math.exp(-4 * step / steps) + draw.gauss(0, 0.03)
        lines.append(at | {"total_steps": steps, "loss": loss, "learning_rate": 2e-4 * min(step / 5, 1 - step / (steps + 1)),
                           "grad_norm": abs(draw.gauss(0.5, 0.1)), "answer_tokens_per_s": 180.0, "memory_gib": 3.0})
        if step % (steps // 6) == 0:
            late = validation_rise * max(0.0, step / steps - 0.5) * 2
            lines.append(at | {"validation_loss": (floor + 0.2 + 1.1 * math.exp(-4 * min(step / steps, 0.5))) * (1 + late)})
    return lines


def exam_line(version: int, lesson: str, number: int, is_right: bool, hold_out: bool = False, **changes) -> dict:
    return {
        "version": version, "run_id": f"run-{version}", "lesson_id": lesson, "hold_out": hold_out,
        "prompt_id": f"{lesson}_{number:02d}", "category": ["events", "flow", "values"][number % 3],
        "instruction": f"Print a greeting when play begins, variation {number}.", "expected": RIGHT,
        "raw_text": RIGHT if is_right else WRONG, "actual_dsl": RIGHT if is_right else WRONG, "stop_reason": "end",
        "tokens": 61, "seconds": 1.4, "valid": True, "graph_equal": is_right, "score": 100.0 if is_right else 38.0,
        "nodes_f1": 1.0 if is_right else 0.5, "wires_f1": 1.0 if is_right else 0.0, "properties_f1": 1.0 if is_right else 0.0,
        "findings": [], "mistakes": [] if is_right else [{"kind": "missing node", "what": "PrintString"}], "status": "ok",
    } | changes


def write_exam(paths: Paths, version: int, lesson: str, rights: list[bool], hold_out: bool = False) -> Path:
    file = paths.exams / f"exam_{lesson}_2026010{version}-020000-v{version}.jsonl"
    write_jsonl(file, [exam_line(version, lesson, number, right, hold_out) for number, right in enumerate(rights)])
    return file


def write_evaluation(paths: Paths, version: int, mean: float) -> None:
    figure = {"mean": mean, "n": 48, "low": mean - 9, "high": mean + 9}
    write_json(paths.evaluations / f"evaluation_v{version}_2026010{version}-030000.json", {
        "schema_version": 1, "version": version, "run_id": f"run-{version}", "seed": 42, "quick": False, "pass_threshold": 70,
        "tests": [], "score": figure, "pass_rate": figure, "tiers": {"1": figure}})


def write_training(paths: Paths, version: int, log: list[dict] | None = None, **changes) -> None:
    folder = paths.model_folder(version)
    write_json(folder / "training_config.json", training_config(version, **changes))
    write_jsonl(folder / "training_log.jsonl", training_log(floor=0.4 / version) if log is None else log)


def write_merge_report(paths: Paths, train: int = 900, validation: int = 47) -> None:
    tally = lambda count: {"read": count, "train": count, "validation": 0}  # noqa: E731
    write_json(paths.datasets / "merge_report.json", {
        "schema_version": 1, "read": train + validation + 60, "train": train, "validation": validation,
        "by_source": {"synthetic": tally(train - 400), "lesson": tally(300), "export": tally(100)},
        "dropped": {"exact_duplicate": 40, "leak": 0, "near_duplicate": 20}})


def write_state(paths: Paths, version: int | None = 3, data_hash: str = "now", trained_data_hash: str = "now") -> None:
    finding = {"problem": "raw-data/clipboard-exports/empty.txt: empty.", "fix": "copy the nodes again."}
    failed = RunRecord("run-2", "full", False, START.format(day=2), "failed", finished_at=START.format(day=2).replace("02:00", "02:31"),
                       exit_code=1, steps=[StepRecord("translate", "done", 4.1, findings=[finding]),
                                           StepRecord("train", "failed", 1800.0, "ended by the watch: no sign of life", "TIMEOUT")])
    complete = RunRecord("run-3", "full", False, START.format(day=3), "complete", finished_at=START.format(day=3).replace("02:00", "02:28"),
                         exit_code=0, steps=[StepRecord("translate", "skipped"), StepRecord("train", "done", 1260.5)])
    save_state(paths, PipelineState(model_version=version, data_hash=data_hash, trained_data_hash=trained_data_hash, runs=[failed, complete]))


def full_project(root: Path) -> Paths:
    """Three versions that learn, after the base model; exams of two lessons and a hold-out; a failed and a good run."""
    paths = Paths(root)
    draw = random.Random(7)
    for version, share in enumerate((0.0, 0.35, 0.6, 0.85)):
        if version:
            write_training(paths, version)
        write_exam(paths, version, "lesson_01", [draw.random() < share for _ in range(24)])
        write_exam(paths, version, "lesson_02", [draw.random() < share for _ in range(24)])
        write_exam(paths, version, "holdout_01", [draw.random() < share - 0.1 for _ in range(20)], hold_out=True)
        write_evaluation(paths, version, 20 + 60 * share)
    write_merge_report(paths)
    write_state(paths)
    update_live_state(paths, status="running", run_id="run-4", mode="full", step="4.3", step_text="Training loop", progress_done=20,
                      progress_total=171, progress_text="loss=2.3412", eta_s=180.0, started_at=START.format(day=4))
    return paths
