"""Types and references of clipboard text in the words of the DSL."""

from __future__ import annotations

from utils.catalogue.types import SECTIONS, TypeRules
from utils.clipboard.pins import RawPinType
from utils.clipboard.values import Reference, members, read_reference, unquote
from utils.dsl.ast import TypeRef, Value, Word
from utils.dsl.types import PLAIN_KINDS, PinType

KIND_OF_CATEGORY = {"real": "float", "float": "float", "double": "float", "mcdelegate": "mcdelegate", "softclass": "softclass"}
DELEGATES = ("delegate", "mcdelegate")


class TypeReader:
    """Raw pin types to PinType and TypeRef; the same few hundred come again and again."""

    def __init__(self, rules: TypeRules) -> None:
        self.rules = rules
        self._known: dict[RawPinType, PinType] = {}

    def pin_type(self, raw: RawPinType) -> PinType:
        found = self._known.get(raw)
        if found is None:
            found = self._known[raw] = self._read(raw)
        return found

    def type_ref(self, raw: RawPinType) -> TypeRef:
        return self.rules.type_ref(self.pin_type(raw))

    def _read(self, raw: RawPinType) -> PinType:
        kind = self._kind(raw.category, raw.object)
        name = self._name(kind, raw)
        value = self._map_value(raw.value_type) if raw.container == "map" else None
        return PinType(kind, name, raw.container, value)

    @staticmethod
    def _kind(category: str, target: Reference) -> str:
        if category in ("byte", "enum") and target.path:
            return "enum"
        kind = KIND_OF_CATEGORY.get(category, category)
        return kind if kind in PLAIN_KINDS or kind in SECTIONS else "wildcard"

    def _name(self, kind: str, raw: RawPinType) -> str:
        if kind in DELEGATES:
            signature = unquote(members(raw.member).get("MemberName", "")).removesuffix("__DelegateSignature")
            return self.known_name("delegates", signature) if self.rules.data.path("delegates", f"{signature}__DelegateSignature") else ""
        if kind not in SECTIONS:
            return ""
        return "self" if raw.sub_category == "self" else self.known_name(SECTIONS[kind], raw.object.path)

    def _map_value(self, raw: str) -> PinType:
        values = members(raw)
        category = unquote(values.get("TerminalCategory", "")).lower()
        target = read_reference(values.get("TerminalSubCategoryObject", ""))
        return self._read(RawPinType(category, unquote(values.get("TerminalSubCategory", "")), target))

    def known_name(self, section: str, path: str) -> str:
        """Short name of what the catalogue knows, the full path of everything else."""
        return self.rules.known_name(section, path) if path else ""

    def named(self, section: str, path: str) -> Value | None:
        """A reference as the value of a property: a bare name the catalogue knows, or a quoted path."""
        if not path:
            return None
        name = self.known_name(section, path)
        return Word(name) if name != path and name.isidentifier() else path
