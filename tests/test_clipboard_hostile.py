"""Texts that nobody copied from an editor: always an answer, soon, within bounded memory."""

import tracemalloc
from pathlib import Path

import pytest

from cpu_time import CpuTime, least_seconds
from hostile_texts import hostile
from utils.clipboard.bytes import decode
from utils.clipboard.comments import read_comments
from utils.clipboard.text import read_objects
from utils.clipboard_reader import read_clipboard
from utils.dsl_parser import parse, render

SAMPLES = sorted((Path(__file__).parents[1] / "raw-data" / "clipboard-exports").glob("sample_*.txt"))
OWN_SAMPLES = sorted((Path(__file__).parent / "clipboard_samples").glob("*"))
LIMIT_S_PER_BYTE = 1 / 100_000
LEAST_LIMIT_S = 1.0


def texts(folder: Path | None) -> list[bytes]:
    files = [*SAMPLES, *OWN_SAMPLES, *(sorted(folder.glob("*.txt")) if folder else ())]
    return [file.read_bytes() for file in files if file.stat().st_size < 60_000]


def survive(data: bytes) -> None:
    """Read it; what comes out is a document that parses, or an error with a remedy."""
    with CpuTime() as spent:
        text, findings = decode(data)
        translation = read_clipboard(text) if text is not None else None
    assert spent.seconds < max(LEAST_LIMIT_S, len(data) * LIMIT_S_PER_BYTE)
    if translation is None or translation.blueprint is None:
        refusal = [*(translation.findings if translation else ()), *findings][0]
        assert refusal.is_error and refusal.remedy and "\n" not in refusal.message
    elif len(data) < 20_000:
        document = render(translation.blueprint)
        assert render(parse(document)) == document


@pytest.mark.parametrize("start", range(0, 1500, 100))
def test_a_hundred_mutated_texts_are_survived(start):
    sources = texts(None)
    for seed in range(start, start + 100):
        survive(hostile(sources[seed % len(sources)], seed))


@pytest.mark.slow
def test_ten_thousand_mutated_exports_are_survived(exports_folder):
    sources = texts(exports_folder)
    for seed in range(10_000):
        survive(hostile(sources[seed % len(sources)], seed))


def node(lines: str) -> bytes:
    return f'Begin Object Class=/Script/BlueprintGraph.K2Node_CallFunction Name="A"\n{lines}\nEnd Object\n'.encode()


@pytest.mark.parametrize("data", [
    node("NodeComment=" + '"' * 200_000), node("NodeComment=" + "\\" * 200_000), node("FunctionReference=" + "(" * 200_000),
    node('CustomProperties Pin (PinId=A,PinName="x",PinType.PinCategory="struct",DefaultValue="' + "(A=" * 60_000 + '")'),
    node('CustomProperties Pin (PinId=A,PinName="x",PinType.PinCategory="int",DefaultValue="' + "9" * 200_000 + '")'),
    node('CustomProperties Pin (PinId=A,PinName="x",PinType.PinCategory="text",DefaultTextValue=' + 'LOCGEN_FORMAT_NAMED("{a}{a}","a",' * 5000),
    node("CustomProperties Pin (" + "PinId=A," * 30_000), node("CustomProperties Pin (PinId=A,LinkedTo=(" + "A A," * 60_000 + ",))"),
    node("CustomProperties Pin (PinId=A,LinkedTo=(" + "A" * 300_000 + ",))"), node('NodeComment="' + '\\"' * 100_000),
    node('NodeComment="' + '\\"' * 100_000 + "Begin Object"),
    node("").replace(b'"', b"&quot;") + b"a" * 300_000 + b"&" * 300_000,
    node("").replace(b'"', "”".encode()) + b"a" * 300_000 + "’/a".encode() * 100_000,
    node('CustomProperties Pin (PinId=A,PinName="x",PinType.PinCategory="struct",DefaultValue="(' + "A" * 300_000 + ')")'),
    node('EventReference=(MemberParent="/G/' + "interface" * 30_000 + '",MemberName="x")'),
    node("\n".join(f"PinNames({index * 7919})=x" for index in range(10_000))), node("PinNames(99999999999)=x"),
    b"".join(node("CustomProperties Pin (PinId=A,PinName=\"then\",LinkedTo=(A A,),)") for _ in range(2_000)),
    b"".join(b'Begin Object Class=/Script/BlueprintGraph.K2Node_Self Name="A" ExportPath="X\'/G/%d.B:E.A\'"\nEnd Object\n' % index for index in range(2_000)),
    b"".join(b'Begin Object Class=/Script/UnrealEd.EdGraphNode_Comment Name="%d"\nEnd Object\n' % index for index in range(2_000)) + node("")],
    ids=lambda data: f"{len(data)} bytes, {data[80:110]!r}")
def test_what_would_take_a_naive_reader_minutes_is_read_in_time(data):
    survive(data)


def test_many_reroutes_between_many_nodes_end_in_time():
    """Every knot linked to every other: a net that no editor can make."""
    links = "".join(f"K{index} O," for index in range(150))
    back = "".join(f"K{index} I," for index in range(150))
    knots = "".join(f'Begin Object Class=/Script/BlueprintGraph.K2Node_Knot Name="K{index}"\n'
                    f'CustomProperties Pin (PinId=I,PinName="InputPin",LinkedTo=({links}),)\n'
                    f'CustomProperties Pin (PinId=O,PinName="OutputPin",Direction="EGPD_Output",LinkedTo=({back}),)\nEnd Object\n' for index in range(150))
    source = node('CustomProperties Pin (PinId=S,PinName="then",Direction="EGPD_Output",PinType.PinCategory="exec",LinkedTo=(K0 I,),)').decode()
    survive((source + knots).encode())


def test_memory_stays_in_proportion_to_the_text():
    data = b"".join(SAMPLES[0].read_bytes() for _ in range(20))
    tracemalloc.start()
    read_clipboard(decode(data)[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * len(data)


def test_time_is_linear_in_the_size_of_the_text():
    def seconds(copies: int) -> float:
        text = "".join(SAMPLES[0].read_text(encoding="utf-8").replace('Name="', f'Name="C{copy}_').replace("LinkedTo=(", f"LinkedTo=(C{copy}_")
                       for copy in range(copies))
        return least_seconds(lambda: read_clipboard(text))

    seconds(1)
    assert seconds(40) < 3 * 8 * seconds(5)


def test_finding_the_nodes_in_comment_boxes_is_linear_in_their_number():
    """Boxes beside each other, as in any large graph; each with every node looked at, 50 MB took four times as long."""
    def seconds(count: int) -> float:
        boxes = read_objects("".join(f'Begin Object Class=/Script/UnrealEd.EdGraphNode_Comment Name="B{place}"\nNodePosX={1000 * place}\nEnd Object\n'
                                     for place in range(count))).objects
        names = {id(box): box.name for box in boxes}
        assert [comment.nodes for comment in read_comments(boxes, boxes, names)] == [(box.name,) for box in boxes]
        return least_seconds(lambda: read_comments(boxes, boxes, names))

    assert seconds(8_000) < 10 * seconds(2_000)
