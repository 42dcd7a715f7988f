"""Happened, under way, planned, hypothetical or negated: what the clause itself says (negation, modals, conditionals,
questions, imperatives), and what stands above it ("plans to", "is considering", "ruled out", "denied that").

The cues above a clause, and what becomes of them under a negation, are `lang/en/status.csv`: "managed to sign" happened,
"did not manage to sign" did not; "did not refuse to sign" did (implicative verbs: Karttunen 1971). Statuses combine from
the outside in: what is only planned cannot have happened, whatever the inner verb says.

Scopes of the cues: `xcomp`, `ccomp` (clauses below), `obj` and `obj:PREP` (nouns below, gerunds after the preposition),
`subj` (the noun is its subject), `mod` (the word stands beside), `purpose` (done by doing it: "met to discuss"), `it`
("it took a month to leave"). `SCOPE:past` holds where the cue is told in the past ("had to sign" signed),
`xcomp:passive` where it is passive ("is said to have signed").
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from communique.codebook import Codebook, Row
from communique.coding.clauses import LIGHT
from communique.coding.parse import tense_is_past
from communique.model import Reason, Status

_FUTURE = frozenset({"will", "shall", "'ll", "’ll", "wo", "sha"})
_MAYBE = frozenset({"can", "could", "may", "might", "should", "must", "ought", "ca"})
_WOULD = frozenset({"would", "'d", "’d"})
_NEGATORS = frozenset({"not", "n't", "n’t", "never", "no", "neither", "nor", "nt"})
_NOBODY = frozenset({"no", "nobody", "none", "nothing", "neither", "nowhere", "no-one", "few"})
_CONDITIONS = frozenset({"if", "unless", "whether", "lest", "should"})
# Verbs after which "would" is the future as seen then: "said it would sign".
_BACKSHIFT = frozenset(
    "say announce tell promise add confirm pledge vow state declare agree report insist warn reveal note explain write "
    "decide claim assurance expectation announcement news indicate expect stress reiterate disclose signal".split()
)
# "Until the army withdraws": clauses of time that tell of the future in the present tense, under a verb that is ahead.
_WHEN = frozenset("when whenever until till before after once soon".split())
_OPEN_ENDED = frozenset("whenever until till before once".split())
# Taking part in the verb above without "to": "made them leave", "had the base closed", "go see".
_MOTION = frozenset({"go", "come"})
# Words of feeling whose "would" is politeness: "would like to".
_POLITE = frozenset("like love prefer hate appreciate".split())
# Done by saying "I would": recommending, urging.
_BY_SAYING = frozenset("recommend say argue suggest urge advise add describe".split())
_SECURING = frozenset("ensure sure certain".split())
_BASE = frozenset({"VB", "VBP"})
# Said without "I": "Wish you well".
_OWN_WORDS = frozenset("hope thank love wish need appreciate".split())
_RANKS = frozenset("first second third fourth fifth last latest only".split())
_SEEMING = frozenset("look seem appear sound feel".split())
_WHATEVER = frozenset("whatever whoever whichever wherever".split())
# Nouns for what is said to have happened: "denied reports of an attack".
_CLAIMS = frozenset("report claim allegation accusation charge suggestion rumour rumor".split())
_HEARD = frozenset("hear see smell".split())
_AHEAD = (Status.PLANNED, Status.HYPOTHETICAL)
_REAL = (Status.OCCURRED, Status.ONGOING)
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
# What may stand before an imperative: "At the border, show ..."
_FRONTED = frozenset("advmod prep advcl punct cc intj neg dep".split())
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A status and what decided it; `governor` is the word above that did, where one did."""

    status: Status
    reason: Reason
    governor: Any = None


