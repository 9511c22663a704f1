"""Lessons: prompts with the graph that answers each of them.

A lesson is a JSON file: schema_version, lesson_id, lesson_name, description, created, prompts. A prompt has id, category,
instruction, expected_dsl and, if it likes, alternatives (other right answers), paraphrases, description (why it is there) and tags.
A correction lesson also names the weaknesses that it aims at, see docs/interfaces.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from corpus.mention_order import in_order_of_mention
from corpus.rows import Provenance, Row
from error_handler import UserError, UserErrors
from pipeline.store import read_json
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate_text

SCHEMA_VERSION = 1
LESSON_FIELDS = ("lesson_id", "lesson_name", "prompts")
PROMPT_FIELDS = ("id", "instruction", "expected_dsl")
FIX = "mend the answer (python scripts/06_validate_dsl.py shows every finding), or take the prompt out."


@dataclass(frozen=True)
class Prompt:
    """One question of a lesson. Answers are canonical DSL text."""

    id: str
    instruction: str
    expected_dsl: str
    category: str = ""
    alternatives: tuple[str, ...] = ()
    paraphrases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Lesson:
    lesson_id: str
    lesson_name: str
    prompts: tuple[Prompt, ...]
    description: str = ""
    created: str = ""
    unknown_keys: tuple[str, ...] = ()
    """Each with its place: nothing reads them, so one may be a misspelt name."""


def load_lesson(path: Path) -> Lesson:
    """Read and check a lesson; every broken prompt is named, with the first finding of its answer."""
    data = read_json(path, newest_schema=SCHEMA_VERSION)
    _require(data, LESSON_FIELDS, str(path))
    if not isinstance(data["prompts"], list):
        raise UserError(f"{path}: prompts: expected a list, found {type(data['prompts']).__name__}.", "write the prompts between [ and ].")
    _check_unique([str(prompt.get("id")) for prompt in data["prompts"] if isinstance(prompt, dict)], path)
    prompts, errors = [], []
    for number, entry in enumerate(data["prompts"], start=1):
        try:
            prompts.append(_prompt(entry, f"{path}: prompt {number}"))
        except UserError as error:
            errors.append(error)
    if errors:
        raise UserErrors(errors) if len(errors) > 1 else errors[0]
    return Lesson(str(data["lesson_id"]), str(data["lesson_name"]), tuple(prompts), data.get("description", ""), data.get("created", ""),
                  tuple(_unknown_keys(data["prompts"], path)))


def lesson_files(path: Path) -> list[Path]:
    """A lesson file itself, or the lessons of a folder without its subfolders (`lessons/holdout` is named on purpose or not read)."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UserError(f"{path}: no such lesson file or folder.", "give a lesson's .json file, or a folder of them.")
    return sorted(path.glob("*.json"))


def lesson_rows(lesson: Lesson, file: str) -> Iterator[Row]:
    """A row for each prompt and each of its paraphrases."""
    source = "correction" if lesson.lesson_id.startswith("correction") else "lesson"
    for prompt in lesson.prompts:
        blueprint = parse(prompt.expected_dsl)
        for instruction in (prompt.instruction, *prompt.paraphrases):
            output = render(in_order_of_mention(blueprint, instruction))
            yield Row(instruction, output, "", Provenance(source, file, prompt.id, prompt.category))


def _prompt(entry: Any, place: str) -> Prompt:
    _require(entry, PROMPT_FIELDS, place)
    place = f"{place} ({entry['id']})"
    return Prompt(
        id=str(entry["id"]),
        instruction=_text(entry["instruction"], f"{place}: instruction"),
        expected_dsl=_answer(entry["expected_dsl"], f"{place}: expected_dsl"),
        category=entry.get("category", ""),
        alternatives=tuple(_answer(text, f"{place}: alternatives {i}") for i, text in enumerate(_list(entry, "alternatives", place), 1)),
        paraphrases=tuple(_text(text, f"{place}: paraphrases") for text in _list(entry, "paraphrases", place)),
        tags=tuple(_list(entry, "tags", place)),
        description=entry.get("description", ""))


def _unknown_keys(entries: list[dict[str, Any]], path: Path) -> Iterator[str]:
    known = [one.name for one in fields(Prompt)]
    for number, entry in enumerate(entries, start=1):
        for key in (key for key in entry if key not in known):
            meant = get_close_matches(key, known, n=1)
            hint = f"; did you mean '{meant[0]}'?" if meant else "."
            yield f"{path}: prompt {number} ({entry['id']}): the key '{key}' is not known and was left out{hint}"


def _answer(text: Any, place: str) -> str:
    blueprint, findings = validate_text(_text(text, place))
    errors = [finding for finding in findings if finding.is_error]
    if errors or blueprint is None:
        first = errors[0]
        raise UserError(f"{place}: {first.code}, line {first.line}: {first.message}", first.remedy or FIX)
    return render(blueprint)


def _list(entry: dict[str, Any], field_name: str, place: str) -> list[Any]:
    found = entry.get(field_name) or []
    if not isinstance(found, list):
        raise UserError(f"{place}: {field_name}: expected a list, found {found!r:.60}.", f"write the {field_name} between [ and ].")
    return found


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{place}: expected a text, found {value!r:.60}.", "write the text between quotes.")
    return value


def _require(data: Any, fields: tuple[str, ...], place: str) -> None:
    missing = [name for name in fields if not isinstance(data, dict) or name not in data]
    if missing:
        raise UserError(f"{place}: {', '.join(missing)} missing.", f"a lesson needs {', '.join(LESSON_FIELDS)}; a prompt {', '.join(PROMPT_FIELDS)}.")


def _check_unique(ids: list[str], path: Path) -> None:
    repeated = next((name for name in ids if ids.count(name) > 1), None)
    if repeated is not None:
        raise UserError(f"{path}: prompt id '{repeated}' stands twice.", "give each prompt an id of its own.")
