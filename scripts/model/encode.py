"""Rows to tokens: the base's own chat template, loss on the answer alone, nothing ever cut.

Prompt and answer are tokenised apart, as they are at inference, where the model continues a finished prompt: a token
that straddled the border could be trained but never generated.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from os.path import commonprefix
from typing import Any

from corpus.prompts import messages
from error_handler import UserError

IGNORED_LABEL = -100
PROBE = "probe"
SAMPLE_ROWS = 16
"""Rows whose labels are checked back against their text before every training."""


@dataclass(frozen=True)
class EncodedRow:
    """Token ids of one row: the prompt up to the assistant's turn, and the answer with its end-of-turn token.

    `is_early` rows are trained on in the first steps: a training of minutes sees a part of all rows, and these are what it is for.
    """

    prompt_ids: tuple[int, ...]
    answer_ids: tuple[int, ...]
    is_early: bool = False

    def __len__(self) -> int:
        return len(self.prompt_ids) + len(self.answer_ids)

    @property
    def input_ids(self) -> tuple[int, ...]:
        return self.prompt_ids + self.answer_ids

    @property
    def labels(self) -> tuple[int, ...]:
        return (IGNORED_LABEL,) * len(self.prompt_ids) + self.answer_ids


@dataclass(frozen=True)
class EncodedDataset:
    """The rows that fit, in their order, and how many did not."""

    rows: list[EncodedRow]
    dropped_too_long: int
    longest_tokens: int

    @property
    def answer_tokens(self) -> int:
        return sum(len(row.answer_ids) for row in self.rows)


def encode_prompt(tokenizer: Any, system_prompt: str, instruction: str, input_text: str = "") -> tuple[int, ...]:
    """Prompt ids as at inference: exactly one BOS where the template has one, ending where the answer begins."""
    text = _prompt_text(tokenizer, system_prompt, instruction, input_text)
    head, head_ids = _shared_head(tokenizer, tokenizer.chat_template, system_prompt)
    if head and text.startswith(head):
        return (*head_ids, *_tokenise(tokenizer, text[len(head):]))
    return _tokenise(tokenizer, text)


def _prompt_text(tokenizer: Any, system_prompt: str, instruction: str, input_text: str = "") -> str:
    return tokenizer.apply_chat_template(messages(system_prompt, instruction, input_text), tokenize=False, add_generation_prompt=True)


@lru_cache(maxsize=8)
def _shared_head(tokenizer: Any, _template: str, system_prompt: str) -> tuple[str, tuple[int, ...]]:
    """What all prompts begin with up to the last special token, and its ids: tokenised once instead of in every row (7 ms each).

    Tokenizers never merge across a special token. Empty where the template has none there, or where the parts give other ids.
    """
    one, other = (_prompt_text(tokenizer, system_prompt, probe) for probe in (PROBE, "7 doors"))
    common = commonprefix([one, other])
    cut = max((common.rfind(token) for token in tokenizer.all_special_tokens), default=-1)
    head = common[:max(cut, 0)]
    head_ids = _tokenise(tokenizer, head)
    is_exact = (*head_ids, *_tokenise(tokenizer, one[len(head):])) == _tokenise(tokenizer, one)
    return (head, head_ids) if is_exact else ("", ())


def encode_row(tokenizer: Any, system_prompt: str, row: Any) -> EncodedRow:
    """Encode a row (a mapping or an object with `instruction`, `input`, `output`)."""
    prompt_ids = encode_prompt(tokenizer, system_prompt, _field(row, "instruction"), _field(row, "input") or "")
    return EncodedRow(prompt_ids, encode_answer(tokenizer, _field(row, "output")))


def _field(row: Any, name: str) -> str:
    return row.get(name, "") if isinstance(row, dict) else getattr(row, name, "")


def encode_answer(tokenizer: Any, answer: str) -> tuple[int, ...]:
    """Answer ids without surrounding blank lines, closed by the template's end-of-turn token."""
    answer_ids = tokenizer(answer.strip(), add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return (*answer_ids, *end_of_turn_ids(tokenizer))


def end_of_turn_ids(tokenizer: Any) -> tuple[int, ...]:
    """What the chat template puts right after an answer, up to and with its first special token."""
    return _end_of_turn(tokenizer, tokenizer.chat_template)


@lru_cache(maxsize=8)
def _end_of_turn(tokenizer: Any, _template: str) -> tuple[int, ...]:
    conversation = [*messages("system", "user", ""), {"role": "assistant", "content": PROBE}]
    text = tokenizer.apply_chat_template(conversation, tokenize=False)
    tail = _tokenise(tokenizer, text[text.rindex(PROBE) + len(PROBE):])
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    end = next((i for i, token in enumerate(tail) if token in special), None)
    if end is None:
        raise UserError("The base model's chat template puts no special token after an answer; it could never learn to stop.",
                        "use a base model whose chat template ends a turn with a special token.")
    return tail[:end + 1]


def _tokenise(tokenizer: Any, text: str) -> tuple[int, ...]:
    # The template has already written every special token, BOS included; adding them again would double the BOS.
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])


