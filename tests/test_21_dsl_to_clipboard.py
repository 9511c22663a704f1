"""Door 21 as users run it."""

import subprocess
import sys
from pathlib import Path

import pytest
from pipeline.paths import SCRIPTS

DOOR = "BLUEPRINT: BP_Door\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n"
TWO = DOOR + "GRAPH: Open/Close\nNODE n1: FunctionEntry\n"


@pytest.fixture
def run(tmp_path: Path, script_environment: None):
    def run_door(*arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, str(SCRIPTS / "21_dsl_to_clipboard.py"), *map(str, arguments), "--project", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    return run_door


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_one_file_goes_to_stdout(run, tmp_path):
    result = run(write(tmp_path, "door.dsl", DOOR))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Begin Object Class=/Script/BlueprintGraph.K2Node_Event ")


def test_a_folder_gives_one_file_a_graph_in_the_same_places(run, tmp_path):
    write(tmp_path, "in/door.dsl", TWO)
    write(tmp_path, "in/deep/door.dsl", DOOR)
    result = run(tmp_path / "in", "--output", tmp_path / "out")
    assert result.returncode == 0
    assert sorted(file.relative_to(tmp_path / "out").as_posix() for file in (tmp_path / "out").rglob("*.txt")) == [
        "deep/door.EventGraph.txt", "door.EventGraph.txt", "door.Open_Close.txt"]
    assert "make the function in the editor first" in result.stderr


def test_one_broken_document_does_not_stop_the_others(run, tmp_path):
    write(tmp_path, "in/bad.dsl", DOOR + "NODE n2 PrintString\n")
    write(tmp_path, "in/good.dsl", DOOR)
    result = run(tmp_path / "in", "--output", tmp_path / "out")
    assert result.returncode == 1
    assert "bad.dsl, line 4" in result.stderr and "Fix:" in result.stderr and "Traceback" not in result.stderr
    assert (tmp_path / "out" / "good.EventGraph.txt").exists()


def test_one_file_cannot_hold_two_graphs(run, tmp_path):
    source = write(tmp_path, "door.dsl", TWO)
    result = run(source, "--output", tmp_path / "all.txt")
    assert result.returncode == 1 and "2 graphs" in result.stderr
    assert run(source, "--graph", "eventgraph", "--output", tmp_path / "one.txt").returncode == 0
    assert (tmp_path / "one.txt").read_text(encoding="utf-8").count("Begin Object") == 1


def test_the_page_shows_every_graph(run, tmp_path):
    result = run(write(tmp_path, "door.dsl", TWO), "--html", tmp_path / "door.html")
    assert (result.returncode, result.stdout) == (0, "")
    assert (tmp_path / "door.html").read_text(encoding="utf-8").count("<ueb-blueprint>") == 2


def test_what_no_clipboard_text_brings_is_said_once_a_document(run, tmp_path):
    source = write(tmp_path, "in/door.dsl", TWO.replace("GRAPH", "PARENT: Pawn\nVAR Health: Float = 100.0\nVAR Door: StaticMeshComponent\nGRAPH", 1))
    write(tmp_path, "in/plain.dsl", DOOR)
    result = run(source.parent, "--output", tmp_path / "out")
    assert [line for line in result.stderr.splitlines() if "paste into a Blueprint" in line] == [
        "door: paste into a Blueprint of parent class Pawn with the variables Health: Float = 100.0, Door: StaticMeshComponent."]


def problem(result: subprocess.CompletedProcess) -> str:
    """The one line that says what is wrong."""
    said, fix = result.stderr.splitlines()
    assert result.returncode == 1 and fix.startswith("  Fix: ")
    return said


def test_a_missing_file_is_one_clear_line(run, tmp_path):
    assert problem(run(tmp_path / "nope.dsl")) == f"{tmp_path / 'nope.dsl'}: no such file or folder."


def test_a_folder_named_like_a_document_is_no_document(run, tmp_path):
    write(tmp_path, "in/x.dsl/door.dsl", DOOR)
    result = run(tmp_path / "in", "--output", tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "") and (tmp_path / "out/x.dsl/door.EventGraph.txt").exists()


def test_a_link_to_nowhere_does_not_stop_the_others(run, tmp_path):
    write(tmp_path, "in/good.dsl", DOOR)
    (tmp_path / "in" / "bad.dsl").symlink_to(tmp_path / "gone")
    assert "bad.dsl: cannot be read (No such file" in problem(run(tmp_path / "in", "--output", tmp_path / "out"))
    assert (tmp_path / "out" / "good.EventGraph.txt").exists()


def test_an_output_that_cannot_be_is_one_clear_line(run, tmp_path):
    source, file = write(tmp_path, "door.dsl", DOOR), write(tmp_path, "plain", "")
    assert problem(run(source, "--output", file)) == f"{file}: a file stands where a folder is needed."
    assert problem(run(source, "--html", tmp_path)) == f"{tmp_path}: this is a folder, not a file."


def test_names_too_long_for_files_are_cut_and_told_apart(run, tmp_path):
    graphs = "".join(f"GRAPH: {'ä' * 300}{end}\nNODE n1: Event_BeginPlay\n" for end in "ab")
    result = run(write(tmp_path, "door.dsl", f"BLUEPRINT: X\n{graphs}"), "--output", tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "") and len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize(("wires", "shown", "more"), [(1, 1, []), (7, 5, ["and 2 more"])])
def test_a_document_with_errors_is_written_and_its_errors_are_said(run, tmp_path, wires, shown, more):
    source = write(tmp_path, "door.dsl", DOOR + "NODE n2: PrintString\n" + "".join(f"EXEC n1.Nope{i} -> n2.Execute\n" for i in range(wires)))
    result = run(source, "--output", tmp_path / "out")
    assert result.returncode == 0 and (tmp_path / "out" / "door.EventGraph.txt").exists()
    *errors, last = result.stderr.splitlines()
    assert all(f"{source}, line {line}: " in error for line, error in enumerate(errors[:shown], 5)) and errors[shown:] == more
    assert last.startswith(f"{source}: written with {wires} error{'s' * (wires > 1)}; python scripts/06_validate_dsl.py --project {tmp_path} {source} ")
