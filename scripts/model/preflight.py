"""Which precision trains fastest on this machine and fits: measured on two layers of the model's own shape.

The libraries' defaults are up to 15 times off on a CPU, and which way depends on its instructions, so nothing is assumed.
"""

import platform
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from error_handler import is_out_of_memory
from model.base_model import default_dtype, wait_for_device
from model.encode import EncodedRow
from model.estimates import MIN_MICRO_BATCH_TOKENS, ModelShape, memory_need
from pipeline.paths import Paths
from pipeline.store import read_json, write_json

CACHE_SCHEMA = 1
MEASURED_LAYERS = 2
MEASURED_PREFIX, MEASURED_ROWS, MEASURED_ROW = 384, 12, 128
"""Tokens: nearly those of a step, since merging the adapter costs once a step; enough for matrix products at full speed, few enough for a second a candidate."""
REPEATS = 2
"""The first of them compiles kernels on a GPU."""
LONGEST_S = 60.0
"""On a machine busy with other work the plainest settings, which come first, must do; all are then measured again next time."""
HOPELESS = 3.0
"""A setting that many times slower than the fastest is not timed again."""
CONTENDS = 1.5
"""A setting within that many times the fastest is timed in a second pass: other work on the machine may have hit it or the fastest."""
QUANTIZATIONS = ("none", "nf4", "int8")
LARGE_WEIGHTS = 40e9
"""A base of this size is trained in 8 bit where that fits, whatever is faster: it is chosen for what it knows, and NF4 loses some of it."""
SIMPLER_IS_FINE = 1.1
"""Within 10 % of the fastest, the plainer setting is taken: no quantisation before nf4 before int8, no checkpointing before it."""


@dataclass(frozen=True)
class Candidate:
    """One setting and what it costs: measured seconds per token and layer, estimated bytes for the smallest micro-batch."""

    quantization: str
    is_checkpointed: bool
    seconds_per_token: float
    memory_bytes: float = 0.0


def candidates(config: Any, paths: Paths, quantizations: tuple[str, ...] = QUANTIZATIONS, dtype: Any = None) -> list[Candidate]:
    """Measured candidates for a model of this config, from the cache when this machine has measured this shape before.

    `dtype` is the one that the user has named. Only the quantisations asked for are measured.
    """
    key = _key(config) + (f" {dtype}" if dtype else "")
    cache_file = paths.logs / "preflight.json"
    cache = read_json(cache_file, newest_schema=CACHE_SCHEMA) if cache_file.exists() else {"schema_version": CACHE_SCHEMA, "shapes": {}}
    if key not in cache["shapes"] and quantizations != QUANTIZATIONS:
        key = f"{key}, of {' '.join(quantizations)}"
    if key not in cache["shapes"]:
        found, is_steady = measure(config, quantizations, dtype)
        cache["shapes"][key] = [asdict(candidate) for candidate in found]
        if is_steady:
            write_json(cache_file, cache)
    return [Candidate(**c) for c in cache["shapes"][key] if c["quantization"] in quantizations]


def fastest_that_fits(measured: list[Candidate], shape: ModelShape, dtype_bytes: int, lora_r: int, prefix_tokens: int,
                      usable: float, is_checkpointed: bool | None = None) -> Candidate:
    """The plainest within 10 % of the fastest among those that fit in `usable` bytes of memory; the smallest when none does (it is then refused with numbers)."""
    found = [sized(c, shape, dtype_bytes, lora_r, prefix_tokens) for c in measured]
    if not any(c.is_checkpointed == is_checkpointed for c in found):
        is_checkpointed = None
    found = [c for c in found if is_checkpointed is None or c.is_checkpointed == is_checkpointed]
    fitting = [c for c in found if c.memory_bytes <= usable]
    if shape.projection_weights >= LARGE_WEIGHTS:
        fitting = [c for c in fitting if c.quantization == "int8"] or fitting
    if not fitting:
        return min(found, key=lambda c: c.memory_bytes)
    limit = SIMPLER_IS_FINE * min(c.seconds_per_token for c in fitting)
    return min((c for c in fitting if c.seconds_per_token <= limit), key=lambda c: (c.is_checkpointed, QUANTIZATIONS.index(c.quantization)))


def sized(candidate: Candidate, shape: ModelShape, dtype_bytes: int, lora_r: int, prefix_tokens: int) -> Candidate:
    """With the bytes that its smallest micro-batch takes."""
    need = memory_need(shape, candidate.quantization, dtype_bytes, lora_r, candidate.is_checkpointed)
    return replace(candidate, memory_bytes=need.total(prefix_tokens + MIN_MICRO_BATCH_TOKENS))


