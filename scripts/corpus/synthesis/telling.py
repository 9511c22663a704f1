"""What a program does, as a tree of acts and forks, and several manners of writing such a tree down.

Prose, arrows, numbered steps, bullets and pseudo-code differ in more than words: where a branch's other side stands, what
closes a loop, whether an event is a clause or a label. A manner says by its form alone what belongs to what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.synthesis.draw import Draw
from corpus.synthesis.phrase import Clause, chained, sentence
from corpus.synthesis.triggers import Trigger


@dataclass(frozen=True)
class Act:
    clause: Clause


@dataclass(frozen=True)
class Fork:
    """Control flow with a body on each of its arms; `slots` are the words that its head needs."""

    kind: str
    slots: dict[str, str]
    arms: dict[str, Sequence[Told]]

    @property
    def form(self) -> str:
        return f"{self.kind}:{','.join(self.arms)}"


Told = Act | Fork


@dataclass(frozen=True)
class Section:
    """An event or a function, and its body. `title` is how a function is introduced; events have a trigger."""

    body: Sequence[Told]
    trigger: Trigger | None = None
    title: str = ""


@dataclass(frozen=True)
class Manner:
    """How a program is written.

    forms    form of a fork -> its wordings, with {slots} and {arms}
    nests    whether any arm may hold a fork; otherwise only the last one
    """

    name: str
    forms: dict[str, tuple[str, ...]]
    joint: str = ", then "
    brackets: tuple[str, str] = ("", "")
    nests: bool = True
    is_terse: bool = True
    counted: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Forks with as many arms as they like: (wording of the head, of an arm with {name} and {body})."""
    heads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Terse manners: what a fork begins with, its arms not included."""


def _prose() -> Manner:
    after = (". When the loop has completed, {done}", ". After the loop, {done}", "; once the loop is done, {done}")
    loops = {
        "times": ("{n} times, {body}", "repeat {n} times: {body}", "loop {n} times and each time {body}", "do this {n} times: {body}", "with a ForLoop that runs {n} times, {body}"),
        "range": ("loop from {low} to {high}: each time {body}", "count from {low} to {high} in a ForLoop and {body}", "for every index from {low} to {high}, {body}"),
        "each": ("for each element of {array}, {body}", "loop over {array} and for each element {body}", "go through {array}: for every entry {body}", "for each one in {array} {body}"),
        "class": ("get all actors of class {name} and for each of them {body}", "for every {name} in the level (all actors of class {name}) {body}", "find all actors of the class {name}; each one of them in a loop: {body}"),
    }
    forms = {
        "branch:then": ("if {c}, {then}", "only if {c}, {then}", "check whether {c}; if so, {then}", "if {c} then {then}", "ask whether {c}, and if it is so, {then}", "a branch checks whether {c}; on true, {then}"),
        "branch:then,else": ("if {c}, {then}; otherwise {else}", "if {c}, {then}, else {else}", "check whether {c}: if so, {then}; if not, {else}", "branch on whether {c}: on true {then}, on false {else}",
                             "if {c}, {then}. If not, {else}", "check whether {c}. True: {then}. False: {else}", "when {c} is the case, {then}; in the other case {else}"),
        "branch:else": ("check whether {c}, and only if not, {else}", "branch on whether {c}; on false, {else}", "check if {c}; when that is false, {else}"),
        "once:body": ("only the first time, {body}", "only once (DoOnce), {body}", "through a DoOnce, {body}", "a single time only (DoOnce): {body}"),
        "flip:a,b": ("alternate with a FlipFlop: first {a}, the next time {b}", "flip-flop: on A {a}, on B {b}", "with a FlipFlop, {a} at the first, third, fifth time (A) and {b} at the others (B)"),
        "cast:then": ("cast {x} to {name} and, if it succeeds, {then}", "cast {x} to {name}, then {then}", "if {x} is a {name} (cast), {then}"),
        "cast:then,else": ("cast {x} to {name} and, if it succeeds, {then}; if the cast fails, {else}", "try to cast {x} to {name}: on success {then}, on failure {else}", "if {x} is a {name} (cast), {then}, and if the cast fails, {else}"),
        "valid:then": ("if {x} is valid (the Is Valid macro), {then}", "use the Is Valid macro on {x}: when valid, {then}"),
        "valid:then,else": ("with the Is Valid macro on {x}: valid, {then}; not valid, {else}", "if {x} is valid (Is Valid macro), {then}; if it is not valid, {else}"),
        "authority:then": ("only with authority (Switch Has Authority), {then}", "switch on authority and, with authority, {then}"),
        "authority:then,else": ("Switch Has Authority: with authority {then}, on remote {else}",),
        "don:body": ("at most {n} times (DoN), {body}", "through a Do N with N {n}, {body}", "let it pass {n} times (Do N): {body}"),
        "gate:body": ("pass through a Gate{closed} and at its exit {body}", "enter a Gate{closed}; while it is open, {body}", "through a gate{closed}: {body}"),
    }
    for kind, texts in loops.items():
        forms[f"{kind}:body"] = texts
        forms[f"{kind}:body,done"] = tuple(text + end for text in texts for end in after)
    return Manner("prose", forms, nests=False, is_terse=False,
                  counted={"sequence": ("run a Sequence: {arms}", "{i}) {body}"), "switch": ("switch on {x}: {arms}", "{name}: {body}"), "multi": ("use a MultiGate with {n} outputs that in turn {arms}", "({i}) {body}")})


def _terse(name: str, joint: str, brackets: tuple[str, str], arm: str = "{}: ", between: str = "; ") -> Manner:
    """Labels in place of clauses: "Branch (Health < 3) -> True: ...; False: ..."."""
    def arms(**labels: str) -> str:
        return between.join(arm.format(label) + f"{{{key}}}" for key, label in labels.items())

    to = " -> " if "->" in joint else ": "
    heads = {
        "branch": ("Branch ({c})", "branch {c}", "if {c}", "{c}?", "Branch: {c}"), "once": ("DoOnce", "DoOnce"), "flip": ("FlipFlop",),
        "cast": ("cast {x} to {name}", "CastTo{name} ({x})", "{x}: CastTo{name}"), "valid": ("Is Valid macro on {x}", "IsValid? macro ({x})"), "authority": ("Switch Has Authority", "SwitchHasAuthority"),
        "don": ("DoN (N = {n})", "Do N, N {n}"), "gate": ("Gate{closed}", "enter Gate{closed}"), "times": ("ForLoop {n} times", "{n} times", "repeat {n}x"), "range": ("ForLoop {low}..{high}", "ForLoop from {low} to {high}"),
        "each": ("ForEachLoop over {array}", "for each in {array}", "ForEach {array}"), "class": ("GetAllActorsOfClass {name} -> ForEachLoop", "get all actors of class {name} -> for each"),
    }
    labels = {
        "branch": (dict(then="true", **{"else": "false"}), dict(then="yes", **{"else": "no"}), dict(then="True", **{"else": "False"})),
        "cast": (dict(then="ok", **{"else": "failed"}), dict(then="success", **{"else": "cast failed"})), "valid": (dict(then="valid", **{"else": "not valid"}),),
        "authority": (dict(then="authority", **{"else": "remote"}),), "flip": (dict(a="A", b="B"),),
    }
    loops = ("times", "range", "each", "class")
    forms: dict[str, tuple[str, ...]] = {}
    for kind, words in heads.items():
        for found in labels.get(kind, ()):
            keys = tuple(found)
            for chosen in ((keys[0],), (keys[1],), keys) if kind == "branch" else ((keys[0],), keys):
                forms[f"{kind}:{','.join(chosen)}"] = forms.get(f"{kind}:{','.join(chosen)}", ()) + tuple(head + to + arms(**{key: found[key] for key in chosen}) for head in words)
        if kind not in labels:
            forms[f"{kind}:body"] = tuple(head + to + "{body}" for head in words)
        if kind in loops:
            forms[f"{kind}:body,done"] = tuple(head + to + between.join((arm.format("loop body") + "{body}", arm.format("completed") + "{done}")) for head in words)
    return Manner(name, forms, joint, brackets, heads=heads, counted={"sequence": ("Sequence" + to + "{arms}", "Then_{i0}: {body}"), "switch": ("Switch on {x}" + to + "{arms}", "{name}: {body}"), "multi": ("MultiGate ({n} outputs)" + to + "{arms}", "Out_{i0}: {body}")})


PROSE = _prose()
ARROWS = _terse("arrows", " -> ", ("[", "]"))
CODE = _terse("code", "; ", ("{ ", " }"), arm="{} ", between="; ")
STEPS = _terse("steps", ", then ", ("(", ")"))
MANNERS = (PROSE, PROSE, PROSE, PROSE, ARROWS, ARROWS, CODE, STEPS, STEPS)


def body_text(draw: Draw, manner: Manner, body: Sequence[Told]) -> str:
    texts = [act_text(manner, one) if isinstance(one, Act) else fork_text(draw, manner, one) for one in body]
    return chained(draw, texts) if manner.joint == ", then " else manner.joint.join(texts)


def act_text(manner: Manner, act: Act) -> str:
    return act.clause.terse if manner.is_terse else act.clause.text


def fork_text(draw: Draw, manner: Manner, fork: Fork) -> str:
    said = {name: _arm(draw, manner, body, is_last=index == len(fork.arms) - 1) for index, (name, body) in enumerate(fork.arms.items())}
    if fork.kind in manner.counted:
        head, arm = manner.counted[fork.kind]
        arms = "; ".join(arm.format(i=index + 1, i0=index, name=name, body=text) for index, (name, text) in enumerate(said.items()))
        return head.format(arms=arms, **fork.slots)
    return draw.pick(manner.forms[fork.form]).format(**said, **fork.slots)


def _arm(draw: Draw, manner: Manner, body: Sequence[Told], is_last: bool) -> str:
    text = body_text(draw, manner, body)
    is_open = any(isinstance(one, Fork) for one in body) or len(body) > 1 and manner.joint == "; "
    return f"{manner.brackets[0]}{text}{manner.brackets[1]}" if is_open and not (is_last and manner.brackets[0] in "([") else text


def has_fork(body: Sequence[Told]) -> bool:
    return any(isinstance(one, Fork) for one in body)


# -- sections

def section_text(draw: Draw, manner: Manner, section: Section) -> str:
    if manner is STEPS:
        return _in_steps(draw, section)
    text = body_text(draw, manner, section.body)
    if section.title:
        return sentence(f"{section.title}{draw.pick((': ', ' -> ')) if manner.is_terse else draw.pick((': ', '. It should '))}{text}")
    when, terse = section.trigger.when, section.trigger.terse
    if manner is ARROWS:
        return draw.pick((f"{terse} -> {text}.", f"{terse} -> {text}.", f"{terse}: {text}."))
    if manner is CODE:
        return draw.pick((f"on {terse}: {text}", f"{terse} {{ {text} }}", f"{terse}: {text}.", f"{when}: {text}."))
    return sentence(draw.pick(_prose_frames(draw, section, text, when, terse)))


def _prose_frames(draw: Draw, section: Section, text: str, when: str, terse: str) -> tuple[str, ...]:
    frames = (f"{when}, {text}", f"{when}, {text}", f"{when}: {text}", f"{terse}: {text}", f"{when}, first {text}" if len(section.body) > 1 else f"{when}, {text}")
    if has_fork(section.body):
        return frames
    acts = [one.clause for one in section.body]
    turned = chained(draw, [clause.third_person for clause in acts])
    return frames + (f"{when}, it {turned}", f"{when} it should {text}", f"{text} {when}", f"I want it to {text} {when}", f"{when} the Blueprint {turned}")


def _in_steps(draw: Draw, section: Section) -> str:
    """One step a line or a number each; what a fork holds stands behind its head, or below it."""
    mark = draw.pick(("{}. ", "{}) ", "({}) ", "- ", "- ", "* "))
    between = "\n" if mark in ("- ", "* ") or draw.chance(0.6) else " "
    head = section.title or draw.pick((section.trigger.when, section.trigger.when, section.trigger.terse))
    lines = []
    for number, one in enumerate(section.body, 1):
        lines += _lines(draw, one, mark.format(number), "   ", between)
    return sentence(head).rstrip(".") + ":" + between + between.join(lines)


def _lines(draw: Draw, told: Told, mark: str, indent: str, between: str) -> list[str]:
    if isinstance(told, Act):
        return [mark + sentence(told.clause.terse)]
    if between == " " or draw.chance(0.4) or told.kind in STEPS.counted:
        return [mark + sentence(fork_text(draw, STEPS, told))]
    lines = [mark + sentence(draw.pick(STEPS.heads[told.kind]).format(**told.slots)).rstrip(".") + ":"]
    labels = _labels(told)
    for (name, body), label in zip(told.arms.items(), labels):
        is_alone = len(labels) == 1 and label in ("", "true")
        if not is_alone:
            lines.append(f"{indent}- {label or 'each time'}:")
        deeper = indent if is_alone else indent + "  "
        for one in body:
            lines += _lines(draw, one, f"{deeper}- ", deeper + "  ", between)
    return lines


STEP_LABELS = {"branch": ("true", "false"), "cast": ("success", "cast failed"), "valid": ("valid", "not valid"), "authority": ("authority", "remote"), "flip": ("A", "B"), "once": ("",), "don": ("",),
               "gate": ("",), "times": ("", "completed"), "range": ("", "completed"), "each": ("", "completed"), "class": ("", "completed")}


def _labels(fork: Fork) -> list[str]:
    if fork.form == "branch:else":
        return ["false"]
    return list(STEP_LABELS[fork.kind][:len(fork.arms)])
