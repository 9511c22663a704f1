"""Ask a trained model for a Blueprint graph.

Reads    an adapter or model (default: the newest version by number, else the one that ships with the program)
Writes   the answer to stdout or --output; notes and findings to stderr
Usage    python scripts/07_inference.py --prompt "When the game starts, print Hello."
         python scripts/07_inference.py --prompt "..." --format clipboard --copy       paste into the editor
         python scripts/07_inference.py --prompt "now make it loop" --change door.dsl  repair or extend a document
         python scripts/07_inference.py --batch prompts.txt --output answers.jsonl     one prompt a line
         python scripts/07_inference.py --batch prompts.txt --format html --output answers.html
         python scripts/07_inference.py --interactive
Exit     0 answered, 1 the answer has errors (only without the constraint), there is no model or nothing that can be asked, 64 bad usage
"""

import argparse
import sys
from pathlib import Path

from error_handler import UserError
from pipeline.config import load_config
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode
from pipeline.system_clipboard import clipboard_writer, copy_to_clipboard
from pipeline.wording import counted


def main(args: argparse.Namespace) -> ExitCode:
    refuse_misuse(args)
    previous = _read(args.change) if args.change else ""
    prompts = read_prompts(args.batch) if args.batch else []
    load_config(args.project)  # what is wrong in it is told before seconds of loading
    from model.answering import chosen_model, load_chosen, make_decoder

    choice = chosen_model(args)
    if choice.note:
        print(choice.note, file=sys.stderr)
    decoder = make_decoder(load_chosen(choice, args.project), args, scores=args.format == "json" or args.interactive)
    if args.batch:
        return _answer_batch(decoder, prompts, args)
    screen = Screen() if args.format == "dsl" and not args.output and sys.stdout.isatty() else None
    if args.interactive:
        return _converse(decoder, args, screen)
    return _answer_prompt(decoder, args, previous, screen)


class Screen:
    """Prints the first answer to a question while it comes."""

    def __init__(self) -> None:
        self._text = ""

    def __call__(self, text: str) -> None:
        self._text += text
        print(text, end="", flush=True)

    def taken(self) -> str:
        """What stands there since the last question."""
        text, self._text = self._text, ""
        return text


def refuse_misuse(args: argparse.Namespace) -> None:
    """What cannot work, said before the model is loaded."""
    if args.change and args.prompt is None:
        raise UserError("--change goes with --prompt only.", "in --interactive a line that begins with '+' changes the last answer.")
    if args.prompt is not None and not args.prompt.strip():
        raise UserError("--prompt is empty.", "say what the graph shall do.")
    if args.batch:
        _refuse_misuse_of_batch(args)
    elif args.output and args.output.is_dir():
        raise UserError(f"{args.output}: this is a folder, not a file.", "name a file.")
    if args.copy:
        clipboard_writer()


def _refuse_misuse_of_batch(args: argparse.Namespace) -> None:
    if args.copy:
        raise UserError("--copy takes one answer, not those of a batch.", "use --format html --output page.html: the page copies each of them.")
    if args.format == "clipboard" and not args.output:
        raise UserError("--batch with --format clipboard writes a file for each answer.", "give --output FOLDER.")
    if args.format == "clipboard" and args.output.is_file():
        raise UserError(f"{args.output}: a file stands where a folder is needed.", "name another folder, or move the file away.")
    if args.format != "clipboard" and args.output and args.output.is_dir():
        raise UserError(f"{args.output}: this is a folder, not a file.", "name a file.")


def read_prompts(file: Path) -> list[str]:
    prompts = [line.strip() for line in _read(file).splitlines() if line.strip()]
    if not prompts:
        raise UserError(f"{file}: no prompt in it.", "write one prompt a line.")
    return prompts


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: not UTF-8 text.", "save the file as UTF-8.") from error


def _answer_prompt(decoder, args: argparse.Namespace, previous: str, screen: Screen | None) -> ExitCode:
    from model.suggestions import suggest

    found = suggest(decoder, args.prompt, previous=previous, candidates=args.candidates, budget_tokens=args.budget, on_text=screen)
    return _show(found, args, screen.taken() if screen else "")


def _converse(decoder, args: argparse.Namespace, screen: Screen | None) -> ExitCode:
    from model.interactive import ask_lines, converse

    converse(decoder, ask_lines(args.project), lambda found: _show(found, args, screen.taken() if screen else ""), screen, args.budget, args.candidates)
    return ExitCode.OK


