"""Where a report quotes: the outermost quotation marks of each paragraph, as token ranges.

Curly, straight, doubled single (''), angled and low marks; single marks where they cannot be apostrophes. Straight
marks are reset at each paragraph. A quotation that is not closed runs to the end of its paragraph; one that goes on
in the next paragraph opens again there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from communique.coding.parse import Parsed

_MARKS = re.compile("''|``|[\"“”„«»‘’']")
_OPENING, _CLOSING = frozenset("“„«"), frozenset("”»")
_AFTER_CLOSING = frozenset(' \t\n.,;:!?)]}—–-…"”»\u00a0')
# A single mark behind one of these closes; behind a letter it may be an apostrophe.
_FIRM = frozenset(".,!?…;:)")


@dataclass(frozen=True, slots=True)
class Quote:
    """Tokens `first` to `last`, exclusive, marks included. `closed` is false where the closing mark is missing."""

    first: int
    last: int
    block: int
    closed: bool
    single: bool

    def holds(self, token: int) -> bool:
        return self.first <= token < self.last


def find_quotes(parsed: Parsed) -> list[Quote]:
    """The outermost quotations of a report, in text order."""
    found: list[Quote] = []
    for number, block in enumerate(parsed.blocks):
        start, end = parsed.start(block.first), parsed.end(block.last - 1)
        for first, last, closed, single in _scan(parsed.article.text[start:end]):
            tokens = parsed.tokens_within(start + first, start + last)
            if tokens is not None and tokens[1] > tokens[0]:
                found.append(Quote(*tokens, number, closed, single))
    return _apart(found)


def _apart(found: list[Quote]) -> list[Quote]:
    """Quotations that share no token: two marks may sit in one token."""
    kept: list[Quote] = []
    for quote in found:
        if kept and quote.first < kept[-1].last:
            continue
        kept.append(quote)
    return kept


def _scan(text: str) -> list[tuple[int, int, bool, bool]]:
    """(start, end, closed, single) of the outermost quotations of one paragraph."""
    found: list[tuple[int, int, bool, bool]] = []
    marks = list(_MARKS.finditer(text))
    n = 0
    while n < len(marks):
        mark = marks[n]
        kind = _kind(mark.group())
        if not _opens(text, mark):
            n += 1
            continue
        close = _closing(text, marks, n, kind)
        if close is None:
            if kind != "single" and text[mark.end() :].strip():
                found.append((mark.start(), len(text), False, False))
                return found
            n += 1
            continue
        found.append((mark.start(), marks[close].end(), True, kind == "single"))
        n = close + 1
    return found


def _kind(mark: str) -> str:
    if mark in ("‘", "’", "'"):
        return "single"
    return "straight" if mark in ('"', "''", "``") else "curly"


def _around(text: str, mark: re.Match[str]) -> tuple[str, str]:
    """The characters before and behind a mark; a space where the text ends."""
    before = text[mark.start() - 1] if mark.start() else " "
    behind = text[mark.end()] if mark.end() < len(text) else " "
    return before, behind


def _opens(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark, with no quotation open, opens one."""
    sign = mark.group()
    before, behind = _around(text, mark)
    if sign in _OPENING or sign == "``":
        return True
    if sign in _CLOSING:
        return False
    starts = before.isspace() or before in "([{—–-/…:“\"'‘"
    if _kind(sign) == "single":
        return (
            sign != "’"
            and starts
            and behind.isalpha()
            and text[mark.end() : mark.end() + 2].lower() not in ("em", "ti")
        )
    return not behind.isspace() and (starts or not mark.start() or not _is_word(behind))


def _is_word(char: str) -> bool:
    return char.isalnum()


def _closing(text: str, marks: list[re.Match[str]], n: int, kind: str) -> int | None:
    """The index of the mark that closes the quotation opened by mark `n`."""
    if kind == "single":
        return _closing_single(text, marks, n)
    depth = 0
    for k in range(n + 1, len(marks)):
        sign = marks[k].group()
        if _kind(sign) == "single":
            continue
        if kind == "curly":
            if sign in _CLOSING or (sign == '"' and marks[n].group() != "«" and not depth):
                if not depth:
                    return k
                depth -= 1
            elif sign in _OPENING and marks[n].group() == "„":
                return k
            elif sign in _OPENING and not _goes_on(text, marks[k]):
                depth += 1
        elif _closes_straight(text, marks[k]):
            return k
    return None if not depth or kind != "curly" else _last_closing(marks, n)


def _goes_on(text: str, mark: re.Match[str]) -> bool:
    """Whether an opening mark inside a quotation takes it up again, as at a paragraph whose break was lost."""
    return text[max(0, mark.start() - 2) : mark.start()].rstrip()[-1:] in (".", "?", "!", "…")


def _last_closing(marks: list[re.Match[str]], n: int) -> int | None:
    """Where an inner quotation was never closed, the last closing mark closes the outer one."""
    closing = [k for k in range(n + 1, len(marks)) if marks[k].group() in _CLOSING]
    return closing[-1] if closing else None


def _closes_straight(text: str, mark: re.Match[str]) -> bool:
    before, behind = _around(text, mark)
    if mark.group() in _OPENING | {"``"}:
        return False
    return not before.isspace() or behind.isspace() or behind in _AFTER_CLOSING


def _closing_single(text: str, marks: list[re.Match[str]], n: int) -> int | None:
    """An apostrophe closes only before a space or mark; behind a plural s only if no better mark follows."""
    weak: int | None = None
    for k in range(n + 1, len(marks)):
        sign = marks[k].group()
        if sign in ("‘", "“", '"') and k > n + 1 and weak is not None:
            break
        if sign not in ("’", "'"):
            continue
        before, behind = _around(text, marks[k])
        if before.isspace() or behind not in _AFTER_CLOSING:
            continue
        if (
            before in _FIRM
            or before != "s"
            or behind != " "
            or not text[marks[k].end() + 1 : marks[k].end() + 2].islower()
        ):
            return k
        weak = k if weak is None else weak
    return weak
