"""Days as sources write them: ISO, mail headers, and English in words."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

_MONTHS = {
    month: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
        "sep sept september|oct october|nov november|dec december".split("|"),
        1,
    )
    for month in names.split()
}
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?|(\d{8})")
_ISO_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(?:[a-z]+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]+)\.?,?\s+(\d{4})\b.*", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"(?:[a-z]+\.?,?\s+)?([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b.*", re.IGNORECASE)
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ].*)?")


def iso_day(value: str | None) -> str | None:
    """The ISO day of a date or time as it is written there (no change of time zone), or `None`.

    "03/04/2022" is taken only where one reading is possible; else it is `None`. "03.04.2022" has the day first.
    """
    text = (value or "").strip()
    if found := _ISO.fullmatch(text):
        return _made(*_split(found[1] or found[2]))
    if found := _ISO_SLASHED.fullmatch(text):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return _made(int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1]))
    if found := _MONTH_FIRST.fullmatch(text):
        return _made(int(found[3]), _MONTHS.get(found[1].lower(), 0), int(found[2]))
    if found := _NUMERIC.fullmatch(text):
        one, two, year = int(found[1]), int(found[2]), int(found[3])
        if "." in text:
            # Only countries that put the day first write dots.
            return _made(year, two, one)
        readings = {_made(year, two, one), _made(year, one, two)} - {None}
        return readings.pop() if len(readings) == 1 else None
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _split(day: str) -> tuple[int, int, int]:
    digits = day.replace("-", "")
    return int(digits[:4]), int(digits[4:6]), int(digits[6:])


def _made(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
