"""Honestly synthetic submissions: a source database with planted truths and planted dirt.

Nobody in it exists. The system's indices come out exactly as `published_results.csv` says (as closely as the number of
answers allows), and every dirty row must end superseded, quarantined or repaired without changing them.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import numpy.typing as npt
import polars as pl
import sqlalchemy as sa

from sources.simulation_texts import COMMENTS, GIVEN_NAMES, MIDDLE_NAMES, ROLES, SURNAMES
from surveys.catalogue import SurveyFolder
from surveys.landing import landing_schema
from surveys.models import Instrument, Question, Round, Scale

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

DIRT = {
    # superseded
    "duplicate": 0.010,  # the same respondent and unit, sent earlier, other answers
    "revision": 0.008,  # the same submission, an earlier revision, other answers
    # quarantined
    "unknown_unit": 0.003,
    "blank_unit": 0.001,
    "off_scale": 0.004,
    "unreadable_answer": 0.001,
    "out_of_window": 0.005,
    "required_blank": 0.002,
    "not_asked": 0.001,
}
"""Dirty rows added, as shares of the clean ones."""

REPAIRED = {"lost_zeros": 0.010, "label_answer": 0.020, "decomposed_text": 0.010, "broken_encoding": 0.002}
"""Shares of clean rows that are written untidily and must come out clean."""


@dataclass(frozen=True)
class RoundSummary:
    """What was planted in one round: counts, and the truth per index (numerator, denominator, percent)."""

    round_code: str
    n_clean: int
    n_dirty: dict[str, int]
    truth: dict[str, tuple[int, int, Decimal]]

    @property
    def n_rows(self) -> int:
        return self.n_clean + sum(self.n_dirty.values())

    @property
    def n_superseded(self) -> int:
        return self.n_dirty["duplicate"] + self.n_dirty["revision"]

    @property
    def n_quarantined(self) -> int:
        return sum(self.n_dirty.values()) - self.n_superseded


@dataclass(frozen=True)
class SimulationSummary:
    rounds: list[RoundSummary] = field(default_factory=list)


def simulate(
    folder: SurveyFolder, url: str, *, n_per_round: int, seed: int, rounds: Iterable[str] | None = None
) -> SimulationSummary:
    """Write submissions of some rounds (default: all) to a new source database.

    Tables `submission` (one row per revision) and `answer` (one row per answer), as `sources.yaml` maps them. Existing
    tables are replaced. Deterministic by seed: the same call writes the same rows.
    """
    engine = sa.create_engine(url)
    summary = SimulationSummary()
    chosen = [folder.round(code) for code in rounds] if rounds is not None else list(folder.rounds)
    first_id = 1
    for position, round_ in enumerate(chosen):
        rows, round_summary = simulate_round(folder, round_, n_per_round, seed)
        instrument = folder.instrument_of(round_)
        submissions, answers = _normalise(rows, instrument, round_.round_code, first_id)
        if position == 0:
            _create_tables(engine, submissions)
        _append(engine, url, "submission", submissions)
        _append(engine, url, "answer", answers)
        first_id += submissions.height
        summary.rounds.append(round_summary)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE INDEX ix_answer_submission_key ON answer (submission_key)"))
        connection.execute(sa.text("CREATE INDEX ix_submission_updated_at ON submission (round_code, updated_at, id)"))
    engine.dispose()
    return summary


def simulate_landing(folder: SurveyFolder, round_: Round, n: int, seed: int) -> pl.DataFrame:
    """Clean submissions directly in the landing schema, for benchmarks."""
    rng = _rng(seed, round_)
    clean, _ = _draw_clean(folder, round_, n, rng)
    schema = landing_schema(folder.instrument_of(round_))
    extra = {"weight": None, "unparsed": None, "restored": None, "source_name": "simulation", "source_row": "-"}
    frame = clean.with_columns(pl.lit(value).alias(name) for name, value in extra.items())
    times = ("started_at", "submitted_at", "updated_at")
    return frame.with_columns(pl.col(times).dt.replace_time_zone("UTC")).select(
        pl.col(name).cast(kind) for name, kind in schema.items()
    )


def simulate_round(folder: SurveyFolder, round_: Round, n: int, seed: int) -> tuple[pl.DataFrame, RoundSummary]:
    """Rows of one round as a form would store them (all text but times), dirt included, in shuffled order."""
    rng = _rng(seed, round_)
    instrument = folder.instrument_of(round_)
    clean, truth = _draw_clean(folder, round_, n, rng)
    as_text = clean.with_columns(pl.col(question.column).cast(pl.String) for question in instrument.questions)
    dirty = {kind: _dirty_rows(kind, as_text, instrument, round_, share, rng) for kind, share in DIRT.items()}
    untidy = _untidy(as_text, instrument, rng)
    rows = pl.concat([untidy, *dirty.values()]).sample(fraction=1.0, shuffle=True, seed=seed)
    n_dirty = {kind: frame.height for kind, frame in dirty.items()}
    return rows, RoundSummary(round_.round_code, n, n_dirty, truth)


def simulate_late(folder: SurveyFolder, url: str, round_code: str, *, n_changed: int, seed: int) -> int:
    """Let respondents revise: `n_changed` submissions of a round get a later `updated_at` and a changed answer."""
    engine = sa.create_engine(url)
    rng = np.random.default_rng(seed)
    question = folder.instrument_of(folder.round(round_code)).questions[0].code
    with engine.begin() as connection:
        found = connection.execute(
            sa.text("SELECT id, updated_at FROM submission WHERE round_code = :code ORDER BY id"), {"code": round_code}
        ).all()
        chosen = sorted(rng.choice(len(found), size=min(n_changed, len(found)), replace=False))
        latest = max(dt.datetime.fromisoformat(str(row.updated_at)) for row in found)
        for step, position in enumerate(chosen, start=1):
            when = (latest + dt.timedelta(seconds=step)).strftime("%Y-%m-%d %H:%M:%S")
            key = {"id": found[position].id, "when": when, "question": question}
            connection.execute(sa.text("UPDATE submission SET updated_at = :when WHERE id = :id"), key)
            connection.execute(
                sa.text("UPDATE answer SET value = '1' WHERE submission_key = :id AND question_code = :question"), key
            )
    engine.dispose()
    return len(chosen)


def _rng(seed: int, round_: Round) -> Rng:
    return np.random.default_rng([seed, zlib.crc32(round_.round_code.encode())])


# --- clean rows --------------------------------------------------------------------------------------------


def _draw_clean(
    folder: SurveyFolder, round_: Round, n: int, rng: Rng
) -> tuple[pl.DataFrame, dict[str, tuple[int, int, Decimal]]]:
    instrument = folder.instrument_of(round_)
    who = _draw_respondents(folder, round_, n, rng)
    used_online = rng.random(n) < 0.72
    answers, truth = _draw_answers(folder, round_, instrument, who, used_online, rng)
    times = _draw_times(folder, round_, n, rng)
    person = _draw_persons(who, rng)
    texts = _draw_texts(instrument, answers, n, rng)
    names = _draw_named(who, answers, rng)
    frame = pl.DataFrame(
        {
            "submission_id": [f"{round_.round_code}-{number:08d}" for number in range(1, n + 1)],
            **{name: who[name] for name in ("respondent_id", "unit_code", "respondent_type", "size_class")},
            "channel": np.where(rng.random(n) < 0.9, "web", "counter"),
            **times,
            **person,
            "used_online": used_online,
            **names,
            **texts,
            **answers,
        }
    )
    known = {field_.code for field_ in instrument.fields}
    missing = sorted(known - set(frame.columns))
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    extra = ("submission_id", "respondent_id", "unit_code", "respondent_type", "channel", *times)
    columns = [*extra, *(f.code for f in instrument.fields), *(q.column for q in instrument.questions)]
    return frame.select(columns), truth


def _draw_respondents(folder: SurveyFolder, round_: Round, n: int, rng: Rng) -> dict[str, npt.NDArray[np.str_]]:
    """Who answers: cells of the frame by size and by how willing an area is, then a respondent within the cell."""
    cells = [cell for cell in folder.frame if cell.round_code == round_.round_code and cell.n_active > 0]
    area_of = _areas(folder, round_)
    active = np.array([cell.n_active for cell in cells])
    areas, where = np.unique([area_of[cell.unit_code] for cell in cells], return_inverse=True)
    willing = rng.uniform(0.75, 1.25, len(areas))[where]
    count = rng.multinomial(n, active * willing / (active * willing).sum())
    cell_of = np.repeat(np.arange(len(cells)), count)
    # offsets over the whole frame give every active respondent a number that is the same in every round
    number = np.concatenate(
        [_choose(rng, size, k) + 2048 * i for i, (size, k) in enumerate(zip(active, count, strict=True))]
    )
    unit = np.array([cell.unit_code for cell in cells])[cell_of]
    kind = np.array([cell.respondent_type for cell in cells])[cell_of]
    return {
        "unit_code": unit,
        "respondent_type": kind,
        "area": np.array([area_of[code] for code in unit]),
        "number": number.astype(np.str_),
        "respondent_id": np.array([_identifier(k, int(v)) for k, v in zip(kind, number, strict=True)]),
        "size_class": rng.choice(["small", "medium", "large"], n, p=[0.6, 0.3, 0.1]),
    }


def _areas(folder: SurveyFolder, round_: Round) -> dict[str, str]:
    """Unit -> the unit right under the whole system that it belongs to (a province); the system is its own."""
    parent = {unit.unit_code: unit.parent_code for unit in folder.units_on(round_.register_date)}
    areas = {}
    for unit in parent:
        code = unit
        while (above := parent[code]) is not None and parent.get(above) is not None:
            code = above
        areas[unit] = code
    return areas


def _choose(rng: Rng, size: int, k: int) -> Ints:
    """k different respondents of a cell; when more are asked for than the frame has, numbers go on beyond it."""
    return rng.permutation(max(int(size), int(k)))[: int(k)].astype(np.int64)


def _identifier(kind: str, number: int) -> str:
    """A made-up identifier of the kind's shape: budget-unit code, tax code (with its check digit) or CCCD."""
    if kind == "budget_unit":
        return f"{1_000_000 + number:07d}"
    if kind == "organisation":
        return _tax_code(number)
    return f"001{199_000_000 + number % 100_000_000:09d}"


