"""What the layouts of all news databases share: drafts of articles, days, lengths, languages and paragraphs.

A document comes as lines: its paragraphs, or the lines of a text that was wrapped. A blank line ends a paragraph; a
line its container sets as a heading is a `Heading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from communique.read.days import iso_day


class Heading(str):
    """A line that its container sets as a heading."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as a database states it. `line`: where it starts, from 1; `text`: its body alone, paragraphs joined by
    blank lines, empty where it has none; `complete`: whether its end is there."""

    line: int
    text: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    url: str | None = None
    given_id: str | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Download:
    """What a file of a database holds. `announced`: how many articles it says there are, `None` where it does not."""

    drafts: tuple[Draft, ...]
    announced: int | None = None


# Lines and paragraphs

_SPACES = re.compile(r"[\s\u200b\ufeff]+")
# Beyond this a line was not wrapped by a database.
_WIDEST = 130
_FULL = 0.75


def tidy(line: str) -> str:
    """A line without soft hyphens and zero-width characters, every run of white space as one space."""
    return _SPACES.sub(" ", line.replace("\xad", "")).strip()


def paragraphs(lines: Sequence[str], wrapped: bool) -> list[str]:
    """The paragraphs of some lines, tidied. Of a wrapped text, a line is joined to the one before where it would not
    have fitted there."""
    width = max((len(line.strip()) for line in lines), default=0)
    made: list[str] = []
    before = ""
    for raw in lines:
        line = tidy(raw)
        if line and before and wrapped and len(before) + len(line.split(" ", 1)[0]) >= _FULL * width:
            glue = "" if re.search(r"[^\W\d_]-$", before) else " "
            made[-1] += glue + line
        elif line:
            made.append(line)
        before = line
    return made


def is_wrapped(lines: Iterable[str]) -> bool:
    """Whether the lines are those of a text wrapped at a width: next to none is long."""
    lengths = [len(line) for line in lines if line.strip()]
    return sum(length > _WIDEST for length in lengths) < 0.02 * len(lengths)


def body(lines: Sequence[str], wrapped: bool, dateline: str | None = None) -> str:
    """The text of an article. A dateline that is a field of its own comes first, as newspapers print it."""
    found = paragraphs(lines, wrapped)
    if found and dateline and not found[0].casefold().startswith(dateline.casefold()):
        found[0] = f"{dateline} — {found[0]}"
    return "\n\n".join(found)


# Days

_MONTH_NAMES = (
    "jan january januar janvier enero gennaio janeiro januari ene genn",
    "feb february februar février fevrier febrero febbraio fevereiro februari févr",
    "mar march märz mars marzo março maart mrz mär",
    "apr april avril abril aprile avr abr",
    "may mai mayo maggio maio mei",
    "jun june juni juin junio giugno junho",
    "jul july juli juillet julio luglio julho juil",
    "aug august août aout agosto augustus ago",
    "sep sept september septembre septiembre settembre setembro",
    "oct october oktober octobre octubre ottobre outubro okt",
    "nov november novembre noviembre novembro",
    "dec december dezember décembre decembre diciembre dicembre dezembro dez déc dic",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_WEEKDAY = r"(?:[^\W\d_]+(?:-feira)?\.?,?\s+)?"
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|°)?[.\s]\s*(?:de |of )?([^\W\d_]+)\.?,? (?:de |del )?(\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")
_IN_FIGURES = re.compile(r"\b(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./-])\d{1,2}\2\d{4})\b|\b(\d{4})年(\d{1,2})月(\d{1,2})日")
_MONTH_ONLY = re.compile(_WEEKDAY + r"([^\W\d_]+)\.?,? (?:de )?\d{4}\b")


def find_day(text: str) -> str | None:
    """The ISO day of the first date in a line, in English or the other languages of the databases; `None` where there
    is none, or where its figures can be read in two ways."""
    found = _first_date(tidy(text))
    return found[1] if found else None


def is_date_line(text: str) -> bool:
    """Whether a line begins with a date, be it only a month and a year."""
    line = tidy(text)
    if found := _first_date(line):
        return re.fullmatch(_WEEKDAY, line[: found[0]]) is not None
    months = _MONTH_ONLY.match(line)
    return months is not None and months[1].casefold() in _MONTHS


def _first_date(line: str) -> tuple[int, str | None] | None:
    """(where it starts, its ISO day)."""
    dates: list[tuple[int, str | None]] = []
    for found in _DAY_FIRST.finditer(line):
        dates += _named(found, found[3], found[2], found[1])
    for found in _MONTH_FIRST.finditer(line):
        dates += _named(found, found[3], found[1], found[2])
    if figures := _IN_FIGURES.search(line):
        year, month, day = figures.group(3, 4, 5)
        dates.append((figures.start(), iso_day(f"{year}/{month}/{day}" if year else figures[1].replace(".", "/"))))
    return min(dates, default=None, key=lambda date: date[0])


def _named(found: re.Match[str], year: str, month: str, day: str) -> list[tuple[int, str | None]]:
    number = _MONTHS.get(month.casefold())
    return [(found.start(), iso_day(f"{year}/{number}/{day}"))] if number else []


# Other fields

_LENGTH = re.compile(
    r"\d[\d.,\s]*\s?(?:words?|wörter|mots?|palabras|parole|palavras|woorden|słów|слов[аоу]?|ord|kelime|字)",
    re.IGNORECASE,
)
_LANGUAGES = {
    name: code
    for code, names in {
        "en": "english englisch anglais inglés inglese inglês engels",
        "de": "german deutsch allemand alemán tedesco alemão duits",
        "fr": "french französisch français francés francese francês frans",
        "es": "spanish spanisch espagnol español spagnolo espanhol spaans",
        "it": "italian italienisch italien italiano italiaans",
        "pt": "portuguese portugiesisch portugais português portugués portoghese portugees",
        "nl": "dutch niederländisch néerlandais neerlandés olandese holandês nederlands",
        "ru": "russian russisch russe ruso russo русский",
        "uk": "ukrainian ukrainisch ukrainien",
        "pl": "polish polnisch polonais polaco polacco polski",
        "tr": "turkish türkisch turc turco türkçe",
        "ar": "arabic arabisch arabe árabe arabo العربية",
        "zh": "chinese chinesisch chinois chino cinese chinês 中文",
        "ja": "japanese japanisch japonais japonés giapponese 日本語",
        "ko": "korean koreanisch coréen coreano 한국어",
        "sv": "swedish schwedisch suédois svenska",
        "no": "norwegian norwegisch norvégien norsk",
        "da": "danish dänisch danois dansk",
        "fi": "finnish finnisch finnois suomi",
        "cs": "czech tschechisch tchèque čeština",
        "hu": "hungarian ungarisch hongrois magyar",
        "ro": "romanian rumänisch roumain română",
        "el": "greek griechisch grec",
        "he": "hebrew hebräisch hébreu",
        "fa": "persian farsi persisch persan",
        "hi": "hindi",
        "id": "indonesian indonesisch indonésien",
        "ms": "malay malaiisch malais",
        "th": "thai thailändisch thaï",
        "vi": "vietnamese vietnamesisch vietnamien",
    }.items()
    for name in names.split()
}
_COPYRIGHT = re.compile(
    r"(?:\(?copyright\b|©|\(c\)|all rights reserved|alle rechte vorbehalten|tous droits)", re.IGNORECASE
)
_BY = re.compile(r"(?:by|von|par|por|da|door)\b:?\s+(?=\S)", re.IGNORECASE)


def is_length(line: str) -> bool:
    """Whether a line is a length in words, "1,234 words"."""
    return _LENGTH.fullmatch(tidy(line)) is not None


def has_length(line: str) -> bool:
    """Whether a line speaks of a length in words."""
    return _LENGTH.search(line) is not None


def language(value: str | None) -> str | None:
    """The ISO 639-1 code of a language as databases name it ("ENGLISH; ENGLISH", "Chinese - Simplified"), else `None`."""
    first = re.split(r"\s*(?:[;,(]|\s-)\s*", tidy(value or ""))[0]
    return _LANGUAGES.get(first.casefold())


def is_copyright(line: str) -> bool:
    return _COPYRIGHT.match(tidy(line)) is not None


def author(value: str | None) -> str | None:
    """The name in a byline, without "By"."""
    return _BY.sub("", tidy(value or ""), count=1).rstrip(" ;,") or None


def is_byline(line: str) -> bool:
    return _BY.match(tidy(line)) is not None
