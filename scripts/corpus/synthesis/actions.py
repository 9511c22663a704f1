"""Steps: one node that executes, its inputs, and the words for it.

A row of the table is (families, node type, wordings, inputs). `{Pin}` in a wording stands for what goes on that pin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.synthesis import arguments as kinds
from corpus.synthesis import vocabulary as words
from corpus.synthesis.arguments import Kind
from corpus.synthesis.phrase import Clause
from corpus.synthesis.scene import Scene
from utils.dsl.ast import Value


@dataclass(frozen=True)
class Action:
    family: str
    node: str
    texts: tuple[str, ...]
    inputs: dict[str, Kind | Value]
    parents: tuple[str, ...] = ()
    """Classes of this Blueprint that have the function; empty: any."""
    ends: bool = False
    """Whether nothing sensible can follow."""
    result: tuple[str, str, str] | None = None
    """(output pin, DSL type, words): what later steps may use."""
    then: str = "Then"

    def fits(self, scene: Scene) -> bool:
        return not self.parents or scene.document.parent in self.parents

    def perform(self, scene: Scene) -> Clause:
        slots: dict[str, str] = {}
        values = {}
        for pin, kind in self.inputs.items():
            value, slots[pin] = kind.argument(scene) if isinstance(kind, Kind) else (kind, str(kind))
            if value is not None:
                values[pin] = value
        node = scene.step(self.node, then=self.then, **values)
        if self.result:
            pin, kind, text = self.result
            scene.offer(text.format(**slots), kind, node[pin])
        return Clause(scene.draw.pick(self.texts).format(**slots))


Step = Callable[[Scene], Clause]
ACTIONS: list[Action] = []
CUSTOM_STEPS: list[tuple[str, Step]] = []


def _a(family: str, node: str, *texts: str, parents: tuple[str, ...] = (), ends: bool = False, result: tuple[str, str, str] | None = None,
       then: str = "Then", **inputs: Kind | Value) -> None:
    ACTIONS.append(Action(family, node, texts, inputs, parents, ends, result, then))


def step_of(family: str) -> Callable[[Step], Step]:
    """Register a step that takes more than one node."""
    def register(step: Step) -> Step:
        CUSTOM_STEPS.append((family, step))
        return step

    return register


ACTOR_LIKE = kinds.ACTOR_PARENTS
SELF_OR_ACTOR = kinds.actor()
OTHER = kinds.actor(allow_self=False)
F = kinds.real
MESH = kinds.component_of("StaticMeshComponent")
LIGHT = kinds.component_of("PointLightComponent")
AUDIO = kinds.component_of("AudioComponent")
PARTICLES = kinds.component_of("ParticleSystemComponent")
NIAGARA = kinds.component_of("NiagaraComponent")
SCENE_COMPONENT = kinds.component_of("SceneComponent")
WIDGET = kinds.component_of("UserWidget")
CHARACTER = kinds.component_of("Character")

_a("print", "PrintString", "print {InString}", "print {InString}", "print {InString}", "show {InString}", "show the message {InString}", "show the text {InString}", "log {InString}", "write {InString} on the screen", "print {InString} to the screen", InString=kinds.message())
_a("actor", "SetActorHiddenInGame", "hide {Target}", "hide {Target} in game", "make {Target} invisible in game", Target=SELF_OR_ACTOR, bNewHidden=True)
_a("actor", "SetActorHiddenInGame", "show {Target} in game again", "make {Target} visible in game", Target=SELF_OR_ACTOR, bNewHidden=False)
_a("actor", "SetActorEnableCollision", "disable the collision of {Target}", "turn the collision of {Target} off", Target=SELF_OR_ACTOR, bNewActorEnableCollision=False)
_a("actor", "SetActorEnableCollision", "enable collision on {Target}", "turn collision of {Target} on", Target=SELF_OR_ACTOR, bNewActorEnableCollision=True)
_a("actor", "SetActorTickEnabled", "enable ticking of {Target}", Target=SELF_OR_ACTOR, bEnabled=True)
_a("actor", "SetActorScale3D", "set the scale of {Target} to {NewScale3D}", "scale {Target} to {NewScale3D}", Target=SELF_OR_ACTOR, NewScale3D=kinds.vector(5))
_a("movement", "SetActorLocation", "move {Target} to {NewLocation}", "set the location of {Target} to {NewLocation}", "teleport {Target} to {NewLocation}", Target=SELF_OR_ACTOR, NewLocation=kinds.vector(2000))
_a("movement", "SetActorRotation", "set the rotation of {Target} to {NewRotation}", "rotate {Target} to {NewRotation}", Target=SELF_OR_ACTOR, NewRotation=kinds.rotator())
_a("movement", "AddActorWorldOffset", "move {Target} by {DeltaLocation}", "offset {Target} by {DeltaLocation} in world space", Target=SELF_OR_ACTOR, DeltaLocation=kinds.vector(500))
_a("movement", "AddActorLocalOffset", "move {Target} locally by {DeltaLocation}", "offset {Target} by {DeltaLocation} in local space", Target=SELF_OR_ACTOR, DeltaLocation=kinds.vector(500))
_a("movement", "AddActorLocalRotation", "rotate {Target} locally by {DeltaRotation}", "turn {Target} by {DeltaRotation} in local space", Target=SELF_OR_ACTOR, DeltaRotation=kinds.rotator())
_a("movement", "AddActorWorldRotation", "rotate {Target} by {DeltaRotation} in world space", Target=SELF_OR_ACTOR, DeltaRotation=kinds.rotator())
_a("actor", "AttachToActor", "attach {Target} to {ParentActor}", Target=kinds.Kind("Actor", None, 1.0), ParentActor=OTHER)
_a("actor", "DetachFromActor", "detach {Target} from its parent", Target=SELF_OR_ACTOR)
_a("actor", "SetOwner", "set the owner of {Target} to {NewOwner}", Target=SELF_OR_ACTOR, NewOwner=OTHER)
_a("actor", "SetLifeSpan", "set the life span of {Target} to {InLifespan} seconds", "let {Target} live for {InLifespan} seconds", Target=SELF_OR_ACTOR, InLifespan=F(1, 60))
_a("actor", "DestroyActor", "destroy {Target}", "remove {Target} from the level", Target=OTHER)
_a("end", "DestroyActor", "destroy itself", "destroy this actor", "remove this actor", "destroy self", parents=ACTOR_LIKE, ends=True)
_a("damage", "ApplyDamage", "apply {BaseDamage} damage to {DamagedActor}", "damage {DamagedActor} by {BaseDamage}", "deal {BaseDamage} damage to {DamagedActor}", DamagedActor=OTHER, BaseDamage=F(1, 100))
_a("damage", "ApplyRadialDamage", "apply {BaseDamage} radial damage at {Origin} with radius {DamageRadius} and the damage type class DamageType", BaseDamage=F(5, 200), Origin=kinds.vector(1000, wired=0.8), DamageRadius=F(100, 2000, 0), DamageTypeClass="DamageType")
_a("audio", "PlaySound2D", "play the sound {Sound}", "play {Sound} as a 2D sound", Sound=kinds.one_of(words.SOUNDS))
_a("audio", "PlaySoundAtLocation", "play the sound {Sound} at {Location}", "play {Sound} at {Location}", Sound=kinds.one_of(words.SOUNDS), Location=kinds.vector(1000, wired=0.8))
_a("audio", "AudioComponent.Play", "start the audio of {Target}", "play {Target}", Target=AUDIO)
_a("audio", "AudioComponent.Stop", "stop {Target}", "stop the audio of {Target}", Target=AUDIO)
_a("audio", "AudioComponent.FadeOut", "fade {Target} out over {FadeOutDuration} seconds to a volume of {FadeVolumeLevel}", Target=AUDIO, FadeOutDuration=F(0.5, 10), FadeVolumeLevel=F(0, 0.9))
_a("audio", "AudioComponent.FadeIn", "fade {Target} in over {FadeInDuration} seconds", Target=AUDIO, FadeInDuration=F(0.5, 10))
_a("audio", "SetVolumeMultiplier", "set the volume multiplier of {Target} to {NewVolumeMultiplier}", Target=AUDIO, NewVolumeMultiplier=F(0.1, 3))
_a("audio", "SetPitchMultiplier", "set the pitch multiplier of {Target} to {NewPitchMultiplier}", Target=AUDIO, NewPitchMultiplier=F(0.1, 3))
_a("light", "SetIntensity", "set the intensity of {Target} to {NewIntensity}", Target=LIGHT, NewIntensity=F(100, 9000, 0))
_a("light", "SetAttenuationRadius", "set the attenuation radius of {Target} to {NewRadius}", Target=LIGHT, NewRadius=F(100, 3000, 0))
_a("component", "SceneComponent.ToggleVisibility", "toggle the visibility of {Target}", Target=SCENE_COMPONENT)
_a("component", "SceneComponent.SetVisibility", "show {Target}", "make {Target} visible", Target=SCENE_COMPONENT, bNewVisibility=True)
_a("component", "SceneComponent.SetHiddenInGame", "hide {Target} in game", Target=SCENE_COMPONENT, NewHidden=True)
_a("component", "SetRelativeLocation", "set the relative location of {Target} to {NewLocation}", Target=SCENE_COMPONENT, NewLocation=kinds.vector(300))
_a("component", "SetRelativeRotation", "set the relative rotation of {Target} to {NewRotation}", Target=SCENE_COMPONENT, NewRotation=kinds.rotator())
_a("component", "SetRelativeScale3D", "set the relative scale of {Target} to {NewScale3D}", Target=SCENE_COMPONENT, NewScale3D=kinds.vector(4))
_a("component", "AddLocalRotation", "rotate {Target} locally by {DeltaRotation}", Target=SCENE_COMPONENT, DeltaRotation=kinds.rotator())
_a("component", "AddRelativeLocation", "move {Target} relatively by {DeltaLocation}", Target=SCENE_COMPONENT, DeltaLocation=kinds.vector(300))
_a("physics", "SetSimulatePhysics", "make {Target} simulate physics", "turn on physics simulation for {Target}", Target=MESH, bSimulate=True)
_a("physics", "SetSimulatePhysics", "turn off physics simulation for {Target}", Target=MESH, bSimulate=False)
_a("physics", "SetEnableGravity", "enable gravity on {Target}", Target=MESH, bGravityEnabled=True)
_a("physics", "PrimitiveComponent.AddImpulse", "add an impulse of {Impulse} to {Target}", "push {Target} with an impulse of {Impulse}", Target=MESH, Impulse=kinds.vector(2000))
_a("physics", "PrimitiveComponent.AddForce", "add a force of {Force} to {Target}", Target=MESH, Force=kinds.vector(2000))
_a("physics", "SetPhysicsLinearVelocity", "set the physics linear velocity of {Target} to {NewVel}", Target=MESH, NewVel=kinds.vector(1000))
_a("physics", "SetMassOverrideInKg", "override the mass of {Target} with {MassInKg} kg", Target=MESH, MassInKg=F(1, 500, 0))
_a("material", "SetMaterial", "set the material {Material} on element {ElementIndex} of {Target}", Target=MESH, ElementIndex=kinds.whole(1, 5, wired=0), Material=kinds.one_of(words.MATERIALS))
_a("material", "SetScalarParameterValueOnMaterials", "set the scalar material parameter {ParameterName} of {Target} to {ParameterValue}", Target=MESH, ParameterName=kinds.one_of(("Glow", "Fade", "Heat", "Dissolve", "Opacity", "Wetness")), ParameterValue=F(0.1, 10))
_a("material", "SetStaticMesh", "set the static mesh of {Target} to {NewMesh}", Target=MESH, NewMesh=kinds.one_of(words.MESHES))
_a("effect", "SpawnSystemAtLocation", "spawn the effect {SystemTemplate} at {Location}", SystemTemplate=kinds.one_of(words.EFFECTS), Location=kinds.vector(1000, wired=0.8))
_a("effect", "ActorComponent.Activate", "activate {Target}", Target=NIAGARA)
_a("effect", "ActorComponent.Deactivate", "deactivate {Target}", Target=PARTICLES)
_a("level", "OpenLevel", "open the level {LevelName}", "load the level {LevelName}", LevelName=kinds.one_of(words.LEVELS), ends=True)
_a("level", "QuitGame", "quit the game", ends=True)
_a("level", "ExecuteConsoleCommand", "run the console command {Command}", Command=kinds.one_of(("stat fps", "stat unit", "show collision", "slomo 0.5", "r.ScreenPercentage 50", "disconnect"), is_quoted=True))
_a("game", "SetGamePaused", "pause the game", "set the game paused", bPaused=True)
_a("game", "SetGamePaused", "unpause the game", "set the game paused to false", bPaused=False)
_a("game", "SetGlobalTimeDilation", "set the global time dilation to {TimeDilation}", "slow time to {TimeDilation}", TimeDilation=F(0.1, 2))
_a("ui", "RemoveFromParent", "remove {Target} from the screen", "take {Target} off the screen", Target=WIDGET)
_a("ui", "Widget.SetVisibility", "make {Target} {InVisibility}", Target=WIDGET, InVisibility=kinds.enumerator(("Hidden", "hidden"), ("Collapsed", "collapsed"), ("HitTestInvisible", "visible but not hit-testable")))
_a("ui", "ProgressBar.SetPercent", "set the percent of {Target} to {InPercent}", Target=kinds.component_of("ProgressBar"), InPercent=F(0, 1, 2, wired=0.6))
_a("character", "Jump", "make it jump", "jump", parents=("Character",))
_a("character", "StopJumping", "stop jumping", parents=("Character",))
_a("character", "Crouch", "crouch", "make it crouch", parents=("Character",))
_a("character", "UnCrouch", "uncrouch", "make it stand up", parents=("Character",))
_a("character", "LaunchCharacter", "launch {Target} with a velocity of {LaunchVelocity}", Target=CHARACTER, LaunchVelocity=kinds.vector(1500))
_a("character", "PlayAnimMontage", "play the montage {AnimMontage} on {Target}", Target=CHARACTER, AnimMontage=kinds.one_of(words.MONTAGES))
_a("ai", "SimpleMoveToLocation", "move the controller of it to {Goal}", parents=("Controller",), Goal=kinds.vector(1000))
_a("timer", "ClearTimerByFunctionName", "clear the timer of the function {FunctionName}", "stop the timer of {FunctionName}", FunctionName=kinds.one_of(words.EVENT_NAMES))
_a("timer", "SetTimerByFunctionName", "set a timer that calls the function {FunctionName} every {Time} seconds", "start a looping timer on the function {FunctionName} with {Time} seconds", FunctionName=kinds.one_of(words.EVENT_NAMES), Time=F(0.1, 30, wired=0.15), bLooping=True)
_a("timer", "SetTimerByFunctionName", "set a timer that calls the function {FunctionName} once after {Time} seconds", FunctionName=kinds.one_of(words.EVENT_NAMES), Time=F(0.1, 30, wired=0.15))

PRIMITIVE = kinds.component_of("PrimitiveComponent")
_a("physics", "SetCollisionEnabled", "set the collision of {Target} to {NewType}", Target=PRIMITIVE, NewType=kinds.enumerator(("QueryOnly", "query only"), ("PhysicsOnly", "physics only"), ("QueryAndPhysics", "query and physics")))
_a("physics", "SetCollisionProfileName", "set the collision profile of {Target} to {InCollisionProfileName}", Target=PRIMITIVE, InCollisionProfileName=kinds.one_of(("NoCollision", "BlockAll", "OverlapAll", "Pawn", "PhysicsActor", "Ragdoll")))
_a("physics", "SetPhysicsAngularVelocityInDegrees", "set the physics angular velocity of {Target} to {NewAngVel} degrees", Target=MESH, NewAngVel=kinds.vector(360))
_a("physics", "SetLinearDamping", "set the linear damping of {Target} to {InDamping}", Target=MESH, InDamping=F(0.1, 10))
_a("physics", "SetAngularDamping", "set the angular damping of {Target} to {InDamping}", Target=MESH, InDamping=F(0.1, 10))
_a("physics", "AddRadialImpulse", "add a radial impulse at {Origin} with radius {Radius} and strength {Strength} to {Target}", Target=MESH, Origin=kinds.vector(500, wired=0.8), Radius=F(100, 2000, 0), Strength=F(100, 5000, 0))
_a("component", "SetWorldLocation", "set the world location of {Target} to {NewLocation}", Target=SCENE_COMPONENT, NewLocation=kinds.vector(2000))
_a("component", "SetWorldRotation", "set the world rotation of {Target} to {NewRotation}", Target=SCENE_COMPONENT, NewRotation=kinds.rotator())
_a("component", "SetWorldScale3D", "set the world scale of {Target} to {NewScale}", Target=SCENE_COMPONENT, NewScale=kinds.vector(4))
_a("component", "AddRelativeRotation", "rotate {Target} relatively by {DeltaRotation}", Target=SCENE_COMPONENT, DeltaRotation=kinds.rotator())
_a("component", "AddWorldOffset", "offset {Target} by {DeltaLocation} in world space", Target=SCENE_COMPONENT, DeltaLocation=kinds.vector(400))
_a("component", "AddLocalOffset", "offset {Target} by {DeltaLocation} in local space", Target=SCENE_COMPONENT, DeltaLocation=kinds.vector(400))
_a("component", "DestroyComponent", "destroy {Target} with DestroyComponent", Target=SCENE_COMPONENT)
_a("component", "SetComponentTickEnabled", "enable the component tick of {Target}", Target=SCENE_COMPONENT, bEnabled=True)
_a("component", "SetSphereRadius", "set the sphere radius of {Target} to {InSphereRadius}", Target=kinds.component_of("SphereComponent"), InSphereRadius=F(10, 1000, 0))
_a("component", "SetBoxExtent", "set the box extent of {Target} to {InBoxExtent}", Target=kinds.component_of("BoxComponent"), InBoxExtent=kinds.vector(500))
_a("light", "SetLightColor", "set the light color of {Target} to {NewLightColor}", Target=LIGHT, NewLightColor=kinds.colour())
_a("light", "SetCastShadows", "make {Target} cast shadows", Target=LIGHT, bNewValue=True)
_a("light", "SetIntensity", "turn {Target} off by setting its intensity to 0", "set the intensity of {Target} to 0", Target=LIGHT, NewIntensity=0.0)
_a("material", "SetVectorParameterValueOnMaterials", "set the vector material parameter {ParameterName} of {Target} to {ParameterValue}", Target=MESH, ParameterName=kinds.one_of(("Tint", "Color", "Emissive", "Wind")), ParameterValue=kinds.vector(10))
_a("material", "SetRenderCustomDepth", "turn on custom depth rendering for {Target}", Target=MESH, bValue=True)
_a("effect", "SpawnEmitterAtLocation", "spawn the particle emitter {EmitterTemplate} at {Location}", EmitterTemplate=kinds.one_of(("P_Explosion", "P_Fire", "P_Smoke", "P_Sparks")), Location=kinds.vector(1000, wired=0.8))
_a("effect", "SpawnSystemAttached", "spawn the effect {SystemTemplate} attached to {AttachToComponent}", SystemTemplate=kinds.one_of(words.EFFECTS), AttachToComponent=SCENE_COMPONENT)
_a("effect", "SetNiagaraVariableFloat", "set the Niagara float {InVariableName} of {Target} to {InValue}", Target=NIAGARA, InVariableName=kinds.one_of(("SpawnRate", "Size", "Speed", "Lifetime"), is_quoted=True), InValue=F(0.1, 100))
_a("audio", "SpawnSoundAtLocation", "spawn the sound {Sound} at {Location}", Sound=kinds.one_of(words.SOUNDS), Location=kinds.vector(1000, wired=0.8))
_a("audio", "SpawnSound2D", "spawn the 2D sound {Sound}", Sound=kinds.one_of(words.SOUNDS))
_a("audio", "SpawnSoundAttached", "spawn the sound {Sound} attached to {AttachToComponent}", Sound=kinds.one_of(words.SOUNDS), AttachToComponent=SCENE_COMPONENT)
_a("audio", "AudioComponent.SetPaused", "pause the audio of {Target}", Target=AUDIO, bPause=True)
_a("ui", "SetText", "set the text of {Target} to {InText}", Target=kinds.component_of("TextBlock"), InText=kinds.Kind("Text", None, 1.0))
_a("ui", "SetIsEnabled", "enable the widget {Target}", Target=WIDGET, bInIsEnabled=True)
_a("ui", "SetRenderOpacity", "set the render opacity of {Target} to {InOpacity}", Target=WIDGET, InOpacity=F(0, 0.9, 2))
_a("ui", "Widget.SetFocus", "give {Target} the focus", "set the focus to {Target}", Target=WIDGET)
_a("character", "StopAnimMontage", "stop the montage {AnimMontage} on {Target}", Target=CHARACTER, AnimMontage=kinds.one_of(words.MONTAGES))
_a("character", "AddMovementInput", "add movement input in the direction {WorldDirection} with scale {ScaleValue}", parents=("Pawn", "Character"), WorldDirection=kinds.vector(1, wired=0.8), ScaleValue=F(0.1, 0.9))
_a("character", "AddControllerYawInput", "add a controller yaw input of {Val}", parents=("Pawn", "Character"), Val=F(0.1, 10))
_a("character", "AddControllerPitchInput", "add a controller pitch input of {Val}", parents=("Pawn", "Character"), Val=F(0.1, 10))
_a("actor", "SetReplicates", "turn on replication of {Target}", Target=SELF_OR_ACTOR, bInReplicates=True)
_a("actor", "SetActorTransform", "set the transform of {Target} to {NewTransform}", Target=SELF_OR_ACTOR, NewTransform=kinds.Kind("Transform", None, 1.0))
_a("actor", "SetActorRelativeLocation", "set the relative location of {Target} to {NewRelativeLocation}", Target=SELF_OR_ACTOR, NewRelativeLocation=kinds.vector(500))
_a("actor", "SetActorRelativeRotation", "set the relative rotation of {Target} to {NewRelativeRotation}", Target=SELF_OR_ACTOR, NewRelativeRotation=kinds.rotator())
_a("actor", "AddTickPrerequisiteActor", "make {Target} tick after {PrerequisiteActor}", Target=SELF_OR_ACTOR, PrerequisiteActor=OTHER)
_a("movement", "SetActorLocationAndRotation", "set the location and rotation of {Target} to {NewLocation} and {NewRotation} in one step", Target=SELF_OR_ACTOR, NewLocation=kinds.vector(2000), NewRotation=kinds.rotator())
_a("movement", "TeleportTo", "use TeleportTo to bring {Target} to {DestLocation} with {DestRotation}", Target=SELF_OR_ACTOR, DestLocation=kinds.vector(2000), DestRotation=kinds.rotator())
_a("ai", "SimpleMoveToActor", "move {Controller} with SimpleMoveToActor to {Goal}", Controller=kinds.component_of("Controller"), Goal=OTHER)
_a("ai", "SimpleMoveToLocation", "make {Controller} move to {Goal}", Controller=kinds.component_of("Controller"), Goal=kinds.vector(1500))
_a("ai", "AIController.MoveToActor", "make {Target} use Move To Actor with {Goal} as the goal and an acceptance radius of {AcceptanceRadius}", Target=kinds.component_of("AIController"), Goal=OTHER, AcceptanceRadius=F(10, 300, 0))
_a("ai", "AIController.MoveToLocation", "make {Target} walk to {Dest}", Target=kinds.component_of("AIController"), Dest=kinds.vector(1500))
_a("ai", "Controller.StopMovement", "stop the movement of {Target}", Target=kinds.component_of("AIController"))
_a("ai", "RunBehaviorTree", "run the behavior tree {BTAsset} on {Target}", Target=kinds.component_of("AIController"), BTAsset=kinds.one_of(("BT_Enemy", "BT_Guard", "BT_Patrol", "BT_Boss")))
_a("ai", "SetValueAsBool", "set the blackboard key {KeyName} of {Target} to true", Target=kinds.component_of("BlackboardComponent"), KeyName=kinds.one_of(("HasTarget", "IsAlert", "CanSeePlayer")), BoolValue=True)
_a("ai", "SetValueAsFloat", "set the float blackboard key {KeyName} of {Target} to {FloatValue}", Target=kinds.component_of("BlackboardComponent"), KeyName=kinds.one_of(("Fear", "Aggression", "WaitTime")), FloatValue=F(0.1, 100))
_a("ai", "SetValueAsVector", "set the vector blackboard key {KeyName} of {Target} to {VectorValue}", Target=kinds.component_of("BlackboardComponent"), KeyName=kinds.one_of(("Home", "LastSeen", "PatrolPoint")), VectorValue=kinds.vector(2000))
_a("ai", "SetValueAsObject", "set the object blackboard key {KeyName} of {Target} to {ObjectValue}", Target=kinds.component_of("BlackboardComponent"), KeyName=kinds.one_of(("TargetActor", "Enemy", "Leader")), ObjectValue=OTHER)
_a("camera", "SetViewTargetWithBlend", "blend the view of {Target} to {NewViewTarget} over {BlendTime} seconds", Target=kinds.component_of("PlayerController"), NewViewTarget=OTHER, BlendTime=F(0.1, 5))
_a("camera", "SetFieldOfView", "set the field of view of {Target} to {InFieldOfView}", Target=kinds.component_of("CameraComponent"), InFieldOfView=F(40, 120, 0))
_a("camera", "StartCameraFade", "start a camera fade on {Target} from alpha {FromAlpha} to {ToAlpha} in {Duration} seconds", Target=kinds.component_of("PlayerCameraManager"), FromAlpha=F(0.1, 0.4), ToAlpha=F(0.5, 1), Duration=F(0.5, 5))
_a("input", "EnableInput", "enable input from {PlayerController} on {Target}", Target=SELF_OR_ACTOR, PlayerController=kinds.component_of("PlayerController"))
_a("input", "DisableInput", "disable input from {PlayerController} on {Target}", Target=SELF_OR_ACTOR, PlayerController=kinds.component_of("PlayerController"))
_a("input", "SetInputMode_GameOnly", "set the input mode of {PlayerController} to game only", PlayerController=kinds.component_of("PlayerController"))
_a("input", "SetInputMode_UIOnlyEx", "set the input mode of {PlayerController} to UI only", PlayerController=kinds.component_of("PlayerController"))
_a("game", "SaveGameToSlot", "save the save game object {SaveGameObject} to the slot {SlotName}", SaveGameObject=kinds.component_of("SaveGame"), SlotName=kinds.one_of(("Slot1", "Slot2", "AutoSave", "Profile"), is_quoted=True), UserIndex=0)
_a("game", "DeleteGameInSlot", "delete the save game in the slot {SlotName}", SlotName=kinds.one_of(("Slot1", "Slot2", "AutoSave", "Profile"), is_quoted=True), UserIndex=0)
_a("level", "UnloadStreamLevel", "unload the streaming level {LevelName}", LevelName=kinds.one_of(words.LEVELS), then="Completed")
_a("level", "LoadStreamLevel", "load the streaming level {LevelName}", LevelName=kinds.one_of(words.LEVELS), bMakeVisibleAfterLoad=True, then="Completed")
_a("debug", "DrawDebugSphere", "draw a debug sphere at {Center} with radius {Radius} for {Duration} seconds", Center=kinds.vector(1000, wired=0.8), Radius=F(10, 99, 0), Duration=F(1, 10))
_a("debug", "DrawDebugLine", "draw a debug line from {LineStart} to {LineEnd} for {Duration} seconds", LineStart=kinds.vector(1000, wired=0.8), LineEnd=kinds.vector(1000, wired=0.8), Duration=F(1, 10))
_a("debug", "DrawDebugBox", "draw a debug box at {Center} with the extent {Extent} for {Duration} seconds", Center=kinds.vector(1000, wired=0.8), Extent=kinds.vector(200), Duration=F(1, 10))


def steps_by_family() -> dict[str, list[Step]]:
    table: dict[str, list[Step]] = {}
    for action in ACTIONS:
        table.setdefault(action.family, []).append(action.perform)
    for family, step in CUSTOM_STEPS:
        table.setdefault(family, []).append(step)
    return table