class StatusStation:
    """Reads the status of the event a token names."""

    def __init__(self, book: Codebook) -> None:
        self._cues: dict[tuple[str, str, str], Row] = {}
        for row in book.rows("lang/en/status.csv"):
            for scope in row.list("scope"):
                self._cues.setdefault((row["cue"].lower(), row["pos"], scope), row)
        # cues with another status where they are told in the past: "has to sign", "had to sign"
        # verbs whose particle makes the cue: "called off", "put off"
        self._particled = {cue.split()[0] for cue, pos, _ in self._cues if pos == "verb" and " " in cue}
        self._told = {(cue, pos) for cue, pos, scope in self._cues if scope.endswith(":past")}

    def read(self, token: Any) -> Reading:
        """The status of the event named by this token (a verb, noun or adjective)."""
        if token.dep_ in ("aux", "auxpass"):
            token = token.head
        if token.i > token.sent.start and token.nbor(-1).lower_ == "please":
            return _rule(Status.HYPOTHETICAL, "imperative")
        return self._verb(token, 0) if _verbal(token) else self._noun(token, 0)

    # Clauses

    def _verb(self, token: Any, depth: int) -> Reading:
        base = self._own(token) or _plain(token)
        if depth >= _DEEPEST:
            return base
        above = self._above(token, depth)
        if above is None:
            return base
        return _combine(above, base)

    def _own(self, token: Any) -> Reading | None:
        """Negation, modals, conditionals, questions and imperatives of the clause itself."""
        children = list(token.children)
        if _conditional(token):
            return _rule(Status.HYPOTHETICAL, "conditional clause")
        words = [c.lower_ for c in children if c.dep_ in ("aux", "auxpass")]
        if words and any(c.lemma_ == "have" and c.dep_ == "aux" for c in children):
            perfect = self._modal_perfect(token, words)
            if perfect is not None:
                return perfect
        negated = _negated(token)
        if negated and (_FUTURE | _WOULD).intersection(words):
            return _rule(Status.NEGATED, "refusal")
        if _FUTURE.intersection(words):
            return self._future(token)
        if negated:
            return _rule(Status.NEGATED, "negation")
        if _WOULD.intersection(words):
            return _would(token)
        if _MAYBE.intersection(words):
            return _modal(token)
        if _going_to(token) or (token.lower_ == "going" and any(_going_to(c) for c in token.children)):
            return _rule(Status.PLANNED, "going to")
        if _is_to(token):
            return _rule(Status.PLANNED, "is to")
        if _asked(token):
            return _rule(Status.HYPOTHETICAL, "question")
        if _imperative(token):
            return _rule(Status.HYPOTHETICAL, "imperative")
        return self._modified(token)

    def _modal_perfect(self, token: Any, words: list[str]) -> Reading | None:
        """ "Should have signed" was not done, "must have signed" was, "may have signed" is open."""
        negated = _negated(token)
        if _WOULD.intersection(words) and not {"'d", "’d"}.intersection(words):
            return _rule(Status.HYPOTHETICAL, "counterfactual")
        if {"should", "ought"}.intersection(words):
            return _rule(Status.OCCURRED if negated else Status.NEGATED, "unfulfilled duty")
        if "must" in words:
            return _rule(Status.NEGATED if negated else Status.OCCURRED, "inference")
        return None

    def _future(self, token: Any) -> Reading:
        conditional = any(
            c.dep_ == "advcl" and any(g.dep_ in ("mark", "advmod") and g.lower_ in ("if", "unless") for g in c.children)
            for c in token.children
        )
        if conditional:
            return _rule(Status.HYPOTHETICAL, "future under a condition")
        return self._modified(token) or _rule(Status.PLANNED, "future")

    def _modified(self, token: Any) -> Reading | None:
        """ "Possibly tested", "the planned visit"."""
        for child in token.children:
            if child.dep_ in ("advmod", "amod", "nmod", "compound"):
                row = self._cues.get((child.lower_, "adverb" if child.dep_ == "advmod" else "adj", "mod"))
                if row is not None:
                    return _cue(row, child)
        return None

    def _above(self, token: Any, depth: int) -> Reading | None:
        """What the clause hangs on, or `None` where it stands for itself."""
        parent, dep = token.head, token.dep_
        if parent == token:
            return None
        if dep in ("xcomp", "ccomp", "acl", "relcl", "advcl", "pcomp", "csubj", "acomp"):
            return self._governed(token, parent, dep, depth)
        if dep == "conj" and (_verbal(parent) or parent.dep_ == "advcl"):
            return self._beside(token, parent, depth)
        return None

    def _governed(self, token: Any, parent: Any, dep: str, depth: int) -> Reading | None:
        infinitive = any(c.lower_ == "to" and c.dep_ == "aux" for c in token.children)
        if dep in ("acl", "ccomp") and parent.pos_ == "NOUN" and _that(token):
            return self._claimed(parent, depth)
        if dep in ("xcomp", "acomp") or (dep == "ccomp" and (infinitive or not _has_subject(token))):
            return self._complement(token, parent, infinitive, depth)
        if dep == "ccomp":
            return self._clause(token, parent, depth)
        if dep in ("acl", "relcl") and infinitive:
            return self._noun_with_infinitive(parent, depth)
        if dep == "advcl" and (infinitive or (token.tag_ == "VBG" and _particle_before(token, parent))):
            # parsers take many complements for purposes: "hesitated to expel", "ruled out sending"
            row = self._row(parent, "xcomp") or self._meant(parent)
            return self._under(row, parent, depth) if row else self._purpose(parent)
        if dep == "advcl":
            return self._adverbial(token, parent, depth)
        if dep == "pcomp":
            return self._prepositional(parent, depth)
        if dep == "csubj":
            # "joining the pact is possible"
            for word in (c for c in parent.children if c.dep_ in ("acomp", "attr")):
                if (row := self._row(word, "xcomp")) is not None:
                    return self._under(row, word, depth)
        return None

    def _clause(self, token: Any, parent: Any, depth: int) -> Reading | None:
        """ "Suggested that it sign", "had the base closed"."""
        if _without_tense(token) and parent.lemma_ in ("have", "get"):
            return self._verb(parent, depth + 1)
        if parent.lemma_ == "be":
            # "it is vital that it sign"
            parent = next((c for c in parent.children if c.dep_ == "acomp"), parent)
        row = self._row(parent, "ccomp")
        if row is not None and row["cue"] == "warn" and _own_act(token):
            # "warned it would close the strait"
            return None
        if row is not None and not (row["cue"] in _SECURING and not _secures(token, parent)):
            return self._under(row, parent, depth)
        if _without_tense(token):
            return self._complement(token, parent, False, depth)
        return _rule(Status.HYPOTHETICAL, "subjunctive") if _subjunctive(token) else None

    def _claimed(self, noun: Any, depth: int) -> Reading | None:
        """ "Denied reports that ...", "claims that ... are false", "no evidence that ...", "fears that ..."."""
        if any(c.dep_ == "det" and c.lower_ == "no" for c in noun.children):
            return _rule(Status.HYPOTHETICAL, "no evidence")
        verb = noun.head
        if noun.dep_ == "nsubj" and verb.lemma_ == "be":
            for word in (c for c in verb.children if c.dep_ == "acomp"):
                if (row := self._row(word, "ccomp")) is not None:
                    return self._under(row, word, depth)
        if noun.dep_ in ("dobj", "nsubjpass") and _verbal(verb):
            row = self._row(verb, "obj")
            if row is not None and row["status"] == Status.NEGATED:
                return self._under(row, verb, depth)
        row = self._row(noun, "ccomp")
        return self._under(row, noun, depth) if row is not None else None

    def _noun_with_infinitive(self, noun: Any, depth: int) -> Reading:
        """ "The decision to sign" is not yet the signing; "the first state to sign" signed, where it is one."""
        if (row := self._row(noun, "xcomp")) is not None:
            return self._under(row, noun, depth)
        if _ranked(noun):
            return self._adjectival(noun, depth)
        return _rule(Status.PLANNED, "noun with infinitive")

    def _adverbial(self, token: Any, parent: Any, depth: int) -> Reading | None:
        """A clause beside its main verb: "will attack, killing many", "will leave when the truce holds"."""
        while parent.pos_ == "ADV" and parent.head != parent:
            parent = parent.head
        if not _verbal(parent):
            return None
        bare = not _has_subject(token)
        if bare and token.tag_ == "VB" and parent.i < token.i and parent.lemma_ in _MOTION:
            return self._verb(parent, depth + 1)
        if bare and token.tag_ == "VBG":
            up = self._verb(parent, depth + 1)
            return up if up.status in _AHEAD else None
        words = _WHEN.intersection(c.lower_ for c in (*token.children, token.head) if c.dep_ in ("mark", "advmod"))
        if not words or not _present(token):
            return None
        up = self._verb(parent, depth + 1)
        if up.status in _AHEAD or (up.status is Status.NEGATED and words <= _OPEN_ENDED):
            open_ended = up.status is not Status.PLANNED or words <= _OPEN_ENDED
            return _rule(Status.HYPOTHETICAL if open_ended else Status.PLANNED, "clause of time to come")
        return None

    def _complement(self, token: Any, parent: Any, infinitive: bool, depth: int) -> Reading | None:
        if infinitive and parent.lemma_ in ("have", "be") and any(c.lower_ == "yet" for c in parent.children):
            return _rule(Status.NEGATED, "yet to")
        passive = infinitive and any(c.dep_ == "auxpass" for c in parent.children)
        row = (self._row(parent, "xcomp:passive") if passive else None) or self._row(parent, "xcomp")
        if row is None and infinitive:
            row = self._meant(parent)
        if row is not None and (infinitive or row["cue"] != "have"):
            return self._under(row, parent, depth)
        if parent.pos_ == "ADJ":
            return _rule(Status.HYPOTHETICAL, "infinitive") if infinitive else None
        if parent.lemma_ == "be" and token.tag_ == "VB" and not infinitive and _present(parent):
            # "all they have to do is sign"
            return _rule(Status.PLANNED, "is to")
        if parent.lemma_ == "be" and infinitive:
            # "it is hard to end", "the aim is to sign": as the adjective or noun says
            for word in (c for c in parent.children if c.dep_ in ("acomp", "attr", *_SUBJECTS)):
                if (row := self._row(word, "xcomp")) is not None:
                    return self._under(row, word, depth)
            if any(_ranked(c) for c in parent.children if c.dep_ == "attr"):
                return self._verb(parent, depth + 1)
            return _rule(Status.PLANNED, "is to")
        if infinitive and token.tag_ == "VBN" and any(c.lemma_ == "have" and c.dep_ == "aux" for c in token.children):
            return _rule(Status.OCCURRED, "perfect infinitive")
        if infinitive:
            return _rule(Status.PLANNED, "infinitive")
        return self._verb(parent, depth + 1) if _verbal(parent) else None

    def _meant(self, parent: Any) -> Row | None:
        """What is done by doing the main verb ("met to discuss"), or what "it took" time to do."""
        if any(c.lower_ == "it" and c.dep_ == "nsubj" for c in parent.children):
            return self._row(parent, "it")
        return self._row(parent, "purpose")

    def _purpose(self, parent: Any) -> Reading:
        """ "Flew to Oslo to sign": meant, not yet told to have happened."""
        if any(c.lower_ == "too" for c in parent.children):
            return _rule(Status.NEGATED, "too ... to")
        return _rule(Status.PLANNED, "purpose")

    def _prepositional(self, prep: Any, depth: int) -> Reading | None:
        word, up = prep.lower_, prep.head
        if prep.tag_ in ("VBN", "VBG") and (row := self._row(prep, "ccomp")) is not None:
            # "provided that Lima signs"
            return _cue(row, prep)
        if word == "without":
            return _rule(Status.NEGATED, "without")
        if word == "instead":
            return _rule(Status.NEGATED, "instead of")
        if word == "of" and up.lower_ in ("instead", "short"):
            return _rule(Status.NEGATED, f"{up.lower_} of")
        if word == "of" and up.lemma_.lower() in _CLAIMS:
            return self._claimed(up, depth)
        if up.dep_ in ("prep", "advmod") and up.i + 1 == prep.i and _verbal(up.head):
            # "backed out of hosting", "shied away from signing"
            word, up = f"{up.lower_} {word}", up.head
        for scope in (f"obj:{word}", "xcomp", "obj"):
            if (row := self._row(up, scope)) is not None:
                return self._under(row, up, depth)
        if word in ("by", "before", "in", "on", "upon") and _verbal(up):
            # "will end it by signing", "talk before acting": as far off as what it serves
            above = self._verb(up, depth + 1)
            return above if above.status in _AHEAD else None
        if word in ("after", "since", "for", "following", "despite"):
            return None
        return self._verb(up, depth + 1) if _verbal(up) else None

    def _beside(self, token: Any, parent: Any, depth: int) -> Reading | None:
        """A coordinated verb shares what stands above the first one, and its auxiliaries where it has none itself."""
        if _conditional(parent):
            return _rule(Status.HYPOTHETICAL, "conditional clause")
        if _has_subject(token):
            return None
        if token.tag_ == "VBD" and parent.tag_ == "VBN":
            # a participle taken for a past tense: "will be seized and sold"
            up = self._verb(parent, depth + 1)
            return up if up.status in _AHEAD else None
        if token.tag_ == "VBP" and parent.tag_ == "VB":
            return self._verb(parent, depth + 1)
        if token.tag_ == "VB" and parent.tag_ not in _BASE and not any(c.dep_ == "aux" for c in token.children):
            # joined by the parser to a verb too near: "tell us who is ill and send help"
            near = [c for c in parent.children if c.dep_ in ("xcomp", "ccomp") and parent.i < c.i < token.i]
            bare = next((a for a in (*near, *itertools.islice(parent.ancestors, 4)) if a.tag_ == "VB"), None)
            return self._verb(bare, depth + 1) if bare is not None else None
        shares = token.tag_ in ("VB", "VBG", "VBN") or token.tag_ == parent.tag_
        if not shares:
            return None
        if any(c.dep_ in ("aux", "auxpass") for c in token.children) or token.tag_ in ("VBD", "VBZ", "VBP"):
            return self._above(parent, depth + 1)
        return self._verb(parent, depth + 1)

    def _under(self, row: Row, governor: Any, depth: int) -> Reading:
        """A cue, as its own clause qualifies it: "may plan to", "did not refuse to"."""
        found = _cue(row, governor)
        up = self._verb(governor, depth + 1) if _verbal(governor) else self._adjectival(governor, depth)
        if up.status is Status.NEGATED:
            negated = row.get("negated")
            status = Status(negated) if negated else Status.NEGATED
            if status is Status.OCCURRED and _modal_above(governor):
                # "cannot prevent", "will not cancel": not prevented is not yet happened
                status = Status.HYPOTHETICAL
            return Reading(status, found.reason, governor)
        if found.status in _REAL and up.status not in _REAL:
            return Reading(up.status, up.reason, governor)
        return found

    def _adjectival(self, governor: Any, depth: int) -> Reading:
        """ "Is not ready to": the adjective or noun as its verb has it."""
        node = governor.head
        if any(c.dep_ == "det" and c.lower_ == "no" for c in governor.children):
            return _rule(Status.NEGATED, "no")
        if governor.dep_ in ("acomp", "attr", "oprd") and _verbal(node):
            return self._verb(node, depth + 1)
        if governor.dep_ in ("dobj", "nsubjpass") and _verbal(node):
            if _negated(node):
                return _rule(Status.NEGATED, "negation")
            # "rejected a plan to"; but a decision that is opposed stands
            row = self._row(node, "obj") if governor.lemma_ != "decision" else None
            if row is not None and row["status"] == Status.NEGATED and row["cue"] != "oppose":
                return self._under(row, node, depth)
        return _rule(Status.OCCURRED, "named as a fact")

    # Nouns

    def _noun(self, token: Any, depth: int) -> Reading:
        if any(c.dep_ in ("det", "neg", "preconj") and c.lower_ in _NOBODY for c in token.children):
            return _rule(Status.NEGATED, "no")
        if (own := self._modified(token) or self._followed(token, depth)) is not None:
            return self._outcome(token, depth) or own if own.status in _AHEAD else own
        if token.tag_ == "NN" and token.dep_ == "conj" and token.head.tag_ == "VB":
            # a verb taken for a noun: "to fuel and man the jets"
            return self._verb(token.head, depth + 1)
        node = token
        while node.dep_ == "conj" and not _verbal(node.head):
            node = node.head
        if node != token and any(c.lower_ == "neither" and c.dep_ == "preconj" for c in node.children):
            return _rule(Status.NEGATED, "no")
        if node != token and (own := self._modified(node)) is not None and own.status is not Status.NEGATED:
            return own
        return self._by_place(node, depth) or _rule(Status.OCCURRED, "named as a fact")

    def _outcome(self, noun: Any, depth: int) -> Reading | None:
        """What became of a thing planned: "the planned talks were held", "... were called off"."""
        verb, dep = noun.head, noun.dep_
        if dep not in ("dobj", "nsubjpass", "nsubj") or not _verbal(verb):
            return None
        held = verb.lemma_.lower() in LIGHT if dep != "nsubj" else _brings_about(verb) and verb.lemma_ != "be"
        if held:
            return self._verb(verb, depth + 1)
        row = self._row(verb, "obj") if dep != "nsubj" else self._row(verb, "subj")
        return self._under(row, verb, depth) if row is not None and row["status"] == Status.NEGATED else None

    def _followed(self, noun: Any, depth: int) -> Reading | None:
        """ "Talks scheduled for May", "the visit, which was cancelled"."""
        for child in noun.children:
            if child.dep_ == "acl" and child.tag_ in ("VBN", "JJ"):
                passive = True
            else:
                passive = child.dep_ == "relcl" and any(
                    g.dep_ == "nsubjpass" and g.tag_ == "WDT" for g in child.children
                )
            row = self._row(child, "obj") if passive else None
            if row is not None:
                return self._under(row, child, depth) if child.dep_ == "relcl" else _cue(row, child)
        return None

    def _by_place(self, node: Any, depth: int) -> Reading | None:
        """What the place of a noun in its clause says."""
        parent, dep = node.head, node.dep_
        if parent == node or depth >= _DEEPEST:
            return None
        if dep == "pobj":
            return self._of_preposition(parent, depth)
        if dep in ("compound", "nmod", "poss") and parent.pos_ == "NOUN":
            return None
        if not _verbal(parent):
            return None
        if dep in ("dobj", "nsubjpass", "attr", "oprd"):
            row = self._row(parent, "obj")
            if row is not None:
                return self._under(row, parent, depth)
        if dep == "nsubj" and (row := self._row(parent, "subj")) is not None:
            return self._under(row, parent, depth)
        if dep in ("dobj", "nsubjpass", "nsubj", "attr"):
            up = self._verb(parent, depth + 1)
            if up.status is Status.NEGATED and dep == "dobj" and _definite(node) and parent.lemma_.lower() not in LIGHT:
                # "did not mention his decision": the decision stands
                return None
            # "the war will widen" is about a war that there is
            return None if dep == "nsubj" and not _brings_about(parent) else up
        return None

    def _of_preposition(self, prep: Any, depth: int) -> Reading | None:
        word, up = prep.lower_, prep.head
        if word == "without":
            return _rule(Status.NEGATED, "without")
        if word == "of" and prep.i and prep.nbor(-1).lower_ == "instead":
            return _rule(Status.NEGATED, "instead of")
        if word == "of" and up.lemma_.lower() in _CLAIMS and (claimed := self._claimed(up, depth)) is not None:
            return claimed
        if word == "of" and up.lower_ == "ahead":
            return _rule(Status.PLANNED, "ahead of")
        for scope in (f"obj:{word}", *(("obj", "xcomp") if word in ("of", "for", "on", "out", "off") else ())):
            row = self._row(up, scope)
            if row is not None and (up.pos_ != "VERB" or scope.startswith("obj:") or word in ("out", "off")):
                return self._under(row, up, depth)
        return None

    def _row(self, token: Any, scope: str) -> Row | None:
        lemma = token.lemma_.lower()
        pos = "adj" if token.pos_ == "ADJ" else "noun" if token.pos_ in ("NOUN", "PROPN") else "verb"
        if pos == "verb" and lemma in self._particled:
            particle = next((c.lower_ for c in token.children if c.dep_ == "prt" or c.i == token.i + 1), None)
            if particle and (row := self._cues.get((f"{lemma} {particle}", pos, scope))) is not None:
                return row
        row = self._cues.get((lemma, pos, scope)) or self._cues.get((token.lower_, pos, scope))
        # "is expected", "are set": participles are read now as adjectives, now as verbs
        if row is None and token.tag_ in ("VBN", "JJ"):
            other = "verb" if pos == "adj" else "adj"
            row = self._cues.get((lemma, other, scope)) or self._cues.get((token.lower_, other, scope))
        if row is not None and (row["cue"], row["pos"]) in self._told and tense_is_past(token):
            return self._cues.get((row["cue"], row["pos"], f"{scope}:past"), row)
        return row


