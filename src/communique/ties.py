"""Claims to ties: which passages speak of the same tie, and how it stood on a given day.

`resolve` is a pure function of the set of claims: the order in which they come, and what was asked before, changes
nothing. Which kinds, statuses and steps there are, and what each step leads to, stands in `data/ties.toml`.

1. Claims are put together by kind, parties and (agreements, groupings, exercises) name, (presences) city.
2. Passages that contradict one another within weeks are weighed: a party's own word about itself first, then the later.
3. What stands is told in order of valid time, and read off on the day asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from communique.codebook import Codebook, shipped
from communique.model import (
    Claim,
    Evidence,
    Party,
    Place,
    Reason,
    Step,
    Tie,
    TieStatus,
    make_id,
)

# Reports within this many days of one another may contradict; further apart, the later one tells of a change.
_SAME_MOMENT = timedelta(days=30)
# Two signings further apart than this are two agreements, where no proper name joins them.
_SAME_SIGNING = timedelta(days=92)
# Sectors that speak for a state.
_OFFICIAL = frozenset({"GOV", "MIL", "LEG", "JUD", "SPY"})
_WIDE = frozenset({"country", "region", "area"})
_FINE = frozenset({"day", "hour", "time", None})
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&+-]{1,7}")
_BRACKET = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<short>[^)\]]+)[)\]]\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")

Words = frozenset[str]
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Rules:
    """`data/ties.toml`, ready for use."""

    rank: dict[TieStatus, int]
    standing: frozenset[TieStatus]
    match: dict[str, str]
    roles: dict[str, tuple[str, ...]]
    status: dict[str, TieStatus]
    steps: dict[str, frozenset[str]]
    heads: Words
    common: Words
    stop: Words
    same: dict[str, str]
    countries: Words
    facility: dict[str, str]


@lru_cache(maxsize=4)
def rules(book: Codebook) -> Rules:
    """The rules of one codebook."""
    raw = book.toml("ties.toml")
    names = raw["names"]
    return Rules(
        rank={TieStatus(s["name"]): int(s["rank"]) for s in raw["status"]},
        standing=frozenset(TieStatus(s["name"]) for s in raw["status"] if s["standing"]),
        match={k["name"]: k["match"] for k in raw["kind"]},
        roles={k["name"]: tuple(k["roles"]) for k in raw["kind"]},
        status={step: TieStatus(s) for step, s in raw["step"]["status"].items()},
        steps={name: frozenset(words) for name, words in raw["step"]["rules"].items()},
        heads=frozenset(names["heads"]),
        common=frozenset(names["common"]),
        stop=frozenset(names["stop"]),
        same=dict(names["same"]),
        countries=_country_words(book),
        facility={word: sort for sort, words in raw["presence"].items() for word in words},
    )


def _country_words(book: Codebook) -> Words:
    """Words of country names and demonyms: they say whose pact it is, not which."""
    found: set[str] = set()
    for row in book.rows("countries.csv") if book.sources("countries.csv") else ():
        for column in ("name", "aliases", "demonyms"):
            for item in row.list(column):
                found |= set(_tokens(item)) if len(item.split()) == 1 else set()
    return frozenset(found | {"us", "uk"})


@dataclass(frozen=True, slots=True)
class Resolution:
    """A tie with the claims it rests on, and the articles that its parties', place's and voice's spans lie in."""

    tie: Tie
    claims: tuple[Claim, ...]
    party_articles: tuple[str, ...]
    place_article: str | None
    voice_article: str


def resolve(
    claims: Iterable[Claim],
    *,
    at: str | None = None,
    known_by: str | None = None,
    stories: Mapping[str, str] | None = None,
    book: Codebook | None = None,
) -> list[Tie]:
    """The ties that the claims come to, sorted by kind, parties and id.

    `at`: ISO day of valid time, all claims counting; without it, the day of the latest claim. Ties that had not begun
    by then are left out. `known_by`: only claims published up to that ISO day. `stories`: article id -> story
    key (the same copy in two outlets is one story); without it, every article is a story of its own.
    """
    return [r.tie for r in resolutions(claims, at=at, known_by=known_by, stories=stories, book=book)]


