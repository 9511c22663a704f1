"""VAR lines stand as the instruction first mentions their names: the order is not graded, so let it be the one that can be foreseen."""

from __future__ import annotations

import re
from dataclasses import replace

from utils.dsl.ast import Blueprint


def in_order_of_mention(blueprint: Blueprint, instruction: str) -> Blueprint:
    """The document with its variables in the order of their names in the text; those that it does not name come last, as they were."""
    def place(name: str) -> int:
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", instruction)
        return found.start() if found else len(instruction)

    return replace(blueprint, variables=tuple(sorted(blueprint.variables, key=lambda variable: place(variable.name))))
