"""09 from end to end with a real tiny model: answers kept, resumed, scored, compared."""

import json
import subprocess
import sys

import pytest
import training_world as world
from corpus.evaluation_tests import chosen_tests, load_tests
from error_handler import UserError
from model.adapters import Choice, choose_model
from model.decode import Decoder
from model.evaluate import TIMEOUT_ERROR, Asked, EvaluationRun, ask, score_run, scored_line
from model.exam import settings_for
from model.evaluation_report import compare, print_comparison, result_of, write_page
from pipeline.exit_codes import ExitCode
from pipeline.paths import SCRIPTS, Paths
from pipeline.store import read_jsonl, write_json
from report.reading import gather

TESTS = load_tests(Paths())
BUDGET = 6
BASE = Choice(None, 0, "base")


@pytest.fixture
def paths(tmp_path):
    project = Paths(tmp_path)
    project.datasets.mkdir()
    project.system_prompt.write_text(world.system_prompt(300), encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def model():
    return world.tiny_model(), world.tiny_tokenizer()


def decoder(model, paths, **more):
    return Decoder(*model, paths.system_prompt.read_text(encoding="utf-8"), **({"rows": 2} | more))


def start(paths, choice=BASE, is_quick=True, keeps_finished=False, seed=1, budget=BUDGET, is_constrained=False):
    asked = Asked(tuple(chosen_tests(TESTS, is_quick=is_quick, seed=seed)), None, is_quick, seed)
    return EvaluationRun(choice, asked, settings_for(choice, paths, is_constrained, budget), paths, keeps_finished)


def never() -> bool:
    return False


def finished(paths, model):
    run = start(paths)
    list(ask(run, decoder(model, paths), never))
    run.result_file.write_text("{}", encoding="utf-8")
    return run


def texts(run):
    return {line["id"]: line["text"] for line in run.lines}


def test_every_answer_is_on_disk_as_it_comes_and_the_same_seed_gives_the_same(paths, model):
    first = start(paths)
    for count, _ in enumerate(ask(first, decoder(model, paths), never), 1):
        assert len(list(read_jsonl(first.path))) == count
    assert count == 6 and first.open_tests == []
    assert start(paths).path == first.path  # answered, not yet scored
    first.result_file.write_text("{}", encoding="utf-8")
    second = start(paths)
    assert second.path != first.path
    list(ask(second, decoder(model, paths, rows=6), never))
    assert texts(second) == texts(first)


def test_a_stop_between_two_prompts_keeps_the_answers_and_the_next_start_asks_only_the_rest(paths, model):
    whole = finished(paths, model)
    stopped = start(paths)
    for _ in ask(stopped, decoder(model, paths, rows=1), lambda: len(stopped.lines) >= 2):
        pass
    assert len(stopped.lines) == 2
    resumed = start(paths)
    assert (resumed.path, len(resumed.open_tests)) == (stopped.path, 4)
    list(ask(resumed, decoder(model, paths), never))
    assert texts(resumed) == texts(whole)
    assert len(list(read_jsonl(resumed.path))) == 6


def test_other_settings_are_another_evaluation(paths, model):
    run = finished(paths, model)
    assert start(paths, keeps_finished=True).open_tests == []
    assert start(paths, keeps_finished=True, seed=2).open_tests
    assert start(paths, keeps_finished=True, budget=7).open_tests
    paths.system_prompt.write_text("Another prompt.", encoding="utf-8")
    assert start(paths, keeps_finished=True).path != run.path


def test_a_prompt_that_takes_too_long_scores_zero_and_says_so(paths, model):
    run = start(paths)
    list(ask(run, decoder(model, paths, timeout_s=0.0), never))
    scored = list(score_run(run))
    assert len(scored) == 6
    assert {(line["score"], line["passed"], line["error"]) for line in scored} == {(0.0, False, TIMEOUT_ERROR)} == {(0.0, False, "Generation timed out")}


def kept(test, text, stop_reason="end"):
    return {"id": test.id, "text": text, "stop_reason": stop_reason, "tokens": 9, "seconds": 1.0}


def test_a_right_answer_passes_and_a_late_right_answer_does_not():
    test = TESTS[0]
    right = scored_line(test, kept(test, test.prompt.expected_dsl))
    assert (right["score"], right["passed"], right["error"], right["meaning"]) == (100.0, True, "", 1.0)
    assert scored_line(test, kept(test, test.prompt.expected_dsl, "timeout"))["score"] == 0.0
    broken = scored_line(test, kept(test, test.prompt.expected_dsl.replace("n1.Then", "n1.Thn")))
    assert not broken["valid"] and "Thn" in broken["error"]


def answered(paths, right: int, choice=BASE):
    """An evaluation of all tests in which the first `right` of each tier are answered right, the rest not at all."""
    run = start(paths, choice, is_quick=False, is_constrained=True)
    places = {test.id: sum(other.tier == test.tier for other in TESTS[:place]) for place, test in enumerate(TESTS)}
    run.lines = [kept(test, test.prompt.expected_dsl if places[test.id] < right else "") for test in TESTS]
    return run, result_of(run, list(score_run(run)))


def test_the_record_is_what_the_reports_read_and_the_base_is_the_zero_line(paths):
    run, result = answered(paths, 3)
    write_json(run.result_file, result)
    records = gather(paths)
    assert records.problems == []
    read = records.evaluation_of(0)
    passed = 100 * 12 / len(TESTS)
    assert read.pass_rate["mean"] == pytest.approx(passed, abs=0.01) and read.score["n"] == len(TESTS)
    assert read.score["low"] < passed < read.score["high"]
    assert {tier: figure["n"] for tier, figure in read.tiers.items()} == {str(tier): sum(test.tier == tier for test in TESTS) for tier in (1, 2, 3, 4)}


@pytest.mark.parametrize("change", [{"tier": 2}, {"constrained": False}, {"model": "someone-elses"}])
def test_a_single_tier_a_free_run_and_a_stranger_are_not_the_figures_of_a_version(paths, change):
    run, result = answered(paths, 3)
    write_json(run.result_file, result)
    write_json(run.result_file.with_name("evaluation_v0_29990101T000000Z.json"), result | {"score": {"mean": 99.0}} | change)
    assert gather(paths).evaluation_of(0).score["mean"] < 99.0


def test_a_comparison_says_how_large_the_difference_is_and_what_would_show(paths, capsys):
    base, better = (answered(paths, right)[1] for right in (2, 6))
    found = compare(base, better | {"model": "blueprint-lora-v1"})["differences"]
    gained = 16 / len(TESTS) * 100
    assert found["all"]["mean"] == pytest.approx(gained, abs=0.01) and found["all"]["n"] == len(TESTS)
    assert found["all"]["significant"] and found["all"]["low"] > 0
    assert compare(base, base)["differences"]["all"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "n": len(TESTS), "detectable": 0.0, "significant": False}
    print_comparison(compare(base, better))
    shown = capsys.readouterr().out
    assert f"+{gained:.1f}" in shown and "a real difference" in shown and f"{found['all']['detectable']:.1f}" in shown


def test_the_page_shows_expected_and_actual_graph(paths):
    run, result = answered(paths, 13)
    page = write_page(run, result).read_text(encoding="utf-8")
    assert all(test.id in page for test in TESTS)
    assert "Treasure!" in page and "<script src=" not in page


def test_a_model_that_is_not_there_is_refused_with_a_remedy(paths):
    with pytest.raises(UserError, match="no model there"):
        choose_model(paths, paths.root / "nowhere")


def run_door(paths, *arguments, script="09_evaluate_model.py"):
    return subprocess.run([sys.executable, str(SCRIPTS / script), "--project", str(paths.root), *arguments],
                          capture_output=True, text=True, encoding="utf-8")


def test_the_door_evaluates_compares_and_stops(paths):
    folder = world.tiny_base(paths.root / "tiny")
    paths.config_file.write_text(json.dumps({"model": {"base_model": str(folder)}}), encoding="utf-8")
    options = ("--quick", "--unconstrained", "--budget", "4", "--no-pages")
    done = run_door(paths, "--base", *options, "--compare", str(folder))
    assert done.returncode == ExitCode.OK, done.stderr
    assert "base minus tiny: score on the same tests" in done.stdout
    records = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(paths.evaluations.glob("evaluation_v0_*.json"))]
    assert [(record["model"], len(record["tests"]), record["quick"]) for record in records] == [("base", 6, True), ("tiny", 6, True)]
    assert [test["actual"] for test in records[0]["tests"]] == [test["actual"] for test in records[1]["tests"]]
    paths.stop_file.write_text("", encoding="utf-8")
    stopped = run_door(paths, "--base", *options, "--seed", "7")
    assert stopped.returncode == ExitCode.STOPPED and "0 of 6 tests are answered" in stopped.stdout
    assert not paths.stop_file.exists()


