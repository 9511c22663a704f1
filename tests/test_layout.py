"""The layout: nodes apart, execution to the right, feeders left and below, frames around exactly their nodes."""

from __future__ import annotations

import random
from itertools import combinations

from cpu_time import least_seconds
from hypothesis import given, settings, strategies as st

from utils.clipboard.writing.layout import Box, Edge, arrange
from utils.clipboard.writing.layout_frames import FRAME_TITLE, GRID, Group


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 24))
    sizes = st.integers(1, 30).map(lambda cells: 16 * cells - 3)
    boxes = {f"n{index}": Box(draw(sizes), draw(sizes), draw(st.booleans()), draw(st.sampled_from([0, 40])))
             for index in range(count)}
    nodes = st.sampled_from(list(boxes))
    edges = draw(st.lists(st.builds(Edge, nodes, nodes, st.booleans(), st.integers(0, 60), st.integers(0, 60)), max_size=40))
    return boxes, edges, draw(laminar_groups(list(boxes)))


@st.composite
def laminar_groups(draw, nodes):
    """Groups that are nested or disjoint: what people draw."""
    groups, parts = [], [draw(st.permutations(nodes))]
    for _ in range(draw(st.integers(0, 5))):
        part = parts.pop(0) if parts else []
        if len(part) < 2:
            continue
        cut = draw(st.integers(1, len(part) - 1))
        parts += [part[:cut], part[cut:]]
        groups.append(Group(frozenset(part[:cut]), draw(st.sampled_from(["", "Title", "A long title " * 9, "a\nb"]))))
    return draw(st.permutations(groups))


def acyclic(boxes, edges):
    """Exec wires that follow the order of the nodes, and data wires from anywhere earlier: no loops."""
    rank = {node: index for index, node in enumerate(boxes)}
    return [edge for edge in edges if rank[edge.source] < rank[edge.target]]


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_no_two_nodes_overlap(graph):
    arrangement = arrange(*graph)
    assert arrangement.nodes.keys() == graph[0].keys()
    assert not [pair for pair in combinations(arrangement.nodes.values(), 2) if pair[0].overlaps(pair[1])]


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_exec_wires_run_to_the_right_unless_they_close_a_loop(graph):
    boxes, edges, groups = graph
    edges = acyclic(boxes, edges)
    nodes = arrange(boxes, edges, groups).nodes
    assert all(nodes[edge.source].right < nodes[edge.target].x for edge in edges if edge.is_exec)


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_a_frame_holds_its_nodes_and_no_other(graph):
    boxes, edges, groups = graph
    arrangement = arrange(boxes, edges, groups)
    for group, frame in zip(groups, arrangement.frames, strict=True):
        inside = {node for node, rect in arrangement.nodes.items() if frame.contains(rect)}
        touched = {node for node, rect in arrangement.nodes.items() if frame.overlaps(rect)}
        assert inside == touched == group.nodes
        assert all(arrangement.nodes[node].y - frame.y >= FRAME_TITLE for node in group.nodes)


@given(graphs())
@settings(max_examples=200, deadline=None)
def test_frames_that_share_nodes_still_enclose_their_own(graph):
    boxes, edges, _ = graph
    nodes = list(boxes)
    groups = [Group(frozenset(part)) for part in (nodes[:2], nodes[1:4], nodes) if part]
    arrangement = arrange(boxes, edges, groups)
    for group, frame in zip(groups, arrangement.frames, strict=True):
        assert all(frame.contains(arrangement.nodes[node]) for node in group.nodes)


@given(graphs())
@settings(max_examples=200, deadline=None)
def test_every_corner_is_on_the_grid_that_a_paste_snaps_to(graph):
    arrangement = arrange(*graph)
    assert all(rect.x % GRID == rect.y % GRID == 0 for rect in [*arrangement.nodes.values(), *arrangement.frames])


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_the_same_graph_gets_the_same_layout(graph):
    assert arrange(*graph) == arrange(*graph)


def box(is_exec: bool) -> Box:
    return Box(200, 100, is_exec)


def test_a_chain_lies_on_one_straight_wire():
    boxes = {name: box(True) for name in "abc"}
    nodes = arrange(boxes, [Edge("a", "b", True, 41, 58), Edge("b", "c", True, 58, 58)]).nodes
    assert nodes["b"].y == nodes["a"].y - GRID
    assert nodes["b"].y == nodes["c"].y


def test_the_second_branch_lies_below_the_whole_first_branch():
    boxes = {name: box(True) for name in ("branch", "yes", "yes2", "no")}
    nodes = arrange(boxes, [Edge("branch", "yes", True), Edge("branch", "no", True), Edge("yes", "yes2", True)]).nodes
    assert nodes["yes"].y == nodes["branch"].y == nodes["yes2"].y
    assert nodes["no"].y > nodes["yes"].bottom
    assert nodes["no"].x == nodes["yes"].x


def test_feeders_lie_left_of_and_below_their_consumer():
    boxes = {"event": box(True), "print": box(True), "concat": box(False), "get1": box(False), "get2": box(False)}
    edges = [Edge("event", "print", True), Edge("concat", "print", False), Edge("get1", "concat", False), Edge("get2", "concat", False)]
    nodes = arrange(boxes, edges).nodes
    for edge in edges[1:]:
        assert nodes[edge.source].right < nodes[edge.target].x
        assert nodes[edge.source].y >= nodes[edge.target].y
    assert nodes["event"].x == min(rect.x for rect in nodes.values())


def test_a_feeder_of_an_events_parameter_stands_between_the_two():
    boxes = {"event": box(True), "equal": box(False), "branch": box(True)}
    edges = [Edge("event", "branch", True), Edge("event", "equal", False), Edge("equal", "branch", False)]
    nodes = arrange(boxes, edges).nodes
    assert nodes["event"].right < nodes["equal"].x and nodes["equal"].right < nodes["branch"].x


def test_a_feeder_of_two_consumers_stands_left_of_both():
    boxes = {name: box(name != "get") for name in ("event", "first", "second", "get")}
    edges = [Edge("event", "first", True), Edge("first", "second", True), Edge("get", "first", False), Edge("get", "second", False)]
    nodes = arrange(boxes, edges).nodes
    assert nodes["get"].right < nodes["first"].x


def test_what_comes_first_in_the_document_stands_on_top():
    boxes = {name: box(True) for name in ("a", "b", "a2", "b2")}
    nodes = arrange(boxes, [Edge("a", "a2", True), Edge("b", "b2", True)]).nodes
    assert nodes["a"].y == nodes["a2"].y < nodes["b"].y == nodes["b2"].y


def big_graph(count: int) -> tuple[dict[str, Box], list[Edge]]:
    rng = random.Random(count)
    boxes = {f"n{index}": Box(rng.randrange(100, 400), rng.randrange(60, 300), index % 3 > 0) for index in range(count)}
    edges = [Edge(f"n{max(0, index - rng.randrange(1, 9))}", f"n{index}", bool(rng.randrange(2))) for index in range(1, count)]
    return boxes, edges


def test_a_thousand_nodes_take_under_a_second_and_time_stays_near_linear():
    times_s = {}
    for count in (1_000, 8_000):
        boxes, edges = big_graph(count)
        times_s[count] = least_seconds(lambda: arrange(boxes, edges))
    assert times_s[1_000] < 1.0
    assert times_s[8_000] < 30 * max(times_s[1_000], 0.01)
