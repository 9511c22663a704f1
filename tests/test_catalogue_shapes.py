"""Shapes of the node forms: which pins a node has, once its properties and its document are known."""

import pytest
from hypothesis import given, settings
from dsl_strategies import documents
from utils.blueprint_patterns import RULES, Scope, load_catalogue
from utils.dsl.ast import Node, Params, Struct, Word
from utils.dsl.lexer import Cursor
from utils.dsl.types import PinType
from utils.dsl_parser import parse

CATALOGUE = load_catalogue()


def shape(text: str, parent: str = "Actor", head: str = "", graph: str = "EventGraph"):
    """Shape of the first node of a document."""
    document = parse(f'BLUEPRINT: BP_Test\nPARENT: "{parent}"\n{head}GRAPH: {graph}\nNODE n1: {text}\n')
    return CATALOGUE.shape(document.graphs[0].nodes[0], Scope.of(document, document.graphs[0]))


def pins(found, is_input: bool, hidden: bool = False) -> list[str]:
    return [pin.name for pin in found.pins if pin.is_input is is_input and (hidden or not pin.is_hidden)]


def kind(found, name: str, is_input: bool | None = None) -> str:
    return str(CATALOGUE.type_ref(found.pin(name, is_input).type))


def codes(found) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize("text, inputs, outputs", [
    ("Branch", "Execute Condition", "True False"),
    ("Sequence [Outputs=3]", "Execute", "Then_0 Then_1 Then_2"),
    ("Delay", "Execute Duration", "Completed"),
    ("RetriggerableDelay", "Execute Duration", "Completed"),
    ("ForEachLoop", "Execute Array", "LoopBody ArrayElement ArrayIndex Completed"),
    ("ForEachLoopWithBreak", "Execute Array Break", "LoopBody ArrayElement ArrayIndex Completed"),
    ("ForLoop", "Execute FirstIndex LastIndex", "LoopBody Index Completed"),
    ("WhileLoop", "Execute Condition", "LoopBody Completed"),
    ("DoOnce", "Execute Reset StartClosed", "Completed"),
    ("Gate", "Enter Open Close Toggle StartClosed", "Exit"),
    ("FlipFlop", "Execute", "A B IsA"),
    ("MultiGate [Outputs=3]", "Execute Reset IsRandom Loop StartIndex", "Out_0 Out_1 Out_2"),
    ("IncrementInt", "Execute Value", "Then Result"),
    ("IsValidBranch", "Execute InputObject", "IsValid IsNotValid"),
    ("CastToCharacter", "Execute Object", "Then CastFailed AsCharacter"),
    ("CastToCharacter [Pure=true]", "Object", "AsCharacter Success"),
    ("CastToClass [Class=Pawn]", "Execute Class_", "Then CastFailed AsPawn"),
    ('CastToBP_Door [Class="/Game/BP_Door.BP_Door_C"]', "Execute Object", "Then CastFailed AsBP_Door"),
    ("Event_BeginPlay", "", "OutputDelegate Then"),
    ("Event_Hit", "", "OutputDelegate Then MyComp Other OtherComp SelfMoved HitLocation HitNormal NormalImpulse Hit"),
    ('Event_Custom [Name="OnHeal", Params=(Amount: Float, "By Whom": Actor)]', "", "OutputDelegate Then Amount ByWhom"),
    ('Event_Override [Event="OnUse", Class="/Game/BPI.BPI_C", Params=(Who: Actor)]', "", "OutputDelegate Then Who"),
    ('Event_InputKey [Key="F"]', "", "Pressed Released Key"),
    ('Event_InputAction [Action="Jump"]', "", "Pressed Released Key"),
    ('Event_InputAxis [Axis="MoveForward"]', "", "OutputDelegate Then AxisValue"),
    ('Event_EnhancedInput [Action="IA_Jump"]', "",
     "Triggered Started Ongoing Canceled Completed ActionValue ElapsedSeconds TriggeredSeconds InputAction"),
    ("SetActorLocation", "Execute Target NewLocation Sweep Teleport", "Then SweepHitResult ReturnValue"),
    ("GetActorLocation", "Target", "ReturnValue"),
    ("SwitchInt [Cases=3]", "Execute Selection", "Default Case_0 Case_1 Case_2"),
    ("SwitchInt [Cases=2, StartIndex=5, Default=false]", "Execute Selection", "Case_5 Case_6"),
    ('SwitchString [Cases=("go left", "stop")]', "Execute Selection", "Default goleft stop"),
    ("SwitchEnum [Enum=EEndPlayReason]", "Execute Selection", " ".join(CATALOGUE.enumerators("EEndPlayReason"))),
    ('SwitchEnum [Enum="/Game/E.E", Cases=("NewEnumerator0", "NewEnumerator1"), Default=true]', "Execute Selection",
     "NewEnumerator0 NewEnumerator1 Default"),
    ("Select [Options=3]", "Option_0 Option_1 Option_2 Index", "ReturnValue"),
    ("MakeArray [Inputs=2]", "Item_0 Item_1", "Array"),
    ("MakeMap [Inputs=2]", "Key_0 Value_0 Key_1 Value_1", "Map"),
    ("GetArrayItem", "Array Index", "Output"),
    ('FormatText [Format="{Name} has {Left Points}"]', "Format Name LeftPoints", "Result"),
    ("Add [Inputs=4]", "A B C D", "ReturnValue"),
    ("BooleanAND [Inputs=3]", "A B C", "ReturnValue"),
    ("MakeStruct [Struct=WidgetTransform, Shown=(Translation, Angle)]", "Translation Angle", "WidgetTransform"),
    ('BreakStruct [Struct="/Game/S_Item.S_Item", Members=(Count_3_0123456789ABCDEF0123456789ABCDEF: Int, Name: Text)]', "S_Item", "Count Name"),
    ('Timeline [Name="Open", Tracks=(Alpha: Float, "My Tint": LinearColor)]',
     "Play PlayFromStart Stop Reverse ReverseFromEnd SetNewTime NewTime", "Update Finished Direction Alpha MyTint"),
    ('Call [Function="Buy", Class="/Game/BP_Shop.BP_Shop_C", Params=(Price: Int, Class: Name), Results=(Done: Bool)]',
     "Execute Target Price Class_", "Then Done"),
    ('Call [Function="Roll", Class="/Script/Dice.DiceLibrary", Results=(Eyes: Int), Static=true, Pure=true]', "", "Eyes"),
    ("CallParent [Function=\"ReceiveBeginPlay\", Class=Actor]", "Execute", "Then"),
    ('CallInterface [Function="Use", Interface="/Game/BPI_Use.BPI_Use_C", Params=(Who: Actor)]', "Execute Target Who", "Then"),
    ('BindEvent [Dispatcher="OnDestroyed", Class=Actor]', "Execute Target Event", "Then"),
    ('CreateEvent [Function="OnDied"]', "Object", "Event"),
    ("GetDataTableRow [Struct=TableRowBase]", "Execute DataTable RowName", "RowFound RowNotFound OutRow"),
    ("GetSubsystem [Class=EnhancedInputLocalPlayerSubsystem]", "", "ReturnValue"),
    ("ForEachElementInEnum [Enum=EEndPlayReason]", "Execute SkipHidden", "LoopBody EnumValue Completed"),
    ("EvaluateCurveTableRow", "Execute CurveTable RowName InXY ContextString", "RowFound RowNotFound OutXY"),
    ('Macro [Graph="/Game/Lib.Lib:Twice", Inputs=(In: Exec, Count: Int), Outputs=(First: Exec, Second: Exec)]',
     "Execute Count", "First Second"),
    ('AsyncAction [Class="/Script/Ads.LoadAd", Function="Load", Params=(Unit: String), Outputs=(Loaded: Exec, Error: Exec), Results=(Error: Int)]',
     "Execute Unit", "Then Loaded Error Error_2"),
    ("Self", "", "Self"),
])
def test_a_node_has_the_pins_that_the_editor_shows(text, inputs, outputs):
    found = shape(text)
    assert codes(found) == []
    assert pins(found, True) == inputs.split()
    assert pins(found, False) == outputs.split()


