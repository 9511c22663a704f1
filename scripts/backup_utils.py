"""Snapshots of a project: taken, verified, mirrored, pruned, restored.

A backup is a folder under backups/ that holds the files as they lay in the project, and a manifest with their sizes and
hashes, written last. It is copied under a hidden name and renamed when complete, and un-named before it is deleted, so
that a folder with a backup's name is a whole backup whenever the work was interrupted.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from error_handler import UserError
from pipeline.best_model import best_version
from pipeline.hashes import FileHashes, files_under
from pipeline.paths import Paths
from pipeline.store import read_json, replace_file, sha256_file, write_json

BACKUP_SCHEMA = 1
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished-"
UNFINISHED_LIFE_S = 24 * 3600
"""An older unfinished folder belongs to no living copy."""
SPARE_BYTES = 64 * 2**20
KEPT = {"scheduled": 5, "pre_train": 3, "pre_restore": 5}
"""How many of a kind stay; milestones stay for ever."""
MILESTONES = ("train_complete", "exam_complete", "lesson_merged", "manual")
KINDS = (*MILESTONES, *KEPT)
WINDOWS_MIRROR = Path("D:/BlueprintLLMBackup")


@dataclass(frozen=True)
class BackedUpFile:
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """One complete snapshot, as its manifest says."""

    label: str
    kind: str
    created: str
    model_version: int | None
    files: list[BackedUpFile] = field(default_factory=list)
    schema_version: int = BACKUP_SCHEMA

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def contents(paths: Paths, kind: str) -> list[Path]:
    """What a kind of backup holds, as files."""
    newest, best = paths.newest_model(), best_version(paths)
    models = {"pre_train": {best}, "train_complete": {newest and newest[0]}, "manual": {best, newest and newest[0]}}
    settings = [paths.config_file, paths.state_file]
    curriculum = [paths.lessons, paths.rows, paths.datasets]
    outcomes = [paths.results, paths.health_report, paths.training_history]
    places = {"pre_train": [*settings, *curriculum], "train_complete": [*settings, *curriculum, paths.training_history],
              "lesson_merged": curriculum, "exam_complete": [*settings, *outcomes, paths.lessons],
              "manual": [*settings, *curriculum, *outcomes, paths.root / "raw-data", paths.parsed_blueprints]}
    kind = "manual" if kind == "scheduled" else kind
    versions = sorted(version for version in models.get(kind, ()) if version)
    return _files([*places[kind], *(part for version in versions for part in _model_parts(paths.model_folder(version)))])


def _model_parts(folder: Path) -> list[Path]:
    """The adapter and its records, without checkpoints: they serve only the training they belong to."""
    return [part for part in folder.iterdir() if not part.name.startswith("checkpoint-")]


def _files(places: Iterable[Path]) -> list[Path]:
    return sorted({file for place in places for file in files_under(place)})


def create_backup(paths: Paths, kind: str, files: list[Path] | None = None,
                  progress: Callable[[list[Path]], Iterable[Path]] = iter) -> Backup:
    """Take a snapshot of the files (default: the contents of the kind); `progress` wraps the list of files as it is worked off."""
    files = contents(paths, kind) if files is None else files
    _refuse_when_full(paths, files)
    newest = paths.newest_model()
    label = _free_label(paths, kind)
    folder = paths.backups / (UNFINISHED + label)
    folder.mkdir(parents=True)
    copied = [_copy(file, folder / paths.relative(file), paths.relative(file)) for file in progress(files)]
    backup = Backup(label, kind, datetime.now(UTC).isoformat(timespec="milliseconds"), newest[0] if newest else None, copied)
    _complete(folder, backup)
    return backup


def _refuse_when_full(paths: Paths, files: list[Path]) -> None:
    paths.backups.mkdir(parents=True, exist_ok=True)
    needed, free = sum(file.stat().st_size for file in files), shutil.disk_usage(paths.backups).free
    if needed + SPARE_BYTES > free:
        raise UserError(f"The backup needs {needed / 2**20:.0f} MiB, but only {free / 2**20:.0f} MiB are free in {paths.backups}.",
                        "free space, or drop old backups: python scripts/16_backup.py --cleanup")


def _free_label(paths: Paths, kind: str) -> str:
    stem = f"{kind}_{datetime.now(UTC):%Y%m%d-%H%M%S}"
    taken = {folder.name.removeprefix(UNFINISHED) for folder in paths.backups.iterdir()}
    return next(label for label in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if label not in taken)


def _copy(source: Path, target: Path, name: str) -> BackedUpFile:
    """Copy and hash what was copied, in one reading: the source may change under a running pipeline."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(source, "rb") as read, open(target, "wb") as write:
        while chunk := read.read(2**20):
            digest.update(chunk)
            size += write.write(chunk)
    shutil.copystat(source, target)
    return BackedUpFile(name, size, digest.hexdigest())


def _complete(folder: Path, backup: Backup) -> None:
    """Make the files safe on disk, then write the manifest, then give the folder its name."""
    if hasattr(os, "sync"):
        os.sync()
    write_json(folder / MANIFEST, asdict(backup))
    os.rename(folder, folder.with_name(backup.label))


