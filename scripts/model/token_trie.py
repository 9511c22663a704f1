"""The vocabulary as bytes, in a trie: which tokens continue a text is then a walk along both at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np


class TokenNode:
    """The tokens that begin with the same bytes. Children are made when first asked for: most are never visited."""

    __slots__ = ("_children", "_depth", "_high", "_low", "tokens", "trie")

    def __init__(self, trie: TokenTrie, low: int, high: int, depth: int) -> None:
        entries = trie.entries
        self.trie, self._low, self._high, self._depth = trie, low, high, depth
        self._children: dict[int, TokenNode] | None = None
        end = low
        while end < high and len(entries[end][0]) == depth:
            end += 1
        self.tokens = [token for _, token in entries[low:end]]
        self._low = end

    @property
    def span(self) -> tuple[int, int, int]:
        """Entries of the trie that lie below, from and to, and how many bytes they share."""
        return self._low, self._high, self._depth

    @property
    def entries(self) -> Iterable[tuple[bytes, int]]:
        """What the tokens below say from here on, and the tokens."""
        return ((spelled[self._depth:], token) for spelled, token in self.trie.entries[self._low:self._high])

    @property
    def size(self) -> int:
        """Tokens below."""
        return self._high - self._low

    @property
    def children(self) -> dict[int, TokenNode]:
        if self._children is None:
            self._children = dict(self._split())
        return self._children

    def _split(self) -> Iterable[tuple[int, TokenNode]]:
        entries, low = self.trie.entries, self._low
        while low < self._high:
            prefix = entries[low][0][:self._depth + 1]
            high = bisect_left(entries, True, low, self._high, key=lambda entry: entry[0][:len(prefix)] > prefix)
            yield prefix[-1], TokenNode(self.trie, low, high, self._depth + 1)
            low = high


class TokenTrie:
    """Bytes and the tokens of a vocabulary of `size` that say them, whole or at their end; as a trie, and as arrays of all together."""

    def __init__(self, entries: Iterable[tuple[bytes, int]], size: int) -> None:
        self.entries = sorted(entries)
        self.size = size
        self.root = TokenNode(self, 0, len(self.entries), 0)
        self.longest = max((len(spelled) for spelled, _ in self.entries), default=0)

    @cached_property
    def spelled(self) -> np.ndarray:
        """Bytes of the entries (N, longest), filled up with zeros."""
        return np.frombuffer(b"".join(text.ljust(self.longest, b"\0") for text, _ in self.entries), dtype=np.uint8).reshape(-1, self.longest)

    @cached_property
    def lengths(self) -> np.ndarray:
        return np.array([len(text) for text, _ in self.entries])

    @cached_property
    def ids(self) -> np.ndarray:
        """Tokens of the entries (N,)."""
        return np.array([token for _, token in self.entries], dtype=np.int64)


class Vocabulary(TokenTrie):
    """Bytes of every ordinary token. Special tokens have none: they can never be part of a text."""

    def __init__(self, token_bytes: Sequence[bytes | None], encode: Any = None) -> None:
        """`encode(text) -> ids` is the tokenizer's own way to cut a text, used for text that is forced."""
        super().__init__(((spelled, token) for token, spelled in enumerate(token_bytes) if spelled), len(token_bytes))
        self.token_bytes = list(token_bytes)
        self.encode = encode

    def __len__(self) -> int:
        return self.size

    @classmethod
    def of(cls, tokenizer: Any) -> Vocabulary:
        """Of a tokenizer that writes bytes (GPT-2, Llama 3, SmolLM2) or pieces with byte fallback (Llama 2)."""
        special = set(tokenizer.all_special_ids) | {i for i, added in tokenizer.added_tokens_decoder.items() if added.special}
        pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
        spell = _byte_level if _is_byte_level(tokenizer) else _sentence_piece
        spelled = [None if i in special or piece is None else spell(piece) for i, piece in enumerate(pieces)]
        return cls(spelled, lambda text: tokenizer(text, add_special_tokens=False)["input_ids"])


def _is_byte_level(tokenizer: Any) -> bool:
    import json

    return '"ByteLevel"' in json.dumps(json.loads(tokenizer.backend_tokenizer.to_str())["decoder"])


@lru_cache(maxsize=1)
def _bytes_of_letters() -> dict[str, int]:
    """GPT-2's letters for bytes: printable ones stand for themselves, the others for letters from 256 on."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


def _byte_level(piece: str) -> bytes | None:
    letters = _bytes_of_letters()
    return bytes(letters[letter] for letter in piece) if all(letter in letters for letter in piece) else piece.encode()


def _sentence_piece(piece: str) -> bytes | None:
    if len(piece) == 6 and piece.startswith("<0x"):
        return bytes([int(piece[3:5], 16)])
    return piece.replace("\u2581", " ").encode()
