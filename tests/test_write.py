"""Every format is written from a real record and read back by the tool it is meant for."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from communique import ties
from communique.codebook import shipped
from communique.errors import CallError, CommuniqueError
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
    Span,
    Statement,
    Status,
    TieStatus,
    Voice,
    When,
    make_id,
)
from communique.store import Record
from communique.write import COLUMNS, WRITERS, Export, export, format_for
from communique.write.codes import codes
from communique.write.dyads import COLUMNS as DYADS
from communique.write.gdelt import EVENTS, MENTIONS
from communique.write.polecat import COLUMNS as POLECAT
from communique.write.polecat import EXTRA
from communique.write.source import took_place

BOOK = shipped()

# Reports made by hand


def span(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part), part)


def actor(text: str, part: str, country: str | None = None, sector: str | None = None, **more: Any) -> Actor:
    """An actor named in the text; a state where only a country is given."""
    found = span(text, part)
    own = country if sector is None and country in codes().states else None
    return Actor(found.start, found.end, found.text, country=country, sector=sector, **{"entity": own, **more})


def event(
    text: str,
    trigger: str,
    type_: str,
    actors: tuple[Actor, ...],
    recipients: tuple[Actor, ...] = (),
    *,
    status: Status = Status.OCCURRED,
    days: tuple[str, str] | None = None,
    source: str | None = None,
    number: object = None,
    **more: Any,
) -> Event:
    sources = (actor(text, source),) if source else ()
    known = BOOK.types[type_]
    mode = more.pop("mode", None)
    return Event(
        id=make_id("e", text, trigger, type_, source, number),
        type=type_,
        act=more.pop("act", None),
        mode=mode,
        contexts=more.pop("contexts", ()),
        status=status,
        historical=False,
        actors=actors,
        recipients=recipients,
        place=more.pop("place", None),
        when=When(*_position(span(text, more.pop("words"))), *days, "day") if days else None,
        voice=Voice("source" if sources else "outlet", sources),
        trigger=span(text, trigger),
        sentence=Span(0, len(text), text),
        quad=known.quad,
        intensity=known.modes.get(mode, known.intensity) if mode else known.intensity,
        score=0.75,
        because=(),
        **more,
    )


def _position(found: Span) -> tuple[int, int, str]:
    return (found.start, found.end, found.text)


def claim(
    article: Article,
    kind: str,
    parties: tuple[tuple[str, str, str | None, str], ...],
    status: str = "active",
    step: str = "in force",
    from_: str | None = None,
    name: str | None = None,
    place: Place | None = None,
) -> Claim:
    """What an article says of a tie. `parties`: (words, country, entity, role)."""
    whole = Span(0, len(article.text), article.text)
    return Claim(
        id=make_id("c", article.id, kind, name, status, *parties),
        article=article.id,
        outlet=article.outlet,
        published=article.published,
        kind=kind,
        name=name,
        named=name is not None,
        parties=tuple(
            Party(*_position(span(article.text, words)), None, country, None, entity, role)
            for words, country, entity, role in parties
        ),
        status=TieStatus(status),
        step=step,
        from_=from_,
        until=None,
        grain="day" if from_ else None,
        place=place,
        voice=Voice("outlet"),
        span=whole,
        supports=True,
        event=None,
        because=(),
    )


def report(text: str, events: tuple[Event, ...] = (), claims: tuple[Claim, ...] = (), **about: Any) -> CodedReport:
    article = about.pop("article", None) or Article.make(text, **about)
    actors = tuple(a for e in events for a in (*e.actors, *e.recipients))
    places = tuple(e.place for e in events if e.place)
    said = about.get("statements", ())
    return CodedReport(article, events, said, claims, tuple(ties.resolve(claims)), actors, places, ())


# A quotation mark, a tab, a line end, a formula, a bar and letters beyond ASCII.
EXPELLED = '=1+1|"Norway"\texpelled two Russian diplomats from Ósló\non Monday, said Anniken Huitfeldt.\nIt was cold.'
TALKS = "Leaders of Norway, Sweden and Finland met NATO chief Jens Stoltenberg in Brussels."
PLANS = (
    "Norway promised to visit Sweden. It could attack Denmark. It did not arrest a sailor off Kosovo. It will protest."
)
JOINED = (
    "Finland joined NATO. Sweden joined NATO. Norway is a member. Norway, Sweden and Finland formed the Skaggerak Pact."
)
BLAMED = "Norway punishes Russia with sanctions. It has an embassy in Stockholm, Sweden. Norway and Denmark ended the Kattegat Agreement."

OSLO = {
    "name": "Oslo",
    "geonames_id": 3143244,
    "country": "NOR",
    "latitude": 59.913,
    "longitude": 10.746,
    "grain": "city",
}


def expelled(text: str, outlet: str, url: str | None, published: str = "2024-03-05") -> CodedReport:
    who = actor(text, "Norway", "NOR", name="Norway")
    whom = actor(text, "Russian diplomats", "RUS", "GOV")
    found = event(
        text,
        "expelled",
        "SANCTION",
        (who,),
        (whom,),
        mode="expel",
        contexts=("diplomatic", "legal"),
        place=Place(*_position(span(text, "Ósló")), **OSLO),
        days=("2024-03-04", "2024-03-05"),
        words="on Monday",
        source="Anniken Huitfeldt",
        number=outlet,
    )
    return report(text, (found,), outlet=outlet, url=url, published=published, language="en", title='=HYPERLINK("x")')


def talks() -> CodedReport:
    three = tuple(actor(TALKS, n, c, name=n) for n, c in (("Norway", "NOR"), ("Sweden", "SWE"), ("Finland", "FIN")))
    chief = actor(TALKS, "Jens Stoltenberg", "IGO", "GOV", name="Jens Stoltenberg", entity="NATO")
    brussels = Place(*_position(span(TALKS, "Brussels")), "Brussels", 2800866, "BEL", None, None, "city")
    found = (
        event(TALKS, "met", "CONSULT", three, (chief,), place=brussels),
        event(TALKS, "Leaders", "COOPERATE", three),
    )
    return report(TALKS, found, outlet="The Fjord", published="2024-03-06", language="en")


def plans() -> CodedReport:
    norway = actor(PLANS, "Norway", "NOR", name="Norway")
    found = (
        event(
            PLANS,
            "promised",
            "AGREE",
            (norway,),
            (actor(PLANS, "Sweden", "SWE"),),
            act="CONSULT",
            status=Status.PLANNED,
        ),
        event(PLANS, "attack", "ASSAULT", (norway,), (actor(PLANS, "Denmark", "DNK"),), status=Status.HYPOTHETICAL),
        event(PLANS, "arrest", "COERCE", (norway,), (actor(PLANS, "a sailor", None, "CVL"),), status=Status.NEGATED),
        event(PLANS, "protest", "PROTEST", (norway,), status=Status.PLANNED),
    )
    anchor = Anchor("2024-01-01", "2025-01-01", True, "the text")
    article = Article.make(PLANS, outlet="+Plus")
    article = Article(article.id, PLANS, outlet="+Plus", anchor=anchor)
    return report(PLANS, found, article=article)


def joined() -> CodedReport:
    article = Article.make(JOINED, outlet="The Fjord", published="2024-04-01", url="https://example.org/nato")
    member, body = "member", ("NATO", "IGO", "NATO", "organisation")
    claims = (
        claim(article, "membership", (("Finland", "FIN", "FIN", member), body), from_="2023-04-04", step="joined"),
        claim(article, "membership", (("Sweden", "SWE", "SWE", member), body), "planned", "applied", "2022-05-18"),
        claim(article, "membership", (("Sweden", "SWE", "SWE", member), body), from_="2024-03-07", step="joined"),
        claim(article, "membership", (("Norway", "NOR", "NOR", member), body), step="member"),
        claim(
            article,
            "alliance",
            tuple((n, c, c, "party") for n, c in (("Norway", "NOR"), ("Sweden", "SWE"), ("Finland", "FIN"))),
            from_="2024-02-01",
            name="Skaggerak Pact",
        ),
    )
    return report(JOINED, (), claims, article=article)


def blamed() -> CodedReport:
    article = Article.make(BLAMED, outlet="Sund", published="2024-05-01")
    stockholm = Place(*_position(span(BLAMED, "Stockholm")), "Stockholm", 2673730, "SWE", 59.329, 18.069, "city")
    pact = (("Norway", "NOR", "NOR", "party"), ("Denmark", "DNK", "DNK", "party"))
    claims = (
        claim(
            article,
            "sanction",
            (("Norway", "NOR", "NOR", "sender"), ("Russia", "RUS", "RUS", "target")),
            from_="2024-02-24",
        ),
        claim(
            article,
            "presence",
            (("Norway", "NOR", "NOR", "guest"), ("Sweden", "SWE", "SWE", "host")),
            name="embassy",
            place=stockholm,
        ),
        claim(article, "agreement", pact, from_="2022-06-01", name="Kattegat Agreement"),
        claim(article, "agreement", pact, "ended", "ended", "2024-04-30", name="Kattegat Agreement"),
    )
    return report(BLAMED, (), claims, article=article)


def statement(text: str) -> CodedReport:
    first, last = span(text, "expelled two"), span(text, "on Monday")
    said = Statement(
        make_id("s", text), (actor(text, "Anniken Huitfeldt"),), (), None, (first, last), Form.MIXED, Status.OCCURRED
    )
    article = Article.make(text, outlet="-", published="2024-03-07")
    return CodedReport(article, (), (said,), (), (), (), (), ())


REPORTS = (
    expelled(EXPELLED, "The Fjord", "https://example.org/1"),
    expelled(EXPELLED, "@Sund", None, "2024-03-06"),
    talks(),
    plans(),
    joined(),
    blamed(),
    statement(EXPELLED),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "record.duckdb"
    with Record.open(path, write=True) as record:
        record.add(REPORTS)
    return path


@pytest.fixture
def book(path: Path) -> Iterator[Record]:
    with Record.open(path) as record:
        yield record


def written(book: Record, form: str, to: Path, **more: Any) -> Export:
    return export(book, form, to, **more)


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


# For all formats


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_record_gives_the_same_bytes(book: Record, tmp_path: Path, form: str) -> None:
    for folder in ("one", "other"):
        written(book, form, tmp_path / folder)
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == sorted(p.name for p in (tmp_path / "other").iterdir())
    assert names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


@pytest.mark.parametrize("form", [form for form in WRITERS if form != "gdelt"])
def test_a_path_with_a_suffix_is_one_file(book: Record, tmp_path: Path, form: str) -> None:
    target = tmp_path / "deep" / "x.out"
    assert written(book, form, target).made == [target]
    assert [p.name for p in target.parent.iterdir()] == ["x.out"]
    assert target.stat().st_size > 100


@pytest.mark.parametrize("form", WRITERS)
def test_a_record_without_rows_makes_readable_files(tmp_path: Path, form: str) -> None:
    with Record.open(tmp_path / "empty.duckdb", write=True):
        pass
    with Record.open(tmp_path / "empty.duckdb") as empty:
        if form == "dyad-year":
            with pytest.raises(CallError, match="--from and --until"):
                written(empty, form, tmp_path / "out")
            return
        done = written(empty, form, tmp_path / "out")
    assert done.notes == []
    for file in done.made:
        text = file.read_bytes()
        if form == "parquet":
            assert pq.read_table(file).num_rows == 0
        elif form in ("csv", "polecat"):
            assert text.count(b"\n") == 1
        elif form in ("graphml", "gexf"):
            assert len(getattr(nx, f"read_{form}")(file)) == 0
        elif form == "geojson":
            assert json.loads(text) == {"type": "FeatureCollection", "features": []}
        else:
            assert text == b""


def test_an_unknown_format_names_those_there_are(book: Record, tmp_path: Path) -> None:
    for form in ("xlsx", ""):
        with pytest.raises(CallError, match=", ".join(WRITERS)):
            written(book, form, tmp_path)


@pytest.mark.parametrize(
    ("form", "more", "message"),
    [
        ("csv", {"table": "people"}, "events, ties, statements, articles"),
        ("geojson", {"table": "articles"}, "events, ties"),
        ("polecat", {"table": "ties"}, "leave --table out"),
        ("gdelt", {"at": "2024-01-01"}, "--at does nothing for gdelt; it is for csv"),
        ("csv", {"at": "2024-01-01", "table": "events"}, "--at does nothing for the table events"),
        ("parquet", {"excel_safe": True}, "--excel-safe does nothing for parquet; it is for csv"),
        ("jsonl", {"extra": True}, "--extra does nothing for jsonl; it is for polecat"),
        ("graphml", {"filters": {"actor": ["NOR"]}}, "--actor does nothing for graphml"),
        ("csv", {"table": "ties", "filters": {"from_": "2024-01-01"}}, "--from does nothing for the table ties"),
        ("polecat", {"filters": {"status": ["done"]}}, "'done' is no event status"),
        ("gexf", {"filters": {"status": ["occurred"]}}, "'occurred' is no tie status"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    book: Record, tmp_path: Path, form: str, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(CallError, match=re.escape(message)):
        written(book, form, tmp_path / "out", **more)
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_file_tells_its_format() -> None:
    assert format_for(None, Path("x.parquet")) == "parquet"
    assert format_for(None, Path("x.gexf")) == "gexf"
    assert format_for(None, Path("folder")) == "csv"
    assert format_for("dyad-year", Path("x.csv")) == "dyad-year"
    assert format_for("ftm", Path("x.ftm.json")) == "ftm"
    for form, name in (("csv", "x.parquet"), ("gexf", "x.geojson"), ("jsonl", "x.csv")):
        with pytest.raises(CallError, match="give one of the two"):
            format_for(form, Path(name))


def test_gdelt_is_two_files(book: Record, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="two files"):
        written(book, "gdelt", tmp_path / "x.out")


def test_a_place_that_cannot_be_written_leaves_the_old_file(book: Record, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for form in WRITERS:
        with pytest.raises(CommuniqueError, match="--to"):
            written(book, form, tmp_path / "file" / "inside")
    assert (tmp_path / "file").read_text() == "kept"


class Broken:
    """A record that goes away behind its first event."""

    def __init__(self, book: Record) -> None:
        self._book = book

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)

    def each_event(self, **filters: Any) -> Iterator[Any]:
        yield next(self._book.each_event(**filters))
        raise RuntimeError("the record went away")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "polecat", "gdelt", "geojson", "ftm", "dyad-year"])
def test_a_file_appears_only_when_it_is_complete(book: Record, tmp_path: Path, form: str) -> None:
    before = {path.name: b"old" for path in written(book, form, tmp_path).made}
    for path in tmp_path.iterdir():
        path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="went away"):
        written(Broken(book), form, tmp_path)  # type: ignore[arg-type]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A record, and one of three times as many events; the smaller is more than the store makes objects of at a time."""
    paths = []
    for number in (90, 270):
        paths.append(tmp_path_factory.mktemp("growing") / "record.duckdb")
        with Record.open(paths[-1], write=True) as record:
            record.add([many(n) for n in range(number)])
    return paths


