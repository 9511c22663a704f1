"""Types and references to objects in the editor's spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from utils.catalogue.data import CatalogueData

# Blueprint classes and user-made structs and enums are found through the native class they share with all engine versions.
REFERENCE_TYPES = {"structs": "/Script/CoreUObject.ScriptStruct", "enums": "/Script/CoreUObject.Enum"}
NATIVE_CLASS, BLUEPRINT_CLASS = "/Script/CoreUObject.Class", "/Script/Engine.BlueprintGeneratedClass"
# Blueprints of these parents make a class of a special kind.
GENERATED_CLASSES = {"UserWidget": "/Script/UMG.WidgetBlueprintGeneratedClass", "AnimInstance": "/Script/Engine.AnimBlueprintGeneratedClass"}
SECTIONS = {"struct": "structs", "enum": "enums"}
CATEGORIES = {"enum": "byte"}
DELEGATES = ("delegate", "mcdelegate")
SIGNATURE = "__DelegateSignature"


def quote(text: str) -> str:
    """Escaped as the editor escapes: a single quote too."""
    return '"' + text.translate(ESCAPES) + '"'


# NUL would end the text on a clipboard.
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": None})
NOT_IN_PATHS = re.compile(r"['\"\\\x00-\x1f]")
NOT_IN_NAMES = re.compile(r"[./:'\"\\\x00-\x1f]")
LINE_BREAKS = str.maketrans({"\n": "\\n", "\r": "\\r", "\0": None})


def one_line(raw: str) -> str:
    """Raw text that must stay on its line."""
    return raw.translate(LINE_BREAKS)


def path_name(name: str) -> str:
    """A name inside an object path, where dots, colons, quotes and slashes have a meaning."""
    return NOT_IN_NAMES.sub("_", name)


def own_asset(blueprint: str) -> str:
    """Where a Blueprint of which only the name is known would lie."""
    return f"/Game/{path_name(blueprint)}.{path_name(blueprint)}"


def bare_name(name: str) -> str:
    """Names of keys and enumerators are bare words; anything else is quoted."""
    return name or "None" if name.replace("_", "a").isalnum() or not name else quote(name)


def reference(object_type: str, path: str) -> str:
    """The single-string style of UE 5.2 and later."""
    return f"\"{object_type}'{NOT_IN_PATHS.sub('_', path)}'\"" if path else "None"


@dataclass(frozen=True)
class EngineType:
    """Of the catalogue's `map<name,object:Actor>`: what the PinType attributes say."""

    kind: str
    name: str = ""
    container: str = ""
    value: str = ""


@lru_cache(maxsize=4096)
def read_engine_type(text: str) -> EngineType:
    if text.endswith(">") and "<" in text:
        container, _, inner = text[:-1].partition("<")
        element, _, value = inner.partition(",")
        kind, _, name = element.partition(":")
        return EngineType(kind, name, container, value)
    kind, _, name = text.partition(":")
    return EngineType(kind, name)


