"""How far two blind codings of the same texts agree.

    python corpus/agreement.py                 the table, of what `second/` holds
    python corpus/agreement.py --write         also writes it to AGREEMENT.md
    python corpus/agreement.py --sheet FOLDER  writes blank sheets (text alone) of what is to be coded a second time:
                                               all test items and a quarter of the others

Events of the two codings are paired one to one where triggers overlap, else where the type is the same and the triggers
stand within `NEAR` characters; fields are compared over the pairs. Items that code `opt` in one coding alone count
neither as agreement nor as disagreement. kappa is Cohen's; it is not given where one coder used a single value.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from form import CORPUS, Event, Item, Span, Statement, Tie, load

NEAR = 40
# What the table cannot say of itself.
NOTE = (
    "The first coding of 395 of the sentences has been corrected by the rules that their disagreements led to. Before that",
    "they agreed to: trigger F1 0.955, trigger and type F1 0.938, act kappa 0.921, status kappa 0.954, voice kappa 0.940, mode",
    "kappa 0.970, actors' country kappa 0.987, recipients' sector kappa 0.907, statements' content F1 0.959, tie status kappa",
    "0.946. Both codings follow one guideline and come from one school: take all figures as an upper bound.",
    "",
)
QUARTER = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `n`: how many judgements the value rests on."""

    what: str
    measure: str
    value: float | None
    n: int


