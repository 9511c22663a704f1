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


def dropout_of(adapter: Path) -> float:
    return read_json(adapter / "adapter_config.json").get("lora_dropout") or 0.0


def trained_quantization(adapter: Path) -> str:
    """How the base was quantised while the adapter was trained: the adapter has learned to correct those very weights."""
    for folder in (adapter, adapter.parent):
        if (folder / "training_config.json").is_file():
            section = read_json(folder / "training_config.json").get("effective", {}).get("quantization", {})
            return "nf4" if section.get("use_4bit") else "int8" if section.get("use_8bit") else "none"
    return "none"


def with_safetensors(adapter: Path) -> Path:
    """The folder itself, where its weights are safetensors: other forms are pickles, which run what they hold when they are read."""
    if not (adapter / "adapter_model.safetensors").is_file():
        raise UserError(f"{adapter}: there is no adapter_model.safetensors, and weights of other forms are not loaded.",
                        "save the adapter with peft's save_pretrained, which writes safetensors, or name another one.")
    return adapter


def attach_adapter(model: Any, config: PipelineConfig, start: Path | None, is_checkpointed: bool, base: str = "") -> Any:
    """Wrap the base in a trainable adapter; its weights are float32 even over a quantised base.

    `start` is the adapter to go on with, a checkpoint of an unfinished training among them; it decides rank, alpha and dropout.
    `base` is the base's portable name, which is saved with the adapter.
    """
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training

    if getattr(model, "is_quantized", False):
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=is_checkpointed,
                                                gradient_checkpointing_kwargs={"use_reentrant": False})
    if start is not None:
        adapted = PeftModel.from_pretrained(model, with_safetensors(start), is_trainable=True)
        _check_named(adapted.peft_config["default"], config, start)
    else:
        lora = config.lora
        adapted = get_peft_model(model, LoraConfig(r=lora.lora_r, lora_alpha=lora.lora_alpha, lora_dropout=lora.lora_dropout,
                                                   target_modules=list(TARGETS), bias="none", task_type="CAUSAL_LM"))
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)
    if base:
        adapted.peft_config["default"].base_model_name_or_path = base
    return adapted


def _check_named(adapter: Any, config: PipelineConfig, start: Path) -> None:
    """What the config names wins or is refused; it is never passed over."""
    asked = config.lora
    for key, wanted, has in (("lora_r", asked.lora_r, adapter.r), ("lora_alpha", asked.lora_alpha, adapter.lora_alpha),
                             ("lora_dropout", asked.lora_dropout, adapter.lora_dropout)):
        if config.is_explicit(f"lora.{key}") and wanted != has:
            raise UserError(f"lora.{key} is {wanted:g}, but the adapter in {start} has {has:g}.",
                            f"set lora.{key} to {has:g}, or training.start_from to 'base'.")


def cut_to_rank(a: Any, b: Any, rank: int) -> tuple[Any, Any, Any]:
    """A (r, in) and B (out, r) -> the best A (rank, in) and B (out, rank), and all singular values of B A.

    By QR of both, so that only an r by r matrix is decomposed.
    """
    import torch

    q_b, r_b = torch.linalg.qr(b.double())
    q_a, r_a = torch.linalg.qr(a.double().T)
    u, values, v = torch.linalg.svd(r_b @ r_a.T)
    root = values[:rank].sqrt()
    return (root[:, None] * (v[:rank] @ q_a.T)).to(a.dtype), ((q_b @ u[:, :rank]) * root).to(b.dtype), values
