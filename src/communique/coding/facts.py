"""What a report says of ties: passages to claims.

`lang/en/ties.csv` lists the words by which ties are opened, changed, ended or said to stand, with the frame
language of the event lexicon. Who takes which part follows from what the parties are: in a membership the
organisation is the organisation, in a presence the possessor of the office is the guest.
Several passages of one report on one tie give several claims; `communique.ties` puts claims together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from communique.codebook import Codebook
from communique.coding.actors import Mention
from communique.coding.clauses import Predicate, predicates, verb
from communique.coding.events import EventStation, Frame, frame_of
from communique.coding.parse import tense_is_past
from communique.coding.status import Reading
from communique.model import Claim, Party, Place, Reason, Status, TieStatus, When, make_id

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

_OPEN = frozenset({TieStatus.ACTIVE, TieStatus.SIGNED})
# Who may stand in a tie besides states.
_BODIES = frozenset({"IGO", "UNO", "EUR"})
_SIMILAR = frozenset({"similar", "such", "other", "another", "further", "more", "additional"})
_AHEAD = frozenset(
    {"planned", "future", "proposed", "possible", "potential", "prospective", "new", "upcoming", "would-be"}
)
_GROUPING_VERBS = frozenset(
    {"comprise", "consist", "compose", "include", "make", "group", "bring", "link", "unite", "form", "gather"}
)
_GATHERING = frozenset({"grouping", "igo", "alliance", "bloc", "union", "forum"})
_BODY_KINDS = frozenset({"igo", "alliance", "grouping", "bloc", "union", "forum"})
# Cues by which somebody turns a tie down; after others ("denied", "failed to", "does not mean") it only is not so.
_REFUSALS = frozenset(
    "refuse reject rule decline oppose veto shelve scrap cancel abandon spurn snub dismiss block cancelled canceled aborted".split()
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
# Pronouns that take up an office or pact named shortly before: "opened one in Baku", "those with Australia".
_ONE = frozenset({"one", "ones", "it", "them", "those", "that", "these"})
# Verbs after which a membership is no more: "ceased to be a member".
_CEASED = frozenset({"cease", "stop", "quit"})
_GROUP_NOUNS = frozenset(
    {"country", "nation", "state", "government", "side", "partner", "ally", "member", "power", "party"}
)


@dataclass
class _Draft:
    """A claim while its parts are gathered."""

    frame: Frame
    kind: str
    head: Any
    centre: Any
    parties: list[Party]
    place: Place | None
    status: TieStatus
    step: str
    supports: bool
    reading: Reading
    name: str | None = None
    named: bool = False


class FactStation:
    """Finds the claims of a report."""

    def __init__(self, book: Codebook, events: EventStation) -> None:
        self.book = book
        self.events = events
        self.frames: dict[tuple[str, str], list[Frame]] = {}
        for row in book.rows("lang/en/ties.csv"):
            self.frames.setdefault((row["lemma"].lower(), row["pos"]), []).append(frame_of(row))
        for frames in self.frames.values():
            frames.sort(key=lambda f: (-len(f.constraints), f.row.file, f.row.line))
        self.bodies: dict[str, str | None] = {}
        for row in book.rows("organizations.csv"):
            self.bodies[row["code"]] = row.get("kind")

    def find(self, report: Report) -> list[Claim]:
        """The claims of every sentence that is read, in text order."""
        parsed = report.parsed
        only_headings = all(b.kind == "heading" for b in parsed.blocks)
        found: list[Claim] = []
        drafts: list[_Draft] = []
        for first, last in parsed.sents:
            if not only_headings and parsed.blocks[parsed.block_of(first)].kind == "heading":
                continue
            for draft in self._sentence(report, first, last, drafts):
                drafts.append(draft)
                found.append(self._claim(report, draft, first, last))
        return list({c.id: c for c in found}.values())

    def _sentence(self, report: Report, first: int, last: int, before: list[_Draft]) -> Iterable[_Draft]:
        parsed, mentions = report.parsed, report.mentions
        taken: set[int] = set()
        found: list[_Draft] = []
        everything = predicates(parsed.doc, first, last)
        # Verbs first: the noun they say something of is then no bare mention.
        for p in sorted(everything, key=lambda p: (p.kind == "noun", p.head.i)):
            if p.head.i in taken and (p.kind == "noun" or p.head.dep_ == "xcomp"):
                continue
            for frame in self.frames.get((p.lemma, p.kind), ()):
                if not self.events.holds(frame, p, mentions):
                    continue
                if frame.type == "-":
                    break
                drafts = self._match(report, p, frame, before + found)
                if drafts:
                    found += drafts
                    taken |= {d.centre.i for d in drafts} | {p.head.i}
                    taken |= {p.xcomp.i} if p.xcomp is not None else set()
                    break
        found += self._groupings(report, first, last)
        return found

    def _match(self, report: Report, p: Predicate, frame: Frame, before: list[_Draft]) -> list[_Draft]:
        centre = self._centre(p, frame)
        kind = "alliance" if frame.type == "agreement" and _mutual(centre) else frame.type
        reading = self.events.status.read(p.light if p.light is not None and p.kind == "noun" else p.head)
        status, step, supports = _standing(frame, reading)
        if (
            (
                kind == "exercise"
                and status is TieStatus.ACTIVE
                and step in ("held", "conducted")
                and reading.status is Status.OCCURRED
            )
            and p.kind == "verb"
            and tense_is_past(p.head)
        ):
            status = TieStatus.ENDED
        base = _Draft(frame, kind, p.head, centre, [], None, status, step, supports, reading)
        gather = {
            "membership": self._membership,
            "presence": self._presence,
            "agreement": self._together,
            "alliance": self._together,
            "relations": self._together,
            "exercise": self._together,
            "dialogue": self._together,
            "sanction": self._directed,
            "conflict": self._directed,
        }[kind]
        drafts = gather(report, p, base, before)
        if p.kind == "noun":
            drafts = [d for d in map(_ahead, drafts) if not _said_before(d, before)]
        return drafts

    def _centre(self, p: Predicate, frame: Frame) -> Any:
        """The noun that names the tie: the office opened, the pact signed; else the predicate itself."""
        for positive, slot, sub, words in frame.constraints:
            if not positive or not words:
                continue
            if not any(w.isupper() and w[0] != "@" for w in words):
                continue
            tokens = {
                "obj": p.objects,
                "subj": p.subjects,
                "prep": p.preps.get(sub or "", []),
                "of": [*p.preps.get("of", []), *p.modifiers],
            }.get(slot, [])
            for token in tokens:
                if self.events.is_one_of(token, words):
                    return token
        return p.head

    def _around(self, report: Report, token: Any, preps: tuple[str, ...] = ("of", "by")) -> list[Mention]:
        """The coded mentions that own or modify a noun: "Japan's embassy", "the NATO office"."""
        found = []
        for child in token.children:
            if child.dep_ in ("poss", "amod", "compound", "nmod") or (child.dep_ == "prep" and child.lower_ in preps):
                tokens = [child] if child.dep_ != "prep" else [g for g in child.children if g.dep_ == "pobj"]
                found += self._parties_of(report, [t for c in tokens for t in _spread(c)])
        return found

    def _parties_of(self, report: Report, tokens: Iterable[Any]) -> list[Mention]:
        found: list[Mention] = []
        for token in tokens:
            listed = self._counted(report, token)
            for m in listed or self.events.mentions_of([token], report.mentions):
                if self._party(m) is not None and m not in found:
                    found.append(m)
        return found

    def _counted(self, report: Report, token: Any) -> list[Mention]:
        """ "The two sides", "these four countries": the last states named together, that many of them."""
        if token.lemma_.lower() not in _GROUP_NOUNS:
            return []
        number = next((_NUMBERS[c.lower_] for c in token.children if c.lower_ in _NUMBERS), None)
        if number is None and any(c.lower_ == "both" for c in token.children):
            number = 2
        if number is None:
            return []
        parsed = report.parsed
        at = parsed.sent_of(token.i)
        for sent in range(at, max(-1, at - 4), -1):
            first, last = parsed.sents[sent]
            states: dict[str, Mention] = {}
            for m in report.mentions.within(first, min(last, token.i)):
                party = self._party(m)
                if party is not None and party.entity and party.entity == party.country:
                    states.setdefault(party.entity, m)
            if len(states) == number:
                return list(states.values())
        return []

    def _party(self, m: Mention) -> Party | None:
        """The state or body an actor acts for, or `None` where it acts for neither."""
        a = m.actor
        kind = self.bodies.get(a.entity or "")
        if a.entity and kind in (*_BODY_KINDS, "court", "agency of igo"):
            return Party(a.start, a.end, a.text, a.name, a.country, None, a.entity)
        if a.country in _BODIES:
            return Party(a.start, a.end, a.text, a.name, a.country, None, a.entity) if a.entity else None
        if a.country and len(a.country) == 3 and a.country not in ("NGO", "ISM", "IMG", "MNC"):
            if a.sector in (None, "GOV", "MIL", "LEG", "SPY", "JUD"):
                return Party(
                    a.start, a.end, a.text, a.name if a.entity == a.country else None, a.country, None, a.country
                )
            return None
        if a.entity and kind == "armed group":
            return Party(a.start, a.end, a.text, a.name, a.country, a.sector, a.entity)
        return None

    def _is_body(self, party: Party) -> bool:
        return party.country in _BODIES or self.bodies.get(party.entity or "") in _BODY_KINDS

    def _codes(self, mentions: Iterable[Mention], role: str | None = None) -> list[Party]:
        found: dict[str, Party] = {}
        for m in mentions:
            party = self._party(m)
            if party is not None and party.entity:
                found.setdefault(party.entity, replace(party, role=role))
        return list(found.values())

    # one function a kind of tie: who takes which part

    def _membership(self, report: Report, p: Predicate, base: _Draft, before: list[_Draft]) -> list[_Draft]:
        tokens = [
            *p.subjects,
            *p.objects,
            *(t for prep in ("of", "in", "for", "to", "from", "into", "with", "as") for t in p.preps.get(prep, [])),
        ]
        for token in list(tokens):
            tokens += [a for c in token.children if c.dep_ == "prep" for a in c.children if a.dep_ == "pobj"]
        if p.kind == "noun":
            tokens += _bearers(p.head)
        if p.xcomp is not None:
            # "applied to join NATO", "invited Togo to become a member of the union"
            inner = verb(p.xcomp)
            tokens += [
                *inner.objects,
                *(a.token for a in inner.obliques),
                *(t for o in inner.objects for t in _behind(o, ("of", "in"))),
            ]
        parties = self._codes(
            [*self._parties_of(report, tokens), *self._around(report, base.centre), *self._around(report, p.head)]
        )
        bodies = [q for q in parties if self._is_body(q)]
        states = [q for q in parties if not self._is_body(q)]
        if not bodies and "context" in base.frame.roles:
            bodies = [replace(q, role=None) for q in self._last_body(report, p.head.i, before)]
        return [
            replace(base, parties=[replace(s, role="member"), replace(b, role="organisation")])
            for b in bodies[:1]
            for s in states
        ]

    def _last_body(self, report: Report, i: int, before: list[_Draft]) -> list[Party]:
        """The organisation spoken of: "Finland applied in May" in a report on NATO's enlargement."""
        recent = [q for d in before[-6:] if d.kind == "membership" for q in d.parties if q.role == "organisation"]
        at = report.parsed.sent_of(i)
        first = report.parsed.sents[max(0, at - 3)][0]
        named = [q for m in report.mentions.within(first, i) if (q := self._party(m)) is not None and self._is_body(q)]
        return named[-1:] or recent[-1:]

    def _presence(self, report: Report, p: Predicate, base: _Draft, before: list[_Draft]) -> list[_Draft]:
        office = base.centre
        guests = self._codes(self._around(report, office), "guest")
        if not guests and p.kind == "verb" and office.i != p.head.i and office in p.objects:
            guests = self._codes(self._parties_of(report, p.subjects), "guest")
        hosts = self._hosts(report, office, p)
        if base.frame.roles.get("host") == "subj":
            hosts = [(q, None) for q in self._codes(self._parties_of(report, p.subjects))]
        elif base.frame.roles.get("host") == "obj":
            hosts = [(q, None) for q in self._codes(self._parties_of(report, p.objects))]
        if not guests and any(c.lower_ in _SIMILAR for c in office.children):
            earlier = [d for d in before if d.kind == "presence"]
            guests = [replace(q, role="guest") for d in earlier[-1:] for q in d.parties if q.role == "guest"]
        # "liaison office" or "air base": the sort of presence, by which two in one city are told apart
        name, _ = tie_name(report, office)
        found = []
        for guest in guests[:1]:
            for host, place in hosts:
                if host.entity != guest.entity:
                    found.append(replace(base, parties=[guest, replace(host, role="host")], place=place, name=name))
        return found

    def _hosts(self, report: Report, office: Any, p: Predicate) -> list[tuple[Party, Place | None]]:
        """Where an office stands and to whom it is accredited: "in Tokyo, Japan", "to NATO", "at the UN in New York"."""
        lowest = min(office.i, p.head.i)
        area = {t.i for t in office.subtree}
        if p.kind == "verb":
            for child in p.head.children:
                if child.dep_ in ("prep", "cc", "conj", "npadvmod") and child.i > lowest:
                    area |= {t.i for t in child.subtree}
        found: list[tuple[Party, Place | None]] = []
        cut = sorted(area)
        places = {first: (place, last) for place, (first, last) in report.places if first in area}
        used: set[int] = set()
        for i in cut:
            if i in used or self._of_another(report, i, office, p.head):
                continue
            m = report.mentions.at(i)
            party = self._party(m) if m is not None and m.first == i else None
            place = places.get(i)
            prep = _prep_before(report, i)
            if party is not None and m is not None and self._is_body(party) and prep in ("at", "to", "with"):
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

    def _together(self, report: Report, p: Predicate, base: _Draft, before: list[_Draft]) -> list[_Draft]:
        """Pacts, relations, drills and forums: all parties in one tie, or, where the ties are by nature or by their
        plural between two ("similar deals with France and Canada"), one each."""
        centre = base.centre
        left = [
            *p.subjects,
            *(_bearers(p.head) if p.kind == "noun" else ()),
            *p.preps.get("between", []),
            *p.preps.get("among", []),
        ]
        right = (
            [t for prep in ("with", "alongside", "to") for t in p.preps.get(prep, [])]
            if base.kind != "relations"
            else [t for prep in ("with", "of", "to") for t in p.preps.get(prep, [])]
        )
        if p.kind == "verb" and centre.i == p.head.i:
            right += p.objects
        inner = _behind(centre, ("between", "among", "of", "by"))
        partners = _behind(centre, ("with", "alongside"))
        ours = self._codes([*self._parties_of(report, [*left, *inner]), *self._around(report, centre)], "party")
        theirs = self._codes(self._parties_of(report, [*right, *partners]), "party")
        theirs = [q for q in theirs if q.entity not in {o.entity for o in ours}]
        if len(ours) + len(theirs) < 2:
            more = self._codes(self._parties_of(report, [*_speakers(p.head), *self._addressed(p.head)]), "party")
            ours += [q for q in more if q.entity not in {o.entity for o in [*ours, *theirs]}]
        name, named = tie_name(report, centre) if centre.pos_ in ("NOUN", "PROPN") else (None, False)
        if len(ours) + len(theirs) == 1 and named and p.kind == "verb" and base.kind in ("agreement", "alliance"):
            # "Russia left the Open Skies Treaty": the name says which
            return [replace(base, parties=[*ours, *theirs], name=name, named=True)]
        if len(ours) + len(theirs) < 2:
            return []
        base = replace(base, name=name, named=named)
        if self._by_twos(base, ours, theirs):
            return [replace(base, parties=[a, b]) for a in ours for b in theirs]
        return [replace(base, parties=[*ours, *theirs])]

    @staticmethod
    def _by_twos(base: _Draft, ours: list[Party], theirs: list[Party]) -> bool:
        if not ours or not theirs:
            return False
        if base.kind == "relations":
            return True
        return (
            len(theirs) > 1
            and base.centre.tag_ in ("NNS", "NNPS")
            and base.kind in ("agreement", "dialogue", "alliance")
        )

    def _addressed(self, head: Any) -> list[Any]:
        """Whom the words go to in which a tie is told of: "told Washington that he was ending the pact"."""
        for above in head.ancestors:
            if above.pos_ == "VERB" and above.lemma_.lower() in ("tell", "inform", "notify", "assure"):
                return [c for c in above.children if c.dep_ in ("dobj", "dative") and c.pos_ == "PROPN"]
        return []

    def _directed(self, report: Report, p: Predicate, base: _Draft, before: list[_Draft]) -> list[_Draft]:
        roles = ("sender", "target") if base.kind == "sanction" else ("party", "party")
        centre = base.centre
        senders = self._codes(
            [
                *self._parties_of(report, p.subjects),
                *self._around(report, centre, ("by",) if base.kind == "conflict" else ("of", "by")),
            ],
            roles[0],
        )
        tokens: list[Any] = []
        for preps in (("on", "against", "with", "upon", "between"), ("to", "from", "of"), ("in",)):
            for prep in preps:
                tokens += p.preps.get(prep, [])
                for c in centre.children:
                    if c.dep_ == "prep" and c.lower_ == prep:
                        tokens += [t for g in c.children if g.dep_ == "pobj" for t in _spread(g)]
            # "the war against Russia in Ukraine": where it is fought is no party
            if self._parties_of(report, tokens):
                break
        if p.kind == "verb" and centre.i == p.head.i:
            tokens += p.objects
        targets = self._codes(self._parties_of(report, tokens), roles[1])
        if targets and not senders and (base.kind == "sanction" or p.light is not None):
            senders = self._codes(self._parties_of(report, _speakers(p.head)), roles[0])
        found = []
        if base.kind == "conflict" and not senders and len(targets) >= 2:
            return [replace(base, parties=targets)]
        for sender in senders[:4]:
            for target in targets:
                if target.entity != sender.entity and all(target.entity != s.entity for s in senders):
                    found.append(replace(base, parties=[sender, target]))
        return found

    def _groupings(self, report: Report, first: int, last: int) -> Iterable[_Draft]:
        """ "The Quad, comprised of A, B and C", "the four countries, dubbed AP4": a security grouping with its parties
        is one tie; in an organisation each of them is a member."""
        for m in report.mentions.within(first, last):
            kind = self.bodies.get(m.actor.entity or "")
            if m.kind == "pronoun" or kind not in _GATHERING:
                continue
            parties = self._listed(report, m, first, last)
            if len(parties) < 2:
                continue
            token = report.parsed.token(m.head)
            lemma = "grouping" if kind == "grouping" else "member"
            frame = self.frames[(lemma, "noun")][0]
            reason = Reading(Status.OCCURRED, Reason("status", frame.row.file, frame.row.line, lemma))
            base = _Draft(frame, frame.type, token, token, parties, None, TieStatus.ACTIVE, "stands", True, reason)
            body = self._party(m)
            if kind == "grouping":
                yield replace(base, name=m.actor.entity, named=True)
            elif body is not None:
                for q in parties:
                    yield replace(base, parties=[replace(q, role="member"), replace(body, role="organisation")])

    def _listed(self, report: Report, m: Mention, first: int, last: int) -> list[Party]:
        parsed = report.parsed
        body = parsed.token(m.head)
        verbs = [t for t in parsed.doc[m.last : min(last, m.last + 6)] if t.lemma_.lower() in _GROUPING_VERBS]
        if verbs:
            start = verbs[0].i
            end = next(
                (t.i for t in parsed.doc[start + 1 : last] if t.pos_ == "VERB" or t.lower_ in ("which", "who")), last
            )
            others = [
                o for o in report.mentions.within(m.last, last) if self.bodies.get(o.actor.entity or "") in _GATHERING
            ]
            end = min([end, *(o.first for o in others if o.first > start)])
            listed = list(report.mentions.within(start, end))
            return [q for q in self._codes(listed, "party") if not self._is_body(q)]
        if self.bodies.get(m.actor.entity or "") != "grouping":
            return []
        for i in range(m.first - 1, max(first - 1, m.first - 14), -1):
            found = self._counted(report, parsed.token(i))
            if found and any(
                t.lemma_.lower() in ("dub", "call", "know", "form", "name", "nickname", "or")
                for t in parsed.doc[i : m.first]
            ):
                return [q for q in self._codes(found, "party") if not self._is_body(q)]
        for child in body.children:
            if child.dep_ == "prep" and child.lower_ in ("of", "between"):
                found = self._parties_of(report, [t for g in child.children if g.dep_ == "pobj" for t in _spread(g)])
                return [q for q in self._codes(found, "party") if not self._is_body(q)]
        return []

    def _claim(self, report: Report, draft: _Draft, first: int, last: int) -> Claim:
        parsed, article = report.parsed, report.article
        voice, why = report.voice(draft.head.i)
        when = report.when_at(draft.head.i) or report.when_at(draft.centre.i)
        start, until, grain = _began(report, draft, when, parsed.published)
        row = draft.frame.row
        span = parsed.span(first, last)
        event = report.event_at(draft.head.i) or report.event_at(draft.centre.i)
        parties = tuple(draft.parties)
        return Claim(
            id=make_id("c", article.id, draft.kind, tuple(q.entity for q in parties), draft.head.i, draft.centre.i),
            article=article.id,
            outlet=article.outlet,
            published=parsed.published,
            kind=draft.kind,
            name=draft.name,
            named=draft.named,
            parties=parties,
            status=draft.status,
            step=draft.step,
            from_=start,
            until=until,
            grain=grain,
            place=draft.place,
            voice=voice,
            span=span,
            supports=draft.supports,
            event=event,
            because=(
                Reason("kind", row.file, row.line, f"{row['lemma']} {row['pos']} {row['frame']}".strip()),
                draft.reading.reason,
                *why,
            ),
        )


