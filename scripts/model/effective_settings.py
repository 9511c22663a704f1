"""The settings as model and trainer really have them, compared with those asked for."""

from typing import Any

from error_handler import UserError
from model.base_model import portable_base
from model.lora import TARGETS
from model.plan import TrainingPlan
from pipeline.config import PipelineConfig


def quantization_of(model: Any) -> str:
    if getattr(model, "is_loaded_in_4bit", False):
        return model.config.quantization_config.bnb_4bit_quant_type
    return "int8" if getattr(model, "is_loaded_in_8bit", False) else "none"


def adapted_projections(model: Any) -> list[str]:
    """Names of the projections that carry an adapter, as found in the model."""
    from model.merged_lora import lora_layers

    layers = {id(layer) for layer in lora_layers(model)}
    return sorted({name.rsplit(".", 1)[-1] for name, module in model.named_modules() if id(module) in layers})


def effective_settings(trainer: Any, plan: TrainingPlan, encoded: Any) -> dict[str, dict[str, Any]]:
    """Read back from model, optimiser, loss and data; sections and names are those of pipeline_config.json."""
    model, args, loss = trainer.model, trainer.args, trainer.loss
    base, adapter = model.get_base_model(), model.peft_config["default"]
    quantization = quantization_of(base)
    return {
        "model": {"base_model": portable_base(base.name_or_path), "max_seq_length": plan.max_seq_length, "longest_row_tokens": max(map(len, encoded.rows))},
        "quantization": {"use_4bit": quantization == "nf4", "use_8bit": quantization == "int8"},
        "lora": {"lora_r": adapter.r, "lora_alpha": adapter.lora_alpha, "lora_dropout": adapter.lora_dropout,
                 "targets": adapted_projections(model)},
        "training": {"epochs": plan.epochs, "max_steps": args.max_steps, "learning_rate": args.learning_rate,
                     "rows_per_step": trainer.rows_per_step, "micro_batch_tokens": loss.max_tokens, "batch_size": loss.max_rows,
                     "warmup_steps": args.warmup_steps, "weight_decay": args.weight_decay, "max_grad_norm": args.max_grad_norm,
                     "logging_steps": args.logging_steps, "save_steps": args.save_steps, "eval_steps": args.eval_steps, "seed": args.seed,
                     "is_checkpointed": bool(base.is_activation_checkpointing), "prefix_tokens": len(loss.prefix_ids)}}


def differences(asked: dict[str, dict[str, Any]], effective: dict[str, dict[str, Any]]) -> list[str]:
    """Each setting that is not as asked, in words."""
    return [f"{section}.{key} is {effective[section].get(key)!r}, asked for was {value!r}"
            for section, values in asked.items() for key, value in values.items() if effective[section].get(key) != value]


def asked_settings(config: PipelineConfig, plan: TrainingPlan, is_continued: bool) -> dict[str, dict[str, Any]]:
    """What model and trainer must show: the config's values where it has them, the plan's where it leaves the choice."""
    training = config.training
    lora = {"lora_r": plan.lora_r, "targets": sorted(TARGETS)}
    if not is_continued:
        lora |= {"lora_alpha": config.lora.lora_alpha, "lora_dropout": config.lora.lora_dropout}
    return {
        "model": {"base_model": plan.base},
        "quantization": {"use_4bit": plan.quantization == "nf4", "use_8bit": plan.quantization == "int8"},
        "lora": lora,
        "training": {"max_steps": plan.total_steps, "learning_rate": training.learning_rate or plan.learning_rate, "rows_per_step": plan.rows_per_step,
                     "batch_size": training.batch_size, "warmup_steps": plan.warmup_steps, "weight_decay": training.weight_decay,
                     "max_grad_norm": training.max_grad_norm, "logging_steps": training.logging_steps, "save_steps": training.save_steps,
                     "eval_steps": training.eval_steps, "seed": training.seed, "is_checkpointed": plan.is_checkpointed,
                     "prefix_tokens": plan.prefix_tokens}}


def check_effective(config: PipelineConfig, plan: TrainingPlan, effective: dict[str, dict[str, Any]], is_continued: bool) -> None:
    """Stop a run that would train with other settings than those asked for."""
    found = differences(asked_settings(config, plan, is_continued), effective)
    longest = effective["model"]["longest_row_tokens"]
    if longest > plan.max_seq_length:
        found.append(f"a row of {longest} tokens is longer than model.max_seq_length {plan.max_seq_length}")
    if found:
        raise UserError("The training would not run as asked: " + "; ".join(found) + ".",
                        "report this with the versions from training_config.json; a library may have changed its defaults.")


def settings_line(effective: dict[str, dict[str, Any]]) -> str:
    """The effective settings as people read them, each section in brackets."""
    return "Effective   " + " ".join(f"{section}[" + ", ".join(f"{key} {_shown(value)}" for key, value in values.items()) + "]"
                                      for section, values in effective.items())


def _shown(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in ("torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate", "datasets", "tokenizers", "safetensors"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
