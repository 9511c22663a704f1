"""Which base model, and how it is loaded: resolve, tokenizer with chat template, weights in the wanted precision."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from error_handler import ErrorCategory, UserError, categorise
from model.embedded_base import NAME as EMBEDDED_NAME
from model.embedded_base import ensure_embedded_base
from model.processes import is_fsdp, local_rank
from pipeline.paths import REPOSITORY, Paths

HUB_MODEL_BY_VRAM_GB = ((64.0, "meta-llama/Meta-Llama-3.1-70B"), (12.0, "meta-llama/Llama-3.1-8B"), (0.0, "meta-llama/Llama-3.2-3B"))
"""Smallest VRAM in GB, and what is chosen from there on when the config names no base model: what its training needs by `estimates.py`.

70B takes 54 GB in NF4 and 88 GB in 8 bit, 8B 10 GB in NF4.
"""
SMALL_PARAMETERS = 1e9
"""A base below that computes in float32 on a GPU too, its products in TF32: memory is no concern there, and the hand-written layers,
which merge the adapter into the weights, are for float32."""
EMBEDDED_ALIASES = {"embedded", EMBEDDED_NAME, f"HuggingFaceTB/{EMBEDDED_NAME}"}

FALLBACK_CHAT_TEMPLATE = (
    "{{- bos_token if bos_token else '' -}}"
    "{%- for message in messages -%}"
    "{{- '### ' + {'system': 'System', 'user': 'Instruction', 'assistant': 'Response'}[message['role']] + ':\\n' -}}"
    "{{- message['content'] -}}"
    "{{- eos_token if message['role'] == 'assistant' else '\\n\\n' -}}"
    "{%- endfor -%}"
    "{{- '### Response:\\n' if add_generation_prompt -}}")
"""For pretrained models without a chat template, such as Meta-Llama-3.1-70B.

Plain headings and the model's own end-of-text: the header and end-of-turn tokens of the Llama 3 instruct template are
in the vocabulary of the base model, but their embeddings were never trained, and LoRA on the projections does not train them.
"""


@dataclass(frozen=True)
class Quantization:
    """`none`, `nf4` (4 bit, double quantisation) or `int8`; what the config's use_4bit and use_8bit come down to."""

    kind: str = "none"

    def __post_init__(self) -> None:
        if self.kind not in ("none", "nf4", "int8"):
            raise ValueError(f"unknown quantisation {self.kind!r}")

    def config(self, compute_dtype: Any) -> Any:
        """transformers' BitsAndBytesConfig, or None. nf4 is said explicitly: the library's default is fp4."""
        from transformers import BitsAndBytesConfig

        if self.kind == "nf4":
            return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                                      bnb_4bit_compute_dtype=compute_dtype,
                                      # FSDP shards what is stored, and shards only tensors of one type.
                                      bnb_4bit_quant_storage=compute_dtype if is_fsdp() else None)
        return BitsAndBytesConfig(load_in_8bit=True) if self.kind == "int8" else None


def vram_gb() -> float:
    """Memory of the first visible GPU in GB (10^9 bytes, as GPUs are sold), 0 without one."""
    import torch

    return torch.cuda.get_device_properties(0).total_memory / 1e9 if torch.cuda.is_available() else 0.0


def resolve_base(config: Any, paths: Paths) -> str:
    """The folder or hub name to load: what model.base_model says, else by GPU memory, else the embedded model."""
    named = config.model.base_model
    if named:
        return _resolve_named(str(named), paths)
    memory_gb = config.hardware.gpu_vram_gb if has_gpu() and config.hardware.gpu_vram_gb else vram_gb()
    hub_name = hub_model_for(memory_gb)
    return hub_name or str(ensure_embedded_base(paths))


def wanted_base(config: Any) -> str:
    """The name of what `resolve_base` would load, without fetching anything."""
    memory_gb = config.hardware.gpu_vram_gb if has_gpu() and config.hardware.gpu_vram_gb else vram_gb()
    named = config.model.base_model or hub_model_for(memory_gb) or EMBEDDED_NAME
    return EMBEDDED_NAME if named in EMBEDDED_ALIASES else named


def hub_model_for(memory_gb: float) -> str | None:
    """The intended Llama for a GPU of this size; None without a GPU."""
    return next((name for least_gb, name in HUB_MODEL_BY_VRAM_GB if memory_gb > 0 and memory_gb >= least_gb), None)


def has_gpu() -> bool:
    return vram_gb() > 0


