"""07 run as people run it, with what they get wrong: told in one line with a remedy, and before anything of the model is loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.paths import SCRIPTS
from pipeline.system_clipboard import copy_to_clipboard

DOOR = SCRIPTS / "07_inference.py"


@pytest.fixture
def run(paths, tmp_path, script_environment, monkeypatch):
    """The door in a process in which torch cannot be imported."""
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "torch.py").write_text("raise RuntimeError('the model is being loaded')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "blocked"))

    def start(*arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, str(DOOR), *map(str, arguments), "--project", str(paths.root)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
        assert "Traceback" not in done.stderr and "Errno" not in done.stderr, done.stderr
        return done
    return start


def refused(done: subprocess.CompletedProcess, told: str) -> None:
    assert done.returncode == 1 and told in done.stderr and "\n  Fix: " in done.stderr and not done.stdout, done.stderr


@pytest.fixture
def prompts(tmp_path) -> Path:
    file = tmp_path / "prompts.txt"
    file.write_text("Print Hello\n\nPrint Bye\n", encoding="utf-8-sig")
    return file


@pytest.mark.parametrize("prompt", ["", " \n\t"])
def test_an_empty_prompt_is_refused(run, prompt):
    refused(run("--prompt", prompt), "--prompt is empty")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_batch_without_prompts_is_refused(run, prompts, text):
    prompts.write_text(text, encoding="utf-8")
    refused(run("--batch", prompts), "no prompt in it")


def test_files_are_read_before_the_model(run, tmp_path, prompts):
    missing, undecodable = tmp_path / "missing.txt", tmp_path / "latin.txt"
    undecodable.write_bytes("Drücke".encode("latin-1"))
    for given in (["--batch"], ["--prompt", "Print Hello", "--change"]):
        refused(run(*given, missing), f"{missing}: no such file or folder.")
        refused(run(*given, undecodable), f"{undecodable}: not UTF-8 text.")


def test_a_clipboard_without_a_program_is_told_before_the_model(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(run("--prompt", "Print Hello", "--copy"), "this system has no clipboard")


def test_a_bad_configuration_is_told_before_the_model(run, paths):
    paths.config_file.write_text(json.dumps({"lora": {"rnak": 8}}), encoding="utf-8")
    refused(run("--prompt", "Print Hello"), "unknown key 'rnak'")


@pytest.mark.parametrize("given, told", [(["--copy"], "--copy takes one answer"), (["--format", "clipboard"], "a file for each answer"),
                                         (["--format", "clipboard", "--output", "{file}"], "a file stands where a folder is needed"),
                                         (["--format", "html", "--output", "{folder}"], "this is a folder"), (["--output", "{folder}"], "this is a folder")])
def test_a_batch_that_could_not_be_written_is_refused(run, prompts, tmp_path, given, told):
    refused(run("--batch", prompts, *(one.format(file=prompts, folder=tmp_path) for one in given)), told)


@pytest.mark.parametrize("given", [["--candidates", "0"], ["--candidates", "-3"], ["--rows", "0"], ["--budget", "0"], ["--budget", "x"],
                                   ["--timeout", "0"], ["--timeout", "nan"]])
def test_numbers_below_one_are_bad_usage(run, given):
    done = run("--prompt", "Print Hello", *given)
    assert done.returncode == 64 and given[0] in done.stderr


def test_what_is_right_goes_on_to_the_model(paths, run, prompts):
    with pytest.raises(AssertionError, match="the model is being loaded"):
        run("--batch", prompts, "--candidates", "2")


def test_help_tells_the_words_of_a_conversation(run):
    told = run("--help").stdout
    assert "+ now make it loop" in told and "again" in told and "quit, exit, an empty line" in told


@pytest.mark.skipif(sys.platform != "linux", reason="the program is a script of a Unix shell")
def test_a_clipboard_program_that_stays_in_the_background_is_not_waited_for(tmp_path, monkeypatch):
    program = tmp_path / "xclip"
    program.write_text(f'#!/bin/sh\n/bin/cat > "{tmp_path}/copied"\n/bin/sleep 30 &\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")  # pyperclip looks for programs with `which`
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    copy_to_clipboard("Größe")
    assert (tmp_path / "copied").read_text(encoding="utf-8") == "Größe"
