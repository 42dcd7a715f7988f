"""Whom words that point back stand for: "they", "its", "both sides", "the country", "the government", "the minister".

Read once through a report in text order. A pronoun takes the subject that commands it, else the main subject of the
sentence before; a plural one stands for every member of a list. A state that nobody names is the one the passage is
about (`Focus`). Where what was said last is no actor, or two are equally near, nobody is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from communique.coding.names import Code, Names, fold, holds
from communique.coding.parse import Parsed
from communique.coding.phrases import SERVANTS
from communique.model import Reason

PERSON_PRONOUNS = frozenset({"he", "she", "him", "her", "his", "hers"})
BODY_PRONOUNS = frozenset({"it", "its"})
GROUP_PRONOUNS = frozenset({"they", "them", "their", "theirs"})
_SORTS = (PERSON_PRONOUNS, BODY_PRONOUNS, GROUP_PRONOUNS)
_INTERNATIONAL = frozenset({"IGO", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC"})
_BODIES = frozenset({"IGO", "UNO", "EUR"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_OBJECTS = frozenset({"dobj", "pobj", "dative", "iobj"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_MALE = frozenset(
    "mr sir lord king prince sheikh he him his man boy father husband brother son spokesman chairman congressman "
    "businessman policeman".split()
)
_FEMALE = frozenset(
    "mrs ms miss dame lady queen princess she her hers woman girl mother wife sister daughter spokeswoman chairwoman "
    "congresswoman businesswoman policewoman".split()
)
# "The alliance", "the bloc": kinds of organisations that these words can stand for, "" being states.
_BODY_WORDS = {
    "alliance": ("alliance", "grouping"),
    "bloc": ("union", "igo", "grouping"),
    "grouping": ("grouping", "igo", "alliance"),
    "group": ("armed group", "grouping", "ngo", "party", "company", "igo"),
    "organisation": ("igo", "agency of igo", "alliance", "ngo", "armed group"),
    "organization": ("igo", "agency of igo", "alliance", "ngo", "armed group"),
    "union": ("union", "igo"),
    "pact": ("alliance", "grouping"),
    "body": ("igo", "agency of igo"),
    "court": ("court",),
    "agency": ("agency", "agency of igo"),
    "company": ("company",),
    "firm": ("company",),
    "party": ("party",),
    "militia": ("armed group",),
    "movement": ("armed group", "party"),
    "network": ("armed group",),
    "country": ("",),
    "nation": ("",),
    "kingdom": ("",),
    "republic": ("",),
    "island": ("",),
    "state": ("",),
}
_COLOURED = frozenset({"union", "party", "group", "agency", "company", "movement", "court", "militia", "organisation"})
_TERROR = frozenset({"terror", "terrorist", "extremist", "jihadist", "militant", "islamist"})
# What is counted when two or more states or people are taken up: "the two sides", "both presidents".
_STATE_WORDS = frozenset(
    "country side nation party government neighbour neighbor ally power state capital member parliament legislature "
    "republic kingdom army people foe rival adversary".split()
)
_PEOPLE_WORDS = frozenset(
    "leader president minister man woman official diplomat politician premier statesman ambassador envoy".split()
)
_NUMBERS = {"both": 2, "two": 2, "neither": 2, "each": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
# "The government", "the army": one to a state.
_INSTITUTIONS = frozenset({"GOV", "MIL", "COP", "LEG", "SPY", "OPP"})
_OWN_BODIES = frozenset(
    "government cabinet administration parliament legislature congress senate opposition army navy military police "
    "junta presidency treasury authority".split()
) | {"foreign office", "home office", "foreign ministry", "defence ministry", "defense ministry", "interior ministry"}
# Offices and organs that bodies between states have: "the secretary-general" of the one spoken of.
_BODY_OFFICES = frozenset(
    "secretary general|secretary-general|deputy secretary-general|secretariat|general secretariat|permanent secretariat"
    "|high representative|peacekeeper|peacekeeping force|peace force".split("|")
)
_RULING = frozenset({"GOV", "MIL", "COP"})
_BETWEEN_STATES = ("igo", "union", "alliance", "grouping", "agency of igo", "court")
# Somebody's neighbour, host or counterpart is of another state than whose they are.
_OTHER_STATES = frozenset("neighbour neighbor rival ally foe adversary partner opponent enemy".split())
_OTHER_PEOPLE = frozenset("host counterpart homologue colleague peer".split())
# Offices that a state has but one of: "the president" in a report of one state is its own.
_HEADS = frozenset(
    "president|prime minister|chancellor|king|queen|emir|foreign minister|defence minister|defense minister"
    "|junta leader|interior minister|finance minister|foreign secretary|defence secretary|home secretary"
    "|shadow home secretary|shadow foreign secretary|attorney general|first minister|opposition leader".split("|")
)
# What is done to states and bodies, not to things.
_DONE_TO_ACTORS = frozenset(
    "invade attack accuse urge ask tell warn threaten help support arm defend protect condemn criticise criticize blame "
    "isolate recognise recognize sanction punish call press pressure persuade convince allow enable thank praise assure "
    "oppose fight occupy boycott invite remind order force compel target deter provoke hold bomb strike "
    "lobby assist back fund finance supply pay lend grant owe promise offer".split()
)
_ADDRESSED = frozenset(
    "speak talk sell give send lend pay hand offer write appeal belong submit report apologise".split()
)
_TO_ACTORS = frozenset({"with", "against", "to", "from", "on", "for"})
_DEALINGS = frozenset(
    "war relation relations tie ties talks talk agreement pact treaty sanction sanctions peace border negotiation "
    "negotiations cooperation alliance aid attack deal partnership dispute conflict".split()
)
_EMPTY_VERBS = frozenset({"appear", "seem", "happen", "follow", "mean", "depend", "matter", "rain", "snow", "emerge"})
_TIMES = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL"})
# "The kingdom" is one of these.
_MONARCHIES = frozenset("BEL BHR BTN DNK ESP GBR JOR KHM LSO MAR NLD NOR SAU SWE SWZ THA TON".split())
_PLACED = frozenset({"in", "from", "into", "to", "inside", "within", "across", "throughout", "outside", "around"})
_CROSSED = frozenset(
    "withdraw leave enter visit invade flee arrive return deploy pull quit go come travel move station send".split()
)
# Offices that somebody holds in one state, and words that say in no particular one.
_OF_A_STATE = ("minister", "secretary", "mp", "senator", "lawmaker", "congressman", "congresswoman", "undersecretary")
_UNSURE = frozenset({"foreign", "former", "ex", "western", "european", "arab", "african", "another", "any", "no"})
_LOOK_BACK = 6  # sentences
_DECAY = 0.6
_CLEAR = 1.5
_SURE = 2.0  # a subject of late, or two mentions


@dataclass
class Draft:
    """A mention before it is final. `role`: the words of its role noun; `body`: kind of organisation ("": a state);
    `owner`: tokens of the person whose it is ("Orban's party")."""

    first: int
    last: int
    head: int
    kind: str
    code: Code
    role: str = ""
    body: str | None = None
    person: bool = False
    plural: bool = False
    asks: bool = False
    owner: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Whom a noun phrase may be taken up as; without `drafts` it is nobody the report's actors know."""

    head: int
    drafts: tuple[Draft, ...]
    plural: bool

    @property
    def coded(self) -> bool:
        return any(d.code.country or d.code.entity for d in self.drafts)

    @property
    def person(self) -> bool:
        return len(self.drafts) == 1 and self.drafts[0].person and not self.plural

    @property
    def body(self) -> bool:
        """One state, organisation or ministry."""
        return len(self.drafts) == 1 and not self.plural and not self.drafts[0].person


