"""What the encoder makes of the lexicon's events: which stand, of which type, and which the lexicon does not see.

Lexicon and encoder answer apart; here they are joined. Each candidate, a word and a type, gets one probability from what
both say of it: a logistic model (`data/encoder/joined.json`), fitted by `tools/train/fit.py` on texts that the encoder it
was fitted with had not seen. A candidate below the threshold is left out; the probability is the event's score.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np

from communique.codebook import Codebook, Row
from communique.coding.actors import Mention, Mentions
from communique.coding.clauses import Predicate, adjective, noun, verb
from communique.coding.encoder import Encoder, Heard
from communique.coding.events import COOPERATIVE, HARMFUL, YIELDING, Draft, EventStation, Frame, prominence
from communique.coding.parse import Parsed
from communique.model import Reason, Status

_FILE = "encoder"
# A word that the encoder holds for an event with less than this probability, and the lexicon for none, is passed over.
_FAINT = 0.08
# Parts of speech of words that name an act.
_NAMING = frozenset({"VERB", "NOUN", "PROPN", "ADJ"})
# Statuses of what took place, as far as the text says.
HAPPENED = frozenset({Status.OCCURRED, Status.ONGOING})
# PLOVER's rules on what the heads may answer. What is agreed on or conceded is still to come (or was taken back), what is
# refused does not take place, and cooperation and retreats to come are AGREE and CONCEDE, types of their own.
_ACTS = {
    "AGREE": COOPERATIVE | YIELDING,
    "CONCEDE": frozenset({"RETREAT"}),
    "REJECT": COOPERATIVE | YIELDING | HARMFUL,
}
_TO_COME = frozenset({Status.PLANNED, Status.HYPOTHETICAL})
_PREPOSITIONAL = frozenset({"dobj", "pobj", "prep", "prt", "xcomp", "amod", "compound", "attr", "oprd", "dative"})


@dataclass(frozen=True, slots=True)
class Joined:
    """How lexicon and encoder are weighed. `weights`: of the logistic model of events, by feature; `prior`: steps
    on some of them by which whole reports differ from the texts of the fit; `keep`: the probability, with these steps, from
    which a candidate is one; `roles`, `take`: the same for who is actor and recipient; `status`: what the rules'
    status is worth beside the head's, in log odds, `happened`: their saying whether it happened at all, likewise;
    `mode`: the share from which a mode is believed."""

    weights: Mapping[str, float]
    prior: Mapping[str, float]
    keep: float
    roles: Mapping[str, Mapping[str, float]]
    take: Mapping[str, float]
    status: float
    happened: float
    mode: float

    @classmethod
    def load(cls) -> Joined:
        """The weights that are shipped."""
        path = files("communique") / "data" / "encoder" / "joined.json"
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def probability(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """What a logistic model gives to a candidate with these features."""
    total = sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(slots=True)
class Candidate:
    """An event that may be: the word it is named by, its type, and the lexicon's draft where there is one. `features` is
    `None` where the encoder has no say, and the draft stands as it is."""

    token: int
    type: str
    draft: Draft | None
    features: dict[str, float] | None
    share: float = 0.0
    tokens: list[int] = field(default_factory=list)


class HeadStation:
    """Joins what lexicon and encoder say of each sentence."""

    def __init__(self, book: Codebook, events: EventStation, encoder: Encoder, joined: Joined | None = None) -> None:
        self.events = events
        self.encoder = encoder
        self.joined = joined or Joined.load()
        self.types = encoder.labels.types
        weights = json.dumps(asdict(self.joined), sort_keys=True).encode()
        self.version = f"{encoder.version}-{hashlib.sha256(weights).hexdigest()[:6]}"
        self._shifted = {n: w + self.joined.prior.get(n, 0.0) for n, w in self.joined.weights.items()}
        # A user's tables may have taken out types and modes that the encoder has learned.
        self._known = book.types
        self._modes: dict[str, list[tuple[int, str]]] = {}
        for i, name in enumerate(encoder.labels.modes):
            kind, _, mode = name.partition("/")
            if kind in self._known and mode in self._known[kind].modes:
                self._modes.setdefault(kind, []).append((i, mode))

    def listen(
        self, parsed: Parsed, mentions: Mentions | None = None, drafts: Iterable[Draft] = ()
    ) -> dict[int, Heard]:
        """What the encoder answers on each sentence of the body, by the sentence's number. With `mentions`, only of those
        that name somebody who can be coded, or hold a draft: in the others next to no event is told."""
        numbers = [n for n, (first, _) in enumerate(parsed.sents) if self._read(parsed, first)]
        if mentions is not None:
            told = {parsed.sent_of(d.predicate.head.i) for d in drafts}
            told |= {parsed.sent_of(m.first) for m in mentions.all if _codable(m)}
            numbers = [n for n in numbers if n in told]
        texts = [parsed.span(*parsed.sents[n]).text for n in numbers]
        return dict(zip(numbers, self.encoder.read(texts), strict=True)) if texts else {}

    @staticmethod
    def _read(parsed: Parsed, first: int) -> bool:
        only_headings = all(b.kind == "heading" for b in parsed.blocks)
        return only_headings or parsed.blocks[parsed.block_of(first)].kind == "body"

    def join(self, parsed: Parsed, mentions: Mentions, drafts: list[Draft], heard: dict[int, Heard]) -> list[Draft]:
        """The events of a report: the lexicon's drafts as far as they stand, and those that the encoder alone sees;
        sentence by sentence, the main event first."""
        by_sentence: dict[int, list[Draft]] = {}
        for draft in drafts:
            by_sentence.setdefault(parsed.sent_of(draft.predicate.head.i), []).append(draft)
        found: list[Draft] = []
        for n in sorted({*by_sentence, *heard}):
            mine = by_sentence.get(n, [])
            if n not in heard:
                found += mine
                continue
            view = View(parsed, n, heard[n])
            found += [self._settled(view, mentions, c) for c in self.chosen(view, mentions, mine)]
        return found

    def chosen(self, view: View, mentions: Mentions, drafts: list[Draft]) -> list[Candidate]:
        """The candidates of a sentence that are events, the main one first. A user's own row is never overruled."""
        best = []
        groups = self.candidates(view, mentions, drafts)
        barred = {t for g in groups if g[0].draft is None for t in g[0].tokens if self._barred(view, mentions, t)}
        for group in groups:
            if group[0].draft is None and any(near(view.parsed.token(group[0].token), t) for t in barred):
                continue
            for candidate in group:
                if candidate.features is not None:
                    candidate.share = probability(self.joined.weights, candidate.features)
            top = max(group, key=lambda c: (c.share, c.type))
            if top.features is None or probability(self._shifted, top.features) >= self.joined.keep:
                best.append(top)
        best = self._once(view, best)
        return sorted(best, key=lambda c: (-self._weight(view, c), c.token, c.type))

    def _sure(self, view: View, draft: Draft, tokens: list[int]) -> bool:
        """Whether a draft is none of the encoder's business: a user's row reads it, it has a type of the user's, or it
        stands behind the part of a long sentence that the encoder reads."""
        return draft.own or draft.type not in self.types or all(view.piece(t) < 0 for t in tokens)

    def _weight(self, view: View, c: Candidate) -> float:
        """How much of a sentence an event carries."""
        return c.share * (view.main(self._number(c.type)) if c.type in self.types else 1.0)

    def _barred(self, view: View, mentions: Mentions, token: int) -> bool:
        return self.events.barred(_predicate(view.parsed.token(token)), mentions)

    @staticmethod
    def _once(view: View, found: list[Candidate]) -> list[Candidate]:
        """Of words that name one event together ("remains behind bars in Belmarsh Prison") the likeliest: of one type,
        the encoder's alone, and close to each other in the parse; coordinated ones are events of their own."""
        kept: list[Candidate] = []
        for c in sorted(found, key=lambda c: (c.draft is None, -c.share, c.token)):
            if c.draft is None and any(
                o.type == c.type and any(near(view.parsed.token(c.token), t) for t in o.tokens) for o in kept
            ):
                continue
            kept.append(c)
        return kept

    def candidates(self, view: View, mentions: Mentions, drafts: list[Draft]) -> list[list[Candidate]]:
        """Groups of candidates, of each of which at most one is an event: the types that one word may name."""
        groups: list[tuple[list[int], Draft | None]] = []
        taken: set[int] = set()
        for draft in drafts:
            tokens = [t for p in (draft.predicate, draft.inner) if p is not None for t in p.tokens]
            here = [t for t in tokens if view.first <= t < view.last]
            groups.append((here, draft))
            taken.update(here)
        for token in range(view.first, view.last):
            if token in taken or view.event(token) < _FAINT or view.parsed.token(token).pos_ not in _NAMING:
                continue
            host = self._host(view, token, groups)
            if host is not None:
                host.append(token)
            else:
                groups.append(([token], None))
        return [g for tokens, draft in groups if (g := self._group(view, mentions, tokens, draft))]

    def _host(self, view: View, token: int, groups: list[tuple[list[int], Draft | None]]) -> list[int] | None:
        """The group whose event a word helps to name, as the pact in "signed a pact": it hangs directly on it, and the
        encoder holds it for that type."""
        kind = self.types[view.best(token) - 1]
        own = view.parsed.token(token)
        for tokens, draft in groups:
            if draft is None or draft.type != kind or any(view.event(t) >= 0.5 for t in tokens):
                continue
            above = own.head.head if own.dep_ == "pobj" else own.head
            if (own.dep_ in _PREPOSITIONAL and above.i in tokens) or draft.predicate.head.head.i == token:
                return tokens
        return None

    def _group(self, view: View, mentions: Mentions, tokens: list[int], draft: Draft | None) -> list[Candidate]:
        if draft is not None and self._sure(view, draft, tokens):
            return [Candidate(draft.predicate.head.i, draft.type, draft, None, draft.score, tokens)]
        shares = np.max([view.types(t) for t in tokens], axis=0)
        p = _predicate(view.parsed.token(tokens[0])) if draft is None else draft.predicate
        sides = self._parties(p, mentions) if draft is None else (draft.actors, draft.recipients)
        about = {
            "actor": float(any(_codable(m) for m in sides[0])),
            "recipient": float(any(_codable(m) for m in sides[1])),
            "verb": float(p.kind == "verb"),
            "prominent": prominence(p),
        }
        found = []
        for number, kind in enumerate(self.types, 1):
            says = draft is not None and draft.type == kind
            if kind not in self._known or (not says and shares[number] < _FAINT / 2):
                continue
            best = max(tokens, key=lambda t: (view.types(t)[number], -t))
            rivals = np.delete(shares[1:], number - 1)
            features = {
                "bias": 1.0,
                "encoder": _odds(float(shares[number])),
                "rival": _odds(float(rivals.max())),
                "lexicon": float(says),
                "against": float(draft is not None and not says),
                "alone": float(draft is None),
                "score": draft.score - 0.5 if says and draft is not None else 0.0,
                "main": math.log(max(1e-3, view.main(number))),
                **about,
            }
            found.append(Candidate(best, kind, draft, features, tokens=tokens))
        return found

    def _number(self, kind: str) -> int:
        return self.types.index(kind) + 1

    # What is coded of an event once it stands

    def _settled(self, view: View, mentions: Mentions, candidate: Candidate) -> Draft:
        draft = candidate.draft
        if draft is not None and candidate.features is None:
            return draft
        if draft is None or draft.type != candidate.type:
            draft = self.anew(view, mentions, candidate)
        else:
            self._amend(view, draft, candidate.token)
        self._cast(view, mentions, draft, candidate.token)
        draft.score = round(candidate.share, 3)
        heard = f"{candidate.type} {view.types(candidate.token)[self._number(candidate.type)]:.2f}"
        draft.reasons.append(Reason("score", _FILE, None, heard))
        return draft

    def _amend(self, view: View, draft: Draft, token: int) -> None:
        """What the heads know better of an event of the lexicon: a mode it has none for, and the status."""
        if view.piece(token) < 0:
            return
        status = self.status(view, token, draft.status, statuses(draft.type, draft.act))
        if status is not draft.status:
            draft.status = status
            draft.reasons = [r for r in draft.reasons if r.field != "status"]
            draft.reasons.insert(1, self._told_status(view, token, status))
        mode = self.mode(view, token, draft.type) if draft.mode is None else None
        if mode is not None:
            draft.mode = mode
            draft.reasons.append(Reason("mode", _FILE, None, mode))

    def _told_status(self, view: View, token: int, status: Status) -> Reason:
        return Reason("status", _FILE, None, f"{status} {view.status(token)[self._status(status)]:.2f}")

    def anew(self, view: View, mentions: Mentions, candidate: Candidate) -> Draft:
        """An event that the lexicon does not see, or sees as another type: parties by grammar, the rest by the heads."""
        kind, old = candidate.type, candidate.draft
        p = _predicate(view.parsed.token(candidate.token)) if old is None else old.predicate
        share = view.types(candidate.token)[self._number(kind)]
        actors, recipients = self._parties(p, mentions, kind)
        act = self.act(view, candidate.token, kind)
        status = self.status(view, candidate.token, None, statuses(kind, act))
        reasons = [
            Reason("type", _FILE, None, f"{kind} {share:.2f}"),
            self._told_status(view, candidate.token, status),
        ]
        mode = self.mode(view, candidate.token, kind)
        draft = Draft(p, kind, act, mode, (), status, actors, recipients, reasons)
        draft.contexts = self.events.contexts_of(view.parsed, view.first, view.last, draft)
        return draft

    def _cast(self, view: View, mentions: Mentions, draft: Draft, token: int) -> None:
        """Settles who is actor and recipient: those whom grammar names by a row of the lexicon, and those whom grammar's
        usual places and the encoder together make likely."""
        listed = draft.reasons[0].file != _FILE
        sides = {"actor": draft.actors, "recipient": draft.recipients}
        chosen: dict[str, list[Mention]] = {}
        for number, role in enumerate(sides):
            kept = list(sides[role]) if listed else []
            likely = []
            for m, features in self.roles(view, mentions, draft, token, number):
                share = probability(self.joined.roles[role], features)
                if share >= self.joined.take[role] and m not in kept and not (listed and kept):
                    likely.append((share, m))
            ranked = [m for _, m in sorted(likely, key=lambda x: (-x[0], x[1].first, x[1].last))]
            chosen[role] = apart([*kept, *ranked])
            if any(m not in sides[role] for m in chosen[role]):
                draft.reasons.append(Reason(f"{role}s", _FILE, None, f"{role} head"))
        actors = chosen["actor"]
        draft.actors = sorted(actors, key=lambda m: m.first) if not listed else actors
        draft.recipients = [
            m for m in chosen["recipient"] if all(m.first >= a.last or a.first >= m.last for a in actors)
        ]

    def roles(
        self, view: View, mentions: Mentions, draft: Draft, token: int, number: int
    ) -> list[tuple[Mention, dict[str, float]]]:
        """Each mention of the sentence, and those that grammar names elsewhere, with what speaks for it as actor
        (`number` 0) or recipient (1) of an event."""
        rule, other = (draft.actors, draft.recipients) if number == 0 else (draft.recipients, draft.actors)
        everyone = list(mentions.within(view.first, view.last))
        everyone += [m for m in rule if m not in everyone]
        p = draft.predicate
        found = []
        for m in everyone:
            inside = view.first <= m.first < view.last
            named, rival = m in rule, m in other
            beside = any(m is not o and m.first < o.last and o.first < m.last for o in rule)
            own, turned = view.role(number, token, m.first, m.last), view.role(1 - number, token, m.first, m.last)
            here = m.head
            slots = {t.i for t in p.subjects}, {t.i for t in p.objects}, {a.token.i for a in p.obliques}
            features = {
                "bias": 1.0,
                "head": _odds(own) if inside else 0.0,
                "turned": _odds(turned) if inside else 0.0,
                "outside": float(not inside),
                "rule": float(named),
                "rule of a row": float(named and draft.reasons[0].file != _FILE),
                "beside": float(beside and not named),
                "rival": float(rival),
                "nobody": float(not rule),
                "others": float(bool(rule) and not named),
                "subject": float(here in slots[0]),
                "object": float(here in slots[1]),
                "oblique": float(here in slots[2]),
                "before": float(here < token),
                "far": math.log1p(abs(here - token)),
                "known": float(bool(m.actor.country or m.actor.entity)),
                "pronoun": float(m.kind == "pronoun"),
            }
            found.append((m, features))
        return found

    def _parties(self, p: Predicate, mentions: Mentions, kind: str = "") -> tuple[list[Mention], list[Mention]]:
        """Who acts on whom by grammar's usual places."""
        row = Row(_FILE, 0, {"lemma": p.lemma, "pos": p.kind, "frame": "", "type": kind, "roles": ""})
        return self.events.parties(p, Frame(row, kind, (), {}), mentions)

    def status(
        self, view: View, token: int, rule: Status | None, allowed: frozenset[Status] = frozenset(Status)
    ) -> Status:
        """The status by rules and heads, one of those allowed. First whether it happened, by the head that answers that
        alone, then which of the statuses that say so."""
        labels = [Status(name) for name in self.encoder.labels.statuses]
        if view.piece(token) < 0:
            return rule or Status.OCCURRED
        told = 0.0 if rule is None else self.joined.happened * (1 if rule in HAPPENED else -1)
        happened = _odds(float(view.heard.happened[view.piece(token)])) + told > 0
        shares = np.log(np.maximum(view.status(token), 1e-4))
        if rule is not None:
            shares[labels.index(rule)] += self.joined.status
        same = [s for s in labels if s in allowed and (s in HAPPENED) is happened]
        return max(same or [s for s in labels if s in allowed], key=lambda s: shares[labels.index(s)])

    def _status(self, status: Status) -> int:
        return self.encoder.labels.statuses.index(str(status))

    def mode(self, view: View, token: int, kind: str) -> str | None:
        """The mode by the head, among those of the type, where it is likelier than none and than all others."""
        shares = view.heard.mode[view.piece(token)]
        best = max(self._modes.get(kind, ()), key=lambda pair: shares[pair[0]], default=None)
        return best[1] if best is not None and shares[best[0]] > self.joined.mode else None

    def act(self, view: View, token: int, kind: str) -> str | None:
        """What is agreed to, refused or conceded, by the head."""
        shares = view.heard.act[view.piece(token)]
        best = max(_ACTS.get(kind, ()), key=lambda act: (shares[self._number(act)], act), default=None)
        return best if best is not None and shares[self._number(best)] > shares[0] else None


