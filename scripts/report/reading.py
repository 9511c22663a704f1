"""Reading what the other rooms wrote: one place that knows the forms of their files.

A file that cannot be read never ends a report: it is left where it is and named among the problems.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from corpus.weakness_records import correction_files, recorded
from corpus.weaknesses import Weakness
from error_handler import UserError
from pipeline.best_model import is_usual
from pipeline.paths import Paths
from pipeline.state import PipelineState, load_state
from pipeline.store import read_json, read_jsonl
from report.records import Evaluation, Exam, ExamAnswer, LogLine, Records, RowCounts, TrainingRun

T = TypeVar("T")
SCHEMA = 1
"""Newest schema of all files read here."""


def gather(paths: Paths) -> Records:
    reader = _Reader(paths, [])
    return Records(
        trainings=reader.trainings(),
        exams=reader.exams(),
        evaluations=reader.evaluations(),
        rows=reader.rows(),
        state=reader.attempt(paths.state_file, lambda: load_state(paths), PipelineState()),
        problems=reader.problems,
        corrections=reader.corrections(),
    )


def attempt(problems: list[UserError], file: Path, read: Callable[[], T], otherwise: T) -> T:
    """What `read()` gives; `otherwise` for a missing file, and for a broken one, which joins the problems."""
    try:
        return read()
    except FileNotFoundError:
        return otherwise
    except UserError as error:
        problems.append(error)
    except OSError as error:
        problems.append(UserError(f"{file}: cannot be read: {error.strerror}.", "check its permissions."))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        problems.append(UserError(f"{file}: not in the expected form: {type(error).__name__}: {error}",
                                  "mend the file or move it away; it was left as it is."))
    return otherwise


class _Reader:
    def __init__(self, paths: Paths, problems: list[UserError]):
        self.paths, self.problems = paths, problems

    def attempt(self, file: Path, read: Callable[[], T], otherwise: T) -> T:
        return attempt(self.problems, file, read, otherwise)

    def trainings(self) -> dict[int, TrainingRun]:
        folders = sorted(self.paths.models.glob("blueprint-lora-v*/training_config.json"))
        runs = (self.attempt(file, lambda file=file: _training_run(file, self._log(file.parent)), None) for file in folders)
        return {run.version: run for run in sorted(filter(None, runs), key=lambda run: run.version)}

    def _log(self, folder: Path) -> list[LogLine]:
        file = folder / "training_log.jsonl"
        return self.attempt(file, lambda: _in_step_order(_picked(LogLine, line) for line in read_jsonl(file)), [])

    def exams(self) -> list[Exam]:
        best: dict[tuple[int, str], Exam] = {}
        # The time ends the name, so that by name is by time within a lesson. A later look at a few prompts (--limit)
        # must not stand for the whole exam of the same weights.
        for file in sorted(self.paths.exams.glob("exam_*.jsonl")):
            exam = self.attempt(file, lambda file=file: _exam(file), None)
            if exam and exam.counts:
                known = best.get((exam.version, exam.lesson_id))
                best[exam.version, exam.lesson_id] = known if known and len(known.answers) > len(exam.answers) else exam
        return sorted(best.values(), key=lambda exam: (exam.version, exam.hold_out, exam.lesson_id))

    def evaluations(self) -> list[Evaluation]:
        files = sorted(self.paths.evaluations.glob("evaluation_*.json"))
        read = (self.attempt(file, lambda file=file: _evaluation(file), None) for file in files)
        return [evaluation for evaluation in read if evaluation]

    def corrections(self) -> dict[int, list[Weakness]]:
        return {version: self.attempt(file, lambda file=file: recorded(file), [])
                for version, file in correction_files(self.paths.lessons).items()}

    def rows(self) -> RowCounts | None:
        report, train = self.paths.datasets / "merge_report.json", self.paths.train_file
        merged = self.attempt(report, lambda: _merged_rows(read_json(report, newest_schema=SCHEMA)), None)
        return merged or self.attempt(train, lambda: _counted_rows(self.paths), None)


def _picked(kind: type[T], line: dict[str, Any], **more: Any) -> T:
    """A record from the keys it knows; a key without a value counts as left out."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: value for key, value in line.items() if key in known and value is not None}, **more)


def _in_step_order(lines: Iterable[LogLine]) -> list[LogLine]:
    """A resumed training writes the steps after its checkpoint again: the last line of a step counts."""
    last = {(line.step, line.validation_loss is not None): line for line in lines}
    return [last[key] for key in sorted(last)]


def _training_run(file: Path, log: list[LogLine]) -> TrainingRun:
    config = read_json(file, newest_schema=SCHEMA)
    return TrainingRun(int(config["version"]), config, log)


def _exam(file: Path) -> Exam | None:
    lines = list(read_jsonl(file))
    if not lines:
        return None
    first = lines[0]
    # A prompt that was asked again after a resume counts once, with its last answer.
    answers = {line["prompt_id"]: _picked(ExamAnswer, line) for line in lines}
    return Exam(int(first["version"]), str(first["lesson_id"]), bool(first.get("hold_out")), file, list(answers.values()),
                first.get("model", ""), is_usual(first))


def _evaluation(file: Path) -> Evaluation:
    read = read_json(file, newest_schema=SCHEMA)
    return Evaluation(int(read["version"]), file, bool(read.get("quick")), dict(read["score"]), dict(read["pass_rate"]),
                      dict(read.get("tiers", {})), list(read.get("tests", [])), read.get("model", ""), is_usual(read),
                      read.get("tier"))


def _merged_rows(report: dict[str, Any]) -> RowCounts:
    by_source = {source: int(tally["train"]) for source, tally in report["by_source"].items()}
    return RowCounts(int(report["train"]), int(report["validation"]), by_source, dict(report["dropped"]))


def _counted_rows(paths: Paths) -> RowCounts:
    return RowCounts(_line_count(paths.train_file), _line_count(paths.validation_file) if paths.validation_file.exists() else 0)


def _line_count(file: Path) -> int:
    with open(file, "rb") as lines:
        return sum(1 for line in lines if line.strip())
