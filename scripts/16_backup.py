"""Back up the project, list the backups, or drop those that retention does not keep.

Kept for ever: manual, train_complete, exam_complete, lesson_merged. The last 5 scheduled, 3 pre_train, 5 pre_restore.

Reads    settings, lessons, exports, rows, data sets, results, the newest and the best adapter
Writes   backups/<label>/ with a manifest of sizes and hashes, and a copy in backup.mirror_folder
Usage    python scripts/16_backup.py
         python scripts/16_backup.py --list
         python scripts/16_backup.py --cleanup
Exit     0 done, 1 no space or a backup is unreadable, 64 bad usage
"""

import argparse
import sys

from backup_utils import KINDS, create_backup, damages, list_backups, tidy
from error_handler import UserError
from pipeline.config import load_config
from pipeline.door import build_parser, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.paths import Paths
from pipeline.wording import counted
from pipeline_logger import get_logger


def main(args: argparse.Namespace) -> ExitCode:
    if args.list:
        print_backups(args.project)
    elif not args.cleanup:
        back_up(args.project, args.kind)
    if not args.list:
        clean_up(args.project)
    return ExitCode.OK


def back_up(paths: Paths, kind: str) -> None:
    number = {"pre_train": "4.1", "train_complete": "4.7", "exam_complete": "6.7", "lesson_merged": "8.5"}.get(kind, "5.6")
    with get_logger(step_prefix=number).step(number, f"Back up ({kind})"):
        backup = create_backup(paths, kind, progress=lambda files: track(files, "copying"))
        if wrong := damages(paths.backups, backup):
            raise UserError(f"The new backup {backup.label} cannot be read back: {wrong[0]}.", "check the disk, then run this again.")
    print(f"{backup.label}: {counted(len(backup.files), 'file')}, {backup.bytes / 2**20:.1f} MiB")


def clean_up(paths: Paths) -> None:
    dropped, problems = tidy(paths, load_config(paths).backup.mirror_folder)
    for label in dropped:
        print(f"dropped {label}")
    for problem in problems:
        print(f"WARNING: {problem}", file=sys.stderr)


def print_backups(paths: Paths) -> None:
    backups = list_backups(paths.backups)
    for backup in backups:
        version = f"v{backup.model_version}" if backup.model_version else "-"
        print(f"{backup.label:<36} {backup.created[:19]}  {version:>5} {len(backup.files):>6} files {backup.bytes / 2**20:>9.1f} MiB")
    print(f"{counted(len(backups), 'backup')} in {paths.backups}")


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    what = options.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the backups")
    what.add_argument("--cleanup", action="store_true", help="only drop what retention does not keep, and update the mirror")
    what.add_argument("--kind", choices=KINDS, default="manual", help="what the backup is for (default: manual)")
    return options


if __name__ == "__main__":
    run_door(main, parser())
