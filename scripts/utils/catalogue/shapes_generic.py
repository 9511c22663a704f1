"""Macros, and nodes that carry their whole description with them."""

from __future__ import annotations

from utils.catalogue.node_context import Context, missing
from utils.catalogue.shape import PinDraft, Problem, ShapeDraft, data_in, data_out

GRAPH = "/Script/BlueprintGraph.K2Node_"
MACRO = GRAPH + "MacroInstance"
# Macros of the engine's library by their name in the DSL. IsValid is a function's name already: the macro branches.
MACROS = {
    "ForEachLoop": "ForEachLoop", "ForEachLoopWithBreak": "ForEachLoopWithBreak", "ReverseForEachLoop": "ReverseForEachLoop",
    "ForLoop": "ForLoop", "ForLoopWithBreak": "ForLoopWithBreak", "WhileLoop": "WhileLoop", "DoOnce": "DoOnce", "DoN": "Do N",
    "Gate": "Gate", "IsValidBranch": "IsValid", "IsValidClassBranch": "IsValidClass", "FlipFlop": "FlipFlop",
    "IncrementInt": "IncrementInt", "DecrementInt": "DecrementInt", "IncrementFloat": "IncrementFloat",
    "DecrementFloat": "DecrementFloat", "NegateInt": "NegateInt", "NegateFloat": "NegateFloat",
    "SwitchHasAuthority": "Switch Has Authority",
}
BY_REF_MACROS = frozenset({"IncrementInt", "DecrementInt", "IncrementFloat", "DecrementFloat", "NegateInt", "NegateFloat"})
GENERIC_KEYS = frozenset({"Class", "Properties", "Inputs", "Outputs", "Custom", "Objects"})


def standard_macro_shape(context: Context) -> ShapeDraft:
    name = context.node.type
    row = context.data.raw["macros"][MACROS[name]]
    pins = [_macro_pin(name, pin, is_input) for key, is_input in (("in", True), ("out", False)) for pin in row[key]]
    return ShapeDraft(name, MACRO, "macro", tuple(pins), (row["asset"], MACROS[name]))


def _macro_pin(macro: str, row: list, is_input: bool) -> PinDraft:
    name, kind = row[0], row[1]
    is_by_ref = is_input and macro in BY_REF_MACROS and kind != "exec"
    return PinDraft(name, kind, is_input, row[2] if len(row) > 2 else None, group="T" if "wildcard" in kind else "",
                    is_by_ref=is_by_ref, is_required=is_by_ref or kind.startswith("array"))


def macro_shape(context: Context) -> ShapeDraft:
    """A macro of this document by its graph's name, or one of another asset described by its pins."""
    graph = context.text("Graph")
    own = context.scope.macros.get(graph.lower())
    described = context.says("Inputs") or context.says("Outputs")
    inputs = own.inputs if own and not described else context.params("Inputs")
    outputs = own.outputs if own and not described else context.params("Outputs")
    problems: tuple[Problem, ...] = () if graph else (missing("missing-graph", "Macro", "Graph", '"/Game/Lib.Lib:MyMacro"'),)
    pins = [_grouped(pin) for pin in (*context.inputs(inputs), *context.outputs(outputs))]
    return ShapeDraft("Macro", MACRO, "macro", tuple(pins), ("", graph), identity=frozenset({"Graph", "Inputs", "Outputs"}),
                      problems=problems)


def _grouped(pin: PinDraft) -> PinDraft:
    """All wildcards of a macro are resolved to one type."""
    return PinDraft(pin.internal, pin.type, pin.is_input, value=pin.value, label=pin.label, group="T") if "wildcard" in pin.type else pin


def generic_shape(context: Context) -> ShapeDraft:
    """Pins as listed, by internal name. The parts of split pins are listed too, so nothing is split here again."""
    split = {name.lower() for name in context.strings("Split")}
    pins = [data_in(item.name, context.engine_type(item.type), value=item.default, is_hidden=item.name.lower() in split)
            for item in context.params("Inputs")]
    pins += [data_out(item.name, context.engine_type(item.type), is_hidden=item.name.lower() in split)
             for item in context.params("Outputs")]
    problems: tuple[Problem, ...] = ()
    if not context.text("Class"):
        problems = (missing("missing-class", "K2Node", "Class", '"/Script/BlueprintGraph.K2Node_Tunnel"'),)
    return ShapeDraft("K2Node", context.text("Class"), "generic", tuple(pins), is_known=False, identity=GENERIC_KEYS, problems=problems)


def tunnel_shape(context: Context) -> ShapeDraft:
    """The entry of a macro or collapsed graph has outputs, its exit has inputs."""
    pins = (*context.inputs(context.params("Inputs")), *context.outputs(context.params("Outputs")))
    return ShapeDraft(context.node.type, GRAPH + context.node.type, "tunnel", pins, identity=frozenset({"Inputs", "Outputs", "Graph"}))


def math_expression_shape(context: Context) -> ShapeDraft:
    result = context.engine_type_of(context.node.get("Type")) if context.node.get("Type") is not None else "real:double"
    pins = (*context.inputs(context.params("Params")), data_out("ReturnValue", result))
    problems = () if context.text("Expression") else (missing("missing-expression", "MathExpression", "Expression", '"A*2"'),)
    return ShapeDraft("MathExpression", GRAPH + "MathExpression", "operator", pins, is_pure=True,
                      identity=frozenset({"Expression", "Params", "Type"}), problems=problems)


RULES = {
    **dict.fromkeys(MACROS, standard_macro_shape), "Macro": macro_shape, "K2Node": generic_shape, "Tunnel": tunnel_shape,
    "Composite": tunnel_shape, "MathExpression": math_expression_shape,
}