class View:
    """One sentence with what was heard of it, by token of the report."""

    def __init__(self, parsed: Parsed, number: int, heard: Heard) -> None:
        self.parsed = parsed
        self.heard = heard
        self.first, self.last = parsed.sents[number]
        start = parsed.start(self.first)
        self._piece: dict[int, int] = {}
        for token in range(self.first, self.last):
            pieces = heard.pieces(parsed.start(token) - start, parsed.end(token) - start)
            self._piece[token] = pieces[0] if pieces else -1
        self._none = np.zeros_like(heard.type[0])
        self._none[0] = 1.0

    def piece(self, token: int) -> int:
        """The first piece of a token; -1, the closing mark, for what stands behind the part that was read."""
        return self._piece[token]

    def types(self, token: int) -> Any:
        """Probability of each type at a token, the first of none."""
        return self.heard.type[self._piece[token]] if self._piece[token] >= 0 else self._none

    def event(self, token: int) -> float:
        """Probability that a token names an event."""
        return 1.0 - float(self.types(token)[0])

    def best(self, token: int) -> int:
        """The number of the likeliest type at a token."""
        return int(self.types(token)[1:].argmax()) + 1

    def main(self, number: int) -> float:
        """Probability that the sentence's main event is of this type."""
        return float(self.heard.main[number])

    def status(self, token: int) -> Any:
        """Probability of each status at a token."""
        return self.heard.status[self._piece[token]]

    def role(self, role: int, token: int, first: int, last: int) -> float:
        """The largest share that a role of the event at `token` has in the tokens `first` to `last`."""
        asked = [self._piece[t] for t in range(max(first, self.first), min(last, self.last)) if self._piece[t] >= 0]
        return float(self.heard.role[role, self._piece[token], asked].max()) if asked else 0.0


