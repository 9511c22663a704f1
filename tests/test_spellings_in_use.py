"""What people already write, from 250 documents in use: every node and pin is read, or refused with the remedy that helps."""

import pytest
from utils.dsl.canonical import canonicalise
from utils.dsl_parser import parse
from utils.dsl_validator import validate, validate_text


def text(*lines: str, head: str = "") -> str:
    return "BLUEPRINT: B\n" + head + "GRAPH: EventGraph\n" + "\n".join(lines) + "\n"


# Node as people write it, its properties, inputs, outputs; what is written instead. From 250 documents in use.
SPELLINGS = [
    ('PrintString [InString="a"]', "Execute InString", "Then", "PrintString"),
    ('VariableGet [VarName="Health"]', "", "Value", "VariableGet"),
    ("Event_BeginPlay", "", "Then", "Event_BeginPlay"),
    ("Branch", "Execute Condition", "True False", "Branch"),
    ('VariableSet [VarName="Health"]', "Execute Value", "Then Value", "VariableSet"),
    ('Event_InputAction [ActionName="Jump"]', "", "Pressed", "Event_InputAction"),
    ("Event_ActorBeginOverlap", "", "Then OtherActor", "Event_ActorBeginOverlap"),
    ("AddToViewport", "Execute Target", "Then", "AddToViewport"),
    ("Event_Tick", "", "Then DeltaSeconds", "Event_Tick"),
    ('CreateWidget [WidgetClass="WBP_Menu"]', "Execute", "Then ReturnValue", "CreateWidget"),
    ("GetActorLocation", "Target", "ReturnValue", "GetActorLocation"),
    ("LessThan [B=3.0]", "A B", "ReturnValue", "Less"),
    ('Event_Custom [EventName="OnHeal"]', "", "Then", "Event_Custom"),
    ('SetTimerByFunctionName [FunctionName="F", Time=1.0, Looping=true]', "Execute", "Then", "SetTimerByFunctionName"),
    ("DestroyActor", "Execute Target", "Then", "DestroyActor"),
    ("Delay [Duration=2.0]", "Execute", "Completed", "Delay"),
    ("IsValid", "Input", "ReturnValue", "IsValid"),
    ('Concatenate [A="a", B="b"]', "B A", "ReturnValue", "Concat_StrStr"),
    ("GetDistanceTo", "OtherActor", "ReturnValue", "GetDistanceTo"),
    ("RemoveFromParent", "Execute Target", "Then", "RemoveFromParent"),
    ("SetActorLocation", "Execute NewLocation Target", "Then", "SetActorLocation"),
    ('SpawnActorFromClass [ActorClass="BP_Enemy"]', "Execute SpawnTransform", "Then ReturnValue", "SpawnActorFromClass"),
    ("CastToCharacter", "Execute Object", "CastSucceeded CastFailed AsCharacter", "CastToCharacter"),
    ("MultiplyFloat [B=2.0]", "A B", "ReturnValue", "Multiply"),
    ("GreaterThan [B=2]", "A B", "ReturnValue", "Greater"),
    ("GetPlayerPawn", "", "ReturnValue", "GetPlayerPawn"),
    ("AddInt [B=1]", "A B", "ReturnValue", "Add"),
    ("ForEachLoop", "Execute Array", "LoopBody ArrayElement Completed", "ForEachLoop"),
    ("Lerp [Alpha=0.5]", "A B Alpha", "ReturnValue", "Lerp"),
    ("Gate", "Open Close Enter", "Exit", "Gate"),
    ('ClearTimerByFunctionName [FunctionName="F"]', "Execute", "Then", "ClearTimerByFunctionName"),
    ("SubtractFloat [B=1.0]", "A B", "ReturnValue", "Subtract"),
    ("ForLoop [FirstIndex=0, LastIndex=5]", "Execute", "LoopBody Index Completed", "ForLoop"),
    ("AddFloat [B=1.0]", "A B", "ReturnValue", "Add"),
    ("Event_AnyDamage", "", "Then Damage", "Event_AnyDamage"),
    ("AddImpulse [Impulse=(X=0,Y=0,Z=500)]", "Execute Impulse", "Then", "AddImpulse"),
    ("MakeVector [X=1, Y=2, Z=3]", "X Y Z", "ReturnValue", "MakeVector"),
    ("AddActorLocalRotation [DeltaRotation=(Pitch=0,Yaw=5,Roll=0)]", "Execute DeltaRotation", "Then", "AddActorLocalRotation"),
    ("FlipFlop", "Execute", "A B", "FlipFlop"),
    ('PlaySoundAtLocation [Sound="S"]', "Execute Location", "Then", "PlaySoundAtLocation"),
    ("Event_EndPlay", "", "Then", "Event_EndPlay"),
    ("SetActorHiddenInGame [NewHidden=true]", "Execute NewHidden", "Then", "SetActorHiddenInGame"),
    ("DoOnce", "Execute", "Completed", "DoOnce"),
    ("SwitchOnInt", "Execute Selection", "Case_1 Case_2 Case_3 Default Case_0", "SwitchInt"),
    ("GetDisplayName", "Target", "ReturnValue", "GetDisplayName"),
    ("SetSimulatePhysics [Simulate=true]", "Execute Target", "Then", "SetSimulatePhysics"),
    ("Event_ActorEndOverlap", "", "Then", "Event_ActorEndOverlap"),
    ("Sequence", "Execute", "Then_0 Then_1 Then_2", "Sequence"),
    ("WhileLoop", "Execute Condition", "LoopBody Completed", "WhileLoop"),
    ("EqualEqual [B=5]", "A", "ReturnValue", "EqualEqual"),
    ("AddActorLocalOffset [DeltaLocation=(X=1,Y=0,Z=0)]", "Execute DeltaLocation", "", "AddActorLocalOffset"),
    ("GetGameTimeInSeconds", "", "ReturnValue", "GetGameTimeInSeconds"),
    ("RandomFloat [Min=0.0, Max=5.0]", "", "ReturnValue", "RandomFloatInRange"),
    ("CastToPawn", "Execute Object", "CastSucceeded CastFailed AsPawn", "CastToPawn"),
    ("Clamp [Min=0.0, Max=100.0]", "Value", "ReturnValue", "FClamp"),
    ("Clamp [Min=0, Max=100]", "Value", "ReturnValue", "Clamp"),
    ("BreakVector", "Input", "X Y Z", "BreakVector"),
    ("SetVisibility [NewVisibility=true]", "Execute", "", "SceneComponent.SetVisibility"),
    ("GetActorForwardVector", "", "ReturnValue", "GetActorForwardVector"),
    ("RandomInteger [Min=1, Max=6]", "", "ReturnValue", "RandomIntegerInRange"),
    ("SwitchOnString", "Execute Selection", "Case_Attack Case_Build Case_Inventory Case_Defend Case_Heal Default", "SwitchString"),
    ('CallEvent [EventName="OnHeal"]', "Execute", "", "Call"),
    ('GetVariable [VarName="Health"]', "", "Value", "VariableGet"),
    ('SetVariable [VarName="Health"]', "Execute Value", "Then Value", "VariableSet"),
    ("ToggleVisibility", "Execute Target", "", "ToggleVisibility"),
    ("RetriggerableDelay [Duration=1.0]", "Execute", "Completed", "RetriggerableDelay"),
    ("Event_Hit", "", "Then HitNormal", "Event_Hit"),
    ("MultiGate", "Execute", "Out_0 Out_1 Out_2", "MultiGate"),
    ("DivideFloat [B=2.0]", "A B", "ReturnValue", "Divide"),
    ("SubtractInt [B=1]", "A", "ReturnValue", "Subtract"),
    ('Event_CustomEvent [EventName="OnHeal"]', "", "Then", "Event_Custom"),
    ("GetActorRotation", "", "ReturnValue", "GetActorRotation"),
    ('SpawnActor [ActorClass="BP_Enemy"]', "Execute", "", "SpawnActorFromClass"),
    ('PlaySound [Sound="S"]', "Execute Location", "", "PlaySoundAtLocation"),
    ("LessThanFloat", "A", "ReturnValue", "Less"),
    ("Subtract", "A B", "ReturnValue", "Subtract"),
    ("Multiply [A=2.0, B=3.0]", "A B", "ReturnValue", "Multiply"),
    ("Add [A=1, B=2]", "A", "ReturnValue", "Add"),
    ("AddFloat [A=1.0]", "B", "ReturnValue", "Add"),
    ("DivideFloat [A=1.0]", "B", "ReturnValue", "Divide"),
    ("MakeRotator [Yaw=90]", "", "ReturnValue", "MakeRotator"),
    ("CastToPlayerController", "Execute Object", "CastSucceeded", "CastToPlayerController"),
    ("NotBool", "Input", "ReturnValue", "Not_PreBool"),
    ('ActorHasTag [Tag="Player"]', "Target", "ReturnValue", "ActorHasTag"),
    ("AddForce", "Execute Force", "", "AddForce"),
    ('GetInputAxisValue [AxisName="MoveForward"]', "", "ReturnValue", "GetInputAxisValue"),
    ("Sin", "Input", "ReturnValue", "Sin"),
    ("Modulo [B=2]", "A", "ReturnValue", "Percent_IntInt"),
    ("Max", "A B", "ReturnValue", "Max"),
    ("ArrayLength", "Array", "ReturnValue", "Array_Length"),
    ("BooleanAND", "A B", "ReturnValue", "BooleanAND"),
    ("NOT", "Input", "ReturnValue", "Not_PreBool"),
    ("BooleanOR", "A B", "ReturnValue", "BooleanOR"),
]


