"""Shared-prefix training is row-by-row training: same loss, same gradients, whatever the grouping."""

import itertools
import json
import random

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peft import LoraConfig, get_peft_model
from training_world import tiny_model

from model import prefix_attention
from model.batching import micro_batches, step_indices
from model.encode import EncodedRow
from model.lora import TARGETS
from model.preflight import enable_checkpointing
from model.self_check import row_by_row
from model.shared_prefix import SharedPrefixLoss

RELATIVE_ERROR = 1e-5


def adapted(model, r: int = 8, seed: int = 0):
    """A LoRA adapter that has left its start, where all gradients of A are zero."""
    torch.manual_seed(seed)
    model = get_peft_model(model, LoraConfig(r=r, lora_alpha=2 * r, target_modules=list(TARGETS), task_type="CAUSAL_LM"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return model


def some_rows(count: int, prefix: int, seed: int = 0, vocabulary: int = 512) -> list[EncodedRow]:
    rng = random.Random(seed)
    ids = lambda n: tuple(rng.randrange(3, vocabulary) for _ in range(n))
    shared = ids(prefix)
    return [EncodedRow(shared + ids(rng.randint(1, 9)), ids(rng.randint(1, 30))) for _ in range(count)]


def gradients(model, compute) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    loss = compute()
    found = torch.cat([p.grad.flatten() for p in model.parameters() if p.requires_grad])
    model.zero_grad()
    return loss, found


def assert_same_training(model, loss: SharedPrefixLoss, rows: list[EncodedRow]) -> None:
    plain_loss, plain = gradients(model, lambda: row_by_row(model, rows))
    shared_loss, shared = gradients(model, lambda: loss.forward_backward(rows))
    assert shared_loss == pytest.approx(plain_loss, rel=RELATIVE_ERROR)
    assert (shared - plain).norm() / plain.norm() < RELATIVE_ERROR


@pytest.fixture(scope="module")
def model():
    return adapted(tiny_model()).train()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 7), prefix=st.integers(1, 70), budget=st.sampled_from([1, 40, 90, 10**6]), max_rows=st.sampled_from([None, 1, 3]),
       flat=st.booleans(), layers=st.sampled_from(["library", "merged", "lean"]), kernel=st.sampled_from([None, "sdpa"]), seed=st.integers(0, 99))
def test_loss_and_gradients_equal_row_by_row_for_any_grouping(model, count, prefix, budget, max_rows, flat, layers, kernel, seed):
    rows = some_rows(count, prefix, seed)
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:prefix], budget, max_rows=max_rows, flat=flat, merge=layers != "library", lean=layers == "lean", kernel=kernel)
    assert_same_training(model, loss, rows)


def test_rows_packed_without_a_shared_prefix_train_the_same(model):
    rows = some_rows(5, 20)
    assert_same_training(model, SharedPrefixLoss(model, (), 60), rows)


LAYERS = pytest.mark.parametrize("layers", [{"merge": False, "lean": False}, {"lean": False}, {"lean": True}], ids=["library", "merged", "lean"])


@LAYERS
@pytest.mark.parametrize("flat", [False, True])
def test_checkpointing_changes_nothing(flat, layers):
    model = adapted(tiny_model()).train()
    enable_checkpointing(model)
    rows = some_rows(6, 50)
    assert_same_training(model, SharedPrefixLoss(model, rows[0].prompt_ids[:50], 60, flat=flat, **layers), rows)


@LAYERS
def test_checkpointing_computes_every_layer_again(layers, monkeypatch):
    model, rows, calls = adapted(tiny_model()).train(), some_rows(6, 50), []
    attend = prefix_attention.attend_to_prefix
    monkeypatch.setattr(prefix_attention, "attend_to_prefix", lambda *arguments: calls.append(1) or attend(*arguments))
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:50], 10**6, **layers)
    loss.forward_backward(rows)
    once = len(calls)
    enable_checkpointing(model)
    loss.forward_backward(rows)
    assert len(calls) == 3 * once


def test_each_way_to_compute_attention_gives_the_same_loss_on_odd_shapes(model):
    for count, prefix in ((1, 1), (3, 7), (2, 33)):
        rows = some_rows(count, prefix)
        losses = [SharedPrefixLoss(model, rows[0].prompt_ids[:prefix], 10**6, kernel=kernel).mean_loss(rows) for kernel in ("cpu", "sdpa")]
        assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def by_rows(query, key, value, _bias, queries, keys, _longest, _longest_keys, _dropout, _mask, _lse, scale):
    """What the GPU's kernel for rows of different length is to compute: the last query of a row sees all its keys."""
    found = []
    for (q, q_end), (k, k_end) in zip(itertools.pairwise(queries.tolist()), itertools.pairwise(keys.tolist())):
        mask = torch.ones(q_end - q, k_end - k, dtype=torch.bool).tril(k_end - k - q_end + q)
        part = (t[:, a:b].transpose(1, 2) for t, a, b in ((query, q, q_end), (key, k, k_end), (value, k, k_end)))
        found.append(torch.nn.functional.scaled_dot_product_attention(*part, attn_mask=mask, scale=scale).transpose(1, 2))
    return (torch.cat(found, dim=1),)


