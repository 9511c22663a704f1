"""Two processes train as one process with double accumulation does."""

import os
import subprocess
import sys

import pytest
from training_world import tiny_base, write_project

from pipeline.paths import REPOSITORY, SCRIPTS, Paths
from pipeline.stop import request_stop
from pipeline.store import read_json, read_jsonl

STEPS = 6


def launch(paths: Paths, processes: int, *options: str) -> subprocess.CompletedProcess[str]:
    # What `accelerate launch` starts for several GPUs; for several CPU processes it would want MPI installed.
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes)]
    command = [*launcher, str(SCRIPTS / "04_train_blueprint_lora.py"), "--project", str(paths.root), *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIPELINE_")} | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False)


def loss_curve(paths: Paths, processes: int, *options: str) -> list[float]:
    done = launch(paths, processes, *options)
    assert done.returncode == 0, done.stderr[-3000:]
    assert read_json(paths.model_folder(1) / "training_config.json")["processes"] == processes
    assert paths.model_versions() == [1]
    lines = read_jsonl(paths.model_folder(1) / "training_log.jsonl")
    return [line["loss"] for line in lines if "loss" in line]


@pytest.mark.slow
def test_two_processes_have_the_loss_curve_of_one_with_double_accumulation(tmp_path):
    base = tiny_base(tmp_path / "base")
    curves = []
    for processes, accumulation in ((1, 4), (2, 4)):
        paths = Paths(tmp_path / f"p{processes}")
        paths.root.mkdir()
        write_project(paths, 24, 4, model={"base_model": str(base)}, lora={"lora_r": 16}, quantization={"use_4bit": False, "use_8bit": False},
                      training={"max_steps": STEPS, "batch_size": 2, "gradient_accumulation_steps": accumulation, "learning_rate": 2e-3})
        curves.append(loss_curve(paths, processes))
    assert len(curves[0]) == STEPS
    assert curves[1] == pytest.approx(curves[0], rel=1e-4)


@pytest.mark.slow
def test_two_processes_agree_on_what_each_measures_for_itself(tmp_path):
    """Precision, steps within a time budget and the budget's end come from clocks, which differ; the training must not."""
    base, paths = tiny_base(tmp_path / "base"), Paths(tmp_path / "p")
    paths.root.mkdir()
    write_project(paths, 24, 4, model={"base_model": str(base)}, lora={"lora_r": 16}, training={"batch_size": 2, "learning_rate": 2e-3})
    assert len(loss_curve(paths, 2, "--max-minutes", "0.3")) > 1


@pytest.mark.slow
def test_two_processes_stop_together(tmp_path):
    base, paths = tiny_base(tmp_path / "base"), Paths(tmp_path / "p")
    paths.root.mkdir()
    write_project(paths, 24, 4, model={"base_model": str(base)}, lora={"lora_r": 16}, quantization={"use_4bit": False, "use_8bit": False},
                  training={"batch_size": 2, "learning_rate": 2e-3, "max_steps": 500})
    request_stop(paths)
    done = launch(paths, 2)
    assert done.returncode != 0 and "Stopped at step 1 of 500" in done.stdout
