"""Redaction of comments: what is masked, what stays, and how well, on comments that nobody wrote in earnest."""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from sources.simulation import simulate_round
from sources.simulation_texts import COMMENTS, GIVEN_NAMES, MIDDLE_NAMES, SURNAMES
from surveys.catalogue import load_survey
from transforms.name_lexicon import fold
from transforms.person_names.weighing import signs_of_rows
from transforms.redaction import TOKENS, redact, redact_series

INVENTED = Path(__file__).with_name("invented_personal_data.txt")
DEVELOPMENT = Path(__file__).parents[2].parent / "shared" / "data" / "pii"
_MARK = re.compile(r"\{(\w+)\|(.*?)\}")


# --- each type is masked, in the forms people write it in ----------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "0912345678", "0912 345 678", "0912.345.678", "0912-345-678", "09 12 34 56 78", "+84 912 345 678", "+84912345678",
        "84912345678", "(+84) 912 345 678", "(024) 3825 1234", "028 3825 1234", "0236.3822.123", "０９１２３４５６７８",
        "không chín một hai ba bốn năm sáu bảy tám",
    ],
)  # fmt: skip
def test_a_phone_is_masked_however_it_is_written(number: str) -> None:
    assert redact(f"Gọi lại cho tôi {number} nhé").redacted == "Gọi lại cho tôi [SĐT] nhé"


@pytest.mark.parametrize(
    ("comment", "redacted"),
    [
        ("Gửi về lan.nt86@gmail.com giúp", "Gửi về [EMAIL] giúp"),
        ("Gửi về lan.nt86 (at) gmail.com giúp", "Gửi về [EMAIL] giúp"),
        ("CCCD 001 186 012 345 bị nhập sai", "CCCD [CCCD] bị nhập sai"),
        ("CMND số 012.345.678 hết hạn", "CMND số [CCCD] hết hạn"),
        ("MST 0100109106 bị khóa", "MST [MST] bị khóa"),
        ("MST 0100109106-012 bị khóa", "MST [MST] bị khóa"),
        ("Chuyển vào tk 5122431809213 ngân hàng BIDV", "Chuyển vào tk [TK] ngân hàng BIDV"),
        ("TK 9527.3.1105654.00000 bị phong tỏa", "TK [TK] bị phong tỏa"),
        ("Mã ĐVQHNS 1105654 chưa cấp", "Mã ĐVQHNS [MÃ_ĐVQHNS] chưa cấp"),
        (
            "Trường tôi mã số 1105654, có quan hệ với ngân sách",
            "Trường tôi mã số [MÃ_ĐVQHNS], có quan hệ với ngân sách",
        ),
        ("Xe 29A-123.45 chắn lối", "Xe [BIỂN_SỐ] chắn lối"),
        ("xe máy 63g1-19215 bị xước", "xe máy [BIỂN_SỐ] bị xước"),
        ("Xem facebook.com/hoa.nguyen.90 nhé", "Xem [MXH] nhé"),
        ("Kết bạn zalo hoa_ketoan88 nhé", "Kết bạn zalo [MXH] nhé"),
        ("Hộ chiếu B1234567 bị nhập sai", "Hộ chiếu [HỘ_CHIẾU] bị nhập sai"),
        ("Ngày sinh: 04/04/1996 bị sai", "Ngày sinh: [NGÀY_SINH] bị sai"),
        ("Gửi giấy về 12/5 Lê Lợi nhé", "Gửi giấy về [ĐỊA_CHỈ] nhé"),
        ("Nhà tôi ở số nhà 12, ngõ 5 phố Huế.", "Nhà tôi ở [ĐỊA_CHỈ]."),
    ],
)
def test_identifiers_and_addresses_become_typed_tokens(comment: str, redacted: str) -> None:
    assert redact(comment).redacted == redacted


