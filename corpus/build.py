"""Checks the corpus, shows what it covers, and writes it in the form that `communique evaluate` reads.

    python corpus/build.py                     all faults as file:line, then the coverage against the goals
    python corpus/build.py --only wa03         faults of one batch, coverage of that batch alone
    python corpus/build.py --to FOLDER         also writes events/ actors/ places/ dates/ attribution/ status/ for
                                               `communique evaluate FOLDER`, and records/ with every field
Exit status: 0 all well, 1 faults.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from form import (
    CORPUS,
    NEGATIVES,
    REGIONS,
    STYLES,
    Actor,
    Event,
    Item,
    Json,
    Span,
    Statement,
    Tie,
    When,
    kinds,
    load,
    near_duplicates,
    openings,
    words,
)

from communique.codebook import CLASS_CODES, shipped
from communique.model import TieStatus

# What the whole corpus is to hold at least.
GOALS: dict[str, int | dict[str, int]] = {
    "sentences": 1500,
    "reports": 50,
    "negative": 400,
    "two or more events": 350,
    "type": dict.fromkeys(shipped().types, 80),
    "mode": {f"{t.name}/{m}": 12 for t in shipped().types.values() for m in t.modes},
    "act": {"AGREE>CONSULT": 40, "AGREE>SUPPORT": 40, "AGREE>COOPERATE": 25, "AGREE>AID": 25, "CONCEDE>RETREAT": 25,
            "AGREE>RETREAT": 10, "REJECT>CONSULT": 15, "REJECT>SUPPORT": 15, "REJECT>RETREAT": 10},
    "status": {"occurred": 900, "ongoing": 120, "planned": 180, "hypothetical": 120, "negated": 150},
    "historical": 80,
    "voice source": 250,
    "comment": 60,
    "region": dict.fromkeys(REGIONS, 60),
    "style": dict.fromkeys(STYLES, 250),
    "construction": {"active": 500, "passive": 220, "nominal": 220},
    "negative class": dict.fromkeys(NEGATIVES, 25),
    "statement form": {"direct": 80, "indirect": 250, "mixed": 100, "attitude": 60},
    "statement status": {"occurred": 300, "planned": 15, "hypothetical": 5, "negated": 15},
    "via": 60,
    "tie": dict.fromkeys(kinds(), 25),
    "tie status": dict.fromkeys(map(str, TieStatus), 20),
}  # fmt: skip


def coverage(items: list[Item]) -> dict[str, int | Counter[str]]:
    """Counts under the names of `GOALS`; all but `reports`, statements and ties are of sentences alone."""
    sentences = [i for i in items if not i.report]
    events = [e for i in sentences for e in i.events]
    statements = [s for i in items for s in i.statements]
    ties = [t for i in items for t in i.ties]
    return {
        "sentences": len(sentences),
        "reports": len(items) - len(sentences),
        "negative": sum(i.neg is not None for i in sentences),
        "two or more events": sum(len(i.events) > 1 for i in sentences),
        "type": Counter(e.type for e in events),
        "mode": Counter(f"{e.type}/{e.mode}" for e in events if e.mode),
        "act": Counter(f"{e.type}>{e.act}" for e in events if e.act),
        "status": Counter(e.status for e in events),
        "historical": sum(e.hist for e in events),
        "voice source": sum(e.voice is not None for e in events),
        "comment": sum(e.stance == "comment" for e in events),
        "region": Counter(i.region for i in sentences),
        "style": Counter(i.style for i in sentences),
        "construction": Counter(i.form for i in sentences if not i.neg),
        "negative class": Counter(i.neg for i in sentences if i.neg),
        "statement form": Counter(s.form for s in statements),
        "statement status": Counter(s.status for s in statements),
        "via": sum(bool(s.via) for s in statements),
        "tie": Counter(t.kind for t in ties),
        "tie status": Counter(t.status for t in ties),
    }


def table(items: list[Item]) -> list[str]:
    """The coverage as lines; `!` marks what lacks more than half of its goal's share of the sentences so far."""
    found = coverage(items)
    share = min(1.0, sum(not i.report for i in items) / 1500)
    rows = []

    def cell(name: str, count: int, goal: int) -> str:
        return f"{name} {count}/{goal}{'!' if count < goal * share / 2 else ''}"

    for name, goal in GOALS.items():
        count = found[name]
        if isinstance(goal, int) and isinstance(count, int):
            rows.append(cell(name, count, goal))
        elif isinstance(goal, dict) and isinstance(count, Counter):
            others = {k: 0 for k in count if k not in goal}
            parts = [cell(k, count[k], g) for k, g in {**goal, **others}.items()]
            rows.append(f"{name}: " + ", ".join(parts))
    events = Counter(len(i.events) for i in items if not i.report)
    lengths = sorted(len(words(i.text)) for i in items if not i.report)
    splits = Counter((i.split, "reports" if i.report else "sentences") for i in items)
    rows.append("events a sentence: " + ", ".join(f"{n}: {events[n]}" for n in sorted(events)))
    if lengths:
        rows.append(f"words: least {lengths[0]}, median {lengths[len(lengths) // 2]}, most {lengths[-1]}")
    rows.append("split: " + ", ".join(f"{a} {b} {n}" for (a, b), n in sorted(splits.items())))
    return rows


