"""Scores the coder on hand-coded texts.

A gold folder holds `events actors places dates attribution status`, each with any number of JSONL files. The stations
are those that `communique code` calls; of the gold only text, title, date and, where the task gives them, the span or
pair to be judged reach them. The figures are those of the field's usual definitions (see each function).
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from communique.coding import Coder
from communique.coding.actors import Code, Mention
from communique.coding.coder import Reading
from communique.errors import CallError
from communique.gold import read
from communique.model import Actor, Article, CodedReport, Event

Json = dict[str, Any]
HALF_EARTH_KM = 20039.0
NEAR_KM = 161
CLASSES = frozenset({"IGO", "NGO", "IMG", "MNC", "NGM", "ISM"})
HAPPENED = {"occurred": True, "ongoing": True, "planned": False, "hypothetical": False, "negated": False}


@dataclass(frozen=True, slots=True)
class Figure:
    """One score. `file` is the gold file it was measured on."""

    task: str
    file: str
    name: str
    value: float | None
    items: int


def evaluate(gold: Path, coder: Coder, predictions: Path | None = None) -> list[Figure]:
    """Scores every task whose folder exists under `gold`. With `predictions`, writes what was predicted to
    `predictions/TASK/FILE.jsonl` (places also `FILE.given.jsonl`: the gold spans, resolved)."""
    tasks = [name for name in TASKS if (gold / name).is_dir()]
    if not tasks:
        raise CallError(f"{gold}: none of the folders {', '.join(TASKS)} in it")
    figures = []
    for task in tasks:
        for path in sorted((gold / task).glob("*.jsonl")):
            figures += evaluate_file(task, path, coder, predictions)
    return figures


def evaluate_file(task: str, path: Path, coder: Coder, predictions: Path | None = None) -> list[Figure]:
    """The figures of one gold file of a task, one of `TASKS`. Raises `DataError` where the file has faults."""
    items = read(task, path, coder.book.types)
    predict, score = TASKS[task]
    found = predict(coder, items)
    if predictions is not None:
        folder = predictions / task
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, rows in found.items():
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            (folder / f"{path.stem}{suffix}.jsonl").write_text("\n".join([*lines, ""]), "utf-8")
    scores = score(items, found)
    return [Figure(task, path.name, name, value, len(items)) for name, value in scores.items()]


# ---- events


def predict_events(coder: Coder, items: list[Json]) -> dict[str, list[Json]]:
    """The events of each text in the order of its sentences, the main event first; for items marked `pair` the event
    between the marked pair."""
    rows = []
    for item in items:
        report = coder.code(Article.make(item["text"], published=item.get("date")))
        events = list(report.events)
        if item.get("pair"):
            events = between(report, events, item["events"][0])
        rows.append({"id": item["id"], "events": [_event_row(e) for e in events]})
    return {"": rows}


def between(report: CodedReport, events: list[Event], marked: Json) -> list[Event]:
    """The one event that fits a marked pair best: its parties overlap the marks, else its trigger stands near."""
    marks = [
        [(s["start"], s["end"]) for s in marked.get(side, []) if isinstance(s.get("start"), int)]
        for side in ("sources", "targets")
    ]

    def touches(actors: Iterable[Actor], spans: list[tuple[int, int]]) -> bool:
        return any(a.start < e and s < a.end for a in actors for s, e in spans)

    def fit(event: Event) -> tuple[int, int, float]:
        own = touches(event.actors, marks[0]) * 2 + touches(event.recipients, marks[1]) * 2
        own += touches(event.recipients, marks[0]) + touches(event.actors, marks[1])
        spans = [*marks[0], *marks[1]]
        low, high = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0)
        inside = low <= event.trigger.start < high
        return own, int(inside), event.score

    return sorted(events, key=fit, reverse=True)[:1]


def _event_row(event: Event) -> Json:
    return {
        "type": event.type,
        "actors": [_actor_row(a) for a in event.actors],
        "recipients": [_actor_row(a) for a in event.recipients],
    }


def _actor_row(a: Actor) -> Json:
    country = None if a.country in ("IGO", "NGO", "IMG", "MNC", "ISM", "UNO", "EUR") else a.country
    sector = {"UNO": "IGO", "EUR": "IGO"}.get(a.country or "", a.country) if country is None and a.country else a.sector
    return {"country": country, "sector": sector, "start": a.start, "end": a.end}


@dataclass
class _Coded:
    """One gold or predicted event in the form it is scored."""

    type: str
    actors: list[Json]
    recipients: list[Json]
    joint: bool = False
    accepted: frozenset[str] = frozenset()

    def places(self, side: list[Json]) -> set[str]:
        return {p for p in map(_place, side) if p}

    @property
    def everyone(self) -> set[str]:
        return self.places(self.actors) | self.places(self.recipients)

    def as_joint(self) -> _Coded:
        return _Coded(self.type, self.actors + self.recipients, [], True)

    def side(self, name: str, key: Callable[[Json], Any]) -> set[Any]:
        side = self.actors if name == "source" or self.joint else self.recipients
        return {k for k in map(key, side) if k}

    def pairs(self) -> set[tuple[str, ...]]:
        if self.joint:
            names = [_place(a) or "---" for a in self.actors]
            return {(*sorted(p), "joint") for p in itertools.combinations(names, 2)}
        first = {_place(a) or "---" for a in self.actors} or {"---"}
        second = {_place(a) or "---" for a in self.recipients} or {"---"}
        return {(a, b, "") for a in first for b in second}


def _place(actor: Json) -> str | None:
    country, sector = (actor.get("country") or "").upper(), (actor.get("sector") or "").upper()[:3]
    return country or (sector if sector in CLASSES else None)


def _place_and_sector(actor: Json) -> tuple[str, str] | None:
    place = _place(actor)
    if place is None:
        return None
    return place, place if place in CLASSES else ((actor.get("sector") or "").upper()[:3] or "GOV")


def score_events(items: list[Json], found: dict[str, list[Json]]) -> dict[str, float | None]:
    """F1 over (item, type), macro F1 over types, source and target countries, and dyads; each for all events of a
    sentence and, as `top1`, for the first alone. CONCEDE and RETREAT are one where the gold says YIELD."""
    by_id = {row["id"]: row for row in found[""]}
    result: dict[str, float | None] = {}
    for label, first, alternatives in (("", False, False), ("top1 ", True, False), ("top1 accept-alt ", True, True)):
        for name, value in _score_events(items, by_id, first, alternatives).items():
            result[label + name] = value
    return result


def _score_events(
    items: list[Json], by_id: dict[str, Json], first: bool, alternatives: bool
) -> dict[str, float | None]:
    totals: dict[str, Counter[str]] = {
        k: Counter() for k in ("type", "source", "target", "source+sector", "target+sector", "pair", "dyad")
    }
    each: dict[str, Counter[str]] = {}
    hits = tops = with_events = 0
    for item in items:
        gold = [_gold_event(e, alternatives) for e in item["events"]]
        events = by_id.get(item["id"], {}).get("events", [])
        guess = [_Coded(e["type"], list(e["actors"]), list(e["recipients"])) for e in (events[:1] if first else events)]
        _rename(gold, guess)
        want, got = {e.type for e in gold}, {e.type for e in guess}
        _count(totals["type"], want, got)
        for t in want | got:
            _count(each.setdefault(t, Counter()), want & {t}, got & {t})
        if gold:
            with_events += 1
            hits += bool(want & got)
            tops += bool(guess) and guess[0].type in want
        if item.get("actors_coded"):
            _score_parties(totals, gold, guess)
    result: dict[str, float | None] = {}
    for name, count in totals.items():
        p, r, f = _prf(count)
        if count["hit"] + count["miss"]:
            result |= {f"{name} precision": p, f"{name} recall": r, f"{name} F1": f}
    known = [_prf(c)[2] for c in each.values() if c["hit"] + c["miss"]]
    result["type macro F1"] = sum(known) / len(known) if known else 0.0
    result["hit"] = hits / with_events if with_events else 0.0
    result["top1"] = tops / with_events if with_events else 0.0
    return result


def _gold_event(e: Json, alternatives: bool) -> _Coded:
    accepted = frozenset(e.get("also_accepted", [])) if alternatives else frozenset()
    return _Coded(e["type"], e.get("sources", []), e.get("targets", []), bool(e.get("symmetric")), accepted)


def _rename(gold: list[_Coded], guess: list[_Coded]) -> None:
    """YIELD for the two types it covers where the gold uses it; an accepted alternative under the gold's own name."""
    merged = any(e.type == "YIELD" for e in gold)

    def name(t: str) -> str:
        return "YIELD" if merged and t in ("CONCEDE", "RETREAT") else t

    for e in [*gold, *guess]:
        e.type = name(e.type)
    for e in gold:
        if e.type in {g.type for g in guess}:
            continue
        accepted = {name(t) for t in e.accepted}
        own = {g.type for g in gold}
        for g in guess:
            if g.type in accepted and g.type not in own:
                g.type = e.type


def _score_parties(totals: dict[str, Counter[str]], gold: list[_Coded], guess: list[_Coded]) -> None:
    """A prediction whose parties all belong to a joint gold event is read as joint too."""

    def fits(g: _Coded, typed: bool) -> bool:
        return any(
            w.joint and g.everyone and g.everyone <= w.everyone and (w.type == g.type or not typed) for w in gold
        )

    loose = [g.as_joint() if fits(g, False) else g for g in guess]
    strict = [g.as_joint() if fits(g, True) else g for g in guess]
    for side in ("source", "target"):
        for suffix, key in (("", _place), ("+sector", _place_and_sector)):
            _count(
                totals[side + suffix], _union(e.side(side, key) for e in gold), _union(e.side(side, key) for e in loose)
            )
    _count(totals["pair"], _union(e.pairs() for e in gold), _union(e.pairs() for e in loose))
    _count(
        totals["dyad"],
        {(e.type, *p) for e in gold for p in e.pairs()},
        {(e.type, *p) for e in strict for p in e.pairs()},
    )


def _union(sets: Iterable[set[Any]]) -> set[Any]:
    return set().union(*sets)


def _count(counter: Counter[str], want: set[Any], got: set[Any]) -> None:
    counter["hit"] += len(want & got)
    counter["extra"] += len(got - want)
    counter["miss"] += len(want - got)


