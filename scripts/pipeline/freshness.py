"""Whether a step must run: its last success compared with what it would read now."""

import hashlib
import json
from dataclasses import asdict

from pipeline.config import PipelineConfig
from pipeline.hashes import FileHashes, combined
from pipeline.live import now_utc
from pipeline.outcome import Finding
from pipeline.paths import SCRIPTS
from pipeline.state import StepSuccess
from pipeline.steps import Step, StepContext


def settings_hash(config: PipelineConfig, sections: tuple[str, ...]) -> str:
    chosen = {name: values for name, values in config.as_dict().items() if name in sections}
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode("utf-8")).hexdigest()


def code_hash(step: Step, hashes: FileHashes) -> str:
    """Of the rooms the step names and of its script; a step without rooms (training) does not run again for new code."""
    places = [SCRIPTS / step.script, *(SCRIPTS / room for room in step.code)] if step.code else []
    return combined(hashes.of_all(places))


def success_of(step: Step, context: StepContext, hashes: FileHashes, run_id: str, findings: list[Finding],
               reads: dict[str, str]) -> StepSuccess:
    """The record of a step that has just been done; `reads` were taken before it ran, what it wrote is looked at now."""
    return StepSuccess(now_utc(), run_id, _arguments(step, context), settings_hash(context.config, step.settings),
                       code_hash(step, hashes), reads, hashes.of_all(step.writes(context)), [asdict(f) for f in findings])


def why_run(step: Step, context: StepContext, hashes: FileHashes) -> str | None:
    """The reason to run the step, or None when doing it again would change nothing."""
    before = context.state.steps.get(step.name)
    if before is None:
        return "first time"
    if difference := _difference(before.reads, hashes.of_all(step.reads(context))):
        return difference
    if before.arguments != _arguments(step, context):
        return "its arguments changed"
    if before.settings != settings_hash(context.config, step.settings):
        return "its settings changed"
    if before.code != code_hash(step, hashes):
        return "its code changed"
    return _lost_output(before, context, hashes)


def _arguments(step: Step, context: StepContext) -> list[str]:
    return [str(argument) for argument in step.arguments(context)]


def _difference(before: dict[str, str], now: dict[str, str]) -> str | None:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            return f"{name} " + ("is new" if name not in before else "is gone" if name not in now else "changed")
    return None


def _lost_output(before: StepSuccess, context: StepContext, hashes: FileHashes) -> str | None:
    for name, digest in before.writes.items():
        file = context.paths.root / name
        if not file.exists():
            return f"its output {name} is gone"
        if hashes.of(file) != digest:
            return f"its output {name} changed"
    return None
