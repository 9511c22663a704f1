"""The rows of a project, encoded and checked for training."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.rows import Row, read_rows
from error_handler import UserError
from model.encode import EncodedDataset, EncodedRow, check_labels, common_prefix_tokens, encode_dataset
from pipeline.paths import Paths
from pipeline.store import read_jsonl, sha256_file

CORRECTION_FILE = re.compile(r"correction_v(\d+)\.json")
MIN_SHARED_SAVING = 1.1
"""Tokens without sharing over tokens with it, from which on sharing is used; its bookkeeping costs up to 0.09 (benchmarks/training_prompt_lengths.py)."""


@dataclass(frozen=True)
class RawData:
    """What training reads, before any tokenizer is known."""

    train: list[Row]
    validation: list[Row]
    system_prompt: str
    data_hash: str
    corrections: frozenset[int] = frozenset()
    """Numbers of the training rows that come of the newest correction lesson."""


@dataclass(frozen=True)
class TrainingData:
    """Encoded rows and the ids of the prompt they share."""

    train: EncodedDataset
    validation: EncodedDataset
    prefix_ids: tuple[int, ...]


def read_data(paths: Paths, train_file: Path | None = None) -> RawData:
    train_file = train_file or paths.train_file
    files = [train_file, paths.validation_file, paths.system_prompt]
    for file, fix in ((train_file, "python scripts/11_pipeline_orchestrator.py --data-only makes it."),
                      (paths.system_prompt, "python scripts/08_generate_system_prompt.py writes it.")):
        if not file.is_file():
            raise UserError(f"{file}: no such file.", fix)
    validation = list(read_rows(paths.validation_file)) if paths.validation_file.is_file() else []
    corrections = newest_corrections(paths.provenance_file) if train_file == paths.train_file else frozenset()
    hashes = "".join([*(sha256_file(file) for file in files if file.is_file()), *map(str, sorted(corrections))])
    return RawData(list(read_rows(train_file)), validation, paths.system_prompt.read_text(encoding="utf-8"),
                   hashlib.sha256(hashes.encode()).hexdigest(), corrections)


def newest_corrections(provenance_file: Path) -> frozenset[int]:
    """Numbers of the training rows, from 0, that were written against the newest weaknesses; none where the merge made no such file."""
    found: dict[int, set[int]] = {}
    for line in read_jsonl(provenance_file) if provenance_file.is_file() else ():
        version = CORRECTION_FILE.fullmatch(line.get("file") or "")
        if version and line.get("split") == "train":
            found.setdefault(int(version[1]), set()).add(line["line"] - 1)
    return frozenset(found[max(found)]) if found else frozenset()


def encode_data(tokenizer: Any, raw: RawData, max_seq_length: int) -> TrainingData:
    """Encode and check; an empty training set is a UserError that says why."""
    train = encode_dataset(tokenizer, raw.system_prompt, raw.train, max_seq_length, raw.corrections)
    validation = encode_dataset(tokenizer, raw.system_prompt, raw.validation, max_seq_length)
    if not train.rows:
        problem = (f"all {len(raw.train)} rows are longer than model.max_seq_length {max_seq_length} (longest {train.longest_tokens} tokens)."
                   if raw.train else "the training file has no rows.")
        raise UserError(f"Nothing to train on: {problem}", "raise model.max_seq_length, or make data: python scripts/11_pipeline_orchestrator.py --data-only")
    check_labels(tokenizer, train, [row.output for row in raw.train])
    return TrainingData(train, validation, shared_prefix([*train.rows, *validation.rows]))


def shared_prefix(rows: Sequence[EncodedRow]) -> tuple[int, ...]:
    return rows[0].prompt_ids[:common_prefix_tokens([row.prompt_ids for row in rows])] if rows else ()


def gated_prefix(data: TrainingData, rows_per_step: int, lora_dropout: float, is_wanted: bool = True) -> tuple[int, ...]:
    """The prefix to share, or () where sharing is not exact (LoRA dropout) or saves too few tokens."""
    prefix = data.prefix_ids
    own = sum(len(row) - len(prefix) for row in data.train.rows) / len(data.train.rows)
    rows = min(rows_per_step, len(data.train.rows))
    saving = rows * (len(prefix) + own) / (len(prefix) + rows * own)
    return prefix if is_wanted and lora_dropout == 0 and saving >= MIN_SHARED_SAVING else ()
