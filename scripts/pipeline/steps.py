"""The one table of steps: what runs in which order, what it reads and writes, and what it needs.

A step is a numbered script run as a child. It is skipped when its arguments, its settings, its code and the files it
reads are those of its last success and the files it wrote are still there.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config import PipelineConfig
from pipeline.hashes import files_under
from pipeline.paths import Paths
from pipeline.state import PipelineState

TRAINING_SETTINGS = ("hardware", "model", "quantization", "lora", "training")
LANGUAGE = ("utils",)
DATA_CODE = ("utils", "corpus")
ANSWER_CODE = ("utils", "corpus", "model", "report/scoring.py")
SHIPPED_ADAPTER = Paths().embedded_adapter
ZERO_LINE_TOKENS = 96
"""An untrained model writes until its budget ends, and its choices are refused at every token: 256 tokens took five minutes, for nothing right."""
CPU_LESSON_PROMPTS = 90
"""Prompts of all lessons together in the nightly exam without a GPU, as many of each; hold-outs are asked whole. The lessons were trained on: a sample tells enough."""
MODES = {"full": {"data", "base", "train", "eval", "report"}, "data-only": {"data"}, "train-only": {"base", "train", "report"},
         "eval-only": {"base", "eval", "report"}}
"""The groups of steps that a mode runs."""


@dataclass(frozen=True)
class StepContext:
    """What a step may ask when it says its arguments and files."""

    paths: Paths
    config: PipelineConfig
    state: PipelineState
    next_cycle: bool = False
    """Train on correction lessons that no training has seen."""
    started_at_s: float = 0.0

    def newest_adapter(self) -> Path | None:
        newest = self.paths.newest_model()
        return newest[1] / "final" if newest else None

    def lesson_files(self) -> list[Path]:
        """The lessons; without the corrections that the last run's own exam led to, as they wait for the next cycle."""
        waiting = set() if self.next_cycle else set(self.waiting_corrections())
        return [file for file in sorted(self.paths.lessons.glob("*.json")) if file not in waiting]

    def waiting_corrections(self) -> list[Path]:
        """Correction lessons that step `lessons` has not read yet."""
        before = self.state.steps.get("lessons")
        if before is None:
            return []
        return [file for file in sorted(self.paths.lessons.glob("correction_*.json")) if self.paths.relative(file) not in before.reads]

    def written_since_start(self, *places: Path) -> list[Path]:
        files = (file for place in places for file in files_under(place))
        return [file for file in files if file.stat().st_mtime >= self.started_at_s]


Places = Callable[[StepContext], Iterable[Path]]


def nothing(_: StepContext) -> list:
    return []


def always_possible(_: StepContext) -> str | None:
    return None


