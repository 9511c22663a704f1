"""What every numbered script shares: its parser, how it ends, its progress bar, and what it tells the orchestrator."""

import argparse
import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NoReturn, TypeVar

from error_handler import ErrorCategory, UserError, categorise, is_deterministic, is_disk_full
from pipeline.exit_codes import ExitCode
from pipeline.garbage import collect_rarely
from pipeline.outcome import ErrorReport, Finding, report_outcome
from pipeline.paths import REPOSITORY, Paths
from pipeline.wording import speak_of, with_project

T = TypeVar("T")

FILE_PROBLEMS = {
    errno.ENOENT: ("no such file or folder", "check that it is there, or give another path."),
    errno.EISDIR: ("this is a folder, not a file", "name a file."),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), ("a file stands where a folder is needed", "name another folder, or move the file away.")),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), ("not allowed to read or write here", "change the permissions, or give another path.")),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "give a shorter name."),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}\n  Fix: python scripts/{self.prog} --help lists what it takes.\n")


def project_folder(text: str) -> Paths:
    folder = Path(text).expanduser().resolve()
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {text}")
    return Paths(folder)


def positive(text: str) -> int:
    """A count of an option: a whole number from 1 on."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def build_parser(doc: str) -> argparse.ArgumentParser:
    """A parser whose help is the script's docstring, with `--project` (args.project is a Paths); usage errors exit 64."""
    use_utf8()
    parser = _Parser(description=doc.strip(), formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--project", type=project_folder, default=Paths(REPOSITORY), metavar="DIR",
                        help="root of data, models, results and state (default: the repository)")
    return parser


def use_utf8() -> None:
    """Print UTF-8 whatever the console's code page; a character it cannot take must not end the run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def wait_without_spinning() -> None:
    """Threads of torch that wait for each other give their cores back. With something else at work on one of two cores, training ran
    at 11 tokens/s where they spin (the default), at 63 where they do not; on a free machine both are the same within noise.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # OpenMP reads it when torch is imported


def run_door(main: Callable[[argparse.Namespace], ExitCode], parser: argparse.ArgumentParser,
             argv: list[str] | None = None) -> NoReturn:
    """Parse, run `main(args)` and end the process with its exit code; what the user can mend ends in one clear line."""
    collect_rarely()
    wait_without_spinning()
    args = parser.parse_args(argv)
    speak_of(args.project)
    try:
        code = ExitCode(main(args))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        code = ExitCode.STOPPED
    except BrokenPipeError:
        # The reader of a pipe (`| head`) went away: nothing is wrong, but Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    except Exception as error:
        code = _failed(error, args.project)
    report_outcome(exit_code=code)
    sys.exit(code)


def _failed(error: Exception, paths: Paths) -> ExitCode:
    shown = _disk_full_error(paths) if is_disk_full(error) else _file_error(error) or error
    if isinstance(shown, UserError):
        print(with_project(str(shown)), file=sys.stderr)
    else:
        traceback.print_exception(error)
    report_outcome(error=ErrorReport(category=categorise(error), problem=_one_line(shown), fix=getattr(shown, "fix", ""),
                                     deterministic=is_deterministic(error)))
    return ExitCode.FAILED


def _file_error(error: Exception) -> UserError | None:
    """A file that cannot be read or written is named with a remedy; None for an error that is not about a file.

    Of a failed rename the user knows the second name: the first is a temporary file.
    """
    name = (error.filename2 or error.filename) if isinstance(error, OSError) else None
    if not isinstance(name, str | bytes | os.PathLike):
        return None
    problem, fix = FILE_PROBLEMS.get(error.errno, (error.strerror, "check this path."))
    return UserError(f"{os.fsdecode(name)}: {problem}.", fix)


def _one_line(error: Exception) -> str:
    if isinstance(error, UserError):
        return error.problem
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _disk_full_error(paths: Paths) -> UserError:
    free_mib = shutil.disk_usage(paths.root).free / 2**20
    return UserError(f"{ErrorCategory.DISK_FULL}: no space left for {paths.root} ({free_mib:.0f} MiB free).",
                     "free space (python scripts/16_backup.py --cleanup drops old backups), then run with --resume.")


def report_finding(problem: str, fix: str) -> None:
    """Say that one input is bad while the rest of the work goes on: an empty export, a lesson with a broken answer.

    Printed at once as problem and remedy; under the orchestrator also shown in the summary at the end of the run. The
    script then ends with ExitCode.FAILED, and the orchestrator knows by the finding that its work was done all the same.
    """
    print(with_project(str(UserError(problem, fix))), file=sys.stderr)
    report_outcome(finding=Finding(problem, fix))


def track(iterable: Iterable[T], text: str, total: int | None = None) -> Iterator[T]:
    """Yield the items under a progress bar with ETA on stderr; silent when stderr is not a terminal."""
    columns = terminal_columns()
    if columns is None:
        yield from iterable
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(file=sys.stderr, force_terminal=True, width=columns)
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*bar, console=console, transient=True) as progress:
        yield from progress.track(iterable, total=total, description=text)


def terminal_columns() -> int | None:
    """Width of the terminal that stderr reaches, directly or through the orchestrator's pipe; None without one."""
    if sys.stderr.isatty():
        return shutil.get_terminal_size().columns
    columns = os.environ.get("PIPELINE_TERMINAL_COLUMNS")
    return int(columns) if columns else None