def _spread(token: Any) -> list[Any]:
    found = [token]
    for child in token.children:
        if child.dep_ == "conj":
            found += _spread(child)
    return found


def _bearers(noun_token: Any) -> list[Any]:
    """Of whom a noun is said: "Turkey, a member of NATO", "Turkey is a member", "NATO member Turkey"."""
    head = noun_token.head
    if noun_token.dep_ == "appos":
        return [head]
    if noun_token.dep_ == "attr":
        return [t for c in head.children if c.dep_ in ("nsubj", "nsubjpass") for t in _spread(c)]
    if noun_token.dep_ in ("compound", "nmod") and head.pos_ == "PROPN":
        return [head]
    return []


def _mutual(centre: Any) -> bool:
    """A pact of mutual defence is an alliance."""
    words = {t.lower_ for t in centre.subtree}
    return "mutual" in words and bool(words & {"defence", "defense", "assistance"})


def _behind(noun_token: Any, preps: tuple[str, ...]) -> list[Any]:
    """The nouns behind a noun's prepositions, coordinations spread out."""
    return [
        t
        for c in noun_token.children
        if c.dep_ == "prep" and c.lower_ in preps
        for g in c.children
        if g.dep_ == "pobj"
        for t in _spread(g)
    ]


def _speakers(token: Any) -> list[Any]:
    """Who signs, agrees or plans what a noun names: the subjects of the verb above it."""
    for above in token.ancestors:
        if above.pos_ == "VERB":
            return verb(above).subjects
    return []


