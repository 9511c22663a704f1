"""Flow of execution: branches, loops, gates, delays. A handler does what its node does and names the exit it leaves by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from utils.dsl.ast import Node
from utils.interpreting.functions import call_pure
from utils.interpreting.values import RunAway, Term, is_number, open_value, text_of

if TYPE_CHECKING:
    from utils.interpreter import Machine
    from utils.interpreting.frame import Frame

MAX_LOOPS = 1_000
OPEN_SECONDS = 1.0
"""How long a delay or timer takes whose time only the game knows."""
Handler = Callable[["Machine", "Frame", Node, str], "str | None"]


def exits(frame: Frame, node: Node) -> list[str]:
    return [pin.name for pin in frame.shapes[node.id].exec_outputs]


def first_exit(frame: Frame, node: Node) -> str | None:
    names = exits(frame, node)
    return "Then" if "Then" in names else "Completed" if "Completed" in names else next(iter(names), None)


def seconds(value: Any) -> float:
    return float(value) if is_number(value) else OPEN_SECONDS


def _branch(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    return "True" if machine.is_true(machine.read(frame, node.id, "Condition")) else "False"


def _sequence(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    for name in exits(frame, node):
        machine.follow(frame, node.id, name)


def _switch(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    names = exits(frame, node)
    wanted = text_of(machine.read(frame, node.id, "Selection")).rpartition("::")[2].lower()
    return next((name for name in names if name.lower() in (wanted, f"case_{wanted}")), "Default" if "Default" in names else None)


def _is_valid(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    value = next((value for _, value in machine.inputs_of(frame, node)), None)
    return exits(frame, node)[0 if machine.is_true(call_pure("IsValid", [value])) else 1]


def _has_authority(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    return "Authority" if machine.is_true(machine.world.get("HasAuthority", open_value("HasAuthority"))) else "Remote"


# Delays

def _delay(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    """A delay that is running already is not started again."""
    if frame.memory.get(node.id):
        return
    frame.memory[node.id] = True

    def go_on() -> None:
        frame.memory[node.id] = False
        machine.follow(frame, node.id, first_exit(frame, node) or "")

    machine.later(_duration(machine, frame, node), go_on)


def _retriggerable_delay(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    frame.memory[node.id] = turn = frame.memory.get(node.id, 0) + 1

    def go_on() -> None:
        if frame.memory[node.id] == turn:
            machine.follow(frame, node.id, first_exit(frame, node) or "")

    machine.later(_duration(machine, frame, node), go_on)


def _duration(machine: Machine, frame: Frame, node: Node) -> float:
    return 0.0 if node.type == "DelayUntilNextTick" else seconds(machine.read(frame, node.id, "Duration"))


def _timeline(machine: Machine, frame: Frame, node: Node, entered: str) -> None:
    """Curves and length are not in the document: one update at once, and the end after a second unless it is stopped."""
    machine.note(f"timeline {entered}")
    frame.memory[node.id] = turn = frame.memory.get(node.id, 0) + 1
    if entered in ("Stop", "SetNewTime"):
        return
    frame.outputs |= {(node.id, pin.name): open_value(f"Timeline.{pin.name}") for pin in frame.shapes[node.id].data_outputs}

    def finish() -> None:
        if frame.memory[node.id] == turn:
            machine.follow(frame, node.id, "Finished")

    machine.later(OPEN_SECONDS, finish)
    machine.follow(frame, node.id, "Update")


# Gates, which remember

def _do_once(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    if entered == "Reset":
        frame.memory[node.id] = False
        return None
    is_done = frame.memory.get(node.id, machine.read(frame, node.id, "StartClosed"))
    frame.memory[node.id] = True
    return None if is_done else "Completed"


def _do_n(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    done = 0 if entered == "Reset" else frame.memory.get(node.id, 0)
    limit = machine.read(frame, node.id, "N")
    if entered == "Reset" or not is_number(limit) or done >= limit:
        frame.memory[node.id] = done
        return None
    frame.memory[node.id] = frame.outputs[node.id, "Counter"] = done + 1
    return "Exit"


def _flip_flop(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    is_a = not frame.memory.get(node.id, False)
    frame.memory[node.id] = frame.outputs[node.id, "IsA"] = is_a
    return "A" if is_a else "B"


def _gate(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    is_open = frame.memory.get(node.id, not machine.read(frame, node.id, "StartClosed"))
    frame.memory[node.id] = {"Enter": is_open, "Open": True, "Close": False}.get(entered, not is_open)
    return "Exit" if entered == "Enter" and is_open else None


def _multi_gate(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    """In order, also where it is to be random: a trace has to come out the same twice."""
    if entered == "Reset":
        frame.memory.pop(node.id, None)
        return None
    outputs, start = exits(frame, node), machine.read(frame, node.id, "StartIndex")
    turn = frame.memory.get(node.id, start if isinstance(start, int) and start > 0 else 0)
    frame.memory[node.id] = turn + 1
    return outputs[turn % len(outputs)] if turn < len(outputs) or machine.is_true(machine.read(frame, node.id, "Loop")) else None


# Loops

def _for_loop(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    first, last = machine.read(frame, node.id, "FirstIndex"), machine.read(frame, node.id, "LastIndex")
    if not (isinstance(first, int) and isinstance(last, int)):
        first, last = 0, 0  # an open number of rounds shows one
    return _loop(machine, frame, node, entered, [{"Index": index} for index in range(first, min(last, first + MAX_LOOPS) + 1)])


def _for_each(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    items = machine.read(frame, node.id, "Array") if entered != "Break" else []
    numbered = list(enumerate(items)) if isinstance(items, list) else [(0, open_value("Element", Of=items))]
    if node.type.startswith("Reverse"):
        numbered.reverse()
    return _loop(machine, frame, node, entered, [{"ArrayElement": item, "ArrayIndex": index} for index, item in numbered])


def _loop(machine: Machine, frame: Frame, node: Node, entered: str, rounds: list[dict[str, Any]]) -> str | None:
    frame.memory[node.id] = is_broken = entered == "Break"
    if is_broken:
        return None
    for outputs in rounds:
        machine.count_step()
        frame.outputs |= {(node.id, pin): value for pin, value in outputs.items()}
        machine.follow(frame, node.id, "LoopBody")
        if frame.memory.get(node.id) or frame.results is not None:
            break
    return "Completed"


def _while(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    for _round in range(MAX_LOOPS):
        condition = machine.read(frame, node.id, "Condition")
        if isinstance(condition, Term) or not condition or frame.results is not None:
            return "Completed"
        machine.follow(frame, node.id, "LoopBody")
    raise RunAway


FLOW: dict[str, Handler] = {
    "Branch": _branch, "Sequence": _sequence, "IsValidBranch": _is_valid, "IsValidClassBranch": _is_valid, "SwitchHasAuthority": _has_authority,
    **dict.fromkeys(("SwitchInt", "SwitchString", "SwitchName", "SwitchEnum"), _switch),
    "Delay": _delay, "DelayUntilNextTick": _delay, "RetriggerableDelay": _retriggerable_delay, "Timeline": _timeline,
    "DoOnce": _do_once, "DoN": _do_n, "FlipFlop": _flip_flop, "Gate": _gate, "MultiGate": _multi_gate,
    "ForLoop": _for_loop, "ForLoopWithBreak": _for_loop, "WhileLoop": _while,
    **dict.fromkeys(("ForEachLoop", "ForEachLoopWithBreak", "ReverseForEachLoop"), _for_each),
}
