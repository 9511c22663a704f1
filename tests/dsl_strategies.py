"""Hypothesis strategies for documents of the Blueprint DSL, and hostile texts made from good ones.

`documents()` knows the grammar and nothing of the catalogue: names in any script, with spaces and quotes, values of
every kind. Typed, valid graphs come from typed_graphs.py.
"""

import random

from hypothesis import strategies as st
from utils.dsl.ast import (
    Blueprint, Comment, Graph, Node, Param, Params, PinRef, Struct, TypeRef, Variable, Wire, Word)

PLAIN_NAMES = st.sampled_from("Health bIsOpen Score_2 Ziel мир 速度 n1 X Value Then Execute A Type".split())
ODD_NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["My Variable", 'say "hi"', "a->b", "a-", "[x]", "# no", "GRAPH:", "VAR", "\\", "\\u0041", "été\u2028", " lead", "trail ",
     "x.y", "::", "1", "-1", "true", "tab\there", "line\nend", "{n1}", "\x00", "Then_10", "a'b", "(", "=", ","])
NAMES = PLAIN_NAMES | ODD_NAMES
NODE_TYPES = st.sampled_from(
    ["Event_BeginPlay", "Event_Tick", "Branch", "Sequence", "PrintString", "VariableGet", "VariableSet", "Less", "Add",
     "CastToPawn", "Delay", "ForEachLoop", "Widget.SetVisibility", "Call", "Event_Custom", "MakeArray", "SwitchString",
     "FunctionEntry", "NoSuchNode", "Mein Knoten.Öffne"]) | NAMES
PINS = st.sampled_from(
    ["Then", "Execute", "True", "False", "Condition", "InString", "ReturnValue", "A", "B", "Target", "Then_0", "Then_1",
     "Then_10", "Health", "Object", "AsPawn", "LoopBody", "Completed"]) | NAMES

TYPES = st.recursive(
    st.builds(TypeRef, st.sampled_from(["Float", "Bool", "Int", "String", "Vector", "Actor", "/Game/BP_Door.BP_Door_C"]) | NAMES),
    lambda inner: st.builds(TypeRef, st.sampled_from(["Array", "Set", "Map"]), st.lists(inner, min_size=1, max_size=2).map(tuple)),
    max_leaves=3)
WORDS = st.sampled_from(["None", "Pawn", "EKeys::A", "MultiplyWithRoot", "Größe"]).map(Word)
SCALARS = (st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12) | WORDS)


def keyed(names, values, max_size=4):
    """Pairs with distinct keys, as a tuple."""
    return st.dictionaries(names, values, max_size=max_size).map(lambda pairs: tuple(pairs.items()))


PARAMS = st.lists(st.builds(Param, NAMES, TYPES, st.none() | SCALARS), min_size=1, max_size=3).map(lambda items: Params(tuple(items)))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (st.lists(inner, max_size=3).map(tuple)
                   | keyed(NAMES, inner, 3).filter(bool).map(Struct)),
    max_leaves=5) | PARAMS
PROPERTIES = keyed(PINS | st.sampled_from(["Variable", "Name", "Params", "Outputs", "Cases", "NodeComment", "Split"]), VALUES)


@st.composite
def graphs(draw, max_nodes=8):
    count = draw(st.integers(0, max_nodes))
    ids = draw(st.permutations([f"n{index}" for index in range(1, count + 1)]))
    nodes = tuple(Node(node_id, draw(NODE_TYPES), draw(PROPERTIES)) for node_id in ids)
    return Graph(draw(NAMES), nodes, _wires(draw, ids), tuple(draw(_variables())), _comments(draw, ids), draw(PROPERTIES))


def _wires(draw, ids):
    if not ids:
        return ()
    pins = st.builds(PinRef, st.sampled_from(ids), PINS)
    wires = st.builds(Wire, pins, pins, st.booleans(), st.none() | TYPES)
    unique = {(wire.source, wire.target): wire for wire in draw(st.lists(wires, max_size=2 * len(ids)))}
    return tuple(unique.values())


def _comments(draw, ids):
    nodes = st.lists(st.sampled_from(ids), max_size=3, unique=True).map(tuple) if ids else st.just(())
    return tuple(draw(st.lists(st.builds(Comment, st.text(max_size=15) | NAMES, nodes), max_size=2)))


def _variables():
    return st.lists(st.builds(Variable, NAMES, TYPES, st.none() | VALUES, PROPERTIES), max_size=3,
                    unique_by=lambda variable: variable.name)


@st.composite
def documents(draw, max_graphs=2):
    """A syntax tree that says something with every construct of the language; seldom one that would compile."""
    sections = draw(st.lists(graphs(), min_size=1, max_size=max_graphs, unique_by=lambda graph: graph.name.lower()))
    comments = tuple(draw(st.lists(st.text(max_size=15).map(Comment), max_size=2)))
    return Blueprint(draw(NAMES), draw(NAMES), tuple(draw(_variables())), tuple(sections), comments)


FRAGMENTS = ["\x00", "\ufeff", "\ud800", '"', '\\"', "(" * 60, "[" * 60, "<" * 60, "((X=" * 50, "EXEC", "DATA n1.", "->", "VAR x: ",
             "GRAPH: G\n", "NODE n1: ", "\r", "\u2028", "#", "{n1}", "9" * 5000, "1e999", "-", "=", ":", "::", ".", "A" * 3000,
             "NODE n1: Branch\n" * 3, "Array<" * 30, " " * 2000, "é" * 50, "Map<Int,", "true", "PARENT: ", "BLUEPRINT: B\n"]


