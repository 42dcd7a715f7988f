"""Place names: which stretches of text name a place, and which place they name.

`find` looks up capitalised words in the gazetteer and weighs evidence for and against each match; `resolve` chooses
between places of one name by what the document says: "Richmond, Va.", regions and countries mentioned, other places
close by, size. Unknown names keep null coordinates.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from communique.codebook import Codebook
from communique.coding.gazetteer import WORD, Entry, Gazetteer, fold, fold_name
from communique.model import Place

Name = tuple[int, int, str]
"""A named-entity span of the parser: start, end, label (GPE, LOC, FAC, PERSON, ORG, NORP ...)."""

_GRAIN = {"county": "region", "region": "region", "country": "country", "city": "city", "base": "base", "site": "site"}
_PLACE_LABELS = {"GPE": 2.5, "LOC": 2.0, "FAC": 1.0}
_OTHER_LABELS = {"ORG": 0.2, "PERSON": -1.6, "NORP": -0.3, "EVENT": -0.3, "LAW": -0.3, "WORK_OF_ART": -0.8}
# Dates, quantities and the like: a place name inside one is most often a misreading.
_ANY_OTHER_LABEL = -1.2
_ACCEPT = 0.8

_IN = re.compile(
    r"\b(?:in|at|near|outside|around|across|throughout|visit(?:ed|ing|s)?|within|toward|towards)\s+(?:the\s+)?$", re.I
)
_OF = re.compile(r"\b(?:from|to|of|into|for|via|between|over|on|off|against|with)\s+(?:the\s+)?$", re.I)
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sgt|Lt|Capt|Gen|Rev|Sen|Rep|Gov|Judge|Miss|Sir|Lord|Lady|Officer|Detective|Coach)\.?\s+$"
)
_BEFORE = re.compile(r"([^\W\d_][^\W_.]*)[ \t]+$")
_AFTER = re.compile(r"[ \t]+([^\W\d_][^\W_]*)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]['\"”’)]*\s+|\n\s*|[\"“‘]\s*)$")
_DIRECTION = frozenset(
    "north south east west northern southern eastern western central greater downtown inner outer upper lower "
    "mainland northeast northwest southeast southwest northeastern northwestern southeastern southwestern mid metro rural "
    "far".split()
)
_STREET = frozenset(
    "street st avenue ave road rd drive dr boulevard blvd lane ln court way place parkway highway "
    "pike terrace square".split()
)
# Those that a name can begin with: "North London", "Central Asia".
_POINTS = frozenset("north south east west central northeast northwest southeast southwest upper lower far".split())
_NAMELESS = (
    _DIRECTION
    | _STREET
    | frozenset(
        "university college school church hospital court center centre club park house hall tower library "
        "station airport stadium market museum theatre theater point island bay lake river bridge village city town "
        "county state".split()
    )
)
_STRIP_BEFORE = re.compile(
    r"^(?:the|an?|greater|downtown|metropolitan|metro|mainland|rural|inner|outer|upper|lower|central|city of|town of|"
    r"village of|township of|state of|province of|republic of|kingdom of|county of|county|port of|gulf of|"
    r"(?:north|south|east|west)(?:[ -]?(?:east|west|central))?(?:ern)?)[ -]+",
    re.I,
)
_STRIP_AFTER = re.compile(
    r"(?:['’]s?|[ -]+(?:city|county|province|region|state|district|prefecture|oblast|governorate|township|village|town|"
    r"area|metropolitan area|municipality|peninsula|island|islands|valley|border|based|led|backed))$",
    re.I,
)
# What a division is called behind its name: part of the name where it is written large.
_DIVISIONS = {
    **dict.fromkeys("province region governorate prefecture oblast krai voivodeship".split(), "region"),
    **dict.fromkeys("county parish district township municipality".split(), "county"),
}
# "The village of X", "a suburb of X": what follows is a place.
_KIND_OF = re.compile(
    r"\b(?:villages?|towns?|townships?|city|cities|suburbs?|districts?|provinces?|prefectures?|governorates?|"
    r"neighbou?rhoods?|municipality|municipalities|ports?|hamlets?|counties|county|settlements?|outskirts|town called) "
    r"(?:of )?$",
    re.I,
)
# "X police", "residents" and the like: a place has them.
_LOCALS = re.compile(
    r" (?:police|residents?|officials|authorities|district|province|county|villagers|region|suburb|airport|mayor|Mayor|"
    r"Council|City Council|City Hall|Police Department|Fire Department|township|neighbou?rhood|prefecture)\b"
)
# "MARBURG — ...", "Suva (Coral Wire) -": where a report was filed.
_FILED = re.compile(r"(?:, [\w. ]{2,20})? ?(?:\([^()\n]{2,30}\) ?)?(?:—|–|--?) ")
# Diseases and animals named after a place do not speak of it.
_NAMESAKE = re.compile(
    r" (?:[Nn]ile )?(?:[Vv]irus(?:es)?|ebolavirus|(?:ha?emorrhagic |valley )?[Ff]ever|[Ff]lu|influenza|measles|disease|"
    r"syndrome|encephalitis|variant|strain|[Gg]oose|geese|[Ss]hepherd|[Tt]errier)\b"
)
# How many names of a row are looked at on either side.
_ROW = 6
_LIST_GAP = re.compile(r",? (?:and |or )?")
_QUALIFIER_GAP = re.compile(r"(?:,[ \t]*| ?\(|,? in |,? in the | of )$")
# "Washington state": the word is no part of the name, but tells which Washington.
_SMALL_DIVISION = re.compile(r" (?:state|province|prefecture|governorate|oblast|region|county|city)\Z")
_BEHIND = re.compile(r"(?:['’]s)? (state|province|prefecture|governorate|oblast)\b(?! of\b)")
_LYING_IN = re.compile(r",?(?: an?| the)?(?: [a-z]+){0,4} in (?:the )?(?:[a-z]+ )?")
_POSSESSIVE = re.compile(r"['’]s$")
_KM_NEAR = 120.0
_WIDE = frozenset({"country", "region", "area"})
# How much the other places of a report can add to an entry, on the scale of `Gazetteer.prior`.
_REGION_SUPPORT, _OWN_REGION, _LAND_SUPPORT, _NEAR_SUPPORT = 2.8, 0.7, 2.0, 2.0


@dataclass(frozen=True, slots=True)
class _Match:
    """A stretch of text and the entries that bear this name, as `Gazetteer.lookup` gives them."""

    start: int
    end: int
    key: str
    found: tuple[int, ...]
    demonym: bool = False


class PlaceStation:
    """Finds and resolves place names. `book` holds `places.csv`, `places_extra.csv` and `countries.csv`."""

    def __init__(self, book: Codebook) -> None:
        self.gazetteer = Gazetteer(book)

    def find(
        self,
        text: str,
        names: Sequence[Name] | None = None,
        country: str | None = None,
        demonyms: bool = True,
    ) -> list[Place]:
        """The places named in `text`, in order, without overlap.

        `names`: entity spans of the parser, used as evidence; `country`: ISO3 of the outlet; `demonyms`: whether
        "Turkish" counts as a mention of Turkey.
        """
        found = self._accepted(text, self._matches(text), names)
        chosen = self._choose(text, found, country)
        return [
            self._place(text, m.start, m.end, entry)
            for m, entry in zip(found, chosen, strict=True)
            if demonyms or not m.demonym
        ]

    def resolve(self, text: str, spans: Sequence[tuple[int, int]], country: str | None = None) -> list[Place | None]:
        """The place each span of `text` names, or `None` where the gazetteer does not know it."""
        matches = [self._match_of(text, start, end) for start, end in spans]
        given = [m for m in matches if m is not None]
        chosen = iter(self._choose(text, given, country))
        found: list[Place | None] = []
        for (start, end), match in zip(spans, matches, strict=True):
            entry = next(chosen) if match is not None else None
            found.append(self._place(text, start, end, entry) if entry is not None else None)
        return found

    def _place(self, text: str, start: int, end: int, entry: Entry | None) -> Place:
        quote = text[start:end]
        if entry is None:
            return Place(start, end, quote)
        grain = _GRAIN.get(entry.kind, "area")
        return Place(start, end, quote, entry.name, entry.id, entry.country, entry.latitude, entry.longitude, grain)

    # ---- matching

    def _matches(self, text: str) -> list[_Match]:
        """Every longest gazetteer name in the text that starts with a capital, left to right."""
        words = [(m.start(), m.end()) for m in WORD.finditer(text)]
        folded = [fold(text[s:e]) for s, e in words]
        found: list[_Match] = []
        i = 0
        while i < len(words):
            match, used = self._match_at(text, words, folded, i)
            if match is not None:
                found.append(match)
            i += used
        return found

    def _match_at(
        self, text: str, words: list[tuple[int, int]], folded: list[str], i: int
    ) -> tuple[_Match | None, int]:
        start, end = words[i]
        if not (text[start].isupper() or text[start : start + 3] == "al-"):
            return None, 1
        if (short := self.gazetteer.abbreviation(text, start, end)) is not None:
            used = sum(1 for s, _ in words[i : i + 3] if s < short[0])
            return _Match(start, short[0], folded[i], (short[1],)), used
        for n in range(min(self.gazetteer.longest(folded[i]), len(words) - i), 0, -1):
            if n > 1 and not _joined(text, words[i : i + n]):
                continue
            key, stop = " ".join(folded[i : i + n]), words[i + n - 1][1]
            found = self.gazetteer.lookup(key, text[start:stop])
            if (of := self._people(key, found)) is not None:
                return _Match(start, self._bare_end(text, start, stop, (of,)), key, (of,), demonym=True), n
            if found and _large_follows(text, words, i + n) and _DIRECTION.issuperset(folded[i : i + n]):
                return self._part_of(text, words, folded, i, n)
            if found:
                match = _Match(start, self._bare_end(text, start, stop, found), key, found)
                if n > 1 and (small := _SMALL_DIVISION.search(text, start, stop)):
                    match = replace(match, end=small.start())
                return self._whole_division(text, words, folded, i + n, match), n
        return None, 1

    def _part_of(
        self, text: str, words: list[tuple[int, int]], folded: list[str], i: int, n: int
    ) -> tuple[_Match | None, int]:
        """ "North London" is London, not the North of somewhere; "North Star" is no place."""
        if _POINTS.issuperset(folded[i : i + n]):
            match, used = self._match_at(text, words, folded, i + n)
            if match is not None and not match.demonym and match.key not in self.gazetteer.words:
                return replace(match, start=words[i][0]), n + used
        return None, n

    def _whole_division(
        self, text: str, words: list[tuple[int, int]], folded: list[str], i: int, match: _Match
    ) -> _Match:
        """A name with "Province" or the like behind it, and those of its bearers that are one."""
        if match.end < words[i - 1][1] or not _large_follows(text, words, i) or _large_follows(text, words, i + 1):
            return match
        kind = _DIVISIONS.get(folded[i])
        if kind is None:
            return match
        fits = tuple(n for n in match.found if self.gazetteer.entry(n).kind == kind)
        return replace(match, end=words[i][1], found=fits or match.found)

    def _people(self, key: str, found: tuple[int, ...]) -> int | None:
        """The country whose people have this name; a town that is called so too ("Canadian", Texas) gives way."""
        of = self.gazetteer.demonym(key)
        return of if all(self.gazetteer.entry(n).kind in ("city", "county") for n in found) else None

    def _bare_end(self, text: str, start: int, stop: int, found: tuple[int, ...]) -> int:
        """The end of the name without a possessive s, unless the place itself is called so ("St. John's")."""
        ending = _POSSESSIVE.search(text, start, stop)
        if ending is None or any(_POSSESSIVE.search(self.gazetteer.entry(n).name) for n in found):
            return stop
        return ending.start()

    def _match_of(self, text: str, start: int, end: int) -> _Match | None:
        """The gazetteer's reading of a span known to be a place name; tries ever shorter forms."""
        quote = text[start:end]
        if (short := self.gazetteer.abbreviation(text, start, end)) is not None:
            return _Match(start, end, fold(quote), (short[1],))
        if (region := self.gazetteer.exact.get(quote.strip())) is not None:
            return _Match(start, end, fold(quote), (region,))
        for form in _forms(quote):
            key = " ".join(fold(m.group()) for m in WORD.finditer(form))
            found = self.gazetteer.lookup(key, form)
            if (of := self._people(key, found)) is not None:
                return _Match(start, end, key, (of,), demonym=True)
            if found:
                return _Match(start, end, key, found)
        if found := self.gazetteer.county(fold_name(quote)):
            return _Match(start, end, fold_name(quote), found)
        inner = [m for m in self._matches(quote) if m.key not in self.gazetteer.words and m.key not in _NAMELESS]
        if not inner:
            return None
        best = max(inner, key=lambda m: (not m.demonym, self._renown(m), -m.start))
        return _Match(start, end, best.key, best.found, best.demonym)

    def _renown(self, match: _Match) -> float:
        return max(_weight(self.gazetteer.entry(n)) for n in match.found)

    # ---- evidence

    def _accepted(self, text: str, matches: list[_Match], names: Sequence[Name] | None) -> list[_Match]:
        """The matches that the text uses as place names."""
        labels = _Labels(names or ())
        people = labels.parts(text, "PERSON")
        scores = [self._evidence(text, matches, i, labels, people) for i in range(len(matches))]
        sure = {m.key for m, s in zip(matches, scores, strict=True) if s >= _ACCEPT + 1.5}
        namesakes = {m.key for m in matches if _NAMESAKE.match(text, m.end)}
        for i, match in enumerate(matches):
            scores[i] += 1.0 if match.key in sure else 0.0
            scores[i] -= 1.5 if match.key in namesakes else 0.0
            scores[i] -= 1.5 if match.key in people and match.key not in sure else 0.0
        taken = [s >= _ACCEPT for s in scores]
        return [
            m
            for i, m in enumerate(matches)
            if taken[i] or scores[i] + self._company(text, matches, i, taken) >= _ACCEPT
        ]

    def _company(self, text: str, matches: list[_Match], i: int, taken: list[bool]) -> float:
        """What it adds to a name to stand in a row with places of a country that it may lie in."""
        lands = {self.gazetteer.entry(n).country for n in matches[i].found}
        beside = sum(
            taken[at] and not lands.isdisjoint(self.gazetteer.entry(n).country for n in matches[at].found)
            for at in _row(text, matches, i)
        )
        return 0.8 * min(beside, 3) if matches[i].key not in self.gazetteer.words else 0.0

    def _evidence(
        self, text: str, matches: list[_Match], i: int, labels: _Labels, people: frozenset[str] = frozenset()
    ) -> float:
        match = matches[i]
        entries = [self.gazetteer.entry(n) for n in match.found]
        if match.demonym:
            return _demonym_evidence(text, match, labels)
        score = max(_weight(e) for e in entries) + (1.0 if " " in match.key else 0.0)
        score += labels.evidence(match.start, match.end)
        town = all(e.kind != "region" for e in entries) and match.key not in people
        if town and labels.is_bare(match.start, match.end, "PERSON"):
            # The parser takes many a town for a person; a person has a second name somewhere.
            score += 1.0
        score += _context_evidence(text, match, entries)
        if match.key in self.gazetteer.words:
            score -= 2.5
        elif match.key in _DIRECTION:
            score -= 4.5
        elif _is_told_as_place(text, match):
            score += 1.5
        if i + 1 < len(matches) and self._qualifies(text, match, matches[i + 1]):
            score += 3.0
        if i and self._qualifies(text, matches[i - 1], match):
            score += 2.5
        if i + 1 < len(matches) and self._lies_in(text, match, matches[i + 1]):
            score += 1.0
        return score

    def _lies_in(self, text: str, match: _Match, after: _Match) -> bool:
        """ "Garut in West Java", "Garut, a town in Indonesia"."""
        gap = text[match.end : after.start]
        if len(gap) > 40 or not _LYING_IN.fullmatch(gap) or after.demonym:
            return False
        return any(_holds(self.gazetteer.entry(o), self.gazetteer.entry(n)) for o in after.found for n in match.found)

    def _qualifies(self, text: str, match: _Match, after: _Match) -> bool:
        """Whether `after` names the region or country that holds `match`, as in "Paris, Texas"."""
        gap = text[match.end : after.start]
        if not gap.startswith((",", " (")) or len(gap) > 3:
            return False
        outer = [self.gazetteer.entry(n) for n in after.found if n is not None]
        inner = [self.gazetteer.entry(n) for n in match.found]
        return any(_holds(o, e) for o in outer if o.kind in ("country", "region") for e in inner)

    # ---- choice

    def _choose(self, text: str, matches: list[_Match], country: str | None) -> list[Entry]:
        """One entry a match: each name has one sense in a document, unless qualified otherwise."""
        candidates = [self._candidates(m) for m in matches]
        bonus = [self._qualifier_bonus(text, matches, candidates, i) for i in range(len(matches))]
        by_key: dict[str, dict[int, float]] = defaultdict(dict)
        for match, pool, extra in zip(matches, candidates, bonus, strict=True):
            for n, (entry, prior) in pool.items():
                outlet = 1.0 if country is not None and entry.country == country else 0.0
                known = by_key[match.key].get(n, -math.inf)
                by_key[match.key][n] = max(known, prior + outlet + extra.get(n, 0.0))
        counts = Counter(m.key for m in matches)
        senses = self._senses(by_key, counts)
        return [self._sense(by_key, senses, m, extra) for m, extra in zip(matches, bonus, strict=True)]

    def _sense(
        self, by_key: dict[str, dict[int, float]], senses: dict[str, int], match: _Match, extra: dict[int, float]
    ) -> Entry:
        own = senses[match.key]
        if extra and own not in extra:
            own = max(extra, key=lambda n: (by_key[match.key][n], -n))
        return self.gazetteer.entry(own)

    def _candidates(self, match: _Match) -> dict[int, tuple[Entry, float]]:
        entries = {n: self.gazetteer.entry(n) for n in match.found}
        return {n: (e, self.gazetteer.prior(n, match.key, entries.values())) for n, e in entries.items()}

    def _qualifier_bonus(
        self, text: str, matches: list[_Match], candidates: list[dict[int, tuple[Entry, float]]], i: int
    ) -> dict[int, float]:
        """For "Paris, Texas" and "Richmond, Madison County, Ky.": the entries inside what follows, with a bonus."""
        end, found = matches[i].end, dict.fromkeys(candidates[i], 0.0)
        outers: list[Entry] = []
        if (region := self.gazetteer.trailing_code(text, end)) is not None:
            outers.append(region)
        for j in range(i + 1, min(i + 4, len(matches))):
            if not _QUALIFIER_GAP.fullmatch(text[end : matches[j].start]) or matches[j].demonym:
                break
            outers += [e for e, _ in candidates[j].values() if e.kind in ("country", "region", "county")]
            end = matches[j].end
        outers = [o for o in outers if not self._in_row(text, matches, candidates, i, o)]
        listed = self._listed(text, matches, candidates, i)
        within = self._held(text, matches, candidates, i)
        if listed is None and _BEHIND.match(text, matches[i].end):
            listed = "region"
        for n, (entry, _) in candidates[i].items():
            found[n] = 5.0 * (entry.kind == listed or n in within) + sum(
                5.0 if o.kind != "county" else 2.0 for o in _distinct(outers) if _holds(o, entry)
            )
        return {n: min(b, 7.0) for n, b in found.items() if b > 0}

    @staticmethod
    def _in_row(
        text: str, matches: list[_Match], candidates: list[dict[int, tuple[Entry, float]]], i: int, outer: Entry
    ) -> bool:
        """Whether `outer` only follows in a row of countries or of divisions: "Nevada, Ohio and Utah"."""
        if outer.kind not in {e.kind for e, _ in candidates[i].values() if e.kind in ("country", "region")}:
            return False
        if outer.kind == "country":
            return True
        beside = [(i - 1, i), (i + 1, i + 2)]
        return any(
            a >= 0
            and b < len(matches)
            and _LIST_GAP.fullmatch(text[matches[a].end : matches[b].start])
            and any(e.kind == outer.kind for e, _ in candidates[b if a == i + 1 else a].values())
            for a, b in beside
        )

    @staticmethod
    def _held(
        text: str, matches: list[_Match], candidates: list[dict[int, tuple[Entry, float]]], i: int
    ) -> frozenset[int]:
        """For the "New York" of "Buffalo, New York": the division or country that holds what stands before."""
        if not i or not re.fullmatch(r",[ \t]*| ?\(", text[matches[i - 1].end : matches[i].start]):
            return frozenset()
        before = [e for e, _ in candidates[i - 1].values()]
        if any(e.kind in ("country", "region") for e in before):
            return frozenset()
        outer = ((n, e) for n, (e, _) in candidates[i].items() if e.kind in ("country", "region"))
        return frozenset(n for n, e in outer if any(_holds(e, b) for b in before))

    @staticmethod
    def _listed(
        text: str, matches: list[_Match], candidates: list[dict[int, tuple[Entry, float]]], i: int
    ) -> str | None:
        """Whether a name that is a country and a region elsewhere ("Georgia") stands in a list of countries or of
        regions, where the names beside it leave no doubt."""
        own = candidates[i].values()
        if not {"country", "region"} <= {e.kind for e, _ in own}:
            return "region" if _among_divisions(text, matches, candidates, i) else None
        beside = set()
        for a, b in ((i - 1, i), (i, i + 1)):
            if a < 0 or b >= len(matches) or not _LIST_GAP.fullmatch(text[matches[a].end : matches[b].start]):
                continue
            others = candidates[a if b == i else b].values()
            kinds = {e.kind for e, _ in others if e.kind in ("country", "region")}
            near = {e.country for e, _ in others if e.kind == "region"}
            if kinds == {"region"} and not any(e.kind == "region" and e.country in near for e, _ in own):
                continue
            beside |= kinds if len(kinds) == 1 else set()
        return beside.pop() if len(beside) == 1 else None

    def _senses(self, by_key: dict[str, dict[int, float]], counts: Counter[str]) -> dict[str, int]:
        """The best entry of each name, given the best entries of all other names; three rounds."""
        chosen = {key: _best(pool) for key, pool in by_key.items()}
        for _ in range(3):
            evidence = {key: (self.gazetteer.entry(n), _certainty(by_key[key], n)) for key, n in chosen.items()}
            chosen = {
                key: _best({n: s + self._support(key, n, evidence, counts) for n, s in pool.items()})
                if len(pool) > 1
                else chosen[key]
                for key, pool in by_key.items()
            }
        return chosen

    def _support(self, key: str, n: int, evidence: dict[str, tuple[Entry, float]], counts: Counter[str]) -> float:
        """How well an entry fits the other places of the document."""
        entry = self.gazetteer.entry(n)
        same_country = same_region = near = 0.0
        for other, (place, certainty) in evidence.items():
            if other == key:
                continue
            weight = certainty * min(1.0 + 0.3 * (counts[other] - 1), 2.0)
            if place.country is not None and place.country == entry.country:
                same_country += weight
                if place.admin1 and place.admin1 == entry.admin1:
                    same_region += weight * (1.5 if place.kind == "region" else 1.0)
            if place.kind not in _WIDE and entry.kind not in _WIDE:
                near += weight * math.exp(-_km(entry, place) / _KM_NEAR)
        own = _OWN_REGION if entry.kind == "region" else 1.0
        region = own * _REGION_SUPPORT * (1 - math.exp(-same_region / 1.2))
        land = _LAND_SUPPORT * (1 - math.exp(-same_country / 1.5))
        return region + land + _NEAR_SUPPORT * (1 - math.exp(-near))


