"""What of a document counts when it is compared: node types, wires, values, declarations; not ids, order or spelling.

Left out: the Blueprint's name, remarks, types noted on wires, values that are the default anyway (the canonical form has
none). Inputs whose operands may swap share one name, `*`, and their values are kept sorted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from utils.catalogue.shape import Shape
from utils.comparison.isomorphism import LabelledGraph
from utils.dsl.aliases import apply_aliases
from utils.dsl.ast import Blueprint, Graph, Node, PinRef, Variable
from utils.dsl.canonical import plain
from utils.dsl.spelling import speller
from utils.dsl.writer import write_value, write_type

COSMETIC = frozenset({"NodeComment", "Open", "Category", "Tooltip"})
SWAPPABLE_TYPES = frozenset(
    "Add Multiply EqualEqual NotEqual BooleanAND BooleanOR BooleanXOR BooleanNAND BooleanNOR Min Max FMin FMax "
    "BMin BMax MinInt64 MaxInt64 EnumEquality EnumInequality".split())
SWAPPABLE_TYPED = re.compile(r"(?:Add|Multiply|EqualEqual|NotEqual|And|Or|Xor|Dot|EqualExactly|NotEqualExactly)_(\w+)")
NOT_SWAPPABLE = frozenset({"Multiply_QuatQuat", "Multiply_MatrixMatrix"})
ORDERED_FACTORS = frozenset({"Quat", "Matrix"})
OPERAND = re.compile(r"[A-Z]")
ANY_OPERAND = "*"

# Properties that shape a node without naming anything; the only ones that shape_key looks at.
STRUCTURAL = frozenset({"Outputs", "Inputs", "Options", "StartIndex", "Pure", "Validated"})
USER_NAMED_PINS = frozenset(
    "VariableGet VariableSet Call CallParent CallInterface CallDispatcher Event_Custom Event_Override Event_Component "
    "FunctionEntry FunctionResult Macro Timeline FormatText SwitchString SwitchName SwitchEnum SwitchGameplayTag K2Node "
    "AsyncAction MakeStruct BreakStruct SetFieldsInStruct Tunnel".split())
PLAIN_PINS = frozenset({"Then", "Execute", "Target", "Output", "Default", "Selection"})


@dataclass(frozen=True)
class ModelNode:
    """`properties` as text by key; swapped operands under `*` as one sorted list."""

    id: str
    graph: str
    type: str
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ModelWire:
    """Ends by place in `Model.nodes`."""

    source: int
    output: str
    target: int
    input: str
    is_exec: bool

    @property
    def label(self) -> tuple[str, str]:
        return self.output, self.input


@dataclass(frozen=True)
class Model:
    nodes: list[ModelNode]
    wires: list[ModelWire]
    declarations: tuple[tuple[str, str], ...]

    def labelled(self) -> LabelledGraph:
        labels = [(node.graph, node.type, node.properties) for node in self.nodes]
        return LabelledGraph(labels, [(wire.source, wire.label, wire.target) for wire in self.wires])


def model(blueprint: Blueprint) -> Model:
    spelled, all_shapes = speller().spell_with_shapes(plain(apply_aliases(blueprint)))
    nodes: list[ModelNode] = []
    wires: list[ModelWire] = []
    for graph, shapes in zip(spelled.graphs, all_shapes):
        start, swapped = len(nodes), _swappable_nodes(graph, shapes)
        wired = {wire.target for wire in graph.wires}
        nodes += [_node(node, graph, shapes[node.id], node.id in swapped, wired) for node in graph.nodes]
        wires += _wires(graph, start, swapped)
    return Model(nodes, wires, tuple(sorted(_declarations(spelled))))


def is_swappable(kind: str) -> bool:
    """Whether the operands A, B, C ... of a node type may stand in any order."""
    if kind in SWAPPABLE_TYPES:
        return True
    name = kind.rpartition(".")[2]
    found = SWAPPABLE_TYPED.fullmatch(name)
    if not found or name in NOT_SWAPPABLE:
        return False
    first, second = found[1][:len(found[1]) // 2], found[1][len(found[1]) // 2:]
    return first == second


def _swappable_nodes(graph: Graph, shapes: dict[str, Shape]) -> set[str]:
    """Products of rotations and matrices depend on the order, whatever the node is called."""
    found = {node.id for node in graph.nodes if is_swappable(shapes[node.id].type)}
    for wire in graph.wires:
        pin = shapes[wire.source.node].pin(wire.source.pin, False)
        if wire.target.node in found and pin and pin.type.name in ORDERED_FACTORS:
            found.discard(wire.target.node)
    return found


def _node(node: Node, graph: Graph, shape: Shape, is_swapped: bool, wired: set[PinRef]) -> ModelNode:
    items = [(key, write_value(value)) for key, value in node.properties if key not in COSMETIC]
    if is_swapped:
        items = [(ANY_OPERAND if OPERAND.fullmatch(key) else key, text) for key, text in items]
        items += [(ANY_OPERAND, text) for text in _unsaid_operands(node, shape, wired)]
    return ModelNode(node.id, graph.name.lower(), node.type, tuple(sorted(items)))


def _unsaid_operands(node: Node, shape: Shape, wired: set[PinRef]) -> list[str]:
    """Defaults of operands that are not zero: when operands swap, which of them has the default counts."""
    literals = speller().literals
    return [write_value(literals.spell(pin.default, pin.type)) for pin in shape.data_inputs
            if OPERAND.fullmatch(pin.name) and pin.default is not None and not literals.is_zero(literals.spell(pin.default, pin.type), pin.type)
            and PinRef(node.id, pin.name) not in wired and node.get(pin.name) is None]


def _wires(graph: Graph, start: int, swapped: set[str]) -> list[ModelWire]:
    place = {node.id: start + index for index, node in enumerate(graph.nodes)}

    def operand(pin: PinRef) -> str:
        return ANY_OPERAND if pin.node in swapped and OPERAND.fullmatch(pin.pin) else pin.pin

    return [ModelWire(place[wire.source.node], wire.source.pin, place[wire.target.node], operand(wire.target), wire.is_exec)
            for wire in graph.wires]


def _declarations(blueprint: Blueprint) -> list[tuple[str, str]]:
    found = [("PARENT", blueprint.parent)] if blueprint.parent != "Actor" else []
    for variable in blueprint.variables:
        found += _variable(f"VAR {variable.name.lower()}", variable)
    for graph in blueprint.graphs:
        name = f"GRAPH {graph.name.lower()}"
        if name != "GRAPH eventgraph":
            found.append((name, ""))
        found += [(f"{name}: {key}", write_value(value)) for key, value in graph.properties if key not in COSMETIC]
        for variable in graph.variables:
            found += _variable(f"{name}: VAR {variable.name.lower()}", variable)
    return found


def _variable(name: str, variable: Variable) -> list[tuple[str, str]]:
    facts = [(name, write_type(variable.type))]
    if variable.default is not None:
        facts.append((f"{name} =", write_value(variable.default)))
    return facts + [(f"{name} {key}", write_value(value)) for key, value in variable.properties if key not in COSMETIC]


def shape_model(blueprint: Blueprint) -> LabelledGraph:
    """The wiring alone: types of nodes and how they are joined, without any name or literal that a user chose."""
    full = model(blueprint)
    labels = [(_graph_kind(node.graph), node.type, tuple(item for item in node.properties if item[0] in STRUCTURAL))
              for node in full.nodes]
    return LabelledGraph(labels, [(wire.source, _shape_label(full, wire), wire.target) for wire in full.wires])


def _graph_kind(name: str) -> str:
    return name if name in ("eventgraph", "constructionscript") else "function"


def _shape_label(full: Model, wire: ModelWire) -> tuple[str, str]:
    return _shape_pin(full.nodes[wire.source], wire.output), _shape_pin(full.nodes[wire.target], wire.input)


def _shape_pin(node: ModelNode, pin: str) -> str:
    if node.type.startswith("CastTo") and pin.startswith("As"):
        return "As"
    return pin if node.type not in USER_NAMED_PINS or pin in PLAIN_PINS else ANY_OPERAND
