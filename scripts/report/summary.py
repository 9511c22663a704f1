"""The state of a project as text in the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.state import RunRecord
from pipeline.wording import with_project
from pipeline_logger import duration_text
from report.figures import Figure, figures_by_category
from report.findings import Level
from report.health import RunHealth
from report.history import Cycle
from report.records import Exam, Records

SHOWN_VERSIONS = 6
SHOWN_CATEGORIES = 3
MIN_CATEGORY_ANSWERS = 3
PLAIN_WIDTH = 110
"""Columns when the output is no terminal."""
LEVEL_STYLES = {Level.CRITICAL: "bold red", Level.WARNING: "yellow", Level.SUGGESTION: "cyan", Level.INFO: "dim"}
RUN_STYLES = {"complete": "green", "running": "cyan", "stopped": "yellow"}


def make_console() -> Console:
    """For stdout. Where the encoding has no box characters, rich draws in ASCII; our own words are ASCII anyway."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def summary(records: Records, cycles: list[Cycle], health: RunHealth | None) -> Group:
    newest = records.newest_version()
    parts: list[RenderableType] = [
        _versions(cycles),
        *_categories(records.exams_of(newest) if newest is not None else []),
        _rows(records),
        health_text(health),
        *_last_run(records.state.last_run),
    ]
    return Group(*parts)


def _table(title: str, *columns: str) -> Table:
    """The first column is text, the others are numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, min_width=len(title) + 2)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    return table


def _versions(cycles: list[Cycle]) -> RenderableType:
    if not cycles:
        return Text(with_project("Nothing has been trained or examined yet.  Run: bash run_pipeline.sh --full"))
    table = _table("Versions (right as graphs, 95 % interval)", "version", "hold-out", "lessons", "valid", "evaluation", "final loss", "training")
    base, versions = [cycle for cycle in cycles if cycle.version == 0], [cycle for cycle in cycles if cycle.version > 0]
    for cycle in base + versions[-SHOWN_VERSIONS:]:
        exam = cycle.hold_out or cycle.lessons or {}
        table.add_row(version_name(cycle.version), _share(cycle.hold_out, "graph_equal"), _share(cycle.lessons, "graph_equal"),
                      f"{exam['valid']['mean']:.0f} %" if exam else "-", _share(cycle.evaluation, "score"), _number(cycle.training.get("final_loss")),
                      duration_text(cycle.duration_s) if cycle.duration_s else "-")
    return table


def version_name(version: int) -> str:
    return f"v{version}" if version else "base"


def _share(figures: dict | None, name: str) -> str:
    figure = (figures or {}).get(name)
    return str(Figure(**figure)) if figure else "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _categories(exams: list[Exam]) -> list[RenderableType]:
    figures = {name: f for name, f in figures_by_category(exams).items() if f.score.n >= MIN_CATEGORY_ANSWERS}
    ranked = sorted(figures.items(), key=lambda item: item[1].score.mean)
    if not ranked:
        return []
    table = _table("Weakest and strongest categories of the newest exams", "category", "right as graphs", "mean score", "n")
    shown = ranked if len(ranked) <= 2 * SHOWN_CATEGORIES else [*ranked[:SHOWN_CATEGORIES], *ranked[-SHOWN_CATEGORIES:]]
    for name, f in shown:
        table.add_row(name, f"{f.graph_equal.mean:.0f} %", f"{f.score.mean:.0f}", str(f.score.n))
    return [table]


def _rows(records: Records) -> RenderableType:
    if records.rows is None:
        return Text(with_project("There is no data set yet.  Run: bash run_pipeline.sh --data-only"))
    sources = ", ".join(f"{source} {count}" for source, count in records.rows.by_source.items())
    return Text(f"Data set: {records.rows.train} training rows, {records.rows.validation} for validation" + (f" ({sources})" if sources else ""))


def health_text(health: RunHealth | None, with_notes: bool = False) -> Text:
    if health is None:
        return Text(with_project("Health has not been checked yet.  Run: python scripts/19_training_health_monitor.py"))
    shown = [s.finding for s in health.sightings if with_notes or s.finding.level is not Level.INFO]
    text = Text(f"Health: {health.worst}" + ("" if shown else ", no alerts"))
    for finding in shown:
        text.append(f"\n  {finding.level:<10} ", LEVEL_STYLES[finding.level])
        text.append(f"{finding.message} [{finding.dimension}]")
        text.append(f"\n             {with_project(finding.remedy)}" if finding.remedy else "", "dim")
    return text


def _last_run(run: RunRecord | None) -> list[RenderableType]:
    if run is None:
        return []
    text = Text(f"Last run: {run.mode}, started {run.started_at}: ")
    text.append(run.status, RUN_STYLES.get(run.status, "red"))
    for step in run.steps:
        if step.status in {"failed", "blocked", "stopped"}:
            text.append(f"\n  {step.name}: {step.status}" + (f": {with_project(step.reason)}" if step.reason else ""))
    findings = [finding for step in run.steps for finding in step.findings]
    for finding in findings:
        text.append(with_project(f"\n  {finding['problem']}\n    Fix: {finding['fix']}"), "yellow")
    return [text]