@pytest.mark.parametrize(
    "comment",
    [
        "Cảm ơn chị {Lan} đã giúp",
        "Anh {Trường} ở quầy 3 làm nhanh",
        "Cán bộ {Nguyễn Thị Minh Hạnh} nhiệt tình",
        "{Lý Anh Hoàn} thân thiện",
        "Giao dịch viên {Chu Kiều Uyên} khó chịu",
        "{Cẩm Hợi} (thủ quỹ) vui tính",
        "gặp {lê viết oanh} thì xong",
        "cảm ơn {quách gia tài} nhiều nhé",
        "thai do cua {le van khanh} qua te",
        "CẢM ƠN {KHÁNH NGÀ} ĐÃ GIÚP",
        "Kế toán {Y Bhăm Niê} ở xa",
        "Chị {H'Hen Niê} cười hiền",
        "Chủ tịch xã {Giàng A Páo} đã ký",
        "Bà con nhờ {Thạch Sa Rinh} nói giúp",
    ],
)
def test_names_are_masked_with_or_without_diacritics_capitals_and_majority(comment: str) -> None:
    assert redact(re.sub(r"\{(.*?)\}", r"\1", comment)).redacted == re.sub(r"\{.*?\}", "[TÊN_1]", comment)


# --- what stays -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "Số tiền 1.250.000.000 đồng, 12.450.000 đ và 912.345.678 đồng chưa về",
        "Từ ngày 15/03/2024 đến 30/4, lúc 7h30",
        "Công văn 4696/KBNN-KSC, mẫu C2-02a/NS, hóa đơn 0001234",
        "Nghị định 11/2020/NĐ-CP, Luật số 83/2015/QH13, khoản 3 Điều 7",
        "Mã hồ sơ 2023-000451, mã giao dịch 830291847561",
        "Tổng đài 1900 6868 và 18001000 không ai nghe",
        "Mã chương 622, tiểu mục 6051, mã nguồn 13, tài khoản 1121",
        "KBNN Hoàng Mai, Kho bạc Lê Chân và KBNN Trần Đề",
        "Trường Tiểu học Nguyễn Trãi, Trường THPT Phan Bội Châu",
        "Đường Nguyễn Văn Cừ, phường Võ Thị Sáu, xã Hồ Thị Kỷ",
        "Công ty TNHH Thành Đạt, Bệnh viện Đa khoa Bạch Mai",
        "Anh chị em vui vẻ, bác bảo vệ hiền, chị kế toán mới nghỉ sinh",
        "Phòng 203 tầng 2, quầy số 5, windows 10",
    ],
)
def test_money_dates_documents_laws_places_and_offices_stay(comment: str) -> None:
    assert redact(comment).redacted == comment


@pytest.mark.parametrize(
    ("comment", "redacted"),
    [
        ("Giáo viên mầm non Lương Thị Phấn nghỉ", "Giáo viên mầm non [TÊN_1] nghỉ"),
        ("Trưởng thôn A Nhưng kiến nghị", "Trưởng thôn [TÊN_1] kiến nghị"),
        ("Kế toán trường Võ Thị Sáu nộp muộn", "Kế toán trường Võ Thị Sáu nộp muộn"),
        ("Anh Sơn nhận giấy tờ", "Anh [TÊN_1] nhận giấy tờ"),
        ("Kho bạc Anh Sơn đóng cửa", "Kho bạc Anh Sơn đóng cửa"),
        ("Cháu Phú Quý bị rơi giày", "Cháu [TÊN_1] bị rơi giày"),
    ],
)
def test_a_role_or_a_title_tells_a_person_from_a_place_of_that_name(comment: str, redacted: str) -> None:
    assert redact(comment).redacted == redacted


@pytest.mark.parametrize(
    "comment",
    [
        "Xe Hoàng Long chạy trễ, cà phê Trung Nguyên ngon",
        "Năm Giáp Thìn chậm, năm Ất Tỵ nhanh",
        "Hồ Ba Bể xa, Xứ Đoài mùa gặt",
        "Bác tài chờ lâu, em bé khóc",
        "Giao cho công ty mẹ. Kính.",
    ],
)
def test_things_years_and_waters_named_like_persons_stay(comment: str) -> None:
    assert redact(comment).redacted == comment


@pytest.mark.parametrize(
    ("comment", "redacted"),
    [
        ("bữa nào ngọc diệp trực thì nhanh", "bữa nào [TÊN_1] trực thì nhanh"),
        ("xin khen co thuy va anh dung ben ke toan", "xin khen co [TÊN_1] va anh [TÊN_2] ben ke toan"),
        ("nhân viên vui tính, bữa nào cũng cười", "nhân viên vui tính, bữa nào cũng cười"),
    ],
)
def test_without_capitals_the_signs_around_a_name_decide(comment: str, redacted: str) -> None:
    assert redact(comment).redacted == redacted


