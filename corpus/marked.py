"""Reads the marked sentences (`MARKED.md`): faults as file:line, and how types, modes and statuses are spread.

    python corpus/marked.py [FILE ...] [--to FILE]

`--to` writes them as records of the corpus's form (JSONL), `statements` null: nothing is known of them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from communique.codebook import shipped

FOLDER = Path(__file__).parent / "marked"
STATUSES = ("occurred", "ongoing", "planned", "hypothetical", "negated")
ROLES = {"a": "actor", "r": "recipient", "p": "place", "t": "time"}
WITH_ACT = ("AGREE", "REJECT", "CONCEDE")
_MARK = re.compile(
    r"\{(?P<number>[1-9]) (?P<type>[A-Z]+)(?:>(?P<act>[A-Z]+))?(?:/(?P<mode>[a-z-]+))? (?P<status>[a-z]+): ?(?P<word>[^{}\[\]]+)\}"
    r"|\[(?P<roles>(?:[1-9][arpt])+): ?(?P<words>[^{}\[\]]+)\]"
)


@dataclass
class Marked:
    """One event of a marked sentence; spans are offsets into the sentence without its marks."""

    type: str
    act: str | None
    mode: str | None
    status: str
    at: tuple[int, int]
    roles: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {name: [] for name in ROLES.values()})


@dataclass(frozen=True)
class Line:
    """A marked sentence: its text, its events, the main one first, and the report it stands in, if it is of one."""

    id: str
    text: str
    events: tuple[Marked, ...]
    report: str | None = None


def lines(path: Path, faults: list[str]) -> Iterator[Line]:
    """The sentences of a file. What is wrong is added to `faults` and left out."""
    report = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if found := re.match(r"# report (\d+)", line):
            report = f"{path.stem}-report-{found[1]}"
        if not line or line.startswith("#"):
            continue
        wrong: list[str] = []
        sentence = _line(f"{path.stem}-{number:03}", line, wrong)
        faults += [f"{path.name}:{number}: {w}" for w in wrong]
        if not wrong:
            yield replace(sentence, report=report)


def _line(name: str, line: str, wrong: list[str]) -> Line:
    text, last = "", 0
    events: dict[int, Marked] = {}
    roles: list[tuple[int, str, tuple[int, int]]] = []
    types = shipped().types
    for mark in _MARK.finditer(line):
        text += line[last : mark.start()]
        last = mark.end()
        words = (mark["word"] or mark["words"]).rstrip()
        at = (len(text), len(text) + len(words))
        text += words
        if mark["roles"]:
            roles += [(int(n), ROLES[r], at) for n, r in re.findall(r"([1-9])([arpt])", mark["roles"])]
            continue
        number, kind = int(mark["number"]), mark["type"]
        if number in events:
            wrong.append(f"two triggers of event {number}")
        if kind not in types or (mark["act"] and (mark["act"] not in types or kind not in WITH_ACT)):
            wrong.append(f"no such type or act: {kind}>{mark['act']}")
        elif mark["mode"] and mark["mode"] not in types[kind].modes:
            wrong.append(f"{kind} has no mode {mark['mode']}")
        if mark["status"] not in STATUSES:
            wrong.append(f"no such status: {mark['status']}")
        events[number] = Marked(kind, mark["act"], mark["mode"], mark["status"], at)
    text += line[last:]
    if re.search(r"[\[\]{}]", text):
        wrong.append(f"a mark that cannot be read: {re.search(r'[^ ]*[][{}].{0,30}', text)[0]!r}")
    for number, role, at in roles:
        if number not in events:
            wrong.append(f"a role of event {number}, which has no trigger")
        else:
            events[number].roles[role].append(at)
    return Line(name, text, tuple(events[n] for n in sorted(events)))


def record(line: Line) -> dict[str, Any]:
    """A marked sentence in the form of the corpus's records, as far as it goes."""

    def span(at: tuple[int, int]) -> dict[str, Any]:
        return {"start": at[0], "end": at[1], "text": line.text[slice(*at)]}

    events = [
        {
            "type": e.type,
            "act": e.act,
            "mode": e.mode,
            "contexts": None,
            "status": e.status,
            "actors": [span(a) for a in e.roles["actor"]],
            "recipients": [span(a) for a in e.roles["recipient"]],
            "place": next((span(a) for a in e.roles["place"]), None),
            "when": next((span(a) for a in e.roles["time"]), None),
            "trigger": span(e.at),
            "also_accepted": [],
            "optional": False,
        }
        for e in line.events
    ]
    article = {"published": None, "text": line.text}
    group = line.report or line.id
    return {"id": line.id, "group": group, "article": article, "events": events, "statements": None}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--to", type=Path)
    args = parser.parse_args()
    faults: list[str] = []
    paths = args.files or sorted(FOLDER.glob("*.txt"))
    found = [line for path in paths for line in lines(path, faults)]
    events = [e for line in found for e in line.events]
    for name, counts in (
        ("type", Counter(e.type for e in events)),
        ("mode", Counter(f"{e.type}/{e.mode}" for e in events if e.mode)),
        ("act", Counter(f"{e.type}>{e.act}" for e in events if e.act)),
        ("status", Counter(e.status for e in events)),
    ):
        print(f"{name}:", ", ".join(f"{k} {n}" for k, n in sorted(counts.items())))
    for text, n in Counter(line.text for line in found).items():
        if n > 1:
            faults.append(f"written {n} times: {text[:60]!r}")
    if args.to is not None:
        rows = [json.dumps(record(line), ensure_ascii=False) for line in found]
        args.to.write_text("\n".join([*rows, ""]), encoding="utf-8")
    for fault in faults:
        print(fault)
    print(f"{len(found)} sentences, {sum(not line.events for line in found)} without events, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
