"""Tables: JSON lines, CSV and Parquet, one report a row."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from communique.model import Article, Problem
from communique.read.days import iso_day
from communique.read.source import (
    ENCODING_ADVICE,
    MAX_BYTES,
    MAX_LINE,
    DamageError,
    Given,
    Source,
    checked,
    clean,
    decode,
    unicode_encoding,
)

FIELDS = ("text", "id", "outlet", "published", "title", "url", "language", "author")
# What other programs call our columns, the likeliest first; case, spaces, `-` and `_` do not count.
NAMES: dict[str, tuple[str, ...]] = {
    "text": ("text", "fulltext", "articletext", "body", "content", "maintext", "articlebody", "article", "story"),
    "id": ("id", "givenid", "docid", "documentid", "articleid", "uid", "guid"),
    "outlet": ("outlet", "source", "publication", "newspaper", "publisher", "sourcename", "publicationtitle", "medium"),
    "published": ("published", "date", "publicationdate", "pubdate", "datepublished", "publisheddate", "publishdate"),
    "title": ("title", "headline", "hd"),
    "url": ("url", "link", "address", "weburl", "articleurl", "documenturl"),
    "language": ("language", "lang"),
    "author": ("author", "authors", "byline"),
}

Columns = Mapping[str, str]


def columns(names: Iterable[str], given: Given) -> Columns:
    """Field of ours -> column of the table: as the call says, else by the name.

    Raises `DamageError` where the call names a column that is not there.
    """
    there = list(names)
    folded: dict[str, str] = {}
    for name in there:
        folded.setdefault(_folded(name), name)
    found: dict[str, str] = {}
    for field in FIELDS:
        if (asked := given.columns.get(field)) is not None:
            if asked not in there:
                raise DamageError(f"no column {asked!r}; it has {_listed(there)}")
            found[field] = asked
        elif match := next((folded[name] for name in NAMES[field] if name in folded), None):
            found[field] = match
    return found


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _listed(names: Iterable[str]) -> str:
    shown = [str(name) for name in names]
    return ", ".join(shown[:12]) + (", ..." if len(shown) > 12 else "") if shown else "nothing"


# JSON


def read_jsonl(source: Source, given: Given) -> Iterator[Article | Problem]:
    """JSON lines: one report a row with `text` and, if known, `id outlet published title url language author`.
    A file that is one JSON document (an object, or a list of them) over several lines is read as well."""
    if unicode_encoding(source.head) not in (None, "utf-8-sig"):
        source.head = (decode(source.whole()) or "").encode("utf-8", "replace")
        source.stream = io.BytesIO()
    source.head = source.head.removeprefix(b"\xef\xbb\xbf")
    start = source.head.lstrip()
    first = start.split(b"\n", 1)[0].strip()
    if first in (b"{", b"[") or start.startswith(b"["):
        yield from _read_document(source, given)
        return
    for number, raw in source.lines():
        if raw is None:
            yield source.problem(f"a line of more than {MAX_LINE:,} bytes; no report is that long", number)
        elif line := raw.strip():
            yield _read_row(source, number, line, given)


def _read_document(source: Source, given: Given) -> Iterator[Article | Problem]:
    raw = source.whole()
    if len(raw) > MAX_BYTES:
        yield source.problem(f"one JSON document of more than {MAX_BYTES:,} bytes; write one object a line")
        return
    try:
        value = json.loads(decode(raw) or "")
    except (ValueError, RecursionError) as error:
        yield source.problem(f"no valid JSON ({error}); write one object a line, in double quotes")
        return
    for number, row in enumerate(value if isinstance(value, list) else [value], 1):
        # A document without reports met in a folder is a file of another kind, not a broken report.
        aside = source.inside and not (isinstance(row, dict) and "text" in columns(row, Given()))
        yield _object(source, number, row, given, aside)


def _read_row(source: Source, number: int, line: bytes, given: Given) -> Article | Problem:
    text = decode(line)
    if text is None:
        return source.problem(ENCODING_ADVICE, number)
    try:
        row = json.loads(text)
    except RecursionError:
        return source.problem("nested too deeply to be a report; leave the row out", number)
    except ValueError as error:
        return source.problem(f"no valid JSON ({error}); one object a line, in double quotes", number)
    return _object(source, number, row, given)


def _object(source: Source, number: int, row: Any, given: Given, aside: bool = False) -> Article | Problem:
    if not isinstance(row, dict):
        return source.problem(f"{_kind_name(row)} instead of an object with a field 'text'", number, aside)
    try:
        return report(source, number, row, columns(row, given), given, aside)
    except DamageError as error:
        return source.problem(str(error), number, aside)


# Any row


def report(
    source: Source, number: int, row: Mapping[str, Any], where: Columns, given: Given, aside: bool = False
) -> Article | Problem:
    """The article of one row, or what is wrong with it. `where`: field -> column, of `columns`."""
    text = row.get(where["text"]) if "text" in where else None
    if not isinstance(text, str) or not text.strip():
        return source.problem(_text_fault(row, where), number, aside)
    values: dict[str, str | None] = {}
    for field in FIELDS[1:]:
        value = _cell(row.get(where[field])) if field in where else None
        if isinstance(value, _Fault):
            return source.problem(
                f"'{where[field]}' is {_kind_name(row[where[field]])}; write it as text, or null", number
            )
        values[field] = value
    published = iso_day(values["published"])
    if values["published"] and published is None:
        name = where["published"]
        return source.problem(f"'{name}' is {values['published']!r}; write the day as YYYY-MM-DD, or null", number)
    article = Article.make(
        clean(text),
        given_id=values["id"],
        title=values["title"],
        outlet=values["outlet"] or given.outlet,
        published=published or given.published,
        language=values["language"],
        url=values["url"],
        author=values["author"],
    )
    return checked(source, article, number)


def _text_fault(row: Mapping[str, Any], where: Columns) -> str:
    if "text" not in where:
        names = _listed(sorted(str(name) for name in row))
        return f"no column 'text' (there are {names}); say which one holds the report: --column text=NAME"
    name, text = where["text"], row.get(where["text"])
    if isinstance(text, str) or text is None:
        return f"'{name}' is empty; fill it in or leave the row out"
    return f"'{name}' is {_kind_name(text)}; write the report as one string"


class _Fault:
    """Marks a cell that is neither text nor number nor a list of them."""


def _cell(value: Any) -> str | _Fault | None:
    if value is None or isinstance(value, str):
        return clean(value.strip()) or None if value else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return clean("; ".join(item.strip() for item in value if item.strip())) or None
    return _Fault()


def _kind_name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", bytes: "bytes"}
    return "null" if value is None else names.get(type(value), "a number")


# CSV


def is_csv(head: bytes, suffix: str) -> bool:
    """A table is known by a header line with a column `text`, or by its name."""
    cells = [c.strip(b" \"'\r").lower() for c in re.split(rb"[,;\t]", head.split(b"\n", 1)[0])]
    return suffix in (".csv", ".tsv") or (len(cells) > 1 and b"text" in cells)


def read_csv(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A table with a header row, its cells separated by commas, semicolons, tabs or bars; problems name the line that
    the row begins on. Cells that are not UTF-8 are read as Windows-1252."""
    encoding = unicode_encoding(source.head) or "utf-8"
    stream = io.TextIOWrapper(source.rest(), encoding, errors="surrogateescape", newline="")
    first = source.head.decode(encoding, "replace").lstrip("\ufeff\r\n").split("\n", 1)[0]
    separator = max(",;\t|", key=lambda s: (first.count(s), -",;\t|".index(s)))
    csv.field_size_limit(MAX_LINE)
    rows = csv.reader(stream, delimiter=separator)
    header: list[str] | None = None
    where: Columns = {}
    line = 1
    while True:
        started, fault = line, ""
        try:
            cells = [_decoded(cell) for cell in next(rows)]
        except StopIteration:
            break
        except csv.Error as error:
            cells, fault = [], f"no row of a table ({error}); check the quotes of this row and the ones before it"
        line = rows.line_num + 1
        if fault:
            yield source.problem(fault, started)
        elif not any(cell.strip() for cell in cells):
            continue
        elif header is None:
            header = [cell.strip().lstrip("\ufeff") for cell in cells]
            where = columns(header, given)
            if "text" not in where:
                raise DamageError(_text_fault(dict.fromkeys(header), where))
        elif len(cells) != len(header):
            reason = f"{len(cells)} cells where the header has {len(header)}; check the quotes of this row"
            yield source.problem(reason, started)
        else:
            yield report(source, started, dict(zip(header, cells, strict=True)), where, given)
    if header is None or line == 2:
        raise DamageError("a table without rows")


def _decoded(cell: str) -> str:
    """The cell; bytes that were not UTF-8 as Windows-1252."""
    raw = cell.encode("utf-8", "surrogateescape")
    return cell if cell.isprintable() else (decode(raw) or raw.decode("utf-8", "replace"))


# Parquet


def read_parquet(source: Source, given: Given) -> Iterator[Article | Problem]:
    """A Parquet file, read by groups of rows; problems name the row, counted from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with source.file() as stream, pq.ParquetFile(stream) as file:
            where = columns(file.schema_arrow.names, given)
            if "text" not in where:
                raise DamageError(_text_fault(dict.fromkeys(file.schema_arrow.names), where))
            batches = file.iter_batches(batch_size=256, columns=sorted(set(where.values())))
            for number, row in enumerate((row for batch in batches for row in batch.to_pylist()), 1):
                yield report(source, number, row, where, given)
    except (pa.ArrowException, OSError) as error:
        raise DamageError(f"no readable Parquet file ({_first(error)}); write it again, or as CSV") from error


def _first(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