def _resolve_named(named: str, paths: Paths) -> str:
    if named in EMBEDDED_ALIASES:
        return str(ensure_embedded_base(paths))
    for folder in (Path(named).expanduser(), paths.root / named, REPOSITORY / named):
        if (folder / "config.json").is_file():
            return str(folder.resolve())
    if folder.name == EMBEDDED_NAME and folder.parent.name == "base":
        return str(ensure_embedded_base(paths))
    if Path(named).is_absolute() or named.startswith((".", "~")) or named.count("/") != 1:
        raise UserError(f"model.base_model: no model in {named!r} (no config.json there).",
                        "give a folder with config.json and safetensors, a hub name such as meta-llama/Llama-3.1-8B, or 'embedded'.")
    return named


def portable_base(base: str) -> str:
    """The name that adapters and records keep: a hub name, or a folder from the installation's root on, which holds elsewhere too."""
    folder = Path(base)
    if not folder.is_dir():
        return base
    if (folder.parent.name, folder.name) == ("base", EMBEDDED_NAME):
        return f"models/base/{EMBEDDED_NAME}"  # made anew wherever it is missing
    return folder.relative_to(REPOSITORY).as_posix() if folder.is_relative_to(REPOSITORY) else folder.as_posix()


@contextmanager
def weights_at_hand(base: str) -> Iterator[None]:
    """Turn every way in which weights cannot be had into one line with its remedy."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError
    from huggingface_hub.utils import logging

    logging.set_verbosity_error()  # its retries would hide the one line below
    try:
        yield
    except GatedRepoError as error:
        raise UserError(f"{base}: the weights are gated and this account has no access.",
                        "accept the licence on the model's page, run 'hf auth login', then try again; "
                        "or set model.base_model to a local folder or 'embedded'.") from error
    except RepositoryNotFoundError as error:
        raise UserError(f"{base}: no such model on the hub, or it is private.",
                        "check model.base_model, run 'hf auth login' for a private one, or name a local folder.") from error
    except (OSError, HfHubHTTPError) as error:
        if categorise(error) is ErrorCategory.DISK_FULL:
            raise
        raise UserError(f"{base}: the weights cannot be loaded: {str(error).splitlines()[0]}",
                        "connect to the network once, or set model.base_model to a local folder or 'embedded'.") from error


def load_tokenizer(base: str | Path) -> Any:
    """The base's tokenizer; one without a chat template gets FALLBACK_CHAT_TEMPLATE, which is then saved with the adapter."""
    from transformers import AutoTokenizer

    with weights_at_hand(str(base)):
        tokenizer = AutoTokenizer.from_pretrained(base)
    if not tokenizer.chat_template:
        tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(base: str | Path, quantization: str = "none", dtype: Any = None, attention: str = "sdpa") -> Any:
    """The causal language model on the best device there is, weights from safetensors only.

    `dtype` is that of unquantised weights and of computation, by default `default_dtype`'s.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    quiet_libraries()
    device = {"": local_rank()} if torch.cuda.is_available() else {"": "cpu"}
    with weights_at_hand(str(base)):
        dtype = dtype or default_dtype(AutoConfig.from_pretrained(base), quantization)
        return AutoModelForCausalLM.from_pretrained(
            base, dtype=dtype, device_map=device, use_safetensors=True, attn_implementation=attention,
            quantization_config=Quantization(quantization).config(dtype))


def device_kind() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def wait_for_device() -> None:
    """A GPU computes behind the program's back: without this, clocks show when work was handed over."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def default_dtype(config: Any, quantization: str = "none") -> Any:
    """For a model of this transformers config: float32 on a CPU and for a small base that is not quantised, else what the GPU has.

    On a CPU bfloat16 measured 0.5 of the speed of float32 with AVX-512 BF16 and 0.07 without.
    """
    import torch

    if not torch.cuda.is_available() or (quantization == "none" and parameter_count(config) < SMALL_PARAMETERS):
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def named_dtype(name: str | None) -> Any:
    import torch

    return getattr(torch, name) if name else None


def parameter_count(config: Any) -> int:
    """By the shape that a Llama-like config names."""
    from model.estimates import ModelShape

    shape = ModelShape.of(config)
    return shape.projection_weights + shape.other_weights


def quiet_libraries() -> None:
    """Keep the libraries' own bars and the per-call cast warning of int8 on a CPU (300 lines a step) out of the log."""
    import warnings

    from transformers.utils import logging

    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message="MatMul8bitLt: inputs will be cast")
    warnings.filterwarnings("ignore", message=".*gradient_checkpointing.* is deprecated", category=FutureWarning)
