"""The rows of each optimiser step as Trainer asks for them: one batch is one step, whole, in a reproducible order."""

from collections.abc import Iterator
from typing import Any

from torch.utils.data import BatchSampler, DataLoader

from model.batching import early_rows, step_indices
from model.encode import EncodedRow


class StepSampler(BatchSampler):
    """Row numbers of one optimiser step at a time; the order depends on rows, seed and epoch alone, so resuming can skip ahead."""

    def __init__(self, row_count: int, rows_per_step: int, seed: int, early: frozenset[int] = frozenset()):
        self.early = early
        self.row_count, self.rows_per_step, self.seed, self.epoch = row_count, rows_per_step, seed, 0
        self.batch_size, self.drop_last, self.sampler = rows_per_step, False, range(row_count)

    @property
    def batch_sampler(self) -> "StepSampler":
        """Trainer sets the epoch on `dataloader.batch_sampler.batch_sampler`, where accelerate's wrapper keeps the real one."""
        return self

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        return step_indices(self.row_count, self.rows_per_step, self.seed, self.epoch, self.early)

    def __len__(self) -> int:
        return -(-self.row_count // self.rows_per_step)


def step_loader(rows: list[EncodedRow], rows_per_step: int, seed: int) -> DataLoader[Any]:
    """Batches of the form {"rows": [EncodedRow, ...]}; every process of a distributed run sees the same ones."""
    return DataLoader(rows, batch_sampler=StepSampler(len(rows), rows_per_step, seed, early_rows(rows)), collate_fn=_as_batch)


def _as_batch(rows: list[EncodedRow]) -> dict[str, list[EncodedRow]]:
    return {"rows": rows}
