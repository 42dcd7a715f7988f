"""Dictionaries of TABARI, PETRARCH and PETRARCH2: their syntax, without a judgement of what the codes mean.

Actors: a line with a name, `+` lines with further names, and codes in brackets, behind a name or on lines of their own,
each alone or with a date: `[CODE <date]` up to it, `[CODE >date]` from it on, `[CODE date-date]`. Dates are YYMMDD (up to
30: of this century) or YYYYMMDD, and belong to the time they bound. A code without a date holds for all other times.

Agents: a phrase with a code that has `~` where the actor's goes (`[~GOV]`, `[NGO~]`); `{PLURAL}` gives an irregular
plural, `{}` none; `!SET! = ONE, TWO` defines a set that `!SET!` in a phrase stands for.

Words are joined by `_` or spaces; `;` and `#` begin a comment, `<!-- -->` encloses one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_COMMENT = re.compile(r"[;#].*")
_CODE = re.compile(r"\[([^\[\]]*)([\]}]?)")
_PLURAL = re.compile(r"\{([^{}]*)\}")
_SET = re.compile(r"!([^!\s]+)!")
_DATES = re.compile(r"([<>])?\s*(\d{6,8})(?:\s*-\s*(\d{6,8}))?")
# A two-digit year up to this one is of the century of 2000.
_LAST_YEAR = 30
_PARENTHESIS = re.compile(r"\(([^()]*)\)?")


@dataclass(frozen=True, slots=True)
class Item:
    """Something that stands in a dictionary."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A code and when it holds, from <= day < until as ISO days. `dated`: false for what holds at all other times."""

    item: Item
    code: str
    dated: bool
    start: str | None = None
    end: str | None = None


@dataclass(slots=True)
class Actor:
    """Names, the first one first, and what they are coded as."""

    names: list[Item] = field(default_factory=list)
    codes: list[Coded] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Agent:
    """A line of an agents file. `phrases`: what it stands for, irregular plurals too; `code` without its `~`; `before`:
    the code goes before the actor's."""

    item: Item
    phrases: tuple[str, ...]
    code: str
    before: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """An item that cannot be read, and why."""

    item: Item
    reason: str


def lines(text: str) -> Iterator[Item]:
    """The lines without comments, but for empty ones."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        kept, rest = "", line
        while rest:
            if inside:
                _, inside_end, rest = rest.partition("-->")
                inside = not inside_end
            else:
                before, begins, rest = rest.partition("<!--")
                kept += before
                inside = bool(begins)
        kept = _COMMENT.sub("", kept).rstrip()
        if kept.strip():
            yield Item(number, kept)


def is_agents(text: str) -> bool:
    """Whether this is a file of agents: most of its codes have the sign for the actor's."""
    codes = [m[1] for item in lines(text) for m in _CODE.finditer(item.text)]
    return sum("~" in code for code in codes) * 2 > len(codes)


def is_verbs(text: str) -> bool:
    """Whether this is a file of verbs: it has patterns, which begin with a hyphen."""
    found = [item.text.strip() for item in lines(text)]
    return sum(line.startswith(("- ", "---")) for line in found) * 4 > len(found) > 0


def is_actors(text: str) -> bool:
    """Whether this can be a file of actors at all."""
    found = list(lines(text))
    codes = sum(bool(_CODE.search(item.text)) for item in found)
    return codes > 0 and codes * 20 >= len(found)


def actors(text: str) -> Iterator[Actor | Fault]:
    """The actors of a file in their order, and what cannot be read."""
    actor: Actor | None = None
    for item in lines(text):
        name = item.text.split("[", 1)[0].strip()
        synonym = name.startswith("+")
        if synonym and actor is None:
            yield Fault(Item(item.line, name), "a synonym, but no name stands above it")
        elif name and not synonym:
            if actor is not None:
                yield actor
            actor = Actor()
        if name and actor is not None:
            actor.names.append(Item(item.line, name.removeprefix("+").strip()))
        for code in _codes(item):
            if isinstance(code, Fault):
                yield code
            elif actor is None:
                yield Fault(code.item, "a code, but no name stands above it")
            else:
                actor.codes.append(code)
    if actor is not None:
        yield actor


