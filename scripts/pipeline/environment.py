"""Make the virtual environment beside this installation, and install requirements.txt when it has changed.

Run by run_pipeline.sh and run_pipeline.ps1 with any Python 3.11 or newer, so nothing but the standard library is used.

Reads    requirements.txt
Writes   venv/, with venv/.requirements.sha256 as the last thing of a complete installation
Usage    python scripts/pipeline/environment.py        prints the path of the environment's Python
Exit     0 ready, 1 Python too old, no venv module, or pip failed
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parents[2]


class EnvironmentProblem(Exception):
    """One line with the problem, one with the remedy."""


def python_of(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """False for a missing or half-made environment, and for one whose Python was uninstalled."""
    command = [str(python), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    return python.exists() and subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def requirements_hash(requirements: Path, python: Path) -> str:
    """Changes with the file and with the Python that the packages were built for."""
    version = subprocess.run([str(python), "-V"], capture_output=True, text=True, check=True).stdout.strip()
    return hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()


def marker_of(venv: Path) -> Path:
    return venv / ".requirements.sha256"


def is_installed(venv: Path, wanted: str) -> bool:
    marker = marker_of(venv)
    return marker.is_file() and marker.read_text(encoding="ascii").strip() == wanted


def ensure_environment(root: Path = ROOT) -> Path:
    """Return the environment's Python, made and filled if need be; a second start does neither."""
    venv, requirements = root / "venv", root / "requirements.txt"
    python = python_of(venv)
    if not works(python):
        make_venv(venv)
    wanted = requirements_hash(requirements, python)
    if not is_installed(venv, wanted):
        install(python, requirements)
        marker_of(venv).write_text(wanted + "\n", encoding="ascii")
    return python


def make_venv(venv: Path) -> None:
    say(f"Making the environment {venv} (Python {sys.version.split()[0]}) ...")
    # --clear: what a broken attempt left behind would otherwise be kept.
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], stdout=sys.stderr, check=False)
    if made.returncode != 0:
        raise EnvironmentProblem("Python could not make a virtual environment (its message is above).\n"
                                 "  Fix: install the venv module (Debian, Ubuntu: sudo apt install python3-venv), then run this again.")


def install(python: Path, requirements: Path) -> None:
    say("Installing requirements.txt (only when it has changed; several GB with CUDA) ...")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        raise EnvironmentProblem("pip could not install requirements.txt (its message is above).\n"
                                 "  Fix: check the network and the free disk space, then run this again; it continues with what is there.")
    warn_about_torch_without_cuda(python)


def warn_about_torch_without_cuda(python: Path) -> None:
    """On Windows the default package source holds PyTorch without CUDA: a GPU would silently stay unused."""
    if shutil.which("nvidia-smi") is None:
        return
    probe = [str(python), "-c", "import torch; print(torch.version.cuda or '')"]
    if not subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip():
        say("WARNING: there is an NVIDIA GPU, but the installed PyTorch is built without CUDA.\n"
            "  Fix: install the CUDA build of the same version into venv (the command is on PyTorch's 'Get started' page).")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    if sys.version_info < OLDEST_PYTHON:
        say(f"Python {sys.version.split()[0]} is too old.\n  Fix: install Python 3.11 or newer.")
        return 1
    try:
        print(ensure_environment())
    except EnvironmentProblem as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
