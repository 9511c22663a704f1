"""A conversation: each line is a new request, or with a leading '+' a change of the last answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from error_handler import UserError
from pipeline.paths import Paths

if TYPE_CHECKING:
    from model.decode import Decoder
    from model.suggestions import Suggestion

HELP = """\
  Print Hello when it starts    a request gives a graph
  + now make it loop            changes the last answer
  again                         gives another answer to the last request
  help                          shows this
  quit, exit, an empty line     ends the conversation"""
ENDS = {"", "quit", "exit"}
AGAIN_SAMPLES = 4


def ask_lines(paths: Paths) -> Iterator[str]:
    """Lines that the user types, with history over sessions; lines of stdin where that is no terminal."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin)
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    paths.logs.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession("blueprint> ", history=FileHistory(str(paths.logs / "inference_history.txt")))
    print(HELP, file=sys.stderr)
    while True:
        try:
            yield session.prompt().strip()
        except EOFError:
            return


def converse(decoder: Decoder, lines: Iterator[str], show: Callable[[Suggestion], None],
             on_text: Callable[[str], None] | None, budget_tokens: int, candidates: int = 1) -> None:
    """Answers line after line; `show` gets each answer, `on_text` before that the text of the first candidate as it comes.

    What cannot be answered is told on stderr, and the conversation goes on.
    """
    from model.suggestions import another, suggest

    last: Suggestion | None = None
    for seed, line in enumerate(lines, 1):
        if line in ENDS:
            return
        if line == "help":
            print(HELP, file=sys.stderr)
            continue
        is_again, is_change = line == "again", line.startswith("+") and last is not None
        try:
            if is_again:
                last = another(decoder, _answered(last), AGAIN_SAMPLES, seed, budget_tokens)
            else:
                last = suggest(decoder, _words(line), previous=last.dsl if is_change else "", candidates=candidates,
                               budget_tokens=budget_tokens, on_text=on_text)
            show(last)
        except UserError as error:
            print(error, file=sys.stderr)


def _answered(last: Suggestion | None) -> Suggestion:
    if last is None:
        raise UserError("there is no answer yet that 'again' could replace.", "ask for a graph first.")
    return last


def _words(line: str) -> str:
    words = line.removeprefix("+").strip()
    if not words:
        raise UserError("'+' alone says nothing.", "write what is to change after it: + now make it loop.")
    return words