def _prep_before(report: Report, i: int) -> str | None:
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


def _same_country(found: list[tuple[Party, Place | None]], places: dict[int, tuple[Place, int]], after: int) -> bool:
    """Whether "Tokyo" is followed by ", Japan": one place, named twice."""
    for j in (after, after + 1):
        if j in places:
            return places[j][0].country == found[-1][0].country
    return False


def _standing(frame: Frame, reading: Reading) -> tuple[TieStatus, str, bool]:
    """What a passage says of the tie: the row's status as qualified by the status of its clause."""
    status = TieStatus(frame.row["status"])
    step = frame.row.get("step") or str(status)
    refused = reading.reason.file.endswith("status.csv") and reading.reason.row.split()[0] in _REFUSALS
    match reading.status:
        case Status.PLANNED if status in _OPEN:
            return TieStatus.PLANNED, f"{step} planned", True
        case Status.HYPOTHETICAL if status in _OPEN:
            return TieStatus.PROPOSED, f"{step} considered", True
        case Status.PLANNED | Status.HYPOTHETICAL if status in (TieStatus.ENDED, TieStatus.SUSPENDED):
            ahead = "announced" if reading.status is Status.PLANNED else "considered"
            return TieStatus.ACTIVE, f"{step} {ahead}", True
        case Status.NEGATED if status in (TieStatus.ENDED, TieStatus.SUSPENDED):
            return TieStatus.ACTIVE, f"{step} denied", True
        case Status.NEGATED if status is TieStatus.ACTIVE and reading.reason.row.split()[0] in _CEASED:
            return TieStatus.ENDED, "ceased", True
        case Status.NEGATED if refused:
            return TieStatus.REJECTED, "ruled out", True
        case Status.NEGATED:
            return status, f"{step} denied", False
    return status, step, True


