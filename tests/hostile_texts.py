"""Texts that nobody copied from an editor: cut, spliced, nested, bloated, in the wrong encoding. Deterministic by seed."""

import random
import re
from collections.abc import Callable

Mutation = Callable[[random.Random, bytes], bytes]
SIGNS = (b'"', b"(", b")", b",", b"=", b"\\", b"'", b"\n", b"\r\n", b"\0", b"Begin Object ", b"End Object\n", b"\xff\xfe", b"\xef\xbb\xbf",
         b"CustomProperties Pin (", b"LinkedTo=(", b"SubPins=(", b"9" * 400, b"-", b"1e999", b"NSLOCTEXT(", b"\xe2\x80\xa8")
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "shift_jis", "utf-7")


def cut(random_: random.Random, data: bytes) -> bytes:
    return data[:random_.randrange(len(data) + 1)]


def cut_head(random_: random.Random, data: bytes) -> bytes:
    return data[random_.randrange(len(data) + 1):]


def drop_piece(random_: random.Random, data: bytes) -> bytes:
    start = random_.randrange(len(data) + 1)
    return data[:start] + data[start + random_.randrange(2000):]


def splice(random_: random.Random, data: bytes) -> bytes:
    """A piece of the text again, somewhere else."""
    start, place = random_.randrange(len(data) + 1), random_.randrange(len(data) + 1)
    return data[:place] + data[start:start + random_.randrange(5000)] + data[place:]


def insert_signs(random_: random.Random, data: bytes) -> bytes:
    for _ in range(random_.randrange(1, 30)):
        place = random_.randrange(len(data) + 1)
        data = data[:place] + random_.choice(SIGNS) * random_.choice((1, 1, 1, 2, 50)) + data[place:]
    return data


def flip_bytes(random_: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random_.randrange(1, 200) if changed else 0):
        changed[random_.randrange(len(changed))] = random_.randrange(256)
    return bytes(changed)


def shuffle_lines(random_: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    random_.shuffle(lines)
    return b"\n".join(lines)


def drop_lines(random_: random.Random, data: bytes) -> bytes:
    return b"\n".join(line for line in data.split(b"\n") if random_.random() > 0.1)


def repeat_lines(random_: random.Random, data: bytes) -> bytes:
    return b"\n".join(line for line in data.split(b"\n") for _ in range(random_.choice((1, 1, 1, 3))))


def swap_names(random_: random.Random, data: bytes) -> bytes:
    """All nodes under one name, so that every link is ambiguous."""
    return re.sub(rb"K2Node_\w+_\d+", b"K2Node_CallFunction_0", data)


def swap_pin_ids(random_: random.Random, data: bytes) -> bytes:
    return re.sub(rb"[0-9A-F]{32}", b"0" * 32, data)


def wrong_encoding(random_: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(random_.choice(ENCODINGS), errors="replace")


def nest_deeply(random_: random.Random, data: bytes) -> bytes:
    depth = random_.randrange(10, 3000)
    return b"Begin Object Class=/Script/X.Y Name=\"N\"\n" * depth + data + b"End Object\n" * random_.randrange(depth + 1)


def nest_a_value(random_: random.Random, data: bytes) -> bytes:
    """Thousands of brackets, quotes or references in a default value or property."""
    bloat = random_.choice((b"(", b"(A=", b"\\\"", b"((", b"'\"", b"{A}", b"X=,", b"LOCGEN_FORMAT_NAMED(")) * random_.randrange(1, 20_000)
    return re.sub(rb'DefaultValue="[^"]*"|FunctionReference=\([^\n]*|NodeComment="[^"]*"',
                  lambda found: found[0].split(b"=")[0] + b'="' + bloat + b'"', data, count=random_.randrange(1, 4))


def lengthen_a_line(random_: random.Random, data: bytes) -> bytes:
    place = random_.randrange(len(data) + 1)
    return data[:place] + bytes([random_.randrange(32, 127)]) * random_.randrange(1, 300_000) + data[place:]


def remove_line_ends(random_: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", random_.choice((b"", b" ", b"\r", b"\0", b"\x0b")))


def noise(random_: random.Random, data: bytes) -> bytes:
    return random_.randbytes(random_.randrange(5000))


MUTATIONS: tuple[Mutation, ...] = (
    cut, cut_head, drop_piece, splice, insert_signs, flip_bytes, shuffle_lines, drop_lines, repeat_lines, swap_names, swap_pin_ids,
    wrong_encoding, nest_deeply, nest_a_value, lengthen_a_line, remove_line_ends, noise)


def hostile(data: bytes, seed: int) -> bytes:
    """One of the mutations, or two on top of each other."""
    random_ = random.Random(seed)
    for mutation in random_.sample(MUTATIONS, random_.choice((1, 1, 2))):
        data = mutation(random_, data)
    return data
