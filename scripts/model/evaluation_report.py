"""What an evaluation comes to: score and pass rate by tier with their intervals, the page, and what sets two models apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.evaluation_tests import TIERS
from model.evaluate import SCHEMA_VERSION, EvaluationRun, run_head
from model.exam import TIME_FORMAT
from model.exam_report import page_of, side_by_side
from pipeline.paths import Paths
from pipeline.store import write_json, write_text
from report.evaluation_score import PASS_THRESHOLD
from report.statistics import Estimate, PairedDifference, mean_ci, paired_difference, wilson
from utils.clipboard.html import render_page

SHOWN_TESTS = 5
PERCENT = 100.0


def result_of(run: EvaluationRun, tests: list[dict[str, Any]]) -> dict[str, Any]:
    """The record of an evaluation; means in 0..100 with 95 % intervals."""
    tiers = {tier: [test for test in tests if test["tier"] == tier] for tier in TIERS}
    return run_head(run) | {"time": datetime.now(UTC).isoformat(timespec="seconds"), "pass_threshold": PASS_THRESHOLD, "tests": tests} | figures(
        tests) | {"tiers": {str(tier): _tier(found) for tier, found in tiers.items() if found}}


def figures(tests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    passed = wilson(sum(test["passed"] for test in tests), len(tests))
    rate = Estimate(*(PERCENT * value for value in (passed.mean, passed.low, passed.high)), passed.n)
    return {"score": _figure(mean_ci([test["score"] for test in tests])), "pass_rate": _figure(rate)}


def _tier(tests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A tier's figure is its score; its pass rate stands in it."""
    found = figures(tests)
    return found["score"] | {"pass_rate": found["pass_rate"]}


def _figure(estimate: Estimate) -> dict[str, Any]:
    return {key: round(value, 2) for key, value in asdict(estimate).items()}


def print_result(result: dict[str, Any]) -> None:
    print(f"{result['model']}: score and share of passed tests ({PASS_THRESHOLD:g} or more), in percent with 95 % interval")
    for tier, found in result["tiers"].items():
        print(_row(f"tier {tier}", found, found["pass_rate"]))
    print(_row("all", result["score"], result["pass_rate"]))
    ranked = sorted(result["tests"], key=lambda test: test["score"])
    print("weakest: " + ", ".join(f"{test['id']} {test['score']:.0f}" for test in ranked[:SHOWN_TESTS]))


def _row(name: str, score: dict[str, Any], rate: dict[str, Any]) -> str:
    return (f"  {name:8} score {score['mean']:5.1f} [{score['low']:.1f}, {score['high']:.1f}]  "
            f"passed {rate['mean']:5.1f} [{rate['low']:.1f}, {rate['high']:.1f}]  n {score['n']}")


def write_page(run: EvaluationRun, result: dict[str, Any]) -> Path:
    """Expected and actual graph of every test, beside the record."""
    pictures = [picture for test in result["tests"] for picture in side_by_side(
        test["id"], test["instruction"], test["expected"], test["actual"], _verdict(test))]
    page = page_of(run.path)
    write_text(page, render_page(f"Evaluation: {result['model']}, score {result['score']['mean']:g}", pictures))
    return page


def _verdict(test: dict[str, Any]) -> str:
    verdict = "equal" if test["graph_equal"] else f"score {test['score']:g}, meaning {PERCENT * test['meaning']:.0f} %"
    return f"{'passed' if test['passed'] else 'failed'}, {test['error'] or verdict}"


def compare(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Second minus first over the same tests, by tier and in all."""
    pairs = [(one, other) for one, other in zip(first["tests"], second["tests"], strict=True)]
    groups = {str(tier): [pair for pair in pairs if pair[0]["tier"] == tier] for tier in TIERS} | {"all": pairs}
    return {"schema_version": SCHEMA_VERSION, "first": _named(first), "second": _named(second),
            "differences": {name: _difference(found) for name, found in groups.items() if found}}


def _named(result: dict[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in ("version", "model", "evaluation_key")}


def _difference(pairs: Iterable[tuple[dict, dict]]) -> dict[str, Any]:
    first, second = zip(*((one["score"], other["score"]) for one, other in pairs))
    found: PairedDifference = paired_difference(first, second)
    detectable = round(found.detectable, 2) if math.isfinite(found.detectable) else None
    return _figure(Estimate(found.mean, found.low, found.high, found.n)) | {"detectable": detectable, "significant": found.is_significant}


def print_comparison(comparison: dict[str, Any]) -> None:
    print(f"{comparison['second']['model']} minus {comparison['first']['model']}: score on the same tests, with 95 % interval")
    for name, found in comparison["differences"].items():
        title = name if name == "all" else f"tier {name}"
        print(f"  {title:8} {found['mean']:+6.1f} [{found['low']:+.1f}, {found['high']:+.1f}]  n {found['n']}  {_reading(found)}")


def _reading(found: dict[str, Any]) -> str:
    shows = "one test shows nothing" if found["detectable"] is None else f"tests like these show a true difference from {found['detectable']:.1f}"
    return f"{'a real difference' if found['significant'] else 'may be chance'}; {shows}"


def write_comparison(comparison: dict[str, Any], paths: Paths) -> Path:
    file = paths.evaluations / f"comparison_{datetime.now(UTC).strftime(TIME_FORMAT)}.json"
    write_json(file, comparison)
    return file
