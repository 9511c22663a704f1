"""The door 06: what it reads, writes, prints and returns, run as people run it."""

import json
import subprocess
import sys

import pytest
from pipeline.paths import SCRIPTS
from utils.dsl_parser import parse, render

GOOD = 'BLUEPRINT: B\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: PrintString [InString="Hi"]\nEXEC n1.Then -> n2.Execute\n'
LOOSE = ('BLUEPRINT: B\nVAR Health: float = 5\nGRAPH: EventGraph\nNODE b: SetVariable [VarName="Health", Value=1]\nNODE a: Event_BeginPlay\n'
         "EXEC a.then -> b.Execute\n")
WRONG = GOOD.replace("n1.Then", "n1.Later")


@pytest.fixture
def run(paths, script_environment):
    def start(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(SCRIPTS / "06_validate_dsl.py"), *map(str, arguments), "--project", str(paths.root)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    return start


def test_valid_files_end_with_0_and_a_report(paths, run):
    (paths.root / "a.dsl").write_text(GOOD, encoding="utf-8")
    done = run(paths.root / "a.dsl")
    assert done.returncode == 0, done.stderr
    report = json.loads(paths.validation_report.read_text(encoding="utf-8"))
    assert (report["documents"], report["valid"], report["by_code"]) == (1, 1, {})


def test_an_error_ends_with_1_and_says_file_line_and_remedy(paths, run):
    folder = paths.root / "many"
    folder.mkdir()
    (folder / "good.dsl").write_text(GOOD, encoding="utf-8")
    (folder / "wrong.dsl").write_text(WRONG, encoding="utf-8")
    (folder / "rows.jsonl").write_text(json.dumps({"instruction": "x", "input": "", "output": WRONG}) + "\n", encoding="utf-8")
    done = run(folder, "--report", paths.root / "r.json")
    assert done.returncode == 1
    assert "wrong.dsl, line 6" in done.stderr and "Fix: " in done.stderr and "Traceback" not in done.stderr
    report = json.loads((paths.root / "r.json").read_text(encoding="utf-8"))
    assert (report["documents"], report["valid"]) == (3, 1)
    assert report["by_code"]["unknown-pin"]["count"] == 2
    assert {entry["document"] for entry in report["invalid"]} == {"wrong.dsl", "rows.jsonl:1"}


def test_fix_rewrites_spelling_and_order_and_keeps_the_original(paths, run):
    file = paths.root / "loose.dsl"
    file.write_text(LOOSE, encoding="utf-8")
    assert run(file, "--fix").returncode == 0
    assert file.read_text(encoding="utf-8") == render(parse(LOOSE))
    assert (paths.root / "loose.dsl.bak").read_text(encoding="utf-8") == LOOSE
    assert "rewritten" not in run(file, "--fix").stdout


def test_fix_rewrites_rows_and_leaves_their_other_fields(paths, run):
    file = paths.root / "rows.jsonl"
    rows = [{"instruction": "é", "input": "", "output": LOOSE, "extra": 1}, {"instruction": "b", "input": "", "output": GOOD}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run(file, "--fix").returncode == 0
    after = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert after == [rows[0] | {"output": render(parse(LOOSE))}, rows[1]]


def test_fix_touches_no_file_with_a_line_that_it_cannot_read(paths, run):
    file = paths.root / "broken.dsl"
    file.write_text(LOOSE + "and so on\n", encoding="utf-8")
    assert run(file, "--fix").returncode == 1
    assert file.read_text(encoding="utf-8") == LOOSE + "and so on\n"
    assert not (paths.root / "broken.dsl.bak").exists()


def test_statements_out_of_order_are_put_in_order(paths, run):
    file = paths.root / "order.dsl"
    file.write_text('BLUEPRINT: B\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: Delay\nEXEC n1.Then -> n2.Execute\nNODE n3: PrintString\n'
                    "EXEC n2.Completed -> n3.Execute\n", encoding="utf-8")
    assert run(file).returncode == 1
    assert run(file, "--fix").returncode == 0


def test_a_path_that_is_no_document_is_two_lines_with_a_remedy(paths, run):
    (paths.root / "x.txt").write_text(GOOD, encoding="utf-8")
    for name, said in (("nothing", "no such file or folder."), ("x.txt", "neither a folder nor a .dsl or .jsonl file.")):
        done = run(paths.root / name)
        problem, fix = done.stderr.splitlines()
        assert (done.returncode, problem) == (1, f"{paths.root / name}: {said}") and fix.startswith("  Fix: ")


def test_a_file_of_a_folder_that_cannot_be_read_is_named_and_the_rest_is_checked_and_fixed(paths, run):
    folder = paths.root / "many"
    folder.mkdir()
    (folder / "a.dsl").write_bytes(b"\xff\xfe\x00")
    (folder / "b.jsonl").write_bytes(b"\xb9\x91")
    (folder / "c.jsonl").write_text('{"output"\n', encoding="utf-8")
    (folder / "loose.dsl").write_text(LOOSE, encoding="utf-8")
    done = run(folder, "--fix")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert all(name in done.stderr for name in ("a.dsl", "b.jsonl", "c.jsonl:1"))
    assert "1 of 1 document is valid" in done.stdout
    assert (folder / "loose.dsl").read_text(encoding="utf-8") == render(parse(LOOSE))
    assert (folder / "b.jsonl").read_bytes() == b"\xb9\x91"


def test_a_file_that_is_not_text_is_one_clear_line(paths, run):
    (paths.root / "x.dsl").write_bytes(b"BLUEPRINT: \xff\xfe")
    done = run(paths.root / "x.dsl")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"{paths.root / 'x.dsl'}: not UTF-8 text.")


@pytest.mark.parametrize("node", ['PrintString [InString="a", instring="b", bPrintToScreen=true, PrintToScreen=false]', 'VariableSet [VarName="A", Variable="B"]'])
def test_fix_keeps_both_values_of_a_property_that_is_given_twice(paths, run, node):
    file, text = paths.root / "twice.dsl", f"BLUEPRINT: B\nVAR A: Int\nVAR B: Int\nGRAPH: EventGraph\nNODE n1: {node}\n"
    file.write_text(text, encoding="utf-8")
    done = run(file, "--fix")
    assert done.returncode == 1 and "given twice" in done.stderr
    assert file.read_text(encoding="utf-8") == text


def test_two_graphs_of_one_name_in_two_letter_cases_are_an_error_and_left_alone(paths, run):
    file, text = paths.root / "twice.dsl", GOOD + "GRAPH: eventgraph\nNODE n1: Event_Tick\n"
    file.write_text(text, encoding="utf-8")
    assert run(file).returncode == 1
    assert run(file, "--fix").returncode == 1
    assert file.read_text(encoding="utf-8") == text


def test_of_one_document_every_error_is_shown_and_of_many_the_first_of_each(paths, run):
    folder = paths.root / "many"
    folder.mkdir()
    wrong = GOOD + "one\ntwo\nthree\n"
    (folder / "a.dsl").write_text(wrong, encoding="utf-8")
    done = run(folder / "a.dsl")
    assert [f"line {line}:" in done.stderr for line in (7, 8, 9)] == [True] * 3
    (folder / "b.dsl").write_text(GOOD + "junk\n" * 30, encoding="utf-8")
    done = run(folder)
    assert done.stderr.count("a.dsl, line") == done.stderr.count("b.dsl, line") == 1
    assert "... and 10 more errors" in run(folder / "b.dsl").stdout


def test_a_folder_without_documents_is_refused_with_what_to_give(paths, run):
    folder = paths.root / "empty"
    folder.mkdir()
    done = run(folder)
    assert done.returncode == 1 and "no document to check" in done.stderr and "Fix: " in done.stderr
    (folder / "rows.jsonl").write_text("", encoding="utf-8")
    assert run(folder / "rows.jsonl").returncode == 1


def test_an_ending_may_be_written_in_any_letter_case(paths, run):
    folder = paths.root / "many"
    folder.mkdir()
    (folder / "A.DSL").write_text(LOOSE, encoding="utf-8")
    (folder / "B.Jsonl").write_text(json.dumps({"output": LOOSE}) + "\n", encoding="utf-8")
    done = run(folder, "--fix")
    assert done.returncode == 0 and "2 of 2 documents are valid" in done.stdout
    assert (folder / "A.DSL").read_text(encoding="utf-8") == render(parse(LOOSE))
    assert run(folder / "A.DSL").returncode == 0
