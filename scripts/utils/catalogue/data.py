"""The engine's reflection data as read from the catalogue's data file: classes, functions, events, structs, enums.

Everything is looked up by full path or by short name, in any letter case, as the engine's own names compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from utils.catalogue.data_file import read_sections

GENERATED_CLASS = re.compile(r"(?<=[^_])(?:_C)+\Z")
DATA_FILE = Path(__file__).parents[1] / "data" / "catalogue.json"
STATIC, PURE, LATENT, CONST, DEV, PURITY_GUESSED = 1, 2, 4, 8, 16, 32  # bits of a function row
BY_REF, CONST_PARAM, ADVANCED = 1, 2, 4  # bits of an input


class Param(NamedTuple):
    """A parameter of a function; `type` in the catalogue's spelling, `default` as the engine writes it."""

    name: str
    type: str
    default: str | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    """A function as its class declares it; `flags` are bits, `extras` what few functions have (a world context pin)."""

    owner: str
    name: str
    flags: int
    inputs: tuple[Param, ...]
    outputs: tuple[Param, ...]
    extras: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_static(self) -> bool:
        return bool(self.flags & STATIC)

    @property
    def is_pure(self) -> bool:
        return bool(self.flags & PURE)

    @property
    def is_latent(self) -> bool:
        return bool(self.flags & LATENT)

    @property
    def world_context(self) -> str:
        return self.extras.get("wc", "")


class Event(NamedTuple):
    """An overridable event; with results it is a function graph to override and has no event node."""

    owner: str
    name: str
    parameters: tuple[Param, ...]
    results: tuple[Param, ...] | None = None


class Property(NamedTuple):
    """A variable or dispatcher of a class; a dispatcher's access begins with `event`."""

    owner: str
    name: str
    type: str
    access: str
    signature: tuple[Param, ...] | None = None

    @property
    def is_dispatcher(self) -> bool:
        return self.access.startswith("event")

    @property
    def is_exposed_on_spawn(self) -> bool:
        return self.access.endswith("+spawn")


class AsyncAction(NamedTuple):
    """What a factory function's node adds to the function: an exec output a delegate, and the delegates' parameters."""

    node_class: str
    exec_outputs: tuple[str, ...]
    outputs: tuple[Param, ...]
    proxy: str


ASYNC_CLASSES = {"async": "/Script/BlueprintGraph.K2Node_AsyncAction",
                 "task": "/Script/GameplayTasksEditor.K2Node_LatentGameplayTaskCall",
                 "ability": "/Script/GameplayAbilitiesEditor.K2Node_LatentAbilityCall"}


def short_name(path: str) -> str:
    """`/Script/Engine.Actor` is Actor."""
    return path.rpartition(".")[2]


def project_name(name: str) -> str:
    """A class of the project by the name that people see: BP_Door, whose class the engine calls BP_Door_C. A path stays."""
    return name if "/" in name else GENERATED_CLASS.sub("", name)


def _params(rows: list) -> tuple[Param, ...]:
    return tuple(Param(*row) for row in rows)


