"""Numbers that a passage gives with what it tells: the killed, the troops, the money, each with its own span.

`read` goes through one sentence. A number counts where a word of `data/lang/en/quantities.csv` says what is counted:
"at least 45 civilians were killed", "a death toll of 45", "$300 million". Years, days, ages and the numbers in names
("F-35", "Su-27") count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from communique.codebook import Codebook, current
from communique.model import Reason, Span

__all__ = ["Quantity", "differ", "near", "read"]

_FILE = "lang/en/quantities.csv"
_TOKEN = re.compile(
    r"(?P<number>(?<![\w.,])(?<![^\W\d_]-)\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w]|-[^\W\d])|(?<![\w.,])(?<![^\W\d_]-)\d+(?:\.\d+)?(?=(?:bn|mn|m|k)\b)"
    r"|(?<![\w.,])(?<![^\W\d_]-)\d+(?:\.\d+)?(?![\w:/]|-[^\W\d]|\.\d)|(?<=[$€£¥₹₩])\d+(?:,\d{3})*(?:\.\d+)?)"
    r"|(?P<word>(?:US|A|C|NZ|HK)?\$|[€£¥₹₩%]|[^\W\d_]+(?:['’-][^\W\d_]+)*)"
    r"|(?P<stop>[.;:!?()\[\]]|,(?!\d)|--|[–—-](?=\s))|(?P<dash>[–—-])"
)
_MONTH = re.compile(
    r"jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|(?:jan|febr)uary|march|april|august|(?:sept|nov|dec)ember|october"
)
# Words that may stand between a number and what it counts.
_REACH = 4
# Words between those who were counted and what befell them.
_FAR = 9
# Before a bare year: "in 2022".
_YEARLY = frozenset({"in", "since", "by", "of", "until", "from", "before", "after", "during", "early", "late"})
# Between the two numbers of a span.
_TO = ("to", "-", "–", "—")
# Two approximate numbers agree within this share.
_ABOUT = 0.1
_JOINS = frozenset({"and", "or", "to", "of", "the", "other", "another", "more"})
# Behind a number, they say that it counts time or length, or that another part of the sentence begins.
_BREAKS = frozenset(
    "and in on at by from to if when after before that who which for with as while hour hours day days week weeks month months "
    "year years minute minutes kilometre kilometres kilometers km mile miles metre metres meters times".split()
)
# Forms whose object is counted: "killed 45", "injuring 80".
_ACTIVE = ("ed", "ing")


@dataclass(frozen=True, slots=True)
class Quantity(Span):
    """A number with what it counts.

    `kind`: killed, injured, troops, money ... as in `quantities.csv`. `value`: the number where one is given; `least`
    and `most`: between what it lies, `None` where open ("at least 45", "dozens"). `unit`: the word for what is counted
    ("civilians"), or the ISO 4217 code of a currency. `about`: an estimate ("some 300").
    """

    kind: str
    value: float | None
    least: float | None
    most: float | None
    unit: str | None
    about: bool
    because: tuple[Reason, ...] = ()


class _Row(NamedTuple):
    role: str
    kind: str
    reason: Reason


class _Token(NamedTuple):
    """A stretch of the sentence. `rows`: what the table says of it; `number`: its value; `stop`: ends a clause."""

    start: int
    end: int
    text: str
    row: _Row | None
    number: float | None
    stop: bool

    def is_(self, *roles: str) -> bool:
        return self.row is not None and self.row.role in roles


class _Number(NamedTuple):
    """A number expression: tokens `first` to `last`, both included."""

    first: int
    last: int
    value: float | None
    least: float | None
    most: float | None
    about: bool
    currency: str | None
    reasons: tuple[Reason, ...]


@lru_cache(maxsize=4)
def _table(book: Codebook) -> dict[str, _Row]:
    return {
        row["word"]: _Row(
            row["role"], row["kind"], Reason("quantity", row.file, row.line, f"{row['word']} {row['kind']}")
        )
        for row in book.rows(_FILE)
    }


def read(sentence: Span, book: Codebook | None = None) -> list[Quantity]:
    """The quantities of a sentence, in their order; offsets are those of the sentence's own text."""
    table = _table(book or current())
    tokens = _tokens(sentence.text, table)
    numbers = list(_numbers(tokens))
    taken = {i for number in numbers for i in range(number.first, number.last + 1)}
    found = []
    for number in numbers:
        counted = _counted(number, tokens, taken)
        if counted is None:
            continue
        kind, unit, last, reason = counted
        start = tokens[number.first].start
        end = tokens[max(number.last, last)].end
        found.append(
            Quantity(
                sentence.start + start,
                sentence.start + end,
                sentence.text[start:end],
                kind,
                number.value,
                number.least,
                number.most,
                unit,
                number.about,
                (*number.reasons, *([reason] if reason else [])),
            )
        )
    return found


