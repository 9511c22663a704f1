"""Calls: functions of the catalogue, functions outside it, parent and interface calls, operators, async actions."""

from __future__ import annotations

from utils.catalogue.data import ADVANCED, BY_REF, CONST_PARAM, Function, Param, short_name
from utils.catalogue.node_context import Context, missing
from utils.catalogue.scope import Signature
from utils.catalogue.shape import EXEC_IN, EXEC_OUT, PinDraft, Problem, ShapeDraft, data_in, data_out, exec_out

GRAPH = "/Script/BlueprintGraph."
CALL = GRAPH + "K2Node_CallFunction"
CALL_ARRAY = GRAPH + "K2Node_CallArrayFunction"
CALL_COMMUTATIVE = GRAPH + "K2Node_CommutativeAssociativeBinaryOperator"
CONTAINER_LIBRARIES = frozenset({"KismetArrayLibrary", "BlueprintMapLibrary", "BlueprintSetLibrary"})
MAP_VALUES = frozenset({"Value", "Values"})
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HIDDEN_PARAMS = frozenset({"LatentInfo", "__WorldContext"})
OPERATORS = {"Add", "Subtract", "Multiply", "Divide", "Less", "Greater", "LessEqual", "GreaterEqual", "EqualEqual", "NotEqual"}
COMPARISONS = frozenset({"Less", "Greater", "LessEqual", "GreaterEqual", "EqualEqual", "NotEqual"})
# The catalogue keeps inputs and outputs apart; these outputs the engine declares before an input (seen in exports).
DECLARED_BEFORE = {"SweepHitResult": "bTeleport", "OutHit": "bIgnoreSelf", "OutHits": "bIgnoreSelf",
                   "ScreenPosition": "bPlayerViewportRelative", "ScreenLocation": "bPlayerViewportRelative",
                   "LocalCoordinate": "bIncludeWindowPosition", "AbsoluteCoordinate": "bIncludeWindowPosition"}
CALL_KEYS = frozenset({"Function", "Class", "Params", "Results", "Pure", "Static", "Interface", "Const"})


def function_shape(context: Context, function: Function, name: str) -> ShapeDraft:
    is_pure = function.is_pure if context.flag("Pure") is None else context.flag("Pure")
    is_commutative = "K2Node_CommutativeAssociativeBinaryOperator" in function.extras.get("k2", ())
    owner = short_name(function.owner)
    node_class = CALL_COMMUTATIVE if is_commutative else CALL_ARRAY if owner == "KismetArrayLibrary" else CALL
    pins = function_pins(context, function, is_pure)
    if is_commutative:
        pins += [data_in(letter, function.inputs[0].type) for letter in LETTERS[2:context.count("Inputs", 2)]]
    return ShapeDraft(name, node_class, "function", tuple(pins), (function.owner, function.name), True, is_pure,
                      function.is_latent, function.is_static, frozenset({"Pure", "Inputs"} if is_commutative else {"Pure"}))


def function_pins(context: Context, function: Function, is_pure: bool) -> list[PinDraft]:
    pins = [] if is_pure else call_exec_pins(function)
    is_target_missing = not function.is_static and not context.self_is(function.owner)
    pins.append(context.self_pin(function.owner, is_hidden=function.is_static, is_required=is_target_missing))
    pins += [_input(function, param) for param in function.inputs]
    typed_by = context.data.typed_outputs.get((short_name(function.owner), function.name), {})
    expanded = function.extras.get("exec_enum")
    return _interleaved(pins, [_output(function, param, typed_by) for param in function.outputs if param.name != expanded])


def _interleaved(pins: list[PinDraft], outputs: list[PinDraft]) -> list[PinDraft]:
    """Outputs stand behind the inputs, except where the engine declares an optional input after them."""
    for output in outputs:
        follower = DECLARED_BEFORE.get(output.internal)
        index = next((index for index, pin in enumerate(pins) if pin.internal == follower), len(pins))
        pins.insert(index, output)
    return pins


def call_exec_pins(function: Function) -> list[PinDraft]:
    if outputs := function.extras.get("exec_out"):
        return [EXEC_IN, *(exec_out(name) for name in outputs)]
    return [EXEC_IN, EXEC_OUT._replace(label="Completed") if function.is_latent else EXEC_OUT]


