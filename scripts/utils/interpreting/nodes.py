"""What each kind of node does when the interpreter reaches it: `execute` for nodes with exec pins, `evaluate` for pure ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from utils.dsl.ast import Node
from utils.interpreting.effects import EFFECTS
from utils.interpreting.flow import FLOW, Handler, first_exit
from utils.interpreting.functions import call_pure, operate
from utils.interpreting.pure import PURE, output_name
from utils.interpreting.values import SELF, Record, Term, Thing, copied, from_literal, given_value, open_value, text_of, zero

if TYPE_CHECKING:
    from utils.interpreter import Machine
    from utils.interpreting.frame import Frame

PRINTS = {"PrintString": "InString", "PrintText": "InText"}
SPAWNERS = frozenset({"SpawnActorFromClass", "CreateWidget", "ConstructObject", "AddComponentByClass", "SpawnAIFromClass", "CreateSaveGameObject"})
ASKS = re.compile(r"(\w+\.)?(Get|Is|Has|Does|Find|Break|LineTrace|SphereTrace|BoxTrace|CapsuleTrace|SphereOverlap|BoxOverlap)(?=[A-Z])")
"""Functions that look and change nothing: they leave no line in the trace, their results say how they were asked."""


def execute(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    """Do what the node does; the exec output by which it is left, or None where the node went on by itself."""
    handler = HANDLERS.get(node.type)
    if handler:
        return handler(machine, frame, node, entered)
    if node.type.startswith("CastTo"):
        return _cast(machine, frame, node)
    return _call(machine, frame, node)


# Calls into the game

def _call(machine: Machine, frame: Frame, node: Node) -> str | None:
    """A function of the game: the trace says that it was called, and its results are what the world says."""
    if not ASKS.match(node.type):
        machine.note(described(machine, frame, node))
    arguments = _said(machine, frame, node)
    for pin in frame.shapes[node.id].data_outputs:
        frame.outputs[node.id, pin.name] = _result(machine, frame, node, pin, arguments)
    return first_exit(frame, node)


def described(machine: Machine, frame: Frame, node: Node, name: str = "") -> str:
    """`SetActorLocation(NewLocation=(...))` with the arguments that differ from their defaults; Target unless self."""
    own = "" if node.type not in ("Call", "CallInterface", "CallParent") else f"{node.type} {text_of(from_literal(node.get('Function')))}"
    said = ", ".join(f"{key}={text_of(value)}" for key, value in _said(machine, frame, node))
    return f"{name or own or frame.shapes[node.id].type}({said})"


def _said(machine: Machine, frame: Frame, node: Node) -> list[tuple[str, Any]]:
    said = [(pin.name, value) for pin, value in machine.inputs_of(frame, node) if value != from_literal(pin.default, pin.type)]
    target = machine.target_of(frame, node)
    return said if target == SELF else [("Target", target), *said]


def _given(machine: Machine, node: Node, pin: Any) -> Any | None:
    """What the test's world says that this function returns."""
    for key in (f"{node.type}.{pin.name}", node.type):
        if key in machine.world:
            return given_value(machine.world[key], pin.type)
    return None


def _result(machine: Machine, frame: Frame, node: Node, pin: Any, arguments: list[tuple[str, Any]]) -> Any:
    given = _given(machine, node, pin)
    if given is not None:
        return given
    if node.type in SPAWNERS and pin.type.kind == "object":
        return machine.thing(text_of(machine.read(frame, node.id, "Class")))
    if ASKS.match(node.type) or pin.type.kind in ("object", "struct", "interface", "bool", "wildcard") or pin.type.container:
        return open_value(output_name(node, pin.name), **dict(arguments))
    return zero(pin.type)