def test_the_literal_that_shares_its_name_with_a_property_has_a_name_of_its_own():
    assert shape("EnumLiteral [Enum=EEndPlayReason, Value=Quit]").pin("Value", True).internal == "Enum"


def test_a_cast_to_a_class_nobody_knows_is_a_mistake_unless_it_is_named_as_a_blueprint():
    assert codes(shape("CastToCharcter")) == ["unknown-class"]
    assert codes(shape("CastToBP_Door")) == [] and kind(shape("CastToBP_Door"), "AsBP_Door") == "BP_Door"


def test_an_input_called_enabled_keeps_its_name():
    assert shape("SetActorTickEnabled [Enabled=true]").pin("Enabled", True).internal == "bEnabled"


def test_hidden_pins_are_there_for_the_writer_and_are_no_target():
    found = shape("PrintString")
    hidden = {pin.internal: pin.ue_type for pin in found.pins if pin.is_hidden}
    assert hidden == {"self": "object:KismetSystemLibrary", "WorldContextObject": "object:Object"}
    assert found.pin("Target") is None
    assert [pin.internal for pin in shape("Delay").pins if pin.is_hidden] == ["self", "WorldContextObject", "LatentInfo"]


def test_a_pin_answers_to_its_dsl_name_its_internal_name_and_the_name_with_b():
    found = shape("SetActorLocation")
    assert found.pin("sweep") is found.pin("bSweep") is found.pin("Sweep", True)
    assert found.pin("self") is found.pin("Target") and found.pin("execute") is found.pin("Execute")
    assert shape("ForEachLoop").pin("Array Element").name == "ArrayElement"