def _tax_code(number: int) -> str:
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    while True:
        digits = f"{100_000_000 + number % 900_000_000:09d}"
        remainder = sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11
        if remainder != 0:  # never issued
            return digits + str(10 - remainder)
        number += 450_000_007


def _draw_answers(
    folder: SurveyFolder,
    round_: Round,
    instrument: Instrument,
    who: dict[str, npt.NDArray[np.str_]],
    used_online: npt.NDArray[np.bool_],
    rng: Rng,
) -> tuple[dict[str, pl.Series], dict[str, tuple[int, int, Decimal]]]:
    n = len(used_online)
    areas, where = np.unique(who["area"], return_inverse=True)
    units, at = np.unique(who["unit_code"], return_inverse=True)
    # quality is a trait of the place that lasts, and of the mood of the respondent, which makes answers cluster
    traits = np.random.default_rng(17)
    place = traits.normal(0, 0.5, len(areas))[where] + traits.normal(0, 0.35, len(units))[at]
    mood = rng.normal(0, 1.1, n)
    root = next(unit.unit_code for unit in folder.units_on(round_.register_date) if unit.parent_code is None)
    known = [result for result in folder.published if result.round_code == round_.round_code]
    targets = {result.index_code: result.index_pct for result in known if result.unit_code == root}
    overall = targets.get(instrument.indices[0].code, Decimal("95"))
    columns: dict[str, pl.Series] = {}
    truth: dict[str, tuple[int, int, Decimal]] = {}
    for index in instrument.indices:
        block = instrument.questions_of(index.code)
        planted = {
            int(np.searchsorted(areas, result.unit_code)): result.index_pct
            for result in known
            if result.index_code == index.code and result.unit_code in areas
        }
        badness, target = place + mood, targets.get(index.code, overall)
        drawn, satisfied, answered = _draw_block(block, instrument, target, badness, used_online, rng, where, planted)
        columns |= drawn
        truth[index.code] = (satisfied, answered, _percent(satisfied, answered))
    # the overall questions belong to no index; each of them comes out as the first index does
    for question in instrument.questions:
        if question.index is None:
            columns |= _draw_block([question], instrument, overall, place + mood, used_online, rng, where, {})[0]
    ordered = {question.column: columns[question.column] for question in instrument.questions}
    return ordered, truth


