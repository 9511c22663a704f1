"""Claims about the health check: what it sees, what it keeps, and that it never fails a run."""

import os
import shutil
import subprocess
import sys

import pytest
from report_project import full_project, training_log, write_exam, write_merge_report, write_state, write_training

from pipeline.paths import SCRIPTS, Paths
from pipeline.store import read_json
from report.check import check_health, record_history
from report.findings import Dimension, Finding, Level
from report.health import HealthReport, assess
from report.evidence import collect_evidence
from report.history import load_history
from report.reading import gather


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path)


def findings_of(paths: Paths, version: int | None = None) -> dict[str, Finding]:
    records = gather(paths)
    version = records.newest_version() if version is None else version
    return {finding.code: finding for finding in assess(collect_evidence(paths, records, version))}


def run_19(paths: Paths, *arguments: str, run_id: str = "") -> subprocess.CompletedProcess:
    script = SCRIPTS / "19_training_health_monitor.py"
    environment = {**os.environ, "PIPELINE_RUN_ID": run_id, "PIPELINE_PROJECT": str(paths.root)}
    return subprocess.run([sys.executable, str(script), "--project", str(paths.root), *arguments], env=environment,
                          capture_output=True, text=True, encoding="utf-8")


def test_an_empty_project_is_not_measured_yet_in_all_six_dimensions(paths):
    findings = assess(collect_evidence(paths, gather(paths), None))
    assert {f.dimension for f in findings if f.code == "not_measured"} == set(Dimension)
    assert all(f.level is Level.INFO for f in findings if f.code == "not_measured")
    assert all(f.remedy for f in findings)


def test_a_sound_training_raises_no_alert(paths):
    write_training(paths, 1, training_log(epochs=3, floor=0.9))
    write_merge_report(paths)
    alerts = [f for f in findings_of(paths).values() if f.level.rank >= Level.WARNING.rank]
    assert alerts == []


def test_every_dimension_speaks_of_a_full_project(paths):
    full_project(paths.root)
    assert {finding.dimension for finding in findings_of(paths).values()} == set(Dimension)


def test_an_idle_last_epoch_is_told_with_its_share_of_the_fall(paths):
    flat_end = training_log(steps=120, epochs=4)
    for line in flat_end:
        if "loss" in line and line["step"] > 60:
            line["loss"] = 0.5
    write_training(paths, 1, flat_end)
    finding = findings_of(paths)["last_epoch_idle"]
    assert finding.level is Level.SUGGESTION and "training.epochs to 3" in finding.remedy
    assert finding.evidence["last_gain_frac"] == 0.0 and len(finding.evidence["loss_per_epoch"]) == 4


def test_an_epoch_that_has_only_begun_is_not_judged(paths):
    write_training(paths, 1, [line for line in training_log(steps=120, epochs=3) if line["step"] <= 90])
    assert len(findings_of(paths)["still_learning"].evidence["loss_per_epoch"]) == 2


@pytest.mark.parametrize(("rise", "level"), [(0.10, Level.WARNING), (0.50, Level.CRITICAL)])
def test_a_rising_validation_loss_is_overfitting(paths, rise, level):
    write_training(paths, 1, training_log(validation_rise=rise))
    assert findings_of(paths)["validation_rise"].level is level


def test_lessons_far_above_the_hold_out_are_overfitting(paths):
    write_exam(paths, 1, "lesson_01", [True] * 40)
    write_exam(paths, 1, "holdout_01", [False] * 20, hold_out=True)
    finding = findings_of(paths)["exam_gap"]
    assert (finding.evidence["lessons_percent"], finding.evidence["hold_out_percent"]) == (100.0, 0.0)


def test_a_loss_that_is_no_number_is_critical(paths):
    log = training_log()
    for line in log:
        if "loss" in line and line["step"] >= 50:
            line["loss"] = float("nan")
    write_training(paths, 1, log)
    finding = findings_of(paths)["loss_not_finite"]
    assert finding.level is Level.CRITICAL and finding.evidence["first_step"] == 50


