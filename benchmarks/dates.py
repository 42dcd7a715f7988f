"""Dates: characters a second of the date station alone, without a parse, over texts of growing length.

The baseline is the least that any date reader must do: one regular expression over the same text that finds years of four
digits and names of months, and does nothing with them. Where dateparser is installed, its `search_dates` stands beside it
on the shortest text; it finds days, and no spans of time. The cost of a character must not grow with the length of the
text. Goal: 200,000 characters a second.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from functools import partial

from bench import Cell, Table, best, main

from communique.codebook import shipped
from communique.coding.dates import DateStation
from reports import make

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
PUBLISHED = "2024-05-08"
GOAL = 200_000
SCAN = re.compile(
    r"\b(?:[12]\d{3}|January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


def dateparser(text: str) -> list[object]:
    from dateparser.search import search_dates

    return list(search_dates(text, languages=["en"]) or ())


def measure(quick: bool) -> Table:
    sizes = SIZES[:1] if quick else SIZES
    text = "\n\n".join(report.text for report in make(max(sizes) // 2_000))
    station = DateStation(shipped())
    rows: list[tuple[Cell, ...]] = []
    for size in sizes:
        part = text[:size]
        readers: dict[str, Callable[[], Sequence[object]]] = {
            "years and months by pattern (baseline)": partial(SCAN.findall, part),
            "communique": partial(station.find, part, PUBLISHED, "news", None),
        }
        if size == SIZES[0] and importlib.util.find_spec("dateparser"):
            readers["dateparser.search_dates"] = partial(dateparser, part)
        times = {name: best(work, 1 if quick else ROUNDS) for name, work in readers.items()}
        bare = next(iter(times.values()))
        for name, time in times.items():
            goal = ("reached" if size / time >= GOAL else "missed") if name == "communique" else None
            rows.append((len(part), name, len(readers[name]()), round(size / time), time / bare, goal))
    return Table(("characters", "by", "found", "characters/s", "time, of the baseline's", f"goal {GOAL:,}/s"), rows)


if __name__ == "__main__":
    main(measure, __doc__)
