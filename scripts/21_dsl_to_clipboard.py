"""Turn DSL documents into text that pastes into the Unreal editor.

Copy a text, click into the graph in the editor, press Ctrl+V. Each graph is a text of its own. The editor never pastes
function entries: for a function graph, make the function first, then paste the rest into it. Nor does clipboard text hold
variables with their start values, or the parent class: what a Blueprint has to have is said on stderr.

Reads    a .dsl file or a folder of them
Writes   the text to stdout, or one file a graph, Name.EventGraph.txt, with --output; a page that draws the graphs with --html
Usage    python scripts/21_dsl_to_clipboard.py door.dsl --output pasteable --html door.html
         python scripts/21_dsl_to_clipboard.py door.dsl --graph EventGraph --copy
Exit     0 all written, also when a document has errors (said on stderr: the editor may refuse a wire or show an error node),
         1 a document could not be read, 64 bad usage
"""

import argparse
import sys
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, report_finding, run_door, track
from pipeline.exit_codes import ExitCode
from pipeline.wording import counted, with_project

SHOWN_ERRORS = 5


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.clipboard_files import dsl_files

    files = dsl_files(args.path)
    texts, refused = read_all(files, args.graph)
    if args.copy:
        copy(texts)
    if args.html:
        write_page(args.html, args.path, texts)
    if args.output:
        write_files(args.output, args.path, texts)
    elif not args.copy and not args.html:
        print("".join(text.text for text in texts), end="")
    say_what_to_prepare(texts)
    return ExitCode.FAILED if refused else ExitCode.OK


def read_all(files: list[Path], graph: str | None) -> tuple[list, int]:
    """Texts of all documents that can be read; of several, the others are reported and counted."""
    from corpus.clipboard_files import graph_texts

    texts, refused = [], 0
    for file in track(files, "writing"):
        try:
            texts += graph_texts(file, graph)
        except UserError as error:
            if len(files) == 1:
                raise
            report_finding(error.problem, error.fix)
            refused += 1
    return texts, refused


def copy(texts: list) -> None:
    from pipeline.system_clipboard import copy_to_clipboard

    if len(texts) != 1:
        raise UserError(f"--copy takes one graph, not {len(texts)}.", f"choose with --graph: {', '.join(text.graph for text in texts)}.")
    copy_to_clipboard(texts[0].text)
    print(f"{texts[0].caption} is on the clipboard: press Ctrl+V in the graph.", file=sys.stderr)


def write_page(page: Path, source: Path, texts: list) -> None:
    from pipeline.store import write_text
    from utils.clipboard.html import render_page

    write_text(page, render_page(source.stem, [(text.caption, text.text) for text in texts]))
    print(f"page: {page}", file=sys.stderr)


def write_files(output: Path, source: Path, texts: list) -> None:
    """One graph may be given a file; everything else a folder, in which the documents keep their places."""
    from corpus.clipboard_files import file_names
    from pipeline.store import write_text

    if output.suffix and not output.is_dir():
        if len(texts) != 1:
            raise UserError(f"{output} is one file, but there are {len(texts)} graphs.", "name a folder, or choose one with --graph.")
        targets = [output]
    else:
        root = source if source.is_dir() else source.parent
        targets = [output / text.document.parent.relative_to(root) / name for text, name in zip(texts, file_names(texts))]
    for target, text in zip(targets, texts):
        write_text(target, text.text)
        print(target)


def say_what_to_prepare(texts: list) -> None:
    """What no clipboard text brings along: the class, its variables, its functions; and that a document has errors."""
    for document, errors in dict.fromkeys((text.document, text.errors) for text in texts if text.errors):
        say_errors(document, errors)
    for document, needs in dict.fromkeys((text.document, text.needs) for text in texts if text.needs):
        print(f"{document.stem}: paste into a Blueprint {needs}.", file=sys.stderr)
    for text in texts:
        if text.is_function:
            print(f"{text.caption}: make the function in the editor first, then paste into it.", file=sys.stderr)


def say_errors(document: Path, errors: tuple[str, ...]) -> None:
    for error in errors[:SHOWN_ERRORS]:
        print(f"{document}, {error}", file=sys.stderr)
    if len(errors) > SHOWN_ERRORS:
        print(f"and {len(errors) - SHOWN_ERRORS} more", file=sys.stderr)
    print(with_project(f"{document}: written with {counted(len(errors), 'error')}; python scripts/06_validate_dsl.py {document} shows how to mend "
                       f"{'it' if len(errors) == 1 else 'them'}."), file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    options.add_argument("path", type=Path, metavar="FILE|FOLDER", help="what to turn into clipboard text")
    options.add_argument("--output", type=Path, metavar="FILE|FOLDER", help="where the text goes (default: stdout)")
    options.add_argument("--html", type=Path, metavar="FILE", help="a page that shows the graphs, opens from disk")
    options.add_argument("--graph", metavar="NAME", help="only this graph")
    options.add_argument("--copy", action="store_true", help="put the text on the clipboard")
    return options


if __name__ == "__main__":
    run_door(main, parser())
