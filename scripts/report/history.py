"""logs/training_history.json: what every version was made of, how it was trained, and what it then could do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from pipeline.store import read_json, write_json
from report.correction_effects import correction_effects
from report.figures import exam_figures, figures_by_category
from report.records import Records, TrainingRun

HISTORY_SCHEMA = 1


@dataclass(frozen=True)
class Cycle:
    """One version; version 0 is the base model without an adapter, the zero line of the figures."""

    version: int
    run_id: str = ""
    started: str = ""
    finished: str = ""
    duration_s: float | None = None
    """Of the training."""
    status: str = ""
    stop_reason: str = ""
    base_model: str = ""
    start_from: str = ""
    data_hash: str = ""
    seed: int | None = None
    device: str = ""
    rows: dict[str, Any] = field(default_factory=dict)
    """train, validation, dropped_too_long, by_source."""
    training: dict[str, Any] = field(default_factory=dict)
    """steps, epochs, losses, answer tokens per second, peak memory."""
    reductions: list[dict[str, Any]] = field(default_factory=list)
    lessons: dict[str, Any] | None = None
    """Figures (mean, n, low, high in percent) of score, graph_equal, valid over the taught prompts."""
    hold_out: dict[str, Any] | None = None
    by_lesson: dict[str, Any] = field(default_factory=dict)
    by_category: dict[str, Any] = field(default_factory=dict)
    """Over all exams."""
    corrections: list[dict[str, Any]] = field(default_factory=list)
    """For each weakness that the lesson after the version before aimed at: kind, name, n, share of right answers before and after."""
    evaluation: dict[str, Any] | None = None


def load_history(file: Path) -> list[Cycle]:
    """By version; a file of another form raises, see `report.reading.attempt`."""
    if not file.exists():
        return []
    known = {f.name for f in fields(Cycle)}
    entries = read_json(file, newest_schema=HISTORY_SCHEMA)["cycles"]
    return [Cycle(**{key: value for key, value in entry.items() if key in known}) for entry in entries]


def save_history(file: Path, cycles: list[Cycle]) -> None:
    write_json(file, {"schema_version": HISTORY_SCHEMA, "cycles": [asdict(cycle) for cycle in cycles]})


def refreshed(cycles: list[Cycle], records: Records) -> list[Cycle]:
    """The history with everything that the files now say; what was recorded of versions whose files are gone stays."""
    by_version = {cycle.version: cycle for cycle in cycles}
    for version in records.versions():
        by_version[version] = _updated(by_version.get(version, Cycle(version)), records)
    return [by_version[version] for version in sorted(by_version)]


def _updated(old: Cycle, records: Records) -> Cycle:
    run = records.trainings.get(old.version)
    new = _trained(old, run) if run else old
    if run:
        new = replace(new, rows=_rows(old, run, records))
    return replace(new, **{key: value for key, value in _measured(old.version, records).items() if value})


def _trained(old: Cycle, run: TrainingRun) -> Cycle:
    same = ("run_id", "started", "finished", "duration_s", "status", "stop_reason", "base_model", "start_from", "data_hash", "seed",
            "device", "reductions")
    present = {name: run.config[name] for name in same if run.config.get(name) is not None}
    return replace(old, **present, training=run.part("result") or old.training)


def _rows(old: Cycle, run: TrainingRun, records: Records) -> dict[str, Any]:
    """The counts of the training, and by source while the data set it was trained on still lies there."""
    counts = dict(run.part("rows"))
    if "by_source" in counts:
        return counts
    data = records.rows
    state = records.state
    is_of_this_data = run.version == state.model_version and state.data_hash and state.data_hash == state.trained_data_hash
    by_source = data.by_source if data and data.by_source and is_of_this_data else old.rows.get("by_source")
    return counts | ({"by_source": by_source} if by_source else {})


def _measured(version: int, records: Records) -> Mapping[str, Any]:
    exams = records.exams_of(version)
    evaluation = records.evaluation_of(version)
    return {
        "lessons": _figures(exam for exam in exams if not exam.hold_out),
        "hold_out": _figures(exam for exam in exams if exam.hold_out),
        "by_lesson": {exam.lesson_id: {"hold_out": exam.hold_out} | _figures([exam]) for exam in exams},
        "by_category": {name: asdict(figures) for name, figures in figures_by_category(exams).items()},
        "corrections": correction_effects(version, records),
        "evaluation": evaluation and {"quick": evaluation.quick, "score": evaluation.score, "pass_rate": evaluation.pass_rate},
    }


def _figures(exams: Any) -> dict[str, Any] | None:
    figures = exam_figures(exams)
    return asdict(figures) if figures else None
