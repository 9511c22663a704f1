"""The node types that people use most, each with what it is to the engine.

An event or function is `Class.Name` by the class that declares it, a node class its short name, a macro `Library:Name`.
The catalogue makes the pins; this table is the promise that these names keep their meaning.
"""

from __future__ import annotations

_EVENTS = """
Event_BeginPlay                 Actor.ReceiveBeginPlay
Event_Tick                      Actor.ReceiveTick
Event_EndPlay                   Actor.ReceiveEndPlay
Event_Destroyed                 Actor.ReceiveDestroyed
Event_ActorBeginOverlap         Actor.ReceiveActorBeginOverlap
Event_ActorEndOverlap           Actor.ReceiveActorEndOverlap
Event_Hit                       Actor.ReceiveHit
Event_AnyDamage                 Actor.ReceiveAnyDamage
Event_PointDamage               Actor.ReceivePointDamage
Event_RadialDamage              Actor.ReceiveRadialDamage
Event_ActorOnClicked            Actor.ReceiveActorOnClicked
Event_ActorBeginCursorOver      Actor.ReceiveActorBeginCursorOver
Event_Possessed                 Pawn.ReceivePossessed
Event_Unpossessed               Pawn.ReceiveUnpossessed
Event_OnLanded                  Character.OnLanded
Event_OnJumped                  Character.OnJumped
Event_OnMovementModeChanged     Character.K2_OnMovementModeChanged
Event_Construct                 UserWidget.Construct
Event_Destruct                  UserWidget.Destruct
Event_PreConstruct              UserWidget.PreConstruct
Event_Init                      GameInstance.ReceiveInit
Event_Shutdown                  GameInstance.ReceiveShutdown
Event_BlueprintUpdateAnimation  AnimInstance.BlueprintUpdateAnimation
Event_BlueprintInitializeAnimation AnimInstance.BlueprintInitializeAnimation
Event_PostLogin                 GameModeBase.K2_PostLogin
Event_DrawHUD                   HUD.ReceiveDrawHUD
"""

_NODES = """
Event_Custom            K2Node_CustomEvent
Event_Component         K2Node_ComponentBoundEvent
Event_Override          K2Node_Event
Event_EnhancedInput     K2Node_EnhancedInputAction
Event_InputAction       K2Node_InputAction
Event_InputAxis         K2Node_InputAxisEvent
Event_InputKey          K2Node_InputKey
Event_InputTouch        K2Node_InputTouch
FunctionEntry           K2Node_FunctionEntry
FunctionResult          K2Node_FunctionResult
Branch                  K2Node_IfThenElse
Sequence                K2Node_ExecutionSequence
MultiGate               K2Node_MultiGate
SwitchInt               K2Node_SwitchInteger
SwitchString            K2Node_SwitchString
SwitchName              K2Node_SwitchName
SwitchEnum              K2Node_SwitchEnum
Select                  K2Node_Select
Timeline                K2Node_Timeline
ForEachElementInEnum    K2Node_ForEachElementInEnum
VariableGet             K2Node_VariableGet
VariableSet             K2Node_VariableSet
Self                    K2Node_Self
Call                    K2Node_CallFunction
CallParent              K2Node_CallParentFunction
CallInterface           K2Node_Message
CastToCharacter         K2Node_DynamicCast
CastToPawn              K2Node_DynamicCast
CastToPlayerController  K2Node_DynamicCast
SpawnActorFromClass     K2Node_SpawnActorFromClass
ConstructObject         K2Node_GenericCreateObject
CreateWidget            K2Node_CreateWidget
AddComponentByClass     K2Node_AddComponentByClass
MakeArray               K2Node_MakeArray
MakeSet                 K2Node_MakeSet
MakeMap                 K2Node_MakeMap
GetArrayItem            K2Node_GetArrayItem
MakeStruct              K2Node_MakeStruct
BreakStruct             K2Node_BreakStruct
SetFieldsInStruct       K2Node_SetFieldsInStruct
FormatText              K2Node_FormatText
GetDataTableRow         K2Node_GetDataTableRow
GetSubsystem            K2Node_GetSubsystem
PlayMontage             K2Node_PlayMontage
AIMoveTo                K2Node_AIMoveTo
AsyncLoadAsset          K2Node_LoadAsset
BindEvent               K2Node_AddDelegate
UnbindEvent             K2Node_RemoveDelegate
CallDispatcher          K2Node_CallDelegate
CreateEvent             K2Node_CreateDelegate
Add                     K2Node_PromotableOperator
Subtract                K2Node_PromotableOperator
Multiply                K2Node_PromotableOperator
Divide                  K2Node_PromotableOperator
Less                    K2Node_PromotableOperator
Greater                 K2Node_PromotableOperator
LessEqual               K2Node_PromotableOperator
GreaterEqual            K2Node_PromotableOperator
EqualEqual              K2Node_PromotableOperator
NotEqual                K2Node_PromotableOperator
"""

