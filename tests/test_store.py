"""The record: nothing lost, nothing twice, and always whole, whoever dies or reads meanwhile."""

from __future__ import annotations

import os
import pickle
import random
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communique import store, ties, write
from communique.errors import CallError, RecordError
from communique.model import (
    Actor,
    Anchor,
    Article,
    Claim,
    CodedReport,
    Event,
    Form,
    Party,
    Place,
    Problem,
    Reason,
    Span,
    Statement,
    Status,
    TieStatus,
    Voice,
    When,
    make_id,
    to_json,
)
from communique.store import POINTS, Record

ROOT = Path(__file__).parents[1]
VIEWS = ("articles", "events", "statements", "ties", "problems", "corrections")

# Reports made by hand, so that the record is tested without a coder.


def span(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part), part)


def actor(text: str, part: str, code: str) -> Actor:
    return Actor(*tuple_of(span(text, part)), name=part, country=code, sector="GOV", entity=code)


def tuple_of(found: Span) -> tuple[int, int, str]:
    return (found.start, found.end, found.text)


def report(
    number: int = 1,
    *,
    text: str | None = None,
    published: str | None = "2024-03-05",
    outlet: str | None = "The Fjord",
    when: tuple[str | None, str | None] | None = None,
    type: str = "SUPPORT",
    members: tuple[str, str] = ("Norway", "Sweden"),
    **about: Any,
) -> CodedReport:
    """A report of one sentence: an event, a statement and a claim of an agreement."""
    one, other = members
    text = text or f"{one} signed pact number {number} with {other} on Monday, officials said."
    article = Article.make(text, published=published, outlet=outlet, **about)
    codes = {"Norway": "NOR", "Sweden": "SWE", "Finland": "FIN", "Japan": "JPN"}
    who, whom = actor(text, one, codes[one]), actor(text, other, codes[other])
    whole = Span(0, len(text), text)
    source = Actor(*tuple_of(span(text, "officials")), name="officials")
    voice = Voice("source", (source,), (), span(text, "said"))
    event = Event(
        id=make_id("e", article.id, type),
        type=type,
        act=None,
        mode=None,
        contexts=("military",),
        status=Status.OCCURRED,
        historical=False,
        actors=(who,),
        recipients=(whom,),
        place=None,
        when=None if when is None else When(*tuple_of(span(text, "Monday")), *when, "day"),
        voice=voice,
        trigger=span(text, "signed"),
        sentence=whole,
        quad="verbal cooperation",
        intensity=5.0,
        score=0.5,
        because=(Reason("type", "predicates/support.csv", 7, "sign"),),
    )
    said = Statement(
        id=make_id("s", article.id),
        sources=(source,),
        via=(),
        cue=span(text, "said"),
        content=(span(text, "signed pact"), span(text, "on Monday")),
        form=Form.INDIRECT,
        status=Status.OCCURRED,
    )
    claim = Claim(
        id=make_id("c", article.id),
        article=article.id,
        outlet=outlet,
        published=published,
        kind="agreement",
        name=f"Pact Number {number}",
        named=False,
        parties=tuple(Party(*tuple_of(a), a.name, a.country, a.sector, a.entity, "party") for a in (who, whom)),
        status=TieStatus.SIGNED,
        step="signed",
        from_=when[0] if when else published,
        until=None,
        grain="day",
        place=None,
        voice=voice,
        span=whole,
        supports=True,
        event=event.id,
        because=(),
    )
    claims = (claim,)
    return CodedReport(article, (event,), (said,), claims, tuple(ties.resolve(claims)), (who, whom), (), ())


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of every base table and view, read with plain DuckDB, less the record's own name and count."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal "
            "UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"
        ).fetchall()
        tables = [name for (name,) in names if name != "base.meta"]
        return {name: sorted(con.execute(f"FROM {name}").fetchall(), key=repr) for name in tables}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.duckdb"


def stored(path: Path, reports: Sequence[CodedReport], problems: Sequence[Problem] = (), run: str = "v1") -> Path:
    with Record.open(path, write=True) as record:
        record.add(reports, problems, run)
    return path


