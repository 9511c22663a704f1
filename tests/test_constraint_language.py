"""The constraint of the language: nothing but valid answers can be written under it, and every right answer can.

Validity is judged by the typed validator from the text alone; the constraint works on places and wires and shares with it
only the catalogue. Answers come from random walks that favour rare forms, from models with random weights, and from
models whose last layer wants what it should not.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from constraint_walks import Walk, walk
from training_world import tiny_model, tiny_tokenizer

from corpus.lessons import Prompt, lesson_files, load_lesson
from model.constraint import LanguageConstraint
from model.constraint_lines import MAX_NODES
from model.constraint_matcher import TextMatcher
from model.constraint_names import PLAIN_TYPES, SIMPLE_STRUCTS
from model.decode import Decoder, Request
from pipeline.paths import SCRIPTS
from utils.blueprint_patterns import load_catalogue
from utils.dsl_validator import validate_text

LESSONS = Path(__file__).parents[1] / "lessons"
SYSTEM_PROMPT = "Answer with a Blueprint graph."


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


@pytest.fixture(scope="module")
def constraint(tokenizer):
    return LanguageConstraint(tokenizer, load_catalogue())


def errors_of(text: str) -> list[str]:
    blueprint, findings = validate_text(text)
    errors = [f"line {one.line}: {one.code}: {one.message}" for one in findings if one.is_error]
    return errors if blueprint is not None else ["no document", *errors]


def refused_at(constraint: LanguageConstraint, text: str) -> str:
    """"" when every token of an answer and its end may come, else the text up to the token that may not."""
    matcher, written = constraint.start(), b""
    for token in [*constraint.vocabulary.encode(text), constraint.end_id]:
        matcher = matcher.advance(token)
        spelled = constraint.vocabulary.token_bytes[token] or b"<end>"
        if matcher is None:
            return (written[-80:] + b" | " + spelled).decode(errors="replace")
        written += spelled
    return ""


# What may be written is valid


def test_an_input_that_must_be_wired_beside_a_call_of_a_function_declared_later(constraint):
    text = """BLUEPRINT: BP_New
PARENT: Actor
VAR Xs: Array<Float>
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="Xs"]
NODE n3: Call [Function="Later"]
NODE n4: ForEachLoop
EXEC n1.Then -> n3.Execute
EXEC n3.Then -> n4.Execute
DATA n"""
    matcher = constraint.start()
    for token in constraint.vocabulary.encode(text):
        matcher = matcher.advance(token)
    spelled = {constraint.vocabulary.token_bytes[token][:1] for token in np.flatnonzero(matcher.allowed()).tolist()}
    assert b"2" in spelled, "the variable may be the source"


def test_what_no_wire_can_decide_does_not_run(constraint):
    """The input of `n2` has a value already, a name that says no type; a wire to it would be no way out."""
    text = """BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableSet [Variable="Mystery", Class=BP_Other, Mystery=Golden]
NODE n3: CastToPawn [Object="Lamp"]
EXEC n1.Then -> n3.Execute
"""
    going = Walk(random.Random(1), constraint.start().place).follow(text + "EXEC n3.CastFailed -> n2.Execute")
    assert going.text.decode() == text + "EXEC n", "only `n2` may run on, and nothing may run it"


def test_the_last_input_that_could_say_a_type_is_kept_for_it(constraint):
    """`n2` takes its type from where it goes, and after its second wire to `n3` only an index can say it. Seen in an exam of the embedded model."""
    text = """BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_Custom [Name="Score", Params=(NewScore: Int)]
NODE n2: VariableGet [Variable="Best", Class=BP_Record]
NODE n3: Greater
NODE n4: Branch
NODE n5: LoadGameFromSlot [SlotName="Records"]
EXEC n1.Then -> n4.Execute
EXEC n4.True -> n5.Execute
DATA n2.Best -> n3.A
DATA n3.ReturnValue -> n4.Condition
DATA n2.Best -> n3.B
"""
    going = Walk(random.Random(1), constraint.start().place).follow(text + "DATA n1.NewScore -> n5.UserIndex")
    assert going.text.decode() == text + "DATA n", "only `n2` may go there"
    for chance in range(5):
        going = Walk(random.Random(chance), constraint.start().place).follow(text)
        assert not errors_of(going.run().text.decode()), going.text.decode()


def test_a_wire_that_decides_the_type_of_another_node_may_not_leave_it_unfillable(constraint):
    """The type of `n2` is open; as the struct that `n4` takes, it could no longer be added to 1."""
    text = """BLUEPRINT: BP_New