class CatalogueData:
    """Lookups over the raw sections; rows become objects when somebody asks for them."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self._paths: dict[str, dict[str, str]] = {}
        self.ancestors = lru_cache(maxsize=None)(self._ancestors)
        self.function = lru_cache(maxsize=None)(self._function)
        self.property = lru_cache(maxsize=None)(self._property)

    @classmethod
    def load(cls, path: Path = DATA_FILE) -> CatalogueData:
        return cls(read_sections(path.read_text(encoding="utf-8")))

    def path(self, section: str, name: str) -> str | None:
        """Full path of a class, struct, enum or delegate given by short name or full path; None when unknown."""
        if section not in self._paths:
            self._paths[section] = _index(self.raw[section])
        return self._paths[section].get(name.lower())

    def class_path(self, name: str) -> str | None:
        return self.path("classes", name)

    def _ancestors(self, path: str) -> tuple[str, ...]:
        """The class itself, then its parents up to Object, then the interfaces of any of them."""
        chain: list[str] = []
        current: str | None = path
        while current:
            chain.append(current)
            current = self.raw["classes"][current][0]
        interfaces = [face for one in chain for face in (self.raw["classes"][one][2:] or [[]])[0]]
        return tuple(dict.fromkeys(chain + interfaces))

    def is_a(self, path: str, base: str) -> bool:
        return base in self.ancestors(path)

    def is_interface(self, path: str) -> bool:
        return self.raw["classes"][path][1] == "i"

    @cached_property
    def functions_by_name(self) -> dict[str, list[tuple[str, str]]]:
        """Lower-case function name -> (owner, name) for every class that declares it."""
        index: dict[str, list[tuple[str, str]]] = {}
        for owner, name in self.raw["functions"].function_names():
            index.setdefault(name.lower(), []).append((owner, name))
        return index

    def _function(self, class_path: str, name: str) -> Function | None:
        """A function by exact engine name, declared in the class or in what it inherits from."""
        declared = dict(self.functions_by_name.get(name.lower(), ()))
        owner = next((one for one in self.ancestors(class_path) if one in declared), None)
        if owner is None:
            return None
        row = next(row for row in self.raw["functions"][owner] if row[0] == declared[owner])
        return Function(owner, row[0], row[1], _params(row[2]), _params(row[3]), row[4] if len(row) > 4 else {})

    @cached_property
    def typed_outputs(self) -> dict[tuple[str, str], dict[str, str]]:
        """(short class name, function) -> output pin -> the class pin that types it."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for owner, function, class_pin, pin in self.raw["dynamic_outputs"]:
            found.setdefault((owner, function), {})[pin] = class_pin
        return found

    @cached_property
    def async_actions(self) -> dict[tuple[str, str], AsyncAction]:
        """(owner, factory function) -> what its node has on top of the function."""
        return {(owner, name): AsyncAction(_async_class(owner, kind), tuple(exec_outputs), _params(outputs), proxy)
                for owner, rows in self.raw["async"].items() for name, kind, exec_outputs, outputs, proxy in rows}

    @cached_property
    def events_by_name(self) -> dict[str, list[Event]]:
        index: dict[str, list[Event]] = {}
        for owner, rows in self.raw["events"].items():
            for name, parameters, *results in rows:
                event = Event(owner, name, _params(parameters), _params(results[0]) if results else None)
                index.setdefault(name.lower(), []).append(event)
        return index

    def event(self, class_path: str, name: str) -> Event | None:
        declared = {event.owner: event for event in self.events_by_name.get(name.lower(), ())}
        return next((declared[one] for one in self.ancestors(class_path) if one in declared), None)

    def properties(self, class_path: str) -> list[Property]:
        """Blueprint-visible properties declared in the class itself."""
        return [_property_of(class_path, row) for row in self.raw["properties"].get(class_path, ())]

    def _property(self, class_path: str, name: str) -> Property | None:
        wanted = name.lower()
        return next((_property_of(owner, row) for owner in self.ancestors(class_path)
                     for row in self.raw["properties"].get(owner, ()) if row[0].lower() == wanted), None)

    def delegate_params(self, dispatcher: Property) -> tuple[Param, ...]:
        if dispatcher.signature is not None:
            return dispatcher.signature
        return self.signature(dispatcher.type.partition(":")[2]) or ()

    def signature(self, name: str) -> tuple[Param, ...] | None:
        """Parameters of a delegate type, known by its name with or without `__DelegateSignature`."""
        path = self.path("delegates", name) or self.path("delegates", name + "__DelegateSignature")
        return _params(self.raw["delegates"][path]) if path else None

    def members(self, struct: str) -> tuple[Param, ...] | None:
        """Blueprint-visible members, those of the parent struct first; None for an unknown struct."""
        path = self.path("structs", struct)
        if path is None:
            return None
        rows, *parent = self.raw["structs"][path]
        inherited = self.members(parent[0]) or () if parent else ()
        return inherited + tuple(Param(name, kind) for name, kind, access in rows if access != "-")

    def enumerators(self, enum: str) -> tuple[str, ...] | None:
        path = self.path("enums", enum)
        return tuple(self.raw["enums"][path]) if path else None


def _property_of(owner: str, row: list) -> Property:
    return Property(owner, row[0], row[1], row[2], _params(row[3]) if len(row) > 3 else None)


def _async_class(owner: str, kind: str) -> str:
    is_ability = kind == "task" and owner.startswith("/Script/GameplayAbilities.")
    return ASYNC_CLASSES["ability" if is_ability else kind]


def _index(section: dict[str, Any]) -> dict[str, str]:
    """Lower-case short name and lower-case path -> path; the first of two equal short names keeps it."""
    index: dict[str, str] = {}
    for path in section:
        index.setdefault(short_name(path).lower(), path)
        index[path.lower()] = path
    return index
