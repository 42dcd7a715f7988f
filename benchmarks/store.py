"""The record: adding coded reports, publishing them, deriving ties, and asking.

The coded reports are those of `samples/`, over and over, with other states, days and words in each copy; they are made
before anything is measured. They are added in batches of 200 reports, as `communique code` does. Publishing derives
stories, ties and aliases anew from all rows and puts the file in its place; deriving the ties is shown by itself too. The
baseline of writing: DuckDB makes tables of the same rows from Parquet files. Those of asking: DuckDB gives the same rows
from these tables, without making records of them. The shortest of several rounds for what is asked.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import duckdb
from bench import Cell, Table, best, main, seconds

from communique import ties
from communique.coding import Coder
from communique.model import Article, CodedReport, Reason, Span, make_id
from communique.run import BATCH
from communique.store import Record
from reports import SAMPLES

SIZES = (1_000, 10_000, 50_000)
QUICK = (200,)
ROUNDS = 3
TABLES = ("articles", "codings", "events", "statements", "claims")
STATES = (
    "ARM AUS BOL CAN CHL CHN EGY FIN FRA DEU GHA GRC HUN IND IDN IRN JPN KEN LTU MNG MAR NOR PER POL RUS SRB SWE TWN TUR "
    "UKR VNM GBR USA PHL KOR SAU BEL NZL SLB BRA ZAF ETH ARE NLD ITA ESP PRT CUB MEX COL"
).split()
ACTOR, DAY = "JPN", "2023-07-01"
ACTOR_SQL = f"""
    SELECT * FROM events
    WHERE len([x FOR x IN actors IF '{ACTOR}' IN (x.entity, x.country)]) > 0
    ORDER BY "when"."from" DESC, id LIMIT 100
"""


class Copy:
    """A coded report anew, for other states at other times: ids, codes, days and words differ, all else is the same."""

    def __init__(self, report: CodedReport, number: int) -> None:
        rng = random.Random(number)
        self._number = number
        self._states = dict(zip(STATES, rng.sample(STATES, len(STATES)), strict=True))
        self._years = rng.randrange(-8, 1)
        self._text = _shuffled(report.article.text, rng)
        old = report.article
        published = old.published and self._day(old.published)
        self._article = Article.make(
            self._text, given_id=f"copy-{number}", title=old.title, outlet=old.outlet, published=published
        )
        made = {f.name: self._varied(getattr(report, f.name)) for f in fields(report) if f.name != "article"}
        self.report = replace(report, article=self._article, **made)

    def _varied(self, value: Any, name: str = "") -> Any:
        if value is None or isinstance(value, Reason):
            return value
        if isinstance(value, tuple):
            return tuple(self._varied(item, name) for item in value)
        if hasattr(value, "__dataclass_fields__"):
            made = {f.name: self._varied(getattr(value, f.name), f.name) for f in fields(value)}
            if isinstance(value, Span):
                made["text"] = self._text[value.start : value.end]
            return type(value)(**made)
        if name in ("id", "event"):
            return make_id(value[0], value, self._number)
        if name == "article":
            return self._article.id
        if name in ("country", "entity"):
            return self._states.get(value, value)
        return self._day(value) if name in ("from_", "until", "since", "published") else value

    def _day(self, day: str) -> str:
        return f"{int(day[:4]) + self._years}{day[4:]}".replace("-02-29", "-02-28")


def _shuffled(text: str, rng: random.Random) -> str:
    """The words of a text in another order, each in the place of one of its length, so that every offset holds."""
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for found in re.finditer(r"\w+", text):
        places[len(found[0])].append(found.span())
    letters = list(text)
    for spans in places.values():
        for (start, end), (first, last) in zip(spans, rng.sample(spans, len(spans)), strict=True):
            letters[start:end] = text[first:last]
    return "".join(letters)


def coded() -> list[CodedReport]:
    """The sample reports as the coder reads them."""
    coder = Coder(kind="fast")
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]
    return [coder.code(r["text"], title=r["title"], outlet=r["outlet"], published=r["published"][:10]) for r in rows]


def batches(samples: list[CodedReport], events: int) -> Iterator[list[CodedReport]]:
    """Batches of copies with so many events in all."""
    number = 0
    while events > 0:
        batch: list[CodedReport] = []
        while events > 0 and len(batch) < BATCH:
            batch.append(Copy(samples[number % len(samples)], number).report)
            events -= len(batch[-1].events)
            number += 1
        yield batch


def fill(database: Path, folder: Path) -> None:
    """The baseline: the Parquet files of a folder as tables."""
    with duckdb.connect(str(database)) as con:
        for table in TABLES:
            con.execute(f"CREATE TABLE {table} AS FROM '{folder / table}.parquet'").fetchall()


def rows_of(samples: list[CodedReport], events: int, folder: Path, rounds: int) -> list[tuple[Cell, ...]]:
    made = list(batches(samples, events))
    path, plain = folder / "record.duckdb", folder / "plain.duckdb"
    with Record.open(path, write=True, publish_every=float("inf")) as record:
        adding = seconds(lambda: [record.add(batch) for batch in made])
        publishing = seconds(record.publish)
        for table in TABLES:
            record.sql(f"SELECT * FROM base.{table}").write_parquet(f"{folder / table}.parquet")
    claims = [claim for batch in made for report in batch for claim in report.claims]
    deriving = seconds(lambda: ties.resolutions(claims))
    filling = seconds(lambda: fill(plain, folder))
    with Record.open(path) as record, duckdb.connect(str(plain)) as con:
        rows = sum(con.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES)
        record.sql("SELECT * FROM base.ties").write_parquet(f"{folder / 'ties'}.parquet")
        con.execute(f"CREATE TABLE ties AS FROM '{folder / 'ties'}.parquet'").fetchall()
        asked = len(record.events(actor=ACTOR, limit=100))
        bare_events = best(lambda: con.sql(ACTOR_SQL).fetchall(), rounds)
        our_events = best(lambda: record.events(actor=ACTOR, limit=100), rounds)
        bare_ties = best(lambda: con.sql("SELECT * FROM ties").fetchall(), rounds)
        our_ties = best(lambda: record.ties(at=DAY), rounds)
    return [
        (events, "tables from Parquet (baseline)", filling, rows / filling, 1.0),
        (events, "added", adding, rows / adding, adding / filling),
        (events, "published", publishing, rows / publishing, publishing / filling),
        (events, "ties derived", deriving, len(claims) / deriving, deriving / filling),
        (events, "newest 100 events of a state, by SQL (baseline)", bare_events, asked / bare_events, 1.0),
        (events, "newest 100 events of a state", our_events, asked / our_events, our_events / bare_events),
        (events, "all stored ties, by SQL (baseline)", bare_ties, None, 1.0),
        (events, "ties as of a day, derived for it", our_ties, len(claims) / our_ties, our_ties / bare_ties),
    ]


def measure(quick: bool) -> Table:
    samples = coded()
    rows: list[tuple[Cell, ...]] = []
    for events in QUICK if quick else SIZES:
        with tempfile.TemporaryDirectory() as name:
            rows += rows_of(samples, events, Path(name), 1 if quick else ROUNDS)
    return Table(
        ("events", "step", "seconds", "rows/s", "of the baseline's"),
        rows,
        (
            f"Rows are those of {', '.join(TABLES[:-1])} and {TABLES[-1]}; where ties are derived, the claims they are "
            "derived from.",
        ),
    )


if __name__ == "__main__":
    main(measure, __doc__)