def _print(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    machine.note(f"print {text_of(machine.read(frame, node.id, PRINTS[node.type]))}")
    return first_exit(frame, node)


def _destroy(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    """What stands behind the node still runs; nothing that comes later does."""
    machine.is_destroyed = machine.is_destroyed or machine.target_of(frame, node) == SELF
    return _call(machine, frame, node)


def _enable_tick(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    if machine.target_of(frame, node) == SELF:
        machine.is_ticking = machine.is_true(machine.read(frame, node.id, "Enabled"))
    return _call(machine, frame, node)


# This Blueprint's own functions and variables

def _arguments(machine: Machine, frame: Frame, node: Node) -> dict[str, Any]:
    return {pin.name: copied(value) for pin, value in machine.inputs_of(frame, node)}


def _call_own(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    if node.get("Class") is not None or machine.target_of(frame, node) != SELF:
        return _call(machine, frame, node)
    name, arguments = text_of(from_literal(node.get("Function"))), _arguments(machine, frame, node)
    if machine.call_event(name, arguments):
        return first_exit(frame, node)
    results = machine.call_graph(name, arguments)
    if results is None:
        return _call(machine, frame, node)
    frame.outputs |= {(node.id, pin): value for pin, value in results.items()}
    return first_exit(frame, node)


def _return(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    frame.results = {pin.name: value for pin, value in machine.inputs_of(frame, node)}


def _set_variable(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    name = str(node.get("Variable"))
    value = copied(machine.read(frame, node.id, name))
    if (target := machine.target_of(frame, node)) != SELF:
        machine.note(f"set {text_of(target)}.{name} = {text_of(value)}")
    else:
        write_variable(machine, frame, name, value)
    frame.outputs[node.id, "Output"] = value
    return "Then"


def write_variable(machine: Machine, frame: Frame, name: str, value: Any) -> None:
    scope = machine.variable_scope(frame, name)
    before, scope[name.lower()] = scope.get(name.lower()), value
    if scope is machine.variables and value != before:
        machine.note_write(name, value)


def _read_variable(machine: Machine, frame: Frame, node: Node) -> Any:
    """What nothing here sets (a component, a reference chosen in the level) is open; what will be set is none until then."""
    name = str(node.get("Variable"))
    if (target := machine.target_of(frame, node)) != SELF:
        return Term(f"{text_of(target)}.{name}")
    value = machine.variable_scope(frame, name).get(name.lower())
    is_unknown = value is None or value == [] or value == {}
    return Term(name) if is_unknown and name.lower() not in machine.written else value


def _validated_get(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    value = _read_variable(machine, frame, node)
    frame.outputs |= {(node.id, pin.name): value for pin in frame.shapes[node.id].data_outputs}
    return "IsValid" if machine.is_true(call_pure("IsValid", [value])) else "IsNotValid"


def _change_by(step: int) -> Handler:
    def change(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        """IncrementInt and DecrementInt work on the variable that is wired to them."""
        result = operate("Add", [machine.read(frame, node.id, "Value"), step])
        frame.outputs[node.id, "Result"] = result
        wire = frame.sources.get((node.id, "Value"))
        source = frame.nodes[wire.source.node] if wire else None
        if source is not None and source.type == "VariableGet":
            write_variable(machine, frame, str(source.get("Variable")), result)
        return first_exit(frame, node)
    return change


# Casts

def _cast(machine: Machine, frame: Frame, node: Node) -> str:
    value = machine.read(frame, node.id, "Object")
    fits = _fits(machine, value, text_of(from_literal(node.get("Class"))) if node.get("Class") is not None else node.type.removeprefix("CastTo"))
    for pin in frame.shapes[node.id].data_outputs:
        frame.outputs[node.id, pin.name] = (value if fits else None) if pin.type.kind != "bool" else fits
    return "Then" if fits else "CastFailed"


def _fits(machine: Machine, value: Any, wanted: str) -> bool:
    if isinstance(value, Thing):
        return value.class_name == wanted or machine.catalogue.is_a(value.class_name, wanted)
    return isinstance(value, Term) and machine.decide(f"{text_of(value)} is a {wanted}")


HANDLERS: dict[str, Handler] = {
    **FLOW, **EFFECTS, **dict.fromkeys(PRINTS, _print), "VariableSet": _set_variable, "VariableGet": _validated_get, "Call": _call_own,
    "FunctionResult": _return, "IncrementInt": _change_by(1), "DecrementInt": _change_by(-1), "IncrementFloat": _change_by(1),
    "DecrementFloat": _change_by(-1), "DestroyActor": _destroy, "SetActorTickEnabled": _enable_tick,
}


# Pure nodes

def evaluate(machine: Machine, frame: Frame, node: Node, pin_name: str) -> Any:
    """The value on an output of a pure node."""
    shape = frame.shapes[node.id]
    if node.type == "VariableGet":
        return _read_variable(machine, frame, node)
    pin = shape.pin(pin_name, is_input=False)
    if pin and (given := _given(machine, node, pin)) is not None:
        return given
    if node.type == "Call" and node.get("Class") is None:
        results = machine.call_graph(text_of(from_literal(node.get("Function"))), _arguments(machine, frame, node))
        if results is not None:
            return results.get(pin_name)
    if node.type.startswith("CastTo"):
        _cast(machine, frame, node)
        return frame.outputs.pop((node.id, pin_name), None)
    values = [value for _, value in machine.inputs_of(frame, node)]
    if shape.role == "operator" and node.type not in ("BooleanAND", "BooleanOR", "Concat_StrStr"):
        return _operate(node.type, values)
    return _pure(machine, frame, node, pin_name, values)


def _operate(name: str, values: list[Any]) -> Any:
    found = call_pure(name, values)
    if found is not None:
        return found
    try:
        return operate(name, values)
    except KeyError:  # an operator outside the table
        return Term(name, tuple((str(number), value) for number, value in enumerate(values)))


def _pure(machine: Machine, frame: Frame, node: Node, pin_name: str, values: list[Any]) -> Any:
    maker = PURE.get(node.type)
    if maker:
        return maker(machine, frame, node, values, pin_name)
    if node.type.startswith("Break") and values and isinstance(values[0], Record):
        return values[0].get(pin_name)
    found = call_pure(node.type.rpartition(".")[2], values)
    return found if found is not None else open_value(output_name(node, pin_name), **dict(_said(machine, frame, node)))