PARENT: Character
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="Mystery", Class=BP_Other]
NODE n3: Add [B=1]
NODE n4: ModifyCurveAnimLibrary.SetAlpha
NODE n5: VariableSet [Variable="Riddle", Class=BP_Other]
EXEC n1.Then -> n5.Execute
EXEC n5.Then -> n4.Execute
DATA n2.Mystery -> n3.A
DATA n3.ReturnValue -> n5.Riddle
DATA n2.Mystery -> n4.ModifyCurveNode
"""
    for chance in range(5):
        going = Walk(random.Random(chance), constraint.start().place).follow(text)
        assert not errors_of(going.run().text.decode()), going.text.decode()


@pytest.mark.parametrize("path, is_allowed", [("/Script/Engine.Texture2D", False), ("/Script/Engine.Pawn", True), ("/Game/BP_Orb.BP_Orb_C", True)])
def test_the_path_of_a_known_class_must_fit_its_pin(constraint, path, is_allowed):
    text = f"""BLUEPRINT: BP_New
PARENT: Actor
VAR Made: Class<Actor> = "{path}"
GRAPH: EventGraph
NODE n1: Event_BeginPlay
"""
    assert (refused_at(constraint, text.rstrip()) == "") is is_allowed
    assert bool(errors_of(text)) is not is_allowed


CALLS = """BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: Call [Function="One"]
NODE n3: Call [Function="Two"]
NODE n4: CreateEvent [Function="Tick"]
NODE n5: VariableSet [Variable="Riddle", Class=BP_Other]
DATA n2.Out -> n4.Object
"""
ONE = "GRAPH: One\nNODE n1: FunctionEntry\nNODE n2: FunctionResult [Params=(Out: Object)]\n"


def test_a_result_of_one_function_may_lead_to_a_parameter_of_another_before_both_are_declared(constraint):
    text = CALLS + "DATA n2.Out -> n3.In\n" + ONE + "GRAPH: Two\nNODE n1: FunctionEntry [Params=(In: "
    assert not refused_at(constraint, text + "Object)]") and not errors_of(text + "Object)]")
    assert refused_at(constraint, text + "Vector)]")


def test_a_parameter_keeps_the_type_that_came_to_it_through_a_wildcard(constraint):
    text = CALLS + "DATA n2.Out -> n5.Riddle\nDATA n5.Output -> n3.In\n" + ONE + "GRAPH: Two\nNODE n1: FunctionEntry [Params=(In: "
    assert not refused_at(constraint, text + "Object)]") and not errors_of(text + "Object)]")
    assert refused_at(constraint, text + "Vector)]") and errors_of(text + "Vector)]")


@pytest.mark.parametrize("node", ["Subtract [B=2]", "Less [B=-10.0]", "Multiply [B=2.0]", "EqualEqual", 'FormatText [Format="{A}"]'])
def test_a_result_of_a_function_declared_later_has_a_type_that_leaves_the_calling_graph_right(constraint, node):
    wanted = "InText" if node.startswith("Format") else "InString"
    text = f"""BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: Call [Function="Count"]
