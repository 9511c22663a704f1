"""Mistakes put into valid documents, one at a time, each certain to be illegal in the editor.

    for mutation in MUTATIONS: mutation.apply(document, rng) -> Mutant | None (nothing there to spoil)

`Mutant.codes` are the findings of which one must be reported. Each mistake is made from facts of its own (a table of
kinds that never agree, names that nothing has), not from the validator's answers.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.ast import Blueprint, Graph, Node, Param, Params, PinRef, TypeRef, Variable, Wire

# Kinds of pins that no conversion of the editor joins.
NEVER_FIT = {"string": ("object", "struct", "bool"), "struct": ("bool", "int", "object"), "object": ("int", "float", "struct"),
             "bool": ("object", "struct")}
SOURCES = {"string": "String", "struct": "Transform", "object": "Texture2D", "bool": "Bool"}


@dataclass(frozen=True)
class Mutant:
    document: Blueprint
    codes: frozenset[str]
    what: str


@dataclass(frozen=True)
class Spot:
    """The first graph of a document with its shapes: where a mistake is put."""

    document: Blueprint
    graph: Graph
    shapes: dict

    @classmethod
    def of(cls, document: Blueprint) -> "Spot":
        graph = document.graphs[0]
        scope = Scope.of(document, graph)
        return cls(document, graph, {node.id: load_catalogue().shape(node, scope) for node in graph.nodes})

    def node(self, node_id: str) -> Node:
        return self.graph.node(node_id)

    def wires(self, is_exec: bool | None = None) -> list[Wire]:
        """Wires between nodes that the catalogue knows."""
        return [wire for wire in self.graph.wires if is_exec in (None, wire.is_exec)
                and self.shapes[wire.source.node].is_known and self.shapes[wire.target.node].is_known]

    def inputs(self) -> Iterator[tuple[Node, object]]:
        """Visible, plain data inputs that no wire leads to."""
        taken = {wire.target for wire in self.graph.wires}
        for node in self.graph.nodes:
            for pin in self.shapes[node.id].data_inputs:
                if not pin.is_hidden and PinRef(node.id, pin.name) not in taken and pin.type.kind != "wildcard":
                    yield node, pin

    def with_graph(self, codes: str, what: str, **changes) -> Mutant:
        graphs = (replace(self.graph, **changes), *self.document.graphs[1:])
        return Mutant(replace(self.document, graphs=graphs), frozenset(codes.split()), what)

    def with_wire(self, old: Wire, new: Wire, codes: str, what: str) -> Mutant:
        return self.with_graph(codes, what, wires=tuple(new if wire is old else wire for wire in self.graph.wires))

    def with_node(self, old: Node, new: Node, codes: str, what: str) -> Mutant:
        return self.with_graph(codes, what, nodes=tuple(new if node is old else node for node in self.graph.nodes))

    def fed_by(self, variable: Variable, node: Node, pin, codes: str, what: str) -> Mutant:
        """A new variable's value led into an input."""
        getter = Node("mutant", "VariableGet", (("Variable", variable.name),))
        wires = tuple(wire for wire in self.graph.wires if wire.target != PinRef(node.id, pin.name))
        mutant = self.with_graph(codes, what, nodes=(*self.graph.nodes, getter),
                                 wires=(*wires, Wire(PinRef("mutant", variable.name), PinRef(node.id, pin.name), False)))
        return replace(mutant, document=replace(mutant.document, variables=(*self.document.variables, variable)))


def pick(rng: random.Random, items) -> object | None:
    items = list(items)
    return rng.choice(items) if items else None


def wrong_source_pin(spot: Spot, rng: random.Random) -> Mutant | None:
    wire = pick(rng, spot.wires())
    return wire and spot.with_wire(wire, replace(wire, source=PinRef(wire.source.node, "NoSuchPin")), "unknown-pin pure-exec", f"output of {wire}")


def wrong_target_pin(spot: Spot, rng: random.Random) -> Mutant | None:
    wire = pick(rng, spot.wires())
    return wire and spot.with_wire(wire, replace(wire, target=PinRef(wire.target.node, "NoSuchPin")), "unknown-pin pure-exec", f"input of {wire}")


def wrong_direction(spot: Spot, rng: random.Random) -> Mutant | None:
    """A wire turned round, where neither node has pins of these names on the other side."""
    wires = [wire for wire in spot.wires() if not spot.shapes[wire.source.node].pin(wire.source.pin, True)
             and not spot.shapes[wire.target.node].pin(wire.target.pin, False)]
    wire = pick(rng, wires)
    return wire and spot.with_wire(wire, replace(wire, source=wire.target, target=wire.source), "wrong-direction", f"{wire} turned")


