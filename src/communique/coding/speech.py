"""Events that are done by saying something: demands ("X said Y must withdraw") and blame ("X called Y's move reckless").

PLOVER codes what a speaker does with his words, not that he speaks: a demand is REQUEST, a judgement against somebody
ACCUSE. Read inside statements whose speaker is coded; the words are `lang/en/speech.csv`.
"""

from __future__ import annotations

from typing import Any

from communique.codebook import Codebook, Row
from communique.coding.actors import Mention, Mentions
from communique.coding.clauses import Predicate, owners, predicates, verb
from communique.coding.events import Draft, EventStation
from communique.coding.parse import Parsed
from communique.coding.voice import Attribution, Attributions
from communique.model import Actor, Form, Reason, Status

_SELF = frozenset({"we", "i", "us", "me"})
_CLAUSES = frozenset({"ROOT", "ccomp", "conj", "parataxis", "xcomp"})
_ADMISSIONS = frozenset(
    "acknowledge admit concede accept note report know find explain understand believe think fear realise realize".split()
)
# Imperatives that ask for nothing.
_COURTESIES = frozenset("let thank look see remember imagine suppose say be mind wait listen think believe".split())
_NAMING = frozenset("describe denounce portray cast brand label depict regard dismiss condemn see view paint".split())
_OPEN_CONDITIONS = frozenset({"if", "unless", "whether"})


class SpeechStation:
    """Finds demands and blame in what people say."""

    def __init__(self, book: Codebook, events: EventStation) -> None:
        self.book = book
        self.events = events
        self.rows = {(row["cue"].lower(), row["pos"]): row for row in book.rows("lang/en/speech.csv")}

    def find(
        self, parsed: Parsed, mentions: Mentions, said: Attributions, taken: set[int], told: list[Draft] | None = None
    ) -> list[Draft]:
        """The events done by the report's statements, where no event of the lexicon has its trigger (`taken`). `told`:
        the events of the lexicon, some of which statements allege."""
        found: list[Draft] = []
        for attribution in said.all:
            if attribution.kind != "statement" or attribution.status is not Status.OCCURRED:
                continue
            speakers = [speaking(a, attribution) for a in attribution.sources if a.country or a.entity]
            if not speakers:
                continue
            charge = self._charge(parsed, attribution, speakers, told or [])
            if charge is not None and charge.predicate.head.i not in taken:
                taken.add(charge.predicate.head.i)
                found.append(charge)
            for first, last in attribution.content:
                for draft in self._within(parsed, mentions, said, attribution, speakers, first, last):
                    if draft.predicate.head.i not in taken:
                        taken.add(draft.predicate.head.i)
                        found.append(draft)
        return found

    def _within(
        self,
        parsed: Parsed,
        mentions: Mentions,
        said: Attributions,
        attribution: Attribution,
        speakers: list[Mention],
        first: int,
        last: int,
    ) -> list[Draft]:
        found = []
        for p in predicates(parsed.doc, first, last):
            if said.voice_at(p.head.i) is not attribution:
                continue
            draft = (
                self._order(p, attribution, speakers)
                or (None if self._known(attribution, parsed) else self._demand(p, mentions, speakers))
                or self._blame(p, mentions, speakers)
            )
            if draft is not None:
                sent = parsed.sents[parsed.sent_of(p.head.i)]
                draft.contexts = self.events.contexts_of(parsed, *sent, draft)
                found.append(draft)
        return found

    def _charge(
        self, parsed: Parsed, attribution: Attribution, speakers: list[Mention], told: list[Draft]
    ) -> Draft | None:
        """ "Claimed that Y's army used gas": telling of another's violence in such words accuses him of it."""
        if attribution.cue is None:
            return None
        head = next((t for t in parsed.doc[slice(*attribution.cue)] if t.pos_ == "VERB"), None)
        row = self.rows.get((head.lemma_.lower(), "cue")) if head is not None else None
        if head is None or row is None:
            return None
        for draft in told:
            here = any(first <= draft.predicate.head.i < last for first, last in attribution.content)
            blamed = [m for m in draft.actors if _named(m)]
            if here and draft.type in ("ASSAULT", "COERCE") and blamed and not _same(blamed, speakers):
                return self._draft(verb(head), row, row.get("mode"), speakers, blamed)
        return None

    @staticmethod
    def _known(attribution: Attribution, parsed: Parsed) -> bool:
        """Whether the words admit that something must be, and do not ask for it: "acknowledged that he must stay"."""
        return attribution.cue is not None and any(
            t.lemma_.lower() in _ADMISSIONS for t in parsed.doc[slice(*attribution.cue)]
        )

    def _order(self, p: Predicate, attribution: Attribution, speakers: list[Mention]) -> Draft | None:
        """ "Leave our country," he said."""
        if p.kind != "verb" or attribution.form is Form.INDIRECT or (p.subjects and not _implied(p)):
            return None
        reading = self.events.status.read(p.head)
        negated = any(c.lower_ in ("do", "don’t", "don't") for c in p.head.children) and any(
            c.dep_ == "neg" for c in p.head.children
        )
        bare = p.head.tag_ == "VB" and p.head.dep_ in ("ROOT", "ccomp", "conj")
        row = self.rows.get(("imperative", "modal"))
        if row is None or not bare or not (reading.reason.row == "imperative" or negated):
            return None
        if p.lemma in _COURTESIES:
            return None
        frame_mode = self.events.request_mode(None)
        return self._draft(p, row, frame_mode, speakers, [])

    def _demand(self, p: Predicate, mentions: Mentions, speakers: list[Mention]) -> Draft | None:
        """ "Y must withdraw": asked of the subject, where it is somebody else."""
        if p.kind != "verb" or p.head.dep_ not in _CLAUSES or _conditional(p.head):
            return None
        row = self._modal(p.head)
        if row is None:
            return None
        asked = self.events.mentions_of(p.objects if p.passive and not p.subjects else p.subjects, mentions)
        asked = [m for m in asked if _named(m)]
        if any(t.lower_ in _SELF for t in p.subjects) or _same(asked, speakers):
            return None
        if not asked and not p.passive:
            return None
        frame = self.events.match(p, mentions)
        mode = self.events.request_mode(frame.type if frame else None)
        return self._draft(p, row, mode, speakers, asked)

    def _modal(self, head: Any) -> Row | None:
        for child in head.children:
            if child.dep_ == "aux" and child.tag_ == "MD" and (row := self.rows.get((child.lower_, "modal"))):
                return row
        above = head.head
        if head.dep_ == "xcomp" and above.lemma_.lower() in ("need", "have", "ought"):
            if any(c.lower_ == "yet" or c.tag_ == "MD" for c in [*above.children, *head.children]):
                return None
            return self.rows.get((above.lemma_.lower(), "modal"))
        return None

    def _blame(self, p: Predicate, mentions: Mentions, speakers: list[Mention]) -> Draft | None:
        """ "Y's move was reckless", "Y is undermining the truce": against whoever is spoken of."""
        pos = {"verb": "verb", "adj": "adj", "noun": "noun"}[p.kind]
        row = self.rows.get((p.lemma, pos)) or self.rows.get((p.head.lower_, pos))
        if row is None or _negated(p.head) or _conditional(p.head):
            return None
        blamed = (
            self.events.mentions_of(p.subjects, mentions)
            if p.kind == "verb"
            else self.events.mentions_of(_of_whom(p.head), mentions)
        )
        blamed = [m for m in blamed if _named(m)]
        if not blamed or _same(blamed, speakers):
            return None
        return self._draft(p, row, row.get("mode"), speakers, blamed)

    def _draft(self, p: Predicate, row: Row, mode: str | None, speakers: list[Mention], others: list[Mention]) -> Draft:
        reason = Reason("type", row.file, row.line, f"{row['cue']} {row['pos']}")
        status = Reason("status", "coding/speech.py", None, "done by saying it")
        modes = self.book.types[row["type"]].modes
        found = Draft(
            p,
            row["type"],
            None,
            mode if mode in modes else None,
            (),
            Status.OCCURRED,
            speakers,
            others,
            [reason, status],
        )
        found.score = 0.5
        return found


