"""Random documents that are valid by construction: every input fed by an output of its type, every node reached.

Built from the catalogue alone, node by node, so that the validator and the comparison meet far more kinds of nodes than
anyone writes by hand. `random_document(random.Random(1))` is always the same document.
"""

import random
from dataclasses import replace
from functools import lru_cache

from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.ast import Blueprint, Graph, Node, Param, Params, PinRef, Struct, TypeRef, Variable, Wire
from utils.dsl.types import PinType

EVENTS = ["Event_BeginPlay", "Event_Tick", "Event_ActorBeginOverlap", "Event_AnyDamage", "Event_Hit", "Event_EndPlay"]
OWNERS = ["KismetSystemLibrary", "KismetMathLibrary", "KismetStringLibrary", "GameplayStatics", "Actor", "SceneComponent",
          "PrimitiveComponent", "CharacterMovementComponent", "Pawn", "KismetTextLibrary", "ProgressBar", "PlayerController"]
VARIABLE_TYPES = ["Bool", "Int", "Float", "String", "Name", "Vector", "Rotator", "Actor", "Pawn", "SceneComponent", "StaticMeshComponent",
                  "CharacterMovementComponent", "LinearColor", "Array<Actor>", "Array<String>", "Array<Int>", "ProgressBar", "PlayerController",
                  "Transform", "Byte", "Text"]
LITERALS = {"bool": [True, False], "int": [0, 3, -7], "float": [0.5, 100.0, -2.0], "string": ["Hello", 'a "b"', "é"],
            "name": ["Tag", "root_bone"], "text": ["Hello"], "byte": [1, 200]}


@lru_cache(maxsize=1)
def function_pool():
    """Shapes of ordinary functions, pure and not, by their node type."""
    catalogue, scope = load_catalogue(), Scope()
    names = [catalogue.function_names.of_function(path, row[0]) for owner in OWNERS
             for path in [catalogue.data.class_path(owner)] for row in catalogue.data.raw["functions"].get(path, ())]
    shapes = {name: catalogue.shape(Node("n", name), scope) for name in names}
    return {name: shape for name, shape in shapes.items() if shape.role == "function" and shape.is_known and not shape.problems
            and not any(pin.type.kind in ("wildcard", "delegate", "fieldpath") for pin in shape.pins)}


@lru_cache(maxsize=1)
def pure_by_type():
    """Pure functions by the type of their only output."""
    found = {}
    for name, shape in function_pool().items():
        if shape.is_pure and len(shape.data_outputs) == 1:
            found.setdefault(shape.data_outputs[0].type, []).append(name)
    return found


@lru_cache(maxsize=1)
def impure_functions():
    return sorted(name for name, shape in function_pool().items()
                  if not shape.is_pure and len(shape.exec_outputs) == 1 and len(shape.exec_inputs) == 1)


