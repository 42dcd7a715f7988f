"""Memberships: who belongs to which organisation, and who makes up a grouping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from communique.coding.actors import Mention
from communique.coding.antecedents import Draft
from communique.coding.clauses import Predicate, spread, verb
from communique.coding.standing import REAL
from communique.coding.status import Reading
from communique.coding.tieparties import GATHERING, PartyReader, bearers, behind
from communique.model import Party, Reason, Status, TieStatus

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

_GROUPING_VERBS = frozenset(
    {"comprise", "consist", "compose", "include", "make", "group", "bring", "link", "unite", "form", "gather"}
)
_INTO = ("of", "to", "into", "in", "from", "by")


class Memberships(PartyReader):
    """Reads memberships and lists of members."""

    def _membership(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        members, bodies = self._members_and_bodies(report, p, base)
        if not bodies and "context" in base.frame.roles:
            bodies = self._last_body(report, p.head.i, before)
        if "entrant" in base.frame.roles:
            if base.reading.status is Status.NEGATED:
                return []
            members, bodies = (members, bodies) if members and bodies else self._entrant(before)
        if not members and bodies and base.reading.status not in REAL:
            # "joining was not impossible, the minister said": his own country
            members = [q for q in self._speaking(report, p.head.i) if not self._is_body(q)]
        pairs = [(replace(m, role="member"), replace(b, role="organisation")) for b in bodies[:1] for m in members]
        return [_declined(replace(base, parties=[m, b]), before) for m, b in pairs]

    def _members_and_bodies(self, report: Report, p: Predicate, base: Draft) -> tuple[list[Party], list[Party]]:
        around = [*self._around(report, base.centre), *self._around(report, p.head)]
        if "bearer" in base.frame.roles:
            within = everyone = [*bearers(p.head), p.head]
        elif "entrant" in base.frame.roles:
            within = everyone = behind(base.centre, _INTO)
        else:
            within, everyone = _member_tokens(p)
        members = self._codes([*self._parties_of(report, within), *around])
        bodies = self._codes([*self._parties_of(report, everyone), *around])
        return [q for q in members if not self._is_body(q)], [q for q in bodies if self._is_body(q)]

    @staticmethod
    def _entrant(before: list[Draft]) -> tuple[list[Party], list[Party]]:
        """Whose accession is approved where that is not said: the last one spoken of that has not joined yet."""
        memberships = [d for d in before if d.kind == "membership"]
        inside = {(d.parties[0].entity, d.parties[1].entity) for d in memberships if d.status is TieStatus.ACTIVE}
        open_ = [d.parties for d in memberships if (d.parties[0].entity, d.parties[1].entity) not in inside]
        return (open_[-1][:1], open_[-1][1:]) if open_ else ([], [])

    def _last_body(self, report: Report, i: int, before: list[Draft]) -> list[Party]:
        """The organisation spoken of: "Finland applied in May" in a report on NATO's enlargement."""
        at = report.parsed.sent_of(i)
        first = report.parsed.sents[max(0, at - 3)][0]
        for m in reversed(report.mentions.within(first, i)):
            if self._is_pact(m.actor.entity):
                # "under the Abraham Accords ...; Sudan joined later"
                return []
            if (q := self._party(m)) is not None and self._is_body(q):
                return [q]
        joined = [d.parties[-1] for d in before if d.kind == "membership"]
        return joined[-1:] if len({q.entity for q in joined}) == 1 else []

    def _groupings(self, report: Report, first: int, last: int) -> list[Draft]:
        """ "The Quad, comprised of A, B and C", "the four countries, dubbed AP4": a security grouping with its parties
        is one tie; in an organisation each of them is a member."""
        found: list[Draft] = []
        for m in report.mentions.within(first, last):
            code = m.actor.entity or ""
            if m.kind == "pronoun" or self.bodies.get(code) not in GATHERING:
                continue
            parties = self._listed(report, m, first, last)
            drafts = self._listing(report, m, code, parties) if len(parties) > 1 else []
            found += [d for d in drafts if all(d.codes != f.codes for f in found)]
        return found

    def _listing(self, report: Report, m: Mention, code: str, parties: list[Party]) -> list[Draft]:
        token = report.parsed.token(m.head)
        lemma = "grouping" if code in self.security else "member"
        frame = self.frames[(lemma, "noun")][0]
        reading = Reading(Status.OCCURRED, Reason("status", frame.row.file, frame.row.line, lemma))
        base = Draft(frame, frame.type, token, token, parties, None, TieStatus.ACTIVE, "stands", True, reading)
        body = self._party(m)
        if code in self.security:
            return [replace(base, name=self.body_names[code], named=True)]
        if body is None:
            return []
        body = replace(body, role="organisation")
        return [replace(base, parties=[replace(q, role="member"), body]) for q in parties]

    def _listed(self, report: Report, m: Mention, first: int, last: int) -> list[Party]:
        """The parties that a sentence lists of a body named in it."""
        listed = self._behind_verb(report, m, last)
        if not listed and (m.actor.entity or "") in self.security:
            listed = self._ahead_of_name(report, m, first)
            for child in report.parsed.token(m.head).children if not listed else ():
                if child.dep_ == "prep" and child.lower_ in ("of", "between"):
                    listed = self._parties_of(
                        report, [t for g in child.children if g.dep_ == "pobj" for t in spread(g)]
                    )
        return [q for q in self._codes(listed, "party") if not self._is_body(q)]

    def _behind_verb(self, report: Report, m: Mention, last: int) -> list[Mention]:
        """ "The Quad, comprised of A, B and C"."""
        doc = report.parsed.doc
        start = next((t.i for t in doc[m.last : min(last, m.last + 12)] if _groups(t)), None)
        if start is None or any(t.pos_ == "VERB" and t.dep_ != "amod" for t in doc[m.last : start]):
            return []
        end = next((t.i for t in doc[start + 1 : last] if t.pos_ == "VERB" or t.lower_ in ("which", "who")), last)
        bodies = (o for o in report.mentions.within(m.last, last) if self.bodies.get(o.actor.entity or "") in GATHERING)
        end = min([end, *(o.first for o in bodies if o.first > start)])
        return list(report.mentions.within(start, end))

    def _ahead_of_name(self, report: Report, m: Mention, first: int) -> list[Mention]:
        """ "These four countries, dubbed the AP4"."""
        parsed = report.parsed
        for i in range(m.first - 1, max(first - 1, m.first - 14), -1):
            found = self._counted(report, parsed.token(i))
            if not found and i == m.first - 1 and parsed.token(i).lemma_.lower() in ("call", "dub", "name"):
                # "leaders of A, B and C unveiled a pact they call AUKUS"
                found = self._states(report.mentions.within(first, i))
            if found and any(
                t.lemma_.lower() in ("dub", "call", "know", "form", "name", "nickname", "or")
                for t in parsed.doc[i : m.first]
            ):
                return found
        return []


