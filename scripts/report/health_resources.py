"""Health of the machine's part: memory, speed, prompts out of time, disk."""

from typing import Any

from report.evidence import Evidence
from report.findings import Dimension, Finding, Findings, Level, not_measured, rounded
from report.records import TrainingRun, is_number

SLOWER_FRAC = 0.3
DISK_WARNING_GIB, DISK_CRITICAL_GIB = 5.0, 1.0
TIMEOUT_WARNING_FRAC = 0.05


def resource_usage(seen: Evidence) -> Findings:
    alerts = [*_disk(seen), *_reductions(seen.run), *_slower(seen.run, seen.run_before), *_timeouts(seen)]
    yield from alerts
    figures = _figures(seen)
    if figures:
        shown = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in figures.items())
        yield Finding(Dimension.RESOURCES, Level.INFO, "used", f"{shown}.", "", figures)
    elif not alerts:
        yield not_measured(Dimension.RESOURCES, "no training and no exam", "run: bash run_pipeline.sh --full")


def _figures(seen: Evidence) -> dict[str, Any]:
    result = seen.run.part("result") if seen.run else {}
    figures = {name: result.get(name) for name in ("answer_tokens_per_s", "peak_memory_gib")}
    seconds = [answer.seconds for exam in seen.exams for answer in exam.answers if answer.status == "ok"]
    if seconds:
        figures["exam_seconds_per_prompt"] = sum(seconds) / len(seconds)
    return {name: rounded(value, 2) for name, value in figures.items() if is_number(value)}


def _disk(seen: Evidence) -> Findings:
    free_gib = seen.disk_free_gib
    if free_gib < DISK_WARNING_GIB:
        level = Level.CRITICAL if free_gib < DISK_CRITICAL_GIB else Level.WARNING
        yield Finding(Dimension.RESOURCES, level, "disk_low", f"{free_gib:.1f} GiB of disk are free.",
                      "run: python scripts/16_backup.py --cleanup", {"disk_free_gib": rounded(free_gib, 2)})


def _reductions(run: TrainingRun | None) -> Findings:
    for reduction in run.config.get("reductions") or [] if run else []:
        yield Finding(Dimension.RESOURCES, Level.WARNING, f"reduced_{reduction.get('setting', 'setting')}",
                      f"memory ran out: {reduction.get('setting')} was reduced from {reduction.get('from')} to {reduction.get('to')}.",
                      "set the smaller value in pipeline_config.json, or use_4bit, so that no attempt is lost.", dict(reduction))


def _slower(run: TrainingRun | None, before: TrainingRun | None) -> Findings:
    now = run.part("result").get("answer_tokens_per_s") if run else None
    then = before.part("result").get("answer_tokens_per_s") if before else None
    if not (now and then) or run.config.get("device") != before.config.get("device"):
        return
    if now < (1 - SLOWER_FRAC) * then:
        yield Finding(Dimension.RESOURCES, Level.WARNING, "slower",
                      f"training ran at {now:.0f} answer tokens/s; version {before.version} had {then:.0f} on the same device.",
                      "look for other work on the machine, or a changed prompt or precision.",
                      {"answer_tokens_per_s": rounded(now, 1), "before": rounded(then, 1)})


def _timeouts(seen: Evidence) -> Findings:
    answers = [answer for exam in seen.exams for answer in exam.answers]
    late = sum(answer.status == "timeout_skipped" for answer in answers)
    if late:
        level = Level.WARNING if late > TIMEOUT_WARNING_FRAC * len(answers) else Level.INFO
        yield Finding(Dimension.RESOURCES, level, "prompts_timed_out", f"{late} of {len(answers)} exam prompts ran out of time.",
                      "raise the time per prompt of 12, or use a smaller base model.", {"timed_out": late, "prompts": len(answers)})