def statuses(kind: str, act: str | None) -> frozenset[Status]:
    """The statuses that an event of this type may have."""
    if kind in COOPERATIVE or kind == "RETREAT":
        return frozenset(Status) - _TO_COME
    if act is None:
        return frozenset(Status)
    return frozenset({Status.NEGATED}) if kind == "REJECT" else _TO_COME | {Status.NEGATED}


def _codable(m: Mention) -> bool:
    return bool(m.actor.country or m.actor.entity or m.actor.sector)


def _odds(share: float) -> float:
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))


def _predicate(token: Any) -> Predicate:
    if token.pos_ in ("VERB", "AUX"):
        return verb(token)
    return adjective(token) if token.pos_ == "ADJ" else noun(token)


def near(token: Any, other: int) -> bool:
    """Whether two words hang together over at most three steps upward, none of them a coordination."""

    def above(node: Any) -> list[int]:
        found = [node.i]
        for _ in range(3):
            if node.head == node or node.dep_ in ("conj", "ccomp", "relcl", "advcl", "acl"):
                break
            node = node.head
            found.append(node.i)
        return found

    return not set(above(token)).isdisjoint(above(token.doc[other]))


def apart(found: list[Mention]) -> list[Mention]:
    """Of mentions that overlap the first; those headed by one word, as of "Russian and Belarusian soldiers", stay."""
    kept: list[Mention] = []
    for m in found:
        if all(m.head == o.head or m.first >= o.last or o.first >= m.last for o in kept):
            kept.append(m)
    return kept
