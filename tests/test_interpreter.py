"""The interpreter does what the engine would do, as far as a graph alone says."""

import pytest
from utils.blueprint_patterns import load_catalogue
from utils.dsl_parser import parse
from utils.dsl_validator import validate
from utils.interpreter import WITHOUT_END, Machine
from utils.interpreting.traces import GAMES, meaning, similarity, traces

CATALOGUE = load_catalogue()
PLAY = {"event": "Event_BeginPlay"}
HIT = {"event": "Event_Hit"}


def key(name: str, pin: str = "Pressed", **more) -> dict:
    return {"event": "Event_InputKey", "Key": name, "pin": pin, **more}


def graph(lines: str, head: str = "") -> object:
    """A document from its lines; it must be one that the validator accepts."""
    blueprint = parse(f"BLUEPRINT: BP_Test\n{head}\nGRAPH: EventGraph\n{lines}")
    assert [finding.message for finding in validate(blueprint) if finding.is_error] == []
    return blueprint


def trace(lines: str, *stimuli: dict, head: str = "", world: dict | None = None) -> list[str]:
    return Machine(graph(lines, head), CATALOGUE, world).run(stimuli)


COUNTER = """\
NODE g: VariableGet [Variable="Count"]
NODE s: Add [B=1]
NODE v: VariableSet [Variable="Count"]
"""
COUNTER_DATA = "DATA g.Count -> s.A\nDATA s.ReturnValue -> v.Count\n"
INT = "VAR Count: Int"


def test_a_running_delay_is_not_started_again_and_a_retriggerable_one_starts_over():
    nodes = 'NODE a: Event_Hit\nNODE d: {delay} [Duration=1.0]\nNODE p: PrintString [InString="x"]\nEXEC a.Then -> d.Execute\nEXEC d.Completed -> p.Execute'
    hits = [HIT, {"wait": 0.5}, HIT]
    assert trace(nodes.format(delay="Delay"), *hits) == ["@1s print x"]
    assert trace(nodes.format(delay="RetriggerableDelay"), *hits) == ["@1.5s print x"]


TIMER = f"""\
NODE a: Event_BeginPlay
NODE t: SetTimerByEvent [Time=1.0, Looping=true]
NODE e: Event_Custom [Name="Beat"]
{COUNTER}NODE k: Event_InputKey [Key="X"]
NODE c: ClearTimerByFunctionName [FunctionName="Beat"]
NODE o: Self
NODE b: Event_InputKey [Key="B"]
EXEC a.Then -> t.Execute
EXEC b.Pressed -> t.Execute
EXEC e.Then -> v.Execute
EXEC k.Pressed -> c.Execute
DATA e.OutputDelegate -> t.Delegate
DATA o.Self -> c.Object
{COUNTER_DATA}"""


def test_a_looping_timer_on_the_delegate_of_a_custom_event_fires_until_it_is_cleared():
    assert trace(TIMER, PLAY, {"wait": 2.5}, key("X"), head=INT) == ["@1s set Count = 1", "@2s set Count = 2"]


def test_a_timer_that_was_cleared_and_set_again_ticks_once_a_period():
    """A tick of the old timer must not come back to life under the new one."""
    lines = trace(TIMER, PLAY, {"wait": 0.5}, key("X"), key("B"), {"wait": 1.2}, key("X"), head=INT)
    assert lines == ["@1.5s set Count = 1"]


def test_an_actor_that_destroys_itself_finishes_its_chain_and_does_nothing_later():
    lines = """\
NODE a: Event_Hit
NODE s: Sequence
NODE w: Delay [Duration=1.0]
NODE q: PrintString [InString="late"]
NODE d: DestroyActor
NODE p: PrintString [InString="last words"]
EXEC a.Then -> s.Execute
EXEC s.Then_0 -> w.Execute
EXEC w.Completed -> q.Execute
EXEC s.Then_1 -> d.Execute
EXEC d.Then -> p.Execute"""
    assert trace(lines, HIT, {"wait": 2.0}, HIT) == ["DestroyActor()", "print last words"]


