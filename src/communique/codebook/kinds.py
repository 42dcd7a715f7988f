"""What may stand in a cell: the kinds that `data/tables.toml` names, and the little languages of frames and roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from communique.codebook.book import CLASS_CODES, CLASSES, CONTEXTS, Codebook

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_CLASS_NAME = re.compile(r"[A-Z][A-Z_]*")
_WORD = re.compile(r"[a-z]+")
# The parts of a frame. Those that name a preposition, and those that never name words, stand apart.
_SLOTS = ("obj", "subj", "prt", "prep", "xcomp", "ccomp", "ger", "of", "mod", "objmod", "adv", "passive")
_ANYBODY = frozenset({"@ACTOR", "@BODY"})
# What the column `roles` may say: its values, `None` where there is none, "slots" for places in the sentence.
_EVENT_ROLES: dict[str, tuple[str, ...] | str | None] = {
    "joint": None, "actor": "slots", "recipient": "slots", "act": ("needed",),
}  # fmt: skip
_TIE_ROLES: dict[str, tuple[str, ...] | str | None] = {
    "access": None, "again": None, "ambassador": None, "bearer": None, "context": None, "drill": None,
    "entrant": None, "host": ("subj", "obj"), "project": None, "undo": None,
}  # fmt: skip


class Known:
    """Every name that a cell or a TOML entry may refer to, from all layers of a codebook together."""

    def __init__(self, book: Codebook) -> None:
        self._book = book

    @cached_property
    def states(self) -> frozenset[str]:
        return frozenset(row["iso3"] for row in self._book.readable("countries.csv"))

    @cached_property
    def countries(self) -> frozenset[str]:
        return self.states | CLASS_CODES

    @cached_property
    def organisations(self) -> frozenset[str]:
        return frozenset(row["code"] for row in self._book.readable("organizations.csv"))

    @cached_property
    def sectors(self) -> frozenset[str]:
        found = self._book.readable_toml("sectors.toml").get("sector", {})
        return frozenset(found if isinstance(found, dict) else ())

    @cached_property
    def modes(self) -> dict[str, frozenset[str]]:
        """The modes of each event type."""
        names = {name for layer in self._book.layers for name in layer.matching("codebook/*.toml")} - {CONTEXTS}
        raws = [self._book.readable_toml(name) for name in names]
        return {raw["type"]: frozenset(_names(raw.get("mode"))) for raw in raws if isinstance(raw.get("type"), str)}

    @cached_property
    def contexts(self) -> frozenset[str]:
        return frozenset(_names(self._book.readable_toml(CONTEXTS).get("context")))

    @cached_property
    def ties(self) -> frozenset[str]:
        return frozenset(_names(self._book.readable_toml("ties.toml").get("kind")))

    @cached_property
    def statuses(self) -> frozenset[str]:
        return frozenset(_names(self._book.readable_toml("ties.toml").get("status")))

    @cached_property
    def classes(self) -> frozenset[str]:
        return frozenset(row["class"] for row in self._book.readable(CLASSES))


def _names(entries: Any) -> list[str]:
    found = [entry.get("name") for entry in entries or () if isinstance(entry, dict)]
    return [name for name in found if isinstance(name, str)]


def hint(wrong: str, known: Iterable[str]) -> str:
    """What was expected instead of a name that is not known: the nearest one, else all, if they are few."""
    names = sorted(known)
    near = get_close_matches(wrong, names, 1) or get_close_matches(wrong.upper(), names, 1)
    if near:
        return f"perhaps {near[0]}?"
    return f"expected one of {', '.join(names)}" if len(names) <= 40 else "it is in none of the tables"


Check = Callable[[str], list[str]]
"""A cell to what is wrong with it, as `what, and what was expected`; the column's name is put before it."""