# Nothing lost


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a record's type, with any text UTF-8 can hold."""
    if get_origin(kind) is tuple:
        return st.lists(anything(get_args(kind)[0]), max_size=2).map(tuple)
    if get_origin(kind) is not None and type(None) in get_args(kind):
        return st.none() | anything(next(a for a in get_args(kind) if a is not type(None)))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{f.name: DAYS if f.name in DATES else anything(hints[f.name]) for f in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return st.sampled_from(list(kind))
    return PLAIN[kind]


# Ties are resolved on the way back, and read these as days.
DATES = ("published", "from_", "until", "since")
DAYS = st.none() | st.dates().map(date.isoformat)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8"), max_size=8),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
}


@st.composite
def reports(draw: Any) -> CodedReport:
    found: CodedReport = draw(
        st.builds(
            CodedReport,
            article=anything(Article),
            events=anything(tuple[Event, ...]),
            statements=anything(tuple[Statement, ...]),
            claims=st.just(()),
            ties=st.just(()),
            actors=anything(tuple[Actor, ...]),
            places=anything(tuple[Place, ...]),
            times=anything(tuple[When, ...]),
        )
    )
    claims = draw(anything(tuple[Claim, ...]))
    return replace(found, claims=tuple(replace(c, article=found.article.id) for c in claims))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """A record that is written to and never published."""
    record = Record.open(tmp_path_factory.mktemp("bare") / "record.duckdb", write=True, publish_every=1e9)
    record._begin()
    yield record
    record._unpublished = False
    record.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(found=reports(), problem=anything(Problem))
def test_what_is_written_is_read_back(bare: Record, found: CodedReport, problem: Problem) -> None:
    for table in ("articles", "codings", "events", "statements", "claims", "problems"):
        bare._con.execute(f"TRUNCATE base.{table}").fetchall()
    bare.add([found], [problem], "v1")
    back = bare.report(found.article.id)
    assert back is not None
    assert replace(back, ties=()) == found
    assert bare.problems() == [problem]


def test_what_is_asked_is_what_was_coded(path: Path) -> None:
    given = [report(1), report(2, published=None, members=("Finland", "Japan"))]
    with Record.open(stored(path, given)) as record:
        assert record.articles() == [r.article for r in given]
        for one in given:
            assert record.report(one.article.id) == one
            [event] = record.events(article=one.article.id)
            assert event.plain() == one.events[0]
            [said] = record.statements(article=one.article.id)
            assert said.plain() == one.statements[0]
        assert {tie.plain().id for tie in record.ties()} == {r.ties[0].id for r in given}


def spans(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"start", "end", "text"} <= set(value):
            yield value
        for item in value.values():
            yield from spans(item)
    elif isinstance(value, list):
        for item in value:
            yield from spans(item)


def without_article(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_article(item) for name, item in value.items() if name != "article"}
    return [without_article(item) for item in value] if isinstance(value, list) else value


def test_rows_are_the_coded_objects_and_their_spans_name_the_article(path: Path) -> None:
    given = report(1, when=("2024-03-04", "2024-03-05"))
    with Record.open(stored(path, [given])) as record:
        rows = [*record.events().to_json(), *record.statements().to_json(), *record.ties().to_json()]
    coded = [to_json(given.events[0]), to_json(given.statements[0]), to_json(given.ties[0])]
    assert without_article(rows) == without_article(coded)
    assert [list(row) for row in rows] == [list(row) for row in coded]
    found = list(spans(rows))
    assert len(found) > 15
    for item in found:
        assert item["article"] == given.article.id
        assert given.article.text[item["start"] : item["end"]] == item["text"]


def test_lone_surrogates_are_replaced_and_told(path: Path) -> None:
    odd = report(1, text="Norway signed pact \ud83d\x00 with Sweden on Monday, officials said.")
    with Record.open(stored(path, [odd])) as record:
        [article] = record.articles()
        [problem] = record.problems()
        [event] = record.events()
    assert article.text == odd.article.text.replace("\ud83d", "\ufffd")
    assert "\x00" in article.text
    assert event.sentence.text == article.text[event.sentence.start : event.sentence.end]
    assert (problem.station, problem.article) == ("store", odd.article.id)
    before = content(path)
    stored(path, [odd])
    assert content(path) == before


# Nothing twice