def resolutions(
    claims: Iterable[Claim],
    *,
    at: str | None = None,
    known_by: str | None = None,
    stories: Mapping[str, str] | None = None,
    book: Codebook | None = None,
) -> list[Resolution]:
    """As `resolve`, with what each tie rests on."""
    law = rules(book or shipped())
    used = _sorted(c for c in claims if known_by is None or (c.published is not None and c.published <= known_by))
    horizon = at or known_by or max((c.published for c in used if c.published), default=None)
    found = []
    for group in _groups(used, law):
        resolution = _resolve_one(group, law, at, horizon, stories or {})
        if resolution is not None:
            found.append(resolution)
    found.sort(key=lambda r: (r.tie.kind, [_key(p) for p in r.tie.parties], r.tie.name or "", r.tie.id))
    return found


def aliases(claims: Iterable[Claim], *, book: Codebook | None = None) -> dict[str, str]:
    """Every id that a tie may once have had -> the id it has now. A claim gives its tie its id when it is the
    earliest one known, so each claim's own potential id is an alias."""
    found = {}
    for group in _groups(_sorted(claims), rules(book or shipped())):
        now = make_id("t", group[0].id)
        found.update({make_id("t", claim.id): now for claim in group})
    return dict(sorted(found.items()))


def _sorted(claims: Iterable[Claim]) -> list[Claim]:
    """One claim an id, the earliest published first; the first of a tie is its anchor."""
    by_id = {c.id: c for c in claims}
    return sorted(by_id.values(), key=lambda c: (c.published or "9999", c.id))


# 1. Which claims speak of the same tie


def _key(party: Party) -> str:
    return party.entity or party.country or (party.name or party.text).casefold()


def _sides(claim: Claim, law: Rules) -> tuple[tuple[str, ...], ...]:
    """The parties' codes, a tuple a role where roles differ (guest, host), else all in one."""
    roles = law.roles.get(claim.kind, ("party",))
    if len(roles) == 1:
        return (tuple(sorted({_key(p) for p in claim.parties})),)
    by_role: list[set[str]] = [set() for _ in roles]
    for i, party in enumerate(claim.parties):
        at = roles.index(party.role) if party.role in roles else min(i, len(roles) - 1)
        by_role[at].add(_key(party))
    return tuple(tuple(sorted(side)) for side in by_role)


def _groups(claims: list[Claim], law: Rules) -> list[list[Claim]]:
    """Claims in groups of one tie each; `claims` and the groups are in the order of `_sorted`."""
    by_kind: dict[str, list[Claim]] = {}
    for claim in claims:
        by_kind.setdefault(claim.kind, []).append(claim)
    groups: list[list[Claim]] = []
    for kind in sorted(by_kind):
        match = law.match.get(kind, "pair")
        if match in ("name", "edition"):
            groups += _by_name(by_kind[kind], law, match == "edition")
            continue
        blocks: dict[tuple[tuple[str, ...], ...], list[Claim]] = {}
        for claim in by_kind[kind]:
            blocks.setdefault(_sides(claim, law), []).append(claim)
        for block in blocks.values():
            groups += _by_place(block, law) if match == "place" else [block]
    return [_sorted(g) for g in groups]


def _by_place(block: list[Claim], law: Rules) -> list[list[Claim]]:
    """Presences of one guest with one host: by city and by what sort of presence it is."""
    sorts: dict[tuple[str | None, str | None], list[Claim]] = {}
    for claim in block:
        sorts.setdefault((_city(claim), _facility(claim, law)), []).append(claim)
    return _attach(sorts, lambda less, more: all(a is None or a == b for a, b in zip(less, more, strict=True)))


def _city(claim: Claim) -> str | None:
    if claim.place is None or claim.place.grain in _WIDE:
        return None
    return _fold(claim.place.name or claim.place.text)


def _facility(claim: Claim, law: Rules) -> str | None:
    """Embassy or base, as far as the claim's name tells."""
    name = " ".join(_WORD.findall((claim.name or "").casefold()))
    fits = [word for word in law.facility if re.search(rf"\b{word}s?\b", name)]
    return law.facility[max(fits, key=lambda w: (len(w), w))] if fits else None


