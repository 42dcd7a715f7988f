"""Presences: whose office, base or troops stand with whom, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from communique.coding.antecedents import Draft, compatible, definite, similar
from communique.coding.clauses import Predicate
from communique.coding.tienames import tie_name
from communique.coding.tieparties import PartyReader, prep_before, speakers
from communique.model import Party, Place

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

# Words for offices that only states have.
_STATE_OFFICES = frozenset({"embassy", "consulate", "legation"})


class Presences(PartyReader):
    """Reads embassies, missions, offices, bases and garrisons."""

    def _presence(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        office = base.centre
        if "access" in base.frame.roles:
            return self._access(report, p, base)
        guests = self._guests(report, p, base, before)
        hosts = self._hosts(report, office, p)
        if base.frame.roles.get("host") == "subj":
            hosts = [(q, None) for q in self._codes(self._parties_of(report, p.subjects))]
        elif base.frame.roles.get("host") == "obj":
            hosts = [(q, None) for q in self._codes(self._parties_of(report, p.objects))]
        if office.lemma_.lower() in _STATE_OFFICES:
            guests = [q for q in guests if not self._is_body(q)]
        if not guests and hosts and p.kind == "noun":
            guests = self._body_near(report, office)
        if guests and hosts:
            hosts = [(q, place) for q, place in hosts if q.entity != guests[0].entity]
        if not guests or not hosts:
            return self._same_office(report, base, guests, [q for q, _ in hosts], before)
        # "liaison office" or "air base": the sort of presence, by which two in one city are told apart
        name, _ = tie_name(report, office)
        return [
            replace(base, parties=[guest, replace(host, role="host")], place=place, name=name)
            for guest in guests[:1]
            for host, place in hosts
        ]

    def _body_near(self, report: Report, office: Any) -> list[Party]:
        """ "NATO leaders took no decision on a liaison office in Tokyo": the one organisation of the sentence."""
        if office.lemma_.lower() in _STATE_OFFICES or not self.events.is_one_of(office, ("office", "mission")):
            return []
        first, last = report.parsed.sents[report.parsed.sent_of(office.i)]
        bodies = {q.entity: q for q in self._codes(report.mentions.within(first, last), "guest") if self._is_body(q)}
        return list(bodies.values()) if len(bodies) == 1 else []

    def _guests(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Party]:
        office = base.centre
        guests = self._codes(self._around(report, office), "guest")
        if p.kind == "verb" and any(c.dep_ == "poss" and c.pos_ == "PRON" for c in office.children):
            # "urged Chad to close its base": the owner is who is to act
            guests = self._codes(self._parties_of(report, p.subjects), "guest") or guests
        if not guests and p.kind == "verb" and office.i != p.head.i and any(office.i == o.i for o in p.objects):
            guests = self._codes(self._parties_of(report, p.subjects), "guest")
        if not guests and similar(office):
            earlier = [d for d in before if d.kind == "presence"]
            guests = [q for d in earlier[-1:] for q in d.parties if q.role == "guest"]
        return guests

    def _same_office(
        self, report: Report, base: Draft, guests: list[Party], hosts: list[Party], before: list[Draft]
    ) -> list[Draft]:
        """ "The office will open in May", "promised to open one there": the one spoken of, with what is told of it."""
        office = base.centre
        there = any(c.lower_ in ("there", "too") for c in base.head.children)
        if not (definite(office) or there or guests):
            return []
        for d in reversed(before):
            if d.kind == "presence" and self._takes_up(report, base, d, guests, hosts, there):
                guest = guests[0] if guests else d.parties[0]
                if guest.entity != d.parties[1].entity:
                    place = d.place if there or d.centre.i == office.i or not guests else None
                    name = d.name if not guests else tie_name(report, office)[0]
                    return [replace(base, parties=[replace(guest, role="guest"), d.parties[1]], place=place, name=name)]
        return []

    def _takes_up(
        self, report: Report, base: Draft, d: Draft, guests: list[Party], hosts: list[Party], there: bool
    ) -> bool:
        """Whether an office told of without its host or guest is that of an earlier draft, or stands beside it."""
        office = base.centre
        if hosts and d.parties[1].entity not in {h.entity for h in hosts}:
            return False
        if there or d.centre.i == office.i:
            return True
        if guests:
            # "gave up its drone base": the host is the one the paragraph spoke of
            same = guests[0].entity == d.parties[0].entity and not self.events.is_one_of(office, ("TROOPS",))
            return same and report.parsed.block_of(d.head.i) == report.parsed.block_of(office.i)
        return definite(office) and self._same_sort(office, d)

    @staticmethod
    def _same_sort(office: Any, draft: Draft) -> bool:
        """ "The office" may be a liaison office, not an embassy."""
        return (draft.name or "").split(" ")[-1] == office.lemma_.lower() and compatible(office, draft)

    def _access(self, report: Report, p: Predicate, base: Draft) -> list[Draft]:
        """ "American forces have access to Philippine bases", "Manila gave Washington access to four sites"."""
        site = base.centre
        guests = self._codes(self._parties_of(report, [o for o in p.objects if o.i != site.i]), "guest")
        givers = self._codes(self._parties_of(report, p.subjects))
        if not guests:
            guests, givers = [replace(q, role="guest") for q in givers], []
        owners = [(q, None) for q in self._codes(self._around(report, site))]
        codes = {q.entity for q in guests} if len(guests) == 1 else set()
        hosts = [h for h in owners or self._hosts(report, site, p) if h[0].entity not in codes]
        hosts = hosts or [(q, None) for q in givers]
        hosts = hosts or [(q, None) for q in self._codes(self._parties_of(report, speakers(p.head)))]
        name, _ = tie_name(report, site)
        return [
            replace(base, parties=[guest, replace(host, role="host")], place=place, name=name)
            for guest in guests[:4]
            for host, place in hosts
            if host.entity != guest.entity and not self._is_body(host)
        ]

    def _hosts(self, report: Report, office: Any, p: Predicate) -> list[tuple[Party, Place | None]]:
        """Where an office stands and to whom it is accredited: "in Tokyo, Japan", "to NATO", "at the UN in New York"."""
        lowest = min(office.i, p.head.i)
        area = {t.i for t in office.subtree} | ({t.i for t in p.head.subtree} if p.kind == "noun" else set())
        if p.kind == "verb":
            for child in p.head.children:
                if child.dep_ in ("prep", "cc", "conj", "npadvmod") and child.i > lowest and child.pos_ != "VERB":
                    area |= {t.i for t in child.subtree}
        asides = {t.i for i in area if (a := report.parsed.token(i)).dep_ == "relcl" for t in a.subtree}
        area -= asides if not asides & {office.i, p.head.i} else set()
        found: list[tuple[Party, Place | None]] = []
        cut = sorted(area)
        troops = self.events.is_one_of(office, ("TROOPS",))
        places = {first: (place, last) for place, (first, last) in report.places if first in area}
        used: set[int] = set()
        for first, (base, last) in places.items():
            if first <= office.i < last and base.country:
                # "Air Base 101", "Camp Lemonnier"
                found += self._host_by_place(report, base, first, last, None)
                used |= set(range(first, last))
        for i in cut:
            if i in used or self._of_another(report, i, office, p.head):
                continue
            m = report.mentions.at(i)
            party = self._party(m) if m is not None and m.first == i else None
            place = places.get(i)
            prep = prep_before(report, i)
            if party is not None and m is not None and self._is_body(party) and prep in ("at", "to", "with"):
                if troops:
                    continue
                used |= set(range(m.first, m.last))
                city = next((places[j] for j in cut if m.last <= j <= m.last + 3 and j in places), None)
                if city:
                    used |= set(range(m.last, city[1]))
                found.append((party, city[0] if city else None))
            elif place is not None and prep in ("in", "at", "near", "on", "to", "of", "from", "into", None, "and", ","):
                found += self._host_by_place(report, place[0], i, place[1], party)
                if found and _same_country(found, places, place[1]):
                    used |= set(range(place[1], place[1] + 3))
        return found

    def _of_another(self, report: Report, i: int, office: Any, head: Any) -> bool:
        """Whether a name hangs on another office: "... by separating its mission from its embassy in Belgium"."""
        for above in report.parsed.token(i).ancestors:
            if above.i in (office.i, head.i):
                return False
            if above.pos_ == "NOUN" and self.events.is_one_of(above, ("PRESENCE",)):
                return True
        return False

    def _host_by_place(
        self, report: Report, place: Place, first: int, last: int, party: Party | None
    ) -> list[tuple[Party, Place | None]]:
        if party is not None and party.entity == party.country and place.grain in (None, "country", "region"):
            # the actor table knows which Georgia is meant
            return [(party, None)]
        if place.country is None:
            return []
        state = Party(place.start, place.end, place.text, None, place.country, None, place.country)
        city = place if place.grain not in ("country", "region", "area") else None
        return [(state, city)]


def _same_country(found: list[tuple[Party, Place | None]], places: dict[int, tuple[Place, int]], after: int) -> bool:
    """Whether "Tokyo" is followed by ", Japan": one place, named twice."""
    for j in (after, after + 1):
        if j in places:
            return places[j][0].country == found[-1][0].country
    return False
