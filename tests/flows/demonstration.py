"""A round of the demonstration survey small enough for a test: submissions in a CSV inbox, run without Prefect."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from flows import stages
from flows.jobs import RoundJob
from flows.rights import recompute_round
from flows.settings import Settings
from surveys.catalogue import load_survey
from tests.golden import DEMO
from warehouse.audit import verify_chain
from warehouse.engine import connect
from warehouse.load import LoadReport

NOW = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)
FIELDS = ("phone", "used_online", "named_unit_code", "named_official", "complaint_online")
COLUMNS = ("id", "who", "unit", "type", "sent", *FIELDS, "S1", "S2", "T1")


def submission(number: int, **values: str) -> dict[str, str]:
    """A tidy submission; every fifth respondent is dissatisfied, three districts take turns."""
    is_low = number % 5 == 0
    row = {
        "id": f"s{number:03d}",
        "who": f"079203{number:06d}",
        "unit": ("11", "12", "21")[number % 3],
        "type": "budget_unit" if number % 4 else "individual",
        "sent": f"2023-10-{1 + number % 28:02d} 08:00:00",
        "phone": f"09{number:08d}",
        "used_online": "1",
        "named_unit_code": "",
        "named_official": "",
        "complaint_online": "trang web bị lỗi" if is_low else "",
        "S1": "1" if is_low else "5",
        "S2": "4",
        "T1": "2" if is_low else "4",
    }
    return {**row, **values}


def drop_file(inbox: Path, name: str, rows: Iterable[Mapping[str, str]]) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    with (inbox / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def copy_demo(root: Path, name: str = "demo") -> Path:
    """The survey's folder with a mapping for every column of these files."""
    target = root / name
    if not target.exists():
        shutil.copytree(DEMO, target)
        source = yaml.safe_load((target / "sources.yaml").read_text(encoding="utf-8"))
        source["sources"][0]["mapping"]["columns"] |= {field: field for field in FIELDS}
        (target / "sources.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")
    return target


def open_demo(root: Path, round_code: str = "2", **settings: object) -> RoundJob:
    """Round 2 of the demonstration survey, with storage, warehouse and inbox under `root`."""
    given = {"storage": root / "var", "source_url": str(root / "inbox" / round_code), "partitions": 2, **settings}
    return RoundJob.open(load_survey(copy_demo(root)), round_code, Settings(_env_file=None, **given))  # type: ignore[arg-type]


def run_round(job: RoundJob, now: dt.datetime = NOW) -> LoadReport:
    stages.extract(job, now)
    return recompute_round(job, now)


def read_events(job: RoundJob) -> list[dict[str, Any]]:
    """The audit trail, whose chain holds: `actor`, `action` and what the detail says."""
    engine = connect(job.settings.warehouse)
    try:
        verify_chain(engine)
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT actor, action, detail FROM audit_event ORDER BY event_number"))
            return [{"actor": actor, "action": action, **json.loads(detail)} for actor, action, detail in rows]
    finally:
        engine.dispose()