def type_mismatch(spot: Spot, rng: random.Random) -> Mutant | None:
    kind = rng.choice(sorted(NEVER_FIT))
    inputs = [(node, pin) for node, pin in spot.inputs() if pin.type.kind in NEVER_FIT[kind] and not pin.type.container
              and not (kind == "object" and pin.type.name == "Object")]
    chosen = pick(rng, inputs)
    variable = Variable("MutantVar", TypeRef(SOURCES[kind]))
    return chosen and spot.fed_by(variable, *chosen, "type-mismatch", f"{SOURCES[kind]} into {chosen[0].type}.{chosen[1].name}")


def wrong_container(spot: Spot, rng: random.Random) -> Mutant | None:
    """An array where one value is wanted."""
    chosen = pick(rng, [(node, pin) for node, pin in spot.inputs() if not pin.type.container and pin.type.kind in ("float", "string", "object", "bool")
                        and pin.internal != "self"])
    variable = Variable("MutantVar", TypeRef("Array", (TypeRef("Float"),)))
    return chosen and spot.fed_by(variable, *chosen, "wrong-container", f"array into {chosen[0].type}.{chosen[1].name}")


def wrong_set(spot: Spot, rng: random.Random) -> Mutant | None:
    """One value where an array is wanted."""
    chosen = pick(rng, [(node, pin) for node, pin in spot.inputs() if pin.type.container == "array"])
    return chosen and spot.fed_by(Variable("MutantVar", TypeRef("Float")), *chosen, "wrong-container", f"value into {chosen[0].type}")


def second_source(spot: Spot, rng: random.Random) -> Mutant | None:
    """The feeder of an input once more, under another id, into the same input."""
    wires = [wire for wire in spot.wires(False) if wire.target.pin not in ("Target", "self", "Self") and spot.shapes[wire.source.node].is_pure]
    wire = pick(rng, wires)
    if not wire:
        return None
    twin = replace(spot.node(wire.source.node), id="mutant")
    feeds = [replace(one, target=PinRef("mutant", one.target.pin)) for one in spot.graph.wires if one.target.node == wire.source.node]
    extra = Wire(PinRef("mutant", wire.source.pin), wire.target, False)
    return spot.with_graph("two-sources", f"two sources of {wire.target}", nodes=(*spot.graph.nodes, twin), wires=(*spot.graph.wires, *feeds, extra))


def exec_fan_out(spot: Spot, rng: random.Random) -> Mutant | None:
    pairs = [(wire, other) for wire in spot.wires(True) for other in spot.wires(True)
             if wire.target != other.target and wire.source.node != other.target.node]
    chosen = pick(rng, pairs)
    return chosen and spot.with_graph("exec-fan-out", f"{chosen[0].source} twice",
                                      wires=(*spot.graph.wires, Wire(chosen[0].source, chosen[1].target, True)))


def undeclared_variable(spot: Spot, rng: random.Random) -> Mutant | None:
    used = {node.get("Variable") for node in spot.graph.nodes if node.type in ("VariableGet", "VariableSet") and not node.get("Type")}
    chosen = pick(rng, sorted({variable.name for variable in spot.document.variables} & used))
    document = spot.document
    return chosen and Mutant(replace(document, variables=tuple(one for one in document.variables if one.name != chosen)),
                             frozenset({"unknown-variable"}), f"{chosen} not declared")


def without_input(spot: Spot, rng: random.Random, codes: str, is_meant: Callable) -> Mutant | None:
    required = [(wire, pin) for wire in spot.wires(False)
                if (pin := spot.shapes[wire.target.node].pin(wire.target.pin, True)) and pin.is_required and is_meant(pin)
                and sum(one.target == wire.target for one in spot.graph.wires) == 1
                and any(one.is_exec and one.target.node == wire.target.node for one in spot.graph.wires)]
    chosen = pick(rng, required)
    return chosen and spot.with_graph(codes, f"{chosen[0].target} left empty", wires=tuple(one for one in spot.graph.wires if one is not chosen[0]))


def missing_target(spot: Spot, rng: random.Random) -> Mutant | None:
    return without_input(spot, rng, "missing-target", lambda pin: pin.internal == "self")


def missing_input(spot: Spot, rng: random.Random) -> Mutant | None:
    return without_input(spot, rng, "missing-input", lambda pin: pin.internal != "self")


