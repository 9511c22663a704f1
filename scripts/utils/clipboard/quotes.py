"""Quotes that were changed on the way from the editor: a web page escapes them, a word processor bends them.

Without plain quotes a text says nothing: names keep their marks, links find no node, pins have no values.
"""

from __future__ import annotations

import re

BENT = "“”„‟″＂«»"
# How the name of an object begins where its quotes were changed; names of the editor begin otherwise.
CHANGED = ("&quot;", "&#34;", "&#x22;", *BENT)
ESCAPES = {"&quot;": '"', "&#34;": '"', "&#x22;": '"', "&#39;": "'", "&#x27;": "'", "&apos;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&"}
ESCAPE = re.compile("|".join(ESCAPES))
STRAIGHT = str.maketrans(dict.fromkeys(BENT, '"'))
# Of a reference, Type'"/Path"': any other apostrophe is part of what somebody wrote.
BENT_REFERENCE = re.compile(r'(?<=\w)[‘’]("?/[^"‘’]*+"?)[‘’]')


def with_plain_quotes(lines: list[str], sample: str) -> list[str]:
    """The lines as the editor wrote them. `sample` is a name with changed quotes: it tells which change is to be undone.

    A line that has a plain quote was not changed: what stands in its strings is real text.
    """
    undo = _unescaped if sample.startswith("&") else _straightened
    return [line if '"' in line else undo(line) for line in lines]


def _unescaped(line: str) -> str:
    """One pass, so that text about escapes (`&amp;quot;`) comes back as it was."""
    return ESCAPE.sub(lambda found: ESCAPES[found[0]], line) if "&" in line else line


def _straightened(line: str) -> str:
    return BENT_REFERENCE.sub(r"'\1'", line.translate(STRAIGHT))
