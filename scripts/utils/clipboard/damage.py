"""Damage that shows once the objects of a text are sorted into graphs: what they are not told, and what no graph has."""

from __future__ import annotations

from collections.abc import Iterator

from utils.clipboard.text import ClipboardObject
from utils.findings import Finding, Severity

# What a node calls, reads or answers to is said by one property, without which it is no node of the editor.
REFERENCES = {
    **dict.fromkeys(("K2Node_CallFunction", "K2Node_CallArrayFunction", "K2Node_CallParentFunction", "K2Node_CallFunctionOnMember", "K2Node_Message",
                     "K2Node_CallDataTableFunction", "K2Node_CommutativeAssociativeBinaryOperator"), "FunctionReference"),
    **dict.fromkeys(("K2Node_VariableGet", "K2Node_VariableSet"), "VariableReference"),
    **dict.fromkeys(("K2Node_AddDelegate", "K2Node_RemoveDelegate", "K2Node_ClearDelegate", "K2Node_AssignDelegate", "K2Node_CallDelegate"),
                    "DelegateReference"),
    "K2Node_Event": "EventReference", "K2Node_MacroInstance": "MacroGraphReference"}
EMPTY = frozenset({"", "()", "None"})
# With one of these the graph in the text is not the one that the editor had: a part is cut off, a name or a wire is lost.
LOSSES = frozenset({"cut-off", "missing-end", "stray-end", "text-in-line", "too-deep", "more-damage", "no-class", "open-string", "damaged-pin",
                    "missing-pin", "same-direction", "no-reference", "same-name", "lost-letters"})
COPY_AGAIN = "copy the nodes from the editor again."


def damaged_nodes(nodes: list[ClipboardObject]) -> Iterator[Finding]:
    """Of one graph: nodes that do not say what they are, and such as have the name of another."""
    for node in nodes:
        key = REFERENCES.get(node.class_name)
        if key is not None and node.properties.get(key, "") in EMPTY:
            yield _warning("no-reference", node, f"'{node.name}' has no {key}: what it stands for is lost.", COPY_AGAIN)
    if len({node.name for node in nodes}) < len(nodes):
        yield from _same_names(nodes)


def _same_names(nodes: list[ClipboardObject]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for node in nodes:
        if (line := first.setdefault(node.name, node.line)) != node.line:
            yield _warning("same-name", node, f"'{node.name}' is also the name of the object in line {line}: wires may lead to the wrong one.",
                           "paste each copy into a file of its own.")


def left_out(found: ClipboardObject) -> Finding:
    return _warning("no-blueprint-node", found, f"'{found.name}' ({found.class_name}) is no node of a Blueprint graph and is left out.",
                    "paste what was copied from another editor into a file of its own.")


def is_loss(finding: Finding) -> bool:
    return finding.code in LOSSES


def _warning(code: str, found: ClipboardObject, message: str, remedy: str) -> Finding:
    return Finding(code, Severity.WARNING, found.line, message, remedy, found.name)
