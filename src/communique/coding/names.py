"""The names of states, organisations and office-holders in one dictionary, and whom each stands for on a given day.

Forms are matched with their case, without accents, in one pass. A weak form ("Georgia", "Jordan", "SDF") counts only
where its company speaks for it; `Hit.weak` leaves that judgement to the caller.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick_rs

from communique.codebook import CLASS_CODES, Codebook, Row
from communique.model import Reason

# Forms with a straight apostrophe and without accents, one character for one, so that offsets stay.
_QUOTES = {"’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "‑": "-", "\u00a0": " "}
_EXTRA = {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "ə": "e", "Ə": "E"}
# States whose people put the family name first.
_FAMILY_FIRST = frozenset({"CHN", "TWN", "KOR", "PRK", "HKG", "MAC", "SGP"})
_PARTICLES = frozenset(
    {"al", "bin", "bint", "ben", "von", "van", "de", "da", "der", "den", "di", "du", "el", "ter", "la"}
)
_SUFFIX = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v", "vi", "x", "xii"})
# A family name that is also an everyday word or a place says nothing by itself.
# Divisions of one state or another are called so, but "the West" and "the North" are not they.
DIRECTIONS = frozenset("north south east west centre center central northern southern eastern western".split())
# Shorter numbers of people are not even looked at.
_DIGITS = 5
_LEAST_TOWN = {"region": 200_000, "city": 100_000}
_MUCH_LARGER = 4
_HISTORY = 30  # years
# A place that is also the family name of an office-holder, or a state ("Georgia"), must be this large.
_LEAST_METROPOLIS = 1_000_000
COMMON = frozenset(
    "May Brown Bush Young King Hill West North Wood Green White Black Rice Blair Power Powers Price Sunday Baker "
    "Gates Park Long Law Major Cook Day Case Field Stone Moon Sun Wu Li Kim Lee Khan Singh Ali Ahmed Mohamed Hassan "
    "Hussein Santos Silva Clinton Carter Ford Grant Washington Jordan Chad Israel Austin Lincoln Paris London Sydney "
    "Georgia He Ma Mao An Do Man Sin So To Union Key English French German Pope Prince President Marine Mali "
    "China Hun Min Abe Smith Wilson Johnson Heath Thant Lie Moro Neto".split()
)


def _fold_table() -> dict[int, str]:
    table = {ord(k): v for k, v in (_QUOTES | _EXTRA).items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if code not in table and base != chr(code):
            table[code] = base
    return table


_FOLD = _fold_table()


def fold(text: str) -> str:
    """Without accents and curly quotes, as long as before."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Code:
    """Whom a name or phrase stands for. `entity`: ISO3 of a state, code of an organisation (its officials too), slug
    of a person known to `offices.csv`; `None` for people and bodies without a row."""

    name: str | None = None
    country: str | None = None
    sector: str | None = None
    entity: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of a form. `kind`: state, demonym (adjective or singular), people (plural), capital, seat, org,
    person, surname, town (a city or division, which tells only the state). `weak`: needs company."""

    kind: str
    row: Row
    weak: bool = False
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found at [start, end) of the text searched."""

    start: int
    end: int
    entries: tuple[Entry, ...]


