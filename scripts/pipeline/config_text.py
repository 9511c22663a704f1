"""The text of pipeline_config.json: where a key stands, and which key was probably meant."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from error_handler import UserError


def parse_json_object(file: Path, text: str) -> dict[str, Any]:
    """The top-level object; a syntax error, a doubled key or another kind of value is a UserError with its place."""
    try:
        obj = json.loads(text, object_pairs_hook=lambda pairs: _without_doubles(file, pairs))
    except json.JSONDecodeError as error:
        raise UserError(f"{file.name}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}.", _syntax_remedy(text, error)) from error
    if not isinstance(obj, dict):
        raise UserError(f"{file.name}:1: the file is not an object.", "write { ... } around the settings.")
    return obj


def _without_doubles(file: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    doubled = next((key for key in keys if keys.count(key) > 1), None)
    if doubled is not None:
        raise UserError(f"{file.name}: '{doubled}' stands twice.", "keep one of them.")
    return dict(pairs)


def _syntax_remedy(text: str, error: json.JSONDecodeError) -> str:
    before = text[:error.pos].rstrip()
    if before.endswith(",") or text[error.pos:error.pos + 1] == ",":
        return "take away the comma before the closing bracket."
    if error.msg.startswith("Expecting ','"):
        return "put a comma between the entries."
    if text[error.pos:error.pos + 1] in "'/#":
        return 'use double quotes, and no comments (a key that begins with "_" is ignored).'
    return "mend the text at this place."


def line_of(text: str, section: str, key: str | None = None) -> int:
    """Line of a section's name, or of a key inside it, counted from 1."""
    at = _position(text, section, 0)
    return text.count("\n", 0, at if key is None else _position(text, key, at)) + 1


def _position(text: str, name: str, start: int) -> int:
    found = re.compile(re.escape(json.dumps(name, ensure_ascii=False)) + r"\s*:").search(text, start)
    return found.start() if found else start


def nearest(name: str, keys: Mapping[str, Sequence[str]], section: str | None) -> str:
    """The remedy for an unknown section (`section` None) or for an unknown key of `section`."""
    owner = next((owner for owner, names in keys.items() if name in names), None)
    if owner:
        return f"move it into section '{owner}'."
    return f"did you mean '{_closest(name, keys.get(section or '') or list(keys))}'?"


def _closest(name: str, options: Sequence[str]) -> str:
    """The most similar option, compared with and without the prefix that options share (`rank` means `lora_r`)."""
    def similarity(option: str) -> tuple[float, float]:
        short = option.partition("_")[2] or option
        in_order = max(_ratio(name.lower(), form) for form in (option, short))
        # Letters out of order decide between equals: `use4_bit` is `use_4bit`, not `use_8bit`.
        return in_order, _ratio("".join(sorted(name.lower())), "".join(sorted(option)))
    return max(options, key=similarity)


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
