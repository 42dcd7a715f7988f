"""`ftm`: entities of FollowTheMoney, one JSON object a line, as Aleph and its tools load them.

Reports are `Article`, the names in them `Mention`, what happens `Event`. A membership is a `Membership`, a sanction a
`Sanction`; any other tie of two is an `UnknownLink`, of more an `Event` in which all are involved. States and their
organs are `PublicBody`, office-holders `Person` with the `Occupancy` of the office they held on that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import IO, Any

from communique.model import Actor, Article, Event, Place, Tie, make_id
from communique.write.codes import Codes, Office, codes
from communique.write.files import Export
from communique.write.source import Mentioned, Selection, Told, groups, mentioned, told
from communique.write.tables import called, json_line

_BATCH = 1_000
_SCHEMATA = {
    **dict.fromkeys(("agency", "military", "parliament", "court"), "PublicBody"),
    "company": "Company",
}
# FollowTheMoney's country codes are ISO alpha-2, with words of its own for former states.
_FORMER = {"CSK": "cshh", "SCG": "csxx", "SUN": "suhh", "YUG": "yucs", "ZAR": "zr"}
_LANGUAGES = {"en": "eng"}
_WEB = re.compile(r"https?://[^\s/]+\.\S+")
_NO_ID = re.compile(r"[^0-9a-z]+")


@dataclass
class _Lines:
    """Writes each entity once. Only the ids of actors are kept, so that memory does not grow with the record."""

    file: IO[str]
    known: Codes
    written: set[str] = field(default_factory=set)

    def put(self, id_: str, schema: str, **properties: object) -> str:
        """An entity with the properties that are known; values may be lists."""
        lists = {name: _values(value) for name, value in properties.items()}
        self.file.write(
            json_line({"id": id_, "schema": schema, "properties": {n: v for n, v in lists.items() if v}}) + "\n"
        )
        return id_

    def once(self, id_: str, schema: str, **properties: object) -> str:
        if id_ not in self.written:
            self.written.add(id_)
            self.put(id_, schema, **properties)
        return id_

    def country(self, iso3: str | None) -> str | None:
        code = _FORMER.get(iso3 or "") or self.known.iso2.get(iso3 or "")
        return code.lower() if code else None

    def state(self, iso3: str) -> str:
        country = self.country(iso3)
        return self.once(_id("state", iso3), "PublicBody", name=self.known.states[iso3], country=country)

    def party(self, actor: Actor, day: str | None) -> list[str]:
        """The entities an actor stands for: the person and the state served, an organisation, or a state; none for
        people whom the text does not name."""
        state = self.known.state(actor)
        if self.known.person(actor):
            return [self._person(actor, day), *([self.state(state)] if state else [])]
        if actor.entity in self.known.organisations:
            return [self._organisation(actor)]
        return [self.state(state)] if state else []

    def _person(self, actor: Actor, day: str | None) -> str:
        name = called(actor)
        id_ = self.once(make_id("person", name), "Person", name=name, country=self.country(actor.country))
        for office in self.known.offices(actor, day):
            self._occupancy(id_, office)
        return id_

    def _occupancy(self, person: str, office: Office) -> None:
        country = self.country(office.country)
        of = self.known.states.get(office.country or "") if not office.entity else None
        name = f"{office.office} of {of}" if of else office.office
        post = self.once(
            make_id("post", office.office, office.country, office.entity), "Position", name=name, country=country
        )
        ends = {"startDate": office.from_, "endDate": _before(office.until)}
        self.once(make_id("occupancy", person, post, office.from_), "Occupancy", holder=person, post=post, **ends)

    def _organisation(self, actor: Actor) -> str:
        code = str(actor.entity)
        name, kind = self.known.organisations[code]
        schema = _SCHEMATA.get(kind, "Organization")
        id_ = _id("org", code)
        return self.once(id_, schema, name=name, abbreviation=code, country=self.country(actor.country))


def write_ftm(job: Export) -> None:
    """Articles with their mentions, then events, then ties; every actor before it is first referred to."""
    chosen = Selection(job.filters)
    with job.text("entities.ftm.json") as file:
        lines = _Lines(file, codes())
        for articles in groups(job.book.each_article(), _BATCH):
            names = mentioned(job.book, (article.id for article in articles))
            for article in articles:
                _article(lines, article, names.get(article.id))
        for row in told(job.book, chosen):
            _event(lines, row)
        missing = sum(not _tie(lines, tie) for tie in job.book.ties(at=job.at))
    job.note(missing, "ties left out that name fewer than two parties with a code")


def _article(lines: _Lines, article: Article, names: Mentioned | None) -> None:
    """The report without its text, and a mention for each actor named in it."""
    lines.put(
        article.id,
        "Article",
        title=article.title,
        fileName=article.given_id or article.id,
        author=article.author,
        publishedAt=article.published,
        language=_LANGUAGES.get(article.language or ""),
        sourceUrl=_url(article.url),
        publisher=article.outlet,
    )
    named = (Actor(**row) for row in names.actors if row["name"]) if names else ()
    found = {ids[0]: called(actor) for actor in named if (ids := lines.party(actor, article.published))}
    for id_, name in found.items():
        mention = make_id("mention", article.id, id_)
        lines.put(mention, "Mention", document=article.id, resolved=id_, name=name)


def _event(lines: _Lines, row: Told) -> None:
    event, day, _, report = row
    when = event.when
    days = (when.from_, _before(when.until)) if when else (None, None)
    involved = _involved(lines, (*event.actors, *event.recipients), day)
    lines.put(
        event.id,
        "Event",
        name=_caption(event),
        summary=event.sentence.text,
        startDate=days[0],
        endDate=days[1],
        date=None if any(days) else day,
        involved=involved,
        location=_location(event.place),
        country=lines.country(event.place.country) if event.place else None,
        keywords=[event.type, event.act, event.mode, *event.contexts, str(event.status)],
        recordId=event.id,
        proof=report.id,
        publisher=report.outlet,
        sourceUrl=_url(report.url),
    )


def _tie(lines: _Lines, tie: Tie) -> bool:
    """Whether the tie could be said."""
    first = min((e.published for e in tie.evidence if e.published), default=None)
    ends = [(party.role, ids[-1]) for party in tie.parties if (ids := lines.party(party, first))]
    if len(ends) < 2:
        return False
    common = {
        "startDate": _began(tie),
        "endDate": _before(tie.until) or (tie.since if str(tie.status) in ("ended", "rejected") else None),
        "summary": tie.evidence[-1].text if tie.evidence else None,
        "recordId": tie.id,
        "publisher": sorted({e.outlet for e in tie.evidence if e.outlet}),
        "proof": sorted({e.article for e in tie.evidence}),
    }
    status, roles = {"status": str(tie.status)}, dict(ends)
    if tie.kind == "membership" and {"member", "organisation"} <= roles.keys():
        both = {"member": roles["member"], "organization": roles["organisation"]}
        lines.put(tie.id, "Membership", **both, role="member", **status, **common)
    elif tie.kind == "sanction" and {"sender", "target"} <= roles.keys():
        sender = next(called(party) for party in tie.parties if party.role == "sender")
        lines.put(tie.id, "Sanction", entity=roles["target"], authority=sender, program=tie.name, **status, **common)
    elif len(ends) == 2:
        role = f"{tie.kind}: {tie.name}" if tie.name else tie.kind
        lines.put(tie.id, "UnknownLink", subject=ends[0][1], object=ends[1][1], role=role, **status, **common)
    else:
        keywords = [tie.kind, str(tie.status)]
        name, involved = tie.name or tie.kind, [id_ for _, id_ in ends]
        lines.put(tie.id, "Event", name=name, involved=involved, keywords=keywords, **common)
    return True


def _began(tie: Tie) -> str | None:
    """The first day on which it was active, else on which it had its present status."""
    active = (step.from_ for step in tie.history if str(step.status) == "active")
    return next(active, None) or tie.since


def _involved(lines: _Lines, actors: Iterable[Actor], day: str | None) -> list[str]:
    return list(dict.fromkeys(id_ for actor in actors for id_ in lines.party(actor, day)))


def _caption(event: Event) -> str:
    """`Norway, SANCTION expel, Russia`."""
    what = f"{event.type} {event.mode}" if event.mode else event.type
    sides: Iterator[Sequence[Actor]] = iter((event.actors, event.recipients))
    who = ["; ".join(map(called, side)) for side in sides]
    return ", ".join(part for part in (who[0], what, who[1]) if part)


def _location(place: Place | None) -> str | None:
    return (place.name or place.text) if place else None


def _url(address: str | None) -> str | None:
    return address if address and _WEB.fullmatch(address) else None


def _before(until: str | None) -> str | None:
    """The last day of a half-open time; dates less exact than a day stay as they are."""
    if until is None or len(until) < 10:
        return until
    return (date.fromisoformat(until) - timedelta(days=1)).isoformat()


def _values(value: object) -> list[Any]:
    found = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(item for item in found if item not in (None, "")))


def _id(kind: str, code: str) -> str:
    return f"{kind}-{_NO_ID.sub('-', code.casefold()).strip('-')}"
