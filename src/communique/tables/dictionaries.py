"""Actors and agents of other programs' dictionaries as tables of ours.

- A code of a state alone makes its names further names of the state (`countries.csv`).
- An actor with dates whose name is a person's is an office-holder (`offices.csv`), with a row for each time. All others
  are organisations (`organizations.csv`), with a row for each time too. What holds without a date fills the gaps.
- Agents are role nouns (`lang/en/roles.csv`).

What our tables have already with the same meaning is not written again; where the meaning differs, the dictionary wins:
its rows take the place of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from communique.codebook import CLASS_CODES, CLASSES, PREDICATES, Codebook, Row
from communique.tables.cameo import BODIES, NOBODY, Codes, Meaning
from communique.tables.journal import Journal
from communique.tables.petrarch import Actor, Agent, Coded, Fault, Item, without_parentheses, words
from communique.tables.spelling import spelled, variants

# Rows by key.
Rows = dict[tuple[str, ...], dict[str, str]]
Names = list[tuple[Item, str]]

_ARMED_KIND = "armed group"
_KINDS = {
    "REB": _ARMED_KIND, "UAF": _ARMED_KIND, "PRM": _ARMED_KIND, "CRM": _ARMED_KIND, "MIL": "military",
    "PTY": "party", "OPP": "party", "JRN": "media", "BUS": "company", "NGO": "ngo", "HRI": "ngo", "ENV": "ngo",
    "LAB": "ngo", "LEG": "parliament", "JUD": "court",
}  # fmt: skip
_CLASS_KINDS = {
    "IGO": "igo", "UNO": "agency of igo", "EUR": "agency of igo", "NGO": "ngo", "ISM": "ngo", "MNC": "company",
    "IMG": _ARMED_KIND,
}  # fmt: skip
# Sectors of people in office; who is dated and has none of these is a group.
_PERSONAL = frozenset({"GOV", "ELI", "LEG", "JUD", "MIL", "SPY", "OPP", "PTY"})
# A name with one of these is no person's.
_COLLECTIVE = frozenset(
    "agency alliance army assembly association authority battalion bloc board brigade brigades bureau cabinet command "
    "commission committee company confederation congress corps council court delegation department division faction "
    "federation fighters force forces front government group guard house initiative institute junta league liberation "
    "ministry mission movement navy network office organisation organization parliament party police regime regiment "
    "republic resistance senate service services society state team troops union unit university".split()
)
_PERSON_WORDS = range(2, 6)
_BODY_HEADS = frozenset(
    "academy bank chamber coalition college corporation firm gendarmerie industry jail media militia newspaper press prison "
    "school security staff tribunal".split()
)


@dataclass(frozen=True, slots=True)
class _Term:
    """What a code means, and when it holds: from <= day < until."""

    coded: Coded
    meaning: Meaning | None
    start: str | None
    end: str | None


class _Outcomes:
    """What became of the items of one entry: each is converted, unless it is marked otherwise."""

    def __init__(self) -> None:
        self._left: dict[int, str] = {}
        self._known: set[int] = set()

    def leave(self, items: Iterable[Item], reason: str) -> None:
        self._left.update((id(item), reason) for item in items)

    def know(self, items: Iterable[Item]) -> None:
        self._known.update(map(id, items))

    def tell(self, journal: Journal, source: str, items: Iterable[Item]) -> None:
        for item in items:
            journal.read += 1
            if reason := self._left.get(id(item)):
                journal.leave(f"{source}:{item.line}", reason, item.text)
            elif id(item) in self._known:
                journal.known += 1
            else:
                journal.converted += 1


class Ours:
    """What our tables call by which name."""

    def __init__(self, book: Codebook) -> None:
        self.states = {row["iso3"]: row for row in book.rows("countries.csv")}
        self.state_names: dict[str, set[str]] = {}
        for row in self.states.values():
            forms = [row["name"], *(f for c in ("aliases", "demonyms", "capital", "seats") for f in row.list(c))]
            for form in [*forms, *(f"{people}s" for people in row.list("demonyms"))]:
                self.state_names.setdefault(key_of(form), set()).add(row["iso3"])
        self.bodies: dict[str, list[Row]] = {}
        self.body_names: dict[str, str] = {}
        for row in book.rows("organizations.csv"):
            self.bodies.setdefault(row["code"], []).append(row)
            for form in (row["name"], *row.list("aliases")):
                self.body_names.setdefault(key_of(form), row["code"])
        self.people: dict[str, list[Row]] = {}
        for row in book.rows("offices.csv"):
            for form in (row["person"], *row.list("aliases")):
                self.people.setdefault(key_of(form), []).append(row)
        self.roles = {row["role"]: row for row in book.rows("lang/en/roles.csv")}
        # Words that are no names by themselves.
        self.common = {row["word"].lower() for row in book.rows(CLASSES)} | self.roles.keys()
        self.common |= {row["lemma"].lower() for row in book.rows(PREDICATES)}
        self.common |= {r["name"].lower() for r in book.rows("places_extra.csv") if r["kind"] == "word"}
        named = [*self.states.values(), *(row for rows in self.bodies.values() for row in rows)]
        forms_of_all = [form for row in named for form in (row["name"], *row.list("aliases"))]
        self.acronyms = {form for form in forms_of_all if form.isupper() and form.isalpha()}
        self.places: dict[str, set[str]] = {}
        for _, _, cells in book.each("places.csv"):
            if cells[5] in ("city", "region"):
                self.places.setdefault(key_of(cells[1]), set()).add(cells[3])


class Converter:
    """Collects the rows of all dictionaries of one conversion, by table and key."""

    def __init__(self, book: Codebook, journal: Journal) -> None:
        self.journal = journal
        self.tables: dict[str, Rows] = {
            name: {} for name in ("countries.csv", "organizations.csv", "offices.csv", "lang/en/roles.csv")
        }
        self._codes = Codes(book)
        self._ours = Ours(book)

    def actor(self, source: str, actor: Actor | Fault) -> None:
        """One actor of the dictionary `source`; each of its names and codes is an item."""
        outcomes = _Outcomes()
        if isinstance(actor, Fault):
            outcomes.leave([actor.item], actor.reason)
            outcomes.tell(self.journal, source, [actor.item])
            return
        terms = self._terms(actor.codes, outcomes)
        names = self._names(actor.names, outcomes)
        items = [*actor.names, *(coded.item for coded in actor.codes)]
        meanings = [term.meaning for term in terms if term.meaning]
        if not meanings:
            outcomes.leave(actor.names, "coded as nobody" if terms else "no code of it could be converted")
            outcomes.leave([term.coded.item for term in terms], "codes nobody")
        elif not names:
            outcomes.leave([term.coded.item for term in terms], "no name of it could be converted")
        elif all(m.sector is None and m.country in self._ours.states for m in meanings):
            self._state(names, terms, outcomes)
        elif self._is_person(names[0][1], terms):
            self._person(names, terms, outcomes)
        else:
            self._body(names, terms, outcomes)
        outcomes.tell(self.journal, source, items)

    def _terms(self, codes: Sequence[Coded], outcomes: _Outcomes) -> list[_Term]:
        found: list[_Term] = []
        for coded in codes:
            try:
                meaning = None if coded.code == NOBODY else self._codes.meaning(coded.code)
            except ValueError as error:
                outcomes.leave([coded.item], str(error))
                continue
            if not coded.dated and any(not term.coded.dated for term in found):
                outcomes.leave([coded.item], "a second code without a date; the first one counts")
                continue
            found.append(_Term(coded, meaning, coded.start, coded.end))
            self.journal.notes.update(meaning.dropped if meaning else ())
        return found

    def _names(self, items: Sequence[Item], outcomes: _Outcomes) -> Names:
        """The usable names as they stand in running text; an abbreviation in parentheses is a name too."""
        found = []
        for item in items:
            phrase, inside = without_parentheses(item.text)
            phrase = phrase.strip(" -,;:/")
            if sum(map(str.isalpha, phrase)) < 2:
                outcomes.leave([item], "expected a name of two letters at least")
            elif set("|+{}") & set(phrase):
                outcomes.leave([item], "expected a name without | + { }")
            else:
                found.append((item, spelled(phrase, self._ours.acronyms)))
                found += [(item, inside)] if inside and _abbreviates(inside, phrase) else []
        return found

    @staticmethod
    def _is_person(name: str, terms: Sequence[_Term]) -> bool:
        meanings = [term.meaning for term in terms if term.meaning]
        personal = all(m.sector in _PERSONAL or (m.country in BODIES and m.sector is None) for m in meanings)
        in_office = any(t.coded.dated for t in terms) or all(m.sector == "ELI" for m in meanings)
        plain = {word.lower() for word in re.findall(r"[^\W\d_]+", name)}
        alike = len(name.split()) in _PERSON_WORDS and not plain & _COLLECTIVE and not any(map(str.isdigit, name))
        return alike and personal and in_office

    # States

    def _state(self, names: Names, terms: list[_Term], outcomes: _Outcomes) -> None:
        items = [item for item, _ in names] + [term.coded.item for term in terms]
        states = {term.meaning.country for term in terms if term.meaning}
        if len(states) > 1 or any(term.coded.dated for term in terms):
            outcomes.leave(
                items, "names of a state with dates; give them in countries.csv, which dates states themselves"
            )
            return
        state = next(s for s in states if s)
        new = []
        for item, name in names:
            ours = self._ours.state_names.get(key_of(name), set())
            if state in ours or state in self._ours.places.get(key_of(name), ()):
                outcomes.know([item])
            elif ours:
                outcomes.leave([item], f"our countries.csv has this name as {', '.join(sorted(ours))}")
            else:
                new.append(name)
                self._ours.state_names[key_of(name)] = {state}
        if not new:
            outcomes.know(term.coded.item for term in terms)
            return
        row = self.tables["countries.csv"].setdefault((state,), dict(self._ours.states[state].values))
        row["aliases"] = _joined([*row["aliases"].split("|"), *new])

    # People

    def _person(self, names: Names, terms: list[_Term], outcomes: _Outcomes) -> None:
        ours = [row for _, name in names for row in self._ours.people.get(key_of(name), ())]
        person = ours[0]["person"] if ours else names[0][1]
        forms = _joined(n for _, name in names for n in (name, *variants(name)) if n != person)
        new = {key_of(name) for _, name in names} - self._ours.people.keys()
        rows = self.tables["offices.csv"]
        for term in _filled(terms):
            meaning = term.meaning
            if meaning is None:
                continue
            # Who speaks for a body between states has no role of his own in CAMEO.
            sector = meaning.sector or "GOV"
            key = (person, meaning.country or "", "", term.start or "")
            if not new and any(_says(row, meaning.country, sector, term) for row in ours):
                outcomes.know([term.coded.item])
            elif key in rows:
                outcomes.leave([term.coded.item], "another code of this name begins on the same day")
            else:
                rows[key] = {
                    "person": person, "aliases": forms, "country": meaning.country or "", "sector": sector,
                    "entity": meaning.entity or "", "from": term.start or "", "until": term.end or "",
                }  # fmt: skip

    # Organisations

    def _body(self, names: Names, terms: list[_Term], outcomes: _Outcomes) -> None:
        items = [item for item, _ in names] + [term.coded.item for term in terms]
        states = {state for _, name in names for state in self._ours.state_names.get(key_of(name), ())}
        if states:
            if states <= {term.meaning.country for term in terms if term.meaning}:
                outcomes.know(items)
            else:
                outcomes.leave(items, f"our countries.csv has a name of it as {', '.join(sorted(states))}")
            return
        code = next((c for _, n in names if (c := self._ours.body_names.get(key_of(n)))), None)
        entities = {term.meaning.entity for term in terms if term.meaning}
        if code is None and len(entities) == 1:
            # coded just as a body of ours: another name of it
            (code,) = entities
        ours = self._ours.bodies.get(code or "", [])
        name = ours[0]["name"] if ours else names[0][1]
        known = {key_of(form) for row in ours for form in (row["name"], *row.list("aliases"))}
        forms = [n for _, one in names for n in (one, *variants(one)) if n != name]
        new = [form for form in forms if key_of(form) not in known]
        filled = [term for term in _filled(terms) if term.meaning]
        if ours and all(
            any(_says(r, t.meaning.country, t.meaning.sector, t) for r in ours) for t in filled if t.meaning
        ):
            outcomes.know(term.coded.item for term in terms)
            outcomes.know(item for item, one in names if key_of(one) in known)
            for row in ours if new else ():
                values = {**row.values, "aliases": _joined([*row.list("aliases"), *new])}
                self.tables["organizations.csv"][row["code"], row["from"]] = values
            return
        code = code or self._new_code(name, terms)
        aliases = _joined([*(alias for row in ours for alias in row.list("aliases")), *new])
        self.journal.replaced += [code] if ours else []
        for row in ours:
            self.tables["organizations.csv"][code, row["from"]] = {"code": code, "from": row["from"], "remove": "yes"}
        self._body_rows(code, name, aliases, filled, outcomes)

    def _body_rows(self, code: str, name: str, aliases: str, terms: Iterable[_Term], outcomes: _Outcomes) -> None:
        rows = self.tables["organizations.csv"]
        forms = [name, *(alias for alias in aliases.split("|") if alias)]
        for term in terms:
            key = (code, term.start or "")
            if term.meaning is None:
                continue
            if key in rows and "remove" not in rows[key]:
                outcomes.leave([term.coded.item], "another code of this name begins on the same day")
                continue
            rows[key] = {
                "code": code, "name": name, "aliases": aliases, "kind": _kind(term.meaning),
                "country": term.meaning.country or "", "sector": term.meaning.sector or "",
                "weak": _joined(form for form in forms if form.lower() in self._ours.common),
                "from": term.start or "", "until": term.end or "",
            }  # fmt: skip
        for form in forms:
            self._ours.body_names.setdefault(key_of(form), code)

    def _new_code(self, name: str, terms: Sequence[_Term]) -> str:
        """A code of our own making: the name in capitals, with its state where that is taken."""
        base = re.sub(r"[^A-Z0-9]+", "_", key_of(name).upper()).strip("_") or "GROUP"
        taken = {*self._ours.bodies, *self._ours.body_names.values(), *self._ours.states, *CLASS_CODES}
        states = [term.meaning.country for term in terms if term.meaning and term.meaning.country]
        wanted = [base, *(f"{base}_{state}" for state in states), *(f"{base}_{n}" for n in range(2, len(taken) + 3))]
        return next(code for code in wanted if code not in taken)

    # Agents

    def agent(self, source: str, agent: Agent | Fault) -> None:
        """One line of a file of agents: an item."""
        outcomes = _Outcomes()
        if isinstance(agent, Fault):
            outcomes.leave([agent.item], agent.reason)
        elif agent.code:
            try:
                self._roles(agent, self._codes.role(agent.code), outcomes)
            except ValueError as error:
                outcomes.leave([agent.item], str(error))
        outcomes.tell(self.journal, source, [agent.item])

    def _roles(self, agent: Agent, sector: str, outcomes: _Outcomes) -> None:
        rows = self.tables["lang/en/roles.csv"]
        new = 0
        first = agent.phrases[0].lower()
        scope = self._scope(first)
        for phrase in agent.phrases:
            role = phrase.lower()
            if role in (f"{first}s", f"{first}es", f"{first[:-1]}ies"):
                # The plural of a role is found by itself.
                continue
            ours = self._ours.roles.get(role)
            if (ours is not None and ours["sector"] == sector) or (role,) in rows:
                continue
            new += 1
            rows[(role,)] = {"role": role, "sector": sector, "scope": ours["scope"] if ours else scope}
        if not new:
            outcomes.know([agent.item])

    def _scope(self, role: str) -> str:
        """Whether a role is a person's or a body's: as the same word is in our table, else by the kind of word."""
        head = role.split(" of ")[0].split()[-1]
        ours = self._ours.roles.get(role) or self._ours.roles.get(head)
        if ours is not None:
            return ours["scope"]
        return "body" if head in _COLLECTIVE | _BODY_HEADS else "person"


def key_of(name: str) -> str:
    """A name as it is compared: without case and spare spaces."""
    return words(name).casefold()


def _joined(items: Iterable[str]) -> str:
    """A cell of a list, each item once."""
    return "|".join(dict.fromkeys(item for item in items if item))


def _kind(meaning: Meaning) -> str:
    return _CLASS_KINDS.get(meaning.country or "") or _KINDS.get(meaning.sector or "", "agency")


def _says(row: Row, country: str | None, sector: str | None, term: _Term) -> bool:
    """Whether a row of ours says the same of all the time that a term holds; one without dates says nothing of time."""
    if (row.get("country"), row.get("sector")) != (country, sector):
        return False
    if term.start is None and term.end is None:
        return True
    early = not row["from"] or (term.start is not None and row["from"] <= term.start)
    late = not row["until"] or (term.end is not None and row["until"] >= term.end)
    return early and late


def _abbreviates(inside: str, phrase: str) -> bool:
    """Whether what stands in parentheses is made of the first letters of the phrase, in their order."""
    letters = iter(word[0] for word in re.split(r"[\s-]+", phrase) if word)
    return inside.isalpha() and inside.isupper() and len(inside) > 1 and all(letter in letters for letter in inside)


def _filled(terms: Sequence[_Term]) -> list[_Term]:
    """The dated terms by day, with what holds without a date in the gaps between them."""
    dated = sorted((t for t in terms if t.coded.dated), key=lambda t: (t.start or "", t.end or "9999"))
    plain = [term for term in terms if not term.coded.dated]
    if not plain or not dated:
        return [*dated, *plain]
    found = list(dated)
    reached: str | None = None
    for n, term in enumerate(dated):
        if term.start is not None and (n == 0 or (reached is not None and term.start > reached)):
            found.append(replace(plain[0], start=reached, end=term.start))
        if term.end is None:
            return found
        reached = max(reached or "", term.end)
    return [*found, replace(plain[0], start=reached, end=None)]