def test_the_same_reports_again_change_nothing(path: Path) -> None:
    given, problems = [report(n) for n in range(5)], [Problem("x.jsonl:2", "read", "broken")]
    stored(path, given, problems)
    before, inode = content(path), path.stat().st_ino
    stored(path, [*given, *given], [*problems, *problems])
    assert content(path) == before
    assert path.stat().st_ino == inode, "nothing new, so nothing to publish"
    assert len(before["events"]) == 5
    assert len(before["problems"]) == 1


def test_one_report_twice_in_a_batch_is_one(path: Path) -> None:
    stored(path, [report(1), report(1)])
    assert len(content(path)["base.codings"]) == 1


def test_a_new_coder_version_codes_again_and_the_old_coding_stays(path: Path) -> None:
    old = report(1)
    new = replace(old, events=(replace(old.events[0], id="e-new", type="AGREE"),))
    stored(path, [old], run="v1")
    with Record.open(path, write=True) as record:
        assert record.has(old.article.id)
        assert record.has(old.article.id, "v1")
        assert not record.has(old.article.id, "v2")
        record.add([new], [], "v2")
        assert record.has(old.article.id, "v2")
    with Record.open(path) as record:
        assert record.runs() == ["v1", "v2"]
        assert [e.type for e in record.events()] == ["AGREE"]
        assert record.report(old.article.id) == new
        assert record.report(old.article.id, "v1") == old
        kept = record.get(old.events[0].id)
        assert kept is not None
        assert kept.plain() == old.events[0]
        assert "v1" in kept.outdated
        assert len(record.articles()) == 1


def test_a_report_that_is_coded_in_the_end_is_no_problem_any_more(path: Path) -> None:
    given = report(1)
    stored(path, [], [Problem("a", "code", "it broke", given.article.id), Problem("b", "read", "no text")])
    stored(path, [given])
    with Record.open(path) as record:
        assert [p.source for p in record.problems()] == ["b"]


# Versions of a report

NEWER = "Norway duly signed pact number 1 with Sweden on Monday, officials said."


