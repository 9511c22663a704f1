"""What the editor writes over a node's pins: enough of it to know how wide the node is drawn."""

from __future__ import annotations

from utils.catalogue.display import display_string
from utils.catalogue.pin_names import plain_name
from utils.clipboard.writing.graph import WrittenNode
from utils.clipboard.writing.sizes import BANNER, FOOT, NO_HEADER, SMALL_HEADER, Outline, Title, outline
from utils.dsl.ast import Word

COMPACT = frozenset({"K2Node_VariableGet", "K2Node_Self", "K2Node_PromotableOperator"})
GROWING = frozenset({"K2Node_ExecutionSequence", "K2Node_MultiGate", "K2Node_MakeArray", "K2Node_MakeSet", "K2Node_MakeMap",
                     "K2Node_Select", "K2Node_SwitchInteger", "K2Node_SwitchString", "K2Node_SwitchName",
                     "K2Node_CommutativeAssociativeBinaryOperator"})
"""Nodes with a row for adding pins."""
# Nodes that the editor titles by the member behind them.
NAMED_BY_MEMBER = frozenset({"Call", "CallParent", "CallInterface", "AsyncAction", "Event_Custom", "Event_Override", "Macro"})
TARGETS = ("Target", "self")
BINDINGS = frozenset({"BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent", "CallDispatcher"})


def node_outline(written: WrittenNode) -> Outline:
    return outline(title(written), written.pins, written.shows_advanced, written.node.get("NodeComment") is not None)


def title(written: WrittenNode) -> Title:
    kind, is_exec = written.class_name, any(pin.pin.is_exec for pin in written.pins)
    if kind in COMPACT and not is_exec:
        return Title("", top=NO_HEADER)
    if kind == "K2Node_VariableSet":
        return Title("", top=SMALL_HEADER)
    has_banner = bool(written.state) or kind == "K2Node_InputDebugKey"
    return Title(title_text(written), subtitle(written), can_add_pins=kind in GROWING, foot=FOOT + has_banner * BANNER)


def title_text(written: WrittenNode) -> str:
    kind, member = written.shape.type, display_string(written.shape.member[1].rpartition(":")[2].removeprefix("K2_"))
    if kind in BINDINGS:
        return f"Unbind Event from {member}"
    if kind == "Event_Component":
        return f"{member} ({own_text(written, 'Component')})"
    if kind in ("MakeStruct", "BreakStruct"):
        return f"Break {display_string(own_text(written, 'Struct').rpartition('.')[2])}"
    key = own_text(written, "Key") or own_text(written, "Action")
    if key and written.shape.is_event:
        return f"Enhanced Input {display_string(key.rpartition('.')[2])}"
    name = member if kind in NAMED_BY_MEMBER and member else kind.rpartition(".")[2]
    return display_string(plain_name(name)) if name == kind else name


def subtitle(written: WrittenNode) -> str:
    """The class of the target, where the node shows one."""
    if written.class_name == "K2Node_CustomEvent":
        return "Custom Event"
    target = next((pin for pin in written.pins if pin.pin.internal == "self" and pin.pin.name in TARGETS and not pin.is_hidden), None)
    if target is None or written.shape.role == "delegate":
        return ""
    owner = written.shape.member[0] or target.pin.type.name
    return f"Target is {display_string(owner.rpartition('.')[2].removesuffix('_C'))}"


def own_text(written: WrittenNode, key: str) -> str:
    value = written.node.get(key)
    return value.text if isinstance(value, Word) else value if isinstance(value, str) else ""
