"""Make the adapter that ships with the program from a trained one: weights in bfloat16, settings, model card with exam figures.

An adapter of rank 32 on the embedded model is 39 MB in float32 and 20 MB in bfloat16; the exam figures in the card are those
of the bfloat16 weights, so ship first, then examine, then run this again without an adapter.

Reads    an adapter folder (models/blueprint-lora-vN/final, or a checkpoint beside it), training_config.json beside it, results/exams
Writes   models/embedded-adapter: adapter_model.safetensors, adapter_config.json, system_prompt.txt, training_config.json, README.md
Usage    python tools/ship_adapter.py models/blueprint-lora-v1/final [--project DIR] [--command "python scripts/04... --max-minutes 86"]
         python scripts/12_run_exam.py --model models/embedded-adapter --lesson holdout [--project DIR]
         python tools/ship_adapter.py [--project DIR]
Exit     0 written, 2 bad usage
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from model.model_card import write_model_card  # noqa: E402
from pipeline.best_model import is_usual  # noqa: E402
from pipeline.paths import Paths  # noqa: E402
from pipeline.store import read_json, read_jsonl, write_json, write_text  # noqa: E402
from report.figures import figures_of  # noqa: E402

TARGET = Paths().embedded_adapter
BASE = "models/base/SmolLM2-135M-Instruct"
KEPT_FACTS = ("schema_version", "version", "status", "stop_reason", "started", "finished", "duration_s", "start_from", "data_hash", "seed",
              "device", "rows", "effective", "result", "versions")


def ship_weights(adapter: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    TARGET.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in load_file(adapter / "adapter_model.safetensors").items()}
    save_file(weights, TARGET / "adapter_model.safetensors", metadata={"format": "pt"})
    write_json(TARGET / "adapter_config.json", read_json(adapter / "adapter_config.json") | {"base_model_name_or_path": BASE, "inference_mode": True})


def ship_settings(adapter: Path, project: Paths, command: str) -> None:
    """Facts of the training without paths of the machine it ran on; one that went on from what shipped before keeps those parts too."""
    prompt = next(file for file in (adapter / "system_prompt.txt", project.system_prompt) if file.is_file())
    write_text(TARGET / "system_prompt.txt", prompt.read_text(encoding="utf-8"))
    facts = read_json(adapter.parent / "training_config.json")
    kept = {key: facts[key] for key in KEPT_FACTS if key in facts} | {"base_model": BASE}
    if (adapter / "trainer_state.json").is_file():
        kept |= {"status": "checkpoint", "stop_reason": "", "result": result_so_far(read_json(adapter / "trainer_state.json"))}
    kept["effective"] = kept["effective"] | {"model": kept["effective"]["model"] | {"base_model": BASE}}
    before = read_json(TARGET / "training_config.json") if (TARGET / "training_config.json").is_file() else None
    if before and kept["start_from"] == TARGET.name:
        kept["earlier_parts"] = [*before.get("earlier_parts", ()), part_of(before)]
    write_json(TARGET / "training_config.json", kept | ({"command": command} if command else {}))


def part_of(facts: dict[str, Any]) -> dict[str, Any]:
    training = facts["effective"]["training"]
    return {"steps": facts["result"]["steps"], "rows_per_step": training["rows_per_step"], "learning_rate": training["learning_rate"],
            "data_hash": facts["data_hash"]}


def result_so_far(state: dict[str, Any]) -> dict[str, Any]:
    """What training_config.json will say at the end, from the trainer's state in a checkpoint."""
    losses = [line["loss"] for line in state["log_history"] if "loss" in line]
    validations = [line["eval_loss"] for line in state["log_history"] if "eval_loss" in line]
    return {"steps": state["global_step"], "total_steps": state["max_steps"], "epochs": round(state["epoch"], 4), "first_loss": losses[0],
            "final_loss": losses[-1], "best_validation_loss": min(validations, default=None)}


def exam_table(project: Paths) -> str:
    """Lessons and hold-outs as last answered by the shipped weights; empty before an exam."""
    lines = []
    for name, answers in (("hold-outs", answers_of(project, True)), ("lessons", answers_of(project, False))):
        if answers:
            figures = figures_of(answers)
            lines.append(f"| {name} | {figures.graph_equal.n} | {figures.graph_equal} | {figures.score} | {figures.valid} |")
    head = "| | prompts | equal as graphs (95 % interval) | score | valid |\n|---|---|---|---|---|\n"
    return head + "\n".join(lines) + "\n\nThe lessons were trained on, the hold-outs were not." if lines else ""


def answers_of(project: Paths, hold_out: bool) -> list[SimpleNamespace]:
    """The newest answer to each prompt, by the shipped weights under the constraint."""
    newest: dict[tuple[str, str], SimpleNamespace] = {}
    for file in sorted(project.exams.glob("exam_*.jsonl"), key=lambda file: file.stat().st_mtime):
        for line in read_jsonl(file):
            if line["model"] == TARGET.name and is_usual(line) and line["hold_out"] is hold_out:
                newest[line["lesson_id"], line["prompt_id"]] = SimpleNamespace(**line)
    return list(newest.values())


def write_card(project: Paths) -> None:
    facts: dict[str, Any] = json.loads((TARGET / "training_config.json").read_text(encoding="utf-8"))
    write_model_card(TARGET, facts, exam_table(project), f"models/{TARGET.name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", nargs="?", type=Path, help="adapter folder; without it only the model card is written anew")
    parser.add_argument("--command", default="", help="how it was trained, for the card")
    parser.add_argument("--project", type=Path, default=ROOT, help="where its system prompt and exams lie (default: the repository)")
    args = parser.parse_args()
    project = Paths(args.project.resolve())
    if args.adapter:
        ship_weights(args.adapter)
        ship_settings(args.adapter, project, args.command)
    write_card(project)
    size_mb = (TARGET / "adapter_model.safetensors").stat().st_size / 1e6
    print(f"{TARGET}: {size_mb:.1f} MB of weights")
    return 0


if __name__ == "__main__":
    sys.exit(main())
