"""The form in which the corpus is written, read and checked: one place for all tools in this folder.

`load(folder)` reads `sentences/*.jsonl` and `reports/*.jsonl` and gives the items with all quotes turned into offsets,
and every fault as `file:line: what, and what was expected`. The form itself is described in `GUIDELINES.md`, section 11.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from communique.codebook import CLASS_CODES, shipped
from communique.model import Form, Status, TieStatus

Json = dict[str, Any]
CORPUS = Path(__file__).parent
STYLES = ("wire", "broadsheet", "agency-translation", "partisan")
CONSTRUCTIONS = ("active", "passive", "nominal")
NEGATIVES = (
    "history commentary sport business culture obituary weather science figurative crime routine accident".split()
)
REGIONS = (
    "north-africa west-africa central-africa east-africa southern-africa west-asia central-asia south-asia "
    "southeast-asia east-asia western-europe eastern-europe north-america central-america south-america oceania global"
).split()
HEAD = "id group title outlet published style region".split()
UNIT = "events statements ties places times".split()
SENTENCE_KEYS = {*HEAD, *UNIT, "text", "form", "neg"}
REPORT_KEYS = set(HEAD)
PARAGRAPH_KEYS = {*UNIT, "p"}
EVENT_KEYS = set("type on act status hist by to at when ctx voice stance alt opt".split())
STATEMENT_KEYS = set("by via cue says form status opt".split())
TIE_KEYS = set("kind parties status step name on at since until voice opt".split())
WITH_ACT = {"AGREE", "CONCEDE", "REJECT"}
# Two parties with a part each; several members or senders are several ties.
PAIRS = {"membership", "presence", "sanction", "relations"}
WORDS = (8, 70)
NEAR_DUPLICATE = 0.4
TEST_SHARE = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the item's text: code points, end exclusive."""

    start: int
    end: int
    text: str

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Actor(Span):
    country: str | None = None
    sector: str | None = None
    entity: str | None = None
    role: str | None = None
    from_: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Place(Span):
    country: str | None = None


@dataclass(frozen=True, slots=True)
class When(Span):
    """`value` as written; `from_` and `until` are the half-open days it stands for, `None` where open."""

    value: str = ""
    from_: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    by: tuple[Actor, ...]
    via: tuple[Actor, ...]
    cue: Span | None
    says: tuple[Span, ...]
    form: str
    status: str
    opt: bool


@dataclass(frozen=True, slots=True)
class Event:
    type: str
    mode: str | None
    act: str | None
    on: Span
    act_on: Span | None
    status: str
    hist: bool
    by: tuple[Actor, ...]
    to: tuple[Actor, ...]
    at: Place | None
    when: When | None
    contexts: tuple[str, ...]
    voice: Statement | None
    stance: str
    alt: tuple[str, ...]
    opt: bool

    @property
    def named(self) -> Span:
        """The words that name what `status` is about."""
        return self.act_on or self.on


@dataclass(frozen=True, slots=True)
class Tie:
    kind: str
    parties: tuple[Actor, ...]
    status: str
    step: str | None
    name: str | None
    on: Span
    at: Place | None
    since: str | None
    until: str | None
    voice: Statement | None
    opt: bool


@dataclass
class Item:
    """One sentence or one whole report, with all that is coded in it."""

    id: str
    group: str
    file: str
    line: int
    report: bool
    text: str
    published: date
    style: str
    region: str
    title: str | None = None
    outlet: str | None = None
    form: str = "active"
    neg: str | None = None
    events: list[Event] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    times: list[When] = field(default_factory=list)
    paragraphs: list[tuple[int, int]] = field(default_factory=list)

    @property
    def split(self) -> str:
        """`test` for about a fifth of the groups, `train` for the others; fixed by the name of the group alone."""
        digest = hashlib.sha256(f"communique corpus {self.group}".encode()).hexdigest()
        return "test" if int(digest, 16) % TEST_SHARE == 0 else "train"

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


class CodingError(ValueError):
    """What is wrong with one value, in words for the person who wrote it."""


# ---- quotes