@pytest.mark.parametrize("prefix", [0, 1, 33])
def test_rows_behind_a_copy_of_the_prefix_train_the_same(model, monkeypatch, prefix):
    monkeypatch.setattr(prefix_attention, "_efficient_attention", by_rows)
    rows = some_rows(5, max(prefix, 1))
    assert_same_training(model, SharedPrefixLoss(model, rows[0].prompt_ids[:prefix], 60, kernel="varlen"), rows)


@pytest.mark.parametrize("tokens", [(1,), (100, 28), (90, 60, 200)])
def test_the_block_mask_filled_up_to_whole_blocks_lets_the_same_be_seen(tokens):
    segment = torch.repeat_interleave(torch.arange(len(tokens)), torch.tensor(tokens))
    mask = prefix_attention._flex_mask(37, segment)
    queries, keys = mask.seq_lengths
    assert queries % 128 == keys % 128 == 0
    seen = mask.mask_mod(0, 0, torch.arange(queries)[:, None], torch.arange(keys)[None])
    assert torch.equal(seen[:len(segment), :37 + len(segment)], prefix_attention._dense_mask(37, segment))
    assert not seen[:len(segment), 37 + len(segment):].any() and seen.any(1).all()


def test_a_wrong_mask_would_be_noticed(model, monkeypatch):
    """The check can fail: answers that see each other give other gradients."""
    from model import shared_prefix

    rows = some_rows(4, 30)
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:30], 10**6, kernel="sdpa")
    proper = shared_prefix.BlockMasks
    monkeypatch.setattr(shared_prefix, "BlockMasks", lambda prefix, lengths, device, kernel: proper(prefix, (sum(lengths),), device, kernel))
    with pytest.raises(AssertionError):
        assert_same_training(model, loss, rows)


def test_the_self_check_refuses_a_run_whose_gradients_differ(model, monkeypatch):
    from error_handler import UserError
    from model import shared_prefix
    from model.self_check import check_or_refuse

    rows = some_rows(4, 30)
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:30], 10**6)
    before = [p.detach().clone() for p in model.parameters() if p.requires_grad]
    assert check_or_refuse(model, loss, rows).gradient_error < RELATIVE_ERROR
    assert all(torch.equal(a, b) for a, b in zip(before, (p for p in model.parameters() if p.requires_grad)))
    monkeypatch.setattr(shared_prefix, "_backward_through_prefix", lambda *_: None)
    with pytest.raises(UserError, match="differs from row-by-row"):
        check_or_refuse(model, loss, rows)


def train_curve(compute_loss, model, rows, steps: int, per_step: int) -> list[float]:
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=2e-3)
    losses = []
    for epoch in range(99):
        for numbers in step_indices(len(rows), per_step, seed=5, epoch=epoch):
            optimiser.zero_grad()
            losses.append(compute_loss(model, [rows[i] for i in numbers]))
            optimiser.step()
            if len(losses) == steps:
                return losses
    raise AssertionError("too few epochs")


def test_the_loss_curve_of_50_steps_agrees_with_row_by_row():
    rows = some_rows(24, 40)
    plain = train_curve(row_by_row, adapted(tiny_model()).train(), rows, 50, 4)
    shared_model = adapted(tiny_model()).train()
    loss = SharedPrefixLoss(shared_model, rows[0].prompt_ids[:40], 64)
    shared = train_curve(lambda _, batch: loss.forward_backward(batch), shared_model, rows, 50, 4)
    assert plain[-1] < 0.9 * plain[0]
    assert shared == pytest.approx(plain, rel=1e-4)


def test_validation_loss_equals_the_training_loss_of_the_same_rows(model):
    rows = some_rows(5, 25)
    loss = SharedPrefixLoss(model, rows[0].prompt_ids[:25], 50)
    assert loss.mean_loss(rows) == pytest.approx(loss.forward_backward(rows), rel=1e-6)
    model.zero_grad()


