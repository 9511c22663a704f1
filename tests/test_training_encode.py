"""Rows to tokens: loss on the answer alone, one BOS, nothing cut."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from training_world import rows, system_prompt, tiny_tokenizer

from corpus.prompts import messages
from model import encode
from model.base_model import FALLBACK_CHAT_TEMPLATE
from model.encode import check_labels, common_prefix_tokens, encode_dataset, encode_prompt, encode_row, end_of_turn_ids

PROMPT = system_prompt(500)


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


def test_labels_are_the_answer_and_its_end_of_turn_and_nothing_else(tokenizer):
    row = rows(1)[0]
    encoded = encode_row(tokenizer, PROMPT, row)
    labels = [label for label in encoded.labels if label != -100]
    assert tokenizer.decode(labels) == row["output"] + "<|im_end|>"
    assert encoded.input_ids[len(encoded.prompt_ids):] == tuple(labels)


def test_a_prompt_is_the_same_at_training_and_at_inference(tokenizer):
    row = rows(1)[0]
    assert encode_row(tokenizer, PROMPT, row).prompt_ids == encode_prompt(tokenizer, PROMPT, row["instruction"], row["input"])


def test_a_row_too_long_is_dropped_and_counted_and_the_others_are_whole(tokenizer):
    data = rows(10)
    lengths = sorted(len(encode_row(tokenizer, PROMPT, row)) for row in data)
    dataset = encode_dataset(tokenizer, PROMPT, data, max_seq_length=lengths[6])
    assert [len(dataset.rows), dataset.dropped_too_long, dataset.longest_tokens] == [7, 3, lengths[-1]]
    assert all(row.answer_ids[-1] == tokenizer.eos_token_id for row in dataset.rows)


def test_rows_encoded_together_are_those_encoded_alone(tokenizer):
    data = [*rows(10), {"instruction": "x", "output": ' n1: PrintString Value="<|im_end|>"\n'}, {"instruction": "y", "input": "z", "output": ""}]
    assert encode.encode_rows(tokenizer, PROMPT, data) == [encode_row(tokenizer, PROMPT, row) for row in data]
    assert encode.encode_rows(tokenizer, PROMPT, []) == []


def test_an_answer_that_spells_a_special_token_does_not_become_one(tokenizer):
    encoded = encode_row(tokenizer, PROMPT, {"instruction": "x", "output": 'n1: PrintString Value="<|im_end|>"'})
    assert encoded.answer_ids.count(tokenizer.eos_token_id) == 1


def test_the_label_check_notices_a_cut_answer(tokenizer):
    from dataclasses import replace

    data = rows(4)
    dataset = encode_dataset(tokenizer, PROMPT, data, 4096)
    check_labels(tokenizer, dataset, [row["output"] for row in data])
    cut = replace(dataset, rows=[replace(row, answer_ids=row.answer_ids[:-5]) for row in dataset.rows])
    with pytest.raises(RuntimeError, match="do not spell"):
        check_labels(tokenizer, cut, [row["output"] for row in data])


def test_a_base_without_chat_template_gets_one_bos_and_learns_its_own_end_of_text(tokenizer):
    plain = tiny_tokenizer()
    plain.chat_template = FALLBACK_CHAT_TEMPLATE
    encoded = encode_row(plain, PROMPT, {"instruction": "Do it", "input": "", "output": "graph G"})
    text = plain.decode(encoded.input_ids)
    assert text == f"<|im_start|>### System:\n{PROMPT}\n\n### Instruction:\nDo it\n\n### Response:\ngraph G<|im_end|>"
    assert encoded.input_ids.count(plain.bos_token_id) == 1
    assert end_of_turn_ids(plain) == (plain.eos_token_id,)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8), min_size=1, max_size=6))
def test_the_common_prefix_is_common_and_leaves_every_prompt_a_token(prompts):
    shared = common_prefix_tokens(prompts)
    assert all(prompt[:shared] == prompts[0][:shared] and len(prompt) > shared for prompt in prompts)


def test_the_prefix_is_cut_at_tokens_not_at_characters(tokenizer):
    """Two instructions that begin alike may merge their first characters differently."""
    prompts = [encode_prompt(tokenizer, PROMPT, text) for text in ("On Tick print", "On Ticket print", "One")]
    shared = common_prefix_tokens(prompts)
    assert len({prompt[:shared] for prompt in prompts}) == 1
    assert len({prompt[:shared + 1] for prompt in prompts}) > 1


def test_shuffles_do_not_change_the_prefix(tokenizer):
    prompts = [encode_prompt(tokenizer, PROMPT, row["instruction"]) for row in rows(12)]
    shuffled = random.Random(1).sample(prompts, len(prompts))
    assert common_prefix_tokens(prompts) == common_prefix_tokens(shuffled)


def test_a_head_tokenised_once_gives_the_ids_of_the_whole_prompt(tokenizer):
    prompt = system_prompt(2500)
    head, head_ids = encode._shared_head(tokenizer, tokenizer.chat_template, prompt)
    assert len(head_ids) > 100, "the system prompt is in the head"
    for instruction in ("Print 1", " 7  doors", "<|im_start|>", "", prompt):
        text = tokenizer.apply_chat_template(messages(prompt, instruction), tokenize=False, add_generation_prompt=True)
        assert encode.encode_prompt(tokenizer, prompt, instruction) == tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
