"""A Llama as a GGUF file for llama.cpp, Ollama and LM Studio, and the Modelfile that carries template and system prompt."""

from pathlib import Path
from typing import Any

import numpy as np

from model.encode import end_of_turn_ids
from pipeline.store import write_text

TYPES = ("f16", "q8_0", "f32")
TENSOR_NAMES = {
    "model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
PRETOKENIZER_BY_VOCABULARY = {49152: "smollm", 128256: "llama-bpe"}
"""llama.cpp's names for how text is cut before merging; the vocabularies of the base models in use."""
NORMAL_TOKEN, CONTROL_TOKEN = 1, 3


def write_gguf(model: Any, tokenizer: Any, file: Path, kind: str, name: str) -> None:
    """Write weights, shape and tokenizer; `kind` is the type of the matrices, norms stay float32."""
    from gguf import GGUFWriter

    writer = GGUFWriter(file, "llama")
    _add_shape(writer, model.config, name)
    _add_tokenizer(writer, tokenizer, model.config.vocab_size)
    for key, tensor in model.state_dict().items():
        if key == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        _add_tensor(writer, _tensor_name(key), _ordered(key, tensor.float().cpu().numpy(), model.config), kind)
    _add_rope_factors(writer, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensor_name(key: str) -> str:
    if key in TENSOR_NAMES:
        return TENSOR_NAMES[key]
    _, _, number, part = key.removesuffix(".weight").split(".", 3)
    return f"blk.{number}.{TENSOR_NAMES[part]}.weight"


def _ordered(key: str, weights: np.ndarray, config: Any) -> np.ndarray:
    """llama.cpp turns neighbouring values of a head together, transformers the two halves: query and key rows are interleaved."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(key.split(".")[-2])
    if heads is None:
        return weights
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weights.shape)


def _add_tensor(writer: Any, name: str, weights: np.ndarray, kind: str) -> None:
    from gguf import GGMLQuantizationType
    from gguf.quants import quantize

    if weights.ndim == 1 or kind == "f32":
        writer.add_tensor(name, weights.astype(np.float32))
    elif kind == "f16":
        writer.add_tensor(name, weights.astype(np.float16))
    else:
        writer.add_tensor(name, quantize(weights, GGMLQuantizationType.Q8_0), raw_dtype=GGMLQuantizationType.Q8_0)


def _add_rope_factors(writer: Any, model: Any) -> None:
    """Llama 3.1 stretches slow rotations; llama.cpp reads by how much from a tensor."""
    rope = model.model.rotary_emb
    if getattr(rope, "rope_type", "default") != "llama3":
        return
    config = model.config
    plain = 1.0 / config.rope_parameters["rope_theta"] ** (np.arange(0, config.head_dim, 2, dtype=np.float64) / config.head_dim)
    writer.add_tensor("rope_freqs.weight", (plain / rope.inv_freq.double().cpu().numpy()).astype(np.float32))


def _add_shape(writer: Any, config: Any, name: str) -> None:
    writer.add_name(name)
    writer.add_vocab_size(config.vocab_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)


def _add_tokenizer(writer: Any, tokenizer: Any, vocabulary: int) -> None:
    import json

    described = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    tokens = [tokenizer.convert_ids_to_tokens(i) or f"[UNUSED{i}]" if i < len(tokenizer) else f"[UNUSED{i}]" for i in range(vocabulary)]
    special = set(tokenizer.all_special_ids) | {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRETOKENIZER_BY_VOCABULARY.get(vocabulary, "default"))
    writer.add_token_list(tokens)
    writer.add_token_types([CONTROL_TOKEN if i in special else NORMAL_TOKEN for i in range(vocabulary)])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in described["merges"]])
    for add, token_id in ((writer.add_bos_token_id, tokenizer.bos_token_id), (writer.add_eos_token_id, end_of_turn_ids(tokenizer)[-1]),
                          (writer.add_pad_token_id, tokenizer.pad_token_id), (writer.add_unk_token_id, tokenizer.unk_token_id)):
        if token_id is not None:
            add(token_id)
    writer.add_add_bos_token(adds_bos(tokenizer))
    writer.add_chat_template(tokenizer.chat_template)


def adds_bos(tokenizer: Any) -> bool:
    """True when the tokenizer itself starts a text with BOS, as llama.cpp would then do too."""
    ids = tokenizer("text")["input_ids"]
    return tokenizer.bos_token_id is not None and ids[0] == tokenizer.bos_token_id


def write_modelfile(folder: Path, gguf_name: str, tokenizer: Any, system_prompt: str) -> None:
    """Ollama's Modelfile: `ollama create blueprint -f Modelfile` in this folder."""
    end = tokenizer.decode(end_of_turn_ids(tokenizer))
    quoted = system_prompt.replace('"""', '\\"\\"\\"')
    write_text(folder / "Modelfile", f'FROM ./{gguf_name}\nTEMPLATE """{go_template(tokenizer)}"""\nSYSTEM """{quoted}"""\n'
                                     f'PARAMETER stop "{end}"\nPARAMETER temperature 0\n')


def go_template(tokenizer: Any) -> str:
    """The chat template in Ollama's notation, found by rendering it around marks."""
    marks = [{"role": "system", "content": "<<SYSTEM>>"}, {"role": "user", "content": "<<PROMPT>>"}]
    text = tokenizer.apply_chat_template(marks, tokenize=False, add_generation_prompt=True)
    if adds_bos(tokenizer):
        text = text.removeprefix(tokenizer.bos_token)
    return text.replace("<<SYSTEM>>", "{{ .System }}").replace("<<PROMPT>>", "{{ .Prompt }}") + "{{ .Response }}" + tokenizer.decode(end_of_turn_ids(tokenizer))