def exec_through_pure(spot: Spot, rng: random.Random) -> Mutant | None:
    wire = pick(rng, spot.wires(True))
    pure = pick(rng, [node for node in spot.graph.nodes if spot.shapes[node.id].is_pure and spot.shapes[node.id].is_known])
    if not wire or not pure:
        return None
    through = (Wire(wire.source, PinRef(pure.id, "Execute"), True), Wire(PinRef(pure.id, "Then"), wire.target, True))
    return spot.with_graph("pure-exec", f"exec through {pure.type}", wires=(*(one for one in spot.graph.wires if one is not wire), *through))


def data_cycle(spot: Spot, rng: random.Random) -> Mutant | None:
    """Two additions that read each other, and the chain reads them."""
    node = pick(rng, [(node, pin) for node, pin in spot.inputs() if pin.type.kind == "float" and not pin.type.container])
    if not node:
        return None
    adders = tuple(Node(name, "Add_DoubleDouble") for name in ("mutant1", "mutant2"))
    wires = [Wire(PinRef("mutant1", "ReturnValue"), PinRef("mutant2", "A"), False), Wire(PinRef("mutant2", "ReturnValue"), PinRef("mutant1", "A"), False),
             Wire(PinRef("mutant1", "ReturnValue"), PinRef(node[0].id, node[1].name), False)]
    return spot.with_graph("data-cycle", "two additions in a circle", nodes=(*spot.graph.nodes, *adders), wires=(*spot.graph.wires, *wires))


def unknown_node(spot: Spot, rng: random.Random) -> Mutant | None:
    node = rng.choice(spot.graph.nodes)
    return spot.with_node(node, replace(node, type=node.type + "Plus"), "unknown-node unknown-event unknown-class", f"{node.type}Plus")


def foreign_event(spot: Spot, rng: random.Random) -> Mutant | None:
    event = pick(rng, [node for node in spot.graph.nodes if node.type == "Event_BeginPlay"])
    return event and spot.with_node(event, replace(event, type="Event_Possessed"), "foreign-event", "an event of Pawn in an Actor")


def exec_into_data(spot: Spot, rng: random.Random) -> Mutant | None:
    wire = pick(rng, spot.wires(True))
    chosen = pick(rng, [(node, pin) for node, pin in spot.inputs() if wire and node.id != wire.source.node])
    return chosen and spot.with_wire(wire, replace(wire, target=PinRef(chosen[0].id, chosen[1].name)), "exec-data", f"exec into {chosen[1].name}")


def data_into_exec(spot: Spot, rng: random.Random) -> Mutant | None:
    wire, exec_wire = pick(rng, spot.wires(False)), pick(rng, spot.wires(True))
    if not wire or not exec_wire or wire.source.node == exec_wire.target.node:
        return None
    return spot.with_wire(wire, replace(wire, target=exec_wire.target), "exec-data", f"data into {exec_wire.target}")


def unknown_property(spot: Spot, rng: random.Random) -> Mutant | None:
    node = pick(rng, [node for node in spot.graph.nodes if spot.shapes[node.id].is_known])
    return node and spot.with_node(node, replace(node, properties=(*node.properties, ("NoSuchInput", 5))), "unknown-property", "a made-up property")


def wrong_value(spot: Spot, rng: random.Random) -> Mutant | None:
    """A sentence on a pin of a number, a truth value or a vector."""
    chosen = pick(rng, [(node, pin) for node, pin in spot.inputs() if (pin.type.kind in ("float", "int", "bool", "byte") or pin.type.name == "Vector")
                        and not pin.type.container and node.get(pin.name) is None])
    return chosen and spot.with_node(chosen[0], replace(chosen[0], properties=(*chosen[0].properties, (chosen[1].name, "quite a lot"))),
                                     "wrong-value", f"a sentence on {chosen[1].name}")


def same_node(spot: Spot, rng: random.Random) -> Mutant | None:
    node = pick(rng, [node for node in spot.graph.nodes if spot.shapes[node.id].exec_inputs and spot.shapes[node.id].exec_outputs])
    if not node:
        return None
    shape = spot.shapes[node.id]
    wire = Wire(PinRef(node.id, shape.exec_outputs[0].name), PinRef(node.id, shape.exec_inputs[0].name), True)
    return spot.with_graph("same-node", f"{node.type} into itself", wires=(*(one for one in spot.graph.wires if one.source != wire.source), wire))


def duplicate_event(spot: Spot, rng: random.Random) -> Mutant | None:
    event = pick(rng, [node for node in spot.graph.nodes if node.type.startswith("Event_") and node.type != "Event_Custom"])
    return event and spot.with_graph("duplicate-event", f"two {event.type}", nodes=(*spot.graph.nodes, replace(event, id="mutant")))


