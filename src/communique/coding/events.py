"""Which PLOVER event a predicate names, with its act, mode, contexts and parties.

The lexicon of frames is `lang/en/predicates/<type>.csv`; the rules for promised, refused, threatened and demanded
acts are PLOVER's (codebook: promised or scheduled cooperation is AGREE, refusal REJECT, threatened harm THREATEN).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from communique.codebook import CLASS_CODES, CLASSES, PREDICATES, Codebook, Row
from communique.coding.actors import Mention, Mentions
from communique.coding.clauses import LIGHT, Predicate, owners, predicates, spread, verb
from communique.coding.parse import Parsed
from communique.coding.status import Reading, StatusStation
from communique.model import Reason, Status

COOPERATIVE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID"})
YIELDING = frozenset({"CONCEDE", "RETREAT"})
HARMFUL = frozenset({"ASSAULT", "COERCE", "SANCTION", "MOBILIZE", "PROTEST"})
GOVERNORS = frozenset({"AGREE", "REJECT", "THREATEN", "REQUEST", "CONCEDE"})
# Sectors whose holders make an event political even where no state or organisation is named.
POLITICAL = frozenset("GOV MIL LEG JUD SPY PTY OPP REB UAF COP PRE PRM PAR IGO IMG NGO ELI".split())
_STATESMEN = frozenset("GOV MIL LEG SPY PTY OPP REB IGO IMG".split())
# Prepositions behind which a noun tells the scene of the verb's own act: "met at a summit".
_SCENE = frozenset({"at", "in", "during", "on", "for"})
# "A US-led war" is a war of the United States; "US-backed rebels" are not the United States.
_LED = frozenset({"led", "mediated", "brokered", "sponsored", "organised", "organized", "hosted"})
# What can be the subject of a verb of conflict without anybody acting.
_THINGS = frozenset(
    "act agreement article bill clause code constitution convention court-order decision deal decree document law letter "
    "measure move paragraph policy provision regulation report resolution rule section statute text treaty vote weather "
    "storm flood rain snow cost price rate shortage crisis pandemic virus disease issue problem question debate idea plan "
    "proposal film book song game match season market company economy fear concern hope".split()
)
# What is only the end of some other act, or of an unnamed attempt, is not yet anybody's plan.
_MERE_PURPOSE = frozenset({"purpose", "noun with infinitive"})
# Governors by which one binds oneself: harm that is vowed is a threat, harm that is decided on is planned.
_COMMITMENTS = frozenset(
    "vow pledge promise swear threaten warn undertake offer guarantee agree commit commitment threat promise assure".split()
)
# A retreat that is announced is a concession; one that is agreed on or offered is an agreement.
_ANNOUNCEMENTS = frozenset("decide decision plan intend intention announce announcement order schedule opt".split())
_OWN_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
# A subject stands no further before its verb than this many tokens, as a rule.
_FAR = 14
_RUNNING = frozenset({"ongoing", "continued", "continuing", "existing", "current", "recent", "latest", "past"})
_ORDERS = frozenset({"order", "authorise", "authorize", "instruct", "direct", "command", "decree", "have"})
_CONJUNCTIONS = frozenset({"before", "after", "as", "since", "until", "than"})
# Acts that need no state or organisation to take part, only a country they take place in.
_ANYWHERE = frozenset({"PROTEST", "ASSAULT", "COERCE"})
_LOCATIVES = frozenset({"in", "at", "near", "across", "throughout", "outside", "around", "inside", "within"})
_ANAPHORS = frozenset({"it", "them", "this", "one", "ones"})
# How many tokens back a pronoun may point.
_FAR_BACK = 45
_EXAMPLES = frozenset({"like", "including", "as"})
# Where the recipient is looked for when the object is no actor, first hit wins.
_VERB_PREPS = (
    "against",
    "on",
    "to",
    "with",
    "at",
    "from",
    "upon",
    "toward",
    "towards",
    "over",
    "for",
    "of",
    "in",
    "into",
)
_NOUN_PREPS = (
    "on",
    "against",
    "to",
    "with",
    "at",
    "upon",
    "into",
    "of",
    "for",
    "in",
    "from",
    "over",
    "towards",
    "about",
)
_THREAT_MODES = {"ASSAULT": "violence", "SANCTION": "relations", "COERCE": "restrict", "PROTEST": "restrict"}
_REQUEST_MODES = {
    "CONSULT": "meet", "AID": "assist", "COOPERATE": "assist", "SUPPORT": "assist", "RETREAT": "yield", "CONCEDE": "yield",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """One lexicon row with its constraints split up."""

    row: Row
    type: str
    constraints: tuple[tuple[bool, str, str | None, tuple[str, ...]], ...]
    roles: dict[str, str]


@dataclass
class Draft:
    """An event before voice, time and place are known. Parties are mentions. `own`: a user's row reads it."""

    predicate: Predicate
    type: str
    act: str | None
    mode: str | None
    contexts: tuple[str, ...]
    status: Status
    actors: list[Mention]
    recipients: list[Mention]
    reasons: list[Reason] = field(default_factory=list)
    score: float = 0.5
    inner: Predicate | None = None
    own: bool = False


