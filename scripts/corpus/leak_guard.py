"""Nothing of the hold-out or the evaluation may be learned from: neither their questions nor graphs equal to their answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from corpus.fingerprint import instruction_key, node_types
from corpus.rows import Row
from pipeline.store import read_json
from utils.dsl_parser import DslError, parse
from utils.graph_compare import graph_key


class LeakGuard:
    """Knows the guarded questions and answers; `leak(row)` says what a row would give away."""

    def __init__(self, prompts: Iterable[tuple[str, str, list[str]]]) -> None:
        """prompts: (place, instruction, answers) of each guarded prompt; paraphrases are prompts of their own."""
        self._instructions: dict[int, str] = {}
        self._answers: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for place, instruction, answers in prompts:
            self._instructions[instruction_key(instruction)] = place
            for answer in answers:
                try:
                    blueprint = parse(answer)
                except DslError:
                    continue  # 12 refuses the prompt aloud; its question is guarded all the same
                types = tuple(sorted(node.type for graph in blueprint.graphs for node in graph.nodes))
                self._answers[types][graph_key(blueprint)] = place

    def __len__(self) -> int:
        return len(self._instructions)

    def leak(self, row: Row) -> str | None:
        """What the row gives away ("the question of ...", "the answer of ..."), or None."""
        if place := self._instructions.get(instruction_key(row.instruction)):
            return f"the question of {place}"
        if candidates := self._answers.get(node_types(row.output)):
            return self._equal_graph(row.output, candidates)
        return None

    @staticmethod
    def _equal_graph(output: str, candidates: dict[str, str]) -> str | None:
        try:
            place = candidates.get(graph_key(parse(output)))
        except DslError:
            return None
        return f"the answer of {place}" if place else None


def load_leak_guard(folders: Iterable[Path], without: Collection[Path] = ()) -> LeakGuard:
    """Guard all lesson-like files of these folders (`lessons/holdout`, `evaluation`), less those that may repeat themselves."""
    spared = {file.resolve() for file in without}
    files = (file for folder in folders for file in sorted(folder.glob("*.json")) if file.resolve() not in spared)
    return LeakGuard(prompt for file in files for prompt in _guarded(file))


def _guarded(file: Path) -> Iterator[tuple[str, str, list[str]]]:
    # Read plainly, not with load_lesson: a guarded answer that the validator refuses is still guarded.
    for prompt in read_json(file).get("prompts", ()):
        place = f"{file.name} {prompt.get('id')}"
        answers = [text for text in (prompt.get("expected_dsl"), *prompt.get("alternatives", ())) if text]
        for instruction in (prompt.get("instruction", ""), *prompt.get("paraphrases", ())):
            yield place, instruction, answers
