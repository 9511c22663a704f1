"""Which rows stay and which go."""

import numpy as np
import pytest

from corpus.dedup import CONFLICT, EXACT, KEPT, NEAR, STRUCTURE, collect_keys, decide
from corpus.fingerprint import instruction_key, node_types, structure_key
from corpus.merge import choose_validation
from corpus.rows import Provenance, Row

DOCUMENT = """\
BLUEPRINT: BP_New
PARENT: Actor
VAR {variable}: Float
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: PrintString [InString="{text}"]
NODE n3: VariableSet [Variable="{variable}", {variable}={value}]
EXEC n1.Then -> n2.Execute
EXEC n2.Then -> n3.Execute
"""


def document(text="Hello", variable="Health", value=1.0):
    return DOCUMENT.format(text=text, variable=variable, value=value)


def verdict_of(*rows, cap=40):
    return decide(collect_keys(rows), cap).tolist()


def test_no_rows_give_no_verdicts():
    assert verdict_of() == []


def test_a_structure_key_ignores_names_and_literals_and_nothing_else():
    assert structure_key(document()) == structure_key(document("Bye, [all]", "Mana", 25.5))
    assert structure_key(document()) != structure_key(document().replace("PrintString", "PrintText"))
    assert structure_key(document()) != structure_key(document().replace("EXEC n2.Then", "EXEC n1.Then"))
    assert structure_key(document()) != structure_key(document().replace("Float", "Int"))


def test_node_types_are_those_of_all_node_lines():
    assert node_types(document()) == ("Event_BeginPlay", "PrintString", "VariableSet")


def test_the_same_row_again_is_an_exact_duplicate_whatever_its_case_and_punctuation():
    assert verdict_of(Row("Print hello.", document()), Row("print Hello", document())) == [KEPT, EXACT]


def test_a_second_answer_to_one_instruction_is_a_conflict():
    assert verdict_of(Row("Print hello.", document()), Row("Print hello.", document("Bye"))) == [KEPT, CONFLICT]


def test_numbers_in_an_instruction_are_kept_apart():
    assert instruction_key("wait 0.5 seconds") != instruction_key("wait 5 seconds")


LONG = "when the game starts print the message hello and set the float variable health to one and a half so that everybody sees what happens in the level right now"


def test_a_near_duplicate_of_the_same_structure_goes():
    assert verdict_of(Row(LONG, document()), Row(LONG + " please", document("Bye"))) == [KEPT, NEAR]


def test_a_near_duplicate_of_another_structure_stays():
    other = document().replace("Event_BeginPlay", "Event_Tick")
    assert verdict_of(Row(LONG, document()), Row(LONG + " please", other)) == [KEPT, KEPT]


def test_the_cap_counts_graphs_and_keeps_paraphrases_of_those_that_stay():
    rows = [Row("one", document("a")), Row("two", document("b")), Row("three", document("c")), Row("uno", document("a"))]
    assert verdict_of(*rows, cap=2) == [KEPT, KEPT, STRUCTURE, KEPT]


def test_the_verdict_on_many_rows_is_that_of_comparing_all_pairs():
    rng = np.random.default_rng(5)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    rows = [Row(" ".join(rng.choice(words, 4)), document(str(rng.integers(3)))) for _ in range(400)]
    seen, expected = {}, []
    for row in rows:
        key = instruction_key(row.instruction)
        expected.append(KEPT if key not in seen else EXACT if seen[key] == row.output else CONFLICT)
        seen.setdefault(key, row.output)
    marks = verdict_of(*rows, cap=10**6)
    assert [mark if mark in (EXACT, CONFLICT) else KEPT for mark in marks] == expected


@pytest.mark.parametrize("sources", [("lesson", "synthetic"), ("lesson", "synthetic", "export")])
def test_validation_holds_whole_structures_and_every_source(sources):
    kinds = [f"Event_{i}" for i in range(60)]
    rows = [Row(f"{kind} {i}", document(str(i)).replace("Event_BeginPlay", kind), "", Provenance(sources[k % len(sources)]))
            for k, kind in enumerate(kinds) for i in range(3)]
    keys = collect_keys(rows)
    chosen = choose_validation(keys, np.array([row.provenance.source for row in rows], dtype=object), np.ones(len(rows), bool), 0.05)
    in_validation = {key for key, is_chosen in zip(keys.structure, chosen) if is_chosen}
    in_training = {key for key, is_chosen in zip(keys.structure, chosen) if not is_chosen}
    assert not in_validation & in_training
    assert {row.provenance.source for row, is_chosen in zip(rows, chosen) if is_chosen} == set(sources)
    assert 0.0 < chosen.mean() < 0.25
