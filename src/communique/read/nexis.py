"""Nexis Uni and Nexis Advance (title first, "Body", "End of Document"), and the older LexisNexis ("1 of 250 DOCUMENTS",
fields in capitals)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from communique.read import drafts
from communique.read.drafts import Download, Draft, find_day, is_copyright, is_date_line, paragraphs, tidy

# Labels in the languages of the interface. Those of the head stand before the body, those of the tail behind it.
_NAMES = {
    "author": "byline autor auteur autore",
    "section": "section rubrik rubrique sección sezione sectie",
    "length": "length länge longueur longitud lunghezza lengte",
    "dateline": "dateline",
    "headline": "headline",
    "body": "body",
    "highlight": "highlight",
    "other": "series source show anchor anchors guest guests reporter reporters edition column distribution",
}
_TAIL_NAMES = {
    "language": "language sprache langue idioma lingua taal",
    "loaded": "load-date",
    "url": "url",
    "other": "publication-type journal-code document-type subject company organization person geographic industry "
    "ticker state country city graphic acc-no correction correction-date category pub-type notes",
}
_HEAD = {name: field for field, names in _NAMES.items() for name in names.split()}
_TAIL = {name: field for field, names in _TAIL_NAMES.items() for name in names.split()}
_FIELD = re.compile(r"([^\W\d_][^\W\d_ -]*(?:[ -][^\W\d_]+)?) ?: ?(.*)")
_PAGE = re.compile(r"Page \d+ of \d+", re.IGNORECASE)


def _field(line: str, names: dict[str, str]) -> tuple[str, str] | None:
    """(field, value) of a line that begins with one of the labels."""
    found = _FIELD.fullmatch(line)
    field = names.get(found[1].casefold().replace(" ", "-")) if found else None
    return (field, found[2]) if found and field else None


# Nexis Uni

_END = re.compile(r"(?:end of document|ende des dokuments|fin du document|fin del documento|einde van document)", re.I)
_COUNT = re.compile(r"(?:documents|dokumente|documentos|documenten) \((\d+)\)", re.IGNORECASE)
_COVER = re.compile(
    r"(?:user name|date and time|job number|client/matter|search terms?|search type|narrowed by)\b ?:.*"
    r"|content type\b.*|news\b ?\|?.*\b(?:content type|sources?|timeline)\b ?:.*|(?:documents|dokumente) \(\d+\)",
    re.IGNORECASE,
)
_JOB = re.compile(r"(?:job number|client/matter)\b ?:", re.IGNORECASE)
_LINK_BACK = re.compile(
    r"link to (?:the )?(?:image|original)\b.*|(?:click here to )?view (?:the )?original (?:article|story)\b.*"
    r"|enlarge this image\.?",
    re.IGNORECASE,
)
_NO_HEADLINE = re.compile(r"no headline in original", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Where in a segment its fixed lines stand."""

    body: int | None
    tail: int
    length: bool
    loaded: bool


def split_uni(lines: Sequence[str], wrapped: bool) -> Download | None:
    """The articles of a download from Nexis Uni, Nexis Advance or the new Nexis."""
    tidied = [tidy(line) for line in lines]
    ends = [number for number, line in enumerate(tidied) if _END.fullmatch(line)]
    segments = list(_segments(tidied, ends))
    marks = [_marks(tidied[first:end]) for first, end in segments]
    if not any(_is_article(found, bool(ends)) for found in marks):
        return None
    count = next((int(found[1]) for line in tidied[:50] if (found := _COUNT.fullmatch(line))), None)
    made = []
    for (first, end), mark in zip(segments, marks, strict=True):
        complete = end in ends or not ends
        # What stands behind the last end is the beginning of an article, or what somebody wrote there.
        if complete or mark.length or mark.loaded or mark.body is not None:
            made.append(_uni_article(lines[first:end], mark, first, wrapped, complete))
    return Download(tuple(made), count)


