"""Claims to ties: which passages speak of the same tie, and how it stood on a given day.

`resolve` is a pure function of the set of claims: the order in which they come, and what was asked before, changes
nothing. Which kinds, statuses and steps there are, and what each step leads to, stands in `data/ties.toml`.

1. Claims are put together by kind, parties and (agreements, groupings, exercises) name, (presences) city. One that
   describes its tie less fully joins the one tie it fits; where two fit, it stays apart.
2. Passages that contradict one another within weeks are weighed: a party's own word about itself first, then the later.
3. What stands is told in order of valid time, and read off on the day asked for.

A tie's id comes from its anchor, the claim published first. An earlier report that arrives later gives it another
id; the old one answers through `aliases`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from itertools import groupby, pairwise
from typing import Any

from communique.codebook import Codebook, current
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

# Days. Reports this near one another may contradict; further apart, the later one tells of a change.
_SAME_MOMENT = 30
# Two signings further apart than this are two agreements, where no proper name joins them.
_SAME_SIGNING = 92
# Exercises of one year whose days lie further apart than this are two.
_SAME_EXERCISE = 45
_YEAR_DAYS = 366
# Sectors that speak for a state.
_OFFICIAL = frozenset({"GOV", "MIL", "LEG", "JUD", "SPY"})
_WIDE = frozenset({"country", "region", "area"})
_MONTHS = {"month": 1, "quarter": 3, "season": 3, "year": 12}
_FINE = frozenset({"day", "hour", "time", None})
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&+-]{1,7}")
_BRACKET = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<short>[^)\]]+)[)\]]\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")

Words = frozenset[str]
Codes = frozenset[str]


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
    fields: tuple[Words, ...]
    facility: dict[str, str]
    confidence: dict[str, float]


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
        fields=tuple(frozenset(words) for words in raw["fields"].values()),
        facility={word: sort for sort, words in raw["presence"].items() for word in words},
        confidence={name: float(weight) for name, weight in raw["confidence"].items()},
    )


def _country_words(book: Codebook) -> Words:
    """Words of country names and demonyms: they say whose pact it is, not which."""
    found: set[str] = set()
    for row in book.rows("countries.csv"):
        for column in ("name", "aliases", "demonyms"):
            for item in row.list(column):
                found |= set(_tokens(item)) if len(item.split()) == 1 else set()
    return frozenset(found | {"us", "uk"})


@dataclass(frozen=True, slots=True)
class State:
    """How a tie stands from the ISO day `day` on (`None`: as long as is known), until its next state: what `resolve` gives
    for those days."""

    day: str | None
    status: TieStatus
    step: str
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """A tie with the claims it rests on, and the articles that its parties', place's and voice's spans lie in. `states`:
    how it stood on every day."""

    tie: Tie
    claims: tuple[Claim, ...]
    party_articles: tuple[str, ...]
    place_article: str | None
    voice_article: str
    states: tuple[State, ...] = ()


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
    used = [c for c in claims if known_by is None or (c.published is not None and c.published <= known_by)]
    horizon = known_by or max((c.published for c in used if c.published), default=None)
    return resolved(groups(used, book=book), at=at, horizon=horizon, stories=stories, book=book)


def groups(claims: Iterable[Claim], *, book: Codebook | None = None) -> list[list[Claim]]:
    """Claims in groups of one tie each, the earliest published first, which is the tie's anchor.

    Claims of different blocks (`block`) never meet: a block is grouped the same alone and among others. Voice, span,
    outlet, event and reasons of a claim do not matter here.
    """
    return _groups(_sorted(claims), rules(book or current()))


def block(claim: Claim, *, book: Codebook | None = None) -> str:
    """Names the claims among which a claim is grouped: those of its kind, and of its parties where these alone tell ties
    of the kind apart."""
    law = rules(book or current())
    if law.match.get(claim.kind, "pair") not in ("pair", "place"):
        return claim.kind
    return "|".join([claim.kind, *("&".join(sorted(side)) for side in _sides(claim, law))])


def resolved(
    groups: Iterable[list[Claim]],
    *,
    at: str | None = None,
    horizon: str | None = None,
    stories: Mapping[str, str] | None = None,
    book: Codebook | None = None,
) -> list[Resolution]:
    """What groups of claims (`groups`) come to, sorted by kind, parties and id. `horizon`: the ISO day up to which ends
    that were announced take effect, where no day is asked for."""
    law = rules(book or current())
    found = [r for group in groups if (r := _resolve_one(group, law, at, at or horizon, stories or {})) is not None]
    found.sort(key=order)
    return found


def order(found: Resolution) -> tuple[Any, ...]:
    """What ties are sorted by: kind, parties, name, id."""
    return found.tie.kind, [_key(p) for p in found.tie.parties], found.tie.name or "", found.tie.id


def own_id(claim: str) -> str:
    """The id that a tie has while this claim is its earliest one."""
    return make_id("t", claim)


def aliases(claims: Iterable[Claim], *, book: Codebook | None = None) -> dict[str, str]:
    """Every id that a tie may once have had -> the id it has now. A claim gives its tie its id when it is the
    earliest one known, so each claim's own potential id is an alias."""
    return aliases_of(groups(claims, book=book))


def aliases_of(groups: Iterable[list[Claim]]) -> dict[str, str]:
    """The same for claims in groups."""
    found = {own_id(claim.id): own_id(group[0].id) for group in groups for claim in group}
    return dict(sorted(found.items()))


def _sorted(claims: Iterable[Claim]) -> list[Claim]:
    """One claim an id, the earliest published first; the first of a tie is its anchor."""
    by_id = {c.id: c for c in claims}
    return sorted(by_id.values(), key=age)


def age(claim: Claim) -> tuple[str, str]:
    """What the claims of a tie are sorted by: the day of their report, and their id."""
    return claim.published or "9999", claim.id


# 1. Which claims speak of the same tie


def _key(party: Party) -> str:
    return party.entity or party.country or (party.name or party.text).casefold()


def _codes(claim: Claim) -> Codes:
    return frozenset(_key(p) for p in claim.parties)


def _sides(claim: Claim, law: Rules) -> tuple[Codes, ...]:
    """The parties' codes, a set a role where roles differ (guest, host), else all in one."""
    roles = law.roles.get(claim.kind, ("party",))
    if len(roles) == 1:
        return (_codes(claim),)
    by_role: list[set[str]] = [set() for _ in roles]
    for i, party in enumerate(claim.parties):
        at = roles.index(party.role) if party.role in roles else min(i, len(roles) - 1)
        by_role[at].add(_key(party))
    return tuple(frozenset(side) for side in by_role)