def _verbal(token: Any) -> bool:
    return bool(token.pos_ in ("VERB", "AUX"))


def _has_subject(token: Any) -> bool:
    return any(c.dep_ in _SUBJECTS for c in token.children)


def _negated(token: Any) -> bool:
    for child in token.children:
        if child.dep_ == "neg" or (child.lower_ in _NEGATORS and child.dep_ in ("advmod", "preconj", "cc")):
            # "not only", "no longer"
            after = child.nbor().lower_ if child.i + 1 < len(child.doc) else ""
            return after not in ("only", "just", "merely")
        if child.lower_ == "longer" and child.i and child.nbor(-1).lower_ == "no":
            return True
        none = child.lower_ in _NOBODY or any(g.lower_ in _NOBODY and g.dep_ == "det" for g in child.children)
        if none and child.dep_ in ("nsubj", "nsubjpass"):
            return True
        if child.dep_ == "dobj" and child.lower_ in ("nothing", "nobody"):
            return True
    return False


def _definite(noun: Any) -> bool:
    return any((c.dep_ == "det" and c.lower_ in ("the", "this", "that")) or c.dep_ == "poss" for c in noun.children)


def _particle_before(token: Any, parent: Any) -> bool:
    return any(c.dep_ == "prt" and 0 < token.i - c.i <= 2 for c in parent.children)