NODE n3: {node}
NODE n4: {wanted.replace("In", "Print")}
EXEC n1.Then -> n2.Execute
EXEC n2.Then -> n4.Execute
DATA n2.Total -> n3.A
DATA n3.{"Result" if wanted == "InText" else "ReturnValue"} -> n4.{wanted}
GRAPH: Count
NODE n1: FunctionEntry
NODE n2: FunctionResult [Params=(Total: """
    may = {kind: not refused_at(constraint, f"{text}{kind})]") for kind in (*PLAIN_TYPES, *SIMPLE_STRUCTS, "Actor", "BP_Door")}
    right = {kind: not errors_of(f"{text}{kind})]") for kind in may}
    assert any(may.values()) and all(right[kind] for kind in may if may[kind])
    assert may["Float"] == right["Float"] and may["Vector"] == right["Vector"]


def test_a_result_of_a_function_declared_later_may_turn_out_to_be_narrower_with_each_use(constraint):
    """First any object, then an actor, at last a pawn; nothing that is none."""
    text = """BLUEPRINT: BP_New
PARENT: Actor
VAR Target: Actor
VAR Rider: Pawn
VAR Light: PointLightComponent
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: Call [Function="Find"]
NODE n3: IsValid
NODE n4: Branch
NODE n5: VariableSet [Variable="Target"]
NODE n6: VariableSet [Variable="Rider"]
NODE n7: VariableSet [Variable="Light"]
EXEC n1.Then -> n2.Execute
EXEC n2.Then -> n4.Execute
EXEC n4.True -> n5.Execute
EXEC n5.Then -> n6.Execute
EXEC n6.Then -> n7.Execute
DATA n2.Found -> n3.Object
DATA n3.ReturnValue -> n4.Condition
DATA n2.Found -> n5.Target
"""
    assert refused_at(constraint, text + "DATA n2.Found -> n7.Light")
    text += "DATA n2.Found -> n6.Rider\n"
    may = {kind: not refused_at(constraint, text + f"GRAPH: Find\nNODE n1: FunctionEntry\nNODE n2: FunctionResult [Params=(Found: {kind})]")
           for kind in ("Object", "Actor", "Pawn", "Character", "BP_Rider", "PointLightComponent")}
    assert may == {"Object": False, "Actor": False, "Pawn": True, "Character": True, "BP_Rider": True, "PointLightComponent": False}


@pytest.mark.parametrize("kind", ["Texture2D", '"Array<Texture2D>"', '"Map<Actor,Class<Actor>>"', '"Set<Name>"', '"Struct</Game/S_Row.S_Row>"'])
def test_a_container_is_the_type_of_another_blueprints_variable_in_quotes(constraint, kind):
    """Without quotes no document can be read: `Map<Actor,...` had been offered, and was a fault."""
    text = f'BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: VariableGet [Variable="Pictures", Class=BP_Book, Type={kind}]'
    assert not refused_at(constraint, text) and not errors_of(text)
    assert kind == "Texture2D" or refused_at(constraint, text.replace(kind, kind.strip('"')))


def test_loops_do_not_feed_each_others_elements(constraint):
    """A wire from one of these elements to a color made an answer invalid, in one of 120 of a model hardly trained."""
    text = """BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: ForEachLoop
NODE n3: ForEachLoop
NODE n4: PrintString
EXEC n1.Then -> n4.Execute
DATA n2.ArrayElement -> n3.Array
DATA n3.ArrayElement -> n2.Array"""
    assert errors_of(text + "\nDATA n3.ArrayElement -> n4.TextColor") and "DATA n3.A" in refused_at(constraint, text)


def test_an_array_of_an_unknown_type_may_fill_what_must_be_wired(constraint):
    text = """BLUEPRINT: BP_New
PARENT: Actor
VAR KeyName: Name
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="Mystery", Class=BP_Other]
NODE n3: VariableGet [Variable="KeyName"]
NODE n4: Array_RemoveItem
EXEC n1.Then -> n4.Execute"""
    wires = "\nDATA n2.Mystery -> n4.TargetArray\nDATA n3.KeyName -> n4.Item"
    assert not refused_at(constraint, text + wires) and not errors_of(text + wires)
    place = Walk(random.Random(1), constraint.start().place).follow(text + "\n").place
    assert not errors_of(TextMatcher(constraint.vocabulary, constraint.end_id, place.document, place).completed_text())


def test_what_a_variable_of_another_blueprint_holds_may_be_said_by_where_it_leads(constraint):
    text = """BLUEPRINT: BP_New
PARENT: Actor
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="Armor", Class=BP_Knight]
NODE n3: GreaterEqual [B=100.0]
NODE n4: Branch
NODE n5: FMin [B=100.0]
EXEC n1.Then -> n4.Execute
DATA n2.Armor -> n3.A
DATA n3.ReturnValue -> n4.Condition"""
    going = Walk(random.Random(1), constraint.start().place).follow(text + "\n")
    cut = TextMatcher(constraint.vocabulary, constraint.end_id, going.place.document, going.place).completed_text()
    assert cut == text + "\nDATA n2.Armor -> n5.A" and not errors_of(cut)


def test_a_call_that_returns_nothing_may_have_several_targets_but_none_twice(constraint):
    text = """BLUEPRINT: BP_New
PARENT: Actor
VAR Left: NiagaraComponent
VAR Right: NiagaraComponent
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="Left"]
NODE n3: VariableGet [Variable="Right"]
NODE n4: Deactivate
NODE n5: IsActive
EXEC n1.Then -> n4.Execute
DATA n2.Left -> n4.Target
DATA n2.Left -> n5.Target
"""
    both = text + "DATA n3.Right -> n4.Target"
    assert not refused_at(constraint, both) and not errors_of(both)
    assert refused_at(constraint, text + "DATA n2.Left -> n4.Target") and refused_at(constraint, text + "DATA n3.Right -> n5.Target")


def test_an_answer_is_completed_with_what_its_own_completion_would_run(constraint):
    """`n5` is to be filled from `n6`, which by then reads `n2`: that has to be filled too."""
    text = """BLUEPRINT: BP_New
