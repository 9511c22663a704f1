"""Values in brackets, by the type of their pin or by what their property means, as places of the constraint."""

from __future__ import annotations

from collections.abc import Callable

from model.constraint_lexemes import FLOAT, IDENTIFIER, INT, INT64, NAME_STRING, PATH, PLAIN_STRING, SMALL, STRING, choice_of
from model.constraint_matcher import Either, InLexeme, Place
from model.constraint_names import Names
from utils.dsl_types import PinType
from utils.dsl_values import NUMERIC_STRUCTS
from utils.dsl_writer import is_word, quote, write_name

Follow = Callable[[str], Place]
BOOLS = choice_of(("true", "false"))
NUMBERS = {"int": INT, "int64": INT64, "byte": SMALL, "float": FLOAT}


def literally(text: str, follow: Callable[[], Place]) -> InLexeme:
    """A text without alternative."""
    return InLexeme(choice_of((text,)), lambda _: follow())


def one_of(texts: tuple[str, ...], follow: Follow) -> InLexeme:
    return InLexeme(choice_of(texts), follow)


class Values:
    """Literals by type."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.catalogue = names.catalogue

    def has_literal(self, kind: PinType) -> bool:
        if kind.container:
            return False
        if kind.kind == "struct":
            return kind.name in NUMERIC_STRUCTS and bool(self.catalogue.members(kind.name)) or kind.name == "Key"
        if kind.kind == "enum":
            return bool(self.catalogue.enumerators(kind.name))
        return kind.kind in NUMBERS or kind.kind in ("bool", "string", "name", "text", "class", "softclass", "object", "softobject")

    def literal(self, kind: PinType, follow: Follow) -> Place:
        if kind.kind == "bool":
            return InLexeme(BOOLS, follow)
        if kind.kind in NUMBERS:
            return InLexeme(NUMBERS[kind.kind], follow)
        if kind.kind in ("string", "name", "text"):
            return InLexeme(STRING, follow)
        if kind.kind == "enum":
            return one_of(self.enumerators(kind.name), follow)
        if kind.kind in ("class", "softclass"):
            return self.class_name(kind.name, follow)
        if kind.kind == "struct":
            return self._struct(kind.name, follow)
        return InLexeme(NAME_STRING, follow)

    def enumerators(self, enum: str) -> tuple[str, ...]:
        return tuple(name if is_word(name) else quote(name) for name in self.catalogue.enumerators(enum) or ())

    def class_name(self, base: str, follow: Follow) -> Place:
        """A known subclass, a class of the project, or the path of one in quotes."""
        bare = InLexeme(IDENTIFIER, follow, lambda text: self.names.is_class_for(text, base))
        return Either(bare, InLexeme(PATH, follow))

    def _struct(self, name: str, follow: Follow) -> Place:
        if name == "Key":
            return InLexeme(IDENTIFIER, follow, lambda text: is_word(text) and text.lower() != "none")
        members = list((self.catalogue.members(name) or {}).items())
        return self._members(name, members, 0, "", follow)

    def _members(self, name: str, members: list[tuple[str, PinType]], index: int, done: str, follow: Follow) -> Place:
        if index == len(members):
            return literally(")", lambda: follow(done + ")"))
        member, kind = members[index]
        head = f"{',' if index else '('}{write_name(member)}="
        lexeme = SMALL if kind.kind == "byte" else INT if kind.kind == "int" else FLOAT
        return literally(head, lambda: InLexeme(lexeme, lambda text: self._members(name, members, index + 1, done + head + text, follow)))

    def operand(self, follow: Follow) -> Place:
        """A literal beside a wildcard: a number or a text."""
        return Either(InLexeme(FLOAT, follow), InLexeme(STRING, follow))

    # Types

    def type_ref(self, follow: Follow, with_dispatcher: bool = False) -> Place:
        start = self.names.types_or_dispatcher if with_dispatcher else self.names.types
        return InLexeme(start, lambda text: self._container(text[:-1], follow) if text.endswith("<") else follow(text))

    def _container(self, name: str, follow: Follow) -> Place:
        if name == "Map":
            return InLexeme(self.names.keys, lambda key: literally(",", lambda: InLexeme(
                self.names.elements, lambda value: literally(">", lambda: follow(f"Map<{key},{value}>")))))
        choice = self.names.keys if name == "Set" else self.names.elements if name == "Array" else self.names.classes_only
        return InLexeme(choice, lambda text: literally(">", lambda: follow(f"{name}<{text}>")))

    # Lists

    def params(self, follow: Follow, done: str = "(", taken: frozenset[str] = frozenset()) -> Place:
        """`(Amount: Float, Who: Actor)`, each name once."""
        def after_name(name: str) -> Place:
            return literally(": ", lambda: self.type_ref(lambda kind: after_type(name, kind)))

        def after_type(name: str, kind: str) -> Place:
            text = f"{done}{name}: {kind}"
            return one_of((", ", ")"), lambda end: self.params(follow, text + ", ", taken | {name.lower()}) if end == ", " else follow(text + ")"))

        name = InLexeme(IDENTIFIER, after_name, lambda text: text.lower() not in taken | RESERVED_PARAMETERS)
        return name if done != "(" else literally("(", lambda: name)

    def strings(self, follow: Follow, done: str = "(", taken: frozenset[str] = frozenset()) -> Place:
        """`("a", "b")`, each once."""
        def after(text: str) -> Place:
            now = taken | {text[1:-1].lower()}
            return one_of((", ", ")"), lambda end: self.strings(follow, done + text + ", ", now) if end == ", " else follow(done + text + ")"))

        item = InLexeme(PLAIN_STRING, after, lambda text: text[1:-1].lower() not in taken)
        return item if done != "(" else literally("(", lambda: item)


RESERVED_PARAMETERS = frozenset({"then", "execute", "self", "target", "outputdelegate", "none", "true", "false"})