def _ahead(draft: _Draft) -> _Draft:
    """ "The planned office": not there yet."""
    words = {c.lower_ for c in draft.centre.children}
    if words & {"proposed", "possible", "potential", "prospective", "would-be"}:
        return replace(draft, status=TieStatus.PROPOSED, step="mentioned")
    if words & {"planned", "future", "upcoming", "forthcoming"}:
        return replace(draft, status=TieStatus.PLANNED, step="mentioned")
    return draft


def _said_before(draft: _Draft, before: list[_Draft]) -> bool:
    """Whether a mention by a noun ("the office in Tokyo", "the opening of the office") points back at a tie that this
    report has spoken of: it takes up what was said and tells nothing new, unless an end or a time of its own."""
    if draft.frame.row.get("step") != "stands" and draft.status not in _OPEN:
        return False
    mine = {q.entity for q in draft.parties}
    return any(d.kind == draft.kind and mine <= {q.entity for q in d.parties} for d in before)


def _began(
    report: Report, draft: _Draft, when: When | None, published: str | None
) -> tuple[str | None, str | None, str | None]:
    """The interval in which the claimed status began; a time to come is no beginning of a plan, but it is the day of an
    exercise and of an announced end."""
    if when is None or when.from_ is None:
        return None, None, None
    ahead = draft.reading.status in (Status.PLANNED, Status.HYPOTHETICAL)
    if draft.kind == "exercise":
        return when.from_, when.until, when.grain
    if draft.step == "stands" and not _since(report, when):
        # "the summit of the group on 3 May" says nothing of when the group began
        return None, None, None
    if draft.status is TieStatus.ACTIVE and ahead and draft.frame.row["status"] in ("ended", "suspended"):
        return None, when.from_, when.grain
    if ahead or (published is not None and when.from_ > published):
        return None, None, None
    return when.from_, when.until, when.grain