def test_defaults_are_values_of_the_dsl():
    found = shape("PrintString")
    assert found.pin("InString").default == "Hello" and found.pin("PrintToLog").default is True
    assert found.pin("Duration").default == 2.0
    assert found.pin("TextColor").default == Struct((("R", 0.0), ("G", 0.66), ("B", 1.0), ("A", 1.0)))
    assert shape("SpawnActorFromClass").pin("TransformScaleMethod").default == Word("MultiplyWithRoot")


def test_purity_may_be_said_where_it_differs_from_the_catalogue():
    assert pins(shape("GetActorLocation [Pure=false]"), False) == ["Then", "ReturnValue"]
    assert shape("GetActorLocation").is_pure and not shape("GetActorLocation [Pure=false]").is_pure


def test_split_pins_are_hidden_and_their_parts_stand_behind_them():
    found = shape('SpawnActorFromClass [Class=Pawn, Split=("SpawnTransform", "SpawnTransform_Location")]')
    names = [pin.name for pin in found.pins if pin.name.startswith("SpawnTransform")]
    assert names == ["SpawnTransform", "SpawnTransform_Location", "SpawnTransform_Location_X", "SpawnTransform_Location_Y",
                     "SpawnTransform_Location_Z", "SpawnTransform_Rotation", "SpawnTransform_Scale"]
    assert found.pin("SpawnTransform").is_hidden and found.pin("SpawnTransform_Location").is_hidden
    assert kind(found, "SpawnTransform_Rotation") == "Rotator" and kind(found, "SpawnTransform_Location_X") == "Float"


def test_the_class_literal_types_what_comes_out():
    assert kind(shape("SpawnActorFromClass [Class=Pawn]"), "ReturnValue") == "Pawn"
    assert kind(shape('CreateWidget [Class="/Game/W.W_C"]'), "ReturnValue") == "Object</Game/W.W_C>"
    assert kind(shape("GetAllActorsOfClass [ActorClass=Character]"), "OutActors") == "Array<Character>"
    assert kind(shape("GetComponentByClass [ComponentClass=AudioComponent]"), "ReturnValue") == "AudioComponent"


HEAD = 'VAR Health: Float = 100.0\nVAR "App Open": Bool\nVAR OnDied: Dispatcher [Params=(Who: Actor)]\nVAR Box: BoxComponent\n'


def test_variables_are_typed_by_the_document_the_parent_class_or_the_node():
    assert kind(shape('VariableGet [Variable="Health"]', head=HEAD), "Health") == "Float"
    assert kind(shape('VariableGet [Variable="CharacterMovement"]', "Character"), "CharacterMovement") == "CharacterMovementComponent"
    assert kind(shape('VariableGet [Variable="Gold", Type=Int]'), "Gold") == "Int"
    assert kind(shape('VariableGet [Variable="Gold", Type="Array<Int>"]'), "Gold") == "Array<Int>"
    assert codes(shape('VariableGet [Variable="Gold"]')) == ["unknown-variable"]
    assert codes(shape("VariableGet")) == ["missing-variable"]


