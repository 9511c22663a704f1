"""The syntax tree as text, statement by statement, exactly as it stands (canonical names and order come before)."""

from __future__ import annotations

import math
import re

from utils.dsl.ast import (
    Blueprint, Comment, Graph, Node, Param, Params, PinRef, Struct, TypeRef, Value, Variable, Wire, Word)
from utils.dsl.lexer import HALF, NAME, STATEMENT_INSIDE, TYPE_NAME, WORD, unescape

COMMENT = re.compile(r"#\s?(.*?)(?: \{([\w ]*)\})?$", re.DOTALL)
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
COMMENT_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# Written as \\uXXXX: line ends that str.splitlines knows beyond \\n and \\r, and NUL.
UNPRINTABLE = re.compile("[\\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
REPLACEMENT = "\ufffd"  # for half of a surrogate pair, which no file can hold
LARGEST_FLOAT = 1.7976931348623157e308


def escape_unprintable(text: str) -> str:
    return UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def quote(text: str) -> str:
    return '"' + escape_unprintable(text.translate(ESCAPES)) + '"'


def write_name(name: str) -> str:
    return name if NAME.fullmatch(name) else quote(name)


def write_value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return write_float(value)
        case int():
            return str(value)
        case str():
            return quote(value)
        case Word():
            return value.text if is_word(value.text) else quote(value.text)
        case Struct():
            return "(" + ",".join(f"{write_name(key)}={write_value(item)}" for key, item in value.fields) + ")"
        case Params():
            return "(" + ", ".join(map(write_param, value.items)) + ")"
        case _:
            return "(" + ", ".join(map(write_value, value)) + ")"


def write_float(value: float) -> str:
    """The DSL has no infinity and no NaN: the largest number and zero stand for them."""
    return repr(value if math.isfinite(value) else math.copysign(LARGEST_FLOAT, value) if math.isinf(value) else 0.0)


def is_word(text: str) -> bool:
    return WORD.fullmatch(text) is not None and text.lower() not in ("true", "false")


def write_type(kind: TypeRef) -> str:
    name = kind.name if TYPE_NAME.fullmatch(kind.name) else quote(kind.name)
    return f"{name}<{','.join(map(write_type, kind.args))}>" if kind.args else name


def write_param(param: Param) -> str:
    default = "" if param.default is None else f" = {write_value(param.default)}"
    return f"{write_name(param.name)}: {write_type(param.type)}{default}"


def write_properties(properties: tuple[tuple[str, Value], ...]) -> str:
    if not properties:
        return ""
    return " [" + ", ".join(f"{write_name(key)}={write_value(value)}" for key, value in properties) + "]"


def write_variable(variable: Variable) -> str:
    default = "" if variable.default is None else f" = {write_value(variable.default)}"
    return f"VAR {write_name(variable.name)}: {write_type(variable.type)}{default}{write_properties(variable.properties)}"


def write_node(node: Node) -> str:
    kind = ".".join(map(write_name, node.type.split(".")))
    return f"NODE {node.id}: {kind}{write_properties(node.properties)}"


def write_pin(pin: PinRef) -> str:
    return f"{pin.node}.{write_name(pin.pin)}"


def write_wire(wire: Wire) -> str:
    note = f" [{write_type(wire.type)}]" if wire.type else ""
    return f"{'EXEC' if wire.is_exec else 'DATA'} {write_pin(wire.source)} -> {write_pin(wire.target)}{note}"


def write_comment(comment: Comment, before: str | None) -> str:
    """`# text`, and `{n2 n3}` where the box is not just the node that follows."""
    text = escape_unprintable(comment.text.translate(COMMENT_ESCAPES))
    is_plain = comment.nodes == ((before,) if before else ()) and not text.endswith("}")
    return f"# {text}" if is_plain else f"# {text} {{{' '.join(comment.nodes)}}}"


def read_comment(line: str) -> Comment:
    """The reverse. `nodes` is None where the line names none: the caller knows what follows."""
    text, nodes = COMMENT.fullmatch(line).groups()
    return Comment(unescape(text), None if nodes is None else tuple(nodes.split()))


def write_graph(graph: Graph) -> list[str]:
    boxes: dict[str, list[Comment]] = {}
    order = {node.id: index for index, node in enumerate(graph.nodes)}
    for comment in graph.comments:
        first = min((node for node in comment.nodes if node in order), key=order.get, default="")
        boxes.setdefault(first, []).append(comment)
    lines = [f"GRAPH: {write_name(graph.name)}{write_properties(graph.properties)}"]
    lines += map(write_variable, graph.variables)
    for node in graph.nodes:
        lines += [write_comment(comment, node.id) for comment in boxes.get(node.id, ())]
        lines.append(write_node(node))
    lines += [write_wire(wire) for wire in graph.wires if wire.is_exec]
    lines += [write_wire(wire) for wire in graph.wires if not wire.is_exec]
    return lines + [write_comment(comment, None) for comment in boxes.get("", ())]


def write_blueprint_name(name: str) -> str:
    """Spaces and signs inside are as they are; quotes only where the end of the line would be read otherwise."""
    is_plain = name == name.strip() and not name.startswith('"') and not re.search("[\n\r\t]", name)
    return name if is_plain and not UNPRINTABLE.search(name) and not STATEMENT_INSIDE.search(name) else quote(name)


def write(blueprint: Blueprint) -> str:
    lines = [write_comment(comment, None) for comment in blueprint.comments]
    lines += [f"BLUEPRINT: {write_blueprint_name(blueprint.name)}", f"PARENT: {write_name(blueprint.parent)}"]
    lines += map(write_variable, blueprint.variables)
    for graph in blueprint.graphs:
        lines += write_graph(graph)
    return HALF.sub(REPLACEMENT, "\n".join(lines) + "\n")
