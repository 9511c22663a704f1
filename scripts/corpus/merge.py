"""All rows of a project into one training set: read, check, guard, deduplicate, split, write.

Two passes over the row files: the first checks every row and keeps its keys, the second writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import json
import numpy as np

from corpus.dedup import DEFAULT_CAP, KEPT, RowKeys, collect_keys, counts, decide
from corpus.fingerprint import digest
from corpus.leak_guard import LeakGuard
from corpus.rows import Row, read_rows, training_line
from error_handler import UserError
from pipeline.store import replace_when_complete
from utils.dsl_validator import validate_text

VALIDATION_FRACTION = 0.05
# Made by machine, so an accidental meeting with a guarded graph is dropped and counted; a person's row is refused aloud.
MACHINE_MADE = ("synthetic", "correction", "export")

FIT, INVALID, LEAK = "", "refused by the validator", "leak"

Progress = Callable[[Iterable[Row]], Iterable[Row]]


@dataclass
class MergeReport:
    """What became of the rows; saved as datasets/merge_report.json."""

    read: int = 0
    train: int = 0
    validation: int = 0
    by_source: dict[str, dict[str, int]] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    schema_version: int = 1


def merge(files: list[Path], guard: LeakGuard, train_file: Path, validation_file: Path, provenance_file: Path,
          cap: int = DEFAULT_CAP, validation_fraction: float = VALIDATION_FRACTION, progress: Progress = iter) -> MergeReport:
    """Write train, validation and provenance from row files given in order of trust; fails on a leak in a person's row.

    Without a row to train on it fails too, and what was there stays.
    """
    read = _first_pass(files, guard, progress)
    verdict = decide(read.keys, cap)
    is_kept = (verdict == KEPT) & (read.unfit == FIT)
    is_validation = choose_validation(read.keys, read.sources, is_kept, validation_fraction)
    if not (is_kept & ~is_validation).any():
        raise UserError("no rows to train on: cleaned-data/rows holds none that may be used.", "run scripts/03, 05 or 13 first, or the whole pipeline.")
    report = _write(files, is_kept, is_validation, train_file, validation_file, provenance_file)
    report.dropped = counts(np.where(read.unfit == FIT, verdict, KEPT)) | {reason: int((read.unfit == reason).sum()) for reason in (INVALID, LEAK)}
    return report


@dataclass(frozen=True)
class _Read:
    """What one pass over all rows says of each: keys, source, and why it may not be learned from (FIT: it may)."""

    keys: RowKeys
    sources: np.ndarray
    unfit: np.ndarray


def _first_pass(files: list[Path], guard: LeakGuard, progress: Progress) -> _Read:
    sources: list[str] = []
    unfit: list[str] = []
    valid: dict[int, bool] = {}

    def is_fit(row: Row) -> bool:
        key = digest(row.output)
        if key not in valid:
            valid[key] = not any(finding.is_error for finding in validate_text(row.output)[1])
        return valid[key] and bool(row.instruction.strip())

    def watched() -> Iterator[Row]:
        for row in progress(_all_rows(files)):
            sources.append(row.provenance.source)
            unfit.append(INVALID if not is_fit(row) else LEAK if _is_leak(row, guard) else FIT)
            yield row

    keys = collect_keys(watched())
    return _Read(keys, np.array(sources, dtype=object), np.array(unfit, dtype=object))


def _is_leak(row: Row, guard: LeakGuard) -> bool:
    leak = guard.leak(row)
    if leak and row.provenance.source not in MACHINE_MADE:
        where = f"{row.provenance.file} {row.provenance.prompt_id}".strip() or row.provenance.source
        raise UserError(f"{where}: this row is {leak}; the hold-out would no longer measure anything.",
                        "take the row out of the training data, or the prompt out of the hold-out.")
    return bool(leak)


def _all_rows(files: Iterable[Path]) -> Iterator[Row]:
    for file in files:
        if file.exists():
            yield from read_rows(file)


def choose_validation(keys: RowKeys, sources: np.ndarray, is_kept: np.ndarray, fraction: float) -> np.ndarray:
    """(N,) bool. Whole structures go to validation, chosen by their key: the same ones every night, from every source.

    A source none of whose structures was drawn gives its smallest one, unless it is its only one.
    """
    structure = np.frombuffer(keys.structure, np.int64) if len(keys) else np.zeros(0, np.int64)
    mixed = structure.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    chosen = is_kept & ((mixed >> np.uint64(40)) < np.uint64(fraction * 2**24))
    for source in dict.fromkeys(sources.tolist()):
        of_source = is_kept & (sources == source)
        if of_source.any() and not (chosen & of_source).any():
            names, sizes = np.unique(structure[of_source], return_counts=True)
            if len(names) > 1:
                chosen |= is_kept & (structure == names[np.argmin(sizes)])
    return chosen


def _write(files: list[Path], is_kept: np.ndarray, is_validation: np.ndarray, train_file: Path, validation_file: Path,
           provenance_file: Path) -> MergeReport:
    report = MergeReport(read=len(is_kept))
    by_source: dict[str, Counter[str]] = {}
    with replace_when_complete(train_file) as train, replace_when_complete(validation_file) as validation, \
            replace_when_complete(provenance_file) as provenance:
        for index, row in enumerate(_all_rows(files)):
            tally = by_source.setdefault(row.provenance.source, Counter(read=0, train=0, validation=0))
            tally["read"] += 1
            if not is_kept[index]:
                continue
            split = "validation" if is_validation[index] else "train"
            (validation if is_validation[index] else train).write(training_line(row))
            provenance.write(json.dumps({"split": split, "line": tally_total(by_source, split) + 1} | asdict(row.provenance)) + "\n")
            tally[split] += 1
    report.by_source = {source: dict(tally) for source, tally in by_source.items()}
    report.train, report.validation = tally_total(by_source, "train"), tally_total(by_source, "validation")
    return report


def tally_total(by_source: dict[str, Counter[str]], split: str) -> int:
    return sum(tally[split] for tally in by_source.values())
