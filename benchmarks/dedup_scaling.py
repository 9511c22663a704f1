"""Time and memory of 20_deduplicate_dataset on 10 thousand, 100 thousand and a million rows, each a process of its own.

Processor time stands beside the clock: on a machine with other work the clock says more about that work.

Usage    python benchmarks/dedup_scaling.py [--sizes 10000 100000 1000000]
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "20_deduplicate_dataset.py"
NODES = ("PrintString", "SetActorLocation", "DestroyActor", "Jump", "PlaySound2D", "SetActorHiddenInGame", "SetLifeSpan", "OpenLevel", "AddActorLocalRotation")
WORDS = "when the player enters door opens light turns red score grows alarm rings enemy wakes lift moves gate closes bomb ticks key drops boss roars".split()


def write_rows(file: Path, count: int) -> None:
    """Rows like ours: 6 to 14 nodes, a fifth of them repeated."""
    draw = random.Random(1)
    with open(file, "w", encoding="utf-8", newline="\n") as out:
        for index in range(count):
            number = draw.randrange(count * 4 // 5)
            one = random.Random(number)
            kinds = [one.choice(NODES) for _ in range(one.randint(6, 14))]
            nodes = [f'NODE n{i}: {kind} [InString="{one.choice(WORDS)} {number % 997}"]' for i, kind in enumerate(kinds, 2)]
            wires = [f"EXEC n{i}.Then -> n{i + 1}.Execute" for i in range(1, len(kinds) + 1)]
            text = "\n".join(["BLUEPRINT: BP_New", "PARENT: Actor", "GRAPH: EventGraph", "NODE n1: Event_BeginPlay", *nodes, *wires]) + "\n"
            instruction = " ".join(one.choice(WORDS) for _ in range(one.randint(12, 40))) + f" {number}"
            out.write(json.dumps({"instruction": instruction, "input": "", "output": text}) + "\n")


def measure(file: Path) -> tuple[float, float, float]:
    """(seconds by the clock, seconds of processor, peak GiB) of the script as a whole process."""
    import psutil

    start, peak, used_s = time.perf_counter(), 0, 0.0
    process = psutil.Popen([sys.executable, str(SCRIPT), str(file), "--output", str(file.with_suffix(".out"))], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            peak = max(peak, process.memory_info().rss)
            used_s = sum(process.cpu_times()[:2])
        except psutil.Error:
            break
        time.sleep(0.1)
    if process.wait() != 0:
        raise SystemExit(f"the script ended with {process.returncode}")
    return time.perf_counter() - start, used_s, peak / 2**30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    args = parser.parse_args()
    print(f"{'rows':>9} {'clock s':>9} {'cpu s':>9} {'cpu us a row':>13} {'peak GiB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for size in args.sizes:
            file = Path(folder) / f"{size}.jsonl"
            write_rows(file, size)
            clock_s, cpu_s, peak = measure(file)
            print(f"{size:>9} {clock_s:>9.1f} {cpu_s:>9.1f} {cpu_s / size * 1e6:>13.0f} {peak:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
