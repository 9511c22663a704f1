"""The validator finds every mistake put into valid documents, and none in what an editor let a person build."""

import random

import pytest
from cpu_time import CpuTime
from dsl_strategies import HUGE, hostile_texts
from mutations import MUTATIONS, TEXT_MUTATIONS, mutate
from typed_graphs import random_document
from utils.catalogue.keys import KEYS
from utils.dsl_parser import parse, render
from utils.dsl_validator import validate, validate_text

GRAPHS = 50  # with 27 kinds of mistakes each: more than 1,000 spoilt graphs


def errors(text: str) -> list[str]:
    return [finding.code for finding in validate_text(text)[1] if finding.is_error]


def document(*lines: str, head: str = "") -> str:
    return "BLUEPRINT: BP_Test\n" + head + "GRAPH: EventGraph\n" + "\n".join(lines) + "\n"


def only_error(text: str):
    found = [finding for finding in validate_text(text)[1] if finding.is_error]
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_a_document_built_from_the_catalogue_has_no_error(seed):
    made = random_document(random.Random(seed))
    assert [str(finding) for finding in validate(made) if finding.is_error] == []
    assert not [finding for finding in validate_text(render(made))[1] if finding.is_error]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mistake_of_a_kind_is_caught(mutation):
    tried = 0
    for seed in range(GRAPHS):
        mutant = mutate(random_document(random.Random(seed)), mutation, random.Random(seed))
        if mutant:
            tried += 1
            assert {finding.code for finding in validate(mutant.document) if finding.is_error} & mutant.codes, (seed, mutant.what)
    assert tried >= 5


def test_more_than_a_thousand_spoilt_graphs_are_tried():
    documents = [random_document(random.Random(seed)) for seed in range(GRAPHS)]
    assert sum(mutate(made, mutation, random.Random(7)) is not None for made in documents for mutation in MUTATIONS) > 1_000
    assert len(MUTATIONS) >= 12


@pytest.mark.slow
def test_27000_spoilt_graphs_are_all_caught():
    missed = []
    for seed in range(1_000):
        made = random_document(random.Random(seed))
        mutants = [mutant for mutation in MUTATIONS if (mutant := mutate(made, mutation, random.Random(seed)))]
        missed += [(seed, one.what) for one in mutants if not {f.code for f in validate(one.document) if f.is_error} & one.codes]
    assert missed == []


@pytest.mark.parametrize("name", TEXT_MUTATIONS)
def test_a_mistake_that_only_text_can_make_is_a_syntax_error(name):
    texts = [render(random_document(random.Random(seed))) for seed in range(20)]
    spoilt = [TEXT_MUTATIONS[name](text) for text in texts if TEXT_MUTATIONS[name](text) != text]
    assert spoilt
    assert all("syntax" in errors(text) for text in spoilt)


def test_no_blueprint_export_has_an_error(exports_folder):
    from utils.clipboard_reader import read_clipboard

    wrong, count = {}, 0
    for path in sorted(exports_folder.glob("*.txt")):
        translated = read_clipboard(path.read_bytes().decode("utf-8", errors="replace")).blueprint
        if translated is not None:
            count += 1
            found = [str(finding) for one in (translated, parse(render(translated))) for finding in validate(one) if finding.is_error]
            wrong.update({path.name: found} if found else {})
    assert wrong == {}
    assert count > 200


def test_ten_thousand_documents_are_validated_within_thirty_seconds_on_one_core():
    """A thousand here, a tenth of the time; parsing included, the catalogue loaded before as in every script."""
    texts = [render(random_document(random.Random(seed))) for seed in range(250)]
    validate_text(texts[0])
    with CpuTime() as spent:
        for text in texts * 4:
            validate_text(text)
    assert spent.seconds < 3.0


def survive(text: str) -> None:
    with CpuTime() as spent:
        findings = validate_text(text)[1]
    assert all(finding.message and finding.code for finding in findings)
    assert spent.seconds < 1.0 + len(text) / 100_000


def test_1500_damaged_texts_end_in_findings():
    for text in hostile_texts(1_500, 3):
        survive(text)


