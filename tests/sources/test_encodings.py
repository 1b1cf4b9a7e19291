from __future__ import annotations

import csv
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.encodings import TCVN3, VIETNAMESE, decode
from sources.errors import FileProblem

SHARED = Path(os.environ.get("HAILONG_SHARED", Path(__file__).parents[3] / "shared"))
TEXT = "id,ý kiến\n1,Rất hài lòng với cách phục vụ của cán bộ\n2,Chưa được hướng dẫn đầy đủ, tôi đã chờ là lâu\n"
TO_TCVN3 = {letter: byte for byte, letter in TCVN3.items()}


def in_tcvn3(text: str) -> bytes:
    """TCVN3 has toned letters in small only; fonts make capitals of them."""
    return bytes(TO_TCVN3.get(letter) or TO_TCVN3.get(letter.lower()) or ord(letter) for letter in text)


def in_windows_1258(text: str) -> bytes:
    """As Vietnamese keyboards write it: base letters with their shape, tones as combining marks."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            decomposed = unicodedata.normalize("NFD", letter)
            tone = next(c for c in decomposed if c in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", decomposed.replace(tone, ""))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


def twice(text: str) -> bytes:
    """UTF-8 read as windows-1252 the way browsers read it, and encoded again."""
    read = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())
    return read.encode()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (unicodedata.normalize("NFD", TEXT).encode(), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (in_windows_1258(TEXT), "windows-1258"),
        (in_tcvn3(TEXT), "tcvn3"),
        (twice(TEXT), "utf-8, encoded twice"),
        (TEXT.encode().decode("latin-1").encode(), "utf-8, encoded twice"),
    ],
    ids=["utf-8", "bom", "nfd", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "tcvn3", "twice", "twice-latin-1"],
)
def test_each_encoding_is_found_and_read_as_the_same_text(content: bytes, encoding: str) -> None:
    assert decode(content, "auto", "a.csv") == (TEXT, encoding)


@pytest.mark.parametrize("encode", [in_windows_1258, in_tcvn3])
def test_a_short_label_is_enough_to_tell_single_byte_encodings_apart(encode: object) -> None:
    assert callable(encode)
    for label in ("Rất hài lòng", "Không hài lòng", "Bình thường", "Nguyễn Văn Ánh"):
        assert decode(encode(label), "auto", "a.csv")[0].lower() == label.lower()


def test_rows_encoded_twice_among_sound_ones_are_repaired_and_the_others_stay() -> None:
    content = TEXT.encode() + twice("3,Rất tốt, phục vụ nhanh\n") + "4,ĐÃ xong, «má»\n".encode()
    assert decode(content, "auto", "a.csv")[0] == TEXT + "3,Rất tốt, phục vụ nhanh\n4,ĐÃ xong, «má»\n"


def test_a_no_break_space_that_became_a_space_does_not_lose_the_letter() -> None:
    content = twice(TEXT).decode().replace("\u00a0", " ").encode()
    assert decode(content, "auto", "a.csv")[0] == TEXT


def test_text_encoded_twice_and_spoilt_is_refused() -> None:
    spoilt = twice(TEXT).decode().replace("º¥", "º¥?").replace("»", "»¿»").encode()
    with pytest.raises(FileProblem, match=r"encoded twice and spoilt: \d of \d such rows"):
        decode(spoilt, "auto", "a.csv")


def test_sound_text_that_looks_a_little_like_double_encoding_stays_as_it_is() -> None:
    text = "1,ĐÃ\u00a0nhận, bà nói «má»\n2,Ä und Æ\n"
    assert decode(text.encode(), "auto", "a.csv") == (text, "utf-8")


def test_bytes_of_no_known_encoding_are_refused_with_the_place() -> None:
    for content in ("id,Очень доволен работой".encode("cp1251"), b"id,\xff\xfe\xdf\xf7\xd7 \x80\x81"):
        with pytest.raises(FileProblem, match=r"neither UTF-8 nor UTF-16, windows-1258 or TCVN3 .byte 3"):
            decode(content, "auto", "a.csv")


def test_a_cut_off_utf_16_file_is_refused() -> None:
    with pytest.raises(FileProblem, match="not utf-16"):
        decode(TEXT.encode("utf-16")[:-1], "auto", "a.csv")


def test_a_stated_encoding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(FileProblem, match=r"not utf-8 .byte"):
        decode(in_tcvn3(TEXT), "utf-8", "a.csv")
    with pytest.raises(FileProblem, match=r"no encoding is called .utf8000."):
        decode(b"a", "utf8000", "a.csv")


@settings(deadline=None)
@given(st.text(alphabet=sorted(VIETNAMESE) + list("abc XYZ019,.\n"), max_size=60))
def test_any_vietnamese_text_survives_utf_8_and_double_encoding(text: str) -> None:
    assert decode(text.encode(), "auto", "a.csv")[0] == text
    if any(c in "ạếđươĂ" for c in text):
        assert decode(twice(text), "auto", "a.csv")[0] == text


def test_the_tcvn3_table_is_the_reference_table() -> None:
    path = SHARED / "data" / "kbnn" / "tcvn3_map.csv"
    if not path.exists():
        pytest.skip("no shared reference data here")
    with path.open(encoding="utf-8") as stream:
        reference = {int(row["byte_hex"], 16): row["unicode_nfc"] for row in csv.DictReader(stream)}
    assert reference == TCVN3
