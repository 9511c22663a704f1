"""One training from data to adapter: decide, load, check, train, save."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from error_handler import MIN_LORA_R, UserError, cuda_oom_retry
from model.base_model import load_model, load_tokenizer, named_dtype, resolve_base, wanted_base
from model.batching import evenly_spaced
from model.callbacks import Guards, Heartbeat, ProgressLog, SealCheckpoints, StopSignal
from model.checkpoints import checkpoints, newest_good_checkpoint
from model.effective_settings import check_effective, effective_settings, settings_line
from model.lora import attach_adapter, rank_of, start_folder
from model.model_card import write_model_card
from model.pace import TIMED_FRAC, TIMED_STEPS, computed_tokens, time_ahead
from model.plan import CPU_BUDGET_MINUTES, VALIDATION_FRAC, plan_lines, total_steps
from model.planning import Unfinished, decide, find_unfinished
from model.preflight import enable_checkpointing
from model.processes import agreed, is_main_process, process_count, wait_for_everyone
from model.run_notes import RunNotes
from model.run_record import RunRecord
from model.self_check import check_or_refuse
from model.shared_prefix import SharedPrefixLoss
from model.shown import Shown
from model.timing_callbacks import FollowPace, KeepPace, NoSecondValidation, TimeBudget, last_validated_step
from model.training_data import RawData, encode_data, read_data
from pipeline.config import PipelineConfig
from pipeline.exit_codes import ExitCode
from pipeline.paths import Paths
from pipeline.stop import consume_stop
from pipeline.store import write_text
from pipeline_logger import RUN_ID_VARIABLE, get_logger


@dataclass(frozen=True)
class Request:
    """What the command line asks for beyond the config."""

    data: Path | None = None
    output: Path | None = None
    resume: bool = False
    dry_run: bool = False
    max_minutes: float | None = None
    is_shared: bool = True


def train(config: PipelineConfig, paths: Paths, request: Request = Request(), say: Callable[[str], None] = print) -> ExitCode:
    """Train one adapter; returns OK, or STOPPED behind a resumable checkpoint. What the user can mend is a UserError."""
    prepare_environment(config)
    _check_report_to(config.training.report_to)
    logger = get_logger(step_prefix="3")
    with logger.step("3.1", "Read rows and system prompt"):
        raw = read_data(paths, request.data)
    reductions: list[dict[str, Any]] = []
    unfinished = find_unfinished(config, paths, request, raw) if request.resume else None
    length, rank, least_rank = _sizes(config, paths, unfinished)

    def attempt(max_seq_length: int, lora_r: int) -> ExitCode:
        reduced = replace(config, model=replace(config.model, max_seq_length=max_seq_length), lora=replace(config.lora, lora_r=lora_r))
        return _Attempt(reduced, paths, request, raw, logger, say, reductions, None if reductions else unfinished).run()

    return cuda_oom_retry(attempt, length, rank, lambda *now: reductions.extend(_reductions((length, rank), reductions, now, say)), least_rank)


def _check_report_to(named: str) -> None:
    """TensorBoard comes with the program; trackio is found missing here, not behind the loading of a model."""
    if named != "none" and find_spec(named) is None:
        raise UserError(f"training.report_to: {named} is not installed.", f"pip install {named} into .venv, or set it to 'tensorboard' or 'none'.")


def _sizes(config: PipelineConfig, paths: Paths, unfinished: Unfinished | None) -> tuple[int, int, int]:
    """Longest row in tokens, rank, and the least rank that out of memory may bring: an adapter that exists keeps its own."""
    if unfinished:
        return unfinished.plan.max_seq_length, unfinished.plan.lora_r, unfinished.plan.lora_r
    start = start_folder(config, paths, wanted_base(config))
    rank = rank_of(start) if start and not config.is_explicit("lora.lora_r") else config.lora.lora_r
    return config.model.max_seq_length, rank, rank if start else MIN_LORA_R


def _reductions(asked: tuple[int, int], before: list[dict], now: tuple[int, int], say: Callable[[str], None]) -> list[dict[str, Any]]:
    last = {r["setting"]: r["to"] for r in before}
    settings = ("model.max_seq_length", "lora.lora_r")
    asked = {setting: (last.get(setting, first), to) for setting, first, to in zip(settings, asked, now)}
    made = [{"setting": s, "from": a, "to": b, "reason": "out of memory"} for s, (a, b) in asked.items() if a != b]
    for change in made:
        say(f"Out of memory: {change['setting']} reduced from {change['from']} to {change['to']}, trying again.")
    return made


def prepare_environment(config: PipelineConfig) -> None:
    """What must be set before torch looks at the GPU."""
    from pipeline.paths import REPOSITORY

    os.environ.setdefault("CUDA_CACHE_PATH", str(REPOSITORY / ".cuda_cache"))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if "LOCAL_RANK" not in os.environ:
        visible = config.hardware.cuda_visible_devices
        # TRL refuses several visible GPUs in one process; several are for `accelerate launch`.
        os.environ["CUDA_VISIBLE_DEVICES"] = visible if visible is not None else os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    import torch

    from model.base_model import quiet_libraries

    torch.backends.cudnn.benchmark = True
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")  # TF32; the self-check computes exactly
    quiet_libraries()


class _Attempt:
    """One try with fixed lengths and rank; builds everything anew, so that an out-of-memory leaves nothing behind."""

    def __init__(self, config, paths, request, raw: RawData, logger, say, reductions, unfinished: Unfinished | None):
        self.config, self.paths, self.request, self.raw, self.unfinished = config, paths, request, raw, unfinished
        self.logger, self.say, self.reductions = logger, say, reductions

    def run(self) -> ExitCode:
        base = resolve_base(self.config, self.paths)
        with self.logger.step("3.2", f"Encode {len(self.raw.train)} rows"):
            self.tokenizer = load_tokenizer(base)
            self.data = encode_data(self.tokenizer, self.raw, self.config.model.max_seq_length)
        with self.logger.step("3.3", "Choose precision and batch by measuring"):
            self.decided = decide(self.config, self.paths, self.request, self.raw, self.data, base, len(self.reductions), self.unfinished)
            self.decided.plan = agreed(self.decided.plan)
        with self.logger.step("3.4", "Load the base model"):
            model = load_model(base, self.decided.plan.quantization, named_dtype(self.decided.plan.dtype))
        with self.logger.step("3.5", f"Attach LoRA of rank {self.decided.plan.lora_r}"):
            self._attach(model)
        self._check_and_time()
        self.say("\n".join(plan_lines(self.decided.plan, self.decided.facts)))
        return ExitCode.OK if self.request.dry_run else self._train()

    def _attach(self, model: Any) -> None:
        from transformers import set_seed

        plan = self.decided.plan
        set_seed(plan.seed)
        self.model = attach_adapter(model, self.config, self.decided.start, plan.is_checkpointed, plan.base)
        if plan.is_checkpointed:
            enable_checkpointing(self.model)
        self.loss = SharedPrefixLoss(self.model, self.decided.prefix_ids, plan.micro_batch_tokens, max_rows=plan.micro_batch_rows, flat=plan.is_flat)
        self.loss.is_sharded = plan.is_flat

    def _check_and_time(self) -> None:
        """Self-check on two rows, then the time of a few real steps and of validation, from which the number of steps follows."""
        self.model.train()
        check = check_or_refuse(self.model, self.loss, self.data.train.rows)
        self.say(f"Self-check against row-by-row training: loss {check.loss_error:.1e}, gradients {check.gradient_error:.1e} apart")
        self.decided.set_length(self.config, self.request, self._time)
        self.decided.plan = agreed(self.decided.plan)
        self._limit_validation()

    def _time(self) -> None:
        plan, rows = self.decided.plan, self.data.train.rows
        steps = [[rows[i] for i in step] for step in self.decided.first_steps(rows, TIMED_STEPS)]
        validation, pace, budget_s = self.data.validation.rows, self.decided.pace, (plan.max_minutes or CPU_BUDGET_MINUTES) * 60
        self.model.train()
        time_ahead(pace, self.loss, steps, validation[:plan.rows_per_step], budget_s * TIMED_FRAC)
        most_s = budget_s * VALIDATION_FRAC
        if plan.max_minutes and pace.validation_s > most_s:
            wanted = max(1, int(len(validation) * most_s / pace.validation_s))
            self.decided.plan = replace(plan, validation_rows=wanted)
            pace.limit_validation(computed_tokens(evenly_spaced(validation, wanted), len(self.loss.prefix_ids)))

    def _limit_validation(self) -> None:
        """Only the validation rows that the plan takes: the same ones in every process, and when it is taken up again."""
        dataset, wanted = self.data.validation, self.decided.plan.validation_rows
        if wanted is None or wanted >= len(dataset.rows):
            return
        rows = list(evenly_spaced(dataset.rows, wanted))
        self.say(f"Validation  {wanted} of {len(dataset.rows)} rows, so that it takes at most {VALIDATION_FRAC:.0%} of the time")
        self.data = replace(self.data, validation=replace(dataset, rows=rows))
        self.decided.facts["validation"] = wanted
        self.decided.pace.limit_validation(computed_tokens(rows, len(self.loss.prefix_ids)))

    def _train(self) -> ExitCode:
        plan, folder = self.decided.plan, self.decided.folder
        wait_for_everyone()
        folder.mkdir(parents=True, exist_ok=True)
        record = RunRecord(folder, self.config, plan, is_writing=is_main_process())
        if record.is_writing:
            plan.save(folder)
        record.begin(self.raw, self.data, self.paths, self.reductions)
        with self.logger.step("3.6", "Set up the trainer"):
            notes, trainer = self._trainer()
            record.facts["processes"] = trainer.accelerator.num_processes
            record.facts["effective"] = effective_settings(trainer, plan, self.data.train)
            check_effective(self.config, plan, record.facts["effective"], self.decided.start is not None)
            self.say(settings_line(record.facts["effective"]))
            record.save()
        started_s = time.monotonic()
        with self.logger.step("4.3", f"Train {plan.total_steps} steps"):
            trainer.train(resume_from_checkpoint=str(self.decided.checkpoint) if self.decided.checkpoint else None)
        if trainer.diverged:
            notes.status, notes.stop_reason = "stopped_early", trainer.diverged
        return self._finish(trainer, notes, record, started_s)

    def _trainer(self) -> tuple[RunNotes, Any]:
        from transformers import PrinterCallback

        from model.trainer import SharedPrefixTrainer
        from model.trainer_settings import sft_config

        notes, folder, pace, minutes = RunNotes(), self.decided.folder, self.decided.pace, self.decided.plan.max_minutes
        budget = TimeBudget(minutes * 60, notes, pace) if minutes else None
        run_id = os.environ.get(RUN_ID_VARIABLE, "alone")
        progress = ProgressLog(folder / "training_log.jsonl", self.logger, run_id, notes, Shown(self.say), pace, budget)
        callbacks = [Heartbeat(), progress, StopSignal(self.paths, notes), Guards(folder / "best", notes), NoSecondValidation(pace),
                     SealCheckpoints(), KeepPace(pace), *self._within(budget)]
        if not is_main_process():
            callbacks.remove(progress)
        plan, data = self.decided.plan, self.data
        most_steps = total_steps(self.config, len(data.train.rows), plan.rows_per_step, plan.max_minutes)
        trainer = SharedPrefixTrainer(self.model, sft_config(self.config, plan, folder, bool(data.validation.rows)), self.tokenizer, data.train.rows,
                                      data.validation.rows, self.loss, plan.rows_per_step, callbacks, most_steps if plan.max_minutes else 0)
        trainer.remove_callback(PrinterCallback)
        for callback in callbacks:
            if hasattr(callback, "trainer"):
                callback.trainer = trainer
        return notes, trainer

    def _within(self, budget: TimeBudget | None) -> list[Any]:
        """What keeps a training to its budget. One that is taken up again has its length; of several processes each has its own clock."""
        if budget is None or self.decided.checkpoint or process_count() > 1:
            return [budget] if budget else []
        return [FollowPace(self.decided.pace, budget, self._set_length), budget]

    def _set_length(self, steps: int) -> None:
        """A resumed run is the same run: its length stands in the plan."""
        before = self.decided.plan
        self.decided.plan = replace(before, total_steps=steps, epochs=round(before.epochs * steps / before.total_steps, 4))
        self.decided.plan.save(self.decided.folder)
        self.say(f"Steps are {'faster' if steps > before.total_steps else 'slower'} than those timed ahead: {steps} instead of {before.total_steps} fit in the budget.")

    def _finish(self, trainer: Any, notes: RunNotes, record: RunRecord, started_s: float) -> ExitCode:
        record.plan = self.decided.plan
        if notes.status == "stopped":
            record.end(notes, trainer, time.monotonic() - started_s)
            consume_stop(self.paths)
            self.say(f"Stopped at step {trainer.state.global_step} of {trainer.state.max_steps}; --resume continues there.")
            return ExitCode.STOPPED
        with self.logger.step("4.4", "Validate and save the adapter"):
            is_validated = self.decided.pace.is_validated(trainer.state.global_step, last_validated_step(trainer.state))
            if self.data.validation.rows and notes.status == "complete" and not is_validated:
                trainer.evaluate()
            record.end(notes, trainer, time.monotonic() - started_s)
            if record.is_writing:
                self._save_final(trainer, notes, record)
        wait_for_everyone()
        self.say(_ending(record))
        return ExitCode.OK

    def _save_final(self, trainer: Any, notes: RunNotes, record: RunRecord) -> None:
        """Everything into a folder beside `final/`, which then appears by one rename."""
        folder = self.decided.folder
        staging = folder / ".final"
        shutil.rmtree(staging, ignore_errors=True)
        self._save_adapter(trainer, notes, staging)
        self.tokenizer.save_pretrained(staging)
        write_text(staging / "system_prompt.txt", self.raw.system_prompt)
        write_model_card(staging, record.facts)
        shutil.rmtree(folder / "final", ignore_errors=True)
        os.replace(staging, folder / "final")
        for checkpoint in checkpoints(folder):
            shutil.rmtree(checkpoint, ignore_errors=True)

    def _save_adapter(self, trainer: Any, notes: RunNotes, target: Path) -> None:
        """The trained weights, or the best earlier ones when the run ended itself because they went bad."""
        best, checkpoint = self.decided.folder / "best", newest_good_checkpoint(self.decided.folder)
        source = best if (best / "adapter_config.json").is_file() else checkpoint
        if notes.status == "stopped_early":
            if source is None:
                raise UserError(f"Training ended itself ({notes.stop_reason}) before any adapter was worth keeping.",
                                "lower training.learning_rate, then train again.")
            target.mkdir()
            for name in ("adapter_model.safetensors", "adapter_config.json"):
                shutil.copyfile(source / name, target / name)
        else:
            trainer.accelerator.unwrap_model(trainer.model).save_pretrained(target)
        shutil.rmtree(best, ignore_errors=True)


def _ending(record: RunRecord) -> str:
    result, facts = record.facts["result"], record.facts
    reason = f" ({facts['stop_reason']})" if facts["stop_reason"] else ""
    return (f"{record.folder / 'final'}: {facts['status']}{reason}, {result['steps']} steps, loss {result['first_loss'] or 0:.3f} -> "
            f"{result['final_loss'] or 0:.3f}, {result['answer_tokens_per_s']:.0f} answer tokens/s, {result['peak_memory_gib']:.1f} GiB")