def _attach(sorts: dict[D, list[Claim]], fits: Callable[[D, D], bool]) -> list[list[Claim]]:
    """Claims described less fully join those described more fully, where exactly one description fits (in the whole
    block, or among those of their own article); else they stay apart."""
    full = [d for d in sorts if not any(d != other and fits(d, other) for other in sorts)]
    groups = {d: list(sorts[d]) for d in full}
    articles = {d: {c.article for c in sorts[d]} for d in full}
    apart: dict[D, list[Claim]] = {}
    for less, claims in sorts.items():
        if less in groups:
            continue
        candidates = [d for d in full if fits(less, d)]
        for claim in claims:
            near = [d for d in candidates if _dates_fit(claim, sorts[d])]
            if len(near) > 1:
                near = [d for d in near if claim.article in articles[d]]
            if len(near) == 1:
                groups[near[0]].append(claim)
            else:
                apart.setdefault(less, []).append(claim)
    return [*groups.values(), *apart.values()]


def _dates_fit(claim: Claim, others: Iterable[Claim]) -> bool:
    """Whether a signing day stated here lies near the signing days stated there."""
    mine = _signing(claim)
    theirs = [d for d in map(_signing, others) if d is not None]
    return mine is None or not theirs or any(abs(mine - d) <= _reach(claim) for d in theirs)


def _signing(claim: Claim) -> date | None:
    return _day(claim.from_) if claim.status is TieStatus.SIGNED and claim.from_ else None


def _reach(claim: Claim) -> timedelta:
    return timedelta(days=366) if claim.grain == "year" else _SAME_SIGNING


@dataclass(slots=True)
class _Named:
    """A distinctive proper name with all claims made under it; `others` came without the name."""

    words: Words
    edition: str | None
    claims: list[Claim]
    parties: set[str]
    sets: set[tuple[str, ...]]
    articles: set[str]
    others: list[Claim]


def _by_name(claims: list[Claim], law: Rules, editions: bool) -> list[list[Claim]]:
    """Agreements, groupings, dialogues and exercises: distinctive names over all their parties, all else by parties."""
    words = _all_words(claims, law)
    edition = {c.id: _edition(c) if editions else None for c in claims}
    gathered: dict[tuple[Words, str | None], list[Claim]] = {}
    blocks: dict[tuple[tuple[str, ...], str | None], list[Claim]] = {}
    for claim in claims:
        if claim.named and _distinctive(words[claim.id], law):
            gathered.setdefault((words[claim.id], edition[claim.id]), []).append(claim)
        else:
            blocks.setdefault((_sides(claim, law)[0], edition[claim.id]), []).append(claim)
    named = [
        _named(w, e, part, law)
        for (w, e), group in gathered.items()
        for part in (_connected(group, law) if claims[0].kind != "alliance" else [group])
    ]
    groups: list[list[Claim]] = []
    for (sides, year), block in blocks.items():
        groups += _name_block(block, sides, year, named, words)
    return [*(n.claims + n.others for n in named), *groups]


def _named(words: Words, edition: str | None, claims: list[Claim], law: Rules) -> _Named:
    parties = {_key(p) for c in claims for p in c.parties}
    sets = {_sides(c, law)[0] for c in claims}
    return _Named(words, edition, claims, parties, sets, {c.article for c in claims}, [])


def _name_block(
    block: list[Claim], sides: tuple[str, ...], year: str | None, named: list[_Named], words: dict[str, Words]
) -> list[list[Claim]]:
    """Claims of one set of parties without a distinctive name: to one that has, else among themselves."""
    near = [n for n in named if (year is None or n.edition == year) and set(sides) <= n.parties]
    rest: dict[Words, list[Claim]] = {}
    inner = {words[c.id] for c in block}
    for claim in block:
        mine = words[claim.id]
        fits = [n for n in near if mine <= n.words and (sides in n.sets or claim.article in n.articles)]
        fits = [n for n in fits if _dates_fit(claim, n.claims)]
        if len(fits) > 1:
            fits = [n for n in fits if claim.article in n.articles]
        # A fuller description in the block itself is one more candidate.
        if len(fits) == 1 and not any(mine < w for w in inner):
            fits[0].others.append(claim)
        else:
            rest.setdefault(mine, []).append(claim)
    found = []
    for group in _attach(rest, lambda less, more: less < more):
        found += [group] if any(c.named for c in group) else _by_signing(group)
    return found