class Names:
    """The dictionary. `code(entries, date, near)` tells whom a form means on that ISO day."""

    def __init__(self, book: Codebook) -> None:
        self.forms: dict[str, list[Entry]] = {}
        self.states: dict[str, Row] = {}
        self.orgs: dict[str, Row] = {}
        self.people: dict[str, list[Row]] = {}
        self.families: dict[str, set[str]] = {}
        self._states(book)
        self._orgs(book)
        self._people(book)
        self._towns(book)
        self._patterns = sorted(self.forms)
        self._machine = ahocorasick_rs.AhoCorasick(self._patterns)
        self._lower: dict[str, str] = {}
        for form in self._patterns:
            self._lower.setdefault(form.lower(), form)

    def _add(self, form: str, entry: Entry) -> None:
        form = fold(form)
        entries = self.forms.setdefault(form, [])
        if all(e.row != entry.row or e.kind != entry.kind for e in entries):
            entries.append(entry)

    def _states(self, book: Codebook) -> None:
        # "GUAM" is a body, Guam an island.
        bodies = {form for row in book.rows("organizations.csv") for form in row.list("aliases") if form.isupper()}
        for row in book.rows("countries.csv"):
            self.states[row["iso3"]] = row
            weak = set(row.list("weak"))
            for kind, forms in (
                ("state", [row["name"], *row.list("aliases")]),
                ("demonym", row.list("demonyms")),
                ("people", [p for d in row.list("demonyms") for p in plural(d)]),
                ("capital", row.list("capital")),
                ("seat", row.list("seats")),
            ):
                for form in forms:
                    bare = form.removeprefix("the ")
                    entry = Entry(kind, row, form in weak or bare in weak)
                    self._add(bare if len(bare) > 6 or bare.isupper() else form, entry)
                    if form != bare and len(bare) <= 6:
                        self._add(f"The {bare}", entry)
                    if kind != "demonym" and len(bare) > 3 and not entry.weak and bare.upper() not in bodies:
                        self._add(bare.upper(), entry)

    def _orgs(self, book: Codebook) -> None:
        for row in book.rows("organizations.csv"):
            self.orgs[row["code"]] = row
            weak = set(row.list("weak"))
            if row.get("kind") == "region" and row.get("sector") == "PRE" and row.get("seat"):
                self._add(row["seat"], Entry("capital", row))
            for form in (row["name"], *row.list("aliases")):
                self._add(form, Entry("org", row, form in weak))
                if form.isupper() and form.isalpha() and len(form) > 3 and form not in weak:
                    self._add(form.capitalize(), Entry("org", row, form.capitalize() in weak))

    def _people(self, book: Codebook) -> None:
        for row in book.rows("offices.csv"):
            person = row["person"]
            self.people.setdefault(person, []).append(row)
            for form in (person, *row.list("aliases")):
                if " " in form or "-" in form:
                    self._add(form, Entry("person", row, False, person))
                elif len(form) > 2 and form not in COMMON:
                    self._add(form, Entry("surname", row, True, person))
            for last in surnames(person, row.get("country")):
                self.families.setdefault(fold(last), set()).add(person)
                if last not in COMMON and (len(last) > 2 or last == "Xi"):
                    self._add(last, Entry("surname", row, True, person))

    def _towns(self, book: Codebook) -> None:
        """Divisions and large cities by name, where nothing else has it: they tell whose police or governor it is."""
        found: dict[str, list[tuple[int, Row]]] = {}
        for label, line, cells in book.each("places.csv"):
            id_, name, _, country, _, kind, _, _, people = cells
            if len(people) > _DIGITS and kind in _LEAST_TOWN and int(people) >= _LEAST_TOWN[kind]:
                row = Row(label, line, {"id": id_, "name": name, "iso3": country})
                found.setdefault(fold(name), []).append((int(people), row))
        extra = book.rows("places_extra.csv")
        words = {fold(row["name"]) for row in extra if row["kind"] == "word"}
        for name, pool in found.items():
            pool.sort(key=lambda p: -p[0])
            rivals = [people for people, row in pool if row["iso3"] != pool[0][1]["iso3"]]
            if name.lower() in DIRECTIONS:
                continue
            clear = not rivals or pool[0][0] > _MUCH_LARGER * rivals[0]
            others = self.forms.get(name, [])
            shared = all(e.kind == "surname" or (e.kind == "state" and e.weak) for e in others)
            taken = not shared or (others and pool[0][0] < _LEAST_METROPOLIS)
            if clear and len(name) > 3 and not taken and name not in words and not name.split()[-1].isupper():
                self.forms[name] = [*others, Entry("town", pool[0][1], True)]

    def scan(self, text: str) -> list[Hit]:
        """Forms in the text, leftmost and longest, at word boundaries."""
        folded = fold(text)
        raw = []
        for index, start, end in self._machine.find_matches_as_indexes(folded, overlapping=True):
            before = folded[start - 1] if start else " "
            after = folded[end] if end < len(folded) else " "
            if not (before.isalnum() or after.isalnum()) and not (before in ".@#&_" and before != "."):
                raw.append((start, -end, index))
        raw.sort()
        found, stop = [], 0
        for start, minus_end, index in raw:
            if start >= stop:
                stop = -minus_end
                found.append(Hit(start, stop, tuple(self.forms[self._patterns[index]])))
        return found

    def labelled(self, text: str) -> list[tuple[int, int, str]]:
        """Names in the text that need no further recognition, as (start, end, entity label)."""
        found = []
        for hit in self.scan(text):
            kinds = [e.kind for e in hit.entries if e.kind != "surname"]
            if kinds:
                found.append((hit.start, hit.end, _LABELS[kinds[0]]))
        return found

    @staticmethod
    def certain(hit: Hit) -> list[Entry]:
        """The meanings of a form that hold without any company: none of a name that two states share ("Congo")."""
        if len({e.row["iso3"] for e in hit.entries if e.kind == "state"}) > 1:
            return []
        return [e for e in hit.entries if not e.weak and e.kind not in ("person", "surname", "town")]

    def look(self, form: str) -> tuple[Entry, ...]:
        """The meanings of exactly this form, whatever its case if it is no known form as written."""
        form = fold(form)
        if form in self.forms:
            return tuple(self.forms[form])
        if form.isupper() or form.islower():
            return tuple(self.forms.get(self._lower.get(form.lower(), ""), ()))
        return ()

    def code(self, entries: Iterable[Entry], date: str | None, near: frozenset[str] = frozenset()) -> Code | None:
        """Whom one of these meanings stands for. `near`: codes of states and bodies named in the same text, which
        settle forms with several meanings and speak for weak ones."""
        entries = list(entries)
        people = [e for e in entries if e.kind in ("person", "surname")]
        others = [e for e in entries if e.kind not in ("person", "surname") and in_time(e.row, date)]
        others = others or [e for e in entries if e.kind not in ("person", "surname")]
        if others:
            backed = [e for e in others if e.kind != "town" and (_country(e.row) in near or e.row.get("code") in near)]
            firm = [e for e in others if not e.weak]
            # "Belgrade" was Yugoslavia's as long as there was one.
            chosen = sorted(backed or firm, key=lambda e: date is None or e.row.get("until") is None)
            return self._of_name(chosen[0], date) if chosen else None
        if people and people[0].kind == "person":
            rows = [r for e in people for r in self.people[e.person or ""]]
            return self.person([r for r in rows if r.get("country") in near] or rows, date)
        return self._of_surname(people, date, near) if people else None

    def _of_name(self, entry: Entry, date: str | None) -> Code:
        row = entry.row
        if entry.kind == "town":
            return Code(None, row["iso3"], None, None, (Reason("country", row.file, row.line, row["name"]),))
        if entry.kind == "org" or "iso3" not in row.values:
            why = tuple(
                Reason(f, row.file, row.line, row["code"]) for f in ("country", "sector", "entity") if row.get(f)
            )
            why = why or (Reason("entity", row.file, row.line, row["code"]),)
            return Code(row["name"], row.get("country"), row.get("sector"), row["code"], why)
        iso = row["iso3"]
        why = (Reason("country", row.file, row.line, iso),)
        sector = "GOV" if entry.kind in ("capital", "seat") else None
        return Code(row["name"], iso, sector, iso, why)

    def person(self, rows: list[Row], date: str | None) -> Code:
        """An office-holder as of the day: the office then held, else one held before (sector ELI), else the state
        alone. Without a day: what all offices have in common."""
        if date is None:
            sectors = {r.get("sector") for r in rows}
            chosen, sector = rows[-1], sectors.pop() if len(sectors) == 1 else rows[-1].get("sector")
        else:
            held = [r for r in rows if in_time(r, date)]
            past = [r for r in rows if (until := r.get("until")) and until <= date]
            if held:
                chosen, sector = max(held, key=lambda r: (r.get("sector") == "GOV", r.get("from") or "")), None
                sector = chosen.get("sector")
            elif past:
                chosen = max(past, key=lambda r: r.get("until") or "")
                # Of whom history is told, it is told in office.
                long_ago = int((chosen.get("until") or date)[:4]) <= int(date[:4]) - _HISTORY
                sector = chosen.get("sector") if long_ago else "ELI"
            else:
                chosen, sector = rows[0], None
        name, country = chosen["person"], chosen.get("country")
        why = tuple(Reason(f, chosen.file, chosen.line, name) for f in ("country", "sector"))
        entity = chosen.get("entity")
        if sector in ("ELI", None) and country in CLASS_CODES:
            home = next((r.get("country") for r in rows if r.get("country") not in CLASS_CODES), None)
            country, entity = home, None
        body = entity if entity and entity not in self.states and sector not in ("ELI", None) else None
        return Code(name, country, sector, body or slug(name), why)

    def titled(self, name: str, role: str, date: str | None, country: str | None) -> Code | None:
        """The office-holder that a title and a family name mean ("President Obama"): of that office, on the day if
        there is one, of `country` if that is said. Where several fit, what they have in common."""
        words = name.split()
        wanted = fold(name) if fold(name) in self.families else fold(words[-1])
        given = fold(words[0])[:1] if len(words) > 1 and wanted != fold(name) else ""
        fits: dict[str, list[Row]] = {}
        for person in sorted(self.families.get(wanted, ())):
            if given and not fold(person).startswith(given):
                continue
            rows = [
                r for r in self.people[person] if country in (None, r.get("country")) and _is_office(role, r["office"])
            ]
            exact = [r for r in rows if _office_words(r["office"]) == _office_words(role)]
            if chosen := [r for r in exact or rows if in_time(r, date)]:
                fits[person] = chosen
        if len(fits) == 1:
            ((person, rows),) = fits.items()
            return self.person(self.people[person], date) if date else self.person(rows, None)
        countries = {r.get("country") for rows in fits.values() for r in rows}
        if len(countries) != 1:
            return None
        row = next(iter(fits.values()))[0]
        return Code(
            None, row.get("country"), row.get("sector"), None, (Reason("country", row.file, row.line, row["person"]),)
        )

    def well_known(self, entries: Iterable[Entry], date: str | None) -> Code | None:
        """Whom a family name means that stands alone, if that is a head of state or government or a foreign or defence
        minister of the day."""
        code = self.code(entries, date) if date is not None else None
        held = [r for r in self.people.get((code and code.name) or "", ()) if in_time(r, date)]
        return code if any(_rank(r["office"]) for r in held) else None

    def _of_surname(self, entries: list[Entry], date: str | None, near: frozenset[str]) -> Code | None:
        """A family name alone: the one person of that name in office on the day, of a state that the text names if
        several are; else the one in the highest office."""
        people = sorted({e.person for e in entries if e.person})
        held = {p: [r for r in self.people[p] if in_time(r, date)] for p in people}
        fits = [p for p in people if held[p]]
        fits = [p for p in fits if any(r.get("country") in near for r in held[p])] or fits
        if len(fits) > 1 and date is not None:
            rank = {p: max(_rank(r["office"]) for r in held[p]) for p in fits}
            best = max(rank.values())
            fits = [p for p in fits if rank[p] == best > 0]
        return self.person(self.people[fits[0]], date) if len(fits) == 1 else None


