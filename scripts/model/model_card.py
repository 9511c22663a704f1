"""The README of an adapter folder: what it was trained on, with which settings, how it fared, how to load it."""

from pathlib import Path
from typing import Any

from model.embedded_base import LICENCE as EMBEDDED_LICENCE
from model.embedded_base import NAME as EMBEDDED_NAME
from pipeline.store import write_text


EXAMS_FILE = "exams.md"


def licence_of(base: str) -> str:
    """Licence of the base as its publisher names it; weights of an adapter are a derivative of it."""
    if EMBEDDED_NAME in base:
        return EMBEDDED_LICENCE
    if "llama-3.1" in base.lower():
        return "llama3.1"
    return "llama3.2" if "llama-3.2" in base.lower() else "other"


def write_model_card(folder: Path, record: dict[str, Any], exams: str = "", place: str = "") -> None:
    """Write `README.md` into the adapter folder from the record that becomes training_config.json.

    `place` is where the card says the adapter lies, from the installation's root on; default: as that version's `final/`.
    """
    place = place or f"models/blueprint-lora-v{record['version']}/final"
    write_text(folder / "README.md", _front_matter(record) + _text(record, exams, place))


def write_exam_figures(version_folder: Path, exams: str) -> None:
    """Beside `final/`, not in its card: that is what training made, and a change of it would train again."""
    write_text(version_folder / EXAMS_FILE, f"# Exam figures of {version_folder.name}\n\n{exams}\n")


def _front_matter(record: dict[str, Any]) -> str:
    return (f"---\nbase_model: {record['base_model']}\nlibrary_name: peft\nlicense: {licence_of(record['base_model'])}\n"
            "pipeline_tag: text-generation\ntags: [lora, unreal-engine, blueprint]\n---\n\n")


def _text(record: dict[str, Any], exams: str, place: str) -> str:
    rows, result, lora, training = (record["rows"], record["result"], record["effective"]["lora"], record["effective"]["training"])
    return f"""# {place.removesuffix("/final").rsplit("/", 1)[-1]}

A LoRA adapter that answers requests with Unreal Engine Blueprint graphs in the project's text form.

    from peft import PeftModel
    from transformers import AutoModelForCausalLM
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained("{record['base_model']}"), "{place}")

The system prompt it was trained with is `system_prompt.txt` in this folder; tokenizer and chat template are those of the base.

| | |
|---|---|
| Base | {record['base_model']} ({licence_of(record['base_model'])}) |
| Started from | {record['start_from']} |
| Rows | {rows['train']} for training, {rows['validation']} for validation, {rows['dropped_too_long']} dropped as too long |
| Data hash | `{record['data_hash']}` |
| LoRA | rank {lora['lora_r']}, alpha {lora['lora_alpha']:g}, on {', '.join(lora['targets'])} |
| Training | {result['steps']} steps of {training['rows_per_step']} rows ({result['epochs']:.2f} epochs), learning rate {training['learning_rate']:g}, seed {record['seed']} |
| Loss | {_number(result.get('first_loss'))} at first, {_number(result.get('final_loss'))} at the end; best validation {_number(result.get('best_validation_loss'))} |
| Ended | {record['status']}{': ' + record['stop_reason'] if record['stop_reason'] else ''} |
{_origin(record)}
## Exam figures

{exams or f"In `{EXAMS_FILE}` of the folder above, once scripts/12_run_exam.py has examined it."}

## Licence

The adapter's weights derive from the base model and are under its licence ({licence_of(record['base_model'])}).
"""


def _origin(record: dict[str, Any]) -> str:
    """Of an adapter that was trained in several parts: the command of the last one, and the parts before it."""
    lines = [f"| Command | `{record['command']}` |"] if record.get("command") else []
    lines += [f"| Earlier part {place} | {part['steps']} steps of {part['rows_per_step']} rows, learning rate {part['learning_rate']:g}, data hash `{part['data_hash']}` |"
              for place, part in enumerate(record.get("earlier_parts", ()), 1)]
    return "".join(line + "\n" for line in lines)


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.4f}"
