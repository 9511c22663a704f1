"""Every Blueprint export there and back: what independent readers find in the source and in what we write.

    export -> DSL document -> clipboard text -> the same nodes (class and member), wires, values, variables?

Reads    a folder of exports (default: the variable BLUEPRINT_EXPORTS, else raw-data/clipboard-exports)
Writes   a table on stdout; the written texts with --keep
Usage    python tests/roundtrip_report.py [FOLDER] [--files] [--counter count_graph.py] [--oracle FOLDER]
         --oracle is a folder with oracle.mjs over the npm package ueblueprint (needs node), --counter a second counter
Exit     0 nothing lost, 1 something was lost or a reader complained
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from plain_reader import COMMENT, KNOT, read_nodes

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("nodes", "wires", "values", "variables", "generic_nodes")


def main() -> int:
    args = arguments()
    from corpus.translate import export_files, translate_file

    files = [file for file in export_files(args.folder) if translate_file(file).blueprint is not None]
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        results = {file: trip(file, folder) for file in files}
        print_table(results, args.files)
        faults = sum(map(len, (result.losses for result in results.values())))
        if args.counter:
            faults += report_counter(results, args.counter)
        if args.oracle:
            faults += report_oracle(results, folder, args.oracle)
    return 1 if faults else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("BLUEPRINT_EXPORTS") or ROOT / "raw-data" / "clipboard-exports"
    parser.add_argument("folder", type=Path, nargs="?", default=Path(default))
    parser.add_argument("--files", action="store_true", help="a row for each file")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the written texts here")
    parser.add_argument("--counter", type=Path, metavar="count_graph.py")
    parser.add_argument("--oracle", type=Path, metavar="FOLDER")
    return parser.parse_args()


def trip(file: Path, folder: Path):
    from roundtrip import round_trip
    from utils.clipboard.bytes import decode

    result = round_trip(decode(file.read_bytes())[0], file.stem)
    (folder / f"{file.stem}.txt").write_text(result.written, encoding="utf-8", newline="\n")
    return result


def print_table(results: dict, with_files: bool) -> None:
    width = max(len(file.stem) for file in results) if with_files else 24
    print(f"{'export':{width}} " + " ".join(f"{column:>13}" for column in COLUMNS) + "   lost")
    for file, result in results.items() if with_files else ():
        print(f"{file.stem:{width}} " + " ".join(f"{getattr(result, column):13}" for column in COLUMNS) + f"   {len(result.losses)}")
    total = Counter({column: sum(getattr(result, column) for result in results.values()) for column in COLUMNS})
    print(f"{f'{len(results)} exports':{width}} " + " ".join(f"{total[column]:13}" for column in COLUMNS)
          + f"   {sum(len(result.losses) for result in results.values())}")
    damaged = [file.stem for file, result in results.items() if result.is_damaged]
    print(f"damaged in the source, held against their document only: {', '.join(damaged) or 'none'}")
    for file, result in results.items():
        for loss in result.losses:
            print(f"  {file.stem}: {loss}")


def report_counter(results: dict, counter: Path) -> int:
    """The second counter over source and written text: classes of nodes, and of the ends of each wire."""
    spec = importlib.util.spec_from_file_location("count_graph", counter)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    faults = 0
    for file, result in results.items():
        source, written = (counted(module, text) for text in (file.read_text(encoding="utf-8-sig"), result.written))
        if source != written and not result.is_damaged:
            faults += 1
            print(f"  {counter.name} {file.stem}: {source[0] - written[0] or source[1] - written[1]} lost")
    print(f"{counter.name}: {len(results) - faults} of {len(results)} exports with the same nodes and wires")
    return faults


def counted(module, text: str) -> tuple[Counter, Counter]:
    """Classes of real nodes, and of the two ends of each wire with the knots taken out."""
    root, _ = module.read(text)
    kinds = {name: found.cls.rpartition(".")[2] for name, found in root.kids.items()}
    forward: dict[tuple, set] = {}
    outputs = {(node.name, pin_id) for node in read_nodes(text) for pin_id, pin in node.pins.items() if pin.is_output}
    for link in map(tuple, module.links_of(root)[0]):
        source, target = sorted(link, key=outputs.__contains__, reverse=True)
        forward.setdefault(source if kinds[source[0]] != KNOT else source[0], set()).add(target)
    real = {name for name, kind in kinds.items() if kind not in (KNOT, COMMENT)}
    pairs = Counter((kinds[source[0]], kinds[target]) for source in forward if source[0] in real and isinstance(source, tuple)
                    for target, _ in ends(source, forward, kinds))
    return Counter(kinds[name] for name in real), pairs


def ends(source: tuple, forward: dict, kinds: dict) -> set:
    found, seen, stack = set(), set(), list(forward[source])
    while stack:
        end = stack.pop()
        if kinds[end[0]] != KNOT:
            found.add(end)
        elif end[0] not in seen:
            seen.add(end[0])
            stack += forward.get(end[0], ())
    return found


def report_oracle(results: dict, folder: Path, oracle: Path) -> int:
    """The viewer's own grammar over all written texts: no error, and the nodes and wires that we meant."""
    files = [str((folder / f"{file.stem}.txt").resolve()) for file in results]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:  # node drops what a pipe has not taken when it exits
        subprocess.run(["node", "oracle.mjs", *files], cwd=oracle, stdout=output)
        output.seek(0)
        lines = output.read().split("\n")[:-1]
    faults = 0
    for line, (file, result) in zip(lines, results.items()):
        seen = json.loads(line)
        nodes = sum(not node["class"].endswith(("K2Node_Knot", "EdGraphNode_Comment")) for node in seen["nodes"])
        if seen["errors"] or not result.is_damaged and (nodes, seen["links"]) != (result.nodes, result.wires):
            faults += 1
            print(f"  oracle {file.stem}: {seen['errors'] or (nodes, seen['links'])}")
    print(f"oracle: {len(results) - faults} of {len(results)} written texts read without an error, with all nodes and wires")
    return faults + (len(lines) != len(results))


if __name__ == "__main__":
    paths = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests")])
    if paths not in os.environ.get("PYTHONPATH", ""):
        sys.exit(subprocess.run([sys.executable, *sys.argv], env={**os.environ, "PYTHONPATH": paths}).returncode)
    sys.exit(main())
