"""The records communique speaks of. Frozen, picklable, without any third-party library.

Offsets count Unicode code points in `Article.text`, end exclusive; for every span
`text == article.text[start:end]`. Unknown is `None`, never `""`.
`to_json(record)` gives the shapes that users rely on, in a stable field order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Whether an event or statement took place, according to the text."""

    OCCURRED = "occurred"
    ONGOING = "ongoing"
    PLANNED = "planned"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"


class TieStatus(StrEnum):
    """Where a tie stands."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    SIGNED = "signed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    REJECTED = "rejected"


class Form(StrEnum):
    """How a statement is rendered."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"
    ATTITUDE = "attitude"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of `Article.text`: code points, end exclusive."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Actor(Span):
    """A state, organisation, group, office or person as mentioned here.

    `name`: the fullest name known ("Jens Stoltenberg"); `country`: ISO 3166 alpha-3 or PLOVER's IGO UNO EUR
    NGO ISM IMG MNC; `sector`: a code of `data/sectors.toml` (GOV, MIL ...); `entity`: a stable code for the
    organisation, group, person or state ("NATO", "JPN").
    """

    name: str | None = None
    country: str | None = None
    sector: str | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Party(Actor):
    """An actor's part in a tie: its role (member, organisation, guest, host, sender, target, party) and the
    half-open ISO dates between which it takes part, where they differ from the tie's own."""

    role: str | None = None
    from_: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Place(Span):
    """A place name and what it stands for. Coordinates in degrees (WGS 84). `grain`: country, region, city,
    area (sea, strait, region without government), base or site."""

    name: str | None = None
    geonames_id: int | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    grain: str | None = None


@dataclass(frozen=True, slots=True)
class When(Span):
    """A time expression as a half-open interval of ISO days: `from_` <= day < `until`. Either end may be `None`
    (open: "since 2014"). `grain`: day, week, month, quarter, season, year, decade, century or period."""

    from_: str | None = None
    until: str | None = None
    grain: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The days in which a report without a date was published, as far as its text tells."""

    from_: str
    until: str
    inferred: bool
    because: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What decided one field: a data file and row (`line` counts from 1), or a rule of a station.

    For a data row, deleting that row changes the value.
    """

    field: str
    file: str
    line: int | None
    row: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Who vouches: the outlet itself, or sources it quotes. `via`: those who pass the words on, outermost first.
    `stance` is "comment" where the words judge, predict or argue rather than report."""

    kind: str
    sources: tuple[Actor, ...] = ()
    via: tuple[Actor, ...] = ()
    cue: Span | None = None
    stance: str = "report"


@dataclass(frozen=True, slots=True)
class Event:
    """One political event, coded by PLOVER (Open Event Data Alliance). See `data/codebook/`."""

    id: str
    type: str
    act: str | None
    mode: str | None
    contexts: tuple[str, ...]
    status: Status
    historical: bool
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    place: Place | None
    when: When | None
    voice: Voice
    trigger: Span
    sentence: Span
    quad: str
    intensity: float | None
    score: float
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Who said what. `content` may be in pieces ("X," he said, "Y")."""

    id: str
    sources: tuple[Actor, ...]
    via: tuple[Actor, ...]
    cue: Span | None
    content: tuple[Span, ...]
    form: Form
    status: Status


