"""Checkpoints that can be trusted: a manifest of sizes and hashes, written last, says that one is complete.

Trainer writes straight into `checkpoint-N` and takes the highest number for the newest: a save cut off half-way would be
resumed from. Without its manifest, or with a file that differs from it, a checkpoint does not count.
"""

import re
from collections.abc import Callable
from pathlib import Path

from error_handler import UserError
from pipeline.store import read_json, sha256_file, write_json

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = 1
KEPT_CHECKPOINTS = 3


def write_manifest(folder: Path) -> None:
    """Seal a finished checkpoint."""
    files = {file.relative_to(folder).as_posix(): {"bytes": file.stat().st_size, "sha256": sha256_file(file)}
             for file in sorted(folder.rglob("*")) if file.is_file() and file.name != MANIFEST}
    write_json(folder / MANIFEST, {"schema_version": MANIFEST_SCHEMA, "files": files})


def damage(folder: Path) -> str | None:
    """What is wrong with a checkpoint, in words; None when it is complete and unchanged."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return "its save was cut off (no manifest)"
    try:
        sealed = [(name, int(one["bytes"]), str(one["sha256"])) for name, one in read_json(manifest, newest_schema=MANIFEST_SCHEMA)["files"].items()]
    except (UserError, KeyError, TypeError, AttributeError, ValueError) as error:
        return f"its manifest cannot be read ({error})"
    for name, size, sha256 in sealed:
        file = folder / name
        if not file.is_file():
            return f"{name} is missing"
        if file.stat().st_size != size:
            return f"{name} has {file.stat().st_size:,} bytes instead of {size:,}"
        if sha256_file(file) != sha256:
            return f"{name} was changed (its hash differs)"
    return None


def checkpoints(model_folder: Path) -> list[Path]:
    """All checkpoint folders, newest (highest step) first."""
    numbered = {int(match[1]): folder for folder in model_folder.glob("checkpoint-*")
                if (match := re.fullmatch(r"checkpoint-(\d+)", folder.name))}
    return [numbered[step] for step in sorted(numbered, reverse=True)]


def newest_good_checkpoint(model_folder: Path, on_damaged: Callable[[Path, str], None] = lambda *_: None) -> Path | None:
    """The newest checkpoint that is whole; each damaged one on the way is told to `on_damaged` and left where it is."""
    for folder in checkpoints(model_folder):
        problem = damage(folder)
        if problem is None:
            return folder
        on_damaged(folder, problem)
    return None
