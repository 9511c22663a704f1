"""What a health check of one version looks at."""

import shutil
from dataclasses import dataclass

from pipeline.paths import Paths
from report.figures import Figure, rate_of_equal_graphs
from report.mastery import Mastery, mastery
from report.records import Exam, Records, TrainingRun


@dataclass(frozen=True)
class Evidence:
    version: int | None
    """None: nothing was trained or examined yet."""
    records: Records
    known: dict[int, Mastery]
    """Node mastery of this version and those before it, by version."""
    disk_free_gib: float

    @property
    def run(self) -> TrainingRun | None:
        return self.records.trainings.get(self.version)

    @property
    def run_before(self) -> TrainingRun | None:
        return max((run for v, run in self.records.trainings.items() if v < self.version), key=lambda run: run.version, default=None)

    @property
    def exams(self) -> list[Exam]:
        return self.records.exams_of(self.version) if self.version is not None else []

    def rates(self, hold_out: bool) -> Figure | None:
        return rate_of_equal_graphs(exam for exam in self.exams if exam.hold_out == hold_out)


def collect_evidence(paths: Paths, records: Records, version: int | None) -> Evidence:
    versions = [v for v in records.versions() if version is not None and v <= version]
    known = {v: mastery(exams) for v in versions if (exams := records.exams_of(v))}
    return Evidence(version, records, known, shutil.disk_usage(paths.root).free / 2**30)
