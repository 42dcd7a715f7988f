"""Events of many reports to happenings: what the reports tell of one and the same occurrence.

Two events may tell of one occurrence where their types go together, parties and days agree, and, unless parties and day
are enough, the place, a name, or the words of both passages too (`related`); words alone never do. `group` takes the most
exact event of those left and puts to it what is related to it; then the next. Nothing depends on the order of arrival,
and events without a chain of relations between them never touch one another: that is what lets a record bring its
happenings up to date bit by bit.

The rules are `data/happenings.toml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from communique.codebook import CLASS_CODES, Codebook, current
from communique.model import Actor, Place, Span, Status, Voice, When, make_id
from communique.quantities import Quantity, differ

__all__ = ["Face", "Happening", "Mention", "Told", "Value", "faces", "group", "happening", "keys", "related"]

# Days. An event whose time is not stated took place in this many days up to its report.
_RECENT = 3
# Longer stretches than this are vague: only a shared name links what lies in them.
_EXACT = 31
# Reports that give neighbouring days may mean one.
_SLACK = 1
# Characters behind an event within which one without parties goes on about it.
_GOES_ON = 400
# Share of all parties that both must name.
_PARTIES = 0.6
# Share of the telling words of the shorter passage.
_WORDS, _STRONG_WORDS, _COPY = 0.34, 0.6, 0.8
_ENOUGH_WORDS = 3
# Members of a group that another event is compared with.
_COMPARED = 8
# What a sentence has of them, at most, to be found by.
_KEPT_NAMES = 8
_EXACT_PLACES = frozenset({"city", "base", "site"})
_ORDINAL_END = date.max.toordinal()
_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_UNITS_ALIKE = frozenset({None, "people", "persons", "civilians", "victims"})

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """An event as one report tells it. `story`: shared by copies of one text; `reported`: the ISO day of the report, or
    the first day it may be of; `near_places`, `near_times`: all that its sentence names."""

    id: str
    coding: int
    article: str
    story: str
    outlet: str | None
    published: str | None
    reported: str | None
    type: str
    act: str | None
    mode: str | None
    status: Status
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    place: Place | None
    when: When | None
    voice: Voice
    trigger: Span
    sentence: Span
    near_places: tuple[Place, ...] = ()
    near_times: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """What of an event is compared. `days`: half-open, as ordinals; `stated`: the text itself tells them; `lent`: the
    event before it in its report lent it parties and days; `start`, `trigger`: where and what its trigger is."""

    id: str
    article: str
    story: str
    reported: str | None
    family: str
    mode: str | None
    actors: Codes
    recipients: Codes
    persons: Codes
    cities: Codes
    days: tuple[int, int]
    stated: bool
    names: Codes
    words: Codes
    start: int
    trigger: str
    directed: bool
    alone: bool
    lent: bool = False

    @property
    def parties(self) -> Codes:
        return self.actors | self.recipients

    @property
    def vague(self) -> bool:
        return self.days[1] - self.days[0] > _EXACT


@dataclass(frozen=True, slots=True)
class Told:
    """Who says something: the event, its report, and the voice in it. `sources`: names of the speakers, none where the
    outlet speaks itself."""

    event: str
    article: str
    story: str
    outlet: str | None
    published: str | None
    voice: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What a report says of one field of a happening. `field`: date, place, status, or a kind of quantity (killed,
    troops ...). `span`: where it says so. `least`, `most`: for quantities."""

    field: str
    value: str
    least: float | None
    most: float | None
    unit: str | None
    span: Span
    told: Told


