"""The system prompt: the format by example, the rules, and the reference of the nodes that the curriculum uses most.

It is rendered once per data set by 08 and read from datasets/system_prompt.txt everywhere else, so that training,
inference, evaluation and exam see the same characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from utils.blueprint_patterns import Catalogue, Pin, Scope, Shape
from utils.dsl.ast import Node

DEFAULT_BUDGET_CHARACTERS = 5_700
NODE_LINE = re.compile(r"^NODE (\w+): (\S+)", re.MULTILINE)
LITERALS = re.compile(r"^NODE \w+: (\S+) \[(.*)\]$", re.MULTILINE)
PROPERTY_KEY = re.compile(r"(?:^|, )(\w+)=")
PIN = re.compile(r"\b(n\d+)\.(\S+)")
TOLD_BY_RULES = ("VariableGet", "VariableSet", "Call", "Event_Custom", "FunctionEntry", "FunctionResult")

TASK = """\
You write Unreal Engine 5 Blueprint graphs in the Blueprint DSL. Answer with one document and nothing else.
"""

SMALLEST_CHARACTERS = len(TASK)

FORMAT = """
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
"""

RULES = """
Rules:
- Order: BLUEPRINT, PARENT, VAR lines, GRAPH, then NODE, EXEC, DATA lines. Ids are n1, n2, ... without gaps.
- Execution starts at an Event_ node. EXEC goes from an exec output (Then unless listed) to Execute; one wire leaves an exec output. Use Sequence to do several things.
- DATA goes from an output to an input of a fitting type; an input takes one wire. A literal stands in brackets: PrintString [InString="Hello"]. Leave defaults out.
- Pure nodes (=) have no exec pins; wire their outputs where they are used.
- VariableGet [Variable="X"] has the output X; VariableSet [Variable="X"] the input X. Declare every variable with VAR.
- Event_Custom [Name="OnHeal", Params=(Amount: Float)] declares an event, Call [Function="OnHeal"] calls it.
- A function is a graph of its own: GRAPH: Name, FunctionEntry [Params=(A: Float)], FunctionResult [Params=(Sum: Float)] with these as pins.
- Event_Component [Component="Box", Event="OnComponentBeginOverlap"] has OtherActor. BindEvent, SetTimerByEvent take an event by DATA n1.OutputDelegate.
- CastToX has Object in, Then, CastFailed and AsX out. Operators take their type from their wires.
- Target is the object a function works on; without a wire it is this Blueprint itself.
"""

NODES = """
Nodes: name(inputs) outputs; '=' pure, '>' exec output.
"""


@dataclass(frozen=True)
class SystemPrompt:
    text: str
    listed: tuple[str, ...]
    coverage_frac: float
    """Share of the curriculum's nodes (by use) whose type the reference lists."""


@dataclass
class Usage:
    """How often the curriculum uses each node type, and which pins of it."""

    nodes: Counter[str] = field(default_factory=Counter)
    pins: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, output: str) -> None:
        type_of = dict(NODE_LINE.findall(output))
        self.nodes.update(type_of.values())
        self.pins.update((type_of[node], pin) for node, pin in PIN.findall(output) if node in type_of)
        self.pins.update((kind, key) for kind, properties in LITERALS.findall(output) for key in PROPERTY_KEY.findall(properties))


def count_usage(outputs: Iterable[str]) -> Usage:
    usage = Usage()
    for output in outputs:
        usage.add(output)
    return usage


def render_system_prompt(catalogue: Catalogue, usage: Usage, budget_characters: int = DEFAULT_BUDGET_CHARACTERS) -> SystemPrompt:
    """Task, format, rules, then node types by falling use, as far as the budget reaches; the task always stands.

    Ties go by name, so the same counts give the same text.
    """
    header = _header(budget_characters)
    left = budget_characters - len(header) if header.endswith(NODES) else 0
    lines: dict[str, str] = {}
    for kind, _ in sorted(usage.nodes.items(), key=lambda item: (-item[1], item[0])):
        line = reference_line(catalogue, kind, usage)
        if line and len(line) + 1 <= left:
            lines[kind] = line
            left -= len(line) + 1
    listed = tuple(sorted(lines))
    told = (*listed, *(TOLD_BY_RULES if RULES in header else ()))
    covered = sum(usage.nodes[kind] for kind in told)
    return SystemPrompt(header + "".join(lines[kind] + "\n" for kind in listed), listed, covered / max(usage.nodes.total(), 1))


def _header(budget_characters: int) -> str:
    header = TASK
    for part in (FORMAT, RULES, NODES):
        if len(header) + len(part) > budget_characters:
            break
        header += part
    return header


def reference_line(catalogue: Catalogue, kind: str, usage: Usage) -> str | None:
    """One line of the node reference: the pins that the curriculum uses. None for what the rules tell, and for unknown types."""
    shape = catalogue.shape(Node("n1", kind), Scope())
    if kind in TOLD_BY_RULES or not shape.is_known:
        return None
    inputs = ", ".join(_typed(catalogue, pin) for pin in shape.data_inputs if usage.pins[kind, pin.name])
    outputs = [_typed(catalogue, pin) for pin in shape.data_outputs if usage.pins[kind, pin.name]]
    mark = "=" if shape.is_pure else ""
    return f"{mark}{kind}({inputs}) {' '.join(_exec_names(shape, usage) + outputs)}".rstrip()


def _exec_names(shape: Shape, usage: Usage) -> list[str]:
    """Exec inputs and outputs beyond the plain Execute and Then."""
    inputs = [f"<{pin.name}" for pin in shape.exec_inputs if pin.name != "Execute" and usage.pins[shape.type, pin.name]]
    outputs = [pin.name for pin in shape.exec_outputs if usage.pins[shape.type, pin.name]]
    return inputs + ([] if outputs in (["Then"], []) else [f">{name}" for name in outputs])


def _typed(catalogue: Catalogue, pin: Pin) -> str:
    kind = str(catalogue.type_ref(pin.type))
    return pin.name if "Wildcard" in kind else f"{pin.name}:{kind}"