def _groups(claims: list[Claim], law: Rules) -> list[list[Claim]]:
    """Claims in groups of one tie each, every group in the order of `_sorted`."""
    blocks: dict[tuple[str, tuple[Codes, ...]], list[Claim]] = {}
    for claim in claims:
        by_sides = law.match.get(claim.kind, "pair") in ("pair", "place")
        blocks.setdefault((claim.kind, _sides(claim, law) if by_sides else ()), []).append(claim)
    groups: list[list[Claim]] = []
    for (kind, _), block in blocks.items():
        match law.match.get(kind, "pair"):
            case "pair":
                groups.append(block)
            case "place":
                groups += _by_place(block, law)
            case match:
                groups += _by_name(block, law, match)
    return [_sorted(g) for g in groups]


@dataclass(eq=False)
class _Cluster:
    """Claims that describe their tie in the same way; `joined` came with less and were put here.

    `look`: city and sort of a presence, or the years in which an exercise's edition lies (first, last).
    `proper`: the words make a proper name, which holds over different lists of parties.
    `kin`: words that newspapers use for a pact of this field.
    """

    law: Rules
    claims: list[Claim]
    look: tuple[Any, ...] = ()
    words: Words = frozenset()
    proper: bool = False
    kin: Words = frozenset()
    joined: list[Claim] = field(default_factory=list)

    @cached_property
    def named(self) -> bool:
        return any(c.named for c in self.claims)

    @cached_property
    def sets(self) -> frozenset[Codes]:
        return frozenset(_codes(c) for c in self.claims)

    @cached_property
    def parties(self) -> Codes:
        return frozenset().union(*self.sets)

    @cached_property
    def articles(self) -> frozenset[str]:
        return frozenset(c.article for c in self.claims)

    @cached_property
    def days(self) -> list[int]:
        """The days on which it was spoken of, and those spoken of."""
        return sorted({_ordinal(d) for c in self.claims for d in (c.published, c.from_) if d})

    @cached_property
    def stated(self) -> list[int]:
        """The signing days, or an exercise's days, that are stated."""
        return sorted({d for c in self.claims if (d := _moment(c, self.law)) is not None})

    @cached_property
    def known(self) -> int | None:
        """The day by which it existed: signed, or spoken of as in force or over."""
        stood = (c for c in self.claims if c.supports and c.status not in (TieStatus.PROPOSED, TieStatus.PLANNED))
        return min((_ordinal(d) for c in stood if (d := c.from_ or c.published)), default=None)


def _ordinal(iso: str) -> int:
    """Days since the year 1."""
    return _day(iso).toordinal()


def _day(iso: str) -> date:
    return date.fromisoformat(iso)


def _within(days: list[int], day: int, reach: int) -> bool:
    at = bisect_left(days, day - reach)
    return at < len(days) and days[at] <= day + reach


def _moment(claim: Claim, law: Rules) -> int | None:
    """The day by which two agreements, or two exercises, of one name are told apart."""
    telling = claim.grain != "year" if claim.kind == "exercise" else _is_signing(claim, law)
    return _ordinal(claim.from_) if claim.from_ and telling else None


def _is_signing(claim: Claim, law: Rules) -> bool:
    return claim.status is TieStatus.SIGNED and claim.step not in law.steps["approval"]


def _reach(claim: Claim) -> int:
    if claim.kind == "exercise":
        return _SAME_EXERCISE
    return _YEAR_DAYS if claim.grain == "year" else _SAME_SIGNING


def _attach(
    clusters: list[_Cluster],
    wider: Callable[[_Cluster], list[_Cluster]],
    home: Callable[[Claim, _Cluster, list[_Cluster]], _Cluster | None],
) -> list[list[Claim]]:
    """Claims described less fully go to the one described most fully that is their home; the others stay together.

    `wider`: the clusters that a cluster's description fits in; `home`: which of them one of its claims belongs to.
    """
    more = {id(c): wider(c) for c in clusters}
    apart: list[list[Claim]] = []
    for cluster in clusters:
        full = [w for w in more[id(cluster)] if not more[id(w)]]
        rest: list[Claim] = []
        for claim in cluster.claims if more[id(cluster)] else ():
            at = home(claim, cluster, full)
            (rest if at is None else at.joined).append(claim)
        if rest:
            apart.append(rest)
    return [*(c.claims + c.joined for c in clusters if not more[id(c)]), *apart]


def _only(candidates: list[_Cluster], *tests: Callable[[_Cluster], bool]) -> _Cluster | None:
    """The one candidate; of several, the one that passes the first test that any passes."""
    for test in tests:
        if len(candidates) > 1:
            candidates = [c for c in candidates if test(c)] or candidates
    return candidates[0] if len(candidates) == 1 else None


def _by_place(block: list[Claim], law: Rules) -> list[list[Claim]]:
    """Presences of one guest with one host: by city and by what sort of presence it is."""
    looks: dict[tuple[str | None, str | None], _Cluster] = {}
    for claim in block:
        look = (_city(claim), _facility((claim.name or "").casefold(), law))
        looks.setdefault(look, _Cluster(law, [], look)).claims.append(claim)
    clusters = list(looks.values())

    def wider(less: _Cluster) -> list[_Cluster]:
        return [c for c in clusters if c is not less and _fits_place(less.look, c.look)]

    return _attach(clusters, wider, lambda claim, _, full: _only(full, partial(_same_article, claim)))


def _fits_place(less: tuple[Any, ...], more: tuple[Any, ...]) -> bool:
    return all(a is None or a == b for a, b in zip(less, more, strict=True))


def _city(claim: Claim) -> str | None:
    if claim.place is None or claim.place.grain in _WIDE:
        return None
    return _fold(claim.place.name or claim.place.text)


def _facility(name: str, law: Rules) -> str | None:
    """Embassy or base, as far as the claim's name tells: by the longest word of the table in it."""
    text = " " + " ".join(_singular(w) for w in _WORD.findall(name)) + " "
    fits = [word for word in law.facility if f" {_singular(word)} " in text]
    return law.facility[max(fits, key=lambda w: (len(w), w))] if fits else None