@dataclass(frozen=True, slots=True)
class Happening:
    """One occurrence. `from_`, `until`: half-open ISO days on which most stories put it; `reports`, `stories`,
    `outlets` count those that tell of it (copies of one text are one story), `events` the passages. `differing`: the
    fields in which reports cannot all be right."""

    id: str
    type: str
    act: str | None
    mode: str | None
    status: Status
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    from_: str | None
    until: str | None
    grain: str | None
    place: Place | None
    place_article: str | None
    reports: int
    stories: int
    outlets: int
    events: int
    first_reported: str | None
    last_reported: str | None
    differing: tuple[str, ...]
    values: tuple[Value, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    family: dict[str, tuple[str, bool, bool]]
    kinds: dict[str, tuple[bool, bool]]
    plain: frozenset[str]
    titles: frozenset[str]
    against: frozenset[str]
    countries: frozenset[str]


@lru_cache(maxsize=4)
def _rules(book: Codebook) -> _Rules:
    raw = book.toml("happenings.toml")
    families = {t: (f["name"], bool(f["directed"]), bool(f["alone"])) for f in raw["family"] for t in f["types"]}
    names: set[str] = set()
    for row in book.rows("countries.csv"):
        for column in ("name", "aliases", "demonyms", "capital"):
            names |= {word.casefold() for item in row.list(column) for word in _TOKEN.findall(item)}
    words = raw["words"]
    kinds = {name: (directed, alone) for name, directed, alone in families.values()}
    return _Rules(
        families,
        kinds,
        frozenset(words["plain"]),
        frozenset(words["titles"]),
        frozenset(words["against"]),
        frozenset(names),
    )


# What is compared


def faces(mentions: Sequence[Mention], book: Codebook | None = None) -> list[Face]:
    """The faces of the events of one report, all of them, in their order.

    An event that names no party ("At least 45 people were killed.") goes on about the one of its family that stands just
    before it.
    """
    law = _rules(book or current())
    found: list[Face] = []
    for mention in mentions:
        face = _face(mention, law)
        before = next((f for f in reversed(found) if f.family == face.family and f.parties), None)
        if not face.parties and before is not None:
            gap = face.start - before.start - len(before.trigger)
            if 0 <= gap <= _GOES_ON and not (face.stated and not _overlap(face.days, before.days)):
                face = _lent(face, before)
        found.append(face)
    return found


def _lent(face: Face, before: Face) -> Face:
    days, stated = (face.days, True) if face.stated else (before.days, before.stated)
    return replace(
        face,
        actors=before.actors,
        recipients=before.recipients,
        persons=before.persons,
        cities=face.cities or before.cities,
        days=days,
        stated=stated,
        names=face.names | before.names,
        words=face.words | before.words,
        lent=True,
    )


def _face(mention: Mention, law: _Rules) -> Face:
    of = mention.act or mention.type
    family, directed, alone = law.family.get(of, (of, True, False))
    days, stated = _days(mention)
    cities = _cities(mention)
    names, words = _telling(mention, law)
    return Face(
        id=mention.id,
        article=mention.article,
        story=mention.story,
        reported=mention.reported,
        family=family,
        mode=mention.mode,
        actors=_codes(mention.actors, law),
        recipients=_codes(mention.recipients, law),
        persons=frozenset(p for a in (*mention.actors, *mention.recipients) if (p := _person(a))),
        cities=cities,
        days=days,
        stated=stated,
        names=names,
        words=words,
        start=mention.trigger.start,
        trigger=mention.trigger.text,
        directed=directed,
        alone=alone,
    )


def _telling(mention: Mention, law: _Rules) -> tuple[Codes, Codes]:
    """The names in the sentence of an event, other than those of its parties, place and time, and all its telling words,
    in small letters."""
    acting: list[Actor | Place] = [*mention.actors, *mention.recipients]
    spans = [*acting, *mention.near_places, *([mention.place] if mention.place else [])]
    known = {w for span in spans for w in _tokens(f"{span.text} {span.name or ''}")} | law.countries | law.plain
    found = [m[0] for m in _TOKEN.finditer(mention.sentence.text)]
    # The first word of a sentence is capitalised whatever it is.
    names = [_folded(w) for i, w in enumerate(found) if w[0].isupper() and w not in law.titles and (i or len(w) > 1)]
    if found and found[0].istitle():
        names = [n for n in names if n != _folded(found[0])]
    telling = frozenset(sorted({n for n in names if len(n) > 1 and n not in known})[:_KEPT_NAMES])
    small = (_folded(w) for w in found if len(w) > 3 and w not in law.titles)
    return telling, frozenset(_stem(w) for w in small if w not in known) | {_stem(n) for n in telling}


def _tokens(text: str) -> list[str]:
    return [_folded(w) for w in _TOKEN.findall(text)]


def _folded(word: str) -> str:
    return word.replace("’", "'").casefold().removesuffix("'s")


def _stem(word: str) -> str:
    for end in ("ing", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) > 3:
            return word[: -len(end)]
    return word


def _codes(actors: Iterable[Actor], law: _Rules) -> Codes:
    return frozenset(code for actor in actors if (code := _code(actor, law)))


def _code(actor: Actor, law: _Rules) -> str | None:
    """Whom an actor acts for: an office-holder, an army or citizens for their state, rebels and parties for themselves."""
    if actor.country and actor.country not in CLASS_CODES:
        return f"{actor.country}:{actor.entity or actor.sector}" if actor.sector in law.against else actor.country
    return actor.entity or (actor.name.casefold() if actor.name and actor.country else None)


def _person(actor: Actor) -> str | None:
    """The person named, by code or family name."""
    if actor.entity and actor.entity == actor.entity.casefold() and "-" in actor.entity:
        return actor.entity.rpartition("-")[2]
    named = actor.sector is not None and actor.name is not None and actor.name[:1].isupper() and " " in actor.name
    return actor.name.split()[-1].casefold() if named and actor.name and actor.name.istitle() else None


def _city(place: Place | None) -> str | None:
    if place is None or place.grain not in _EXACT_PLACES:
        return None
    return str(place.geonames_id) if place.geonames_id else (place.name or place.text).casefold()


def _cities(mention: Mention) -> Codes:
    """The city it was in; where the event has no place, those that its sentence names and that do not act."""
    if mention.place is not None:
        return frozenset(filter(None, [_city(mention.place)]))
    acting = (*mention.actors, *mention.recipients)
    beside = [p for p in mention.near_places if not any(p.start < a.end and a.start < p.end for a in acting)]
    return frozenset(city for p in beside if (city := _city(p)))


def family(of: str, book: Codebook | None = None) -> tuple[bool, bool]:
    """Whether in a family who acts on whom matters, and whether parties and day are enough."""
    return _rules(book or current()).kinds.get(of, (True, False))


def _days(mention: Mention) -> tuple[tuple[int, int], bool]:
    """When it was or will be, and whether it is the event itself of which the text says so. What nobody dates was lately
    if it was, or at the one time that its sentence names; a plan may be any time after its report; what has no date at all
    may have been at any time."""
    if (when := mention.when) is not None and (when.from_ or when.until):
        return _interval(when), True
    times = [t for t in mention.near_times if t.from_ and t.until]
    if len(times) == 1 and (days := _interval(times[0]))[1] - days[0] <= _EXACT:
        return days, False
    if mention.reported is None:
        return (1, _ORDINAL_END), False
    day = date.fromisoformat(mention.reported).toordinal()
    if mention.status in (Status.PLANNED, Status.HYPOTHETICAL):
        return (day, min(day + 366, _ORDINAL_END)), False
    return (day - _RECENT + 1, day + 1), False


def _interval(when: When) -> tuple[int, int]:
    from_ = date.fromisoformat(when.from_).toordinal() if when.from_ else 1
    until = date.fromisoformat(when.until).toordinal() if when.until else _ORDINAL_END
    return from_, max(until, from_ + 1)


def _overlap(one: tuple[int, int], other: tuple[int, int], slack: int = 0) -> bool:
    return one[0] - slack < other[1] and other[0] - slack < one[1]


def keys(face: Face) -> list[str]:
    """What another event must have one of, to be related. Days are compared besides."""
    parties = sorted(face.parties)
    if face.vague:
        return [f"{face.family}|{party}|{name}" for party in parties for name in sorted(face.names)]
    found = [f"{face.family}|{party}" for party in parties]
    found += [f"{face.family}|{party}|{name}" for party in parties for name in sorted(face.names)]
    return [*found, *(f"{face.family}|@{city}" for city in sorted(face.cities))]


def related(one: Face, other: Face) -> float:
    """How much speaks for one occurrence behind two events; 0 where something speaks against it, or too little for it."""
    if one.family != other.family or not _overlap(one.days, other.days, _SLACK):
        return 0.0
    agreed = _parties_agree(one, other)
    if agreed is None:
        return 0.0
    words = _shared_words(one, other)
    if one.story == other.story and words >= _COPY and one.trigger == other.trigger:
        return 10.0
    names = len(one.names & other.names)
    same_city = bool(one.cities & other.cities)
    other_city = bool(one.cities and other.cities) and not same_city
    told = bool(names) or words >= _WORDS
    ground = 2.0 * same_city + 1.5 * min(names, 2) + 2.0 * min(words, 1.0) + bool(one.persons & other.persons) + agreed
    if one.vague or other.vague:
        return ground if names and one.parties == other.parties and not other_city else 0.0
    if not _overlap(one.days, other.days) and not (one.stated and other.stated and told and not other_city):
        return 0.0
    if other_city and not (one.alone and (names or one.persons & other.persons or words >= _STRONG_WORDS)):
        return 0.0
    modes = one.mode, other.mode
    clash = None not in modes and modes[0] != modes[1]
    enough = one.alone and one.stated and other.stated and agreed >= 1 and not clash
    return ground if enough or told or (same_city and not clash) or (one.lent and other.lent and agreed >= 1) else 0.0


def _parties_agree(one: Face, other: Face) -> float | None:
    """1 where both name the same parties, less where one names fewer; `None` where they do not go together."""
    ours, theirs = one.parties, other.parties
    if not ours or not theirs:
        return 0.0 if one.cities & other.cities and not (one.vague or other.vague) else None
    shared = len(ours & theirs)
    share = shared / len(ours | theirs)
    # "Two diplomats were expelled": one side is not named.
    half = shared == min(len(ours), len(theirs)) == 1 and len(ours | theirs) == 2
    if not shared or (share < _PARTIES and not half):
        return None
    if one.directed and one.recipients and other.recipients:
        straight = one.actors & other.actors or one.recipients & other.recipients
        crossed = one.actors & other.recipients or one.recipients & other.actors
        if crossed and not straight:
            return None
    return share if share >= _PARTIES else 0.3


def _shared_words(one: Face, other: Face) -> float:
    shared, least = len(one.words & other.words), min(len(one.words), len(other.words))
    return shared / least if least and shared >= min(_ENOUGH_WORDS, least) else 0.0


# What belongs together


def group(found: Iterable[Face]) -> list[list[Face]]:
    """Events in groups of one happening each, the most exact of each first; events that are vague come last."""
    groups: list[list[Face]] = []
    leaders = _Leaders()
    for face in sorted(found, key=_exactness):
        scored = [(score, -at) for at in leaders.near(face) if (score := _belongs(face, groups[at]))]
        best = max(scored, default=None)
        # What is vague and fits several belongs to none for certain.
        if best is None or (face.vague and sum(score == best[0] for score, _ in scored) > 1):
            leaders.add(face, len(groups))
            groups.append([face])
        else:
            groups[-best[1]].append(face)
    return groups


class _Leaders:
    """The first events of groups, by what those they are related to have in common with them."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[int]] = {}
        self._by_week: dict[tuple[str, int], list[int]] = {}

    def add(self, face: Face, at: int) -> None:
        for key in keys(face):
            self._by_key.setdefault(key, []).append(at)
            for week in () if face.vague else _weeks(face):
                self._by_week.setdefault((key, week), []).append(at)

    def near(self, face: Face) -> Iterable[int]:
        if face.vague:
            return dict.fromkeys(at for key in keys(face) for at in self._by_key.get(key, ()))
        places = ((key, week) for key in keys(face) for week in _weeks(face))
        return dict.fromkeys(at for place in places for at in self._by_week.get(place, ()))


def _weeks(face: Face) -> range:
    """The weeks that an event, with a day on each side, lies in."""
    return range((face.days[0] - _SLACK) // 7, (face.days[1] + _SLACK) // 7 + 1)


def _exactness(face: Face) -> tuple[object, ...]:
    length = face.days[1] - face.days[0]
    return face.vague, not face.stated, length, face.reported or "9999", face.article, face.start, face.id


def _belongs(face: Face, members: list[Face]) -> float:
    """The best relation to one of the first members of a group; none where day, parties or place keep it from the first."""
    leader = members[0]
    if not _overlap(face.days, leader.days, _SLACK) or _parties_agree(face, leader) is None:
        return 0.0
    if face.cities and not face.alone:
        placed = [m.cities for m in members if m.cities]
        if placed and not any(face.cities & cities for cities in placed):
            return 0.0
    return max(related(face, member) for member in members[:_COMPARED])


# What is told of it


def happening(
    members: Sequence[Face], told: Mapping[str, Mention], quantities: Mapping[str, Sequence[Quantity]]
) -> Happening:
    """A group as a happening. `told`: the events themselves by id; `quantities`: event id -> the numbers told with it."""
    mentions = sorted((told[f.id] for f in members), key=lambda m: (m.reported or "9999", m.id))
    values = tuple(_values(mentions, quantities))
    facts = [m for m in mentions if m.status not in (Status.NEGATED, Status.HYPOTHETICAL)] or mentions
    main = _most(facts, lambda m: (m.type, m.act))
    when = _best_time(facts) or _best_time(mentions)
    place, place_article = _best_place(mentions)
    reported = sorted(m.reported for m in mentions if m.reported)
    stories = {m.story for m in mentions}
    codes = {f.id: (f.actors, f.recipients) for f in members}
    return Happening(
        id=make_id("h", mentions[0].id),
        type=main.type,
        act=main.act,
        mode=_most([m for m in facts if m.type == main.type and m.mode] or [main], lambda m: m.mode).mode,
        status=_status(mentions),
        actors=_sides(codes[m.id][0] for m in mentions),
        recipients=_sides(codes[m.id][1] for m in mentions),
        from_=when.from_ if when else None,
        until=when.until if when else None,
        grain=when.grain if when else None,
        place=place,
        place_article=place_article,
        reports=len({m.article for m in mentions}),
        stories=len(stories),
        outlets=len({m.outlet or m.article for m in mentions}),
        events=len(mentions),
        first_reported=reported[0] if reported else None,
        last_reported=reported[-1] if reported else None,
        differing=tuple(_differing(mentions, values, quantities)),
        values=values,
        members=tuple(m.id for m in mentions),
    )


def _sides(codes: Iterable[Codes]) -> tuple[str, ...]:
    found = Counter(code for side in codes for code in side)
    return tuple(sorted(found, key=lambda c: (-found[c], c)))


def _most(mentions: Sequence[Mention], what: Callable[[Mention], object]) -> Mention:
    """The first mention of what most stories tell."""
    stories: dict[object, set[str]] = {}
    for mention in mentions:
        stories.setdefault(what(mention), set()).add(mention.story)
    best = max(stories, key=lambda w: len(stories[w]))
    return next(m for m in mentions if what(m) == best)


def _status(mentions: Sequence[Mention]) -> Status:
    """What the latest reports make of it; that it took place is not taken back by an older plan."""
    real = [m for m in mentions if m.status in (Status.OCCURRED, Status.ONGOING)]
    denied = [m for m in mentions if m.status is Status.NEGATED]
    if real and len({m.story for m in denied}) <= len({m.story for m in real}):
        return real[-1].status
    return mentions[-1].status if not denied else denied[-1].status


def _best_time(mentions: Sequence[Mention]) -> When | None:
    dated = [m for m in mentions if m.when is not None and m.when.from_]
    if not dated:
        return None
    fine = [m for m in dated if m.when and m.when.grain == "day"] or dated
    return _most(fine, lambda m: (m.when.from_, m.when.until) if m.when else None).when


def _best_place(mentions: Sequence[Mention]) -> tuple[Place | None, str | None]:
    placed = [m for m in mentions if m.place is not None]
    exact = [m for m in placed if _city(m.place)] or placed
    if not exact:
        return None, None
    best = _most(exact, lambda m: _city(m.place))
    return best.place, best.article


def _values(mentions: Sequence[Mention], quantities: Mapping[str, Sequence[Quantity]]) -> Iterator[Value]:
    for mention in mentions:
        voice = mention.voice
        told = Told(
            mention.id, mention.article, mention.story, mention.outlet, mention.published, voice.kind,
            tuple(s.name or s.text for s in voice.sources),
        )  # fmt: skip
        if (when := mention.when) is not None and (when.from_ or when.until):
            span = Span(when.start, when.end, when.text)
            yield Value("date", f"{when.from_ or ''}/{when.until or ''}", None, None, when.grain, span, told)
        if (place := mention.place) is not None:
            span = Span(place.start, place.end, place.text)
            yield Value("place", place.name or place.text, None, None, place.grain, span, told)
        yield Value("status", str(mention.status), None, None, None, mention.trigger, told)
        for quantity in quantities.get(mention.id, ()):
            span = Span(quantity.start, quantity.end, quantity.text)
            number = quantity.value if quantity.value is not None else quantity.least
            shown = "" if number is None else f"{number:g}" if number < 1e6 else f"{number:.0f}"
            yield Value(quantity.kind, shown, quantity.least, quantity.most, quantity.unit, span, told)


def _differing(
    mentions: Sequence[Mention], values: Sequence[Value], quantities: Mapping[str, Sequence[Quantity]]
) -> Iterator[str]:
    days = sorted({(w.from_, w.until) for m in mentions if (w := m.when) and w.from_ and w.until})
    if any(a[1] <= b[0] for a in days for b in days):
        yield "date"
    if len({city for m in mentions if (city := _city(m.place))}) > 1:
        yield "place"
    statuses = {m.status for m in mentions}
    if Status.NEGATED in statuses and statuses & {Status.OCCURRED, Status.ONGOING}:
        yield "status"
    numbers: dict[str, list[tuple[str, Quantity]]] = {}
    for mention in mentions:
        for quantity in quantities.get(mention.id, ()):
            numbers.setdefault(quantity.kind, []).append((mention.article, quantity))
    for kind in sorted(numbers):
        told = numbers[kind]
        # Two numbers of one report are parts of a whole more often than a contradiction.
        if any(a != b and _comparable(x, y) and differ(x, y) for a, x in told for b, y in told):
            yield kind


def _comparable(one: Quantity, other: Quantity) -> bool:
    if one.kind == "money":
        return one.unit == other.unit
    return one.unit == other.unit or (one.unit in _UNITS_ALIKE and other.unit in _UNITS_ALIKE)
