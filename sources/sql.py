"""Reads new and changed submissions from PostgreSQL or SQLite, page by page, behind a keyset watermark.

Pages follow (updated_at, key); each is read through ADBC in a read-only transaction of its own, so that memory does not
grow with the round. Reading starts `overlap_minutes` before the watermark, because a transaction may commit after a
later one was read; rows that are landed already are left out. Rows without any time of change come last, every time.

Times of a real time type leave the database as ISO 8601 text (UTC where the type has a zone), whatever the session's
settings. SQLite has no time type: there, times are compared as the text they are, so one column must keep to one ISO
format. Messages name tables, columns and error codes; the drivers' own texts may hold values and are dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import adbc_driver_postgresql.dbapi as adbc_postgresql
import adbc_driver_sqlite.dbapi as adbc_sqlite
import polars as pl
import pyarrow as pa
import sqlalchemy as sa

from sources.conform import conform, source_columns
from sources.errors import SourceError, SourceUnavailable
from sources.landing_store import RoundLanding, Watermark
from surveys.catalogue import SurveyFolder
from surveys.models import Round, SqlSource

KEY, CHANGED = "__key", "__changed"
UNREAD_CHANGE = '"updated_at"'  # in `unparsed`, where the time of change could not be read
CONNECT_SECONDS = "15"

# classes of SQLSTATE that waiting does not mend: data, authorisation, no such database, syntax or access rule
PERMANENT_STATES = ("22", "28", "3D", "42")


class Tables(NamedTuple):
    """The source's tables as they are, and the time by which its rows are ordered."""

    submission: sa.Table
    answer: sa.Table | None
    key: sa.ColumnElement[Any]
    changed: sa.ColumnElement[Any]


