"""On CUDA the same is trained and answered as elsewhere; each test takes seconds."""

import pytest
import torch
from test_training_shared_prefix import adapted, gradients, some_rows
from training_world import tiny_base, tiny_model, tiny_tokenizer, write_project

from model import prefix_attention
from model.base_model import load_model
from model.decode import Decoder, Request
from model.decode_engine import LeanLlama, TransformersEngine
from model.self_check import compare_with_row_by_row, row_by_row
from model.shared_prefix import SharedPrefixLoss
from pipeline.config import load_config
from pipeline.exit_codes import ExitCode
from pipeline.paths import Paths

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]
EXACT, HALF = 1e-4, 5e-2
"""Relative difference of gradients in float32, whose sums have another order here, and in bfloat16."""


@pytest.fixture(autouse=True)
def exact_products():
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    yield
    torch.set_float32_matmul_precision(before)


def differences(model, loss: SharedPrefixLoss, rows) -> tuple[float, float]:
    """Of loss and gradients, from row by row, relative."""
    plain_loss, plain = gradients(model, lambda: row_by_row(model, rows))
    shared_loss, shared = gradients(model, lambda: loss.forward_backward(rows))
    return abs(shared_loss - plain_loss) / plain_loss, ((shared - plain).norm() / plain.norm()).item()


@pytest.mark.parametrize("prefix", [20, 200])
@pytest.mark.parametrize("layers", [{"merge": False, "lean": False}, {"lean": False}, {}], ids=["library", "merged", "lean"])
@pytest.mark.parametrize("kernel", ["varlen", "sdpa"])
def test_shared_prefix_training_is_row_by_row_training(kernel, layers, prefix):
    model, rows = adapted(tiny_model()).train().cuda(), some_rows(9, prefix)
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:prefix], 100, kernel=kernel, **layers)
    assert max(differences(model, loss, rows)) < EXACT


@pytest.mark.parametrize("flat", [False, True])
def test_flex_attention_trains_the_same_and_is_not_compiled_for_every_length(flat):
    from torch._dynamo.utils import counters

    torch._dynamo.reset()
    counters.clear()
    model = adapted(tiny_model()).train().cuda()
    for count, prefix in ((2, 300), (9, 300), (40, 300)):
        rows = some_rows(count, prefix)
        loss = SharedPrefixLoss(model, rows[0].prompt_ids[:prefix], 10**6, kernel="flex", flat=flat)
        assert max(differences(model, loss, rows)) < EXACT
    assert counters["stats"]["unique_graphs"] <= 4


@pytest.mark.parametrize("kernel", ["varlen", "flex"])
def test_bfloat16_trains_the_same_within_its_rounding(kernel):
    model, rows = adapted(tiny_model().to(torch.bfloat16)).train().cuda(), some_rows(9, 200)
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:200], 100, kernel=kernel)
    assert max(differences(model, loss, rows)) < HALF


def test_tf32_trains_nearly_the_same():
    model, rows = adapted(tiny_model()).train().cuda(), some_rows(9, 40)
    plain = gradients(model, lambda: row_by_row(model, rows))[1]
    torch.set_float32_matmul_precision("high")
    shared = gradients(model, lambda: SharedPrefixLoss(model, rows[0].prompt_ids[:40], 10**6).forward_backward(rows))[1]
    assert (shared - plain).norm() / plain.norm() < 1e-2


