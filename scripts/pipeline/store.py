"""The one writer and reader of files that other processes look at while they change.

A write goes to a temporary file in the same folder, is flushed to disk, then replaces the old file: a reader sees the
old text or the new one, and a kill at any point leaves one of them whole.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO, TypeVar

from error_handler import UserError

T = TypeVar("T")

REPLACE_PATIENCE_S = 2.5
"""How long another process (a reader, a virus scanner) may hold a file on Windows before the work gives up."""
WINDOWS_FILE_IS_HELD = {5, 32, 33}
TEMPORARY_NAME_LETTERS = 40
"""Of the name of the file, so that a name as long as the file system takes can have a temporary one."""


def write_text(path: Path, text: str, durable: bool = True) -> None:
    """Replace the file's text atomically; `durable=False` spares the flush to disk for what may be lost in a power cut."""
    with replace_when_complete(path, durable) as file:
        file.write(text)


@contextlib.contextmanager
def replace_when_complete(path: Path, durable: bool = True) -> Iterator[TextIO]:
    """A text file to write piece by piece; it takes the place of `path` when the block ends well, and is gone when it does not."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:TEMPORARY_NAME_LETTERS]}.", suffix=".tmp")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.chmod(name, _mode_of(path))
        replace_file(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, UnicodeEncodeError):
            raise _half_a_letter(path, error) from error
        raise
    if durable:
        _flush_folder(path.parent)


def _half_a_letter(path: Path, error: UnicodeEncodeError) -> UserError:
    r"""All that UTF-8 cannot say is half of a surrogate pair, as the escape `\ud800` gives one."""
    half = ascii(error.object[error.start])
    return UserError(f"{path}: the text holds {half}, half of a letter, which no file can hold.", f"take the {half} out of the text; nothing was written.")


def _mode_of(path: Path) -> int:
    """Permissions for the new file: mkstemp's 0600 would lock other users out of a page or a report."""
    return path.stat().st_mode & 0o777 if path.exists() else 0o644


def replace_file(source: str | Path, target: Path) -> None:
    """os.replace with patience for Windows, where a reader of the old file makes it fail."""
    _patiently(lambda: os.replace(source, target))


def _patiently(act: Callable[[], T]) -> T:
    """Try again for a while when Windows says that another process holds the file."""
    give_up_at = time.monotonic() + REPLACE_PATIENCE_S
    while True:
        try:
            return act()
        except PermissionError as error:
            is_held = getattr(error, "winerror", None) in WINDOWS_FILE_IS_HELD
            if not is_held or time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut; Windows has no such call and orders its metadata by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # Not asdict: before Python 3.12 it turns a Counter inside into a count of its pairs.
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def write_json(path: Path, obj: Any, durable: bool = True) -> None:
    """Write a dataclass or plain object; a document others read should carry `schema_version`."""
    write_text(path, json.dumps(obj, ensure_ascii=False, indent=2, default=_plain) + "\n", durable)


def read_json(path: Path, newest_schema: int | None = None) -> Any:
    """Read a JSON file; a broken one, and one of a newer `schema_version` than `newest_schema`, is a UserError."""
    path = Path(path)
    try:
        obj = json.loads(_patiently(lambda: path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not valid JSON: {error}", "mend the file or move it away; it was left as it is.") from error
    version = obj.get("schema_version", 1) if isinstance(obj, dict) else 1
    if newest_schema is not None and version > newest_schema:
        raise UserError(f"{path}: schema_version {version} is newer than {newest_schema}, the newest this program knows.",
                        "update the program, or move the file away to start a new one.")
    return obj


def append_jsonl(path: Path, rows: Iterable[Any]) -> None:
    """Append one line an object and flush to disk; the torn last line of a killed writer is cut off first."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _mend_tail(path)
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(_json_line(row))
        file.flush()
        os.fsync(file.fileno())


def write_jsonl(path: Path, rows: Iterable[Any]) -> None:
    write_text(path, "".join(_json_line(row) for row in rows))


def _json_line(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False, default=_plain) + "\n"


def _mend_tail(path: Path) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    with open(path, "rb+") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) == b"\n":
            return
        file.seek(0)
        text = file.read()
        start = text.rfind(b"\n") + 1
        if _parses(text[start:]):
            file.write(b"\n")
        else:
            file.truncate(start)


def _parses(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def read_jsonl(path: Path) -> Iterator[Any]:
    """Yield the objects of a JSONL file; an unfinished last line (a killed writer) is passed over, any other is a UserError."""
    path = Path(path)
    with open(path, encoding="utf-8", errors="strict") as file:
        try:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield json.loads(line)
        except json.JSONDecodeError as error:
            if line.endswith("\n"):
                raise UserError(f"{path}:{number}: not valid JSON: {error.msg}", "mend or delete this line.") from error
        except UnicodeDecodeError as error:
            raise UserError(f"{path}: not UTF-8 text: {error.reason}.", "save the file as UTF-8, or move it away; it was left as it is.") from error


def sha256_file(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
