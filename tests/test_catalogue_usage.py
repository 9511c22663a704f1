"""Spellings that people use: every node type resolves, with the pins that are right, to its canonical name."""

import pytest
from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl_ast import Params
from utils.dsl_parser import parse

CATALOGUE = load_catalogue()
# written [properties] | inputs | outputs | canonical name where it is another
IN_USE = """
PrintString [InString="Hi"]                     | Execute InString                  | Then
VariableGet [VarName="Health"]                  |                                   | Value
Event_BeginPlay                                 |                                   | Then
Branch                                          | Execute Condition                 | True False
VariableSet [VarName="Health"]                  | Execute Value                     | Then Value
Event_InputAction [ActionName="Jump"]           |                                   | Pressed
Event_ActorBeginOverlap                         |                                   | Then OtherActor
AddToViewport                                   | Execute Target                    | Then
Event_Tick                                      |                                   | Then DeltaSeconds
CreateWidget [WidgetClass=UserWidget]           | Execute                           | Then ReturnValue
GetActorLocation                                | Target                            | ReturnValue
LessThan [B=1.0]                                | A                                 | ReturnValue            | Less
Event_Custom [EventName="OnHeal"]               |                                   | Then
SetTimerByFunctionName [FunctionName="Fire", Time=1.0, Looping=true] | Execute      | Then
DestroyActor                                    | Execute Target                    | Then
Delay [Duration=2.0]                            | Execute                           | Completed
IsValid                                         | Input                             | ReturnValue
Concatenate [A="x"]                             | B                                 | ReturnValue            | Concat_StrStr
GetDistanceTo                                   | OtherActor                        | ReturnValue
RemoveFromParent                                | Execute Target                    | Then
SetActorLocation                                | Execute NewLocation Target        | Then
SpawnActorFromClass [ActorClass=Pawn]           | Execute SpawnTransform            | Then ReturnValue
CastToCharacter                                 | Execute Object                    | CastSucceeded CastFailed AsCharacter
MultiplyFloat [B=2.0]                           | A                                 | ReturnValue            | Multiply
GreaterThan [B=0.0]                             | A                                 | ReturnValue            | Greater
GetPlayerPawn                                   |                                   | ReturnValue
AddInt [B=1]                                    | A                                 | ReturnValue            | Add
ForEachLoop                                     | Execute Array                     | LoopBody ArrayElement Completed
Lerp [Alpha=0.5]                                | A B                               | ReturnValue
Gate                                            | Open Close Enter                  | Exit
ClearTimerByFunctionName [FunctionName="Fire"]  | Execute                           | Then
SubtractFloat [B=1.0]                           | A                                 | ReturnValue            | Subtract
ForLoop [FirstIndex=0, LastIndex=5]             | Execute                           | LoopBody Index Completed
AddFloat                                        | A B                               | ReturnValue            | Add
Event_AnyDamage                                 |                                   | Then Damage
AddImpulse                                      | Execute Impulse                   | Then
MakeVector [X=1.0]                              | Y Z                               | ReturnValue
AddActorLocalRotation                           | Execute DeltaRotation             | Then
FlipFlop                                        | Execute                           | A B
PlaySoundAtLocation                             | Execute Location                  | Then
Event_EndPlay                                   |                                   | Then
SetActorHiddenInGame [NewHidden=true]           | Execute                           | Then
DoOnce                                          | Execute                           | Completed
SwitchOnInt                                     | Execute Selection                 | Case_0 Case_1 Case_2 Case_3 Default | SwitchInt
GetDisplayName                                  | Target                            | ReturnValue
SetSimulatePhysics [Simulate=true]              | Execute Target                    | Then
Event_ActorEndOverlap                           |                                   | Then
Sequence                                        | Execute                           | Then_0 Then_1 Then_2
WhileLoop                                       | Execute Condition                 | LoopBody Completed
EqualEqual [B=1]                                | A                                 | ReturnValue
AddActorLocalOffset                             | Execute DeltaLocation             |
GetGameTimeInSeconds                            |                                   | ReturnValue
RandomFloat [Min=0.0, Max=1.0]                  |                                   | ReturnValue            | RandomFloatInRange
CastToPawn                                      | Execute Object                    | CastSucceeded CastFailed AsPawn
Clamp [Min=0, Max=10]                           | Value                             | ReturnValue
BreakVector                                     | Input                             | X Y Z
SetVisibility [NewVisibility=true]              | Execute                           |                        | SceneComponent.SetVisibility
GetActorForwardVector                           |                                   | ReturnValue
RandomInteger [Min=0, Max=9]                    |                                   | ReturnValue            | RandomIntegerInRange
SwitchOnString                                  | Execute Selection                 | Case_Attack Case_Build Default | SwitchString
GetVariable [VarName="Health"]                  |                                   | Value                  | VariableGet
SetVariable [VarName="Health"]                  | Execute Value                     | Then Value             | VariableSet
ToggleVisibility                                | Execute Target                    |
RetriggerableDelay [Duration=1.0]               | Execute                           | Completed
Event_Hit                                       |                                   | Then HitNormal
MultiGate                                       | Execute                           | Out_0 Out_1 Out_2
DivideFloat                                     | A B                               | ReturnValue            | Divide
SubtractInt [B=1]                               | A                                 | ReturnValue            | Subtract
MakeRotator                                     |                                   | ReturnValue
Event_CustomEvent [EventName="OnDied"]          |                                   | Then                   | Event_Custom
GetActorRotation                                |                                   | ReturnValue
SpawnActor [ActorClass=Pawn]                    | Execute                           |                        | SpawnActorFromClass
PlaySound                                       | Execute Location                  |                        | PlaySoundAtLocation
LessThanFloat                                   | A                                 | ReturnValue            | Less
NotBool                                         | Input                             | ReturnValue            | Not_PreBool
ActorHasTag [Tag="Enemy"]                       | Target                            | ReturnValue
Subtract                                        | A B                               | ReturnValue
Multiply [A=1.0, B=2.0]                         |                                   | ReturnValue
Add [B=1]                                       | A                                 | ReturnValue
AddForce                                        | Execute Force                     |
GetInputAxisValue [AxisName="MoveForward"]      |                                   | ReturnValue
Sin                                             | Input                             | ReturnValue
CastToPlayerController                          | Execute Object                    | CastSucceeded
Modulo [B=2]                                    | A                                 | ReturnValue            | Percent_IntInt
Max                                             | A B                               | ReturnValue
ArrayLength                                     | Array                             | ReturnValue            | Array_Length
BooleanAND                                      | A B                               | ReturnValue
NOT                                             | Input                             | ReturnValue            | Not_PreBool
BooleanOR                                       | A B                               | ReturnValue
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in IN_USE.strip().splitlines()]


@pytest.mark.parametrize("written, inputs, outputs, canonical", [(*row[:3], (row + [""])[3]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_spelling_in_use_is_read(written, inputs, outputs, canonical):
    wires = [f"DATA n2.X -> n1.{pin}" for pin in inputs.split()] + [f"DATA n1.{pin} -> n2.Y" for pin in outputs.split()]
    head = 'BLUEPRINT: B\nVAR Health: Float\nGRAPH: EventGraph\nNODE n1: {}\nNODE n2: Self\n'
    document = parse(head.format(written) + "".join(line + "\n" for line in wires))
    graph = document.graphs[0]
    node = graph.nodes[0]
    shape = CATALOGUE.shape(node, Scope.of(document, graph))
    assert shape.is_known and shape.problems == ()
    assert shape.type == (canonical or written.split(" ")[0])
    assert [wire.target.pin for wire in graph.wires if wire.target.node == "n1" and shape.pin(wire.target.pin, True) is None] == []
    assert [wire.source.pin for wire in graph.wires if wire.source.node == "n1" and shape.pin(wire.source.pin, False) is None] == []
    literals = [key for key, value in node.properties if key not in shape.identity and not isinstance(value, Params)]
    assert [key for key in literals if shape.pin(key, True) is None] == []
