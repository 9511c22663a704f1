"""Cursor over one DSL line: the small rules from which every statement is read.

A rule either returns what it read and leaves the cursor behind it, or raises DslError at the place where it stopped.
"""

from __future__ import annotations

import math
import re

from utils.dsl.ast import Param, Params, Struct, TypeRef, Value, Word

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
WORD = re.compile(r"[^\W\d]\w*(?:(?:::|\.)\w+)*")
IDENTIFIER = re.compile(r"\w+")
NAME = re.compile(r"(?:[^\s\"'()\[\]{}=,:.<>-]|-(?!>))+")
PATH = re.compile(r"/[^\s\"()\[\]=,<>]+")
TYPE_NAME = re.compile(rf"{PATH.pattern}|[\w.]+")
QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
STRING = re.compile(QUOTED)
PARAM_START = re.compile(rf"\(\s*(?:{QUOTED}|[^\s\"()\[\]=,:]+)\s*:(?!:)")
FIELD_START = re.compile(rf"(?:{QUOTED}|[^\s\"()\[\]=,]+)\s*=")
STATEMENT_INSIDE = re.compile(r"\s(?:(?:BLUEPRINT|PARENT|GRAPH):|(?:VAR|NODE)\s+\w+:)")
"""A second statement behind the name of a Blueprint, which reaches to the end of its line."""
SPACES = (" ", "\t")
SPACE = re.compile(r"[ \t]*")
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
HALF = re.compile("[\ud800-\udfff]")
WHOLE_CHARACTERS = "whole characters (half of a surrogate pair, \\ud800 to \\udfff, is none, and no file can hold it)"
A_NUMBER = "a number of at most 1.797e308 in size"
MAX_DEPTH = 40  # deeper nesting is an attack or an accident; real defaults stay under 6


class DslError(ValueError):
    """A line that is not a statement: where, what was expected, what stood there."""

    def __init__(self, line: int, column: int, expected: str, found: str) -> None:
        self.line, self.column, self.expected, self.found = line, column, expected, found
        super().__init__(f"line {line}, column {column}: expected {expected}, found {found}")


def unescape(text: str, errors: str = "replace") -> str:
    """Two escapes of a surrogate pair are one character; half a pair is none, which `errors` deals with as in bytes.decode."""
    return ESCAPE.sub(_unescaped, text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else ESCAPES.get(match[2], match[2])


class Cursor:
    """A place in one line."""

    def __init__(self, text: str, line: int, position: int = 0) -> None:
        self.text, self.line, self.position = text, line, position

    def error(self, expected: str, position: int | None = None) -> DslError:
        at = self.position if position is None else position
        found = self.text[at:at + 30].rstrip()
        return DslError(self.line, at + 1, expected, repr(found) if found else "the end of the line")

    def skip_space(self) -> None:
        if self.text.startswith(SPACES, self.position):
            self.position = SPACE.match(self.text, self.position).end()

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def take(self, literal: str) -> bool:
        self.skip_space()
        if not self.text.startswith(literal, self.position):
            return False
        self.position += len(literal)
        return True

    def expect(self, literal: str) -> None:
        if not self.take(literal):
            raise self.error(f"'{literal}'")

    def expect_end(self) -> None:
        self.skip_space()
        if self.position < len(self.text):
            raise self.error("the end of the line")

    def rest(self) -> str:
        text, self.position = self.text[self.position:].strip(), len(self.text)
        return text

    def string(self) -> str:
        start = self.position
        found = self.match(STRING)
        if not found:
            raise self.error("a closing quote")
        try:
            return unescape(found[1], "strict")
        except UnicodeDecodeError as error:
            raise self.error(WHOLE_CHARACTERS, start) from error

    def name(self, what: str) -> str:
        """A name of a variable, pin or property; quoted when it holds spaces or signs."""
        self.skip_space()
        if self.text.startswith('"', self.position):
            return self.string()
        found = self.match(NAME)
        if not found:
            raise self.error(what)
        return found[0]

    def identifier(self, what: str) -> str:
        self.skip_space()
        found = self.match(IDENTIFIER)
        if not found:
            raise self.error(what)
        return found[0]

    def type_ref(self, depth: int = 0) -> TypeRef:
        name = self.type_name()
        if depth > MAX_DEPTH:
            raise self.error(f"at most {MAX_DEPTH} levels of brackets")
        if not self.take("<"):
            return TypeRef(name)
        args = [self.type_ref(depth + 1)]
        while self.take(","):
            args.append(self.type_ref(depth + 1))
        self.expect(">")
        return TypeRef(name, tuple(args))

    def type_name(self) -> str:
        self.skip_space()
        if self.text.startswith('"', self.position):
            return self.string()
        found = self.match(TYPE_NAME)
        if not found:
            raise self.error("a type")
        return found[0]

    def value(self, depth: int = 0) -> Value:
        self.skip_space()
        if depth > MAX_DEPTH:
            raise self.error(f"at most {MAX_DEPTH} levels of brackets")
        if self.text.startswith('"', self.position):
            return self.string()
        if self.text.startswith("(", self.position):
            return self.group(depth)
        start = self.position
        if found := self.match(NUMBER):
            if math.isinf(float(found[0])):
                raise self.error(A_NUMBER, start)
            return number(found[0])
        if found := self.match(WORD):
            return {"true": True, "false": False}.get(found[0].lower(), Word(found[0]))
        raise self.error("a value: a quoted string, a number, true, false, a name or (...)")

    def group(self, depth: int) -> Value:
        """`(...)`: parameters when a colon follows the first name, a struct when '=' does, else a list."""
        if PARAM_START.match(self.text, self.position):
            return self.params(depth)
        self.expect("(")
        self.skip_space()
        if FIELD_START.match(self.text, self.position):
            return Struct(tuple(self.fields(")", depth)))
        items: list[Value] = []
        while not self.take(")"):
            items.append(self.value(depth + 1))
            self.separator(")")
        return tuple(items)

    def params(self, depth: int) -> Params:
        self.expect("(")
        items: list[Param] = []
        while not self.take(")"):
            name = self.name("a parameter name")
            self.expect(":")
            kind = self.type_ref()
            items.append(Param(name, kind, self.value(depth + 1) if self.take("=") else None))
            self.separator(")")
        return Params(tuple(items))

    def fields(self, closing: str, depth: int = 0) -> list[tuple[str, Value]]:
        """`Key=value, Key=value` up to and with the closing bracket."""
        fields: list[tuple[str, Value]] = []
        while not self.take(closing):
            key = self.name(f"a property name or '{closing}'")
            self.expect("=")
            fields.append((key, self.value(depth + 1)))
            self.separator(closing)
        return fields

    def separator(self, closing: str) -> None:
        self.skip_space()
        if not self.take(",") and not self.text.startswith(closing, self.position):
            raise self.error(f"',' or '{closing}'")

    def properties(self) -> tuple[tuple[str, Value], ...]:
        """`[Key=value, ...]`, when there is one."""
        if not self.take("["):
            return ()
        start = self.position
        fields = self.fields("]")
        if len(dict(fields)) < len(fields):
            keys = [key for key, _ in fields]
            duplicate = next(key for index, key in enumerate(keys) if key in keys[:index])
            raise self.error(f"property '{duplicate}' only once", start)
        return tuple(fields)


def number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
