"""Export to DSL to clipboard text: nothing lost, by the count of a reader that shares nothing with ours."""

from pathlib import Path

import pytest

from plain_reader import plain_graph, plain_links
from roundtrip import compare, round_trip
from utils.clipboard.bytes import decode
from utils.clipboard_reader import read_clipboard

SAMPLES = sorted((Path(__file__).parents[1] / "raw-data" / "clipboard-exports").glob("sample_*.txt"))


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_our_samples_lose_nothing(file):
    result = round_trip(file.read_text(encoding="utf-8"), file.stem)
    assert result.losses == [] and result.nodes > 5 and result.wires > 5


def test_no_real_export_loses_a_node_a_wire_a_value_or_a_variable(exports_folder):
    trips = {}
    for file in sorted(exports_folder.glob("*.txt")):
        text, _ = decode(file.read_bytes())
        if read_clipboard(text).blueprint is not None:
            trips[file.name] = round_trip(text, file.stem)
    assert len(trips) > 200 and sum(trip.wires for trip in trips.values()) > 1000
    assert {name: trip.losses for name, trip in trips.items() if trip.losses} == {}
    assert sum(trip.generic_nodes for trip in trips.values()) < 0.01 * sum(trip.nodes for trip in trips.values())


@pytest.mark.parametrize(("change", "lost"), [
    (lambda text: text.replace('MemberName="PrintString"', 'MemberName="PrintText"'), "node lost"),
    (lambda text: text.replace("LinkedTo=", "Linked="), "wire lost"),
    (lambda text: text.replace('DefaultValue="4.000000"', 'DefaultValue="5.000000"'), "value lost"),
    (lambda text: text.replace('MemberName="HealAmount"', 'MemberName="Amount"'), "variable lost")])
def test_the_count_sees_what_is_missing(change, lost):
    """A check that cannot fail is none: each kind of loss is put into a text on purpose."""
    text = next(file for file in SAMPLES if "health" in file.name).read_text(encoding="utf-8")
    losses = compare(plain_graph(text), plain_graph(change(text)))
    assert any(loss.startswith(lost) for loss in losses)


def test_the_plain_reader_sees_through_reroutes():
    def node(kind: str, name: str, *pins: str) -> str:
        return f'Begin Object Class=/Script/BlueprintGraph.{kind} Name="{name}"\n' + "\n".join(pins) + "\nEnd Object\n"

    def pin(name: str, links: str, out: bool = False) -> str:
        return f'CustomProperties Pin (PinId={name},PinName="{name}",' + ('Direction="EGPD_Output",' if out else "") + f"LinkedTo=({links},),)"

    text = node("K2Node_A", "A", pin("then", "K I", True)) + node("K2Node_Knot", "K", pin("I", "A then"), pin("O", "B x", True)) + node("K2Node_B", "B", pin("x", "K O"))
    assert plain_links(text) == [("A", "then", "B", "x")]
