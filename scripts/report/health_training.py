"""Health of one training: what the epochs gave, whether it overfits, whether the learning rate suits."""

import math
import statistics
from collections import defaultdict

from report.evidence import Evidence
from report.findings import Dimension, Finding, Findings, Level, not_measured, rounded
from report.records import LogLine, TrainingRun, finite

TRAIN = "run: python scripts/04_train_blueprint_lora.py"

SMALL_LAST_GAIN_FRAC = 0.02
"""A last epoch that gave less of the whole fall in loss than this cost time for nothing."""
LARGE_LAST_GAIN_FRAC = 0.15
"""A last epoch that still lowered the loss by this much of its value was not the last one needed."""


def epoch_efficiency(seen: Evidence) -> Findings:
    run = seen.run
    yield from _ending(run)
    if run is None or not run.steps:
        yield not_measured(Dimension.EPOCHS, "there is no training log", TRAIN)
        return
    losses = epoch_losses(run)
    evidence = {"epochs": len(losses), "loss_per_epoch": [round(loss, 4) for loss in losses], "duration_s": run.config.get("duration_s")}
    if len(losses) < 2:
        yield Finding(Dimension.EPOCHS, Level.INFO, "one_epoch", f"one epoch, mean loss {losses[0]:.3f}: nothing to compare.", "", evidence)
        return
    yield _last_epoch(run, losses, evidence)


def _last_epoch(run: TrainingRun, losses: list[float], evidence: dict) -> Finding:
    gain, whole = losses[-2] - losses[-1], losses[0] - losses[-1]
    of_whole = gain / whole if whole > 0 else 0.0
    evidence |= {"last_gain_frac": rounded(of_whole)}
    if len(losses) > 2 and of_whole < SMALL_LAST_GAIN_FRAC:
        return Finding(Dimension.EPOCHS, Level.SUGGESTION, "last_epoch_idle",
                       f"the last of {len(losses)} epochs gave {of_whole:.1%} of the fall in loss.",
                       f"set training.epochs to {len(losses) - 1} and spend the time on more varied rows.", evidence)
    if gain / losses[-2] > LARGE_LAST_GAIN_FRAC and is_validation_falling(run):
        return Finding(Dimension.EPOCHS, Level.SUGGESTION, "still_learning",
                       f"the loss fell by {gain / losses[-2]:.0%} in the last epoch, and the validation loss with it.",
                       f"set training.epochs to {len(losses) + 1}, or let training.start_from be best and run again.", evidence)
    return Finding(Dimension.EPOCHS, Level.INFO, "epochs_ok", f"mean loss by epoch: {' > '.join(f'{x:.3f}' for x in losses)}.", "", evidence)


def _ending(run: TrainingRun | None) -> Findings:
    status = run.config.get("status", "complete") if run else "complete"
    reason = (run.config.get("stop_reason") or "no reason recorded") if run else ""
    evidence = {"status": status, "stop_reason": reason}
    if status == "failed":
        yield Finding(Dimension.EPOCHS, Level.CRITICAL, "training_failed", f"training failed: {reason}.",
                      "mend the cause, then run: python scripts/04_train_blueprint_lora.py --resume", evidence)
    elif status == "stopped_early":
        yield Finding(Dimension.EPOCHS, Level.WARNING, "stopped_early", f"training ended itself early: {reason}.",
                      "see the findings on overfitting and learning rate; the best adapter was kept.", evidence)
    elif status == "stopped":
        yield Finding(Dimension.EPOCHS, Level.INFO, "stopped", f"training was stopped: {reason}.",
                      "run: python scripts/04_train_blueprint_lora.py --resume", evidence)
    elif run and run.config.get("stop_reason"):
        yield Finding(Dimension.EPOCHS, Level.INFO, "ended_before_its_steps", f"training ended before its planned steps: {reason}.", "", evidence)


def epoch_losses(run: TrainingRun) -> list[float]:
    """Mean loss of each epoch, in order; a last one with less than half the steps of the first is left out."""
    by_epoch: dict[int, list[float]] = defaultdict(list)
    for line in run.steps:
        # A step that ends exactly at 1.0 belongs to the first epoch.
        by_epoch[max(0, math.ceil(line.epoch - 1e-6) - 1)].append(line.loss)
    epochs = [finite(losses) for _, losses in sorted(by_epoch.items())]
    return [statistics.fmean(losses) for losses in epochs if losses and 2 * len(losses) >= len(epochs[0])]


