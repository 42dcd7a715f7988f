"""Who is named: states, organisations, offices, people and groups, with country and sector as of the report's day.

One pass of the dictionary finds the names, one the role nouns; the parse joins them ("the Danish ambassador to Japan,
Peter Taksoe-Jensen" is one mention). People unknown to the tables are coded from their title and remembered for
their family name; "the minister", "the alliance", "he" and "it" take over an earlier mention, or nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spacy.attrs import IDX, LENGTH

from communique.codebook import Codebook, Row
from communique.coding.homes import Homes, Spot
from communique.coding.names import COMMON, DIRECTIONS, Code, Entry, Hit, Names, surnames
from communique.coding.parse import Parsed
from communique.coding.phrases import FORMER, REGIMES, SERVANTS, PhraseReader, Role, Roles, blend, merge, singular
from communique.coding.referents import BODY_PRONOUNS, GROUP_PRONOUNS, PERSON_PRONOUNS, Draft, Referents, lend
from communique.model import Actor, Place, Reason

__all__ = ["ActorStation", "Code", "Mention", "Mentions"]

_INTERNATIONAL = frozenset({"IGO", "UNO", "EUR"})
# Capitals behind these are places, not governments.
_LOCATIVE = frozenset(
    "in at near outside around inside across off within throughout through into towards over above".split()
)
_MOTION = frozenset(
    "visit travel trip fly arrive return head go come journey tour move flight arrival road drive flee leave".split()
)
_LINKS = frozenset({"of", "in", "from", "at", "across", "inside", "within"})
_SEATED = frozenset({"base", "live", "operate", "headquarter", "locate", "hold", "deploy", "station"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "agent"})
_INSIDE = frozenset(
    {
        "compound",
        "amod",
        "nmod",
        "poss",
        "nn",
        "det",
        "case",
        "punct",
        "conj",
        "cc",
        "appos",
        "nummod",
        "advmod",
        "npadvmod",
    }
)
# Words behind a hyphen that keep the name before them as the owner, and those that tell nothing.
_KEEP = frozenset({"led", "based", "run", "controlled", "member", "ruled", "dominated"})
_DROP = frozenset(
    {
        "backed",
        "born",
        "made",
        "funded",
        "occupied",
        "supported",
        "style",
        "sponsored",
        "built",
        "designed",
        "trained",
        "wide",
    }
)
# "EU-member Austria": Austria is meant.
_TAILS = frozenset({"member", "candidate", "ally"})
_AGAINST = frozenset({"anti", "pro", "non"})
_PROVINCIAL = ("governor", "state senator", "state representative", "sheriff", "state police", "state trooper")
_PRONOUNS = PERSON_PRONOUNS | BODY_PRONOUNS | GROUP_PRONOUNS
_POINTING = frozenset({"the", "this", "that", "these", "those", "both", "neither", "each", "two", "three", "four"})
_ROYAL = frozenset({"prince", "princess", "king", "queen", "emir", "sultan"})
# A mission abroad belongs to who sent it, troops abroad to who posted them; courts sit for more than their host.
_ABROAD = frozenset(
    "embassy|consulate|consulate general|mission|diplomatic mission|liaison office|representative office|ambassador"
    "|envoy|special envoy|consul|consul general|tribunal|delegation|watchdog".split("|")
)
_SERVE = frozenset({"of", "for", "from", "at", "in"})
_EQUALS = frozenset({"colleague", "counterpart", "homologue"})
_PAIRS = {"Koreas": ("KOR", "PRK"), "Sudans": ("SDN", "SSD"), "Congos": ("COD", "COG"), "Guineas": ("GIN", "GNB")}
_KOREAS = frozenset({"KOR", "PRK"})
# Where a name stands for somebody who acts or is acted on.
_ACTING = frozenset({"nsubj", "nsubjpass", "dobj", "dative", "poss", "conj", "pobj", "appos"})
_PARTNERS = frozenset({"with", "by", "for", "against", "between", "of", "to", "than"})
_PERIODICALS = frozenset({"daily", "weekly", "monthly"})
_PAPERS = frozenset(
    "Post Herald Telegraph Echo Beacon Star Dispatch Times Tribune Gazette Chronicle Courier Journal Mail Mirror Standard "
    "Examiner Inquirer Argus Sentinel Clarion Observer Daily Weekly Independent Advertiser Monitor Mercury Globe Bugle "
    "Recorder Register Reporter Bulletin Review".split()
)
# Whose "our army" is, only the speaker or the outlet tells.
_FIRST_PERSON = frozenset({"our", "my", "your"})
_NATIONALITY = frozenset({"citizenship", "nationality", "passport"})
# Party names that are everyday adjectives.
_ADJECTIVES = frozenset({"Labour", "Conservative", "Republican", "Democratic"})
_POSTED = frozenset({"station", "deploy"})
_COUNTED = frozenset({"both", "two", "three", "four", "five", "six", "seven"})
# Capitals that people are called by too.
_GIVEN = frozenset("Sofia Victoria Kingston Paris London Lima Georgetown Hamilton Stanley Santiago Washington".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor in tokens `first` to `last`, exclusive; `head` is the token that stands for it in the parse.

    `kind`: name (state, capital or seat), demonym, org, person, role, group (one of "the two countries") or pronoun.
    """

    first: int
    last: int
    head: int
    actor: Actor
    kind: str
    reasons: tuple[Reason, ...] = ()


class Mentions:
    """The mentions of a report, in text order."""

    def __init__(self, found: list[Mention]) -> None:
        self.all = tuple(sorted(found, key=lambda m: (m.first, m.last, m.head, m.actor.country or "")))
        self._at: dict[int, list[Mention]] = {}
        for mention in self.all:
            for token in {*range(mention.first, mention.last), mention.head}:
                self._at.setdefault(token, []).append(mention)
        self._firsts = [m.first for m in self.all]

    def at(self, token: int) -> Mention | None:
        """The smallest mention whose head or range holds this token; one headed by it comes first."""
        found = self._at.get(token)
        return min(found, key=lambda m: (m.head != token, m.last - m.first, m.first)) if found else None

    def every(self, token: int) -> list[Mention]:
        """All mentions headed by this token ("Russian and Belarusian soldiers" are two), else the one `at` it."""
        headed = [m for m in self._at.get(token, ()) if m.head == token]
        one = self.at(token)
        return headed or ([one] if one else [])

    def within(self, first: int, last: int) -> list[Mention]:
        """The mentions that lie inside these tokens, in text order."""
        start = bisect_left(self._firsts, first)
        stop = bisect_left(self._firsts, last)
        return [m for m in self.all[start:stop] if m.last <= last]


# Who, where no country is told, belongs to the one that the sentence is about; and words that say otherwise.
_DOMESTIC = frozenset(
    "AGR BAR BUS COP CRM CVL EDU ELI ENV GOV HRI IDG JRN JUD LAB LEG MED MIL OPP PRM PTY REB REL SPY UAF".split()
)
_FROM_ABROAD = frozenset(
    "foreign international global world western islamic un u.n. nato eu european african arab asian jewish muslim ethnic "
    "peacekeeping peacekeepers coalition allied other another some embassy embassies consulate consulates mission missions "
    "ambassador ambassadors envoy envoys diplomat diplomats consul delegation delegations delegate delegates observer "
    "observers monitor monitors inspector inspectors mediator mediators visitor visitors tourist tourists migrant "
    "migrants".split()
)