def _by_signing(claims: list[Claim]) -> list[list[Claim]]:
    """Nameless claims of one pair: signings far apart are different pacts."""
    dated = sorted((d, c.id) for c in claims if (d := _signing(c)) is not None)
    if len(dated) < 2 or dated[-1][0] - dated[0][0] <= _SAME_SIGNING:
        return [claims]
    by_id = {c.id: c for c in claims}
    groups = [[by_id[dated[0][1]]]]
    for (before, _), (day, claim) in pairwise(dated):
        if day - before > max(_reach(by_id[claim]), _reach(groups[-1][-1])):
            groups.append([])
        groups[-1].append(by_id[claim])
    undated = [c for c in claims if _signing(c) is None]
    if len(groups) == 1:
        return [groups[0] + undated]
    return [*groups, undated] if undated else groups


def _connected(claims: list[Claim], law: Rules) -> list[list[Claim]]:
    """Claims linked by shared parties: the "Treaty of X" of one set of states is not that of another."""
    groups: list[tuple[set[str], list[Claim]]] = []
    for claim in claims:
        mine = set(_sides(claim, law)[0])
        touching = [g for g in groups if g[0] & mine]
        merged: tuple[set[str], list[Claim]] = (mine, [claim])
        for group in touching:
            merged = (merged[0] | group[0], group[1] + merged[1])
            groups.remove(group)
        groups.append(merged)
    return [g[1] for g in groups]


def _all_words(claims: list[Claim], law: Rules) -> dict[str, Words]:
    """Claim id -> the telling words of its name; abbreviations stand for the one long name they fit."""
    short: dict[str, set[Words]] = {}
    for claim in claims:
        if not claim.name or not claim.named:
            continue
        bracket = _BRACKET.match(claim.name)
        name = bracket["name"] if bracket else claim.name
        initials = "".join(t[0] for w in _tokens(name) for t in w.split("-") if w not in law.stop)
        for abbreviation in {initials} | ({bracket["short"].casefold()} if bracket else set()):
            if len(abbreviation) > 1 and not _ACRONYM.fullmatch(name):
                short.setdefault(abbreviation, set()).add(_words(name, law))
    found = {}
    for claim in claims:
        mine = _words(claim.name or "", law)
        if claim.name and _ACRONYM.fullmatch(claim.name.strip()):
            longer = short.get(claim.name.strip().casefold(), set())
            mine = next(iter(longer)) if len(longer) == 1 else mine
        found[claim.id] = mine
    return found


def _words(name: str, law: Rules) -> Words:
    """What tells this name from others: no years, no countries, no words for "agreement"."""
    bracket = _BRACKET.match(name)
    found: set[str] = set()
    for token in _tokens(bracket["name"] if bracket else name):
        parts = [token] if token in law.common or token in law.same else token.split("-")
        for part in parts:
            part = law.same.get(part, part)
            part = part if part in law.common or part in law.heads else _singular(part)
            part = law.same.get(part, part)
            if part in law.heads or part in law.stop or part in law.countries or part.isdigit():
                continue
            found.add(part)
    return frozenset(found)


def _distinctive(words: Words, law: Rules) -> bool:
    return any(w not in law.common for w in words)


def _edition(claim: Claim) -> str | None:
    """The year of an exercise: from its name, else its days, else the report."""
    year = _YEAR.search(claim.name or "")
    if year:
        return year[0]
    day = claim.from_ or claim.until or claim.published
    return day[:4] if day else None


def _tokens(text: str) -> list[str]:
    return [_fold(w) for w in _WORD.findall(text)]


def _fold(text: str) -> str:
    """Lower case without accents and possessive endings."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).removesuffix("'s").strip()


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _day(iso: str) -> date:
    return date.fromisoformat(iso)


# 2. and 3. How the tie stood


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim as it counts for the tie's life. `day`: the valid day it tells of; `ends`: the day an end takes effect
    that it announces; `own`: a party speaks of itself; `state`: it says how things stand, not that they change."""

    claim: Claim
    status: TieStatus
    step: str
    day: str | None
    ends: str | None
    own: bool
    state: bool
    weak: bool


