"""How correction lessons keep what they aimed at, and whose turn is next."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from corpus.lessons import SCHEMA_VERSION
from corpus.weaknesses import Kind, Weakness
from error_handler import UserError
from pipeline.store import read_json

AIMED_AT, OUT_OF_REACH = "weaknesses", "out_of_reach"
"""Keys of a correction lesson: what got prompts, and what no generator could make prompts for."""


def correction_files(folder: Path) -> dict[int, Path]:
    """By the version whose exam they answer, ascending as numbers."""
    named = ((re.fullmatch(r"correction_v(\d+)", file.stem), file) for file in folder.glob("correction_v*.json"))
    return dict(sorted((int(name[1]), file) for name, file in named if name))


def as_entry(weakness: Weakness) -> dict[str, Any]:
    return {"kind": weakness.kind, "name": weakness.name, "reason": weakness.reason, "prompt_ids": list(weakness.prompt_ids)}


def recorded(file: Path, key: str = AIMED_AT) -> list[Weakness]:
    """The weaknesses that a lesson names under a key; lessons of people need not name any."""
    try:
        return [Weakness(Kind(entry["kind"]), str(entry["name"])) for entry in read_json(file, SCHEMA_VERSION).get(key, ())]
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise UserError(f"{file}: {key}: not a list of weaknesses: {type(error).__name__}: {error}.",
                        "copy the entries as --failures writes them (kind and name are needed), or leave the key out.") from error


def in_turn(found: list[Weakness], folder: Path, version: int) -> list[Weakness]:
    """Those that the newest earlier correction lesson had a turn for come last, so that no weakness waits for ever."""
    earlier = [file for number, file in correction_files(folder).items() if number < version]
    had_turn = {one.key for file in earlier[-1:] for key in (AIMED_AT, OUT_OF_REACH) for one in recorded(file, key)}
    return sorted(found, key=lambda weakness: weakness.key in had_turn)