def locate(text: str, quote: str) -> Span:
    """Where the quoted words stand in the text. `words#2` is their second occurrence, `first words .. last words` the
    stretch between them. Only whole words count; words that occur more than once need a number."""
    match = re.fullmatch(r"(.+?)#(\d+)", quote, re.DOTALL)
    words, number = (match[1], int(match[2])) if match else (quote, None)
    first, _, last = words.partition(" .. ")
    found = list(_occurrences(text, first))
    if not found:
        raise CodingError(f"{first!r} does not occur in the text as whole words")
    if number is None and len(found) > 1:
        raise CodingError(f"{first!r} occurs {len(found)} times: add #1 to #{len(found)}")
    if number is not None and not 1 <= number <= len(found):
        raise CodingError(f"{first!r} occurs {len(found)} times, there is no #{number}")
    start, end = found[(number or 1) - 1]
    if last:
        ends = [e for s, e in _occurrences(text, last) if s >= end]
        if not ends:
            raise CodingError(f"{last!r} does not occur behind {first!r}")
        end = ends[0]
    return Span(start, end, text[start:end])


def _occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    if not words:
        raise CodingError("a quote is empty")
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    for match in re.finditer(before + re.escape(words) + after, text):
        yield match.span()


# ---- codes


@cache
def _countries() -> frozenset[str]:
    return frozenset(row["iso3"] for row in shipped().rows("countries.csv"))


@cache
def _sectors() -> frozenset[str]:
    return frozenset(shipped().toml("sectors.toml")["sector"])


@cache
def _contexts() -> frozenset[str]:
    return frozenset(c["name"] for c in shipped().toml("codebook/contexts.toml")["context"])


@cache
def kinds() -> dict[str, list[str]]:
    """The kinds of ties with the roles of their parties."""
    return {k["name"]: k["roles"] for k in shipped().toml("ties.toml")["kind"]}


@cache
def _organisations() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in shipped().rows("organizations.csv"):
        found.setdefault(row["code"], []).append(row)
    return found


def codes(written: str, published: date) -> dict[str, str | None]:
    """`NOR`, `TUR GOV`, `- UAF`, `PSE REB @HAMAS`, `@NATO` (country and sector from the table of organisations)."""
    got: dict[str, str | None] = dict.fromkeys(("country", "sector", "entity", "from_", "until"))
    plain = []
    for token in written.split():
        if token.startswith("@"):
            got["entity"] = token[1:]
        elif token.startswith(("from=", "until=")):
            key, _, day = token.partition("=")
            got["from_" if key == "from" else key] = iso(day)
        else:
            plain.append(token)
    entity = got["entity"]
    if entity is not None and entity not in _organisations() and entity not in _countries():
        raise CodingError(
            f"@{entity} is neither in organizations.csv nor an ISO3 code: look it up, or leave the entity out"
        )
    if not plain and entity is None:
        raise CodingError("an actor needs codes behind the bar: country, sector, @ENTITY; - for an unknown country")
    if len(plain) > 2:
        raise CodingError(f"{written!r}: expected COUNTRY SECTOR @ENTITY")
    if plain:
        if plain[0] != "-" and plain[0] not in _countries() and plain[0] not in CLASS_CODES:
            raise CodingError(f"country {plain[0]!r} is neither ISO3, nor {' '.join(sorted(CLASS_CODES))}, nor -")
        got["country"] = None if plain[0] == "-" else plain[0]
        if len(plain) == 2:
            if plain[1] not in _sectors():
                raise CodingError(f"sector {plain[1]!r} is not in sectors.toml")
            got["sector"] = plain[1]
    elif entity in _organisations():
        row = _as_of(_organisations()[entity], published)
        got["country"], got["sector"] = row.get("country"), row.get("sector")
    else:
        got["country"] = entity
    if entity is None and got["sector"] is None and got["country"] in _countries():
        got["entity"] = got["country"]
    return got


def _as_of(rows: list[Any], day: date) -> Any:
    text = day.isoformat()
    for row in rows:
        start, end = row.get("from"), row.get("until")
        if (not start or start <= text) and (not end or text < end):
            return row
    return rows[0]


def iso(written: str) -> str:
    """A day, month or year, checked."""
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", written):
        raise CodingError(f"{written!r}: expected YYYY, YYYY-MM or YYYY-MM-DD")
    interval(written)
    return written


