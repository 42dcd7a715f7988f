"""Hand-coded texts as training examples of the encoder: one example a sentence or paragraph, with what its source codes.

A source that codes only some of the fields leaves the others out (`None`), and the loss of those heads skips it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TYPES = (
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE "
    "ASSAULT"
).split()
STATUSES = ("occurred", "ongoing", "planned", "hypothetical", "negated")
ROLES = ("actor", "recipient", "place", "time")
ATTRIBUTION = ("source", "cue", "content")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event at its word. `status`, `mode`, `act` as the codebook names them, `None` where the source does not say
    (`act`: "-" for none); `main`: whether it is the one its sentence tells first; `roles`: role -> character spans."""

    at: Span
    type: str
    act: str | None
    main: bool
    status: str | None
    mode: str | None
    contexts: tuple[str, ...] | None
    roles: dict[str, tuple[Span, ...]]
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what is known of it. `group`: texts that must stay on one side of a split. `triggers` is `None` where
    the source does not say which words are events; `whole`: no other word is one; `unsure`: words that may be one; `none`:
    words that are none;
    `happened`: character spans of predicates, and whether they took place; `spans`: role of attribution -> spans."""

    id: str
    source: str
    group: str
    text: str
    published: str | None = None
    triggers: tuple[Trigger, ...] | None = None
    whole: bool = False
    unsure: tuple[Span, ...] = ()
    none: tuple[Span, ...] = ()
    happened: tuple[tuple[Span, bool], ...] = ()
    spans: dict[str, tuple[Span, ...]] | None = field(default=None)


def _span(value: dict[str, Any]) -> Span:
    return (value["start"], value["end"])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def of_corpus(path: Path) -> Iterator[Example]:
    """The compiled records of our corpus (`python corpus/build.py --to FOLDER`, then `FOLDER/records/*.jsonl`). A whole
    report is cut into its paragraphs."""
    for row in _rows(path):
        whole = row["article"]["text"]
        for number, (start, end) in enumerate(_paragraphs(whole)):
            yield _part(row, number, whole, start, end)


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for piece in text.split("\n\n"):
        yield start, start + len(piece)
        start += len(piece) + 2


def _part(row: dict[str, Any], number: int, whole: str, start: int, end: int) -> Example:
    def inside(spans: Iterable[dict[str, Any] | None]) -> tuple[Span, ...]:
        found = [_span(s) for s in spans if s and start <= s["start"] and s["end"] <= end]
        return tuple((a - start, b - start) for a, b in found)

    triggers: list[Trigger] = []
    unsure = []
    for event in row["events"]:
        if not (at := inside([event["trigger"]])):
            continue
        if event.get("optional"):
            unsure.append(at[0])
            continue
        roles = {
            "actor": inside(event["actors"]),
            "recipient": inside(event["recipients"]),
            "place": inside([event["place"]]),
            "time": inside([event["when"]]),
        }
        triggers.append(
            Trigger(
                at=at[0],
                type=event["type"],
                act=event["act"] or "-",
                main=not triggers,
                status=event["status"],
                mode=event["mode"],
                contexts=None if event["contexts"] is None else tuple(event["contexts"]),
                roles=roles,
                accepted=tuple(event["also_accepted"]),
            )
        )
    said = [s for s in row["statements"] or () if s["form"] != "attitude"]
    spans = (
        None
        if row["statements"] is None
        else {
            "source": inside(a for s in said for a in s["sources"]),
            "cue": inside(s["cue"] for s in said),
            "content": inside(c for s in said for c in s["content"]),
        }
    )
    return Example(
        id=f"{row['id']}.{number}",
        source=row.get("source") or ("corpus" if row["statements"] is not None else "marked"),
        group=row["group"],
        text=whole[start:end],
        published=row["article"]["published"],
        whole=row.get("whole", True),
        none=tuple((a, b) for a, b in row.get("none", ())),
        triggers=tuple(triggers),
        unsure=tuple(unsure),
        spans=spans,
    )


def of_gsr(path: Path) -> Iterator[Example]:
    """PLOVER's gold standard records (CC BY-SA 4.0): types, trigger words and parties of the main event."""
    for row in _rows(path):
        triggers = []
        for event in row["events"]:
            for at in event.get("trigger_spans", [])[:1]:
                roles = {
                    "actor": tuple(_span(a) for a in event["sources"] if a.get("start") is not None),
                    "recipient": tuple(_span(a) for a in event["targets"] if a.get("start") is not None),
                    "place": (),
                    "time": (),
                }
                triggers.append(Trigger((at[0], at[1]), event["type"], None, not triggers, None, None, None, roles))
        # One event a sentence is coded, others may be there: the words without a trigger say nothing.
        yield Example(row["id"], "gsr", row["id"], row["text"], triggers=tuple(triggers))


def of_uds(path: Path, silent: frozenset[str] = frozenset()) -> Iterator[Example]:
    """Graded factuality of Universal Decompositional Semantics (CC BY-SA 4.0), all predicates of a sentence together.
    `silent`: ids of those that tell no political event."""
    found: dict[str, list[tuple[Span, bool]]] = {}
    for row in _rows(path):
        if abs(row["score"]) >= 0.5:
            found.setdefault(row["text"], []).append((_span(row["span"]), row["score"] > 0))
    for text, happened in found.items():
        name = hashlib.sha256(text.encode()).hexdigest()[:12]
        whole = f"uds-{name}" in silent
        yield Example(f"uds-{name}", "uds", name, text, whole=whole, happened=tuple(sorted(happened)))


def checksum(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file that went in, for the model card."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths}


def held_out(example: Example, part: int, parts: int) -> bool:
    """Whether an example's group belongs to one part of all."""
    return int(hashlib.sha256(example.group.encode()).hexdigest(), 16) % parts == part
