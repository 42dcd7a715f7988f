"""The tables of a record as they are: `csv`, `jsonl`, `parquet`.

`jsonl` holds the full objects, as `--json` prints them. `csv` and `parquet` hold one flat row per object with the
columns of `COLUMNS`; in CSV an empty cell is unknown and `|` separates the items of a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from communique.model import Actor, Article, Place, Span, Voice, to_json
from communique.write.files import Export, joined, table_writer
from communique.write.source import Report, Selection, Told, groups, told

Row = Mapping[str, Any]

# Rows held in memory before they go to a Parquet file as one group.
_GROUP = 10_000

# Column -> kind (text, day, int, float, bool, list) of the flat rows of each table.
_PARTY = {"names": "list", "countries": "list", "sectors": "list", "entities": "list"}
_VOICE = {"voice": "text", "sources": "list", "via": "list", "stance": "text"}
_QUOTE = {"quote": "text", "quote_start": "int", "quote_end": "int"}
_ORIGIN = {"article": "text", "outlet": "text", "published": "text", "url": "text"}
_PLACE = {"place": "text", "place_country": "text", "geonames_id": "int", "latitude": "float", "longitude": "float"}

COLUMNS: dict[str, dict[str, str]] = {
    "events": {
        "id": "text",
        # The day asked by; `date_source` says where it comes from: the "text", the report's day ("published"), or the
        # first day that an undated report may be of ("anchor").
        "date": "text",
        "date_source": "text",
        "from": "text",
        "until": "text",
        "grain": "text",
        **dict.fromkeys(("type", "act", "mode"), "text"),
        "contexts": "list",
        "status": "text",
        "historical": "bool",
        **{f"actor_{name}": kind for name, kind in _PARTY.items()},
        **{f"recipient_{name}": kind for name, kind in _PARTY.items()},
        **_PLACE,
        **_VOICE,
        "trigger": "text",
        **_QUOTE,
        "quad": "text",
        "intensity": "float",
        "score": "float",
        **_ORIGIN,
    },
    "ties": {
        **dict.fromkeys(("id", "kind", "name"), "text"),
        "parties": "list",
        "party_names": "list",
        "roles": "list",
        **dict.fromkeys(("status", "step", "since", "until"), "text"),
        **_PLACE,
        **_VOICE,
        "outlets": "int",
        "stories": "int",
        "score": "float",
        "evidence_for": "int",
        "evidence_against": "int",
        "quotes": "list",
        "articles": "list",
    },
    "statements": {
        "id": "text",
        "sources": "list",
        "source_countries": "list",
        "source_entities": "list",
        "via": "list",
        "cue": "text",
        "form": "text",
        "status": "text",
        **_QUOTE,
        **_ORIGIN,
    },
    "articles": {
        **dict.fromkeys(("id", "given_id", "title", "outlet", "published", "anchor_from", "anchor_until"), "text"),
        **dict.fromkeys(("language", "url", "text"), "text"),
    },
}
TABLES = tuple(COLUMNS)


def write_csv(job: Export) -> None:
    """UTF-8, comma, quotes where needed, LF. Cells are as they are in the record; `excel_safe` marks those that a
    spreadsheet would take for a formula, and the file as UTF-8."""
    encoding = "utf-8-sig" if job.excel_safe else "utf-8"
    for table in _tables(job):
        columns = COLUMNS[table]
        with job.text(f"{table}.csv", encoding) as file:
            out = table_writer(file)
            out.writerow(columns)
            for row in flat_rows(job, table):
                cells = [cell(row[name]) for name in columns]
                out.writerow(map(_excel_safe, cells, columns.values()) if job.excel_safe else cells)


def write_jsonl(job: Export) -> None:
    """One full object a line."""
    for table in _tables(job):
        with job.text(f"{table}.jsonl") as file:
            file.writelines(json_line(_whole(row)) + "\n" for row in _stored(job, table))


def write_parquet(job: Export) -> None:
    """Typed columns; lists as lists of strings."""
    for table in _tables(job):
        with job.file(f"{table}.parquet") as path:
            _parquet(table, flat_rows(job, table), path)


def json_line(row: Any) -> str:
    """One object as one line of JSON, the same bytes on every machine."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def cell(value: Any) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return joined(value)
    return str(value)


# What a spreadsheet would run: OWASP's list for CSV injection.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def _excel_safe(text: str, kind: str) -> str:
    harmless = kind in ("int", "float") or not _FORMULA.match(text) or _NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"


def _parquet(table: str, rows: Iterable[Row], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "list": pa.list_(pa.string()),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS[table].items()])
    with pq.ParquetWriter(path, schema) as out:
        for group in groups(rows, _GROUP):
            out.write_table(pa.Table.from_pylist([dict(row) for row in group], schema=schema))