class Focus:
    """Which state a passage is about: weights of the states named so far, fading from sentence to sentence."""

    def __init__(self) -> None:
        self.weights: dict[str, float] = {}
        self.codes: dict[str, Code] = {}

    def fade(self) -> None:
        self.weights = {c: w * _DECAY for c, w in self.weights.items() if w > 0.05}

    def add(self, code: Code, weight: float) -> None:
        if code.country is not None and code.country not in _INTERNATIONAL:
            self.weights[code.country] = self.weights.get(code.country, 0.0) + weight
            self.codes[code.country] = code

    def top(
        self, without: frozenset[str] = frozenset(), margin: float = _CLEAR, among: frozenset[str] | None = None
    ) -> str | None:
        """The state that leads all others by `margin`, or `None`."""
        fits = {c: w for c, w in self.weights.items() if c not in without and (among is None or c in among)}
        ranked = sorted(((w, c) for c, w in fits.items()), reverse=True)
        if not ranked or (len(ranked) > 1 and ranked[0][0] < margin * ranked[1][0]):
            return None
        return ranked[0][1] if 3 * ranked[0][0] >= max(self.weights.values()) else None


class Referents:
    """One report's words that point back. `resolve` fills in the drafts and adds those of further members. `home`: gives
    a draft that stays open the state of its surroundings, if they tell one."""

    def __init__(
        self, names: Names, parsed: Parsed, drafts: list[Draft], date: str | None, home: Callable[[Draft], None]
    ) -> None:
        self.names = names
        self.home = home
        self.parsed = parsed
        self.doc = parsed.doc
        self.date = date
        self.drafts = sorted(drafts, key=lambda d: (d.first, d.last, d.head))
        self.heads: dict[int, list[Draft]] = {}
        self.cover: dict[int, Draft] = {}
        self.sents: dict[int, list[Draft]] = {}
        self.seen: list[Draft] = []
        self.extra: list[Draft] = []
        self.genders: dict[str, str] = {}
        self.focus = Focus()
        for draft in self.drafts:
            self._enter(draft)
        # First those that point at nobody before them, for others point back to them.
        for draft in self.drafts:
            if not draft.asks and not self._depends(draft):
                self.home(draft)
        self.main, self.pair = self._main()

    def _enter(self, draft: Draft) -> None:
        self.heads.setdefault(draft.head, []).append(draft)
        if draft.person:
            for i in range(draft.first, draft.last):
                self.cover.setdefault(i, draft)

    def resolve(self) -> list[Draft]:
        """All drafts, the pointing ones resolved where the report allows it."""
        here = -1
        for draft in self.drafts:
            sent = self.parsed.sent_of(draft.head)
            for _ in range(min(4, sent - here)):
                self.focus.fade()
            here = max(here, sent)
            if not self._at_odds(draft):
                self._settle(draft, sent)
            if draft.role not in _BODY_OFFICES and not self._serves_body(draft):
                self.home(draft)
            self.seen.append(draft)
            self.sents.setdefault(sent, []).append(draft)
            self._weigh(draft)
        for draft in reversed(self.drafts):
            if draft.code.country is None and draft.kind in ("role", "person"):
                self._of_served(draft)
        return self.drafts + self.extra

    def _settle(self, draft: Draft, sent: int) -> None:
        if draft.kind == "pronoun":
            self._pronoun(draft, sent)
        elif draft.kind == "number":
            self._take(draft, self._counted(draft, sent) or [], "group")
        elif draft.asks:
            if (several := self._counted(draft, sent)) is not None:
                self._take(draft, several, "group")
            else:
                self._definite(draft, sent)
            self._of_body(draft, sent)
        elif draft.role.startswith("government ") and draft.code.country is None and draft.kind == "role":
            self._of_government(draft)
        elif draft.kind in ("role", "person") and draft.code.country is None:
            self._possessed(draft)
            self._of_body(draft, sent)
            if draft.person and draft.code.country is None and draft.role.endswith(_OF_A_STATE):
                self._official(draft)
        self._note_gender(draft)

    def _take(self, draft: Draft, members: list[Code], kind: str) -> None:
        """Gives a draft the first code and further drafts at the same tokens the others."""
        if not members:
            return
        draft.code, draft.kind = members[0], kind
        draft.plural = len(members) > 1 or draft.plural
        for code in members[1:]:
            more = Draft(draft.first, draft.last, draft.head, kind, code, draft.role, draft.body, draft.person, True)
            self.extra.append(more)
            self.heads.setdefault(more.head, []).append(more)

    def _weigh(self, draft: Draft) -> None:
        """A subject weighs more than what is mentioned by the way; members of a list share one weight."""
        if draft.code.country is None or draft.code.sector == "JRN":
            return
        token = self.doc[draft.head]
        weight = 3.0 if _is_subject(token) else 1.0
        listed = 1 + sum(1 for _ in _list(token)) if token.dep_ == "conj" or _has_conj(token) else 1
        self.focus.add(draft.code, weight / listed)

    def _main(self) -> tuple[str | None, tuple[str, ...]]:
        """The state that most of the report's mentions are of, and the two it is about, where they stand out."""
        counts = Counter(d.code.country for d in self.drafts if d.code.country and d.code.sector != "JRN")
        ranked = [(n, c) for c, n in counts.most_common() if c not in _INTERNATIONAL]
        first, second, third = (*(n for n, _ in ranked[:3]), 0, 0, 0)[:3]
        main = ranked[0][1] if ranked and first >= 2 * second else None
        pair = tuple(c for _, c in ranked[:2]) if second >= 2.5 * third and first < 3 * second else ()
        return main, pair

    # Candidates

    def _candidate(self, token: Any, word: str) -> _Candidate:
        """What a noun stands for, with all that is joined to it by "and" if the pronoun is plural."""
        if token.tag_ in ("WDT", "WP") and (above := _antecedent(token)) is not None:
            token = above
        tokens = [token, *_list(token)] if word in GROUP_PRONOUNS else [token]
        drafts: list[Draft] = []
        for t in tokens:
            for d in self.heads.get(t.i) or ([self.cover[t.i]] if t.i in self.cover else ()):
                if all(d.code != other.code or d.code == Code() for other in drafts):
                    drafts.append(d)
        plural = len(drafts) > 1 or token.tag_ in ("NNS", "NNPS") or any(d.plural for d in drafts)
        named = len(drafts) == 1 and drafts[0].body is not None and drafts[0].kind in ("name", "org")
        return _Candidate(token.i, tuple(drafts), plural and not named)

    def _subjects(self, token: Any, skip_own: bool) -> Iterator[Any]:
        """The subjects that command a token, nearest clause first, and those of clauses put before it; without that
        of its own clause if `skip_own`."""
        node = token
        while node.head.i != node.i and node.sent.start <= node.head.i < node.sent.end:
            node = node.head
            own = [c for c in node.children if c.i < token.i]
            subjects = [c for c in own if c.dep_ in _SUBJECTS]
            if skip_own:
                skip_own = not subjects
                continue
            agents = [g for c in own if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj" and g.i < token.i]
            yield from (*subjects, *agents) if token.lower_ in PERSON_PRONOUNS else (*agents, *subjects)
            for child in own:
                # "The bloc will meet, its chairman said."
                if child.dep_ in ("advcl", "ccomp"):
                    yield from (g for g in child.children if g.dep_ in _SUBJECTS)

    def _main_subject(self, sent: int) -> Any | None:
        """The subject of a sentence's main verb, looking through "he said that" where that holds a plain clause."""
        first, last = self.parsed.sents[sent]
        root = next((t for t in self.doc[first:last] if t.head.i == t.i), None)
        if root is None:
            return None
        return next((c for c in root.children if c.dep_ in _SUBJECTS), None)

    def _before(self, sent: int, until: int) -> list[Draft]:
        """The drafts of a sentence that stand before a token."""
        return [d for d in self.sents.get(sent, ()) if d.last <= until and d.head < until]

    # Pronouns

    def _pronoun(self, draft: Draft, sent: int) -> None:
        token = self.doc[draft.head]
        word = token.lower_
        if word in PERSON_PRONOUNS:
            found = self._person(token, word, sent)
        elif word in BODY_PRONOUNS:
            found = self._body(token, word, sent)
        else:
            found = self._several(token, word, sent)
        if found is None or not found.drafts:
            found = self._ahead(token, word)
        if found is None or not found.drafts:
            return
        first = found.drafts[0]
        codes = list(dict.fromkeys(d.code for d in found.drafts if d.code.country or d.code.entity or d.code.sector))
        draft.person, draft.body, draft.plural = first.person, first.body, found.plural
        draft.role = first.role if len(found.drafts) == 1 else ""
        if codes:
            self._take(draft, codes, "pronoun")

    def _ahead(self, token: Any, word: str) -> _Candidate | None:
        """ "As it has told envoys, Asmara will not pay": the subject that follows the clause or phrase set before it."""
        node = token
        while node.head.i != node.i and node.head.i > token.i:
            node = node.head
            subject = next((c for c in node.children if c.dep_ in _SUBJECTS), None)
            if subject is None or subject.i <= token.i or node.i < subject.i:
                continue
            found = self._candidate(subject, word)
            if word in PERSON_PRONOUNS:
                fits = found.person and self._agrees(found.drafts[0], "m" if word in _MALE else "f")
            else:
                fits = found.body if word in BODY_PRONOUNS else found.plural
            return found if fits and found.coded else None
        return None

    def _person(self, token: Any, word: str, sent: int) -> _Candidate | None:
        gender = "m" if word in _MALE else "f"
        own = token.dep_ in _OBJECTS and token.tag_ != "PRP$"
        barred = {s.i for s in _own_subjects(token)} if own else set()
        for subject in self._subjects(token, own):
            found = self._candidate(subject, word)
            if found.person and self._agrees(found.drafts[0], gender):
                return self._surer(found, token, gender, sent)
        near = self._fitting([d for d in self._before(sent, token.i) if d.head not in barred], gender)
        if near:
            return self._one(self._alone(near) or next((d for d in reversed(near) if self._leads(d)), near[-1]))
        for back in (sent - 1, sent - 2):
            if back < 0 or (back == sent - 2 and any(d.person for d in self.sents.get(sent - 1, ()))):
                return None
            before = self._fitting(self.sents.get(back, []), gender)
            main = self._main_subject(back)
            if main is not None and (found := self._candidate(main, word)).person and found.drafts[0] in before:
                return found
            leading = [d for d in before if self._leads(d)]
            if alone := self._alone(before):
                return self._one(alone)
            if leading:
                return self._one(leading[-1])
        return None

    def _surer(self, found: _Candidate, token: Any, gender: str, sent: int) -> _Candidate:
        """The commanding subject, unless only somebody else before the pronoun is known to be "he" or "she"; who says
        that "he" will go speaks of himself."""
        name = found.drafts[0].code.name or ""
        if name in self.genders or _gender(found.drafts[0].role):
            return found
        known = [d for d in self._before(sent, token.i) if d.person and self.genders.get(d.code.name or "") == gender]
        if known and token.dep_ not in _SUBJECTS:
            return self._one(known[-1])
        people = {d.code.name for d in self._before(sent, token.i) if d.person}
        if name and token.dep_ == "nsubj" and people == {name}:
            self.genders[name] = gender
        return found

    def _leads(self, draft: Draft) -> bool:
        return _is_subject(self.doc[draft.head])

    @staticmethod
    def _one(draft: Draft) -> _Candidate:
        return _Candidate(draft.head, (draft,), False)

    @staticmethod
    def _alone(drafts: list[Draft]) -> Draft | None:
        """The only person among these."""
        people = {d.code.name or (d.code.country, d.code.sector, d.role) for d in drafts}
        return drafts[-1] if len(people) == 1 else None

    def _fitting(self, drafts: list[Draft], gender: str) -> list[Draft]:
        """The people who may be "he" or "she": those known to be, else those of whom nothing is known."""
        people = [d for d in drafts if d.person and not d.plural and self._agrees(d, gender)]
        return [d for d in people if self.genders.get(d.code.name or "") == gender] or people

    def _agrees(self, draft: Draft, gender: str) -> bool:
        known = self.genders.get(draft.code.name or "") or _gender(draft.role)
        return known is None or known == gender

    def _note_gender(self, draft: Draft) -> None:
        """Titles and role nouns tell whether somebody is "he" or "she"."""
        if not draft.person or not draft.code.name or draft.code.name in self.genders:
            return
        words = [draft.role, *(self.doc[i].lower_.strip(".") for i in range(max(0, draft.first - 1), draft.last))]
        found = next((g for w in words if (g := _gender(w))), None)
        if found:
            self.genders[draft.code.name] = found

    def _body(self, token: Any, word: str, sent: int) -> _Candidate | None:
        own = word == "it" and token.dep_ in _OBJECTS
        if word == "it" and (_is_empty(token) or (own and not _done_to_actors(token))):
            return None
        barred = (
            {d.code.country for s in _own_subjects(token) for d in self._candidate(s, word).drafts} if own else set()
        )
        if word == "its" and (beside := self._beside(token, word)) is not None and beside.body and beside.coded:
            return beside
        for subject in self._subjects(token, own):
            found = self._candidate(subject, word)
            if found.person or found.plural or (found.coded and own and found.drafts[0].code.country in barred):
                continue
            if found.body and found.coded:
                return None if own and found.drafts[0].code.country in barred else found
            if subject.lower_ not in ("who", "it", "what", "there", "this", "that"):
                return None
        near = [d for d in self._before(sent, token.i) if self._is_body(d) and d.code.country not in barred]
        if near:
            codes = {d.code.entity or d.code.country for d in near}
            return self._one(near[-1]) if own or len(codes) == 1 or word == "its" else None
        if not sent:
            return None
        before = [d for d in self.sents.get(sent - 1, ()) if self._is_body(d)]
        main = self._main_subject(sent - 1)
        if main is not None:
            found = self._candidate(main, word)
            if found.body and found.coded:
                return found
            if not found.drafts and main.tag_ in ("NN", "NNP") and main.pos_ != "PRON":
                return None
        codes = {d.code.entity or d.code.country for d in before}
        return self._one(before[-1]) if len(codes) == 1 else None

    def _is_body(self, draft: Draft) -> bool:
        one = draft.kind in ("name", "org") or not draft.plural
        return (
            one
            and not draft.person
            and draft.kind != "demonym"
            and bool(draft.code.country)
            and not draft.role.endswith("officer")
        )

    def _several(self, token: Any, word: str, sent: int) -> _Candidate | None:
        own = token.dep_ in _OBJECTS
        if (beside := self._beside(token, word)) is not None and beside.plural:
            return beside
        spare: _Candidate | None = None
        for subject in self._subjects(token, own):
            found = self._candidate(subject, word)
            if found.plural:
                return found
            if found.body and found.coded and spare is None:
                spare = found
        if (before := self._plural_before(self.parsed.sents[sent][0], token, word, own)) is not None:
            return before
        if spare is not None and (spare.drafts[0].kind == "org" or word != "they"):
            return spare
        if not sent:
            return spare
        main = self._main_subject(sent - 1)
        if main is not None and (found := self._candidate(main, word)).plural:
            return found
        first, last = self.parsed.sents[sent - 1]
        return self._plural_before(first, self.doc[last - 1], word, False) or spare

    def _plural_before(self, first: int, token: Any, word: str, own: bool) -> _Candidate | None:
        """The nearest list or plural noun before a token, going back to `first`; subjects come first."""
        barred = {s.i for s in _own_subjects(token)} if own else set()
        near: list[_Candidate] = []
        for i in range(token.i - 1, first - 1, -1):
            t = self.doc[i]
            if t.dep_ == "conj" or i in barred or t.dep_ in ("compound", "amod", "poss"):
                continue
            if t.tag_ not in ("NNS", "NNPS") and i not in self.heads and not _has_conj(t):
                continue
            if t.ent_type_ in _TIMES and i not in self.heads:
                continue
            found = self._candidate(t, word)
            if found.plural:
                near.append(found)
        leading = [c for c in near if _is_subject(self.doc[c.head])]
        return next(iter([*leading, *near]), None)

    def _beside(self, token: Any, word: str) -> _Candidate | None:
        """ "The fighters and their families": what the owned noun is joined to."""
        if token.tag_ != "PRP$" or token.head.dep_ != "conj" or token.head.head.i > token.i:
            return None
        first = token.head.head
        found = self._candidate(first, "it")
        return _Candidate(first.i, found.drafts, first.tag_ in ("NNS", "NNPS") or any(d.plural for d in found.drafts))

    # Counted groups

    def _counted(self, draft: Draft, sent: int) -> list[Code] | None:
        """The members of "the two countries", "both sides", "the four ministers", "the three", or `None` where the
        phrase counts nothing or nobody was named in that number."""
        words = [self.doc[i].lower_ for i in range(draft.first, draft.head + 1)]
        number = next((n for w in words if (n := _NUMBERS.get(w))), None)
        noun = self.doc[draft.head].lemma_.lower()
        alone = draft.kind == "number"
        people = noun in _PEOPLE_WORDS
        if not (alone or people or noun in _STATE_WORDS) or (number is None and not (people and draft.plural)):
            return None
        if any(self.doc[i].tag_ == "PRP$" for i in range(draft.first, draft.head)):
            return None
        if not alone and not {"the", "both", "neither", "each", "these", "those"} & set(words):
            return None
        members = self._in_number(draft, sent, number, people) if number else self._together(draft, sent)
        if not members:
            return self._pair(draft, sent) if number == 2 and not people else None
        codes = [
            m.code if alone or (people and m.person) or m.kind == "org" else _state(m.code, self.names) for m in members
        ]
        if people and not any(m.person for m in members):
            codes = [Code(None, c.country, draft.code.sector, None, c.reasons) for c in codes]
        return codes

    def _in_number(self, draft: Draft, sent: int, number: int, people: bool) -> list[Draft] | None:
        """Those last named together in that number, up to four sentences back."""
        for back in range(sent, max(-1, sent - 5), -1):
            for persons in (True, False) if people else (False,):
                if found := self._members(back, draft.first, number, persons, sent - back < 2):
                    return found if back == sent or not self.pair or number != 2 or people else None
        return None

    def _together(self, draft: Draft, sent: int) -> list[Draft] | None:
        """ "The leaders" after a sentence that names two or more of them."""
        if self.doc[draft.first].lower_ != "the" or draft.head - draft.first > 1:
            return None
        for back in (sent, sent - 1):
            named = [d for d in self._before(back, draft.first) if d.kind == "person" and d.code.country]
            people = {d.code.name: d for d in named if d.person and d.code.sector == "GOV"}
            if len(people) > 1:
                return list(people.values())
        return None

    def _pair(self, draft: Draft, sent: int) -> list[Code] | None:
        """ "The two sides" in a report about two states; else the only state named in this sentence and the report's own."""
        if len(self.pair) == 2:
            return [self._state_of(c) for c in self.pair]
        here = {d.code.country for d in self._before(sent, draft.first) if d.code.country}
        if len(here) == 1 and self.main and self.main not in here | _INTERNATIONAL:
            return [self._state_of(c) for c in (*here, self.main) if c]
        return None

    def _state_of(self, country: str) -> Code:
        return _state(Code(None, country), self.names)

    def _members(self, sent: int, until: int, number: int, people: bool, whole: bool) -> list[Draft] | None:
        """Those named together in that number: in one list, else (if `whole`) in the whole sentence."""
        pool = [d for d in self._before(sent, until) if d.code.country and d.kind not in ("pronoun", "group", "number")]
        pool = [d for d in pool if (d.person and not d.plural if people else True) and d.code.sector != "JRN"]
        lists: dict[int, dict[str, Draft]] = {}
        everyone: dict[str, Draft] = {}
        for d in pool:
            own = d.kind == "org" and d.code.entity
            key = (d.code.name or d.code.country or "") if people else (own or d.code.country or "")
            lists.setdefault(_list_head(self.doc[d.head]).i, {}).setdefault(key, d)
            if people or d.code.country not in _INTERNATIONAL:
                everyone.setdefault(key, d)
        for head, found in reversed(lists.items()):
            # Of "Rome's envoy met the Greek and the Maltese minister" any two can be meant.
            if len(found) == number and (people or len(everyone) == number or self._apart(head)):
                return list(found.values())
        return list(everyone.values()) if whole and len(everyone) == number else None

    def _apart(self, head: int) -> bool:
        """Whether a list stands by itself: as a subject, or behind "between", "of", "with"."""
        token = self.doc[head]
        while token.dep_ in ("compound", "amod", "nmod", "poss", "conj"):
            token = token.head
        return token.dep_ != "dobj"

    # Definite phrases

    def _possessed(self, draft: Draft) -> None:
        """ "Its ambassador", "their troops": the owner is whom the pronoun stands for."""
        at = next((i for i in range(draft.first, draft.head) if self.doc[i].tag_ == "PRP$"), None)
        if at is None:
            return
        owners = [d.code for d in self.heads.get(at, ()) if d.kind == "pronoun" and d.code.country]
        noun = self.doc[draft.head].lemma_.lower()
        if noun in _OTHER_STATES | _OTHER_PEOPLE:
            other = self._other_than({o.country for o in owners}, noun in _OTHER_STATES)
            owners = [self._state_of(other)] if other else []
        codes = [lend(self._as_owner(draft, owner), owner) for owner in owners]
        if draft.person and draft.code.sector is None:
            # Whoever heads or speaks for a body between states is its official.
            codes = [replace(c, sector="GOV") if c.country in _BODIES else c for c in codes]
        self._take(draft, codes, draft.kind)

    @staticmethod
    def _as_owner(draft: Draft, owner: Code) -> Code:
        """ "Their commander" is a rebel if they are, and "their spokesman" what they are."""
        armed = owner.sector in ("REB", "PRM") and draft.code.sector == "MIL"
        serves = (
            draft.role in SERVANTS and draft.code.sector in (None, "GOV") and owner.sector not in (None, "CVL", "ELI")
        )
        return replace(draft.code, sector=owner.sector) if armed or serves else draft.code

    def _other_than(self, states: set[str | None], itself: bool) -> str | None:
        """The only other state that the report names: `itself`, or through its people."""
        drafts = [d for d in self.drafts if d.code.country and (d.kind == "name" or not itself)]
        named = {d.code.country for d in drafts} - _INTERNATIONAL - states
        return named.pop() if states and len(named) == 1 else None

    def _of_body(self, draft: Draft, sent: int) -> None:
        """ "The secretary-general", "the bloc's chairman": of the body between states that was named last, or of the only
        one that the report names."""
        if draft.code.country is not None or draft.code.entity is not None:
            return
        words = {self.doc[i].lemma_.lower() for i in range(draft.first, draft.head)} & _BODY_WORDS.keys()
        kinds = {kind for w in words for kind in _BODY_WORDS[w]} & set(_BETWEEN_STATES)
        if draft.role in _BODY_OFFICES:
            kinds = set(_BETWEEN_STATES)
        if not kinds or any(self.doc[i].tag_ == "PRP$" for i in range(draft.first, draft.head)):
            return
        bodies = [d for d in self.drafts if self._kind(d) in kinds and d.code.country in _INTERNATIONAL]
        before = [d for d in bodies if d.head < draft.first and sent - self.parsed.sent_of(d.head) <= _LOOK_BACK]
        if before or len({d.code.entity for d in bodies}) == 1:
            owner = (before or bodies)[-1].code
            sector = draft.code.sector or ("GOV" if draft.person else None)
            draft.code = lend(replace(draft.code, sector=sector), owner)

    def _kind(self, draft: Draft) -> str | None:
        """What kind of organisation a mention is, or is of: "ECOWAS leaders"."""
        if draft.body is not None or draft.code.entity not in self.names.orgs:
            return draft.body
        return self.names.orgs[draft.code.entity].get("kind")

    def _at_odds(self, draft: Draft) -> bool:
        """Whether a draft has become the rebels or the opposition of the state whose army or government they are named
        with."""
        if draft.code.country is not None or draft.kind != "role" or draft.code.sector not in ("REB", "OPP"):
            return False
        token = self.doc[draft.head]
        beside = [_list_head(token), *_list(_list_head(token))]
        if token.dep_ == "pobj":
            # "Of the government and of the rebels."
            beside += [g for c in (token.head, token.head.head) for g in c.children if g.dep_ == "pobj"]
        found = {d.code.country for t in beside for d in self.heads.get(t.i, ()) if d.code.sector in _RULING}
        found.discard(None)
        states = [c for c in found if c and c not in _INTERNATIONAL]
        if len(states) == len(found) == 1:
            draft.code = lend(draft.code, self._state_of(states[0]))
            return True
        return False

    def _depends(self, draft: Draft) -> bool:
        """Whether somebody named elsewhere is whose these are: "his men", "an alliance official", "a clerk of the court"."""
        words = {self.doc[i].lemma_.lower() for i in range(draft.first, draft.head)}
        owned = any(self.doc[i].tag_ in ("POS", "PRP$") for i in range(draft.first, draft.head))
        body = draft.role in _BODY_OFFICES or words & _BODY_WORDS.keys() - {"country", "nation", "state", "party"}
        return owned or bool(body) or self._serves_body(draft)

    def _serves_body(self, draft: Draft) -> bool:
        """ "An official of the secretariat" is not of the state around them."""
        return any(d.role in _BODY_OFFICES or self.doc[d.head].lemma_ in _BODY_WORDS for d in self._serves(draft))

    def _serves(self, draft: Draft) -> list[Draft]:
        """Those whom a mention is of or for: the secretariat in "an official of the secretariat"."""
        preps = [c for c in self.doc[draft.head].children if c.dep_ == "prep" and c.i > draft.head]
        nouns = [c for p in preps if p.lower_ in ("of", "for", "at") for c in p.children if c.dep_ == "pobj"]
        return [d for noun in nouns for d in self.heads.get(noun.i, ()) if d.kind != "person"]

    def _of_served(self, draft: Draft) -> None:
        """ "An official of the secretariat", "a spokesman for the embassy": of whoever they are of."""
        owners = [d for d in self._serves(draft) if d.code.country]
        if len(owners) == 1:
            draft.code = lend(draft.code, owners[0].code)

    def _definite(self, draft: Draft, sent: int) -> None:
        """ "The minister", "the alliance": the last mention it can stand for; "the army" of the state at hand."""
        word = self.doc[draft.head].lemma_.lower()
        near = [d for d in self.seen if sent - self.parsed.sent_of(d.head) <= _LOOK_BACK and d.code.country]
        determined = draft.first < draft.head and self.doc[draft.first].lower_ in _DEFINITE
        if word in _BODY_WORDS and not draft.plural and (draft.code.sector is None or word in _COLOURED):
            if determined and draft.head - draft.first <= 2:
                self._body_word(draft, word, near)
            return
        if draft.code.sector is None or not (determined or word in ("parliament", "congress")):
            return
        pool = [d for d in self.seen if d.code.country] if word == "regime" else near
        same = [
            d
            for d in pool
            if d.role and _fits(draft.role, d.role) and d.plural == draft.plural and self._still(draft, d)
        ]
        if same:
            last = same[-1].code
            draft.code = last if draft.person else lend(draft.code, last, keep_body=True)
            return
        if draft.head - draft.first <= 2:
            self._of_state(draft, word)

    def _official(self, draft: Draft) -> None:
        """ "Interior Minister X", "a deputy minister": of the state at hand, where there is only one."""
        said = {self.doc[i].lower_ for i in range(draft.first, draft.last)} - set(draft.role.split())
        if said & _UNSURE:
            return
        country = self._at_hand(draft, "minister")
        if country is not None:
            draft.code = lend(draft.code, self._state_of(country))

    def _of_government(self, draft: Draft) -> None:
        """ "A government spokesman": of the government spoken of before, else the report's own."""
        earlier = [d.code for d in self.seen if d.role == "government" and d.code.country]
        if earlier or self.main:
            draft.code = lend(draft.code, earlier[-1] if earlier else self._state_of(self.main or ""))

    def _still(self, draft: Draft, earlier: Draft) -> bool:
        """Not somebody out of office, unless this phrase says so too."""
        return earlier.code.sector != "ELI" or draft.code.sector == "ELI"

    def _body_word(self, draft: Draft, word: str, near: list[Draft]) -> None:
        kinds = _BODY_WORDS[word]
        if kinds == ("",):
            self._country(draft, _MONARCHIES if word == "kingdom" else None)
            return
        bodies = [d for d in near if self._kind(d) in kinds and d.kind != "demonym"]
        hostile = any(self.doc[i].lower_ in _TERROR for i in range(draft.first, draft.head))
        if hostile:
            named = [d for d in self.seen if d.body == "armed group"]
            speakers = {
                d.code.entity for s in self._subjects(self.doc[draft.head], False) for d in self.heads.get(s.i, ())
            }
            bodies = [d for d in named if d.code.entity not in speakers]
        if bodies:
            draft.body = self._kind(bodies[-1])
            draft.code = bodies[-1].code if bodies[-1].body is not None else self._organisation(bodies[-1].code)

    def _organisation(self, code: Code) -> Code:
        """The body that somebody belongs to."""
        row = self.names.orgs[code.entity or ""]
        reasons = tuple(r for r in code.reasons if r.field != "sector")
        return Code(row["name"], row.get("country"), row.get("sector"), row["code"], reasons)

    def _country(self, draft: Draft, among: frozenset[str] | None) -> None:
        """ "The country": the state of the subject above, else the one that leads in what was said last; never one
        that its own phrase or clause names besides."""
        token = self.doc[draft.head]
        near = self.doc[draft.first].lower_ == "this"
        without = frozenset() if near else self._named_besides(token)
        located = token.dep_ == "pobj" and token.head.lower_ in _PLACED
        left = token.dep_ == "dobj" and token.head.lemma_.lower() in _CROSSED
        if left or (located and token.head.head.lemma_.lower() in _CROSSED):
            without |= self._movers(token)
        for subject in () if located or left else self._subjects(token, False):
            for d in self._candidate(subject, "it").drafts:
                fits = among is None or d.code.country in among
                if fits and d.code.country and d.code.country not in without | _INTERNATIONAL:
                    draft.code, draft.body = _state(d.code, self.names), ""
                    return
        top = self.focus.top(without, 1.2, among)
        if top is not None:
            draft.code, draft.body = _state(self.focus.codes[top], self.names), ""

    def _movers(self, token: Any) -> frozenset[str]:
        """The states of whoever enters or leaves "the country"."""
        subjects = list(self._subjects(token, False))[:1]
        return frozenset(d.code.country for s in subjects for d in self._candidate(s, "it").drafts if d.code.country)

    def _named_besides(self, token: Any) -> frozenset[str]:
        """The states named in the noun phrase above this token, and behind it in its clause."""
        top = token
        while top.dep_ in ("pobj", "prep", "poss", "compound") and top.head.pos_ in ("NOUN", "PROPN", "ADP"):
            top = top.head
        clause = top
        while clause.pos_ not in ("VERB", "AUX") and clause.head.i != clause.i:
            clause = clause.head
        inside = {t.i for t in top.subtree} if top.i != token.i else set()
        inside |= {t.i for t in clause.subtree if t.i > token.i}
        return frozenset(d.code.country for i in inside for d in self.heads.get(i, ()) if d.code.country)

    def _of_state(self, draft: Draft, word: str) -> None:
        """An institution or office that each state has one of: the holder named before, else of the state at hand."""
        if draft.person:
            if draft.role not in _HEADS:
                return
            if (holder := self._holder(draft)) is not None:
                draft.code = holder
                return
        elif draft.code.sector not in _INSTITUTIONS or (draft.plural and word not in ("authority", "force")):
            return
        country = self._at_hand(draft, word)
        if country is not None:
            code = self.focus.codes.get(country) or Code(None, country)
            draft.code = lend(draft.code, _state(code, self.names))

    def _holder(self, draft: Draft) -> Code | None:
        """The last person named who holds this office on the day."""
        for d in reversed(self.seen):
            if d.person and d.code.name and holds(self.names.people.get(d.code.name, ()), draft.role, self.date):
                return d.code
        return None

    def _at_hand(self, draft: Draft, word: str) -> str | None:
        token = self.doc[draft.head]
        if word in ("parliament", "congress", "cabinet") and not draft.person:
            for subject in self._subjects(token, False):
                for d in self._candidate(subject, "it").drafts:
                    if d.code.country and d.code.country not in _INTERNATIONAL:
                        return d.code.country
        if word == "regime":
            return self._ruled(draft, token)
        if not (draft.person or word in _OWN_BODIES or draft.role in _OWN_BODIES):
            return None
        top = self.focus.top(margin=2.0)
        return self.main or (top if top and self.focus.weights[top] >= _SURE else None)

    def _ruled(self, draft: Draft, token: Any) -> str | None:
        """ "The regime": of the ruler or government named just before, not that of who speaks."""
        sent = self.parsed.sent_of(draft.head)
        own = {d.code.country for s in self._subjects(token, False) for d in self._candidate(s, "it").drafts}
        before = [*self.sents.get(sent - 1, ()), *self._before(sent, draft.first)]
        ruled = {d.code.country for d in before if d.code.sector == "GOV" and d.code.country not in _INTERNATIONAL}
        ruled -= {None, *own}
        return ruled.pop() if len(ruled) == 1 else None


def lend(code: Code, owner: Code, keep_body: bool = False) -> Code:
    """A role with its owner's country; the entity only where an organisation owns it."""
    organised = owner.entity if owner.entity and owner.country != owner.entity else None
    entity = organised if keep_body or owner.country in _INTERNATIONAL else None
    reasons = (*code.reasons, *(r for r in owner.reasons if r.field != "sector"))
    return Code(code.name, owner.country, code.sector, entity, reasons)


def _state(code: Code, names: Names) -> Code:
    """The state or body behind a code: "the Danish minister" is Denmark."""
    if code.country is None or code.country in _INTERNATIONAL or code.country not in names.states:
        return code
    row = names.states[code.country]
    return Code(row["name"], code.country, None, code.country, (Reason("country", row.file, row.line, code.country),))


def _gender(words: str) -> str | None:
    last = fold(words).lower().rpartition(" ")[2]
    return "m" if last in _MALE else "f" if last in _FEMALE else None


def _fits(short: str, full: str) -> bool:
    """Whether "minister" can take up "foreign minister"."""
    return full == short or full.endswith((" " + short, "-" + short)) or (short == "official" and "spokes" in full)


def _is_subject(token: Any) -> bool:
    while token.dep_ in ("conj", "appos", "compound", "poss", "amod", "nmod"):
        if token.dep_ in ("poss", "amod", "nmod"):
            return False
        token = token.head
    return token.dep_ in _SUBJECTS or token.dep_ == "agent"


def _own_subjects(token: Any) -> list[Any]:
    """The subjects of the clause a token stands in, shared ones of joined verbs too."""
    node = token
    while node.head.i != node.i:
        node = node.head
        if subjects := [c for c in node.children if c.dep_ in _SUBJECTS]:
            return subjects
    return []


def _antecedent(pronoun: Any) -> Any | None:
    """What a relative pronoun stands for."""
    node = pronoun
    while node.head.i != node.i and node.dep_ != "relcl":
        node = node.head
    return node.head if node.dep_ == "relcl" else None


def _has_conj(token: Any) -> bool:
    return any(c.dep_ == "conj" for c in token.children)


def _list_head(token: Any) -> Any:
    while token.dep_ == "conj" and token.head.pos_ in ("NOUN", "PROPN", "ADJ"):
        token = token.head
    return token


def _list(token: Any) -> Iterator[Any]:
    """What is joined to a token by "and", to its right."""
    for child in token.children:
        if child.dep_ == "conj":
            yield child
            yield from _list(child)


def _done_to_actors(token: Any) -> bool:
    """Whether "it" as an object stands where a state or body does: "invaded it", "relations with it"."""
    over = token.head
    if over.pos_ in ("VERB", "AUX"):
        return over.lemma_.lower() in _DONE_TO_ACTORS
    above = over.head
    if over.lower_ not in _TO_ACTORS:
        return False
    if above.lemma_.lower() in _ADDRESSED and over.lower_ in ("to", "for", "with"):
        return True
    return above.lemma_.lower() in _DEALINGS or any(
        c.dep_ == "dobj" and c.lemma_.lower() in _DEALINGS for c in above.children
    )


def _is_empty(token: Any) -> bool:
    """ "It is unclear", "it was agreed that": no actor behind it."""
    if token.dep_ == "expl":
        return True
    verb = token.head
    if token.dep_ not in _SUBJECTS:
        return False
    kinds = {c.dep_ for c in verb.children}
    if verb.lemma_ == "be":
        return bool(kinds & {"acomp", "ccomp", "csubj"}) or ("advcl" in kinds and "attr" not in kinds)
    if token.dep_ == "nsubjpass":
        return "ccomp" in kinds or ("xcomp" in kinds and verb.lemma_ in ("decide", "agree", "hope"))
    return verb.lemma_.lower() in _EMPTY_VERBS
