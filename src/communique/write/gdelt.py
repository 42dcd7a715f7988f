"""`gdelt`: the events and mentions tables of GDELT 2, tab-separated without header, as its loaders read them.

A row of events is a pair of actors, one day, one CAMEO code and one place, as in GDELT; each passage that tells of it is
a row of mentions with our spans as its character offsets. PLOVER to CAMEO is one to many: `data/cameo.csv` chooses.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, groupby, product
from typing import IO, NamedTuple

from communique.errors import CallError
from communique.model import Actor, Event, Place
from communique.write.codes import Cameo, CameoActor, Codes, codes
from communique.write.files import Export, one_line
from communique.write.source import Report, Selection, Told, told
from communique.write.tables import called

_ACTOR = (
    *("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code"),
    *("Type1Code", "Type2Code", "Type3Code"),
)
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
EVENTS = (
    *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
    *(f"Actor{number}{name}" for number in (1, 2) for name in _ACTOR),
    *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
    *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
    *(f"{what}Geo_{name}" for what in ("Actor1", "Actor2", "Action") for name in _GEO),
    *("DATEADDED", "SOURCEURL"),
)
MENTIONS = (
    *("GLOBALEVENTID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier"),
    *("SentenceID", "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence"),
    *("MentionDocLen", "MentionDocTone", "MentionDocTranslationInfo", "Extras"),
)

# GDELT's kinds of place: country, state of the United States, city there, city elsewhere, division elsewhere.
_COUNTRY, _US_STATE, _US_CITY, _CITY, _DIVISION = "1", "2", "3", "4", "5"
_WEB, _CITATION = "1", "2"
# Where there is no such actor in the text.
_NO_OFFSET = "-1"


class Pair(NamedTuple):
    """Who does something to whom, as one passage has it."""

    one: Actor | None
    other: Actor | None
    event: Event
    report: Report


class Key(NamedTuple):
    """What makes two passages tell of one GDELT event."""

    day: str
    one: CameoActor
    other: CameoActor
    # Those without a code are told apart by their words.
    names: tuple[str, str]
    cameo: Cameo
    place: tuple[str, ...]


@dataclass
class _Day:
    """The events of one day with the passages that tell of each, in the order they are met."""

    events: dict[Key, list[Pair]] = field(default_factory=dict)

    def add(self, row: Told, day: str, cameo: Cameo, known: Codes) -> None:
        place = tuple(_geo(row.event.place, known))
        for one, other in pairs(row.event):
            a, b = _code(one, known), _code(other, known)
            names = ("" if a.code else _name(one), "" if b.code else _name(other))
            key = Key(day, a, b, names, cameo, place)
            self.events.setdefault(key, []).append(Pair(one, other, row.event, row.report))


def write_gdelt(job: Export) -> None:
    """Two files in a folder. The events of one day at a time are in memory."""
    if job.one_file:
        raise CallError("gdelt is two files; give a folder, a path without a suffix, with --to")
    chosen = Selection(job.filters, facts=True)
    missing: Counter[str] = Counter()
    with job.text("events.mentions.CSV") as mentions, job.text("events.export.CSV") as events:
        for day, rows in groupby(told(job.book, chosen), key=lambda row: row.day):
            together = _Day()
            for row in rows:
                cameo = codes().cameo(row.event.type, row.event.mode)
                if day is None:
                    missing["events left out that have no day, which GDELT must have"] += 1
                elif cameo is None:
                    missing["events left out whose type has no CAMEO code in data/cameo.csv"] += 1
                elif not (row.event.actors or row.event.recipients):
                    missing["events left out that name neither actor nor recipient"] += 1
                else:
                    together.add(row, day, cameo, codes())
            _write_day(together, events, mentions)
    job.note_left_out(chosen)
    for what, number in sorted(missing.items()):
        job.note(number, what)


def pairs(event: Event) -> list[tuple[Actor | None, Actor | None]]:
    """Each actor with each recipient; actors without recipients act together, so each with each of the others."""
    if event.recipients:
        return list(product(event.actors or (None,), event.recipients))
    if len(event.actors) > 1:
        return list(combinations(event.actors, 2))
    return [(event.actors[0] if event.actors else None, None)]


def _write_day(together: _Day, events: IO[str], mentions: IO[str]) -> None:
    for key, told_in in together.events.items():
        number = _number(key)
        first = min(_time(pair.report, key.day) for pair in told_in)
        events.write(_line([number, *_event(key, told_in, first)]))
        mentions.writelines(_line([number, first, *_mention(pair, key.day)]) for pair in told_in)


def _event(key: Key, told_in: list[Pair], first: str) -> Iterator[object]:
    """All columns but the id."""
    digits = key.day.replace("-", "")
    reports = {pair.report.id: pair.report for pair in told_in}
    yield from (digits, digits[:6], digits[:4], _fraction(date.fromisoformat(key.day)))
    yield from _actor(key.one, told_in[0].one)
    yield from _actor(key.other, told_in[0].other)
    yield int(any(_leads(pair) for pair in told_in))
    yield from (key.cameo.code, key.cameo.base, key.cameo.root, key.cameo.quadclass, key.cameo.goldstein)
    yield len(told_in)
    yield len({report.outlet or report.id for report in reports.values()})
    yield len(reports)
    # Tone, and where the actors are at home, are not coded.
    yield ""
    yield from ["0", *[""] * 7] * 2
    yield from key.place
    yield first
    yield next((report.url for report in reports.values() if report.url), told_in[0].report.id)


def _mention(pair: Pair, day: str) -> Iterator[object]:
    """The columns behind the id and the time of the event."""
    report = pair.report
    yield _time(report, day)
    yield _WEB if report.url else _CITATION
    yield report.outlet
    yield report.url or report.id
    yield ""
    yield from (actor.start if actor else _NO_OFFSET for actor in (pair.one, pair.other))
    yield pair.event.trigger.start
    yield 1
    yield round(100 * pair.event.score)
    yield report.length
    yield from [""] * 3


def _actor(code: CameoActor, actor: Actor | None) -> list[str]:
    return [code.code, _name(actor), code.country, code.group, "", code.religion, "", *[*code.types, "", "", ""][:3]]


def _name(actor: Actor | None) -> str:
    return called(actor).upper() if actor else ""


def _code(actor: Actor | None, known: Codes) -> CameoActor:
    return known.cameo_actor(actor) if actor else CameoActor()


def _geo(place: Place | None, known: Codes) -> list[str]:
    """The eight columns of a place. GDELT's feature ids are those of GNS and GNIS, which we do not know: only countries
    and divisions, which go by their codes, have one."""
    country = known.fips.get(place.country or "") if place else None
    if place is None or country is None or place.latitude is None or place.longitude is None:
        return ["0", *[""] * 7]
    code, division = known.division(place)
    american = place.country == "USA"
    name = place.name or place.text
    adm1 = country + code if code else country
    kinds = {"country": _COUNTRY, "region": _US_STATE if american else _DIVISION}
    kind = kinds.get(place.grain or "", _US_CITY if american else _CITY)
    inside = division if kind in (_US_CITY, _CITY) and division != name else ""
    own = place.country and known.states[place.country]
    full = ", ".join(dict.fromkeys(part for part in (name, inside, own) if part))
    feature = {_COUNTRY: country, _US_STATE: code, _DIVISION: adm1}.get(kind, "")
    adm1 = country if kind == _COUNTRY else adm1
    return [kind, full, country, adm1, "", str(place.latitude), str(place.longitude), feature]


def _leads(pair: Pair) -> bool:
    """Whether the passage stands in the first paragraph of its report."""
    return not pair.report.lead or pair.event.sentence.start < pair.report.lead


def _time(report: Report, day: str) -> str:
    """When a report came out, to the second as GDELT writes it; we know the day."""
    return (report.published or report.anchor_from or day).replace("-", "") + "000000"


def _fraction(day: date) -> str:
    """GDELT's share of the year: twelve months of thirty days, over 365."""
    return f"{day.year + ((day.month - 1) * 30 + day.day) / 365:.4f}"


def _number(key: Key) -> int:
    """A stable id of 52 bits, which R and spreadsheets read without loss."""
    text = "\x1f".join((key.day, key.one.code, key.other.code, *key.names, key.cameo.code, *key.place))
    return int(hashlib.sha256(text.encode()).hexdigest()[:13], 16)


def _line(cells: Iterable[object]) -> str:
    """GDELT knows no quotes, so that none may stand in a cell."""
    return "\t".join("" if cell is None else one_line(str(cell)).replace('"', "'") for cell in cells) + "\n"
