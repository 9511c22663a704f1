"""How long does it take to validate many DSL documents, from their text, on one core?

As users have them: 06 over training rows reads, parses, resolves and checks each document; here without its report.
All documents are different; loading the catalogue counts.

Reads    a .jsonl of training rows or a folder of .dsl files; without one, documents are synthesised first (not timed)
Writes   nothing; figures on stdout
Usage    python benchmarks/validation_throughput.py [FILE|FOLDER] [--count 10000]
Exit     0 within the limit of 30 s per 10,000 documents, 1 slower
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
LIMIT_S_PER_DOCUMENT = 30 / 10_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="?", metavar="FILE|FOLDER")
    parser.add_argument("--count", type=int, default=10_000, metavar="N", help="documents (default: 10,000)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        texts = load(args.path or synthesise(args.count, Path(scratch)))[:args.count]
    return measure(texts)


def synthesise(count: int, project: Path) -> Path:
    rows = project / "synthetic.jsonl"
    script = SCRIPTS / "03_generate_synthetic_data.py"
    subprocess.run([sys.executable, str(script), "--count", str(count), "--output", str(rows), "--project", str(project)], check=True, capture_output=True)
    return rows


def load(path: Path) -> list[str]:
    from report.validation import documents

    return [document.text for document in documents(path, on_unreadable=refuse)]


def refuse(error: Exception) -> None:
    raise error


def measure(texts: list[str]) -> int:
    clock, processor = time.perf_counter(), time.process_time()
    from utils.dsl_validator import validate_text

    results = [validate_text(text) for text in texts]
    clock_s, processor_s = time.perf_counter() - clock, time.process_time() - processor
    nodes = sum(len(graph.nodes) for blueprint, _ in results if blueprint for graph in blueprint.graphs)
    errors = sum(any(finding.is_error for finding in findings) for _, findings in results)
    print(f"{len(texts):,} documents ({len(set(texts)):,} different), {nodes:,} nodes, {sum(map(len, texts)) / 1e6:.1f} MB, {errors:,} with errors")
    print(f"  processor time {processor_s:6.2f} s   {1e6 * processor_s / max(1, len(texts)):5.0f} us a document   clock {clock_s:6.2f} s")
    return 0 if processor_s <= LIMIT_S_PER_DOCUMENT * len(texts) else 1


if __name__ == "__main__":
    if os.environ.get("PYTHONPATH") != str(SCRIPTS):
        sys.exit(subprocess.run([sys.executable, *sys.argv], env={**os.environ, "PYTHONPATH": str(SCRIPTS)}).returncode)
    sys.exit(main())