def speaking(actor: Actor, attribution: Attribution) -> Mention:
    """A speaker as a mention at the place where the attribution names it."""
    first, last = attribution.source_ranges[0] if attribution.source_ranges else (0, 1)
    return Mention(first, last, last - 1, actor, "source", ())


def _implied(p: Predicate) -> bool:
    """Whether the subject found is only borrowed from another clause."""
    return not any(c.dep_ in ("nsubj", "nsubjpass") for c in p.head.children)


def _named(m: Mention) -> bool:
    return bool(m.actor.country or m.actor.entity)


def _same(others: list[Mention], speakers: list[Mention]) -> bool:
    """Whether the speakers speak of themselves: of their state where they speak for it, or of the very body."""
    mine = {s.actor.entity for s in speakers if s.actor.entity} | {
        s.actor.country for s in speakers if s.actor.country and s.actor.sector in (None, "GOV", "MIL")
    }
    theirs = {o.actor.entity or o.actor.country for o in others} | {o.actor.country for o in others}
    return bool(others) and bool(mine & theirs)


def _conditional(head: Any) -> bool:
    node = head
    for _ in range(4):
        if any(c.lower_ in _OPEN_CONDITIONS and c.dep_ in ("mark", "advmod") for c in node.children):
            return True
        if node.head == node:
            return False
        node = node.head
    return False


def _negated(head: Any) -> bool:
    over = head.head if head.dep_ in ("acomp", "attr", "oprd") else head
    return any(c.dep_ == "neg" for c in over.children) or any(c.lower_ == "no" for c in head.children)


def _of_whom(head: Any) -> list[Any]:
    """Whom a judging adjective or noun is about: the subject of its "be", what is called so, what it modifies."""
    over = head.head
    if head.dep_ in ("acomp", "attr") and over.lemma_ in ("be", "become", "remain", "look", "seem"):
        return verb(over).subjects
    if head.dep_ == "oprd":
        return [t for t in verb(over).objects if t.i != head.i]
    if head.dep_ == "dobj" and over.lemma_.lower() in ("make", "commit", "show", "display", "practise", "practice"):
        return verb(over).subjects
    if head.dep_ == "amod" and over.pos_ == "NOUN":
        return owners(over)
    if head.dep_ == "pobj" and over.lower_ == "as" and over.head.lemma_.lower() in _NAMING:
        return verb(over.head).objects
    if head.dep_ == "ccomp" and head.pos_ == "ADJ":
        return [c for c in head.children if c.dep_ == "nsubj"]
    return []
