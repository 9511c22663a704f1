"""Types between the DSL, the engine and each other: what a written type means, and which wires agree.

The rules of agreement are those of the editor's schema for Blueprint graphs: same, a subclass, a promotion that costs
nothing, or a conversion node that the editor puts in between.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from utils.catalogue.data import CatalogueData, project_name, short_name
from utils.dsl.ast import TypeRef, Value, Word
from utils.dsl.lexer import Cursor, DslError
from utils.dsl.types import PinType, parse_engine_type

WORDS = {"exec": "Exec", "bool": "Bool", "byte": "Byte", "int": "Int", "int64": "Int64", "float": "Float", "string": "String",
         "name": "Name", "text": "Text", "wildcard": "Wildcard", "fieldpath": "FieldPath", "delegate": "Delegate",
         "mcdelegate": "Dispatcher"}
KIND_OF_WORD = {word.lower(): kind for kind, word in WORDS.items()}
# Written around a name: Class<Actor>, Enum</Game/E_Mode.E_Mode>.
WRAPPERS = {"object": "Object", "class": "Class", "struct": "Struct", "enum": "Enum", "softobject": "SoftObject",
            "softclass": "SoftClass", "interface": "Interface", "delegate": "Delegate", "mcdelegate": "Dispatcher"}
KIND_OF_WRAPPER = {word.lower(): kind for kind, word in WRAPPERS.items()}
CONTAINERS = {"array": "Array", "set": "Set", "map": "Map"}
SECTIONS = {"object": "classes", "class": "classes", "softobject": "classes", "softclass": "classes", "interface": "classes",
            "struct": "structs", "enum": "enums", "delegate": "delegates", "mcdelegate": "delegates"}
BARE_KINDS = (("structs", "struct"), ("enums", "enum"), ("classes", "object"))
OBJECT_KINDS = frozenset({"object", "interface"})
CLASS_LIKE = frozenset({"object", "class", "softobject", "softclass", "interface"})
SELF = "self"
NO_BRACKETS = str.maketrans("", "", "<>,")  # of a name that no engine object can have; they mean something inside a type
OBJECT = PinType("object", "Object")
# Nodes that the editor puts behind an enum.
OF_ENUM = {"string": "GetEnumeratorNameAsString", "name": "GetEnumeratorName", "text": "Conv_ByteToText", "int": "Conv_ByteToInt",
           "float": "Conv_ByteToDouble"}
# Conversions that are functions named Conv_ but which the editor does not put in by itself: they can fail or lose the meaning.
NOT_AUTOMATIC = frozenset({"Conv_StringToInt", "Conv_StringToInt64", "Conv_StringToDouble", "Conv_StringToVector",
                           "Conv_StringToVector2D", "Conv_StringToVector3f", "Conv_StringToRotator", "Conv_StringToColor",
                           "Conv_ObjectToClass"})
# Conversions by nodes and functions that the list of Conv_ functions does not hold.
EXTRA_CONVERSIONS = {("float", "int"): "FTrunc", ("byte", "enum"): "CastByteToEnum", ("softobject", "object"): "ConvertAsset",
                     ("softclass", "class"): "ConvertAsset"}


class Agreement(NamedTuple):
    """Why a wire is legal: "same", "subclass", "promotion", "conversion" (by `function`), or "unknown" where a class
    outside the catalogue is involved and nobody here can tell."""

    kind: str
    function: str = ""


class TypeRules:
    """Resolves, writes and compares types."""

    def __init__(self, data: CatalogueData) -> None:
        self.data = data
        self.resolve = lru_cache(maxsize=None)(self._resolve)
        self.type_ref = lru_cache(maxsize=None)(self._type_ref)
        self.agree = lru_cache(maxsize=65536)(self._agree)
        self._conversions = {(parse_engine_type(source), parse_engine_type(target)): function
                             for source, target, _, function in data.raw["autocasts"] if function not in NOT_AUTOMATIC}

    def _resolve(self, ref: TypeRef) -> PinType:
        """The engine's type; a name that nothing knows is a class of the project."""
        word = ref.name.lower()
        if ref.args and word in CONTAINERS:
            value = self.resolve(ref.args[1]) if word == "map" and len(ref.args) > 1 else None
            return self.resolve(ref.args[0])._replace(container=word, value=value)
        if word in CONTAINERS:
            return PinType("wildcard", container=word, value=PinType("wildcard") if word == "map" else None)
        if word in KIND_OF_WRAPPER:
            return self._wrapped(KIND_OF_WRAPPER[word], ref.args[0].name.translate(NO_BRACKETS) if ref.args else "")
        if word in KIND_OF_WORD:
            return PinType(KIND_OF_WORD[word])
        return self._bare(ref.name.translate(NO_BRACKETS))

    def _wrapped(self, kind: str, name: str) -> PinType:
        if not name or (kind == "object" and name == SELF):
            return PinType(kind, "Object" if kind in CLASS_LIKE else "")
        return PinType(kind, self.known_name(SECTIONS[kind], name))

    def resolve_value(self, value: Value | None) -> PinType:
        """A type that a property names: a word, or text where it has brackets."""
        text = value.text if isinstance(value, Word) else value if isinstance(value, str) else ""
        try:
            return self.resolve(Cursor(text, 0).type_ref())
        except DslError:
            return PinType("wildcard")

    def _bare(self, name: str) -> PinType:
        if not name:
            return PinType("wildcard")
        if name == SELF:
            return OBJECT
        for section, kind in BARE_KINDS:
            if path := self.data.path(section, name):
                is_interface = section == "classes" and self.data.is_interface(path)
                return PinType("interface" if is_interface else kind, short_name(path))
        return PinType("object", project_name(name))

    def known_name(self, section: str, name: str) -> str:
        """The catalogue's own spelling of a name or path; what it does not know stays, less the suffix of a project's class."""
        if path := self.data.path(section, name):
            return short_name(path).removesuffix("__DelegateSignature")
        return project_name(name) if section == "classes" else name

    def path(self, kind: PinType) -> str:
        """Full path of the object behind a type: `/Script/CoreUObject.Vector`; a project's own is its path already."""
        section = SECTIONS.get(kind.kind)
        found = section and (self.data.path(section, kind.name) or self.data.path(section, kind.name + "__DelegateSignature"))
        return found or kind.name

    def _type_ref(self, kind: PinType) -> TypeRef:
        if kind.container:
            args = (kind.element,) if kind.value is None else (kind.element, kind.value)
            return TypeRef(CONTAINERS[kind.container], tuple(map(self.type_ref, args)))
        if not kind.name or (kind.kind in ("class", "object") and kind.name == "Object"):
            return TypeRef(WORDS.get(kind.kind) or WRAPPERS[kind.kind])
        if kind.name in ("", SELF) and kind.kind == "object":
            return TypeRef("Object")
        is_bare = kind.kind in ("object", "struct", "enum", "interface") and self._bare(kind.name) == kind and kind.name.isidentifier()
        is_word = kind.name.lower() in KIND_OF_WORD or kind.name.lower() in KIND_OF_WRAPPER or kind.name.lower() in CONTAINERS
        return TypeRef(kind.name) if is_bare and not is_word else TypeRef(WRAPPERS[kind.kind], (TypeRef(kind.name),))

    def class_agrees(self, source: str, target: str, own_parent: str = "") -> str:
        """"same", "subclass", "unknown" or "" for an object of class `source` where `target` is wanted."""
        if target in ("Object", "") or source == target:
            return "same" if source == target else "subclass"
        if source == SELF or target == SELF:
            return self._self_agrees(source, target, own_parent)
        source_path, target_path = self.data.class_path(source), self.data.class_path(target)
        if source_path is None:
            return "unknown"
        if target_path is None:
            return ""
        if self.data.is_a(source_path, target_path):
            return "subclass"
        return "unknown" if self.data.is_interface(target_path) else ""  # the list of interfaces of a class may lack some

    def _self_agrees(self, source: str, target: str, own_parent: str) -> str:
        """Self is of the Blueprint's own class: what its parent is, and any class of the project it may be."""
        parent = self.data.class_path(own_parent) if own_parent else None
        wanted = self.data.class_path(target) if source == SELF else None
        if parent is None or wanted is None:
            return "unknown"
        if self.data.is_interface(wanted):
            return "unknown"  # a Blueprint may implement any interface
        return "subclass" if self.data.is_a(parent, wanted) else ""

    def _agree(self, source: PinType, target: PinType, own_parent: str = "") -> Agreement | None:
        if source == target:
            return Agreement("same")
        if source.kind == "exec" or target.kind == "exec":
            return None
        if "wildcard" in (source.kind, target.kind):
            return self._wildcard_agrees(source, target)
        if source.container != target.container:
            return self._converted(source, target)
        if source.container == "map" and not self._same_value(source, target):
            return None
        return self._elements_agree(source, target, own_parent)

    @staticmethod
    def _wildcard_agrees(source: PinType, target: PinType) -> Agreement | None:
        """A bare wildcard input takes a container too; the node behind it decides what becomes of it."""
        if source.container == target.container or (target.kind == "wildcard" and not target.container):
            return Agreement("same")
        return Agreement("same") if source.kind == "wildcard" and not source.container else None

    def _same_value(self, source: PinType, target: PinType) -> bool:
        values = (source.value, target.value)
        return None in values or PinType("wildcard") in values or values[0] == values[1]

    def _elements_agree(self, source: PinType, target: PinType, own_parent: str) -> Agreement | None:
        kinds = (source.kind, target.kind)
        if kinds[0] == kinds[1] and source.kind not in SECTIONS:
            return Agreement("same")
        if kinds[0] == kinds[1] and source.kind in CLASS_LIKE or kinds == ("object", "interface"):
            found = self.class_agrees(source.name, target.name, own_parent)
            return Agreement(found) if found else self._converted(source, target)
        if kinds[0] == kinds[1]:
            return self._same_kind(source, target)
        if kinds == ("enum", "byte") or (kinds[0] == "class" and target == OBJECT):
            return Agreement("promotion")
        return self._converted(source, target)

    def _same_kind(self, source: PinType, target: PinType) -> Agreement | None:
        """Structs, enums and delegates: the same one, or one nobody here knows (a signature, a type without a name)."""
        if source.name == target.name:
            return Agreement("same")
        if not source.name or not target.name or source.kind in ("delegate", "mcdelegate"):
            return Agreement("unknown")
        if source.kind == "struct" and self._is_sub_struct(source.name, target.name):
            return Agreement("subclass")
        return self._converted(source, target)

    def _is_sub_struct(self, name: str, base: str) -> bool:
        path = self.data.path("structs", name)
        while path:
            if short_name(path) == base:
                return True
            path = (self.data.raw["structs"][path][1:] or [None])[0]
        return False

    def _converted(self, source: PinType, target: PinType) -> Agreement | None:
        function = self._conversions.get((source, target)) or EXTRA_CONVERSIONS.get((source.kind, target.kind))
        if function is None and source.kind in CLASS_LIKE:
            base = source._replace(name="Class" if source.kind == "softclass" else "Object")
            wanted = target._replace(name="Class" if target.kind == "softclass" else "Object") if target.kind in CLASS_LIKE else target
            function = self._conversions.get((base, wanted)) if source.kind != target.kind else None
        if function is None and source.kind == "enum":
            function = OF_ENUM.get(target.kind)
        if source.container or target.container:
            function = self._conversions.get((source, target))
        return Agreement("conversion", function) if function else None
