"""Turn the newest exam's failures into a lesson: for each weakness new prompts with right answers, made by the generators.

A weakness is a node type, a pin or property, or a pattern of prompts that answers get wrong. A lesson has room for ten of
them; those that the last lesson had a turn for wait until the others had theirs. Only exams on lessons are looked at: the
answers to the hold-out and results/evaluations are never read, so that both stay measures. Their questions and graphs are
read for one purpose, that no prompt repeats them, or those of a lesson.

A teacher, person or model, can write the lesson instead: --failures FILE hands out what was wrong, --accept LESSON takes
their lesson in, checked like every other and refused where it repeats a guarded prompt. docs/interfaces.md has the keys.

Reads    results/exams of the newest version, lessons, lessons/holdout, evaluation
Writes   lessons/correction_vN.json
Usage    python scripts/22_write_correction_lessons.py [--failures FILE | --accept LESSON]
Exit     0 written or nothing to correct, 1 no exam yet or the given lesson was refused, 64 bad usage
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode
from pipeline.paths import REPOSITORY


def main(args: argparse.Namespace) -> ExitCode:
    from corpus.weakness_records import in_turn
    from corpus.weaknesses import weaknesses

    paths = args.project
    newest = paths.newest_model()
    if newest is None:
        raise UserError("no trained model yet: there is no exam to learn from.", "run scripts/04 and scripts/12 first, or the whole pipeline.")
    version = newest[0]
    target = paths.lessons / f"correction_v{version}.json"
    if args.accept:
        return accept(paths, args.accept, target)
    lines = exam_lines(paths, version)
    found = in_turn(weaknesses(lines), paths.lessons, version)
    if args.failures:
        return hand_out(args.failures, lines, found)
    return write_lesson(paths, version, target, found)


def exam_lines(paths, version: int) -> list[dict]:
    """The newest line of every lesson prompt that this version answered."""
    from pipeline.best_model import is_usual
    from pipeline.store import read_jsonl

    newest: dict[tuple[str, str], dict] = {}
    for file in sorted(paths.exams.glob("exam_*.jsonl")):
        for line in read_jsonl(file):
            if line.get("version") == version and not line.get("hold_out") and is_usual(line):
                newest[line["lesson_id"], line["prompt_id"]] = line
    if not newest:
        raise UserError(f"no exam of version {version} in {paths.exams}.", "run scripts/12_run_exam.py --lesson lessons first.")
    return list(newest.values())


def write_lesson(paths, version: int, target: Path, found: list) -> ExitCode:
    from corpus.corrections import aim
    from pipeline.store import write_json

    if not found:
        print("Every answer of the newest exam is right: nothing to correct.")
        return ExitCode.OK
    correction = aim(found, load_guard(paths, target), seed=100_000 + version, lesson_id=target.stem)
    if correction.prompts:
        write_json(target, correction.as_lesson(version))
        print(f"{len(correction.prompts)} prompts aimed at {len(correction.aimed_at)} of {len(found)} weaknesses written to {target}")
    for weakness in correction.aimed_at:
        print(f"  {weakness.reason}")
    if correction.out_of_reach:
        print("  beyond the generators, write these by hand: " + ", ".join(one.name for one in correction.out_of_reach))
    return ExitCode.OK


def load_guard(paths, *without: Path):
    """What no prompt may repeat; a lesson is no leak of its own former self."""
    from corpus.leak_guard import load_leak_guard

    return load_leak_guard([paths.holdout, paths.lessons, paths.root / "evaluation", REPOSITORY / "evaluation"], without)


def hand_out(file: Path, lines: list[dict], found: list) -> ExitCode:
    from corpus.weakness_records import as_entry
    from corpus.weaknesses import counts
    from pipeline.store import write_json

    wrong = [line for line in lines if counts(line) and not line["graph_equal"]]
    keys = ("lesson_id", "prompt_id", "category", "instruction", "expected", "actual_dsl", "findings", "mistakes")
    write_json(file, {"schema_version": 1, "weaknesses": [as_entry(weakness) for weakness in found],
                      "failures": [{key: line.get(key) for key in keys} for line in wrong]})
    print(f"{len(wrong)} failures and {len(found)} weaknesses written to {file}")
    return ExitCode.OK


def accept(paths, file: Path, target: Path) -> ExitCode:
    from corpus.corrections import leaks
    from corpus.lessons import load_lesson
    from corpus.weakness_records import recorded
    from pipeline.store import read_json, write_json

    if not file.is_file():
        raise UserError(f"{file}: no such file.", "give the lesson that was written from --failures.")
    lesson = load_lesson(file)
    recorded(file)
    if repeated := list(leaks(lesson, load_guard(paths, file, target))):
        raise UserError(f"{file}: {'; '.join(repeated)}.", "take these prompts out, or ask something else with another graph in their place.")
    write_json(target, read_json(file) | {"lesson_id": target.stem})
    print(f"{len(lesson.prompts)} prompts accepted as {target}")
    return ExitCode.OK


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    either = options.add_mutually_exclusive_group()
    either.add_argument("--failures", type=Path, metavar="FILE", help="write the failures as JSON for another author, and no lesson")
    either.add_argument("--accept", type=Path, metavar="LESSON", help="take in a lesson that another author wrote")
    return options


if __name__ == "__main__":
    run_door(main, parser())
