"""What is wrong with tables, all of it at once, as `file:line: what, and what was expected`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from communique.codebook.book import DOCUMENTS, PREDICATES, TOGETHER, Codebook
from communique.codebook.documents import document_faults
from communique.codebook.kinds import Check, Known, checks, choice, hint, listed
from communique.codebook.layers import Layer
from communique.codebook.releases import MANIFEST, SIGNATURE
from communique.codebook.rows import REMOVE, REMOVED, Row, header_faults, not_nfc, read_cells, wrong_count
from communique.errors import DataError

# Files beside the tables that say something of them and are not read; SOURCES.toml names where they come from.
_BESIDE = ("*.md", "README*", "LICENSE*", "CHANGELOG*", "SOURCES.toml", MANIFEST, SIGNATURE)
# What describes our tables. A user's file of this name would change how all others are read.
_OURS_ALONE = "tables.toml"
# Of columns with few values, each is checked once.
_REMEMBERED = 1000
_PLACE = re.compile(r"^(.*?):(\d+): ")


def check(book: Codebook) -> list[str]:
    """Every fault of a codebook's topmost layer; its references may lead to any layer."""
    known = Known(book)
    layer = book.layers[-1]
    faults: list[str] = []
    for name in layer.files:
        if name in book.schema:
            faults += _file_faults(layer, name, book, known)
        elif name != _OURS_ALONE and any(fnmatchcase(name, pattern) for pattern in DOCUMENTS):
            faults += document_faults(layer, name, book, known)
        elif layer is not book.layers[0] and not any(fnmatchcase(PurePosixPath(name).name, b) for b in _BESIDE):
            faults.append(_unknown(layer, name, book))
    faults += _in_two_files(book)
    return sorted(faults, key=_place)


def _in_two_files(book: Codebook) -> Iterator[str]:
    """Words of events in the topmost layer with the key of a row in another file: only one of them can decide."""
    top = len(book.layers) - 1
    key: list[str] = next(table for name, table in book.schema.items() if fnmatchcase(name, PREDICATES))["key"]
    seen: dict[tuple[str, ...], Row] = {}
    for row in book.readable(PREDICATES):
        first = seen.setdefault(tuple(row[k] for k in key), row) if row.layer == top else row
        if first.file != row.file:
            yield f"{row.file}:{row.line}: same {'+'.join(key)} as {first.file}:{first.line}"


def _place(fault: str) -> tuple[str, int]:
    found = _PLACE.match(fault)
    return (found[1], int(found[2])) if found else (fault, 0)


def _unknown(layer: Layer, name: str, book: Codebook) -> str:
    documents = {n for low in book.layers[:-1] for pattern in DOCUMENTS for n in low.matching(pattern)}
    known = sorted({*book.schema, *documents})
    base = PurePosixPath(name).name
    near = [k for k in known if PurePosixPath(k).name == base] or get_close_matches(name, known, 1)
    hint = f"perhaps {near[0]}? " if near else ""
    return f"{layer.where(name)}:1: no table of this name; {hint}`communique tables list` names them all"


def _file_faults(layer: Layer, name: str, book: Codebook, known: Known) -> list[str]:
    below = None if layer is book.layers[0] else book.layers[:-1]
    try:
        return table_faults(layer.where(name), layer.lines(name), name, book, known, below)
    except DataError as error:
        return error.faults


def check_table(label: str, text: str, table: Mapping[str, Any], book: Codebook) -> list[str]:
    """The faults of one of our own tables: header, cells, keys, order. `table`: its entry in `book.schema`."""
    return _Checker(label, table, Known(book), True).faults(text.splitlines(keepends=True))


def table_faults(
    where: str, lines: Iterable[str], name: str, book: Codebook, known: Known, below: Sequence[Layer] | None
) -> list[str]:
    """The faults of a table that lies over `below`, of ours with `None`."""
    checker = _Checker(where, book.schema[name], known, below is None)
    found = checker.faults(lines)
    if below and checker.removals:
        found += _no_such_rows(checker, name, book, below)
    return found


def _no_such_rows(checker: _Checker, name: str, book: Codebook, below: Sequence[Layer]) -> list[str]:
    """Rows that take out what is not there: most often, the key has a typing error."""
    key: list[str] = checker.table.get("key", [])
    there: set[tuple[str, ...]] = set()
    pattern = next((p for p in TOGETHER if fnmatchcase(name, p)), name)
    for layer in below:
        for file in layer.matching(pattern):
            cells = read_cells(file, layer.lines(file), [])
            _, header = next(cells, (1, []))
            places = [header.index(k) if k in header else None for k in key]
            there |= {
                tuple("" if at is None else row[at] for at in places) for _, row in cells if len(row) == len(header)
            }
    return [
        f"{checker.where}:{line}: {REMOVE} is {REMOVED}, but no row below has the {'+'.join(key)} {', '.join(k for k in this if k)}"
        for this, line in checker.removals.items()
        if this not in there
    ]


