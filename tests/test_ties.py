"""Claims to ties, proved on 200 hand-written claims over 30 ties that exist or existed.

`claims/claims.jsonl`: one passage a line, in words of our own, marked with the tie it speaks of. `claims/ties.json`:
who the parties are, and how each tie stood on the days asked for. The ties and their dates are public facts; the
passages, and which outlet prints them on which day, are made up.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
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
    ("name", "state"),
    STATES,
    ids=["-".join([n, s["at"], *([s["known_by"]] if "known_by" in s else [])]) for n, s in STATES],
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
def test_order_of_arrival_changes_nothing(block: int, settled: dict[str, list[Tie]], lasting: dict[str, str]) -> None:
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
                    assert any(
                        (e.article, e.start, e.text) == (anchor.article, anchor.span.start, anchor.span.text)
                        for e in now.evidence
                    )
        seen += batches[-1]
        assert ties.resolve(seen, at=day) == settled[day]
        if seed % 10 == 0:
            assert ties.aliases(seen) == lasting


# What each rule does


def told(kind: str, codes: list[str], *rows: dict[str, Any]) -> list[Claim]:
    """Claims of one kind and one list of parties, for small cases."""
    made = []
    for i, row in enumerate(rows):
        full = {"outlet": "Reuters", "text": f"Passage {i}.", "step": str(row["status"])} | row
        made.append(claim(full, kind, codes))
    return made


def one(claims: list[Claim], **asked: Any) -> Tie:
    (tie,) = ties.resolve(claims, **asked)
    return tie


def test_a_planned_opening_that_passes_changes_nothing() -> None:
    plan = told(
        "presence",
        ["ISL", "KEN"],
        {"published": "2024-01-10", "status": "active", "step": "opened", "when": "2024-06-01"},
    )
    assert one(plan, at="2025-01-01").status == "planned"


def test_an_announced_end_takes_effect_on_its_day() -> None:
    end = told(
        "presence",
        ["ISL", "KEN"],
        {"published": "2024-01-10", "status": "ended", "step": "closed", "when": "2024-06-01"},
    )
    before, after = one(end, at="2024-05-31"), one(end, at="2024-06-01")
    assert (before.status, before.step, before.until) == ("active", "closed announced", "2024-06-01")
    assert (after.status, after.step, after.since, after.until) == ("ended", "presumed", "2024-06-01", "2024-06-01")


@pytest.mark.parametrize(
    ("first", "step", "status", "word"),
    [
        ("planned", "shelved", "rejected", "shelved"),
        ("planned", "put on hold", "rejected", "shelved"),
        ("planned", "suspended", "rejected", "shelved"),
        ("planned", "postponed", "planned", "postponed"),
        ("planned", "scrapped", "rejected", "scrapped"),
        ("active", "shelved", "suspended", "shelved"),
        ("active", "postponed", "suspended", "postponed"),
        ("active", "scrapped", "ended", "scrapped"),
    ],
)
def test_a_stop_before_and_after_opening(first: str, step: str, status: str, word: str) -> None:
    said = "ended" if step == "scrapped" else "suspended"
    claims = told(
        "presence",
        ["ISL", "KEN"],
        {"published": "2024-01-10", "status": first},
        {"published": "2024-04-10", "status": said, "step": step},
    )
    tie = one(claims)
    assert (tie.status, tie.step) == (status, word)


@pytest.mark.parametrize(
    ("step", "when", "status"),
    [
        ("held", "2024-03-04", "ended"),
        ("began", "2024-03-04", "active"),
        ("began", "2024-03-04/2024-03-08", "ended"),
        ("began", "2024-03-04/2024-03-30", "active"),
    ],
)
def test_an_exercise_is_over_after_its_last_day(step: str, when: str, status: str) -> None:
    claims = told(
        "exercise", ["ISL", "NOR"], {"published": "2024-03-05", "status": "active", "step": step, "when": when}
    )
    assert one(claims, at="2024-03-10").status == status


@pytest.mark.parametrize(
    ("day", "grain", "over"),
    [("2025-06-12", "day", "2025-06-12"), ("2025-12-01", "month", "2026-01-01"), ("2025-01-01", "year", "2026-01-01")],
)
def test_an_end_by_month_or_year_comes_after_it(day: str, grain: str, over: str) -> None:
    (end,) = told("presence", ["ISL", "KEN"], {"published": "2024-03-05", "status": "active", "ends": day})
    assert one([replace(end, grain=grain)]).until == over


def test_an_exercise_called_off_is_rejected() -> None:
    claims = told(
        "exercise",
        ["ISL", "NOR"],
        {"published": "2024-01-10", "status": "planned"},
        {"published": "2024-02-10", "status": "rejected", "step": "called off"},
    )
    assert one(claims).status == "rejected"


def test_what_ended_and_opens_again_keeps_its_id() -> None:
    claims = told(
        "relations", ["ISL", "KEN"],
        {"published": "2015-01-10", "status": "active", "step": "established"},
        {"published": "2018-01-10", "status": "ended", "step": "severed"},
        {"published": "2021-01-10", "status": "planned", "step": "restored planned"},
        {"published": "2022-01-10", "status": "active", "step": "restored"},
    )  # fmt: skip
    days = ["2016-01-01", "2019-01-01", "2021-06-01", "2023-01-01"]
    stood = [one(claims, at=day) for day in days]
    assert [t.status for t in stood] == ["active", "ended", "planned", "active"]
    assert len({t.id for t in stood}) == 1
    assert [s.status for s in stood[-1].history] == ["active", "ended", "planned", "active"]


@pytest.mark.parametrize(
    ("own", "third", "status"), [("2024-03-01", "2024-03-05", "active"), ("2024-03-05", "2024-03-01", "active")]
)
def test_a_partys_own_word_outweighs_a_third_partys(own: str, third: str, status: str) -> None:
    claims = told(
        "presence", ["ISL", "KEN"],
        {"published": own, "status": "active", "step": "remains", "by": "ISL GOV"},
        {"published": third, "status": "ended", "step": "closed", "by": "USA GOV"},
    )  # fmt: skip
    tie = one(claims)
    assert tie.status == status
    assert [(e.published, e.for_) for e in tie.evidence] == sorted([(own, True), (third, False)])


def test_else_the_later_report_stands_and_both_stay() -> None:
    claims = told(
        "presence",
        ["ISL", "KEN"],
        {"published": "2024-03-01", "status": "ended", "step": "closed"},
        {"published": "2024-03-05", "status": "active", "step": "remains"},
    )
    tie = one(claims)
    assert tie.status == "active"
    assert [e.for_ for e in tie.evidence] == [False, True]
    assert (tie.stories, tie.outlets, tie.score) == (1, 1, 0.5)


def test_thoughts_of_a_return_do_not_contradict_an_end() -> None:
    claims = told(
        "relations",
        ["ISL", "KEN"],
        {"published": "2024-03-01", "status": "ended", "step": "severed"},
        {"published": "2024-03-05", "status": "proposed", "step": "restored considered"},
    )
    assert one(claims).status == "ended"


def test_a_word_that_lost_strikes_nothing() -> None:
    claims = told(
        "membership", ["ISL", "NATO"],
        {"published": "2024-03-01", "status": "ended", "step": "left", "by": "ISL GOV"},
        {"published": "2024-03-03", "status": "active", "step": "remains", "by": "NATO"},
        {"published": "2024-03-09", "status": "active", "step": "left announced", "ends": "2025-03-01"},
    )  # fmt: skip
    tie = one(claims)
    assert (tie.status, tie.until) == ("active", "2025-03-01")
    assert [e.for_ for e in tie.evidence] == [False, True, True]


def test_what_both_sides_deny_is_rejected_and_what_nobody_claimed_is_no_tie() -> None:
    rumour = {"published": "2024-03-01", "status": "planned", "step": "opened planned"}
    denial = {"published": "2024-03-04", "status": "planned", "step": "opened planned", "denies": True, "by": "KEN GOV"}
    assert one(told("presence", ["ISL", "KEN"], rumour, denial)).status == "rejected"
    assert ties.resolve(told("presence", ["ISL", "KEN"], denial)) == []


def test_a_bare_mention_founds_a_tie_but_says_less_than_any_other_passage() -> None:
    mention = {"published": "2024-01-05", "status": "active", "step": "stands"}
    signed = {"published": "2024-02-08", "status": "signed", "step": "signed"}
    assert one(told("agreement", ["ISL", "KEN"], mention)).status == "active"
    tie = one(told("agreement", ["ISL", "KEN"], mention, signed))
    assert (tie.status, len(tie.history), len(tie.evidence)) == ("signed", 1, 2)


def test_a_copy_in_two_outlets_is_one_story() -> None:
    claims = told(
        "relations",
        ["ISL", "KEN"],
        {"published": "2024-01-05", "status": "active"},
        {"published": "2024-01-05", "status": "active", "outlet": "AP"},
    )
    tie = one(claims, stories={c.article: "story" for c in claims})
    assert (tie.outlets, tie.stories) == (2, 1)


# Which claims are one tie

SIGNED = {"published": "2024-03-20", "status": "signed", "step": "signed"}
NAMED = SIGNED | {"when": "2024-03-01", "name": "Fisheries Access Agreement", "proper": True}
PLAN = {"status": "planned", "step": "negotiated"}


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (SIGNED | {"status": "active", "step": "in force", "name": "agreement"}, True),
        (PLAN | {"published": "2023-12-01", "name": "similar deal"}, True),
        (SIGNED | {"name": "FAA", "proper": True}, True),
        (SIGNED | {"when": "2024-03-01", "name": "landmark text"}, True),
        (SIGNED | {"when": "2019-05-02", "name": "agreement"}, False),
        (SIGNED | {"name": "visa agreement"}, False),
        (PLAN | {"published": "2026-03-20", "name": "agreement"}, False),
        (SIGNED | {"published": "2026-03-20", "name": "agreement"}, False),
    ],
)
def test_a_passage_that_says_less_joins_the_agreement_it_fits(other: dict[str, Any], together: bool) -> None:
    assert len(ties.resolve(told("agreement", ["ISL", "KEN"], NAMED, other))) == (1 if together else 2)


def test_where_two_fit_it_stays_apart_unless_its_own_article_tells() -> None:
    visa = {
        "published": "2010-03-01",
        "status": "active",
        "step": "in force",
        "name": "Visa Waiver Agreement",
        "proper": True,
        "report": "a",
    }
    plain = {"published": "2014-06-20", "status": "suspended", "step": "suspended", "name": "agreement"}
    assert len(ties.resolve(told("agreement", ["ISL", "KEN"], NAMED, visa, plain))) == 3
    assert len(ties.resolve(told("agreement", ["ISL", "KEN"], NAMED, visa, plain | {"report": "a"}))) == 2


def test_one_name_of_two_pairs_is_two_agreements_and_of_many_parties_one() -> None:
    first = told(
        "agreement",
        ["ISL", "KEN"],
        {"published": "2024-03-01", "status": "signed", "name": "Blue Lagoon Accord", "proper": True},
    )
    second = told(
        "agreement",
        ["ISL", "PER"],
        {"published": "2024-03-02", "status": "signed", "name": "Blue Lagoon Accord", "proper": True},
    )
    third = told(
        "agreement",
        ["ISL", "KEN", "PER"],
        {"published": "2024-03-03", "status": "signed", "name": "Blue Lagoon Accord", "proper": True},
    )
    assert len(ties.resolve(first + second)) == 2
    assert {p.entity for p in one(first + second + third).parties} == {"ISL", "KEN", "PER"}


def test_an_embassy_and_a_base_in_one_city_are_two_and_a_mission_without_city_is_one_of_them() -> None:
    embassy = {"published": "2024-03-01", "status": "active", "step": "opened", "name": "embassy", "place": "Nairobi"}
    base = {"published": "2024-03-02", "status": "active", "step": "opened", "name": "naval base", "place": "Mombasa"}
    mission = {"published": "2024-03-03", "status": "ended", "step": "closed", "name": "mission"}
    found = ties.resolve(told("presence", ["ISL", "KEN"], embassy, base, mission))
    assert sorted((t.name, t.status) for t in found) == [("embassy", "ended"), ("naval base", "active")]
    unclear = told("presence", ["ISL", "KEN"], embassy, base, mission | {"name": None})
    assert len(ties.resolve(unclear)) == 3


def test_guest_and_host_are_no_pair() -> None:
    there = told("presence", ["ISL", "KEN"], {"published": "2024-03-01", "status": "active"})
    here = told("presence", ["KEN", "ISL"], {"published": "2024-03-01", "status": "active"})
    assert len(ties.resolve(there + here)) == 2


def test_two_editions_in_one_year_are_two() -> None:
    spring = {
        "published": "2024-03-02",
        "status": "active",
        "step": "began",
        "when": "2024-03-01/2024-03-05",
        "name": "Arctic Puffin",
        "proper": True,
    }
    autumn = {
        "published": "2024-10-02",
        "status": "active",
        "step": "began",
        "when": "2024-10-01/2024-10-05",
        "name": "Arctic Puffin",
        "proper": True,
    }
    plan = {
        "published": "2023-11-02",
        "status": "planned",
        "step": "held planned",
        "name": "Arctic Puffin",
        "proper": True,
    }
    assert len(ties.resolve(told("exercise", ["ISL", "NOR"], spring, autumn))) == 2
    assert one(told("exercise", ["ISL", "NOR"], spring, plan), at="2024-04-01").status == "ended"


def test_a_party_that_joins_later_is_left_out_before() -> None:
    founded = told(
        "alliance",
        ["ISL", "NOR", "DNK"],
        {
            "published": "2020-01-01",
            "status": "active",
            "step": "founded",
            "when": "2020-01-01",
            "name": "Fjord Group",
            "proper": True,
        },
    )
    joined = told(
        "alliance",
        ["SWE"],
        {
            "published": "2022-01-01",
            "status": "active",
            "step": "joined",
            "when": "2022-01-01",
            "name": "Fjord Group",
            "proper": True,
        },
    )
    maybe = told(
        "alliance",
        ["POL"],
        {
            "published": "2022-01-01",
            "status": "proposed",
            "step": "joined considered",
            "name": "Fjord Group",
            "proper": True,
        },
    )
    claims = founded + joined + maybe
    assert {p.entity for p in one(claims, at="2021-01-01").parties} == {"ISL", "NOR", "DNK"}
    assert {p.entity: p.from_ for p in one(claims, at="2023-01-01").parties} == {
        "ISL": None,
        "NOR": None,
        "DNK": None,
        "SWE": "2022-01-01",
    }


# Ids


def test_a_tie_that_splits_or_merges_answers_under_every_id_it_gave() -> None:
    plain = told(
        "agreement",
        ["ISL", "KEN"],
        {"published": "2020-01-10", "status": "active", "step": "in force", "name": "agreement"},
    )
    fish = told(
        "agreement",
        ["ISL", "KEN"],
        {
            "published": "2020-06-10",
            "status": "active",
            "step": "in force",
            "name": "Fisheries Agreement",
            "proper": True,
        },
    )
    visa = told(
        "agreement",
        ["ISL", "KEN"],
        {"published": "2021-06-10", "status": "active", "step": "in force", "name": "Visa Agreement", "proper": True},
    )
    lone, merged = one(fish).id, one(plain + fish).id
    apart = plain + fish + visa
    assert merged != lone
    assert len(ties.resolve(apart)) == 3
    answers = ties.aliases(apart)
    by_id = {t.id: t for t in ties.resolve(apart)}
    assert by_id[answers[lone]].name == "Fisheries Agreement"
    assert by_id[answers[merged]].name == "agreement"
    assert ties.aliases(plain + fish)[lone] == merged


def test_an_earlier_report_that_comes_later_leaves_the_old_id_as_alias() -> None:
    late = told("relations", ["ISL", "KEN"], {"published": "2020-01-10", "status": "active"})
    first = told("relations", ["ISL", "KEN"], {"published": "2021-01-10", "status": "ended"})
    old, new = one(first).id, one(first + late).id
    assert old != new
    assert ties.aliases(first + late) == {old: new, new: new}
    assert one(first + late, known_by="2020-12-31").id == new


def test_ten_thousand_claims_take_seconds() -> None:
    codes = [row["iso3"] for row in shipped().rows("countries.csv")]
    chance = random.Random(1)
    claims = []
    for i in range(10_000):
        day = date(2020, 1, 1) + timedelta(chance.randrange(1500))
        status = chance.choice(["planned", "signed", "active", "suspended", "ended"])
        name = chance.choice(["deal", "trade agreement", "Visiting Forces Agreement", f"Lake Accord {i % 40}"])
        row = {
            "outlet": "AP",
            "published": day.isoformat(),
            "status": status,
            "step": status,
            "text": str(i),
            "name": name,
        }
        claims.append(claim(row, chance.choice(list(ROLES)), [chance.choice(codes[:15]), chance.choice(codes[15:])]))
    start = time.process_time()
    ties.resolve(claims)
    assert time.process_time() - start < 10


def test_the_states_of_a_tie_are_how_it_stood_on_every_day() -> None:
    """On each day spoken of, and those beside it, as when that day is asked for."""
    found = ties.resolutions(CLAIMS)
    spoken = {d for c in CLAIMS for d in (c.from_, c.until, c.published) if d}
    days = sorted({(date.fromisoformat(d) + timedelta(n)).isoformat() for d in spoken for n in (-1, 0, 1)})
    for day in days[:: max(1, len(days) // 120)]:
        asked = {t.id: (str(t.status), t.step, t.since, t.until) for t in ties.resolve(CLAIMS, at=day)}
        stood = {}
        for r in found:
            states = [s for s in r.states if s.day is None or s.day <= day]
            if states:
                last = states[-1]
                stood[r.tie.id] = (str(last.status), last.step, last.since, last.until)
        assert stood == asked, day
