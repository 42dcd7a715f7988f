"""The pages of a PDF to paragraphs: running heads and page numbers left out, lines joined, hyphenation undone.

A PDF knows letters at places, no paragraphs: these are told by the gaps between lines, the size of the letters and where
a line begins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from communique.read.drafts import Heading, tidy

_PAGE_NUMBER = re.compile(r"(?:page )?[-–— ]*\d{1,4}[-–— ]*(?:(?:of|/) ?\d{1,4})?", re.IGNORECASE)
# What a database puts at the top of every article is no running head.
_MARK = re.compile(r"_{20,}|document # of #|# of # documents?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
# All in points, or as multiples of the letters' size or the usual distance of lines.
_SAME_LINE = 2.0
_SAME_PLACE = 3.0
_LARGER = 1.15
_GAP = 1.3
_SPACING = 1.25
_WIDE_SPACING = 1.7
_INDENT = 8.0
_SHORT = 0.75
# A title repeated as a running head takes no more lines than this.
_HEAD_LINES = 3
_SENTENCE_END = (".", "!", "?", ":", "”", '"', "»", "…", ")")


@dataclass(slots=True)
class Row:
    """A line of text on a page: where its baseline is (points from below), where it begins, the size of its letters."""

    text: str
    x: float
    y: float
    size: float


def rows(page: Any) -> list[Row]:
    """The lines of a page, in the order they were written. `page`: one of pypdf's."""
    made: list[Row] = []
    broken = True

    def take(text: str, place: Sequence[float], matrix: Sequence[float], font: Any, size: float) -> None:
        nonlocal broken
        x = matrix[4] * place[0] + matrix[5] * place[2] + place[4]
        y = matrix[4] * place[1] + matrix[5] * place[3] + place[5]
        scaled = abs(size * (matrix[3] or matrix[0]) * (place[3] or place[0])) or size
        for number, piece in enumerate(re.split(r"\n", text)):
            broken = broken or number > 0
            if not piece.strip():
                if made and piece and not broken:
                    made[-1].text += " "
                continue
            if broken or abs(made[-1].y - y) > _SAME_LINE:
                made.append(Row(piece, x, y, scaled))
            else:
                # Columns of a table are pieces that begin elsewhere.
                made[-1].text += ("\t" if x - made[-1].x > _INDENT and piece[:1] != " " else "") + piece
            broken = False

    page.extract_text(visitor_text=take)
    return [row for row in made if tidy(row.text)]


def paragraphs(pages: Sequence[list[Row]]) -> list[str]:
    """The paragraphs of all pages; those in large letters are headings."""
    numbered = _strip_repeated(pages)
    letters: Counter[float] = Counter()
    for row in (row for page in pages for row in page):
        letters[round(row.size, 1)] += len(row.text)
    size = max(letters, key=lambda key: letters[key], default=0.0)
    spacing = _usual_spacing(pages, size)
    width = max((len(row.text) for page in pages for row in page if abs(row.size - size) < 0.5), default=0)
    made: list[list[Row]] = []
    titles: set[str] = set()
    for page, has_number in zip(pages, numbered, strict=True):
        kept = _without_running_head(page, has_number, titles, size)
        first = len(made)
        for number, row in enumerate(kept):
            before = kept[number - 1] if number else None
            if made and _goes_on(made[-1], before, row, spacing, width):
                made[-1].append(row)
            else:
                made.append([row])
        titles |= {_squeezed(block) for block in made[first:] if block[0].size > _LARGER * size}
    words = Counter(re.findall(r"[^\W\d_]+", " ".join(row.text for page in pages for row in page).casefold()))
    texts = [(_joined(block, words), block[0].size) for block in made]
    return [Heading(text) if large > _LARGER * size else text for text, large in texts]


