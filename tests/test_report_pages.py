"""Claims about the pages and the terminal summary: they render from nothing, from everything, and from broken files."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from report_project import full_project, training_config, write_exam, write_training
from rich.console import Console

from pipeline.live import set_idle, update_live_state
from pipeline.paths import SCRIPTS, Paths
from pipeline.store import write_json
from pipeline.wording import project_option
from report.charts import MAX_POINTS, thinned, training_columns
from report.page_files import PAGES, write_pages
from report.reading import gather
from report.records import LogLine
from report.watch import watch

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "msedge"))), None)


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path)


def run(number: str, paths: Paths, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    script = next(SCRIPTS.glob(f"{number}_*.py"))
    return subprocess.run([sys.executable, str(script), "--project", str(paths.root), *arguments], capture_output=True,
                          env={**os.environ, **environment})


def page_data(paths: Paths) -> dict:
    text = (paths.dashboard / "data.js").read_text(encoding="utf-8")
    assert text.startswith("window.blueprintData = ") and text.endswith(";\n")
    return json.loads(text.removeprefix("window.blueprintData = ").removesuffix(";\n"))


def rendered(page: Path) -> str:
    """The page as text after its scripts have run in a real browser from disk, which must not complain."""
    if BROWSER is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine: the pages were not rendered")
    try:
        done = _browse(page)
    except subprocess.TimeoutExpired:
        # On a loaded machine a headless browser now and then hangs at its start; a page that hangs does so again.
        done = _browse(page)
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line and "Not allowed to load" not in line] == []
    return re.sub(r"<script.*?</script>|<[^>]+>", " ", done.stdout, flags=re.S)


def _browse(page: Path) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        return subprocess.run([BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                               f"--user-data-dir={profile}", "--virtual-time-budget=3000", "--enable-logging=stderr", "--dump-dom",
                               page.as_uri()], capture_output=True, text=True, encoding="utf-8", timeout=30)


def test_an_empty_project_gets_pages_that_say_what_to_run(paths):
    done = run("14", paths)
    assert done.returncode == 0, done.stderr
    data = page_data(paths)
    assert data["cycles"] == [] and data["newest"] is None and data["problems"] == []
    text = rendered(paths.dashboard / "index.html")
    assert "Nothing has been trained yet." in text and f"bash run_pipeline.sh --project {paths.root} --full" in text
    assert f"python scripts/12_run_exam.py --project {paths.root} --lesson lessons" in rendered(paths.dashboard / "exam.html")
    assert "No run has been recorded yet." in rendered(paths.dashboard / "live.html")


def test_the_pages_of_a_project_know_what_its_commands_have_to_name(tmp_path):
    paths = Paths(tmp_path / "O'Hara's $1 project")
    write_pages(paths)
    written = (paths.dashboard / "assets" / "project.js").read_text(encoding="utf-8")
    assert json.loads(written.removeprefix("window.blueprintProject = ").removesuffix(";\n")) == project_option(paths)


def test_a_full_project_is_shown_with_its_figures(paths):
    full_project(paths.root)
    assert run("19", paths).returncode == 0
    assert run("14", paths).returncode == 0
    data = page_data(paths)
    assert [cycle["version"] for cycle in data["cycles"]] == [0, 1, 2, 3]
    assert [run["status"] for run in data["runs"]] == ["complete", "failed"]
    text = rendered(paths.dashboard / "index.html")
    hold_out = next(c for c in data["cycles"] if c["version"] == 3)["hold_out"]["graph_equal"]
    assert f"{hold_out['mean']:.0f} %" in text and "n=20" in text
    assert "PrintString" in text and "TIMEOUT" in text and "synthetic" in text


def test_what_corrections_did_stands_on_the_overview(paths):
    full_project(paths.root)
    write_json(paths.lessons / "correction_v2.json", {"schema_version": 1, "weaknesses": [{"kind": "missing", "name": "PrintString"}]})
    assert run("14", paths).returncode == 0
    effect, = [effect for cycle in page_data(paths)["cycles"] for effect in cycle["corrections"]]
    text = " ".join(rendered(paths.dashboard / "index.html").split())
    assert f"v3 PrintString missing {effect['n']} {100 * effect['before']:.0f} % {100 * effect['after']:.0f} %" in text
    (paths.lessons / "correction_v2.json").unlink()
    run("14", paths)
    assert "No version has been trained on correction lessons yet." in rendered(paths.dashboard / "index.html")


def test_the_exam_page_shows_expected_and_actual(paths):
    full_project(paths.root)
    run("14", paths)
    exams = json.loads((paths.dashboard / "exam_v1.js").read_text(encoding="utf-8").removeprefix("onExams(1, ").removesuffix(");\n"))
    assert {exam["lesson_id"] for exam in exams} == {"lesson_01", "lesson_02", "holdout_01"}
    text = rendered(paths.dashboard / "exam.html")
    assert "68 answers" in text and "lesson_01_06" in text


def test_the_live_page_shows_what_the_logger_wrote(paths):
    full_project(paths.root)
    run("14", paths)
    text = rendered(paths.dashboard / "live.html")
    assert "Training loop" in text and "loss=2.3412" in text
    set_idle(paths)
    assert "Nothing is running" in rendered(paths.dashboard / "live.html")


def test_a_text_with_markup_stays_text(paths):
    evil = "<img src=x onerror=alert(1)></script>\u2028"
    write_training(paths, 1, base_model=evil)
    run("14", paths)
    assert page_data(paths)["cycles"][0]["base_model"] == evil
    assert "&lt;img src=x" in rendered(paths.dashboard / "index.html")


def test_a_loss_that_is_no_number_becomes_a_gap_and_not_broken_javascript(paths):
    write_training(paths, 1, [{"step": 1, "loss": 2.0}, {"step": 2, "loss": float("nan")}, {"step": 3, "loss": float("inf")}],
                   result={"final_loss": float("nan")})
    run("14", paths)
    assert page_data(paths)["training"]["1"]["loss"] == [2.0, None, None]
    assert page_data(paths)["cycles"][0]["training"] == {"final_loss": None}


def test_the_base_model_is_shown_beside_the_newest_versions(paths):
    for version in range(13):
        write_exam(paths, version, "lesson_01", [True])
    run("14", paths)
    data = page_data(paths)
    assert data["exam_versions"] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 0]
    assert data["mastery"]["versions"] == [12, 11, 10, 9, 0]
    assert all((paths.dashboard / f"exam_v{version}.js").is_file() for version in data["exam_versions"])


BROKEN = {
    "training_config": lambda p: p.model_folder(2) / "training_config.json",
    "training_log": lambda p: p.model_folder(2) / "training_log.jsonl",
    "exam": lambda p: sorted(p.exams.glob("exam_lesson_01*-v2.jsonl"))[0],
    "evaluation": lambda p: sorted(p.evaluations.glob("evaluation_v2_*"))[0],
    "merge_report": lambda p: p.datasets / "merge_report.json",
    "history": lambda p: p.training_history,
    "health": lambda p: p.health_report,
    "state": lambda p: p.state_file,
}


@pytest.mark.parametrize("junk", ["{broken\n", "[1, 2]\n", '{"schema_version": 1}\n'])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_and_kept_and_the_rest_is_shown(paths, name, junk):
    full_project(paths.root)
    file = BROKEN[name](paths)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(junk, encoding="utf-8")
    problems = _write_dashboard(paths)
    assert len(problems) == 1 and file.name in problems[0].problem and problems[0].fix
    assert file.read_text(encoding="utf-8") == junk
    assert 3 in {cycle["version"] for cycle in page_data(paths)["cycles"]}


def _write_dashboard(paths: Paths) -> list:
    from report.dashboard import page_data as collect
    from report.dashboard import write_data
    from report.overview import overview

    seen = overview(paths)
    write_data(paths, seen, collect(seen))
    return seen.records.problems


def test_14_and_10_report_a_broken_file_and_do_the_rest(paths):
    full_project(paths.root)
    file = BROKEN["evaluation"](paths)
    file.write_text("{broken", encoding="utf-8")
    for number in ("14", "10"):
        done = run(number, paths)
        assert done.returncode == 1 and file.name in done.stderr.decode() and "Fix: " in done.stderr.decode()
    assert "could not be read" in rendered(paths.dashboard / "index.html")


def test_the_unfinished_last_line_of_a_running_training_is_no_problem(paths):
    write_training(paths, 1)
    with open(paths.model_folder(1) / "training_log.jsonl", "a", encoding="utf-8") as log:
        log.write('{"step": 121, "los')
    records = gather(paths)
    assert records.problems == [] and len(records.trainings[1].steps) == 120


def test_pages_ask_for_nothing_from_a_network_and_for_no_module():
    for page in PAGES.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'(src|href)="(https?:)?//', text) and 'type="module"' not in text
        for asset in re.findall(r'(?:src|href)="(assets/[^"]+)"', text):
            assert (PAGES / asset).is_file(), asset
    own = [file for file in (PAGES / "assets").glob("*.js") if "uPlot" not in file.name]
    assert own and not any(re.search(r"\bfetch\(|XMLHttpRequest|innerHTML|^import ", f.read_text(encoding="utf-8"), re.M) for f in own)


def test_thinning_keeps_the_spike_and_the_order():
    lines = [LogLine(step, loss=9.0 if step == 31_415 else 1.0) for step in range(1, 100_001)]
    kept = thinned(lines, MAX_POINTS)
    assert len(kept) <= MAX_POINTS and [line.step for line in kept] == sorted(line.step for line in kept)
    assert any(line.loss == 9.0 for line in kept)


def test_steps_that_a_resumed_training_wrote_again_count_once(paths):
    write_training(paths, 1, [{"step": 10, "loss": 1.0}, {"step": 20, "loss": 0.8}, {"step": 30, "loss": 0.7}, {"step": 20, "loss": 0.9}])
    assert [(line.step, line.loss) for line in gather(paths).trainings[1].steps] == [(10, 1.0), (20, 0.9), (30, 0.7)]


def test_a_validation_between_two_logged_steps_has_its_own_place(paths):
    write_training(paths, 1, [{"step": 10, "loss": 1.0}, {"step": 15, "validation_loss": 1.2}, {"step": 20, "loss": 0.9}])
    columns = training_columns(gather(paths).trainings[1])
    assert columns["steps"] == [10, 15, 20] and columns["loss"] == [1.0, None, 0.9] and columns["validation_loss"] == [None, 1.2, None]


def test_the_summary_shows_versions_in_number_order(paths):
    for version in (2, 9, 10):
        write_training(paths, version, **{"started": "", "finished": ""})
    text = run("10", paths).stdout.decode("utf-8")
    assert text.index(" v2 ") < text.index(" v9 ") < text.index(" v10 ")


def test_the_summary_survives_a_windows_code_page(paths):
    full_project(paths.root)
    write_training(paths, 3, stop_reason="größer → 速度", status="stopped")
    done = run("10", paths, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "v3" in done.stdout.decode("utf-8")


def test_the_summary_is_ascii_where_there_is_nothing_else(paths):
    from report.overview import overview
    from report.summary import summary

    full_project(paths.root)
    seen = overview(paths)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    Console(file=stream, width=110).print(summary(seen.records, seen.cycles, seen.health))
    stream.flush()
    assert b"v3" in stream.buffer.getvalue()


def test_watch_follows_a_run_line_by_line_until_nothing_runs(paths):
    stream = io.StringIO()
    update_live_state(paths, status="running", mode="full", step="4.3", step_text="Training loop", progress_done=1, progress_total=10)
    moments = iter([lambda: update_live_state(paths, progress_done=5, progress_text="loss=1.5"), lambda: None, lambda: set_idle(paths)])
    watch(paths, Console(file=stream, width=110), sleep=lambda _: next(moments)())
    assert stream.getvalue().splitlines() == ["running: full [STEP 4.3] Training loop - 1/10 (10%)",
                                              "running: full [STEP 4.3] Training loop - 5/10 (50%) loss=1.5", "Nothing is running."]


def test_watch_draws_a_picture_on_a_terminal_and_ends_at_ctrl_c(paths):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    stream = io.StringIO()
    update_live_state(paths, status="running", step="6.3", step_text="Ask prompts", progress_done=3, progress_total=12)
    watch(paths, Console(file=stream, force_terminal=True, width=80), sleep=interrupt)
    assert "Ask prompts" in stream.getvalue() and "3/12 (25%)" in stream.getvalue()


def test_watch_of_a_broken_state_says_so(paths):
    paths.logs.mkdir()
    paths.live_state.write_text("{", encoding="utf-8")
    stream = io.StringIO()
    watch(paths, Console(file=stream, width=200), sleep=lambda _: None)
    assert "not valid JSON" in stream.getvalue()


def test_interfaces_name_every_field_that_the_pages_read():
    text = (SCRIPTS.parent / "docs" / "interfaces.md").read_text(encoding="utf-8")
    assert [name for name in training_config(1) if name not in text] == []


def test_figures_of_an_exam_leave_what_was_trained_as_it_was(tmp_path):
    from model.model_card import write_exam_figures

    final = tmp_path / "blueprint-lora-v2" / "final"
    final.mkdir(parents=True)
    write_exam_figures(final.parent, "| hold-outs | 60 |")
    assert "| hold-outs | 60 |" in (final.parent / "exams.md").read_text(encoding="utf-8") and not any(final.iterdir())


def test_an_exam_as_12_writes_it_is_read(paths):
    from model.decode import Answer
    from model.exam import ExamFile, ExamSettings, exam_lessons

    lesson = exam_lessons([str(SCRIPTS.parent / "lessons" / "lesson_01.json")], paths)[0]
    file = ExamFile(lesson, ExamSettings(3, "blueprint-lora-v3", "weights", "prompt", True, 1024), paths)
    right, late = file.open_prompts[:2]
    file.write(right, Answer(0, right.expected_dsl, "end", 60, 30, 1.5))
    file.write(late, Answer(1, "BLUEPRINT:", "timeout", 3, 0, 300.0))
    exam = gather(paths).exams[0]
    assert (exam.version, exam.lesson_id, exam.hold_out) == (3, lesson.lesson.lesson_id, False)
    assert [(a.status, a.graph_equal, a.score) for a in exam.answers] == [("ok", True, 100.0), ("timeout_skipped", False, 0.0)]
