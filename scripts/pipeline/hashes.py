"""Content hashes of files and folders, remembered by size and time so that gigabytes are read once."""

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

from pipeline.paths import Paths
from pipeline.store import read_json, sha256_file, write_json

HASH_SCHEMA = 1
SETTLED_S = 2.0
"""A file changed more recently may change again within the tick of the file system's clock: its hash is not remembered."""


class FileHashes:
    """Hashes by path, with a memory in logs/ that saves reading unchanged files again."""

    def __init__(self, paths: Paths):
        self.paths = paths
        self.file = paths.file_hashes
        stored = read_json(self.file, newest_schema=HASH_SCHEMA) if self.file.exists() else {}
        self._known: dict[str, list] = stored.get("files", {})
        self._changed = False

    def of(self, file: Path) -> str:
        stat = file.stat()
        name, mark = self.paths.relative(file), [stat.st_size, stat.st_mtime_ns]
        known = self._known.get(name)
        if known and known[:2] == mark:
            return known[2]
        digest = sha256_file(file)
        if time.time() - stat.st_mtime > SETTLED_S:
            self._known[name] = [*mark, digest]
            self._changed = True
        return digest

    def of_all(self, places: Iterable[Path]) -> dict[str, str]:
        """Relative path -> hash of every file at or under the places, in order of their names; missing places have none."""
        files = sorted({file for place in places for file in files_under(place)})
        return {self.paths.relative(file): self.of(file) for file in files}

    def save(self) -> None:
        if self._changed:
            kept = {name: mark for name, mark in self._known.items() if (self.paths.root / name).exists()}
            write_json(self.file, {"schema_version": HASH_SCHEMA, "files": kept}, durable=False)
            self._changed = False


def files_under(place: Path) -> list[Path]:
    """The file itself, or all files of a folder without caches and hidden temporary files."""
    if place.is_file():
        return [place]
    return [f for f in place.rglob("*") if f.is_file() and not f.name.startswith(".") and "__pycache__" not in f.parts]


def combined(hashes: dict[str, str]) -> str:
    """One hash of many files and their names."""
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(hashes.items()))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