def _modal_above(governor: Any) -> bool:
    """ "Cannot prevent", "will not cancel", "refused to rule out"."""
    verb = governor if _verbal(governor) else governor.head
    return any(c.tag_ == "MD" for c in verb.children)


def _that(token: Any) -> bool:
    return any(c.dep_ == "mark" and c.lower_ == "that" for c in token.children)


def _own_act(token: Any) -> bool:
    """ "(Warned) it would close the strait": what the speaker himself will do."""
    ahead = any(c.dep_ == "aux" and c.lower_ in (*_FUTURE, *_WOULD) for c in token.children)
    return ahead and any(c.dep_ == "nsubj" and c.tag_ == "PRP" for c in token.children)


def _ranked(noun: Any) -> bool:
    """ "The first state", "one of the states"."""
    if noun.lower_ == "one" and any(c.lower_ == "of" for c in noun.children):
        return True
    return any(c.lower_ in _RANKS and c.dep_ in ("amod", "nummod", "advmod") for c in noun.children)


def _secures(token: Any, parent: Any) -> bool:
    """ "Make sure that they leave", not "are sure that they left"."""
    if any(c.tag_ == "VBD" for c in (token, *token.children) if c == token or c.dep_ in ("aux", "auxpass")):
        return False
    return bool(parent.pos_ == "VERB" or parent.head.lemma_ == "make")


