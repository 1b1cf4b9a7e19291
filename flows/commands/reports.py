"""The command that writes the report of a release."""

from __future__ import annotations

from flows.commands.console import console
from flows.commands.rounds import RoundOption, StorageOption, SurveyOption, WarehouseOption
from flows.commands.warehouse import OutputOption, ReleaseOption, opened
from flows.object_stores import local_folder
from reports.writing import write_report
from surveys.catalogue import load_survey
from warehouse.releases import find_release


def report(
    survey: SurveyOption,
    round_code: RoundOption,
    release: ReleaseOption = None,
    output: OutputOption = None,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Write a release's HTML pages and workbook.

    For the system and each unit right below it, in a public and a management edition.
    """
    folder = load_survey(survey)
    folder.round(round_code)
    with opened(warehouse_url, storage) as (engine, place):
        found = find_release(engine, folder.survey.survey_code, round_code, release)
        target = output or place.exports(found.survey_code, round_code, found.release_number) / "report"
        with local_folder(target, place.work(found.survey_code, round_code)) as local:
            files = write_report(engine, folder, round_code, local, found.release_number)
    console.print(
        f"{target}: release {found.release_number} ({found.status}), {len(files)} files; begin with "
        f"{target / 'public' / 'index.html'}",
        highlight=False,
        soft_wrap=True,
    )