@pytest.mark.slow
def test_10000_damaged_texts_end_in_findings():
    for text in hostile_texts(10_000, 4):
        survive(text)


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_text_is_validated_in_less_than_a_second_per_100_kb(name):
    survive(HUGE[name])


# -- one test a rule, with the remedy that people read

def test_an_unknown_pin_lists_the_pins_there_are_and_the_nearest():
    found = only_error(document("NODE n1: Event_BeginPlay", "NODE n2: PrintString", "EXEC n1.Then -> n2.Execute", "DATA n1.IsActive -> n2.InString"))
    assert (found.code, found.line) == ("unknown-pin", 6)
    assert "data outputs: none" in found.remedy
    found = only_error(document("NODE n1: Event_Tick", "NODE n2: PrintString", "EXEC n1.Then -> n2.Execute", "DATA n1.DeltaSecond -> n2.InString"))
    assert "Did you mean DeltaSeconds?" in found.remedy


def test_a_wrong_direction_is_told_apart_from_a_pin_that_is_not_there():
    assert errors(document("NODE n1: Event_BeginPlay", "NODE n2: PrintString", "EXEC n2.Execute -> n1.Then")) == ["wrong-direction"] * 2


def test_exec_and_data_wires_join_pins_of_their_kind():
    found = only_error(document("NODE n1: Event_BeginPlay", "NODE n2: PrintString", "DATA n1.Then -> n2.Execute"))
    assert found.code == "exec-data" and "Write EXEC n1.Then -> n2.Execute" in found.remedy


def test_types_must_agree_unless_the_editor_converts():
    head = "VAR A: Vector\nVAR B: Float\nVAR C: Array<Actor>\nVAR D: Actor\n"
    graph = ("NODE n1: Event_BeginPlay", "NODE n2: PrintString", "NODE n3: VariableGet [Variable=\"{}\"]", "EXEC n1.Then -> n2.Execute",
             "DATA n3.{} -> n2.{}")

    def wired(variable: str, pin: str) -> str:
        return document(*graph[:2], graph[2].format(variable), graph[3], graph[4].format(variable, pin), head=head)

    assert errors(wired("B", "InString")) == []
    assert errors(wired("A", "InString")) == []
    assert errors(wired("A", "PrintToScreen")) == ["type-mismatch"]
    assert errors(wired("D", "InString")) == []
    assert errors(wired("C", "InString")) == ["wrong-container"]
    assert "GetArrayItem" in only_error(wired("C", "InString")).remedy


@pytest.mark.parametrize("written, meant", [
    ("BeginPlay", "Event_BeginPlay"), ("EventTick", "Event_Tick"), ("ReceiveHit", "Event_Hit"), ("Event_Overlap", "Event_ActorBeginOverlap"),
    ("Print", "PrintString"), ("Destroy", "DestroyActor"), ("SetTimer", "SetTimerByEvent"), ("ForLop", "ForLoop"), ("If", "Branch"),
    ("GetWorldDeltaSecond", "GetWorldDeltaSeconds")])
def test_of_a_node_that_there_is_not_the_one_that_people_use_is_named(written, meant):
    found = only_error(document(f"NODE n1: {written}"))
    assert found.code in ("unknown-node", "unknown-event") and found.remedy.startswith(f"Did you mean {meant}? ")


@pytest.mark.parametrize("written, meant", [("4", "Four"), ("space bar", "SpaceBar"), ("Excape", "Escape")])
def test_a_key_that_the_engine_does_not_have_is_a_warning_with_the_one_meant(written, meant):
    found = validate_text(document(f'NODE n1: Event_InputKey [Key="{written}"]'))[1]
    warning = next(one for one in found if one.code == "unknown-key")
    assert not warning.is_error and f"Did you mean {meant}?" in warning.remedy


def test_every_key_of_the_engine_is_known():
    assert len(set(KEYS)) == len(KEYS) > 180
    for key in KEYS:
        assert "unknown-key" not in [one.code for one in validate_text(document(f'NODE n1: Event_InputKey [Key="{key}"]'))[1]]


