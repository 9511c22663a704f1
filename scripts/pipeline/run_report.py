"""How a run went, as text: the table at its end and the lines of `15 status`."""

from datetime import datetime

from error_handler import UserError
from pipeline.live import LiveState, read_heartbeat, read_live_state
from pipeline.lock import running
from pipeline.paths import Paths
from pipeline.state import RunRecord, StepRecord, load_resume_state, load_state
from pipeline.steps import StepContext
from pipeline.stop import is_stop_requested
from pipeline.wording import counted
from pipeline_logger import duration_text, eta_text


def run_table(run: RunRecord, waiting_corrections: int = 0) -> str:
    """One line a step with its duration or reason, then every bad input with its remedy, then one line for the run."""
    width = max((len(step.name) for step in run.steps), default=0)
    lines = [f"  {step.status:<8} {step.name:<{width}}  {_detail(step)}" for step in run.steps]
    findings = [UserError(f"{step.name}: {f['problem']}", f["fix"]) for step in run.steps for f in step.findings]
    if findings:
        lines += ["", f"{counted(len(findings), 'bad input')} left where found:", *map(str, findings)]
    if waiting_corrections:
        lines += ["", f"{counted(waiting_corrections, 'correction lesson')} waiting: --full --next-cycle trains on them."]
    return "\n".join([*lines, "", _run_line(run)])


def _detail(step: StepRecord) -> str:
    bad = f" ({counted(len(step.findings), 'bad input')})" if step.findings else ""
    if step.status == "done":
        return duration_text(step.duration_s) + bad
    return (f"{step.category}: " if step.category else "") + step.reason + bad


def _run_line(run: RunRecord) -> str:
    seconds = (datetime.fromisoformat(run.finished_at) - datetime.fromisoformat(run.started_at)).total_seconds()
    counts = {status: sum(step.status == status for step in run.steps) for status in ("done", "skipped", "failed", "blocked", "stopped")}
    shown = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return f"Run {run.run_id} (--{run.mode}): {run.status} in {duration_text(seconds)}; {shown}"


def waiting_corrections(paths: Paths, config) -> int:
    """Correction lessons that no training has seen, provided the pipeline has a step that trains on lessons."""
    return len(StepContext(paths, config, load_state(paths)).waiting_corrections())


def status_text(paths: Paths) -> str:
    """What runs now, its signs of life, the newest model and the last run."""
    state, record = load_state(paths), running(paths)
    lines = [_working(read_live_state(paths)) + f" (pid {record.owner.pid})" if record else "idle: no run is working"]
    if record and (beat := read_heartbeat(paths)):
        lines.append(f"heartbeat: {beat[1]:.0f} s ago, pid {beat[0].pid}")
    if is_stop_requested(paths):
        lines.append("a stop is requested: " + ("it takes effect at the next safe place" if record else "the next run ends at once; "
                                                "'resume' takes the request back"))
    newest = paths.newest_model()
    lines.append(f"newest model: v{newest[0]} ({paths.relative(newest[1])})" if newest else "newest model: none yet")
    lines.append(_last_run(state.last_run, record is not None))
    if not record and (resume := load_resume_state(paths)):
        lines.append(f"to take up: run {resume.run_id} {resume.status}{_in_step(resume.step)}: {resume.problem}")
    return "\n".join(lines)


def _in_step(name: str) -> str:
    return f" in step '{name}'" if name else ""


def _working(live: LiveState) -> str:
    progress = f", {live.progress_done:g}/{live.progress_total:g} {live.progress_text}".rstrip() if live.progress_total else ""
    return f"running: --{live.mode} step {live.step} {live.step_text}{progress}, ETA of the step {eta_text(live.eta_s)}"


def _last_run(run: RunRecord | None, is_running: bool) -> str:
    if run is None:
        return "last run: none"
    status = "cut off" if run.status == "running" and not is_running else run.status
    at = datetime.fromisoformat(run.started_at).astimezone()
    code = "" if run.exit_code is None else f", exit code {run.exit_code}"
    return f"last run: {run.run_id} (--{run.mode}) of {at:%Y-%m-%d %H:%M}: {status}{code}"
