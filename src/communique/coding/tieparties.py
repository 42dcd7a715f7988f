"""Who may be a party to a tie: states, bodies and armed groups, as the mentions around a word name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from communique.codebook import Codebook
from communique.coding.actors import Mention
from communique.coding.antecedents import ANOTHER, count_of
from communique.coding.clauses import spread, verb
from communique.coding.events import EventStation, Frame
from communique.model import Actor, Party

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

# Kinds of bodies that states belong to.
GATHERING = frozenset({"grouping", "igo", "alliance", "bloc", "union", "forum"})
# Who may stand in a tie besides states.
_BODIES = frozenset({"IGO", "UNO", "EUR"})
_OFFICIAL = frozenset({None, "GOV", "MIL", "LEG", "SPY", "JUD", "COP"})
_GROUP_NOUNS = frozenset(
    "country nation state government side partner ally member power party neighbour neighbor minister leader president "
    "capital delegation signatory army navy parliament legislature".split()
)
NAMED_PACTS = frozenset({"agreement", "accord", "treaty", "pact", "charter", "memorandum", "convention", "protocol"})
# "All members but Hungary": who is left out stands behind one of these.
_BUT = frozenset({"but", "except", "excepting", "excluding", "save", "bar", "minus"})
_MEMBERS = frozenset({"member", "ally", "country", "state", "signatory"})
_FULL = frozenset({None, "permanent", "elected"})
# Words between the members and those left out.
_NEAR = 4
_PREFIXES = frozenset({"post", "pro", "anti", "ex", "non", "pre"})


class PartyReader:
    """Finds the parties among the mentions of a report."""

    def __init__(self, book: Codebook, events: EventStation) -> None:
        self.book = book
        self.events = events
        self.frames: dict[tuple[str, str], list[Frame]] = {}
        self.bodies: dict[str, str | None] = {}
        self.body_names: dict[str, str] = {}
        for row in book.rows("organizations.csv"):
            self.bodies[row["code"]] = row.get("kind")
            self.body_names[row["code"]] = row["name"]
        self.state_names = {row["iso3"]: row["name"] for row in book.rows("countries.csv")}
        self.members: dict[str, list[tuple[str, str | None, str | None]]] = {}
        for row in book.rows("members.csv"):
            if row.get("role") in _FULL:
                self.members.setdefault(row["organisation"], []).append(
                    (row["country"], row.get("from"), row.get("until"))
                )
        rules = book.toml("ties.toml")
        self.security = frozenset(rules["groupings"]["security"])
        self.kinds: dict[str, list[str]] = {kind["name"]: kind["roles"] for kind in rules["kind"]}

    def _around(self, report: Report, token: Any, preps: tuple[str, ...] = ("of", "by")) -> list[Mention]:
        """The coded mentions that own or modify a noun: "Japan's embassy", "the NATO office"."""
        found = []
        for child in token.children:
            if child.i > 1 and child.nbor(-1).text == "-" and child.nbor(-2).lower_ in _PREFIXES:
                continue
            if child.dep_ in ("amod", "compound", "nmod") and not _names_somebody(child):
                continue
            if child.dep_ in ("poss", "amod", "compound", "nmod") or (child.dep_ == "prep" and child.lower_ in preps):
                tokens = [child] if child.dep_ != "prep" else [g for g in child.children if g.dep_ == "pobj"]
                found += self._parties_of(report, [t for c in tokens for t in spread(c)])
        return found

    def _parties_of(self, report: Report, tokens: Iterable[Any]) -> list[Mention]:
        found: list[Mention] = []
        left_out: set[str | None] = set()
        for token in tokens:
            members, without = self._all_but(report, token)
            left_out |= without
            found += [m for m in members if m not in found]
            if members:
                continue
            if token.lower_ in ANOTHER and token.i + 1 < len(report.parsed.doc) and token.nbor(1).lower_ == "with":
                continue
            listed = self._counted(report, token)
            for m in listed or self.events.mentions_of([token], report.mentions):
                if self._party(m) is not None and m not in found:
                    found.append(m)
        return [m for m in found if m.actor.entity not in left_out] if left_out else found

    def _all_but(self, report: Report, token: Any) -> tuple[list[Mention], set[str | None]]:
        """ "All NATO members but Hungary": every other member on the day of the report, and the codes of those left out."""
        doc = report.parsed.doc
        first = token.left_edge.i
        if token.lemma_.lower() not in _MEMBERS or not any(t.lower_ in ("all", "every") for t in doc[first : token.i]):
            return [], set()
        bodies = [m for m in report.mentions.within(first, token.right_edge.i + 1) if m.actor.entity in self.members]
        at = next((t.i for t in doc[token.i + 1 : token.i + 1 + _NEAR] if t.lower_ in _BUT), None)
        if not bodies or at is None:
            return [], set()
        end = next((t.i for t in doc[at + 1 :] if t.pos_ in ("VERB", "AUX", "PUNCT") and t.text != ","), len(doc))
        without = {m.actor.entity for m in self._states(report.mentions.within(at, end))}
        body, day = bodies[0], report.parsed.published
        there = [
            state
            for state, from_, until in self.members[body.actor.entity or ""]
            if state not in without
            and (not day or not from_ or from_ <= day)
            and (not until or (day is not None and day < until))
        ]
        # The phrase may be followed by a space.
        start, stop = doc[first].idx, doc[end - 1].idx + len(doc[end - 1].text)
        text = report.article.text[start:stop]
        names = (Actor(start, stop, text, self.state_names.get(s), s, None, s) for s in there)
        return [Mention(first, end, token.i, actor, "group") for actor in names], without

    def _counted(self, report: Report, token: Any) -> list[Mention]:
        """ "The two sides", "these four countries", "both": the states last named together, that many of them."""
        if token.lower_ in ("latter", "former") and token.dep_ not in ("amod", "compound"):
            first = report.parsed.sents[report.parsed.sent_of(token.i)][0]
            named = self._states(report.mentions.within(first, token.i))
            return (named[-1:] if token.lower_ == "latter" else named[-2:-1]) if len(named) > 1 else []
        number = 2 if token.lower_ in ("they", "them") and token.dep_ != "poss" else count_of(token, _GROUP_NOUNS)
        if number is None:
            return []
        if token.lower_ in ("they", "them") and self.events.mentions_of([token], report.mentions):
            return []
        parsed = report.parsed
        at = parsed.sent_of(token.i)
        for sent in range(at, max(-1, at - 6), -1):
            first, last = parsed.sents[sent]
            states = self._states(report.mentions.within(first, min(last, token.i)))
            if len(states) == number:
                return states
            listed = self._list_of(report, states, number)
            if listed:
                return listed
        # "the quarrel of the two sides grew when the Turkish minister came to Athens"
        states = self._states(report.mentions.within(*parsed.sents[at]))
        return states if len(states) == number else []

    def _states(self, mentions: Iterable[Mention]) -> list[Mention]:
        states: dict[str, Mention] = {}
        for m in mentions:
            party = self._party(m)
            if party is not None and party.entity and party.entity == party.country:
                states.setdefault(party.entity, m)
        return list(states.values())

    @staticmethod
    def _list_of(report: Report, states: list[Mention], number: int) -> list[Mention]:
        """The states among these that are coordinated, if they are that many; the list named last."""
        lists: dict[int, list[Mention]] = {}
        for m in states:
            node = report.parsed.token(m.head)
            while node.dep_ in ("conj", "poss", "compound", "amod", "nmod") and node.head.i != node.i:
                node = node.head
            lists.setdefault(node.i, []).append(m)
        fits = [group for group in lists.values() if len(group) == number]
        return fits[-1] if fits else []

    def _party(self, m: Mention) -> Party | None:
        """The state or body an actor acts for, or `None` where it acts for neither."""
        a = m.actor
        kind = self.bodies.get(a.entity or "")
        if a.country == "IGO" and self._is_pact(a.entity):
            return None
        if a.entity and kind in (*GATHERING, "court", "agency of igo"):
            return Party(a.start, a.end, a.text, a.name, a.country, None, a.entity)
        if a.country in _BODIES:
            return Party(a.start, a.end, a.text, a.name, a.country, None, a.entity) if a.entity else None
        official = a.sector in _OFFICIAL or (m.kind in ("person", "pronoun") and a.sector == "ELI")
        if official and a.country and len(a.country) == 3 and a.country not in ("NGO", "ISM", "IMG", "MNC"):
            return Party(a.start, a.end, a.text, a.name if a.entity == a.country else None, a.country, None, a.country)
        if a.entity and kind == "armed group":
            return Party(a.start, a.end, a.text, a.name, a.country, a.sector, a.entity)
        return None

    def _is_pact(self, code: str | None) -> bool:
        """Whether a body of the table is but a pact: "the Abraham Accords"."""
        return self.body_names.get(code or "", "").split(" ")[-1].lower().removesuffix("s") in NAMED_PACTS

    def _is_body(self, party: Party) -> bool:
        return party.country in _BODIES or self.bodies.get(party.entity or "") in GATHERING

    def _codes(self, mentions: Iterable[Mention], role: str | None = None) -> list[Party]:
        found: dict[str, Party] = {}
        for m in mentions:
            party = self._party(m)
            if party is not None and party.entity:
                found.setdefault(party.entity, replace(party, role=role))
        return list(found.values())

    def _speaking(self, report: Report, i: int) -> list[Party]:
        """The states and bodies for which those speak to whom these words are ascribed."""
        voice, _ = report.voice(i)
        return self._codes([Mention(0, 0, 0, a, "person") for a in voice.sources])


def _names_somebody(modifier: Any) -> bool:
    """ "American", "US-led", but not "liaison"."""
    capital = any(t.text[:1].isupper() for t in (modifier, *modifier.children))
    return capital or "-" in modifier.text or bool(modifier.lower_ == "led")


def bearers(noun_token: Any) -> list[Any]:
    """Of whom a noun is said: "Turkey, a member of NATO", "Turkey is a member", "NATO member Turkey"."""
    head = noun_token.head
    if noun_token.dep_ == "appos":
        return [head]
    if noun_token.dep_ == "attr":
        return [t for c in head.children if c.dep_ in ("nsubj", "nsubjpass") for t in spread(c)]
    if noun_token.dep_ in ("compound", "nmod") and head.pos_ == "PROPN":
        return [head]
    return [c for c in noun_token.children if c.dep_ == "appos" and c.pos_ == "PROPN"]


def behind(noun_token: Any, preps: tuple[str, ...]) -> list[Any]:
    """The nouns behind a noun's prepositions, coordinations spread out."""
    return [
        t
        for c in noun_token.children
        if c.dep_ == "prep" and c.lower_ in preps
        for g in c.children
        if g.dep_ == "pobj"
        for t in spread(g)
    ]


def speakers(token: Any) -> list[Any]:
    """Who signs, agrees or plans what a noun names: the subjects of the verb above it; of a passive, what is moved."""
    for above in token.ancestors:
        if above.pos_ == "VERB":
            up = verb(above)
            return up.subjects or (up.objects if up.passive else [])
    return []


def prep_before(report: Report, i: int) -> str | None:
    """The preposition, comma or "and" that a name stands behind, over articles and earlier list items."""
    for j in range(i - 1, max(-1, i - 4), -1):
        token = report.parsed.token(j)
        if token.lower_ in ("the", "a", "an") or token.dep_ in ("compound", "amod"):
            continue
        if token.pos_ in ("CCONJ", "PUNCT"):
            return _shared_prep(report.parsed.token(i)) or str(token.lower_)
        return str(token.lower_) if token.pos_ == "ADP" else None
    return None


def _shared_prep(token: Any) -> str | None:
    """The preposition that a list stands behind: "at the UN in New York and the OSCE in Vienna"."""
    node = token
    while node.dep_ in ("compound", "nmod", "amod") and node.head.i != node.i:
        node = node.head
    while node.dep_ in ("conj", "appos"):
        node = node.head
    return str(node.head.lower_) if node.dep_ == "pobj" else None