EXECS = frozenset("Execute Then True False CastSucceeded CastFailed Completed LoopBody Pressed Exit Open Close Enter Default".split())


@pytest.mark.parametrize(("node", "inputs", "outputs", "name"), SPELLINGS, ids=[row[0].split()[0] + str(index) for index, row in enumerate(SPELLINGS)])
def test_a_spelling_in_use_is_read_with_all_its_pins(node, inputs, outputs, name):
    """Every pin is wired to a partner, be it to a pin that the partner lacks; nothing may be wrong with the node itself."""
    lines, wires = [f"NODE m: {node}"], []
    pins = [(pin, True) for pin in inputs.split()] + [(pin, False) for pin in outputs.split()]
    for index, (pin, is_input) in enumerate(pins):
        is_exec = pin in EXECS or pin.startswith(("Case_", "Then_", "Out_")) or (node == "FlipFlop" and not is_input)
        lines.append(f"NODE p{index}: Self")
        source, target = (f"p{index}.Nothing", f"m.{pin}") if is_input else (f"m.{pin}", f"p{index}.Nothing")
        wires.append(f"{'EXEC' if is_exec else 'DATA'} {source} -> {target}")
    read = parse(text(*lines, *sorted(wires, reverse=True), head="VAR Health: Float\n"))
    assert [str(one) for one in validate(read) if one.node == "m" and one.is_error and one.code not in ("missing-input", "unknown-function")] == []
    assert name in [one.type for one in canonicalise(read).graphs[0].nodes]


