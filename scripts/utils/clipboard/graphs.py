"""Objects of a clipboard text sorted into graphs: which nodes, comment boxes and wires each graph has."""

from __future__ import annotations

from dataclasses import dataclass, field

from utils.clipboard.damage import damaged_nodes, left_out
from utils.clipboard.text import ClipboardObject
from utils.clipboard.values import members, read_reference, unquote
from utils.clipboard.wires import Link, read_links
from utils.findings import Finding

CONSTRUCTION_SCRIPT = "ConstructionScript"
ENGINE_GRAPH_NAMES = {"UserConstructionScript": CONSTRUCTION_SCRIPT}
KNOT = "K2Node_Knot"
COMMENT_BOX = "EdGraphNode_Comment"
EVENT_GRAPH = "EventGraph"


@dataclass
class Sheet:
    """One graph: `asset` is the path of the Blueprint it belongs to, where the text tells."""

    name: str
    asset: str = ""
    nodes: list[ClipboardObject] = field(default_factory=list)
    comments: list[ClipboardObject] = field(default_factory=list)
    knots: list[ClipboardObject] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def add(self, found: ClipboardObject) -> None:
        kind = found.class_name
        (self.knots if kind == KNOT else self.comments if kind == COMMENT_BOX else self.nodes).append(found)

    def absorb(self, other: Sheet) -> None:
        """Take over the nodes of another; the name is that of the graph which most of the real nodes say they are in."""
        if len(other.nodes) > len(self.nodes):
            self.name, self.asset = other.name, other.asset
        self.nodes += other.nodes
        self.comments += other.comments
        self.knots += other.knots


def read_sheets(objects: list[ClipboardObject], findings: list[Finding]) -> list[Sheet]:
    """Graphs in the order of their first node, each with its wires; what is left open is noted in `findings`."""
    flat = [found for found in objects if is_graph_node(found)]
    sheets = _merge_linked(_flat_sheets(flat)) if flat else []
    for found in objects:
        if not is_graph_node(found):
            inside = _asset_sheets(found, findings)
            sheets += inside
            if not inside and found.class_path:
                findings.append(left_out(found))
    for sheet in sheets:
        sheet.name = ENGINE_GRAPH_NAMES.get(sheet.name, sheet.name)
        findings += damaged_nodes([*sheet.nodes, *sheet.knots, *sheet.comments])
        sheet.links = read_links(sheet.nodes, sheet.knots, findings)
    return sheets


def is_graph_node(found: ClipboardObject) -> bool:
    return "K2Node" in found.class_path or found.class_name == COMMENT_BOX


def _flat_sheets(nodes: list[ClipboardObject]) -> list[Sheet]:
    """Copied nodes by the graph that their paths name."""
    function = next((name for node in nodes if (name := _function_name(node))), "")
    sheets: dict[tuple[str, str], Sheet] = {}
    for node in nodes:
        asset, graph = _place(node.export_path)
        sheet = sheets.setdefault((asset, graph), Sheet(graph or function or EVENT_GRAPH, asset))
        sheet.add(node)
    return list(sheets.values())


def _merge_linked(sheets: list[Sheet]) -> list[Sheet]:
    """A copy comes from one graph, whatever the paths say after hand editing: sheets that are linked are one.

    Two copies in one file stay apart, even where their nodes have the same names: links name pins by GUID.
    """
    if sum(bool(sheet.asset) for sheet in sheets) < 2:
        return [_merged(sheets)]
    groups: dict[int, list[Sheet]] = {}
    for index, group in enumerate(_linked_groups(sheets)):
        groups.setdefault(group, []).append(sheets[index])
    merged = [_merged(group) for group in groups.values()]
    filled = [sheet for sheet in merged if sheet.nodes] or merged[:1]
    return [_merged([filled[0], *(sheet for sheet in merged if not sheet.nodes and sheet is not filled[0])]), *filled[1:]]


def _linked_groups(sheets: list[Sheet]) -> list[int]:
    """For each sheet the number of its group."""
    own = [{(node.name, pin.id) for node in (*sheet.nodes, *sheet.knots) for pin in node.pins} for sheet in sheets]
    owners = {pin: index for index, pins in enumerate(own) for pin in pins}
    group = list(range(len(sheets)))

    def find(index: int) -> int:
        while group[index] != index:
            group[index] = index = group[group[index]]
        return index

    for index, sheet in enumerate(sheets):
        for node in (*sheet.nodes, *sheet.knots):
            for link in (link for pin in node.pins if pin.is_linked for link in pin.links):
                if link in owners and link not in own[index]:
                    first, second = sorted((find(index), find(owners[link])))
                    group[second] = first
    return [find(index) for index in range(len(sheets))]


def _merged(group: list[Sheet]) -> Sheet:
    first, *others = group
    for other in others:
        first.absorb(other)
    return first


def _asset_sheets(found: ClipboardObject, findings: list[Finding]) -> list[Sheet]:
    """The graphs inside a whole exported asset, or one exported graph."""
    if found.class_name == "EdGraph":
        return [_graph_sheet(found, found, findings)]
    signatures = signature_graphs(found)
    return [_graph_sheet(graph, found, findings) for graph in found.children.values() if graph.class_name == "EdGraph" and graph.name not in signatures]


def signature_graphs(asset: ClipboardObject) -> set[str]:
    """Graphs of a whole asset that are not to run: each says the parameters of the dispatcher that it is named after."""
    return {read_reference(raw).path.rpartition(":")[2].rpartition(".")[2] for raw in asset.elements("DelegateSignatureGraphs")}


def _graph_sheet(graph: ClipboardObject, asset: ClipboardObject, findings: list[Finding]) -> Sheet:
    sheet = Sheet(graph.name, asset_path(asset))
    for node in graph.children.values():
        if is_graph_node(node):
            sheet.add(node)
        elif node.class_path and node.class_name != "EdGraph":
            findings.append(left_out(node))
    return sheet


def asset_path(found: ClipboardObject) -> str:
    return read_reference(found.export_path).path.partition(":")[0] or found.name


def _function_name(found: ClipboardObject) -> str:
    """Without a path the entry node still says which function this is."""
    if found.class_name != "K2Node_FunctionEntry":
        return ""
    return unquote(members(found.get("FunctionReference")).get("MemberName", "")) or found.text("CustomGeneratedFunctionName")


def _place(export_path: str) -> tuple[str, str]:
    """(asset, graph) of `..'/Game/BP.BP:EventGraph.K2Node_Event_0'`; in a level the path runs through the level and its Blueprint."""
    owner = export_path.rpartition(".")[0].rpartition("'")[2].lstrip('"')
    asset, _, inner = owner.partition(":")
    return asset, inner.rpartition(".")[2]
