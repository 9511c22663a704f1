"""Door 05 as users run it."""

import subprocess
import sys
from pathlib import Path

import pytest
from pipeline.paths import REPOSITORY, SCRIPTS
from utils.dsl_parser import parse

SAMPLES = sorted((REPOSITORY / "raw-data" / "clipboard-exports").glob("sample_*.txt"))


@pytest.fixture
def run(tmp_path: Path, script_environment: None):
    def run_door(*arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, str(SCRIPTS / "05_auto_translate_export.py"), *map(str, arguments), "--project", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    return run_door


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "raw-data" / "clipboard-exports"
    (folder / "deep").mkdir(parents=True)
    (folder / "door.txt").write_bytes(SAMPLES[0].read_bytes())
    (folder / "deep" / "menu.txt").write_bytes(SAMPLES[3].read_bytes())
    return folder


def documents(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "cleaned-data" / "parsed-blueprints"
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in folder.rglob("*.dsl")}


def test_a_folder_is_translated_in_its_places_with_a_table(run, exports, tmp_path):
    result = run()
    assert (result.returncode, result.stderr) == (0, "")
    assert set(documents(tmp_path)) == {"door.dsl", "deep/menu.dsl"}
    assert all(parse(text).graphs for text in documents(tmp_path).values())
    assert "2 files" in result.stdout and "translated" in result.stdout


def test_one_file_goes_where_it_is_told(run, exports, tmp_path):
    assert run(exports / "door.txt", "--output", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "door.dsl").exists()


def test_what_is_known_is_left_alone_and_what_has_changed_is_not(run, exports, tmp_path):
    run()
    door = tmp_path / "cleaned-data" / "parsed-blueprints" / "door.dsl"
    before = door.stat().st_mtime_ns
    (exports / "deep" / "menu.txt").write_bytes(SAMPLES[2].read_bytes())
    result = run()
    assert door.stat().st_mtime_ns == before and "unchanged" in result.stdout
    assert "LightShow" in documents(tmp_path)["deep/menu.dsl"]


def test_a_content_is_translated_once(run, exports, tmp_path):
    (exports / "zz_copy.txt").write_bytes(SAMPLES[0].read_bytes())
    result = run()
    assert set(documents(tmp_path)) == {"door.dsl", "deep/menu.dsl"} and "duplicate" in result.stdout


def test_documents_of_exports_that_are_gone_go_too_unless_somebody_edited_them(run, exports, tmp_path):
    run()
    edited = tmp_path / "cleaned-data" / "parsed-blueprints" / "deep" / "menu.dsl"
    edited.write_text(edited.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    for file in exports.rglob("*.txt"):
        file.rename(exports / f"new_{file.name}") if file.name == "door.txt" else file.unlink()
    run()
    assert set(documents(tmp_path)) == {"new_door.dsl", "deep/menu.dsl"}


@pytest.mark.parametrize(("data", "said"), [
    (b"", "The file is empty."), (b"\x89PNG\r\n" + bytes(range(256)) * 30, "This is not a text file."), (b"hello", "There is no node"),
    (b'Begin Object Class=/Script/UnrealEd.MaterialGraphNode Name="A"\nEnd Object', "This is a material graph (material)")])
def test_a_bad_file_is_one_clear_finding_and_the_others_are_done(run, exports, tmp_path, data, said):
    (exports / "bad.txt").write_bytes(data)
    result = run()
    assert result.returncode == 1 and set(documents(tmp_path)) == {"door.dsl", "deep/menu.dsl"}
    problem, fix = result.stderr.splitlines()
    assert "bad.txt: " in problem and said in problem and fix.startswith("  Fix: ")
    assert run().stderr == result.stderr


def test_a_damaged_file_is_translated_and_its_damage_told_with_the_line(run, exports, tmp_path):
    (exports / "cut.txt").write_bytes(SAMPLES[1].read_bytes()[:-600])
    result = run()
    assert result.returncode == 1 and "cut.txt: damaged, so it gives no training rows: line " in result.stderr and "cut.dsl" in documents(tmp_path)


def test_an_export_that_is_cut_off_gives_no_training_rows_and_is_said_to_give_none(run, exports, tmp_path):
    whole = run("--training")
    rows = tmp_path / "cleaned-data" / "rows" / "exports.jsonl"
    before = rows.read_text(encoding="utf-8")
    (exports / "half.txt").write_bytes(SAMPLES[1].read_bytes()[:-600])
    assert whole.returncode == 0 and before
    for _ in range(2):  # the second finds it in the manifest
        result = run("--training")
        assert result.returncode == 1 and "half.dsl" in documents(tmp_path) and rows.read_text(encoding="utf-8") == before
        problem, fix = result.stderr.splitlines()
        assert "half.txt: damaged, so it gives no training rows: line " in problem and fix.startswith("  Fix: copy the node")
        assert "half.txt        damaged " in result.stdout and "no row from 1 damaged export: copy the nodes" in result.stdout


def test_what_a_copy_leaves_out_is_no_damage(run, exports, tmp_path):
    text = SAMPLES[0].read_text(encoding="utf-8-sig")
    (exports / "door.txt").write_text(text + '\nBegin Object Class=/Script/UnrealEd.MaterialGraphNode Name="M"\nEnd Object\n', encoding="utf-8")
    result = run("--training")
    assert "is left out" in result.stderr and "damaged" not in result.stdout
    assert "door.dsl" in (tmp_path / "cleaned-data" / "rows" / "exports.jsonl").read_text(encoding="utf-8")


def test_two_exports_of_one_name_keep_a_document_each(run, exports, tmp_path):
    (exports / "door.t3d").write_bytes(SAMPLES[2].read_bytes())
    run()
    assert {"door.dsl", "door_2.dsl"} <= set(documents(tmp_path))


def test_a_missing_folder_is_told_with_a_remedy(run, tmp_path):
    result = run(tmp_path / "nowhere")
    assert result.returncode == 1 and "no such file or folder" in result.stderr and "Fix:" in result.stderr


def test_a_damaged_manifest_is_reported_and_kept(run, exports, tmp_path):
    run()
    manifest = tmp_path / "cleaned-data" / "parsed-blueprints" / ".translated.json"
    manifest.write_text("{", encoding="utf-8")
    result = run()
    assert result.returncode == 1 and "not valid JSON" in result.stderr and manifest.read_text(encoding="utf-8") == "{"


def test_a_file_where_the_output_folder_should_be_is_one_clear_line(run, exports, tmp_path):
    (tmp_path / "plain").write_text("")
    result = run("--output", tmp_path / "plain")
    assert (result.returncode, result.stderr.splitlines()[0]) == (1, f"{tmp_path / 'plain'}: a file stands where a folder is needed.")
    assert "Fix:" in result.stderr and "Traceback" not in result.stderr