# ---- the compiled forms


def compile_to(items: list[Item], folder: Path) -> None:
    """Writes each task's gold, apart for sentences and reports, `train` and `test`."""
    for task, rows in TASKS.items():
        for kind in ("sentences", "reports"):
            for split in ("train", "test"):
                kept = [i for i in items if i.split == split and i.report == (kind == "reports")]
                found = [row for item in kept for row in rows(item)]
                if not found:
                    continue
                (folder / task).mkdir(parents=True, exist_ok=True)
                text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
                (folder / task / f"{kind}_{split}.jsonl").write_text(text, "utf-8")


def event_rows(item: Item) -> Iterable[Json]:
    events = []
    for e in item.events:
        joint = len(e.by) > 1 and not e.to
        events.append({
            "type": e.type, "also_accepted": list(e.alt), "event_text": e.on.text,
            "trigger_spans": [[e.on.start, e.on.end]], "sources": [party(a) for a in e.by],
            "targets": [party(a) for a in e.to], "symmetric": joint, "mode": e.mode, "context": list(e.contexts),
            "optional": e.opt,
        })  # fmt: skip
    yield {
        "id": item.id, "dataset": "communique", "text": item.text, "date": item.published.isoformat(),
        "actors_coded": True, "events": events,
    }  # fmt: skip


def party(a: Actor) -> Json:
    """An actor as the event gold has it: what is no state goes by its class, in the place of the sector."""
    country, sector = a.country, a.sector
    if country in CLASS_CODES:
        country, sector = None, "IGO" if country in ("UNO", "EUR") else country
    return {"text": a.text, "country": country, "sector": sector, "start": a.start, "end": a.end}


def actor_rows(item: Item) -> Iterable[Json]:
    """Every actor once. Of a party named for a tie alone the state is asked, no sector: "Chinese" in "the Chinese
    consulate" is China, whoever the words around it stand for."""
    seen: set[tuple[int, int]] = set()
    acting = [a for e in item.events for a in (*e.by, *e.to)] + [a for s in item.statements for a in (*s.by, *s.via)]
    tied = [p for t in item.ties for p in t.parties]
    for n, a in enumerate([*acting, *tied]):
        if (a.start, a.end) in seen:
            continue
        seen.add((a.start, a.end))
        expect = {"country": a.country or ""}
        if n < len(acting) or a.sector:
            expect["code1"] = a.sector or ""
        yield {
            "id": f"{item.id}/{a.start}-{a.end}", "text": a.text, "sentence": item.text,
            "span": [a.start, a.end], "query_date": item.published.isoformat(), "expect": expect, "needs": "sentence",
        }  # fmt: skip


def place_rows(item: Item) -> Iterable[Json]:
    every = [*item.places, *(e.at for e in item.events if e.at), *(t.at for t in item.ties if t.at)]
    toponyms = [
        {**span(p), "country": p.country, "geonames_id": None, "lat": None, "lon": None}
        for p in sorted(set(every), key=lambda p: p.start)
    ]
    yield {"id": item.id, "text": item.text, "title": item.title, "toponyms": toponyms}


def date_rows(item: Item) -> Iterable[Json]:
    every = {*item.times, *(e.when for e in item.events if e.when)}
    times = [
        {**span(w), "type": "DATE", "value": w.value} for w in sorted(every, key=lambda w: (w.start, w.end))
    ]  # fmt: skip
    yield {"id": item.id, "anchor_date": item.published.isoformat(), "text": item.text, "times": times}


def attribution_rows(item: Item) -> Iterable[Json]:
    """Outermost statements only, as the field's gold has them: those whose cue no other content holds."""
    outer = [
        s
        for s in item.statements
        if not any(
            o is not s and any(c.covers(s.cue or s.says[0]) for c in o.says) and o.says != s.says
            for o in item.statements
        )
    ]
    found = [
        {
            "source": [span(a) for a in s.by],
            "cue": [span(s.cue)] if s.cue else [],
            "content": [span(c) for c in s.says],
        }
        for s in outer
    ]
    yield {
        "id": item.id, "outlet": item.outlet, "published": item.published.isoformat(), "text": item.text,
        "attributions": found,
    }  # fmt: skip