def _tables(job: Export) -> Iterator[str]:
    if job.table or job.one_file:
        return iter([job.table or "events"])
    if job.filters:
        job.notes.append("the filters narrow the events only; ties, statements and articles are whole")
    return iter(TABLES)


# Objects to rows


def _stored(job: Export, table: str) -> Iterable[Any]:
    """The objects of a table, as the record gives them."""
    if table == "events":
        return Selection(job.filters).events(job.book)
    if table == "ties":
        return job.book.ties(at=job.at)
    return job.book.each_statement() if table == "statements" else job.book.each_article()


def _whole(row: Any) -> Any:
    return to_json(row) if isinstance(row, Article) else row.to_json()


def flat_rows(job: Export, table: str) -> Iterator[Row]:
    """The rows of a table with the columns of `COLUMNS`."""
    if table == "events":
        return map(event_row, told(job.book, Selection(job.filters)))
    return map(_FLAT[table], _stored(job, table))


def event_row(row: Told) -> dict[str, Any]:
    event, day, day_source, report = row
    when = event.when
    return {
        "id": event.id,
        "date": day,
        "date_source": day_source,
        "from": when.from_ if when else None,
        "until": when.until if when else None,
        "grain": when.grain if when else None,
        **{name: getattr(event, name) for name in ("type", "act", "mode", "contexts")},
        "status": str(event.status),
        "historical": event.historical,
        **_parties("actor_", event.actors),
        **_parties("recipient_", event.recipients),
        **_place(event.place),
        **_voice(event.voice),
        "trigger": event.trigger.text,
        **_quote(event.sentence),
        **{name: getattr(event, name) for name in ("quad", "intensity", "score")},
        **_origin(report),
    }


def tie_row(tie: Any) -> dict[str, Any]:
    evidence = tie.evidence
    return {
        **{name: getattr(tie, name) for name in ("id", "kind", "name")},
        "parties": [party.entity or party.country for party in tie.parties],
        "party_names": [called(party) for party in tie.parties],
        "roles": [party.role for party in tie.parties],
        "status": str(tie.status),
        **{name: getattr(tie, name) for name in ("step", "since", "until")},
        **_place(tie.place),
        **_voice(tie.voice),
        **{name: getattr(tie, name) for name in ("outlets", "stories", "score")},
        "evidence_for": sum(item.for_ for item in evidence),
        "evidence_against": sum(not item.for_ for item in evidence),
        "quotes": [item.text for item in evidence],
        "articles": [item.article for item in evidence],
    }


def _statement_row(said: Any) -> dict[str, Any]:
    first, last = said.content[0], said.content[-1]
    # In pieces ("X," he said, "Y") the quote joins them; the offsets then reach from the first to the last.
    quote = Span(first.start, last.end, " … ".join(piece.text for piece in said.content))
    sources = _parties("", said.sources)
    return {
        "id": said.id,
        "sources": sources["names"],
        "source_countries": sources["countries"],
        "source_entities": sources["entities"],
        "via": [called(actor) for actor in said.via],
        "cue": said.cue.text if said.cue else None,
        "form": str(said.form),
        "status": str(said.status),
        **_quote(quote),
        **{name: getattr(said, name) for name in _ORIGIN},
    }


def _article_row(article: Article) -> dict[str, Any]:
    anchor = article.anchor
    return {
        **{name: getattr(article, name, None) for name in COLUMNS["articles"]},
        "anchor_from": anchor.from_ if anchor else None,
        "anchor_until": anchor.until if anchor else None,
    }


_FLAT: dict[str, Callable[[Any], Row]] = {"ties": tie_row, "statements": _statement_row, "articles": _article_row}


def called(actor: Actor) -> str:
    """The name an actor goes by: its fullest one, else the words of the text."""
    return actor.name or actor.text


def _origin(report: Report) -> dict[str, Any]:
    return {"article": report.id, **{name: getattr(report, name) for name in ("outlet", "published", "url")}}


def _parties(prefix: str, actors: Iterable[Actor]) -> dict[str, list[str | None]]:
    actors = list(actors)
    return {
        f"{prefix}names": [called(actor) for actor in actors],
        f"{prefix}countries": [actor.country for actor in actors],
        f"{prefix}sectors": [actor.sector for actor in actors],
        f"{prefix}entities": [actor.entity for actor in actors],
    }


def _place(place: Place | None) -> dict[str, Any]:
    return {
        "place": (place.name or place.text) if place else None,
        "place_country": place.country if place else None,
        **{name: getattr(place, name) if place else None for name in ("geonames_id", "latitude", "longitude")},
    }


def _voice(voice: Voice) -> dict[str, Any]:
    return {
        "voice": voice.kind,
        "sources": [called(actor) for actor in voice.sources],
        "via": [called(actor) for actor in voice.via],
        "stance": voice.stance,
    }


def _quote(span: Span) -> dict[str, Any]:
    return {"quote": span.text, "quote_start": span.start, "quote_end": span.end}