LOOP = """\
NODE a: Event_BeginPlay
NODE l: ForLoopWithBreak [FirstIndex=1, LastIndex=5]
NODE e: EqualEqual [B=3]
NODE b: Branch
NODE p: PrintString
NODE q: PrintString [InString="done"]
EXEC a.Then -> l.Execute
EXEC l.LoopBody -> b.Execute
EXEC b.True -> l.Break
EXEC b.False -> p.Execute
EXEC l.Completed -> q.Execute
DATA l.Index -> e.A
DATA e.ReturnValue -> b.Condition
DATA l.Index -> p.InString"""


def test_a_loop_that_is_broken_still_completes_and_a_number_becomes_text_on_the_wire():
    assert trace(LOOP, PLAY) == ["print 1", "print 2", "print done"]


@pytest.mark.parametrize(("gate", "printed"), [
    ("FlipFlop|A|B", "ABAB"), ("MultiGate [Loop=true]|Out_0|Out_1", "ABAB"), ("MultiGate|Out_0|Out_1", "AB"), ("DoOnce|Completed|", "A"),
])
def test_gates_remember(gate, printed):
    node, first, second = gate.split("|")
    lines = f'NODE a: Event_Hit\nNODE g: {node}\nNODE p: PrintString [InString="A"]\nNODE q: PrintString [InString="B"]\n'
    wires = f"EXEC a.Then -> g.Execute\nEXEC g.{first} -> p.Execute\n" + (f"EXEC g.{second} -> q.Execute" if second else "")
    assert trace(lines + wires, {**HIT, "times": 4}) == [f"print {letter}" for letter in printed]


FUNCTION = """\
NODE a: Event_BeginPlay
NODE c: Call [Function="Sign", Of=-4.0]
NODE p: PrintString
EXEC a.Then -> c.Execute
EXEC c.Then -> p.Execute
DATA c.Text -> p.InString
GRAPH: Sign
NODE e: FunctionEntry [Params=(Of: Float)]
NODE g: Less [B=0.0]
NODE b: Branch
NODE r: FunctionResult [Params=(Text: String), Text="plus"]
NODE s: FunctionResult [Params=(Text: String), Text="minus"]
EXEC e.Then -> b.Execute
EXEC b.True -> s.Execute
EXEC b.False -> r.Execute
DATA e.Of -> g.A
DATA g.ReturnValue -> b.Condition"""


def test_a_function_gives_the_results_of_the_return_node_that_it_reached():
    assert trace(FUNCTION, PLAY) == ["print minus"]
    assert trace(FUNCTION.replace("Of=-4.0", "Of=4.0"), PLAY) == ["print plus"]


def test_a_dispatcher_passes_its_values_by_place_to_what_is_bound_once():
    lines = """\
NODE a: Event_Hit
NODE b: BindEvent [Dispatcher="OnScore"]
NODE k: Event_InputKey [Key="S"]
NODE d: CallDispatcher [Dispatcher="OnScore", Value=7]
NODE u: UnbindEvent [Dispatcher="OnScore"]
NODE z: Event_InputKey [Key="U"]
NODE e: Event_Custom [Name="Show", Params=(Points: Int)]
NODE p: PrintString
EXEC a.Then -> b.Execute
EXEC k.Pressed -> d.Execute
EXEC z.Pressed -> u.Execute
EXEC e.Then -> p.Execute
DATA e.OutputDelegate -> b.Event
DATA e.OutputDelegate -> u.Event
DATA e.Points -> p.InString"""
    happened = trace(lines, key("S"), HIT, HIT, key("S"), {"broadcast": "OnScore", "Value": 9}, key("U"), key("S"),
                     head="VAR OnScore: Dispatcher [Params=(Value: Int)]")
    assert happened == ["dispatch OnScore(7)", "dispatch OnScore(7)", "print 7", "print 9", "dispatch OnScore(7)"]


