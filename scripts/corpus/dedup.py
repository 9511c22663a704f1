"""Which rows to keep: one pass of keys over all rows, then decisions on arrays.

    exact       same instruction (but for case and punctuation), same answer
    conflict    same instruction, another answer: the first stays, the model must not learn both
    near        nearly the same instruction (MinHash) for a graph of the same structure
    structure   more distinct graphs of one structure than the cap; paraphrases of a graph that stays are kept

The first row wins, so sources come in order of trust. Memory is about 250 bytes a row, time linear but for the sorts.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from corpus.fingerprint import PERMUTATIONS, digest, instruction_key, minhash, structure_key
from corpus.rows import Row

DEFAULT_CAP = 40
NEAR_SIMILARITY = 0.9
# 8 bands of 4: a pair with a similarity of 0.9 meets in one of them with a chance of 99.98 %.
BANDS = 8
KEPT, EXACT, CONFLICT, NEAR, STRUCTURE = range(5)
REASONS = {EXACT: "exact duplicate", CONFLICT: "same instruction, another answer", NEAR: "near-duplicate instruction", STRUCTURE: "over the cap of its structure"}


@dataclass
class RowKeys:
    """Keys of all rows in reading order, as columns of 64-bit integers and one matrix of signatures."""

    instruction: array = field(default_factory=lambda: array("q"))
    answer: array = field(default_factory=lambda: array("q"))
    structure: array = field(default_factory=lambda: array("q"))
    signature: array = field(default_factory=lambda: array("I"))
    _structure_of: dict[int, int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        answer = digest(row.output)
        if answer not in self._structure_of:
            self._structure_of[answer] = structure_key(row.output)
        question = f"{row.instruction}\n{row.input}" if row.input else row.instruction
        self.instruction.append(instruction_key(question))
        self.answer.append(answer)
        self.structure.append(self._structure_of[answer])
        self.signature.extend(minhash(question))

    def __len__(self) -> int:
        return len(self.answer)


def collect_keys(rows: Iterable[Row]) -> RowKeys:
    keys = RowKeys()
    for row in rows:
        keys.add(row)
    return keys


def decide(keys: RowKeys, cap: int = DEFAULT_CAP, near: float = NEAR_SIMILARITY) -> np.ndarray:
    """(N,) uint8: KEPT, or why a row goes."""
    verdict = np.full(len(keys), KEPT, np.uint8)
    _mark_repeated_instructions(keys, verdict)
    _mark_near(keys, verdict, near)
    _mark_over_cap(keys, verdict, cap)
    return verdict


def counts(verdict: np.ndarray) -> dict[str, int]:
    tally = Counter(verdict.tolist())
    return {text: tally[code] for code, text in REASONS.items()}


def _mark_repeated_instructions(keys: RowKeys, verdict: np.ndarray) -> None:
    answer_of: dict[int, int] = {}
    for index, (instruction, answer) in enumerate(zip(keys.instruction, keys.answer)):
        if instruction not in answer_of:
            answer_of[instruction] = answer
        else:
            verdict[index] = EXACT if answer_of[instruction] == answer else CONFLICT


def _mark_near(keys: RowKeys, verdict: np.ndarray, near: float) -> None:
    """Compare each row with the first kept one of its bucket; buckets are bands of the signature within one structure."""
    if not len(keys):
        return
    signatures = np.frombuffer(keys.signature, np.uint32).reshape(len(keys), PERMUTATIONS)
    structure = np.frombuffer(keys.structure, np.int64)
    for band in np.split(signatures, BANDS, axis=1):
        bucket = _bucket_ids(structure, band)
        order = np.argsort(bucket, kind="stable")
        order = order[verdict[order] == KEPT]
        starts = np.flatnonzero(np.r_[True, bucket[order][1:] != bucket[order][:-1]])
        heads = np.repeat(order[starts], np.diff(np.r_[starts, len(order)]))
        similar = (signatures[order] == signatures[heads]).mean(axis=1) >= near
        verdict[order[similar & (order != heads)]] = NEAR


def _bucket_ids(structure: np.ndarray, band: np.ndarray) -> np.ndarray:
    mixed = structure.view(np.uint64).copy()
    for column in band.T:
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _mark_over_cap(keys: RowKeys, verdict: np.ndarray, cap: int) -> None:
    kept_answers: set[int] = set()
    graphs_of_structure: Counter[int] = Counter()
    for index in np.flatnonzero(verdict == KEPT).tolist():
        answer, structure = keys.answer[index], keys.structure[index]
        if answer in kept_answers:
            continue
        if graphs_of_structure[structure] >= cap:
            verdict[index] = STRUCTURE
            continue
        graphs_of_structure[structure] += 1
        kept_answers.add(answer)