def _tokens(text: str, table: dict[str, _Row]) -> list[_Token]:
    """The words of a sentence; those that the table has together ("death toll") are one."""
    raw = [m for m in _TOKEN.finditer(text) if m.lastgroup]
    found: list[_Token] = []
    at = 0
    while at < len(raw):
        for size in (3, 2, 1):
            part = raw[at : at + size]
            if len(part) < size or (size > 1 and not all(m.lastgroup == "word" for m in part)):
                continue
            words = " ".join(m[0] for m in part)
            row = table.get(words.casefold() if words.isalpha() or " " in words else words)
            if row is None and size > 1:
                continue
            first = part[0]
            number = float(first[0].replace(",", "")) if first.lastgroup == "number" else None
            found.append(_Token(first.start(), part[-1].end(), words, row, number, first.lastgroup == "stop"))
            at += size
            break
    return found


def _numbers(tokens: Sequence[_Token]) -> Iterator[_Number]:
    at = 0
    while at < len(tokens):
        number = _number_at(tokens, at)
        if number is None:
            at += 1
        else:
            yield number
            at = number.last + 1


def _number_at(tokens: Sequence[_Token], first: int) -> _Number | None:
    """The number expression that begins here: bounds, currency sign, figures or words, and a second number of a span."""
    at, bounds, currency, reasons = first, [], None, []
    while at < len(tokens) and (token := tokens[at]).row and token.is_("bound", "symbol"):
        if token.row.role == "bound":
            bounds.append(token.row.kind)
        else:
            currency = token.row.kind
        reasons.append(token.row.reason)
        at += 1
    if at >= len(tokens) or _is_date(tokens, at):
        return None
    if tokens[at].row is not None and tokens[at].is_("vague"):
        row = tokens[at].row
        assert row is not None
        least = None if "most" in bounds else float(row.kind)
        return _Number(first, at, None, least, None, True, currency, (*reasons, row.reason))
    one = _value(tokens, at)
    if one is None:
        return None
    value, last, why = one
    reasons += why
    joins = ("and",) if at and tokens[at - 1].text.casefold() == "between" else _TO
    other = _value(tokens, last + 2) if last + 2 < len(tokens) and tokens[last + 1].text in joins else None
    if other is not None and other[0] > value:
        # "two to three million"
        low = value if last > at else value * _scale(tokens, last + 2, other[1])
        return _Number(first, other[1], None, low, other[0], True, currency, (*reasons, *other[2]))
    least = None if "most" in bounds else value
    most = None if "least" in bounds else value
    return _Number(first, last, value, least, most, "about" in bounds, currency, tuple(reasons))


def _value(tokens: Sequence[_Token], at: int) -> tuple[float, int, list[Reason]] | None:
    """The value of figures or number words from `at` on, where they end, and the rows that were read."""
    token = tokens[at]
    reasons: list[Reason] = []
    if token.number is not None:
        value = token.number
    elif token.row is not None and token.is_("number"):
        value = float(token.row.kind)
        reasons.append(token.row.reason)
    elif token.text.casefold() == "a" and at + 1 < len(tokens) and tokens[at + 1].is_("scale"):
        value = 1.0
    elif (parts := _hyphened(token.text)) is not None:
        value = parts
    else:
        return None
    while at + 1 < len(tokens) and (row := tokens[at + 1].row) and row.role == "scale":
        value *= float(row.kind)
        reasons.append(row.reason)
        at += 1
    return value, at, reasons


_TENS = {
    w: n
    for n, w in zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)
}
_ONES = {w: n for n, w in enumerate("one two three four five six seven eight nine".split(), 1)}


def _hyphened(text: str) -> float | None:
    """ "forty-five"."""
    tens, _, ones = text.casefold().partition("-")
    return float(_TENS[tens] + _ONES[ones]) if tens in _TENS and ones in _ONES else None


def _scale(tokens: Sequence[_Token], first: int, last: int) -> float:
    """What the words behind the second number of a span multiply both by: "two to three million"."""
    found = 1.0
    for token in tokens[first : last + 1]:
        if token.row is not None and token.row.role == "scale":
            found *= float(token.row.kind)
    return found


