"""Back up the project at intervals, for as long as this script runs; nothing is written while nothing has changed.

Reads    what a manual backup reads
Writes   backups/scheduled_<time>/, the last 5 of them
Usage    python scripts/17_scheduled_backup.py --interval 6
         python scripts/17_scheduled_backup.py --once
Exit     0 done, 1 the backup failed (with --once), 3 ended by Ctrl-C, 64 bad usage
"""

import argparse
import sys
import time

from backup_utils import create_backup, is_unchanged, tidy
from error_handler import UserError
from pipeline.config import load_config
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode
from pipeline.paths import Paths
from pipeline.wording import counted

HOUR_S = 3600


def main(args: argparse.Namespace) -> ExitCode:
    back_up = back_up_once if args.once else back_up_or_warn
    back_up(args.project)
    while not args.once:
        time.sleep(args.interval * HOUR_S)
        back_up(args.project)
    return ExitCode.OK


def back_up_once(paths: Paths) -> None:
    if is_unchanged(paths, "scheduled"):
        print("Nothing has changed since the last scheduled backup.")
        return
    backup = create_backup(paths, "scheduled")
    print(f"{backup.label}: {counted(len(backup.files), 'file')}, {backup.bytes / 2**20:.1f} MiB", flush=True)
    for problem in tidy(paths, load_config(paths).backup.mirror_folder)[1]:
        print(f"WARNING: {problem}", file=sys.stderr)


def back_up_or_warn(paths: Paths) -> None:
    """A full disk tonight must not end the backups of the nights to come."""
    try:
        back_up_once(paths)
    except (UserError, OSError) as error:
        print(f"WARNING: no backup this time: {error}", file=sys.stderr)


def hours(text: str) -> float:
    if not 0 < (value := float(text)) <= 10_000:
        raise ValueError
    return value


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    when = options.add_mutually_exclusive_group(required=True)
    when.add_argument("--interval", type=hours, metavar="HOURS", help="time between backups")
    when.add_argument("--once", action="store_true", help="one backup, then end (for a scheduler)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
