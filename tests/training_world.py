"""A small world to train in: a real two-layer Llama with a real tokenizer, made on the spot, and rows like the project's."""

import json
import random
from pathlib import Path

from pipeline.paths import Paths

CHATML = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
          "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
NODES = ("PrintString", "Branch", "Delay", "SetActorLocation", "GetActorLocation", "SpawnActor", "DestroyActor", "PlaySound", "IsValid",
         "AddFloat", "ForLoop", "Sequence", "SetTimer", "LineTrace", "CastTo", "GetPlayerPawn")
PINS = ("Target", "Value", "Location", "Duration", "Index", "Message", "Condition", "World Context")
TYPES = ("Float", "Vector", "Object", "Boolean", "Text", "Integer")
EVENTS = ("BeginPlay", "Tick", "ActorBeginOverlap", "AnyDamage", "Hit", "EndPlay")


def system_prompt(characters: int = 5700, seed: int = 0) -> str:
    """A node vocabulary as long as the project's: about 1,500 tokens of the embedded model at 5,700 characters."""
    rng = random.Random(seed)
    lines = ["You write Unreal Engine Blueprint graphs as text. Nodes you may use, with their pins:"]
    while sum(map(len, lines)) + len(lines) < characters:
        pins = ", ".join(f"{rng.choice(PINS)}: {rng.choice(TYPES)}" for _ in range(rng.randint(1, 4)))
        lines.append(f"{rng.choice(NODES)} takes exec, {pins} and continues at then or at completed")
    return "\n".join(lines)[:characters]


def row(rng: random.Random, nodes: int) -> dict[str, str]:
    """A request and an answer of `nodes` nodes in a row."""
    event, names = rng.choice(EVENTS), [rng.choice(NODES) for _ in range(nodes)]
    lines = [f"blueprint BP_{event}{rng.randrange(1000)}", "graph EventGraph", f"  n0: Event_{event}"]
    lines += [f"  n{i}: {name} Value={rng.randrange(10**4)}" for i, name in enumerate(names, start=1)]
    lines += [f"  n{i}.then -> n{i + 1}.exec" for i in range(nodes)]
    return {"instruction": f"On {event}, do these in order: {', '.join(names)}.", "input": "", "output": "\n".join(lines)}


def rows(count: int, seed: int = 1, nodes: tuple[int, int] = (4, 12)) -> list[dict[str, str]]:
    rng = random.Random(seed)
    return [row(rng, rng.randint(*nodes)) for _ in range(count)]


def write_project(paths: Paths, train: int, validation: int, characters: int = 600, nodes: tuple[int, int] = (2, 4), **config: dict) -> None:
    """datasets/ and pipeline_config.json of a project."""
    paths.datasets.mkdir(parents=True)
    for file, found in ((paths.train_file, rows(train, 1, nodes)), (paths.validation_file, rows(validation, 2, nodes))):
        file.write_text("".join(json.dumps(line) + "\n" for line in found), encoding="utf-8")
    paths.system_prompt.write_text(system_prompt(characters), encoding="utf-8")
    paths.config_file.write_text(json.dumps(config), encoding="utf-8")


def tiny_tokenizer():
    """Byte-level BPE with 512 tokens and the ChatML template, trained on the rows above."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import PreTrainedTokenizerFast

    trained = ByteLevelBPETokenizer()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trained.train_from_iterator([system_prompt(), *(r["output"] for r in rows(20))], vocab_size=512, special_tokens=special, show_progress=False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, bos_token="<|im_start|>", eos_token="<|im_end|>",
                                        pad_token="<|im_end|>", unk_token="<|endoftext|>")
    tokenizer.chat_template = CHATML
    return tokenizer


def tiny_model(seed: int = 0, layers: int = 2):
    """Two Llama layers with grouped heads (4 query, 2 key), random weights, float32."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LlamaForCausalLM(LlamaConfig(vocab_size=512, hidden_size=64, intermediate_size=160, num_hidden_layers=layers, num_attention_heads=4,
                                            num_key_value_heads=2, head_dim=16, max_position_embeddings=4096, tie_word_embeddings=True,
                                            bos_token_id=1, eos_token_id=2, pad_token_id=2, initializer_range=0.2))


def tiny_base(folder: Path) -> Path:
    """The tiny model as a folder that `model.base_model` may name."""
    tiny_model().save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder
