"""Names that a document may use, as choices ready for the constraint: node types, classes, types, enumerators.

A choice keeps what the vocabulary allows at each of its places, so each is made once and shared by all answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from model.constraint_lexemes import LONGEST_STEM_BYTES, Choice
from utils.blueprint_patterns import RULES, Catalogue
from utils.catalogue.data import LATENT, short_name
from utils.dsl.aliases import CHOICES, NODE_ALIASES, TYPE_ALIASES
from utils.dsl.ast import TypeRef
from utils.dsl.types import PinType
from utils.dsl.writer import is_word, quote, write_name

# Forms that carry raw text of the editor or stand for copied parts: they say nothing that a request could ask for.
UNASKED_FORMS = frozenset({"K2Node", "Composite", "Tunnel", "Macro", "MathExpression", "Reroute", "FunctionEntry",
                           "SwitchGameplayTag", "TemporaryVariable", "GetEditorSubsystem"})
# What may not stand in a function: it ends at once, and nothing but its entry starts it.
EVENT_GRAPH_FORMS = frozenset({"AsyncAction", "Timeline", "AIMoveTo", "PlayMontage", "AsyncLoadAsset", "AsyncLoadClassAsset", "AssignEvent"})
PLAIN_TYPES = ("Bool", "Byte", "Int", "Int64", "Float", "String", "Name", "Text")
CONTAINERS = ("Array", "Set", "Map", "Class", "SoftObject", "SoftClass")
OF_A_PATH = ("Object", "Struct", "Enum")
"""Kinds whose name may be the path of something that only the project has."""
PROJECT_CLASS = re.compile(rf"[A-Z][A-Za-z0-9]{{0,{LONGEST_STEM_BYTES - 1}}}_[A-Za-z0-9_]+")
"""What the lexeme PROJECT_NAME spells."""
SIMPLE_STRUCTS = ("Vector", "Rotator", "Transform", "Vector2D", "LinearColor")
MOST_HEIRS = 100

class Names:
    """The choices of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.node_types = lru_cache(maxsize=64)(self._node_types)
        self.events = lru_cache(maxsize=64)(self._events)
        self.subclasses = lru_cache(maxsize=64)(self._subclasses)
        self.heirs = lru_cache(maxsize=64)(self._heirs)
        self.dispatchers_of = lru_cache(maxsize=None)(self._dispatchers_of)
        self.inherited_choice = lru_cache(maxsize=None)(lambda parent: Choice(map(quote, self.inherited(parent))))
        self.inherited = lru_cache(maxsize=None)(self._inherited)

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Those whose name the parser does not take for an older spelling of another node."""
        return tuple(name for name in self.catalogue.function_names if name not in RULES and _is_read_as_itself(name))

    @cached_property
    def latent_functions(self) -> frozenset[str]:
        data, table = self.catalogue.data, self.catalogue.function_names
        latent = {table.of_function(owner, row[0]) for owner, rows in data.raw["functions"].items() for row in rows if row[1] & LATENT}
        return frozenset(latent | {table.of_function(*key) for key in data.async_actions})

    @cached_property
    def casts(self) -> tuple[str, ...]:
        classes = (short_name(path) for path in self.catalogue.data.raw["classes"])
        return tuple(sorted({f"CastTo{name}" for name in classes if name.isidentifier() and name != "Class"} | {"CastToClass"}))

    def _node_types(self, is_function: bool, is_first: bool) -> Choice:
        """All node types but catalogue events."""
        if is_function and is_first:
            return Choice(["FunctionEntry"])
        forms = [name for name in RULES if name not in UNASKED_FORMS]
        functions: Iterable[str] = self.functions
        if is_function:
            forms = [name for name in forms if not name.startswith("Event_") and name not in EVENT_GRAPH_FORMS]
            functions = [name for name in functions if name not in self.latent_functions]
        else:
            forms = [name for name in forms if name != "FunctionResult"]
        return Choice(".".join(map(write_name, name.split("."))) for name in (*forms, *functions, *self.casts))

    def _events(self, parent: str) -> tuple[str, ...]:
        """Node types of the events that a Blueprint of this parent can have; of a project's own parent, those of Actor."""
        known = parent if self.catalogue.knows_class(parent) else "Actor"
        return tuple(dict.fromkeys(name for name in self.catalogue.names(known) if name.startswith("Event_") and name not in RULES))

    @cached_property
    def parents(self) -> Choice:
        return Choice(self.class_names)

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        return tuple(sorted({short_name(path) for path in self.catalogue.data.raw["classes"]}))

    def _subclasses(self, base: str) -> Choice:
        return self.classes_only if base in ("", "Object") else Choice(name for name in self.class_names if self.catalogue.is_a(name, base))

    def _heirs(self, owners: tuple[str, ...]) -> Choice:
        """Classes that have what one of `owners` declares; of what hundreds inherit, `owners` alone, as a choice is large."""
        heirs = [name for name in self.class_names if any(self.catalogue.is_a(name, owner) for owner in owners)]
        return Choice(owners if len(heirs) > MOST_HEIRS else heirs)

    def is_project_class(self, text: str) -> bool:
        """A name as projects give them to their own classes (BP_Door), which means nothing else."""
        return PROJECT_CLASS.fullmatch(text) is not None and text not in TYPE_ALIASES and self.catalogue.resolve_type(TypeRef(text)) == PinType(
            "object", text) and not self.catalogue.knows_class(text)

    @cached_property
    def element_types(self) -> tuple[str, ...]:
        """Every type by a bare name, in its canonical spelling."""
        raw = self.catalogue.data.raw
        named = {short_name(path) for section in ("structs", "enums", "classes") for path in raw[section]}
        return (*PLAIN_TYPES, *sorted(name for name in named if self._is_bare_type(name)))

    def _is_bare_type(self, name: str) -> bool:
        ref = TypeRef(name)
        return is_word(name) and str(self.catalogue.type_ref(self.catalogue.resolve_type(ref))) == name and name not in PLAIN_TYPES

    @cached_property
    def types(self) -> Choice:
        """The beginning of a type: a bare one is whole, a container goes on."""
        return Choice((*self.element_types, "Object", *(f"{name}<" for name in (*CONTAINERS, *OF_A_PATH))))

    @cached_property
    def types_or_dispatcher(self) -> Choice:
        return Choice((*self.element_types, "Object", "Dispatcher", *(f"{name}<" for name in (*CONTAINERS, *OF_A_PATH))))

    @cached_property
    def elements(self) -> Choice:
        return Choice((*self.element_types, "Object"))

    @cached_property
    def keys(self) -> Choice:
        """Elements that a map or set can be keyed by."""
        return Choice(("Byte", "Int", "Int64", "String", "Name", "Object", *(
            name for name in self.element_types if self.catalogue.resolve_type(TypeRef(name)).kind in ("object", "enum"))))

    @cached_property
    def classes_only(self) -> Choice:
        return Choice(self.class_names)

    @cached_property
    def structs(self) -> tuple[str, ...]:
        return tuple(sorted(short_name(path) for path, row in self.catalogue.data.raw["structs"].items() if row and row[0]))

    @cached_property
    def enums(self) -> tuple[str, ...]:
        return tuple(sorted(short_name(path) for path in self.catalogue.data.raw["enums"] if self.catalogue.enumerators(short_name(path))))

    @cached_property
    def interfaces(self) -> tuple[str, ...]:
        data = self.catalogue.data
        return tuple(sorted(short_name(path) for path in data.raw["classes"] if data.is_interface(path) and path.endswith("Interface")))

    def _inherited(self, parent: str) -> dict[str, PinType]:
        """Variables that the parent class gives, by name."""
        from utils.dsl.types import parse_engine_type

        data = self.catalogue.data
        path = data.class_path(parent)
        owners = data.ancestors(path) if path else ()
        return {one.name: parse_engine_type(one.type) for owner in reversed(owners) for one in data.properties(owner) if not one.is_dispatcher}

    @cached_property
    def property_owners(self) -> dict[str, tuple[str, ...]]:
        """Variables of the catalogue's classes -> the classes that declare them."""
        return self._owners(is_dispatcher=False)

    @cached_property
    def property_choice(self) -> Choice:
        return Choice(map(quote, self.property_owners))

    def _owners(self, is_dispatcher: bool) -> dict[str, tuple[str, ...]]:
        owners: dict[str, list[str]] = {}
        for path in self.catalogue.data.raw["properties"]:
            for one in self.catalogue.data.properties(path):
                if one.is_dispatcher == is_dispatcher:
                    owners.setdefault(one.name, []).append(short_name(path))
        return {name: tuple(sorted(found)) for name, found in owners.items()}

    def _dispatchers_of(self, class_name: str) -> tuple[str, ...]:
        data = self.catalogue.data
        path = data.class_path(class_name)
        owners = data.ancestors(path) if path else ()
        return tuple(sorted({one.name for owner in owners for one in data.properties(owner) if one.is_dispatcher}))

    @cached_property
    def dispatcher_owners(self) -> dict[str, tuple[str, ...]]:
        """Dispatchers of the catalogue's classes -> the classes that declare them."""
        return self._owners(is_dispatcher=True)


def _is_read_as_itself(name: str) -> bool:
    return name not in NODE_ALIASES and (name not in CHOICES or CHOICES[name](set(), False) == name)
