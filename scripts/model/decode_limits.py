"""What is too long to be asked: told before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

from error_handler import UserError
from model.decode_types import Request

MAX_REQUEST_TOKENS = 2048
"""Tokens of an instruction and the document that it changes, beside the system prompt. The mask of attention grows with their square:
100,000 characters took 20 GB. What people ask has under 400, the longest document of the curriculum 614."""
SHOWN_CHARACTERS = 40


def overlong(requests: Sequence[Request], prompts: Sequence[Sequence[int]], system_tokens: int, context_tokens: int) -> dict[int, UserError]:
    """By its place, what is wrong with every request that is over the limit, or has no room for its answer in the model's context.

    `prompts` are the token ids of the requests with the system prompt, `system_tokens` how many of each are that one's.
    """
    errors = {}
    for place, (request, prompt) in enumerate(zip(requests, prompts)):
        name = _name(request) if len(requests) == 1 else f"prompt {place + 1} ({_beginning(request.instruction)})"
        problem = _problem(len(prompt) - system_tokens, context_tokens - system_tokens, request.budget_tokens)
        if problem:
            errors[place] = UserError(f"{name} {problem[0]}", problem[1])
    return errors


def _problem(tokens: int, room: int, budget_tokens: int) -> tuple[str, str] | None:
    """What is wrong with a request of so many tokens, and its remedy; `room` is what the system prompt leaves of the context."""
    if tokens > MAX_REQUEST_TOKENS:
        return f"has {tokens:,} tokens, {MAX_REQUEST_TOKENS:,} are allowed.", "shorten it."
    if tokens + budget_tokens > room:
        return (f"has {tokens:,} tokens, {max(0, room - budget_tokens):,} are allowed beside an answer of {budget_tokens:,}: the model's context has "
                f"room for {max(0, room):,}.", "shorten it, or allow a shorter answer with --budget.")
    return None


def _name(request: Request) -> str:
    return "the prompt with the document that it changes" if request.input else "the prompt"


def _beginning(text: str) -> str:
    line = " ".join(text[:2 * SHOWN_CHARACTERS].split())
    return line if len(line) <= SHOWN_CHARACTERS else line[:SHOWN_CHARACTERS] + "..."
