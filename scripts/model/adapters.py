"""Which model answers: the newest adapter, the one named, the one that ships with the program, or the bare base.

On a CPU the adapter is merged into dequantised float32 weights: NF4 decodes 20 times slower there, and merging alone
gives 1.4 times. On a GPU a base in float32 is merged too; any other stays as it was trained and the adapter apart, since a
sum in bfloat16 would round most of it away.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from error_handler import UserError
from model.base_model import load_model, load_tokenizer, portable_base, resolve_base
from model.lora import trained_quantization, with_safetensors
from pipeline.best_model import adapter_name
from pipeline.config import PipelineConfig
from pipeline.paths import MODEL_PREFIX, Paths
from pipeline.store import read_json, sha256_file

EMBEDDED_BASE = "embedded"


@dataclass(frozen=True)
class Choice:
    """What to load. `folder` is None for the bare base; `version` is 0 for everything but an adapter of this project."""

    folder: Path | None
    version: int
    label: str
    note: str = ""

    @property
    def is_adapter(self) -> bool:
        return self.folder is not None and (self.folder / "adapter_config.json").is_file()


@dataclass(frozen=True)
class Loaded:
    """A model ready to answer, with the system prompt it was trained with."""

    model: Any
    tokenizer: Any
    system_prompt: str
    choice: Choice


def choose_model(paths: Paths, named: Path | None = None, is_base: bool = False) -> Choice:
    """The folder named (or its `final/`), else the newest version by number, else the shipped adapter, else the base."""
    if is_base:
        return Choice(None, 0, "base")
    if named is not None:
        return _named_choice(named, paths)
    newest = paths.newest_model()
    if newest:
        return Choice(newest[1] / "final", newest[0], newest[1].name)
    shipped = Paths().embedded_adapter if not _has_model(paths.embedded_adapter) else paths.embedded_adapter
    if _has_model(shipped):
        return Choice(shipped, 0, shipped.name, "No adapter has been trained here yet: the one that ships with the program answers.")
    return Choice(None, 0, "base", "No adapter has been trained yet: the base model answers, which has never seen a Blueprint.")


def _named_choice(named: Path, paths: Paths) -> Choice:
    for folder in (named, paths.root / named):
        for inner in (folder, folder / "final"):
            if _has_model(inner):
                return Choice(inner, _version(inner), adapter_name(inner))
    raise UserError(f"{named}: no model there (neither adapter_config.json nor config.json).", _fix(paths))


def _has_model(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file() or (folder / "config.json").is_file()


def _version(folder: Path) -> int:
    name = re.search(re.escape(MODEL_PREFIX) + r"(\d+)", str(folder))
    return int(name[1]) if name else 0


def _fix(paths: Paths) -> str:
    versions = paths.model_versions()
    if not versions:
        return "train one (python scripts/04_train_blueprint_lora.py), or leave --model out."
    return f"give one of: {', '.join(f'models/{MODEL_PREFIX}{v}' for v in versions)}."


def load_choice(choice: Choice, config: PipelineConfig, paths: Paths, system_prompt: str | None = None) -> Loaded:
    """Load model and tokenizer; `system_prompt` overrides the one that belongs to the model."""
    prompt = system_prompt if system_prompt is not None else read_system_prompt(choice, paths)
    if choice.folder is None:
        base = resolve_base(config, paths)
        return Loaded(load_model(base), load_tokenizer(base), prompt, choice)
    if not choice.is_adapter:
        return Loaded(load_model(choice.folder), load_tokenizer(choice.folder), prompt, choice)
    base = _base_of(choice.folder, config, paths)
    has_tokenizer = (choice.folder / "tokenizer_config.json").is_file()
    return Loaded(_with_adapter(base, choice.folder), load_tokenizer(choice.folder if has_tokenizer else base), prompt, choice)


def model_hash(choice: Choice, config: PipelineConfig, paths: Paths) -> str:
    """Of what makes this model what it is: the weights of its folder; of a base, which may have many GB, its name and their sizes."""
    if choice.folder is not None:
        parts = [sha256_file(file) for file in sorted(choice.folder.glob("*.safetensors"))]
    else:
        base = resolve_base(config, paths)
        parts = [portable_base(base), *(str(file.stat().st_size) for file in sorted(Path(base).glob("*.safetensors")))]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _base_of(adapter: Path, config: PipelineConfig, paths: Paths) -> str:
    named = read_json(adapter / "adapter_config.json").get("base_model_name_or_path")
    return resolve_base(replace(config, model=replace(config.model, base_model=named or config.model.base_model)), paths)


def _with_adapter(base: str, adapter: Path) -> Any:
    import torch
    from peft import PeftModel

    quantization = trained_quantization(with_safetensors(adapter))
    model = load_model(base, quantization)
    if torch.cuda.is_available() and (quantization != "none" or model.dtype != torch.float32):
        return PeftModel.from_pretrained(model, adapter).get_base_model()
    if quantization != "none":
        model = model.dequantize().float()
    return PeftModel.from_pretrained(model, adapter).merge_and_unload()


def read_system_prompt(choice: Choice, paths: Paths) -> str:
    """The prompt saved beside the model, else the project's current one."""
    beside = [folder / "system_prompt.txt" for folder in (choice.folder, choice.folder.parent)] if choice.folder else []
    for file in (*beside, paths.system_prompt, Paths().embedded_adapter / "system_prompt.txt"):
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise UserError(f"{paths.system_prompt}: no system prompt yet.", "run python scripts/08_generate_system_prompt.py first.")