class Builder:
    def __init__(self, rng: random.Random, parent: str = "Actor") -> None:
        self.rng, self.parent = rng, parent
        self.catalogue = load_catalogue()
        self.variables = [Variable(f"Var{index}", TypeRef(*_type_parts(text)), None) for index, text in
                          enumerate(rng.sample(VARIABLE_TYPES, rng.randint(6, len(VARIABLE_TYPES))))]
        self.nodes: list[Node] = []
        self.wires: list[Wire] = []
        self.outputs: list[tuple[PinRef, PinType]] = []  # of nodes that have run before the one in hand
        self.scope = Scope.of(Blueprint("B", parent, tuple(self.variables)))

    def add(self, kind: str, *properties) -> Node:
        node = Node(f"n{len(self.nodes) + 1}", kind, tuple(properties))
        self.nodes.append(node)
        return node

    def shape(self, node: Node):
        return self.catalogue.shape(node, self.scope)

    def set(self, node: Node, key: str, value) -> None:
        place = next(index for index, one in enumerate(self.nodes) if one.id == node.id)
        self.nodes[place] = Node(node.id, node.type, (*self.nodes[place].properties, (key, value)))

    def wire(self, source: PinRef, target: PinRef, is_exec: bool = False) -> None:
        self.wires.append(Wire(source, target, is_exec))

    def event(self, kind: str, *properties) -> list[PinRef]:
        """Starts a chain; what it brings is there for all nodes behind it."""
        node = self.add(kind, *properties)
        self.outputs = [(PinRef(node.id, pin.name), pin.type) for pin in self.shape(node).data_outputs if pin.type.kind != "delegate"]
        return [PinRef(node.id, pin.name) for pin in self.shape(node).exec_outputs[:1]]

    def chain(self, ends: list[PinRef], length: int) -> None:
        for _ in range(length):
            if not ends:
                return
            ends = ends[1:] + self.step(ends[0])

    def step(self, end: PinRef) -> list[PinRef]:
        """One more exec node; the exec outputs that it opens."""
        kind, properties = self.rng.choice([self.function, self.function, self.function, self.branch, self.sequence, self.set_variable, self.cast])()
        node = self.add(kind, *properties)
        shape = self.shape(node)
        if not all(self.feed(node, pin) for pin in shape.data_inputs if not pin.is_hidden):
            self.drop(node)
            return [end]
        self.wire(end, PinRef(node.id, shape.exec_inputs[0].name), True)
        self.outputs += [(PinRef(node.id, pin.name), pin.type) for pin in shape.data_outputs if not pin.is_hidden and not pin.type.container]
        return [PinRef(node.id, pin.name) for pin in shape.exec_outputs]

    def drop(self, node: Node) -> None:
        """Takes back a node that could not be fed, with what was made for it."""
        place = next(index for index, one in enumerate(self.nodes) if one.id == node.id)
        gone = {one.id for one in self.nodes[place:]}
        del self.nodes[place:]
        self.wires = [wire for wire in self.wires if wire.target.node not in gone and wire.source.node not in gone]

    def function(self):
        return self.rng.choice(impure_functions()), ()

    def branch(self):
        return "Branch", ()

    def sequence(self):
        count = self.rng.choice([2, 3])
        return "Sequence", (("Outputs", 3),) if count == 3 else ()

    def set_variable(self):
        return "VariableSet", (("Variable", self.rng.choice(self.variables).name),)

    def cast(self):
        return self.rng.choice(["CastToCharacter", "CastToPawn", "CastToPlayerController"]), ()

    def feed(self, node: Node, pin, depth: int = 0) -> bool:
        """A source for an input, a literal, or nothing where nothing is needed. False: a required input stays empty."""
        choice = self.rng.random()
        if not pin.is_required and choice < 0.3:
            return True
        if not pin.is_required and choice < 0.6 and pin.type.kind in LITERALS and not pin.type.container:
            self.set(node, pin.name, self.rng.choice(LITERALS[pin.type.kind]))
            return True
        if not pin.is_required and choice < 0.6 and pin.type == PinType("struct", "Vector"):
            self.set(node, pin.name, Struct((("X", 1.0), ("Y", 0.0), ("Z", self.rng.choice([0.0, 50.5])))))
            return True
        source = self.source(pin, depth)
        if source:
            self.wire(source, PinRef(node.id, pin.name))
        return bool(source) or not pin.is_required

    def source(self, pin, depth: int) -> PinRef | None:
        fits = [ref for ref, kind in self.outputs if self.agrees(kind, pin)]
        variables = [one for one in self.variables if self.agrees(self.catalogue.resolve_type(one.type), pin)]
        options = [lambda: self.rng.choice(fits)] * bool(fits) + [lambda: self.get(self.rng.choice(variables))] * bool(variables)
        if depth < 3 and pure_by_type().get(pin.type):
            options.append(lambda: self.pure(pin.type, depth + 1))
        return self.rng.choice(options)() if options else None

    def agrees(self, kind: PinType, pin) -> bool:
        agreement = self.catalogue.types_agree(kind, pin.type, self.scope)
        is_reference = pin.is_by_ref and not pin.is_const
        return agreement is not None and agreement.kind in (("same",) if is_reference else ("same", "subclass", "promotion", "conversion"))

    def get(self, variable: Variable) -> PinRef:
        return PinRef(self.add("VariableGet", ("Variable", variable.name)).id, variable.name)

    def pure(self, kind: PinType, depth: int) -> PinRef | None:
        node = self.add(self.rng.choice(pure_by_type()[kind]))
        shape = self.shape(node)
        if not all(self.feed(node, pin, depth) for pin in shape.data_inputs if not pin.is_hidden):
            self.drop(node)
            return None
        return PinRef(node.id, shape.data_outputs[0].name)

    def graph(self, name: str) -> Graph:
        return Graph(name, tuple(self.nodes), tuple(self.wires))


def _type_parts(text: str):
    if text.endswith(">"):
        name, inner = text[:-1].split("<")
        return name, (TypeRef(inner),)
    return (text,)


def random_document(rng: random.Random, size: int = 6) -> Blueprint:
    """`size`: exec nodes a chain, about; with what they read a document has some three times as many."""
    builder = Builder(rng)
    for kind in rng.sample(EVENTS, rng.randint(1, 2)):
        builder.chain(builder.event(kind), rng.randint(1, size))
    if rng.random() < 0.5:
        params = Params((Param("Amount", TypeRef("Float")), Param("Who", TypeRef("Actor"))))
        builder.chain(builder.event("Event_Custom", ("Name", "OnHeal"), ("Params", params)), rng.randint(1, 3))
    return Blueprint("BP_Random", "Actor", tuple(builder.variables), (builder.graph("EventGraph"),))


def shuffled(document: Blueprint, rng: random.Random) -> Blueprint:
    """The same graphs under other ids and in another order."""
    return Blueprint(document.name + "_2", document.parent, tuple(rng.sample(document.variables, len(document.variables))),
                     tuple(_shuffled_graph(graph, rng) for graph in document.graphs))


def _shuffled_graph(graph: Graph, rng: random.Random) -> Graph:
    new = dict(zip((node.id for node in graph.nodes), rng.sample([f"x{index}" for index in range(len(graph.nodes))], len(graph.nodes))))
    nodes = [Node(new[node.id], node.type, tuple(rng.sample(node.properties, len(node.properties)))) for node in graph.nodes]
    wires = [Wire(PinRef(new[wire.source.node], wire.source.pin), PinRef(new[wire.target.node], wire.target.pin), wire.is_exec)
             for wire in graph.wires]
    return replace(graph, nodes=tuple(rng.sample(nodes, len(nodes))), wires=tuple(rng.sample(wires, len(wires))))


