"""Which types a declaration may give to what its calls have promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from model.constraint_document import Draft
from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS
from model.constraint_parts import Parts
from model.constraint_promises import Promise, Slot, calls_of, type_text, with_promised_pins
from model.constraint_values import Kept, Promised
from model.constraint_wires import Wiring
from utils.catalogue.data import short_name
from utils.dsl.ast import Graph, Node
from utils.dsl.lexer import Cursor
from utils.dsl.spelling import speller
from utils.dsl.types import PinType

ANY_PROJECT_CLASS = PinType("object", "BP_Any")
"""Of all classes that only a project has, the catalogue says the same."""


def promised_parameters(draft: Draft, node: Node) -> Promised:
    """Parameters that calls of what this node declares have used already, with the types that fit them."""
    if node.type == "Event_Custom":
        promise, is_result = draft.promised(str(node.get("Name"))), False
    elif node.type == "FunctionEntry" or node.type == "FunctionResult" and draft.owes_result:
        promise, is_result = draft.promised(draft.graph.name), node.type == "FunctionResult"
    else:
        return {}
    keeping = _Keeping(draft, promise)
    if is_result:
        return {key: (slot.name, lambda said, key=key: keeping.of_result(key, said)) for key, slot in promise.outputs.items()}
    return {key: (slot.name, lambda _, slot=slot: keeping.of_parameter(slot)) for key, slot in promise.inputs.items()}


@dataclass(frozen=True)
class _Keeping:
    """What keeps the promises of one function."""

    draft: Draft
    promise: Promise

    def of_parameter(self, slot: Slot) -> Kept:
        """The type promised, and plain ones where no wildcard takes its type from it."""
        own = self._own(slot)
        if slot.is_exact and own:
            return Kept(own)
        return Kept(tuple(dict.fromkeys((*own, *(name for name in self._plain_types(slot) if self._holds(slot, self._kind(name)))))))

    def of_result(self, key: str, said: Mapping[str, str]) -> Kept:
        """The same for a result, and narrower classes; where wildcards take their types from it, all that leaves the calling graphs right.

        `said` are the types of the results before it.
        """
        slot = self.promise.outputs[key]
        known = {name: self._kind(text) for name, text in said.items() if name in self.promise.outputs}

        def keeps(kind: PinType) -> bool:
            return self._leaves_right({**known, key: kind}) if slot.is_exact else self._holds(slot, kind)

        own = self._own(slot)
        names = dict.fromkeys((*own, *(name for name in self._plain_types(slot) if keeps(self._kind(name)))))
        is_object = slot.type.kind == "object" and not slot.type.container
        return Kept(tuple(names), slot.type.name if is_object else "", is_object and keeps(ANY_PROJECT_CLASS))

    def _own(self, slot: Slot) -> tuple[str, ...]:
        text = type_text(slot.type, self.draft.catalogue)
        return (text,) if text else ()

    def _kind(self, text: str) -> PinType:
        return self.draft.catalogue.resolve_type(Cursor(text, 0).type_ref())

    def _plain_types(self, slot: Slot) -> Iterator[str]:
        """Where a pawn is passed, the parameter may be any actor."""
        yield from (*PLAIN_TYPES, *SIMPLE_STRUCTS)
        data, kind = self.draft.catalogue.data, slot.type
        path = data.class_path(kind.name) if kind.kind == "object" and not kind.container else None
        for ancestor in data.ancestors(path)[1:] if path else ():
            if text := type_text(kind._replace(name=short_name(ancestor)), self.draft.catalogue):
                yield text

    def _holds(self, slot: Slot, kind: PinType) -> bool:
        literals, agrees = speller().literals, self.draft.agrees
        return (all(agrees(source, kind) for source in slot.sources) and all(agrees(kind, target) for target in slot.targets)
                and not any(literals.misfit(literals.spell(value, kind), kind) for value in slot.literals))

    def _leaves_right(self, results: dict[str, PinType]) -> bool:
        """Whether the graphs that call the function stay right when its results have these types."""
        slots = {key: replace(slot, type=results.get(key, slot.type)) for key, slot in self.promise.outputs.items()}
        promise = replace(self.promise, outputs=slots)
        return all(self._is_right(graph, shapes, promise) for graph, shapes in self.draft.graphs_with_shapes)

    def _is_right(self, graph: Graph, shapes: dict, promise: Promise) -> bool:
        calls = calls_of(graph, promise.name)
        if not calls:
            return True
        draft = self.draft
        shapes = draft.shapes_now(graph, shapes) | {node_id: with_promised_pins(shapes[node_id], promise) for node_id in calls}
        wiring = Wiring(Parts(draft.catalogue, draft.scope, graph.name, {node.id: node for node in graph.nodes}, shapes), graph.wires)
        return wiring.typing.is_consistent(*shapes) and not wiring.debts()
