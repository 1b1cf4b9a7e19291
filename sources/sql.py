"""Reads new and changed submissions from a SQL database, page by page, behind a keyset watermark.

Pages follow (updated_at, key); each is read in a transaction of its own, through ADBC where the database has a driver, so
that memory does not grow with the round. Reading starts `overlap_minutes` before the watermark, because a transaction
may commit after a later one was read; rows that are landed already are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from sources.conform import conform, source_columns
from sources.errors import SourceError, SourceUnavailable
from sources.landing_store import RoundLanding, Watermark
from surveys.catalogue import SurveyFolder
from surveys.models import Round, SqlSource

KEY, CHANGED = "__key", "__changed"


class SqlReader:
    """One SQL source for one round."""

    def __init__(self, source: SqlSource, folder: SurveyFolder, round_: Round, url: str | None) -> None:
        self.source, self.folder, self.round = source, folder, round_
        self.url = sa.make_url(url or source.url)
        self.mapping = folder.mapping_of(source, round_.round_code)
        if self.url.get_backend_name() == "sqlite" and not Path(str(self.url.database)).is_file():
            raise SourceUnavailable(f"source {source.name}: no database file at {self.url.database}")

    @property
    def where(self) -> str:
        return f"source {self.source.name} ({self.url.render_as_string(hide_password=True)})"

    def pages(self, landing: RoundLanding, since: Watermark | None) -> Iterator[tuple[pl.DataFrame, Watermark]]:
        """Landing rows of each page, and the watermark after it; rows already landed are left out.

        Raises:
            SourceError: a table or column that sources.yaml names does not exist.
            SourceUnavailable: the database cannot be reached or broke off.
        """
        tables = self._reflect()
        position = self._step_back(since)
        landed = self._landed_since(landing, position)
        while True:
            page = self._read_page(tables, position)
            if page.is_empty():
                return
            last = page.row(-1, named=True)
            position = Watermark(updated_at=last[CHANGED], key=last[KEY])
            raw = page.drop(KEY, CHANGED).with_columns(page[KEY].alias("source_row"))
            rows = conform(raw, self.folder, self.round, self.mapping, self.source.name)
            yield rows.join(landed, on=["source_row", "updated_at"], how="anti", maintain_order="left"), position
            if page.height < self.source.batch_rows:
                return

    def count(self) -> int:
        """Rows of the round in the source now."""
        submission, _ = self._reflect()
        query = (
            sa.select(sa.cast(sa.func.count(), sa.Text).label("n"))
            .select_from(submission)
            .where(self._in_round(submission))
        )
        return int(self._fetch([query])[0].item())

    def _reflect(self) -> tuple[sa.Table, sa.Table | None]:
        source, metadata = self.source, sa.MetaData()
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        try:
            names = [source.submission_table] + ([source.answer_table] if source.answer_table else [])
            for name in names:
                if not sa.inspect(engine).has_table(name):
                    have = ", ".join(sorted(sa.inspect(engine).get_table_names())) or "none"
                    raise SourceError(f"{self.where}: no table {name!r}; sources.yaml names it. Tables there: {have}")
            tables = [sa.Table(name, metadata, autoload_with=engine) for name in names]
        except sa.exc.SQLAlchemyError as error:
            raise SourceUnavailable(f"{self.where}: cannot be reached ({type(error).__name__})") from None
        finally:
            engine.dispose()
        self._check_columns(tables[0], tables[1] if len(tables) > 1 else None)
        return tables[0], tables[1] if len(tables) > 1 else None

    def _check_columns(self, submission: sa.Table, answer: sa.Table | None) -> None:
        wanted = {source.round_column for source in [self.source]} | set(self._columns().values())
        wanted |= {self._key_name()}
        missing = [f"{submission.name}.{name}" for name in sorted(wanted - set(submission.columns.keys()))]
        if answer is not None:
            source = self.source
            names = {source.answer_submission_column, source.answer_question_column, source.answer_value_column}
            missing += [f"{answer.name}.{name}" for name in sorted(names - set(answer.columns.keys()))]
        if missing:
            raise SourceError(
                f"{self.where}: columns not there: {', '.join(missing)}. "
                f"Mend the mapping of {self.source.name} in sources.yaml (per round: rounds.{self.round.round_code})"
            )
        for name in ("submission_id", "submitted_at", "updated_at"):
            if name not in self.mapping.columns:
                raise SourceError(f"{self.where}: sources.yaml must map {name!r} to a column")

    def _columns(self) -> dict[str, str]:
        return source_columns(self.folder, self.round, self.mapping, with_answers=self.source.layout == "wide")

    def _key_name(self) -> str:
        return self.source.submission_key_column or self.mapping.columns.get("submission_id", "submission_id")

    def _in_round(self, submission: sa.Table) -> sa.ColumnElement[bool]:
        code = self.round.round_code
        return submission.c[self.source.round_column] == self.source.round_values.get(code, code)

    def _step_back(self, since: Watermark | None) -> Watermark | None:
        if since is None:
            return None
        try:
            moment = dt.datetime.fromisoformat(since.updated_at)
        except ValueError:
            raise SourceError(
                f"{self.where}: updated_at is not written as an ISO time; cannot read on from it"
            ) from None
        earlier = moment - dt.timedelta(minutes=self.source.overlap_minutes)
        return Watermark(updated_at=earlier.isoformat(sep=since.updated_at[10]), key="")

    def _landed_since(self, landing: RoundLanding, position: Watermark | None) -> pl.DataFrame:
        rows = landing.scan().filter(pl.col("source_name") == self.source.name)
        if position is None:
            rows = rows.limit(0)
        # a day's slack covers the source's time zone; the anti join itself is exact
        elif position is not None:
            moment = dt.datetime.fromisoformat(position.updated_at).replace(tzinfo=dt.UTC) - dt.timedelta(days=1)
            rows = rows.filter(pl.col("updated_at") >= moment)
        return rows.select("source_row", "updated_at").collect()

    def _read_page(self, tables: tuple[sa.Table, sa.Table | None], position: Watermark | None) -> pl.DataFrame:
        submission, answer = tables
        changed, key = submission.c[self.mapping.columns["updated_at"]], submission.c[self._key_name()]
        page = sa.select(submission).where(self._in_round(submission), changed.is_not(None))
        if position is not None:
            after = _literal(changed, position.updated_at)
            page = page.where(
                sa.or_(changed > after, sa.and_(changed == after, key > _literal(key, position.key)))
                if position.key
                else changed >= after
            )
        page = page.order_by(changed, key).limit(self.source.batch_rows)
        limited = page.subquery("page")
        columns = [_text(limited.c[column]).label(name) for name, column in self._columns().items()]
        place = [limited.c[key.name], limited.c[changed.name]]
        head = sa.select(_text(place[0]).label(KEY), _text(place[1]).label(CHANGED), *columns).order_by(
            place[1], place[0]
        )
        if answer is None:
            return self._fetch([head])[0]
        source = self.source
        tail = sa.select(
            _text(answer.c[source.answer_submission_column]).label(KEY),
            _text(answer.c[source.answer_question_column]).label("question"),
            _text(answer.c[source.answer_value_column]).label("value"),
        ).join(limited, limited.c[key.name] == answer.c[source.answer_submission_column])
        rows, answers = self._fetch([head, tail])
        return rows.join(self._to_wide(answers), on=KEY, how="left", maintain_order="left")

    def _to_wide(self, answers: pl.DataFrame) -> pl.DataFrame:
        instrument = self.folder.instrument_of(self.round)
        names = {self.mapping.questions.get(q.code, q.code): q.column for q in instrument.questions}
        known = answers.filter(pl.col("question").is_in(list(names))).with_columns(pl.col("question").replace(names))
        aggregates = [
            pl.col("value").filter(pl.col("question") == column).last().alias(column) for column in names.values()
        ]
        return known.group_by(KEY).agg(aggregates)

    def _fetch(self, queries: list[sa.Select[Any]]) -> list[pl.DataFrame]:
        dialect = self.url.get_dialect()()
        texts = [str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})) for query in queries]
        try:
            with closing(_connect(self.url)) as connection:
                return [pl.read_database(text.replace("%%", "%"), connection) for text in texts]
        except Exception as error:  # every driver has exceptions of its own; their text may hold values
            raise SourceUnavailable(f"{self.where}: reading broke off ({type(error).__name__})") from None


def _connect(url: sa.URL) -> Any:
    """A read transaction: through ADBC for PostgreSQL and SQLite, else through SQLAlchemy."""
    match url.get_backend_name():
        case "postgresql":
            import adbc_driver_postgresql.dbapi as postgresql

            connection = postgresql.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return connection
        case "sqlite":
            import adbc_driver_sqlite.dbapi as sqlite

            return sqlite.connect(f"file:{url.database}?mode=ro")
        case _:
            return sa.create_engine(url, poolclass=sa.NullPool).connect()


def _literal(column: sa.ColumnElement[Any], text: str) -> Any:
    """A watermark's text as a value of the column's type."""
    if isinstance(column.type, sa.DateTime):
        return sa.literal(dt.datetime.fromisoformat(text), column.type)
    return sa.literal(int(text) if isinstance(column.type, sa.Integer) else text, column.type)


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.cast(column, sa.Text)
