"""What do three nights bring? Three cycles on the embedded model, each going on from the best adapter and the corrections of the last.

Runs the whole pipeline three times in a project of its own and prints, by version, what lessons and hold-outs then scored.

Reads    lessons, hold-outs, evaluation and sample exports of the repository
Writes   a project in --output (default: a new folder under the system's temporary folder), which is kept
Usage    python benchmarks/three_cycles.py [--cycles 3] [--steps N] [--start-from base] [--output DIR] [--json]
         Started again on the same --output it goes on with the cycles that are missing.
Exit     0 all cycles ran, 1 one failed
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("lessons", "raw-data", "evaluation")
FIGURES = (("hold_out", "hold-outs equal"), ("lessons", "lessons equal"))


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=3)
    parser.add_argument("--steps", type=int, metavar="N", help="optimiser steps a cycle (default: what the pipeline plans for a CPU)")
    parser.add_argument("--start-from", default="best", help="training.start_from of all cycles (default: best)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="project folder")
    parser.add_argument("--json", action="store_true")
    return parser


def make_project(folder: Path, args: argparse.Namespace) -> None:
    for name in COPIED:
        if not (folder / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    training = {"start_from": args.start_from} | ({"max_steps": args.steps} if args.steps else {})
    (folder / "pipeline_config.json").write_text(json.dumps({"training": training}), encoding="utf-8")


def run_cycle(folder: Path) -> int:
    command = [sys.executable, str(ROOT / "scripts" / "11_pipeline_orchestrator.py"), "--full", "--next-cycle", "--project", str(folder)]
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode


def history(folder: Path) -> list[dict]:
    file = folder / "logs" / "training_history.json"
    return json.loads(file.read_text(encoding="utf-8"))["cycles"] if file.is_file() else []


def trained(folder: Path) -> int:
    return sum(cycle["version"] > 0 for cycle in history(folder))


def row(cycle: dict) -> str:
    """A line of the table: rates with their 95 % interval."""
    rates = [_rate(cycle.get(part)) for part, _ in FIGURES]
    training = cycle.get("training") or {}
    name = f"v{cycle['version']}" if cycle["version"] else "base model"
    return f"| {name} | {cycle.get('start_from') or '–'} | {training.get('steps', '–')} | {' | '.join(rates)} |"


def _rate(figures: dict | None) -> str:
    equal = (figures or {}).get("graph_equal")
    return f"{equal['mean']:.0f} % ({equal['low']:.0f}-{equal['high']:.0f}), n={equal['n']}" if equal else "–"


def table(cycles: list[dict]) -> str:
    head = ["version", "started from", "steps", *(text for _, text in FIGURES)]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *map(row, cycles)])


def main() -> int:
    args = parser().parse_args()
    folder = args.output or Path(tempfile.mkdtemp(prefix="three-cycles-"))
    folder.mkdir(parents=True, exist_ok=True)
    make_project(folder, args)
    print(f"project: {folder}", file=sys.stderr)
    while trained(folder) < args.cycles:
        before = trained(folder)
        if run_cycle(folder) or trained(folder) == before:
            print(f"cycle {before + 1} did not come to its end; see {folder / 'logs'}", file=sys.stderr)
            return 1
    cycles = history(folder)
    print(json.dumps(cycles, indent=2) if args.json else table(cycles))
    return 0


if __name__ == "__main__":
    sys.exit(main())