def test_a_variable_of_another_object_has_a_target_and_ones_own_has_not():
    own = shape('VariableSet [Variable="App Open"]', head=HEAD)
    assert pins(own, True) == ["Execute", "AppOpen"] and pins(own, False) == ["Then", "Output"]
    other = shape('VariableSet [Variable="Instigator", Class=Actor]', "UserWidget")
    assert pins(other, True) == ["Execute", "Instigator", "Target"] and other.pin("Target").is_required
    assert not shape('VariableSet [Variable="Instigator", Class=Actor]', "Pawn").pin("Target").is_required


def test_a_validated_get_branches():
    assert pins(shape('VariableGet [Variable="Box", Validated=true]', head=HEAD), False) == ["IsValid", "IsNotValid", "Box"]


def test_a_local_variable_has_no_target_even_hidden():
    text = "BLUEPRINT: B\nGRAPH: Add\nVAR Sum: Int\nNODE n1: VariableGet [Variable=\"Sum\"]\n"
    document = parse(text)
    found = CATALOGUE.shape(document.graphs[0].nodes[0], Scope.of(document, document.graphs[0]))
    assert [pin.internal for pin in found.pins] == ["Sum"] and kind(found, "Sum") == "Int"


def test_own_functions_and_events_are_called_with_the_pins_they_declare():
    text = """BLUEPRINT: B
GRAPH: EventGraph
NODE n1: Event_Custom [Name="OnHeal", Params=(Amount: Float)]
NODE n2: Call [Function="OnHeal"]
NODE n3: Call [Function="Double"]
NODE n4: Call [Function="Nothing"]
GRAPH: Double [Pure=true]
NODE n1: FunctionEntry [Params=(Value: Int)]
NODE n2: FunctionResult [Params=(Result: Int)]
"""
    document = parse(text)
    shapes = [CATALOGUE.shape(node, Scope.of(document, document.graphs[0])) for node in document.graphs[0].nodes]
    assert pins(shapes[1], True) == ["Execute", "Amount"] and pins(shapes[1], False) == ["Then"]
    assert pins(shapes[2], True) == ["Value"] and pins(shapes[2], False) == ["Result"] and shapes[2].is_pure
    assert codes(shapes[3]) == ["unknown-function"]


def test_an_override_of_a_parents_function_has_that_functions_parameters():
    entry = shape("FunctionEntry", "UserWidget", graph="OnKeyDown")
    assert pins(entry, False) == ["Then", "MyGeometry", "InKeyEvent"]
    assert kind(shape("FunctionResult", "UserWidget", graph="OnKeyDown"), "ReturnValue") == "EventReply"


def test_a_component_event_takes_its_parameters_from_the_components_class():
    found = shape('Event_Component [Component="Box", Event="OnComponentBeginOverlap"]', head=HEAD)
    assert pins(found, False) == ["OutputDelegate", "Then", "OverlappedComponent", "OtherActor", "OtherComp", "OtherBodyIndex",
                                  "FromSweep", "SweepResult"]
    assert found.member == ("/Script/Engine.PrimitiveComponent", "OnComponentBeginOverlap")


def test_dispatchers_are_those_of_the_document_or_of_a_class():
    assert pins(shape('CallDispatcher [Dispatcher="OnDied"]', head=HEAD), True) == ["Execute", "Target", "Who"]
    assert codes(shape('CallDispatcher [Dispatcher="OnGone"]', head=HEAD)) == ["unknown-dispatcher"]
    assert codes(shape('CallDispatcher [Dispatcher="OnGone"]', "/Game/Own.Own_C")) == []
    assert pins(shape('UnbindAllEvents [Dispatcher="OnDestroyed", Class=Actor]'), True) == ["Execute", "Target"]


def test_the_generic_form_has_the_pins_it_lists():
    found = shape('K2Node [Class="/Script/X.K2Node_Odd", Inputs=(execute: Exec, Class: Int, "": Wildcard), Outputs=(then: Exec, then_0: Exec)]')
    assert found.role == "generic" and not found.is_known and found.node_class == "/Script/X.K2Node_Odd"
    assert pins(found, True) == ["Execute", "Class_", "Unnamed"] and pins(found, False) == ["Then", "Then_0"]


