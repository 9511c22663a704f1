"""Manners of telling a program: the wordings of its forks, and by what form one sees what belongs to what."""

from __future__ import annotations

from dataclasses import dataclass, field


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


HEADS = {
    "branch": ("Branch ({c})", "branch {c}", "if {c}", "{c}?", "Branch: {c}"), "once": ("DoOnce", "DoOnce"), "flip": ("FlipFlop",),
    "cast": ("cast {x} to {name}", "CastTo{name} ({x})", "{x}: CastTo{name}"), "valid": ("Is Valid macro on {x}", "IsValid? macro ({x})"), "authority": ("Switch Has Authority", "SwitchHasAuthority"),
    "don": ("DoN (N = {n})", "Do N, N {n}"), "gate": ("Gate{closed}", "enter Gate{closed}"), "times": ("ForLoop {n} times", "{n} times", "repeat {n}x"), "range": ("ForLoop {low}..{high}", "ForLoop from {low} to {high}"),
    "each": ("ForEachLoop over {array}", "for each in {array}", "ForEach {array}"), "class": ("GetAllActorsOfClass {name} -> ForEachLoop", "get all actors of class {name} -> for each"),
}
LABELS = {
    "branch": ({"then": "true", "else": "false"}, {"then": "yes", "else": "no"}, {"then": "True", "else": "False"}),
    "cast": ({"then": "ok", "else": "failed"}, {"then": "success", "else": "cast failed"}), "valid": ({"then": "valid", "else": "not valid"},),
    "authority": ({"then": "authority", "else": "remote"},), "flip": ({"a": "A", "b": "B"},),
}
LOOPS = ("times", "range", "each", "class")


def _terse(name: str, joint: str, brackets: tuple[str, str], arm: str = "{}: ") -> Manner:
    """Labels in place of clauses: "Branch (Health < 3) -> True: ...; False: ..."."""
    def arms(labels: dict[str, str]) -> str:
        return "; ".join(arm.format(label) + f"{{{key}}}" for key, label in labels.items())

    to = " -> " if "->" in joint else ": "
    forms: dict[str, tuple[str, ...]] = {}
    for kind, heads in HEADS.items():
        for labels in LABELS.get(kind, ({"body": ""},)):
            for shown in _shown(kind, labels):
                form = f"{kind}:{','.join(shown)}"
                told = arms(shown) if kind in LABELS else "{body}"
                forms[form] = forms.get(form, ()) + tuple(f"{head}{to}{told}" for head in heads)
        if kind in LOOPS:
            forms[f"{kind}:body,done"] = tuple(head + to + arms({"body": "loop body", "done": "completed"}) for head in heads)
    counted = {"sequence": (f"Sequence{to}{{arms}}", "Then_{i0}: {body}"), "switch": (f"Switch on {{x}}{to}{{arms}}", "{name}: {body}"),
               "multi": (f"MultiGate ({{n}} outputs){to}{{arms}}", "Out_{i0}: {body}")}
    return Manner(name, forms, joint, brackets, heads=HEADS, counted=counted)


def _shown(kind: str, labels: dict[str, str]) -> list[dict[str, str]]:
    """The arms that a fork may have: all, the first alone, and of a branch the second alone."""
    single = [{key: label} for key, label in labels.items()]
    return ([labels] if len(labels) > 1 else []) + (single if kind == "branch" else single[:1])


PROSE = _prose()
ARROWS = _terse("arrows", " -> ", ("[", "]"))
CODE = _terse("code", "; ", ("{ ", " }"), arm="{} ")
STEPS = _terse("steps", ", then ", ("(", ")"))
MANNERS = (PROSE, PROSE, PROSE, PROSE, ARROWS, ARROWS, CODE, STEPS, STEPS)
