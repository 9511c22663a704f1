"""The one writer: a reader sees the old text or the new, and a failure at any point leaves one of them whole."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_handler import UserError
from pipeline.store import append_jsonl, read_json, read_jsonl, write_json, write_jsonl, write_text

READER = """
import json, sys
file, seen = sys.argv[1], set()
print("ready", flush=True)
while True:
    with open(file, encoding="utf-8") as f:
        document = json.load(f)
    assert len(set(document["numbers"])) == 1, "a mixture of two versions"
    seen.add(document["numbers"][0])
    if document["numbers"][0] == -1:
        print(len(seen))
        break
"""


def test_a_reader_never_sees_half_a_file(tmp_path):
    file = tmp_path / "state.json"
    write_json(file, {"numbers": [0] * 5000})
    reader = subprocess.Popen([sys.executable, "-c", READER, file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "ready\n"
    for number in [*range(300), -1]:
        write_json(file, {"numbers": [number] * 5000}, durable=False)
    versions, errors = reader.communicate(timeout=20)
    assert reader.returncode == 0, errors
    assert int(versions) > 3, "the reader must have read while the writer wrote"


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_failing_write_leaves_the_old_text_and_no_scraps(tmp_path, monkeypatch, call):
    """Fails the first call of its kind, then the second, and so on until the write passes."""
    file, real = tmp_path / "state.json", getattr(os, call)
    write_text(file, "old")
    for nth in range(1, 10):
        calls = []

        def failing(*args, nth=nth, calls=calls, **more):
            calls.append(args)
            if len(calls) == nth:
                raise OSError(5, "input/output error")
            return real(*args, **more)

        monkeypatch.setattr(os, call, failing)
        try:
            write_text(file, "new")
            passed = True
        except OSError:
            passed = False
        monkeypatch.setattr(os, call, real)
        assert file.read_text() in ("old", "new") and os.listdir(tmp_path) == ["state.json"]
        if passed:
            break
        write_text(file, "old")
    assert nth > 1 and file.read_text() == "new"


def test_a_file_held_for_a_moment_is_waited_for_as_windows_needs(tmp_path, monkeypatch):
    """Windows' errors, raised in its place: sharing violations for the first three tries."""
    file, real, tries = tmp_path / "state.json", os.replace, []

    def held(*args):
        tries.append(args)
        if len(tries) <= 3:
            error = PermissionError(13, "held by another process")
            error.winerror = 32
            raise error
        return real(*args)

    monkeypatch.setattr(os, "replace", held)
    write_text(file, "new")
    assert file.read_text() == "new" and len(tries) == 4


@given(st.lists(st.dictionaries(st.text(), st.text()), max_size=5), st.lists(st.dictionaries(st.text(), st.text()), max_size=5))
def test_what_was_appended_is_read_back(tmp_path_factory, first, second):
    file = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    write_jsonl(file, first)
    append_jsonl(file, second)
    assert list(read_jsonl(file)) == first + second


def test_the_torn_last_line_of_a_killed_writer_costs_that_line_only(tmp_path):
    file = tmp_path / "rows.jsonl"
    append_jsonl(file, [{"n": 1}, {"n": 2}])
    whole = file.read_bytes()
    for cut in range(len(whole) - 8, len(whole)):
        file.write_bytes(whole[:cut])
        kept = list(read_jsonl(file))
        assert kept[0] == {"n": 1} and kept in ([{"n": 1}], [{"n": 1}, {"n": 2}])
        append_jsonl(file, [{"n": 3}])
        assert list(read_jsonl(file)) == [*kept, {"n": 3}]


def test_a_broken_line_in_the_middle_is_named(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"n": 1}\nbroken\n{"n": 3}\n')
    with pytest.raises(UserError, match=r"rows\.jsonl:2"):
        list(read_jsonl(file))


def test_a_newer_schema_and_a_broken_file_are_refused_and_kept(tmp_path):
    file = tmp_path / "state.json"
    for text, problem in (('{"schema_version": 9}', "newer"), ("{", "not valid JSON"), ("\udcff", "not valid JSON")):
        file.write_bytes(text.encode("utf-8", errors="surrogateescape"))
        with pytest.raises(UserError, match=problem):
            read_json(file, newest_schema=1)
        assert file.read_bytes() == text.encode("utf-8", errors="surrogateescape")


def test_a_rewritten_file_keeps_its_permissions_and_a_new_one_is_readable_for_all(tmp_path):
    if os.name == "nt":
        pytest.skip("Windows has no such permissions")
    file = tmp_path / "page.html"
    write_text(file, "a")
    assert file.stat().st_mode & 0o777 == 0o644
    file.chmod(0o600)
    write_text(file, "b")
    assert file.stat().st_mode & 0o777 == 0o600


@dataclass
class Inner:
    place: Path
    counts: Counter


@dataclass
class Outer:
    inner: list[Inner]
    schema_version: int = 1


def test_dataclasses_within_dataclasses_become_plain_objects(tmp_path):
    write_json(tmp_path / "outer.json", Outer([Inner(Path("a") / "b", Counter("aab"))]))
    assert read_json(tmp_path / "outer.json") == {"inner": [{"place": "a/b", "counts": {"a": 2, "b": 1}}], "schema_version": 1}


def test_text_is_utf8_with_plain_line_ends(tmp_path):
    file = Path(tmp_path / "text.json")
    write_json(file, {"name": "Türöffner"})
    assert json.loads(file.read_bytes().decode("utf-8")) == {"name": "Türöffner"} and b"\r" not in file.read_bytes()
    assert "Türöffner" in file.read_text(encoding="utf-8")


def test_half_a_letter_is_refused_in_one_line_and_the_old_text_stays(tmp_path):
    file = tmp_path / "door.txt"
    write_text(file, "old")
    with pytest.raises(UserError, match=r"door.txt: the text holds '\\ud800'"):
        write_text(file, "a\ud800b")
    assert file.read_text() == "old" and os.listdir(tmp_path) == ["door.txt"]


def test_a_name_as_long_as_the_disk_takes_can_be_written(tmp_path):
    write_text(tmp_path / ("n" * 250), "x")
    assert os.listdir(tmp_path) == ["n" * 250]