def interval(value: str) -> tuple[date | None, date | None]:
    """The half-open days of a value: day, month, year, `2019-W20`, `2019-Q2`, `2019-H1`, `2019-SU`, `199X`, or a range
    `A/B`, `A/..`, `../B` of these (both ends included). Raises `CodingError`."""
    if "/" in value:
        first, last = value.split("/", 1)
        start = None if first == ".." else interval(first)[0]
        end = None if last == ".." else interval(last)[1]
        if start and end and start >= end:
            raise CodingError(f"{value!r} ends before it begins")
        return start, end
    try:
        return _calendar(value)
    except ValueError as error:
        raise CodingError(
            f"{value!r} is no date: expected YYYY-MM-DD, YYYY-MM, YYYY, YYYY-W20, YYYY-Q2, YYYY-SU, 199X or A/B"
        ) from error


def _calendar(value: str) -> tuple[date, date]:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        return day, day + timedelta(days=1)
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", value):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return monday, monday + timedelta(days=7)
    for pattern, months, start in (
        (r"(\d{4})-(\d\d)", 1, int),
        (r"(\d{4})-Q([1-4])", 3, lambda q: 3 * int(q) - 2),
        (r"(\d{4})-H([12])", 6, lambda h: 6 * int(h) - 5),
        (r"(\d{4})-(SP|SU|FA|WI)", 3, lambda s: {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[s]),
        (r"(\d{4})()", 12, lambda _: 1),
    ):
        if match := re.fullmatch(pattern, value):
            return _months(int(match[1]), start(match[2]), months)
    if match := re.fullmatch(r"(\d{3})X", value):
        return date(int(match[1]) * 10, 1, 1), date(int(match[1]) * 10 + 10, 1, 1)
    raise ValueError(value)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = year * 12 + month - 1 + count
    return date(year, month, 1), date(last // 12, last % 12 + 1, 1)


# ---- one text with its codes


class Unit:
    """Reads the codes of one text (a sentence, or a paragraph of a report). Faults are gathered, not raised."""

    def __init__(self, text: str, published: date, where: str, faults: list[str], offset: int = 0) -> None:
        self.text, self.published, self.where, self.faults, self.offset = text, published, where, faults, offset

    def read(self, raw: Json, item: Item, strict: bool) -> None:
        """Adds what `raw` codes to the item. `strict`: recipients that the codebook requires must be there."""
        said = [s for r in self._list(raw, "statements") if (s := self._try("statement", r, self.statement))]
        events = [e for r in self._list(raw, "events") if (e := self._try("event", r, lambda r: self.event(r, said)))]
        item.statements += [self._moved_statement(s) for s in said]
        for event in events:
            if strict:
                self._recipients(event)
            item.events.append(self._moved_event(event))
        for tie in self._list(raw, "ties"):
            if found := self._try("tie", tie, lambda r: self.tie(r, said)):
                item.ties.append(self._moved_tie(found))
        item.places += [self._move(p) for w in self._list(raw, "places") if (p := self._try("place", w, self.place))]
        item.times += [self._move(t) for w in self._list(raw, "times") if (t := self._try("time", w, self.when))]

    def _list(self, raw: Json, key: str) -> list[Any]:
        value = raw.get(key, [])
        if not isinstance(value, list):
            self.faults.append(f"{self.where}: {key} must be a list")
            return []
        return value

    def _try(self, what: str, raw: Any, reader: Any) -> Any:
        try:
            return reader(raw)
        except CodingError as fault:
            said = raw if isinstance(raw, str) else (raw.get("type") or raw.get("kind") or raw.get("cue") or "")
            self.faults.append(f"{self.where}: {what} {said}: {fault}")
            return None

    def statement(self, raw: Json) -> Statement:
        _keys(raw, STATEMENT_KEYS, {"says"})
        says = tuple(self.span(q) for q in _many(raw["says"]))
        status = _choice("status", raw.get("status", "occurred"), Status)
        form = _choice("form", raw.get("form") or form_of(says), Form)
        cue = self.span(raw["cue"]) if raw.get("cue") else None
        if cue and any(cue.overlaps(s) for s in says):
            raise CodingError("the cue stands inside the content")
        return Statement(self.actors(raw, "by"), self.actors(raw, "via"), cue, says, form, status, bool(raw.get("opt")))

    def event(self, raw: Json, said: list[Statement]) -> Event:
        _keys(raw, EVENT_KEYS, {"type", "on"})
        type_, mode, act = kind_of(raw["type"])
        status = _choice("status", raw.get("status", "occurred"), Status)
        on, act_on = self.span(raw["on"]), self.span(raw["act"]) if raw.get("act") else None
        if act is None and act_on is not None:
            raise CodingError("`act` quotes the words of the act, but the type names none (expected TYPE>ACT)")
        if act is not None and status in ("occurred", "ongoing"):
            raise CodingError(f"the status of {raw['type']} is that of {act}: planned, hypothetical or negated")
        if type_ == "REJECT" and act is not None and status != "negated":
            raise CodingError(f"what is refused is negated: status of {raw['type']} is {status}")
        contexts = tuple(str(raw.get("ctx", "")).split())
        if unknown := set(contexts) - _contexts():
            raise CodingError(f"no such context: {' '.join(sorted(unknown))}")
        alt = tuple(str(raw.get("alt", "")).split())
        if unknown := set(alt) - set(shipped().types):
            raise CodingError(f"alt: no such type: {' '.join(sorted(unknown))}")
        when = self.when(raw["when"]) if raw.get("when") else None
        hist = bool(raw.get("hist"))
        self._time_fits(when, hist, status, act)
        return Event(
            type_, mode, act, on, act_on, status, hist, self.actors(raw, "by"), self.actors(raw, "to"),
            self.place(raw["at"]) if raw.get("at") else None, when, contexts, self._voice(raw, on, said),
            _choice("stance", raw.get("stance", "report"), ("report", "comment")), alt, bool(raw.get("opt")),
        )  # fmt: skip

    def tie(self, raw: Json, said: list[Statement]) -> Tie:
        _keys(raw, TIE_KEYS, {"kind", "parties", "status", "on"})
        kind = _choice("kind", raw["kind"], kinds())
        roles = kinds()[kind]
        parties = [self.actor(w) for w in _many(raw["parties"])]
        if kind in PAIRS and len(parties) != 2:
            raise CodingError(f"{kind} has two parties; write one tie for each pair")
        if not parties:
            raise CodingError("a tie needs a party")
        parties = [replace(p, role=roles[min(i, len(roles) - 1)]) for i, p in enumerate(parties)]
        on = self.span(raw["on"])
        return Tie(
            kind, tuple(parties), _choice("status", raw["status"], TieStatus), raw.get("step"), raw.get("name"), on,
            self.place(raw["at"]) if raw.get("at") else None,
            iso(raw["since"]) if raw.get("since") else None, iso(raw["until"]) if raw.get("until") else None,
            self._voice(raw, on, said), bool(raw.get("opt")),
        )  # fmt: skip

    def span(self, quote: Any) -> Span:
        if not isinstance(quote, str):
            raise CodingError(f"{quote!r}: expected words of the text")
        return locate(self.text, quote)

    def actors(self, raw: Json, key: str) -> tuple[Actor, ...]:
        return tuple(self.actor(w) for w in _many(raw.get(key, [])))

    def actor(self, written: Any) -> Actor:
        quote, behind = _bar(written)
        span = self.span(quote)
        return Actor(span.start, span.end, span.text, **codes(behind, self.published))

    def place(self, written: Any) -> Place:
        quote, behind = _bar(written)
        span = self.span(quote)
        if behind != "-" and behind not in _countries():
            raise CodingError(f"place {quote!r}: {behind!r} is no ISO3 code; - where it lies in none or several")
        return Place(span.start, span.end, span.text, None if behind == "-" else behind)

    def when(self, written: Any) -> When:
        quote, value = _bar(written)
        span = self.span(quote)
        start, end = interval(value)
        self._weekday(span.text, value, start)
        return When(span.start, span.end, span.text, value, start, end)

    def _weekday(self, words: str, value: str, start: date | None) -> None:
        if start is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return
        for number, name in enumerate(calendar.day_name):
            if re.search(rf"\b{name}\b", words) and start.weekday() != number:
                raise CodingError(f"{words!r}: {value} is a {calendar.day_name[start.weekday()]}")
        for name, days in (("yesterday", -1), ("today", 0), ("tomorrow", 1)):
            if words.lower() == name and start != self.published + timedelta(days=days):
                raise CodingError(f"{words!r} of {self.published} is {self.published + timedelta(days=days)}")

    def _time_fits(self, when: When | None, hist: bool, status: str, act: str | None) -> None:
        if when is None:
            return
        year_before = self.published - timedelta(days=365)
        if when.until and when.until <= year_before and not hist:
            raise CodingError(f"{when.text!r} lies more than a year before the report: hist must be true")
        if when.from_ and when.from_ > year_before and hist:
            raise CodingError(f"{when.text!r} lies less than a year before the report: hist must go")
        if when.from_ and when.from_ > self.published and status == "occurred" and act is None:
            raise CodingError(f"{when.text!r} lies after the report: the event cannot have occurred")

    def _voice(self, raw: Json, on: Span, said: list[Statement]) -> Statement | None:
        """As written: the number of a statement, or `outlet`. Else the innermost statement, attitudes apart, in whose
        content the trigger stands."""
        written = raw.get("voice")
        if written == "outlet":
            return None
        if written is not None:
            if not isinstance(written, int) or not 1 <= written <= len(said):
                raise CodingError(
                    f"voice is {written!r}: expected outlet or the number of a statement, 1 to {len(said)}"
                )
            return said[written - 1]
        within = [s for s in said if s.form != "attitude" and any(c.covers(on) for c in s.says)]
        return min(within, key=lambda s: sum(c.end - c.start for c in s.says), default=None)

    def _recipients(self, event: Event) -> None:
        if shipped().types[event.type].recipient_required and not event.to and len(event.by) < 2:
            self.faults.append(
                f"{self.where}: event {event.type}: no event without a recipient (`to`) or two joint actors"
            )

    # Codes of a paragraph count from the paragraph's start; in the item they count from the report's.

    def _move(self, span: Any) -> Any:
        return None if span is None else replace(span, start=span.start + self.offset, end=span.end + self.offset)

    def _moves(self, spans: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(self._move(s) for s in spans)

    def _moved_statement(self, s: Statement) -> Statement:
        return replace(s, by=self._moves(s.by), via=self._moves(s.via), cue=self._move(s.cue), says=self._moves(s.says))

    def _moved_event(self, e: Event) -> Event:
        return replace(
            e, on=self._move(e.on), act_on=self._move(e.act_on), by=self._moves(e.by), to=self._moves(e.to),
            at=self._move(e.at), when=self._move(e.when), voice=e.voice and self._moved_statement(e.voice),
        )  # fmt: skip

    def _moved_tie(self, t: Tie) -> Tie:
        return replace(
            t, parties=self._moves(t.parties), on=self._move(t.on), at=self._move(t.at),
            voice=t.voice and self._moved_statement(t.voice),
        )  # fmt: skip


def kind_of(written: str) -> tuple[str, str | None, str | None]:
    """Type, mode and act of `TYPE`, `TYPE/mode`, `TYPE>ACT` or `TYPE/mode>ACT`."""
    head, _, act = str(written).partition(">")
    type_, _, mode = head.partition("/")
    types = shipped().types
    if type_ not in types:
        raise CodingError(f"{type_!r} is none of {' '.join(sorted(types))}")
    if mode and mode not in types[type_].modes:
        raise CodingError(f"{type_} has no mode {mode!r}: {' '.join(types[type_].modes) or 'none at all'}")
    if act and act not in types:
        raise CodingError(f"act {act!r} is none of {' '.join(sorted(types))}")
    if act and type_ not in WITH_ACT:
        raise CodingError(f"{type_} hides no act; only {' '.join(sorted(WITH_ACT))} do")
    return type_, mode or None, act or None


def form_of(says: tuple[Span, ...]) -> str:
    """Direct where all of the content is quoted, mixed where some is, else indirect."""
    quoted = [bool(re.search(r"[\"“”«»„]", s.text)) for s in says]
    whole = [bool(re.fullmatch(r"[\"“«„][^\"“”«»„]*[\"”»“]?\W?", s.text)) for s in says]
    return "direct" if all(whole) else "mixed" if any(quoted) else "indirect"


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _bar(written: Any) -> tuple[str, str]:
    if not isinstance(written, str) or "|" not in written:
        raise CodingError(f"{written!r}: expected `words of the text|codes`")
    quote, _, behind = written.rpartition("|")
    return quote, behind.strip()


def _choice(key: str, value: Any, choices: Iterable[Any]) -> str:
    known = [str(c) for c in choices]
    if value not in known:
        raise CodingError(f"{key} is {value!r}, expected one of {', '.join(known)}")
    return str(value)


def _keys(raw: Any, known: set[str], required: set[str]) -> None:
    if not isinstance(raw, dict):
        raise CodingError(f"{raw!r}: expected an object")
    if unknown := set(raw) - known:
        raise CodingError(f"no such key: {', '.join(sorted(unknown))} (known: {', '.join(sorted(known))})")
    if missing := required - set(raw):
        raise CodingError(f"missing: {', '.join(sorted(missing))}")


# ---- files


def load(folder: Path = CORPUS, texts: dict[str, Item] | None = None) -> tuple[list[Item], list[str]]:
    """All items under `folder`, and all faults. With `texts` (items by id), lines may leave out what those have:
    a second coding gives `id` and codes alone."""
    items: list[Item] = []
    faults: list[str] = []
    for kind, reader in (("sentences", _sentences), ("reports", _reports)):
        for path in sorted((folder / kind).glob("*.jsonl")):
            items += reader(path, f"{kind}/{path.name}", faults, texts)
    first: dict[str, Item] = {}
    for item in items:
        if item.id in first:
            faults.append(f"{item.where}: id {item.id} is that of {first[item.id].where}")
        first.setdefault(item.id, item)
    return items, faults


def lines(path: Path, label: str, faults: list[str]) -> Iterator[tuple[int, Json]]:
    """The objects of a JSON Lines file with the line each stands on."""
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        where = f"{label}:{number}"
        if not unicodedata.is_normalized("NFC", line):
            faults.append(f"{where}: not in Unicode NFC")
        try:
            raw = json.loads(line)
        except ValueError as error:
            faults.append(f"{where}: no JSON: {error}")
            continue
        if isinstance(raw, dict):
            yield number, raw
        else:
            faults.append(f"{where}: expected an object")


def _sentences(path: Path, label: str, faults: list[str], texts: dict[str, Item] | None) -> Iterator[Item]:
    for number, raw in lines(path, label, faults):
        where = f"{label}:{number}"
        known = texts.get(raw.get("id", "")) if texts is not None else None
        if texts is not None and known is None:
            faults.append(f"{where}: no item {raw.get('id')!r} in the first coding")
            continue
        if known is not None:
            if raw.get("text", known.text) != known.text:
                faults.append(f"{where}: the text is not that of the first coding")
            raw = {**raw, **_as_raw(known)}
        item = _head(raw, SENTENCE_KEYS, label, number, faults)
        if item is None:
            continue
        item.text = str(raw.get("text", ""))
        item.form, item.neg = raw.get("form", "active"), raw.get("neg")
        for key, value, choices in (("form", item.form, CONSTRUCTIONS), ("neg", item.neg, (None, *NEGATIVES))):
            if value not in choices:
                faults.append(f"{where}: {key} is {value!r}, expected one of {', '.join(map(str, choices))}")
        if not WORDS[0] <= len(words(item.text)) <= WORDS[1]:
            faults.append(f"{where}: {len(words(item.text))} words, expected {WORDS[0]} to {WORDS[1]}")
        item.paragraphs = [(0, len(item.text))]
        Unit(item.text, item.published, where, faults).read(raw, item, strict=True)
        if texts is None:
            _negative(item, faults)
        yield item


def _as_raw(item: Item) -> Json:
    return {
        "id": item.id, "group": item.group, "text": item.text, "published": item.published.isoformat(),
        "style": item.style, "region": item.region,
    }  # fmt: skip


def _reports(path: Path, label: str, faults: list[str], texts: dict[str, Item] | None) -> Iterator[Item]:
    """A report is its head (a line with `id`) and the lines of its paragraphs (`p`) below it."""
    item: Item | None = None
    for number, raw in lines(path, label, faults):
        where = f"{label}:{number}"
        if "id" in raw:
            if item is not None:
                yield item
            known = texts.get(raw["id"]) if texts is not None else None
            if texts is not None and known is None:
                faults.append(f"{where}: no item {raw['id']!r} in the first coding")
            if known is not None:
                raw = {**raw, **{k: v for k, v in _as_raw(known).items() if k != "text"}}
            item = _head(raw, REPORT_KEYS, label, number, faults, group=str(raw["id"]))
            if item is not None:
                item.report = True
            continue
        if item is None or not isinstance(raw.get("p"), str):
            faults.append(f"{where}: expected the head of a report (`id`) or one of its paragraphs (`p`)")
            continue
        if unknown := set(raw) - PARAGRAPH_KEYS:
            faults.append(f"{where}: no such key: {', '.join(sorted(unknown))}")
        start = len(item.text) + 2 if item.text else 0
        item.text = f"{item.text}\n\n{raw['p']}" if item.text else raw["p"]
        if texts is not None and not texts[item.id].text.startswith(item.text):
            faults.append(f"{where}: the paragraph is not that of the first coding")
        item.paragraphs.append((start, len(item.text)))
        Unit(raw["p"], item.published, where, faults, start).read(raw, item, strict=False)
    if item is not None:
        yield item


def _head(
    raw: Json, known: set[str], label: str, number: int, faults: list[str], group: str | None = None
) -> Item | None:
    where = f"{label}:{number}"
    if unknown := set(raw) - known:
        faults.append(f"{where}: no such key: {', '.join(sorted(unknown))}")
    required = {"id", "published", "style", "region"} | ({"text"} if "text" in known else set())
    if missing := required - {k for k, v in raw.items() if v}:
        faults.append(f"{where}: missing: {', '.join(sorted(missing))}")
        return None
    for key, choices in (("style", STYLES), ("region", REGIONS)):
        if raw[key] not in choices:
            faults.append(f"{where}: {key} is {raw[key]!r}, expected one of {', '.join(choices)}")
    if not re.fullmatch(r"[a-z0-9]+-\d{3}", str(raw["id"])):
        faults.append(f"{where}: id {raw['id']!r}: expected BATCH-NNN, as in wa03-017")
    try:
        published = date.fromisoformat(raw["published"])
    except (TypeError, ValueError):
        faults.append(f"{where}: published is {raw['published']!r}, expected YYYY-MM-DD")
        return None
    if not date(1995, 1, 1) <= published <= date(2026, 12, 31):
        faults.append(f"{where}: published {published} lies outside 1995 to 2026")
    # Neighbours of a batch are often relatives: ten of them go together unless a group is named.
    own = raw.get("group") or group or str(raw["id"])[:-1]
    return Item(
        str(raw["id"]), own, label, number, False, "", published, raw["style"], raw["region"],
        raw.get("title"), raw.get("outlet"),
    )  # fmt: skip


def _negative(item: Item, faults: list[str]) -> None:
    current = [e for e in item.events if not e.hist and e.stance == "report"]
    if item.neg and current:
        faults.append(f"{item.where}: a negative holds no event but history and comment; {current[0].type} is neither")
    if not item.neg and not item.events and not item.statements and not item.ties:
        faults.append(f"{item.where}: nothing is coded: name the class of the negative in `neg`")


# ---- likeness


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return re.findall(r"\w+(?:[’'-]\w+)*", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """All runs of `length` words."""
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def near_duplicates(items: list[Item]) -> list[str]:
    """Faults for sentences and paragraphs that share too many runs of three words with an earlier one."""
    faults = []
    seen: list[tuple[str, set[tuple[str, ...]]]] = []
    holders: dict[tuple[str, ...], list[int]] = {}
    for item in items:
        for start, end in item.paragraphs:
            own = runs(item.text[start:end], 3)
            shared = Counter(j for run in own for j in holders.get(run, ()))
            for j, count in shared.items():
                where, other = seen[j]
                if count / max(1, len(own | other)) >= NEAR_DUPLICATE:
                    faults.append(f"{item.where}: {item.id} is nearly the same text as {where}")
            for run in own:
                holders.setdefault(run, []).append(len(seen))
            seen.append((f"{item.where} {item.id}", own))
    return faults


def openings(items: list[Item], length: int = 3, most: int = 4) -> list[str]:
    """Openings that more than `most` sentences share: no fault, but a sign of templates."""
    shared = Counter(" ".join(words(i.text)[:length]) for i in items if not i.report)
    return [f"{count} sentences open with {opening!r}" for opening, count in shared.most_common() if count > most]
