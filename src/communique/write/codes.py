"""Codes of other data sets for our states, organisations, people and places, from the tables of `data/`."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property
from typing import NamedTuple

from communique.codebook import CLASS_CODES, Codebook, current
from communique.model import Actor, Place

# Sectors that act for their state. A company, a crowd or an opposition of a country does not.
STATE_SECTORS = frozenset({None, "GOV", "MIL", "LEG", "JUD", "COP", "SPY"})


class Cameo(NamedTuple):
    """The CAMEO event code of a type and mode, with GDELT's quad class (1-4) and the Goldstein value."""

    code: str
    quadclass: str
    goldstein: str

    @property
    def base(self) -> str:
        return self.code[:3]

    @property
    def root(self) -> str:
        return self.code[:2]


class CameoActor(NamedTuple):
    """An actor as CAMEO writes it, and the parts GDELT has columns for. Unknown parts are empty."""

    code: str = ""
    country: str = ""
    group: str = ""
    religion: str = ""
    types: tuple[str, ...] = ()


class Office(NamedTuple):
    """An office somebody held, between half-open ISO dates of any exactness."""

    person: str
    office: str
    country: str | None
    entity: str | None
    from_: str | None
    until: str | None


class Codes:
    """Looks codes up; reads each table when it is first asked for."""

    def __init__(self, book: Codebook) -> None:
        self.book = book

    @cached_property
    def states(self) -> dict[str, str]:
        """ISO3 -> name, former states included."""
        return {row["iso3"]: row["name"] for row in self.book.rows("countries.csv")}

    @cached_property
    def iso2(self) -> dict[str, str]:
        return {row["iso3"]: row["iso2"] for row in self.book.rows("countries.csv") if row["iso2"]}

    @cached_property
    def fips(self) -> dict[str, str]:
        return {row["iso3"]: row["fips"] for row in self.book.rows("fips.csv")}

    @cached_property
    def organisations(self) -> dict[str, tuple[str, str]]:
        """Entity code -> (name, kind), the latest row of each."""
        return {row["code"]: (row["name"], row["kind"]) for row in self.book.rows("organizations.csv")}

    @cached_property
    def _cow(self) -> dict[str, list[tuple[int, str, str]]]:
        spells = defaultdict(list)
        for row in self.book.rows("cow.csv"):
            spells[row["iso3"]].append((int(row["cow"]), row["from"], row["until"] or "9999"))
        return dict(spells)

    def cow(self, country: str | None, day: str | None) -> int | None:
        """The Correlates of War number of a state on an ISO day (today's without one); `None` where it was no member
        of the state system then."""
        spells = self._cow.get(country or "", [])
        if day is None:
            return next((code for code, _, until in spells if until == "9999"), None)
        return next((code for code, from_, until in spells if from_ <= day < until), None)

    def cow_in(self, country: str, year: int) -> int | None:
        """The number a state had on any day of a year, the latest if it had two."""
        first, end = f"{year}-01-01", f"{year + 1}-01-01"
        codes = [code for code, from_, until in self._cow.get(country, []) if from_ < end and until > first]
        return codes[-1] if codes else None

    def state(self, actor: Actor) -> str | None:
        """The ISO3 of the state for which an actor acts, `None` where it acts for none."""
        country = actor.country
        own = actor.entity is None or actor.entity == country or actor.sector is not None
        return country if country in self.states and own and actor.sector in STATE_SECTORS else None

    def code(self, actor: Actor) -> str | None:
        """What an actor is told apart by: its entity code, else the country it is of."""
        country = actor.country if actor.country not in CLASS_CODES else None
        return actor.entity or country

    # CAMEO

    @cached_property
    def _cameo(self) -> dict[tuple[str, str], Cameo]:
        rows = self.book.rows("cameo.csv")
        return {(r["type"], r["mode"]): Cameo(r["code"], r["quadclass"], r["goldstein"]) for r in rows}

    def cameo(self, type_: str, mode: str | None) -> Cameo | None:
        """The code for a type and mode, else for the type; `None` for a type of the user's own."""
        return self._cameo.get((type_, mode or "")) or self._cameo.get((type_, ""))

    @cached_property
    def _actors(self) -> dict[tuple[str, str], CameoActor]:
        return {
            (r["kind"], r["code"]): CameoActor(r["cameo"], r["country"], r["group"], r["religion"], r.list("types"))
            for r in self.book.rows("cameo_actors.csv")
        }

    def cameo_actor(self, actor: Actor) -> CameoActor:
        """Country and role (`NORGOV`), or the code of the organisation (`IGOWSTNAT`)."""
        if known := self._actors.get(("entity", actor.entity or "")):
            return known
        role = self._actors.get(("sector", actor.sector or ""), CameoActor())
        if body := self._actors.get(("class", actor.country or "")):
            types = tuple(dict.fromkeys(body.types + role.types))
            code = body.code + "".join(t for t in role.types if t not in body.types)
            return body._replace(code=code, types=types)
        country = actor.country if actor.country in self.states else None
        if country is None:
            return role
        code = self._actors[("country", country)].code if ("country", country) in self._actors else country
        return role._replace(code=code + role.code, country=code)

    # People

    @cached_property
    def _offices(self) -> dict[str, list[Office]]:
        held = defaultdict(list)
        for row in self.book.rows("offices.csv"):
            office = Office(row["person"], row["office"], *map(row.get, ("country", "entity", "from", "until")))
            held[row["person"]].append(office)
        return dict(held)

    def person(self, actor: Actor) -> bool:
        """Whether the actor is one person, by name."""
        return actor.name is not None and actor.name in self._offices

    def offices(self, actor: Actor, day: str | None) -> list[Office]:
        """The offices this person held on an ISO day; none where the day or the person is not known."""
        held = self._offices.get(actor.name or "", []) if day else []
        return [o for o in held if o.office and (o.from_ or "") <= str(day) < (o.until or "9999")]

    # Places

    @cached_property
    def _divisions(self) -> tuple[dict[int, str], dict[tuple[str, str], str]]:
        """GeoNames id -> first-level code, and (country, first-level code) -> its name.

        Of a hundred thousand places, two short columns are kept.
        """
        columns = list(self.book.schema["places.csv"]["columns"])
        at = [columns.index(name) for name in ("id", "name", "country", "admin1", "kind")]
        codes: dict[int, str] = {}
        names: dict[tuple[str, str], str] = {}
        for _, _, cells in self.book.each("places.csv"):
            id_, name, country, admin1, kind = (cells[n] for n in at)
            if admin1:
                codes[int(id_)] = admin1
            if kind == "region":
                names[country, admin1] = name
        return codes, names

    def division(self, place: Place) -> tuple[str, str]:
        """The code and name of the first-level division a place is in, empty where not known."""
        codes, names = self._divisions
        code = codes.get(place.geonames_id or 0, "")
        return code, names.get((place.country or "", code), "")


@cache
def codes() -> Codes:
    """The codes of the tables that are installed."""
    return Codes(current())