@pytest.mark.parametrize(
    ("first", "second", "superseded"),
    [
        ({"url": "https://fjord.example/1"}, {"url": "https://fjord.example/1"}, True),
        ({"given_id": "a"}, {"given_id": "a"}, True),
        ({"given_id": "a"}, {"given_id": "a", "outlet": None}, True),
        ({"given_id": "a"}, {"given_id": "a", "outlet": "The Sound"}, False),
        ({"given_id": "a"}, {"given_id": "b"}, False),
        ({"url": "https://fjord.example/1"}, {"url": "https://fjord.example/2"}, False),
        ({}, {}, False),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_report_that_comes_again_supersedes(
    path: Path, first: dict[str, str], second: dict[str, str], superseded: bool, together: bool
) -> None:
    old, new = report(1, **first), report(1, text=NEWER, **second)
    for batch in [[old, new]] if together else [[old], [new]]:
        stored(path, batch)
    stored(path, [old])
    with Record.open(path) as record:
        current = [new.article] if superseded else [old.article, new.article]
        assert record.articles() == current
        assert record.articles(superseded=True) == [old.article, new.article]
        assert {e.article for e in record.events()} == {a.id for a in current}
        kept = record.get(old.events[0].id)
        assert kept is not None
        assert kept.plain() == old.events[0]
        assert (kept.outdated is not None) == superseded
        assert record.article(old.article.id) == old.article
        [tie] = record.ties()
        assert {e.article for e in tie.evidence} == {a.id for a in current}


def test_what_was_known_by_a_day_rests_on_the_version_of_that_day(path: Path) -> None:
    old = report(1, given_id="a", published="2024-03-05")
    new = report(1, given_id="a", published="2024-03-09", text=NEWER)
    stored(path, [old, new])
    with Record.open(path) as record:
        [then] = record.ties(known_by="2024-03-07")
        [now] = record.ties(known_by="2024-03-10")
        assert [e.article for e in then.evidence] == [old.article.id]
        assert [e.article for e in now.evidence] == [new.article.id]
        assert record.ties(known_by="2024-03-01") == []


# Ids


def test_ids_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    given = [report(n // 2, published=f"2024-03-{n + 1:02d}", outlet=f"Outlet {n}") for n in range(8)]
    seen = []
    for seed in range(3):
        order = given[:]
        random.Random(seed).shuffle(order)
        path = tmp_path / f"{seed}.duckdb"
        for one in order:
            stored(path, [one])
        with Record.open(path) as record:
            seen.append([record.events().to_json(), record.ties().to_json()])
    assert seen[0][1]
    assert seen[0] == seen[1] == seen[2]


def test_an_id_once_given_still_answers(path: Path) -> None:
    later = report(1, published="2024-03-09", outlet="The Sound")
    stored(path, [later])
    with Record.open(path) as record:
        [before] = record.ties()
    stored(path, [report(1, published="2024-03-01")])
    with Record.open(path) as record:
        [after] = record.ties()
        assert after.id != before.id, "an earlier report gives the tie its name, else this tests nothing"
        assert record.get(before.id) == after
        assert record.get(after.id) == after


def test_an_id_given_by_a_superseded_report_still_answers(path: Path) -> None:
    stored(path, [report(1, given_id="a", published="2024-03-01")])
    with Record.open(path) as record:
        [before] = record.ties()
    stored(path, [report(1, given_id="a", published="2024-03-02", text=NEWER), report(1, outlet="The Sound")])
    with Record.open(path) as record:
        [after] = record.ties()
        assert after.id != before.id
        assert record.get(before.id) == after


def test_unknown_ids_give_nothing(path: Path) -> None:
    with Record.open(stored(path, [report(1)])) as record:
        for id in ("e-0", "s-0", "t-0", "x", "", "'; DROP TABLE base.events"):
            assert record.get(id) is None
        assert record.article("a-0") is None
        assert record.report("a-0") is None


# Stories and what else is derived

COPY = (
    "Norway signed pact number 9 with Sweden on Monday, officials said. The text runs to forty pages and lets the two "
    "navies use one another's harbours from the first of May, though both parliaments have still to agree to it. "
    "Fishermen on the coast said they had heard such words before and would believe it once the first ship came in."
)


def test_the_same_copy_in_two_outlets_is_one_story(path: Path) -> None:
    wire = report(9, text=COPY, outlet="The Wire")
    print_ = report(9, text="OSLO, March 5 — " + COPY.replace("forty pages", "forty-one pages"), outlet="The Fjord")
    own = report(9, text="Sweden and Norway signed pact number 9 on Monday, officials said.", outlet="The Sound")
    stored(path, [print_, own])
    stored(path, [wire])
    with Record.open(path) as record:
        [tie] = record.ties()
        assert (tie.outlets, tie.stories) == (3, 2)
        story = dict(record.sql("SELECT id, story FROM articles").fetchall())
    assert story[wire.article.id] == story[print_.article.id] == min(wire.article.id, print_.article.id)
    assert story[own.article.id] == own.article.id


def test_short_copies_word_for_word_are_one_story(path: Path) -> None:
    text = "Norway signed with Sweden on Monday, officials said: signed pact."
    stored(path, [report(1, text=text, outlet="A"), report(1, text=text, outlet="B"), report(2), report(3)])
    with Record.open(path) as record:
        assert len(set(record.sql("SELECT story FROM articles").fetchall())) == 3


def test_everything_derived_is_made_anew(path: Path) -> None:
    stored(path, [report(1, given_id="a"), report(1, given_id="a", text=NEWER), report(2, outlet="B")])
    before = content(path)
    with Record.open(path, write=True) as record:
        record._begin()
        for table in ("stories", "ties", "tie_claims", "aliases"):
            record._con.execute(f"TRUNCATE base.{table}").fetchall()
        record._con.execute("UPDATE base.articles SET superseded_by = NULL").fetchall()
        record.rebuild()
    assert content(path) == before
    assert before["base.ties"]


# Asking


def test_events_are_filtered(path: Path) -> None:
    given = {
        "dated": report(1, when=("2024-02-01", "2024-02-02"), published="2024-03-05"),
        "month": report(2, when=("2024-01-01", "2024-02-01"), published="2024-03-06"),
        "since": report(3, when=("2023-06-01", None), published="2024-03-07"),
        "undated": report(4, published="2024-03-08", type="AGREE", members=("Finland", "Japan")),
        "nothing": report(5, published=None),
    }
    names = {r.events[0].id: name for name, r in given.items()}
    stored(path, list(given.values()))
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, set(given)),
        ({"from_": "2024-02-01", "until": "2024-02-02"}, {"dated", "since"}),
        ({"from_": "2024-01-31", "until": "2024-02-01"}, {"month", "since"}),
        ({"from_": "2024-03-08", "until": "2024-03-09"}, {"undated", "since"}),
        ({"until": "2023-06-01"}, set()),
        ({"type": "agree"}, {"undated"}),
        ({"type": ["AGREE", "SUPPORT"], "actor": "nor"}, {"dated", "month", "since", "nothing"}),
        ({"actor": ["FIN", "NOR"]}, set(given)),
        ({"recipient": "JPN"}, {"undated"}),
        ({"recipient": "FIN"}, set()),
        ({"status": "planned"}, set()),
        ({"voice": "source"}, set(given)),
        ({"voice": "outlet"}, set()),
        ({"voice": "Officials"}, set(given)),
        ({"place": "Oslo"}, set()),
    ]
    with Record.open(path) as record:
        for filters, expected in cases:
            assert {names[e.id] for e in record.events(**filters)} == expected, filters
        assert [names[e.id] for e in record.events()] == ["undated", "dated", "month", "since", "nothing"]
        assert [names[e.id] for e in record.events(limit=2)] == ["undated", "dated"]
        sources = {names[e.id]: (e.day, e.day_source) for e in record.events()}
    assert sources["undated"] == ("2024-03-08", "published")
    assert sources["dated"] == ("2024-02-01", "text")
    assert sources["nothing"] == (None, None)


def test_a_place_is_found_by_name_id_and_country(path: Path) -> None:
    given = report(1)
    at = Place(0, 6, given.article.text[:6], "Oslo", 3143244, "NOR", 59.9, 10.7, "city")
    stored(path, [replace(given, events=(replace(given.events[0], place=at),))])
    with Record.open(path) as record:
        for value in ("oslo", "3143244", "nor", ["Bergen", "OSLO"]):
            assert len(record.events(place=value)) == 1, value
        assert record.events(place="Bergen") == []


def test_an_undated_report_goes_by_what_its_text_tells_of_its_day(path: Path) -> None:
    given = report(1, published=None)
    anchor = Anchor("2024-03-01", "2024-04-01", True, "the text names March 2024")
    stored(path, [replace(given, article=replace(given.article, anchor=anchor))])
    with Record.open(path) as record:
        [event] = record.events(from_="2024-02-01", until="2024-04-01")
        assert (event.day, event.day_source) == ("2024-03-01", "anchor")
        assert record.sql("SELECT date, date_source FROM events").fetchall() == [(date(2024, 3, 1), "anchor")]


def test_ties_are_filtered(path: Path) -> None:
    stored(path, [report(1), report(2, members=("Finland", "Japan"), published="2025-01-01")])
    with Record.open(path) as record:
        assert len(record.ties()) == 2
        assert len(record.ties(at="2024-06-01")) == 1
        assert [t.parties[0].entity for t in record.ties(party="jpn")] == ["FIN"]
        assert record.ties(party=["JPN", "NOR"]) == []
        assert len(record.ties(status="signed", kind="AGREEMENT")) == 2
        assert record.ties(status=["ended"]) == []


@pytest.mark.parametrize(
    ("ask", "filters"),
    [
        ("events", {"type": "HUG"}),
        ("events", {"status": "maybe"}),
        ("events", {"from_": "yesterday"}),
        ("ties", {"kind": "friendship"}),
        ("ties", {"status": "warm"}),
        ("ties", {"at": "1 March"}),
        ("ties", {"known_by": "x"}),
    ],
)
def test_a_filter_that_means_nothing_is_refused(path: Path, ask: str, filters: dict[str, str]) -> None:
    with Record.open(stored(path, [report(1)])) as record, pytest.raises(CallError, match=r"is no "):
        getattr(record, ask)(**filters)


def test_frames_and_notebooks(path: Path) -> None:
    odd = report(1, text="Norway signed <b>pact</b> with Sweden: signed pact on Monday, officials said.")
    with Record.open(stored(path, [odd])) as record:
        assert record.sql("SELECT quote FROM events").pl()["quote"].to_list() == [odd.article.text]
        assert record.sql("SELECT quote FROM events").df()["quote"].tolist() == [odd.article.text]
        assert record.sql("SELECT id FROM events").arrow().read_all().num_rows == 1
        assert record.sql("SELECT id FROM ties WHERE kind = $kind", {"kind": "agreement"}).fetchall()
        for shown in (record.events(), record.statements(), record.ties()):
            page = shown._repr_html_()
            assert "<table>" in page
            assert "<b>pact" not in page
        assert "1 events" in repr(record)
        assert "events" in record._repr_html_()
        assert record.codes() == {"NOR": ["Norway"], "SWE": ["Sweden"]}


# Plain DuckDB, and its documentation


def schema(path: Path) -> dict[str, dict[str, str]]:
    """Table -> column -> type; structs go by the name that `base` has for them."""
    with duckdb.connect(str(path), read_only=True) as con:
        types = con.execute("SELECT type_name FROM duckdb_types() WHERE schema_name = 'base'").fetchall()
        names = {con.execute(f"DESCRIBE SELECT NULL::base.{t} AS x").fetchall()[0][1]: t for (t,) in types}
        rows = con.execute(
            "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY schema_name, table_name, column_index"
        ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for where, table, column, kind in rows:
        found.setdefault(table if where == "main" else f"{where}.{table}", {})[column] = names.get(
            kind.removesuffix("[]"), kind.removesuffix("[]")
        ) + "[]" * kind.endswith("[]")
    return found


def test_every_table_and_column_is_documented(path: Path) -> None:
    documented: dict[str, dict[str, str]] = {}
    table = None
    for line in (ROOT / "docs" / "record.md").read_text("utf-8").splitlines():
        if head := re.match(r"#+ `([\w.]+)`$", line):
            table = documented.setdefault(head[1], {})
        elif line.startswith("#"):
            table = None
        elif table is not None and (row := re.match(r"\| `(\w+)` \| `([^`]+)` \| \S", line)):
            table[row[1]] = row[2]
    found = schema(stored(path, []))
    assert documented == found
    assert {name: list(columns) for name, columns in documented.items()} == {n: list(c) for n, c in found.items()}


def test_the_views_begin_with_the_columns_of_the_exports(path: Path) -> None:
    views = schema(stored(path, []))
    assert set(VIEWS) <= set(views)
    for table, columns in write.COLUMNS.items():
        assert list(views[table])[: len(columns)] == list(columns)


def test_views_read_with_plain_duckdb_lead_to_article_and_quote(path: Path) -> None:
    stored(path, [report(1), report(2)], [Problem("x", "read", "broken")])
    with duckdb.connect(str(path)) as con:
        for view, position in (("events", "quote_start"), ("statements", "quote_start")):
            [(count,)] = con.execute(
                f"SELECT count(*) FROM {view} JOIN articles AS a ON a.id = article "
                f"WHERE a.text[{position} + 1 : quote_end] = {view}.quote OR form = 'indirect'"
                if view == "statements"
                else f"SELECT count(*) FROM {view} JOIN articles AS a ON a.id = article "
                f"WHERE a.text[{position} + 1 : quote_end] = {view}.quote"
            ).fetchall()
            assert count == 2
        evidence = con.execute(
            "SELECT count(*) FROM (SELECT unnest(evidence) AS e FROM ties) JOIN articles AS a ON a.id = e.article "
            'WHERE a.text[e."start" + 1 : e."end"] = e."text"'
        ).fetchall()
        assert evidence == [(2,)]
        assert con.execute("SELECT source FROM problems").fetchall() == [("x",)]
        assert con.execute("SELECT count(*) FROM corrections").fetchall() == [(0,)]


def test_the_file_has_the_storage_version_that_older_duckdbs_read(path: Path) -> None:
    stored(path, [report(1)])
    with duckdb.connect(str(path), read_only=True) as con:
        [(tags,)] = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'record'").fetchall()
    assert "v1.5.0" in str(tags)


# Opening


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("no record\n" * 1000)
    (tmp_path / "empty.duckdb").touch()
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    for name in ("nowhere.duckdb", "text.duckdb", "other.duckdb", "empty.duckdb", "."):
        with pytest.raises(RecordError, match=re.escape(name if name != "." else str(tmp_path))):
            Record.open(tmp_path / name)
    for name in ("text.duckdb", "other.duckdb"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(RecordError, match=name):
            Record.open(tmp_path / name, write=True)
        assert (tmp_path / name).read_bytes() == before
        assert not (tmp_path / f"{name}.writing").exists()


def test_a_record_of_a_newer_program_is_refused(path: Path) -> None:
    stored(path, [])
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE base.meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(RecordError, match="newer communique"):
        Record.open(path)


def test_a_reader_cannot_add(path: Path) -> None:
    with Record.open(stored(path, [])) as record, pytest.raises(CallError, match="write=True"):
        record.add([report(1)])


def test_a_second_writer_is_told_who_the_first_is(path: Path) -> None:
    with Record.open(path, write=True) as record:
        record.add([report(1)])
        with pytest.raises(RecordError, match=f"process {os.getpid()} is writing"):
            Record.open(path, write=True)
    stored(path, [report(2)])
    with Record.open(path) as record:
        assert len(record.articles()) == 2


def test_nothing_lies_beside_the_record_when_the_writer_is_done(path: Path) -> None:
    stored(path, [report(1)])
    stored(path, [report(2)])
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_linked_record_stays_linked(tmp_path: Path) -> None:
    real, link = tmp_path / "real.duckdb", tmp_path / "link.duckdb"
    stored(real, [])
    link.symlink_to(real)
    stored(link, [report(1)])
    assert link.is_symlink()
    with Record.open(real) as record:
        assert len(record.articles()) == 1


def test_the_work_of_a_record_that_is_gone_does_not_come_back(path: Path) -> None:
    stored(path, [report(1)])
    work = path.with_name("record.duckdb.writing")
    work.mkdir()
    path.rename(work / "work.duckdb")
    stored(path, [report(2)])
    with Record.open(path) as record:
        assert len(record.articles()) == 1
        assert "number 2" in record.articles()[0].text


def test_a_batch_that_fails_is_undone(path: Path) -> None:
    good, bad = report(1), report(2)
    bad = replace(bad, events=(replace(bad.events[0], quad=None),))  # type: ignore[arg-type]
    with Record.open(path, write=True) as record:
        with pytest.raises(RecordError, match="undone"):
            record.add([good, bad], [Problem("x", "read", "broken")], "v1")
        record.add([good], [], "v1")
    with Record.open(path) as record:
        assert [a.id for a in record.articles()] == [good.article.id]
        assert record.problems() == []


# Readers beside a writer


def test_a_reader_stays_where_it_is_until_it_goes_on(path: Path) -> None:
    stored(path, [report(1)])
    with Record.open(path) as reader, Record.open(path, write=True, publish_every=0) as writer:
        writer.add([report(2)])
        assert len(reader.events()) == 1
        assert reader.refresh()
        assert len(reader.events()) == 2
        assert not reader.refresh()
        with Record.open(path) as other:
            assert len(other.events()) == 2


def test_a_users_own_duckdb_may_open_the_record_while_it_is_read(path: Path) -> None:
    stored(path, [report(1)])
    ask = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute('SELECT count(*) FROM events').fetchall())"
    with Record.open(path) as record:
        done = subprocess.run([sys.executable, "-c", ask, str(path)], capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "[(1,)]", done.stderr
        assert len(record.events()) == 1


def test_a_record_that_a_users_duckdb_holds_can_be_read_and_written(path: Path) -> None:
    stored(path, [report(1)])
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with Record.open(path) as record:
            assert len(record.events()) == 1
        stored(path, [report(2)])
        with Record.open(path) as record:
            assert len(record.events()) == 2
        other.communicate()


READER = """
    import sys, duckdb
    from communique.store import Record
    path, own = sys.argv[1], sys.argv[2] == "own"
    seen, opened = 0, 0
    print("ready", flush=True)
    record = None if own else Record.open(path)
    while seen < 40:
        if own:
            with duckdb.connect(path, read_only=True) as con:
                ask = lambda sql: con.execute(sql).fetchall()
                counts = ask("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM events)")[0]
                texts = ask("SELECT count(*) FROM events JOIN articles AS a ON a.id = article")[0][0]
        else:
            record.refresh()
            counts = (len(record.articles()), len(record.events()))
            texts = sum(record.article(e.article) is not None for e in record.events())
        assert counts[0] == counts[1] == texts, counts
        assert counts[0] % 4 == 0, "half a batch"
        assert counts[0] >= seen, "back in time"
        seen, opened = counts[0], opened + 1
    print(opened)
"""


def test_four_readers_and_one_writer(path: Path) -> None:
    """Readers of both kinds, each its own process, while batches of four reports are added and published."""
    stored(path, [])
    script = textwrap.dedent(READER)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path), kind], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for kind in ("own", "own", "ours", "ours")
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        with Record.open(path, write=True, publish_every=0) as record:
            for batch in range(10):
                record.add([report(4 * batch + n) for n in range(4)])
        for reader in readers:
            out, told = reader.communicate(timeout=120)
            assert reader.returncode == 0, told
            assert int(out) > 0
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


# A writer that dies

WRITER = """
    import os, pickle, signal, sys
    from communique import store
    path, wanted, at = sys.argv[1], sys.argv[2], int(sys.argv[3])
    passed = 0
    def point(name):
        global passed
        passed += name == wanted
        if name == wanted and passed == at:
            os.kill(os.getpid(), signal.SIGKILL)
    store._point = point
    with store.Record.open(path, write=True, publish_every=0) as record:
        for reports, problems in pickle.load(sys.stdin.buffer):
            record.add(reports, problems, "v1")
            record._publish_every = 0 if record._publish_every else 3600
"""


def batches() -> Iterator[tuple[list[CodedReport], list[Problem]]]:
    """Five batches with a superseding, copies, and problems; the last ones wait for the end to be published."""
    for n in range(5):
        first = report(n, outlet="The Wire", text=COPY + f" So it goes {n // 2}.", given_id=f"g{n % 2}")
        yield [first, report(n, published=f"2024-03-{20 - n}")], [Problem(f"x.jsonl:{n}", "read", "broken")]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    path = tmp_path_factory.mktemp("undisturbed") / "record.duckdb"
    with Record.open(path, write=True) as record:
        for found, problems in batches():
            record.add(found, problems, "v1")
    return content(path)


def write_and_die(path: Path, point: str, at: int) -> int:
    script = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), point, str(at)]
    return subprocess.run(script, input=pickle.dumps(list(batches())), capture_output=True, check=False).returncode