def _said(claim: Claim, law: Rules) -> _Said:
    status, step = _status_of(claim, law)
    ends = None
    published = claim.published
    ahead = claim.from_ is not None and published is not None and claim.from_ > published
    if ahead and status is TieStatus.ENDED:
        status, step, ends = TieStatus.ACTIVE, f"{step} announced", claim.from_
    elif ahead and status is TieStatus.SUSPENDED:
        status, step = TieStatus.ACTIVE, f"{step} announced"
    elif ahead and status in (TieStatus.ACTIVE, TieStatus.SIGNED):
        status = TieStatus.PLANNED
    elif status in law.standing and not step.endswith("considered"):
        ends = _announced_end(claim, step)
    day = claim.from_ if claim.from_ and not ahead else published
    base, suffix = _base(step, law)
    steps = law.steps
    return _Said(
        claim=claim,
        status=status,
        step=step,
        day=day,
        ends=ends,
        own=_own_word(claim),
        state=base in steps["states"] or base in steps["reprieve"] or suffix in ("denied", "announced", "considered"),
        weak=step in steps["weak"] and claim.from_ is None,
    )


def _status_of(claim: Claim, law: Rules) -> tuple[TieStatus, str]:
    """The status that the claim's step leads to."""
    step = claim.step
    status = law.status.get(step, claim.status)
    if step in law.steps["approval"] and claim.kind not in ("agreement", "alliance"):
        status = TieStatus.PLANNED
    return status, step


def _base(step: str, law: Rules) -> tuple[str, str | None]:
    """ "left announced" -> ("left", "announced")."""
    head, _, last = step.rpartition(" ")
    return (head, last) if head and last in law.steps["suffixes"] else (step, None)


def _announced_end(claim: Claim, step: str) -> str | None:
    """The day from which a tie will be over. An interval without a beginning is the end that was stated; "by the end
    of 2025" is over when 2025 is. An exercise is over after the last of its days."""
    if claim.until is None or step.startswith("suspend"):
        return None
    if claim.kind == "exercise" and claim.from_ is not None:
        return claim.until if claim.grain not in _FINE and claim.grain not in ("month", "year", "season") else None
    if claim.from_ is not None:
        return None
    day = _day(claim.until)
    if claim.grain == "year":
        return f"{day.year + 1:04}-01-01"
    if claim.grain == "month":
        return f"{day.year + day.month // 12:04}-{day.month % 12 + 1:02}-01"
    return claim.until


def _own_word(claim: Claim) -> bool:
    """Whether a party speaks here, through its government, army or parliament."""
    if claim.voice.kind != "source":
        return False
    keys = {_key(p) for p in claim.parties}
    states = {p.country for p in claim.parties if p.country and p.country == p.entity}
    return any(
        (a.entity is not None and a.entity in keys) or (a.country in states and a.sector in _OFFICIAL)
        for a in claim.voice.sources
    )


def _outvoted(said: list[_Said], law: Rules) -> set[str]:
    """Ids of claims that do not stand against others: a party's own word about itself outweighs a third party's, else
    the later report stands."""
    out: set[str] = set()
    for denial in (s for s in said if not s.claim.supports):
        out |= {s.claim.id for s in said if s.claim.supports and _denied(s, denial)}
    kept = [s for s in said if s.claim.supports and s.claim.published and not s.weak and s.claim.id not in out]
    stopped = [s for s in kept if s.status not in law.standing]
    going = [s for s in kept if s.status in law.standing]
    for a in stopped:
        for b in going:
            out |= _loser(*sorted((a, b), key=lambda s: (s.claim.published or "", s.own, s.claim.id)))
    return out


