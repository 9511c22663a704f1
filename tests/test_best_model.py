"""Which adapter training goes on from, and with which prompt and rate."""

import json

import pytest

from model.lora import is_same_base, prompt_characters, start_folder, start_name
from model.plan import default_learning_rate
from pipeline.best_model import best_adapter, best_version, hold_out_scores
from pipeline.config import load_config
from pipeline.store import write_jsonl, write_text

BASE = "some/Tiny-1M"


def make_adapter(paths, version: int, base: str = BASE, prompt: str = "Answer with a graph.") -> None:
    folder = paths.model_folder(version) / "final"
    write_text(folder / "adapter_config.json", json.dumps({"base_model_name_or_path": base, "r": 8}))
    write_text(folder / "system_prompt.txt", prompt)


def examine(paths, version: int, scores: dict[str, float], **more) -> None:
    lines = [{"version": version, "model": f"blueprint-lora-v{version}", "hold_out": True, "constrained": True, "lesson_id": "h1",
              "prompt_id": prompt, "score": score} | more for prompt, score in scores.items()]
    write_jsonl(paths.exams / f"exam_h1_{version}_{len(list(paths.exams.glob('*')))}.jsonl", lines)


def test_the_best_adapter_is_that_of_the_highest_mean_on_hold_outs(paths):
    for version, score in ((1, 40.0), (2, 70.0), (10, 60.0)):
        make_adapter(paths, version)
        examine(paths, version, {"p1": score, "p2": score})
    assert best_version(paths) == 2
    assert start_name(best_adapter(paths, lambda folder: folder.is_relative_to(paths.root))) == "blueprint-lora-v2"


def test_a_partial_exam_does_not_beat_a_whole_one(paths):
    for version, scores in ((1, {"p1": 90.0, "p2": 10.0}), (2, {"p1": 95.0})):
        make_adapter(paths, version)
        examine(paths, version, scores)
    assert best_version(paths) == 1


def test_a_prompt_asked_twice_counts_as_last_answered_and_only_greedily_under_the_constraint(paths):
    make_adapter(paths, 1)
    examine(paths, 1, {"p1": 10.0})
    examine(paths, 1, {"p1": 30.0})
    examine(paths, 1, {"p1": 99.0}, constrained=False)
    examine(paths, 1, {"p1": 99.0}, candidates=4)
    assert hold_out_scores(paths) == {"blueprint-lora-v1": {("h1", "p1"): 30.0}}


def test_an_adapter_of_another_base_is_never_continued(paths):
    make_adapter(paths, 1, base="some/Other-2M")
    make_adapter(paths, 2)
    make_adapter(paths, 3, base="some/Other-2M")
    assert start_folder(load_config(paths), paths, f"/elsewhere/{BASE}") == paths.model_folder(2) / "final"
    assert start_folder(load_config(paths, {"training.start_from": "base"}), paths, BASE) is None
    assert is_same_base("meta-llama/Llama-3.1-8B", "/models/Llama-3.1-8B") and not is_same_base("Llama-3.1-8B", "Llama-3.1-70B")


@pytest.mark.parametrize(("prompt", "characters"), [("x" * 108, 200), ("x" * 5696, 5700)])
def test_the_prompt_is_as_long_as_that_of_the_adapter_that_goes_on(paths, prompt, characters):
    make_adapter(paths, 1, prompt=prompt)
    config = load_config(paths, {"model.base_model": BASE})
    assert prompt_characters(config, paths) == characters
    assert prompt_characters(load_config(paths, {"model.base_model": BASE, "training.start_from": "base"}), paths) == 5700
    assert prompt_characters(load_config(paths, {"model.system_prompt_characters": 900}), paths) == 900


def test_a_wider_base_learns_at_a_lower_rate():
    assert default_learning_rate(4096, False) == pytest.approx(2e-4)
    assert default_learning_rate(8192, False) == pytest.approx(1.15e-4, rel=0.01)
    assert default_learning_rate(576, False) == pytest.approx(9.6e-4, rel=0.01)
    assert default_learning_rate(576, True) < default_learning_rate(576, False)
