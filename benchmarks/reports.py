"""Makes reports to measure with: like those that a newsroom sends in a day, three in ten of them on international politics.

    python benchmarks/reports.py [--count N] [--seed N]     prints them as JSON lines

The political ones are put together from paragraphs of `samples/`, with other states and other days in each; the rest
from the sentences in `benchmarks/texts/`, with other people, towns, clubs and firms in each. 150 to 900 words each. The
same seed gives the same reports, and the first hundred of two thousand are those of one hundred.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples" / "reports.jsonl"
TOPICS = ("business", "crime", "culture", "obituaries", "science", "sport", "weather")
# Which of every ten reports are political.
POLITICAL = (0, 3, 7)
# Samples that are no politics.
_OTHER_SAMPLES = frozenset({"sample-18", "sample-21", "sample-22"})
SHORTEST, USUAL, LONGEST = 150, 320, 900
# No paragraph is longer, so that the last one cannot lead beyond the longest report.
_PARAGRAPH = 100

# State, its adjective, its capital.
STATES = tuple(
    tuple(line.split())
    for line in """
    Armenia Armenian Yerevan
    Australia Australian Canberra
    Bolivia Bolivian Sucre
    Canada Canadian Ottawa
    Chile Chilean Santiago
    China Chinese Beijing
    Egypt Egyptian Cairo
    Finland Finnish Helsinki
    France French Paris
    Germany German Berlin
    Ghana Ghanaian Accra
    Greece Greek Athens
    Hungary Hungarian Budapest
    India Indian Delhi
    Indonesia Indonesian Jakarta
    Iran Iranian Tehran
    Japan Japanese Tokyo
    Kenya Kenyan Nairobi
    Lithuania Lithuanian Vilnius
    Mongolia Mongolian Ulaanbaatar
    Morocco Moroccan Rabat
    Norway Norwegian Oslo
    Peru Peruvian Lima
    Poland Polish Warsaw
    Russia Russian Moscow
    Serbia Serbian Belgrade
    Sweden Swedish Stockholm
    Taiwan Taiwanese Taipei
    Turkey Turkish Ankara
    Ukraine Ukrainian Kyiv
    Vietnam Vietnamese Hanoi
    """.strip().splitlines()
)
# Without May, which is a verb as well.
_MONTHS = "January February March April June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_YEAR = re.compile(r"\b20[0-2]\d\b")

_FIRST = (
    "Agnes Bruno Carla Dario Edith Farid Greta Hamid Irina Jonas Katja Luca Mirela Nadia Oskar Paula Quentin Rosa Samir "
    "Tilda Ugo Vera Wanda Xenia Yusuf Zora Amina Benedikt Celia Dmitri"
).split()
_LAST = (
    "Abelard Brandvold Castellan Dunmore Eskola Fairweather Gallimore Hartnoll Ibsted Jakovic Kellerby Lindqvist "
    "Marchetti Nordhagen Okonjo Pellerin Quarrie Rautio Sandoval Thornbury Ullman Varga Whitlock Ximenez Yarrow Zeller "
    "Ashcombe Bellweather Corrigan Dalgaard"
).split()
_CITIES = "Leeds Porto Lyon Gdansk Turin Bergen Osaka Cork Graz Ghent Tampere Valencia Adelaide Toulouse Brno".split()
_TOWNS = (
    "Port Arden, Seabright, Kelmouth, Ostrand, Lower Wick, Sankt Veit am Moos, Valdora, Hollin Bridge, Marrow Bay, "
    "Tannersford, Oxcombe, Brunnelle, Casteldoro, Whin Hill, Nyvik"
).split(", ")
_CLUBS = (
    "Kelmouth Rovers, Port Arden, Ostrand United, Real Valdora, Nyvik, Seabright Athletic, Tannersford Town, Union Brunnelle"
).split(", ")
_FIRMS = (
    "Halvard & Sons, Norrwick, Calder Glass, Brightwell Foods, Sarno Motori, Ostrand Rail, Pell and Quarry, Tamarind Hotels"
).split(", ")
_OUTLETS = ("Meridian Wire", "The Aldersgate Chronicle", "Huanhai News Agency", "The Common Quay", "Rampart Review")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it goes into a JSON line; `political` is for us."""

    id: str
    outlet: str
    published: str
    title: str
    text: str
    political: bool

    def line(self) -> str:
        fields = asdict(self)
        del fields["political"]
        return json.dumps(fields, ensure_ascii=False) + "\n"


def make(count: int, seed: int = 1) -> list[Report]:
    """So many reports, 30 % of them political."""
    return [_report(number, seed) for number in range(count)]


def write(reports: Sequence[Report], path: Path) -> Path:
    """The reports as JSON lines."""
    path.write_text("".join(report.line() for report in reports), "utf-8")
    return path


