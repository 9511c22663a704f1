"""Flow of execution and containers: branches, sequences, switches, Select, Make Array and the like."""

from __future__ import annotations

import re

from utils.catalogue.node_context import Context, missing
from utils.catalogue.shape import EXEC_IN, PinDraft, Problem, ShapeDraft, data_in, data_out, exec_in, exec_out

GRAPH = "/Script/BlueprintGraph.K2Node_"
FORMAT_ARGUMENT = re.compile(r"(?<!`)\{([^{}|()]+)\}")
SWITCHES = {
    "SwitchInt": (GRAPH + "SwitchInteger", "int", "NotEqual_IntInt", "KismetMathLibrary"),
    "SwitchString": (GRAPH + "SwitchString", "string", "NotEqual_StriStri", "KismetStringLibrary"),
    "SwitchName": (GRAPH + "SwitchName", "name", "NotEqual_NameName", "KismetMathLibrary"),
    "SwitchEnum": (GRAPH + "SwitchEnum", "enum", "NotEqual_ByteByte", "KismetMathLibrary"),
    "SwitchGameplayTag": ("/Script/GameplayTagsEditor.GameplayTagsK2Node_SwitchGameplayTag", "struct:GameplayTag",
                          "NotEqual_TagTag", "BlueprintGameplayTagLibrary"),
}
SWITCH_KEYS = frozenset({"Cases", "StartIndex", "Default", "Enum", "CaseSensitive"})


def branch_shape(context: Context) -> ShapeDraft:
    pins = (EXEC_IN, data_in("Condition", "bool", "true"), exec_out("then", label="True"), exec_out("else", label="False"))
    return ShapeDraft("Branch", GRAPH + "IfThenElse", "flow", pins)


def sequence_shape(context: Context) -> ShapeDraft:
    outputs = [exec_out(f"then_{index}") for index in range(context.count("Outputs", 2))]
    return ShapeDraft("Sequence", GRAPH + "ExecutionSequence", "flow", (EXEC_IN, *outputs), identity=frozenset({"Outputs"}))


def multi_gate_shape(context: Context) -> ShapeDraft:
    outputs = [exec_out(f"Out {index}") for index in range(context.count("Outputs", 2))]
    pins = (EXEC_IN, *outputs, exec_in("Reset"), data_in("IsRandom", "bool", "false"), data_in("Loop", "bool", "false"),
            data_in("StartIndex", "int", "-1"))
    return ShapeDraft("MultiGate", GRAPH + "MultiGate", "flow", pins, identity=frozenset({"Outputs"}))


def do_once_multi_shape(context: Context) -> ShapeDraft:
    count = context.count("Inputs", 2)
    pairs = [pin for index in range(count) for pin in (exec_in(f"In {index}"), exec_out(f"Out {index}"))]
    pins = (*pairs, exec_in("Reset"), data_in("StartClosed", "bool", "false"))
    return ShapeDraft("DoOnceMultiInput", GRAPH + "DoOnceMultiInput", "flow", pins, identity=frozenset({"Inputs"}))


def switch_shape(context: Context) -> ShapeDraft:
    node_class, kind, comparer, library = SWITCHES[context.node.type]
    comparer = "NotEqual_StrStr" if context.flag("CaseSensitive") is True else comparer
    is_enum = kind == "enum"
    enum = context.named("enums", "Enum") if is_enum else ""
    has_default = context.flag("Default") is True if is_enum else context.flag("Default") is not False
    default = [exec_out("Default")] if has_default else []
    head = [EXEC_IN, data_in("Selection", f"enum:{enum}" if is_enum else kind), comparer_pin(comparer, library)]
    pins = head + _cases(context, enum) + default if is_enum else default + head + _cases(context, enum)
    problems = enum_problems(context) if is_enum else ()
    return ShapeDraft(context.node.type, node_class, "flow", tuple(pins), identity=SWITCH_KEYS, problems=problems)


def comparer_pin(function: str, library: str) -> PinDraft:
    return data_in(function, f"object:{library}", is_hidden=True)