@pytest.mark.parametrize(("point", "at"), [(p, at) for p in POINTS for at in ((1, 3) if "batch" in p else (1,))])
def test_a_writer_killed_at_any_point_is_taken_over(
    path: Path, point: str, at: int, undisturbed: dict[str, list[Any]]
) -> None:
    assert write_and_die(path, point, at) == -signal.SIGKILL, "the point was not reached"
    if path.exists():
        with Record.open(path) as record:
            assert len(record.events()) == len(record.articles())
            assert len(record.articles(superseded=True)) % 2 == 0
    assert write_and_die(path, "never", 1) == 0
    assert content(path) == undisturbed
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_writer_killed_again_and_again_gets_there(path: Path, undisturbed: dict[str, list[Any]]) -> None:
    deaths = [
        write_and_die(path, point, 1) for point in ("batch written", "snapshot copied", "work copied", *POINTS[:6])
    ]
    assert -signal.SIGKILL in deaths
    assert write_and_die(path, "never", 1) == 0
    assert content(path) == undisturbed


def test_every_point_is_marked() -> None:
    source = Path(store.__file__).read_text("utf-8")
    assert sorted(re.findall(r'_point\("([^"]+)"\)', source)) == sorted(POINTS)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody may make folders")
@pytest.mark.parametrize("path", ["/proc/nowhere/record.duckdb", "/proc/record.duckdb"])
def test_a_record_in_an_impossible_folder_is_refused(path: str) -> None:
    with pytest.raises(RecordError, match=re.escape(path)):
        store.Record.open(path, write=True)