def test_an_exam_asks_the_tests_too_and_the_evaluation_scores_them_without_loading_the_model(paths):
    folder = world.tiny_base(paths.root / "tiny")
    paths.config_file.write_text(json.dumps({"model": {"base_model": str(folder)}}), encoding="utf-8")
    lesson = paths.lessons / "one.json"
    lesson.parent.mkdir()
    answer = "BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n"
    lesson.write_text(json.dumps({"schema_version": 1, "lesson_id": "one", "lesson_name": "One", "prompts": [
        {"id": "p1", "category": "c", "instruction": "On BeginPlay do nothing.", "expected_dsl": answer}]}), encoding="utf-8")
    options = ("--base", "--unconstrained", "--budget", "4", "--no-pages")
    exam = run_door(paths, "--lesson", str(lesson), "--evaluation", *options, script="12_run_exam.py")
    assert exam.returncode == ExitCode.OK, exam.stderr
    asked = next(paths.evaluations.glob("evaluation_v0_*.jsonl"))
    assert len(asked.read_text(encoding="utf-8").splitlines()) == len(TESTS)
    (folder / "tokenizer.json").unlink()  # whoever loaded the model now would fail
    scored = run_door(paths, *options)
    assert scored.returncode == ExitCode.OK, scored.stderr
    assert len(json.loads(asked.with_suffix(".json").read_text(encoding="utf-8"))["tests"]) == len(TESTS)
