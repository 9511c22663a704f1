"""Exports from disk to DSL documents on disk, each content once.

    translate_file(path)                  one export, never an exception: what is wrong is in the findings
    translate_files(files, root, output)  many, with a manifest that knows by content hash what is done already
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from error_handler import UserError
from pipeline.spread import spread
from pipeline.store import read_json, sha256_file, write_json, write_text
from utils.blueprint_patterns import load_catalogue
from utils.catalogue.data import DATA_FILE
from utils.clipboard.bytes import decode
from utils.clipboard.damage import is_loss
from utils.clipboard_reader import Translation, read_clipboard
from utils.dsl_parser import render
from utils.findings import Finding, Severity

MANIFEST_NAME = ".translated.json"
MANIFEST_SCHEMA = 1
EXPORT_SUFFIXES = frozenset({".txt", ".t3d", ".copy"})
GENERIC_NODE = "K2Node"


def export_files(path: Path) -> list[Path]:
    """The export itself, or all of a folder and below, in order."""
    if not path.exists():
        raise UserError(f"{path}: no such file or folder.", "put exports (.txt copied from the editor) there, or give another path.")
    if path.is_file():
        return [path]
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in EXPORT_SUFFIXES and file.is_file())
    if not files:
        raise UserError(f"{path}: no export in this folder.", "save copied nodes as .txt files there.")
    return files


def translate_file(path: Path) -> Translation:
    return translate_bytes(path.read_bytes(), path.stem)


def translate_bytes(data: bytes, name: str) -> Translation:
    text, findings = decode(data)
    if text is None:
        return Translation(None, tuple(findings), "unknown")
    translation = read_clipboard(text, name, load_catalogue())
    return replace(translation, findings=(*translation.findings, *findings))


@dataclass(frozen=True)
class Record:
    """What became of one content.

    source    the export, by its place in `folder`, which is given from the output folder on
    document  empty where the export was refused; `written` is the hash of what was written
    problem   with `fix`: the one thing that a person should know about the export
    is_damaged  the document is not the graph that the editor had: nothing may be learned from it
    """

    source: str
    folder: str = ""
    document: str = ""
    written: str = ""
    family: str = ""
    nodes: int = 0
    generic_nodes: int = 0
    wires: int = 0
    problem: str = ""
    fix: str = ""
    is_damaged: bool = False

    @property
    def status(self) -> str:
        """What a translation made of the content just now."""
        return "refused" if not self.document else "damaged" if self.is_damaged else "translated"


@dataclass(frozen=True)
class Outcome:
    """One input of a run. `status` is translated, damaged (but translated), unchanged, duplicate or refused."""

    file: Path
    status: str
    record: Record


@dataclass
class Manifest:
    """Content hash of an export -> what became of it; worthless once the translating program is another."""

    program: str
    records: dict[str, Record] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        file, program = folder / MANIFEST_NAME, program_digest()
        stored = read_json(file, newest_schema=MANIFEST_SCHEMA) if file.exists() else {}
        known = stored.get("records", {}) if stored.get("program") == program else {}
        return cls(program, {digest: Record(**record) for digest, record in known.items()})

    def save(self, folder: Path) -> None:
        records = {digest: asdict(record) for digest, record in self.records.items()}
        write_json(folder / MANIFEST_NAME, {"schema_version": MANIFEST_SCHEMA, "program": self.program, "records": records})


@cache
def program_digest() -> str:
    """Of all that decides a translation: the language's code and the catalogue."""
    folder = Path(__file__).resolve().parents[1] / "utils"
    digest = hashlib.sha256()
    for file in (*sorted(folder.rglob("*.py")), DATA_FILE):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def translate_files(files: list[Path], root: Path, output: Path) -> Iterator[Outcome]:
    """Translate what is new, keeping the places that the files have under `root`; the manifest is saved at the end.

    A content that several files hold is translated once; one bad file does not stop the others; what became of an export
    that is gone from `root` goes too. Uses all cores; call it before any thread is started.
    """
    run = _Run(root, output, Manifest.load(output))
    plans = [run.plan(file) for file in files]
    load_catalogue()  # once, for all that are forked
    return _outcomes(run, plans, spread(_translated, [plan.file for plan in plans if plan.is_new]))


def _outcomes(run: _Run, plans: list[Plan], translated: Iterator[Translated]) -> Iterator[Outcome]:
    try:
        for plan in plans:
            yield run.outcome(plan, next(translated) if plan.is_new else None)
        run.remove_orphans()
    finally:
        run.manifest.save(run.output)


