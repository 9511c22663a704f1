"""Nodes that change what happens later: timers, event dispatchers, arrays and maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from utils.dsl.ast import Node
from utils.interpreting.flow import Handler, first_exit, seconds
from utils.interpreting.functions import fitted
from utils.interpreting.values import Term, copied, text_of

if TYPE_CHECKING:
    from utils.interpreter import Machine
    from utils.interpreting.frame import Frame

SHORTEST_TIMER_S = 0.01


# Timers. One timer an event or function, as in the engine; its handle is a term that names it.

def _set_timer(pin: str) -> Handler:
    def start(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        called = text_of(machine.read(frame, node.id, pin))
        machine.timers[called.lower()] = turn = next(machine.order)
        frame.outputs[node.id, "ReturnValue"] = Term("Timer", (("Of", called.lower()),))
        time_s = seconds(machine.read(frame, node.id, "Time"))
        if time_s > 0:  # a time of zero clears the timer
            _schedule(machine, called, turn, max(time_s, SHORTEST_TIMER_S), machine.read(frame, node.id, "Looping") is True)
        return first_exit(frame, node)
    return start


def _schedule(machine: Machine, called: str, turn: int, time_s: float, is_looping: bool) -> None:
    def tick() -> None:
        if machine.timers.get(called.lower()) != turn:
            return
        if is_looping:
            machine.later(time_s, tick)
        else:
            del machine.timers[called.lower()]
        machine.call_by_name(called, {})

    machine.later(time_s, tick)


def _clear_timer(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    handle = machine.read(frame, node.id, "FunctionName" if node.type == "ClearTimerByFunctionName" else "Handle")
    machine.timers.pop(handle.get("Of") if isinstance(handle, Term) else text_of(handle).lower(), None)
    return first_exit(frame, node)


# Event dispatchers. What is bound goes by the name of its event or function.

def _dispatch(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    name = str(node.get("Dispatcher"))
    inputs = machine.inputs_of(frame, node)
    said = ", ".join(text_of(value) for _, value in inputs)
    machine.note(f"dispatch {name}({said})")
    machine.broadcast(name, [value for _, value in inputs])
    return first_exit(frame, node)


def _delegate(machine: Machine, frame: Frame, node: Node) -> Any:
    return next((value for pin, value in machine.inputs_of(frame, node) if pin.type.kind == "delegate"), None)


def _bind(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    bound = machine.bound.setdefault(str(node.get("Dispatcher")).lower(), [])
    if (delegate := _delegate(machine, frame, node)) not in bound:
        bound.append(delegate)
    return first_exit(frame, node)


def _unbind(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
    delegate = _delegate(machine, frame, node)
    bound = machine.bound.get(str(node.get("Dispatcher")).lower(), [])
    bound[:] = [one for one in bound if node.type != "UnbindAllEvents" and one != delegate]
    return first_exit(frame, node)


# Arrays and maps: the node changes the very list that the variable holds.

def _change(change: Callable[..., Any]) -> Handler:
    def run(machine: Machine, frame: Frame, node: Node, _: str) -> str | None:
        items, *arguments = [value for _, value in machine.inputs_of(frame, node)]
        if isinstance(items, (list, dict)):
            before, result = copied(items), change(items, *arguments)
            frame.outputs |= {(node.id, pin.name): result for pin in frame.shapes[node.id].data_outputs}
            if items != before:
                machine.note_write(_variable_of(frame, node), fitted(items))
        else:
            machine.note(f"{node.type}({', '.join(map(text_of, (items, *arguments)))})")
        return first_exit(frame, node)
    return run


def _variable_of(frame: Frame, node: Node) -> str:
    """The variable whose list it is."""
    wire = frame.sources.get((node.id, next(pin.name for pin in frame.shapes[node.id].data_inputs if pin.internal != "self")))
    source = frame.nodes[wire.source.node] if wire else node
    return str(source.get("Variable") or source.type)


def _append(items: list, item: Any) -> int:
    items.append(item)
    return len(items) - 1


def _append_new(items: list, item: Any) -> int:
    return items.index(item) if item in items else _append(items, item)


def _remove(items: list, item: Any) -> bool:
    is_there = item in items
    items[:] = [one for one in items if one != item]
    return is_there


def _remove_at(items: list, index: Any) -> None:
    if isinstance(index, int) and 0 <= index < len(items):
        del items[index]


def _put(items: list, index: Any, item: Any, *_: Any) -> None:
    if isinstance(index, int) and 0 <= index < len(items):
        items[index] = item


def _insert(items: list, item: Any, index: Any) -> None:
    if isinstance(index, int) and 0 <= index <= len(items):
        items.insert(index, item)


def _extend(items: list, more: Any) -> None:
    items.extend(more if isinstance(more, list) else [more])


def _map_add(items: dict, key: Any, value: Any) -> None:
    items[text_of(key)] = value


def _map_remove(items: dict, key: Any) -> bool:
    return items.pop(text_of(key), None) is not None


EFFECTS: dict[str, Handler] = {
    "SetTimerByFunctionName": _set_timer("FunctionName"), "SetTimerByEvent": _set_timer("Delegate"),
    **dict.fromkeys(("ClearTimerByFunctionName", "ClearAndInvalidateTimerByHandle", "ClearTimerHandle"), _clear_timer),
    "CallDispatcher": _dispatch, "BindEvent": _bind, "AssignEvent": _bind, "UnbindEvent": _unbind, "UnbindAllEvents": _unbind,
    "Array_Add": _change(_append), "Array_AddUnique": _change(_append_new), "Array_RemoveItem": _change(_remove), "Array_Remove": _change(_remove_at),
    "Array_Set": _change(_put), "Array_Insert": _change(_insert), "Array_Append": _change(_extend), "Array_Clear": _change(lambda items: items.clear()),
    "Map_Add": _change(_map_add), "Map_Remove": _change(_map_remove), "Map_Clear": _change(lambda items: items.clear()),
}
