"""What is asked of decoding, what comes of it, and what a constraint must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

DEFAULT_BUDGET_TOKENS = 1024
DEFAULT_CANDIDATES = 8
"""Of an answer for people; where the first is sure, no other is tried. Of the hold-outs 5 in 60 more are right than greedily, in 2.5 times the time."""
DEFAULT_TIMEOUT_S = 300.0


class Matcher(Protocol):
    """Where a constrained answer stands. Never changes: what follows a token is another matcher."""

    def advance(self, token: int) -> Matcher | None:
        """The state after a token, or None when the token may not come here."""

    def allowed(self) -> np.ndarray:
        """(tokens of the vocabulary,) of bool: which may come here; never none before the end."""

    def forced(self) -> tuple[list[int], Matcher]:
        """Tokens that must come whatever the model thinks, and the state after them."""

    def completed_text(self) -> str:
        """The answer cut at its last line end and made whole."""


class Constraint(Protocol):
    def start(self) -> Matcher:
        """The state before the first token of an answer."""


@dataclass(frozen=True)
class Request:
    """One question. `input` is the document that a second instruction changes; `seed` counts only when sampling.

    candidates      answers to choose the best from: the greedy one, and others that begin where the model nearly chose otherwise
    start           token ids that the answer begins with, and what is known of their log-probability
    """

    instruction: str
    input: str = ""
    budget_tokens: int = DEFAULT_BUDGET_TOKENS
    temperature: float = 0.0
    seed: int = 0
    candidates: int = 1
    start: tuple[int, ...] = ()
    start_logprob: float = 0.0


@dataclass(frozen=True)
class Doubt:
    """A place of an answer where the model nearly chose otherwise: the token ids up to and with what it nearly chose, and their log-probability.

    `lost` says how much less likely that was than what it chose (difference of natural logarithms, 0 or more).
    """

    start: tuple[int, ...]
    logprob: float
    lost: float


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    text            the answer; what was stopped before its end is cut at a line end and completed, where there is a constraint
    raw             the text as the model wrote it; the same for an answer that came to its end
    stop_reason     "end" | "budget" (cut at the token budget) | "timeout" | "fault" (of the constraint, not of the model) | "refused" (the prompt is too long)
                    | "unlikely" (given up for others: of several candidates only)
    fault           what the constraint failed with, or why it was refused
    seconds         its share of the time of every step it took part in
    logprob         of all tokens that the model chose, natural logarithm; None unless scores were asked for
    doubts          where it nearly chose otherwise, in the order of the text; only where there are to be several candidates
    given_up        all of an answer that was given up, to go on with it after all
    """

    index: int
    text: str
    stop_reason: str
    tokens: int
    forced_tokens: int
    seconds: float
    logprob: float | None = None
    fault: str = ""
    doubts: tuple[Doubt, ...] = ()
    given_up: Doubt | None = None
    raw: str = ""

    @property
    def is_whole(self) -> bool:
        return self.stop_reason == "end"


@dataclass
class Statistics:
    """What a generation cost; times in seconds of the wall clock."""

    model_steps: int = 0
    chosen_tokens: int = 0
    forced_tokens: int = 0
    guessed_tokens: int = 0
    guessed_right: int = 0
    masks: int = 0
    total_s: float = 0.0
    prefill_s: float = 0.0
    constraint_s: float = 0.0

    @property
    def forced_frac(self) -> float:
        return self.forced_tokens / max(1, self.forced_tokens + self.chosen_tokens)
