"""The adapter: LoRA on all attention and MLP projections, fresh or continued from an earlier one."""

from pathlib import Path, PurePath
from typing import Any

from corpus.system_prompt import DEFAULT_BUDGET_CHARACTERS
from error_handler import UserError
from model.base_model import wanted_base
from pipeline.best_model import adapter_name, best_adapter
from pipeline.config import PipelineConfig
from pipeline.paths import Paths
from pipeline.store import read_json

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def start_folder(config: PipelineConfig, paths: Paths, base: str) -> Path | None:
    """The adapter of this base that training continues from (training.start_from); None for a fresh one."""
    named = config.training.start_from
    if named == "base":
        return None
    if named == "best":
        return best_adapter(paths, lambda folder: is_same_base(base_of(folder), base))
    for folder in (Path(named), paths.root / named, Path(named) / "final", paths.root / named / "final"):
        if (folder / "adapter_config.json").is_file():
            return folder
    raise UserError(f"training.start_from: no adapter in {named!r} (no adapter_config.json there).",
                    "give 'base', 'best' or a folder such as models/blueprint-lora-v1/final.")


def prompt_characters(config: PipelineConfig, paths: Paths) -> int:
    """Length of the system prompt: as configured, else that of the adapter that training starts from, else the default.

    An adapter goes on with the kind of prompt that it knows. Rounded up to hundreds: a prompt never quite fills its length.
    """
    if config.model.system_prompt_characters:
        return config.model.system_prompt_characters
    start = start_folder(config, paths, wanted_base(config))
    prompt = start / "system_prompt.txt" if start else None
    known = len(prompt.read_text(encoding="utf-8")) if prompt and prompt.is_file() else DEFAULT_BUDGET_CHARACTERS
    return -(-known // 100) * 100


def base_of(adapter: Path) -> str:
    """The base model that an adapter says it belongs to."""
    return read_json(adapter / "adapter_config.json").get("base_model_name_or_path") or ""


def is_same_base(one: str, other: str) -> bool:
    """A model goes by its own name, wherever it lies: on the hub, in this project, in another."""
    return PurePath(one).name == PurePath(other).name


def start_name(start: Path | None) -> str:
    return "base" if start is None else adapter_name(start)


def rank_of(adapter: Path) -> int:
    return read_json(adapter / "adapter_config.json")["r"]


def attach_adapter(model: Any, config: PipelineConfig, start: Path | None, is_checkpointed: bool) -> Any:
    """Wrap the base in a trainable adapter; its weights are float32 even over a quantised base."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training

    if getattr(model, "is_quantized", False):
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=is_checkpointed,
                                                gradient_checkpointing_kwargs={"use_reentrant": False})
    if start is not None:
        adapted = PeftModel.from_pretrained(model, start, is_trainable=True)
        _check_rank(adapted, config, start)
    else:
        lora = config.lora
        adapted = get_peft_model(model, LoraConfig(r=lora.lora_r, lora_alpha=lora.lora_alpha, lora_dropout=lora.lora_dropout,
                                                   target_modules=list(TARGETS), bias="none", task_type="CAUSAL_LM"))
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)
    return adapted


def _check_rank(adapted: Any, config: PipelineConfig, start: Path) -> None:
    rank = adapted.peft_config["default"].r
    if config.is_explicit("lora.lora_r") and config.lora.lora_r != rank:
        raise UserError(f"lora.lora_r is {config.lora.lora_r}, but the adapter in {start} has rank {rank}.",
                        f"set lora.lora_r to {rank}, or training.start_from to 'base'.")