def _by_name(claims: list[Claim], law: Rules, match: str) -> list[list[Claim]]:
    """Agreements, groupings, dialogues and exercises: proper names over all their parties, all else by parties."""
    clusters = _named_clusters(claims, law, match)
    by_word: dict[str, list[_Cluster]] = {}
    by_party: dict[str, list[_Cluster]] = {}
    by_parties: dict[Codes, list[_Cluster]] = {}
    for cluster in clusters:
        for word in cluster.words:
            by_word.setdefault(word, []).append(cluster)
        for code in cluster.parties:
            by_party.setdefault(code, []).append(cluster)
        for codes in cluster.sets if cluster.named else ():
            by_parties.setdefault(codes, []).append(cluster)

    def wider(less: _Cluster) -> list[_Cluster]:
        lists = [by_word[w] for w in less.words] if less.proper else [by_party[p] for p in less.parties]
        fits = [c for c in min(lists, key=len, default=[]) if c is not less and _fits_name(less, c)]
        loose = [] if less.named else [c for c in by_parties.get(less.parties, ()) if _fits_loosely(less, c)]
        return fits + loose

    groups = _attach(clusters, wider, _home)
    return [part for g in groups for part in _by_moment(g, law)]


def _named_clusters(claims: list[Claim], law: Rules, match: str) -> list[_Cluster]:
    words = _all_words(claims, law)
    gathered: dict[tuple[Words, tuple[int, ...]], list[Claim]] = {}
    plain: dict[tuple[Words, tuple[int, ...], Codes], _Cluster] = {}
    for claim in claims:
        mine = words[claim.id]
        look = _edition(claim) if match == "edition" else ()
        if claim.named and not mine <= law.common:
            gathered.setdefault((mine, look), []).append(claim)
        else:
            key = (mine, look, _codes(claim))
            plain.setdefault(key, _Cluster(law, [], look, mine, kin=_kin(mine, law))).claims.append(claim)
    found = [
        _Cluster(law, part, look, mine, True, _kin(mine, law))
        for (mine, look), group in gathered.items()
        for part in ([group] if match == "grouping" else _connected(group, law))
    ]
    return [*found, *plain.values()]


def _connected(claims: list[Claim], law: Rules) -> list[list[Claim]]:
    """Claims of one proper name linked by their parties. A name that more than two share, or that one joins or
    leaves, links all who share a party; else one list must hold the other: the "Treaty of X" of one pair is not that
    of another."""
    sets = {_codes(c) for c in claims}
    moves = law.steps["joining"] | law.steps["leaving"]
    many = any(len(s) > 2 for s in sets) or any(_base(c.step, law)[0] in moves for c in claims)
    linked: list[tuple[Codes, set[Codes]]] = []
    for one in sorted(sets, key=lambda s: (-len(s), sorted(s))):
        near = [g for g in linked if (one & g[0] if many else one <= g[0])]
        near = near if many or len(near) == 1 else []
        linked = [g for g in linked if g not in near]
        linked.append((one.union(*(g[0] for g in near)), {one}.union(*(g[1] for g in near))))
    number = {codes: i for i, (_, group) in enumerate(linked) for codes in group}
    parts: list[list[Claim]] = [[] for _ in linked]
    for claim in claims:
        parts[number[_codes(claim)]].append(claim)
    return parts


def _fits_name(less: _Cluster, more: _Cluster) -> bool:
    """Whether a description may be a shorter one of the same tie."""
    if not less.words <= more.words or not _fits_years(less.look, more.look):
        return False
    if less.parties <= more.parties:
        shorter = less.words < more.words or less.look != more.look or more.proper > less.proper
        # "Seoul withdrew from the General Security of Military Information Agreement": that of two
        fewer = len(less.parties) < len(more.parties)
        return shorter or (fewer and (more.proper or (less.named and more.named and less.words == more.words)))
    lone = len(less.parties) == 1 < len(more.parties) and more.proper
    return less.proper and ((less.words < more.words and less.parties > more.parties) or lone)


def _fits_loosely(less: _Cluster, more: _Cluster) -> bool:
    """Whether words that are no part of a name may still describe it: "defence pact" for an access agreement, or any
    words for what was signed by the same parties on the same day."""
    if less.words <= more.words or more.words < less.words or not _fits_years(less.look, more.look):
        return False
    return less.words <= more.words | more.kin or any(_within(more.stated, day, 1) for day in less.stated)


def _kin(words: Words, law: Rules) -> Words:
    return frozenset().union(*(f for f in law.fields if f & words))


def _fits_years(less: tuple[int, ...], more: tuple[int, ...]) -> bool:
    return less == more or (more[0] == more[1] and less[0] <= more[0] <= less[1])


def _home(claim: Claim, cluster: _Cluster, full: list[_Cluster]) -> _Cluster | None:
    """Where a less fully described claim belongs: to the one tie that fits; of several, to the one that its own
    article speaks of, else to the one that is spoken of in the same weeks."""
    here = partial(_same_article, claim)
    by_name = [c for c in full if claim.named and c.named and cluster.words == c.words]
    fits = [c for c in full if cluster.proper or here(c) or _codes(claim) in c.sets or c in by_name]
    day = _ordinal(claim.published) if claim.published else None
    return _only(
        [c for c in fits if _times_fit(claim, cluster, c)],
        here,
        lambda c: day is not None and _within(c.days, day, _SAME_MOMENT),
        lambda c: cluster.words <= c.words,
    )


def _times_fit(claim: Claim, cluster: _Cluster, to: _Cluster) -> bool:
    """Whether a claim can be of the time of a tie: near its stated days, and no plan for what long exists."""
    moment = _moment(claim, to.law)
    if moment is not None and to.stated:
        return _within(to.stated, moment, _reach(claim))
    if claim.published is None or claim.article in to.articles:
        return True
    day = _ordinal(claim.published)
    if claim.kind == "exercise":
        if cluster.words == to.words:
            return not to.stated or day <= to.stated[-1] or cluster.look == to.look
        return _spoken_near(to, claim)
    late = 0 if to.known is None else day - to.known
    if claim.status in (TieStatus.PROPOSED, TieStatus.PLANNED):
        return late <= _SAME_SIGNING or _base(claim.step, to.law)[0] in to.law.steps["states"]
    return late <= _YEAR_DAYS or not _is_signing(claim, to.law)


