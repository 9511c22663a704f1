"""An adapter made into a model of its own: merged weights, GGUF, and the proof that all answer alike."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.rows import read_rows
from error_handler import UserError
from model.adapters import Choice, read_system_prompt
from model.base_model import load_model, load_tokenizer, resolve_base
from model.encode import encode_prompt, end_of_turn_ids
from model.gguf_file import write_gguf, write_modelfile
from model.lora import trained_quantization, with_safetensors
from pipeline.config import PipelineConfig
from pipeline.paths import Paths
from pipeline.store import read_json

CHECKED_PROMPTS = 3
CHECKED_TOKENS = 48
LOSSY = {"q8_0"}
"""Formats that round enough for another answer to be no mistake."""


@dataclass(frozen=True)
class Difference:
    """A prompt that two forms of the model answer differently."""

    form: str
    prompt: str
    expected: str
    found: str


@dataclass(frozen=True)
class Exported:
    folder: Path
    files: list[Path]
    differences: list[Difference]
    is_lossy: bool


def export(choice: Choice, config: PipelineConfig, paths: Paths, target: Path, kind: str | None, prompts: list[str]) -> Exported:
    """Merge, save, write GGUF of `kind` (None: safetensors only), and compare greedy answers of all forms on `prompts`."""
    system_prompt = read_system_prompt(choice, paths)
    tokenizer = load_tokenizer(choice.folder)
    adapted = _adapted(choice.folder, config, paths)
    check_room(target, sum(weight.numel() * weight.element_size() for weight in adapted.parameters()))
    encoded = [encode_prompt(tokenizer, system_prompt, prompt) for prompt in prompts]
    expected = answers(adapted, tokenizer, encoded)
    merged = adapted.merge_and_unload()
    target.mkdir(parents=True, exist_ok=True)
    merged.save_pretrained(target)
    tokenizer.save_pretrained(target)
    forms = {"merged safetensors": lambda: load_model(target)}
    if kind:
        name = f"{choice.label}-{kind}.gguf"
        write_gguf(merged, tokenizer, target / name, kind, choice.label)
        write_modelfile(target, name, tokenizer, system_prompt)
        forms[name] = lambda: _load_gguf(target, name)
    del merged, adapted
    found = [d for form, load in forms.items() for d in _differences(form, load(), tokenizer, prompts, encoded, expected)]
    return Exported(target, sorted(f for f in target.iterdir() if f.is_file()), found, kind in LOSSY)


def _adapted(folder: Path, config: PipelineConfig, paths: Paths) -> Any:
    """The adapter on its base in float, dequantised when it was trained over a quantised one."""
    from dataclasses import replace

    from peft import PeftModel

    named = read_json(with_safetensors(folder) / "adapter_config.json")["base_model_name_or_path"]
    base = resolve_base(replace(config, model=replace(config.model, base_model=named)), paths)
    quantization = trained_quantization(folder)
    model = load_model(base, quantization)
    if quantization != "none":
        model = model.dequantize()
    return PeftModel.from_pretrained(model, folder).eval()


def _load_gguf(folder: Path, name: str) -> Any:
    """Read the file back with transformers' own reader, which is not the code that wrote it."""
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()


def answers(model: Any, tokenizer: Any, prompts: list[tuple[int, ...]]) -> list[str]:
    """Greedy answers, up to CHECKED_TOKENS tokens each."""
    import torch

    found = []
    for prompt in prompts:
        ids = torch.tensor([prompt], device=model.device)
        with torch.no_grad():
            out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=CHECKED_TOKENS, do_sample=False,
                                 eos_token_id=end_of_turn_ids(tokenizer)[-1], pad_token_id=tokenizer.pad_token_id)
        found.append(tokenizer.decode(out[0, len(prompt):]))
    return found


def _differences(form: str, model: Any, tokenizer: Any, prompts: list[str], encoded: list, expected: list[str]) -> list[Difference]:
    return [Difference(form, prompt, want, got)
            for prompt, want, got in zip(prompts, expected, answers(model, tokenizer, encoded)) if want != got]


def prompts_to_check(paths: Paths) -> list[str]:
    """Instructions of the project's validation rows, else of the training rows."""
    for file in (paths.validation_file, paths.train_file):
        if file.is_file():
            found = [row.instruction for row in read_rows(file)][:CHECKED_PROMPTS]
            if found:
                return found
    return ["On BeginPlay print Hello.", "When the actor is hit, destroy it.", "Every second print the time."]


def check_room(target: Path, source_bytes: int) -> None:
    """Refuse with numbers where merged weights and a GGUF of the same size do not fit."""
    existing = next(folder for folder in target.resolve().parents if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < 2 * source_bytes:
        raise UserError(f"Export needs about {2 * source_bytes / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free at {existing}.",
                        "free space or give another --output.")