def _is_date(tokens: Sequence[_Token], at: int) -> bool:
    """Whether the number here is a year, or the day of a month."""
    number = tokens[at].number
    if number is None:
        return False
    before = tokens[at - 1].text.casefold() if at else ""
    after = tokens[at + 1].text.casefold() if at + 1 < len(tokens) else ""
    if number <= 31 and (_MONTH.fullmatch(before) or (_MONTH.fullmatch(after) and after != "may") or after == "may"):
        return True
    plain = tokens[at].text.isdigit() and 1000 <= number < 2100
    return plain and (
        before in _YEARLY or bool(_MONTH.fullmatch(before)) or at + 1 == len(tokens) or tokens[at + 1].stop
    )


def _counted(
    number: _Number, tokens: Sequence[_Token], taken: set[int]
) -> tuple[str, str | None, int, Reason | None] | None:
    """What a number counts: kind, unit, the last token of it, and the row that says so."""
    if number.currency:
        return "money", number.currency, number.last, None
    noun = _noun(number, tokens, taken)
    if noun is not None:
        row = tokens[noun].row
        assert row is not None
        if row.role == "currency":
            return "money", row.kind, noun, row.reason
        if row.role in ("share", "thing", "harm"):
            return row.kind, None if row.role == "harm" else tokens[noun].text, noun, row.reason
        unit = tokens[noun].text
        harm = _harm_after(noun, tokens, taken) or _harm_before(number.first, tokens, taken)
        if harm is not None:
            return harm.kind, unit, noun, harm.reason
        return row.kind, unit, noun, row.reason
    harm = _harm_before(number.first, tokens, taken)
    return None if harm is None else (harm.kind, None, number.last, harm.reason)


def _noun(number: _Number, tokens: Sequence[_Token], taken: set[int]) -> int | None:
    """The word behind a number that says what is counted."""
    at = number.last + 1
    for i in range(at, min(len(tokens), at + _REACH)):
        token = tokens[i]
        if token.stop or i in taken or token.text.casefold() in _BREAKS:
            return None
        if token.is_("person", "thing", "harm", "currency", "share"):
            # "six ballistic missiles", "45 killed": the word itself; "three wounded soldiers": those who were wounded
            return i
    return None


def _harm_after(noun: int, tokens: Sequence[_Token], taken: set[int]) -> _Row | None:
    """ "45 people [...] were killed", in the same clause and before the next number."""
    for i in range(noun + 1, min(len(tokens), noun + _FAR)):
        if tokens[i].stop or i in taken:
            return None
        if tokens[i].is_("harm"):
            passive = any(t.text.casefold() in _BEEN for t in tokens[max(noun, i - 3) : i])
            row = tokens[i].row
            assert row is not None
            bare = tokens[i].text.casefold() in _BARE
            return row if passive or bare or i == noun + 1 else None
    return None


_BEEN = frozenset({"was", "were", "been", "be", "being", "are", "is", "reported", "left", "feared"})
_BARE = frozenset({"died", "dead", "perished", "fled", "missing"})


def _harm_before(first: int, tokens: Sequence[_Token], taken: set[int]) -> _Row | None:
    """ "killed [at least] 45", "the death toll rose to 45", "killing 45 and wounding 80"."""
    for i in range(first - 1, max(-1, first - 1 - _REACH), -1):
        token = tokens[i]
        if token.stop or i in taken:
            return None
        if token.row is not None and token.is_("harm"):
            word = token.text.casefold()
            passive = i > 0 and tokens[i - 1].text.casefold() in _BEEN
            tells = word.endswith(_ACTIVE) or word in ("death toll", "shot dead", "fatalities")
            return (
                token.row if tells and not passive and (i == first - 1 or _leads(tokens[i + 1 : first], word)) else None
            )
    return None


def _leads(between: Sequence[_Token], word: str) -> bool:
    """Whether the words between what happened and a number lead from the one to the other."""
    return word == "death toll" or all(t.text.casefold() in _JOINS for t in between)


def near(quantities: Iterable[Quantity], triggers: Sequence[tuple[str, Span]]) -> dict[str, list[Quantity]]:
    """Event id -> the quantities of its sentence that stand nearest to its trigger among all events there."""
    found: dict[str, list[Quantity]] = {}
    for quantity in quantities:

        def apart(item: tuple[str, Span], at: Quantity = quantity) -> tuple[int, int, str]:
            id_, trigger = item
            return max(at.start - trigger.end, trigger.start - at.end, 0), trigger.start, id_

        if triggers:
            found.setdefault(min(triggers, key=apart)[0], []).append(quantity)
    return found


def differ(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers of one kind cannot both be right, estimates taken with a tenth of tolerance."""
    slack = _ABOUT if one.about or other.about else 0.0
    return _below(one, other, slack) or _below(other, one, slack)


def _below(one: Quantity, other: Quantity, slack: float) -> bool:
    if one.most is None or other.least is None:
        return False
    return one.most * (1 + slack) < other.least
