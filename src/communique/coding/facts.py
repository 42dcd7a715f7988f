"""What a report says of ties: passages to claims.

`lang/en/ties.csv` lists the words by which ties are opened, changed, ended or said to stand, with the frame
language of the event lexicon. Who takes which part follows from what the parties are (in a membership the
organisation is the organisation, in a presence the possessor of the office is the guest) and from a row's `roles`:

context     the organisation may be one that was spoken of before ("Finland applied in May")
host=subj   the host is the subject ("Latvia hosts Canadian soldiers"); host=obj: the object
access      the base's owner is the host, who may use it is the guest
again       one more party does what was told before ("Cyprus plans to follow")
undo        an end that was announced is put off or taken back ("withdrew that decision")
bearer      the tie is said of those whom the noun is said of ("Turkey, a NATO ally")
ambassador  of whom an ambassador is sent or recalled

Several passages of one report on one tie give several claims; `communique.ties` puts claims together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from communique.codebook import Codebook
from communique.coding.antecedents import ANOTHER, SAME, Draft, Stand, noun_before, similar, stand, stood_for
from communique.coding.clauses import Predicate, noun, oblique, predicates
from communique.coding.events import EventStation, Frame, frame_of
from communique.coding.memberships import Memberships
from communique.coding.pacts import ASKING, Pacts
from communique.coding.presences import Presences
from communique.coding.standing import (
    REAL,
    began,
    by_now,
    in_part,
    is_over,
    mere_talk,
    not_yet,
    refused,
    said_before,
    settled,
    standing,
    when_of,
)
from communique.coding.tieparties import GATHERING, NAMED_PACTS, behind, prep_before
from communique.model import Claim, Reason, Status, TieStatus, Voice, When, make_id

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

# Roles of rows that say something of what other passages told.
_TAKING_UP = frozenset({"again", "undo", "project"})
# The kinds that come with the program.
_OURS = frozenset("membership alliance agreement relations presence exercise sanction dialogue conflict".split())
# Who does this to another's act takes no part in it: "opposes opening an office".
_AGAINST = frozenset({"oppose", "criticise", "criticize", "condemn", "resist", "block", "veto", "protest", "object"})


class FactStation(Memberships, Presences, Pacts):
    """Finds the claims of a report."""

    def __init__(self, book: Codebook, events: EventStation) -> None:
        super().__init__(book, events)
        for row in book.rows("lang/en/ties.csv"):
            self.frames.setdefault((row["lemma"].lower(), row["pos"]), []).append(frame_of(row))
        for frames in self.frames.values():
            frames.sort(key=lambda f: -len(f.constraints))

    def find(self, report: Report) -> list[Claim]:
        """The claims of every sentence that is read, in text order."""
        parsed = report.parsed
        only_headings = all(b.kind == "heading" for b in parsed.blocks)
        found: list[Claim] = []
        drafts: list[Draft] = []
        for first, last in parsed.sents:
            if not only_headings and parsed.blocks[parsed.block_of(first)].kind == "heading":
                continue
            for draft in self._sentence(report, first, last, drafts):
                drafts.append(draft)
                found += self._claims(report, draft, first, last)
        return list({c.id: c for c in found}.values())

    def _sentence(self, report: Report, first: int, last: int, before: list[Draft]) -> list[Draft]:
        found: list[Draft] = self._groupings(report, first, last)
        taken: set[int] = set()
        everything = [*predicates(report.parsed.doc, first, last), *self._named(report, first, last)]
        # Verbs first: the noun they say something of is then no bare mention.
        everything.sort(key=lambda p: (p.kind == "noun", p.head.i))
        for p in everything:
            if p.head.i in taken and (p.kind == "noun" or p.head.dep_ == "xcomp"):
                continue
            drafts = self._told(report, p, before + found, False)
            if drafts:
                found += drafts
                taken |= {d.centre.i for d in drafts} | {p.head.i}
                taken |= {p.xcomp.i} if p.xcomp is not None else set()
        for p in everything if before or found else ():
            drafts = self._told(report, p, before + found, True) if p.head.i not in taken else []
            # "withdrew its decision to end the pact": the end is not announced any more
            found = [d for d in found if not any(_withdraws(u, d) for u in drafts)] + drafts
        return found

    def _told(self, report: Report, p: Predicate, before: list[Draft], later: bool) -> list[Draft]:
        """What the most specific row that fits says by this word. `later`: by rows that take up other passages."""
        lemma = p.lemma if p.head.pos_ != "PROPN" else p.head.lower_.removesuffix("s")
        for frame in self.frames.get((lemma, p.kind), ()):
            if bool(_TAKING_UP & frame.roles.keys()) is not later:
                continue
            pronouns = any(t.lower_ in ANOTHER or t.lower_ in SAME for t in (*p.objects, *p.subjects))
            fits = self._taking_up(report, p, frame, before) if pronouns else None
            if fits is None and self.events.holds(frame, p, report.mentions):
                fits = p
            elif fits is None and not pronouns:
                fits = self._taking_up(report, p, frame, before)
            if fits is None:
                continue
            drafts = [] if frame.type == "-" else self._match(report, fits, frame, before)
            if drafts or frame.type == "-":
                return drafts
        return []

    def _taking_up(self, report: Report, p: Predicate, frame: Frame, before: list[Draft]) -> Predicate | None:
        """The predicate with its pronouns read as the nouns that they stand for, where the frame then fits."""
        named = [
            (slot, w)
            for positive, slot, _, ws in frame.constraints
            if positive and slot in ("obj", "subj")
            for w in ws
            if w.isupper() and w[0] != "@"
        ]
        words, slots = tuple(w for _, w in named), {slot for slot, _ in named}
        if not words:
            return None
        stops = frame.row["status"] in ("ended", "suspended")

        def change(token: Any) -> Any:
            if token.pos_ == "PROPN":
                # "Nordic Response, an exercise"; "the General Security of Information Agreement"
                near = [c for c in token.children if c.dep_ == "appos"]
                near += [c for c in behind(token, ("of", "on", "for")) if c.pos_ == "PROPN"]
                inside = next((c for c in near if self.events.is_one_of(c, words)), None)
                if inside is not None:
                    return inside
            found = stand(report.parsed, token, before, lambda t: self.events.is_one_of(t, words))
            if found is None or (stops and found.drafts and found.drafts[-1].step.endswith(" announced")):
                # "announced that it would scrap the pact, then put that on hold": not the pact
                return token
            return found

        changed = stood_for(p, slots, change)
        if changed is None and any(slot == "subj" and "PACT" in ws for _, slot, _, ws in frame.constraints):
            # "An agreement that lets A and B send troops for training entered into force": too far for the parse
            changed = self._pact_ahead(report, p)
        return changed if changed is not None and self.events.holds(frame, changed, report.mentions) else None

    def _pact_ahead(self, report: Report, p: Predicate) -> Predicate | None:
        first = report.parsed.sents[report.parsed.sent_of(p.head.i)][0]
        for token in report.parsed.doc[first : p.head.i]:
            if token.dep_ in ("ROOT", "nsubj") and token.pos_ == "NOUN" and self.events.is_one_of(token, ("PACT",)):
                return replace(p, subjects=[token], objects=[] if p.passive else p.objects)
        return None

    def _named(self, report: Report, first: int, last: int) -> Iterable[Predicate]:
        """Nouns that are part of a name and therefore no plain predicates: "the Enhanced Defense Cooperation
        Agreement"; and pronouns with parties of their own: "those with Australia and Britain"."""
        for token in report.parsed.doc[first:last]:
            if token.pos_ == "PROPN" and token.ent_type_ not in ("", "EVENT"):
                if token.lower_.removesuffix("s") in NAMED_PACTS and token.text[:1].isupper():
                    yield noun(token)
            elif token.lower_ in ANOTHER and token.i + 1 < last and token.nbor(1).lower_ == "with":
                taken_up = stand(report.parsed, token, [], lambda t: self.events.is_one_of(t, ("PACT",)))
                if taken_up is not None:
                    # wherever the parse hangs the partners
                    partners = [] if token.nbor(1).head.i == token.i else oblique(token.nbor(1))
                    yield replace(noun(taken_up), obliques=partners or noun(taken_up).obliques)

    def _with_subject(self, report: Report, p: Predicate) -> Predicate:
        """A finite verb whose subject the parse has lost takes the party named before it: "The bloc, egged on by
        Paris, imposed sanctions"."""
        above = p.head.head
        if p.head.dep_ == "acl" and above.lemma_.lower() in ASKING and (asked := behind(above, ("to", "on", "for"))):
            # "an ultimatum to Chad to close its base"
            return replace(p, subjects=asked)
        if p.kind != "verb" or p.subjects or p.passive or p.head.tag_ not in ("VBD", "VBZ", "VBP"):
            return p
        first = report.parsed.sents[report.parsed.sent_of(p.head.i)][0]
        for m in reversed(report.mentions.within(first, p.head.i)):
            if self._party(m) is not None and prep_before(report, m.first) in (None, ",") and m.kind != "demonym":
                return replace(p, subjects=[report.parsed.token(m.head)])
        return p

    def _match(self, report: Report, p: Predicate, frame: Frame, before: list[Draft]) -> list[Draft]:
        p = self._with_subject(report, p)
        centre = self._centre(p, frame)
        kind = "alliance" if frame.type == "agreement" and _mutual(centre) else frame.type
        reading = self.events.status.read(p.light if p.light is not None and p.kind == "noun" else p.head)
        reading = settled(p.head, reading)
        status, step, supports = standing(frame, reading)
        if status in (TieStatus.ENDED, TieStatus.SUSPENDED) and supports and in_part(p):
            status, step = TieStatus.ACTIVE, "reduced" if kind == "presence" else f"partly {step}"
        if kind == "exercise" and is_over(p, status, step, reading):
            status = TieStatus.ENDED
        if "drill" in frame.roles:
            # "The drills opened in May and Indian sailors took part"
            centre = noun_before(report.parsed, p.head.i, lambda t: self.events.is_one_of(t, ("DRILL",))) or centre
        base = Draft(frame, kind, p.head, centre, [], None, status, step, supports, reading)
        drafts = self._gathered(report, p, base, before)
        several = drafts and kind in ("presence", "agreement") and not _TAKING_UP & frame.roles.keys()
        for other in self._others(p, frame, centre) if several else ():
            drafts += self._gathered(report, p, replace(base, centre=other), before + drafts)
        if kind in ("alliance", "agreement") and p.kind == "noun" and self._is_of_body(report, centre):
            return []
        if p.kind == "noun" and kind == "agreement":
            # "unveiled a pact they call AUKUS": told already
            groupings = [
                d for d in before if d.kind == "alliance" and d.named and d.centre.sent.start == centre.sent.start
            ]
            drafts = [d for d in drafts if all(d.codes != g.codes for g in groupings)]
        if p.kind == "noun":
            drafts = [d for d in map(not_yet, drafts) if not said_before(d, before)]
        return drafts

    def _gathered(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        """The drafts of a base: one a tie, with its parties."""
        roles = base.frame.roles
        if "again" in roles:
            return self._again(report, p, base, before)
        if "undo" in roles:
            return self._undone(base, before)
        if "project" in roles:
            return self._project(base, before)
        if base.reading.governor is not None and base.reading.governor.lemma_.lower() in _AGAINST:
            return []
        if isinstance(base.centre, Stand) and base.reading.status is Status.NEGATED and not refused(base.reading):
            return []
        if "ambassador" in roles:
            return self._envoys(report, p, base, before)
        if isinstance(base.centre, Stand) and (same := [d for d in base.centre.drafts if d.kind == base.kind]):
            return [replace(base, parties=d.parties, place=d.place, name=d.name, named=d.named) for d in same]
        gather = {
            "membership": self._membership,
            "presence": self._presence,
            "agreement": self._together,
            "alliance": self._together,
            "relations": self._together,
            "exercise": self._together,
            "dialogue": self._together,
            "conflict": self._directed,
        }.get(base.kind)
        # "sanction", and kinds of a user's: from one to the other where their parts differ, else all together
        gather = gather or (self._directed if len(self.kinds[base.kind]) == 2 else self._together)
        return gather(report, p, base, before)

    def _again(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        """ "Cyprus plans to follow": what was told last, with another first party."""
        subjects = self._codes(self._parties_of(report, p.subjects))
        last = [d for d in before[-1:] if report.parsed.sent_of(d.head.i) >= report.parsed.sent_of(p.head.i) - 1]
        found = []
        for d in last:
            if len(d.parties) != 2 or d.kind in ("conflict", "relations") or d.codes & {s.entity for s in subjects}:
                continue
            status, step, supports = standing(d.frame, base.reading)
            for s in subjects:
                parties = [replace(s, role=d.parties[0].role), d.parties[1]]
                found.append(
                    replace(d, frame=base.frame, head=p.head, centre=p.head, parties=parties, status=status, step=step, supports=supports,
                            reading=base.reading)
                )  # fmt: skip
        return found

    def _undone(self, base: Draft, before: list[Draft]) -> list[Draft]:
        """ "Suspended that decision": the end announced last does not come."""
        if base.reading.status not in REAL:
            return []
        for d in reversed(before):
            if d.step.endswith(" announced") or d.step in ("termination suspended", "termination withdrawn"):
                return [
                    replace(d, frame=base.frame, head=base.head, centre=base.centre, status=TieStatus.ACTIVE,
                            step=base.frame.row["step"], supports=True, reading=base.reading)
                ]  # fmt: skip
        return []

    @staticmethod
    def _project(base: Draft, before: list[Draft]) -> list[Draft]:
        """ "Shelved the plan": what was planned or proposed last."""
        if base.reading.status not in REAL:
            return []
        for d in reversed(before):
            if d.status in (TieStatus.PLANNED, TieStatus.PROPOSED) and d.kind in ("presence", "agreement"):
                return [
                    replace(d, frame=base.frame, head=base.head, centre=base.centre, status=base.status, step=base.step,
                            supports=base.supports, reading=base.reading)
                ]  # fmt: skip
        return []

    def _envoys(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        """ "Recalled its ambassadors to A and B", "expelled the German ambassador": sender and receiver."""
        envoy = base.centre
        ours = self._codes(self._parties_of(report, p.subjects))
        theirs = self._codes(self._parties_of(report, [*behind(envoy, ("to", "in")), *p.preps.get("to", [])]))
        theirs = theirs or self._codes(self._around(report, envoy))
        theirs = [q for q in theirs if q.entity not in {o.entity for o in ours}]
        if not theirs:
            last = [d for d in before if d.kind == "relations"][-1:]
            theirs = [d.parties[-1] for d in last if not d.codes & {o.entity for o in ours} or len(d.codes) == 2]
            theirs = [q for q in theirs if q.entity not in {o.entity for o in ours}]
        mine, other = ("guest", "host") if base.kind == "presence" else ("party", "party")
        return [
            replace(base, parties=[replace(a, role=mine), replace(b, role=other)]) for a in ours[:1] for b in theirs
        ]

    def _centre(self, p: Predicate, frame: Frame) -> Any:
        """The noun that names the tie: the office opened, the pact signed; else the predicate itself."""
        for positive, slot, sub, words in frame.constraints:
            # of a kind of a user's, plain words name the tie too: "paid tribute to"
            if not positive or not any((w.isupper() or frame.type not in _OURS) and w[0] != "@" for w in words):
                continue
            tokens = {
                "obj": p.objects,
                "subj": p.subjects,
                "prep": [*p.preps.get(sub or "", []), *(t for o in p.objects for t in behind(o, (sub or "",)))],
                "of": [*p.preps.get("of", []), *p.subjects, *p.modifiers],
            }.get(slot, [])
            for token in tokens:
                if self.events.is_one_of(token, words):
                    return self._inner(token, words)
        return p.head

    def _is_of_body(self, report: Report, centre: Any) -> bool:
        """ "The CSTO, the military alliance led by Russia"."""
        tokens = [centre, *([centre.head] if centre.dep_ == "appos" else ())]
        if centre.left_edge.i > 2 and centre.left_edge.nbor(-1).text == ",":
            tokens.append(centre.left_edge.nbor(-2))
        found = [m for t in tokens if (m := report.mentions.at(t.i)) is not None]
        codes = [m.actor.entity or "" for m in found]
        return any(self.bodies.get(code) in GATHERING and not self._is_pact(code) for code in codes)

    def _others(self, p: Predicate, frame: Frame, centre: Any) -> list[Any]:
        """ "Closed its embassy in Lima and its consulate in Cusco": the further nouns, those that parsers hang on the
        verb included."""
        words = next((w for positive, slot, _, w in frame.constraints if positive and slot == "obj" and w), ())
        if p.kind != "verb" or centre.i == p.head.i or not any(w.isupper() and w[0] != "@" for w in words):
            return []
        loose = [c for c in p.head.children if c.dep_ == "conj" and c.pos_ == "NOUN"]
        loose += [t for t in centre.subtree if t.dep_ == "conj" and t.pos_ == "NOUN" and t.i > centre.i]
        more = (t for t in [*p.objects, *loose] if t.i != centre.i and not similar(t))
        return [t for t in more if self.events.is_one_of(t, words)]

    def _inner(self, token: Any, words: tuple[str, ...]) -> Any:
        """ "The text of a treaty", "an edition of the exercise": the treaty, the exercise."""
        if isinstance(token, Stand) or token.lemma_.lower() == "memorandum":
            return token
        inside = behind(token, ("of", "on", "for"))
        return next((t for t in inside if self.events.is_one_of(t, words)), token)

    def _claims(self, report: Report, draft: Draft, first: int, last: int) -> Iterable[Claim]:
        """The claim of a draft; two for a drill that was held "in May and again in July"."""
        voice, why = report.voice(draft.head.i)
        if mere_talk(draft, voice):
            return
        when = when_of(report, draft)
        yield self._claim(report, draft, when, (voice, why), first, last)
        for later, (at, _) in report.times if draft.kind == "exercise" and when is not None else ():
            if first <= at < last and later != when and "again" in {t.lower_ for t in report.parsed.doc[at - 2 : at]}:
                yield self._claim(report, draft, later, (voice, why), first, last)

    def _claim(
        self, report: Report, draft: Draft, when: When | None, said: tuple[Voice, list[Reason]], first: int, last: int
    ) -> Claim:
        parsed, article = report.parsed, report.article
        voice, why = said
        draft = by_now(draft, when, parsed.published)
        start, until, grain = began(report, draft, when, parsed.published)
        row = draft.frame.row
        event = report.event_at(draft.head.i) or report.event_at(draft.centre.i)
        parties = tuple(draft.parties)
        return Claim(
            id=make_id(
                "c", article.id, draft.kind, tuple(q.entity for q in parties), draft.head.i, draft.centre.i, start
            ),
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
            span=parsed.span(first, last),
            supports=draft.supports,
            event=event,
            because=(
                Reason("kind", row.file, row.line, f"{row['lemma']} {row['pos']} {row['frame']}".strip()),
                draft.reading.reason,
                *why,
            ),
        )


def _mutual(centre: Any) -> bool:
    """A pact of mutual defence is an alliance."""
    words = {t.lower_ for t in (centre.head if centre.dep_ == "appos" else centre).subtree}
    edge = centre.left_edge
    if edge.i > 6 and edge.nbor(-1).text == ",":
        # "a mutual defence pact, the X Charter"
        words |= {t.lower_ for t in edge.doc[edge.i - 6 : edge.i]}
    return "mutual" in words and bool(words & {"defence", "defense", "assistance"})


def _withdraws(undoing: Draft, d: Draft) -> bool:
    """Whether an end was announced, or told of, and taken back in one breath."""
    if "undo" not in undoing.frame.roles or d.kind != undoing.kind or d.codes != undoing.codes:
        return False
    over = d.step.endswith(" announced") or d.status in (TieStatus.ENDED, TieStatus.SUSPENDED)
    return over and any(above.i == undoing.head.i for above in d.head.ancestors)
