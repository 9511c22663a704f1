"""The pages under dashboard/: HTML, style and scripts, the same for every project but for its name in what they advise; without data they say what to run."""

import json
from pathlib import Path

from pipeline.paths import Paths
from pipeline.store import write_text
from pipeline.wording import project_option

PAGES = Path(__file__).parent / "pages"


def write_pages(paths: Paths) -> None:
    for source in sorted(file for file in PAGES.rglob("*") if file.is_file()):
        write_text(paths.dashboard / source.relative_to(PAGES), source.read_text(encoding="utf-8"), durable=False)
    if option := project_option(paths):
        write_text(paths.dashboard / "assets" / "project.js", f"window.blueprintProject = {json.dumps(option)};\n", durable=False)
