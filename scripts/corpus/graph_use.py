"""What a graph uses: its node types, and the pins and properties that it wires or sets.

Names that a user chose are levelled, so that an exam's graph and a drawn one that use the same thing say the same:
`CastTo` is a cast to any class, `*` a pin that the user named (`VariableSet.*`), and an operand that may swap (`Add.*`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from utils.comparison.model import ANY_OPERAND, PLAIN_PINS, USER_NAMED_PINS, Model, model
from utils.dsl.ast import Blueprint
from utils.dsl.spelling import IDENTITY_ORDER
from utils.dsl_parser import DslError, parse

CAST = "CastTo"


@dataclass(frozen=True)
class GraphUse:
    """What one document uses, in the catalogue's words."""

    types: Counter[str]
    places: dict[str, str]
    """Pin ("Branch.Condition") by the words in which `graph_compare` names a wire or a value of the document."""

    @cached_property
    def pins(self) -> frozenset[str]:
        return frozenset(self.places.values())


def use_of(blueprint: Blueprint) -> GraphUse:
    full = model(blueprint)
    return GraphUse(Counter(_type_name(node.type) for node in full.nodes), dict(_places(full)))


@lru_cache(maxsize=2048)
def graph_use(dsl: str) -> GraphUse:
    """Of a text; nothing is used where it does not parse. Remembered, since all versions are asked for the same graphs."""
    try:
        return use_of(parse(dsl))
    except DslError:
        return GraphUse(Counter(), {})


def _places(full: Model) -> Iterator[tuple[str, str]]:
    """A wire is named by the end that takes no other: the output of an EXEC wire, the input of a DATA wire."""
    for wire in full.wires:
        source, target = full.nodes[wire.source].type, full.nodes[wire.target].type
        pin = _pin_name(source, wire.output) if wire.is_exec else _pin_name(target, wire.input)
        yield f"{source}.{wire.output} -> {target}.{wire.input}", pin
    for node in full.nodes:
        for key, _ in node.properties:
            yield f"{node.type}.{key}", _pin_name(node.type, key)


def _type_name(kind: str) -> str:
    return CAST if kind.startswith(CAST) else kind


def _pin_name(kind: str, pin: str) -> str:
    is_users = kind in USER_NAMED_PINS and pin not in PLAIN_PINS and pin not in IDENTITY_ORDER
    return f"{_type_name(kind)}.{ANY_OPERAND if is_users else pin}"
