"""Where everything of one project lies."""

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "scripts"
MODEL_PREFIX = "blueprint-lora-v"


def _at(*parts: str) -> property:
    return property(lambda self: self.root.joinpath(*parts))


@dataclass(frozen=True)
class Paths:
    """The folders and files under one project root; nothing is created by asking for a path."""

    root: Path = REPOSITORY

    config_file = _at("pipeline_config.json")
    state_file = _at(".pipeline_state.json")
    lock_file = _at(".pipeline.lock")
    stop_file = _at("STOP_SIGNAL")
    health_report = _at("health_report.json")

    raw_exports = _at("raw-data", "clipboard-exports")
    lessons = _at("lessons")
    holdout = _at("lessons", "holdout")

    parsed_blueprints = _at("cleaned-data", "parsed-blueprints")
    rows = _at("cleaned-data", "rows")
    manual_rows = _at("cleaned-data", "rows", "manual.jsonl")
    """Written by 02."""
    export_rows = _at("cleaned-data", "rows", "exports.jsonl")
    """Written by 05."""
    synthetic_rows = _at("cleaned-data", "rows", "synthetic.jsonl")
    """Written by 03."""
    lesson_rows = _at("cleaned-data", "rows", "lessons.jsonl")
    """Written by 13."""

    datasets = _at("datasets")
    train_file = _at("datasets", "train.jsonl")
    validation_file = _at("datasets", "validation.jsonl")
    provenance_file = _at("datasets", "provenance.jsonl")
    system_prompt = _at("datasets", "system_prompt.txt")

    models = _at("models")
    base_models = _at("models", "base")
    embedded_adapter = _at("models", "embedded-adapter")

    results = _at("results")
    exams = _at("results", "exams")
    evaluations = _at("results", "evaluations")
    export_analysis = _at("results", "export_analysis.json")
    validation_report = _at("results", "validation_report.json")

    logs = _at("logs")
    live_log = _at("logs", "pipeline_live.log")
    live_state = _at("logs", "pipeline_live_state.json")
    live_script = _at("logs", "pipeline_live_state.js")
    """The same for the page dashboard/live.html."""
    heartbeat = _at("logs", "pipeline_heartbeat")
    step_timings = _at("logs", "step_timing_history.json")
    resume_state = _at("logs", "pipeline_resume_state.json")
    training_history = _at("logs", "training_history.json")
    lock_record = _at("logs", "pipeline_lock.json")
    file_hashes = _at("logs", "file_hashes.json")
    run_records = _at("logs", "runs")
    """One folder a run: the output of each step and what it reported."""

    dashboard = _at("dashboard")
    backups = _at("backups")

    @property
    def evaluation_tests(self) -> Path:
        """The project's own tests take the place of those that come with the program."""
        own = self.root / "evaluation"
        return own if own.is_dir() else REPOSITORY / "evaluation"

    def model_folder(self, version: int) -> Path:
        return self.models / f"{MODEL_PREFIX}{version}"

    def model_versions(self) -> list[int]:
        """Versions with a finished adapter (`final/`), ascending as numbers: v9 before v10."""
        names = (re.fullmatch(re.escape(MODEL_PREFIX) + r"(\d+)", f.parent.name) for f in self.models.glob("*/final"))
        return sorted(int(name[1]) for name in names if name)

    def newest_model(self) -> tuple[int, Path] | None:
        """The highest finished version and its folder `models/blueprint-lora-vN`; the adapter is in its `final/`."""
        versions = self.model_versions()
        return (versions[-1], self.model_folder(versions[-1])) if versions else None

    def relative(self, path: Path) -> str:
        """The path as the project's files name it: from the root, with forward slashes."""
        path = Path(path)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()
