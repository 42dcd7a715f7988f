"""Whose "police", "protesters" or "the court" are, where nobody says so: of the state that their surroundings are in.

A sentence that names one state is about that state, and so are those behind it that name none. Where it names several,
a place told in the same clause decides ("police in Osh"), and for who speaks the state whose doing is told ("Argentina
boarded a trawler, the security ministry said").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from communique.coding.parse import Parsed

_WITHIN = frozenset("in at near outside around inside across within throughout".split())
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
# Those who seldom act outside their own state.
_ROOTED = frozenset("AGR COP CRM CVL EDU JUD LAB LEG MED REL UAF".split())
_ROVING = frozenset({"MIL", "REB", "PRM"})
# Where these are told, the place is where parties meet, not where they belong.
_MEETINGS = frozenset("meet talk negotiate sit sign confer gather convene assemble conclude resume".split())
_SPEAKS = frozenset(
    "say tell announce report state declare add confirm inform note remark warn insist deny affirm specify communicate "
    "hint reveal disclose reiterate repeat claim write explain suggest admit learn put concede testify argue stress".split()
)
_LOOK_BACK = 3  # sentences


@dataclass(frozen=True, slots=True)
class Spot:
    """A state named at tokens `first` to `last`, exclusive, by any of its names, people or towns."""

    first: int
    last: int
    head: int
    state: str


class Homes:
    """The states of one report, by where they are named."""

    def __init__(self, parsed: Parsed, spots: list[Spot]) -> None:
        self.parsed = parsed
        self.doc = parsed.doc
        self.by_sent: dict[int, list[Spot]] = {}
        for spot in sorted(spots, key=lambda s: s.first):
            self.by_sent.setdefault(parsed.sent_of(spot.first), []).append(spot)
        often = Counter(s.state for s in spots)
        most = max(often.values(), default=0)
        self.leading = frozenset(state for state, count in often.items() if count == most)

    def of(self, token: int, sector: str | None, owned: bool = False, known: bool = False) -> str | None:
        """The state that whoever stands at this token belongs to, or `None` where two are as likely. `owned`: whether
        somebody unknown owns them ("his men"), which only a report of one state can settle; `known`: whether they are
        spoken of as known ("the government"), and so may be of a state named long before."""
        sent = self.parsed.sent_of(token)
        here = self.by_sent.get(sent, [])
        states = {s.state for s in here}
        if len(states) == 1:
            return states.pop()
        if states:
            return None if owned else self._where(token, here, sector) or self._spoken_for(token, here)
        state = self._before(sent)
        return None if known and self.leading != {state} else state

    def _before(self, sent: int) -> str | None:
        """The one state of the nearest sentence before that names any; else the only one that the report names."""
        for back in range(sent - 1, max(-1, sent - 1 - _LOOK_BACK), -1):
            if found := {s.state for s in self.by_sent.get(back, ())}:
                return found.pop() if len(found) == 1 else None
        return next(iter(self.leading)) if len(self.leading) == 1 and not self._several() else None

    def _several(self) -> bool:
        return len({s.state for spots in self.by_sent.values() for s in spots}) > 1

    def _where(self, token: int, here: list[Spot], sector: str | None) -> str | None:
        """The state of the place told in the clause of a noun; for those bound to a place, of a clause above it too."""
        placed = [(s, top) for s in here if (top := _top(self.doc[s.head])).dep_ == "pobj"]
        placed = [(s, top) for s, top in placed if top.head.lower_ in _WITHIN]
        clause = _clause(self.doc[token])
        if sector in _ROVING:
            return None
        if sector not in _ROOTED:
            meeting = clause.lemma_.lower() in _MEETINGS
            return None if meeting else _only({s.state for s, top in placed if _clause(top).i == clause.i})
        while True:
            if own := {s.state for s, top in placed if _clause(top).i == clause.i}:
                return _only(own)
            if clause.head.i == clause.i:
                return None
            clause = _clause(clause)

    def _spoken_for(self, token: int, here: list[Spot]) -> str | None:
        """For who speaks: the state whose doing is told, that of the subject of what was said."""
        noun = self.doc[token]
        verb = _clause(noun)
        if noun.dep_ == "pobj" and noun.head.lower_ == "to" and noun.head.head.lower_ == "according":
            said = [verb]
        elif verb.lemma_.lower() in _SPEAKS and _speaks(noun, verb):
            said = [c for c in verb.children if c.dep_ in ("ccomp", "parataxis")]
            said += [verb.head] if verb.dep_ in ("ccomp", "parataxis", "advcl", "conj") else []
        else:
            return None
        doers = [c for v in said for c in v.children if c.dep_ in _SUBJECTS or c.dep_ == "agent"]
        return _only({s.state for s in here for d in doers if _names(self.doc, d, s)})


def _speaks(noun: Any, verb: Any) -> bool:
    """Whether a noun is a verb's subject, also behind it: "..., informed the ministry"."""
    if noun.dep_ in _SUBJECTS:
        return True
    return noun.dep_ == "dobj" and not any(c.dep_ in _SUBJECTS for c in verb.children)


def _only(states: Iterable[str]) -> str | None:
    found = set(states)
    return found.pop() if len(found) == 1 else None


def _clause(token: Any) -> Any:
    """The verb that a noun belongs to, or the sentence's head."""
    while token.head.i != token.i:
        token = token.head
        if token.pos_ in ("VERB", "AUX"):
            break
    return token


def _top(token: Any) -> Any:
    """The head of the noun phrase that a name is part of."""
    while token.dep_ in ("compound", "amod", "nmod", "poss", "appos", "conj") and token.head.i != token.i:
        token = token.head
    return token


def _names(doc: Any, noun: Any, spot: Spot) -> bool:
    """Whether a spot is a noun, or what owns it: "Argentina", "Argentina's coast guard", "the police of Argentina"."""
    if noun.dep_ == "agent":
        return any(_names(doc, c, spot) for c in noun.children if c.dep_ == "pobj")
    top = _top(doc[spot.head])
    return bool(top.i == noun.i or (top.dep_ == "pobj" and top.head.lower_ == "of" and top.head.head.i == noun.i))
