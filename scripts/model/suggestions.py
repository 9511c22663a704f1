"""Answers for people: the best of several, in the form asked for."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from error_handler import UserError
from model.choosing import best_first
from model.decode import Answer, Decoder, Request
from model.decode_types import DEFAULT_BUDGET_TOKENS
from model.fitting_parent import beginning, fitting_parent
from utils.clipboard.html import render_page
from utils.clipboard_writer import write_clipboard
from utils.dsl_parser import DslError, parse, render
from utils.dsl_validator import validate_text
from utils.findings import Finding

FORMATS = ("dsl", "clipboard", "json", "html")
SAMPLE_TEMPERATURE = 0.7


@dataclass(frozen=True)
class Suggestion:
    """An answer, its text as it is shown, and what the validator says about that.

    `dsl` is in canonical form where the answer parses, else as the model wrote it; `previous` the document that was to be changed;
    `parent` the class that it was asked again with, since the first answer's nodes needed it.
    """

    instruction: str
    previous: str
    answer: Answer
    dsl: str
    findings: tuple[Finding, ...]
    parent: str = ""

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]


def suggest(decoder: Decoder, instruction: str, *, previous: str = "", candidates: int = 1, budget_tokens: int = DEFAULT_BUDGET_TOKENS,
            on_text: Callable[[str], None] | None = None) -> Suggestion:
    """The best of some candidates; `previous` is a document that the instruction changes ("now make it loop").

    `on_text` gets the text of the first candidate as it comes.
    """
    request = Request(instruction, previous, budget_tokens, candidates=candidates)
    return _with_fitting_parents(decoder, [_judged(request, *decoder.generate([request], on_tokens=_text_stream(decoder, on_text) if on_text else None))], [request])[0]


def another(decoder: Decoder, last: Suggestion, samples: int, seed: int, budget_tokens: int = DEFAULT_BUDGET_TOKENS) -> Suggestion:
    """The best of some answers to the same request, drawn at random; another seed, other answers."""
    request = Request(last.instruction, last.previous, budget_tokens, temperature=SAMPLE_TEMPERATURE, seed=seed)
    return _judged(request, best_first(request.instruction, decoder.generate([request] * samples))[0])


def answer_all(decoder: Decoder, instructions: list[str], budget_tokens: int = DEFAULT_BUDGET_TOKENS, candidates: int = 1) -> list[Suggestion]:
    """The best answer to each of many instructions, in one batch."""
    requests = [Request(text, budget_tokens=budget_tokens, candidates=candidates) for text in instructions]
    return _with_fitting_parents(decoder, [_judged(requests[answer.index], answer) for answer in decoder.generate(requests)], requests)


def _with_fitting_parents(decoder: Decoder, found: list[Suggestion], requests: list[Request]) -> list[Suggestion]:
    """Those whose nodes need another parent are asked again with that one; the answer of which less is to be said counts."""
    parents = {place: parent for place, one in enumerate(found) if not one.previous and (parent := fitting_parent(one.dsl, one.findings))}
    again = [replace(requests[place], start=_tokens(decoder, beginning(found[place].answer.text, parent)), candidates=1) for place, parent in parents.items()]
    for (place, parent), answer in zip(parents.items(), decoder.generate(again) if again else ()):
        other = replace(_judged(requests[place], answer), parent=parent)
        if len(other.findings) < len(found[place].findings):
            found[place] = other
    return found


def _tokens(decoder: Decoder, text: str) -> tuple[int, ...]:
    return tuple(decoder.tokenizer(text, add_special_tokens=False)["input_ids"])


def _judged(request: Request, answer: Answer) -> Suggestion:
    shown = _canonical(answer.text)
    return Suggestion(request.instruction, request.input, answer, shown, tuple(validate_text(shown)[1]))


def _canonical(text: str) -> str:
    try:
        return render(parse(text))
    except DslError:
        return text.rstrip("\n") + "\n"


def _text_stream(decoder: Decoder, on_text: Callable[[str], None]) -> Callable[[int, list[int]], None]:
    """Turn token ids into text as they come; a character whose bytes are not all there yet waits."""
    ids: list[int] = []
    shown = 0

    def on_tokens(_: int, new: list[int]) -> None:
        nonlocal shown
        ids.extend(new)
        text = decoder.text_of(ids)
        if not text.endswith("\ufffd"):
            on_text(text[shown:])
            shown = len(text)

    return on_tokens


def formatted(suggestion: Suggestion, form: str) -> str:
    if form == "dsl":
        return suggestion.dsl
    if form == "json":
        return json.dumps(as_json(suggestion), ensure_ascii=False, indent=2) + "\n"
    clipboard = as_clipboard(suggestion)
    return clipboard if form == "clipboard" else render_page(suggestion.instruction, [(suggestion.instruction, clipboard)])


def batch_text(found: Sequence[Suggestion], form: str, title: str) -> str:
    """All answers of a batch in one text: JSON lines, one page, or documents, each under a comment with its number and instruction."""
    if form == "json":
        return "".join(json.dumps(as_json(suggestion), ensure_ascii=False) + "\n" for suggestion in found)
    if form == "html":
        return render_page(title, [(f"{number}. {found[number - 1].instruction}", text) for number, text in clipboard_texts(found)])
    return "\n".join(f"# {number}: {suggestion.instruction}\n{suggestion.dsl}" for number, suggestion in enumerate(found, 1))


def clipboard_texts(found: Sequence[Suggestion]) -> list[tuple[int, str]]:
    """Number and clipboard text of every answer that is a document; what is none has an error among its findings."""
    texts = []
    for number, suggestion in enumerate(found, 1):
        with contextlib.suppress(UserError):
            texts.append((number, as_clipboard(suggestion)))
    return texts


def as_json(suggestion: Suggestion) -> dict[str, Any]:
    answer = suggestion.answer
    return {"instruction": suggestion.instruction, "dsl": suggestion.dsl, "valid": not suggestion.errors,
            "findings": [str(finding) for finding in suggestion.findings], "stop_reason": answer.stop_reason,
            "tokens": answer.tokens, "seconds": round(answer.seconds, 3), "logprob": answer.logprob}


def as_clipboard(suggestion: Suggestion) -> str:
    try:
        return write_clipboard(parse(suggestion.answer.text))
    except DslError as error:
        raise UserError(f"the answer is no Blueprint document: {error}", "ask again in other words, or without --unconstrained.") from error