def status_rows(item: Item) -> Iterable[Json]:
    """One row for each event whose words name the act that the status is of."""
    for number, e in enumerate(item.events, 1):
        yield {
            "id": f"{item.id}/{number}", "genre": "news", "text": item.text, "start": e.named.start,
            "end": e.named.end, "trigger": e.named.text, "occurred": e.status in ("occurred", "ongoing"),
            "status": e.status,
        }  # fmt: skip


def record_rows(item: Item) -> Iterable[Json]:
    """Everything that was coded, in the shapes of `communique code --json`."""
    yield {
        "id": item.id, "group": item.group, "split": item.split, "kind": "report" if item.report else "sentence",
        "style": item.style, "region": item.region, "form": item.form, "negative": item.neg is not None,
        "negative_class": item.neg,
        "article": {
            "id": item.id, "title": item.title, "outlet": item.outlet, "published": item.published.isoformat(),
            "text": item.text,
        },
        "events": [_event(e) for e in item.events], "statements": [_statement(s) for s in item.statements],
        "ties": [_tie(t) for t in item.ties], "places": [{**span(p), "country": p.country} for p in item.places],
        "times": [_when(w) for w in item.times],
    }  # fmt: skip


def span(s: Span) -> Json:
    return {"start": s.start, "end": s.end, "text": s.text}


def _actor(a: Actor) -> Json:
    return {**span(a), "country": a.country, "sector": a.sector, "entity": a.entity}


def _when(w: When) -> Json:
    return {
        **span(w), "from": w.from_.isoformat() if w.from_ else None,
        "until": w.until.isoformat() if w.until else None, "value": w.value,
    }  # fmt: skip


def _voice(s: Statement | None, stance: str) -> Json:
    return {
        "kind": "source" if s else "outlet", "sources": [_actor(a) for a in s.by] if s else [],
        "via": [_actor(a) for a in s.via] if s else [], "cue": span(s.cue) if s and s.cue else None, "stance": stance,
    }  # fmt: skip


def _event(e: Event) -> Json:
    return {
        "type": e.type, "act": e.act, "mode": e.mode, "contexts": list(e.contexts), "status": e.status,
        "historical": e.hist, "actors": [_actor(a) for a in e.by], "recipients": [_actor(a) for a in e.to],
        "place": {**span(e.at), "country": e.at.country} if e.at else None, "when": _when(e.when) if e.when else None,
        "voice": _voice(e.voice, e.stance), "trigger": span(e.on), "act_trigger": span(e.act_on) if e.act_on else None,
        "also_accepted": list(e.alt), "optional": e.opt,
    }  # fmt: skip


def _statement(s: Statement) -> Json:
    return {
        "sources": [_actor(a) for a in s.by], "via": [_actor(a) for a in s.via], "cue": span(s.cue) if s.cue else None,
        "content": [span(c) for c in s.says], "form": s.form, "status": s.status, "optional": s.opt,
    }  # fmt: skip


def _tie(t: Tie) -> Json:
    parties = [{**_actor(p), "role": p.role, "from": p.from_, "until": p.until} for p in t.parties]
    return {
        "kind": t.kind, "name": t.name, "parties": parties, "status": t.status, "step": t.step, "since": t.since,
        "until": t.until, "place": {**span(t.at), "country": t.at.country} if t.at else None,
        "voice": _voice(t.voice, "report"), "evidence": span(t.on), "optional": t.opt,
    }  # fmt: skip


TASKS: dict[str, Callable[[Item], Iterable[Json]]] = {
    "events": event_rows,
    "actors": actor_rows,
    "places": place_rows,
    "dates": date_rows,
    "attribution": attribution_rows,
    "status": status_rows,
    "records": record_rows,
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=CORPUS, help="the corpus (default: the one this file stands in)")
    parser.add_argument("--only", metavar="BATCH", help="show faults and coverage of files whose name begins so")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write the compiled corpus there")
    args = parser.parse_args(argv)
    items, faults = load(args.folder)
    faults += near_duplicates(items)
    if args.only:
        faults = [f for f in faults if f.split("/", 1)[-1].startswith(args.only)]
        items = [i for i in items if Path(i.file).name.startswith(args.only)]
    for fault in faults:
        print(fault)
    print("\n".join(table(items)))
    for line in openings(items):
        print("note:", line)
    print(f"{len(faults)} faults in {len(items)} items")
    if args.to and not faults:
        compile_to(items, args.to)
        print(f"written to {args.to}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
