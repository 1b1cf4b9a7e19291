"""A round of the treasury's survey in which unique values stand in every column that can hold something personal."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from sources.simulation import simulate
from surveys.catalogue import load_survey

KBNN, ROUND = load_survey("kbnn"), "2023-2"

COMMENTS = ("complaint_online", "complaint_disclosure", "opinion_manner", "opinion_attitude", "suggestion")

ACCEPTED = {
    "submission_id": "2023-2-zqk40817365",
    "respondent_id": "079199004517",
    "respondent_name": "Đặng Khuê Trúc Vỹ",
    "phone": "0986 417 352",
    "email": "khue.truc.zq@thu-canary.vn",
    "tax_code": "0108465723",
    "budget_unit_code": "7391846",
    "device_id": "zq-device-5f1e77aa90",
    "ip_address": "203.119.73.251",
    "named_official": "Lường Thị Bích Thoa",
    "named_official_role": "0967 204 518",
    "size_class": "0359 771 246",
}
"""People type where they should choose: the last two are choices."""

QUARANTINED = {
    "submission_id": "2023-2-zqk58213649",
    "respondent_id": "036088123974",
    "respondent_name": "Quàng Mạnh Khoát",
    "phone": "0913 570 824",
    "email": "manh.khoat.zq@thu-canary.vn",
    "tax_code": "0312840572",
    "budget_unit_code": "8264173",
    "device_id": "zq-device-c03d1b4477",
    "ip_address": "198.51.100.137",
    "named_official": "Nông Thị Uyển Nhi",
    "unit_code": "0938 264 715",
    "respondent_type": "0904 813 657",
    "channel": "0975 318 462",
    "named_unit_code": "0942 186 735",
    "used_online": "0961 735 284",
}
"""Not even its codes are codes."""

SUPERSEDED = {
    "submission_id": "2023-2-zqk71940528",
    "respondent_id": "001177028465",
    "respondent_name": "Chu Thị Hà Sương",
    "phone": "0868 293 417",
    "email": "ha.suong.zq@thu-canary.vn",
    "named_official": "Phùng Thế Hiệu",
}
"""An earlier revision of a submission that was sent again without any of this."""

SAID = {
    "phone": "0977.218.463",
    "citizen id": "001188027364",
    "e-mail": "gop.y.zq@thu-canary.vn",
    "name": "Hoàng Diễm Uyên",
    "account": "3712.1.6018452.00000",
    "address": "47 ngõ 318",
    "plate": "30H-748.26",
    "passport": "C8264719",
}
TEXT = (
    "zqxmarker đề nghị chị {name} xem lại, gọi {phone} hoặc thư {e-mail}; CCCD {citizen id}, tài khoản {account}; "
    "nhà ở số {address} đường Kim Giang, xe {plate}, hộ chiếu {passport}"
)

CANARIES = {
    **{f"accepted {name}": value for name, value in ACCEPTED.items()},
    **{f"quarantined {name}": value for name, value in QUARANTINED.items()},
    **{f"superseded {name}": value for name, value in SUPERSEDED.items()},
    **{f"comment {name}": value for name, value in SAID.items()},
    "unreadable answer": "0927 461 853",
    **{f"{name} phone, digits": who["phone"].replace(" ", "") for name, who in
       {"accepted": ACCEPTED, "quarantined": QUARANTINED, "superseded": SUPERSEDED}.items()},
    "comment phone, digits": "0977218463",
}  # fmt: skip
"""Values that must never be found on the anonymised side."""


def write_source(path: Path, n_submissions: int) -> str:
    """Simulate a round and plant the canaries in three of its rows; returns the URL of the source."""
    url = f"sqlite:///{path}"
    simulate(KBNN, url, n_per_round=n_submissions, seed=1, rounds=[ROUND])
    text = TEXT.format(**SAID)
    comments = dict.fromkeys(COMMENTS, text)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        clean = "SELECT id FROM submission WHERE respondent_type = 'budget_unit' ORDER BY id LIMIT 3"
        accepted, quarantined, superseded = connection.execute(sa.text(clean)).scalars()
        _update(connection, accepted, {**ACCEPTED, **comments})
        _update(connection, quarantined, {**QUARANTINED, **comments})
        answer = "UPDATE answer SET value = :value WHERE submission_key = :id"
        connection.execute(sa.text(answer), {"value": CANARIES["unreadable answer"], "id": quarantined})
        # sent again a second later: a row with a new key, the same submission, and nothing personal but its id
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(submission)")]
        kept = [name for name in columns if name not in (*SUPERSEDED, *COMMENTS, "id", "updated_at", "unit_code")]
        connection.execute(
            sa.text(
                f"INSERT INTO submission (id, submission_id, respondent_id, unit_code, updated_at, {', '.join(kept)}) "
                f"SELECT 900001, :submission_id, :respondent_id, unit_code, datetime(updated_at, '+1 second'), "
                f"{', '.join(kept)} FROM submission WHERE id = :id"
            ),
            {"id": superseded, **SUPERSEDED},
        )
        connection.execute(
            sa.text("INSERT INTO answer SELECT 900001, question_code, value FROM answer WHERE submission_key = :id"),
            {"id": superseded},
        )
        _update(connection, superseded, {**SUPERSEDED, **comments})
    engine.dispose()
    return url


def _update(connection: sa.Connection, row: int, values: dict[str, str]) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(sa.text(f"UPDATE submission SET {columns} WHERE id = :row"), {**values, "row": row})