def _draw_block(
    questions: list[Question],
    instrument: Instrument,
    target: Decimal,
    badness: Floats,
    used_online: npt.NDArray[np.bool_],
    rng: Rng,
    area: Ints,
    planted: dict[int, Decimal],
) -> tuple[dict[str, pl.Series], int, int]:
    """Answers to one index's questions with exactly the number of satisfied ones that the target asks for.

    `planted` areas come out at their own figure, and every other area below the best of them.
    """
    shape = (len(badness), len(questions))
    scale = instrument.scales[questions[0].scale]
    required = np.array([question.is_required for question in questions])
    asked = np.array([question.asked_when is None for question in questions]) | used_online[:, None]
    draw = rng.random(shape)
    blank = (draw < 0.02) & ~required
    no_opinion = ~blank & (draw > 0.965) & ~required
    for where, pct in planted.items():
        blank |= _surplus(asked & ~blank & ~no_opinion & (area == where)[:, None], required, pct)
    answered = asked & ~blank & ~no_opinion
    n_answers = int(answered.sum())
    n_unsatisfied = _unsatisfied(target, n_answers)
    # the n answers with the largest weight plus Gumbel noise: a sample without replacement, worse places more often
    key = np.where(answered, badness[:, None] + rng.gumbel(size=shape), -np.inf)
    if planted:
        _bind_areas(key, answered, area, n_unsatisfied, planted)
    unsatisfied = np.zeros(shape, dtype=bool)
    if n_unsatisfied:
        unsatisfied.flat[np.argpartition(key, -n_unsatisfied, axis=None)[-n_unsatisfied:]] = True
    codes = np.where(unsatisfied, _pick(rng, scale, shape, wanted=False), _pick(rng, scale, shape, wanted=True))
    codes = np.where(no_opinion, rng.choice([c.code for c in scale.non_answers], shape), codes)
    present = asked & ~blank
    drawn = {
        question.column: pl.Series(question.column, codes[:, i]).cast(pl.Int16).set(pl.Series(~present[:, i]), None)
        for i, question in enumerate(questions)
    }
    return drawn, n_answers - n_unsatisfied, n_answers