def _input(function: Function, param: Param) -> PinDraft:
    is_container = short_name(function.owner) in CONTAINER_LIBRARIES and param.type.endswith(">") and param is function.inputs[0]
    is_by_ref, is_const = bool(param.flags & BY_REF), bool(param.flags & CONST_PARAM)
    return data_in(
        param.name, param.type, param.default, group=_group(function, param),
        is_hidden=param.name == function.world_context or param.name in HIDDEN_PARAMS,
        is_advanced=bool(param.flags & ADVANCED), is_by_ref=is_by_ref, is_const=is_const,
        is_required=is_container or (is_by_ref and not is_const) or param.type.startswith("delegate"))


def _output(function: Function, param: Param, typed_by: dict[str, str]) -> PinDraft:
    return data_out(param.name, param.type, group=_group(function, param), typed_by=typed_by.get(param.name, ""))


def _group(function: Function, param: Param) -> str:
    """Wildcards of one call are one type, except that a map has one for its keys and one for its values."""
    if "wildcard" not in param.type:
        return ""
    if param.type.startswith("map"):
        return "K,V"
    if short_name(function.owner) == "BlueprintMapLibrary":
        return "V" if param.name in MAP_VALUES else "K"
    return "T" if short_name(function.owner) in CONTAINER_LIBRARIES else param.name


def operator_shape(context: Context) -> ShapeDraft:
    """A promotable operator: its inputs may differ in type; `Type=` says what nothing else does."""
    name = context.node.type
    kind = context.node.get("Type")
    typed = "wildcard" if kind is None else context.engine_type_of(kind)
    result = "bool" if name in COMPARISONS else typed
    inputs = [data_in(letter, typed, group="Operand") for letter in LETTERS[:max(2, context.count("Inputs", 2))]]
    pins = [*inputs[:2], data_out("ReturnValue", result, group="" if name in COMPARISONS else "Result"), *inputs[2:]]
    if name in COMPARISONS:
        pins.append(data_in("ErrorTolerance", "wildcard", is_hidden=True))
    return ShapeDraft(name, GRAPH + "K2Node_PromotableOperator", "operator", tuple(pins), _named_overload(context, name), is_pure=True,
                      identity=frozenset({"Type", "Inputs", "Function"}))


def _named_overload(context: Context, operator: str) -> tuple[str, str]:
    """The function that the node names, where an export has another than its wires ask for."""
    function = context.text("Function")
    rows = context.data.raw["operators"].get(operator, ()) if function else ()
    return next(((owner, name) for owner, name, *_ in rows if name.lower() == function.lower()), ("", ""))


def call_shape(context: Context) -> ShapeDraft:
    """A function of this document, or one that the catalogue does not know and the node describes."""
    name, owner = context.text("Function"), context.text("Class")
    own = None if owner else context.scope.functions.get(name.lower())
    if own and not context.says("Params") and not context.says("Results"):
        return own_call_shape(context, own)
    function = None if context.says("Params") or context.says("Results") else context.find_function(owner, name)
    if function:
        known = function_shape(context, function, context.names.of_function(function.owner, function.name))
        return known._replace(identity=CALL_KEYS)
    draft = described_call(context, CALL, context.class_path() if owner else "")
    if not name:
        return draft._replace(problems=(missing("missing-function", "Call", "Function", '"OnHeal"'),))
    if not owner and context.parent_path and not context.says("Params") and not context.says("Results"):
        return draft.with_problem("unknown-function", f"function or event '{name}' is not declared in this document",
                                  "Declare it, or describe it with Class= or Params=.")
    return draft


def own_call_shape(context: Context, own: Signature) -> ShapeDraft:
    is_pure = own.is_pure if context.flag("Pure") is None else context.flag("Pure")
    pins = [] if is_pure else [EXEC_IN, EXEC_OUT]
    pins += [context.self_pin("", is_hidden=True), *context.inputs(own.inputs), *context.outputs(own.outputs)]
    return ShapeDraft("Call", CALL, "function", tuple(pins), ("", own.name), is_pure=is_pure, identity=CALL_KEYS)


