"""A pipeline of five tiny real steps, for the tests of the orchestrator; also runs as a process of its own.

Usage    python tiny_pipeline.py PROJECT [--resume]
"""

import sys
from dataclasses import replace
from pathlib import Path

from error_handler import RETRY_POLICIES
from pipeline.config import PipelineConfig, StallDetection
from pipeline.exit_codes import ExitCode
from pipeline.orchestrator import run_pipeline
from pipeline.paths import Paths
from pipeline.session import Asked, choose_run
from pipeline.state import RunRecord
from pipeline.steps import Step

WORKER = str(Path(__file__).with_name("tiny_worker.py"))
POLICIES = {name: replace(policy, waits_s=tuple(0.05 for _ in policy.waits_s)) for name, policy in RETRY_POLICIES.items()}


def step(name: str, category: str, reads: tuple[str, ...] = (), writes: str = "", **more) -> Step:
    def files(context) -> list[Path]:
        return [context.paths.root / name for name in reads]

    def arguments(context) -> list:
        return [name, *(["--reads", *files(context)] if reads else []), *(["--writes", context.paths.root / writes] if writes else [])]

    return Step(name, "1.1", f"Do {name}", WORKER, category, "data", arguments=arguments, reads=files,
                writes=lambda context: [context.paths.root / writes] if writes else [], **more)


STEPS = (
    step("collect", "data", ("raw.txt",), "collected.txt", findings_ok=True),
    step("shape", "data", ("collected.txt",), "shaped.txt", needs=("collect",)),
    step("aside", "data", ("other.txt",), "aside.txt"),
    step("backup", "utility", accompanies="train"),
    step("train", "training", ("shaped.txt",), "trained.txt", needs=("shape",), can_resume=True, settings=("training",)),
    step("report", "utility", runs_always=True),
)


def run_tiny(paths: Paths, asked: Asked | None = None, config: PipelineConfig | None = None) -> tuple[ExitCode, RunRecord]:
    options = choose_run(paths, asked or Asked("data-only"))
    assert options is not None
    return run_pipeline(paths, config or PipelineConfig(), options, STEPS, POLICIES)


def impatient(warn_s: float, kill_s: float) -> PipelineConfig:
    return PipelineConfig(stall_detection=StallDetection(warn_s, kill_s, kill_s))


if __name__ == "__main__":
    sys.exit(run_tiny(Paths(Path(sys.argv[1])), Asked("data-only", resume="--resume" in sys.argv))[0])
