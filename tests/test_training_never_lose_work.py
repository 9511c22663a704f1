"""A training that is stopped, killed, damaged or out of memory loses nothing and says what happened."""

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from training_world import tiny_base, write_project

from error_handler import UserError
from model import pace, timing_callbacks
from model import train as training
from model.checkpoints import MANIFEST, checkpoints, damage, newest_good_checkpoint, write_manifest
from model.shared_prefix import SharedPrefixLoss
from model.train import Request, train
from pipeline.config import load_config
from pipeline.exit_codes import ExitCode
from pipeline.paths import SCRIPTS, Paths
from pipeline.stop import is_stop_requested, request_stop
from pipeline.store import read_json, read_jsonl

STEPS = 12


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def preflight(base, tmp_path_factory) -> Path:
    """As if this machine had measured the shape: what a busy one would not keep."""
    from transformers import AutoConfig

    from model import preflight

    paths = Paths(tmp_path_factory.mktemp("preflight"))
    settings = [(quantization, is_checkpointed) for quantization in preflight.QUANTIZATIONS for is_checkpointed in (False, True)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(preflight, "measure", lambda *_: ([preflight.Candidate(*one, 1.0 + place) for place, one in enumerate(settings)], True))
        preflight.candidates(AutoConfig.from_pretrained(base), paths)
    return paths.logs / "preflight.json"


@pytest.fixture
def make_project(base, preflight, tmp_path):
    def make(name: str, row_count: int = 20, **training_settings) -> Paths:
        root = tmp_path / name
        root.mkdir()
        paths = Paths(root)
        settings = {"max_steps": STEPS, "eval_steps": 4, "save_steps": 3, "batch_size": 4, "learning_rate": 2e-3} | training_settings
        write_project(paths, row_count, 4, model={"base_model": str(base)}, training=settings, lora={"lora_r": 16})
        paths.logs.mkdir()
        shutil.copy(preflight, paths.logs / "preflight.json")
        return paths
    return make


def run(paths: Paths, **request) -> ExitCode:
    return train(load_config(paths), paths, Request(**request), say=lambda _: None)


def weights(paths: Paths, version: int = 1) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(paths.model_folder(version) / "final" / "adapter_model.safetensors")


def record(paths: Paths, version: int = 1) -> dict:
    return read_json(paths.model_folder(version) / "training_config.json")


def stop_after(paths: Paths, step: int, monkeypatch) -> None:
    """Let the stop signal appear once the given step has been logged."""
    from model.callbacks import ProgressLog

    log_step = ProgressLog._log_step

    def log_and_ask(self, state, *rest):
        log_step(self, state, *rest)
        if state.global_step == step:
            request_stop(paths)

    monkeypatch.setattr(ProgressLog, "_log_step", log_and_ask)


def test_stopped_and_resumed_gives_the_unbroken_weights_bit_for_bit(make_project, monkeypatch):
    whole, broken = make_project("whole"), make_project("broken")
    assert run(whole) is ExitCode.OK
    with monkeypatch.context() as patch:
        stop_after(broken, 7, patch)
        assert run(broken) is ExitCode.STOPPED
    assert not is_stop_requested(broken)
    assert record(broken)["status"] == "stopped"
    assert broken.newest_model() is None
    assert run(broken, resume=True) is ExitCode.OK
    expected, found = weights(whole), weights(broken)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert record(broken)["result"]["final_loss"] == record(whole)["result"]["final_loss"]


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(make_project, monkeypatch, capsys):
    whole, broken = make_project("whole"), make_project("broken")
    run(whole)
    with monkeypatch.context() as patch:
        stop_after(broken, 7, patch)
        run(broken)
    newest = checkpoints(broken.model_folder(1))[0]
    weights_file = newest / "adapter_model.safetensors"
    content = bytearray(weights_file.read_bytes())
    content[-1] ^= 1
    weights_file.write_bytes(content)
    assert run(broken, resume=True) is ExitCode.OK
    assert f"{newest.name} is not used: adapter_model.safetensors was changed" in capsys.readouterr().err
    expected, found = weights(whole), weights(broken)
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.parametrize("harm, problem", [
    (lambda folder: (folder / MANIFEST).unlink(), "no manifest"),
    (lambda folder: (folder / "optimizer.pt").unlink(), "optimizer.pt is missing"),
    (lambda folder: (folder / "optimizer.pt").write_bytes(b"half"), "4 bytes instead of 9"),
    (lambda folder: (folder / "optimizer.pt").write_bytes(b"changed!!"), "hash differs"),
    (lambda folder: (folder / MANIFEST).write_text('{"files": {"optim', encoding="utf-8"), "manifest cannot be read"),
    (lambda folder: (folder / MANIFEST).write_text('{"schema_version": 1, "files": ["optimizer.pt"]}', encoding="utf-8"), "manifest cannot be read"),
    (lambda folder: (folder / MANIFEST).write_text('{"schema_version": 1}', encoding="utf-8"), "manifest cannot be read"),
])
def test_a_checkpoint_counts_only_when_it_is_whole(tmp_path, harm, problem):
    for step in (5, 10):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "optimizer.pt").write_bytes(b"nine byte")
        write_manifest(folder)
    harm(tmp_path / "checkpoint-10")
    told = []
    assert newest_good_checkpoint(tmp_path, lambda *found: told.append(found)) == tmp_path / "checkpoint-5"
    assert told == [(tmp_path / "checkpoint-10", damage(tmp_path / "checkpoint-10"))]
    assert problem in told[0][1]