def described_call(context: Context, node_class: str, owner: str) -> ShapeDraft:
    is_pure, is_static = context.flag("Pure") is True, context.flag("Static") is True
    is_target_hidden = is_static or not owner
    pins = [] if is_pure else [EXEC_IN, EXEC_OUT]
    pins.append(context.self_pin(owner, is_hidden=is_target_hidden, is_required=not is_target_hidden and not context.self_is(owner)))
    pins += [*context.inputs(context.params("Params")), *context.outputs(context.params("Results"))]
    return ShapeDraft(context.node.type, node_class, "function", tuple(pins), (owner, context.text("Function")),
                      is_pure=is_pure, is_static=is_static, identity=CALL_KEYS)


def call_parent_shape(context: Context) -> ShapeDraft:
    return _redirected_call(context, "K2Node_CallParentFunction", context.text("Class"), is_target_hidden=True)


def call_interface_shape(context: Context) -> ShapeDraft:
    """A message: any object may be its target, and without one the compiler refuses it."""
    interface = context.text("Interface") or context.text("Class")
    draft = _redirected_call(context, "K2Node_Message", interface, is_target_hidden=False)
    target = data_in("self", "object:Object", is_required=True)
    problems = () if interface else (missing("missing-interface", "CallInterface", "Interface", '"BPI_Usable"'),)
    return draft._replace(pins=tuple(target if pin.internal == "self" else pin for pin in draft.pins),
                   problems=draft.problems + problems)


def _redirected_call(context: Context, node_class: str, owner: str, *, is_target_hidden: bool) -> ShapeDraft:
    name = context.text("Function")
    owner_path = context.data.class_path(owner) or owner
    if not name:
        return described_call(context, GRAPH + node_class, owner_path)._replace(
            problems=(missing("missing-function", context.node.type, "Function", '"TakeDamage"'),))
    described = context.says("Params") or context.says("Results")
    pins = None if described else _inherited_pins(context, owner, name)
    draft = described_call(context, GRAPH + node_class, owner_path)
    if pins is None:
        pins = list(draft.pins)
    hidden = [pin._replace(is_hidden=is_target_hidden, is_required=False) if pin.internal == "self" else pin for pin in pins]
    return draft._replace(pins=tuple(hidden), is_pure=not any(pin.type == "exec" for pin in hidden))


def _inherited_pins(context: Context, owner: str, name: str) -> list[PinDraft] | None:
    """Pins of a catalogue function, or of an overridable event seen as a function."""
    if function := context.find_function(owner, name):
        return function_pins(context, function, function.is_pure)
    path = context.data.class_path(owner) if owner else context.parent_path
    event = context.data.event(path, name) if path else None
    if event is None:
        return None
    pins = [EXEC_IN, EXEC_OUT, context.self_pin(event.owner, is_hidden=True)]
    pins += [data_in(param.name, param.type) for param in event.parameters]
    return pins + [data_out(param.name, param.type) for param in event.results or ()]


def async_shape(context: Context, function: Function, name: str) -> ShapeDraft:
    """A node over a factory function: one exec output a delegate of the proxy, the delegates' parameters as outputs."""
    action = context.data.async_actions[function.owner, function.name]
    pins = [EXEC_IN, EXEC_OUT, *(exec_out(one) for one in action.exec_outputs)]
    pins += [data_out(param.name, param.type) for param in action.outputs]
    pins += [_input(function, param) for param in function.inputs]
    return ShapeDraft(name, action.node_class, "async", tuple(pins), (function.owner, function.name), is_latent=True)


def described_async_shape(context: Context) -> ShapeDraft:
    """An async action outside the catalogue: `Outputs` are its exec outputs, `Results` what they bring."""
    pins = [EXEC_IN, EXEC_OUT, *context.outputs(context.params("Outputs")), *context.outputs(context.params("Results")),
            *context.inputs(context.params("Params"))]
    problems: tuple[Problem, ...] = ()
    if not context.text("Function"):
        problems = (missing("missing-function", "AsyncAction", "Function", '"LoadAd"'),)
    return ShapeDraft("AsyncAction", GRAPH + "K2Node_AsyncAction", "async", tuple(pins), (context.class_path(), context.text("Function")),
                      is_latent=True, identity=frozenset({"Class", "Function", "Proxy", "Params", "Results", "Outputs"}), problems=problems)