@dataclass
class _Report:
    """What is known of one report while its mentions are found. `words`: the tokens in lower case; `capitals`: the
    tokens that may be names (proper nouns, and first words of sentences, which taggers get wrong)."""

    parsed: Parsed
    date: str | None
    near: frozenset[str] = frozenset()
    hits: list[tuple[int, int, Hit]] = field(default_factory=list)
    hit_at: dict[int, int] = field(default_factory=dict)
    roles: list[Role] = field(default_factory=list)
    role_at: dict[int, Role] = field(default_factory=dict)
    persons: dict[int, tuple[int, int]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    drafts: list[Draft] = field(default_factory=list)
    known: dict[str, Code] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    capitals: list[int] = field(default_factory=list)
    borne: dict[tuple[int, int], Draft] = field(default_factory=dict)


class ActorStation:
    """Finds and codes actors."""

    def __init__(self, book: Codebook) -> None:
        self.names = Names(book)
        self.roles = Roles(book)
        self.reader = PhraseReader(self.names, self.roles)

    def resolve(self, text: str, date: str | None, context: str = "") -> Code | None:
        """Whom a phrase stands for on an ISO day, or `None`. `context`: words around it, or a country's name."""
        return self.reader.read(text, date, context)

    def find(self, parsed: Parsed, places: Sequence[tuple[Place, tuple[int, int]]] = ()) -> Mentions:
        """The actors of a report. Names no table knows keep their name, with codes `None`. `places`: the places it
        names, each with its tokens: they tell whose police or villagers are meant."""
        report = _Report(parsed, parsed.published)
        if not len(parsed.doc):
            return Mentions([])
        self._names(report)
        self._small_towns(report, places)
        self._roles(report)
        self._people(report)
        self._nationals(report)
        for role in report.roles:
            self._role_phrase(report, role)
        self._outlets(report)
        self._pairs(report)
        self._bare_names(report)
        self._bare_people(report)
        self._later_names(report)
        self._owned_by_people(report)
        self._pointing(report)
        homes = Homes(parsed, self._spots(report))

        def home(draft: Draft) -> None:
            self._at_home(report, homes, draft)

        report.drafts = Referents(self.names, parsed, report.drafts, report.date, home).resolve()
        return Mentions(self._final(report))

    # Names and roles

    def _names(self, report: _Report) -> None:
        """The dictionary's forms as token ranges, and which states and bodies the report names firmly."""
        doc = report.parsed.doc
        places = doc.to_array([IDX, LENGTH]).tolist()
        starts = {at: i for i, (at, _) in enumerate(places)}
        ends = {at + size: i + 1 for i, (at, size) in enumerate(places)}
        near: set[str] = set()
        for hit in self.names.scan(doc.text):
            first, last = starts.get(hit.start), ends.get(hit.end)
            if first is None and hit.start and (inner := doc.char_span(hit.start, hit.end, alignment_mode="expand")):
                first, last = (
                    (inner.start, inner.end) if inner[0].text.lower().startswith(tuple("\"'“‘([")) else (None, None)
                )
            if (
                first is not None
                and last is None
                and (inner := doc.char_span(hit.start, hit.end, alignment_mode="expand"))
            ):
                last = (
                    inner.end
                    if inner.end > first and doc[inner.end - 1].text[hit.end - doc[inner.end - 1].idx :][:1] in "-/'’–."
                    else None
                )
            if first is None or last is None:
                continue
            for i in range(first, last):
                report.hit_at[i] = len(report.hits)
            report.hits.append((first, last, hit))
            firm = self.names.certain(hit)
            near.update(e.row.get("iso3") or e.row["code"] for e in firm)
            near.update(c for e in firm if e.kind == "org" and (c := e.row.get("country")))
        # Where one Korea is spoken of, "the North" and "the South" are both.
        report.near = frozenset(near | (_KOREAS if near & _KOREAS else set()))

    def _small_towns(self, report: _Report, places: Sequence[tuple[Place, tuple[int, int]]]) -> None:
        """Places that the dictionary leaves to the gazetteer, as towns of their states."""
        for place, (first, last) in places:
            row = self.names.states.get(place.country or "")
            if (
                row is None
                or place.grain == "country"
                or place.text.lower() in DIRECTIONS
                or _is_part(report.parsed.doc, first, last)
            ):
                continue
            known = [
                e
                for i in range(first, last)
                if (at := report.hit_at.get(i)) is not None
                for e in report.hits[at][2].entries
            ]
            if any(e.kind != "surname" for e in known) or (known and report.parsed.doc[first].ent_type_ == "PERSON"):
                continue
            town = Entry("town", Row(row.file, row.line, {"iso3": row["iso3"], "name": row["iso3"]}), True)
            for i in range(first, last):
                report.hit_at[i] = len(report.hits)
            report.hits.append((first, last, Hit(place.start, place.end, (town,))))

    def _roles(self, report: _Report) -> None:
        doc = report.parsed.doc
        lemmas: list[str] = []
        nouns: list[bool] = []
        for token in doc:
            word, pos = token.lower_, token.pos_
            report.words.append(_plain(word))
            lemmas.append(singular(word) if pos == "PROPN" else token.lemma_.lower() or word)
            paper = word in _PERIODICALS and token.i + 1 < len(doc) and doc[token.i + 1].pos_ == "PROPN"
            nouns.append(pos in ("NOUN", "PROPN") or paper or (pos == "ADJ" and token.dep_ not in ("amod", "acomp")))
            if pos == "PROPN" or token.is_sent_start:
                report.capitals.append(token.i)
        for role in self.roles.find(report.words, lemmas, nouns):
            hit = report.hit_at.get(role.head)
            if hit is not None and report.hits[hit][1] - report.hits[hit][0] > 1:
                continue
            if role.first and doc[role.first - 1].text == "-" and doc[role.head].lower_ in _TAILS:
                continue
            report.roles.append(role)
            report.role_at[role.head] = role

    def _people(self, report: _Report) -> None:
        """People by spaCy, cut down to their names, and those of the table, by their last token."""
        doc = report.parsed.doc
        for ent in doc.ents:
            if ent.label_ != "PERSON":
                continue
            first, last = ent.start, ent.end
            if self._is_place_name(report, first, last):
                continue
            while first < last - 1 and not doc[first].text[:1].isalpha():
                first += 1
            for i in range(first, last):
                at = report.hit_at.get(i)
                if i in report.role_at or (
                    at is not None and self._kind(report, at) in ("state", "demonym", "capital", "org")
                ):
                    first = i + 1 if i < ent.end - 1 or i in report.role_at else first
            while last > first and (
                doc[last - 1].tag_ == "POS" or not doc[last - 1].text[:1].isalpha() or doc[last - 1].lower_ == "s"
            ):
                last -= 1
            if last > first and any(doc[i].text[:1].isupper() for i in range(first, last)):
                report.persons[last - 1] = (first, last)
        for first, last, hit in report.hits:
            if hit.entries[0].kind == "person":
                for other in [k for k, (a, b) in report.persons.items() if a < last and first < b]:
                    del report.persons[other]
                report.persons[last - 1] = (first, last)

    def _nationals(self, report: _Report) -> None:
        """Private people whose nationality is told: "the Danish citizenship of Ann Roe", "Roe's Danish passport"."""
        doc = report.parsed.doc
        firsts = {first: (first, last) for first, last in report.persons.values()}
        for at, (first, last, hit) in enumerate(report.hits):
            if (
                last >= len(doc)
                or doc[last].lower_ not in _NATIONALITY
                or hit.entries[0].kind not in ("demonym", "state")
            ):
                continue
            of = last + 2 < len(doc) and doc[last + 1].lower_ == "of"
            span = (
                firsts.get(last + 2) if of else report.persons.get(first - 2) if doc[first - 1].tag_ == "POS" else None
            )
            code = self._code(report, at)
            if span is not None and code is not None and self._person_code(report, span) is None:
                name = doc[span[0] : span[1]].text
                self._remember(report, name, Code(name, code.country, "CVL", None, code.reasons))

    @staticmethod
    def _is_place_name(report: _Report, first: int, last: int) -> bool:
        """Whether what spaCy takes for a person is, as a whole, the name of a state, capital or body."""
        at = report.hit_at.get(first)
        if at is None or report.hits[at][0] != first:
            return False
        stop = report.hits[at][1]
        rest = report.parsed.doc[stop:last]
        entries = [e for e in report.hits[at][2].entries if e.kind not in ("person", "surname")]
        name = report.parsed.doc[first].text
        return bool(entries) and not entries[0].weak and name not in _GIVEN and all(t.tag_ == "POS" for t in rest)

    def _kind(self, report: _Report, at: int) -> str | None:
        """What a hit is in this report: the kind of its chosen entry; `None` where it stays open."""
        entries = report.hits[at][2].entries
        firm = [e for e in entries if not e.weak or (e.row.get("iso3") or e.row.get("code")) in report.near]
        return firm[0].kind if firm else None

    def _code(self, report: _Report, at: int, owner: bool = False) -> Code | None:
        """The code of a hit, weak forms only where the report speaks for them; part of a longer name ("Paris
        Agreement") only as the `owner` of a body ("Tunis University")."""
        first, last, hit = report.hits[at]
        entries = [e for e in hit.entries if e.kind != "surname"]
        if not entries:
            return None
        doc = report.parsed.doc
        if first and doc[first - 1].text in ("-", "–") and first > 1 and doc[first - 2].lower_ in _AGAINST:
            return None
        code = self.names.code(entries, report.date, report.near)
        towns = [e for e in entries if e.kind == "town"]
        if towns and len(towns) < len(entries) and self._among_towns(report, first, last, towns[0]):
            return self.names.code([_firm(towns[0])], report.date)
        entries = [e for e in entries if e.kind != "town"] or entries
        if doc[last - 1].lower_ in DIRECTIONS and doc[first].lower_ == "the":
            # "The South" of what is told behind it, else of Korea where the report is about Korea.
            return None if last < len(doc) and doc[last].lower_ == "of" else code
        states = all(e.kind in ("state", "demonym", "people", "capital") for e in entries)
        if entries[0].kind == "town" and not any(doc[i].ent_type_ == "PERSON" for i in range(first, last)):
            code = self.names.code([_firm(e) for e in entries], report.date, report.near)
        if code is None and states and (_is_place(doc, first, last) or self._listed(report, first, last)):
            code = self.names.code([_firm(e) for e in entries], report.date, report.near)
        if code is not None and not (owner and not entries[0].weak) and _in_longer_name(doc, first, last, entries[0]):
            return None
        return code

    @staticmethod
    def _among_towns(report: _Report, first: int, last: int, town: Entry) -> bool:
        """Whether a division that shares its name with a state is listed with others of its country: "Georgia and
        Texas"."""
        head = _head(report.parsed.doc, first, last)
        top = head
        while top.dep_ == "conj" and top.head.i != top.i:
            top = top.head
        for token in (top, *_conjuncts(top)):
            at = report.hit_at.get(token.i)
            if at is None or token.i == head.i:
                continue
            entries = report.hits[at][2].entries
            if all(e.kind == "town" and e.row["iso3"] == town.row["iso3"] for e in entries):
                return True
        return False

    def _listed(self, report: _Report, first: int, last: int) -> bool:
        """Whether a weak name stands in one list with a state that is sure: "Chad and Niger"."""
        doc = report.parsed.doc
        head = _head(doc, first, last)
        beside = [head.head] if head.dep_ == "conj" else []
        for token in [*beside, *(c for c in head.children if c.dep_ == "conj")]:
            at = report.hit_at.get(token.i)
            if at is not None and any(e.kind == "state" for e in self.names.certain(report.hits[at][2])):
                return True
        return False

    # Role phrases

    def _role_phrase(self, report: _Report, role: Role) -> None:
        """A role noun with its owner and bearer as one mention; one for each where it has several owners or bearers."""
        doc = report.parsed.doc
        head = doc[role.head]
        if self._is_modifier(report, role):
            return
        left = self._left_edge(report, role)
        others = [r for r in report.roles if left <= r.head < role.first]
        lead = {doc[i].lower_ for i in range(left, role.head)}
        sector, row = blend(role, others, bool(lead & FORMER), "retired" in lead)
        if role.row["role"] == "agency" and self._is_named(report, role):
            sector, row = "JRN", self.roles.rows[("news", "agency")]
        sector, row = self._served(report, role, sector, row)
        owners, consumed = self._owners(report, role, left)
        bearer = self._bearer(report, role)
        why = [Reason("sector", row.file, row.line, row["role"])] if sector else []
        person = self._person_code(report, bearer) if bearer else None
        person = person or self._title_bearer(report, role, bearer, owners)
        name = doc[bearer[0] : bearer[1]].text if bearer else None
        first, last, at = left, role.last, head.i
        if bearer:
            first, last = min(first, bearer[0]), max(last, bearer[1])
            at = _stands_for(doc, role, bearer)
        if consumed and consumed[1] > last and consumed[0] <= last + 3:
            last = consumed[1]
        if sector == "JRN" and not bearer and not role.is_person and (end := self._title(report, role)) > last:
            name, last = doc[role.last : end].text, end
        plural = head.tag_ in ("NNS", "NNPS") or head.lower_ in ("police", "people", "troops", "authorities")
        definite = left == role.first or bool(lead & _POINTING)
        possessor = None if owners or bearer else self._possessor(report, role, left)
        for n, owner in enumerate(owners or [None]):
            code = merge(person, owner[2] if owner else None, self._office(role, sector, owner), why, None)
            if name and code.name is None:
                code = Code(name, code.country, code.sector, code.entity, code.reasons)
            span = _share(owners, n, first, last, role)
            asks = owner is None and bearer is None and code.country is None and definite
            one = role.is_person and not plural
            kind = "role" if bearer is None else "person"
            draft = Draft(*span, at, kind, code, role.row["role"], None, one, plural, asks, possessor)
            if bearer:
                draft = self._borne(report, bearer, draft)
                self._remember(report, name or "", draft.code)
            else:
                report.drafts.append(draft)
        apart = possessor if possessor and doc[possessor[1]].tag_ == "POS" else (0, 0)
        report.used.update(i for i in range(left, role.last) if not apart[0] <= i < apart[1])
        if name and not bearer:
            report.used.update(range(role.last, last))
        for owner in owners:
            report.used.update(range(owner[0], owner[1]) if owner[3] else ())
        if bearer:
            report.used.update(range(*bearer))
        elif plural and role.is_person:
            self._bearers(report, role, owners[0][2] if len(owners) == 1 else None, sector, why)

    def _title(self, report: _Report, role: Role) -> int:
        """Where the name of a paper or station ends that stands behind it: "the weekly Tribuna"."""
        doc, end = report.parsed.doc, role.last
        while end < len(doc) and doc[end].pos_ == "PROPN" and end not in report.used and end not in report.role_at:
            end += 1
        return end

    def _served(self, report: _Report, role: Role, sector: str | None, row: Row) -> tuple[str | None, Row]:
        """The sector of those who are only what they serve: "a member of parliament", "a spokesman for the bishops"."""
        if sector not in (None, "GOV") or role.row["role"] not in SERVANTS:
            return sector, row
        for prep in report.parsed.doc[role.head].children:
            if prep.dep_ == "prep" and prep.i > role.head and prep.lower_ in _SERVE:
                for noun in prep.children:
                    served = report.role_at.get(noun.i) if noun.dep_ == "pobj" else None
                    if served is not None and served.sector and not (served.is_person and served.sector == "GOV"):
                        return served.sector, served.row
        return sector, row

    @staticmethod
    def _is_named(report: _Report, role: Role) -> bool:
        """Whether a name stands beside a role noun, as in "the agency Zorile" or "the Khovar agency"."""
        doc = report.parsed.doc
        beside = [i for i in (role.last, role.first - 1) if 0 <= i < len(doc) and doc[i].pos_ == "PROPN"]
        return any(i not in report.hit_at and i not in report.role_at and doc[i].text[0].isupper() for i in beside)

    @staticmethod
    def _office(role: Role, sector: str | None, owner: tuple[int, int, Code, bool] | None) -> str | None:
        """The heads, delegates and observers of a body between states are its officials; "his Danish colleague" is a
        minister's."""
        if (
            role.row["role"] == "officer"
            and sector == "COP"
            and owner is not None
            and owner[2].entity == owner[2].country
        ):
            # "A Kenyan officer" wears a uniform of the state; the police of a town are its officers.
            return "MIL"
        official = owner is not None and (owner[2].country in _INTERNATIONAL or role.row["role"] in _EQUALS)
        return "GOV" if sector is None and official and role.is_person else sector

    @staticmethod
    def _borne(report: _Report, bearer: tuple[int, int], draft: Draft) -> Draft:
        """One mention for a person with two titles: "General Ito, the Japanese military chief"."""
        earlier = report.borne.get(bearer)
        if earlier is None:
            report.borne[bearer] = draft
            report.drafts.append(draft)
            return draft
        one, two = earlier.code, draft.code
        earlier.first, earlier.last = min(earlier.first, draft.first), max(earlier.last, draft.last)
        if one.country is None:
            earlier.code = Code(
                one.name or two.name, two.country, two.sector or one.sector, two.entity, (*two.reasons, *one.reasons)
            )
            earlier.role = draft.role
        return earlier

    def _bearers(self, report: _Report, role: Role, owner: Code | None, sector: str | None, why: list[Reason]) -> None:
        """Those named behind a plural title: "the Texas senators Ann Bay and Tom Roe"."""
        doc = report.parsed.doc
        at = role.last + 1 if role.last < len(doc) and doc[role.last].text in (",", ":") else role.last
        firsts = dict(report.persons.values())
        while at in firsts:
            span = (at, firsts[at])
            code = merge(self._person_code(report, span), owner, sector, why, None)
            name = doc[span[0] : span[1]].text
            code = Code(code.name or name, code.country, code.sector, code.entity, code.reasons)
            head = _head(doc, *span).i
            report.drafts.append(Draft(*span, head, "person", code, singular(role.row["role"]), None, True))
            report.used.update(range(*span))
            self._remember(report, name, code)
            at = span[1]
            while at < len(doc) and (doc[at].text == "," or doc[at].lower_ == "and"):
                at += 1

    def _possessor(self, report: _Report, role: Role, left: int) -> tuple[int, int] | None:
        """The person whose party, government or army a role noun is."""
        doc = report.parsed.doc
        for i in range(role.first - 1, left - 1, -1):
            if doc[i].tag_ != "POS":
                continue
            if i - 1 in report.persons:
                return report.persons[i - 1]
            hit = report.hit_at.get(i - 1)
            if hit is not None and all(e.kind == "surname" for e in report.hits[hit][2].entries):
                return report.hits[hit][:2]
        at = role.first - 1
        if role.row["role"] in REGIMES and at in report.persons:
            return report.persons[at]
        return None

    def _title_bearer(
        self, report: _Report, role: Role, bearer: tuple[int, int] | None, owners: list[tuple[int, int, Code, bool]]
    ) -> Code | None:
        """Whom a title with a family name means, unless the report has named that person before: "President Obama";
        and whose "the Bush administration" is."""
        doc = report.parsed.doc
        country = owners[0][2].country if owners else None
        if bearer:
            name = doc[bearer[0] : bearer[1]].text
            known = report.known.get(name) or self._royal(report, role, name)
            return known or self.names.titled(name, role.row["role"], report.date, country)
        at = role.first - (2 if role.first and doc[role.first - 1].tag_ == "POS" else 1)
        if role.row["role"] in REGIMES and not owners and at >= 0 and doc[at].pos_ == "PROPN":
            found = self.names.titled(doc[at].text, "leader", report.date, None)
            return Code(None, found.country, None, None, found.reasons) if found else None
        return None

    @staticmethod
    def _royal(report: _Report, role: Role, name: str) -> Code | None:
        """Royals go by their first name: "Prince Faisal" for the Faisal bin Farhan named before."""
        if role.row["role"].split()[-1] not in _ROYAL or " " in name:
            return None
        found = {c.name: c for c in report.known.values() if c.name and c.country and c.name.split()[0] == name}
        return next(iter(found.values())) if len(found) == 1 else None

    def _is_modifier(self, report: _Report, role: Role) -> bool:
        """Whether this role only colours another one behind it: "army spokesman", "party leader"."""
        doc = report.parsed.doc
        token = doc[role.head]
        if token.dep_ in ("compound", "amod", "nmod", "poss") and token.head.i > token.i:
            over = token.head
            if over.i in report.role_at and token.dep_ != "poss":
                return True
            # "foreign minister spokesman X": the name's own title is the last role before it
            return (
                any(
                    r.head > role.head and r.head < over.i and r.first >= role.last and r.first - role.last <= 1
                    for r in report.roles
                    if r.head in range(role.last, over.i)
                )
                and token.dep_ != "poss"
            )
        following = role.last
        return (
            following < len(doc)
            and following in report.role_at
            and doc[following].head.i >= following
            and token.dep_ == "compound"
        )

    def _left_edge(self, report: _Report, role: Role) -> int:
        """Where the phrase of a role begins: its modifiers to the left, up to a verb, comma or preposition."""
        doc = report.parsed.doc
        stop = doc[role.head].sent.start
        title = role.is_person and doc[role.head].tag_ in ("NN", "NNP")
        i = role.first
        while i > stop:
            token = doc[i - 1]
            if token.pos_ in ("ADJ", "NOUN", "PROPN", "NUM", "DET", "PART", "PRON") and token.lower_ not in (
                "to",
                "not",
                "who",
                "which",
                "that",
                "it",
                "he",
                "she",
                "they",
                "we",
                "i",
                "you",
                "there",
            ):
                hyphened = i < len(doc) and doc[i].text in ("-", "–") and not token.whitespace_
                if (
                    not hyphened
                    and token.tag_ != "POS"
                    and token.pos_ in ("NOUN", "PROPN")
                    and token.dep_ in ("dobj", "pobj", "nsubj", "nsubjpass", "attr", "npadvmod", "dative")
                    and not _leads(token, i, doc)
                ):
                    break
                if (token.pos_ == "PRON" and token.tag_ != "PRP$") or (token.pos_ == "NUM" and title):
                    break
            elif (
                (
                    token.text in ("-", "–", "/")
                    and not token.whitespace_
                    and i - 1 > stop
                    and not doc[i - 2].whitespace_
                )
                or (
                    token.tag_ in ("VBN", "VBG", "JJ", "HYPH")
                    and (token.dep_ == "amod" or (token.i and doc[token.i - 1].text == "-"))
                )
                or (
                    token.dep_ == "cc"
                    and i - 1 > stop
                    and self._adjective(report, i - 2)
                    and self._adjective(report, i, True)
                )
                or (
                    token.text == ","
                    and i - 1 > stop
                    and self._adjective(report, i - 2)
                    and doc[i - 2].dep_ in ("amod", "conj")
                    and self._adjective(report, i, True)
                )
            ):
                pass
            else:
                break
            i -= 1
        return i + 1 if doc[i].text in ("-", "–") or doc[i].dep_ == "cc" else i

    def _adjective(self, report: _Report, token: int, ahead: bool = False) -> bool:
        """Whether a state or body name stands here."""
        at = report.hit_at.get(token)
        return at is not None and report.hits[at][2].entries[0].kind in ("demonym", "state", "org")

    def _owners(
        self, report: _Report, role: Role, left: int
    ) -> tuple[list[tuple[int, int, Code, bool]], tuple[int, int] | None]:
        """Whose minister, army or rebels: (first, last, code, consumed) of the names nearest before the role, else of
        those behind "of" or "in"; and the tokens of an "of" phrase that belongs to the mention."""
        doc = report.parsed.doc
        found: list[tuple[int, int, Code, bool]] = []
        i = role.last - 1
        while i >= left:
            at = report.hit_at.get(i)
            if at is None:
                if found and doc[i].dep_ not in ("cc", "punct") and doc[i].text not in (",", "/", "-"):
                    break
                i -= 1
                continue
            first, last, hit = report.hits[at]
            code = self._province(hit, role) or self._code(report, at, owner=True)
            i = first - 1
            if code is None or hit.entries[0].kind == "person" or not self._owns(doc, first, last):
                continue
            found.insert(0, (first, last, code, True))
            if doc[last - 1].i + 1 < len(doc) and doc[last].tag_ == "POS":
                break
            if not (first and (doc[first - 1].dep_ == "cc" or doc[first - 1].text in (",", "/", "-"))):
                break
        if found and not role.sector and len(found) == 1 and found[0][2].country not in _INTERNATIONAL:
            # "the Australian director of X": of the body, not of the state
            behind, tokens = self._behind(report, role)
            return (behind, tokens) if any(o[2].entity in self.names.orgs for o in behind) else (found, None)
        if found:
            return found, None
        pronoun = next((doc[i] for i in range(left, role.first) if doc[i].tag_ == "PRP$"), None)
        if pronoun is not None:
            return [], None
        return self._behind(report, role)

    def _province(self, hit: Hit, role: Role) -> Code | None:
        """A division that shares its name with a state, before an office that only divisions have: "Georgia governor"."""
        towns = [e for e in hit.entries if e.kind == "town"]
        shared = towns and any(e.kind == "state" for e in hit.entries)
        if not shared or not role.row["role"].endswith(_PROVINCIAL):
            return None
        return self.names.code([_firm(e) for e in towns], None)

    @staticmethod
    def _owns(doc: Any, first: int, last: int) -> bool:
        """Not "anti-Russian", "US-backed", "ethnic Albanian"."""
        if last + 1 < len(doc) and doc[last].text == "-" and doc[last + 1].lower_ in _DROP:
            return False
        tail = doc[last - 1].lower_.rpartition("-")[2]
        if tail in _DROP:
            return False
        return not (first and doc[first - 1].lower_ == "ethnic")

    def _behind(self, report: _Report, role: Role) -> tuple[list[tuple[int, int, Code, bool]], tuple[int, int] | None]:
        """Owners behind the role: "president of Armenia", "leaders of Peru, Chile and Brazil", "rebels in Darfur"."""
        doc = report.parsed.doc
        posted = role.sector == "MIL" and any(c.lemma_.lower() in _POSTED for c in doc[role.head].children)
        abroad = role.row["role"] in _ABROAD or any(
            c.lower_ == "foreign" and c.i < role.first for c in doc[role.head].children
        )
        links = {"of", "from"} if posted or abroad else _LINKS
        if role.row["role"].startswith("spokes"):
            links = links | {"for"}
        based = (
            [] if posted else [c for c in doc[role.head].children if c.dep_ == "acl" and c.lemma_.lower() in _SEATED]
        )
        beside = [t for t in doc[role.last : role.last + 1] if t.i not in {c.i for c in doc[role.head].children}]
        for prep in [*doc[role.head].children, *(p for c in based for p in c.children), *beside]:
            if prep.dep_ != "prep" or prep.i < role.head or prep.lower_ not in links:
                continue
            heads: list[Any] = [c for c in prep.children if c.dep_ == "pobj"]
            heads += [c for h in heads for c in _conjuncts(h)]
            found = []
            for token in heads:
                hit = self._name_under(report, token, role)
                if (
                    hit is not None
                    and prep.lower_ in ("of", "from")
                    and hit[1] <= token.i
                    and doc[token.i].pos_ == "NOUN"
                    and token.i not in report.role_at
                    and doc[hit[1] - 1].dep_ == "amod"
                ):
                    hit = (hit[0], hit[1], hit[2], False)
                if hit is not None:
                    found.append((hit[0], hit[1], hit[2], prep.lower_ == "of" and hit[0] <= token.i < hit[1]))
            if len(found) > 1:
                # "Soldiers from Fiji and Tonga" are two parties, each under its name.
                found = [(start, stop, code, True) for start, stop, code, _ in found]
            if found:
                whole = (prep.i, found[-1][1]) if prep.lower_ == "of" and all(f[3] for f in found) else None
                return found, whole
        return [], None

    def _name_under(self, report: _Report, token: Any, role: Role) -> tuple[int, int, Code, bool] | None:
        """The name that a noun is, or that owns it."""
        owners = (c.i for c in token.children if c.dep_ in ("compound", "amod", "poss", "nmod", "appos"))
        for i in (token.i, *sorted(owners, reverse=True)):
            at = report.hit_at.get(i)
            if at is None or report.hits[at][2].entries[0].kind == "person":
                continue
            first, last, hit = report.hits[at]
            if code := self._province(hit, role) or self._code(report, at):
                return first, last, code, False
        for prep in token.children:
            if prep.dep_ == "prep" and prep.lower_ in _LINKS:
                for inner in prep.children:
                    if inner.dep_ == "pobj" and (found := self._name_under(report, inner, role)):
                        return found
        return None

    def _bearer(self, report: _Report, role: Role) -> tuple[int, int] | None:
        """The person who bears a title: behind it ("Minister Park Jin"), or beside it between commas."""
        doc = report.parsed.doc
        head = doc[role.head]
        if not role.is_person or (head.tag_ == "NNS" and head.dep_ != "compound"):
            return None
        for last, (first, stop) in report.persons.items():
            if first == role.last or (
                first == role.last + 1
                and doc[role.last].text in (",", "(")
                and doc[last].dep_ == "appos"
                and doc[last].head.i == role.head
            ):
                return first, stop
        for last, span in report.persons.items():
            token = doc[last]
            if token.dep_ == "appos" and token.head.i == role.head:
                return span
            if head.dep_ == "appos" and head.head.i == last and abs(role.first - last) < 12:
                return span
        over = head.head
        if head.dep_ in ("attr",) and over.lemma_ == "be":
            return None
        if (
            head.dep_ == "compound"
            and over.pos_ == "PROPN"
            and role.last <= over.i <= role.last + 3
            and over.i not in report.hit_at
            and all(doc[i].pos_ == "PROPN" or doc[i].text == "-" for i in range(role.last, over.i + 1))
        ):
            return role.last, over.i + 1
        return None

    def _person_code(self, report: _Report, span: tuple[int, int]) -> Code | None:
        """What the table knows of a name."""
        at = report.hit_at.get(span[1] - 1)
        if at is not None and report.hits[at][2].entries[0].kind == "person":
            return self._code(report, at)
        return None

    def _remember(self, report: _Report, name: str, code: Code) -> None:
        for form in (name, *surnames(code.name or name, code.country), *surnames(name, code.country)):
            if form and (form not in report.known or (report.known[form].country is None and code.country)):
                report.known[form] = code

    # Names on their own

    def _bare_names(self, report: _Report) -> None:
        """States, peoples, capitals and organisations that no role has taken up."""
        doc = report.parsed.doc
        for at, (first, last, hit) in enumerate(report.hits):
            entry = hit.entries[0]
            if entry.kind in ("person", "surname") or (first in report.used and last - 1 in report.used):
                continue
            code = self._code(report, at)
            if code is None or code.name is None or _only_colours(doc, last):
                continue
            if doc[first:last].text in _ADJECTIVES and doc[first].ent_type_ not in ("ORG", "NORP"):
                continue
            kind = self._kind(report, at) or entry.kind
            head = _head(doc, first, last)
            body: str | None = ""
            if kind in ("capital", "seat"):
                found = self._capital(report, head, code, kind)
                if found is None:
                    continue
                code = found
            if kind == "org":
                body = self.names.orgs[code.entity].get("kind") if code.entity in self.names.orgs else None
            peopled = kind == "people" or (kind == "org" and doc[last - 1].tag_ in ("NNPS", "NNS"))
            if peopled and (_is_counted(doc, first) or _live_somewhere(doc, last)):
                home = self._home(report, first, last) or code
                code = Code(home.name, home.country, "CVL", None, home.reasons)
            if kind == "people":
                kind = "demonym"
            shown = {"org": "org", "demonym": "demonym"}.get(kind, "name")
            plural = hit.entries[0].kind == "people"
            report.drafts.append(Draft(first, last, head.i, shown, code, "", body, False, plural))
            report.used.update(range(first, last))

    def _outlets(self, report: _Report) -> None:
        """Newspapers that no table has, by the last word of their name: "the Otago Evening Star"."""
        doc = report.parsed.doc
        for i in report.capitals:
            token = doc[i]
            if token.text not in _PAPERS or token.pos_ != "PROPN" or i in report.used:
                continue
            first = i
            while first and doc[first - 1].pos_ == "PROPN" and first - 1 not in report.used:
                first -= 1
            if first == i or (doc[first - 1].lower_ != "the" and doc[first].text != "The"):
                continue
            row = self.roles.rows[("newspaper",)]
            place = next((c for at in range(first, i) if (c := self._of_place(report, at)) is not None), None)
            reasons = (Reason("sector", row.file, row.line, row["role"]), *(place.reasons if place else ()))
            code = Code(doc[first : i + 1].text, place.country if place else None, "JRN", None, reasons)
            report.drafts.append(Draft(first, i + 1, i, "role", code, "newspaper", "media"))
            report.used.update(range(first, i + 1))

    def _of_place(self, report: _Report, token: int) -> Code | None:
        """The state that a name in a newspaper's title tells."""
        at = report.hit_at.get(token)
        if at is None or report.hits[at][2].entries[0].kind in ("person", "surname", "org"):
            return None
        return self.names.code([_firm(e) for e in report.hits[at][2].entries], report.date, report.near)

    def _pairs(self, report: _Report) -> None:
        """Two states of one name: "the two Koreas", "both Sudans"."""
        doc = report.parsed.doc
        for token in doc:
            for state in _PAIRS.get(token.text, ()):
                row = self.names.states[state]
                code = Code(row["name"], state, None, state, (Reason("country", row.file, row.line, state),))
                first = token.i
                while first and doc[first - 1].lower_ in ("the", "two", "both"):
                    first -= 1
                report.drafts.append(Draft(first, token.i + 1, token.i, "group", code, "", "", False, True))
                report.used.update(range(first, token.i + 1))

    def _capital(self, report: _Report, head: Any, code: Code, kind: str) -> Code | None:
        """A capital as its government, or `None` where it is a place. Brussels is the EU unless the report is about
        Belgium only."""
        if head.dep_ == "compound" and head.head.i not in report.role_at and head.head.pos_ in ("NOUN", "PROPN"):
            return None
        if kind != "seat" and (
            head.ent_type_ in ("FAC", "EVENT", "LAW", "WORK_OF_ART")
            or (head.ent_type_ == "PERSON" and head.text in _GIVEN)
        ):
            return None
        if kind == "seat":
            return None if head.dep_ == "pobj" and head.head.lower_ in ("in", "near", "outside", "inside") else code
        if head.dep_ == "pobj" and head.head.lower_ in _LOCATIVE:
            return None
        if head.dep_ == "pobj" and head.head.lower_ in ("to", "from") and head.head.head.lemma_.lower() in _MOTION:
            return Code(code.name, code.country, None, code.entity, code.reasons)
        if head.dep_ == "npadvmod" or (head.dep_ == "appos" and self._lies_in(report, head, code)):
            return None
        if code.country == "BEL" and head.text == "Brussels" and self._is_union(report):
            row = self.names.orgs["EU"]
            why = (Reason("country", row.file, row.line, "EU"),)
            return Code(row["name"], row.get("country"), "GOV", "EU", why)
        return code

    def _is_union(self, report: _Report) -> bool:
        """Whether "Brussels" is the EU: where the report names it, or does not name Belgium."""
        belgian = any(
            e.row.get("iso3") == "BEL" for _, _, hit in report.hits for e in hit.entries if e.kind != "capital"
        )
        return "EU" in self.names.orgs and ("EU" in report.near or not belgian)

    def _home(self, report: _Report, first: int, last: int) -> Code | None:
        """Where an ethnic group lives, if that is told: "ethnic Uzbeks in Tajikistan"."""
        doc = report.parsed.doc
        if not first or doc[first - 1].lower_ != "ethnic" or last >= len(doc) or doc[last].lower_ != "in":
            return None
        for i in range(last + 1, min(last + 4, len(doc))):
            if (at := report.hit_at.get(i)) is not None and report.hits[at][2].entries[0].kind == "state":
                return self._code(report, at)
        return None

    @staticmethod
    def _lies_in(report: _Report, head: Any, code: Code) -> bool:
        """Whether a capital stands beside its own country or town, not in a list of governments."""
        at = report.hit_at.get(head.head.i)
        if at is None:
            return bool(head.head.ent_type_ == "GPE")
        return any((e.row.get("iso3") or e.row.get("country")) == code.country for e in report.hits[at][2].entries)

    def _bare_people(self, report: _Report) -> None:
        """People without a title at this place: from the table, from an earlier title, else by name only."""
        doc = report.parsed.doc
        order = sorted(report.persons.values(), key=lambda s: (s[0] - s[1], s[0]))
        for first, last in order:
            name = doc[first:last].text
            code = self._person_code(report, (first, last))
            if code is not None and name not in report.known:
                self._remember(report, name, code)
        for first, last in sorted(report.persons.values()):
            if any(i in report.used for i in range(first, last)):
                continue
            name = doc[first:last].text
            code = (
                report.known.get(name)
                or self._person_code(report, (first, last))
                or self._by_surname(report, first, last)
            )
            if code is None:
                code = Code(name)
                if last - first > 1:
                    self._remember(report, name, code)
            report.drafts.append(Draft(first, last, _head(doc, first, last).i, "person", code, "", None, True))
            report.used.update(range(first, last))

    def _by_surname(self, report: _Report, first: int, last: int) -> Code | None:
        """A family name from earlier in the report, else of the one well-known holder of the day."""
        doc = report.parsed.doc
        text = doc[first:last].text
        code = report.known.get(text) or report.known.get(doc[last - 1].text)
        if code is not None and last - first > 1 and code.name and not set(text.split()) <= set(code.name.split()):
            return None
        if code is None and last - first == 1 and (at := report.hit_at.get(first)) is not None:
            entries = [e for e in report.hits[at][2].entries if e.kind == "surname"]
            code = self.names.code(entries, report.date) if entries else None
        return code

    def _later_names(self, report: _Report) -> None:
        """Family names that spaCy has not seen as people: those of the report, and of office-holders of the day."""
        for token in (report.parsed.doc[i] for i in report.capitals):
            if token.i in report.used or (token.dep_ == "compound" and token.head.pos_ == "PROPN"):
                continue
            code = self._known_name(report, token) or self._leader(report, token)
            if code is None or code.name is None:
                continue
            report.drafts.append(Draft(token.i, token.i + 1, token.i, "person", code, "", None, True))
            report.used.add(token.i)

    def _known_name(self, report: _Report, token: Any) -> Code | None:
        """A family name of the report, or one that spaCy leaves open or takes for a body."""
        mistagged = token.pos_ != "PROPN" and not (
            token.is_sent_start and token.text in report.known and token.text not in COMMON
        )
        if mistagged:
            return None
        entries = self._family(report, token) if token.ent_type_ in ("", "PERSON", "ORG") else []
        return report.known.get(token.text) or (self.names.code(entries, report.date) if entries else None)

    def _leader(self, report: _Report, token: Any) -> Code | None:
        """A leader of the day where spaCy sees a place, a people or a common noun: "Zelenskyy thanked Scholz"."""
        over = token.head if token.dep_ != "conj" else _list_top(token).head
        placed = over.dep_ == "prep" and over.lower_ not in _PARTNERS
        if token.pos_ not in ("PROPN", "NOUN") or token.dep_ not in _ACTING or placed:
            return None
        return self.names.well_known(self._family(report, token), report.date)

    @staticmethod
    def _family(report: _Report, token: Any) -> list[Entry]:
        """The office-holders whose family name a token is, if it is nothing else."""
        at = report.hit_at.get(token.i)
        if at is None or report.hits[at][1] - report.hits[at][0] != 1:
            return []
        entries = report.hits[at][2].entries
        return list(entries) if all(e.kind == "surname" for e in entries) else []

    # Mentions that point back

    def _pointing(self, report: _Report) -> None:
        """Pronouns, and numbers that stand alone: "the three had agreed", "both denied it"."""
        doc = report.parsed.doc
        for i, word in enumerate(report.words):
            if word in _PRONOUNS and doc[i].pos_ == "PRON":
                report.drafts.append(Draft(i, i + 1, i, "pronoun", Code(), asks=True))
            elif word in _COUNTED and i not in report.used and (first := _counts_alone(doc, doc[i])) is not None:
                report.drafts.append(Draft(first, i + 1, i, "number", Code(), plural=True, asks=True))

    def _owned_by_people(self, report: _Report) -> None:
        """ "Orban's party", "Assad's forces", "the Merkel government": of the state of whoever leads them."""
        doc = report.parsed.doc
        for draft in report.drafts:
            if draft.owner is None or draft.code.country is not None:
                continue
            first, last = draft.owner
            code = report.known.get(doc[first:last].text) or self._person_code(report, draft.owner)
            code = code or self._by_surname(report, first, last)
            if code is not None and code.country in self.names.states:
                draft.code, draft.asks = lend(draft.code, code), False

    def _at_home(self, report: _Report, homes: Homes, draft: Draft) -> None:
        """ "Rebels", "the opposition parties", "President Ruiz": of the state that their surroundings are in."""
        code = draft.code
        if code.country or code.entity or code.sector not in _DOMESTIC or draft.kind not in ("role", "person"):
            return
        if {report.words[i] for i in range(draft.first, draft.last)} & _FROM_ABROAD:
            return
        if _FIRST_PERSON & {report.words[i] for i in range(draft.first, draft.head)}:
            return
        state = homes.of(draft.head, code.sector, self._owned(report, draft), draft.asks)
        if state is not None:
            row = self.names.states[state]
            owner = Code(row["name"], state, None, state, (Reason("country", row.file, row.line, state),))
            draft.code = lend(code, owner)

    @staticmethod
    def _owned(report: _Report, draft: Draft) -> bool:
        """Whether somebody owns these: "his men", "the bloc's chairman"."""
        return any(report.parsed.doc[i].tag_ in ("POS", "PRP$") for i in range(draft.first, draft.head))

    def _spots(self, report: _Report) -> list[Spot]:
        """Where the report names a state, in whatever form; not "anti-Russian" or "US-backed"."""
        doc = report.parsed.doc
        found = []
        for at, (first, last, hit) in enumerate(report.hits):
            if {"-", "–"} & set(report.words[max(0, first - 1) : first] + report.words[last : last + 1]):
                continue
            if any(e.kind == "state" and e.weak for e in hit.entries):
                # "Georgia" is a state of either kind.
                code = self._code(report, at, owner=True)
            else:
                firm = [e for e in hit.entries if e.kind != "surname" and (not e.weak or e.kind == "town")]
                code = self.names.code([_firm(e) for e in firm], report.date, report.near)
            if code is not None and code.country in self.names.states:
                found.append(Spot(first, last, _head(doc, first, last).i, code.country))
        return found

    def _final(self, report: _Report) -> list[Mention]:
        parsed = report.parsed
        found: list[Mention] = []
        seen: set[tuple[int, int, int, str | None]] = set()
        for draft in sorted(report.drafts, key=lambda d: (d.first, d.last, d.head)):
            code = draft.code
            if draft.kind == "pronoun" and code.country is None and code.entity is None and code.sector is None:
                continue
            if (key := (draft.first, draft.last, draft.head, code.country)) in seen:
                continue
            seen.add(key)
            span = parsed.span(draft.first, draft.last)
            actor = Actor(span.start, span.end, span.text, code.name, code.country, code.sector, code.entity)
            found.append(Mention(draft.first, draft.last, draft.head, actor, draft.kind, code.reasons))
        return found


def _share(owners: list[tuple[int, int, Code, bool]], n: int, first: int, last: int, role: Role) -> tuple[int, int]:
    """The tokens of one owner's mention: of "Serbian and Belarusian pilots" the name alone, then name and role; of "the
    ministers of Peru and Chile" role and name, then the name alone."""
    if len(owners) < 2:
        return first, last
    start, stop, _, consumed = owners[n]
    if start > role.head and consumed:
        return (first, stop) if n == 0 else (start, stop)
    if start > role.head:
        return (first, last) if n == 0 else (start, stop)
    return (start, last) if n == len(owners) - 1 else (start, stop)


def _is_part(doc: Any, first: int, last: int) -> bool:
    """Whether a place is only a part of a name: "Afar" in "Tal Afar"."""
    before = first > 0 and doc[first - 1].pos_ == "PROPN" and doc[first].ent_iob_ == "I"
    after = last < len(doc) and doc[last].pos_ == "PROPN" and doc[last].ent_iob_ == "I" and doc[last].tag_ != "POS"
    return before or after


def _plain(word: str) -> str:
    return word.replace("’", "'")


def _firm(entry: Entry) -> Entry:
    return Entry(entry.kind, entry.row, False, entry.person)


def _head(doc: Any, first: int, last: int) -> Any:
    """The token of a range that the others hang on."""
    for i in range(first, last):
        if not first <= doc[i].head.i < last or doc[i].head == doc[i]:
            return doc[i]
    return doc[last - 1]


def _list_top(token: Any) -> Any:
    while token.dep_ == "conj" and token.head.i != token.i:
        token = token.head
    return token


def _conjuncts(token: Any) -> list[Any]:
    found = []
    for child in token.children:
        if child.dep_ == "conj":
            found += [child, *_conjuncts(child)]
    return found


def _leads(token: Any, at: int, doc: Any) -> bool:
    """Whether a noun before `at` can still be part of the phrase though the parse hangs it elsewhere."""
    return at < len(doc) and token.head.i >= at and token.dep_ in ("compound", "nmod", "poss", "amod")


def _is_place(doc: Any, first: int, last: int) -> bool:
    """Whether spaCy sees a place, people or body here, and no person or product."""
    return all(doc[i].ent_type_ in ("GPE", "NORP", "LOC") for i in range(first, last))


def _in_longer_name(doc: Any, first: int, last: int, entry: Entry) -> bool:
    """Whether a weak form or capital is only part of a longer name ("Jordan Peterson", "Paris Agreement")."""
    if not entry.weak and entry.kind not in ("capital", "seat"):
        return False
    label = doc[first].ent_type_
    if label not in ("PERSON", "FAC", "EVENT", "LAW", "WORK_OF_ART", "ORG", "PRODUCT"):
        return False
    before = (
        first > 0
        and doc[first - 1].ent_type_ == label
        and doc[first].ent_iob_ == "I"
        and doc[first - 1].lower_ != "the"
    )
    after = last < len(doc) and doc[last].ent_iob_ == "I" and doc[last].tag_ != "POS"
    return before or after


def _only_colours(doc: Any, last: int) -> bool:
    """Whether the name only tells more of what follows: "EU-member Austria", "US-made rifles"."""
    return last + 1 < len(doc) and doc[last].text == "-" and doc[last + 1].lower_ in _TAILS | _DROP


def _is_counted(doc: Any, first: int) -> bool:
    """Whether the words before a people count its members: "thousands of Nigerians", "ethnic Albanians"."""
    if not first:
        return False
    before = doc[first - 1]
    if before.like_num or before.lower_ in ("ethnic", "ordinary", "many", "some", "several", "young", "most"):
        return True
    return (
        before.lower_ == "of"
        and first > 1
        and doc[first - 2].lemma_.lower()
        in ("thousand", "hundred", "dozen", "million", "score", "number", "ten", "majority")
    )


def _live_somewhere(doc: Any, last: int) -> bool:
    """ "Kenyans living in Rwanda" are civilians."""
    return last < len(doc) and doc[last].lower_ in ("living", "residing", "resident")


def _counts_alone(doc: Any, token: Any) -> int | None:
    """Where a phrase of nothing but a number begins ("the three", "both"), or `None`."""
    if token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj", "attr") or token.pos_ == "NOUN":
        return None
    if token.lower_ == "both":
        follows = token.i + 1 < len(doc) and doc[token.i + 1].pos_ in ("VERB", "AUX", "PUNCT", "ADV")
        return int(token.i) if follows else None
    if (
        token.i
        and doc[token.i - 1].lower_ in ("the", "all", "these")
        and not any(c.dep_ == "prep" for c in token.children)
    ):
        return int(token.i - 1)
    return None


def _stands_for(doc: Any, role: Role, bearer: tuple[int, int]) -> int:
    """The token that stands in the parse for a title with its bearer."""
    name = doc[bearer[1] - 1]
    before = bearer[0] > role.head and doc[role.head].dep_ == "compound"
    return name.i if before or name.dep_ not in ("appos", "compound") else role.head
