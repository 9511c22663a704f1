"""The syntax tree of the Blueprint DSL: what a document says, before the catalogue is asked what it means.

Everything is frozen and compares by value, so that `parse(render(g)) == g` can be tested as it is written. Line
numbers ride along for findings and do not take part in comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class Word:
    """A bare word as a value: an enumerator, `None`, a class name."""

    text: str


@dataclass(frozen=True)
class Struct:
    """`(X=1,Y=2,Z=3)`: members in the order written."""

    fields: tuple[tuple[str, Value], ...]

    def get(self, name: str, default: Value | None = None) -> Value | None:
        return dict(self.fields).get(name, default)


@dataclass(frozen=True)
class TypeRef:
    """A type as written: `Float`, `Array<Actor>`, `Map<String,Int>`, `Object</Game/BP_Door.BP_Door_C>`."""

    name: str
    args: tuple[TypeRef, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}<{','.join(map(str, self.args))}>" if self.args else self.name


@dataclass(frozen=True)
class Param:
    """A user-made parameter of an event or function."""

    name: str
    type: TypeRef
    default: Value | None = None


@dataclass(frozen=True)
class Params:
    """`(Amount: Float, Instigator: Actor)`; a list of parameters is a value of its own kind."""

    items: tuple[Param, ...] = ()


# A quoted string is str, a list is a tuple. bool stands before int because True is an int in Python.
Value = Union[bool, int, float, str, Word, Struct, Params, tuple]


@dataclass(frozen=True)
class Variable:
    """`VAR Health: Float = 100.0 [Replicated=true]`."""

    name: str
    type: TypeRef
    default: Value | None = None
    properties: tuple[tuple[str, Value], ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Node:
    """`NODE n2: PrintString [InString="Hello"]`."""

    id: str
    type: str
    properties: tuple[tuple[str, Value], ...] = ()
    line: int = field(default=0, compare=False)

    def get(self, name: str, default: Value | None = None) -> Value | None:
        for key, value in self.properties:
            if key == name:
                return value
        return default


@dataclass(frozen=True, order=True)
class PinRef:
    """`n2.Execute`."""

    node: str
    pin: str


@dataclass(frozen=True)
class Wire:
    """`EXEC n1.Then -> n2.Execute` or `DATA n3.ReturnValue -> n4.Target [Actor]`.

    `type` is the note in brackets that people may add to a DATA wire; it is checked, and never needed.
    """

    source: PinRef
    target: PinRef
    is_exec: bool
    type: TypeRef | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Comment:
    """A `#` line: what it says and the ids of the nodes that its box encloses (none: a free remark)."""

    text: str
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """A `GRAPH:` section. `variables` are the local variables of a function graph."""

    name: str
    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    variables: tuple[Variable, ...] = ()
    comments: tuple[Comment, ...] = ()
    properties: tuple[tuple[str, Value], ...] = ()
    line: int = field(default=0, compare=False)

    def node(self, node_id: str) -> Node | None:
        return next((node for node in self.nodes if node.id == node_id), None)


@dataclass(frozen=True)
class Blueprint:
    """A whole document."""

    name: str
    parent: str = "Actor"
    variables: tuple[Variable, ...] = ()
    graphs: tuple[Graph, ...] = ()
    comments: tuple[Comment, ...] = ()
    line: int = field(default=0, compare=False)
    parent_line: int = field(default=0, compare=False)
