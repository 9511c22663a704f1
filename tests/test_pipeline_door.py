"""Doors: exit codes, clear errors, help without heavy imports."""

import argparse
import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode
from pipeline.paths import SCRIPTS

WORKER = Path(__file__).with_name("tiny_worker.py")
DOORS = sorted(SCRIPTS.glob("[0-9][0-9]_*.py"))
HEAVY = ("torch", "transformers", "peft", "trl", "matplotlib", "datasets", "bitsandbytes", "numpy")

pytestmark = pytest.mark.usefixtures("script_environment")


def run(script: Path, *arguments: object, **more) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, script, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", timeout=60, **more)


def behave(paths, behaviour: str) -> subprocess.CompletedProcess:
    (paths.root / "behaviour.json").write_text(json.dumps({"step": behaviour}))
    return run(WORKER, "step", "--project", paths.root)


def test_what_the_user_can_mend_is_two_lines_without_traceback(paths):
    ended = behave(paths, "user_error")
    assert (ended.returncode, ended.stderr) == (1, "the input is empty.\n  Fix: export it again.\n")


def test_a_mistake_of_the_program_shows_its_traceback(paths):
    ended = behave(paths, "program_error")
    assert ended.returncode == 1 and "Traceback" in ended.stderr and "TypeError" in ended.stderr


@pytest.mark.parametrize(("error", "said"), [
    (FileNotFoundError(errno.ENOENT, "gone", "a.txt"), "a.txt: no such file or folder."),
    (IsADirectoryError(errno.EISDIR, "is one", ".b.tmp", None, "b.txt"), "b.txt: this is a folder, not a file."),
    (PermissionError(errno.EACCES, "no", Path("c.txt")), "c.txt: not allowed to read or write here."),
    (OSError(errno.ELOOP, "Too many links", b"d.txt"), "d.txt: Too many links.")])
def test_an_error_about_a_file_names_it_with_a_remedy(capsys, error, said):
    def main(args: argparse.Namespace) -> ExitCode:
        raise error

    with pytest.raises(SystemExit) as ended:
        run_door(main, build_parser("x"), [])
    problem, fix = capsys.readouterr().err.splitlines()
    assert (ended.value.code, problem) == (1, said) and fix.startswith("  Fix: ")


@pytest.mark.parametrize("error", [OSError("a library's own"), OSError(errno.EBADF, "bad", 3)])
def test_an_error_that_names_no_file_keeps_its_traceback(capsys, error):
    def main(args: argparse.Namespace) -> ExitCode:
        raise error

    with pytest.raises(SystemExit):
        run_door(main, build_parser("x"), [])
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named_with_the_space_left(paths):
    ended = behave(paths, "disk_full")
    assert ended.returncode == 1 and ended.stderr.startswith("DISK_FULL: no space left") and "Fix:" in ended.stderr


def test_bad_usage_exits_64():
    for arguments in (["step", "--no-such-option"], ["step", "--project", "no such folder"], []):
        assert run(WORKER, *arguments).returncode == 64


def test_ctrl_c_exits_with_the_stopped_code(paths):
    (paths.root / "behaviour.json").write_text('{"step": "hang"}')
    with open(paths.root / "errors.txt", "w") as errors:
        process = subprocess.Popen([sys.executable, WORKER, "step", "--project", paths.root], stderr=errors)
    while not (paths.root / "pids.txt").exists() or not (paths.root / "pids.txt").read_text():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 3 and (paths.root / "errors.txt").read_text() == "Interrupted.\n"
    os.kill(int((paths.root / "pids.txt").read_text().split()[1]), signal.SIGKILL)


def test_output_is_utf8_in_any_code_page(paths):
    ended = subprocess.run([sys.executable, "-c", "from pipeline.door import build_parser; build_parser('x'); print('T\\xfcr \\u2192 21')"],
                           capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"}, check=True)
    assert ended.stdout.decode("utf-8").strip() == "Tür → 21"


def test_a_reader_that_goes_away_is_no_error():
    shell = [sys.executable, "-c", "import sys; from pipeline.door import *\n"
             "def main(args):\n    print('x\\n' * 10**6)\n    return ExitCode.OK\nrun_door(main, build_parser('x'), [])"]
    process = subprocess.Popen(shell, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait(20) == 0


def test_the_orchestrator_refuses_what_cannot_work_before_it_starts(paths):
    orchestrator = SCRIPTS / "11_pipeline_orchestrator.py"
    assert run(orchestrator, "--project", paths.root).returncode == 64
    missing = run(orchestrator, "--eval-only", "--project", paths.root)
    assert missing.returncode == 1 and missing.stderr.startswith("No trained model") and missing.stderr.count("\n") == 2
    paths.config_file.write_text('{"training": {"epoch": 3}}')
    typo = run(orchestrator, "--full", "--project", paths.root)
    assert (typo.returncode, typo.stderr) == (1, "pipeline_config.json:1: training: unknown key 'epoch'.\n  Fix: did you mean 'epochs'?\n")
    assert not paths.state_file.exists()


def test_stop_and_status_work_in_an_empty_project(paths):
    signal_door = SCRIPTS / "15_stop_signal.py"
    assert "idle" in run(signal_door, "status", "--project", paths.root).stdout
    stopped = run(signal_door, "stop", "--project", paths.root)
    assert stopped.returncode == 0 and paths.stop_file.exists()
    assert "No run of the pipeline is working" in stopped.stdout and "the next run ends at once" in stopped.stdout
    assert str(paths.stop_file) in stopped.stdout and f"15_stop_signal.py --project '{paths.root}' resume" in stopped.stdout
    assert "a stop is requested" in run(signal_door, "status", "--project", paths.root).stdout
    resumed = run(signal_door, "resume", "--project", paths.root)
    assert resumed.returncode == 0 and "Nothing to take up" in resumed.stdout and not paths.stop_file.exists()


@pytest.mark.parametrize("door", ["10", "19"])
def test_advised_commands_name_the_project(paths, door):
    ended = run(next(SCRIPTS.glob(f"{door}_*.py")), "--project", paths.root)
    shown = " ".join(ended.stdout.split())
    assert f"--project '{paths.root}'" in shown, shown


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_help_is_the_docstring_and_imports_nothing_heavy(door):
    before = os.times()
    ended = subprocess.run([sys.executable, "-X", "importtime", door, "--help"], capture_output=True, text=True, encoding="utf-8", check=True)
    after = os.times()
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines()}
    assert not imported & set(HEAVY)
    for heading in ("Reads", "Usage", "Exit", "--project"):
        assert heading in ended.stdout
    # Processor time, since the wall time of a busy machine says nothing about the script.
    assert after.children_user - before.children_user + after.children_system - before.children_system < 1.0
