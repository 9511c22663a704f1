"""The data set is the same bytes whatever the hash seed and the order in which its files were made."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.paths import SCRIPTS, Paths

LESSONS = Path(__file__).resolve().parents[1] / "lessons"
SAMPLES = Path(__file__).parent / "clipboard_samples"
STEPS = (("05_auto_translate_export.py", "--training"), ("13_lesson_to_training.py",), ("03_generate_synthetic_data.py", "--count", "60"),
         ("20_deduplicate_dataset.py", "--merge"), ("08_generate_system_prompt.py",))


def build(root: Path, hash_seed: str, is_reversed: bool) -> dict[str, str]:
    """Digests of everything that the data steps write in a project made of two lessons and the sample exports."""
    paths = Paths(root)
    for folder, files in ((paths.lessons, sorted(LESSONS.glob("lesson_0[12].json"))), (paths.raw_exports, sorted(SAMPLES.glob("*.txt")))):
        folder.mkdir(parents=True)
        for file in reversed(files) if is_reversed else files:
            shutil.copy(file, folder)
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    for script, *arguments in STEPS:
        subprocess.run([sys.executable, str(SCRIPTS / script), *arguments, "--project", str(root)], env=environment, capture_output=True, check=False, timeout=300)
    written = [file for folder in (paths.rows, paths.datasets) for file in sorted(folder.rglob("*")) if file.is_file()]
    return {file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in written}


def test_hash_seed_and_order_of_files_change_nothing(tmp_path, script_environment):
    first, second = build(tmp_path / "a", "1", False), build(tmp_path / "b", "77", True)
    assert {"datasets/train.jsonl", "datasets/validation.jsonl", "datasets/provenance.jsonl", "datasets/system_prompt.txt", "cleaned-data/rows/exports.jsonl"} <= first.keys()
    assert first == second