def _subjunctive(token: Any) -> bool:
    """ "It is vital that Oman leave the pact"."""
    if token.tag_ != "VB" or any(c.dep_ == "aux" for c in token.children):
        return False
    single = any(c.dep_ in ("nsubj", "nsubjpass") and c.tag_ in ("NN", "NNP", "PRP") for c in token.children)
    return single and _that(token)


def _reported(token: Any) -> bool:
    """Whether the clause is what somebody said: its "would" is a future."""
    if token.dep_ in ("ccomp", "acl") and token.head.lemma_.lower() in _BACKSHIFT:
        return True
    # "..., the ministry said": the saying hangs on the clause
    return any(c.lemma_.lower() in _BACKSHIFT and c.dep_ in ("ccomp", "parataxis") for c in token.children)


def _going_to(token: Any) -> bool:
    if token.dep_ == "xcomp" and token.head.lower_ == "going":
        return any(c.lemma_ == "be" and c.dep_ == "aux" for c in token.head.children)
    return False


def _is_to(token: Any) -> bool:
    """ "The ministers are to meet in Oslo"."""
    words = [c for c in token.children if c.dep_ in ("aux", "auxpass")]
    return any(
        one.lemma_ == "be" and two.lower_ == "to" and one.i + 1 == two.i for one, two in itertools.pairwise(words)
    )


