"""The stop signal: a file that asks the running work to end at its next safe place."""

from datetime import UTC, datetime

from pipeline.paths import Paths
from pipeline.store import write_text


def request_stop(paths: Paths) -> None:
    write_text(paths.stop_file, f"requested {datetime.now(UTC).isoformat(timespec='seconds')}\n")


def is_stop_requested(paths: Paths) -> bool:
    """Cheap enough for every training step; ask only where the work can be resumed from."""
    return paths.stop_file.exists()


def consume_stop(paths: Paths) -> bool:
    """Take the signal away; true for the one who did. He then exits with ExitCode.STOPPED."""
    try:
        paths.stop_file.unlink()
    except FileNotFoundError:
        return False
    return True
