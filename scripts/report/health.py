"""The health report: six dimensions looked at after every cycle, kept by run, so that no retry erases an alert."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from error_handler import UserError
from pipeline.live import now_utc
from pipeline.store import read_json, write_json
from report.evidence import Evidence
from report.findings import Dimension, Finding, Findings, Level
from report.health_data import dataset_quality, mastery_velocity
from report.health_resources import resource_usage
from report.health_training import epoch_efficiency, learning_rate, overfitting

HEALTH_SCHEMA = 1
KEPT_RUNS = 200
"""Over half a year of nights."""

CHECKS: dict[Dimension, Callable[[Evidence], Findings]] = {
    Dimension.EPOCHS: epoch_efficiency,
    Dimension.OVERFITTING: overfitting,
    Dimension.LEARNING_RATE: learning_rate,
    Dimension.DATASET: dataset_quality,
    Dimension.MASTERY: mastery_velocity,
    Dimension.RESOURCES: resource_usage,
}


def assess(seen: Evidence) -> list[Finding]:
    """Every dimension says something, if only that it is not measured yet; the gravest come first."""
    findings = [finding for check in CHECKS.values() for finding in check(seen)]
    findings += [_unreadable(problem) for problem in seen.records.problems]
    return sorted(findings, key=lambda finding: -finding.level.rank)


def _unreadable(problem: UserError) -> Finding:
    return Finding(Dimension.DATASET, Level.WARNING, f"unreadable: {problem.problem.partition(': ')[0]}", problem.problem, problem.fix)


@dataclass(frozen=True)
class Sighting:
    """A finding and when it was seen; an alert that a later attempt no longer found keeps its older `last_seen`."""

    finding: Finding
    first_seen: str
    last_seen: str


@dataclass
class RunHealth:
    run_id: str
    version: int | None
    checked: str
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def worst(self) -> Level:
        return max((s.finding.level for s in self.sightings), key=lambda level: level.rank, default=Level.INFO)

    def as_dict(self) -> dict[str, Any]:
        findings = [asdict(s.finding) | {"first_seen": s.first_seen, "last_seen": s.last_seen} for s in self.sightings]
        return {"run_id": self.run_id, "version": self.version, "checked": self.checked, "worst": self.worst, "findings": findings}


@dataclass
class HealthReport:
    """health_report.json; the newest run comes last."""

    runs: list[RunHealth] = field(default_factory=list)

    @classmethod
    def load(cls, file: Path) -> "HealthReport":
        """Empty when there is none; a file of another form raises, see `report.reading.attempt`."""
        if not file.exists():
            return cls()
        return cls([_run_health(run) for run in read_json(file, newest_schema=HEALTH_SCHEMA)["runs"]])

    def save(self, file: Path) -> None:
        write_json(file, {"schema_version": HEALTH_SCHEMA, "runs": [run.as_dict() for run in self.runs[-KEPT_RUNS:]]})

    def merge(self, run_id: str, version: int | None, findings: Iterable[Finding]) -> RunHealth:
        """Put the findings of a run into the report: seen again is updated, new is added, and nothing of the run is taken out.

        Notes at INFO level describe the present and are replaced; alerts above it stay.
        """
        earlier = next((run for run in self.runs if (run.run_id, run.version) == (run_id, version)), None)
        now = now_utc()
        merged = RunHealth(run_id, version, now, _merged(earlier.sightings if earlier else [], findings, now))
        self.runs = [run for run in self.runs if run is not earlier] + [merged]
        return merged


def _merged(earlier: list[Sighting], findings: Iterable[Finding], now: str) -> list[Sighting]:
    by_key = {_key(s.finding): s for s in earlier if s.finding.level is not Level.INFO}
    for finding in findings:
        known = by_key.get(_key(finding))
        by_key[_key(finding)] = replace(known, finding=finding, last_seen=now) if known else Sighting(finding, now, now)
    return sorted(by_key.values(), key=lambda s: -s.finding.level.rank)


def _key(finding: Finding) -> tuple[Any, ...]:
    # The level is part of it: a CRITICAL that a retry sees as WARNING was CRITICAL all the same.
    return finding.dimension, finding.code, finding.level


def _run_health(run: dict[str, Any]) -> RunHealth:
    return RunHealth(run["run_id"], run["version"], run["checked"], [_sighting(finding) for finding in run["findings"]])


def _sighting(entry: dict[str, Any]) -> Sighting:
    finding = Finding(Dimension(entry["dimension"]), Level(entry["level"]), entry["code"], entry["message"],
                      entry.get("remedy", ""), entry.get("evidence", {}))
    return Sighting(finding, entry["first_seen"], entry["last_seen"])