def many(number: int) -> CodedReport:
    """One of many reports, with 25 events, each on a day of its own."""
    made = expelled(f"{number} {EXPELLED}", "The Fjord", None)
    [found] = made.events
    assert found.when
    days = [date.fromordinal(700_000 + 25 * number + n).isoformat() for n in range(25)]
    events = tuple(
        replace(found, id=make_id("e", number, day), when=replace(found.when, from_=day, until=None)) for day in days
    )
    return replace(made, events=events)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "polecat", "gdelt", "geojson", "ftm"])
def test_memory_does_not_grow_with_the_record(
    book: Record, growing: list[Path], tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("source._BATCH", "polecat._BATCH", "tables._GROUP", "ftm._BATCH"):
        monkeypatch.setattr(f"communique.write.{name}", 500)
    # Reads the tables of codes, which stay.
    written(book, form, tmp_path / "first")
    peaks = []
    for path in growing:
        with Record.open(path) as record:
            tracemalloc.start()
            written(record, form, tmp_path / "second")
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0], peaks


# csv, jsonl, parquet


@pytest.mark.parametrize("table", COLUMNS)
def test_csv_keeps_cells_and_leaves_unknown_empty(book: Record, tmp_path: Path, table: str) -> None:
    written(book, "csv", tmp_path)
    found = rows(tmp_path / f"{table}.csv")
    assert list(found[0]) == list(COLUMNS[table])
    # Stata takes names of 32 characters at most, of letters, digits and underscores.
    assert all(re.fullmatch(r"[a-z_]\w{0,31}", name) for name in found[0])
    if table == "events":
        row = next(r for r in found if r["type"] == "SANCTION" and r["outlet"] == "The Fjord")
        assert row["quote"] == EXPELLED
        assert row["contexts"] == "diplomatic|legal"
        assert (row["actor_names"], row["recipient_entities"]) == ("Norway", "")
        assert (row["date"], row["date_source"], row["from"], row["until"]) == (
            ("2024-03-04", "text", "2024-03-04", "2024-03-05")
        )
        assert (row["latitude"], row["geonames_id"], row["historical"]) == ("59.913", "3143244", "false")
        assert {(r["date"], r["date_source"]) for r in found if r["outlet"] == "+Plus"} == {("2024-01-01", "anchor")}
    if table == "ties":
        assert {r["id"] for r in found} == {tie.id for tie in book.ties()}
        sanction = next(r for r in found if r["kind"] == "sanction")
        assert (sanction["parties"], sanction["roles"]) == ("NOR|RUS", "sender|target")
        assert (sanction["evidence_for"], sanction["evidence_against"], sanction["name"]) == ("1", "0", "")
    if table == "statements":
        assert found[0]["quote"] == "expelled two … on Monday"
    if table == "articles":
        assert {r["text"] for r in found} == {r.article.text for r in REPORTS}