def _prf(c: Counter[str]) -> tuple[float, float, float]:
    p = c["hit"] / (c["hit"] + c["extra"]) if c["hit"] + c["extra"] else 0.0
    r = c["hit"] / (c["hit"] + c["miss"]) if c["hit"] + c["miss"] else 0.0
    return p, r, _f1(p, r)


def _f1(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r else 0.0


# ---- actors


def predict_actors(coder: Coder, items: list[Json]) -> dict[str, list[Json]]:
    """Country and sector of each mention: in its sentence where it is given with a span, else by itself."""
    rows = []
    read: dict[tuple[str, str | None], Reading] = {}
    for item in items:
        if "expect" not in item:
            continue
        text, day = item.get("sentence"), item.get("query_date")
        if text and item.get("span"):
            if (text, day) not in read:
                read[text, day] = Reading(coder, coder.parse(Article.make(text, published=day)))
            code = _in_sentence(read[text, day], item)
        else:
            code = coder.actors.resolve(item["text"], day, item.get("context") or text or "")
        rows.append({
            "id": item["id"], "country": code.country if code else None, "sector": code.sector if code else None,
        })  # fmt: skip
    return {"": rows}


def _in_sentence(reading: Reading, item: Json) -> Actor | Code | None:
    """The mention at the span: the one of these very words, else the one with their head, else the one that shares most
    of them; a state or body named within a longer mention ("Mali" in "the president of Mali") stands for itself."""
    tokens = reading.parsed.tokens_within(*item["span"])
    if tokens:
        first, last = tokens
        found = [*reading.mentions.within(first, last)]
        found += [m for i in range(first, last) if (m := reading.mentions.at(i)) is not None]
        top = {t.i for t in reading.parsed.doc[first:last] if not first <= t.head.i < last}

        def fit(m: Mention) -> tuple[bool, bool, int]:
            return (m.first, m.last) != tokens, m.head not in top, max(m.first, first) - min(m.last, last)

        found.sort(key=fit)
        for m in found:
            if not first <= m.head < last and len(reading.mentions.every(m.head)) == 1 and _is_name(reading, item):
                break
            if m.actor.country or m.actor.sector:
                return m.actor
    return reading.coder.actors.resolve(item["text"], item.get("query_date"), item["sentence"])


def _is_name(reading: Reading, item: Json) -> bool:
    """Whether a span is the name of a state or body, and no adjective."""
    entries = reading.coder.actors.names.look(item["text"].removeprefix("the ").removeprefix("The "))
    return bool(entries) and entries[0].kind in ("state", "org")


def score_actors(items: list[Json], found: dict[str, list[Json]]) -> dict[str, float | None]:
    """Share right of those the gold states: country, sector, both, and "no actor"; precision of answers made."""
    by_id = {row["id"]: row for row in found[""]}
    result: dict[str, float | None] = {}
    for label, kept in (("", items), ("no-doubtful ", [i for i in items if not i.get("doubtful")])):
        if label and len(kept) == len(items):
            continue
        counts: dict[str, Counter[str]] = {}
        for item in kept:
            row = by_id.get(item["id"], {})
            verdict = _judge(item, row)
            if verdict:
                verdict["both"] = all(verdict.values())
            for key, right in verdict.items():
                made = bool(row.get("country") or row.get("sector")) if key in ("both", "none") else bool(row.get(key))
                counts.setdefault(key, Counter()).update({"n": 1, "right": right, "made": made, "good": right and made})
        for key, c in counts.items():
            result[f"{label}{key} accuracy"] = c["right"] / c["n"]
            result[f"{label}{key} precision"] = c["good"] / c["made"] if c["made"] else None
    return result


def _judge(item: Json, row: Json) -> dict[str, bool]:
    expect, accept, never = item.get("expect") or {}, item.get("accept") or {}, item.get("expect_not") or {}
    country, sector = (row.get("country") or "").upper(), (row.get("sector") or "").upper()
    if expect.get("none"):
        return {"none": not country and not sector}
    verdict = {}
    kosovo = {"KOS": "XKX"}
    country = kosovo.get(country, country)
    if "country" in expect:
        right = {kosovo.get(c, c) for c in [expect["country"], *accept.get("country", [])]}
        verdict["country"] = country in right | ({"IGO"} if right & {"UNO", "EUR"} else set())
    elif "country" in never:
        verdict["country"] = country != never["country"]
    if "code1" in expect:
        right = {expect["code1"], *accept.get("code1", [])}
        verdict["sector"] = sector in (right | {"UNK", ""} if right & {"UNK", ""} else right)
    return verdict


# ---- places


def predict_places(coder: Coder, items: list[Json]) -> dict[str, list[Json]]:
    """Places found in each text, and (`.given`) what the gold's own spans are taken for."""
    found, given = [], []
    for item in items:
        parsed = coder.parse(Article.make(item["text"], title=item.get("title")))
        names = [(parsed.start(e.start), parsed.end(e.end - 1), e.label_) for e in parsed.doc.ents]
        places = coder.places.find(item["text"], names)
        found.append({"id": item["id"], "toponyms": [_toponym(p.start, p.end, p) for p in places]})
        spans = [(t["start"], t["end"]) for t in item["toponyms"]]
        resolved = coder.places.resolve(item["text"], spans)
        given.append(
            {"id": item["id"], "toponyms": [_toponym(s, e, p) for (s, e), p in zip(spans, resolved, strict=True)]}
        )
    return {"": found, ".given": given}


def _toponym(start: int, end: int, place: Any) -> Json:
    row: Json = {"start": start, "end": end, "geonames_id": None, "lat": None, "lon": None, "country": None}
    if place is not None:
        row |= {
            "geonames_id": place.geonames_id,
            "lat": place.latitude,
            "lon": place.longitude,
            "country": place.country,
        }
    return row


def score_places(items: list[Json], found: dict[str, list[Json]]) -> dict[str, float | None]:
    """Recognition F1 (exact and overlapping spans), accuracy within 161 km (end to end as F1; gold spans given)."""
    result: dict[str, float | None] = {}
    for label, key in (("", ""), ("given ", ".given")):
        rows = {row["id"]: row["toponyms"] for row in found[key]}
        for name, value in _score_places(items, rows).items():
            result[label + name] = value
    return result


def _score_places(items: list[Json], rows: dict[str, list[Json]]) -> dict[str, float | None]:
    counts: Counter[str] = Counter()
    errors: list[float] = []
    for item in items:
        gold, guess = item["toponyms"], rows.get(item["id"], [])
        counts.update(gold=len(gold), guess=len(guess), located=sum(t.get("lat") is not None for t in gold))
        counts["exact"] += len(_pair(gold, guess, exact=True))
        pairs = _pair(gold, guess)
        counts["overlap"] += len(pairs)
        for t, p in pairs:
            if t.get("lat") is None:
                counts["skipped"] += 1
                continue
            same = bool(
                t.get("geonames_id") and p.get("geonames_id") and str(t["geonames_id"]) == str(p["geonames_id"])
            )
            errors.append(0.0 if same else _distance(t, p))
            counts.update(ids=bool(t.get("geonames_id")), same=same and bool(t.get("geonames_id")))
            counts.update(
                countries=bool(t.get("country")), country=bool(t.get("country")) and t["country"] == p.get("country")
            )
    near = sum(e <= NEAR_KM for e in errors)
    share = _ratio
    return {
        "recognition exact F1": _f1(share(counts["exact"], counts["guess"]), share(counts["exact"], counts["gold"])),
        "recognition overlap F1": _f1(
            share(counts["overlap"], counts["guess"]), share(counts["overlap"], counts["gold"])
        ),
        "acc@161": near / len(errors) if errors else None,
        "median km": median(errors) if errors else None,
        "id accuracy": counts["same"] / counts["ids"] if counts["ids"] else None,
        "country accuracy": counts["country"] / counts["countries"] if counts["countries"] else None,
        "end-to-end F1@161": _f1(share(near, counts["guess"] - counts["skipped"]), share(near, counts["located"])),
    }


def _ratio(a: float, b: float) -> float:
    return a / b if b else 0.0


def _distance(a: Json, b: Json) -> float:
    """Great-circle kilometres; half the Earth's circumference where there are no coordinates."""
    if b.get("lat") is None or b.get("lon") is None:
        return HALF_EARTH_KM
    lat1, lat2 = math.radians(a["lat"]), math.radians(float(b["lat"]))
    dlon = math.radians(float(b["lon"]) - a["lon"])
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def _pair(gold: list[Json], guess: list[Json], exact: bool = False, tie_break: bool = False) -> list[tuple[Json, Json]]:
    """Gold and predicted spans one to one, longest overlap first."""
    near = []
    for i, g in enumerate(gold):
        for j, p in enumerate(guess):
            overlap = min(g["end"], p["end"]) - max(g["start"], p["start"])
            if exact and (g["start"], g["end"]) == (p["start"], p["end"]):
                near.append((0, 0, i, j))
            elif not exact and overlap > 0:
                apart = abs(g["start"] - p["start"]) + abs(g["end"] - p["end"]) if tie_break else 0
                near.append((-overlap, apart, i, j))
    used_gold: set[int] = set()
    used_guess: set[int] = set()
    pairs = []
    for _, _, i, j in sorted(near):
        if i not in used_gold and j not in used_guess:
            used_gold.add(i)
            used_guess.add(j)
            pairs.append((gold[i], guess[j]))
    return pairs


# ---- dates


def predict_dates(coder: Coder, items: list[Json]) -> dict[str, list[Json]]:
    """Time expressions of each text, counted from its date; long accounts of the past are read as narrative."""
    rows = []
    for item in items:
        times = coder.dates.predict(item["text"], item.get("anchor_date"))
        rows.append({"id": item["id"], "times": times})
    return {"": rows}


_SEASONS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "AU": (9, 11), "WI": (12, 2)}


