"""The report of a release: what it shows, what it never shows, and that it stands alone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from flows.cli import app
from reports.figures import read_figures
from reports.writing import write_report
from surveys.catalogue import SurveyFolder
from tests.golden import DEMO
from tests.reports.conftest import NOTE, Writer, load_round
from warehouse.engine import WarehouseError, open_warehouse

EDITIONS = ("public", "management")
WORKBOOK = "demo-2-release-1.xlsx"


def page(report: Path, name: str = "index", edition: str = "public") -> str:
    return (report / edition / f"{name}.html").read_text(encoding="utf-8")


def text_of(html: str) -> str:
    """What a reader sees, on one line."""
    without_style = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_style))


def row_of(html: str, unit: str) -> list[str]:
    """Cells of the first table row with this heading."""
    row = re.search(rf'<tr[^>]*><th scope="row">(?:<a [^>]*>)?{unit}(?:</a>)?</th>.*?</tr>', html, flags=re.DOTALL)
    assert row is not None
    return [text_of(cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row.group(), flags=re.DOTALL)]


def sheet(report: Path, title: str, edition: str = "public") -> pl.DataFrame:
    """A sheet's rows under the names of the columns, which are its second row."""
    path = report / edition / WORKBOOK
    return pl.read_excel(path, sheet_name=title, read_options={"header_row": 1}, infer_schema_length=None)


# --- what it shows -----------------------------------------------------------------------------------------


def test_the_headline_indices_stand_with_numerator_denominator_and_respondents(draft: Path) -> None:
    table = re.search(r"kèm tử số và mẫu số.*?</table>", page(draft), flags=re.DOTALL)
    assert table is not None
    assert {"75,00", "30", "40"} <= set(text_of(table.group()).split())


def test_a_change_stands_with_the_round_it_is_against(draft: Path) -> None:
    assert "▼ −0,13 điểm so với Đợt 1" in text_of(page(draft))


def test_a_change_that_is_not_comparable_is_no_number(draft: Path) -> None:
    assert row_of(page(draft), "Tỉnh B")[1:3] == ["77,27", "b"]
    assert "b Không so sánh: câu hỏi đã đổi" in text_of(page(draft))
    assert "≠ Không so sánh: câu hỏi đã đổi (Đợt 1)" in text_of(page(draft, "unit-20"))


def test_a_unit_page_has_its_points_and_the_units_below_it(draft: Path) -> None:
    text = text_of(page(draft, "unit-10"))
    assert "7,71 / 10" in text
    assert "Huyện A1" in text
    assert "Huyện A2" in text


def test_the_count_of_units_by_threshold_is_shown(draft: Path) -> None:
    assert "2 1 0 1 0 3" in text_of(page(draft))


def test_counts_by_threshold_that_are_all_withheld_are_one_sentence(draft: Path) -> None:
    text = text_of(page(draft, "unit-20"))
    assert "Số đơn vị trên ngưỡng được bảo mật ở mọi chỉ số" in text
    assert "Không xếp" not in text


def test_questions_stand_under_their_index_and_those_of_none_last(draft: Path, folder: SurveyFolder) -> None:
    engine = open_warehouse(f"sqlite:///{draft.parent / 'warehouse.db'}")
    read = read_figures(engine, folder, folder.round("2"))
    engine.dispose()
    of_index = {"OV": None, "T1": "online", "S1": "service", "S2": "service"}
    rows = [{"unit_code": "00", "question_code": code, "index_code": index} for code, index in of_index.items()]
    groups = replace(read, questions=rows).question_groups("00")
    assert [(name.en, [row["question_code"] for row in rows]) for name, rows in groups] == [
        ("Service", ["S1", "S2"]),
        ("Online services", ["T1"]),
        ("General questions, of no index", ["OV"]),
    ]


def test_the_release_and_its_provenance_are_named(published: Path) -> None:
    text = text_of(page(published))
    assert "demo 2, số 1: Đã công bố" in text
    assert "người duyệt: Nguyễn Thị Duyệt" in text


def test_a_draft_is_marked_across_the_page_and_a_published_release_is_not(draft: Path, published: Path) -> None:
    for edition in EDITIONS:
        assert 'class="watermark"' in page(draft, edition=edition)
        assert 'class="watermark"' not in page(published, edition=edition)


def test_the_workbook_has_the_figures_and_what_its_columns_mean(draft: Path) -> None:
    index = sheet(draft, "Chỉ số - Index").filter(pl.col("unit_code") == "00", pl.col("index_code") == "service")
    assert index["index_pct"].cast(pl.Float64).to_list() == [75.0]
    path = draft / "public" / WORKBOOK
    sheets = pl.read_excel(path, sheet_id=0)
    described = set(sheets["Từ điển - Dictionary"]["Cột / Column"])
    columns = {name for title in sheets if title.startswith(("Chỉ", "Xếp", "Thay", "Phản")) for name in
               sheet(draft, title).columns}  # fmt: skip
    assert columns <= described