@pytest.mark.parametrize("table", COLUMNS)
def test_parquet_keeps_types_and_null(book: Record, tmp_path: Path, table: str) -> None:
    written(book, "parquet", tmp_path)
    found = pq.read_table(tmp_path / f"{table}.parquet").to_pylist()
    assert list(found[0]) == list(COLUMNS[table])
    assert len(found) == len(pl.read_parquet(tmp_path / f"{table}.parquet"))
    if table == "events":
        row = next(r for r in found if r["type"] == "PROTEST")
        assert (row["actor_countries"], row["recipient_names"]) == (["NOR"], [])
        assert (row["intensity"], row["historical"], row["latitude"]) == (-5.0, False, None)


@pytest.mark.parametrize("table", COLUMNS)
def test_jsonl_is_the_full_object(book: Record, tmp_path: Path, table: str) -> None:
    written(book, "jsonl", tmp_path)
    found = [json.loads(line) for line in (tmp_path / f"{table}.jsonl").read_text("utf-8").splitlines()]
    if table == "articles":
        assert {row["id"]: row["text"] for row in found} == {a.id: a.text for a in book.each_article()}
    else:
        assert found == json.loads(json.dumps([row.to_json() for row in getattr(book, table)()]))


def test_filters_narrow_the_events_and_say_so(book: Record, tmp_path: Path) -> None:
    done = written(book, "csv", tmp_path, filters={"actor": ["nor"], "type": ["SANCTION"], "until": "2024-03-05"})
    assert {row["type"] for row in rows(tmp_path / "events.csv")} == {"SANCTION"}
    assert done.notes == ["the filters narrow the events only; ties, statements and articles are whole"]
    assert len(rows(tmp_path / "ties.csv")) == len(book.ties())


