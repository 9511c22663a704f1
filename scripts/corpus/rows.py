"""Training rows and where each came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from error_handler import UserError
from pipeline.store import read_jsonl, write_jsonl


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a row came from; `source` is manual, export, synthetic, lesson or correction."""

    source: str
    file: str = ""
    prompt_id: str = ""
    pattern: str = ""
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One example. Files for training hold the first three fields only; provenance goes to a side file."""

    instruction: str
    output: str
    input: str = ""
    provenance: Provenance = field(default=Provenance("manual"))

    def training_fields(self) -> dict[str, str]:
        return {"instruction": self.instruction, "input": self.input, "output": self.output}


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of a JSONL file, with or without provenance; a row without its texts is a UserError with its line."""
    for number, line in enumerate(read_jsonl(path), start=1):
        yield _row(line, path, number)


def _row(line: object, path: Path, number: int) -> Row:
    if not isinstance(line, dict) or not all(isinstance(line.get(key), str) for key in ("instruction", "output")):
        raise UserError(f"{path}:{number}: a row needs the texts 'instruction' and 'output'.", "mend or delete this line.")
    provenance = line.get("provenance") or {"source": "manual", "file": path.name}
    return Row(line["instruction"], line["output"], line.get("input") or "", Provenance(**provenance))


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write rows with their provenance; returns how many."""
    lines = [row.training_fields() | {"provenance": asdict(row.provenance)} for row in rows]
    write_jsonl(path, lines)
    return len(lines)


def training_line(row: Row) -> str:
    return json.dumps(row.training_fields(), ensure_ascii=False) + "\n"