@dataclass
class _Match:
    predicate: Predicate
    frame: Frame
    type: str


class EventStation:
    """Finds the events of a parsed report."""

    def __init__(self, book: Codebook) -> None:
        self.book = book
        self.status = StatusStation(book)
        self.speakers: Callable[[int], list[Mention]] = _nobody
        self.classes: dict[str, set[str]] = {}
        for row in book.rows(CLASSES):
            self.classes.setdefault(row["class"], set()).add(row["word"].lower())
        self.frames: dict[tuple[str, str], list[Frame]] = {}
        for row in book.rows(PREDICATES):
            self.frames.setdefault((row["lemma"].lower(), row["pos"]), []).append(frame_of(row))
        for frames in self.frames.values():
            frames.sort(key=_precedence)
        # things that verbs do something to: what "it" can stand for
        named = {
            w
            for fs in self.frames.values()
            for f in fs
            for _, slot, _, ws in f.constraints
            if slot == "obj"
            for w in ws
        }
        self.things = frozenset(
            {w.lower() for w in named if not w.isupper()}.union(
                *(self.classes.get(w, ()) for w in named if w.isupper())
            )
        )
        self.mode_cues: dict[str, list[Row]] = {}
        for row in book.rows("lang/en/mode_cues.csv"):
            self.mode_cues.setdefault(row["type"], []).append(row)
        self.contexts = self._context_words()

    def _context_words(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entry in self.book.toml("codebook/contexts.toml")["context"]:
            for word in entry["words"]:
                found.setdefault(word.lower(), []).append(entry["name"])
        return found

    def find(
        self,
        parsed: Parsed,
        mentions: Mentions,
        ahead: frozenset[int] = frozenset(),
        speakers: Callable[[int], list[Mention]] | None = None,
    ) -> list[Draft]:
        """The events of every sentence, in text order; headings only where there is nothing else.

        `ahead`: tokens of which a time to come is said ("the July summit", "the ministers meet on Friday").
        `speakers`: who says the words in which a token stands.
        """
        self.speakers = speakers or _nobody
        only_headings = all(b.kind == "heading" for b in parsed.blocks)
        found = []
        for first, last in parsed.sents:
            if only_headings or parsed.blocks[parsed.block_of(first)].kind == "body":
                found += self.sentence(parsed, mentions, first, last, ahead)
        for i, draft in enumerate(found):
            self._take_up(draft, found[:i])
        return found

    @staticmethod
    def _take_up(draft: Draft, before: list[Draft]) -> None:
        """ "The opening of the office" after "plans to open an office": the same act, still to come."""
        if draft.predicate.kind != "noun" or draft.status is not Status.OCCURRED or draft.act is not None:
            return
        if draft.reasons[1].row != "named as a fact" or draft.type not in COOPERATIVE:
            return
        mine = {m.actor.entity or m.actor.country for m in [*draft.actors, *draft.recipients]}
        for earlier in before:
            theirs = {m.actor.entity or m.actor.country for m in [*earlier.actors, *earlier.recipients]}
            same = earlier.act == draft.type and earlier.status is Status.PLANNED and bool(mine) and mine <= theirs
            words = [earlier.predicate.lemma, earlier.inner.lemma if earlier.inner is not None else ""]
            if same and any(w and w[:4] == draft.predicate.lemma[:4] for w in words):
                draft.type, draft.act, draft.mode, draft.status = "AGREE", draft.type, None, Status.PLANNED
                draft.reasons[1] = Reason("status", "coding/events.py", None, "announced before")
                return

    def sentence(
        self, parsed: Parsed, mentions: Mentions, first: int, last: int, ahead: frozenset[int] = frozenset()
    ) -> list[Draft]:
        """The events of one sentence."""
        matches: dict[int, _Match] = {}
        for predicate in predicates(parsed.doc, first, last):
            frame = self.match(predicate, mentions)
            if frame:
                matches[predicate.head.i] = _Match(predicate, frame, frame.type)
        for i in [
            i for i, m in matches.items() if m.predicate.head.dep_ == "amod" and m.predicate.head.head.i in matches
        ]:
            # "increased cooperation" is cooperation
            del matches[i]
        self._settle_objects(matches)
        drafts = []
        taken: set[int] = set()
        for i in sorted(matches):
            if i in taken:
                continue
            match = matches[i]
            inners = self._inners(match, matches) if match.type in GOVERNORS else []
            if not inners and match.frame.roles.get("act") == "needed":
                continue
            taken.update(inner.predicate.head.i for inner in inners)
            if match.type == "PROTEST":
                taken |= {
                    j
                    for j, m in matches.items()
                    if m.type == "REQUEST" and _below(m.predicate.head, match.predicate.head)
                }
            acts: list[_Match | None] = [*inners] or [None]
            for inner in acts:
                draft = self._draft(match, inner, mentions, ahead)
                if draft is not None:
                    draft.contexts = self.contexts_of(parsed, first, last, draft)
                    drafts.append(draft)
        return [d for d in drafts if d.predicate.head.i not in taken or d.inner is not None]

    def match(self, predicate: Predicate, mentions: Mentions) -> Frame | None:
        """The most specific lexicon row that fits, or `None`."""
        for frame in self.frames.get((predicate.lemma, predicate.kind), ()):
            if self.holds(frame, predicate, mentions):
                return frame if frame.type != "-" else None
        return None

    def barred(self, predicate: Predicate, mentions: Mentions) -> bool:
        """Whether a user's row says that this word names no event."""
        for frame in self.frames.get((predicate.lemma, predicate.kind), ()):
            if self.holds(frame, predicate, mentions):
                return frame.type == "-" and frame.row.layer > 0
        return False

    def holds(self, frame: Frame, predicate: Predicate, mentions: Mentions) -> bool:
        """Whether all constraints of a frame are met."""
        return all(self._holds(c, predicate, mentions) for c in frame.constraints)

    def is_one_of(self, token: Any, words: tuple[str, ...]) -> bool:
        """Whether a token is one of these lemmas or belongs to one of these classes."""
        lemma = token.lemma_.lower()
        return any(
            lemma in self.classes.get(w, ()) or token.lower_ in self.classes.get(w, ())
            if w.isupper()
            else w.lower() in (lemma, token.lower_)
            for w in words
        )

    def _holds(
        self, constraint: tuple[bool, str, str | None, tuple[str, ...]], p: Predicate, mentions: Mentions
    ) -> bool:
        positive, slot, sub, words = constraint
        return self._fits(slot, sub, words, p, mentions) is positive

    def _fits(self, slot: str, sub: str | None, words: tuple[str, ...], p: Predicate, mentions: Mentions) -> bool:
        match slot:
            case "obj":
                return self._any(p.objects, words, mentions)
            case "subj":
                return self._any(p.subjects, words, mentions)
            case "prt":
                return p.particle in words if words else p.particle is not None
            case "prep":
                tokens = [*p.preps.get(sub or "", []), *_inside(p.objects, sub or "")]
                return bool(tokens) and self._any(tokens, words, mentions)
            case "xcomp":
                return p.xcomp is not None and self._any([p.xcomp], words, mentions)
            case "ccomp":
                return p.ccomp is not None and self._any([p.ccomp], words, mentions)
            case "ger":
                return p.gerund is not None and self._any([p.gerund], words, mentions)
            case "of":
                return self._any([*p.preps.get("of", []), *p.subjects, *p.modifiers], words, mentions)
            case "mod":
                return self._any(p.modifiers, words, mentions)
            case "objmod":
                inside = [c for o in p.objects for c in o.children if c.dep_ in ("amod", "compound", "nmod")]
                return self._any(inside, words, mentions)
            case "adv":
                return self._any([c for c in p.head.children if c.dep_ in ("advmod", "prt")], words, mentions)
            case "passive":
                return p.passive
        return False

    def _any(self, tokens: Iterable[Any], words: tuple[str, ...], mentions: Mentions) -> bool:
        if not words:
            return any(True for _ in tokens)
        for token in tokens:
            if token.lower_ in _ANAPHORS and (stands_for := self._antecedent(token)) is not None:
                token = stands_for
            lemma = token.lemma_.lower()
            for word in words:
                if word == "@ACTOR":
                    mention = mentions.at(token.i)
                    if mention is not None and _coded(mention):
                        return True
                elif word == "@BODY":
                    mention = mentions.at(token.i)
                    if mention is not None and mention.actor.country in ("IGO", "UNO", "EUR"):
                        return True
                elif word.isupper():
                    known = self.classes.get(word, set())
                    if lemma in known or token.lower_ in known:
                        return True
                elif word.lower() in (lemma, token.lower_):
                    return True
        return False

    def _antecedent(self, pronoun: Any) -> Any:
        """What "it" or "them" takes up: the nearest thing before that some row speaks of ("the pact ... signed it")."""
        for i in range(pronoun.i - 1, max(-1, pronoun.i - _FAR_BACK), -1):
            token = pronoun.doc[i]
            if token.pos_ == "NOUN" and token.lemma_.lower() in self.things and token.ent_type_ not in ("DATE", "TIME"):
                return token
        return None

    def _settle_objects(self, matches: dict[int, _Match]) -> None:
        """One event where verb and object name it together: "signed a treaty", "launched an attack"."""
        for i in sorted(matches):
            match = matches.get(i)
            if match is None or match.predicate.kind != "verb" or match.type in GOVERNORS - {"CONCEDE"}:
                continue
            p = match.predicate
            named = tuple(
                w
                for positive, slot, _, ws in match.frame.constraints
                if positive and slot in ("obj", "prep")
                for w in ws
            )
            together = [(t, True) for t in p.objects] + [(a.token, a.prep in _SCENE) for a in p.obliques]
            for token, close in together:
                if token.i not in matches or token.i == i:
                    continue
                if (named and self.is_one_of(token, named)) or (close and match.type == matches[token.i].type):
                    del matches[token.i]
                elif p.lemma in LIGHT and token in p.objects:
                    del matches[i]
                    break

    def _inners(self, match: _Match, matches: dict[int, _Match]) -> list[_Match]:
        """The acts that are promised, refused, threatened or demanded, the first one first."""
        p = match.predicate
        places = (p.xcomp, p.gerund, p.ccomp, *p.objects, *(a.token for a in p.obliques if a.prep in _ACT_PREPS))
        for token in places:
            if token is None or token.i == p.head.i or (token.i < p.head.i and not p.passive):
                continue
            found = [m for t in spread(token) if (m := self._act_at(t, matches)) is not None]
            # "committed to ongoing strikes": those are no promise
            found = [m for m in found if m.predicate.kind != "noun" or not _under_way(m.predicate.head)]
            if match.type == "CONCEDE":
                # "lifted the ban", "dropped its objection": what is given up is no act of its own
                found = [m for m in found if m.type in (*COOPERATIVE, *YIELDING)]
            if found:
                return found
        return []

    @staticmethod
    def _act_at(token: Any, matches: dict[int, _Match]) -> _Match | None:
        if token.i in matches:
            return matches[token.i]
        return next(
            (matches[c.i] for c in token.children if c.i in matches and c.dep_ in ("dobj", "xcomp", "attr")), None
        )

    def _draft(self, match: _Match, inner: _Match | None, mentions: Mentions, ahead: frozenset[int]) -> Draft | None:
        p, frame = match.predicate, match.frame
        actors, recipients = self.parties(p, frame, mentions)
        if not actors and match.type != "ASSAULT" and _lifeless(p):
            return None
        if inner is not None:
            more_actors, more_recipients = self.parties(inner.predicate, inner.frame, mentions)
            if match.type != "REQUEST":
                theirs = [m for m in more_recipients if m not in actors]
                recipients = theirs if any(_coded(m) for m in theirs) else recipients or theirs
            else:
                recipients = recipients or more_actors
            actors = actors or more_actors
        if _private(match.type, p, actors):
            return None
        if match.type == "CONSULT" and p.kind == "noun" and not actors and not recipients:
            actors = self._guests(p, mentions)
        if not any(map(_coded, actors)) and self._teller(match.type, p, recipients):
            actors = [m for m in self.speakers(p.head.i) if m.actor.sector in _STATESMEN]
        if match.type in _ANYWHERE and not any(_coded(m) for m in [*actors, *recipients]):
            recipients = [*recipients, *self._scene(p, mentions)]
        if not _political(match.type, actors, recipients):
            return None
        reading = self.status.read(p.light if p.light is not None else p.head)
        if p.light is not None and reading.status is Status.OCCURRED:
            reading = self.status.read(p.head)
        if (
            ahead.intersection(p.tokens)
            and reading.status in (Status.OCCURRED, Status.ONGOING)
            and match.type != "AGREE"
        ):
            reading = Reading(Status.PLANNED, Reason("status", "coding/status.py", None, "time to come"))
        if reading.reason.row in _MERE_PURPOSE and match.type in (*COOPERATIVE, *YIELDING):
            return None
        if match.type == "MOBILIZE" and p.head.dep_ == "acl" and not actors:
            # "forces stationed in Chad": where they are, no move of theirs
            return None
        mode = frame.row.get("mode")
        act = inner.type if inner is not None else None
        type_ = match.type
        if type_ == "MOBILIZE" and not recipients and len({m.actor.country for m in actors} - {None}) > 1:
            # forces of several states that move together exercise or patrol together
            type_, mode = "COOPERATE", None
        kind, act, mode, status = self._rule(type_, act, mode, reading, p.lemma)
        if act is None and (p.xcomp is not None or p.ccomp is not None):
            mode, status = _unread(kind, mode, status, p)
        if p.kind == "noun" and p.lemma == "decision" and kind in HARMFUL and reading.reason.row == "named as a fact":
            status = Status.OCCURRED
        if inner is not None and act is not None and status is Status.PLANNED:
            deep = self.status.read(inner.predicate.head)
            if deep.status is Status.HYPOTHETICAL:
                status, reading = deep.status, deep
        if kind == "MOBILIZE" and any(t.lower_.startswith("peacekeep") for t in p.head.subtree):
            kind, mode = ("AGREE", None) if status is Status.PLANNED else ("AID", None)
            act = "AID" if kind == "AGREE" else None
        reasons = [Reason("type", frame.row.file, frame.row.line, _row_name(frame.row)), reading.reason]
        if inner is not None:
            reasons.append(Reason("act", inner.frame.row.file, inner.frame.row.line, _row_name(inner.frame.row)))
        draft = Draft(p, kind, act, mode, tuple(frame.row.list("contexts")), status, actors, recipients, reasons)
        draft.inner = inner.predicate if inner else None
        draft.own = frame.row.layer > 0
        draft.score = _score(frame, p, actors, recipients)
        if draft.mode is None:
            self._cue_mode(draft)
        if (
            draft.mode is None
            and kind == "REQUEST"
            and (inner is not None or p.xcomp is not None or p.ccomp is not None)
        ):
            draft.mode = "change"
        if draft.mode is None and kind == "THREATEN" and inner is not None:
            draft.mode = _THREAT_MODES.get(inner.type)
        modes = self.book.types[kind].modes
        if draft.mode not in modes:
            draft.mode = None
        return draft

    def _rule(
        self, kind: str, act: str | None, mode: str | None, reading: Reading, lemma: str
    ) -> tuple[str, str | None, str | None, Status]:
        """PLOVER's rules on what was promised, refused, threatened or asked for: (type, act, mode, status)."""
        status = reading.status
        ahead = status in (Status.PLANNED, Status.HYPOTHETICAL)
        if kind == "REQUEST":
            return kind, None, mode or (_REQUEST_MODES.get(act) if act else None), status
        if kind == "THREATEN":
            return kind, None, mode, status
        if kind == "REJECT":
            return kind, act, mode or (_REQUEST_MODES.get(act) if act else None), Status.NEGATED if act else status
        if kind in ("AGREE", "CONCEDE") and status is Status.NEGATED:
            return "REJECT", act, _REQUEST_MODES.get(act or ""), Status.NEGATED if act else Status.OCCURRED
        if kind in ("AGREE", "CONCEDE") and act is not None:
            if act == "MOBILIZE" and kind == "AGREE":
                # drills and patrols that are agreed on are done together
                return "AGREE", "COOPERATE", None, Status.PLANNED
            if act not in (*COOPERATIVE, *YIELDING, *HARMFUL):
                return kind, None, mode, status
            if act in HARMFUL:
                if lemma not in _COMMITMENTS:
                    return act, None, None, Status.PLANNED
                return "THREATEN", None, _THREAT_MODES.get(act), Status.OCCURRED
            yields = act in YIELDING and (kind == "CONCEDE" or lemma in _ANNOUNCEMENTS)
            return ("CONCEDE" if yields else "AGREE"), act, None, Status.PLANNED
        if ahead and kind in COOPERATIVE:
            return "AGREE", kind, None, status
        if ahead and kind == "RETREAT":
            return "CONCEDE", kind, None, status
        if status is Status.PLANNED and kind in HARMFUL and reading.reason.row in ("future", "going to", "would"):
            return "THREATEN", None, _THREAT_MODES.get(kind), Status.OCCURRED
        refused = reading.reason.file.endswith("status.csv") or reading.reason.row == "refusal"
        if status is Status.NEGATED and kind in (*COOPERATIVE, *YIELDING) and refused:
            return "REJECT", kind, _REQUEST_MODES.get(kind), status
        return kind, None, mode, status

    def _cue_mode(self, draft: Draft) -> None:
        p = draft.predicate
        words = {t.lemma_.lower() for t in p.head.subtree} | {t.lower_ for t in p.head.subtree}
        if p.light is not None:
            words |= {t.lemma_.lower() for t in p.light.subtree}
        for row in self.mode_cues.get(draft.type, ()):
            if row["word"].lower() in words:
                draft.mode = row["mode"]
                draft.reasons.append(Reason("mode", row.file, row.line, row["word"]))
                return

    def parties(self, p: Predicate, frame: Frame, mentions: Mentions) -> tuple[list[Mention], list[Mention]]:
        """Who acts and on whom: the row's roles, else grammar's usual places, the first that holds anybody."""
        roles = frame.roles
        actors = self._actors(p, roles, mentions)
        nested = [*p.objects, *p.subjects, *p.preps.get("of", [])]
        tokens = [t for prep in ("between", "among") for t in (*p.preps.get(prep, []), *_inside(nested, prep))]
        between = self.mentions_of(tokens, mentions)
        if between:
            return _unique([*actors, *between] if p.kind != "noun" else between), []
        if "joint" in roles:
            partners = [*p.preps.get("with", []), *_inside(p.objects, "with"), *(p.objects if p.passive else ())]
            if p.gerund is not None:
                # "discussed opening an office with X": parsers hang the partner on the inner verb
                partners += verb(p.gerund).preps.get("with", [])
            return _unique([*actors, *self.mentions_of(partners, mentions)]), []
        recipients = self._recipients(p, frame, actors, mentions)
        if p.kind == "noun" and not actors:
            of = self.mentions_of(p.preps.get("of", []), mentions)
            if of and (recipients != of if recipients else frame.roles.get("recipient") == "none"):
                actors = of
        return _unique(actors), [m for m in _unique(recipients) if m not in actors]

    @staticmethod
    def _teller(kind: str, p: Predicate, recipients: list[Mention]) -> bool:
        """Whether who speaks is who acts where nobody else does: "consultations were under way, the minister said",
        "the raid was a crime, the army said"."""
        if kind == "CONSULT":
            return p.kind == "noun" and not recipients
        return kind == "ACCUSE" and p.kind != "verb"

    @staticmethod
    def _scene(p: Predicate, mentions: Mentions) -> list[Mention]:
        """The state in which crowds march or people are hit, where nobody else says whose they are."""
        top = p.light if p.light is not None else p.head
        for token in top.subtree:
            m = mentions.at(token.i)
            if m is None or m.head != token.i or not m.actor.country or token.dep_ != "pobj":
                continue
            if token.head.lower_ in _LOCATIVES and m.kind in ("name", "demonym"):
                return [m]
        return []

    def _guests(self, p: Predicate, mentions: Mentions) -> list[Mention]:
        """Who takes part in a meeting that only sets the scene: "At a summit in Lima, the president assured X"."""
        prep = p.head.head
        if (
            p.head.dep_ != "pobj"
            or prep.lower_ not in ("at", "during", "after", "following")
            or prep.head.pos_ != "VERB"
        ):
            return []
        over = verb(prep.head)
        return _unique([*self.mentions_of(over.subjects, mentions), *self.mentions_of(over.objects, mentions)])

    def _actors(self, p: Predicate, roles: dict[str, str], mentions: Mentions) -> list[Mention]:
        named = [t for n in roles.get("actor", "").split(",") if n for t in _slot(p, n)]
        if p.kind == "noun":
            if p.light is not None and (near := self._behind_conjunction(verb(p.light), mentions)):
                return near
            found = self.mentions_of(named or [*p.subjects, *p.modifiers], mentions)
            # "the opening of the Danish embassy": whose embassy it is
            things = [t for t in p.preps.get("of", []) if t.pos_ == "NOUN" and mentions.at(t.i) is None]
            return found or self.mentions_of([o for t in things for o in owners(t)], mentions)
        subjects = p.subjects or (_who_ordered(p.head) if p.passive else [])
        if "actor" not in roles and (near := self._behind_conjunction(p, mentions)):
            return near
        found = self.mentions_of(named or ([] if "actor" in roles else subjects), mentions)
        return found or ([] if "actor" in roles else self._before(p, mentions))

    @staticmethod
    def _behind_conjunction(p: Predicate, mentions: Mentions) -> list[Mention]:
        """ "... before the minister announced": parsers take the conjunction for a preposition and lose the subject."""
        head = p.head
        if p.passive or head.tag_ not in ("VBD", "VBZ", "VBP") or any(c.dep_ in _OWN_SUBJECTS for c in head.children):
            return []
        i = head.i - 1
        while i > head.sent.start and (head.doc[i].pos_ in ("ADV", "AUX", "PUNCT")):
            i -= 1
        m = mentions.at(i)
        if m is None or not _coded(m) or m.last < i:
            return []
        token = head.doc[m.head]
        return [m] if token.dep_ == "pobj" and token.head.lower_ in _CONJUNCTIONS else []

    @staticmethod
    def _before(p: Predicate, mentions: Mentions) -> list[Mention]:
        """The actor before a finite verb that the parse leaves without a subject of its own: the nearest one that no
        preposition governs ("ECOWAS, egged on by X, imposed ...")."""
        head = p.head
        if p.passive or head.tag_ not in ("VBD", "VBZ", "VBP") or any(c.dep_ in _OWN_SUBJECTS for c in head.children):
            return []
        for i in range(head.i - 1, max(head.sent.start, head.i - _FAR) - 1, -1):
            token = head.doc[i]
            if (
                token.pos_ in ("VERB", "AUX")
                and token.tag_ in ("VBD", "VBZ", "VBP", "MD")
                and token.dep_ not in ("aux", "auxpass")
            ):
                return []
            m = mentions.at(i)
            if m is None or m.head != i or not _coded(m):
                continue
            if token.dep_ == "pobj" and token.head.lower_ != "as":
                continue
            return [m]
        return []

    def _recipients(self, p: Predicate, frame: Frame, actors: list[Mention], mentions: Mentions) -> list[Mention]:
        if "recipient" in frame.roles:
            named = [t for n in frame.roles["recipient"].split(",") for t in _slot(p, n)]
            if found := self._others(named, actors, mentions):
                return found
        places = [p.objects] if "recipient" not in frame.roles else []
        places += self._asked(p, frame)
        preps = _NOUN_PREPS if p.kind == "noun" else _VERB_PREPS
        if "recipient" not in frame.roles:
            places += [p.preps.get(prep, []) for prep in preps]
        if p.kind == "verb" and frame.roles.get("recipient") != "none":
            # "signed the pact with Peru", "massed troops near Chad": the party stands in the object's phrase
            own = tuple(n for n in frame.roles.get("recipient", "").split(",") if n)
            places += [_inside(p.objects, prep) for prep in (*own, *preps)]
        if p.gerund is not None and frame.type == "CONSULT":
            # "discussed opening an office with X": parsers hang the partner on the inner verb
            places.append(verb(p.gerund).preps.get("with", []))
        sides = [side for tokens in places if (side := self._others(tokens, actors, mentions))]
        coded = [side for side in sides if any(_coded(m) for m in side)]
        return next(iter(coded or sides), [])

    @staticmethod
    def _asked(p: Predicate, frame: Frame) -> list[list[Any]]:
        """Of whom something is demanded, or whom a threatened act would hit, where no row reads the inner act."""
        if frame.type not in GOVERNORS:
            return []
        if frame.type == "REQUEST":
            clauses = [verb(c) for c in (p.ccomp, p.xcomp) if c is not None]
            return [c.objects if c.passive and not c.subjects else c.subjects for c in clauses]
        if p.xcomp is not None and frame.type != "REQUEST":
            inner = verb(p.xcomp)
            return [inner.objects, *(inner.preps.get(prep, []) for prep in ("against", "on", "to", "with", "from"))]
        return []

    def _others(self, tokens: list[Any], actors: list[Mention], mentions: Mentions) -> list[Mention]:
        """The mentions at these tokens that are not the actors themselves nor what is theirs ("its troops")."""
        countries, entities = {m.actor.country for m in actors}, {m.actor.entity for m in actors}
        found = []
        for token in tokens:
            owned = any(c.tag_ == "PRP$" for c in token.children)
            for m in self.mentions_of([token], mentions):
                again = m.actor.entity is not None and m.actor.entity in entities
                if m not in actors and not again and not (owned and m.actor.country in countries):
                    found.append(m)
        return found

    def mentions_of(self, tokens: Iterable[Any], mentions: Mentions) -> list[Mention]:
        """The coded mentions that head these tokens, or stand inside their noun phrases."""
        found = []
        for token in tokens:
            mention = mentions.at(token.i)
            if mention is not None and _coded(mention):
                found += [m for m in mentions.every(token.i) if _coded(m)]
                continue
            if mention is not None and mention.kind == "person":
                found.append(mention)
                continue
            inside = [
                m
                for c in token.children
                if c.dep_ in ("poss", "amod", "compound", "nmod", "appos")
                or (c.dep_ == "npadvmod" and token.lower_ in _LED)
                for m in mentions.every(c.i)
                if _coded(m)
            ]
            if not inside and token.pos_ in ("NOUN", "PROPN"):
                for c in token.children:
                    if c.dep_ == "prep" and c.lower_ in ("of", "in", "from", "by"):
                        inside += [
                            m for g in c.children if g.dep_ == "pobj" for m in [mentions.at(g.i)] if m and _coded(m)
                        ]
            inside = inside or self._examples(token, mentions)
            if inside:
                found += inside
            elif mention is not None:
                found.append(mention)
        return found

    def _examples(self, token: Any, mentions: Mentions) -> list[Mention]:
        """ "Countries like Japan", "partners including the UK": those named."""
        named = [
            t
            for c in token.children
            if c.dep_ == "prep" and c.lower_ in _EXAMPLES
            for g in c.children
            if g.dep_ == "pobj"
            for t in spread(g)
        ]
        return [m for t in named for m in [mentions.at(t.i)] if m is not None and _coded(m)]

    @staticmethod
    def request_mode(act: str | None) -> str:
        """The mode of a request for an act of this type; for anything else it is a change that is asked for."""
        return _REQUEST_MODES.get(act or "", "change")

    def contexts_of(self, parsed: Parsed, first: int, last: int, draft: Draft) -> tuple[str, ...]:
        lemmas = [parsed.doc[i].lemma_.lower() for i in range(first, last)]
        forms = [parsed.doc[i].lower_ for i in range(first, last)]
        found = set(draft.contexts)
        for words in (lemmas, forms):
            for i, word in enumerate(words):
                found.update(self.contexts.get(word, ()))
                if i + 1 < len(words):
                    found.update(self.contexts.get(f"{word} {words[i + 1]}", ()))
                if i + 2 < len(words) and words[i + 1] == "-":
                    found.update(self.contexts.get(f"{word}-{words[i + 2]}", ()))
        return tuple(sorted(found))


_ACT_PREPS = frozenset({"to", "on", "for", "with", "about", "of"})


def _precedence(frame: Frame) -> tuple[int, int, int, bool]:
    """More constraints first, then those that name words, then a user's rows, then rows that say "no event"."""
    named = sum(bool(words) for _, _, _, words in frame.constraints)
    return -len(frame.constraints), -named, -frame.row.layer, frame.type != "-"


def frame_of(row: Row) -> Frame:
    """A lexicon row of events or ties with its frame split up; `type` is the row's type or kind."""
    constraints = []
    for part in row["frame"].split():
        positive, part = not part.startswith("!"), part.lstrip("!")
        slot, _, words = part.partition("=")
        sub: str | None = None
        if slot == "prep":
            sub, _, words = words.partition(":")
        constraints.append((positive, slot, sub, tuple(w for w in words.split("|") if w)))
    roles = {}
    for part in row["roles"].split():
        name, _, value = part.partition("=")
        roles[name] = value
    return Frame(row, row.values.get("type") or row["kind"], tuple(constraints), roles)


def _lifeless(p: Predicate) -> bool:
    """Whether something that is nobody does it: "the article bars", "the move angered"."""
    if p.kind != "verb" or p.passive or not p.subjects:
        return False
    return all(
        (t.pos_ in ("NOUN", "NUM") and t.lemma_.lower() in _THINGS) or t.lower_ in ("this", "that", "which")
        for t in p.subjects
    )


def _unread(kind: str, mode: str | None, status: Status, p: Predicate) -> tuple[str | None, Status]:
    """(mode, status) of a promise or demand whose act no row reads: what is promised is still to come."""
    if kind == "AGREE" and status is Status.OCCURRED:
        return mode, Status.PLANNED
    if kind == "REQUEST":
        polite = status is Status.HYPOTHETICAL and any(t.lower_ in ("i", "we") for t in p.subjects)
        return mode, Status.OCCURRED if polite else status
    return mode, status


def _private(kind: str, p: Predicate, actors: list[Mention]) -> bool:
    """Whether a cooperative act is that of private people, or of nobody known: a traveller's visit is no event."""
    if kind not in (*COOPERATIVE, "AGREE") or p.kind != "verb" or p.passive:
        return False
    return all(m.actor.sector == "CVL" or not (_coded(m) or m.actor.sector) for m in actors)


def _nobody(token: int) -> list[Mention]:
    return []


def _slot(p: Predicate, name: str) -> list[Any]:
    """The tokens in a named slot: subj, obj, none, or a preposition."""
    return {"subj": p.subjects, "obj": p.objects, "none": []}.get(name, p.preps.get(name, []))


def _inside(nouns: list[Any], prep: str) -> list[Any]:
    """What stands behind a preposition inside these nouns' phrases, coordinations spread out."""
    return [
        t
        for noun in nouns
        for c in noun.children
        if c.dep_ == "prep" and c.lower_ == prep
        for g in c.children
        if g.dep_ == "pobj"
        for t in spread(g)
    ]


def _under_way(noun_token: Any) -> bool:
    return any(c.dep_ == "amod" and c.lower_ in _RUNNING for c in noun_token.children)


def _who_ordered(head: Any) -> list[Any]:
    """ "The minister ordered the camp to be closed": he closes it."""
    over = head.head
    if head.dep_ in ("xcomp", "ccomp") and over.lemma_.lower() in _ORDERS and over.pos_ == "VERB":
        return verb(over).subjects
    return []


def _below(token: Any, above: Any) -> bool:
    return any(a.i == above.i for a in token.ancestors)


def _row_name(row: Row) -> str:
    return re.sub(r"\s+", " ", f"{row['lemma']} {row['pos']} {row['frame']}").strip()


def _coded(mention: Mention) -> bool:
    return bool(mention.actor.country or mention.actor.entity)


def _unique(found: list[Mention]) -> list[Mention]:
    """Each mention once, and of one person or body named twice the first."""
    kept: list[Mention] = []
    seen: set[tuple[str | None, ...]] = set()
    for mention in found:
        a = mention.actor
        key = (a.entity, a.name, a.country, a.sector)
        if mention in kept or (a.name is not None and key in seen):
            continue
        seen.add(key)
        kept.append(mention)
    return kept


def _political(kind: str, actors: list[Mention], recipients: list[Mention]) -> bool:
    """Whether anybody takes part whom the record is about."""
    everyone = [m.actor for m in [*actors, *recipients]]
    if kind in ("ASSAULT", "PROTEST", "COERCE", "CONCEDE", "RETREAT", "REQUEST", "REJECT", "AID"):
        return any(a.country or a.entity or (a.sector in POLITICAL) for a in everyone)
    if kind == "CONSULT" and any(a.sector == "GOV" for a in everyone):
        # "foreign ministers gathered in Riga": whose they are may stay unsaid
        return True
    official = any(
        (a.entity and a.sector in (None, *POLITICAL)) or a.sector in POLITICAL or a.country in CLASS_CODES
        for a in everyone
    )
    if any(a.sector in _STATESMEN for a in everyone):
        return True
    return official and any(a.country or a.entity for a in everyone)


def _score(frame: Frame, p: Predicate, actors: list[Mention], recipients: list[Mention]) -> float:
    """How much of the sentence an event carries and how sure the lexicon is of it, from 0 to 1: named constraints,
    parties on both sides and a place in the main clause count for it."""
    both = any(map(_coded, actors)) + any(map(_coded, recipients))
    named = 0.05 * min(len(frame.constraints), 2)
    return round(min(0.95, max(0.05, 0.4 + named + 0.12 * both + prominence(p))), 3)


def prominence(p: Predicate) -> float:
    """Main clauses and what is said in them first, then coordinated, then subordinate clauses, then nouns inside."""
    node = p.light if p.light is not None else p.head
    weight = 0.2 if node.pos_ in ("VERB", "AUX") else 0.08
    while node.head != node:
        if node.dep_ in ("acl", "relcl", "advcl", "pcomp", "pobj", "appos"):
            return weight - 0.15
        if node.dep_ == "ccomp" and node.head.dep_ != "ROOT":
            weight -= 0.05
        if node.dep_ in ("conj", "xcomp"):
            weight -= 0.03
        node = node.head
    return weight