def test_resuming_on_other_rows_starts_a_new_version(make_project, monkeypatch, capsys):
    paths = make_project("p")
    with monkeypatch.context() as patch:
        stop_after(paths, 3, patch)
        run(paths)
    paths.train_file.write_text(paths.train_file.read_text(encoding="utf-8").replace("Tick", "Hit"), encoding="utf-8")
    assert run(paths, resume=True) is ExitCode.OK
    assert "other rows" in capsys.readouterr().err
    assert paths.model_versions() == [2]


def configure(paths: Paths, section: str, **settings) -> None:
    config = json.loads(paths.config_file.read_text(encoding="utf-8"))
    config.setdefault(section, {}).update(settings)
    paths.config_file.write_text(json.dumps(config), encoding="utf-8")


def test_what_was_begun_from_an_adapter_goes_on_with_its_alpha(make_project, monkeypatch):
    paths = make_project("p")
    configure(paths, "lora", lora_alpha=8)
    run(paths)
    settings = json.loads(paths.config_file.read_text(encoding="utf-8"))
    del settings["lora"]["lora_alpha"]
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    with monkeypatch.context() as patch:
        stop_after(paths, 7, patch)
        assert run(paths) is ExitCode.STOPPED
    assert run(paths, resume=True) is ExitCode.OK
    found = record(paths, 2)
    assert found["effective"]["lora"]["lora_alpha"] == 8 and found["result"]["steps"] == STEPS


