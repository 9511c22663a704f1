"""Turn the newest exam's failures into a lesson: for each weakness new prompts with right answers, made by the generators.

Only exams on lessons are looked at; the hold-out and the evaluation stay measures. No prompt repeats an exam's
question or graph. A teacher, person or model, can write the lesson instead: --failures FILE hands out what was wrong
(schema_version, weaknesses, failures with instruction, expected and actual graph), --accept LESSON takes their lesson
in, checked like every other.

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
    from corpus.corrections import weaknesses

    paths = args.project
    newest = paths.newest_model()
    if newest is None:
        raise UserError("no trained model yet: there is no exam to learn from.", "run scripts/04 and scripts/12 first, or the whole pipeline.")
    version = newest[0]
    target = paths.lessons / f"correction_v{version}.json"
    if args.accept:
        return accept(args.accept, target)
    lines = exam_lines(paths, version)
    found = weaknesses(lines)
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
    from datetime import UTC, datetime

    from corpus.corrections import aim
    from corpus.leak_guard import load_leak_guard
    from pipeline.store import write_json

    if not found:
        print("Every answer of the newest exam is right: nothing to correct.")
        return ExitCode.OK
    guard = load_leak_guard([paths.holdout, paths.lessons, paths.root / "evaluation", REPOSITORY / "evaluation"])
    correction = aim(found, guard, seed=100_000 + version, lesson_id=f"correction_v{version}")
    reasons = [weakness.reason for weakness in found]
    write_json(target, {"schema_version": 1, "lesson_id": f"correction_v{version}", "lesson_name": f"Corrections after version {version}",
                        "description": "Aimed at: " + "; ".join(reasons[:30]) + ".", "created": datetime.now(UTC).date().isoformat(),
                        "prompts": correction.prompts})
    print(f"{len(correction.prompts)} prompts aimed at {len(found)} weaknesses written to {target}")
    for weakness in found[:10]:
        print(f"  {weakness.reason}")
    if correction.out_of_reach:
        print("  beyond the generators, write these by hand: " + ", ".join(one.node_type for one in correction.out_of_reach))
    return ExitCode.OK


def hand_out(file: Path, lines: list[dict], found: list) -> ExitCode:
    from pipeline.store import write_json

    wrong = [line for line in lines if not line["graph_equal"]]
    keys = ("lesson_id", "prompt_id", "category", "instruction", "expected", "actual_dsl", "findings", "mistakes")
    write_json(file, {"schema_version": 1, "weaknesses": [{"node_type": one.node_type, "kind": one.kind, "prompt_ids": one.prompt_ids} for one in found],
                      "failures": [{key: line.get(key) for key in keys} for line in wrong]})
    print(f"{len(wrong)} failures and {len(found)} weaknesses written to {file}")
    return ExitCode.OK


def accept(lesson: Path, target: Path) -> ExitCode:
    from corpus.lessons import load_lesson
    from pipeline.store import read_json, write_json

    if not lesson.is_file():
        raise UserError(f"{lesson}: no such file.", "give the lesson that was written from --failures.")
    checked = load_lesson(lesson)
    write_json(target, read_json(lesson) | {"lesson_id": target.stem})
    print(f"{len(checked.prompts)} prompts accepted as {target}")
    return ExitCode.OK


def parser() -> argparse.ArgumentParser:
    options = build_parser(__doc__)
    either = options.add_mutually_exclusive_group()
    either.add_argument("--failures", type=Path, metavar="FILE", help="write the failures as JSON for another author, and no lesson")
    either.add_argument("--accept", type=Path, metavar="LESSON", help="take in a lesson that another author wrote")
    return options


if __name__ == "__main__":
    run_door(main, parser())