def _asked(token: Any) -> bool:
    """A question that leaves open whether: "Did the army attack?", not "Why did it attack?"."""
    sentence = token.sent
    if token.dep_ != "ROOT" or "?" not in [t.text for t in sentence[-3:]]:
        return False
    subjects = [c.i for c in token.children if c.dep_ in _SUBJECTS]
    turned = any(c.dep_ in ("aux", "auxpass") and subjects and c.i < subjects[0] for c in token.children)
    inverted = turned or (token.lemma_ == "be" and bool(subjects) and token.i < subjects[0])
    return inverted and not any(t.tag_ in ("WP", "WRB", "WDT", "WP$") and t.i < token.i for t in sentence)


def _imperative(token: Any) -> bool:
    if token.tag_ not in ("VB", "VBP"):
        return False
    before = [c for c in token.children if c.i < token.i]
    if any(c.lower_ == "please" for c in before):
        return True
    if any(c.dep_ in (*_SUBJECTS, "aux", "auxpass") for c in token.children):
        return False
    if token.dep_ == "ROOT":
        if token.lemma_.lower() in _OWN_WORDS or (token.lower_ == "look" and token.nbor().lower_ == "forward"):
            return False
        # a present tense without its subject, as taggers have it, where nothing but adverbials go before
        return token.tag_ == "VB" or all(c.dep_ in _FRONTED for c in before)
    if token.dep_ in ("advcl", "dep", "parataxis") and token.tag_ == "VB":
        return (token.i < token.head.i or token.dep_ != "advcl") and all(c.dep_ in _FRONTED for c in before)
    if token.dep_ == "conj":
        return _verbal(token.head) and token.tag_ == token.head.tag_ and _imperative(token.head)
    return token.dep_ == "ccomp" and (token.head.lemma_ in ("let", "please") or token.tag_ == "VB")