def _groups(token: Any) -> bool:
    return token.pos_ in ("VERB", "ADJ") and token.lemma_.lower() in _GROUPING_VERBS


def _member_tokens(p: Predicate) -> tuple[list[Any], list[Any]]:
    """Where the member may stand, and where the organisation may."""
    members = [*p.subjects, *p.objects, *p.preps.get("of", []), *(t for o in p.objects for t in behind(o, ("of",)))]
    members += [*p.preps.get("with", []), *p.preps.get("from", []), *(bearers(p.head) if p.kind == "noun" else ())]
    bodies = [a.token for a in p.obliques]
    for token in [*bodies, *members]:
        bodies += behind(token, ("of", "in", "for", "to", "from", "into", "with", "as"))
    if p.xcomp is not None:
        # "applied to join NATO", "invited Togo to become a member of the union"
        inner = verb(p.xcomp)
        bodies += [*inner.objects, *(a.token for a in inner.obliques)]
        bodies += [t for o in inner.objects for t in behind(o, ("of", "in"))]
    return members, [*members, *bodies]


def _declined(draft: Draft, before: list[Draft]) -> Draft:
    """An invitation that is not taken up."""
    asked = any(
        d.kind == draft.kind and d.codes == draft.codes and d.status in (TieStatus.PLANNED, TieStatus.PROPOSED)
        for d in before
    )
    if draft.supports or not asked or draft.status is not TieStatus.ACTIVE:
        return draft
    return replace(draft, status=TieStatus.REJECTED, step="declined", supports=True)