def test_an_array_is_changed_in_the_variable_and_copied_into_another():
    lines = """\
NODE a: Event_BeginPlay
NODE g: VariableGet [Variable="Names"]
NODE v: VariableSet [Variable="Before"]
NODE u: Array_Add [NewItem="Zoe"]
NODE h: VariableGet [Variable="Before"]
NODE n: Array_Length
NODE p: PrintString
EXEC a.Then -> v.Execute
EXEC v.Then -> u.Execute
EXEC u.Then -> p.Execute
DATA g.Names -> v.Before
DATA g.Names -> u.TargetArray
DATA h.Before -> n.TargetArray
DATA n.ReturnValue -> p.InString"""
    head = 'VAR Names: Array<String> = ("Ann")\nVAR Before: Array<String>'
    assert trace(lines, PLAY, head=head) == ["set Before = [Ann]", "set Names = [Ann, Zoe]", "print 1"]


def test_functions_that_only_ask_leave_no_line_and_the_world_may_answer_them():
    lines = ("NODE a: Event_BeginPlay\nNODE f: GetAllActorsOfClass [ActorClass=Pawn]\nNODE l: ForEachLoop\nNODE d: DestroyActor\nEXEC a.Then -> f.Execute\n"
             "EXEC f.Then -> l.Execute\nEXEC l.LoopBody -> d.Execute\nDATA f.OutActors -> l.Array\nDATA l.ArrayElement -> d.Target")
    assert trace(lines, PLAY, world={"GetAllActorsOfClass": ["Pawn:Ann", "Pawn:Bob"]}) == ["DestroyActor(Target=Ann)", "DestroyActor(Target=Bob)"]
    assert trace(lines, PLAY) == ["DestroyActor(Target=Element(Of=GetAllActorsOfClass.OutActors(ActorClass=Pawn)))"]


RANDOM = """\
NODE a: Event_BeginPlay
NODE r: RandomFloatInRange [Min=0.0, Max=1.0]
NODE g: {test}
NODE b: Branch
NODE p: PrintString [InString="high"]
NODE q: PrintString [InString="low"]
EXEC a.Then -> b.Execute
EXEC b.{first} -> p.Execute
EXEC b.{second} -> q.Execute
DATA r.ReturnValue -> g.{pin}
DATA g.ReturnValue -> b.Condition"""


def test_chance_comes_out_the_same_twice_and_both_ways_over_the_games():
    blueprint = graph(RANDOM.format(test="Greater [B=0.5]", first="True", second="False", pin="A"))
    runs = traces(blueprint, CATALOGUE, [PLAY])
    assert runs == traces(blueprint, CATALOGUE, [PLAY])
    assert {line for run in runs for line in run} == {"print high", "print low"}


@pytest.mark.parametrize(("test", "first", "second", "pin", "likeness"), [
    ("Less [A=0.5]", "True", "False", "B", 1.0),          # asked the other way round
    ("LessEqual [B=0.5]", "False", "True", "A", 1.0),     # the opposite, with its exits swapped
    ("Greater [B=0.5]", "False", "True", "A", 0.0),       # the exits swapped alone
    ("Greater [B=0.75]", "True", "False", "A", None),     # another condition
])
def test_an_open_condition_turns_out_the_same_however_it_is_asked(test, first, second, pin, likeness):
    one = graph(RANDOM.format(test="Greater [B=0.5]", first="True", second="False", pin="A"))
    other = graph(RANDOM.format(test=test, first=first, second=second, pin=pin))
    found = meaning(one, other, CATALOGUE, [PLAY])
    assert found == likeness if likeness is not None else found < 1.0


@pytest.mark.parametrize("body", [
    'NODE v: VariableSet [Variable="Text"]\nNODE c: Concat_StrStr\nEXEC l.LoopBody -> v.Execute\nDATA g.Text -> c.A\nDATA g.Text -> c.B\nDATA c.ReturnValue -> v.Text',
    'NODE c: Call [Function="Again"]\nNODE e: Event_Custom [Name="Again"]\nEXEC l.LoopBody -> c.Execute\nEXEC e.Then -> c.Execute',
])
def test_what_grows_or_calls_itself_without_end_is_stopped(body):
    lines = f'NODE a: Event_BeginPlay\nNODE l: ForLoop [FirstIndex=0, LastIndex=900]\nNODE g: VariableGet [Variable="Text"]\nEXEC a.Then -> l.Execute\n{body}'
    nodes = [line for line in lines.splitlines() if line.startswith("NODE")]
    wires = sorted((line for line in lines.splitlines() if not line.startswith("NODE")), reverse=True)
    assert trace("\n".join([*nodes, *wires]), PLAY, head='VAR Text: String = "ab"')[-1] == WITHOUT_END


