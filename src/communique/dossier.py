"""What a record holds on one state or organisation, or on two: ties, timeline, events by type, disputes, sources.

`dossier` makes it as blocks, `markdown` and `html` render these. Every line leads to a quote, an outlet and a day.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from communique.codebook import current
from communique.model import Evidence, Tie

__all__ = ["Block", "Dossier", "Heading", "Items", "Link", "Paragraph", "Table", "dossier", "html", "markdown"]

# Happenings in the timeline: those that most stories tell.
_TOLD = 60
_LONGEST_QUOTE = 300
# A marked character of Markdown means itself.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")

# Characters that would end an address in Markdown.
_SAFE = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})

_EVENTS = """
    SELECT e."type", e.status, count(*), count(DISTINCT m.happening), count(DISTINCT s.story), count(DISTINCT e.outlet)
    FROM events AS e
    LEFT JOIN base.happening_events AS m ON m."event" = e.id
    LEFT JOIN base.stories AS s ON s.article = e.article
    WHERE {parties} GROUP BY ALL ORDER BY ALL
"""
_SOURCES = """
    SELECT coalesce(e.outlet, 'unknown'), count(DISTINCT e.article), count(DISTINCT s.story), count(*), min(e.published),
        max(e.published)
    FROM events AS e LEFT JOIN base.stories AS s ON s.article = e.article
    WHERE {parties} GROUP BY 1 ORDER BY 2 DESC, 1
"""
_NAMED = """list_contains(list_transform(
    actor_countries || actor_entities || recipient_countries || recipient_entities, lambda x: lower(x)), ${name})"""


class Book(Protocol):
    """What a dossier asks of a `store.Record`."""

    @property
    def ties(self) -> Callable[..., Sequence[Any]]: ...
    @property
    def happenings(self) -> Callable[..., Sequence[Any]]: ...
    @property
    def sql(self) -> Callable[..., Any]: ...
    @property
    def codes(self) -> Callable[[], dict[str, list[str]]]: ...


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address."""

    text: str
    url: str


Words = str | Link


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Words, ...], ...], ...]


Block = Heading | Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Dossier:
    title: str
    blocks: tuple[Block, ...]


def dossier(book: Book, parties: Sequence[str], at: str, from_: str | None = None) -> Dossier:
    """What a record holds on one code, or two, as of the ISO day `at`. `from_`: events and changes from that day on only."""
    codes = book.codes()
    title = " and ".join(_title(party, codes) for party in parties)
    found = list(book.ties(at=at, party=list(parties)))
    happened = list(book.happenings(party=list(parties), from_=from_))
    happened = [h for h in happened if h.day is None or h.day <= at]
    urls = dict(book.sql("SELECT id, url FROM articles WHERE url SIMILAR TO 'https?://.*'").fetchall())
    blocks = [
        *_head(title, at, from_, found, happened),
        *_ties(found, urls),
        *_timeline(found, happened, urls, from_, at),
        *_events(book, parties),
        *_disputes(found, happened, urls),
        *_sources(book, parties),
    ]
    return Dossier(title, tuple(blocks))


def _title(code: str, codes: dict[str, list[str]]) -> str:
    """The name our tables have for a code, else the shortest one that reports use, with the code."""
    code = next((known for known in codes if known.casefold() == code.casefold()), code)
    book = current()
    rows = (*book.rows("countries.csv"), *book.rows("organizations.csv"))
    ours = [row["name"] for row in rows if code in (row.get("iso3"), row.get("code"))]
    names = ours[:1] or sorted((n for n in codes.get(code, ()) if n[:1].isupper()), key=lambda n: (len(n), n))
    return f"{names[0]} ({code})" if names else code