def test_excel_safe_marks_formulas_and_leaves_numbers(book: Record, tmp_path: Path) -> None:
    written(book, "csv", tmp_path / "safe", excel_safe=True)
    raw = (tmp_path / "safe" / "events.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert {row["quote"] for row in found} >= {f"'{EXPELLED}", TALKS}
    assert {row["intensity"] for row in found} >= {"-5.5", "2.5"}
    assert {row["outlet"] for row in found} == {"The Fjord", "'@Sund", "'+Plus"}
    articles = list(
        csv.DictReader(io.StringIO((tmp_path / "safe" / "articles.csv").read_text("utf-8-sig"), newline=""))
    )
    assert '\'=HYPERLINK("x")' in {row["title"] for row in articles}
    assert "'-" in {row["outlet"] for row in articles}
    written(book, "csv", tmp_path / "plain")
    assert EXPELLED in {row["quote"] for row in rows(tmp_path / "plain" / "events.csv")}


def test_a_text_that_is_a_number_is_no_formula() -> None:
    from communique.write.tables import _excel_safe

    assert [_excel_safe(text, "text") for text in ("-5", "+1.5e3", "-5 men", "\t1", "\rx", "a=b", "")] == (
        ["-5", "+1.5e3", "'-5 men", "'\t1", "'\rx", "a=b", ""]
    )


# What took place


@pytest.mark.parametrize(
    ("act", "status", "expected"),
    [
        (None, Status.OCCURRED, True),
        (None, Status.ONGOING, True),
        (None, Status.PLANNED, False),
        (None, Status.HYPOTHETICAL, False),
        (None, Status.NEGATED, False),
        ("CONSULT", Status.PLANNED, True),
        ("CONSULT", Status.NEGATED, True),
        ("CONSULT", Status.HYPOTHETICAL, False),
    ],
)
def test_what_took_place(act: str | None, status: Status, expected: bool) -> None:
    found = event(PLANS, "promised", "AGREE", (), act=act, status=status)
    assert took_place(found) is expected


# polecat

HEADER = (
    "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\tActor COW\t"
    "Primary Actor Sector\tActor Sectors\tActor Title\tActor Name Raw\tWikipedia Actor ID\tRecipient Name\t"
    "Recipient Country\tRecipient COW\tPrimary Recipient Sector\tRecipient Sectors\tRecipient Title\t"
    "Recipient Name Raw\tWikipedia Recipient ID\tPlacename\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\t"
    "GeoNames ID\tRaw Placename\tFeature Type\tSource\tPublication Date\tStory People\tStory Organizations\t"
    "Story Locations\tLanguage\tVersion"
)
LEFT_OUT = [
    "1 hypothetical events left out; --status hypothetical asks for them",
    "1 negated events left out; --status negated asks for them",
    "1 planned events left out; --status planned asks for them",
]


def test_polecat_has_the_forty_columns_in_order(book: Record, tmp_path: Path) -> None:
    done = written(book, "polecat", tmp_path / "p.tsv")
    assert (tmp_path / "p.tsv").read_text("utf-8").splitlines()[0] == HEADER
    assert len(POLECAT) == 40
    assert done.notes == LEFT_OUT
    frame = pd.read_csv(tmp_path / "p.tsv", sep="\t")
    assert list(frame.columns) == HEADER.split("\t")
    assert pl.read_csv(tmp_path / "p.tsv", separator="\t", infer_schema=False).shape == frame.shape
    assert Counter(frame["Event Type"]) == {"SANCTION": 2, "CONSULT": 1, "COOPERATE": 1, "AGREE": 1}


def test_polecat_rows_say_what_the_record_says(book: Record, tmp_path: Path) -> None:
    written(book, "polecat", tmp_path / "p.tsv")
    found = rows(tmp_path / "p.tsv", "\t")
    row = next(r for r in found if r["Source"] == "The Fjord" and r["Event Type"] == "SANCTION")
    article, kind, own = row["Event ID"].split("_")
    assert kind == "SANCTION"
    stored = book.get(own)
    assert stored is not None
    assert stored.article == article  # type: ignore[union-attr]
    assert {name: row[name] for name in HEADER.split("\t")[1:35]} == {
        "Event Date": "2024-03-04",
        "Event Type": "SANCTION",
        "Event Mode": "expel",
        "Intensity": "-5.5",
        "Quad Code": "MATERIAL CONFLICT",
        "Contexts": "diplomatic; legal",
        "Actor Name": "Norway",
        "Actor Country": "NOR",
        "Actor COW": "385",
        "Primary Actor Sector": "None",
        "Actor Sectors": "None",
        "Actor Title": "None",
        "Actor Name Raw": "Norway",
        "Wikipedia Actor ID": "None",
        "Recipient Name": "Russian diplomats",
        "Recipient Country": "RUS",
        "Recipient COW": "365",
        "Primary Recipient Sector": "GOV",
        "Recipient Sectors": "GOV",
        "Recipient Title": "None",
        "Recipient Name Raw": "Russian diplomats",
        "Wikipedia Recipient ID": "None",
        "Placename": "Oslo",
        "City": "Oslo",
        "District": "None",
        "Province": "Oslo",
        "Country": "NOR",
        "Latitude": "59.913",
        "Longitude": "10.746",
        "GeoNames ID": "3143244",
        "Raw Placename": "Ósló",
        "Feature Type": "PPL",
        "Source": "The Fjord",
        "Publication Date": "2024-03-05",
    }
    assert (row["Story Locations"], row["Language"], row["Version"]) == ("Oslo", "en", book.runs()[0])


def test_polecat_keeps_several_actors_in_step(book: Record, tmp_path: Path) -> None:
    """Scripts for POLECAT split cells at the semicolon and go through the columns together."""
    written(book, "polecat", tmp_path / "p.tsv")
    row = next(r for r in rows(tmp_path / "p.tsv", "\t") if r["Event Type"] == "CONSULT")
    sides = [row[name].split("; ") for name in ("Actor Name", "Actor Country", "Actor COW", "Actor Sectors")]
    assert list(zip(*sides, strict=True)) == [
        ("Norway", "NOR", "385", "None"),
        ("Sweden", "SWE", "380", "None"),
        ("Finland", "FIN", "375", "None"),
    ]
    assert (row["Recipient COW"], row["Recipient Title"]) == ("None", "secretary-general of NATO")
    assert row["Story Organizations"] == "North Atlantic Treaty Organization"
    assert row["Story People"] == "Jens Stoltenberg"


def test_polecat_extra_columns_stand_behind_the_forty(book: Record, tmp_path: Path) -> None:
    written(book, "polecat", tmp_path / "p.tsv", extra=True, filters={"status": list(Status)})
    found = rows(tmp_path / "p.tsv", "\t")
    assert tuple(found[0]) == (*POLECAT, *EXTRA)
    assert Counter(row["Status"] for row in found) == Counter(str(e.status) for e in book.each_event())
    row = next(r for r in found if r["Source"] == "The Fjord" and r["Event Type"] == "SANCTION")
    assert row["Quote"] == " ".join(EXPELLED.split())
    assert (row["Quote Start"], row["Quote End"]) == ("0", str(len(EXPELLED)))
    assert (row["Voice"], row["Sources"], row["Stance"]) == ("source", "Anniken Huitfeldt", "report")
    assert (row["Date Source"], row["Date From"], row["Date Until"]) == ("text", "2024-03-04", "2024-03-05")
    promise = next(r for r in found if r["Event Type"] == "AGREE")
    assert (promise["Act"], promise["Status"], promise["Event Date"]) == ("CONSULT", "planned", "2024-01-01")


@pytest.mark.parametrize("odd", ["\0", "\x0b", "\x85", "\u2028", "\r\n", '"', "\t", "|", ";"])
def test_no_character_of_a_name_breaks_a_row(tmp_path: Path, odd: str) -> None:
    text = f"Anna{odd}Berg met Norway."
    names = (actor(text, f"Anna{odd}Berg", "SWE", "BUS"), actor(text, "Norway", "NOR"))
    made = report(text, (event(text, "met", "CONSULT", names),), outlet=f"The{odd}Fjord", published="2024-01-01")
    with Record.open(tmp_path / "r.duckdb", write=True) as record:
        record.add([made])
    with Record.open(tmp_path / "r.duckdb") as record:
        written(record, "polecat", tmp_path / "p.tsv", extra=True)
        written(record, "gdelt", tmp_path)
    [row] = pd.read_csv(tmp_path / "p.tsv", sep="\t", keep_default_na=False).to_dict("records")
    assert row["Actor Name"].count("; ") == 1
    assert (row["Actor Country"], row["Publication Date"]) == ("SWE; NOR", "2024-01-01")
    [one], [other] = (frame.to_dict("records") for frame in gdelt(tmp_path))
    assert (one["Actor2Code"], other["MentionDocLen"]) == ("NOR", str(len(text)))


# gdelt


def gdelt(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two files, as loaders for GDELT read them: without header and without quotes."""
    how = {"sep": "\t", "header": None, "dtype": str, "quoting": csv.QUOTE_NONE, "keep_default_na": False}
    events = pd.read_csv(folder / "events.export.CSV", names=list(EVENTS), **how)
    return events, pd.read_csv(folder / "events.mentions.CSV", names=list(MENTIONS), **how)


def test_gdelt_has_its_columns(book: Record, tmp_path: Path) -> None:
    done = written(book, "gdelt", tmp_path)
    assert (len(EVENTS), len(MENTIONS)) == (61, 16)
    assert EVENTS[24:36] == (
        *(
            "Actor2Type3Code",
            "IsRootEvent",
            "EventCode",
            "EventBaseCode",
            "EventRootCode",
            "QuadClass",
            "GoldsteinScale",
        ),
        *("NumMentions", "NumSources", "NumArticles", "AvgTone", "Actor1Geo_Type"),
    )
    assert (EVENTS[5], EVENTS[51], EVENTS[58:]) == (
        ("Actor1Code", "ActionGeo_Type", ("ActionGeo_FeatureID", "DATEADDED", "SOURCEURL"))
    )
    for name, width in (("events.export.CSV", 61), ("events.mentions.CSV", 16)):
        lines = (tmp_path / name).read_text("utf-8").splitlines()
        assert {line.count("\t") for line in lines} == {width - 1}
    assert [path.name for path in done.made] == ["events.export.CSV", "events.mentions.CSV"]
    assert done.notes == LEFT_OUT


def test_gdelt_merges_what_several_reports_tell(book: Record, tmp_path: Path) -> None:
    written(book, "gdelt", tmp_path)
    events, mentions = gdelt(tmp_path)
    assert events["GLOBALEVENTID"].is_unique
    [row] = events[events["EventRootCode"] == "16"].to_dict("records")
    assert {name: row[name] for name in EVENTS if row[name] not in ("", "0")} == {
        "GLOBALEVENTID": row["GLOBALEVENTID"],
        "SQLDATE": "20240304",
        "MonthYear": "202403",
        "Year": "2024",
        "FractionDate": "2024.1753",
        "Actor1Code": "NOR",
        "Actor1Name": "NORWAY",
        "Actor1CountryCode": "NOR",
        "Actor2Code": "RUSGOV",
        "Actor2Name": "RUSSIAN DIPLOMATS",
        "Actor2CountryCode": "RUS",
        "Actor2Type1Code": "GOV",
        "IsRootEvent": "1",
        "EventCode": "166",
        "EventBaseCode": "166",
        "EventRootCode": "16",
        "QuadClass": "4",
        "GoldsteinScale": "-7.0",
        "NumMentions": "2",
        "NumSources": "2",
        "NumArticles": "2",
        "ActionGeo_Type": "4",
        "ActionGeo_FullName": "Oslo, Norway",
        "ActionGeo_CountryCode": "NO",
        "ActionGeo_ADM1Code": "NO12",
        "ActionGeo_Lat": "59.913",
        "ActionGeo_Long": "10.746",
        "DATEADDED": "20240305000000",
        "SOURCEURL": "https://example.org/1",
    }
    told_in = mentions[mentions["GLOBALEVENTID"] == row["GLOBALEVENTID"]].to_dict("records")
    assert {m["MentionSourceName"] for m in told_in} == {"The Fjord", "@Sund"}
    for mention in told_in:
        for column, words in (
            ("Actor1CharOffset", "Norway"),
            ("Actor2CharOffset", "Russian diplomats"),
            ("ActionCharOffset", "expelled"),
        ):
            assert EXPELLED[int(mention[column]) :].startswith(words)
        assert (mention["MentionDocLen"], mention["Confidence"]) == (str(len(EXPELLED)), "75")
    kinds = {m["MentionSourceName"]: (m["MentionType"], m["MentionIdentifier"]) for m in told_in}
    assert kinds["The Fjord"] == ("1", "https://example.org/1")
    assert kinds["@Sund"][0] == "2"


def test_gdelt_rows_are_pairs(book: Record, tmp_path: Path) -> None:
    written(book, "gdelt", tmp_path)
    events, mentions = gdelt(tmp_path)
    pairs = {(r["Actor1Code"], r["Actor2Code"]) for r in events[events["EventCode"] == "040"].to_dict("records")}
    assert pairs == {("NOR", "IGOWSTNAT"), ("SWE", "IGOWSTNAT"), ("FIN", "IGOWSTNAT")}
    together = events[events["EventCode"] == "060"].to_dict("records")
    assert {(r["Actor1Code"], r["Actor2Code"]) for r in together} == {("NOR", "SWE"), ("NOR", "FIN"), ("SWE", "FIN")}
    nato = events[events["Actor2Code"] == "IGOWSTNAT"].to_dict("records")[0]
    assert [nato[f"Actor2{n}Code"] for n in ("Country", "KnownGroup", "Type1")] == ["WST", "NAT", "IGO"]
    # A place without coordinates is none to GDELT.
    assert (nato["ActionGeo_Type"], nato["ActionGeo_FullName"]) == ("0", "")
    assert set(mentions["GLOBALEVENTID"]) == set(events["GLOBALEVENTID"])


@pytest.mark.parametrize(
    ("country", "sector", "entity", "expected"),
    [
        ("ROU", "GOV", None, ("ROMGOV", "ROM", "", ("GOV",))),
        ("XKX", None, "XKX", ("KSV", "KSV", "", ())),
        ("USA", "JRN", None, ("USAMED", "USA", "", ("MED",))),
        ("UNO", "HLH", "WHO", ("IGOUNOHLHWHO", "", "WHO", ("IGO", "HLH"))),
        ("UNO", None, None, ("IGOUNO", "", "UNO", ("IGO",))),
        ("NGO", "NGO", None, ("NGO", "", "", ("NGO",))),
        ("IGO", "MIL", "AMISOM", ("IGOMIL", "", "", ("IGO", "MIL"))),
        (None, "REB", None, ("REB", "", "", ("REB",))),
        (None, None, None, ("", "", "", ())),
    ],
)
def test_actors_in_cameo(
    country: str | None, sector: str | None, entity: str | None, expected: tuple[Any, ...]
) -> None:
    found = codes().cameo_actor(Actor(0, 1, "x", country=country, sector=sector, entity=entity))
    assert (found.code, found.country, found.group, found.types) == expected


def test_every_type_and_mode_has_a_cameo_code_of_its_quad_class() -> None:
    for kind in BOOK.types.values():
        for mode in (None, *kind.modes):
            found = codes().cameo(kind.name, mode)
            assert found is not None
            root = int(found.root)
            # GDELT's classes by root: protest is verbal conflict there, an investigation material cooperation.
            assert int(found.quadclass) == (1 if root <= 5 else 2 if root <= 9 else 3 if root <= 14 else 4), found
            assert -10 <= float(found.goldstein) <= 10
    rows = BOOK.rows("cameo.csv")
    assert {(r["type"], r["mode"]) for r in rows} == {(t.name, m) for t in BOOK.types.values() for m in ("", *t.modes)}
    by_code: dict[str, set[str]] = {}
    for row in rows:
        by_code.setdefault(row["code"], set()).add(row["goldstein"])
    assert all(len(values) == 1 for values in by_code.values())


def test_places_go_by_fips_codes() -> None:
    fips = codes().fips
    pitfalls = {"DEU": "GM", "CHN": "CH", "CHE": "SZ", "AUS": "AS", "AUT": "AU", "UKR": "UP", "RUS": "RS", "GBR": "UK"}
    pitfalls |= {"SRB": "RI", "XKX": "KV", "SSD": "OD", "PHL": "RP", "MMR": "BM", "TUR": "TU", "KOR": "KS", "PRK": "KN"}
    assert {iso3: fips[iso3] for iso3 in pitfalls} == pitfalls
    assert len(set(fips.values())) == len(fips)
    assert set(fips) >= {row["iso3"] for row in BOOK.rows("cow.csv") if not row["until"]}


# Correlates of War


def test_state_numbers_are_those_of_the_list_of_2016() -> None:
    now = {row["iso3"]: int(row["cow"]) for row in BOOK.rows("cow.csv") if not row["until"]}
    assert len(now) == len(set(now.values())) == 195
    pitfalls = {
        "DEU": 255,
        "SRB": 345,
        "XKX": 347,
        "YEM": 679,
        "VNM": 816,
        "TWN": 713,
        "KOR": 732,
        "PRK": 731,
        "SSD": 626,
    }
    assert {iso3: now[iso3] for iso3 in pitfalls} == pitfalls
    assert {"PSE", "VAT", "HKG", "ESH"} & set(now) == set()
    ours = {row["iso3"]: row["cow"] for row in BOOK.rows("countries.csv") if row["cow"]}
    last = {row["iso3"]: row["cow"] for row in BOOK.rows("cow.csv")}
    assert ours == last


@pytest.mark.parametrize(
    ("country", "day", "number"),
    [
        ("DEU", "1970-01-01", 260),
        ("DEU", "1990-10-02", 260),
        ("DEU", "1990-10-03", 255),
        ("DEU", "1950-01-01", None),
        ("DDR", "1990-10-02", 265),
        ("DDR", "1990-10-03", None),
        ("YEM", "1989-01-01", 678),
        ("SUN", "1985-01-01", 365),
        ("RUS", "2024-01-01", 365),
        ("XKX", "2007-12-31", None),
        ("PSE", "2024-01-01", None),
        ("VNM", None, 816),
    ],
)
def test_state_numbers_hold_at_a_day(country: str, day: str | None, number: int | None) -> None:
    assert codes().cow(country, day) == number


# graphml, gexf


def edges(graph: nx.MultiDiGraph) -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {data.get("id", key): (a, b, data) for a, b, key, data in graph.edges(keys=True, data=True)}


def test_graphml_is_the_network_of_a_day(book: Record, tmp_path: Path) -> None:
    done = written(book, "graphml", tmp_path / "net.graphml", at="2024-04-15")
    graph = nx.read_graphml(tmp_path / "net.graphml", force_multigraph=True)
    assert graph.is_directed()
    assert graph.nodes["NOR"] == {"label": "Norway", "code": "NOR", "country": "NOR", "class": "state", "cow": 385}
    assert graph.nodes["NATO"]["class"] == "alliance"
    assert "cow" not in graph.nodes["NATO"]
    found = edges(graph)
    by_kind = {
        kind: [(a, b) for a, b, d in found.values() if d["kind"] == kind]
        for kind in {d["kind"] for *_, d in found.values()}
    }
    assert set(by_kind["membership"]) == {("FIN", "NATO"), ("SWE", "NATO"), ("NOR", "NATO")}
    assert by_kind["sanction"] == [("NOR", "RUS")]
    assert by_kind["agreement"] == [("DNK", "NOR")]
    stored = {tie.id: tie for tie in book.ties(at="2024-04-15")}
    for id_, (_, _, data) in found.items():
        tie = stored[id_.split("/")[0]]
        assert (data["tie"], data["status"], data["step"]) == (tie.id, str(tie.status), tie.step)
        assert (data["evidence_for"], data["score"]) == (len(tie.evidence), tie.score)
        assert data["mutual"] is (tie.kind not in ("membership", "sanction", "presence"))
    assert done.notes == []


def test_a_tie_of_three_is_a_node(book: Record, tmp_path: Path) -> None:
    written(book, "graphml", tmp_path / "net.graphml")
    graph = nx.read_graphml(tmp_path / "net.graphml", force_multigraph=True)
    [pact] = [tie for tie in book.ties() if tie.kind == "alliance"]
    assert graph.nodes[pact.id]["label"] == "Skaggerak Pact"
    assert graph.nodes[pact.id]["class"] == "alliance"
    assert set(graph.predecessors(pact.id)) == {"NOR", "SWE", "FIN"}
    assert not any(d["kind"] == "alliance" and pact.id not in (a, b) for a, b, d in graph.edges(data=True))
    # To pairs, as network science mostly wants it, is one call.
    pacts = nx.Graph((a, b) for a, b, d in graph.edges(data=True) if d["kind"] == "alliance")
    pairs = nx.bipartite.projected_graph(pacts, ["NOR", "SWE", "FIN"])
    assert pairs.number_of_edges() == 3


def test_the_network_leaves_out_what_is_over_unless_asked(book: Record, tmp_path: Path) -> None:
    done = written(book, "graphml", tmp_path / "net.graphml")
    kinds = {d["kind"]: (a, b) for a, b, d in nx.read_graphml(tmp_path / "net.graphml").edges(data=True)}
    assert kinds["presence"] == ("NOR", "SWE")
    assert "agreement" not in kinds
    assert done.notes == ["1 ended or rejected ties left out; --status ended --status rejected asks for them"]
    written(book, "graphml", tmp_path / "net.graphml", filters={"status": ["ended"]})
    graph = nx.read_graphml(tmp_path / "net.graphml", force_multigraph=True)
    assert [(d["kind"], d["status"], d["name"]) for *_, d in graph.edges(data=True)] == [
        ("agreement", "ended", "Kattegat Agreement")
    ]


def test_gexf_has_the_life_of_each_tie(book: Record, tmp_path: Path) -> None:
    written(book, "gexf", tmp_path / "net.gexf")
    graph = nx.read_gexf(tmp_path / "net.gexf")
    assert graph.graph["mode"] == "dynamic"
    head = (tmp_path / "net.gexf").read_text("utf-8")[:400]
    assert '<graph mode="dynamic" timeformat="date" defaultedgetype="directed">' in head
    lives = {(a, b, d["kind"]): (d["status"], d["spells"]) for a, b, d in graph.edges(data=True)}
    # First and last day both belong to a spell.
    assert lives["SWE", "NATO", "membership"] == (
        [("planned", "2022-05-18", "2024-03-06"), ("active", "2024-03-07", "None")],
        [("2022-05-18", "2024-03-06"), ("2024-03-07", "None")],
    )
    assert lives["DNK", "NOR", "agreement"] == (
        [("active", "2022-06-01", "2024-04-29"), ("ended", "2024-04-30", "None")],
        [("2022-06-01", "2024-04-29")],
    )
    # Since when is not known: open to the past.
    assert lives["NOR", "NATO", "membership"] == ([("active", "None", "None")], [("None", "None")])
    assert graph.nodes["NOR"]["label"] == "Norway"


def test_gexf_keeps_the_ties_of_one_pair_apart(book: Record, tmp_path: Path) -> None:
    """Gephi does so by `kind`."""
    written(book, "gexf", tmp_path / "net.gexf")
    text = (tmp_path / "net.gexf").read_text("utf-8")
    assert set(re.findall(r' kind="(\w+)"', text)) == {"membership", "alliance", "sanction", "presence", "agreement"}


def test_text_that_xml_forbids_does_not_break_a_network(tmp_path: Path) -> None:
    text = "Norway and Sweden signed the <Odd> & \x0b\x00Pact."
    article = Article.make(text, published="2024-01-01")
    pair = (("Norway", "NOR", "NOR", "party"), ("Sweden", "SWE", "SWE", "party"))
    made = report(text, (), (claim(article, "agreement", pair, name="<Odd> & \x0b\x00Pact"),), article=article)
    with Record.open(tmp_path / "r.duckdb", write=True) as record:
        record.add([made])
    with Record.open(tmp_path / "r.duckdb") as record:
        for form in ("graphml", "gexf"):
            written(record, form, tmp_path / f"n.{form}")
            [(_, _, data)] = getattr(nx, f"read_{form}")(tmp_path / f"n.{form}").edges(data=True)
            assert data["name"].startswith("<Odd> & ")


# geojson


def rfc_7946(raw: str) -> list[dict[str, Any]]:
    """The features of a collection that keeps to RFC 7946; fails where it does not."""
    collection = json.loads(raw)
    # A coordinate system other than WGS 84 was taken out of the format.
    assert collection.keys() == {"type", "features"}
    assert collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        assert feature.keys() == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert isinstance(feature["id"], str)
        assert feature["geometry"].keys() == {"type", "coordinates"}
        assert feature["geometry"]["type"] == "Point"
        longitude, latitude = feature["geometry"]["coordinates"]
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90
        assert not any(isinstance(value, list | dict) for value in feature["properties"].values())
    found: list[dict[str, Any]] = collection["features"]
    return found


def test_geojson_has_events_and_ties_with_a_place(book: Record, tmp_path: Path) -> None:
    done = written(book, "geojson", tmp_path)
    found = rfc_7946((tmp_path / "events.geojson").read_text("utf-8"))
    assert {f["properties"]["type"] for f in found} == {"SANCTION"}
    assert found[0]["geometry"]["coordinates"] == [10.746, 59.913]
    assert found[0]["properties"]["place_grain"] == "city"
    assert found[0]["properties"]["contexts"] == "diplomatic|legal"
    assert found[0]["properties"]["recipient_entities"] == ""
    [embassy] = rfc_7946((tmp_path / "ties.geojson").read_text("utf-8"))
    assert embassy["properties"]["kind"] == "presence"
    # What is not on the map is told.
    assert done.notes == [
        "5 events without a place are not in it",
        "1 events at a place whose coordinates are not known are not in it",
        "6 ties without a place are not in it",
    ]
    assert len(found) + 6 == len(list(book.each_event()))


# ftm

# What a schema of FollowTheMoney asks for, and what of it may point where; from its model, version 4.
FTM_REQUIRED = {
    "Article": ("fileName",),
    "Mention": ("document", "name"),
    "Event": ("name",),
    "Membership": ("member", "organization"),
    "Sanction": ("entity",),
    "UnknownLink": ("subject", "object"),
    "Occupancy": ("holder", "post"),
    **dict.fromkeys(("PublicBody", "Organization", "Company", "Person", "Position"), ("name",)),
}
FTM_BODIES = ("PublicBody", "Organization", "Company")
FTM_RANGES = {
    "document": ("Article",),
    "proof": ("Article",),
    "organization": FTM_BODIES,
    "holder": ("Person",),
    "post": ("Position",),
    **dict.fromkeys(("resolved", "involved", "member", "entity", "subject", "object"), (*FTM_BODIES, "Person")),
}


def entities(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_ftm_entities_keep_to_the_schemata(book: Record, tmp_path: Path) -> None:
    done = written(book, "ftm", tmp_path)
    found = entities(tmp_path / "entities.ftm.json")
    schema = {entity["id"]: entity["schema"] for entity in found}
    assert len(schema) == len(found)
    seen: set[str] = set()
    for entity in found:
        assert re.fullmatch(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?", entity["id"])
        properties = entity["properties"]
        assert set(FTM_REQUIRED[entity["schema"]]) <= properties.keys()
        for name, values in properties.items():
            assert values
            assert all(isinstance(value, str) for value in values)
            for value in values if name in FTM_RANGES else ():
                assert schema[value] in FTM_RANGES[name], (entity["schema"], name)
                assert value in seen, "an actor stands before what refers to it"
        seen.add(entity["id"])
    assert Counter(schema.values()) == {
        "Article": len(REPORTS),
        "Mention": 7,
        "PublicBody": 5,
        "Organization": 1,
        "Person": 1,
        "Position": 1,
        "Occupancy": 1,
        "Event": len(list(book.each_event())) + 1,
        "Membership": 3,
        "Sanction": 1,
        "UnknownLink": 2,
    }
    assert done.notes == []


def test_ftm_entities_load_with_the_package(book: Record, tmp_path: Path) -> None:
    ftm = pytest.importorskip("followthemoney", reason="the package is not installed; its schemata are checked above")
    written(book, "ftm", tmp_path)
    for raw in entities(tmp_path / "entities.ftm.json"):
        # Cleaned values are those that its types take; one that they refuse is dropped.
        proxy = ftm.model.get_proxy(raw, cleaned=False)
        for name, values in raw["properties"].items():
            assert len(proxy.get(name)) == len(values), (raw["schema"], name, values, proxy.get(name))
        proxy.schema.validate(raw)
        assert proxy.caption


def test_ftm_says_who_was_what(book: Record, tmp_path: Path) -> None:
    written(book, "ftm", tmp_path)
    found = {entity["id"]: entity for entity in entities(tmp_path / "entities.ftm.json")}
    by_schema = {entity["schema"]: entity["properties"] for entity in found.values()}
    occupancy = by_schema["Occupancy"]
    assert found[occupancy["holder"][0]]["properties"]["name"] == ["Jens Stoltenberg"]
    assert found[occupancy["post"][0]]["properties"]["name"] == ["secretary-general of NATO"]
    assert (occupancy["startDate"], occupancy["endDate"]) == (["2014-10-01"], ["2024-09-30"])
    sanction = by_schema["Sanction"]
    assert (sanction["entity"], sanction["authority"], sanction["status"]) == (["state-rus"], ["Norway"], ["active"])
    expulsion = next(e["properties"] for e in found.values() if "SANCTION" in e["properties"].get("keywords", []))
    assert expulsion["involved"] == ["state-nor", "state-rus"]
    assert (expulsion["startDate"], expulsion["endDate"]) == (["2024-03-04"], ["2024-03-04"])
    assert expulsion["keywords"] == ["SANCTION", "expel", "diplomatic", "legal", "occurred"]
    assert expulsion["summary"] == [EXPELLED]


def test_organisations_have_ids_of_their_own() -> None:
    from communique.write.ftm import _id

    known = codes().organisations
    assert len({_id("org", code) for code in known}) == len(known)


# dyad-year


@pytest.fixture
def dyads(book: Record, tmp_path: Path) -> pd.DataFrame:
    done = written(book, "dyad-year", tmp_path / "d.csv", filters={"from_": "2022-01-01"})
    assert done.notes == LEFT_OUT
    return pd.read_csv(tmp_path / "d.csv").set_index(["iso3_1", "iso3_2", "year"])


def test_dyad_years_have_a_row_for_every_pair_and_year(dyads: pd.DataFrame) -> None:
    states = ["DNK", "FIN", "NOR", "RUS", "SWE"]
    assert set(dyads.reset_index().columns) == set(DYADS)
    assert len(dyads) == len(states) * (len(states) - 1) * 3
    assert set(dyads.index) == {(a, b, y) for a in states for b in states if a != b for y in (2022, 2023, 2024)}
    zero = dyads.loc["RUS", "FIN", 2023]
    assert (zero.drop(["ccode1", "ccode2", "reports"]) == 0).all()
    assert (zero["ccode1"], zero["ccode2"], zero["reports"]) == (365, 375, 0)


def test_dyad_years_count_events_from_the_first_to_the_second(dyads: pd.DataFrame) -> None:
    # Two outlets with one text are one story.
    row = dyads.loc["NOR", "RUS", 2024]
    assert (row["events"], row["material_conf"], row["intensity_sum"], row["intensity_neg"]) == (1, 1, -5.5, -5.5)
    assert dyads.loc["RUS", "NOR", 2024]["events"] == 0
    # Those who act together do so with one another: a cooperation; and Norway promised Sweden a visit.
    assert dyads.loc["NOR", "SWE", 2024][["events", "material_coop", "verbal_coop"]].tolist() == [2, 1, 1]
    assert dyads.loc["SWE", "NOR", 2024][["events", "material_coop", "verbal_coop"]].tolist() == [1, 1, 0]
    assert dyads["reports"].groupby("year").first().to_dict() == {2022: 0, 2023: 0, 2024: len(REPORTS)}


def test_dyad_years_have_the_ties_in_force(dyads: pd.DataFrame) -> None:
    def years(one: str, other: str, column: str) -> dict[int, int]:
        return {year: int(dyads.loc[one, other, year][column]) for year in (2022, 2023, 2024)}

    assert years("NOR", "SWE", "alliance") == {2022: 0, 2023: 0, 2024: 1}
    # Sweden joined in 2024; since when Norway is in, nobody says: since the report of it.
    assert years("FIN", "SWE", "memberships") == {2022: 0, 2023: 0, 2024: 1}
    assert years("FIN", "NOR", "memberships") == {2022: 0, 2023: 0, 2024: 1}
    assert years("NOR", "DNK", "agreements") == years("DNK", "NOR", "agreements") == {2022: 1, 2023: 1, 2024: 1}
    assert (years("NOR", "RUS", "sanction")[2024], years("RUS", "NOR", "sanction")[2024]) == (1, 0)
    assert (years("NOR", "SWE", "embassy")[2024], years("SWE", "NOR", "embassy")[2024]) == (1, 0)
    assert years("NOR", "SWE", "base") == {2022: 0, 2023: 0, 2024: 0}


def test_dyad_years_join_the_tables_of_the_field(dyads: pd.DataFrame, tmp_path: Path) -> None:
    """Small tables in the columns that ATOP and COW have in peacesciencer."""
    atop = pd.read_csv(
        io.StringIO(
            "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n"
            "375,380,2024,1,0,0,0,1\n380,375,2024,1,0,0,0,1\n385,390,2022,1,0,0,1,1\n"
        )
    )
    joined = dyads.reset_index().merge(atop, on=["ccode1", "ccode2", "year"], how="left", validate="one_to_one")
    assert len(joined) == len(dyads)
    assert joined["atop_defense"].notna().sum() == 3
    found = joined.loc[joined["atop_defense"] == 1, ["iso3_1", "iso3_2", "year"]].to_numpy().tolist()
    assert sorted(found) == [["FIN", "SWE", 2024], ["NOR", "DNK", 2022], ["SWE", "FIN", 2024]]
    cow = pd.DataFrame({"ccode1": [385], "ccode2": [365], "year": [2024], "cow_defense": [0], "cow_entente": [0]})
    [row] = dyads.reset_index().merge(cow, on=["ccode1", "ccode2", "year"]).to_dict("records")
    assert (row["iso3_1"], row["events"]) == ("NOR", 1)


def test_names_of_dyad_columns_fit_stata() -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) for name in DYADS)
    assert DYADS[:3] == ("ccode1", "ccode2", "year")


def test_dyad_years_tell_what_they_cannot_count(tmp_path: Path) -> None:
    text = "Palestine met Norway in 1990. Kosovo met Norway in 2007."
    palestine, norway, kosovo = (
        actor(text, n, c) for n, c in (("Palestine", "PSE"), ("Norway", "NOR"), ("Kosovo", "XKX"))
    )
    found = (
        event(text, "met", "CONSULT", (palestine, norway)),
        event(text, "in 1990", "CONSULT", (norway,), (palestine,), days=("1990-01-01", "1991-01-01"), words="1990"),
        event(text, "in 2007", "CONSULT", (kosovo, norway), days=("2007-01-01", "2008-01-01"), words="2007"),
    )
    with Record.open(tmp_path / "r.duckdb", write=True) as record:
        record.add([report(text, found, published="2009-01-01")])
    with Record.open(tmp_path / "r.duckdb") as record:
        done = written(record, "dyad-year", tmp_path / "d.csv", filters={"from_": "2007-01-01"})
        assert {(r["iso3_1"], r["iso3_2"], r["year"]) for r in rows(tmp_path / "d.csv")} == {
            (a, b, y) for y in ("2008", "2009") for a, b in (("NOR", "XKX"), ("XKX", "NOR"))
        }
        assert len(done.notes) == 2
        assert done.notes[0].startswith("4 events of pairs left out: outside the years 2007-2009")
        assert done.notes[1] == "left out, having no COW number in these years: PSE"
        with pytest.raises(CallError, match="no year lies between"):
            written(record, "dyad-year", tmp_path / "d.csv", filters={"from_": "2012-01-01"})