@dataclass(slots=True)
class _Column:
    """How a column is checked. `required`: it must not be empty; `good`: some of the cells that passed."""

    place: int
    name: str
    required: bool
    check: Check | None
    good: set[str] = field(default_factory=set)


class _Checker:
    """Goes through one table row by row; nothing is kept but the keys."""

    def __init__(self, where: str, table: Mapping[str, Any], known: Known, ours: bool) -> None:
        self.where = where
        self.table = table
        self.ours = ours
        self.removals: dict[tuple[str, ...], int] = {}
        self._known = known
        self._checks = checks(known)
        self._seen: dict[tuple[str, ...], int] = {}
        self._unsorted: int | None = None

    def faults(self, lines: Iterable[str]) -> list[str]:
        found: list[str] = []
        rows = read_cells(self.where, lines, found)
        _, header = next(rows, (1, []))
        if not header:
            return found or [f"{self.where}:1: empty, expected {', '.join(self.table['columns'])}"]
        if wrong := header_faults(self.where, header, self.table, self.ours):
            return found + wrong
        columns = list(self._columns(header))
        key = [header.index(k) for k in self.table.get("key", []) if k in header]
        removal = header.index(REMOVE) if REMOVE in header else None
        whole: dict[str, int] = {n: header.index(n) for n in ("type", "mode", "from", "until") if n in header}
        for line, cells in rows:
            if len(cells) != len(header):
                found.append(wrong_count(self.where, line, cells, header))
                continue
            this = tuple([cells[at] for at in key])
            removed = removal is not None and bool(cells[removal])
            if removal is not None and cells[removal] not in ("", REMOVED):
                found.append(f"{self.where}:{line}: {REMOVE} is {cells[removal]!r}, expected {REMOVED} or nothing")
            if removed and removal is not None and cells[removal] == REMOVED:
                self.removals[this] = line
            if not removed:
                found += [f"{self.where}:{line}: {fault}" for fault in self._row(cells, columns, whole)]
            if key:
                found += self._key(line, this)
        if self.ours and self._unsorted is not None:
            found.append(f"{self.where}:{self._unsorted}: rows are not sorted by {', '.join(self.table['key'])}")
        return found

    def _columns(self, header: Sequence[str]) -> Iterator[_Column]:
        """The columns that are described."""
        for place, name in enumerate(header):
            if (kind := self.table["columns"].get(name)) is not None:
                required = kind.endswith("!") and (self.ours or name != "example")
                yield _Column(place, name, required, self._check(kind.rstrip("!")))

    def _check(self, kind: str) -> Check | None:
        if kind == "text":
            return None
        if kind.startswith("list:"):
            inner = self._check(kind.removeprefix("list:"))
            return listed(inner or (lambda cell: []))
        if kind.startswith("one:"):
            return choice(kind.removeprefix("one:"))
        return self._checks[kind]

    def _row(self, cells: Sequence[str], columns: Sequence[_Column], whole: Mapping[str, int]) -> list[str]:
        found = []
        for column in columns:
            cell = cells[column.place]
            if cell in column.good:
                continue
            if not cell:
                if column.required:
                    found.append(f"{column.name} is empty, expected {self._kind(column.name)}")
            elif cell != cell.strip():
                found.append(f"{column.name} is {cell!r}, expected no spaces around it")
            elif column.check is not None and (faults := column.check(cell)):
                found += [f"{column.name} {fault}" for fault in faults]
            elif len(column.good) < _REMEMBERED:
                column.good.add(cell)
        if not "".join(cells).isascii() and not_nfc(cells):
            found.append("letters and accents apart, expected Unicode NFC")
        if whole:
            found += self._together({name: cells[at] for name, at in whole.items()})
        return found

    def _kind(self, name: str) -> str:
        kind = str(self.table["columns"][name]).rstrip("!")
        if kind.startswith("one:"):
            return f"one of {', '.join(kind.removeprefix('one:').split('|'))}"
        return kind.removeprefix("list:")

    def _together(self, cells: Mapping[str, str]) -> Iterator[str]:
        """What cells must be to one another: an interval goes forward, a mode belongs to its type."""
        start, end = cells.get("from"), cells.get("until")
        if start and end and start[: len(end)] > end[: len(start)]:
            yield f"from {start} is after until {end}"
        modes = self._known.modes
        kind, mode = cells.get("type"), cells.get("mode")
        if kind in modes and mode and mode not in modes[kind] and any(mode in m for m in modes.values()):
            yield f"mode is {mode!r}, which is no mode of {kind}; {hint(mode, modes[kind])}"

    def _key(self, line: int, this: tuple[str, ...]) -> Iterator[str]:
        if this in self._seen:
            yield f"{self.where}:{line}: same {'+'.join(self.table['key'])} as line {self._seen[this]}"
            return
        if (
            self._unsorted is None
            and self.table.get("sorted", True)
            and self._seen
            and this < next(reversed(self._seen))
        ):
            self._unsorted = line
        self._seen[this] = line