def _month_end(year: int, month: int) -> date:
    if year * 12 + month >= 9999 * 12 + 12:
        return date(9999, 12, 31)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def interval(value: str | None) -> tuple[str, str] | None:
    """First and last day of a TIMEX3 value, `None` where it is no interval (a duration, a set, "now")."""
    if not value:
        return None
    value = value.strip().upper()
    if "/" in value:
        ends = value.split("/", 1)
        days = [("..", "..") if end in ("..", "") else interval(end) for end in ends]
        return (days[0][0], days[1][1]) if days[0] and days[1] else None
    try:
        return _calendar(value)
    except ValueError:
        return None


def _calendar(v: str) -> tuple[str, str] | None:
    def span(first: date, last: date) -> tuple[str, str]:
        return first.isoformat(), last.isoformat()

    if re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", v):
        day = date.fromisoformat(v[:10])
        return span(day, day)
    if re.fullmatch(r"\d{4}-\d\d(-XX)?", v):
        year, month = int(v[:4]), int(v[5:7])
        return span(date(year, month, 1), _month_end(year, month))
    if re.fullmatch(r"\d{4}(-XX(-XX)?)?", v):
        return f"{v[:4]}-01-01", f"{v[:4]}-12-31"
    if m := re.fullmatch(r"(\d{4})-W(\d\d)(?:-(\d|WE))?", v):
        year, week, day_ = int(m[1]), int(m[2]), m[3]
        if day_ and day_ != "WE":
            one = date.fromisocalendar(year, week, int(day_))
            return span(one, one)
        return span(date.fromisocalendar(year, week, 6 if day_ else 1), date.fromisocalendar(year, week, 7))
    if m := re.fullmatch(r"(\d{4})-([QH])([1-4])", v):
        size = 3 if m[2] == "Q" else 6
        if m[2] == "H" and m[3] not in "12":
            return None
        last = int(m[3]) * size
        return span(date(int(m[1]), last - size + 1, 1), _month_end(int(m[1]), last))
    if m := re.fullmatch(r"(\d{4})-(SP|SU|FA|AU|WI)", v):
        first, last = _SEASONS[m[2]]
        return span(date(int(m[1]), first, 1), _month_end(int(m[1]) + (last < first), last))
    if re.fullmatch(r"\d{3}X?", v):
        return f"{v[:3]}0-01-01", f"{v[:3]}9-12-31"
    if re.fullmatch(r"\d\d(XX)?", v):
        return f"{v[:2]}00-01-01", f"{v[:2]}99-12-31"
    return None


