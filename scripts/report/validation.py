"""Validation of many documents: where they come from, what is counted, and what can be mended without a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from error_handler import UserError
from pipeline.store import read_jsonl, write_jsonl, write_text
from pipeline.wording import counted
from utils.dsl_parser import MISPLACED, parse_lenient, render
from utils.dsl_validator import Finding, validate, validate_text
from utils.findings import Severity

SCHEMA_VERSION = 1
SUFFIXES = frozenset({".dsl", ".jsonl"})
LISTED_DOCUMENTS = 1_000  # invalid documents that a report spells out
ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True)
class Document:
    """A DSL text by the place it came from: `door.dsl`, `train.jsonl:17`."""

    place: str
    text: str


OnUnreadable = Callable[[UserError], None]


def documents(path: Path, on_unreadable: OnUnreadable) -> Iterator[Document]:
    """The documents of a .dsl file, of a .jsonl file's `output` fields, or of all such files under a folder.

    A file that cannot be read is handed over as its error, and the next one follows.
    """
    for file in _files(path):
        try:
            yield from _file_documents(file, file.relative_to(path).as_posix() if path.is_dir() else file.name)
        except UserError as error:
            on_unreadable(error)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if is_document(file))


def is_document(file: Path) -> bool:
    """Whether a file is one of documents by its name, in any letter case."""
    return file.suffix.lower() in SUFFIXES and file.is_file()


def _file_documents(file: Path, name: str) -> Iterator[Document]:
    if _holds_rows(file):
        for number, row in enumerate(read_jsonl(file), start=1):
            yield Document(f"{name}:{number}", _output(row, file, number))
    else:
        yield Document(name, _read(file))


def _holds_rows(file: Path) -> bool:
    return file.suffix.lower() == ".jsonl"


def _output(row: object, file: Path, number: int) -> str:
    if not isinstance(row, dict) or not isinstance(row.get("output"), str):
        raise UserError(f"{file}:{number}: the row has no text 'output'.", "mend or delete this line.")
    return row["output"]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: not UTF-8 text.", "save the file as UTF-8.") from error


@dataclass
class CodeTally:
    """How often one kind of finding stands, and the first of them."""

    severity: str
    count: int
    documents: int
    example: dict


@dataclass
class ValidationReport:
    schema_version: int = SCHEMA_VERSION
    documents: int = 0
    valid: int = 0
    findings: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))
    by_code: dict[str, CodeTally] = field(default_factory=dict)
    invalid: list[dict] = field(default_factory=list)
    """The first LISTED_DOCUMENTS documents with an error, with their errors."""

    def add(self, document: Document, findings: list[Finding]) -> None:
        errors = [finding for finding in findings if finding.is_error]
        self.documents += 1
        self.valid += not errors
        self._count(document, findings)
        if errors and len(self.invalid) < LISTED_DOCUMENTS:
            self.invalid.append({"document": document.place, "errors": [asdict(error) for error in errors]})

    def _count(self, document: Document, findings: list[Finding]) -> None:
        for finding in findings:
            self.findings[finding.severity] += 1
            tally = self.by_code.setdefault(finding.code, CodeTally(
                finding.severity, 0, 0, {"document": document.place, "line": finding.line, "message": finding.message, "remedy": finding.remedy}))
            tally.count += 1
            tally.severity = min(tally.severity, finding.severity, key=lambda severity: ORDER.index(Severity(severity)))
        for code in {finding.code for finding in findings}:
            self.by_code[code].documents += 1


def validate_documents(found: Iterable[Document]) -> ValidationReport:
    """Rows often share an answer; each text is checked once."""
    report, known = ValidationReport(), {}
    for document in found:
        key = hash(document.text)
        if key not in known:
            known[key] = tuple(validate_text(document.text)[1])
        report.add(document, known[key])
    return report


def table(report: ValidationReport) -> str:
    """One line a code, errors first, the commonest first."""
    lines = [f"{report.valid} of {counted(report.documents, 'document')} {'is' if report.documents == 1 else 'are'} valid; " +
             ", ".join(counted(report.findings[severity], severity) for severity in ORDER)]
    tallies = sorted(report.by_code.items(), key=lambda item: (ORDER.index(Severity(item[1].severity)), -item[1].count))
    if tallies:
        lines.append(f"{'code':<22}{'severity':<10}{'findings':>9}{'documents':>11}  first")
    for code, tally in tallies:
        place = f"{tally.example['document']}, line {tally.example['line']}"
        lines.append(f"{code:<22}{tally.severity:<10}{tally.count:>9}{tally.documents:>11}  {place}: {tally.example['message']}")
    return "\n".join(lines)


# -- mending

def mended(text: str) -> str:
    """The canonical text, where aliases, spelling and order are all that changes; the text itself where a line cannot be
    read or a value is given twice, since writing it anew would lose one of them."""
    blueprint, errors = parse_lenient(text)
    if any(error.expected != MISPLACED for error in errors) or any(finding.code == "given-twice" for finding in validate(blueprint)):
        return text
    return render(blueprint)


def mend(path: Path) -> list[Path]:
    """Write the documents of a file or folder in their canonical form, the original kept beside as .bak; the files changed.

    Files that cannot be read are left alone; `documents` names them.
    """
    return [file for file in _files(path) if _mend(file)]


def _mend(file: Path) -> bool:
    try:
        return _mend_rows(file) if _holds_rows(file) else _mend_file(file)
    except UserError:
        return False


def _mend_file(file: Path) -> bool:
    text = _read(file)
    better = mended(text)
    if better == text:
        return False
    _keep(file)
    write_text(file, better)
    return True


def _mend_rows(file: Path) -> bool:
    rows = list(read_jsonl(file))
    better = [row | {"output": mended(_output(row, file, number))} for number, row in enumerate(rows, start=1)]
    if better == rows:
        return False
    _keep(file)
    write_jsonl(file, better)
    return True


def _keep(file: Path) -> None:
    """An earlier original is the one worth keeping: a .bak that is there stays."""
    backup = file.with_name(file.name + ".bak")
    if not backup.exists():
        backup.write_bytes(file.read_bytes())