def _head(title: str, at: str, from_: str | None, ties: Sequence[Tie], happened: Sequence[Any]) -> Iterator[Block]:
    articles = {e.article for tie in ties for e in tie.evidence} | {v.told.article for h in happened for v in h.values}
    yield Heading(1, title)
    span = f"from {from_} to {at}" if from_ else f"as of {at}"
    yield Paragraph(
        (
            f"{span.capitalize()}: {_count(len(ties), 'tie')} and {_count(len(happened), 'happening')}, ",
            f"told by {_count(len(articles), 'report')}.",
        )
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _ties(ties: Sequence[Tie], urls: dict[str, str]) -> Iterator[Block]:
    yield Heading(2, "Ties")
    if not ties:
        yield Paragraph(("None.",))
        return
    rows = []
    for tie in ties:
        passages = next((step.evidence for step in reversed(tie.history) if step.evidence), tie.evidence)
        stated = str(tie.status) if tie.step == tie.status else f"{tie.status} ({tie.step})"
        cells = (stated, tie.since or "unknown", tie.until or "", tie.kind, _names(tie), tie.name or "")
        told = f"{_count(tie.outlets, 'outlet')}, {_count(tie.stories, 'story').replace('storys', 'stories')}"
        quote = _quote(passages[-1], urls) if passages else ()
        rows.append((*((cell,) for cell in cells), (told,), (f"{tie.score:.2f}",), quote, (tie.id,)))
    head = ("status", "since", "until", "kind", "parties", "name", "told by", "score", "evidence", "id")
    yield Table(head, tuple(rows))


def _names(tie: Tie) -> str:
    return ", ".join(p.entity or p.country or p.name or p.text for p in tie.parties)


def _quote(evidence: Evidence, urls: dict[str, str]) -> tuple[Words, ...]:
    return (f"“{_short(evidence.text)}” (", *_source(evidence.article, evidence.outlet, evidence.published, urls), ")")


def _source(article: str, outlet: str | None, published: str | None, urls: dict[str, str]) -> tuple[Words, ...]:
    words = ", ".join(filter(None, (outlet, published))) or article
    return (Link(words, urls[article]),) if article in urls else (words,)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _timeline(
    ties: Sequence[Tie], happened: Sequence[Any], urls: dict[str, str], from_: str | None, at: str
) -> Iterator[Block]:
    """Changes of ties, and the happenings that most stories tell, in the order of their days."""
    lines: list[tuple[str, int, str, tuple[Words, ...]]] = []
    for tie in ties:
        for step in tie.history:
            day = step.from_ or min((e.published for e in step.evidence if e.published), default=None)
            if day is None or day > at or (from_ and day < from_):
                continue
            mark = "" if step.from_ else " (first told)"
            what = f"{tie.kind} {tie.name}" if tie.name else tie.kind
            head = f"{day}{mark}: {what} of {_names(tie)}: {step.status}"
            head += "" if step.step == step.status else f" ({step.step})"
            lines.append((day, 0, tie.id, (f"{head}. ", *(_quote(step.evidence[0], urls) if step.evidence else ()))))
    told = sorted((h for h in happened if h.day), key=lambda h: (-h.stories, h.day, h.id))[:_TOLD]
    for h in told:
        first = min(
            (v for v in h.values if v.field == "status"), key=lambda v: (v.told.published or "9999", v.told.event)
        )
        head = f"{h.day}{'' if h.from_ else ' (reported)'}: {h.type}, {h.status}: {', '.join(h.actors) or 'unnamed'}"
        head += f" to {', '.join(h.recipients)}" if h.recipients else ""
        where = f", {h.place.name or h.place.text}" if h.place else ""
        counts = f" ({_count(h.reports, 'report')}, {_count(h.outlets, 'outlet')}; first "
        lines.append(
            (
                h.day,
                1,
                h.id,
                (
                    f"{head}{where}{counts}",
                    *_source(first.told.article, first.told.outlet, first.told.published, urls),
                    ")",
                ),
            )
        )
    yield Heading(2, "Timeline")
    if not lines:
        yield Paragraph(("Nothing is dated.",))
        return
    left = len([h for h in happened if h.day]) - len(told)
    yield Items(tuple(words for _, _, _, words in sorted(lines, key=lambda line: line[:3])))
    if left:
        yield Paragraph((f"{_count(left, 'happening')} that fewer stories tell left out.",))


def _where(parties: Sequence[str]) -> tuple[str, dict[str, str]]:
    names = [f"p{i}" for i in range(len(parties))]
    return " AND ".join(_NAMED.format(name=n) for n in names), dict(zip(names, map(str.lower, parties), strict=True))


def _events(book: Book, parties: Sequence[str]) -> Iterator[Block]:
    where, values = _where(parties)
    rows = book.sql(_EVENTS.format(parties=where), values).fetchall()
    yield Heading(2, "Events by type")
    if rows:
        yield Table(("type", "status", "events", "happenings", "stories", "outlets"), _cells(rows))
    else:
        yield Paragraph(("None.",))


def _cells(rows: Iterable[Sequence[Any]]) -> tuple[tuple[tuple[Words, ...], ...], ...]:
    return tuple(tuple(("" if cell is None else str(cell),) for cell in row) for row in rows)


def _disputes(ties: Sequence[Tie], happened: Sequence[Any], urls: dict[str, str]) -> Iterator[Block]:
    """Passages that speak against a tie, and what reports of one happening do not agree on."""
    items: list[tuple[Words, ...]] = []
    for tie in ties:
        what = f"{tie.kind} {tie.name}" if tie.name else tie.kind
        for evidence in tie.evidence:
            if not evidence.for_:
                items.append((f"{what} of {_names(tie)} ({tie.status}): against it ", *_quote(evidence, urls)))
    for h in happened:
        for field in h.differing:
            told: dict[str, tuple[Words, ...]] = {}
            for v in (v for v in h.values if v.field == field):
                said = f", {', '.join(v.told.sources)}" if v.told.sources else ""
                source = _source(v.told.article, v.told.outlet, v.told.published, urls)
                told.setdefault(v.value, (f"{v.value}{f' {v.unit}' if v.unit else ''} (", *source, f"{said})"))
            parts = [word for i, words in enumerate(told.values()) for word in (("; ",) if i else ()) + words]
            items.append(
                (f"{h.day or 'undated'}: {h.type} of {', '.join((*h.actors, *h.recipients))}: {field}: ", *parts)
            )
    yield Heading(2, "Disputes")
    yield Items(tuple(items)) if items else Paragraph(("None.",))


def _sources(book: Book, parties: Sequence[str]) -> Iterator[Block]:
    where, values = _where(parties)
    rows = book.sql(_SOURCES.format(parties=where), values).fetchall()
    yield Heading(2, "Sources")
    if rows:
        yield Table(("outlet", "reports", "stories", "events", "first", "last"), _cells(rows))
    else:
        yield Paragraph(("None.",))


# Markdown and HTML


def markdown(found: Dossier) -> str:
    """CommonMark with pipe tables."""
    return "\n".join(_markdown(block) for block in found.blocks)


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_marked((block.text,))}\n"
    if isinstance(block, Paragraph):
        return f"{_marked(block.words)}\n"
    if isinstance(block, Items):
        return "".join(f"- {_marked(words)}\n" for words in block.items)
    lines = [block.head, ["---"] * len(block.head), *([_marked(cell) for cell in row] for row in block.rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _marked(words: Sequence[Words]) -> str:
    return "".join(
        f"[{_escaped(w.text)}]({w.url.translate(_SAFE)})" if isinstance(w, Link) else _escaped(w) for w in words
    )


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text.replace("\n", " "))


def html(found: Dossier) -> str:
    """One page of HTML that loads nothing."""
    body = "".join(_html(block) for block in found.blocks)
    head = f'<meta charset="utf-8"><title>{markup.escape(found.title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}</body></html>\n'


_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;font-size:14px}td,th{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}"
)


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{markup.escape(block.text)}</h{block.level}>\n"
    if isinstance(block, Paragraph):
        return f"<p>{_inline(block.words)}</p>\n"
    if isinstance(block, Items):
        return "<ul>\n" + "".join(f"<li>{_inline(words)}</li>\n" for words in block.items) + "</ul>\n"
    head = "".join(f"<th>{markup.escape(name)}</th>" for name in block.head)
    rows = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>\n" for row in block.rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _inline(words: Sequence[Words]) -> str:
    return "".join(
        f'<a href="{markup.escape(w.url)}" rel="noreferrer">{markup.escape(w.text)}</a>'
        if isinstance(w, Link)
        else markup.escape(w)
        for w in words
    )
