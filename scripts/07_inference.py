"""Ask a trained model for a Blueprint graph.

Reads    an adapter or model (default: the newest version by number, else the one that ships with the program)
Writes   the answer to stdout or --output; notes and findings to stderr
Usage    python scripts/07_inference.py --prompt "Print Hello when the game starts"
         python scripts/07_inference.py --prompt "..." --format clipboard --copy       paste into the editor
         python scripts/07_inference.py --prompt "now make it loop" --change door.dsl  repair or extend a document
         python scripts/07_inference.py --batch prompts.txt --output answers.jsonl     one prompt a line
         python scripts/07_inference.py --interactive
Exit     0 answered, 1 the answer has errors (only without the constraint) or there is no model, 64 bad usage
"""

import argparse
import sys
from pathlib import Path

from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from error_handler import UserError

    if args.change and not args.prompt:
        raise UserError("--change goes with --prompt only.", "in --interactive a line that begins with '+' changes the last answer.")
    from model.answering import chosen_model, load_chosen, make_decoder
    from model.interactive import ask_lines, converse

    choice = chosen_model(args)
    if choice.note:
        print(choice.note, file=sys.stderr)
    decoder = make_decoder(load_chosen(choice, args.project), args, scores=args.format == "json" or args.interactive)
    streams = args.format == "dsl" and not args.output and args.candidates == 1
    on_text = _print_at_once if streams and sys.stdout.isatty() else None
    if args.batch:
        return _answer_file(decoder, args)
    if args.interactive:
        converse(decoder, ask_lines(args.project), lambda found, is_streamed: _show(found, args, is_streamed), on_text, args.budget, args.candidates)
        return ExitCode.OK
    return _answer_prompt(decoder, args, on_text)


def _answer_prompt(decoder, args: argparse.Namespace, on_text) -> ExitCode:
    from model.suggestions import suggest

    previous = _read(args.change) if args.change else ""
    found = suggest(decoder, args.prompt, previous=previous, candidates=args.candidates, budget_tokens=args.budget, on_text=on_text)
    return _show(found, args, on_text is not None)


def _answer_file(decoder, args: argparse.Namespace) -> ExitCode:
    from model.suggestions import answer_all, as_json
    from pipeline.store import write_jsonl

    prompts = [line.strip() for line in _read(args.batch).splitlines() if line.strip()]
    found = answer_all(decoder, prompts, args.budget, args.candidates)
    if args.output:
        write_jsonl(args.output, map(as_json, found))
        print(f"{len(found)} answers written to {args.output}", file=sys.stderr)
        return _exit_code(found)
    for suggestion in found:
        _show(suggestion, args, is_streamed=False)
    return _exit_code(found)


def _show(best, args: argparse.Namespace, is_streamed: bool) -> ExitCode:
    """Print the answer (unless it stands on the screen already, as it is), and on stderr what is wrong with it."""
    from model.suggestions import as_clipboard, copy_to_clipboard, formatted
    from pipeline.store import write_text

    is_shown = is_streamed and best.answer.raw.rstrip() == best.dsl.rstrip()
    if is_streamed:
        print("" if is_shown else "\n\nCompleted, in canonical form:\n", flush=True)
    if args.output:
        write_text(args.output, formatted(best, args.format))
    elif not is_shown:
        print(formatted(best, args.format), end="")
    if args.copy:
        copy_to_clipboard(as_clipboard(best))
    for finding in best.findings:
        print(finding, file=sys.stderr)
    if not best.answer.is_whole:
        print(_stopped(best.answer, args), file=sys.stderr)
    return _exit_code([best])


def _stopped(answer, args: argparse.Namespace) -> str:
    """What people should know of an answer that did not come to its end."""
    if answer.fault:
        return f"The constraint failed, which is a fault of this program, not of the model; the answer ends there: {answer.fault}"
    limit = f"at {args.budget} tokens; --budget allows more" if answer.stop_reason == "budget" else f"after {args.timeout:g} s; --timeout allows more"
    return f"The answer was cut {limit}." if args.unconstrained else f"The answer was completed to a valid graph, since it was cut {limit}."


def _exit_code(found: list) -> ExitCode:
    return ExitCode.FAILED if any(suggestion.errors for suggestion in found) else ExitCode.OK


def _print_at_once(text: str) -> None:
    print(text, end="", flush=True)


def _read(file: Path) -> str:
    from error_handler import UserError

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: cannot be read: {error}", "give a UTF-8 text file.") from error


def parser() -> argparse.ArgumentParser:
    from model.answering import add_model_options
    from model.decode_types import DEFAULT_BUDGET_TOKENS

    options = build_parser(__doc__)
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--prompt", metavar="TEXT", help="what the graph shall do")
    what.add_argument("--batch", type=Path, metavar="FILE", help="a file with one prompt a line")
    what.add_argument("--interactive", action="store_true", help="ask and change graphs in a conversation")
    options.add_argument("--change", type=Path, metavar="FILE", help="a .dsl document that the prompt changes")
    options.add_argument("--format", choices=("dsl", "clipboard", "json", "html"), default="dsl", help="form of the answer")
    options.add_argument("--copy", action="store_true", help="put the answer on the system clipboard, ready to paste into the editor")
    options.add_argument("--output", type=Path, metavar="FILE", help="write here instead of to stdout")
    add_model_options(options, DEFAULT_BUDGET_TOKENS)
    return options


if __name__ == "__main__":
    run_door(main, parser())
