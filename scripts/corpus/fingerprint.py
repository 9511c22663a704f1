"""Cheap keys of rows, read off canonical DSL text without parsing it.

Rows are rendered canonically before they get here (same graph, same order, same ids), so text stands for graph. A parse
costs a millisecond, a key 40 microseconds: with a million rows that is the difference between an hour and a minute.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from rensa import RMinHash

PERMUTATIONS = 32
NODE_TYPE = re.compile(r"^NODE \w+: (\S+)", re.MULTILINE)
HEAD = re.compile(r"^(?:BLUEPRINT:|#).*\n?", re.MULTILINE)
VARIABLE = re.compile(r"^(VAR )[^:\n]+(:[^=\n\[]+).*$", re.MULTILINE)
# A literal or a name inside [...]: what stands behind '=' up to the next ',' or ']' of a property list.
LITERAL = re.compile(r'=(?:"(?:[^"\\]|\\.)*"|\([^()\]]*\)|[^,\]\n]+)')
WORD = re.compile(r"\w+(?:\.\d+)?")
VARIABLE_NODE = re.compile(r'^NODE (\w+): Variable[GS]et \[Variable="([^"\n]*)"(?:, ([^=\n]+)=)?', re.MULTILINE)


def digest(text: str) -> int:
    """64 bits; two of a million texts share one with a chance of 3e-8."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "big", signed=True)


def structure_key(output: str) -> int:
    """Equal for graphs that differ only in names and literals."""
    text = VARIABLE.sub(r"\1\2", HEAD.sub("", output))
    for node, name, literal in VARIABLE_NODE.findall(output):
        # The pin of a variable is named after it; so is the property of a literal on it.
        text = text.replace(f"{node}.{name}\n", f"{node}.~\n").replace(f"{node}.{name} ", f"{node}.~ ")
        text = text.replace(f", {literal}=", ", ~=") if literal == name else text
    return digest(LITERAL.sub("=~", text))


def node_types(output: str) -> tuple[str, ...]:
    """The node types of a document, sorted: unequal tuples, unequal graphs."""
    return tuple(sorted(NODE_TYPE.findall(output)))


def plain_words(instruction: str) -> list[str]:
    return WORD.findall(instruction.lower())


def instruction_key(instruction: str) -> int:
    """Equal for instructions that differ only in letter case, punctuation and spacing."""
    return digest(" ".join(plain_words(instruction)))


def minhash(instruction: str) -> list[int]:
    """MinHash signature of the instruction's pairs of neighbouring words, (PERMUTATIONS,) unsigned 32 bit."""
    words = plain_words(instruction)
    signature = RMinHash(num_perm=PERMUTATIONS, seed=1)
    signature.update([f"{a} {b}" for a, b in zip(words, words[1:])] or words or [""])
    return signature.digest()
