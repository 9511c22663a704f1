"""Rules about types where they are declared: brackets hold what a type of that kind takes, and the names in them mean something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from utils.blueprint_patterns import load_catalogue
from utils.catalogue.shapes_members import is_project_name
from utils.catalogue.types import BARE_KINDS, CONTAINERS, KIND_OF_WORD, KIND_OF_WRAPPER, SELF, WORDS
from utils.dsl.ast import Params, TypeRef, Value
from utils.dsl.spelling import Speller
from utils.dsl.writer import write_type, write_value
from utils.validation.report import Report, nearest

EXAMPLES = {"array": "Array<Int>", "set": "Set<Int>", "map": "Map<String,Int>"}


def check_type(ref: TypeRef, line: int, what: str, report: Report, node: str = "") -> None:
    """`what` names the variable or parameter that is of this type."""
    if remedy := _bracket_fault(ref):
        report.error("wrong-type", line, f"{what}: {write_type(ref)[:60]} is no type", remedy, node)
    for name in _unknown_names(ref):
        hint = f"Did you mean {meant}? " if report.may_look_up() and (meant := nearest(name, _names(name[:2].lower()))) else ""
        report.warning("unknown-type", line, f"{what}: the catalogue has no type {name[:60]}",
                       f'{hint}A class of the project is written BP_{name[:60]} or by its path.', node)


def check_params(params: Params, line: int, what: str, speller: Speller, report: Report, node: str = "") -> None:
    """Types and values of a list of parameters, and each name once: two pins of one name cannot be told apart."""
    seen: set[str] = set()
    for item in params.items:
        parameter = f"{what}, parameter '{item.name}'"
        check_type(item.type, line, parameter, report, node)
        check_default(item.default, item.type, line, parameter, speller, report, node)
        if item.name.lower() in seen:
            report.error("duplicate-parameter", line, f"{what}: parameter '{item.name}' stands twice", "Names compare without letter case: rename one of them.", node)
        seen.add(item.name.lower())


def check_default(value: Value | None, ref: TypeRef, line: int, what: str, speller: Speller, report: Report, node: str = "") -> None:
    """The value that a variable or parameter of this type starts with, if one is given."""
    kind = speller.catalogue.resolve_type(ref)
    if value is not None and (wanted := speller.literals.misfit(speller.literals.spell(value, kind), kind)):
        report.error("wrong-value", line, f"{what}: {write_value(value)[:60]} does not fit its type", f"Give it {wanted}.", node)


@lru_cache(maxsize=4096)
def _bracket_fault(ref: TypeRef) -> str:
    """The remedy for brackets that the type cannot have; "" when there is nothing to mend."""
    word = ref.name.lower()
    if word in CONTAINERS and ref.args:
        if any(arg.name.lower() in CONTAINERS for arg in ref.args):
            return "A container holds no containers: put the inner one into a struct."
        if len(ref.args) != (2 if word == "map" else 1):
            return f"Write {EXAMPLES[word]}, with the types that you need."
        return next(filter(None, map(_bracket_fault, ref.args)), "")
    if word in KIND_OF_WRAPPER:
        return f"Write {ref.name}<name>, with one name." if len(ref.args) > 1 or any(arg.args for arg in ref.args) else ""
    return f"Write {ref.name} without brackets." if ref.args else ""


@lru_cache(maxsize=4096)
def _unknown_names(ref: TypeRef) -> tuple[str, ...]:
    """Names that look like the engine's and are none of them; names of a project's own (BP_Door, a path) may be anything."""
    data = load_catalogue().data
    return tuple(name for name in _names_in(ref) if not is_project_name(name) and not any(data.path(section, name) for section, _ in BARE_KINDS))


def _names_in(ref: TypeRef) -> Iterator[str]:
    """Delegates are left out: their signatures have names that nobody writes by heart."""
    word = ref.name.lower()
    if word in CONTAINERS or word in KIND_OF_WRAPPER:
        for arg in ref.args if "delegate" not in KIND_OF_WRAPPER.get(word, "") else ():
            yield from _names_in(arg)
    elif word not in KIND_OF_WORD and ref.name not in ("", SELF):
        yield ref.name


@lru_cache(maxsize=256)
def _names(start: str) -> tuple[str, ...]:
    """Types that begin alike: to compare with all 10,000 would take a tenth of a second."""
    raw = load_catalogue().data.raw
    known = (path.rpartition(".")[2] for section, _ in BARE_KINDS for path in raw[section])
    return tuple(name for name in (*WORDS.values(), *known) if name.lower().startswith(start))