def _same_interval(a: str | None, b: str | None) -> bool:
    if not a or not b:
        return False
    return a == b or (interval(a) is not None and interval(a) == interval(b))


def score_dates(items: list[Json], found: dict[str, list[Json]]) -> dict[str, float | None]:
    """F1 of spans (strict, relaxed), of value and of interval; `resolvable`: only expressions that name an interval."""
    rows = {row["id"]: row["times"] for row in found[""]}
    result: dict[str, float | None] = dict(_score_dates(items, rows))
    for name, value in _score_dates(items, rows, resolvable=True).items():
        if name != "type F1":
            result[f"resolvable {name}"] = value
    return result


def _score_dates(items: list[Json], rows: dict[str, list[Json]], resolvable: bool = False) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for item in items:
        gold, guess = item["times"], rows.get(item["id"], [])
        if resolvable:
            other = [t for t in gold if interval(t.get("value")) is None]
            gold = [t for t in gold if interval(t.get("value")) is not None]
            guess = [p for p in guess if interval(p.get("value")) is not None]
            kept = {id(p) for _, p in _pair(gold, guess, tie_break=True)}
            dropped = {id(p) for _, p in _pair(other, guess, tie_break=True)} - kept
            guess = [p for p in guess if id(p) not in dropped]
        counts.update(gold=len(gold), guess=len(guess), strict=len(_pair(gold, guess, exact=True)))
        for t, p in _pair(gold, guess, tie_break=True):
            counts.update(
                relaxed=1,
                type=t["type"] is not None and t["type"] == p.get("type"),
                value=bool(t["value"]) and t["value"] == p.get("value"),
                interval=_same_interval(t["value"], p.get("value")),
            )
    return {
        f"{name} F1": _f1(_ratio(counts[name], counts["guess"]), _ratio(counts[name], counts["gold"]))
        for name in ("strict", "relaxed", "type", "value", "interval")
    }