def _conditional(token: Any) -> bool:
    """Under "if", "in case" or an inverted auxiliary: "had the army attacked"."""
    before = [c for c in token.children if c.i < token.i]
    marks = [c for c in before if c.lower_ in _CONDITIONS and c.dep_ in ("mark", "advmod")]
    if marks:
        # "it looks as if they have given in"
        return not (token.head.lemma_ in _SEEMING and marks[0].i and marks[0].nbor(-1).lower_ == "as")
    if any(c.lower_ in _WHATEVER for c in before) and _present(token):
        return True
    if token.dep_ != "advcl" or not before:
        return False
    if any(c.lower_ == "case" and c.head.lower_ == "in" for p in before if p.dep_ == "prep" for c in p.children):
        return True
    first = before[0]
    return first.dep_ == "aux" and first.lower_ in ("had", "were", "should") and _has_subject(token)


def _would(token: Any) -> Reading:
    by_saying = token.lemma_ in _BY_SAYING and any(
        c.dep_ == "nsubj" and c.lower_ in ("i", "we") for c in token.children
    )
    if token.lemma_ in _POLITE or by_saying:
        return _rule(Status.OCCURRED, "politeness")
    return _rule(Status.PLANNED if _reported(token) else Status.HYPOTHETICAL, "would")


