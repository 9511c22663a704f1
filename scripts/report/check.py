"""One health check of a project: look, judge, and put it into the report and the history on disk."""

import os

from error_handler import UserError
from pipeline.live import now_utc
from pipeline.paths import Paths
from pipeline_logger import RUN_ID_VARIABLE
from report.evidence import collect_evidence
from report.health import HealthReport, RunHealth, assess
from report.history import load_history, refreshed, save_history
from report.reading import attempt
from report.records import Records


def check_health(paths: Paths, records: Records, version: int | None = None) -> RunHealth:
    """Check a version, the newest by default, and merge the findings into health_report.json under the run's id.

    A report that cannot be read is left as it is, and named among the problems of `records`.
    """
    version = _existing(version, records)
    stored = attempt(records.problems, paths.health_report, lambda: HealthReport.load(paths.health_report), None)
    report = stored or HealthReport()
    run_id = os.environ.get(RUN_ID_VARIABLE) or f"alone {now_utc()}"
    health = report.merge(run_id, version, assess(collect_evidence(paths, records, version)))
    if stored is not None:
        report.save(paths.health_report)
    return health


def _existing(version: int | None, records: Records) -> int | None:
    versions = records.versions()
    if version is None or version in versions:
        return records.newest_version() if version is None else version
    known = f"give one of: {', '.join(f'v{v}' for v in versions)}." if versions else "train first: bash run_pipeline.sh --full"
    raise UserError(f"version v{version} was neither trained nor examined here.", known)


def record_history(paths: Paths, records: Records) -> None:
    """Bring logs/training_history.json up to what the files say; a broken one is left as it is."""
    history = attempt(records.problems, paths.training_history, lambda: load_history(paths.training_history), None)
    if history is not None:
        save_history(paths.training_history, refreshed(history, records))
