"""How well each version knows each node type: of the nodes that the exam answers should have, how many they had."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from report.records import Exam, ExamAnswer
from utils.dsl.aliases import apply_aliases
from utils.dsl.lexer import DslError
from utils.dsl_parser import parse

MASTERED_RECALL = 0.8
MIN_EXPECTED = 3
"""A node type asked for less often says nothing about mastery."""


@dataclass(frozen=True)
class NodeTally:
    expected: int
    found: int

    @property
    def recall(self) -> float:
        return self.found / self.expected

    @property
    def is_mastered(self) -> bool:
        return self.expected >= MIN_EXPECTED and self.recall >= MASTERED_RECALL


Mastery = dict[str, NodeTally]


def mastery(exams: Iterable[Exam]) -> Mastery:
    """Nodes expected and found by type over all answers, most asked for first.

    A node counts as found when the answer has one more of its type, up to the number expected: wires are the score's
    business. An answer equal as a graph has them all, whatever alternative it follows.
    """
    expected, found = Counter[str](), Counter[str]()
    for exam in exams:
        for answer in exam.answers:
            wanted = node_types(answer.expected)
            expected += wanted
            found += wanted & (wanted if answer.graph_equal else node_types(_text(answer)))
    return {node: NodeTally(count, found[node]) for node, count in expected.most_common()}


def _text(answer: ExamAnswer) -> str:
    return answer.actual_dsl if answer.status == "ok" else ""


@lru_cache(maxsize=8192)
def node_types(dsl: str) -> Counter[str]:
    """How many nodes of each type a document has; none when it does not parse.

    Remembered, since every version is asked for the same expected documents.
    """
    try:
        blueprint = apply_aliases(parse(dsl))
    except DslError:
        return Counter()
    return Counter(node.type for graph in blueprint.graphs for node in graph.nodes)


def mastered(known: Mastery) -> set[str]:
    return {node for node, tally in known.items() if tally.is_mastered}
