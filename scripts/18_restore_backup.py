"""Put a backup's files back; what lies there now goes into a safety backup first.

Reads    backups/ and backup.mirror_folder
Writes   the files that the backup holds, backups/pre_restore_<time>/
Usage    python scripts/18_restore_backup.py --list
         python scripts/18_restore_backup.py --restore manual_20260101-020000
Exit     0 done, 1 no such backup, damaged, or a run is working; 3 not confirmed, 64 bad usage
"""

import argparse
import sys
from pathlib import Path

from backup_utils import Backup, damages, find_backup, list_backups, mirror_folder, restore
from error_handler import UserError
from pipeline.config import load_config
from pipeline.door import build_parser, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.paths import Paths
from pipeline.wording import counted


def main(args: argparse.Namespace) -> ExitCode:
    places = backup_places(args.project)
    if args.list:
        print_verified(places)
        return ExitCode.OK
    folder, backup = find_backup(args.restore, places)
    refuse_under_a_run(args.project)
    if not args.yes and not is_confirmed(args.project, backup):
        print("Nothing was restored.")
        return ExitCode.STOPPED
    safety = restore(args.project, folder, backup, lambda files: track(files, "restoring"))
    print(f"{counted(len(backup.files), 'file')} of {backup.label} restored; what lay there before is in {safety.label}")
    return ExitCode.OK


def backup_places(paths: Paths) -> list[Path]:
    second = mirror_folder(load_config(paths).backup.mirror_folder)
    return [paths.backups, *([second] if second else [])]


def print_verified(places: list[Path]) -> None:
    for folder in places:
        for backup in track(list_backups(folder), f"checking {folder}"):
            wrong = damages(folder, backup)
            print(f"{backup.label:<36} {backup.created[:19]} {len(backup.files):>6} files  " + (f"DAMAGED: {wrong[0]}" if wrong else "good"))


def refuse_under_a_run(paths: Paths) -> None:
    from pipeline.lock import running

    if record := running(paths):
        raise UserError(f"A run is working (pid {record.owner.pid}): it would mix its files with the restored ones.",
                        "stop it first: python scripts/15_stop_signal.py stop")


def is_confirmed(paths: Paths, backup: Backup) -> bool:
    if not sys.stdin.isatty():
        raise UserError("Restoring overwrites files, and there is no terminal to ask on.", "add --yes.")
    version = f", model v{backup.model_version}" if backup.model_version else ""
    answer = input(f"Overwrite {counted(len(backup.files), 'file')} in {paths.root} with those of {backup.created[:19]} UTC{version}? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--list", action="store_true", help="list the backups and check every file of them")
    what.add_argument("--restore", metavar="LABEL", help="the backup to restore")
    options.add_argument("--yes", action="store_true", help="do not ask")
    return options


if __name__ == "__main__":
    run_door(main, parser())
