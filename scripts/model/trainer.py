"""TRL's SFTTrainer with the shared-prefix loss in place of its own.

From TRL and transformers: optimiser, schedule, clipping, logging, callbacks, checkpoints and resume, distributed launch,
report_to. Ours, because theirs cannot do it: one batch is a whole optimiser step (`get_train_dataloader`), whose prompt is
computed once (`training_step`); validation with the same loss (`evaluate`). TRL's tokenising and truncation are switched
off: rows arrive encoded, and none is ever cut.
"""

import math
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from model.encode import EncodedRow
from model.pace import computed_tokens
from model.shared_prefix import SharedPrefixLoss
from model.step_sampler import step_loader
from pipeline_logger import write_heartbeat


INSPECTED_ROWS = 8
"""What SFTTrainer is given to look at."""


class SharedPrefixTrainer(SFTTrainer):
    """Trains on `rows`; `loss` computes each optimiser step, `rows_per_step` at a time over all processes together."""

    def __init__(self, model: Any, args: SFTConfig, tokenizer: Any, rows: Sequence[EncodedRow], validation: Sequence[EncodedRow],
                 loss: SharedPrefixLoss, rows_per_step: int, callbacks: Sequence[Any] = (),
                 most_steps: int = 0):
        self.rows, self.validation, self.loss, self.rows_per_step = list(rows), list(validation), loss, rows_per_step
        self.most_steps = most_steps
        self.answer_tokens, self.computed_tokens, self.step_seconds = 0, 0, 0.0
        self._logged_losses: list[float] = []
        self.diverged = ""
        """Why the training cannot go on, once a loss or gradient is not finite."""
        super().__init__(model=model, args=args, processing_class=tokenizer, train_dataset=_as_dataset(self.rows[:INSPECTED_ROWS]),
                         eval_dataset=_as_dataset(self.validation[:INSPECTED_ROWS]) if self.validation else None, callbacks=list(callbacks))
        for parameter in self.model.parameters():
            if parameter.requires_grad:
                # TRL makes the adapter of a quantised base bfloat16: updates below 1/256 of a weight would be lost.
                parameter.data = parameter.data.to(torch.float32)

    def get_train_dataloader(self):
        return step_loader(self.rows, self.rows_per_step, self.args.seed)

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        """One whole optimiser step: gradients of the mean loss per answer token over all its rows."""
        model.train()
        started_s = time.perf_counter()
        rows = inputs["rows"]
        own = rows[self.accelerator.process_index::self.accelerator.num_processes]
        answer_tokens = sum(len(row.answer_ids) for row in rows)
        with self.compute_loss_context_manager():
            loss = self.loss.forward_backward(own, answer_tokens)
        self._sum_over_processes(model)
        total = self._summed(loss)
        self._refuse_not_finite(model, total.item())
        self.answer_tokens += answer_tokens
        self.computed_tokens += computed_tokens(rows, len(self.loss.prefix_ids))
        self.step_seconds += time.perf_counter() - started_s
        self._logged_losses.append(total.item())
        return total

    def _refuse_not_finite(self, model: Any, loss: float) -> None:
        """Without gradients the optimiser leaves the weights alone: a NaN must not reach them."""
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        # One sum for all: asking each of 420 tensors, a GPU is waited for as often.
        norms = torch.stack(torch._foreach_norm(gradients)) if gradients else torch.zeros(1)
        if not (math.isfinite(loss) and bool(norms.isfinite().all())):
            model.zero_grad()
            self.diverged = f"loss is {loss}" if not math.isfinite(loss) else "a gradient is not finite"
            self.control.should_training_stop = True

    def set_initial_training_values(self, args: Any, dataloader: Any) -> tuple[Any, ...]:
        """Trainer ends behind the epochs that its first number of steps needs: there must be as many as the greatest needs."""
        epochs, steps_per_epoch, *others = super().set_initial_training_values(args, dataloader)
        return max(epochs, math.ceil(self.most_steps / steps_per_epoch)), steps_per_epoch, *others

    def set_max_steps(self, steps: int) -> None:
        """End the running training after `steps`, at most `most_steps`, with the learning rate that the schedule has for that length from here on."""
        self.state.max_steps = self.args.max_steps = steps
        self.lr_scheduler.lr_lambdas = [partial(rate.func, **rate.keywords | {"num_training_steps": steps}) for rate in self.lr_scheduler.lr_lambdas]

    def last_loss_mean(self) -> float:
        """Mean over the steps since it was last asked; Trainer's own figure is rounded to four digits."""
        losses, self._logged_losses = self._logged_losses, []
        return sum(losses) / len(losses) if losses else math.nan

    def _sum_over_processes(self, model: Any) -> None:
        """Each process has the gradients of its share of the rows; FSDP has averaged them already in its own backward."""
        if self.accelerator.num_processes == 1:
            return
        for parameter in model.parameters():
            if parameter.requires_grad and self.loss.is_sharded and parameter.grad is not None:
                parameter.grad *= self.accelerator.num_processes
            elif parameter.requires_grad and not self.loss.is_sharded:
                gradient = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)
                parameter.grad = self.accelerator.reduce(gradient, reduction="sum")

    def _summed(self, value: float) -> torch.Tensor:
        tensor = torch.tensor(value, device=self.args.device)
        return self.accelerator.reduce(tensor, reduction="sum") if self.accelerator.num_processes > 1 else tensor

    def evaluate(self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval") -> dict[str, float]:
        self.model.train()
        dropout_off(self.model)
        with self.compute_loss_context_manager():
            metrics = {f"{metric_key_prefix}_loss": self.loss.mean_loss(self.validation, write_heartbeat)}
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def floating_point_ops(self, inputs: dict[str, Any]) -> int:
        return 0

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """`model_card.py` writes the card, once, with what people need to know."""

    def _track_num_input_tokens(self, inputs: dict[str, Any]) -> None:
        """Batches are lists of rows, not tensors; tokens are counted by `training_step`."""


def dropout_off(model: Any) -> None:
    """All of eval mode that a Llama with LoRA needs; `model.train()` ends it.

    Not `model.eval()`: on CPUs with AVX-512 BF16 bitsandbytes then repacks NF4 weights in place, for good, and they cannot train any more.
    """
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.eval()


def _as_dataset(rows: Sequence[EncodedRow]) -> Dataset:
    """What SFTTrainer looks at; its batches come from `get_train_dataloader`."""
    return Dataset.from_dict({"input_ids": [row.input_ids for row in rows], "labels": [row.labels for row in rows]})
