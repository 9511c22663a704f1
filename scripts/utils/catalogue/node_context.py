"""A node with its document and the catalogue: what the rules of the node forms ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.catalogue.data import CatalogueData, Function, Param, short_name
from utils.catalogue.scope import Scope, params
from utils.catalogue.shape import PinDraft, Problem, ShapeDraft, data_in, data_out
from utils.catalogue.types import SELF, TypeRules
from utils.dsl.ast import Node, Param as UserParam, Params, TypeRef, Value, Word
from utils.dsl.types import engine_type

if TYPE_CHECKING:
    from utils.catalogue.names import EventTable, FunctionName, NameTable

MAX_PINS = 256  # `Outputs=1000000` is a mistake; the editor's own limit for a Sequence is far below


@dataclass(frozen=True)
class Context:
    """One node to shape."""

    node: Node
    scope: Scope
    data: CatalogueData
    types: TypeRules
    names: NameTable
    events: EventTable

    def text(self, key: str) -> str:
        """A property as text, whether quoted or a bare word; "" when absent."""
        return value_text(self.node.get(key))

    def flag(self, key: str) -> bool | None:
        value = self.node.get(key)
        return value if isinstance(value, bool) else None

    def count(self, key: str, default: int) -> int:
        value = self.node.get(key)
        return max(0, min(value, MAX_PINS)) if isinstance(value, int) and not isinstance(value, bool) else default

    def inputs(self, items: tuple[UserParam, ...]) -> list[PinDraft]:
        """Input pins of user-made parameters: named exactly as the user named them."""
        return [data_in(item.name, self.engine_type(item.type), label=user_label(item), value=item.default) for item in items]

    def outputs(self, items: tuple[UserParam, ...]) -> list[PinDraft]:
        return [data_out(item.name, self.engine_type(item.type), label=user_label(item)) for item in items]

    def params(self, key: str) -> tuple[UserParam, ...]:
        return params(self.node.properties, key)

    def says(self, key: str) -> bool:
        """Whether a list of parameters is given, be it an empty one."""
        return isinstance(self.node.get(key), (Params, tuple))

    def engine_type(self, ref: TypeRef) -> str:
        return engine_type(self.types.resolve(ref))

    def engine_type_of(self, value: Value | None) -> str:
        """The type that a property such as `Type=Vector` or `Type="Array<Int>"` names."""
        return engine_type(self.types.resolve_value(value))

    def strings(self, key: str) -> list[str]:
        """A list of names; a single name counts as a list of one."""
        value = self.node.get(key)
        items = value if isinstance(value, tuple) else (value,)
        return [text for item in items if (text := value_text(item))]

    def named(self, section: str, key: str) -> str:
        """A class, struct or enum that a property names: the catalogue's short name, else as it stands."""
        text = self.text(key)
        return self.types.known_name(section, text) if text else ""

    def class_name(self, key: str = "Class") -> str:
        return self.named("classes", key)

    @property
    def parent_path(self) -> str | None:
        """The parent class, when the catalogue knows it."""
        return self.data.class_path(self.scope.parent)

    def class_path(self, key: str = "Class") -> str:
        """Full path of the class that a property names; a name that nothing knows stays as it is."""
        name = self.text(key)
        return self.data.class_path(name) or name

    def self_is(self, owner: str) -> bool:
        """Whether self can be the target of a member of `owner`: it is one, or nobody here can tell."""
        parent = self.parent_path
        owner_path = self.data.class_path(owner)
        if parent is None or owner_path is None:
            return True
        return self.data.is_a(parent, owner_path) or self.data.is_interface(owner_path)

    def self_pin(self, owner: str, *, is_hidden: bool, is_required: bool = False, label: str = "") -> PinDraft:
        """The Target of a member of `owner`; of a member of this Blueprint where there is no owner."""
        known = self.data.class_path(owner) if owner else None
        kind = "interface" if known and self.data.is_interface(known) else "object"
        name = short_name(known) if known else owner or SELF
        return data_in("self", f"{kind}:{name}", is_hidden=is_hidden, is_required=is_required, label=label)

    def function(self, name: FunctionName) -> Function:
        """The function behind a name from the table of names."""
        found = self.data.function(name.owner, name.name)
        assert found is not None
        return found

    def find_function(self, class_name: str, name: str) -> Function | None:
        path = self.data.class_path(class_name) if class_name else self.parent_path
        return self.data.function(path, name) if path and name else None


def value_text(value: Value | None) -> str:
    if isinstance(value, Word):
        return value.text
    return value if isinstance(value, str) else ""


def user_label(param: UserParam) -> str:
    """Exec pins of user-made macros follow the common rule, all others are spelled by their user, less the spaces."""
    return "" if param.type.name == "Exec" else "".join(param.name.split())


def signature_outputs(items: tuple[Param, ...]) -> list[PinDraft]:
    return [data_out(item.name, item.type) for item in items]


def missing(code: str, kind: str, key: str, example: str) -> Problem:
    return Problem(code, f"{kind} does not say which {key.lower()} it means", f"Add {key}={example} to the node.")


def unknown_node(context: Context, code: str, message: str, remedy: str) -> ShapeDraft:
    return ShapeDraft(context.node.type, "", "unknown", is_known=False, problems=(Problem(code, message, remedy),))