def _answer_batch(decoder, prompts: list[str], args: argparse.Namespace) -> ExitCode:
    from model.suggestions import answer_all

    found = answer_all(decoder, prompts, args.budget, args.candidates)
    written = _write_batch(found, args)
    for number, suggestion in enumerate(found, 1):
        _tell(suggestion, args, f"answer {number}: ")
    if args.output:
        print(f"{counted(written, 'answer')} written to {args.output}", file=sys.stderr)
    return _exit_code(found)


def _write_batch(found: list, args: argparse.Namespace) -> int:
    """Write the answers; how many there are in what was written: one that is no document has no place on a page or a clipboard."""
    from model.suggestions import batch_text, clipboard_texts
    from pipeline.store import write_text

    if args.format == "clipboard":
        texts = clipboard_texts(found)
        for number, text in texts:
            write_text(args.output / f"{number:03}.txt", text)
        return len(texts)
    form = "json" if args.output and args.format == "dsl" else args.format
    text = batch_text(found, form, args.batch.stem)
    if args.output:
        write_text(args.output, text)
    else:
        print(text, end="")
    return len(clipboard_texts(found)) if form == "html" else len(found)


def _show(best, args: argparse.Namespace, streamed: str) -> ExitCode:
    """Print the answer (unless it stands on the screen already, as it is), and on stderr what is wrong with it."""
    from model.suggestions import as_clipboard, formatted
    from pipeline.store import write_text

    is_shown = streamed.rstrip() == best.dsl.rstrip()
    if streamed:
        is_same = best.answer.raw.rstrip() == streamed.rstrip()
        print("" if is_shown else "\n\nCompleted, in canonical form:\n" if is_same else "\n\nBetter than that:\n", flush=True)
    if args.output:
        write_text(args.output, formatted(best, args.format))
    elif not is_shown:
        print(formatted(best, args.format), end="")
    if args.copy:
        copy_to_clipboard(as_clipboard(best))
        print("The answer is on the clipboard: press Ctrl+V in the graph.", file=sys.stderr)
    _tell(best, args)
    return _exit_code([best])


def _tell(best, args: argparse.Namespace, name: str = "") -> None:
    """What is to be said of an answer, on stderr; `name` is set before each line."""
    if best.parent:
        print(f"{name}made for PARENT: {best.parent}, which its nodes need. Another one? Say it in the prompt.", file=sys.stderr)
    for finding in best.findings:
        print(f"{name}{finding}", file=sys.stderr)
    if not best.answer.is_whole:
        print(f"{name}{_stopped(best.answer, args)}", file=sys.stderr)


def _stopped(answer, args: argparse.Namespace) -> str:
    """What people should know of an answer that did not come to its end."""
    if answer.fault:
        return f"The constraint failed, which is a fault of this program, not of the model; the answer ends there: {answer.fault}"
    if answer.stop_reason == "unlikely":
        return "The model lost its way, and the answer ends there: ask in other words, or for less at once."
    limit = f"at {args.budget} tokens; --budget allows more" if answer.stop_reason == "budget" else f"after {args.timeout:g} s; --timeout allows more"
    return f"The answer was cut {limit}." if args.unconstrained else f"The answer was completed to a valid graph, since it was cut {limit}."


def _exit_code(found: list) -> ExitCode:
    return ExitCode.FAILED if any(suggestion.errors for suggestion in found) else ExitCode.OK


def parser() -> argparse.ArgumentParser:
    from model.answering import add_model_options
    from model.decode_types import DEFAULT_BUDGET_TOKENS, DEFAULT_CANDIDATES
    from model.interactive import HELP

    options = build_parser(__doc__)
    options.epilog = f"In a conversation (--interactive):\n{HELP}"
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--prompt", metavar="TEXT", help="what the graph shall do")
    what.add_argument("--batch", type=Path, metavar="FILE", help="a file with one prompt a line")
    what.add_argument("--interactive", action="store_true", help="ask and change graphs in a conversation")
    options.add_argument("--change", type=Path, metavar="FILE", help="a .dsl document that the prompt changes")
    options.add_argument("--format", choices=("dsl", "clipboard", "json", "html"), default="dsl",
                         help="form of the answer; of a batch on stdout: documents under a comment with number and prompt, JSON lines, one page")
    options.add_argument("--copy", action="store_true", help="put the answer on the system clipboard, ready to paste into the editor")
    options.add_argument("--output", type=Path, metavar="FILE",
                         help="write here instead of to stdout; of a batch: JSON lines (dsl, json), one page (html), or a folder with a file for each "
                              "answer (clipboard)")
    add_model_options(options, DEFAULT_BUDGET_TOKENS, DEFAULT_CANDIDATES)
    return options


if __name__ == "__main__":
    run_door(main, parser())
