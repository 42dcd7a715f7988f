"""Factiva, with its field codes (HD, WC, PD, LP, AN) or as its pages show an article, up to "Document ABCD0000…"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from communique.read import drafts
from communique.read.drafts import Download, Draft, Heading, find_day, is_copyright, is_date_line, is_length, tidy

# Eight characters of the source, the day, and nine of the article.
_ACCESSION = re.compile(
    r"(?:(?:document|dokument|documento|documento n\.º|документ|文件|文書) ?)([A-Z][A-Z0-9]{7}[12]\d{7}[0-9a-z]{9})\b.*",
    re.IGNORECASE,
)

# With field codes

_HEAD_CODES = "CLM SE HD CR BY WC PD ET SN SC ED PG VOL LA CY DLN"
_TAIL_CODES = "ART CT CX RF CO IN NS RE IPC IPD PUB RST AN"
_CODE = re.compile(
    rf"({'|'.join([*_HEAD_CODES.split(), 'LP', 'TD', *_TAIL_CODES.split()])})(?:( *[|\t]| {{2,}})|$| (?=\S)) *(.*)"
)
_FIRST_CODES = frozenset({"CLM", "SE", "HD"})
_BODY_CODES = frozenset({"LP", "TD"})
# What follows these codes after a single space in a body is told from prose by its form ("nato : NATO | ...").
_CODED = re.compile(r"[a-z0-9]{2,10} ?: \S.*")


def split_coded(lines: Sequence[str], wrapped: bool) -> Download | None:
    """The articles of a download with field codes."""
    made: list[Draft] = []
    fields: dict[str, list[str]] = {}
    code = ""
    started = 0
    for number, line in enumerate(lines):
        found = _code(line, code)
        if not found:
            if code and code != "AN":
                fields[code].append(line)
            continue
        code, value = found
        if (
            ("AN" in fields or "HD" in fields)
            and code in _FIRST_CODES
            and not fields.keys().isdisjoint(("WC", "PD", "AN"))
        ):
            made += _coded_article(fields, started, wrapped)
            fields = {}
        if not fields:
            started = number
        fields.setdefault(code, []).append(value)
    made += _coded_article(fields, started, wrapped)
    if not made:
        return None
    stated = any(draft.given_id for draft in made)
    return Download(tuple(replace(draft, complete=bool(draft.given_id) or not stated) for draft in made))


def _code(raw: str, before: str) -> tuple[str, str] | None:
    """(code, value) of a line that begins a field, behind the code `before`."""
    found = _CODE.fullmatch(raw.replace("\xa0", " ").strip(" "))
    if not found:
        return None
    code, gap, value = found.groups()
    value = tidy(value.strip("|"))
    if gap is None and value and not _fits(code, value, before):
        return None
    return code, value


def _fits(code: str, value: str, before: str) -> bool:
    """Whether a code and one space begin a field, as in documents that lost their columns."""
    if code == "WC":
        return is_length(value)
    if code == "AN":
        return _ACCESSION.fullmatch(value) is not None
    if code in _BODY_CODES or code == "HD":
        return True
    if before in _BODY_CODES:
        return _CODED.fullmatch(value) is not None
    return before in _HEAD_CODES.split() or code in _FIRST_CODES


def _coded_article(fields: dict[str, list[str]], started: int, wrapped: bool) -> list[Draft]:
    """The article of its fields; none where they are not those of an article."""
    joined = {code: " ".join(drafts.paragraphs(lines, wrapped)) for code, lines in fields.items()}
    day = find_day(joined.get("PD", ""))
    known = [is_length(joined.get("WC", "")), bool(day), bool(fields.keys() & {"LP", "TD", "AN"})]
    if "HD" not in fields or sum(known) < 2:
        return []
    text = [line for code in ("LP", "TD") for line in [*fields.get(code, []), ""]]
    accession = _ACCESSION.fullmatch(joined.get("AN", ""))
    return [
        Draft(
            line=started + 1,
            text=drafts.body(text, wrapped, joined.get("DLN")),
            title=joined["HD"] or None,
            outlet=joined.get("SN") or None,
            author=drafts.author(joined.get("BY")),
            published=day,
            language=drafts.language(joined.get("LA")),
            given_id=accession[1] if accession else None,
        )
    ]


# Without field codes

_CREDIT = re.compile(
    r"(?:special to|special for|from our|reuters|associated press|agence france-presse)\b.*", re.IGNORECASE
)
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?(?: [A-Z]{2,4})?")
_SOURCE_CODE = re.compile(r"[A-Z0-9]{2,8}")
# How many lines below the length the head may go on: date, time, outlet, code, edition, page, volume, language, rights.
_HEAD_LINES = 12
# No edition or page is that long.
_LONG = 60


def split_display(lines: Sequence[str], wrapped: bool) -> Download | None:
    """The articles of a download without field codes."""
    tidied = [tidy(line) for line in lines]
    ends = [number for number, line in enumerate(tidied) if _ACCESSION.fullmatch(line)]
    lengths = [number for number, line in enumerate(tidied) if is_length(line)]
    if not ends or not lengths:
        return None
    made: list[Draft] = []
    first = 0
    for end in [*ends, len(lines)]:
        inside = [number for number in lengths if first <= number < end]
        # Behind the last end stands an article that breaks off, or a summary of the search.
        if inside or end < len(lines):
            made.append(_display_article(lines[first : end + 1], tidied[first : end + 1], first, wrapped))
        first = end + 1
    return Download(tuple(_without_publisher(made)))


def _display_article(segment: Sequence[str], tidied: Sequence[str], first: int, wrapped: bool) -> Draft:
    accession = _ACCESSION.fullmatch(tidied[-1])
    length = next((number for number, line in enumerate(tidied) if is_length(line)), None)
    if length is None:
        title = next((line for line in tidied if line), None)
        return Draft(first + 1, "", title, given_id=accession[1] if accession else None)
    title, author = _above(segment[:length])
    end = len(tidied) - 1 if accession else len(tidied)
    text, facts = _below(tidied[length + 1 : end])
    started = next(number for number, line in enumerate(tidied) if line)
    return Draft(
        line=first + started + 1,
        text=drafts.body(segment[length + 1 + text : end], wrapped),
        title=title,
        outlet=facts.get("outlet"),
        author=author,
        published=facts.get("day"),
        language=facts.get("language"),
        given_id=accession[1] if accession else None,
        complete=accession is not None,
    )


def _above(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """(title, author) from above the length: section, headline, byline, credit, of which all but one may be absent."""
    kept = [line for line in lines if tidy(line)]
    author = next((tidy(line) for line in kept if drafts.is_byline(line) and not isinstance(line, Heading)), None)
    headings: list[str] = []
    for line, before in zip(kept, [None, *kept], strict=False):
        if isinstance(line, Heading):
            # Only the last run: above the first article may stand the name of the database.
            headings = [*(headings if isinstance(before, Heading) else []), tidy(line)]
    if headings:
        return " ".join(headings), drafts.author(author)
    names = [tidy(line) for line in kept if tidy(line) != author and not _CREDIT.fullmatch(tidy(line))]
    # Sections and names are shorter than headlines.
    title = max(names, key=len, default=None)
    if author is None and title is not None and title != names[-1]:
        author = names[-1]
    return title, drafts.author(author)


def _below(tidied: Sequence[str]) -> tuple[int, dict[str, str | None]]:
    """(where the body begins, what the lines below the length say)."""
    facts: dict[str, str | None] = {}
    begin = 0
    seen = 0
    for number, line in enumerate(tidied):
        if not line:
            continue
        if seen >= _HEAD_LINES or (begin and "language" in facts and not is_copyright(line)):
            break
        seen += 1
        if "day" not in facts:
            if is_date_line(line):
                facts["day"] = find_day(line)
        elif "outlet" not in facts:
            if not _TIME.fullmatch(line):
                facts["outlet"] = line
        elif is_copyright(line):
            facts.setdefault("language", None)
        elif code := drafts.language(line):
            facts["language"] = code
        elif len(line) > _LONG:
            break
        elif not _SOURCE_CODE.fullmatch(line):
            # An edition, page or volume: what follows decides whether the head still goes on.
            continue
        begin = number + 1
    return begin, facts


def _without_publisher(made: Sequence[Draft]) -> Iterator[Draft]:
    """The drafts without the publisher, whose name may stand between body and number: a line without a full stop that
    closes several articles of an outlet."""
    closing = Counter((draft.outlet, draft.text.rsplit("\n\n", 1)[-1]) for draft in made)
    for draft in made:
        text, gap, last = draft.text.rpartition("\n\n")
        if gap and len(last) <= 80 and closing[draft.outlet, last] > 1 and not last.endswith((".", "!", "?", "”", '"')):
            draft = replace(draft, text=text)
        yield draft