def _denied(said: _Said, denial: _Said) -> bool:
    """Whether a denial strikes what another passage says."""
    plans = (TieStatus.PROPOSED, TieStatus.PLANNED)
    if said.status is not denial.status and not (said.status in plans and denial.status in plans):
        return False
    if said.own and not denial.own:
        return False
    ours, theirs = said.claim.published, denial.claim.published
    if ours is None or theirs is None:
        return denial.own > said.own
    apart = _day(ours) - _day(theirs)
    if abs(apart) > _SAME_MOMENT or (said.claim.from_ and said.claim.from_ > theirs):
        return False
    return apart <= timedelta(0) or denial.own > said.own


def _loser(first: _Said, later: _Said) -> set[str]:
    """Of two passages that disagree on whether the tie still stands, the one that yields; none where the later one
    tells of a change."""
    ours, theirs = first.claim.published or "", later.claim.published or ""
    if _day(theirs) - _day(ours) > _SAME_MOMENT or (later.claim.from_ and later.claim.from_ > ours):
        return set()
    same_day = ours == theirs
    if first.own and not later.own:
        third = later.claim.voice.kind == "source"
        return {later.claim.id} if same_day or third or later.state else set()
    if later.own and not first.own:
        return {first.claim.id} if same_day or later.state else set()
    return {first.claim.id} if later.state and not same_day else set()


@dataclass(slots=True)
class _Life:
    """A tie's life as it is told, in order."""

    law: Rules
    status: TieStatus | None = None
    step: str = ""
    day: str | None = None
    since: str | None = None
    opened: bool = False
    founded: bool = False
    ends: str | None = None
    ending: _Said | None = None
    decider: _Said | None = None
    history: list[tuple[TieStatus, str, str | None, list[_Said]]] | None = None

    def tell(self, said: _Said, status: TieStatus, step: str, since: str | None) -> None:
        """The tie has this status from here on."""
        assert self.history is not None
        if status is not self.status:
            self.since, self.decider = since, said
        self.history.append((status, step, since, [said]))
        self.status, self.step, self.day = status, step, said.day
        self.opened |= status in (TieStatus.ACTIVE, TieStatus.SUSPENDED, TieStatus.ENDED)
        self.founded |= not said.weak

    def expire(self, until: str | None) -> None:
        """An end announced for a day up to `until` takes effect by itself."""
        if self.ends is None or self.ending is None or (until is not None and self.ends > until) or until is None:
            return
        ends, said = self.ends, self.ending
        self.ends = self.ending = None
        if self.status in (TieStatus.ACTIVE, TieStatus.SIGNED, TieStatus.SUSPENDED):
            self.tell(said, TieStatus.ENDED, "presumed", ends)


def _resolve_one(
    group: list[Claim], law: Rules, at: str | None, horizon: str | None, stories: Mapping[str, str]
) -> Resolution | None:
    said = [_said(c, law) for c in group]
    out = _outvoted(said, law)
    standing = [s for s in said if s.claim.supports and s.claim.id not in out]
    moves = [s for s in standing if _party_move(s, group, law)]
    told = [s for s in standing if s not in moves]
    life = _live(_in_order(told or moves, law), law, at, horizon)
    if life.status is None:
        _strike(life, said, at)
    if life.status is None or life.decider is None:
        return None
    return _tie(group, said, out, life, moves, stories)


def _strike(life: _Life, said: list[_Said], at: str | None) -> None:
    """A tie that was claimed, and whose every claim was outvoted, is rejected by the denial; one that nobody ever
    claimed is none."""
    denials = [s for s in said if not s.claim.supports and (at is None or s.day is None or s.day <= at)]
    if denials and any(s.claim.supports for s in said):
        last = max(denials, key=lambda s: (s.own, s.claim.published or "", s.claim.id))
        life.tell(last, TieStatus.REJECTED, last.step, last.claim.from_)


def _party_move(said: _Said, group: list[Claim], law: Rules) -> bool:
    """Whether one of several parties joins or leaves, rather than the tie beginning or ending."""
    if len(law.roles.get(group[0].kind, ())) > 1:
        return False
    everyone = {_key(p) for c in group for p in c.parties}
    mine = {_key(p) for p in said.claim.parties}
    base = _base(said.step, law)[0]
    return len(everyone) > 2 and mine < everyone and (base in law.steps["joining"] or base in law.steps["leaving"])