def test_a_remedy_for_a_base_class_is_a_cast():
    found = only_error(document("NODE n1: Event_ActorBeginOverlap", "NODE n2: Character.Jump", "EXEC n1.Then -> n2.Execute", "DATA n1.OtherActor -> n2.Target"))
    assert found.code == "type-mismatch" and "CastToCharacter" in found.remedy


def test_a_member_function_of_another_class_needs_a_target():
    assert only_error(document("NODE n1: Event_BeginPlay", "NODE n2: AddToViewport", "EXEC n1.Then -> n2.Execute")).code == "missing-target"
    assert errors(document("NODE n1: Event_BeginPlay", "NODE n2: DestroyActor", "EXEC n1.Then -> n2.Execute")) == []


def test_an_empty_input_of_a_node_that_never_runs_is_a_note():
    findings = validate_text(document("NODE n2: AddToViewport"))[1]
    assert {finding.code for finding in findings} == {"missing-target", "never-runs"}
    assert not any(finding.is_error for finding in findings)


def test_a_value_that_nothing_reads_is_a_note():
    read = ("NODE n1: Event_BeginPlay", "NODE n2: PrintString", "NODE n3: GetDisplayName", "EXEC n1.Then -> n2.Execute", "DATA n3.ReturnValue -> n2.InString")
    assert validate_text(document(*read))[1] == []
    found, = validate_text(document(*read[:-1]))[1]
    assert found.code == "never-read" and not found.is_error and found.node == "n3"


def test_of_a_copied_part_with_wires_to_elsewhere_nobody_says_that_nothing_reads_a_value():
    assert validate_text(document("NODE n1: GetActorLocation [Open=(\"ReturnValue\")]"))[1] == []


def test_a_call_that_returns_nothing_may_have_several_targets():
    graph = ("NODE n1: Event_BeginPlay", "NODE n2: SceneComponent.SetVisibility", 'NODE n3: VariableGet [Variable="A"]',
             'NODE n4: VariableGet [Variable="B"]', "EXEC n1.Then -> n2.Execute", "DATA n3.A -> n2.Target", "DATA n4.B -> n2.Target")
    assert errors(document(*graph, head="VAR A: SceneComponent\nVAR B: SceneComponent\n")) == []


def test_a_type_that_nothing_decides_is_an_error():
    assert errors(document("NODE n1: Event_BeginPlay", "NODE n2: Branch", "NODE n3: Less", "EXEC n1.Then -> n2.Execute",
                           "DATA n3.ReturnValue -> n2.Condition")) == ["undetermined-type"]
    assert errors(document("NODE n1: Event_BeginPlay", "NODE n2: Branch", "NODE n3: Less [Type=Float, A=2.0]", "EXEC n1.Then -> n2.Execute",
                           "DATA n3.ReturnValue -> n2.Condition")) == []


def test_a_loop_of_exec_wires_is_legal_and_one_of_pure_nodes_is_not():
    assert errors(document("NODE n1: Event_BeginPlay", "NODE n2: Delay", "NODE n3: PrintString", "EXEC n1.Then -> n2.Execute",
                           "EXEC n2.Completed -> n3.Execute", "EXEC n3.Then -> n2.Execute")) == []
    found = only_error(document("NODE n1: Event_BeginPlay", "NODE n2: Delay", "NODE n3: Add", "NODE n4: Add", "EXEC n1.Then -> n2.Execute",
                                "DATA n3.ReturnValue -> n2.Duration", "DATA n3.ReturnValue -> n4.A", "DATA n4.ReturnValue -> n3.A"))
    assert found.code == "data-cycle"


def test_a_value_outside_its_type_says_what_fits():
    found = only_error(document("NODE n1: Event_BeginPlay", 'NODE n2: Delay [Duration="soon"]', "EXEC n1.Then -> n2.Execute"))
    assert found.code == "wrong-value" and "a number" in found.remedy
    found = only_error(document("NODE n1: Event_BeginPlay", "NODE n2: SpawnActorFromClass [Class=Pawn, CollisionHandlingOverride=Sometimes]",
                                "NODE n3: MakeTransform", "EXEC n1.Then -> n2.Execute", "DATA n3.ReturnValue -> n2.SpawnTransform"))
    assert "AlwaysSpawn" in found.remedy
    assert only_error(document("NODE n1: Event_BeginPlay", head='VAR Health: Float = "full"\n')).line == 2


