"""Time expressions as half-open intervals of ISO days, without a parse.

A text becomes one letter a token ("on Tuesday, Jan. 31, 2023" reads `_W,Md,Y`); one bounded regular expression over
these letters finds the expressions, and each is resolved in text order against the publication date ("news") or the
date mentioned last ("narrative"). No pattern repeats without bound, so the cost grows with the length of the text.
Words come from `data/lang/en/dates.toml`. Values follow TIMEX3 (Pustejovsky et al. 2003), ranges as in GUM.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from communique.codebook import Codebook
from communique.model import Anchor, When

__all__ = ["DateStation"]

Tense = Callable[[int], bool | None]

_DAY = timedelta(days=1)
_YEARS = range(1000, 2101)
_NEWS, _NARRATIVE = "news", "narrative"

# ---- letters of tokens

_LETTERS = {
    "the": "t", "article": "a", "of": "o", "in": "I", "and": "&", "to": ">", "until": "<", "since": "+", "from": "r",
    "between": "b", "before": "B", "after": "G", "last": "l", "past": "p", "previous": "v", "next": "x",
    "following": "f", "coming": "c", "this": "i", "current": "k", "that": "j", "same": "s", "earlier": "E",
    "later": "R", "previously": "P", "ago": "g", "vague": "q", "half": "h", "fiscal": "$", "about": "A",
    "every": "*", "old": "0",
}  # fmt: skip
_VALUED = {
    "references": "X", "months": "M", "month_abbreviations": "M", "weekdays": "W", "weekday_abbreviations": "w",
    "seasons": "S", "season_verbs": "F", "units": "u", "units_plural": "U", "parts_of_day": "T", "numbers": "N",
    "ordinals": "O", "decades": "9", "days": "D", "parts": "y", "part_nouns": "Z", "sets": "V",
}  # fmt: skip
_MARKS = {",": ",", ".": ".", "/": "/", "(": "(", ")": ")", "-": "-", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"}
_CURRENCY = frozenset("$€£¥₹₽₩#№%")
_WRAPPED = 45
_AMBIGUOUS_MONTHS = frozenset({"may", "march"})

# ---- patterns over letters

_NUM = r"(?:a?q|ha?|a|[dnY#]|O|N(?:-?N){0,3}(?:&a?h)?)"
_PRE = r"(?:t?y-?|t?Zo|[yER]I|[ER])"
_SLICE = rf"(?:t?[lO](?:{_NUM}-?)?|t)[uU]o"
_ENDED = r"(?:[dnY](?:[->&][dnY])?@|@[dnY])"
_WHICH = r"(?:[ti]?[lpvxfck]|i|j?s|ts|j)"
_REL = rf"(?:{_WHICH}u)"
_OF_YEAR = rf"(?:,?o?Y|,?o{_REL}|{_REL})"
_DAYS = r"(?:(?:,t?[dO]){0,3},?&t?[dO]|[-></]t?[dO])"
_MANY = rf"(?:A{{0,3}}{_NUM}-?[uU]|U)"
_GRAMMAR = re.compile(
    rf"""(?P<iso>K|J)
    | (?P<turn>t?u[BG][Dxl])
    | (?P<distance>{_MANY}(?:g|[ERBGP]))
    | (?P<recurrent>\*(?:{_NUM}[uU]|[uUWT])|aWT?|V)
    | (?P<pre>{_SLICE}|{_PRE})?(?:
        (?P<days_month>(?:[lxi]?[Ww],?)?t?[dO]{_DAYS}o?[Mm]{_OF_YEAR}?)
      | (?P<month_days>(?:[lxi]?[Ww],?)?[Mm]t?[dO]{_DAYS}(?![Mm]|-?[uU]){_OF_YEAR}?)
      | (?P<date>[lxij]?(?:[Ww],?T?,?)?(?:[Mm]t?[dO](?!-?[uU]){_OF_YEAR}?|t?[dO]o?[Mm]{_OF_YEAR}?)(?:T(?!o))?)
      | (?P<weekday>{_WHICH}?W(?:(?:,?o)?{_REL}|T)?)
      | (?P<era>(?:t?[SF]o?|t?[dO]?[Mm]o?)?{_ENDED}|t?z@|t?O-?u@)
      | (?P<quarter>t?O-?[$]?u(?:o?t?(?:[$]?u?Y|{_WHICH}?[$]?u))?|t?Oh(?:ot?[$]?u?Y|o{_WHICH}?t?u)|4Y?|Y4)
      | (?P<season>t?[SF](?:o?Y(?:[-/][dnY])?|(?:,?o)?{_REL}|,Y)|t?Y[SF]|{_WHICH}?t?[SF])
      | (?P<month>{_WHICH}?[Mm]{_OF_YEAR}?)
      | (?P<phrase>{_WHICH}?H(?:{_OF_YEAR}|T)?)
      | (?P<fiscal>t?[$]u?Y(?:[-/][dnY])?|5(?:[-/][dnY])?)
      | (?P<years>(?:t?[uU])?Y[-/][dn](?![-/\d]))
      | (?P<year>(?:t?[uU])?Y)
      | (?P<decade>t?z|t9)
      | (?P<relative>{_REL}|iU|t?u[BGf](?!-)|u'?-?Z)
      | (?P<day>D(?:T)?|[lij]T|t?[xf]T)
      )
    | (?P<extent>[ti]?[lpxfcv](?:A?{_NUM}-?[uU]|U)|t?A?{_NUM}[pvf]U)
    | (?P<within>{_PRE}tu)
    | (?P<weekend>tu)
    | (?P<nth>tO(?![-_^uUOhqMm&NdnaSTFZ0]))
    | (?P<duration>{_MANY}(?:-?0)?)
    | (?P<clock>C)
    | (?P<reference>X)""",
    re.VERBOSE,
)

_WORD = r"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*"
_LEX = r"""
    (?P<iso>\d{{4}}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z?)?(?![\d-]))
  | (?P<slash>\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d\d)(?![\d/]))
  | (?P<dotted>\d{{1,2}}\.\d{{1,2}}\.\d{{4}}(?!\d))
  | (?P<clock>\d{{1,2}}:\d\d(?::\d\d)?(?!\d)(?:\ ?(?i:[ap]\.?m)\b\.?)?|\d{{1,2}}\ ?(?i:[ap]\.?m)\b\.?)
  | (?P<phrase>(?i:{phrases})(?!\w))
  | (?P<decade>(?:\d{{3}}0|['’]?\d0)['’]?s\b)
  | (?P<ordinal>\d{{1,2}}(?:st|nd|rd|th)\b)
  | (?P<short>(?<!\w)['’]\d\d(?!\w))
  | (?P<quantity>\d{{1,3}}(?:,\d{{3}})++(?:\.\d++)?|\d++\.\d++)
  | (?P<number>\d++)
  | (?P<half>[QH][1-4](?!\w))
  | (?P<fiscal>FY\ ?['’]?(?:\d{{4}}|\d\d)(?!\w))
  | (?P<era>(?:B\.C\.E\.|B\.C\.?|BCE|BC|A\.D\.|AD|CE)(?!\w))
  | (?P<abbreviation>(?:{abbreviations})\.)
  | (?P<possessive>['’]s\b)
  | (?P<word>{word})
  | (?P<break>\n[^\S\n]*\n\s*|\n)
  | (?P<mark>[^\w\s])
"""


@dataclass(slots=True)
class _Tokens:
    """The tokens of a text: where they stand, their letters, and what they stand for."""

    text: str
    starts: list[int]
    ends: list[int]
    values: list[Any]
    letters: str
    context: dict[str, frozenset[str]]

    def word(self, i: int) -> str:
        """The token in lower case, "" outside the text."""
        return self.text[self.starts[i] : self.ends[i]].lower() if 0 <= i < len(self.starts) else ""

    def letter(self, i: int) -> str:
        return self.letters[i] if 0 <= i < len(self.letters) else "|"


@dataclass(frozen=True, slots=True)
class _Extent:
    """Days from `first` until `until` (exclusive), either open where `None`; `value` as TIMEX3 writes it."""

    first: date | None
    until: date | None
    grain: str
    value: str
    kind: str = "DATE"


@dataclass(frozen=True, slots=True)
class _Found:
    """One expression: tokens `i` to `j` (exclusive), the rule that read it, what it comes to (`None`: unknown)."""

    i: int
    j: int
    rule: str
    extent: _Extent | None
    dated: bool


# ---- calendar


def _day(day: date) -> _Extent:
    return _Extent(day, day + _DAY, "day", day.isoformat())


def _week(day: date) -> _Extent:
    first = day - timedelta(days=day.weekday())
    year, week, _ = first.isocalendar()
    return _Extent(first, first + timedelta(days=7), "week", f"{year:04d}-W{week:02d}")


def _weekend(day: date) -> _Extent:
    week = _week(day)
    assert week.first is not None
    return _Extent(week.first + timedelta(days=5), week.until, "period", f"{week.value}-WE")


def _months(year: int, month: int, count: int, grain: str, value: str) -> _Extent:
    """`count` months from a month on; `month` may lie outside 1 to 12."""
    return _Extent(_first_of(year * 12 + month - 1), _first_of(year * 12 + month - 1 + count), grain, value)


def _first_of(index: int) -> date:
    """The first day of the month with this index (year times 12, plus month less one)."""
    return date(index // 12, index % 12 + 1, 1)


def _month(year: int, month: int) -> _Extent:
    index = year * 12 + month - 1
    return _months(year, month, 1, "month", f"{index // 12:04d}-{index % 12 + 1:02d}")


def _quarter(year: int, quarter: int) -> _Extent:
    index = year * 4 + quarter - 1
    return _months(index // 4, index % 4 * 3 + 1, 3, "quarter", f"{index // 4:04d}-Q{index % 4 + 1}")


def _season(year: int, month: int) -> _Extent:
    return _months(year, month, 3, "season", f"{year:04d}-{_SEASON_CODES[month]}")


_SEASON_CODES = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}


def _year(year: int) -> _Extent:
    return _months(year, 1, 12, "year", f"{year:04d}")


def _decade(year: int) -> _Extent:
    first = year - year % 10
    return _months(first, 1, 120, "decade", f"{first // 10:03d}")


def _century(year: int) -> _Extent:
    first = year - year % 100
    return _months(first, 1, 1200, "century", f"{first // 100:02d}")


def _of_unit(unit: str, day: date, steps: int) -> _Extent | None:
    """The unit that holds `day`, moved by whole units."""
    if unit == "day":
        return _day(day + steps * _DAY)
    if unit in ("week", "fortnight"):
        return _week(day + timedelta(weeks=steps * (2 if unit == "fortnight" else 1)))
    if unit == "weekend":
        return _weekend(day + timedelta(weeks=steps))
    if unit == "month":
        return _month(day.year, day.month + steps)
    if unit == "quarter":
        return _quarter(day.year, (day.month - 1) // 3 + 1 + steps)
    years = {"year": (_year, 1), "decade": (_decade, 10), "century": (_century, 100)}.get(unit)
    return years[0](day.year + steps * years[1]) if years else None


_CLOCK_UNITS = frozenset({"hour", "minute", "second"})
_SMALLER = {
    "century": ("decade", 10),
    "decade": ("year", 10),
    "year": ("month", 12),
    "week": ("day", 7),
    "month": ("day", 30),
}


def _whole(unit: str, count: float) -> tuple[str, float]:
    """Half a century as five decades, a decade as ten years: the unit a person means."""
    while unit in _SMALLER and (count != int(count) or unit == "century" or (unit == "decade" and count == 1)):
        unit, count = _SMALLER[unit][0], count * _SMALLER[unit][1]
    return unit, count


_SIZES = {"day": 1, "weekend": 2, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "season": 91, "period": 100}
_SIZES |= {"year": 365, "decade": 3652, "century": 36524}
_SHARES = {"early": (0, 1, 3), "start": (0, 1, 3), "mid": (1, 2, 3), "late": (2, 3, 3), "end": (2, 3, 3)}


def _part(extent: _Extent, part: str | None) -> _Extent:
    """Early, middle or late third of a time; the end of a year is its last month."""
    if part not in _SHARES or extent.first is None or extent.until is None or extent.grain == "day":
        return extent
    if part == "end" and extent.grain == "year":
        return replace(extent, first=date(extent.first.year, 12, 1), grain="period")
    low, high, of = _SHARES[part]
    if extent.grain in ("year", "season", "quarter", "decade", "century"):
        base = extent.first.year * 12 + extent.first.month - 1
        count = extent.until.year * 12 + extent.until.month - 1 - base
        first, until = _first_of(base + count * low // of), _first_of(base + count * high // of)
    else:
        days = (extent.until - extent.first).days
        first = extent.first + timedelta(days=days // of * low)
        until = extent.until if high == of else extent.first + timedelta(days=days // of * high)
    return replace(extent, first=first, until=until, grain="period")


def _cut(extent: _Extent, part: _Slice) -> _Extent:
    """Some whole units from either end of a time, or the week that holds its first day."""
    first, until = extent.first, extent.until
    if first is None or until is None or part.unit in _CLOCK_UNITS:
        return extent
    if part.nth == 0:
        week = _week(first)
        return replace(week, value=extent.value) if part.unit == "week" and extent.grain == "day" else extent
    if part.unit == "quarter" and extent.grain == "year" and part.count == 1:
        return _quarter(first.year, part.nth if part.nth > 0 else 4)
    if part.nth < 0:
        start, end = _moved(until, part.unit, -part.count), until
    else:
        start = _moved(first, part.unit, part.nth - 1)
        end = _moved(start, part.unit, part.count)
    if not first <= start < end <= until:
        return extent
    value = extent.value if extent.grain == "day" else f"{start.isoformat()}/{(end - _DAY).isoformat()}"
    return replace(extent, first=start, until=end, grain=part.unit if part.count == 1 else "period", value=value)


def _easter(year: int) -> date:
    """Easter Sunday, Gregorian (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    w = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * w) // 451
    return date(year, (h + w - 7 * m + 114) // 31, (h + w - 7 * m + 114) % 31 + 1)


def _feast(rule: str, year: int) -> date:
    """The day of a feast in a year, by its row in `[phrases]`."""
    if re.fullmatch(r"\d\d-\d\d", rule):
        return date(year, int(rule[:2]), int(rule[3:]))
    if rule.startswith("easter"):
        return _easter(year) + int(rule.split()[1]) * _DAY
    month, nth, weekday = (int(n) for n in rule.split())
    if nth < 0:
        last = date(year, month, monthrange(year, month)[1])
        return last - (last.isoweekday() - weekday) % 7 * _DAY
    first = date(year, month, 1)
    return first + ((weekday - first.isoweekday()) % 7 + 7 * (nth - 1)) * _DAY


# ---- reading tokens


@dataclass(frozen=True, slots=True)
class _Slice:
    """ "The first two weeks of", "the last day of", "the week of": `nth` is -1 for the last, 0 for "the"."""

    nth: int
    count: int
    unit: str


@dataclass(slots=True)
class _Spec:
    """What an expression says, before it is resolved; `items` are the (token, token, day) of each listed day."""

    rule: str
    i: int
    j: int
    year: int | None = None
    year_end: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    season: int | None = None
    decade: int | None = None
    nth: int | None = None
    unit: str | None = None
    which: str = ""
    part: str | None = None
    time: str | None = None
    offset: int | None = None
    phrase: str | None = None
    count: float | None = None
    vague: bool = False
    back: bool = False
    era: str | None = None
    value: str | None = None
    items: tuple[tuple[int, int, int], ...] = ()
    slice: _Slice | None = None


class _Lexicon:
    """The words of `dates.toml`, as letters and values, and the expression that cuts a text into tokens."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self.words: dict[str, tuple[str, Any]] = {}
        for name, letter in _VALUED.items():
            self.words.update({word: (letter, value) for word, value in tables[name].items()})
        for name, letter in _LETTERS.items():
            self.words.update(dict.fromkeys(tables["words"][name], (letter, None)))
        self.capital = {*tables["month_abbreviations"], *tables["weekday_abbreviations"]}
        self.phrases: dict[str, str] = tables["phrases"]
        self.counted = frozenset(tables["not_dates"]["counted"])
        self.counting = frozenset(tables["not_dates"]["counting"])
        self.names_before = frozenset(tables["not_dates"]["names_before"])
        self.names_behind = frozenset(tables["not_dates"]["names_behind"])
        self.before = {name: frozenset(words) for name, words in tables["beside"].items()}
        self.tense = {name: frozenset(words) for name, words in tables["tense"].items()}
        phrases = "|".join(_literal(p) for p in sorted(self.phrases, key=len, reverse=True))
        shorts = "|".join(sorted((w.title() for w in self.capital), key=len, reverse=True))
        self.lex = re.compile(_LEX.format(phrases=phrases, abbreviations=shorts, word=_WORD), re.VERBOSE)

    def tokens(self, text: str) -> _Tokens:
        """The text as tokens."""
        starts: list[int] = []
        ends: list[int] = []
        values: list[Any] = []
        letters: list[str] = []
        for match in self.lex.finditer(text):
            letter, value = self._letter(match.lastgroup or "", match.group(), match)
            if letter:
                starts.append(match.start())
                ends.append(match.end())
                values.append(value)
                letters.append(letter)
        found = _Tokens(text, starts, ends, values, "", self.before)
        self._mend(found, letters)
        found.letters = "".join(letters)
        return found

    def _letter(self, kind: str, form: str, match: re.Match[str]) -> tuple[str, Any]:
        if kind == "word":
            return self._word(form)
        if kind == "mark" and form in "[]":
            return "", None
        if kind == "mark":
            return _MARKS.get(form, "%" if form in _CURRENCY else ";"), None
        if kind == "number":
            return _number(form)
        if kind == "break":
            return ("|", None) if form.count("\n") > 1 or _short_line(match) else ("", None)
        return _LEXED[kind](form.lower() if kind == "phrase" else form, self)

    def _word(self, form: str) -> tuple[str, Any]:
        low = form.lower()
        letter, value = self.words.get(low, ("_", None))
        if letter == "_":
            return ("_" if form[0].islower() else "^"), None
        if form[0].islower() and (low in self.capital or low in _AMBIGUOUS_MONTHS):
            return "_", None
        if low in _AMBIGUOUS_MONTHS:
            return "m", value
        return letter, value

    def _mend(self, tokens: _Tokens, letters: list[str]) -> None:
        """Numbers that are counts, parts of other words or of sums of money, and weekdays in names."""
        last = len(letters) - 1
        for k, letter in enumerate(letters):
            if letter in "dnY":
                glued = (k and tokens.ends[k - 1] == tokens.starts[k] and letters[k - 1] in "_^dnY%") or (
                    k < last and tokens.ends[k] == tokens.starts[k + 1] and letters[k + 1] in "_^%"
                )
                if glued or (k and letters[k - 1] == "%"):
                    letters[k] = "%"
                elif k < last and (letters[k + 1] == "%" or self._counts(tokens, letters, k)):
                    letters[k] = "#"
                elif letter == "Y" and k and tokens.word(k - 1) in self.counting:
                    letters[k] = "Y" if "".join(letters[k + 1 : k + 3]) in ("-Y", ">Y") else "n"
            elif letter in "WSF" and (
                (k and tokens.word(k - 1) in self.names_before) or tokens.word(k + 1) in self.names_behind
            ):
                letters[k] = "^"

    def _counts(self, tokens: _Tokens, letters: list[str], k: int) -> bool:
        """Whether this number counts what follows: "2000 troops", "of 1650 pupils", "a 2000 year old wall"."""
        behind = tokens.word(k + 1)
        if behind in self.counted:
            return True
        if letters[k] != "Y":
            return False
        many = (behind.endswith("s") and len(behind) > 4) or behind.endswith(("children", "people"))
        of_many = k > 0 and letters[k - 1] == "o" and letters[k + 1] == "_" and many and tokens.values[k] < 1900
        of_many = of_many and (k < 2 or letters[k - 2] not in "SFMmZyu")
        units = "".join(letters[k + 1 : k + 3])
        return of_many or units[0] == "U" or units in ("-u", "u0")


def _literal(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", r"[ \n]").replace("'", "['’]").replace(" ", r"\ ")


def _short_line(match: re.Match[str]) -> bool:
    """Whether the line that ends here is too short to have been wrapped."""
    end = match.start()
    return end < _WRAPPED or match.string.rfind("\n", end - _WRAPPED, end) >= 0


def _number(form: str) -> tuple[str, Any]:
    if len(form) > 4:
        return "#", None
    value = int(form)
    if len(form) == 4:
        return ("Y" if value in _YEARS else "n"), value
    return ("d" if len(form) < 3 and 1 <= value <= 31 else "n"), value


def _slash(form: str, _: _Lexicon) -> tuple[str, Any]:
    """Month first, as in the United States, unless that is no month."""
    month, day, year = (int(n) for n in form.split("/"))
    if month > 12:
        month, day = day, month
    try:
        return "J", date(year if year > 99 else _full_year(year), month, day)
    except ValueError:
        return ";", None


def _dotted(form: str, _: _Lexicon) -> tuple[str, Any]:
    """Day first, as on the European continent."""
    day, month, year = (int(n) for n in form.split("."))
    try:
        return "J", date(year, month, day)
    except ValueError:
        return ";", None


def _full_year(short: int) -> int:
    """The year that two digits stand for: 1930 to 2029."""
    return short + (1900 if short >= 30 else 2000)


def _iso(form: str, _: _Lexicon) -> tuple[str, Any]:
    try:
        return "K", date.fromisoformat(form[:10])
    except ValueError:
        return ";", None


def _digits(form: str) -> int:
    return int(re.sub(r"\D", "", form))


def _decade_of(form: str) -> int:
    value = _digits(form)
    return value if value > 99 else _full_year(value)


def _quantity(form: str, _: _Lexicon) -> tuple[str, Any]:
    return "#", float(form.replace(",", ""))


_LEXED: dict[str, Callable[[str, _Lexicon], tuple[str, Any]]] = {
    "iso": _iso,
    "slash": _slash,
    "dotted": _dotted,
    "clock": lambda form, _: ("C", form),
    "phrase": lambda form, lexicon: ("H", lexicon.phrases[re.sub(r"\s", " ", form).replace("’", "'")]),
    "decade": lambda form, _: ("z", _decade_of(form)),
    "ordinal": lambda form, _: ("O", _digits(form)),
    "short": lambda form, _: ("Y", _full_year(_digits(form))),
    "quantity": _quantity,
    "half": lambda form, _: ("4", form),
    "fiscal": lambda form, _: ("5", _digits(form) if _digits(form) > 99 else _full_year(_digits(form))),
    "era": lambda form, _: ("@", "BC" if form.startswith("B") else "AD"),
    "abbreviation": lambda form, lexicon: lexicon.words[form[:-1].lower()],
    "possessive": lambda form, _: ("'", None),
}


def _read(tokens: _Tokens, match: re.Match[str]) -> _Spec:
    """An expression as a spec: each letter fills its field."""
    rule, (i, j) = match.lastgroup or "", match.span()
    spec = _Spec(rule, i, j)
    days: list[tuple[int, int]] = []
    core = i
    if match["pre"] and match["pre"][-2:] in ("uo", "Uo"):
        core = match.end("pre")
        spec.slice = _read_slice(tokens, i, core)
    for k in range(core, j):
        letter, value = tokens.letters[k], tokens.values[k]
        if letter in _FIELDS:
            field = _FIELDS[letter]
            if getattr(spec, field) is None:
                setattr(spec, field, value)
            elif letter == "Y":
                spec.year_end = value
        elif letter in "lpvxfckijs":
            spec.which += letter
        elif letter in "ER" and rule != "distance":
            spec.part = {"E": "earlier", "R": "later"}[letter]
        elif letter in "gEBP" and rule == "distance":
            spec.back = True
        if letter in "dO":
            days.append((k, value))
    _list_days(spec, tokens, days)
    if rule == "relative" and tokens.letters[j - 1] in "BG" and spec.unit == "weekend" and tokens.letter(i) == "t":
        spec.rule, spec.j = "weekend", j - 1
    return spec


_FIELDS = {
    "Y": "year", "5": "year", "M": "month", "m": "month", "W": "weekday", "w": "weekday", "S": "season", "F": "season",
    "z": "decade", "9": "decade", "u": "unit", "U": "unit", "y": "part", "Z": "part", "T": "time",
    "D": "offset", "H": "phrase", "@": "era", "K": "value", "J": "value", "V": "value", "X": "value", "C": "value",
    "4": "value",
}  # fmt: skip


def _read_slice(tokens: _Tokens, i: int, j: int) -> _Slice:
    letters = tokens.letters[i:j].lstrip("t")
    start = j - len(letters)
    nth = -1 if letters[0] == "l" else tokens.values[start] if letters[0] == "O" else 0
    count, vague = _count(tokens, start + 1, j - 2)
    return _Slice(nth, 1 if vague or not count else round(count), tokens.values[j - 2])


def _list_days(spec: _Spec, tokens: _Tokens, days: list[tuple[int, int]]) -> None:
    if days:
        spec.nth = spec.day = days[0][1]
    if spec.rule in ("month_days", "days_month"):
        cuts = [k for k, _ in days]
        begins = [spec.i, *cuts[1:]]
        stops = [k + 1 for k in cuts[:-1]] + [spec.j]
        spec.items = tuple((b, s, d) for b, s, (_, d) in zip(begins, stops, days, strict=True))


def _count(tokens: _Tokens, i: int, j: int) -> tuple[float | None, bool]:
    """The number before the unit in these tokens, and whether it is vague ("a few")."""
    total, tail, seen = 0.0, 0.0, False
    for k in range(i, j):
        letter, value = tokens.letters[k], tokens.values[k]
        if letter == "q":
            return None, True
        if letter == "h":
            tail += 0.5
            seen = True
        elif letter == "N":
            total = (total or 1) * value if value in (12, 100, 1000) and seen else total + value
            seen = True
        elif letter in "dnYO#" and value is not None:
            total, seen = total + value, True
    if not seen:
        return (1.0, False) if "a" in tokens.letters[i:j] else (None, True)
    return total + tail, False


# ---- resolving


_HEAD = 4  # tokens before a year that heads its sentence
_SOON = 45  # days within which a day of the year is meant, whatever the tense
_NEW_YEAR = 8  # months back that mean the next year: "in December ... In January"
_CUES = 25  # tokens before a date in which a verb may tell its tense
_JOINS = frozenset("->&<,/")


class _Resolver:
    """Resolves the expressions of one text in order; `mentioned` is the date spoken of last."""

    def __init__(self, lexicon: _Lexicon, tokens: _Tokens, anchor: date | None, mode: str, past: Tense | None) -> None:
        self.lexicon = lexicon
        self.tokens = tokens
        self.anchor = anchor
        self.narrative = mode == _NARRATIVE
        self.past = past
        self.mentioned: _Extent | None = None
        self._fine: _Extent | None = None
        self._day_said: _Extent | None = None
        self._story: _Extent | None = None
        self._antique = False
        self._explicit: tuple[int, _Extent] | None = None
        self._implicit: tuple[int, date] | None = None
        self._last: int | None = None

    def all(self, specs: list[_Spec]) -> list[_Found]:
        """Every expression resolved; listed days come as one found each."""
        found: list[_Found] = []
        for n in reversed(range(len(specs))):
            self._share_year(specs, n)
        steps = iter(range(len(specs)))
        for n in steps:
            spec = specs[n]
            if self._measured(spec, specs[n + 1] if n + 1 < len(specs) else None):
                next(steps)
                found.append(self._from_date(spec, specs[n + 1]))
                continue
            for item in self._items(spec):
                extent = self._try(item)
                self._antique = item.era == "BC" or (self._antique and item.year is None)
                found.append(_Found(item.i, item.j, item.rule, extent, item.rule not in _UNDATED))
                self._remember(item, extent)
        return found

    def _remember(self, item: _Spec, extent: _Extent | None) -> None:
        if item.rule not in _UNDATED and extent is not None and item.rule != "extent":
            self.mentioned = extent
            self._note(item, extent)

    def _measured(self, spec: _Spec, date_: _Spec | None) -> bool:
        """ "Three weeks after 9 May", "the day before Christmas": counted from the date that stands right behind."""
        if spec.rule not in ("distance", "relative") or self.tokens.letters[spec.j - 1] not in "BG" or date_ is None:
            return False
        known = self._steps(spec) is not None and spec.unit not in _CLOCK_UNITS
        return date_.i == spec.j and date_.rule not in _UNDATED and not date_.items and known

    def _steps(self, spec: _Spec) -> float | None:
        return 1 if spec.rule == "relative" else _count(self.tokens, spec.i, spec.j)[0]

    def _from_date(self, spec: _Spec, date_: _Spec) -> _Found:
        base = self._try(date_)
        unit, count = _whole(spec.unit or "day", self._steps(spec) or 0)
        steps = round(count) * (-1 if self.tokens.letters[spec.j - 1] == "B" else 1)
        first = base.first if base is not None and _SIZES[base.grain] <= _SIZES.get(unit, 0) else None
        extent = None if first is None else _safely(lambda: _of_unit(unit, first, steps))
        self._remember(date_, extent)
        return _Found(spec.i, date_.j, "distance", extent, True)

    def _note(self, spec: _Spec, extent: _Extent) -> None:
        self._last = spec.j
        if _SIZES[extent.grain] <= _SIZES["period"] and extent.first is not None:
            self._fine = extent
        if extent.grain == "day":
            self._day_said = extent
        if extent.first is not None and (extent.grain != "year" or self._sets_scene(spec)):
            self._story = extent
        if spec.year is not None and spec.month is not None:
            self._explicit = (spec.j, extent)
        elif spec.month is not None and extent.first is not None:
            self._implicit = (spec.j, extent.first)

    def _sets_scene(self, spec: _Spec) -> bool:
        """Whether a year heads its sentence or is a heading: one named in passing does not move the story."""
        heading = self.tokens.letter(spec.i - 1) == "|" and self.tokens.letter(spec.j) == "|"
        return self._story is None or heading or spec.i - self.sentence(spec.i) <= _HEAD

    def _items(self, spec: _Spec) -> Iterator[_Spec]:
        if spec.rule == "years" and spec.year is not None:
            yield from self._two_years(spec)
        elif spec.rule == "era" and re.fullmatch("[dnY].[dnY]@", self.tokens.letters[spec.i : spec.j]):
            yield replace(spec, j=spec.i + 1, year=None)
            yield replace(spec, i=spec.i + 2, year=None)
        elif spec.items:
            for i, j, day in spec.items:
                yield replace(spec, i=i, j=j, day=day, items=())
        else:
            yield spec

    def _two_years(self, spec: _Spec) -> Iterator[_Spec]:
        """ "1926-27" as two years; a number that is no later year is left aside."""
        last = self.tokens.values[spec.j - 1]
        year = spec.year or 0
        yield replace(spec, rule="year", j=spec.j - 2)
        if len(self.tokens.word(spec.j - 1)) == 2 and year % 100 < last:
            yield replace(spec, rule="year", i=spec.j - 1, year=year - year % 100 + last, part=None)

    def _share_year(self, specs: list[_Spec], n: int) -> None:
        """ "in January and February 1937": the year said once holds for both."""
        spec = specs[n]
        if spec.month is None and spec.season is None:
            return
        if spec.year is not None or "u" in self.tokens.letters[spec.i : spec.j] or spec.which:
            return
        for other, order in ((n + 1, 1), (n - 1, -1)):
            if 0 <= other < len(specs) and self._joined(specs[min(n, other)], specs[max(n, other)]):
                near = specs[other]
                if near.year is not None and near.month is not None and near.era is None:
                    wraps = spec.month is not None and (spec.month - near.month) * order > 0
                    spec.year = near.year - (order if wraps else 0)
                    return

    def _joined(self, one: _Spec, two: _Spec) -> bool:
        between = self.tokens.letters[one.j : two.i].replace("t", "").replace("I", "")
        if between == ",":
            return one.rule == two.rule == "month"
        return len(between) in (1, 2) and between[-1] in _JOINS and between[0] in _JOINS

    def _try(self, spec: _Spec) -> _Extent | None:
        extent: _Extent | None = _safely(lambda: getattr(self, f"_{spec.rule}")(spec))
        if extent is not None and spec.slice is not None:
            return _cut(extent, spec.slice)
        if extent is None or spec.part is None:
            return extent
        if spec.part == "end" and spec.rule in ("within", "relative") and not self.narrative and extent.until:
            extent = replace(extent, value=(extent.until - _DAY).isoformat())
        return self._within_part(extent, spec.part) if spec.part in ("earlier", "later") else _part(extent, spec.part)

    def _within_part(self, extent: _Extent, part: str) -> _Extent:
        """ "Later this month": from the anchor on; "earlier that year": up to the date mentioned."""
        at = self.anchor if not self.narrative else None
        if at is None or extent.first is None or extent.until is None or not extent.first <= at < extent.until:
            return extent
        if part == "later":
            return replace(extent, first=at, grain="period")
        return replace(extent, until=at + _DAY, grain="period")

    # -- what an expression counts from

    def _base(self, mentioned: bool, size: int = 0) -> date | None:
        """The day counted from: the date mentioned last where the words or the mode say so, else the anchor.
        `None` where that date is coarser than the unit of `size` days, or before Christ."""
        if self._antique and (mentioned or self.narrative):
            return None
        said = self._fine if 0 < size < _SIZES["year"] else self.mentioned
        if (mentioned or self.narrative) and said is not None and said.first is not None:
            return said.first if _SIZES[said.grain] <= size or not size else None
        return None if mentioned and not self.narrative else self.anchor

    # -- rules

    def _iso(self, spec: _Spec) -> _Extent | None:
        return _day(self.tokens.values[spec.i])

    def _days_month(self, spec: _Spec) -> _Extent | None:
        return self._date(spec)

    _month_days = _days_month

    def _date(self, spec: _Spec) -> _Extent | None:
        month, day = spec.month, spec.day
        if month is None or day is None:
            return None
        year = self._said_year(spec)
        if year is None:
            return self._timed(self._implied(spec, lambda y: _day(date(y, month, day))), spec)
        return self._timed(_day(date(year, month, day)), spec)

    def _timed(self, extent: _Extent | None, spec: _Spec) -> _Extent | None:
        if extent is None or spec.time is None:
            return extent
        return replace(extent, value=f"{extent.value}T{spec.time}", kind="TIME")

    def _said_year(self, spec: _Spec) -> int | None:
        """The year given as a number or as "last year", `None` where none is given."""
        if spec.year is not None:
            return spec.year
        if spec.unit == "year":
            year = self._relative(replace(spec, part=None))
            return year.first.year if year and year.first else None
        return None

    def _implied(self, spec: _Spec, make: Callable[[int], _Extent]) -> _Extent | None:
        """The year of a date without one: that of the date mentioned last, or the nearest that fits the tense."""
        base = self._base(set(spec.which) & set("jsf") != set())
        if base is None:
            return None
        choices = [extent for year in range(base.year - 1, base.year + 2) if (extent := _make(make, year))]
        choices = choices or [e for year in range(base.year - 4, base.year + 5) if (e := _make(make, year))]
        if spec.which:
            return self._chosen(spec.which, choices, base)
        if self.narrative:
            return self._told(spec, make, base)
        began = self._began(spec)
        if began is not None:
            return min((c for c in choices if c.first and c.first >= began), key=_first, default=None)
        past = self.tense(spec)
        if past is None and self._implicit is not None and self._implicit[0] >= self.sentence(spec.i):
            before = self._implicit[1]
            return min((c for c in choices if c.first and c.first >= before), key=_first, default=None)
        said = self._just_said(spec, past)
        if said is not None and (extent := _make(make, said.year)) and extent.first and extent.first >= said:
            return extent
        return _fitting(choices, base, past)

    def _began(self, spec: _Spec) -> date | None:
        """The first end of the range that this date closes."""
        if self._last is None or self.mentioned is None:
            return None
        between = self.tokens.letters[self._last : spec.i].rstrip("t")
        return self.mentioned.first if between in ("-", ">", "<") else None

    def _told(self, spec: _Spec, make: Callable[[int], _Extent], base: date) -> _Extent | None:
        """A date of the story without its year: the year reached, or the next where the months began anew."""
        at = self._story.first if self._story is not None and self._story.first is not None else base
        anew = (
            spec.month is not None
            and self._story is not None
            and self._story.grain not in ("year", "decade", "century")
        )
        return _make(make, at.year + (anew and at.month - (spec.month or 12) >= _NEW_YEAR))

    def _chosen(self, which: str, choices: list[_Extent], base: date) -> _Extent | None:
        """ "Last July": the latest that was over; "next": the first to come; "this", "that": the nearest."""
        if set(which) & set("lpv"):
            return max((c for c in choices if c.until and c.until <= base), key=_first, default=None)
        if set(which) & set("xfc"):
            return min((c for c in choices if c.first and c.first > base), key=_first, default=None)
        if set(which) & set("js"):
            return next((c for c in choices if c.first and c.first.year == base.year), None)
        return min(choices, key=lambda c: _distance(c, base), default=None)

    def _just_said(self, spec: _Spec, past: bool | None) -> date | None:
        """The day or month named with its year before in the same sentence, where it lies more than a year off."""
        if self._explicit is None or self.anchor is None or self._explicit[0] < self.sentence(spec.i):
            return None
        first = self._explicit[1].first
        if first is None or past is None or abs(first - self.anchor).days <= 365:
            return None
        return first if past is (first < self.anchor) else None

    def _weekday(self, spec: _Spec) -> _Extent | None:
        number = spec.weekday or 1
        if spec.unit is not None:
            week = self._relative(replace(spec, part=None, rule="relative"))
            return None if week is None or week.first is None else _day(week.first + (number - 1) * _DAY)
        base = self._base(set(spec.which) & set("jsf") != set(), 1)
        if base is None:
            return None
        step = (number - base.isoweekday()) % 7
        if set(spec.which) & set("lpv"):
            day = base - ((base.isoweekday() - number) % 7 or 7) * _DAY
        elif set(spec.which) & set("xfc"):
            day = base + (step or 7) * _DAY
        elif self.narrative or self._ahead(spec):
            day = base + step * _DAY
        elif (before := self._day_beside(spec)) is not None:
            day = before + ((number - before.isoweekday()) % 7 or 7) * _DAY
        else:
            day = base - (base.isoweekday() - number) % 7 * _DAY
        return self._timed(_day(day), spec)

    def _day_beside(self, spec: _Spec) -> date | None:
        """The first day of "Thursday and Friday"."""
        joined = self._last is not None and self.tokens.letters[self._last : spec.i] in ("&", ",", ",&")
        said = self.mentioned if joined and not spec.which else None
        return said.first if said is not None and said.grain == "day" else None

    def _ahead(self, spec: _Spec) -> bool:
        """Whether a weekday is still to come; "this Friday" is, unless told in the past."""
        past = self.tense(spec)
        return past is False or ("i" in spec.which and past is None)

    def _month(self, spec: _Spec) -> _Extent | None:
        month = spec.month
        if month is None:
            return None
        year = self._said_year(spec)
        return self._implied(spec, lambda y: _month(y, month)) if year is None else _month(year, month)

    def _season(self, spec: _Spec) -> _Extent | None:
        season = spec.season
        if season is None:
            return None
        year = self._said_year(spec)
        if year is not None:
            return _season(year, season)
        return self._implied(spec, lambda y: _season(y, season))

    def _quarter(self, spec: _Spec) -> _Extent | None:
        if spec.unit == "century":
            return self._century(spec)
        nth, half = spec.nth, "h" in self.tokens.letters[spec.i : spec.j]
        if spec.value is not None:
            nth, half = int(spec.value[1]), spec.value[0] == "H"
        if nth is None or not 1 <= nth <= (2 if half else 4):
            return None
        cut = _half if half else _quarter

        def make(year: int) -> _Extent:
            return cut(year, nth)

        if spec.year is not None:
            return make(spec.year)
        if spec.which:
            base = self._base("j" in spec.which or "s" in spec.which)
            return make(base.year + _step(spec.which)) if base else None
        return self._implied(spec, make)

    def _phrase(self, spec: _Spec) -> _Extent | None:
        rule = spec.phrase or ""
        if len(rule) == 10:
            return _day(date.fromisoformat(rule))
        year = self._said_year(spec)
        found = self._implied(spec, lambda y: _day(_feast(rule, y))) if year is None else _day(_feast(rule, year))
        return self._timed(found, spec)

    def _century(self, spec: _Spec) -> _Extent | None:
        return _century((spec.nth or 1) * 100 - 100) if 0 < (spec.nth or 0) < 99 else None

    def _era(self, spec: _Spec) -> _Extent | None:
        """Years before Christ have a value but no days: ISO dates begin with the year 1."""
        bc = "BC" if spec.era == "BC" else ""
        if spec.decade is not None:
            year = spec.decade - (1900 if spec.decade >= 1930 else 0)
            return _Extent(None, None, "decade", f"BC{year // 10:03d}") if bc else _decade(year)
        if spec.unit is not None:
            return _Extent(None, None, "century", f"BC{(spec.nth or 1) - 1:02d}") if bc else self._century(spec)
        numbers = [self.tokens.values[k] for k in range(spec.i, spec.j) if self.tokens.letters[k] in "dnY"]
        year = spec.year if spec.year is not None and not numbers else numbers[-1]
        if not bc:
            return _year(year) if spec.month is None else _month(year, spec.month)
        tail = f"-{spec.month:02d}" if spec.month else f"-{_SEASON_CODES[spec.season]}" if spec.season else ""
        return _Extent(None, None, "year", f"BC{year:04d}{tail}")

    def _fiscal(self, spec: _Spec) -> _Extent | None:
        """A fiscal year by its name: which months it runs over differs by country, so the calendar year stands."""
        return _year(spec.year) if spec.year else None

    def _year(self, spec: _Spec) -> _Extent | None:
        return _year(spec.year) if spec.year else None

    def _decade(self, spec: _Spec) -> _Extent | None:
        return _decade(spec.decade) if spec.decade else None

    def _relative(self, spec: _Spec) -> _Extent | None:
        """ "Last week", "the following year", "that month", "the day before"."""
        if spec.unit is None:
            return None
        letters = self.tokens.letters[spec.i : spec.j]
        anaphoric = bool(set(spec.which) & set("vfjs")) or "tx" in letters or letters[-1] in "BG"
        base = self._base(anaphoric, _SIZES.get(spec.unit, 0))
        if base is None:
            return None
        if letters[-1] in "BG" and self.tokens.letter(spec.j) in "t^aM":
            return None
        step = -1 if letters[-1] == "B" else 1 if letters[-1] == "G" else _step(spec.which)
        if spec.unit == "weekend" and spec.which == "i":
            return self._weekend(spec)
        return _of_unit(spec.unit, base, step)

    def _weekend(self, spec: _Spec) -> _Extent | None:
        """ "Over the weekend": the one before the anchor, or the one to come where the clause is of the future."""
        base = self._base(False)
        if base is None:
            return None
        ahead = self.narrative or self.tense(spec) is False or base.isoweekday() >= 6
        return _weekend(base - (0 if ahead else 7) * _DAY)

    def _within(self, spec: _Spec) -> _Extent | None:
        """ "Late in the year", "the end of the month"."""
        base = self._base(False)
        return _of_unit(spec.unit, base, 0) if base and spec.unit and spec.unit != "day" else None

    def _day(self, spec: _Spec) -> _Extent | None:
        """ "Yesterday", "this morning", "last night", "that evening", "the next morning"."""
        if spec.offset is not None or not set(spec.which) & set("jxf"):
            base, step = self.anchor, spec.offset if spec.offset is not None else -(spec.which == "l")
        else:
            base, step = self._base(True, 1), 0 if spec.which == "j" else 1
        if base is None:
            return None
        found = self._timed(_day(base + step * _DAY), spec)
        generic = spec.offset == 0 and spec.time is None and (self.narrative or self.tense(spec) is None)
        return replace(found, value="PRESENT_REF") if generic and found else found

    def _nth(self, spec: _Spec) -> _Extent | None:
        """ "On the 20th": of the month spoken of."""
        base, nth = self._base(True, 31), spec.nth
        if nth is None:
            return None
        if base is not None or self.narrative or self.anchor is None:
            return _day(base.replace(day=nth)) if base else None
        at = self.anchor.year * 12 + self.anchor.month - 1
        months = [_first_of(at + step) for step in (-2, -1, 0, 1, 2)]
        choices = [_day(m.replace(day=nth)) for m in months if nth <= monthrange(m.year, m.month)[1]]
        return _fitting(choices, self.anchor, self.tense(spec))

    def _turn(self, spec: _Spec) -> _Extent | None:
        """ "The day before yesterday", "the week after next"."""
        if self.anchor is None or spec.unit is None:
            return None
        step = -1 if "B" in self.tokens.letters[spec.i : spec.j] else 1
        if spec.offset is None:
            return _of_unit(spec.unit, self.anchor, 2 * step)
        return _of_unit(spec.unit, self.anchor + spec.offset * _DAY, step)

    def _distance(self, spec: _Spec) -> _Extent | None:
        """ "Two years ago" from the anchor; "later", "earlier" from the date mentioned last."""
        count, vague = _count(self.tokens, spec.i, spec.j)
        ago = self.tokens.letters[spec.j - 1] == "g"
        unit = spec.unit or "day"
        if unit in _CLOCK_UNITS and (unit != "hour" or not count or count < 24):
            return _Extent(None, None, "period", "XXXX-XX-XXTXX", "TIME")
        if vague or count is None:
            some = _Extent(None, None, "period", "PAST_REF" if ago or self._direction(spec) < 0 else "FUTURE_REF")
            return self._some_time_ago(unit) if ago and not self.narrative else some
        if unit == "hour":
            unit, count = "day", count // 24
        unit, count = _whole(unit, count)
        base = self.anchor if ago else self._base(True, _SIZES.get(unit, 0))
        if self._came(spec):
            base = self._day_said.first if self._day_said is not None else base
        elif self.tokens.letters[spec.j - 1] in "BG" and not self.narrative and not self._follows(spec):
            return None
        if base is None:
            return None
        return _of_unit(unit, base, self._direction(spec) * round(count))

    def _some_time_ago(self, unit: str) -> _Extent | None:
        """ "A few months ago": at some time before the anchor."""
        if self.anchor is None:
            return None
        last = self.anchor.isoformat()[: 7 if unit == "month" else 10]
        return _Extent(None, self.anchor + _DAY, "period", f"../{last}")

    def _direction(self, spec: _Spec) -> int:
        """Back or forth. "It ended on 9 May, two days after it began": the day it began lies before."""
        joint = self.tokens.letters[spec.j - 1]
        if joint not in "BG":
            return -1 if spec.back else 1
        return (1 if joint == "G" else -1) * (-1 if self._follows(spec) or self._came(spec) else 1)

    def _follows(self, spec: _Spec) -> bool:
        """Whether a date stands right before, set off by a comma."""
        return self.tokens.letter(spec.i - 1) == "," and self._date_ends_at(spec.i - 1)

    def _came(self, spec: _Spec) -> bool:
        """ "The signing came two days after the talks": counted from the day of the signing, said before."""
        return self.tokens.word(spec.i - 1) in self.lexicon.tense["came"] and self.tokens.letters[spec.j - 1] in "BG"

    def _date_ends_at(self, i: int) -> bool:
        return self.tokens.letter(i - 1) in "dYMmWOD"

    def _extent(self, spec: _Spec) -> _Extent | None:
        """ "The past three years", counted back from the anchor."""
        count, vague = _count(self.tokens, spec.i, spec.j)
        unit = spec.unit or "day"
        value = _duration(count, unit)
        if vague or count is None or self.anchor is None or self.narrative or unit in _CLOCK_UNITS:
            some = "q" in self.tokens.letters[spec.i : spec.j]
            recent = some and _step(spec.which) < 0 and unit not in _CLOCK_UNITS and not self.narrative
            return self._some_time_ago(unit) if recent else _Extent(None, None, "period", value, "DURATION")
        step = _step(spec.which)
        other = _moved(self.anchor, unit, step * count)
        first, last = (other, self.anchor) if step < 0 else (self.anchor, other)
        return _Extent(first, last + _DAY, "period", value, "DURATION")

    def _duration(self, spec: _Spec) -> _Extent | None:
        count, _ = _count(self.tokens, spec.i, spec.j)
        return _Extent(None, None, "period", _duration(count, spec.unit or "day"), "DURATION")

    def _recurrent(self, spec: _Spec) -> _Extent | None:
        if spec.value is not None:
            return _Extent(None, None, "period", spec.value, "SET")
        count, vague = _count(self.tokens, spec.i, spec.j)
        if spec.weekday:
            return _Extent(None, None, "period", f"XXXX-WXX-{spec.weekday}", "SET")
        return _Extent(None, None, "period", _duration(1 if vague else count, spec.unit or "day"), "SET")

    def _clock(self, spec: _Spec) -> _Extent | None:
        near = self.narrative or (self._last is not None and self._last >= self.sentence(spec.i))
        base = self.mentioned.first if near and self.mentioned and self.mentioned.grain == "day" else None
        form = self.tokens.word(spec.i).replace(".", "")
        hours, _, minutes = re.sub(r"[^\d:]", "", form).partition(":")
        hour = int(hours) % 12 + 12 * form.endswith("pm") if form[-1] == "m" else int(hours)
        day = base.isoformat() if base else "XXXX-XX-XX"
        return _Extent(None, None, "period", f"{day}T{hour:02d}:{(minutes or '00')[:2]}", "TIME")

    def _reference(self, spec: _Spec) -> _Extent | None:
        return _Extent(None, None, "period", spec.value or "PRESENT_REF")

    # -- tense

    def sentence(self, i: int) -> int:
        """The first token of the sentence, at most some tokens back."""
        low = max(0, i - _CUES)
        for k in range(i - 1, max(low, i - 4) - 1, -1):
            if self.tokens.text[self.tokens.starts[k]].isupper() and self.tokens.word(k) in self.lexicon.tense["heads"]:
                return k
        for k in range(i - 1, low - 1, -1):
            if self.tokens.letters[k] == "|" or (self.tokens.letters[k] == "." and self._stops(k)):
                return k + 1
        return low

    def _stops(self, k: int) -> bool:
        return k + 1 >= len(self.tokens.starts) or (
            self.tokens.ends[k] < self.tokens.starts[k + 1] and len(self.tokens.word(k - 1)) > 2
        )

    def tense(self, spec: _Spec) -> bool | None:
        """Whether the clause of a date is told in the past: by the words at hand, else by the parse, else by the
        nearest verb before it in the sentence."""
        near = self._near(spec)
        if near is not None:
            return near[0]
        if self.past is not None and (said := self.past(self.tokens.starts[spec.i])) is not None:
            return said or self._told_here(spec)
        return self._heard(spec)

    def _told_here(self, spec: _Spec) -> bool:
        """Whether the nearest verb before, with no mark between, is past whatever clause the parse hangs the date on:
        "the truce signed near Tyre on Friday binds both"."""
        for k in range(spec.i - 1, max(self.sentence(spec.i), spec.i - 12) - 1, -1):
            if self.tokens.letters[k] in ",;(j" or self._aims(k) or self._goes_on(k, spec):
                return False
            if (said := self._verb(k)) is not None:
                return said
        return False

    def _near(self, spec: _Spec) -> tuple[bool | None] | None:
        """The tense that the words just before tell: "since", "by", "held on", "to be held on", "planned for"."""
        i = spec.i
        k = i - 1
        words = self.lexicon.tense
        while self.tokens.letter(k) in "tyiZo" and k > i - 4:
            k -= 1
        if self.tokens.letter(k) == "+":
            return (True,)
        word = self.tokens.word(k)
        if word in words["ahead"] and (word != "from" or spec.rule == "weekday"):
            return (self._by_then(k, spec) if spec.rule != "day" else None,)
        if spec.rule != "day" and self._named_after(spec):
            return (None,)
        k = i - 1
        if self.tokens.word(k) == "to" and self.tokens.word(k - 1) in words["moved"]:
            return (False,)
        while k >= max(0, i - 3) and (self.tokens.letter(k) in "It" or self.tokens.word(k) in ("on", "at")):
            k -= 1
        word = self.tokens.word(k)
        if word in words["future"]:
            return (False,)
        if word.endswith("ed") or word in words["participles"]:
            if {self.tokens.word(k - 1), self.tokens.word(k - 2)} & words["state"]:
                return (False,)
            return (not {self.tokens.word(k - 1), self.tokens.word(k - 2)} & {"be", "get", "to"},)
        return None

    def _by_then(self, k: int, spec: _Spec) -> bool | None:
        """ "By Friday", "until May", "from Monday" at token `k`: still to come, unless the nearest verb is past."""
        words = self.lexicon.tense
        if self.tokens.word(k) == "for":
            planned = self.tokens.word(k - 1) in words["future"] | words["moved"] or spec.rule in ("weekday", "date")
            return False if planned else None
        if self.tokens.word(k) == "from" and self._verb(spec.j) is True:
            return True
        for at in range(k - 1, self.sentence(spec.i) - 1, -1):
            if self.tokens.letters[at] in ";j":
                break
            said = False if self._aims(at) else self._verb(at)
            if said is not None:
                return said
        begins = k <= self.sentence(spec.i) or self.tokens.letter(k - 1) in ",;j"
        return begins and self._behind(spec) is True

    def _aims(self, k: int, wished: bool = False) -> bool:
        """Whether "to" and a verb stand here, "promised to go", not "began to go"; `wished`: only behind a word for a
        plan, wish or demand."""
        if self.tokens.letter(k) != ">" or self.tokens.letter(k + 1) != "_":
            return False
        if self.tokens.word(k - 1) in ("is", "are", "was", "were"):
            return True
        before = {self.tokens.word(at) for at in range(k - (6 if wished else 2), k)}
        return bool(before & self.lexicon.tense["aim"]) if wished else not before & self.lexicon.tense["aspect"]

    def _named_after(self, spec: _Spec) -> bool:
        """ "Friday's killing", "the fighting of July": the verb of the clause tells nothing of this day."""
        if self.tokens.letter(spec.i - 1) == "o" and spec.rule != "date":
            return True
        return self.tokens.letter(spec.j) == "'" and self._behind(spec, 5) is not False

    def _heard(self, spec: _Spec) -> bool | None:
        start, bound = self.sentence(spec.i), False
        for k in range(spec.i - 1, start - 1, -1):
            if not bound and (self._aims(k, wished=True) or self._goes_on(k, spec)):
                return False
            if (said := self._verb(k)) is not None:
                return said
            bound = bound or self.tokens.letters[k] == ";" or self.tokens.word(k) in self.lexicon.tense["cause"]
        return self._behind(spec)

    def _goes_on(self, k: int, spec: _Spec) -> bool:
        """The present tense of what is on a programme: "talks resume on Friday", "the office is closed on Monday"."""
        word, words = self.tokens.word(k), self.lexicon.tense
        if spec.rule == "day":
            return False
        if word in words["programme"]:
            # "The talks start", not "a bright start".
            return word.endswith("s") or self.tokens.word(k - 1).endswith("s") or self.tokens.letter(k - 1) == ","
        return word in words["state"] and spec.i - k <= 4

    def _behind(self, spec: _Spec, reach: int = 14) -> bool | None:
        """The tense of the first verb among so many tokens behind, in the same sentence."""
        for k in range(spec.j, min(spec.j + reach, len(self.tokens.starts))):
            if self.tokens.letters[k] in "|." and self._stops(k):
                break
            if (said := self._verb(k)) is not None:
                return said
        return None

    def _verb(self, k: int) -> bool | None:
        word, words = self.tokens.word(k), self.lexicon.tense
        if word == "to":
            return False if self.tokens.word(k + 1) == "be" else None
        if self.tokens.letter(k) not in "_^":
            return None
        if word in words["future"] or (word.endswith("ll") and word[-3:-2] in "'’"):
            return False if self._points_ahead(k, word) else None
        if word in words["past"] or (word.endswith("ed") and len(word) > 4):
            return None if self.tokens.word(k - 1) == "be" else True
        return None

    def _points_ahead(self, k: int, word: str) -> bool:
        """No "set up", "due to the storm", "going well"."""
        behind = self.tokens.word(k + 1)
        if word == "due":
            return behind != "to" or self.tokens.letter(k + 2) not in "ta"
        return word not in ("set", "going") or behind in ("to", "for")


_UNDATED = frozenset({"duration", "recurrent", "clock", "reference"})


def _make(make: Callable[[int], _Extent], year: int) -> _Extent | None:
    return _safely(lambda: make(year))


def _safely(reckon: Callable[[], _Extent | None]) -> _Extent | None:
    """`None` where there is no such day, or none that ISO dates can write."""
    try:
        return reckon()
    except (ValueError, OverflowError):
        return None


def _first(extent: _Extent) -> date:
    return extent.first or date.min


def _distance(extent: _Extent, day: date) -> int:
    """Days between a day and the nearest day of an extent."""
    if extent.first is None or extent.until is None or extent.first <= day < extent.until:
        return 0
    return (extent.first - day).days if extent.first > day else (day - extent.until).days + 1


def _fitting(choices: list[_Extent], anchor: date, past: bool | None) -> _Extent | None:
    """Of one date in several years, the one that fits the tense, nearest to the anchor; a day that is about a year off by
    its tense is the one close by."""
    near = min(choices, key=lambda c: _distance(c, anchor), default=None)
    if near is not None and near.grain == "day" and _distance(near, anchor) <= _SOON and past is not None:
        return near
    if past is True:
        return max((c for c in choices if c.first and c.first <= anchor), key=_first, default=None)
    if past is False:
        return min((c for c in choices if c.until and c.until > anchor), key=_first, default=None)
    # News that tells no tense looks back further than ahead.
    return min(choices, key=lambda c: _distance(c, anchor) * (2 if _first(c) > anchor else 1), default=None)


def _step(which: str) -> int:
    letters = set(which)
    return -1 if letters & set("lpv") else 1 if letters & set("xfc") else 0


def _half(year: int, half: int) -> _Extent:
    return _months(year, half * 6 - 5, 6, "period", f"{year:04d}-H{half}")


def _moved(day: date, unit: str, steps: float) -> date:
    """The day so many units before or after."""
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}.get(unit)
    if months is None:
        return day + timedelta(days=steps * _SIZES.get(unit, 1))
    index = day.year * 12 + day.month - 1 + round(steps * months)
    first = _first_of(index)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


_DURATIONS = {
    "day": "P{}D", "weekend": "P{}WE", "week": "P{}W", "fortnight": "P{}W", "month": "P{}M", "quarter": "P{}Q",
    "year": "P{}Y", "decade": "P{}DE", "century": "P{}CE", "millennium": "P{}ML", "hour": "PT{}H", "minute": "PT{}M",
    "second": "PT{}S",
}  # fmt: skip


def _duration(count: float | None, unit: str) -> str:
    """A TIMEX3 duration; X where the count is vague."""
    return _DURATIONS.get(unit, "P{}D").format("X" if count is None else f"{count:g}")


# ---- the station


class DateStation:
    """Finds and resolves the time expressions of a text.

    >>> DateStation(shipped()).find("They met on 3 May 2021.", None, "news", None)[0].from_
    '2021-05-03'
    """

    def __init__(self, book: Codebook) -> None:
        self.lexicon = _Lexicon(book.toml("lang/en/dates.toml"))

    def find(self, text: str, published: str | None, mode: str, past: Tense | None) -> list[When]:
        """The dates of a text, in order and without overlap.

        `published`: the ISO day relative dates are counted from; where it is `None` and nothing else dates an
        expression, its span is kept with both ends `None`. `mode`: "news" counts from `published`, "narrative" from
        the date mentioned last. `past` tells of an offset whether its clause is told in the past.
        """
        if mode not in (_NEWS, _NARRATIVE):
            raise ValueError(f"mode is {mode!r}, expected {_NEWS!r} or {_NARRATIVE!r}")
        anchor = date.fromisoformat(published[:10]) if published else None
        tokens, found = self._resolve(text, anchor, mode, past)
        whens: list[When] = []
        floor = 0
        for group in _grouped(tokens, found):
            if (when := _when(tokens, group, floor, anchor)) is not None:
                whens.append(when)
            floor = group[-1].j
        return whens

    def _resolve(self, text: str, anchor: date | None, mode: str, past: Tense | None) -> tuple[_Tokens, list[_Found]]:
        tokens = self.lexicon.tokens(text)
        specs = list(_specs(tokens))
        return tokens, _Resolver(self.lexicon, tokens, anchor, mode, past).all(specs)

    def predict(self, text: str, anchor_date: str | None) -> list[dict[str, Any]]:
        """Every time expression as TIMEX3 has it, with start, end, type and value; the ends of a range singly."""
        anchor = date.fromisoformat(anchor_date[:10]) if anchor_date else None
        tokens = self.lexicon.tokens(text)
        specs = list(_specs(tokens))
        mode = _mode(specs, anchor)
        found = _Resolver(self.lexicon, tokens, anchor, mode, None).all(specs)
        return [_timex(tokens, f) for f in found]

    def infer_anchor(self, text: str) -> Anchor | None:
        """The days in which a report without a date can have been published, from the dates it names itself;
        `None` where they do not tell. `because` quotes the expressions that told."""
        tokens = self.lexicon.tokens(text)
        return _Inference(self.lexicon, tokens, list(_specs(tokens))).anchor()


def _specs(tokens: _Tokens) -> Iterator[_Spec]:
    """The expressions of a text, unresolved. Where the context forbids a pattern, the search goes on one token on."""
    at = 0
    while (match := _GRAMMAR.search(tokens.letters, at)) is not None:
        rule = match.lastgroup or ""
        if _allowed(tokens, rule, match.start(), match.end()):
            yield (spec := _read(tokens, match))
            at = spec.j
        else:
            at = match.start() + 1


def _allowed(tokens: _Tokens, rule: str, i: int, j: int) -> bool:
    """Whether the words around let an ambiguous pattern stand."""
    letters = tokens.letters[i:j]
    check = _CHECKS.get(rule)
    return check is None or check(tokens, letters, i, j)


def _is_month(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """ "May" and "March" alone are months behind a preposition or article, or beside another month."""
    ranged = tokens.letter(j) == "-" and tokens.letter(j + 1) in "Mm"
    return letters != "m" or ranged or tokens.word(i - 1) in tokens.context["month"]


def _is_season(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """A season without a year: "in the spring", "spring and summer", "a summer offensive"; no "spring in his step"."""
    if letters.strip("ty-") not in ("S", "F"):
        return True
    if letters[-1] == "F" and tokens.letter(j) == "o":
        return False
    paired = tokens.letter(i - 1) == "&" and tokens.letter(i - 2) in "SF"
    near = tokens.word(i - 1) in tokens.context["season"] or "y" in letters or paired
    return near or tokens.word(j) in tokens.context["season_noun"]


def _is_ordinal_of(*units: str) -> Callable[[_Tokens, str, int, int], bool]:
    def check(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
        said = [tokens.values[i + k] for k, letter in enumerate(letters) if letter == "u"]
        return "O" not in letters or "h" in letters or bool(said and said[0] in units)

    return check


def _is_end(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """ "Year's end"; "these weeks" is no week."""
    if letters[-1] == "Z":
        return tokens.word(j - 1) == "end"
    return "U" not in letters or tokens.values[j - 1] == "year"


def _is_weekday(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """No "Saturday Night Live"."""
    return not (letters.endswith("WT") and tokens.letter(j) == "^" and tokens.text[tokens.starts[j - 1]].isupper())


def _is_feast(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """No "Joan Christmas" or "White Christmas"."""
    return letters != "H" or tokens.letter(i - 1) != "^" or tokens.ends[i - 1] + 1 < tokens.starts[i]


def _is_weekend(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    return tokens.values[j - 1] == "weekend" and tokens.word(i - 1) in tokens.context["weekend"]


def _is_nth(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    return tokens.word(i - 1) in tokens.context["nth"] and tokens.word(j - 1)[:1].isdigit()


def _is_set(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """No periodical: "the daily Al-Sahil", "a Dakar weekly reported"."""
    named = tokens.letter(i - 1) in "ta^" and letters == "V" and tokens.word(i) in tokens.context["periodical"]
    return not named or not (tokens.letter(j) in "^,.;|" or tokens.word(j) in tokens.context["writes"])


def _is_duration(tokens: _Tokens, letters: str, i: int, j: int) -> bool:
    """No fraction: "a quarter of the debt"."""
    return tokens.values[j - 1] != "quarter" or tokens.letter(j) != "o"


_CHECKS: dict[str, Callable[[_Tokens, str, int, int], bool]] = {
    "month": _is_month,
    "season": _is_season,
    "era": _is_ordinal_of("century"),
    "quarter": _is_ordinal_of("quarter", "century"),
    "relative": _is_end,
    "weekday": _is_weekday,
    "phrase": _is_feast,
    "weekend": _is_weekend,
    "nth": _is_nth,
    "recurrent": _is_set,
    "duration": _is_duration,
}


def _mode(specs: list[_Spec], anchor: date | None) -> str:
    """ "narrative" where most years named lie far from the anchor and little is said of this week."""
    if anchor is None:
        return _NARRATIVE
    if any(_near_day(s, anchor) for s in specs):
        return _NEWS
    years = [s.year for s in specs if s.year is not None]
    far = sum(abs(y - anchor.year) > 1 for y in years) + sum(s.era == "BC" for s in specs)
    near = sum(s.rule in ("weekday", "day") or "l" in s.which for s in specs) + len(years) - far
    return _NARRATIVE if far >= 6 and far > near else _NEWS


def _near_day(spec: _Spec, anchor: date) -> bool:
    """Whether a date written in full lies within two days of the anchor: a date line."""
    if spec.rule != "date" or spec.year is None or spec.month is None or spec.day is None:
        return False
    try:
        return abs(date(spec.year, spec.month, spec.day) - anchor) <= 2 * _DAY
    except ValueError:
        return False


def _grouped(tokens: _Tokens, found: list[_Found]) -> Iterator[list[_Found]]:
    """Dates one by one, the two ends of a range together."""
    group: list[_Found] = []
    for f in found:
        if not f.dated:
            continue
        if group and not _is_range(tokens, group[-1], f):
            yield group
            group = []
        group.append(f)
    if group:
        yield group


def _is_range(tokens: _Tokens, one: _Found, two: _Found) -> bool:
    if one.extent is None or two.extent is None or one.extent.first is None or two.extent.until is None:
        return False
    if one.extent.until is None or one.extent.first >= two.extent.until or two.extent.first is None:
        return False
    between = tokens.letters[one.j : two.i].rstrip("t")
    if between == "-":
        return tokens.word(one.j) != "—"
    if between in (">", "<") or (between == "/" and one.rule == two.rule == "year"):
        return True
    if between not in ("&", ",&", ","):
        return False
    days = one.extent.grain == two.extent.grain == "day" and one.extent.until == two.extent.first
    return days or (between == "&" and "b" in tokens.letters[max(0, one.i - 2) : one.i])


_PREFIXES = {"pre": "B", "post": "G"}


def _compares(tokens: _Tokens, i: int) -> bool:
    """ "The first visit since 2014": a date to compare with, not a time that lasts."""
    near = range(max(0, i - 5), i)
    return tokens.letter(i) == "+" and any(
        tokens.letter(k) in "Ol" or (tokens.word(k).endswith("est") and len(tokens.word(k)) > 5) for k in near
    )


def _when(tokens: _Tokens, group: list[_Found], floor: int, anchor: date | None) -> When | None:
    """The expression as a record, with "since", "until", "before" or "after", and "from" of a time behind the anchor,
    where they stand at or behind token `floor`; `None` where it names no days even in principle."""
    first, last = group[0], group[-1]
    i, j = first.i, last.j
    grain = last.extent.grain if last.extent else None
    start = first.extent.first if first.extent else None
    until = last.extent.until if last.extent else None
    if first.extent is not None and start is None and until is None:
        return None
    opens = "" if i <= floor or _compares(tokens, i - 1) else tokens.letter(i - 1)
    if opens == "-" and i - 1 > floor and tokens.word(i - 2) in _PREFIXES and first.rule in ("year", "decade"):
        opens, i = _PREFIXES[tokens.word(i - 2)], i - 1
    if opens == "r" and tokens.letter(j) != "'" and anchor is not None and start is not None and start > anchor:
        opens = "+"
    if first.extent is not None and len(group) == 1 and opens and opens in "+<BG" and first.extent.kind != "DURATION":
        i -= 1
        ended = (
            opens == "B"
            and "Z" in tokens.letters[first.i : j]
            and "end" in tokens.text[tokens.starts[first.i] : tokens.ends[j - 1]]
        )
        start, until = {
            "+": (start, None),
            "<": (None, until),
            "B": (None, until if ended else start),
            "G": (until, None),
        }[opens]
    text = tokens.text[tokens.starts[i] : tokens.ends[j - 1]]
    iso = [None if d is None else d.isoformat() for d in (start, until)]
    return When(tokens.starts[i], tokens.ends[j - 1], text, iso[0], iso[1], grain if any(iso) else None)


def _timex(tokens: _Tokens, found: _Found) -> dict[str, Any]:
    extent = found.extent
    return {
        "start": tokens.starts[found.i],
        "end": tokens.ends[found.j - 1],
        "type": extent.kind if extent else "DATE",
        "value": extent.value if extent else None,
    }


# ---- when was a report without a date published


_HALF_YEAR = 183
_DATELINE = re.compile(r"(?:[A-Z][\w.'’-]*[, /]+){0,6}(?:\([^()\n]{0,30}\)[, ]*)?")
_DATELINE_END = re.compile(r"[^\S\n]*(?:\n|\Z|\(|[-–—:])")


@dataclass(frozen=True, slots=True)
class _Clue:
    """A date that the text names, by its first and last day (exclusive)."""

    spec: _Spec
    first: date
    until: date
    exact: bool


class _Inference:
    """Bounds the day of publication: dates told in the past lie before it, planned ones behind it."""

    def __init__(self, lexicon: _Lexicon, tokens: _Tokens, specs: list[_Spec]) -> None:
        self.tokens = tokens
        self.specs = [s for s in specs if s.era is None]
        self._tense = _Resolver(lexicon, tokens, None, _NEWS, None).tense

    def anchor(self) -> Anchor | None:
        full = self._latest_full()
        dateline = self._dateline()
        if dateline is not None and dateline.year is not None:
            day = _in_year(dateline, dateline.year)
            return self._of(day.first, day.until, [dateline]) if day else None
        if full is None or not any(map(self._speaks_of_now, self.specs)):
            return None
        return self._bounded(full, dateline)

    def _of(self, first: date, until: date, specs: list[_Spec]) -> Anchor:
        quotes = dict.fromkeys(self._quote(s) for s in specs)
        return Anchor(first.isoformat(), until.isoformat(), True, ", ".join(f'"{q}"' for q in quotes))

    def _quote(self, spec: _Spec) -> str:
        text = self.tokens.text[self.tokens.starts[spec.i] : self.tokens.ends[spec.j - 1]]
        return " ".join(text.split())

    def _speaks_of_now(self, spec: _Spec) -> bool:
        """Whether an expression is counted from the day of publication."""
        if spec.rule in ("date", "month", "month_days", "days_month"):
            return spec.year is None
        return spec.rule in ("day", "weekday") or bool(set(spec.which) & set("lxik"))

    def _dateline(self) -> _Spec | None:
        """A date that heads the report or stands alone in a line."""
        for spec in self.specs:
            start, end = self.tokens.starts[spec.i], self.tokens.ends[spec.j - 1]
            if spec.rule not in ("date", "iso") or start > 600:
                continue
            line = self.tokens.text.rfind("\n", 0, start) + 1
            head = self.tokens.text[line:start]
            if _DATELINE.fullmatch(head) and _DATELINE_END.match(self.tokens.text, end) and (head or spec.weekday):
                return spec
        return None

    def _latest_full(self) -> _Clue | None:
        """The latest date with a year that is told as past, by day or month; else by "last year" of a named place."""
        clues = []
        for spec in self.specs:
            if spec.year is None or spec.rule not in ("date", "month", "month_days", "days_month", "year", "iso"):
                continue
            clue = _in_year(spec, spec.year)
            if clue is not None and self._tense(spec) is not False:
                clues.append(clue)
        linked = self._linked_year(clues)
        days = [c for c in clues if c.spec.rule != "year"] + ([linked] if linked else [])
        return max(days, key=lambda c: (c.first, c.exact), default=None)

    def _linked_year(self, clues: list[_Clue]) -> _Clue | None:
        """ "In 2022 at the Madrid summit" and "last year in Madrid" together: the report is of 2023."""
        years = {name: c.first.year + 1 for c in clues if c.spec.rule == "year" for name in self._names(c.spec)}
        for spec in self.specs:
            if spec.unit == "year" and spec.which == "l":
                year = max((years[name] for name in self._names(spec) if name in years), default=None)
                if year is not None:
                    return _Clue(spec, date(year, 1, 1), date(year + 1, 1, 1), False)
        return None

    def _names(self, spec: _Spec) -> set[str]:
        near = [*range(spec.i - 4, spec.i), *range(spec.j, spec.j + 9)]
        return {self.tokens.word(k) for k in near if self.tokens.letter(k) == "^" and len(self.tokens.word(k)) > 3}

    def _bounded(self, full: _Clue, dateline: _Spec | None) -> Anchor | None:
        """From the latest day told as past until a month after it, or until the first that is still to come.
        One full date alone may lie years back: a day without a year, or "last Monday", must bind it to the present."""
        told = [c for c in (full, *self._told_after(full)) if c.exact]
        latest = max(told, key=lambda c: (c.first, c is not full), default=None)
        if latest is None:
            return None
        first, until, why = self._narrowed(latest, dateline)
        ahead = [c for c in self._to_come(first) if (c.first - first).days <= _HALF_YEAR]
        if latest is full and latest.spec.which != "l" and not ahead:
            return None
        used = [full.spec, latest.spec]
        if ahead and latest is full and latest.spec.which != "l":
            until = ahead[0].first
        for clue in ahead:
            if first < clue.first <= until:
                until = clue.first
                used.append(clue.spec)
        return self._of(first, until, [*used, *why])

    def _told_after(self, full: _Clue) -> list[_Clue]:
        """Days without a year told as past: each in the year of its weekday, else nearest to the full date."""
        found = []
        for spec in self._without_year():
            if self._tense(spec) is False:
                continue
            clue = _by_weekday(spec, full) if spec.weekday else _nearest(spec, full)
            if clue is not None and clue.exact and (full.exact or full.spec.unit or spec.weekday):
                found.append(clue)
        return found

    def _without_year(self) -> list[_Spec]:
        rules = ("date", "month", "month_days", "days_month")
        return [s for s in self.specs if s.rule in rules and s.year is None and s.unit is None and not s.which]

    def _to_come(self, after: date) -> Iterator[_Clue]:
        for spec in self._without_year():
            if self._tense(spec) is False:
                for year in (after.year, after.year + 1):
                    if (clue := _in_year(spec, year)) is not None and clue.exact and clue.first > after:
                        yield clue
                        break

    def _narrowed(self, latest: _Clue, dateline: _Spec | None) -> tuple[date, date, list[_Spec]]:
        spec, day = latest.spec, latest.until - _DAY
        if dateline is spec:
            return day, day + _DAY, []
        if spec.weekday is not None and spec.which == "l":
            return day + 3 * _DAY, day + 8 * _DAY, []
        if spec.weekday is not None and spec.year is None:
            return day, day + 7 * _DAY, []
        week = next((s for s in self.specs if s.unit == "week" and s.which == "l" and s.weekday is None), None)
        if week is not None and spec.year is None:
            first = day + (8 - day.isoweekday()) * _DAY
            return first, first + 7 * _DAY, [week]
        return day, day + timedelta(days=31), []


def _in_year(spec: _Spec, year: int) -> _Clue | None:
    """The days of a spec, read as of this year."""
    try:
        if spec.rule == "iso":
            return None
        if spec.month is None:
            return _Clue(spec, date(year, 1, 1), date(year + 1, 1, 1), False)
        if spec.day is None:
            month = _month(year, spec.month)
            return _Clue(spec, month.first or date.min, month.until or date.max, False)
        last = spec.items[-1][2] if spec.items else spec.day
        return _Clue(spec, date(year, spec.month, spec.day), date(year, spec.month, last) + _DAY, True)
    except (ValueError, OverflowError):
        return None


def _by_weekday(spec: _Spec, full: _Clue) -> _Clue | None:
    """ "Monday, March 11": the first year from the full date on in which that day is a Monday."""
    for year in range(full.first.year, full.first.year + 6):
        clue = _in_year(spec, year)
        if clue is not None and clue.first.isoweekday() == spec.weekday and clue.until > full.first:
            return clue
    return None


def _nearest(spec: _Spec, full: _Clue) -> _Clue | None:
    """This date at most half a year behind the full one, else the last before it."""
    for year in (full.first.year, full.first.year + 1):
        clue = _in_year(spec, year)
        if clue is not None and clue.until > full.first and (clue.first - full.first).days <= _HALF_YEAR:
            return clue
    clue = _in_year(spec, full.first.year)
    return clue if clue is None or clue.first <= full.first else _in_year(spec, full.first.year - 1)
