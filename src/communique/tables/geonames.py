"""Rows of GeoNames (`allCountries.txt`, `cities500.txt`, a country's file) as rows of our gazetteer.

A file of GeoNames has 19 columns, tabs between them, and no header. Lines are read and written one by one; only the ids
and the keys of what was written are kept.

`places.csv` gets countries, divisions of the first and second level, and populated places; `places_extra.csv` seas,
mountains, islands and the like, military bases and airports. A populated place is kept from the least number of people on
that is asked for, a seat of a first or second division and a capital always.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from difflib import SequenceMatcher
from pathlib import Path

from communique.codebook import Codebook
from communique.tables.journal import Journal

COLUMNS = 19
HEADER = ("id", "name", "alternates", "country", "admin1", "kind", "latitude", "longitude", "population")
_EXTRA_HEADER = ("name", "id", "alternates", "country", "admin1", "kind", "latitude", "longitude")

# Counties of these are kept whatever their size; elsewhere a second-level division needs this many people.
COUNTY_COUNTRIES = frozenset({"US", "GB", "IE", "CA", "AU", "NZ"})
SMALLEST_COUNTY = 100_000
# Other spellings are kept for cities of this size: below it they are rarely met in English and often clash.
SMALLEST_WITH_ALTERNATES = 15_000
# How many, and how like the main name they must be (`difflib` ratio). GeoNames does not say which names are English:
# likeness keeps transliterations (Kharkov, Khan Younis); real exonyms (Bombay) stand in `places_extra.csv`.
MOST_ALTERNATES = 8
LEAST_LIKENESS = 0.65

_COUNTRIES = frozenset({"PCL", "PCLD", "PCLF", "PCLI", "PCLS"})
_DIVISIONS = {"ADM1": "region", "ADM2": "county"}
_SEATS = frozenset({"PPLC", "PPLA", "PPLA2", "PPLG"})
# Historical, destroyed, abandoned; and parts of places, whose names clash with those of places.
_NO_TOWNS = frozenset({"PPLH", "PPLW", "PPLQ", "PPLCH", "PPLX"})
_EXTRA = {
    **dict.fromkeys(("OCN", "SEA", "GULF", "STRT", "ISLS", "ATOL", "PEN", "MTS", "DSRT", "RGN"), "area"),
    **dict.fromkeys(("AIRB", "MILB", "NVB", "INSM"), "base"),
    "AIRP": "site",
}
# An island is an area where enough people live on it; most are rocks.
_ISLAND = "ISL"
# GeoNames for "no division".
_NO_ADMIN = frozenset({"", "00"})
# Longest id that is taken; today's have eight digits.
_ID_DIGITS = 9

Row = tuple[str, ...]


def looks_like(line: str) -> bool:
    """Whether this may be the first line of a file of GeoNames."""
    cells = line.split("\t")
    return len(cells) == COLUMNS and cells[0].isdecimal() and len(cells[6]) <= 1


class Importer:
    """Writes the tables of one import into a folder. `people`: populated places with fewer are left out, but for seats;
    `countries`: ISO 3166 codes of two letters, all with `None`."""

    def __init__(
        self, book: Codebook, journal: Journal, folder: Path, people: int, countries: Collection[str] | None
    ) -> None:
        self._journal = journal
        self._people = people
        self._wanted = countries
        self._iso3 = {row["iso2"]: row["iso3"] for row in book.rows("countries.csv") if row["iso2"]}
        self._ids = bytearray()
        self._keys: set[int] = set()
        self._folder = folder
        self._stack = ExitStack()
        self._writers: dict[str, _Table] = {}

    def __enter__(self) -> Importer:
        self._writers = {
            name: self._stack.enter_context(_Table(self._folder / name, header))
            for name, header in (("places.csv", HEADER), ("places_extra.csv", _EXTRA_HEADER))
        }
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def read(self, source: str, path: Path) -> None:
        """One file; `source` is how it is named to people."""
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    self._journal.read += 1
                    self._line(f"{source}:{number}", line.rstrip("\r\n"))

    def _line(self, where: str, line: str) -> None:
        cells = line.split("\t")
        if len(cells) != COLUMNS:
            self._journal.leave(where, f"{len(cells)} columns, expected {COLUMNS}", line[:80])
            return
        feature, code, country = cells[6], cells[7], cells[8]
        if reason := self._unwanted(feature, code, country):
            self._journal.unwanted[reason] += 1
            return
        if fault := _fault(cells):
            self._journal.leave(where, fault, line[:80])
            return
        people = int(cells[14] or 0)
        kind = self._kind(feature, code, country, people)
        if kind is None:
            self._journal.unwanted["too few people"] += 1
        elif country and country not in self._iso3:
            self._journal.leave(where, f"the country {country} is not in countries.csv", line[:80])
        elif not country and kind not in ("area", "base", "site"):
            self._journal.leave(where, "no country", line[:80])
        elif self._seen(int(cells[0])):
            self._journal.leave(where, f"the id {cells[0]} again", line[:80])
        else:
            self._write(where, cells, kind, people)

    def _unwanted(self, feature: str, code: str, country: str) -> str | None:
        """Why a line is left out on purpose, if it is."""
        if self._wanted is not None and country and country not in self._wanted:
            return "of other countries"
        if feature == "P":
            return "populated places that are no more, or parts of others" if code in _NO_TOWNS else None
        known = code in _DIVISIONS or code in _COUNTRIES if feature == "A" else code in _EXTRA or code == _ISLAND
        return None if known else "of other kinds"

    def _kind(self, feature: str, code: str, country: str, people: int) -> str | None:
        if feature == "P":
            return "city" if people >= self._people or code in _SEATS else None
        if code in _COUNTRIES:
            return "country"
        if code == "ADM2" and country not in COUNTY_COUNTRIES and people < SMALLEST_COUNTY:
            return None
        if code == _ISLAND:
            return "area" if people >= max(self._people, 1) else None
        return _DIVISIONS.get(code) or _EXTRA[code]

    def _seen(self, id_: int) -> bool:
        """Whether this id was there before. One bit for each: a set of millions would not be flat."""
        place, bit = divmod(id_, 8)
        if place >= len(self._ids):
            self._ids.extend(bytes(place + 1 - len(self._ids) + (1 << 16)))
        before = bool(self._ids[place] >> bit & 1)
        self._ids[place] |= 1 << bit
        return before

    def _write(self, where: str, cells: list[str], kind: str, people: int) -> None:
        country = self._iso3.get(cells[8], "")
        admin1 = "" if kind == "country" or cells[10] in _NO_ADMIN else cells[10]
        name = unicodedata.normalize("NFC", " ".join(cells[1].replace("|", " ").split()))
        at = degrees(float(cells[4])), degrees(float(cells[5]))
        other = self._alternates(name, cells, kind, people)
        if kind in ("country", "region", "county", "city"):
            self._writers["places.csv"].write((cells[0], name, other, country, admin1, kind, *at, str(people)))
        elif (key := hash((kind, name, country, admin1))) in self._keys:
            self._journal.leave(where, f"another {kind} of this name is in the same division", name)
            return
        else:
            self._keys.add(key)
            self._writers["places_extra.csv"].write((name, cells[0], other, country, admin1, kind, *at))
        self._journal.converted += 1

    @staticmethod
    def _alternates(name: str, cells: list[str], kind: str, people: int) -> str:
        least = SMALLEST_WITH_ALTERNATES * (10 if cells[8] in COUNTY_COUNTRIES else 1)
        wanted = people >= least if kind == "city" else kind in ("region", "area", "base", "site")
        return alternates(name, cells[3].split(",")) if wanted and cells[3] else ""


class _Table:
    """A table that is written row by row; one without rows leaves no file."""

    def __init__(self, path: Path, header: Row) -> None:
        self._path = path
        self._header = header
        self._rows = 0

    def __enter__(self) -> _Table:
        self._file = self._path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(self._header)
        return self

    def write(self, row: Row) -> None:
        self._rows += 1
        self._csv.writerow(row)

    def __exit__(self, *error: object) -> None:
        self._file.close()
        if not self._rows:
            self._path.unlink()


def _fault(cells: list[str]) -> str | None:
    """What is wrong with the numbers and the name of a line."""
    if not cells[0].isdecimal() or len(cells[0]) > _ID_DIGITS:
        return f"the id is {cells[0]!r}, expected a whole number"
    if "�" in cells[1]:
        return "the name is not UTF-8"
    if not cells[1].strip():
        return "no name"
    for cell, least, most, what in ((cells[4], -90, 90, "latitude"), (cells[5], -180, 180, "longitude")):
        try:
            if not least <= float(cell) <= most:
                return f"the {what} is {cell}, expected degrees from {least} to {most}"
        except ValueError:
            return f"the {what} is {cell!r}, expected degrees"
    if cells[14] and not cells[14].isdecimal():
        return f"the population is {cells[14]!r}, expected a whole number"
    return None


def alternates(name: str, others: Iterable[str]) -> str:
    """The other spellings worth keeping, most like the name first: Latin script, four letters or more, no codes."""
    plain = folded(name)
    likeness = {o: _likeness(plain, folded(o)) for o in {unicodedata.normalize("NFC", o.strip()) for o in others}}
    seen = {plain}
    kept: list[str] = []
    for other in sorted((o for o, like in likeness.items() if like >= LEAST_LIKENESS), key=lambda o: (-likeness[o], o)):
        if _is_name(other) and folded(other) not in seen and len(kept) < MOST_ALTERNATES:
            seen.add(folded(other))
            kept.append(other)
    return "|".join(sorted(kept))


def _is_name(other: str) -> bool:
    usable = len(other) >= 4 and other[0].isupper() and not other.isupper() and is_latin(other)
    return usable and not any(c in "|,;()/[]" or c.isdigit() for c in other)


def is_latin(name: str) -> bool:
    return all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in name)


def folded(name: str) -> str:
    """Lower case without accents, spaces and marks: two names that differ only in these are one."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def _likeness(plain: str, other: str) -> float:
    """How alike two folded names are, 0 to 1; 0 where plainly unlike."""
    if not plain or not other:
        return 0.0
    matcher = SequenceMatcher(None, plain, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= LEAST_LIKENESS else 0.0


def degrees(value: float) -> str:
    """Three decimals: about a hundred metres."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
