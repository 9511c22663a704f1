"""Text of the Blueprint DSL to its syntax tree and back: the source of truth of the language.

    parse(text)          the tree, or DslError at the first line that is not a statement
    parse_lenient(text)  what can be read, and every error
    render(blueprint)    the canonical text: canonical names, order and ids

`parse(render(g)) == g` for every canonical graph, and `render(parse(t))` is a fixed point.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from utils.dsl.aliases import apply_aliases
from utils.dsl.ast import Blueprint, Comment, Graph, Node, PinRef, Variable, Wire
from utils.dsl.canonical import canonicalise
from utils.dsl.lexer import HALF, STATEMENT_INSIDE, WHOLE_CHARACTERS, Cursor, DslError
from utils.dsl.writer import read_comment, write

__all__ = ["DslError", "parse", "parse_lenient", "render"]

# Order of statements inside a document and inside a graph; a later one may not be followed by an earlier one.
MISPLACED = "VAR, NODE, EXEC and DATA statements in this order"
RANK = {"VAR": 0, "NODE": 1, "EXEC": 2, "DATA": 3}
# The commonest statements at a glance; whatever does not match is read by the rules, which say what is wrong with it.
PLAIN_WIRE = re.compile(r"[ \t]*(EXEC|DATA) (\w+)\.(\w+) -> (\w+)\.(\w+)")
PLAIN_NODE = re.compile(r"[ \t]*NODE (\w+): (\w+)")
A_PIN = "a pin such as n1.Then (a literal belongs into the node's properties)"
LITERAL = re.compile(r"\d+|true|false", re.IGNORECASE)
STATEMENTS = ("BLUEPRINT:", "PARENT:", "VAR", "GRAPH:", "NODE", "EXEC", "DATA")


def parse(text: str) -> Blueprint:
    blueprint, errors = parse_lenient(text)
    if errors:
        raise errors[0]
    return blueprint


def parse_lenient(text: str) -> tuple[Blueprint, list[DslError]]:
    """The tree of all lines that could be read, and an error for each that could not."""
    document = _Document()
    lines = text.lstrip("\ufeff").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            document.read(line.rstrip(), number)
        except DslError as error:
            document.errors.append(error)
    document.check_complete(len(lines) + 1)
    return apply_aliases(document.blueprint()), document.errors


def render(blueprint: Blueprint) -> str:
    return write(canonicalise(blueprint))


@dataclass
class _GraphDraft:
    name: str
    properties: tuple
    line: int
    nodes: dict[str, Node] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    seen_wires: set[tuple[PinRef, PinRef]] = field(default_factory=set)
    variables: dict[str, Variable] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    rank: int = 0

    def graph(self) -> Graph:
        return Graph(self.name, tuple(self.nodes.values()), tuple(self.wires), tuple(self.variables.values()),
                     tuple(self.comments), self.properties, self.line)


class _Document:
    """The document as far as it is read: one method per statement."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.parent: str | None = None
        self.line = self.parent_line = 0
        self.variables: dict[str, Variable] = {}
        self.comments: list[Comment] = []
        self.graphs: list[_GraphDraft] = []
        self.graph_names: set[str] = set()
        self.pending: list[str] = []
        self.errors: list[DslError] = []
        self._rules = {"BLUEPRINT:": self._blueprint, "PARENT:": self._parent, "VAR": self._variable,
                       "GRAPH:": self._graph, "NODE": self._node, "EXEC": self._exec, "DATA": self._data}

    def blueprint(self) -> Blueprint:
        self._flush_comments()
        return Blueprint(self.name or "", self.parent or "Actor", tuple(self.variables.values()),
                         tuple(draft.graph() for draft in self.graphs), tuple(self.comments), self.line, self.parent_line)

    def check_complete(self, line: int) -> None:
        if self.name is None:
            self.errors.insert(0, DslError(1, 1, "'BLUEPRINT: name' as the first statement", "none"))
        elif not self.graphs:
            self.errors.append(DslError(line, 1, "a 'GRAPH: name' section", "the end of the document"))

    def read(self, line: str, number: int) -> None:
        if not self._read_plain(line, number):
            self._read_any(line, number)

    def _read_plain(self, line: str, number: int) -> bool:
        """A statement in its plainest form that breaks no rule."""
        draft = self.graphs[-1] if self.graphs else None
        if draft is None or self.pending:
            return False
        if (found := PLAIN_WIRE.fullmatch(line)) and found[2] in draft.nodes and found[4] in draft.nodes:
            return self._read_plain_wire(draft, found, number)
        if draft.rank <= RANK["NODE"] and (found := PLAIN_NODE.fullmatch(line)) and found[1] not in draft.nodes:
            draft.nodes[found[1]] = Node(found[1], found[2], (), number)
            draft.rank = RANK["NODE"]
            return True
        return False

    @staticmethod
    def _read_plain_wire(draft: _GraphDraft, found: re.Match[str], number: int) -> bool:
        source, target = PinRef(found[2], found[3]), PinRef(found[4], found[5])
        if RANK[found[1]] < draft.rank or (source, target) in draft.seen_wires:
            return False
        draft.seen_wires.add((source, target))
        draft.wires.append(Wire(source, target, found[1] == "EXEC", None, number))
        draft.rank = RANK[found[1]]
        return True

    def _read_any(self, line: str, number: int) -> None:
        cursor = Cursor(line, number)
        if half := HALF.search(line):
            raise cursor.error(WHOLE_CHARACTERS, half.start())
        cursor.skip_space()
        if cursor.position == len(line):
            return
        if line[cursor.position] == "#":
            self.pending.append(line[cursor.position:])
            return
        self._statement(cursor)

    def _statement(self, cursor: Cursor) -> None:
        start = cursor.position
        keyword = next((word for word in STATEMENTS if cursor.take(word)), None)
        if keyword is None or (not keyword.endswith(":") and cursor.text[cursor.position:cursor.position + 1] not in (" ", "\t")):
            raise cursor.error("BLUEPRINT:, PARENT:, VAR, GRAPH:, NODE, EXEC or DATA", start)
        if self.name is None and keyword != "BLUEPRINT:":
            self.name = ""
            self.errors.append(cursor.error("'BLUEPRINT: name' as the first statement", start))
        self._rules[keyword](cursor)

    def _blueprint(self, cursor: Cursor) -> None:
        if self.name is not None:
            raise cursor.error("BLUEPRINT: only once and first", 0)
        self._flush_comments()
        cursor.skip_space()
        self.line, start = cursor.line, cursor.position
        is_quoted = cursor.text.startswith('"', start)
        self.name = cursor.string() if is_quoted else cursor.rest()
        cursor.expect_end()
        if not self.name:
            raise cursor.error("the name of the Blueprint")
        if not is_quoted and (second := STATEMENT_INSIDE.search(cursor.text, start)):
            raise cursor.error(f"the end of the line ({second[0].strip()} begins a line of its own)", second.start() + 1)

    def _parent(self, cursor: Cursor) -> None:
        if self.parent is not None or self.graphs:
            raise cursor.error("PARENT: at most once, before the first GRAPH:", 0)
        self.parent, self.parent_line = cursor.name("the name of the parent class"), cursor.line
        cursor.expect_end()

    def _variable(self, cursor: Cursor) -> None:
        self._flush_comments()
        draft = self.graphs[-1] if self.graphs else None
        name = cursor.name("a variable name")
        cursor.expect(":")
        kind = cursor.type_ref()
        default = cursor.value() if cursor.take("=") else None
        properties = cursor.properties()
        cursor.expect_end()
        scope = draft.variables if draft else self.variables
        if name in scope:
            raise cursor.error(f"variable '{name}' declared only once", 0)
        scope[name] = Variable(name, kind, default, properties, cursor.line)
        if draft:
            self._in_order(draft, "VAR", cursor)

    def _graph(self, cursor: Cursor) -> None:
        self._flush_comments()
        name = cursor.name("the name of the graph")
        properties = cursor.properties()
        cursor.expect_end()
        if name.lower() in self.graph_names:
            raise cursor.error(f"graph '{name}' only once, in whatever letter case", 0)
        self.graph_names.add(name.lower())
        self.graphs.append(_GraphDraft(name, properties, cursor.line))

    def _node(self, cursor: Cursor) -> None:
        draft = self._current_graph(cursor)
        column = cursor.position
        node_id = cursor.identifier("a node id such as n1")
        cursor.expect(":")
        cursor.skip_space()
        kind = self._node_type(cursor)
        properties = cursor.properties()
        cursor.expect_end()
        if node_id in draft.nodes:
            raise cursor.error(f"node id '{node_id}' only once", column + 1)
        draft.nodes[node_id] = Node(node_id, kind, properties, cursor.line)
        self._attach_comments(draft, node_id)
        self._in_order(draft, "NODE", cursor)

    @staticmethod
    def _node_type(cursor: Cursor) -> str:
        kind = cursor.name("a node type")
        while cursor.text.startswith(".", cursor.position):
            cursor.position += 1
            kind += "." + cursor.name("the rest of a node type")
        return kind

    def _exec(self, cursor: Cursor) -> None:
        self._wire(cursor, "EXEC")

    def _data(self, cursor: Cursor) -> None:
        self._wire(cursor, "DATA")

    def _wire(self, cursor: Cursor, keyword: str) -> None:
        draft = self._current_graph(cursor)
        source = self._pin(cursor, draft)
        cursor.expect("->")
        target = self._pin(cursor, draft)
        note = None
        if keyword == "DATA" and cursor.take("["):
            note = cursor.type_ref()
            cursor.expect("]")
        cursor.expect_end()
        if (source, target) in draft.seen_wires:
            raise cursor.error("a wire only once", 0)
        draft.seen_wires.add((source, target))
        draft.wires.append(Wire(source, target, keyword == "EXEC", note, cursor.line))
        self._in_order(draft, keyword, cursor)

    @staticmethod
    def _pin(cursor: Cursor, draft: _GraphDraft) -> PinRef:
        cursor.skip_space()
        column = cursor.position
        node_id = cursor.identifier(A_PIN)
        if node_id not in draft.nodes and LITERAL.fullmatch(node_id):
            raise cursor.error(A_PIN, column)
        cursor.expect(".")
        pin = cursor.name("a pin name")
        if node_id not in draft.nodes:
            raise cursor.error(f"the id of a declared node, not '{node_id}'", column)
        return PinRef(node_id, pin)

    def _current_graph(self, cursor: Cursor) -> _GraphDraft:
        if not self.graphs:
            self.graphs.append(_GraphDraft("EventGraph", (), cursor.line))
            self.graph_names.add("eventgraph")
            self.errors.append(cursor.error("a 'GRAPH: name' line first", 0))
        return self.graphs[-1]

    def _in_order(self, draft: _GraphDraft, keyword: str, cursor: Cursor) -> None:
        """Out of order is an error, but what was said is kept: 06 --fix puts it in order."""
        if RANK[keyword] < draft.rank:
            raise cursor.error(MISPLACED, 0)
        draft.rank = RANK[keyword]

    def _attach_comments(self, draft: _GraphDraft, node_id: str) -> None:
        for line in self.pending:
            comment = read_comment(line)
            draft.comments.append(comment if comment.nodes is not None else replace(comment, nodes=(node_id,)))
        self.pending.clear()

    def _flush_comments(self) -> None:
        """Remarks before anything but a node belong to no node."""
        target = self.graphs[-1].comments if self.graphs else self.comments
        for line in self.pending:
            comment = read_comment(line)
            target.append(replace(comment, nodes=comment.nodes or ()))
        self.pending.clear()
