"""What a child process tells the orchestrator beyond its exit code: one JSON line a fact, in a file named by the parent."""

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from error_handler import ErrorCategory
from pipeline.exit_codes import ExitCode
from pipeline.store import append_jsonl, read_jsonl

OUTCOME_VARIABLE = "PIPELINE_OUTCOME_FILE"


@dataclass(frozen=True)
class Finding:
    """One bad input that did not stop the work."""

    problem: str
    fix: str


@dataclass(frozen=True)
class ErrorReport:
    """Why the work could not be done."""

    category: ErrorCategory
    problem: str
    fix: str = ""
    deterministic: bool = False


@dataclass
class Outcome:
    """All that one child reported; `exit_code` is None when it never came to its end (a crash, a kill)."""

    exit_code: ExitCode | None = None
    error: ErrorReport | None = None
    findings: list[Finding] = field(default_factory=list)


def report_outcome(*, finding: Finding | None = None, error: ErrorReport | None = None, exit_code: ExitCode | None = None) -> None:
    """Tell the parent, if there is one."""
    file = os.environ.get(OUTCOME_VARIABLE)
    if not file:
        return
    if finding:
        append_jsonl(Path(file), [{"finding": asdict(finding)}])
    if error:
        append_jsonl(Path(file), [{"error": asdict(error)}])
    if exit_code is not None:
        append_jsonl(Path(file), [{"exit_code": int(exit_code)}])


def read_outcome(file: Path) -> Outcome:
    outcome = Outcome()
    for line in read_jsonl(file) if file.exists() else ():
        if "finding" in line:
            outcome.findings.append(Finding(**line["finding"]))
        if "error" in line:
            outcome.error = ErrorReport(**{**line["error"], "category": ErrorCategory(line["error"]["category"])})
        if "exit_code" in line:
            outcome.exit_code = ExitCode(line["exit_code"])
    return outcome