def _in_order(said: list[_Said], law: Rules) -> list[_Said]:
    """By valid day; what is known only by month or year is put at the exact day another passage gives for the same,
    else after what it must have followed."""
    placed = [replace(s, day=_placed(s, said, law)) for s in said]
    return sorted(
        placed,
        key=lambda s: (s.day or "", s.claim.published or "9999", s.own, law.rank[s.status], s.claim.id),
    )


def _placed(said: _Said, others: list[_Said], law: Rules) -> str | None:
    start, until = said.claim.from_, said.claim.until
    if said.claim.grain in _FINE or start is None or until is None or said.day != start:
        return said.day
    end = min(until, said.claim.published or until)
    inside = [o for o in others if o.day is not None and start <= o.day <= end and o is not said]
    exact = [o.day for o in inside if o.status is said.status and o.claim.grain in _FINE and o.claim.from_]
    if exact:
        return min(d for d in exact if d)
    before = [o.day for o in inside if law.rank[o.status] < law.rank[said.status] and o.claim.grain in _FINE]
    return max([start, *(d for d in before if d)])


def _live(said: list[_Said], law: Rules, at: str | None, horizon: str | None) -> _Life:
    life = _Life(law, history=[])
    for s in said:
        if at is not None and s.day is not None and s.day > at:
            break
        life.expire(s.day)
        _step(life, s)
    life.expire(at or horizon)
    return life


def _step(life: _Life, said: _Said) -> None:
    """Takes in one passage: a change, or more evidence of what is known."""
    status = _next(life, said)
    assert life.history is not None
    if status is None:
        if life.history:
            life.history[-1][3].append(said)
        _reschedule(life, said)
        return
    news = status is not life.status or (not said.state and not said.weak and said.step != life.step)
    if news:
        life.tell(said, status, said.step, _since(said))
    else:
        life.history[-1][3].append(said)
    _reschedule(life, said)


def _since(said: _Said) -> str | None:
    """The day a status began, where the passage (or, for its month or year, another one) tells."""
    return said.day if said.claim.from_ is not None and said.day != said.claim.published else said.claim.from_


def _reschedule(life: _Life, said: _Said) -> None:
    """Sets, moves or withdraws the day on which the tie will be over."""
    base, suffix = _base(said.step, life.law)
    if said.ends is not None and life.status not in (TieStatus.ENDED, TieStatus.REJECTED):
        life.ends, life.ending = said.ends, said
    elif said.status not in life.law.standing or suffix == "denied" or base in life.law.steps["reprieve"]:
        life.ends = life.ending = None


def _next(life: _Life, said: _Said) -> TieStatus | None:
    """The status that a passage leads to, or `None` where it changes nothing."""
    law, now, status = life.law, life.status, said.status
    if _base(said.step, law)[0] in law.steps["shelving"] and status not in law.standing:
        status = TieStatus.SUSPENDED if life.opened or now is TieStatus.SIGNED else TieStatus.REJECTED
        status = said.status if now is None and said.status is TieStatus.SUSPENDED else status
    if now is None:
        return status
    if said.weak:
        higher = not life.founded and law.rank[status] > law.rank[now]
        return status if higher else None
    if status in law.standing:
        return _onward(life, said, now)
    if now in (TieStatus.ENDED, TieStatus.REJECTED):
        return status if status is now else None
    if status is TieStatus.SUSPENDED and not life.opened and now in (TieStatus.PROPOSED, TieStatus.PLANNED):
        return TieStatus.REJECTED
    if status is TieStatus.REJECTED and life.opened:
        return None
    return status


def _onward(life: _Life, said: _Said, now: TieStatus) -> TieStatus | None:
    """Where a passage leads that says the tie stands or is on its way."""
    law, status = life.law, said.status
    suffix = _base(said.step, law)[1]
    if now in law.standing:
        return status if law.rank[status] >= law.rank[now] else None
    if suffix in ("announced", "considered") and status is TieStatus.ACTIVE:
        return None
    if now is TieStatus.SUSPENDED:
        return status if status is TieStatus.ACTIVE else None
    if status is TieStatus.SIGNED and now is TieStatus.ENDED and said.claim.from_ is None:
        return None
    return status


