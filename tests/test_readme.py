"""The README under test: what it names is there, with the defaults it says."""

import dataclasses
import json
import re
import subprocess
import sys

from pipeline.config import SECTIONS
from pipeline.paths import REPOSITORY, SCRIPTS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"python scripts/(\d\d_\w+\.py)([^\n`#]*)", README)))


def test_every_numbered_script_is_in_the_table_and_every_row_is_a_script():
    rows = {f"{number}_{name}.py" for number, name in re.findall(r"^\| (\d\d) \| `(\w+)` \|", README, re.M)}
    assert rows == {file.name for file in SCRIPTS.glob("[0-9][0-9]_*.py")}


def test_every_setting_is_in_the_table_with_its_default():
    table = dict(re.findall(r"^\| `(\w+\.\w+)` \| `(.*?)` \|", README, re.M))
    settings = {f"{section}.{f.name}": json.dumps(f.default) for section, kind in SECTIONS.items() for f in dataclasses.fields(kind)}
    assert table == settings


def test_every_command_shown_names_options_that_its_script_has():
    for script, arguments in COMMANDS:
        shown = subprocess.run([sys.executable, str(SCRIPTS / script), "--help"], capture_output=True, text=True, encoding="utf-8")
        assert shown.returncode == 0, shown.stderr
        assert [option for option in re.findall(r"--[a-z-]+", arguments) if option not in shown.stdout] == [], script


def test_every_link_leads_to_a_file():
    assert [target for target in re.findall(r"\]\((?!https?:)([^)#]+)", README) if not (REPOSITORY / target).exists()] == []