_MACROS = """
ForEachLoop             StandardMacros:ForEachLoop
ForEachLoopWithBreak    StandardMacros:ForEachLoopWithBreak
ReverseForEachLoop      StandardMacros:ReverseForEachLoop
ForLoop                 StandardMacros:ForLoop
ForLoopWithBreak        StandardMacros:ForLoopWithBreak
WhileLoop               StandardMacros:WhileLoop
DoOnce                  StandardMacros:DoOnce
DoN                     StandardMacros:Do N
Gate                    StandardMacros:Gate
FlipFlop                StandardMacros:FlipFlop
IsValidBranch           StandardMacros:IsValid
IncrementInt            StandardMacros:IncrementInt
DecrementInt            StandardMacros:DecrementInt
SwitchHasAuthority      ActorMacros:Switch Has Authority
"""

_FUNCTIONS = """
PrintString             KismetSystemLibrary.PrintString
PrintText               KismetSystemLibrary.PrintText
Delay                   KismetSystemLibrary.Delay
RetriggerableDelay      KismetSystemLibrary.RetriggerableDelay
DelayUntilNextTick      KismetSystemLibrary.DelayUntilNextTick
IsValid                 KismetSystemLibrary.IsValid
IsValidClass            KismetSystemLibrary.IsValidClass
GetDisplayName          KismetSystemLibrary.GetDisplayName
SetTimerByEvent         KismetSystemLibrary.K2_SetTimerDelegate
SetTimerByFunctionName  KismetSystemLibrary.K2_SetTimer
ClearTimerByFunctionName KismetSystemLibrary.K2_ClearTimer
ClearAndInvalidateTimerByHandle KismetSystemLibrary.K2_ClearAndInvalidateTimerHandle
LineTraceSingle         KismetSystemLibrary.LineTraceSingle
SphereTraceSingle       KismetSystemLibrary.SphereTraceSingle
SphereOverlapActors     KismetSystemLibrary.SphereOverlapActors
QuitGame                KismetSystemLibrary.QuitGame
ExecuteConsoleCommand   KismetSystemLibrary.ExecuteConsoleCommand
GetGameTimeInSeconds    KismetSystemLibrary.GetGameTimeInSeconds
GetActorLocation        Actor.K2_GetActorLocation
SetActorLocation        Actor.K2_SetActorLocation
GetActorRotation        Actor.K2_GetActorRotation
SetActorRotation        Actor.K2_SetActorRotation
SetActorLocationAndRotation Actor.K2_SetActorLocationAndRotation
GetTransform            Actor.GetTransform
SetActorTransform       Actor.K2_SetActorTransform
TeleportTo              Actor.K2_TeleportTo
SetActorScale3D         Actor.SetActorScale3D
GetActorScale3D         Actor.GetActorScale3D
AddActorWorldOffset     Actor.K2_AddActorWorldOffset
AddActorLocalOffset     Actor.K2_AddActorLocalOffset
AddActorWorldRotation   Actor.K2_AddActorWorldRotation
AddActorLocalRotation   Actor.K2_AddActorLocalRotation
GetActorForwardVector   Actor.GetActorForwardVector
GetActorRightVector     Actor.GetActorRightVector
GetActorUpVector        Actor.GetActorUpVector
GetVelocity             Actor.GetVelocity
GetDistanceTo           Actor.GetDistanceTo
DestroyActor            Actor.K2_DestroyActor
SetActorHiddenInGame    Actor.SetActorHiddenInGame
SetActorEnableCollision Actor.SetActorEnableCollision
SetActorTickEnabled     Actor.SetActorTickEnabled
ActorHasTag             Actor.ActorHasTag
HasAuthority            Actor.HasAuthority
GetComponentByClass     Actor.GetComponentByClass
SetLifeSpan             Actor.SetLifeSpan
GetInstigator           Actor.GetInstigator
EnableInput             Actor.EnableInput
DisableInput            Actor.DisableInput
GetPlayerController     GameplayStatics.GetPlayerController
GetPlayerPawn           GameplayStatics.GetPlayerPawn
GetPlayerCharacter      GameplayStatics.GetPlayerCharacter
GetGameMode             GameplayStatics.GetGameMode
GetGameState            GameplayStatics.GetGameState
GetAllActorsOfClass     GameplayStatics.GetAllActorsOfClass
GetActorOfClass         GameplayStatics.GetActorOfClass
ApplyDamage             GameplayStatics.ApplyDamage
ApplyRadialDamage       GameplayStatics.ApplyRadialDamage
OpenLevel               GameplayStatics.OpenLevel
PlaySound2D             GameplayStatics.PlaySound2D
PlaySoundAtLocation     GameplayStatics.PlaySoundAtLocation
SpawnEmitterAtLocation  GameplayStatics.SpawnEmitterAtLocation
SetGamePaused           GameplayStatics.SetGamePaused
SetGlobalTimeDilation   GameplayStatics.SetGlobalTimeDilation
SaveGameToSlot          GameplayStatics.SaveGameToSlot
LoadGameFromSlot        GameplayStatics.LoadGameFromSlot
CreateSaveGameObject    GameplayStatics.CreateSaveGameObject
DoesSaveGameExist       GameplayStatics.DoesSaveGameExist
BreakHitResult          GameplayStatics.BreakHitResult
AddMovementInput        Pawn.AddMovementInput
AddControllerYawInput   Pawn.AddControllerYawInput
AddControllerPitchInput Pawn.AddControllerPitchInput
GetController           Pawn.GetController
Jump                    Character.Jump
StopJumping             Character.StopJumping
LaunchCharacter         Character.LaunchCharacter
Crouch                  Character.Crouch
UnCrouch                Character.UnCrouch
PlayAnimMontage         Character.PlayAnimMontage
Possess                 Controller.Possess
SetRelativeLocation     SceneComponent.K2_SetRelativeLocation
SetRelativeRotation     SceneComponent.K2_SetRelativeRotation
SetWorldLocation        SceneComponent.K2_SetWorldLocation
GetComponentLocation    SceneComponent.K2_GetComponentLocation
AddRelativeRotation     SceneComponent.K2_AddRelativeRotation
ToggleVisibility        SceneComponent.ToggleVisibility
SetSimulatePhysics      PrimitiveComponent.SetSimulatePhysics
SetCollisionEnabled     PrimitiveComponent.SetCollisionEnabled
SetMaterial             PrimitiveComponent.SetMaterial
CreateDynamicMaterialInstance PrimitiveComponent.CreateDynamicMaterialInstance
SetStaticMesh           StaticMeshComponent.SetStaticMesh
Activate                ActorComponent.Activate
SetMovementMode         CharacterMovementComponent.SetMovementMode
AddToViewport           UserWidget.AddToViewport
RemoveFromParent        Widget.RemoveFromParent
SetText                 TextBlock.SetText
SetPercent              ProgressBar.SetPercent
Widget.SetVisibility    Widget.SetVisibility
SceneComponent.SetVisibility SceneComponent.SetVisibility
AddImpulse              PrimitiveComponent.AddImpulse
AddForce                PrimitiveComponent.AddForce
SetInputMode_GameOnly   WidgetBlueprintLibrary.SetInputMode_GameOnly
SetInputMode_UIOnlyEx   WidgetBlueprintLibrary.SetInputMode_UIOnlyEx
BooleanAND              KismetMathLibrary.BooleanAND
BooleanOR               KismetMathLibrary.BooleanOR
Not_PreBool             KismetMathLibrary.Not_PreBool
FClamp                  KismetMathLibrary.FClamp
Clamp                   KismetMathLibrary.Clamp
Lerp                    KismetMathLibrary.Lerp
VLerp                   KismetMathLibrary.VLerp
FInterpTo               KismetMathLibrary.FInterpTo
VInterpTo               KismetMathLibrary.VInterpTo
RInterpTo               KismetMathLibrary.RInterpTo
Abs                     KismetMathLibrary.Abs
Sin                     KismetMathLibrary.Sin
FMin                    KismetMathLibrary.FMin
FMax                    KismetMathLibrary.FMax
Round                   KismetMathLibrary.Round
FTrunc                  KismetMathLibrary.FTrunc
RandomFloatInRange      KismetMathLibrary.RandomFloatInRange
RandomIntegerInRange    KismetMathLibrary.RandomIntegerInRange
RandomBool              KismetMathLibrary.RandomBool
MakeVector              KismetMathLibrary.MakeVector
BreakVector             KismetMathLibrary.BreakVector
MakeRotator             KismetMathLibrary.MakeRotator
BreakRotator            KismetMathLibrary.BreakRotator
MakeTransform           KismetMathLibrary.MakeTransform
Normal                  KismetMathLibrary.Normal
VSize                   KismetMathLibrary.VSize
Vector_Distance         KismetMathLibrary.Vector_Distance
Dot_VectorVector        KismetMathLibrary.Dot_VectorVector
FindLookAtRotation      KismetMathLibrary.FindLookAtRotation
Multiply_VectorFloat    KismetMathLibrary.Multiply_VectorFloat
Percent_IntInt          KismetMathLibrary.Percent_IntInt
Concat_StrStr           KismetStringLibrary.Concat_StrStr
Conv_IntToString        KismetStringLibrary.Conv_IntToString
Conv_DoubleToString     KismetStringLibrary.Conv_DoubleToString
Contains                KismetStringLibrary.Contains
Conv_StringToText       KismetTextLibrary.Conv_StringToText
Array_Add               KismetArrayLibrary.Array_Add
Array_Length            KismetArrayLibrary.Array_Length
Array_Contains          KismetArrayLibrary.Array_Contains
Array_RemoveItem        KismetArrayLibrary.Array_RemoveItem
Array_Clear             KismetArrayLibrary.Array_Clear
Array_Random            KismetArrayLibrary.Array_Random
Map_Add                 BlueprintMapLibrary.Map_Add
Map_Find                BlueprintMapLibrary.Map_Find
SpawnSystemAtLocation   NiagaraFunctionLibrary.SpawnSystemAtLocation
"""


def _table(text: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in text.strip().splitlines())


EVENTS, NODES, MACROS, FUNCTIONS = map(_table, (_EVENTS, _NODES, _MACROS, _FUNCTIONS))
COMMON_NODES: dict[str, str] = {**EVENTS, **NODES, **MACROS, **FUNCTIONS}