class References:
    """Short names of the DSL as references that the editor resolves."""

    def __init__(self, data: CatalogueData, own_class: str = "", own_type: str = BLUEPRINT_CLASS) -> None:
        """`own_class` is the path of the class that the document itself makes, `own_type` the kind of class that is."""
        self._data = data
        self._own = (own_class, own_type)
        self._pin_types: dict[tuple[str, str, bool, bool], str] = {}

    def path(self, section: str, name: str) -> str:
        """A project's own class without a path is looked for by the editor among what is loaded, under its object name."""
        known = self._data.path(section, name)
        if known or "/" in name or not name:
            return known or name
        return f"{name}_C" if section == "classes" and not name.endswith("_C") else name

    def class_path(self, name: str) -> str:
        return self.path("classes", name)

    def knows_class(self, name: str) -> bool:
        return self._data.class_path(name) is not None

    def class_reference(self, name: str) -> str:
        path = self.class_path(name)
        if path == self._own[0]:
            return reference(self._own[1], path)
        return reference(NATIVE_CLASS if path.startswith("/Script/") else BLUEPRINT_CLASS, path)

    def object_reference(self, section: str, name: str) -> str:
        if section == "classes":
            return self.class_reference(name)
        return reference(REFERENCE_TYPES[section], self.path(section, name))

    def signature(self, name: str) -> str:
        """`(MemberParent=..,MemberName=..)` of a delegate type; empty for one that the catalogue does not have."""
        path = self._data.path("delegates", name) or self._data.path("delegates", name + SIGNATURE)
        if not path:
            return "()"
        package, _, member = path.rpartition(".")
        return f"(MemberParent={reference('/Script/CoreUObject.Package', package)},MemberName={quote(member)})"

    def first_enumerator(self, enum: str) -> str | None:
        entries = self._data.enumerators(enum)
        return entries[0] if entries else None

    def default_object(self, class_name: str) -> str:
        """The object that stands for a static library: `/Script/Engine.Default__KismetMathLibrary`."""
        package, _, name = self.class_path(class_name).rpartition(".")
        return f"{package}.Default__{name}" if package else ""

    def type_attributes(self, text: str, member: str = "") -> list[tuple[str, str]]:
        """All PinType attributes up to ContainerType, in the editor's order. `member` is a delegate's signature."""
        kind = read_engine_type(text)
        value = read_engine_type(kind.value)
        terminal = [(f"Terminal{key.removeprefix('Pin')}", text) for key, text in self._terminal(value)
                    if text not in ('""', "None")] if kind.value else []
        return [*self._terminal(kind),
                ("PinSubCategoryMemberReference", member or self._delegate(kind)),
                ("PinValueType", "(" + ",".join(f"{key}={text}" for key, text in terminal) + ")"),
                ("ContainerType", kind.container.capitalize() or "None")]

    def pin_type(self, text: str, member: str, is_by_ref: bool, is_const: bool) -> str:
        """The attributes as a pin line has them, all flags included; the pins of a document are of few types."""
        key = text, member, is_by_ref, is_const
        if key not in self._pin_types:
            said = "".join(f"PinType.{name}={value}," for name, value in self.type_attributes(text, member))
            self._pin_types[key] = (f"{said}PinType.bIsReference={is_by_ref},PinType.bIsConst={is_const},PinType.bIsWeakPointer=False,"
                                    "PinType.bIsUObjectWrapper=False,PinType.bSerializeAsSinglePrecisionFloat=False,")
        return self._pin_types[key]

    def type_struct(self, text: str, flags: tuple[str, ...] = ()) -> str:
        """`(PinCategory="byte",PinSubCategoryObject=..)` as user-made parameters have it: what says nothing is left out."""
        said = [f"{key}={value}" for key, value in self.type_attributes(text) if value not in ('""', "None", "()")]
        return "(" + ",".join(said + [f"{flag}=True" for flag in flags]) + ")"

    def _terminal(self, kind: EngineType) -> list[tuple[str, str]]:
        category = "" if kind.kind == "none" else CATEGORIES.get(kind.kind, kind.kind)
        is_named = kind.name and kind.kind != "real" and kind.kind not in DELEGATES and kind.name != "self"
        target = self.object_reference(SECTIONS.get(kind.kind, "classes"), kind.name) if is_named else "None"
        sub = kind.name if kind.kind == "real" or kind.name == "self" else ""
        return [("PinCategory", quote(category)), ("PinSubCategory", quote(sub)), ("PinSubCategoryObject", target)]

    def _delegate(self, kind: EngineType) -> str:
        return self.signature(kind.name) if kind.kind in DELEGATES and kind.name else "()"


@lru_cache(maxsize=1)
def references_of(data: CatalogueData, own_class: str, own_type: str) -> References:
    """The same for all graphs of a document."""
    return References(data, own_class, own_type)
