"""What is decided before training: base model, precision, memory, gate of the shared prompt, number of steps."""

import re
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training_world import tiny_model

from error_handler import UserError
from model import preflight
from model.base_model import hub_model_for, load_tokenizer, resolve_base
from model.encode import EncodedDataset, EncodedRow
from model.estimates import GIB, MemoryNeed, ModelShape, check_disk, memory_need, micro_batch_tokens
from model.pace import Pace
from model.plan import budget_minutes, rows_per_step, total_steps
from model.preflight import Candidate, candidates, fastest_that_fits
from model.training_data import TrainingData, gated_prefix
from pipeline.config import PipelineConfig, load_config
from pipeline.paths import Paths

EMBEDDED = ModelShape(576, 1536, 30, 49152, 106_168_320, 28_311_552, 30 * 9024)


def config(paths, **overrides) -> PipelineConfig:
    return load_config(paths, {key.replace("__", "."): value for key, value in overrides.items()})


@pytest.mark.parametrize("memory_gb, name", [(0, None), (8, "meta-llama/Llama-3.2-3B"), (12, "meta-llama/Llama-3.1-8B"), (24, "meta-llama/Llama-3.1-8B"),
                                             (48, "meta-llama/Llama-3.1-8B"), (80, "meta-llama/Meta-Llama-3.1-70B"), (96, "meta-llama/Meta-Llama-3.1-70B")])
def test_the_base_follows_the_memory_of_the_gpu(memory_gb, name):
    assert hub_model_for(memory_gb) == name


@pytest.mark.parametrize("named", ["no/such/folder", "./nowhere", "/nowhere/at/all"])
def test_a_base_folder_without_a_model_is_one_clear_line(paths, named):
    with pytest.raises(UserError, match=re.escape(f"no model in {named!r}")):
        resolve_base(config(paths, model__base_model=named), paths)


def test_a_hub_model_that_cannot_be_had_names_a_remedy(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError) as caught:
        load_tokenizer("nobody/no-such-model")
    assert "nobody/no-such-model" in caught.value.problem and "model.base_model" in caught.value.fix
    assert "\n" not in caught.value.problem


def data(prefix: int, own: int, answer: int, rows: int = 16) -> TrainingData:
    prompt = tuple(range(prefix))
    encoded = EncodedDataset([EncodedRow((*prompt, *(900 + i,) * own), (7,) * answer) for i in range(rows)], 0, prefix + own + answer)
    return TrainingData(encoded, encoded, prompt)


@pytest.mark.parametrize("prefix, rows, shared", [(1500, 16, True), (1500, 1, False), (3, 16, False), (60, 16, True)])
def test_the_gate_shares_the_prompt_only_where_it_saves_tokens(prefix, rows, shared):
    assert bool(gated_prefix(data(prefix, 20, 200, rows), rows, 0.0)) is shared


def test_the_prompt_is_not_shared_under_lora_dropout():
    assert gated_prefix(data(1500, 20, 200), 16, 0.05) == ()


def test_nothing_named_trains_thirteen_minutes_on_a_cpu_and_three_epochs_on_a_gpu(paths):
    plain = config(paths)
    assert budget_minutes(plain, None, "cpu") == 13.0
    assert budget_minutes(plain, None, "cuda") is None
    assert total_steps(plain, row_count=160, per_step=16, minutes=None) == 30
    assert total_steps(plain, row_count=1600, per_step=16, minutes=13, pace=timed(steps=[(100, 23.4)])) == 30


def test_epochs_in_the_config_win_over_the_default_budget(paths):
    asked = config(paths, training__epochs=2)
    assert budget_minutes(asked, None, "cpu") is None
    assert total_steps(asked, 100, 16, None) == 14


def test_batch_and_accumulation_of_the_config_are_the_rows_of_a_step(paths):
    assert rows_per_step(config(paths)) == 16
    assert rows_per_step(config(paths, training__batch_size=3, training__gradient_accumulation_steps=5)) == 15