def mutated_text(text: str, rng: random.Random) -> str:
    """A damaged copy: cut, spliced, doubled, with characters and fragments thrown in."""
    for _ in range(rng.randint(1, 6)):
        at, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        text = rng.choice([
            lambda: text[:at],
            lambda: text[:at] + text[end:],
            lambda: text[:end] + text[at:],
            lambda: text[:at] + rng.choice(FRAGMENTS) + text[at:],
            lambda: text[:at] + rng.choice(FRAGMENTS) * rng.randint(1, 4) + text[min(end, at + 5):],
            lambda: text[:at] + chr(rng.randint(0, 0x2100)) + text[at + 1:],
            lambda: text.replace(rng.choice(" .:=[](),\"\n"), rng.choice(["", " ", "\n", "((", '"', "."]), rng.randint(1, 5)),
        ])()
        text = text[:20_000]
    return text


GOOD = '''# A door that counts its visitors
BLUEPRINT: BP_Door
PARENT: Actor
VAR Count: Int = 3
VAR "Display Name": String = "a \\"door\\""
GRAPH: EventGraph
NODE n1: Event_BeginPlay
# Greets
NODE n2: PrintString [InString="Hello\\nthere", Duration=5.0]
NODE n3: VariableGet [Variable="Display Name"]
EXEC n1.Then -> n2.Execute
DATA n3."Display Name" -> n2.InString
GRAPH: Open [Pure=true]
VAR Local: Array<Map<String,Vector>>
NODE n1: FunctionEntry [Params=(Who: Actor, Speed: Float = 2.5)]
NODE n2: Call [Function="Move", Results=(Done: Bool)]
EXEC n1.Then -> n2.Execute
'''


def hostile_texts(count: int, seed: int):
    rng = random.Random(seed)
    return (mutated_text(GOOD, rng) for _ in range(count))


HUGE = {
    "one line": "BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=\"" + "a" * 100_000 + '"]',
    "unclosed string": "BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=(\"" + "a" * 100_000,
    "brackets": "BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=" + "(" * 100_000,
    "escapes": "BLUEPRINT: B\nGRAPH: G\nNODE n1: X [A=\"" + "\\" * 100_000,
    "spaces": "BLUEPRINT: B\nGRAPH: G\nNODE n1: X" + " " * 100_000 + "y",
    "properties": "BLUEPRINT: B\nGRAPH: G\nNODE n1: X [" + ",".join(f"a{index}=1" for index in range(14_000)) + "]",
    "graphs": "BLUEPRINT: B\n" + "".join(f"GRAPH: g{index}\n" for index in range(9_000)),
    "variables": "BLUEPRINT: B\n" + "".join(f"VAR v{index}: Int\n" for index in range(7_000)) + "GRAPH: G\n",
    "comments": "BLUEPRINT: B\nGRAPH: G\n" + "# {a {b {c\n" * 10_000 + "NODE n1: X",
    "one comment": "BLUEPRINT: B\nGRAPH: G\n#" + " {aa" * 25_000 + "\nNODE n1: X",
    "types": "BLUEPRINT: B\nVAR x: " + "Array<" * 16_000,
    "chain": "BLUEPRINT: B\nGRAPH: G\n" + "".join(f"NODE n{index}: X\n" for index in range(3_000))
             + "".join(f"EXEC n{index}.Then -> n{index + 1}.Execute\n" for index in range(2_999)),
    "pure chain": "BLUEPRINT: B\nGRAPH: G\nNODE e: Event_BeginPlay\nNODE n0: X\n" + "".join(f"NODE n{index}: X\n" for index in range(1, 3_000))
                  + "EXEC e.Then -> n0.Execute\n" + "".join(f"DATA n{index + 1}.R -> n{index}.A\n" for index in range(2_999)),
    "unknown nodes": "BLUEPRINT: B\nGRAPH: G\n" + "".join(f"NODE n{index}: Foo{index}\n" for index in range(5_000)),
    "casts": "BLUEPRINT: B\nGRAPH: G\n" + "".join(f"NODE n{index}: CastToFoo{index}\n" for index in range(4_000)),
    "many pins": "BLUEPRINT: B\nGRAPH: G\n" + "".join(f"NODE n{index}: MakeArray [Inputs=255, Item_0={index}]\n" for index in range(2_000)),
    "endless pins": "BLUEPRINT: B\nGRAPH: G\n" + "".join(f"NODE n{index}: Sequence [Outputs=999999]\n" for index in range(3_000)),
    "placeholders": 'BLUEPRINT: B\nGRAPH: G\nNODE n1: FormatText [Format="' + "".join(f"{{a{index}}}" for index in range(14_000)) + '"]',
    "functions": "BLUEPRINT: B\n" + "".join(f"GRAPH: F{index}\nNODE n1: FunctionEntry\n" for index in range(2_800)),
    "fan": "BLUEPRINT: B\nGRAPH: G\nNODE a: X\nNODE b: X\n" + "".join(f"DATA a.p{index} -> b.q{index}\n" for index in range(4_000)),
}
