"""Rows of a record to files of other programs.

To add a format: a module with one function that takes an `Export`, and one line in `WRITERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from communique.errors import CallError
from communique.write import dyads, ftm, gdelt, network, places, polecat, tables
from communique.write.files import Export
from communique.write.source import Book
from communique.write.tables import COLUMNS, json_line

__all__ = ["COLUMNS", "WRITERS", "Export", "Format", "export", "format_for", "json_line"]

_FILTERS = ("from_", "until", "type", "actor", "recipient", "status", "min_score")


@dataclass(frozen=True)
class Format:
    """A format: what writes it, the endings its files go by (the first is its own), the tables to choose from, the
    options that mean something for it (at, extra, excel_safe) and the filters it understands."""

    write: Callable[[Export], None]
    suffixes: tuple[str, ...]
    tables: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()
    filters: tuple[str, ...] = _FILTERS


_AT = frozenset({"at"})

WRITERS: dict[str, Format] = {
    "csv": Format(tables.write_csv, ("csv",), tables.TABLES, _AT | {"excel_safe"}),
    "jsonl": Format(tables.write_jsonl, ("jsonl", "ndjson", "json"), tables.TABLES, _AT),
    "parquet": Format(tables.write_parquet, ("parquet",), tables.TABLES, _AT),
    "polecat": Format(polecat.write_polecat, ("tsv", "txt"), options=frozenset({"extra"})),
    "gdelt": Format(gdelt.write_gdelt, ()),
    "graphml": Format(network.write_graphml, ("graphml", "xml"), options=_AT, filters=("status",)),
    "gexf": Format(network.write_gexf, ("gexf", "xml"), options=_AT, filters=("status",)),
    "geojson": Format(places.write_geojson, ("geojson", "json"), places.TABLES, _AT),
    "ftm": Format(ftm.write_ftm, ("json", "jsonl"), options=_AT),
    "dyad-year": Format(dyads.write_dyads, ("csv",)),
}


# No suffix is a folder; these may hold a table of text.
_PLAIN = frozenset({"", "txt", "tsv"})


def format_for(asked: str | None, to: Path) -> str:
    """The format that was asked for, else the one that the file's name tells, else CSV; `CallError` says which there
    are, and where the name tells of another one than was asked for."""
    suffix = to.suffix.removeprefix(".").lower()
    if asked is None:
        if suffix in WRITERS or suffix in _PLAIN:
            return suffix if suffix in WRITERS else "csv"
        raise CallError(f"{to}: no format is known by .{suffix}; give one by --format: {', '.join(WRITERS)}")
    if asked not in WRITERS:
        raise CallError(f"no format {asked!r}; there are {', '.join(WRITERS)}")
    others = [name for name, form in WRITERS.items() if suffix in form.suffixes]
    if others and asked not in others:
        raise CallError(f"--format {asked} does not go with a file called .{suffix}; give one of the two")
    return asked


def export(
    book: Book,
    form: str,
    to: Path,
    *,
    table: str | None = None,
    at: str | None = None,
    filters: Mapping[str, Any] | None = None,
    extra: bool = False,
    excel_safe: bool = False,
) -> Export:
    """Writes a record (`store.Record`) and gives back which files were made, and notes on what is not in them.

    `to` with a suffix is one file, without one a folder that gets files by the names of the tables. A file appears only
    when it is complete, in place of an older one. `filters` are those of `Record.events`; graphml and gexf take
    the status of ties. Raises `CallError` where an option means nothing for the format.
    """
    job = Export(book, to, table, at, {k: v for k, v in (filters or {}).items() if v}, extra, excel_safe)
    format_ = WRITERS[format_for(form, to)]
    _check(form, format_, job)
    format_.write(job)
    return job


def _check(form: str, format_: Format, job: Export) -> None:
    if job.table is not None and job.table not in format_.tables:
        choice = f"there are {', '.join(format_.tables)}" if format_.tables else "leave --table out"
        raise CallError(f"{form} has no table {job.table!r}; {choice}")
    for option in ("at", "extra", "excel_safe"):
        if getattr(job, option) and option not in format_.options:
            those = ", ".join(name for name, other in WRITERS.items() if option in other.options)
            raise CallError(f"--{option.replace('_', '-')} does nothing for {form}; it is for {those}")
    for name in job.filters:
        if name not in format_.filters or job.table not in (None, "events"):
            what = f"the table {job.table}" if job.table else form
            raise CallError(f"--{name.rstrip('_').replace('_', '-')} does nothing for {what}; it is for events")
    if job.at and job.table not in (None, "ties"):
        raise CallError(f"--at does nothing for the table {job.table}; it is for ties")
    if format_.filters is _FILTERS:
        # Asked in vain before anything is written: a wrong type or status is told at once.
        job.book.each_event(**job.filters)
