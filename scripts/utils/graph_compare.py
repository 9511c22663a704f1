"""Comparison of two documents as graphs.

    graphs_equal(a, b)   whether renaming ids makes node types, wires and values equal
    compare(a, b)        what is right and what is wrong in `b`, where `a` was expected
    graph_key(a)         equal documents have equal keys
    shape_key(a)         the same for the wiring alone: names and literals are ignored
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from utils.comparison.isomorphism import fingerprint, isomorphism
from utils.comparison.matching import Matching
from utils.comparison.model import Model, ModelNode, ModelWire, model, shape_model
from utils.dsl.ast import Blueprint


@dataclass(frozen=True)
class Ratio:
    """How many of the expected things are there, and how many of the things there were expected."""

    hits: int
    expected: int
    actual: int

    @property
    def precision(self) -> float:
        return self.hits / self.actual if self.actual else float(not self.expected)

    @property
    def recall(self) -> float:
        return self.hits / self.expected if self.expected else float(not self.actual)

    @property
    def f1(self) -> float:
        total = self.expected + self.actual
        return 2 * self.hits / total if total else 1.0


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong. `expected` and `actual` are node ids in their documents, "" where there is none."""

    kind: str
    what: str
    graph: str
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True)
class Comparison:
    is_equal: bool
    nodes: Ratio
    wires: Ratio
    properties: Ratio
    mistakes: tuple[Mistake, ...] = ()


def graphs_equal(a: Blueprint, b: Blueprint) -> bool:
    return _renaming(model(a), model(b)) is not None


def _renaming(a: Model, b: Model) -> list[int] | None:
    """Node of `b` by node of `a`; an empty list for two documents without nodes."""
    return isomorphism(a.labelled(), b.labelled()) if a.declarations == b.declarations else None


def graph_key(blueprint: Blueprint) -> str:
    """32 hex digits. Equal graphs have equal keys; two graphs with one key are equal but for contrived symmetries."""
    full = model(blueprint)
    digest = hashlib.blake2b(repr(full.declarations).encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(fingerprint(full.labelled()).encode())
    return digest.hexdigest()


def shape_key(blueprint: Blueprint) -> str:
    return fingerprint(shape_model(blueprint))


def compare(expected: Blueprint, actual: Blueprint) -> Comparison:
    a, b = model(expected), model(actual)
    renaming = _renaming(a, b)
    pairs = dict(enumerate(renaming)) if renaming is not None else Matching(a, b).pairs
    judge = _Judge(a, b, pairs)
    return Comparison(renaming is not None, judge.nodes(), judge.wires(), judge.properties(), tuple(judge.mistakes))


class _Judge:
    """Counts hits under a pairing of nodes, and names what is not a hit."""

    def __init__(self, expected: Model, actual: Model, pairs: dict[int, int]) -> None:
        self.expected, self.actual, self.pairs = expected, actual, pairs
        self.mistakes: list[Mistake] = []

    def _say(self, kind: str, what: str, one: ModelNode | None, other: ModelNode | None) -> None:
        graph = (one or other).graph if one or other else ""
        self.mistakes.append(Mistake(kind, what, graph, one.id if one else "", other.id if other else ""))

    def nodes(self) -> Ratio:
        hits = 0
        for place, node in enumerate(self.expected.nodes):
            partner = self.actual.nodes[self.pairs[place]] if place in self.pairs else None
            hits += partner is not None and partner.type == node.type
            self._judge_node(node, partner)
        matched = set(self.pairs.values())
        for place, node in enumerate(self.actual.nodes):
            if place not in matched:
                self._say("extra node", f"{node.type} was not asked for", None, node)
        return Ratio(hits, len(self.expected.nodes), len(self.actual.nodes))

    def _judge_node(self, node: ModelNode, partner: ModelNode | None) -> None:
        if partner is None:
            self._say("missing node", f"{node.type} is missing", node, None)
        elif partner.type != node.type:
            kind = "wrong event" if node.type.startswith("Event_") else "wrong node"
            self._say(kind, f"{partner.type} where {node.type} was expected", node, partner)

    def wires(self) -> Ratio:
        actual = Counter((wire.source, wire.label, wire.target) for wire in self.actual.wires)
        wanted = [(self.pairs.get(wire.source), wire.label, self.pairs.get(wire.target)) for wire in self.expected.wires]
        missing = []
        for wire, key in zip(self.expected.wires, wanted):
            if actual[key] > 0:
                actual[key] -= 1
            else:
                missing.append(wire)
        extra = []
        for wire in self.actual.wires:
            if actual[wire.source, wire.label, wire.target] > 0:
                actual[wire.source, wire.label, wire.target] -= 1
                extra.append(wire)
        self._judge_wires(missing, extra)
        return Ratio(len(self.expected.wires) - len(missing), len(self.expected.wires), len(self.actual.wires))

    def _judge_wires(self, missing: list[ModelWire], extra: list[ModelWire]) -> None:
        """A missing wire and one that has an end in common with it are one mistake; wires of missing nodes are none of their own."""
        back = {other: one for one, other in self.pairs.items()}
        for wire in missing:
            if wire.source not in self.pairs or wire.target not in self.pairs:
                continue
            instead = next((other for other in extra if self._shares_an_end(wire, other)), None)
            if instead:
                extra.remove(instead)
            self._say_wire(wire, instead)
        for wire in extra:
            if wire.source in back and wire.target in back:
                self._say("extra wire", f"{self._wire_text(self.actual, wire)} was not asked for", None, self.actual.nodes[wire.target])

    def _shares_an_end(self, wire: ModelWire, other: ModelWire) -> bool:
        from_same = (self.pairs.get(wire.source), wire.output) == (other.source, other.output)
        return from_same or (self.pairs.get(wire.target), wire.input) == (other.target, other.input)

    def _say_wire(self, wire: ModelWire, instead: ModelWire | None) -> None:
        text = self._wire_text(self.expected, wire)
        target = self.expected.nodes[wire.target]
        partner = self.actual.nodes[self.pairs[wire.target]]
        if instead:
            self._say("wrong wire", f"{self._wire_text(self.actual, instead)} where {text} was expected", target, partner)
        else:
            self._say("missing wire", f"{text} is missing", target, partner)

    @staticmethod
    def _wire_text(model: Model, wire: ModelWire) -> str:
        return f"{model.nodes[wire.source].type}.{wire.output} -> {model.nodes[wire.target].type}.{wire.input}"

    def properties(self) -> Ratio:
        hits = self._judge_values("", self.expected.declarations, self.actual.declarations, None, None)
        for place, node in enumerate(self.expected.nodes):
            if place in self.pairs:
                partner = self.actual.nodes[self.pairs[place]]
                hits += self._judge_values(f"{node.type}.", node.properties, partner.properties, node, partner)
        return Ratio(hits, _size(self.expected), _size(self.actual))

    def _judge_values(self, owner: str, wanted: tuple, found: tuple, node: ModelNode | None, partner: ModelNode | None) -> int:
        common = Counter(wanted) & Counter(found)
        missing, extra = Counter(wanted) - common, dict((Counter(found) - common).keys())
        for key, value in missing:
            if key in extra:
                self._say("wrong value", f"{owner}{key} is {extra.pop(key)} where {value} was expected", node, partner)
            else:
                self._say("missing value", f"{owner}{key} {value} is missing".replace("  ", " "), node, partner)
        for key, value in extra.items():
            self._say("extra value", f"{owner}{key} {value} was not asked for".replace("  ", " "), node, partner)
        return sum(common.values())


def _size(model: Model) -> int:
    return len(model.declarations) + sum(len(node.properties) for node in model.nodes)