@pytest.mark.parametrize("text, pin", [
    ("SetVisibility", "Target"), ("SpawnActorFromClass", "Class"), ("SpawnActorFromClass", "SpawnTransform"), ("CreateWidget", "Class"),
    ("CastToPawn", "Object"), ("Array_Add", "TargetArray"), ("Map_Find", "TargetMap"), ("ForEachLoop", "Array"),
    ('BindEvent [Dispatcher="OnDestroyed", Class=Actor]', "Event"), ("SetTimerByEvent", "Delegate"), ("IncrementInt", "Value"),
    ('CallInterface [Function="Use", Interface="/Game/I.I_C"]', "Target"), ("Widget.SetVisibility", "Target"),
])
def test_an_input_that_the_compiler_refuses_empty_is_required(text, pin):
    assert shape(text).pin(pin).is_required


@pytest.mark.parametrize("text, parent, pin", [
    ("GetActorLocation", "Pawn", "Target"), ("GetActorLocation", "/Game/BP_Own.BP_Own_C", "Target"), ("IsValid", "Actor", "Object"),
    ("PlaySound2D", "Actor", "Sound"), ("PrintString", "Actor", "InString"), ("Branch", "Actor", "Condition"),
    ("LineTraceSingle", "Actor", "ActorsToIgnore"), ("CreateWidget [Class=UserWidget]", "Actor", "OwningPlayer"),
    ('SpawnActorFromClass [Class=Pawn, Split=("SpawnTransform")]', "Actor", "SpawnTransform_Location"),
    ('CastToPawn [Open=("Object")]', "Actor", "Object"), ("GetActorLocation", "Actor", "self"),
])
def test_an_input_that_may_stay_empty_is_not_required(text, parent, pin):
    assert not shape(text, parent).pin(pin).is_required


@pytest.mark.parametrize("text, code", [
    ("Event_Custom", "missing-name"), ("Call", "missing-function"), ("SwitchEnum", "missing-enum"), ("MakeStruct", "missing-struct"),
    ("Event_InputKey", "missing-key"), ("Event_InputAction", "missing-action"), ("Event_EnhancedInput", "missing-action"),
    ("Event_InputAxis", "missing-axis"), ("Event_Component", "missing-component"), ("CreateEvent", "missing-function"),
    ("BindEvent", "missing-dispatcher"), ("CallInterface [Function=\"Use\"]", "missing-interface"), ("Macro", "missing-graph"),
    ("K2Node", "missing-class"), ("GetSubsystem", "missing-class"), ("AsyncAction", "missing-function"), ("MathExpression", "missing-expression"),
    ("Sequence [Outputs=100000]", "bad-count"), ("Sequence [Outputs=-1]", "bad-count"), ("MakeArray [Inputs=true]", "bad-count"),
    ("SwitchEnum [Enum=ENope]", "unknown-enum"), ("MakeStruct [Struct=FNope]", "unknown-struct"), ("CastToNope", "unknown-class"),
    ("Event_Override", "missing-event"),
])
def test_a_missing_or_wrong_property_is_a_problem_with_a_remedy(text, code):
    found = shape(text)
    assert code in codes(found)
    assert all(problem.message and problem.remedy for problem in found.problems)


@settings(max_examples=200, deadline=None)
@given(documents())
def test_no_document_is_too_odd_to_be_shaped(document):
    for graph in document.graphs:
        scope = Scope.of(document, graph)
        for node in graph.nodes:
            _check_names(CATALOGUE.shape(node, scope))


@pytest.mark.parametrize("name", [*sorted(RULES), "CastToPawn", "Event_Tick", "PrintString"])
def test_no_value_of_a_property_is_too_odd_for_a_form(name):
    values = (True, -1, 10 ** 9, 1.5, "", "x y", "/Game/A.A", "a<b,c>", Word("Pawn"), Params(), (), ("a", 1, ("b",)), Struct((("A", 1),)),
              Cursor("(A: Int, B: Array<Nope>)", 1).value())
    keys = ("Class Name Function Params Results Inputs Outputs Options Cases Enum Struct Members Shown Type ValueType IndexType Variable "
            "Dispatcher Tracks Exposed Split Open Event Component Format Arguments Graph StartIndex").split()
    for value in values:
        found = CATALOGUE.shape(Node("n1", name, tuple((key, value) for key in keys)), Scope())
        _check_names(found)


def _check_names(found):
    for side in (True, False):
        names = [pin.name.lower() for pin in found.pins if pin.is_input is side]
        assert len(names) == len(set(names))
    for pin in found.pins:
        assert isinstance(pin.type, PinType) and found.pin(pin.name, pin.is_input) is pin
