"""How messages say numbers, and the commands that they advise."""

import os
import re
import shlex

from pipeline.paths import Paths

SCRIPT = re.compile(r"(?:(?<![\w/\\])scripts/\d\d_\w+\.py|run_pipeline\.sh)(?! --project)")


class _Spoken:
    """The project of this process, which every advised command has to name unless it is the default one."""

    project = Paths()


def speak_of(project: Paths) -> None:
    _Spoken.project = project


def with_project(text: str) -> str:
    """The text, every command in it with the `--project` that this process works in; as it is in the default project."""
    option = project_option(_Spoken.project)
    return SCRIPT.sub(lambda script: script[0] + option, text)


def project_option(project: Paths) -> str:
    """What a command has to say of a project, behind its script: nothing of the default one, else ` --project FOLDER`."""
    if project.root == Paths().root:
        return ""
    return f' --project "{project.root}"' if os.name == "nt" else f" --project {shlex.quote(str(project.root))}"


def counted(number: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