def test_enabled_is_a_state_of_any_node_or_the_value_of_a_pin_of_that_name():
    graph = ("NODE n1: Event_BeginPlay", "NODE n2: {}", "EXEC n1.Then -> n2.Execute")
    for node, code in (("SetActorTickEnabled [Enabled=true]", []), ("SetActorTickEnabled [Enabled=Disabled]", []), ("Delay [Enabled=Disabled]", []),
                       ("Delay [Enabled=true]", ["wrong-value"]), ('SetActorTickEnabled [Enabled="now and then"]', ["wrong-value"])):
        assert errors(document(*(line.format(node) for line in graph))) == code, node


def test_a_made_up_node_is_an_error_and_a_described_one_a_note():
    found = only_error(document("NODE n1: Event_BeginPlay", "NODE n2: PrintStrin", "EXEC n1.Then -> n2.Execute"))
    assert found.code == "unknown-node" and "PrintString" in found.remedy
    findings = validate_text(document("NODE n1: Event_BeginPlay", 'NODE n2: Call [Function="Fire", Class="/Game/BP_Gun.BP_Gun_C", Static=true, Params=(Shots: Int)]',
                                      "EXEC n1.Then -> n2.Execute"))[1]
    assert [(finding.code, finding.severity) for finding in findings] == [("unchecked-node", "note")]
    assert "structure checked only" in findings[0].message


def test_a_note_of_a_type_on_a_wire_only_has_to_be_near():
    wires = ("NODE n1: Event_ActorBeginOverlap", "NODE n2: CastToPawn", "EXEC n1.Then -> n2.Execute")
    assert validate_text(document(*wires, "DATA n1.OtherActor -> n2.Object [ObjectRef]"))[1] == []
    assert [f.code for f in validate_text(document(*wires, "DATA n1.OtherActor -> n2.Object [Float]"))[1]] == ["wrong-note"]


def test_variables_of_a_function_are_known_in_that_function_only():
    text = ('BLUEPRINT: B\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: VariableSet [Variable="Local"]\nEXEC n1.Then -> n2.Execute\n'
            'GRAPH: F\nVAR Local: Int\nNODE n1: FunctionEntry\nNODE n2: VariableSet [Variable="Local"]\nEXEC n1.Then -> n2.Execute\n')
    assert [(finding.code, finding.line) for finding in validate_text(text)[1] if finding.is_error] == [("unknown-variable", 4)]


def test_a_document_that_cannot_be_read_at_all_is_none_with_its_errors():
    blueprint, findings = validate_text("what is this?")
    assert blueprint is None and [finding.code for finding in findings][:1] == ["syntax"]


# -- given twice, names, types

def codes(text: str) -> list[str]:
    return [finding.code for finding in validate_text(text)[1]]


def running(node: str, head: str = "") -> str:
    return document("NODE n1: Event_BeginPlay", f"NODE n2: {node}", "EXEC n1.Then -> n2.Execute", head=head)


@pytest.mark.parametrize("node", [
    'PrintString [InString="a", instring="b"]', "PrintString [bPrintToScreen=false, PrintToScreen=true]", 'VariableSet [VarName="A", Variable="B"]',
    'VariableSet [Variable="A", variable="B"]', "SetActorLocation [NewLocation=(X=1), newlocation=(Y=1)]"])
def test_a_value_given_by_two_spellings_of_one_property_is_an_error(node):
    found = only_error(running(node, head="VAR A: Int\nVAR B: Int\n"))
    assert (found.code, found.node) == ("given-twice", "n2") and "Keep one" in found.remedy


def test_a_state_and_a_pin_that_are_both_called_enabled_cannot_be_written_together():
    assert errors(running("SetActorTickEnabled [Enabled=Disabled, bEnabled=true]")) == ["given-twice"]