def _by_moment(claims: list[Claim], law: Rules) -> list[list[Claim]]:
    """Splits by stated days: nameless agreements signed far apart, exercises held far apart are different ones.
    Claims that state no day go where their article or weeks point, else they stay apart."""
    exercise = claims[0].kind == "exercise"
    dated = sorted(((d, c.id, c) for c in claims if (d := _moment(c, law)) is not None), key=lambda x: x[:2])
    if len(dated) < 2 or (not exercise and any(c.named for c in claims)):
        return [claims]
    parts = [_Cluster(law, [dated[0][2]])]
    for (before, _, _), (day, _, claim) in pairwise(dated):
        if day - before > max(_reach(claim), _reach(parts[-1].claims[-1])):
            parts.append(_Cluster(law, []))
        parts[-1].claims.append(claim)
    if len(parts) == 1:
        return [claims]
    rest: list[Claim] = []
    for claim in (c for c in claims if _moment(c, law) is None):
        at = _only([p for p in parts if _spoken_near(p, claim)], partial(_same_article, claim))
        (rest if at is None else at.joined).append(claim)
    return [*(p.claims + p.joined for p in parts), *([rest] if rest else [])]


def _same_article(claim: Claim, cluster: _Cluster) -> bool:
    return claim.article in cluster.articles


def _spoken_near(cluster: _Cluster, claim: Claim) -> bool:
    return claim.published is not None and _within(cluster.days, _ordinal(claim.published), _reach(claim))


def _all_words(claims: list[Claim], law: Rules) -> dict[str, Words]:
    """Claim id -> the telling words of its name; an abbreviation stands for the one long name that it fits, among
    names of the same parties first."""
    plain = {name: _words(name, law) for name in {c.name or "" for c in claims}}
    long: dict[tuple[str, Codes | None], set[Words]] = {}
    for name, codes in {(c.name, _codes(c)) for c in claims if c.name and c.named}:
        for short in _abbreviations(name, law):
            long.setdefault((short, codes), set()).add(plain[name])
            long.setdefault((short, None), set()).add(plain[name])
    found = {}
    for claim in claims:
        words = plain[claim.name or ""]
        abbreviation = _short(claim.name or "", law) if claim.named else None
        if abbreviation:
            longer = long.get((abbreviation, _codes(claim))) or long.get((abbreviation, None), set())
            words = next(iter(longer)) if len(longer) == 1 else words
        found[claim.id] = words
    return found


def _short(name: str, law: Rules) -> str | None:
    """The one word that is left without "the" and "treaty": "INF", "Quad"."""
    words = [w for w in _WORD.findall(name) if not {_fold(w)} & (law.heads | law.stop)]
    return words[0].casefold() if len(words) == 1 else None


def _abbreviations(name: str, law: Rules) -> set[str]:
    """What a long name may be shortened to: what it gives in brackets, its initials with and without "of" and the
    word for "treaty", with "cross-servicing" as one word or two."""
    bracket = _BRACKET.match(name)
    words = _tokens(bracket["name"] if bracket else name)
    if len(words) < 2:
        return set()
    split = [part for w in words for part in w.split("-")]
    runs = [words, split, [w for w in split if w not in law.stop]]
    runs += [[w for w in run if w not in law.heads] for run in runs]
    return {"".join(w[0] for w in run) for run in runs if len(run) > 1} | (
        {_fold(bracket["short"])} if bracket else set()
    )


def _words(name: str, law: Rules) -> Words:
    """What tells this name from others: no years, no countries, no words for "agreement"."""
    bracket = _BRACKET.match(name)
    found: set[str] = set()
    for token in _tokens(bracket["name"] if bracket else name):
        parts = [token] if token in law.common or token in law.same else token.split("-")
        for part in parts:
            word = law.same.get(part, part)
            if word not in law.common and word not in law.heads:
                word = _singular(word)
                word = law.same.get(word, word)
            if word in law.heads or word in law.stop or word in law.countries or word.isdigit():
                continue
            found.add(word)
    return frozenset(found)


def _edition(claim: Claim) -> tuple[int, int]:
    """The first and last year in which an exercise may be held: named, stated, or the report's, and for a plan the
    year after too."""
    year = _YEAR.search(claim.name or "")
    day = year[0] if year else claim.from_ or claim.until
    if day is not None:
        return int(day[:4]), int(day[:4])
    if claim.published is None:
        return 1, 9999
    published = int(claim.published[:4])
    ahead = claim.status in (TieStatus.PROPOSED, TieStatus.PLANNED)
    return published, published + ahead


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


# 2. Which passages stand against which


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim as it counts for the tie's life. `day`: the valid day it tells of; `ends`: the day an end takes effect
    that it announces; `own`: a party speaks of itself; `state`: it says how things stand, not that they change;
    `quiet`: it gives the tie no finer step; `weak`: a bare mention."""

    claim: Claim
    status: TieStatus
    step: str
    day: str | None
    ends: str | None
    own: bool
    state: bool
    quiet: bool
    weak: bool


def _said(claim: Claim, law: Rules) -> _Said:
    status, step = law.status.get(claim.step, claim.status), claim.step
    ends = None
    published = claim.published
    ahead = _ahead(claim)
    if ahead and status is TieStatus.ENDED:
        status, step, ends = TieStatus.ACTIVE, f"{step} announced", claim.from_
    elif ahead and status is TieStatus.SUSPENDED:
        status, step = TieStatus.ACTIVE, f"{step} announced"
    elif ahead and status in (TieStatus.ACTIVE, TieStatus.SIGNED):
        status = TieStatus.PLANNED
    if status in law.standing and not step.endswith("considered"):
        ends = ends or _announced_end(claim, step, law)
    base, suffix = _base(step, law)
    steps = law.steps
    return _Said(
        claim=claim,
        status=status,
        step=step,
        day=claim.from_ if claim.from_ and not ahead else published,
        ends=ends,
        own=_own_word(claim),
        state=status in (TieStatus.SIGNED, TieStatus.ACTIVE)
        and (base in steps["states"] | steps["reprieve"] or suffix in ("denied", "announced", "considered")),
        quiet=base in steps["states"] or suffix in ("denied", "considered"),
        weak=step in steps["weak"] and claim.from_ is None,
    )


def _base(step: str, law: Rules) -> tuple[str, str | None]:
    """ "left announced" -> ("left", "announced")."""
    head, _, last = step.rpartition(" ")
    return (head, last) if head and last in law.steps["suffixes"] else (step, None)


def _announced_end(claim: Claim, step: str, law: Rules) -> str | None:
    """The day from which a tie will be over. An interval without a beginning is the end that was stated; "by the end
    of 2025" is over when 2025 is. An exercise is over after the last of its days, where all are stated."""
    if claim.until is None or step.startswith("suspend"):
        return None
    if claim.from_ is None:
        return _past(claim.until, claim.grain)
    if claim.kind != "exercise":
        return None
    whole = claim.grain not in _FINE and claim.grain not in _MONTHS
    return claim.until if whole or _base(step, law)[0] in law.steps["whole"] else None


