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
from communique.coding.actors import Mention
from communique.coding.antecedents import (
    ANOTHER,
    Draft,
    Stand,
    compatible,
    count_of,
    definite,
    noun_before,
    similar,
    spoken_of,
    stand,
    stood_for,
)
from communique.coding.clauses import Predicate, noun, predicates, spread, verb
from communique.coding.events import EventStation, Frame, frame_of
from communique.coding.parse import tense_is_past
from communique.coding.status import Reading
from communique.coding.tienames import tie_name
from communique.model import Claim, Party, Place, Reason, Status, TieStatus, Voice, When, make_id

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

_OPEN = frozenset({TieStatus.ACTIVE, TieStatus.SIGNED})
_REAL = frozenset({Status.OCCURRED, Status.ONGOING})
# Who may stand in a tie besides states.
_BODIES = frozenset({"IGO", "UNO", "EUR"})
_OFFICIAL = frozenset({None, "GOV", "MIL", "LEG", "SPY", "JUD"})
_GROUPING_VERBS = frozenset(
    {"comprise", "consist", "compose", "include", "make", "group", "bring", "link", "unite", "form", "gather"}
)
_GATHERING = frozenset({"grouping", "igo", "alliance", "bloc", "union", "forum"})
_BODY_KINDS = _GATHERING
# Cues by which somebody turns a tie down; after others ("denied", "failed to", "does not mean") it only is not so.
_REFUSALS = frozenset(
    "refuse reject rule decline oppose veto shelve scrap cancel abandon spurn snub dismiss block cancelled canceled aborted".split()
)
# Verbs after which a membership is no more: "ceased to be a member".
_CEASED = frozenset({"cease", "stop", "quit"})
# What goes on stands, even where it is said of the future: "sanctions would remain in force".
_ENDURING = frozenset({"remain", "stay", "keep", "continue", "maintain", "retain", "stand", "use"})
_GROUP_NOUNS = frozenset(
    "country nation state government side partner ally member power party neighbour neighbor minister leader president "
    "capital delegation signatory army navy parliament legislature".split()
)
_NAMED_PACTS = frozenset({"agreement", "accord", "treaty", "pact", "charter", "memorandum", "convention", "protocol"})
# Roles of rows that say something of what other passages told.
_TAKING_UP = frozenset({"again", "undo", "project"})
# Steps that change a tie without opening or ending it: planned, they leave it as it is.
_ALTERING = frozenset(
    {"ambassador expelled", "ambassador recalled", "ambassador returned", "downgraded", "eased", "extended", "renewed",
     "reduced", "tightened", "upgraded", "partly lifted"}
)  # fmt: skip
# Nouns by which an act is announced: "gave notice that it would end the pact".
_ANNOUNCING = frozenset({"announcement", "decision", "notice", "order", "pledge", "promise", "vow", "warning"})
# Who does this to another's act takes no part in it: "opposes opening an office".
_AGAINST = frozenset({"oppose", "criticise", "criticize", "condemn", "resist", "block", "veto", "protest", "object"})
# Readings that only ask or suppose.
_SUPPOSED = frozenset({"conditional clause", "question", "future under a condition", "imperative"})
_STANDING = frozenset(
    "strategic annual regular ministerial high-level standing bilateral trilateral two-plus-two 2 joint institutional "
    "consultative permanent".split()
)
_ASKING = frozenset({"call", "demand", "urge", "request", "appeal", "ultimatum", "pressure", "invitation", "order"})
_PREFIXES = frozenset({"post", "pro", "anti", "ex", "non", "pre"})
_WAITING = frozenset({"once", "until", "till", "unless"})
# Words for offices that only states have.
_STATE_OFFICES = frozenset({"embassy", "consulate", "legation"})
_INTO = ("of", "to", "into", "in", "from", "by")
# Who hosts or mediates a dialogue takes no part in it.
_HOSTING = frozenset({"host", "mediate", "broker", "facilitate", "organise", "organize", "sponsor"})


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
        self.body_names: dict[str, str] = {}
        for row in book.rows("organizations.csv"):
            self.bodies[row["code"]] = row.get("kind")
            self.body_names[row["code"]] = row["name"]
        self.security = frozenset(book.toml("ties.toml")["groupings"]["security"])

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

    # One sentence

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
            fits = p if self.events.holds(frame, p, report.mentions) else self._taking_up(report, p, frame, before)
            if fits is None:
                continue
            drafts = [] if frame.type == "-" else self._match(report, fits, frame, before)
            if drafts or frame.type == "-":
                return drafts
        return []

    def _taking_up(self, report: Report, p: Predicate, frame: Frame, before: list[Draft]) -> Predicate | None:
        """The predicate with its pronouns read as the nouns that they stand for, where the frame then fits."""
        words = tuple(
            w
            for positive, slot, _, ws in frame.constraints
            if positive and slot in ("obj", "subj")
            for w in ws
            if w.isupper() and w[0] != "@"
        )
        if not words:
            return None

        stops = frame.row["status"] in ("ended", "suspended")

        def change(token: Any) -> Any:
            if token.pos_ == "PROPN":
                # "Nordic Response, an exercise"; "the General Security of Information Agreement"
                near = [c for c in token.children if c.dep_ == "appos"]
                near += [c for c in _behind(token, ("of", "on", "for")) if c.pos_ == "PROPN"]
                inside = next((c for c in near if self.events.is_one_of(c, words)), None)
                if inside is not None:
                    return inside
            found = stand(report.parsed, token, before, lambda t: self.events.is_one_of(t, words))
            if found is None or (stops and found.drafts and found.drafts[-1].step.endswith(" announced")):
                # "announced that it would scrap the pact, then put that on hold": not the pact
                return token
            return found

        changed = stood_for(p, change)
        if changed is None and any(slot == "subj" and "PACT" in ws for _, slot, _, ws in frame.constraints):
            # "An agreement that lets A and B send troops for training entered into force": too far for the parse
            changed = self._pact_ahead(report, p)
        return changed if changed is not None and self.events.holds(frame, changed, report.mentions) else None

    def _pact_ahead(self, report: Report, p: Predicate) -> Predicate | None:
        first, last = report.parsed.sents[report.parsed.sent_of(p.head.i)]
        for token in report.parsed.doc[first : p.head.i]:
            if token.dep_ in ("ROOT", "nsubj") and token.pos_ == "NOUN" and self.events.is_one_of(token, ("PACT",)):
                return replace(p, subjects=[token], objects=[] if p.passive else p.objects)
        return None

    def _named(self, report: Report, first: int, last: int) -> Iterable[Predicate]:
        """Nouns that are part of a name and therefore no plain predicates: "the Enhanced Defense Cooperation
        Agreement"; and pronouns with parties of their own: "those with Australia and Britain"."""
        for token in report.parsed.doc[first:last]:
            if token.pos_ == "PROPN" and token.ent_type_ not in ("", "EVENT"):
                if token.lower_.removesuffix("s") in _NAMED_PACTS and token.text[:1].isupper():
                    yield noun(token)
            elif token.lower_ in ANOTHER and any(c.lower_ == "with" for c in token.children):
                taken_up = stand(report.parsed, token, [], lambda t: self.events.is_one_of(t, ("PACT",)))
                if taken_up is not None:
                    yield noun(taken_up)

    def _with_subject(self, report: Report, p: Predicate) -> Predicate:
        """A finite verb whose subject the parse has lost takes the party named before it: "The bloc, egged on by
        Paris, imposed sanctions"."""
        above = p.head.head
        if p.head.dep_ == "acl" and above.lemma_.lower() in _ASKING and (asked := _behind(above, ("to", "on", "for"))):
            # "an ultimatum to Sudan to recognise Israel"
            return replace(p, subjects=asked)
        if p.kind != "verb" or p.subjects or p.passive or p.head.tag_ not in ("VBD", "VBZ", "VBP"):
            return p
        first = report.parsed.sents[report.parsed.sent_of(p.head.i)][0]
        for m in reversed(report.mentions.within(first, p.head.i)):
            if self._party(m) is not None and _prep_before(report, m.first) in (None, ",") and m.kind != "demonym":
                return replace(p, subjects=[report.parsed.token(m.head)])
        return p

    def _match(self, report: Report, p: Predicate, frame: Frame, before: list[Draft]) -> list[Draft]:
        p = self._with_subject(report, p)
        centre = self._centre(p, frame)
        kind = "alliance" if frame.type == "agreement" and _mutual(centre) else frame.type
        reading = self.events.status.read(p.light if p.light is not None and p.kind == "noun" else p.head)
        reading = _settled(p.head, reading)
        status, step, supports = _standing(frame, reading)
        if status in (TieStatus.ENDED, TieStatus.SUSPENDED) and supports and _in_part(p):
            status, step = TieStatus.ACTIVE, "reduced" if kind == "presence" else f"partly {step}"
        if kind == "exercise" and _is_over(p, status, step, reading):
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
        if p.kind == "noun":
            drafts = [d for d in map(_ahead, drafts) if not _said_before(d, before)]
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
        if isinstance(base.centre, Stand) and base.reading.status is Status.NEGATED and not _refused(base.reading):
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
            "sanction": self._directed,
            "conflict": self._directed,
        }[base.kind]
        return gather(report, p, base, before)

    def _again(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        """ "Cyprus plans to follow": what was told last, with another first party."""
        subjects = self._codes(self._parties_of(report, p.subjects))
        last = [d for d in before[-1:] if report.parsed.sent_of(d.head.i) >= report.parsed.sent_of(p.head.i) - 1]
        found = []
        for d in last:
            if len(d.parties) != 2 or d.kind in ("conflict", "relations") or d.codes & {s.entity for s in subjects}:
                continue
            status, step, supports = _standing(d.frame, base.reading)
            for s in subjects:
                parties = [replace(s, role=d.parties[0].role), d.parties[1]]
                found.append(
                    replace(d, frame=base.frame, head=p.head, centre=p.head, parties=parties, status=status, step=step, supports=supports,
                            reading=base.reading)
                )  # fmt: skip
        return found

    def _undone(self, base: Draft, before: list[Draft]) -> list[Draft]:
        """ "Suspended that decision": the end announced last does not come."""
        if base.reading.status not in _REAL:
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
        if base.reading.status not in _REAL:
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
        theirs = self._codes(self._parties_of(report, [*_behind(envoy, ("to", "in")), *p.preps.get("to", [])]))
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
            if not positive or not any(w.isupper() and w[0] != "@" for w in words):
                continue
            tokens = {
                "obj": p.objects,
                "subj": p.subjects,
                "prep": [*p.preps.get(sub or "", []), *(t for o in p.objects for t in _behind(o, (sub or "",)))],
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
        return any(self.bodies.get(code) in _GATHERING and not self._is_pact(code) for code in codes)

    def _others(self, p: Predicate, frame: Frame, centre: Any) -> list[Any]:
        """ "Closed its embassy in Lima and its consulate in Cusco": the further nouns, those that parsers hang on the
        verb included."""
        words = next((w for positive, slot, _, w in frame.constraints if positive and slot == "obj" and w), ())
        if p.kind != "verb" or centre.i == p.head.i or not any(w.isupper() and w[0] != "@" for w in words):
            return []
        loose = [c for c in p.head.children if c.dep_ == "conj" and c.pos_ == "NOUN"]
        more = (t for t in [*p.objects, *loose] if t.i != centre.i and not similar(t))
        return [t for t in more if self.events.is_one_of(t, words)]

    def _inner(self, token: Any, words: tuple[str, ...]) -> Any:
        """ "The text of a treaty", "an edition of the exercise": the treaty, the exercise."""
        if isinstance(token, Stand) or token.lemma_.lower() == "memorandum":
            return token
        inside = _behind(token, ("of", "on", "for"))
        return next((t for t in inside if self.events.is_one_of(t, words)), token)

    # Who is named

    def _around(self, report: Report, token: Any, preps: tuple[str, ...] = ("of", "by")) -> list[Mention]:
        """The coded mentions that own or modify a noun: "Japan's embassy", "the NATO office"."""
        found = []
        for child in token.children:
            if child.i > 1 and child.nbor(-1).text == "-" and child.nbor(-2).lower_ in _PREFIXES:
                continue
            if child.dep_ in ("amod", "compound", "nmod") and not child.text[:1].isupper() and "-" not in child.text:
                if child.lower_ != "led" and not any(c.text[:1].isupper() for c in child.children):
                    continue
            if child.dep_ in ("poss", "amod", "compound", "nmod") or (child.dep_ == "prep" and child.lower_ in preps):
                tokens = [child] if child.dep_ != "prep" else [g for g in child.children if g.dep_ == "pobj"]
                found += self._parties_of(report, [t for c in tokens for t in spread(c)])
        return found

    def _parties_of(self, report: Report, tokens: Iterable[Any]) -> list[Mention]:
        found: list[Mention] = []
        for token in tokens:
            if token.lower_ in ANOTHER and any(c.dep_ == "prep" for c in token.children):
                continue
            listed = self._counted(report, token)
            for m in listed or self.events.mentions_of([token], report.mentions):
                if self._party(m) is not None and m not in found:
                    found.append(m)
        return found

    def _counted(self, report: Report, token: Any) -> list[Mention]:
        """ "The two sides", "these four countries", "both": the states last named together, that many of them."""
        number = 2 if token.lower_ in ("they", "them") and token.dep_ != "poss" else count_of(token, _GROUP_NOUNS)
        if number is None:
            return []
        if token.lower_ in ("they", "them") and self.events.mentions_of([token], report.mentions):
            return []
        parsed = report.parsed
        at = parsed.sent_of(token.i)
        for sent in range(at, max(-1, at - 4), -1):
            first, last = parsed.sents[sent]
            states = self._states(report.mentions.within(first, min(last, token.i)))
            if len(states) == number:
                return states
            listed = self._list_of(report, states, number)
            if listed:
                return listed
        return []

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
        if a.entity and kind in (*_BODY_KINDS, "court", "agency of igo"):
            return Party(a.start, a.end, a.text, a.name, a.country, None, a.entity)
        if a.country in _BODIES:
            return Party(a.start, a.end, a.text, a.name, a.country, None, a.entity) if a.entity else None
        if a.country and len(a.country) == 3 and a.country not in ("NGO", "ISM", "IMG", "MNC"):
            if a.sector in _OFFICIAL or (m.kind in ("person", "pronoun") and a.sector == "ELI"):
                return Party(
                    a.start, a.end, a.text, a.name if a.entity == a.country else None, a.country, None, a.country
                )
        if a.entity and kind == "armed group":
            return Party(a.start, a.end, a.text, a.name, a.country, a.sector, a.entity)
        return None

    def _is_pact(self, code: str | None) -> bool:
        """Whether a body of the table is but a pact: "the Abraham Accords"."""
        return self.body_names.get(code or "", "").split(" ")[-1].lower().removesuffix("s") in _NAMED_PACTS

    def _is_body(self, party: Party) -> bool:
        return party.country in _BODIES or self.bodies.get(party.entity or "") in _BODY_KINDS

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

    # Memberships

    def _membership(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        members, bodies = self._members_and_bodies(report, p, base)
        if not bodies and "context" in base.frame.roles:
            bodies = self._last_body(report, p.head.i, before)
        if "entrant" in base.frame.roles:
            if base.reading.status is Status.NEGATED:
                return []
            members, bodies = (members, bodies) if members and bodies else self._entrant(before)
        if not members and bodies and base.reading.status not in _REAL:
            # "joining was not impossible, the minister said": his own country
            members = [q for q in self._speaking(report, p.head.i) if not self._is_body(q)]
        pairs = [(replace(m, role="member"), replace(b, role="organisation")) for b in bodies[:1] for m in members]
        return [_declined(replace(base, parties=[m, b]), before) for m, b in pairs]

    def _members_and_bodies(self, report: Report, p: Predicate, base: Draft) -> tuple[list[Party], list[Party]]:
        around = [*self._around(report, base.centre), *self._around(report, p.head)]
        if "bearer" in base.frame.roles:
            within = everyone = [*_bearers(p.head), p.head]
        elif "entrant" in base.frame.roles:
            within = everyone = _behind(base.centre, _INTO)
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

    # Presences

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
            # "asked Washington to hand over its bases": the owner is who is to act
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
        hosts = hosts or [(q, None) for q in self._codes(self._parties_of(report, _speakers(p.head)))]
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
        for first, (place, last) in places.items():
            if first <= office.i < last and place.country:
                # "Air Base 101", "Camp Lemonnier"
                found += self._host_by_place(report, place, first, last, None)
                used |= set(range(first, last))
        for i in cut:
            if i in used or self._of_another(report, i, office, p.head):
                continue
            m = report.mentions.at(i)
            party = self._party(m) if m is not None and m.first == i else None
            place = places.get(i)
            prep = _prep_before(report, i)
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

    # Pacts, relations, drills, forums: all take the same part

    def _together(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        """All parties in one tie, or, where the ties are by nature or by their plural between two ("similar deals
        with France and Canada"), one each."""
        centre = base.centre
        if base.kind == "alliance" and "bearer" in base.frame.roles:
            ours = self._codes(self._parties_of(report, [*_bearers(p.head), *p.subjects]), "party")
            theirs = self._codes(self._around(report, centre), "party")
        else:
            ours, theirs = self._sides(report, p, base)
        if base.kind == "relations" and p.kind == "verb" and ours and {q.entity for q in ours} == {q.entity for q in theirs}:
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
        if _vague(base) or self._loose(p, base, [*ours, *theirs]):
            return []
        if len(ours) + len(theirs) < 2:
            return self._same_pact(base, [*ours, *theirs], before)
        if self._by_twos(base, ours, theirs):
            return [replace(base, parties=[a, b]) for a in ours for b in theirs]
        return [self._approved(report, p, replace(base, parties=[*ours, *theirs]))]

    def _other_subject(self, report: Report, p: Predicate, theirs: list[Party]) -> list[Party]:
        """The state that the sentences before have as a subject, or name first, besides these."""
        at = report.parsed.sent_of(p.head.i)
        codes = {q.entity for q in theirs}
        for sent in range(at - 1, max(-1, at - 3), -1):
            states = [m for m in self._states(report.mentions.within(*report.parsed.sents[sent]))]
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
            *(_bearers(p.head) if p.kind == "noun" else ()),
            *(o for o in p.objects if p.passive and base.kind == "exercise" and o.i != centre.i),
            *p.preps.get("between", []),
            *p.preps.get("among", []),
        ]
        preps = ("with", "of", "to") if base.kind == "relations" else ("with", "alongside", "to")
        right = [t for prep in preps for t in p.preps.get(prep, [])]
        if p.kind == "verb" and centre.i == p.head.i:
            right += p.objects
        owners = ("of",) if base.kind == "dialogue" else ("of", "by")
        inner = _behind(centre, ("between", "among", *owners))
        partners = _behind(centre, ("with", "alongside"))
        ours = [*self._parties_of(report, [*left, *inner]), *self._around(report, centre, owners)]
        theirs = self._parties_of(report, [*right, *partners])
        return self._codes(ours, "party"), self._codes(theirs, "party")

    def _completed(
        self, report: Report, p: Predicate, base: Draft, parties: list[Party], before: list[Draft]
    ) -> list[Party]:
        """The parties, where one is missing, with those that its clauses, those above it and what it takes up name."""
        for find in (
            self._members, self._in_clauses, self._above, self._in_clause_of_name, self._partner, self._pair_before
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
        subjects = self._codes(self._parties_of(report, p.subjects or _speakers(p.head)))
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
        first, end = parsed.sents[at]
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
        return self._codes(self._parties_of(report, [*_speakers(p.head), *self._addressed(p.head)]))

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
        if not (bare or definite(centre)) or base.kind not in ("agreement", "alliance", "exercise", "relations"):
            return []
        codes = {q.entity for q in parties}
        told = [d for d in before if d.kind == base.kind and codes <= d.codes and _names_agree(base, d)]
        # "after those with Australia and Britain": what only stands in the background comes second
        told.sort(key=lambda d: d.step != "stands")
        for d in reversed(told):
            if base.named and not d.named and any(x.codes != d.codes for x in told):
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

    # Sanctions and conflicts: one side against another

    def _directed(self, report: Report, p: Predicate, base: Draft, before: list[Draft]) -> list[Draft]:
        roles = ("sender", "target") if base.kind == "sanction" else ("party", "party")
        centre = base.centre
        by = ("by",) if base.kind == "conflict" else ("of", "by")
        mentions = [*self._parties_of(report, p.subjects), *self._around(report, centre, by)]
        senders = self._codes(mentions, roles[0])
        targets = self._codes(self._parties_of(report, self._targets(report, p, base)), roles[1])
        if targets and not senders and (base.kind == "sanction" or p.light is not None):
            senders = [replace(q, role=roles[0]) for q in self._senders(report, p, base)]
        if base.kind == "conflict" and not senders and len(targets) >= 2:
            return [replace(base, parties=targets)]
        if base.kind == "sanction" and not (senders and targets):
            return self._same_sanction(base, senders, targets, before)
        codes = {s.entity for s in senders}
        return [
            replace(base, parties=[sender, target])
            for sender in senders[:4]
            for target in targets
            if target.entity not in codes
        ]

    def _targets(self, report: Report, p: Predicate, base: Draft) -> list[Any]:
        centre = base.centre
        tokens: list[Any] = []
        if base.kind == "conflict" and p.kind == "verb" and self._parties_of(report, p.objects):
            return p.objects
        ways = (("on", "with", "upon", "between"), ("of",) if base.kind == "conflict" else ("to", "from", "of"), ("in",))
        for preps in (("against",), *ways):
            for prep in preps:
                tokens += [*p.preps.get(prep, []), *_behind(centre, (prep,))]
                # "lifted the sanctions imposed on India"
                tokens += [t for c in centre.children if c.dep_ == "acl" for t in _behind(c, (prep,))]
            # "the war against Russia in Ukraine": where it is fought is no party
            if self._parties_of(report, tokens):
                break
        return [*tokens, *(p.objects if p.kind == "verb" and centre.i == p.head.i else ())]

    def _senders(self, report: Report, p: Predicate, base: Draft) -> list[Party]:
        """Whose sanctions: those who plan or speak of them as theirs."""
        spoken = self._speaking(report, p.head.i) if base.kind == "sanction" and p.kind == "verb" else []
        if p.kind == "verb" and p.subjects and all(t.i != base.centre.i for t in p.subjects):
            return []
        if base.reading.governor is not None and base.reading.governor.lemma_.lower() in _ASKING:
            return []
        return spoken or self._codes(self._parties_of(report, _speakers(p.head)))

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

    # Lists of members

    def _groupings(self, report: Report, first: int, last: int) -> list[Draft]:
        """ "The Quad, comprised of A, B and C", "the four countries, dubbed AP4": a security grouping with its parties
        is one tie; in an organisation each of them is a member."""
        found: list[Draft] = []
        for m in report.mentions.within(first, last):
            code = m.actor.entity or ""
            if m.kind == "pronoun" or self.bodies.get(code) not in _GATHERING:
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
                    listed = self._parties_of(report, [t for g in child.children if g.dep_ == "pobj" for t in spread(g)])
        return [q for q in self._codes(listed, "party") if not self._is_body(q)]

    def _behind_verb(self, report: Report, m: Mention, last: int) -> list[Mention]:
        """ "The Quad, comprised of A, B and C"."""
        doc = report.parsed.doc
        start = next((t.i for t in doc[m.last : min(last, m.last + 12)] if _groups(t)), None)
        if start is None or any(t.pos_ == "VERB" and t.dep_ != "amod" for t in doc[m.last : start]):
            return []
        end = next((t.i for t in doc[start + 1 : last] if t.pos_ == "VERB" or t.lower_ in ("which", "who")), last)
        bodies = (o for o in report.mentions.within(m.last, last) if self.bodies.get(o.actor.entity or "") in _GATHERING)
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

    # Draft to claim

    def _claims(self, report: Report, draft: Draft, first: int, last: int) -> Iterable[Claim]:
        """The claim of a draft; two for a drill that was held "in May and again in July"."""
        voice, why = report.voice(draft.head.i)
        if _mere_talk(draft, voice):
            return
        when = _when(report, draft)
        yield self._claim(report, draft, when, (voice, why), first, last)
        for later, (at, _) in report.times if draft.kind == "exercise" and when is not None else ():
            if first <= at < last and later != when and "again" in {t.lower_ for t in report.parsed.doc[at - 2 : at]}:
                yield self._claim(report, draft, later, (voice, why), first, last)

    def _claim(
        self, report: Report, draft: Draft, when: When | None, said: tuple[Voice, list[Reason]], first: int, last: int
    ) -> Claim:
        parsed, article = report.parsed, report.article
        voice, why = said
        start, until, grain = _began(report, draft, when, parsed.published)
        draft = _by_now(draft, when, parsed.published)
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


def _groups(token: Any) -> bool:
    return token.pos_ in ("VERB", "ADJ") and token.lemma_.lower() in _GROUPING_VERBS


def _member_tokens(p: Predicate) -> tuple[list[Any], list[Any]]:
    """Where the member may stand, and where the organisation may."""
    members = [*p.subjects, *p.objects, *p.preps.get("of", []), *(t for o in p.objects for t in _behind(o, ("of",)))]
    members += [*p.preps.get("with", []), *p.preps.get("from", []), *(_bearers(p.head) if p.kind == "noun" else ())]
    bodies = [a.token for a in p.obliques]
    for token in [*bodies, *members]:
        bodies += _behind(token, ("of", "in", "for", "to", "from", "into", "with", "as"))
    if p.xcomp is not None:
        # "applied to join NATO", "invited Togo to become a member of the union"
        inner = verb(p.xcomp)
        bodies += [*inner.objects, *(a.token for a in inner.obliques)]
        bodies += [t for o in inner.objects for t in _behind(o, ("of", "in"))]
    return members, [*members, *bodies]


def _bearers(noun_token: Any) -> list[Any]:
    """Of whom a noun is said: "Turkey, a member of NATO", "Turkey is a member", "NATO member Turkey"."""
    head = noun_token.head
    if noun_token.dep_ == "appos":
        return [head]
    if noun_token.dep_ == "attr":
        return [t for c in head.children if c.dep_ in ("nsubj", "nsubjpass") for t in spread(c)]
    if noun_token.dep_ in ("compound", "nmod") and head.pos_ == "PROPN":
        return [head]
    return [c for c in noun_token.children if c.dep_ == "appos" and c.pos_ == "PROPN"]


def _mutual(centre: Any) -> bool:
    """A pact of mutual defence is an alliance."""
    words = {t.lower_ for t in (centre.head if centre.dep_ == "appos" else centre).subtree}
    edge = centre.left_edge
    if edge.i > 6 and edge.nbor(-1).text == ",":
        # "a mutual defence pact, the X Charter"
        words |= {t.lower_ for t in edge.doc[edge.i - 6 : edge.i]}
    return "mutual" in words and bool(words & {"defence", "defense", "assistance"})


def _behind(noun_token: Any, preps: tuple[str, ...]) -> list[Any]:
    """The nouns behind a noun's prepositions, coordinations spread out."""
    return [
        t
        for c in noun_token.children
        if c.dep_ == "prep" and c.lower_ in preps
        for g in c.children
        if g.dep_ == "pobj"
        for t in spread(g)
    ]


def _speakers(token: Any) -> list[Any]:
    """Who signs, agrees or plans what a noun names: the subjects of the verb above it; of a passive, what is moved."""
    for above in token.ancestors:
        if above.pos_ == "VERB":
            up = verb(above)
            return up.subjects or (up.objects if up.passive else [])
    return []


def _vague(base: Draft) -> bool:
    """ "Negotiate future arrangements": no pact in particular."""
    ahead = base.status in (TieStatus.PROPOSED, TieStatus.PLANNED)
    plural = base.centre.tag_ in ("NNS", "NNPS")
    return ahead and plural and not base.named and " " not in (base.name or "") and not similar(base.centre)


def _withdraws(undoing: Draft, d: Draft) -> bool:
    """Whether an end was announced and taken back in one breath."""
    return (
        "undo" in undoing.frame.roles
        and d.kind == undoing.kind
        and d.codes == undoing.codes
        and any(above.i == undoing.centre.i for above in d.head.ancestors)
    )


def _declined(draft: Draft, before: list[Draft]) -> Draft:
    """An invitation that is not taken up."""
    asked = any(
        d.kind == draft.kind and d.codes == draft.codes and d.status in (TieStatus.PLANNED, TieStatus.PROPOSED)
        for d in before
    )
    if draft.supports or not asked or draft.status is not TieStatus.ACTIVE:
        return draft
    return replace(draft, status=TieStatus.REJECTED, step="declined", supports=True)


def _names_agree(base: Draft, draft: Draft) -> bool:
    """A named pact is taken up by its name, or is what was described before it was named; "the pact" takes up any."""
    return not base.named or not draft.named or (base.name or "") in (draft.name or "") or base.name == draft.name


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


def _in_part(p: Predicate) -> bool:
    """ "Lifted most of the sanctions", "partly suspended"."""
    return p.kind == "verb" and any(
        c.lower_ in ("most", "some", "part", "many", "several", "partly", "partially", "half", "hundreds", "dozens")
        for c in p.head.children
        if c.dep_ in ("dobj", "nsubjpass", "nsubj", "advmod")
    )


def _is_over(p: Predicate, status: TieStatus, step: str, reading: Reading) -> bool:
    """An exercise told of in the past tense."""
    held = status is TieStatus.ACTIVE and step in ("held", "conducted") and reading.status is Status.OCCURRED
    return held and p.kind == "verb" and bool(tense_is_past(p.head))


def _standing(frame: Frame, reading: Reading) -> tuple[TieStatus, str, bool]:
    """What a passage says of the tie: the row's status as qualified by the status of its clause."""
    status = TieStatus(frame.row["status"])
    step = frame.row.get("step") or str(status)
    ahead = reading.status in (Status.PLANNED, Status.HYPOTHETICAL)
    if reading.status is Status.ONGOING and frame.type != "relations" and status in (TieStatus.ENDED, TieStatus.SUSPENDED):
        # "he was ending the pact": not ended yet
        return TieStatus.ACTIVE, f"{step} announced", True
    if ahead and status is TieStatus.ACTIVE and frame.row["lemma"] in _ENDURING:
        return status, step, True
    if ahead and status is TieStatus.ACTIVE and step in _ALTERING:
        return status, f"{step} {'planned' if reading.status is Status.PLANNED else 'considered'}", True
    if reading.status is Status.NEGATED:
        return _negated(status, step, reading)
    if ahead and status in _OPEN:
        if reading.status is Status.PLANNED and not _only_willing(reading):
            return TieStatus.PLANNED, f"{step} planned", True
        return TieStatus.PROPOSED, f"{step} considered", True
    if ahead and status in (TieStatus.ENDED, TieStatus.SUSPENDED):
        settled = reading.status is Status.PLANNED and not _only_willing(reading)
        word = "announced" if settled else "considered"
        return TieStatus.ACTIVE, f"{step} {word}", True
    return status, step, True


def _negated(status: TieStatus, step: str, reading: Reading) -> tuple[TieStatus, str, bool]:
    cue = reading.reason.row.split()[0]
    if status in (TieStatus.ENDED, TieStatus.SUSPENDED):
        return TieStatus.ACTIVE, f"{step} denied", True
    if status is TieStatus.ACTIVE and cue in _CEASED:
        return TieStatus.ENDED, "ceased", True
    if cue == "impossible" and reading.governor is not None and _denies(reading.governor.head):
        return TieStatus.PROPOSED, f"{step} considered", True
    if _refused(reading):
        return TieStatus.REJECTED, "ruled out", True
    return status, f"{step} denied", False


def _only_willing(reading: Reading) -> bool:
    """ "Is willing to withdraw its troops"."""
    return reading.governor is not None and reading.governor.lemma_.lower() in ("willing", "ready", "prepared", "offer")


def _refused(reading: Reading) -> bool:
    return reading.reason.file.endswith("status.csv") and reading.reason.row.split()[0] in _REFUSALS


def _settled(head: Any, reading: Reading) -> Reading:
    """What the clause's place says besides: notice "that it would end the pact" announces the end; "against Ukraine
    joining" only speaks of it; "will not take effect until" plans it."""
    above = head.head
    if reading.status is Status.HYPOTHETICAL and reading.reason.row == "would":
        if head.dep_ in ("acl", "ccomp", "relcl") and above.lemma_.lower() in _ANNOUNCING:
            return replace(reading, status=Status.PLANNED)
    if reading.status in _REAL and head.tag_ == "VBG" and head.dep_ in ("pcomp", "csubj"):
        if head.dep_ == "csubj" or above.lower_ in ("against", "of", "about", "to", "for", "on"):
            return replace(reading, status=Status.HYPOTHETICAL)
    if reading.status in _REAL and head.tag_ in ("VBZ", "VBP") and any(_waits(c) for c in head.children):
        return replace(reading, status=Status.PLANNED)
    if reading.status is Status.NEGATED and reading.reason.row == "refusal":
        waits = {g.lower_ for c in head.children if c.dep_ in ("advcl", "prep") for g in [c, *c.children]}
        if waits & {"until", "unless", "before", "till"}:
            return replace(reading, status=Status.PLANNED)
    return reading


def _waits(clause: Any) -> bool:
    """ "Takes effect once both have ratified it"."""
    return clause.dep_ == "advcl" and any(c.lower_ in _WAITING for c in clause.children)


def _denies(verb_token: Any) -> bool:
    return any(c.dep_ == "neg" for c in verb_token.children)


def _ahead(draft: Draft) -> Draft:
    """ "The planned office": not there yet."""
    words = {c.lower_ for c in draft.centre.children}
    if words & {"proposed", "possible", "potential", "prospective", "would-be"}:
        return replace(draft, status=TieStatus.PROPOSED, step="mentioned")
    if words & {"planned", "future", "upcoming", "forthcoming"}:
        return replace(draft, status=TieStatus.PLANNED, step="mentioned")
    return draft


def _said_before(draft: Draft, before: list[Draft]) -> bool:
    """Whether a mention by a noun ("the office in Tokyo", "the opening of the office") points back at a tie that this
    report has spoken of: it takes up what was said and tells nothing new, unless an end or a time of its own."""
    if draft.frame.row.get("step") != "stands" and draft.status not in _OPEN:
        return False
    same = [d for d in before if d.kind == draft.kind and draft.codes <= d.codes]
    # the name of what was only described so far is news
    return bool(same) and not (draft.named and not any(d.named for d in same))


def _mere_talk(draft: Draft, voice: Voice) -> bool:
    """What opens no tie: wars that nobody fights, and what comment only supposes or foretells."""
    real = draft.reading.status in _REAL
    if draft.reading.status is Status.HYPOTHETICAL and draft.reading.reason.row in _SUPPOSED:
        return True
    marks = {c.lower_ for c in draft.head.children if c.dep_ in ("mark", "advmod")}
    if not real and "before" in marks:
        # "hours before the pact was to lapse"
        return True
    if marks & _WAITING and draft.head.dep_ == "advcl" and tense_is_past(draft.head.head) is not True:
        # "takes effect once both have ratified it"
        return True
    if draft.kind == "conflict" and draft.status is not TieStatus.ENDED:
        return not real or voice.stance == "comment"
    return voice.stance == "comment" and draft.reading.status in (Status.PLANNED, Status.HYPOTHETICAL)


def _when(report: Report, draft: Draft) -> When | None:
    """The time said of the draft's words, or of the verb they complete: "in May it ceased to be a member"."""
    node = draft.head
    if draft.kind == "conflict" and node.pos_ == "NOUN":
        return _time_of(report, node, inside=True)
    found = _time_of(report, node) or ("undo" not in draft.frame.roles and _time_of(report, draft.centre)) or None
    while found is None and node.dep_ in ("xcomp", "ccomp", "advcl", "relcl") and _tells_when(draft, node):
        node = node.head
        found = _time_of(report, node)
    return found


def _time_of(report: Report, token: Any, inside: bool = False) -> When | None:
    """The time that hangs on this word, else (unless only `inside` counts) on the verb of its own clause."""
    first, last = report.parsed.sents[report.parsed.sent_of(token.i)]
    clause = token if inside else _clause_of(token)
    near = None
    for when, (at, end) in report.times:
        if not first <= at < last:
            continue
        for above in _above_time(report, at, end):
            if above.i == token.i:
                return when
            if above.i == clause.i:
                near = near or when
    return near


def _above_time(report: Report, at: int, end: int) -> Iterable[Any]:
    """The words from a time expression up to the verb it belongs to; a noun that it is part of ("its 2019 decision")
    keeps it."""
    node = report.parsed.token(at)
    while at <= node.head.i < end and node.head.i != node.i:
        node = node.head
    part = node.dep_ in ("compound", "nummod", "amod", "nmod", "poss")
    while node.head.i != node.i:
        node = node.head
        yield node
        if node.pos_ in ("VERB", "AUX") or (part and node.pos_ in ("NOUN", "PROPN")):
            return


def _clause_of(token: Any) -> Any:
    while token.pos_ not in ("VERB", "AUX") and token.head.i != token.i:
        token = token.head
    return token


def _tells_when(draft: Draft, node: Any) -> bool:
    """Whether the time of the clause above is this one's: "in May it ceased to be a member", "the last hurdle fell in
    May, when parliament approved it", "announced in May that it would leave"."""
    if node.dep_ == "xcomp":
        return bool(node.head.tag_ != "VB")
    if node.dep_ == "ccomp":
        return draft.reading.status is Status.PLANNED or draft.step.endswith(" announced")
    return any(c.lower_ == "when" and c.dep_ == "advmod" for c in node.children)


def _by_now(draft: Draft, when: When | None, published: str | None) -> Draft:
    """A war of years ago is over, unless it is told how it began; a drill is over after its days, not before."""
    if draft.kind == "conflict" and draft.step not in ("invaded", "declared") and _long_past(when, published):
        return replace(draft, status=TieStatus.ENDED, step="over")
    if draft.kind == "exercise" and when and when.until and published and draft.supports:
        if draft.status is TieStatus.ACTIVE and draft.step == "held" and when.until <= published:
            return replace(draft, status=TieStatus.ENDED)
        if draft.status is TieStatus.ENDED and when.until > published:
            return replace(draft, status=TieStatus.ACTIVE, step=f"{draft.step} announced")
    return draft


def _long_past(when: When | None, published: str | None) -> bool:
    """ "The war of 1967": over before the year of the report and the one before; what "began" then may go on."""
    return bool(when and when.until and published and int(when.until[:4]) < int(published[:4]) - 1)


def _began(
    report: Report, draft: Draft, when: When | None, published: str | None
) -> tuple[str | None, str | None, str | None]:
    """The interval in which the claimed status began; a time to come is no beginning of a plan, but it is the day of an
    exercise and of an announced end."""
    if when is None:
        return None, None, None
    if when.from_ is None:
        # "until 2044", "until April 28"
        ends = (draft.status in _OPEN or draft.kind == "exercise") and _bounded(when)
        return (None, when.until, "day") if ends and when.until else (None, None, None)
    ahead = draft.reading.status in (Status.PLANNED, Status.HYPOTHETICAL)
    if draft.kind == "exercise":
        return when.from_, when.until, when.grain
    if draft.step == "stands" and not _since(report, when):
        # "the summit of the group on 3 May" says nothing of when the group began
        return None, None, None
    wide = when.grain != "day" and (when.until or "") > (published or "")
    later = published is not None and (when.from_ > published or wide)
    if draft.step.endswith(" announced"):
        # the day of the announcement where it lies in the past, else the day of the end
        return (None, when.from_, when.grain) if later else (when.from_, when.until, when.grain)
    if published is not None and when.from_ > published:
        return None, None, None
    if ahead:
        told = draft.reading.governor is not None and not later
        return (when.from_, when.until, when.grain) if told else (None, None, None)
    return when.from_, when.until, when.grain


def _bounded(when: When) -> bool:
    return when.text.lower().startswith(("until", "till", "through", "to ", "up to", "by"))


def _since(report: Report, when: When) -> bool:
    before = report.article.text[max(0, when.start - 8) : when.end].lower()
    return "since" in before