@pytest.mark.parametrize("value", ["(X=1,X=2,Y=0,Z=0)", "(X=1,x=2)"])
def test_a_member_of_a_struct_given_twice_is_an_error_and_stays(value):
    text = running(f"SetActorLocation [NewLocation={value}]")
    assert "each member once" in only_error(text).remedy
    assert value in render(parse(text)).replace(".0", "")


@pytest.mark.parametrize("name", ["B\x00P", "\x07", "B\x7f"])
def test_a_character_that_cannot_be_seen_in_a_name_is_an_error(name):
    found = only_error(f"BLUEPRINT: {name}\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n")
    assert (found.code, found.line) == ("bad-name", 1)


@pytest.mark.parametrize("written, remedy", [
    ("Array<Array<Int>>", "no containers"), ("Map<Int,Set<Int>>", "no containers"), ("Map<Int>", "Map<String,Int>"), ("Array<Int,Int>", "Array<Int>"),
    ("Int<Bool>", "without brackets"), ("Actor<Int>", "without brackets"), ("Array<Int<Bool>>", "without brackets"), ("Class<Actor,Pawn>", "one name")])
def test_brackets_that_a_type_cannot_have_are_an_error(written, remedy):
    found = only_error(document("NODE n1: Event_BeginPlay", head=f"VAR X: {written}\n"))
    assert (found.code, found.line) == ("wrong-type", 2) and remedy in found.remedy
    assert errors(document(f'NODE n1: Event_Custom [Name="E", Params=(A: {written})]')) == ["wrong-type"]


@pytest.mark.parametrize("written", ["Array", "Array<Int>", "Map<String,Actor>", "Class<Actor>", "Enum</Game/E_Mode.E_Mode>", "Array<Struct</Game/S.S>>", "BP_Door",
                                     "Map<Name,Object</Game/BP_Door.BP_Door_C>>", "ObjectRef", "/Game/BP_Door.BP_Door_C", "ECollisionChannel", "HitResult"])
def test_a_type_of_the_engine_or_of_the_project_has_no_finding(written):
    assert codes(document("NODE n1: Event_BeginPlay", head=f"VAR X: {written}\n")) == []


@pytest.mark.parametrize("written, meant", [("Flaot", "Float"), ("Array<Vektor>", "Vector"), ("Map<Strin,Int>", "String"), ("Class<Actr>", "Actor")])
def test_a_type_that_nobody_knows_is_a_warning_with_the_one_meant(written, meant):
    found, = validate_text(document("NODE n1: Event_BeginPlay", head=f"VAR Hp: {written}\n"))[1]
    assert (found.code, found.line, found.is_error) == ("unknown-type", 2, False) and ("Vektor" in written or f"Did you mean {meant}?" in found.remedy)


def test_a_value_of_a_dispatcher_is_an_error():
    assert only_error(document("NODE n1: Event_BeginPlay", head="VAR X: Dispatcher = 5\n")).code == "wrong-value"


def test_a_property_that_means_nothing_is_a_warning_with_the_one_meant():
    text = ("BLUEPRINT: B\nVAR Hp: Float [Replicatd=true]\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n"
            "GRAPH: Heal [Pur=true]\nVAR L: Int [Categry=\"x\"]\nNODE n1: FunctionEntry\n")
    found = validate_text(text)[1]
    assert [(one.code, one.line, one.is_error) for one in found] == [("unknown-property", line, False) for line in (2, 5, 6)]
    assert [word in one.remedy for one, word in zip(found, ("Did you mean Replicated?", "Did you mean Pure?", "Did you mean Category?"))] == [True] * 3


@pytest.mark.parametrize("line", [
    "VAR A: Int [Category=\"x\", Component=true, ExposeOnSpawn=true, InstanceEditable=true, RepNotify=true, Replicated=true]",
    "VAR A: Dispatcher [Params=(Who: Actor)]", "GRAPH: F [Pure=true, Const=true, Static=true, Access=Private, Class=Actor]\nNODE n1: FunctionEntry"])
def test_every_property_of_a_declaration_is_known(line):
    assert codes(f"BLUEPRINT: B\n{line}\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n") == []