def test_a_run_reduced_for_memory_is_taken_up_as_it_was_reduced(make_project, monkeypatch):
    paths = make_project("p")
    attempts, attach = [], training.attach_adapter

    def short_of_memory(*arguments):
        attempts.append(1)
        if len(attempts) == 1:
            torch.empty(2**60)
        return attach(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(training, "attach_adapter", short_of_memory)
        stop_after(paths, 7, patch)
        assert run(paths) is ExitCode.STOPPED
    assert run(paths, resume=True) is ExitCode.OK
    assert record(paths)["effective"]["model"]["max_seq_length"] == 2048 and record(paths)["result"]["steps"] == STEPS


@pytest.mark.parametrize("section, setting, said", [("training", {"learning_rate": 1e-3}, "training.learning_rate 0.002, which is 0.001 now"),
                                                    ("model", {"base_model": "embedded"}, "and the base model is SmolLM2-135M-Instruct now")])
def test_what_the_config_names_now_wins_over_an_unfinished_run(make_project, monkeypatch, capsys, section, setting, said):
    paths = make_project("p")
    with monkeypatch.context() as patch:
        stop_after(paths, 7, patch)
        run(paths)
    configure(paths, section, **setting)
    raw = training.read_data(paths)
    assert training.find_unfinished(load_config(paths), paths, Request(resume=True), raw) is None
    assert said in capsys.readouterr().err


def test_validations_before_a_stop_count_after_it(make_project, monkeypatch):
    paths = make_project("p", eval_steps=2)
    with monkeypatch.context() as patch:
        stop_after(paths, 7, patch)
        run(paths)
    from model.callbacks import Guards

    known = []
    begin = Guards.on_train_begin

    def note(self, *arguments, **others):
        begin(self, *arguments, **others)
        known.append((self.notes.best_step, self.notes.best_validation_loss))

    monkeypatch.setattr(Guards, "on_train_begin", note)
    assert run(paths, resume=True) is ExitCode.OK
    lines = list(read_jsonl(paths.model_folder(1) / "training_log.jsonl"))
    before = {line["step"]: line["validation_loss"] for line in lines if "validation_loss" in line and line["step"] <= 7}
    assert known == [(min(before, key=before.get), min(before.values()))]
    assert record(paths)["result"]["first_loss"] == next(line["loss"] for line in lines if "loss" in line)


def test_an_exploding_gradient_ends_the_run(tmp_path):
    from types import SimpleNamespace

    from model.callbacks import EXPLODED_STEPS, Guards
    from model.run_notes import RunNotes

    notes, control = RunNotes(), SimpleNamespace(should_training_stop=False)
    guards = Guards(tmp_path / "best", notes)
    for norm in [1.0] * 10 + [400.0] + [1.0] * 5:
        guards.on_log(None, None, control, {"grad_norm": norm})
    assert not control.should_training_stop
    for _ in range(EXPLODED_STEPS):
        guards.on_log(None, None, control, {"grad_norm": 400.0})
    assert control.should_training_stop and notes.status == "stopped_early" and "exploding gradient: norm 400, usually 1" in notes.stop_reason


@pytest.mark.parametrize("setting", [{"lora_alpha": 128}, {"lora_dropout": 0.1}, {"lora_r": 8}])
def test_what_an_earlier_adapter_cannot_be_is_refused_by_name(make_project, setting):
    paths = make_project("p")
    run(paths)
    configure(paths, "lora", **setting)
    with pytest.raises(UserError, match=rf"lora\.{next(iter(setting))} is .*, but the adapter in .* has "):
        run(paths)


def test_weights_that_are_no_safetensors_are_refused(make_project):
    paths = make_project("p")
    run(paths)
    final = paths.model_folder(1) / "final"
    torch.save(weights(paths), final / "adapter_model.bin")
    (final / "adapter_model.safetensors").unlink()
    configure(paths, "training", start_from=str(final))
    with pytest.raises(UserError, match=r"there is no adapter_model\.safetensors"):
        run(paths)


def test_the_prompt_is_not_shared_when_the_earlier_adapter_has_dropout(make_project):
    paths = make_project("p")
    configure(paths, "lora", lora_dropout=0.1)
    run(paths)
    assert record(paths)["result"]["shared_prefix"] is False
    settings = json.loads(paths.config_file.read_text(encoding="utf-8"))
    del settings["lora"]["lora_dropout"]
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    run(paths)
    assert record(paths, 2)["result"]["shared_prefix"] is False and record(paths, 2)["effective"]["lora"]["lora_dropout"] == 0.1


def test_an_adapter_goes_on_over_the_weights_that_it_knows(make_project):
    """Measured fastest is no quantisation; the adapter was trained over NF4 because the config named it then."""
    paths = make_project("p", max_steps=2)
    configure(paths, "quantization", use_4bit=True)
    run(paths)
    settings = json.loads(paths.config_file.read_text(encoding="utf-8"))
    del settings["quantization"]
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    run(paths)
    assert record(paths, 2)["effective"]["quantization"] == {"use_4bit": True, "use_8bit": False}


def test_an_adapter_that_exists_keeps_its_rank_when_memory_is_short(make_project, monkeypatch):
    paths = make_project("p")
    configure(paths, "lora", lora_r=32)
    run(paths)
    configure(paths, "model", max_seq_length=512)
    attempts = []

    def short_of_memory(*_):
        attempts.append(1)
        torch.empty(2**60)

    monkeypatch.setattr(training, "attach_adapter", short_of_memory)
    with pytest.raises(RuntimeError):
        run(paths)
    assert len(attempts) == 1


def test_a_tracker_that_is_not_installed_is_told_before_anything_is_loaded(make_project, monkeypatch):
    paths = make_project("p")
    configure(paths, "training", report_to="trackio")
    monkeypatch.setattr(training, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="report_to: trackio is not installed"):
        run(paths)


def test_the_effective_settings_are_said(make_project):
    paths = make_project("p", max_steps=1)
    said = []
    train(load_config(paths), paths, Request(), say=said.append)
    assert any(line.startswith("Effective") and "lora_r 16" in line and "use_4bit False" in line for line in said)


def test_out_of_memory_reduces_retries_and_says_so(make_project, monkeypatch):
    paths = make_project("p")
    attempts = []
    attach = training.attach_adapter

    def short_of_memory(*arguments):
        attempts.append(1)
        if len(attempts) == 1:
            torch.empty(2**60)
        return attach(*arguments)

    monkeypatch.setattr(training, "attach_adapter", short_of_memory)
    assert run(paths) is ExitCode.OK
    found = record(paths)
    assert len(attempts) == 2
    assert found["reductions"] == [{"setting": "model.max_seq_length", "from": 4096, "to": 2048, "reason": "out of memory"}]
    assert found["effective"]["model"]["max_seq_length"] == 2048


def test_a_loss_that_is_not_a_number_ends_the_run_and_keeps_the_best_adapter(make_project, monkeypatch):
    paths = make_project("p")
    forward_backward = SharedPrefixLoss.forward_backward
    calls = []

    def nan_at_last(self, *arguments):
        calls.append(1)
        loss = forward_backward(self, *arguments)
        return float("nan") if len(calls) > 7 else loss

    monkeypatch.setattr(SharedPrefixLoss, "forward_backward", nan_at_last)
    assert run(paths) is ExitCode.OK
    found = record(paths)
    assert (found["status"], found["stop_reason"]) == ("stopped_early", "loss is nan")
    assert all(tensor.isfinite().all() for tensor in weights(paths).values())


def test_a_rising_validation_loss_ends_the_run_with_the_best_adapter(make_project):
    paths = make_project("p", learning_rate=0.02, eval_steps=1, warmup_steps=0, max_steps=40)
    other_rows = paths.train_file.read_bytes()
    shutil.copy(paths.validation_file, paths.train_file)
    run(paths)
    # What it knows by heart is validated, and can only be forgotten; at a rate at which the first step is not yet the worst.
    paths.train_file.write_bytes(other_rows)
    settings = json.loads(paths.config_file.read_text(encoding="utf-8"))
    settings["training"]["learning_rate"] = 1e-3
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    run(paths)
    found = record(paths, 2)
    assert found["status"] == "stopped_early"
    assert "validation loss rose" in found["stop_reason"]
    assert found["result"]["best_step"] < found["result"]["steps"]


def validated_steps(paths: Paths) -> list[int]:
    return [line["step"] for line in read_jsonl(paths.model_folder(1) / "training_log.jsonl") if "validation_loss" in line]


@pytest.mark.parametrize("last, validated", [(10, [10]), (11, [10]), (12, [10, 12])])
def test_a_training_that_ends_just_after_a_validation_does_not_validate_again(make_project, last, validated):
    paths = make_project("p", eval_steps=10, max_steps=last)
    run(paths)
    assert validated_steps(paths) == validated


class FakeClock:
    """In place of `time` in the given modules: only loss and validation take time, as many seconds as the functions of their tokens say."""

    def __init__(self, monkeypatch, modules, step_s, validation_s):
        self.now_s = 0.0
        for module in modules:
            monkeypatch.setattr(module, "time", self)
        for name, seconds in (("forward_backward", step_s), ("mean_loss", validation_s)):
            monkeypatch.setattr(SharedPrefixLoss, name, self._taking(getattr(SharedPrefixLoss, name), seconds))

    def _taking(self, compute, seconds):
        def slow(loss, rows, *more):
            self.now_s += seconds(pace.computed_tokens(rows, len(loss.prefix_ids)))
            return compute(loss, rows, *more)
        return slow

    def monotonic(self) -> float:
        return self.now_s

    perf_counter = monotonic


@pytest.mark.parametrize("last, validated", [(10, [10]), (11, [10]), (12, [10, 12])])
def test_nor_does_one_that_its_time_budget_ends(make_project, monkeypatch, last, validated):
    paths = make_project("p", eval_steps=10, max_steps=20)
    FakeClock(monkeypatch, [timing_callbacks], step_s=lambda _: 10.0, validation_s=lambda _: 0.0)
    run(paths, max_minutes=(last + 0.5) * 10 / 60)
    assert record(paths)["result"]["steps"] == last
    assert validated_steps(paths) == validated


@pytest.mark.parametrize("eval_steps", [3, 10])
def test_the_planned_duration_is_the_real_one_with_validations(make_project, monkeypatch, eval_steps):
    paths = make_project("p", eval_steps=eval_steps, max_steps=20)
    FakeClock(monkeypatch, [timing_callbacks, pace, training], step_s=lambda tokens: tokens / 10, validation_s=lambda tokens: tokens / 5)
    run(paths, max_minutes=10**6)
    planned_s = read_json(paths.model_folder(1) / "training_plan.json")["expected_s"]
    assert planned_s == pytest.approx(record(paths)["duration_s"], rel=0.05)


def test_a_large_validation_set_does_not_eat_the_time_of_training(make_project, monkeypatch):
    """Seen in a nightly run: 285 rows took ten of thirteen minutes, and two steps were left."""
    paths = make_project("p", row_count=100, eval_steps=10, max_steps=200)
    paths.validation_file.write_text(paths.train_file.read_text(encoding="utf-8") + paths.validation_file.read_text(encoding="utf-8"), encoding="utf-8")
    FakeClock(monkeypatch, [timing_callbacks, pace, training], step_s=lambda tokens: tokens / 100, validation_s=lambda tokens: tokens / 100)
    said: list[str] = []
    train(load_config(paths), paths, Request(max_minutes=9), said.append)
    plan = read_json(paths.model_folder(1) / "training_plan.json")
    assert 1 <= plan["validation_rows"] < 50 and record(paths)["rows"]["validation"] == plan["validation_rows"]
    assert f"Validation  {plan['validation_rows']} of 104 rows, so that it takes at most 8% of the time" in said
    assert record(paths)["duration_s"] <= 540 and record(paths)["result"]["steps"] > 20


def test_a_resumed_training_validates_on_the_same_rows(make_project, monkeypatch):
    paths = make_project("p", row_count=100, eval_steps=7, max_steps=200)
    paths.validation_file.write_text(paths.train_file.read_text(encoding="utf-8"), encoding="utf-8")
    FakeClock(monkeypatch, [timing_callbacks, pace, training], step_s=lambda tokens: tokens / 100, validation_s=lambda tokens: tokens / 100)
    with monkeypatch.context() as patched:
        patched.setattr(timing_callbacks.FollowPace, "on_step_end", stopping_after(timing_callbacks.FollowPace.on_step_end, paths, 9))
        assert run(paths, max_minutes=9) is ExitCode.STOPPED
    said: list[str] = []
    train(load_config(paths), paths, Request(max_minutes=9, resume=True), said.append)
    wanted = read_json(paths.model_folder(1) / "training_plan.json")["validation_rows"]
    assert wanted < 100 and f"Validation  {wanted} of 100 rows, so that it takes at most 8% of the time" in said


def changing_pace(begun: list[int], factor: float):
    """Seconds of a step by its tokens; after the self-check and the steps timed ahead it takes `factor` times as long."""
    def step_s(tokens: int) -> float:
        begun.append(1)
        return tokens / 100 * (1 if len(begun) < 5 else factor)
    return step_s


def stopping_after(on_step_end, paths: Paths, last: int):
    def stopping(callback, args, state, control, **more):
        on_step_end(callback, args, state, control, **more)
        if state.global_step == last:
            request_stop(paths)
    return stopping


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_a_training_follows_its_pace_and_keeps_its_budget(make_project, monkeypatch, factor):
    paths = make_project("p", row_count=100, eval_steps=7, max_steps=200)
    FakeClock(monkeypatch, [timing_callbacks, pace, training], step_s=changing_pace([], factor), validation_s=lambda tokens: tokens / 50)
    said: list[str] = []
    train(load_config(paths), paths, Request(max_minutes=9), said.append)
    found, lines = record(paths), [line for line in read_jsonl(paths.model_folder(1) / "training_log.jsonl") if "loss" in line]
    assert ("faster" if factor < 1 else "slower") in next(line for line in said if line.startswith("Steps are"))
    assert 0.75 * 540 < found["duration_s"] <= 540
    assert lines[-1]["learning_rate"] < 0.15 * max(line["learning_rate"] for line in lines)
    assert read_json(paths.model_folder(1) / "training_plan.json")["total_steps"] == found["result"]["total_steps"]
    assert found["result"]["total_steps"] - 2 <= found["result"]["steps"] == lines[-1]["step"]
    assert validated_steps(paths)[-1] == found["result"]["steps"]


def test_a_time_budget_holds_though_the_pace_changes_near_its_end(make_project, monkeypatch):
    monkeypatch.setattr(timing_callbacks, "FOLLOWED_FRAC", 1e9)
    paths = make_project("p", eval_steps=7, max_steps=40)
    FakeClock(monkeypatch, [timing_callbacks, pace, training], step_s=changing_pace([], 2.0), validation_s=lambda tokens: tokens / 50)
    run(paths, max_minutes=5)
    found = record(paths)
    assert "leaves no time for step" in found["stop_reason"]
    assert 0.7 * 300 < found["duration_s"] <= 300
    assert validated_steps(paths)[-1] == found["result"]["steps"]


def test_a_resumed_training_keeps_the_length_that_it_had_come_to(make_project, monkeypatch):
    paths = make_project("p", row_count=100, eval_steps=100, max_steps=200)
    FakeClock(monkeypatch, [timing_callbacks, pace, training], step_s=changing_pace([], 0.5), validation_s=lambda _: 0.0)
    monkeypatch.setattr(timing_callbacks.FollowPace, "on_step_end", stopping_after(timing_callbacks.FollowPace.on_step_end, paths, 6))
    assert run(paths, max_minutes=5) == ExitCode.STOPPED
    planned = read_json(paths.model_folder(1) / "training_plan.json")["total_steps"]
    run(paths, max_minutes=5, resume=True)
    assert record(paths)["result"]["steps"] == planned


def test_log_record_and_adapter_are_as_documented(make_project):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    paths = make_project("p")
    run(paths)
    lines = list(read_jsonl(paths.model_folder(1) / "training_log.jsonl"))
    assert [line["step"] for line in lines if "loss" in line] == list(range(1, STEPS + 1))
    assert {"time", "run_id", "step", "epoch", "validation_loss"} == set(next(line for line in lines if "validation_loss" in line))
    found = record(paths)
    assert found["status"] == "complete" and found["result"]["shared_prefix"] is True
    assert found["effective"]["training"]["max_steps"] == STEPS
    final = paths.model_folder(1) / "final"
    card = (final / "README.md").read_text(encoding="utf-8")
    assert found["data_hash"] in card
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(found["base_model"]), final)
    assert model.peft_config["default"].r == 16


