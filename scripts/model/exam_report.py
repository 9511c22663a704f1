"""What an exam comes to: rates with their intervals, by lesson and category, and pages that show the graphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model.decode import Statistics
from model.exam import TIME_FORMAT, ExamFile
from pipeline.paths import Paths
from pipeline.store import write_json, write_text
from report.statistics import mean_ci, wilson
from utils.clipboard.html import render_page
from utils.clipboard_writer import write_clipboard
from utils.dsl_parser import DslError, parse

SHOWN_CATEGORIES = 5


def tally(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """n, equal graphs and valid answers as rates with Wilson intervals, mean score with its interval; in percent."""
    lines = list(lines)
    return {"n": len(lines), "graph_equal": _rate(lines, "graph_equal"), "valid": _rate(lines, "valid"),
            "score": _interval(mean_ci([line["score"] for line in lines])) if lines else None,
            "timeouts": sum(line["status"] == "timeout_skipped" for line in lines),
            "cut": sum(line["stop_reason"] in ("budget", "unlikely") for line in lines)}


def _rate(lines: list[dict[str, Any]], key: str) -> dict[str, float] | None:
    if not lines:
        return None
    interval = _interval(wilson(sum(bool(line[key]) for line in lines), len(lines)))
    return {name: round(100 * value, 1) for name, value in interval.items()}


def _interval(estimate: Any) -> dict[str, float]:
    return {"mean": round(estimate.mean, 4), "low": round(estimate.low, 4), "high": round(estimate.high, 4)}


def summarise(files: list[ExamFile], statistics: Statistics) -> dict[str, Any]:
    lines = [line for file in files for line in file.lines]
    by_category: dict[str, list[dict]] = defaultdict(list)
    for line in lines:
        by_category[line["category"] or "(none)"].append(line)
    ranked = sorted(by_category, key=lambda name: (-sum(line["score"] for line in by_category[name]) / len(by_category[name]), name))
    return {
        "schema_version": 1, "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": files[0].settings.version, "model": files[0].settings.model_label,
        "lessons": {file.lesson.lesson.lesson_id: tally(file.lines) | {"hold_out": file.lesson.is_hold_out, "file": file.path.name}
                    for file in files},
        "training_lessons": tally(line for line in lines if not line["hold_out"]),
        "hold_out": tally(line for line in lines if line["hold_out"]),
        "categories": {name: tally(by_category[name]) for name in ranked},
        "strongest": ranked[:SHOWN_CATEGORIES], "weakest": ranked[::-1][:SHOWN_CATEGORIES],
        "decoding": asdict(statistics) | {"forced_frac": round(statistics.forced_frac, 4)},
    }


def write_summary(files: list[ExamFile], statistics: Statistics, paths: Paths) -> dict[str, Any]:
    summary = summarise(files, statistics)
    write_json(paths.exams / f"summary_{datetime.now(UTC).strftime(TIME_FORMAT)}.json", summary)
    return summary


def print_summary(summary: dict[str, Any]) -> None:
    print(f"{summary['model']}: answers that equal an expected graph, in percent with 95 % interval")
    for name, figures in summary["lessons"].items():
        print(_row(name + (" (hold-out)" if figures["hold_out"] else ""), figures))
    for title, key in (("all lessons", "training_lessons"), ("all hold-outs", "hold_out")):
        if summary[key]["n"]:
            print(_row(title, summary[key]))
    print("weakest: " + ", ".join(summary["weakest"]) + "\nstrongest: " + ", ".join(summary["strongest"]))


def exam_table(summary: dict[str, Any]) -> str:
    """Hold-outs and lessons of one summary as a table for the model card."""
    rows = [f"| {name} | {figures['n']} | {_spread(figures['graph_equal'])} | {_spread(figures['score'])} | {_spread(figures['valid'])} |"
            for name, figures in (("hold-outs", summary["hold_out"]), ("lessons", summary["training_lessons"])) if figures["n"]]
    return "\n".join(["| | prompts | equal as graphs, % (95 % interval) | score | valid, % |", "|---|---|---|---|---|", *rows, "",
                      "The lessons were trained on, the hold-outs were not."])


def _spread(figure: dict[str, float]) -> str:
    return f"{figure['mean']:.1f} ({figure['low']:.1f} to {figure['high']:.1f})"


def _row(name: str, figures: dict[str, Any]) -> str:
    if not figures["n"]:
        return f"  {name:32} nothing answered"
    equal, score = figures["graph_equal"], figures["score"]
    return (f"  {name:32} {equal['mean']:5.1f} [{equal['low']:.1f}, {equal['high']:.1f}]  score {score['mean']:5.1f}  "
            f"valid {figures['valid']['mean']:5.1f}  n {figures['n']}")


def write_pages(files: list[ExamFile]) -> None:
    """Expected and actual graph of every prompt, one page a lesson, beside its record."""
    for file in files:
        if file.lines:
            title = f"{file.lesson.lesson.lesson_name}: {file.settings.model_label}"
            pictures = [picture for line in file.lines for picture in _pictures(line)]
            write_text(page_of(file.path), render_page(title, pictures))


def page_of(record: Path) -> Path:
    return record.with_suffix(".html")


def _pictures(line: dict[str, Any]) -> list[tuple[str, str]]:
    verdict = "equal" if line["graph_equal"] else f"score {line['score']:g}"
    return side_by_side(line["prompt_id"], line["instruction"], line["expected"], line["actual_dsl"], verdict)


def side_by_side(name: str, instruction: str, expected: str, actual: str, verdict: str) -> list[tuple[str, str]]:
    """Captions and clipboard texts of both graphs; an answer that is no document has no picture."""
    shown = [(f"{name}: {instruction} - expected", expected), (f"{name}: actual, {verdict}", actual)]
    return [(caption, text) for caption, dsl in shown if (text := _clipboard(dsl))]


def _clipboard(dsl: str) -> str:
    try:
        return write_clipboard(parse(dsl))
    except DslError:
        return ""
