"""Settings: command line over file over default, and errors that name file, line and the nearest key."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_handler import UserError
from pipeline.config import KEYS, load_config
from pipeline.config_text import nearest


def write(paths, text: str):
    paths.config_file.write_text(text, encoding="utf-8")
    return paths


def problems(paths, overrides=None) -> str:
    with pytest.raises(UserError) as refused:
        load_config(paths, overrides)
    return str(refused.value)


def test_without_a_file_the_defaults_hold(paths):
    config = load_config(paths)
    assert config.lora.lora_r == 32 and not config.is_explicit("lora.lora_r")


def test_the_command_line_wins_over_the_file_and_the_file_over_the_default(paths):
    write(paths, '{"training": {"epochs": 2, "learning_rate": 0.001}}')
    config = load_config(paths, {"training.epochs": 5, "training.seed": None})
    assert (config.training.epochs, config.training.learning_rate, config.training.seed) == (5, 0.001, 42)
    assert config.sources == {"training.epochs": "command line", "training.learning_rate": "pipeline_config.json"}


def test_an_unknown_key_is_named_with_line_and_nearest_name(paths):
    write(paths, '{\n  "lora": {\n    "rnak": 8\n  }\n}')
    assert problems(paths) == "pipeline_config.json:3: lora: unknown key 'rnak'.\n  Fix: did you mean 'lora_r'?"


def test_all_errors_are_shown_at_once(paths):
    write(paths, '{"lora": {"lora_r": 0, "lora_dropout": "much"},\n "trainning": {},\n "model": {"epochs": 3}, "training": []}')
    text = problems(paths, {"training.learning_rate": 5.0})
    assert [line for line in text.splitlines() if not line.startswith("  Fix")] == [
        "pipeline_config.json:1: lora: lora_r is 0, it must be above 0.",
        'pipeline_config.json:1: lora: lora_dropout is "much".',
        "pipeline_config.json:2: unknown section 'trainning'.",
        "pipeline_config.json:3: model: unknown key 'epochs'.",
        "pipeline_config.json:3: section 'training' is [].",
        "command line: training: learning_rate is 5.0, it must be above 0 and below 1.",
    ]
    assert "move it into section 'training'." in text and "did you mean 'training'?" in text


@pytest.mark.parametrize(("text", "place", "fix"), [
    ('{"lora": {"lora_r": 3,}}', ":1:23:", "take away the comma"),
    ('{\n"lora": {"lora_r": 3}\n"model": {}}', ":3:1:", "put a comma"),
    ("{'lora': {}}", ":1:2:", "double quotes"),
    ('{"lora": {"lora_r": 3, "lora_r": 4}}', ":", "keep one"),
    ("[]", ":1:", "{ ... }"),
])
def test_a_syntax_error_is_named_with_its_place_and_remedy(paths, text, place, fix):
    shown = problems(write(paths, text))
    assert shown.startswith(f"pipeline_config.json{place}") and fix in shown.splitlines()[1]


def test_a_file_from_a_windows_editor_is_read(paths):
    paths.config_file.write_bytes(b'\xef\xbb\xbf{"lora": {"lora_r": 8}}\r\n')
    assert load_config(paths).lora.lora_r == 8


def test_a_gpu_may_be_given_as_number_and_null_means_not_given(paths):
    write(paths, '{"hardware": {"cuda_visible_devices": 0, "gpu_name": null}, "lora": {"lora_r": null}}')
    config = load_config(paths)
    assert config.hardware.cuda_visible_devices == "0" and config.lora.lora_r == 32 and not config.is_explicit("lora.lora_r")


def test_both_quantisations_at_once_are_refused(paths):
    assert "both true" in problems(write(paths, '{"quantization": {"use_8bit": true, "use_4bit": true}}'))


def slips(key: str) -> set[str]:
    """The key with one character lost or doubled, or two neighbours swapped."""
    places = range(len(key) - 1)
    return {slip for i in places for slip in (key[:i] + key[i + 1:], key[:i] + key[i] + key[i:], key[:i] + key[i + 1] + key[i] + key[i + 2:])}


@given(st.sampled_from([(section, key) for section, keys in KEYS.items() for key in keys]), st.data())
def test_one_slip_of_the_finger_leads_back_to_the_key(place, data):
    section, key = place
    slip = data.draw(st.sampled_from(sorted(slips(key) - {key for keys in KEYS.values() for key in keys})))
    meant = [key for key in KEYS[section] if slip in slips(key)]
    assert any(f"'{key}'" in nearest(slip, KEYS, section) for key in meant)


def test_the_effective_settings_read_back_as_a_file_give_the_same_settings(paths):
    config = load_config(paths, {"training.epochs": 2, "quantization.use_4bit": False})
    write(paths, json.dumps(config.as_dict()))
    assert load_config(paths) == config
