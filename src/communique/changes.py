"""What reports since a day have changed in the record of ties: opened, gone on, ended, disputed.

A change counts from the day it was told, not from the day it took place: a report of today that tells of a treaty of
last year is news today. Only ends that were announced and take effect by themselves count from their own day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from communique.model import Evidence, Party, Step, Tie, TieStatus, to_json

__all__ = ["Change", "atom", "changes"]

# The step of an end that takes effect by itself.
_PRESUMED = "presumed"
_OVER = frozenset({TieStatus.ENDED, TieStatus.REJECTED})
_ATOM = "http://www.w3.org/2005/Atom"
# Characters that no XML file may have.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one tie. `change`: opened (nothing of it was known), changed, ended (or rejected), disputed (a passage
    speaks against it). `before`: the status until then. `from_`: the ISO day the status began, where told; `told`: the
    day of the first report of it. `evidence`: the passages that tell of it, those since the day asked for."""

    tie: str
    kind: str
    name: str | None
    parties: tuple[Party, ...]
    change: str
    before: TieStatus | None
    status: TieStatus
    step: str
    from_: str | None
    told: str
    evidence: tuple[Evidence, ...]

    def to_json(self) -> Any:
        """As `communique changes --json` prints it."""
        return to_json(self)


def changes(ties: Iterable[Tie], since: str, until: str | None = None) -> list[Change]:
    """What was told from the ISO day `since` on, and before `until`; the newest first, then by kind, parties and tie."""
    found = [change for tie in ties for change in _of(tie, since, until)]
    found.sort(key=lambda c: (c.kind, [_code(p) for p in c.parties], c.tie))
    found.sort(key=lambda c: (c.told, c.from_ or ""), reverse=True)
    return found


def _of(tie: Tie, since: str, until: str | None) -> Iterator[Change]:
    before: TieStatus | None = None
    for step in tie.history:
        told = _told(step)
        if told is not None and told >= since and (until is None or told < until):
            yield _change(tie, step, before, told, since)
        before = step.status
    against = tuple(e for e in tie.evidence if not e.for_ and _within(e.published, since, until))
    if against:
        told = min(e.published or "" for e in against)
        yield Change(
            tie.id,
            tie.kind,
            tie.name,
            tie.parties,
            "disputed",
            tie.status,
            tie.status,
            tie.step,
            tie.since,
            told,
            against,
        )


def _change(tie: Tie, step: Step, before: TieStatus | None, told: str, since: str) -> Change:
    change = "ended" if step.status in _OVER else "opened" if before is None else "changed"
    new = tuple(e for e in step.evidence if e.published and e.published >= since)
    return Change(
        tie.id,
        tie.kind,
        tie.name,
        tie.parties,
        change,
        before,
        step.status,
        step.step,
        step.from_,
        told,
        new or step.evidence,
    )


def _told(step: Step) -> str | None:
    """The day a change was told; that of an end which took effect by itself is its own."""
    if step.step == _PRESUMED:
        return step.from_
    return min((e.published for e in step.evidence if e.published), default=None)


def _within(day: str | None, since: str, until: str | None) -> bool:
    return day is not None and day >= since and (until is None or day < until)


def _code(party: Party) -> str:
    return party.entity or party.country or party.name or party.text


# Atom


def atom(found: Sequence[Change], *, id: str, title: str, since: str, urls: Mapping[str, str] | None = None) -> str:
    """The changes as an Atom feed (RFC 4287). `id`: of the record; `urls`: article id -> its address."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="{_ATOM}">',
        _element("id", f"urn:communique:{id}:changes"),
        _element("title", title),
        _element("updated", _time(max((c.told for c in found), default=since))),
        f"<author>{_element('name', 'communique')}</author>",
        *(line for change in found for line in _entry(change, id, urls or {})),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _entry(change: Change, record: str, urls: Mapping[str, str]) -> Iterator[str]:
    name = f"{change.told}:{change.change}:{change.status}:{change.step.replace(' ', '-')}"
    yield "<entry>"
    yield _element("id", f"urn:communique:{record}:{change.tie}:{name}")
    yield _element("title", headline(change))
    yield _element("updated", _time(change.told))
    yield f"<category term={quoteattr(change.kind)}/>"
    for address in dict.fromkeys(urls[e.article] for e in change.evidence if e.article in urls):
        yield f'<link rel="via" href={quoteattr(_clean(address))}/>'
    yield _element("content", "\n".join(f"“{e.text}” ({_source(e)})" for e in change.evidence))
    yield "</entry>"


def headline(change: Change) -> str:
    """ "opened: JPN, PHL: agreement Reciprocal Access Agreement: signed since 2024-07-08"."""
    who = ", ".join(_code(p) for p in change.parties)
    what = f"{change.kind} {change.name}" if change.name else change.kind
    status = str(change.status) if change.step == change.status else f"{change.status} ({change.step})"
    return f"{change.change}: {who}: {what}: {status}{f' since {change.from_}' if change.from_ else ''}"


def _source(evidence: Evidence) -> str:
    return ", ".join(filter(None, (evidence.outlet, evidence.published))) or evidence.article


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_clean(text))}</{name}>"


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"