def _usual_spacing(pages: Sequence[list[Row]], size: float) -> float:
    """How far apart the lines of a paragraph are, as a multiple of the letters' size."""
    gaps = []
    for page in pages:
        for above, below in pairwise(page):
            gap = above.y - below.y
            if abs(above.size - size) < 0.5 and abs(below.size - size) < 0.5 and 0 < gap < 3 * size:
                gaps.append(gap)
    smallest = sorted(gaps)[: max(1, len(gaps) // 4)]
    usual = median(smallest) / size if smallest else 0.0
    # Where every paragraph is one line, all gaps are those between paragraphs.
    return usual if 0 < usual < _WIDE_SPACING else _SPACING


def _goes_on(block: Sequence[Row], before: Row | None, row: Row, spacing: float, width: int) -> bool:
    """Whether a line belongs to the paragraph that is open. `before`: the line above it, `None` at the top of a page."""
    last = block[-1]
    if abs(last.size - row.size) > 0.5:
        return False
    full = len(last.text) >= _SHORT * width
    ended = last.text.rstrip().endswith(_SENTENCE_END)
    if before is None:
        return not ended and (full or row.text[:1].islower())
    if not 0 <= last.y - row.y <= _GAP * spacing * row.size:
        return False
    indented = len(block) > 1 and row.x - last.x > _INDENT
    return not indented and not (ended and not full)


# Running heads and page numbers


def _strip_repeated(pages: Sequence[list[Row]]) -> list[bool]:
    """Takes lines that stand at the same place of most pages off their tops and bottoms; says of each page whether a
    number was among those of its top."""
    numbered = [False] * len(pages)
    for end in (-1, 0):
        while heads := _repeated([page[end] for page in pages if page], len(pages)):
            for number, page in enumerate(pages):
                if page and _place(page[end]) in heads:
                    numbered[number] = numbered[number] or (end == 0 and _is_number(page[end]))
                    del page[end]
    return numbered


def _repeated(ends: Sequence[Row], pages: int) -> set[str]:
    """What stands at the end of most pages, at the same height."""
    heights: dict[str, list[float]] = {}
    for row in ends:
        heights.setdefault(_place(row), []).append(row.y)
    return {
        text
        for text, ys in heights.items()
        if len(ys) >= 3 and 2 * len(ys) >= pages and max(ys) - min(ys) <= _SAME_PLACE and not _MARK.fullmatch(text)
    }


def _place(row: Row) -> str:
    return _DIGITS.sub("#", tidy(row.text))


def _without_running_head(page: Sequence[Row], numbered: bool, titles: set[str], size: float) -> list[Row]:
    """A page without its number, and without a title of an earlier page that stands next to that in small letters."""
    kept = list(page)
    while kept and _is_number(kept[0]):
        numbered = True
        del kept[0]
    while kept and _is_number(kept[-1]):
        del kept[-1]
    small = [row for row in kept[:_HEAD_LINES] if row.size <= _LARGER * size]
    for count in range(1, len(small) + 1) if numbered else ():
        if kept[:count] == small[:count] and _squeezed(kept[:count]) in titles:
            return kept[count:]
    return kept


def _is_number(row: Row) -> bool:
    return _PAGE_NUMBER.fullmatch(tidy(row.text)) is not None


def _squeezed(block: Sequence[Row]) -> str:
    """The words alone, to be compared however the lines were broken."""
    return re.sub(r"\W+", "", "".join(row.text for row in block)).casefold()


# Lines to paragraphs


def _joined(block: Sequence[Row], words: Counter[str]) -> str:
    """One text of the lines. A word divided at the end of a line is joined, unless it has its hyphen elsewhere too."""
    text = ""
    for row in block:
        line = row.text.strip()
        if text.endswith("\xad"):
            text = text[:-1] + line
        elif divided := re.search(r"([^\W\d_]+)[-‐]$", text):
            rest = re.match(r"[^\W\d_]*", line)
            follows = rest[0] if rest else ""
            whole = (divided[1] + follows).casefold()
            joins = follows.islower() and (whole in words or not (divided[1].casefold() in words and follows in words))
            text = (text[:-1] if joins else text) + line
        else:
            text += f" {line}" if text else line
    return text


def has_picture(page: Any) -> bool:
    """Whether a page shows a picture."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    named = objects.get_object().values() if objects is not None else ()
    return any(found.get_object().get("/Subtype") == "/Image" for found in named)
