"""DSL documents from disk as clipboard texts to save, show or copy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from error_handler import UserError
from utils.clipboard_writer import write_graphs
from utils.dsl.ast import Blueprint
from utils.dsl.writer import write_variable
from utils.dsl_parser import DslError, parse
from utils.dsl_validator import validate

# What no file system of the three allows in a name, or Windows does not.
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]+$')
# Most file systems take 255; a number, the ending and the writer's temporary name come on top.
LONGEST_NAME_BYTES = 200


@dataclass(frozen=True)
class GraphText:
    """One graph of one document. `caption` is for people.

    needs   what the Blueprint must have, since no text brings it
    errors  of the document, each with its line: it is written all the same, but the editor may refuse a wire or show an error node
    """

    document: Path
    graph: str
    text: str
    is_function: bool
    needs: str = ""
    errors: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        return f"{self.document.stem}: {self.graph}"


def dsl_files(path: Path) -> list[Path]:
    """The document itself, or all of a folder and below, in order; a folder may have a name like a document's."""
    if not path.exists():
        raise UserError(f"{path}: no such file or folder.", "check that it is there, or give another path.")
    files = sorted(file for file in path.rglob("*.dsl") if not file.is_dir()) if path.is_dir() else [path]
    if not files:
        raise UserError(f"{path}: no .dsl file in this folder.", "give a .dsl file or a folder that holds some.")
    return files


def graph_texts(file: Path, only: str | None = None) -> list[GraphText]:
    """A text for each graph, or for the one that is asked for; a document that is not DSL is a UserError with its line."""
    blueprint = read_document(file)
    texts = write_graphs(blueprint)
    names = [name for name in texts if only is None or name.lower() == only.lower()]
    if not names:
        raise UserError(f"{file}: no graph '{only}'.", f"name one of: {', '.join(texts)}.")
    functions = {graph.name for graph in blueprint.graphs if any(node.type == "FunctionEntry" for node in graph.nodes)}
    needs = what_it_needs(blueprint)
    errors = tuple(f"line {finding.line}: {finding.message}" for finding in validate(blueprint) if finding.is_error)
    return [GraphText(file, name, texts[name], name in functions, needs, errors) for name in names]


def what_it_needs(blueprint: Blueprint) -> str:
    """The parent class and variables that a Blueprint must have before the text is pasted; "" for a plain Actor without any."""
    variables = ", ".join(write_variable(one).removeprefix("VAR ") for one in blueprint.variables)
    parent = f"of parent class {blueprint.parent}" if blueprint.parent != "Actor" else ""
    return " ".join(filter(None, (parent, variables and f"with the variables {variables}")))


def read_document(file: Path) -> Blueprint:
    try:
        return parse(file.read_text(encoding="utf-8-sig"))
    except DslError as error:
        raise UserError(f"{file}, {error}", "correct this line; 06_validate_dsl.py shows all that is wrong.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: not UTF-8 text.", "save the file as UTF-8.") from error
    except OSError as error:  # a link to a file that is gone, a file of another user
        raise UserError(f"{file}: cannot be read ({error.strerror}).", "check that the file is there and that you may read it.") from error


def file_names(texts: list[GraphText]) -> list[str]:
    """`Door.EventGraph.txt` for each; two graphs whose names differ only in what files cannot hold get a number.

    Names are cut where no file system would take them; a number makes them different again.
    """
    taken: set[tuple[Path, str]] = set()
    names: list[str] = []
    for text in texts:
        stem = name = shortened(UNSAFE.sub("_", f"{text.document.stem}.{text.graph}"))
        number = 2
        while (text.document.parent, name.lower()) in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add((text.document.parent, name.lower()))
        names.append(f"{name}.txt")
    return names


def shortened(name: str) -> str:
    return name.encode("utf-8", "ignore")[:LONGEST_NAME_BYTES].decode("utf-8", "ignore")
