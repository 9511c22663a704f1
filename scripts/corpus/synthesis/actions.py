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
from utils.dsl_ast import Value


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

_a("print", "PrintString", "print {InString}", "print {InString} to the screen", "show the message {InString}", "log {InString}", "write {InString} on the screen", InString=kinds.message())
_a("print", "PrintText", "print the text {InText}", InText=kinds.Kind("Text", None, 1.0))
_a("actor", "SetActorHiddenInGame", "hide {Target}", "make {Target} invisible", Target=SELF_OR_ACTOR, bNewHidden=True)
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
_a("damage", "ApplyRadialDamage", "apply {BaseDamage} radial damage at {Origin} within {DamageRadius} units", BaseDamage=F(5, 200), Origin=kinds.vector(1000, wired=0.8), DamageRadius=F(100, 2000, 0), DamageTypeClass="DamageType")
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
_a("game", "SetGamePaused", "pause the game", bPaused=True)
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


@step_of("spawn")
def spawn_at_self(scene: Scene) -> Clause:
    name = scene.draw.pick(words.CLASSES)
    place = scene.pure("GetTransform")["ReturnValue"] if scene.document.parent in ACTOR_LIKE else scene.get(scene.variable_of("Transform"))
    node = scene.step("SpawnActorFromClass", Class=name, SpawnTransform=place)
    scene.offer(f"the spawned {name}", "Actor", node["ReturnValue"])
    return Clause(scene.draw.pick((f"spawn a {name} at its own transform", f"spawn {name} where this actor is", f"spawn an actor of class {name} at this actor's transform")))


@step_of("ui")
def show_widget(scene: Scene) -> Clause:
    name = scene.draw.fresh(words.WIDGETS)
    node = scene.step("CreateWidget", Class=name)
    scene.step("AddToViewport", Target=node["ReturnValue"])
    return Clause(scene.draw.pick((f"show the widget {name}", f"create the widget {name} and add it to the viewport", f"put {name} on the screen")))


@step_of("state")
def set_flag(scene: Scene) -> Clause:
    name = scene.variable_of("Bool")
    value = scene.draw.chance(0.6)
    scene.set(name, value)
    word = "true" if value else "false"
    return Clause(scene.draw.pick((f"set {name} to {word}", f"set the boolean {name} to {word}")))


@step_of("state")
def toggle_flag(scene: Scene) -> Clause:
    name = scene.variable_of("Bool")
    scene.set(name, scene.pure("Not_PreBool", A=scene.get(name))["ReturnValue"])
    return Clause(scene.draw.pick((f"toggle {name}", f"flip the boolean {name}", f"invert {name}")))


@step_of("state")
def set_number(scene: Scene) -> Clause:
    is_real = scene.draw.chance(0.5)
    name = scene.variable_of("Float" if is_real else "Int")
    value, text = (F(0, 200) if is_real else kinds.whole(0, 200)).argument(scene)
    scene.set(name, value)
    noun = "float" if is_real else "integer"
    return Clause(scene.draw.pick((f"set the {noun} {name} to {text}", f"set the {noun} variable {name} to {text}")))


@step_of("arithmetic")
def change_number(scene: Scene) -> Clause:
    """Add to, take from, multiply or divide a variable."""
    is_real = scene.draw.chance(0.5)
    name = scene.variable_of("Float" if is_real else "Int")
    value, text = (F(0.5, 50) if is_real else kinds.whole(1, 50)).argument(scene)
    node, wordings = scene.draw.pick((
        ("Add", ("add {v} to the {t} {n}", "increase the {t} {n} by {v}", "raise the {t} {n} by {v}")),
        ("Subtract", ("subtract {v} from the {t} {n}", "decrease the {t} {n} by {v}", "reduce the {t} {n} by {v}", "lower the {t} {n} by {v}")),
        ("Multiply", ("multiply the {t} {n} by {v}", "scale the {t} {n} by {v}")),
        ("Divide", ("divide the {t} {n} by {v}",))))
    result = scene.pure(node, A=scene.get(name), B=value)["ReturnValue"]
    scene.set(name, result)
    return Clause(scene.draw.pick(wordings).format(v=text, n=name, t="float" if is_real else "integer"))


@step_of("arithmetic")
def change_within_limits(scene: Scene) -> Clause:
    is_real = scene.draw.chance(0.6)
    kind, noun, clamp = ("Float", "float", "FClamp") if is_real else ("Int", "integer", "Clamp")
    name = scene.variable_of(kind)
    value, text = (F(0.5, 50, wired=0.2) if is_real else kinds.whole(1, 50, wired=0.2)).argument(scene)
    top = scene.draw.pick((10, 50, 100, 150, 200, 500, scene.draw.integer(60, 999)))
    is_up = scene.draw.chance(0.5)
    changed = scene.pure("Add" if is_up else "Subtract", A=scene.get(name), B=value)["ReturnValue"]
    low, high = (0.0, float(top)) if is_real else (0, top)
    scene.set(name, scene.pure(clamp, Value=changed, Min=low, Max=high)["ReturnValue"])
    verb = f"add {text} to the {noun} {name}" if is_up else f"subtract {text} from the {noun} {name}"
    return Clause(verb + scene.draw.pick((f" clamped between 0 and {top}", f", keeping it between 0 and {top}", f" and clamp it to 0..{top}")))


@step_of("event")
def call_event(scene: Scene) -> Clause:
    """Call a custom event, which must stand in the document: `generator` adds it with a body of its own."""
    name = scene.draw.fresh(words.EVENT_NAMES)
    scene.called_events.append(name)
    scene.step("Call", {"Function": name})
    return Clause(scene.draw.pick((f"call the custom event {name}", f"trigger the custom event {name}", f"call {name}")))


@step_of("array")
def add_to_array(scene: Scene) -> Clause:
    if scene.offered("Actor") and scene.draw.chance(0.7):
        name, (value, text) = scene.variable_of("Array<Actor>"), kinds.other_actor(scene)
        noun = "actor array"
    else:
        name, (value, text) = scene.variable_of("Array<String>"), kinds.message(wired=0).argument(scene)
        noun = "string array"
    scene.step("Array_Add", TargetArray=scene.get(name), NewItem=value)
    return Clause(scene.draw.pick((f"add {text} to the {noun} {name}", f"append {text} to the {noun} {name}")))


@step_of("array")
def clear_array(scene: Scene) -> Clause:
    name = scene.variable_of("Array<Actor>")
    scene.step("Array_Clear", TargetArray=scene.get(name))
    return Clause(scene.draw.pick((f"clear the actor array {name}", f"empty the actor array {name}")))


@step_of("timing")
def wait(scene: Scene) -> Clause:
    value, text = F(0.1, 20, wired=0.1).argument(scene)
    scene.step("Delay", then="Completed", Duration=value)
    return Clause(scene.draw.pick((f"wait {text} seconds", f"delay for {text} seconds", f"pause for {text} seconds")))


def steps_by_family() -> dict[str, list[Step]]:
    table: dict[str, list[Step]] = {}
    for action in ACTIONS:
        table.setdefault(action.family, []).append(action.perform)
    for family, step in CUSTOM_STEPS:
        table.setdefault(family, []).append(step)
    return table
