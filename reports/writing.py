"""Writes the report of a release: what the public may have, and beside it what those who run the units may have.

    <folder>/public/       index.html  unit-<code>.html ...  <survey>-<round>-release-<n>.xlsx
    <folder>/management/   the same with questions, dissatisfaction and feedback of every unit
    <folder>/SHA256SUMS    checked by `sha256sum -c`

The folder appears whole or not at all, and the same release gives the same bytes.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from tempfile import mkdtemp

import sqlalchemy as sa

from reports.figures import ReleaseFigures, add_management_figures, read_figures
from reports.pages import render_system, render_unit
from reports.workbook import write_workbook
from surveys.catalogue import SurveyFolder
from warehouse.exports import CHECKSUMS, put_in_place


def write_report(
    engine: sa.Engine, survey: SurveyFolder, round_code: str, folder: Path, release_number: int | None = None
) -> list[Path]:
    """Write the report of a release, in a public and a management edition.

    Args:
        survey: what the survey declares.
        folder: made anew, or replaced where it holds an earlier report.
        release_number: the current release where absent.

    Returns:
        the files written, `SHA256SUMS` last.

    Raises:
        SurveyError: there is no such round.
        ReleaseRefusedError: there is no such release.
        WarehouseError: the folder holds something else.
    """
    public = read_figures(engine, survey, survey.round(round_code), release_number)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        files = [
            *_write_edition(public, temporary / "public"),
            *_write_edition(add_management_figures(engine, public), temporary / "management"),
        ]
        sums = [f"{_sha256(file)}  {file.relative_to(temporary).as_posix()}\n" for file in files]
        (temporary / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
        put_in_place(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return [folder / file.relative_to(temporary) for file in (*files, temporary / CHECKSUMS)]


def _write_edition(figures: ReleaseFigures, folder: Path) -> list[Path]:
    folder.mkdir(mode=0o750)
    pages = {"index": render_system(figures)}
    pages |= {f"unit-{code}": render_unit(figures, code) for code in figures.ranked_units}
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    workbook = folder / f"{figures.name}.xlsx"
    write_workbook(figures, workbook)
    return [*(folder / f"{name}.html" for name in pages), workbook]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
