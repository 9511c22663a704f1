"""Backups: whole or not there, kept as retention says, restored behind a safety backup."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import backup_utils
from backup_utils import (KEPT, MANIFEST, UNFINISHED, contents, create_backup, damages, find_backup, is_unchanged, list_backups, mirror,
                          prune, restore)
from error_handler import UserError
from pipeline.best_model import best_version
from pipeline.hashes import files_under
from pipeline.paths import SCRIPTS, Paths
from pipeline.store import write_jsonl


@pytest.fixture
def project(paths: Paths) -> Paths:
    for name, text in {"lessons/lesson_01.json": "{}", "lessons/holdout/holdout_01.json": "{}", "datasets/train.jsonl": "a row\n",
                       "results/exams/exam.txt": "", "pipeline_config.json": "{}", "raw-data/clipboard-exports/a b.txt": "Begin Object"}.items():
        put(paths, name, text)
    for version in (1, 2, 10):
        put(paths, f"models/blueprint-lora-v{version}/final/adapter_model.safetensors", f"weights {version}")
        put(paths, f"models/blueprint-lora-v{version}/checkpoint-5/optimizer.pt", "large")
    return paths


def put(paths: Paths, name: str, text: str) -> None:
    file = paths.root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def snapshot(paths: Paths) -> dict[str, bytes]:
    """The project's own files, without its backups."""
    places = [place for place in paths.root.iterdir() if place.name not in {"backups", "logs"}]
    return {paths.relative(file): file.read_bytes() for place in places for file in files_under(place)}


def test_a_restored_project_is_byte_for_byte_the_one_backed_up(project):
    before = snapshot(project)
    backup = create_backup(project, "manual")
    for name in ("lessons/lesson_01.json", "datasets/train.jsonl", "models/blueprint-lora-v10/final/adapter_model.safetensors"):
        put(project, name, "spoilt")
    (project.root / "raw-data/clipboard-exports/a b.txt").unlink()
    restore(project, project.backups, backup)
    assert snapshot(project) == before


def test_what_a_restore_overwrites_lies_in_the_safety_backup(project):
    backup = create_backup(project, "manual")
    put(project, "datasets/train.jsonl", "newer row\n")
    safety = restore(project, project.backups, backup)
    assert (project.backups / safety.label / "datasets/train.jsonl").read_text() == "newer row\n"
    restore(project, project.backups, safety)
    assert project.train_file.read_text() == "newer row\n"


def test_checkpoints_are_left_out_and_the_newest_version_is_chosen_by_number(project):
    names = {project.relative(file) for file in contents(project, "train_complete")}
    assert "models/blueprint-lora-v10/final/adapter_model.safetensors" in names
    assert not any("checkpoint" in name or "-v2/" in name for name in names)


def test_the_backup_before_training_holds_the_best_model_by_hold_out(project):
    assert best_version(project) == 10, "without exams the newest"
    for version, score in ((1, 40.0), (2, 70.0), (10, 60.0)):
        lines = [{"version": version, "hold_out": True, "score": score}, {"version": version, "hold_out": False, "score": 100.0 - score}]
        write_jsonl(project.exams / f"exam_holdout_{version}.jsonl", lines)
    assert best_version(project) == 2
    assert any("blueprint-lora-v2/" in file.as_posix() for file in contents(project, "pre_train"))


@pytest.mark.parametrize("harm", ["shorten", "change", "delete"])
def test_a_damaged_backup_is_seen_and_never_restored(project, harm):
    backup = create_backup(project, "manual")
    copy = project.backups / backup.label / "datasets/train.jsonl"
    {"shorten": lambda: copy.write_text("a"), "change": lambda: copy.write_text("b row\n"), "delete": copy.unlink}[harm]()
    before = snapshot(project)
    assert len(damages(project.backups, backup)) == 1
    with pytest.raises(UserError, match="train.jsonl"):
        restore(project, project.backups, backup)
    assert snapshot(project) == before


