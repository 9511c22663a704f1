"""The constraint of the language: an answer under it parses and passes the typed validator, whatever the weights are.

constraint_lines         which statements may follow a document
constraint_node_keys     which node types, and which properties each of them
constraint_node_values   what a property may say
constraint_references    functions, variables, dispatchers, events and classes that it may name
constraint_wires         which wires, so that the graph can always be finished
constraint_fresh         which of them to functions that are declared later
constraint_matcher       from bytes to tokens
"""

from __future__ import annotations

from typing import Any

from model.constraint_document import Draft
from model.constraint_lines import Grammar
from model.constraint_matcher import TextMatcher
from model.constraint_names import Names
from model.constraint_places import AtLineStart
from model.encode import end_of_turn_ids
from model.token_trie import Vocabulary
from utils.blueprint_patterns import Catalogue
from utils.catalogue.node_shapes import ShapeMemory


class _Beginning:
    """Stands before the first line."""

    def __init__(self, document: Draft) -> None:
        self.document = document


class LanguageConstraint:
    """One for a tokenizer and a catalogue; `start()` gives the state of a new answer."""

    def __init__(self, tokenizer: Any, catalogue: Catalogue, vocabulary: Vocabulary | None = None, end_id: int | None = None) -> None:
        self.vocabulary = vocabulary or Vocabulary.of(tokenizer)
        # The first token of the end of a turn decides; what the template puts behind it never changes.
        self.end_id = end_of_turn_ids(tokenizer)[0] if end_id is None else end_id
        self.empty = Draft(catalogue, ShapeMemory(catalogue), Grammar(Names(catalogue)))

    def start(self) -> TextMatcher:
        return TextMatcher(self.vocabulary, self.end_id, self.empty, AtLineStart(_Beginning(self.empty)))