def test_settings_that_would_differ_stop_the_run(make_project, monkeypatch):
    from model import trainer_settings

    paths = make_project("p")
    proper = trainer_settings.sft_config

    def forgetful(*arguments):
        settings = proper(*arguments)
        settings.learning_rate = 1e-5
        return settings

    monkeypatch.setattr(trainer_settings, "sft_config", forgetful)
    with pytest.raises(UserError, match="learning_rate is 1e-05, asked for was 0.002"):
        run(paths)
    assert paths.newest_model() is None


def test_a_dry_run_prints_the_plan_and_writes_no_model(make_project):
    paths = make_project("p")
    said = []
    assert train(load_config(paths), paths, Request(dry_run=True), say=said.append) is ExitCode.OK
    assert "12 steps of" in "\n".join(said)
    assert not any(paths.models.glob("*"))


def test_rows_that_are_all_too_long_are_refused_with_the_numbers(make_project):
    paths = make_project("p")
    settings = json.loads(paths.config_file.read_text(encoding="utf-8"))
    settings["model"]["max_seq_length"] = 512
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    paths.system_prompt.write_text("word " * 2000, encoding="utf-8")
    with pytest.raises(UserError, match="all 20 rows are longer than model.max_seq_length 512"):
        run(paths)


def test_training_continues_from_an_earlier_adapter(make_project):
    paths = make_project("p")
    run(paths)
    first_loss = record(paths)["result"]["first_loss"]
    settings = json.loads(paths.config_file.read_text(encoding="utf-8"))
    settings["training"]["start_from"] = "best"
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    run(paths)
    assert paths.model_versions() == [1, 2]
    assert record(paths, 2)["result"]["first_loss"] < first_loss


