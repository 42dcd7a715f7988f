"""What the writers read: the rows of a record, each with what its report says of itself.

Rows come in the order of `communique events` and are gone through a few thousand at a time, so that an export takes
no more memory from a large record than from a small one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from communique.model import Article, Event, Status, Tie

T = TypeVar("T")

# Rows whose reports are looked up together.
_BATCH = 5_000

_REPORTS = """
    SELECT
        a.id, a.given_id, a.title, a.outlet, a.published, a.anchor_from, a.url, a.language, a.coded_by AS "version",
        a.story, length(a."text") AS length, instr(a."text", chr(10)) AS lead
    FROM (SELECT DISTINCT unnest($ids) AS id) JOIN articles AS a USING (id)
"""
_MENTIONED = """
    SELECT article, actors, places
    FROM (SELECT DISTINCT unnest($ids) AS article) JOIN base.codings USING (article) WHERE latest
"""


class Book(Protocol):
    """What the writers ask of a `store.Record`."""

    @property
    def each_event(self) -> Callable[..., Iterator[Any]]: ...
    @property
    def each_statement(self) -> Callable[..., Iterator[Any]]: ...
    @property
    def each_article(self) -> Callable[..., Iterator[Article]]: ...
    @property
    def ties(self) -> Callable[..., Sequence[Any]]: ...
    @property
    def sql(self) -> Callable[..., Any]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What rows tell of the report they were read in. `length` in characters; `lead`: where its first paragraph ends,
    0 where it has one only; `story`: the copies of one text share it."""

    id: str
    given_id: str | None
    title: str | None
    outlet: str | None
    published: str | None
    anchor_from: str | None
    url: str | None
    language: str | None
    version: str | None
    story: str | None
    length: int
    lead: int


class Told(NamedTuple):
    """An event, the ISO day it goes by, where that day comes from (text, published, anchor) and its report."""

    event: Event
    day: str | None
    day_source: str | None
    report: Report


class Mentioned(NamedTuple):
    """Names in one report, mention by mention."""

    actors: list[Mapping[str, Any]]
    places: list[Mapping[str, Any]]


@dataclass
class Selection:
    """Which events are asked for. `filters` are those of `Record.events`; without a status among them, events that
    did not take place are left out where `facts` is set, and counted in `left_out`."""

    filters: Mapping[str, Any] = field(default_factory=dict)
    facts: bool = False
    left_out: Counter[str] = field(default_factory=Counter)

    def events(self, book: Book) -> Iterator[Any]:
        """The stored events."""
        narrow = self.facts and not self.filters.get("status")
        for event in book.each_event(**self.filters):
            if narrow and not took_place(event):
                self.left_out[str(event.status)] += 1
            else:
                yield event


def took_place(event: Event) -> bool:
    """Whether what the type says has happened, or is going on.

    Where the type is about an act (a promise, a threat, a refusal), the status is that of the act: the promise is made
    although its act is only planned, and a refusal is one because its act does not come about.
    """
    if event.act is not None:
        return event.status != Status.HYPOTHETICAL
    return event.status in (Status.OCCURRED, Status.ONGOING)


def told(book: Book, chosen: Selection) -> Iterator[Told]:
    """The events asked for, with their reports."""
    for events in groups(chosen.events(book), _BATCH):
        about = reports(book, (event.article for event in events))
        for event in events:
            yield Told(event, event.day, event.day_source, about[event.article])


def reports(book: Book, ids: Iterable[str]) -> dict[str, Report]:
    """Reports by id."""
    rows = book.sql(_REPORTS, {"ids": sorted(set(ids))}).fetchall()
    return {row[0]: Report(*row) for row in rows}


def mentioned(book: Book, ids: Iterable[str]) -> dict[str, Mentioned]:
    """All actors and places that reports name, by the id of the report."""
    rows = book.sql(_MENTIONED, {"ids": sorted(set(ids))}).fetchall()
    return {article: Mentioned(actors, places) for article, actors, places in rows}


def groups(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of so many."""
    rows = iter(rows)
    while group := list(islice(rows, size)):
        yield group


# Ties over time


OVER = frozenset({"ended", "rejected"})


class Stretch(NamedTuple):
    """A time during which a tie had one status: half-open ISO days, `None` where unknown or still open. `told`: the
    day of the first report of it."""

    status: str
    step: str
    from_: str | None
    until: str | None
    told: str | None


def stretches(tie: Tie) -> list[Stretch]:
    """The life of a tie, one stretch a status; steps that only say again how it stands make none of their own."""
    steps: list[Stretch] = []
    for step in tie.history:
        if steps and steps[-1].status == step.status:
            continue
        told_on = min((e.published for e in step.evidence if e.published), default=None)
        # Nobody says when it changed: at the latest, when it was told.
        from_ = step.from_ or (told_on if steps else None)
        steps.append(Stretch(str(step.status), step.step, from_, None, told_on))
    # What is over stays so.
    last = None if steps and steps[-1].status in OVER else tie.until
    ends = [*(step.from_ for step in steps[1:]), last]
    return [step._replace(until=end) for step, end in zip(steps, ends, strict=True)]
