"""`geojson`: events and ties with a place as points, by RFC 7946."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from communique.model import Place
from communique.write.files import Export, joined
from communique.write.source import Selection, told
from communique.write.tables import event_row, json_line, tie_row

TABLES = ("events", "ties")
Feature = tuple[Place | None, dict[str, Any]]


def write_geojson(job: Export) -> None:
    """One collection a table: the columns of `csv` as properties, and how exact the place is (`place_grain`)."""
    for table in [job.table] if job.table else TABLES[:1] if job.one_file else TABLES:
        missing = {"place": 0, "coordinates": 0}
        with job.text(f"{table}.geojson") as file:
            _collection(file, _features(_rows(job, table), missing))
        job.note(missing["place"], f"{table} without a place are not in it")
        job.note(missing["coordinates"], f"{table} at a place whose coordinates are not known are not in it")


def _rows(job: Export, table: str) -> Iterator[Feature]:
    if table == "events":
        return ((row.event.place, event_row(row)) for row in told(job.book, Selection(job.filters)))
    return ((tie.place, tie_row(tie)) for tie in job.book.ties(at=job.at))


def _features(rows: Iterable[Feature], missing: dict[str, int]) -> Iterator[Mapping[str, Any]]:
    for place, row in rows:
        if place is None:
            missing["place"] += 1
        elif place.latitude is None or place.longitude is None:
            missing["coordinates"] += 1
        else:
            yield {
                "type": "Feature",
                "id": row["id"],
                "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
                "properties": _properties(row) | {"place_grain": place.grain},
            }


def _properties(row: Mapping[str, Any]) -> dict[str, Any]:
    """Flat, as map programs want them: lists joined, the coordinates only in the geometry."""
    kept = {name: value for name, value in row.items() if name not in ("latitude", "longitude")}
    return {name: joined(value) if isinstance(value, list | tuple) else value for name, value in kept.items()}


def _collection(file: IO[str], features: Iterable[Mapping[str, Any]]) -> None:
    """One feature a line."""
    file.write('{"type":"FeatureCollection","features":[')
    for number, feature in enumerate(features):
        file.write(("," if number else "") + "\n" + json_line(feature))
    file.write("\n]}\n")
