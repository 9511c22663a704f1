"""Export an adapter as a model of its own: merged safetensors, GGUF for llama.cpp, Ollama and LM Studio, Modelfile.

Reads    models/blueprint-lora-vN/final and its base model
Writes   models/blueprint-lora-vN/export: safetensors, tokenizer, .gguf, Modelfile with chat template and system prompt
Usage    python scripts/23_export_model.py
         python scripts/23_export_model.py --model models/blueprint-lora-v3 --gguf q8_0 --output DIR
         ollama create blueprint -f models/blueprint-lora-v3/export/Modelfile
Exit     0 exported and all forms answer alike, 1 failed or answers differ, 64 bad usage

Merged weights, and the GGUF read back, answer a few prompts greedily; their text must be that of the adapter. With
q8_0, which rounds, a difference is told but is no failure.
"""

import argparse
from pathlib import Path

from error_handler import UserError
from pipeline.config import load_config
from pipeline.door import build_parser, run_door
from pipeline.exit_codes import ExitCode


def parser() -> argparse.ArgumentParser:
    parser = build_parser(__doc__)
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the newest version)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where to write (default: export/ beside a trained version; models/<name>/export for any other adapter)")
    parser.add_argument("--gguf", choices=("f16", "q8_0", "f32", "none"), default="f16", help="type of the GGUF matrices (default f16)")
    return parser


def main(args: argparse.Namespace) -> ExitCode:
    from model.adapters import choose_model
    from model.export import export, prompts_to_check

    choice = choose_model(args.project, args.model)
    if not choice.is_adapter:
        raise UserError("There is no adapter to export.", "train one: python scripts/04_train_blueprint_lora.py")
    target = args.output or (choice.folder.parent if choice.version else args.project.models / choice.label) / "export"
    done = export(choice, load_config(args.project), args.project, target, None if args.gguf == "none" else args.gguf, prompts_to_check(args.project))
    for file in done.files:
        print(f"{file}  {file.stat().st_size / 2**20:.1f} MiB")
    return verdict(done)


def verdict(done) -> ExitCode:
    for difference in done.differences:
        print(f"{difference.form} answers {difference.prompt!r} differently:\n  adapter: {difference.expected!r}\n  {difference.form}: {difference.found!r}")
    if not done.differences:
        print("All forms answer alike.")
    exact = [d for d in done.differences if not (done.is_lossy and d.form.endswith(".gguf"))]
    return ExitCode.FAILED if exact else ExitCode.OK


if __name__ == "__main__":
    run_door(main, parser())