def _cases(context: Context, enum: str) -> list[PinDraft]:
    cases = context.node.get("Cases")
    if isinstance(cases, tuple):
        return [exec_out(str(getattr(case, "text", case))) for case in cases]
    if enum:
        return [exec_out(name) for name in context.data.enumerators(enum) or ()]
    start = context.node.get("StartIndex")
    first = start if isinstance(start, int) else 0
    numbers = range(first, first + context.count("Cases", 0))
    if context.node.type == "SwitchInt":
        return [exec_out(str(number), label=f"Case_{number}") for number in numbers]
    return [exec_out(f"Case_{number}") for number in numbers]


def select_shape(context: Context) -> ShapeDraft:
    """Options are counted, or one an enumerator where the index is an enum."""
    enum = context.named("enums", "Enum")
    entries = (context.data.enumerators(enum) or ()) if enum else ()
    kind = context.node.get("IndexType")
    index = f"enum:{enum}" if enum else context.engine_type_of(kind) if kind is not None else "wildcard"
    names = context.strings("Options") or entries or [f"Option {number}" for number in range(context.count("Options", 2))]
    pins = [data_in(name, _type_or_wildcard(context), group="T") for name in names]
    pins += [data_in("Index", index, group="Index"), data_out("ReturnValue", _type_or_wildcard(context), group="T")]
    return ShapeDraft("Select", GRAPH + "Select", "flow", tuple(pins), is_pure=True,
                      identity=frozenset({"Options", "IndexType", "Enum", "Type"}))


def _type_or_wildcard(context: Context) -> str:
    kind = context.node.get("Type")
    return "wildcard" if kind is None else context.engine_type_of(kind)


def make_container_shape(context: Context) -> ShapeDraft:
    """Make Array, Make Set and Make Map: `Type=` is the element's type where no wire gives one."""
    name = context.node.type
    container = name.removeprefix("Make").lower()
    element = _type_or_wildcard(context)
    count = context.count("Inputs", 1)
    if name == "MakeMap":
        value = context.engine_type_of(context.node.get("ValueType")) if context.node.get("ValueType") is not None else "wildcard"
        pairs = [pin for index in range(count)
                 for pin in (data_in(f"Key {index}", element, group="K"), data_in(f"Value {index}", value, group="V"))]
        pins = [data_out("Map", f"map<{element},{value}>", group="K,V"), *pairs]
    else:
        output = data_out(container.capitalize(), f"{container}<{element}>", group="T")
        pins = [output, *(data_in(f"[{index}]", element, group="T") for index in range(count))]
    return ShapeDraft(name, GRAPH + name, "make", tuple(pins), is_pure=True, identity=frozenset({"Inputs", "Type", "ValueType"}))


def get_array_item_shape(context: Context) -> ShapeDraft:
    pins = (data_in("Array", "array<wildcard>", group="T", is_required=True), data_in("Dimension 1", "int", "0", label="Index"),
            data_out("Output", "wildcard", group="T", is_by_ref=context.flag("ByRef") is not False))
    return ShapeDraft("GetArrayItem", GRAPH + "GetArrayItem", "flow", pins, is_pure=True, identity=frozenset({"ByRef"}))


def format_text_shape(context: Context) -> ShapeDraft:
    """The placeholders of the format are inputs; `Arguments` lists them where the format itself comes over a wire."""
    names = context.strings("Arguments") or list(dict.fromkeys(FORMAT_ARGUMENT.findall(context.text("Format"))))
    pins = (data_in("Format", "text"), data_out("Result", "text"),
            *(data_in(name, "wildcard", group=name, label="".join(name.split())) for name in names))
    return ShapeDraft("FormatText", GRAPH + "FormatText", "flow", pins, is_pure=True, identity=frozenset({"Arguments"}))


def timeline_shape(context: Context) -> ShapeDraft:
    controls = [exec_in(name) for name in ("Play", "PlayFromStart", "Stop", "Reverse", "ReverseFromEnd")]
    pins = [*controls, exec_out("Update"), exec_out("Finished"), exec_in("SetNewTime"), data_in("NewTime", "real:float", "0.0"),
            data_out("Direction", "enum:ETimelineDirection")]
    for track in context.params("Tracks"):
        kind = context.engine_type(track.type)
        pins.append(data_out(track.name, "real:float" if kind == "real:double" else kind, label="".join(track.name.split())))
    return ShapeDraft("Timeline", GRAPH + "Timeline", "flow", tuple(pins), is_latent=True, identity=frozenset({"Name", "Tracks"}))


