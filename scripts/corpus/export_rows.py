"""Training rows from translated exports: every piece told in three manners, where words can say all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.description.manners import describe
from corpus.pieces import DEFAULT_MAX_CHARACTERS, pieces
from corpus.rows import Provenance, Row
from corpus.sharing import share_values
from utils.dsl.ast import Blueprint
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate

MANNERS = ("request", "steps", "terse")
FEWEST_NODES = 2
"""A node on its own is no behaviour."""


@dataclass
class ExportRows:
    """Rows and, for what gave none, why."""

    rows: list[Row] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def export_rows(documents: Iterable[Path], max_characters: int = DEFAULT_MAX_CHARACTERS) -> ExportRows:
    found, told = ExportRows(), {}
    for file in documents:
        for number, piece in fit_pieces(file, max_characters, found.dropped):
            found.rows += _new_rows(piece, file.name, number, told)
    return found


def fit_pieces(file: Path, max_characters: int = DEFAULT_MAX_CHARACTERS, dropped: Counter[str] | None = None) -> Iterator[tuple[int, Blueprint]]:
    """Pieces of a DSL document that can become rows, numbered; why the others cannot is counted in `dropped`."""
    document = share_values(parse(file.read_text(encoding="utf-8")))
    for number, piece in enumerate(pieces(document, max_characters), start=1):
        if not (reason := _unfit(piece, max_characters)):
            yield number, piece
        elif dropped is not None:
            dropped[reason] += 1


def _unfit(piece: Blueprint, max_characters: int) -> str:
    nodes = [node for graph in piece.graphs for node in graph.nodes]
    if len(nodes) < FEWEST_NODES or not any(graph.wires for graph in piece.graphs):
        return "a single node or no wire"
    if any(node.type == "K2Node" for node in nodes):
        return "holds a node that no words can determine"
    if any(node.get("Open") is not None for node in nodes):
        return "a partial copy: a wire leads out of it"
    if len(render(piece)) > max_characters:
        return "longer than an answer may be"
    if any(finding.is_error for finding in validate(piece)):
        return "refused by the validator"
    return ""


def _new_rows(piece: Blueprint, file: str, number: int, told: dict[str, str]) -> Iterator[Row]:
    """The three manners; a text that another graph has already taken tells too little and is left out."""
    answer = render(piece)
    for manner, text in zip(MANNERS, describe(piece, piece.graphs[0])):
        if told.setdefault(text, answer) == answer:
            yield Row(text, answer, "", Provenance("export", file, f"{number}", manner))