def _tie(
    group: list[Claim],
    said: list[_Said],
    out: set[str],
    life: _Life,
    moves: list[_Said],
    stories: Mapping[str, str],
) -> Resolution:
    assert life.status is not None
    assert life.decider is not None
    assert life.history is not None
    for_ = {c.id: c.supports and c.id not in out for c in group}
    parties, articles = _parties(group, moves, life.law)
    place, place_article = _place(group)
    decider = life.decider.claim
    over = life.status in (TieStatus.ENDED, TieStatus.REJECTED)
    until = life.since if life.status is TieStatus.ENDED else None if over else life.ends
    in_favour = {stories.get(c.article, c.article) for c in group if for_[c.id]}
    against = {stories.get(c.article, c.article) for c in group if not for_[c.id]} - in_favour
    tie = Tie(
        id=make_id("t", group[0].id),
        kind=group[0].kind,
        name=_name(group),
        parties=parties,
        status=life.status,
        step=life.step,
        since=life.since,
        until=until,
        place=place,
        voice=decider.voice,
        history=tuple(
            Step(status, step, since, tuple(_evidence(s.claim, for_[s.claim.id]) for s in by))
            for status, step, since, by in life.history
        ),
        evidence=tuple(_evidence(c, for_[c.id]) for c in group),
        outlets=len({c.outlet or "" for c in group if for_[c.id]}),
        stories=len(in_favour),
        # Laplace's rule over stories: one in favour gives 2/3, one each way 1/2.
        score=round((len(in_favour) + 1) / (len(in_favour) + len(against) + 2), 4),
        because=_because(life),
    )
    return Resolution(tie, tuple(group), articles, place_article, decider.article)


def _evidence(claim: Claim, for_: bool) -> Evidence:
    span = claim.span
    return Evidence(span.start, span.end, span.text, claim.article, claim.outlet, claim.published, for_)


def _because(life: _Life) -> tuple[Reason, ...]:
    """The reasons of the claims that brought each change."""
    found: list[Reason] = []
    for _, step, _, by in life.history or ():
        found += by[0].claim.because
        if step in life.law.status or step == "presumed":
            found.append(Reason("status", "ties.toml", None, step))
    return tuple(dict.fromkeys(found))


def _name(group: list[Claim]) -> str | None:
    """The proper name used most, the fuller one of equals; else the words that describe it."""
    proper = Counter(c.name for c in group if c.name and c.named)
    names = proper or Counter(c.name for c in group if c.name)
    full = {n: k for n, k in names.items() if not _ACRONYM.fullmatch(n)} or names
    return min(full, key=lambda n: (-full[n], -len(n), n)) if full else None


def _parties(group: list[Claim], moves: list[_Said], law: Rules) -> tuple[tuple[Party, ...], tuple[str, ...]]:
    """All parties over the claims, each as first read, with the article its span lies in."""
    first: dict[str, tuple[Party, str]] = {}
    for claim in group:
        for party in claim.parties:
            key = _key(party)
            if key not in first:
                first[key] = (party, claim.article)
                continue
            known, article = first[key]
            first[key] = (replace(known, from_=known.from_ or party.from_, until=known.until or party.until), article)
    for move in moves:
        leaving = _base(move.step, law)[0] in law.steps["leaving"]
        day = move.ends if leaving and move.ends else move.claim.from_ or None
        for party in move.claim.parties:
            known, article = first[_key(party)]
            came, went = (known.from_, day or known.until) if leaving else (day or known.from_, known.until)
            first[_key(party)] = (replace(known, from_=came, until=went), article)
    roles: dict[str, tuple[str, ...]] = law.roles
    order = roles.get(group[0].kind, ("party",))
    found = sorted(first.values(), key=lambda pa: order.index(pa[0].role) if pa[0].role in order else 0)
    return tuple(p for p, _ in found), tuple(a for _, a in found)


def _place(group: list[Claim]) -> tuple[Place | None, str | None]:
    """The city named first, else any place."""
    located: list[tuple[Any, str]] = [(c.place, c.article) for c in group if c.place is not None]
    cities = [(p, a) for p, a in located if p.grain not in _WIDE]
    return next(iter([*cities, *located]), (None, None))