def test_a_manifest_that_points_outside_the_project_is_refused(project):
    backup = create_backup(project, "manual")
    manifest = project.backups / backup.label / MANIFEST
    document = json.loads(manifest.read_text())
    document["files"][0]["path"] = "../outside.txt"
    manifest.write_text(json.dumps(document))
    with pytest.raises(UserError, match="damaged"):
        restore(project, project.backups, list_backups(project.backups)[0])
    assert not (project.root.parent / "outside.txt").exists()


def test_a_backup_killed_while_copying_is_no_backup(project, monkeypatch):
    """Stops after the first file, after the second, and so on until the backup passes."""
    real, total = backup_utils._copy, len(contents(project, "manual"))
    for stop_at in range(total + 1):
        copied = []

        def copy(*args, copied=copied, stop_at=stop_at):
            if len(copied) == stop_at:
                raise KeyboardInterrupt
            copied.append(args)
            return real(*args)

        monkeypatch.setattr(backup_utils, "_copy", copy)
        if stop_at < total:
            with pytest.raises(KeyboardInterrupt):
                create_backup(project, "manual")
            assert list_backups(project.backups) == []
        else:
            assert damages(project.backups, create_backup(project, "manual")) == []


def test_retention_keeps_milestones_for_ever_and_the_last_of_the_others(project):
    labels = {kind: [create_backup(project, kind, [project.config_file]).label for _ in range(7)]
              for kind in ("manual", "exam_complete", "scheduled", "pre_train")}
    left = project.backups / (UNFINISHED + "of_old")
    left.mkdir()
    os.utime(left, (0, 0))
    prune(project.backups)
    kept = {backup.label for backup in list_backups(project.backups)}
    expected = {*labels["manual"], *labels["exam_complete"], *labels["scheduled"][-KEPT["scheduled"]:], *labels["pre_train"][-KEPT["pre_train"]:]}
    assert kept == expected and not left.exists()


def test_the_mirror_follows_and_its_absence_stops_nothing(project, tmp_path):
    backup = create_backup(project, "manual")
    assert mirror(project.backups, tmp_path / "mirror") == []
    assert find_backup(backup.label, [tmp_path / "empty", tmp_path / "mirror"])[0] == tmp_path / "mirror"
    assert damages(tmp_path / "mirror", backup) == []
    (tmp_path / "file").touch()
    assert len(mirror(project.backups, tmp_path / "file" / "below a file")) == 1


def test_nothing_new_means_no_new_scheduled_backup(project):
    create_backup(project, "scheduled")
    assert is_unchanged(project, "scheduled")
    put(project, "datasets/train.jsonl", "another row\n")
    assert not is_unchanged(project, "scheduled")


def door(project: Paths, name: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, SCRIPTS / name, "--project", project.root, *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


def test_the_doors_back_up_list_and_restore_and_ask_before_overwriting(project):
    assert door(project, "16_backup.py").returncode == 0
    label = list_backups(project.backups)[0].label
    assert label in door(project, "16_backup.py", "--list").stdout
    assert "good" in door(project, "18_restore_backup.py", "--list").stdout
    put(project, "datasets/train.jsonl", "spoilt")
    refused = door(project, "18_restore_backup.py", "--restore", label)
    assert refused.returncode == 1 and "--yes" in refused.stderr and project.train_file.read_text() == "spoilt"
    assert door(project, "18_restore_backup.py", "--restore", label, "--yes").returncode == 0
    assert project.train_file.read_text() == "a row\n"
    unknown = door(project, "18_restore_backup.py", "--restore", "nonsense", "--yes")
    assert unknown.returncode == 1 and "--list" in unknown.stderr


def test_a_label_is_never_used_twice(project):
    labels = [create_backup(project, "manual", [project.config_file]).label for _ in range(4)]
    assert len(set(labels)) == 4 and len(list(Path(project.backups).iterdir())) == 4