def _past(start: str, grain: str | None) -> str:
    """The day after a month, quarter or year that begins on `start`; `start` itself for a day."""
    day = _day(start)
    months = day.year * 12 + day.month - 1 + _MONTHS.get(grain or "", 0)
    return date(months // 12, months % 12 + 1, 1).isoformat() if grain in _MONTHS else start


def _own_word(claim: Claim) -> bool:
    """Whether a party speaks here, through its government, army or parliament."""
    if claim.voice.kind != "source":
        return False
    keys = _codes(claim)
    states = {p.country for p in claim.parties if p.country and p.country == p.entity}
    return any(
        (a.entity is not None and a.entity in keys) or (a.country in states and a.sector in _OFFICIAL)
        for a in claim.voice.sources
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What matters of a passage when it is weighed against others; passages alike in this are weighed once."""

    published: str | None
    from_: str | None
    status: TieStatus
    own: bool
    state: bool
    third: bool
    ahead: bool


def _outvoted(said: list[_Said], law: Rules) -> set[str]:
    """Ids of claims that do not stand against others: a party's own word about itself outweighs a third party's, else
    the later report stands."""
    views: dict[_View, list[str]] = {}
    denials: set[_View] = set()
    for s in said:
        third = s.claim.voice.kind == "source"
        ahead = _base(s.step, law)[1] in ("announced", "considered")
        view = _View(s.claim.published, s.claim.from_, s.status, s.own, s.state, third, ahead)
        if not s.claim.supports:
            denials.add(view)
        else:
            views.setdefault(view, []).append(s.claim.id)
    lost = {v for v in views for denial in denials if _denied(v, denial)}
    weak = {s.claim.id for s in said if s.weak}
    kept = [v for v, ids in views.items() if v not in lost and v.published and not weak.issuperset(ids)]
    lost |= _contradicted(kept, law)
    return {claim for v in lost for claim in views[v]}


def _contradicted(views: list[_View], law: Rules) -> set[_View]:
    """Views that lose against another within the same weeks on whether the tie still stands. Parties' own words are
    weighed first; what has lost strikes nothing."""
    lost: set[_View] = set()
    for own in (2, 1, 0):
        left = [v for v in views if v not in lost]
        pairs = (pair for pair in _opposed(left, law) if pair[0].own + pair[1].own == own)
        lost |= {loser for pair in pairs if (loser := _loser(*pair)) is not None}
    return lost


def _opposed(views: list[_View], law: Rules) -> Iterator[tuple[_View, _View]]:
    """Pairs of views within the same weeks of which one says that the tie stands, the other that it has come to a
    stop, the earlier one first."""
    going = sorted(((v.published or "", v) for v in views if v.status in law.standing), key=lambda x: x[0])
    days = [_ordinal(day) for day, _ in going]
    for stopped in (v for v in views if v.status not in law.standing):
        day = _ordinal(stopped.published or "")
        for _, other in going[bisect_left(days, day - _SAME_MOMENT) : bisect_right(days, day + _SAME_MOMENT)]:
            first, later = sorted((other, stopped), key=lambda v: (v.published or "", v.own))
            # that an end was announced does not gainsay the day on which it came
            came = bool(stopped.from_ and stopped.from_ <= (stopped.published or ""))
            if not (other.ahead and (came or stopped.status is TieStatus.SUSPENDED)):
                yield first, later


def _denied(said: _View, denial: _View) -> bool:
    """Whether a denial strikes what another passage says."""
    plans = (TieStatus.PROPOSED, TieStatus.PLANNED)
    if said.status is not denial.status and not (said.status in plans and denial.status in plans):
        return False
    if said.own and not denial.own:
        return False
    if said.published is None or denial.published is None:
        return denial.own > said.own
    apart = _ordinal(said.published) - _ordinal(denial.published)
    if abs(apart) > _SAME_MOMENT or (said.from_ and said.from_ > denial.published):
        return False
    return apart <= 0 or denial.own > said.own


def _loser(first: _View, later: _View) -> _View | None:
    """Of two passages that disagree on whether the tie still stands, the one that yields; none where the later one
    tells of a change."""
    if later.from_ and later.from_ > (first.published or ""):
        return None
    same_day = first.published == later.published
    if first.own and not later.own:
        return later if same_day or later.third or later.state else None
    if later.own and not first.own:
        return first if same_day or later.state else None
    return first if later.state and not same_day else None


# 3. How the tie stood


@dataclass(slots=True)
class _Life:
    """A tie's life as it is told, in order."""

    law: Rules
    status: TieStatus | None = None
    step: str = ""
    since: str | None = None
    opened: bool = False
    founded: bool = False
    ends: str | None = None
    ending: _Said | None = None
    decider: _Said | None = None
    history: list[tuple[TieStatus, str, str | None, list[_Said]]] = field(default_factory=list)

    def take(self, said: _Said) -> None:
        """One more passage: a change, or more evidence of what is known."""
        status, step = _next(self, said)
        if status is None or (status is self.status and not self._finer(said, step)):
            self.history[-1][3].append(said)
        else:
            earlier = self._taken_back(said, status)
            exact = _since(said) if not (earlier and said.claim.grain in _MONTHS) else None
            self.tell(said, status, step, exact or (self.since if earlier else None))
            self.history[-1][3].extend(earlier)
        self.founded |= not said.weak
        self._reschedule(said)

    def _finer(self, said: _Said, step: str) -> bool:
        """Whether a passage on the present status has a new word for it; the word by which a tie ended stays."""
        over = self.status in (TieStatus.ENDED, TieStatus.REJECTED)
        if self.step in self.law.steps["settled"] and step in self.law.steps["reprieve"]:
            return False
        return step != self.step and not said.quiet and (not over or self.step == "presumed")

    def _taken_back(self, said: _Said, status: TieStatus) -> list[_Said]:
        """The passages of a step that was only presumed, or that bare mentions made seem further than it was."""
        presumed = self.step == "presumed" and status is self.status
        mentioned = not self.founded and not said.weak and self.law.rank[status] <= self.law.rank[self.status or status]
        if not (presumed or mentioned) or not self.history:
            return []
        *self.history, (_, _, _, earlier) = self.history
        self.status = None
        self.opened &= presumed
        return earlier

    def tell(self, said: _Said, status: TieStatus, step: str, since: str | None) -> None:
        """The tie has this status from here on."""
        if status is not self.status:
            # that an end was announced, or put off, tells when, not since when the tie stood
            late = status is TieStatus.ACTIVE and (_base(step, self.law)[1] or step in self.law.steps["reprieve"])
            late = late and self.status is not TieStatus.SUSPENDED
            self.since, self.decider = None if late else since, said
        self.history.append((status, step, since, [said]))
        self.status, self.step = status, step
        self.opened |= status in (TieStatus.ACTIVE, TieStatus.SUSPENDED, TieStatus.ENDED)

    def expire(self, until: str | None) -> None:
        """An end announced for a day up to `until` takes effect by itself."""
        if self.ends is None or self.ending is None or until is None or self.ends > until:
            return
        ends, said = self.ends, self.ending
        self.ends = self.ending = None
        if self.status in (TieStatus.ACTIVE, TieStatus.SIGNED, TieStatus.SUSPENDED):
            self.tell(said, TieStatus.ENDED, "presumed", ends)

    def _reschedule(self, said: _Said) -> None:
        """Sets, moves or withdraws the day on which the tie will be over."""
        base, suffix = _base(said.step, self.law)
        over = self.status in (TieStatus.ENDED, TieStatus.REJECTED)
        if said.ends is not None and not over:
            self.ends, self.ending = said.ends, said
        elif over or suffix == "denied" or base in self.law.steps["reprieve"]:
            self.ends = self.ending = None


def _next(life: _Life, said: _Said) -> tuple[TieStatus | None, str]:
    """The status and step that a passage leads to; no status where it changes nothing."""
    law, now, step = life.law, life.status, said.step
    base = _base(step, law)[0]
    if said.weak and now is not None:
        return (said.status if not life.founded and law.rank[said.status] > law.rank[now] else None), step
    if base in law.steps["approval"]:
        return _approved(life, said), step
    if said.status in law.standing:
        return _onward(life, said), step
    planned = now in (TieStatus.PROPOSED, TieStatus.PLANNED) and not life.opened
    if base in law.steps["delaying"] and (planned or now is None):
        return TieStatus.PLANNED, step
    if base in law.steps["shelving"] or (planned and said.status is TieStatus.SUSPENDED):
        return _shelved(life, said)
    if planned and base in law.steps["calling_off"]:
        return TieStatus.REJECTED, step
    return _stopped(life, said), step


def _approved(life: _Life, said: _Said) -> TieStatus | None:
    """Approval by legislatures leaves a pact signed, an accession planned, until it enters into force."""
    if life.status not in (None, TieStatus.PROPOSED, TieStatus.PLANNED, TieStatus.SIGNED):
        return None
    pact = said.claim.kind in ("agreement", "alliance") or life.status is TieStatus.SIGNED
    return TieStatus.SIGNED if pact else TieStatus.PLANNED


def _shelved(life: _Life, said: _Said) -> tuple[TieStatus | None, str]:
    """Set aside: rejected before it ever opened, suspended after."""
    if life.status in (TieStatus.ENDED, TieStatus.REJECTED):
        return None, said.step
    if life.opened or life.status is TieStatus.SIGNED or (life.status is None and said.status is TieStatus.SUSPENDED):
        return TieStatus.SUSPENDED, said.step
    return TieStatus.REJECTED, "shelved"


def _stopped(life: _Life, said: _Said) -> TieStatus | None:
    """Where a passage leads that says the tie has come to a stop."""
    now, status = life.status, said.status
    if now in (TieStatus.ENDED, TieStatus.REJECTED):
        return status if status is now else None
    if status is TieStatus.REJECTED and life.opened:
        return TieStatus.ENDED if _base(said.step, life.law)[0] in life.law.steps["calling_off"] else None
    return status


def _onward(life: _Life, said: _Said) -> TieStatus | None:
    """Where a passage leads that says the tie stands or is on its way."""
    law, now, status = life.law, life.status, said.status
    base, suffix = _base(said.step, law)
    if now is None:
        return status
    if now in law.standing:
        return status if law.rank[status] >= law.rank[now] or not life.founded else None
    if suffix in ("announced", "considered", "denied") and status is TieStatus.ACTIVE:
        return None
    if now is TieStatus.SUSPENDED and base in law.steps["settled"]:
        return status
    if now is TieStatus.SUSPENDED:
        return status if status is TieStatus.ACTIVE and not (said.state and said.claim.from_ is None) else None
    if now is TieStatus.ENDED and (suffix == "considered" or base in law.steps["musing"]):
        return None
    if status is TieStatus.SIGNED and now is TieStatus.ENDED and said.claim.from_ is None:
        return None
    return status


def _since(said: _Said) -> str | None:
    """The day a status began, where the passage (or, for its month or year, another one) tells. Of a plan, the text tells
    when it will come true, not since when it is planned."""
    if _ahead(said.claim):
        return None
    return said.day if said.claim.from_ is not None and said.day != said.claim.published else said.claim.from_


def _live(said: list[_Said], law: Rules, at: str | None, horizon: str | None) -> _Life:
    life = _Life(law)
    for s in said:
        if at is not None and s.day is not None and s.day > at:
            break
        life.expire(s.day)
        life.take(s)
    life.expire(at or horizon)
    return life


def _timeline(said: list[_Said], law: Rules) -> tuple[State, ...]:
    """How a tie stood on every day, from passages in order: what `_live` comes to on each."""
    life = _Life(law)
    states: list[State] = []

    def mark(day: str | None) -> None:
        if life.status is None:
            return
        over = life.status in (TieStatus.ENDED, TieStatus.REJECTED)
        until = life.since if life.status is TieStatus.ENDED else None if over else life.ends
        state = State(day, life.status, life.step, life.since, until)
        if states and states[-1].day == day:
            states.pop()
        if not states or replace(states[-1], day=day) != state:
            states.append(state)

    for day, passages in groupby(said, key=lambda s: s.day):
        if life.ends is not None and day is not None and life.ends < day:
            ends = life.ends
            life.expire(ends)
            mark(ends)
        for passage in passages:
            life.expire(passage.day)
            life.take(passage)
        life.expire(day)
        mark(day)
    if life.ends is not None:
        ends = life.ends
        life.expire(ends)
        mark(ends)
    return tuple(states)


def _struck(life: _Life, said: list[_Said]) -> tuple[State, ...]:
    """The one state of a tie that was only ever claimed against denials: rejected, once both are there."""
    days = [min((s.day or "" for s in said if s.claim.supports is side), default="") for side in (True, False)]
    assert life.status is not None
    return (State(max(days) or None, life.status, life.step, life.since, None),)


def _in_order(said: list[_Said], law: Rules) -> list[_Said]:
    """By valid day; what is known only by month or year is put at the finer time another passage gives for the same,
    else after what it must have followed. What brings a tie back comes after what it was brought back from."""
    finer = sorted(
        {(s.day, _width(s.claim), s.status, s.claim.from_ is not None) for s in said if s.day and not _ahead(s.claim)},
        key=lambda f: f[:3],
    )
    placed = [replace(s, day=_placed(s, finer, law)) if _vague(s) else s for s in said]

    def place(s: _Said) -> tuple[Any, ...]:
        back = _base(s.step, law)[0] in law.steps["returning"]
        return s.day or "", s.claim.published or "9999", s.own, back, law.rank[s.status], s.claim.id

    return sorted(placed, key=place)


def _width(claim: Claim) -> int:
    """Days in which a passage puts what it tells; a bare day where it tells only of its own day."""
    if claim.from_ is None or claim.until is None or claim.grain in _FINE:
        return 1
    return _ordinal(claim.until) - _ordinal(claim.from_)


def _ahead(claim: Claim) -> bool:
    """Whether a passage tells of a day that was still to come."""
    return claim.from_ is not None and claim.published is not None and claim.from_ > claim.published


def _vague(said: _Said) -> bool:
    claim = said.claim
    return claim.grain not in _FINE and claim.until is not None and claim.from_ is not None and said.day == claim.from_


def _placed(said: _Said, finer: list[tuple[str, int, TieStatus, bool]], law: Rules) -> str | None:
    start, until = said.claim.from_ or "", said.claim.until or ""
    end = min(until, said.claim.published or until)
    inside = finer[bisect_left(finer, start, key=lambda f: f[0]) : bisect_right(finer, end, key=lambda f: f[0])]
    width = _width(said.claim)
    same = [(w, day) for day, w, status, stated in inside if stated and status is said.status and w < width]
    if same:
        return min(same)[1]
    if said.claim.kind == "exercise" and said.status is TieStatus.ENDED:
        # "held in April": over when April is
        return end
    before = (day for day, w, status, _ in inside if w == 1 and law.rank[status] < law.rank[said.status])
    return max([start, *before])


def _party_move(said: _Said, everyone: Codes, law: Rules) -> bool:
    """Whether one of several parties joins or leaves, rather than the tie beginning or ending."""
    base = _base(said.step, law)[0]
    moving = base in law.steps["joining"] or base in law.steps["leaving"]
    return moving and len(law.roles.get(said.claim.kind, ())) == 1 < len(everyone) - 1 and _codes(said.claim) < everyone


def _resolve_one(
    group: list[Claim], law: Rules, at: str | None, horizon: str | None, stories: Mapping[str, str]
) -> Resolution | None:
    if group[0].kind == "exercise" and not any(_tells_edition(c) for c in group):
        return None
    said = [_said(c, law) for c in group]
    out = _outvoted(said, law)
    standing = [s for s in said if s.claim.supports and s.claim.id not in out]
    everyone = frozenset().union(*(_codes(c) for c in group))
    moves = [s for s in standing if _party_move(s, everyone, law)]
    told = [s for s in standing if s not in moves] if moves else standing
    ordered = _in_order(told or moves, law)
    life = _live(ordered, law, at, horizon)
    states = _timeline(ordered, law) if at is None else ()
    if life.status is None:
        _strike(life, said, at)
        states = _struck(life, said) if life.status is not None and at is None else ()
    if life.status is None or life.decider is None:
        return None
    return replace(_tie(group, out, life, moves, at, stories), states=states)


def _tells_edition(claim: Claim) -> bool:
    """Whether a passage tells of one edition of an exercise: by name, by its days, or as something that is planned or called
    off. That there were "drills" tells of none."""
    dated = claim.from_ is not None or claim.until is not None
    return claim.named or dated or claim.status not in (TieStatus.ACTIVE, TieStatus.ENDED)


def _by_then(day: str | None, at: str | None) -> bool:
    return at is None or day is None or day <= at


def _strike(life: _Life, said: list[_Said], at: str | None) -> None:
    """A tie that was claimed, and whose every claim was outvoted, is rejected by the denial; one that nobody ever
    claimed is none."""
    denials = [s for s in said if not s.claim.supports and _by_then(s.day, at)]
    if denials and any(s.claim.supports and _by_then(s.day, at) for s in said):
        last = max(denials, key=lambda s: (s.own, s.claim.published or "", s.claim.id))
        life.tell(last, TieStatus.REJECTED, last.step, last.claim.from_)


def _tie(
    group: list[Claim],
    out: set[str],
    life: _Life,
    moves: list[_Said],
    at: str | None,
    stories: Mapping[str, str],
) -> Resolution:
    assert life.status is not None
    assert life.decider is not None
    for_ = {c.id: c.supports and c.id not in out for c in group}
    evidence = {c.id: _evidence(c, for_[c.id]) for c in group}
    parties, articles = _parties(group, moves, life.law, at)
    place, place_article = _place(group)
    decider = life.decider.claim
    over = life.status in (TieStatus.ENDED, TieStatus.REJECTED)
    in_favour = {stories.get(c.article, c.article) for c in group if for_[c.id]}
    confidence, reason = _confidence(group, for_, stories, life.law)
    tie = Tie(
        id=make_id("t", group[0].id),
        kind=group[0].kind,
        name=_name(group),
        parties=parties,
        status=life.status,
        step=life.step,
        since=life.since,
        until=life.since if life.status is TieStatus.ENDED else None if over else life.ends,
        place=place,
        voice=decider.voice,
        history=tuple(
            Step(status, step, since, tuple(evidence[s.claim.id] for s in by))
            for status, step, since, by in life.history
        ),
        evidence=tuple(evidence.values()),
        outlets=len({c.outlet or "" for c in group if for_[c.id]}),
        stories=len(in_favour),
        score=confidence,
        because=(*_because(life), reason),
    )
    return Resolution(tie, tuple(group), articles, place_article, decider.article)


def _confidence(
    group: list[Claim], for_: Mapping[str, bool], stories: Mapping[str, str], law: Rules
) -> tuple[float, Reason]:
    """How sure a tie is, and what that is made of: Laplace's rule over independent passages, (for + 1) / (for + against
    + 2). A story counts once, by its weightiest passage; further stories of one outlet count half as much each time."""
    sums = {True: 0.0, False: 0.0}
    for side in sums:
        weights: dict[tuple[str, str], float] = {}
        for claim in group:
            if for_[claim.id] is side:
                story = (claim.outlet or claim.article, stories.get(claim.article, claim.article))
                weights[story] = max(weights.get(story, 0.0), _weight(claim, law))
        sums[side] = _independent(weights)
    pro, con = round(sums[True], 4), round(sums[False], 4)
    reason = Reason("score", "ties.toml", None, f"confidence: weight {pro:g} for, {con:g} against")
    return round((pro + 1) / (pro + con + 2), 4), reason


def _independent(weights: Mapping[tuple[str, str], float]) -> float:
    """The sum of the weights of stories, a copy in another outlet left out."""
    by_story: dict[str, tuple[float, str]] = {}
    for (outlet, story), weight in sorted(weights.items()):
        by_story[story] = max(by_story.get(story, (0.0, "")), (weight, outlet))
    by_outlet: dict[str, list[float]] = {}
    for weight, outlet in by_story.values():
        by_outlet.setdefault(outlet, []).append(weight)
    return sum(w * 0.5**i for found in by_outlet.values() for i, w in enumerate(sorted(found, reverse=True)))


def _weight(claim: Claim, law: Rules) -> float:
    """What one passage weighs, by `[confidence]` of `data/ties.toml`."""
    weights = law.confidence
    voice = claim.voice
    if voice.kind != "source":
        weight = weights["outlet"]
    elif _own_word(claim):
        weight = weights["party"]
    else:
        weight = weights["source" if any(a.entity or a.country for a in voice.sources) else "unnamed"]
    suffix = _base(claim.step, law)[1]
    weight *= weights["comment"] if voice.stance == "comment" else 1.0
    weight *= weights["mention"] if claim.step in law.steps["weak"] else 1.0
    return weight * (weights["considered"] if suffix == "considered" else 1.0)


def _evidence(claim: Claim, for_: bool) -> Evidence:
    span = claim.span
    return Evidence(span.start, span.end, span.text, claim.article, claim.outlet, claim.published, for_)


def _because(life: _Life) -> tuple[Reason, ...]:
    """The reasons of the claims that brought each change."""
    found: list[Reason] = []
    for _, step, _, by in life.history:
        found += by[0].claim.because
        if step in life.law.status or step == "presumed":
            found.append(Reason("status", "ties.toml", None, step))
    return tuple(dict.fromkeys(found))


def _name(group: list[Claim]) -> str | None:
    """The proper name used most, the fuller one of equals; else the words that describe it."""
    names = Counter(c.name for c in group if c.name and c.named) or Counter(c.name for c in group if c.name)
    # "military intelligence pact" says more than "pact", however often
    told = {n for n in names if " " in n} if group[0].kind == "agreement" else set()
    names = Counter({n: count for n, count in names.items() if not told or n in told or n[:1].isupper()})
    short = {_fold(n) for n in names if _ACRONYM.fullmatch(n)}
    full = [n for n in names if not short & set(_tokens(n))] or list(names)
    return min(full, key=lambda n: (-names[n], -len(n), n), default=None)


def _parties(
    group: list[Claim], moves: list[_Said], law: Rules, at: str | None
) -> tuple[tuple[Party, ...], tuple[str, ...]]:
    """The parties that took part up to the day asked for, each as first read, with the article its span lies in."""
    first: dict[str, tuple[Party, str]] = {}
    for claim in group:
        for party in claim.parties:
            known, article = first.setdefault(_key(party), (party, claim.article))
            if (party.from_ and not known.from_) or (party.until and not known.until):
                both = replace(known, from_=known.from_ or party.from_, until=known.until or party.until)
                first[_key(party)] = (both, article)
    terms = _terms(moves, law, at)
    moving = {m.claim.id for m in moves}
    elsewhere = {_key(p) for c in group if c.id not in moving for p in c.parties} if moves else set()
    found = []
    for key, (party, article) in first.items():
        came, went, there = terms.get(key, (None, None, True))
        party = replace(party, from_=came or party.from_, until=went or party.until) if came or went else party
        if _by_then(party.from_, at) and (there or (key in elsewhere and came is None)):
            found.append((party, article))
    order = law.roles.get(group[0].kind, ("party",))
    found.sort(key=lambda pa: order.index(pa[0].role) if pa[0].role in order else 0)
    return tuple(p for p, _ in found), tuple(a for _, a in found)


def _terms(moves: list[_Said], law: Rules, at: str | None) -> dict[str, tuple[str | None, str | None, bool]]:
    """Party's code -> the days it came and went, where told, and whether it had come by the day asked for."""
    terms: dict[str, tuple[str | None, str | None, bool]] = {}
    for move in sorted(moves, key=lambda m: (m.day or "", m.claim.published or "", m.claim.id)):
        base, suffix = _base(move.step, law)
        for key in _codes(move.claim):
            came, went, there = terms.get(key, (None, None, base in law.steps["leaving"]))
            if base in law.steps["leaving"]:
                went = move.ends or (None if suffix else move.claim.from_) or went
            elif suffix is None:
                came, went, there = move.claim.from_ or came, None, there or _by_then(move.day, at)
            terms[key] = (came, went, there)
    return terms


def _place(group: list[Claim]) -> tuple[Place | None, str | None]:
    """The city named first, else any place."""
    located = [(c.place, c.article) for c in group if c.place is not None]
    cities = [(p, a) for p, a in located if p.grain not in _WIDE]
    return next(iter([*cities, *located]), (None, None))
