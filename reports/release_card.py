"""A release on one page, as Markdown: what a person reads before they approve it, and what stays on show afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from reports.headlines import AREAS, IN_RELEASE, ROUND, Row, read_indices, read_suppression
from reports.wording import ABSENT, COMPARABILITY, STATUSES, format_count, format_decimal, format_points
from surveys.catalogue import SurveyFolder
from warehouse.releases import Release, list_releases

MOST = 5

LARGEST_CHANGES = f"""
    SELECT u.unit_name, i.index_name, i.index_name_en, f.index_pct, f.change_points
    FROM fct_change f {ROUND} {AREAS}
    JOIN dim_index i ON i.survey_code = f.survey_code AND i.index_code = f.index_code
    JOIN dim_unit root ON root.survey_code = u.survey_code AND root.unit_code = u.parent_code
        AND root.parent_code IS NULL
    WHERE {IN_RELEASE} AND f.respondent_type = 'all' AND f.baseline_round_code = d.previous_round_code
        AND f.comparability = 'comparable' AND f.change_points IS NOT NULL
    ORDER BY ABS(f.change_points) DESC, f.unit_code, f.index_code
    LIMIT {MOST}"""

WARNINGS = """
    SELECT gate, rule_id, severity, n_failed, n_tested, description, description_en
    FROM validation_result
    WHERE run_id = :run_id AND NOT is_success AND severity <> 'info'
    ORDER BY severity, gate, rule_id"""

RUN = """
    SELECT n_extracted, n_accepted, n_superseded, n_quarantined, n_erased, code_version
    FROM pipeline_run WHERE run_id = :run_id"""

DIFFERING = """
    SELECT COUNT(*) AS n_indices,
        COALESCE(SUM(CASE WHEN f.index_pct IS DISTINCT FROM o.index_pct THEN 1 ELSE 0 END), 0) AS n_differing
    FROM fct_index f
    LEFT JOIN fct_index o ON o.survey_code = f.survey_code AND o.round_code = f.round_code
        AND o.unit_code = f.unit_code AND o.index_code = f.index_code AND o.respondent_type = f.respondent_type
        AND o.release_number = :published_number
    WHERE """ + IN_RELEASE  # fmt: skip


WITHHELD = ("n_cells", "n_withheld", "n_primary", "n_complementary")


def write_release_card(engine: sa.Engine, folder: SurveyFolder, release: Release) -> str:
    """Headline indices, changes, withheld cells, warnings and counts of a release, in Markdown."""
    return "\n".join(_lines(engine, folder, release))


def write_release_brief(engine: sa.Engine, folder: SurveyFolder, release: Release) -> str:
    """The same in a few lines without tables, for narrow places."""
    key = (release.survey_code, release.round_code, release.release_number)
    status = STATUSES[release.status]
    withheld = sum(row["n_withheld"] for row in read_suppression(engine, *key))
    lines = [
        f"**{folder.round(release.round_code).name.vi}: bản {release.release_number}, {status.vi.lower()} / "
        f"release {release.release_number}, {status.en.lower()}**",
        *_correction(engine, release),
        "\n".join(
            f"- {_named(row)}: **{format_decimal(row['index_pct'])} %**, {_change(row)}"
            for row in read_indices(engine, *key)
        ),
        *_unpublished_baseline(engine, folder, release),
        f"Cảnh báo / Warnings: **{len(_read(engine, WARNINGS, release))}**. "
        f"Ô không công bố / Withheld cells: **{format_count(withheld)}**.",
    ]
    return "\n\n".join(lines)


def index_table(indices: Iterable[Row]) -> Iterator[str]:
    """The system's indices (`read_indices`) as a Markdown table; the change stands beside the figure."""
    yield from _table(
        (
            "Chỉ số / Index",
            "%",
            "Thay đổi / Change",
            "Người trả lời / Respondents",
            "Tử số / Numerator",
            "Mẫu số / Denominator",
        ),
        (
            (
                _named(row),
                format_decimal(row["index_pct"]),
                _change(row),
                format_count(row["n_respondents"]),
                format_count(row["numerator"]),
                format_count(row["denominator"]),
            )
            for row in indices
        ),
    )


def find_published(engine: sa.Engine, survey_code: str, round_code: str) -> Release | None:
    """The published release of a round, which another release of the round would correct."""
    releases = list_releases(engine, survey_code, round_code)
    return next((found for found in releases if found.status == "published"), None)