def for_each_enum_shape(context: Context) -> ShapeDraft:
    pins = (EXEC_IN, data_in("SkipHidden", "bool", "true"), exec_out("LoopBody"), data_out("EnumValue", enum_type(context)),
            exec_out("then", label="Completed"))
    return ShapeDraft("ForEachElementInEnum", GRAPH + "ForEachElementInEnum", "flow", pins, identity=frozenset({"Enum"}),
                      problems=enum_problems(context))


def enum_type(context: Context) -> str:
    return f"enum:{context.named('enums', 'Enum')}"


def enum_problems(context: Context) -> tuple[Problem, ...]:
    if not (enum := context.text("Enum")):
        return (missing("missing-enum", context.node.type, "Enum", "ECollisionChannel"),)
    if context.data.enumerators(enum) is not None or "/" in enum or context.says("Cases"):
        return ()
    return (Problem("unknown-enum", f"the catalogue has no enum '{enum}'", f'Give its path: Enum="/Game/{enum}.{enum}".'),)


def enum_literal_shape(context: Context) -> ShapeDraft:
    """`Enum=` names the enum here, so the literal, whose pin is called Enum too, is the property Value."""
    kind = enum_type(context)
    pins = (data_in("Enum", kind, label="Value"), data_out("ReturnValue", kind))
    return ShapeDraft("EnumLiteral", GRAPH + "EnumLiteral", "flow", pins, is_pure=True, identity=frozenset({"Enum"}),
                      problems=enum_problems(context))


def cast_byte_to_enum_shape(context: Context) -> ShapeDraft:
    pins = (data_in("Byte", "byte"), data_out("ReturnValue", enum_type(context)))
    return ShapeDraft("CastByteToEnum", GRAPH + "CastByteToEnum", "cast", pins, is_pure=True, identity=frozenset({"Enum"}),
                      problems=enum_problems(context))


def enum_count_shape(context: Context) -> ShapeDraft:
    return ShapeDraft("GetNumEnumEntries", GRAPH + "GetNumEnumEntries", "flow", (data_out("ReturnValue", "int"),), is_pure=True,
                      identity=frozenset({"Enum"}), problems=enum_problems(context))


def enum_compare_shape(context: Context) -> ShapeDraft:
    """Both sides are the enum that is wired, or the one that `Enum=` names."""
    kind = enum_type(context) if context.text("Enum") else "wildcard"
    pins = (data_out("ReturnValue", "bool"), data_in("A", kind, group="Enum"), data_in("B", kind, group="Enum"))
    return ShapeDraft(context.node.type, GRAPH + context.node.type, "operator", pins, is_pure=True, identity=frozenset({"Enum"}))


def enum_name_shape(context: Context) -> ShapeDraft:
    kind = enum_type(context) if context.text("Enum") else "wildcard"
    result = "name" if context.node.type == "GetEnumeratorName" else "string"
    pins = (data_in("Enumerator", kind, group="Enum"), data_out("ReturnValue", result))
    return ShapeDraft(context.node.type, GRAPH + context.node.type, "flow", pins, is_pure=True, identity=frozenset({"Enum"}))


RULES = {
    "Branch": branch_shape, "Sequence": sequence_shape, "MultiGate": multi_gate_shape, "DoOnceMultiInput": do_once_multi_shape,
    **dict.fromkeys(SWITCHES, switch_shape),
    "Select": select_shape, "MakeArray": make_container_shape, "MakeSet": make_container_shape, "MakeMap": make_container_shape,
    "GetArrayItem": get_array_item_shape, "FormatText": format_text_shape, "Timeline": timeline_shape,
    "ForEachElementInEnum": for_each_enum_shape, "EnumLiteral": enum_literal_shape, "CastByteToEnum": cast_byte_to_enum_shape,
    "GetNumEnumEntries": enum_count_shape, "EnumEquality": enum_compare_shape, "EnumInequality": enum_compare_shape,
    "GetEnumeratorName": enum_name_shape, "GetEnumeratorNameAsString": enum_name_shape,
}