def _since(report: Report, when: When) -> bool:
    before = report.article.text[max(0, when.start - 8) : when.end].lower()
    return "since" in before


def tie_name(report: Report, centre: Any) -> tuple[str | None, bool]:
    """The name of a pact or drill: its run of capitalised words, else the noun with what stands before it."""
    doc = report.parsed.doc
    first = last = centre.i
    while first > 0 and doc[first - 1].sent.start == centre.sent.start and _name_word(doc[first - 1]):
        first -= 1
    while first < centre.i and doc[first].lower_ in ("the", "a", "of", "and", "for", "on"):
        first += 1
    while last + 1 < centre.sent.end and doc[last + 1].is_title and doc[last + 1].pos_ == "PROPN":
        last += 1
    words = doc[first : last + 1]
    if (
        first < centre.i
        and centre.text[:1].isupper()
        and all(w.text[:1].isupper() or w.lower_ in ("of", "and", "for", "on") for w in words)
    ):
        return str(words.text), True
    if centre.pos_ == "PROPN" and centre.text[:1].isupper() and last > centre.i:
        return str(words.text), True
    start = centre.i
    while (
        start > 0
        and doc[start - 1].dep_ in ("compound", "amod", "nmod", "punct", "npadvmod")
        and doc[start - 1].head.i in range(start - 1, centre.i + 1)
    ):
        if (
            report.mentions.at(start - 1) is not None
            or doc[start - 1].lower_ in _SIMILAR
            or doc[start - 1].text in ("“", '"', "”")
        ):
            break
        start -= 1
    before = [w.lower_ for w in doc[start : centre.i]]
    last_word = centre.lemma_.lower() if centre.tag_ == "NNS" and centre.lemma_ != "forces" else centre.lower_
    if last_word in ("text", "one", "those", "it"):
        return None, False
    return re.sub(r"\s*-\s*", "-", " ".join([*before, last_word])), False


def _name_word(token: Any) -> bool:
    return (
        bool(token.text[:1].isupper() or token.lower_ in ("of", "and", "for", "on", "-"))
        and token.pos_ not in ("VERB", "AUX", "PUNCT")
    ) or token.text == "-"
