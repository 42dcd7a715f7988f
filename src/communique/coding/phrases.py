"""A noun phrase as a string to a code: "the former Danish ambassador to Japan" is DNK, ELI.

What is said in words outweighs what a table knows: role nouns give the sector, names before the role or behind "of"
the country; a known person's office on the day fills what the words leave open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from communique.codebook import Codebook, Row
from communique.coding.names import Code, Entry, Hit, Names, fold
from communique.model import Reason

FORMER = frozenset(
    "former ex ousted deposed retired onetime one-time erstwhile late ex- former- toppled exiled".split()
)
# Offices that are lost with the word "former"; a former rebel or soldier stays what the other words say.
_OFFICES = frozenset({"GOV", "LEG", "MIL", "SPY", "JUD", "COP", "PTY"})
# Role nouns that take their colour from the noun before them: "rebel leader", "army spokesman", "police officials".
_GENERIC = frozenset(
    "leader official spokesman spokeswoman spokesperson commander chief head member officer source "
    "representative force group fighter supporter candidate group movement party coalition delegation envoy negotiator headquarters "
    "personnel unit faction camp figure activist politician agent chairman chairwoman director employee council "
    "minister ministry organization organisation network association federation union league syndicate".split()
)
# Those who speak and act for what they belong to: "a member of parliament", "a spokesman for the bishops".
SERVANTS = frozenset(
    "leader|official|senior official|spokesman|spokeswoman|spokesperson|head|chief|member|representative|delegate|delegation"
    "|envoy|negotiator|source|clerk|chairman|chairwoman|chairperson|chair|director|deputy director|secretary|employee|aide"
    "|adviser|advisor|press service|press office|headquarters|office|one|secretariat|group|team|council|committee".split(
        "|"
    )
)
_COLOURS = frozenset(
    "REB OPP MIL COP LEG JUD SPY PRM PTY REL REF JRN LAB CRM MED BUS EDU AGR BAR IDG NGO HRI ENV SET".split()
)
# A minister for refugees or labour is still a minister.
_OFFICIALS = frozenset({"minister", "ministry"})
_NOT_OFFICIAL = frozenset({"REF", "REL", "JRN", "LAB", "CRM"})
_TITLES = re.compile(r"^(?:the|a|an|some|many|several|its|their|his|her|this|that|these|those)\s+", re.IGNORECASE)
_WORD = re.compile(r"[\w$]+(?:[.'](?=\w)\w+)*(?:\.(?=[A-Z]|$)|')?|[-,()]|'s")
_BREAK = frozenset(
    "of in from to at for with on by near across against who which that living based operating , ( under as "
    "and or between over during after before into about along inside outside within named called".split()
)
# No names, whatever abbreviation they look like ("us").
_PRONOUNS = frozenset("i we you he she it they us them him her me one who whom".split())
_LINKS = frozenset({"of", "in", "from", "at", "across", "near", "inside", "based", "outside", "within"})
_COUNTS = re.compile(
    r"(?:\b(?:thousands|hundreds|dozens|millions|scores|number) of|\b\d[\d,]*|ethnic|ordinary|many|some|two|three|four|five"
    r"|ten)\s+$",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"(?:\s+(?:(?:al|el|bin|von|van|de|da|der)[\s-])?[A-Z][\w'’.-]+)+")
_CAPITALS_BEFORE = re.compile(r"([A-Z][\w’-]+)(?:['’]s)?\s+$")
# "The Bush administration": what is named after whoever leads it.
REGIMES = frozenset({"administration", "government", "cabinet", "regime", "coalition"})


@dataclass(frozen=True, slots=True)
class Role:
    """A role noun found at words [first, last); `head` is its head word."""

    first: int
    last: int
    head: int
    row: Row

    @property
    def sector(self) -> str | None:
        return self.row.get("sector")

    @property
    def is_person(self) -> bool:
        return self.row.get("scope") == "person"


class Roles:
    """The role nouns of `roles.csv`, by their words."""

    def __init__(self, book: Codebook) -> None:
        self.rows: dict[tuple[str, ...], Row] = {}
        self.longest: dict[str, int] = {}
        for row in book.rows("lang/en/roles.csv"):
            words = tuple(split(row["role"]))
            self.rows.setdefault(words, row)
            self.longest[words[0]] = max(len(words), self.longest.get(words[0], 0))

    def find(self, words: Sequence[str], lemmas: Sequence[str], usable: Sequence[bool] | None = None) -> list[Role]:
        """Roles in a run of lower-case words, leftmost and longest; the last word, or the one before "of", may be
        inflected. `usable`: which words may be the head (nouns)."""
        found: list[Role] = []
        i = 0
        while i < len(words):
            role = self._at(words, lemmas, i, usable)
            if role is None:
                i += 1
            else:
                found.append(role)
                i = role.last
        return found

    def _at(self, words: Sequence[str], lemmas: Sequence[str], i: int, usable: Sequence[bool] | None) -> Role | None:
        most = max(self.longest.get(words[i], 0), self.longest.get(lemmas[i], 0))
        for n in range(min(most, len(words) - i), 0, -1):
            part = tuple(words[i : i + n])
            head = i + (part.index("of") - 1 if "of" in part[1:] else n - 1)
            bent = (*part[: head - i], lemmas[head], *part[head - i + 1 :])
            row = self.rows.get(part) or self.rows.get(bent)
            if row is not None and (usable is None or usable[head]):
                return Role(i, i + n, head, row)
        return None


def split(text: str) -> list[str]:
    """Lower-case words; hyphens stand alone, as the tokenizer has them."""
    return [m.group().lower() for m in _WORD.finditer(fold(text).replace("'s ", " 's ").replace("s' ", "s 's "))]


def singular(word: str) -> str:
    """A noun's singular, roughly; irregular ones are in the table."""
    for end, new in (("men", "man"), ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("ces", "ce")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word[: -len(end)] + new
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def blend(head: Role, others: Sequence[Role], former: bool, retired: bool = False) -> tuple[str | None, Row]:
    """The sector of a phrase: a generic head takes its modifier's; past office is ELI, but for `retired` soldiers."""
    sector, row = head.sector, head.row
    word = head.row["role"].split()[-1].split("-")[-1]
    if word in _GENERIC and " " not in head.row["role"]:
        for other in others:
            if other.sector in _COLOURS and not (word in _OFFICIALS and other.sector in _NOT_OFFICIAL):
                sector, row = other.sector, other.row
    if sector is None and head.is_person:
        sector, row = next(((o.sector, o.row) for o in reversed(others) if o.sector), (sector, row))
    # Soldiers retire with their rank.
    if former and head.is_person and sector in _OFFICES - ({"MIL"} if retired else set()):
        sector = "ELI"
    return sector, row


class PhraseReader:
    """Codes phrases without a parse."""

    def __init__(self, names: Names, roles: Roles) -> None:
        self.names = names
        self.roles = roles

    def read(self, text: str, date: str | None, context: str = "") -> Code | None:
        """The code of a phrase on a day, or `None`. `context`: words around it, or a country's name."""
        bare = self._bare(text)
        if not bare or (bare.lower() in _PRONOUNS and not bare.isupper()):
            return None
        near = self.near(f"{text}\n{context}")
        whole = self.names.look(bare) or self.names.look(text.strip())
        if whole:
            code = self.names.code(whole, date, near)
            code = code or self._weak(whole, date)
            named = [e for e in whole if e.kind not in ("person", "surname")]
            if code is not None and named:
                return self._as_people(code, named, text, context)
            if code is not None:
                return self._titled(code, text, date, context)
        return self._phrase(bare, date, context, near)

    def near(self, text: str) -> frozenset[str]:
        """Codes of the states and bodies that a text names firmly."""
        found = set()
        for hit in self.names.scan(text):
            for entry in self.names.certain(hit):
                found.add(entry.row.get("iso3") or entry.row["code"])
        return frozenset(found)

    @staticmethod
    def _bare(text: str) -> str:
        text = " ".join(text.split()).strip(' .,;:"“”')
        while (match := _TITLES.match(text)) and len(text) > match.end():
            text = text[match.end() :]
        return re.sub(r"['’]s$", "", text)

    def _weak(self, entries: Sequence[Entry], date: str | None) -> Code | None:
        """A weak form asked for on its own has nothing against it."""
        return self.names.code([_firm(e) for e in entries if e.kind != "surname"], date)

    def _as_people(self, code: Code, entries: Sequence[Entry], text: str, context: str) -> Code:
        """A people named in a number, or as an ethnic group, are civilians, and so is a town; a capital that its context
        calls a place is no government."""
        kinds = {e.kind for e in entries}
        crowd = kinds == {"people"} and counted(context, text)
        if crowd or kinds == {"town"}:
            return Code(code.name, code.country, "CVL", None, code.reasons)
        if "capital" in kinds and located(context, text):
            return Code(code.name, code.country, None, None, code.reasons)
        return code

    def _titled(self, code: Code, text: str, date: str | None, context: str) -> Code:
        """A person with words before the name in the context: "former president Carlos Menem"."""
        at = context.find(text)
        if at > 0 and re.search(
            r"\b(?:former|ex-?|ousted|deposed)\b[\w\s-]{0,40}$", context[max(0, at - 60) : at], re.IGNORECASE
        ):
            return Code(code.name, code.country, "ELI", code.entity, code.reasons)
        return code

    def _phrase(self, text: str, date: str | None, context: str, near: frozenset[str]) -> Code | None:
        words = split(text)
        roles = self.roles.find(words, [singular(w) for w in words])
        hits = list(self.names.scan(text))
        roles = [r for r in roles if not self._inside(r, words, text, hits)]
        head, others = self._head(words, roles)
        codes = [(h, c) for h in hits if (c := self._code(h, date, near)) is not None and not self._excluded(text, h)]
        if head is None:
            return self._headless(text, words, codes)
        lead = set(words[: head.head])
        sector, row = blend(head, others, bool(lead & FORMER), "retired" in lead)
        if sector is None:
            # "chairman of the clinic"
            sector, row = next(((r.sector, r.row) for r in roles if r.first >= head.last and r.sector), (sector, row))
        why = [Reason("sector", row.file, row.line, row["role"])]
        person = next((c for h, c in codes if h.entries[0].kind == "person"), None)
        owner = self._owner(text, words, head, [(h, c) for h, c in codes if c is not person])
        person = person or self._title_bearer(text, head, date, owner)
        if owner is None and person is None and context:
            owner = self._from_context(text, context, date, near)
        return merge(person, owner, sector, why, text if person is None else None)

    def _title_bearer(self, text: str, head: Role, date: str | None, owner: Code | None) -> Code | None:
        """Whom "President Obama" or "the Bush administration" means; for the latter only the country is kept."""
        country = owner.country if owner else None
        phrase = re.search(re.escape(head.row["role"]), text, re.IGNORECASE)
        if phrase is None:
            return None
        if head.is_person and (name := _CAPITALS.match(text, phrase.end())):
            return self.names.titled(name.group().strip(), head.row["role"], date, country)
        if head.row["role"] in REGIMES and (name := _CAPITALS_BEFORE.search(text, 0, phrase.start())):
            found = self.names.titled(name.group(1), "leader", date, country)
            return Code(None, found.country, None, None, found.reasons) if found else None
        return None

    def _inside(self, role: Role, words: list[str], text: str, hits: list[Hit]) -> bool:
        """Whether a role noun is part of a name in the dictionary ("Foreign Legion")."""
        phrase = " ".join(words[role.first : role.last]).replace(" - ", "-")
        at = fold(text).lower().find(phrase)
        return at >= 0 and any(h.start <= at and at + len(phrase) <= h.end for h in hits)

    @staticmethod
    def _head(words: list[str], roles: list[Role]) -> tuple[Role | None, list[Role]]:
        """The role that the phrase is about: the last one before a preposition or comma, else the first."""
        stop = next(
            (i for i, w in enumerate(words) if w in _BREAK and i and not any(r.first <= i < r.last for r in roles)),
            len(words),
        )
        before = [r for r in roles if r.head < stop]
        if before:
            return before[-1], before[:-1]
        return (roles[0], roles[1:]) if roles and stop < len(words) else (None, [])

    def _code(self, hit: Hit, date: str | None, near: frozenset[str]) -> Code | None:
        code = self.names.code([e for e in hit.entries if e.kind != "surname"], date, near)
        return code or self._weak([e for e in hit.entries if e.kind != "surname"], date)

    @staticmethod
    def _excluded(text: str, hit: Hit) -> bool:
        """ "anti-Russian", "ethnic Albanian", "US-backed" tell nothing of whose the actor is."""
        before, after = text[: hit.start].lower(), text[hit.end :].lower()
        return before.endswith(("anti-", "pro-", "non-", "ethnic ")) or after.startswith(
            ("-backed", "-born", "-made", "-funded", "-occupied")
        )

    def _owner(self, text: str, words: list[str], head: Role, codes: list[tuple[Hit, Code]]) -> Code | None:
        """Whose minister or army it is: the name nearest before the role, else the first behind "of", "in" or the like."""
        phrase = " ".join(words[head.first : head.last]).replace(" - ", "-").replace(" 's", "'s")
        at = fold(text).lower().find(phrase)
        before = [c for h, c in codes if h.start < at]
        if before:
            return before[-1]
        for hit, code in codes:
            link = re.search(r"(\w+)\s+(?:(?:the|and)\s+)?(?:[\w'’-]+\s+){0,4}$", text[at : hit.start])
            if link and any(w in _LINKS for w in split(text[at : hit.start])):
                return None if re.search(r"\b(?:to|against|for)\s+(?:the\s+)?$", text[: hit.start]) else code
        return None

    def _headless(self, text: str, words: list[str], codes: list[tuple[Hit, Code]]) -> Code | None:
        """No role noun: a name with words around it ("targets in Syria", "NATO-member Norway")."""
        codes = [(h, c) for h, c in codes if h.entries[0].kind != "surname"]
        if not codes:
            return None
        people = [c for h, c in codes if h.entries[0].kind in ("person",)]
        if people:
            return people[0]
        hit, code = codes[-1] if codes[-1][0].end >= len(text) - 1 else codes[0]
        if hit.start <= 4 and hit.end >= len(text) - 2:
            return code
        if "'s " in fold(text)[hit.end : hit.end + 3] or hit.entries[0].kind in ("demonym", "capital"):
            return Code(None, code.country, None, None, code.reasons)
        return Code(None, code.country, code.sector if hit.entries[0].kind == "org" else None, None, code.reasons)

    def _from_context(self, text: str, context: str, date: str | None, near: frozenset[str]) -> Code | None:
        """A state named alone in the context: "German" beside "Defense Minister"."""
        entries = self.names.look(context.strip())
        if entries and entries[0].kind not in ("person", "surname", "org"):
            return self.names.code(entries, date, near)
        return None


def merge(person: Code | None, owner: Code | None, sector: str | None, why: list[Reason], text: str | None) -> Code:
    """A role with its owner and its bearer. The words give the sector; the bearer's own state fills a gap."""
    country = owner.country if owner else (person.country if person else None)
    reasons = [
        *why,
        *(
            r
            for r in (owner.reasons if owner else person.reasons if person else ())
            if r.field in ("country", "entity")
        ),
    ]
    entity = person.entity if person else None
    if owner is not None and owner.entity and owner.country != owner.entity:
        entity = owner.entity
        armed = owner.sector in ("REB", "PRM") and sector in ("MIL", "COP")
        if sector is None or armed or (owner.sector in _COLOURS and sector in ("GOV", "UAF", None)):
            sector = owner.sector or sector
    if sector is None and person is not None:
        sector = person.sector
    if sector == "ELI" and person is None:
        entity = None
    if owner is not None and person is not None and entity is not None and entity == person.entity:
        reasons += [replace(reason, field="entity") for reason in person.reasons[:1]]
    return Code(person.name if person else None, country, sector, entity, tuple(dict.fromkeys(reasons)))


def located(context: str, text: str) -> bool:
    """Whether the context has the name behind a preposition of place, as in "protests in Baghdad"."""
    return bool(re.search(rf"\b(?:in|at|near|outside|around|across)\s+(?:\w+\s+)?{re.escape(text)}\b", context))


def counted(context: str, text: str) -> bool:
    """Whether the words before a people count its members or call it an ethnic group."""
    at = context.find(text)
    return bool(_COUNTS.search(context[max(0, at - 30) : at]))


def _firm(entry: Entry) -> Entry:
    return replace(entry, weak=False)
