"""The plan in the terms of TRL and transformers; every default that would change the training is named."""

from pathlib import Path

from trl import SFTConfig

from model.checkpoints import KEPT_CHECKPOINTS
from model.plan import TrainingPlan
from pipeline.config import PipelineConfig


def sft_config(config: PipelineConfig, plan: TrainingPlan, folder: Path, has_validation: bool) -> SFTConfig:
    """One batch of ours is a whole optimiser step, so accumulation is 1 here whatever the micro-batches are."""
    import torch

    is_cuda = torch.cuda.is_available()
    training = config.training
    return SFTConfig(
        output_dir=str(folder), seed=plan.seed, data_seed=plan.seed, max_steps=plan.total_steps,
        per_device_train_batch_size=plan.rows_per_step, gradient_accumulation_steps=1,
        learning_rate=plan.learning_rate, lr_scheduler_type="cosine", warmup_steps=plan.warmup_steps,
        weight_decay=training.weight_decay, max_grad_norm=training.max_grad_norm,
        optim=_optimiser(plan, is_cuda),
        logging_steps=training.logging_steps, logging_first_step=True, logging_nan_inf_filter=False,
        save_strategy="steps", save_steps=training.save_steps, save_total_limit=KEPT_CHECKPOINTS,
        eval_strategy="steps" if has_validation else "no", eval_steps=training.eval_steps,
        report_to=training.report_to, disable_tqdm=True, use_cpu=not is_cuda,
        bf16=is_cuda and plan.dtype != "float32" and torch.cuda.is_bf16_supported(), fp16=False,
        # Checkpointing is switched on at the model, before the self-check, which must see what is trained.
        gradient_checkpointing=False,
        max_length=None, packing=False, dataset_kwargs={"skip_prepare_dataset": True}, remove_unused_columns=False,
        dataloader_num_workers=0, dataloader_pin_memory=False)


def _optimiser(plan: TrainingPlan, is_cuda: bool) -> str:
    """Over quantised weights memory is what is short: moments in 8 bit, and in the machine's memory when the GPU's is full."""
    if not is_cuda:
        return "adamw_torch"
    return "adamw_torch_fused" if plan.quantization == "none" else "paged_adamw_8bit"