def _segments(tidied: Sequence[str], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first line, line behind the last) of each part that holds more than blank lines."""
    first = 0
    for end in [*ends, len(tidied)]:
        if any(tidied[first:end]):
            yield first, end
        first = end + 1


def _is_article(marks: _Marks, ended: bool) -> bool:
    known = [marks.body is not None, marks.length, marks.loaded]
    return sum(known) >= 2 if ended else all(known)


def _marks(segment: Sequence[str]) -> _Marks:
    body = next((number for number, line in enumerate(segment) if line == "Body"), None)
    head = segment if body is None else segment[:body]
    fields = [found for line in head if (found := _field(line, _HEAD))]
    loaded = [n for n, line in enumerate(segment) if (f := _field(line, _TAIL)) and f[0] == "loaded" and find_day(f[1])]
    tail = min([*loaded, *_headings(segment, body or 0), len(segment)])
    length = any(field == "length" and drafts.has_length(value) for field, value in fields)
    return _Marks(body, tail, length, bool(loaded))


def _headings(segment: Sequence[str], body: int) -> Iterator[int]:
    """Where the parts behind the body begin: "Classification" before fields, or "Graphic"."""
    for number in range(body + 1, len(segment)):
        if segment[number] == "Graphic":
            yield number
        elif segment[number] == "Classification":
            following = [line for line in segment[number + 1 : number + 6] if line]
            if any(_field(line, _TAIL) for line in following[:2]):
                yield number


def _uni_article(segment: Sequence[str], marks: _Marks, first: int, wrapped: bool, complete: bool) -> Draft:
    tidied = [tidy(line) for line in segment]
    head = tidied[: marks.tail if marks.body is None else marks.body]
    cover = -1
    if any(_JOB.match(line) for line in head):
        cover = max(number for number, line in enumerate(head) if _COVER.fullmatch(line))
    top: list[tuple[int, str]] = []
    fields: dict[str, str] = {}
    for number, line in enumerate(head[cover + 1 :], cover + 1):
        # A headline may begin like a field: "Column: why the bloc broke".
        if top and (found := _field(line, _HEAD)):
            fields.setdefault(*found)
        elif line and not fields and not is_copyright(line) and not _PAGE.fullmatch(line):
            top.append((number, line))
    for line in tidied[marks.tail :]:
        if found := _field(line, _TAIL):
            fields.setdefault(*found)
    names = [line for _, line in top]
    day = _date_at(names)
    title, outlet = _title_and_outlet(names, day, cover >= 0)
    text = [] if marks.body is None else segment[marks.body + 1 : marks.tail]
    return Draft(
        line=first + (top[0][0] if top else 0) + 1,
        text=drafts.body(list(_without_heads(text, title)), wrapped, fields.get("dateline")),
        title=title,
        outlet=outlet,
        author=drafts.author(fields.get("author")),
        published=None if day is None else find_day(names[day]),
        language=drafts.language(fields.get("language")),
        url=fields.get("url"),
        complete=complete,
    )


def _date_at(names: Sequence[str]) -> int | None:
    """Which line above the copyright is the date: the last that begins with one, but never the title."""
    return max((number for number, line in enumerate(names) if number and is_date_line(line)), default=None)


def _title_and_outlet(names: Sequence[str], day: int | None, cover: bool) -> tuple[str | None, str | None]:
    """Title, outlet and date stand in this order. Behind a cover page, more may stand before the title."""
    if day is None:
        day = min(2, len(names))
    before = list(names[: day - 1])
    title = " ".join(before[-1:] if cover else before) if day > 1 else " ".join(names[:1])
    outlet = names[day - 1] if day > 1 else None
    return (None if _NO_HEADLINE.search(title) else title or None), outlet


def _without_heads(lines: Sequence[str], title: str | None) -> Iterator[str]:
    """The lines of a body without page numbers, the title repeated below one, and links back to the database."""
    turned = False
    for line in lines:
        bare = tidy(line)
        if _PAGE.fullmatch(bare):
            turned = True
        elif not (turned and bare == title) and not _LINK_BACK.fullmatch(bare):
            turned = turned and not bare
            yield line


# The older LexisNexis

_NUMBER = re.compile(r"(\d+) of (\d+) DOCUMENTS?|Dokument (\d+) von (\d+)|Document (\d+) de (\d+)")
_BODY = re.compile(r"\s*BODY ?:")
_EDITION = re.compile(r"\bedition\b", re.IGNORECASE)
# Labels of the tail that no report has at the start of a line.
_SURE = re.compile(r"(?:LOAD-DATE|PUBLICATION-TYPE|JOURNAL-CODE|GRAPHIC|GRAFIK)\b ?:.*")


def split_classic(lines: Sequence[str], wrapped: bool) -> Download | None:
    """The articles of a download from LexisNexis as it was until about 2018."""
    tidied = [tidy(line) for line in lines]
    numbered = [(line, found) for line, text in enumerate(tidied) if (found := _NUMBER.fullmatch(text))]
    if not any(_is_lexis_field(line) for line in tidied) or not numbered:
        return None
    starts = [line for line, _ in numbered]
    announced = max(int(found[found.lastindex or 2]) for _, found in numbered)
    ends = [*starts[1:], len(lines)]
    made = (_classic_article(lines[s + 1 : e], s, wrapped) for s, e in zip(starts, ends, strict=True))
    return Download(tuple(made), announced)


def _is_lexis_field(line: str) -> bool:
    label, colon, value = line.partition(":")
    if not colon or not label.isupper():
        return False
    field = (_field(line, _HEAD) or _field(line, _TAIL) or ("", ""))[0]
    return field in ("loaded", "language") or (field == "length" and drafts.has_length(value))


def _classic_article(segment: Sequence[str], first: int, wrapped: bool) -> Draft:
    tidied = [tidy(line) for line in segment]
    top, text, fields = _head(tidied, wrapped)
    tail = _tail(tidied, text, wrapped)
    for line in tidied[tail:]:
        if found := _field(line, _TAIL):
            fields.setdefault(*found)
    lines = [_BODY.sub("", segment[text], count=1), *segment[text + 1 : tail]] if text < tail else []
    day = next((number for number, line in enumerate(top) if is_date_line(line)), None)
    title, outlet = _around(top, day, wrapped)
    return Draft(
        line=first + 1,
        text=drafts.body(lines, wrapped, fields.get("dateline")),
        title=fields.get("headline") or title,
        outlet=outlet,
        author=drafts.author(fields.get("author")),
        published=None if day is None else find_day(top[day]),
        language=drafts.language(fields.get("language")),
        url=fields.get("url"),
    )


def _head(tidied: Sequence[str], wrapped: bool) -> tuple[list[str], int, dict[str, str]]:
    """The lines above the first field (blank ones too, those on copyright not), where the body begins, the fields."""
    top: list[str] = []
    fields: dict[str, str] = {}
    field = ""
    rights = False
    for number, line in enumerate(tidied):
        found = _field(line, _HEAD) if line.partition(":")[0].isupper() else None
        if found and found[0] == "body":
            return top, number, fields
        if found:
            field = found[0]
            fields.setdefault(*found)
        elif fields and not line:
            field = ""
        elif field and wrapped:
            fields[field] += f" {line}"
        elif fields:
            return top, number, fields
        else:
            rights = bool(line) and (rights or is_copyright(line))
            top.append("" if rights else line)
    return top, _below_title(top) if not fields else len(tidied), fields


def _below_title(top: list[str]) -> int:
    """Where the body begins in an article without fields: behind the paragraph that follows the date."""
    day = next((number for number, line in enumerate(top) if is_date_line(line)), -1)
    behind = _next_gap(top, day)
    start = next((n for n in range(behind, len(top)) if top[n]), len(top))
    end = _next_gap(top, start)
    del top[end:]
    return end


def _next_gap(lines: Sequence[str], start: int) -> int:
    return next((number for number in range(max(start, 0), len(lines)) if not lines[number]), len(lines))


def _around(top: Sequence[str], day: int | None, wrapped: bool) -> tuple[str | None, str | None]:
    """The title stands below the lines of date and edition, the outlet above them."""
    if day is None:
        blocks = paragraphs(top, wrapped)
        return (blocks[1] if len(blocks) > 1 else None), (blocks[0] if blocks else None)
    above = paragraphs(top[:day], wrapped)
    below = paragraphs(top[_next_gap(top, day) :], wrapped)
    while len(below) > 1 and _EDITION.search(below[0]):
        del below[0]
    return " ".join(below) or None, above[-1] if above else None


def _tail(tidied: Sequence[str], text: int, wrapped: bool) -> int:
    """Where the fields behind the body begin: at the first that is sure, and those right above it."""
    end = next((n for n in range(text, len(tidied)) if _SURE.fullmatch(tidied[n])), len(tidied))
    while end > text:
        start = end - 1
        while wrapped and start > text and tidied[start] and tidied[start - 1]:
            start -= 1
        line = tidied[start]
        label = line.partition(":")[0]
        if line and not (is_copyright(line) or (label.isupper() and _field(line, _TAIL))):
            break
        end = start
    return end
