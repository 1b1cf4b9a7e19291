"""Reads and checks a survey's folder: everything that is wrong is listed at once, with file, key and fix."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from surveys.models import (
    ColumnMapping,
    FrameCell,
    Instrument,
    Method,
    PublishedResult,
    Round,
    Rule,
    Source,
    Succession,
    Survey,
    Unit,
)
from surveys.themes import Lexicon

SURVEYS_ROOT = Path(__file__).parent

M = TypeVar("M", bound=BaseModel)


class Problem(NamedTuple):
    """One thing wrong in a survey's files. `key` is a dotted path (YAML) or `row N, column` (CSV)."""

    file: str
    key: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}. Fix: {self.fix}"


class SurveyError(Exception):
    """A survey's files cannot be used; `problems` lists why."""

    def __init__(self, headline: str, problems: list[Problem] | None = None) -> None:
        self.problems = problems or []
        super().__init__("\n".join([headline, *(f"  - {problem}" for problem in self.problems)]))


@dataclass(frozen=True)
class SurveyFolder:
    """All that a survey's folder declares, read and cross-checked."""

    path: Path
    survey: Survey
    rounds: tuple[Round, ...]
    instruments: dict[str, Instrument]
    methods: dict[str, Method]
    units: tuple[Unit, ...]
    successions: tuple[Succession, ...] = ()
    sources: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    frame: tuple[FrameCell, ...] = ()
    published: tuple[PublishedResult, ...] = ()
    themes: Lexicon | None = None

    def round(self, round_code: str) -> Round:
        for round_ in self.rounds:
            if round_.round_code == round_code:
                return round_
        known = [round_.round_code for round_ in self.rounds]
        raise SurveyError(
            f"survey {self.survey.survey_code!r} has no round {round_code!r}; its rounds are {', '.join(known)}. "
            f"Rounds are declared in {self.path / 'rounds.yaml'}"
        )

    def instrument_of(self, round_: Round) -> Instrument:
        return self.instruments[round_.instrument]

    def method_of(self, round_: Round) -> Method:
        return self.methods[round_.method]

    def previous_round(self, round_: Round) -> Round | None:
        earlier = [other for other in self.rounds if other.opens_on < round_.opens_on]
        return max(earlier, key=lambda other: other.opens_on, default=None)

    def units_on(self, day: dt.date) -> list[Unit]:
        return sorted((unit for unit in self.units if unit.is_open(day)), key=lambda unit: unit.unit_code)

    def mapping_of(self, source: Source, round_code: str) -> ColumnMapping:
        """The source's mapping with the round's own entries laid over it."""
        own = source.rounds.get(round_code, ColumnMapping())
        base = source.mapping
        return ColumnMapping(
            columns={**base.columns, **own.columns},
            questions={**base.questions, **own.questions},
            constants={**base.constants, **own.constants},
            dates=own.dates or base.dates,
            blanks=own.blanks if own.blanks is not None else base.blanks,
        )


