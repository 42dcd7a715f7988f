"""The gazetteer: names of places, folded, and the entries that bear them.

Reads `places.csv` (GeoNames), `places_extra.csv` (ours) and the aliases, demonyms and capitals of `countries.csv`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from communique.codebook import Codebook, Row

WORD = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W\d_])|[^\W\d_]+(?:['’‘ʼ`´][^\W\d_]+)*", re.UNICODE)
_MARKS = re.compile(r"['’‘ʼ`´.]")
_POSSESSIVE = re.compile(r"['’]s$")
_SAINTS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"})
# The first word of a short form that `WORD` cuts in two: "W.Va.", "N. Mex."
_FIRST = re.compile(r"[A-Z](?=\. ?[A-Z][a-z])")
_DOTTED = re.compile(r"[^\W\d_]\.[^\W\d_]")
_LONGEST_ACRONYM = 5
_LARGE_REGION = 1_000_000
# A character that stands in no name.
_SEPARATOR = "\x1f"
_TRAILING_CODE = re.compile(r",\s*([A-Z]{2,3})\b(?!\.?\w)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the gazetteer. `kind`: country, region, county, city, area, base or site."""

    id: int | None
    name: str
    country: str | None
    admin1: str
    kind: str
    latitude: float | None
    longitude: float | None
    population: int


def fold(word: str) -> str:
    """A word as it is compared: lower case, without accents, dots, apostrophes or possessive s."""
    if word.isascii() and word.isalpha():
        low = word.lower()
        return _SAINTS.get(low, low)
    low = _MARKS.sub("", _POSSESSIVE.sub("", word)).lower().translate(_LETTERS)
    low = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
    return _SAINTS.get(low, low)


def fold_name(name: str) -> str:
    """A whole name, word by word."""
    if name.isascii():
        # Most of a gazetteer: plain words, which need none of the rest.
        if name.isalpha():
            return fold(name)
        words = name.lower().split(" ")
        if all(map(str.isalpha, words)):
            return " ".join(_SAINTS.get(w, w) for w in words)
    return " ".join(fold(w) for w in WORD.findall(name))


