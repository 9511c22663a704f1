"""The lines that may follow a document: one rule a kind of statement, each a place from which its text is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from model.constraint_document import DATA, EXEC, NODE, VAR, Draft
from model.constraint_fresh import fresh_results, narrowed_results, takes_fresh
from model.constraint_lexemes import IDENTIFIER, NAME_STRING, PROJECT_NAME, SPACED_NAME, VARIABLE_NAME, choice_of
from model.constraint_names import Names
from model.constraint_node_keys import NodeLines
from model.constraint_parts import Ends
from model.constraint_places import AtLineEnd, Either, InLexeme, Place, Statement
from model.constraint_promises import CALL_WORDS
from model.constraint_values import Values, literally, one_of
from utils.catalogue.scope import EVENT_GRAPHS
from utils.dsl.writer import write_name

VARIABLE_FLAGS = ("Category", "Component", "ExposeOnSpawn", "InstanceEditable", "RepNotify", "Replicated")
GRAPH_FLAGS = {"Pure": ("true",), "Const": ("true",), "Access": ("Protected", "Private"), "Class": ()}
MAX_NODES = 300
WORDS_OF_THE_LANGUAGE = frozenset({"none", "true", "false"})


class Grammar:
    """Called with a document, gives the statements that may follow."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.values = Values(names)
        self.nodes = NodeLines(names, self.values)

    def __call__(self, draft: Draft) -> list[Statement]:
        if not draft.name:
            return [Statement("BLUEPRINT: ", lambda: InLexeme(IDENTIFIER, lambda text: self._end(draft, f"BLUEPRINT: {text}")))]
        if not draft.parent:
            return [Statement("PARENT: ", lambda: self._parent(draft))]
        if draft.graph is None:
            return [Statement("VAR ", lambda: self._variable(draft)), Statement("GRAPH: ", lambda: self._graph(draft))]
        return self._graph_statements(draft)

    def _parent(self, draft: Draft) -> Place:
        end = lambda text: self._end(draft, f"PARENT: {text}")  # noqa: E731
        return Either(InLexeme(self.names.parents, end), InLexeme(PROJECT_NAME, end, self.names.is_project_class))

    def _end(self, draft: Draft, line: str) -> Place:
        return AtLineEnd(lambda: draft.with_line(line))

    def _graph_statements(self, draft: Draft) -> list[Statement]:
        """The statements that may come now; there is always one."""
        graph, found = draft.graph, []
        # A full graph still takes the result that its calls have promised.
        if graph.rank <= NODE and (len(graph.nodes) < MAX_NODES or draft.owes_result):
            node_id = f"n{len(graph.nodes) + 1}"
            found.append(Statement(f"NODE {node_id}: ", lambda: self.nodes.node(draft, node_id, lambda line: self._end(draft, line))))
        if graph.rank == VAR and not graph.is_event_graph:
            found.append(Statement("VAR ", lambda: self._variable(draft)))
        if graph.nodes and not draft.owes_result:
            found.append(Statement("GRAPH: ", lambda: self._graph(draft), lambda: draft.is_graph_complete))
            if graph.rank <= EXEC:
                found.append(Statement("EXEC ", lambda: self._wire(draft, "EXEC ", draft.wiring.exec_sources, draft.wiring.exec_targets),
                                       lambda: next(draft.wiring.exec_sources(), None) is not None))
            if graph.rank <= DATA:
                found.append(Statement("DATA ", lambda: self._data(draft), lambda: self._may_carry_data(draft)))
        return found

    def _may_carry_data(self, draft: Draft) -> bool:
        is_known = any(next(self._targets(draft, source), None) for source in draft.wiring.parts.data_outputs)
        return is_known or any(True for _ in self._fresh_sources(draft)) or self._may_be_passed(draft)

    # VAR Health: Float = 100.0 [Replicated=true]

    def _variable(self, draft: Draft) -> Place:
        taken = WORDS_OF_THE_LANGUAGE | {one.name.lower() for one in (draft.graph.variables if draft.graph else draft.variables)}

        def after_name(name: str) -> Place:
            return literally(": ", lambda: self.values.type_ref(lambda kind: self._default(draft, f"VAR {name}: {kind}", kind),
                                                                with_dispatcher=draft.graph is None))

        return Either(InLexeme(VARIABLE_NAME, after_name, lambda text: text.lower() not in taken),
                      InLexeme(SPACED_NAME, after_name, lambda text: text[1:-1].lower() not in taken))

    def _default(self, draft: Draft, line: str, kind: str) -> Place:
        if kind == "Dispatcher":
            return self._optional((" [Params=",), lambda text: self.values.params(
                lambda params: literally("]", lambda: self._end(draft, f"{line} [Params={params}]"))), lambda: self._end(draft, line))
        pin_type = self.values.default_type(kind)
        heads = (" = ", " [") if pin_type else (" [",)

        def follow(head: str) -> Place:
            if head == " [":
                return self._flags(draft, line + " [", VARIABLE_FLAGS)
            return self.values.literal(pin_type, lambda value: self._after_default(draft, f"{line} = {value}"))

        return self._optional(heads, follow, lambda: self._end(draft, line))

    def _after_default(self, draft: Draft, line: str) -> Place:
        return self._optional((" [",), lambda _: self._flags(draft, line + " [", VARIABLE_FLAGS), lambda: self._end(draft, line))

    def _flags(self, draft: Draft, line: str, flags: tuple[str, ...]) -> Place:
        """`Replicated=true, Category="Combat"]`, each at most once."""
        def after(text: str) -> Place:
            left = tuple(flag for flag in flags if flag != text.partition("=")[0])
            return one_of((", ", "]") if left else ("]",), lambda end: self._end(draft, f"{line}{text}]") if end == "]" else self._flags(draft, f"{line}{text}, ", left))

        category = (literally("Category=", lambda: InLexeme(NAME_STRING, lambda text: after(f"Category={text}"), deciding=())),) if "Category" in flags else ()
        return Either(one_of(tuple(f"{flag}=true" for flag in flags if flag != "Category"), after), *category)

    @staticmethod
    def _optional(heads: tuple[str, ...], follow: Callable[[str], Place], otherwise: Callable[[], Place]) -> Place:
        return one_of(("", *heads), lambda text: follow(text) if text else otherwise())

    # GRAPH: EventGraph

    def _graph(self, draft: Draft) -> Place:
        wanted = tuple(name for name in draft.missing_functions if name.lower() not in EVENT_GRAPHS)
        taken = draft.graph_names | draft.declared_functions | WORDS_OF_THE_LANGUAGE
        special = tuple(name for name in ("EventGraph", "ConstructionScript") if name.lower() not in draft.graph_names)
        end = lambda name: self._end(draft, f"GRAPH: {name}")  # noqa: E731
        own = InLexeme(IDENTIFIER, lambda name: self._function_head(draft, name), lambda text: text.lower() not in taken | EVENT_GRAPHS)
        quoted = tuple(write_name(name) for name in wanted if write_name(name) != name)
        return Either(own, *([one_of(special, end)] if special else []), *([one_of(quoted, end)] if quoted else []))

    def _function_head(self, draft: Draft, name: str) -> Place:
        line = f"GRAPH: {name}"
        # A call with exec wires has been drawn as that of a function that is not pure.
        flags = tuple(flag for flag in GRAPH_FLAGS if not (flag == "Pure" and draft.promised(name).is_run))
        return self._optional((" [",), lambda _: self._graph_flags(draft, line + " [", flags), lambda: self._end(draft, line))

    def _graph_flags(self, draft: Draft, line: str, flags: tuple[str, ...]) -> Place:
        def after(text: str) -> Place:
            left = tuple(flag for flag in flags if flag != text.partition("=")[0])
            return one_of((", ", "]") if left else ("]",), lambda end: self._end(draft, f"{line}{text}]") if end == "]" else self._graph_flags(draft, f"{line}{text}, ", left))

        overridden = literally("Class=", lambda: self.values.class_name("Object", lambda text: after(f"Class={text}")))
        return Either(*((overridden,) if "Class" in flags else ()), one_of(tuple(f"{flag}={value}" for flag in flags for value in GRAPH_FLAGS[flag]), after))

    # EXEC n1.Then -> n2.Execute

    def _wire(self, draft: Draft, keyword: str, sources: Callable, targets: Callable) -> Place:
        ends = {f"{node_id}.{write_name(pin.name)} -> ": (node_id, pin) for node_id, pin in sources()}
        return InLexeme(choice_of(tuple(ends)), lambda text: self._target(draft, keyword + text, targets(ends[text])))

    def _target(self, draft: Draft, line: str, targets: Iterable[Ends]) -> Place:
        names = tuple(f"{node_id}.{write_name(pin.name)}" for node_id, pin in targets)
        return InLexeme(choice_of(names), lambda text: self._end(draft, line + text))

    # DATA n2.Health -> n3.A

    def _data(self, draft: Draft) -> Place:
        """Known pins, and parameters and results of functions that are declared later, by any name."""
        if not draft.open_calls:
            return self._wire(draft, "DATA ", draft.wiring.data_sources, draft.wiring.data_targets)
        wiring = draft.wiring
        ends = {f"{node_id}.{write_name(pin.name)} -> ": (node_id, pin) for node_id, pin in wiring.parts.data_outputs
                if next(self._targets(draft, (node_id, pin)), None) or any(takes_fresh(wiring, (node_id, pin), call) for call in draft.open_calls)}
        known = [InLexeme(choice_of(tuple(ends)), lambda text: self._data_target(draft, "DATA " + text, ends[text]))] if ends else []
        return Either(*known, *(self._fresh_source(draft, node_id) for node_id in self._fresh_sources(draft)))

    @staticmethod
    def _may_be_passed(draft: Draft) -> bool:
        """Whether some output may go to a parameter of a function that is declared later."""
        return any(takes_fresh(draft.wiring, source, call) for call in draft.open_calls for source in draft.wiring.parts.data_outputs)

    def _fresh_sources(self, draft: Draft) -> Iterator[str]:
        return (node_id for node_id in draft.open_calls if fresh_results(draft.wiring, node_id))

    def _fresh_source(self, draft: Draft, node_id: str) -> Place:
        return literally(f"{node_id}.", lambda: InLexeme(IDENTIFIER, lambda name: literally(" -> ", lambda: self._target(
            draft, f"DATA {node_id}.{name} -> ", fresh_results(draft.wiring, node_id))), self._is_fresh(draft, node_id)))

    def _data_target(self, draft: Draft, line: str, source: Ends) -> Place:
        names = tuple(f"{node_id}.{write_name(pin.name)}" for node_id, pin in self._targets(draft, source))
        end = lambda text: self._end(draft, line + text)  # noqa: E731
        fresh = (literally(f"{call}.", lambda call=call: InLexeme(IDENTIFIER, lambda name: end(f"{call}.{name}"), self._is_fresh(draft, call)))
                 for call in draft.open_calls if takes_fresh(draft.wiring, source, call))
        return Either(*([InLexeme(choice_of(names), end)] if names else []), *fresh)

    @staticmethod
    def _targets(draft: Draft, source: Ends) -> Iterator[Ends]:
        """Where an output may go as what it is, or as what is narrower, where it is a result that nobody has declared."""
        yield from draft.wiring.data_targets(source)
        name = draft.open_calls.get(source[0])
        slot = draft.promised(name).outputs.get(source[1].name.lower()) if name else None
        if slot:
            calls = [call for call, called in draft.open_calls.items() if called == name]
            yield from narrowed_results(draft.wiring, source, slot, calls, draft.agrees)

    @staticmethod
    def _is_fresh(draft: Draft, node_id: str) -> Callable[[str], bool]:
        promise = draft.promised(draft.open_calls[node_id])
        taken = CALL_WORDS | WORDS_OF_THE_LANGUAGE | promise.inputs.keys() | promise.outputs.keys()
        return lambda text: text.lower() not in taken
