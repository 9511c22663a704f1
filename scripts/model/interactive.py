"""A conversation: each line is a new request, or with a leading '+' a change of the last answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from model.decode import Decoder
from model.suggestions import Suggestion, another, suggest
from pipeline.paths import Paths

HELP = "A request gives a graph; '+ now make it loop' changes the last one; 'again' gives another sample; empty line ends."
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


def converse(decoder: Decoder, lines: Iterator[str], show: Callable[[Suggestion, bool], None],
             on_text: Callable[[str], None] | None, budget_tokens: int, candidates: int = 1) -> None:
    """Answers line after line; `show` gets each answer and whether `on_text` has had its text already."""
    last: Suggestion | None = None
    for seed, line in enumerate(lines, 1):
        if not line:
            return
        is_again = line == "again" and last is not None
        if is_again:
            last = another(decoder, last, AGAIN_SAMPLES, seed, budget_tokens)
        elif line.startswith("+") and last:
            last = suggest(decoder, line[1:].strip(), previous=last.dsl, candidates=candidates, budget_tokens=budget_tokens, on_text=on_text)
        else:
            last = suggest(decoder, line.lstrip("+ "), candidates=candidates, budget_tokens=budget_tokens, on_text=on_text)
        show(last, on_text is not None and not is_again)