class Gazetteer:
    """Names to entries. Entries are numbered in reading order; a name found only as an alternate ranks lower."""

    def __init__(self, book: Codebook) -> None:
        # A million places must fit: an entry is one line of text until it is asked for, a name that only one place bears
        # leads to its bare number, and how many words a name has is kept only where it is more than one.
        self._lines: list[str] = []
        self._entries: dict[int, Entry] = {}
        self._keys: dict[str, int | list[int]] = {}
        self._longest: dict[str, int] = {}
        self._country: dict[str, int] = {}
        self._region: dict[tuple[str, str], int] = {}
        self._demonyms: dict[str, int] = {}
        self._capitals: set[tuple[str, str]] = set()
        self._acronyms: set[tuple[str, int]] = set()
        self._counties: dict[str, list[int]] = {}
        self._split: dict[str, list[tuple[str, int]]] = {}
        self.exact: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        self.words: set[str] = set()
        self._read_main(cells for _, _, cells in book.each("places.csv"))
        self._read_extra(book.rows("places_extra.csv"))
        self._read_countries(book)

    # ---- reading

    def _read_main(self, rows: Iterable[list[str]]) -> None:
        """`id,name,alternates,country,admin1,kind,latitude,longitude,population`: the bulk."""
        for id_, name, others, country, admin1, kind, latitude, longitude, people in rows:
            n = len(self._lines)
            self._lines.append(_SEPARATOR.join((id_, name, country, admin1, kind, latitude, longitude, people)))
            self._add(name, n)
            if others:
                for other in others.split("|"):
                    self._add(other, n)
            if kind == "country":
                self._country[country] = n
            elif kind == "region":
                self._region[country, admin1] = n
            elif kind == "county" and name.endswith(" County"):
                self._counties.setdefault(fold_name(name.removesuffix(" County")), []).append(n)

    def _read_extra(self, rows: Iterable[Row]) -> None:
        for row in rows:
            others = row.list("alternates")
            if row["kind"] == "word":
                self.words.add(fold_name(row["name"]))
            elif row["kind"] == "abbreviation":
                self._abbreviate(row, others)
            elif row["kind"] == "alias":
                self._alias(row, others)
            elif row["kind"] == "region":
                self._centre(row)
            else:
                n = len(self._lines)
                columns = ("id", "name", "country", "admin1", "kind", "latitude", "longitude")
                self._lines.append(_SEPARATOR.join((*(row[c] for c in columns), "0")))
                for name in (row["name"], *others):
                    self._add(name, n)

    def _abbreviate(self, row: Row, others: Iterable[str]) -> None:
        """Short forms of a first-level division; those of capitals alone are read only behind a comma."""
        n = self._region.get((row["country"], row["admin1"]))
        for short in others if n is not None else ():
            assert n is not None
            target = self.exact if "." in short or len(short) > 3 else self.codes
            target.setdefault(short, n)
            first = _FIRST.match(short)
            if first and first.end() < len(short) - 1:
                self._split.setdefault(first.group(), []).append((short, n))

    def _centre(self, row: Row) -> None:
        """The middle of a large division; `places.csv` has the middle of its towns."""
        n = self._region.get((row["country"], row["admin1"]))
        if n is not None and row["latitude"] and row["longitude"]:
            self._entries[n] = replace(
                self.entry(n), latitude=float(row["latitude"]), longitude=float(row["longitude"])
            )

    def _alias(self, row: Row, others: Iterable[str]) -> None:
        """Further names of the largest place that bears this one in that country."""
        fits = [n for n in self._bearing(fold_name(row["name"])) if self.entry(n).country == row["country"]]
        kinds = [n for n in fits if not row["admin1"] or self.entry(n).admin1 == row["admin1"]]
        if kinds:
            meant = "region" if row["admin1"] else "city"
            best = max(kinds, key=lambda n: (self.entry(n).kind == meant, self.entry(n).population, -n))
            for other in others:
                self._add(other, best)

    def _read_countries(self, book: Codebook) -> None:
        for row in book.rows("countries.csv"):
            n = self._country.get(row["iso3"])
            if n is None:
                continue
            weak = set(row.list("weak"))
            for name in (row["name"], *(a for a in row.list("aliases") if a not in weak)):
                if not self._names_part(name, row["iso3"]):
                    self._add(name.removeprefix("the "), n)
            for people in row.list("demonyms"):
                for form in (people, f"{people}s"):
                    self._demonyms.setdefault(fold_name(form), n)
                    self._note(fold_name(form))
            self._capitals |= {(row["iso3"], fold_name(c)) for c in row.list("capital")}

    def _names_part(self, name: str, country: str) -> bool:
        """Whether a division of this country bears the name ("England")."""
        pool = (self.entry(n) for n in self._bearing(fold_name(name)))
        return any(e.kind == "region" and e.country == country for e in pool)

    def _add(self, name: str, n: int) -> None:
        key = fold_name(name)
        if not key:
            return
        if len(key) <= _LONGEST_ACRONYM and name.isupper() and n not in self._bearing(key):
            self._acronyms.add((key, n))
        there = self._keys.get(key)
        if there is None:
            self._keys[key] = n
            if " " in key:
                self._note(key)
        elif isinstance(there, int):
            if there != n:
                self._keys[key] = [there, n]
        elif there[-1] != n and n not in there:
            there.append(n)

    def _bearing(self, key: str) -> Sequence[int]:
        """The entries of a folded name."""
        there = self._keys.get(key)
        return () if there is None else (there,) if isinstance(there, int) else there

    def _note(self, key: str) -> None:
        first, gap, _ = key.partition(" ")
        length = key.count(" ") + 1 if gap else 1
        if self._longest.get(first, 0) < length:
            self._longest[first] = length

    # ---- asking

    def longest(self, first: str) -> int:
        """How many words the longest name has that begins with this folded word."""
        return self._longest.get(first) or int(first in self._keys)

    def lookup(self, key: str, quote: str) -> tuple[int, ...]:
        """The entries of a folded name. Acronyms and names of two letters must stand in capitals ("US", not "Us"), and
        what has dots between its letters is an acronym."""
        found = self._bearing(key)
        if not found:
            return ()
        if len(key) > _LONGEST_ACRONYM:
            return tuple(found)
        capitals = quote.replace(".", "").isupper()
        if len(key) <= 2 and not capitals:
            return ()
        if _DOTTED.match(quote):
            return tuple(n for n in found if (key, n) in self._acronyms)
        return tuple(n for n in found if capitals or (key, n) not in self._acronyms)

    def county(self, key: str) -> tuple[int, ...]:
        """The counties named "X County" by this X alone."""
        return tuple(self._counties.get(key, ()))

    def demonym(self, key: str) -> int | None:
        return self._demonyms.get(key)

    def abbreviation(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """(end with its dot, region) where "Ky." or "NSW" stands at `start`."""
        quote = text[start:end]
        for short, region in self._split.get(quote, ()):
            if text.startswith(short, start):
                return start + len(short), region
        if (n := self.exact.get(quote)) is not None:
            return end, n
        dotted = text[start : end + 1]
        if dotted.endswith(".") and (n := self.exact.get(dotted)) is not None:
            return end + 1, n
        behind = text[max(0, start - 2) : start]
        if behind == ", " and (n := self.codes.get(quote)) is not None:
            return end, n
        return None

    def trailing_code(self, text: str, end: int) -> Entry | None:
        """The division behind a comma as in "Lexington, KY"."""
        match = _TRAILING_CODE.match(text, end)
        n = self.codes.get(match.group(1)) if match else None
        return self.entry(n) if n is not None else None

    def entry(self, n: int) -> Entry:
        entry = self._entries.get(n)
        if entry is None:
            id_, name, country, admin1, kind, lat, lon, people = self._lines[n].split(_SEPARATOR)
            entry = Entry(
                int(id_) if id_ else None,
                name,
                country or None,
                admin1,
                kind,
                float(lat) if lat else None,
                float(lon) if lon else None,
                int(people),
            )
            self._entries[n] = entry
        return entry

    def prior(self, n: int, key: str, rivals: Iterable[Entry]) -> float:
        """How well known the entry is by this name, on the scale of log10(people)."""
        entry = self.entry(n)
        if entry.kind == "country":
            return 9.3
        if entry.kind in ("area", "base", "site"):
            return 7.5
        score = math.log10(entry.population + 100)
        if entry.kind == "region":
            score += 1.0 if entry.population >= _LARGE_REGION else -0.3
            if any(_is_seat(city, entry) for city in rivals):
                score -= 2.5
        elif entry.kind == "county":
            score -= 0.0 if " " in entry.name else 1.5
        elif entry.country and (entry.country, key) in self._capitals and not any(_outranks(r, entry) for r in rivals):
            score += 3.0
        return score if fold_name(entry.name) == key else score - 2.0


def _outranks(rival: Entry, city: Entry) -> bool:
    """Whether this name alone means the country or a larger city of it rather than `city`."""
    if rival.country != city.country:
        return False
    return rival.kind == "country" or (rival.kind == "city" and rival.population > city.population)


def _is_seat(city: Entry, region: Entry) -> bool:
    """Whether this city of the same name holds much of the region, so that the name alone means the city."""
    same = city.kind == "city" and city.country == region.country and city.admin1 == region.admin1
    return same and city.population > 0.15 * region.population