def _percent(satisfied: int, answered: int) -> Decimal:
    return (Decimal(100 * satisfied) / max(answered, 1)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _unsatisfied(pct: Decimal, n_answers: int) -> int:
    return n_answers - int((pct * n_answers / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _surplus(answered: npt.NDArray[np.bool_], required: npt.NDArray[np.bool_], pct: Decimal) -> npt.NDArray[np.bool_]:
    """Optional answers to leave blank, so that some number of the rest makes exactly this percentage."""
    n = int(answered.sum())
    optional = np.flatnonzero(answered & ~required)
    surplus = np.zeros(answered.shape, dtype=bool)
    for few in range(min(len(optional), n - 1) + 1):
        if _percent(n - few - _unsatisfied(pct, n - few), n - few) == pct:
            surplus.flat[optional[:few]] = True
            break
    return surplus


def _bind_areas(
    key: Floats, answered: npt.NDArray[np.bool_], area: Ints, n_unsatisfied: int, planted: dict[int, Decimal]
) -> None:
    """Raise keys that must be among the largest, lower those that must not, so that areas come out as planted."""
    below = max(planted.values()) - Decimal("0.005")  # rounds to less than the best
    cells = {int(a): np.flatnonzero(answered & (area == a)[:, None]) for a in np.unique(area)}
    exact = {a: _unsatisfied(pct, len(cells[a])) for a, pct in planted.items()}
    least = {a: min(int((100 - below) * len(at) / 100) + 1, len(at)) for a, at in cells.items() if a not in exact}
    if sum(exact.values()) + sum(least.values()) > n_unsatisfied:
        return  # too few answers to go round
    for a, count in {**exact, **least}.items():
        by_key = cells[a][np.argsort(key.flat[cells[a]])]
        first = len(by_key) - count
        key.flat[by_key[first:]] += 1000
        if a in exact:
            key.flat[by_key[:first]] = -np.inf


def _pick(rng: Rng, scale: Scale, shape: tuple[int, int], *, wanted: bool) -> Ints:
    codes = [level.code for level in scale.levels if level.is_satisfied == wanted]
    shares = np.array([0.55**rank for rank in range(len(codes))][:: 1 if wanted else -1])
    return rng.choice(codes, shape, p=shares / shares.sum()).astype(np.int64)


def _draw_times(folder: SurveyFolder, round_: Round, n: int, rng: Rng) -> dict[str, pl.Series]:
    opens, closes = round_.window(folder.survey.zone)
    span = int((closes - opens).total_seconds()) - 7200
    # people answer in the first days and at the end
    share = np.where(rng.random(n) < 0.5, rng.beta(1.2, 3, n), rng.beta(3, 1.2, n))
    sent = np.datetime64(opens.replace(tzinfo=None), "s") + (share * span).astype("timedelta64[s]")
    started = sent - rng.lognormal(5.6, 0.5, n).astype("timedelta64[s]")
    changed = sent + np.where(rng.random(n) < 0.05, rng.integers(1, 3600, n), 0).astype("timedelta64[s]")
    pairs = {"started_at": started, "submitted_at": sent, "updated_at": changed}
    return {name: pl.Series(name, value.astype("datetime64[us]")) for name, value in pairs.items()}


def _draw_persons(who: dict[str, npt.NDArray[np.str_]], rng: Rng) -> dict[str, pl.Series]:
    n = len(who["number"])
    number = pl.Series(who["number"]).cast(pl.Int64)
    name = _draw_names(n, rng)
    mobile = pl.Series(rng.integers(10_000_000, 99_999_999, n)).cast(pl.String)
    prefix = pl.Series(rng.choice(["09", "03", "07", "08"], n))
    given = pl.Series(rng.choice([unaccented(word).lower() for word in GIVEN_NAMES], n))
    kind = pl.Series(who["respondent_type"])
    identifier = pl.Series(who["respondent_id"])
    return {
        "respondent_name": name,
        "phone": pl.select(
            pl.when(pl.lit(pl.Series(rng.random(n) < 0.8))).then(pl.concat_str(pl.lit(prefix), pl.lit(mobile)))
            .otherwise(pl.concat_str(pl.lit("+84"), pl.lit(prefix).str.slice(1), pl.lit(mobile)))
        ).to_series(),
        "email": pl.select(pl.concat_str(pl.lit(given), pl.lit(number).cast(pl.String), pl.lit("@example.vn"))).to_series(),
        "tax_code": pl.select(pl.when(pl.lit(kind) == "organisation").then(pl.lit(identifier))).to_series(),
        "budget_unit_code": pl.select(pl.when(pl.lit(kind) == "budget_unit").then(pl.lit(identifier))).to_series(),
        "device_id": pl.Series(rng.integers(1, 2**40, n)).cast(pl.String),
        "ip_address": pl.Series([f"10.{a}.{b}.{c}" for a, b, c in rng.integers(1, 255, (n, 3))]),
    }  # fmt: skip


def _draw_names(n: int, rng: Rng) -> pl.Series:
    parts = [pl.lit(pl.Series(rng.choice(pool, n))) for pool in (SURNAMES, MIDDLE_NAMES, GIVEN_NAMES)]
    return pl.select(pl.concat_str(parts, separator=" ")).to_series()


def _draw_named(who: dict[str, npt.NDArray[np.str_]], answers: dict[str, pl.Series], rng: Rng) -> dict[str, pl.Series]:
    """A few dissatisfied respondents name the unit; fewer name an official (one of three per unit)."""
    n = len(who["unit_code"])
    low = pl.DataFrame(answers).select(pl.min_horizontal(pl.all()) <= 2).to_series().fill_null(False).to_numpy()
    names_unit = low & (rng.random(n) < 0.25)
    names_official = low & (rng.random(n) < 0.12)
    officials = {
        code: _draw_names(3, np.random.default_rng(zlib.crc32(code.encode()))).to_list()
        for code in np.unique(who["unit_code"])
    }
    pick = rng.integers(0, 3, n)
    official = [
        officials[u][p] if yes else None for u, p, yes in zip(who["unit_code"], pick, names_official, strict=True)
    ]
    role = [ROLES[p % len(ROLES)] if yes else None for p, yes in zip(pick, names_official, strict=True)]
    unit = [str(u) if yes else None for u, yes in zip(who["unit_code"], names_unit | names_official, strict=True)]
    return {
        "named_unit_code": pl.Series(unit, dtype=pl.String),
        "named_official": pl.Series(official, dtype=pl.String),
        "named_official_role": pl.Series(role, dtype=pl.String),
    }


def _draw_texts(instrument: Instrument, answers: dict[str, pl.Series], n: int, rng: Rng) -> dict[str, pl.Series]:
    shares = {"complaint_online": 0.02, "complaint_disclosure": 0.012, "suggestion": 0.05}
    texts = {}
    for field_ in instrument.fields_of("text"):
        pool = _filled(COMMENTS.get(field_.code, COMMENTS["suggestion"]), rng)
        chosen = np.where(rng.random(n) < shares.get(field_.code, 0.03), rng.integers(0, len(pool), n), -1)
        texts[field_.code] = pl.Series([pool[i] if i >= 0 else None for i in chosen], dtype=pl.String)
    return texts


def _filled(templates: list[str], rng: Rng) -> list[str]:
    """Some hundred comments: templates with invented names, phones and numbers put in."""
    names = _draw_names(200, rng).to_list()
    return [
        template.format(
            name=names[i],
            given=names[i].split()[-1],
            phone=f"09{rng.integers(10_000_000, 99_999_999)}",
            tax=_tax_code(int(rng.integers(0, 900_000_000))),
            email=f"{unaccented(names[i].split()[-1]).lower()}{i}@example.vn",
        )
        for template in templates
        for i in rng.integers(0, 200, 8)
    ]


def unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# --- dirt --------------------------------------------------------------------------------------------------


def _dirty_rows(
    kind: str, clean: pl.DataFrame, instrument: Instrument, round_: Round, share: float, rng: Rng
) -> pl.DataFrame:
    """Copies of random clean rows, spoilt in one way each; no two of one kind copy the same row."""
    n = min(clean.height, max(1, round(clean.height * share)))
    rows: pl.DataFrame = clean[np.sort(rng.choice(clean.height, n, replace=False)).tolist()]
    new_ids = pl.Series([f"{round_.round_code}-{kind}-{number:06d}" for number in range(n)])
    stranger = pl.Series([f"{kind}-{round_.round_code}-{number}" for number in range(n)])
    worst = instrument.scales[instrument.questions[0].scale].levels[0].code
    first = instrument.questions[0].column
    if kind == "revision":
        # the earlier state of a submission: other answers, changed before it was changed again
        return rows.with_columns(
            pl.lit(str(worst)).alias(first),
            pl.col("started_at", "submitted_at", "updated_at") - pl.duration(seconds=30),
        )
    if kind == "duplicate":
        return rows.with_columns(
            new_ids.alias("submission_id"),
            pl.lit(str(worst)).alias(first),
            pl.col("started_at", "submitted_at", "updated_at") - pl.duration(seconds=20),
        )
    spoilt = rows.with_columns(new_ids.alias("submission_id"), stranger.alias("respondent_id"))
    online = next((q.column for q in instrument.questions if q.asked_when), None)
    required = next(q.column for q in instrument.questions if q.is_required)
    match kind:
        case "unknown_unit":
            return spoilt.with_columns(pl.lit("9999").alias("unit_code"))
        case "blank_unit":
            return spoilt.with_columns(pl.lit("  ").alias("unit_code"))
        case "off_scale":
            return spoilt.with_columns(pl.lit("7").alias(first))
        case "unreadable_answer":
            return spoilt.with_columns(pl.lit("tốt lắm").alias(first))
        case "out_of_window":
            return spoilt.with_columns(pl.col("started_at", "submitted_at", "updated_at") + pl.duration(days=90))
        case "required_blank":
            return spoilt.with_columns(pl.lit(None, dtype=pl.String).alias(required))
        case "not_asked" if online:
            return spoilt.with_columns(
                pl.lit(False).alias("used_online"),
                *(
                    pl.lit(str(worst) if q.column == online else None, dtype=pl.String).alias(q.column)
                    for q in instrument.questions
                    if q.asked_when
                ),
            )
    return spoilt.clear()


def _untidy(clean: pl.DataFrame, instrument: Instrument, rng: Rng) -> pl.DataFrame:
    """Write some clean rows untidily: lost zeros, labels for codes, decomposed letters, a foreign encoding."""
    n = clean.height
    hit = {kind: pl.Series(kind, rng.random(n) < share) for kind, share in REPAIRED.items()}
    names = {
        str(choice.code): f"  {choice.name.vi.upper()} "
        for choice in instrument.scales[instrument.questions[0].scale].levels
    }
    first = instrument.questions[0].column
    texts = [field_.code for field_ in instrument.fields_of("text")]

    def nfd(column: str) -> pl.Expr:
        return pl.when(hit["decomposed_text"]).then(pl.col(column).str.normalize("NFD")).otherwise(column).alias(column)

    return clean.with_columns(
        pl.when(hit["lost_zeros"]).then(pl.col("unit_code").str.replace(r"^0+(\d)", "${1}")).otherwise("unit_code")
        .alias("unit_code"),
        pl.when(hit["label_answer"]).then(pl.col(first).replace(names)).otherwise(first).alias(first),
        pl.when(hit["broken_encoding"]).then(pl.lit("NguyÔn V¨n ¸nh")).otherwise("respondent_name").alias("respondent_name"),
        *(nfd(column) for column in texts),
    )  # fmt: skip


# --- the database ------------------------------------------------------------------------------------------


def _normalise(
    rows: pl.DataFrame, instrument: Instrument, round_code: str, first_id: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    questions = {question.column: question.code for question in instrument.questions}
    keyed = rows.with_columns(
        pl.int_range(first_id, first_id + rows.height, dtype=pl.Int64).alias("id"),
        pl.lit(round_code).alias("round_code"),
    )
    answers = (
        keyed.select("id", *questions)
        .unpivot(list(questions), index="id", variable_name="question_code", value_name="value")
        .drop_nulls("value")
        .with_columns(pl.col("question_code").replace(questions))
        .rename({"id": "submission_key"})
        .sort("submission_key", "question_code")
    )
    submissions = keyed.drop(list(questions)).with_columns(
        pl.col("started_at", "submitted_at", "updated_at").dt.strftime("%Y-%m-%d %H:%M:%S"),
        pl.col("used_online").cast(pl.Int64).cast(pl.String),
    )
    return submissions.select(
        "id", "round_code", *(c for c in submissions.columns if c not in {"id", "round_code"})
    ), answers


def _create_tables(engine: sa.Engine, submissions: pl.DataFrame) -> None:
    metadata = sa.MetaData()
    times = {"started_at", "submitted_at", "updated_at"}
    time = sa.DateTime() if engine.dialect.name == "postgresql" else sa.String(19)
    sa.Table(
        "submission",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, time if name in times else sa.Text) for name in submissions.columns if name != "id"),
    )
    sa.Table(
        "answer",
        metadata,
        sa.Column("submission_key", sa.BigInteger, nullable=False),
        sa.Column("question_code", sa.Text, nullable=False),
        sa.Column("value", sa.Text),
    )
    metadata.drop_all(engine)
    metadata.create_all(engine)


def _append(engine: sa.Engine, url: str, table: str, rows: pl.DataFrame) -> None:
    if engine.dialect.name == "postgresql":
        times = [name for name in ("started_at", "submitted_at", "updated_at") if name in rows.columns]
        rows = rows.with_columns(pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S") for name in times)
    rows.write_database(table, url.replace("+psycopg", ""), engine="adbc", if_table_exists="append")