def _codes(item: Item) -> Iterator[Coded | Fault]:
    for found in _CODE.finditer(item.text):
        here = Item(item.line, found[0])
        if found[2] != "]":
            yield Fault(here, "a code that is not closed by ]")
            continue
        code, _, when = found[1].strip().partition(" ")
        if not code:
            yield Fault(here, "brackets without a code")
            continue
        try:
            yield _coded(here, code, when.strip())
        except ValueError as error:
            yield Fault(here, str(error))


def _coded(item: Item, code: str, when: str) -> Coded:
    if not when:
        return Coded(item, code, False)
    dates = _DATES.fullmatch(when)
    if dates is None:
        raise ValueError(
            f"{when!r} is no date, expected <YYMMDD, >YYMMDD or YYMMDD-YYMMDD, years of two or four digits"
        )
    sign, first, second = dates.groups()
    if (sign is None) == (second is None):
        raise ValueError(f"{when!r} is no date, expected < or > before one date, or two dates")
    start, end = _day(first), _day(second) if second else None
    if sign == "<":
        return Coded(item, code, True, None, _next(start))
    if end is not None and end < start:
        raise ValueError(f"{when!r} ends before it begins")
    return Coded(item, code, True, start.isoformat(), _next(end) if end else None)


def _day(digits: str) -> date:
    """Raises `ValueError` where there is no such day."""
    if len(digits) == 7:
        raise ValueError(f"{digits!r} is no date, expected six or eight digits")
    if len(digits) == 6:
        year = int(digits[:2])
        digits = f"{2000 + year if year <= _LAST_YEAR else 1900 + year}{digits[2:]}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise ValueError(f"{digits!r} is no day of the calendar") from None


def _next(day: date) -> str:
    return (day + timedelta(days=1)).isoformat()


def sets(text: str) -> dict[str, list[str]]:
    """The substitution sets that a file of agents defines."""
    return dict(_set(item) for item in lines(text) if _is_set(item))


def _is_set(item: Item) -> bool:
    marker = _SET.match(item.text.strip())
    return marker is not None and item.text.strip()[marker.end() :].lstrip().startswith("=")


def _set(item: Item) -> tuple[str, list[str]]:
    left, _, right = item.text.partition("=")
    marker = _SET.search(left)
    return (marker[1] if marker else left), [word.strip() for word in right.split(",") if word.strip()]


def agents(text: str, known: Mapping[str, list[str]]) -> Iterator[Agent | Fault]:
    """The agents of a file. `known`: the substitution sets; their definitions are given as agents without a code."""
    for item in lines(text):
        if _is_set(item):
            yield Agent(item, (), "", False)
            continue
        phrase, bracket, _ = item.text.partition("[")
        code = _CODE.search(item.text)
        if not bracket or code is None or code[2] != "]":
            yield Fault(item, "a code that is not closed by ]" if bracket else "no code in brackets")
            continue
        plural = _PLURAL.search(phrase)
        if ("{" in phrase or "}" in phrase) and plural is None:
            yield Fault(item, "a brace that is not closed")
            continue
        phrases = [_PLURAL.sub(" ", phrase), *([plural[1]] if plural else [])]
        try:
            spelled = tuple(words(p) for one in phrases for p in _substituted(one, known) if words(p))
        except KeyError as error:
            yield Fault(item, f"the set !{error.args[0]}! is nowhere defined")
            continue
        value = code[1].replace(" ", "")
        if value.count("~") != 1 or not spelled:
            yield Fault(item, "expected a phrase, and a code with ~ before or behind it")
            continue
        yield Agent(item, spelled, value.replace("~", ""), value.endswith("~"))


def _substituted(phrase: str, known: Mapping[str, list[str]]) -> Iterable[str]:
    marker = _SET.search(phrase)
    if marker is None:
        return [phrase]
    variants = [phrase[: marker.start()] + word + phrase[marker.end() :] for word in known[marker[1]]]
    return [done for variant in variants for done in _substituted(variant, known)]


def words(phrase: str) -> str:
    """A phrase with single spaces between its words."""
    return " ".join(phrase.replace("_", " ").split())


def without_parentheses(phrase: str) -> tuple[str, str | None]:
    """(phrase, what stands in parentheses): "SHORE PATROL (SP)" as "SHORE PATROL" and "SP"."""
    found = _PARENTHESIS.search(phrase)
    return words(_PARENTHESIS.sub(" ", phrase)), words(found[1]) if found and found[1].strip() else None
