"""What the benchmarks that load a model share: a process of their own, the models, clock, processor time and peak memory."""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WORKER_VARIABLE = "BENCHMARK_WORKER"
LORA_R = 32
PROMPT_CHARACTERS, QUICK_PROMPT_CHARACTERS = 5700, 2500
"""The first is the length of the project's system prompt."""


def add_common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="tiny model, under 50 s: a check of the benchmark, not a figure to quote")
    parser.add_argument("--json", action="store_true")


def is_worker() -> bool:
    return bool(os.environ.get(WORKER_VARIABLE))


def as_worker() -> int:
    """Run this program again with the rooms and the tests' tiny model and rows importable; its exit code."""
    path = os.pathsep.join(filter(None, [str(ROOT / "scripts"), str(ROOT / "tests"), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": path, WORKER_VARIABLE: "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONWARNINGS": "ignore",
                                "OMP_WAIT_POLICY": "PASSIVE"}  # threads that wait must not count as processor time
    code = subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode
    if code < 0:
        print(f"The measuring process was ended by signal {-code}; out of memory?", file=sys.stderr)
    return min(abs(code), 1)


class PeakMemory:
    """Largest resident size (GPU memory on CUDA) while inside, in GiB."""

    def __enter__(self) -> PeakMemory:
        import psutil
        import torch

        gc.collect()
        self.is_cuda, self.peak, self._process = torch.cuda.is_available(), 0, psutil.Process()
        if self.is_cuda:
            torch.cuda.reset_peak_memory_stats()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.peak = max(self.peak, self._process.memory_info().rss)

    def __exit__(self, *_) -> None:
        import torch

        self._over.set()
        self._thread.join()
        self.gib = (torch.cuda.max_memory_allocated() if self.is_cuda else self.peak) / 2**30


def now() -> tuple[float, float]:
    _wait()
    return time.perf_counter(), time.process_time()


def since(start: tuple[float, float]) -> tuple[float, float]:
    """Seconds on the clock and of processor time."""
    _wait()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def _wait() -> None:
    """For a GPU, which computes behind the program's back."""
    from model.base_model import wait_for_device

    wait_for_device()


def device_text() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    return f"CPU, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"


def load_base(is_quick: bool, layers: int = 2) -> tuple[Any, Any]:
    """Model and tokenizer: the embedded base, or a tiny one made on the spot."""
    from model.base_model import load_model, load_tokenizer, quiet_libraries

    quiet_libraries()
    if is_quick:
        from training_world import tiny_model, tiny_tokenizer

        return tiny_model(layers=layers), tiny_tokenizer()
    from model.embedded_base import ensure_embedded_base

    base = ensure_embedded_base()
    return load_model(base), load_tokenizer(base)


def is_8b(is_quick: bool, is_embedded: bool = False) -> bool:
    import torch

    return torch.cuda.is_available() and not is_quick and not is_embedded


def load_for_training(is_quick: bool, is_embedded: bool = False) -> tuple[Any, Any]:
    """Model with a LoRA adapter away from its start, and tokenizer; on CUDA random weights of 8B shape in NF4, unless the embedded one is asked for."""
    import datasets
    import torch
    from training_world import tiny_tokenizer

    from model.base_model import quiet_libraries

    quiet_libraries()
    datasets.disable_progress_bars()
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("high")  # as training does; TF32 on a GPU
    model, tokenizer = (random_8b(), tiny_tokenizer()) if is_8b(is_quick, is_embedded) else load_base(is_quick, layers=4)
    return with_adapter(model).train(), tokenizer


def encoded_rows(tokenizer: Any, count: int, characters: int) -> list[Any]:
    """Rows of 4 to 12 nodes behind a system prompt of so many characters."""
    from training_world import rows, system_prompt

    from model.encode import encode_row

    prompt = system_prompt(characters)
    return [encode_row(tokenizer, prompt, row) for row in rows(count, nodes=(4, 12))]


def with_adapter(model: Any) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    from model.lora import TARGETS

    model = get_peft_model(model, LoraConfig(r=LORA_R, lora_alpha=2 * LORA_R, target_modules=list(TARGETS), task_type="CAUSAL_LM"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.01)
    return model


SHAPE_8B = {"vocab_size": 128256, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
            "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 8192, "tie_word_embeddings": False}


def random_8b(quantization: str = "nf4", **shape: int) -> Any:
    """Llama of 8B shape with random weights, quantised by the library's loader: speed needs no trained ones.

    Drawn where they are to lie: drawn on a CPU, written and read again, 8B take minutes.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from model.base_model import Quantization, default_dtype, device_kind, quiet_libraries

    quiet_libraries()
    config = LlamaConfig(**SHAPE_8B | shape)
    dtype, device = default_dtype(config, quantization), device_kind()
    with torch.device("meta"):
        shapes = {name: weight.shape for name, weight in LlamaForCausalLM(config).state_dict().items()}
    weights = {name: torch.empty(shape, dtype=dtype, device=device).normal_(0, 0.02) if len(shape) > 1 else torch.ones(shape, dtype=dtype, device=device)
               for name, shape in shapes.items()}
    return LlamaForCausalLM.from_pretrained(None, config=config, state_dict=weights, dtype=dtype, device_map={"": 0 if device == "cuda" else "cpu"},
                                            quantization_config=Quantization(quantization).config(dtype))