def timed(steps: list[tuple[int, float]], validation_s: float = 0.0, eval_steps: int = 25) -> Pace:
    """Of a training whose steps have 100 tokens on average; (tokens, seconds) each."""
    pace = Pace(100, 1000, eval_steps, save_steps=25)
    for tokens, seconds in steps:
        pace.add_step(tokens, seconds)
    pace.add_validation(validation_s)
    return pace


@given(minutes=st.floats(0.1, 60), seconds=st.floats(0.01, 200), rows=st.integers(1, 5000), per_step=st.integers(1, 64),
       validation_s=st.floats(0, 300), eval_steps=st.integers(1, 100))
def test_a_time_budget_is_never_planned_over(minutes, seconds, rows, per_step, validation_s, eval_steps):
    pace = timed([(100, seconds)], validation_s, eval_steps)
    steps = total_steps(PipelineConfig(), rows, per_step, minutes, pace)
    validations = len([step for step in range(1, steps + 1) if step % eval_steps == 0]) + (steps % eval_steps > 0.1 * eval_steps or steps < eval_steps)
    assert pace.remaining_s(0, steps) == pytest.approx(steps * seconds + validations * validation_s)
    assert steps == 1 or pace.remaining_s(0, steps) <= minutes * 60


def test_a_step_of_few_tokens_does_not_make_the_pace_look_fast():
    assert timed([(50, 5.0), (150, 15.0)]).step_s == pytest.approx(10.0)


def test_the_pace_is_that_of_the_last_ten_steps():
    assert timed([(100, 1.0)] * 50 + [(100, 2.0)] * 10).step_s == pytest.approx(2.0)


def test_a_validation_timed_in_part_counts_as_a_whole_one():
    pace = timed([(100, 10.0)])
    pace.add_validation(3.0, tokens=200)
    assert pace.validation_s == pytest.approx(15.0)


def test_before_a_validation_was_timed_its_tokens_say_how_long_it_takes():
    pace = Pace(100, 1000, eval_steps=25, save_steps=25)
    assert pace.validation_s == 0 and pace.remaining_s(0, 10) is None
    pace.add_step(100, 10.0)
    assert pace.validation_s == pytest.approx(42.0)


def test_what_is_left_counts_validations_and_saving_to_come():
    pace = timed([(100, 10.0)], validation_s=60.0)
    pace.add_saving(1.0)
    assert pace.remaining_s(0, 60) == 600 + 3 * 60 + 3
    assert pace.remaining_s(50, 60) == 100 + 60 + 1
    assert pace.remaining_s(50, 52) == 20 + 1
    assert pace.remaining_s(60, 60) == 0


def test_training_without_enough_memory_is_refused_with_numbers():
    need = MemoryNeed(fixed=3 * GIB, per_token=1e6)
    with pytest.raises(UserError, match=r"needs about \d+\.\d GiB of free memory .* 2\.0 GiB are free"):
        micro_batch_tokens(need, 1500, 2 * GIB, "cpu")
    assert micro_batch_tokens(need, 1500, 100 * GIB, "cpu") == 2048


def test_training_without_room_on_the_disk_is_refused_with_numbers(tmp_path, monkeypatch):
    assert check_disk(tmp_path, EMBEDDED, 32) > 0
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**6))
    with pytest.raises(UserError, match="on the disk"):
        check_disk(tmp_path, EMBEDDED, 32)


def llama(hidden: int, intermediate: int, layers: int, heads: int) -> ModelShape:
    return ModelShape.of(SimpleNamespace(hidden_size=hidden, intermediate_size=intermediate, num_hidden_layers=layers, num_attention_heads=heads,
                                         num_key_value_heads=8, head_dim=128, vocab_size=128_256, tie_word_embeddings=False))


