"""Loads and checks `data/`: the only reader of what the program knows.

CSV tables are described in `data/tables.toml` (columns, their kinds, key, order); an overlay folder given by the
user holds files of the same names, whose rows come after ours and win where a table has a key.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from communique.errors import DataError

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
CLASS_CODES = frozenset({"IGO", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV table. `line` counts from 1 and is where the row starts in `file` (relative to `data/`)."""

    file: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def get(self, column: str) -> str | None:
        """The cell, or `None` where it is empty."""
        return self.values.get(column) or None

    def list(self, column: str) -> tuple[str, ...]:
        """A cell whose items are separated by `|`."""
        cell = self.values.get(column, "")
        return tuple(item.strip() for item in cell.split("|") if item.strip())


@dataclass(frozen=True, slots=True)
class EventType:
    """One PLOVER type with its modes, as `data/codebook/<type>.toml` describes it."""

    name: str
    quad: str
    intensity: float
    recipient_required: bool
    modes: dict[str, float | None]
    file: str
    examples: tuple[dict[str, Any], ...] = ()


class Codebook:
    """All tables, ours under a user's.

    `overlay`: a folder laid out like `data/`; its CSV rows are appended, its TOML files replace ours.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        self.overlay = overlay
        self._rows: dict[str, list[Row]] = {}

    def sources(self, name: str) -> list[tuple[str, str]]:
        """The (label, text) of each file called `name`, ours first."""
        found = []
        ours = resources.files("communique").joinpath("data", *name.split("/"))
        if ours.is_file():
            found.append((name, ours.read_text("utf-8")))
        if self.overlay and (own := self.overlay / name).is_file():
            found.append((str(own), own.read_text("utf-8")))
        return found

    def rows(self, name: str) -> list[Row]:
        """The rows of a CSV table; in a table with a key, a user's row replaces ours of the same key."""
        if name not in self._rows:
            self._rows[name] = self._load(name)
        return self._rows[name]

    def _load(self, name: str) -> list[Row]:
        sources = self.sources(name)
        if not sources:
            raise DataError([f"{name}: no such table"])
        key = self.schema.get(name, {}).get("key", [])
        rows: dict[object, Row] = {}
        for label, text in sources:
            for row in read_csv(label, text):
                rows[tuple(row.values.get(k, "") for k in key) if key else (label, row.line)] = row
        return list(rows.values())

    def toml(self, name: str) -> dict[str, Any]:
        """A TOML file: the user's where there is one, else ours."""
        sources = self.sources(name)
        if not sources:
            raise DataError([f"{name}: no such file"])
        return tomllib.loads(sources[-1][1])

    @cached_property
    def schema(self) -> dict[str, Any]:
        tables = self.toml("tables.toml")
        return {f["file"]: f for f in tables["table"]}

    @cached_property
    def types(self) -> dict[str, EventType]:
        """The event types by name."""
        found = {}
        for name in self._names("codebook", ".toml"):
            raw = self.toml(f"codebook/{name}")
            if "type" not in raw:
                continue
            found[raw["type"]] = EventType(
                name=raw["type"],
                quad=raw["quad"],
                intensity=float(raw["intensity"]),
                recipient_required=bool(raw.get("recipient_required", False)),
                modes={m["name"]: m.get("intensity") for m in raw.get("mode", [])},
                file=f"codebook/{name}",
                examples=tuple(raw.get("example", [])),
            )
        return found

    def _names(self, folder: str, suffix: str) -> list[str]:
        names = {f.name for f in resources.files("communique").joinpath("data", folder).iterdir()}
        if self.overlay and (self.overlay / folder).is_dir():
            names |= {f.name for f in (self.overlay / folder).iterdir()}
        return sorted(n for n in names if n.endswith(suffix))

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over every data file, so that an old coding can be told from a new one."""
        digest = hashlib.sha256()
        roots = [resources.files("communique").joinpath("data")]
        for root in [*roots, *([self.overlay] if self.overlay else [])]:
            base = Path(str(root))
            for path in sorted(p for p in base.rglob("*") if p.is_file() and p.suffix in (".csv", ".toml")):
                digest.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def check(self) -> list[str]:
        """Every fault in the CSV tables as `file:line: what, and what was expected`."""
        faults: list[str] = []
        for name, table in self.schema.items():
            for label, text in self.sources(name):
                faults += check_table(label, text, table, self)
        return faults


@cache
def shipped() -> Codebook:
    """The tables that come with the program."""
    return Codebook()


def read_csv(label: str, text: str) -> Iterator[Row]:
    """Rows with the line each starts on; a row may span lines if a cell is quoted."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] | None = None
    start = 1
    for cells in reader:
        line, start = start, reader.line_num + 1
        if header is None:
            header = cells
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise DataError([f"{label}:{line}: {len(cells)} cells, expected {len(header)} ({', '.join(header)})"])
        yield Row(label, line, dict(zip(header, cells, strict=True)))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _date_order(row: Row) -> str | None:
    start, end = row.values.get("from", ""), row.values.get("until", "")
    if start and end and start[: len(end)] > end[: len(start)]:
        return f"from {start} is after until {end}"
    return None


