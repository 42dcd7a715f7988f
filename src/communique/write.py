"""Rows of a record to files: one function per format.

`jsonl` holds the full objects, as `--json` prints them. `csv` and `parquet` hold one flat row per object with the
columns of `COLUMNS`; in CSV an empty cell is unknown and `|` separates the items of a list.
To add a format: one function here and one line in `WRITERS`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from communique.errors import CallError, CommuniqueError

Row = Mapping[str, Any]
Writer = Callable[[str, Iterable[Row], Path], None]

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

LATER = ("polecat", "gdelt", "graphml", "gexf", "geojson", "ftm", "dyad-year")


def export(tables: Mapping[str, Iterable[Row]], form: str, to: Path, table: str | None = None) -> list[Path]:
    """Writes tables (name -> rows as `--json` prints them) and gives the files made. `articles` is gone through twice.

    `to` with a suffix is one file with one table (`table`, else events); without, a folder with one file a table.
    A file appears only when it is complete, in place of an older one of that name.
    """
    writer = writer_for(form)
    if table is not None and table not in COLUMNS:
        raise CallError(f"no table {table!r}; there are {', '.join(COLUMNS)}")
    articles = {row["id"]: _about(row) for row in tables.get("articles", ())}
    made = []
    for name in [table] if table else ["events"] if to.suffix else [n for n in COLUMNS if n in tables]:
        path = to if to.suffix else to / f"{name}.{form}"
        rows = tables[name]
        if form != "jsonl":
            rows = (_FLAT[name](row, articles) for row in rows)
        _write(writer, name, rows, path)
        made.append(path)
    return made


def writer_for(form: str) -> Writer:
    """The function that writes this format; `CallError` says which there are."""
    if form in WRITERS:
        return WRITERS[form]
    known = ", ".join(WRITERS)
    if form in LATER:
        raise CallError(f"the format {form!r} comes later; this version writes {known}")
    raise CallError(f"no format {form!r}; this version writes {known}")


def _write(writer: Writer, table: str, rows: Iterable[Row], path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            writer(table, rows, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise CommuniqueError(f"{path} cannot be written ({error.strerror}); choose another place with --to") from error


# One function per format


def write_jsonl(table: str, rows: Iterable[Row], path: Path) -> None:
    """One full object a line."""
    with _text_file(path) as file:
        file.writelines(json_line(row) + "\n" for row in rows)


def json_line(row: Any) -> str:
    """One object as one line of JSON, the same bytes on every machine."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write_csv(table: str, rows: Iterable[Row], path: Path) -> None:
    """UTF-8, comma, quotes where needed, LF. Cells are as they are in the record: spreadsheets may take a quote that
    begins with `=` for a formula."""
    columns = COLUMNS[table]
    with _text_file(path) as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        for row in rows:
            out.writerow([_cell(row[name]) for name in columns])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        # The bar separates items, so one inside an item is written as a slash.
        return "|".join("" if item is None else str(item).replace("|", "/") for item in value)
    return str(value)


def write_parquet(table: str, rows: Iterable[Row], path: Path) -> None:
    """Typed columns; lists as lists of strings."""
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
        for group in _groups(rows):
            out.write_table(pa.Table.from_pylist([dict(row) for row in group], schema=schema))


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if len(group) == _GROUP:
            yield group
            group = []
    if group:
        yield group


@contextmanager
def _text_file(path: Path) -> Iterator[IO[str]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


WRITERS: dict[str, Writer] = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}


# Objects to flat rows

Articles = Mapping[str, Row]


def _event(row: Row, articles: Articles) -> Row:
    origin = _origin(row["sentence"], articles)
    when = row["when"] or {}
    stated = when.get("from") or when.get("until")
    anchor = articles.get(origin["article"] or "", {}).get("anchor_from")
    days = {"text": stated, "published": origin["published"], "anchor": anchor}
    source = next((name for name, day in days.items() if day), None)
    return {
        "id": row["id"],
        "date": days[source] if source else None,
        "date_source": source,
        **{name: when.get(name) for name in ("from", "until", "grain")},
        **{name: row[name] for name in ("type", "act", "mode", "contexts", "status", "historical")},
        **_parties("actor_", row["actors"]),
        **_parties("recipient_", row["recipients"]),
        **_place(row["place"]),
        **_voice(row["voice"]),
        "trigger": row["trigger"]["text"],
        **_quote(row["sentence"]),
        **{name: row[name] for name in ("quad", "intensity", "score")},
        **origin,
    }


