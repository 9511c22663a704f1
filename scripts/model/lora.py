"""The adapter: LoRA on all attention and MLP projections, fresh or continued from an earlier one."""

from pathlib import Path
from typing import Any

from error_handler import UserError
from pipeline.best_model import best_version
from pipeline.config import PipelineConfig
from pipeline.paths import Paths

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def start_folder(config: PipelineConfig, paths: Paths) -> Path | None:
    """The adapter that training continues from (training.start_from); None for a fresh one on the base."""
    named = config.training.start_from
    if named == "base":
        return None
    if named == "best":
        version = best_version(paths)
        return paths.model_folder(version) / "final" if version else None
    for folder in (Path(named), paths.root / named, Path(named) / "final", paths.root / named / "final"):
        if (folder / "adapter_config.json").is_file():
            return folder
    raise UserError(f"training.start_from: no adapter in {named!r} (no adapter_config.json there).",
                    "give 'base', 'best' or a folder such as models/blueprint-lora-v1/final.")


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