def test_spikes_are_counted_against_the_steps_before(paths):
    log = training_log()
    for line in log:
        if "loss" in line and line["step"] in {40, 60, 80, 100}:
            line["loss"] += 5
    write_training(paths, 1, log)
    assert findings_of(paths)["loss_spikes"].evidence["spikes"] == 4


def test_a_loss_that_does_not_fall_is_told(paths):
    log = [line | {"loss": 2.0} if "loss" in line else line for line in training_log()]
    write_training(paths, 1, log)
    assert findings_of(paths)["loss_flat"].level is Level.WARNING


def test_rows_too_long_to_learn_are_told_by_their_share(paths):
    write_training(paths, 1, rows={"train": 850, "validation": 50, "dropped_too_long": 100})
    write_merge_report(paths)
    finding = findings_of(paths)["rows_too_long"]
    assert finding.level is Level.WARNING and finding.evidence["frac"] == 0.1


def test_an_empty_training_file_is_critical(paths):
    paths.datasets.mkdir()
    paths.train_file.write_text("", encoding="utf-8")
    assert findings_of(paths)["no_rows"].level is Level.CRITICAL


def test_forgotten_nodes_are_named_with_old_and_new_recall(paths):
    write_exam(paths, 1, "lesson_01", [True] * 10)
    write_exam(paths, 2, "lesson_01", [False] * 10)
    found = findings_of(paths)
    assert found["nodes_forgotten"].evidence == {"PrintString": [1.0, 0.0]}
    assert found["nodes_never_right"].evidence == {"PrintString": 10}
    assert found["mastered"].evidence["lost"] == 1


def test_velocity_counts_nodes_won_since_the_version_before(paths):
    write_exam(paths, 9, "lesson_01", [False] * 10)
    write_exam(paths, 10, "lesson_01", [True] * 10)
    evidence = findings_of(paths)["mastered"].evidence
    assert (evidence["won"], evidence["compared_with"]) == (1, 9)


def test_reductions_after_out_of_memory_are_told(paths):
    write_training(paths, 1, reductions=[{"setting": "max_seq_length", "from": 4096, "to": 2048, "reason": "out of memory"}])
    assert "from 4096 to 2048" in findings_of(paths)["reduced_max_seq_length"].message


def test_a_slower_training_is_compared_on_the_same_device_only(paths):
    slow = {"result": {"answer_tokens_per_s": 50.0}}
    write_training(paths, 1)
    write_training(paths, 2, **slow)
    assert "slower" in findings_of(paths)
    write_training(paths, 2, device="cuda", **slow)
    assert "slower" not in findings_of(paths)


def test_a_look_at_few_prompts_does_not_stand_for_the_whole_exam(paths):
    few = write_exam(paths, 1, "lesson_01", [False] * 2)
    few.rename(few.with_name(few.name.replace("exam_lesson_01_2026", "exam_lesson_01_2027")))
    write_exam(paths, 1, "lesson_01", [True] * 10)
    assert [len(exam.answers) for exam in gather(paths).exams] == [10]


def test_a_retry_erases_no_alert_of_its_run(paths):
    report = HealthReport()
    critical = Finding(Dimension.LEARNING_RATE, Level.CRITICAL, "loss_not_finite", "loss was not a number", "lower it")
    note = Finding(Dimension.DATASET, Level.INFO, "dataset_ok", "900 rows")
    report.merge("run-1", 3, [critical, note])
    merged = report.merge("run-1", 3, [Finding(Dimension.DATASET, Level.INFO, "dataset_ok", "950 rows")])
    assert [(s.finding.code, s.finding.message) for s in merged.sightings] == [("loss_not_finite", "loss was not a number"), ("dataset_ok", "950 rows")]
    assert len(report.runs) == 1 and report.runs[0].worst is Level.CRITICAL


def test_another_run_starts_its_own_entry_and_keeps_the_old_one(paths):
    report = HealthReport()
    report.merge("run-1", 3, [Finding(Dimension.DATASET, Level.WARNING, "few", "few rows")])
    report.merge("run-2", 4, [])
    assert [(run.run_id, len(run.sightings)) for run in report.runs] == [("run-1", 1), ("run-2", 0)]


