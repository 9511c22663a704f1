"""Other spellings that people use for the canonical names: `parse` takes them all, `render` writes none of them.

This table knows spellings, not the catalogue: a pin that never existed (Event_BeginPlay.IsActive) passes through as it
is written, and the validator says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from utils.dsl.ast import Blueprint, Graph, Node, Param, Params, PinRef, TypeRef, Value, Variable, Wire, Word

NODE_ALIASES = {
    "LessThan": "Less", "LessThanFloat": "Less", "LessThanInt": "Less",
    "GreaterThan": "Greater", "GreaterThanFloat": "Greater", "GreaterThanInt": "Greater",
    "LessThanOrEqual": "LessEqual", "GreaterThanOrEqual": "GreaterEqual", "Equal": "EqualEqual",
    "AddFloat": "Add", "AddInt": "Add", "AddVector": "Add",
    "SubtractFloat": "Subtract", "SubtractInt": "Subtract", "SubtractVector": "Subtract",
    "MultiplyFloat": "Multiply", "MultiplyInt": "Multiply", "DivideFloat": "Divide", "DivideInt": "Divide",
    "NotBool": "Not_PreBool", "NOT": "Not_PreBool", "BooleanNOT": "Not_PreBool",
    "Concatenate": "Concat_StrStr", "Append": "Concat_StrStr", "ArrayLength": "Array_Length",
    "GetVariable": "VariableGet", "SetVariable": "VariableSet",
    "Event_CustomEvent": "Event_Custom", "CallEvent": "Call", "CallFunction": "Call", "CallCustomEvent": "Call",
    "SpawnActor": "SpawnActorFromClass", "SwitchOnInt": "SwitchInt", "SwitchOnString": "SwitchString",
    "SwitchOnName": "SwitchName", "SwitchOnEnum": "SwitchEnum", "SwitchOnGameplayTag": "SwitchGameplayTag",
}

# A name that stands for one of several nodes, told apart by what the document does with it.
CHOICES: dict[str, Callable[[set[str], bool], str]] = {
    "RandomFloat": lambda pins, is_float: "RandomFloatInRange" if pins & {"Min", "Max"} else "RandomFloat",
    "RandomInteger": lambda pins, is_float: "RandomIntegerInRange" if "Min" in pins else "RandomInteger",
    "PlaySound": lambda pins, is_float: "PlaySoundAtLocation" if "Location" in pins else "PlaySound2D",
    "Modulo": lambda pins, is_float: "Percent_FloatFloat" if is_float else "Percent_IntInt",
    "Clamp": lambda pins, is_float: "FClamp" if is_float else "Clamp",
    "Max": lambda pins, is_float: "FMax" if is_float else "Max",
    "Min": lambda pins, is_float: "FMin" if is_float else "Min",
    "IsValid": lambda pins, is_float: "IsValidBranch" if pins & {"Execute", "execute", "exec", "Exec"} else "IsValid",
}

# Per canonical node type: other names of properties and inputs.
INPUT_ALIASES = {
    "VariableGet": {"VarName": "Variable"},
    "VariableSet": {"VarName": "Variable"},
    "Call": {"EventName": "Function", "FunctionName": "Function"},
    "Event_Custom": {"EventName": "Name"},
    "Event_InputAction": {"ActionName": "Action"},
    "Event_InputAxis": {"AxisName": "Axis"},
    "CreateWidget": {"WidgetClass": "Class"},
    "SpawnActorFromClass": {"ActorClass": "Class"},
    "IsValid": {"Input": "Object"},
    "GetDisplayName": {"Target": "Object"},
    "BreakVector": {"Input": "InVec"},
    "BreakRotator": {"Input": "InRot"},
    "Array_Length": {"Array": "TargetArray", "Input": "TargetArray"},
    "Not_PreBool": {"Input": "A"},
    "Sin": {"Input": "A"}, "Cos": {"Input": "A"}, "Tan": {"Input": "A"}, "Abs": {"Input": "A"},
    "GetInputAxisValue": {"AxisName": "InputAxisName"},
}

TYPE_ALIASES = {
    "ObjectRef": "Object", "ActorRef": "Actor", "PawnRef": "Pawn", "CharacterRef": "Character", "WidgetRef": "Widget",
    "Boolean": "Bool", "Integer": "Int", "Int32": "Int", "Integer64": "Int64", "Double": "Float", "Real": "Float",
    "Str": "String", "FString": "String", "FName": "Name", "FText": "Text",
    **{name.lower(): name for name in ("Bool", "Byte", "Int", "Int64", "Float", "String", "Name", "Text", "Double",
                                       "Vector", "Rotator", "Transform", "Object", "Actor")},
}
TYPE_ALIASES["double"] = "Float"
TYPE_PROPERTIES = frozenset({"Type", "IndexType"})

# Nodes whose number of pins older documents show only by using them: property, is the pin an input, its index, default.
COUNTED_PINS = {
    "Sequence": ("Outputs", False, re.compile(r"Then_(\d+)"), 2),
    "MultiGate": ("Outputs", False, re.compile(r"Out_(\d+)"), 2),
    "Select": ("Options", True, re.compile(r"Option_(\d+)"), 2),
    "SwitchInt": ("Cases", False, re.compile(r"(?:Case_)?(\d+)"), 0),
}
MAX_COUNTED = 64  # `Then_999999` is a mistake, not a node with a million pins
NAMED_CASES = frozenset({"SwitchString", "SwitchName"})


def apply_aliases(blueprint: Blueprint) -> Blueprint:
    """The same document in canonical names of nodes, properties and types, and in known other names of pins."""
    return replace(blueprint, variables=tuple(map(_variable, blueprint.variables)),
                   graphs=tuple(map(_graph, blueprint.graphs)))


def alias_of_node(name: str) -> str:
    """The canonical name where the spelling alone decides it."""
    return NODE_ALIASES.get(name, name)


def _graph(graph: Graph) -> Graph:
    used = _used_pins(graph)
    nodes = {node.id: _node(node, used.get(node.id, ())) for node in graph.nodes}
    wires = tuple(_wire(wire, nodes) for wire in graph.wires)
    return replace(graph, nodes=tuple(nodes.values()), wires=wires, variables=tuple(map(_variable, graph.variables)),
                   properties=tuple((key, _typed_value(key, value)) for key, value in graph.properties))


def _used_pins(graph: Graph) -> dict[str, list[tuple[str, bool]]]:
    """Names of wired pins by node, each with whether it is an input."""
    used: dict[str, list[tuple[str, bool]]] = {}
    for wire in graph.wires:
        used.setdefault(wire.source.node, []).append((wire.source.pin, False))
        used.setdefault(wire.target.node, []).append((wire.target.pin, True))
    return used


def _node(node: Node, used: list[tuple[str, bool]]) -> Node:
    kind = NODE_ALIASES.get(node.type, node.type)
    if kind in CHOICES:
        pins = {name for name, is_input in used if is_input} | {key for key, _ in node.properties}
        kind = CHOICES[kind](pins, any(isinstance(value, float) for _, value in node.properties))
    renamed = INPUT_ALIASES.get(kind, {})
    properties = tuple((renamed.get(key, key), _typed_value(key, value)) for key, value in node.properties)
    if kind != node.type or properties != node.properties:
        node = Node(node.id, kind, properties, node.line)
    if kind == "VariableSet":
        node = _with_named_value(node)
    return _with_implied_pins(node, used)


def _with_named_value(node: Node) -> Node:
    """`VariableSet [Variable="Health", Value=5]`: the literal belongs to the pin that is named as the variable."""
    name = node.get("Variable")
    if not isinstance(name, str) or node.get(name) is not None:
        return node
    return replace(node, properties=tuple((name if key == "Value" else key, value) for key, value in node.properties))


def _with_implied_pins(node: Node, used: list[tuple[str, bool]]) -> Node:
    """A count that says no more than none at all is none: the canonical form leaves it out."""
    if node.type in NAMED_CASES and isinstance(node.get("Cases") or 0, int):
        names = dict.fromkeys(name.removeprefix("Case_") for name, is_input in used if not is_input and name != "Default")
        return _with(node, "Cases", tuple(names)) if names else node
    if node.type not in COUNTED_PINS:
        return node
    key, is_input, pattern, default = COUNTED_PINS[node.type]
    found = (pattern.fullmatch(name) for name, side in used if side == is_input)
    count = max((int(match[1]) + 1 for match in found if match and len(match[1]) < 4), default=0)
    given = node.get(key) or 0
    is_said = not isinstance(given, int) or given > default
    return node if is_said or not default < count <= MAX_COUNTED else _with(node, key, count)


def _with(node: Node, key: str, value: Value) -> Node:
    return replace(node, properties=(*(item for item in node.properties if item[0] != key), (key, value)))


def _wire(wire: Wire, nodes: dict[str, Node]) -> Wire:
    source, target = nodes.get(wire.source.node), nodes.get(wire.target.node)
    output = _output_name(source, wire.source.pin) if source else wire.source.pin
    pin = _input_name(target, wire.target.pin) if target else wire.target.pin
    note = _type(wire.type) if wire.type else None
    if output == wire.source.pin and pin == wire.target.pin and note == wire.type:
        return wire
    return replace(wire, source=PinRef(wire.source.node, output), target=PinRef(wire.target.node, pin), type=note)


def _input_name(node: Node, pin: str) -> str:
    if node.type == "VariableSet" and pin == "Value":
        return _variable_pin(node, pin)
    return INPUT_ALIASES.get(node.type, {}).get(pin, pin)


def _output_name(node: Node, pin: str) -> str:
    if node.type == "VariableGet" and pin == "Value":
        return _variable_pin(node, pin)
    if node.type == "VariableSet" and pin == "Value" != node.get("Variable"):
        return "Output"
    if node.type.startswith("CastTo") and pin == "CastSucceeded":
        return "Then"
    if node.type in NAMED_CASES and pin.startswith("Case_"):
        cases = node.get("Cases")
        return pin if isinstance(cases, tuple) and pin in cases else pin.removeprefix("Case_")
    return pin


def _variable_pin(node: Node, otherwise: str) -> str:
    name = node.get("Variable")
    return name if isinstance(name, str) else otherwise


def _variable(variable: Variable) -> Variable:
    kind = _type(variable.type)
    properties = tuple((key, _typed_value(key, value)) for key, value in variable.properties)
    return Variable(variable.name, kind, variable.default, properties, variable.line)


def _typed_value(key: str, value: Value) -> Value:
    if isinstance(value, Params):
        return Params(tuple(Param(item.name, _type(item.type), item.default) for item in value.items))
    if key in TYPE_PROPERTIES and isinstance(value, Word):
        return Word(TYPE_ALIASES.get(value.text, value.text))
    return value


@lru_cache(maxsize=4096)
def _type(kind: TypeRef) -> TypeRef:
    return TypeRef(TYPE_ALIASES.get(kind.name, kind.name), tuple(map(_type, kind.args)))