@pytest.mark.parametrize("quantization", ["nf4", "int8"])
def test_quantised_weights_load_and_an_optimiser_step_lowers_the_loss(quantization, tmp_path):
    import bitsandbytes

    model, rows = adapted(load_model(tiny_base(tmp_path), quantization)).train(), some_rows(6, 300)
    assert model.device.type == "cuda"
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:300], 10**6)
    assert compare_with_row_by_row(model, loss, rows).is_passed
    optimiser = bitsandbytes.optim.PagedAdamW8bit([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    losses = []
    for _ in range(3):
        optimiser.zero_grad()
        losses.append(loss.forward_backward(rows))
        optimiser.step()
    assert losses[-1] < losses[0]


def project(folder, base, **quantization) -> Paths:
    folder.mkdir()
    paths = Paths(folder)
    write_project(paths, 24, 4, model={"base_model": str(base)}, lora={"lora_r": 16}, quantization={"use_8bit": False, "use_4bit": False} | quantization,
                  training={"max_steps": 6, "eval_steps": 3, "save_steps": 2, "batch_size": 4, "learning_rate": 2e-3})
    return paths


def run(paths: Paths, **request) -> ExitCode:
    from model.train import Request as Training
    from model.train import train

    return train(load_config(paths), paths, Training(**request), say=print)


def test_a_training_stopped_and_resumed_is_the_unbroken_one_and_its_adapter_answers(tmp_path, monkeypatch):
    from safetensors.torch import load_file

    from model.adapters import choose_model, load_choice
    from model.callbacks import ProgressLog
    from pipeline.stop import request_stop

    base = tiny_base(tmp_path / "base")
    whole, broken = project(tmp_path / "whole", base), project(tmp_path / "broken", base)
    assert run(whole) is ExitCode.OK
    log_step = ProgressLog._log_step

    def log_and_ask(self, state, *rest):
        log_step(self, state, *rest)
        if state.global_step == 3:
            request_stop(broken)

    with monkeypatch.context() as patch:
        patch.setattr(ProgressLog, "_log_step", log_and_ask)
        assert run(broken) is ExitCode.STOPPED
    assert run(broken, resume=True) is ExitCode.OK
    expected, found = (load_file(paths.model_folder(1) / "final" / "adapter_model.safetensors") for paths in (whole, broken))
    for name, weight in expected.items():
        # Atomic sums come in any order there, and Adam's first steps make a sign of the last digits: weights agree as a whole.
        assert (found[name] - weight).norm() / weight.norm() < 1e-2, name
    loaded = load_choice(choose_model(whole), load_config(whole), whole)
    decoder = Decoder(loaded.model, loaded.tokenizer, loaded.system_prompt)
    assert isinstance(decoder.engine, LeanLlama) and decoder.device.type == "cuda"
    assert decoder.generate([Request("Print", budget_tokens=8)])[0].tokens > 0


@pytest.mark.parametrize("quantization", [{"use_4bit": True}, {"use_8bit": True}], ids=["nf4", "int8"])
def test_a_quantised_training_runs_from_rows_to_an_answer(quantization, tmp_path):
    from model.adapters import choose_model, load_choice

    paths = project(tmp_path / "project", tiny_base(tmp_path / "base"), **quantization)
    assert run(paths) is ExitCode.OK
    loaded = load_choice(choose_model(paths), load_config(paths), paths)
    decoder = Decoder(loaded.model, loaded.tokenizer, loaded.system_prompt)
    assert isinstance(decoder.engine, TransformersEngine)
    assert decoder.generate([Request("Print", budget_tokens=8)])[0].tokens > 0


def test_constrained_answers_are_valid_and_those_of_a_cpu():
    from model.constraint import LanguageConstraint
    from utils.blueprint_patterns import load_catalogue
    from utils.dsl_validator import is_valid

    tokenizer = tiny_tokenizer()
    constraint = LanguageConstraint(tokenizer, load_catalogue())
    requests = [Request(text, budget_tokens=90) for text in ("Print", "Open the door when the player comes near.", "7 lamps", "Destroy it", "Play a sound.")]
    found = {}
    for device in ("cpu", "cuda"):
        model = tiny_model().to(device)
        decoder = Decoder(model, tokenizer, "Answer with a Blueprint graph.", constraint=constraint, rows=3)
        if device == "cpu":
            decoder.engine = TransformersEngine(model)  # packed weights are rounded
        found[device] = [answer.text for answer in decoder.generate(requests)]
    assert all(map(is_valid, found["cuda"]))
    assert found["cuda"] == found["cpu"]


def test_the_kernel_follows_the_length_of_the_prefix():
    assert [prefix_attention.default_kernel(torch.device("cuda"), tokens) for tokens in (31, 1276)] == ["varlen", "flex"]
