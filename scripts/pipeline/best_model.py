"""Which adapter is the best so far: by its mean score on the hold-out exams."""

from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from pipeline.paths import MODEL_PREFIX, Paths
from pipeline.store import read_jsonl

Scores = dict[tuple[str, str], float]
"""Of one model: by lesson and prompt, from the newest exam that asked it."""


def best_version(paths: Paths) -> int | None:
    """The version with the highest mean hold-out score, the newer of equals; without such exams the newest version."""
    return _best(paths.model_versions(), lambda version: f"{MODEL_PREFIX}{version}", hold_out_scores(paths))


def best_adapter(paths: Paths, fits: Callable[[Path], bool] = lambda _: True) -> Path | None:
    """The same among all adapters that `fits` accepts, the one that ships with the program among them (it counts as the oldest)."""
    shipped = Paths().embedded_adapter
    folders = [shipped, *(paths.model_folder(version) / "final" for version in paths.model_versions())]
    usable = [folder for folder in folders if (folder / "adapter_config.json").is_file() and fits(folder)]
    return _best(usable, adapter_name, hold_out_scores(paths))


def adapter_name(folder: Path) -> str:
    """What exams and records call the adapter in this folder: a version by its own folder, not by its `final/`."""
    return folder.parent.name if folder.name == "final" else folder.name


def _best(candidates: list, name_of: Callable, scores: dict[str, Scores]):
    """Candidates come oldest first. A partial exam does not count beside a whole one: its prompts may be the easy ones."""
    examined = [one for one in candidates if name_of(one) in scores]
    most = max((len(scores[name_of(one)]) for one in examined), default=0)
    whole = [(fmean(scores[name_of(one)].values()), place, one) for place, one in enumerate(examined) if len(scores[name_of(one)]) == most]
    return max(whole)[2] if whole else (candidates[-1] if candidates else None)


def is_usual(record: dict) -> bool:
    """Whether a line of an exam or an evaluation's record was asked as versions are compared: greedily and under the constraint."""
    return bool(record.get("constrained", True)) and record.get("candidates", 1) == 1


def hold_out_scores(paths: Paths) -> dict[str, Scores]:
    """By the name of the model, from exams asked the usual way; a prompt asked twice counts once, as last answered."""
    found: dict[str, Scores] = {}
    for file in sorted(paths.exams.glob("exam_*.jsonl"), key=lambda file: file.stat().st_mtime):
        for line in read_jsonl(file):
            if line.get("hold_out") and is_usual(line):
                name = line.get("model") or f"{MODEL_PREFIX}{line.get('version')}"
                found.setdefault(name, {})[line.get("lesson_id", ""), line.get("prompt_id", "")] = float(line.get("score", 0.0))
    return found