@pytest.mark.parametrize("shape, free_gib, quantization", [((8192, 28672, 80, 64), 92, "int8"), ((8192, 28672, 80, 64), 78, "nf4"),
                                                           ((4096, 14336, 32, 32), 11.2, "nf4"), ((3072, 8192, 28, 24), 7.2, "nf4")])
def test_what_a_card_is_given_by_itself_can_be_trained_on_it(shape, free_gib, quantization):
    need = memory_need(llama(*shape), quantization, 2, 32, True)
    assert micro_batch_tokens(need, 1500, free_gib * GIB, "cuda") >= 256


MEASURED = [Candidate("none", False, 1.0), Candidate("none", True, 1.5), Candidate("nf4", False, 0.95), Candidate("nf4", True, 1.4), Candidate("int8", False, 5.0)]


def test_within_ten_percent_the_plainer_setting_is_taken():
    assert fastest_that_fits(MEASURED, EMBEDDED, 4, 32, 1500, 16 * GIB).quantization == "none"
    slower = [replace(MEASURED[0], seconds_per_token=1.2), *MEASURED[1:]]
    assert fastest_that_fits(slower, EMBEDDED, 4, 32, 1500, 16 * GIB).quantization == "nf4"


def test_a_base_of_70b_is_trained_in_8_bit_where_that_fits():
    measured, shape = [Candidate("nf4", True, 1.0), Candidate("int8", True, 3.0)], llama(8192, 28672, 80, 64)
    assert fastest_that_fits(measured, shape, 2, 32, 1500, 85 * GIB).quantization == "int8"
    assert fastest_that_fits(measured, shape, 2, 32, 1500, 60 * GIB).quantization == "nf4"


def test_what_does_not_fit_is_not_taken_however_fast():
    tight = (memory_need(EMBEDDED, "none", 4, 32, True).total(1756) + GIB / 20)
    assert fastest_that_fits(MEASURED, EMBEDDED, 4, 32, 1500, tight).is_checkpointed


def test_a_preflight_without_time_takes_the_plainest_setting_and_measures_the_others_next_time(tmp_path, monkeypatch):
    paths, model = Paths(tmp_path), tiny_model()
    monkeypatch.setattr(preflight, "LONGEST_S", -1.0)
    hurried = candidates(model.config, paths)
    assert [(one.quantization, one.is_checkpointed) for one in hurried] == [("none", False)]
    monkeypatch.setattr(preflight, "LONGEST_S", 60.0)
    assert {(one.quantization, one.is_checkpointed) for one in candidates(model.config, paths)} >= {("none", False), ("none", True)}


def test_other_work_in_the_first_pass_does_not_decide_the_precision(tmp_path, monkeypatch):
    calls: list[tuple[str, bool]] = []

    def seconds(_folder, quantization, is_checkpointed, *_):
        calls.append((quantization, is_checkpointed))
        is_disturbed = calls.count(("none", False)) == 1 and quantization == "none"
        return {"none": 1.0, "nf4": 1.15, "int8": 9.0}[quantization] * (1.3 if is_disturbed else 1.0) * (1.4 if is_checkpointed else 1.0)

    monkeypatch.setattr(preflight, "_seconds_per_token", seconds)
    measured, is_steady = preflight.measure(tiny_model().config)
    assert fastest_that_fits(measured, EMBEDDED, 4, 32, 1500, 16 * GIB).quantization == "none"
    assert not is_steady and ("int8", False) not in calls[6:]


def test_what_a_disturbed_preflight_found_is_not_kept(tmp_path, monkeypatch):
    paths, config = Paths(tmp_path), tiny_model().config
    monkeypatch.setattr(preflight, "measure", lambda *_: ([Candidate("int8", False, 1.0)], False))
    assert candidates(config, paths)[0].quantization == "int8"
    monkeypatch.setattr(preflight, "measure", lambda *_: ([Candidate("none", False, 1.0)], True))
    assert [candidates(config, paths)[0].quantization for _ in range(2)] == ["none", "none"]
