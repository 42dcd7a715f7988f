"""Rows of CSV tables with the line that each starts on."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

# The column of a user's table that takes out a row of ours.
REMOVE = "remove"
# What a row of a user's table must have in that column to do so.
REMOVED = "yes"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV table. `line` counts from 1 and is where the row starts in `file` (ours: relative to `data/`;
    a user's: as the user named it). `layer`: 0 in our tables, higher in those laid over them."""

    file: str
    line: int
    values: dict[str, str]
    layer: int = 0

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def get(self, column: str) -> str | None:
        """The cell, or `None` where it is empty."""
        return self.values.get(column) or None

    def list(self, column: str) -> tuple[str, ...]:
        """A cell whose items are separated by `|`."""
        cell = self.values.get(column, "")
        return tuple(item.strip() for item in cell.split("|") if item.strip())


def read_cells(where: str, lines: Iterable[str], faults: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not empty, the header first; a row may span lines if a cell is quoted. What
    cannot be read as CSV ends the table and is added to `faults`."""
    reader = csv.reader(lines, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(f"{where}:{start}: {_unreadable(str(error))}")
            return
        line, start = start, reader.line_num + 1
        if any(cells):
            yield line, cells


def _unreadable(error: str) -> str:
    if "unexpected end of data" in error:
        return "a quotation mark that opens in this row is never closed; double it to mean the character itself"
    if "expected after" in error:
        return "text behind the quotation mark that closes a cell, expected a comma or the end of the row"
    return f"not CSV ({error})"


def header_faults(where: str, header: Sequence[str], table: Mapping[str, Any], ours: bool) -> list[str]:
    """What is wrong with the names of the columns. A user's table may leave out those whose cells may be empty, and may
    have the column `remove`."""
    columns: Mapping[str, str] = table["columns"]
    if len(header) == 1 and (found := re.findall(r"[;\t]", header[0])):
        separator = "semicolons" if found[0] == ";" else "tabs"
        return [f"{where}:1: columns separated by {separator}, expected commas"]
    faults = []
    allowed = [*columns, *(() if ours else (REMOVE,))]
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            faults.append(f"{where}:1: column {name!r} twice")
        if name not in allowed:
            near = get_close_matches(name, allowed, 1)
            hint = f"perhaps {near[0]}? " if near else ""
            faults.append(f"{where}:1: no column {name!r} in this table; {hint}expected {', '.join(columns)}")
    needed = columns if ours else [c for c, kind in columns.items() if kind.endswith("!") and c != "example"]
    if REMOVE in header:
        needed = table.get("key", [])
    missing = [c for c in needed if c not in header]
    return [*faults, f"{where}:1: column {', '.join(missing)} is missing"] if missing else faults


def read_rows(
    where: str, lines: Iterable[str], table: Mapping[str, Any], layer: int, faults: list[str]
) -> Iterator[tuple[Row, bool]]:
    """(row, whether it takes out a row below) of a table. Cells of columns that are left out are empty. Rows that
    cannot be read are passed over and added to `faults`."""
    cells = read_cells(where, lines, faults)
    _, header = next(cells, (1, []))
    if wrong := header_faults(where, header, table, layer == 0):
        faults += wrong
        return
    empty = dict.fromkeys(table["columns"], "")
    for line, found in cells:
        if len(found) != len(header):
            faults.append(wrong_count(where, line, found, header))
            continue
        values = {**empty, **dict(zip(header, found, strict=True))}
        removed = values.pop(REMOVE, "") == REMOVED
        yield Row(where, line, values, layer), removed


def wrong_count(where: str, line: int, cells: Sequence[str], header: Sequence[str]) -> str:
    """The fault of a row with too few or too many cells."""
    return f"{where}:{line}: {len(cells)} cells, expected {len(header)} ({', '.join(header)})"


def not_nfc(cells: Sequence[str]) -> bool:
    """Whether a cell has letters and accents apart that belong together: such a name is never found."""
    return not unicodedata.is_normalized("NFC", "\n".join(cells))