@pytest.mark.parametrize("node, code", [
    ('Event_Custom [Name="E", Params=(Amount: Float, amount: Int)]', "duplicate-parameter"),
    ('Timeline [Name="T", Tracks=(Alpha: Float, Alpha: Float)]', "duplicate-parameter"),
    ('Event_Custom [Name="E", Params=(Amount: Float = "much")]', "wrong-value"),
    ('Event_Custom [Name="E", Params=(Place: Vector = true)]', "wrong-value"),
    ('SwitchString [Cases=("a", "b", "A")]', "duplicate-case")])
def test_a_name_that_would_be_two_pins_of_a_node_is_an_error(node, code):
    assert errors(document(f"NODE n1: {node}")) == [code]


def test_a_parameter_of_a_function_or_dispatcher_stands_once():
    assert errors("BLUEPRINT: B\nGRAPH: F\nNODE n1: FunctionEntry [Params=(Amount: Float, Amount: Int)]\n") == ["duplicate-parameter"]
    assert errors(document("NODE n1: Event_BeginPlay", head="VAR D: Dispatcher [Params=(A: Int, A: Int)]\n")) == ["duplicate-parameter"]


@pytest.mark.parametrize("split, said", [('("Nope")', "no such pin"), ('("Sweep")', "no struct"), ('("NewLocation", "NewLocation_W")', "no such pin")])
def test_only_a_struct_pin_that_is_there_can_be_split(split, said):
    found = only_error(running(f"SetActorLocation [Split={split}]"))
    assert found.code == "wrong-split" and said in found.message and "NewLocation" in found.remedy
    assert errors(running('SetActorTransform [Split=("NewTransform", "NewTransform_Location")]')) == []
    assert errors(document('NODE n1: RInterpTo [Split=("Target")]')) == []  # its hidden self is called Target, too


def test_a_class_that_the_node_cannot_take_is_an_error_and_one_of_the_project_is_not():
    nodes = ("NODE n1: Event_BeginPlay", "NODE n2: SpawnActorFromClass [Class={}]", "NODE n3: MakeTransform", "EXEC n1.Then -> n2.Execute",
             "DATA n3.ReturnValue -> n2.SpawnTransform")
    for name, code in (('"Texture2D"', ["wrong-value"]), ("Pawn", []), ("Actor", []), ("BP_Door", []), ('"/Game/BP_Door.BP_Door_C"', []),
                       ('"/Script/Engine.Texture2D"', ["wrong-value"])):
        assert errors(document(*nodes).format(name)) == code, name
    assert errors(document("NODE n1: Event_BeginPlay", head="VAR X: Class<Actor> = Texture2D\n")) == ["wrong-value"]


def test_a_number_of_pins_begins_where_its_remedy_says():
    assert "from 1 to" in only_error(running("Sequence [Outputs=0]")).remedy
    assert errors(running("SwitchInt [Cases=0]")) == []


def test_a_name_that_the_editor_takes_once_is_a_warning_where_it_stands_twice():
    text = ('BLUEPRINT: B\nVAR Heal: Int\nVAR rootcomponent: Actor\nVAR Boom: Int\nVAR Speed: Int\nGRAPH: EventGraph\nNODE n1: Event_Custom [Name="boom"]\n'
            "GRAPH: heal\nNODE n1: FunctionEntry\n")
    assert [(one.code, one.line, one.is_error) for one in validate_text(text)[1]] == [("name-taken", line, False) for line in (2, 3, 4)]


def test_an_unknown_parent_has_the_line_where_it_stands():
    found, = validate_text("# remark\nBLUEPRINT: B\nPARENT: BP_DoesNotExist\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n")[1]
    assert (found.code, found.line) == ("unknown-parent", 3)


def test_a_thousand_misspelled_types_are_named_without_a_search_for_each():
    head = "".join(f"VAR v{index}: Flaot{'x' * (index % 50)}q{index} [Categry{index}=1]\n" for index in range(1_000))
    survive(document("NODE n1: Event_BeginPlay", head=head))