def find_survey(name_or_path: str) -> Path:
    """The folder of a survey given by path or by name; the error lists the surveys that exist."""
    for candidate in (Path(name_or_path), SURVEYS_ROOT / name_or_path):
        if (candidate / "survey.yaml").is_file():
            return candidate.resolve()
    known = sorted(path.parent.name for path in SURVEYS_ROOT.glob("*/survey.yaml"))
    near = get_close_matches(Path(name_or_path).name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise SurveyError(f"no survey at {name_or_path!r}: it has no survey.yaml.{hint} Surveys here: {', '.join(known)}")


def load_survey(name_or_path: str | Path) -> SurveyFolder:
    """Read a survey's folder.

    Raises:
        SurveyError: the folder does not exist, or its files have problems (all of them listed).
    """
    path = find_survey(str(name_or_path))
    reader = _Reader(path)
    folder = reader.read()
    if folder is not None:
        reader.problems += list(_cross_check(folder))
    if folder is None or reader.problems:
        raise SurveyError(f"{path.name}: {len(reader.problems)} problem(s) in the survey's files", reader.problems)
    return folder


class _Reader:
    """Reads one folder, collecting problems instead of stopping at the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def read(self) -> SurveyFolder | None:
        survey = self._model(Survey, "survey.yaml")
        rounds = self._models(Round, "rounds.yaml", "rounds", required=True)
        instruments = {i.instrument_code: i for i in self._folder(Instrument, "instruments")}
        methods = {m.method_code: m for m in self._folder(Method, "methods")}
        units = self._rows(Unit, "units.csv", required=True)
        sources = self._sources()
        rest: dict[str, Any] = {
            "successions": tuple(self._rows(Succession, "successions.csv")),
            "rules": tuple(self._models(Rule, "rules.yaml", "rules")),
            "frame": tuple(self._rows(FrameCell, "frame.csv")),
            "published": tuple(self._rows(PublishedResult, "published_results.csv")),
            "themes": self._model(Lexicon, "themes.yaml") if (self.path / "themes.yaml").exists() else None,
        }
        if survey is None or self.problems:
            return None
        return SurveyFolder(
            path=self.path,
            survey=survey,
            rounds=tuple(sorted(rounds, key=lambda round_: round_.opens_on)),
            instruments=instruments,
            methods=methods,
            units=tuple(units),
            sources=tuple(sources),
            **rest,
        )

    def _problem(self, file: str, key: str, message: str, fix: str) -> None:
        self.problems.append(Problem(file, key, message, fix))

    def _yaml(self, file: str) -> dict[str, Any] | None:
        target = self.path / file
        if not target.is_file():
            self._problem(
                file, "-", "the file is missing", f"write {self.path.name}/{file}; docs/new-survey.md shows one"
            )
            return None
        try:
            content = yaml.safe_load(target.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "-"
            self._problem(file, where, "not readable as YAML in UTF-8", "mend the syntax at that place")
            return None
        if not isinstance(content, dict):
            self._problem(file, "-", "the top of the file is not a mapping", "write `key: value` lines at the top")
            return None
        return content

    def _model(self, model: type[M], file: str) -> M | None:
        content = self._yaml(file)
        return None if content is None else self._validate(model, content, file)

    def _validate(self, model: type[M], content: Any, file: str, prefix: str = "") -> M | None:
        try:
            return model.model_validate(content)
        except ValidationError as error:
            self._list(error, file, prefix, model)
            return None

    def _list(self, error: ValidationError, file: str, prefix: str, model: type[BaseModel]) -> None:
        for item in error.errors(include_url=False):
            key = ".".join(str(part) for part in item["loc"]) or "-"
            self._problem(file, f"{prefix}{key}", item["msg"], _suggest_fix(dict(item), model))

    def _models(self, model: type[M], file: str, key: str, required: bool = False) -> list[M]:
        if not required and not (self.path / file).exists():
            return []
        content = self._yaml(file)
        if content is None:
            return []
        if set(content) != {key} or not isinstance(content.get(key), list):
            self._problem(file, "-", f"expected one key, {key!r}, with a list", f"put the entries under `{key}:`")
            return []
        found = [self._validate(model, entry, file, f"{key}.{n}.") for n, entry in enumerate(content[key])]
        return [entry for entry in found if entry is not None]

    def _folder(self, model: type[M], folder: str) -> list[M]:
        files = sorted((self.path / folder).glob("*.yaml"))
        if not files:
            self._problem(f"{folder}/", "-", "no YAML file in this folder", f"add one: {folder}/<code>.yaml")
        found = [self._model(model, f"{folder}/{file.name}") for file in files]
        return [entry for entry in found if entry is not None]

    def _sources(self) -> list[Source]:
        content = self._yaml("sources.yaml") or {}
        sources: list[Source] = []
        for n, entry in enumerate(content.get("sources", [])):
            try:
                sources.append(TypeAdapter[Source](Source).validate_python(entry))
            except ValidationError as error:
                self._list(error, "sources.yaml", f"sources.{n}.", BaseModel)
        return sources

    def _rows(self, model: type[M], file: str, required: bool = False) -> list[M]:
        target = self.path / file
        if not target.is_file():
            if required:
                self._problem(file, "-", "the file is missing", f"write {self.path.name}/{file}")
            return []
        rows: list[M] = []
        with target.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                filled = {key: value for key, value in row.items() if key is not None and value not in ("", None)}
                parsed = self._validate(model, filled, file, f"row {number}, ")
                if parsed is not None:
                    rows.append(parsed)
        return rows


def _suggest_fix(item: dict[str, Any], model: type[BaseModel]) -> str:
    kind, name = item["type"], str(item["loc"][-1]) if item["loc"] else ""
    if kind == "extra_forbidden":
        near = get_close_matches(name, list(model.model_fields), n=1)
        return f"did you mean {near[0]!r}? Otherwise remove the key" if near else "remove the key, it is not known"
    if kind == "missing":
        return f"add {name!r}"
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        return f"use one of {item.get('ctx', {}).get('expected') or item.get('ctx', {}).get('expected_tags')}"
    if kind == "string_pattern_mismatch":
        return f"write it so that it matches {item['ctx']['pattern']}"
    if kind == "value_error":
        return "mend the entry as the message says"
    return f"write a value of the expected type ({kind.replace('_', ' ')})"


def _cross_check(folder: SurveyFolder) -> Iterator[Problem]:
    """What no single file can know: references between files, overlaps in time, the tree of units."""
    yield from _check_rounds(folder)
    yield from _check_methods(folder)
    yield from _check_units(folder)
    yield from _check_references_to_units(folder)
    yield from _check_sources(folder)


def _check_rounds(folder: SurveyFolder) -> Iterator[Problem]:
    for code, count in Counter(round_.round_code for round_ in folder.rounds).items():
        if count > 1:
            yield Problem("rounds.yaml", code, "the round is declared twice", "keep one entry")
    for round_ in folder.rounds:
        for kind, code, known in (
            ("instrument", round_.instrument, folder.instruments),
            ("method", round_.method, folder.methods),
        ):
            if code not in known:
                yield Problem(
                    "rounds.yaml", f"{round_.round_code}.{kind}", f"no {kind} {code!r}", f"use one of {sorted(known)}"
                )
    for earlier, later in zip(folder.rounds, folder.rounds[1:], strict=False):
        if later.opens_on <= earlier.closes_on:
            yield Problem(
                "rounds.yaml",
                later.round_code,
                f"opens on {later.opens_on}, before {earlier.round_code} closes on {earlier.closes_on}",
                "windows of rounds must not overlap",
            )


def _check_methods(folder: SurveyFolder) -> Iterator[Problem]:
    levels = {level.code for level in folder.survey.unit_levels}
    for round_ in folder.rounds:
        instrument, method = folder.instruments.get(round_.instrument), folder.methods.get(round_.method)
        if instrument is None or method is None:
            continue
        for index in instrument.indices:
            if index.code not in method.formulas:
                yield Problem(
                    f"methods ({method.method_code})",
                    f"formulas.{index.code}",
                    f"round {round_.round_code} asks for index {index.code!r}, the method has no formula for it",
                    f"add `{index.code}: top2` (or another formula) under formulas",
                )
        named = [(threshold.level, "thresholds") for threshold in method.thresholds]
        named += [(rule.level, f"scoring.{rule.code}") for rule in method.scoring]
        for level, key in named:
            if level not in levels:
                yield Problem(
                    f"methods ({method.method_code})", key, f"no unit level {level!r}", f"use one of {sorted(levels)}"
                )
        for rule in method.scoring:
            if rule.index not in method.formulas:
                yield Problem(
                    f"methods ({method.method_code})",
                    f"scoring.{rule.code}.index",
                    f"no index {rule.index!r}",
                    f"use one of {sorted(method.formulas)}",
                )


def _check_units(folder: SurveyFolder) -> Iterator[Problem]:
    levels = {level.code for level in folder.survey.unit_levels}
    by_code: dict[str, list[Unit]] = {}
    for unit in folder.units:
        by_code.setdefault(unit.unit_code, []).append(unit)
        if unit.unit_level not in levels:
            yield Problem(
                "units.csv", unit.unit_code, f"unknown unit_level {unit.unit_level!r}", f"use one of {sorted(levels)}"
            )
        if unit.valid_to is not None and unit.valid_to <= unit.valid_from:
            yield Problem("units.csv", unit.unit_code, "valid_to is not after valid_from", "valid_to is exclusive")
    for code, versions in sorted(by_code.items()):
        ordered = sorted(versions, key=lambda unit: unit.valid_from)
        for one, other in itertools.pairwise(ordered):
            if one.valid_to is None or one.valid_to > other.valid_from:
                yield Problem("units.csv", code, "two entries of the code overlap in time", "close the earlier one")
    for unit in folder.units:
        parents = by_code.get(unit.parent_code or "", [])
        if unit.parent_code and not any(parent.is_open(unit.valid_from) for parent in parents):
            yield Problem(
                "units.csv",
                unit.unit_code,
                f"parent {unit.parent_code!r} is not open on {unit.valid_from}",
                "name a parent that is open when the unit opens",
            )
    for round_ in folder.rounds:
        roots = [unit.unit_code for unit in folder.units_on(round_.register_date) if unit.parent_code is None]
        if len(roots) != 1:
            yield Problem(
                "units.csv",
                "parent_code",
                f"{len(roots)} units without a parent on {round_.register_date} (round {round_.round_code})",
                "exactly one unit, the whole system, has no parent",
            )


def _check_references_to_units(folder: SurveyFolder) -> Iterator[Problem]:
    codes, types = {u.unit_code for u in folder.units}, {t.code for t in folder.survey.respondent_types}
    rounds = {round_.round_code for round_ in folder.rounds}
    for succession in folder.successions:
        for code in {succession.predecessor_code, succession.successor_code} - codes:
            yield Problem("successions.csv", code, "no such unit in units.csv", "add the unit or mend the code")
    for cell in folder.frame:
        if cell.unit_code not in codes:
            yield Problem("frame.csv", cell.unit_code, "no such unit in units.csv", "add the unit or mend the code")
        if cell.respondent_type not in types:
            yield Problem("frame.csv", cell.respondent_type, "no such respondent type", f"use one of {sorted(types)}")
        if cell.round_code not in rounds:
            yield Problem("frame.csv", cell.round_code, "no such round", f"use one of {sorted(rounds)}")
    for result in folder.published:
        if result.round_code not in rounds:
            yield Problem("published_results.csv", result.round_code, "no such round", f"use one of {sorted(rounds)}")


def _check_sources(folder: SurveyFolder) -> Iterator[Problem]:
    if not folder.sources:
        yield Problem("sources.yaml", "sources", "no source is declared", "declare at least one, kind: sql or files")
    for name, count in Counter(source.name for source in folder.sources).items():
        if count > 1:
            yield Problem("sources.yaml", name, "two sources have this name", "rename one")
    for source in folder.sources:
        for round_code in source.rounds:
            if round_code not in {round_.round_code for round_ in folder.rounds}:
                yield Problem("sources.yaml", f"{source.name}.rounds.{round_code}", "no such round", "see rounds.yaml")
