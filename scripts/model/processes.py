"""Several processes of one training, as `accelerate launch` starts them: what is measured or seen by one must be decided alike by all."""

import os
from typing import TypeVar

Value = TypeVar("Value")


def process_count() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def local_rank() -> int:
    """Place of this process on its machine, which is that of its GPU."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def is_fsdp() -> bool:
    """Whether `accelerate launch` shards the model over the processes."""
    return os.environ.get("ACCELERATE_USE_FSDP", "").lower() in ("1", "true")


def is_main_process() -> bool:
    """The one that writes."""
    return int(os.environ.get("RANK", "0")) == 0


def wait_for_everyone() -> None:
    """Let no process decide on files that another has already written."""
    if process_count() > 1:
        _state().wait_for_everyone()


def agreed(value: Value) -> Value:
    """The main process's value, in every process: clocks, free memory and the moment a file is seen differ. All must call it."""
    if process_count() == 1:
        return value
    from accelerate.utils import broadcast_object_list

    _state()
    return broadcast_object_list([value])[0]


def _state():
    import torch
    from accelerate import PartialState

    return PartialState(cpu=not torch.cuda.is_available())
