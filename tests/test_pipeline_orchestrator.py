"""The orchestrator, with tiny scripts that really run as its children."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tiny_pipeline import impatient, run_tiny

from error_handler import UserError
from pipeline.config import PipelineConfig, Training
from pipeline.exit_codes import ExitCode
from pipeline.live import read_live_state
from pipeline.lock import hold_lock, read_record, running
from pipeline.paths import Paths
from pipeline.run_report import run_table, status_text
from pipeline.session import Asked, choose_run
from pipeline.state import RunRecord, load_resume_state, load_state
from pipeline.stop import is_stop_requested, request_stop

pytestmark = pytest.mark.usefixtures("script_environment")
TINY_PIPELINE = Path(__file__).with_name("tiny_pipeline.py")


@pytest.fixture
def project(paths: Paths) -> Paths:
    (paths.root / "raw.txt").write_text("raw\n")
    (paths.root / "other.txt").write_text("other\n")
    return paths


def behave(project: Paths, **behaviours: str) -> None:
    (project.root / "behaviour.json").write_text(json.dumps(behaviours))


def trace(project: Paths) -> list[str]:
    """The steps that ran since this was last asked."""
    file = project.root / "trace.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def statuses(run: RunRecord) -> dict[str, str]:
    return {step.name: step.status for step in run.steps}


def reason(run: RunRecord, name: str) -> str:
    return next(step.reason for step in run.steps if step.name == name)


def wait_for(happens, limit_s: float = 20.0):
    ends_s = time.monotonic() + limit_s
    while not (result := happens()):
        assert time.monotonic() < ends_s, "it did not happen in time"
        time.sleep(0.02)
    return result


def test_all_steps_run_in_order_and_their_success_is_recorded(project):
    code, run = run_tiny(project)
    assert code == ExitCode.OK and run.status == "complete"
    assert trace(project) == ["collect", "shape", "aside", "backup", "train", "report"]
    assert (project.root / "trained.txt").read_text() == "raw\ncollect\nshape\ntrain\n"
    state = load_state(project)
    assert state.steps["train"].reads.keys() == {"shaped.txt"} and state.steps["train"].writes.keys() == {"trained.txt"}
    assert json.loads(project.live_state.read_text())["status"] == "idle"
    assert not project.resume_state.exists()


def test_an_unchanged_repeat_runs_only_what_always_runs_and_says_why(project):
    run_tiny(project)
    trace(project)
    code, run = run_tiny(project)
    assert code == ExitCode.OK and trace(project) == ["report"]
    assert reason(run, "train") == "what it reads is unchanged"
    assert reason(run, "backup") == "only with step 'train'"


def test_a_changed_input_runs_its_step_and_those_behind_it_again(project):
    run_tiny(project)
    trace(project)
    (project.root / "other.txt").write_text("changed\n")
    _, run = run_tiny(project)
    assert trace(project) == ["aside", "report"]
    assert reason(run, "aside") == "other.txt changed"
    (project.root / "raw.txt").write_text("changed\n")
    run_tiny(project)
    assert trace(project) == ["collect", "shape", "backup", "train", "report"]


def test_a_lost_output_and_changed_settings_are_reasons_to_run(project):
    run_tiny(project)
    trace(project)
    (project.root / "shaped.txt").unlink()
    _, run = run_tiny(project, config=PipelineConfig(training=Training(seed=7)))
    assert reason(run, "shape") == "its output shaped.txt is gone"
    assert reason(run, "train") == "its settings changed"
    assert trace(project) == ["shape", "backup", "train", "report"]


def test_force_runs_everything(project):
    run_tiny(project)
    trace(project)
    run_tiny(project, Asked("data-only", force=True))
    assert trace(project) == ["collect", "shape", "aside", "backup", "train", "report"]


def test_a_failure_blocks_what_needs_it_and_nothing_else(project):
    behave(project, collect="user_error")
    code, run = run_tiny(project)
    assert code == ExitCode.FAILED
    assert statuses(run) == {"collect": "failed", "shape": "blocked", "aside": "done", "backup": "done", "train": "blocked", "report": "done"}
    assert load_resume_state(project).step == "collect"
    assert "the input is empty. Fix: export it again." in run_table(run)


@pytest.mark.parametrize("behaviour", ["user_error", "program_error"])
def test_a_deterministic_error_is_not_retried(project, behaviour):
    behave(project, aside=behaviour)
    assert run_tiny(project)[0] == ExitCode.FAILED
    assert trace(project).count("aside") == 1


def test_a_passing_error_is_retried_and_the_run_succeeds(project):
    behave(project, aside="network_error_once")
    assert run_tiny(project)[0] == ExitCode.OK
    assert trace(project).count("aside") == 2


def test_retries_end_after_the_number_of_the_category(project):
    behave(project, aside="network_error", report="network_error")
    code, run = run_tiny(project)
    steps = trace(project)
    assert code == ExitCode.FAILED
    assert (steps.count("aside"), steps.count("report")) == (3, 2), "data may be tried three times, utility twice"
    assert next(step.category for step in run.steps if step.name == "aside") == "NETWORK"


def test_an_unknown_failure_that_comes_back_the_same_is_not_tried_a_third_time(project):
    behave(project, aside="crash")
    run_tiny(project)
    assert trace(project).count("aside") == 2


def test_a_retried_training_resumes(project):
    behave(project, train="network_error_once")
    assert run_tiny(project)[0] == ExitCode.OK
    assert [line for line in trace(project) if line.startswith("train")] == ["train", "train --resume"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_stops_the_run_at_once(project):
    behave(project, shape="disk_full")
    code, run = run_tiny(project)
    assert code == ExitCode.FAILED and trace(project) == ["collect", "shape"]
    assert statuses(run)["aside"] == statuses(run)["train"] == "blocked"


def test_bad_inputs_do_not_stop_the_run_and_are_shown_at_its_end_every_time(project):
    behave(project, collect="finding")
    code, run = run_tiny(project)
    assert code == ExitCode.OK and statuses(run)["train"] == "done"
    assert "collect: bad.txt: empty.\n  Fix: export it again." in run_table(run)
    _, again = run_tiny(project)
    assert statuses(again)["collect"] == "skipped" and "bad.txt: empty." in run_table(again)


def test_a_stop_between_steps_exits_3_consumes_the_signal_and_resume_goes_on(project):
    request_stop(project)
    code, run = run_tiny(project)
    assert code == ExitCode.STOPPED and run.status == "stopped"
    assert not is_stop_requested(project) and trace(project) == []
    code, _ = run_tiny(project, Asked(resume=True))
    assert code == ExitCode.OK and trace(project)[-2:] == ["train --resume", "report"]


def test_a_child_that_stops_on_request_stops_the_run(project):
    behave(project, train="until_stopped")
    run = subprocess.Popen([sys.executable, TINY_PIPELINE, project.root])
    wait_for(lambda: (project.root / "trace.txt").exists() and "train" in (project.root / "trace.txt").read_text())
    request_stop(project)
    assert run.wait(20) == ExitCode.STOPPED
    assert not is_stop_requested(project)
    assert load_resume_state(project).status == "stopped"


def test_resume_takes_up_where_a_forced_run_failed(project):
    run_tiny(project)
    behave(project, aside="user_error")
    run_tiny(project, Asked("data-only", force=True))
    behave(project)
    trace(project)
    assert run_tiny(project, Asked(resume=True))[0] == ExitCode.OK
    assert trace(project) == ["aside", "report"], "what the forced run had done is not done again"


def test_resume_has_nothing_to_take_up_after_a_complete_run(project, capsys):
    run_tiny(project)
    assert choose_run(project, Asked(resume=True)) is None
    assert "came to its end" in capsys.readouterr().out
    assert choose_run(project, Asked("full", resume=True)).mode == "full"


def test_recover_leaves_failed_and_stopped_runs_alone(project, capsys):
    behave(project, aside="user_error")
    run_tiny(project)
    assert choose_run(project, Asked(recover=True)) is None
    assert "failed" in capsys.readouterr().out


def test_a_second_run_gets_one_clear_line(project):
    with hold_lock(project, "first", "full"), pytest.raises(UserError) as refused:
        run_tiny(project)
    assert f"pid {os.getpid()}" in refused.value.problem and "\n" not in refused.value.problem
    assert read_record(project) is None


def killed_while_training(project: Paths) -> tuple[int, int]:
    """Kill an orchestrator with SIGKILL while its training hangs; the pids of the training and of its own child."""
    behave(project, train="hang")
    run = subprocess.Popen([sys.executable, TINY_PIPELINE, project.root])
    pids = wait_for(lambda: (project.root / "pids.txt").exists() and (project.root / "pids.txt").read_text().split())
    assert running(project).owner.pid == run.pid
    run.kill()
    run.wait()
    return int(pids[0]), int(pids[1])


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_killed_orchestrator_leaves_a_lock_that_heals_and_its_orphans_are_ended(project):
    orphans = killed_while_training(project)
    assert all(map(is_alive, orphans)), "the children outlive the orchestrator: that is the trap"
    assert running(project) is None
    assert "cut off" in status_text(project)
    behave(project)
    trace(project)
    code, run = run_tiny(project, Asked(recover=True))
    assert code == ExitCode.OK
    assert trace(project) == ["backup", "train --resume", "report"]
    assert not any(map(is_alive, orphans))
    assert [run.status for run in load_state(project).runs] == ["cut off", "complete"]


def test_sigterm_ends_the_child_and_leaves_a_state_to_resume_from(project):
    behave(project, train="hang")
    run = subprocess.Popen([sys.executable, TINY_PIPELINE, project.root])
    pids = wait_for(lambda: (project.root / "pids.txt").exists() and (project.root / "pids.txt").read_text().split())
    run.send_signal(signal.SIGTERM)
    assert run.wait(20) == ExitCode.STOPPED
    assert not any(is_alive(int(pid)) for pid in pids)
    assert load_resume_state(project).status == "stopped"


def test_a_hung_training_is_ended_with_its_tree_and_taken_up_again(project, capsys):
    behave(project, train="hang_once")
    code, _ = run_tiny(project, config=impatient(warn_s=0.5, kill_s=1.0))
    pids = (project.root / "pids.txt").read_text().split()
    assert not any(is_alive(int(pid)) for pid in pids)
    assert code == ExitCode.OK and trace(project)[-3:] == ["train", "train --resume", "report"]
    shown = capsys.readouterr().err
    assert "WARNING: no sign of life" in shown and "train: TIMEOUT: ended by the watch: no sign of life" in shown


def test_a_training_that_beats_is_left_alone(project):
    behave(project, train="beat_slowly")
    assert run_tiny(project, config=impatient(warn_s=1.4, kill_s=2.5))[0] == ExitCode.OK


def test_a_broken_state_file_is_reported_and_kept(project):
    project.state_file.write_text("{ broken")
    with pytest.raises(UserError, match="not valid JSON"):
        run_tiny(project)
    assert project.state_file.read_text() == "{ broken"


def test_the_live_state_names_the_running_step_and_the_errors_of_the_run(project):
    behave(project, train="until_stopped", aside="network_error_once")
    run = subprocess.Popen([sys.executable, TINY_PIPELINE, project.root])
    state = wait_for(lambda: (live := read_live_state(project)).step_text == "Do train" and live)
    assert state.status == "running" and state.pid == run.pid
    assert [error["category"] for error in state.error_history] == ["NETWORK"]
    assert f"pid {run.pid}" in status_text(project)
    request_stop(project)
    run.wait(20)
