"""Text encodings that Vietnamese files come in: UTF-8, UTF-16, windows-1258 and TCVN3, told apart by what they spell."""

from __future__ import annotations

import codecs
import unicodedata

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

VIETNAMESE = set("ăâđêôơưĂÂĐÊÔƠƯ") | {
    unicodedata.normalize("NFC", letter + mark)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for mark in "\u0300\u0301\u0303\u0309\u0323"
}


def decode(content: bytes, encoding: str, name: str) -> str:
    """Text of a file, in NFC.

    Args:
        encoding: a Python codec, `tcvn3`, or `auto`: UTF-16 and UTF-8 by their marks, UTF-8 if it is valid (and repaired
            where it was encoded twice), else whichever of windows-1258 and TCVN3 spells Vietnamese.

    Raises:
        FileProblem: the bytes are not in the encoding, or in none that is known.
    """
    if encoding == "tcvn3":
        return _from_tcvn3(content)
    if encoding != "auto":
        try:
            return unicodedata.normalize("NFC", content.decode(encoding))
        except UnicodeDecodeError as error:
            fix = "set encoding: auto in sources.yaml, or export the file as UTF-8"
            raise FileProblem(name, f"not {encoding}", f"byte {error.start}", fix) from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return unicodedata.normalize("NFC", content.decode("utf-16"))
    try:
        return unicodedata.normalize("NFC", _undo_double_encoding(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        where = f"byte {error.start}"
    candidates = [unicodedata.normalize("NFC", content.decode("cp1258", "replace")), _from_tcvn3(content)]
    best = max(candidates, key=_spells_vietnamese)
    if _spells_vietnamese(best) <= 0:
        raise FileProblem(name, "the encoding is not known", where, "export the file as UTF-8")
    return best


def _from_tcvn3(content: bytes) -> str:
    return content.decode("latin-1").translate(TCVN3)


def _undo_double_encoding(text: str) -> str:
    """UTF-8 that was read as windows-1252 and encoded again ("Ráº¥t hÃ i lÃ²ng"); anything else is left as it is."""
    if not any(sign in text for sign in ("Ã", "áº", "á»", "Ä‘", "Æ°")):
        return text
    try:
        repaired = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
    return repaired if _spells_vietnamese(repaired) > _spells_vietnamese(text) else text


def _spells_vietnamese(text: str) -> int:
    """Letters of the Vietnamese alphabet, less other characters beyond ASCII that no Vietnamese text has."""
    foreign = [c for c in text if ord(c) > 127]
    return sum(1 if c in VIETNAMESE else -2 if c.isalpha() or c == "\ufffd" else 0 for c in foreign)