def _is_date(cell: str) -> bool:
    if not DATE.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell + "-01-01"[len(cell) - 4 :] if len(cell) < 10 else cell)
    except ValueError:
        return False
    return True


def _kinds(book: Codebook) -> dict[str, Callable[[str], bool]]:
    states = {row["iso3"] for row in book.rows("countries.csv")} if "countries.csv" in book.schema else set()
    sectors = set(book.toml("sectors.toml").get("sector", {})) if book.sources("sectors.toml") else set()
    types = set(book.types)
    modes = {mode for t in book.types.values() for mode in t.modes}
    return {
        "text": lambda cell: True,
        "country": lambda cell: cell in states or cell in CLASS_CODES,
        "sector": lambda cell: cell in sectors,
        "type": lambda cell: cell in types,
        "mode": lambda cell: cell in modes,
        "date": _is_date,
        "number": _is_number,
    }


def check_table(label: str, text: str, table: dict[str, Any], book: Codebook) -> list[str]:
    """Faults of one table: header, cell kinds, required cells, duplicate keys, order, NFC."""
    try:
        rows = list(read_csv(label, text))
    except DataError as error:
        return error.faults
    faults = []
    if not unicodedata.is_normalized("NFC", text):
        faults.append(f"{label}:1: not in Unicode NFC")
    kinds = _kinds(book)
    seen: dict[tuple[str, ...], int] = {}
    columns: dict[str, str] = table["columns"]
    key: list[str] = table.get("key", [])
    for row in rows:
        where = f"{label}:{row.line}"
        faults += [f"{where}: no column {c}" for c in columns if c not in row.values]
        for column, kind in columns.items():
            cell = row.values.get(column, "")
            faults += _check_cell(where, column, kind, cell, kinds)
        if fault := _date_order(row):
            faults.append(f"{where}: {fault}")
        if key:
            this = tuple(row.values.get(k, "") for k in key)
            if this in seen:
                faults.append(f"{where}: same {'+'.join(key)} as line {seen[this]}")
            seen.setdefault(this, row.line)
    if key and table.get("sorted", True) and list(seen) != sorted(seen):
        faults.append(f"{label}: rows are not sorted by {', '.join(key)}")
    return faults


def _check_cell(where: str, column: str, kind: str, cell: str, kinds: dict[str, Callable[[str], bool]]) -> list[str]:
    """`kind` is a name of `_kinds`, `list:KIND` or `one:a|b`, with `!` behind it where a value is required."""
    required, kind = kind.endswith("!"), kind.rstrip("!")
    if not cell:
        return [f"{where}: {column} is empty, expected {kind}"] if required else []
    items = [cell]
    if kind.startswith("list:"):
        kind, items = kind[5:], [c.strip() for c in cell.split("|")]
    if kind.startswith("one:"):
        choices = kind[4:].split("|")
        return [f"{where}: {column} is {cell!r}, expected one of {', '.join(choices)}"] if cell not in choices else []
    return [f"{where}: {column} is {i!r}, expected a {kind}" for i in items if not kinds[kind](i)]
