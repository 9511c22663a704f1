"""A step of the tests' tiny pipeline: it reads, writes and misbehaves as the project's behaviour.json says.

Usage    python tiny_worker.py STEP [--reads FILE ...] [--writes FILE] [--resume]
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, report_finding, run_door
from pipeline.exit_codes import ExitCode
from pipeline.store import read_json
from pipeline.stop import consume_stop, is_stop_requested
from pipeline_logger import write_heartbeat


def main(args: argparse.Namespace) -> ExitCode:
    root = args.project.root
    with open(root / "trace.txt", "a", encoding="utf-8") as trace:
        trace.write(args.step + (" --resume" if args.resume else "") + "\n")
    behaviours = read_json(root / "behaviour.json") if (root / "behaviour.json").exists() else {}
    code = BEHAVIOURS[behaviours.get(args.step, "work")](args)
    if args.writes:
        args.writes.write_text("".join(file.read_text() for file in args.reads) + args.step + "\n")
    return code


def work(args: argparse.Namespace) -> ExitCode:
    return ExitCode.OK


def user_error(args: argparse.Namespace) -> ExitCode:
    raise UserError("the input is empty.", "export it again.")


def program_error(args: argparse.Namespace) -> ExitCode:
    raise TypeError("a mistake in the program")


def network_error(args: argparse.Namespace) -> ExitCode:
    raise ConnectionResetError("the line is down")


def network_error_once(args: argparse.Namespace) -> ExitCode:
    tried = args.project.root / "tried"
    if tried.exists():
        return ExitCode.OK
    tried.touch()
    return network_error(args)


def crash(args: argparse.Namespace) -> ExitCode:
    os._exit(77)


def disk_full(args: argparse.Namespace) -> ExitCode:
    with open("/dev/full", "w") as full:
        full.write("x")
    return ExitCode.OK


def finding(args: argparse.Namespace) -> ExitCode:
    report_finding("bad.txt: empty.", "export it again.")
    return ExitCode.FAILED


def hang(args: argparse.Namespace) -> ExitCode:
    """Hang together with a grandchild; both pids are left for the test."""
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (args.project.root / "pids.txt").write_text(f"{os.getpid()} {grandchild.pid}")
    time.sleep(600)
    return ExitCode.OK


def hang_once(args: argparse.Namespace) -> ExitCode:
    return ExitCode.OK if (args.project.root / "pids.txt").exists() else hang(args)


def beat_slowly(args: argparse.Namespace) -> ExitCode:
    """Work for longer than a stall takes, with a sign of life now and then."""
    for _ in range(3):
        time.sleep(1.05)
        write_heartbeat()
    return ExitCode.OK


def until_stopped(args: argparse.Namespace) -> ExitCode:
    while not is_stop_requested(args.project):
        time.sleep(0.02)
    consume_stop(args.project)
    return ExitCode.STOPPED


BEHAVIOURS = {f.__name__: f for f in (work, user_error, program_error, network_error, network_error_once, crash, disk_full, finding,
                                      hang, hang_once, beat_slowly, until_stopped)}


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("step")
    options.add_argument("--reads", type=Path, nargs="*", default=[])
    options.add_argument("--writes", type=Path)
    options.add_argument("--resume", action="store_true")
    return options


if __name__ == "__main__":
    run_door(main, parser())
