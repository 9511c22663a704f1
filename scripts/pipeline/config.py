"""Settings of a project: command line over pipeline_config.json over default, all problems shown at once.

`null` in the file means the same as leaving the key out. A default of None means: chosen by the part that uses it from
the hardware and the data; what is named explicitly always wins (`config.is_explicit("training.batch_size")`).
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

from error_handler import UserError, UserErrors
from pipeline.config_text import line_of, nearest, parse_json_object
from pipeline.paths import Paths


def setting(default: Any, unit: str, holds: Callable[[Any], bool] = lambda _: True, must: str = "") -> Any:
    """A field with its default, its unit or meaning, and what must hold for a value."""
    return field(default=default, metadata={"unit": unit, "holds": holds, "must": must})


def positive(default: Any, unit: str) -> Any:
    return setting(default, unit, lambda v: v > 0, "be above 0")


def not_negative(default: Any, unit: str) -> Any:
    return setting(default, unit, lambda v: v >= 0, "not be negative")


def one_of(default: Any, unit: str, *options: str) -> Any:
    return setting(default, unit, lambda v: v in options, f"be one of {', '.join(options)}")


@dataclass(frozen=True)
class Hardware:
    cuda_visible_devices: str | None = setting(None, "GPU numbers as CUDA_VISIBLE_DEVICES takes them, such as \"0\"")
    gpu_name: str | None = setting(None, "name of the GPU; default: as the driver says")
    gpu_vram_gb: float | None = positive(None, "GB of GPU memory; default: as the driver says")


@dataclass(frozen=True)
class Model:
    base_model: str | None = setting(None, "local folder or hub name; default: by GPU memory, the embedded model without a GPU")
    dtype: str | None = one_of(None, "of unquantised weights and of computation; default: by GPU and size of the base", "float32", "bfloat16")
    max_seq_length: int = setting(4096, "tokens of prompt and answer; a longer row is dropped, never cut",
                                  lambda v: v >= 512, "be at least 512")
    system_prompt_characters: int | None = positive(None, "length of the system prompt; default: that of the adapter training starts from, else 5,700")


@dataclass(frozen=True)
class Quantization:
    """Both null: chosen by measuring on the host. Both false: no quantisation, by choice."""

    use_8bit: bool | None = setting(None, "weights of the base in 8 bit")
    use_4bit: bool | None = setting(None, "weights of the base in 4 bit (NF4, double quantisation)")


@dataclass(frozen=True)
class Lora:
    lora_r: int = positive(32, "rank")
    lora_alpha: float = positive(64, "scale; the adapter is multiplied by lora_alpha / lora_r")
    lora_dropout: float = setting(0.0, "fraction; above 0 the shared prompt cannot be computed once",
                                  lambda v: 0 <= v < 1, "be from 0 to below 1")


@dataclass(frozen=True)
class Training:
    epochs: float | None = positive(None, "passes over the rows; may be a fraction")
    max_steps: int | None = positive(None, "optimiser steps at most")
    learning_rate: float | None = setting(None, "peak, per optimiser step; default: by the width of the base model", lambda v: 0 < v < 1, "be above 0 and below 1")
    batch_size: int | None = positive(None, "rows per micro-batch")
    gradient_accumulation_steps: int | None = positive(None, "micro-batches per optimiser step")
    warmup_steps: float = not_negative(5, "optimiser steps; below 1 a fraction of all")
    weight_decay: float = not_negative(0.01, "per optimiser step")
    max_grad_norm: float = positive(1.0, "norm to which gradients are clipped")
    logging_steps: int = positive(1, "optimiser steps between log lines; the stop signal is looked at there")
    save_steps: int = positive(25, "optimiser steps between checkpoints")
    eval_steps: int = positive(25, "optimiser steps between validation losses")
    seed: int = not_negative(42, "of data order, initialisation and sampling")
    start_from: str = setting("best", "base, best (the best adapter by hold-out, at first the one that ships), or a folder with an adapter",
                              lambda v: bool(v.strip()), "be base, best or a folder")
    report_to: str = one_of("none", "where else losses go", "none", "tensorboard", "trackio")


@dataclass(frozen=True)
class StallDetection:
    stall_warn_seconds: float = positive(300, "seconds without a sign of life before a warning")
    stall_kill_seconds: float = positive(600, "seconds without a sign of life before evaluation or exam is ended")
    stall_kill_seconds_training: float = positive(1800, "the same for training; 10,800 for a 70B model")


@dataclass(frozen=True)
class Synthetic:
    synthetic_count: int = not_negative(500, "rows to synthesise")


@dataclass(frozen=True)
class Backup:
    mirror_folder: str | None = setting(None, "second folder for backups; default: D:\\BlueprintLLMBackup on Windows with a drive D:")


@dataclass(frozen=True)
class PipelineConfig:
    hardware: Hardware = Hardware()
    model: Model = Model()
    quantization: Quantization = Quantization()
    lora: Lora = Lora()
    training: Training = Training()
    stall_detection: StallDetection = StallDetection()
    synthetic: Synthetic = Synthetic()
    backup: Backup = Backup()
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Where each named setting came from: "training.epochs" -> "command line" or the file's name."""

    def is_explicit(self, name: str) -> bool:
        """True when the user named the setting ("lora.lora_r"), on the command line or in the file."""
        return name in self.sources

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """The effective settings by section, to be saved beside what they produced."""
        return {section: dataclasses.asdict(getattr(self, section)) for section in SECTIONS}


