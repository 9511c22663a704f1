"""Make the node catalogue's data file from a full catalogue of the engine's reflection data.

Keeps what shapes need (names, types, defaults, flags) and drops provenance. One record a line, so that diffs stay readable.

Reads    ue_catalogue.json: classes, functions, events, properties, structs, enums, delegates, nodes, macros, operators
Writes   scripts/utils/data/catalogue.json
Usage    python tools/build_catalogue.py ue_catalogue.json
Exit     0 written, 2 bad usage
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "scripts" / "utils" / "data" / "catalogue.json"
SCHEMA_VERSION = 1
# Bits of a function record, read by utils/catalogue/data.py.
FUNCTION_FLAGS = {"static": 1, "pure": 2, "latent": 4, "const": 8, "dev": 16, "maybe_editor": 64}
PURITY_GUESSED = 32
# Not in the source, but movement components are wired to this interface's functions in real graphs.
MISSING_INTERFACES = {"/Script/Engine.NavMovementComponent": "/Script/Engine.NavMovementInterface"}

Record = dict[str, Any]


def function_flags(function: Record) -> int:
    flags = sum(bit for key, bit in FUNCTION_FLAGS.items() if function.get(key))
    return flags | (PURITY_GUESSED if function.get("pure_src") == "guess" else 0)


def function_row(function: Record) -> list:
    """[name, flags, inputs, outputs, extras?]; an input is [name, type, default?, flags?]."""
    extras = {key: function[key] for key in ("wc", "k2", "exec_out", "exec_enum", "sigs") if key in function}
    row = [function["n"], function_flags(function), function["in"], function["out"]]
    return [*row, extras] if extras else row


def event_row(event: Record) -> list:
    """[name, parameters, results?]; with results it is a function to override, not an event node."""
    row = [event["n"], event["out"]]
    return [*row, event["ret"]] if "ret" in event else row


def by_class(records: list[Record], to_row) -> dict[str, list]:
    grouped: dict[str, list] = defaultdict(list)
    for record in records:
        grouped[record["c"]].append(to_row(record))
    return {path: sorted(rows) for path, rows in sorted(grouped.items())}


def struct_row(struct: Record) -> list:
    """[members, super?]; a member is [name, type, access] with access rw, ro, - or ?."""
    return [struct["m"], struct["super"]] if struct.get("super") else [struct["m"]]


def node_row(node: Record) -> Record:
    return {key: node[key] for key in ("class", "in", "out", "dyn_in", "dyn_out", "dynamic") if key in node}


def async_row(action: Record) -> list:
    """[factory function, kind, exec outputs, data outputs, proxy class]."""
    return [action["n"], action["kind"], action["exec_out"], action["out"], action["proxy"]]


def class_rows(classes: dict[str, list]) -> dict[str, list]:
    """[parent, kind, interfaces?]. The source has Interface as its own parent; in the engine it is an Object."""
    rows = {path: ["/Script/CoreUObject.Object" if row[0] == path else row[0], *row[1:]] for path, row in classes.items()}
    for path, interface in MISSING_INTERFACES.items():
        rows[path][2:] = [[*(rows[path][2:] or [[]])[0], interface]]
    return rows


def compact(full: Record) -> dict[str, Any]:
    return {
        "meta": {"schema": SCHEMA_VERSION, "engine": full["meta"]["engine_versions"]},
        "classes": class_rows(full["classes"]),
        "functions": by_class(full["functions"], function_row),
        "events": by_class(full["events"], event_row),
        "properties": full["properties"],
        "structs": {path: struct_row(struct) for path, struct in full["structs"].items()},
        "enums": full["enums"],
        "delegates": {path: signature["p"] for path, signature in full["delegates"].items()},
        "nodes": {name: node_row(node) for name, node in full["nodes"].items()},
        "macros": full["macros"],
        "operators": full["operators"],
        "autocasts": full["autocasts"],
        "dynamic_outputs": [[row["class"], row["fn"], row["class_pin"], row["pin"]] for row in full["dynamic_outputs"]],
        "native_make_break": full["native_make_break"],
        "async": by_class(full["async"], async_row),
    }


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def section_text(section: dict | list) -> str:
    if isinstance(section, dict):
        return "{\n" + ",\n".join(f"{dump(key)}:{dump(value)}" for key, value in section.items()) + "\n}"
    return "[\n" + ",\n".join(map(dump, section)) + "\n]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the full ue_catalogue.json")
    source = parser.parse_args().source
    if not source.is_file():
        parser.error(f"{source}: no such file")
    sections = compact(json.loads(source.read_text(encoding="utf-8")))
    text = "{\n" + ",\n".join(f"{dump(name)}:{section_text(rows)}" for name, rows in sections.items()) + "\n}\n"
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    print(f"{TARGET}: {len(text.encode()) / 1e6:.2f} MB, " + ", ".join(f"{len(rows)} {name}" for name, rows in sections.items()))


if __name__ == "__main__":
    main()