_HIGHEST = re.compile(
    r"president|prime minister|premier|chancellor|king|queen|monarch|emperor|emir|sultan|supreme leader|pope|leader"
    r"|head of state|secretary-general of (?:the UN|NATO)|president of the European Commission"
)
_HIGH = re.compile(
    r"(?:foreign|defen[cs]e) minister|secretary of (?:state|defen[cs]e)|vice president|crown prince|acting president"
)


def _rank(office: str) -> int:
    """2: heads of state and government and of the UN and NATO; 1: those next to them; 0: all others."""
    return 2 if _HIGHEST.fullmatch(office) else 1 if _HIGH.fullmatch(office) else 0


def _office_words(office: str) -> frozenset[str]:
    return frozenset(office.lower().replace("defense", "defence").replace("-", " ").split())


def _is_office(role: str, office: str) -> bool:
    """Whether a title in the text can be this office: "minister" is any minister, "leader" any head."""
    title, held = _office_words(role), _office_words(office)
    if title <= held and not (held - title) & {"vice", "deputy", "assistant", "former"}:
        return True
    return bool(title & {"leader", "premier"}) and bool(
        held & {"president", "minister", "chancellor", "leader", "king"}
    )


def holds(rows: Iterable[Row], role: str, date: str | None) -> bool:
    """Whether one of a person's offices, held on the day, is what this title says."""
    return any(in_time(row, date) and _is_office(role, row["office"]) for row in rows)


