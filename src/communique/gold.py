"""Hand-coded texts as `communique evaluate` reads them: every fault named by file and line, before anything is scored."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from communique.errors import DataError

Json = dict[str, Any]
# What an item must have, by task, and what that must be.
_NEEDED: dict[str, dict[str, type]] = {
    "events": {"id": str, "text": str, "events": list},
    "actors": {"id": str, "text": str},
    "places": {"id": str, "text": str, "toponyms": list},
    "dates": {"id": str, "text": str, "times": list},
    "attribution": {"id": str, "text": str, "attributions": list},
    "status": {"id": str, "text": str, "start": int, "end": int, "occurred": bool},
}
_WORDS = {str: "a string", list: "a list", int: "a whole number", bool: "true or false"}
# The day that the task reads, where it reads one.
_DAYS = {"events": "date", "actors": "query_date", "dates": "anchor_date", "attribution": "published"}
# Lists of spans of the text.
_SPANS = {"places": "toponyms", "dates": "times"}
# Gold sets that do not tell CONCEDE from RETREAT have this for both.
YIELD = "YIELD"


def read(task: str, path: Path, types: Collection[str]) -> list[Json]:
    """The items of a gold file. `types`: the event types there are. Raises `DataError` with all faults as file:line."""
    faults: list[str] = []
    items: list[Json] = []
    ids: set[str] = set()
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataError([f"{path}: not UTF-8 (byte {error.start})"]) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            faults.append(
                f"{path}:{number}: not JSON ({error.msg} at column {error.colno}), expected one object a line"
            )
            continue
        wrong = list(_faults(task, item, types))
        if not wrong and item["id"] in ids:
            wrong = [f"id {item['id']!r} twice"]
        faults += [f"{path}:{number}: {w}" for w in wrong]
        if not wrong:
            ids.add(item["id"])
            items.append(item)
    if faults:
        raise DataError(faults)
    return items


def _faults(task: str, item: Any, types: Collection[str]) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"a {type(item).__name__}, expected an object with {', '.join(_NEEDED[task])}"
        return
    missing = False
    for name, kind in _NEEDED[task].items():
        value = item.get(name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            missing = True
            found = "is missing" if name not in item else f"is {json.dumps(value)[:40]}"
            yield f"{name} {found}, expected {_WORDS[kind]}"
    day = _DAYS.get(task)
    if day is not None and item.get(day) is not None and not _a_day(item[day]):
        yield f"{day} is {json.dumps(item[day])[:40]}, expected a day as 2024-03-31, or null"
    if missing:
        return
    if task == "events":
        yield from _event_faults(item, types)
    if task == "status" and not 0 <= item["start"] < item["end"] <= len(item["text"]):
        yield f"span {item['start']} to {item['end']} is not inside the text of {len(item['text'])} characters"
    if task in _SPANS:
        for n, span in enumerate(item[_SPANS[task]]):
            yield from (f"{_SPANS[task]}[{n}]: {w}" for w in _span_faults(span, item["text"]))
    if task == "attribution":
        for n, said in enumerate(item["attributions"]):
            for side in ("source", "cue", "content"):
                spans = said.get(side, []) if isinstance(said, dict) else [None]
                yield from (f"attributions[{n}].{side}: {w}" for s in spans for w in _span_faults(s, item["text"]))


def _event_faults(item: Json, types: Collection[str]) -> Iterator[str]:
    for n, event in enumerate(item["events"]):
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            yield f"events[{n}] has no type, expected one of {', '.join(sorted(types))}"
            continue
        kinds = [event["type"], *event.get("also_accepted", [])]
        yield from (f"events[{n}]: no event type {k!r}" for k in kinds if k not in types and k != YIELD)
        for side in ("sources", "targets"):
            if not all(isinstance(a, dict) for a in event.get(side, [])):
                yield f"events[{n}].{side}: expected a list of objects with country and sector"
    if item.get("pair") and not item["events"]:
        yield "marked `pair`, but has no event whose pair it could be"


def _span_faults(span: Any, text: str) -> Iterator[str]:
    ends: list[Any] = [span.get(k) for k in ("start", "end")] if isinstance(span, dict) else [None]
    if not all(isinstance(e, int) and not isinstance(e, bool) for e in ends):
        yield "expected an object with start and end, whole numbers"
    elif not 0 <= ends[0] < ends[1] <= len(text):
        yield f"span {ends[0]} to {ends[1]} is not inside the text of {len(text)} characters"


def _a_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
