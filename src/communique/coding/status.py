"""Happened, under way, planned, hypothetical or negated: tense, modals, conditionals, negation and the governors
above a clause ("plans to", "is considering", "ruled out", "denied that"), whose cues are `lang/en/status.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from communique.codebook import Codebook, Row
from communique.model import Reason, Status

_FUTURE = frozenset({"will", "shall", "'ll", "wo", "’ll"})
_MAYBE = frozenset({"can", "could", "may", "might", "would", "should", "must", "ought", "ca", "'d", "’d"})
_NEGATORS = frozenset({"not", "n't", "n’t", "never", "no", "neither", "nor"})
_BACKSHIFT = frozenset({"say", "announce", "tell", "promise", "add", "confirm", "pledge", "vow", "state", "declare", "agree"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A status and what decided it."""

    status: Status
    reason: Reason
    governor: Any = None


class StatusStation:
    """Reads the status of the event a token names."""

    def __init__(self, book: Codebook) -> None:
        self._cues: dict[tuple[str, str], Row] = {}
        for row in book.rows("lang/en/status.csv"):
            for scope in row.list("scope"):
                self._cues[row["cue"].split()[0] if scope != "adverb" else row["cue"], scope] = row

    def read(self, token: Any) -> Reading:
        """The status of the event named by this token (a verb, noun or adjective)."""
        if token.pos_ in ("VERB", "AUX"):
            return self._verb(token, 0)
        return self._noun(token, 0)

    def _verb(self, token: Any, depth: int) -> Reading:
        own = self._own(token)
        if own is not None:
            return own
        if depth > 8:
            return _rule(Status.OCCURRED, "main clause")
        above = self._above(token, depth)
        if above is not None:
            return above
        auxes = [c for c in token.children if c.dep_ in ("aux", "auxpass")]
        if token.tag_ == "VBG" and any(a.lemma_ == "be" for a in auxes):
            return _rule(Status.ONGOING, "progressive")
        if token.dep_ == "ROOT" and token.tag_ == "VB" and not auxes and not any(c.dep_ == "nsubj" for c in token.children):
            return _rule(Status.HYPOTHETICAL, "imperative")
        return _rule(Status.OCCURRED, "past or present tense")

    def _own(self, token: Any) -> Reading | None:
        """Negation, modals, conditionals and questions of the clause itself."""
        children = list(token.children)
        words = [c.lower_ for c in children if c.dep_ in ("aux", "auxpass")]
        negated = any(c.dep_ == "neg" or (c.lower_ in _NEGATORS and c.dep_ in ("advmod", "preconj")) for c in children)
        if token.lemma_ in ("fail",) and token.dep_ != "ROOT":
            negated = True
        if any(c.dep_ == "mark" and c.lower_ in ("if", "unless", "whether", "lest") for c in children):
            return _rule(Status.HYPOTHETICAL, "conditional clause")
        if any(c.dep_ == "advmod" and c.lower_ in ("if", "whenever") for c in children):
            return _rule(Status.HYPOTHETICAL, "conditional clause")
        if negated or any(c.lower_ in ("no", "nobody", "none") and c.dep_ in ("nsubj", "nsubjpass") for c in children):
            return _rule(Status.NEGATED, "negation")
        if any(w in _FUTURE for w in words):
            conditional = any(
                c.dep_ == "advcl" and any(g.dep_ == "mark" and g.lower_ in ("if", "unless") for g in c.children) for c in children
            )
            return _rule(Status.HYPOTHETICAL if conditional else Status.PLANNED, "future")
        if "would" in words and "have" not in [c.lower_ for c in children if c.dep_ == "aux"]:
            reported = token.dep_ == "ccomp" and token.head.lemma_ in _BACKSHIFT
            return _rule(Status.PLANNED if reported else Status.HYPOTHETICAL, "would")
        if any(w in _MAYBE for w in words):
            return _rule(Status.HYPOTHETICAL, "modal")
        lemmas = [c.lemma_ for c in children if c.dep_ == "aux"]
        if "go" in lemmas:
            return _rule(Status.PLANNED, "going to")
        for child in children:
            if child.dep_ == "advmod" and (row := self._cues.get((child.lower_, "adverb"))):
                return self._cue(row, child)
        return None

    def _above(self, token: Any, depth: int) -> Reading | None:
        """What the clause hangs on: a governor's cue, else the governor's own status."""
        parent, dep = token.head, token.dep_
        if parent is token:
            return None
        infinitive = any(c.lower_ == "to" and c.dep_ == "aux" for c in token.children)
        if dep == "xcomp" or (dep == "ccomp" and infinitive):
            return self._governed(parent, "xcomp", depth, Status.PLANNED if infinitive else None)
        if dep == "ccomp":
            row = self._cues.get((parent.lemma_.lower(), "ccomp"))
            if row and parent.pos_ != "AUX":
                return self._cue(row, parent)
            return None
        if dep in ("acl", "relcl") and infinitive:
            row = self._cues.get((parent.lemma_.lower(), "xcomp"))
            return self._cue(row, parent) if row else _rule(Status.PLANNED, "noun with infinitive")
        if dep == "advcl" and infinitive:
            return _rule(Status.PLANNED, "purpose")
        if dep == "conj" and parent.pos_ in ("VERB", "AUX") and (token.tag_ in ("VB", "VBG") or parent.tag_ == token.tag_):
            if any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children):
                return None
            return self._verb(parent, depth + 1)
        if dep == "pcomp":
            return self._prepositional(token, parent, depth)
        if dep in ("advcl", "ccomp", "parataxis"):
            return None
        return None

    def _prepositional(self, token: Any, prep: Any, depth: int) -> Reading | None:
        if prep.lower_ == "without":
            return _rule(Status.NEGATED, "without")
        if prep.lower_ in ("after", "since", "for", "following", "despite"):
            return None
        up = prep.head
        if row := self._cues.get((up.lemma_.lower(), "xcomp")) or self._cues.get((up.lemma_.lower(), "obj")):
            return self._cue(row, up)
        if prep.lower_ == "before":
            return None
        return self._verb(up, depth + 1) if up.pos_ in ("VERB", "AUX") else None

    def _governed(self, parent: Any, scope: str, depth: int, default: Status | None) -> Reading | None:
        row = self._cues.get((parent.lemma_.lower(), scope))
        if row:
            found = self._cue(row, parent)
            above = self._own(parent) if parent.pos_ in ("VERB", "AUX") else None
            if above and above.status is Status.NEGATED:
                flipped = {Status.OCCURRED: Status.NEGATED, Status.NEGATED: Status.OCCURRED, Status.ONGOING: Status.NEGATED}
                return Reading(flipped.get(found.status, Status.NEGATED), above.reason, parent)
            if found.status in (Status.OCCURRED, Status.ONGOING) and parent.pos_ in ("VERB", "AUX"):
                up = self._verb(parent, depth + 1)
                return up if up.status not in (Status.OCCURRED, Status.ONGOING) else found
            return found
        if default is not None:
            return Reading(default, Reason("status", "coding/status.py", None, "infinitive"), parent)
        return self._verb(parent, depth + 1) if parent.pos_ in ("VERB", "AUX") else None

    def _noun(self, token: Any, depth: int) -> Reading:
        if any(c.dep_ == "det" and c.lower_ == "no" for c in token.children):
            return _rule(Status.NEGATED, "no")
        for child in token.children:
            if child.dep_ == "amod" and (row := self._cues.get((child.lower_, "adverb"))):
                return self._cue(row, child)
        node, dep = token, token.dep_
        while dep == "conj":
            node, dep = node.head, node.head.dep_
        parent = node.head
        if parent is node or depth > 8:
            return _rule(Status.OCCURRED, "named as a fact")
        if dep == "pobj":
            up = parent.head
            if row := self._cues.get((up.lemma_.lower(), "obj")):
                return self._cue(row, up)
            if parent.lower_ == "without":
                return _rule(Status.NEGATED, "without")
            if up.pos_ == "NOUN" and parent.lower_ in ("for", "of", "on"):
                if row := self._cues.get((up.lemma_.lower(), "xcomp")):
                    return self._cue(row, up)
            return _rule(Status.OCCURRED, "named as a fact")
        if parent.pos_ in ("VERB", "AUX"):
            row = self._cues.get((parent.lemma_.lower(), "obj")) if dep in ("dobj", "nsubjpass", "attr", "oprd") else None
            if row:
                up = self._own(parent)
                return up if up and up.status is Status.NEGATED else self._cue(row, parent)
            if dep in ("dobj", "nsubjpass", "nsubj", "attr"):
                return self._verb(parent, depth + 1)
        return _rule(Status.OCCURRED, "named as a fact")

    def _cue(self, row: Row, token: Any) -> Reading:
        return Reading(Status(row["status"]), Reason("status", row.file, row.line, row["cue"]), token)


def _rule(status: Status, why: str) -> Reading:
    return Reading(status, Reason("status", "coding/status.py", None, why))
