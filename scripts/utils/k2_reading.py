"""What is known about the Blueprint and the engine while the nodes of a text are read."""

from __future__ import annotations

from functools import cached_property

from utils.blueprint_patterns import Catalogue, Scope
from utils.catalogue_data import CatalogueData, Event, Function
from utils.clipboard_pins import Pin, raw_type
from utils.clipboard_text import ClipboardObject
from utils.clipboard_values import members, unquote
from utils.dsl_ast import Node, Value
from utils.k2_read_types import TypeReader
from utils.k2_read_values import literal
from utils.k2_source import Source
from utils.shapes_generic import MACROS

PREFIXES = ("K2Node_", "GameplayTagsK2Node_")
# Node classes whose name in the DSL is another.
OTHER_NAMES = {"K2Node_GenericCreateObject": "ConstructObject", "K2Node_ConstructObjectFromClass": "ConstructObject",
               "K2Node_EaseFunction": "Ease", "K2Node_LoadAsset": "AsyncLoadAsset", "K2Node_LoadAssetClass": "AsyncLoadClassAsset"}
STANDARD_MACROS = {engine: name for name, engine in MACROS.items()}
USER_PIN = "UserDefinedPin"


class Reading:
    """One text: `scope` is that of the graph at hand, `linked` are the pins with a wire to another node of the text."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.types = TypeReader(catalogue.types)
        self.scope = Scope()
        self.linked: frozenset[Pin] | set[Pin] = frozenset()
        self._standard_pins: dict[str, frozenset[str]] = {}

    @property
    def data(self) -> CatalogueData:
        return self.catalogue.data

    def catalogue_event(self, owner: str, name: str) -> Event | None:
        """An event that has an event node; one with results is a function to override."""
        found = self.catalogue.event(owner, name) if owner else None
        return found if found and found.results is None else None

    def catalogue_function(self, owner: str, name: str) -> Function | None:
        return self.catalogue.function(owner, name) if owner else None

    def defines_function(self, name: str) -> bool:
        return name.lower() in self.scope.functions

    def native_owner(self, source: Source) -> str:
        """Class of a function that is called on self: the type of the target pin, unless that is the Blueprint itself."""
        target = source.pin("self", is_output=False)
        if target is None or target.raw_type.sub_category == "self":
            return ""
        return target.raw_type.object.path

    def user_defaults(self, found: ClipboardObject) -> dict[str, str]:
        """Raw default values of the parameters that the user made on this node."""
        values = (members(line[len(USER_PIN):].strip()) for line in found.custom if line.startswith(USER_PIN))
        return {unquote(value.get("PinName", "")): value["PinDefaultValue"] for value in values if "PinDefaultValue" in value}

    def literal(self, text: str, pin: Pin) -> Value | None:
        return literal(text, self.types.pin_type(pin.raw_type), self.types)

    @cached_property
    def macro_assets(self) -> frozenset[str]:
        return frozenset(row["asset"] for row in self.data.raw["macros"].values())

    def standard_macro(self, graph: str) -> str | None:
        """`/Engine/EditorBlueprintResources/StandardMacros.StandardMacros:Do N` is DoN."""
        asset, _, name = graph.partition(":")
        return STANDARD_MACROS.get(name) if asset in self.macro_assets else None

    @staticmethod
    def name_of_class(kind: str) -> str:
        if kind in OTHER_NAMES:
            return OTHER_NAMES[kind]
        return next((kind.removeprefix(prefix) for prefix in PREFIXES if kind.startswith(prefix)), kind)

    def standard_pins(self, kind: str) -> frozenset[str]:
        """Lower-case names of the pins that a node of this type always has."""
        if kind not in self._standard_pins:
            shape = self.catalogue.shape(Node("n", kind), Scope())
            self._standard_pins[kind] = frozenset(pin.internal.lower() for pin in shape.pins)
        return self._standard_pins[kind]


def user_pin_type(raw: str):
    """Type of a `PinType=(...)` struct: user-made parameters and local variables have their type in one."""
    return raw_type(members(raw))