def encode_rows(tokenizer: Any, system_prompt: str, rows: Sequence[Any]) -> list[EncodedRow]:
    """What `encode_row` gives for each, with one call of the tokenizer for all prompts and one for all answers, on all cores.

    One row at a time takes 0.75 ms each, so 60,000 would keep a GPU waiting for 45 s.
    """
    texts = [_prompt_text(tokenizer, system_prompt, _field(row, "instruction"), _field(row, "input") or "") for row in rows]
    head, head_ids = _shared_head(tokenizer, tokenizer.chat_template, system_prompt)
    heads = [head_ids if head and text.startswith(head) else () for text in texts]
    tails = [text[len(head):] if ids else text for ids, text in zip(heads, texts)]
    answers = [_field(row, "output").strip() for row in rows]
    if not texts:
        return []
    with _all_cores():
        tail_ids = tokenizer(tails, add_special_tokens=False)["input_ids"]
        answer_ids = tokenizer(answers, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    end = end_of_turn_ids(tokenizer)
    return [EncodedRow((*first, *prompt), (*answer, *end)) for first, prompt, answer in zip(heads, tail_ids, answer_ids)]


@contextmanager
def _all_cores() -> Iterator[None]:
    """The tokenizers' threads, which are off elsewhere: they and a fork do not go together."""
    before = os.environ.get("TOKENIZERS_PARALLELISM")
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    try:
        yield
    finally:
        os.environ["TOKENIZERS_PARALLELISM"] = before or "false"


def encode_dataset(tokenizer: Any, system_prompt: str, rows: Sequence[Any], max_seq_length: int, early: frozenset[int] = frozenset()) -> EncodedDataset:
    """Encode all rows; one longer than `max_seq_length` tokens is left out and counted, never cut. `early` are numbers of rows."""
    encoded = encode_rows(tokenizer, system_prompt, rows)
    encoded = [replace(row, is_early=True) if number in early else row for number, row in enumerate(encoded)]
    kept = [row for row in encoded if len(row) <= max_seq_length]
    return EncodedDataset(kept, len(encoded) - len(kept), max(map(len, encoded), default=0))


def check_labels(tokenizer: Any, dataset: EncodedDataset, answers: Sequence[str]) -> None:
    """Assert on a sample that every answer token is a label and that the labels spell the answer, end-of-turn included."""
    known = {answer.strip() for answer in answers}
    end = end_of_turn_ids(tokenizer)
    step = max(1, len(dataset.rows) // SAMPLE_ROWS)
    for row in dataset.rows[::step]:
        labels = [label for label in row.labels if label != IGNORED_LABEL]
        text = tokenizer.decode(labels[:-len(end)], skip_special_tokens=False)
        if tuple(labels[-len(end):]) != end or text not in known:
            raise RuntimeError(f"labels do not spell the answer of their row: {text[:80]!r}")
        if tokenizer.bos_token_id not in (None, *end) and _is_bos_doubled(tokenizer, row):
            raise RuntimeError("a prompt starts with two BOS tokens")


def _is_bos_doubled(tokenizer: Any, row: EncodedRow) -> bool:
    return row.prompt_ids[:2] == (tokenizer.bos_token_id,) * 2


def common_prefix_tokens(prompts: Sequence[Sequence[int]]) -> int:
    """How many leading ids all prompts share; cut at ids, not characters: a merge may cross the border of the text.

    At least one token of every prompt stays outside, so that each row predicts its first answer token by itself.
    """
    if not prompts:
        return 0
    low, high = min(prompts), max(prompts)
    shared = next((i for i, (a, b) in enumerate(zip(low, high)) if a != b), min(len(low), len(high)))
    return min(shared, min(map(len, prompts)) - 1)