def is_validation_falling(run: TrainingRun) -> bool:
    losses = finite(line.validation_loss for line in run.validations)
    return len(losses) >= 2 and losses[-1] <= min(losses)


RISE_WARNING_FRAC, RISE_CRITICAL_FRAC = 0.05, 0.25
GAP_WARNING_RATIO = 3.0
"""Validation over training loss; the validation holds other graphs, so some gap is in the nature of things."""


def overfitting(seen: Evidence) -> Findings:
    measured = [*_validation_rise(seen.run), *_loss_gap(seen.run), *_exam_gap(seen)]
    yield from measured or [not_measured(Dimension.OVERFITTING, "fewer than two validation losses and no exam of a hold-out",
                                         "set training.eval_steps below the number of steps; run 12 with --lesson holdout")]


def _validation_rise(run: TrainingRun | None) -> Findings:
    losses = finite(line.validation_loss for line in run.validations) if run else []
    if len(losses) < 2:
        return
    best = min(losses)
    rise = losses[-1] / best - 1
    evidence = {"best": rounded(best), "best_step": run.validations[losses.index(best)].step, "last": rounded(losses[-1]),
                "rise_frac": rounded(rise)}
    level = Level.CRITICAL if rise > RISE_CRITICAL_FRAC else Level.WARNING if rise > RISE_WARNING_FRAC else Level.INFO
    if level is Level.INFO:
        yield Finding(Dimension.OVERFITTING, level, "validation_ok", f"validation loss ended at {losses[-1]:.3f}, its best was {best:.3f}.",
                      "", evidence)
    else:
        yield Finding(Dimension.OVERFITTING, level, "validation_rise",
                      f"validation loss rose by {rise:.0%} after its best ({best:.3f} at step {evidence['best_step']}).",
                      "train fewer epochs, add rows of other graphs, or lower lora.lora_r.", evidence)


def _loss_gap(run: TrainingRun | None) -> Findings:
    if run is None or not run.steps or not run.validations:
        return
    training, validation = epoch_losses(run)[-1:], finite([run.validations[-1].validation_loss])
    if not training or not validation or training[0] <= 0:
        return
    ratio = validation[0] / training[0]
    if ratio > GAP_WARNING_RATIO:
        yield Finding(Dimension.OVERFITTING, Level.WARNING, "loss_gap",
                      f"validation loss is {ratio:.1f} times the training loss of the last epoch.",
                      "add rows with other names, numbers and combinations; more epochs only deepen the gap.",
                      {"training_loss": rounded(training[0]), "validation_loss": rounded(validation[0]), "ratio": rounded(ratio)})


def _exam_gap(seen: Evidence) -> Findings:
    taught, unseen = seen.rates(hold_out=False), seen.rates(hold_out=True)
    if taught is None or unseen is None:
        return
    is_apart = taught.low > unseen.high
    evidence = {"lessons_percent": rounded(taught.mean, 1), "lessons_n": taught.n, "hold_out_percent": rounded(unseen.mean, 1),
                "hold_out_n": unseen.n}
    text = f"right as graphs: {taught.mean:.0f} % of {taught.n} taught prompts, {unseen.mean:.0f} % of {unseen.n} unseen ones"
    if is_apart:
        yield Finding(Dimension.OVERFITTING, Level.WARNING, "exam_gap", f"{text}; the 95 % intervals are apart.",
                      "raise synthetic.synthetic_count, so that names, numbers and order vary independently.", evidence)
    else:
        yield Finding(Dimension.OVERFITTING, Level.INFO, "exam_gap_ok", f"{text}; the 95 % intervals overlap.", "", evidence)


SPIKE_RATIO = 2.0
SPIKE_WINDOW_STEPS = 20
MAX_SPIKE_FRAC = 0.02
CLIPPED_FRAC = 0.5
FLAT_FALL_FRAC = 0.05
LONG_WARMUP_FRAC = 0.3