@pytest.mark.parametrize("quantization", ["use_4bit", "use_8bit"])
def test_qlora_trains_on_the_cpu_with_the_quantisation_asked_for(make_project, quantization):
    paths = make_project("p", max_steps=3)
    settings = json.loads(paths.config_file.read_text(encoding="utf-8")) | {"quantization": {quantization: True}}
    paths.config_file.write_text(json.dumps(settings), encoding="utf-8")
    assert run(paths) is ExitCode.OK
    assert record(paths)["effective"]["quantization"][quantization] is True


@pytest.mark.slow
def test_killed_at_some_step_and_resumed_gives_the_unbroken_weights(make_project):
    """A real process, ended at a step that chance picks, without a chance to save; every step is a checkpoint, so that the kill falls near a save."""
    step = random.randrange(1, 38)
    whole, broken = make_project("whole", save_steps=1, max_steps=40), make_project("broken", save_steps=1, max_steps=40)
    run(whole)
    command = [sys.executable, str(SCRIPTS / "04_train_blueprint_lora.py"), "--project", str(broken.root)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (broken.model_folder(1) / f"checkpoint-{step}").exists() and process.poll() is None:
            time.sleep(0.01)
        process.kill()
    print(f"killed after step {step}")
    assert broken.newest_model() is None
    assert subprocess.run([*command, "--resume"], capture_output=True, check=False).returncode == ExitCode.OK
    expected, found = weights(whole), weights(broken)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert record(broken)["result"]["final_loss"] == record(whole)["result"]["final_loss"]
