"""ProQuest: articles between rules, each a list of labelled fields with the body under "Full text"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from communique.read import drafts
from communique.read.drafts import Download, Draft, find_day, tidy

_LABELS = (
    "Abstract|Abstract (English)|Author|Author affiliation|Caption|City|Classification|Column|Company|"
    "Company / organization|Copyright|Correspondence author|Country of publication|Credit|Database|Dateline|Details|"
    "Document feature|Document type|Document URL|DOI|Edition|First page|Full text|Full text availability|"
    "Identifier / keyword|Identifier/keyword|Illustration|ISBN|ISSN|Issue|Language|Language of publication|"
    "Last updated|Links|Location|Number of pages|Pages|People|Person|Place of publication|ProQuest document ID|"
    "ProQuest document link|Publication date|Publication info|Publication subject|Publication title|"
    "Publication year|Publisher|Section|Source|Source attribution|Source type|Subject|Subtitle|Title|Volume"
)
_LABEL = {label.casefold(): label for label in _LABELS.split("|")}
_FIELD = re.compile(r"([A-Za-z][A-Za-z ()/]{2,30}?) ?(?::|[|\t]|$)[ |\t]*(.*)")
_RULE = re.compile(r"[_]{20,}")
_NUMBER = re.compile(r"Document (\d+) of (\d+)", re.IGNORECASE)
# Fields that only the database writes: two of them make an article, one of the sure ones makes a download.
_OWN = frozenset(
    {"ProQuest document ID", "ProQuest document link", "Publication info", "Publication title", "Document URL"}
    | {"Source type", "Language of publication", "Last updated", "Database", "Country of publication"}
)
_SURE = frozenset({"ProQuest document ID", "ProQuest document link", "Publication info"})
_BEGINNING = frozenset({"Full text", "Publication info"})
_DETAILS = frozenset({"ProQuest document ID", "Publication title", "Database", "Last updated"})
_BOILERPLATE = re.compile(
    r"contact us at: ?http|database copyright|terms and conditions\b|citation style:", re.IGNORECASE
)
# What stands between the body and the first field of the database's own.
_ABOVE = frozenset(
    "Subject|Location|People|Person|Company|Company / organization|Classification|Identifier / keyword|"
    "Identifier/keyword|Title|Subtitle|Credit|Illustration|Caption|Details|Links".split("|")
)
_HEADINGS = frozenset({"ABSTRACT", "ABSTRACT (ENGLISH)", "FULL TEXT", "DETAILS", "LINKS"})
_NOT_THERE = re.compile(r"(?:not available|none available)\.?", re.IGNORECASE)
# "The Harbour Courier ; Bergen [Bergen]25 Nov 2022: A.1."
_PLACE = re.compile(r"\s*(?:;|\[).*")


def split(lines: Sequence[str], wrapped: bool) -> Download | None:
    """The articles of a download from any ProQuest database."""
    tidied = [line if "\t" in line else tidy(line) for line in lines]
    parts = list(_parts(tidied))
    if not any(len(names & _OWN) > 1 and names & _SURE for names, _, _ in parts):
        return None
    made = tuple(_article(lines[start:end], tidied[start:end], start, wrapped) for _, start, end in parts)
    numbers = [int(found[2]) for line in tidied if (found := _NUMBER.fullmatch(line))]
    return Download(made, max(numbers, default=None))


def _parts(tidied: Sequence[str]) -> list[tuple[set[str], int, int]]:
    """(labels, first line, line behind the last) of each article. A rule inside a body parts nothing."""
    marks = [n for n, line in enumerate(tidied) if _RULE.fullmatch(line) or _NUMBER.fullmatch(line)]
    parts: list[tuple[set[str], int, int]] = []
    for start, end in zip([0, *(mark + 1 for mark in marks)], [*marks, len(tidied)], strict=True):
        lines = [line for line in tidied[start:end] if line]
        names = {found[0] for line in lines if (found := _field(line))}
        if not lines or _BOILERPLATE.match(lines[0]):
            continue
        numbered = start > 0 and _NUMBER.fullmatch(tidied[start - 1]) is not None
        last = parts[-1][0] if parts else set()
        if "Full text" in last and not last & _DETAILS and not numbered and not names & _BEGINNING:
            parts[-1] = (last | names, parts[-1][1], end)
        elif numbered or len(names & _OWN) > 1:
            parts.append((names, start, end))
    return parts


def _field(line: str) -> tuple[str, str] | None:
    """(label, value) of a line that begins a field."""
    found = _FIELD.fullmatch(line)
    label = _LABEL.get(found[1].casefold()) if found else None
    if not found or label is None:
        return None
    bare = ":" not in line and "|" not in line and "\t" not in line
    return (
        None
        if bare and line not in _HEADINGS and label != "ProQuest document link"
        else (label, tidy(found[2].strip("|")))
    )


def _article(segment: Sequence[str], tidied: Sequence[str], first: int, wrapped: bool) -> Draft:
    text_from, text_until = _text(tidied)
    fields: dict[str, str] = {}
    for number, line in enumerate(tidied):
        if not text_from <= number < text_until and (found := _field(line)) and found[1]:
            fields.setdefault(*found)
    named = next(((n, tidy(line)) for n, line in enumerate(tidied) if line and not _NUMBER.fullmatch(line)), (0, ""))
    info = fields.get("Publication info", "")
    started = fields.get("Full text", "")
    text = [line for line in [started, *segment[text_from:text_until]] if not _NOT_THERE.fullmatch(tidy(line))]
    return Draft(
        line=first + named[0] + 1,
        text=drafts.body(text, wrapped, fields.get("Dateline")),
        title=fields.get("Title") or (named[1] if not _field(named[1]) else None) or None,
        outlet=_PLACE.sub("", fields.get("Publication title") or info) or None,
        author=drafts.author(fields.get("Author") or fields.get("Credit")),
        published=find_day(fields["Publication date"]) if "Publication date" in fields else find_day(info),
        language=drafts.language(fields.get("Language of publication") or fields.get("Language")),
        url=fields.get("Document URL"),
        given_id=fields.get("ProQuest document ID"),
    )


def _text(tidied: Sequence[str]) -> tuple[int, int]:
    """(line behind "Full text:", first line of the fields below the body)."""
    start = next((n for n, line in enumerate(tidied) if (f := _field(line)) and f[0] == "Full text"), None)
    if start is None:
        return len(tidied), len(tidied)
    behind = range(start + 1, len(tidied))
    end = next((n for n in behind if _BOILERPLATE.match(tidied[n]) or _is_own(tidied[n])), len(tidied))
    for number in range(end - 1, start, -1):
        found = _field(tidied[number])
        if tidied[number] and not (found and found[0] in _ABOVE):
            break
        end = number
    return start + 1, end


def _is_own(line: str) -> bool:
    found = _field(line)
    return found is not None and found[0] in _OWN
