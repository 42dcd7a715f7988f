"""How much of a careful hand reading the coder finds: events, statements and ties of whole reports.

    python eval/readings.py tests/reports                       the five reports of our own
    python eval/readings.py eval/readings/guardian.jsonl --texts GUARDIAN.jsonl    texts that are not ours to ship
        [--show N]  print what was missed and what was too much in report N

An expected event is found where an event of the same type has its trigger in the same words (or within the same
clause: no more than `NEAR` characters apart) and, where both name parties, shares one. An expected statement is found
where contents overlap by more than half of the shorter and the sources agree in country or name. An expected tie is
found where kind and both first parties agree. Pairing is one to one, nearest first; a tie may
answer for several passages. What the reading marks optional is neither hit nor miss.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from communique import Article, Coder
from communique.model import CodedReport

NEAR = 40


@dataclass
class Expected:
    """One report with its reading, all as offsets."""

    name: str
    article: Article
    events: list[dict[str, Any]]
    statements: list[dict[str, Any]]
    ties: list[dict[str, Any]]


@dataclass
class Tally:
    """Hits, misses and surplus of one kind of record, with agreement on fields of the hits."""

    found: int = 0
    missed: int = 0
    surplus: int = 0
    agree: dict[str, list[bool]] = field(default_factory=dict)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.surplus)


def ours(folder: Path) -> Iterable[Expected]:
    """The reports under tests/reports: expected values quote the text."""
    for path in sorted(folder.glob("*.json")):
        raw = json.loads(path.read_text("utf-8"))
        text = path.with_suffix(".txt").read_text("utf-8")
        yield Expected(
            path.stem,
            Article.make(text, published=raw.get("published")),
            [_event(text, e) for e in raw["events"]],
            [_statement(text, s) for s in raw["statements"]],
            raw["ties"],
        )


def _event(text: str, e: dict[str, Any]) -> dict[str, Any]:
    # `sentence` is a stretch that tells the place; the trigger stands in it, behind it in its paragraph, or before it.
    start = text.index(e["sentence"])
    end = text.find("\n", start)
    at = text.find(e["quote"], start, end if end >= 0 else len(text))
    at = at if at >= 0 else text.rfind(e["quote"], 0, start)
    at = at if at >= 0 else start
    return {**e, "trigger": [at, at + len(e["quote"])]}


def _statement(text: str, s: dict[str, Any]) -> dict[str, Any]:
    at = text.index(s["content"])
    return {**s, "spans": [[at, at + len(s["content"])]]}


def readings(path: Path, texts: Path) -> Iterable[Expected]:
    """A reading that holds offsets only, joined with the texts it was made from."""
    by_digest = {}
    for line in texts.read_text("utf-8").splitlines():
        row = json.loads(line)
        by_digest[hashlib.sha256(row["text"].encode()).hexdigest()] = row
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        row = by_digest.get(raw["sha256"])
        if row is None:
            raise SystemExit(f"{raw['id']}: no text with this digest in {texts}")
        article = Article.make(
            row["text"],
            title=row.get("title"),
            outlet=row.get("outlet"),
            published=(row.get("published") or "")[:10] or None,
        )
        statements = [{**s, "spans": s["content"]} for s in raw["statements"]]
        yield Expected(raw["id"], article, raw["events"], statements, raw["ties"])


def _codes(actors: Iterable[Any]) -> set[str]:
    found = set()
    for a in actors:
        found |= {c for c in (a.entity, a.country) if c}
    return found


def _event_distance(want: dict[str, Any], got: Any) -> int | None:
    if want["type"] != got.type:
        return None
    a, b = want["trigger"], (got.trigger.start, got.trigger.end)
    gap = max(0, b[0] - a[1], a[0] - b[1])
    if gap > NEAR:
        return None
    parties = set(want["actors"]) | set(want["recipients"])
    coded = _codes([*got.actors, *got.recipients])
    return gap if not parties or not coded or parties & coded else None


def _statement_distance(want: dict[str, Any], got: Any) -> int | None:
    a = {i for s, e in want["spans"] for i in range(s, e)}
    b = {i for s in got.content for i in range(s.start, s.end)}
    if 2 * len(a & b) <= min(len(a), len(b)):
        return None
    countries = {s.country for s in got.sources if s.country}
    names = " ".join((s.name or "") + " " + s.text for s in got.sources).lower()
    asked = want.get("country")
    wanted = want.get("sources") or []
    named = any(w.lower() in names or names.strip() in w.lower() for w in (str(x) for x in wanted) if names.strip())
    if wanted and got.sources and not named and asked and countries and asked not in countries:
        return None
    return len(a ^ b)


def _tie_distance(want: dict[str, Any], got: Any) -> int | None:
    if want["kind"] != got.kind:
        return None
    a, b = set(want["parties"]), _codes(got.parties)
    entities = {p.entity for p in got.parties}
    if want["kind"] in ("alliance", "agreement", "exercise", "dialogue"):
        return len(a ^ entities) if len(a & b) >= min(2, len(a)) else None
    return 0 if a <= b else None


def match(
    want: list[dict[str, Any]], got: list[Any], distance: Callable[[dict[str, Any], Any], int | None]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """(pairs, missed, surplus) as indices. What is paired with an optional item is neither."""
    near = sorted((d, i, j) for i, w in enumerate(want) for j, g in enumerate(got) if (d := distance(w, g)) is not None)
    # required items first, so that an optional one never takes a required one's match
    near.sort(key=lambda t: (bool(want[t[1]].get("optional")), t))
    used_w: dict[int, int] = {}
    used_g: set[int] = set()
    for _, i, j in near:
        if i not in used_w and j not in used_g:
            used_w[i] = j
            used_g.add(j)
    also = {j for _, i, j in near if i in used_w}
    missed = [i for i, w in enumerate(want) if i not in used_w and not w.get("optional")]
    surplus = [j for j in range(len(got)) if j not in used_g and j not in also]
    return [(i, j) for i, j in used_w.items() if not want[i].get("optional")], missed, surplus


def tally(expected: Expected, report: CodedReport, totals: dict[str, Tally], show: bool = False) -> None:
    """Adds one report to the totals."""
    statements = [s for s in report.statements if s.form != "attitude" or _wants_attitude(expected, s)]
    for name, want, got, distance in (
        ("events", expected.events, list(report.events), _event_distance),
        ("statements", expected.statements, statements, _statement_distance),
        ("ties", expected.ties, list(report.ties), _tie_distance),
    ):
        pairs, missed, surplus = match(want, got, distance)
        if name == "ties":
            # A reading lists passages; several of them may speak of the one tie.
            again = {
                i: min(j for j in range(len(got)) if distance(want[i], got[j]) is not None)
                for i in missed
                if any(distance(want[i], g) is not None for g in got)
            }
            pairs += again.items()
            missed = [i for i in missed if i not in again]
        total = totals.setdefault(name, Tally())
        total.found += len(pairs)
        total.missed += len(missed)
        total.surplus += len(surplus)
        for i, j in pairs:
            _compare(name, want[i], got[j], total)
        if show:
            _show(name, expected, want, got, missed, surplus)


def _wants_attitude(expected: Expected, s: Any) -> bool:
    return any(
        w.get("form") == "attitude" and not w.get("optional") and _statement_distance(w, s) is not None
        for w in expected.statements
    )


def _compare(name: str, want: dict[str, Any], got: Any, total: Tally) -> None:
    def note(key: str, same: bool) -> None:
        total.agree.setdefault(key, []).append(same)

    if name == "events":
        note("status", want["status"] == got.status)
        note("voice", want["voice"] == got.voice.kind)
        note("stance", want["stance"] == got.voice.stance)
        note("act", want["act"] == got.act)
        note("mode", want["mode"] == got.mode)
        everyone = {*want["actors"], *want["recipients"]}
        coded = _codes([*got.actors, *got.recipients])
        note(
            "actors",
            set(want["actors"]) <= _codes(got.actors)
            or (bool(everyone) and everyone <= coded and not want["recipients"]),
        )
        note("recipients", set(want["recipients"]) <= _codes(got.recipients))
    elif name == "statements":
        note("form", want["form"] == got.form)
        note(
            "country",
            want.get("country") in {s.country for s in got.sources}
            or (not want.get("country") and not any(s.country for s in got.sources)),
        )
    else:
        # a passage tells one moment in the tie's life
        note("status", want["status"] in {got.status, *(step.status for step in got.history)})


def _show(
    name: str, expected: Expected, want: list[dict[str, Any]], got: list[Any], missed: list[int], surplus: list[int]
) -> None:
    text = expected.article.text
    for i in missed:
        w = want[i]
        at = w.get("trigger") or (w.get("spans") or [[0, 0]])[0]
        said = text[max(0, at[0] - 60) : at[1] + 40].replace("\n", " ") if at[1] else w.get("quote")
        codes = w.get("type") or w.get("kind") or w.get("sources")
        print(
            f"  MISSED {name} {codes} {w.get('actors') or w.get('parties') or ''}>{w.get('recipients') or ''} … {said}"
        )
    for j in surplus:
        g = got[j]
        if name == "events":
            a, b = g.trigger.start, g.trigger.end
            names = f"{g.type}/{g.act} {sorted(_codes(g.actors))}>{sorted(_codes(g.recipients))} {g.status}"
        elif name == "statements":
            a, b = g.content[0].start, g.content[-1].end
            names = f"{[s.name or s.text for s in g.sources]} {g.form}"
        else:
            a, b = g.evidence[0].start, g.evidence[0].end
            names = f"{g.kind} {[p.entity for p in g.parties]} {g.status} {g.name}"
        print(f"  EXTRA  {name} {names} … {text[max(0, a - 60) : b + 40]!r}"[:400])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readings", type=Path)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--show")
    parser.add_argument("--coder", choices=["fast", "accurate"], default="accurate")
    args = parser.parse_args()
    coder = Coder(kind=args.coder)
    totals: dict[str, Tally] = {}
    everything = ours(args.readings) if args.readings.is_dir() else readings(args.readings, args.texts)
    for expected in everything:
        own: dict[str, Tally] = {}
        report = coder.code(expected.article)
        shown = args.show in (expected.name, "all")
        if shown:
            print(expected.name)
        tally(expected, report, totals, shown)
        tally(expected, report, own)
        print(
            expected.name,
            *(
                f"{k} r={t.recall:.2f} p={t.precision:.2f} ({t.found}/{t.found + t.missed}, +{t.surplus})"
                for k, t in own.items()
            ),
            sep="  ",
        )
    for name, total in totals.items():
        print(
            f"{name:11} recall {total.recall:.3f}  precision {total.precision:.3f}  "
            f"found {total.found} missed {total.missed} surplus {total.surplus}"
        )
        for key, values in total.agree.items():
            print(f"    {key:11} {sum(values) / len(values):.3f} of {len(values)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