# --- what it never shows -----------------------------------------------------------------------------------


def test_a_withheld_figure_is_a_word_and_never_zero(draft: Path) -> None:
    cells = row_of(page(draft, "unit-10"), "Huyện A2")
    assert cells[0] == cells[2] == "bảo mật"
    assert "0,00" not in cells


def test_a_withheld_figure_is_a_word_in_the_workbook(draft: Path) -> None:
    rows = sheet(draft, "Chỉ số - Index").filter(pl.col("unit_code") == "12")
    assert set(rows["index_pct"]) == set(rows["numerator"]) == {"bảo mật"}
    naming = sheet(draft, "Không hài lòng - Naming", "management").filter(pl.col("unit_code") == "12")
    assert naming["n_naming_any"].to_list() == ["bảo mật"]


def test_the_number_of_withheld_cells_is_stated(draft: Path) -> None:
    assert "Chỉ số Indices : 2 /12 ô bảo mật" in text_of(page(draft))


@pytest.mark.parametrize(
    ("section", "title"),
    [
        ("questions", "Câu hỏi - Questions"),
        ("dissatisfaction", "Không hài lòng - Naming"),
        ("feedback", "Phản ánh - Feedback"),
    ],
)
def test_the_public_edition_has_the_detail_of_the_system_and_of_no_other_unit(
    draft: Path, section: str, title: str
) -> None:
    assert f'id="{section}"' in page(draft)
    assert f'id="{section}"' not in page(draft, "unit-10")
    assert f'id="{section}"' in page(draft, "unit-10", "management")
    assert sheet(draft, title)["unit_code"].to_list() == ["00"]
    assert sheet(draft, title, "management")["unit_code"].n_unique() == 6


def test_the_public_page_names_no_unit_but_the_system_as_named_by_respondents(draft: Path) -> None:
    section = page(draft).split('id="dissatisfaction"')[1].split('id="feedback"')[0]
    assert row_of(section, "Toàn hệ thống") == ["40", "5", "–", "–", "–", "–"]
    assert "Tỉnh A" not in section
    assert "Tỉnh A" in page(draft, edition="management").split('id="dissatisfaction"')[1].split('id="feedback"')[0]


def test_a_units_management_page_has_only_its_own_subtree(draft: Path) -> None:
    text = text_of(page(draft, "unit-10", "management"))
    assert "Tỉnh B" not in text
    assert "Huyện B1" not in text


# --- it stands alone ---------------------------------------------------------------------------------------


def test_no_page_asks_for_anything_outside_itself(published: Path) -> None:
    for path in published.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in html
        assert not re.search(r"https?:|src=|url\(|@import|<script|<link|<iframe", html)
        links = re.findall(r'href="([^"#]+)"', html)
        assert [link for link in links if not (path.parent / link).is_file()] == []


def test_text_is_escaped_in_pages_and_is_no_formula_in_the_workbook(published: Path) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(published)
    about = pl.read_excel(published / "public" / WORKBOOK, sheet_name="Giới thiệu - About", has_header=False)
    assert f"'{NOTE}" in set(about["column_1"])


def test_the_same_release_gives_the_same_bytes_on_either_database(
    draft: Path, write: Writer, postgres_url: str
) -> None:
    again = write(url=postgres_url)
    assert (again / "SHA256SUMS").read_text() == (draft / "SHA256SUMS").read_text()


def test_the_checksums_are_of_every_file(draft: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in (draft / "SHA256SUMS").read_text().splitlines())
    files = [path for edition in EDITIONS for path in (draft / edition).iterdir()]
    assert listed == {
        path.relative_to(draft).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


class _Structure(HTMLParser):
    """Open elements, and what screen readers need: headings of tables, titles of drawings."""

    VOID = ("meta", "br", "rect", "line", "circle")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.bare_headings = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "th" and "scope" not in dict(attributes):
            self.bare_headings += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("edition", EDITIONS)
def test_pages_are_whole_and_readable_without_eyes(draft: Path, edition: str) -> None:
    for path in (draft / edition).glob("*.html"):
        html, structure = path.read_text(encoding="utf-8"), _Structure()
        structure.feed(html)
        assert structure.open == []
        assert structure.bare_headings == 0
        assert html.count("<svg") == html.count('role="img"><title>')
        assert '<html lang="vi">' in html


# --- writing it --------------------------------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path: Path, folder: SurveyFolder) -> sa.Engine:
    opened = open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    load_round(opened, folder)
    return opened


def test_a_folder_that_holds_something_else_is_left_alone(
    engine: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("keep")
    with pytest.raises(WarehouseError, match="name another folder"):
        write_report(engine, folder, "2", tmp_path / "letters")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["mine.txt"]


def test_the_command_writes_under_the_exports_of_the_release(engine: sa.Engine, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", "--survey", str(DEMO), "--round", "2", "--storage", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "anonymised/exports/demo/2/release-1/report/public/index.html").is_file()