def _modal(token: Any) -> Reading:
    """A modal leaves it open, but what "could be heard" was heard."""
    words = {c.lower_ for c in token.children if c.dep_ in ("aux", "auxpass")}
    if token.lemma_ in _HEARD and token.tag_ == "VBN" and "could" in words and "have" not in words:
        return _rule(Status.OCCURRED, "could be heard")
    return _rule(Status.HYPOTHETICAL, "modal")


def _without_tense(token: Any) -> bool:
    """ "Made the troops leave", "had the base closed": a clause with a subject but no tense of its own."""
    tensed = any(c.dep_ in ("aux", "auxpass", "mark") for c in token.children)
    bare = token.tag_ in ("VB", "VBN", "VBG") or (token.tag_ == "VBP" and token.head.lemma_ in ("make", "help", "let"))
    return bare and not tensed and token.head.i < token.i


def _present(token: Any) -> bool:
    forms = [token, *(c for c in token.children if c.dep_ in ("aux", "auxpass"))]
    tags = {f.tag_ for f in forms}
    return not tags.isdisjoint({"VBZ", "VBP", "VB"}) and tags.isdisjoint({"VBD", "MD"})


def _dated_ahead(token: Any) -> bool:
    """ "Is leaving tomorrow", "meet next week"."""
    return any(
        c.dep_ in ("npadvmod", "advmod")
        and (c.lower_ in ("tomorrow", "tonight") or any(g.lower_ == "next" and g.i == c.i - 1 for g in c.children))
        for c in token.children
    )


def _plain(token: Any) -> Reading:
    if _present(token) and _dated_ahead(token):
        return _rule(Status.PLANNED, "time to come")
    if token.tag_ == "VBG" and any(a.lemma_ == "be" and a.dep_ in ("aux", "auxpass") for a in token.children):
        return _rule(Status.ONGOING, "progressive")
    return _rule(Status.OCCURRED, "past or present tense")


# Verbs whose subject comes about by them: "talks will take place", "a war would break out".
_COMING = frozenset(
    "take begin start break occur happen follow come be resume open kick get erupt ensue arise last".split()
)


def _brings_about(verb: Any) -> bool:
    return bool(verb.lemma_.lower() in _COMING)


def _combine(above: Reading, base: Reading) -> Reading:
    """The status under a governor: an inner negation turns what the governor leaves standing."""
    if base.status in _REAL:
        if above.status is Status.OCCURRED and base.status is Status.ONGOING:
            return base
        return above
    if above.status in _REAL:
        return base
    if above.status is Status.NEGATED:
        return Reading(Status.OCCURRED, above.reason, above.governor) if base.status is Status.NEGATED else above
    if base.status is Status.NEGATED:
        return base
    return above if above.status is Status.HYPOTHETICAL else base


def _cue(row: Row, token: Any) -> Reading:
    return Reading(Status(row["status"]), Reason("status", row.file, row.line, f"{row['cue']} {row['scope']}"), token)


def _rule(status: Status, why: str) -> Reading:
    return Reading(status, Reason("status", "coding/status.py", None, why))
