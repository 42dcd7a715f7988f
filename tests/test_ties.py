"""Claims to ties, proved on 200 hand-written claims over 30 ties that exist or existed.

`claims/claims.jsonl`: one passage a line, in words of our own, marked with the tie it speaks of. `claims/ties.json`: who
the parties are, and how each tie stood on the days asked for. The facts are public; dates are those of the events.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from communique import ties
from communique.codebook import shipped
from communique.model import Actor, Claim, Party, Place, Span, Tie, TieStatus, Voice, make_id

FOLDER = Path(__file__).parent / "claims"
TRUE: dict[str, Any] = json.loads((FOLDER / "ties.json").read_text("utf-8"))
ROWS: list[dict[str, Any]] = [json.loads(line) for line in (FOLDER / "claims.jsonl").read_text("utf-8").splitlines()]
ROLES = {k["name"]: k["roles"] for k in shipped().toml("ties.toml")["kind"]}
BODIES = {"AES", "ECOWAS", "EU", "IGAD", "NATO", "UN"}


def span(text: str, word: str | None = None) -> tuple[int, int, str]:
    return (0, len(text), text) if word is None else (0, len(word), word)


def actor(code: str, sector: str | None = None) -> dict[str, Any]:
    start, end, text = span("", code)
    return {"start": start, "end": end, "text": text, "country": "IGO" if code in BODIES else code, "sector": sector,
            "entity": None if sector else code}  # fmt: skip


def interval(when: str | None) -> tuple[str | None, str | None, str | None]:
    """ "2024", "2024-07", "2024-07-08" or "2024-04-22/2024-05-10" -> half-open days and grain."""
    if when is None:
        return None, None, None
    first, _, last = when.partition("/")
    grain = {4: "year", 7: "month", 10: "day"}[len(first)] if not last else "period"
    start = date.fromisoformat(first + "-01-01"[len(first) - 4 :])
    end = date.fromisoformat(last) if last else start
    step = {"year": 366, "month": 31, "day": 1, "period": 1}[grain]
    until = end + timedelta(step)
    return start.isoformat(), (until if step == 1 else until.replace(day=1)).isoformat(), grain


def claim(row: dict[str, Any], kind: str | None = None, codes: list[str] | None = None) -> Claim:
    """A row of `claims.jsonl` (kind and parties from `ties.json`, where it does not state its own) as a claim."""
    true = TRUE.get(row.get("tie", ""), {})
    kind = kind or true["kind"]
    codes = row.get("parties") or codes or true["parties"]
    roles = ROLES[kind]
    if len(roles) == 2:
        codes = sorted(codes, key=lambda c: (c in BODIES) if kind == "membership" else 0)
    parties = tuple(Party(**actor(c), role=roles[min(i, len(roles) - 1)]) for i, c in enumerate(codes))
    article = make_id("a", row.get("report") or (row["outlet"], row.get("published"), row["text"]))
    start, until, grain = interval(row.get("when"))
    if "ends" in row:
        start, until, grain = None, row["ends"], "day"
    by = row.get("by", "").split()
    voice = Voice("source", (Actor(**actor(*by)),)) if by else Voice("outlet")
    place = Place(*span("", row["place"]), name=row["place"], grain="city") if "place" in row else None
    return Claim(
        id=make_id("c", article, row["text"], *codes),
        article=article,
        outlet=row["outlet"],
        published=row.get("published"),
        kind=kind,
        name=row.get("name"),
        named=row.get("proper", False),
        parties=parties,
        status=TieStatus(row["status"]),
        step=row["step"],
        from_=start,
        until=until,
        grain=grain,
        place=place,
        voice=voice,
        span=Span(*span(row["text"])),
        supports=not row.get("denies", False),
        event=None,
        because=(),
    )


CLAIMS = [claim(row) for row in ROWS]
TIE_OF = {c.id: row["tie"] for c, row in zip(CLAIMS, ROWS, strict=True)}


def members(claims: list[Claim], **asked: Any) -> dict[str, set[str]]:
    """Tie id -> the names of the true ties that its claims were written for."""
    return {r.tie.id: {TIE_OF[c.id] for c in r.claims} for r in ties.resolutions(claims, **asked)}


def by_true_tie(claims: list[Claim], **asked: Any) -> dict[str, Tie]:
    return {TIE_OF[r.claims[0].id]: r.tie for r in ties.resolutions(claims, **asked)}


def test_the_claims_are_what_they_should_be() -> None:
    assert len(CLAIMS) == len(TIE_OF) == 200
    assert len(TRUE) == 30
    assert set(TIE_OF.values()) == set(TRUE)


def test_every_claim_finds_its_tie() -> None:
    found = [sorted({TIE_OF[c.id] for c in r.claims}) for r in ties.resolutions(CLAIMS)]
    assert sorted(found) == sorted([name] for name in TRUE)


@pytest.mark.parametrize("name", TRUE)
def test_parties_kind_and_name(name: str) -> None:
    tie, true = by_true_tie(CLAIMS)[name], TRUE[name]
    assert (tie.kind, tie.name) == (true["kind"], true["name"])
    assert sorted(p.entity or "" for p in tie.parties) == sorted(true["parties"])


STATES = [(name, state) for name, true in TRUE.items() for state in true["states"]]


@pytest.mark.parametrize(
    ("name", "state"), STATES, ids=["-".join([n, s["at"], *([s["known_by"]] if "known_by" in s else [])]) for n, s in STATES]
)
def test_how_it_stood(name: str, state: dict[str, Any]) -> None:
    tie = by_true_tie(CLAIMS, at=state["at"], known_by=state.get("known_by")).get(name)
    if state["status"] is None:
        assert tie is None
        return
    assert tie is not None
    told = {"status": str(tie.status), "step": tie.step, "since": tie.since, "until": tie.until}
    assert told == told | {k: v for k, v in state.items() if k in told}
    if "left" in state:
        assert {p.entity: p.until for p in tie.parties if p.until} == state["left"]


# The order in which claims arrive

SHUFFLES = 1000
DAYS = ["2019-12-01", "2023-03-31", "2024-06-01", "2025-06-30", "2026-03-01"]


def arrivals(seed: int) -> list[list[Claim]]:
    """All claims in three to eight batches of any size, a tenth of them held back to the last."""
    chance = random.Random(seed)
    order = chance.sample(CLAIMS, len(CLAIMS))
    late, rest = order[:20], order[20:]
    cuts = sorted(chance.sample(range(1, len(rest)), chance.randint(1, 6)))
    return [rest[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)] + [late]


@pytest.fixture(scope="module")
def settled() -> dict[str, list[Tie]]:
    return {day: ties.resolve(CLAIMS, at=day) for day in DAYS}


@pytest.fixture(scope="module")
def lasting() -> dict[str, str]:
    return ties.aliases(CLAIMS)


@pytest.mark.parametrize("block", range(10))
def test_order_of_arrival_changes_nothing(
    block: int, settled: dict[str, list[Tie]], lasting: dict[str, str]
) -> None:
    by_id = {t.id: t for t in settled["2026-03-01"]}
    for seed in range(block * SHUFFLES // 10, (block + 1) * SHUFFLES // 10):
        batches = arrivals(seed)
        day = DAYS[seed % len(DAYS)]
        seen: list[Claim] = []
        for number, batch in enumerate(batches[:-1]):
            seen += batch
            if number in (0, len(batches) // 2):
                for given in ties.resolutions(seen):
                    now = by_id[lasting[given.tie.id]]
                    anchor = given.claims[0]
                    assert any((e.article, e.start, e.text) == (anchor.article, anchor.span.start, anchor.span.text) for e in now.evidence)
        seen += batches[-1]
        assert ties.resolve(seen, at=day) == settled[day]
        if seed % 10 == 0:
            assert ties.aliases(seen) == lasting