def _among_divisions(
    text: str, matches: list[_Match], candidates: list[dict[int, tuple[Entry, float]]], i: int
) -> bool:
    """Whether a name that a division bears stands in a row with three others of its country."""
    lands = {e.country for e, _ in candidates[i].values() if e.kind == "region"}
    if not lands or len(candidates[i]) < 2:
        return False
    likeliest = [max(candidates[at].values(), key=lambda found: found[1])[0] for at in _row(text, matches, i)]
    return sum(entry.kind == "region" and entry.country in lands for entry in likeliest) >= 3


def _row(text: str, matches: list[_Match], i: int) -> Iterator[int]:
    """The names that stand in one row with name `i`, with commas or "and" between, at most `_ROW` to either side."""
    for step in (-1, 1):
        at = i
        while 0 <= at + step < len(matches) and abs(at - i) < _ROW:
            a, b = sorted((at, at + step))
            if not _LIST_GAP.fullmatch(text[matches[a].end : matches[b].start]):
                break
            at += step
            yield at


class _Labels:
    """The parser's entity spans, asked by offset."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.spans = sorted(names)

    def over(self, start: int, end: int) -> Name | None:
        """The entity that shares most characters with this stretch."""
        touching = [(min(e, end) - max(s, start), s, e, label) for s, e, label in self.spans if s < end and e > start]
        if not touching:
            return None
        _, s, e, label = max(touching)
        return s, e, label

    def evidence(self, start: int, end: int) -> float:
        entity = self.over(start, end)
        if entity is None:
            return -0.3 if self.spans else 0.0
        s, e, label = entity
        if label in _PLACE_LABELS:
            return _PLACE_LABELS[label]
        inside = e - s > end - start + 4
        return _OTHER_LABELS.get(label, _ANY_OTHER_LABEL) - (1.0 if inside and label == "PERSON" else 0.0)

    def is_bare(self, start: int, end: int, label: str) -> bool:
        """Whether an entity of this label is this stretch and no more."""
        entity = self.over(start, end)
        return entity is not None and entity[2] == label and entity[0] >= start and entity[1] <= end + 2

    def parts(self, text: str, label: str) -> frozenset[str]:
        """The folded words of all entities of this label that have several."""
        words = (text[s:e].split() for s, e, kind in self.spans if kind == label)
        return frozenset(fold(w) for several in words if len(several) > 1 for w in several)


def _weight(entry: Entry) -> float:
    """How likely a match of this entry is a place name at all, by kind and size."""
    if entry.kind == "country":
        return 3.0
    if entry.kind == "region":
        return 2.0 if entry.population > 300_000 else 0.8
    if entry.kind == "county":
        return 1.8 if " " in entry.name else 0.0
    if entry.kind != "city":
        return 2.0
    return max(-1.0, min(2.2, (math.log10(entry.population + 10) - 4.2) * 0.9))


def _context_evidence(text: str, match: _Match, entries: list[Entry]) -> float:
    before = text[max(0, match.start - 40) : match.start]
    after = text[match.end : match.end + 40]
    score = 1.2 if _IN.search(before) else 0.5 if _OF.search(before) else 0.0
    if _NAMESAKE.match(after) or after[:1] == "$":
        score -= 6.0
    if _TITLE.search(before):
        score -= 4.0
    strong = any(e.kind in ("country", "region") for e in entries)
    word = _BEFORE.search(before)
    if word and word.group(1)[0].isupper() and word.group(1).lower() not in _DIRECTION and not _IN.search(before):
        start = _SENTENCE_START.search(text[max(0, match.start - 60) : match.start - len(word.group())])
        score -= 0.3 if start or strong else 1.5
    follow = _AFTER.match(after)
    if follow and follow.group(1)[0].isupper():
        score -= 2.0 if follow.group(1).lower() in _STREET else 0.0 if strong else 0.7
    if " " not in match.key and not strong and _SENTENCE_START.search(before):
        score -= 0.6
    return score


def _is_told_as_place(text: str, match: _Match) -> bool:
    """ "The village of X", "X residents", "X (Coral Wire) -"."""
    if _KIND_OF.search(text, max(0, match.start - 40), match.start) or _LOCALS.match(text, match.end):
        return True
    starts_line = not match.start or text[match.start - 1] == "\n"
    return starts_line and _FILED.match(text, match.end) is not None


def _large_follows(text: str, words: list[tuple[int, int]], i: int) -> bool:
    """Whether word `i` stands right behind the one before it and begins with a capital."""
    return 0 < i < len(words) and text[words[i - 1][1] : words[i][0]] == " " and text[words[i][0]].isupper()


def _demonym_evidence(text: str, match: _Match, labels: _Labels) -> float:
    if _NAMESAKE.match(text, match.end):
        return 0.0
    entity = labels.over(match.start, match.end)
    if _TITLE.search(text[max(0, match.start - 15) : match.start]):
        return 0.0
    if entity is not None and entity[2] == "PERSON":
        return 0.0
    return 2.0


def _joined(text: str, words: list[tuple[int, int]]) -> bool:
    """Whether these words stand together: one space, hyphen, or "St. " between them."""
    for (start, end), (following, _) in itertools.pairwise(words):
        gap = text[end:following]
        short = text[start:end] in ("St", "Ste", "Ft", "Mt", "Pt")
        district = gap == ", " and text[following : following + 4] in ("D.C.", "DC")
        if not (gap in (" ", "-", "\u00a0", "\u2011", "\u2013") or (short and gap in (". ", ".\u00a0")) or district):
            return False
    return True


def _forms(quote: str) -> list[str]:
    """The quote and ever barer forms: without "the", "city of", "northern", "Province", what follows a comma."""
    forms = [quote]
    bare = quote.split(",")[0].strip()
    for _ in range(4):
        if bare and bare not in forms:
            forms.append(bare)
        front = _STRIP_BEFORE.sub("", bare)
        back = _STRIP_AFTER.sub("", bare)
        forms += [f for f in (back, front) if f and f not in forms]
        shorter = _STRIP_AFTER.sub("", front)
        if shorter == bare:
            break
        bare = shorter
    return forms


def _holds(outer: Entry, inner: Entry) -> bool:
    """Whether `inner` lies in `outer`, by country and first-level code; for counties by nearness."""
    if outer is inner or outer.country is None or outer.country != inner.country:
        return False
    if outer.kind == "country":
        return inner.kind != "country"
    if outer.kind == "region":
        return outer.admin1 == inner.admin1 and inner.kind not in ("country", "region")
    return inner.kind == "city" and outer.admin1 == inner.admin1 and _km(outer, inner) < 60


def _distinct(entries: list[Entry]) -> list[Entry]:
    seen: dict[tuple[str, str | None, str], Entry] = {}
    for entry in entries:
        seen.setdefault((entry.kind, entry.country, entry.admin1), entry)
    return list(seen.values())


def _best(pool: dict[int, float]) -> int:
    return max(pool, key=lambda n: (pool[n], -n))


def _certainty(pool: dict[int, float], n: int) -> float:
    """From 0 to 1: how far this entry stands above the others of its name before the document is asked."""
    rest = [s for m, s in pool.items() if m != n]
    return 1.0 if not rest else 1 / (1 + math.exp(-(pool[n] - max(rest))))


def _km(a: Entry, b: Entry) -> float:
    """Great-circle distance; far away where a position is unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return 20_000.0
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    x = (
        math.sin((q - p) / 2) ** 2
        + math.cos(p) * math.cos(q) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    )
    return 12_742.0 * math.asin(min(1.0, math.sqrt(x)))
