"""The memory of the pipeline between runs: .pipeline_state.json, and the resume state after a failure."""

from dataclasses import asdict, dataclass, field
from typing import Any

from error_handler import UserError
from pipeline.paths import Paths
from pipeline.store import read_json, write_json

STATE_SCHEMA = 1
KEPT_RUNS = 100


@dataclass(frozen=True)
class StepSuccess:
    """What a finished step had read and written; an equal fingerprint means that doing it again would change nothing."""

    finished_at: str
    run_id: str
    arguments: list[str]
    settings: str
    """Hash of the settings that the step depends on."""
    code: str
    reads: dict[str, str]
    writes: dict[str, str]
    findings: list[dict[str, str]] = field(default_factory=list)


@dataclass
class StepRecord:
    """How a step went in one run."""

    name: str
    status: str
    """done, skipped, failed, blocked (something it needs failed), stopped."""
    duration_s: float = 0.0
    reason: str = ""
    category: str = ""
    findings: list[dict[str, str]] = field(default_factory=list)


@dataclass
class RunRecord:
    run_id: str
    mode: str
    force: bool
    started_at: str
    status: str = "running"
    """running, complete, failed, stopped, cut off (killed, power loss)."""
    next_cycle: bool = False
    finished_at: str = ""
    exit_code: int | None = None
    steps: list[StepRecord] = field(default_factory=list)

    @property
    def is_unfinished(self) -> bool:
        return self.status != "complete"

    def finished_steps(self) -> set[str]:
        return {step.name for step in self.steps if step.status in {"done", "skipped"}}


@dataclass
class PipelineState:
    schema_version: int = STATE_SCHEMA
    model_version: int | None = None
    data_hash: str | None = None
    """Of the training data as it stands."""
    trained_data_hash: str | None = None
    """Of the data that the newest model learned from."""
    runs: list[RunRecord] = field(default_factory=list)
    steps: dict[str, StepSuccess] = field(default_factory=dict)

    @property
    def last_run(self) -> RunRecord | None:
        return self.runs[-1] if self.runs else None


def load_state(paths: Paths) -> PipelineState:
    """The state of the project; a broken file is a UserError and stays as it is."""
    if not paths.state_file.exists():
        return PipelineState()
    obj = read_json(paths.state_file, newest_schema=STATE_SCHEMA)
    try:
        runs = [RunRecord(**{**run, "steps": [StepRecord(**step) for step in run["steps"]]}) for run in obj["runs"]]
        steps = {name: StepSuccess(**success) for name, success in obj["steps"].items()}
        return PipelineState(**{**obj, "runs": runs, "steps": steps})
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{paths.state_file}: not a pipeline state: {error!r}.",
                        "mend the file, or move it away to start with an empty history; it was left as it is.") from error


def save_state(paths: Paths, state: PipelineState) -> None:
    state.runs = state.runs[-KEPT_RUNS:]
    write_json(paths.state_file, asdict(state))


@dataclass(frozen=True)
class ResumeState:
    """Where a run that did not come to its end is to be taken up; the file is there only after a failure or a stop."""

    run_id: str
    mode: str
    status: str
    step: str
    problem: str
    fix: str
    time: str
    schema_version: int = STATE_SCHEMA


def save_resume_state(paths: Paths, resume: ResumeState) -> None:
    write_json(paths.resume_state, asdict(resume))


def load_resume_state(paths: Paths) -> ResumeState | None:
    if not paths.resume_state.exists():
        return None
    obj: dict[str, Any] = read_json(paths.resume_state, newest_schema=STATE_SCHEMA)
    return ResumeState(**obj)


def clear_resume_state(paths: Paths) -> None:
    paths.resume_state.unlink(missing_ok=True)