class SqlReader:
    """One SQL source for one round.

    Raises:
        SourceError: the URL is not one of PostgreSQL or SQLite, or names no file.
    """

    def __init__(self, source: SqlSource, folder: SurveyFolder, round_: Round, url: str | None) -> None:
        self.source, self.folder, self.round = source, folder, round_
        self.mapping = folder.mapping_of(source, round_.round_code)
        try:
            self.url = sa.make_url(url or source.url)
            backend = self.url.get_backend_name()
        except sa.exc.ArgumentError:
            raise SourceError(f"source {source.name}: its URL cannot be read; write postgresql+psycopg://...") from None
        if backend not in ("postgresql", "sqlite"):
            raise SourceError(f"{self.where}: SQL sources are read from PostgreSQL and SQLite, not from {backend}")
        if backend == "sqlite" and not Path(str(self.url.database)).is_file():
            raise SourceError(
                f"{self.where}: there is no such database file; mend the URL, or give one by --source-url"
            )
        self.is_sqlite = backend == "sqlite"
        dialect: Callable[..., sa.Dialect] = self.url.get_dialect()
        self.dialect = dialect(paramstyle="named")  # a percent sign in a literal stays one

    @property
    def where(self) -> str:
        return f"source {self.source.name} ({self.url.set(query={}).render_as_string(hide_password=True)})"

    def pages(
        self, landing: RoundLanding, since: Watermark | None, now: dt.datetime
    ) -> Iterator[tuple[pl.DataFrame, Watermark | None]]:
        """New landing rows of each page (perhaps none), and the watermark after it; None while there is none.

        Args:
            since: watermark of the last landed batch.
            now: the watermark never goes beyond: a row dated in the future must not hide those that come after it.

        Raises:
            SourceError: a table or column that sources.yaml names does not exist, or may not be read; a row has no key.
            SourceUnavailable: the database cannot be reached or broke off.
        """
        tables = self._reflect()
        start = None if since is None else Watermark(updated_at=self._earlier(since.updated_at), key="")
        landed = self._landed_since(landing, start)
        for is_dated in (True, False):
            position = start if is_dated else None
            while True:
                page = self._read_page(tables, position, is_dated)
                if page.is_empty():
                    break
                if n_keyless := page[KEY].fill_null("").eq("").sum():
                    raise SourceError(
                        f"{self.where}: {n_keyless} rows without {self._key_name()}, which nothing tells apart; name a "
                        f"column that all rows have in {self.source.name}.submission_key_column in sources.yaml"
                    )
                last = page.row(-1, named=True)
                position = Watermark(updated_at=last[CHANGED] or "", key=last[KEY])
                raw = page.rename({KEY: "source_row"})
                rows = conform(raw, self.folder, self.round, self.mapping, self.source.name)
                since = self._last_dated(page, rows, now) or since
                new = rows.join(
                    landed, on=["source_row", "updated_at"], how="anti", nulls_equal=True, maintain_order="left"
                )
                yield new, since
                if page.height < self.source.batch_rows:
                    break

    def count(self, until: Watermark | None = None) -> int:
        """Keys of the round's rows in the source now; with a watermark, of those that are not changed after it.

        Where `submission_id` is the key, revisions may stand beside each other.
        """
        submission, _, key, changed = self._reflect()
        query = sa.select(sa.cast(sa.func.count(key.distinct()), sa.Text).label("n")).select_from(submission)
        query = query.where(self._in_round(submission))
        if until is not None:
            query = query.where(sa.or_(changed.is_(None), changed <= _literal(until.updated_at)))
        return int(self._fetch([query])[0].item())

    # --- what is there

    def _reflect(self) -> Tables:
        source = self.source
        url = self.url if self.is_sqlite else self._postgresql_url("postgresql+psycopg")
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        try:
            inspector = sa.inspect(engine)
            submission = self._table(inspector, engine, "submission_table", source.submission_table)
            answer = (
                self._table(inspector, engine, "answer_table", source.answer_table) if source.answer_table else None
            )
            self._check_columns(submission, answer)
            changed = self._changed(engine, submission)
        except sa.exc.OperationalError as error:
            raise SourceUnavailable(f"{self.where}: cannot be reached ({_name(error.orig)})") from None
        except sa.exc.SQLAlchemyError as error:
            raise SourceError(f"{self.where}: cannot be read ({_name(getattr(error, 'orig', error))})") from None
        finally:
            engine.dispose()
        return Tables(submission, answer, submission.c[self._key_name()], changed)

    def _table(self, inspector: sa.Inspector, engine: sa.Engine, setting: str, name: str) -> sa.Table:
        schema, _, table = name.rpartition(".")
        if not inspector.has_table(table, schema=schema or None):
            have = sorted(inspector.get_table_names(schema=schema or None))
            raise SourceError(
                f"{self.where}: there is no table {name!r}, which sources.yaml names as {setting} of "
                f"{self.source.name}; tables there: {', '.join(have) or 'none'}"
            )
        return sa.Table(table, sa.MetaData(), schema=schema or None, autoload_with=engine, resolve_fks=False)

    def _check_columns(self, submission: sa.Table, answer: sa.Table | None) -> None:
        source = self.source
        for name in ("submission_id", "submitted_at", "updated_at"):
            if name not in self.mapping.columns:
                raise SourceError(
                    f"{self.where}: sources.yaml maps no column to {name!r}; add {name} under "
                    f"{source.name}.mapping.columns (where nothing else is there, updated_at may be the time of sending)"
                )
        wanted = {
            **{f"mapping.columns.{name}": column for name, column in self._columns().items()},
            "round_column": source.round_column,
            "submission_key_column": self._key_name(),
        }
        missing = [
            f"{submission.name}.{column} ({source.name}.{key})"
            for key, column in wanted.items()
            if column not in submission.columns
        ]
        if answer is not None:
            for key in ("answer_submission_column", "answer_question_column", "answer_value_column"):
                if getattr(source, key) not in answer.columns:
                    missing.append(f"{answer.name}.{getattr(source, key)} ({source.name}.{key})")
        if missing:
            tables = [table for table in (submission, answer) if table is not None]
            have = [f"{table.name}({', '.join(table.columns.keys())})" for table in tables]
            raise SourceError(
                f"{self.where}: columns that sources.yaml names are not there: {'; '.join(missing)}. There are "
                f"{'; '.join(have)}. Mend the mapping (for this round alone: under rounds.{self.round.round_code})"
            )

    def _changed(self, engine: sa.Engine, submission: sa.Table) -> sa.ColumnElement[Any]:
        """updated_at; where some rows have none, their time of submission stands for it."""
        updated = submission.c[self.mapping.columns["updated_at"]]
        submitted = submission.c[self.mapping.columns["submitted_at"]]
        undated = sa.select(sa.literal(1)).select_from(submission).where(self._in_round(submission), updated.is_(None))
        with engine.connect() as connection:
            is_complete = connection.execute(undated.limit(1)).first() is None
        return updated if is_complete else sa.func.coalesce(updated, submitted, type_=updated.type)

    def _columns(self) -> dict[str, str]:
        return source_columns(self.folder, self.round, self.mapping, with_answers=self.source.layout == "wide")

    def _key_name(self) -> str:
        return self.source.submission_key_column or self.mapping.columns["submission_id"]

    def _in_round(self, submission: sa.Table) -> sa.ColumnElement[bool]:
        code = self.round.round_code
        return submission.c[self.source.round_column] == _literal(self.source.round_values.get(code, code))

    # --- where to go on

    def _earlier(self, updated_at: str) -> str:
        """The watermark's time less the overlap: whole seconds without a zone, which sort before all that extend them."""
        try:
            moment = dt.datetime.fromisoformat(updated_at)
        except ValueError:
            raise SourceError(f"{self.where}: updated_at is not written as an ISO time; map a column that is") from None
        earlier = moment.replace(microsecond=0) - dt.timedelta(minutes=self.source.overlap_minutes)
        if len(updated_at) == len("2023-10-01"):
            return earlier.date().isoformat()
        zone = "Z" if not self.is_sqlite and moment.tzinfo else ""
        return earlier.replace(tzinfo=None).isoformat(sep=updated_at[10]) + zone

    def _landed_since(self, landing: RoundLanding, start: Watermark | None) -> pl.DataFrame:
        rows = landing.scan().filter(pl.col("source_name") == self.source.name)
        if start is not None:
            # a day's slack covers the source's time zone; the anti join itself is exact
            moment = dt.datetime.fromisoformat(start.updated_at).replace(tzinfo=dt.UTC) - dt.timedelta(days=1)
            is_undated = pl.col("updated_at").is_null() | pl.col("unparsed").str.contains(UNREAD_CHANGE, literal=True)
            rows = rows.filter((pl.col("updated_at") >= moment) | is_undated)
        return rows.select("source_row", "updated_at").collect()

    def _last_dated(self, page: pl.DataFrame, rows: pl.DataFrame, now: dt.datetime) -> Watermark | None:
        """The page's last row whose time of change can be read and is past: no other may end the reading for good."""
        is_read = ~rows["unparsed"].fill_null("").str.contains(UNREAD_CHANGE, literal=True)
        is_iso = page[CHANGED].str.contains(r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$")
        dated = page.select(KEY, CHANGED).filter(is_read & is_iso & (rows["updated_at"] <= now))
        return None if dated.is_empty() else Watermark(updated_at=dated[CHANGED][-1], key=dated[KEY][-1])

    # --- pages

    def _read_page(self, tables: Tables, position: Watermark | None, is_dated: bool) -> pl.DataFrame:
        submission, answer, key, changed = tables
        page = sa.select(submission, changed.label(CHANGED)).where(self._in_round(submission))
        page = page.where(changed.is_not(None) if is_dated else changed.is_(None))
        if position is not None:
            page = page.where(_is_after(changed, key, position, is_dated))
        limited = page.order_by(changed, key).limit(self.source.batch_rows).subquery("page")
        place = (limited.c[CHANGED], limited.c[key.name])
        columns = {KEY: place[1], CHANGED: place[0]} | {n: limited.c[c] for n, c in self._columns().items()}
        head = sa.select(*(self._text(column).label(name) for name, column in columns.items())).order_by(*place)
        if answer is None:
            return self._fetch([head])[0]
        source = self.source
        tail = sa.select(
            self._text(answer.c[source.answer_submission_column]).label(KEY),
            self._text(answer.c[source.answer_question_column]).label("question"),
            self._text(answer.c[source.answer_value_column]).label("value"),
        ).join(limited, limited.c[key.name] == answer.c[source.answer_submission_column])
        rows, answers = self._fetch([head, tail])
        return rows.join(self._to_wide(answers), on=KEY, how="left", maintain_order="left")

    def _to_wide(self, answers: pl.DataFrame) -> pl.DataFrame:
        """One row per submission, one column per question.

        Two different answers to one question cannot both hold: they are joined, so that the value is unreadable and a
        rule rejects the submission.
        """
        wide = answers.select(KEY).unique()
        by_question = answers.filter(pl.col("value") != "").partition_by("question", as_dict=True, include_key=False)
        for question in self.folder.instrument_of(self.round).questions:
            own = by_question.get((self.mapping.questions.get(question.code, question.code),), answers.clear())
            if own[KEY].n_unique() < own.height:
                own = own.group_by(KEY).agg(pl.col("value").unique().sort().str.join(" | "))
            wide = wide.join(own.select(KEY, pl.col("value").alias(question.column)), on=KEY, how="left")
        return wide

    def _text(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
        """A column as text that is the same in every session."""
        if self.is_sqlite:
            # the driver takes the type of a column from its first rows, so that there must be no null among them
            return sa.func.coalesce(sa.cast(column, sa.Text), "")
        if isinstance(column.type, sa.DateTime):
            if column.type.timezone:
                return sa.func.to_char(sa.func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            return sa.func.to_char(column, 'YYYY-MM-DD"T"HH24:MI:SS.US')
        if isinstance(column.type, sa.Date):
            return sa.func.to_char(column, "YYYY-MM-DD")
        return sa.cast(column, sa.Text)

    def _fetch(self, queries: list[sa.Select[Any]]) -> list[pl.DataFrame]:
        texts = [str(query.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})) for query in queries]
        try:
            with closing(self._connect()) as connection, closing(connection.cursor()) as cursor:
                if not self.is_sqlite:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                tables = []
                for text in texts:
                    cursor.execute(text)
                    tables.append(_to_polars(cursor.fetch_arrow_table()))
                return tables
        except Exception as error:  # drivers have exceptions of their own; their text may hold values
            kind = SourceError if str(getattr(error, "sqlstate", ""))[:2] in PERMANENT_STATES else SourceUnavailable
            raise kind(f"{self.where}: reading broke off ({_name(error)})") from None

    def _connect(self) -> Any:
        if self.is_sqlite:
            return adbc_sqlite.connect(f"file:{quote(str(self.url.database))}?mode=ro")
        return adbc_postgresql.connect(self._postgresql_url("postgresql").render_as_string(hide_password=False))

    def _postgresql_url(self, driver: str) -> sa.URL:
        wait = {"connect_timeout": CONNECT_SECONDS, **self.url.query}
        return self.url.set(drivername=driver, query=wait)


def _is_after(
    changed: sa.ColumnElement[Any], key: sa.ColumnElement[Any], position: Watermark, is_dated: bool
) -> sa.ColumnElement[bool]:
    """Behind the position in the order (changed, key); from its time on where it has no key."""
    # compared as the database's own type (PostgreSQL) or as the text that stands there (SQLite), never re-formatted
    then = _literal(position.updated_at)
    if is_dated and not position.key:
        return changed >= then
    last = sa.literal(int(position.key)) if isinstance(key.type, sa.Integer) else _literal(position.key)
    return sa.or_(changed > then, sa.and_(changed == then, key > last)) if is_dated else key > last


def _literal(text: str) -> sa.ColumnElement[Any]:
    """A quoted literal without a type: it takes the type of the column that it is compared with."""
    return sa.literal_column("'" + text.replace("'", "''") + "'")


def _to_polars(table: pa.Table) -> pl.DataFrame:
    """Text columns of an Arrow table. SQLite keeps any bytes as text: what is not UTF-8 gets replacement characters."""
    columns = {}
    for name in table.column_names:
        column = (
            table.column(name).cast(pa.string()) if pa.types.is_null(table.column(name).type) else table.column(name)
        )
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            raw = column.cast(pa.binary()).to_pylist()
            column = pa.chunked_array([pa.array([b.decode("utf-8", "replace") for b in raw], pa.string())])
        columns[name] = pl.Series(name, pl.from_arrow(column)).cast(pl.String)
    return pl.DataFrame(columns)


def _name(error: BaseException | None) -> str:
    """What may be said of a driver's error: its class and SQLSTATE."""
    state = getattr(error, "sqlstate", None)
    return type(error).__name__ + (f", SQLSTATE {state}" if state else "")
