"""What NODE lines refer to: functions, variables, dispatchers, events and classes, of the document, the catalogue or the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from model.constraint_document import Draft, unique_key
from model.constraint_lexemes import IDENTIFIER, NAME_STRING, PATH, PLAIN_STRING, PROJECT_NAME, QUOTED_IDENTIFIER, SPACED_NAME, choice_of
from model.constraint_names import Names
from model.constraint_places import Either, InLexeme, Place
from model.constraint_values import Follow, Values
from utils.blueprint_patterns import Shape
from utils.catalogue.scope import EVENT_GRAPHS, is_dispatcher
from utils.dsl.ast import Node, Value, Word
from utils.dsl.types import PinType
from utils.dsl.writer import quote, write_value

NAMING_A_CLASS = frozenset({"VariableGet", "VariableSet", "Call", "Event_Component", "BindEvent", "UnbindEvent", "UnbindAllEvents", "AssignEvent",
                            "CallDispatcher"})
OF_A_FUNCTION = frozenset({"FunctionEntry", "FunctionResult"})
SUBSYSTEMS = {"GetSubsystem": "Subsystem", "GetSubsystemFromPC": "LocalPlayerSubsystem", "GetEngineSubsystem": "EngineSubsystem"}
RESERVED = frozenset({"none", "true", "false"})


class References:
    """One rule a property: the places from which what it may refer to is written."""

    def __init__(self, names: Names, values: Values) -> None:
        self.names, self.values = names, values
        self.catalogue = names.catalogue

    def _callable(self, draft: Draft) -> tuple[str, ...]:
        """Events and functions of the document that can be called by name."""
        return tuple(sorted(signature.name for name, signature in draft.scope.functions.items() if name not in EVENT_GRAPHS))

    def function(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        known = self._callable(draft)
        if node.type in ("CallInterface", "AsyncAction"):
            # Its interface or class has to come next, whatever it is.
            return InLexeme(NAME_STRING, follow, deciding=())
        if node.type == "CallParent":
            return InLexeme(NAME_STRING, follow)
        if node.type == "CreateEvent":
            return _any_name(follow)
        # A function that is called before it is declared is declared later: the end of the answer waits for it.
        taken = {name.lower() for name in known} | EVENT_GRAPHS | RESERVED
        later = InLexeme(QUOTED_IDENTIFIER, follow, lambda text: text[1:-1].lower() not in taken)
        spaced = InLexeme(SPACED_NAME, follow, lambda text: text[1:-1].lower() not in taken)
        return Either(*([InLexeme(choice_of(tuple(map(quote, known))), follow)] if known else []), later, spaced)

    def variable(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        """Variables of the document, of its parent class, and of other classes, which then must be named."""
        own = tuple(quote(one.name) for one in (*draft.variables, *draft.graph.variables) if not is_dispatcher(one.type))
        known = (InLexeme(choice, follow) for choice in (self.names.inherited_choice(draft.parent), self.names.property_choice))
        taken = {name[1:-1].lower() for name in own} | RESERVED
        foreign = InLexeme(QUOTED_IDENTIFIER, follow, lambda text: text[1:-1].lower() not in taken)
        return Either(*([InLexeme(choice_of(own), follow)] if own else []), *known, foreign)

    def dispatcher(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        own = [one.name for one in draft.variables if is_dispatcher(one.type)]
        names = dict.fromkeys((*own, *self.names.dispatchers_of(draft.parent), *self.names.dispatcher_owners))
        return Either(InLexeme(choice_of(tuple(map(quote, names))), follow), _any_name(follow, lambda text: text[1:-1].lower() not in RESERVED))

    def component(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        return InLexeme(PLAIN_STRING, follow, deciding=())

    def _component_class(self, draft: Draft, node: Node) -> str:
        name = str(node.get("Component"))
        declared = draft.scope.variables.get(name.lower())
        kind = self.catalogue.resolve_type(declared.type) if declared else self.names.inherited(draft.parent).get(name, PinType(""))
        return kind.name if self.names.dispatchers_of(kind.name) else ""

    def event(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        if node.type == "Event_Override":
            return InLexeme(PLAIN_STRING, follow, lambda text: ("", text[1:-1].lower(), "none") not in draft.seen_events, deciding=())
        of_the_class = self.names.dispatchers_of(self._component_class(draft, node))
        events = of_the_class or tuple(self.names.dispatcher_owners)
        component = str(node.get("Component")).lower()
        seen = {key[1] for key in draft.seen_events if key[2] == component}
        left = tuple(quote(name) for name in events if name.lower() not in seen)
        known = [InLexeme(choice_of(left), follow)] if left else []
        if left and of_the_class:
            return known[0]
        return Either(*known, _any_name(follow, lambda text: text[1:-1].lower() not in seen | RESERVED))

    def _owners(self, node: Node) -> tuple[str, ...]:
        name = node.get("Dispatcher") or node.get("Event") or node.get("Variable")
        if node.type in ("VariableGet", "VariableSet"):
            return self.names.property_owners.get(str(name), ())
        return self.names.dispatcher_owners.get(str(name), ())

    def class_(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        if node.type in NAMING_A_CLASS:
            return Either(*self._known_classes(node, follow), *self._project_classes(follow))
        if node.type in OF_A_FUNCTION:
            return InLexeme(choice_of((write_value(dict(draft.graph.properties)["Class"]),)), follow)
        if node.type == "AsyncAction":
            return Either(*self._project_classes(follow))
        if node.type.startswith("CastTo") and node.type != "CastToClass":
            return self.path("classes", follow)
        if node.type == "CastToClass":
            return InLexeme(self.names.classes_only, follow)
        if node.type in SUBSYSTEMS:
            return self.values.class_name(SUBSYSTEMS[node.type], follow)
        return self.values.class_name("ActorComponent" if node.type == "AddComponent" else "Object", follow)

    def _known_classes(self, node: Node, follow: Follow) -> list[Place]:
        """Of the catalogue: those that have the member; where it knows no such function or variable, any class may have got it since."""
        if owners := self._owners(node):
            return [InLexeme(self.names.heirs(owners), follow)]
        is_free = node.type in ("VariableGet", "VariableSet") or node.type == "Call" and str(node.get("Function")).lower() not in self.catalogue.data.functions_by_name
        return [InLexeme(self.names.classes_only, follow)] if is_free else []

    def _project_classes(self, follow: Follow) -> tuple[Place, Place]:
        return InLexeme(PROJECT_NAME, follow, self.names.is_project_class), self.path("classes", follow)

    def path(self, section: str, follow: Follow) -> Place:
        """The path, in quotes, of what the catalogue does not know."""
        return InLexeme(PATH, follow, lambda text: self.catalogue.data.path(section, text[1:-1]) is None)

    def interface(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        def is_right(text: str) -> bool:
            is_interface = text in self.names.interfaces or not self.catalogue.knows_class(text) and text.lower() not in RESERVED
            return is_interface and not self._is_seen(draft, node, ("Class", Word(text)))

        def is_right_path(text: str) -> bool:
            return not self.catalogue.knows_class(text[1:-1]) and not self._is_seen(draft, node, ("Class", text[1:-1]))

        return Either(InLexeme(IDENTIFIER, follow, is_right), InLexeme(PATH, follow, is_right_path))

    def _is_seen(self, draft: Draft, node: Node, more: tuple[str, Value]) -> bool:
        """Whether one property more makes of the node an event that the graph has already."""
        if node.type != "Event_Override":
            return False
        whole = replace(node, properties=(*node.properties, more))
        return unique_key(whole, draft.memory.shape(whole, draft.scope)) in draft.seen_events

    def name(self, draft: Draft, node: Node, shape: Shape, follow: Follow) -> Place:
        taken = draft.declared_functions | draft.graph_names | EVENT_GRAPHS
        if node.type == "Timeline":
            return InLexeme(NAME_STRING, follow, deciding=())
        return InLexeme(PLAIN_STRING, follow, lambda text: text[1:-1].lower() not in taken, deciding=draft.promises)


def _any_name(follow: Follow, accepts: Callable[[str], bool] | None = None) -> Place:
    """A quoted name of one word or of several."""
    return Either(InLexeme(QUOTED_IDENTIFIER, follow, accepts), InLexeme(SPACED_NAME, follow, accepts))