def is_unchanged(paths: Paths, kind: str) -> bool:
    """Whether the newest backup of this kind holds the project's files just as they lie there now."""
    last = next((backup for backup in reversed(list_backups(paths.backups)) if backup.kind == kind), None)
    hashes = FileHashes(paths)
    return last is not None and {f.path: f.sha256 for f in last.files} == hashes.of_all(contents(paths, kind))


def list_backups(folder: Path) -> list[Backup]:
    """The complete backups in a folder, oldest first."""
    manifests = folder.glob(f"[!.]*/{MANIFEST}") if folder.is_dir() else ()
    return sorted(map(_read_manifest, manifests), key=lambda backup: (backup.created, backup.label))


def _read_manifest(file: Path) -> Backup:
    obj = read_json(file, newest_schema=BACKUP_SCHEMA)
    return Backup(**{**obj, "files": [BackedUpFile(**entry) for entry in obj["files"]]})


def damages(folder: Path, backup: Backup) -> list[str]:
    """What is wrong with a backup's files, each with its path; empty for a good one."""
    return [text for file in backup.files if (text := _damage(folder / backup.label / file.path, file))]


def _damage(copy: Path, file: BackedUpFile) -> str | None:
    if not copy.is_file():
        return f"{file.path}: missing"
    if copy.stat().st_size != file.bytes:
        return f"{file.path}: {copy.stat().st_size} bytes instead of {file.bytes}"
    return None if sha256_file(copy) == file.sha256 else f"{file.path}: content changed"


def prune(folder: Path) -> list[str]:
    """Delete what retention does not keep and what interrupted copies left; the labels that went."""
    backups = list_backups(folder)
    surplus = [b.label for kind, kept in KEPT.items() for b in [b for b in backups if b.kind == kind][:-kept]]
    for label in surplus:
        hidden = folder / (UNFINISHED + label)
        os.rename(folder / label, hidden)
        shutil.rmtree(hidden)
    for left in folder.glob(UNFINISHED + "*"):
        if time.time() - left.stat().st_mtime > UNFINISHED_LIFE_S:
            shutil.rmtree(left)
    return surplus


def mirror_folder(named: str | None) -> Path | None:
    """The second place for backups: as configured, else the usual folder on Windows with a drive D:, else none."""
    if named:
        return Path(named).expanduser()
    return WINDOWS_MIRROR if os.name == "nt" and Path("D:/").exists() else None


def mirror(folder: Path, mirror_to: Path) -> list[str]:
    """Bring the mirror up to date; the problems, which never stop anything: a missing disk must not cost a night."""
    try:
        mirror_to.mkdir(parents=True, exist_ok=True)
        present = {backup.label for backup in list_backups(mirror_to)}
        for backup in list_backups(folder):
            if backup.label not in present:
                _mirror_one(folder, mirror_to, backup)
        prune(mirror_to)
    except (OSError, UserError) as error:
        return [f"mirror {mirror_to}: {error}"]
    return []


def tidy(paths: Paths, mirror_named: str | None) -> tuple[list[str], list[str]]:
    """After a backup: drop what retention does not keep, update the mirror; the labels dropped and the problems met."""
    dropped = prune(paths.backups)
    second = mirror_folder(mirror_named)
    return dropped, mirror(paths.backups, second) if second else []


def _mirror_one(folder: Path, mirror_to: Path, backup: Backup) -> None:
    unfinished = mirror_to / (UNFINISHED + backup.label)
    shutil.rmtree(unfinished, ignore_errors=True)
    for file in backup.files:
        _copy(folder / backup.label / file.path, unfinished / file.path, file.path)
    unfinished.mkdir(parents=True, exist_ok=True)
    _complete(unfinished, backup)


def find_backup(label: str, folders: Iterable[Path]) -> tuple[Path, Backup]:
    """The backup of this label and the folder it lies in, the project's own before the mirror's."""
    known = [(folder, backup) for folder in folders for backup in list_backups(folder)]
    for folder, backup in known:
        if backup.label == label:
            return folder, backup
    newest = f"the newest is {known[-1][1].label}" if known else "there are no backups yet"
    raise UserError(f"No backup is called '{label}' ({newest}).", "choose one of: python scripts/18_restore_backup.py --list")


def restore(paths: Paths, folder: Path, backup: Backup, progress: Callable[[list], Iterable] = iter) -> Backup:
    """Put a backup's files back over the project's; returns the safety backup of what lay there before.

    Files that the backup does not hold stay as they are. A damaged backup is refused before anything is touched.
    """
    if wrong := damages(folder, backup) + [f"{f.path}: outside the project" for f in backup.files if not _is_inside(paths, f)]:
        raise UserError(f"Backup {backup.label} is damaged: {wrong[0]}" + (f" and {len(wrong) - 1} more" if wrong[1:] else "") + ".",
                        "restore another one: python scripts/18_restore_backup.py --list")
    present = [paths.root / file.path for file in backup.files if (paths.root / file.path).is_file()]
    safety = create_backup(paths, "pre_restore", present)
    for file in progress(backup.files):
        target = paths.root / file.path
        scratch = target.with_name(f".{target.name}.restoring")
        _copy(folder / backup.label / file.path, scratch, file.path)
        replace_file(scratch, target)
    return safety


def _is_inside(paths: Paths, file: BackedUpFile) -> bool:
    return (paths.root / file.path).resolve().is_relative_to(paths.root.resolve())