SECTIONS: dict[str, type] = {name: kind for name, kind in get_type_hints(PipelineConfig).items() if name != "sources"}
KEYS: dict[str, list[str]] = {name: [f.name for f in dataclasses.fields(kind)] for name, kind in SECTIONS.items()}


def load_config(paths: Paths, overrides: Mapping[str, Any] | None = None) -> PipelineConfig:
    """Read the project's settings; `overrides` are {"training.epochs": 3}, where None means not given.

    Raises UserErrors with every unknown key, wrong type and value out of range, each with file, line and nearest name.
    """
    values: dict[str, dict[str, Any]] = {}
    sources: dict[str, str] = {}
    errors: list[UserError] = []
    for layer in (_FileLayer(paths.config_file, _text_of(paths.config_file)), _OverrideLayer(overrides or {})):
        layer.read(values, sources, errors)
    if errors:
        raise UserErrors(errors)
    sections = {name: kind(**values.get(name, {})) for name, kind in SECTIONS.items()}
    config = PipelineConfig(**sections, sources=sources)
    _check_together(config, paths.config_file)
    return config


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig") if file.exists() else "{}"
    except UnicodeDecodeError as error:
        raise UserError(f"{file.name}: not UTF-8 at byte {error.start}.", "save it as UTF-8.") from error


def _check_together(config: PipelineConfig, file: Path) -> None:
    if config.quantization.use_8bit and config.quantization.use_4bit:
        raise UserErrors([UserError(f"{file.name}: quantization: use_8bit and use_4bit are both true.", "set one of them to false.")])
    watch = config.stall_detection
    if watch.stall_warn_seconds >= min(watch.stall_kill_seconds, watch.stall_kill_seconds_training):
        raise UserErrors([UserError(f"{file.name}: stall_detection: stall_warn_seconds {watch.stall_warn_seconds:g} is not below the kill "
                                    "limits.", "set stall_warn_seconds below stall_kill_seconds and stall_kill_seconds_training.")])


class _FileLayer:
    """The settings of pipeline_config.json."""

    def __init__(self, file: Path, text: str):
        self.file, self.text = file, text

    def place(self, section: str, key: str | None = None) -> str:
        return f"{self.file.name}:{line_of(self.text, section, key)}"

    def read(self, values: dict, sources: dict, errors: list[UserError]) -> None:
        for section, settings in parse_json_object(self.file, self.text).items():
            if section.startswith("_") or section == "schema_version":
                continue
            if section not in SECTIONS:
                errors.append(UserError(f"{self.place(section)}: unknown section '{section}'.", nearest(section, KEYS, None)))
            elif not isinstance(settings, dict):
                errors.append(UserError(f"{self.place(section)}: section '{section}' is {json.dumps(settings)}.",
                                        f'write it as an object: "{section}": {{"{KEYS[section][0]}": ...}}.'))
            else:
                self._read_section(section, settings, values, sources, errors)

    def _read_section(self, section: str, settings: dict, values: dict, sources: dict, errors: list[UserError]) -> None:
        for key, value in settings.items():
            place = f"{self.place(section, key)}: {section}"
            if key.startswith("_") or value is None and key in KEYS[section]:
                continue
            error = _problem(place, section, key, value)
            if error:
                errors.append(error)
            else:
                values.setdefault(section, {})[key] = _converted(section, key, value)
                sources[f"{section}.{key}"] = self.file.name


class _OverrideLayer:
    """The settings of the command line."""

    def __init__(self, overrides: Mapping[str, Any]):
        self.overrides = overrides

    def read(self, values: dict, sources: dict, errors: list[UserError]) -> None:
        for name, value in self.overrides.items():
            section, _, key = name.partition(".")
            if value is None:
                continue
            error = _problem("command line: " + section, section, key, value)
            if error:
                errors.append(error)
            else:
                values.setdefault(section, {})[key] = _converted(section, key, value)
                sources[name] = "command line"


def _problem(place: str, section: str, key: str, value: Any) -> UserError | None:
    if key not in KEYS.get(section, ()):
        return UserError(f"{place}: unknown key '{key}'.", nearest(key, KEYS, section))
    meta = next(f.metadata for f in dataclasses.fields(SECTIONS[section]) if f.name == key)
    shown = json.dumps(value, ensure_ascii=False)
    if not _has_type(section, key, value):
        return UserError(f"{place}: {key} is {shown}.", f"give {_type_words(section, key)} ({meta['unit']}).")
    if not meta["holds"](_converted(section, key, value)):
        return UserError(f"{place}: {key} is {shown}, it must {meta['must']}.", f"give another value ({meta['unit']}).")
    return None


def _kind(section: str, key: str) -> type:
    hint = get_type_hints(SECTIONS[section])[key]
    return next((kind for kind in get_args(hint) if kind is not NoneType), hint)


def _has_type(section: str, key: str, value: Any) -> bool:
    kind = _kind(section, key)
    if kind is float or key == "cuda_visible_devices":
        return isinstance(value, (int, float, str) if kind is str else (int, float)) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _converted(section: str, key: str, value: Any) -> Any:
    """Ints where floats are meant stay exact, but `"cuda_visible_devices": 0` is the string CUDA wants."""
    return str(value) if _kind(section, key) is str else value


def _type_words(section: str, key: str) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}[_kind(section, key)]
