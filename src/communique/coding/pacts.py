"""Pacts, relations, drills and dialogues, whose parties all take the same part; sanctions and conflicts, with two sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from communique.coding.antecedents import ANOTHER, Draft, Stand, compatible, definite, similar
from communique.coding.clauses import Predicate, oblique
from communique.coding.tienames import tie_name
from communique.coding.tieparties import PartyReader, bearers, behind, speakers
from communique.model import Party, TieStatus

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

_STANDING = frozenset(
    "strategic annual regular ministerial high-level standing bilateral trilateral two-plus-two 2 joint institutional "
    "consultative permanent".split()
)
ASKING = frozenset({"call", "demand", "urge", "request", "appeal", "ultimatum", "pressure", "invitation", "order"})
_NAMELESS_STATES = frozenset({"government", "country", "kingdom", "republic", "island", "state", "nation", "ministry"})
_TIES = frozenset({"relation", "tie", "link", "relations", "ties"})
_FORMAL = frozenset(
    {"diplomatic", "formal", "full", "official", "consular", "bilateral", "all", "its", "any", "normal"}
)
# Who hosts or mediates a dialogue takes no part in it.
_HOSTING = frozenset({"host", "mediate", "broker", "facilitate", "organise", "organize", "sponsor"})


class Pacts(PartyReader):
    """Reads ties between equals, and of one side against another."""

    def _together(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        """All parties in one tie, or, where the ties are by nature or by their plural between two ("similar deals
        with France and Canada"), one each."""
        centre = base.centre
        if base.kind == "alliance" and "bearer" in base.frame.roles:
            ours = self._codes(self._parties_of(report, [*bearers(p.head), *p.subjects]), "party")
            theirs = self._codes(self._around(report, centre), "party")
        else:
            ours, theirs = self._sides(report, p, base)
        codes = {q.entity for q in theirs}
        vague_subject = p.kind == "verb" and any(_takes_up_state(t) for t in p.subjects)
        if base.kind == "relations" and vague_subject and theirs and {q.entity for q in ours} <= codes:
            # "it broke off relations with Taiwan": nobody does so with itself
            ours = self._other_subject(report, p, theirs)
        theirs = [q for q in theirs if q.entity not in {o.entity for o in ours}]
        if isinstance(centre, Stand) and theirs and not ours:
            ours = self._partner(report, p, base, theirs, before)
        name, named = tie_name(report, centre) if centre.pos_ in ("NOUN", "PROPN") else (None, False)
        if similar(centre) and not named and " " not in (name or ""):
            name = next((d.name.lower() for d in reversed(before) if d.kind == base.kind and d.name), name)
        base = replace(base, name=name, named=named)
        if len(ours) + len(theirs) < 2:
            ours = self._completed(report, p, base, [*ours, *theirs], before)
            theirs = []
        if len(ours) == 1 and not theirs and named and p.kind == "verb" and base.kind in ("agreement", "alliance"):
            # "Russia left the Open Skies Treaty": the name says which
            return [replace(base, parties=ours)]
        if base.kind == "alliance" and not named and centre.lemma_.lower() == "grouping":
            base = self._named_before(report, base)
        if vague(base) or self._loose(p, base, [*ours, *theirs]):
            return []
        if base.kind == "relations" and p.kind == "verb" and not ours:
            # "twelve states recognise Taiwan"
            return []
        if len(ours) + len(theirs) < 2:
            return self._same_pact(base, [*ours, *theirs], before)
        if self._by_twos(base, ours, theirs):
            return [replace(base, parties=[a, b]) for a in ours for b in theirs]
        return [self._approved(report, p, replace(base, parties=[*ours, *theirs]))]

    def _named_before(self, report: Report, base: Draft) -> Draft:
        """ "The grouping of A, B and C": the one named before."""
        codes = [m.actor.entity or "" for m in report.mentions.within(0, base.centre.i)]
        name = next((self.body_names[c] for c in reversed(codes) if c in self.security), None)
        return replace(base, name=name, named=True) if name else base

    def _other_subject(self, report: Report, p: Predicate, theirs: list[Party]) -> list[Party]:
        """The state that the sentences before have as a subject, or name first, besides these."""
        at = report.parsed.sent_of(p.head.i)
        codes = {q.entity for q in theirs}
        for sent in range(at - 1, max(-1, at - 3), -1):
            states = self._states(report.mentions.within(*report.parsed.sents[sent]))
            states = [m for m in states if m.actor.country not in codes]
            acting = [m for m in states if report.parsed.token(m.head).dep_ == "nsubj"]
            if acting or states:
                return self._codes((acting or states)[:1], "party")
        return []

    def _sides(self, report: Report, p: Predicate, base: Draft) -> tuple[list[Party], list[Party]]:
        centre = base.centre
        hosted = any(c.dep_ == "acl" and c.lemma_.lower() in _HOSTING for c in centre.children)
        left = [
            *(() if hosted and p.kind == "noun" else p.subjects),
            *(bearers(p.head) if p.kind == "noun" else ()),
            *(o for o in p.objects if p.passive and base.kind == "exercise" and o.i != centre.i),
            *p.preps.get("between", []),
            *p.preps.get("among", []),
        ]
        preps = ("with", "of", "to") if base.kind == "relations" else ("with", "alongside", "to")
        right = [t for prep in preps for t in p.preps.get(prep, [])]
        if p.kind == "verb":
            # "a treaty with Chile and another with Peru"
            bound = _next_pact(report, centre)
            right = [t for t in right if t.i < bound]
        if p.kind == "verb" and centre.i == p.head.i:
            right += p.objects
        owners = ("of",) if base.kind == "dialogue" else ("of", "by")
        inner = behind(centre, ("between", "among", *owners))
        partners = [t for t in behind(centre, ("with", "alongside")) if t.i < _next_pact(report, centre)]
        ours = [*self._parties_of(report, [*left, *inner]), *self._around(report, centre, owners)]
        theirs = self._parties_of(report, [*right, *partners])
        return self._codes(ours, "party"), self._codes(theirs, "party")

    def _completed(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """The parties, where one is missing, with those that its clauses, those above it and what it takes up name."""
        for find in (
            self._members, self._in_clauses, self._above, self._in_clause_of_name, self._between, self._partner, self._pair_before
        ):  # fmt: skip
            more = find(report, p, base, parties, before)
            known = {q.entity for q in parties}
            parties = [*parties, *(replace(q, role="party") for q in more if q.entity not in known)]
            if len(parties) > 1:
                return parties
        return parties

    def _members(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """ "The alliance of A, B and C began as a mutual defence pact": theirs."""
        if base.kind != "alliance":
            return []
        subjects = self._codes(self._parties_of(report, p.subjects or speakers(p.head)))
        codes = {q.entity for q in [*parties, *subjects] if self._is_body(q)}
        near = [d for d in before if d.kind == "membership" and d.parties[-1].entity in codes]
        parties[:] = [q for q in parties if not near or q.entity not in codes]
        return [d.parties[0] for d in near if d.head.sent.start == near[-1].head.sent.start]

    def _pair_before(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """Where a sentence names no state: the pair that the paragraph spoke of last ("The envoys also signed ...")."""
        parsed = report.parsed
        at = parsed.sent_of(p.head.i)
        if base.kind != "agreement" or p.kind != "verb" or not before or at == 0:
            return []
        last = before[-1]
        first = parsed.sents[at][0]
        near = parsed.sent_of(last.head.i) >= at - 2 and parsed.block_of(last.head.i) == parsed.block_of(first)
        if not near or len(last.parties) != 2:
            return []
        named = {m.actor.country for m in self._states(report.mentions.within(first, p.head.i))}
        signers = len(p.subjects) > 1 and named < last_codes if (last_codes := last.codes) and parties else False
        return [q for q in last.parties if not self._is_body(q)] if signers or not (named or parties) else []

    def _in_clauses(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """ "The accord under which American soldiers are stationed in Niger", "an agreement that lets A and B send"."""
        centre = base.centre
        clauses = (c for c in centre.children if c.dep_ == "relcl" or (c.dep_ == "acl" and c.tag_ in ("VBG", "VBN")))
        tokens = {t.i for c in clauses for t in c.subtree}
        if base.kind not in ("agreement", "alliance") or p.kind != "verb" or not tokens:
            return []
        found = [m for m in report.mentions.within(min(tokens), max(tokens) + 1) if m.first in tokens]
        return [q for q in self._codes(found) if not self._is_body(q)][: 2 if not parties else 1]

    def _above(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """Who signs, plans or is told, and whose troops leave once the pact is gone."""
        if base.kind == "alliance" or (p.kind == "verb" and base.kind != "agreement"):
            return []
        return self._codes(self._parties_of(report, [*speakers(p.head), *self._addressed(p.head)]))

    def _in_clause_of_name(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """ "Under the X Agreement, American forces have access to Philippine bases": the states of the sentence."""
        if not base.named or p.kind != "noun" or base.kind != "agreement" or base.centre.dep_ != "pobj":
            return []
        if base.centre.head.lower_ not in ("under", "through", "by"):
            return []
        first, last = report.parsed.sents[report.parsed.sent_of(p.head.i)]
        states = self._states(report.mentions.within(first, last))
        return self._codes(states[:4])

    def _between(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """ "Relations between Manila and Washington improved after Manila said it would end the pact": with Washington."""
        if base.kind != "agreement" or not parties:
            return []
        first, last = report.parsed.sents[report.parsed.sent_of(p.head.i)]
        preps = (t for t in report.parsed.doc[first:last] if t.lower_ == "between" and t.dep_ == "prep")
        pairs = (self._codes(self._parties_of(report, [a.token for a in oblique(t)])) for t in preps)
        return next((q for q in pairs if len(q) == 2 and {x.entity for x in parties} <= {x.entity for x in q}), [])

    def _partner(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """The other party of "such an agreement": the one that all pacts named together before have in common."""
        if not similar(base.centre) or base.kind not in ("agreement", "alliance", "dialogue"):
            return []
        earlier = [d for d in before if d.kind == base.kind]
        if not earlier:
            return []
        last = [d for d in earlier if d.centre.i == earlier[-1].centre.i]
        common = set.intersection(*(d.codes for d in last))
        ours = {q.entity for q in parties}
        fits = [q for q in last[-1].parties if q.entity in common and q.entity not in ours]
        if parties and len(fits) > 1:
            # the one that made the earlier pact with the others: its first party
            fits = fits[:1]
        return fits if parties else []

    def _same_pact(self, base: Draft, parties: list[Party], before: list[Draft]) -> list[Draft]:
        """ "The pact takes effect in May", "revoked the accord": the one that was spoken of."""
        centre = base.centre
        bare = base.kind == "relations" and bool(parties)
        bare |= "drill" in base.frame.roles
        if not (bare or base.named or definite(centre)) or base.kind not in (
            "agreement",
            "alliance",
            "exercise",
            "relations",
        ):
            return []
        codes = {q.entity for q in parties}
        told = [d for d in before if d.kind == base.kind and codes <= d.codes and _names_agree(base, d)]
        # "after those with Australia and Britain": what only stands in the background comes second
        told.sort(key=lambda d: d.step != "stands")
        for d in reversed(told):
            if base.named and not d.named and (any(x.codes != d.codes for x in told) or not _may_be(base, d)):
                return []
            if compatible(centre, d) or base.named:
                plural = centre.tag_ in ("NNS", "NNPS")
                same = [x for x in before if x.kind == d.kind and x.centre.i == d.centre.i] if plural else [d]
                own = base.named
                return [
                    replace(base, parties=x.parties, name=base.name if own else x.name, named=own or x.named)
                    for x in same
                ]
        return []

    @staticmethod
    def _by_twos(base: Draft, ours: list[Party], theirs: list[Party]) -> bool:
        if not ours or not theirs:
            return False
        if base.kind == "relations":
            return True
        plural = base.centre.tag_ in ("NNS", "NNPS")
        return len(theirs) > 1 and plural and base.kind in ("agreement", "dialogue", "alliance")

    def _loose(self, p: Predicate, base: Draft, parties: list[Party]) -> bool:
        """Talk of allies and dialogue in passing: an alliance is between states, a dialogue has a name or is a standing
        one."""
        if base.kind == "relations" and base.centre.lemma_.lower() in _TIES:
            # "close personal relations", "economic ties"
            kinds = {c.lower_ for c in base.centre.children if c.dep_ in ("amod", "compound")}
            return bool(kinds) and not kinds & _FORMAL
        if base.kind == "alliance" and any(q.entity != q.country for q in parties):
            return True
        standing = any(c.lower_ in _STANDING for c in base.centre.children)
        return base.kind == "dialogue" and p.kind == "noun" and not base.named and not standing

    def _approved(self, report: Report, p: Predicate, draft: Draft) -> Draft:
        """ "Peru's congress ratified the pact": one side only."""
        if draft.step not in ("ratified", "approved") or p.kind != "verb":
            return draft
        by = self._codes(self._parties_of(report, p.subjects))
        return replace(draft, step=f"{draft.step} by one party") if len(by) == 1 else draft

    def _addressed(self, head: Any) -> list[Any]:
        """Whom the words go to in which a tie is told of: "told Washington that he was ending the pact"."""
        for above in head.ancestors:
            if above.pos_ == "VERB" and above.lemma_.lower() in ("tell", "inform", "notify", "assure"):
                return [c for c in above.children if c.dep_ in ("dobj", "dative") and c.pos_ == "PROPN"]
        return []

    def _directed(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        roles = [*self.kinds[base.kind], "party"]
        centre = base.centre
        by = ("by",) if base.kind == "conflict" else ("of", "by")
        mentions = [*self._parties_of(report, p.subjects), *self._around(report, centre, by)]
        senders = self._codes(mentions, roles[0])
        targets = self._codes(self._parties_of(report, self._targets(report, p, base)), roles[1])
        if targets and not senders and (base.kind == "sanction" or p.light is not None):
            senders = [replace(q, role=roles[0]) for q in self._senders(report, p, base)]
        if base.kind == "conflict" and not senders and len(targets) >= 2:
            return [replace(base, parties=targets)]
        if base.kind == "sanction" and len(senders) == 1 and not targets and p.kind == "verb":
            targets = self._only_other(report, p, senders)
        if base.kind == "sanction" and not (senders and targets):
            return self._same_sanction(base, senders, targets, before)
        codes = {s.entity for s in senders}
        return [
            replace(base, parties=[sender, target])
            for sender in senders[:4]
            for target in targets
            if target.entity not in codes
        ]

    def _only_other(self, report: Report, p: Predicate, senders: list[Party]) -> list[Party]:
        """ "Calling Iran a threat, Washington reimposed sanctions": the one other state of the sentence, if it does not
        speak in it."""
        centre = p.objects[0] if p.objects else p.head
        if behind(centre, ("on", "against")) or p.preps.get("on") or p.preps.get("against"):
            return []
        first, last = report.parsed.sents[report.parsed.sent_of(p.head.i)]
        known = {q.entity for q in [*senders, *self._speaking(report, p.head.i)]}
        others = self._codes(self._states(report.mentions.within(first, last)), "target")
        others = [q for q in others if q.entity not in known]
        return others if len(others) == 1 else []

    def _targets(self, report: Report, p: Predicate, base: Draft) -> list[Any]:
        centre = base.centre
        tokens: list[Any] = []
        if base.kind == "conflict" and p.kind == "verb" and self._parties_of(report, p.objects):
            return p.objects
        ways = (
            ("on", "with", "upon", "between"),
            ("of",) if base.kind == "conflict" else ("to", "from", "of"),
            ("in",),
        )
        for preps in (("against",), *ways):
            for prep in preps:
                tokens += [*p.preps.get(prep, []), *behind(centre, (prep,))]
                # "lifted the sanctions imposed on Chad"
                tokens += [t for c in centre.children if c.dep_ == "acl" for t in behind(c, (prep,))]
            # "the war against Russia in Ukraine": where it is fought is no party
            tokens = [_whom(t) for t in tokens]
            if self._parties_of(report, tokens):
                break
        return [*tokens, *(p.objects if p.kind == "verb" and centre.i == p.head.i else ())]

    def _senders(self, report: Report, p: Predicate, base: Draft) -> list[Party]:
        """Whose sanctions: those who plan or speak of them as theirs."""
        spoken = self._speaking(report, p.head.i) if base.kind == "sanction" and p.kind == "verb" else []
        if p.kind == "verb" and p.subjects and all(t.i != base.centre.i for t in p.subjects):
            return []
        if base.reading.governor is not None and base.reading.governor.lemma_.lower() in ASKING:
            return []
        return spoken or self._codes(self._parties_of(report, speakers(p.head)))

    @staticmethod
    def _same_sanction(base: Draft, senders: list[Party], targets: list[Party], before: list[Draft]) -> list[Draft]:
        """ "The bloc lifted most of the sanctions": those spoken of before."""
        if not definite(base.centre) and not senders:
            return []
        ours, theirs = {q.entity for q in senders}, {q.entity for q in targets}
        for d in reversed(before):
            if d.kind == "sanction" and ours <= {d.parties[0].entity} and theirs <= {d.parties[1].entity}:
                return [replace(base, parties=d.parties)]
        return []


def vague(base: Draft) -> bool:
    """ "Negotiate future arrangements": no pact in particular."""
    ahead = base.status in (TieStatus.PROPOSED, TieStatus.PLANNED)
    plural = base.centre.tag_ in ("NNS", "NNPS")
    if not (ahead and plural) or base.named:
        return False
    if base.kind == "exercise":
        # "more military drills": no edition in particular
        return similar(base.centre)
    return " " not in (base.name or "") and not similar(base.centre)


def _takes_up_state(token: Any) -> bool:
    """ "It", "the government", "the country": a state that is named elsewhere."""
    return token.lower_ in ("it", "they") or (token.lemma_.lower() in _NAMELESS_STATES and definite(token))


def _whom(token: Any) -> Any:
    """The noun that "whom" stands for."""
    if token.tag_ != "WP":
        return token
    return next((above.head for above in token.ancestors if above.dep_ == "relcl"), token)


def _next_pact(report: Report, centre: Any) -> int:
    """Where the partners of this pact end: "a treaty with Chile and another with Peru"."""
    last = report.parsed.sents[report.parsed.sent_of(centre.i)][1]
    doc = report.parsed.doc
    return next(
        (i for i in range(centre.i + 1, last - 1) if doc[i].lower_ in ANOTHER and doc[i + 1].lower_ == "with"), last
    )


def _may_be(base: Draft, d: Draft) -> bool:
    """Whether what was only described so far may bear this name: a word in common, or nothing but "the pact" said."""
    told = set((d.name or "").lower().replace("-", " ").split()[:-1])
    return not told or bool(told & set((base.name or "").lower().split()))


def _names_agree(base: Draft, draft: Draft) -> bool:
    """A named pact is taken up by its name, or is what was described before it was named; "the pact" takes up any."""
    return not base.named or not draft.named or (base.name or "") in (draft.name or "") or base.name == draft.name
