"""What was measured, as scripts beside the pages of report.page_files.

A page opened from disk may not fetch JSON, so the data comes as classic scripts: data.js for all pages, exam_vN.js with
the answers of one version, loaded when that version is looked at.
"""

import json
import math
from dataclasses import asdict
from typing import Any

from pipeline.live import now_utc
from pipeline.paths import Paths
from pipeline.store import write_text
from report.charts import mastery_table, training_columns
from report.mastery import mastery
from report.overview import Overview
from report.records import Exam

SHOWN_RUNS = 50
SHOWN_TRAININGS = 20
SHOWN_EXAM_VERSIONS = 10


def write_data(paths: Paths, seen: Overview, data: dict[str, Any]) -> None:
    """data.js last: it names the exam files that must be there by then."""
    for version in data["exam_versions"]:
        exams = [_exam(exam, paths) for exam in seen.records.exams_of(version)]
        write_text(paths.dashboard / f"exam_v{version}.js", f"onExams({version}, {_javascript(exams)});\n")
    write_text(paths.dashboard / "data.js", f"window.blueprintData = {_javascript(data)};\n")


def page_data(seen: Overview) -> dict[str, Any]:
    """All that the pages show but the exam answers."""
    records = seen.records
    examined = _shown_versions({exam.version for exam in records.exams})
    return {
        "made": now_utc(),
        "newest": records.newest_version(),
        "cycles": [asdict(cycle) for cycle in seen.cycles],
        "training": {version: training_columns(records.trainings[version]) for version in sorted(records.trainings)[-SHOWN_TRAININGS:]},
        "mastery": mastery_table({version: mastery(records.exams_of(version)) for version in examined}),
        "rows": asdict(records.rows) if records.rows else None,
        "health": seen.health.as_dict() if seen.health else None,
        "runs": [asdict(run) for run in reversed(records.state.runs[-SHOWN_RUNS:])],
        "exam_versions": examined,
        "problems": [{"problem": error.problem, "fix": error.fix} for error in records.problems],
    }


def _shown_versions(examined: set[int]) -> list[int]:
    """Newest first; the base model, to which all are compared, is always among them."""
    newest = sorted(examined, reverse=True)[:SHOWN_EXAM_VERSIONS]
    return newest if 0 in newest or 0 not in examined else [*newest, 0]


def _exam(exam: Exam, paths: Paths) -> dict[str, Any]:
    page = exam.file.with_suffix(".html")
    link = f"../{paths.relative(page)}" if page.exists() else None
    return {"lesson_id": exam.lesson_id, "hold_out": exam.hold_out, "page": link, "answers": [asdict(answer) for answer in exam.answers]}


def _javascript(value: Any) -> str:
    """JSON that is JavaScript too: NaN and infinities become null."""
    return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
