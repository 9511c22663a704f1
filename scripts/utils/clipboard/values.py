"""Values as the Unreal editor writes them into text: strings, structs, references to objects, localised texts.

Nothing here fails: of a damaged value the readable part is returned. All scanning is linear, whatever the nesting.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# A string, closed or cut off. Possessive, so that a cut-off string costs one pass only.
STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
TOKEN = re.compile(rf"{STRING}|[(),]", re.DOTALL)
# As STRING; group 1 is there where it is closed.
ANY_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:(")|\\?\Z)', re.DOTALL)
KEY = re.compile(rf'\s*({STRING}|[^\s"=(),]+)(\(\d+\))?\s*=', re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
# Type'"Path"', /Script/Module.Type'"Path"' and "/Script/Module.Type'Path'".
REFERENCE = re.compile(r"\"?([\w/.\-]*?)'\"?(.*?)\"?'\"?", re.DOTALL)
# The usual order of a reference to a member, without escapes in any name.
PLAIN_MEMBER = re.compile(r'\((?:MemberParent=([^",()]*+(?:"[^"\\]*+"\'?)?+),)?+(?:MemberScope="([^"\\]*+)",)?+'
                          r'MemberName="([^"\\]*+)"(?:,MemberGuid=(\w++))?+(,bSelfContext=True)?+\)')
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
TEXT_MACRO = re.compile(r"\s*([A-Z][A-Z_]*)\s*\(")


class Reference(NamedTuple):
    """`/Script/CoreUObject.Class'/Script/Engine.Actor'`: type and path of the object; no type where only a path stands."""

    type: str
    path: str


NO_REFERENCE = Reference("", "")


class Member(NamedTuple):
    """A function, variable, event or delegate by reference; `scope` is the function that a local variable belongs to."""

    name: str
    parent: str = ""
    scope: str = ""
    guid: str = ""
    is_self: bool = False


def unquote(raw: str) -> str:
    """The string that `raw` stands for; what is not quoted is its own value."""
    if not raw.startswith('"'):
        return raw
    inner = raw[1:-1] if len(raw) > 1 and raw.endswith('"') else raw[1:]
    return ESCAPE.sub(lambda match: ESCAPED.get(match[1], match[1]), inner) if "\\" in inner else inner


def has_open_string(raw: str) -> bool:
    """Whether a string in it is cut off. Of damage, one quote is lost; so an even number of them needs no closer look."""
    return bool(raw.count('"') & 1) and any(found[1] is None for found in ANY_STRING.finditer(raw))


def split_values(raw: str) -> list[str]:
    """Parts of `(a,b(c,d),"e,f",)` at its own commas; brackets around and a trailing comma are optional."""
    start, end, depth, parts = 0, len(raw), 0, []
    if raw.startswith("("):
        start, end = 1, closing_bracket(raw)
    for token in TOKEN.finditer(raw, start, end):
        sign = token[0]
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(raw[start:token.start()].strip())
            start = token.end()
    last = raw[start:end].strip()
    return [*parts, last] if last else parts


def closing_bracket(raw: str) -> int:
    """Index of the bracket that closes the one at index 0, or the length where none does."""
    depth = 0
    for token in TOKEN.finditer(raw):
        sign = token[0]
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign == ")":
            return token.start()
    return len(raw)


def pairs(raw: str) -> list[tuple[str, str]]:
    """`(Key=value, "Odd key"(3)=value)` as keys without quotes and raw values, in order; parts without a key are left out."""
    found = []
    for part in split_values(raw):
        if key := KEY.match(part):
            found.append((unquote(key[1]) + (key[2] or ""), part[key.end():].strip()))
    return found


def members(raw: str) -> dict[str, str]:
    return dict(pairs(raw))


def read_reference(raw: str) -> Reference:
    """Any of the three styles of an object reference, or a bare path; `None` and nothing give an empty one."""
    raw = raw.strip()
    if not raw:
        return NO_REFERENCE
    if found := REFERENCE.fullmatch(raw):
        return Reference(found[1], found[2])
    path = unquote(raw)
    return Reference("", "" if path == "None" else path)


@lru_cache(maxsize=16384)
def read_member(raw: str) -> Member:
    """`(MemberParent=<class>,MemberName="PrintString")` and its variants."""
    if plain := PLAIN_MEMBER.fullmatch(raw):
        parent, scope, name, guid, is_self = plain.groups()
        return Member(name, read_reference(parent).path if parent else "", scope or "", guid or "", is_self is not None)
    values = members(raw)
    return Member(unquote(values.get("MemberName", "")), read_reference(values.get("MemberParent", "")).path,
                  unquote(values.get("MemberScope", "")), values.get("MemberGuid", ""), values.get("bSelfContext") == "True")


def text_source(raw: str) -> str:
    """What a text value says in the language it was written in: NSLOCTEXT, LOCTABLE, INVTEXT, LOCGEN_FORMAT_..., plain."""
    macro = TEXT_MACRO.match(raw)
    if not macro:
        return unquote(raw.strip())
    parts = split_values(raw[macro.end() - 1:])
    if not parts:
        return ""
    if macro[1].startswith("LOCGEN_FORMAT"):
        return _formatted(parts)
    index = {"NSLOCTEXT": 2, "LOCTEXT": 1, "LOCTABLE": 1}.get(macro[1], 0)
    return unquote(parts[min(index, len(parts) - 1)])


def _formatted(parts: list[str]) -> str:
    """Arguments are put in once and one level deep: a text that nests formats in formats must not grow without bound."""
    arguments = {unquote(name): _plain(value) for name, value in zip(parts[1::2], parts[2::2])}
    return PLACEHOLDER.sub(lambda match: arguments.get(match[1], match[0]), _plain(parts[0]))


def _plain(raw: str) -> str:
    return "" if raw.startswith("LOCGEN_FORMAT") else text_source(raw)