def test_among_capitals_a_name_without_any_needs_a_title_or_a_surname_that_is_no_word() -> None:
    assert redact("Hôm kia vũ đình khải hẹn, chị hạnh nhận.").redacted == "Hôm kia [TÊN_1] hẹn, chị [TÊN_2] nhận."
    assert redact("Trần nhà dột, hoàng hôn mới tới lượt.").masked == []


def test_what_weights_are_fitted_to_is_what_rows_are_weighed_by() -> None:
    rows = {(start, end): signs for start, end, signs in signs_of_rows("nhờ chị lan duyệt", [])}
    assert {"1 after title", "title after meeting", "last: lan", "one after: chị", "before: duyệt"} <= {*rows[8, 11]}


def test_empty_and_blank_comments_stay() -> None:
    assert redact("").masked == redact("  \n").masked == []


# --- the form of the result -----------------------------------------------------------------------------------


def test_one_person_has_one_token_and_two_persons_have_two() -> None:
    comment = "Nguyễn Thị Lan nói một đằng, chị Lan làm một nẻo, hỏi ông Hùng thì ông Hùng bảo hỏi chị Lan."
    assert re.findall(r"TÊN_\d", redact(comment).redacted) == ["TÊN_1", "TÊN_1", "TÊN_2", "TÊN_2", "TÊN_1"]


def test_offsets_count_the_characters_of_the_nfc_text() -> None:
    decomposed = unicodedata.normalize("NFD", "Cảm ơn chị Hường, số 0912345678")
    composed = unicodedata.normalize("NFC", decomposed)
    assert [(composed[start:end], kind) for start, end, kind in redact(decomposed).masked] == [
        ("Hường", "PERSON_NAME"),
        ("0912345678", "PHONE"),
    ]


def test_an_invisible_character_hides_no_number() -> None:
    assert redact("Gọi 0912\u200b345678").redacted == "Gọi [SĐT]"


def test_a_column_keeps_its_name_and_its_nulls() -> None:
    comments = pl.Series("ý kiến", ["chị Lan", None, ""])
    assert redact_series(comments).equals(pl.Series("ý kiến", ["chị [TÊN_1]", None, ""]))


_PIECES = st.sampled_from(
    ["chị ", "Lan", "Nguyễn Văn Hùng", "0912345678", " - ", ", ", " ", "\n", "số ", "MST ", "0100109106", "12 Lê Lợi", "[",
     "]", "TÊN_1", "[SĐT]", "lan@gmail.com", "29A-123.45", "KBNN Hoàng Mai", "ơn ", "u\u0301", "đ", "\u200b", "@", "/", "."]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=8), max_size=12).map("".join))
def test_any_text_is_redacted_into_what_its_offsets_say(text: str) -> None:
    found = redact(text)
    composed = unicodedata.normalize("NFC", text)
    ends = [0, *(end for _, end, _ in found.masked)]
    starts = [*(start for start, _, _ in found.masked), len(composed)]
    kept = [composed[a:b] for a, b in zip(ends, starts, strict=True)]
    assert all(a <= b for a, b in zip(ends, starts, strict=True))
    assert re.fullmatch(r"\[[^\[\]]+\]".join(map(re.escape, kept)), found.redacted)


def test_a_redacted_comment_redacted_again_stays_as_it_is() -> None:
    redacted = [redact(_parse(line)[0]).redacted for line in INVENTED.read_text("utf-8").splitlines()]
    assert [text for text in redacted if redact(text).redacted != text] == []


# --- how well -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Hà @LanNguyễn Văn Hùng0100109106", "chi 12 Lê Lợioanh A Páo chi THANH [SĐT]"])
def test_spans_that_overlap_where_words_are_written_together_become_one(text: str) -> None:
    masked = redact(text).masked
    assert masked
    assert all(one[1] <= other[0] for one, other in pairwise(masked))


def test_a_surname_that_is_a_roman_number_ends_the_search_for_names() -> None:
    assert redact("Họ tên: VI KIỀU NGỌC").redacted == "Họ tên: [TÊN_1]"


def test_the_bars_hold_on_invented_comments() -> None:
    comments = [_parse(line) for line in INVENTED.read_text("utf-8").splitlines()]
    hit, total, altered, clean = _measure(comments)
    assert sum(hit.values()) >= 0.98 * sum(total.values())
    assert {kind for kind in total if hit[kind] < 0.95 * total[kind]} == set()
    assert altered <= 0.02 * clean


