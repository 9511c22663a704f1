"""What a set of synthetic rows is worth: counts that the issue of variety is decided by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.fingerprint import node_types, structure_key
from corpus.rows import Row


@dataclass(frozen=True)
class Figures:
    rows: int
    distinct_graphs: int
    """Names and literals ignored."""
    node_types: int
    patterns: int
    largest_pattern_frac: float
    repeated_instructions: int

    def __str__(self) -> str:
        return (f"{self.rows} rows, {self.distinct_graphs} distinct graphs (names and literals ignored), {self.node_types} node types, "
                f"{self.patterns} patterns (the largest {self.largest_pattern_frac:.1%} of rows), {self.repeated_instructions} instructions twice")


def measure(rows: Iterable[Row]) -> Figures:
    structures: set[int] = set()
    types: set[str] = set()
    patterns: Counter[str] = Counter()
    instructions: Counter[str] = Counter()
    for row in rows:
        structures.add(structure_key(row.output))
        types.update(node_types(row.output))
        patterns[row.provenance.pattern] += 1
        instructions[row.instruction + row.input] += 1
    total = patterns.total()
    return Figures(total, len(structures), len(types), len(patterns), max(patterns.values(), default=0) / max(total, 1), total - len(instructions))