def undeclared_function(spot: Spot, rng: random.Random) -> Mutant | None:
    wire = pick(rng, spot.wires(True))
    if not wire:
        return None
    call = Node("mutant", "Call", (("Function", "NobodyDeclaredThis"),))
    detour = (Wire(wire.source, PinRef("mutant", "Execute"), True), Wire(PinRef("mutant", "Then"), wire.target, True))
    return spot.with_graph("unknown-function", "a call of nothing", nodes=(*spot.graph.nodes, call),
                           wires=(*(one for one in spot.graph.wires if one is not wire), *detour))


def missing_identity(spot: Spot, rng: random.Random) -> Mutant | None:
    node = pick(rng, [node for node in spot.graph.nodes if node.type in ("VariableGet", "VariableSet")])
    bare = node and tuple(item for item in node.properties if item[0] != "Variable")
    return node and spot.with_node(node, replace(node, properties=bare), "missing-variable", f"{node.type} without a variable")


def latent_in_function(spot: Spot, rng: random.Random) -> Mutant:
    entry, delay = Node("f1", "FunctionEntry", (("Params", Params((Param("Seconds", TypeRef("Float")),))),)), Node("f2", "Delay")
    wires = (Wire(PinRef("f1", "Then"), PinRef("f2", "Execute"), True), Wire(PinRef("f1", "Seconds"), PinRef("f2", "Duration"), False))
    graph = Graph("Wait", (entry, delay), wires)
    return Mutant(replace(spot.document, graphs=(*spot.document.graphs, graph)), frozenset({"latent-in-function"}), "Delay in a function")


def event_in_function(spot: Spot, rng: random.Random) -> Mutant:
    graph = Graph("Strange", (Node("f1", "FunctionEntry"), Node("f2", "Event_Custom", (("Name", "Odd"),))), ())
    return Mutant(replace(spot.document, graphs=(*spot.document.graphs, graph)), frozenset({"event-in-function"}), "an event in a function")


def duplicate_name(spot: Spot, rng: random.Random) -> Mutant | None:
    node = pick(rng, [node for node in spot.graph.nodes if node.type == "Event_Custom"])
    return node and spot.with_graph("duplicate-name duplicate-event", "two events of one name",
                                    nodes=(*spot.graph.nodes, replace(node, id="mutant", properties=(("Name", node.get("Name").upper()),))))


def no_such_class(spot: Spot, rng: random.Random) -> Mutant | None:
    node = pick(rng, [node for node in spot.graph.nodes if node.type.startswith("CastTo")])
    return node and spot.with_node(node, replace(node, type="CastToNobodysClass"), "unknown-class", "a cast to nothing")


MUTATIONS: list[Callable[[Spot, random.Random], Mutant | None]] = [
    wrong_source_pin, wrong_target_pin, wrong_direction, type_mismatch, wrong_container, wrong_set, second_source, exec_fan_out,
    undeclared_variable, missing_target, missing_input, exec_through_pure, data_cycle, unknown_node, foreign_event, exec_into_data,
    data_into_exec, unknown_property, wrong_value, same_node, duplicate_event, undeclared_function, missing_identity,
    latent_in_function, event_in_function, duplicate_name, no_such_class]


def mutate(document: Blueprint, mutation: Callable, rng: random.Random) -> Mutant | None:
    return mutation(Spot.of(document), rng)


# Mistakes that only text can make; each is a syntax error.
TEXT_MUTATIONS: dict[str, Callable[[str], str]] = {
    "trailing text": lambda text: text.replace(".Execute\n", ".Execute please\n", 1),
    "duplicate id": lambda text: text.replace("NODE n2:", "NODE n1:", 1),
    "undeclared node": lambda text: text.rstrip("\n") + "\nDATA n999.ReturnValue -> n1.Target\n",
    "literal source": lambda text: text.rstrip("\n") + "\nDATA 5.0 -> n1.Target\n",
    "unclosed bracket": lambda text: text.replace("NODE n1: Event_", "NODE n1: Event_Custom [Name=\"x\"\nNODE n9999: Event_", 1),
    "no BLUEPRINT line": lambda text: text.split("\n", 1)[1],
    "no graph": lambda text: text.split("GRAPH:")[0],
    "wire before nodes": lambda text: text.replace("GRAPH: EventGraph\n", "GRAPH: EventGraph\nEXEC n1.Then -> n2.Execute\n", 1),
}