def _report(number: int, seed: int) -> Report:
    # A generator of its own for each report, so that the first ones do not depend on how many are made.
    rng = random.Random(seed * 1_000_003 + number)
    political = number % 10 in POLITICAL
    length = int(rng.triangular(SHORTEST, LONGEST - _PARAGRAPH, USUAL))
    title, paragraphs = (_politics if political else _other)(rng, length)
    return Report(
        id=f"made-{seed}-{number:05d}",
        outlet=rng.choice(_OUTLETS),
        published=f"{rng.randrange(2020, 2026)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        title=title,
        text="\n\n".join(paragraphs),
        political=political,
    )


def _cut(paragraphs: Iterator[str], length: int) -> list[str]:
    """Paragraphs until there are so many words."""
    kept: list[str] = []
    words = 0
    while words < length:
        kept.append(next(paragraphs))
        words += len(kept[-1].split())
    return kept


# Politics


@cache
def _samples() -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]
    return tuple((row["title"], tuple(row["text"].split("\n\n"))) for row in rows if row["id"] not in _OTHER_SAMPLES)


def _politics(rng: random.Random, length: int) -> tuple[str, list[str]]:
    order = rng.sample(_samples(), len(_samples()))
    paragraphs = _cut((paragraph for _, text in order for paragraph in text), length)
    change = _Change(rng)
    return change(order[0][0]), [change(paragraph) for paragraph in paragraphs]


class _Change:
    """Other states, months, weekdays and years, the same for one throughout a report."""

    def __init__(self, rng: random.Random) -> None:
        self._for: dict[str, str] = {}
        for state, other in zip(STATES, rng.sample(STATES, len(STATES)), strict=True):
            self._for.update(zip(state, other, strict=True))
        for names in (_MONTHS, _DAYS):
            by = rng.randrange(len(names))
            self._for.update(zip(names, names[by:] + names[:by], strict=True))
        self._years = rng.randrange(-4, 1)
        self._names = re.compile(rf"\b(?:([Aa])n? )?({'|'.join(map(re.escape, self._for))})\b")

    def __call__(self, text: str) -> str:
        text = self._names.sub(self._other, text)
        return _YEAR.sub(lambda found: str(int(found[0]) + self._years), text)

    def _other(self, found: re.Match[str]) -> str:
        name = self._for[found[2]]
        if found[1] is None:
            return name
        return f"{found[1]}{'n' if name[0] in 'AEIOU' and not name.startswith('U') else ''} {name}"


# The rest


@cache
def topic(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headlines and the sentences of a topic, with places for names in braces."""
    lines = (HERE / "texts" / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(s[2:] for s in lines if s.startswith("= ")), tuple(s for s in lines if not s.startswith("= "))


def _other(rng: random.Random, length: int) -> tuple[str, list[str]]:
    order = rng.sample(TOPICS, len(TOPICS))
    cast = _Cast(rng)
    paragraphs = _cut((cast(p) for name in order for p in _paragraphs(rng, name)), length)
    if rng.random() < 0.3:
        paragraphs[0] = f"{cast.town.upper()} - {paragraphs[0]}"
    return cast.headline(rng.choice(topic(order[0])[0])), paragraphs


def _paragraphs(rng: random.Random, name: str) -> Iterator[str]:
    """All sentences of a topic in some order, one to three a paragraph."""
    sentences = list(topic(name)[1])
    rng.shuffle(sentences)
    while sentences:
        size = rng.randint(1, 3)
        yield " ".join(sentences[:size])
        del sentences[:size]


class _Cast:
    """Whom and what a report is about; numbers and days are other ones at every place."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._people = dict(zip("ABC", zip(rng.sample(_FIRST, 3), rng.sample(_LAST, 3), strict=True), strict=True))
        self._known: set[str] = set()
        self.town = rng.choice(_TOWNS)
        team, rival = rng.sample(_CLUBS, 2)
        self._names = {"team": team, "rival": rival, "town": self.town}
        self._names |= {"company": rng.choice(_FIRMS), "city": rng.choice(_CITIES)}

    def __call__(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self._fill(found[1]), text)

    def headline(self, text: str) -> str:
        """A headline has surnames only."""
        self._known |= self._people.keys()
        return self(text)

    def _fill(self, slot: str) -> str:
        if slot in self._people:
            first, last = self._people[slot]
            name = last if slot in self._known else f"{first} {last}"
            self._known.add(slot)
            return name
        return self._names.get(slot) or self._number(slot)

    def _number(self, slot: str) -> str:
        rng = self._rng
        match slot:
            case "n":
                return str(rng.randint(2, 60))
            case "hundreds":
                return str(10 * rng.randint(11, 95))
            case "thousands":
                return f"{100 * rng.randint(21, 480):,}"
            case "year":
                return str(rng.randint(1931, 2019))
            case "ordinal":
                return f"{rng.randint(4, 20)}th"
            case "day":
                return rng.choice(_DAYS)
            case "month":
                return rng.choice(_MONTHS)
        raise KeyError(slot)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    call = parser.parse_args()
    print("".join(report.line() for report in make(call.count, call.seed)), end="")


if __name__ == "__main__":
    main()