def learning_rate(seen: Evidence) -> Findings:
    run = seen.run
    if run is None or len(run.steps) < 2:
        yield not_measured(Dimension.LEARNING_RATE, "there are fewer than two logged steps", TRAIN)
        return
    alerts = [*_not_finite(run), *_spikes(run), *_clipped(run), *_flat(run), *_long_warmup(run)]
    rates = finite(line.learning_rate for line in run.steps)
    peak = f", learning rate at most {max(rates):.2g}" if rates else ""
    yield from alerts or [Finding(Dimension.LEARNING_RATE, Level.INFO, "learning_rate_ok",
                                  f"{len(run.steps)} logged steps without spikes{peak}.", "",
                                  {"steps": len(run.steps), "peak": max(rates, default=None)})]


def _not_finite(run: TrainingRun) -> Findings:
    bad = [line.step for line in run.steps if not math.isfinite(line.loss)]
    if bad:
        yield Finding(Dimension.LEARNING_RATE, Level.CRITICAL, "loss_not_finite", f"the loss was not a number from step {bad[0]} on.",
                      "lower training.learning_rate by half, or training.max_grad_norm to 0.3.", {"first_step": bad[0], "steps": len(bad)})


def spikes(steps: list[LogLine]) -> list[int]:
    """Steps whose loss is far above the median of the steps before."""
    found = []
    for index in range(SPIKE_WINDOW_STEPS, len(steps)):
        before = finite(line.loss for line in steps[index - SPIKE_WINDOW_STEPS:index])
        # Half a nat besides the ratio: near zero, doubling is noise.
        if before and steps[index].loss > max(SPIKE_RATIO * statistics.median(before), statistics.median(before) + 0.5):
            found.append(steps[index].step)
    return found


def _spikes(run: TrainingRun) -> Findings:
    found = spikes(run.steps)
    if len(found) > max(2, MAX_SPIKE_FRAC * len(run.steps)):
        yield Finding(Dimension.LEARNING_RATE, Level.WARNING, "loss_spikes",
                      f"the loss more than doubled in {len(found)} of {len(run.steps)} steps (first at step {found[0]}).",
                      "lower training.learning_rate by half or lengthen training.warmup_steps.",
                      {"spikes": len(found), "first_step": found[0], "steps": len(run.steps)})


def _clipped(run: TrainingRun) -> Findings:
    limit = run.part("effective").get("training", {}).get("max_grad_norm")
    norms = finite(line.grad_norm for line in run.steps)
    if not limit or len(norms) < SPIKE_WINDOW_STEPS:
        return
    late = norms[len(norms) // 4:]
    clipped = sum(norm > limit for norm in late) / len(late)
    if clipped > CLIPPED_FRAC:
        yield Finding(Dimension.LEARNING_RATE, Level.SUGGESTION, "gradients_clipped",
                      f"the gradient was clipped in {clipped:.0%} of the steps after the first quarter.",
                      "raise training.max_grad_norm or the rows per optimiser step; the learning rate asked for is not what is taken.",
                      {"clipped_frac": rounded(clipped), "max_grad_norm": limit, "median_norm": rounded(statistics.median(late))})


def _flat(run: TrainingRun) -> Findings:
    losses = finite(line.loss for line in run.steps)
    tenth = max(1, len(losses) // 10)
    if len(losses) < SPIKE_WINDOW_STEPS:
        return
    first, last = statistics.fmean(losses[:tenth]), statistics.fmean(losses[-tenth:])
    if first > 0 and 1 - last / first < FLAT_FALL_FRAC:
        yield Finding(Dimension.LEARNING_RATE, Level.WARNING, "loss_flat",
                      f"the loss went from {first:.3f} to {last:.3f} over the training: almost nothing was learned.",
                      "raise training.learning_rate threefold, unless it started from an adapter that knew these rows.",
                      {"first_loss": rounded(first), "last_loss": rounded(last)})


def _long_warmup(run: TrainingRun) -> Findings:
    warmup = run.part("effective").get("training", {}).get("warmup_steps")
    total = run.part("result").get("total_steps")
    if warmup and total and warmup >= 1 and warmup / total > LONG_WARMUP_FRAC:
        yield Finding(Dimension.LEARNING_RATE, Level.SUGGESTION, "long_warmup",
                      f"warm-up took {warmup:g} of {total} optimiser steps.",
                      "set training.warmup_steps to 0.05 (a fraction of all steps).", {"warmup_steps": warmup, "total_steps": total})
