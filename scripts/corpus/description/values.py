"""How a value is told: a literal, a variable, a parameter, or the expression of pure nodes behind a wire."""

from __future__ import annotations

from corpus.description.outline import GraphView
from utils.blueprint_patterns import Pin
from utils.dsl.ast import Node, PinRef, Struct, Value
from utils.dsl.writer import write_properties, write_value

SIGNS = {"Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "Less": "<", "Greater": ">", "LessEqual": "<=", "GreaterEqual": ">=",
         "EqualEqual": "==", "NotEqual": "!=", "BooleanAND": "and", "BooleanOR": "or"}
MAX_DEPTH = 12
"""Expressions nested deeper are told by the name of their node; the deepest real one has 9 levels."""


class Values:
    """Tells the values of one graph. A pure node that several places read is told in full at each of them."""

    def __init__(self, view: GraphView) -> None:
        self._view = view

    def of_pin(self, node: Node, pin: Pin, depth: int = 0) -> str:
        source = self._view.source(node, pin)
        if source is not None:
            return self.of_output(source, depth)
        literal = self._view.literal(node, pin)
        return literal_text(literal if literal is not None else pin.default)

    def of_output(self, source: PinRef, depth: int = 0) -> str:
        node, shape = self._view.nodes[source.node], self._view.shapes[source.node]
        if node.type == "VariableGet":
            return self._variable(node, depth)
        if self._view.runs(node) or shape.is_event:
            return f"{source.pin} of {self.label(node)}"
        if depth >= MAX_DEPTH:
            return f"{source.pin} of {node.type}"
        if node.type in SIGNS:
            parts = [self.of_pin(node, pin, depth + 1) for pin in shape.data_inputs if not pin.is_hidden]
            return "(" + f" {SIGNS[node.type]} ".join(parts) + ")"
        only = [pin for pin in shape.data_outputs if not pin.is_hidden]
        head = self._expression(node, depth)
        return head if len(only) <= 1 else f"{source.pin} of {head}"

    def _variable(self, node: Node, depth: int) -> str:
        name = str(node.get("Variable"))
        target = self._view.shapes[node.id].pin("Target", True)
        if target is not None and self._view.source(node, target) is not None:
            return f"{name} of {self.of_pin(node, target, depth + 1)}"
        return name

    def _expression(self, node: Node, depth: int) -> str:
        return f"{self.name(node)}({self.arguments(node, depth + 1)})"

    def arguments(self, node: Node, depth: int = 0) -> str:
        """"Target: Door, NewLocation: (X=0,Y=0,Z=100)": every input that is wired or set."""
        told = [f"{pin.name}: {self.of_pin(node, pin, depth)}" for pin, _, _ in self._view.inputs(node)]
        return ", ".join(told)

    def name(self, node: Node) -> str:
        """The node's type with what makes it what it is; a call by the name of its function: `Heal [Class=BP_Hero]`."""
        pins = {pin.name for pin in self._view.shapes[node.id].data_inputs}
        identity = tuple((key, value) for key, value in node.properties if key not in pins)
        if node.type in ("Call", "AsyncAction") and (function := node.get("Function")):
            return str(function) + write_properties(tuple(entry for entry in identity if entry[0] != "Function"))
        return node.type + write_properties(identity)

    def label(self, node: Node) -> str:
        """How a node that was told before is called again: "the event Heal", "ShowLoginUI", with a number where several are called so."""
        label = _label(node)
        alike = [other.id for other in self._view.graph.nodes if _label(other) == label]
        return label if len(alike) == 1 else f"{label} (number {alike.index(node.id) + 1})"


LABEL_KEYS = ("Name", "Function", "Event", "Action", "Key", "Dispatcher", "Axis", "Graph", "Variable")


def _label(node: Node) -> str:
    name = next((node.get(key) for key in LABEL_KEYS if isinstance(node.get(key), str)), None)
    if name is None:
        return node.type.removeprefix("Event_")
    return f"the event {name}" if node.type.startswith("Event_") else str(name)


def literal_text(value: Value | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return write_value(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Struct) and [key for key, _ in value.fields] == ["X", "Y", "Z"]:
        return "(" + ", ".join(literal_text(item) for _, item in value.fields) + ")"
    return write_value(value)
