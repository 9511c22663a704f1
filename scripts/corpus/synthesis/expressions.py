"""Small pure expressions by type: what can stand where a value is needed."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.synthesis import arguments as kinds
from corpus.synthesis.arguments import Argument, Kind
from corpus.synthesis.scene import Scene
from utils.dsl.ast import Value


@dataclass(frozen=True)
class Expression:
    """A pure node: its type, output pin, the words, and what its inputs take."""

    type: str
    node: str
    texts: tuple[str, ...]
    inputs: dict[str, Kind | Value]
    output: str = "ReturnValue"
    needs_actor: bool = False
    """Works on this Blueprint itself, which then has to be an actor."""

    def build(self, scene: Scene) -> Argument:
        slots: dict[str, str] = {}
        wired = {}
        scene.depth += 1
        for pin, kind in self.inputs.items():
            value, slots[pin] = kind.argument(scene) if isinstance(kind, Kind) else (kind, str(kind))
            if value is not None:
                wired[pin] = value
        scene.depth -= 1
        node = scene.pure(self.node, **wired)
        return node[self.output], scene.draw.pick(self.texts).format(**slots)


NAMED_FRAC = 0.3
"""How often a value comes from a function that has no words but its name."""


def expression(scene: Scene, kind: str) -> Argument | None:
    """A random expression of this type that fits the scene, or None."""
    from corpus.synthesis.named_calls import named_value

    if scene.depth == 0 and scene.draw.chance(NAMED_FRAC) and (made := named_value(scene, kind)):
        return made
    fitting = [e for e in EXPRESSIONS if e.type == kind and (not e.needs_actor or scene.document.parent in kinds.ACTOR_PARENTS)]
    return scene.draw.pick(fitting).build(scene) if fitting else None


def _e(kind: str, node: str, *texts: str, output: str = "ReturnValue", needs_actor: bool = False, **inputs: Kind | Value) -> Expression:
    return Expression(kind, node, texts, inputs, output, needs_actor)


F = kinds.real(0, 100, wired=0.2)
ACTOR = kinds.actor()
OTHER = kinds.actor(allow_self=False)
MATH = kinds.Kind("Float", None, 1.0)
WHOLE = kinds.Kind("Int", None, 1.0)
VECTOR = kinds.Kind("Vector", None, 1.0)

EXPRESSIONS: tuple[Expression, ...] = (
    _e("Float", "GetGameTimeInSeconds", "the game time in seconds", "the game time"),
    _e("Float", "GetWorldDeltaSeconds", "the world delta seconds", "the delta time of the world"),
    _e("Float", "GetDistanceTo", "the distance to {OtherActor}", "how far {OtherActor} is away", OtherActor=OTHER, needs_actor=True),
    _e("Float", "GetHorizontalDistanceTo", "the horizontal distance to {OtherActor}", OtherActor=OTHER, needs_actor=True),
    _e("Float", "RandomFloatInRange", "a random float between {Min} and {Max}", "a random float from {Min} to {Max}", Min=kinds.real(0, 10, wired=0), Max=kinds.real(11, 100, wired=0)),
    _e("Float", "RandomFloat", "a random float between 0 and 1"),
    _e("Float", "VSize", "the length of {A}", A=VECTOR),
    _e("Float", "Sin", "the sine of {A}", A=MATH),
    _e("Float", "Cos", "the cosine of {A}", A=MATH),
    _e("Float", "Abs", "the absolute value of {A}", A=MATH),
    _e("Float", "Sqrt", "the square root of {A}", A=MATH),
    _e("Float", "Lerp", "the interpolation from {A} to {B} by {Alpha}", A=kinds.real(0, 10, wired=0), B=kinds.real(20, 200, wired=0), Alpha=MATH),
    _e("Float", "FClamp", "{Value} clamped between {Min} and {Max}", Value=MATH, Min=kinds.real(0, 5, wired=0), Max=kinds.real(10, 200, wired=0)),
    _e("Float", "FMax", "the larger of {A} and {B}", A=MATH, B=kinds.real(1, 100, wired=0)),
    _e("Float", "FMin", "the smaller of {A} and {B}", A=MATH, B=kinds.real(1, 100, wired=0)),
    _e("Float", "Multiply", "{A} times {B}", "{A} multiplied by {B}", A=MATH, B=kinds.real(0.1, 20, wired=0)),
    _e("Float", "Divide", "{A} divided by {B}", A=MATH, B=kinds.real(1, 20, wired=0)),
    _e("Float", "Add", "{A} plus {B}", A=MATH, B=kinds.real(1, 100, wired=0)),
    _e("Float", "Subtract", "{A} minus {B}", A=MATH, B=kinds.real(1, 100, wired=0)),
    _e("Float", "GetLifeSpan", "its remaining life span", needs_actor=True),
    _e("Float", "GetGameTimeSinceCreation", "the time since it was created", needs_actor=True),
    _e("Int", "RandomIntegerInRange", "a random integer between {Min} and {Max}", "a random whole number from {Min} to {Max}", Min=kinds.whole(0, 9, wired=0), Max=kinds.whole(10, 100, wired=0)),
    _e("Int", "Add", "{A} plus {B}", A=WHOLE, B=kinds.whole(1, 50, wired=0)),
    _e("Int", "Multiply", "{A} times {B}", A=WHOLE, B=kinds.whole(2, 10, wired=0)),
    _e("Int", "Subtract", "{A} minus {B}", A=WHOLE, B=kinds.whole(1, 50, wired=0)),
    _e("Int", "Percent_IntInt", "{A} modulo {B}", "the remainder of {A} divided by {B}", A=WHOLE, B=kinds.whole(2, 12, wired=0)),
    _e("Int", "Clamp", "{Value} clamped between {Min} and {Max}", Value=WHOLE, Min=kinds.whole(1, 5, wired=0), Max=kinds.whole(10, 100, wired=0)),
    _e("Int", "Max", "the larger of {A} and {B}", A=WHOLE, B=kinds.whole(1, 100, wired=0)),
    _e("Int", "Min", "the smaller of {A} and {B}", A=WHOLE, B=kinds.whole(1, 100, wired=0)),
    _e("Int", "Round", "{A} rounded to the nearest integer", A=MATH),
    _e("Int", "FFloor", "{A} rounded down", A=MATH),
    _e("Int", "FCeil", "{A} rounded up", A=MATH),
    _e("Int", "Array_Length", "the length of {TargetArray}", "the number of elements in {TargetArray}", TargetArray=kinds.component_of("Array<Actor>")),
    _e("Int", "Len", "the number of characters of {S}", S=kinds.Kind("String", None, 1.0)),
    _e("Vector", "GetActorLocation", "the location of {Target}", "where {Target} is", Target=ACTOR),
    _e("Vector", "GetActorForwardVector", "the forward vector of {Target}", Target=ACTOR),
    _e("Vector", "GetActorUpVector", "the up vector of {Target}", Target=ACTOR),
    _e("Vector", "GetActorRightVector", "the right vector of {Target}", Target=ACTOR),
    _e("Vector", "GetVelocity", "the velocity of {Target}", Target=ACTOR),
    _e("Vector", "GetActorScale3D", "the scale of {Target}", Target=ACTOR),
    _e("Vector", "RandomUnitVector", "a random unit vector"),
    _e("Vector", "Add", "{A} plus {B}", A=VECTOR, B=kinds.vector(300, wired=0)),
    _e("Vector", "Normal", "{A} normalized", A=VECTOR),
    _e("Rotator", "GetActorRotation", "the rotation of {Target}", Target=ACTOR),
    _e("Rotator", "FindLookAtRotation", "the look-at rotation from {Start} to {Target}", Start=VECTOR, Target=VECTOR),
    _e("Rotator", "RandomRotator", "a random rotator"),
    _e("String", "GetDisplayName", "the display name of {Object}", Object=OTHER),
    _e("String", "Concat_StrStr", "{A} followed by {B}", A=kinds.message(wired=0), B=kinds.Kind("String", None, 1.0)),
    _e("String", "ToUpper", "{SourceString} in upper case", SourceString=kinds.Kind("String", None, 1.0)),
    _e("String", "ToLower", "{SourceString} in lower case", SourceString=kinds.Kind("String", None, 1.0)),
    _e("Float", "GetActorTimeDilation", "the time dilation of {Target}", Target=ACTOR),
    _e("Float", "GetRealTimeSeconds", "the real time in seconds"),
    _e("Float", "FInterpTo", "{Current} interpolated to {Target} with speed {InterpSpeed} (FInterp To, world delta seconds)", Current=MATH, Target=F, DeltaTime=kinds.from_node("GetWorldDeltaSeconds"), InterpSpeed=kinds.real(1, 20, wired=0)),
    _e("Float", "MapRangeClamped", "{Value} mapped from {InRangeA}..{InRangeB} to {OutRangeA}..{OutRangeB}, clamped", Value=MATH, InRangeA=kinds.real(1, 5, wired=0), InRangeB=kinds.real(6, 50, wired=0), OutRangeA=kinds.real(1, 20, wired=0), OutRangeB=kinds.real(30, 200, wired=0)),
    _e("Float", "SelectFloat", "{A} if {bPickA}, else {B}", A=kinds.real(1, 50, wired=0), B=kinds.real(51, 200, wired=0), bPickA=kinds.FLAG),
    _e("Float", "MultiplyMultiply_FloatFloat", "{Base} to the power of {Exp}", Base=MATH, Exp=kinds.real(1, 4, wired=0)),
    _e("Float", "Vector_Distance", "the distance between {V1} and {V2}", V1=VECTOR, V2=VECTOR),
    _e("Float", "Dot_VectorVector", "the dot product of {A} and {B}", A=VECTOR, B=VECTOR),
    _e("Int", "SelectInt", "{A} if {bPickA}, else {B}", A=kinds.whole(1, 20, wired=0), B=kinds.whole(21, 60, wired=0), bPickA=kinds.FLAG),
    _e("Int", "RandomInteger", "a random integer below {Max}", Max=kinds.whole(2, 100, wired=0)),
    _e("Int", "Abs_Int", "the absolute value of {A}", A=WHOLE),
    _e("Vector", "VLerp", "the interpolation from {A} to {B} by {Alpha}", A=VECTOR, B=VECTOR, Alpha=kinds.real(0.1, 0.9, wired=0.4)),
    _e("Vector", "VInterpTo", "{Current} interpolated to {Target} with speed {InterpSpeed} (VInterp To, world delta seconds)", Current=VECTOR, Target=VECTOR, DeltaTime=kinds.from_node("GetWorldDeltaSeconds"), InterpSpeed=kinds.real(1, 20, wired=0)),
    _e("Vector", "Subtract", "{A} minus {B}", A=VECTOR, B=VECTOR),
    _e("Vector", "Cross_VectorVector", "the cross product of {A} and {B}", A=VECTOR, B=VECTOR),
    _e("Vector", "GetForwardVector", "the forward vector of the rotation {InRot}", InRot=kinds.Kind("Rotator", None, 1.0)),
    _e("Vector", "MakeVector", "a vector with X {X}, Y {Y} and Z {Z}", X=MATH, Y=kinds.real(1, 200, wired=0), Z=kinds.real(1, 200, wired=0)),
    _e("Vector", "RandomPointInBoundingBox", "a random point in the box at {Center} with half size {HalfSize}", Center=VECTOR, HalfSize=kinds.vector(500, wired=0)),
    _e("Rotator", "MakeRotator", "a rotator with yaw {Yaw}", Yaw=MATH),
    _e("Rotator", "RLerp", "the interpolation from {A} to {B} by {Alpha}", A=kinds.rotator(wired=1), B=kinds.rotator(wired=0), Alpha=kinds.real(0.1, 0.9, wired=0.4)),
    _e("Rotator", "RInterpTo", "{Current} interpolated to {Target} with speed {InterpSpeed} (RInterp To, world delta seconds)", Current=kinds.rotator(wired=1), Target=kinds.rotator(wired=1), DeltaTime=kinds.from_node("GetWorldDeltaSeconds"), InterpSpeed=kinds.real(1, 20, wired=0)),
    _e("String", "Replace", "{SourceString} with {From} replaced by {To}", SourceString=kinds.Kind("String", None, 1.0), From=kinds.message(wired=0), To=kinds.message(wired=0)),
    _e("String", "GetSubstring", "{Length} characters of {SourceString} from index {StartIndex}", SourceString=kinds.Kind("String", None, 1.0), StartIndex=kinds.whole(1, 10, wired=0), Length=kinds.whole(1, 20, wired=0)),
    _e("String", "GetCurrentLevelName", "the name of the current level"),
    _e("String", "GetPlatformName", "the platform name"),
    _e("Transform", "GetTransform", "the transform of {Target}", Target=ACTOR),
    _e("Transform", "MakeTransform", "a transform at {Location}", Location=VECTOR),
    _e("Actor", "GetOwner", "its owner", needs_actor=True),
    _e("Actor", "GetInstigator", "its instigator", needs_actor=True),
)