def test_what_is_saved_is_what_is_loaded(paths):
    full_project(paths.root)
    check_health(paths, gather(paths))
    loaded = HealthReport.load(paths.health_report)
    saved = read_json(paths.health_report)
    loaded.save(paths.health_report)
    assert read_json(paths.health_report) == saved and saved["schema_version"] == 1


def test_19_ends_well_whatever_the_severity_and_merges_by_run_id(paths):
    write_training(paths, 1, training_log(validation_rise=0.9))
    first = run_19(paths, run_id="night-1")
    write_training(paths, 1, training_log())
    second = run_19(paths, run_id="night-1")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "CRITICAL" in first.stdout and "validation loss rose" in second.stdout
    assert [run["run_id"] for run in read_json(paths.health_report)["runs"]] == ["night-1"]


def test_19_refuses_a_version_that_is_not_there(paths):
    write_training(paths, 2)
    done = run_19(paths, "--version", "v7")
    assert done.returncode == 1 and "version v7" in done.stderr and "Fix: give one of: v2." in done.stderr
    assert run_19(paths, "--version", "seven").returncode == 64


def test_a_broken_report_is_named_and_kept_and_the_rest_is_done(paths):
    write_training(paths, 1)
    paths.health_report.write_text("{broken", encoding="utf-8")
    done = run_19(paths)
    assert done.returncode == 1 and "health_report.json: not valid JSON" in done.stderr
    assert paths.health_report.read_text(encoding="utf-8") == "{broken"
    assert [cycle.version for cycle in load_history(paths.training_history)] == [1]


def test_a_broken_history_is_named_and_kept_and_health_is_checked(paths):
    write_training(paths, 1)
    paths.logs.mkdir(exist_ok=True)
    paths.training_history.write_text("{broken", encoding="utf-8")
    done = run_19(paths)
    assert done.returncode == 1 and "training_history.json: not valid JSON" in done.stderr
    assert paths.training_history.read_text(encoding="utf-8") == "{broken"
    assert len(HealthReport.load(paths.health_report).runs) == 1


def test_a_report_of_a_newer_program_is_left_alone(paths):
    paths.health_report.write_text('{"schema_version": 9, "runs": []}', encoding="utf-8")
    done = run_19(paths)
    assert done.returncode == 1 and "schema_version 9 is newer" in done.stderr
    assert '"schema_version": 9' in paths.health_report.read_text(encoding="utf-8")


def test_the_history_has_an_entry_a_version_with_figures_that_carry_n_and_interval(paths):
    full_project(paths.root)
    record_history(paths, gather(paths))
    cycles = {cycle.version: cycle for cycle in load_history(paths.training_history)}
    assert sorted(cycles) == [0, 1, 2, 3]
    equal = cycles[3].hold_out["graph_equal"]
    assert equal["n"] == 20 and equal["low"] < equal["mean"] < equal["high"]
    assert cycles[3].rows["by_source"] == {"synthetic": 500, "lesson": 300, "export": 100}
    assert "by_source" not in cycles[2].rows, "the data set of v2 is gone, and was not seen while it was there"
    assert cycles[0].training == {} and cycles[0].lessons["graph_equal"]["mean"] == 0


def test_the_history_keeps_versions_whose_files_are_gone(paths):
    full_project(paths.root)
    record_history(paths, gather(paths))
    before = load_history(paths.training_history)
    shutil.rmtree(paths.model_folder(1))
    for file in paths.exams.glob("*-v1.jsonl"):
        file.unlink()
    record_history(paths, gather(paths))
    assert load_history(paths.training_history) == before


def test_rows_by_source_stay_when_the_data_set_changes(paths):
    write_training(paths, 1)
    write_merge_report(paths)
    write_state(paths, version=1)
    record_history(paths, gather(paths))
    write_merge_report(paths, train=1000)
    write_state(paths, version=1, data_hash="other")
    record_history(paths, gather(paths))
    assert load_history(paths.training_history)[0].rows["by_source"]["synthetic"] == 500
