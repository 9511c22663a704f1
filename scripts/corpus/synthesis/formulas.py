"""Formulas of several operations with their words: "Stamina plus the delta seconds times 12, at most 160".

What is said with infix words follows the usual precedence, with parentheses where it would be read otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from corpus.synthesis import arguments as kinds
from corpus.synthesis.arguments import Kind
from corpus.synthesis.phrase import COMPARED, COMPARING, ORDERING, SIGNS
from corpus.synthesis.scene import Scene
from utils.dsl.ast import PinRef, Value

CLAUSE, SUM, PRODUCT, ATOM = range(4)
"""How tightly a text holds together: "the larger of a and b", "a plus b", "a times b", "Health"."""


# After these a text could go on.
OPEN_WORDS = r" (?:plus|minus|times|multiplied|divided|modulo|clamped|rounded|normalized|followed|interpolated|mapped|replaced|in|if|with|by|and|from|between|to) "


class Said(NamedTuple):
    """What goes on a pin, and its words. `f"{said:2}"` puts it in parentheses if it holds together less than that."""

    value: Value | PinRef
    text: str
    rank: int = ATOM

    def __format__(self, spec: str) -> str:
        return f"({self.text})" if self.rank < int(spec or CLAUSE) else self.text


class Operand(NamedTuple):
    """An input: its type, and the literals that may stand there (None: it is always wired)."""

    type: str
    literals: Kind | None = None
    literal_frac: float = 0.6


@dataclass(frozen=True)
class Operation:
    """A pure node; `texts` are (words, rank) with `{Pin:least rank}` for its operands."""

    type: str
    node: str
    operands: dict[str, Operand]
    texts: tuple[tuple[str, int], ...]
    output: str = "ReturnValue"
    weight: int = 1

    def build(self, scene: Scene, depth: int) -> Said:
        said: dict[str, Said] = {}
        for pin, operand in self.operands.items():
            made = _operand(scene, operand, depth)
            said[pin] = another(scene, operand.type) if any(made.value == one.value for one in said.values()) else made
        text, rank = scene.draw.pick(self.texts)
        node = scene.pure(self.node, **{pin: one.value for pin, one in said.items()})
        return Said(node[self.output], text.format(**said), rank)


def formula(scene: Scene, kind: str, depth: int) -> Said:
    """A value of this type with up to `depth` operations within one another; 0: a variable or what stands ready."""
    table = OPERATIONS.get(kind) if depth > 0 else None
    return scene.draw.pick(table).build(scene, depth - 1) if table else leaf(scene, kind)


def leaf(scene: Scene, kind: str) -> Said:
    scene.depth += 1
    value, text = kinds.wired_value(scene, kind)
    scene.depth -= 1
    return Said(value, text, CLAUSE if re.search(OPEN_WORDS, text) else ATOM)


def _operand(scene: Scene, operand: Operand, depth: int) -> Said:
    if operand.literals and scene.draw.chance(operand.literal_frac):
        return Said(*operand.literals.literal(scene.draw))
    return formula(scene, operand.type, depth if scene.draw.chance(0.5) else 0)


def another(scene: Scene, kind: str) -> Said:
    """A variable that the row did not have yet: nobody adds or compares a thing to itself."""
    name = scene.new_variable(kind)
    return Said(scene.get(name), scene.mention(name, kinds.type_noun(kind)))


def condition(scene: Scene, depth: int) -> Said:
    """A boolean: a comparison of formulas, a question of its own, or several of these joined."""
    from corpus.synthesis.conditions import draw_condition

    if depth > 0 and scene.draw.chance(0.25):
        node, text = scene.draw.pick((("BooleanAND", "{} and {}"), ("BooleanOR", "{} or {}"), ("BooleanAND", "both {} and {}"), ("BooleanOR", "either {} or {}")))
        first, second = condition(scene, 0), condition(scene, 0)
        return Said(scene.pure(node, A=first.value, B=second.value)["ReturnValue"], text.format(first.text, second.text), CLAUSE)
    if scene.draw.chance(0.35):
        asked = draw_condition(scene, may_join=False)
        return Said(asked.pin, asked.text, CLAUSE)
    return _comparison(scene, depth)


SHORTLY = {"Greater": ("is over",), "Less": ("is fewer than",), "GreaterEqual": ("has reached",), "LessEqual": (), "EqualEqual": ("is", "is exactly"), "NotEqual": ("is not",)}
"""Ways to compare that elsewhere might mean something else."""


def _comparison(scene: Scene, depth: int) -> Said:
    kind = scene.draw.pick(("Float", "Float", "Int", "Int", "Int"))
    left = formula(scene, kind, scene.draw.pick((0, 0, 0, 1, depth)))
    is_known = scene.draw.chance(0.7)
    right = Said(*(kinds.real(0, 200) if kind == "Float" else kinds.whole(0, 100)).literal(scene.draw)) if is_known else formula(scene, kind, 0)
    if right.value == left.value:
        right = another(scene, kind)
    node = scene.draw.pick(ORDERING if kind == "Float" else COMPARING)
    verb = scene.draw.pick((*COMPARED[node], *SHORTLY[node], SIGNS[node]))
    return Said(scene.pure(node, A=left.value, B=right.value)["ReturnValue"], f"{left:1} {verb} {right:1}", CLAUSE)


def _number_operations(kind: str) -> list[Operation]:
    small, any_number = (kinds.real(0.1, 20), kinds.real(1, 200)) if kind == "Float" else (kinds.whole(2, 12), kinds.whole(1, 100))
    least, most = (kinds.real(0, 10), kinds.real(11, 500)) if kind == "Float" else (kinds.whole(0, 9), kinds.whole(10, 200))
    wired, addend, factor = Operand(kind), Operand(kind, any_number, 0.55), Operand(kind, small, 0.7)
    f = "F" if kind == "Float" else ""
    return [
        Operation(kind, "Add", {"A": wired, "B": addend}, (("{A:1} plus {B:2}", SUM), ("{A:1} + {B:2}", SUM), ("{A:1} plus {B:2}", SUM), ("the sum of {A:2} and {B:2}", CLAUSE), ("{A:1} increased by {B:2}", CLAUSE)), weight=3),
        Operation(kind, "Subtract", {"A": wired, "B": addend}, (("{A:1} minus {B:2}", SUM), ("{A:1} - {B:2}", SUM), ("{A:1} minus {B:2}", SUM), ("{A:1} reduced by {B:2}", CLAUSE)), weight=2),
        Operation(kind, "Subtract", {"A": Operand(kind, any_number, 1.0), "B": wired}, (("{A} minus {B:2}", SUM), ("{A} - {B:2}", SUM), ("{B:1} subtracted from {A}", CLAUSE))),
        Operation(kind, "Multiply", {"A": wired, "B": factor}, (("{A:2} times {B:3}", PRODUCT), ("{A:2} * {B:3}", PRODUCT), ("{A:2} multiplied by {B:3}", PRODUCT), ("the product of {A:3} and {B:3}", CLAUSE)), weight=3),
        Operation(kind, "Divide", {"A": wired, "B": factor}, (("{A:2} divided by {B:3}", PRODUCT), ("{A:2} / {B:3}", PRODUCT))),
        Operation(kind, f"{f}Max", {"A": wired, "B": addend}, (("the larger of {A:1} and {B:1}", CLAUSE), ("the maximum of {A:1} and {B:1}", CLAUSE), ("max({A}, {B})", ATOM), ("{A:1}, but at least {B:1}", CLAUSE), ("{A:1}, never below {B:1}", CLAUSE))),
        Operation(kind, f"{f}Min", {"A": wired, "B": addend}, (("the smaller of {A:1} and {B:1}", CLAUSE), ("the minimum of {A:1} and {B:1}", CLAUSE), ("min({A}, {B})", ATOM), ("{A:1}, but at most {B:1}", CLAUSE), ("{A:1}, never above {B:1}", CLAUSE))),
        Operation(kind, f"{f}Clamp", {"Value": wired, "Min": Operand(kind, least, 1.0), "Max": Operand(kind, most, 1.0)},
                  (("{Value:1} clamped between {Min} and {Max}", CLAUSE), ("{Value:1}, clamped to {Min}..{Max}", CLAUSE), ("clamp({Value}, {Min}, {Max})", ATOM), ("{Value:1} kept between {Min} and {Max}", CLAUSE))),
        Operation(kind, "Abs" if kind == "Float" else "Abs_Int", {"A": wired}, (("the absolute value of {A:3}", ATOM), ("abs({A})", ATOM))),
    ]


FLOAT, WHOLE, VECTOR, ROTATOR, STRING, FLAG = (Operand(kind) for kind in ("Float", "Int", "Vector", "Rotator", "String", "Bool"))
AMOUNT = Operand("Float", kinds.real(0.1, 100), 0.6)
OFFSET = Operand("Vector", kinds.vector(500), 0.5)
LABEL = Operand("String", kinds.message(wired=0), 0.8)
FLOATS = [
    *_number_operations("Float"),
    Operation("Float", "Lerp", {"A": AMOUNT, "B": AMOUNT, "Alpha": FLOAT}, (("the Lerp from {A:1} to {B:1} by {Alpha:1}", CLAUSE), ("lerp({A}, {B}, {Alpha})", ATOM), ("a lerp between {A:1} and {B:1} with the alpha {Alpha:1}", CLAUSE))),
    Operation("Float", "Sin", {"A": FLOAT}, (("the sine of {A:3}", ATOM), ("sin({A})", ATOM))),
    Operation("Float", "Sqrt", {"A": FLOAT}, (("the square root of {A:3}", ATOM), ("sqrt({A})", ATOM))),
    Operation("Float", "VSize", {"A": VECTOR}, (("the length of {A:3}", ATOM), ("the vector length of {A:3}", ATOM), ("VectorLength({A})", ATOM))),
    Operation("Float", "Vector_Distance", {"V1": VECTOR, "V2": OFFSET}, (("the distance between {V1:3} and {V2:3}", CLAUSE), ("the distance from {V1:3} to {V2:3}", CLAUSE))),
    Operation("Float", "Dot_VectorVector", {"A": VECTOR, "B": VECTOR}, (("the dot product of {A:3} and {B:3}", CLAUSE), ("dot({A}, {B})", ATOM))),
    Operation("Float", "BreakVector", {"InVec": VECTOR}, (("the X of {InVec:3}", ATOM), ("the x component of {InVec:3}", ATOM)), output="X"),
    Operation("Float", "BreakVector", {"InVec": VECTOR}, (("the Z of {InVec:3}", ATOM), ("the z component of {InVec:3}", ATOM), ("the height (Z) of {InVec:3}", ATOM)), output="Z"),
    Operation("Float", "SelectFloat", {"A": AMOUNT, "B": AMOUNT, "bPickA": FLAG}, (("{A:1} if {bPickA:1} is true and {B:1} if not", CLAUSE), ("SelectFloat of {A:1} and {B:1} by {bPickA:1}", CLAUSE))),
    Operation("Float", "MultiplyMultiply_FloatFloat", {"Base": FLOAT, "Exp": Operand("Float", kinds.real(2, 4), 0.8)}, (("{Base:3} to the power of {Exp:3}", CLAUSE), ("pow({Base}, {Exp})", ATOM))),
]
WHOLES = [
    *_number_operations("Int"),
    Operation("Int", "Percent_IntInt", {"A": WHOLE, "B": Operand("Int", kinds.whole(2, 12), 0.8)}, (("{A:2} modulo {B:3}", PRODUCT), ("{A:2} % {B:3}", PRODUCT), ("the remainder of {A:3} divided by {B:3}", CLAUSE)), weight=2),
    Operation("Int", "Round", {"A": FLOAT}, (("{A:1} rounded", CLAUSE), ("round({A})", ATOM), ("{A:1}, rounded to a whole number", CLAUSE))),
    Operation("Int", "FFloor", {"A": FLOAT}, (("{A:1} rounded down", CLAUSE), ("floor({A})", ATOM))),
    Operation("Int", "FCeil", {"A": FLOAT}, (("{A:1} rounded up", CLAUSE), ("ceil({A})", ATOM))),
    Operation("Int", "SelectInt", {"A": Operand("Int", kinds.whole(1, 20), 0.7), "B": Operand("Int", kinds.whole(21, 60), 0.7), "bPickA": FLAG},
              (("{A:1} if {bPickA:1} is true and {B:1} if not", CLAUSE), ("SelectInt of {A:1} and {B:1} by {bPickA:1}", CLAUSE))),
]
VECTORS = [
    Operation("Vector", "Add", {"A": VECTOR, "B": OFFSET}, (("{A:1} plus {B:2}", SUM), ("{A:1} + {B:2}", SUM), ("{A:1} offset by {B:2}", CLAUSE)), weight=3),
    Operation("Vector", "Subtract", {"A": VECTOR, "B": VECTOR}, (("{A:1} minus {B:2}", SUM), ("{A:1} - {B:2}", SUM), ("the difference of {A:2} minus {B:2}", SUM)), weight=2),
    Operation("Vector", "Multiply", {"A": VECTOR, "B": Operand("Float", kinds.real(1, 500), 0.75)}, (("{A:2} times {B:3}", PRODUCT), ("{A:2} * {B:3}", PRODUCT), ("{A:2} multiplied by {B:3}", PRODUCT), ("{A:2} scaled by {B:3}", PRODUCT)), weight=4),
    Operation("Vector", "Normal", {"A": VECTOR}, (("{A:1} normalized", CLAUSE), ("the normal of {A:3}", ATOM), ("normalize({A})", ATOM), ("the Normal of {A:3}", ATOM)), weight=2),
    Operation("Vector", "MakeVector", {"Z": FLOAT}, (("a vector with Z {Z:1}", CLAUSE), ("(0, 0, {Z:1})", ATOM), ("a vector whose Z is {Z:1}", CLAUSE)), weight=2),
    Operation("Vector", "MakeVector", {"X": FLOAT, "Y": AMOUNT}, (("a vector with X {X:1} and Y {Y:1}", CLAUSE), ("({X:1}, {Y:1}, 0)", ATOM))),
    Operation("Vector", "GetForwardVector", {"InRot": ROTATOR}, (("the forward vector of {InRot:3}", ATOM),)),
    Operation("Vector", "GetDirectionUnitVector", {"From": VECTOR, "To": VECTOR}, (("the unit direction from {From:3} to {To:3}", CLAUSE), ("the unit direction vector from {From:3} to {To:3}", CLAUSE)), weight=2),
    Operation("Vector", "VLerp", {"A": OFFSET, "B": OFFSET, "Alpha": FLOAT}, (("the vector lerp from {A:3} to {B:3} by {Alpha:1}", CLAUSE), ("VLerp({A}, {B}, {Alpha})", ATOM))),
]
ROTATORS = [
    Operation("Rotator", "MakeRotator", {"Yaw": FLOAT}, (("a rotator with yaw {Yaw:1}", CLAUSE), ("a yaw of {Yaw:1}", CLAUSE), ("yaw {Yaw:1}", CLAUSE)), weight=3),
    Operation("Rotator", "MakeRotator", {"Pitch": FLOAT}, (("a rotator with pitch {Pitch:1}", CLAUSE), ("a pitch of {Pitch:1}", CLAUSE))),
    Operation("Rotator", "MakeRotator", {"Roll": FLOAT}, (("a rotator with roll {Roll:1}", CLAUSE), ("a roll of {Roll:1}", CLAUSE))),
    Operation("Rotator", "FindLookAtRotation", {"Start": VECTOR, "Target": VECTOR}, (("the look-at rotation from {Start:3} to {Target:3}", CLAUSE), ("FindLookAtRotation({Start}, {Target})", ATOM)), weight=2),
]
STRINGS = [
    Operation("String", "Concat_StrStr", {"A": LABEL, "B": STRING}, (("{A} followed by {B:1}", CLAUSE), ("{A} + {B:1}", CLAUSE), ("{A} with {B:1} appended", CLAUSE), ("{A} and {B:1} joined", CLAUSE)), weight=3),
    Operation("String", "Concat_StrStr", {"A": LABEL, "B": WHOLE}, (("{A} followed by {B:1}", CLAUSE), ("{A} + {B:1}", CLAUSE), ("{A} with {B:1} appended", CLAUSE)), weight=3),
    Operation("String", "Concat_StrStr", {"A": LABEL, "B": FLOAT}, (("{A} followed by {B:1}", CLAUSE), ("{A} + {B:1}", CLAUSE), ("{A} with {B:1} appended", CLAUSE)), weight=2),
    Operation("String", "ToUpper", {"SourceString": STRING}, (("{SourceString:1} in upper case", CLAUSE), ("ToUpper({SourceString})", ATOM))),
]
OPERATIONS: dict[str, list[Operation]] = {
    kind: [operation for operation in table for _ in range(operation.weight)]
    for kind, table in (("Float", FLOATS), ("Int", WHOLES), ("Vector", VECTORS), ("Rotator", ROTATORS), ("String", STRINGS))}