def _lines(engine: sa.Engine, folder: SurveyFolder, release: Release) -> Iterator[str]:
    number = release.release_number
    key = (release.survey_code, release.round_code)
    status = STATUSES[release.status]
    yield f"# {folder.survey.name.vi}: {folder.round(release.round_code).name.vi}"
    yield ""
    yield f"**Bản {number}: {status.vi.lower()}. / Release {number}: {status.en.lower()}.**"
    yield ""
    if release.approved_by:
        yield f"Người phê duyệt / Approved by: {release.approved_by}, {release.published_at:%Y-%m-%d %H:%M} UTC"
        yield ""
    if release.note:
        yield f"Ghi chú / Note: {release.note}"
        yield ""
    for line in _correction(engine, release):
        yield line
        yield ""
    yield "## Chỉ số toàn hệ thống / System indices"
    yield from index_table(read_indices(engine, *key, number))
    for line in _unpublished_baseline(engine, folder, release):
        yield line
        yield ""
    yield "## Thay đổi lớn nhất / Largest changes"
    yield from _table(
        ("Đơn vị: chỉ số / Unit: index", "%", "Điểm % / Points"),
        (
            (
                f"{row['unit_name']}: {_named(row)}",
                format_decimal(row["index_pct"]),
                format_points(row["change_points"]),
            )
            for row in _read(engine, LARGEST_CHANGES, release)
        ),
    )
    yield "## Ô không công bố / Withheld cells"
    yield from _table(
        ("Bảng / Table", "Số ô / Cells", "Bảo mật / Withheld", "Sơ cấp / Primary", "Bổ sung / Complementary"),
        (
            (row["table_name"], *(format_count(row[name] or 0) for name in WITHHELD))
            for row in read_suppression(engine, *key, number)
        ),
    )
    yield "## Cảnh báo / Warnings"
    warnings = _read(engine, WARNINGS, release)
    yield from (
        f"- `{row['gate']}: {row['rule_id']}`: {row['n_failed']} / {row['n_tested']}. {row['description']} / "
        f"{row['description_en']}"
        for row in warnings
    )
    if not warnings:
        yield "Không có. / None."
    yield ""
    yield "## Số phiếu / Submissions"
    for run in _read(engine, RUN, release):
        names = ("n_extracted", "n_accepted", "n_superseded", "n_quarantined", "n_erased")
        extracted, accepted, superseded, quarantined, erased = (format_count(run[name]) for name in names)
        yield (
            f"{extracted} = {accepted} chấp nhận / accepted + {superseded} được thay thế / superseded + {quarantined} cách "
            f"ly / quarantined + {erased} đã xoá / erased"
        )
        yield ""
        yield (
            f"Phương pháp / Method `{release.method_code} {release.method_version}`, hailong `{run['code_version']}`, "
            f"run `{release.run_id}`, content `{release.content_hash[:16]}`"
        )


def _correction(engine: sa.Engine, release: Release) -> Iterator[str]:
    published = find_published(engine, release.survey_code, release.round_code)
    if published and published.release_number < release.release_number:
        counted = _read(engine, DIFFERING, release, published_number=published.release_number)[0]
        differing, all_of = counted["n_differing"], counted["n_indices"]
        yield f"**Đính chính bản {published.release_number}: cần nêu lý do. {differing} trong {all_of} chỉ số khác.**"
        yield (
            f"**Corrects release {published.release_number}: a reason is needed. {differing} of {all_of} indices differ.**"
        )


def _unpublished_baseline(engine: sa.Engine, folder: SurveyFolder, release: Release) -> Iterator[str]:
    """Why no change is shown where it could be: the order of publishing is the approver's choice."""
    before = folder.previous_round(folder.round(release.round_code))
    if before and not find_published(engine, release.survey_code, before.round_code):
        yield (
            f"Thay đổi so với {before.name.vi} chưa hiện vì đợt đó chưa được công bố; nên công bố đợt đó trước. / "
            f"Changes against {before.name.en} are not shown, since it is not published; better publish it first."
        )


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    shown = list(rows)
    if shown:
        yield f"| {' | '.join(heads)} |"
        yield f"| --- |{' ---: |' * (len(heads) - 1)}"
        yield from (f"| {' | '.join(row)} |" for row in shown)
    else:
        yield "Không có. / None."
    yield ""


def _named(row: Row) -> str:
    return f"{row['index_name']} / {row['index_name_en']}"


def _change(row: Row) -> str:
    if row["comparability"] is None:
        return ABSENT
    if row["comparability"] == "comparable":
        return f"{format_points(row['change_points'])} ({row['baseline_round_code']})"
    state = COMPARABILITY[row["comparability"]]
    return f"{state.vi} / {state.en}"


def _read(engine: sa.Engine, query: str, release: Release, **more: int) -> list[Row]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(query), {**vars(release), **more}).mappings()]