@given(sizes=st.lists(st.integers(1, 50), min_size=1, max_size=30), budget=st.integers(1, 200), max_rows=st.sampled_from([None, 1, 4]))
def test_micro_batches_hold_every_row_once_and_keep_the_budget(sizes, budget, max_rows):
    rows = [EncodedRow((1, 2, 3), tuple(range(size))) for size in sizes]
    groups = micro_batches(rows, 2, budget, max_rows)
    assert sorted(map(id, (row for group in groups for row in group))) == sorted(map(id, rows))
    for group in groups:
        assert sum(len(row) - 3 for row in group) <= budget or len(group) == 1
        assert max_rows is None or len(group) <= max_rows


@given(count=st.integers(1, 60), per_step=st.integers(1, 9), seed=st.integers(0, 5), epoch=st.integers(0, 3))
def test_an_epoch_visits_every_row_once_in_an_order_fixed_by_seed_and_epoch(count, per_step, seed, epoch):
    steps = list(step_indices(count, per_step, seed, epoch))
    assert sorted(i for step in steps for i in step) == list(range(count))
    assert steps == list(step_indices(count, per_step, seed, epoch))


@given(count=st.integers(1, 60), per_step=st.integers(1, 9), early=st.sets(st.integers(0, 59)))
def test_early_rows_come_first_a_few_in_each_step(count, per_step, early):
    early = frozenset(row for row in early if row < count)
    steps = list(step_indices(count, per_step, 1, 0, early))
    assert sorted(i for step in steps for i in step) == list(range(count))
    assert all(len(step) == per_step for step in steps[:-1])
    counts = [len(early.intersection(step)) for step in steps]
    usual = max(1, per_step // 4)
    filled = [number for number, step in enumerate(steps) if set(step) - early] or [-1]
    assert all(found <= usual for found in counts[:filled[-1]])
    done = sum(1 for found in counts if found)
    assert per_step == 1 or all(counts[:done])


def test_the_newest_correction_lesson_is_what_is_trained_early(tmp_path):
    from model.training_data import newest_corrections

    file = tmp_path / "provenance.jsonl"
    assert newest_corrections(file) == frozenset()
    lines = [("train", 1, "lesson_01.json"), ("train", 2, "correction_v2.json"), ("train", 3, "correction_v10.json"),
             ("validation", 1, "correction_v10.json"), ("train", 4, "correction_v10.json")]
    file.write_text("".join(json.dumps({"split": split, "line": line, "file": name}) + "\n" for split, line, name in lines), encoding="utf-8")
    assert newest_corrections(file) == {2, 3}


@pytest.fixture(scope="module")
def embedded():
    """The embedded model with an adapter, rows behind its real prompt, and their loss and gradients row by row."""
    from training_world import rows as world_rows
    from training_world import system_prompt

    from model.base_model import load_model, load_tokenizer
    from model.embedded_base import ensure_embedded_base
    from model.encode import encode_row

    base = ensure_embedded_base()
    tokenizer = load_tokenizer(base)
    rows = [encode_row(tokenizer, system_prompt(), row) for row in world_rows(4)]
    model = adapted(load_model(base), r=16).train()
    return model, rows, gradients(model, lambda: row_by_row(model, rows))


@pytest.mark.slow
@pytest.mark.parametrize("is_checkpointed", [False, True], ids=["kept", "checkpointed"])
@pytest.mark.parametrize("flat", [False, True], ids=["prefix", "flat"])
@pytest.mark.parametrize("budget, max_rows", [(1, None), (500, None), (10**6, 3), (10**6, None)])
def test_the_embedded_model_trains_the_same_for_any_grouping(embedded, budget, max_rows, flat, is_checkpointed):
    from model.training_data import shared_prefix

    model, rows, (plain_loss, plain) = embedded
    if is_checkpointed:
        enable_checkpointing(model)
    else:
        model.gradient_checkpointing_disable()
    loss = SharedPrefixLoss(model, shared_prefix(rows), budget, max_rows=max_rows, flat=flat)
    shared_loss, shared = gradients(model, lambda: loss.forward_backward(rows))
    assert shared_loss == pytest.approx(plain_loss, rel=RELATIVE_ERROR)
    assert (shared - plain).norm() / plain.norm() < RELATIVE_ERROR


def test_the_self_check_allows_what_the_coarsest_type_of_computation_rounds():
    """Head and norms of a quantised base are float32 while its layers compute in bfloat16: seen on a GPU, where training was refused."""
    from model.self_check import TOLERANCE, tolerance_of

    model = adapted(tiny_model())
    assert tolerance_of(model) == TOLERANCE[torch.float32]
    next(module for module in model.modules() if isinstance(module, torch.nn.Linear)).compute_dtype = torch.bfloat16
    assert tolerance_of(model) == TOLERANCE[torch.bfloat16]
