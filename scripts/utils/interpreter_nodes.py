"""What each kind of node does when the interpreter reaches it: `execute` for nodes with exec pins, `evaluate` for pure ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from utils.dsl_ast import Node
from utils.interpreter_values import Record, Term, Thing, call_pure, operate, text_of, zero

if TYPE_CHECKING:
    from utils.interpreter import Frame, Machine

PRINTS = {"PrintString": "InString", "PrintText": "InText"}
MAX_LOOPS = 1_000
Handler = Callable[["Machine", "Frame", Node, str], "str | None"]


def execute(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    """Do what the node does; the exec output by which it is left, or None where the node went on by itself."""
    handler = HANDLERS.get(node.type)
    if handler:
        return handler(machine, frame, node, entered)
    if node.type.startswith("CastTo"):
        return _cast(machine, frame, node)
    return _call(machine, frame, node)


def _first(frame: Frame, node: Node) -> str | None:
    names = [pin.name for pin in frame.shapes[node.id].exec_outputs]
    return "Then" if "Then" in names else "Completed" if "Completed" in names else names[0] if names else None


def _call(machine: Machine, frame: Frame, node: Node) -> str | None:
    """A function of the game: the trace says that it was called, and its results are what the world says."""
    machine.note(machine.described_call(frame, node))
    for pin in frame.shapes[node.id].data_outputs:
        frame.outputs[node.id, pin.name] = _result(machine, frame, node, pin)
    return _first(frame, node)


def _result(machine: Machine, frame: Frame, node: Node, pin: Any) -> Any:
    if node.type in machine.world:
        return machine.world[node.type]
    if node.type in ("SpawnActorFromClass", "CreateWidget", "ConstructObject", "AddComponentByClass"):
        return machine.thing(text_of(machine.read(frame, node.id, "Class")))
    if pin.type.container:
        return []
    return Term(f"{node.type}.{pin.name}") if pin.type.kind in ("object", "struct", "interface", "bool") else zero(pin.type)


def _print(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    machine.note(f"print {text_of(machine.read(frame, node.id, PRINTS[node.type]))}")
    return _first(frame, node)


def _branch(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    return "True" if machine.is_true(machine.read(frame, node.id, "Condition")) else "False"


def _sequence(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    for pin in frame.shapes[node.id].exec_outputs:
        machine.follow(frame, node.id, pin.name)


def _set_variable(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    name = str(node.get("Variable"))
    value = machine.read(frame, node.id, name)
    if node.get("Class") is not None and machine.read(frame, node.id, "Target") is not None:
        machine.note(f"set {text_of(machine.read(frame, node.id, 'Target'))}.{name} = {text_of(value)}")
    else:
        scope = machine.variable_scope(frame, name)
        scope[name.lower()] = value
        if scope is machine.variables:
            machine.note(f"set {machine.variable_names.get(name.lower(), name)} = {text_of(value)}")
    frame.outputs[node.id, "Output"] = value
    return "Then"


def _arguments(machine: Machine, frame: Frame, node: Node) -> dict[str, Any]:
    return {pin.name: value for pin, value in machine.inputs_of(frame, node)}


def _call_own(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    name, arguments = text_of(node.get("Function")), _arguments(machine, frame, node)
    if node.get("Class") is None:
        if machine.call_event(name, arguments):
            return _first(frame, node)
        results = machine.call_graph(name, arguments)
        if results is not None:
            frame.outputs |= {(node.id, pin): value for pin, value in results.items()}
            return _first(frame, node)
    return _call(machine, frame, node)


def _return(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    for pin, value in machine.inputs_of(frame, node):
        frame.outputs[node.id, pin.name] = value
    frame.returned = True


def _delay(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    if node.id in frame.memory:
        return
    frame.memory[node.id] = True

    def go_on() -> None:
        del frame.memory[node.id]
        machine.follow(frame, node.id, _first(frame, node) or "")

    machine.later(_seconds(machine.read(frame, node.id, "Duration")), go_on)


def _retriggerable_delay(machine: Machine, frame: Frame, node: Node, _: str) -> None:
    frame.memory[node.id] = turn = frame.memory.get(node.id, 0) + 1

    def go_on() -> None:
        if frame.memory[node.id] == turn:
            machine.follow(frame, node.id, _first(frame, node) or "")

    machine.later(_seconds(machine.read(frame, node.id, "Duration")), go_on)


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 1.0


def _do_once(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    if entered == "Reset":
        frame.memory[node.id] = False
        return None
    is_done = frame.memory.get(node.id, machine.read(frame, node.id, "StartClosed"))
    frame.memory[node.id] = True
    return None if is_done else "Completed"


def _do_n(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    if entered == "Reset":
        frame.memory[node.id] = 0
        return None
    done = frame.memory.get(node.id, 0)
    if done >= machine.read(frame, node.id, "N"):
        return None
    frame.memory[node.id] = frame.outputs[node.id, "Counter"] = done + 1
    return "Exit"


def _flip_flop(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    is_a = not frame.memory.get(node.id, False)
    frame.memory[node.id] = frame.outputs[node.id, "IsA"] = is_a
    return "A" if is_a else "B"


def _gate(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    is_open = frame.memory.get(node.id, not machine.read(frame, node.id, "StartClosed"))
    if entered == "Enter":
        frame.memory[node.id] = is_open
        return "Exit" if is_open else None
    frame.memory[node.id] = {"Open": True, "Close": False}.get(entered, not is_open)
    return None


def _multi_gate(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    outputs = [pin.name for pin in frame.shapes[node.id].exec_outputs]
    if entered == "Reset":
        frame.memory.pop(node.id, None)
        return None
    turn = frame.memory.get(node.id, 0)
    if turn >= len(outputs) and not machine.read(frame, node.id, "Loop"):
        return None
    frame.memory[node.id] = turn + 1
    return outputs[turn % len(outputs)]


def _for_loop(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    if entered == "Break":
        frame.memory[node.id] = True
        return None
    frame.memory[node.id] = False
    first, last = machine.read(frame, node.id, "FirstIndex"), machine.read(frame, node.id, "LastIndex")
    if not (isinstance(first, int) and isinstance(last, int)):
        first, last = 0, 0
    return _loop(machine, frame, node, [{"Index": index} for index in range(first, min(last, first + MAX_LOOPS) + 1)])


def _for_each(machine: Machine, frame: Frame, node: Node, entered: str) -> str | None:
    if entered == "Break":
        frame.memory[node.id] = True
        return None
    frame.memory[node.id] = False
    items = machine.read(frame, node.id, "Array")
    numbered = list(enumerate(items)) if isinstance(items, list) else [(0, Term("Element", (("Of", items),)))]
    if node.type.startswith("Reverse"):
        numbered.reverse()
    return _loop(machine, frame, node, [{"ArrayElement": item, "ArrayIndex": index} for index, item in numbered])


def _loop(machine: Machine, frame: Frame, node: Node, rounds: list[dict[str, Any]]) -> str | None:
    for outputs in rounds:
        frame.outputs |= {(node.id, pin): value for pin, value in outputs.items()}
        machine.follow(frame, node.id, "LoopBody")
        if frame.memory.get(node.id) or frame.returned:
            break
    return "Completed"


def _while(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    for _round in range(MAX_LOOPS):
        condition = machine.read(frame, node.id, "Condition")
        if isinstance(condition, Term) or not condition:
            break
        machine.follow(frame, node.id, "LoopBody")
    return "Completed"


def _switch(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    names = [pin.name for pin in frame.shapes[node.id].exec_outputs]
    wanted = text_of(machine.read(frame, node.id, "Selection")).rpartition("::")[2].lower()
    return next((name for name in names if name.lower() == wanted or name.lower() == f"case_{wanted}"),
                "Default" if "Default" in names else None)


def _is_valid(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    outputs = [pin.name for pin in frame.shapes[node.id].exec_outputs]
    value = next(iter(_arguments(machine, frame, node).values()), None)
    return outputs[0] if value is not None else outputs[1]


def _cast(machine: Machine, frame: Frame, node: Node) -> str:
    value = machine.read(frame, node.id, "Object")
    wanted = text_of(node.get("Class")) if node.get("Class") is not None else node.type.removeprefix("CastTo")
    fits = machine.catalogue.is_a(value.class_name, wanted) or value.class_name == wanted if isinstance(value, Thing) else (
        machine.decision if isinstance(value, Term) else False)
    for pin in frame.shapes[node.id].data_outputs:
        frame.outputs[node.id, pin.name] = (value if fits else None) if pin.type.kind != "bool" else fits
    return "Then" if fits else "CastFailed"


def _has_authority(machine: Machine, frame: Frame, node: Node, _: str) -> str:
    return "Authority"


def _change_by(step: int) -> Handler:
    def change(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        """IncrementInt and DecrementInt work on the variable that is wired to them."""
        value = machine.read(frame, node.id, "Value")
        result = operate("Add", [value, step])
        frame.outputs[node.id, "Result"] = result
        wire = frame.sources.get((node.id, "Value"))
        source = frame.nodes[wire.source.node] if wire else None
        if source is not None and source.type == "VariableGet":
            name = str(source.get("Variable"))
            machine.variable_scope(frame, name)[name.lower()] = result
            machine.note(f"set {machine.variable_names.get(name.lower(), name)} = {text_of(result)}")
        return _first(frame, node)
    return change


def _timer(by_event: bool) -> Handler:
    def start(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        time, is_looping = _seconds(machine.read(frame, node.id, "Time")), machine.read(frame, node.id, "Looping") is True
        called = machine.read(frame, node.id, "Delegate" if by_event else "FunctionName")
        handle = Term("Timer", (("Of", called),))
        machine.timers[handle] = turn = machine.timers.get(handle, 0) + 1
        frame.outputs[node.id, "ReturnValue"] = handle

        def tick() -> None:
            if machine.timers.get(handle) != turn:
                return
            if is_looping:
                machine.later(max(time, 0.01), tick)
            run_delegate(machine, called)

        if time > 0:
            machine.later(time, tick)
        return _first(frame, node)
    return start


def run_delegate(machine: Machine, called: Any) -> None:
    """A delegate is the name of an event or function, or the node of a custom event."""
    if isinstance(called, Term) and called.name == "Event":
        machine.call_event(str(dict(called.arguments)["Name"]), {})
    elif isinstance(called, str):
        machine.call_by_name(called)


def _clear_timer(by_handle: bool) -> Handler:
    def clear(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        named = machine.read(frame, node.id, "Handle" if by_handle else "FunctionName")
        handle = named if by_handle else Term("Timer", (("Of", named),))
        machine.timers.pop(handle, None)
        return _first(frame, node)
    return clear


def _dispatch(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    name = str(node.get("Dispatcher"))
    machine.note(f"dispatch {machine.described_call(frame, node).replace(node.type, name, 1)}")
    for delegate in machine.bound.get(name.lower(), []):
        run_delegate(machine, delegate)
    return _first(frame, node)


def _bind(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    delegate = next((value for pin, value in machine.inputs_of(frame, node) if pin.type.kind == "delegate"), None)
    machine.bound.setdefault(str(node.get("Dispatcher")).lower(), []).append(delegate)
    return _first(frame, node)


def _change_array(change: Callable[[list, dict[str, Any]], Any]) -> Handler:
    def run(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        arguments = _arguments(machine, frame, node)
        items = arguments.pop("TargetArray", None)
        if isinstance(items, list):
            result = change(items, arguments)
            frame.outputs |= {(node.id, pin.name): result for pin in frame.shapes[node.id].data_outputs}
            machine.note(f"{node.type} -> {text_of(items)}")
        return _first(frame, node)
    return run


def _append(items: list, arguments: dict[str, Any]) -> int:
    items.append(next(iter(arguments.values())))
    return len(items) - 1


def _remove(items: list, arguments: dict[str, Any]) -> bool:
    item = next(iter(arguments.values()))
    is_there = item in items
    items[:] = [one for one in items if one != item]
    return is_there


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(PRINTS, _print),
    "Branch": _branch, "Sequence": _sequence, "VariableSet": _set_variable, "Call": _call_own, "FunctionResult": _return,
    "Delay": _delay, "RetriggerableDelay": _retriggerable_delay, "DoOnce": _do_once, "DoN": _do_n, "FlipFlop": _flip_flop,
    "Gate": _gate, "MultiGate": _multi_gate, "ForLoop": _for_loop, "ForLoopWithBreak": _for_loop,
    **dict.fromkeys(("ForEachLoop", "ForEachLoopWithBreak", "ReverseForEachLoop"), _for_each), "WhileLoop": _while,
    **dict.fromkeys(("SwitchInt", "SwitchString", "SwitchName", "SwitchEnum"), _switch),
    "SwitchHasAuthority": _has_authority, "IsValidMacro": _is_valid, "IsValidClass": _is_valid,
    "IncrementInt": _change_by(1), "DecrementInt": _change_by(-1), "IncrementFloat": _change_by(1), "DecrementFloat": _change_by(-1),
    "SetTimerByFunctionName": _timer(by_event=False), "SetTimerByEvent": _timer(by_event=True),
    "ClearTimerByFunctionName": _clear_timer(by_handle=False), "ClearAndInvalidateTimerByHandle": _clear_timer(by_handle=True),
    "CallDispatcher": _dispatch, "BindEvent": _bind, "AssignEvent": _bind,
    "Array_Add": _change_array(_append), "Array_AddUnique": _change_array(lambda items, a: _append(items, a) if next(iter(a.values())) not in items else -1),
    "Array_RemoveItem": _change_array(_remove), "Array_Clear": _change_array(lambda items, a: items.clear()),
}


def evaluate(machine: Machine, frame: Frame, node: Node, pin_name: str) -> Any:
    """The value on an output of a pure node."""
    shape = frame.shapes[node.id]
    if node.type == "VariableGet":
        return _variable(machine, frame, node)
    if node.type in machine.world:
        return machine.world[node.type]
    if node.type == "Call" and node.get("Class") is None:
        results = machine.call_graph(text_of(node.get("Function")), _arguments(machine, frame, node))
        if results:
            return results.get(pin_name)
    if node.type.startswith("CastTo"):
        _cast(machine, frame, node)
        return frame.outputs.pop((node.id, pin_name), None)
    values = [value for _, value in machine.inputs_of(frame, node)]
    if shape.role == "operator":
        return operate(node.type, values)
    return _pure(machine, frame, node, pin_name, values)


def _pure(machine: Machine, frame: Frame, node: Node, pin_name: str, values: list[Any]) -> Any:
    if node.type == "MakeArray":
        return values
    if node.type == "Select":
        return _select(machine, frame, node, values)
    if node.type in ("Self", "GetSelf"):
        return machine.read(frame, node.id, "Target") if frame.shapes[node.id].pin("Target", True) else Thing("Self", "Self")
    if node.type.startswith("Break") and values and isinstance(values[0], Record):
        return values[0].get(pin_name)
    if node.type in ("Array_Get", "GetArrayItem") and isinstance(values[0], list):
        return values[0][values[1]] if isinstance(values[1], int) and 0 <= values[1] < len(values[0]) else None
    if node.type == "CreateEvent":
        return text_of(node.get("Function"))
    found = call_pure(node.type.rpartition(".")[2], values)
    if found is not None:
        return found
    arguments = tuple((pin.name, value) for pin, value in machine.inputs_of(frame, node))
    target = machine.read(frame, node.id, "Target") if frame.shapes[node.id].pin("Target", True) else None
    said = (("Target", target), *arguments) if isinstance(target, (Term, Thing)) and target.__class__ is Term or (
        isinstance(target, Thing) and target.label != "Self") else arguments
    name = node.type if pin_name == "ReturnValue" else f"{node.type}.{pin_name}"
    return Term(name, tuple((key, _frozen(value)) for key, value in said))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _select(machine: Machine, frame: Frame, node: Node, values: list[Any]) -> Any:
    """The option that Index names; of two options with a boolean index the first is the one for false."""
    index = machine.read(frame, node.id, "Index")
    options = [value for pin, value in machine.inputs_of(frame, node) if pin.name != "Index"]
    if isinstance(index, Term):
        return Term("Select", (("Index", index), ("Options", tuple(map(_frozen, options)))))
    return options[int(index)] if isinstance(index, (int, bool)) and int(index) < len(options) else None


def _variable(machine: Machine, frame: Frame, node: Node) -> Any:
    name = str(node.get("Variable"))
    if node.get("Class") is not None:
        return Term(f"{text_of(machine.read(frame, node.id, 'Target'))}.{name}")
    value = machine.variable_scope(frame, name).get(name.lower())
    return Term(name) if value is None else value
