"""Names of node types: which function, event, node class or macro of the engine a name in a document means.

A function is called by its engine name without `K2_`. Where several classes own that name, one of them has the plain
name (the most general when they are related, the clearly best known one otherwise) and the others are written
`Class.Function`; where none stands out, all are. The plain form of those is read, with the help of PARENT and of the pins
that the node uses, but never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from utils.catalogue.data import CatalogueData, Event, short_name

# Functions that people know by the name the editor shows, not by the engine's.
RENAMED = {
    ("KismetSystemLibrary", "K2_SetTimerDelegate"): "SetTimerByEvent",
    ("KismetSystemLibrary", "K2_SetTimer"): "SetTimerByFunctionName",
    ("KismetSystemLibrary", "K2_ClearTimer"): "ClearTimerByFunctionName",
    ("KismetSystemLibrary", "K2_PauseTimer"): "PauseTimerByFunctionName",
    ("KismetSystemLibrary", "K2_UnPauseTimer"): "UnpauseTimerByFunctionName",
    ("KismetSystemLibrary", "K2_IsTimerActive"): "IsTimerActiveByFunctionName",
    ("KismetSystemLibrary", "K2_ClearAndInvalidateTimerHandle"): "ClearAndInvalidateTimerByHandle",
    ("KismetSystemLibrary", "K2_PauseTimerHandle"): "PauseTimerByHandle",
    ("KismetSystemLibrary", "K2_UnPauseTimerHandle"): "UnpauseTimerByHandle",
    ("KismetSystemLibrary", "K2_IsTimerActiveHandle"): "IsTimerActiveByHandle",
}
ENGINE_NAMES = {name.lower(): engine.lower() for (_, engine), name in RENAMED.items()}
# How well known a class is: 0 function libraries of everyday use and Actor, 1 gameplay classes; all others 2.
EVERYDAY = frozenset(
    "Actor KismetSystemLibrary KismetMathLibrary KismetStringLibrary KismetTextLibrary KismetArrayLibrary GameplayStatics "
    "BlueprintMapLibrary BlueprintSetLibrary KismetInputLibrary DataTableFunctionLibrary".split())
GAMEPLAY = frozenset(
    "ActorComponent SceneComponent PrimitiveComponent MeshComponent StaticMeshComponent SkeletalMeshComponent Pawn Character "
    "Controller PlayerController AIController PlayerState GameModeBase GameMode GameStateBase GameState GameInstance HUD "
    "CharacterMovementComponent MovementComponent ProjectileMovementComponent SpringArmComponent CameraComponent AudioComponent "
    "LightComponent TimelineComponent Widget UserWidget TextBlock ProgressBar Image Button PanelWidget WidgetComponent AnimInstance "
    "WidgetBlueprintLibrary WidgetLayoutLibrary KismetMaterialLibrary MaterialInstanceDynamic NiagaraComponent "
    "NiagaraFunctionLibrary AIBlueprintHelperLibrary BlackboardComponent PlayerCameraManager KismetRenderingLibrary "
    "StaticMeshActor PhysicsConstraintComponent SplineComponent EnhancedInputLocalPlayerSubsystem".split())
# Plain names that are decided by what people mean, where the ranks leave a tie: pushing a body is physics, not walking; the
# static getters are on every list of first nodes; a material instance is made from a mesh component's slot.
SETTLED = {"addforce": "PrimitiveComponent", "addimpulse": "PrimitiveComponent", "getplayercontroller": "GameplayStatics",
           "getgameinstance": "GameplayStatics", "createdynamicmaterialinstance": "PrimitiveComponent"}


class FunctionName(NamedTuple):
    """A function by the class that declares it and its engine name."""

    owner: str
    name: str


def plain(name: str) -> str:
    return name[3:] if name.startswith("K2_") else name


def spelling(owner: str, name: str) -> str:
    """The plain name of a function in the DSL."""
    return RENAMED.get((short_name(owner), name)) or plain(name)


def rank(owner: str) -> int:
    short = short_name(owner)
    return 0 if short in EVERYDAY else 1 if short in GAMEPLAY else 2


class NameTable:
    """Names of functions and events. `reserved` are lower-case names of nodes and macros, which win over functions."""

    def __init__(self, data: CatalogueData, reserved: frozenset[str]) -> None:
        self.data = data
        self.reserved = reserved
        self.of_function = lru_cache(maxsize=None)(self._of_function)
        self.plain_owner = lru_cache(maxsize=None)(self._plain_owner)
        self.called = lru_cache(maxsize=4096)(self._called)

    def _called(self, name: str) -> list[FunctionName]:
        """The functions that have a plain name, by class; asked name by name, since an index of all takes longer than most runs."""
        wanted = name.lower()
        engine_names = dict.fromkeys((wanted, f"k2_{wanted}", ENGINE_NAMES.get(wanted, wanted)))
        declared = [found for one in engine_names for found in self.data.functions_by_name.get(one, ())]
        return sorted(FunctionName(owner, one) for owner, one in declared if spelling(owner, one).lower() == wanted)

    def _plain_owner(self, name: str) -> FunctionName | None:
        """The one function that the plain name means in every document, if there is one."""
        functions = self.called(name)
        if not functions or name.lower() in self.reserved:
            return None
        functions = self._without_interfaces(functions)
        if len(functions) == 1:
            return functions[0]
        settled = [one for one in functions if short_name(one.owner) == SETTLED.get(name.lower())]
        return settled[0] if settled else self._most_general(functions) or self._best_known(functions)

    def _without_interfaces(self, functions: list[FunctionName]) -> list[FunctionName]:
        """An interface's function steps back behind the class that implements it."""
        return [one for one in functions if not self.data.is_interface(one.owner)
                or not any(other.owner != one.owner and self.data.is_a(other.owner, one.owner) for other in functions)]

    def _most_general(self, functions: list[FunctionName]) -> FunctionName | None:
        """The function whose class all others inherit from. Two spellings in one class: the one without K2_."""
        tops = [one for one in functions if all(self.data.is_a(other.owner, one.owner) for other in functions)]
        return min(tops, key=lambda one: one.name != plain(one.name), default=None)

    @staticmethod
    def _best_known(functions: list[FunctionName]) -> FunctionName | None:
        first, second = sorted(functions, key=lambda one: rank(one.owner))[:2]
        return first if rank(first.owner) < 2 == rank(second.owner) else None

    def _of_function(self, owner: str, name: str) -> str:
        """The canonical node type of a function, by the class that declares it."""
        plainly = spelling(owner, name)
        if self.plain_owner(plainly) == (owner, name):
            return plainly
        twins = [one for one in self.called(plainly) if one.owner == owner]
        return f"{short_name(owner)}.{plainly if len(twins) == 1 else name}"

    def find(self, name: str, parent: str | None) -> list[FunctionName]:
        """What a written name may mean: one function where it or the parent class decides, else all candidates."""
        owner, dot, function = name.rpartition(".")
        if dot:
            return self._qualified(owner, function)
        if found := self.plain_owner(name):
            return [found]
        candidates = [] if name.lower() in self.reserved else self.called(name)
        inherited = [one for one in candidates if parent and self.data.is_a(parent, one.owner)]
        return inherited[:1] if inherited else candidates

    def _qualified(self, class_name: str, function: str) -> list[FunctionName]:
        path = self.data.class_path(class_name)
        if path is None:
            return []
        exact = self.data.function(path, function)
        if exact:
            return [FunctionName(exact.owner, exact.name)]
        named = [one for one in self.called(function) if self.data.is_a(path, one.owner)]
        return sorted(named, key=lambda one: self.data.ancestors(path).index(one.owner))[:1]

    def functions(self) -> Iterator[FunctionName]:
        return (FunctionName(owner, name) for owner, name in self.data.raw["functions"].function_names())

    def __iter__(self) -> Iterator[str]:
        return (self.of_function(*function) for function in self.functions())


def event_name(event: Event) -> str:
    """`ReceiveBeginPlay` is Event_BeginPlay; On is kept."""
    return "Event_" + plain(event.name).removeprefix("Receive")


class EventTable:
    def __init__(self, data: CatalogueData) -> None:
        self.data = data

    @cached_property
    def by_name(self) -> dict[str, list[Event]]:
        index: dict[str, list[Event]] = {}
        for events in self.data.events_by_name.values():
            for event in events:
                if event.results is None:
                    index.setdefault(event_name(event).lower(), []).append(event)
        return index

    def find(self, name: str, owner: str | None) -> Event | None:
        """The event of that name that the class declares or inherits, nearest first."""
        candidates = {event.owner: event for event in self.by_name.get(name.lower(), ())}
        return next((candidates[one] for one in self.data.ancestors(owner) if one in candidates), None) if owner else None
