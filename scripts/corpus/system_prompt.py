"""The system prompt: the format by example, the rules, and the reference of the nodes that the curriculum uses most.

It is rendered once per data set by 08 and read from datasets/system_prompt.txt everywhere else, so that training,
inference, evaluation and exam see the same characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.fingerprint import NODE_TYPE
from utils.blueprint_patterns import Catalogue, Pin, Scope, Shape
from utils.dsl_ast import Graph, Blueprint, Node

DEFAULT_BUDGET_CHARACTERS = 5_700

HEADER = """\
You write Unreal Engine 5 Blueprint graphs in the Blueprint DSL. Answer with one document and nothing else.

Format:
BLUEPRINT: BP_Name
PARENT: Actor
VAR Health: Float = 100.0
GRAPH: EventGraph
NODE n1: Event_AnyDamage
NODE n2: VariableGet [Variable="Health"]
NODE n3: Subtract
NODE n4: VariableSet [Variable="Health"]
EXEC n1.Then -> n4.Execute
DATA n1.Damage -> n3.B
DATA n2.Health -> n3.A
DATA n3.ReturnValue -> n4.Health

Rules:
- Order: BLUEPRINT, PARENT, VAR lines, GRAPH, then NODE, EXEC, DATA lines. Ids are n1, n2, ... without gaps.
- Execution starts at an Event_ node. EXEC goes from an exec output (Then unless listed) to Execute; one wire leaves an exec output. Use Sequence to do several things.
- DATA goes from an output to an input of a fitting type; an input takes one wire. A literal stands in brackets: PrintString [InString="Hello"]. Leave defaults out.
- Pure nodes (=) have no exec pins; wire their outputs where they are used.
- VariableGet [Variable="X"] has the output X; VariableSet [Variable="X"] the input X. Declare every variable with VAR.
- Event_Custom [Name="OnHeal", Params=(Amount: Float)] declares an event, Call [Function="OnHeal"] calls it.
- CastToX has Object in, Then, CastFailed and AsX out. Operators take their type from their wires.
- Target is the object a function works on; without a wire it is this Blueprint itself.

Nodes: name(inputs) outputs; '=' pure, '>' exec output.
"""


@dataclass(frozen=True)
class SystemPrompt:
    text: str
    listed: tuple[str, ...]
    coverage_frac: float
    """Share of the curriculum's nodes (by use) whose type the reference lists."""


def count_node_types(outputs: Iterable[str]) -> Counter[str]:
    return Counter(kind for output in outputs for kind in NODE_TYPE.findall(output))


def render_system_prompt(catalogue: Catalogue, usage: Counter[str], budget_characters: int = DEFAULT_BUDGET_CHARACTERS) -> SystemPrompt:
    """List node types by falling use until the budget is full; ties go by name, so the same counts give the same text."""
    left = budget_characters - len(HEADER)
    lines: dict[str, str] = {}
    for kind, _ in sorted(usage.items(), key=lambda item: (-item[1], item[0])):
        line = reference_line(catalogue, kind)
        if line and len(line) + 1 <= left:
            lines[kind] = line
            left -= len(line) + 1
    listed = tuple(sorted(lines))
    covered = sum(usage[kind] for kind in listed)
    return SystemPrompt(HEADER + "\n".join(lines[kind] for kind in listed) + "\n", listed, covered / max(usage.total(), 1))


def reference_line(catalogue: Catalogue, kind: str) -> str | None:
    """One line of the node reference, or None for a type whose pins depend on the document."""
    empty = Blueprint("BP", graphs=(Graph("EventGraph"),))
    shape = catalogue.shape(Node("n1", kind), Scope.of(empty, empty.graphs[0]))
    if not shape.is_known:
        return None
    inputs = ", ".join(_typed(catalogue, pin) for pin in shape.data_inputs if _is_listed(pin, shape))
    execs = _exec_names(shape)
    outputs = [_typed(catalogue, pin) for pin in shape.data_outputs if not pin.is_hidden]
    mark = "=" if shape.is_pure else ""
    return f"{mark}{kind}({inputs}) {' '.join(execs + outputs)}".rstrip()


def _is_listed(pin: Pin, shape: Shape) -> bool:
    return not pin.is_hidden and not pin.is_advanced


def _exec_names(shape: Shape) -> list[str]:
    """Exec inputs and outputs beyond the plain Execute and Then."""
    inputs = [f"<{pin.name}" for pin in shape.exec_inputs if pin.name != "Execute"]
    outputs = [pin.name for pin in shape.exec_outputs]
    return inputs + ([] if outputs == ["Then"] else [f">{name}" for name in outputs])


def _typed(catalogue: Catalogue, pin: Pin) -> str:
    kind = str(catalogue.type_ref(pin.type))
    return pin.name if kind == "Wildcard" else f"{pin.name}:{kind}"
