"""The progress of a training for someone who watches it."""

import os
import sys
import time
from collections.abc import Callable

from pipeline_logger import RUN_ID_VARIABLE


class Shown:
    """Progress for someone who watches: a bar on a terminal, a line every 30 s otherwise."""

    QUIET_S = 30.0

    def __init__(self, say: Callable[[str], None]):
        self.say, self._last_s, self._bar = say, -self.QUIET_S, None

    def line(self, text: str) -> None:
        print(text, file=sys.stderr)

    def progress(self, done: int, total: int, text: str) -> None:
        if sys.stderr.isatty() and os.environ.get(RUN_ID_VARIABLE) is None:
            self._show_bar(done, total, text)
        elif os.environ.get(RUN_ID_VARIABLE) is None and time.monotonic() - self._last_s > self.QUIET_S:
            self._last_s = time.monotonic()
            print(f"  {done}/{total} {text}", file=sys.stderr, flush=True)

    def _show_bar(self, done: int, total: int, text: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        if self._bar is None:
            self._bar = Progress(BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), console=Console(file=sys.stderr))
            self._task = self._bar.add_task(text, total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total, description=text)

    def end(self) -> None:
        """Give the terminal its cursor back, wherever the training ended."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