def _tie(row: Row, articles: Articles) -> Row:
    evidence = row["evidence"]
    return {
        **{name: row[name] for name in ("id", "kind", "name")},
        "parties": [party["entity"] or party["country"] for party in row["parties"]],
        "party_names": [_name(party) for party in row["parties"]],
        "roles": [party.get("role") for party in row["parties"]],
        **{name: row[name] for name in ("status", "step", "since", "until")},
        **_place(row["place"]),
        **_voice(row["voice"]),
        **{name: row[name] for name in ("outlets", "stories", "score")},
        "evidence_for": sum(bool(item["for"]) for item in evidence),
        "evidence_against": sum(not item["for"] for item in evidence),
        "quotes": [item["text"] for item in evidence],
        "articles": [item["article"] for item in evidence],
    }


def _statement(row: Row, articles: Articles) -> Row:
    first = row["content"][0]
    # In pieces ("X," he said, "Y") the quote joins them; the offsets then reach from the first to the last.
    quote = {**first, "end": row["content"][-1]["end"], "text": " … ".join(piece["text"] for piece in row["content"])}
    sources = _parties("", row["sources"])
    return {
        "id": row["id"],
        "sources": sources["names"],
        "source_countries": sources["countries"],
        "source_entities": sources["entities"],
        "via": [_name(actor) for actor in row["via"]],
        "cue": row["cue"]["text"] if row["cue"] else None,
        "form": row["form"],
        "status": row["status"],
        **_quote(quote),
        **_origin(first, articles),
    }


def _about(row: Row) -> Row:
    """What rows of other tables tell of their report."""
    anchor = row.get("anchor") or {}
    return {**{name: row.get(name) for name in ("outlet", "published", "url")}, "anchor_from": anchor.get("from")}


def _article(row: Row, articles: Articles) -> Row:
    anchor = row.get("anchor") or {}
    flat = {name: row.get(name) for name in COLUMNS["articles"]}
    return {**flat, "anchor_from": anchor.get("from"), "anchor_until": anchor.get("until")}


_FLAT: dict[str, Callable[[Row, Articles], Row]] = {
    "events": _event,
    "ties": _tie,
    "statements": _statement,
    "articles": _article,
}


def _origin(span: Row, articles: Articles) -> dict[str, Any]:
    article = articles.get(span.get("article", ""), {})
    return {"article": span.get("article"), **{name: article.get(name) for name in ("outlet", "published", "url")}}


def _name(actor: Row) -> str | None:
    name: str | None = actor["name"] or actor["text"]
    return name


def _parties(prefix: str, actors: Sequence[Row]) -> dict[str, list[str | None]]:
    return {
        f"{prefix}names": [_name(actor) for actor in actors],
        f"{prefix}countries": [actor["country"] for actor in actors],
        f"{prefix}sectors": [actor["sector"] for actor in actors],
        f"{prefix}entities": [actor["entity"] for actor in actors],
    }


def _place(place: Row | None) -> dict[str, Any]:
    place = place or {}
    return {
        "place": place.get("name") or place.get("text"),
        "place_country": place.get("country"),
        **{name: place.get(name) for name in ("geonames_id", "latitude", "longitude")},
    }


def _voice(voice: Row) -> dict[str, Any]:
    return {
        "voice": voice["kind"],
        "sources": [_name(actor) for actor in voice["sources"]],
        "via": [_name(actor) for actor in voice["via"]],
        "stance": voice["stance"],
    }


def _quote(span: Row) -> dict[str, Any]:
    return {"quote": span["text"], "quote_start": span["start"], "quote_end": span["end"]}
