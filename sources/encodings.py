"""Text encodings that Vietnamese files come in: UTF-8, UTF-16, windows-1258 and TCVN3, told apart by what they spell."""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import pairwise

from sources.errors import FileProblem

# TCVN 5712:1993, character set VN1 as fonts of the ABC family use it
TCVN3 = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcdddedfe1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)

TONED = {
    unicodedata.normalize("NFC", letter + mark)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for mark in "\u0300\u0301\u0303\u0309\u0323"
}
VIETNAMESE = TONED | set("ăâđêôơưĂÂĐÊÔƠƯ")
# bytes that TCVN3 leaves out: punctuation of windows-1252, else unknown
_TCVN3_TABLE = {
    byte: bytes([byte]).decode("cp1252", "replace") if byte < 0xA1 else "\ufffd" for byte in range(0x80, 0x100)
}

# windows-1252 as programs apply it: bytes 80 to 9F may stand for themselves (WHATWG Encoding Standard; ISO 8859-1)
_WINDOWS_1252 = {ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0x100)} | {
    byte: byte for byte in range(0x80, 0xA0)
}
_RUN = re.compile("[" + re.escape("".join(map(chr, _WINDOWS_1252))) + "]+")
_TRAIL = re.escape("".join(chr(code) for code, byte in _WINDOWS_1252.items() if byte < 0xC0))
# letters as "ạ".."ỹ", "ă", "đ", "ơ" and "ư", encoded in UTF-8 and read as windows-1252: no language writes such sequences
_SURE_SIGN = re.compile(f"á[º»][{_TRAIL}]|Ä[\u0082\u0083\u0090\u0091\u201a\u0192\u2018]|Æ[\u00a0\u00a1\u00af\u00b0]")

SAMPLE = 200_000
MAX_UNREPAIRED_SHARE = 0.02


def decode(content: bytes, encoding: str, name: str) -> tuple[str, str]:
    """Text of a file in NFC, and the encoding it was in.

    Args:
        encoding: a Python codec, `tcvn3`, or `auto`: UTF-16 and UTF-8 by their marks, UTF-8 if it is valid (and repaired
            where it was encoded twice), else whichever of windows-1258 and TCVN3 spells Vietnamese.

    Raises:
        FileProblem: the bytes are not in the encoding, or in none that is known, or were spoilt beyond repair.
    """
    text, found = _detect(content, name) if encoding == "auto" else (_decode_as(content, encoding, name), encoding)
    return unicodedata.normalize("NFC", text), found


def _decode_as(content: bytes, encoding: str, name: str) -> str:
    if encoding.lower() == "tcvn3":
        return _from_tcvn3(content)
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        fix = "set encoding: auto in sources.yaml, or export the file as UTF-8"
        raise FileProblem(name, f"not {encoding}", f"byte {error.start}", fix) from None
    except LookupError:
        fix = "set encoding: auto in sources.yaml"
        raise FileProblem(name, f"no encoding is called {encoding!r}", "sources.yaml", fix) from None


def _detect(content: bytes, name: str) -> tuple[str, str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_as(content, "utf-16", name), "utf-16"
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        # without a mark: every other byte of ASCII letters, commas and line ends is zero
        half = content[offset:4096:2]
        if half.count(0) > len(half) / 3:
            return _decode_as(content, encoding, name), encoding
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _choose_single_byte(content, name, error.start)
    if not _SURE_SIGN.search(text):
        return text, "utf-8"
    return _undo_double_encoding(text, name), "utf-8, encoded twice"


def _choose_single_byte(content: bytes, name: str, position: int) -> tuple[str, str]:
    candidates = {
        "windows-1258": unicodedata.normalize("NFC", content.decode("cp1258", "replace")),
        "tcvn3": _from_tcvn3(content),
    }
    score = {encoding: _spells_vietnamese(text) for encoding, text in candidates.items()}
    best = max(candidates, key=score.__getitem__)
    if score[best] <= 0:
        fix = "export the file as UTF-8"
        raise FileProblem(name, "neither UTF-8 nor UTF-16, windows-1258 or TCVN3", f"byte {position}", fix)
    return candidates[best], best


def _from_tcvn3(content: bytes) -> str:
    return content.decode("latin-1").translate(_TCVN3_TABLE | TCVN3)


def _undo_double_encoding(text: str, name: str) -> str:
    """UTF-8 that was read as windows-1252 and encoded again ("Ráº¥t hÃ i lÃ²ng"), line by line where lines differ.

    Raises:
        FileProblem: much of it cannot be undone.
    """
    lines = text.split("\n")
    spoilt = [number for number, line in enumerate(lines) if _SURE_SIGN.search(line)]
    # a file that has nothing beyond windows-1252 was spoilt as a whole; else only lines with a sure sign were
    is_whole = all(ord(c) < 128 or ord(c) in _WINDOWS_1252 for c in set(text))
    for number in range(len(lines)) if is_whole else spoilt:
        # a program that turned the no-break space into a space spoilt every "à" ("Ã" and no-break space)
        line = re.sub('Ã(?: |(?=$|[,;\t"]))', "Ã\u00a0", lines[number])
        lines[number] = _RUN.sub(_undo_run, line)
    left = [number for number in spoilt if _SURE_SIGN.search(lines[number])]
    if len(left) > MAX_UNREPAIRED_SHARE * len(spoilt):
        what = f"encoded twice and spoilt: {len(left)} of {len(spoilt)} such rows cannot be repaired"
        raise FileProblem(name, what, f"first in line {left[0] + 1}", "export the file again as UTF-8")
    return "\n".join(lines)


def _undo_run(match: re.Match[str]) -> str:
    raw = bytes(_WINDOWS_1252[ord(c)] for c in match[0])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _spells_vietnamese(text: str) -> int:
    """Letters of the Vietnamese alphabet, less what no Vietnamese text has.

    That is: letters of other alphabets, capitals after small letters, and more than one tone in a word.
    """
    sample = " ".join(line for line in text.split("\n") if not line.isascii())[:SAMPLE]
    letters = [c for c in sample if ord(c) > 127]
    own = sum(1 for c in letters if c in VIETNAMESE)
    foreign = sum(
        1 for c in letters if c not in VIETNAMESE and (c.isalpha() or c == "\ufffd" or unicodedata.combining(c))
    )
    capitals = sum(1 for a, b in pairwise(sample) if a.islower() and b.isupper())
    tones = sum(max(0, sum(c in TONED for c in word) - 1) for word in re.split(r"[\W\d]+", sample))
    return own - 2 * (foreign + capitals + tones)
