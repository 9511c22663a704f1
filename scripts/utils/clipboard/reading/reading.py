"""What is known about the Blueprint and the engine while the nodes of a text are read."""

from __future__ import annotations

from utils.blueprint_patterns import Catalogue, Scope
from utils.catalogue.data import Event, Function, Property
from utils.catalogue.shapes_generic import MACROS
from utils.clipboard.pins import Pin, RawPinType, raw_type
from utils.clipboard.reading.engine import engine_of
from utils.clipboard.reading.source import Source
from utils.clipboard.text import ClipboardObject
from utils.clipboard.values import Member, members, unquote

PREFIXES = ("K2Node_", "GameplayTagsK2Node_")
# Node classes whose name in the DSL is another.
OTHER_NAMES = {"K2Node_GenericCreateObject": "ConstructObject", "K2Node_ConstructObjectFromClass": "ConstructObject",
               "K2Node_EaseFunction": "Ease", "K2Node_LoadAsset": "AsyncLoadAsset", "K2Node_LoadAssetClass": "AsyncLoadClassAsset"}
STANDARD_MACROS = {engine: name for name, engine in MACROS.items()}
USER_PIN = "UserDefinedPin"


class Reading:
    """One text: `scope` is that of the graph at hand, `linked` are the pins with a wire to another node of the text."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.data = catalogue, catalogue.data
        self.engine = engine_of(catalogue)
        self.types = self.engine.types
        self.scope = Scope()
        self.linked: frozenset[Pin] | set[Pin] = frozenset()

    def catalogue_event(self, owner: str, name: str) -> Event | None:
        """An event that has an event node; one with results is a function to override."""
        found = self.engine.event(owner, name) if owner else None
        return found if found and found.results is None else None

    def catalogue_function(self, owner: str, name: str) -> Function | None:
        return self.engine.function(owner, name) if owner else None

    def knows_signature(self, member: Member) -> bool:
        """Whether the catalogue has the pins of a function or event."""
        return bool(member.parent) and bool(self.engine.function(member.parent, member.name) or self.engine.event(member.parent, member.name))

    def knows_variable(self, member: Member) -> bool:
        """Whether the catalogue has the type of another class's variable."""
        path = self.data.class_path(member.parent) if member.parent else None
        return path is not None and self.data.property(path, member.name) is not None

    def dispatcher(self, owner: str, name: str) -> Property | None:
        path = self.data.class_path(owner) if owner else None
        found = self.data.property(path, name) if path else None
        return found if found and found.is_dispatcher else None

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

    def standard_macro(self, graph: str) -> str | None:
        """`/Engine/EditorBlueprintResources/StandardMacros.StandardMacros:Do N` is DoN."""
        asset, _, name = graph.partition(":")
        row = self.data.raw["macros"].get(name)
        return STANDARD_MACROS.get(name) if row and row["asset"] == asset else None

    @staticmethod
    def name_of_class(kind: str) -> str:
        if kind in OTHER_NAMES:
            return OTHER_NAMES[kind]
        return next((kind.removeprefix(prefix) for prefix in PREFIXES if kind.startswith(prefix)), kind)


def user_pin_type(raw: str) -> RawPinType:
    """Type of a `PinType=(...)` struct: user-made parameters and local variables have their type in one."""
    return raw_type(members(raw))
