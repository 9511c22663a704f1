"""How fast is clipboard reading, against the grammar of the npm package ueblueprint, and on texts of up to 50 MB?

Both read the same exports as whole processes, in turn, so that other work on the machine hits both alike; the figures
are the fastest of --rounds, by the clock and in processor time, and the median of the rounds' ratios. Ours goes all the
way to DSL documents, the grammar to its objects.

Reads    a folder of exports (default: the variable BLUEPRINT_EXPORTS)
Writes   nothing; a table on stdout
Usage    python benchmarks/clipboard_reading.py [FOLDER] --oracle FOLDER [--rounds 5]
         python benchmarks/clipboard_reading.py --sizes 1 5 10 50
         --oracle is a folder with oracle.mjs over ueblueprint (needs node)
Exit     0 measured, 1 a reader failed
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
WORKER = """
import sys
from pipeline.garbage import collect_rarely
collect_rarely()  # as every script does
from pipeline.spread import spread
from utils.blueprint_patterns import load_catalogue
from utils.clipboard.bytes import decode
from utils.clipboard_reader import read_clipboard

def read(name):
    with open(name, "rb") as file:
        graphs = read_clipboard(decode(file.read())[0], name).blueprint.graphs
    return sum(len(graph.nodes) for graph in graphs), sum(len(graph.wires) for graph in graphs)

load_catalogue()
counts = list(spread(read, open(sys.argv[1], encoding="utf-8").read().splitlines(), int(sys.argv[2]) or None))
print(*map(sum, zip(*counts)))
"""
APART = 50_000  # units between two copies: comment boxes of one hold no nodes of another
RENAMED = re.compile(r"\b((?:K2Node|EdGraphNode|GameplayTagsK2Node)_\w+?_)(\d+)\b")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=os.environ.get("BLUEPRINT_EXPORTS"))
    parser.add_argument("--oracle", type=Path, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=0, help="processes of ours (default: one a core)")
    parser.add_argument("--sizes", type=float, nargs="*", metavar="MB", help="time and memory of one text of each size")
    args = parser.parse_args()
    if args.folder is None:
        parser.error("name a folder of exports, or set BLUEPRINT_EXPORTS")
    return args


def main() -> int:
    args = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        files = blueprint_exports(Path(args.folder))
        if args.oracle:
            race(files, args.oracle, args.rounds, args.jobs, Path(scratch))
        for size_mb in args.sizes or ():
            measure_size(files, size_mb, Path(scratch))
    return 0


def blueprint_exports(folder: Path) -> list[Path]:
    """Those that hold a node of a Blueprint graph."""
    return [file.resolve() for file in sorted(folder.rglob("*.txt")) if "K2Node" in file.read_text(encoding="utf-8-sig", errors="replace")]


def environment(scratch: Path) -> dict[str, str]:
    """As users have it: compiled modules are kept, here in a folder of their own."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "PYTHONPATH": str(SCRIPTS), "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}


def race(files: list[Path], oracle: Path, rounds: int, jobs: int, scratch: Path) -> None:
    names = scratch / "files.txt"
    names.write_text("\n".join(map(str, files)), encoding="utf-8")
    ours = [sys.executable, "-c", WORKER, str(names), str(jobs)]
    theirs = ["node", "oracle.mjs", "--brief", *map(str, files)]
    seconds(ours, scratch)
    rounds_s = [(seconds(ours, scratch), seconds(theirs, scratch, cwd=oracle)) for _ in range(rounds)]
    size_mb = sum(file.stat().st_size for file in files) / 1e6
    print(f"{len(files)} exports, {size_mb:.1f} MB, whole processes, fastest of {rounds}" + (f", ours in {jobs} process" if jobs else ""))
    for place, clock in enumerate(("clock", "processor")):
        pairs = [(ours_s[place], theirs_s[place]) for ours_s, theirs_s in rounds_s]
        ours_s, theirs_s = map(min, zip(*pairs))
        print(f"  {clock:9}  ours, to DSL documents {ours_s:6.3f} s   grammar of ueblueprint {theirs_s:6.3f} s   {theirs_s / ours_s:.1f} times faster; "
              f"by rounds {median(theirs / ours for ours, theirs in pairs):.1f}: " + " ".join(f"{theirs / ours:.1f}" for ours, theirs in pairs))


def seconds(command: list[str], scratch: Path, cwd: Path | None = None) -> tuple[float, float]:
    """By the clock, and processor time of the process and all that it started (0 where the system does not tell)."""
    start, before = time.perf_counter(), os.times()
    run = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment(scratch), encoding="utf-8")
    elapsed_s, after = time.perf_counter() - start, os.times()
    if run.returncode and command[0] != "node":  # the grammar cannot read the damaged export, and says so by its status
        sys.exit(run.stderr)
    return elapsed_s, after.children_user + after.children_system - before.children_user - before.children_system


def measure_size(files: list[Path], size_mb: float, scratch: Path) -> None:
    """One text of that size, of the exports again and again under other names, side by side."""
    import psutil

    text = scratch / "large.txt"
    write_large(files, int(size_mb * 1e6), text)
    names = scratch / "large_names.txt"
    names.write_text(str(text), encoding="utf-8")
    before, peak = os.times(), 0
    process = psutil.Popen([sys.executable, "-c", WORKER, str(names), "1"], stdout=subprocess.PIPE, env=environment(scratch))
    while process.poll() is None:
        try:
            peak = max(peak, process.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.02)
    nodes, wires = process.stdout.read().split()
    after, megabytes = os.times(), text.stat().st_size / 1e6
    clock_s, processor_s = after.elapsed - before.elapsed, after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{megabytes:6.1f} MB  {clock_s:7.2f} s by the clock  {processor_s:7.2f} s processor  {megabytes / processor_s:5.1f} MB/s  "
          f"{peak / 2**20:7.0f} MiB  {int(nodes)} nodes  {int(wires)} wires")


def write_large(files: list[Path], size: int, target: Path) -> None:
    exports = [file.read_text(encoding="utf-8-sig") for file in files]
    written, turn = 0, 0
    with open(target, "w", encoding="utf-8", newline="\n") as out:
        while written < size:
            text = RENAMED.sub(rf"\g<1>{turn}\2", exports[turn % len(exports)])
            text = re.sub(r" ExportPath=\S+", "", text)
            text = re.sub(r"NodePosX=(-?\d+)", lambda found, at=turn * APART: f"NodePosX={int(found[1]) + at}", text)
            out.write(text if text.endswith("\n") else text + "\n")
            written += len(text)
            turn += 1


if __name__ == "__main__":
    sys.exit(main())
