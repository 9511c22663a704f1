"""The pages under dashboard/: HTML, style and scripts, the same for every project; without data they say what to run."""

from pathlib import Path

from pipeline.paths import Paths
from pipeline.store import write_text

PAGES = Path(__file__).parent / "pages"


def write_pages(paths: Paths) -> None:
    for source in sorted(file for file in PAGES.rglob("*") if file.is_file()):
        write_text(paths.dashboard / source.relative_to(PAGES), source.read_text(encoding="utf-8"), durable=False)