def fits(candidate: Candidate, shape: ModelShape, dtype_bytes: int, lora_r: int, prefix_tokens: int, usable: float) -> bool:
    return sized(candidate, shape, dtype_bytes, lora_r, prefix_tokens).memory_bytes <= usable


def _key(config: Any) -> str:
    import torch

    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
    shape = ModelShape.of(config)
    return f"{device}, {torch.get_num_threads()} threads, torch {torch.__version__}: {shape.hidden}x{shape.intermediate}x{shape.layers}"


def measure(config: Any, quantizations: tuple[str, ...] = QUANTIZATIONS, dtype: Any = None) -> tuple[list[Candidate], bool]:
    """Time one forward and backward pass of two layers in each setting; a setting that cannot run here is left out.

    Two passes in opposite order, of which the faster counts. And whether the result holds: there was time for both, and they agree.
    """
    found: dict[tuple[str, bool], float] = {}
    ends = time.monotonic() + LONGEST_S
    settings = [(quantization, is_checkpointed) for quantization in quantizations for is_checkpointed in (False, True)]
    with tempfile.TemporaryDirectory(prefix="preflight-") as folder:
        _save_small(config, Path(folder))
        is_steady = _pass(folder, settings, found, ends, config, dtype)
        limit = CONTENDS * min(found.values(), default=0.0)
        first = dict(found)
        is_steady &= _pass(folder, [one for one in reversed(settings) if found.get(one, float("inf")) <= limit], found, ends, config, dtype)
    is_steady &= all(first[one] <= SIMPLER_IS_FINE * seconds for one, seconds in found.items())
    return [Candidate(*one, seconds) for one, seconds in found.items()], is_steady


def _pass(folder: str, settings: list[tuple[str, bool]], found: dict[tuple[str, bool], float], ends: float, config: Any, dtype: Any) -> bool:
    """Time the settings into `found`, seconds per token, the least of all passes; whether there was time for all."""
    for quantization, is_checkpointed in settings:
        if found and time.monotonic() > ends:
            return False
        fastest = min(found.values(), default=float("inf"))
        seconds = _seconds_per_token(folder, quantization, is_checkpointed, HOPELESS * fastest, dtype or default_dtype(config, quantization))
        if seconds is not None:
            found[quantization, is_checkpointed] = min(seconds, found.get((quantization, is_checkpointed), seconds))
    return True


def _save_small(config: Any, folder: Path) -> None:
    """Random weights of the right shape: speed does not depend on what they say."""
    import copy

    import torch
    from transformers import AutoModelForCausalLM

    small = copy.deepcopy(config)
    small.num_hidden_layers = MEASURED_LAYERS
    small.vocab_size = 1024  # the head costs the same in every candidate
    small.bos_token_id = small.eos_token_id = small.pad_token_id = 0
    with torch.random.fork_rng():
        AutoModelForCausalLM.from_config(small, dtype=torch.float32).to(torch.bfloat16).save_pretrained(folder)


def _seconds_per_token(folder: str, quantization: str, is_checkpointed: bool, hopeless: float, dtype: Any) -> float | None:
    from model.base_model import load_model
    from model.shared_prefix import SharedPrefixLoss

    try:
        model = _adapted(load_model(folder, quantization, dtype), is_checkpointed)
        rows = _rows()
        loss = SharedPrefixLoss(model, rows[0].prompt_ids[:MEASURED_PREFIX], max_tokens=10**6)
        tokens, seconds = MEASURED_PREFIX + MEASURED_ROWS * MEASURED_ROW, float("inf")
        for _ in range(REPEATS):
            seconds = min(seconds, _timed(model, loss, rows))
            if seconds / tokens > hopeless:
                break
        return seconds / tokens
    except (ImportError, NotImplementedError, RuntimeError, ValueError) as error:
        # bitsandbytes has no kernels for some machines: then this setting is no candidate there.
        if is_out_of_memory(error):
            raise
        return None


def _adapted(model: Any, is_checkpointed: bool) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    from model.lora import TARGETS

    with torch.random.fork_rng():
        adapted = get_peft_model(model, LoraConfig(r=32, target_modules=list(TARGETS), task_type="CAUSAL_LM"))
    if is_checkpointed:
        enable_checkpointing(adapted)
    return adapted.train()


def enable_checkpointing(model: Any) -> None:
    model.get_base_model().activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})


def _rows() -> list[EncodedRow]:
    prompt = tuple(range(1, MEASURED_PREFIX + 1))
    return [EncodedRow((*prompt, 500 + i), tuple(range(600, 600 + MEASURED_ROW))) for i in range(MEASURED_ROWS)]


def _timed(model: Any, loss: Any, rows: list[EncodedRow]) -> float:
    model.zero_grad()
    started_s = time.perf_counter()
    loss.forward_backward(rows)
    wait_for_device()
    return time.perf_counter() - started_s