def test_the_invented_comments_have_every_type() -> None:
    kinds = {kind for kind, _ in _MARK.findall(INVENTED.read_text("utf-8"))}
    assert kinds == {*TOKENS, "PERSON_NAME"}


@pytest.mark.skipif(not DEVELOPMENT.is_dir(), reason="the labelled development sample is not here")
def test_the_bars_hold_on_the_development_sample_by_its_own_scorer(tmp_path: Path) -> None:
    written = tmp_path / "redacted.jsonl"
    result = CliRunner().invoke(app, ["redact", str(DEVELOPMENT / "dev_sample.jsonl"), "--output", str(written)])
    assert result.exit_code == 0
    rows = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
    score = _scorer().score({row["id"]: [span[:2] for span in row["masked"]] for row in rows})
    assert score["recall"]["ALL"][2] >= 0.98
    assert {kind for kind, (_, _, share) in score["recall"].items() if "/" not in kind and share < 0.95} == set()
    assert score["clean_comments_altered"][2] <= 0.02


def test_nothing_that_the_simulation_plants_in_comments_is_left() -> None:
    kbnn = load_survey("kbnn")
    codes = [round_.round_code for round_ in kbnn.rounds]
    comments = {
        text
        for seed, code in enumerate(codes)
        for column, values in simulate_round(kbnn, kbnn.round(code), n=1000, seed=seed)[0].to_dict().items()
        if column in COMMENTS
        for text in values.drop_nulls().to_list()
    }
    persons = "|".join(map(re.escape, GIVEN_NAMES))
    full = rf"(?:{'|'.join(SURNAMES)}) (?:{'|'.join(MIDDLE_NAMES)}) (?:{persons})"
    person = re.compile(rf"{full}|(?:chị|anh|ông|bà) (?:{persons})\b", re.IGNORECASE)
    folded = re.compile(fold(full), re.IGNORECASE)
    number = re.compile(r"@|\d{8}|\d{3,4}[ .]\d{3}[ .]\d{3}")
    assert sum(person.search(text) is not None for text in comments) > 50
    left = [redact(text).redacted for text in sorted(comments)]
    assert [text for text in left if person.search(text) or folded.search(fold(text)) or number.search(text)] == []


# --- the command ----------------------------------------------------------------------------------------------


def test_the_command_writes_one_line_for_each_comment(tmp_path: Path) -> None:
    file = tmp_path / "comments.jsonl"
    file.write_text('{"id": 7, "text": "Gặp chị Lan"}\n\n{"id": "b", "text": null}\n', "utf-8")
    result = CliRunner().invoke(app, ["redact", str(file)])
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"id": 7, "redacted": "Gặp chị [TÊN_1]", "masked": [[8, 11, "PERSON_NAME"]]},
        {"id": "b", "redacted": "", "masked": []},
    ]


def test_a_line_that_is_no_comment_is_named_by_its_number_only(tmp_path: Path) -> None:
    file = tmp_path / "comments.jsonl"
    file.write_text('{"id": 1, "text": "ok"}\n{"id": 2, "txt": "chị Lan 0912345678"}\n', "utf-8")
    result = CliRunner().invoke(app, ["redact", str(file)])
    assert result.exit_code == 2
    assert "line 2" in result.output and "0912345678" not in result.output


def _parse(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Text and spans of a comment with marks: 'Cảm ơn chị {PERSON_NAME|Lan}'."""
    text, spans, cursor = "", [], 0
    line = line.replace("\\n", "\n")
    for mark in _MARK.finditer(line):
        text += line[cursor : mark.start()]
        spans.append((len(text), len(text) + len(mark.group(2)), mark.group(1)))
        text += mark.group(2)
        cursor = mark.end()
    return text + line[cursor:], spans


def _measure(
    comments: Iterable[tuple[str, list[tuple[int, int, str]]]],
) -> tuple[Counter[str], Counter[str], int, int]:
    """Spans fully masked and spans, by type; clean comments altered, and clean comments."""
    hit: Counter[str] = Counter()
    total: Counter[str] = Counter()
    altered = clean = 0
    for text, spans in comments:
        masked = redact(text).masked
        covered = {position for start, end, _ in masked for position in range(start, end)}
        for start, end, kind in spans:
            total[kind] += 1
            hit[kind] += covered.issuperset(range(start, end))
        clean += not spans
        altered += not spans and bool(masked)
    return hit, total, altered, clean


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", DEVELOPMENT / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