PARENT: Actor
GRAPH: Paint
NODE n1: FunctionEntry
NODE n2: CastToUniformVector
NODE n3: CastToStateTreeEvaluatorBlueprintBase [Pure=true, Object="Lamp"]
NODE n4: SetSubmixDryLevel
NODE n5: SetLandscapeMaterialScalarParameterValue [ParameterName="Wet"]
NODE n6: CastToNODE_S [Pure=true]
EXEC n1.Then -> n5.Execute
DATA n2.AsUniformVector -> n6.Object
"""
    place = Walk(random.Random(1), constraint.start().place).follow(text).place
    assert not errors_of(TextMatcher(constraint.vocabulary, constraint.end_id, place.document, place).completed_text())


@pytest.mark.parametrize("repeated", [
    'Event_Override [Event="Interact", Class=BPI_Interact', 'Event_Component [Component="Box", Event="OnComponentHit"', 'Event_Tick', "Event_InputKey [Key=\"E\"]"])
def test_an_event_written_again_and_again_always_leaves_a_way_on(constraint, repeated):
    """A model that has lost its way writes one line until its budget ends; near every such line another word is still right."""
    lines = ["BLUEPRINT: BP_New", "PARENT: Actor", "GRAPH: EventGraph", f"NODE n1: {repeated}" + "]" * repeated.count(" ["), f"NODE n2: {repeated}"]
    text = "\n".join(lines).replace("]]", "]")
    for chance in range(20):
        going = Walk(random.Random(chance), constraint.start().place).follow(text)
        going.run()
        assert not errors_of(going.text.decode()), going.text.decode()


def test_a_function_full_of_nodes_still_takes_the_result_that_it_owes(constraint):
    lines = ["BLUEPRINT: BP_New", "PARENT: Actor", "GRAPH: EventGraph", "NODE n1: Event_BeginPlay", 'NODE n2: Call [Function="Sum"]', "NODE n3: Delay",
             "EXEC n1.Then -> n3.Execute", "DATA n2.Total -> n3.Duration", "GRAPH: Sum", "NODE n1: FunctionEntry"]
    lines += [f"NODE n{number}: Jump" for number in range(2, MAX_NODES + 1)]
    place = Walk(random.Random(1), constraint.start().place).follow("\n".join(lines) + "\n").place
    assert {bytes([byte]) for byte in place.next_bytes()} == {b"N"}
    text = TextMatcher(constraint.vocabulary, constraint.end_id, place.document, place).completed_text()
    assert text.endswith("FunctionResult [Params=(Total: Float)]") and not errors_of(text)


def check_walks(constraint: LanguageConstraint, seeds: range) -> None:
    for seed in seeds:
        text = walk(constraint, seed).text.decode()
        assert not errors_of(text), f"seed {seed}: {errors_of(text)[0]}\n{text}"


def check_cuts(constraint: LanguageConstraint, seeds: range) -> None:
    """An answer that the budget cuts after any line is completed to a valid one that begins with its lines."""
    for seed in seeds:
        going = Walk(random.Random(seed), constraint.start().place)
        while not (going.place.can_end and going._wants_end()):
            going.step()
            if going.text.endswith(b"\n") and going.chance.random() < 0.2:
                cut = TextMatcher(constraint.vocabulary, constraint.end_id, going.place.document, going.place).completed_text()
                assert cut.startswith(going.text.decode().rstrip("\n"))
                assert not errors_of(cut), f"seed {seed}: {errors_of(cut)[0]}\n{cut}"


def test_what_random_walks_write_is_valid(constraint):
    check_walks(constraint, range(40))


def test_what_is_cut_after_any_line_is_completed_to_a_valid_graph(constraint):
    check_cuts(constraint, range(100, 115))


@pytest.mark.slow
def test_what_a_thousand_random_walks_write_is_valid(constraint):
    check_walks(constraint, range(1000, 2000))
    check_cuts(constraint, range(2000, 2300))


def contrary_model(seed: int):
    """Random weights under a last layer that loves some tokens and hates others, whatever was written; most of all it hates to end."""
    import torch

    class Contrary(torch.nn.Module):
        def __init__(self, head: torch.nn.Module) -> None:
            super().__init__()
            self.head = head
            self.wishes = 8 * torch.randn(head.weight.shape[0], generator=torch.Generator().manual_seed(seed))
            self.wishes[2] = -100.0

        def forward(self, states):
            return self.head(states) + self.wishes

    model = tiny_model(seed)
    model.lm_head = Contrary(model.lm_head)
    return model


def check_model(model, tokenizer, constraint, count: int, temperature: float, budget_tokens: int) -> None:
    decoder = Decoder(model, tokenizer, SYSTEM_PROMPT, constraint=constraint, rows=min(count, 20), timeout_s=1e9)
    requests = [Request(f"Do thing {i}.", budget_tokens=budget_tokens, temperature=temperature, seed=i) for i in range(count)]
    answers = decoder.generate(requests)
    assert len(answers) == count
    for answer in answers:
        assert answer.stop_reason in ("end", "budget")
        assert not errors_of(answer.text), f"{answer.stop_reason}: {errors_of(answer.text)[0]}\n{answer.text}"


MODELS = {"random weights": tiny_model, "contrary": contrary_model}


@pytest.mark.parametrize("kind", MODELS)
def test_answers_are_valid_whatever_the_weights_are(kind, tokenizer, constraint):
    check_model(MODELS[kind](1), tokenizer, constraint, 6, 1.0, 250)
    check_model(MODELS[kind](2), tokenizer, constraint, 2, 0.0, 250)


@pytest.mark.slow
@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_answers_are_valid_whatever_the_weights_are(kind, seed, tokenizer, constraint):
    check_model(MODELS[kind](seed), tokenizer, constraint, 100, (0.0, 0.7, 1.0, 1.5, 3.0)[seed], 400)
    check_model(MODELS[kind](seed + 50), tokenizer, constraint, 100, (3.0, 0.0, 0.7, 1.0, 1.5)[seed], 200)


# What is right may be written


def lesson_prompts() -> list[Prompt]:
    return [prompt for file in lesson_files(LESSONS) for prompt in load_lesson(file).prompts]


def lesson_answers() -> list[str]:
    return [prompt.expected_dsl.rstrip("\n") for prompt in lesson_prompts()]


@pytest.mark.parametrize("lines", [
    'VAR State: Enum<E_Gate>\nVAR Plan: Struct<S_Plan>\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableSet [Variable="State", State=Open]\n'
    'NODE n3: VariableGet [Variable="State"]\nNODE n4: SwitchEnum [Enum=E_Gate, Cases=("Closed", "Open")]\nEXEC n1.Then -> n2.Execute\nEXEC n2.Then -> n4.Execute\n'
    'DATA n3.State -> n4.Selection',
    "VAR Prizes: Array<Class<Actor>>\nVAR Skins: Array<SoftObject<Texture2D>>\nVAR Shops: Map<Name,Class<BP_Shop>>\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay",
    "VAR Mass: Float = 5000000000.0\nVAR Prize: Int = 250000000\nVAR Level: Byte = 200\nVAR Tint: Color = (B=255,G=16,R=0,A=255)\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay",
    'VAR States: GameplayTagContainer\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableGet [Variable="States"]\n'
    'NODE n3: AddGameplayTag [Tag=(TagName="State.Warded")]\nEXEC n1.Then -> n3.Execute\nDATA n2.States -> n3.TagContainer',
    'VAR Flight: ProjectileMovementComponent\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableGet [Variable="Flight"]\n'
    'NODE n3: VariableSet [Variable="Velocity", Class=ProjectileMovementComponent, Velocity=(X=1.0,Y=0.0,Z=0.0)]\nEXEC n1.Then -> n3.Execute\nDATA n2.Flight -> n3.Target',
    'VAR Stock: Map<String,Int>\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableGet [Variable="Stock"]\nNODE n3: Map_Add [Key="apple", Value=12]\n'
    'EXEC n1.Then -> n3.Execute\nDATA n2.Stock -> n3.TargetMap',
    'GRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: LoadGameFromSlot [SlotName="A"]\nNODE n3: CastToBP_Save\nNODE n4: VariableGet [Variable="Exhibits", Class=BP_Save]\n'
    "NODE n5: ForEachLoop\nNODE n6: PrintString\nEXEC n1.Then -> n2.Execute\nEXEC n2.Then -> n3.Execute\nEXEC n3.Then -> n5.Execute\nEXEC n5.LoopBody -> n6.Execute\n"
    "DATA n2.ReturnValue -> n3.Object\nDATA n3.AsBP_Save -> n4.Target\nDATA n4.Exhibits -> n5.Array\nDATA n5.ArrayElement -> n6.InString"])
def test_types_and_values_that_only_the_project_knows_may_be_written(constraint, lines):
    text = f"BLUEPRINT: BP_New\nPARENT: Actor\n{lines}"
    assert not errors_of(text) and not refused_at(constraint, text)


def test_answers_of_the_lessons_may_be_written(constraint):
    """Of the curriculum one prompt of six; the slow test has all."""
    check_lessons(constraint, lesson_prompts()[::6])


@pytest.mark.slow
def test_every_answer_of_the_lessons_may_be_written(constraint):
    prompts = lesson_prompts()
    assert len(prompts) > 1200
    check_lessons(constraint, prompts)


def check_lessons(constraint: LanguageConstraint, prompts: list[Prompt]) -> None:
    found = {prompt.id: next(filter(None, (refused_at(constraint, answer.rstrip("\n")) for answer in (prompt.expected_dsl, *prompt.alternatives))), "")
             for prompt in prompts}
    assert not {key: text for key, text in found.items() if text}


def check_synthetic(constraint: LanguageConstraint, count: int, seed: int) -> None:
    from corpus.synthesis.generator import generate

    rows = list(generate(count, seed))
    assert len(rows) == count
    assert not [found for row in rows if (found := refused_at(constraint, row.output.rstrip("\n")))]


def test_synthetic_answers_may_be_written(constraint):
    check_synthetic(constraint, 60, 11)


@pytest.mark.slow
def test_a_thousand_synthetic_answers_may_be_written(constraint):
    check_synthetic(constraint, 1000, 5)


def test_most_answers_from_real_exports_may_be_written(constraint, exports_folder, tmp_path):
    """Not all: macros of a project, values of structs and a second event graph are not offered."""
    command = [sys.executable, str(SCRIPTS / "05_auto_translate_export.py"), str(exports_folder), "--training", "--project", str(tmp_path)]
    subprocess.run(command, check=False, capture_output=True)
    lines = (tmp_path / "cleaned-data" / "rows" / "exports.jsonl").read_text(encoding="utf-8").splitlines()
    answers = list(dict.fromkeys(json.loads(line)["output"].rstrip("\n") for line in lines))
    may = sum(not refused_at(constraint, answer) for answer in answers)
    assert may / len(answers) > 0.91


def test_the_mask_is_exactly_what_may_be_advanced_over(constraint):
    chance = random.Random(4)
    for answer in chance.sample(lesson_answers(), 12):
        tokens = constraint.vocabulary.encode(answer)
        for length in chance.sample(range(len(tokens)), 4):
            matcher = constraint.start()
            for token in tokens[:length]:
                matcher = matcher.advance(token)
            may = [matcher.advance(token) is not None for token in range(len(constraint.vocabulary))]
            assert matcher.allowed().tolist() == may, answer


# Greedy answers are the model's own where those are valid


def recite(model, tokenizer, rows: list[dict], steps: int) -> None:
    """Overfit until the model knows a few answers by heart."""
    import torch

    from model.encode import encode_row

    encoded = [encode_row(tokenizer, SYSTEM_PROMPT, row) for row in rows]
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(steps):
        row = encoded[step % len(encoded)]
        loss = model(input_ids=torch.tensor([row.input_ids]), labels=torch.tensor([row.labels])).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()


def test_greedy_answers_that_are_valid_do_not_change_under_the_constraint(tokenizer, constraint):
    rows = [{"instruction": f"Do thing {i}.", "input": "", "output": answer} for i, answer in enumerate(sorted(lesson_answers(), key=len)[:4])]
    model = tiny_model(3)
    recite(model, tokenizer, rows, 200)
    free, held = ([answer.text for answer in Decoder(model, tokenizer, SYSTEM_PROMPT, constraint=one).generate(
        [Request(f"Do thing {i}.", budget_tokens=400) for i in range(8)])] for one in (None, constraint))
    valid = [number for number, text in enumerate(free) if not errors_of(text)]
    assert len(valid) >= 3, "the model has not learned what it should recite"
    assert [held[number] for number in valid] == [free[number] for number in valid]
    assert not any(map(errors_of, held))