# ---- attribution


def predict_attribution(coder: Coder, items: list[Json]) -> dict[str, list[Json]]:
    """Who says what in each text."""
    rows = []
    for item in items:
        parsed = coder.parse(Article.make(item["text"], outlet=item.get("outlet"), published=item.get("published")))
        found = coder.voices.find(parsed, coder.actors.find(parsed, coder.find_places(parsed)))
        rows.append({"id": item["id"], "attributions": coder.voices.predict(parsed, found)})
    return {"": rows}


_SENTENCE_END = re.compile(r"\n+|(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z])")


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _letters(spans: list[Json] | None, text: str) -> set[int]:
    return {i for s in spans or [] for i in range(s["start"], min(s["end"], len(text))) if text[i].isalnum()}


def score_attribution(items: list[Json], found: dict[str, list[Json]]) -> dict[str, float | None]:
    """F1 of content (exact; share of letters), of source and cue inside pairs, of linked source and content, and of
    voice: whether a sentence holds anything that somebody says."""
    rows = {row["id"]: row["attributions"] for row in found[""]}
    c: Counter[str] = Counter()
    x: dict[str, float] = dict.fromkeys(("pp", "pr", "source p", "source r", "cue p", "cue r"), 0.0)
    for item in items:
        text = item["text"]
        gold, guess = (
            [{k: _letters(a.get(k), text) for k in ("source", "cue", "content")} for a in side]
            for side in (item["attributions"], rows.get(item["id"], []))
        )
        c.update(gold=len(gold), guess=len(guess))
        for role in ("source", "cue"):
            c[f"{role} p"] += sum(bool(a[role]) for a in guess)
            c[f"{role} r"] += sum(bool(a[role]) for a in gold)
        for a, b in _pair_contents(gold, guess):
            both = len(a["content"] & b["content"])
            c["strict"] += a["content"] == b["content"]
            x["pp"] += both / len(b["content"])
            x["pr"] += both / len(a["content"])
            close = 2 * both > len(a["content"] | b["content"])
            c["linked"] += close and (bool(a["source"] & b["source"]) or not (a["source"] or b["source"]))
            for role in ("source", "cue"):
                hit = len(a[role] & b[role])
                x[f"{role} p"] += hit / len(b[role]) if b[role] else 0.0
                x[f"{role} r"] += hit / len(a[role]) if a[role] else 0.0
        said, heard = (_union(a["content"] for a in side) for side in (gold, guess))
        for start, end in _sentences(text):
            g, q = (any(i in side for i in range(start, end)) for side in (said, heard))
            c.update(sentences=1, agree=g == q, both=g and q, only_guess=q and not g, only_gold=g and not q)
    r = _ratio
    return {
        "content strict F1": _f1(r(c["strict"], c["guess"]), r(c["strict"], c["gold"])),
        "content partial F1": _f1(r(x["pp"], c["guess"]), r(x["pr"], c["gold"])),
        "content partial precision": r(x["pp"], c["guess"]),
        "content partial recall": r(x["pr"], c["gold"]),
        "source partial F1": _f1(r(x["source p"], c["source p"]), r(x["source r"], c["source r"])),
        "cue partial F1": _f1(r(x["cue p"], c["cue p"]), r(x["cue r"], c["cue r"])),
        "linked F1": _f1(r(c["linked"], c["guess"]), r(c["linked"], c["gold"])),
        "voice accuracy": r(c["agree"], c["sentences"]),
        "voice F1": _f1(r(c["both"], c["both"] + c["only_guess"]), r(c["both"], c["both"] + c["only_gold"])),
    }


