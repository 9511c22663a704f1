"""Values in brackets, by the type of their pin or by what their property means, as places of the constraint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from model.constraint_lexemes import (BARE_PATH, FLOAT, IDENTIFIER, INT, INT64, NAME_STRING, PATH, PLAIN_STRING, PROJECT_NAME, SPACED_NAME,
                                      STRING, Choice, choice_of)
from model.constraint_names import CONTAINERS, OF_A_PATH, Names
from model.constraint_places import Either, InLexeme, Place
from utils.dsl.ast import Struct, Value, Word
from utils.dsl.lexer import Cursor
from utils.dsl.spelling import speller
from utils.dsl.types import PinType
from utils.dsl.values import NUMERIC_STRUCTS
from utils.dsl.writer import is_word, quote, write_name

Follow = Callable[[str], Place]


@dataclass(frozen=True)
class Kept:
    """Types that keep a promise: those named, and what inherits from `base`; also any class of the project, if `with_project`."""

    names: tuple[str, ...]
    base: str = ""
    with_project: bool = False


Promised = Mapping[str, tuple[str, Callable[[Mapping[str, str]], Kept]]]
"""Names by lower case, each with its spelling and the types it may have after those said before it."""
REFERENCES_TO = ("Class", "SoftClass", "SoftObject")
NAMED_IN_PROJECTS = ("Enum", "Struct")
"""Kinds whose name may be one that only the project has; its classes are types by their bare names."""
NO_ENUMERATORS = frozenset({"none", "true", "false"})
BOOLS = choice_of(("true", "false"))
OPERAND_STRUCTS = ("Vector", "Rotator", "Vector2D", "LinearColor")
"""Structs that operators take and a document can spell."""
BYTES = choice_of(tuple(map(str, range(256))))
NUMBERS = {"int": INT, "int64": INT64, "byte": BYTES, "float": FLOAT}


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
        self.default_type = lru_cache(maxsize=4096)(self._default_type)

    def has_literal(self, kind: PinType) -> bool:
        if kind.container:
            return False
        if kind.kind == "struct":
            return kind.name not in NUMERIC_STRUCTS or bool(self.catalogue.members(kind.name))
        if kind.kind == "enum":
            return bool(self.catalogue.enumerators(kind.name)) or self._is_of_project(kind)
        return kind.kind in NUMBERS or kind.kind in ("bool", "string", "name", "text", "class", "softclass", "object", "softobject")

    def literal(self, kind: PinType, follow: Follow) -> Place:
        if kind.kind == "bool":
            return InLexeme(BOOLS, follow)
        if kind.kind in NUMBERS:
            return InLexeme(NUMBERS[kind.kind], follow)
        if kind.kind in ("string", "name", "text"):
            return InLexeme(STRING, follow, deciding=())
        if kind.kind == "enum" and self._is_of_project(kind):
            return self._word(follow)
        if kind.kind == "enum":
            return one_of(self.enumerators(kind.name), follow)
        if kind.kind in ("class", "softclass"):
            return self.class_name(kind.name, follow)
        if kind.kind == "struct":
            return self._struct(kind.name, follow)
        return InLexeme(NAME_STRING, follow, deciding=())

    def _default_type(self, written: str) -> PinType | None:
        """The type of a variable or parameter that may have a value where it is declared; None where it may not."""
        kind = self.catalogue.resolve_type(Cursor(written, 0).type_ref())
        return kind if self.has_literal(kind) and kind.kind not in ("object", "softobject") else None

    def _is_of_project(self, kind: PinType) -> bool:
        """Of an enum by its path, or by a name that the catalogue does not have, nobody here knows the enumerators."""
        return bool(kind.name) and self.catalogue.enumerators(kind.name) is None

    def enumerators(self, enum: str) -> tuple[str, ...]:
        return tuple(name if is_word(name) else quote(name) for name in self.catalogue.enumerators(enum) or ())

    def class_name(self, base: str, follow: Follow) -> Place:
        """A known subclass, a class of the project, or the path of one in quotes."""
        known = self.names.subclasses(base)
        path = InLexeme(PATH, follow, lambda text: speller().literals.types.class_fits(text[1:-1], base))
        return Either(*([InLexeme(known, follow)] if known.root.children else []), self._project_class(follow), path)

    def _struct(self, name: str, follow: Follow) -> Place:
        if name == "Key":
            return InLexeme(IDENTIFIER, follow, lambda text: is_word(text) and text.lower() != "none")
        if name not in NUMERIC_STRUCTS:
            return literally("(", lambda: self._field("(", follow))
        members = list((self.catalogue.members(name) or {}).items())
        return self._members(name, members, 0, "", follow)

    def _members(self, name: str, members: list[tuple[str, PinType]], index: int, done: str, follow: Follow) -> Place:
        if index == len(members):
            return literally(")", lambda: follow(done + ")"))
        member, kind = members[index]
        head = f"{',' if index else '('}{write_name(member)}="
        lexeme = BYTES if kind.kind == "byte" else INT if kind.kind == "int" else FLOAT
        return literally(head, lambda: InLexeme(lexeme, lambda text: self._members(name, members, index + 1, done + head + text, follow)))

    def _field(self, done: str, follow: Follow, taken: frozenset[str] = frozenset()) -> Place:
        """`TagName="State.Burning")`: members of a struct that is not of numbers, each at most once, with a text, a number or a word."""
        def after(member: str) -> Place:
            now = taken | {member.lower()}
            ends = {",": lambda text: self._field(f"{done}{member}={text},", follow, now), ")": lambda text: follow(f"{done}{member}={text})")}
            value = lambda text: one_of(tuple(ends), lambda end: ends[end](text))  # noqa: E731
            return literally("=", lambda: Either(*(InLexeme(lexeme, value, deciding=()) for lexeme in (STRING, FLOAT, INT, BOOLS)), self._word(value)))

        return InLexeme(IDENTIFIER, after, lambda text: text.lower() not in taken | NO_ENUMERATORS)

    @staticmethod
    def _word(follow: Follow) -> Place:
        """An enumerator of what only the project has, or of an enum that a wire will tell."""
        return InLexeme(IDENTIFIER, follow, lambda text: text.lower() not in NO_ENUMERATORS)

    def operand(self, before: list[Value], follow: Follow, structs: tuple[str, ...] = (), may_be_word: bool = False) -> Place:
        """A literal on a wildcard: of the kind of those that stand on the node's other wildcards; without any, of one of `structs` too."""
        kinds = {type(value) for value in before}
        if kinds == {Word}:
            return self._word(follow)
        choices = {bool: BOOLS, int: INT, float: FLOAT, str: STRING}
        if not kinds:
            words = (self._word(follow),) if may_be_word else ()
            return Either(*(InLexeme(lexeme, follow, deciding=()) for lexeme in (BOOLS, FLOAT, STRING)), *(self._struct(name, follow) for name in structs), *words)
        if Struct in kinds:
            fields = [key for key, _ in next(value for value in before if isinstance(value, Struct)).fields]
            return self._struct(next(name for name in OPERAND_STRUCTS if list(self.catalogue.members(name)) == fields), follow)
        return InLexeme(choices.get(next(iter(kinds)), INT) if len(kinds) == 1 else INT, follow, deciding=())

    # Types

    def type_ref(self, follow: Follow, with_dispatcher: bool = False) -> Place:
        """A type of the catalogue or a class of the project, or a container of such."""
        start = self.names.types_or_dispatcher if with_dispatcher else self.names.types
        return Either(InLexeme(start, lambda text: self._container(text[:-1], follow) if text.endswith("<") else follow(text)), self._project_class(follow))

    def quoted_type(self, follow: Follow) -> Place:
        """The same as the value of a node's property: in quotes where it has angle brackets."""
        bracketed = (literally(f'"{kind}<', lambda kind=kind: self._container(kind, lambda text: literally('"', lambda: follow(f'"{text}"'))))
                     for kind in (*CONTAINERS, *OF_A_PATH))
        return Either(InLexeme(self.names.elements, follow), self._project_class(follow), *bracketed)

    def _project_class(self, follow: Follow) -> Place:
        return InLexeme(PROJECT_NAME, follow, self.names.is_project_class)

    def _container(self, name: str, follow: Follow) -> Place:
        if name in OF_A_PATH:
            return self._of_a_path(name, follow)
        if name == "Map":
            return self._element(self.names.keys, lambda key: literally(",", lambda: self._element(
                self.names.elements, lambda value: literally(">", lambda: follow(f"Map<{key},{value}>")))))
        if name in REFERENCES_TO:
            return Either(self._class_element(name, follow), self._of_a_path(name, follow))
        choice = self.names.keys if name == "Set" else self.names.elements
        return self._element(choice, lambda text: literally(">", lambda: follow(f"{name}<{text}>")))

    def _class_element(self, name: str, follow: Follow) -> Place:
        after = lambda text: literally(">", lambda: follow(f"{name}<{text}>"))  # noqa: E731
        return Either(InLexeme(self.names.classes_only, after), self._project_class(after))

    def _of_a_path(self, name: str, follow: Follow) -> Place:
        after = lambda text: literally(">", lambda: follow(f"{name}<{text}>"))  # noqa: E731
        path = InLexeme(BARE_PATH, after)
        return path if name not in NAMED_IN_PROJECTS else Either(path, InLexeme(PROJECT_NAME, after, self.names.is_project_class))

    def _element(self, choice: Choice, follow: Follow) -> Place:
        """Sets and keys of maps take no structs; of what only the project has, nobody here knows whether it can be a key."""
        kinds = ("Object", "Enum") if choice is self.names.keys else (*OF_A_PATH, *REFERENCES_TO)
        inner = (literally(f"{kind}<", lambda kind=kind: self._container(kind, follow)) for kind in kinds)
        return Either(InLexeme(choice, follow), self._project_class(follow), *inner)

    # Lists

    def params(self, follow: Follow, promised: Promised | None = None, with_defaults: bool = False, taken: frozenset[str] = frozenset()) -> Place:
        """`(Amount: Float = 1.0, "Hit By": Actor)`, each pin once; `promised` names must be among them."""
        return literally("(", lambda: self._param(follow, "(", taken, promised or {}, with_defaults, {}))

    def _param(self, follow: Follow, done: str, taken: frozenset[str], promised: Promised, with_defaults: bool, said: Mapping[str, str]) -> Place:
        def after_name(name: str) -> Place:
            kinds = promised.get(name.lower())
            kind = (lambda then: self._kept(kinds[1](said), then)) if kinds else self.type_ref
            return literally(": ", lambda: kind(lambda text: after_type(name, text)))

        def after_type(name: str, kind: str) -> Place:
            given = self.default_type(kind) if with_defaults else None
            value = lambda: self.literal(given, lambda text: after_param(name, kind, f"{kind} = {text}"))  # noqa: E731
            return after_param(name, kind, kind, {" = ": value} if given else {})

        def after_param(name: str, kind: str, written: str, more: Mapping[str, Callable[[], Place]] = MappingProxyType({})) -> Place:
            text, now = f"{done}{name}: {written}", taken | {_pin_of(name)}
            places = {", ": lambda: self._param(follow, text + ", ", now, promised, with_defaults, {**said, name.lower(): kind}), **more}
            if not promised.keys() - now:
                places[")"] = lambda: follow(text + ")")
            return one_of(tuple(places), lambda end: places[end]())

        exact = tuple(name for key, (name, _) in promised.items() if key not in taken)
        is_fresh = lambda text: _pin_of(text) not in taken | RESERVED_PARAMETERS | promised.keys()  # noqa: E731
        return Either(*([one_of(exact, after_name)] if exact else []), *(InLexeme(lexeme, after_name, is_fresh) for lexeme in (IDENTIFIER, SPACED_NAME)))

    def _kept(self, kept: Kept, follow: Follow) -> Place:
        heirs = (InLexeme(self.names.subclasses(kept.base), follow),) if kept.base and self.names.subclasses(kept.base).root.children else ()
        return Either(one_of(kept.names, follow), *heirs, *((self._project_class(follow),) if kept.with_project else ()))

    def exec_params(self, follow: Follow, done: str = "(", taken: frozenset[str] = frozenset()) -> Place:
        """`(Loaded: Exec, Failed: Exec)`, each name once."""
        def after(name: str) -> Place:
            text, now = f"{done}{name}: Exec", taken | {name.lower()}
            return literally(": Exec", lambda: one_of((", ", ")"), lambda end: self.exec_params(follow, text + ", ", now) if end == ", " else follow(text + ")")))

        item = InLexeme(IDENTIFIER, after, lambda text: text.lower() not in taken | RESERVED_PARAMETERS)
        return item if done != "(" else literally("(", lambda: item)

    def strings(self, follow: Follow, done: str = "(", taken: frozenset[str] = frozenset()) -> Place:
        """`("a", "b")`, each once."""
        def after(text: str) -> Place:
            now = taken | {text[1:-1].lower()}
            return one_of((", ", ")"), lambda end: self.strings(follow, done + text + ", ", now) if end == ", " else follow(done + text + ")"))

        item = InLexeme(PLAIN_STRING, after, lambda text: text[1:-1].lower() not in taken, deciding=())
        return item if done != "(" else literally("(", lambda: item)


def _pin_of(name: str) -> str:
    """The pin of a parameter, in lower case: `"Hit By"` is HitBy."""
    return "".join(name.strip('"').split()).lower()


RESERVED_PARAMETERS = frozenset({"then", "execute", "self", "target", "outputdelegate", "none", "true", "false"})