@dataclass(frozen=True)
class Step:
    name: str
    number: str
    """Of the first step that the script announces: phase, or phase and step."""
    text: str
    script: str
    category: str
    """Decides retries and limits: data, validate, training, eval, exam, utility."""
    group: str
    arguments: Callable[[StepContext], list] = nothing
    reads: Places = nothing
    writes: Places = nothing
    """Asked after the step has run."""
    code: tuple[str, ...] = ()
    """Rooms and files under scripts/ whose change makes the step run again, beside the script itself."""
    settings: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Steps whose failure makes this one pointless."""
    accompanies: str = ""
    """Runs only when that step does."""
    runs_always: bool = False
    findings_ok: bool = False
    """An end with exit code 1 and no exception means: done, but some inputs are bad."""
    can_resume: bool = False
    """The script takes --resume after an attempt that was cut off."""
    impossible: Callable[[StepContext], str | None] = always_possible
    """Why there is nothing to do, if so; the step is then skipped."""
    is_optional: bool = False
    """Left out silently while the script is not there."""
    unchanged: Callable[[StepContext], str] = field(default=lambda _: "what it reads is unchanged")


def _has_no_exports(context: StepContext) -> str | None:
    folder = context.paths.raw_exports
    has_exports = folder.is_dir() and any(folder.rglob("*.txt"))
    return None if has_exports else f"no exports (*.txt) in {context.paths.relative(folder)}"


def _has_no_lessons(context: StepContext) -> str | None:
    return None if context.lesson_files() else f"no lessons in {context.paths.relative(context.paths.lessons)}"


def _has_no_model(context: StepContext) -> str | None:
    return None if context.newest_adapter() else "no trained model yet"


def _ships_nothing(context: StepContext) -> str | None:
    if not (SHIPPED_ADAPTER / "adapter_config.json").is_file():
        return "no adapter ships with this installation"
    return None if Paths().base_models.is_dir() else "the adapter that ships belongs to the embedded base model, which is not used here"


def _synthesis_arguments(context: StepContext) -> list:
    return ["--count", context.config.synthetic.synthetic_count, "--seed", context.config.training.seed,
            "--output", context.paths.synthetic_rows]


def training_data(context: StepContext) -> list[Path]:
    return [context.paths.train_file, context.paths.validation_file, context.paths.system_prompt]


def _training_is_unchanged(context: StepContext) -> str:
    version = f"v{context.state.model_version}" if context.state.model_version else "the last training"
    return f"data hash {(context.state.data_hash or '')[:12]} and settings are those of {version} (--force trains again)"


def _newest_model_files(context: StepContext) -> list[Path]:
    adapter = context.newest_adapter()
    return [adapter, adapter.parent / "training_config.json"] if adapter else []


def _answer_inputs(context: StepContext) -> list[Path]:
    return [*_newest_model_files(context), context.paths.system_prompt]


def _model_argument(context: StepContext) -> list:
    return ["--model", context.newest_adapter()]


STEPS = (
    Step("analyze", "1.1", "Analyze exports", "01_analyze_blueprint_clipboard.py", "data", "data",
         arguments=lambda c: [c.paths.raw_exports], reads=lambda c: [c.paths.raw_exports],
         writes=lambda c: [c.paths.export_analysis], code=DATA_CODE, findings_ok=True, impossible=_has_no_exports),
    Step("translate", "1.2", "Translate exports", "05_auto_translate_export.py", "data", "data",
         arguments=lambda c: [c.paths.raw_exports, "--training"], reads=lambda c: [c.paths.raw_exports],
         writes=lambda c: [c.paths.parsed_blueprints, c.paths.export_rows], code=DATA_CODE, findings_ok=True,
         impossible=_has_no_exports),
    Step("synthesise", "1.3", "Synthesise examples", "03_generate_synthetic_data.py", "data", "data",
         arguments=_synthesis_arguments, reads=StepContext.lesson_files, writes=lambda c: [c.paths.synthetic_rows], code=DATA_CODE),
    Step("lessons", "1.4", "Turn lessons into rows", "13_lesson_to_training.py", "data", "data",
         arguments=lambda c: [*c.lesson_files(), "--output", c.paths.lesson_rows], reads=StepContext.lesson_files,
         writes=lambda c: [c.paths.lesson_rows], code=DATA_CODE, findings_ok=True, impossible=_has_no_lessons),
    Step("merge", "1.5", "Merge, deduplicate and split", "20_deduplicate_dataset.py", "data", "data",
         arguments=lambda c: ["--merge"], reads=lambda c: [c.paths.rows, c.paths.holdout, c.paths.evaluation_tests],
         writes=lambda c: [c.paths.train_file, c.paths.validation_file, c.paths.provenance_file], code=DATA_CODE,
         needs=("translate", "synthesise", "lessons")),
    Step("validate_dsl", "2.1", "Validate DSL", "06_validate_dsl.py", "validate", "data",
         arguments=lambda c: [c.paths.parsed_blueprints, "--report", c.paths.results / "validation_report_dsl.json"],
         reads=lambda c: [c.paths.parsed_blueprints], writes=lambda c: [c.paths.results / "validation_report_dsl.json"],
         code=LANGUAGE, needs=("translate",), findings_ok=True, impossible=_has_no_exports),
    Step("validate_rows", "2.2", "Validate training rows", "06_validate_dsl.py", "validate", "data",
         arguments=lambda c: [c.paths.train_file, "--report", c.paths.validation_report], reads=lambda c: [c.paths.train_file],
         writes=lambda c: [c.paths.validation_report], code=LANGUAGE, needs=("merge",)),
    Step("system_prompt", "2.3", "Write the system prompt", "08_generate_system_prompt.py", "validate", "data",
         reads=lambda c: [c.paths.train_file], writes=lambda c: [c.paths.system_prompt], code=DATA_CODE, settings=("model", "training"),
         needs=("merge",)),
    Step("backup_lessons", "8.5", "Back up the merged lessons", "16_backup.py", "utility", "data",
         arguments=lambda c: ["--kind", "lesson_merged"], accompanies="lessons", needs=("merge",)),
    Step("base_model", "3.4", "Prepare the base model", "04_train_blueprint_lora.py", "utility", "base",
         arguments=lambda c: ["--prepare-base"], writes=lambda c: [c.paths.base_models], settings=("model",)),
    Step("backup_before", "4.1", "Back up before training", "16_backup.py", "utility", "train",
         arguments=lambda c: ["--kind", "pre_train"], accompanies="train"),
    Step("train", "3", "Train the adapter", "04_train_blueprint_lora.py", "training", "train", reads=training_data,
         writes=_newest_model_files, settings=TRAINING_SETTINGS, needs=("validate_rows", "system_prompt", "base_model"),
         can_resume=True, unchanged=_training_is_unchanged),
    Step("backup_after", "4.7", "Back up the trained adapter", "16_backup.py", "utility", "train",
         arguments=lambda c: ["--kind", "train_complete"], accompanies="train", needs=("train",)),
    Step("zero_line", "6", "Exam of the base model, the zero line", "12_run_exam.py", "exam", "eval",
         arguments=lambda c: ["--base", "--lesson", "holdout", "--evaluation", "--budget", ZERO_LINE_TOKENS],
         reads=lambda c: [c.paths.holdout, c.paths.evaluation_tests], writes=lambda c: c.written_since_start(c.paths.exams), settings=("model",),
         needs=("system_prompt", "base_model"), findings_ok=True, unchanged=lambda _: "the base model was examined"),
    Step("zero_line_evaluation", "7", "Evaluate the base model, the zero line", "09_evaluate_model.py", "eval", "eval",
         arguments=lambda _: ["--base", "--budget", ZERO_LINE_TOKENS], reads=lambda c: [c.paths.evaluation_tests],
         writes=lambda c: c.written_since_start(c.paths.evaluations), settings=("model",), needs=("system_prompt", "base_model"),
         unchanged=lambda _: "the base model was evaluated"),
    Step("shipped_line", "6", "Exam of the adapter that ships", "12_run_exam.py", "exam", "eval",
         arguments=lambda c: ["--model", SHIPPED_ADAPTER, "--lesson", "holdout"], reads=lambda c: [c.paths.holdout, SHIPPED_ADAPTER],
         writes=lambda c: c.written_since_start(c.paths.exams), needs=("base_model",), findings_ok=True, impossible=_ships_nothing,
         unchanged=lambda _: "the adapter that ships was examined"),
    Step("exam", "6", "Exam on lessons and hold-outs", "12_run_exam.py", "exam", "eval",
         arguments=lambda c: ["--evaluation", "--lesson", *c.lesson_files(), "holdout", "--limit-without-gpu", max(1, CPU_LESSON_PROMPTS // max(1, len(c.lesson_files()))), *_model_argument(c)],
         reads=lambda c: [*_answer_inputs(c), *c.lesson_files(), c.paths.holdout, c.paths.evaluation_tests],
         writes=lambda c: c.written_since_start(c.paths.exams), code=ANSWER_CODE, needs=("train",), findings_ok=True,
         impossible=_has_no_model),
    Step("evaluate", "7", "Evaluate the newest model", "09_evaluate_model.py", "eval", "eval", arguments=_model_argument,
         reads=lambda c: [*_answer_inputs(c), c.paths.evaluation_tests],
         writes=lambda c: c.written_since_start(c.paths.evaluations), code=(*ANSWER_CODE, "report/evaluation_score.py"), needs=("train",),
         impossible=_has_no_model),
    Step("backup_exam", "6.7", "Back up the exam", "16_backup.py", "utility", "eval",
         arguments=lambda c: ["--kind", "exam_complete"], accompanies="exam", needs=("exam",)),
    Step("corrections", "8", "Write correction lessons", "22_write_correction_lessons.py", "data", "eval",
         reads=lambda c: [c.paths.exams], needs=("exam",), impossible=_has_no_model, is_optional=True),
    Step("health", "5.3", "Health report", "19_training_health_monitor.py", "utility", "report", runs_always=True, findings_ok=True),
    Step("summary", "5.2", "Summary", "10_training_dashboard.py", "utility", "report", runs_always=True, findings_ok=True),
    Step("dashboard", "9", "Dashboard pages", "14_update_dashboard.py", "utility", "report", runs_always=True, findings_ok=True),
)


def steps_of(mode: str, steps: Sequence[Step] = STEPS) -> list[Step]:
    return [step for step in steps if step.group in MODES[mode]]
