"""Everything that the summary and the pages show, read once."""

from dataclasses import dataclass

from pipeline.paths import Paths
from report.health import HealthReport, RunHealth
from report.history import Cycle, load_history, refreshed
from report.reading import attempt, gather
from report.records import Records


@dataclass(frozen=True)
class Overview:
    records: Records
    cycles: list[Cycle]
    """The recorded history with what the files say by now."""
    health: RunHealth | None
    """Of the last run that was checked."""


def overview(paths: Paths) -> Overview:
    records = gather(paths)
    history = attempt(records.problems, paths.training_history, lambda: load_history(paths.training_history), [])
    health = attempt(records.problems, paths.health_report, lambda: HealthReport.load(paths.health_report), HealthReport())
    return Overview(records, refreshed(history, records), health.runs[-1] if health.runs else None)