def _pair_contents(
    gold: list[dict[str, set[int]]], guess: list[dict[str, set[int]]]
) -> list[tuple[dict[str, set[int]], dict[str, set[int]]]]:
    near = []
    for i, a in enumerate(gold):
        for j, b in enumerate(guess):
            both = len(a["content"] & b["content"])
            if both:
                near.append((-both, len(a["content"] | b["content"]), i, j))
    used_gold: set[int] = set()
    used_guess: set[int] = set()
    pairs = []
    for _, _, i, j in sorted(near):
        if i not in used_gold and j not in used_guess:
            used_gold.add(i)
            used_guess.add(j)
            pairs.append((gold[i], guess[j]))
    return pairs


# ---- status


def predict_status(coder: Coder, items: list[Json]) -> dict[str, list[Json]]:
    """The status of the event named by each marked word."""
    rows = []
    for item in items:
        parsed = coder.parse(Article.make(item["text"]))
        tokens = parsed.tokens_within(item["start"], item["end"])
        status = str(coder.status_at(parsed, tokens[0])) if tokens else None
        rows.append({"id": item["id"], "status": status})
    return {"": rows}


def score_status(items: list[Json], found: dict[str, list[Json]]) -> dict[str, float | None]:
    """Whether the event happened: accuracy and macro F1, also over informal genres alone."""
    guess = {row["id"]: HAPPENED.get(row["status"] or "") for row in found[""]}
    result: dict[str, float | None] = {}
    informal = [i for i in items if i.get("genre") in ("weblog", "newsgroup")]
    for label, kept in (("", items), ("weblog+newsgroup ", informal)):
        if not kept:
            continue
        pairs = [(i["occurred"], guess.get(i["id"])) for i in kept]
        scores = []
        for value in (True, False):
            c = Counter(hit=sum(g is value and q is value for g, q in pairs))
            c["extra"] = sum(g is not value and q is value for g, q in pairs)
            c["miss"] = sum(g is value and q is not value for g, q in pairs)
            scores.append(_prf(c)[2])
        result[f"{label}accuracy"] = sum(g is q for g, q in pairs) / len(pairs)
        result[f"{label}macro F1"] = sum(scores) / 2
    return result


Predict = Callable[[Coder, list[Json]], dict[str, list[Json]]]
Score = Callable[[list[Json], dict[str, list[Json]]], dict[str, float | None]]
TASKS: dict[str, tuple[Predict, Score]] = {
    "events": (predict_events, score_events),
    "actors": (predict_actors, score_actors),
    "places": (predict_places, score_places),
    "dates": (predict_dates, score_dates),
    "attribution": (predict_attribution, score_attribution),
    "status": (predict_status, score_status),
}
