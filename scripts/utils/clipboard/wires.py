"""Wires of one graph, from what each pin says about its other ends.

Reroute nodes are gone here: a wire goes from a real output to a real input, however many knots it runs through.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from utils.clipboard.pins import Pin
from utils.clipboard.text import ClipboardObject
from utils.findings import Finding, Severity

MAX_WIRES_PER_OUTPUT = 10_000  # a net of knots with so many targets is no graph of the editor


class Link(NamedTuple):
    """A wire between two pins of real nodes."""

    source: ClipboardObject
    source_pin: Pin
    target: ClipboardObject
    target_pin: Pin


def read_links(nodes: list[ClipboardObject], knots: list[ClipboardObject], findings: list[Finding]) -> list[Link]:
    """The wires among `nodes`; links that lead out of the text, and knots without a wire, are noted in `findings`."""
    return _Wiring(nodes, knots, findings).links()


class _Wiring:
    def __init__(self, nodes: list[ClipboardObject], knots: list[ClipboardObject], findings: list[Finding]) -> None:
        self.nodes, self.knots, self.findings = nodes, knots, findings
        self.pins: dict[tuple[str, str], tuple[ClipboardObject, Pin]] = {}
        for node in (*nodes, *knots):
            for pin in node.pins:
                self.pins.setdefault((node.name, pin.id), (node, pin))
        self.forward: dict[Pin, dict[Pin, ClipboardObject]] = {}

    def links(self) -> list[Link]:
        for node in (*self.nodes, *self.knots):
            for pin in node.pins:
                if pin.is_linked:
                    self._read_pin(node, pin)
        if self.knots:
            self._note_open_knots()
        targets = self._through_knots if self.knots else self.forward.get
        return [Link(node, pin, target, target_pin) for node in self.nodes for pin in node.pins if pin in self.forward
                for target_pin, target in targets(pin).items()]

    def _read_pin(self, node: ClipboardObject, pin: Pin) -> None:
        for name, pin_id in pin.links:
            other = self.pins.get((name, pin_id)) or self.pins.get((name.rpartition(".")[2], pin_id))
            if other is None:
                self._note_lost_end(node, pin, name)
            elif other[1].is_output == pin.is_output:
                self._note("same-direction", node, pin, f"is linked to '{name}' on the same side", Severity.WARNING)
            elif pin.is_output:
                self.forward.setdefault(pin, {})[other[1]] = other[0]
            else:
                self.forward.setdefault(other[1], {})[pin] = node

    def _note_lost_end(self, node: ClipboardObject, pin: Pin, name: str) -> None:
        """A copy may leave out the other node; that a node which is here lacks the pin is damage."""
        if name in self._names or name.rpartition(".")[2] in self._names:
            self._note("missing-pin", node, pin, f"leads to a pin that '{name}' does not have", Severity.WARNING, "copy the nodes from the editor again.")
        else:
            self._note("open-link", node, pin, f"leads to '{name}', which is not in this text")

    @cached_property
    def _names(self) -> set[str]:
        return {node.name for node in (*self.nodes, *self.knots)}

    def _note(self, code: str, node: ClipboardObject, pin: Pin, what: str, severity: Severity = Severity.NOTE,
              remedy: str = "select all nodes that belong together before copying.") -> None:
        self.findings.append(Finding(code, severity, pin.line, f"Pin '{pin.name}' of '{node.name}' {what}.", remedy, node.name))

    def _through_knots(self, start: Pin) -> dict[Pin, ClipboardObject]:
        """Real inputs behind an output, in the order of the wires; knots in a circle are passed once."""
        found: dict[Pin, ClipboardObject] = {}
        seen, stack = {start}, [start]
        while stack and len(found) < MAX_WIRES_PER_OUTPUT:
            for pin, node in self.forward.get(stack.pop(), {}).items():
                if pin in self._knot_outputs:
                    ahead = [output for output in self._knot_outputs[pin] if output not in seen]
                    seen.update(ahead)
                    stack.extend(ahead)
                else:
                    found[pin] = node
        return found

    @cached_property
    def _knot_outputs(self) -> dict[Pin, list[Pin]]:
        """From the input of a knot to its output."""
        return {pin: [output for output in knot.pins if output.is_output]
                for knot in self.knots for pin in knot.pins if not pin.is_output}

    def _note_open_knots(self) -> None:
        """A knot with nothing on one side carries no wire, and is left out with what leads to it."""
        reached = {pin for targets in self.forward.values() for pin in targets}
        for knot in self.knots:
            for pin in knot.pins:
                if pin not in self.forward and pin not in reached:
                    self._note("open-reroute", knot, pin, "has no wire; the reroute node is left out")
