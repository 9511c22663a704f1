"""Step lines, ETA, live state, heartbeat, and silence without a run."""

import json
import os
import re

import pytest

from error_handler import UserError
from pipeline.live import StepTimings, read_heartbeat, read_live_state
from pipeline_logger import PipelineLogger, _NoOpLogger, duration_text, get_logger


@pytest.fixture
def logger(paths) -> PipelineLogger:
    return PipelineLogger(paths, "run-1")


def shown(capsys) -> list[str]:
    return [re.sub(r"\d\d:\d\d:\d\d", "TIME", line) for line in capsys.readouterr().err.splitlines()]


def test_a_step_announces_itself_with_eta_and_ends_with_its_duration(logger, capsys):
    for _ in range(2):
        with logger.step("3.4", "Load base model + quantize"):
            pass
    assert shown(capsys) == [
        "[TIME] [STEP 3.4] STARTING: Load base model + quantize | ETA: unknown",
        "[TIME] [STEP 3.4] COMPLETE: Load base model + quantize (0.0s)",
        "[TIME] [STEP 3.4] STARTING: Load base model + quantize | ETA: 0s",
        "[TIME] [STEP 3.4] COMPLETE: Load base model + quantize (0.0s)",
    ]
    assert len(logger.paths.live_log.read_text().splitlines()) == 4


def test_the_eta_comes_from_the_last_ten_durations(paths):
    timings = StepTimings(paths)
    assert timings.eta_s("4.3") is None
    for duration_s in [1000.0] * 5 + [10.0] * 10:
        timings.record("4.3", duration_s)
    assert timings.eta_s("4.3") == 10.0
    assert json.loads(paths.step_timings.read_text())["steps"]["4.3"] == [10.0] * 10


def test_progress_lines_come_at_most_every_5_s_and_at_the_end(logger, capsys):
    with logger.step("4.3", "Training loop"):
        for done in range(1, 172):
            logger.progress(done, 171, f"loss={done / 100:.4f}")
    lines = [line for line in shown(capsys) if "STEP" not in line]
    assert lines == ["[TIME]   [4.3] 1/171 (1%) - loss=0.0100", "[TIME]   [4.3] 171/171 (100%) - loss=1.7100"]
    state = read_live_state(logger.paths)
    assert (state.step, state.progress_done, state.progress_total) == ("4.3", 171, 171)


def test_a_failing_step_is_logged_with_its_problem_and_feeds_no_eta(logger, capsys):
    with pytest.raises(UserError), logger.step("6.2", "Load model"):
        raise UserError("no model", "train one")
    assert shown(capsys)[-1] == "[TIME] [STEP 6.2] FAILED: Load model (0.0s): no model"
    assert read_live_state(logger.paths).error_info["problem"] == "no model"
    assert StepTimings(logger.paths).eta_s("6.2") is None


def test_the_heartbeat_carries_run_id_and_pid(logger):
    logger.write_heartbeat()
    beat, age_s = read_heartbeat(logger.paths)
    assert (beat.run_id, beat.pid) == ("run-1", os.getpid()) and 0 <= age_s < 60


def test_without_a_run_the_logger_is_silent_and_writes_nothing(paths, monkeypatch, capsys):
    monkeypatch.delenv("PIPELINE_RUN_ID", raising=False)
    monkeypatch.setenv("PIPELINE_PROJECT", str(paths.root))
    silent = get_logger("3")
    assert isinstance(silent, _NoOpLogger)
    with silent.step("3.1", "Nothing"):
        silent.progress(1, 2)
        silent.write_heartbeat()
    assert capsys.readouterr() == ("", "") and list(paths.root.iterdir()) == []


def test_within_a_run_the_logger_writes_to_the_runs_project(paths, monkeypatch):
    monkeypatch.setenv("PIPELINE_RUN_ID", "run-2")
    monkeypatch.setenv("PIPELINE_PROJECT", str(paths.root))
    get_logger("3").write_heartbeat()
    assert read_heartbeat(paths)[0].run_id == "run-2"


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0s"), (9.94, "9.9s"), (9.96, "10s"), (59.6, "1m 00s"), (255, "4m 15s"), (7380, "2h 03m")])
def test_durations_read_well(seconds, text):
    assert duration_text(seconds) == text
