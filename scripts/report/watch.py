"""The running pipeline in the terminal, from its live state."""

import time
from collections.abc import Callable

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from error_handler import UserError
from pipeline.live import LiveState, read_live_state
from pipeline.paths import Paths
from pipeline_logger import eta_text

POLL_S = 1.0


def watch(paths: Paths, console: Console, sleep: Callable[[float], None] = time.sleep) -> None:
    """On a terminal: a picture renewed every second until Ctrl-C. Elsewhere: a line at each change until nothing runs."""
    if not console.is_terminal:
        return _follow(paths, console, sleep)
    with Live(console=console, auto_refresh=False, transient=False) as live:
        try:
            while True:
                live.update(picture(_state(paths)), refresh=True)
                sleep(POLL_S)
        except KeyboardInterrupt:
            return None


def _state(paths: Paths) -> LiveState:
    """A state that cannot be read at this moment is shown as its own problem; the next second may read it."""
    try:
        return read_live_state(paths)
    except UserError as error:
        return LiveState(status="unreadable", error_info={"problem": str(error)})


def _follow(paths: Paths, console: Console, sleep: Callable[[float], None]) -> None:
    shown = ""
    while True:
        state = _state(paths)
        line = headline(state) + (f" - {progress_text(state)}" if progress_text(state) else "")
        if line != shown:
            console.print(line, soft_wrap=True, markup=False)
            shown = line
        if state.status != "running":
            return
        sleep(POLL_S)


def headline(state: LiveState) -> str:
    if state.status == "idle":
        return "Nothing is running."
    if state.status == "unreadable":
        return state.error_info["problem"]
    return f"{state.status}: {state.mode} [STEP {state.step}] {state.step_text}".strip()


def progress_text(state: LiveState) -> str:
    if not state.progress_total:
        return ""
    percent = 100 * state.progress_done / state.progress_total
    text = f"{state.progress_done:g}/{state.progress_total:g} ({percent:.0f}%)"
    return f"{text} {state.progress_text}".strip()


def picture(state: LiveState) -> Group:
    parts = [Text(headline(state), "bold")]
    if state.progress_total:
        parts += [ProgressBar(total=state.progress_total, completed=state.progress_done, width=50), Text(progress_text(state))]
    if state.status == "running":
        parts.append(Text(f"step ETA {eta_text(state.eta_s)}, run ETA {eta_text(state.run_eta_s)}, news of {state.updated_at}", "dim"))
    if state.retry_info:
        parts.append(Text(f"trying again: {state.retry_info}", "yellow"))
    for error in [*state.error_history, *([state.error_info] if state.error_info and state.status != "unreadable" else [])]:
        parts.append(Text(f"{error.get('step', '')} {error.get('problem', error)}".strip(), "red"))
    return Group(*parts)