def kappa(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Cohen's kappa of paired labels; `None` without pairs, or where chance alone explains full agreement."""
    if not pairs:
        return None
    same = sum(a == b for a, b in pairs) / len(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(left[k] * right[k] for k in left) / len(pairs) ** 2
    return None if chance == 1 else (same - chance) / (1 - chance)


def pairs_of(first: Sequence[T], second: Sequence[T], distance: Callable[[T, T], float | None]) -> list[tuple[T, T]]:
    """One to one, nearest first; `None` is no match."""
    near = sorted(
        (d, i, j) for i, a in enumerate(first) for j, b in enumerate(second) if (d := distance(a, b)) is not None
    )
    used: tuple[set[int], set[int]] = (set(), set())
    found = []
    for _, i, j in near:
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            found.append((first[i], second[j]))
    return found


def _gap(a: Span, b: Span) -> int:
    return max(0, a.start - b.end, b.start - a.end)


def event_distance(a: Event, b: Event) -> float | None:
    touch = any(x.overlaps(y) for x in (a.on, a.named) for y in (b.on, b.named))
    gap = min(_gap(x, y) for x in (a.on, a.named) for y in (b.on, b.named))
    if touch:
        return 0.0 if a.type == b.type else 0.5
    return 1.0 + gap if a.type == b.type and gap <= NEAR else None


def span_distance(a: Span, b: Span) -> float | None:
    shared = min(a.end, b.end) - max(a.start, b.start)
    return -shared / max(a.end - a.start, b.end - b.start) if shared > 0 else None


def _letters(s: Statement) -> set[int]:
    return {i for c in s.says for i in range(c.start, c.end)}


def statement_distance(a: Statement, b: Statement) -> float | None:
    left, right = _letters(a), _letters(b)
    share = len(left & right) / len(left | right)
    return -share if share > 0.5 else None


def tie_distance(a: Tie, b: Tie) -> float | None:
    shared = {(p.country, p.entity) for p in a.parties} & {(p.country, p.entity) for p in b.parties}
    return -float(len(shared)) if a.kind == b.kind and shared else None


class Comparison:
    """Gathers what two codings of many items have in common."""

    def __init__(self) -> None:
        self.labels: dict[str, list[tuple[Any, Any]]] = {}
        self.counts: dict[str, Counter[str]] = {}
        self.overlaps: dict[str, list[float]] = {}

    def add(self, first: Item, second: Item) -> None:
        self._label("item: any current event", _current(first), _current(second))
        self._events(first.events, second.events)
        self._statements(first.statements, second.statements)
        found = self._match("ties (kind and a party)", first.ties, second.ties, tie_distance)
        for a, b in found:
            self._label("tie: status", a.status, b.status)
            self._label("tie: all parties the same", _parties(a) == _parties(b), True)
            self._label("tie: since", a.since, b.since)

    def _label(self, name: str, a: Any, b: Any) -> None:
        self.labels.setdefault(name, []).append((a, b))

    def _match(
        self, name: str, first: Sequence[T], second: Sequence[T], distance: Callable[[T, T], float | None]
    ) -> list[tuple[T, T]]:
        found = pairs_of(first, second, distance)
        alone = [
            [x for x in side if not any(x is p[k] for p in found) and not getattr(x, "opt", False)]
            for k, side in enumerate((first, second))
        ]
        self.counts.setdefault(name, Counter()).update(
            both=len(found), first=len(found) + len(alone[0]), second=len(found) + len(alone[1])
        )
        return found

    def _events(self, first: list[Event], second: list[Event]) -> None:
        found = self._match("events (trigger)", first, second, event_distance)
        typed = [(a, b) for a, b in found if a.type == b.type]
        whole = self.counts["events (trigger)"]
        self.counts.setdefault("events (trigger and type)", Counter())["both"] += len(typed)
        self.counts["events (trigger and type)"].update(
            first=whole["first"] - self.counts["events (trigger and type)"]["first"],
            second=whole["second"] - self.counts["events (trigger and type)"]["second"],
        )
        for a, b in found:
            self._label("event: type", a.type, b.type)
            self._label("event: act", a.act, b.act)
            self._label("event: status", a.status, b.status)
            self._label("event: historical", a.hist, b.hist)
            self._label("event: voice", _voice(a), _voice(b))
            self._label("event: stance", a.stance, b.stance)
            both = set(a.contexts) | set(b.contexts)
            if both:
                share = len(set(a.contexts) & set(b.contexts)) / len(both)
                self.overlaps.setdefault("event: contexts", []).append(share)
            self._parties("actors", a.by, b.by)
            self._parties("recipients", a.to, b.to)
            self._match("event: place spans", _one(a.at), _one(b.at), span_distance)
            for x, y in self._match("event: time spans", _one(a.when), _one(b.when), span_distance):
                self._label("event: time value", x.value, y.value)
        for a, b in typed:
            self._label("event: mode", a.mode, b.mode)

    def _parties(self, name: str, first: Sequence[Any], second: Sequence[Any]) -> None:
        for x, y in self._match(f"event: {name} spans", first, second, span_distance):
            self._label(f"event: {name} country", x.country, y.country)
            self._label(f"event: {name} sector", x.sector, y.sector)

    def _statements(self, first: list[Statement], second: list[Statement]) -> None:
        for a, b in self._match("statements (content)", first, second, statement_distance):
            left, right = _letters(a), _letters(b)
            self.overlaps.setdefault("statement: content", []).append(len(left & right) / len(left | right))
            self._label("statement: form", a.form, b.form)
            self._label("statement: status", a.status, b.status)
            self._match("statement: source spans", a.by, b.by, span_distance)
            self._match("statement: via spans", a.via, b.via, span_distance)
            self._match("statement: cue spans", _one(a.cue), _one(b.cue), span_distance)

    def rows(self) -> list[Row]:
        """All figures: F1 of what was found, kappa and share of equal labels, mean overlap."""
        found = []
        for name, c in self.counts.items():
            total = c["first"] + c["second"]
            found.append(Row(name, "F1", 2 * c["both"] / total if total else None, total))
        for name, pairs in self.labels.items():
            found.append(Row(name, "kappa", kappa(pairs), len(pairs)))
            found.append(Row(name, "equal", sum(a == b for a, b in pairs) / len(pairs), len(pairs)))
        for name, shares in self.overlaps.items():
            found.append(Row(name, "mean overlap", sum(shares) / len(shares), len(shares)))
        return found


def _one(span: T | None) -> list[T]:
    return [] if span is None else [span]


def _voice(event: Event) -> str:
    return "source" if event.voice else "outlet"


def _current(item: Item) -> bool:
    return any(not e.hist and e.stance == "report" and not e.opt for e in item.events)


def _parties(tie: Tie) -> set[tuple[str | None, str | None]]:
    return {(p.country, p.entity) for p in tie.parties}


def compare(first: Iterable[Item], second: Iterable[Item]) -> Comparison:
    """The items that both codings have."""
    by_id = {i.id: i for i in second}
    result = Comparison()
    for item in first:
        if item.id in by_id:
            result.add(item, by_id[item.id])
    return result


def markdown(rows: list[Row], items: int) -> str:
    lines = [
        "# Agreement of the two codings",
        "",
        f"Two coders who knew the text and the guideline alone coded {items} items. F1: what both found; kappa: Cohen's, over what both",
        "found; equal: share of equal labels; overlap: shared part of what either marked. n: judgements (for F1, marks of both coders).",
        "Made by `corpus/agreement.py`.",
        "",
        *NOTE,
        "| what | measure | value | n |",
        "| --- | --- | --- | --- |",
    ]
    for row in rows:
        value = "-" if row.value is None else f"{row.value:.3f}"
        lines.append(f"| {row.what} | {row.measure} | {value} | {row.n} |")
    return "\n".join([*lines, ""])


def to_code(items: Iterable[Item]) -> list[Item]:
    """What is coded a second time: the test part and a fixed quarter of the rest."""

    def drawn(item: Item) -> bool:
        return int(hashlib.sha256(f"second {item.id}".encode()).hexdigest(), 16) % QUARTER == 0

    return [i for i in items if i.split == "test" or drawn(i)]


def sheets(items: Iterable[Item], folder: Path) -> int:
    """Writes the texts without any code, each file under its own name. Returns how many items."""
    files: dict[Path, list[dict[str, Any]]] = {}
    count = 0
    for item in to_code(items):
        rows = files.setdefault(folder / item.file, [])
        count += 1
        head = {"id": item.id, "title": item.title, "outlet": item.outlet, "published": item.published.isoformat()}
        head = {k: v for k, v in head.items() if v}
        if item.report:
            rows += [head, *({"p": item.text[start:end]} for start, end in item.paragraphs)]
        else:
            rows.append({**head, "text": item.text})
    for path, rows in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return count


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=CORPUS, help="the corpus (default: the one this file stands in)")
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="write blank sheets there")
    parser.add_argument("--write", action="store_true", help="write AGREEMENT.md")
    args = parser.parse_args(argv)
    first, faults = load(args.folder)
    if args.sheet:
        print(f"{sheets(first, args.sheet)} items to code written to {args.sheet}")
        return 0
    second, others = load(args.folder / "second", {i.id: i for i in first})
    faults += [f"second/{f}" for f in others]
    for fault in faults:
        print(fault)
    if faults:
        return 1
    if not second:
        print("no second coding yet: write blank sheets with --sheet, put the coded ones into second/")
        return 1
    table = markdown(compare(first, second).rows(), len(second))
    print(table)
    missing = {i.id for i in to_code(first)} - {i.id for i in second}
    if missing:
        print(f"{len(missing)} items still have no second coding")
    if args.write:
        (args.folder / "AGREEMENT.md").write_text(table, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