def checks(known: Known) -> dict[str, Check]:
    """How cells of each kind are checked."""
    types = sorted(known.modes)
    every_mode = frozenset().union(*known.modes.values())
    return {
        "text": lambda cell: [],
        "country": _one_of(known.countries, "country"),
        "sector": _one_of(known.sectors, "sector"),
        "type": _one_of(types, "event type"),
        "type or -": _one_of([*types, "-"], "event type"),
        "mode": _one_of(every_mode, "mode"),
        "context": _one_of(known.contexts, "context"),
        "organisation": _one_of(known.organisations, "code of organizations.csv"),
        "tie kind or -": _one_of([*known.ties, "-"], "kind of tie"),
        "class name": _if(_CLASS_NAME.fullmatch, "a name of capital letters"),
        "date": _if(_is_date, "a date: YYYY, YYYY-MM or YYYY-MM-DD"),
        "number": _if(_within(float("-inf"), float("inf")), "a number"),
        "latitude": _if(_within(-90, 90), "degrees from -90 to 90"),
        "longitude": _if(_within(-180, 180), "degrees from -180 to 180"),
        "whole number": _if(str.isdecimal, "a whole number"),
        "frame": lambda cell: frame_faults(cell, known.classes),
        "event roles": lambda cell: _role_faults(cell, _EVENT_ROLES),
        "tie roles": lambda cell: _role_faults(cell, _TIE_ROLES),
    }


def choice(choices: str) -> Check:
    """The check of a kind `one:a|b`."""
    allowed = choices.split("|")
    return _if(lambda cell: cell in allowed, f"one of {', '.join(allowed)}")


def listed(check: Check) -> Check:
    """The check of a kind `list:KIND`."""

    def faults(cell: str) -> list[str]:
        items = cell.split("|")
        if any(not item or item != item.strip() for item in items):
            return [f"is {cell!r}, expected items with one | between them and no spaces around"]
        return [fault for item in items for fault in check(item)]

    return faults


def _one_of(known: Iterable[str], what: str) -> Check:
    allowed = frozenset(known)
    return lambda cell: [] if cell in allowed else [f"is {cell!r}, which is no {what}; {hint(cell, allowed)}"]


def _if(fits: Callable[[str], object], expected: str) -> Check:
    return lambda cell: [] if fits(cell) else [f"is {cell!r}, expected {expected}"]


def _within(least: float, most: float) -> Callable[[str], bool]:
    def fits(cell: str) -> bool:
        try:
            return least <= float(cell) <= most
        except ValueError:
            return False

    return fits


def _is_date(cell: str) -> bool:
    if not _DATE.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell + "-01-01"[len(cell) - 4 :] if len(cell) < 10 else cell)
    except ValueError:
        return False
    return True


def frame_faults(frame: str, classes: frozenset[str]) -> list[str]:
    """What is wrong with a frame as `obj=TREATY|deal !prep=with:@ACTOR`."""
    return [fault for part in frame.split() for fault in _part_faults(part, classes)]


def _part_faults(part: str, classes: frozenset[str]) -> list[str]:
    slot, equals, words = part.removeprefix("!").partition("=")
    if slot not in _SLOTS:
        return [f"has {part!r}, which is no part of a frame; {hint(slot, _SLOTS)}"]
    if slot == "passive" and equals:
        return [f"has {part!r}, expected passive alone"]
    if slot == "prep":
        preposition, colon, words = words.partition(":")
        if not preposition or (colon and not words):
            return [f"has {part!r}, expected prep=with or prep=with:WORDS"]
    elif equals and not words:
        return [f"has {part!r}, expected words behind ="]
    faults = []
    for word in words.split("|") if words else ():
        if not word:
            faults.append(f"has {part!r}, expected a word on each side of |")
        elif word.startswith("@"):
            faults += [] if word in _ANYBODY else [f"has {word}, expected @ACTOR or @BODY"]
        elif word.isupper() and word not in classes:
            faults.append(f"has the class {word}, which no row of lang/en/classes.csv has; {hint(word, classes)}")
    return faults


def _role_faults(roles: str, allowed: dict[str, tuple[str, ...] | str | None]) -> list[str]:
    faults = []
    for part in roles.split():
        name, equals, value = part.partition("=")
        if name not in allowed:
            faults.append(f"has {part!r}, which is no role; {hint(name, allowed)}")
            continue
        values = allowed[name]
        if values is None:
            faults += [f"has {part!r}, expected {name} alone"] if equals else []
        elif values == "slots":
            if not all(_WORD.fullmatch(v) for v in value.split(",")):
                faults.append(f"has {part!r}, expected {name}= with subj, obj, none or prepositions, commas between")
        elif value not in values:
            faults.append(f"has {part!r}, expected {name}={' or '.join(values)}")
    return faults
