"""The record: a DuckDB file that many may read while one process writes.

`record.duckdb` is never open for writing. The writer commits to a private copy in `record.duckdb.writing/`, one
transaction a batch, and publishes it by renaming a complete file over the old one: at its end, and now and then before.
Readers hold the file they opened, whole and unchanging, until they ask for the newer one with `refresh`. A run that was
killed leaves the private copy with every batch it committed; the next writer goes on from there.

Tables and views are in `sql/` and described in `docs/record.md`. Ties, stories and aliases are derived from the stored
rows each time the record is published; `rebuild` makes them anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import html
import io
import itertools
import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

import duckdb
import pyarrow as pa

from communique import __version__, ties
from communique.codebook import Codebook, Layer, current
from communique.derive import RULES, derive, rules_digest
from communique.errors import CallError, RecordError
from communique.happenings import Happening
from communique.model import (
    Actor,
    Anchor,
    Article,
    Claim,
    CodedReport,
    Event,
    Place,
    Problem,
    Statement,
    Status,
    Tie,
    TieStatus,
    When,
    to_json,
)
from communique.rows import (
    SURROGATE,
    Row,
    add_rows,
    arrow_fields,
    arrow_type,
    clean,
    fetch,
    from_row,
    next_number,
    sql_text,
    to_cell,
    to_row,
    values,
)

__all__ = ["Added", "Record", "Rows", "StoredEvent", "StoredHappening", "StoredStatement", "StoredTie"]

# Raised when the tables change in a way that older programs cannot read.
FORMAT = 2
# Seconds between two publications while a writer is at work, and the share of its time that they may take.
PUBLISH_SECONDS = 10.0
_PUBLISH_SHARE = 0.05
# The key under which a record keeps a user's own rules.
_RULES = "rules"
# The oldest DuckDB that reads our files.
_STORAGE = "v1.5.0"
# A record needs no extension that is not built in; DuckDB must not look for one on the net.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

# Every place where a writer may die and another must take over; the tests kill one at each.
POINTS = (
    "empty record made",
    "work copied",
    "batch begun",
    "batch written",
    "batch committed",
    "derived rebuilt",
    "checkpointed",
    "snapshot copied",
    "snapshot swapped",
    "work closed",
    "work moved",
)

# Rows made into objects at a time, one vector of DuckDB.
_ROWS = 2_048
# Happenings whose values are looked up together.
_HAPPENINGS = 1_000

R = TypeVar("R")


def _point(name: str) -> None:
    """Marks a place of `POINTS`."""


# What comes back


@dataclass(frozen=True, slots=True)
class StoredEvent(Event):
    """An event with the report it was read in. `day`: the ISO day it is ordered by, and `day_source` where that comes
    from: text, published, anchor. `outdated` says why it no longer counts, `None` where it does."""

    article: str
    outlet: str | None
    published: str | None
    url: str | None
    day: str | None
    day_source: str | None
    outdated: str | None

    def plain(self) -> Event:
        return _part(self, Event)

    def to_json(self) -> Any:
        """As `code --json` prints it; every span also has `article`."""
        return _with_article(to_json(self.plain()), self.article)


@dataclass(frozen=True, slots=True)
class StoredStatement(Statement):
    """A statement with the report it was read in. `outdated` as for events."""

    article: str
    outlet: str | None
    published: str | None
    url: str | None
    outdated: str | None

    def plain(self) -> Statement:
        return _part(self, Statement)

    def to_json(self) -> Any:
        """As `code --json` prints it; every span also has `article`."""
        return _with_article(to_json(self.plain()), self.article)


@dataclass(frozen=True, slots=True)
class StoredTie(Tie):
    """A tie with the articles that its spans lie in (one a party), and the claims it rests on."""

    party_articles: tuple[str, ...] = ()
    place_article: str | None = None
    voice_article: str | None = None
    claims: tuple[str, ...] = ()

    def plain(self) -> Tie:
        return _part(self, Tie)

    def to_json(self) -> Any:
        """As `code --json` prints it; every span also has `article`."""
        row = to_json(self.plain())
        row["parties"] = [_with_article(p, a) for p, a in zip(row["parties"], self.party_articles, strict=True)]
        row["place"] = _with_article(row["place"], self.place_article)
        row["voice"] = _with_article(row["voice"], self.voice_article)
        return row


@dataclass(frozen=True, slots=True)
class StoredHappening(Happening):
    """What several reports tell of one occurrence. `day`: the ISO day it is ordered by."""

    day: str | None

    def to_json(self) -> Any:
        """As `communique happenings --json` prints it; every span also has `article`."""
        row = to_json(_part(self, Happening))
        row["place"] = _with_article(row["place"], row.pop("place_article"))
        row["values"] = [_value(value) for value in row["values"]]
        return row


Stored = StoredEvent | StoredStatement | StoredTie | StoredHappening
S = TypeVar("S", bound=Stored)


class Rows(list[S], Generic[S]):
    """Rows asked from a record: a list that shows itself as a table in notebooks."""

    def to_json(self) -> list[Any]:
        return [row.to_json() for row in self]

    def _repr_html_(self) -> str:
        return _html_table(self)


class Added(NamedTuple):
    """What an `add` changed: reports newly coded, and older versions they superseded."""

    coded: int
    superseded: int


def _part(row: Any, kind: type[R]) -> R:
    return kind(**{f.name: getattr(row, f.name) for f in fields(cast(Any, kind))})


def _with_article(value: Any, article: str | None) -> Any:
    """The same JSON value with `article` in every span."""
    if isinstance(value, list):
        return [_with_article(item, article) for item in value]
    if not isinstance(value, dict):
        return value
    marked = {name: _with_article(item, article) for name, item in value.items()}
    if "start" in marked and "article" not in marked:
        marked["article"] = article
    return marked


def _value(value: Any) -> Any:
    """What a report says of a field, with who says it beside it."""
    told = value.pop("told")
    return {**value, "span": _with_article(value["span"], told["article"]), **told}


# The record


class Record:
    """A record on disk. Open it with `Record.open`, best in a `with` block.

        with Record.open("record.duckdb") as record:
            record.ties(at="2023-07-01", party=["JPN", "NATO"])

    A reader sees the record as it was when opened, until `refresh`.
    """

    def __init__(self, path: Path, work: _Work | None, codebook: Codebook | None, publish_every: float) -> None:
        self.path = path
        self._work = work
        self._codebook = codebook
        self._publish_every = publish_every
        self._claims: dict[str | None, list[Claim]] = {}
        self._known: dict[str | None, set[str]] = {}
        self._articles: set[str] | None = None
        self._unpublished = False
        self._shrink = False
        self._published_at = time.monotonic()
        self._cost = 0.0
        self._opened: tuple[int, ...] = ()
        self._con = self._connect()
        self._rules = self._settled()

    @classmethod
    def open(
        cls,
        path: str | Path,
        write: bool = False,
        *,
        codebook: Codebook | None = None,
        publish_every: float = PUBLISH_SECONDS,
    ) -> Record:
        """Opens a record; with `write`, makes it where there is none. `codebook`: the rules that ties are resolved by;
        a record remembers those of a user's own that it was last added to with, and goes by them without being told.

        `publish_every`: seconds after which a writer lets readers see what it has added, at the earliest.
        Raises `RecordError` where there is no record, or where another process writes to it already.
        """
        # A link stays a link: what is swapped is the file it leads to.
        path = Path(path).resolve()
        if not write:
            if not path.exists():
                raise RecordError(f"{path}: no such record")
            return cls(path, None, codebook, publish_every)
        work = _Work(path)
        try:
            return cls(path, work, codebook, publish_every)
        except BaseException:
            work.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends reading; a writer publishes what it has added."""
        work, self._work = self._work, None
        if work is None:
            self._con.close()
            return
        try:
            if self._unpublished:
                self._derive()
                if self._shrink:
                    _write_anew(self._con, work.file)
                else:
                    _finish(self._con)
                work.move()
            else:
                self._con.close()
                work.discard()
        except (duckdb.Error, OSError) as error:
            raise RecordError(f"{self.path}: what was added is kept but cannot be published ({error})") from error
        finally:
            self._con.close()
            work.release()

    def refresh(self) -> bool:
        """Goes on to the newest published state; whether there was one. A writer always sees its own."""
        if self._work is not None or _identity(self.path) == self._opened:
            return False
        # The old connection is not closed: a query of another thread may still be at it.
        self._con = self._connect()
        self._claims.clear()
        self._rules = self._settled()
        return True

    def _settled(self) -> Codebook:
        """The rules that ties are resolved by: those given, else those that the record remembers, else the current."""
        kept = _meta(self._cursor()).get(_RULES)
        if kept is None or (self._codebook is not None and _own_rules(self._codebook) is not None):
            return self._codebook or current()
        layers = [{name: str(text).encode() for name, text in files.items()} for files in json.loads(kept)]
        return Codebook(
            [Layer("record/", {name: partial(io.BytesIO, raw) for name, raw in files.items()}) for files in layers],
            releases=(),
        )

    def _connect(self) -> duckdb.DuckDBPyConnection:
        if self._work is None:
            self._opened = _identity(self.path)
            return _attach_read_only(self.path)
        self._unpublished = self._work.recover()
        return self._work.attach() if self._unpublished else _attach_read_only(self.path, older=True)

    def _types(self) -> Iterable[str]:
        """Every event type that there is or that the record has."""
        return dict.fromkeys(
            [*current().types, *(t for (t,) in self._lists('SELECT DISTINCT "type" FROM base.events'))]
        )

    # Adding

    def has(self, article: str, version: str | None = None) -> bool:
        """Whether this article is coded: by that coder version, or without one by any."""
        if version not in self._known:
            rows = self._lists(
                "SELECT article FROM base.codings JOIN base.runs USING (run) WHERE coalesce(version = $v, TRUE)",
                {"v": version},
            )
            self._known[version] = {article for (article,) in rows}
        return article in self._known[version]

    def holds(self, article: str) -> bool:
        """Whether this article is stored, coded or not."""
        if self._articles is None:
            self._articles = {id for (id,) in self._lists("SELECT id FROM base.articles")}
        return article in self._articles

    def add(self, reports: Sequence[CodedReport], problems: Sequence[Problem] = (), run: str = __version__) -> Added:
        """Adds coded reports and problems in one transaction, with the reports that problems say are stored though not
        coded. `run`: the version of the coder.

        What is stored already changes nothing. A report coded by another version, or otherwise, gets a new coding;
        the older one stays. Characters that UTF-8 does not have (lone surrogates) are stored as U+FFFD, which leaves
        every offset as it is, and told as a problem.
        """
        batch = self._new(reports, problems, run)
        if not batch.reports and not batch.problems and not batch.uncoded:
            return Added(0, 0)
        self._begin()
        try:
            added = self._insert(batch, run)
        except duckdb.Error as error:
            raise RecordError(f"{self.path}: the batch could not be stored and was undone ({error})") from error
        self._unpublished = True
        self._claims.clear()
        if self._articles is not None:
            self._articles |= {report.article.id for report, _ in batch.reports} | {a.id for a in batch.uncoded}
        for version in (None, run):
            if version in self._known:
                self._known[version] |= {report.article.id for report, _ in batch.reports}
        _point("batch committed")
        if time.monotonic() - self._published_at >= max(self._publish_every, self._cost / _PUBLISH_SHARE):
            self.publish()
        return added

    def publish(self) -> None:
        """Lets readers see what has been added so far. The file is copied, which takes time with its size."""
        if self._work is None or not self._unpublished:
            return
        began = time.monotonic()
        self._derive()
        self._con.execute("CHECKPOINT record").fetchall()
        _point("checkpointed")
        self._work.publish()
        self._unpublished = False
        self._published_at = time.monotonic()
        self._cost = self._published_at - began

    def rebuild(self) -> None:
        """Makes everything derived anew from the stored rows: superseding, stories, happenings, ties, aliases."""
        self._begin()
        with _transaction(self._con) as cursor:
            cursor.execute("UPDATE base.articles SET superseded_by = NULL").fetchall()
            cursor.execute(sql_text("superseded"), {"first": 0}).fetchall()
            cursor.execute("DELETE FROM base.meta WHERE key = 'derived_by'").fetchall()
        self._claims.clear()
        self._unpublished = True

    def forget(self, articles: Sequence[str]) -> None:
        """Removes reports and all that came from them: codings, events, statements, claims, problems, corrections, and what
        was derived from these; the file is written anew, so that no trace of them stays in it. A version that they
        superseded counts again. Raises `CallError` for an id that no report has; then nothing is removed."""
        known = {
            id
            for (id,) in self._lists("SELECT id FROM base.articles WHERE list_contains($ids, id)", {"ids": [*articles]})
        }
        if missing := [id for id in articles if id not in known]:
            raise CallError(
                f"{', '.join(missing)}: no report of this id in {self.path}; `communique explain` of an event names its report"
            )
        self._begin()
        with _transaction(self._con) as cursor:
            for table, column in _OF_ARTICLE.items():
                cursor.execute(f"DELETE FROM base.{table} WHERE list_contains(?, {column})", [[*articles]]).fetchall()
            cursor.execute("UPDATE base.articles SET superseded_by = NULL").fetchall()
            cursor.execute(sql_text("superseded"), {"first": 0}).fetchall()
            cursor.execute("DELETE FROM base.meta WHERE key = 'derived_by'").fetchall()
        self._claims.clear()
        self._known.clear()
        self._articles = None
        self._unpublished = self._shrink = True

    def write_copy(self, to: Path, *, without_text: bool = False) -> None:
        """Writes a copy of the published record; with `without_text`, one that may be passed on where texts may not: of
        each passage the first words, the place and a hash (`base.quotes`). Nothing can be added to such a copy."""
        part = to.with_name(f"{to.name}.part")
        _copy(self.path, part)
        con = duckdb.connect(":memory:", config=_CONFIG)
        con.execute(f"ATTACH '{_quoted(part)}' AS record (STORAGE_VERSION '{_STORAGE}')").fetchall()
        con.execute("USE record").fetchall()
        if without_text:
            con.execute(sql_text("without_text")).fetchall()
        _write_anew(con, part)
        part.replace(to)

    def _begin(self) -> None:
        """From here on, the connection is one to the private copy."""
        if self._work is None:
            raise CallError(f"{self.path}: opened for reading; open it with write=True")
        if "without_text" in _meta(self._cursor()):
            raise CallError(f"{self.path}: a copy without texts, to be read only; go on with the record it was made of")
        if not self._work.attached:
            self._con.close()
            self._work.copy()
            self._con = self._work.attach()

    def _new(self, reports: Sequence[CodedReport], problems: Sequence[Problem], run: str) -> _Batch:
        """What of this is not stored yet, each thing once."""
        ids = [report.article.id for report in reports]
        stored = set(
            self._lists(
                "SELECT article, digest FROM base.codings JOIN base.runs USING (run) "
                "WHERE version = $run AND list_contains($ids, article)",
                {"run": run, "ids": ids},
            )
        )
        fresh: dict[tuple[str, str], CodedReport] = {}
        for report in reports:
            key = (report.article.id, _digest(report))
            if key not in stored:
                fresh.setdefault(key, report)
        told = [*problems, *filter(None, map(_unstorable, fresh.values()))]
        known = {Problem(*row) for row in self._lists(_PROBLEMS, {"sources": [clean(p.source) for p in told]})}
        unknown = {_plain_problem(p): None for p in told}
        uncoded = {p.report.id: p.report for p in problems if p.report is not None}
        there = set(self._lists("SELECT id FROM base.articles WHERE list_contains($ids, id)", {"ids": [*uncoded]}))
        return _Batch(
            [(r, digest) for (_, digest), r in fresh.items()],
            [p for p in unknown if p not in known],
            [article for id, article in uncoded.items() if (id,) not in there],
        )

    def _insert(self, batch: _Batch, run: str) -> Added:
        with _transaction(self._con) as cursor:
            _point("batch begun")
            ids = [report.article.id for report, _ in batch.reports]
            first = next_number(cursor, "articles", "seq")
            cursor.execute("DELETE FROM base.problems WHERE station = 'code' AND list_contains(?, article)", [ids])
            known = {i for (i,) in fetch(cursor, "SELECT id FROM base.articles WHERE list_contains(?, id)", [ids])}
            add_rows(cursor, "articles", _ARTICLE_SCHEMA, _article_rows(batch, known, first))
            _add_codings(cursor, batch, _run(cursor, run))
            _add_problems(cursor, batch.problems)
            gone = fetch(cursor, sql_text("superseded"), {"first": first})[0][0]
            cursor.execute("UPDATE base.meta SET value = CAST(value AS BIGINT) + 1 WHERE key = 'batch'").fetchall()
            if self._codebook is not None and (own := _own_rules(self._codebook)) is not None:
                cursor.execute("DELETE FROM base.meta WHERE key = ?", [_RULES]).fetchall()
                cursor.execute("INSERT INTO base.meta VALUES (?, ?)", [_RULES, own]).fetchall()
            _point("batch written")
        return Added(len(batch.reports), int(gone))

    def _derive(self) -> None:
        """Brings what is derived from the stored rows up to date; all of it, where it was made by other rules."""
        rules = rules_digest(self._rules, __version__)
        with _transaction(self._con) as cursor:
            kept = fetch(cursor, "SELECT value FROM base.meta WHERE key = 'derived_by'", {})
            derive(cursor, self._rules, anew=kept != [(rules,)])
            cursor.execute("DELETE FROM base.meta WHERE key = 'derived_by'").fetchall()
            cursor.execute("INSERT INTO base.meta VALUES ('derived_by', ?)", [rules]).fetchall()
        _point("derived rebuilt")

    # Asking

    def events(
        self,
        *,
        from_: str | None = None,
        until: str | None = None,
        type: Sequence[str] | str | None = None,
        actor: Sequence[str] | str | None = None,
        recipient: Sequence[str] | str | None = None,
        status: Sequence[str] | str | None = None,
        place: Sequence[str] | str | None = None,
        voice: Sequence[str] | str | None = None,
        article: str | None = None,
        min_score: float | None = None,
        limit: int | None = None,
    ) -> Rows[StoredEvent]:
        """Events, newest first. A filter with several values widens, different filters narrow; case does not matter.

        `from_`, `until`: half-open ISO days. An event matches if its time, as exact as the text states it, reaches into
        them; where the text states none, the day of the report stands for it. `actor`, `recipient`: ISO3 or entity
        codes. `place`: a name, GeoNames id or ISO3. `voice`: outlet, source, or the code or name of a source. `min_score`:
        events of at least this score, 0 to 1. Raises `CallError` for a value that cannot be.
        """
        return Rows(
            self.each_event(
                from_=from_,
                until=until,
                type=type,
                actor=actor,
                recipient=recipient,
                status=status,
                place=place,
                voice=voice,
                article=article,
                min_score=min_score,
                limit=limit,
            )
        )

    def each_event(
        self,
        *,
        from_: str | None = None,
        until: str | None = None,
        type: Sequence[str] | str | None = None,
        actor: Sequence[str] | str | None = None,
        recipient: Sequence[str] | str | None = None,
        status: Sequence[str] | str | None = None,
        place: Sequence[str] | str | None = None,
        voice: Sequence[str] | str | None = None,
        article: str | None = None,
        min_score: float | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredEvent]:
        """The same, never all of them in memory."""
        where = _Where()
        where.dates(from_, until)
        where.words('"type"', _checked(type, "event type", self._types()))
        where.words("status", _checked(status, "event status", Status))
        where.codes("actors", actor)
        where.codes("recipients", recipient)
        where.place(place)
        where.voice(voice)
        where.words("article", _several(article))
        where.score(min_score)
        return self._events(where, limit)

    def _events(self, where: _Where, limit: int | None) -> Iterator[StoredEvent]:
        order = '"day" DESC NULLS LAST, published DESC NULLS LAST, article, "trigger"."start", "trigger"."end", id'
        return map(_stored_event, self._dicts(sql_text("events") + where.sql(order, limit), where.values))

    def statements(
        self,
        *,
        source: Sequence[str] | str | None = None,
        article: str | None = None,
        attitudes: bool = False,
        limit: int | None = None,
    ) -> Rows[StoredStatement]:
        """Statements, newest report first. `source`: ISO3 or entity codes. `attitudes`: also beliefs, intentions and
        positions that are told without anybody speaking."""
        where = _Where()
        if not attitudes:
            where.conditions.append("form <> 'attitude'")
        where.codes("sources", source)
        where.words("article", _several(article))
        return Rows(self._statements(where, limit))

    def each_statement(self) -> Iterator[StoredStatement]:
        """Every statement, newest report first, never all of them in memory; attitudes left out."""
        where = _Where()
        where.conditions.append("form <> 'attitude'")
        return self._statements(where, None)

    def _statements(self, where: _Where, limit: int | None) -> Iterator[StoredStatement]:
        sql = sql_text("statements") + where.sql('published DESC NULLS LAST, article, "position"', limit)
        return map(_stored_statement, self._dicts(sql, where.values))

    def ties(
        self,
        at: str | None = None,
        *,
        known_by: str | None = None,
        party: Sequence[str] | str | None = None,
        kind: str | None = None,
        status: Sequence[str] | str | None = None,
    ) -> Rows[StoredTie]:
        """The ties as they stood on the ISO day `at` (default: today), ended and rejected ones included.

        `known_by`: from reports published up to this ISO day only. `party`: ISO3 or entity codes that must all be
        parties. `kind` as in `data/ties.toml`; `status` any of those given.
        """
        kinds = _checked(kind, "kind of tie", ties.rules(self._rules).match)
        standing = _checked(status, "tie status", TieStatus)
        parties = [code.casefold() for code in _several(party)]
        day = _iso(at) if at else date.today().isoformat()
        found = self._resolved(day, _iso(known_by) if known_by else None, parties)
        return Rows(
            tie
            for tie in found
            if (not kinds or tie.kind in kinds)
            and (not standing or tie.status in standing)
            and all(any(_is(code, p) for p in tie.parties) for code in parties)
        )

    def states(
        self,
        at: str | None = None,
        *,
        party: Sequence[str] | str | None = None,
        kind: str | None = None,
        status: Sequence[str] | str | None = None,
    ) -> list[dict[str, Any]]:
        """How the ties stood on the ISO day `at` (default: today), without their evidence: tie, kind, name, parties (codes),
        status, step, since, until. As `ties`, many times faster, for time sliders and networks; the parties are those of
        the latest report."""
        values = {
            "at": _iso(at) if at else date.today().isoformat(),
            "codes": [code.lower() for code in _several(party)],
            "kinds": _checked(kind, "kind of tie", ties.rules(self._rules).match),
            "statuses": _checked(status, "tie status", TieStatus),
        }
        return list(self._dicts(sql_text("states"), values))

    def happenings(
        self,
        *,
        from_: str | None = None,
        until: str | None = None,
        type: Sequence[str] | str | None = None,
        party: Sequence[str] | str | None = None,
        status: Sequence[str] | str | None = None,
        place: Sequence[str] | str | None = None,
        differing: bool = False,
        outlets: int = 1,
        limit: int | None = None,
    ) -> Rows[StoredHappening]:
        """Occurrences, newest first, each with what its reports say of it.

        `from_`, `until`: half-open ISO days that it reaches into; one that nobody dates goes by its first report.
        `party`: ISO3 or entity codes that must all take part. `differing`: only those of which reports cannot all be
        right. `outlets`: at least so many tell of it. The others as for `events`.
        """
        where = _Where([])
        where.happened(from_, until)
        where.words('"type"', _checked(type, "event type", self._types()))
        where.words("status", _checked(status, "event status", Status))
        where.parties(_several(party))
        where.place(place)
        if differing:
            where.conditions.append("len(differing) > 0")
        if outlets > 1:
            where.conditions.append(f"outlets >= {int(outlets)}")
        return Rows(self._happenings(where, limit))

    def _happenings(self, where: _Where, limit: int | None) -> Iterator[StoredHappening]:
        order = '"day" DESC NULLS LAST, id'
        found = self._dicts(sql_text("happenings") + where.sql(order, limit), where.values)
        while part := list(itertools.islice(found, _HAPPENINGS)):
            ids = {"ids": [row["id"] for row in part]}
            told: dict[str, list[Row]] = {}
            for row in self._dicts(sql_text("happening_values"), ids):
                told.setdefault(row["happening"], []).append(row)
            members = dict(self._lists(_MEMBERS, ids))
            for row in part:
                whole = {**row, "values": told[row["id"]], "members": members[row["id"]]}
                about = {"day": row["day"]}
                yield StoredHappening(*values(Happening, whole), **about)

    @property
    def id(self) -> str:
        """Tells this record from all others, whatever file it is in."""
        return _meta(self._cursor())["id"]

    def counts(self) -> dict[str, int]:
        """How many reports, stories (copies of one text count once), outlets, events, happenings, statements and ties."""
        [row] = self._dicts("FROM counts")
        return row

    def get(self, id: str) -> StoredEvent | StoredStatement | StoredTie | StoredHappening | None:
        """The event, statement, happening or tie (as it stands today) of this id, or of an id it once had; else `None`."""
        kind, _, _ = id.partition("-")
        if kind == "t":
            return self._tie(id)
        if kind == "h":
            where = _Where(["id IN (SELECT happening FROM base.happening_events WHERE $id IN (happening, alias))"])
            where.values["id"] = id
            return next(self._happenings(where, 1), None)
        order = " WHERE id = $id ORDER BY superseded_by IS NULL DESC, latest DESC, coding DESC LIMIT 1"
        if kind == "e":
            return next(map(_stored_event, self._dicts(sql_text("events") + order, {"id": id})), None)
        return next(map(_stored_statement, self._dicts(sql_text("statements") + order, {"id": id})), None)

    def articles(self, *, superseded: bool = False) -> list[Article]:
        """The reports, in the order they came; with `superseded`, older versions too."""
        return list(self.each_article(superseded=superseded))

    def each_article(self, *, superseded: bool = False) -> Iterator[Article]:
        """The same, never all of them in memory. Reports that are stored but not coded, as those in a language that is
        not read, are among them."""
        return map(_article, self._dicts(_ARTICLES + ("" if superseded else _CURRENT) + " ORDER BY a.seq"))

    def article(self, id: str) -> Article | None:
        """The report of this id, superseded or not."""
        rows = list(self._dicts(_ARTICLES + " WHERE a.id = $id", {"id": id}))
        return _article(rows[0]) if rows else None

    def report(self, article: str, version: str | None = None) -> CodedReport | None:
        """All that was read out of one article, by its latest coding or that of a coder version."""
        sql = "SELECT coding, c.* FROM base.codings AS c JOIN base.runs USING (run) WHERE article = $article AND "
        sql += "latest" if version is None else "version = $version"
        values = {"article": article} | ({} if version is None else {"version": version})
        codings = list(self._dicts(sql + " ORDER BY coding DESC LIMIT 1", values))
        found = self.article(article)
        if not codings or found is None:
            return None
        claims = tuple(self._coded(Claim, codings[0]["coding"]))
        return CodedReport(
            article=_article_with(found, codings[0]["anchor"]),
            events=tuple(self._coded(Event, codings[0]["coding"])),
            statements=tuple(self._coded(Statement, codings[0]["coding"])),
            claims=claims,
            ties=tuple(ties.resolve(claims, book=self._rules)),
            actors=tuple(from_row(Actor, a) for a in codings[0]["actors"]),
            places=tuple(from_row(Place, p) for p in codings[0]["places"]),
            times=tuple(from_row(When, t) for t in codings[0]["times"]),
        )

    def problems(self) -> list[Problem]:
        """What could not be read or coded, and why, in the order it was met."""
        return [Problem(*row) for row in self._lists("SELECT source, station, reason, article FROM problems")]

    def runs(self) -> list[str]:
        """The coder versions that reports of this record were coded by, the first one first."""
        return [version for (version,) in self._lists("SELECT version FROM base.runs ORDER BY run")]

    def codes(self) -> dict[str, list[str]]:
        """Every code that actors of events and parties of ties go by -> the names it has."""
        return dict(self._lists(_CODES))

    def sql(self, query: str, params: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyRelation:
        """A DuckDB relation over the views (and `base`): `.pl()`, `.df()`, `.arrow()`, `.fetchall()` give the rows.

        It lives as long as the record is open.
        """
        return self._cursor().sql(query, params=dict(params) if params else None)

    def __repr__(self) -> str:
        return f"<Record {self.path}: {', '.join(f'{n:,} {name}' for name, n in self._counts().items())}>"

    def _repr_html_(self) -> str:
        cells = "".join(f"<tr><td>{name}</td><td>{n:,}</td></tr>" for name, n in self._counts().items())
        return f"<p><b>{html.escape(str(self.path))}</b></p><table>{cells}</table>"

    def _counts(self) -> dict[str, int]:
        names = ("articles", "events", "statements", "ties", "problems")
        return {name: int(self._lists(f"SELECT count(*) FROM {name}")[0][0]) for name in names}

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._con.cursor()
        cursor.execute("USE record").fetchall()
        return cursor

    def _lists(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return fetch(self._cursor(), sql, params or {})

    def _dicts(self, sql: str, params: Mapping[str, Any] | None = None) -> Iterator[Row]:
        for batch in self.sql(sql, params).to_arrow_reader(_ROWS):
            yield from batch.to_pylist()

    def _coded(self, kind: type[R], coding: int) -> Iterator[R]:
        sql = f'SELECT * FROM base.{_TABLES[kind]} WHERE coding = $coding ORDER BY "position"'
        return (from_row(kind, row) for row in self._dicts(sql, {"coding": coding}))

    def _counted(self, known_by: str | None = None) -> list[Claim]:
        """The claims that count; kept, because the same day is asked of again and again."""
        if known_by not in self._claims:
            rows = self._dicts(sql_text("claims"), {"known_by": known_by})
            self._claims = {**dict(list(self._claims.items())[-7:]), known_by: [from_row(Claim, r) for r in rows]}
        return self._claims[known_by]

    def _resolved(self, at: str, known_by: str | None, codes: Sequence[str] = ()) -> list[StoredTie]:
        """The ties as of a day; with `codes`, those that may have all of these parties. The claims of each are grouped
        already, but where some of them were not known yet."""
        if known_by is not None:
            stories = dict(self._lists("SELECT article, story FROM base.stories"))
            claims = self._counted(known_by)
            found = ties.resolutions(claims, at=at, known_by=known_by, stories=stories, book=self._rules)
            return [_stored_tie(r) for r in found]
        groups: dict[str, list[Claim]] = {}
        for row in self._dicts(sql_text("tie_claims"), {"codes": sorted(codes)}):
            groups.setdefault(row["tie"], []).append(from_row(Claim, row))
        return self._standing(groups.values(), at)

    def _standing(self, groups: Iterable[list[Claim]], at: str) -> list[StoredTie]:
        ordered = [sorted(group, key=ties.age) for group in groups]
        articles = sorted({claim.article for group in ordered for claim in group})
        sql = "SELECT article, story FROM base.stories WHERE list_contains($articles, article)"
        stories = dict(self._lists(sql, {"articles": articles}))
        return [_stored_tie(r) for r in ties.resolved(ordered, at=at, stories=stories, book=self._rules)]

    def _tie(self, id: str) -> StoredTie | None:
        alias = self._lists("SELECT id FROM base.aliases WHERE alias = $id", {"id": id})
        wanted = alias[0][0] if alias else id
        sql = f"SELECT * FROM ({sql_text('tie_claims')}) WHERE tie = $id"
        claims = [from_row(Claim, row) for row in self._dicts(sql, {"id": wanted, "codes": []})]
        return next(iter(self._standing([claims], date.today().isoformat())), None) if claims else None


# The writer's side


class _Work:
    """The writer's lock and its private copy of the record, in a folder beside it that goes when the writer ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.with_name(f"{path.name}.writing")
        self.file = self.folder / "work.duckdb"
        self.attached = False
        self._lock = self._acquire()

    def _acquire(self) -> int:
        """The lock's file descriptor. It falls with the process, whatever ends that."""
        lock = self.folder / "lock"
        while True:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise RecordError(f"{self.path}: cannot be written there ({error.strerror})") from error
            try:
                handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
            except FileNotFoundError:  # the folder went in between: a writer has just ended
                continue
            except OSError as error:
                raise RecordError(f"{self.path}: cannot be written there ({error.strerror})") from error
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_ino == lock.stat().st_ino:
                    os.truncate(handle, 0)
                    os.write(handle, str(os.getpid()).encode())
                    return handle
            except BlockingIOError:
                pid = os.read(handle, 32).decode() or "unknown"
                os.close(handle)
                raise RecordError(
                    f"{self.path}: process {pid} is writing to it, and one may write at a time; "
                    "wait until it is done, or stop it. Reading is always possible"
                ) from None
            except FileNotFoundError:
                pass
            os.close(handle)

    def release(self) -> None:
        (self.folder / "lock").unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # not empty: the work of a run that could not be published
            self.folder.rmdir()
        os.close(self._lock)

    def recover(self) -> bool:
        """Puts in order what an earlier writer left. Whether it committed more than it published."""
        for part in self.folder.glob("*.part"):
            part.unlink()
        if not self.path.exists():
            self.discard()
            self._make()
        if not self.file.exists():
            return False
        try:
            left, shown = _batch_of(self.attach()), _batch_of(_attach_read_only(self.path, older=True))
        except (duckdb.Error, RecordError) as error:
            raise RecordError(
                f"{self.file}: left by a run that was stopped, and cannot be read ({error}); "
                "remove that folder to go on from what was published"
            ) from error
        # Of another record, or already published: nothing in it is missing there.
        self.attached = False
        if left[0] != shown[0] or left[1] <= shown[1]:
            self.discard()
            return False
        return True

    def _make(self) -> None:
        """A record without reports."""
        part = self.folder / "empty.part"
        con = duckdb.connect(":memory:", config=_CONFIG)
        try:
            con.execute(f"ATTACH '{_quoted(part)}' AS record (STORAGE_VERSION '{_STORAGE}')").fetchall()
            con.execute("USE record").fetchall()
            for name in ("schema", "derived", "views"):
                con.execute(sql_text(name)).fetchall()
            meta = {
                "format": str(FORMAT),
                "id": str(uuid.uuid4()),
                "batch": "0",
                "made_by": __version__,
            }
            con.executemany("INSERT INTO base.meta VALUES (?, ?)", [list(item) for item in meta.items()])
            _finish(con)
        except duckdb.Error as error:
            raise RecordError(f"{self.path}: cannot be made ({error})") from error
        _point("empty record made")
        _swap(part, self.path)

    def attach(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(":memory:", config=_CONFIG)
        con.execute(f"ATTACH '{_quoted(self.file)}' AS record (STORAGE_VERSION '{_STORAGE}')").fetchall()
        con.execute("USE record").fetchall()
        # A record of an earlier release gets the tables and views of this one.
        _upgrade(con)
        self.attached = True
        return con

    def copy(self) -> None:
        part = self.folder / "work.part"
        _copy(self.path, part)
        part.replace(self.file)
        _point("work copied")

    def publish(self) -> None:
        """Puts a copy of the checkpointed work in the place of the record."""
        part = self.folder / "snapshot.part"
        try:
            _copy(self.file, part)
            _point("snapshot copied")
            _swap(part, self.path)
        except OSError as error:
            raise RecordError(f"{self.path}: cannot be published ({error}); what was added is kept") from error
        _point("snapshot swapped")

    def move(self) -> None:
        """Puts the closed work itself in the place of the record: no copy at the end of a run."""
        _point("work closed")
        _swap(self.file, self.path)
        _point("work moved")

    def discard(self) -> None:
        self.attached = False
        for name in (self.file, self.file.with_name(f"{self.file.name}.wal")):
            name.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copies a file, by reference where the file system can."""
    with source.open("rb") as ours, target.open("wb") as theirs:
        left = os.fstat(ours.fileno()).st_size
        try:
            while left and (n := os.copy_file_range(ours.fileno(), theirs.fileno(), left)):
                left -= n
        except (AttributeError, OSError):
            left = -1
        if left:
            ours.seek(0)
            theirs.seek(0)
            shutil.copyfileobj(ours, theirs, 1 << 22)


def _swap(new: Path, path: Path) -> None:
    """Puts a complete file in the place of another, so that whoever opens it gets the one or the other, whole."""
    if path.exists():
        shutil.copymode(path, new)
    _sync(new)
    new.replace(path)
    # Left by another program that died while it had the old file open as if to write; it says nothing of the new one.
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _finish(con: duckdb.DuckDBPyConnection) -> None:
    """Writes everything to the file itself and lets go of it."""
    con.execute("CHECKPOINT record").fetchall()
    con.execute("USE memory").fetchall()
    con.execute("DETACH record").fetchall()
    con.close()


def _write_anew(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Writes what there is to a file of its own, without the space that removed rows leave, and puts it in the place."""
    part = file.with_name("anew.part")
    con.execute(f"ATTACH '{_quoted(part)}' AS anew (STORAGE_VERSION '{_STORAGE}')").fetchall()
    con.execute("COPY FROM DATABASE record TO anew").fetchall()
    con.execute("CHECKPOINT anew").fetchall()
    con.execute("USE memory").fetchall()
    con.execute("DETACH anew").fetchall()
    con.execute("DETACH record").fetchall()
    con.close()
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    part.replace(file)


# Reading files


def _attach_read_only(path: Path, older: bool = False) -> duckdb.DuckDBPyConnection:
    """The published file under the name `record`, without keeping anybody else from it. `older`: of an earlier release
    too, as for writers, who bring it up to date.

    Each connection is a database of its own: within one process DuckDB would hand out the file it has open under
    that name, however old.
    """
    con = duckdb.connect(":memory:", config=_CONFIG)
    try:
        try:
            con.execute(f"ATTACH '{_quoted(path)}' AS record (READ_ONLY)").fetchall()
            _let_go(path)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            _attach_copy(con, path)
        con.execute("USE record").fetchall()
        _check(con, path, older)
    except duckdb.Error as error:
        con.close()
        raise RecordError(f"{path}: is no record that can be read ({error})") from error
    except RecordError:
        con.close()
        raise
    return con


def _let_go(path: Path) -> None:
    """Gives up DuckDB's lock: closing any descriptor of a file frees the locks its process has there. Published files
    do not change, so that it protects nothing, and would keep a user's own DuckDB out."""
    os.close(os.open(path, os.O_RDONLY))


def _attach_copy(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Some other program has the record open as if to write: read from a copy, whose name is gone at once."""
    with tempfile.TemporaryDirectory(prefix="communique-") as folder:
        copy = Path(folder) / "record.duckdb"
        _copy(path, copy)
        con.execute(f"ATTACH '{_quoted(copy)}' AS record (READ_ONLY)").fetchall()


def _check(con: duckdb.DuckDBPyConnection, path: Path, older: bool) -> None:
    tables = {name for (name,) in fetch(con, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'base'", {})}
    if "meta" not in tables:
        raise RecordError(f"{path}: a DuckDB file, but no record of communique")
    made = int(_meta(con)["format"])
    if made > FORMAT:
        raise RecordError(f"{path}: made by a newer communique (format {made}, this one reads {FORMAT}); upgrade")
    if made < FORMAT and not older:
        raise RecordError(f"{path}: made by an earlier communique; `communique rebuild {path}` brings it up to date")


def _meta(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(fetch(con, "SELECT key, value FROM base.meta", {}))


def _own_rules(book: Codebook) -> str | None:
    """What lies over our rules, as the record keeps it."""
    files = [{name: layer.text(name) for name in RULES if name in layer.files} for layer in book.layers[1:]]
    return json.dumps([texts for texts in files if texts]) if any(files) else None


def _upgrade(con: duckdb.DuckDBPyConnection) -> None:
    """Brings the tables of a record of an earlier release up to this one's. What is derived is made anew next."""
    if int(_meta(con)["format"]) < FORMAT:
        con.execute("ALTER TABLE base.articles DROP COLUMN IF EXISTS shingles").fetchall()
        for name in ("ties", "tie_claims", "stories", "aliases"):
            con.execute(f"DROP TABLE IF EXISTS base.{name} CASCADE").fetchall()
        con.execute("UPDATE base.meta SET value = ? WHERE key = 'format'", [str(FORMAT)]).fetchall()
    for name in ("derived", "views"):
        con.execute(sql_text(name)).fetchall()


def _batch_of(con: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Which record this is, and how many batches it has."""
    try:
        meta = _meta(con)
        return meta["id"], int(meta["batch"])
    finally:
        con.close()


def _identity(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise RecordError(f"{path}: the record is gone") from None
    return (found.st_dev, found.st_ino, found.st_mtime_ns)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@contextlib.contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """All or nothing."""
    cursor = con.cursor()
    cursor.execute("USE record").fetchall()
    cursor.execute("BEGIN").fetchall()
    try:
        yield cursor
        cursor.execute("COMMIT").fetchall()
    except BaseException:
        with contextlib.suppress(duckdb.Error):
            cursor.execute("ROLLBACK").fetchall()
        raise
    finally:
        cursor.close()


# What is stored


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is to be stored: coded reports with the digests of their codings, problems, and the reports among these that
    are stored without a coding."""

    reports: list[tuple[CodedReport, str]]
    problems: list[Problem]
    uncoded: list[Article]


_CODED = [pa.field("coding", pa.int64()), pa.field("article", pa.string()), pa.field("position", pa.int64())]
_TABLES: dict[type, str] = {Event: "events", Statement: "statements", Claim: "claims"}
_SCHEMAS = {kind: pa.schema(_CODED + [f for f in arrow_fields(kind) if f.name != "article"]) for kind in _TABLES}
_ARTICLE_SCHEMA = pa.schema([pa.field("seq", pa.int64()), *(f for f in arrow_fields(Article) if f.name != "anchor")])
_CODING_SCHEMA = pa.schema(
    [
        pa.field("coding", pa.int64()),
        pa.field("article", pa.string()),
        pa.field("run", pa.int64()),
        pa.field("latest", pa.bool_()),
        pa.field("digest", pa.string()),
        pa.field("anchor", arrow_type(Anchor)),
        *(f for f in arrow_fields(CodedReport) if f.name in ("actors", "places", "times")),
    ]
)
# What the record keeps of a problem.
_PROBLEM_COLUMNS = ("source", "station", "reason", "article")
_PROBLEM_SCHEMA = pa.schema([pa.field("seq", pa.int64()), *(pa.field(name, pa.string()) for name in _PROBLEM_COLUMNS)])

_PROBLEMS = "SELECT source, station, reason, article FROM base.problems WHERE list_contains($sources, source)"
_ARTICLES = "SELECT a.*, c.anchor FROM base.articles AS a LEFT JOIN base.codings AS c ON c.article = a.id AND c.latest"
# Tables that hold what came from a report, and the column that names it.
_OF_ARTICLE = {
    **dict.fromkeys(("codings", "events", "statements", "claims", "problems", "corrections"), "article"),
    "articles": "id",
}
_CURRENT = " WHERE a.superseded_by IS NULL"
_MEMBERS = """
    SELECT m.happening, list(m."event" ORDER BY coalesce(a.published, '9999'), m."event")
    FROM base.happening_events AS m JOIN base.articles AS a ON a.id = m.article
    WHERE list_contains($ids, m.happening) GROUP BY m.happening
"""
_CODES = """
    SELECT code, list(DISTINCT name ORDER BY name)
    FROM (
        SELECT unnest([x.entity, x.country]) AS code, coalesce(x.name, x.text) AS name
        FROM (
            SELECT unnest(actors || recipients) AS x FROM base.events
            UNION ALL SELECT unnest(parties) FROM (SELECT party_spans AS parties FROM ties)
        )
    )
    WHERE code IS NOT NULL GROUP BY code ORDER BY code
"""


def _run(cursor: duckdb.DuckDBPyConnection, version: str) -> int:
    """The number of a coder version; a new one gets the next."""
    known = fetch(cursor, "SELECT run FROM base.runs WHERE version = ?", [version])
    if known:
        return int(known[0][0])
    number = next_number(cursor, "runs", "run")
    cursor.execute("INSERT INTO base.runs VALUES (?, ?)", [number, version]).fetchall()
    return number


def _article_rows(batch: _Batch, known: set[str], first: int) -> Iterator[Row]:
    new = {r.article.id: r.article for r, _ in reversed(batch.reports) if r.article.id not in known}
    uncoded = [article for article in batch.uncoded if article.id not in new]
    for seq, article in enumerate([*reversed(new.values()), *uncoded], first):
        row = to_row(article)
        del row["anchor"]
        yield {"seq": seq, **row}


def _add_codings(cursor: duckdb.DuckDBPyConnection, batch: _Batch, run: int) -> None:
    ids = [report.article.id for report, _ in batch.reports]
    cursor.execute("UPDATE base.codings SET latest = FALSE WHERE latest AND list_contains(?, article)", [ids])
    first = next_number(cursor, "codings", "coding")
    last = {report.article.id: first + i for i, (report, _) in enumerate(batch.reports)}
    codings: list[Row] = []
    parts: dict[type, list[Row]] = {Event: [], Statement: [], Claim: []}
    for coding, (report, digest) in enumerate(batch.reports, first):
        key = {"coding": coding, "article": report.article.id}
        latest = last[report.article.id] == coding
        about = {name: to_cell(getattr(report, name)) for name in ("actors", "places", "times")}
        codings.append(
            {**key, "run": run, "latest": latest, "digest": digest, "anchor": to_cell(report.article.anchor), **about}
        )
        for kind, items in ((Event, report.events), (Statement, report.statements), (Claim, report.claims)):
            parts[kind] += [{**to_row(item), **key, "position": i} for i, item in enumerate(items)]
    add_rows(cursor, "codings", _CODING_SCHEMA, codings)
    for part, rows in parts.items():
        add_rows(cursor, _TABLES[part], _SCHEMAS[part], rows)


def _add_problems(cursor: duckdb.DuckDBPyConnection, problems: Iterable[Problem]) -> None:
    first = next_number(cursor, "problems", "seq")
    rows = ({"seq": seq, **{n: getattr(p, n) for n in _PROBLEM_COLUMNS}} for seq, p in enumerate(problems, first))
    add_rows(cursor, "problems", _PROBLEM_SCHEMA, rows)


def _digest(report: CodedReport) -> str:
    """Tells one coding of an article from another. What is derived from the rest (ties) does not count."""
    parts = (report.article.anchor, report.events, report.statements, report.claims)
    about = (report.actors, report.places, report.times)
    return hashlib.sha256(repr((parts, about)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _plain_problem(problem: Problem) -> Problem:
    return Problem(*(to_cell(getattr(problem, name)) for name in _PROBLEM_COLUMNS))


def _unstorable(report: CodedReport) -> Problem | None:
    article = report.article
    count = sum(len(SURROGATE.findall(part)) for part in (article.title or "", article.text))
    if not count:
        return None
    name = article.given_id or article.url or article.title or article.id
    reason = f"{count} lone surrogates, which UTF-8 does not have, are stored as U+FFFD; the rest is as given"
    return Problem(source=name, station="store", reason=reason, article=article.id)


def _article(row: Row) -> Article:
    return from_row(Article, row)


def _article_with(article: Article, anchor: Row | None) -> Article:
    return replace(article, anchor=None if anchor is None else from_row(Anchor, anchor))


def _outdated(row: Row) -> str | None:
    if row["superseded_by"] is not None:
        return f"its report {row['article']} was superseded by {row['superseded_by']}"
    return None if row["latest"] else f"its report was coded again since; this is the coding of {row['version']}"


def _origin(row: Row) -> Row:
    return {**{name: row[name] for name in ("article", "outlet", "published", "url")}, "outdated": _outdated(row)}


def _stored_event(row: Row) -> StoredEvent:
    about = {**_origin(row), "day": row["day"], "day_source": row["day_source"]}
    return StoredEvent(*values(Event, row), **about)


def _stored_statement(row: Row) -> StoredStatement:
    return StoredStatement(*values(Statement, row), **_origin(row))


def _stored_tie(found: ties.Resolution) -> StoredTie:
    return StoredTie(
        **{f.name: getattr(found.tie, f.name) for f in fields(Tie)},
        party_articles=found.party_articles,
        place_article=found.place_article,
        voice_article=found.voice_article,
        claims=tuple(claim.id for claim in found.claims),
    )


# Filters


def _several(values: Sequence[str] | str | None) -> list[str]:
    return [values] if isinstance(values, str) else list(values or ())


def _checked(values: Sequence[str] | str | None, what: str, known: Iterable[Any]) -> list[str]:
    """The values as we write them; `CallError` names those there are."""
    allowed = {str(k).casefold(): str(k) for k in known}
    found = _several(values)
    for value in found:
        if value.casefold() not in allowed:
            raise CallError(f"{value!r} is no {what}; there are {', '.join(allowed.values())}")
    return [allowed[value.casefold()] for value in found]


def _is(code: str, actor: Actor) -> bool:
    return code in ((actor.entity or "").casefold(), (actor.country or "").casefold())


class _Where:
    """Conditions of a query for what counts, and the values they speak of."""

    def __init__(self, conditions: Iterable[str] = ("latest", "superseded_by IS NULL")) -> None:
        self.conditions = list(conditions)
        self.values: dict[str, Any] = {}

    def _value(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def dates(self, from_: str | None, until: str | None) -> None:
        """Times that reach into a half-open interval; an end that is not stated is open."""
        if from_:
            day = self._value(_iso(from_))
            self.conditions.append(
                f'CASE WHEN dated THEN coalesce("when"."until" > {day}, TRUE) ELSE reported >= {day} END'
            )
        if until:
            day = self._value(_iso(until))
            self.conditions.append(
                f'CASE WHEN dated THEN coalesce("when"."from" < {day}, TRUE) ELSE reported < {day} END'
            )

    def happened(self, from_: str | None, until: str | None) -> None:
        """Happenings that reach into a half-open interval."""
        if from_:
            day = self._value(_iso(from_))
            self.conditions.append(
                f'CASE WHEN "from" IS NULL THEN "day" >= {day} ELSE coalesce("until" > {day}, TRUE) END'
            )
        if until:
            self.conditions.append(f'"day" < {self._value(_iso(until))}')

    def parties(self, codes: Sequence[str]) -> None:
        """Happenings that all of these take part in."""
        for code in codes:
            lists = "list_transform(actors || recipients, lambda x: lower(x))"
            self.conditions.append(f"list_contains({lists}, {self._value(code.lower())})")

    def words(self, column: str, values: Sequence[str]) -> None:
        if values:
            self.conditions.append(f"list_contains({self._value(list(values))}, {column})")

    def score(self, least: float | None) -> None:
        if least is None:
            return
        if not 0 <= least <= 1:
            raise CallError(f"a score is between 0 and 1, not {least:g}")
        self.conditions.append(f"score >= {self._value(least)}")

    def codes(self, column: str, values: Sequence[str] | str | None) -> None:
        if wanted := self._folded(values):
            self.conditions.append(self._named(column, wanted))

    def place(self, values: Sequence[str] | str | None) -> None:
        if wanted := self._folded(values):
            ways = ["lower(place.name)", "lower(place.text)", "lower(place.country)", "place.geonames_id::VARCHAR"]
            self.conditions.append(f"list_has_any({wanted}, [{', '.join(ways)}])")

    def voice(self, values: Sequence[str] | str | None) -> None:
        if wanted := self._folded(values):
            speakers = self._named("voice.sources || voice.via", wanted, "lower(x.name)")
            self.conditions.append(f"(list_contains({wanted}, voice.kind) OR {speakers})")

    def _folded(self, values: Sequence[str] | str | None) -> str | None:
        found = [value.lower() for value in _several(values)]
        return self._value(found) if found else None

    def _named(self, column: str, wanted: str, *more: str) -> str:
        ways = ", ".join(["lower(x.entity)", "lower(x.country)", *more])
        return f"len([x FOR x IN {column} IF list_has_any({wanted}, [{ways}])]) > 0"

    def sql(self, order: str, limit: int | None) -> str:
        found = f" WHERE {' AND '.join(self.conditions or ['TRUE'])} ORDER BY {order}"
        return found if limit is None else f"{found} LIMIT {int(limit)}"


def _iso(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise CallError(f"{day!r} is no date; write it as YYYY-MM-DD") from None


# Showing rows in notebooks

_SHOWN_ROWS = 100


def _html_table(rows: Sequence[Stored]) -> str:
    shown = [_cells(row) for row in rows[:_SHOWN_ROWS]]
    if not shown:
        return "<p>no rows</p>"
    head = "".join(f"<th>{html.escape(name)}</th>" for name in shown[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells.values()) + "</tr>" for cells in shown
    )
    more = f"<p>{len(rows):,} rows, the first {len(shown)} shown</p>" if len(rows) > len(shown) else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cells(row: Stored) -> dict[str, str]:
    if isinstance(row, StoredEvent):
        cells = {
            "day": row.day,
            "type": row.type,
            "status": row.status,
            "actors": _names(row.actors),
            "recipients": _names(row.recipients),
            "quote": row.sentence.text,
            "article": row.article,
        }
    elif isinstance(row, StoredTie):
        cells = {"kind": row.kind, "name": row.name, "parties": _names(row.parties), "status": row.status}
        cells |= {"since": row.since, "quote": row.evidence[-1].text if row.evidence else None}
    elif isinstance(row, StoredHappening):
        cells = {"day": row.day, "type": row.type, "status": row.status, "actors": ", ".join(row.actors)}
        cells |= {"recipients": ", ".join(row.recipients), "reports": str(row.reports), "outlets": str(row.outlets)}
        cells |= {"differing": ", ".join(row.differing)}
    else:
        cells = {"sources": _names(row.sources), "form": row.form, "status": row.status}
        cells |= {"quote": " … ".join(span.text for span in row.content), "article": row.article}
    return {name: value or "" for name, value in {**cells, "id": row.id}.items()}


def _names(actors: Iterable[Actor]) -> str:
    return ", ".join(a.entity or a.country or a.name or a.text for a in actors)
