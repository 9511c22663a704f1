"""Which version is the best so far: by its mean score on the hold-out exams."""

from collections import defaultdict
from statistics import fmean

from pipeline.paths import Paths
from pipeline.store import read_jsonl


def best_version(paths: Paths) -> int | None:
    """The version with the highest mean hold-out score, the newer of equals; without such exams the newest version."""
    versions = paths.model_versions()
    scores: dict[int, list[float]] = defaultdict(list)
    for file in paths.exams.glob("exam_*.jsonl"):
        for line in read_jsonl(file):
            if line.get("hold_out") and line.get("version") in versions:
                scores[line["version"]].append(float(line.get("score", 0.0)))
    ranked = sorted((fmean(values), version) for version, values in scores.items())
    return ranked[-1][1] if ranked else (versions[-1] if versions else None)
