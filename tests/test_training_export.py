"""An exported model is the adapter's model: same text from merged weights and from the GGUF read back."""

import numpy as np
import pytest
import torch
from training_world import rows, system_prompt, tiny_base

from model.adapters import Choice
from model.base_model import load_model
from model.export import _load_gguf, export
from model.gguf_file import go_template
from pipeline.config import load_config
from pipeline.store import write_text


@pytest.fixture
def adapter(paths, tmp_path):
    """An adapter that visibly changes what the tiny base says, in a version folder."""
    from peft import LoraConfig, get_peft_model

    from model.base_model import load_tokenizer
    from model.lora import TARGETS

    base = tiny_base(tmp_path / "base")
    torch.manual_seed(3)
    model = get_peft_model(load_model(base), LoraConfig(r=8, target_modules=list(TARGETS), task_type="CAUSAL_LM"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    folder = paths.model_folder(1) / "final"
    model.save_pretrained(folder)
    load_tokenizer(base).save_pretrained(folder)
    write_text(folder / "system_prompt.txt", system_prompt(300))
    return Choice(folder, 1, "blueprint-lora-v1")


PROMPTS = [row["instruction"] for row in rows(3)]


@pytest.mark.parametrize("kind", ["f32", "f16"])
def test_adapter_merged_and_reloaded_gguf_answer_with_the_same_text(adapter, paths, kind):
    done = export(adapter, load_config(paths), paths, paths.root / "export", kind, PROMPTS)
    assert done.differences == []
    assert {f"blueprint-lora-v1-{kind}.gguf", "Modelfile", "model.safetensors", "tokenizer.json"} <= {file.name for file in done.files}


def test_every_weight_of_the_gguf_is_the_merged_weight(adapter, paths):
    target = paths.root / "export"
    export(adapter, load_config(paths), paths, target, "f32", PROMPTS[:1])
    merged, reloaded = load_model(target).state_dict(), _load_gguf(target, "blueprint-lora-v1-f32.gguf").state_dict()
    assert merged.keys() == reloaded.keys()
    assert all(np.array_equal(merged[name].numpy(), reloaded[name].numpy()) for name in merged)


def test_a_gguf_with_mixed_up_heads_would_be_noticed(adapter, paths, monkeypatch):
    from model import gguf_file

    monkeypatch.setattr(gguf_file, "_ordered", lambda key, weights, config: weights)
    done = export(adapter, load_config(paths), paths, paths.root / "export", "f32", PROMPTS)
    assert {difference.form for difference in done.differences} == {"blueprint-lora-v1-f32.gguf"}


def test_the_modelfile_carries_template_and_system_prompt(adapter, paths):
    export(adapter, load_config(paths), paths, paths.root / "export", "q8_0", PROMPTS[:1])
    text = (paths.root / "export" / "Modelfile").read_text(encoding="utf-8")
    assert "<|im_start|>system\n{{ .System }}<|im_end|>\n<|im_start|>user\n{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n{{ .Response }}<|im_end|>" in text
    assert system_prompt(300) in text
    assert 'PARAMETER stop "<|im_end|>"' in text


def test_the_go_template_of_a_base_without_chat_template_is_the_fallback():
    from training_world import tiny_tokenizer

    from model.base_model import FALLBACK_CHAT_TEMPLATE

    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE
    assert "### Instruction:\n{{ .Prompt }}\n\n### Response:\n{{ .Response }}<|im_end|>" in go_template(tokenizer)
