"""What a program does, as a tree of acts and forks, written down in one of the `manners`.

Prose, arrows, numbered steps, bullets and pseudo-code differ in more than words: where a branch's other side stands, what
closes a loop, whether an event is a clause or a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.synthesis.draw import Draw
from corpus.synthesis.manners import ARROWS, CODE, LABELS, STEPS, Manner
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
    is_open = has_fork(body) or len(body) > 1 and manner.joint == "; "
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


STEP_LABELS = {"branch": LABELS["branch"][0], "cast": LABELS["cast"][1], **{kind: LABELS[kind][0] for kind in ("valid", "authority", "flip")}}
BODY_LABELS = {"body": "", "done": "completed"}


def _labels(fork: Fork) -> list[str]:
    known = STEP_LABELS.get(fork.kind, BODY_LABELS)
    return [known[arm] for arm in fork.arms]