@pytest.mark.parametrize(("node", "remedy"), [
    ("MakeRotator [X=1.0]", "Roll, Pitch, Yaw"), ("AddImpulse [Z=500]", "write Impulse=(X=0,Y=0,Z=0)"),
    ("AddActorLocalRotation [Yaw=5]", "write DeltaRotation=(Pitch=0,Yaw=0,Roll=0)"), ("AddActorLocalOffset [X=5]", "write DeltaLocation=(X=0,Y=0,Z=0)"),
])
def test_a_property_that_never_existed_is_refused_with_the_one_that_does(node, remedy):
    assert remedy in only_finding(text(f"NODE n1: {node}"), "unknown-property", 3)


@pytest.mark.parametrize(("node", "pin", "is_input", "remedy"), [
    ("Event_BeginPlay", "IsActive", False, "Its data outputs: none"), ("Event_BeginPlay", "TargetActors", False, "Its data outputs: none"),
    ("Event_Tick", "TargetActor", False, "Its data outputs: DeltaSeconds"), ("CastToPawn", "AsCharacter", False, "Its data outputs: AsPawn"),
    ('Event_Custom [EventName="OnHeal"]', "Amount", False, "Params=(Amount: Float)"),
    ('SpawnActor [ActorClass="BP_Enemy"]', "SpawnLocation", True, 'Split=("SpawnTransform") to the node, then the pin is SpawnTransform_Location'),
    ('SpawnActor [ActorClass="BP_Enemy"]', "SpawnRotation", True, "SpawnTransform_Rotation"),
    ("MakeRotator", "X", True, "Roll, Pitch, Yaw"), ("AddImpulse", "Z", True, "Impulse_Z"),
])
def test_a_pin_that_never_existed_is_refused_with_what_there_is(node, pin, is_input, remedy):
    wire = f"DATA n2.Self -> n1.{pin}" if is_input else f"DATA n1.{pin} -> n2.Self"
    assert remedy in only_finding(text(f"NODE n1: {node}", "NODE n2: Self", wire), "unknown-pin", 5)


@pytest.mark.parametrize("literal", ["true", "5.0", '"text"'])
def test_a_literal_as_the_source_of_a_wire_is_refused_with_its_right_place(literal):
    assert "a literal belongs into the node's properties" in only_finding(text("NODE n1: Branch", f"DATA {literal} -> n1.Condition"), "syntax", 4)


def only_finding(document: str, code: str, line: int) -> str:
    """The remedy of the finding of that code; there is just one, at that line, and it is an error."""
    found = [one for one in validate_text(document)[1] if one.code == code and one.line == line]
    assert len(found) == 1 and found[0].is_error
    return found[0].remedy


def test_the_remedy_for_a_part_of_a_pin_works():
    """Told to split the pin, one gets the pin that was meant."""
    split = text('NODE n1: Event_BeginPlay', 'NODE n2: SpawnActor [ActorClass="BP_Enemy", Split=("SpawnTransform")]', "NODE n3: GetActorLocation",
                 "EXEC n1.Then -> n2.Execute", "DATA n3.ReturnValue -> n2.SpawnTransform_Location")
    assert not [one for one in validate_text(split)[1] if one.is_error]
