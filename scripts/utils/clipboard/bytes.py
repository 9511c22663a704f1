"""The bytes of an exported file as text, whatever editor saved it.

Unreal's clipboard is UTF-16 on Windows; people save it as UTF-8 with or without a byte order mark, or as UTF-16.
"""

from __future__ import annotations

import codecs

from utils.findings import Finding, Severity

# UTF-32 first: its mark begins with that of UTF-16.
MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))
SAMPLE_BYTES = 4096
MAX_CONTROL_FRAC = 0.02
MAX_LOST_FRAC = 0.25


def decode(data: bytes) -> tuple[str | None, list[Finding]]:
    """The text, and what had to be assumed; None with one error where there is none."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return None, [_error("empty-file", "The file is empty.", "copy the nodes in the editor (Ctrl+C) and paste them into this file.")]
    encoding = _encoding(data)
    if encoding is None:
        return None, [_error("binary-file", "This is not a text file.",
                             "in the editor select the nodes, press Ctrl+C and paste into a text file; .uasset files cannot be read.")]
    try:
        return _without_nuls(data.decode(encoding), [])
    except UnicodeDecodeError as error:
        return _decode_damaged(data, encoding, error)


def _encoding(data: bytes) -> str | None:
    """By its mark, by where the zero bytes of plain letters stand, else UTF-8; None for a binary file."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:SAMPLE_BYTES]
    if b"\0" in sample:
        for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if sample[offset::2].count(0) > 0.4 * len(sample) and sample[1 - offset::2].count(0) < 0.05 * len(sample):
                return encoding
    controls = len(sample) - len(sample.translate(None, CONTROL))
    return "utf-8" if controls <= MAX_CONTROL_FRAC * len(sample) else None


def _decode_damaged(data: bytes, encoding: str, error: UnicodeDecodeError) -> tuple[str | None, list[Finding]]:
    """A few broken places in UTF text are marked; other single bytes are read as the code page of Western Windows."""
    line = data.count(b"\n", 0, error.start) + 1
    text = data.decode(encoding, errors="replace")
    if encoding == "utf-8" and text.count("\ufffd") > MAX_LOST_FRAC * len(text):
        return None, [_error("not-text", f"Byte {error.start} and many others are not UTF-8 text.",
                             "save the file as UTF-8 and try again.", line)]
    # No whole UTF-8 letter anywhere: the odd bytes are letters of a code page.
    if encoding == "utf-8" and data.decode("utf-8", errors="ignore").isascii():
        note = Finding("wrong-encoding", Severity.WARNING, line, "The file is not UTF-8; it was read as Windows-1252.",
                       "save the file as UTF-8 if letters came out wrong.")
        return _without_nuls(data.decode("cp1252", errors="replace"), [note])
    note = Finding("lost-letters", Severity.WARNING, line, f"Broken {encoding.upper()} text; the broken letters were replaced.",
                   "copy the nodes from the editor again and save them as UTF-8.")
    return _without_nuls(text, [note])


def _without_nuls(text: str, findings: list[Finding]) -> tuple[str, list[Finding]]:
    if "\0" not in text:
        return text, findings
    line = text.count("\n", 0, text.index("\0")) + 1
    found = Finding("nul-characters", Severity.WARNING, line, "Zero characters stand in the text; they were dropped.",
                    "copy the nodes from the editor again.")
    return text.replace("\0", ""), [*findings, found]


def _error(code: str, message: str, remedy: str, line: int = 0) -> Finding:
    return Finding(code, Severity.ERROR, line, message, remedy)
