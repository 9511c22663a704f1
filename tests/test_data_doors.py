"""The doors of the data (01, 02, 03, 08, 13, 20) run as people run them, above all with what people get wrong."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.paths import SCRIPTS

GOOD = 'BLUEPRINT: B\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Hi"]\nEXEC n1.Then -> n2.Execute\n'
EXPORT = ('Begin Object Class=/Script/BlueprintGraph.K2Node_Event Name="K2Node_Event_0"\n   EventReference=(MemberParent=Class\'"/Script/Engine.Actor"\',MemberName="ReceiveBeginPlay")\n'
          "   bOverrideFunction=True\n   NodeGuid=00000000000000000000000000000001\nEnd Object\n")


@pytest.fixture
def run(paths, script_environment):
    def start(script: str, *arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, str(next(SCRIPTS.glob(f"{script}_*.py"))), *map(str, arguments), "--project", str(paths.root)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return done
    return start


def lesson(**changes) -> str:
    prompt = {"id": "x_01", "category": "c", "instruction": "Print Hi when the game starts.", "expected_dsl": GOOD} | changes.pop("prompt", {})
    return json.dumps({"schema_version": 1, "lesson_id": "x", "lesson_name": "X", "prompts": [prompt]} | changes)


BROKEN_LESSONS = {
    "broken.json": '{"schema_version": 1,', "empty.json": "", "list.json": "[1, 2]", "newer.json": lesson(schema_version=9), "object.json": lesson(prompts={}),
    "number.json": lesson(prompts=[5]), "no_text.json": lesson(prompt={"instruction": " "}), "wrong.json": lesson(prompt={"expected_dsl": GOOD.replace("n2.Execute", "n2.Enter")}),
    "paraphrases.json": lesson(prompt={"paraphrases": "abc"}),
}


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_13_names_every_broken_lesson_leaves_it_and_takes_the_others(paths, run):
    paths.lessons.mkdir(parents=True)
    for name, text in BROKEN_LESSONS.items():
        (paths.lessons / name).write_text(text, encoding="utf-8")
    (paths.lessons / "binary.json").write_bytes(b"\x91\xfe\x00")
    (paths.lessons / "good.json").write_text(lesson(lesson_id=7), encoding="utf-8")
    before = digests(paths.lessons)
    done = run("13")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    for name in [*BROKEN_LESSONS, "binary.json"]:
        told = [index for index, line in enumerate(lines) if name in line]
        assert len(told) == 1 and lines[told[0] + 1].startswith("  Fix: "), name
    assert "1 row written" in done.stdout
    assert digests(paths.lessons) == before


def test_13_leaves_the_rows_as_they_are_when_all_that_was_named_is_refused(paths, run):
    (paths.root / "good.json").write_text(lesson(), encoding="utf-8")
    (paths.root / "bad.json").write_text(lesson(prompts=[5]), encoding="utf-8")
    assert "1 row written" in run("13", paths.root / "good.json").stdout
    before = paths.lesson_rows.read_bytes()
    done = run("13", paths.root / "bad.json")
    assert done.returncode == 1 and "left as it is; 1 lesson refused" in done.stdout and paths.lesson_rows.read_bytes() == before
    assert "replace all that was there" in run("13", "--help").stdout


def test_13_names_a_key_that_nothing_reads_and_writes_the_rows(paths, run):
    (paths.root / "x.json").write_text(lesson(prompt={"paraphrasez": ["Say hi."]}), encoding="utf-8")
    done = run("13", paths.root / "x.json")
    assert done.returncode == 0 and "1 row written" in done.stdout
    assert done.stderr.startswith("WARNING: ") and done.stderr.count("\n") == 1
    assert "x.json: prompt 1 (x_01): the key 'paraphrasez'" in done.stderr and "did you mean 'paraphrases'?" in done.stderr


def test_03_passes_over_lessons_that_13_refuses(paths, run):
    paths.lessons.mkdir(parents=True)
    for name, text in BROKEN_LESSONS.items():
        (paths.lessons / name).write_text(text, encoding="utf-8")
    assert run("03", "--count", 5).returncode == 0
    assert len(paths.synthetic_rows.read_text(encoding="utf-8").splitlines()) == 5


@pytest.mark.parametrize(("content", "said"), [(b"", "first statement"), (b"\x92\xff", "UTF-8"), (GOOD.replace("n1.Then", "n1.Later").encode(), "line 6"), (b"hello\n", "line 1")])
def test_02_refuses_a_graph_that_is_not_right_and_adds_nothing(paths, run, content, said):
    file = paths.root / "x.dsl"
    file.write_bytes(content)
    done = run("02", "--dsl", file, "--instruction", "Say hi.")
    assert done.returncode == 1 and said in done.stderr and "Fix: " in done.stderr
    assert not paths.manual_rows.exists() and file.read_bytes() == content


def test_02_names_the_first_five_errors_and_how_many_more_there_are(paths, run):
    (paths.root / "x.dsl").write_text(GOOD + "".join(f"EXEC n1.Nope{i} -> n2.Execute\n" for i in range(7)), encoding="utf-8")
    done = run("02", "--dsl", paths.root / "x.dsl", "--instruction", "Say hi.")
    assert [f"line {line}:" in done.stderr for line in range(7, 14)] == [True] * 5 + [False] * 2
    assert "x.dsl: and 2 more errors." in done.stderr and "06_validate_dsl.py" in done.stderr


def test_02_says_of_a_missing_file_and_of_one_that_is_no_text_what_is_wrong(paths, run):
    file = paths.root / "x.dsl"
    assert f"{file}: no such file or folder.\n  Fix: " in run("02", "--dsl", file, "--instruction", "Say hi.").stderr
    file.write_bytes(b"\x92\xff")
    assert f"{file}: not UTF-8 text.\n  Fix: " in run("02", "--dsl", file, "--instruction", "Say hi.").stderr


def test_02_adds_each_wording_once(paths, run):
    (paths.root / "x.dsl").write_text(GOOD, encoding="utf-8")
    for _ in range(2):
        assert run("02", "--dsl", paths.root / "x.dsl", "--instruction", "Say hi.", "--instruction", "Greet.").returncode == 0
    assert len(paths.manual_rows.read_text(encoding="utf-8").splitlines()) == 2


def test_02_does_not_take_an_instruction_without_words(paths, run):
    (paths.root / "x.dsl").write_text(GOOD, encoding="utf-8")
    assert run("02", "--dsl", paths.root / "x.dsl", "--instruction", "  ").returncode == 64


def test_01_names_what_is_no_export_and_analyses_the_rest(paths, run):
    folder = paths.raw_exports
    folder.mkdir(parents=True)
    (folder / "empty.txt").write_text("", encoding="utf-8")
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    (folder / "prose.txt").write_text("hello", encoding="utf-8")
    (folder / "good.txt").write_text(EXPORT, encoding="utf-8")
    before = digests(folder)
    done = run("01")
    assert done.returncode == 1 and all(name in done.stderr for name in ("empty.txt", "binary.txt", "prose.txt"))
    assert "3 files refused" in done.stdout and digests(folder) == before
    assert json.loads(paths.export_analysis.read_text(encoding="utf-8"))["schema_version"] == 1


@pytest.mark.parametrize(("content", "said"), [(b"", "holds no rows"), (b"\x92\xff\n", "UTF-8"), (b'{"instruction": 1}\n', "train.jsonl:1")])
def test_08_says_what_is_wrong_with_the_rows(paths, run, content, said):
    paths.datasets.mkdir(parents=True)
    paths.train_file.write_bytes(content)
    done = run("08")
    assert done.returncode == 1 and said in done.stderr and not paths.system_prompt.exists()


def test_08_keeps_to_its_budget(paths, run):
    paths.datasets.mkdir(parents=True)
    paths.train_file.write_text(json.dumps({"instruction": "a", "input": "", "output": GOOD}) + "\n", encoding="utf-8")
    for budget in (5700, 2000, 200):
        assert run("08", "--budget", budget).returncode == 0
        assert len(paths.system_prompt.read_text(encoding="utf-8")) <= budget


@pytest.mark.parametrize("budget", [0, 100])
def test_08_refuses_a_budget_below_the_smallest_prompt(paths, run, budget):
    done = run("08", "--budget", budget)
    assert done.returncode == 1 and done.stderr.startswith(f"--budget {budget}: the smallest prompt has ") and done.stderr.count("\n") == 2


def test_08_refuses_a_configured_length_below_the_smallest_prompt_by_the_name_of_the_setting(paths, run):
    paths.config_file.write_text(json.dumps({"model": {"system_prompt_characters": 50}}), encoding="utf-8")
    assert run("08").stderr.startswith("model.system_prompt_characters 50: the smallest prompt has ")


def test_08_says_that_the_shortest_prompt_lists_no_node_types(paths, run):
    paths.datasets.mkdir(parents=True)
    paths.train_file.write_text(json.dumps({"instruction": "a", "input": "", "output": GOOD}) + "\n", encoding="utf-8")
    assert "characters, the task alone, without node types; written to " in run("08", "--budget", 200).stdout


def test_08_advises_a_command_for_the_project_that_it_was_given(paths, run):
    assert f"run scripts/20_deduplicate_dataset.py --project '{paths.root}' --merge first." in run("08").stderr


@pytest.mark.parametrize("arguments", [(), ("--merge", "--cap", 0), ("rows.jsonl", "--cap", "many")])
def test_20_does_not_understand_a_wrong_command_line(run, arguments):
    assert run("20", *arguments).returncode == 64


def test_20_without_any_rows_says_where_rows_come_from(paths, run):
    done = run("20", "--merge")
    assert done.returncode == 1 and "no rows to train on" in done.stderr and not paths.train_file.exists()


@pytest.mark.parametrize("folder", ["lessons/holdout", "evaluation"])
@pytest.mark.parametrize("given", [{"instruction": "Something else."}, {"expected_dsl": GOOD.replace("Hi", "Other")}])
def test_20_refuses_a_persons_row_that_gives_away_a_guarded_prompt(paths, run, folder, given):
    guarded = paths.root / folder / "secret.json"
    guarded.parent.mkdir(parents=True)
    guarded.write_text(lesson(lesson_id="secret"), encoding="utf-8")
    paths.lessons.mkdir(exist_ok=True)
    (paths.lessons / "lesson_x.json").write_text(lesson(prompt=given), encoding="utf-8")
    assert run("13").returncode == 0
    done = run("20", "--merge")
    assert done.returncode == 1 and "secret.json x_01" in done.stderr and "lesson_x.json x_01" in done.stderr
    assert not paths.train_file.exists()


@pytest.mark.parametrize(("content", "said"), [(b"\x92\xff\n", "UTF-8"), (b'{"instruction"\n', ":1: not valid JSON"), (b'{"instruction": "a"}\n', ":1: a row needs"), (b"5\n", ":1: a row needs")])
def test_20_names_the_line_of_a_broken_row_and_leaves_the_training_set(paths, run, content, said):
    for folder in (paths.rows, paths.datasets):
        folder.mkdir(parents=True)
    paths.train_file.write_text("the last good one", encoding="utf-8")
    paths.manual_rows.write_bytes(content)
    done = run("20", "--merge")
    assert done.returncode == 1 and said in done.stderr and "Fix: " in done.stderr
    assert paths.train_file.read_text(encoding="utf-8") == "the last good one"
