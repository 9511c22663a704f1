"""The four ways a script can end."""

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0
    FAILED = 1
    STOPPED = 3
    """Ended early because someone asked for it; the work can be resumed."""
    USAGE = 64