_LABELS = {
    "state": "GPE",
    "capital": "GPE",
    "seat": "GPE",
    "town": "GPE",
    "demonym": "NORP",
    "people": "NORP",
    "org": "ORG",
    "person": "PERSON",
}


def plural(demonym: str) -> list[str]:
    """The people: "Danes", "Palestinians"; nothing where the form does not change or has its own row."""
    if demonym == "Czech":
        return ["Czechs"]
    if demonym.endswith(("s", "sh", "ch", "ese", "men", "x", ".", "ois", "I-Kiribati")) or demonym.isupper():
        return []
    return [demonym + "s"]


def surnames(person: str, country: str | None) -> list[str]:
    """The forms in which a person is named after the first time: "Assad" and "al-Assad", "von der Leyen"."""
    words = [w for w in person.split() if w.lower() not in _SUFFIX]
    if len(words) < 2:
        return []
    if country in _FAMILY_FIRST:
        return [_family_first(words, country)]
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _PARTICLES:
        at -= 1
    found = [" ".join(words[at:])]
    bare = re.sub(r"^(?:[Aa]l|[Ee]l)-", "", words[-1])
    if bare != found[0]:
        found.append(bare)
    return found


def _family_first(words: list[str], country: str | None) -> str:
    """The family name of a Chinese or Korean name, also behind a Western first name ("Joseph Wu")."""
    if words[0][-1:] == ".":
        return words[-1]
    if country in ("CHN", "KOR", "PRK"):
        return words[0]
    if len(words) == 2:
        return words[-1] if "-" not in words[-1] else words[0]
    if len(words) >= 4 or "-" in words[-1]:
        return words[1] if len(words) >= 4 else words[0]
    return words[0]


def slug(name: str) -> str:
    """ "Jens Stoltenberg" as "jens-stoltenberg"."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name).lower()).strip("-")


def in_time(row: Row, date: str | None) -> bool:
    """Whether a row's half-open interval holds the day; always so without a day."""
    if date is None:
        return True
    start, end = row.get("from"), row.get("until")
    return not ((start and start > date[: len(start)]) or (end and end <= date[: len(end)]))


def _country(row: Row) -> str | None:
    return row.get("iso3") or row.get("country")