@dataclass(frozen=True, slots=True)
class Claim:
    """What one passage says of one tie; immutable, the raw matter from which ties are resolved.

    `name`: the agreement's, grouping's or exercise's proper name, else the descriptive head ("access agreement");
    `named`: whether `name` is a proper name. `status`, `step`: what the passage says stands or happens.
    `from_`, `until`: the half-open ISO interval in which the status began (`grain` tells how exact), `None`
    where the text does not say. `supports` is false where the passage denies the tie or argues against it.
    `event`: id of the event it rests on, else `None` (a stated fact).
    """

    id: str
    article: str
    outlet: str | None
    published: str | None
    kind: str
    name: str | None
    named: bool
    parties: tuple[Party, ...]
    status: TieStatus
    step: str
    from_: str | None
    until: str | None
    grain: str | None
    place: Place | None
    voice: Voice
    span: Span
    supports: bool
    event: str | None
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Evidence(Span):
    """A passage for or against a tie, with where it was read. `for_` is false where it speaks against."""

    article: str
    outlet: str | None
    published: str | None
    for_: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One change in a tie's life: from that day on it had this status."""

    status: TieStatus
    step: str
    from_: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie between states or organisations as it stood on the day asked for."""

    id: str
    kind: str
    name: str | None
    parties: tuple[Party, ...]
    status: TieStatus
    step: str
    since: str | None
    until: str | None
    place: Place | None
    voice: Voice
    history: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    outlets: int
    stories: int
    score: float
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One report as it was read. `text` never changes after reading. Make one with `Article.make`."""

    id: str
    text: str
    given_id: str | None = None
    title: str | None = None
    outlet: str | None = None
    published: str | None = None
    anchor: Anchor | None = None
    language: str | None = None
    url: str | None = None
    author: str | None = None

    @classmethod
    def make(
        cls,
        text: str,
        *,
        given_id: str | None = None,
        title: str | None = None,
        outlet: str | None = None,
        published: str | None = None,
        language: str | None = None,
        url: str | None = None,
        author: str | None = None,
    ) -> Article:
        """An article whose id is a hash of outlet, date, address, title and text: the same copy in two outlets is
        two articles. `published` is an ISO day."""
        return cls(
            id=make_id("a", outlet, published, url, title, text),
            text=text,
            given_id=given_id or None,
            title=title or None,
            outlet=outlet or None,
            published=published or None,
            language=language or None,
            url=url or None,
            author=author or None,
        )


@dataclass(frozen=True, slots=True)
class CodedReport:
    """All that was read out of one article. `claims` are what its passages say of ties; `ties` is what those
    claims alone come to."""

    article: Article
    events: tuple[Event, ...]
    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...]
    ties: tuple[Tie, ...]
    actors: tuple[Actor, ...]
    places: tuple[Place, ...]
    times: tuple[When, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or coded, and why. `station`: read, code or store.

    `aside`: met inside a folder, archive or table and no report for us (another kind of file, another language), so no
    failure of what was asked. `report`: what is to be stored all the same, though not coded. Both are known while
    reading only; the record keeps the rest.
    """

    source: str
    station: str
    reason: str
    article: str | None = None
    aside: bool = field(default=False, compare=False)
    report: Article | None = field(default=None, compare=False, repr=False)


def make_id(prefix: str, *parts: object) -> str:
    """A short stable id: prefix, dash, 16 hex digits of SHA-256 over the parts (`None` differs from `""`)."""
    digest = hashlib.sha256()
    for part in parts:
        raw = b"\x00" if part is None else str(part).encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f"{prefix}-{digest.hexdigest()[:16]}"


# Python forbids `from` and `for` as names, so the fields that users see under those names carry an underscore.
_JSON_NAMES = {"from_": "from", "for_": "for"}
# Kept in the record or known while reading, but no part of what is printed.
_HIDDEN: dict[type, frozenset[str]] = {
    Article: frozenset({"author"}),
    CodedReport: frozenset({"claims"}),
    Problem: frozenset({"aside", "report"}),
}
_ARTICLE_ORDER = ("id", "given_id", "title", "outlet", "published", "anchor", "language", "url", "text")


def to_json(record: Any) -> Any:
    """A record as plain dictionaries and lists, in the contract's field order."""
    if isinstance(record, Article):
        return {name: to_json(getattr(record, name)) for name in _ARTICLE_ORDER}
    if isinstance(record, StrEnum):
        return str(record)
    if isinstance(record, tuple | list):
        return [to_json(item) for item in record]
    if hasattr(record, "__dataclass_fields__"):
        hidden = _HIDDEN.get(type(record), frozenset())
        return {
            _JSON_NAMES.get(f.name, f.name): to_json(getattr(record, f.name))
            for f in fields(record)
            if f.name not in hidden
        }
    return record