class Translated(NamedTuple):
    """A translation as far as the manifest and the disk are concerned. `text` is empty where the export was refused."""

    text: str
    family: str
    nodes: int
    generic_nodes: int
    wires: int
    problem: str
    fix: str
    is_damaged: bool


def _translated(file: Path) -> Translated:
    translation = translate_file(file)
    graphs = translation.blueprint.graphs if translation.blueprint else ()
    nodes = [node for graph in graphs for node in graph.nodes]
    return Translated(render(translation.blueprint) if translation.blueprint else "", translation.family, len(nodes),
                      sum(node.type == GENERIC_NODE for node in nodes), sum(len(graph.wires) for graph in graphs), *worst(translation.findings),
                      any(map(is_loss, translation.findings)))


class Plan(NamedTuple):
    """What is to be done about one file; `known` is what became of the same content before."""

    file: Path
    source: str
    digest: str
    known: Record | None
    is_duplicate: bool
    is_new: bool


class _Run:
    """One folder of exports into one folder of documents."""

    def __init__(self, root: Path, output: Path, manifest: Manifest) -> None:
        self.root, self.output, self.manifest = root, output, manifest
        self.folder = _path_from(output, root)
        self.seen: set[str] = set()

    def plan(self, file: Path) -> Plan:
        source, digest = file.relative_to(self.root).as_posix(), sha256_file(file)
        known = self.manifest.records.get(digest)
        is_duplicate = digest in self.seen
        self.seen.add(digest)
        is_done = known is not None and known.source == source and (not known.document or (self.output / known.document).exists())
        return Plan(file, source, digest, known, is_duplicate, not (is_duplicate or is_done))

    def outcome(self, plan: Plan, translated: Translated | None) -> Outcome:
        if plan.is_duplicate:
            return Outcome(plan.file, "duplicate", self.manifest.records[plan.digest])
        if translated is None:
            return Outcome(plan.file, "unchanged" if plan.known.status == "translated" else plan.known.status, plan.known)
        record = self.manifest.records[plan.digest] = self._written(plan, translated)
        if plan.known and plan.known.document != record.document:
            self._remove(plan.known)  # the export has been moved
        return Outcome(plan.file, record.status, record)

    def _written(self, plan: Plan, found: Translated) -> Record:
        if not found.text:
            return Record(plan.source, self.folder, family=found.family, problem=found.problem, fix=found.fix)
        document = self._document_name(plan.source, plan.digest)
        write_text(self.output / document, found.text, durable=False)
        return Record(plan.source, self.folder, document, _digest(found.text), *found[1:])

    def _document_name(self, source: str, digest: str) -> str:
        """`door.txt` is door.dsl; `door.t3d` beside it takes another name."""
        taken = {record.document for other, record in self.manifest.records.items() if other != digest and not self._is_of(record, source)}
        stem, number = source.rpartition(".")[0] or source, 2
        name = f"{stem}.dsl"
        while name in taken:
            name, number = f"{stem}_{number}.dsl", number + 1
        return name

    def _is_of(self, record: Record, source: str) -> bool:
        return (record.source, record.folder) == (source, self.folder)

    def remove_orphans(self) -> None:
        """Documents of exports that are no more, or are other ones now; not those that somebody has edited since."""
        current = {self.manifest.records[digest].document for digest in self.seen}
        for digest, record in list(self.manifest.records.items()):
            is_gone = digest not in self.seen and record.folder == self.folder
            if is_gone and (record.document in current or not (self.root / record.source).exists()):
                del self.manifest.records[digest]
                if record.document not in current:
                    self._remove(record)

    def _remove(self, record: Record) -> None:
        document = self.output / record.document
        if record.document and document.exists() and sha256_file(document) == record.written:
            document.unlink()


def damaged_documents(folder: Path) -> set[Path]:
    """Documents of a folder whose exports had lost a part."""
    return {folder / record.document for record in Manifest.load(folder).records.values() if record.status == "damaged"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _path_from(output: Path, root: Path) -> str:
    """The same wherever the project lies; absolute where the two are on different drives."""
    try:
        return Path(os.path.relpath(root.resolve(), output.resolve())).as_posix()
    except ValueError:
        return root.resolve().as_posix()


def worst(findings: Iterable[Finding]) -> tuple[str, str]:
    """The one thing to tell about a file: an error before a loss before other damage; links that lead out of a copy are no damage."""
    serious = sorted((finding for finding in findings if finding.severity != Severity.NOTE), key=lambda one: (not one.is_error, not is_loss(one)))
    if not serious:
        return "", ""
    first = serious[0]
    place = f"line {first.line}: " if first.line else ""
    more = f" ({len(serious) - 1} more)" if len(serious) > 1 else ""
    return f"{place}{first.message}{more}", first.remedy
