"""What CAMEO's codes of actors mean in our tables: a state or class, and a sector.

A code is a chain of parts of three letters: a state, or IGO, NGO and their like, and then roles and groups, the most
important first. The first part that we have a sector for gives the sector; what says more than that is dropped, and told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from communique.codebook import Codebook

_PART = re.compile(r"[A-Z]{3}")
# States by codes that CAMEO or older dictionaries have and that the tables of the export do not name.
_STATES = {"ZAR": "COD", "BUR": "MMR", "PAL": "PSE", "WSB": "PSE", "GZS": "PSE", "KOS": "XKX", "ROM": "ROU"}
# Roles that CAMEO tells apart and PLOVER does not.
_ROLES = {
    "INS": "REB", "SEP": "REB", "MOS": "MOS", "CHR": "REL", "JEW": "REL", "HIN": "REL", "BUD": "REL", "REL": "REL",
}  # fmt: skip
# What stands where a state would and is none: the world and its regions.
_NOWHERE = frozenset(
    "INT AFR ASA BLK CAF CAS CAU CEU CFR CIS CRB EAF EEU EIN EUR LAM MDT MEA NAF NMR PGS SAF SAM SAS SCN SEA WAF WEU WST "
    "CAM".split()
)
_ARMED = frozenset({"REB", "UAF", "PRM", "CRM"})
_CLASS_SECTORS = {"NGO": "NGO", "MNC": "BUS", "IMG": "REB"}
# Bodies between states.
BODIES = frozenset({"IGO", "UNO", "EUR"})
# Says of an actor that it is not to be coded.
NOBODY = "---"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means to us. `entity`: a body of ours that has just this code; `dropped`: parts that say more."""

    country: str | None
    sector: str | None
    entity: str | None = None
    dropped: tuple[str, ...] = ()


class Codes:
    """Reads CAMEO's codes of actors."""

    def __init__(self, book: Codebook) -> None:
        ours = book.rows("cameo_actors.csv")
        self.states = {row["iso3"] for row in book.rows("countries.csv")}
        self._states = _STATES | {row["cameo"]: row["code"] for row in ours if row["kind"] == "country"}
        self._classes = {row["cameo"]: row["code"] for row in ours if row["kind"] == "class"}
        self._entities = {row["cameo"]: row["code"] for row in ours if row["kind"] == "entity"}
        self._sectors = _ROLES | {row["cameo"]: row["code"] for row in reversed(ours) if row["kind"] == "sector"}
        # Where several of ours share a code, the one of the same name is meant.
        self._sectors |= {
            row["code"]: row["code"] for row in ours if row["kind"] == "sector" and row["code"] == row["cameo"]
        }

    def meaning(self, code: str) -> Meaning:
        """Raises `ValueError` with the reason where a code means nothing to us."""
        parts = _PART.findall(code)
        if "".join(parts) != code or not parts:
            raise ValueError(f"the code {code} is not made of parts of three capital letters")
        head, rest = parts[0], parts[1:]
        country = self._states.get(head, head if head in self.states else None)
        if head in ("IGO", "UNO"):
            country = "UNO" if "UNO" in parts else "EUR" if {"EUR", "EEC"} <= set(parts) else "IGO"
        elif country is None and head in self._classes:
            country = self._classes[head]
        elif country is None and head not in _NOWHERE:
            rest = parts
        sector = next((self._sectors[p] for p in rest if p in self._sectors), None)
        if country is None and sector in _ARMED and head in _NOWHERE:
            country = "IMG"
        if country in BODIES and sector == "BUS":
            # An economic body between states is no company.
            sector = None
        if country is None and sector is None:
            raise ValueError(f"the code {code} names no state, body or role that our tables have")
        sector = sector or _CLASS_SECTORS.get(country or "")
        used = {head, "UNO", "EUR", "EEC"} | {p for p in rest if self._sectors.get(p) == sector}
        dropped = tuple(p for p in rest if p not in used and p not in _NOWHERE)
        entity = self._entities.get(code)
        return Meaning(country, sector, entity, () if entity else dropped)

    def role(self, code: str) -> str:
        """The sector of an agent's code. Raises `ValueError` where it has none."""
        parts = _PART.findall(code)
        found = next((self._sectors[p] for p in parts if p in self._sectors), None)
        if "".join(parts) != code or found is None:
            raise ValueError(f"the code ~{code} names no role that our tables have a sector for")
        return found
