"""The catalogue's data file, read so that a process pays only for the records it asks for.

The file is JSON with one record a line (tools/build_catalogue.py writes it). Finding the sections takes 3 ms, parsing all of
them 30, and a run asks for a few hundred of 4,000.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

HEADING = re.compile(r'"(\w+)":([{\[])\n')
CLOSING = {"{": "\n}", "[": "\n]"}
FUNCTION_NAME = re.compile(r'\["([^"]+)",\d+,\[')
"""Begins the row of a function: nothing else in a record is a list of a name, a number and a list."""


class Section(Mapping[str, Any]):
    """Records by key, told apart when the first is asked for, and each parsed when it is."""

    def __init__(self, lines: str) -> None:
        self._lines = lines
        self._parsed: dict[str, Any] = {}

    @cached_property
    def _texts(self) -> dict[str, str]:
        return dict(line[1:].split('":', 1) for line in self._lines.split("\n"))

    def __getitem__(self, key: str) -> Any:
        if key not in self._parsed:
            self._parsed[key] = json.loads(self._texts[key].removesuffix(","))
        return self._parsed[key]

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self._texts else default

    def function_names(self) -> Iterator[tuple[str, str]]:
        """(class, function) of all records of functions, without parsing them."""
        return ((owner, name) for owner, text in self._texts.items() for name in FUNCTION_NAME.findall(text))


def read_sections(text: str) -> dict[str, Any]:
    """Name -> Section for objects, a list for lists."""
    sections: dict[str, Any] = {}
    heading = HEADING.search(text)
    while heading:
        name, bracket = heading.groups()
        end = text.index(CLOSING[bracket], heading.end() - 1)
        lines = text[heading.end():end]
        sections[name] = Section(lines) if bracket == "{" else json.loads(f"[{lines}]")
        heading = HEADING.match(text, end + len(CLOSING[bracket]) + len(",\n"))
    return sections