def test_an_open_value_that_doubles_without_end_is_stopped():
    lines = """\
NODE a: Event_BeginPlay
NODE s: GetGameTimeInSeconds
NODE i: VariableSet [Variable="X"]
NODE l: ForLoop [FirstIndex=0, LastIndex=900]
NODE g: VariableGet [Variable="X"]
NODE m: Multiply
NODE v: VariableSet [Variable="X"]
EXEC a.Then -> i.Execute
EXEC i.Then -> l.Execute
EXEC l.LoopBody -> v.Execute
DATA s.ReturnValue -> i.X
DATA g.X -> m.A
DATA g.X -> m.B
DATA m.ReturnValue -> v.X"""
    assert trace(lines, PLAY, head="VAR X: Float")[-1] == WITHOUT_END


SAY = 'NODE a: Event_BeginPlay\nNODE p: PrintString [InString="Hi"]\nEXEC a.Then -> p.Execute\n'


def test_what_happens_on_an_event_that_nobody_asked_for_counts_against_the_answer():
    more = SAY.replace("EXEC", 'NODE b: Event_Hit\nNODE q: PrintString [InString="Ouch"]\nEXEC', 1) + "EXEC b.Then -> q.Execute\n"
    assert meaning(graph(SAY), graph(more), CATALOGUE, [PLAY]) == pytest.approx(2 / 3)


def test_a_variable_of_the_answers_own_is_its_own_affair():
    counted = SAY.replace("EXEC", COUNTER + "EXEC", 1) + "EXEC p.Then -> v.Execute\n" + COUNTER_DATA
    assert meaning(graph(SAY), graph(counted, INT), CATALOGUE, [PLAY]) == 1.0
    assert meaning(graph(counted, INT), graph(SAY), CATALOGUE, [PLAY]) == pytest.approx(2 / 3)


def test_similarity_counts_order_and_repetition():
    assert similarity(["a", "b"], ["a", "b"]) == similarity([], []) == 1.0
    assert similarity(["a", "b"], ["b", "a"]) == 0.5
    assert similarity(["a"], ["a"] * 9) == pytest.approx(0.2)
    assert similarity([], ["a"]) == 0.0


def test_there_are_games_in_which_conditions_differ():
    assert len({tuple(decide(str(condition)) for condition in range(20)) for decide in GAMES}) == len(GAMES)


@pytest.mark.parametrize(("start", "printed"), [("1", ["print more"]), ("0", [])])
def test_an_operand_that_nobody_set_is_zero(start, printed):
    lines = ('NODE a: Event_BeginPlay\nNODE v: VariableGet [Variable="Count"]\nNODE g: Greater\nNODE b: Branch\nNODE p: PrintString [InString="more"]\n'
             "EXEC a.Then -> b.Execute\nEXEC b.True -> p.Execute\nDATA v.Count -> g.A\nDATA g.ReturnValue -> b.Condition")
    assert trace(lines, PLAY, head=f"VAR Count: Int = {start}") == printed


def test_an_event_of_its_own_is_still_called_behind_the_node_that_destroys_the_actor():
    lines = """\
NODE a: Event_Hit
NODE d: DestroyActor
NODE c: Call [Function="Farewell"]
NODE e: Event_Custom [Name="Farewell"]
NODE p: PrintString [InString="Bye"]
EXEC a.Then -> d.Execute
EXEC d.Then -> c.Execute
EXEC e.Then -> p.Execute"""
    assert trace(lines, {**HIT, "times": 2}) == ["DestroyActor()", "print Bye"]
